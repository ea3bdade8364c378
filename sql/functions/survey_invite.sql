-- Who is to be asked: invitations, made where something happens that a survey
-- waits for, in its transaction, and once for each occasion.  Whether and how
-- it goes is decided when its time has come (survey_ask.sql).

-- A survey's list of names is empty, or has this one.
CREATE OR REPLACE FUNCTION desk.survey_names(list jsonb, name text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(list, '[]') = '[]' OR coalesce(list ? name, false)
$$;

-- Is an occasion among the share of a survey that is asked?  By a digest, so
-- that whoever looks again finds the same.
CREATE OR REPLACE FUNCTION desk.survey_sampled(survey text, occasion text,
    share int)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT (get_byte(d, 0) * 65536 + get_byte(d, 1) * 256 + get_byte(d, 2))
	    % 100 < share
	FROM sha256(convert_to(survey || '/' || occasion, 'UTF8')) d
$$;

-- What became of a case that nobody is to be asked about: one of another kind,
-- or that no person who is who he says opened.
CREATE OR REPLACE FUNCTION desk.survey_spares(t desk.ticket)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
	SELECT (t).kind <> 'case'
	    OR (t).marks && '{unproved,automatic,list,bulk,flood}'
	    OR 'spam' = ANY ((t).tags)
$$;

-- Invites a case's customer by every survey that waits for this and that the
-- case is for.  moment: when it happened; said: the occasion.  One that was taken back before it went
-- is asked again by the same occasion.
CREATE OR REPLACE FUNCTION desk.survey_invite(t desk.ticket, whom bigint,
    of_order text, what text, said text, moment timestamptz)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.invitation AS i (survey, occasion, customer, ticket,
	    order_no, queue, agent, channel, segment, touchpoint, lang, via,
	    send_at, expires_at)
	SELECT s.id, said, whom, t.id, of_order, t.queue,
	    coalesce(t.assignee, 0), t.channel, coalesce(c.segment, ''),
	    coalesce(s.body->>'touchpoint', ''), desk.lang_of(t), 'mail',
	    m.due, m.due + make_interval(secs => (s.body->>'expires')::int)
	FROM desk.survey s
	JOIN desk.queue q ON q.id = t.queue
	JOIN desk.customer c ON c.id = whom
	-- Not before the answer that ended the case can be taken back no more.
	CROSS JOIN LATERAL (SELECT moment + greatest(make_interval(
	    secs => coalesce((s.body->>'delay')::int, 0)), CASE
	    WHEN what = 'resolved' THEN desk.undo_wait() ELSE '0' END)
	    AS due) m
	WHERE s.active AND s.body->>'after' = what
	    AND s.body->>'for' = 'customers'
	    AND desk.survey_names(s.body->'queues', q.name)
	    AND desk.survey_names(s.body->'channels', t.channel)
	    AND desk.survey_names(s.body->'segments', c.segment)
	    AND desk.survey_sampled(s.name, said, (s.body->>'sample')::int)
	    -- What is told of long after is not asked about any more.
	    AND m.due + make_interval(secs => (s.body->>'expires')::int)
		> now()
	    AND c.erased_at IS NULL AND c.no_surveys_at IS NULL
	ON CONFLICT (survey, occasion) DO UPDATE SET state = 'waiting',
	    why = NULL, send_at = excluded.send_at,
	    expires_at = excluded.expires_at
	WHERE i.state = 'withdrawn' AND i.why = 'reopened';
END;
$$;

-- A case was resolved, or is not any more: then what was to be asked about its
-- end is let be, as long as it did not go out.
CREATE OR REPLACE FUNCTION desk.survey_resolved()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF NEW.state <> 'resolved' THEN
		UPDATE desk.invitation i SET state = 'withdrawn',
		    why = 'reopened'
		WHERE i.ticket = NEW.id AND i.state = 'waiting'
		    AND i.occasion LIKE 'ticket:%:resolved:%';
	ELSIF NOT desk.survey_spares(NEW) AND EXISTS (
	    SELECT FROM desk.survey s
	    WHERE s.active AND s.body->>'after' = 'resolved') THEN
		PERFORM desk.survey_invite(NEW, NEW.customer, NEW.order_no,
		    'resolved', format('ticket:%s:resolved:%s', NEW.id,
			desk.epoch_ms(NEW.resolved_at)), NEW.resolved_at);
	END IF;
	RETURN NULL;
END;
$$;

-- An order came, as its events tell; the first of them counts.
CREATE OR REPLACE FUNCTION desk.survey_delivered()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket;
BEGIN
	IF NOT EXISTS (SELECT FROM desk.survey s
	    WHERE s.active AND s.body->>'after' = 'delivered') THEN
		RETURN NULL;
	END IF;
	SELECT * INTO t FROM desk.ticket k WHERE k.id = NEW.ticket;
	IF FOUND AND t.kind IN ('case', 'order') THEN
		t.channel := 'order';
		PERFORM desk.survey_invite(t, NEW.customer, NEW.order_no,
		    'delivered', format('order:%s:delivered', NEW.order_no),
		    -- A clock that runs ahead must not have it wait for long.
		    least(NEW.delivered_at, now()));
	END IF;
	RETURN NULL;
END;
$$;

-- The mail that asked came back, or could not be sent: nobody was asked, which
-- is counted, for the day of its sending.
CREATE OR REPLACE FUNCTION desk.survey_unsent()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.invitation;
BEGIN
	UPDATE desk.invitation v SET state = 'undeliverable', why = NEW.state,
	    remind_at = NULL
	FROM desk.invitation_said(NEW.event, NEW.letter) m
	WHERE v.id = m.invitation
	    AND v.state = 'sent'
	RETURNING v.* INTO i;
	PERFORM desk.measure('unreached', s.name, i.sent_at, i.queue, i.agent,
	    i.channel, i.segment, i.touchpoint, 1)
	FROM desk.survey s WHERE s.id = i.survey;
	RETURN NULL;
END;
$$;

-- An invitation is over: what of it is still on its way goes nowhere.  A mail
-- that a daemon has in hand just now goes; its link says that it was used.
CREATE OR REPLACE FUNCTION desk.survey_over()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.outbound o SET state = 'withdrawn', settled_at = now(),
	    said = CASE NEW.state WHEN 'answered' THEN 'It was answered.'
		ELSE 'It is not asked any more.' END
	WHERE o.id IN (SELECT k.id FROM desk.invitation_message m
	    CROSS JOIN LATERAL (SELECT x.id FROM desk.outbound x
		WHERE x.event = m.event
		UNION ALL SELECT x.id FROM desk.outbound x
		WHERE x.letter = m.letter) j
	    JOIN desk.outbound k ON k.id = j.id
	    WHERE m.invitation = NEW.id AND k.state IN ('queued', 'deferred')
	    ORDER BY k.id FOR UPDATE OF k SKIP LOCKED);
	RETURN NULL;
END;
$$;
