-- FORECAST.VOLUME: how many cases will come, by day and hour, and how many
-- agents that asks for; from the reports' roll-ups alone.  What each figure
-- is, deskd-reports(7) says.

-- The fewest agents that answer so large a share (0 to 1) within so many
-- seconds, one case each at a time: Erlang C, as desk/erlang.c has it.  load:
-- arrivals times handle, in erlangs.  -1: five thousand are too few.
CREATE OR REPLACE FUNCTION desk.erlang_staff(load float8, handle float8,
    level float8, within float8)
RETURNS int
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	inverse	float8 := 1;	-- 1 / Erlang B of n agents
	b	float8;
	c	float8;
BEGIN
	IF load <= 0 THEN
		RETURN 0;
	END IF;
	FOR n IN 1..5000 LOOP
		inverse := 1 + inverse * n / load;
		CONTINUE WHEN load >= n;
		IF inverse > 1e200 THEN
			RETURN n;
		END IF;
		b := 1 / inverse;
		c := n * b / (n - load * (1 - b));
		IF handle <= 0 OR 1 - c * exp(greatest(-700,
		    -(n - load) * within / handle)) >= level THEN
			RETURN n;
		END IF;
	END LOOP;
	RETURN -1;
END;
$$;

-- What came to a queue, by day and hour of the company's zone.
CREATE OR REPLACE FUNCTION desk.forecast_seen(of_queue int, since date,
    until date, zone text)
RETURNS TABLE (day date, hour int, n bigint)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT l.at::date, extract(hour FROM l.at)::int, sum(r.opened)::bigint
	FROM desk.report_rows(since::timestamp AT TIME ZONE zone,
	    until::timestamp AT TIME ZONE zone, 'hour', zone, of_queue, NULL) r
	CROSS JOIN LATERAL (SELECT r.hour AT TIME ZONE zone) l(at)
	WHERE r.opened <> 0
	GROUP BY 1, 2;
END;
$$;

-- What was to be expected, as it stood at the beginning of a day (origin): of
-- each weekday the mean of the eight weeks before, times how the last two of
-- them were against such means, twenty cases' weight being the old level's.
-- Holidays are neither learnt from nor foretold.  days, ns: each day's cases.
CREATE OR REPLACE FUNCTION desk.forecast_days(days date[], ns bigint[],
    off date[], origin date, span int)
RETURNS TABLE (day date, expected numeric)
LANGUAGE sql IMMUTABLE
AS $$
	WITH t AS MATERIALIZED (
	    SELECT d.day, d.n, extract(isodow FROM d.day)::int AS dow
	    FROM unnest(days, ns) d(day, n)
	    WHERE d.day < origin AND d.day >= origin - 56
		AND d.day <> ALL (off)
	), p AS MATERIALIZED (
	    SELECT t.dow, avg(t.n) AS mean FROM t GROUP BY 1
	), l AS (
	    SELECT least(2, greatest(0.5, (sum(t.n) + 20)
		/ (sum(p.mean) + 20))) AS level
	    FROM t JOIN p USING (dow) WHERE t.day >= origin - 14
	)
	SELECT x.day, CASE WHEN x.day <> ALL (off)
	    THEN p.mean * coalesce(l.level, 1) END
	FROM (SELECT origin + g AS day FROM generate_series(0, span - 1) g) x
	CROSS JOIN l
	LEFT JOIN p ON p.dow = extract(isodow FROM x.day)::int
$$;

-- How far the last four weeks came from what was to be expected a week ahead:
-- n days, wape and bias in percent of what came, spread: the variance against
-- the mean's, 1 at least; covered: how many days lay between the limits that it
-- gives.  n 0: too little was known then.
CREATE OR REPLACE FUNCTION desk.forecast_tried(days date[], ns bigint[],
    off date[], today date, OUT n int, OUT came bigint, OUT wape numeric,
    OUT bias numeric, OUT spread numeric, OUT covered int)
LANGUAGE sql IMMUTABLE
AS $$
	WITH x AS MATERIALIZED (
	    SELECT d.n AS came, f.expected
	    FROM generate_series(1, 4) w
	    CROSS JOIN LATERAL desk.forecast_days(days, ns, off,
		today - 7 * w, 7) f
	    JOIN unnest(days, ns) d(day, n) ON d.day = f.day
	    WHERE f.expected > 0 AND today - 7 * w - 28 >= days[1]
	), s AS (
	    SELECT greatest(1, avg((x.came - x.expected) ^ 2 / x.expected))
		AS spread FROM x
	)
	SELECT count(*)::int, sum(x.came)::bigint,
	    round(100 * sum(abs(x.came - x.expected))
		/ nullif(sum(x.came), 0), 1),
	    round(100 * sum(x.expected - x.came) / nullif(sum(x.came), 0), 1),
	    s.spread, count(*) FILTER (WHERE abs(x.came - x.expected)
		<= 1.96 * sqrt(s.spread * x.expected))::int
	FROM x CROSS JOIN s GROUP BY s.spread
	UNION ALL SELECT 0, 0, NULL, NULL, 1, 0
	ORDER BY 1 DESC LIMIT 1
$$;

-- A figure with the limits between which 95 % should lie.
CREATE OR REPLACE FUNCTION desk.forecast_shown(expected numeric,
    spread numeric)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_build_object('n', round(expected, 1),
	    'low', round(greatest(0, expected - h), 1),
	    'high', round(expected + h, 1))
	FROM (SELECT 1.96 * sqrt(spread * expected) AS h) x
$$;

-- How long a case of this queue takes an agent (seconds, in his hand), and how
-- many he has at once, from eight weeks; n: of how many.  A call takes him
-- whole; of the others as many fit as the company's units say.
CREATE OR REPLACE FUNCTION desk.forecast_handle(of_queue int, since date,
    until date, zone text, OUT n bigint, OUT handle numeric, OUT slots numeric)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	first	timestamptz := since::timestamp AT TIME ZONE zone;
	last	timestamptz := until::timestamp AT TIME ZONE zone;
	extras	jsonb := desk.report_extras(first, last, 'channel', zone,
		    of_queue, NULL);
	units	jsonb := (SELECT c.body->'units' FROM desk.config c
		    ORDER BY c.version DESC LIMIT 1);
BEGIN
	SELECT sum(x.n), sum(x.n * x.each) / sum(x.n), sum(x.n * x.each)
	    / sum(x.n * x.each / x.at_once)
	INTO n, handle, slots
	FROM (SELECT c.n, CASE WHEN c.calls THEN (l.f).talk::numeric / c.n
		ELSE (l.hand * desk.report_ms(l.began, l.ended)
		    + coalesce((extras->l.key->>'hand')::numeric, 0))
		    / 1000 / c.n END AS each,
		greatest(1, floor(100.0 / coalesce((units->>l.key)::int,
		    CASE l.key WHEN 'call' THEN 100 WHEN 'chat' THEN 20
		    ELSE 5 END))) AS at_once
	    FROM desk.report_lines(first, last, 'channel', zone, of_queue,
		NULL) l
	    CROSS JOIN LATERAL (SELECT l.key = 'call' AND (l.f).talks > 0
		AS calls, CASE WHEN l.key = 'call' AND (l.f).talks > 0
		THEN (l.f).talks ELSE (l.f).resolved END AS n) c
	    WHERE c.n > 0) x
	WHERE x.each > 0;
END;
$$;

-- A queue's forecast; see forecast_volume().
CREATE OR REPLACE FUNCTION desk.forecast_queue(q desk.queue, today date,
    span int, level int, zone text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	off	date[] := ARRAY(SELECT h.day FROM desk.holiday h
		    WHERE h.hours = coalesce((q).hours,
			(SELECT min(k.id) FROM desk.hours k)));
	days	date[];
	hours	int[];
	cells	bigint[];
	each	date[];
	ns	bigint[];
	tried	record;
	work	record;
	answer	jsonb;
BEGIN
	SELECT coalesce(array_agg(s.day), '{}'), coalesce(array_agg(s.hour),
	    '{}'), coalesce(array_agg(s.n), '{}')
	INTO days, hours, cells
	FROM desk.forecast_seen((q).id, today - 84, today, zone) s;
	-- From the first day on that anything came, those of nothing too.
	SELECT coalesce(array_agg(d.day ORDER BY d.day), '{}'),
	    coalesce(array_agg(d.n ORDER BY d.day), '{}') INTO each, ns
	FROM (SELECT g::date AS day, coalesce(sum(c.n), 0)::bigint AS n
	    FROM (SELECT min(x) AS first FROM unnest(days) x) f
	    CROSS JOIN LATERAL generate_series(f.first, today - 1,
		interval '1 day') g
	    LEFT JOIN unnest(days, cells) c(day, n) ON c.day = g::date
	    GROUP BY 1) d;
	answer := jsonb_build_object('queue', (q).name, 'title', (q).title,
	    'n', (SELECT coalesce(sum(x.n), 0) FROM unnest(each, ns) x(day, n)
		WHERE x.day >= today - 56),
	    'since', each[1]);
	IF cardinality(each) < 35 OR (answer->>'n')::int < 56 THEN
		RETURN answer || jsonb_build_object('enough', false, 'why',
		    CASE WHEN cardinality(each) < 35 THEN 'days' ELSE 'cases'
		    END, 'days', '[]'::jsonb, 'hours', '[]'::jsonb,
		    'past', '[]'::jsonb);
	END IF;
	tried := desk.forecast_tried(each, ns, off, today);
	work := desk.forecast_handle((q).id, today - 56, today, zone);
	WITH f AS MATERIALIZED (
	    SELECT x.day, x.expected, x.day = ANY (off) AS closed
	    FROM desk.forecast_days(each, ns, off, today, span + 1) x
	    WHERE x.day > today
	), shape AS MATERIALIZED (
	    SELECT extract(isodow FROM c.day)::int AS dow, c.hour,
		sum(c.n) AS n
	    FROM unnest(days, hours, cells) c(day, hour, n)
	    WHERE c.day >= today - 56 AND c.day <> ALL (off)
	    GROUP BY 1, 2
	), hourly AS MATERIALIZED (
	    -- A weekday's own hours, five cases' weight being all days'.
	    SELECT f.day, h.hour, f.expected * (coalesce((SELECT s.n
			FROM shape s WHERE s.dow = w.dow AND s.hour = h.hour),
			0) + 5 * h.n / h.total) / (coalesce((SELECT sum(s.n)
			FROM shape s WHERE s.dow = w.dow), 0) + 5) AS expected
	    FROM f
	    CROSS JOIN LATERAL (SELECT extract(isodow FROM f.day)::int) w(dow)
	    CROSS JOIN (SELECT s.hour, sum(s.n) AS n, sum(sum(s.n)) OVER ()
		    AS total FROM shape s GROUP BY 1) h
	    WHERE f.expected IS NOT NULL
	)
	SELECT answer || jsonb_strip_nulls(jsonb_build_object('enough', true,
	    'test', jsonb_strip_nulls(jsonb_build_object('n', tried.n,
		'came', tried.came, 'wape', tried.wape, 'bias', tried.bias,
		'covered', CASE WHEN tried.n > 0 THEN round(100.0
		    * tried.covered / tried.n, 1) END)),
	    'handle', round(work.handle), 'handled', work.n,
	    'slots', round(work.slots, 1), 'within', (q).first_target,
	    'days', (SELECT jsonb_agg(CASE WHEN f.closed THEN
		    jsonb_build_object('day', f.day, 'holiday', true)
		ELSE jsonb_build_object('day', f.day) || coalesce(
		    desk.forecast_shown(f.expected, tried.spread), '{}') END
		ORDER BY f.day) FROM f),
	    'hours', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		    'day', h.day, 'hour', h.hour, 'agents', CASE
		    WHEN work.handle > 0 THEN nullif(ceil(desk.erlang_staff(
			(h.expected * work.handle / 3600)::float8,
			work.handle::float8, level / 100.0,
			(q).first_target) / work.slots - 1e-9), -1) END))
		    || desk.forecast_shown(h.expected, tried.spread)
		    ORDER BY h.day, h.hour)
		FROM hourly h WHERE h.expected >= 0.05),
	    'past', (SELECT coalesce(jsonb_agg(jsonb_build_object('day', x.day,
		    'came', d.n) || CASE WHEN x.expected IS NULL THEN '{}'
		    ELSE desk.forecast_shown(x.expected, tried.spread) END
		    ORDER BY x.day), '[]')
		FROM desk.forecast_days(each, ns, off, today - 7, 7) x
		JOIN unnest(each, ns) d(day, n) ON d.day = x.day)))
	INTO answer;
	RETURN answer;
END;
$$;

-- FORECAST.VOLUME: {"from","days","level","timezone","queues":[{"queue",
-- "title","n","since","enough","why","test":{"n","came","wape","bias",
-- "covered"},"handle","handled","slots","within","days":[{"day","n","low",
-- "high"|"holiday"}],"hours":[{"day","hour","n","low","high","agents"}],
-- "past":[{"day","came","n","low","high"}]}]}; from: tomorrow.
CREATE OR REPLACE FUNCTION desk.forecast_volume(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	zone	text := desk.report_zone('{}');
	today	date := (now() AT TIME ZONE zone)::date;
	span	int := coalesce((args->>'days')::int, 14);
	level	int := coalesce((args->>'level')::int, 80);
BEGIN
	IF args ? 'queue' AND NOT EXISTS (SELECT FROM desk.queue q
	    WHERE q.name = args->>'queue') THEN
		PERFORM desk.refuse('INVALID', 'There is no such queue.',
		    'queue');
	END IF;
	RETURN jsonb_build_object('from', today + 1, 'days', span,
	    'level', level, 'timezone', zone, 'queues', (
	    SELECT coalesce(jsonb_agg(desk.forecast_queue(q, today, span,
		level, zone) ORDER BY q.name), '[]')
	    FROM desk.queue q
	    WHERE q.name = coalesce(args->>'queue', q.name)));
END;
$$;
