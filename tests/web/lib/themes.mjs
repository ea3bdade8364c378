// A theme and a segment of a test's own, as the desk has them once it heard and
// looked: cases that speak of the one, customers in the other.
import { change, event, service, sql, unique, using } from '../../e2e/lib/desk.mjs';

// Nothing is left of any of them: the desk has what its configuration has.
export const unthemed = () =>
  change(`SELECT desk.config_themes(c.body), desk.config_segments(c.body)
    FROM (SELECT k.body FROM desk.config k ORDER BY k.version DESC LIMIT 1) c`);

// Four cases within this hour, a theme that they make rise, and a segment of who
// wrote them.  Gives their names and the cases.
export async function themed() {
  const theme = unique('giao-tre-');
  const segment = unique('khach-buon-');
  const tickets = await using(service, async (wire) => {
    const made = [];
    for (const n of [1, 2, 3, 4])
      made.push((await wire.ask('EVENT.ADD', event({
        to: 'sales@shop.example', subject: `Đơn hàng ${n}`,
        text: `Thất vọng quá, chờ mãi không thấy hàng đâu, lần ${n}` }))).ticket);
    return made;
  });
  await change(
    `INSERT INTO desk.theme (name, place, body) VALUES (:'v1', (SELECT coalesce(max(place), 0) + 1
       FROM desk.theme), jsonb_build_object('name', :'v1', 'title', 'Giao trễ ' || :'v1',
       'alert', 2))`, theme);
  await change(
    `INSERT INTO desk.theme_event (theme, event, ticket, noted_at, at, queue, channel, segment)
     SELECT :'v1', e.id, e.ticket, e.filed_at, e.at, t.queue, e.channel, ''
     FROM desk.event e JOIN desk.ticket t ON t.id = e.ticket
     WHERE e.ticket = ANY (:'v2'::bigint[]) AND e.kind = 'message' AND e.direction = 'in'`,
    theme, `{${tickets.join(',')}}`);
  await change(
    `INSERT INTO desk.theme_rise (theme, n, usual) VALUES (:'v1', 4, 0.2)
     ON CONFLICT DO NOTHING`, theme);
  await change(
    `INSERT INTO desk.segment (name, place, body) VALUES (:'v1', (SELECT coalesce(max(place), 0) + 1
       FROM desk.segment), jsonb_build_object('name', :'v1', 'title', 'Khách buồn ' || :'v1',
       'mood', 'bad 1 in 30d', 'within', 7776000))`, segment);
  await change(
    `INSERT INTO desk.segment_day (segment, day, size)
     SELECT :'v1', now()::date - d, 12 - d FROM generate_series(0, 11) d
     ON CONFLICT (segment, day) DO UPDATE SET size = excluded.size`, segment);
  await sql(
    `SELECT desk.segments_of(array_agg(t.customer)) FROM desk.ticket t
     WHERE t.id = ANY (:'v1'::bigint[])`, `{${tickets.join(',')}}`);
  return { theme, segment, tickets };
}
