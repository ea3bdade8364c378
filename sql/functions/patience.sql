-- Full queues, closed ones, and patience: who comes to be answered at once (by
-- chat or telephone) is held, asked for a message, called back, or brought to
-- another queue.  Mail is never turned away.
--
-- A deed is a word of desk.conf: hold, message, callback or overflow QUEUE.
-- How many wait is PostgreSQL's to say, under a lock for each queue that has a
-- limit: daemons side by side let in exactly so many, whether Redis is there
-- or not.

-- "chat 3m message" as what it says; deed NULL: the time is only measured by.
CREATE OR REPLACE FUNCTION desk.patience_read(word text, OUT channel text,
    OUT span int, OUT deed text)
RETURNS record
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT m[1], desk.span_read(m[2]), m[3]
	FROM regexp_match(word, '^(\S+) (\S+)(?: (.+))?$') m
$$;

-- How many seconds somebody is thought to wait there by that channel, as the
-- queue has it; NULL: it says nothing.
CREATE OR REPLACE FUNCTION desk.patience_of(q desk.queue, by_channel text)
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT p.span FROM unnest((q).patience) w
	CROSS JOIN LATERAL desk.patience_read(w) p
	WHERE p.channel = by_channel
$$;

-- How many wait there in chats and calls; counted as far as most.
CREATE OR REPLACE FUNCTION desk.live_waiting(wanted int, most int)
RETURNS int
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
BEGIN
	RETURN (SELECT count(*) FROM (SELECT FROM desk.ticket t
	    WHERE t.queue = wanted AND t.channel IN ('chat', 'call')
		AND t.kind = 'case' AND t.assignee IS NULL
		AND t.state IN ('new', 'open') AND t.turned IS NULL
	    LIMIT most) x);
END;
$$;

-- The deed for who comes to a queue that is drained: on to what takes it, else
-- as if it were full.
CREATE OR REPLACE FUNCTION desk.drain_deed(q desk.queue)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN coalesce((SELECT 'overflow ' || k.name FROM desk.queue k
		WHERE k.id = desk.drain_taker(q.id) AND k.id <> q.id),
	    CASE WHEN q.when_full NOT LIKE 'overflow %' THEN q.when_full END,
	    'hold');
END;
$$;

-- Where who comes to this queue goes, and what becomes of him there.  more: as
-- many as this transaction is about to add to each queue ({"id":n}).  how NULL:
-- he waits.  why: drained, closed or full, of the first queue that did not have
-- him.  Configurations have no ring of overflows, and no chain of more than
-- eight; drained queues lead to one that is not.
CREATE OR REPLACE FUNCTION desk.turn_of(wanted int, more jsonb,
    OUT queue int, OUT how text, OUT why text)
RETURNS record
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	q	desk.queue;
	deed	text;
	cause	text;
	next	int;
BEGIN
	queue := wanted;
	FOR hop IN 0 .. 8 LOOP
		SELECT * INTO q FROM desk.queue k WHERE k.id = turn_of.queue;
		cause := CASE WHEN q.drain_at IS NOT NULL THEN 'drained'
		    WHEN q.when_closed <> 'hold'
			AND NOT desk.hours_open(q.hours, now()) THEN 'closed'
		    WHEN q.most_waiting > 0 AND desk.live_waiting(q.id,
			q.most_waiting) + coalesce((more->>q.id::text)::int, 0)
			>= q.most_waiting THEN 'full' END;
		deed := CASE cause WHEN 'closed' THEN q.when_closed
		    WHEN 'full' THEN q.when_full
		    WHEN 'drained' THEN desk.drain_deed(q) ELSE 'hold' END;
		why := coalesce(why, CASE WHEN deed <> 'hold' THEN cause END);
		how := CASE WHEN deed IN ('message', 'callback') THEN deed
		    WHEN turn_of.queue <> wanted THEN 'overflow' END;
		next := NULL;
		IF deed LIKE 'overflow %' THEN
			SELECT k.id INTO next FROM desk.queue k
			WHERE k.name = split_part(deed, ' ', 2) AND k.active;
		END IF;
		EXIT WHEN next IS NULL;
		queue := next;
	END LOOP;
END;
$$;

-- Is this event of somebody who waits to be answered at once, and opens a case?
CREATE OR REPLACE FUNCTION desk.comes_live(f desk.filing)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT (f).opens AND (k).asks AND (k).agent IS NULL
	    AND CASE (i).channel
		WHEN 'chat' THEN (i).facts->'left' IS DISTINCT FROM 'true'
		WHEN 'call' THEN (i).call->>'state' = 'ringing'
		ELSE false END
	FROM (SELECT (f).k) x(k) CROSS JOIN LATERAL (SELECT (x.k).i) y(i)
$$;

-- Makes sure that nobody else counts who waits in these queues, or where they
-- overflow, until we commit.
CREATE OR REPLACE FUNCTION desk.turn_lock(queues int[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(1145393004, l.id)
	FROM (WITH RECURSIVE r(id) AS (
		SELECT unnest(queues)
		UNION
		SELECT n.id FROM r JOIN desk.queue q ON q.id = r.id
		JOIN desk.queue n ON n.name IN (
		    substr(q.when_full, 10), substr(q.when_closed, 10))
	    ) SELECT r.id FROM r JOIN desk.queue q ON q.id = r.id
	    WHERE q.most_waiting > 0 ORDER BY r.id) l;
END;
$$;

-- The filings, each that opens a case in a queue which is full or closed with
-- what becomes of it (turned, in its why), in the queue where it goes.
CREATE OR REPLACE FUNCTION desk.turn_away(filings desk.filing[])
RETURNS desk.filing[]
LANGUAGE plpgsql
AS $$
DECLARE
	come	int[] := ARRAY(SELECT DISTINCT f.queue FROM unnest(filings) f
		    WHERE ((f.k).i).channel IN ('chat', 'call')
			AND desk.comes_live(f));
	more	jsonb := '{}';
	was	int;
	t	record;
BEGIN
	IF come = '{}' OR NOT EXISTS (SELECT FROM desk.queue q
	    WHERE q.id = ANY (come)
		AND (q.most_waiting > 0 OR q.when_closed <> 'hold'
		    OR q.drain_at IS NOT NULL)) THEN
		RETURN filings;
	END IF;
	PERFORM desk.turn_lock(come);
	FOR n IN 1 .. cardinality(filings) LOOP
		CONTINUE WHEN NOT desk.comes_live(filings[n]);
		was := filings[n].queue;
		t := desk.turn_of(was, more);
		-- A caller cannot be asked to write: he is called back.
		IF t.how = 'message' AND ((filings[n].k).i).channel = 'call'
		THEN
			t.how := 'callback';
		END IF;
		filings[n].queue := t.queue;
		filings[n].k.queue := t.queue;
		IF t.how IS NOT NULL THEN
			filings[n].why := filings[n].why || jsonb_build_object(
			    'turned', desk.turn_meta(t.how, t.why, was,
				t.queue));
		END IF;
		IF t.how IS NULL OR t.how = 'overflow' THEN
			more := more || jsonb_build_object(t.queue::text,
			    coalesce((more->>t.queue::text)::int, 0) + 1);
		END IF;
	END LOOP;
	RETURN filings;
END;
$$;

-- {"how","why"[,"from","to"]}, as the history has it.
CREATE OR REPLACE FUNCTION desk.turn_meta(how text, why text, was int,
    is_now int)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN jsonb_strip_nulls(jsonb_build_object('how', how, 'why', why))
	    || CASE WHEN was = is_now THEN '{}' ELSE desk.from_to(
		(SELECT q.name FROM desk.queue q WHERE q.id = was),
		(SELECT q.name FROM desk.queue q WHERE q.id = is_now)) END;
END;
$$;

-- Puts it into the history.  What has no daemon that waits for this
-- transaction's outbox is as good as a few seconds old: the next sweep has it.
CREATE OR REPLACE FUNCTION desk.turn_note(of bigint, meta jsonb)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.event (at, ticket, customer, kind, channel, direction,
	    who, meta)
	SELECT now(), t.id, t.customer, 'turned', 'desk', 'own', 'desk',
	    turn_note.meta
	FROM desk.ticket t WHERE t.id = of
$$;
CREATE OR REPLACE FUNCTION desk.outbox_soon(of bigint, notice jsonb)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.outbox (ticket, feed, at)
	SELECT t.id, CASE WHEN notice IS NOT NULL THEN jsonb_strip_nulls(
	    desk.feed_json(t, q.name, a.name) || notice) END,
	    clock_timestamp() - interval '1 minute'
	FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue
	LEFT JOIN desk.agent a ON a.id = t.assignee
	WHERE t.id = of
$$;

-- What a visitor is told who is not held, in the queue's own words (template
-- turned_away) or ours.  Nothing that a stranger wrote is in it.
CREATE OR REPLACE FUNCTION desk.turn_words(t desk.ticket, how text)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	lang	text := coalesce((SELECT c.lang FROM desk.conversation c
		    WHERE c.id = t.conversation AND c.lang IN ('vi', 'en')),
		    desk.lang_of(t));
BEGIN
	RETURN coalesce((SELECT desk.template_fill(p.body,
		desk.template_vars(t, NULL, p.lang))
	    FROM desk.queue q
	    CROSS JOIN LATERAL desk.template_in(q.turned_away, lang) p
	    WHERE q.id = t.queue), CASE
	    WHEN how = 'callback' AND lang = 'en' THEN
		'Nobody is free at the moment. Leave your telephone number '
		'or e-mail address here, and we call you back.'
	    WHEN how = 'callback' THEN
		'Hiện chưa có ai rảnh ạ. Anh/chị để lại số điện thoại hoặc '
		'email ở đây, bên em liên hệ lại ngay khi có người.'
	    WHEN lang = 'en' THEN
		'Nobody is free at the moment. Leave a message with your '
		'e-mail address, and we answer as soon as we can.'
	    ELSE 'Hiện chưa có ai rảnh ạ. Anh/chị để lại lời nhắn kèm email, '
		'bên em trả lời sớm nhất có thể.' END);
END;
$$;

-- Says it in a chat, as the desk itself: no answer to the case.
CREATE OR REPLACE FUNCTION desk.turn_tell(of bigint, how text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket;
	told	bigint;
	said	text;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = of;
	IF t.channel <> 'chat' OR t.conversation IS NULL THEN
		RETURN;
	END IF;
	said := desk.turn_words(t, how);
	told := nextval('desk.event_id');
	INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
	    direction, who, text, facts)
	VALUES (told, now(), t.id, t.customer, 'acknowledgement', 'chat',
	    'out', 'desk', said, '{"automatic":"auto-replied"}');
	PERFORM desk.outbox_soon(t.id, jsonb_build_object('kind', 'event',
	    'event', told, 'channel', 'chat', 'direction', 'out',
	    'who', 'desk', 'text', desk.cut(said, 4000), 'automatic', true));
END;
$$;

-- After the tickets were opened: what became of those that were turned away.
CREATE OR REPLACE FUNCTION desk.turned_file(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	f	desk.filing;
BEGIN
	FOREACH f IN ARRAY filings LOOP
		CONTINUE WHEN NOT f.why ? 'turned';
		PERFORM desk.turn_note(f.ticket, f.why->'turned');
		IF f.why->'turned'->>'how' <> 'overflow' THEN
			PERFORM desk.turn_tell(f.ticket,
			    f.why->'turned'->>'how');
		END IF;
	END LOOP;
END;
$$;

-- The patience of one who waits is over, his ticket locked: does what his
-- queue says.
CREATE OR REPLACE FUNCTION desk.patience_over(t desk.ticket, deed text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	old	int := t.queue;
	r	record;
	how	text := CASE WHEN deed = 'message' AND t.channel = 'call'
		    THEN 'callback' ELSE deed END;
	meta	jsonb;
BEGIN
	IF deed LIKE 'overflow %' THEN
		r := desk.turn_of((SELECT q.id FROM desk.queue q
		    WHERE q.name = split_part(deed, ' ', 2) AND q.active),
		    '{}');
		IF r.queue IS NULL OR r.queue = old THEN
			RETURN;
		END IF;
		how := coalesce(r.how, 'overflow');
		IF how = 'message' AND t.channel = 'call' THEN
			how := 'callback';
		END IF;
		t.queue := r.queue;
		t.prefer := NULL;
	END IF;
	meta := desk.turn_meta(how, 'patience', old, t.queue)
	    || jsonb_build_object('waited', extract(epoch FROM now()
		- coalesce(t.lined_at, t.opened_at))::int);
	IF how <> 'overflow' THEN
		UPDATE desk.ticket k SET turned = how,
		    kind = CASE how WHEN 'callback' THEN how ELSE k.kind END,
		    units = least(k.units, 5)
		WHERE k.id = t.id;
	END IF;
	PERFORM desk.ticket_commit(desk.clock_caller(), t,
	    jsonb_build_object('kind', 'turned', 'meta', meta));
	IF how <> 'overflow' THEN
		PERFORM desk.turn_tell(t.id, how);
	END IF;
	PERFORM desk.stat_add(CASE WHEN t.queue = old THEN ARRAY[old]
		ELSE ARRAY[old, old, t.queue] END,
	    CASE WHEN t.queue = old THEN '{turned}'::text[]
		ELSE '{turned,moved_out,moved_in}' END);
END;
$$;

-- Looks for at most lim chats and calls that wait longer than their queue
-- holds them, and returns how many it found.  One that somebody has in hand
-- just now is left for the next time.
CREATE OR REPLACE FUNCTION desk.patience_due(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	late	bigint[];
	t	desk.ticket;
	deed	text;
	done	int := 0;
BEGIN
	late := ARRAY(SELECT x.id
	    FROM desk.queue q CROSS JOIN unnest(q.patience) w
	    CROSS JOIN LATERAL desk.patience_read(w) p
	    CROSS JOIN LATERAL (SELECT k.id FROM desk.ticket k
		WHERE k.queue = q.id AND k.channel = p.channel
		    AND k.channel IN ('chat', 'call') AND k.kind = 'case'
		    AND k.assignee IS NULL AND k.state IN ('new', 'open')
		    AND k.turned IS NULL
		    AND k.lined_at <= now() - make_interval(secs => p.span)
		ORDER BY k.lined_at, k.id LIMIT lim) x
	    WHERE q.active AND p.deed IS NOT NULL LIMIT lim);
	IF late = '{}' THEN
		RETURN 0;
	END IF;
	FOR t IN SELECT * FROM desk.ticket k
	    WHERE k.id = ANY (late) AND k.kind = 'case' AND k.turned IS NULL
		AND k.assignee IS NULL AND k.state IN ('new', 'open')
	    ORDER BY k.id FOR UPDATE SKIP LOCKED LOOP
		-- Another daemon may have brought it to another queue.
		SELECT p.deed INTO deed FROM desk.queue q
		CROSS JOIN LATERAL unnest(q.patience) w
		CROSS JOIN LATERAL desk.patience_read(w) p
		WHERE q.id = t.queue AND p.channel = t.channel
		    AND t.lined_at <= now() - make_interval(secs => p.span);
		CONTINUE WHEN deed IS NULL;
		PERFORM desk.patience_over(t, deed);
		done := done + 1;
	END LOOP;
	-- Who does this does not perform it: the next sweep is to have it.
	UPDATE desk.outbox o SET at = o.at - interval '1 minute'
	WHERE o.id = ANY (string_to_array(nullif(current_setting('desk.outbox',
	    true), ''), ',')::bigint[]);
	RETURN done;
END;
$$;

-- In how many ms the next one's is over.  None is shorter than the time after
-- which one looks anyway (due_in()).
CREATE OR REPLACE FUNCTION desk.patience_next()
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
BEGIN
	RETURN desk.due_in((SELECT min(x.at + make_interval(secs => p.span))
	    FROM desk.queue q CROSS JOIN unnest(q.patience) w
	    CROSS JOIN LATERAL desk.patience_read(w) p
	    CROSS JOIN LATERAL (SELECT k.lined_at AS at FROM desk.ticket k
		WHERE k.queue = q.id AND k.channel = p.channel
		    AND k.channel IN ('chat', 'call') AND k.kind = 'case'
		    AND k.assignee IS NULL AND k.state IN ('new', 'open')
		    AND k.turned IS NULL
		ORDER BY k.lined_at LIMIT 1) x
	    WHERE q.active AND p.deed IS NOT NULL));
END;
$$;

-- For how many seconds somebody waits there in a chat or call already; NULL:
-- nobody does.
CREATE OR REPLACE FUNCTION desk.live_oldest(wanted int)
RETURNS int
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
BEGIN
	RETURN (SELECT greatest(0, extract(epoch FROM now() - min(x.at)))::int
	    FROM unnest('{chat,call}'::text[]) c
	    CROSS JOIN LATERAL (SELECT t.lined_at AS at FROM desk.ticket t
		WHERE t.queue = wanted AND t.channel = c
		    AND t.channel IN ('chat', 'call') AND t.kind = 'case'
		    AND t.assignee IS NULL AND t.state IN ('new', 'open')
		    AND t.turned IS NULL
		ORDER BY t.lined_at LIMIT 1) x);
END;
$$;

-- What becomes of who comes to this queue now, and where: {"queue","do": hold,
-- message or callback,"why"}; NULL: he waits there.
CREATE OR REPLACE FUNCTION desk.turn_said(wanted int)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	t	record := desk.turn_of(wanted, '{}');
BEGIN
	RETURN CASE WHEN t.how IS NOT NULL THEN jsonb_strip_nulls(
	    jsonb_build_object('queue', (SELECT k.name FROM desk.queue k
		    WHERE k.id = t.queue),
		'do', CASE t.how WHEN 'overflow' THEN 'hold' ELSE t.how END,
		'why', t.why)) END;
END;
$$;

-- QUEUE.WAIT: the same of a queue, by name; the daemon adds how long he would
-- wait (op_queue.c).
CREATE OR REPLACE FUNCTION desk.queue_wait(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	q	desk.queue := desk.queue_named(args->>'queue', 'queue');
BEGIN
	RETURN jsonb_build_object('asked', q.name) || coalesce(
	    desk.turn_said(q.id),
	    jsonb_build_object('queue', q.name, 'do', 'hold'));
END;
$$;
