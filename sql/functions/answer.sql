-- The small shapes that all answers share.

-- A moment as RFC 3339, in UTC, to the millisecond, whatever the session's
-- time zone is.
CREATE OR REPLACE FUNCTION desk.rfc3339(moment timestamptz)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
	SELECT to_char(moment AT TIME ZONE 'UTC',
	    'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- The beginning of a text in at most so many bytes, never ending in the
-- middle of a character.
CREATE OR REPLACE FUNCTION desk.cut(body text, bytes int)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
	head	text := left(body, bytes);
BEGIN
	-- A character has four bytes at most, so this never cuts too much.
	WHILE octet_length(head) > bytes LOOP
		head := left(head, -greatest(1,
		    (octet_length(head) - bytes) / 4));
	END LOOP;
	RETURN head;
END;
$$;

-- How many rows a page has: args.limit, or what the operation says.
CREATE OR REPLACE FUNCTION desk.page_rows(args jsonb, usual int, most int)
RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT least(greatest(coalesce((args->>'limit')::int, usual), 1), most)
$$;
