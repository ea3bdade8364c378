-- The visitor's chat.  A conversation is a contact of kind chat; its token,
-- kept as a digest, is the visitor's only key to it.

-- Finds or makes the customer of a conversation: its chat identity with what
-- else the visitor told of himself (args.contacts, normalised; args.name).
-- Returns the contact of the identity.
CREATE OR REPLACE FUNCTION desk.chat_identity(conversation text, args jsonb)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	visitor	desk.intake := jsonb_populate_record(NULL::desk.intake,
		    jsonb_build_object('ord', 1, 'contacts',
			jsonb_build_array(jsonb_build_object('kind', 'chat',
			    'address', conversation))
			    || coalesce(args->'contacts', '[]'),
			'name', nullif(args->>'name', ''),
			'name_folded', nullif(args->>'name_folded', '')));
	known	desk.known[] := desk.identify(ARRAY[visitor]);
BEGIN
	-- A name is taken from whoever gave none before; it never replaces one.
	UPDATE desk.customer c
	SET name = visitor.name, name_folded = visitor.name_folded
	WHERE c.id = known[1].customer AND c.name IS NULL
	    AND visitor.name IS NOT NULL;
	-- Anybody can type anybody's address: whoever answers sees that this
	-- one is the visitor's word alone.
	UPDATE desk.contact c
	SET flags = c.flags || '{claimed}'
	WHERE c.id = known[1].contact AND 'claimed' <> ALL (c.flags)
	    AND args->'contacts' <> '[]';
	RETURN known[1].contact;
END;
$$;

-- CHAT.OPEN: args as the operation's, with "id" (a fresh uuid), "token_hash"
-- (SHA-256, hexadecimal), "contacts" and "name_folded" from the daemon.
CREATE OR REPLACE FUNCTION desk.chat_open(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.conversation (id, token, contact, page, lang)
	VALUES ((args->>'id')::uuid, decode(args->>'token_hash', 'hex'),
	    desk.chat_identity(args->>'id', args), args->>'page',
	    args->>'lang');
	RETURN jsonb_build_object('conversation', args->>'id');
END;
$$;

-- Who holds this token: the caller as ARCHITECTURE.md has it, with the contact
-- and the name that his messages carry; NULL when the token opens nothing.
CREATE OR REPLACE FUNCTION desk.chat_visitor(conversation uuid,
    token_hash bytea)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('who', 'visitor',
	    'role', 'visitor', 'conversation', v.id, 'contact', v.contact,
	    'name', u.name))
	FROM desk.conversation v
	JOIN desk.contact c ON c.id = v.contact
	JOIN desk.customer u ON u.id = c.customer
	WHERE v.id = chat_visitor.conversation
	    AND v.token = chat_visitor.token_hash
$$;

-- The caller's own conversation; any other is refused as not there.
CREATE OR REPLACE FUNCTION desk.chat_own(caller jsonb, args jsonb)
RETURNS desk.conversation
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	v	desk.conversation;
BEGIN
	SELECT * INTO v FROM desk.conversation c
	WHERE c.id = (args->>'conversation')::uuid
	    AND c.id = (caller->>'conversation')::uuid;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND',
		    'There is no such conversation.', 'conversation');
	END IF;
	RETURN v;
END;
$$;

-- CHAT.READ: what was said, by either side, oldest first; at most 500
-- messages a time, "more" says that there are others.  Notes and whatever came
-- on other channels are not the visitor's to see.
CREATE OR REPLACE FUNCTION desk.chat_read(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	v	desk.conversation := desk.chat_own(caller, args);
	said	jsonb;
BEGIN
	-- Only agents have a name to the visitor: a service's key or an
	-- administrator's console is nobody's.
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('event', m.id,
	    'at', desk.rfc3339(m.at), 'direction', m.direction,
	    'who', CASE WHEN m.direction = 'in' OR m.agent IS NOT NULL
		THEN m.who END,
	    'text', m.text)) ORDER BY m.id)
	INTO said
	FROM (
	    SELECT e.* FROM desk.contact c
	    JOIN desk.ticket t ON t.customer = c.customer
		AND t.conversation = v.id
	    JOIN desk.event e ON e.ticket = t.id
	    WHERE c.id = v.contact
		AND e.id > coalesce((args->>'after')::bigint, 0)
		AND e.channel = 'chat' AND e.kind = 'message'
		AND (e.direction = 'out'
		    OR e.direction = 'in' AND e.contact = v.contact)
	    ORDER BY e.id
	    LIMIT 501) m;
	RETURN jsonb_build_object('conversation', v.id,
	    'messages', coalesce(said - 500, '[]'),
	    'more', coalesce(jsonb_array_length(said) > 500, false));
END;
$$;

-- CHAT.IDENTIFY: the visitor says who he is.  args as the operation's, with
-- "contacts" and "name_folded" from the daemon.  Nothing of what the desk knew
-- of that person is told to him: anybody can type anybody's address.
CREATE OR REPLACE FUNCTION desk.chat_identify(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	v	desk.conversation := desk.chat_own(caller, args);
BEGIN
	PERFORM desk.chat_identity(v.id::text, args);
	IF v.ticket IS NOT NULL THEN
		PERFORM desk.outbox_put(v.ticket, jsonb_strip_nulls(
		    jsonb_build_object('kind', 'customer', 'channel', 'chat',
			'who', args->>'name')));
	END IF;
	RETURN jsonb_build_object('conversation', v.id);
END;
$$;
