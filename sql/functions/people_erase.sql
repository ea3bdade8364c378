-- Erasing a customer, as he may ask (GDPR article 17; Decree 13/2023/ND-CP
-- article 16, within 72 hours of his asking): all that tells who he is or what
-- was said is taken away.  What stays is that there was a case: its queue, its
-- times, who of us dealt with it, and the kinds of its events; so the counts
-- stay as they are.

-- CUSTOMER.ERASE: args.sure is the customer's id once more, args.reason why.
-- dry: only says how much would go.  A repeat changes nothing.  The last of a
-- long history goes within seconds, by desk.erase_run(): "done" says whether
-- it did.
CREATE OR REPLACE FUNCTION desk.customer_erase(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	whom	bigint := (args->>'customer')::bigint;
	c	desk.customer;
	counts	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'admin');
	IF (args->>'dry')::boolean IS NOT TRUE THEN
		IF (args->>'sure')::bigint IS DISTINCT FROM whom THEN
			PERFORM desk.refuse('INVALID', 'Give the customer''s '
			    'id once more: this cannot be undone.', 'sure');
		ELSIF coalesce(btrim(args->>'reason'), '') = '' THEN
			PERFORM desk.refuse('INVALID',
			    'Say why, for the record.', 'reason');
		END IF;
		PERFORM desk.people_hold(ARRAY[whom]);
	END IF;
	SELECT * INTO c FROM desk.customer k WHERE k.id = whom;
	IF c.erased_at IS NULL THEN
		PERFORM desk.person_must_be(whom, 'customer');
	END IF;
	counts := desk.people_count(whom);
	IF (args->>'dry')::boolean THEN
		RETURN jsonb_strip_nulls(jsonb_build_object('customer', whom,
		    'erased_at', desk.rfc3339(c.erased_at), 'counts', counts,
		    'dry', true));
	END IF;
	IF c.erased_at IS NULL THEN
		PERFORM desk.erase_identity(whom);
		PERFORM desk.erase_step(whom, 500);
		PERFORM desk.outbox_put(NULL, jsonb_build_object(
		    'kind', 'erase', 'customer', whom,
		    'who', desk.caller_shown(caller)));
		PERFORM desk.audit_put(caller, 'customer.erase', whom::text,
		    'done', counts || jsonb_build_object('reason',
			args->>'reason'));
	END IF;
	RETURN (SELECT jsonb_build_object('customer', whom,
		'erased_at', desk.rfc3339(k.erased_at), 'counts', counts,
		'done', e.done)
	    FROM desk.customer k JOIN desk.erasure e ON e.customer = k.id
	    WHERE k.id = whom);
END;
$$;

-- Takes away who he is: from here on a mail from the same address makes
-- another customer.
CREATE OR REPLACE FUNCTION desk.erase_identity(whom bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	mine	bigint[] := ARRAY(SELECT c.id FROM desk.contact c
		    WHERE c.customer = whom);
	addresses text[] := ARRAY(SELECT c.address FROM desk.contact c
		    WHERE c.customer = whom);
	joined	bigint[];
BEGIN
	-- What he wrote in other people's cases.
	joined := ARRAY(SELECT desk.joined_by(mine));
	PERFORM FROM desk.ticket t WHERE t.id = ANY (joined)
	ORDER BY t.id FOR UPDATE;
	PERFORM desk.erase_events(ARRAY(SELECT e.id FROM desk.event e
	    WHERE e.ticket = ANY (joined) AND e.contact = ANY (mine)
		AND e.customer <> whom));
	-- And what was sent to him there.
	UPDATE desk.outbound o SET
	    address = CASE WHEN o.address = ANY (addresses) THEN ''
		ELSE o.address END,
	    cc = nullif(ARRAY(SELECT x.a FROM unnest(o.cc)
		    WITH ORDINALITY x(a, n)
		WHERE lower(x.a) <> ALL (addresses) ORDER BY x.n), '{}'),
	    said = NULL,
	    state = CASE WHEN o.address = ANY (addresses)
		AND o.state IN ('queued', 'deferred', 'sending')
		THEN 'withdrawn' ELSE o.state END
	WHERE o.ticket = ANY (joined)
	    AND (o.address = ANY (addresses) OR EXISTS (
		SELECT FROM unnest(o.cc) x(a)
		WHERE lower(x.a) = ANY (addresses)));
	DELETE FROM desk.participant p WHERE p.contact = ANY (mine);
	PERFORM desk.erase_chats(mine);
	DELETE FROM desk.copied c WHERE c.address = ANY (addresses);
	DELETE FROM desk.returned_address r WHERE r.address = ANY (addresses);
	DELETE FROM desk.transcript_day d WHERE d.address = ANY (addresses);
	DELETE FROM desk.customer_order o WHERE o.customer = whom;
	PERFORM desk.erase_answers(whom);
	INSERT INTO desk.segment_todo (customer) VALUES (whom);
	PERFORM desk.feedback_erase(whom);
	PERFORM desk.retention_erase(whom);

	DELETE FROM desk.same_person p WHERE p.one = whom;
	DELETE FROM desk.same_person p WHERE p.other = whom;
	UPDATE desk.customer_merge m SET was = '{}', contacts = '{}',
	    rows = '{}', reason = NULL
	WHERE m.stays = whom OR m.goes = whom OR m.goes IN (
	    SELECT w.id FROM desk.customer_was w WHERE w.now = whom);
	DELETE FROM desk.contact c WHERE c.id = ANY (mine);
	UPDATE desk.customer c SET name = NULL, name_folded = NULL,
	    segment = NULL, segment_fixed = false, erased_at = now()
	WHERE c.id = whom;
	INSERT INTO desk.erasure (customer, ids)
	SELECT whom, ARRAY(SELECT whom UNION ALL
	    SELECT w.id FROM desk.customer_was w WHERE w.now = whom);
END;
$$;

-- What he was asked, and said to it: that somebody gave this score stays.
CREATE OR REPLACE FUNCTION desk.erase_answers(whom bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.answer a SET words = NULL
	FROM desk.response r
	WHERE r.customer = whom AND a.response = r.id AND a.words IS NOT NULL;
	UPDATE desk.response r SET words = '', order_no = NULL
	WHERE r.customer = whom;
	-- A page that he has open still says nothing more of him.
	DELETE FROM desk.answering a USING desk.response r
	WHERE r.customer = whom AND a.response = r.id;
	DELETE FROM desk.invitation_try y USING desk.invitation i
	WHERE i.customer = whom AND y.invitation = i.id;
	UPDATE desk.invitation_message m SET token = NULL
	FROM desk.invitation i
	WHERE i.customer = whom AND m.invitation = i.id;
	UPDATE desk.invitation i SET contact = NULL, order_no = NULL,
	    token = NULL, occasion = 'erased:' || i.id,
	    state = CASE WHEN i.state IN ('waiting', 'sent') THEN 'withdrawn'
		ELSE i.state END
	WHERE i.customer = whom;
END;
$$;

-- The conversations of these contacts: their tokens open nothing any more.
CREATE OR REPLACE FUNCTION desk.erase_chats(mine bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	WITH gone AS (
	    DELETE FROM desk.conversation v WHERE v.contact = ANY (mine)
	    RETURNING v.id
	)
	DELETE FROM desk.upload u
	USING gone WHERE u.owner = 'conversation/' || gone.id;
END;
$$;

-- Empties the next tickets of one who is being erased, lim at most, with all
-- their events.  Says whether that was all.
CREATE OR REPLACE FUNCTION desk.erase_step(whom bigint, lim int)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	next	bigint[];
	open	bigint[];
BEGIN
	next := ARRAY(SELECT t.id FROM desk.ticket t
	    WHERE t.customer = whom AND t.id > (SELECT e.after
		FROM desk.erasure e WHERE e.customer = whom)
	    ORDER BY t.id LIMIT lim FOR UPDATE);
	open := desk.active_of(next);
	PERFORM desk.erase_tickets(next);
	PERFORM desk.erase_events(ARRAY(SELECT e.id FROM desk.event e
	    WHERE e.ticket = ANY (next)));
	PERFORM desk.people_tell(open, '{"kind":"erase"}');
	UPDATE desk.erasure e SET
	    after = coalesce(next[cardinality(next)], e.after),
	    done = cardinality(next) < lim
	WHERE e.customer = whom;
	RETURN cardinality(next) < lim;
END;
$$;

-- Nobody is left to be answered: these cases are closed, and keep nothing but
-- their times and places.
CREATE OR REPLACE FUNCTION desk.erase_tickets(ids bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.ticket t SET subject = '', preview = '',
	    conversation = NULL, call = NULL, order_no = NULL, lang = NULL,
	    resolved_at = coalesce(t.resolved_at, now()), state = 'closed',
	    due_at = NULL, version = t.version + 1
	WHERE t.id = ANY (ids);
	DELETE FROM desk.participant p WHERE p.ticket = ANY (ids);
	UPDATE desk.outbox o SET feed = NULL WHERE o.ticket = ANY (ids);
	PERFORM desk.hook_erase(ids);
	DELETE FROM desk.customer_order o WHERE o.ticket = ANY (ids);
	PERFORM desk.promises_erase(ids);
	DELETE FROM desk.copied c WHERE c.ticket = ANY (ids);
	DELETE FROM desk.draft d WHERE d.ticket = ANY (ids);
	DELETE FROM desk.snooze s WHERE s.ticket = ANY (ids);
	DELETE FROM desk.mention m WHERE m.ticket = ANY (ids);
	DELETE FROM desk.watch w WHERE w.ticket = ANY (ids);
	DELETE FROM desk.social_line l WHERE l.ticket = ANY (ids);
	UPDATE desk.call c SET id = 'erased:' || c.call, recording = NULL
	WHERE c.ticket = ANY (ids);
END;
$$;

-- Of what an event noted, that which tells of our work and of nobody: reports
-- that are counted again need how long was talked, and who waited how long.
CREATE OR REPLACE FUNCTION desk.meta_erased(kind text, meta jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE
	    WHEN kind IN ('state', 'assign', 'transfer', 'priority', 'offer',
		'promise') THEN meta
	    WHEN kind = 'call' AND meta ? 'call' THEN jsonb_build_object(
		'call', (SELECT coalesce(jsonb_object_agg(c.key, c.value), '{}')
		    FROM jsonb_each(meta->'call') c
		    WHERE c.key IN ('state', 'part', 'duration', 'wait',
			'hold')))
	    WHEN kind IN ('abandoned', 'consult') THEN (
		SELECT jsonb_object_agg(m.key, m.value) FROM jsonb_each(meta) m
		WHERE m.key IN ('waited', 'waited_ms', 'patience', 'within',
		    'short', 'late', 'answered', 'what', 'parent', 'consult',
		    'queue', 'why', 'from', 'to')) END
$$;

-- Empties events: what was said, with whom, and all that leads to it.
CREATE OR REPLACE FUNCTION desk.erase_events(ids bigint[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.blob_leaving AS l (sha256, raw)
	SELECT x.sha256, bool_or(x.raw)
	FROM (SELECT a.sha256, false AS raw FROM desk.attachment a
	    WHERE a.event = ANY (ids)
	    UNION ALL
	    SELECT e.raw, true FROM desk.event e
	    WHERE e.id = ANY (ids) AND e.raw IS NOT NULL) x
	GROUP BY x.sha256 ORDER BY x.sha256
	ON CONFLICT (sha256) DO UPDATE SET raw = l.raw OR excluded.raw;
	DELETE FROM desk.attachment a WHERE a.event = ANY (ids);
	-- First what the indexer takes from, then what it puts into.
	DELETE FROM desk.index_todo d WHERE d.event = ANY (ids);
	DELETE FROM desk.search s WHERE s.event = ANY (ids);
	DELETE FROM desk.mood_text x WHERE x.event = ANY (ids);
	-- What a provider calls our messages is in the once-table, too.
	WITH refs AS (
	    DELETE FROM desk.message_ref r WHERE r.event = ANY (ids)
	    RETURNING r.ref
	)
	UPDATE desk.event_key k
	SET external_id = desk.key_erased(k.channel, k.external_id)
	FROM refs WHERE k.channel = 'social' AND k.external_id = refs.ref;
	UPDATE desk.outbound o SET address = '', said = NULL, cc = NULL,
	    message_id = NULL, reply_id = NULL, lease_by = NULL,
	    state = CASE WHEN o.state IN ('queued', 'deferred', 'sending')
		THEN 'withdrawn' ELSE o.state END
	WHERE o.event = ANY (ids);
	UPDATE desk.event_key k
	SET external_id = desk.key_erased(k.channel, k.external_id)
	FROM desk.event e
	WHERE e.id = ANY (ids) AND k.channel = e.channel
	    AND k.external_id = e.external_id
	    AND e.external_id NOT LIKE 'erased:%';
	-- who: of events that came in, and of what was said by a link, it is
	-- the customer's name; else ours.
	UPDATE desk.event e SET
	    external_id = CASE WHEN e.external_id NOT LIKE 'erased:%'
		THEN desk.key_erased(e.channel, e.external_id)
		ELSE e.external_id END,
	    who = CASE WHEN e.contact IS NULL AND e.direction <> 'in'
		    AND (e.agent IS NOT NULL OR e.who = 'desk'
			OR e.who IN (SELECT 'key:' || k.name FROM desk.api_key k))
		THEN e.who END,
	    meta = desk.meta_erased(e.kind, e.meta),
	    contact = NULL, subject = NULL, text = NULL, html = NULL,
	    raw = NULL, own = NULL, facts = NULL, why = '{}'
	WHERE e.id = ANY (ids);
END;
$$;

-- Goes on with those whose history is long, some tickets at a time; returns
-- how many customers were looked at.  Any daemon may run it at any time.
CREATE OR REPLACE FUNCTION desk.erase_run(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	whom	bigint;
BEGIN
	SELECT e.customer INTO whom FROM desk.erasure e
	WHERE NOT e.done ORDER BY e.customer LIMIT 1
	FOR UPDATE SKIP LOCKED;
	IF FOUND THEN
		PERFORM desk.erase_step(whom, lim);
		RETURN 1;
	END IF;
	RETURN 0;
END;
$$;

-- Deletes bytes that an erased customer's events named and nobody else's do.
-- (The source of one event is never that of another one: its id is made of it.)
-- An event just being filed may name them, too, and is waited for; one that
-- comes later finds them gone, and its sender brings them anew.
CREATE OR REPLACE FUNCTION desk.blob_leave(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	ids	bytea[];
BEGIN
	IF NOT EXISTS (SELECT FROM desk.blob_leaving) THEN
		RETURN 0;
	END IF;
	PERFORM pg_advisory_xact_lock(1145393003, -1);
	WITH gone AS (
	    DELETE FROM desk.blob_leaving l
	    WHERE l.sha256 IN (SELECT b.sha256 FROM desk.blob_leaving b
		ORDER BY b.sha256 LIMIT lim)
	    RETURNING l.sha256, l.raw
	)
	SELECT array_agg(g.sha256) INTO ids
	FROM gone g
	JOIN desk.blob k ON k.sha256 = g.sha256 AND (g.raw OR NOT k.raw)
	WHERE NOT EXISTS (SELECT FROM desk.attachment a
	    WHERE a.sha256 = g.sha256);
	DELETE FROM desk.blob_chunk c WHERE c.sha256 = ANY (ids);
	DELETE FROM desk.blob b WHERE b.sha256 = ANY (ids);
	RETURN lim;
END;
$$;

-- The customers whose notices are to be taken out of the live feed now, each
-- {"customer","ids"}; NULL: none.
CREATE OR REPLACE FUNCTION desk.erase_feed()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_build_object('customer', e.customer,
	    'ids', to_jsonb(e.ids)))
	FROM (SELECT * FROM desk.erasure x WHERE x.feed_at <= now()
	    ORDER BY x.feed_at LIMIT 20) e
$$;

-- That was done for this customer; once more in a minute, for what was on its
-- way to the feed.
CREATE OR REPLACE FUNCTION desk.erase_feed_done(whom bigint)
RETURNS void
LANGUAGE sql
AS $$
	UPDATE desk.erasure e SET feed_left = e.feed_left - 1,
	    feed_at = CASE WHEN e.feed_left > 1
		THEN now() + interval '1 minute' END
	WHERE e.customer = whom AND e.feed_at <= now()
$$;
