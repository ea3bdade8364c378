-- The search index, filled in bulk beside the ingest: the words come folded
-- and cut from C, so that no text is understood here.

-- Files the words of at most lim events and returns how many it took.  Any
-- daemon may run it at any time; what another has in hand is left to it.
CREATE OR REPLACE FUNCTION desk.index_run(lim int)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	taken	int;
BEGIN
	WITH next AS (
	    SELECT d.event FROM desk.index_todo d
	    ORDER BY d.event
	    LIMIT lim
	    FOR UPDATE SKIP LOCKED
	), taken AS (
	    DELETE FROM desk.index_todo d USING next
	    WHERE d.event = next.event
	    RETURNING d.event, d.ticket, d.words
	), filed AS (
	    INSERT INTO desk.search (event, ticket, words)
	    -- A tsvector refuses words of 2 KiB; nobody looks for such.
	    SELECT t.event, t.ticket, array_to_tsvector(ARRAY(
		SELECT w FROM string_to_table(t.words, ' ') w
		WHERE octet_length(w) BETWEEN 1 AND 500))
	    FROM taken t
	    ON CONFLICT DO NOTHING
	)
	SELECT count(*) INTO taken FROM taken;
	RETURN taken;
END;
$$;
