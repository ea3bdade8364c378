-- Asking those who were invited: whether they may be asked, by which way, and
-- the question as an event of the case's history and a message on its way.

-- Why somebody is not asked, in words for people.
CREATE OR REPLACE FUNCTION desk.survey_why(code text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE code
	    WHEN 'declined' THEN 'This customer wants no surveys.'
	    WHEN 'quiet' THEN 'This customer was asked not long ago.'
	    WHEN 'no_way' THEN 'There is no address to ask this customer at: '
		'a chat that goes on, or mail and the company''s url.'
	    WHEN 'erased' THEN 'This customer''s data was erased.'
	    WHEN 'merged' THEN 'The case became a part of another one.'
	    WHEN 'reopened' THEN 'The case was opened again.'
	    WHEN 'incident' THEN 'The case ended with its incident.'
	    WHEN 'spared' THEN 'Nobody is asked about such a case.'
	    WHEN 'gone' THEN 'There is no such survey any more.'
	    WHEN 'failed' THEN 'The mail could not be sent.'
	    WHEN 'bounced' THEN 'The mail came back.'
	    WHEN 'unsent' THEN 'The mail was taken back before it went.'
	    ELSE code END
$$;

-- Why one of us is not asked, in words for people.
CREATE OR REPLACE FUNCTION desk.staff_why(code text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE code
	    WHEN 'declined' THEN 'This agent wants no surveys.'
	    WHEN 'quiet' THEN 'This agent was asked not long ago.'
	    WHEN 'no_way' THEN 'There is no way to this agent: it takes his '
		'address, an address of the desk''s and the company''s url.'
	    WHEN 'left' THEN 'This agent has left.'
	    ELSE desk.survey_why(code) END
$$;

-- May mail that nobody asked for go to this address?
CREATE OR REPLACE FUNCTION desk.survey_reaches(to_address text)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN to_address IS NOT NULL AND NOT desk.reads_nothing(to_address)
	    AND NOT EXISTS (SELECT FROM desk.served s WHERE s.kind = 'email'
		AND s.address = to_address)
	    AND NOT EXISTS (SELECT FROM desk.contact c WHERE c.kind = 'email'
		AND c.address = to_address AND c.flags <> '{}')
	    AND NOT desk.address_dead(to_address);
END;
$$;

-- By which way an invitation goes: the chat while its visitor is there, else
-- mail, to whom answers of the case go, or to the customer's newest address
-- that is proved to be his.  NULL: there is none.
CREATE OR REPLACE FUNCTION desk.survey_whither(i desk.invitation, body jsonb,
    t desk.ticket, OUT via text, OUT address text)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	answers	record;
BEGIN
	IF desk.survey_names(body->'via', 'chat') AND EXISTS (
	    SELECT FROM desk.conversation v
	    WHERE v.id = t.conversation AND v.ticket = t.id
		AND v.ended_at IS NULL AND v.gone_at IS NULL
		AND NOT v.by_mail) THEN
		via := 'chat';
		address := t.conversation;
		RETURN;
	END IF;
	IF NOT desk.survey_names(body->'via', 'mail')
	    OR desk.company('url') IS NULL
	    OR desk.queue_address(t.queue) IS NULL THEN
		RETURN;
	END IF;
	answers := desk.answer_to(t);
	IF answers.channel = 'mail' AND t.kind = 'case'
	    AND desk.survey_reaches(answers.address) THEN
		address := answers.address;
	ELSE
		-- By the customer, and no other way.
		SELECT c.address INTO address
		FROM (SELECT k.* FROM desk.contact k
		    WHERE k.customer = i.customer OFFSET 0) c
		WHERE c.kind = 'email' AND desk.survey_reaches(c.address)
		ORDER BY c.id DESC LIMIT 1;
	END IF;
	via := CASE WHEN address IS NOT NULL THEN 'mail' END;
END;
$$;

-- Was this customer asked anything within the survey's quiet time?  By mail or
-- in a chat: forms and links that were asked for tire nobody.
CREATE OR REPLACE FUNCTION desk.survey_quiet(whom bigint, quiet int,
    besides bigint)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM desk.invitation o
	    WHERE o.customer = whom AND o.id <> besides
		AND o.via IN ('mail', 'chat')
		AND o.state IN ('sent', 'answered', 'expired')
		AND o.sent_at > now() - make_interval(secs => quiet));
END;
$$;

-- Why this invitation may not go now, as a code; NULL: it may.
CREATE OR REPLACE FUNCTION desk.survey_why_not(i desk.invitation,
    s desk.survey, t desk.ticket)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	u	desk.customer;
BEGIN
	SELECT * INTO u FROM desk.customer c WHERE c.id = i.customer;
	IF NOT s.active THEN
		RETURN 'gone';
	ELSIF u.id IS NULL OR u.erased_at IS NOT NULL THEN
		RETURN 'erased';
	ELSIF u.no_surveys_at IS NOT NULL THEN
		RETURN 'declined';
	ELSIF i.occasion LIKE 'ticket:%' AND EXISTS (SELECT FROM desk.merged m
	    WHERE m.ticket = split_part(i.occasion, ':', 2)::bigint) THEN
		RETURN 'merged';
	ELSIF i.occasion LIKE 'ticket:%' AND desk.survey_spares(t) THEN
		RETURN 'spared';
	ELSIF i.occasion LIKE 'ticket:%' AND EXISTS (
	    SELECT FROM desk.incident_case c
	    WHERE c.ticket = t.id AND c.over_at = t.resolved_at) THEN
		RETURN 'incident';
	ELSIF desk.survey_quiet(i.customer, (s.body->>'quiet')::int, i.id) THEN
		RETURN 'quiet';
	ELSIF (desk.survey_whither(i, s.body, t)).via IS NULL THEN
		RETURN 'no_way';
	END IF;
	RETURN NULL;
END;
$$;

-- The first question with its variables; of them all but his name, which may be
-- anything that a stranger wrote.
CREATE OR REPLACE FUNCTION desk.survey_question(i desk.invitation, q jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN desk.template_fill(desk.question_words(q, i.lang,
	    i.staff IS NOT NULL),
	    desk.survey_vars(i, i.lang) - 'customer');
END;
$$;

-- What is written: {"subject","text"}; the link and the way out of it stand as
-- variables, which are filled as the message goes out.
CREATE OR REPLACE FUNCTION desk.survey_letter(i desk.invitation,
    s desk.survey, again boolean)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	vi	CONSTANT boolean := i.lang <> 'en';
	about	text := CASE
		    WHEN i.order_no IS NOT NULL AND i.occasion LIKE 'order:%'
		    THEN CASE WHEN vi THEN ' về đơn ' ELSE ' about order ' END
			|| i.order_no
		    ELSE coalesce(CASE WHEN vi THEN ' về hồ sơ #'
			ELSE ' about case #' END || (SELECT t.number
			FROM desk.ticket t WHERE t.id = i.ticket
			    AND t.kind = 'case'), '') END;
BEGIN
	RETURN jsonb_build_object(
	    'subject', concat('[' || desk.company('name') || '] ', CASE
		WHEN vi AND again THEN 'Nhắc anh/chị: một câu hỏi'
		WHEN vi THEN 'Một câu hỏi'
		WHEN again THEN 'Once more: one question'
		ELSE 'One question' END, about),
	    'text', concat_ws(E'\n\n',
		CASE WHEN vi THEN 'Dạ em chào anh/chị,' ELSE 'Hello,' END,
		desk.survey_question(i, s.body->'questions'->0),
		CASE WHEN vi THEN 'Anh/chị trả lời tại đây ạ, một chạm là đủ:'
		ELSE 'One tap is enough:' END || E'\n{survey_link}',
		CASE WHEN vi THEN
		    'Liên kết này chỉ dùng cho anh/chị, một lần.'
		ELSE 'This link is for you alone, and works once.' END,
		CASE WHEN vi THEN 'Không nhận khảo sát nữa:'
		ELSE 'No more surveys, please:' END || E'\n{survey_leave}'));
END;
$$;

-- The question in a chat.  Its link is made when its visitor reads it, and
-- stands neither in the history nor in what others are told of it.
CREATE OR REPLACE FUNCTION desk.survey_say(i desk.invitation, s desk.survey,
    told bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	hash	bytea := sha256(convert_to(desk.survey_secret(i.id), 'UTF8'));
	said	text := desk.survey_question(i, s.body->'questions'->0);
	shown	jsonb := jsonb_build_object('invitation', i.id,
		    'survey', s.name, 'kind', s.body->'questions'->0->'kind',
		    'words', said);
BEGIN
	UPDATE desk.invitation v SET token = hash WHERE v.id = i.id;
	INSERT INTO desk.invitation_message (event, invitation, token)
	VALUES (told, i.id, hash);
	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, who, text, facts, meta)
	SELECT told, now(), t.id, t.customer, 'acknowledgement', 'chat', 'out',
	    'desk', said, '{"automatic":"auto-generated"}',
	    jsonb_build_object('survey', shown)
	FROM desk.ticket t WHERE t.id = i.ticket;
	PERFORM desk.outbound_put(told, i.ticket, 'chat',
	    (SELECT t.conversation::text FROM desk.ticket t
		WHERE t.id = i.ticket), 'survey');
	PERFORM desk.outbox_put(i.ticket, jsonb_build_object('kind', 'event',
	    'event', told, 'channel', 'chat', 'direction', 'out',
	    'who', 'desk', 'text', desk.cut(said, 4000), 'automatic', true,
	    'survey', shown));
END;
$$;

-- The question as a mail; again: the reminder.
CREATE OR REPLACE FUNCTION desk.survey_mail(i desk.invitation, s desk.survey,
    to_address text, told bigint, again boolean)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	letter	jsonb := desk.survey_letter(i, s, again);
BEGIN
	INSERT INTO desk.invitation_message (event, invitation)
	VALUES (told, i.id);
	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, who, subject, text, facts, meta)
	SELECT told, now(), t.id, t.customer, 'survey', 'mail', 'out', 'desk',
	    letter->>'subject', letter->>'text',
	    '{"automatic":"auto-generated"}', jsonb_build_object('survey',
		s.name, 'invitation', i.id, 'again', again)
	FROM desk.ticket t WHERE t.id = i.ticket;
	PERFORM desk.outbound_put(told, i.ticket, 'mail', to_address,
	    'survey');
	PERFORM desk.outbox_put(i.ticket, jsonb_build_object('kind', 'event',
	    'event', told, 'channel', 'mail', 'direction', 'out',
	    'who', 'desk', 'automatic', true));
END;
$$;

-- When one may be asked from now on: in the survey's hours; one of us, where it
-- has none, in those that he works.
CREATE OR REPLACE FUNCTION desk.survey_opens(i desk.invitation,
    s desk.survey)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN desk.business_add(coalesce(
	    (SELECT h.id FROM desk.hours h WHERE h.name = s.body->>'hours'),
	    (SELECT a.schedule FROM desk.agent a WHERE a.id = i.staff)),
	    now(), 0);
END;
$$;

-- Asks: the invitation and its case are locked.  What may not go is withdrawn,
-- and says why; what may not go yet waits for its hours.
CREATE OR REPLACE FUNCTION desk.survey_ask(i desk.invitation)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	told	bigint := nextval('desk.event_id');
	s	desk.survey;
	t	desk.ticket;
	code	text;
	opens	timestamptz;
	whither	record;
BEGIN
	SELECT * INTO s FROM desk.survey v WHERE v.id = i.survey;
	SELECT * INTO t FROM desk.ticket k WHERE k.id = i.ticket;
	-- Two questions to one person must not pass each other here.
	IF i.staff IS NULL THEN
		PERFORM pg_advisory_xact_lock(1145393011,
		    hashint8(i.customer));
		code := desk.survey_why_not(i, s, t);
	ELSE
		PERFORM pg_advisory_xact_lock(1145393012, i.staff);
		code := desk.staff_why_not(i, s);
	END IF;
	IF code IS NOT NULL THEN
		UPDATE desk.invitation v SET state = 'withdrawn', why = code
		WHERE v.id = i.id;
		RETURN;
	END IF;
	opens := desk.survey_opens(i, s);
	IF opens > now() THEN
		-- (A long holiday must not let it expire before it goes.)
		UPDATE desk.invitation v SET send_at = opens,
		    expires_at = greatest(v.expires_at, opens
			+ make_interval(secs => (s.body->>'expires')::int))
		WHERE v.id = i.id;
		RETURN;
	END IF;
	IF i.staff IS NULL THEN
		whither := desk.survey_whither(i, s.body, t);
	ELSE
		SELECT 'mail' AS via, NULL::text AS address INTO whither;
	END IF;
	UPDATE desk.invitation v SET state = 'sent', sent_at = now(),
	    via = whither.via,
	    contact = CASE WHEN whither.via = 'mail' THEN (
		SELECT c.id FROM desk.contact c WHERE c.kind = 'email'
		    AND c.address = whither.address) END,
	    remind_at = now() + make_interval(
		secs => (s.body->>'remind')::int),
	    expires_at = now() + make_interval(
		secs => (s.body->>'expires')::int)
	WHERE v.id = i.id
	RETURNING * INTO i;
	IF i.staff IS NOT NULL THEN
		PERFORM desk.staff_letter(i, s, false);
	ELSIF i.via = 'chat' THEN
		PERFORM desk.survey_say(i, s, told);
	ELSE
		PERFORM desk.survey_mail(i, s, whither.address, told, false);
	END IF;
	PERFORM desk.measure('invited', s.name, i.sent_at, i.queue, i.agent,
	    i.channel, i.segment, i.touchpoint, 1);
END;
$$;

-- To where one is reminded, if that still is his and he still may be asked; NULL:
-- he is let be.
CREATE OR REPLACE FUNCTION desk.survey_reminds(i desk.invitation)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF i.staff IS NOT NULL THEN
		RETURN (SELECT desk.staff_address(a.id) FROM desk.agent a
		    WHERE a.id = i.staff AND a.active
			AND a.no_surveys_at IS NULL);
	END IF;
	RETURN (SELECT c.address FROM desk.contact c
	    JOIN desk.customer u ON u.id = c.customer
	    WHERE c.id = i.contact AND c.customer = i.customer
		AND u.erased_at IS NULL AND u.no_surveys_at IS NULL
		AND desk.company('url') IS NOT NULL
		AND desk.survey_reaches(c.address));
END;
$$;

-- Reminds once, by mail: in the hours.
CREATE OR REPLACE FUNCTION desk.survey_remind(i desk.invitation)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.survey;
	opens	timestamptz;
	whither	text;
BEGIN
	SELECT * INTO s FROM desk.survey v WHERE v.id = i.survey;
	opens := desk.survey_opens(i, s);
	UPDATE desk.invitation v SET remind_at = CASE WHEN opens > now()
	    THEN opens END
	WHERE v.id = i.id;
	IF opens > now() OR NOT s.active OR i.via <> 'mail' THEN
		RETURN;
	END IF;
	whither := desk.survey_reminds(i);
	IF i.staff IS NOT NULL AND whither IS NOT NULL THEN
		PERFORM desk.staff_letter(i, s, true);
	ELSIF whither IS NOT NULL THEN
		PERFORM desk.survey_mail(i, s, whither,
		    nextval('desk.event_id'), true);
	END IF;
END;
$$;

-- Sees to one whose time has come.  What goes wrong by our own fault is put off
-- for an hour, so that the others need not wait for it.
CREATE OR REPLACE FUNCTION desk.survey_see_to(i desk.invitation)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF i.state = 'waiting' THEN
		PERFORM desk.survey_ask(i);
	ELSE
		PERFORM desk.survey_remind(i);
	END IF;
EXCEPTION
WHEN transaction_rollback OR insufficient_resources
    OR operator_intervention OR lock_not_available THEN
	RAISE;
WHEN OTHERS THEN
	RAISE WARNING 'invitation %: % %', i.id, SQLSTATE, SQLERRM;
	UPDATE desk.invitation v SET
	    send_at = CASE WHEN v.state = 'waiting'
		THEN now() + interval '1 hour' ELSE v.send_at END,
	    remind_at = CASE WHEN v.remind_at IS NOT NULL
		THEN now() + interval '1 hour' END
	WHERE v.id = i.id;
END;
$$;

-- Asks, reminds and lets expire what is due, lim of each at most, by any
-- daemon; returns how many were seen to.  Cases first, as everybody locks; one
-- that somebody has in hand just now is left for the next time.
CREATE OR REPLACE FUNCTION desk.survey_due(lim int)
RETURNS int
LANGUAGE plpgsql
-- In the order of the indexes, from the longest due on, and no more than lim.
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
	moment	timestamptz;
	ids	bigint[];
	held	bigint[];
	mine	desk.invitation[];
	i	desk.invitation;
	old	int;
BEGIN
	-- First of all, so that whoever is due by them is found here.
	PERFORM desk.staff_rounds();
	-- A moment, not a function that an index cannot be asked about.
	moment := clock_timestamp();
	ids := ARRAY(
	    (SELECT v.id FROM desk.invitation v
	    WHERE v.state = 'waiting' AND v.send_at <= moment
	    ORDER BY v.send_at LIMIT lim)
	    UNION ALL
	    (SELECT v.id FROM desk.invitation v
	    WHERE v.state = 'sent' AND v.remind_at <= moment
	    ORDER BY v.remind_at LIMIT lim));
	held := desk.due_held(ARRAY(SELECT v.ticket FROM desk.invitation v
	    WHERE v.id = ANY (ids) AND v.ticket IS NOT NULL));
	mine := ARRAY(SELECT v FROM desk.invitation v
	    WHERE v.id = ANY (ids) AND (v.ticket = ANY (held)
		OR v.staff IS NOT NULL)
	    FOR UPDATE SKIP LOCKED);
	-- Customers and staff in their order, since each is locked.
	FOR i IN SELECT * FROM unnest(mine) m
	    WHERE m.state = 'waiting' AND m.send_at <= moment
		OR m.state = 'sent' AND m.remind_at <= moment
	    ORDER BY m.customer, m.staff, m.id LOOP
		PERFORM desk.survey_see_to(i);
	END LOOP;
	UPDATE desk.invitation v SET state = 'expired', remind_at = NULL
	WHERE v.id IN (SELECT k.id FROM desk.invitation k
	    WHERE k.state IN ('waiting', 'sent') AND k.expires_at <= moment
	    ORDER BY k.expires_at LIMIT lim FOR UPDATE SKIP LOCKED);
	GET DIAGNOSTICS old = ROW_COUNT;
	RETURN greatest(cardinality(mine), old);
END;
$$;

-- In how many ms to look again.
CREATE OR REPLACE FUNCTION desk.survey_next()
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.due_in(least(
	    (SELECT i.send_at FROM desk.invitation i
		WHERE i.state = 'waiting' ORDER BY i.send_at LIMIT 1),
	    (SELECT i.remind_at FROM desk.invitation i
		WHERE i.state = 'sent' AND i.remind_at IS NOT NULL
		ORDER BY i.remind_at LIMIT 1),
	    (SELECT i.expires_at FROM desk.invitation i
		WHERE i.state IN ('waiting', 'sent')
		ORDER BY i.expires_at LIMIT 1)));
END;
$$;
