-- Time by department, on random histories: what desk.spent says is what comes
-- out when the same history is gone through again.  And hand-offs to and fro.
BEGIN;
\ir fixture.psql
SELECT plan(17);
SELECT setseed(0.20261123);
UPDATE desk.spent_from SET at = '2020-01-01';

-- What stood in the ticket's row after each move.
CREATE TEMP TABLE past (ticket bigint, n int, at timestamptz, queue int,
    place text);
CREATE FUNCTION pg_temp.live(i int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	moment	timestamptz := timestamptz '2027-01-25 06:00+00'
		    + make_interval(hours => i);
	t	desk.ticket;
BEGIN
	INSERT INTO desk.ticket (customer, queue, state, channel, opened_at,
	    touched_at, kind)
	SELECT 1, q.id, 'new', 'mail', moment, moment, CASE WHEN i % 4 = 0
	    THEN 'consult' ELSE 'case' END
	FROM desk.queue q ORDER BY random() LIMIT 1
	RETURNING * INTO t;
	INSERT INTO past VALUES (t.id, 0, moment, t.queue, 'wait');
	FOR n IN 1 .. 12 LOOP
		moment := moment + random() * interval '3 hours'
		    + interval '1 ms';
		UPDATE desk.ticket k SET touched_at = moment,
		    state = (ARRAY['open', 'open', 'open', 'pending',
			'resolved'])[1 + floor(random() * 5)::int],
		    queue = CASE WHEN random() < 0.7 THEN k.queue ELSE (
			SELECT q.id FROM desk.queue q
			ORDER BY random() LIMIT 1) END,
		    assignee = CASE WHEN random() < 0.5 THEN (
			SELECT a.id FROM desk.agent a
			ORDER BY random() LIMIT 1) END
		WHERE k.id = t.id RETURNING k.* INTO t;
		INSERT INTO past VALUES (t.id, n, moment, t.queue,
		    desk.place(t.state, t.assignee));
	END LOOP;
END;
$$;
SELECT count(pg_temp.live(i)) FROM generate_series(1, 300) i;

CREATE TEMP TABLE again AS
WITH h AS (
    SELECT p.*, lead(p.at) OVER w AS until, lag(p.queue) OVER w AS from_queue
    FROM past p WINDOW w AS (PARTITION BY p.ticket ORDER BY p.n)
)
SELECT h.ticket, h.queue,
    coalesce(sum(greatest(0, desk.report_ms(h.at, h.until)))
	FILTER (WHERE h.place = 'wait'), 0) AS waiting,
    coalesce(sum(greatest(0, desk.report_ms(h.at, h.until)))
	FILTER (WHERE h.place = 'work'), 0) AS working,
    count(*) FILTER (WHERE h.n = 0 OR h.from_queue <> h.queue) AS visits
FROM h GROUP BY h.ticket, h.queue;

SELECT cmp_ok((SELECT count(*) FROM desk.spent), '>', 500::bigint,
    'there are many');
-- Each stretch is rounded to a ms, and runs of the same place are one there.
CREATE TEMP TABLE until_last AS
SELECT l.ticket, s.queue, s.waiting, s.working
FROM (SELECT p.ticket, max(p.at) AS at FROM past p GROUP BY 1) l
JOIN desk.ticket t ON t.id = l.ticket
CROSS JOIN LATERAL desk.spent_until(t, l.at) s;
SELECT is_empty($$
    SELECT a.*, s.waiting, s.working
    FROM again a
    FULL JOIN until_last s ON s.ticket = a.ticket AND s.queue = a.queue
    WHERE a.ticket IS NULL OR s.ticket IS NULL
	OR abs(s.waiting - a.waiting) > 12 OR abs(s.working - a.working) > 12
    $$, 'each row is what the history comes to');
SELECT is_empty($$
    SELECT a.*, s.visits FROM again a
    LEFT JOIN desk.spent s ON s.ticket = a.ticket AND s.queue = a.queue
    WHERE s.visits IS DISTINCT FROM a.visits
	AND EXISTS (SELECT FROM desk.spent x WHERE x.ticket = a.ticket)
    $$, 'and how often it came there');
SELECT is_empty($$
    SELECT t.id FROM desk.ticket t
    WHERE t.id IN (SELECT p.ticket FROM past p)
	AND (SELECT array_agg(s.queue) FROM desk.spent s
	    WHERE s.ticket = t.id AND s.since IS NOT NULL)
	IS DISTINCT FROM CASE WHEN desk.place(t.state, t.assignee) <> 'gone'
	    THEN ARRAY[t.queue] END
    $$, 'one row runs, where the ticket is, and none when it is over');
SELECT is_empty($$
    SELECT s.* FROM desk.spent s JOIN desk.ticket t ON t.id = s.ticket
    WHERE s.kind <> CASE t.kind WHEN 'consult' THEN 'consult' ELSE 'own' END
    $$, 'questions are kept apart');
SELECT is_empty($$
    SELECT h.ticket, h.from_queue, h.to_queue, h.n, x.n
    FROM desk.handed h
    FULL JOIN (SELECT y.ticket, y.from_queue, y.queue, count(*) AS n
	FROM (SELECT p.ticket, p.queue, lag(p.queue) OVER (
		PARTITION BY p.ticket ORDER BY p.n) AS from_queue
	    FROM past p) y
	WHERE y.from_queue <> y.queue GROUP BY 1, 2, 3) x
    ON x.ticket = h.ticket AND x.from_queue = h.from_queue
	AND x.queue = h.to_queue
    WHERE h.n IS DISTINCT FROM x.n
    $$, 'each hand-off is counted with its pair');
SELECT is_empty($$
    SELECT t.id, t.marks FROM desk.ticket t
    WHERE t.id IN (SELECT p.ticket FROM past p) AND ('pingpong' = ANY (t.marks))
	<> (coalesce((SELECT sum(a.visits - 1) FROM again a
	    WHERE a.ticket = t.id), 0) >= 3)
    $$, 'who came back three times is marked');
SELECT is_empty($$
    SELECT t.id FROM desk.ticket t, unnest(t.marks) m
    GROUP BY t.id, m HAVING count(*) > 1
    $$, '… once');

-- As it is shown
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Còn hàng không') AS t \gset
UPDATE desk.ticket SET opened_at = now() - interval '100 s',
    touched_at = now() - interval '100 s' WHERE id = :t;
SELECT is(pg_temp.act('an', 'get', :t)->'spent',
    '[{"kind": "own", "queue": "sales", "waiting": 100, "working": 0}]',
    'it waits since it was opened');
SELECT pg_temp.act('an', 'take', :t);
SELECT is((SELECT (s.waiting, s.working, s.since = now())::text
    FROM desk.spent s WHERE s.ticket = :t), '(100000,0,t)', 'until it is taken');
SELECT (pg_temp.ask('an', 'consult_ask', jsonb_build_object('ticket', :t,
    'text', 'Kho còn không?', 'queue', 'shipping'))->>'consult') AS c \gset
UPDATE desk.ticket SET opened_at = now() - interval '60 s',
    touched_at = now() - interval '60 s' WHERE id = :c;
UPDATE desk.spent SET since = now() - interval '80 s' WHERE ticket = :t;
SELECT is(pg_temp.act('an', 'get', :t)->'spent',
    '[{"kind": "own", "queue": "sales", "waiting": 100, "working": 80},
      {"kind": "consult", "queue": "shipping", "waiting": 60, "working": 0}]',
    'what a department was asked is its time');
SELECT pg_temp.act('binh', 'take', :c);
UPDATE desk.spent SET since = now() - interval '30 s' WHERE ticket = :c;
SELECT pg_temp.ask('binh', 'consult_answer', jsonb_build_object('ticket', :c,
    'text', 'Còn'));
SELECT is(pg_temp.act('an', 'get', :t)->'spent'->1,
    '{"kind": "consult", "queue": "shipping", "waiting": 60, "working": 30}',
    'until it answered');
SELECT is(pg_temp.act('binh', 'get', :c)->'spent',
    '[{"kind": "own", "queue": "shipping", "waiting": 60, "working": 30}]',
    'the question has it as its own');

-- To and fro
SELECT is(pg_temp.act('an', 'get', :t)->'transfers', NULL, 'handed to nobody');
SELECT pg_temp.act('sup', 'transfer', :t, jsonb_build_object('queue', q))
FROM unnest('{shipping,sales,shipping}'::text[]) q;
SELECT is(g->'transfers', '[{"n": 2, "to": "shipping", "from": "sales"},
    {"n": 1, "to": "sales", "from": "shipping"}]', 'each pair is counted')
FROM pg_temp.act('sup', 'get', :t) g;
SELECT is(pg_temp.act('sup', 'get', :t)->'ticket'->'marks', NULL,
    'twice back is no game yet');
SELECT pg_temp.act('sup', 'transfer', :t, '{"queue":"sales"}');
SELECT is(pg_temp.act('sup', 'get', :t)->'ticket'->'marks', '["pingpong"]',
    'the third time it is');

SELECT * FROM finish();
ROLLBACK;
