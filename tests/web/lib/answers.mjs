// Answers to a survey of a test's own, of customers of a segment of its own: on
// each of so many days, today the last, one of each score that is given; and on the
// first two one more who was not reached.
import { change, sql, unique } from '../../e2e/lib/desk.mjs';

// ticket: the case that they are about.  Gives the segment.
export async function answered({ ticket, days = 12, scores = [10, 9, 9, 8, 3] }) {
  const segment = unique('khach-');
  const survey = unique('hoi-');
  await change(
    `INSERT INTO desk.survey (name, active, body) VALUES (:'v1', false,
       '{"questions":[{"name":"score","kind":"nps"},{"name":"why","kind":"text"}]}')`, survey);
  await change(
    `INSERT INTO desk.invitation (survey, occasion, ticket, customer, queue, agent, channel,
       segment, touchpoint, via, state, sent_at)
     SELECT s.id, concat_ws(':', 'test', d, o), t.id, t.customer, t.queue, 0, 'mail', :'v2',
       'giao-hang', 'mail', 'sent', now() - make_interval(days => d)
     FROM desk.survey s, desk.ticket t, generate_series(0, :'v4'::int - 1) d,
       generate_series(1, cardinality(:'v5'::int[])) o
     WHERE s.name = :'v1' AND t.id = :'v3'::bigint`,
    survey, segment, ticket, days, `{${scores.join(',')}}`);
  await sql(
    `SELECT desk.response_put('{"who":"survey"}', i.id, jsonb_build_object('score',
       (:'v2'::int[])[split_part(i.occasion, ':', 3)::int], 'why',
       'Ý kiến ' || split_part(i.occasion, ':', 3)), i.sent_at)
     FROM desk.invitation i JOIN desk.survey s ON s.id = i.survey
     WHERE s.name = :'v1' ORDER BY i.id`, survey, `{${scores.join(',')}}`);
  await sql(
    `SELECT desk.measure('invited', s.name, i.sent_at, i.queue, 0, 'mail', i.segment,
       i.touchpoint, 1) FROM desk.invitation i JOIN desk.survey s ON s.id = i.survey
     WHERE s.name = :'v1'`, survey);
  await change(
    `WITH i AS (
       INSERT INTO desk.invitation (survey, occasion, ticket, customer, queue, agent, channel,
         segment, touchpoint, via, state, why, sent_at)
       SELECT s.id, 'test:back:' || d, t.id, t.customer, t.queue, 0, 'mail', :'v2',
         'giao-hang', 'mail', 'undeliverable', 'bounced', now() - make_interval(days => d)
       FROM desk.survey s, desk.ticket t, generate_series(0, 1) d
       WHERE s.name = :'v1' AND t.id = :'v3'::bigint
       RETURNING *)
     SELECT desk.measure(w, :'v1', i.sent_at, i.queue, 0, 'mail', i.segment, i.touchpoint, 1)
     FROM i, unnest(ARRAY['invited', 'unreached']) w`, survey, segment, ticket);
  return segment;
}
