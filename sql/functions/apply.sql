-- What Redis is told of a ticket: its place, its score, and a notice for the
-- live feed.  Everything here is computed from the ticket's row as it is, so
-- that a row of the outbox performed late never brings back an old state.

-- Where a ticket stands: wait (in its queue's line), work (somebody's) or gone
-- (nothing to do with it now).
CREATE OR REPLACE FUNCTION desk.place(state text, assignee int)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE
	    WHEN state NOT IN ('new', 'open') THEN 'gone'
	    WHEN assignee IS NULL THEN 'wait'
	    ELSE 'work'
	END
$$;

-- A ticket's rank in its line, the smallest first: the moment its answer is
-- due, in ms of the epoch, a minute earlier for every point of priority above
-- 50.  A ticket to which no answer is owed (a machine wrote it) counts as due
-- a day after it was opened: behind the people of that day, but not for ever.
CREATE OR REPLACE FUNCTION desk.score(due_at timestamptz,
    opened_at timestamptz, priority int)
RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	SELECT floor(extract(epoch FROM
	    coalesce(due_at, opened_at + interval '24 hours')) * 1000)::bigint
	    - (priority - 50) * 60000
$$;

-- A moment in ms of the epoch.
CREATE OR REPLACE FUNCTION desk.epoch_ms(at timestamptz)
RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	SELECT floor(extract(epoch FROM at) * 1000)::bigint
$$;

-- How many seconds an offer stands, by the ticket's channel.
CREATE OR REPLACE FUNCTION desk.offer_of(seconds int, by jsonb, channel text)
RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce((by->>channel)::int, seconds)
$$;

-- An agent's login, while he works here.
CREATE OR REPLACE FUNCTION desk.agent_login(agent int)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT a.name FROM desk.agent a WHERE a.id = agent AND a.active
$$;

-- The members of a notice that are the ticket's own; the caller adds (||) what
-- happened: kind, event, channel, direction, who, text.
CREATE OR REPLACE FUNCTION desk.feed_json(t desk.ticket, queue text,
    assignee text)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	SELECT jsonb_build_object(
	    'ticket', (t).id,
	    'number', (t).number,
	    'queue', queue,
	    'customer', (t).customer,
	    'channel', (t).channel,
	    'assignee', assignee,
	    'state', (t).state,
	    'subject', (t).subject,
	    'preview', (t).preview,
	    'conversation', (t).conversation,
	    'marks', CASE WHEN (t).marks <> '{}' THEN to_jsonb((t).marks) END)
$$;

-- The object `apply` of ARCHITECTURE.md, for a caller that has joined queue
-- and agent already (sets of tickets).  t NULL: a notice about no ticket.
CREATE OR REPLACE FUNCTION desk.apply_json(t desk.ticket, queue text,
    offer_seconds int, agent text, feed jsonb)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	SELECT CASE
	    WHEN (t).id IS NULL THEN jsonb_build_object('feed', feed)
	    ELSE jsonb_strip_nulls(jsonb_build_object(
		'ticket', (t).id,
		'version', (t).version,
		'queue', queue,
		'place', desk.place((t).state, (t).assignee),
		'score', desk.score((t).due_at, (t).opened_at, (t).priority),
		'agent', agent,
		'units', (t).units,
		'channel', (t).channel,
		'since', desk.epoch_ms(coalesce((t).lined_at,
		    (t).opened_at)),
		'prefer', CASE WHEN (t).prefer IS NOT NULL
			AND desk.place((t).state, (t).assignee) = 'wait'
		    THEN desk.agent_login((t).prefer) END,
		'skills', to_jsonb((t).skills),
		'conversation', (t).conversation,
		'offer', offer_seconds,
		'feed', feed))
	END
$$;

-- The notice that an event came in, as JSON text: what feed_json() and the
-- caller make of other notices, at a tenth of the cost.  Of what was said only
-- chat tells, so much as a feed can bear.  kind: bounce, when it brought back
-- what one of us wrote.
CREATE OR REPLACE FUNCTION desk.event_notice(event bigint, t desk.ticket,
    queue text, assignee text, channel text, direction text, who text,
    said text, kind text DEFAULT 'event')
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	-- concat() leaves out what is NULL, and so do we.
	SELECT concat('{"kind":"', kind, '","event":', event,
	    ',"ticket":', (t).id,
	    ',"number":', (t).number,
	    ',"queue":', to_json(queue),
	    ',"customer":', (t).customer,
	    ',"channel":', to_json(channel),
	    ',"direction":"', direction, '"',
	    ',"who":' || to_json(who)::text,
	    ',"assignee":' || to_json(assignee)::text,
	    ',"state":"', (t).state, '"',
	    ',"subject":', to_json((t).subject),
	    ',"preview":', to_json((t).preview),
	    ',"conversation":"' || (t).conversation::text || '"',
	    CASE WHEN (t).marks <> '{}'
		THEN ',"marks":' || to_json((t).marks)::text END,
	    CASE WHEN channel = 'chat' THEN ',"text":' || to_json(CASE
		WHEN octet_length(said) <= 4000 THEN said
		ELSE left(said, 1000) END)::text END,
	    '}')
$$;

-- apply_json() as text, of a ticket and such a notice, or none.  First what is
-- the ticket's own: a rebuild reads what follows once for all that share it.
CREATE OR REPLACE FUNCTION desk.apply_text(t desk.ticket, queue text,
    offer_seconds int, agent text, notice text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	SELECT concat('{"ticket":', (t).id,
	    ',"version":', (t).version,
	    ',"score":', desk.score((t).due_at, (t).opened_at, (t).priority),
	    ',"since":', desk.epoch_ms(coalesce((t).lined_at, (t).opened_at)),
	    ',"queue":', to_json(queue),
	    ',"place":"', desk.place((t).state, (t).assignee), '"',
	    ',"agent":' || to_json(agent)::text,
	    ',"units":', (t).units,
	    ',"channel":', to_json((t).channel),
	    CASE WHEN (t).prefer IS NOT NULL
		    AND desk.place((t).state, (t).assignee) = 'wait'
		THEN ',"prefer":' || to_json(desk.agent_login((t).prefer))::text
		END,
	    ',"skills":', to_json((t).skills),
	    ',"conversation":"' || (t).conversation::text || '"',
	    ',"offer":', offer_seconds,
	    ',"feed":' || notice, '}')
$$;

-- apply_json() for one ticket: finds the queue and the agent itself.
CREATE OR REPLACE FUNCTION desk.apply_json(t desk.ticket, feed jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT desk.apply_json(t, q.name, desk.offer_of(q.offer_seconds,
	    q.offer_by, (t).channel), a.name, feed)
	FROM (SELECT (t).queue, (t).assignee) x
	LEFT JOIN desk.queue q ON q.id = x.queue
	LEFT JOIN desk.agent a ON a.id = x.assignee
$$;
