-- Mail of ours that comes back, and what becomes of its address.
--
-- What was sent unasked (surveys, follow-ups, notices that an order is late,
-- letters) goes out from an address of its own: "hello+b42.SIGNATURE@…" names
-- the row 42 of desk.outbound, and who did not get that mail cannot make one
-- (desk/token.h).  What comes to it, comes as facts.sent (thread.sql); what comes
-- back of a letter, which is of no case, is noted here and filed nowhere.

-- The status (RFC 3463) in what a mail system says, or NULL; code: SMTP's reply.
-- Of one that says it in words alone, that there is nobody of that name.
CREATE OR REPLACE FUNCTION desk.status_said(code int, words text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(substring(words
		from '(?<![.\d])([245]\.\d{1,3}\.\d{1,3})(?![.\d])'),
	    CASE WHEN code IN (550, 551, 553) AND words ~* ('no such|unknown'
		'|not exist|no mailbox|mailbox unavailable|disabled|inactive'
		'|invalid (recipient|mailbox|address|user)') THEN '5.1.1' END)
$$;

-- Does a status say that nothing will ever reach this address?  Not that it is
-- full (5.2.2) or the mail too large, nor what is wrong with us, our mail, or
-- what somebody thinks of it: sender (5.1.7, 5.1.8), protocol, content, policy.
CREATE OR REPLACE FUNCTION desk.status_ends(status text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(status ~ '^5\.'
	    AND status !~ '^5\.(1\.[78]$|2\.[23]$|3\.4$|[567]\.)', false)
$$;

-- What is kept of a report (facts.bounce), for outbound's returned and said.
CREATE OR REPLACE FUNCTION desk.bounce_said(bounce jsonb, OUT returned text,
    OUT said text)
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	returned := desk.cut(coalesce(bounce->>'status',
	    desk.status_said(NULL, bounce->>'diagnostic')), 20);
	said := desk.cut(coalesce(bounce->>'diagnostic',
	    concat_ws(' ', 'It came back:', bounce->>'status')), 500);
END;
$$;

-- Did mail of a person come from this address since that event?
CREATE OR REPLACE FUNCTION desk.address_heard(from_address text, since bigint)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT EXISTS (SELECT FROM desk.contact c
	    JOIN desk.event e ON e.customer = c.customer
		AND e.id > since AND e.contact = c.id
		AND e.direction = 'in'
		AND e.meta->>'automatic' IS DISTINCT FROM 'true'
	    WHERE c.kind = 'email' AND c.address = from_address)
$$;

-- What stands against an address: {"at","status","said"}; NULL: nothing.  It is
-- said to be wrong, or the newest mail of a case to it came back; and no person
-- wrote from it since.
CREATE OR REPLACE FUNCTION desk.address_wrong(to_address text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	r	desk.returned_address;
	last	desk.outbound;
BEGIN
	SELECT * INTO r FROM desk.returned_address k
	WHERE k.address = to_address;
	IF r.at IS NULL OR desk.address_heard(to_address, r.heard) THEN
		SELECT * INTO last FROM desk.outbound o
		WHERE o.address = to_address AND o.event IS NOT NULL
		    AND o.state IN ('sent', 'bounced')
		    AND o.id > coalesce(r.upto, 0)
		ORDER BY o.id DESC LIMIT 1;
		IF last.state IS DISTINCT FROM 'bounced'
		    OR desk.address_heard(to_address, last.event) THEN
			RETURN NULL;
		END IF;
		r.at := last.settled_at;
		r.status := last.returned;
		r.said := last.said;
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('at', desk.rfc3339(r.at),
	    'status', r.status, 'said', r.said));
END;
$$;

-- Whether nothing unasked goes to this address.
CREATE OR REPLACE FUNCTION desk.address_dead(to_address text)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN desk.address_wrong(to_address) IS NOT NULL;
END;
$$;

-- A mail did not arrive, and that is its address's fault: by the relay's own
-- word, or by a report on what was sent unasked, which nobody else can make.
-- (The ids of an answer are known to all who read it, so that a report on one
-- counts until the next mail only.)
CREATE OR REPLACE FUNCTION desk.address_returned()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF NEW.address <> '' AND NEW.cc IS NULL
	    AND desk.status_ends(NEW.returned)
	    AND (NEW.state = 'failed' OR NEW.purpose IN ('survey', 'followup',
		'letter', 'acknowledgement')) THEN
		INSERT INTO desk.returned_address AS r (address, at, status,
		    said, outbound, heard)
		SELECT lower(NEW.address), now(), NEW.returned,
		    desk.cut(NEW.said, 500), NEW.id, q.last_value
		FROM desk.event_id q
		ON CONFLICT (address) DO UPDATE SET at = excluded.at,
		    status = excluded.status, said = excluded.said,
		    outbound = excluded.outbound, heard = excluded.heard
		-- What came back late is no news of what was put right since.
		WHERE excluded.outbound > coalesce(r.upto, 0);
	END IF;
	RETURN NULL;
END;
$$;

-- What no person wrote came to the address of something that was sent: of a
-- letter it is noted here.  False: it is a mail as any other.
CREATE OR REPLACE FUNCTION desk.letter_back(row_id bigint, facts jsonb)
RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
	IF NOT facts ?| '{bounce,automatic}' OR NOT EXISTS (
	    SELECT FROM desk.outbound o
	    WHERE o.id = row_id AND o.letter IS NOT NULL) THEN
		RETURN false;
	END IF;
	UPDATE desk.outbound o SET state = 'bounced', settled_at = now(),
	    returned = b.returned, said = b.said
	FROM desk.bounce_said(facts->'bounce') b
	WHERE o.id = row_id AND facts->'bounce'->>'action' = 'failed'
	    AND o.state NOT IN ('bounced', 'failed', 'withdrawn');
	RETURN true;
END;
$$;

-- ADDRESS.RETURNED: whose mail comes back, the newest first.
CREATE OR REPLACE FUNCTION desk.address_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	n	int := desk.page_rows(args, 50, 200);
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	RETURN jsonb_build_object('addresses', (SELECT coalesce(jsonb_agg(
	    jsonb_strip_nulls(jsonb_build_object('address', r.address,
		'at', desk.rfc3339(r.at), 'status', r.status, 'said', r.said,
		'customer', (SELECT c.customer FROM desk.contact c
		    WHERE c.kind = 'email' AND c.address = r.address),
		'agent', (SELECT a.name FROM desk.agent a
		    WHERE lower(a.email) = r.address AND a.active
		    ORDER BY a.id LIMIT 1)))
	    ORDER BY r.at DESC, r.address), '[]')
	    FROM (SELECT * FROM desk.returned_address k
		WHERE k.at IS NOT NULL
		    AND NOT desk.address_heard(k.address, k.heard)
		ORDER BY k.at DESC, k.address LIMIT n) r));
END;
$$;

-- ADDRESS.RETRY: one of us says that an address is right, whatever came back.
CREATE OR REPLACE FUNCTION desk.address_retry(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	whose	bigint;
	which	text := lower(btrim(args->>'address'));
BEGIN
	SELECT c.customer INTO whose FROM desk.contact c
	WHERE c.kind = 'email' AND c.address = which;
	IF whose IS NULL AND NOT EXISTS (SELECT FROM desk.agent a
	    WHERE lower(a.email) = which) THEN
		PERFORM desk.refuse('NOTFOUND',
		    'Nobody is known by this address.', 'address');
	END IF;
	IF desk.address_dead(which) THEN
		INSERT INTO desk.returned_address AS r (address, upto,
		    cleared_at, cleared_by)
		SELECT which, coalesce(max(o.id), 0), now(), caller->>'who'
		FROM desk.outbound o WHERE o.address = which
		ON CONFLICT (address) DO UPDATE SET at = NULL, status = NULL,
		    said = NULL, outbound = NULL, heard = NULL,
		    upto = excluded.upto, cleared_at = excluded.cleared_at,
		    cleared_by = excluded.cleared_by;
		PERFORM desk.audit_put(caller, 'address.retry', which, 'done',
		    '{}');
		PERFORM desk.outbox_put(NULL, jsonb_build_object('kind',
		    'customer', 'customer', whose,
		    'who', desk.caller_shown(caller)))
		WHERE whose IS NOT NULL;
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('address', which,
	    'customer', whose));
END;
$$;
