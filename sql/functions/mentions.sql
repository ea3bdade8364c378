-- Colleagues whom a note names: "@an, ask the warehouse".

-- The logins that a note names, of active agents who see the case, twenty at
-- most and never its writer's; NULL: none.
CREATE OR REPLACE FUNCTION desk.mentioned(caller jsonb, t desk.ticket,
    note text)
RETURNS text[]
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	words	text[];
BEGIN
	IF strpos(note, '@') = 0 THEN
		RETURN NULL;
	END IF;
	-- A login may have a dot in it, or stand before one.
	words := ARRAY(SELECT DISTINCT w.word
	    FROM (SELECT m[1] AS whole FROM regexp_matches(note,
		    '(?:^|[^[:alnum:]_.@+-])@([[:alnum:]][[:alnum:]_.@+-]*)',
		    'g') m LIMIT 200) x
	    CROSS JOIN LATERAL (VALUES (x.whole), (lower(x.whole)),
		(rtrim(x.whole, '._@+-')), (lower(rtrim(x.whole, '._@+-'))))
		w (word));
	RETURN (SELECT nullif(array_agg(x.name ORDER BY x.name), '{}')
	    FROM (SELECT a.name FROM desk.agent a
		WHERE a.name = ANY (words) AND a.active
		    AND a.id IS DISTINCT FROM (caller->>'agent')::int
		    AND desk.may_see(desk.caller_by_name(a.name), t)
		ORDER BY a.name LIMIT 20) x);
END;
$$;

-- Puts an event into these agents' view of mentions, unseen, and tells them by
-- this notice.  logins NULL: nobody.
CREATE OR REPLACE FUNCTION desk.call_upon(caller jsonb, of bigint,
    event_id bigint, logins text[], notice jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF logins IS NULL THEN
		RETURN;
	END IF;
	INSERT INTO desk.mention AS m (agent, ticket, event)
	SELECT a.id, of, event_id FROM desk.agent a
	WHERE a.name = ANY (logins) ORDER BY a.id
	ON CONFLICT (agent, ticket) DO UPDATE
	SET event = excluded.event, seen_at = NULL
	WHERE excluded.event > m.event;
	PERFORM desk.outbox_put(of, notice || jsonb_build_object(
	    'event', event_id, 'who', desk.caller_shown(caller),
	    'agents', to_jsonb(logins)));
END;
$$;

-- Of a note that names them.
CREATE OR REPLACE FUNCTION desk.mention_put(caller jsonb, of bigint,
    note bigint, logins text[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.call_upon(caller, of, note, logins,
	    '{"kind":"mention"}');
END;
$$;

-- MENTION.SEEN: of this case, up to that note when one is given.
CREATE OR REPLACE FUNCTION desk.mention_seen(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	me	int := desk.own_agent(caller);
BEGIN
	UPDATE desk.mention m SET seen_at = now()
	WHERE m.agent = me AND m.ticket = (args->>'ticket')::bigint
	    AND m.seen_at IS NULL
	    AND m.event <= coalesce((args->>'event')::bigint, m.event);
	RETURN jsonb_build_object('ticket', (args->>'ticket')::bigint,
	    'seen', FOUND);
END;
$$;
