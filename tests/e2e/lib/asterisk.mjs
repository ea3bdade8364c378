// A stand-in for Asterisk's manager interface, as its documents describe it
// (docs.asterisk.org: AMI v2 specification, AMI actions, AMI events): the
// banner, Challenge and Login by MD5, ActionID, event masks, event lists.
// Debian 12 has no Asterisk to test with.
import { createHash, randomBytes } from 'node:crypto';
import net from 'node:net';

const frame = (fields) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('') + '\r\n';

// The class that Asterisk gives an event; clients ask for classes.
const classes = {
  Cdr: 'cdr',
  AgentConnect: 'agent',
  QueueCallerAbandon: 'agent',
  FullyBooted: 'system',
  VarSet: 'dialplan',
};

class Client {
  constructor(server, socket) {
    this.server = server;
    this.socket = socket;
    this.mask = [];
    this.in = false;
    let text = '';
    socket.on('error', () => {});
    socket.on('close', () => server.clients.delete(this));
    socket.on('data', (d) => {
      text += d;
      for (let at; (at = text.indexOf('\r\n\r\n')) !== -1; text = text.slice(at + 4))
        this.action(
          Object.fromEntries(
            text
              .slice(0, at)
              .split('\r\n')
              .map((line) => line.split(/: ?(.*)/s).slice(0, 2)),
          ),
        );
    });
    socket.write('Asterisk Call Manager/7.0.3\r\n');
  }

  answer(a, fields) {
    const { Response, ...rest } = fields;
    this.socket.write(frame({ Response, ActionID: a.ActionID, ...rest }));
  }

  action(a) {
    this.server.actions.push(a.Action);
    if (this.server.dumb) return;
    switch (a.Action) {
      case 'Challenge':
        this.challenge = String(randomBytes(4).readUInt32BE());
        this.answer(a, { Response: 'Success', Challenge: this.challenge });
        break;
      case 'Login': {
        const key = createHash('md5').update(this.challenge + this.server.secret).digest('hex');
        if (a.Username !== this.server.user || a.AuthType !== 'MD5' || a.Key !== key) {
          this.answer(a, { Response: 'Error', Message: 'Authentication failed' });
          this.socket.end();
          break;
        }
        this.answer(a, { Response: 'Success', Message: 'Authentication accepted' });
        this.mask = a.Events.split(',');
        this.in = true;
        this.server.logins++;
        this.event({ Event: 'FullyBooted', Privilege: 'system,all', Status: 'Fully Booted' });
        break;
      }
      case 'CoreShowChannels':
        this.answer(a, {
          Response: 'Success',
          EventList: 'start',
          Message: 'Channels will follow',
        });
        for (const channel of this.server.channels)
          this.socket.write(frame({ Event: 'CoreShowChannel', ActionID: a.ActionID, ...channel }));
        this.socket.write(
          frame({
            Event: 'CoreShowChannelsComplete',
            ActionID: a.ActionID,
            EventList: 'Complete',
            ListItems: this.server.channels.length,
          }),
        );
        break;
      case 'Ping':
        this.answer(a, { Response: 'Success', Ping: 'Pong', Timestamp: Date.now() / 1000 });
        break;
      default:
        this.answer(a, { Response: 'Error', Message: 'Invalid/unknown command' });
    }
  }

  event(fields) {
    const kind = classes[fields.Event] ?? 'call';
    if (this.in && this.mask.includes(kind)) this.socket.write(frame(fields));
  }
}

export class Asterisk {
  static open({ user = 'deskd', secret }) {
    const a = new Asterisk();
    Object.assign(a, { user, secret, clients: new Set(), actions: [], channels: [], logins: 0 });
    a.server = net.createServer((socket) => {
      a.clients.add(new Client(a, socket));
    });
    return new Promise((done) =>
      a.server.listen(0, '127.0.0.1', () => {
        a.host = `127.0.0.1:${a.server.address().port}`;
        done(a);
      }),
    );
  }

  // An event to all who asked for its kind.
  event(Event, fields) {
    for (const c of this.clients) c.event({ Event, Privilege: 'call,all', ...fields });
  }

  raw(bytes) {
    for (const c of this.clients) if (c.in) c.socket.write(bytes);
  }

  // Every link is cut, in the middle of an event if one is given.
  cut(fields) {
    for (const c of this.clients) {
      if (fields) c.socket.write(frame(fields).slice(0, -12));
      c.socket.resetAndDestroy();
    }
  }

  close() {
    for (const c of this.clients) c.socket.destroy();
    return new Promise((done) => this.server.close(done));
  }
}

// The channel snapshot that events of one channel have.
export const channel = (name, id, linked, more = {}) => ({
  Channel: name,
  ChannelState: '6',
  ChannelStateDesc: 'Up',
  CallerIDNum: '<unknown>',
  CallerIDName: '<unknown>',
  ConnectedLineNum: '<unknown>',
  ConnectedLineName: '<unknown>',
  Language: 'en',
  AccountCode: '',
  Context: 'from-trunk',
  Exten: 's',
  Priority: '1',
  Uniqueid: id,
  Linkedid: linked,
  ...more,
});

// The same with each name prefixed ("Dest", "Transferer" …).
export const as = (prefix, fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [prefix + name, value]));
