-- Events that were erased, delivered once more.

-- An external id as it is kept of an erased event: the event is known again
-- when it is delivered once more, and does not come back.
CREATE OR REPLACE FUNCTION desk.key_erased(channel text, id text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT 'erased:' || encode(sha256(s.bytes
	    || convert_to(channel || ' ' || id, 'UTF8')), 'hex')
	FROM desk.secret s WHERE s.name = 'erased'
$$;

-- Under which id the once-table knows an event that is delivered.
CREATE OR REPLACE FUNCTION desk.key_now(channel text, id text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT k.external_id FROM desk.event_key k
	    WHERE k.channel = key_now.channel
		AND k.external_id = desk.key_erased(key_now.channel,
		    key_now.id)), key_now.id)
$$;
