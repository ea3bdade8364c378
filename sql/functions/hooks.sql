-- Web hooks: what other services are told, signed and sent by any daemon.
--
-- A notice is written with the fact itself, once for each hook that wants it
-- (a trigger on the outbox), and is delivered at least once: a daemon claims
-- what is due under a lease, and says what came of it together with its next
-- claim.  A receiver drops repeats by webhook-id (uid), which never changes.
-- Of one case a hook is told in order: a notice waits while an earlier one of
-- the same case does.  All that is claimed and settled for a hook is done
-- under its row's lock, so that daemons side by side cannot pass each other;
-- hooks are locked in the order of their ids.
--
-- A notice that fails waits longer each time, and a hook that only fails is
-- paused as a whole and then tried with one notice at a time, so that a
-- receiver who comes back is not met by everybody at once.

-- Does this hook want that?  Not named, the kinds that only pages need, and
-- notices about no case, are not sent.
CREATE OR REPLACE FUNCTION desk.hook_wants(h desk.hook, kind text, queue text,
    ticket bigint)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN (h).notices IS NULL
	    THEN ticket IS NOT NULL AND kind NOT IN ('seen', 'gone', 'back')
	    ELSE kind = ANY ((h).notices) END
	    AND ((h).queues IS NULL OR coalesce(queue = ANY ((h).queues), false))
$$;

-- On the outbox: the notices that were just written, for every hook that wants
-- them; as the feed has them.
CREATE OR REPLACE FUNCTION desk.hook_note()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM desk.hook h WHERE h.active) THEN
		RETURN NULL;
	END IF;
	INSERT INTO desk.hook_notice (hook, ticket, kind, data)
	SELECT h.id, n.ticket, n.kind, n.data
	FROM (
	    SELECT f.id, f.ticket, f.feed->>'kind' AS kind,
		f.feed->>'queue' AS queue, f.feed::text AS data
	    FROM fresh f WHERE f.feed IS NOT NULL
	    UNION ALL
	    SELECT f.id, f.ticket, k.kind, q.name,
		desk.event_notice(e.id, t, q.name, a.name, e.channel,
		    e.direction, e.who, e.text, k.kind)
	    FROM fresh f
	    JOIN desk.event e ON e.id = f.event
	    JOIN desk.ticket t ON t.id = f.ticket
	    JOIN desk.queue q ON q.id = t.queue
	    LEFT JOIN desk.agent a ON a.id = t.assignee
	    CROSS JOIN LATERAL (SELECT CASE WHEN e.why ? 'bounced'
		THEN 'bounce' ELSE 'event' END) k(kind)
	    WHERE f.feed IS NULL
	) n
	JOIN desk.hook h ON h.active
	    AND desk.hook_wants(h, n.kind, n.queue, n.ticket)
	ORDER BY n.id, h.id;
	RETURN NULL;
END;
$$;

-- How long after its n-th try a notice is tried again.
CREATE OR REPLACE FUNCTION desk.hook_pause(attempts int)
RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE
	    WHEN attempts <= 1 THEN interval '5 seconds'
	    WHEN attempts = 2 THEN interval '30 seconds'
	    WHEN attempts = 3 THEN interval '2 minutes'
	    WHEN attempts = 4 THEN interval '10 minutes'
	    ELSE interval '1 hour' END
$$;

-- What is signed and sent.
CREATE OR REPLACE FUNCTION desk.hook_body(kind text, at timestamptz,
    place bigint, data text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT concat('{"type":', to_json(kind),
	    ',"timestamp":', to_json(desk.rfc3339(at)),
	    ',"offset":' || place, ',"data":', data, '}')
$$;

-- Lets the next notice of the same case go: what stood before it is settled.
CREATE OR REPLACE FUNCTION desk.hook_next(n desk.hook_notice)
RETURNS void
LANGUAGE sql
AS $$
	UPDATE desk.hook_notice w SET next_try = clock_timestamp()
	WHERE w.id = (SELECT k.id FROM desk.hook_notice k
		WHERE k.ticket = (n).ticket AND k.hook = (n).hook
		    AND k.id > (n).id AND k.state IN ('waiting', 'sending')
		ORDER BY k.ticket, k.hook, k.id LIMIT 1)
	    AND w.state = 'waiting' AND w.attempts = 0
$$;

-- What came of one try: {"id","attempt","how":"done|later|gone","status",
-- "said","retry"}.  The hook's row is locked.  That it arrived counts whoever
-- says so and however late; that it did not, only of the try in hand.
CREATE OR REPLACE FUNCTION desk.hook_settle(daemon text, r jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	n	desk.hook_notice;
	retry	interval := make_interval(
		    secs => least(coalesce((r->>'retry')::int, 0), 86400));
	words	text := desk.cut(r->>'said', 500);
BEGIN
	SELECT * INTO n FROM desk.hook_notice k
	WHERE k.id = (r->>'id')::bigint AND k.state IN ('waiting', 'sending')
	FOR UPDATE;
	IF NOT FOUND OR r->>'how' <> 'done' AND (n.state <> 'sending'
	    OR n.lease_by <> daemon OR n.attempts <> (r->>'attempt')::int) THEN
		RETURN;
	END IF;
	UPDATE desk.hook_notice k SET
	    state = CASE r->>'how' WHEN 'done' THEN 'done' ELSE 'waiting' END,
	    status = (r->>'status')::int, said = words, lease_by = NULL,
	    next_try = clock_timestamp() + CASE r->>'how' WHEN 'later'
		THEN greatest(desk.hook_pause(n.attempts), retry)
		ELSE interval '0' END
	WHERE k.id = n.id;
	IF r->>'how' = 'done' THEN
		UPDATE desk.hook h SET failures = 0, failing_since = NULL,
		    status = (r->>'status')::int, last_ok = clock_timestamp()
		WHERE h.id = n.hook;
		PERFORM desk.hook_next(n);
		RETURN;
	END IF;
	UPDATE desk.hook h SET failures = h.failures + 1,
	    failing_since = coalesce(h.failing_since, clock_timestamp()),
	    status = (r->>'status')::int, said = words,
	    paused_until = greatest(h.paused_until, clock_timestamp() + CASE
		WHEN retry > '0' THEN retry
		WHEN h.failures >= 2 THEN desk.hook_pause(h.failures - 1)
		END)
	WHERE h.id = n.hook;
	IF r->>'how' = 'gone' THEN
		PERFORM desk.hook_disable(n.hook, words);
	END IF;
END;
$$;

-- The receiver wants no more of them (410).  What waits is kept.
CREATE OR REPLACE FUNCTION desk.hook_disable(of int, words text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	called	text;
BEGIN
	UPDATE desk.hook h SET gone = true WHERE h.id = of AND NOT h.gone
	RETURNING h.name INTO called;
	IF called IS NULL THEN
		RETURN;
	END IF;
	PERFORM desk.audit_put('{"who":"desk","role":"desk"}', 'hook.gone',
	    called, 'done', jsonb_build_object('said', words));
	PERFORM desk.outbox_put(NULL, jsonb_build_object('kind', 'hook',
	    'hook', called, 'state', 'gone', 'said', words));
END;
$$;

-- Of a hook that is to be sent again, the next notices become due, in order.
-- The hook's row is locked.
CREATE OR REPLACE FUNCTION desk.hook_rewind(h desk.hook)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	reached	bigint;
BEGIN
	WITH part AS (
	    SELECT k.id, k."offset" FROM desk.hook_notice k
	    WHERE k.hook = (h).id AND k."offset" >= (h).replay_from
		AND k."offset" <= (h).replay_upto
	    ORDER BY k."offset" LIMIT 200
	), again AS (
	    UPDATE desk.hook_notice k SET state = 'waiting', attempts = 0,
		next_try = clock_timestamp(), lease_by = NULL,
		give_up = clock_timestamp() + interval '3 days'
	    FROM part WHERE k.id = part.id AND k.state IN ('done', 'failed')
	)
	SELECT max(p."offset") INTO reached FROM part p;
	UPDATE desk.hook k SET
	    replay_from = CASE WHEN reached < k.replay_upto
		THEN reached + 1 END,
	    replay_upto = CASE WHEN reached < k.replay_upto
		THEN k.replay_upto END
	WHERE k.id = (h).id;
END;
$$;

-- Claims at most room notices of this hook, whose row is locked, for a minute.
-- Those that stand behind another one of their case are put off; settling that
-- one brings them back.  While it only fails, one at a time is tried.
CREATE OR REPLACE FUNCTION desk.hook_claim(h desk.hook, daemon text, room int)
RETURNS SETOF desk.hook_notice
LANGUAGE plpgsql
AS $$
DECLARE
	due	bigint[];
	behind	bigint[];
	n	desk.hook_notice;
	place	bigint := (h).last_offset;
	-- Once: what changes from row to row, no index can be asked for.
	moment	timestamptz := clock_timestamp();
	lapse	timestamptz := moment + interval '1 minute';
BEGIN
	room := least(room, CASE WHEN (h).failures > 0 THEN 1 ELSE 4 END
	    - (SELECT count(*)::int FROM (SELECT k.next_try
		FROM desk.hook_notice k
		WHERE k.hook = (h).id AND k.state = 'sending' OFFSET 0) f
		WHERE f.next_try > moment));
	IF room <= 0 THEN
		RETURN;
	END IF;
	SELECT array_agg(d.id ORDER BY d.id) FILTER (WHERE NOT d.behind),
	    array_agg(d.id) FILTER (WHERE d.behind)
	INTO due, behind
	FROM (SELECT k.id, coalesce((SELECT b.id FROM desk.hook_notice b
		WHERE b.ticket = k.ticket AND b.hook = (h).id
		    AND b.state IN ('waiting', 'sending')
		ORDER BY b.ticket, b.hook, b.id LIMIT 1) < k.id, false) AS behind
	    FROM (SELECT u.id, u.ticket FROM desk.hook_notice u
		WHERE u.hook = (h).id AND u.state IN ('waiting', 'sending')
		    AND u.next_try <= moment
		ORDER BY u.hook, u.next_try, u.id LIMIT 64) k OFFSET 0) d;
	UPDATE desk.hook_notice k
	SET next_try = lapse
	WHERE k.id = ANY (behind);
	FOR n IN SELECT * FROM desk.hook_notice k
	    WHERE k.id = ANY (due[1:room]) ORDER BY k.id FOR UPDATE LOOP
		IF n."offset" IS NULL THEN
			place := place + 1;
			n."offset" := place;
		END IF;
		UPDATE desk.hook_notice k SET state = 'sending',
		    lease_by = daemon, attempts = k.attempts + 1,
		    "offset" = n."offset",
		    next_try = lapse
		WHERE k.id = n.id
		RETURNING * INTO n;
		RETURN NEXT n;
	END LOOP;
	UPDATE desk.hook k SET last_offset = place
	WHERE k.id = (h).id AND k.last_offset <> place;
END;
$$;

-- Settles what a daemon learned of its tries (hook_settle() says of what they
-- are made; each also has "hook"), and claims at most room more, as JSON: all
-- that a post is made of.
CREATE OR REPLACE FUNCTION desk.hook_work(daemon text, results jsonb, room int)
RETURNS jsonb
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
	ids	int[];
	h	desk.hook;
	n	desk.hook_notice;
	taken	jsonb := '[]';
	moment	timestamptz := clock_timestamp();
BEGIN
	ids := ARRAY(SELECT k.id FROM desk.hook k
	    WHERE k.id IN (SELECT (r->>'hook')::int
		    FROM jsonb_array_elements(results) r)
		OR room > 0 AND k.active AND NOT k.gone
		    AND coalesce(k.paused_until <= clock_timestamp(), true)
		    AND (k.replay_from IS NOT NULL OR (
			SELECT w.next_try FROM desk.hook_notice w
			WHERE w.hook = k.id
			    AND w.state IN ('waiting', 'sending')
			ORDER BY w.hook, w.next_try, w.id LIMIT 1) <= moment));
	IF ids = '{}' THEN
		RETURN taken;
	END IF;
	PERFORM FROM desk.hook k WHERE k.id = ANY (ids) ORDER BY k.id FOR UPDATE;
	PERFORM desk.hook_settle(daemon, r)
	FROM jsonb_array_elements(results) r;
	-- Whoever is first takes most: it is another one each time.
	FOR h IN SELECT * FROM desk.hook k WHERE k.id = ANY (ids)
	    AND k.active AND NOT k.gone
	    AND coalesce(k.paused_until <= clock_timestamp(), true)
	    ORDER BY random() LOOP
		IF h.replay_from IS NOT NULL THEN
			PERFORM desk.hook_rewind(h);
		END IF;
		FOR n IN SELECT * FROM desk.hook_claim(h, daemon, room) LOOP
			room := room - 1;
			taken := taken || jsonb_strip_nulls(jsonb_build_object(
			    'id', n.id, 'hook', h.id, 'name', h.name,
			    'attempt', n.attempts, 'url', h.url,
			    'secret_file', h.secret_file, 'ca', h.ca,
			    'allow', h.allow,
			    'uid', 'msg_' || replace(n.uid::text, '-', ''),
			    'body', desk.hook_body(n.kind, n.at, n."offset",
				n.data)));
		END LOOP;
	END LOOP;
	RETURN taken;
END;
$$;

-- By the clock, lim rows of each hook at most: what nobody took for three days
-- is given up (it can be sent again while it is kept), what is old goes, and
-- all of a hook that is no longer in desk.conf.  How many rows.
CREATE OR REPLACE FUNCTION desk.hook_sweep(lim int)
RETURNS int
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
	h	desk.hook;
	n	desk.hook_notice;
	rows	int := 0;
	went	int;
	place	bigint;
BEGIN
	FOR h IN SELECT * FROM desk.hook k ORDER BY k.id
	    FOR UPDATE SKIP LOCKED LOOP
		place := h.last_offset;
		FOR n IN SELECT * FROM desk.hook_notice k
		    WHERE k.hook = h.id AND k.state IN ('waiting', 'sending')
			AND k.give_up < now()
			AND (k.state = 'waiting'
			    OR k.next_try < clock_timestamp())
		    ORDER BY k.hook, k.give_up LIMIT lim FOR UPDATE LOOP
			IF n."offset" IS NULL THEN
				place := place + 1;
				n."offset" := place;
			END IF;
			UPDATE desk.hook_notice k SET state = 'failed',
			    lease_by = NULL, "offset" = n."offset"
			WHERE k.id = n.id;
			PERFORM desk.hook_next(n);
			rows := rows + 1;
		END LOOP;
		UPDATE desk.hook k SET last_offset = place
		WHERE k.id = h.id AND k.last_offset <> place;
		DELETE FROM desk.hook_notice k WHERE k.id IN (
		    SELECT o.id FROM desk.hook_notice o
		    WHERE o.hook = h.id AND o.state IN ('done', 'failed')
			AND o.at <= now() - CASE WHEN h.active THEN h.keep
			    ELSE interval '0' END
		    ORDER BY o.hook, o.at LIMIT lim);
		GET DIAGNOSTICS went = ROW_COUNT;
		rows := rows + went;
		IF NOT h.active THEN
			DELETE FROM desk.hook_notice k WHERE k.id IN (
			    SELECT o.id FROM desk.hook_notice o
			    WHERE o.hook = h.id
				AND o.state IN ('waiting', 'sending')
			    ORDER BY o.hook, o.next_try, o.id LIMIT lim);
			GET DIAGNOSTICS went = ROW_COUNT;
			rows := rows + went;
		END IF;
	END LOOP;
	RETURN rows;
END;
$$;

-- Of these cases, whose customer is erased: hooks are still told that
-- something happened, and of nobody's name or words.
CREATE OR REPLACE FUNCTION desk.hook_erase(tickets bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	DELETE FROM desk.hook_notice n
	WHERE n.ticket = ANY (tickets) AND n.state IN ('done', 'failed');
	UPDATE desk.hook_notice n SET data = (SELECT jsonb_object_agg(m.key,
		m.value) FROM jsonb_each(n.data::jsonb) m
	    WHERE m.key IN ('kind', 'ticket', 'number', 'queue', 'event',
		'channel', 'direction', 'assignee', 'state'))::text
	WHERE n.ticket = ANY (tickets) AND n.state IN ('waiting', 'sending');
END;
$$;
