// Mails and their delivery by LMTP, byte for byte.
import { desk, unique } from './desk.mjs';
import { Talk } from './talk.mjs';

const word = (s) =>
  /^[\x20-\x7e]*$/.test(s) ? s : `=?UTF-8?B?${Buffer.from(s).toString('base64')}?=`;

// A mail as bytes; its id, without <>, is `id`.
export function mail(m = {}) {
  const id = m.id ?? `${unique('m')}@example.com`;
  const from = m.from ?? `${unique()}@example.com`;
  const head = [
    `From: ${m.name ? word(m.name) + ' ' : ''}<${from}>`,
    `To: <${m.to ?? 'hello@shop.example'}>`,
    `Subject: ${word(m.subject ?? 'Xin chào')}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}>`,
    ...(m.headers ?? []),
    'MIME-Version: 1.0',
    `Content-Type: text/${m.html === undefined ? 'plain' : 'html'}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
  ];
  const body = Buffer.from(m.html ?? m.text ?? 'xin chào').toString('base64');
  const lines = body.match(/.{1,76}/g) ?? [''];
  return {
    id,
    from,
    to: m.to ?? 'hello@shop.example',
    bytes: Buffer.from([...head, '', ...lines, ''].join('\r\n')),
  };
}

// As DATA carries it.
export function stuffed(bytes) {
  const text = bytes.toString('latin1').replace(/^\./gm, '..');
  return Buffer.from(text + (text.endsWith('\r\n') ? '' : '\r\n') + '.\r\n', 'latin1');
}

// Greets the LMTP server; the caller ends it.
export async function lmtp(where = { port: desk.lmtp }) {
  const talk = await Talk.open(where);
  const hello = await talk.reply();
  if (hello.code !== 220) throw new Error(hello.text);
  await talk.ask('LHLO client.example');
  return talk;
}

// Delivers one mail; the reply of each recipient: of RCPT when it was
// refused there, else of the mail.
export async function deliver(m, rcpts = [m.to], where) {
  const talk = await lmtp(where);
  try {
    const begun = await talk.ask(`MAIL FROM:<${m.from}>`);
    if (begun.code !== 250) return rcpts.map(() => begun);
    const replies = [];
    for (const r of rcpts) replies.push(await talk.ask(`RCPT TO:<${r}>`));
    if (!replies.some((r) => r.code === 250)) return replies;
    const go = await talk.ask('DATA');
    if (go.code !== 354) throw new Error(go.text);
    talk.send(stuffed(m.bytes));
    for (let i = 0; i < rcpts.length; i++)
      if (replies[i].code === 250) replies[i] = await talk.reply();
    return replies;
  } finally {
    talk.end();
  }
}
