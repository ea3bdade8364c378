-- A conversation as it goes on: seen, left, come back, ended, sent by mail.

-- CHAT.SEND names files: which they are, or the refusal.
CREATE OR REPLACE FUNCTION desk.chat_attach(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM desk.chat_own(caller, args);
	RETURN jsonb_build_object('attachments',
	    desk.upload_named(caller, args->'attachments'));
END;
$$;

-- CHAT.LEAVE: a message to be answered by mail.  Who leaves it must say where;
-- that the answer goes by mail is noted as the message is filed.
CREATE OR REPLACE FUNCTION desk.chat_leave(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	v	desk.conversation := desk.chat_own(caller, args);
BEGIN
	IF coalesce(desk.chat_email(args), v.email) IS NULL THEN
		PERFORM desk.refuse('INVALID',
		    'Say at which e-mail address the answer is to be sent.',
		    'email');
	END IF;
	PERFORM desk.chat_known(v, args);
	RETURN jsonb_build_object('attachments',
	    desk.upload_named(caller, args->'attachments'));
END;
$$;

-- What filing a visitor's messages says of their conversations: he is here (or
-- left this one to be answered by mail), and whatever was over goes on.
CREATE OR REPLACE FUNCTION desk.chat_filed(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.conversation c SET by_mail = m.by_mail, gone_at = NULL,
	    abandoned_at = NULL, ended_at = NULL, ended_by = NULL
	FROM (SELECT i.conversation,
		coalesce((array_agg(i.facts->'left' = 'true'
		    ORDER BY i.ord DESC))[1], false) AS by_mail
	    FROM unnest(filings) f
	    CROSS JOIN LATERAL (SELECT ((f.k).i).*) i
	    WHERE i.conversation IS NOT NULL
	    GROUP BY i.conversation) m
	WHERE c.id = m.conversation
	    AND (c.by_mail <> m.by_mail OR c.gone_at IS NOT NULL
		OR c.abandoned_at IS NOT NULL OR c.ended_at IS NOT NULL);
END;
$$;

-- The notice of a chat message with what its other readers need of it: the id
-- that the widget gave it, and its files.
CREATE OR REPLACE FUNCTION desk.chat_said(notice text, external_id text,
    attachments jsonb)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	SELECT concat(left(notice, -1),
	    ',"message":' || to_json(nullif(split_part(external_id, '/', 2),
		''))::text,
	    ',"attachments":' || (SELECT jsonb_agg(jsonb_build_object(
		'place', a.place - 1, 'name', a.value->'name',
		'type', a.value->'type', 'size', a.value->'size')
		ORDER BY a.place)
		FROM jsonb_array_elements(attachments)
		    WITH ORDINALITY a (value, place))::text, '}')
$$;

-- Notes how far somebody has seen the other side's messages, and tells.  What
-- is not newer changes nothing.
CREATE OR REPLACE FUNCTION desk.chat_saw(v desk.conversation, upto bigint,
    visitor boolean)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	newest	bigint;
BEGIN
	SELECT max(e.id) INTO newest
	FROM desk.ticket t JOIN desk.event e ON e.ticket = t.id
	WHERE t.id = v.ticket AND e.id <= upto
	    AND e.channel = 'chat' AND e.kind = 'message'
	    AND e.direction = CASE WHEN visitor THEN 'out' ELSE 'in' END;
	IF visitor THEN
		UPDATE desk.conversation c SET seen_ours = newest
		WHERE c.id = v.id AND newest > coalesce(c.seen_ours, 0);
	ELSE
		UPDATE desk.conversation c SET seen_his = newest
		WHERE c.id = v.id AND newest > coalesce(c.seen_his, 0);
	END IF;
	IF FOUND THEN
		PERFORM desk.outbox_put(v.ticket, jsonb_build_object(
		    'kind', 'seen', 'channel', 'chat', 'upto', newest,
		    'from', CASE WHEN visitor THEN 'visitor'
			ELSE 'agent' END));
	END IF;
	RETURN jsonb_build_object('conversation', v.id, 'seen',
	    coalesce(newest, 0));
END;
$$;

-- CHAT.SEEN
CREATE OR REPLACE FUNCTION desk.chat_seen(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.chat_saw(desk.chat_own(caller, args),
	    (args->>'event')::bigint, true);
END;
$$;

-- The conversation of a ticket that the caller may see; refused when it has
-- none.
CREATE OR REPLACE FUNCTION desk.chat_of(caller jsonb, args jsonb, act boolean)
RETURNS desk.conversation
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_seen_by(caller, args, act);
	v	desk.conversation;
BEGIN
	SELECT * INTO v FROM desk.conversation c WHERE c.id = t.conversation;
	IF NOT FOUND THEN
		PERFORM desk.refuse('CONFLICT', 'This ticket is no chat.',
		    'ticket');
	END IF;
	RETURN v;
END;
$$;

-- Notes how far an agent has read a case: never back, nor past its end.
CREATE OR REPLACE FUNCTION desk.read_mark(of bigint, me int, far bigint)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.ticket_read AS r (ticket, agent, upto)
	SELECT of, me, n.id
	FROM (SELECT e.id FROM desk.event e
	    WHERE e.ticket = of AND e.id <= far ORDER BY e.id DESC LIMIT 1) n
	WHERE me IS NOT NULL
	ON CONFLICT (ticket, agent) DO UPDATE SET upto = excluded.upto
	WHERE excluded.upto > r.upto
$$;

-- TICKET.SEEN: of a chat, its visitor is told; of any case, the caller's own
-- list counts what comes after as unread.
CREATE OR REPLACE FUNCTION desk.ticket_seen(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_seen_by(caller, args, false);
BEGIN
	PERFORM desk.read_mark(t.id, (caller->>'agent')::int,
	    (args->>'event')::bigint);
	IF t.conversation IS NULL THEN
		RETURN jsonb_build_object('ticket', t.id,
		    'seen', (args->>'event')::bigint);
	END IF;
	RETURN desk.chat_saw(desk.chat_of(caller, args, false),
	    (args->>'event')::bigint, false);
END;
$$;

-- Visitors whose last page is closed since a while ([{"conversation","since":
-- ms of the epoch}, …]): agents are told of those with a case under way.  Who
-- never wrote, or whose case is closed, leaves no trace.  Once is enough;
-- twice does no harm.
CREATE OR REPLACE FUNCTION desk.chat_gone(visitors jsonb)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	one	record;
	v	desk.conversation;
	left_us	record;
	counts	jsonb := '[]';
	told	int := 0;
BEGIN
	-- Conversations before tickets, each kind in order, as everybody.
	PERFORM FROM desk.conversation c
	WHERE c.id IN (SELECT (g->>'conversation')::uuid
	    FROM jsonb_array_elements(visitors) g)
	ORDER BY c.id FOR UPDATE;
	PERFORM FROM desk.ticket t
	WHERE t.id IN (SELECT c.ticket FROM desk.conversation c
	    WHERE c.id IN (SELECT (g->>'conversation')::uuid
		FROM jsonb_array_elements(visitors) g)
		AND c.gone_at IS NULL AND c.ended_at IS NULL)
	ORDER BY t.id FOR NO KEY UPDATE;
	FOR one IN
	    SELECT c AS v, timestamptz 'epoch' + (g->>'since')::bigint
		* interval '1 millisecond' AS since
	    FROM jsonb_array_elements(visitors) g
	    JOIN desk.conversation c ON c.id = (g->>'conversation')::uuid
	    JOIN desk.ticket t ON t.id = c.ticket AND t.state <> 'closed'
	    WHERE c.gone_at IS NULL AND c.ended_at IS NULL
	    ORDER BY c.id FOR UPDATE OF c
	LOOP
		v := one.v;
		UPDATE desk.conversation c SET gone_at = one.since
		WHERE c.id = v.id;
		told := told + 1;
		PERFORM desk.outbox_put(v.ticket, jsonb_build_object(
		    'kind', 'gone', 'channel', 'chat',
		    'since', desk.rfc3339(one.since)))
		FROM desk.ticket t
		WHERE t.id = v.ticket AND t.state IN ('new', 'open', 'pending');
		left_us := desk.chat_abandon(v, one.since);
		IF left_us.queue IS NOT NULL THEN
			counts := counts || jsonb_build_object('q',
			    left_us.queue, 'w', left_us.counts);
		END IF;
	END LOOP;
	PERFORM desk.stat_pairs(counts);
	RETURN told;
END;
$$;

-- A visitor who was noted as gone is here again.
CREATE OR REPLACE FUNCTION desk.chat_back(conversation uuid)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	v	desk.conversation;
BEGIN
	UPDATE desk.conversation c SET gone_at = NULL
	WHERE c.id = chat_back.conversation AND c.gone_at IS NOT NULL
	RETURNING * INTO v;
	IF FOUND THEN
		-- He waits again, in his old place.
		UPDATE desk.ticket t SET turned = NULL
		WHERE t.id = v.ticket AND t.turned = 'left';
		PERFORM desk.outbox_put(v.ticket, jsonb_build_object(
		    'kind', 'back', 'channel', 'chat'));
	END IF;
END;
$$;

-- Visitors who have just come ([conversation, …]); returns how many of them
-- were noted as gone.
CREATE OR REPLACE FUNCTION desk.chat_here(visitors jsonb)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	gone	uuid[] := ARRAY(SELECT c.id
		    FROM jsonb_array_elements_text(visitors) x
		    JOIN desk.conversation c ON c.id = x::uuid
		    WHERE c.gone_at IS NOT NULL
		    ORDER BY c.id);
BEGIN
	PERFORM desk.chat_back(g) FROM unnest(gone) g;
	RETURN cardinality(gone);
END;
$$;

-- Ends a conversation, by either side; his next message begins it again.  How
-- the case goes on is the agent's to say.  Answers {"conversation","ended",
-- "transcript": whether one was sent}.
CREATE OR REPLACE FUNCTION desk.chat_over(v desk.conversation, by_whom text,
    who text, agent int)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	left_us	record;
	counts	jsonb := '[]';
	sent	boolean := false;
BEGIN
	SELECT * INTO v FROM desk.conversation c WHERE c.id = v.id FOR UPDATE;
	IF v.ended_at IS NULL THEN
		UPDATE desk.conversation c
		SET ended_at = now(), ended_by = by_whom
		WHERE c.id = v.id;
		IF v.ticket IS NOT NULL THEN
			INSERT INTO desk.event (at, ticket, customer, kind,
			    channel, direction, contact, agent, who)
			SELECT now(), t.id, t.customer, 'ended', 'chat', 'own',
			    CASE WHEN by_whom = 'visitor' THEN v.contact END,
			    agent, who
			FROM desk.ticket t WHERE t.id = v.ticket;
			PERFORM desk.outbox_put(v.ticket, jsonb_strip_nulls(
			    jsonb_build_object('kind', 'ended',
			    'channel', 'chat', 'by', by_whom, 'who', who)));
		END IF;
		IF by_whom = 'visitor' AND v.ticket IS NOT NULL THEN
			left_us := desk.chat_abandon(v, now());
			IF left_us.queue IS NOT NULL THEN
				counts := jsonb_build_array(jsonb_build_object(
				    'q', left_us.queue, 'w', left_us.counts));
			END IF;
		END IF;
		IF v.transcript AND desk.transcript_why_not(v) IS NULL THEN
			PERFORM desk.transcript_send(v);
			sent := true;
		END IF;
		PERFORM desk.stat_pairs(counts);
	END IF;
	RETURN jsonb_build_object('conversation', v.id, 'ended', true,
	    'transcript', sent);
END;
$$;

-- CHAT.END: transcript sets anew whether one is wanted.
CREATE OR REPLACE FUNCTION desk.chat_end(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	v	desk.conversation := desk.chat_own(caller, args);
BEGIN
	IF args ? 'transcript' THEN
		UPDATE desk.conversation c
		SET transcript = (args->>'transcript')::boolean
		WHERE c.id = v.id;
	END IF;
	RETURN desk.chat_over(v, 'visitor', NULL, NULL);
END;
$$;

-- TICKET.END
CREATE OR REPLACE FUNCTION desk.ticket_end(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.chat_over(desk.chat_of(caller, args, true), 'agent',
	    desk.caller_shown(caller), (caller->>'agent')::int);
END;
$$;

-- Where an answer in a chat goes by mail too: to the address that the visitor
-- gave, when he left a message, ended the chat or is gone.  NULL: he reads it
-- where he is.
CREATE OR REPLACE FUNCTION desk.chat_mails(v desk.conversation)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT (v).email
	WHERE (v).by_mail OR ((v).gone_at IS NOT NULL
	    OR (v).ended_at IS NOT NULL)
	    AND coalesce(desk.widget('by_mail'), 'true') = 'true'
$$;

-- What agents are shown of a chat's other side.
CREATE OR REPLACE FUNCTION desk.chat_state(conversation uuid)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'page', v.page, 'lang', v.lang, 'email', v.email,
	    'user', v.user_id,
	    'proven', v.user_id IS NOT NULL,
	    'gone_at', desk.rfc3339(v.gone_at),
	    'ended_at', desk.rfc3339(v.ended_at), 'ended_by', v.ended_by,
	    'abandoned_at', desk.rfc3339(v.abandoned_at),
	    'by_mail', desk.chat_mails(v) IS NOT NULL,
	    'seen', jsonb_strip_nulls(jsonb_build_object('visitor',
		v.seen_ours, 'agent', v.seen_his))))
	FROM desk.conversation v WHERE v.id = chat_state.conversation
$$;

-- What visitors are told of the lines is made of this: [{"queue","open",
-- "opens": while it is closed, "hour": since 1970, "taken": cases in it,
-- "before": in the hour before, "oldest": seconds that somebody waits in a chat
-- or call, "turn"}]; turn: what becomes of who comes ({"do","why","queue"}),
-- where that is not to wait there.
CREATE OR REPLACE FUNCTION desk.chat_pace()
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	this	timestamptz := date_trunc('hour', now(), 'UTC');
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'queue', q.name, 'open', o.is_open,
	    'opens', CASE WHEN NOT o.is_open
		THEN desk.rfc3339(desk.desk_opens(q.id, now())) END,
	    'hour', extract(epoch FROM this)::bigint / 3600,
	    'taken', coalesce(h.taken, 0), 'before', coalesce(h.before, 0),
	    'oldest', desk.live_oldest(q.id), 'turn', desk.turn_said(q.id)))
	    ORDER BY q.name), '[]')
	FROM desk.queue q
	CROSS JOIN LATERAL (SELECT desk.desk_is_open(q.id, now())) o(is_open)
	CROSS JOIN LATERAL (SELECT
	    sum(k.n) FILTER (WHERE k.hour = this) AS taken,
	    sum(k.n) FILTER (WHERE k.hour < this) AS before
	    FROM desk.queue_hour k WHERE k.queue = q.id AND k.what = 'taken'
		AND k.hour >= this - interval '1 hour') h
	WHERE q.active);
END;
$$;
