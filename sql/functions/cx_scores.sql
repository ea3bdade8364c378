-- CX.SCORES: NPS, CSAT, CES and other measures of a stretch of days, from
-- roll-ups alone.

-- A day as somebody means one; else an error as of what is none.  (The year 1
-- would be told of as before Christ, and calendars end.)
CREATE OR REPLACE FUNCTION desk.day_meant(day date)
RETURNS date
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	IF day NOT BETWEEN '1970-01-01' AND '2199-12-31' THEN
		RAISE datetime_field_overflow;
	END IF;
	RETURN day;
END;
$$;

-- A day of the company's that was asked for; otherwise not before there are days.
CREATE OR REPLACE FUNCTION desk.cx_day(args jsonb, member text, otherwise date)
RETURNS date
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF args->>member !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN
		RAISE invalid_datetime_format;
	END IF;
	RETURN coalesce(desk.day_meant((args->>member)::date),
	    CASE WHEN otherwise < '1970-01-01' THEN '1970-01-01'
		ELSE otherwise END);
EXCEPTION WHEN data_exception THEN
	PERFORM desk.refuse('INVALID',
	    'That is no day of 1970 to 2199; write 2026-11-21.', member);
	RETURN NULL;
END;
$$;

-- The days that args name, both included, as the first and, without it, the
-- last, in the zone in which days are counted: 30 until today, of twenty years
-- at most.
CREATE OR REPLACE FUNCTION desk.cx_days(args jsonb, OUT zone text,
    OUT since date, OUT until date)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	SELECT k.zone INTO cx_days.zone FROM desk.measure_rolled k;
	until := desk.cx_day(args, 'to', (now() AT TIME ZONE zone)::date) + 1;
	since := desk.cx_day(args, 'from', until - 30);
	IF since >= until THEN
		PERFORM desk.refuse('INVALID', 'It ends before it begins.',
		    'to');
	ELSIF until - since > 7320 THEN
		PERFORM desk.refuse('INVALID',
		    'It is of twenty years at most.', 'from');
	END IF;
END;
$$;

-- Whether anything of a measure was ever counted under a name.  Of a name that
-- there never was nothing is read.
CREATE OR REPLACE FUNCTION desk.counted_of(measure text, of_name text)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN desk.measured_under('name', of_name) AND EXISTS (
	    SELECT FROM desk.measure_totals(measure, '1970-01-01', '2200-01-01',
		'{month,year}') t
	    WHERE t.name = of_name);
END;
$$;

-- The survey (or survey/question) that is asked for, as it is counted: the first
-- question of a scale has its survey's own name, also one that was the first and
-- is no more.  Refused is one that there never was.  What is no survey's measure
-- (promises, what was closed) has other names.
CREATE OR REPLACE FUNCTION desk.survey_asked(measure text, asked text)
RETURNS text
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	further	text := substr(asked, nullif(strpos(asked, '/'), 0) + 1);
	s	desk.survey;
	first	text;
	q	record;
	counted	text := asked;
BEGIN
	IF asked IS NULL THEN
		RETURN NULL;
	ELSIF measure NOT IN ('nps', 'csat', 'ces', 'pair') THEN
		IF NOT desk.measured_under('name', asked) THEN
			PERFORM desk.refuse('INVALID',
			    'Nothing was counted under this name.', 'survey');
		END IF;
		RETURN asked;
	END IF;
	SELECT * INTO s FROM desk.survey v
	WHERE v.name = split_part(asked, '/', 1);
	SELECT x.name INTO first FROM desk.questions(s.body) x
	WHERE x.scored ORDER BY x.place LIMIT 1;
	SELECT x.* INTO q FROM desk.questions(s.body) x WHERE x.name = further;
	IF s.id IS NULL THEN
		PERFORM desk.refuse('INVALID', 'There is no such survey.',
		    'survey');
	ELSIF measure <> 'pair' AND (further = first OR q.name IS NULL
	    AND EXISTS (SELECT FROM desk.response r
		WHERE r.survey = s.id AND r.head = further)) THEN
		counted := s.name;
	END IF;
	-- One that is asked no more, or in another way, keeps its answers.
	IF further IS NOT NULL
	    AND (CASE measure WHEN 'pair' THEN q.question ? 'pair'
		ELSE q.kind = measure END) IS NOT TRUE
	    AND NOT desk.counted_of(measure, counted) THEN
		PERFORM desk.refuse('INVALID', CASE WHEN q.name IS NULL
		    THEN 'The survey has no such question.'
		    ELSE 'Its answers are not of this measure.' END, 'survey');
	END IF;
	RETURN counted;
END;
$$;

-- Of which names a measure is read: of one survey (or survey/question; of pairs,
-- which are a question's each, of all that the survey has), else of all surveys of
-- customers, but not of their further questions.  NULL: of every
-- name.  What our own people say is read by its survey's name alone.
CREATE OR REPLACE FUNCTION desk.cx_names(measure text, name text)
RETURNS text[]
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN CASE WHEN measure = 'pair' AND strpos(name, '/') = 0 THEN ARRAY(
		SELECT s.name || '/' || q.name FROM desk.survey s
		CROSS JOIN LATERAL desk.questions(s.body) q
		WHERE s.name = cx_names.name AND q.question ? 'pair'
		UNION
		-- What is paired no more.
		SELECT d.value FROM desk.dimension_value d
		WHERE d.dimension = 'name'
		    AND starts_with(d.value, cx_names.name || '/'))
	    WHEN name IS NOT NULL THEN ARRAY[name]
	    WHEN measure IN ('nps', 'csat', 'ces') THEN ARRAY(
		SELECT s.name FROM desk.survey s
		WHERE s.body->>'for' IS DISTINCT FROM 'staff') END;
END;
$$;

-- Which surveys ask for it first, or did when they were answered.
CREATE OR REPLACE FUNCTION desk.cx_asked(measure text, name text, since date,
    until date, only_of jsonb)
RETURNS text[]
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN CASE WHEN name IS NOT NULL THEN ARRAY[split_part(name, '/', 1)]
	    ELSE ARRAY(SELECT s.name FROM desk.survey s
		WHERE s.body->>'for' IS DISTINCT FROM 'staff'
		    AND measure = (SELECT q.kind FROM desk.questions(s.body) q
			WHERE q.scored ORDER BY q.place LIMIT 1)
		UNION
		SELECT l.key FROM desk.cx_lines(measure,
		    desk.cx_names(measure, NULL), since, until, 'survey',
		    only_of) l) END;
END;
$$;

-- Histograms of a measure, one for each line.  only: {"queue","agent" (ids),
-- "channel","segment","touchpoint"}: about these alone.
CREATE OR REPLACE FUNCTION desk.cx_lines(measure text, names text[],
    since date, until date, by text, only_of jsonb)
RETURNS TABLE (key text, counts jsonb)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
	q	int := (only_of->>'queue')::int;
	a	int := (only_of->>'agent')::int;
	c	text := only_of->>'channel';
	s	text := only_of->>'segment';
	t	text := only_of->>'touchpoint';
	larger	text[] := CASE WHEN by IN ('day', 'week') THEN '{}'
		    WHEN by = 'month' THEN '{month}'
		    ELSE '{month,year}' END;
	-- Neither asked for nor told apart by anything but names.
	of_all	boolean := coalesce(q, a) IS NULL AND coalesce(c, s, t) IS NULL
		    AND by IN ('day', 'week', 'month', 'survey', 'all');
BEGIN
	IF cardinality(names) = 1 AND measure IN ('nps', 'csat', 'ces', 'pair')
	    AND desk.staff_survey(names[1]) IS NOT NULL THEN
		RETURN QUERY SELECT l.key, l.counts
		FROM desk.staff_lines(measure, names[1], since, until, by,
		    only_of) l;
		RETURN;
	END IF;
	RETURN QUERY
	-- By days as they are: thousands of them need not be written out.
	WITH y AS (
	    SELECT CASE by WHEN 'queue' THEN r.queue::text
		WHEN 'agent' THEN r.agent::text WHEN 'channel' THEN r.channel
		WHEN 'segment' THEN r.segment
		WHEN 'touchpoint' THEN r.touchpoint WHEN 'survey' THEN r.name
		WHEN 'all' THEN '' END AS key,
		CASE WHEN by IN ('day', 'week', 'month') THEN r.began END
		    AS began, r.value, sum(r.n) AS n
	    FROM (SELECT m.* FROM desk.measure_rows(measure, since, until,
		    larger, a IS NOT NULL OR by = 'agent') m
		WHERE NOT of_all
		UNION ALL
		SELECT m.began, m.name, 0, 0, '', '', '', m.value, m.n
		FROM desk.measure_totals(measure, since, until, larger) m
		WHERE of_all) r
	    WHERE (names IS NULL OR r.name = ANY (names))
		AND (measure <> 'pair' OR desk.staff_survey(r.name) IS NULL)
		AND (q IS NULL OR r.queue = q) AND (a IS NULL OR r.agent = a)
		AND (c IS NULL OR r.channel = c)
		AND (s IS NULL OR r.segment = s)
		AND (t IS NULL OR r.touchpoint = t)
	    GROUP BY 1, 2, 3
	)
	SELECT x.key, jsonb_object_agg(x.value, x.n)
	FROM (SELECT coalesce(y.key, date_trunc(by, y.began::timestamp)
		    ::date::text) AS key, y.value, sum(y.n)::bigint AS n
	    FROM y GROUP BY 1, 2) x
	WHERE x.n <> 0
	GROUP BY x.key;
END;
$$;

-- The lines that there are: days, weeks or months all of them, others what was
-- counted.  label NULL: nobody's, nothing's.
CREATE OR REPLACE FUNCTION desk.cx_keys(since date, until date, by text,
    keys text[])
RETURNS TABLE (key text, label text)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF by IN ('day', 'week', 'month') THEN
		RETURN QUERY
		SELECT d.at::date::text, d.at::date::text
		FROM generate_series(date_trunc(by, since::timestamp),
		    until - interval '1 day', ('1 ' || by)::interval) d(at);
		RETURN;
	END IF;
	RETURN QUERY
	SELECT k, CASE by WHEN 'queue' THEN (SELECT q.name FROM desk.queue q
		WHERE q.id = k::int)
	    WHEN 'agent' THEN (SELECT a.name FROM desk.agent a
		WHERE a.id = k::int)
	    ELSE nullif(k, '') END
	FROM unnest(keys) k;
END;
$$;

-- Lines' histograms added up; NULL: there are none.
CREATE OR REPLACE FUNCTION desk.cx_added(many jsonb[])
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_object_agg(x.key, x.n), '{}')
	FROM (SELECT e.key, sum(e.value::bigint)::bigint AS n
	    FROM unnest(many) m, jsonb_each_text(m) e
	    GROUP BY 1 HAVING sum(e.value::bigint) <> 0) x
	HAVING many IS NOT NULL);
END;
$$;

-- {"rows","total"}: lines with their figures, and what they come to.  Those of
-- time are compared with the one before, others, and the total, with the same
-- line of the stretch before (from earlier on; NULL: none).  Each of many lines may
-- look changed by chance: up and down is what all of them together carry.
CREATE OR REPLACE FUNCTION desk.cx_table(measure text, name text, since date,
    until date, by text, only_of jsonb, earlier date)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	names	text[] := desk.cx_names(measure, name);
	asked	text[] := CASE WHEN measure IN ('nps', 'csat', 'ces') THEN
		    desk.cx_asked(measure, name, since, until, only_of) END;
	-- Who was asked is counted by survey, also of one question.
	one	text := CASE WHEN by = 'survey' THEN name END;
	said	jsonb;
BEGIN
	WITH l AS MATERIALIZED (
	    SELECT * FROM desk.cx_lines(measure, names, since, until, by,
		only_of)
	), g AS MATERIALIZED (
	    SELECT * FROM desk.cx_lines(measure, names, earlier, since, by,
		only_of)
	    WHERE earlier IS NOT NULL
	), i AS MATERIALIZED (
	    SELECT coalesce(one, x.key) AS key, (x.counts->>'1')::bigint AS n
	    FROM desk.cx_lines('invited', asked, since, until, by, only_of) x
	    WHERE asked IS NOT NULL
	), r AS MATERIALIZED (
	    SELECT coalesce(one, x.key) AS key, (x.counts->>'1')::bigint AS n
	    FROM desk.cx_lines('replied', asked, since, until, by, only_of) x
	    WHERE asked IS NOT NULL
	), u AS MATERIALIZED (
	    SELECT coalesce(one, x.key) AS key, (x.counts->>'1')::bigint AS n
	    FROM desk.cx_lines('unreached', asked, since, until, by, only_of) x
	    WHERE asked IS NOT NULL
	), k AS (
	    SELECT false AS whole, k.key, k.label,
		coalesce(l.counts, '{}') AS counts, g.counts AS was,
		i.n AS invited, r.n AS replied, u.n AS unreached
	    FROM desk.cx_keys(since, until, by, ARRAY(SELECT l.key FROM l
		UNION SELECT i.key FROM i)) k
	    LEFT JOIN l USING (key) LEFT JOIN g USING (key)
	    LEFT JOIN i USING (key) LEFT JOIN r USING (key)
	    LEFT JOIN u USING (key)
	    UNION ALL
	    SELECT true, '', NULL, coalesce(t.counts, '{}'), t.was, t.invited,
		t.replied, t.unreached
	    FROM (SELECT desk.cx_added((SELECT array_agg(l.counts) FROM l))
		    AS counts,
		desk.cx_added((SELECT array_agg(g.counts) FROM g)) AS was,
		(SELECT sum(i.n)::bigint FROM i) AS invited,
		(SELECT sum(r.n)::bigint FROM r) AS replied,
		(SELECT sum(u.n)::bigint FROM u) AS unreached) t
	    WHERE t.counts IS NOT NULL OR t.invited IS NOT NULL
	), f AS MATERIALIZED (
	    -- A figure is made once, not for each member of it.
	    SELECT k.*, desk.cx_figure(measure, k.counts) AS f,
		CASE WHEN k.was IS NOT NULL
		    THEN desk.cx_figure(measure, k.was) END AS g,
		NOT k.whole AND by IN ('day', 'week', 'month') AS of_time
	    FROM k
	), o AS MATERIALIZED (
	    SELECT f.*, CASE WHEN f.of_time THEN lag(f.f) OVER (
		    PARTITION BY f.whole ORDER BY f.key) ELSE f.g END AS before
	    FROM f
	), c AS MATERIALIZED (
	    SELECT o.*, desk.cx_change_shown(d."by", d.low, d.high, d."is")
		    AS change,
		desk.cx_change_chance(d."by", d.low, d.high) AS chance
	    FROM o CROSS JOIN LATERAL desk.cx_change(o.f, o.before) d
	), b AS (
	    SELECT c.whole, coalesce(desk.believed(array_agg(c.chance), 0.05),
		0) AS upto
	    FROM c GROUP BY 1
	), s AS (
	    SELECT c.*, jsonb_strip_nulls(jsonb_build_object('key', c.key,
		'label', c.label,
		'rate', desk.cx_rate(c.invited, coalesce(c.unreached, 0),
		    coalesce(c.replied, 0)),
		'before', CASE WHEN earlier IS NOT NULL AND (c.before).n > 0
		    AND NOT c.of_time
		    THEN desk.cx_shown(c.before) - 'counts' END,
		'bad', CASE WHEN measure = 'mood' THEN desk.share_shown(
		    coalesce(((c.f).counts->>'-1')::bigint, 0), (c.f).n) END,
		'change', CASE WHEN c.chance > b.upto
		    THEN c.change || '{"is":"unsaid"}' ELSE c.change END))
		|| desk.cx_shown(c.f) AS line
	    FROM c JOIN b USING (whole)
	)
	SELECT jsonb_build_object('rows', coalesce(jsonb_agg(s.line
		ORDER BY CASE WHEN s.of_time THEN s.key END, (s.f).n DESC,
		    s.label) FILTER (WHERE NOT s.whole), '[]'),
	    'total', coalesce((array_agg(s.line) FILTER (WHERE s.whole))[1],
		desk.cx_shown(desk.cx_figure(measure, '{}'))))
	INTO said FROM s;
	RETURN said;
END;
$$;

-- Refuses a channel or touchpoint that there is none of, and that nothing was
-- counted under either.
CREATE OR REPLACE FUNCTION desk.place_asked(args jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF args ? 'channel' AND args->>'channel' NOT IN ('mail', 'chat',
		'call', 'social', 'order', 'store', 'web', 'desk')
	    AND NOT desk.measured_under('channel', args->>'channel') THEN
		PERFORM desk.refuse('INVALID', 'There is no such channel.',
		    'channel');
	ELSIF args ? 'touchpoint' AND NOT EXISTS (
		SELECT FROM desk.touchpoint p
		WHERE p.name = args->>'touchpoint')
	    -- One that a survey names need not be a block.
	    AND NOT EXISTS (SELECT FROM desk.survey s
		WHERE s.body->>'touchpoint' = args->>'touchpoint')
	    AND NOT desk.measured_under('touchpoint', args->>'touchpoint') THEN
		PERFORM desk.refuse('INVALID', 'There is no such touchpoint.',
		    'touchpoint');
	END IF;
END;
$$;

-- The queue, agent … that is asked for, as cx_lines() takes it.  An agent's is
-- what is about himself.
CREATE OR REPLACE FUNCTION desk.cx_only(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	q	int;
	a	int;
BEGIN
	PERFORM desk.segment_asked(args);
	PERFORM desk.place_asked(args);
	IF args ? 'queue' THEN
		SELECT k.id INTO q FROM desk.queue k
		WHERE k.name = args->>'queue';
		IF q IS NULL THEN
			PERFORM desk.refuse('INVALID',
			    'There is no such queue.', 'queue');
		END IF;
	END IF;
	IF NOT desk.caller_all(caller) THEN
		a := (desk.acting(caller, args)).id;
	ELSIF args ? 'agent' THEN
		SELECT g.id INTO a FROM desk.agent g WHERE g.name = CASE
		    args->>'agent' WHEN 'me' THEN caller->>'who'
		    ELSE args->>'agent' END;
		IF a IS NULL THEN
			PERFORM desk.refuse('INVALID',
			    'There is no such agent.', 'agent');
		END IF;
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('queue', q, 'agent', a,
	    'channel', args->'channel', 'segment', args->'segment',
	    'touchpoint', args->'touchpoint'));
END;
$$;

-- CX.SCORES: {"measure","survey","from","to","by","timezone","compare","rows":
-- [{"key","label","n","figure","low","high","mean","mean_low","mean_high",
-- "counts","rate","before","change","bad"}],"total":{…},"queues":[…]}; bad: of
-- mood, the share that is bad, as figure is what is good; queues: to an agent, all
-- of a queue that he serves together, five answers at least.
CREATE OR REPLACE FUNCTION desk.cx_scores(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	zone	text;
	since	date;
	until	date;
	per	text := coalesce(args->>'by', 'queue');
	measure	text := args->>'measure';
	survey	text := desk.survey_asked(measure, args->>'survey');
	only_of	jsonb := desk.cx_only(caller, args);
	earlier	date;
	queues	jsonb;
	made	jsonb;
BEGIN
	SELECT d.zone, d.since, d.until INTO zone, since, until
	FROM desk.cx_days(args) d;
	IF per IN ('day', 'week') AND until - since > 400 THEN
		PERFORM desk.refuse('INVALID',
		    'By day or week, scores are of 400 days at most.', 'by');
	END IF;
	IF args->'compare' = 'true' THEN
		earlier := since - (until - since);
	END IF;
	IF NOT desk.caller_all(caller) THEN
		SELECT coalesce(jsonb_agg(r), '[]') INTO queues
		FROM jsonb_array_elements(desk.cx_table(measure, survey, since,
		    until, 'queue', only_of - 'agent', NULL)->'rows') r
		WHERE (r->>'n')::bigint >= 5 AND EXISTS (
		    SELECT FROM desk.agent_queue m
		    WHERE m.queue = (r->>'key')::int
			AND m.agent = (only_of->>'agent')::int);
	END IF;
	made := desk.cx_table(measure, survey, since, until, per, only_of,
	    earlier);
	RETURN jsonb_strip_nulls(jsonb_build_object('measure', measure,
	    'survey', args->'survey', 'from', since, 'to', until - 1, 'by', per,
	    'timezone', zone, 'compare', earlier)) || made
	    || CASE WHEN queues IS NULL THEN '{}'
		ELSE jsonb_build_object('queues', queues) END;
END;
$$;
