// A Kamailio of our own with the snippet of conf/kamailio, and SIPp as caller
// and telephones.  The scenarios are ours: SIPp's own take no part in record
// routing (RFC 3261 section 16.6), by which a proxy stays in a call.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { until } from './desk.mjs';
import { freePorts } from './ports.mjs';

const snippet = fileURLToPath(new URL('../../../conf/kamailio/deskd.cfg', import.meta.url));

const conf = (port, url, phones) => `#!KAMAILIO
#!define DESKD_URL "${url}"
debug=2
log_stderror=yes
fork=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:${port}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
include_file "${snippet}"

request_route {
	if (!mf_process_maxfwd_header("10")) {
		sl_send_reply("483", "Too Many Hops");
		exit;
	}
	if (has_totag()) {
		loose_route();
		t_relay();
		exit;
	}
	if (is_method("CANCEL")) {
		t_relay();
		exit;
	}
${Object.entries(phones)
  .map(([number, to]) => `	if ($rU == "${number}") $ru = "sip:${to}";`)
  .join('\n')}
	if (is_method("INVITE")) {
		record_route();
		route(DESKD_CALL);
	}
	t_relay();
}
`;

const head = (method, cseq, routes = '') => `${method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "NAME" <sip:FROM@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>TAG
Call-ID: [call_id]
CSeq: ${cseq}
Max-Forwards: 70
Contact: <sip:FROM@[local_ip]:[local_port]>
${routes}Content-Length: 0

`;
const send = (text, attrs = '') => `<send ${attrs}><![CDATA[\n\n${text}]]></send>\n`;
const wait = (what, attrs = '') => `<recv ${what} ${attrs}/>\n`;
const scenario = (name, steps) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="${name}">\n${steps}</scenario>\n`;

const invite = send(head('INVITE', '1 INVITE').replace('TAG', ''), 'retrans="500"');
const within = (method, cseq) =>
  head(method, cseq, '[routes]\n')
    .replace('sip:[service]@[remote_ip]:[remote_port] SIP', '[next_url] SIP')
    .replace('TAG', '[peer_tag_param]');
const ringing = wait('response="100"', 'optional="true"') + wait('response="180"');
const callers = {
  answered:
    invite + wait('response="100"', 'optional="true"') + wait('response="180"', 'optional="true"') +
    wait('response="200"', 'rrs="true"') + send(within('ACK', '1 ACK')) +
    '<pause milliseconds="1200"/>\n' + send(within('BYE', '2 BYE'), 'retrans="500"') +
    wait('response="200"'),
  refused:
    invite + wait('response="100"', 'optional="true"') + wait('response="486"') +
    send(head('ACK', '1 ACK').replace('TAG', '[peer_tag_param]').replace('[branch]', '[branch-3]')),
  given_up:
    invite + ringing +
    send(head('CANCEL', '1 CANCEL').replace('TAG', '').replace('[branch]', '[branch-3]')) +
    wait('response="200"') + wait('response="487"') +
    send(head('ACK', '1 ACK').replace('TAG', '[peer_tag_param]').replace('[branch]', '[branch-6]')),
};

const reply = (status, tag = ';tag=[pid]U[call_number]', more = '') => `SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:]${tag}
[last_Call-ID:]
[last_CSeq:]
[last_Record-Route:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
${more}Content-Length: 0

`;
const comes = (method) => wait(`request="${method}"`);
const phones = {
  answers:
    comes('INVITE') + send(reply('180 Ringing')) + send(reply('200 OK'), 'retrans="500"') +
    comes('ACK') + comes('BYE') + send(reply('200 OK', '')),
  busy: comes('INVITE') + send(reply('486 Busy Here'), 'retrans="500"') + comes('ACK'),
  rings:
    comes('INVITE') + send(reply('180 Ringing')) + comes('CANCEL') + send(reply('200 OK', '')) +
    send(
      reply('487 Request Terminated').replace('[last_CSeq:]', 'CSeq: 1 INVITE'),
      'retrans="500"',
    ) + comes('ACK'),
};

export class Kamailio {
  // phones: number → {extension, does: answers|busy|rings}
  static async open(url, numbers) {
    const k = new Kamailio();
    k.dir = await mkdtemp('/var/tmp/deskd-kamailio.');
    k.children = [];
    const ports = await freePorts(1 + Object.keys(numbers).length);
    k.port = ports.shift();
    const map = {};
    for (const [number, { extension, does }] of Object.entries(numbers)) {
      const port = ports.shift();
      map[number] = `${extension}@127.0.0.1:${port}`;
      const file = `${k.dir}/${extension}.xml`;
      await writeFile(file, scenario(does, phones[does]));
      k.run('sipp', ['-sf', file, '-i', '127.0.0.1', '-p', port, '-nostdin'], extension);
    }
    await writeFile(`${k.dir}/kamailio.cfg`, conf(k.port, url, map));
    await mkdir(`${k.dir}/run`);
    k.main = k.run('kamailio',
      ['-DD', '-E', '-f', `${k.dir}/kamailio.cfg`, '-Y', `${k.dir}/run`, '-m', '16', '-M', '4', '-P', `${k.dir}/pid`],
      'kamailio');
    await until('Kamailio listens', async () => {
      if (k.main.exitCode !== null) throw new Error(await k.said('kamailio'));
      const udp = await readFile('/proc/net/udp', 'utf8');
      return udp.includes(`:${k.port.toString(16).toUpperCase().padStart(4, '0')} `);
    });
    return k;
  }

  run(program, args, name) {
    const child = spawn(program, args.map(String), {
      cwd: this.dir,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: program === 'kamailio',
    });
    child.text = '';
    child.name = name;
    const keep = (d) => (child.text = (child.text + d).slice(-20000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.ended = new Promise((done) => child.once('exit', done));
    child.on('error', (e) => keep(String(e)));
    this.children.push(child);
    return child;
  }

  async said(name) {
    return this.children.filter((c) => c.name === name).map((c) => c.text).join('\n');
  }

  // One call; its Call-ID.
  async call(what, number, from, name) {
    const id = `${what}-${process.pid}-${Math.random().toString(36).slice(2)}`;
    const file = `${this.dir}/${id}.xml`;
    const text = callers[what].replaceAll('FROM', from).replaceAll('NAME', name);
    await writeFile(file, scenario(what, text));
    const [port] = await freePorts(1);
    const child = this.run('sipp',
      ['-sf', file, '-i', '127.0.0.1', '-p', port, '-s', number, '-m', 1, '-nostdin',
        '-cid_str', id, '-trace_err', '-error_file', `${this.dir}/${id}.err`, '-timeout', '30s', '-timeout_error', `127.0.0.1:${this.port}`],
      id);
    const status = await child.ended;
    if (status !== 0)
      throw new Error(`${what}: SIPp ended with ${status}\n${await readFile(`${this.dir}/${id}.err`, 'utf8').catch(() => child.text.slice(-1500))}\n${(await this.said('kamailio')).slice(-3000)}`);
    return id;
  }

  async close() {
    for (const c of this.children)
      if (c.exitCode === null && c.signalCode === null) {
        if (c === this.main) {
          try {
            process.kill(-c.pid, 'SIGTERM');
          } catch {}
        } else c.kill('SIGKILL');
      }
    await Promise.all(this.children.map((c) => c.ended));
    await rm(this.dir, { recursive: true, force: true });
  }
}
