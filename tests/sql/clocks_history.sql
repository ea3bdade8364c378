-- Clocks on random histories: what desk.clock says is what comes out when the
-- same history is gone through again, stretch by stretch.  Moves are written
-- to the ticket's row as the operations do, at moments weeks apart.
BEGIN;
\ir fixture.psql
SELECT plan(5);
SELECT setseed(0.20261122);

INSERT INTO desk.hours (name, timezone) VALUES ('shop', 'Europe/Berlin');
INSERT INTO desk.hours_span SELECT h.id, s.* FROM desk.hours h,
    unnest('{mon-fri 08:00-12:00,mon-fri 13:30-17:30,fri 22:00-02:00}'::text[])
    l, desk.hours_read(l) s;
INSERT INTO desk.holiday (hours, day, title)
SELECT h.id, o.day, o.title FROM desk.hours h, desk.holiday_read('tet 2027') o;
UPDATE desk.queue SET hours = (SELECT h.id FROM desk.hours h)
WHERE name = 'sales';
INSERT INTO desk.target VALUES (1, 'all', NULL, '{}', '{}', 60, 99, NULL,
    NULL, 900, 36000, 7200, 75, true, '{}', '{}');

-- What happened, with what stood in the ticket's row after it.
CREATE TEMP TABLE past (ticket bigint, n int, at timestamptz, what text,
    queue int, state text, owed boolean, answered boolean);

CREATE FUNCTION pg_temp.due(t desk.ticket, at timestamptz) RETURNS timestamptz
LANGUAGE sql AS $$
	SELECT desk.business_add(q.hours, at, CASE WHEN (t).first_answer_at
	    IS NULL THEN q.first_target ELSE q.next_target END)
	FROM desk.queue q WHERE q.id = (t).queue
$$;

-- One move at a moment; nothing when it cannot be.
CREATE FUNCTION pg_temp.move(of bigint, what text, at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	t	desk.ticket;
	n	int := (SELECT count(*) FROM past p WHERE p.ticket = of);
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = of;
	CASE
	WHEN what = 'answer' AND t.state IN ('new', 'open', 'pending') THEN
		t.state := 'open';
		t.due_at := NULL;
		t.first_answer_at := coalesce(t.first_answer_at, at);
	WHEN what = 'write' THEN
		IF t.state IN ('pending', 'resolved') OR t.due_at IS NULL THEN
			t.due_at := pg_temp.due(t, at);
		END IF;
		t.state := CASE WHEN t.state = 'new' THEN 'new' ELSE 'open' END;
	WHEN what = 'pend' AND t.state IN ('new', 'open') THEN
		t.state := 'pending';
		t.due_at := NULL;
	WHEN what = 'resolve' AND t.state <> 'resolved' THEN
		t.state := 'resolved';
		t.due_at := NULL;
	WHEN what = 'transfer' AND t.state <> 'resolved' THEN
		t.queue := (SELECT q.id FROM desk.queue q
		    WHERE q.name IN ('sales', 'shipping') AND q.id <> t.queue);
		t.state := CASE WHEN t.state = 'new' THEN 'new' ELSE 'open' END;
		t.due_at := pg_temp.due(t, at);
	ELSE
		RETURN;
	END CASE;
	UPDATE desk.ticket k SET state = t.state, queue = t.queue,
	    due_at = t.due_at, first_answer_at = t.first_answer_at,
	    touched_at = at
	WHERE k.id = of RETURNING * INTO t;
	INSERT INTO past VALUES (of, n, at, what, t.queue, t.state,
	    t.due_at IS NOT NULL, t.first_answer_at IS NOT NULL);
END;
$$;

CREATE FUNCTION pg_temp.live(i int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	at	timestamptz := date_trunc('second', timestamptz
		    '2027-01-25 06:00+00' + random() * interval '40 days');
	of	bigint;
	q	desk.queue;
BEGIN
	SELECT * INTO q FROM desk.queue k
	WHERE k.name = (ARRAY['sales', 'shipping'])[1 + i % 2];
	INSERT INTO desk.ticket (customer, queue, state, channel, priority,
	    due_at, opened_at, touched_at, clocked)
	VALUES (1, q.id, 'new', 'mail', CASE WHEN i % 3 = 0 THEN 50 ELSE 70 END,
	    desk.business_add(q.hours, at, q.first_target), at, at, i % 3 > 0)
	RETURNING id INTO of;
	PERFORM desk.clocks_open(ARRAY[of]);
	INSERT INTO past VALUES (of, 0, at, 'open', q.id, 'new', true, false);
	FOR n IN 1 .. 14 LOOP
		at := date_trunc('second', at + CASE WHEN random() < 0.5
		    THEN interval '40 minutes' ELSE interval '3 days' END
		    * random() + interval '1 s');
		PERFORM pg_temp.move(of, (ARRAY['answer', 'answer', 'write',
		    'write', 'pend', 'resolve', 'transfer'])
		    [1 + floor(random() * 7)::int], at);
	END LOOP;
END;
$$;
SELECT pg_temp.live(i) FROM generate_series(1, 300) i;

-- The same again: each kind's stretches, as they follow from what happened.
-- begins: which of them a history's row starts anew; ends: which it ends.
CREATE TEMP TABLE again AS
WITH h AS (
    SELECT p.*, lag(p.queue) OVER w AS from_queue, lag(p.state) OVER w AS was,
	lead(p.at) OVER w AS until, t.priority, t.opened_at, t.channel
    FROM past p JOIN desk.ticket t ON t.id = p.ticket
    WINDOW w AS (PARTITION BY p.ticket ORDER BY p.n)
), k AS (
    SELECT h.*, x.kind, x.lasts, x.starts
    FROM h CROSS JOIN LATERAL (VALUES
	-- Owed, or put aside while it was owed: until an answer, a transfer,
	-- the end.
	('answer', h.state <> 'resolved' AND h.what <> 'answer',
	    h.what IN ('open', 'transfer') OR h.was = 'resolved'),
	('resolve', h.state <> 'resolved', h.was = 'resolved'),
	('department', h.state <> 'resolved',
	    h.from_queue <> h.queue OR h.was = 'resolved')
	) x(kind, lasts, starts)
), runs AS (
    SELECT k.*, count(*) FILTER (WHERE k.starts OR NOT k.lasts)
	OVER (PARTITION BY k.ticket, k.kind ORDER BY k.n) AS run
    FROM k
), begun AS (
    -- Who waits for a customer whom nobody owes an answer waits for nothing.
    SELECT r.*, min(r.n) FILTER (WHERE r.kind <> 'answer' OR r.owed)
	OVER (PARTITION BY r.ticket, r.kind, r.run) AS begins
    FROM runs r WHERE r.lasts
), b AS (
    SELECT g.*, first_value(g.queue) OVER (PARTITION BY g.ticket, g.kind,
	g.run ORDER BY g.n) AS first_queue
    FROM begun g WHERE g.n >= g.begins
)
SELECT b.ticket, b.kind, min(b.at) AS started_at, b.first_queue AS queue,
    sum(CASE WHEN b.state <> 'pending' AND b.until IS NOT NULL
	THEN desk.business_between(q.hours, b.at, b.until) ELSE 0 END) AS spent,
    bool_or(b.until IS NULL) AS goes_on
FROM b JOIN desk.queue q ON q.id = b.first_queue
GROUP BY b.ticket, b.kind, b.run, b.first_queue;

SELECT cmp_ok((SELECT count(*) FROM desk.clock), '>', 1500::bigint,
    'there are many');
SELECT is((SELECT array_agg(DISTINCT concat_ws(' ', c.kind, c.how)
	ORDER BY concat_ws(' ', c.kind, c.how)) FROM desk.clock c),
    '{department,"department moved","department resolved",first,
    "first answered","first moved","first resolved",next,"next answered",
    "next moved","next resolved",resolve,"resolve resolved"}',
    'of all kinds, and ended in all ways');
SELECT is_empty($$
    SELECT c.ticket, c.n, c.kind, c.started_at, c.spent, a.spent
    FROM desk.clock c
    LEFT JOIN again a ON a.ticket = c.ticket AND a.started_at = c.started_at
	AND a.kind = CASE WHEN c.kind IN ('first', 'next') THEN 'answer'
	    ELSE c.kind END
    WHERE a.ticket IS NULL OR a.queue <> c.queue
	OR a.goes_on IS DISTINCT FROM (c.done_at IS NULL)
	OR c.spent <> a.spent AND c.since IS NULL
    $$, 'each clock is one stretch of the history, and counts what it lasted');
SELECT is_empty($$
    SELECT a.* FROM again a
    WHERE NOT EXISTS (SELECT FROM desk.clock c WHERE c.ticket = a.ticket
	AND c.started_at = a.started_at AND a.kind = CASE
	    WHEN c.kind IN ('first', 'next') THEN 'answer' ELSE c.kind END)
	AND (a.kind = 'answer' OR EXISTS (SELECT FROM desk.ticket t
	    WHERE t.id = a.ticket AND t.priority = 70))
    $$, 'and each stretch is a clock');
SELECT is_empty($$
    SELECT c.* FROM desk.clock c
    WHERE c.done_at IS NOT NULL
	AND coalesce(c.due_at < c.done_at, false) <> (c.spent > c.total)
    $$, 'late is what took longer than was promised');

SELECT * FROM finish();
ROLLBACK;
