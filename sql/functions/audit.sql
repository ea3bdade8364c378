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

-- A moment as somebody wrote it; NULL when none is given.
CREATE OR REPLACE FUNCTION desk.audit_moment(args jsonb, member text)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (args->>member)::timestamptz;
EXCEPTION WHEN data_exception THEN
	PERFORM desk.refuse('INVALID',
	    'A time is like 2026-11-21T08:00:00+07:00.', member);
END;
$$;

-- The customer that a row is about, as he is called now: names are not kept
-- in the audit, which outlives who is erased.
CREATE OR REPLACE FUNCTION desk.audit_about(action text, object text)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF starts_with(action, 'customer.') AND object ~ '^[0-9]{1,18}$' THEN
		RETURN (SELECT c.name FROM desk.customer c
		    WHERE c.id = desk.customer_now(object::bigint));
	END IF;
	RETURN NULL;
END;
$$;

-- AUDIT.LIST: newest first; before is the cursor of the page after this one.
-- who is a login or a key's name, what an action or, with a dot at its end, all
-- that begin so.  Both have an index in the order of the rows; since and until
-- are times, which go with the ids: the bounds are looked up, not searched for.
CREATE OR REPLACE FUNCTION desk.audit_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	n	int := desk.page_rows(args, 100, 500);
	since	timestamptz := desk.audit_moment(args, 'since');
	upto	timestamptz := desk.audit_moment(args, 'until');
	first	bigint := coalesce((args->>'before')::bigint,
		    9223372036854775807);
	wanted	text := args->>'what';
	rows	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'audit', p.id, 'at', desk.rfc3339(p.at), 'who', p.who,
	    'role', p.role, 'from', p.from_addr, 'action', p.action,
	    'object', p.object, 'outcome', p.outcome, 'detail', p.detail,
	    'about', desk.audit_about(p.action, p.object)))
	    ORDER BY p.id DESC)
	INTO rows
	FROM (SELECT * FROM desk.audit a
	    WHERE a.id < first
		AND (args->>'who' IS NULL OR a.who = args->>'who')
		AND (wanted IS NULL OR a.action = wanted
		    OR right(wanted, 1) = '.' AND starts_with(a.action, wanted))
		AND (since IS NULL OR a.at >= since)
		AND (upto IS NULL OR a.at < upto)
	    ORDER BY a.id DESC LIMIT n) p;

	IF coalesce(jsonb_array_length(rows), 0) < n THEN
		RETURN jsonb_build_object('audit', coalesce(rows, '[]'));
	END IF;
	RETURN jsonb_build_object('audit', rows,
	    'before', rows->-1->'audit');
END;
$$;
