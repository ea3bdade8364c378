-- Links to the customer's page of his case: made, put into messages, revoked.
-- A token is known to whom it was sent, and to nobody else: the history keeps
-- the variable, the table a digest.

-- A member of the company's block in the configuration in force.
CREATE OR REPLACE FUNCTION desk.company(member text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT c.body->'company'->>member
	FROM desk.config c ORDER BY c.version DESC LIMIT 1
$$;

-- 192 bits that nobody can guess, as 32 letters that need no escape in a URL.
CREATE OR REPLACE FUNCTION desk.case_token()
RETURNS text
LANGUAGE sql VOLATILE
AS $$
	SELECT translate(encode(substr(sha256(uuid_send(gen_random_uuid())
	    || uuid_send(gen_random_uuid())), 1, 24), 'base64'), '+/', '-_')
$$;

CREATE OR REPLACE FUNCTION desk.case_url(token text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(desk.company('url'), '') || '/case/' || token
$$;

-- Who reads what is sent to this address on the ticket; of an address that is
-- nobody's yet (a Reply-To), the one whom it answers.
CREATE OR REPLACE FUNCTION desk.case_reader(of_ticket bigint, to_address text)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT c.id FROM desk.contact c
		WHERE c.kind = 'email' AND c.address = to_address),
	    (SELECT e.contact FROM desk.event e
		WHERE e.ticket = of_ticket AND e.direction = 'in'
		    AND e.contact IS NOT NULL
		ORDER BY e.id DESC LIMIT 1))
$$;

-- The text of a message as it goes out: {case_link} becomes a link of its
-- reader's own.  A second try has a new one, and the first's, which nobody
-- got, ends.
CREATE OR REPLACE FUNCTION desk.case_link_sent(o desk.outbound, body text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	token	text;
	reader	bigint;
BEGIN
	IF position('{case_link}' IN body) = 0
	    OR o.purpose NOT IN ('reply', 'message', 'acknowledgement') THEN
		RETURN body;
	END IF;
	reader := desk.case_reader(o.ticket, o.address);
	IF reader IS NULL OR desk.company('url') IS NULL THEN
		RETURN replace(body, '{case_link}', '');
	END IF;
	token := desk.case_token();
	INSERT INTO desk.case_link AS l (ticket, contact, hash, event, made_by)
	VALUES (o.ticket, reader, sha256(convert_to(token, 'UTF8')), o.event,
	    'desk')
	ON CONFLICT (event) DO UPDATE SET hash = excluded.hash;
	RETURN replace(body, '{case_link}', desk.case_url(token));
END;
$$;

-- CASE.LINK: for the customer's newest e-mail address on the case, else for
-- whatever he wrote with.
CREATE OR REPLACE FUNCTION desk.case_link_make(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
	c	desk.contact;
	token	text := desk.case_token();
	row_id	bigint;
BEGIN
	IF t.kind IN ('quarantine', 'consult') THEN
		PERFORM desk.refuse('CONFLICT', CASE t.kind
		    WHEN 'consult' THEN 'What departments ask each other is '
			'shown to nobody outside.'
		    ELSE 'What could not be read is shown to nobody outside.'
		    END, 'ticket');
	END IF;
	SELECT k.* INTO c FROM desk.contact k
	WHERE k.customer = t.customer
	    AND (args->>'address' IS NULL OR k.address = args->>'address')
	ORDER BY EXISTS (SELECT FROM desk.event e WHERE e.ticket = t.id
		AND e.contact = k.id) DESC,
	    k.kind = 'email' DESC, k.id DESC
	LIMIT 1;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND',
		    'This customer has no such address.', 'address');
	END IF;
	INSERT INTO desk.case_link (ticket, contact, hash, made_by)
	VALUES (t.id, c.id, sha256(convert_to(token, 'UTF8')),
	    coalesce(caller->>'who', '-'))
	RETURNING id INTO row_id;
	-- For whom, the link knows, and that goes with him.
	PERFORM desk.audit_put(caller, 'CASE.LINK', t.id::text, 'done',
	    jsonb_build_object('link', row_id));
	RETURN jsonb_build_object('ticket', t.id, 'link', row_id,
	    'for', c.address, 'url', desk.case_url(token));
END;
$$;

-- CASE.UNLINK: every link to this case that is out there, ends.
CREATE OR REPLACE FUNCTION desk.case_link_end(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
	n	int;
BEGIN
	UPDATE desk.case_link l SET revoked_at = now()
	WHERE l.ticket = t.id AND l.revoked_at IS NULL;
	GET DIAGNOSTICS n = ROW_COUNT;
	PERFORM desk.audit_put(caller, 'CASE.UNLINK', t.id::text, 'done',
	    jsonb_build_object('links', n));
	RETURN jsonb_build_object('ticket', t.id, 'revoked', n);
END;
$$;

-- What a link opens, or NULL: all at once, so that a link that was never there
-- and one that ended take the same way.  It ends when it is revoked, some time
-- after its case was closed, and with its reader's part in the case.
CREATE OR REPLACE FUNCTION desk.case_opened(args jsonb)
RETURNS desk.case_link
LANGUAGE sql STABLE
AS $$
	SELECT l
	FROM desk.case_link l
	JOIN desk.ticket t ON t.id = l.ticket
	JOIN desk.contact c ON c.id = l.contact
	WHERE l.hash = decode(args->>'hash', 'hex')
	    AND l.revoked_at IS NULL
	    AND t.kind NOT IN ('quarantine', 'consult')
	    AND (t.state <> 'closed' OR t.touched_at > now()
		- make_interval(secs =>
		    coalesce(desk.company('link_after')::int, 2592000)))
	    AND (c.customer = t.customer
		OR EXISTS (SELECT FROM desk.participant p
		    WHERE p.ticket = t.id AND p.contact = c.id)
		OR EXISTS (SELECT FROM desk.copied x
		    WHERE x.ticket = t.id AND x.address = c.address
			AND c.kind = 'email'))
$$;

-- The contacts that are the reader's: his own; and, of the customer whose case
-- it is, the others, unless a visitor only said that they are his.
CREATE OR REPLACE FUNCTION desk.case_contacts(l desk.case_link)
RETURNS SETOF desk.contact
LANGUAGE sql STABLE ROWS 3
AS $$
	SELECT c FROM desk.contact c WHERE c.id = (l).contact
	UNION ALL
	SELECT o
	FROM desk.contact c
	JOIN desk.ticket t ON t.id = (l).ticket AND t.customer = c.customer
	JOIN desk.contact o ON o.customer = c.customer AND o.id <> c.id
	WHERE c.id = (l).contact AND 'claimed' <> ALL (c.flags)
	    AND 'claimed' <> ALL (o.flags)
$$;

-- Is it the customer's own case, and not one that he was copied on?
CREATE OR REPLACE FUNCTION desk.case_is_his(l desk.case_link)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT EXISTS (SELECT FROM desk.ticket t
	    JOIN desk.contact c ON c.customer = t.customer
	    WHERE t.id = (l).ticket AND c.id = (l).contact)
$$;

-- A link says so much in an hour, and no more: whoever has it is unknown.
CREATE OR REPLACE FUNCTION desk.case_may_say(link bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	n	int;
BEGIN
	UPDATE desk.case_link l SET
	    said = CASE WHEN l.hour = date_trunc('hour', now())
		THEN l.said + 1 ELSE 1 END,
	    hour = date_trunc('hour', now())
	WHERE l.id = link
	RETURNING said INTO n;
	IF n > 60 THEN
		PERFORM desk.refuse('TOOMANY',
		    'That is a lot in one hour. Wait a while.', '');
	END IF;
END;
$$;

-- CASE.WRITE's first step: who writes, and on what; null: there is no such
-- link.
CREATE OR REPLACE FUNCTION desk.case_write(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	l	desk.case_link := desk.case_opened(args);
BEGIN
	IF l.id IS NULL THEN
		RETURN NULL;
	END IF;
	PERFORM desk.case_may_say(l.id);
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('link', l.id,
	    'ticket', t.id, 'kind', c.kind, 'address', c.address,
	    'name', u.name, 'conversation', CASE WHEN c.kind = 'chat'
		AND c.address = t.conversation::text THEN t.conversation END,
	    'subject', t.subject, 'lang', t.lang))
	FROM desk.ticket t, desk.contact c
	LEFT JOIN desk.customer u ON u.id = c.customer
	WHERE t.id = l.ticket AND c.id = l.contact);
END;
$$;

-- CASE.DONE: the customer says that his case is done, or that it is not.
CREATE OR REPLACE FUNCTION desk.case_done(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	l	desk.case_link := desk.case_opened(args);
	done	boolean := coalesce((args->>'done')::boolean, false);
	t	desk.ticket;
	next	desk.ticket;
	who	jsonb;
BEGIN
	IF l.id IS NULL THEN
		RETURN NULL;
	END IF;
	IF NOT desk.case_is_his(l) THEN
		PERFORM desk.refuse('DENIED',
		    'Only the customer whose case it is can say that.', '');
	END IF;
	SELECT * INTO t FROM desk.ticket k WHERE k.id = l.ticket FOR UPDATE;
	IF t.state = 'closed' THEN
		PERFORM desk.refuse('CONFLICT',
		    'This case is closed: write, and it is taken up anew.', '');
	ELSIF done = (t.state = 'resolved') THEN
		RETURN jsonb_build_object('state', t.state);
	END IF;
	PERFORM desk.case_may_say(l.id);
	SELECT jsonb_build_object('who', coalesce(u.name, c.address)) INTO who
	FROM desk.contact c JOIN desk.customer u ON u.id = c.customer
	WHERE c.id = l.contact;
	IF done THEN
		next := desk.state_move(t, 'resolved');
	ELSE
		next := desk.state_move(t, 'open');
		next.due_at := desk.due_from_now(t);
		next.assignee := CASE WHEN desk.agent_stays(t.assignee)
		    THEN t.assignee END;
		next.reopens := least(t.reopens + 1, 32767);
	END IF;
	PERFORM desk.stat_after(desk.ticket_state(who, t, next,
		CASE WHEN done THEN 'resolve' ELSE 'reopen' END, NULL),
	    ARRAY[t.queue],
	    ARRAY[CASE WHEN done THEN 'resolved' ELSE 'reopened' END]);
	RETURN jsonb_build_object('state', next.state);
END;
$$;
