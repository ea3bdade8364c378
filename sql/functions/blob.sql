-- Bytes that came with events: written in chunks, named by their SHA-256, and
-- read back a chunk at a time.

-- Keeps one chunk (256 KiB, the last one shorter) of a blob; the same again
-- changes nothing, but tells the sweep that somebody is at it.
CREATE OR REPLACE FUNCTION desk.blob_put(sha256 bytea, seq int, bytes bytea)
RETURNS void
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
BEGIN
	INSERT INTO desk.blob AS b (sha256) VALUES (blob_put.sha256)
	ON CONFLICT (sha256) DO UPDATE SET written_at = now()
	WHERE NOT b.used AND b.written_at < now() - interval '1 hour';
	INSERT INTO desk.blob_chunk (sha256, seq, bytes)
	VALUES (blob_put.sha256, blob_put.seq, blob_put.bytes)
	ON CONFLICT DO NOTHING;
END;
$$;

-- Says that a blob is whole; from then on an event may name it.  Raises DK002
-- when its chunks do not make up size bytes: the sender tries again.
CREATE OR REPLACE FUNCTION desk.blob_seal(sha256 bytea, size bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
DECLARE
	whole	boolean;
BEGIN
	SELECT count(*) = max(c.seq) + 1 AND sum(length(c.bytes)) = blob_seal.size
	INTO whole
	FROM desk.blob_chunk c WHERE c.sha256 = blob_seal.sha256;
	IF whole THEN
		UPDATE desk.blob b SET size = blob_seal.size
		WHERE b.sha256 = blob_seal.sha256 AND b.size IS NULL;
		whole := EXISTS (SELECT FROM desk.blob b
		    WHERE b.sha256 = blob_seal.sha256 AND b.size IS NOT NULL);
	END IF;
	IF whole IS NOT TRUE THEN
		RAISE EXCEPTION USING ERRCODE = 'DK002',
		    MESSAGE = 'a blob is not whole';
	END IF;
END;
$$;

-- Stores the small bytes that came along with a batch, and marks every blob
-- that its events name as used (those with an id: the others were here
-- before).  Raises DK002 when one is not there or not
-- whole: the batch is refused ("try again"), since an event without its source
-- would be half there.  That is a daemon's fault or the sweep's, never a
-- sender's, so no sender can hold up his neighbours with it.
CREATE OR REPLACE FUNCTION desk.blob_use(events jsonb, ids bigint[],
    small_bytes bytea[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	sources	bytea[];
	named	bytea[];
	ready	bigint;
BEGIN
	sources := ARRAY(
	    SELECT decode(i.raw, 'hex')
	    FROM ROWS FROM (jsonb_to_recordset(events) AS (raw text))
		WITH ORDINALITY i(raw, n)
	    WHERE i.raw IS NOT NULL AND ids[i.n] IS NOT NULL);
	named := ARRAY(
	    SELECT unnest(sources)
	    UNION
	    SELECT decode(a.value->>'sha256', 'hex')
	    FROM ROWS FROM (jsonb_to_recordset(events) AS (attachments jsonb))
		    WITH ORDINALITY i(attachments, n),
		jsonb_array_elements(i.attachments) a
	    WHERE ids[i.n] IS NOT NULL
	    ORDER BY 1);
	IF named = '{}' THEN
		RETURN;
	END IF;
	-- See desk.blob_leave().
	PERFORM pg_advisory_xact_lock_shared(1145393003, -1);

	WITH small AS (
	    SELECT DISTINCT ON (sha) decode(b.value->>'sha256', 'hex') AS sha,
		small_bytes[(b.value->>'at')::int + 1] AS bytes
	    FROM ROWS FROM (jsonb_to_recordset(events) AS (blobs jsonb))
		WITH ORDINALITY i(blobs, n),
		jsonb_array_elements(i.blobs) b
	    WHERE ids[i.n] IS NOT NULL
	    ORDER BY sha
	), fresh AS (
	    -- Or the rest of one whose writer died.
	    INSERT INTO desk.blob AS b (sha256, size, used, raw)
	    SELECT sha, length(bytes), true, sha = ANY (sources)
	    FROM small WHERE sha = ANY (named)
	    ORDER BY sha
	    ON CONFLICT (sha256) DO UPDATE
	    SET size = excluded.size, used = true, raw = excluded.raw
	    WHERE NOT b.used
	    RETURNING sha256
	)
	INSERT INTO desk.blob_chunk (sha256, seq, bytes)
	SELECT sha, 0, bytes FROM small JOIN fresh ON sha256 = sha
	ON CONFLICT DO NOTHING;

	-- What was there before; in key order, as batches side by side do.
	PERFORM FROM desk.blob b
	WHERE b.sha256 = ANY (named)
	    AND (NOT b.used OR NOT b.raw AND b.sha256 = ANY (sources))
	ORDER BY b.sha256
	FOR UPDATE;
	IF FOUND THEN
		UPDATE desk.blob b SET used = true,
		    raw = b.raw OR b.sha256 = ANY (sources)
		WHERE b.sha256 = ANY (named)
		    AND (NOT b.used OR NOT b.raw AND b.sha256 = ANY (sources))
		    AND b.size IS NOT NULL;
	END IF;
	SELECT count(*) INTO ready FROM desk.blob b
	WHERE b.sha256 = ANY (named) AND b.used;
	IF ready < cardinality(named) THEN
		RAISE EXCEPTION USING ERRCODE = 'DK002',
		    MESSAGE = 'an event names a blob that is not whole';
	END IF;
END;
$$;

-- Deletes at most lim blobs that no event named for so long, and returns how
-- many it did.  One that an event is just naming is locked and left.
CREATE OR REPLACE FUNCTION desk.blob_sweep(
    older interval DEFAULT interval '1 day', lim int DEFAULT 1000)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	swept	int;
BEGIN
	WITH old AS (
	    SELECT b.sha256 FROM desk.blob b
	    WHERE NOT b.used AND b.written_at < clock_timestamp() - older
		AND NOT EXISTS (SELECT FROM desk.draft_file f
		    WHERE f.sha256 = b.sha256)
	    ORDER BY b.written_at
	    LIMIT lim
	    FOR UPDATE SKIP LOCKED
	), chunks AS (
	    DELETE FROM desk.blob_chunk c USING old
	    WHERE c.sha256 = old.sha256
	), gone AS (
	    DELETE FROM desk.blob b USING old WHERE b.sha256 = old.sha256
	    RETURNING b.sha256
	)
	SELECT count(*) INTO swept FROM gone;
	RETURN swept;
END;
$$;

-- A chunk of a blob as the operations give it: {"sha256","size","chunk",
-- "chunks","data"}, data in base64.
CREATE OR REPLACE FUNCTION desk.blob_read(sha256 bytea, chunk int)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	answer	jsonb;
BEGIN
	SELECT jsonb_build_object('sha256', encode(b.sha256, 'hex'),
	    'size', b.size, 'chunk', c.seq,
	    'chunks', greatest((b.size + 262143) / 262144, 1),
	    'data', translate(encode(c.bytes, 'base64'), E'\n', ''))
	INTO answer
	FROM desk.blob b
	JOIN desk.blob_chunk c ON c.sha256 = b.sha256
	WHERE b.sha256 = blob_read.sha256 AND c.seq = coalesce(chunk, 0);
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such chunk.',
		    'chunk');
	END IF;
	RETURN answer;
END;
$$;

-- The event, when the caller may see its ticket; else refuses it as not there.
CREATE OR REPLACE FUNCTION desk.event_seen(caller jsonb, args jsonb)
RETURNS desk.event
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	e	desk.event;
BEGIN
	SELECT h.* INTO e FROM desk.event h
	JOIN desk.ticket t ON t.id = h.ticket
	WHERE h.id = (args->>'event')::bigint AND desk.may_see(caller, t);
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such event.',
		    'event');
	END IF;
	RETURN e;
END;
$$;

-- Where a survey's link stands in the bytes of an event, or of a file of it
-- (facts.links: their places), they are for supervisors alone, for who has the link
-- answers for the customer.
CREATE OR REPLACE FUNCTION desk.link_guard(caller jsonb, stands boolean)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF stands AND NOT desk.caller_all(caller) THEN
		PERFORM desk.refuse('DENIED', 'A survey''s link stands in it, '
		    'which is the customer''s alone: a supervisor can read its '
		    'source.', 'event');
	END IF;
END;
$$;

-- The event, of which the caller may have the bytes as they came.  Its words were
-- relieved of links (desk/surveylink.h).
CREATE OR REPLACE FUNCTION desk.event_bytes(caller jsonb, args jsonb)
RETURNS desk.event
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	e	desk.event := desk.event_seen(caller, args);
BEGIN
	PERFORM desk.link_guard(caller, concat(e.text, e.html)
	    ~ '(/|%2[Ff])survey(/|%2[Ff])…' OR coalesce(e.facts ? 'links',
		false));
	RETURN e;
END;
$$;

-- EVENT.RAW: a chunk of a message as it came.
CREATE OR REPLACE FUNCTION desk.event_raw(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	e	desk.event := desk.event_bytes(caller, args);
BEGIN
	IF e.raw IS NULL THEN
		PERFORM desk.refuse('NOTFOUND',
		    'No source was kept of this event.', 'event');
	END IF;
	RETURN desk.blob_read(e.raw, (args->>'chunk')::int)
	    || jsonb_build_object('event', e.id);
END;
$$;

-- ATTACHMENT.GET: a chunk of an attachment, with its name and type.
CREATE OR REPLACE FUNCTION desk.attachment_get(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	e	desk.event := desk.event_seen(caller, args);
	a	desk.attachment;
BEGIN
	PERFORM desk.link_guard(caller, coalesce((e.facts->'links')
	    @> (args->'place'), false));
	SELECT * INTO a FROM desk.attachment x
	WHERE x.event = e.id AND x.place = (args->>'place')::int;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND',
		    'The event has no such attachment.', 'place');
	END IF;
	RETURN desk.blob_read(a.sha256, (args->>'chunk')::int)
	    || jsonb_strip_nulls(jsonb_build_object('event', e.id,
		'place', a.place, 'name', a.name, 'type', a.media_type,
		'cid', a.cid));
END;
$$;

-- One chunk's bytes, for downloads; NULL when there is none.
CREATE OR REPLACE FUNCTION desk.blob_chunk_of(sha256 bytea, seq int)
RETURNS bytea
LANGUAGE sql STABLE
AS $$
	SELECT c.bytes FROM desk.blob_chunk c
	WHERE c.sha256 = blob_chunk_of.sha256 AND c.seq = blob_chunk_of.seq
$$;

-- What of an attachment a download begins with; the caller may see its event.
CREATE OR REPLACE FUNCTION desk.attachment_meta(of bigint, at_place int)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	a	desk.attachment;
BEGIN
	SELECT * INTO a FROM desk.attachment x
	WHERE x.event = of AND x.place = at_place;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND',
		    'The event has no such attachment.', 'place');
	END IF;
	RETURN jsonb_build_object('sha256', encode(a.sha256, 'hex'),
	    'size', a.size, 'name', a.name, 'type', a.media_type);
END;
$$;

-- ATTACHMENT.FILE.  Whether it is shown is the daemon's to say, by its bytes.
CREATE OR REPLACE FUNCTION desk.attachment_file(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	e	desk.event := desk.event_seen(caller, args);
BEGIN
	PERFORM desk.link_guard(caller, coalesce((e.facts->'links')
	    @> (args->'place'), false));
	RETURN desk.attachment_meta(e.id, (args->>'place')::int)
	    || jsonb_build_object('inline',
		coalesce((args->>'inline')::boolean, false));
END;
$$;

-- EVENT.SOURCE: a mail's source is a mail, another channel's what its sender
-- posted.
CREATE OR REPLACE FUNCTION desk.event_source(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	e	desk.event := desk.event_bytes(caller, args);
	mail	boolean := e.channel = 'mail';
	size	bigint;
BEGIN
	SELECT b.size INTO size FROM desk.blob b WHERE b.sha256 = e.raw;
	IF size IS NULL THEN
		PERFORM desk.refuse('NOTFOUND',
		    'No source was kept of this event.', 'event');
	END IF;
	RETURN jsonb_build_object('sha256', encode(e.raw, 'hex'), 'size', size,
	    'name', format('%s-%s.%s', e.channel, e.id,
		CASE WHEN mail THEN 'eml' ELSE 'txt' END),
	    'type', CASE WHEN mail THEN 'message/rfc822'
		ELSE 'text/plain' END);
END;
$$;
