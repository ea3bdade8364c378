-- CX.ADVICE: what to do first.  Each kind of advice finds what the numbers carry
-- (an interval leaves out what would make it nothing), and says what it costs in
-- contacts that went worse than they should have: that is its impact, by which
-- kinds are told apart.

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
		    'Đừng để khách nói lại ở "{name}": {share}% của {n} hồ sơ, nơi khác {rest}%.',
		    'Spare customers saying it again at "{name}": {share}% of {n} cases, elsewhere {rest}%.'),
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
		('crisis',
		    'Xem ngày {day}: {n} tin bực mình, thường {usual}.',
		    'See what happened on {day}: {n} upset messages, usually {usual}.'))
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

-- Whether a share (k of n) is less (sign -1) or more (1) than that of all the
-- others (all in all: others of total), by Newcombe's method 10, its distances
-- stretched from 95 to 99.9 %, for many places are looked at: how many that
-- is in all; NULL where the numbers do not carry it, and where it happened to
-- fewer than five.
CREATE OR REPLACE FUNCTION desk.advice_excess(k numeric, n numeric,
    others numeric, total numeric, sign int)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	RETURN (SELECT CASE WHEN d.d - 3.29 / 1.96 * sqrt(CASE WHEN sign > 0
		THEN (p.p - a.low) ^ 2 + (b.high - q.q) ^ 2
		ELSE (a.high - p.p) ^ 2 + (q.q - b.low) ^ 2 END) > 0
	    THEN n * d.d END
	FROM desk.wilson(k, n) a, desk.wilson(others - k, total - n) b,
	    (SELECT k / nullif(n, 0) AS p) p,
	    (SELECT (others - k) / nullif(total - n, 0) AS q) q,
	    LATERAL (SELECT sign * (p.p - q.q) AS d) d
	WHERE n > 0 AND total > n
	    AND CASE WHEN sign > 0 THEN k ELSE n - k END >= 5);
END;
$$;

-- What the advice of each kind is made of: rows of (kind, about, impact, n,
-- figures, to).
CREATE OR REPLACE FUNCTION desk.advice_weak(since date, until date)
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb)
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
		'measure', (s.touchpoint).measure, 'by', 'touchpoint'))
	FROM desk.touchpoint_states(since, until, NULL) s
	WHERE s.state = 'weak';
END;
$$;

-- Carriers that keep less than all the others, and kinds of promises of which
-- fewer than nine in ten are kept.
CREATE OR REPLACE FUNCTION desk.advice_promises(since date, until date)
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb)
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
	    '{"page":"promises","args":{"view":"ended"}}'::jsonb
	FROM c, t, LATERAL desk.advice_excess(c.k, c.n, t.k, t.n, -1) x(more)
	WHERE x.more IS NOT NULL
	UNION ALL
	SELECT 'promises', jsonb_build_object('name', k.key, 'kind', k.key),
	    k.n * 0.9 - k.k, k.n::bigint, jsonb_build_object('n', k.n,
		'kept', round(100 * k.k / k.n, 1), 'target', 90,
		'vi', coalesce(v.vi, k.key), 'en', coalesce(v.many, k.key)),
	    '{"page":"promises","args":{"view":"ended"}}'
	FROM (SELECT l.key,
		coalesce(sum(l.n) FILTER (WHERE l.value = 1), 0) AS k,
		sum(l.n) AS n
	    FROM desk.promise_lines('promise', since, until, 'kind', '{}') l
	    GROUP BY 1) k
	CROSS JOIN LATERAL desk.wilson(k.k, k.n) w
	LEFT JOIN desk.promise_words() v ON v.kind = k.key
	WHERE w.high < 0.9 AND k.n - k.k >= 5;
END;
$$;

-- Touchpoints (queues, while there are none) with more trouble than all others.
CREATE OR REPLACE FUNCTION desk.advice_friction(since date, until date)
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
DECLARE
	per	text := CASE WHEN EXISTS (SELECT FROM desk.touchpoint)
		    THEN 'touchpoint' ELSE 'queue' END;
BEGIN
	RETURN QUERY
	WITH d AS (
	    SELECT f.name, sum(f.cases) AS n, x.what, sum(x.hit) AS k
	    FROM desk.friction_rows(per, since, until) f
	    CROSS JOIN LATERAL (VALUES ('repeated', f.repeated_in),
		('transfers', f.transfers_in), ('reopens', f.reopens_in),
		('switches', f.switches_in), ('waits', f.waits_in))
		x(what, hit)
	    GROUP BY f.name, x.what HAVING sum(f.cases) > 0
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
		'what', d.what, 'by', per, 'name', d.name))
	FROM d JOIN t USING (what)
	CROSS JOIN LATERAL desk.advice_excess(d.k, d.n, t.k, t.n, 1) x(more)
	LEFT JOIN desk.touchpoint p ON per = 'touchpoint' AND p.name = d.name
	LEFT JOIN desk.queue q ON per = 'queue' AND q.name = d.name
	WHERE x.more IS NOT NULL;
END;
$$;

-- Two departments between which more than a quarter of the hand-overs came back,
-- and of one in ten of the cases there: the worse way of the two.
CREATE OR REPLACE FUNCTION desk.advice_pingpong(since date, until date)
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT DISTINCT ON (least(l.source, l.target),
	    greatest(l.source, l.target)) 'pingpong',
	    jsonb_build_object('name', l.source || ' → ' || l.target,
		'department', l.source, 'with', l.target),
	    l.back::numeric, l.n, jsonb_build_object('n', l.n,
		'back', l.back, 'low', round(100 * w.low, 1),
		'high', round(100 * w.high, 1),
		'source', coalesce(q.title, q.name),
		'target', coalesce(r.title, r.name)),
	    '{"page":"journey","args":{}}'::jsonb
	FROM desk.handoff_links(since, until, NULL) l
	CROSS JOIN LATERAL desk.wilson(l.back, l.n) w
	JOIN desk.queue q ON q.name = l.source
	JOIN desk.queue r ON r.name = l.target
	WHERE w.low > 0.25 AND l.back >= 5
	    AND l.back > 0.1 * coalesce((SELECT sum(f.cases)
		FROM desk.friction_rows('queue', since, until) f
		WHERE f.name = l.source), 0)
	ORDER BY least(l.source, l.target), greatest(l.source, l.target),
	    l.back DESC, l.source;
END;
$$;

-- Themes that rise now; feedback that waits; days on which far more were upset
-- than on the middle one (by chance less than once in 10,000 days).
CREATE OR REPLACE FUNCTION desk.advice_heard(since date, until date)
RETURNS TABLE (kind text, about jsonb, impact numeric, n bigint,
    figures jsonb, link jsonb)
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
		jsonb_build_object('theme', t.name))
	FROM desk.theme_rise r JOIN desk.theme t ON t.name = r.theme
	WHERE r.ended_at IS NULL
	UNION ALL
	SELECT 'unanswered', jsonb_strip_nulls(jsonb_build_object(
		'department', q.name)),
	    f.n::numeric, f.n, jsonb_build_object('n', f.n, 'days', 2),
	    '{"page":"feedback","args":{"state":"unanswered"}}'
	FROM (SELECT f.queue, count(*) AS n FROM desk.feedback f
	    WHERE f.answered_at IS NULL AND f.at < now() - interval '2 days'
	    GROUP BY 1) f
	LEFT JOIN desk.queue q ON q.id = f.queue
	UNION ALL
	SELECT 'crisis', jsonb_build_object('name', d.key, 'day', d.key),
	    d.n - u.usual, d.n, jsonb_build_object('n', d.n,
		'usual', round(u.usual, 1),
		'day', to_char(d.key::date, 'DD/MM/YYYY')),
	    jsonb_build_object('page', 'themes', 'args',
		jsonb_build_object('from', d.key, 'to', d.key))
	FROM (SELECT l.key, (l.counts->>'-1')::bigint AS n
	    FROM desk.cx_lines('mood', NULL, since, until, 'day', '{}') l
	    WHERE l.counts ? '-1' AND until - since <= 400) d
	CROSS JOIN (SELECT percentile_cont(0.5) WITHIN GROUP (
		ORDER BY coalesce((l.counts->>'-1')::bigint, 0))::numeric
		AS usual
	    FROM generate_series(since, until - 1, interval '1 day') g(day)
	    LEFT JOIN desk.cx_lines('mood', NULL, since, until, 'day', '{}') l
		ON l.key = g.day::date::text) u
	WHERE d.n >= 10 AND d.n > u.usual + 4 * sqrt(greatest(u.usual, 1));
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
	span := desk.cx_span(args);
	SELECT coalesce(jsonb_agg(jsonb_build_object('kind', x.kind,
	    'about', x.about, 'impact', round(x.impact, 2), 'n', x.n,
	    'figures', x.figures, 'to', x.link)
	    || desk.cx_advice_words(coalesce(x.about->>'what', x.kind),
		x.about, x.figures)
	    ORDER BY x.impact DESC, x.kind, x.about::text COLLATE "C"), '[]')
	INTO said
	FROM (SELECT a.* FROM (
		SELECT * FROM desk.advice_weak(span.since, span.until)
		UNION ALL
		SELECT * FROM desk.advice_promises(span.since, span.until)
		UNION ALL
		SELECT * FROM desk.advice_friction(span.since, span.until)
		UNION ALL
		SELECT * FROM desk.advice_pingpong(span.since, span.until)
		UNION ALL
		SELECT * FROM desk.advice_heard(span.since, span.until)) a
	    WHERE a.impact > 0 AND (NOT args ? 'department'
		OR a.about->>'department' = args->>'department')
	    ORDER BY a.impact DESC, a.kind, a.about::text COLLATE "C"
	    LIMIT coalesce((args->>'limit')::int, 20)) x;
	RETURN jsonb_build_object('from', span.since, 'to', span.until - 1,
	    'advice', said);
END;
$$;
