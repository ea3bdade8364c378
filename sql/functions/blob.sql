-- Bytes that came with events: written in chunks, named by their SHA-256, and
-- read back a chunk at a time.

-- Keeps one chunk (256 KiB, the last one shorter) of a blob; the same again
-- changes nothing.
CREATE OR REPLACE FUNCTION desk.blob_put(sha256 bytea, seq int, bytes bytea)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.blob (sha256) VALUES (blob_put.sha256)
	ON CONFLICT DO NOTHING;
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
DECLARE
	chunks	bigint;
	last	int;
	total	bigint;
BEGIN
	SELECT count(*), max(c.seq), sum(length(c.bytes))
	INTO chunks, last, total
	FROM desk.blob_chunk c WHERE c.sha256 = blob_seal.sha256;
	IF last + 1 <> chunks OR total <> blob_seal.size OR total IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'DK002',
		    MESSAGE = 'a blob is not whole';
	END IF;
	UPDATE desk.blob b SET size = blob_seal.size
	WHERE b.sha256 = blob_seal.sha256 AND b.size IS NULL;
END;
$$;

-- Stores the small bytes that came along with a batch, and marks every blob
-- that its events name as used.  Raises DK002 when one is not there or not
-- whole: the batch is refused ("try again"), since an event without its source
-- would be half there.  That is a daemon's fault or the sweep's, never a
-- sender's, so no sender can hold up his neighbours with it.
CREATE OR REPLACE FUNCTION desk.blob_use(intakes desk.intake[], blobs bytea[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	named	bytea[];
	ready	bigint;
BEGIN
	named := ARRAY(
	    SELECT decode(i.raw, 'hex') FROM unnest(intakes) i
	    WHERE i.raw IS NOT NULL
	    UNION
	    SELECT decode(a.value->>'sha256', 'hex')
	    FROM unnest(intakes) i, jsonb_array_elements(i.attachments) a
	    ORDER BY 1);
	IF named = '{}' THEN
		RETURN;
	END IF;

	WITH small AS (
	    SELECT DISTINCT ON (sha) decode(b.value->>'sha256', 'hex') AS sha,
		blobs[(b.value->>'at')::int + 1] AS bytes
	    FROM unnest(intakes) i, jsonb_array_elements(i.blobs) b
	    ORDER BY sha
	), fresh AS (
	    INSERT INTO desk.blob (sha256, size, used)
	    SELECT sha, length(bytes), true FROM small WHERE sha = ANY (named)
	    ORDER BY sha
	    ON CONFLICT DO NOTHING
	    RETURNING sha256
	)
	INSERT INTO desk.blob_chunk (sha256, seq, bytes)
	SELECT sha, 0, bytes FROM small JOIN fresh ON sha256 = sha;

	-- What was there before; in key order, as batches side by side do.
	PERFORM FROM desk.blob b
	WHERE b.sha256 = ANY (named) AND NOT b.used
	ORDER BY b.sha256
	FOR UPDATE;
	IF FOUND THEN
		UPDATE desk.blob b SET used = true
		WHERE b.sha256 = ANY (named) AND NOT b.used
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
