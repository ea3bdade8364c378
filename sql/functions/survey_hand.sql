-- Asking by hand: agents in a case, supervisors a list of customers; and a link
-- to give away.

-- A survey of this name that is for these; or the refusal.
CREATE OR REPLACE FUNCTION desk.survey_named(name text, whom text)
RETURNS desk.survey
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	s	desk.survey;
BEGIN
	SELECT * INTO s FROM desk.survey v
	WHERE v.name = survey_named.name AND v.active;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such survey.',
		    'survey');
	ELSIF s.body->>'for' <> whom THEN
		PERFORM desk.refuse('INVALID', format(
		    'This survey is for %s.', s.body->>'for'), 'survey');
	END IF;
	RETURN s;
END;
$$;

-- The case in which a customer is asked who was named without one: his newest
-- that is the desk's own affair.
CREATE OR REPLACE FUNCTION desk.survey_case(whom bigint)
RETURNS bigint
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
	RETURN (SELECT k.id FROM (SELECT t.id, t.kind, t.marks, t.tags
		FROM desk.ticket t WHERE t.customer = whom
		ORDER BY t.id DESC LIMIT 100) k
	    WHERE k.kind IN ('case', 'order')
	    ORDER BY k.kind = 'case' DESC, k.id DESC LIMIT 1);
END;
$$;

-- An invitation made by hand about a case, waiting to go now; one of the same
-- occasion is there already when somebody says the same twice.
CREATE OR REPLACE FUNCTION desk.survey_invited(s desk.survey, t desk.ticket,
    said text, way text)
RETURNS desk.invitation
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.invitation;
BEGIN
	INSERT INTO desk.invitation (survey, occasion, customer, ticket,
	    order_no, queue, agent, channel, segment, touchpoint, lang, via,
	    send_at, expires_at)
	SELECT s.id, said, t.customer, t.id, t.order_no, t.queue,
	    coalesce(t.assignee, 0), t.channel, coalesce(c.segment, ''),
	    coalesce(s.body->>'touchpoint', ''), desk.lang_of(t), way,
	    now(), now() + make_interval(secs => (s.body->>'expires')::int)
	FROM desk.customer c WHERE c.id = t.customer
	ON CONFLICT DO NOTHING;
	SELECT * INTO i FROM desk.invitation v
	WHERE v.survey = s.id AND v.occasion = said FOR UPDATE;
	RETURN i;
END;
$$;

-- How an invitation stands after somebody asked for it: {"ticket","customer",
-- "invitation","state","via","address" or "at"}, with why and words where it
-- does not go.
CREATE OR REPLACE FUNCTION desk.survey_sent_json(of bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('ticket', i.ticket,
	    'customer', i.customer, 'invitation', i.id, 'state', i.state,
	    'via', CASE WHEN i.state <> 'withdrawn' THEN i.via END,
	    'address', CASE WHEN i.state <> 'waiting' THEN (
		SELECT c.address FROM desk.contact c WHERE c.id = i.contact)
		END,
	    'at', desk.rfc3339(CASE WHEN i.state = 'waiting' THEN i.send_at
		ELSE i.sent_at END),
	    'why', i.why, 'words', desk.survey_why(i.why)))
	FROM desk.invitation i WHERE i.id = of
$$;

-- Asks about one case; the answer is survey_sent_json(), also of who may not be
-- asked.  dry: says what would be, and takes it back.
CREATE OR REPLACE FUNCTION desk.survey_one(s desk.survey, t desk.ticket,
    said text, dry boolean)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.invitation;
	answer	jsonb;
BEGIN
	BEGIN
		i := desk.survey_invited(s, t, said, 'mail');
		IF i.state = 'waiting' AND i.send_at <= now() THEN
			PERFORM desk.survey_ask(i);
		END IF;
		answer := desk.survey_sent_json(i.id);
		IF dry THEN
			RAISE EXCEPTION USING ERRCODE = 'DK003';
		END IF;
	EXCEPTION WHEN SQLSTATE 'DK003' THEN
		answer := answer - 'invitation';
	END;
	RETURN answer;
END;
$$;

-- What a caller's own id stands for among invitations: one of each for each
-- case, whatever is repeated.
CREATE OR REPLACE FUNCTION desk.survey_occasion(caller jsonb, args jsonb,
    what text)
RETURNS text
LANGUAGE sql VOLATILE
AS $$
	SELECT 'hand:' || CASE WHEN coalesce(args->>'once', '') = ''
	    THEN gen_random_uuid()::text
	    ELSE encode(sha256(convert_to(concat_ws('/', caller->>'who',
		args->>'once'), 'UTF8')), 'hex') END || '/' || what
$$;

-- The ids of args.customers: "17,18 …", 200 at most.
CREATE OR REPLACE FUNCTION desk.customers_named(named text)
RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	ids	text[] := regexp_split_to_array(btrim(named), ' *[ ,] *');
BEGIN
	IF cardinality(ids) > 200 OR EXISTS (SELECT FROM unnest(ids) n(id)
	    WHERE n.id !~ '^[1-9][0-9]{0,17}$') THEN
		PERFORM desk.refuse('INVALID', 'Customers are named by their '
		    'ids, at most 200.', 'customers');
	END IF;
	RETURN ids::bigint[];
END;
$$;

-- SURVEY.SEND: {survey, ticket | customers | staff, once, dry}; of one case that
-- may not be asked about it is refused with the reason; of several customers, or
-- of our own people, each is told.
CREATE OR REPLACE FUNCTION desk.survey_send(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.survey;
	dry	boolean := coalesce((args->>'dry')::boolean, false);
	ids	bigint[];
	whom	bigint;
	t	desk.ticket;
	asked	jsonb := '[]';
	one	jsonb;
BEGIN
	IF args ? 'staff' THEN
		RETURN desk.staff_send(caller, args);
	END IF;
	s := desk.survey_named(args->>'survey', 'customers');
	IF args ? 'ticket' THEN
		t := desk.ticket_lock(caller, args);
		IF t.kind NOT IN ('case', 'order') THEN
			PERFORM desk.refuse('CONFLICT',
			    'Nobody is asked about such a case.', 'ticket');
		END IF;
		one := desk.survey_one(s, t, desk.survey_occasion(caller, args,
		    'ticket:' || t.id), dry);
		IF one ? 'why' AND NOT dry THEN
			PERFORM desk.refuse('CONFLICT', one->>'words',
			    'ticket');
		END IF;
		RETURN jsonb_build_object('survey', s.name, 'dry', dry,
		    'asked', jsonb_build_array(one));
	ELSIF NOT args ? 'customers' THEN
		PERFORM desk.refuse('INVALID',
		    'Say whom: a ticket, customers or staff.', 'ticket');
	END IF;
	PERFORM desk.must_be(caller, 'supervisor');
	ids := desk.customers_named(args->>'customers');
	FOR whom IN SELECT DISTINCT desk.customer_now(c)
	    FROM unnest(ids) c
	    ORDER BY 1 LOOP
		SELECT * INTO t FROM desk.ticket k
		WHERE k.id = desk.survey_case(whom) FOR UPDATE;
		IF NOT FOUND THEN
			one := jsonb_build_object('customer', whom, 'why',
			    'no_way', 'words', desk.survey_why('no_way'));
		ELSE
			one := desk.survey_one(s, t, desk.survey_occasion(
			    caller, args, 'customer:' || whom), dry);
		END IF;
		asked := asked || one;
	END LOOP;
	PERFORM desk.audit_put(caller, 'survey.send', s.name, 'done',
	    jsonb_build_object('customers', jsonb_array_length(asked),
		'dry', dry));
	RETURN jsonb_build_object('survey', s.name, 'dry', dry,
	    'asked', asked);
END;
$$;

-- SURVEY.LINK: a link to give to the customer of a case, in whatever way.
CREATE OR REPLACE FUNCTION desk.survey_link(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.survey := desk.survey_named(args->>'survey',
		    'customers');
	t	desk.ticket := desk.ticket_lock(caller, args);
	secret	text := desk.case_token();
	i	desk.invitation;
BEGIN
	IF desk.company('url') IS NULL THEN
		PERFORM desk.refuse('CONFLICT', 'The company''s url is not '
		    'set in desk.conf: there is nothing to link to.', '');
	ELSIF t.kind NOT IN ('case', 'order') THEN
		PERFORM desk.refuse('CONFLICT',
		    'Nobody is asked about such a case.', 'ticket');
	END IF;
	i := desk.survey_invited(s, t, desk.survey_occasion(caller, args,
	    'link:' || t.id), 'link');
	IF i.state NOT IN ('waiting', 'sent') THEN
		PERFORM desk.refuse('CONFLICT', 'This link was used.', 'once');
	END IF;
	IF i.state = 'waiting' THEN
		PERFORM desk.measure('invited', s.name, now(), i.queue,
		    i.agent, i.channel, i.segment, i.touchpoint, 1);
	END IF;
	-- Whoever asks again has another link, and the first one ends; he was
	-- asked when he was asked first.
	UPDATE desk.invitation v SET state = 'sent',
	    sent_at = coalesce(v.sent_at, now()),
	    token = sha256(convert_to(secret, 'UTF8')),
	    expires_at = now() + make_interval(
		secs => (s.body->>'expires')::int)
	WHERE v.id = i.id RETURNING * INTO i;
	PERFORM desk.audit_put(caller, 'SURVEY.LINK', t.id::text, 'done',
	    jsonb_build_object('invitation', i.id, 'survey', s.name));
	RETURN jsonb_build_object('invitation', i.id, 'survey', s.name,
	    'ticket', t.id, 'url', desk.survey_url(secret),
	    'expires_at', desk.rfc3339(i.expires_at));
END;
$$;
