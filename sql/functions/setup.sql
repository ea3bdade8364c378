-- The first start: a code that only this machine's administrator gets makes
-- the desk's first administrator.

-- Is there an administrator who can log in?
CREATE OR REPLACE FUNCTION desk.has_admin()
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT EXISTS (SELECT FROM desk.agent a
	    WHERE a.role = 'admin' AND a.active AND a.password IS NOT NULL)
$$;

-- Refuses a configuration that would leave nobody who can log in and mend it,
-- when there is somebody now: a file that does not name the administrator of
-- the first start, say.
CREATE OR REPLACE FUNCTION desk.config_keeps_admin(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF desk.has_admin() AND NOT EXISTS (SELECT FROM desk.agent a
	    JOIN jsonb_array_elements(c->'agents') e ON e->>'name' = a.name
	    WHERE e->>'role' = 'admin' AND a.password IS NOT NULL) THEN
		PERFORM desk.refuse('CONFLICT',
		    'This would leave no administrator who has a password.',
		    'agents');
	END IF;
END;
$$;

-- SETUP.CODE: args.hash is the SHA-256 (hex) of the new code, good for a day;
-- the one before is no longer.
CREATE OR REPLACE FUNCTION desk.setup_code(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.must_be(caller, 'admin');
	IF desk.has_admin() AND NOT coalesce((args->>'again')::boolean, false)
	    THEN
		PERFORM desk.refuse('CONFLICT', 'There is an administrator '
		    'who can log in; give --again to make another.', 'again');
	END IF;
	INSERT INTO desk.setup_code (hash)
	VALUES (decode(args->>'hash', 'hex'))
	ON CONFLICT (one) DO UPDATE
	SET hash = excluded.hash, made_at = excluded.made_at;
	PERFORM desk.audit_put(caller, 'setup.code', NULL, 'done');
	RETURN jsonb_build_object('expires_at',
	    desk.rfc3339(now() + interval '1 day'));
END;
$$;

-- SETUP.STATE: open: a code is waiting to be used; needed: nobody could log in
-- as an administrator yet.
CREATE OR REPLACE FUNCTION desk.setup_state(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('open', EXISTS (SELECT FROM desk.setup_code s
	    WHERE s.made_at > now() - interval '1 day'),
	    'needed', NOT desk.has_admin())
$$;

-- Before the password of a first administrator is hashed, which costs: the
-- seconds to wait, 0 when the code is right, -1 when it is not, which counts
-- for the address as a failed login does.
CREATE OR REPLACE FUNCTION desk.setup_try(code_hash bytea, from_addr text)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	home	text := desk.address_counted(from_addr);
	wait	int := desk.login_due('address', home);
BEGIN
	IF wait > 0 THEN
		RETURN wait;
	END IF;
	PERFORM FROM desk.setup_code s
	WHERE s.hash = code_hash AND s.made_at > now() - interval '1 day';
	IF FOUND THEN
		RETURN 0;
	END IF;
	PERFORM desk.login_charge('address', home);
	PERFORM desk.audit_put(jsonb_build_object('from', from_addr),
	    'setup.begin', NULL, 'refused');
	RETURN -1;
END;
$$;

-- The configuration in force, when there is one, names him from now on: whoever
-- changes it next would else let him go.
CREATE OR REPLACE FUNCTION desk.setup_name(caller jsonb, login text,
    display text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	config	jsonb;
	newest	bigint;
BEGIN
	LOCK TABLE desk.config IN EXCLUSIVE MODE;
	config := desk.config_get()->'config';
	IF config IS NULL OR jsonb_typeof(config) <> 'object'
	    OR EXISTS (SELECT FROM jsonb_array_elements(config->'agents') e
		WHERE e->>'name' = login) THEN
		RETURN;
	END IF;
	config := jsonb_set(config, '{agents}', desk.config_list(
	    jsonb_build_object('agents', config->'agents'
		|| jsonb_build_object('name', login, 'display', display,
		    'role', 'admin')), 'agents'));
	INSERT INTO desk.config (who, body) VALUES (caller->>'who', config)
	RETURNING version INTO newest;
	PERFORM desk.audit_put(caller, 'config.apply', newest::text, 'done',
	    jsonb_build_array(jsonb_build_object('what', 'agent ' || login,
		'change', 'added')));
	PERFORM desk.outbox_put(NULL, jsonb_build_object('kind', 'config',
	    'version', newest));
END;
$$;

-- SETUP.BEGIN: makes the administrator and his session.  args as LOGIN's and
-- USER.PASSWORD's ("encoded", "session", "hash" of the code), which is used up.
-- An administrator whom the configuration names, and who has no password yet,
-- is taken; whoever else has the login keeps it.
CREATE OR REPLACE FUNCTION desk.setup_begin(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	self	jsonb;
	new_id	int;
BEGIN
	DELETE FROM desk.setup_code s
	WHERE s.hash = decode(args->>'hash', 'hex')
	    AND s.made_at > now() - interval '1 day';
	IF NOT FOUND THEN
		PERFORM desk.refuse('DENIED',
		    'This code is not right, or was used, or is too old.',
		    'code');
	END IF;
	IF args->>'login' IN ('none', 'me') THEN
		PERFORM desk.refuse('INVALID',
		    'This word has a meaning of its own.', 'login');
	END IF;
	self := jsonb_build_object('who', args->>'login', 'role', 'admin',
	    'from', caller->>'from');
	PERFORM desk.setup_name(self, args->>'login', args->>'display');
	INSERT INTO desk.agent AS a (name, display, role, password)
	VALUES (args->>'login', args->>'display', 'admin', args->>'encoded')
	ON CONFLICT (name) DO UPDATE
	SET password = excluded.password, must_change = false
	WHERE a.password IS NULL AND a.active AND a.role = 'admin'
	RETURNING a.id INTO new_id;
	IF new_id IS NULL THEN
		PERFORM desk.refuse('CONFLICT',
		    'Somebody has this login already.', 'login');
	END IF;
	PERFORM desk.session_begin(new_id, caller->>'from', args->'session',
	    false);
	PERFORM desk.audit_put(self, 'setup.begin', args->>'login', 'done');
	RETURN desk.caller_by_name(args->>'login');
END;
$$;
