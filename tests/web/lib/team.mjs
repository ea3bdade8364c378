// A team of a test's own: a queue that nobody else writes to, and people who
// serve it alone. What comes there is offered to them, and to nobody else.
import { admin, apply, desk, event, service, sql, unique, using } from '../../e2e/lib/desk.mjs';

export class Team {
  // people: {lan: {display, role, extension}}; their logins are in `logins`,
  // by the same names; `queues` are more that they serve.  queue: members
  // beside the usual ones.
  static async make(people, queue = {}) {
    const team = new Team();
    team.queue = unique('q-');
    team.title = queue.title ?? 'Chăm sóc khách';
    team.address = `${team.queue}@shop.example`;
    team.logins = Object.fromEntries(Object.keys(people).map((n) => [n, unique(`${n}-`)]));
    await using(admin, async (wire) => {
      const { config } = await wire.ask('CONFIG.SHOW');
      await apply(wire, {
        ...config,
        queues: [
          ...config.queues,
          { name: team.queue, title: team.title, first: 3600, next: 3600, offer: 300, ...queue },
        ],
        served: [...config.served, { kind: 'email', address: team.address, queue: team.queue }],
        agents: [
          ...config.agents,
          ...Object.entries(people).map(([n, { queues = [], ...more }]) => ({
            name: team.logins[n], role: 'agent', queues: [team.queue, ...queues], skills: [], ...more,
          })),
        ],
      });
      for (const login of Object.values(team.logins))
        await wire.ask('USER.PASSWORD', login, desk.password);
    });
    return team;
  }

  // A customer writes; members as EVENT.ADD takes them.
  async write({ from = {}, ...members } = {}) {
    return using(service, (wire) =>
      wire.ask('EVENT.ADD', event({
        to: this.address,
        from: {
          kind: 'email', address: `${unique()}@example.com`, name: 'Nguyễn Thị Hạnh', ...from,
        },
        ...members,
      })));
  }

  state(name, state) {
    return using(service, (wire) => wire.ask('AGENT.STATE', this.logins[name], state));
  }

  // They are gone, and the queue with them: nothing is left to do in it.
  async end() {
    const gone = Object.values(this.logins);
    const left = await sql(
      `SELECT t.id FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
       WHERE q.name = :'v1' AND t.state IN ('new', 'open', 'pending')`, this.queue);
    await using(admin, async (wire) => {
      for (const { id } of left) await wire.ask('TICKET.RESOLVE', id);
      const { config } = await wire.ask('CONFIG.SHOW');
      await apply(wire, {
        ...config,
        queues: config.queues.filter((q) => q.name !== this.queue),
        served: config.served.filter((s) => s.queue !== this.queue),
        agents: config.agents.filter((a) => !gone.includes(a.name)),
      });
    });
  }
}
