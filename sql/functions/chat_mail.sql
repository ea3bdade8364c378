-- What of a chat goes by mail: transcripts, to the visitor's own address only.
-- Anybody can type anybody's address, so that none of it may be of use to who
-- wants to have mail sent to others: only what one of us has answered is sent,
-- the stranger's own words lose their links, and there are limits for each
-- conversation, each address and in all.

-- Why no transcript can be sent, as a code, a member and a sentence; NULL when
-- one can.
CREATE OR REPLACE FUNCTION desk.transcript_why_not(v desk.conversation)
RETURNS text[]
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	today	date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
	IF coalesce(desk.widget('transcript'), 'ask') = 'off' THEN
		RETURN ARRAY['DENIED', '', 'No transcripts are sent here.'];
	ELSIF v.email IS NULL THEN
		RETURN ARRAY['INVALID', 'email',
		    'Say first at which e-mail address you can be written to.'];
	ELSIF NOT EXISTS (SELECT FROM desk.ticket t
	    JOIN desk.event e ON e.ticket = t.id
	    WHERE t.id = v.ticket AND t.conversation = v.id
		AND e.kind = 'message' AND e.channel = 'chat'
		AND e.direction = 'out') THEN
		RETURN ARRAY['CONFLICT', '',
		    'Nobody has answered yet: there is nothing to send.'];
	ELSIF v.transcripts >= 3
	    OR EXISTS (SELECT FROM desk.transcript_day d
		WHERE d.day = today AND (d.address = v.email AND d.n >= 5
		    OR d.address = '' AND d.n >= 5000)) THEN
		RETURN ARRAY['TOOMANY', '',
		    'Too many transcripts were sent. Try tomorrow.'];
	END IF;
	RETURN NULL;
END;
$$;

-- The conversation as text, in its language and the company's time.  whole:
-- the visitor's words as he wrote them, else without their links.
CREATE OR REPLACE FUNCTION desk.transcript_text(v desk.conversation,
    whole boolean)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT string_agg(format('[%s] %s: %s',
	    to_char(m.at AT TIME ZONE coalesce((SELECT
		c.body->'company'->>'timezone' FROM desk.config c
		ORDER BY c.version DESC LIMIT 1), 'UTC'), 'DD/MM HH24:MI'),
	    CASE WHEN m.direction = 'in' THEN
		CASE WHEN v.lang = 'en' THEN 'You' ELSE 'Bạn' END
	    WHEN m.agent IS NOT NULL THEN m.who
	    ELSE coalesce((SELECT c.body->'company'->>'name'
		FROM desk.config c ORDER BY c.version DESC LIMIT 1), '') END,
	    concat_ws(' ', CASE WHEN m.direction = 'out' OR whole THEN m.text
		ELSE regexp_replace(left(m.text, 1000),
		    '(\S+://|www\.)\S*|\S+\.\S+/\S*'
		    '|\S*[[:alnum:]]\.[a-z]{2,}(?![[:alpha:]])\S*', '…', 'gi')
		END,
		(SELECT string_agg('[' || CASE WHEN m.direction = 'out' OR whole
			THEN f.name ELSE f.media_type END || ']', ' '
		    ORDER BY f.place)
		FROM desk.attachment f WHERE f.event = m.id))),
	    E'\n' ORDER BY m.id)
	FROM desk.chat_events(v, 0, 500) m
$$;

-- Sends it; whoever calls has asked transcript_why_not() under the
-- conversation's lock.
CREATE OR REPLACE FUNCTION desk.transcript_send(v desk.conversation)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	event_id	bigint := nextval('desk.event_id');
	today		date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
	UPDATE desk.conversation c SET transcripts = c.transcripts + 1
	WHERE c.id = v.id;
	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, subject, text)
	SELECT event_id, now(), t.id, t.customer, 'transcript', 'mail', 'out',
	    concat_ws(': ', (SELECT c.body->'company'->>'name'
		FROM desk.config c ORDER BY c.version DESC LIMIT 1),
		CASE WHEN v.lang = 'en' THEN 'your chat'
		ELSE 'nội dung trò chuyện' END),
	    desk.transcript_text(v, v.proven)
	FROM desk.ticket t WHERE t.id = v.ticket;
	PERFORM desk.outbound_put(event_id, v.ticket, 'mail', v.email,
	    'transcript');
	DELETE FROM desk.transcript_day d WHERE d.day < today - 1;
	INSERT INTO desk.transcript_day AS d (day, address, n)
	VALUES (today, '', 1), (today, v.email, 1)
	ON CONFLICT (day, address) DO UPDATE SET n = d.n + 1;
	RETURN event_id;
END;
$$;

-- CHAT.TRANSCRIPT
CREATE OR REPLACE FUNCTION desk.chat_transcript(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	v	desk.conversation := desk.chat_own(caller, args);
	no	text[];
BEGIN
	SELECT * INTO v FROM desk.conversation c WHERE c.id = v.id FOR UPDATE;
	no := desk.transcript_why_not(v);
	IF no IS NOT NULL THEN
		PERFORM desk.refuse(no[1], no[3], no[2]);
	END IF;
	PERFORM desk.transcript_send(v);
	RETURN jsonb_build_object('conversation', v.id, 'transcript', true);
END;
$$;

-- Where an answer on this ticket goes by mail too; who it is sent to takes part
-- in the case from then on, so that what he answers joins it.  NULL: nowhere.
CREATE OR REPLACE FUNCTION desk.chat_continue(t desk.ticket)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	mails	text := (SELECT desk.chat_mails(v) FROM desk.conversation v
		    WHERE v.id = t.conversation);
BEGIN
	IF mails IS NOT NULL THEN
		INSERT INTO desk.participant (ticket, contact)
		SELECT t.id, c.id FROM desk.contact c
		WHERE c.kind = 'email' AND c.address = mails
		    AND c.customer <> t.customer
		ON CONFLICT DO NOTHING;
	END IF;
	RETURN mails;
END;
$$;
