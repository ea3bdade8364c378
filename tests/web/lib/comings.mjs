// Customers of a segment of a test's own who came back after a case, or did not,
// and a queue to which as many cases come each day as one can foretell.
import { change, sql, unique } from '../../e2e/lib/desk.mjs';

// Half of n came back.  Gives the segment.
export async function comings({ n = 20, queue = 'sales' } = {}) {
  const segment = unique('quen-');
  await change(
    `INSERT INTO desk.customer (name, name_folded, segment, segment_fixed)
     SELECT 'Khách ' || g, 'khach ' || g, :'v1', true FROM generate_series(1, :'v2'::int) g`,
    segment, n);
  await change(
    `INSERT INTO desk.contact (customer, kind, address)
     SELECT c.id, 'email', :'v1' || c.id || '@example.com' FROM desk.customer c
     WHERE c.segment = :'v1'`, segment);
  await change(
    `INSERT INTO desk.ticket (customer, queue, state, channel, opened_at, resolved_at, touched_at,
       spell_at)
     SELECT c.id, q.id, 'resolved', 'mail', now() - interval '201 days', now() - interval '200 days',
       now() - interval '200 days', now() - interval '200 days'
     FROM desk.customer c, desk.queue q WHERE c.segment = :'v1' AND q.name = :'v2'`, segment, queue);
  // Every 20 days until some day: until now, or until long before.
  await change(
    `INSERT INTO desk.customer_order (order_no, customer, ticket, status, amount, told_at, event,
       first_at)
     SELECT :'v1' || c.id || '-' || g, c.id, 0, 'delivered', 250000, now(), 0,
       now() - make_interval(days => CASE WHEN c.id % 2 = 0 THEN 5 ELSE 210 END + 20 * g)
     FROM desk.customer c, generate_series(0, 9) g WHERE c.segment = :'v1'`, segment);
  await change(
    `INSERT INTO desk.report_part (hour, queue, channel, agent, what, n)
     SELECT date_trunc('hour', now() - make_interval(days => d), 'UTC'), q.id, 'mail', 0, 'opened',
       30 + d % 7 FROM desk.queue q, generate_series(1, 80) d WHERE q.name = :'v1'`, queue);
  // The round of today may have been without them.
  await change(`UPDATE desk.retention_mark SET began_at = '-infinity'`);
  return segment;
}

// Until the chore has seen to them, and went through everybody.
export const seen = async (segment) =>
  (await sql(
    `SELECT count(*)::int AS n FROM desk.retained WHERE segment = :'v1' AND EXISTS (
       SELECT FROM desk.churn_segment t JOIN desk.retention_mark m ON m.tested_at = t.round
       WHERE t.segment = :'v1')`, segment))[0].n;
