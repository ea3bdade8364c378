-- Follow-ups: whom the desk writes to by itself some time after something
-- happened, once for each occasion; whether it goes is decided when its time
-- has come, and its answer comes into a case of its own.

-- What happened to these customers that a follow-up follows upon, each with
-- words that a repeat has again.
CREATE OR REPLACE FUNCTION desk.followup_occasions(body jsonb, whom bigint[])
RETURNS TABLE (customer bigint, occasion text, began_at timestamptz)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	CASE body->>'after'
	WHEN 'delivered' THEN
		RETURN QUERY
		SELECT o.customer, 'order:' || o.order_no || ':delivered',
		    -- A clock that runs ahead must not have it wait for long.
		    least(o.delivered_at, o.told_at)
		FROM desk.customer_order o
		WHERE o.customer = ANY (whom) AND o.delivered_at IS NOT NULL;
	WHEN 'silent' THEN
		RETURN QUERY
		SELECT DISTINCT ON (g.customer) g.customer,
		    'order:' || g.order_no || ':silent', g.at
		FROM desk.orders_good(whom) g
		ORDER BY g.customer, g.at DESC, g.order_no;
	WHEN 'stage' THEN
		RETURN QUERY
		SELECT s.customer, format('stage:%s/%s:%s', s.journey, s.stage,
		    desk.epoch_ms(s.since)), s.since
		FROM desk.customer_stage s
		WHERE s.customer = ANY (whom) AND body->'stages' ? s.stage;
	ELSE
		RETURN QUERY
		SELECT c.customer, 'risk:' || desk.epoch_ms(c.since), c.since
		FROM desk.churn c
		WHERE c.customer = ANY (whom) AND (
		    coalesce(body->'reasons', '[]') = '[]'
		    OR body->'reasons' ?| c.reasons);
	END CASE;
END;
$$;

-- When it is to go: so long after.
CREATE OR REPLACE FUNCTION desk.followup_due_at(body jsonb,
    began_at timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE
AS $$
	SELECT began_at + make_interval(
	    secs => coalesce((body->>'delay')::int, 0))
$$;

-- Notes what these customers are to hear of, each occasion once.  Who is not
-- among the share that is written to is noted too: what came of them says what
-- would have come anyway.
CREATE OR REPLACE FUNCTION desk.followups_look(whom bigint[])
RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
BEGIN
	INSERT INTO desk.followup_sent (followup, occasion, customer, began_at,
	    state, why, send_at, expires_at)
	SELECT f.id, o.occasion, o.customer, o.began_at,
	    CASE WHEN s.chosen THEN 'waiting' ELSE 'withdrawn' END,
	    CASE WHEN NOT s.chosen THEN 'sample' END, d.at,
	    d.at + make_interval(secs => (f.body->>'expires')::int)
	FROM desk.followup f
	CROSS JOIN LATERAL desk.followup_occasions(f.body, whom) o
	JOIN desk.customer c ON c.id = o.customer
	CROSS JOIN LATERAL (SELECT desk.followup_due_at(f.body, o.began_at)
	    AS at) d
	CROSS JOIN LATERAL (SELECT desk.survey_sampled(f.name, o.occasion,
	    (f.body->>'sample')::int) AS chosen) s
	WHERE f.active AND d.at >= f.since
	    AND d.at + make_interval(secs => (f.body->>'expires')::int) > now()
	    AND desk.survey_names(f.body->'segments', c.segment)
	    AND c.erased_at IS NULL AND c.no_followups_at IS NULL
	ORDER BY f.id, o.customer, o.occasion
	ON CONFLICT (followup, occasion) DO NOTHING;
END;
$$;

-- By which way this customer is written to unasked: by mail, to his newest
-- address that is his and reads.  NULL: there is none.
CREATE OR REPLACE FUNCTION desk.followup_whither(u desk.customer,
    OUT channel text, OUT address text)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
	IF desk.company('url') IS NULL
	    OR NOT EXISTS (SELECT FROM desk.served s WHERE s.kind = 'email')
	THEN
		RETURN;
	END IF;
	SELECT c.address INTO address
	FROM (SELECT k.* FROM desk.contact k WHERE k.customer = u.id OFFSET 0) c
	WHERE c.kind = 'email' AND desk.survey_reaches(c.address)
	ORDER BY c.id DESC LIMIT 1;
	channel := CASE WHEN address IS NOT NULL THEN 'mail' END;
END;
$$;

-- Has this address had as many automatic mails today as it may?
CREATE OR REPLACE FUNCTION desk.followup_full(to_address text)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	most	int := (SELECT l.answers FROM desk.limits l);
BEGIN
	RETURN (SELECT count(*) FROM (SELECT FROM desk.outbound o
	    WHERE o.address = to_address
		AND o.purpose IN ('acknowledgement', 'followup')
		AND o.created_at > now() - interval '1 day'
	    LIMIT most) n) >= most;
END;
$$;

-- Why this one is not sent now, as a code; NULL: it may go.
CREATE OR REPLACE FUNCTION desk.followup_why_not(s desk.followup_sent,
    f desk.followup)
RETURNS text
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	u	desk.customer;
	spared	text;
BEGIN
	SELECT * INTO u FROM desk.customer c WHERE c.id = s.customer;
	spared := desk.followup_spared(u);
	RETURN CASE
	    WHEN NOT f.active THEN 'gone'
	    WHEN spared IN ('erased', 'declined', 'no_way') THEN spared
	    WHEN NOT desk.survey_names(f.body->'segments', u.segment)
		THEN 'segment'
	    -- He ordered, or is somewhere else, meanwhile.
	    WHEN f.body->>'after' IN ('silent', 'stage', 'risk')
		AND NOT EXISTS (SELECT FROM desk.followup_occasions(f.body,
		    ARRAY[s.customer]) o WHERE o.occasion = s.occasion)
		THEN CASE f.body->>'after' WHEN 'stage' THEN 'stage'
		    ELSE 'ordered' END
	    WHEN f.body->>'after' <> 'stage' AND EXISTS (
		SELECT FROM desk.orders_good(ARRAY[s.customer]) o
		WHERE o.at > s.began_at AND o.at <= now()
		    AND 'order:' || o.order_no || ':delivered' <> s.occasion)
		THEN 'ordered'
	    WHEN EXISTS (SELECT FROM desk.event e
		WHERE e.customer = s.customer AND e.direction = 'in'
		    AND e.kind IN ('message', 'call') AND e.at > s.began_at
		    AND e.channel <> 'order'
		    AND e.meta->>'automatic' IS DISTINCT FROM 'true')
		THEN 'wrote'
	    WHEN EXISTS (SELECT FROM desk.followup_sent o
		WHERE o.customer = s.customer AND o.id <> s.id
		    AND o.state IN ('sent', 'answered') AND o.sent_at > now()
			- make_interval(secs => (f.body->>'quiet')::int))
		THEN 'quiet'
	    WHEN spared IS NOT NULL THEN spared
	    WHEN desk.followup_full((desk.followup_whither(u)).address)
		THEN 'limits'
	    WHEN NOT EXISTS (SELECT FROM desk.template p
		WHERE p.name = f.body->>'send') THEN 'no_template' END;
END;
$$;

-- The language that a customer was last seen to write.
CREATE OR REPLACE FUNCTION desk.customer_lang(whom bigint)
RETURNS text
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
	RETURN coalesce((SELECT t.lang FROM desk.ticket t
	    WHERE t.customer = whom AND t.lang IN ('vi', 'en')
	    ORDER BY t.id DESC LIMIT 1), desk.company('lang'), 'vi');
END;
$$;

-- The case that a follow-up belongs to: one of its own, over as soon as it is
-- made, so that nobody has it in his list and no report counts it as work.
-- Its answer opens it again, as it does any case that was resolved, with whom
-- the block names or who had this customer's last case in that queue.
CREATE OR REPLACE FUNCTION desk.followup_ticket(s desk.followup_sent,
    f desk.followup, whither_channel text)
RETURNS desk.ticket
LANGUAGE plpgsql
AS $$
DECLARE
	q	desk.queue := desk.queue_named(f.body->>'queue', 'queue');
	has	int := coalesce((SELECT a.id FROM desk.agent a
		    WHERE a.name = f.body->>'agent' AND a.active),
		    desk.agent_again(s.customer, q.id, 31536000));
	t	desk.ticket;
BEGIN
	INSERT INTO desk.ticket (customer, queue, state, channel, tags,
	    assignee, lang, subject, resolved_at, version)
	VALUES (s.customer, q.id, 'resolved', whither_channel, '{followup}',
	    has, desk.customer_lang(s.customer),
	    coalesce(f.body->>'title', f.name), now(), 0)
	RETURNING * INTO t;
	RETURN t;
END;
$$;

-- Sends it: the case, the event of its history and the message on its way, in
-- this transaction with the note that it went.
CREATE OR REPLACE FUNCTION desk.followup_send(s desk.followup_sent,
    f desk.followup)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	told	bigint := nextval('desk.event_id');
	whither	record;
	t	desk.ticket;
	p	desk.template;
	vars	jsonb;
	body	text;
BEGIN
	whither := desk.followup_whither((SELECT c FROM desk.customer c
	    WHERE c.id = s.customer));
	t := desk.followup_ticket(s, f, whither.channel);
	SELECT * INTO p FROM desk.template_in(f.body->>'send', t.lang);
	vars := desk.template_vars(t, NULL, p.lang);
	body := concat_ws(E'\n\n', desk.template_fill(p.body, vars),
	    CASE p.lang WHEN 'en' THEN 'No more messages like this, please:'
	    ELSE 'Anh/chị không muốn nhận thư chăm sóc nữa:' END
	    || E'\n{followup_leave}');
	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, who, subject, text, facts, meta)
	VALUES (told, now(), t.id, t.customer, 'followup', whither.channel,
	    'out', 'desk', desk.template_fill(coalesce(p.subject,
		'[{company}] ' || t.subject), vars), body,
	    '{"automatic":"auto-generated"}',
	    jsonb_build_object('followup', f.name, 'after', f.body->'after'));
	UPDATE desk.ticket k SET preview = desk.cut(
	    regexp_replace(body, '\s+', ' ', 'g'), 200)
	WHERE k.id = t.id;
	PERFORM desk.outbound_put(told, t.id, whither.channel, whither.address,
	    'followup');
	PERFORM desk.outbox_put(t.id, jsonb_build_object('kind', 'event',
	    'event', told, 'channel', whither.channel, 'direction', 'out',
	    'who', 'desk', 'automatic', true));
	UPDATE desk.followup_sent k SET state = 'sent', why = NULL,
	    sent_at = now(), ticket = t.id, event = told
	WHERE k.id = s.id;
END;
$$;

-- Sees to one whose time has come: sends it, lets it be, or puts it off until
-- hours open, a case is over, or it has no use any more.
CREATE OR REPLACE FUNCTION desk.followup_see_to(s desk.followup_sent)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	f	desk.followup;
	code	text;
	opens	timestamptz;
BEGIN
	-- Two of one customer must not pass each other here, nor a survey.
	PERFORM pg_advisory_xact_lock(1145393011, hashint8(s.customer));
	SELECT * INTO f FROM desk.followup k WHERE k.id = s.followup;
	IF s.expires_at <= now() THEN
		code := coalesce(s.why, 'expired');
	ELSE
		code := desk.followup_why_not(s, f);
		IF code IN ('complaint', 'open_case', 'limits') THEN
			UPDATE desk.followup_sent k SET why = code,
			    send_at = least(k.expires_at,
				now() + interval '2 hours')
			WHERE k.id = s.id;
			RETURN;
		END IF;
	END IF;
	IF code IS NOT NULL THEN
		UPDATE desk.followup_sent k SET state = 'withdrawn', why = code
		WHERE k.id = s.id;
		RETURN;
	END IF;
	opens := desk.business_add((SELECT h.id FROM desk.hours h
	    WHERE h.name = f.body->>'hours'), now(), 0);
	IF opens > now() THEN
		UPDATE desk.followup_sent k SET
		    send_at = least(k.expires_at, opens)
		WHERE k.id = s.id;
		RETURN;
	END IF;
	PERFORM desk.followup_send(s, f);
EXCEPTION
WHEN transaction_rollback OR insufficient_resources
    OR operator_intervention OR lock_not_available THEN
	RAISE;
WHEN OTHERS THEN
	-- By our own fault: the others need not wait for it.
	RAISE WARNING 'follow-up %: % %', s.id, SQLSTATE, SQLERRM;
	UPDATE desk.followup_sent k SET send_at = least(k.expires_at,
	    now() + interval '1 hour')
	WHERE k.id = s.id;
END;
$$;

-- Sees to what is due, lim at most, by any daemon; returns how many.
CREATE OR REPLACE FUNCTION desk.followups_due(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	-- A moment, not a function that an index cannot be asked about.
	moment	timestamptz := clock_timestamp();
	mine	desk.followup_sent[] := ARRAY(SELECT v
		    FROM desk.followup_sent v
		    WHERE v.state = 'waiting' AND v.send_at <= moment
		    ORDER BY v.send_at, v.id LIMIT lim
		    FOR UPDATE SKIP LOCKED);
	s	desk.followup_sent;
BEGIN
	-- Customers in their order, since each is locked.
	FOR s IN SELECT * FROM unnest(mine) m ORDER BY m.customer, m.id LOOP
		PERFORM desk.followup_see_to(s);
	END LOOP;
	RETURN cardinality(mine);
END;
$$;

-- In how many ms to look again.
CREATE OR REPLACE FUNCTION desk.followups_next()
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.due_in((SELECT s.send_at FROM desk.followup_sent s
	    WHERE s.state = 'waiting' ORDER BY s.send_at LIMIT 1));
END;
$$;

-- Somebody answered: in the case of the follow-up, or, when that was closed,
-- by one of his own that points at it.
CREATE OR REPLACE FUNCTION desk.followup_answered()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.followup_sent s SET state = 'answered', answered_at = now()
	WHERE s.ticket = CASE TG_OP WHEN 'UPDATE' THEN NEW.id
		ELSE NEW.related END
	    AND s.state = 'sent';
	RETURN NULL;
END;
$$;

-- The mail came back, or could not be sent: nobody was written to.
CREATE OR REPLACE FUNCTION desk.followup_unsent()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.followup_sent s SET state = 'withdrawn', why = NEW.state
	WHERE s.event = NEW.event AND s.state = 'sent';
	RETURN NULL;
END;
$$;

-- Makes this try's way out, and gives what the mail is written of, for
-- outbound_message(); the history keeps the variable, the table a digest.
CREATE OR REPLACE FUNCTION desk.followup_message(o desk.outbound,
    e desk.event)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	secret	text := desk.case_token();
	url	text := desk.company('url') || '/followup/' || secret
		    || '/leave';
BEGIN
	-- An earlier try may have arrived: its way out works, too.
	INSERT INTO desk.followup_try (token, sent)
	SELECT s.token, s.id FROM desk.followup_sent s
	WHERE s.event = e.id AND s.token IS NOT NULL
	ON CONFLICT DO NOTHING;
	UPDATE desk.followup_sent s
	SET token = sha256(convert_to(secret, 'UTF8'))
	WHERE s.event = e.id;
	IF NOT FOUND OR url IS NULL THEN
		RETURN jsonb_build_object('text', replace(e.text,
		    '{followup_leave}', '-'));
	END IF;
	RETURN jsonb_build_object('text', replace(e.text, '{followup_leave}',
	    url), 'leave_url', url);
END;
$$;

-- A customer wants to hear nothing unasked, or does again; what waits for him
-- is let be, and what is on its way goes nowhere.  by: an agent's login, or
-- customer.
CREATE OR REPLACE FUNCTION desk.followups_off(whom bigint, off boolean,
    by text)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.customer c SET
	    no_followups_at = CASE WHEN off
		THEN coalesce(c.no_followups_at, now()) END,
	    no_followups_by = CASE WHEN off
		THEN coalesce(c.no_followups_by, by) END
	WHERE c.id = whom;
	IF off THEN
		UPDATE desk.followup_sent s SET state = 'withdrawn',
		    why = 'declined'
		WHERE s.customer = whom AND s.state = 'waiting';
		UPDATE desk.outbound o SET state = 'withdrawn',
		    settled_at = now(), said = 'He wants none any more.'
		WHERE o.id IN (SELECT k.id FROM desk.followup_sent s
		    JOIN desk.outbound k ON k.event = s.event
		    WHERE s.customer = whom AND k.purpose = 'followup'
			AND k.state IN ('queued', 'deferred')
		    ORDER BY k.id FOR UPDATE OF k SKIP LOCKED);
	END IF;
END;
$$;

-- FOLLOWUP.LEAVE: the way out in a follow-up's mail, which works for ever.
CREATE OR REPLACE FUNCTION desk.followup_left(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	link	bytea := decode(args->>'hash', 'hex');
	whom	bigint := coalesce((SELECT s.customer
		    FROM desk.followup_sent s WHERE s.token = link),
		    (SELECT s.customer FROM desk.followup_try y
		    JOIN desk.followup_sent s ON s.id = y.sent
		    WHERE y.token = link));
BEGIN
	IF whom IS NULL THEN
		RETURN NULL;
	END IF;
	PERFORM desk.followups_off(desk.customer_now(whom), true, 'customer');
	RETURN '{"left":true}';
END;
$$;

-- CUSTOMER.FOLLOWUPS: he said on the telephone that he wants none, or wants
-- them again.
CREATE OR REPLACE FUNCTION desk.customer_followups(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.customer_off(caller, args, 'followups');
END;
$$;

-- What one customer leaves to another with whom he is made one (customer_leave()):
-- who of the two wants nothing speaks for both.
CREATE OR REPLACE FUNCTION desk.retention_leave(source bigint, target bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.followup_sent s SET customer = target
	WHERE s.customer = source;
	DELETE FROM desk.churn c WHERE c.customer = source;
	INSERT INTO desk.retention_todo (customer) VALUES (target);
	UPDATE desk.customer c SET no_followups_at = s.no_followups_at,
	    no_followups_by = s.no_followups_by
	FROM desk.customer s
	WHERE s.id = source AND c.id = target
	    AND s.no_followups_at IS NOT NULL AND c.no_followups_at IS NULL;
END;
$$;

-- What is left of one who was erased: that something went out.
CREATE OR REPLACE FUNCTION desk.retention_erase(whom bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	DELETE FROM desk.retained r WHERE r.customer = whom;
	DELETE FROM desk.churn c WHERE c.customer = whom;
	DELETE FROM desk.followup_try y USING desk.followup_sent s
	WHERE s.customer = whom AND y.sent = s.id;
	UPDATE desk.followup_sent s SET occasion = 'erased:' || s.id,
	    token = NULL,
	    state = CASE s.state WHEN 'waiting' THEN 'withdrawn'
		ELSE s.state END,
	    why = CASE s.state WHEN 'waiting' THEN 'erased' ELSE s.why END
	WHERE s.customer = whom;
END;
$$;
