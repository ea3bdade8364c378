-- Who is here, and since when: what agents say of themselves, what is found
-- out of them, and what becomes of their work when they are gone.

-- The agent in his next state, by his own word or by what was found out; his
-- time so far is kept.  Locks his row: changes of one agent come one after the
-- other, and no two of his times overlap.
CREATE OR REPLACE FUNCTION desk.presence_put(who int, next text, why text)
RETURNS desk.agent
LANGUAGE plpgsql
AS $$
DECLARE
	a	desk.agent;
	since	timestamptz;
BEGIN
	SELECT * INTO a FROM desk.agent g WHERE g.id = who
	FOR NO KEY UPDATE;
	IF (a.presence, a.presence_reason) IS DISTINCT FROM (next, why) THEN
		-- A transaction that began earlier may come later.
		SELECT greatest(now(), max(t.began)) INTO since
		FROM desk.agent_time t WHERE t.agent = who AND t.ended IS NULL;
		UPDATE desk.agent_time t SET ended = since
		WHERE t.agent = who AND t.ended IS NULL;
		INSERT INTO desk.agent_time (agent, state, reason, began)
		VALUES (who, next, why, since)
		ON CONFLICT (agent, began) DO UPDATE SET ended = NULL,
		    state = excluded.state, reason = excluded.reason;
	END IF;
	UPDATE desk.agent g SET presence = next, presence_reason = why,
	    presence_since = coalesce(since, g.presence_since),
	    presence_version = g.presence_version + 1,
	    was = NULL, was_reason = NULL,
	    left_at = CASE WHEN next = 'offline' AND g.presence <> 'offline'
		    THEN now()
		WHEN next = 'offline' THEN g.left_at END
	WHERE g.id = who;
	IF next <> 'offline' THEN
		DELETE FROM desk.leaving l WHERE l.agent = who;
	ELSIF a.presence <> 'offline' THEN
		PERFORM desk.leaving_put(who);
	END IF;
	SELECT * INTO a FROM desk.agent g WHERE g.id = who;
	RETURN a;
END;
$$;

-- AGENT.STATE: keeps what Redis is then told by the daemon, so that it is
-- told again after Redis was lost.
CREATE OR REPLACE FUNCTION desk.agent_state(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	a	desk.agent := desk.acting(caller, args);
BEGIN
	a := desk.presence_put(a.id, args->>'state',
	    nullif(btrim(args->>'reason'), ''));
	PERFORM desk.audit_put(caller, 'agent.state', a.name, 'done',
	    jsonb_strip_nulls(jsonb_build_object('state', args->>'state',
		'reason', args->>'reason')));
	RETURN desk.presence_json(a);
END;
$$;

-- What Redis found out by itself, told by whichever daemon heard of it: once,
-- and only if it was found out of the state that he is in, which version names.
--   away  offers were not answered
--   lost  his connection, and the grace is over: he is gone, and away when he
--	   was ready
--   back  he has one again: as he was, when that is no longer ago than 5 min
-- Returns how he is now (presence_json()); whom nobody knows is offline.
CREATE OR REPLACE FUNCTION desk.presence_noted(login text, what text,
    version bigint)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	a	desk.agent;
BEGIN
	SELECT * INTO a FROM desk.agent g WHERE g.name = login
	FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN jsonb_build_object('agent', login, 'state', 'offline',
		    'version', version + 1, 'capacity', 0, 'queues', '[]'::jsonb,
		    'skills', '[]'::jsonb);
	ELSIF NOT a.active OR a.presence_version <> version THEN
		RETURN desk.presence_json(a) || CASE
		    WHEN a.presence_version <= version
		    THEN jsonb_build_object('version', version + 1) ELSE '{}' END;
	END IF;
	CASE what
	WHEN 'away' THEN
		IF a.presence = 'ready' THEN
			a := desk.presence_put(a.id, 'away',
			    'offers not answered');
		END IF;
	WHEN 'lost' THEN
		a := desk.presence_lost(a);
	WHEN 'back' THEN
		IF a.was IS NOT NULL
		    AND a.left_at > now() - interval '5 minutes' THEN
			a := desk.presence_put(a.id, a.was, a.was_reason);
		ELSIF a.presence <> 'offline' THEN
			DELETE FROM desk.leaving l WHERE l.agent = a.id;
			UPDATE desk.agent g SET left_at = NULL, was = NULL,
			    was_reason = NULL
			WHERE g.id = a.id;
		END IF;
	END CASE;
	-- Whatever came of it, Redis has been told by the answer.
	UPDATE desk.agent g SET presence_version = version + 1
	WHERE g.id = a.id
	RETURNING * INTO a;
	RETURN desk.presence_json(a);
END;
$$;

-- His connection is lost.  Who said that he is on a break is on it still; but
-- his work is as that of anybody who is gone.
CREATE OR REPLACE FUNCTION desk.presence_lost(a desk.agent)
RETURNS desk.agent
LANGUAGE plpgsql
AS $$
DECLARE
	now_is	desk.agent := a;
BEGIN
	IF a.presence = 'offline' THEN
		RETURN a;
	ELSIF a.presence = 'ready' THEN
		now_is := desk.presence_put(a.id, 'away', 'connection lost');
	END IF;
	UPDATE desk.agent g SET left_at = coalesce(a.left_at, now()),
	    was = CASE a.presence WHEN 'ready' THEN a.presence ELSE a.was END,
	    was_reason = CASE a.presence WHEN 'ready' THEN a.presence_reason
		ELSE a.was_reason END
	WHERE g.id = a.id
	RETURNING * INTO now_is;
	IF a.left_at IS NULL THEN
		PERFORM desk.leaving_put(a.id);
	END IF;
	RETURN now_is;
END;
$$;

-- When the work of who is gone goes back: chats soon, for a customer waits;
-- the rest after the company's grace.
CREATE OR REPLACE FUNCTION desk.leaving_due(channel text)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT now() + make_interval(secs => CASE channel
	    WHEN 'chat' THEN r.chat_grace ELSE r.leave END)
	FROM desk.presence_rule r
$$;

-- Notes what he has in hand as he goes.
CREATE OR REPLACE FUNCTION desk.leaving_put(who int)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.leaving (ticket, agent, due_at)
	SELECT t.id, who, desk.leaving_due(t.channel)
	FROM desk.ticket t
	WHERE t.assignee = who AND t.state IN ('new', 'open')
	ON CONFLICT (ticket) DO UPDATE SET agent = excluded.agent,
	    due_at = excluded.due_at;
END;
$$;

-- Of these tickets, notes those that are open again and whose assignee is
-- gone.
CREATE OR REPLACE FUNCTION desk.leaving_note(tickets bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.leaving (ticket, agent, due_at)
	SELECT t.id, a.id, desk.leaving_due(t.channel)
	FROM desk.ticket t
	JOIN desk.agent a ON a.id = t.assignee AND a.left_at IS NOT NULL
	WHERE t.id = ANY (tickets) AND t.state = 'open'
	ORDER BY t.id
	ON CONFLICT (ticket) DO NOTHING;
END;
$$;

-- Brings at most lim tickets of people who are gone back to their place in
-- their lines, and returns how many rows went.  One that somebody has in hand
-- just now is left for the next time; what is another's by now, or over, is
-- only forgotten.  Notices are left to the outbox's sweep.
CREATE OR REPLACE FUNCTION desk.leaving_run(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	held	bigint[] := desk.due_held(ARRAY(
		    SELECT l.ticket FROM desk.leaving l WHERE l.due_at <= now()
		    ORDER BY l.due_at, l.ticket LIMIT lim));
	back	bigint[];
	events	bigint[];
	more	jsonb[];
BEGIN
	IF held = '{}' THEN
		RETURN 0;
	END IF;
	-- Another daemon may have been there before, or he came back.
	WITH gone AS (
	    DELETE FROM desk.leaving l
	    WHERE l.ticket = ANY (held) AND l.due_at <= now()
	    RETURNING l.ticket, l.agent
	), back AS (
	    UPDATE desk.ticket t SET assignee = NULL, touched_at = now(),
		version = t.version + 1
	    FROM gone g JOIN desk.agent a ON a.id = g.agent
	    WHERE t.id = g.ticket AND t.assignee = g.agent
		AND t.state IN ('new', 'open')
		AND (a.left_at IS NOT NULL OR NOT a.active)
	    RETURNING t.*, a.name AS login, a.presence_reason AS why
	), history AS (
	    INSERT INTO desk.event (at, ticket, customer, kind, channel,
		direction, who, meta)
	    SELECT now(), b.id, b.customer, 'assign', 'desk', 'own', 'desk',
		desk.from_to(b.login, NULL) || jsonb_strip_nulls(
		    jsonb_build_object('left', true, 'reason', b.why))
	    FROM back b ORDER BY b.id
	    RETURNING id, ticket
	)
	SELECT array_agg(h.ticket), array_agg(h.id),
	    array_agg(jsonb_build_object('left', b.login))
	INTO back, events, more
	FROM history h JOIN back b ON b.id = h.ticket;
	PERFORM desk.due_tell(back, events, 'assign', more);
	RETURN cardinality(held);
END;
$$;

-- In how many milliseconds to look for the next.
CREATE OR REPLACE FUNCTION desk.leaving_next()
RETURNS int
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.due_in((SELECT min(l.due_at) FROM desk.leaving l));
END;
$$;
