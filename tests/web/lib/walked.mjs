// Customers of a segment of a test's own on their way: so many ask, some of them
// buy, some of those need help and are upset, and one case goes to and fro.  Beside
// it a segment that nobody is in.
import { admin, apply, change, sql, unique, until, using } from '../../e2e/lib/desk.mjs';

// steps: how many come to each of the three touchpoints.  Gives the segment, the
// touchpoints' names and the customers' ids in order; end() takes the touchpoints
// out of the configuration again.
export async function walked({ steps = [6, 4, 2] } = {}) {
  const segment = unique('di-');
  const names = ['hoi', 'mua', 'sua'].map((n) => unique(`${n}-`));
  const stages = ['consultation', 'purchase', 'support'];
  const segments = [unique('s-'), unique('s-')]; // which nobody is in
  await using(admin, async (wire) => {
    const { config } = await wire.ask('CONFIG.SHOW');
    await apply(wire, {
      ...config,
      touchpoints: [...(config.touchpoints ?? []), ...names.map((name, i) => ({
        name, stage: stages[i], vi: `Điểm <${name}> & "bạn"`, en: `Place <${name}> & "you"`,
        department: 'sales', target: '4.2',
      }))],
      segments: [...(config.segments ?? []), ...segments.map((name) =>
        ({ name, title: 'Cả hai một tên', orders: '900-' }))],
    });
  });
  await change(
    `WITH c AS (
       INSERT INTO desk.customer (name, name_folded, segment, segment_fixed)
       SELECT 'Khách ' || i, 'khach ' || i, :'v1', true
       FROM generate_series(1, (:'v3'::int[])[1]) i
       RETURNING id, split_part(name, ' ', 2)::int AS i
     ), t AS (
       INSERT INTO desk.ticket (customer, queue, state, channel, subject, opened_at)
       SELECT c.id, q.id, 'resolved', 'chat', 'Trên đường đi', now() - interval '20 days'
       FROM c, desk.queue q WHERE q.name = 'sales'
       RETURNING id, customer, queue
     ), e AS (
       INSERT INTO desk.event (at, ticket, customer, kind, channel, direction, who, text, facts)
       SELECT now() - make_interval(days => (ARRAY[20, 10, 5])[s.n]), t.id, t.customer,
         'message', (ARRAY['chat', 'mail', 'call'])[s.n], 'in', 'customer', 'Bước ' || s.n,
         jsonb_build_object('touchpoint', (:'v2'::text[])[s.n])
       FROM t JOIN c ON c.id = t.customer, generate_series(1, 3) s(n)
       WHERE c.i <= (:'v3'::int[])[s.n]
       RETURNING id, at, text
     )
     INSERT INTO desk.mood (event, at, queue, agent, channel, segment, value)
     SELECT e.id, e.at, 0, 0, 'chat', :'v1', (ARRAY[1, 0, -1])[split_part(e.text, ' ', 2)::int]
     FROM e`,
    segment, `{${names.join(',')}}`, `{${steps.join(',')}}`);
  const customers = await sql(
    'SELECT c.id FROM desk.customer c WHERE c.segment = :\'v1\' ORDER BY c.id', segment);
  // From one department to another, back, and there again.
  for (const queue of ['shipping', 'sales', 'shipping'])
    await change(
      `UPDATE desk.ticket t SET queue = q.id, touched_at = now() FROM desk.queue q
       WHERE q.name = :'v2' AND t.id = (SELECT min(k.id) FROM desk.ticket k
         JOIN desk.customer c ON c.id = k.customer WHERE c.segment = :'v1')`, segment, queue);
  const all = steps.reduce((a, b) => a + b, 0);
  await until('every step is on record', async () => {
    const [row] = await sql(
      'SELECT count(*)::int AS n FROM desk.step s WHERE s.segment = :\'v1\'', segment);
    return Number(row.n) === all;
  });
  return {
    segment, nobodys: segments[0], names, customers: customers.map((c) => Number(c.id)),
    end: () => using(admin, async (wire) => {
      const { config } = await wire.ask('CONFIG.SHOW');
      await apply(wire, {
        ...config,
        touchpoints: config.touchpoints.filter((p) => !names.includes(p.name)),
        segments: config.segments.filter((g) => !segments.includes(g.name)),
      });
    }),
  };
}
