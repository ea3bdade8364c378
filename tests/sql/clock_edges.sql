-- Customers' experience where days and clocks end: hours over midnight and over
-- the change of summer time, long holidays, the last day of a month, a clock that
-- jumps; and mail that the desk wrote, taken back or sent again by hand.
BEGIN;
\ir fixture.psql
\ir survey.psql
SELECT plan(24);

-- When a night's hours open next, by an oracle that goes by five minutes: over
-- both changes of the clocks, and where one falls on midnight itself.
INSERT INTO desk.hours (name, timezone) VALUES ('berlin', 'Europe/Berlin'),
    ('cairo', 'Africa/Cairo'), ('feast', 'UTC');
INSERT INTO desk.hours_span
SELECT h.id, s.* FROM desk.hours h,
    LATERAL (VALUES ('mon-sun 22:00-02:30'), ('tue 09:00-10:00')) l(l),
    desk.hours_read(l.l) s
WHERE h.name IN ('berlin', 'cairo');
SELECT is_empty(format($$
    WITH open AS MATERIALIZED (
	SELECT m, desk.hours_open(h.id, m) AS open
	FROM desk.hours h, generate_series(timestamptz %2$L,
	    timestamptz %2$L + interval '3 days', interval '5 minutes') m
	WHERE h.name = %1$L)
    SELECT x.m, x.added, o.m FROM (
	SELECT w.m, desk.business_add(h.id, w.m, 0) AS added
	FROM open w, desk.hours h WHERE h.name = %1$L
	    AND w.m < timestamptz %2$L + interval '2 days'
	    AND extract(minute FROM w.m)::int %% 15 = 0) x
    CROSS JOIN LATERAL (SELECT min(o.m) AS m FROM open o
	WHERE o.open AND o.m >= x.m) o
    WHERE x.added <> o.m LIMIT 3$$, name, day), name || ' ' || day)
FROM (VALUES ('berlin', '2026-03-28Z'), ('berlin', '2026-10-24Z'),
    ('cairo', '2026-04-23Z'), ('cairo', '2026-10-29Z')) v(name, day);

-- A long holiday: who is asked after it is asked all the same
INSERT INTO desk.hours_span SELECT h.id, s.*
FROM desk.hours h, desk.hours_read('mon-sun 00:00-24:00') s
WHERE h.name = 'feast';
INSERT INTO desk.holiday (hours, day, title)
SELECT h.id, (now() AT TIME ZONE 'UTC')::date + n, 'Tết'
FROM desk.hours h, generate_series(-1, 9) n WHERE h.name = 'feast';
SELECT pg_temp.survey('tet', '{"after":"resolved","hours":"feast",
    "quiet":1,"expires":86400}') AS tet \gset
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Giao trễ') AS t \gset
SELECT pg_temp.act('an', 'resolve', :t);
SELECT pg_temp.later('1 hour');
SELECT desk.survey_due(10);
SELECT is((SELECT concat_ws(' ', i.state, i.send_at = ((now() AT TIME ZONE
    'UTC')::date + 10)::timestamp AT TIME ZONE 'UTC', i.expires_at - i.send_at)
    FROM desk.invitation i WHERE i.customer = :lan), 'waiting t 1 day',
    'closed for ten days: it waits, and does not expire meanwhile');
DELETE FROM desk.holiday;
UPDATE desk.invitation SET send_at = send_at - interval '10 days',
    expires_at = expires_at - interval '10 days';
SELECT desk.survey_due(10);
SELECT is(pg_temp.stands(:lan), 'tet sent', 'then it goes');

-- A clock that was a day ahead for a while, and is right again
UPDATE desk.invitation SET sent_at = sent_at + interval '1 day';
SELECT pg_temp.survey('lan-nua', '{"quiet":3600}') AS nua \gset
SELECT ok(desk.survey_quiet(:lan, 3600, 0), 'what went tomorrow was not long ago');
SELECT pg_temp.ticket(:lan, 'sales', 'Hỏi') AS u \gset
INSERT INTO desk.invitation (survey, occasion, customer, ticket, queue, channel,
    lang, via, send_at, expires_at)
SELECT :nua, 'test', :lan, :u, q.id, 'mail', 'vi', 'mail',
    now() + interval '1 day', now() + interval '9 days'
FROM desk.queue q WHERE q.name = 'sales';
SELECT is(desk.survey_due(10), 0, 'what was put off by such a clock waits');
SELECT ok(desk.survey_next() BETWEEN 0 AND 5000, 'and is looked for all the time');

-- Rounds and reports at the ends of months
CREATE FUNCTION pg_temp.round(every text, at timestamptz) RETURNS text
LANGUAGE sql AS $$
	SELECT to_char(r.first_day, 'YYYY-MM-DD ') || to_char(r.began
	    AT TIME ZONE 'UTC', 'MM-DD HH24:MI')
	FROM desk.staff_round(every, at) r
$$;
SELECT is((SELECT string_agg(pg_temp.round(e, a::timestamptz), ', '
    ORDER BY n) FROM (VALUES (1, 'month', '2028-02-29 23:59:59+07'),
	(2, 'month', '2026-01-31 23:59:59+07'), (3, 'month', '2026-02-01 00:00+07'),
	(4, 'week', '2027-01-03 23:59:59+07'), (5, 'week', '2027-01-04 00:00+07')
    ) v(n, e, a)), '2028-02-01 01-31 17:00, 2026-01-01 12-31 17:00, '
    '2026-02-01 01-31 17:00, 2026-12-28 12-27 17:00, 2027-01-04 01-03 17:00',
    'rounds turn at midnight of the company, leap years and new years too');
CREATE FUNCTION pg_temp.next(body jsonb, after timestamptz) RETURNS text
LANGUAGE sql AS $$
	SELECT to_char(n.at AT TIME ZONE 'UTC', 'MM-DD HH24:MI') || ' '
	    || to_char(n.first_day, 'MM-DD') || '..'
	    || to_char(n.last_day, 'MM-DD')
	FROM desk.report_next(body, after) n
$$;
SELECT is(pg_temp.next('{"every":"month"}', '2028-02-15Z'),
    '03-01 00:30 02-01..02-29', 'the 29th of February is in its month');
SELECT is(pg_temp.next('{"every":"week","at":"00:00"}', '2026-12-27 16:59:59Z'),
    '12-27 17:00 12-21..12-27', 'the second before the week turns');
SELECT is(pg_temp.next('{"every":"week","at":"00:00"}', '2026-12-27 17:00Z'),
    '01-03 17:00 12-28..01-03', 'and the one after');
UPDATE desk.config SET body = jsonb_set(body, '{company,timezone}',
    '"Europe/Berlin"');
SELECT is(pg_temp.next('{"every":"day","at":"02:30"}', '2026-03-28 12:00Z'),
    '03-29 01:30 03-28..03-28', 'at an hour that the day does not have');
SELECT is(pg_temp.next('{"every":"day","at":"02:30"}', '2026-03-29 01:30Z'),
    '03-30 00:30 03-29..03-29', 'once');
SELECT is((SELECT string_agg(n, ', ') FROM (
	SELECT pg_temp.next('{"every":"day","at":"02:30"}', a) AS n
	FROM (VALUES ('2026-10-24 23:00Z'::timestamptz), ('2026-10-25 00:30Z'),
	    ('2026-10-25 01:30Z')) v(a)) x),
    '10-25 01:30 10-24..10-24, 10-25 01:30 10-24..10-24, '
    '10-26 01:30 10-25..10-25', 'once at one that it has twice');
SELECT is((SELECT string_agg(to_char(desk.improvement_moment(d::date)
    AT TIME ZONE 'UTC', 'MM-DD HH24:MI'), ', ')
    FROM unnest('{2026-03-28,2026-10-24,2026-12-31}'::text[]) d),
    '03-29 00:00, 10-24 23:00, 01-01 00:00',
    'an improvement is judged an hour after its last day, as the company has it');

-- Taken back by hand before it went; sent again when it is over
SELECT pg_temp.survey('tay', '{"quiet":1,"remind":172800}') AS tay \gset
SELECT pg_temp.customer('Thu', 'thu@example.com') AS thu \gset
SELECT pg_temp.ticket(:thu, 'sales', 'Hỏi giá') AS v \gset
SELECT pg_temp.ask('an', 'survey_send', jsonb_build_object('survey', 'tay',
    'ticket', :v));
SELECT o.event AS e FROM desk.outbound o
WHERE o.address = 'thu@example.com' AND o.purpose = 'survey' \gset
SELECT pg_temp.act('an', 'unsend', :v, jsonb_build_object('event', :e));
SELECT pg_temp.later('3 days');
SELECT desk.survey_due(10);
SELECT is(pg_temp.stands(:thu) || ', ' || pg_temp.mails(:thu),
    'tay withdrawn unsent, mail thu@example.com withdrawn',
    'who was not written to is not reminded');
SELECT pg_temp.refused('an', 'ticket_resend', jsonb_build_object('ticket', :v,
    'event', :e), 'CONFLICT event', 'nor asked without a link');
SELECT pg_temp.ask('an', 'survey_send', jsonb_build_object('survey', 'tay',
    'ticket', :v, 'once', 'again'));
SELECT pg_temp.later('3 days');
SELECT desk.survey_due(10);
SELECT max(o.event) AS e FROM desk.outbound o
WHERE o.address = 'thu@example.com' AND o.purpose = 'survey' \gset
SELECT pg_temp.act('an', 'unsend', :v, jsonb_build_object('event', :e));
SELECT is(pg_temp.stands(:thu), 'tay withdrawn unsent, tay sent',
    'a reminder that is taken back leaves the question');
SELECT desk.outbound_claim('d', '{mail}', 10);
UPDATE desk.outbound SET state = 'unknown' WHERE address = 'thu@example.com'
    AND state = 'sending';
SELECT min(o.event) AS e FROM desk.outbound o
WHERE o.address = 'thu@example.com' AND o.state = 'unknown' \gset
SELECT lives_ok(format($$SELECT pg_temp.act('an', 'resend', %s,
    '{"event":%s}')$$, :v, :e), 'a question that is open may be sent again');

-- A follow-up whose first copy may have arrived: both ways out work
INSERT INTO desk.followup (name, since, body) VALUES ('hoi', now(), '{}');
INSERT INTO desk.followup_sent (followup, occasion, customer, began_at, state,
    send_at, expires_at, sent_at, ticket, event)
SELECT f.id, 'test', :thu, now(), 'sent', now(), now(), now(), :v, :e
FROM desk.followup f;
CREATE FUNCTION pg_temp.out_of(of bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT encode(sha256(convert_to(substring(desk.followup_message(o, e)
	    ->>'leave_url' from '/([^/]*)/leave$'), 'UTF8')), 'hex')
	FROM desk.outbound o JOIN desk.event e ON e.id = o.event
	WHERE o.event = of
$$;
SELECT pg_temp.out_of(:e) AS one \gset
SELECT pg_temp.out_of(:e) AS two \gset
SELECT is(desk.followup_left('{}', jsonb_build_object('hash', :'one')),
    '{"left":true}'::jsonb, 'the way out of an earlier try works');
SELECT is(desk.followup_left('{}', jsonb_build_object('hash', :'two')),
    '{"left":true}'::jsonb, 'as the newest does');
SELECT isnt(:'one'::text, :'two'::text, 'they are two');

SELECT * FROM finish();
ROLLBACK;
