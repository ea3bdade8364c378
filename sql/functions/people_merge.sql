-- Two records that are one person become one, and can be taken apart again.

-- Why somebody should look twice before he makes one of these two: both have
-- a name, a segment or a verified identity, and not the same.
CREATE OR REPLACE FUNCTION desk.people_conflicts(one bigint, other bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('what', x.what,
	    'one', x.mine, 'other', x.theirs)), '[]')
	FROM (
	    SELECT v.what, v.mine, v.theirs
	    FROM desk.customer a, desk.customer b
	    CROSS JOIN LATERAL (VALUES
		('name', a.name, b.name, a.name_folded <> b.name_folded),
		('segment', a.segment, b.segment, a.segment <> b.segment
		    AND a.segment_fixed AND b.segment_fixed)
	    ) v(what, mine, theirs, differs)
	    WHERE a.id = one AND b.id = other AND v.differs
	    UNION ALL
	    SELECT 'verified ' || m.kind, m.address, t.address
	    FROM desk.contact m
	    JOIN desk.contact t ON t.kind = m.kind
	    WHERE m.customer = one AND t.customer = other
		-- Of the shop's own server; see daemon/op_chat.c.
		AND m.kind = 'user'
	    LIMIT 20) x
$$;

-- What a customer's record holds, counted; tickets and events 100,000 at most.
CREATE OR REPLACE FUNCTION desk.people_count(wanted bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	-- The state is looked at last: by it an index of all active tickets
	-- would be read.
	SELECT jsonb_build_object(
	    'contacts', (SELECT count(*) FROM desk.contact c
		WHERE c.customer = wanted),
	    'tickets', count(*),
	    'active', count(*) FILTER
		(WHERE x.state IN ('new', 'open', 'pending')),
	    'events', (SELECT count(*) FROM (SELECT FROM desk.event e
		WHERE e.customer = wanted LIMIT 100000) v))
	FROM (SELECT t.state FROM desk.ticket t
	    WHERE t.customer = wanted LIMIT 100000) x
$$;

-- Refuses what could take longer than a statement may: a ticket costs some
-- 50 us, an event 25, on a machine that does nothing else.
CREATE OR REPLACE FUNCTION desk.people_bound(counts jsonb, member text)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF (counts->>'tickets')::bigint > 12000
	    OR (counts->>'events')::bigint > 40000 THEN
		PERFORM desk.refuse('CONFLICT',
		    'This customer''s history is too long to be moved at once.',
		    member);
	END IF;
END;
$$;

-- Moves contacts and tickets, with the tickets' events, to another customer.
-- The tickets are locked first, in the order that everybody keeps.
CREATE OR REPLACE FUNCTION desk.people_move(contacts bigint[],
    tickets bigint[], target bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM FROM desk.ticket t WHERE t.id = ANY (tickets)
	ORDER BY t.id FOR UPDATE;
	UPDATE desk.contact c SET customer = target
	WHERE c.id = ANY (contacts);
	UPDATE desk.ticket t SET customer = target, version = t.version
	    + (t.state IN ('new', 'open', 'pending'))::int
	WHERE t.id = ANY (tickets);
	UPDATE desk.event e SET customer = target
	WHERE e.ticket = ANY (tickets);
	UPDATE desk.customer_order o SET customer = target
	WHERE o.ticket = ANY (tickets);
	UPDATE desk.promise p SET customer = target
	WHERE p.ticket = ANY (tickets);
	UPDATE desk.invitation i SET customer = target
	WHERE i.ticket = ANY (tickets);
	UPDATE desk.response r SET customer = target
	WHERE r.ticket = ANY (tickets);
	UPDATE desk.followup_sent f SET customer = target
	WHERE f.ticket = ANY (tickets);
	PERFORM desk.feedback_move(tickets, target);
END;
$$;

CREATE OR REPLACE FUNCTION desk.active_of(tickets bigint[])
RETURNS bigint[]
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(array_agg(t.id) FILTER
	    (WHERE t.state IN ('new', 'open', 'pending')), '{}')
	FROM desk.ticket t
	WHERE t.id = ANY (tickets)
$$;

-- Notes a change of who is who, for those who watch: the tickets that changed
-- hands, and the customer.
CREATE OR REPLACE FUNCTION desk.people_notice(caller jsonb, kind text,
    tickets bigint[], what jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	who	jsonb := jsonb_build_object('who', desk.caller_shown(caller));
BEGIN
	PERFORM desk.people_tell(desk.active_of(tickets),
	    who || '{"kind":"customer"}');
	PERFORM desk.outbox_put(NULL, who || what
	    || jsonb_build_object('kind', kind));
	PERFORM desk.audit_put(caller, 'customer.' || kind,
	    what->>'customer', 'done', what);
END;
$$;

-- CUSTOMER.MERGE: args.other becomes args.customer, with all that he has.  dry:
-- only says what would move, and what stands against it.  sure: other's id
-- once more, needed where the two are in conflict.
CREATE OR REPLACE FUNCTION desk.customer_merge(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	keep	bigint := (args->>'customer')::bigint;
	gone	bigint := (args->>'other')::bigint;
	known	bigint;
	answer	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'service');
	IF (args->>'dry')::boolean IS NOT TRUE THEN
		PERFORM desk.people_hold_now(keep, gone);
	END IF;
	keep := desk.customer_now(keep);

	-- A repeat, or what somebody else did a moment ago.
	SELECT m.id INTO known
	FROM desk.customer_was w
	JOIN desk.customer_merge m ON m.goes = w.id AND m.undone_at IS NULL
	WHERE w.id = gone AND w.now = keep
	ORDER BY m.id DESC LIMIT 1;
	IF FOUND OR keep = gone THEN
		IF known IS NULL THEN
			PERFORM desk.refuse('INVALID',
			    'These are one customer already.', 'other');
		END IF;
		RETURN jsonb_build_object('customer', keep, 'merged', gone,
		    'merge', known);
	END IF;
	PERFORM desk.person_must_be(keep, 'customer');
	PERFORM desk.person_must_be(gone, 'other');

	answer := jsonb_build_object('customer', keep, 'merged', gone,
	    'moves', desk.people_count(gone),
	    'conflicts', desk.people_conflicts(keep, gone));
	IF (args->>'dry')::boolean THEN
		RETURN answer || '{"dry":true}';
	END IF;
	PERFORM desk.people_bound(answer->'moves', 'other');
	IF answer->'conflicts' <> '[]'
	    AND (args->>'sure')::bigint IS DISTINCT FROM gone THEN
		PERFORM desk.refuse('CONFLICT', 'The two differ: see what '
		    'dry says, and give the other''s id as sure.', 'sure');
	END IF;
	RETURN answer || desk.people_merge(caller, keep, gone,
	    args->>'reason');
END;
$$;

-- Refuses who is not there, is another one now, or was erased.
CREATE OR REPLACE FUNCTION desk.person_must_be(wanted bigint, member text)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	c	desk.customer;
BEGIN
	SELECT * INTO c FROM desk.customer k WHERE k.id = wanted;
	IF c.erased_at IS NOT NULL THEN
		PERFORM desk.refuse('CONFLICT',
		    'This customer''s data was erased.', member);
	ELSIF c.id IS NULL AND desk.customer_now(wanted) <> wanted THEN
		PERFORM desk.refuse('CONFLICT',
		    'This customer was merged into another one.', member);
	ELSIF c.id IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such customer.',
		    member);
	END IF;
END;
$$;

-- Merges two that are held, and notes how to undo it.
CREATE OR REPLACE FUNCTION desk.people_merge(caller jsonb, keep bigint,
    gone bigint, reason text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	a	desk.customer;
	b	desk.customer;
	c	bigint[] := ARRAY(SELECT k.id FROM desk.contact k
		    WHERE k.customer = gone ORDER BY k.id);
	t	bigint[] := ARRAY(SELECT k.id FROM desk.ticket k
		    WHERE k.customer = gone ORDER BY k.id);
	merge	bigint;
BEGIN
	SELECT * INTO a FROM desk.customer k WHERE k.id = keep;
	SELECT * INTO b FROM desk.customer k WHERE k.id = gone;
	PERFORM desk.people_move(c, t, keep);
	UPDATE desk.customer k SET
	    name = coalesce(a.name, b.name),
	    name_folded = CASE WHEN a.name IS NULL THEN b.name_folded
		ELSE a.name_folded END,
	    segment = coalesce(a.segment, b.segment),
	    segment_fixed = a.segment_fixed
		OR a.segment IS NULL AND b.segment_fixed
	WHERE k.id = keep;
	INSERT INTO desk.customer_merge (who, reason, stays, goes, was,
	    contacts, tickets, former, rows)
	SELECT coalesce(caller->>'who', '-'), reason, keep, gone,
	    jsonb_build_object('goes', to_jsonb(b), 'stays',
		jsonb_build_object('name', a.name, 'segment', a.segment,
		    'segment_fixed', a.segment_fixed,
		    'no_surveys_at', a.no_surveys_at,
		    'no_followups_at', a.no_followups_at)),
	    c, t, ARRAY(SELECT w.id FROM desk.customer_was w
		WHERE w.now = gone), desk.merge_rows(gone)
	RETURNING id INTO merge;
	INSERT INTO desk.referral_parted (merge, customer, referrer, code,
	    order_no, at, who)
	SELECT merge, r.customer, r.referrer, r.code, r.order_no,
	    r.at, r.who
	FROM desk.referral_doubled(gone, keep) r;
	PERFORM desk.customer_leave(gone, keep);
	PERFORM desk.people_notice(caller, 'merge', t, jsonb_strip_nulls(
	    jsonb_build_object('customer', keep, 'merged', gone,
		'merge', merge, 'reason', reason)));
	RETURN jsonb_build_object('merge', merge);
END;
$$;

-- CUSTOMER.SPLIT: undoes a merge (args.merge), or takes contacts of a customer
-- (args.contacts, addresses with blanks between) out into a new one.  dry: only
-- says what would go.
CREATE OR REPLACE FUNCTION desk.customer_split(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	PERFORM desk.must_be(caller, 'service');
	PERFORM desk.customer_known(args);
	IF (args ? 'merge') = (args ? 'contacts') THEN
		PERFORM desk.refuse('INVALID', 'Give the merge to undo, or '
		    'the contacts to take out.', 'merge');
	ELSIF args ? 'merge' THEN
		RETURN desk.people_unmerge(caller, args);
	END IF;
	RETURN desk.people_take_out(caller, args);
END;
$$;

-- The merge that args.merge names, with its customers held when it is not
-- only to be looked at.
CREATE OR REPLACE FUNCTION desk.merge_held(args jsonb)
RETURNS desk.customer_merge
LANGUAGE plpgsql
AS $$
DECLARE
	m	desk.customer_merge;
BEGIN
	SELECT * INTO m FROM desk.customer_merge k
	WHERE k.id = (args->>'merge')::bigint;
	IF NOT FOUND OR desk.customer_now((args->>'customer')::bigint)
	    NOT IN (desk.customer_now(m.stays), desk.customer_now(m.goes))
	THEN
		PERFORM desk.refuse('NOTFOUND',
		    'There is no such merge of this customer.', 'merge');
	END IF;
	IF (args->>'dry')::boolean THEN
		RETURN m;
	END IF;
	PERFORM desk.people_hold_now(m.stays, m.goes);
	SELECT * INTO m FROM desk.customer_merge k
	WHERE k.id = m.id FOR UPDATE;
	RETURN m;
END;
$$;

-- Everything that came along goes back, as far as it is still there; what
-- came since stays, and is listed ("later").
CREATE OR REPLACE FUNCTION desk.people_unmerge(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	m	desk.customer_merge := desk.merge_held(args);
	whose	bigint := desk.customer_now(m.stays);
	c	bigint[];
	t	bigint[];
	answer	jsonb;
BEGIN
	answer := jsonb_build_object('customer', whose, 'split', m.goes,
	    'merge', m.id);
	IF m.undone_at IS NOT NULL THEN
		RETURN answer;
	END IF;
	PERFORM desk.person_must_be(whose, 'customer');
	c := ARRAY(SELECT k.id FROM desk.contact k
	    WHERE k.id = ANY (m.contacts) AND k.customer = whose);
	t := ARRAY(SELECT k.id FROM desk.ticket k
	    WHERE k.id = ANY (m.tickets) AND k.customer = whose);
	answer := answer || jsonb_build_object(
	    'moves', jsonb_build_object('contacts', cardinality(c),
		'tickets', cardinality(t)),
	    'later', (SELECT coalesce(jsonb_agg(x.id ORDER BY x.id), '[]')
		FROM (SELECT DISTINCT e.ticket AS id
		    FROM desk.event e
		    WHERE e.customer = whose AND e.contact = ANY (c)
			AND e.ticket <> ALL (t)
		    ORDER BY 1 LIMIT 1000) x));
	IF (args->>'dry')::boolean THEN
		RETURN answer || '{"dry":true}';
	END IF;

	DELETE FROM desk.customer_was w WHERE w.id = m.goes;
	INSERT INTO desk.customer (id, name, name_folded, segment,
	    segment_fixed, created_at)
	SELECT m.goes, r.name, r.name_folded, r.segment,
	    coalesce(r.segment_fixed, r.segment IS NOT NULL), r.created_at
	FROM jsonb_populate_record(NULL::desk.customer, m.was->'goes') r;
	PERFORM desk.unasked_part(m, whose);
	UPDATE desk.customer_was w SET now = m.goes
	WHERE w.now = whose AND w.id = ANY (m.former);
	PERFORM desk.people_move(c, t, m.goes);
	PERFORM desk.merge_give_back(m, whose);
	INSERT INTO desk.segment_todo (customer) VALUES (whose), (m.goes);
	INSERT INTO desk.retention_todo (customer) VALUES (whose), (m.goes);
	PERFORM desk.advocate_again(w) FROM unnest(ARRAY[whose, m.goes]) w;
	-- What he has only by the merge, unless somebody set it since.
	UPDATE desk.customer k SET
	    name = CASE WHEN borrowed.name THEN NULL ELSE k.name END,
	    name_folded = CASE WHEN borrowed.name THEN NULL
		ELSE k.name_folded END,
	    segment = CASE WHEN m.was->'stays'->>'segment' IS NULL
		AND k.segment = m.was->'goes'->>'segment' THEN NULL
		ELSE k.segment END,
	    segment_fixed = k.segment_fixed AND NOT coalesce(
		m.was->'stays'->>'segment' IS NULL
		AND k.segment = m.was->'goes'->>'segment', false)
	FROM (SELECT coalesce(m.was->'stays'->>'name' IS NULL AND b.name
		= m.was->'goes'->>'name', false) AS name
	    FROM desk.customer b WHERE b.id = whose) borrowed
	WHERE k.id = whose;
	UPDATE desk.customer_merge k SET undone_at = now(),
	    undone_by = coalesce(caller->>'who', '-')
	WHERE k.id = m.id;
	PERFORM desk.people_two(caller, whose, m.goes);
	PERFORM desk.people_notice(caller, 'split', t, jsonb_strip_nulls(
	    jsonb_build_object('customer', whose, 'split', m.goes,
		'merge', m.id, 'reason', args->>'reason')));
	RETURN answer;
END;
$$;

-- A person said that these are two: they are not suggested again.
CREATE OR REPLACE FUNCTION desk.people_two(caller jsonb, one bigint,
    other bigint)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.same_person AS p (one, other, why, dismissed_at,
	    dismissed_by)
	VALUES (least(people_two.one, people_two.other),
	    greatest(people_two.one, people_two.other), 'taken apart', now(),
	    coalesce(caller->>'who', '-'))
	ON CONFLICT ON CONSTRAINT same_person_pkey DO UPDATE
	SET dismissed_at = now(), dismissed_by = excluded.dismissed_by
	WHERE p.dismissed_at IS NULL
$$;

-- Contacts go out into a new customer with the tickets in which they alone
-- wrote; tickets in which others of the customer's wrote too stay ("mixed").
CREATE OR REPLACE FUNCTION desk.people_take_out(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	whose	bigint := (args->>'customer')::bigint;
	dry	boolean := coalesce((args->>'dry')::boolean, false);
	named	text[] := regexp_split_to_array(btrim(args->>'contacts'),
		    '\s+');
	c	bigint[];
	t	bigint[];
	mixed	bigint[];
	fresh	bigint;
	answer	jsonb;
BEGIN
	IF NOT dry THEN
		PERFORM desk.people_hold_now(whose, whose);
	END IF;
	whose := desk.customer_now(whose);
	PERFORM desk.person_must_be(whose, 'customer');
	IF EXISTS (SELECT FROM unnest(named) n WHERE NOT EXISTS (
	    SELECT FROM desk.contact k WHERE k.customer = whose
		AND n IN (k.address, k.original))) THEN
		PERFORM desk.refuse('NOTFOUND',
		    'The customer has no such contact.', 'contacts');
	END IF;
	c := ARRAY(SELECT k.id FROM desk.contact k
	    WHERE k.customer = whose AND (k.address = ANY (named)
		OR k.original = ANY (named)));
	IF NOT EXISTS (SELECT FROM desk.contact k
	    WHERE k.customer = whose AND k.id <> ALL (c)) THEN
		PERFORM desk.refuse('INVALID',
		    'One contact at least stays with the customer.',
		    'contacts');
	END IF;

	SELECT coalesce(array_agg(x.ticket) FILTER (WHERE NOT x.others), '{}'),
	    coalesce(array_agg(x.ticket) FILTER (WHERE x.others), '{}')
	INTO t, mixed
	FROM (SELECT e.ticket, bool_or(e.contact <> ALL (c)) AS others
	    FROM desk.event e
	    WHERE e.customer = whose AND e.contact IS NOT NULL
	    GROUP BY e.ticket
	    HAVING bool_or(e.contact = ANY (c))) x;
	PERFORM desk.people_bound(jsonb_build_object('tickets',
	    cardinality(t)), 'contacts');
	answer := jsonb_build_object('customer', whose, 'moves',
	    jsonb_build_object('contacts', cardinality(c),
		'tickets', cardinality(t)), 'mixed', to_jsonb(mixed[:1000]));
	IF dry THEN
		RETURN answer || '{"dry":true}';
	END IF;

	INSERT INTO desk.customer (name, name_folded, no_surveys_at,
	    no_surveys_by, no_followups_at, no_followups_by)
	SELECT n.name, nullif(btrim(regexp_replace(desk.fold(n.name),
	    '[^[:alnum:]]+', ' ', 'g')), ''), k.no_surveys_at, k.no_surveys_by,
	    k.no_followups_at, k.no_followups_by
	FROM (SELECT nullif(btrim(args->>'name'), '') AS name) n,
	    desk.customer k
	WHERE k.id = whose
	RETURNING id INTO fresh;
	PERFORM desk.people_move(c, t, fresh);
	INSERT INTO desk.segment_todo (customer) VALUES (whose), (fresh);
	INSERT INTO desk.retention_todo (customer) VALUES (whose), (fresh);
	PERFORM desk.advocate_again(w) FROM unnest(ARRAY[whose, fresh]) w;
	PERFORM desk.people_two(caller, whose, fresh);
	PERFORM desk.people_notice(caller, 'split', t, jsonb_strip_nulls(
	    jsonb_build_object('customer', whose, 'split', fresh,
		'reason', args->>'reason')));
	RETURN answer || jsonb_build_object('split', fresh);
END;
$$;
