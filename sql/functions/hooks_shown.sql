-- Web hooks as desk.conf names them, and as people look at them.

-- What the members' kinds do not say; deskctl says the same with the line.
CREATE OR REPLACE FUNCTION desk.config_hooks_check(c jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('hooks[%s].url', h.place - 1),
		'A hook''s url is https://…, or, for the hosts that allow names, http://….'
	    FROM jsonb_array_elements(c->'hooks')
		WITH ORDINALITY h (entry, place)
	    WHERE NOT (h.entry->>'url' ~ '^https://[^/?#@\s]+([/?]\S*)?$'
		OR h.entry->>'url' ~ '^http://[^/?#@\s]+([/?]\S*)?$'
		    AND h.entry->'allow' <> '[]')
	    UNION ALL
	    SELECT format('hooks[%s].%s', h.place - 1, m),
		'This is a file''s name under state_dir.'
	    FROM jsonb_array_elements(c->'hooks')
		    WITH ORDINALITY h (entry, place),
		unnest('{secret_file,ca}'::text[]) m
	    WHERE h.entry->>m ~ '^/|[.][.]'
	    UNION ALL
	    SELECT format('hooks[%s].queues', h.place - 1),
		'There is no such queue.'
	    FROM jsonb_array_elements(c->'hooks')
		    WITH ORDINALITY h (entry, place),
		jsonb_array_elements_text(h.entry->'queues') q
	    WHERE q NOT IN (SELECT k->>'name'
		FROM jsonb_array_elements(c->'queues') k)
	    UNION ALL
	    SELECT format('hooks[%s].allow', h.place - 1),
		'This is no address and no network.'
	    FROM jsonb_array_elements(c->'hooks')
		    WITH ORDINALITY h (entry, place),
		jsonb_array_elements_text(h.entry->'allow') a
	    WHERE a !~ '^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$'
	    ) w (path, why);
END;
$$;

-- Puts them in force.  One that is gone is told nothing more; its rows go with
-- the sweep, and its number goes on when it comes back.  Another url begins
-- anew: nobody knows that it fails.
CREATE OR REPLACE FUNCTION desk.config_hooks(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM FROM desk.hook h ORDER BY h.id FOR UPDATE;
	UPDATE desk.hook h SET active = false, replay_from = NULL,
	    replay_upto = NULL
	WHERE h.active AND h.name NOT IN (SELECT e->>'name'
	    FROM jsonb_array_elements(c->'hooks') e);
	INSERT INTO desk.hook AS h (name, url, secret_file, ca, allow,
	    notices, queues, keep)
	SELECT e->>'name', e->>'url', e->>'secret_file', e->>'ca',
	    coalesce((SELECT string_agg(a, ' ')
		FROM jsonb_array_elements_text(e->'allow') a), ''),
	    CASE WHEN e->'notices' <> '[]' THEN ARRAY(
		SELECT jsonb_array_elements_text(e->'notices')) END,
	    CASE WHEN e->'queues' <> '[]' THEN ARRAY(
		SELECT jsonb_array_elements_text(e->'queues')) END,
	    make_interval(secs => (e->>'keep')::int)
	FROM jsonb_array_elements(c->'hooks') e
	ORDER BY e->>'name'
	ON CONFLICT (name) DO UPDATE SET active = true, url = excluded.url,
	    secret_file = excluded.secret_file, ca = excluded.ca,
	    allow = excluded.allow, notices = excluded.notices,
	    queues = excluded.queues, keep = excluded.keep,
	    gone = h.gone AND h.active AND h.url = excluded.url,
	    failures = CASE WHEN h.active AND h.url = excluded.url
		THEN h.failures ELSE 0 END,
	    failing_since = CASE WHEN h.active AND h.url = excluded.url
		THEN h.failing_since END,
	    paused_until = CASE WHEN h.active AND h.url = excluded.url
		THEN h.paused_until END;
END;
$$;

-- So many at most are counted.
CREATE OR REPLACE FUNCTION desk.hook_waiting(of int)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT count(*) FROM (SELECT FROM desk.hook_notice n
	    WHERE n.hook = of AND n.state IN ('waiting', 'sending')
	    LIMIT 100000) w
$$;

CREATE OR REPLACE FUNCTION desk.hook_oldest(of int)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT n.at FROM desk.hook_notice n
	WHERE n.hook = of AND n.state IN ('waiting', 'sending')
	ORDER BY n.hook, n.give_up LIMIT 1
$$;

CREATE OR REPLACE FUNCTION desk.hook_json(h desk.hook)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'name', (h).name,
	    'state', CASE WHEN (h).gone THEN 'gone'
		WHEN (h).failures > 0 THEN 'failing' ELSE 'ok' END,
	    'waiting', desk.hook_waiting((h).id),
	    'oldest', desk.rfc3339(desk.hook_oldest((h).id)),
	    'offset', (h).last_offset,
	    'said', CASE WHEN (h).failures > 0 THEN (h).said END,
	    'status', (h).status,
	    'failures', nullif((h).failures, 0),
	    'failing_since', desk.rfc3339((h).failing_since),
	    'next_try', CASE WHEN NOT (h).gone
		AND (h).paused_until > now()
		THEN desk.rfc3339((h).paused_until) END,
	    'last_ok', desk.rfc3339((h).last_ok),
	    'replaying', CASE WHEN (h).replay_from IS NOT NULL THEN true END,
	    'url', (h).url))
$$;

-- HOOK.LIST
CREATE OR REPLACE FUNCTION desk.hook_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	RETURN jsonb_build_object('hooks', (SELECT coalesce(jsonb_agg(
	    desk.hook_json(h) ORDER BY h.name), '[]')
	    FROM desk.hook h WHERE h.active));
END;
$$;

-- The hook that args.hook names, locked.
CREATE OR REPLACE FUNCTION desk.hook_lock(caller jsonb, args jsonb)
RETURNS desk.hook
LANGUAGE plpgsql
AS $$
DECLARE
	h	desk.hook;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	SELECT * INTO h FROM desk.hook k
	WHERE k.name = args->>'hook' AND k.active
	FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such hook.',
		    'hook');
	END IF;
	RETURN h;
END;
$$;

-- HOOK.REPLAY: from an offset on, or from the first that happened since then.
CREATE OR REPLACE FUNCTION desk.hook_replay(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	h	desk.hook := desk.hook_lock(caller, args);
	first	bigint := (args->>'offset')::bigint;
	since	timestamptz;
BEGIN
	IF (first IS NULL) = (args->>'since' IS NULL) THEN
		PERFORM desk.refuse('INVALID',
		    'Say from which offset, or since when.', 'offset');
	END IF;
	IF first IS NULL THEN
		BEGIN
			since := (args->>'since')::timestamptz;
		EXCEPTION WHEN data_exception THEN
			PERFORM desk.refuse('INVALID',
			    'A time is like 2026-11-21T08:00:00+07:00.',
			    'since');
		END;
		SELECT min(n."offset") INTO first FROM desk.hook_notice n
		WHERE n.hook = h.id AND n.state IN ('done', 'failed')
		    AND n.at >= since;
	ELSE
		-- What is no longer kept cannot be sent: it is said where it
		-- begins.
		SELECT n."offset" INTO first FROM desk.hook_notice n
		WHERE n.hook = h.id AND n."offset" >= first
		ORDER BY n.hook, n."offset" LIMIT 1;
	END IF;
	IF first IS NULL THEN
		PERFORM desk.refuse('NOTFOUND',
		    'Nothing of that time is kept.', CASE
		    WHEN args ? 'offset' THEN 'offset' ELSE 'since' END);
	END IF;
	UPDATE desk.hook k SET
	    replay_from = least(k.replay_from, first),
	    replay_upto = k.last_offset
	WHERE k.id = h.id;
	PERFORM desk.audit_put(caller, 'hook.replay', h.name, 'done',
	    jsonb_build_object('from', first, 'upto', h.last_offset));
	RETURN jsonb_build_object('hook', h.name, 'from', first,
	    'upto', h.last_offset);
END;
$$;

-- HOOK.RESUME: what was disabled or waits is tried now.
CREATE OR REPLACE FUNCTION desk.hook_resume(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	h	desk.hook := desk.hook_lock(caller, args);
BEGIN
	UPDATE desk.hook k SET gone = false, failures = 0,
	    failing_since = NULL, paused_until = NULL
	WHERE k.id = h.id RETURNING * INTO h;
	UPDATE desk.hook_notice n SET next_try = clock_timestamp()
	WHERE n.hook = h.id AND n.state IN ('waiting', 'sending')
	    AND n.state = 'waiting' AND n.attempts > 0
	    AND n.next_try > clock_timestamp();
	PERFORM desk.audit_put(caller, 'hook.resume', h.name, 'done');
	RETURN desk.hook_json(h);
END;
$$;

-- HOOK.TEST: what the daemon's ping is made of; nothing is kept of it.
CREATE OR REPLACE FUNCTION desk.hook_test(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	h	desk.hook := desk.hook_lock(caller, args);
BEGIN
	RETURN jsonb_strip_nulls(jsonb_build_object('name', h.name,
	    'url', h.url, 'secret_file', h.secret_file, 'ca', h.ca,
	    'allow', h.allow, 'uid', 'msg_' || replace(
		gen_random_uuid()::text, '-', ''),
	    'body', desk.hook_body('ping', now(), NULL,
		jsonb_build_object('hook', h.name)::text)));
END;
$$;

-- For /metrics.
CREATE OR REPLACE FUNCTION desk.hook_stats()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('hooks', count(*),
	    'waiting', coalesce(sum(desk.hook_waiting(h.id)), 0),
	    'oldest', coalesce(floor(extract(epoch FROM now()
		- min(desk.hook_oldest(h.id)))), 0)::bigint,
	    'failing', count(*) FILTER (WHERE h.failures > 0),
	    'gone', count(*) FILTER (WHERE h.gone))
	FROM desk.hook h WHERE h.active
$$;
