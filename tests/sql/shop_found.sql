-- A synthetic shop (../shop/): the reports find what is planted in it, and in the
-- same shop with nothing planted, nothing; what they count is what there was.
BEGIN;
SET client_min_messages = warning;
\ir ../shop/make.psql
\ir ../shop/find.psql
SELECT shop.make(3, 1000, false) AS events \gset
SELECT shop.settle();
SELECT coalesce(string_agg(f, ', ' ORDER BY f), 'nothing') AS plain
FROM shop.found() f \gset
ROLLBACK;

BEGIN;
SET client_min_messages = warning;
\ir ../shop/make.psql
\ir ../shop/find.psql
SELECT plan(21);
SELECT shop.make(3, 1000, true) AS events \gset
SELECT shop.settle();

-- Each draw whatever the others are: Pearson's test of any two purposes of one
-- thing, by quarters (9 degrees of freedom: over 45 once in a million).
WITH u AS MATERIALIZED (
    SELECT n, w, floor(4 * shop.u(3, n, w)) AS q
    FROM generate_series(4, 2003) n, generate_series(9, 24) w
), c AS (
    SELECT sum((x.n - 125) ^ 2 / 125) AS chi
    FROM (SELECT a.w, b.w AS v, count(*) AS n
	FROM u a JOIN u b ON b.n = a.n AND b.w > a.w
	GROUP BY a.w, b.w, a.q, b.q) x
    GROUP BY x.w, x.v
)
SELECT ok(count(*) = 120 AND max(c.chi) < 45, 'no draw hangs on another')
FROM c;
SELECT is(:'plain'::text, 'nothing', 'where nothing is planted, nothing is found');
SELECT cmp_ok(:events, '>', 5000, 'in a year of some thousand events');
SELECT is(string_agg(f, ', ' ORDER BY f), 'churn si, down si, late Rùa Express, '
    || 'leaves si, more gia-cao, more ro-nuoc, rises ro-nuoc, sad doi-tra, '
    || 'up tu-van, weak doi-tra', 'what is planted is found, and no more')
FROM (SELECT * FROM shop.found() EXCEPT SELECT * FROM shop.found_acts()) f(f);
\if :acts
SELECT is(string_agg(f, ', ' ORDER BY f), 'advice churn si, advice contradiction Giao hàng, advice crisis, '
    || 'advice friction repeated bao-hanh, advice late Rùa Express, '
    || 'advice pingpong technical → returns, advice promises delivery, advice theme ro-nuoc, advice weak doi-tra, '
    || 'better tu-van, ' || CASE WHEN to_regproc('desk.statement_list')
	IS NOT NULL THEN 'contradicts Giao hàng, ' ELSE '' END || 'costs doi-tra, '
    || 'pingpong returns, pingpong technical, repeats bao-hanh',
    'and what to do about it is said')
FROM shop.found_acts() f
-- Cases that came there from the other department, with their customers.
WHERE f NOT IN ('advice friction repeated doi-tra', 'repeats doi-tra');
\else
SELECT pass('a desk without advice');
\endif

SELECT is_empty('SELECT desk.worth_differs()', 'worth as orders have it');
SELECT is_empty('SELECT desk.friction_differs()', 'trouble as cases have it');

-- Figures against what was made, not against what was kept of it.
SELECT shop.days(366, 0) AS year \gset
SELECT results_eq($$
    SELECT p->>'name', (p->>'n')::bigint
    FROM jsonb_array_elements(desk.journey_map(shop.caller(),
	shop.days(366, 0))->'stages') s, jsonb_array_elements(s->'touchpoints') p
    ORDER BY 1
$$, $$
    SELECT x.place, count(*)
    FROM (SELECT CASE WHEN h.kind = 'order' THEN CASE h.part WHEN 10
		THEN 'dat-hang' ELSE 'giao-hang' END
	    WHEN h.channel = 'social' THEN 'quang-cao' ELSE CASE last_value(
		h.queue) OVER (PARTITION BY h.ticket ORDER BY h.id
		RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
		WHEN 'sales' THEN 'tu-van' WHEN 'technical' THEN 'bao-hanh'
		ELSE 'doi-tra' END END AS place, h.way
	FROM shop.happening h
	UNION ALL
	SELECT a.touchpoint, 'in' FROM shop.answer a WHERE a.at IS NOT NULL) x
    WHERE x.way = 'in'
    GROUP BY 1 ORDER BY 1
$$, 'steps at each touchpoint');
SELECT is((SELECT (s->>'reached')::bigint FROM jsonb_array_elements(
	desk.journey_map(shop.caller(), :'year')->'stages') s
    WHERE s->>'name' = 'purchase'),
    (SELECT count(DISTINCT s.person) FROM shop.story s WHERE s.bought),
    'who came to buy');
SELECT is((SELECT sum((s->>'here')::bigint) FROM jsonb_array_elements(
	desk.journey_map(shop.caller(), :'year')->'stages') s),
    (SELECT count(DISTINCT s.person)::numeric FROM shop.story s),
    'everybody is somewhere');
SELECT is((SELECT sum((s->>'stuck')::bigint) FROM jsonb_array_elements(
	desk.journey_map(shop.caller(), :'year')->'stages') s),
    (SELECT count(*)::numeric FROM (SELECT max(x.at) FROM (
	SELECT s.person, h.at FROM shop.happening h
	JOIN shop.story s ON s.n = h.story WHERE h.way = 'in'
	UNION ALL SELECT s.person, a.at FROM shop.answer a
	JOIN shop.story s ON s.n = a.story WHERE a.at IS NOT NULL) x
	GROUP BY x.person HAVING max(x.at) < now() - interval '14 days') y),
    'who was not heard of for a fortnight');
SELECT is((SELECT array_agg((r->>'n')::bigint ORDER BY r->>'touchpoint')
    FROM jsonb_array_elements(desk.journey_matrix(shop.caller(), :'year')
	->'rows') r WHERE r->>'touchpoint' IN ('dat-hang', 'quang-cao')),
    ARRAY[(SELECT count(*) FROM shop.story s WHERE s.bought),
	(SELECT count(*) FROM shop.story s WHERE s.channel = 'social')],
    'each order is a visit, and each comment on an advertisement');
SELECT is(desk.journey_next(shop.caller(), :'year'::jsonb || jsonb_build_object(
	'touchpoint', 'quang-cao'))->'next'->0->>'touchpoint', 'tu-van',
    'whoever saw an advertisement is advised next');
SELECT is((SELECT array_agg(ARRAY[(r->>'n')::bigint, (r->>'late')::bigint]
	ORDER BY r->>'key')
    FROM jsonb_array_elements(desk.promise_gap(shop.caller(), :'year'::jsonb
	|| '{"by":"carrier"}')->'rows') r),
    (SELECT array_agg(ARRAY[x.n, x.late] ORDER BY x.carrier)
    FROM (SELECT s.carrier, count(*) AS n, count(*) FILTER (WHERE s.gap > 0)
	    AS late
	FROM shop.story s WHERE s.bought GROUP BY 1) x),
    'parcels and late ones by carrier');
SELECT is((SELECT sum(k.value::bigint * (k.key)::int) FROM jsonb_each_text(
	desk.cx_scores(shop.caller(), :'year'::jsonb || '{"measure":"nps"}')
	->'total'->'counts') k),
    (SELECT sum(a.score)::numeric FROM shop.answer a
    WHERE a.survey = 'sau-giao' AND a.at IS NOT NULL), 'every mark');
SELECT is((desk.cx_scores(shop.caller(), :'year'::jsonb
	|| '{"measure":"csat"}')->'total'->'rate') - '{share,low,high}'::text[],
    (SELECT jsonb_build_object('invited', count(*), 'answered',
	count(a.at)) FROM shop.answer a WHERE a.survey = 'sau-ho-tro'),
    'asked and answered');
WITH RECURSIVE p(page) AS (
    SELECT desk.cx_answers(shop.caller(), :'year'::jsonb
	|| '{"measure":"csat","touchpoint":"doi-tra","limit":20}')
    UNION ALL
    SELECT desk.cx_answers(shop.caller(), :'year'::jsonb
	|| '{"measure":"csat","touchpoint":"doi-tra","limit":20}'
	|| jsonb_build_object('after', p.page->'next'))
    FROM p WHERE p.page ? 'next'
)
SELECT is(array[count(*), count(DISTINCT a->'response')], (SELECT
    ARRAY[count(*), count(*)] FROM shop.answer x
    WHERE x.touchpoint = 'doi-tra' AND x.at IS NOT NULL),
    'the answers behind the weak touchpoint, each once')
FROM p, jsonb_array_elements(p.page->'answers') a;
SELECT is((desk.feedback_list(shop.caller(), '{"state":"unanswered"}')
    ->>'total')::bigint, (SELECT count(*) FROM shop.answer a
    WHERE a.at IS NOT NULL AND shop.u(3, a.n, 303) >= 0.9),
    'what nobody answered');
SELECT is((SELECT (g->>'size')::bigint FROM jsonb_array_elements(
	desk.segment_list(shop.caller(), '{}')->'segments') g
    WHERE g->>'segment' = 'quen'),
    (SELECT count(*) FROM (SELECT s.person FROM shop.story s WHERE s.bought
	GROUP BY 1 HAVING count(*) > 1) x), 'who ordered more than once');
SELECT is((SELECT (t->>'n')::bigint FROM jsonb_array_elements(desk.theme_list(
	shop.caller(), jsonb_build_object('from', desk.rfc3339(now()
	- interval '367 days')))->'themes') t WHERE t->>'theme' = 'sai-mau'),
    (SELECT count(*) FROM shop.happening h
    WHERE h.facts->'themes' ? 'sai-mau'), 'a theme, over the year');
SELECT is((SELECT count(*) FROM desk.mood m WHERE m.value = -1),
    (SELECT sum(k.value::bigint)::bigint FROM jsonb_each_text(
	desk.cx_scores(shop.caller(), :'year'::jsonb || '{"measure":"mood"}')
	->'total'->'counts') k WHERE k.key = '-1'), 'who was unhappy');
SELECT * FROM finish();
ROLLBACK;
