-- The second factor (TOTP, RFC 6238) and the codes for when it is lost.  The
-- daemon has the key to the secrets and finds out to which time step a code
-- belongs; here it is made sure that each is good once, however many ask.

-- Whether the proof is enough for this agent: 'none' when he has no second
-- factor, 'device' when his browser is remembered, 'code' or 'recovery' when
-- that was good and is now used; else 'wanted' (he gave no code) or 'wrong'.
-- proof: {"code":true,"step":of the code, absent when it is none of ours,
-- "recovery":SHA-256 hex,"device":SHA-256 hex}.
CREATE OR REPLACE FUNCTION desk.factor_good(agent_id int, proof jsonb)
RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM FROM desk.totp o
	WHERE o.agent = agent_id AND o.confirmed_at IS NOT NULL;
	IF NOT FOUND THEN
		RETURN 'none';
	END IF;
	UPDATE desk.device d SET seen_at = now()
	WHERE d.token = decode(proof->>'device', 'hex')
	    AND d.agent = agent_id
	    AND d.created_at > now() - interval '30 days';
	IF FOUND THEN
		RETURN 'device';
	END IF;
	-- Who asks beside us waits for the row, and then finds the step taken.
	UPDATE desk.totp o SET step = (proof->>'step')::bigint
	WHERE o.agent = agent_id AND o.step < (proof->>'step')::bigint;
	IF FOUND THEN
		RETURN 'code';
	END IF;
	DELETE FROM desk.recovery r
	WHERE r.agent = agent_id
	    AND r.hash = decode(proof->>'recovery', 'hex');
	IF FOUND THEN
		RETURN 'recovery';
	END IF;
	RETURN CASE WHEN coalesce((proof->>'code')::boolean, false)
	    THEN 'wrong' ELSE 'wanted' END;
END;
$$;

-- The agent who asks for himself; a key or a console is nobody's own.
CREATE OR REPLACE FUNCTION desk.caller_self(caller jsonb)
RETURNS int
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF caller->>'agent' IS NULL THEN
		PERFORM desk.refuse('INVALID',
		    'Only an agent has this: log in with a password.');
	END IF;
	RETURN (caller->>'agent')::int;
END;
$$;

-- TOTP.BEGIN: args.sealed is the new secret, args.key says by which key; they
-- count from TOTP.CONFIRM on.  Beginning anew forgets what was begun.
CREATE OR REPLACE FUNCTION desk.totp_begin(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	self	int := desk.caller_self(caller);
BEGIN
	INSERT INTO desk.totp AS o (agent, sealed, key)
	VALUES (self, args->>'sealed', args->>'key')
	ON CONFLICT (agent) DO UPDATE
	SET sealed = excluded.sealed, key = excluded.key, step = 0
	WHERE o.confirmed_at IS NULL;
	IF NOT FOUND THEN
		PERFORM desk.refuse('CONFLICT',
		    'There is a second factor already: end that one first.');
	END IF;
	PERFORM desk.audit_put(caller, 'totp.begin', caller->>'who', 'done');
	RETURN '{}';
END;
$$;

-- TOTP.CONFIRM: args.step is the code's, of the secret args.sealed;
-- args.recovery the new codes' SHA-256 in hexadecimal, in place of the old.
-- Every other session of his ends.  With a second factor that is confirmed
-- already it gives new codes.
CREATE OR REPLACE FUNCTION desk.totp_confirm(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	self	int := desk.caller_self(caller);
	before	desk.totp;
BEGIN
	SELECT * INTO before FROM desk.totp o WHERE o.agent = self FOR UPDATE;
	-- A secret under a key that this desk no longer has would keep him out.
	IF before.confirmed_at IS NULL AND EXISTS (SELECT FROM desk.totp o
	    JOIN desk.agent a ON a.id = o.agent AND a.active
	    WHERE o.confirmed_at IS NOT NULL AND o.key <> before.key) THEN
		PERFORM desk.refuse('CONFLICT',
		    'Other second factors of this desk have another key: '
		    'all its daemons need the same totp.key.');
	END IF;
	UPDATE desk.totp o SET step = (args->>'step')::bigint,
	    confirmed_at = coalesce(o.confirmed_at, now())
	WHERE o.agent = self AND o.sealed = args->>'sealed'
	    AND o.step < (args->>'step')::bigint;
	IF NOT FOUND THEN
		PERFORM desk.refuse('DENIED',
		    'That code is not right, or was used before.', 'code');
	END IF;
	DELETE FROM desk.recovery r WHERE r.agent = self;
	INSERT INTO desk.recovery (agent, hash)
	SELECT self, decode(h, 'hex')
	FROM jsonb_array_elements_text(args->'recovery') h;
	PERFORM desk.login_forgive(caller->>'who');
	PERFORM desk.sessions_drop(self, args->>'token');
	PERFORM desk.audit_put(caller, 'totp.confirm', caller->>'who', 'done');
	PERFORM desk.access_tell(caller->>'who');
	RETURN '{}';
END;
$$;

-- Takes an agent's second factor away, with all that goes with it.
CREATE OR REPLACE FUNCTION desk.totp_drop(agent_id int)
RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
	DELETE FROM desk.recovery r WHERE r.agent = agent_id;
	DELETE FROM desk.device d WHERE d.agent = agent_id;
	DELETE FROM desk.totp o WHERE o.agent = agent_id;
	RETURN FOUND;
END;
$$;

-- TOTP.END: the code proves that it is he; every other session of his ends.
CREATE OR REPLACE FUNCTION desk.totp_end(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	self	int := desk.caller_self(caller);
BEGIN
	IF desk.factor_good(self, args->'proof') NOT IN
	    ('none', 'code', 'recovery') THEN
		PERFORM desk.refuse('DENIED',
		    'That code is not right, or was used before.', 'code');
	END IF;
	IF desk.totp_drop(self) THEN
		PERFORM desk.login_forgive(caller->>'who');
		PERFORM desk.sessions_drop(self, args->>'token');
		PERFORM desk.audit_put(caller, 'totp.end', caller->>'who',
		    'done');
		PERFORM desk.access_tell(caller->>'who');
	END IF;
	RETURN '{}';
END;
$$;

-- USER.TOTP_RESET: for somebody who lost telephone and codes.  Who has no
-- second factor loses nothing.
CREATE OR REPLACE FUNCTION desk.user_totp_reset(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	a	desk.agent;
BEGIN
	PERFORM desk.must_be(caller, 'admin');
	a := desk.agent_named(args->>'login', 'login');
	IF desk.totp_drop(a.id) THEN
		PERFORM desk.sessions_drop(a.id, NULL);
		PERFORM desk.audit_put(caller, 'user.totp_reset', a.name,
		    'done');
		PERFORM desk.access_tell(a.name);
	END IF;
	RETURN jsonb_build_object('login', a.name);
END;
$$;

-- How many second factors each key seals, for deskctl doctor.
CREATE OR REPLACE FUNCTION desk.factor_keys()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_object_agg(k.key, k.n), '{}')
	FROM (SELECT o.key, count(*) AS n FROM desk.totp o
	    JOIN desk.agent a ON a.id = o.agent AND a.active
	    WHERE o.confirmed_at IS NOT NULL GROUP BY o.key) k
$$;
