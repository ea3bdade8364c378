-- Answers to all of an incident: each customer once, those again whose cases it
-- resolved itself, and counts that fit.
BEGIN;
\ir fixture.psql
SELECT plan(24);

CREATE FUNCTION pg_temp.i(login text, what text, of jsonb, more jsonb
    DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.ask(login, 'incident_' || what,
	    jsonb_build_object('incident', of) || more)
$$;
CREATE FUNCTION pg_temp.run(lim int DEFAULT 20) RETURNS int
LANGUAGE plpgsql AS $$
BEGIN
	WHILE desk.incidents_run(lim) > 0 LOOP
	END LOOP;
	RETURN 0;
END;
$$;
CREATE FUNCTION pg_temp.mails(of bigint) RETURNS bigint
LANGUAGE sql AS $$
	SELECT count(*) FROM desk.outbound o WHERE o.ticket = of
$$;
CREATE FUNCTION pg_temp.state(of bigint) RETURNS text
LANGUAGE sql AS $$ SELECT t.state FROM desk.ticket t WHERE t.id = of $$;
CREATE FUNCTION pg_temp.sums(of jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT format('%s = %s + %s + %s', a->>'total', a->>'done',
	    a->>'refused', coalesce(a->>'removed', '0'))
	FROM (SELECT pg_temp.i('sup', 'get', of)->'answers'->0) x(a)
$$;

-- Three cases of Lan's, one of Minh's
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.customer('Minh', 'minh@example.com') AS minh \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Một') AS one \gset
SELECT pg_temp.ticket(:minh, 'sales', 'Hai') AS two \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Ba') AS three \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Bốn') AS four \gset
SELECT pg_temp.ask('an', 'incident_open', '{"subject":"Đứt cáp","queue":
    "sales"}')->>'incident' AS i \gset
SELECT pg_temp.i('an', 'add', :'i', jsonb_build_object('tickets',
    concat_ws(' ', :one, :two, :three)));
SELECT pg_temp.i('an', 'reply', :'i', '{"text":"Dạ có lúc 15:00"}');
SELECT pg_temp.run(1);
SELECT is((pg_temp.mails(:one), pg_temp.mails(:two), pg_temp.mails(:three))
    ::text, '(0,1,1)', 'each customer once, in his newest case');
SELECT is(pg_temp.sums(:'i'), '3 = 3 + 0 + 0', 'all are seen to');
SELECT is(e.meta, jsonb_build_object('what', 'told', 'incident', :i, 'case',
    :three), 'his other case says where')
FROM desk.event e WHERE e.ticket = :one AND e.kind = 'incident'
ORDER BY e.id DESC LIMIT 1;
SELECT is(pg_temp.state(:one), 'pending', '… and waits for him as well');
SELECT pg_temp.i('an', 'add', :'i', jsonb_build_object('tickets', :four,
    'answer', true));
SELECT pg_temp.run();
SELECT is(pg_temp.mails(:four), 0::bigint,
    'nor is he told again of a case that comes late');

-- Resolved, and answered again
SELECT pg_temp.act('an', 'reopen', :four);
SELECT pg_temp.i('an', 'reply', :'i', '{"text":"Dạ đã có","resolve":true}');
SELECT pg_temp.run();
SELECT is((pg_temp.mails(:one), pg_temp.mails(:two), pg_temp.mails(:three),
    pg_temp.mails(:four))::text, '(0,2,1,1)', 'the newest that goes on');
SELECT is((SELECT string_agg(DISTINCT t.state, ' ') FROM desk.ticket t
    WHERE t.id IN (:one, :two, :three, :four)), 'resolved', 'all are done');
-- One of them another agent reopened and resolved since.
UPDATE desk.ticket SET resolved_at = now() + interval '1 min' WHERE id = :one;
SELECT pg_temp.i('an', 'reopen', :'i');
SELECT pg_temp.i('an', 'reply', :'i', '{"text":"Lần 2","resolve":true}');
SELECT pg_temp.run();
SELECT is((pg_temp.mails(:two), pg_temp.mails(:four))::text, '(3,2)',
    'who was answered is answered again');
SELECT is((pg_temp.state(:two), pg_temp.state(:four))::text,
    '(resolved,resolved)', '… and it stays done');
SELECT is((SELECT t.reopens FROM desk.ticket t WHERE t.id = :two)::int, 0,
    '… not reopened for it');
SELECT is(pg_temp.sums(:'i'), '4 = 4 + 0 + 0', 'all are counted');
SELECT pg_temp.i('an', 'reopen', :'i');
SELECT pg_temp.i('an', 'reply', :'i', '{"text":"Lần 3"}');
SELECT pg_temp.run();
SELECT is((pg_temp.state(:two), pg_temp.mails(:two))::text, '(pending,4)',
    'or waits for its customer again');
SELECT is((pg_temp.state(:one), pg_temp.mails(:one))::text, '(resolved,0)',
    'what somebody else resolved is left');

-- Nobody is resolved by coming late
SELECT pg_temp.customer('Tư', 'tu@example.com') AS tu \gset
SELECT pg_temp.ticket(:tu, 'sales', 'Năm') AS five \gset
SELECT pg_temp.i('an', 'reply', :'i', '{"text":"Xong","resolve":true}');
SELECT pg_temp.run();
SELECT pg_temp.i('an', 'add', :'i', jsonb_build_object('tickets', :five,
    'answer', true));
SELECT pg_temp.run();
SELECT is((pg_temp.state(:five), pg_temp.mails(:five))::text, '(pending,1)',
    'who comes late gets the words only');

-- Resolved without its cases, then with them
SELECT is(pg_temp.i('an', 'resolve', :'i')->>'state', 'resolved', 'over');
SELECT pg_temp.run();
SELECT is(pg_temp.state(:five), 'pending', 'its cases are not');
SELECT pg_temp.i('an', 'resolve', :'i', '{"cases":true}');
SELECT count(*) AS orders FROM desk.incident_answer \gset
SELECT pg_temp.i('an', 'resolve', :'i', '{"cases":true}');
SELECT is((SELECT count(*) FROM desk.incident_answer), :orders::bigint,
    'said twice, it is ordered once');
SELECT pg_temp.run();
SELECT is(pg_temp.state(:five), 'resolved', 'now they are');
SELECT pg_temp.i('an', 'resolve', :'i', '{"cases":true}');
SELECT is((SELECT count(*) FROM desk.incident_answer), :orders::bigint,
    'and nothing is left');

-- Taken out before its turn
SELECT pg_temp.ask('an', 'incident_open', '{"subject":"Mất điện","queue":
    "sales"}')->>'incident' AS j \gset
SELECT pg_temp.ticket(pg_temp.customer('P' || n, 'p' || n || '@example.com'),
    'sales', 'P') AS id INTO TEMP p FROM generate_series(1, 3) n;
SELECT pg_temp.i('an', 'add', :'j', jsonb_build_object('tickets',
    string_agg(p.id::text, ' '))) FROM p;
SELECT pg_temp.i('an', 'reply', :'j', '{"text":"Dạ"}');
SELECT desk.incidents_run(1);
SELECT pg_temp.i('an', 'remove', :'j', jsonb_build_object('tickets',
    max(p.id)::text)) FROM p;
SELECT pg_temp.run(1);
SELECT is(pg_temp.sums(:'j'), '3 = 2 + 0 + 1', 'is counted as such');
SELECT is(pg_temp.mails(max(p.id)), 0::bigint, '… and not told') FROM p;

-- Resolved without a word, and answered after it
SELECT pg_temp.ticket(pg_temp.customer('Cúc', 'c@example.com'), 'sales', 'C')
    AS six \gset
SELECT pg_temp.i('an', 'add', :'j', jsonb_build_object('tickets', :six));
SELECT pg_temp.i('an', 'resolve', :'j', '{"cases":true}');
SELECT pg_temp.run();
SELECT is(pg_temp.state(:six), 'resolved', 'resolved without a word');
SELECT pg_temp.i('an', 'reopen', :'j');
SELECT pg_temp.i('an', 'reply', :'j', '{"text":"Dạ đã có"}');
SELECT pg_temp.run();
SELECT is((pg_temp.state(:six), pg_temp.mails(:six))::text, '(pending,1)',
    '… and answered after it');
SELECT is(pg_temp.sums(:'j'), '3 = 3 + 0 + 0', 'with the others');

SELECT * FROM finish();
ROLLBACK;
