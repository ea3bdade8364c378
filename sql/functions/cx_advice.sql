-- CX.ADVICE: what to do first.  Each kind of advice looks at many things (places,
-- carriers, days), says of each by what chance it would look so though nothing
-- were there, and what it costs in contacts that went worse than they should
-- have: that is its impact, by which kinds are told apart.  What all looks of a
-- report together carry is said; what is no estimate (somebody waits, two places
-- say otherwise) has no chance, and is.

-- A number as people write it.
CREATE OR REPLACE FUNCTION desk.advice_number(value numeric, lang text)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE lang WHEN 'vi' THEN replace(x.x, '.', ',') ELSE x.x END
	FROM (SELECT replace(trim_scale(round(value, 1))::text, '-', '−')) x(x)
$$;

-- Each kind's one sentence, {figure} filled in: the client, mail and deskctl say
-- the same.
CREATE OR REPLACE FUNCTION desk.cx_advice_words(kind text, about jsonb,
    figures jsonb)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	said	jsonb := '{}';
	lang	text;
	text	text;
	f	record;
BEGIN
	FOREACH lang IN ARRAY '{vi,en}'::text[] LOOP
		text := (SELECT CASE lang WHEN 'vi' THEN w.vi ELSE w.en END
		    FROM (VALUES
		('weak',
		    'Nâng "{name}": {measure} {score} (n = {n}), mục tiêu {target}.',
		    'Raise "{name}": {measure} {score} (n = {n}), target {target}.'),
		('late',
		    'Xem lại hãng {name}: giữ hẹn {kept}% của {n} đơn, các hãng khác {rest}%.',
		    'Look into carrier {name}: it kept {kept}% of {n} promises, others {rest}%.'),
		('promises',
		    'Giữ lời hứa "{vi}": mới giữ {kept}% của {n}, cần {target}%.',
		    'Keep promises of "{en}": {kept}% of {n} were kept, {target}% are wanted.'),
		('repeated',
		    'Đừng để khách nói lại ở "{name}": {share}% của {n} hồ sơ đã được trả lời ở đó, nơi khác {rest}%.',
		    'Spare customers saying it again at "{name}": {share}% of {n} cases answered there, elsewhere {rest}%.'),
		('transfers',
		    'Bớt chuyển hồ sơ ở "{name}": {share}% của {n} hồ sơ bị chuyển, nơi khác {rest}%.',
		    'Hand on less at "{name}": {share}% of {n} cases were, elsewhere {rest}%.'),
		('reopens',
		    'Giải quyết dứt điểm ở "{name}": {share}% của {n} hồ sơ phải mở lại, nơi khác {rest}%.',
		    'Settle it the first time at "{name}": {share}% of {n} cases came back, elsewhere {rest}%.'),
		('switches',
		    'Trả lời trên kênh khách đã chọn ở "{name}": {share}% của {n} hồ sơ đổi kênh, nơi khác {rest}%.',
		    'Answer where customers wrote at "{name}": {share}% of {n} cases changed channel, elsewhere {rest}%.'),
		('waits',
		    'Trả lời sớm hơn ở "{name}": {share}% của {n} hồ sơ chờ quá hẹn, nơi khác {rest}%.',
		    'Answer sooner at "{name}": {share}% of {n} cases waited too long, elsewhere {rest}%.'),
		('pingpong',
		    'Định rõ việc của {source} và {target}: {back} trên {n} lần chuyển qua lại quay về.',
		    'Settle what is {source}''s and what {target}''s: {back} of {n} hand-overs came back.'),
		('theme',
		    'Xem chủ đề "{name}" đang tăng: {n} lần trong một giờ, thường {usual}.',
		    'See why "{name}" rises: {n} times in an hour, usually {usual}.'),
		('unanswered',
		    'Trả lời {n} góp ý đã chờ hơn {days} ngày.',
		    'Answer {n} pieces of feedback that have waited over {days} days.'),
		('answer',
		    'Trả lời {n} góp ý ở "{name}" đã chờ hơn {days} ngày.',
		    'At "{name}" answer {n} pieces of feedback that have waited over {days} days.'),
		('crisis',
		    'Xem ngày {day}: {n} tin bực mình, thường {usual}.',
		    'See what happened on {day}: {n} upset messages, usually {usual}.'),
		('churn',
		    'Giữ khách nhóm "{name}": {now} khách mua trong 90 ngày qua, 90 ngày trước đó {before}; theo các nhóm khác phải là {expected}.',
		    'Keep customers of "{name}": {now} ordered in the last 90 days, {before} in the 90 before; going by all others it should be {expected}.'),
		('contradiction',
		    'Nói thống nhất về "{name}": {n} chỗ đang nói {values_vi}.',
		    'Say one thing of "{name}": {n} places say {values_en}.'),
		('promised',
		    'Nói thống nhất về "{name}": {n} chỗ đang nói {values_vi}; {missed} trong {promises} lời hứa loại này không giữ được.',
		    'Say one thing of "{name}": {n} places say {values_en}; {missed} of {promises} such promises were not kept.'),
		('overdue',
		    'Xem lại {n} điều đã nói: quá hạn xem lại, lâu nhất {days} ngày.',
		    'Look again at {n} things we say: their review is overdue, the longest for {days} days.'))
		    w(kind, vi, en) WHERE w.kind = cx_advice_words.kind);
		-- Names last: what stands in them is no figure.
		FOR f IN SELECT e.key, CASE jsonb_typeof(e.value)
			WHEN 'number' THEN desk.advice_number(
			    (e.value#>>'{}')::numeric, lang)
			ELSE e.value#>>'{}' END AS value
		    FROM jsonb_each(figures) e
		    UNION ALL
		    SELECT 'name', coalesce(about->>lang, about->>'name')
		LOOP
			text := replace(text, '{' || f.key || '}',
			    coalesce(f.value, ''));
		END LOOP;
		said := said || jsonb_build_object(lang, text);
	END LOOP;
	RETURN said;
END;
$$;

-- How much more often something goes wrong (k of n) than with all the others (all
-- in all: others of total), and by what chance it would though all were alike:
-- Fisher's exact test.  more: how often in all; chance 1: where it happened to
-- fewer than five, or not a fifth more often than elsewhere, which nobody would
-- mend however sure it is.  NULL: there is nobody to compare with.
CREATE OR REPLACE FUNCTION desk.advice_excess(k numeric, n numeric,
    others numeric, total numeric, OUT more numeric, OUT chance float8)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	p	CONSTANT numeric := k / nullif(n, 0);
	q	CONSTANT numeric := (others - k) / nullif(total - n, 0);
BEGIN
	more := n * (p - q);
	IF more IS NOT NULL THEN
		chance := CASE WHEN k < 5 OR p < 1.2 * q THEN 1
		    ELSE desk.fisher_tail(k::bigint, n::bigint, others::bigint,
			total::bigint) END;
	END IF;
END;
$$;

-- By what chance a share of k in n is so far above a fixed one though it is
-- that: the score test, of which Wilson's interval is made.
CREATE OR REPLACE FUNCTION desk.advice_above(k numeric, n numeric,
    fixed numeric)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	RETURN CASE WHEN k < 5 THEN 1 ELSE desk.normal_tail(
	    (k / n - fixed) / sqrt(fixed * (1 - fixed) / n)) END;
END;
$$;

-- What the advice of each kind is made of: rows of (kind, about, impact, n,
-- figures, to, chance), one for each thing that was looked at.
CREATE OR REPLACE FUNCTION desk.advice_weak(since date, until date)
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb, chance float8)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'weak', jsonb_build_object('name', (s.touchpoint).name,
	    'touchpoint', (s.touchpoint).name, 'vi', (s.touchpoint).vi,
	    'en', (s.touchpoint).en, 'department', (SELECT q.name
		FROM desk.queue q WHERE q.id = (s.touchpoint).department)),
	    s.impact, s.n, jsonb_build_object('n', s.n,
		'measure', CASE (s.touchpoint).measure
		    WHEN 'mood' THEN 'mood'
		    ELSE upper((s.touchpoint).measure) END,
		'score', round(s.score, 2), 'low', round(s.low, 2),
		'high', round(s.high, 2),
		'target', trim_scale((s.touchpoint).target),
		'volume', s.volume, 'value', round(s.value, 3)),
	    jsonb_build_object('page', 'cx', 'args', jsonb_build_object(
		'measure', (s.touchpoint).measure, 'by', 'touchpoint')),
	    CASE s.state WHEN 'weak' THEN desk.normal_tail(1.959963984540054
		* ((s.touchpoint).target - s.score)
		/ nullif(s.high - s.score, 0)) ELSE 1 END
	FROM desk.touchpoint_states(since, until, NULL) s
	WHERE s.n > 0;
END;
$$;

-- Carriers that keep less than all the others, and kinds of promises of which
-- fewer than nine in ten are kept.
CREATE OR REPLACE FUNCTION desk.advice_promises(since date, until date)
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb, chance float8)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH c AS (
	    SELECT l.key, coalesce(sum(l.n) FILTER (WHERE l.value = 1), 0) AS k,
		sum(l.n) AS n
	    FROM desk.promise_lines('promise', since, until, 'carrier', '{}') l
	    GROUP BY 1
	), t AS (
	    SELECT sum(c.k) AS k, sum(c.n) AS n FROM c
	)
	SELECT 'late', jsonb_build_object('name', c.key, 'carrier', c.key),
	    x.more, c.n::bigint, jsonb_build_object('n', c.n,
		'kept', round(100 * c.k / c.n, 1),
		'rest', round(100 * (t.k - c.k) / (t.n - c.n), 1)),
	    '{"page":"promises","args":{"view":"ended"}}'::jsonb, x.chance
	FROM c, t, LATERAL desk.advice_excess(c.n - c.k, c.n, t.n - t.k, t.n) x
	WHERE x.more IS NOT NULL
	UNION ALL
	SELECT 'promises', jsonb_build_object('name', k.key, 'kind', k.key),
	    k.n * 0.9 - k.k, k.n::bigint, jsonb_build_object('n', k.n,
		'kept', round(100 * k.k / k.n, 1), 'target', 90,
		'vi', coalesce(v.vi, k.key), 'en', coalesce(v.many, k.key)),
	    '{"page":"promises","args":{"view":"ended"}}',
	    desk.advice_above(k.n - k.k, k.n, 0.1)
	FROM (SELECT l.key,
		coalesce(sum(l.n) FILTER (WHERE l.value = 1), 0) AS k,
		sum(l.n) AS n
	    FROM desk.promise_lines('promise', since, until, 'kind', '{}') l
	    GROUP BY 1) k
	LEFT JOIN desk.promise_words() v ON v.kind = k.key
	WHERE k.n > 0;
END;
$$;

-- Touchpoints (queues, while there are none) with more trouble than all others.
-- Where nobody is answered, nobody can have to say the same again: of that the
-- cases are those that were answered there (all of them, while the chore still
-- counts what is from before).
CREATE OR REPLACE FUNCTION desk.advice_friction(since date, until date)
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb, chance float8)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
DECLARE
	per	text := CASE WHEN EXISTS (SELECT FROM desk.touchpoint)
		    THEN 'touchpoint' ELSE 'queue' END;
	counted	boolean := NOT EXISTS (SELECT FROM desk.friction_zone z
		    JOIN desk.friction_todo d ON d.id <= z.again_to);
BEGIN
	RETURN QUERY
	WITH d AS (
	    SELECT f.name, x.what, sum(x.hit) AS k,
		-- An erased customer's cases stay as they were counted.
		greatest(sum(x.base), sum(x.hit)) AS n
	    FROM desk.friction_rows(per, since, until) f
	    CROSS JOIN LATERAL (VALUES ('repeated', f.repeated_in,
		    CASE WHEN counted THEN f.answered_in ELSE f.cases END),
		('transfers', f.transfers_in, f.cases),
		('reopens', f.reopens_in, f.cases),
		('switches', f.switches_in, f.cases),
		('waits', f.waits_in, f.cases)) x(what, hit, base)
	    GROUP BY f.name, x.what
	    HAVING greatest(sum(x.base), sum(x.hit)) > 0
	), t AS (
	    SELECT d.what, sum(d.n) AS n, sum(d.k) AS k FROM d GROUP BY 1
	)
	SELECT 'friction', jsonb_strip_nulls(jsonb_build_object('name', d.name,
	    'what', d.what, per, d.name,
	    'vi', coalesce(p.vi, q.title), 'en', coalesce(p.en, q.title),
	    'department', CASE per WHEN 'queue' THEN d.name ELSE (
		SELECT o.name FROM desk.queue o
		WHERE o.id = p.department) END)),
	    x.more, d.n::bigint, jsonb_build_object('n', d.n, 'cases', d.k,
		'share', round(100 * d.k / d.n, 1),
		'rest', round(100 * (t.k - d.k) / (t.n - d.n), 1)),
	    jsonb_build_object('page', 'improve', 'args', jsonb_build_object(
		'what', d.what, 'by', per, 'name', d.name)), x.chance
	FROM d JOIN t USING (what)
	CROSS JOIN LATERAL desk.advice_excess(d.k, d.n, t.k, t.n) x
	LEFT JOIN desk.touchpoint p ON per = 'touchpoint' AND p.name = d.name
	LEFT JOIN desk.queue q ON per = 'queue' AND q.name = d.name
	WHERE x.more IS NOT NULL;
END;
$$;

-- Two departments between which more than a quarter of the hand-overs came back,
-- and of one in ten of the cases there: the worse way of the two.
CREATE OR REPLACE FUNCTION desk.advice_pingpong(since date, until date)
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb, chance float8)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH f AS MATERIALIZED (
	    SELECT r.name, sum(r.cases) AS cases
	    FROM desk.friction_rows('queue', since, until) r GROUP BY 1
	)
	SELECT DISTINCT ON (least(l.source, l.target),
	    greatest(l.source, l.target)) 'pingpong',
	    jsonb_build_object('name', l.source || ' → ' || l.target,
		'department', l.source, 'with', l.target),
	    l.back::numeric, l.n, jsonb_build_object('n', l.n,
		'back', l.back, 'low', round(100 * w.low, 1),
		'high', round(100 * w.high, 1),
		'source', coalesce(q.title, q.name),
		'target', coalesce(r.title, r.name)),
	    '{"page":"journey","args":{}}'::jsonb, c.chance
	FROM desk.handoff_links(since, until, NULL) l
	JOIN desk.queue q ON q.name = l.source
	JOIN desk.queue r ON r.name = l.target
	LEFT JOIN f ON f.name = l.source
	CROSS JOIN LATERAL desk.wilson(l.back, l.n) w
	CROSS JOIN LATERAL (SELECT CASE WHEN l.back > 0.1 * coalesce(f.cases, 0)
	    THEN desk.advice_above(l.back, l.n, 0.25) ELSE 1 END AS chance) c
	WHERE l.n > 0
	ORDER BY least(l.source, l.target), greatest(l.source, l.target),
	    c.chance = 1, l.back DESC, l.source;
END;
$$;

-- Days on which far more were upset than on the middle one.  What is usual is
-- the more of the median and of the mean of all but the worst twentieth of the
-- days (of small numbers the median alone is too low); days that differ more than
-- chance lets them are measured by how much they do.
CREATE OR REPLACE FUNCTION desk.advice_crisis(since date, until date)
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb, chance float8)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH b AS (
	    SELECT t.began, coalesce(sum(t.n) FILTER (WHERE t.value = -1),
		0)::bigint AS n
	    FROM desk.measure_totals('mood', since, until, '{}') t
	    WHERE until - since <= 400
	    GROUP BY 1
	), d AS MATERIALIZED (
	    -- Days before anybody wrote are not calm ones, and what is usual takes
	    -- a week to know: a desk's first days are none of crisis.
	    SELECT g.day::date::text AS key, coalesce(b.n, 0) AS n,
		percent_rank() OVER (ORDER BY b.n NULLS FIRST) < 0.95 AS usual
	    FROM generate_series((SELECT min(b.began) FROM b), until - 1,
		interval '1 day') g(day)
	    LEFT JOIN b ON b.began = g.day::date
	), u AS (
	    SELECT greatest(percentile_cont(0.5) WITHIN GROUP (ORDER BY d.n),
		avg(d.n) FILTER (WHERE d.usual), 0.2)::numeric AS usual,
		count(*) AS days,
		coalesce(var_samp(d.n) FILTER (WHERE d.usual), 0) AS spread
	    FROM d
	)
	SELECT 'crisis', jsonb_build_object('name', d.key, 'day', d.key),
	    d.n - u.usual, d.n, jsonb_build_object('n', d.n,
		'usual', round(u.usual, 1),
		'day', to_char(d.key::date, 'DD/MM/YYYY')),
	    jsonb_build_object('page', 'themes', 'args',
		jsonb_build_object('from', d.key, 'to', d.key)),
	    CASE WHEN d.n < 10 OR d.n < 2 * u.usual OR u.days < 7 THEN 1
	    ELSE desk.poisson_tail(floor(d.n / w.wide)::bigint,
		(u.usual / w.wide)::float8) END
	FROM d CROSS JOIN u
	CROSS JOIN LATERAL (SELECT greatest(1, u.spread / u.usual) AS wide) w
	WHERE d.n > 0;
END;
$$;

-- Themes that rise now (themes_run() found by what chance); feedback that waits.
CREATE OR REPLACE FUNCTION desk.advice_heard()
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb, chance float8)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'theme', jsonb_build_object('name', t.name, 'theme', t.name,
		'vi', coalesce(t.body->>'title', t.name),
		'en', coalesce(t.body->>'title', t.name)),
	    r.n - r.usual::numeric, r.n, jsonb_build_object('n', r.n,
		'usual', round(r.usual::numeric, 1)),
	    jsonb_build_object('page', 'themes', 'args',
		jsonb_build_object('theme', t.name)), NULL::float8
	FROM desk.theme_rise r JOIN desk.theme t ON t.name = r.theme
	WHERE r.ended_at IS NULL
	UNION ALL
	SELECT 'unanswered', CASE WHEN q.id IS NULL THEN '{}'
		ELSE jsonb_build_object('department', q.name, 'name', q.title,
		    'what', 'answer') END,
	    f.n::numeric, f.n, jsonb_build_object('n', f.n, 'days', 2),
	    jsonb_build_object('page', 'feedback', 'args', jsonb_strip_nulls(
		jsonb_build_object('queue', q.name))), NULL
	FROM desk.feedback_waits(now() - interval '2 days') f
	LEFT JOIN desk.queue q ON q.id = f.queue;
END;
$$;

-- A statement's value with its unit.
CREATE OR REPLACE FUNCTION desk.advice_value(value text, unit text, lang text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN unit = 'yesno' THEN CASE lang WHEN 'vi' THEN
		CASE value WHEN 'yes' THEN 'có' ELSE 'không' END ELSE value END
	    WHEN unit = 'percent' THEN value || '%'
	    WHEN lang = 'vi' THEN concat_ws(' ', replace(value, '.', ','),
		CASE unit WHEN 'hours' THEN 'giờ' WHEN 'days' THEN 'ngày'
		WHEN 'dong' THEN 'đồng' END)
	    ELSE concat_ws(' ', value, CASE unit WHEN 'dong' THEN 'dong'
		WHEN 'hours' THEN CASE value WHEN '1' THEN 'hour'
		    ELSE 'hours' END
		WHEN 'days' THEN CASE value WHEN '1' THEN 'day' ELSE 'days' END
		END) END
$$;

-- What the company says in two ways: where it is of promises, as many as were
-- not kept of these suffered from it; else as many as the places where it can be
-- read.  And what nobody looked at again in time.
CREATE OR REPLACE FUNCTION desk.advice_said(since date, until date)
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb, chance float8)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH g AS MATERIALIZED (
	    SELECT c.c->>'about' AS about, c.c->'between' AS between,
		c.c->'values' AS said, jsonb_array_length(c.c->'between') AS n,
		(SELECT min(s.kind) FROM desk.statement s
		WHERE s.id IN (SELECT b::bigint FROM jsonb_array_elements_text(
		    c.c->'between') b)) AS kind
	    FROM jsonb_array_elements(desk.statements_against()) c(c)
	), p AS MATERIALIZED (
	    SELECT l.key, sum(l.n)::bigint AS n,
		coalesce(sum(l.n) FILTER (WHERE l.value <> 1), 0)::bigint
		    AS missed
	    FROM desk.promise_lines('promise', since, until, 'kind', '{}') l
	    WHERE EXISTS (SELECT FROM g WHERE g.kind IS NOT NULL)
	    GROUP BY 1
	)
	SELECT 'contradiction', jsonb_strip_nulls(jsonb_build_object(
		'name', g.about, 'between', g.between, 'promises', g.kind,
		'what', CASE WHEN p.n > 0 THEN 'promised' END)),
	    greatest(g.n, coalesce(p.missed, 0))::numeric, g.n::bigint,
	    jsonb_strip_nulls(jsonb_build_object('n', g.n,
		'promises', p.n, 'missed', p.missed,
		'values_vi', v.vi, 'values_en', v.en)),
	    jsonb_build_object('page', 'statements', 'args',
		jsonb_build_object('about', g.about)), NULL::float8
	FROM g
	LEFT JOIN p ON p.key = g.kind
	CROSS JOIN LATERAL (SELECT string_agg(desk.advice_value(x->>'value',
		    x->>'unit', 'vi'), ' / ' ORDER BY o) AS vi,
		string_agg(desk.advice_value(x->>'value', x->>'unit', 'en'),
		    ' / ' ORDER BY o) AS en
	    FROM jsonb_array_elements(g.said) WITH ORDINALITY y(x, o)) v
	UNION ALL
	SELECT 'overdue', '{}', count(*)::numeric, count(*),
	    jsonb_build_object('n', count(*), 'days', max((o->>'days')::int)),
	    '{"page":"statements","args":{}}', NULL
	FROM jsonb_array_elements(desk.statements_overdue()) o
	HAVING count(*) > 0;
END;
$$;

-- Segments of which fewer order than did, while others go on
-- (churn_segments()): so many fewer, worth so much a year.
CREATE OR REPLACE FUNCTION desk.advice_churn()
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb, chance float8)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'churn', jsonb_strip_nulls(jsonb_build_object('name', s.segment,
		'segment', s.segment, 'vi', g.body->>'title',
		'en', g.body->>'title')),
	    s.lost, s.now_n + s.before_n, jsonb_strip_nulls(jsonb_build_object(
		'n', s.now_n + s.before_n, 'now', s.now_n,
		'before', s.before_n, 'expected', round(s.expected, 1),
		'ratio', round(100 * s.ratio, 1), 'low', round(100 * s.low, 1),
		'high', round(100 * s.high, 1), 'value', round(s.value))),
	    jsonb_build_object('page', 'retention', 'args',
		jsonb_build_object('segment', s.segment)), s.chance
	FROM desk.churn_segments() s
	LEFT JOIN desk.segment g ON g.name = s.segment
	WHERE s.segment <> '' AND s.chance IS NOT NULL;
END;
$$;

-- CX.ADVICE: the biggest impact first; to: where its cases or answers are.
CREATE OR REPLACE FUNCTION desk.cx_advice(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	span	record;
	said	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	PERFORM desk.department_asked(args);
	span := desk.cx_span(args);
	WITH looked AS MATERIALIZED (
	    SELECT * FROM desk.advice_weak(span.since, span.until)
	    UNION ALL
	    SELECT * FROM desk.advice_promises(span.since, span.until)
	    UNION ALL
	    SELECT * FROM desk.advice_friction(span.since, span.until)
	    UNION ALL
	    SELECT * FROM desk.advice_pingpong(span.since, span.until)
	    UNION ALL
	    SELECT * FROM desk.advice_crisis(span.since, span.until)
	    UNION ALL
	    SELECT * FROM desk.advice_heard()
	    UNION ALL
	    SELECT * FROM desk.advice_said(span.since, span.until)
	    UNION ALL
	    SELECT * FROM desk.advice_churn()
	), carried AS (
	    -- However much a desk has to look at: where nothing is to be found, one
	    -- report in a hundred says something.
	    SELECT desk.believed(array_agg(l.chance), 0.01) AS upto FROM looked l
	)
	SELECT coalesce(jsonb_agg(jsonb_build_object('kind', x.kind,
	    'about', x.about, 'impact', round(x.impact, 2), 'n', x.n,
	    'figures', x.figures, 'to', x.link)
	    || desk.cx_advice_words(coalesce(x.about->>'what', x.kind),
		x.about, x.figures)
	    ORDER BY x.impact DESC, x.kind, x.about::text COLLATE "C"), '[]')
	INTO said
	FROM (SELECT a.* FROM looked a CROSS JOIN carried c
	    WHERE (a.chance IS NULL OR a.chance <= c.upto) AND a.impact > 0
		AND (NOT args ? 'department'
		    OR a.about->>'department' = args->>'department')
	    ORDER BY a.impact DESC, a.kind, a.about::text COLLATE "C"
	    LIMIT coalesce((args->>'limit')::int, 20)) x;
	RETURN jsonb_build_object('from', span.since, 'to', span.until - 1,
	    'advice', said);
END;
$$;
