-- What is on its way to customers.
--
--   queued ─▶ sending ─▶ committing ─▶ sent ─▶ bounced
--     ▲         │  │          └──▶ unknown (nobody knows whether it arrived)
--     │         │  └─▶ failed
--     └─ deferred ◀┘                 queued, deferred ─▶ withdrawn
--
-- A daemon claims what is due under a lease.  Before it lets the last bytes
-- go it has that put on record (committing): only a row that was not let go is
-- ever tried again by itself.  A try is named by its daemon and its number
-- (attempts), so that a daemon which slept through its lease changes nothing.

-- What desk.conf says about outgoing mail, with what holds when it is silent.
CREATE OR REPLACE FUNCTION desk.mail_conf()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT '{"undo_seconds":10,"retry_hours":120,"quote":true}'
	    || coalesce((SELECT c.body->'mail' FROM desk.config c
		ORDER BY c.version DESC LIMIT 1), '{}')
$$;

-- How long an agent's answer waits for him to think again.
CREATE OR REPLACE FUNCTION desk.undo_wait()
RETURNS interval
LANGUAGE sql STABLE
AS $$
	SELECT make_interval(
	    secs => (desk.mail_conf()->>'undo_seconds')::int)
$$;

-- The address that a queue writes from: its own; else one that serves several.
CREATE OR REPLACE FUNCTION desk.queue_address(queue int)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT s.address FROM desk.served s
	WHERE s.kind = 'email'
	ORDER BY s.queue IS NOT DISTINCT FROM queue_address.queue DESC,
	    s.queue IS NULL DESC, s.address
	LIMIT 1
$$;

-- 128 bits that nobody can guess, the ticket, and the queue's domain.
CREATE OR REPLACE FUNCTION desk.message_id_make(ticket bigint)
RETURNS text
LANGUAGE sql VOLATILE
AS $$
	SELECT format('t%s.%s@%s', t.id,
	    encode(substr(sha256(uuid_send(gen_random_uuid())
		|| uuid_send(gen_random_uuid())), 1, 16), 'hex'),
	    coalesce(split_part(desk.queue_address(t.queue), '@', 2),
		'desk.invalid'))
	FROM desk.ticket t WHERE t.id = message_id_make.ticket
$$;

-- Queues one message of ours: the event is written in the same transaction
-- (before or after this).  It is sent once `wait' has passed; chat is not sent
-- from here, its feed does that.  Mail is known by our Message-ID from now on,
-- for the answers to it.  Returns the row's id; a second call for the same
-- event returns the first one's.
CREATE OR REPLACE FUNCTION desk.outbound_put(event bigint, ticket bigint,
    channel text, address text, purpose text, wait interval DEFAULT '0')
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	row_id	bigint;
	mid	text := CASE WHEN channel = 'mail'
		    THEN desk.message_id_make(ticket) END;
	facts	jsonb;
BEGIN
	IF EXISTS (SELECT FROM desk.consult k
	    WHERE k.ticket = outbound_put.ticket) THEN
		PERFORM desk.refuse('CONFLICT', 'What departments ask each '
		    'other is sent to nobody.', 'ticket');
	END IF;
	IF channel = 'social' THEN
		-- By which block of which source it is answered.
		SELECT e.facts || jsonb_build_object('source', concat_ws('/',
		    e.facts->>'source', e.facts->>'of')) INTO facts
		FROM desk.event e
		WHERE e.ticket = outbound_put.ticket AND e.direction = 'in'
		    AND e.channel = 'social' AND e.facts ? 'source'
		ORDER BY e.id DESC LIMIT 1;
	END IF;
	INSERT INTO desk.outbound AS o (event, ticket, channel, address,
	    purpose, state, next_try, message_id, source, reply_id)
	VALUES (outbound_put.event, outbound_put.ticket,
	    outbound_put.channel, outbound_put.address, outbound_put.purpose,
	    CASE WHEN channel = 'chat' THEN 'sent' ELSE 'queued' END,
	    now() + wait, mid, facts->>'source', facts->>'reply_id')
	ON CONFLICT ON CONSTRAINT outbound_event_key DO NOTHING
	RETURNING o.id INTO row_id;
	IF row_id IS NULL THEN
		RETURN (SELECT o.id FROM desk.outbound o
		    WHERE o.event = outbound_put.event);
	END IF;
	IF mid IS NOT NULL THEN
		INSERT INTO desk.message_ref (ref, ticket, event)
		VALUES (mid, outbound_put.ticket, outbound_put.event)
		ON CONFLICT DO NOTHING;
	END IF;
	RETURN row_id;
END;
$$;

-- How a message of ours fares, for those who read the case; NULL when it was
-- never to be sent.
CREATE OR REPLACE FUNCTION desk.delivery_of(event bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('outbound', o.id,
	    'state', o.state, 'channel', o.channel, 'address', o.address,
	    'cc', to_jsonb(o.cc), 'purpose', o.purpose,
	    'attempts', o.attempts, 'status', o.status, 'said', o.said,
	    'next_try', CASE WHEN o.state IN ('queued', 'deferred')
		THEN desk.rfc3339(o.next_try) END,
	    'settled_at', desk.rfc3339(o.settled_at),
	    'message_id', o.message_id))
	FROM desk.outbound o WHERE o.event = delivery_of.event
$$;

-- Tells the feed how a message of ours fares.  alert: somebody must look at
-- it: the case is open again and an answer is owed; of what we wrote unasked
-- (an acknowledgement) nobody is bothered.  A closed case stays closed.
CREATE OR REPLACE FUNCTION desk.outbound_tell(o desk.outbound, alert boolean)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF o.letter IS NOT NULL THEN
		RETURN;
	END IF;
	IF alert AND o.purpose IN ('reply', 'message') THEN
		UPDATE desk.ticket t SET
		    reopens = least(t.reopens
			+ (t.state = 'resolved')::int, 32767),
		    state = CASE WHEN t.state = 'new' THEN 'new'
			ELSE 'open' END,
		    resolved_at = NULL, due_at = now(), touched_at = now(),
		    assignee = CASE WHEN desk.agent_stays(t.assignee)
			THEN t.assignee END,
		    lined_at = CASE WHEN desk.place(t.state, t.assignee)
			= 'wait' THEN t.lined_at ELSE now() END,
		    version = t.version + 1
		WHERE t.id = o.ticket AND t.state <> 'closed';
	END IF;
	PERFORM desk.outbox_put(o.ticket, jsonb_build_object(
	    'kind', 'delivery', 'event', o.event, 'channel', o.channel,
	    'direction', 'out',
	    'delivery', jsonb_strip_nulls(jsonb_build_object(
		'state', o.state, 'said', desk.cut(o.said, 500),
		'attempts', o.attempts, 'alert', nullif(alert, false)))));
END;
$$;

-- Rows whose daemon died, or vanished, after it had let the last bytes go:
-- whether the message arrived nobody knows, so a person decides.  How many.
-- Also what died before that so often that its days are over: it failed.
-- And acknowledgements that could not be sent for so long that they would only
-- puzzle: those are let be.
CREATE OR REPLACE FUNCTION desk.outbound_lapse(n int)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	o	desk.outbound;
	lapsed	int := 0;
	-- A moment, not a function that an index cannot be asked about.
	moment	timestamptz := clock_timestamp();
	too_old	timestamptz := now() - make_interval(
		    hours => (desk.mail_conf()->>'retry_hours')::int);
BEGIN
	FOR o IN
		WITH old AS (
		    SELECT k.id FROM desk.outbound k
		    JOIN desk.ticket t ON t.id = k.ticket
		    WHERE k.state IN ('queued', 'deferred', 'sending',
			    'committing')
			AND (k.state = 'committing' OR k.state = 'sending'
			    AND k.attempts >= 10 AND k.created_at < too_old)
			AND k.next_try < moment
		    ORDER BY k.next_try, k.id LIMIT n
		    FOR UPDATE OF t, k SKIP LOCKED)
		UPDATE desk.outbound k SET settled_at = now(),
		    state = CASE k.state WHEN 'sending' THEN 'failed'
			ELSE 'unknown' END,
		    said = CASE k.state WHEN 'sending' THEN
			'None of the tries to send it came to an end: see the log.'
			ELSE 'The connection ended before the answer came: it may have arrived, or not.'
			END
		FROM old WHERE k.id = old.id
		RETURNING k.*
	LOOP
		PERFORM desk.outbound_tell(o, true);
		lapsed := lapsed + 1;
	END LOOP;
	PERFORM desk.letters_lapse(n, moment, too_old);
	UPDATE desk.outbound k SET state = 'withdrawn', settled_at = now(),
	    said = 'It could not be sent for four hours: too late to be of use.'
	WHERE k.id IN (SELECT a.id FROM desk.outbound a
	    WHERE a.state IN ('queued', 'deferred')
		AND a.purpose = 'acknowledgement'
		AND a.created_at < now() - interval '4 hours'
	    ORDER BY a.created_at LIMIT n
	    FOR UPDATE SKIP LOCKED);
	RETURN lapsed;
END;
$$;

-- Claims at most n messages of these channels that are due, each for two
-- minutes, and gives what is needed to write them.  Those of one case go one
-- after the other, in their order.
CREATE OR REPLACE FUNCTION desk.outbound_claim(daemon text, channels text[],
    n int)
RETURNS TABLE (id bigint, message jsonb)
LANGUAGE plpgsql
-- In the order of the index, from the longest due on, and no more than n.
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
	-- A moment, not a function that an index cannot be asked about.
	moment	timestamptz := clock_timestamp();
BEGIN
	RETURN QUERY
	WITH due AS (
	    SELECT k.id FROM desk.outbound k
	    WHERE k.state IN ('queued', 'deferred', 'sending', 'committing')
		AND k.state <> 'committing'
		AND k.next_try <= moment
		-- One that its daemons die of does not end them all.
		AND (k.state <> 'sending' OR k.attempts < 10 OR k.next_try
		    + desk.outbound_pause(k.attempts) <= moment)
		AND k.channel = ANY (channels)
		-- By its case, whatever the planner thinks of how many wait: by
		-- their state it would read all that wait for each one.
		AND NOT EXISTS (SELECT FROM (SELECT b.channel, b.state
			FROM desk.outbound b
			WHERE b.ticket = k.ticket AND b.id < k.id
			OFFSET 0) b
		    WHERE b.channel = k.channel
			AND b.state IN ('queued', 'sending', 'committing'))
	    ORDER BY k.next_try, k.id
	    LIMIT n
	    FOR UPDATE SKIP LOCKED
	), taken AS (
	    UPDATE desk.outbound k SET state = 'sending',
		lease_by = daemon, attempts = k.attempts + 1,
		next_try = clock_timestamp() + interval '2 minutes'
	    FROM due WHERE k.id = due.id
	    RETURNING k.*
	)
	SELECT t.id, desk.outbound_message(t) FROM taken t ORDER BY t.id;
END;
$$;

-- All that a message is made of; the daemon's compose.c writes it.
CREATE OR REPLACE FUNCTION desk.outbound_message(o desk.outbound)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	e	desk.event;
	t	desk.ticket;
	last	desk.event;	-- of theirs, before this
	conf	jsonb := desk.mail_conf();
	ids	text[];
BEGIN
	IF (o).letter IS NOT NULL THEN
		RETURN desk.letter_message(o);
	END IF;
	SELECT * INTO e FROM desk.event k WHERE k.id = (o).event;
	SELECT * INTO t FROM desk.ticket k WHERE k.id = (o).ticket;
	IF (o).channel = 'mail' THEN
		SELECT * INTO last FROM desk.event k
		WHERE k.ticket = (o).ticket AND k.id < (o).event
		    AND k.channel = 'mail' AND k.direction = 'in'
		    AND k.kind = 'message'
		ORDER BY k.id DESC LIMIT 1;
		ids := desk.mail_ids((o).ticket, (o).event);
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'id', (o).id, 'event', (o).event, 'ticket', (o).ticket,
	    'attempts', (o).attempts, 'channel', (o).channel,
	    'address', (o).address, 'purpose', (o).purpose,
	    'cc', to_jsonb((o).cc), 'message_id', (o).message_id,
	    'source', (o).source, 'reply_id', (o).reply_id,
	    'at', extract(epoch FROM e.at)::bigint,
	    'subject', coalesce(e.subject, t.subject),
	    -- From an address of its own (addresses.sql).
	    'returns', CASE WHEN (o).purpose IN ('survey', 'followup')
		OR e.meta ? 'late' THEN true END,
	    -- An acknowledgement's subject is its own, and no word in it is
	    -- the sender's, not even his name.
	    'answers', last.id IS NOT NULL
		AND (o).purpose NOT IN ('acknowledgement', 'survey',
		    'followup'),
	    'text', desk.case_link_sent(o, e.text), 'lang', t.lang,
	    'from', desk.queue_address(t.queue),
	    'agent', (SELECT a.display FROM desk.agent a
		WHERE a.id = e.agent),
	    'company', (SELECT c.body->'company'->>'name'
		FROM desk.config c ORDER BY c.version DESC LIMIT 1),
	    'to', CASE WHEN (o).purpose NOT IN ('acknowledgement', 'survey',
		    'followup')
		THEN (
		SELECT c.name FROM desk.customer c
		WHERE c.id = t.customer) END,
	    'answered', desk.mail_id(last.external_id),
	    'references', to_jsonb(ids),
	    'signature', CASE WHEN (o).purpose IN ('reply', 'message')
		THEN desk.signature_of(t, e.agent) END,
	    'quoted', CASE WHEN (conf->>'quote')::boolean
		AND (o).purpose = 'reply' AND last.id IS NOT NULL THEN
		jsonb_build_object('head', desk.quote_head(t, last),
		    'text', desk.cut(coalesce(last.own, last.text), 20000))
		END,
	    'attachments', (SELECT jsonb_agg(jsonb_build_object(
		    'name', f.name, 'type', f.media_type, 'size', f.size,
		    'sha256', encode(f.sha256, 'hex')) ORDER BY f.place)
		FROM desk.attachment f WHERE f.event = (o).event)))
	    || CASE WHEN (o).purpose = 'survey' AND (o).channel = 'mail'
		THEN desk.survey_message(o, e.text)
	    WHEN (o).purpose = 'followup'
		THEN desk.followup_message(o, e) ELSE '{}' END;
END;
$$;

-- What stands above a quoted mail: when it was written, and by whom.
CREATE OR REPLACE FUNCTION desk.quote_head(t desk.ticket, said desk.event)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	vi	boolean := desk.lang_of(t) = 'vi';
	zone	text := coalesce((SELECT c.body->'company'->>'timezone'
		    FROM desk.config c ORDER BY c.version DESC LIMIT 1), 'UTC');
BEGIN
	RETURN format(CASE WHEN vi THEN 'Vào %s, %s đã viết:'
	    ELSE 'On %s, %s wrote:' END,
	    to_char(said.at AT TIME ZONE zone, CASE WHEN vi
		THEN 'DD/MM/YYYY HH24:MI' ELSE 'YYYY-MM-DD HH24:MI' END),
	    coalesce(nullif(said.who, ''), '-'));
END;
$$;

-- A mail's external id is its Message-ID and, after a slash, a digest; of one
-- that had none, a digest alone.
CREATE OR REPLACE FUNCTION desk.mail_id(external_id text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT substring(external_id from '^(.*@.*)/[0-9a-f]{32}$')
$$;

-- The Message-IDs of a case's mails before this event, the oldest first: the
-- first one and the newest.
CREATE OR REPLACE FUNCTION desk.mail_ids(ticket bigint, before bigint)
RETURNS text[]
LANGUAGE sql STABLE
AS $$
	WITH said AS (
	    (SELECT k.* FROM desk.event k
	    WHERE k.ticket = mail_ids.ticket AND k.id < before
		AND k.channel = 'mail' AND k.kind = 'message'
	    ORDER BY k.id LIMIT 1)
	    UNION
	    (SELECT k.* FROM desk.event k
	    WHERE k.ticket = mail_ids.ticket AND k.id < before
		AND k.channel = 'mail' AND k.kind = 'message'
	    ORDER BY k.id DESC LIMIT 19)
	)
	SELECT array_agg(x.mid ORDER BY x.id)
	FROM (SELECT s.id, CASE WHEN s.direction = 'out' THEN o.message_id
		ELSE desk.mail_id(s.external_id) END AS mid
	    FROM said s LEFT JOIN desk.outbound o ON o.event = s.id) x
	WHERE x.mid <> ''
$$;

-- The last bytes are about to be let go: on record from here on.  False: the
-- try is no longer this daemon's, nothing may be let go.  Whoever did not hear
-- the answer may ask again.
CREATE OR REPLACE FUNCTION desk.outbound_commit(row_id bigint, daemon text,
    attempt int)
RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.outbound o SET state = 'committing',
	    next_try = clock_timestamp() + interval '2 minutes'
	WHERE o.id = row_id AND o.state IN ('sending', 'committing')
	    AND o.lease_by = daemon AND o.attempts = attempt;
	RETURN FOUND;
END;
$$;

-- The tries that this daemon still has in hand: two minutes more for each.
CREATE OR REPLACE FUNCTION desk.outbound_renew(rows bigint[], daemon text)
RETURNS void
LANGUAGE sql
AS $$
	UPDATE desk.outbound o
	SET next_try = clock_timestamp() + interval '2 minutes'
	WHERE o.id = ANY (rows) AND o.lease_by = daemon
	    AND o.state IN ('sending', 'committing')
$$;

-- This daemon is going, and has let nothing go of these: they are queued again
-- at once, as if the try had not been.
CREATE OR REPLACE FUNCTION desk.outbound_release(rows bigint[], daemon text)
RETURNS void
LANGUAGE sql
AS $$
	UPDATE desk.outbound o SET state = 'queued',
	    attempts = o.attempts - 1, next_try = clock_timestamp()
	WHERE o.id = ANY (rows) AND o.lease_by = daemon
	    AND o.state = 'sending'
$$;

-- How long after its n-th try a message is tried again.
CREATE OR REPLACE FUNCTION desk.outbound_pause(attempts int)
RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT make_interval(mins => CASE
	    WHEN attempts <= 1 THEN 1 WHEN attempts = 2 THEN 5
	    WHEN attempts = 3 THEN 15 WHEN attempts = 4 THEN 30
	    ELSE 60 END)
$$;

-- What came of a try: how is the courier's word, done, later, never or unknown;
-- retry: seconds that the peer asked for, or NULL.  What is settled already
-- stays so; an answer that comes after the lease lapsed is still the answer.
-- The ticket is locked first, as everybody does.
-- RFC 5321 section 4.5.4.1 has us go on trying for four to five days.
CREATE OR REPLACE FUNCTION desk.outbound_settle(row_id bigint, daemon text,
    attempt int, how text, code int, words text, retry int)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	o	desk.outbound;
	tries	interval := make_interval(
		    hours => (desk.mail_conf()->>'retry_hours')::int);
BEGIN
	PERFORM FROM desk.ticket t
	WHERE t.id = (SELECT k.ticket FROM desk.outbound k WHERE k.id = row_id)
	FOR UPDATE;
	SELECT * INTO o FROM desk.outbound k
	WHERE k.id = row_id AND k.lease_by = daemon AND k.attempts = attempt
	    AND k.state IN ('sending', 'committing', 'unknown')
	FOR UPDATE;
	IF NOT FOUND OR o.state = 'unknown' AND how <> 'done' THEN
		RETURN NULL;
	END IF;
	o.state := CASE
	    WHEN how = 'done' THEN 'sent'
	    WHEN how = 'unknown' THEN 'unknown'
	    WHEN how = 'later' AND now() - o.created_at < tries
		THEN 'deferred'
	    ELSE 'failed' END;
	UPDATE desk.outbound k SET state = o.state, status = code,
	    said = desk.cut(words, 1000), settled_at = now(),
	    returned = CASE WHEN o.state = 'failed'
		THEN desk.status_said(code, words) END,
	    next_try = now() + greatest(desk.outbound_pause(attempt),
		make_interval(secs => least(coalesce(retry, 0), 86400)))
	WHERE k.id = row_id
	RETURNING * INTO o;
	-- What a social network says of what it took is its id there.
	IF o.state = 'sent' AND o.channel = 'social' AND o.said <> '' THEN
		PERFORM desk.social_known(o.id,
		    split_part(o.source, '/', 1) || ':' || o.said);
	END IF;
	PERFORM desk.outbound_tell(o, o.state IN ('failed', 'unknown'));
	RETURN o.state;
END;
$$;

-- The message that args.event names, on a ticket that the caller may change;
-- both locked, the ticket first, as everybody does.
CREATE OR REPLACE FUNCTION desk.outbound_lock(caller jsonb, args jsonb)
RETURNS desk.outbound
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
	o	desk.outbound;
BEGIN
	SELECT * INTO o FROM desk.outbound k
	WHERE k.event = (args->>'event')::bigint AND k.ticket = t.id
	FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND',
		    'This ticket has no such message of ours.', 'event');
	END IF;
	RETURN o;
END;
$$;

-- Whether the state that a ticket is in came with a message of ours: in one
-- transaction, which has one time (an answer that resolves, a macro).
CREATE OR REPLACE FUNCTION desk.moved_with(t desk.ticket, message bigint)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT e.meta->>'to' = (t).state
		AND e.at = (SELECT m.at FROM desk.event m
		    WHERE m.ticket = (t).id AND m.id = message)
	    FROM desk.event e
	    WHERE e.ticket = (t).id AND e.id > message AND e.kind = 'state'
	    ORDER BY e.id DESC LIMIT 1), false)
$$;

-- TICKET.UNSEND: only while it lies here.  The history keeps it, withdrawn;
-- an answer is owed again, and a case that it resolved, or let wait, is open.
CREATE OR REPLACE FUNCTION desk.ticket_unsend(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	o	desk.outbound := desk.outbound_lock(caller, args);
	t	desk.ticket;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = o.ticket;
	IF o.state = 'withdrawn' THEN
		RETURN desk.ticket_answer(t, o.event);
	ELSIF o.state NOT IN ('queued', 'deferred') THEN
		PERFORM desk.refuse('CONFLICT', desk.unsend_late(o.state),
		    'event');
	END IF;
	UPDATE desk.outbound k SET state = 'withdrawn', settled_at = now(),
	    said = 'Withdrawn by ' || desk.caller_shown(caller) || '.'
	WHERE k.id = o.id
	RETURNING * INTO o;
	IF t.state IN ('pending', 'resolved')
	    AND desk.moved_with(t, o.event) THEN
		PERFORM desk.ticket_reopen(caller, jsonb_build_object(
		    'ticket', t.id));
		SELECT * INTO t FROM desk.ticket k WHERE k.id = o.ticket;
	END IF;
	IF t.state IN ('new', 'open') AND t.due_at IS NULL THEN
		t.due_at := desk.due_from_now(t);
	END IF;
	PERFORM desk.outbound_tell(o, false);
	PERFORM desk.promises_unsent(t.id, o.event);
	PERFORM desk.asked_unsent(o);
	RETURN desk.ticket_commit(caller, t, jsonb_build_object(
	    'kind', 'unsend', 'meta', jsonb_build_object('message', o.event)));
END;
$$;

-- TICKET.RESEND: by hand, what failed, came back, or nobody knows of; also
-- what waits for its next try.  It goes out as the same mail (Message-ID), so
-- that a mail system which has it already can tell.
CREATE OR REPLACE FUNCTION desk.ticket_resend(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	o	desk.outbound := desk.outbound_lock(caller, args);
	t	desk.ticket;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = o.ticket;
	IF o.state = 'queued' THEN
		RETURN desk.ticket_answer(t, o.event);
	ELSIF o.state IN ('sending', 'committing') THEN
		PERFORM desk.refuse('CONFLICT',
		    'This message is being sent just now.', 'event');
	ELSIF o.state = 'sent' THEN
		PERFORM desk.refuse('CONFLICT',
		    'This message was sent.', 'event');
	END IF;
	PERFORM desk.resend_open(o);
	UPDATE desk.outbound k SET state = 'queued', next_try = now(),
	    created_at = now(), settled_at = now(),
	    message_id = coalesce(k.message_id, CASE
		WHEN k.channel = 'mail' THEN desk.message_id_make(k.ticket)
		END)
	WHERE k.id = o.id
	RETURNING * INTO o;
	INSERT INTO desk.message_ref (ref, ticket, event)
	SELECT o.message_id, o.ticket, o.event
	WHERE o.message_id IS NOT NULL
	ON CONFLICT DO NOTHING;
	PERFORM desk.outbound_tell(o, false);
	RETURN desk.ticket_commit(caller, t, jsonb_build_object(
	    'kind', 'resend', 'meta', jsonb_build_object('message', o.event)));
END;
$$;
