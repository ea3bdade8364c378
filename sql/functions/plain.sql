-- The short way in, for what most events are: a message from one sender that
-- points at nothing, and so opens a ticket.  What it does is what identify(),
-- thread() and file() do for every event; it does it in one statement for the
-- batch, and hands nothing from step to step but ids.  tests/sql/plain_same.sql
-- sends the same events both ways and compares all that they leave.

-- Claims the contacts of a batch whose events have one each, none of them a
-- chat: in key order, as contacts_claim() does.  ids: of the events that are
-- new.  Returns, by place in the batch, the contact, its customer, and whether
-- this call made them.
CREATE OR REPLACE FUNCTION desk.plain_contacts(events jsonb, ids bigint[],
    OUT contacts bigint[], OUT customers bigint[], OUT made boolean[])
LANGUAGE plpgsql
AS $$
BEGIN
	WITH k AS MATERIALIZED (
	    SELECT x.n, x.contacts->0->>'kind' AS kind,
		x.contacts->0->>'address' AS address, x.contacts->0 AS c,
		x.name, x.name_folded, h.id, h.customer
	    FROM ROWS FROM (jsonb_to_recordset(events) AS (contacts jsonb,
		name text, name_folded text)) WITH ORDINALITY
		x(contacts, name, name_folded, n)
	    LEFT JOIN LATERAL (
		SELECT o.id, o.customer FROM desk.contact o
		WHERE o.kind = x.contacts->0->>'kind'
		    AND o.address = x.contacts->0->>'address'
		    AND ids[x.n] IS NOT NULL
		LIMIT 1) h ON true
	), won AS (
	    -- Who claimed it a moment ago has it: then this only finds it.
	    INSERT INTO desk.contact AS o (customer, kind, address, original,
		flags)
	    SELECT nextval('desk.customer_id_seq'), u.kind, u.address,
		u.c->>'original', CASE WHEN u.c ? 'flags' THEN ARRAY(
		    SELECT jsonb_array_elements_text(u.c->'flags'))
		    ELSE '{}' END
	    FROM (SELECT DISTINCT ON (k.kind, k.address) k.* FROM k
		WHERE k.id IS NULL AND ids[k.n] IS NOT NULL
		ORDER BY k.kind, k.address, k.n) u
	    ON CONFLICT (kind, address) DO UPDATE SET flags = o.flags
	    RETURNING o.id, o.customer, o.kind, o.address, o.xmax = 0 AS made
	), f AS MATERIALIZED (
	    SELECT k.n, coalesce(k.id, w.id) AS contact,
		coalesce(k.customer, w.customer) AS customer,
		coalesce(w.made, false) AS made, k.name, k.name_folded
	    FROM k LEFT JOIN won w ON k.id IS NULL AND w.kind = k.kind
		AND w.address = k.address
	), fresh AS (
	    INSERT INTO desk.customer (id, name, name_folded)
	    SELECT DISTINCT ON (f.customer) f.customer, f.name, f.name_folded
	    FROM f WHERE f.made
	    ORDER BY f.customer, f.name IS NULL, f.n
	)
	SELECT array_agg(f.contact ORDER BY f.n),
	    array_agg(f.customer ORDER BY f.n), array_agg(f.made ORDER BY f.n)
	INTO contacts, customers, made
	FROM f;
END;
$$;

-- Keeps these contacts with their customers until we commit, as
-- contacts_hold() does, and says whether they are still theirs.
CREATE OR REPLACE FUNCTION desk.plain_hold(contacts bigint[],
    customers bigint[], made boolean[])
RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock_shared(1145393003, l.key)
	FROM (SELECT 0 AS key
	    UNION
	    SELECT desk.contact_lock(u.contact)
	    FROM unnest(contacts, made) u(contact, made)
	    WHERE u.contact IS NOT NULL AND NOT u.made
	    ORDER BY 1) l;
	RETURN NOT EXISTS (
	    SELECT FROM unnest(contacts, customers, made)
		u(contact, customer, made)
	    LEFT JOIN LATERAL (SELECT c.customer FROM desk.contact c
		WHERE c.id = u.contact LIMIT 1) c ON true
	    WHERE u.contact IS NOT NULL AND NOT u.made
		AND c.customer IS DISTINCT FROM u.customer);
END;
$$;

-- Opens a ticket for each event that is plain, and writes its history and its
-- row of the outbox.  Returns the columns of desk.ingest()'s rows, with the
-- queues and the tickets.
CREATE OR REPLACE FUNCTION desk.plain_file(events jsonb, ids bigint[],
    plain boolean[], contacts bigint[], customers bigint[], made boolean[],
    OUT ords int[], OUT answers text[], OUT outboxes bigint[],
    OUT applies text[], OUT queues int[], OUT tickets bigint[])
LANGUAGE plpgsql
AS $$
DECLARE
	aims	boolean := EXISTS (SELECT FROM desk.target);
BEGIN
	WITH q AS MATERIALIZED (SELECT * FROM desk.queue),
	d AS MATERIALIZED (SELECT * FROM desk.drained()),
	e AS MATERIALIZED (
	    SELECT x.*, ids[x.n] AS event,
		nextval('desk.ticket_id_seq') AS ticket,
		contacts[x.n] AS contact, customers[x.n] AS customer,
		coalesce(x.name, x.sender->0->>'original',
		    x.sender->0->>'address') AS who,
		coalesce(d.taker, first.queue) AS queue,
		coalesce((pick.c->>'priority')::smallint, 50) AS priority,
		CASE WHEN pick.c ? 'skills' THEN ARRAY(
		    SELECT jsonb_array_elements_text(pick.c->'skills'))
		    ELSE '{}' END AS skills,
		coalesce(u.segment, '') AS segment,
		jsonb_build_object('identified', CASE WHEN made[x.n]
			THEN 'new ' ELSE 'known ' END
			|| (x.sender->0->>'kind'),
		    'classified', CASE WHEN q.id IS NULL
			THEN 'default queue' ELSE pick.c->>'why' END
			|| coalesce(d.why, ''),
		    'threaded', 'a new matter') AS why
	    FROM ROWS FROM (jsonb_to_recordset(events) AS (
		channel text, id text, at timestamptz, kind text,
		contacts jsonb, name text, "to" jsonb, subject text, text text,
		html text, preview text, lang text, meta jsonb, words text,
		refs text[], auth text, candidates jsonb, units smallint,
		attachments jsonb, raw text, own text, facts jsonb,
		others text[])) WITH ORDINALITY x(channel, id, at, kind,
		sender, name, "to", subject, text, html, preview, lang, meta,
		words, refs, auth, candidates, units, attachments, raw, own,
		facts, others, n)
	    LEFT JOIN LATERAL (SELECT c.segment FROM desk.customer c
		WHERE c.id = customers[x.n] LIMIT 1) u ON true
	    CROSS JOIN LATERAL (SELECT desk.candidate_of(x.candidates,
		    u.segment, contacts[x.n]) AS c
		OFFSET 0) pick	-- found once, though used five times
	    LEFT JOIN q ON q.name = pick.c->>'queue' AND q.active
	    CROSS JOIN LATERAL (SELECT coalesce(q.id, desk.default_queue())
		AS queue OFFSET 0) first
	    LEFT JOIN d ON d.queue = first.queue
	    WHERE plain[x.n] AND ids[x.n] IS NOT NULL
	), floods AS MATERIALIZED (
	    -- Asked once of a sender, not of each of his mails.
	    SELECT u.customer
	    FROM (SELECT DISTINCT e.customer FROM e
		WHERE e.channel = 'mail' AND e.raw IS NOT NULL
		    AND NOT made[e.n]) u
	    CROSS JOIN desk.limits l
	    WHERE desk.opened_many(u.customer, l.flood)
	), owed AS MATERIALIZED (
	    -- Found once for all who are promised the same.
	    SELECT s.*, desk.business_add(CASE WHEN g.first IS NULL THEN q.hours
		    ELSE coalesce(g.hours, q.hours) END, now(),
		coalesce(g.first, q.first_target)) AS due
	    FROM (SELECT DISTINCT e.queue, e.channel, e.priority, e.segment
		FROM e) s
	    JOIN q ON q.id = s.queue
	    LEFT JOIN LATERAL desk.aims(s.queue, s.channel, s.priority,
		s.segment) g ON aims
	), t AS (
	    INSERT INTO desk.ticket (id, customer, queue, state, channel,
		priority, units, skills, lang, subject, preview, marks, clocked,
		due_at, prefer, mood)
	    SELECT e.ticket, e.customer, e.queue, 'new', e.channel, e.priority,
		coalesce(e.units, 5), e.skills, e.lang,
		coalesce(e.subject, e.preview, ''), coalesce(e.preview, ''),
		desk.marks_named(e.auth, NULL, e.facts,
		    e.customer IN (SELECT f.customer FROM floods f)), aims,
		owed.due,
		CASE WHEN q.same_agent > 0 AND NOT made[e.n]
		    THEN desk.agent_again(e.customer, q.id, q.same_within) END,
		(e.facts->'mood'->>'value')::smallint
	    FROM e JOIN q ON q.id = e.queue
	    LEFT JOIN owed USING (queue, channel, priority, segment)
	    RETURNING *
	), history AS (
	    INSERT INTO desk.event (id, at, ticket, customer, kind, channel,
		direction, contact, who, subject, text, html, external_id, raw,
		meta, why, own, facts)
	    SELECT e.event, coalesce(e.at, now()), e.ticket, e.customer, e.kind,
		e.channel, 'in', e.contact, e.who, e.subject, e.text, e.html,
		e.id, decode(e.raw, 'hex'), CASE
		WHEN e."to" IS NULL AND coalesce(e.auth, 'none') = 'none'
		    THEN e.meta
		ELSE coalesce(e.meta, '{}') || jsonb_strip_nulls(
		    jsonb_build_object('to', CASE WHEN e.meta ? 'to'
			THEN e.meta->'to' ELSE e."to" END, 'auth', e.auth))
		END, e.why, e.own, e.facts
	    FROM e
	), words AS (
	    INSERT INTO desk.index_todo (event, ticket, words)
	    SELECT e.event, e.ticket, e.words FROM e WHERE e.words IS NOT NULL
	), refs AS (
	    INSERT INTO desk.message_ref (ref, ticket, event)
	    SELECT DISTINCT r.ref, e.ticket, e.event
	    FROM e CROSS JOIN LATERAL unnest(e.refs) r(ref)
	    WHERE r.ref <> ''
	), attached AS (
	    INSERT INTO desk.attachment (event, place, name, media_type, size,
		cid, sha256)
	    SELECT e.event, a.n - 1, coalesce(a.name, ''),
		coalesce(a.type, 'application/octet-stream'), a.size, a.cid,
		decode(a.sha256, 'hex')
	    FROM e CROSS JOIN LATERAL ROWS FROM (
		jsonb_to_recordset(e.attachments) AS (name text, type text,
		    size bigint, cid text, sha256 text)
	    ) WITH ORDINALITY a(name, type, size, cid, sha256, n)
	), copied AS (
	    INSERT INTO desk.copied (ticket, address, event, proved)
	    SELECT DISTINCT e.ticket, o.address, e.event,
		e.auth IS NOT DISTINCT FROM 'pass'
	    FROM e CROSS JOIN LATERAL unnest(e.others) o(address)
	    WHERE e.auth IS DISTINCT FROM 'fail'
		AND o.address <> e.sender->0->>'address'
	), felt AS (
	    -- As mood_file() does.
	    INSERT INTO desk.mood (event, at, queue, agent, channel, segment,
		value, strength)
	    SELECT e.event, coalesce(e.at, now()), e.queue, 0, e.channel,
		e.segment, (e.facts->'mood'->>'value')::smallint,
		coalesce((e.facts->'mood'->>'strength')::smallint, 0)
	    FROM e WHERE e.facts ? 'mood'
	    RETURNING *
	), counted AS (
	    INSERT INTO desk.measure_part (measure, name, at, queue, agent,
		channel, segment, touchpoint, value, n)
	    SELECT 'mood', '', min(f.at), f.queue, 0, f.channel, f.segment, '',
		f.value, count(*)
	    FROM felt f
	    GROUP BY f.queue, f.channel, f.segment, f.value,
		date_bin('15 minutes', f.at, timestamptz 'epoch')
	), told AS (
	    INSERT INTO desk.outbox (ticket, event)
	    SELECT e.ticket, e.event FROM e
	    RETURNING id, event
	)
	SELECT array_agg(e.n::int), array_agg(desk.answer_text(e.event,
		t::desk.ticket, q.name, true, false, e.why)),
	    array_agg(told.id),
	    array_agg(desk.apply_text(t::desk.ticket, q.name, desk.offer_of(
		q.offer_seconds, q.offer_by, t.channel), NULL,
		desk.event_notice(e.event, t::desk.ticket, q.name, NULL,
		    e.channel, 'in', e.who, e.text))),
	    array_agg(q.id), array_agg(t.id)
	INTO ords, answers, outboxes, applies, queues, tickets
	FROM e
	JOIN t ON t.id = e.ticket
	JOIN told ON told.event = e.event
	JOIN q ON q.id = t.queue;
	IF aims THEN
		PERFORM desk.clocks_open(tickets);
	END IF;
END;
$$;

-- Acknowledges what plain_file() opened, where a queue does that at all.
CREATE OR REPLACE FUNCTION desk.plain_acknowledge(knowns desk.known[],
    ords int[], tickets bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.acknowledge(ARRAY(
	    SELECT ROW(k, u.ticket, k.customer, k.queue, true, NULL, NULL,
		NULL, NULL)::desk.filing
	    FROM unnest(ords, tickets) u(ord, ticket)
	    JOIN unnest(knowns) k ON (k.i).ord = u.ord));
END;
$$;
