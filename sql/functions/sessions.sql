-- Sessions, and the devices that are remembered: each is known by the SHA-256
-- of its cookie, and to its owner by a number.

-- Makes a session of what login_end() was told, an agent's oldest ones beyond
-- twenty end; and remembers the device when that was asked for and may be.
-- What it adds to the caller: "must_change", "remembered", when they are so.
CREATE OR REPLACE FUNCTION desk.session_begin(agent_id int, from_addr text,
    session jsonb, may_remember boolean)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	remember	bytea := CASE WHEN may_remember
			    THEN decode(session->>'remember', 'hex') END;
	before		text;
	ended		int;
BEGIN
	-- Who logs in anew leaves: the cookie is replaced.
	DELETE FROM desk.session s
	WHERE s.token = decode(session->>'ended', 'hex')
	RETURNING (SELECT a.name FROM desk.agent a WHERE a.id = s.agent)
	INTO before;
	IF before IS NOT NULL THEN
		PERFORM desk.access_tell(before);
	END IF;
	INSERT INTO desk.session (token, agent, csrf, from_addr, browser)
	VALUES (decode(session->>'token', 'hex'), agent_id,
	    coalesce(session->>'csrf', ''), coalesce(session_begin.from_addr,
	    ''), coalesce(session->>'browser', ''));
	DELETE FROM desk.session s
	WHERE s.token IN (SELECT o.token FROM desk.session o
	    WHERE o.agent = agent_id
		AND o.token <> decode(session->>'token', 'hex')
	    ORDER BY o.seen_at DESC OFFSET 19);
	GET DIAGNOSTICS ended = ROW_COUNT;
	IF ended > 0 THEN
		PERFORM desk.access_tell((SELECT a.name FROM desk.agent a
		    WHERE a.id = agent_id));
	END IF;
	IF remember IS NOT NULL THEN
		INSERT INTO desk.device (token, agent, from_addr, browser)
		VALUES (remember, agent_id, coalesce(session_begin.from_addr,
		    ''), coalesce(session->>'browser', ''));
		DELETE FROM desk.device d
		WHERE d.token IN (SELECT o.token FROM desk.device o
		    WHERE o.agent = agent_id AND o.token <> remember
		    ORDER BY o.seen_at DESC OFFSET 19);
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'must_change', (SELECT true FROM desk.agent a
		WHERE a.id = agent_id AND a.must_change),
	    'remembered', nullif(remember IS NOT NULL, false)));
END;
$$;

-- The caller of a session that is in force, with its "csrf", the agent's
-- "display"ed name and "must_change" when it is so, else NULL: it ends 30
-- minutes after it was last used, 12 hours after it began, and with the
-- agent's account.  Its use is written down once a minute at most.
CREATE OR REPLACE FUNCTION desk.session_of(token_hash bytea)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.session;
	a	desk.agent;
BEGIN
	SELECT * INTO s FROM desk.session o
	WHERE o.token = token_hash
	    AND o.seen_at > now() - interval '30 minutes'
	    AND o.created_at > now() - interval '12 hours';
	SELECT * INTO a FROM desk.agent g WHERE g.id = s.agent AND g.active;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	IF s.seen_at < now() - interval '1 minute' THEN
		UPDATE desk.session o SET seen_at = now()
		WHERE o.token = token_hash
		    AND o.seen_at < now() - interval '1 minute';
	END IF;
	RETURN desk.caller_by_name(a.name)
	    || jsonb_build_object('csrf', s.csrf, 'display', a.display)
	    || CASE WHEN a.must_change THEN '{"must_change":true}'::jsonb
		ELSE '{}' END;
END;
$$;

-- Ends all sessions of an agent but that one (SHA-256 hex; NULL: all).
CREATE OR REPLACE FUNCTION desk.sessions_drop(agent_id int, kept text)
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.session s
	WHERE s.agent = agent_id
	    AND s.token IS DISTINCT FROM decode(kept, 'hex')
$$;

-- LOGOUT: ends the session whose token (its SHA-256, hex) the daemon puts in
-- args.
CREATE OR REPLACE FUNCTION desk.logout(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	ended	int;
BEGIN
	DELETE FROM desk.session s
	WHERE s.token = decode(args->>'token', 'hex')
	    AND s.agent = (caller->>'agent')::int;
	GET DIAGNOSTICS ended = ROW_COUNT;
	IF ended > 0 THEN
		PERFORM desk.audit_put(caller, 'logout', caller->>'who',
		    'done');
		PERFORM desk.access_tell(caller->>'who');
	END IF;
	RETURN jsonb_build_object('ended', ended);
END;
$$;

-- SESSION.LIST: one's own, the newest used first.  args.token and args.device
-- (SHA-256 hex) are those that the asker came with.
CREATE OR REPLACE FUNCTION desk.session_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	self	int := desk.caller_self(caller);
BEGIN
	RETURN (SELECT jsonb_build_object('sessions', coalesce(jsonb_agg(
	    jsonb_build_object('id', p.id, 'kind', p.kind, 'here', p.here,
		'began_at', desk.rfc3339(p.created_at),
		'seen_at', desk.rfc3339(p.seen_at), 'from', p.from_addr,
		'agent', p.browser)
	    ORDER BY p.here DESC, p.seen_at DESC, p.id DESC), '[]'))
	    FROM (SELECT s.id, 'session' AS kind, s.created_at, s.seen_at,
		    s.from_addr, s.browser, coalesce(s.token
			= decode(args->>'token', 'hex'), false) AS here
		FROM desk.session s
		WHERE s.agent = self
		    AND s.seen_at > now() - interval '30 minutes'
		    AND s.created_at > now() - interval '12 hours'
		UNION ALL
		SELECT d.id, 'device', d.created_at, d.seen_at, d.from_addr,
		    d.browser, coalesce(d.token
			= decode(args->>'device', 'hex'), false)
		FROM desk.device d
		WHERE d.agent = self
		    AND d.created_at > now() - interval '30 days') p);
END;
$$;

-- SESSION.END: one's own session, or device, by its number.
CREATE OR REPLACE FUNCTION desk.session_end(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	self	int := desk.caller_self(caller);
	what	text := 'session';
BEGIN
	DELETE FROM desk.session s
	WHERE s.id = (args->>'session')::bigint AND s.agent = self;
	IF NOT FOUND THEN
		what := 'device';
		DELETE FROM desk.device d
		WHERE d.id = (args->>'session')::bigint AND d.agent = self;
	END IF;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND',
		    'You have no such session.', 'session');
	END IF;
	PERFORM desk.audit_put(caller, 'session.end', caller->>'who', 'done',
	    jsonb_build_object('kind', what));
	PERFORM desk.access_tell(caller->>'who');
	RETURN jsonb_build_object('ended', (args->>'session')::bigint);
END;
$$;
