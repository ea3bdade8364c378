-- Social networks: their lines of talk, and what they call our messages.

-- What a source of form "data" may look like; the daemon reads it strictly
-- before it comes here (op_do_CONFIG_APPLY), so this keeps its size and shape.
CREATE OR REPLACE FUNCTION desk.provider_fits(value jsonb)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_typeof(value) = 'object'
	    AND octet_length(value::text) <= 65536
	    AND jsonb_typeof(value->'contact') = 'string'
	    AND jsonb_typeof(value->'events') = 'array'
	    AND coalesce(jsonb_typeof(value->'sends'), 'array') = 'array'
	    AND coalesce(jsonb_typeof(value->'sign'), 'object') = 'object'
	    AND coalesce(jsonb_typeof(value->'verify'), 'object') = 'object'
	    AND coalesce(jsonb_typeof(value->'check'), 'object') = 'object'
	    AND value - '{contact,events,sends,sign,verify,check}'::text[]
		= '{}'
$$;

-- The line of talk that an event is part of, last of what it answers; NULL
-- when it has none.
CREATE OR REPLACE FUNCTION desk.line_of(i desk.intake)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN (i).channel = 'social'
	    AND (i).thread[cardinality((i).thread)] LIKE 'line:%'
	    THEN (i).thread[cardinality((i).thread)] END
$$;

-- Makes the lines that these events begin and locks all of theirs, in the
-- order of their keys: of two first messages side by side, the second waits,
-- and finds the case that the first opened.
CREATE OR REPLACE FUNCTION desk.social_lock(knowns desk.known[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	keys	text[] := ARRAY(SELECT DISTINCT desk.line_of(k.i) COLLATE "C"
		    FROM unnest(knowns) k
		    WHERE desk.line_of(k.i) IS NOT NULL ORDER BY 1);
BEGIN
	IF keys = '{}' THEN
		RETURN;
	END IF;
	INSERT INTO desk.social_line (key)
	SELECT u.key FROM unnest(keys) u(key) ORDER BY u.key
	ON CONFLICT DO NOTHING;
	PERFORM FROM desk.social_line l WHERE l.key = ANY (keys)
	ORDER BY l.key FOR UPDATE;
END;
$$;

-- The case that each line goes on in, once its events are filed.
CREATE OR REPLACE FUNCTION desk.social_file(filings desk.filing[])
RETURNS void
LANGUAGE sql
AS $$
	UPDATE desk.social_line l SET ticket = f.ticket
	FROM (SELECT DISTINCT ON (desk.line_of((f.k).i))
		desk.line_of((f.k).i) AS key, f.ticket
	    FROM unnest(filings) f
	    WHERE desk.line_of((f.k).i) IS NOT NULL
	    ORDER BY 1, ((f.k).i).ord DESC) f
	WHERE l.key = f.key AND l.ticket IS DISTINCT FROM f.ticket
$$;

-- What the provider calls a message of ours, once it took it: an echo of it is
-- no event of its own, and who answers it joins its case.  id: "SOURCE:ID".
CREATE OR REPLACE FUNCTION desk.social_known(row_id bigint, id text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	o	desk.outbound;
BEGIN
	SELECT * INTO o FROM desk.outbound k WHERE k.id = row_id;
	INSERT INTO desk.event_key (channel, external_id, event, filed_at)
	SELECT 'social', social_known.id, e.id, e.filed_at
	FROM desk.event e WHERE e.id = o.event
	ON CONFLICT DO NOTHING;
	INSERT INTO desk.message_ref (ref, ticket, event)
	VALUES (social_known.id, o.ticket, o.event)
	ON CONFLICT DO NOTHING;
END;
$$;
