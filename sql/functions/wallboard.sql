-- BOARD: all that a wallboard shows, in one answer.  What goes on is counted
-- up to a bound, what has been is read off the hours' counts: however large the
-- desk, it reads no more than its queues and agents ask for.

-- Counts what an agent did, for his day; within ticket_commit().
CREATE OR REPLACE FUNCTION desk.agent_did(caller jsonb, done jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	did	text := CASE
		    WHEN done->>'notice' = 'resolve' THEN 'resolved'
		    WHEN done->>'direction' = 'out'
			AND done->>'kind' = 'message' THEN 'answered' END;
BEGIN
	IF did IS NULL OR caller->>'agent' IS NULL THEN
		RETURN;
	END IF;
	INSERT INTO desk.agent_hour AS h (agent, hour, what, n)
	VALUES ((caller->>'agent')::int, date_trunc('hour', now(), 'UTC'),
	    did, 1)
	ON CONFLICT (agent, hour, what) DO UPDATE SET n = h.n + 1;
END;
$$;

-- What an answer counts as, for the level of service: it was owed, and given
-- before it was due or after.  NULL: nothing was owed.
CREATE OR REPLACE FUNCTION desk.answered_as(due timestamptz)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN due >= now() THEN 'in_time'
	    WHEN due < now() THEN 'late' END
$$;

-- {"kept","n","share"}: of the answers that were owed, those in time, per cent;
-- NULL when there were none: nothing is said without numbers.
CREATE OR REPLACE FUNCTION desk.level_said(kept bigint, late bigint)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE WHEN coalesce(kept, 0) + coalesce(late, 0) > 0 THEN
	    jsonb_build_object('kept', coalesce(kept, 0),
		'n', coalesce(kept, 0) + coalesce(late, 0),
		'share', round(100.0 * coalesce(kept, 0)
		    / (coalesce(kept, 0) + coalesce(late, 0)))) END
$$;

-- The line as PostgreSQL sees it, counted up to 1,000.
CREATE OR REPLACE FUNCTION desk.board_line(wanted int)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('waiting', count(*),
	    'chats', count(*) FILTER (WHERE w.channel = 'chat'),
	    'oldest', desk.rfc3339(min(w.opened_at)),
	    'overdue', (SELECT count(*) FROM (SELECT FROM desk.ticket t
		WHERE t.queue = wanted AND t.due_at < now()
		    AND t.state IN ('new', 'open', 'pending')
		ORDER BY t.due_at, t.id LIMIT 1000) x),
	    'due_next', (SELECT desk.rfc3339(t.due_at) FROM desk.ticket t
		WHERE t.queue = wanted AND t.due_at >= now()
		    AND t.state IN ('new', 'open', 'pending')
		ORDER BY t.due_at, t.id LIMIT 1)))
	FROM (SELECT t.channel, t.opened_at FROM desk.ticket t
	    WHERE t.queue = wanted AND t.assignee IS NULL
		AND t.state IN ('new', 'open')
	    ORDER BY t.due_at, t.id LIMIT 1000) w
$$;

CREATE OR REPLACE FUNCTION desk.board_queues(since timestamptz)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'name', q.name, 'title', q.title, 'paused', q.paused,
	    'drain', desk.drain_said(q),
	    'opened', coalesce(d.opened, 0),
	    'answered', coalesce(d.answered, 0),
	    'resolved', coalesce(d.resolved, 0),
	    'abandoned', coalesce(d.abandoned, 0),
	    'abandoned_short', coalesce(d.abandoned_short, 0),
	    'abandoned_late', coalesce(d.abandoned_late, 0),
	    'level', desk.level_said(d.in_time, d.late),
	    'by_hour', coalesce(d.by_hour, '[]')))
	    || desk.board_line(q.id) ORDER BY q.id), '[]')
	FROM desk.queue q
	LEFT JOIN LATERAL (SELECT sum(h.opened)::bigint AS opened,
		sum(h.answered)::bigint AS answered,
		sum(h.resolved)::bigint AS resolved,
		sum(h.abandoned)::bigint AS abandoned,
		sum(h.abandoned_short)::bigint AS abandoned_short,
		sum(h.abandoned_late)::bigint AS abandoned_late,
		sum(h.in_time)::bigint AS in_time,
		sum(h.late)::bigint AS late,
		jsonb_agg(jsonb_build_object('at', desk.rfc3339(h.hour),
		    'opened', coalesce(h.opened, 0),
		    'resolved', coalesce(h.resolved, 0)) ORDER BY h.hour)
		    AS by_hour
	    FROM (SELECT k.hour,
		    sum(k.n) FILTER (WHERE k.what = 'opened') AS opened,
		    sum(k.n) FILTER (WHERE k.what = 'answered') AS answered,
		    sum(k.n) FILTER (WHERE k.what = 'resolved') AS resolved,
		    sum(k.n) FILTER (WHERE k.what = 'abandoned') AS abandoned,
		    sum(k.n) FILTER (WHERE k.what = 'abandoned_short')
			AS abandoned_short,
		    sum(k.n) FILTER (WHERE k.what = 'abandoned_late')
			AS abandoned_late,
		    sum(k.n) FILTER (WHERE k.what = 'in_time') AS in_time,
		    sum(k.n) FILTER (WHERE k.what = 'late') AS late
		FROM desk.queue_hour k
		WHERE k.queue = q.id AND k.hour >= since
		GROUP BY k.hour) h) d ON true
	WHERE q.active
$$;

-- What those who are here have in hand, by channel; of each 300 cases are
-- looked at.
CREATE OR REPLACE FUNCTION desk.board_agents(since timestamptz)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('name', a.name,
	    'display', a.display, 'capacity', a.capacity,
	    'queues', (SELECT coalesce(jsonb_agg(q.name ORDER BY q.name), '[]')
		FROM desk.agent_queue m JOIN desk.queue q ON q.id = m.queue
		WHERE m.agent = a.id AND q.active),
	    'working', CASE WHEN a.presence = 'offline' THEN '{}' ELSE (
		SELECT coalesce(jsonb_object_agg(c.channel, c.n), '{}')
		FROM (SELECT w.channel, count(*) AS n
		    FROM (SELECT t.channel, t.state FROM desk.ticket t
			WHERE t.assignee = a.id
			    AND t.state IN ('new', 'open', 'pending')
			ORDER BY t.due_at, t.id LIMIT 300) w
		    WHERE w.state <> 'pending' GROUP BY w.channel) c) END,
	    'answered', coalesce(d.answered, 0),
	    'resolved', coalesce(d.resolved, 0)) ORDER BY a.name), '[]')
	FROM desk.agent a
	LEFT JOIN LATERAL (SELECT
		sum(h.n) FILTER (WHERE h.what = 'answered') AS answered,
		sum(h.n) FILTER (WHERE h.what = 'resolved') AS resolved
	    FROM desk.agent_hour h
	    WHERE h.agent = a.id AND h.hour >= since) d ON true
	WHERE a.active
$$;

-- Calls that ring or go on, without who calls: the board hangs on a wall.
CREATE OR REPLACE FUNCTION desk.board_calls()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'state', k.state, 'direction', k.direction, 'queue', q.name,
	    'agents', (SELECT jsonb_agg(a.name ORDER BY a.name)
		FROM desk.agent a WHERE a.id = ANY (CASE
		    WHEN k.state = 'ringing' THEN k.rang ELSE k.talked END)),
	    'began_at', desk.rfc3339(k.began_at),
	    'answered_at', desk.rfc3339(k.answered_at)))
	    ORDER BY k.touched_at DESC), '[]')
	FROM (SELECT c.* FROM desk.call c
	    WHERE c.state IN ('ringing', 'answered')
		AND c.touched_at > now() - desk.call_lasts()
		AND (c.state = 'answered'
		    OR c.touched_at > now() - interval '10 minutes')
	    ORDER BY c.touched_at DESC LIMIT 200) k
	JOIN desk.ticket t ON t.id = k.ticket
	JOIN desk.queue q ON q.id = t.queue
$$;

-- The ten cases most overdue, or due within half an hour, of the queues that
-- all may read.
CREATE OR REPLACE FUNCTION desk.board_urgent()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'ticket', u.id, 'number', u.number, 'queue', u.queue,
	    'channel', u.channel, 'kind', u.kind, 'state', u.state,
	    'subject', u.subject, 'customer_name', (SELECT c.name
		FROM desk.customer c WHERE c.id = u.customer),
	    'assignee', (SELECT a.name FROM desk.agent a
		WHERE a.id = u.assignee),
	    'due_at', desk.rfc3339(u.due_at))) ORDER BY u.due_at, u.id), '[]')
	FROM (SELECT t.id, t.number, q.name AS queue, t.channel, t.kind,
		t.state, t.subject, t.customer, t.assignee, t.due_at
	    FROM desk.queue q
	    CROSS JOIN LATERAL (SELECT * FROM desk.ticket k
		WHERE k.queue = q.id AND k.due_at < now() + interval '30 minutes'
		    AND k.state IN ('new', 'open', 'pending')
		ORDER BY k.due_at, k.id LIMIT 10) t
	    WHERE q.active AND NOT q.members_only
	    ORDER BY t.due_at, t.id LIMIT 10) u
$$;

-- The whole, as PostgreSQL knows it; the daemon adds who is here and the exact
-- lines (op_board.c).  Every list is the beginning of an index: the planner,
-- who may not know how long they are, is not to read them whole and sort.
CREATE OR REPLACE FUNCTION desk.board()
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_bitmapscan = off
SET enable_seqscan = off
AS $$
DECLARE
	since	timestamptz := desk.today();
	queues	jsonb := desk.board_queues(since);
BEGIN
	RETURN jsonb_build_object('at', desk.rfc3339(clock_timestamp()),
	    'since', desk.rfc3339(since),
	    'company', (SELECT jsonb_strip_nulls(jsonb_build_object(
		    'name', c.body->'company'->'name',
		    'zone', c.body->'company'->'timezone'))
		FROM desk.config c ORDER BY c.version DESC LIMIT 1),
	    'today', (SELECT jsonb_strip_nulls(jsonb_build_object(
		    'opened', coalesce(sum((q->>'opened')::bigint), 0),
		    'answered', coalesce(sum((q->>'answered')::bigint), 0),
		    'resolved', coalesce(sum((q->>'resolved')::bigint), 0),
		    'abandoned', coalesce(sum((q->>'abandoned')::bigint), 0),
		    'abandoned_short', coalesce(sum(
			(q->>'abandoned_short')::bigint), 0),
		    'abandoned_late', coalesce(sum(
			(q->>'abandoned_late')::bigint), 0),
		    'level', desk.level_said(
			sum((q->'level'->>'kept')::bigint)::bigint,
			sum((q->'level'->>'n')::bigint
			    - (q->'level'->>'kept')::bigint)::bigint)))
		FROM jsonb_array_elements(queues) q),
	    'queues', queues, 'agents', desk.board_agents(since),
	    'calls', desk.board_calls(), 'urgent', desk.board_urgent());
END;
$$;
