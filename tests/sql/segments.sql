-- Segments: who is in which, kept current.
BEGIN;
\ir fixture.psql
SELECT plan(82);

-- Ranges
SELECT is(string_agg(coalesce(desk.numbers_read(s)::text, '-'), ' '
    ORDER BY n), '[3,4) [3,) (,6) [3,6) [0,7) - - - - - -',
    'what a range may be')
FROM unnest('{3,3-,-5,3-5,0-6,5-3,-,3--,a,"",1234567890123456}'::text[])
    WITH ORDINALITY x(s, n);

CREATE FUNCTION pg_temp.base() RETURNS jsonb
LANGUAGE sql AS $$
	SELECT '{"company":{"name":"Shop"},"default_queue":"sales",
	    "queues":[{"name":"sales","title":"S","first":60,"next":60}],
	    "agents":[{"name":"an","display":"An"},
		{"name":"sup","display":"Sup","role":"supervisor"},
		{"name":"admin","display":"Admin","role":"admin"}]}'::jsonb
$$;
CREATE FUNCTION pg_temp.config(segments jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.config_apply(pg_temp.who('admin'), jsonb_build_object(
	    'config', pg_temp.base()
		|| jsonb_build_object('segments', segments)))
$$;
CREATE FUNCTION pg_temp.wrong(segment jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	member	text;
BEGIN
	PERFORM desk.config_check(pg_temp.base()
	    || jsonb_build_object('segments', jsonb_build_array(
		'{"name":"a"}'::jsonb || segment)));
	RETURN 'taken';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS member = PG_EXCEPTION_HINT;
	RETURN member;
END;
$$;
-- Runs the chore to its end.
CREATE FUNCTION pg_temp.looked() RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
	n	int;
	total	int := 0;
BEGIN
	LOOP
		n := desk.segments_run(2);
		total := total + n;
		EXIT WHEN n = 0;
	END LOOP;
	RETURN total;
END;
$$;
CREATE FUNCTION pg_temp.inside(whom bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(': ', c.segment, (SELECT string_agg(m.segment, ' '
	    ORDER BY m.segment) FROM desk.segment_member m
	    WHERE m.customer = c.id))
	FROM desk.customer c WHERE c.id = whom
$$;
CREATE FUNCTION pg_temp.ordered(whom bigint, no text, amount numeric,
    age interval DEFAULT '1 day', status text DEFAULT 'delivered')
RETURNS void
LANGUAGE sql AS $$
	INSERT INTO desk.customer_order (order_no, customer, ticket, status,
	    amount, currency, told_at, event, first_at)
	VALUES (no, whom, 0, status, amount, 'VND', now(), 0, now() - age)
$$;

SELECT is(pg_temp.wrong('{}'), 'segments[0].orders', 'it must say something');
SELECT is(pg_temp.wrong('{"within":86400}'), 'segments[0].orders',
    'a time alone says nothing');
SELECT is(pg_temp.wrong('{"orders":"5-3"}'), 'segments[0].orders',
    'a range that holds nothing');
SELECT is(pg_temp.wrong('{"nps":"x"}'), 'segments[0].nps', 'no range');
SELECT is(pg_temp.wrong('{"channel":["fax"]}'), 'segments[0].channel',
    'no such channel');
SELECT is(pg_temp.wrong('{"value":"1-","currency":"dong"}'),
    'segments[0].currency', 'no currency');
SELECT is(pg_temp.wrong('{"name":"auto","orders":"1-"}'), 'segments[0].name',
    'a word with a meaning');
SELECT is(pg_temp.wrong('{"orders":"1-"}'), 'taken', 'what is good');
SELECT is(string_agg(coalesce((SELECT concat_ws('/', x.what, x.n, x.within)
    FROM desk.times_read(s) x), '-'), ' ' ORDER BY n),
    'bad/1 bad/2 bad/2/720:00:00 3/2160:00:00 1 - - - - - - -',
    'how often, and within how long')
FROM unnest('{bad,bad 2,bad 2 in 30d,3 in 90d,1,"",bad 0,bad in 3d,2 in,'
    '2 in 3w,awful 2,bad2}'::text[]) WITH ORDINALITY x(s, n);
SELECT is(pg_temp.wrong('{"mood":"sad"}'), 'segments[0].mood', 'no feeling');
SELECT is(pg_temp.wrong('{"mood":"2 in 30d"}'), 'segments[0].mood',
    'how often, of nothing');
SELECT is(pg_temp.wrong('{"promises_broken":"bad 2"}'),
    'segments[0].promises_broken', 'a feeling is no promise');
SELECT is(pg_temp.wrong('{"mood":"bad 2 in 30d"}'), 'taken',
    'a feeling is enough');
SELECT is(pg_temp.wrong('{"promises_broken":"1 in 90d"}'), 'taken',
    'and so is a promise');
SELECT is(desk.config_check(pg_temp.base()
    || '{"segments":[]}') ? 'segments', false, 'none is as if never said');

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.customer('Minh', 'minh@example.com') AS minh \gset
SELECT pg_temp.customer('Tú', 'tu@example.com') AS tu \gset
SELECT is(pg_temp.looked(), 0, 'without segments nobody is looked at');
SELECT pg_temp.ordered(:lan, 'DH1', 3000000);
SELECT pg_temp.ordered(:lan, 'DH2', 2500000.5);
SELECT pg_temp.ordered(:lan, 'DH3', 9000000, '2 days', 'Cancelled');
SELECT pg_temp.ordered(:minh, 'DH4', 100000, '200 days');
SELECT is((SELECT count(*) FROM desk.segment_todo), 0::bigint,
    'nor is anything noted');

SELECT pg_temp.config('[]');
SELECT is(jsonb_array_length(pg_temp.config('[
    {"name":"quy","title":"Khách quý","value":"5000000-","within":31536000},
    {"name":"vang","idle":7776000},
    {"name":"mua","orders":"1-"},
    {"name":"che","nps":"0-6"},
    {"name":"hay-hoi","cases":"2-","within":604800},
    {"name":"giao","tag":["giao trễ"]}]')->'changes'), 7,
    'six segments and their order are changes');
SELECT is(pg_temp.looked() >= 3, true, 'everybody is looked at once');
SELECT is(pg_temp.looked(), 0, '… and not at once again');
SELECT is(pg_temp.inside(:lan), 'quy: mua quy',
    'worth enough; the first is his own; what was called off is not counted');
SELECT is(pg_temp.inside(:minh), 'vang: mua vang', 'not seen for long');
SELECT is(pg_temp.inside(:tu), '', 'in none');
SELECT is(pg_temp.ask('an', 'segment_list', '{}')->'segments'->0,
    jsonb_build_object('segment', 'quy', 'title', 'Khách quý', 'size', 1,
    'means', '{"value":"5000000-","within":31536000}'::jsonb, 'days',
    jsonb_build_array(jsonb_build_object('day', (now() AT TIME ZONE coalesce(
	desk.company('timezone'), 'UTC'))::date, 'size', 1))),
    'listed with its size');
SELECT is(pg_temp.ask('an', 'segment_list', '{}')->'current', 'true',
    'and current');
SELECT is((SELECT array_agg((s->>'size')::int)
    FROM jsonb_array_elements(pg_temp.ask('an', 'segment_list',
	'{}')->'segments') s), '{1,1,2,0,0,0}', 'sizes');

-- What changes
SELECT pg_temp.ordered(:tu, 'DH5', 10);
SELECT is(pg_temp.ask('an', 'segment_list', '{}')->'current', 'false',
    'an order is noted');
SELECT is(pg_temp.looked(), 1, 'he alone is looked at');
SELECT is(pg_temp.inside(:tu), 'mua: mua', 'and has come in');
UPDATE desk.customer_order SET status = 'huỷ' WHERE order_no = 'DH5';
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:tu), '', 'an order that is called off is none');
SELECT pg_temp.ordered(:minh, 'DH6', 10);
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:minh), 'mua: mua', 'who buys again is not gone');

SELECT pg_temp.ticket(:tu, 'sales', 'Một') AS t1 \gset
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:tu), '', 'one case');
SELECT pg_temp.ticket(:tu, 'sales', 'Hai') AS t2 \gset
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:tu), 'hay-hoi: hay-hoi', 'two');
UPDATE desk.ticket SET tags = '{"giao trễ"}' WHERE id = :t2;
SELECT desk.segments_of(ARRAY[:tu]);
SELECT is(pg_temp.inside(:tu), 'hay-hoi: giao hay-hoi', 'a tag');

INSERT INTO desk.survey (name, body) VALUES
    ('s', '{"questions":[{"name":"q","kind":"nps"}]}');
CREATE FUNCTION pg_temp.answers(whom bigint, score int) RETURNS void
LANGUAGE sql AS $$
	WITH i AS (
	    INSERT INTO desk.invitation (survey, occasion, customer, via)
	    SELECT id, gen_random_uuid()::text, whom, 'form' FROM desk.survey
	    RETURNING id
	)
	SELECT desk.response_put('{"who":"survey"}', i.id,
	    jsonb_build_object('q', score), clock_timestamp()) FROM i
$$;
SELECT pg_temp.answers(:lan, 3);
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:lan), 'quy: che mua quy', 'who is not content');
SELECT pg_temp.answers(:lan, 9);
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:lan), 'quy: mua quy', 'the last answer counts');

-- Feelings and promises
SELECT pg_temp.config('[
    {"name":"buon","mood":"bad 2 in 30d"},
    {"name":"that-hua","promises_broken":"1 in 90d"}]');
SELECT pg_temp.looked();
CREATE FUNCTION pg_temp.feels(whom bigint, value int, age interval)
RETURNS bigint
LANGUAGE sql AS $$
	WITH e AS (
	    INSERT INTO desk.event (ticket, customer, kind, channel,
		direction, at, filed_at, text)
	    SELECT t.id, whom, 'message', 'mail', 'in', now() - age,
		now() - age, 'x'
	    FROM desk.ticket t WHERE t.customer = whom ORDER BY t.id LIMIT 1
	    RETURNING id, at
	)
	INSERT INTO desk.mood (event, at, queue, agent, channel, segment,
	    value)
	SELECT e.id, e.at, 1, 0, 'mail', '', value FROM e RETURNING event
$$;
SELECT pg_temp.feels(:tu, -1, '1 day');
SELECT pg_temp.feels(:tu, -1, '40 days') AS old \gset
SELECT pg_temp.feels(:tu, 0, '2 days') AS calm \gset
SELECT is(pg_temp.looked() > 0, true, 'a feeling is noted');
SELECT is(pg_temp.inside(:tu), '', 'one within the time');
UPDATE desk.mood SET value = -1 WHERE event = :calm;
SELECT is(pg_temp.looked(), 1, 'so is a correction');
SELECT is(pg_temp.inside(:tu), 'buon: buon', 'two');
SELECT is(pg_temp.ask('sup', 'segment_get', '{"segment":"buon"}')
    #- '{customers,0,since}' #- '{customers,0,customer}', '{"segment":"buon",
    "title":"buon","size":1,"means":{"mood":"bad 2 in 30d"},
    "customers":[{"name":"Tú","own":true,"why":{"mood":2}}]}',
    'and why he is in it');
INSERT INTO desk.promise (ticket, customer, kind, queue, channel, source,
    event, due_at, counts_at)
VALUES (:t1, :tu, 'callback', 1, 'mail', 'agent', 0, now(), now());
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:tu), 'buon: buon', 'what is promised is not broken');
UPDATE desk.promise SET state = 'broken', ended_at = now()
WHERE customer = :tu;
SELECT is(pg_temp.looked(), 1, 'a promise that ends is noted');
SELECT is(pg_temp.inside(:tu), 'buon: buon that-hua', 'broken: in both');
SELECT is(desk.segment_why('{"promises_broken":"1 in 90d"}', :tu),
    '{"promises_broken":1}', 'and why');
UPDATE desk.mood SET value = 0 WHERE event = :calm;
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:tu), 'that-hua: that-hua', 'read over: out again');
-- What is said of why agrees with who is in.
SELECT is((SELECT count(*) FROM desk.customer c, desk.segment s
    WHERE ((desk.segment_why(s.body, c.id)->>'promises_broken')::int >= 1)
	<> EXISTS (SELECT FROM desk.segment_member m
	    WHERE m.segment = s.name AND m.customer = c.id)), 0::bigint,
    'whys and members agree');
SELECT is((SELECT array_agg(s.size ORDER BY s.place) FROM desk.segment s),
    '{0,1}', 'sizes');
SELECT is((SELECT string_agg(d.segment || ' ' || d.size, ', '
    ORDER BY d.segment) FROM desk.segment_day d
    WHERE d.segment IN ('buon', 'that-hua')),
    'buon 0, that-hua 0', 'on record when everybody was looked at');
SELECT pg_temp.config('[
    {"name":"quy","title":"Khách quý","value":"5000000-","within":31536000},
    {"name":"vang","idle":7776000},
    {"name":"mua","orders":"1-"},
    {"name":"che","nps":"0-6"},
    {"name":"hay-hoi","cases":"2-","within":604800},
    {"name":"giao","tag":["giao trễ"]}]');
SELECT pg_temp.looked();

-- Time
UPDATE desk.customer_order SET first_at = first_at - interval '2 years'
WHERE customer = :lan;
DELETE FROM desk.segment_todo;
SELECT is(pg_temp.looked(), 0, 'nothing is due yet');
UPDATE desk.segment_mark SET began_at = now() - interval '25 hours';
SELECT is(pg_temp.looked() >= 3, true, 'a day later everybody is');
SELECT is(pg_temp.inside(:lan), 'vang: mua vang', 'time moves on');
SELECT is((SELECT array_agg(s.size = (SELECT count(*)
    FROM desk.segment_member m WHERE m.segment = s.name)) FROM desk.segment s),
    '{t,t,t,t,t,t}', 'sizes are what they are');

-- By hand
SELECT is(pg_temp.ask('an', 'customer_set', jsonb_build_object('customer',
    :lan, 'segment', 'vip'))->>'segment', 'vip', 'somebody chooses');
SELECT desk.segments_of(ARRAY[:lan]);
SELECT is(pg_temp.inside(:lan), 'vip: mua vang', '… and it stays');
SELECT is(pg_temp.ask('an', 'customer_get', jsonb_build_object('customer',
    :lan))->'segments', '["vang","mua"]', 'in the order of the file');
SELECT is(pg_temp.ask('an', 'customer_set', jsonb_build_object('customer',
    :lan, 'segment', 'auto'))->>'segment', 'vang', 'until he is given back');

-- Pages
SELECT is(pg_temp.ask('sup', 'segment_get', jsonb_build_object('segment',
    'mua', 'limit', 1))->'customers'->0->>'name', 'Lan', 'a page');
SELECT is(pg_temp.ask('sup', 'segment_get', jsonb_build_object('segment',
    'mua', 'limit', 1, 'after', :lan))->'customers'->0->>'name', 'Minh',
    'and the next');
SELECT is(pg_temp.ask('sup', 'segment_get', jsonb_build_object('segment',
    'mua', 'after', :minh)), '{"segment":"mua","title":"mua","size":2,
    "means":{"orders":"1-"},"customers":[]}',
    'until there is no more');
SELECT pg_temp.refused('sup', 'segment_get', '{"segment":"none"}',
    'NOTFOUND segment', 'no such segment');

-- Who is who
SELECT pg_temp.ask('sup', 'customer_merge', jsonb_build_object('customer',
    :tu, 'other', :lan, 'sure', :lan));
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:tu), 'vang: giao hay-hoi mua vang',
    'one of two has what both had');
SELECT is((SELECT size FROM desk.segment WHERE name = 'vang'), 1::bigint,
    'and counts once');
SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object('customer',
    :tu, 'sure', :tu, 'reason', 'asked'));
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:tu), '', 'who is erased is in none');

-- Fewer
SELECT pg_temp.config('[{"name":"mua","orders":"1-"}]');
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:minh), 'mua: mua', 'what is left');
SELECT pg_temp.config('[]');
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:minh), '', 'none is left');

-- Who is about to be lost
SELECT is(pg_temp.wrong('{"churn":["bored"]}'), 'segments[0].churn',
    'no such reason');
SELECT is(pg_temp.wrong('{"churn":["any"]}'), 'taken',
    'to be about to be lost is enough');
SELECT pg_temp.config('[
    {"name":"lo-hen","churn":["gap","promise"]},
    {"name":"sap-mat","churn":["any"]},
    {"name":"moi","known":86400}]');
SELECT pg_temp.looked();
SELECT is(pg_temp.inside(:minh), 'moi: moi', 'not he');
INSERT INTO desk.churn (customer, reasons, newest_at, worth)
VALUES (:minh, '{complaint,promise}', now(), 0);
SELECT is(pg_temp.looked(), 1, 'whom the chore names is noted');
SELECT is(pg_temp.inside(:minh), 'lo-hen: lo-hen moi sap-mat', 'in both');
SELECT is((SELECT jsonb_object_agg(s.name, desk.segment_why(s.body, :minh))
    FROM desk.segment s WHERE s.body ? 'churn'),
    '{"lo-hen":{"churn":["complaint","promise"]},
      "sap-mat":{"churn":["complaint","promise"]}}', 'and why');
SELECT is(desk.segment_why('{"churn":["any"]}', :tu), '{}', 'nor one who is gone');
-- What is usual is not made of whom it names.
SELECT is(desk.segment_besides('lo-hen', :minh, '{churn}'), 'moi',
    'he is counted where he would stand without');
SELECT is(desk.segment_besides('moi', :minh, '{churn}'), 'moi', 'as he is');
SELECT is(desk.segment_besides('by-hand', :minh, '{churn}'), 'by-hand',
    'a segment without a block');
UPDATE desk.churn SET reasons = '{complaint}' WHERE customer = :minh;
SELECT is(pg_temp.looked(), 1, 'for other reasons');
SELECT is(pg_temp.inside(:minh), 'sap-mat: moi sap-mat', 'in one alone');
DELETE FROM desk.churn;
SELECT is(pg_temp.looked(), 1, 'whom it takes away is noted');
SELECT is(pg_temp.inside(:minh), 'moi: moi', 'out of both');
SELECT is((SELECT array_agg(s.size ORDER BY s.place) FROM desk.segment s
    WHERE s.body ? 'churn'), '{0,0}', 'nobody is');
SELECT * FROM finish();
ROLLBACK;
