-- Taking events in: one call, one transaction, one commit for a whole batch.
--
-- Everything is done for the batch at once, never event by event, and locks
-- are taken in one order by everybody, so that batches side by side wait for
-- each other but do not deadlock: event keys, blobs, contacts, conversations
-- (and calls, orders), tickets, counters; within each, in the order of their
-- keys.

-- What the sender of an event is told, as JSON.
CREATE OR REPLACE FUNCTION desk.answer_text(event bigint, t desk.ticket,
    queue text, created boolean, duplicate boolean, why jsonb)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT concat('{"event":', event, ',"ticket":', (t).id,
	    ',"number":', (t).number, ',"customer":', (t).customer,
	    ',"queue":', to_json(queue),
	    ',"created":', to_json(created),
	    ',"duplicate":', to_json(duplicate),
	    ',"why":', coalesce(why, '{}'), '}')
$$;

-- Claims the events' keys in the once-table.  ids: by place, the id that the
-- event will have, or NULL when its key is taken, by an earlier delivery or by
-- another event of this very batch.  plain: events that can go the short way
-- (plain.sql), as far as they show it; single: that each has one contact, none
-- a chat, which can be claimed all at once; bytes: that any names a blob.
CREATE OR REPLACE FUNCTION desk.ingest_claim(events jsonb, OUT ids bigint[],
    OUT plain boolean[], OUT single boolean, OUT bytes boolean)
LANGUAGE plpgsql
AS $$
DECLARE
	erased	boolean := EXISTS (SELECT FROM desk.erasure);
BEGIN
	WITH e AS MATERIALIZED (
	    SELECT x.n, nextval('desk.event_id') AS event, x.channel, x.id,
		x.kind = 'message' AND x.channel <> 'chat'
		    AND coalesce(x.thread, x.token, x.conversation, x.call,
			x."order", x.automatic, x.quarantine,
			x.facts->'order', x.facts->'handled_by',
			x.facts->'sent') IS NULL
		    AND coalesce(jsonb_array_length(x."to"), 0) < 2 AS plain,
		jsonb_array_length(x.contacts) = 1
		    AND x.contacts->0->>'kind' <> 'chat' AS single,
		coalesce(x.raw, x.attachments) IS NOT NULL AS bytes
	    FROM ROWS FROM (jsonb_to_recordset(events) AS (channel text,
		id text, kind text, contacts jsonb, thread jsonb, token jsonb,
		conversation jsonb, call jsonb, "order" jsonb, automatic jsonb,
		quarantine jsonb, "to" jsonb, raw jsonb, attachments jsonb,
		facts jsonb)) WITH ORDINALITY x(channel, id, kind, contacts,
		thread, token, conversation, call, "order", automatic,
		quarantine, "to", raw, attachments, facts, n)
	), claimed AS (
	    INSERT INTO desk.event_key (channel, external_id, event)
	    SELECT e.channel, CASE WHEN erased THEN desk.key_now(e.channel, e.id)
		ELSE e.id END, e.event
	    FROM e
	    ORDER BY e.channel COLLATE "C", e.id COLLATE "C", e.n
	    ON CONFLICT DO NOTHING
	    RETURNING event_key.event
	)
	SELECT array_agg(c.event ORDER BY e.n), array_agg(e.plain ORDER BY e.n),
	    bool_and(e.single IS TRUE), bool_or(e.bytes)
	INTO ids, plain, single, bytes
	FROM e LEFT JOIN claimed c USING (event);
END;
$$;

-- Reads those events whose place is chosen and whose key was claimed.
CREATE OR REPLACE FUNCTION desk.intake_read(events jsonb, ids bigint[],
    chosen boolean[])
RETURNS desk.intake[]
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (
	    SELECT coalesce(array_agg(ROW(x.n, ids[x.n], x.channel, x.id, x.at,
		x.kind, x.contacts, x.name, x.name_folded, x."to", x.subject,
		x.text, x.html, x.preview, x.lang, x."order", x.meta, x.words,
		x.thread, x.token, x.refs, x.auth, x.candidates, x.units,
		x.conversation, x.call, x.automatic, x.quarantine,
		x.attachments, x.raw, x.blobs, x.own, x.facts, x.others
		)::desk.intake), '{}')
	    FROM ROWS FROM (jsonb_to_recordset(events) AS (
		channel text, id text, at timestamptz, kind text,
		contacts jsonb, name text, name_folded text, "to" jsonb,
		subject text, text text, html text, preview text, lang text,
		"order" text, meta jsonb, words text, thread text[],
		token bigint, refs text[], auth text, candidates jsonb,
		units smallint, conversation uuid, call jsonb,
		automatic boolean, quarantine text, attachments jsonb,
		raw text, blobs jsonb, own text, facts jsonb,
		others text[]))
		WITH ORDINALITY x(
		channel, id, at, kind, contacts, name, name_folded, "to",
		subject, text, html, preview, lang, "order", meta, words,
		thread, token, refs, auth, candidates, units, conversation,
		call, automatic, quarantine, attachments, raw, blobs, own,
		facts, others, n)
	    WHERE ids[x.n] IS NOT NULL AND chosen[x.n]);
END;
$$;

-- Identifies the senders of those events whose contacts were claimed already.
CREATE OR REPLACE FUNCTION desk.identify_claimed(intakes desk.intake[],
    senders bigint[], owners bigint[], made boolean[])
RETURNS desk.known[]
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.classify(intakes, ARRAY(
	    SELECT ROW((i).ord, 1, (i).contacts->0->>'kind',
		(i).contacts->0->>'address', (i).contacts->0->>'original',
		NULL, senders[(i).ord], owners[(i).ord], made[(i).ord],
		(i).name, (i).name_folded)::desk.meeting
	    FROM unnest(intakes) i));
END;
$$;

-- Files a batch of 1 to 64 events (ARCHITECTURE.md has their members and the
-- rows returned, one an event, ord from 1 saying which; the JSON is text, since
-- nobody here reads it), and settles outbox rows that an earlier batch returned.  blobs[] are the small bytes
-- that come along.  Any delivery may be repeated at any time: the answer is
-- that of the first, marked as a duplicate and without an outbox row.  Raises
-- DK002 when an event names a blob that is not whole.
CREATE OR REPLACE FUNCTION desk.ingest(events jsonb, blobs bytea[],
    settled bigint[])
RETURNS TABLE (ord int, answer text, outbox bigint, apply text)
LANGUAGE plpgsql
-- A batch is small and the tables are not: what is right for the next million
-- rows must not be decided by how empty they are today, nor anew each time.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
	claim		record;
	contact		record;
	filed		record;
	ords		int[];		-- the rows to be returned
	answers		text[];
	outboxes	bigint[];
	applies		text[];
	queues		int[];		-- where the short way led
	rest		boolean[];	-- what goes the long way
	intakes		desk.intake[] := '{}';
	knowns		desk.known[];
	filings		desk.filing[] := '{}';
BEGIN
	IF settled <> '{}' THEN
		PERFORM desk.outbox_settle(settled);
	END IF;
	claim := desk.ingest_claim(events);
	IF claim.ids IS NULL THEN
		RETURN;		-- no events: there was only to settle
	END IF;
	events := desk.mood_known(events);
	IF claim.bytes THEN
		PERFORM desk.blob_use(events, claim.ids, blobs);
	END IF;

	rest := array_fill(true, ARRAY[cardinality(claim.ids)]);
	IF claim.single THEN
		contact := desk.plain_contacts(events, claim.ids);
		IF desk.plain_hold(contact.contacts, contact.customers,
		    contact.made) THEN
			SELECT * INTO filed FROM desk.plain_file(events,
			    claim.ids, claim.plain, contact.contacts,
			    contact.customers, contact.made);
			ords := filed.ords;
			answers := filed.answers;
			outboxes := filed.outboxes;
			applies := filed.applies;
			queues := filed.queues;
			IF EXISTS (SELECT FROM desk.queue q
			    WHERE q.id = ANY (queues) AND coalesce(
				q.acknowledge, q.acknowledge_closed)
				IS NOT NULL) THEN
				PERFORM desk.plain_acknowledge(
				    desk.identify_claimed(desk.intake_read(
					events, claim.ids, claim.plain),
					contact.contacts, contact.customers,
					contact.made),
				    filed.ords, filed.tickets);
			END IF;
			rest := ARRAY(SELECT NOT p
			    FROM unnest(claim.plain) WITH ORDINALITY u(p, n)
			    ORDER BY n);
		ELSE
			contact := NULL;
		END IF;
	END IF;
	IF true = ANY (rest) THEN
		intakes := desk.intake_read(events, claim.ids, rest);
	END IF;
	IF intakes <> '{}' THEN
		IF contact IS NULL THEN
			knowns := desk.identify(intakes);
		ELSE
			knowns := desk.identify_claimed(intakes,
			    contact.contacts, contact.customers, contact.made);
		END IF;
		IF cardinality(knowns) IS DISTINCT FROM cardinality(intakes)
		THEN
			PERFORM desk.refuse('INVALID',
			    'An event has no sender.', 'from');
		END IF;
		filings := desk.file_rounds(knowns);
		IF EXISTS (SELECT FROM unnest(filings) f
		    WHERE ((f.k).i).facts ? 'order') THEN
			PERFORM desk.orders_keep(filings);
			PERFORM desk.referrals_keep(filings);
		END IF;
		PERFORM desk.acknowledge(filings);
		SELECT ords || array_agg(l.ord), answers || array_agg(l.answer),
		    outboxes || array_agg(l.outbox),
		    applies || array_agg(l.apply)
		INTO ords, answers, outboxes, applies
		FROM desk.ingest_tell(filings) l;
	END IF;
	RETURN QUERY SELECT * FROM desk.ingest_ruled(ords, answers, outboxes,
	    applies);
	IF array_position(claim.ids, NULL) IS NOT NULL THEN
		RETURN QUERY SELECT * FROM desk.ingest_repeat(events, claim.ids);
	END IF;
	PERFORM desk.ingest_count(filings, queues);
END;
$$;

-- The rows of a batch after the rules had their turn: where one acted, the
-- tickets are told as they are now; what it has to tell, or who watches one of
-- them is told, comes after, in rows that answer no event (ord NULL).
CREATE OR REPLACE FUNCTION desk.ingest_ruled(ords int[], answers text[],
    outboxes bigint[], applies text[])
RETURNS TABLE (ord int, answer text, outbox bigint, apply text)
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
DECLARE
	acted	boolean := desk.automations_mine();
BEGIN
	IF acted THEN
		RETURN QUERY
		SELECT u.ord, u.answer, u.outbox, o.apply::text
		FROM unnest(ords, answers, outboxes) u(ord, answer, outbox)
		JOIN desk.outbox_told(outboxes) o ON o.outbox = u.outbox;
	ELSE
		RETURN QUERY SELECT * FROM unnest(ords, answers, outboxes,
		    applies);
	END IF;
	RETURN QUERY
	SELECT NULL::int, NULL::text, (m->>'outbox')::bigint, m->>'apply'
	FROM jsonb_array_elements(desk.outbox_mine()) m
	WHERE acted OR (m->>'outbox')::bigint > (SELECT max(o)
	    FROM unnest(outboxes) o);
END;
$$;

-- Notes each filed event in the outbox, and returns the answers.
CREATE OR REPLACE FUNCTION desk.ingest_tell(filings desk.filing[])
RETURNS TABLE (ord int, answer text, outbox bigint, apply text)
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH told AS (
	    INSERT INTO desk.outbox (ticket, event)
	    SELECT f.ticket, ((f.k).i).event FROM unnest(filings) f
	    ORDER BY ((f.k).i).ord
	    RETURNING id, event
	), q AS MATERIALIZED (
	    SELECT id, name, offer_seconds, offer_by FROM desk.queue
	)
	SELECT i.ord,
	    desk.answer_text(i.event, t, q.name, f.opens, false, f.why),
	    told.id,
	    CASE WHEN i.call IS NULL THEN x.apply
		ELSE desk.with_call(x.apply, t.id, i.call) END
	FROM unnest(filings) f
	CROSS JOIN LATERAL (SELECT (f.k).*) k
	CROSS JOIN LATERAL (SELECT (k.i).*) i
	JOIN told ON told.event = i.event
	JOIN desk.ticket t ON t.id = f.ticket
	JOIN q ON q.id = t.queue
	LEFT JOIN desk.agent a ON a.id = t.assignee
	CROSS JOIN LATERAL (SELECT desk.event_notice(i.event, t, q.name,
	    a.name, i.channel, k.direction, k.who, i.text,
	    CASE WHEN f.bounced IS NULL THEN 'event' ELSE 'bounce' END)
	    AS notice OFFSET 0) n
	CROSS JOIN LATERAL (SELECT desk.apply_text(t, q.name, desk.offer_of(
		q.offer_seconds, q.offer_by, t.channel), a.name,
		CASE WHEN i.channel = 'chat' THEN
		desk.chat_said(n.notice, i.id, i.attachments)
		ELSE n.notice END) AS apply OFFSET 0) x;
END;
$$;

-- The answers to those events of a batch that were there before.
CREATE OR REPLACE FUNCTION desk.ingest_repeat(events jsonb, ids bigint[])
RETURNS TABLE (ord int, answer text, outbox bigint, apply text)
LANGUAGE sql STABLE
AS $$
	SELECT e.ord::int,
	    desk.answer_text(h.id, t, q.name, false, true, h.why),
	    NULL::bigint, NULL::text
	FROM jsonb_array_elements(events) WITH ORDINALITY e(value, ord)
	JOIN desk.event_key k ON k.channel = e.value->>'channel'
	    AND k.external_id = desk.key_now(e.value->>'channel',
		e.value->>'id')
	JOIN desk.event h ON h.id = k.event AND h.filed_at = k.filed_at
	JOIN desk.ticket t ON t.id = h.ticket
	JOIN desk.queue q ON q.id = t.queue
	WHERE ids[e.ord] IS NULL
$$;

-- Counts what was taken in; last, since batches may meet at these rows.
CREATE OR REPLACE FUNCTION desk.ingest_count(filings desk.filing[],
    plain int[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	-- Who was turned away, and callers who left: of the few that are.
	more	jsonb := CASE WHEN EXISTS (SELECT FROM unnest(filings) f
		    WHERE f.why ? 'turned' OR ((f.k).i).call IS NOT NULL)
		    THEN desk.turned_count(filings) ELSE '[]' END;
BEGIN
	INSERT INTO desk.queue_hour AS c (queue, hour, what, slot, n)
	SELECT a.queue, date_trunc('hour', now(), 'UTC'), a.what,
	    desk.stat_slot(), a.n
	FROM (SELECT q.queue, w.what, w.n
	FROM (
	    SELECT f.queue, count(*) AS taken_in,
		count(*) FILTER (WHERE f.opens) AS opened,
		count(DISTINCT f.reopened) AS reopened
	    FROM (
		SELECT g.queue, g.opens AND NOT desk.is_record((g.k).i) AS opens,
		    CASE WHEN g.was = 'resolved'
			AND ((g.k).asks OR g.bounced IS NOT NULL)
			THEN g.ticket END AS reopened
		FROM unnest(filings) g
		UNION ALL
		SELECT u.queue, true, NULL FROM unnest(plain) u(queue)) f
	    GROUP BY f.queue) q
	CROSS JOIN LATERAL (VALUES ('taken_in', q.taken_in),
	    ('opened', q.opened), ('reopened', q.reopened)) w(what, n)
	UNION ALL
	SELECT (m->>'q')::int, m->>'w', (m->>'n')::bigint
	FROM jsonb_array_elements(more) m) a
	WHERE a.n <> 0
	ORDER BY a.queue, a.what
	ON CONFLICT (queue, hour, what, slot) DO UPDATE SET n = c.n + excluded.n;
END;
$$;
