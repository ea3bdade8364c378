// A list of very many cases: a queue of its own with as many as are wanted,
// made by one statement, and taken away by another.
import { admin, apply, change, sql, unique, using } from '../../e2e/lib/desk.mjs';

export class Many {
  // They belong to an agent, so that no line has them (nobody: '', and they
  // wait); the newest are due first, all of them in more than a week.
  static async make(n, who = 'dung') {
    const many = new Many();
    many.queue = unique('many-');
    await using(admin, async (wire) => {
      many.config = (await wire.ask('CONFIG.SHOW')).config;
      const { config } = many;
      await apply(wire, {
        ...config,
        queues: [
          ...config.queues,
          { name: many.queue, title: 'Đợt khuyến mãi', first: 3600, next: 3600, offer: 30 },
        ],
        served: [
          ...config.served,
          { kind: 'email', address: `${many.queue}@shop.example`, queue: many.queue },
        ],
      });
    });
    await change(
      `WITH c AS (INSERT INTO desk.customer (name) VALUES ('Nguyễn Thị Hạnh') RETURNING id)
       INSERT INTO desk.ticket (customer, queue, state, channel, assignee, subject, preview, due_at)
       SELECT c.id, q.id, CASE WHEN a.id IS NULL THEN 'new' ELSE 'open' END, 'mail', a.id, 'Đơn hàng số ' || n, 'Shop ơi, bao giờ giao?',
         date_trunc('day', now()) + interval '9 days' - n * interval '1 second'
       FROM c CROSS JOIN desk.queue q CROSS JOIN generate_series(1, :v2) n
       LEFT JOIN desk.agent a ON a.name = :'v3' WHERE q.name = :'v1'`,
      many.queue, n, who,
    );
    await change('VACUUM (ANALYZE) desk.ticket');
    return many;
  }

  // The case at a place, as the records have it.
  async at(place) {
    const [row] = await sql(
      `SELECT t.id, t.subject FROM desk.ticket t
       WHERE t.queue = (SELECT q.id FROM desk.queue q WHERE q.name = :'v1')
       ORDER BY t.due_at, t.id OFFSET :v2 LIMIT 1`,
      this.queue, place,
    );
    return row;
  }

  async end() {
    // (Nothing else knows of them: the constraints need not look for it.)
    await change(
      `SET session_replication_role = replica;
       WITH gone AS (DELETE FROM desk.ticket t USING desk.queue q
         WHERE t.queue = q.id AND q.name = :'v1' AND t.subject LIKE 'Đơn hàng số %'
         RETURNING t.customer)
       DELETE FROM desk.customer WHERE id IN (SELECT customer FROM gone)`,
      this.queue,
    );
    await using(admin, (wire) => apply(wire, this.config));
  }
}
