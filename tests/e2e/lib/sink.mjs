// A relay of the tests' own: takes mail by SMTP, keeps what it took, and
// behaves towards each recipient as it was told to.  Nothing but node: the
// faults use it, too.
import net from 'node:net';
import tls from 'node:tls';

// behave(recipient, n): what is done with its n-th mail (from 1) at one point,
// as {at: 'connect'|'mail'|'rcpt'|'data'|'end', say | hang | vanish | late}.
// say: this reply; hang: none; vanish: the connection ends; late: the usual
// reply after so many ms.  Nothing given: taken.
// tls: {key, cert}: it takes nothing before STARTTLS; login: {user, password},
// nor before a login.
export async function startSink({ port = 0, tls: pair = null, login = null } = {}) {
  const sink = { mails: [], connects: 0, behave: () => ({}), greeting: '220 sink' };
  const sockets = new Set();

  function talk(socket, safe = !pair) {
    let known = !login;
    let rcpts = [];
    let from = '';
    let data = null; // lines, while a mail comes
    let text = '';
    sockets.add(socket);
    if (safe === !pair) sink.connects++;
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    const say = (line) => socket.writable && socket.write(`${line}\r\n`);
    const tries = (rcpt) => sink.tries.get(rcpt) ?? 0;

    // True: the usual reply is due.
    function act(point, rcpt, usual) {
      const b = sink.behave(rcpt, tries(rcpt)) ?? {};
      if (b.at !== point) return say(usual);
      if (b.vanish) return socket.destroy();
      if (b.hang) return undefined;
      if (b.late) return setTimeout(() => say(usual), b.late);
      return say(b.say);
    }

    function whole() {
      const [rcpt] = rcpts;
      const mail = { from, rcpts, text: data.join('\r\n').replace(/^\.\./gm, '.') + '\r\n' };
      const b = sink.behave(rcpt, tries(rcpt)) ?? {};
      data = null;
      // A relay that refuses a mail does not keep it; one that vanishes, or
      // answers late, may have: it does here.
      if (b.at !== 'end' || !b.say) sink.mails.push(mail);
      act('end', rcpt, '250 2.0.0 Ok: kept');
    }

    function line(s) {
      if (data) {
        if (s === '.') whole();
        else data.push(s);
        return;
      }
      const word = s.slice(0, 4).toUpperCase();
      if (word === 'EHLO') {
        const more = `${safe ? '' : '250-STARTTLS\r\n'}${login && safe ? '250-AUTH PLAIN\r\n' : ''}`;
        say(`250-sink\r\n${more}250 SIZE 100000000`);
      } else if (word === 'STAR' && !safe) {
        say('220 go on');
        socket.removeAllListeners('data');
        talk(new tls.TLSSocket(socket, { isServer: true, ...pair }), true);
      } else if (word === 'AUTH') say('334 ');
      else if (!known && /^[A-Za-z0-9+/=]+$/.test(s)) {
        known = Buffer.from(s, 'base64').toString() === `\0${login.user}\0${login.password}`;
        say(known ? '235 welcome' : '535 5.7.8 who are you');
      } else if (word === 'QUIT') {
        say('221 bye');
        socket.end();
      } else if (!safe || !known) say('530 5.7.0 not before');
      else if (word === 'MAIL') {
        from = /<(.*)>/.exec(s)[1];
        rcpts = [];
        say('250 2.1.0 Ok');
      } else if (word === 'RCPT') {
        const rcpt = /<(.*)>/.exec(s)[1];
        rcpts.push(rcpt);
        sink.tries.set(rcpt, tries(rcpt) + 1);
        act('rcpt', rcpt, '250 2.1.5 Ok');
      } else if (word === 'DATA') {
        const b = sink.behave(rcpts[0], tries(rcpts[0])) ?? {};
        if (b.at !== 'data') data = [];
        act('data', rcpts[0], '354 go on');
      } else say('250 Ok');
    }

    if (safe === !pair) say(sink.greeting);
    socket.setEncoding('latin1');
    socket.on('data', (piece) => {
      const lines = (text + piece).split('\r\n');
      text = lines.pop();
      lines.forEach(line);
    });
  }

  sink.tries = new Map();
  const server = net.createServer((socket) => talk(socket));
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  sink.port = server.address().port;
  sink.to = (rcpt) => sink.mails.filter((m) => m.rcpts.includes(rcpt));
  // Not there any more; begin() is there again, at the same port.
  sink.end = async () => {
    for (const s of sockets) s.destroy();
    await new Promise((done) => server.close(done));
  };
  sink.begin = () => new Promise((done) => server.listen(sink.port, '127.0.0.1', done));
  return sink;
}
