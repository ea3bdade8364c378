-- Filing: tickets are opened or touched, and the history is written.

-- Finds the ticket of every event and files it.  Mostly in one round; in a
-- batch where an event may join the ticket that another one opens, the other
-- goes a round before it.
CREATE OR REPLACE FUNCTION desk.file_rounds(knowns desk.known[])
RETURNS desk.filing[]
LANGUAGE plpgsql
AS $$
DECLARE
	filings		desk.filing[] := '{}';
	points		desk.pointed[] := desk.thread_lock(knowns);
	round		desk.filing[];
	ready		desk.known[];
	followers	int[];
	leaders		int[];
BEGIN
	IF cardinality(knowns) > 1 AND EXISTS (SELECT FROM unnest(knowns) k
	    WHERE desk.thread_may(k)) THEN
		SELECT * INTO followers, leaders
		FROM desk.thread_order(knowns);
	END IF;
	WHILE followers IS NOT NULL LOOP
		ready := ARRAY(SELECT k FROM unnest(knowns) k
		    WHERE (k.i).ord <> ALL (followers) ORDER BY (k.i).ord);
		knowns := ARRAY(SELECT k FROM unnest(knowns) k
		    WHERE (k.i).ord = ANY (followers) ORDER BY (k.i).ord);
		-- What the rounds before opened can be found now; nobody else
		-- sees it.
		IF filings <> '{}' THEN
			points := desk.thread_find(ready);
		END IF;
		round := desk.turn_away(desk.calls_weigh(desk.thread(ready,
		    points)));
		PERFORM desk.file(round);
		filings := filings || round;
		SELECT array_agg(p.follower), array_agg(p.leader)
		INTO followers, leaders
		FROM unnest(followers, leaders) p(follower, leader)
		WHERE p.leader = ANY (followers);
	END LOOP;
	IF filings <> '{}' THEN
		points := desk.thread_find(knowns);
	END IF;
	round := desk.turn_away(desk.calls_weigh(desk.thread(knowns, points)));
	PERFORM desk.file(round);
	RETURN filings || round;
END;
$$;

-- Files events whose tickets are known: those that open one have it made, the
-- others touch theirs.
CREATE OR REPLACE FUNCTION desk.file(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.file_open(filings);
	IF EXISTS (SELECT FROM unnest(filings) f WHERE NOT f.opens) THEN
		IF EXISTS (SELECT FROM unnest(filings) f
		    WHERE (f.k).agent IS NOT NULL) THEN
			PERFORM desk.spells_by((SELECT jsonb_object_agg(
				f.ticket, (f.k).agent ORDER BY ((f.k).i).ord)
			    FROM unnest(filings) f
			    WHERE (f.k).agent IS NOT NULL));
		END IF;
		PERFORM desk.file_touch(filings);
		PERFORM desk.leaving_note(ARRAY(SELECT DISTINCT f.ticket
		    FROM unnest(filings) f WHERE NOT f.opens));
	END IF;
	IF EXISTS (SELECT FROM unnest(filings) f WHERE f.bounced IS NOT NULL)
	THEN
		PERFORM desk.file_bounces(filings);
	END IF;
	IF EXISTS (SELECT FROM unnest(filings) f
	    WHERE ((f.k).i).others IS NOT NULL) THEN
		PERFORM desk.file_others(filings);
	END IF;
	PERFORM desk.file_events(filings);
	IF EXISTS (SELECT FROM unnest(filings) f
	    WHERE ((f.k).i).facts ? 'mood') THEN
		PERFORM desk.mood_file(filings);
	END IF;
	PERFORM desk.file_refs(filings);
	IF EXISTS (SELECT FROM unnest(filings) f
	    WHERE ((f.k).i).attachments IS NOT NULL) THEN
		PERFORM desk.file_attachments(filings);
	END IF;
	IF EXISTS (SELECT FROM unnest(filings) f
	    WHERE ((f.k).i).conversation IS NOT NULL) THEN
		UPDATE desk.conversation c SET ticket = f.ticket
		FROM unnest(filings) f
		WHERE c.id = ((f.k).i).conversation
		    AND c.ticket IS DISTINCT FROM f.ticket;
	END IF;
	IF EXISTS (SELECT FROM unnest(filings) f
	    WHERE ((f.k).i).call IS NOT NULL) THEN
		PERFORM desk.calls_file(filings);
	END IF;
	IF EXISTS (SELECT FROM unnest(filings) f
	    WHERE ((f.k).i).channel = 'social') THEN
		PERFORM desk.social_file(filings);
	END IF;
	IF EXISTS (SELECT FROM unnest(filings) f
	    WHERE ((f.k).i).conversation IS NOT NULL) THEN
		PERFORM desk.chat_filed(filings);
	END IF;
	IF EXISTS (SELECT FROM unnest(filings) f WHERE f.why ? 'turned') THEN
		PERFORM desk.turned_file(filings);
	END IF;
END;
$$;

-- How much of an agent a ticket takes.  While a call is not taken, room for a
-- call; from then on the call counts by itself (desk.call), and what is left
-- is to be followed up, like a mail.
CREATE OR REPLACE FUNCTION desk.ticket_units(units smallint, channel text,
    talked int)
RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN channel = 'call' AND talked IS NOT NULL
	    THEN least(coalesce(units, 5), 5) ELSE coalesce(units, 5)
	    END::smallint
$$;

-- Opens tickets.  How an order is, is nobody's work: its record stands in no
-- line.  A call that one of us took is his, and nobody waits for an
-- answer; a missed one asks for a call back.  Automatic mail that answers
-- nothing (a bounce, somebody's out-of-office note) is put in line like any
-- other, since somebody must see that it came, but without a clock: nobody
-- waits for its answer, so it is ranked behind those who do (desk.score).
CREATE OR REPLACE FUNCTION desk.file_open(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	aims	boolean := EXISTS (SELECT FROM desk.target);
BEGIN
	WITH q AS MATERIALIZED (SELECT id, first_target, hours, same_agent,
	    same_within FROM desk.queue),
	whose AS MATERIALIZED (
	    SELECT f AS filing, coalesce(c.segment, '') AS segment
	    FROM unnest(filings) f
	    LEFT JOIN LATERAL (SELECT c.segment FROM desk.customer c
		WHERE c.id = (f.k).customer LIMIT 1) c ON true
	    WHERE f.opens
	), owed AS MATERIALIZED (
	    -- Found once for all who are promised the same.
	    SELECT s.*, desk.business_add(CASE WHEN g.first IS NULL THEN q.hours
		    ELSE coalesce(g.hours, q.hours) END, now(),
		coalesce(g.first, q.first_target)) AS due
	    FROM (SELECT DISTINCT ((w.filing).k).queue,
		    (((w.filing).k).i).channel, ((w.filing).k).priority,
		    w.segment FROM whose w) s
	    JOIN q ON q.id = s.queue
	    LEFT JOIN LATERAL desk.aims(s.queue, s.channel, s.priority,
		s.segment) g ON aims
	)
	INSERT INTO desk.ticket (id, customer, queue, state, kind, channel,
	    priority, units, skills, assignee, related, conversation, call,
	    order_no, lang, subject, preview, marks, clocked, due_at,
	    first_answer_at, resolved_at, prefer, turned, mood)
	SELECT f.ticket, k.customer, k.queue,
	    CASE
	    WHEN r.is THEN 'resolved'
	    WHEN k.agent IS NULL THEN 'new'
	    ELSE 'open'
	    END,
	    CASE
	    WHEN i.quarantine IS NOT NULL THEN 'quarantine'
	    WHEN r.is THEN 'order'
	    WHEN k.asks AND i.call->>'state' = 'missed' THEN 'callback'
	    WHEN away.turned = 'callback' THEN 'callback'
	    ELSE 'case'
	    END,
	    i.channel, k.priority, least(desk.ticket_units(i.units, i.channel,
		k.agent), CASE WHEN away.turned IS NOT NULL THEN 5 END),
	    k.skills, k.agent,
	    f.related, i.conversation, i.call->>'id', i.order_no, i.lang,
	    coalesce(i.subject, i.preview, CASE WHEN r.is THEN i.order_no END,
		''), coalesce(i.preview, ''),
	    desk.marks_of(i.channel, i.auth, i.automatic, i.facts, i.raw,
		k.customer), aims,
	    CASE WHEN k.agent IS NULL AND k.direction = 'in'
		AND i.automatic IS NOT TRUE AND NOT r.is THEN owed.due END,
	    CASE WHEN k.agent IS NOT NULL THEN now() END,
	    CASE WHEN r.is THEN now() END,
	    CASE WHEN q.same_agent > 0 AND k.agent IS NULL AND NOT r.is
		THEN desk.agent_again(k.customer, q.id, q.same_within) END,
	    coalesce(away.turned, CASE WHEN i.facts->'left' = 'true'
		THEN 'message' END),
	    CASE WHEN k.direction = 'in'
		THEN (i.facts->'mood'->>'value')::smallint END
	FROM whose w
	CROSS JOIN LATERAL (SELECT (w.filing).*) f
	CROSS JOIN LATERAL (SELECT (f.k).*) k
	CROSS JOIN LATERAL (SELECT (k.i).*) i
	CROSS JOIN LATERAL (SELECT desk.is_record(k.i) AS is) r
	CROSS JOIN LATERAL (SELECT nullif(f.why->'turned'->>'how', 'overflow')
	    AS turned) away
	JOIN q ON q.id = k.queue
	LEFT JOIN owed ON owed.queue = k.queue AND owed.channel = i.channel
	    AND owed.priority = k.priority AND owed.segment = w.segment
	ORDER BY i.ord;
	IF aims THEN
		PERFORM desk.clocks_open(ARRAY(SELECT f.ticket
		    FROM unnest(filings) f WHERE f.opens));
	END IF;
END;
$$;

-- Touches the tickets that events join, each once however many events joined
-- it.  Who writes to a ticket that waits for him, or was resolved, opens it
-- again and is owed an answer; an answer that is owed already stays due when
-- it was.  Automatic mail changes nothing but what is shown, unless it
-- brings back what one of us wrote: then the case is before him again, at once.
-- A call that one of us took is the answer; whose ticket was nobody's is then
-- his.  One that was resolved comes back to who had it, if he still works here;
-- where a queue asks the same agent again (same_agent), it comes to its line,
-- and he is asked first.  What a case is about and where it is talked of may turn out later.
CREATE OR REPLACE FUNCTION desk.file_touch(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	WITH news AS (
	    SELECT f.ticket, bool_or(k.asks) AS asks,
		bool_or(k.asks AND i.call->>'state' = 'missed') AS missed,
		(array_agg(k.agent ORDER BY i.ord DESC)
		    FILTER (WHERE k.agent IS NOT NULL))[1] AS agent,
		(array_agg(i.preview ORDER BY i.ord DESC)
		    FILTER (WHERE i.preview IS NOT NULL))[1] AS preview,
		coalesce(bool_or(o.purpose IN ('reply', 'message')), false)
		    AS bounced,
		min(i.order_no) FILTER (WHERE k.asks) AS order_no,
		(array_agg(i.conversation ORDER BY i.ord)
		    FILTER (WHERE i.conversation IS NOT NULL))[1] AS chat,
		max(i.units) FILTER (WHERE i.conversation IS NOT NULL) AS units,
		coalesce(bool_or(i.facts->'left' = 'true'), false) AS message,
		array_agg((i.facts->'mood'->>'value')::smallint
		    ORDER BY i.ord) FILTER (WHERE k.direction = 'in') AS moods
	    FROM unnest(filings) f
	    CROSS JOIN LATERAL (SELECT (f.k).*) k
	    CROSS JOIN LATERAL (SELECT (k.i).*) i
	    LEFT JOIN desk.outbound o ON o.event = f.bounced
	    WHERE NOT f.opens
	    GROUP BY f.ticket
	)
	UPDATE desk.ticket t SET
	    state = CASE
		WHEN (n.asks OR n.bounced)
		    AND t.state IN ('pending', 'resolved') THEN 'open'
		WHEN n.agent IS NOT NULL AND t.state IN ('new', 'pending')
		    THEN 'open'
		ELSE t.state
		END,
	    kind = CASE WHEN n.missed AND t.kind = 'case' AND t.state = 'new'
		AND t.channel = 'call' AND t.assignee IS NULL
		THEN 'callback' ELSE t.kind END,
	    assignee = CASE WHEN t.state = 'resolved' AND n.agent IS NULL
		    AND (n.asks AND q.same_agent > 0
			OR (n.asks OR n.bounced)
			AND desk.agent_login(t.assignee) IS NULL) THEN NULL
		ELSE coalesce(t.assignee,
		    CASE WHEN t.state <> 'closed' THEN n.agent END) END,
	    turned = CASE WHEN n.message THEN 'message'
		WHEN n.asks AND (t.state = 'resolved' OR t.turned = 'left')
		    THEN NULL
		ELSE t.turned END,
	    prefer = CASE WHEN t.state = 'resolved' AND n.asks
		AND q.same_agent > 0 THEN t.assignee ELSE t.prefer END,
	    lined_at = CASE WHEN (n.asks OR n.bounced)
		AND t.state IN ('pending', 'resolved') THEN now()
		ELSE t.lined_at END,
	    due_at = CASE
		WHEN n.bounced AND t.state <> 'closed'
		    THEN least(t.due_at, now())
		WHEN n.agent IS NOT NULL THEN NULL
		WHEN n.asks AND t.state <> 'closed' THEN
		    CASE WHEN t.state IN ('new', 'open')
			THEN coalesce(t.due_at, answer.due)
			ELSE answer.due END
		ELSE t.due_at
		END,
	    first_answer_at = CASE WHEN n.agent IS NOT NULL
		THEN coalesce(t.first_answer_at, now())
		ELSE t.first_answer_at END,
	    resolved_at = CASE WHEN (n.asks OR n.bounced)
		AND t.state <> 'closed' THEN NULL
		ELSE t.resolved_at END,
	    reopens = t.reopens + (n.asks AND t.state = 'resolved')::int,
	    preview = coalesce(n.preview, t.preview),
	    order_no = coalesce(t.order_no, n.order_no),
	    conversation = coalesce(t.conversation, n.chat),
	    units = CASE WHEN t.conversation IS NULL AND n.units IS NOT NULL
		THEN greatest(t.units, n.units)
		ELSE desk.ticket_units(t.units, t.channel, n.agent) END,
	    mood = desk.mood_newest(n.moods, t.mood),
	    touched_at = now(),
	    version = t.version + 1
	FROM news n, desk.queue q
	CROSS JOIN LATERAL (SELECT CASE WHEN q.hours IS NULL
	    THEN now() + make_interval(secs => q.next_target)
	    ELSE desk.business_add(q.hours, now(), q.next_target)
	    END AS due) answer
	WHERE t.id = n.ticket AND q.id = t.queue;
END;
$$;

-- Puts on record that messages of ours came back, with what the other side
-- says.  After the tickets, as whoever sends them does.
CREATE OR REPLACE FUNCTION desk.file_bounces(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM FROM desk.outbound o
	WHERE o.event IN (SELECT f.bounced FROM unnest(filings) f)
	ORDER BY o.id
	FOR NO KEY UPDATE;
	UPDATE desk.outbound o SET state = 'bounced', settled_at = now(),
	    returned = b.returned, said = b.said
	FROM (SELECT f.bounced AS event, s.*
	    FROM unnest(filings) f
	    CROSS JOIN LATERAL desk.bounce_said(
		((f.k).i).facts->'bounce') s) b
	WHERE o.event = b.event;
END;
$$;

-- Whom these mails name takes part from now on: for a case that is opened,
-- unless DMARC failed; for one that is joined only when it passed, because
-- anybody can write our customer's name into From and his own into Cc.
CREATE OR REPLACE FUNCTION desk.file_others(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.copied AS c (ticket, address, event, proved)
	SELECT DISTINCT ON (f.ticket, o.address) f.ticket, o.address, i.event,
	    i.auth IS NOT DISTINCT FROM 'pass'
	FROM unnest(filings) f
	CROSS JOIN LATERAL (SELECT ((f.k).i).*) i
	CROSS JOIN LATERAL unnest(i.others) o(address)
	WHERE i.automatic IS NOT TRUE AND i.quarantine IS NULL
	    AND (f.opens AND i.auth IS DISTINCT FROM 'fail'
		OR i.auth = 'pass')
	    AND o.address <> i.contacts->0->>'address'
	    AND (SELECT count(*) FROM desk.copied h
		WHERE h.ticket = f.ticket) < 100
	ORDER BY f.ticket, o.address,
	    i.auth IS NOT DISTINCT FROM 'pass' DESC, i.ord
	ON CONFLICT (ticket, address) DO UPDATE SET proved = true
	WHERE excluded.proved AND NOT c.proved;
END;
$$;

-- Adds the events to the history, and their words to those to be indexed.
CREATE OR REPLACE FUNCTION desk.file_events(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	WITH e AS MATERIALIZED (
	    SELECT f.ticket, f.why, f.customer AS of, k.*
	    FROM unnest(filings) f
	    CROSS JOIN LATERAL (SELECT (f.k).*) k
	), words AS (
	    INSERT INTO desk.index_todo (event, ticket, words)
	    SELECT (i).event, ticket, (i).words FROM e
	    WHERE (i).words IS NOT NULL
	)
	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, contact, agent, who, subject, text, html, external_id,
	    raw, meta, why, own, facts)
	SELECT i.event, coalesce(i.at, now()), e.ticket, e.of, i.kind,
	    i.channel, e.direction, e.contact, e.agent, e.who, i.subject,
	    i.text, i.html, i.id, decode(i.raw, 'hex'),
	    CASE
	    WHEN i."to" IS NULL AND i.call IS NULL AND i.quarantine IS NULL
		AND i.automatic IS NOT TRUE
		AND coalesce(i.auth, 'none') = 'none' THEN i.meta
	    ELSE coalesce(i.meta, '{}') || jsonb_strip_nulls(
		jsonb_build_object('to', CASE WHEN i.meta ? 'to'
		    THEN i.meta->'to' ELSE i."to" END, 'call', i.call,
		'quarantine', i.quarantine, 'automatic', i.automatic,
		'auth', i.auth))
	    END,
	    e.why, i.own, i.facts
	FROM e CROSS JOIN LATERAL (SELECT (e.i).*) i
	ORDER BY i.event;
END;
$$;

-- Remembers the ids by which these events can be answered.
CREATE OR REPLACE FUNCTION desk.file_refs(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.message_ref (ref, ticket, event)
	SELECT r.ref, f.ticket, ((f.k).i).event
	FROM unnest(filings) f
	CROSS JOIN LATERAL (
	    SELECT unnest(((f.k).i).refs)
	    UNION ALL
	    SELECT 'call:' || (((f.k).i).call->>'id')
	    UNION ALL
	    SELECT 'order:' || ((f.k).i).order_no
	    WHERE desk.is_record((f.k).i)) r(ref)
	WHERE r.ref <> ''
	ON CONFLICT DO NOTHING;
END;
$$;

CREATE OR REPLACE FUNCTION desk.file_attachments(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.attachment (event, place, name, media_type, size, cid,
	    sha256)
	SELECT ((f.k).i).event, a.n - 1, coalesce(a.name, ''),
	    coalesce(a.type, 'application/octet-stream'), a.size, a.cid,
	    decode(a.sha256, 'hex')
	FROM unnest(filings) f
	CROSS JOIN LATERAL ROWS FROM (
	    jsonb_to_recordset(((f.k).i).attachments) AS (name text, type text,
		size bigint, cid text, sha256 text)
	) WITH ORDINALITY a(name, type, size, cid, sha256, n);
END;
$$;
