-- Letters: mail of the desk to its own people.  They go the way of all that is
-- sent (outbound.sql), with nobody to answer and no case that hears of it.

-- A text kept as a file: {"name","type","size","sha256"}.
CREATE OR REPLACE FUNCTION desk.file_put(name text, type text, body text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	bytes	bytea := convert_to(body, 'UTF8');
	digest	bytea := sha256(bytes);
	piece	CONSTANT int := 262144;
BEGIN
	FOR i IN 0 .. greatest(0, (length(bytes) - 1) / piece) LOOP
		PERFORM desk.blob_put(digest, i,
		    substr(bytes, i * piece + 1, piece));
	END LOOP;
	PERFORM desk.blob_seal(digest, length(bytes));
	UPDATE desk.blob b SET used = true WHERE b.sha256 = digest
	    AND NOT b.used;
	RETURN jsonb_build_object('name', name, 'type', type,
	    'size', length(bytes), 'sha256', encode(digest, 'hex'));
END;
$$;

-- Sends a letter, once for its occasion: whether it is new.
CREATE OR REPLACE FUNCTION desk.letter_put(occasion text, address text,
    lang text, subject text, paper jsonb, files jsonb)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	letter	bigint;
BEGIN
	INSERT INTO desk.letter AS l (occasion, address, lang, subject, paper,
	    files)
	VALUES (letter_put.occasion, letter_put.address, letter_put.lang,
	    letter_put.subject, letter_put.paper, letter_put.files)
	ON CONFLICT DO NOTHING RETURNING l.id INTO letter;
	IF letter IS NULL THEN
		RETURN false;
	END IF;
	INSERT INTO desk.outbound (letter, channel, address, purpose, state,
	    next_try, message_id)
	VALUES (letter, 'mail', letter_put.address, 'letter', 'queued', now(),
	    format('l%s.%s@%s', letter, encode(substr(sha256(
		uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
		1, 16), 'hex'), coalesce(split_part(desk.queue_address(NULL),
		'@', 2), 'desk.invalid')));
	RETURN true;
END;
$$;

-- What the daemon writes a letter of, as outbound_message(): its paper, or the
-- survey that it asks.
CREATE OR REPLACE FUNCTION desk.letter_message(o desk.outbound)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	said	text := (SELECT l.paper->>'text'
		    FROM desk.invitation_message m
		    JOIN desk.letter l ON l.id = m.letter
		    WHERE m.letter = (o).letter);
BEGIN
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object(
	    'id', (o).id, 'attempts', (o).attempts, 'channel', 'mail',
	    'address', (o).address, 'purpose', 'letter', 'returns', true,
	    'message_id', (o).message_id,
	    'at', extract(epoch FROM l.made_at)::bigint,
	    'subject', l.subject, 'lang', l.lang,
	    'paper', CASE WHEN said IS NULL THEN l.paper END,
	    'from', desk.queue_address(NULL),
	    'company', desk.company('name'),
	    'attachments', nullif(l.files, '[]')))
	    || CASE WHEN said IS NULL THEN '{}'
		ELSE desk.survey_message(o, said) END
	FROM desk.letter l WHERE l.id = (o).letter);
END;
$$;

-- As outbound_lapse(), of letters, which have no case to be locked and told: what
-- was let go may have arrived, and what its daemons die of has failed.
CREATE OR REPLACE FUNCTION desk.letters_lapse(n int, moment timestamptz,
    too_old timestamptz)
RETURNS void
LANGUAGE sql
AS $$
	UPDATE desk.outbound k SET settled_at = now(),
	    state = CASE k.state WHEN 'sending' THEN 'failed'
		ELSE 'unknown' END,
	    said = CASE k.state WHEN 'sending'
		THEN 'None of the tries to send it came to an end: see the log.'
		ELSE 'The connection ended before the answer came.' END
	WHERE k.id IN (SELECT a.id FROM desk.outbound a
	    WHERE a.state IN ('queued', 'deferred', 'sending', 'committing')
		AND a.letter IS NOT NULL
		AND (a.state = 'committing' OR a.state = 'sending'
		    AND a.attempts >= 10 AND a.created_at < too_old)
		AND a.next_try < moment
	    ORDER BY a.next_try LIMIT n FOR UPDATE SKIP LOCKED)
$$;
