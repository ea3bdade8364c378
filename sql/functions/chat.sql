-- The visitor's chat.  A conversation is a contact of kind chat; its token,
-- kept as a digest, is the visitor's only key to it.

-- Finds or makes the customer of a conversation: its chat identity with what
-- else is told of the visitor (args.contacts, normalised; args.name) and, when
-- the shop's server has signed it, his user id there (args.user).  Returns the
-- contact of the identity.
CREATE OR REPLACE FUNCTION desk.chat_identity(conversation text, args jsonb)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	visitor	desk.intake := jsonb_populate_record(NULL::desk.intake,
		    jsonb_build_object('ord', 1, 'contacts',
			jsonb_build_array(jsonb_build_object('kind', 'chat',
			    'address', conversation))
			    || CASE WHEN args ? 'user' THEN jsonb_build_array(
				jsonb_build_object('kind', 'user', 'address',
				    args->>'user')) ELSE '[]' END
			    || coalesce(args->'contacts', '[]'),
			'name', nullif(args->>'name', ''),
			'name_folded', nullif(args->>'name_folded', '')));
	known	desk.known[];
	user_is	jsonb := jsonb_build_array(jsonb_build_object('kind', 'user',
		    'address', args->>'user'));
BEGIN
	-- Whom the shop's server knows is made out without the rest: what the
	-- visitor typed before must not become that user's, nor he theirs.
	IF args ? 'user' THEN
		PERFORM desk.identify(ARRAY[jsonb_populate_record(visitor,
		    jsonb_build_object('contacts', user_is
			|| CASE WHEN (args->>'proven')::boolean
			THEN args->'contacts' ELSE '[]' END))]);
		PERFORM desk.chat_prove(c.id, args->>'user')
		FROM desk.contact c
		WHERE c.kind = 'chat' AND c.address = chat_identity.conversation;
	END IF;
	known := desk.identify(ARRAY[visitor]);

	-- A name is taken from whoever gave none before; it never replaces one.
	UPDATE desk.customer c
	SET name = visitor.name, name_folded = visitor.name_folded
	WHERE c.id = known[1].customer AND c.name IS NULL
	    AND visitor.name IS NOT NULL;
	IF args ? 'user' THEN
		PERFORM desk.chat_prove(known[1].contact, args->>'user');
	ELSE
		-- Anybody can type anybody's address: whoever answers sees that
		-- this one is the visitor's word alone.
		UPDATE desk.contact c
		SET flags = c.flags || '{claimed}'
		WHERE c.id = known[1].contact AND 'claimed' <> ALL (c.flags)
		    AND args->'contacts' <> '[]'
		    AND NOT EXISTS (SELECT FROM desk.conversation v
			WHERE v.contact = c.id AND v.user_id IS NOT NULL);
	END IF;
	RETURN known[1].contact;
END;
$$;

-- The shop's server vouches for who this is: the identity is that user's, also
-- when the visitor had claimed to be somebody else before.  What he wrote goes
-- with it; whose address he had typed keeps his own.
CREATE OR REPLACE FUNCTION desk.chat_prove(identity bigint, user_id text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	target	bigint := (SELECT c.customer FROM desk.contact c
		    WHERE c.kind = 'user' AND c.address = chat_prove.user_id);
	source	bigint;
	moved	bigint[];
BEGIN
	SELECT c.customer INTO source FROM desk.contact c
	WHERE c.id = identity FOR UPDATE;
	IF source <> target THEN
		moved := ARRAY(SELECT t.id FROM desk.ticket t
		    JOIN desk.conversation v ON v.id = t.conversation
		    WHERE v.contact = identity AND t.customer = source
		    ORDER BY t.id FOR UPDATE OF t);
		UPDATE desk.ticket t SET customer = target,
		    version = t.version + 1
		WHERE t.id = ANY (moved);
		UPDATE desk.event e SET customer = target
		WHERE e.ticket = ANY (moved);
		PERFORM desk.outbox_put(t) FROM unnest(moved) t;
	END IF;
	UPDATE desk.contact c
	SET customer = target, flags = array_remove(c.flags, 'claimed')
	WHERE c.id = identity
	    AND (c.customer <> target OR 'claimed' = ANY (c.flags));
END;
$$;

-- The e-mail address among what a visitor told of himself, normalised.
CREATE OR REPLACE FUNCTION desk.chat_email(args jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT c->>'address'
	FROM jsonb_array_elements(coalesce(args->'contacts', '[]')) c
	WHERE c->>'kind' = 'email' LIMIT 1
$$;

-- A member of the widget's block in the configuration in force.
CREATE OR REPLACE FUNCTION desk.widget(member text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT c.body->'widget'->>member
	FROM desk.config c ORDER BY c.version DESC LIMIT 1
$$;

-- CHAT.OPEN: args as the operation's, with "id" (a fresh uuid), "token_hash"
-- (SHA-256, hexadecimal), "contacts" and "name_folded" from the daemon, which
-- has checked the shop's signature: "user" is there only when it was right,
-- "proven" when it covers the contacts.
CREATE OR REPLACE FUNCTION desk.chat_open(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	email	text := desk.chat_email(args);
BEGIN
	INSERT INTO desk.conversation (id, token, contact, page, lang, user_id,
	    email, proven, transcript)
	VALUES ((args->>'id')::uuid, decode(args->>'token_hash', 'hex'),
	    desk.chat_identity(args->>'id', args), args->>'page',
	    args->>'lang', args->>'user', email,
	    email IS NOT NULL AND coalesce((args->>'proven')::boolean, false),
	    coalesce(desk.widget('transcript') = 'end', false)
		OR coalesce((args->>'transcript')::boolean, false));
	RETURN jsonb_build_object('conversation', args->>'id');
END;
$$;

-- Who holds this token: the caller as ARCHITECTURE.md has it, with the contact
-- and the name that his messages carry, his newest ticket, and whether he was
-- noted as gone; NULL when the token opens nothing.
CREATE OR REPLACE FUNCTION desk.chat_visitor(conversation uuid,
    token_hash bytea)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('who', 'visitor',
	    'role', 'visitor', 'conversation', v.id, 'contact', v.contact,
	    'name', u.name, 'ticket', v.ticket))
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

-- The files of an event as those see them who may fetch them.
CREATE OR REPLACE FUNCTION desk.attachments_shown(event bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_build_object('place', f.place, 'name', f.name,
	    'type', f.media_type, 'size', f.size) ORDER BY f.place)
	FROM desk.attachment f WHERE f.event = attachments_shown.event
$$;

-- A conversation's messages that its visitor may see, the oldest first: notes
-- and whatever came on other channels are not his.
CREATE OR REPLACE FUNCTION desk.chat_events(v desk.conversation, after bigint,
    lim int)
RETURNS SETOF desk.event
LANGUAGE sql STABLE
AS $$
	-- By the conversation: whom he says he is may have very many tickets.
	SELECT e.* FROM (SELECT k.id, k.customer FROM desk.ticket k
	    WHERE k.conversation = v.id OFFSET 0) t
	JOIN desk.contact c ON c.customer = t.customer
	JOIN desk.event e ON e.ticket = t.id
	WHERE c.id = v.contact
	    AND e.id > after
	    AND e.channel = 'chat'
	    AND e.kind IN ('message', 'acknowledgement')
	    AND (e.direction = 'out'
		OR e.direction = 'in' AND e.contact = v.contact)
	ORDER BY e.id
	LIMIT lim
$$;

-- CHAT.READ: what was said, by either side, oldest first; at most 500
-- messages a time, "more" says that there are others.
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
	    'automatic', CASE WHEN m.kind = 'acknowledgement' THEN true END,
	    'who', CASE WHEN m.direction = 'in' OR m.agent IS NOT NULL
		THEN m.who END,
	    'message', CASE WHEN m.direction = 'in'
		THEN split_part(m.external_id, '/', 2) END,
	    -- A survey's link is for him who is asked, and for no other reader.
	    'text', m.text || coalesce(E'\n' || CASE
		WHEN m.kind = 'acknowledgement' AND m.meta ? 'survey'
		THEN desk.chat_link(m.meta->'survey') END, ''),
	    'survey', CASE WHEN m.kind = 'acknowledgement'
		AND m.meta ? 'survey' THEN desk.chat_survey(m.meta->'survey')
		END,
	    'attachments', desk.attachments_shown(m.id))) ORDER BY m.id)
	INTO said
	FROM desk.chat_events(v, coalesce((args->>'after')::bigint, 0), 501) m;
	RETURN jsonb_build_object('conversation', v.id,
	    'messages', coalesce(said - 500, '[]'),
	    'more', coalesce(jsonb_array_length(said) > 500, false),
	    'ended', v.ended_at IS NOT NULL,
	    'seen', jsonb_strip_nulls(jsonb_build_object('visitor',
		v.seen_ours, 'agent', v.seen_his)));
END;
$$;

-- Takes over what a visitor told of himself in a conversation.
CREATE OR REPLACE FUNCTION desk.chat_known(v desk.conversation, args jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	new_email	text := desk.chat_email(args);
BEGIN
	UPDATE desk.conversation c
	SET user_id = coalesce(args->>'user', c.user_id),
	    email = coalesce(new_email, c.email),
	    proven = CASE WHEN new_email IS NULL THEN c.proven
		ELSE coalesce((args->>'proven')::boolean, false) END
	WHERE c.id = v.id AND (args ? 'user' OR new_email IS NOT NULL);
	PERFORM desk.chat_identity(v.id::text, args);
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
	PERFORM desk.chat_known(v, args);
	IF v.ticket IS NOT NULL THEN
		PERFORM desk.outbox_put(v.ticket, jsonb_strip_nulls(
		    jsonb_build_object('kind', 'customer', 'channel', 'chat',
			'who', args->>'name')));
	END IF;
	RETURN jsonb_build_object('conversation', v.id);
END;
$$;
