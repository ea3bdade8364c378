-- Advice: each kind where it is, none where the numbers do not carry it, in one
-- order, in both languages.
BEGIN;
\ir fixture.psql
SELECT plan(42);
SELECT is(desk.advice_number(x.v, x.lang), x.want, x.want) FROM (VALUES
    (-4.25, 'vi', '−4,3'), (10.0, 'en', '10'), (3.14, 'en', '3.1'))
    x(v, lang, want);
-- By hand: 30 of 40 against 10 of 100 others; 1 of 10 against 10 of 100.
SELECT is(round(x.more, 4) || ' ' || (x.chance < 1e-9), '26.0000 true',
    'forty times 0.75 less 0.1') FROM desk.advice_excess(30, 40, 40, 140) x;
SELECT is((SELECT x.chance FROM desk.advice_excess(1, 10, 11, 110) x), 1::float8,
    'as all others');
SELECT is((SELECT x.chance FROM desk.advice_excess(1, 1, 1, 101) x), 1::float8,
    'one says little');
SELECT is((SELECT x.chance FROM desk.advice_excess(110, 1000, 10110, 101000) x),
    1::float8, 'a tenth more often is not worth a word, however sure');
SELECT is((SELECT x.more FROM desk.advice_excess(5, 5, 5, 5) x), NULL,
    'nobody to compare with');
-- What has a chance of 1 in 1,000, 1 in 100, 1 in 40 by the tables.
SELECT is(string_agg(round(desk.normal_tail(z)::numeric, 6)::text, ' '
    ORDER BY z), '0.158655 0.025000 0.010000 0.001000 0.000000',
    'the normal distribution')
FROM unnest('{1,1.959964,2.326348,3.090232,8}'::numeric[]) z;
-- Of the tea-taster: 3 or 4 of 4 right, of 8; and what no table holds.
SELECT is(round(desk.fisher_tail(3, 4, 4, 8)::numeric, 6), 0.242857,
    '17 of 70 ways');
SELECT is(array_agg(desk.fisher_tail(k, 40, 40, 80) ORDER BY k)
    FILTER (WHERE k IN (0, 41)), '{1,0}', 'all, and none')
FROM generate_series(0, 41) k;
SELECT is(round(sum(desk.fisher_tail(k, 30, 20, 70))::numeric, 9),
    round(30 * 20 / 70.0, 9), 'its tails add up to the mean')
FROM generate_series(1, 20) k;
SELECT cmp_ok(desk.fisher_tail(300000, 400000, 400000, 1000000), '<', 1e-200::float8,
    'of a million, quickly');
SELECT is(desk.normal_tail(-1) + desk.normal_tail(1), 1::float8, 'both sides');
-- By hand: of four looks 0.0125, 0.025, 0.0375 and 0.05 are the steps.
SELECT is(array_agg(desk.believed(p::float8[], 0.05) ORDER BY n),
    '{0.024,0.0374,NULL,NULL}', 'how many looks there were')
FROM (VALUES (1, '{0.9,0.024,0.001,0.2}'), (2, '{0.9,0.0374,0.03,0.032}'),
    (3, '{0.013,0.9,0.9,0.9}'), (4, '{}')) v(n, p);
-- Where nothing is there, a hundred looks find something in one of a hundred
-- reports: of a thousand reports of a hundred even chances each 1 to 25.
SELECT setseed(0.42);
SELECT cmp_ok((SELECT count(*) FROM (SELECT desk.believed(array_agg(
	random()), 0.01) AS p FROM generate_series(1, 100000) i
    GROUP BY i / 100) x WHERE x.p IS NOT NULL), '<', 26::bigint,
    'no report finds what is not there');
CREATE FUNCTION pg_temp.advice(more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask('sup', 'cx_advice', '{"from":"2025-01-01",
	    "to":"2025-01-31"}' || more)->'advice'
$$;
CREATE FUNCTION pg_temp.said(measure text, of text, day int, value int,
    times int, spot text DEFAULT '') RETURNS void LANGUAGE sql AS $$
	SELECT desk.measure(measure, of, '2025-01-01T05:00Z'::timestamptz
	    + make_interval(days => day - 1), 0, 0, 'mail', '', spot, value,
	    times)
$$;
SELECT is(pg_temp.advice(), '[]', 'nothing known, nothing said');
SELECT pg_temp.said('promise', 'delivery/cham', 3, 1, 10),
    pg_temp.said('promise', 'delivery/cham', 3, 0, 30),
    pg_temp.said('promise', 'delivery/nhanh', 3, 1, 990),
    pg_temp.said('promise', 'delivery/nhanh', 3, 0, 10),
    pg_temp.said('promise', 'callback', 3, 0, 1),
    pg_temp.said('promise', 'refund', 3, 0, 40);
SELECT is((SELECT string_agg(concat_ws(' ', a->>'kind', a->'about'->>'name',
    a->>'impact'), ', ' ORDER BY n) FROM jsonb_array_elements(
    pg_temp.advice()) WITH ORDINALITY x(a, n)),
    'promises refund 36.00, late cham 29.60',
    'a slow carrier, a broken kind; not one broken call');
SELECT is(pg_temp.advice()->1->>'vi', 'Xem lại hãng cham: giữ hẹn 25% của 40 '
    'đơn, các hãng khác 99%.', 'in Vietnamese');
SELECT is(pg_temp.advice()->0->>'en', 'Keep promises of "refunds": 0% of 40 '
    'were kept, 90% are wanted.', 'in English');
SELECT is(jsonb_array_length(pg_temp.advice('{"limit":1}')), 1, 'so many');
SELECT is(pg_temp.advice('{"department":"sales"}'), '[]', 'none of a queue');
-- A desk's first day, however many are upset, is not told from any other.
SAVEPOINT first_day;
SELECT pg_temp.said('mood', '', 31, v, 40) FROM unnest('{-1,1}'::int[]) v;
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.advice()) a
    WHERE a->>'kind' = 'crisis'), 0::bigint, 'a first day');
SELECT pg_temp.said('mood', '', 26, 1, 40);
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.advice()) a
    WHERE a->>'kind' = 'crisis'), 0::bigint, 'nor a sixth');
SELECT pg_temp.said('mood', '', 25, 1, 40);
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.advice()) a
    WHERE a->>'kind' = 'crisis'), 1::bigint, 'after six calm days it is');
ROLLBACK TO first_day;
-- A day of anger among calm ones.
SELECT pg_temp.said('mood', '', d, -1, 2) FROM generate_series(1, 31) d;
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.advice()) a
    WHERE a->>'kind' = 'crisis'), 0::bigint, 'calm');
SELECT pg_temp.said('mood', '', 9, -1, 40);
SELECT is(pg_temp.advice()->0->>'vi', 'Xem ngày 09/01/2025: 42 tin bực mình, '
    'thường 2.', 'a day of crisis');
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.advice()) a
    WHERE (a->>'vi') || (a->>'en') ~ '[{}]'), 0::bigint, 'nothing unfilled');
-- Of 20 hand-overs 15 came back, of the other way 4 of 8: one piece of advice.
SELECT id AS sales FROM desk.queue WHERE name = 'sales' \gset
SELECT id AS shipping FROM desk.queue WHERE name = 'shipping' \gset
SELECT desk.measure('handoff', w.target, '2025-01-05T05:00Z', w.source, 0,
    'mail', '', '', w.value, w.n)
FROM (VALUES ('shipping', :sales, 3, 15), ('shipping', :sales, 1, 5),
    ('sales', :shipping, 3, 4), ('sales', :shipping, 1, 4))
    w(target, source, value, n);
SELECT is((SELECT jsonb_agg(a->'en') FROM jsonb_array_elements(
    pg_temp.advice()) a WHERE a->>'kind' = 'pingpong'), '["Settle what is '
    'Bán hàng''s and what Giao hàng''s: 15 of 20 hand-overs came back."]',
    'a department that sends back');
SELECT is(jsonb_array_length(pg_temp.advice('{"department":"sales"}')), 1,
    'which is of its department');
SELECT pg_temp.refused('an', 'cx_advice', '{}', 'DENIED', 'not an agent''s');
SELECT is(desk.cx_advice_words('unanswered', '{}', '{"n":50,"days":7}')->>'en',
    'Answer 50 pieces of feedback that have waited over 7 days.',
    'what is about nobody by name has its sentence, too');
-- What waits is told of each department, and of what is none's.
SAVEPOINT waits;
INSERT INTO desk.feedback (kind, queue, at)
SELECT 'note', q, now() - interval '5 days'
FROM unnest(ARRAY[:sales, :sales, :shipping, :shipping, 0]) q;
SELECT desk.measure('closed', '', f.at, f.queue, 0, '', '', '', 0, 1)
FROM desk.feedback f;
SELECT is((SELECT string_agg((a->>'vi') || (a->'to'->'args')::text, ' '
	ORDER BY a->>'vi' COLLATE "C") FROM jsonb_array_elements(
	pg_temp.advice()) a WHERE a->>'kind' = 'unanswered'),
    'Trả lời 1 góp ý đã chờ hơn 2 ngày.{} '
    'Trả lời 2 góp ý ở "Bán hàng" đã chờ hơn 2 ngày.{"queue": "sales"} '
    'Trả lời 2 góp ý ở "Giao hàng" đã chờ hơn 2 ngày.{"queue": "shipping"}',
    'feedback that waits, by department');
ROLLBACK TO waits;

-- Two places say otherwise of deliveries, of which 60 came late; three of a thing
-- that is no promise; one is to be looked at again.
SELECT pg_temp.ask('sup', 'statement_add', jsonb_strip_nulls(
    jsonb_build_object('about', x.about, 'place', x.place, 'value', x.value,
    'unit', x.unit, 'kind', x.kind)))
FROM (VALUES ('Giao hàng', 'website', '3', 'days', 'delivery'),
    ('Giao hàng', 'policy', '5-7', 'days', 'delivery'),
    ('Đổi trả miễn phí', 'website', 'yes', 'yesno', NULL),
    ('Đổi trả miễn phí', 'policy', 'no', 'yesno', NULL),
    ('Đổi trả miễn phí', 'script', 'no', 'yesno', NULL))
    x(about, place, value, unit, kind);
SELECT is((SELECT string_agg(concat_ws(' ', a->>'impact', a->>'n', a->>'vi',
    a->'to'->'args'->>'about'), '; ' ORDER BY n)
    FROM jsonb_array_elements(pg_temp.advice()) WITH ORDINALITY x(a, n)
    WHERE a->>'kind' = 'contradiction'),
    '40.00 2 Nói thống nhất về "Giao hàng": 2 chỗ đang nói 3 ngày / 5-7 ngày; '
    '40 trong 1040 lời hứa loại này không giữ được. Giao hàng; '
    '3.00 3 Nói thống nhất về "Đổi trả miễn phí": 3 chỗ đang nói không / có. '
    'Đổi trả miễn phí', 'what is said in two ways, by what that costs');
SELECT is((SELECT string_agg(a->>'en', '; ' ORDER BY n)
    FROM jsonb_array_elements(pg_temp.advice()) WITH ORDINALITY x(a, n)
    WHERE a->>'kind' = 'contradiction'), 'Say one thing of "Giao hàng": 2 '
    'places say 3 days / 5-7 days; 40 of 1040 such promises were not kept.; '
    'Say one thing of "Đổi trả miễn phí": 3 places say no / yes.',
    'in English');
UPDATE desk.statement SET review_at = now() - interval '12 days 1 hour'
WHERE place = 'script';
SELECT is((SELECT a->>'vi' FROM jsonb_array_elements(pg_temp.advice()) a
    WHERE a->>'kind' = 'overdue'),
    'Xem lại 1 điều đã nói: quá hạn xem lại, lâu nhất 12 ngày.',
    'what nobody looked at');
UPDATE desk.statement SET ended_at = now();
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.advice()) a
    WHERE a->>'kind' IN ('contradiction', 'overdue')), 0::bigint,
    'until nobody says it any more');
-- Of si 8 ordered, before them 40; of all others 120 and 150.
UPDATE desk.retention_mark SET tested_at = began_at;
INSERT INTO desk.churn_segment (round, segment, now_n, before_n, year_n, worth)
SELECT m.began_at, x.* FROM desk.retention_mark m, (VALUES
    ('si', 8, 40, 80, 800000), ('le', 100, 120, 300, 100), ('', 20, 30, 70, 0))
    x(segment, now_n, before_n, year_n, worth);
SELECT is((SELECT concat_ws('; ', a->>'vi', a->'impact', a->'figures'->>'value',
    a->'to'->'args'->>'segment')
    FROM jsonb_array_elements(pg_temp.advice()) a WHERE a->>'kind' = 'churn'),
    'Giữ khách nhóm "si": 8 khách mua trong 90 ngày qua, 90 ngày trước đó 40; '
    'theo các nhóm khác phải là 32.; 24.00; 240000; si', 'a segment that leaves');
-- By hand: 8.5 times 150.5 by 40.5 times 120.5, and e to the 0.777.
SELECT is(pg_temp.ask('sup', 'retention_churn', '{}')->'segments',
    '[{"segment":"si","now":8,"before":40,"expected":32.0,"ratio":26.2,
	"low":12.0,"high":57.0,"leaves":true,"lost":24.0,"value":240000},
      {"segment":"le","now":100,"before":120,"expected":48.0,"ratio":206.3,
	"low":124.0,"high":343.3}]', 'beside all others');
UPDATE desk.churn_segment SET now_n = 25 WHERE segment = 'si';
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.advice()) a
    WHERE a->>'kind' = 'churn'), 0::bigint, 'nearly as others do: nothing to say');
-- Three in a hundred say the same again wherever they are answered; of an
-- advertisement nobody is, which makes nobody worse than it.
SELECT desk.measure('handoff', w.target, '2025-01-05T05:00Z', w.source, 0,
    'mail', '', '', w.value, w.n)
FROM (VALUES ('shipping', :sales, 3, -15), ('sales', :shipping, 3, -4))
    w(target, source, value, n);
INSERT INTO desk.friction_day
SELECT 'm', 'queue', '2025-01-01', x.name, '', x.cases, x.again, x.again, 0, 0,
    0, 0, 0, 0, 0, 0, x.answered
FROM (VALUES ('sales', 3000, 3000, 90), ('shipping', 1000, 1000, 30),
    ('ads', 2500, 0, 0)) x(name, cases, answered, again);
CREATE FUNCTION pg_temp.again() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(a->>'en', ' ' ORDER BY n) FROM jsonb_array_elements(
	    pg_temp.advice()) WITH ORDINALITY x(a, n)
	WHERE a->>'kind' = 'friction'
$$;
SELECT is(pg_temp.again(), NULL, 'no place is worse than where nobody answers');
UPDATE desk.friction_day d SET repeated_in = 100 WHERE d.name = 'shipping';
SELECT is(pg_temp.again(), 'Spare customers saying it again at "Giao hàng": '
    '10% of 1000 cases answered there, elsewhere 3%.', 'but than another');
SELECT * FROM finish();
ROLLBACK;
