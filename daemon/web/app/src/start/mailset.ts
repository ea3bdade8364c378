// What is put into other programs so that mail gets here: as conf/fetchmail
// and conf/postfix have it, with the desk's own addresses.  Pure.

// "127.0.0.1:2424" → its halves; '' as host: all of them.
function parts(listen: string): { host: string; port: string } {
  const m = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(listen);
  const host = m?.[1] ?? m?.[2] ?? '';
  return {
    host: !host || host === '*' || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host,
    port: m?.[3] ?? '2424',
  };
}

// As a string between double quotes; of what is typed nothing gets out of it.
const quoted = (s: string): string => `"${s.replace(/[\\"\s]/g, '')}"`;
const domain = (address: string): string => (address.split('@')[1] ?? '').replace(/[^\w.-]/g, '');

export function fetchmail(addresses: string[], lmtp: string): string {
  const { host, port } = parts(lmtp);
  const polls = (addresses.length ? addresses : ['sales@example.com']).map(
    (a) => `poll imap.${domain(a) || 'example.com'} protocol imap
    user ${quoted(a)} there with password "…"
    smtpname ${quoted(a)}
    smtphost "${host}/${port}" lmtp
    ssl sslproto tls1.2+
    fetchall nokeep expunge 1 fetchlimit 500`,
  );
  return ['set softbounce', 'set no bouncemail', 'set no spambounce', ...polls].join('\n');
}

export function postfix(addresses: string[], lmtp: string): string {
  const { host, port } = parts(lmtp);
  const domains = [...new Set(addresses.map(domain).filter(Boolean))];
  return `virtual_mailbox_domains = ${domains.join(', ') || 'example.com'}
virtual_transport = lmtp:inet:${host}:${port}
smtpd_recipient_restrictions =
    reject_unauth_destination, reject_unverified_recipient
unverified_recipient_reject_code = 550
recipient_delimiter = +`;
}
