-- The one way in which a function says no.

-- Raises a refusal that the daemon passes on as it is: DK001 with the
-- sentence as MESSAGE, the code (INVALID, DENIED, NOTFOUND, CONFLICT, TOOMANY)
-- as DETAIL and the member at fault, or '', as HINT.  Never returns; what the
-- transaction wrote is undone.  The sentence must not quote what a peer sent.
CREATE OR REPLACE FUNCTION desk.refuse(code text, sentence text,
    member text DEFAULT '')
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	RAISE EXCEPTION USING
	    ERRCODE = 'DK001',
	    MESSAGE = sentence,
	    DETAIL = code,
	    HINT = coalesce(member, '');
END;
$$;

-- Refuses the first, by its place in the configuration, of what is wrong with
-- that; nothing, when nothing is.
CREATE OR REPLACE FUNCTION desk.refuse_first(members text[], sentences text[])
RETURNS void
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	wrong	record;
BEGIN
	SELECT u.member, u.sentence INTO wrong
	FROM unnest(members, sentences) u(member, sentence)
	ORDER BY u.member LIMIT 1;
	IF FOUND THEN
		PERFORM desk.refuse('INVALID', wrong.sentence, wrong.member);
	END IF;
END;
$$;
