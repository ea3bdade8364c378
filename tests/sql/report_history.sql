-- Reports on random histories: what was counted as things happened is what the
-- records give when they are gone through again.  Moves are written to the
-- ticket's row as the operations do, at moments hours and weeks apart, some at
-- an hour's very edge.  Then customers are merged and erased, and cases go on.
BEGIN;
\ir fixture.psql
SELECT plan(14);
SELECT setseed(0.20261123);

INSERT INTO desk.hours (name, timezone) VALUES ('shop', 'Europe/Berlin');
INSERT INTO desk.hours_span SELECT h.id, s.* FROM desk.hours h,
    unnest('{mon-fri 08:00-12:00,mon-fri 13:30-17:30}'::text[])
    l, desk.hours_read(l) s;
UPDATE desk.queue SET hours = (SELECT h.id FROM desk.hours h)
WHERE name = 'sales';
INSERT INTO desk.target VALUES (1, 'all', NULL, '{}', '{}', 60, 99, NULL,
    NULL, 900, 36000, 7200, 75, true, '{}', '{}');
CREATE FUNCTION pg_temp.agent(login text) RETURNS int
LANGUAGE sql AS 'SELECT a.id FROM desk.agent a WHERE a.name = login';
CREATE FUNCTION pg_temp.any(list text[]) RETURNS text
LANGUAGE sql AS 'SELECT list[1 + floor(random() * cardinality(list))::int]';

-- One move at a moment, by somebody; nothing when it cannot be.
CREATE FUNCTION pg_temp.move(of bigint, what text, at timestamptz,
    who int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	t	desk.ticket;
	due	timestamptz;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = of;
	due := desk.due_from(t.queue, t.first_answer_at IS NOT NULL, at);
	PERFORM desk.spells_by(jsonb_build_object(of, who));
	CASE
	WHEN what IN ('answer', 'close') AND t.state IN ('new', 'open',
	    'pending') THEN
		t.state := 'open';
		t.due_at := NULL;
		t.first_answer_at := coalesce(t.first_answer_at, at);
		t.assignee := coalesce(t.assignee, who);
	WHEN what = 'write' THEN
		t.due_at := coalesce(t.due_at, due);
		t.state := CASE WHEN t.state = 'new' THEN 'new' ELSE 'open' END;
		t.assignee := CASE WHEN who IS NOT NULL THEN t.assignee END;
	WHEN what = 'bounce' THEN
		t.due_at := least(t.due_at, at);
		t.state := CASE WHEN t.state = 'new' THEN 'new' ELSE 'open' END;
	WHEN what = 'take' AND t.state IN ('new', 'open') THEN
		t.state := 'open';
		t.assignee := coalesce(who, t.assignee);
		t.units := 5 + 15 * (random() < 0.1)::int;
	WHEN what = 'back' AND t.state = 'open' THEN
		t.assignee := NULL;
	WHEN what = 'pend' AND t.state IN ('new', 'open') THEN
		t.state := 'pending';
		t.due_at := NULL;
	WHEN what = 'resolve' AND t.state IN ('new', 'open', 'pending') THEN
		t.state := 'resolved';
		t.due_at := NULL;
	WHEN what = 'transfer' AND t.state IN ('new', 'open', 'pending') THEN
		t.queue := (SELECT q.id FROM desk.queue q
		    WHERE q.name IN ('sales', 'shipping') AND q.id <> t.queue);
		t.state := CASE WHEN t.state = 'new' THEN 'new' ELSE 'open' END;
		t.assignee := NULL;
		t.due_at := desk.due_from(t.queue,
		    t.first_answer_at IS NOT NULL, at);
	WHEN what IN ('leave', 'giveup') THEN
		NULL;
	WHEN what = 'call' THEN
		INSERT INTO desk.event (filed_at, at, ticket, customer, kind,
		    channel, direction, agent, meta)
		VALUES (at, at, of, 1, 'call', 'call', 'out', who,
		    '{"call":{"state":"ended","duration":61,"wait":3}}');
		RETURN;
	ELSE
		RETURN;
	END CASE;
	IF what = 'giveup' AND t.state IN ('new', 'open') THEN
		t.state := 'resolved';
		t.due_at := NULL;
	END IF;
	UPDATE desk.ticket k SET state = t.state, queue = t.queue,
	    due_at = t.due_at, first_answer_at = t.first_answer_at,
	    assignee = t.assignee, units = t.units, touched_at = at
	WHERE k.id = of;
	IF what = 'close' THEN
		PERFORM pg_temp.move(of, 'resolve',
		    at + interval '1 ms', who);
	ELSIF what IN ('leave', 'giveup') THEN
		INSERT INTO desk.event (filed_at, at, ticket, customer, kind,
		    channel, direction, meta)
		VALUES (at, at, of, 1, 'abandoned', 'chat', 'own',
		    '{"waited":17}');
	END IF;
END;
$$;

CREATE TEMP TABLE whose AS
SELECT n, pg_temp.customer('Khách ' || n, 'k' || n || '@example.com') AS id
FROM generate_series(0, 5) n;

CREATE FUNCTION pg_temp.live(i int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	at	timestamptz := date_trunc('second', timestamptz
		    '2026-03-20 06:00+00' + random() * interval '20 days');
	of	bigint;
	q	desk.queue;
	taken	boolean := i % 10 = 0;
BEGIN
	SELECT * INTO q FROM desk.queue k
	WHERE k.name = (ARRAY['sales', 'shipping'])[1 + i % 2];
	INSERT INTO desk.ticket (customer, queue, state, channel, priority,
	    due_at, opened_at, spell_at, owed_at, touched_at, clocked, assignee,
	    first_answer_at)
	VALUES ((SELECT w.id FROM whose w WHERE w.n = i % 6), q.id, CASE WHEN taken THEN 'open' ELSE 'new' END,
	    (ARRAY['mail', 'chat', 'call'])[1 + i % 3],
	    CASE WHEN i % 4 = 0 THEN 50 ELSE 70 END,
	    CASE WHEN taken OR i % 7 = 0 THEN NULL
		ELSE desk.business_add(q.hours, at, q.first_target) END,
	    at, at, at, at, i % 4 > 0,
	    CASE WHEN taken THEN pg_temp.agent('an') END,
	    CASE WHEN taken THEN at END)
	RETURNING id INTO of;
	INSERT INTO desk.event (filed_at, at, ticket, customer, kind, channel,
	    direction, agent, meta)
	VALUES (at, at, of, 1, CASE WHEN taken THEN 'call' ELSE 'message' END,
	    'call', CASE WHEN i % 20 = 0 THEN 'out' ELSE 'in' END,
	    CASE WHEN taken THEN pg_temp.agent('an') END,
	    CASE WHEN taken THEN '{"call":{"state":"ended","duration":40,
		"wait":9}}'::jsonb END);
	PERFORM desk.clocks_open(ARRAY[of]);
	FOR n IN 1 .. 14 LOOP
		at := date_trunc('milliseconds', at + random() * (CASE
		    WHEN random() < 0.6 THEN interval '40 minutes'
		    ELSE interval '3 days' END) + interval '1 s');
		IF random() < 0.1 THEN
			at := desk.hour_of(at) + interval '1 hour';
		END IF;
		PERFORM pg_temp.move(of, pg_temp.any('{answer,answer,close,
		    write,write,write,bounce,take,take,back,pend,resolve,
		    transfer,leave,giveup,call}'), at,
		    pg_temp.agent(pg_temp.any('{an,binh,an,binh,nobody}')));
	END LOOP;
END;
$$;
SELECT pg_temp.live(i) FROM generate_series(1, 120) i;

-- Half of them counted for days by now, so that what follows changes days.
SELECT sum(desk.report_fold(400)) FROM generate_series(1, 12);
UPDATE desk.report_mark SET below = 0;
SELECT cmp_ok((SELECT count(*) FILTER (WHERE desk.report_roll(40))
    FROM generate_series(1, 8)), '>', 0::bigint, 'days are added up');
SELECT lives_ok(format($$
    SELECT desk.customer_merge(pg_temp.who('admin'), jsonb_build_object(
	'customer', %s, 'other', %s, 'sure', %2$s, 'reason', 'one man'))
    $$, a.id, b.id), 'customers are merged')
FROM whose a, whose b WHERE a.n = 0 AND b.n = 1;
SELECT is((SELECT count(desk.customer_erase(pg_temp.who('admin'),
	jsonb_build_object('customer', w.id, 'sure', w.id, 'reason', 'asked')))
    FROM whose w WHERE w.n IN (0, 2)), 2::bigint, 'and erased');
SELECT count(pg_temp.move(t.id, pg_temp.any('{answer,write,take,resolve,
    transfer,call}'), now() + n * interval '4 days'
	+ random() * interval '3 days', pg_temp.agent(pg_temp.any('{an,binh}'))))
FROM desk.ticket t, generate_series(1, 2) n;

SELECT cmp_ok((SELECT count(*) FROM desk.spell), '>', 800::bigint,
    'much happened');
SELECT is((SELECT array_agg(DISTINCT c.what ORDER BY c.what)
	FROM desk.report_counted('-infinity', 'infinity') c),
    (SELECT array_agg(a.attname::text ORDER BY a.attname::text)
	FROM pg_attribute a
	WHERE a.attrelid = 'desk.report_hour'::regclass AND a.attnum > 4),
    'of all that is counted');
SELECT is_empty($$
    SELECT * FROM desk.report_differs('-infinity', 'infinity')
    $$, 'what was counted is what its records give');
CREATE TEMP TABLE before AS
SELECT * FROM desk.report_counted('-infinity', 'infinity');
SELECT ok((SELECT bool_and(desk.report_fold(400) >= 0)
	FROM generate_series(1, 200)), 'the parts are folded');
SELECT is((SELECT count(*) FROM desk.report_part), 0::bigint,
    'all of them');
SELECT set_eq($$ SELECT * FROM desk.report_counted('-infinity', 'infinity') $$,
    'SELECT * FROM before', 'and nothing is lost or doubled');

-- What must hold whatever happened.
SELECT is_empty($$
    SELECT c.queue, sum(c.n * CASE c.what WHEN 'offered' THEN 1 ELSE -1 END)
    FROM before c
    WHERE c.what IN ('offered', 'answered', 'abandoned', 'handed', 'dropped')
    GROUP BY c.queue
    HAVING sum(c.n * CASE c.what WHEN 'offered' THEN 1 ELSE -1 END)
	IS DISTINCT FROM (SELECT count(*) FROM desk.ticket t
	    WHERE t.queue = c.queue AND t.owed_at IS NOT NULL
		AND (t.state = 'pending' OR t.due_at IS NOT NULL))
    $$, 'each wait ended in one way, or goes on');
SELECT results_eq($$
    SELECT s.queue, s.channel, s.agent, s.cases, s.cases_since, s.hand, s.units
    FROM desk.report_stocks('2027-06-01Z', 'agent', NULL, NULL) s
    WHERE (s.cases, s.hand, s.units) <> (0, 0, 0) ORDER BY 1, 2, 3
    $$, $$
    SELECT t.queue, t.channel, coalesce(t.assignee, 0), count(*)::numeric,
	sum(floor(extract(epoch FROM t.opened_at))),
	sum((t.assignee IS NOT NULL AND t.state <> 'pending')::int)::numeric,
	sum(CASE WHEN t.assignee IS NOT NULL AND t.state <> 'pending'
	    THEN t.units ELSE 0 END)::numeric
    FROM desk.ticket t WHERE t.state IN ('new', 'open', 'pending')
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    $$, 'the stocks are the cases that there are');
SELECT is((SELECT sum(h.hand_ms) FROM desk.report_hour h)
    + (SELECT sum(desk.report_ms(h.hour + interval '1 hour',
	'2027-06-01Z') * h.hand) FROM desk.report_hour h),
    (SELECT sum(desk.report_ms(date_trunc('milliseconds', x.began
	    + interval '999 us'), date_trunc('milliseconds',
	    coalesce(x.ended, '2027-06-01Z') + interval '999 us')))
	FROM (SELECT array_agg(t.id) AS ids FROM desk.ticket t) a
	CROSS JOIN LATERAL desk.stretches(a.ids) x
	WHERE x.assignee IS NOT NULL AND x.state IN ('new', 'open')),
    'the time in hand is the sum of its stretches');
SELECT is((SELECT count(*) FROM desk.spell s
	LEFT JOIN desk.spell p ON p.ticket = s.ticket AND p.id = (
	    SELECT max(o.id) FROM desk.spell o
	    WHERE o.ticket = s.ticket AND o.id < s.id)
	JOIN desk.ticket t ON t.id = s.ticket
	WHERE s.began <> coalesce(p.ended, t.opened_at)), 0::bigint,
    'stretches follow each other without a gap');

-- And the days, months and years are what the hours are, added up one by one.
SELECT count(desk.report_roll(50)) FROM generate_series(1, 60);
SELECT results_eq($$
    SELECT s.unit, s.hour, s.queue, s.channel, s.agent, to_jsonb(s)
	- '{unit,gen,hour,queue,channel,agent,hand_ms,units_ms}'::text[]
	    AS sums,
	(s.hand_ms + s.hand * desk.report_ms(s.hour, '2027-06-01Z'))::numeric
    FROM desk.report_sum s WHERE s.gen = (SELECT r.gen
	FROM desk.report_rolled r WHERE r.since = '-infinity')
    ORDER BY 1, 2, 3, 4, 5
    $$, $$
    SELECT x.unit, x.at, x.queue, x.channel, x.agent,
	jsonb_object_agg(x.key, x.n ORDER BY x.key), min(x.held)
    FROM (SELECT u.unit, b.at, h.queue, h.channel, w.agent, f.key,
	    sum(f.value::bigint) AS n, sum(h.hand_ms + h.hand
		* desk.report_ms(h.hour, '2027-06-01Z')) AS held
	FROM desk.report_hour h
	CROSS JOIN unnest('{hour,day,month,year}'::text[]) u(unit)
	CROSS JOIN unnest(ARRAY[h.agent, -1]) w(agent)
	CROSS JOIN LATERAL (SELECT date_trunc(u.unit, h.hour, 'UTC')) b(at)
	CROSS JOIN LATERAL jsonb_each_text(to_jsonb(h) - '{hour,queue,channel,
	    agent,hand_ms,units_ms}'::text[]) f
	WHERE u.unit <> 'hour' OR w.agent = -1
	GROUP BY 1, 2, 3, 4, 5, 6) x
    GROUP BY 1, 2, 3, 4, 5
    ORDER BY 1, 2, 3, 4, 5
    $$, 'days are what their hours are');

SELECT * FROM finish();
ROLLBACK;
