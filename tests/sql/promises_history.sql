-- Promises on random histories: what was counted as things happened is what
-- their records give, and each case's report with it.
BEGIN;
\ir fixture.psql
SELECT plan(14);
SELECT setseed(0.20261122);

CREATE FUNCTION pg_temp.one(of text[]) RETURNS text LANGUAGE sql AS $$
	SELECT of[1 + floor(random() * cardinality(of))::int]
$$;
-- One thing that somebody does; what is refused changes nothing.
CREATE FUNCTION pg_temp.live(t bigint, p bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	what	text := pg_temp.one('{add,add,add,keep,keep,break,withdraw,
		    move,reason,reply,unsend,call,resolve,reopen,pend,due,
		    pass,pass}');
	a	jsonb := jsonb_build_object('promise', p, 'reason',
		    pg_temp.one('{stock,weather,staff,carrier}'));
BEGIN
	CASE
	WHEN what = 'add' THEN
		PERFORM pg_temp.ask(pg_temp.one('{an,binh}'), 'promise_add',
		    jsonb_build_object('ticket', t, 'kind', pg_temp.one(
			'{delivery,callback,refund,repair,answer,other}'),
			'due', pg_temp.one('{30m,5h,2d,9d}')));
	WHEN what IN ('keep', 'break', 'withdraw') THEN
		PERFORM pg_temp.ask('an', 'promise_' || what,
		    CASE WHEN random() < 0.5 THEN a ELSE a - 'reason' END);
	WHEN what = 'move' THEN
		PERFORM pg_temp.ask('an', 'promise_move', a || jsonb_build_object(
		    'due', pg_temp.one('{1h,3d}'), 'agreed', random() < 0.5));
	WHEN what = 'reason' THEN
		PERFORM pg_temp.ask('an', 'promise_reason_set', a);
	WHEN what = 'reply' THEN
		PERFORM pg_temp.act('an', 'reply', t, '{"text":"Dạ."}');
	WHEN what = 'unsend' THEN
		PERFORM pg_temp.act('an', 'unsend', t, jsonb_build_object(
		    'event', (SELECT max(e.id) FROM desk.event e
			WHERE e.ticket = t AND e.direction = 'out')));
	WHEN what = 'call' THEN
		INSERT INTO desk.call (id, ticket, direction, state, units,
		    began_at, touched_at, first_event)
		VALUES (gen_random_uuid(), t, 'out', 'ringing', 100, now(),
		    now(), 0);
		UPDATE desk.call SET answered_at = now()
		WHERE ticket = t AND answered_at IS NULL;
	WHEN what IN ('resolve', 'reopen', 'pend') THEN
		PERFORM pg_temp.act('an', what, t);
	WHEN what = 'due' THEN
		PERFORM desk.promises_due(100);
	ELSE
		UPDATE desk.promise q SET made_at = made_at - i,
		    due_at = due_at - i, counts_at = counts_at - i,
		    alarm_at = alarm_at - i
		FROM (SELECT pg_temp.one('{20m,4h,3d}')::interval AS i) x
		WHERE q.ticket = t AND q.state = 'open';
	END CASE;
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	NULL;
END;
$$;

INSERT INTO desk.target VALUES (1, 'all', NULL, '{}', '{}', 60, 99, NULL,
    NULL, 900, 36000, 7200, 75, true, '{}', '{}');
CREATE TEMP TABLE cases AS
SELECT n, pg_temp.ticket(pg_temp.customer('Khách ' || n, n || '@example.com'),
    'sales', 'Việc ' || n) AS ticket
FROM generate_series(1, 12) n;
UPDATE desk.customer SET segment = 'vip' WHERE id % 3 = 0;
DO $$
DECLARE
	t	bigint;
BEGIN
	FOR i IN 1..600 LOOP
		SELECT c.ticket INTO t FROM cases c ORDER BY random() LIMIT 1;
		PERFORM pg_temp.live(t, coalesce((SELECT p.id
		    FROM desk.promise p WHERE p.ticket = t
		    ORDER BY p.state <> 'open', random() LIMIT 1), 0));
	END LOOP;
	PERFORM desk.promises_due(1000);
END;
$$;

SELECT cmp_ok((SELECT count(DISTINCT p.state) FROM desk.promise p), '=',
    5::bigint, 'promises ended in every way');
SELECT cmp_ok((SELECT count(*) FROM desk.promise p
    WHERE p.state IN ('kept', 'late', 'broken')), '>', 40::bigint, 'and many');
CREATE TEMP VIEW counted AS
SELECT m.measure, m.name, m.at, m.queue, m.agent, m.channel, m.segment,
    m.touchpoint, m.value::int, sum(m.n)::bigint AS n
FROM desk.measure_part m
WHERE m.measure IN ('promise', 'gap', 'reason')
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING sum(m.n) <> 0;
CREATE TEMP VIEW again AS
SELECT x.measure, x.name, p.ended_at, p.queue, coalesce(p.agent, 0),
    p.channel, p.segment, p.touchpoint, x.value, count(*) AS n
FROM desk.promise p CROSS JOIN LATERAL desk.promise_measures(p) x
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
SELECT bag_eq('SELECT * FROM counted', 'SELECT * FROM again',
    'what was counted is what the records give');
SELECT is((SELECT count(*) FROM desk.promise p
    WHERE p.alarm_at <= now()), 0::bigint, 'nothing is left to be done');
SELECT is((SELECT count(*) FROM desk.promise p JOIN desk.ticket t
    ON t.id = p.ticket WHERE p.state = 'open' AND p.late_at IS NULL
	AND p.due_at <= now()), 0::bigint, 'whatever is late was told');
SELECT is((SELECT count(*) FROM desk.promise p JOIN desk.event e
    ON e.ticket = p.ticket AND e.kind = 'promise'
	AND (e.meta->>'promise')::bigint = p.id AND e.meta->>'what' = 'warn'
    GROUP BY p.id HAVING count(*) > 1), NULL, 'nobody is warned twice');
SELECT is_empty($$
    SELECT * FROM desk.report_differs('-infinity', 'infinity')
    $$, 'and the reports count the same a second time');

-- As it is read
CREATE TEMP TABLE gap AS
SELECT r.*, (r.days->>'1')::int AS one
FROM jsonb_to_recordset(pg_temp.ask('sup', 'promise_gap',
    '{"from":"2020-01-01","by":"agent"}')->'rows') AS r(label text, n int,
    kept numeric, low numeric, high numeric, days jsonb, early int, ontime int,
    late int);
SELECT bag_eq('SELECT g.label, g.n, g.kept FROM gap g', $$
    SELECT a.name, count(*)::int, round(100.0 * count(*)
	FILTER (WHERE p.state = 'kept') / count(*), 1)
    FROM desk.promise p JOIN desk.agent a ON a.id = p.agent
    WHERE p.state IN ('kept', 'late', 'broken') GROUP BY 1$$,
    'the shares that are read are those of the records');
SELECT bag_eq('SELECT g.label, g.early, g.ontime, g.late, g.one FROM gap g', $$
    SELECT a.name, count(*) FILTER (WHERE p.gap < 0)::int AS e,
	count(*) FILTER (WHERE p.gap = 0)::int AS o,
	count(*) FILTER (WHERE p.gap > 0)::int AS l,
	nullif(count(*) FILTER (WHERE p.gap = 1), 0)::int AS one
    FROM desk.promise p JOIN desk.agent a ON a.id = p.agent
    WHERE p.gap IS NOT NULL GROUP BY 1$$, 'so are the days');
SELECT bag_eq($$ SELECT r->>'key', (r->>'n')::int, (r->>'kept')::numeric
    FROM jsonb_array_elements(pg_temp.ask('sup', 'promise_gap',
	'{"from":"2020-01-01","by":"segment"}')->'rows') r $$, $$
    SELECT p.segment, count(*)::int, round(100.0 * count(*)
	FILTER (WHERE p.state = 'kept') / count(*), 1)
    FROM desk.promise p WHERE p.state IN ('kept', 'late', 'broken')
    GROUP BY 1$$, 'by segment');
SELECT bag_eq($$ SELECT r->>'key', (r->>'n')::int
    FROM jsonb_array_elements(pg_temp.ask('sup', 'promise_gap',
	'{"from":"2020-01-01","by":"agent","segment":"vip"}')->'rows') r $$, $$
    SELECT p.agent::text, count(*)::int
    FROM desk.promise p WHERE p.state IN ('kept', 'late', 'broken')
	AND p.segment = 'vip'
    GROUP BY 1$$, 'and of one alone');
SELECT ok((SELECT bool_and(g.kept BETWEEN g.low AND g.high) FROM gap g),
    'between their limits');
SELECT is((SELECT jsonb_object_agg(r->>'reason', (r->>'n')::int)
    FROM jsonb_array_elements(pg_temp.ask('sup', 'promise_gap',
	'{"from":"2020-01-01"}')->'reasons') r),
    (SELECT jsonb_object_agg(x.reason, x.n) FROM (SELECT p.reason, count(*) AS n
	FROM desk.promise p WHERE p.reason IS NOT NULL
	    AND p.state IN ('late', 'broken') GROUP BY 1) x),
    'and the reasons');
SELECT is_empty($$
    SELECT * FROM desk.measure_differs('-infinity', 'infinity') d
    WHERE d.measure IN ('promise', 'gap', 'reason')
    $$, 'a recount finds nothing');

SELECT * FROM finish();
ROLLBACK;
