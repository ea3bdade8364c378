-- What a class wants done: a case that makes good, an action for somebody, a
-- message.  The desk does it as an agent would; what is refused is said.

-- What an answer was, in a line of the language: "3/10 (NPS)".
CREATE OR REPLACE FUNCTION desk.score_said(r desk.response)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT format('%s/%s (%s)', r.score, CASE r.kind WHEN 'nps' THEN 10
	    WHEN 'csat' THEN 5 ELSE 7 END, upper(r.kind))
$$;

-- Has this agent what these words of skills ask for?
CREATE OR REPLACE FUNCTION desk.agent_able(of_agent int, needs jsonb)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN NOT EXISTS (SELECT
	    FROM jsonb_array_elements_text(coalesce(needs, '[]')) w
	    CROSS JOIN LATERAL desk.skill_read(w, 1) k
	    WHERE NOT EXISTS (SELECT FROM desk.agent_skill s
		WHERE s.agent = of_agent AND s.skill = k.skill
		    AND s.level >= k.level));
END;
$$;

-- Who gets a case that is not to come to the agent complained of: of the
-- others who serve the queue and can, one who is ready, with the least in
-- hand.  NULL: there is no other.
CREATE OR REPLACE FUNCTION desk.class_other(in_queue int, of_agent int,
    needs jsonb)
RETURNS int
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
	RETURN (SELECT a.id
	    FROM desk.agent_queue m JOIN desk.agent a ON a.id = m.agent
	    WHERE m.queue = in_queue AND a.active AND a.id <> of_agent
		AND desk.agent_able(a.id, needs)
	    ORDER BY a.presence = 'ready' DESC, (SELECT count(*)
		FROM (SELECT FROM desk.ticket t WHERE t.assignee = a.id
		    AND t.state IN ('new', 'open', 'pending') LIMIT 1000) x),
		a.id
	    LIMIT 1);
END;
$$;

-- Whom a class names, as it is now: same is who had the case.  NULL: nobody.
CREATE OR REPLACE FUNCTION desk.class_agent(f desk.class_fired,
    r desk.response)
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT a.id FROM desk.agent a
	WHERE a.active AND CASE f.body->>'agent'
	    WHEN 'same' THEN a.id = r.agent
	    ELSE a.name = f.body->>'agent' END
$$;

-- The row of a recovery case: due in the class's own time, else by the queue's
-- targets.  Whoever it names is asked first; one complained of never.
CREATE OR REPLACE FUNCTION desk.class_ticket(f desk.class_fired,
    r desk.response, q desk.queue)
RETURNS desk.ticket
LANGUAGE plpgsql
AS $$
DECLARE
	old	desk.ticket;
	within	int := (f.body->>'within')::int;
	level	int := coalesce((f.body->>'priority')::int, 70);
	has	int := CASE WHEN f.body->>'agent' = 'other'
		    THEN desk.class_other(q.id, r.agent, f.body->'skills') END;
	first	int;
	t	desk.ticket;
BEGIN
	SELECT * INTO old FROM desk.ticket k WHERE k.id = r.ticket;
	IF has IS NOT NULL AND NOT desk.agent_stays(has) THEN
		has := NULL;
	END IF;
	SELECT a INTO first FROM desk.class_agent(f, r) a
	WHERE EXISTS (SELECT FROM desk.agent_queue m
	    WHERE m.queue = q.id AND m.agent = a);
	INSERT INTO desk.ticket (customer, queue, state, channel, priority,
	    skills, tags, assignee, related, order_no, lang, subject, preview,
	    clocked, due_at, version, prefer)
	VALUES (f.customer, q.id,
	    CASE WHEN has IS NULL THEN 'new' ELSE 'open' END, 'desk', level,
	    ARRAY(SELECT desk.need_said(w, false)
		FROM jsonb_array_elements_text(f.body->'skills') w),
	    ARRAY(SELECT DISTINCT w FROM (SELECT 'recovery' UNION ALL
		SELECT normalize(x, NFC)
		FROM jsonb_array_elements_text(f.body->'tag') x) w(w)
		ORDER BY w),
	    has, r.ticket, r.order_no, old.lang,
	    format(CASE coalesce(old.lang, desk.company('lang'))
		WHEN 'en' THEN 'Make good: %s' ELSE 'Chăm sóc lại: %s' END,
		desk.score_said(r)),
	    desk.cut(coalesce(nullif(r.words, ''), f.body->>'note', ''), 200),
	    within IS NULL AND EXISTS (SELECT FROM desk.target),
	    CASE WHEN within IS NULL THEN desk.aimed_due(q.id, 'desk', level,
		    f.customer)
		ELSE desk.business_add(q.hours, now(), within) END, 0,
	    CASE WHEN has IS NULL THEN first END)
	RETURNING * INTO t;
	PERFORM desk.clocks_open(ARRAY[t.id]);
	RETURN t;
END;
$$;

-- Opens the recovery case, or says it in the one that goes on already; its
-- first event has the score, the words and the way to both.
CREATE OR REPLACE FUNCTION desk.class_open(f desk.class_fired)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	q	desk.queue := desk.queue_named(f.body->>'open', 'open');
	goes_on	bigint := desk.class_recovery(f);
	said	bigint := nextval('desk.event_id');
	r	desk.response;
	t	desk.ticket;
	body	text;
BEGIN
	SELECT * INTO r FROM desk.response v WHERE v.id = f.response;
	IF f.customer IS NULL THEN
		PERFORM desk.refuse('CONFLICT',
		    'Nobody knows who answered.', 'customer');
	END IF;
	IF goes_on IS NULL THEN
		SELECT * INTO q FROM desk.queue k
		WHERE k.id = desk.drain_taker(q.id);
		PERFORM desk.queue_kept(q);
		t := desk.class_ticket(f, r, q);
	ELSE
		SELECT * INTO t FROM desk.ticket k WHERE k.id = goes_on;
	END IF;
	body := concat_ws(E'\n', nullif(r.words, ''),
	    CASE WHEN goes_on IS NULL THEN f.body->>'note' END);
	PERFORM desk.words_put(said, t.id, concat_ws(' ', t.subject, body));
	PERFORM desk.stat_after(desk.ticket_commit(desk.clock_caller(), t,
		jsonb_build_object('kind', 'recovery', 'notice',
		    CASE WHEN goes_on IS NULL THEN 'open' ELSE 'event' END,
		    'event', said, 'text', body, 'meta', jsonb_strip_nulls(
		    jsonb_build_object('class', f.class, 'response', r.id,
			'kind', r.kind, 'score', r.score, 'from', r.ticket)))),
	    CASE WHEN goes_on IS NULL THEN ARRAY[q.id] ELSE '{}' END,
	    CASE WHEN goes_on IS NULL THEN ARRAY['opened'] ELSE '{}' END);
	UPDATE desk.feedback k SET recovery = t.id
	WHERE k.response = r.id AND k.ticket IS DISTINCT FROM t.id;
	RETURN t.id;
END;
$$;

-- The next touch that somebody is to see to: in the class's time, a day when
-- it says none.
CREATE OR REPLACE FUNCTION desk.class_action(f desk.class_fired)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	r	desk.response;
BEGIN
	SELECT * INTO r FROM desk.response v WHERE v.id = f.response;
	INSERT INTO desk.action (feedback, ticket, customer, what, owner,
	    due_at, made_by)
	SELECT k.id, coalesce(k.recovery, k.ticket), k.customer,
	    f.body->>'action', CASE WHEN f.body->>'agent' = 'other' THEN NULL
		ELSE coalesce(desk.class_agent(f, r), (SELECT a.id
		    FROM desk.agent a WHERE a.id = r.agent AND a.active)) END,
	    desk.business_add((SELECT h.id FROM desk.hours h
		WHERE h.name = f.body->>'hours'), f.at + make_interval(secs =>
		coalesce((f.body->>'after')::int, 86400)), 0), 'desk'
	FROM desk.feedback k WHERE k.response = r.id;
END;
$$;

-- Where a customer is written to by the desk itself: where he is answered, but
-- into no chat, which he has left.
CREATE OR REPLACE FUNCTION desk.class_whither(t desk.ticket,
    OUT channel text, OUT address text)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	SELECT * INTO channel, address FROM desk.answer_to(t);
	IF channel = 'chat' THEN
		channel := NULL;
		address := NULL;
		SELECT 'mail', c.address INTO channel, address
		FROM desk.contact c
		WHERE c.customer = t.customer AND c.kind = 'email'
		    AND NOT desk.reads_nothing(c.address)
		ORDER BY c.id DESC LIMIT 1;
	END IF;
END;
$$;

-- Has he had this of us lately?  A month, when the class does not say.
CREATE OR REPLACE FUNCTION desk.class_lately(f desk.class_fired)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT EXISTS (SELECT FROM desk.class_fired o
	    WHERE o.customer = f.customer AND o.class = f.class
		AND o.sent_at > now() - make_interval(secs =>
		    coalesce((f.body->>'again')::int, 2592000)))
$$;

-- The words that a class adds to a template's variables.
CREATE OR REPLACE FUNCTION desk.class_vars(f desk.class_fired)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN CASE f.body->>'ask'
	    WHEN 'review' THEN jsonb_build_object('review_link',
		f.body->>'link')
	    WHEN 'referral' THEN jsonb_build_object('referral_link',
		replace(f.body->>'link', '{code}',
		    desk.referral_code_of(f.customer)))
	    ELSE '{}' END;
END;
$$;

-- Sends the class's template.  As careful as an acknowledgement: within the
-- limits, never to what a machine wrote last, not twice in the class's time.
-- NULL: it went; else why not.
CREATE OR REPLACE FUNCTION desk.class_send(f desk.class_fired)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	told	bigint := nextval('desk.event_id');
	whither	record;
	vars	jsonb;
	t	desk.ticket;
	p	desk.template;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = desk.class_case(f);
	IF NOT FOUND THEN
		RETURN 'There is no case to write to him in.';
	END IF;
	whither := desk.class_whither(t);
	IF whither.address IS NULL THEN
		RETURN 'No address is known to write to this customer.';
	ELSIF EXISTS (SELECT FROM desk.customer c WHERE c.id = f.customer
	    AND c.no_surveys_at IS NOT NULL) THEN
		RETURN 'This customer wants to be asked nothing.';
	ELSIF desk.class_lately(f) THEN
		RETURN 'It was sent to this customer lately.';
	ELSIF NOT desk.may_answer_automatically(whither.address, t.id) THEN
		RETURN 'The limits of automatic answers forbid it.';
	END IF;
	SELECT * INTO p FROM desk.template_in(f.body->>'send',
	    desk.lang_of(t));
	IF NOT FOUND THEN
		RETURN 'There is no such template.';
	END IF;
	vars := desk.template_vars(t, NULL, p.lang) || desk.class_vars(f);
	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, who, subject, text, facts, meta)
	VALUES (told, now(), t.id, t.customer, 'acknowledgement',
	    whither.channel, 'out', 'desk', CASE whither.channel
		WHEN 'mail' THEN desk.template_fill(coalesce(p.subject,
		    '[{company}] #{ticket}'), vars) END,
	    desk.template_fill(p.body, vars),
	    '{"automatic":"auto-replied"}',
	    jsonb_build_object('class', f.class, 'response', f.response));
	PERFORM desk.outbound_put(told, t.id, whither.channel,
	    whither.address, 'acknowledgement');
	PERFORM desk.promises_by(desk.clock_caller(), t, told, 'template',
	    ARRAY[p.name]);
	RETURN NULL;
END;
$$;
