-- What ends a loop between two machines, and what a case is marked with.  The
-- limits are counted in the history itself: taking a mail in writes nothing
-- for them.

-- The numbers of a configuration, for those who ask at each event.
CREATE OR REPLACE FUNCTION desk.config_limits(c jsonb)
RETURNS void
LANGUAGE sql
AS $$
	UPDATE desk.limits SET
	    close_after = (c->'company'->>'close_after')::int,
	    answers = (c->'limits'->>'answers')::int,
	    exchange = (c->'limits'->>'exchange')::int,
	    cases = (c->'limits'->>'cases')::int,
	    flood = (c->'limits'->>'flood')::int
$$;

-- Has this customer opened so many cases within the hour?  Reads no more of
-- his cases than that.  (Not in SQL: that would be planned anew by each batch,
-- with all that the ticket's indexes say of themselves.)
CREATE OR REPLACE FUNCTION desk.opened_many(customer bigint, many int)
RETURNS boolean
LANGUAGE plpgsql STABLE
-- From the newest on, not all of them and then the newest.
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
BEGIN
	RETURN many > 0 AND coalesce((
	    SELECT t.opened_at > now() - interval '1 hour'
	    FROM desk.ticket t
	    WHERE t.customer = opened_many.customer
		AND t.kind <> 'consult'
	    ORDER BY t.id DESC
	    LIMIT 1 OFFSET greatest(many, 1) - 1), false);
END;
$$;

-- Where the automatic mail of a sender goes who floods the desk: the newest
-- active case that it opened.  NULL: he does not flood, or has none.
CREATE OR REPLACE FUNCTION desk.flood_ticket(customer bigint)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN desk.opened_many(flood_ticket.customer, l.flood) THEN (
	    SELECT max(n.id) FROM (
		SELECT t.id, t.marks, t.state FROM desk.ticket t
		WHERE t.customer = flood_ticket.customer
		    AND t.kind <> 'consult'
		ORDER BY t.id DESC
		LIMIT l.flood) n
	    WHERE 'automatic' = ANY (n.marks)
		AND n.state IN ('new', 'open', 'pending')) END
	FROM desk.limits l
$$;

-- The marks of a case that such an event opens.  floods: its sender opened too
-- many within the hour.
CREATE OR REPLACE FUNCTION desk.marks_named(auth text, automatic boolean,
    facts jsonb, floods boolean)
RETURNS text[]
LANGUAGE sql IMMUTABLE
AS $$
	SELECT array_remove(ARRAY[
	    CASE WHEN auth = 'fail' THEN 'unproved' END,
	    CASE WHEN automatic THEN 'automatic' END,
	    CASE WHEN facts ? 'list' THEN 'list' END,
	    CASE WHEN facts ? 'bulk' THEN 'bulk' END,
	    CASE WHEN floods THEN 'flood' END], NULL)
$$;

-- The same, found out.
CREATE OR REPLACE FUNCTION desk.marks_found(channel text, auth text,
    automatic boolean, facts jsonb, raw text, customer bigint)
RETURNS text[]
LANGUAGE sql STABLE
AS $$
	SELECT desk.marks_named(auth, automatic, facts,
	    raw IS NOT NULL AND channel = 'mail'
	    AND desk.opened_many(marks_found.customer,
		(SELECT l.flood FROM desk.limits l)))
$$;

-- The same; most have none, and then nothing is asked.
CREATE OR REPLACE FUNCTION desk.marks_of(channel text, auth text,
    automatic boolean, facts jsonb, raw text, customer bigint)
RETURNS text[]
LANGUAGE sql STABLE
AS $$
	SELECT CASE
	WHEN coalesce(auth, 'none') <> 'fail' AND automatic IS NOT TRUE
	    AND facts IS NULL AND raw IS NULL THEN '{}'
	ELSE desk.marks_found(channel, auth, automatic, facts, raw, customer)
	END
$$;

-- May the desk write to this address by itself, about this case?  For the
-- transaction that would; asked after the event that calls for it was filed.
-- Not to what is no person or not proved (RFC 3834 section 2), not to
-- ourselves, and not when it was too much already: answers to this address
-- today, to this case today, mails to and fro in ten minutes, cases in an
-- hour.  Two machines that answer each other stop here, whatever their mails
-- claim to be.
CREATE OR REPLACE FUNCTION desk.may_answer_automatically(address text,
    ticket bigint)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET enable_bitmapscan = off
AS $$
DECLARE
	t	desk.ticket;
	l	desk.limits;
BEGIN
	SELECT * INTO t FROM desk.ticket k
	WHERE k.id = may_answer_automatically.ticket;
	SELECT * INTO l FROM desk.limits;
	IF t.id IS NULL OR t.kind = 'quarantine'
	    OR t.marks && '{unproved,automatic,list,bulk,flood}'
	    OR coalesce(address, '') = ''
	    OR address ~* '^(mailer-daemon|postmaster|no-?reply|do-?not-?reply)@'
	    OR EXISTS (SELECT FROM desk.served s WHERE s.kind = 'email'
		AND s.address = lower(regexp_replace(
		    may_answer_automatically.address, '\+[^@]*@', '@')))
	    OR desk.opened_many(t.customer, l.cases + 1) THEN
		RETURN false;
	END IF;
	IF (SELECT count(*) FROM (
		SELECT FROM desk.outbound o
		WHERE o.address = may_answer_automatically.address
		    AND o.purpose = 'acknowledgement'
		    AND o.created_at > now() - interval '1 day'
		LIMIT l.answers) n) >= l.answers
	    OR (SELECT count(*) FROM (
		SELECT FROM desk.outbound o
		WHERE o.ticket = t.id AND o.purpose IN
			('acknowledgement', 'transcript', 'notice')
		    AND o.created_at > now() - interval '1 day'
		LIMIT 3) n) >= 3 THEN
		RETURN false;
	END IF;
	-- Of the newest few, whatever they are: a long history costs nothing.
	RETURN (SELECT count(*) FILTER (WHERE n.channel = 'mail'
		AND n.filed_at > now() - interval '10 minutes') <= l.exchange
	    FROM (SELECT e.channel, e.filed_at FROM desk.event e
		WHERE e.customer = t.customer
		ORDER BY e.id DESC LIMIT l.exchange + 20) n);
END;
$$;
