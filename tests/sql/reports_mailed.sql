-- Reports by mail: when they are due, of which days, once for each reader; what
-- stands on the paper and in the CSV.
BEGIN;
\ir fixture.psql
\ir survey.psql
SELECT plan(31);
SELECT pg_temp.survey('tay', '{}') AS tay \gset
UPDATE desk.agent SET email = 'Sup@shop.example' WHERE name = 'sup';

-- "at first..last" of the next one after a moment (company: UTC+7).
CREATE FUNCTION pg_temp.next(body jsonb, after timestamptz) RETURNS text
LANGUAGE sql AS $$
	SELECT to_char(n.at AT TIME ZONE 'UTC', 'MM-DD HH24:MI') || ' '
	    || to_char(n.first_day, 'MM-DD') || '..'
	    || to_char(n.last_day, 'MM-DD')
	FROM desk.report_next(body, after) n
$$;
SELECT is(pg_temp.next('{}', '2026-11-18 00:00Z'),
    '11-23 00:30 11-16..11-22', 'on Monday, of the week before');
SELECT is(pg_temp.next('{}', '2026-11-23 00:29:59Z'),
    '11-23 00:30 11-16..11-22', 'until its minute');
SELECT is(pg_temp.next('{}', '2026-11-23 00:30Z'),
    '11-30 00:30 11-23..11-29', 'and then a week on');
SELECT is(pg_temp.next('{"every":"day","at":"23:00"}', '2026-12-31 12:00Z'),
    '12-31 16:00 12-30..12-30', 'each day');
SELECT is(pg_temp.next('{"every":"month"}', '2026-01-15 00:00Z'),
    '02-01 00:30 01-01..01-31', 'on the first of a month');
SELECT is(pg_temp.next('{"every":"month"}', '2026-02-01 00:30Z'),
    '03-01 00:30 02-01..02-28', 'a month on');
SELECT is(pg_temp.next('{"day":"sun"}', '2026-11-21 18:00Z'),
    '11-22 00:30 11-15..11-21', 'the company''s day, which is Sunday there');

-- Once, and nothing of before it was asked for
SELECT desk.config_reports('{"reports":[{"name":"tuan","every":"day",
    "at":"00:00","to":["sup","Boss@shop.example","an"]}]}');
SELECT is(desk.reports_due(10), 0, 'what is new has nothing to make up for');
UPDATE desk.report_plan SET since = now() - interval '10 days';
SELECT is(desk.reports_due(10), 1, 'the last one alone');
SELECT is((SELECT string_agg(l.address || ' ' || o.state, ', '
    ORDER BY l.address) FROM desk.letter l
    JOIN desk.outbound o ON o.letter = l.id),
    'boss@shop.example queued, sup@shop.example queued',
    'to whom an address is known');
SELECT is(desk.reports_due(10), 0, 'once');
DELETE FROM desk.report_sent;
SELECT is(desk.reports_due(10), 1, 'even if that was forgotten');
SELECT is((SELECT count(*) FROM desk.letter), 2::bigint, 'each reader once');
SELECT desk.config_reports('{"reports":[{"name":"tuan","every":"day",
    "at":"00:00","to":["sup"],"lang":"en"}]}');
SELECT ok((SELECT since < now() - interval '9 days' FROM desk.report_plan),
    'other readers do not begin it anew');
SELECT desk.config_reports('{"reports":[{"name":"tuan","every":"week",
    "to":["sup"]}]}');
SELECT is(desk.reports_due(10), 0, 'another rhythm does');

-- One that cannot be written keeps no other back
SELECT desk.config_reports('{"reports":[{"name":"hong","every":"day",
    "at":"00:00","to":["sup"]},{"name":"tuan","every":"day","at":"00:00",
    "to":["sup"]}]}');
UPDATE desk.report_plan SET since = now() - interval '10 days';
ALTER TABLE desk.letter ADD CONSTRAINT broken
    CHECK (occasion NOT LIKE 'report:hong:%');
DELETE FROM desk.report_sent;
SET client_min_messages = error;
SELECT is(desk.reports_due(10), 1, 'one that cannot be written keeps no other');
SELECT is((SELECT string_agg(concat_ws(' ', p.name, p.off_until > now()), ', '
    ORDER BY p.name) FROM desk.report_plan p), 'hong t, tuan',
    'and is let be for an hour');
SET client_min_messages = warning;
ALTER TABLE desk.letter DROP CONSTRAINT broken;
SELECT is((SELECT count(*) FROM desk.report_sent), 1::bigint,
    'and not told as sent');

-- It goes the way of all mail, and no case hears of it
SELECT is((SELECT message->>'subject' || ' ' || (message ? 'ticket')
	|| ' ' || (message->'paper' ? 'sections')
	|| ' ' || jsonb_array_length(message->'attachments')
    FROM desk.outbound_claim('d', '{mail}', 10) ORDER BY id LIMIT 1),
    (SELECT l.subject || ' false true 1' FROM desk.letter l
    ORDER BY l.id LIMIT 1), 'what a mail is made of');
SELECT is((SELECT string_agg(desk.outbound_settle(o.id, 'd', o.attempts, how,
	250, 'x', NULL), ' ' ORDER BY o.id)
    FROM desk.outbound o JOIN LATERAL (SELECT CASE WHEN o.id = (SELECT min(id)
	FROM desk.outbound) THEN 'done' ELSE 'never' END AS how) h ON true),
    'sent failed', 'settled');
SELECT is((SELECT count(*) FROM desk.outbox), 0::bigint, 'in silence');

-- Its daemon died: after it was let go nobody knows; one that they all die of
-- comes to an end
UPDATE desk.outbound SET state = 'committing',
    next_try = now() - interval '1 minute';
SELECT desk.outbound_lapse(10);
SELECT is((SELECT string_agg(DISTINCT o.state, ' ') FROM desk.outbound o),
    'unknown', 'it may have arrived');
UPDATE desk.outbound SET state = 'sending', attempts = 10,
    next_try = now() - interval '1 minute',
    created_at = now() - interval '30 days';
SELECT desk.outbound_lapse(10);
SELECT is((SELECT string_agg(DISTINCT o.state, ' ') FROM desk.outbound o),
    'failed', 'and is not tried for ever');

-- What stands on it
SELECT desk.measure('csat', 'tay', now(), (SELECT id FROM desk.queue
    WHERE name = 'sales'), 0, 'mail', '', '', v)
FROM unnest(ARRAY[5, 4, 1]) v;
SELECT desk.measure_fold(100);
SELECT is(pg_temp.ask('sup', 'cx_report', '{"lang":"vi"}')
    ->'sections'->1->'rows'->0, jsonb_build_array('CSAT, % cho 4–5 điểm',
    '66,7', '20,8', '93,9', '3', '–'), 'its figures and limits, written out');
SELECT is(pg_temp.ask('sup', 'cx_report', '{"queue":"shipping","lang":"en"}')
    ->'sections'->1->>'none', 'Nobody has answered.', 'a department''s');
INSERT INTO desk.objective (name, place, vi, en, measure, target)
VALUES ('vui', 1, 'Khách vui', 'Happy', 'csat', 3);
SELECT is(pg_temp.ask('sup', 'cx_report', '{"lang":"vi"}')
    ->'sections'->2->'rows'->0, '["Khách vui", "3", "3,3", "1,6", "4,8", "3",
    "chưa đủ để nói"]', 'an objective, and whether that many carry a verdict');
SELECT is(pg_temp.ask('sup', 'cx_report', '{}')->'sections'->0->>'none',
    'Số liệu chưa cho thấy việc gì nên làm trước.', 'no advice of three');
SELECT is(split_part(pg_temp.ask('sup', 'cx_report', '{"csv":true,"lang":"en"}')
    ->>'csv', E'\r\n', 2),
    '"What customers say","CSAT, % who gave 4–5","Result",66.7',
    'and as CSV');
SELECT is(desk.csv_cell('"=1+1\"x"'), '"''=1+1""x"',
    'no formula comes of what somebody wrote');
SELECT is(desk.number_said(-1234567.25, 'vi') || ' '
    || desk.number_said(1234567, 'en') || ' ' || desk.number_said(0.04, 'vi'),
    '−1.234.567,3 1,234,567 0', 'numbers as people write them');
SELECT throws_ok($$SELECT pg_temp.ask('an', 'cx_report', '{}')$$, 'DK001', NULL,
    'supervisors alone');
SELECT * FROM finish();
ROLLBACK;
