-- Files on their way into messages: uploaded first, named then.  Who uploaded
-- one is kept, since a digest alone must not open anybody else's file.

-- In whose name a caller uploads.
CREATE OR REPLACE FUNCTION desk.upload_owner(caller jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce('conversation/' || (caller->>'conversation'),
	    'who/' || (caller->>'who'))
$$;

-- May this caller upload so many bytes?  Agents may; a stranger within an hour
-- no more than a conversation has use for.  most: bytes of one file.
CREATE OR REPLACE FUNCTION desk.upload_may(caller jsonb, size bigint,
    most bigint)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	files	bigint;
	bytes	bigint;
BEGIN
	IF caller ? 'conversation' THEN
		SELECT count(*), coalesce(sum(u.size), 0) INTO files, bytes
		FROM desk.upload u
		WHERE u.owner = desk.upload_owner(caller)
		    AND u.at > now() - interval '1 hour';
		IF files >= 40 OR bytes + upload_may.size > 6 * most THEN
			PERFORM desk.refuse('TOOMANY',
			    'Too much was uploaded within the hour. Wait.');
		END IF;
	END IF;
END;
$$;

-- Notes that the caller uploaded these bytes, which are whole.  The blob is
-- written anew as far as the sweep is concerned: it stays for a day.
CREATE OR REPLACE FUNCTION desk.upload_note(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	digest	bytea := decode(args->>'sha256', 'hex');
BEGIN
	UPDATE desk.blob b SET written_at = now()
	WHERE b.sha256 = digest AND b.size = (args->>'size')::bigint;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = 'DK002',
		    MESSAGE = 'an uploaded blob is not whole';
	END IF;
	INSERT INTO desk.upload AS u (owner, sha256, name, media_type, size)
	VALUES (desk.upload_owner(caller), digest, args->>'name',
	    args->>'type', (args->>'size')::bigint)
	ON CONFLICT (owner, sha256) DO UPDATE
	SET name = excluded.name, media_type = excluded.media_type, at = now();
	RETURN jsonb_build_object('sha256', args->>'sha256',
	    'size', (args->>'size')::bigint, 'name', args->>'name',
	    'type', args->>'type');
END;
$$;

-- UPLOAD.ADD: asked once before the bytes are taken (args without sha256), and
-- once when they are all there.
CREATE OR REPLACE FUNCTION desk.upload_add(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	IF args ? 'sha256' THEN
		RETURN desk.upload_note(caller, args);
	END IF;
	PERFORM desk.upload_may(caller, (args->>'size')::bigint,
	    (args->>'most')::bigint);
	RETURN '{}';
END;
$$;

-- CHAT.UPLOAD: the same, into one's own conversation.
CREATE OR REPLACE FUNCTION desk.chat_upload(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.chat_own(caller, args);
	RETURN desk.upload_add(caller, args);
END;
$$;

-- The files that a message names ([{"sha256","name","type"}, …], at most 20),
-- each one uploaded by the caller, with what is missing filled in and their
-- sizes: what desk.intake and desk.attachment take.  NULL when none are named.
CREATE OR REPLACE FUNCTION desk.upload_named(caller jsonb, attachments jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	named	jsonb;
BEGIN
	IF coalesce(attachments, '[]') = '[]' THEN
		RETURN NULL;
	END IF;
	IF jsonb_typeof(attachments) <> 'array'
	    OR jsonb_array_length(attachments) > 20 THEN
		PERFORM desk.refuse('INVALID',
		    'A message has at most 20 attachments.', 'attachments');
	END IF;
	IF EXISTS (SELECT FROM jsonb_array_elements(attachments) a
	    WHERE coalesce(a->>'sha256', '') !~ '^[0-9a-f]{64}$'
		OR length(a->>'name') > 255 OR length(a->>'type') > 100
		OR a->>'type' !~ '^[a-z0-9.+-]+/[a-z0-9.+-]+$') THEN
		PERFORM desk.refuse('INVALID',
		    'An attachment is named by its "sha256", with "name" and "type" at will.',
		    'attachments');
	END IF;
	SELECT jsonb_agg(jsonb_build_object('sha256', encode(u.sha256, 'hex'),
	    'name', coalesce(a.value->>'name', u.name),
	    'type', coalesce(a.value->>'type', u.media_type),
	    'size', u.size) ORDER BY a.place)
	INTO named
	FROM jsonb_array_elements(attachments)
		WITH ORDINALITY a (value, place)
	JOIN desk.upload u ON u.owner = desk.upload_owner(caller)
	    AND u.sha256 = decode(a.value->>'sha256', 'hex');
	IF jsonb_array_length(coalesce(named, '[]'))
	    < jsonb_array_length(attachments) THEN
		PERFORM desk.refuse('NOTFOUND',
		    'You have uploaded no such file: upload it first.',
		    'attachments');
	END IF;
	RETURN named;
END;
$$;

-- Puts the files that a caller names on an event that this transaction writes
-- (an answer, a note); the same checks as upload_named(), whose result it
-- returns.
CREATE OR REPLACE FUNCTION desk.upload_attach(caller jsonb, attachments jsonb,
    event_id bigint)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	named	jsonb := desk.upload_named(caller, attachments);
BEGIN
	IF named IS NULL THEN
		RETURN NULL;
	END IF;
	-- In key order, as ingest takes them.
	PERFORM FROM desk.blob b
	WHERE b.sha256 IN (SELECT decode(a->>'sha256', 'hex')
	    FROM jsonb_array_elements(named) a)
	ORDER BY b.sha256
	FOR UPDATE;
	UPDATE desk.blob b SET used = true
	WHERE NOT b.used AND b.size IS NOT NULL
	    AND b.sha256 IN (SELECT decode(a->>'sha256', 'hex')
		FROM jsonb_array_elements(named) a);
	INSERT INTO desk.attachment (event, place, name, media_type, size,
	    sha256)
	SELECT event_id, a.place - 1, a.value->>'name', a.value->>'type',
	    b.size, b.sha256
	FROM jsonb_array_elements(named) WITH ORDINALITY a (value, place)
	JOIN desk.blob b ON b.sha256 = decode(a.value->>'sha256', 'hex')
	    AND b.used;
	RETURN named;
END;
$$;

-- CHAT.FILE: of a message that this visitor may see, as chat_events() has them.
CREATE OR REPLACE FUNCTION desk.chat_file(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	v	desk.conversation := desk.chat_own(caller, args);
	m	bigint := (args->>'event')::bigint;
BEGIN
	IF NOT EXISTS (SELECT FROM desk.chat_events(v, m - 1, 1) e
	    WHERE e.id = m) THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such message.',
		    'event');
	END IF;
	RETURN desk.attachment_meta(m, (args->>'place')::int);
END;
$$;

-- EVENT.ADD names files: which they are, or the refusal.
CREATE OR REPLACE FUNCTION desk.event_attach(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('attachments',
	    desk.upload_named(caller, args->'attachments'))
$$;
