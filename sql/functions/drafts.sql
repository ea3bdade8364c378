-- What agents write before they send it, and who writes just now.  A draft
-- is kept until it is sent or dropped; the lease on the answer lasts a minute
-- past its last saving, and is whose who began first.

-- How long a lease on a case's answer lasts.
CREATE OR REPLACE FUNCTION desk.writing_lease()
RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT interval '60 seconds'
$$;

-- Takes or renews the lease for one of his pages, unless another holds it.
CREATE OR REPLACE FUNCTION desk.writing_take(of bigint, me int, in_page text)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.writing AS w (ticket, agent, until, page)
	VALUES (of, me, now() + desk.writing_lease(), in_page)
	ON CONFLICT (ticket) DO UPDATE SET agent = excluded.agent,
	    page = excluded.page,
	    since = CASE WHEN w.agent = excluded.agent AND w.until > now()
		THEN w.since ELSE now() END,
	    until = excluded.until
	WHERE w.agent = excluded.agent OR w.until <= now()
$$;

-- Gives his lease up; in_page: only if that is the page that holds it.
CREATE OR REPLACE FUNCTION desk.writing_leave(of bigint, me int,
    in_page text DEFAULT NULL)
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.writing w WHERE w.ticket = of AND w.agent = me
	    AND (in_page IS NULL OR w.page IS NULL OR w.page = in_page)
$$;

-- Who holds it: {"agent","display","since","until"}; NULL: nobody.
CREATE OR REPLACE FUNCTION desk.writing_json(of bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('agent', a.name, 'display', a.display,
	    'since', desk.rfc3339(w.since), 'until', desk.rfc3339(w.until))
	FROM desk.writing w JOIN desk.agent a ON a.id = w.agent
	WHERE w.ticket = of AND w.until > now()
$$;

-- Refuses an answer that crosses another's: somebody else writes one just now,
-- or one came after what its writer (args.upto) had seen.  Who has no name
-- here (a service) waits for no lease.
CREATE OR REPLACE FUNCTION desk.reply_crosses(caller jsonb, args jsonb,
    t desk.ticket)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	me	int := (caller->>'agent')::int;
	holder	text;
BEGIN
	IF (args->>'force')::boolean THEN
		RETURN;
	END IF;
	IF args ? 'upto' AND EXISTS (SELECT FROM desk.event e
	    WHERE e.ticket = t.id AND e.id > (args->>'upto')::bigint
		AND e.direction = 'out' AND e.kind = 'message'
		AND (e.agent, e.who) IS DISTINCT FROM
		    (me, desk.caller_shown(caller))) THEN
		PERFORM desk.refuse('CONFLICT', 'Somebody has answered since '
		    'you looked: read it first.', 'upto');
	END IF;
	SELECT a.display INTO holder
	FROM desk.writing w JOIN desk.agent a ON a.id = w.agent
	WHERE w.ticket = t.id AND w.until > now() AND w.agent <> me;
	IF FOUND THEN
		PERFORM desk.refuse('CONFLICT', format(
		    'Just now %s writes an answer to this case.',
		    desk.cut(holder, 100)), 'upto');
	END IF;
END;
$$;

-- Ends a draft: it was sent, or is not wanted.  What is left of it, empty, is
-- the number of its last saving, so that one that comes late brings nothing
-- back; upto_seq: the newest that its writer has given.
CREATE OR REPLACE FUNCTION desk.draft_end(caller jsonb, of bigint,
    of_kind text, upto_seq bigint)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	me	int := (caller->>'agent')::int;
	was	boolean;
BEGIN
	IF me IS NULL THEN
		RETURN false;
	END IF;
	IF of_kind = 'reply' THEN
		PERFORM desk.writing_leave(of, me);
	END IF;
	UPDATE desk.draft d SET text = '', attachments = NULL, cc = NULL,
	    about = NULL, upto = NULL, seq = greatest(d.seq, upto_seq), saved_at = now()
	WHERE d.ticket = of AND d.agent = me AND d.kind = of_kind;
	was := FOUND;
	IF was THEN
		DELETE FROM desk.draft_file f
		WHERE f.ticket = of AND f.agent = me AND f.kind = of_kind;
	ELSIF upto_seq IS NOT NULL THEN
		INSERT INTO desk.draft (ticket, agent, kind, text, seq)
		VALUES (of, me, of_kind, '', upto_seq)
		ON CONFLICT DO NOTHING;
	END IF;
	RETURN was;
END;
$$;

-- Whether a draft says something that could be sent.
CREATE OR REPLACE FUNCTION desk.draft_says(d desk.draft)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT (d).text <> '' OR (d).attachments IS NOT NULL
$$;

-- A draft as it is shown; NULL: there is nothing in it.  To whom copies go is
-- kept before there are words to send.
CREATE OR REPLACE FUNCTION desk.draft_json(d desk.draft)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN desk.draft_says(d) OR (d).cc IS NOT NULL THEN
	    jsonb_strip_nulls(jsonb_build_object('text', (d).text,
		'attachments', (d).attachments, 'cc', (d).cc,
		'about', (d).about, 'upto', (d).upto, 'seq', (d).seq,
		'saved_at', desk.rfc3339((d).saved_at)))
	    END
$$;

-- An agent's drafts of a case: {"reply":{…},"note":{…},"ask":{…}}; NULL: none.
CREATE OR REPLACE FUNCTION desk.drafts_of(of bigint, me int)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_object_agg(d.kind, desk.draft_json(d))
	FROM desk.draft d
	WHERE d.ticket = of AND d.agent = me
	    AND (d.text <> '' OR d.attachments IS NOT NULL
		OR d.cc IS NOT NULL)
$$;

-- The agent who asks; refused when it is nobody with a name here.
CREATE OR REPLACE FUNCTION desk.own_agent(caller jsonb)
RETURNS int
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF NOT caller ? 'agent' THEN
		PERFORM desk.refuse('INVALID',
		    'This is an agent''s own: this key is nobody''s.');
	END IF;
	RETURN (caller->>'agent')::int;
END;
$$;

-- The case that args name, which the caller sees; act: and may change.  Not
-- locked: nothing of it is changed.
CREATE OR REPLACE FUNCTION desk.ticket_seen_by(caller jsonb, args jsonb,
    act boolean)
RETURNS desk.ticket
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	t	desk.ticket;
BEGIN
	SELECT * INTO t FROM desk.ticket k
	WHERE k.id = (args->>'ticket')::bigint;
	IF NOT FOUND OR NOT desk.may_see(caller, t) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such ticket.',
		    'ticket');
	END IF;
	IF act THEN
		PERFORM desk.must_act(caller, t);
	END IF;
	RETURN t;
END;
$$;

-- Keeps the files that a draft names from the sweep of those that nobody does.
CREATE OR REPLACE FUNCTION desk.draft_files(d desk.draft)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	named	bytea[] := ARRAY(SELECT DISTINCT decode(a->>'sha256', 'hex')
		    FROM jsonb_array_elements(coalesce((d).attachments, '[]'))
			a ORDER BY 1);
BEGIN
	DELETE FROM desk.draft_file f
	WHERE f.ticket = (d).ticket AND f.agent = (d).agent
	    AND f.kind = (d).kind AND f.sha256 <> ALL (named);
	INSERT INTO desk.draft_file (ticket, agent, kind, sha256)
	SELECT (d).ticket, (d).agent, (d).kind, n FROM unnest(named) n
	ON CONFLICT DO NOTHING;
	-- A sweep that is at them just now sees that they are young again.
	PERFORM FROM desk.blob b WHERE b.sha256 = ANY (named)
	ORDER BY b.sha256 FOR NO KEY UPDATE;
	UPDATE desk.blob b SET written_at = now()
	WHERE b.sha256 = ANY (named) AND NOT b.used
	    AND b.written_at < now() - interval '1 hour';
END;
$$;

-- DRAFT.SET: {"ticket","kind","seq","saved","saved_at","writing"}; saved
-- false: a newer one stands there ("draft").  writing: who holds the lease on
-- the answer now.  leave: whoever wrote it has gone, in whatever order his last
-- savings and TICKET.LOOK come.
CREATE OR REPLACE FUNCTION desk.draft_set(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	me	int := desk.own_agent(caller);
	t	desk.ticket := desk.ticket_seen_by(caller, args, true);
	named	jsonb := desk.upload_named(caller, args->'attachments');
	d	desk.draft;
	saved	boolean;
BEGIN
	INSERT INTO desk.draft AS o (ticket, agent, kind, text, attachments,
	    cc, about, upto, seq)
	VALUES (t.id, me, args->>'kind', coalesce(args->>'text', ''), named,
	    CASE WHEN args->>'kind' = 'reply' THEN args->>'cc' END,
	    CASE WHEN args->>'kind' = 'ask' THEN jsonb_strip_nulls(
		jsonb_build_object('queue', args->'queue',
		    'consult', args->'consult', 'minutes', args->'minutes',
		    'pend', args->'pend', 'once', args->'once')) END,
	    (args->>'upto')::bigint, coalesce((args->>'seq')::bigint, 1))
	ON CONFLICT (ticket, agent, kind) DO UPDATE
	SET text = excluded.text, attachments = excluded.attachments,
	    cc = excluded.cc, about = excluded.about, upto = excluded.upto, saved_at = now(),
	    seq = CASE WHEN args ? 'seq' THEN excluded.seq
		ELSE o.seq + 1 END
	WHERE NOT args ? 'seq' OR excluded.seq > o.seq
	RETURNING * INTO d;
	saved := FOUND;
	IF saved THEN
		PERFORM desk.draft_files(d);
	ELSE
		SELECT * INTO d FROM desk.draft o
		WHERE o.ticket = t.id AND o.agent = me
		    AND o.kind = args->>'kind';
	END IF;
	IF (args->>'leave')::boolean AND d.kind = 'reply' THEN
		PERFORM desk.writing_leave(t.id, me, args->>'page');
	ELSIF saved AND d.kind = 'reply' THEN
		IF NOT desk.draft_says(d) THEN
			PERFORM desk.writing_leave(t.id, me);
		ELSE
			PERFORM desk.writing_take(t.id, me, args->>'page');
		END IF;
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('ticket', t.id,
	    'kind', d.kind, 'seq', d.seq, 'saved', saved,
	    'saved_at', desk.rfc3339(d.saved_at),
	    'draft', CASE WHEN NOT saved THEN desk.draft_json(d) END,
	    'writing', desk.writing_json(t.id)));
END;
$$;

-- DRAFT.DROP: one kind, or all.  What is dropped already is no matter.
CREATE OR REPLACE FUNCTION desk.draft_drop(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	me	int := desk.own_agent(caller);
	t	bigint := (args->>'ticket')::bigint;
BEGIN
	-- Also of a case that he does not see any more: it is his.
	IF NOT EXISTS (SELECT FROM desk.draft d
	    WHERE d.ticket = t AND d.agent = me) THEN
		PERFORM desk.ticket_seen_by(caller, args, false);
	END IF;
	PERFORM desk.draft_end(caller, t, k, (args->>'seq')::bigint)
	FROM unnest('{ask,note,reply}'::text[]) k
	WHERE k = coalesce(args->>'kind', k);
	RETURN jsonb_build_object('ticket', t, 'dropped', true);
END;
$$;

-- DRAFT.LIST: {"drafts":[{"ticket","number","subject","kind","preview",
-- "saved_at"}]}: one's own, the newest first.
CREATE OR REPLACE FUNCTION desk.draft_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	me	int := desk.own_agent(caller);
BEGIN
	RETURN jsonb_build_object('drafts', coalesce((
	    SELECT jsonb_agg(jsonb_build_object('ticket', t.id,
		'number', t.number, 'subject', t.subject, 'kind', d.kind,
		'preview', desk.cut(d.text, 200),
		'saved_at', desk.rfc3339(d.saved_at)) ORDER BY d.saved_at DESC)
	    FROM (SELECT * FROM desk.draft o
		WHERE o.agent = me
		    AND (o.text <> '' OR o.attachments IS NOT NULL)
		ORDER BY o.saved_at DESC LIMIT 200) d
	    JOIN desk.ticket t ON t.id = d.ticket
	    WHERE desk.may_see(caller, t)), '[]'));
END;
$$;

-- Takes away what ended drafts and leases have left; once an hour.
CREATE OR REPLACE FUNCTION desk.draft_sweep()
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	n	int;
BEGIN
	DELETE FROM desk.draft d
	WHERE d.text = '' AND d.attachments IS NULL AND d.cc IS NULL
	    AND d.saved_at < now() - interval '1 day';
	GET DIAGNOSTICS n = ROW_COUNT;
	DELETE FROM desk.writing w WHERE w.until < now() - interval '1 hour';
	RETURN n;
END;
$$;
