-- Advice: each kind where it is, none where the numbers do not carry it, in one
-- order, in both languages.
BEGIN;
\ir fixture.psql
SELECT plan(20);
SELECT is(desk.advice_number(x.v, x.lang), x.want, x.want) FROM (VALUES
    (-4.25, 'vi', '−4,3'), (10.0, 'en', '10'), (3.14, 'en', '3.1'))
    x(v, lang, want);
-- By hand: 10 of 40 against 90 of 100 others; 9 of 10 against 90 of 100.
SELECT is(round(desk.advice_excess(10, 40, 100, 140, -1), 4), 26.0,
    'forty times 0.9 less 0.25');
SELECT is(desk.advice_excess(9, 10, 99, 110, -1), NULL, 'as all others');
SELECT is(desk.advice_excess(0, 1, 100, 101, -1), NULL, 'one says little');
SELECT is(desk.advice_excess(5, 5, 5, 5, 1), NULL, 'nobody to compare with');
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
SELECT * FROM finish();
ROLLBACK;
