-- Logins as administrators see them, and what one sees of one's own.

-- Forgets an account's failed tries: it is he.
CREATE OR REPLACE FUNCTION desk.login_forgive(login text)
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.login_try t WHERE t.kind = 'login' AND t.who = login;
	UPDATE desk.login_home h SET failures = 0
	WHERE h.login = login_forgive.login AND h.failures > 0;
$$;

-- USER.PASSWORD: args.encoded is what argon2id made of it.  Every other
-- session of that login ends (args.token, as for LOGOUT, names the one to
-- keep), every device that is remembered, and its failed tries are forgotten.
-- One's own new password settles that it had to be changed; with must_change,
-- another's has to be, before he may do anything else.
CREATE OR REPLACE FUNCTION desk.user_password(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	whom	text := coalesce(nullif(args->>'login', 'me'),
		    caller->>'who');
	a	desk.agent;
	own	boolean := whom IS NOT DISTINCT FROM caller->>'who';
BEGIN
	IF caller->>'role' IS DISTINCT FROM 'admin' AND NOT own THEN
		PERFORM desk.refuse('DENIED',
		    'Only an administrator sets another''s password.',
		    'login');
	END IF;
	a := desk.agent_named(whom, 'login');
	IF args->>'encoded' IS NULL OR args->>'encoded' NOT LIKE '$argon2id$%'
	    THEN
		PERFORM desk.refuse('INVALID',
		    'This password has not been encoded.', 'password');
	END IF;

	UPDATE desk.agent g SET password = args->>'encoded',
	    must_change = NOT own
		AND coalesce((args->>'must_change')::boolean, false)
	WHERE g.id = a.id;
	PERFORM desk.sessions_drop(a.id, args->>'token');
	DELETE FROM desk.device d WHERE d.agent = a.id;
	PERFORM desk.login_forgive(a.name);
	PERFORM desk.audit_put(caller, 'user.password', a.name, 'done');
	PERFORM desk.access_tell(a.name);
	RETURN jsonb_build_object('login', a.name);
END;
$$;

-- USER.LIST: {"users":[…]} by login, also of those who have left.  seen_at: when
-- he last logged in or used a session, of the last 30 days.
CREATE OR REPLACE FUNCTION desk.user_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM desk.must_be(caller, 'admin');
	RETURN (SELECT jsonb_build_object('users', coalesce(jsonb_agg(
	    jsonb_strip_nulls(jsonb_build_object('login', a.name,
		'display', a.display, 'role', a.role, 'active', a.active,
		'password', a.password IS NOT NULL,
		'must_change', a.must_change,
		'totp', o.confirmed_at IS NOT NULL,
		'seen_at', desk.rfc3339(greatest(s.seen_at, h.seen_at))))
	    ORDER BY a.name COLLATE "C"), '[]'))
	    FROM desk.agent a
	    LEFT JOIN desk.totp o ON o.agent = a.id
	    LEFT JOIN (SELECT agent, max(seen_at) AS seen_at
		FROM desk.session GROUP BY agent) s ON s.agent = a.id
	    LEFT JOIN (SELECT login, max(seen_at) AS seen_at
		FROM desk.login_home GROUP BY login) h ON h.login = a.name);
END;
$$;

-- PREFS.SET: the whole of what his client wants remembered; with merge, its
-- members beside those that are there (two pages may be open), of which null
-- takes one away.
CREATE OR REPLACE FUNCTION desk.prefs_set(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	self	int := desk.caller_self(caller);
	merge	boolean := coalesce((args->>'merge')::boolean, false);
	kept	jsonb;
BEGIN
	INSERT INTO desk.prefs AS p (agent, body) VALUES (self, args->'prefs')
	ON CONFLICT (agent) DO UPDATE
	SET body = CASE WHEN merge THEN p.body ELSE '{}' END || excluded.body
	RETURNING p.body INTO kept;
	IF merge AND jsonb_path_exists(kept, '$.* ? (@ == null)') THEN
		UPDATE desk.prefs p SET body = (
			SELECT coalesce(jsonb_object_agg(m.key, m.value), '{}')
			FROM jsonb_each(kept) m WHERE m.value <> 'null')
		WHERE p.agent = self
		RETURNING p.body INTO kept;
	END IF;
	-- As text PostgreSQL puts blanks in: twice what is taken at once.
	IF octet_length(kept::text) > 16384 THEN
		PERFORM desk.refuse('INVALID', 'That is too much to keep.',
		    'prefs');
	END IF;
	RETURN jsonb_build_object('prefs', kept);
END;
$$;

-- WHOAMI: who asks, and what his client begins with; the daemon adds the
-- session's csrf.
CREATE OR REPLACE FUNCTION desk.whoami(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	config	jsonb := desk.config_get()->'config';
	company	jsonb := config->'company';
	self	int := (caller->>'agent')::int;
BEGIN
	RETURN jsonb_build_object('login', caller->>'who',
	    'role', caller->>'role', 'display', desk.caller_shown(caller),
	    'queues', (SELECT coalesce(jsonb_agg(q.name ORDER BY q.name), '[]')
		FROM desk.agent_queue m JOIN desk.queue q ON q.id = m.queue
		WHERE m.agent = self AND q.active),
	    'must_change', coalesce((SELECT a.must_change FROM desk.agent a
		WHERE a.id = self), false),
	    'totp', EXISTS (SELECT FROM desk.totp o
		WHERE o.agent = self AND o.confirmed_at IS NOT NULL),
	    'prefs', coalesce((SELECT p.body FROM desk.prefs p
		WHERE p.agent = self), '{}'),
	    'company', jsonb_build_object('name', coalesce(company->>'name',
		''), 'zone', coalesce(company->>'timezone', 'UTC')),
	    'now', desk.rfc3339(now()))
	    -- What people may say when they are away, where there is a list.
	    || CASE WHEN config#>'{presence,reasons}' IS NULL THEN '{}'
		ELSE jsonb_build_object('reasons',
		    config#>'{presence,reasons}') END;
END;
$$;
