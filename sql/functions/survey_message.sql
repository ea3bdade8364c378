-- The survey's mail as it goes out: its link, the scale to tap, and the way out
-- of all surveys.  A token is known to whom it was sent, and to nobody else: the
-- history keeps variables, the tables digests.  Each try has a token of its own,
-- and all of them work: which copy arrived, nobody knows.

CREATE OR REPLACE FUNCTION desk.survey_url(token text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT desk.company('url') || '/survey/' || token
$$;

-- The secret of a link that is shown again and again to who alone may read it,
-- a chat's visitor, and stands nowhere: of the key, both times at its front, so
-- that nobody goes on from one digest to another.
CREATE OR REPLACE FUNCTION desk.survey_secret(invitation bigint)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT translate(encode(substr(sha256(k.bytes || sha256(k.bytes
	    || convert_to('survey/' || invitation, 'UTF8'))), 1, 24),
	    'base64'), '+/', '-_')
	FROM desk.secret k WHERE k.name = 'survey'
$$;

-- What can be tapped in a mail: [{"score","words","url"}], the best first where
-- each score has words of its own; NULL: the question has no scale.
CREATE OR REPLACE FUNCTION desk.survey_scale(question jsonb, lang text,
    url text)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE question->>'kind' WHEN 'csat' THEN (
		SELECT jsonb_agg(jsonb_build_object('score', n, 'words',
		    CASE lang WHEN 'en' THEN w.en ELSE w.vi END,
		    'url', url || '?score=' || n) ORDER BY n DESC)
		FROM (VALUES (1, 'Rất tệ', 'Very bad'),
		    (2, 'Chưa tốt', 'Not good'), (3, 'Tạm được', 'Fair'),
		    (4, 'Tốt', 'Good'), (5, 'Rất tốt', 'Very good'))
		    w(n, vi, en))
	    WHEN 'nps' THEN (SELECT jsonb_agg(jsonb_build_object('score', n,
		    'url', url || '?score=' || n) ORDER BY n)
		FROM generate_series(0, 10) n)
	    WHEN 'ces' THEN (SELECT jsonb_agg(jsonb_build_object('score', n,
		    'url', url || '?score=' || n) ORDER BY n)
		FROM generate_series(1, 7) n) END
$$;

-- What stands under the two ends of a scale without words: ["…","…"].
CREATE OR REPLACE FUNCTION desk.survey_ends(kind text, lang text)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE WHEN kind = 'nps' AND lang = 'en'
	    THEN '["0 · not at all","10 · certainly"]'
	    WHEN kind = 'nps' THEN '["0 · không đâu","10 · chắc chắn"]'
	    WHEN kind = 'ces' AND lang = 'en'
	    THEN '["1 · very hard","7 · very easy"]'
	    WHEN kind = 'ces' THEN '["1 · rất khó","7 · rất dễ"]' END::jsonb
$$;

-- Of which invitation something on its way is a message: a case's event, or a
-- letter.  Each by its index: an OR of the two would read them all.
CREATE OR REPLACE FUNCTION desk.invitation_said(event bigint, letter bigint)
RETURNS SETOF desk.invitation_message
LANGUAGE sql STABLE ROWS 1
AS $$
	SELECT m FROM desk.invitation_message m
	WHERE m.event = invitation_said.event
	UNION ALL
	SELECT m FROM desk.invitation_message m
	WHERE m.letter = invitation_said.letter
$$;

-- Keeps the digest of a link that was made for a message of an invitation; what
-- was made for it before opens the same.  Gives the invitation while it is open.
CREATE OR REPLACE FUNCTION desk.survey_try(o desk.outbound, hash bytea)
RETURNS desk.invitation
LANGUAGE plpgsql
AS $$
DECLARE
	m	desk.invitation_message;
	i	desk.invitation;
BEGIN
	SELECT * INTO m FROM desk.invitation_said((o).event, (o).letter);
	INSERT INTO desk.invitation_try (token, invitation)
	SELECT m.token, m.invitation WHERE m.token IS NOT NULL
	ON CONFLICT DO NOTHING;
	-- Each by its index: an OR of the two would read them all.
	IF m.letter IS NULL THEN
		UPDATE desk.invitation_message v SET token = hash
		WHERE v.event = m.event;
	ELSE
		UPDATE desk.invitation_message v SET token = hash
		WHERE v.letter = m.letter;
	END IF;
	UPDATE desk.invitation v SET token = hash
	WHERE v.id = m.invitation AND v.state = 'sent'
	RETURNING * INTO i;
	RETURN i;
END;
$$;

-- Makes this try's link, and gives what the mail is written of, for
-- outbound_message() and letter_message(): its text, said, and for the HTML
-- "survey".
CREATE OR REPLACE FUNCTION desk.survey_message(o desk.outbound, said text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	secret	text := desk.case_token();
	url	text := desk.survey_url(secret);
	i	desk.invitation := desk.survey_try(o,
		    sha256(convert_to(secret, 'UTF8')));
	q	jsonb;
	vi	boolean;
BEGIN
	IF i.id IS NULL OR url IS NULL THEN
		-- It is over: who gets this all the same finds no link.
		RETURN jsonb_build_object('text', regexp_replace(said,
		    '\{survey_(link|leave)\}', '-', 'g'));
	END IF;
	vi := i.lang <> 'en';
	q := (SELECT s.body->'questions'->0 FROM desk.survey s
	    WHERE s.id = i.survey);
	RETURN jsonb_build_object('text', replace(replace(said,
		'{survey_link}', url), '{survey_leave}', url || '/leave'),
	    'survey', jsonb_strip_nulls(jsonb_build_object(
		'lang', CASE WHEN vi THEN 'vi' ELSE 'en' END,
		'company', desk.company('name'),
		'question', desk.survey_question(i, q),
		'about', desk.survey_about(i), 'url', url,
		'scale', desk.survey_scale(q, i.lang, url),
		'ends', desk.survey_ends(q->>'kind', i.lang),
		'open', CASE WHEN vi THEN 'Trả lời' ELSE 'Answer' END,
		'foot', CASE WHEN vi AND i.staff IS NOT NULL
		    THEN 'Đồng nghiệp không thấy ai trả lời gì. Liên kết này '
		    'chỉ dùng cho bạn, hết hạn '
		    WHEN i.staff IS NOT NULL THEN 'Colleagues do not see who '
		    'answered what. This link is for you alone, until '
		    WHEN vi THEN 'Một chạm là đủ. Liên kết này chỉ '
		    'dùng cho anh/chị, hết hạn ' ELSE 'One tap is enough. This '
		    'link is for you alone, until ' END
		    || to_char(i.expires_at AT TIME ZONE coalesce(
			desk.company('timezone'), 'UTC'), 'DD/MM/YYYY') || '.',
		'leave', CASE WHEN vi THEN 'Không nhận khảo sát nữa'
		    ELSE 'No more surveys' END,
		'leave_url', url || '/leave')));
END;
$$;

-- What it is about, in a line: an order with the day it came, or the case.
CREATE OR REPLACE FUNCTION desk.survey_about(i desk.invitation)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	vi	CONSTANT boolean := i.lang <> 'en';
BEGIN
	IF i.occasion LIKE 'order:%' THEN
		RETURN concat(CASE WHEN vi THEN 'Đơn ' ELSE 'Order ' END,
		    i.order_no, (SELECT CASE WHEN vi THEN ', giao ngày '
			ELSE ', delivered ' END || to_char(o.delivered_at
			AT TIME ZONE coalesce(desk.company('timezone'), 'UTC'),
			'DD/MM')
		    FROM desk.customer_order o
		    WHERE o.order_no = i.order_no), '.');
	END IF;
	-- Its number alone: the subject may be a stranger's words.
	RETURN (SELECT CASE WHEN vi THEN 'Hồ sơ #' ELSE 'Case #' END
		|| t.number || '.'
	    FROM desk.ticket t WHERE t.id = i.ticket AND t.kind = 'case');
END;
$$;

-- The invitation that a link opens: by its newest message, or by an older one,
-- or an older try, while nobody has answered.  No row: there is none.
CREATE OR REPLACE FUNCTION desk.invitation_of(hash bytea)
RETURNS SETOF desk.invitation
LANGUAGE sql STABLE ROWS 1
AS $$
	SELECT i FROM desk.invitation i WHERE i.token = hash
	UNION ALL
	SELECT i FROM desk.invitation_message m
	JOIN desk.invitation i ON i.id = m.invitation
	WHERE m.token = hash AND i.state = 'sent'
	    AND i.token IS DISTINCT FROM hash
	UNION ALL
	SELECT i FROM desk.invitation_try y
	JOIN desk.invitation i ON i.id = y.invitation
	WHERE y.token = hash AND i.state = 'sent'
$$;

-- What waits for a customer, or for one of us, who wants no surveys is let be; of
-- what he was asked he is not reminded.
CREATE OR REPLACE FUNCTION desk.survey_let_be(of_customer bigint, of_staff int)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.invitation i SET remind_at = NULL,
	    state = CASE i.state WHEN 'waiting' THEN 'withdrawn'
		ELSE i.state END,
	    why = CASE i.state WHEN 'waiting' THEN 'declined' ELSE i.why END
	-- Each by its index: an OR of the two would read them all.
	WHERE i.id IN (SELECT k.id FROM desk.invitation k
		WHERE k.customer = of_customer
	    UNION ALL
	    SELECT k.id FROM desk.invitation k WHERE k.staff = of_staff)
	    AND (i.state = 'waiting' OR i.state = 'sent'
		AND i.remind_at IS NOT NULL);
END;
$$;

-- A customer wants no surveys, or wants them again; what waits for him is let
-- be.  by: an agent's login, or customer.
CREATE OR REPLACE FUNCTION desk.surveys_off(whom bigint, off boolean,
    by text)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.customer c SET
	    no_surveys_at = CASE WHEN off THEN coalesce(c.no_surveys_at, now())
		END,
	    no_surveys_by = CASE WHEN off THEN coalesce(c.no_surveys_by, by)
		END
	WHERE c.id = whom;
	IF off THEN
		PERFORM desk.survey_let_be(whom, NULL);
	END IF;
END;
$$;

-- The link at the end of a survey's mail, which also works when the survey was
-- answered: no more of them.  False: no such link was ever sent.  One of ours is
-- noted with his login.
CREATE OR REPLACE FUNCTION desk.survey_leave(hash bytea)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.invitation;
BEGIN
	SELECT v.* INTO i
	FROM (SELECT m.invitation FROM desk.invitation_message m
		WHERE m.token = hash
	    UNION ALL
	    SELECT y.invitation FROM desk.invitation_try y
		WHERE y.token = hash) k
	JOIN desk.invitation v ON v.id = k.invitation LIMIT 1;
	IF i.staff IS NOT NULL THEN
		PERFORM desk.staff_off(i.staff, true);
	ELSIF i.customer IS NOT NULL THEN
		PERFORM desk.surveys_off(desk.customer_now(i.customer), true,
		    'customer');
	ELSE
		RETURN false;
	END IF;
	RETURN true;
END;
$$;

-- CUSTOMER.SURVEYS: he said on the telephone that he wants none, or wants them
-- again.
CREATE OR REPLACE FUNCTION desk.customer_surveys(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.customer_off(caller, args, 'surveys');
END;
$$;
