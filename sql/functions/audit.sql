-- The record of logins, refusals and changes: only ever added to.

-- Adds a row.  outcome is done or refused.  A refusal undoes its own
-- transaction, so the daemon calls this afterwards, in another one.
CREATE OR REPLACE FUNCTION desk.audit_put(caller jsonb, action text,
    object text, outcome text, detail jsonb DEFAULT NULL)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.audit (who, role, from_addr, action, object, outcome,
	    detail)
	VALUES (coalesce(caller->>'who', '-'),
	    coalesce(caller->>'role', 'public'), coalesce(caller->>'from', ''),
	    action, object, outcome, detail)
$$;

-- AUDIT.LIST: newest first; before is the cursor of the page after this one.
CREATE OR REPLACE FUNCTION desk.audit_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n	int := desk.page_rows(args, 100, 500);
	rows	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'audit', p.id, 'at', desk.rfc3339(p.at), 'who', p.who,
	    'role', p.role, 'from', p.from_addr, 'action', p.action,
	    'object', p.object, 'outcome', p.outcome, 'detail', p.detail))
	    ORDER BY p.id DESC)
	INTO rows
	FROM (SELECT * FROM desk.audit a
	    WHERE a.id < coalesce((args->>'before')::bigint,
		9223372036854775807)
	    ORDER BY a.id DESC LIMIT n) p;

	IF jsonb_array_length(rows) < n THEN
		RETURN jsonb_build_object('audit', rows);
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'audit', coalesce(rows, '[]'), 'before', rows->-1->'audit'));
END;
$$;
