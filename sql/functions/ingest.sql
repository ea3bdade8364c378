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

-- Reads the events and claims their keys in the once-table.  An event whose
-- key is taken, by an earlier delivery or by another event of this very batch,
-- is not in the result.
CREATE OR REPLACE FUNCTION desk.intake_claim(events jsonb,
    OUT intakes desk.intake[])
LANGUAGE plpgsql
AS $$
DECLARE
	erased	boolean := EXISTS (SELECT FROM desk.erasure);
BEGIN
	WITH e AS MATERIALIZED (
	    SELECT x.n::int AS ord, nextval('desk.event_id') AS event,
		x.channel, x.id, x.at, x.kind, x.contacts, x.name,
		x.name_folded, x."to", x.subject, x.text, x.html, x.preview,
		x.lang, x."order", x.meta, x.words, x.thread, x.token, x.refs,
		x.auth, x.candidates, x.units, x.conversation, x.call,
		x.automatic, x.quarantine, x.attachments, x.raw, x.blobs,
		x.own, x.facts, x.others
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
	), claimed AS (
	    INSERT INTO desk.event_key (channel, external_id, event)
	    SELECT channel, CASE WHEN erased THEN desk.key_now(channel, id)
		ELSE id END, event
	    FROM e
	    ORDER BY channel COLLATE "C", id COLLATE "C", ord
	    ON CONFLICT DO NOTHING
	    RETURNING event_key.event
	)
	SELECT coalesce(array_agg(e::desk.intake), '{}')
	INTO intakes
	FROM e JOIN claimed USING (event);
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
	intakes	desk.intake[];
	knowns	desk.known[];
	filings	desk.filing[] := '{}';
BEGIN
	IF settled <> '{}' THEN
		PERFORM desk.outbox_settle(settled);
	END IF;

	intakes := desk.intake_claim(events);
	IF intakes <> '{}' THEN
		PERFORM desk.blob_use(intakes, blobs);
		knowns := desk.identify(intakes);
		IF cardinality(knowns) IS DISTINCT FROM cardinality(intakes)
		THEN
			PERFORM desk.refuse('INVALID',
			    'An event has no sender.', 'from');
		END IF;
		filings := desk.file_rounds(knowns);
		IF EXISTS (SELECT FROM unnest(filings) f
		    WHERE ((f.k).i).facts ? 'order') THEN
			PERFORM desk.orders_keep(filings);
		END IF;
		PERFORM desk.acknowledge(filings);
	END IF;

	RETURN QUERY SELECT * FROM desk.ingest_tell(filings);
	IF cardinality(intakes) < jsonb_array_length(events) THEN
		RETURN QUERY SELECT * FROM desk.ingest_repeat(events, intakes);
	END IF;
	IF intakes <> '{}' THEN
		PERFORM desk.ingest_count(filings);
	END IF;
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
	    SELECT id, name, offer_seconds FROM desk.queue
	)
	SELECT i.ord,
	    desk.answer_text(i.event, t, q.name, f.opens, false, f.why),
	    told.id,
	    desk.with_call(desk.apply_text(t, q.name, q.offer_seconds, a.name,
		CASE WHEN i.channel = 'chat' THEN desk.chat_said(n.notice,
		    i.id, i.attachments) ELSE n.notice END), t.id, i.call)
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
	    AS notice OFFSET 0) n;
END;
$$;

-- The answers to those events of a batch that were there before.
CREATE OR REPLACE FUNCTION desk.ingest_repeat(events jsonb,
    intakes desk.intake[])
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
	WHERE e.ord NOT IN (SELECT i.ord FROM unnest(intakes) i)
$$;

-- Counts what was taken in; last, since batches may meet at these rows.
CREATE OR REPLACE FUNCTION desk.ingest_count(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.queue_hour AS c (queue, hour, what, slot, n)
	SELECT q.queue, date_trunc('hour', now(), 'UTC'), w.what,
	    desk.stat_slot(), w.n
	FROM (
	    SELECT f.queue, count(*) AS taken_in,
		count(*) FILTER (WHERE f.opens
		    AND NOT desk.is_record((f.k).i)) AS opened,
		count(DISTINCT f.ticket) FILTER (WHERE f.was = 'resolved'
		    AND ((f.k).asks OR f.bounced IS NOT NULL)) AS reopened
	    FROM unnest(filings) f
	    GROUP BY f.queue) q
	CROSS JOIN LATERAL (VALUES ('taken_in', q.taken_in),
	    ('opened', q.opened), ('reopened', q.reopened)) w(what, n)
	WHERE w.n > 0
	ORDER BY q.queue, w.what
	ON CONFLICT (queue, hour, what, slot) DO UPDATE SET n = c.n + excluded.n;
END;
$$;
