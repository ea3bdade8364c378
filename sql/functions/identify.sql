-- Who wrote: every address, number or identity belongs to one customer, and
-- the contacts of one event meet in one.

-- Every contact of the events, with the record that it has, if any.
CREATE OR REPLACE FUNCTION desk.contacts_meet(intakes desk.intake[])
RETURNS desk.meeting[]
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (
	    SELECT array_agg(ROW(i.ord, c.place, c.kind, c.address, c.original,
		c.flags, k.id, k.customer, false, i.name, i.name_folded
		)::desk.meeting)
	    FROM unnest(intakes) i
	    CROSS JOIN LATERAL ROWS FROM (
		jsonb_to_recordset(i.contacts) AS (kind text, address text,
		    original text, flags text[])
	    ) WITH ORDINALITY c(kind, address, original, flags, place)
	    LEFT JOIN LATERAL (
		SELECT x.id, x.customer FROM desk.contact x
		WHERE x.kind = c.kind AND x.address = c.address
		LIMIT 1) k ON true);
END;
$$;

-- Is this a chat identity whose customer is known by nothing else?
CREATE OR REPLACE FUNCTION desk.chat_only(m desk.meeting)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT (m).kind = 'chat' AND NOT EXISTS (
	    SELECT FROM desk.contact c
	    WHERE c.customer = (m).customer AND c.id <> (m).contact)
$$;

-- Gives every contact that has no record a customer to be claimed for: that of
-- the event's other contacts, the sender's first (but a mere chat identity's
-- last: it is about to move), or a new one, drawn here.  Events that share an
-- unknown contact share the customer.  Only for batches in which an event has
-- several contacts; else each contact draws for itself.
CREATE OR REPLACE FUNCTION desk.contacts_group(met desk.meeting[])
RETURNS desk.meeting[]
LANGUAGE plpgsql
AS $$
DECLARE
	keys	text[] := ARRAY(
		    SELECT DISTINCT m.kind || ' ' || m.address
		    FROM unnest(met) m WHERE m.contact IS NULL);
	labels	bigint[] := array_fill(NULL::bigint,
		    ARRAY[cardinality(keys)]);
	drawn	bigint[] := '{}';
	label	bigint;
	e	record;
	n	int;
BEGIN
	FOR e IN
	    SELECT m.ord,
		array_agg(array_position(keys, m.kind || ' ' || m.address)
		    ORDER BY m.place) FILTER (WHERE m.contact IS NULL)
		    AS unknown,
		(array_agg(m.customer ORDER BY desk.chat_only(m), m.place)
		    FILTER (WHERE m.contact IS NOT NULL))[1] AS home
	    FROM unnest(met) m
	    GROUP BY m.ord
	    HAVING bool_or(m.contact IS NULL)
	    ORDER BY m.ord
	LOOP
		label := e.home;
		FOREACH n IN ARRAY e.unknown LOOP
			label := coalesce(label, labels[n]);
		END LOOP;
		IF label IS NULL THEN
			label := nextval('desk.customer_id_seq');
			drawn := drawn || label;
		END IF;
		FOREACH n IN ARRAY e.unknown LOOP
			IF labels[n] = ANY (drawn) AND labels[n] <> label THEN
				labels := array_replace(labels, labels[n],
				    label);
			END IF;
			labels[n] := coalesce(labels[n], label);
		END LOOP;
	END LOOP;

	RETURN (SELECT array_agg(ROW(m.ord, m.place, m.kind, m.address,
	    m.original, m.flags, m.contact, coalesce(m.customer,
	    labels[array_position(keys, m.kind || ' ' || m.address)]),
	    m.made, m.name, m.name_folded)::desk.meeting) FROM unnest(met) m);
END;
$$;

-- Claims the contacts that have no record, in key order: whoever claims one
-- first owns it, and the others find it.  Makes the customers of the contacts
-- that this call won.  No contact in the result is without a customer.
CREATE OR REPLACE FUNCTION desk.contacts_claim(met desk.meeting[])
RETURNS desk.meeting[]
LANGUAGE plpgsql
AS $$
DECLARE
	won	bigint[];
	fresh	desk.meeting[];
	missing	int;
BEGIN
	WITH claim AS (
	    SELECT DISTINCT ON (m.kind, m.address) m.*
	    FROM unnest(met) m WHERE m.contact IS NULL
	    ORDER BY m.kind, m.address, m.ord
	), claimed AS (
	    INSERT INTO desk.contact (customer, kind, address, original, flags)
	    SELECT coalesce(customer, nextval('desk.customer_id_seq')),
		kind, address, original, coalesce(flags, '{}')
	    FROM claim ORDER BY kind, address
	    ON CONFLICT DO NOTHING
	    RETURNING id
	)
	SELECT coalesce(array_agg(id), '{}'), (SELECT count(*) FROM claim)
	INTO won, missing
	FROM claimed;

	-- A contact that another transaction has claimed meanwhile brings its
	-- customer; what we won for a customer of our own drawing follows it.
	IF cardinality(won) < missing THEN
		WITH home AS (
		    SELECT DISTINCT ON (m.customer) m.customer AS drawn,
			theirs.customer
		    FROM unnest(met) m
		    JOIN unnest(met) o ON o.ord = m.ord AND o.contact IS NULL
		    JOIN desk.contact theirs ON theirs.kind = o.kind
			AND theirs.address = o.address
			AND theirs.id <> ALL (won)
		    WHERE m.contact IS NULL
		    ORDER BY m.customer, o.ord, o.place
		)
		UPDATE desk.contact c SET customer = home.customer
		FROM home
		WHERE c.id = ANY (won) AND c.customer = home.drawn
		    AND NOT EXISTS (SELECT FROM desk.customer u
			WHERE u.id = home.drawn);
	END IF;

	-- So does what we won for a chat identity that was moved meanwhile; from
	-- here on it stays where it is.
	PERFORM FROM desk.contact c
	WHERE c.id IN (SELECT m.contact
	    FROM unnest(met) m
	    JOIN unnest(met) o ON o.ord = m.ord AND o.contact IS NULL
	    WHERE m.kind = 'chat' AND m.contact IS NOT NULL)
	ORDER BY c.id
	FOR UPDATE;
	IF FOUND THEN
		UPDATE desk.contact c SET customer = chat.customer
		FROM unnest(met) m
		JOIN desk.contact chat ON chat.id = m.contact
		    AND chat.customer <> m.customer
		WHERE c.id = ANY (won) AND c.customer = m.customer;
	END IF;

	-- Whose contact was there is known; identify() looks whether it still is.
	fresh := ARRAY(SELECT ROW(m.ord, m.place, m.kind, m.address,
		m.original, m.flags, c.id, c.customer, c.id = ANY (won),
		m.name, m.name_folded)::desk.meeting
	    FROM unnest(met) m
	    JOIN desk.contact c ON c.kind = m.kind AND c.address = m.address
	    WHERE m.contact IS NULL);
	INSERT INTO desk.customer (id, name, name_folded)
	SELECT DISTINCT ON (m.customer) m.customer, m.name, m.name_folded
	FROM unnest(fresh) m
	WHERE m.made AND NOT EXISTS (
	    SELECT FROM desk.customer u WHERE u.id = m.customer)
	ORDER BY m.customer, m.name IS NULL, m.place, m.ord;
	RETURN ARRAY(SELECT m FROM unnest(met) m WHERE m.contact IS NOT NULL)
	    || fresh;
END;
$$;

-- Moves a visitor's chat identity, with its tickets and history, to the
-- customer that he turned out to be.  Only when his own record holds nothing
-- but that identity; says whether it was so.  Nothing else may be filed for
-- the identity meanwhile: ingest holds its contact FOR SHARE.
CREATE OR REPLACE FUNCTION desk.chat_move(contact bigint, target bigint)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	source	bigint;
BEGIN
	SELECT c.customer INTO source FROM desk.contact c
	WHERE c.id = contact AND c.kind = 'chat'
	FOR UPDATE;
	IF source IS NULL OR EXISTS (SELECT FROM desk.contact c
	    WHERE c.customer = source AND c.id <> contact) THEN
		RETURN false;
	END IF;
	IF source = target THEN
		RETURN true;
	END IF;

	-- Against a ticket opened by hand for the record that is to go.
	PERFORM FROM desk.customer c WHERE c.id IN (source, target)
	ORDER BY c.id FOR UPDATE;
	PERFORM FROM desk.ticket t WHERE t.customer = source
	ORDER BY t.id FOR UPDATE;
	UPDATE desk.contact c SET customer = target WHERE c.id = contact;
	UPDATE desk.ticket t SET customer = target WHERE t.customer = source;
	UPDATE desk.event e SET customer = target WHERE e.customer = source;
	UPDATE desk.customer c
	SET name = s.name, name_folded = s.name_folded
	FROM desk.customer s
	WHERE c.id = target AND s.id = source AND c.name IS NULL;
	PERFORM desk.customer_leave(source, target);
	RETURN true;
END;
$$;

-- What is to be done about events whose contacts belong to several customers:
-- a mere chat identity moves to the one who is known by more; of two known
-- customers nothing is merged, the sender's is used, and a person is told.
CREATE OR REPLACE FUNCTION desk.contacts_settle(met desk.meeting[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	pair	record;
	one	bigint;
	other	bigint;
BEGIN
	FOR pair IN
	    SELECT DISTINCT s.contact AS c1, o.contact AS c2,
		s.kind AS k1, o.kind AS k2
	    FROM unnest(met) s
	    JOIN unnest(met) o ON o.ord = s.ord AND o.customer <> s.customer
	    WHERE s.place = 1
	    ORDER BY s.contact, o.contact
	LOOP
		-- The pair before, or another transaction, may have brought
		-- these together; only a chat identity moves by itself.
		PERFORM FROM desk.contact c
		WHERE c.id IN (pair.c1, pair.c2) AND c.kind = 'chat'
		ORDER BY c.id
		FOR UPDATE;
		SELECT a.customer, b.customer INTO one, other
		FROM desk.contact a, desk.contact b
		WHERE a.id = pair.c1 AND b.id = pair.c2;
		CONTINUE WHEN one = other;
		CONTINUE WHEN pair.k1 = 'chat'
		    AND desk.chat_move(pair.c1, other);
		CONTINUE WHEN pair.k2 = 'chat'
		    AND desk.chat_move(pair.c2, one);
		INSERT INTO desk.same_person (one, other, why)
		VALUES (least(one, other), greatest(one, other),
		    'one event named both')
		ON CONFLICT DO NOTHING;
	END LOOP;
END;
$$;

-- Finds or makes the customer of each event, and chooses the queue that it
-- goes to when it joins no ticket.
CREATE OR REPLACE FUNCTION desk.identify(intakes desk.intake[])
RETURNS desk.known[]
LANGUAGE plpgsql
AS $$
DECLARE
	met	desk.meeting[] := desk.contacts_meet(intakes);
	several	boolean := cardinality(met) > cardinality(intakes);
BEGIN
	IF EXISTS (SELECT FROM unnest(met) m WHERE m.contact IS NULL) THEN
		IF several THEN
			met := desk.contacts_group(met);
		END IF;
		met := desk.contacts_claim(met);
	END IF;
	-- Somebody may have merged, split or erased customers meanwhile; from
	-- here on nobody does.
	PERFORM desk.contacts_hold(met);
	IF NOT desk.contacts_stand(met) THEN
		PERFORM desk.contacts_unclaim(met);
		RETURN desk.identify(intakes);
	END IF;
	IF several AND EXISTS (SELECT FROM unnest(met) m
	    GROUP BY m.ord HAVING min(m.customer) <> max(m.customer)) THEN
		PERFORM desk.contacts_settle(met);
	END IF;

	-- A chat identity may be on its way to another customer: read it again
	-- under a lock that keeps it where it is until we commit.
	IF EXISTS (SELECT FROM unnest(met) m WHERE m.kind = 'chat') THEN
		PERFORM FROM desk.contact c
		WHERE c.id IN (SELECT m.contact FROM unnest(met) m
		    WHERE m.kind = 'chat')
		ORDER BY c.id
		FOR SHARE;
		met := desk.contacts_again(met);
	ELSIF several THEN
		met := desk.contacts_again(met);
	END IF;
	RETURN desk.classify(intakes, met);
END;
$$;

-- The same contacts with the customers that they have now.
CREATE OR REPLACE FUNCTION desk.contacts_again(met desk.meeting[])
RETURNS desk.meeting[]
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN (
	    SELECT array_agg(ROW(m.ord, m.place, m.kind, m.address, m.original,
		m.flags, c.id, c.customer, m.made, m.name, m.name_folded
		)::desk.meeting)
	    FROM unnest(met) m JOIN desk.contact c ON c.id = m.contact);
END;
$$;

-- Where an event goes that no rule gave a queue that (still) exists: the
-- default queue of the configuration in force, else the oldest one.
CREATE OR REPLACE FUNCTION desk.default_queue()
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT q.id FROM desk.queue q
	ORDER BY q.name IS NOT DISTINCT FROM (
	    SELECT c.body->>'default_queue' FROM desk.config c
	    ORDER BY c.version DESC LIMIT 1) DESC, q.active DESC, q.id
	LIMIT 1
$$;

-- Is this a chat whose visitor typed an address, and nothing more?
CREATE OR REPLACE FUNCTION desk.only_claims(contact bigint)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT EXISTS (SELECT FROM desk.contact h
	    WHERE h.id = only_claims.contact AND 'claimed' = ANY (h.flags))
$$;

-- Of an event's candidates the first that fits a customer of that segment.  A
-- chat whose visitor only says who he is has nobody's.
CREATE OR REPLACE FUNCTION desk.candidate_fits(candidates jsonb, segment text,
    contact bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT c.value
	FROM jsonb_array_elements(candidates) WITH ORDINALITY c
	WHERE NOT c.value ? 'segment'
	    OR c.value->>'segment' = candidate_fits.segment
		AND NOT desk.only_claims(candidate_fits.contact)
	ORDER BY c.ordinality LIMIT 1
$$;

-- The same, where most are of no segment, and then nothing is asked.
CREATE OR REPLACE FUNCTION desk.candidate_of(candidates jsonb, segment text,
    contact bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT CASE
	WHEN segment IS NULL OR NOT candidates->0 ? 'segment' THEN
	    jsonb_path_query_first(candidates, '$[*] ? (!exists(@.segment))')
	ELSE desk.candidate_fits(candidates, segment, contact)
	END
$$;

-- Chooses each event's queue, of its candidates.
CREATE OR REPLACE FUNCTION desk.classify(intakes desk.intake[],
    met desk.meeting[])
RETURNS desk.known[]
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (
	    SELECT array_agg(ROW(i, m.contact,
		coalesce(i.name, m.original, m.address), m.customer,
		CASE WHEN m.made THEN 'new ' || m.kind
		    ELSE 'known ' || m.kind END,
		coalesce(d.taker, first.queue),
		coalesce((pick.c->>'priority')::smallint, 50),
		CASE WHEN pick.c ? 'skills' THEN ARRAY(
		    SELECT jsonb_array_elements_text(pick.c->'skills'))
		    ELSE '{}' END,
		CASE WHEN q.id IS NULL THEN 'default queue'
		    ELSE pick.c->>'why' END || coalesce(d.why, ''),
		CASE WHEN i.call->>'direction' = 'out' THEN 'out' ELSE 'in' END,
		CASE
		WHEN desk.call_talked(i.call) THEN
		    desk.agent_called(i.call->>'agent')
		WHEN i.facts ? 'handled_by' THEN
		    desk.agent_called(i.facts->>'handled_by')
		END,
		i.automatic IS NOT TRUE AND NOT coalesce(
		    i.call->>'direction' = 'out' OR i.call->>'state'
			NOT IN ('ringing', 'missed')
		    OR i.facts ? 'handled_by' OR desk.is_record(i), false)
		)::desk.known)
	    FROM unnest(intakes) i
	    JOIN unnest(met) m ON m.ord = i.ord AND m.place = 1
	    LEFT JOIN LATERAL (SELECT c.segment FROM desk.customer c
		WHERE c.id = m.customer LIMIT 1) u ON true
	    CROSS JOIN LATERAL (SELECT desk.candidate_of(i.candidates,
		    u.segment, m.contact) AS c
		OFFSET 0) pick	-- found once, though used five times
	    LEFT JOIN desk.queue q ON q.name = pick.c->>'queue' AND q.active
	    CROSS JOIN LATERAL (SELECT coalesce(q.id, desk.default_queue())
		AS queue OFFSET 0) first
	    LEFT JOIN desk.drained() d ON d.queue = first.queue);
END;
$$;

-- The agent whom a call's record names, by extension or login; NULL when it
-- names nobody who works here.
CREATE OR REPLACE FUNCTION desk.agent_called(name text)
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT a.id FROM desk.agent a
	WHERE a.active AND (a.extension = agent_called.name
	    OR a.name = agent_called.name)
	ORDER BY a.name = agent_called.name, a.id
	LIMIT 1
$$;
