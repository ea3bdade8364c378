-- Papers: what is reported, as a thing to read: {"lang","title","lead",
-- "sections":[{"title","columns":["…"],"rows":[[text | number | null]],
-- "none"}],"foot"}.  The page, the mail and the CSV are made of the same one.

-- A number as people of that language write it.
CREATE OR REPLACE FUNCTION desk.number_said(n numeric, lang text)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE WHEN n < 0 THEN '−' ELSE '' END
	    || CASE lang WHEN 'vi' THEN translate(x.said, ',.', '.,')
		ELSE x.said END
	FROM (SELECT rtrim(to_char(abs(n), 'FM999,999,999,999,990.9'), '.')
	    AS said) x
$$;

-- The same paper with its numbers written out.
CREATE OR REPLACE FUNCTION desk.paper_said(paper jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT paper || jsonb_build_object('sections', coalesce(jsonb_agg(
	    s.s || jsonb_build_object('rows', (SELECT coalesce(jsonb_agg(
		(SELECT jsonb_agg(CASE jsonb_typeof(c.c)
		    WHEN 'number' THEN to_jsonb(desk.number_said(
			(c.c#>>'{}')::numeric, paper->>'lang'))
		    WHEN 'null' THEN '"–"' ELSE c.c END ORDER BY c.n)
		FROM jsonb_array_elements(r.r) WITH ORDINALITY c(c, n))
		ORDER BY r.n), '[]')
		FROM jsonb_array_elements(s.s->'rows')
		    WITH ORDINALITY r(r, n)),
	    -- Which columns are numbers, to stand at the right.
	    'numbers', (SELECT coalesce(jsonb_agg((
		SELECT count(*) > 0 AND bool_and(jsonb_typeof(r.r->(c.n::int - 1))
		    IN ('number', 'null'))
		FROM jsonb_array_elements(s.s->'rows') r(r)) ORDER BY c.n), '[]')
		FROM jsonb_array_elements(s.s->'columns')
		    WITH ORDINALITY c(c, n)))
	    ORDER BY s.n), '[]'))
	FROM jsonb_array_elements(paper->'sections') WITH ORDINALITY s(s, n)
$$;

-- A cell of CSV (RFC 4180).  What a spreadsheet would take for a formula is
-- made a text.
CREATE OR REPLACE FUNCTION desk.csv_cell(c jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE WHEN coalesce(jsonb_typeof(c), 'null') = 'null' THEN ''
	    WHEN jsonb_typeof(c) = 'number' THEN c#>>'{}'
	    ELSE '"' || CASE WHEN (c#>>'{}') ~ E'^[-=+@\t\r]' THEN ''''
		ELSE '' END || replace(c#>>'{}', '"', '""') || '"' END
$$;

-- A paper as CSV, a figure to a line: section, what it is of, column, value.
-- The mark at its front has Excel read UTF-8.
CREATE OR REPLACE FUNCTION desk.paper_csv(paper jsonb)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT U&'\FEFF' || CASE paper->>'lang'
	    WHEN 'vi' THEN '"phần","dòng","số liệu","giá trị"'
	    ELSE '"section","line","figure","value"' END || E'\r\n'
	    || coalesce(string_agg(concat_ws(',', desk.csv_cell(s.s->'title'),
		desk.csv_cell(r.r->0), desk.csv_cell(c.c),
		desk.csv_cell(r.r->(c.n::int - 1))), E'\r\n'
		ORDER BY s.n, r.n, c.n) || E'\r\n', '')
	FROM jsonb_array_elements(paper->'sections') WITH ORDINALITY s(s, n),
	    jsonb_array_elements(s.s->'rows') WITH ORDINALITY r(r, n),
	    jsonb_array_elements(s.s->'columns') WITH ORDINALITY c(c, n)
	WHERE c.n > 1
$$;
