-- Logins and keys.  The daemon makes and checks secrets (argon2id, random
-- tokens, codes); here stand only what they are checked against, and the
-- limits on trying.

-- The address as it is counted: an IPv6 caller has a whole /64 to himself.
CREATE OR REPLACE FUNCTION desk.address_counted(from_addr text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	IF from_addr LIKE '%:%:%' THEN
		RETURN host(network(set_masklen(from_addr::inet, 64)));
	END IF;
	RETURN left(coalesce(from_addr, ''), 64);
EXCEPTION WHEN invalid_text_representation OR invalid_parameter_value THEN
	RETURN left(from_addr, 64);
END;
$$;

-- The seconds to wait after so many failures, the last one at last_at.  An
-- account: from the fifth on 1, 2, 4 … minutes, 15 at most.  An address, behind
-- which a whole office may sit: from the twentieth on, 5 minutes at most.
-- Nothing is locked for good, or anybody could lock anybody out.
CREATE OR REPLACE FUNCTION desk.login_wait(what text, failures int,
    last_at timestamptz, moment timestamptz)
RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN failures < free THEN 0
	    ELSE greatest(0, ceil(extract(epoch FROM last_at - moment)
		+ 60 * least(2 ^ least(failures - free, 10), most)))::int
	END
	FROM (VALUES ('login', 5, 15), ('address', 20, 5)) l (kind, free, most)
	WHERE l.kind = what
$$;

-- Counts one more failure, when there is no time to wait first, and returns
-- the seconds to wait: 0 when it counted.  One statement on a locked row:
-- guesses side by side cannot all slip through on the same count.
CREATE OR REPLACE FUNCTION desk.login_charge(what text, whom text)
RETURNS int
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.login_try AS t (kind, who, failures, last_at)
	VALUES (what, whom, 1, clock_timestamp())
	ON CONFLICT (kind, who) DO UPDATE
	SET failures = least(t.failures + 1, 1000), last_at = excluded.last_at
	WHERE desk.login_wait(what, t.failures, t.last_at,
	    excluded.last_at) = 0;
	IF FOUND THEN
		RETURN 0;
	END IF;
	RETURN desk.login_due(what, whom);
END;
$$;

-- The seconds that this login or address has to wait now.
CREATE OR REPLACE FUNCTION desk.login_due(what text, whom text)
RETURNS int
LANGUAGE sql VOLATILE
AS $$
	SELECT coalesce(max(desk.login_wait(what, t.failures,
	    t.last_at, clock_timestamp())), 0)
	FROM desk.login_try t
	WHERE t.kind = what AND t.who = whom
$$;

-- Whether this account has logged in well from this address (within 30 days)
-- and may try there whatever strangers did elsewhere or beside it: not after 20
-- failures of that very pair, until a day has passed.  Counts the try as
-- failed, as login_charge() does.
CREATE OR REPLACE FUNCTION desk.login_home_charge(login text, home text)
RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.login_home h
	SET failures = CASE WHEN h.failed_at < now() - interval '1 day'
		THEN 1 ELSE h.failures + 1 END,
	    failed_at = clock_timestamp()
	WHERE h.login = login_home_charge.login
	    AND h.home = login_home_charge.home
	    AND h.seen_at > now() - interval '30 days'
	    AND (h.failures < 20 OR h.failed_at < now() - interval '1 day');
	RETURN FOUND;
END;
$$;

-- Before a password is checked: {"wait":seconds,"password":encoded,"agent",
-- "role","totp":{"sealed","key","step"}}; wait > 0: refuse it unchecked and do
-- not call login_end().  The rest is null for a login that does not exist or
-- has no password, whose answer, limits and time must be the same: check the
-- password against something all the same.  totp is null, too, for who has no
-- second factor; "confirmed" in it: codes are asked for.  The try counts as
-- failed for the account from now on, until login_end() says that it was good.
CREATE OR REPLACE FUNCTION desk.login_begin(login text, from_addr text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	home	text := desk.address_counted(from_addr);
	wait	int := 0;
	a	desk.agent;
BEGIN
	IF NOT desk.login_home_charge(login, home) THEN
		wait := desk.login_due('address', home);
		IF wait = 0 THEN
			wait := desk.login_charge('login', left(login, 64));
		END IF;
	END IF;
	IF wait = 0 THEN
		SELECT * INTO a FROM desk.agent g
		WHERE g.name = login AND g.active AND g.password IS NOT NULL;
	END IF;
	RETURN jsonb_build_object('wait', wait, 'password', a.password,
	    'agent', a.id, 'role', a.role, 'totp', (SELECT
		jsonb_build_object('sealed', o.sealed, 'key', o.key,
		    'step', o.step, 'confirmed', o.confirmed_at IS NOT NULL)
	    FROM desk.totp o WHERE o.agent = a.id));
END;
$$;

-- Forgets tries of more than a day ago, addresses and devices not seen for 30
-- days, and sessions that are over, so that no table grows with strangers'
-- tries.
CREATE OR REPLACE FUNCTION desk.login_sweep()
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.login_try WHERE last_at < now() - interval '1 day';
	DELETE FROM desk.login_home WHERE seen_at < now() - interval '30 days';
	DELETE FROM desk.session WHERE seen_at < now() - interval '30 minutes'
	    OR created_at < now() - interval '12 hours';
	DELETE FROM desk.device WHERE created_at < now() - interval '30 days';
$$;

-- After it was checked.  proof, of a login with a second factor: what
-- desk.factor_good() takes.  session: {"token":hash,"csrf","browser","ended":
-- the hash of the one that this browser had before,"remember":the hash of a
-- device's cookie}, all but csrf and browser SHA-256 in hexadecimal; absent:
-- no session.
-- Good: the caller ("must_change" when the password has to be changed first,
-- "remembered" when the device is); tries are forgotten, the address is
-- remembered as his, and there is a session, an agent's twentieth at most.
-- Not good: NULL; {"code":"wanted|wrong"} when it is the second factor.
CREATE OR REPLACE FUNCTION desk.login_end(login text, from_addr text,
    ok boolean, proof jsonb DEFAULT NULL, session jsonb DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	home	text := desk.address_counted(from_addr);
	caller	jsonb := desk.caller_by_name(login)
		    || jsonb_build_object('from', from_addr);
	factor	text;
	why	jsonb;
BEGIN
	IF ok IS TRUE AND caller IS NOT NULL THEN
		factor := desk.factor_good((caller->>'agent')::int, proof);
	END IF;
	IF factor IS NULL OR factor = 'wrong' THEN
		PERFORM desk.login_charge('address', home);
	END IF;
	IF factor IS NULL OR factor IN ('wrong', 'wanted') THEN
		IF factor IS NOT NULL THEN
			why := jsonb_build_object('code', factor);
		END IF;
		PERFORM desk.audit_put(jsonb_build_object('from', from_addr),
		    'login', left(login, 64), 'refused', why);
		RETURN why;
	END IF;

	DELETE FROM desk.login_try t
	WHERE (t.kind, t.who) IN (('login', login), ('address', home));
	INSERT INTO desk.login_home (login, home) VALUES (login, home)
	ON CONFLICT ON CONSTRAINT login_home_pkey DO UPDATE
	SET failures = 0, seen_at = now();
	PERFORM desk.login_sweep();
	IF session IS NOT NULL THEN
		caller := caller || desk.session_begin(
		    (caller->>'agent')::int, from_addr, session,
		    factor IN ('code', 'recovery'));
	END IF;
	PERFORM desk.audit_put(caller, 'login', login, 'done',
	    CASE WHEN factor <> 'none'
		THEN jsonb_build_object('factor', factor) END);
	RETURN caller;
END;
$$;

-- The caller that a key (its SHA-256) stands for, else NULL.  "key" is its
-- name, for ending its connections; in "who" a prefix keeps it apart from
-- every login.
CREATE OR REPLACE FUNCTION desk.key_of(hash bytea)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('who', 'key:' || k.name, 'role', k.role,
	    'key', k.name)
	FROM desk.api_key k
	WHERE k.hash = key_of.hash AND k.revoked_at IS NULL
$$;

-- Tells every daemon that somebody's access has changed or ended: it looks his
-- sessions and connections over.
CREATE OR REPLACE FUNCTION desk.access_tell(whom text)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.outbox_put(NULL, jsonb_build_object('kind', 'access',
	    'who', whom));
END;
$$;

-- KEY.ADD: args.hash is the SHA-256 (hex) of the key, which only the daemon
-- has seen.  A name that was used stays with its key, revoked or not: the
-- audit speaks of keys by name.
CREATE OR REPLACE FUNCTION desk.key_add(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	word	text := coalesce(args->>'role', 'service');
BEGIN
	PERFORM desk.must_be(caller, 'admin');
	IF args->>'hash' IS NULL OR args->>'hash' !~ '^[0-9a-f]{64}$' THEN
		PERFORM desk.refuse('INVALID',
		    'A key is kept as its SHA-256, in hexadecimal.', 'hash');
	END IF;
	INSERT INTO desk.api_key (name, hash, role, made_by)
	VALUES (args->>'name', decode(args->>'hash', 'hex'), word,
	    caller->>'who')
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		PERFORM desk.refuse('CONFLICT',
		    'There has been a key of this name.', 'name');
	END IF;
	PERFORM desk.audit_put(caller, 'key.add', args->>'name', 'done',
	    jsonb_build_object('role', word));
	RETURN jsonb_build_object('name', args->>'name', 'role', word);
END;
$$;

-- KEY.LIST: {"keys":[…]} by name.
CREATE OR REPLACE FUNCTION desk.key_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM desk.must_be(caller, 'admin');
	RETURN (SELECT jsonb_build_object('keys', coalesce(jsonb_agg(
	    jsonb_strip_nulls(jsonb_build_object('name', k.name,
		'role', k.role, 'made_by', k.made_by,
		'made_at', desk.rfc3339(k.made_at),
		'revoked_at', desk.rfc3339(k.revoked_at)))
	    ORDER BY k.name), '[]'))
	    FROM desk.api_key k);
END;
$$;

-- KEY.REVOKE: what is revoked stays so; a repeat changes nothing.
CREATE OR REPLACE FUNCTION desk.key_revoke(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	k	desk.api_key;
BEGIN
	PERFORM desk.must_be(caller, 'admin');
	SELECT * INTO k FROM desk.api_key o WHERE o.name = args->>'name'
	FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such key.',
		    'name');
	END IF;
	IF k.revoked_at IS NULL THEN
		UPDATE desk.api_key o SET revoked_at = now()
		WHERE o.name = k.name;
		PERFORM desk.audit_put(caller, 'key.revoke', k.name, 'done');
		PERFORM desk.access_tell('key:' || k.name);
	END IF;
	RETURN jsonb_build_object('name', k.name, 'revoked_at',
	    desk.rfc3339(coalesce(k.revoked_at, now())));
END;
$$;
