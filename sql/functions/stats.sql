-- Counts kept at write time, by queue and UTC hour, and the day read off them.

-- Where this connection counts: few slots, so that a day stays few rows, and as
-- many as there are connections that write at once.
CREATE OR REPLACE FUNCTION desk.stat_slot()
RETURNS int
LANGUAGE sql STABLE
AS 'SELECT pg_backend_pid() % 8';

-- Adds one to each of these counters of this hour, in key order: every
-- transaction does it last and so, so that none waits for another in a ring.
CREATE OR REPLACE FUNCTION desk.stat_add(queues int[], whats text[])
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.queue_hour AS h (queue, hour, what, slot, n)
	SELECT u.q, date_trunc('hour', now(), 'UTC'), u.w, desk.stat_slot(),
	    count(*)
	FROM unnest(queues, whats) AS u (q, w)
	GROUP BY u.q, u.w
	ORDER BY u.q, u.w
	ON CONFLICT (queue, hour, what, slot) DO UPDATE SET n = h.n + excluded.n
$$;

-- When today began at the company: midnight in its time zone, which the
-- configuration names (it was checked there); UTC while there is none.
CREATE OR REPLACE FUNCTION desk.today()
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT date_trunc('day', now(), coalesce((
	    SELECT c.body->'company'->>'timezone'
	    FROM desk.config c ORDER BY c.version DESC LIMIT 1), 'UTC'))
$$;

-- QUEUE.STATS: the queue's day.  The hours are UTC's, so that where midnight
-- falls within one, that hour counts as yesterday's.
CREATE OR REPLACE FUNCTION desk.queue_stats(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	q	desk.queue := desk.queue_named(args->>'queue', 'queue');
	since	timestamptz := desk.today();
	day	jsonb;
BEGIN
	SELECT jsonb_object_agg(w.what, coalesce(c.n, 0)) INTO day
	FROM unnest(ARRAY['taken_in', 'opened', 'answered', 'resolved',
	    'reopened', 'moved_in', 'moved_out', 'turned', 'abandoned',
	    'abandoned_short', 'abandoned_late']) AS w (what)
	LEFT JOIN (SELECT h.what, sum(h.n) AS n FROM desk.queue_hour h
	    WHERE h.queue = q.id AND h.hour >= since
	    GROUP BY h.what) c USING (what);

	RETURN jsonb_build_object('queue', q.name, 'title', q.title,
	    'paused', q.paused, 'since', desk.rfc3339(since))
	    || day || desk.queue_load(q.id);
END;
$$;

-- Counts, after everything else, what an operation has done, and passes its
-- answer through.
CREATE OR REPLACE FUNCTION desk.stat_after(answer jsonb, queues int[],
    whats text[])
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.stat_add(queues, whats);
	RETURN answer;
END;
$$;

-- For /metrics: {"states":{"queued":n,…},"oldest":seconds} of what is not at
-- its end; the others are counted by the daemons as they come about.
CREATE OR REPLACE FUNCTION desk.outbound_stats()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object(
	    'states', coalesce(jsonb_object_agg(s.state, s.n), '{}'),
	    'oldest', coalesce(floor(extract(epoch
		FROM now() - min(s.oldest)))::bigint, 0))
	FROM (SELECT o.state, count(*) AS n, min(o.created_at) AS oldest
	    FROM desk.outbound o
	    WHERE o.state IN ('queued', 'deferred', 'sending', 'committing')
	    GROUP BY o.state) s
$$;
