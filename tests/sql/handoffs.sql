-- Cases that go from department to department: each hand-off once, which of them
-- came back, and the same figures from what is on record.
BEGIN;
\ir fixture.psql
SELECT plan(21);
CREATE FUNCTION pg_temp.hand(of bigint, VARIADIC upon text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	name	text;
BEGIN
	FOREACH name IN ARRAY upon LOOP
		PERFORM pg_temp.ask('admin', 'ticket_transfer',
		    jsonb_build_object('ticket', of, 'queue', name));
	END LOOP;
END;
$$;
CREATE FUNCTION pg_temp.ways(more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT coalesce(jsonb_agg(concat_ws(' ', l->>'from', l->>'to', l->>'n',
	    l->>'cases', l->>'back')), '[]')
	FROM jsonb_array_elements(pg_temp.ask('sup', 'journey_handoffs', more)
	    ->'links') l
$$;
CREATE FUNCTION pg_temp.agrees(what text) RETURNS text LANGUAGE sql AS $$
	SELECT is_empty('SELECT * FROM desk.measure_differs(''-infinity'',
	    ''infinity'') d WHERE d.measure = ''handoff''', what)
$$;

SELECT is(pg_temp.ask('sup', 'journey_handoffs', '{}') - '{from,to}'::text[],
    '{"n":0,"back":0,"nodes":[],"links":[]}', 'nothing yet');

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan,
    pg_temp.customer('Mai', 'mai@example.com') AS mai \gset
UPDATE desk.customer SET segment = 'vip' WHERE id = :mai;
SELECT pg_temp.ticket(:lan, 'sales', 'a') AS a, pg_temp.ticket(:lan, 'sales',
    'b') AS b, pg_temp.ticket(:mai, 'sales', 'c') AS c \gset
SELECT pg_temp.hand(:a, 'shipping');
SELECT is(pg_temp.ways(), '["sales shipping 1 1 0"]', 'a case goes on');
SELECT pg_temp.hand(:a, 'shipping');
SELECT is(pg_temp.ways(), '["sales shipping 1 1 0"]',
    'one that is there already goes nowhere');
SELECT pg_temp.hand(:a, 'sales');
SELECT is(pg_temp.ways(), '["sales shipping 1 1 1", "shipping sales 1 1 0"]',
    'what comes back, went there and back');
SELECT pg_temp.hand(:a, 'shipping', 'sales', 'shipping');
SELECT is(pg_temp.ways(),
    '["sales shipping 3 1 2", "shipping sales 2 1 2"]',
    'ping-pong is counted each time, and is of one case');
SELECT pg_temp.hand(:b, 'shipping', 'staff');
SELECT is(pg_temp.ways(), '["sales shipping 4 2 2", "shipping sales 2 1 2",
    "shipping staff 1 1 0"]', 'what went on has not come back');
SELECT pg_temp.hand(:b, 'sales');
SELECT is(pg_temp.ways(), '["sales shipping 4 2 3", "shipping sales 2 1 2",
    "shipping staff 1 1 0", "staff sales 1 1 0"]', '… until it does, by another way');
SELECT pg_temp.agrees('as it is on record');

SELECT pg_temp.hand(:c, 'shipping');
SELECT is(pg_temp.ways('{"segment":"vip"}'), '["sales shipping 1 1 0"]',
    'of a segment');
UPDATE desk.customer SET segment = '' WHERE id = :mai;
SELECT pg_temp.hand(:c, 'sales');
SELECT is(pg_temp.ways('{"segment":"vip"}'), '["sales shipping 1 1 1"]',
    'as it was when it went');
SELECT is(pg_temp.ask('sup', 'journey_handoffs', '{}')->'nodes',
    '[{"name":"sales","title":"Bán hàng","out":5,"in":4},
    {"name":"shipping","title":"Giao hàng","out":4,"in":5},
    {"name":"staff","title":"Nhân sự","out":1,"in":1}]', 'what goes, comes');
SELECT is((pg_temp.ask('sup', 'journey_handoffs', '{}')->'links'->0)
    - '{from,to}'::text[], '{"n":5,"cases":3,"back":4,"low":0.376,
    "high":0.964}', 'with what the share of those who came back carries');

-- Added up as it is counted: by day, month and year.
DO $$ BEGIN WHILE desk.measure_fold(1000) > 0 LOOP END LOOP; END $$;
SELECT is(pg_temp.ways('{"from":"2020-01-01"}'), pg_temp.ways(),
    'the same once it is added up');
SELECT is(pg_temp.ways('{"from":"2020-01-01","to":"2020-12-31"}'), '[]',
    'not in other days');

-- A question of a department goes its own way.
SELECT pg_temp.ask('an', 'consult_ask', jsonb_build_object('ticket', :b,
    'queue', 'shipping', 'text', 'Hàng còn không?'));
SELECT pg_temp.ways() AS before \gset
SELECT pg_temp.hand((SELECT max(t.id) FROM desk.ticket t
    WHERE t.kind = 'consult'), 'staff');
SELECT is(pg_temp.ways(), :'before'::jsonb, 'a question is no hand-off');

-- Every hand-off is where one stretch of its case ends and another begins.
SELECT set_eq('SELECT h.ticket, h.at, h.source, h.target FROM desk.handoff h',
    'SELECT s.ticket, s.began, s.was_queue, s.queue FROM desk.stretches(
	ARRAY(SELECT t.id FROM desk.ticket t WHERE t.kind = ''case'')) s
    WHERE s.queue <> s.was_queue', 'on record twice, alike');
SELECT pg_temp.agrees('and still as counted');
UPDATE desk.handoff SET back = NOT back WHERE source = target + 1;
DELETE FROM desk.handoff h WHERE h.id = (SELECT min(o.id) FROM desk.handoff o);
SELECT isnt_empty('SELECT * FROM desk.measure_differs(''-infinity'',
    ''infinity'') d WHERE d.measure = ''handoff''', 'a lost record is found');

SELECT pg_temp.refused('an', 'journey_handoffs', '{}', 'DENIED',
    'not an agent''s');
SELECT pg_temp.refused('sup', 'journey_handoffs', x.args, x.want, x.want)
FROM (VALUES ('{"from":"2025-13-01"}'::jsonb, 'INVALID from'),
    ('{"from":"2025-02-02","to":"2025-02-01"}', 'INVALID to')) x(args, want);

SELECT * FROM finish();
ROLLBACK;
