-- What the company says in one place and denies in another: statements against
-- each other, templates and macros against statements; and what nobody looked
-- at in time.

-- What values of a unit can be compared with.
CREATE OR REPLACE FUNCTION desk.unit_family(unit text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN unit IN ('hours', 'days') THEN 'time' ELSE unit END
$$;

-- Can both be true of somebody?  Said of all is said of each.
CREATE OR REPLACE FUNCTION desk.scopes_overlap(one text, other text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT one IS NULL OR other IS NULL
	    OR desk.fold_words(one) = desk.fold_words(other)
$$;

-- Do two statements about one thing say different things of somebody?
CREATE OR REPLACE FUNCTION desk.statements_differ(a desk.statement,
    b desk.statement)
RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
	SELECT (a).id <> (b).id AND (a).topic = (b).topic
	    AND (a).low IS NOT NULL AND (b).low IS NOT NULL
	    AND desk.unit_family((a).unit) = desk.unit_family((b).unit)
	    AND ((a).low, (a).high) <> ((b).low, (b).high)
	    AND desk.scopes_overlap((a).region, (b).region)
	    AND desk.scopes_overlap((a).segment, (b).segment)
	    AND desk.scopes_overlap((a).product, (b).product)
$$;

-- Which of these belong together, a[i] with b[i], a[i] < b[i], in order: each
-- with the least of its group.
CREATE OR REPLACE FUNCTION desk.groups_of(a bigint[], b bigint[])
RETURNS TABLE (id bigint, root bigint)
LANGUAGE plpgsql IMMUTABLE
AS $$
#variable_conflict use_column
DECLARE
	ids	bigint[] := ARRAY(SELECT DISTINCT x FROM unnest(a || b) x
		    ORDER BY 1);
	-- By place in ids: another of the group, not behind it.
	up	int[] := ARRAY(SELECT generate_series(1, cardinality(ids)));
	e	record;
	i	int;
	j	int;
BEGIN
	FOR e IN SELECT p.at AS a, q.at AS b
	    FROM unnest(a, b) WITH ORDINALITY w(a, b, n)
	    JOIN unnest(ids) WITH ORDINALITY p(id, at) ON p.id = w.a
	    JOIN unnest(ids) WITH ORDINALITY q(id, at) ON q.id = w.b LOOP
		i := e.a;
		WHILE up[i] < i LOOP
			i := up[i];
		END LOOP;
		j := e.b;
		WHILE up[j] < j LOOP
			j := up[j];
		END LOOP;
		IF i < j THEN
			up[j] := i;
		ELSIF j < i THEN
			up[i] := j;
		END IF;
	END LOOP;
	FOR i IN 1 .. cardinality(ids) LOOP
		-- Those before it know already.
		up[i] := up[up[i]];
		id := ids[i];
		root := ids[up[i]];
		RETURN NEXT;
	END LOOP;
END;
$$;

-- Of those in use: [{"about","between":[ids],"values":[{"value","unit","n"}]}],
-- one for each group in which each contradicts another, by what it is about;
-- between in their order, values from the least.
CREATE OR REPLACE FUNCTION desk.statements_against()
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (WITH pair AS MATERIALIZED (
	    -- Each but once: they differ from each other alike.
	    SELECT a.id AS a, b.id AS b
	    FROM desk.statement a
	    JOIN desk.statement b ON b.topic = a.topic AND b.id > a.id
	    WHERE a.ended_at IS NULL AND b.ended_at IS NULL
		AND (a.low, a.high) <> (b.low, b.high)
		AND desk.statements_differ(a, b)
	), part AS (
	    SELECT g.id, g.root
	    FROM (SELECT array_agg(e.a ORDER BY e.a, e.b) AS a,
		    array_agg(e.b ORDER BY e.a, e.b) AS b FROM pair e) o,
		desk.groups_of(o.a, o.b) g
	    WHERE o.a IS NOT NULL
	), value AS (
	    SELECT p.root, s.low, s.high, desk.statement_shown(s.low, s.high,
		min(s.unit)) AS value, min(s.unit) AS unit, count(*) AS n
	    FROM part p JOIN desk.statement s ON s.id = p.id
	    GROUP BY p.root, s.low, s.high
	), told AS (
	    SELECT v.root, jsonb_agg(jsonb_build_object('value', v.value,
		'unit', v.unit, 'n', v.n) ORDER BY v.low, v.high) AS said
	    FROM value v GROUP BY v.root
	)
	SELECT coalesce(jsonb_agg(g.said ORDER BY g.topic, g.root), '[]')
	FROM (SELECT p.root, min(s.topic) AS topic, jsonb_build_object(
		'about', (array_agg(s.about ORDER BY s.id))[1],
		'between', jsonb_agg(s.id ORDER BY s.id),
		'values', t.said) AS said
	    FROM part p
	    JOIN desk.statement s ON s.id = p.id
	    JOIN told t ON t.root = p.root
	    GROUP BY p.root, t.said) g);
END;
$$;

-- Templates and macros whose words promise what no statement of that kind says:
-- [{"what","name","lang","kind","value","unit","words","statements":[ids],
-- "strict"}].  One that a statement agrees with is none, whatever others say;
-- says: as a row of template_says.
CREATE OR REPLACE FUNCTION desk.says_against(says jsonb)
RETURNS SETOF jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('what', x.what, 'name', x.name,
	    'lang', x.lang, 'kind', x.kind, 'value', desk.statement_shown(
		x.hours, x.hours, x.unit), 'unit', x.unit, 'words', x.words,
	    'statements', jsonb_agg(s.id ORDER BY s.id))
	    || CASE WHEN bool_or(s.binding) THEN '{"strict":true}'::jsonb
		ELSE '{}' END
	FROM jsonb_to_recordset(says) x (what text, name text, lang text,
	    n int, kind text, hours numeric, unit text, words text)
	JOIN desk.statement s ON s.kind = x.kind AND s.ended_at IS NULL
	    AND s.unit IN ('hours', 'days')
	GROUP BY x.what, x.name, x.lang, x.n, x.kind, x.hours, x.unit, x.words
	HAVING NOT bool_or(x.hours BETWEEN s.low AND s.high)
	ORDER BY x.what, x.name COLLATE "C", x.lang, x.n
$$;

-- The same of what is in force.
CREATE OR REPLACE FUNCTION desk.templates_against()
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(g ORDER BY n), '[]')
	FROM desk.says_against((SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')
	    FROM desk.template_says t)) WITH ORDINALITY x (g, n));
END;
$$;

-- Those whose review is due, the longest first.
CREATE OR REPLACE FUNCTION desk.statements_overdue()
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'statement', s.id, 'about', s.about,
	    'owner', (SELECT a.name FROM desk.agent a WHERE a.id = s.owner),
	    'review_at', desk.rfc3339(s.review_at),
	    'days', floor(extract(epoch FROM now() - s.review_at)
		/ 86400)::int)) ORDER BY s.review_at, s.id), '[]')
	FROM desk.statement s
	WHERE s.ended_at IS NULL AND s.review_at <= now());
END;
$$;

-- Tells at most lim owners that a statement is to be looked at, each once for
-- its day, and returns how many.
CREATE OR REPLACE FUNCTION desk.statements_due(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	s	desk.statement;
	told	int := 0;
BEGIN
	FOR s IN SELECT * FROM desk.statement x
	    WHERE x.ended_at IS NULL AND x.told_at IS NULL
		AND x.review_at <= now()
	    ORDER BY x.review_at, x.id LIMIT lim FOR UPDATE SKIP LOCKED LOOP
		UPDATE desk.statement x SET told_at = now()
		WHERE x.id = s.id;
		PERFORM desk.statement_told(desk.clock_caller(), s, 'review');
		told := told + 1;
	END LOOP;
	RETURN told;
END;
$$;

-- In how many milliseconds to look for the next.
CREATE OR REPLACE FUNCTION desk.statements_next()
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.due_in((SELECT min(s.review_at) FROM desk.statement s
	    WHERE s.ended_at IS NULL AND s.told_at IS NULL));
END;
$$;

-- What a configuration's templates and macros promise in words, as the daemon
-- found it: kept, and those warned of that speak against a statement; refused
-- where that one is strict.  NULL: nobody looked, and what is there stays.
CREATE OR REPLACE FUNCTION desk.config_says(says jsonb, dry boolean)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	against	jsonb;
	bad	jsonb;
BEGIN
	IF says IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT jsonb_agg(g) INTO against FROM desk.says_against(says) g;
	SELECT g INTO bad FROM jsonb_array_elements(against) g
	WHERE g ? 'strict' LIMIT 1;
	IF FOUND THEN
		PERFORM desk.refuse('CONFLICT', desk.says_sentence(bad),
		    format('%ss.%s.%s', bad->>'what', bad->>'name',
			bad->>'lang'));
	END IF;
	IF NOT dry THEN
		DELETE FROM desk.template_says;
		INSERT INTO desk.template_says (what, name, lang, n, kind,
		    hours, unit, words)
		SELECT x.what, x.name, x.lang, x.n, x.kind, x.hours, x.unit,
		    desk.cut(x.words, 400)
		FROM jsonb_to_recordset(says) x (what text, name text,
		    lang text, n int, kind text, hours numeric, unit text,
		    words text);
	END IF;
	RETURN (SELECT jsonb_agg(jsonb_build_object('path', format('%ss.%s.%s',
		g->>'what', g->>'name', g->>'lang'),
	    'sentence', desk.says_sentence(g)))
	    FROM jsonb_array_elements(against) g);
END;
$$;

-- "The template ship promises delivery in 3 days; statement 5 says 5-7 days."
CREATE OR REPLACE FUNCTION desk.says_sentence(g jsonb)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT format('The %s %s promises %s in %s %s ("%s"); statement %s says %s %s.',
	    g->>'what', g->>'name', g->>'kind', g->>'value', g->>'unit',
	    desk.cut(g->>'words', 60), s.id,
	    desk.statement_shown(s.low, s.high, s.unit), s.unit)
	FROM desk.statement s
	WHERE s.id IN (SELECT w::bigint
	    FROM jsonb_array_elements_text(g->'statements') w)
	ORDER BY s.binding DESC, s.id LIMIT 1
$$;
