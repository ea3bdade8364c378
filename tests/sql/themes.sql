-- Themes: what customers speak of, by words and by hand; what rises.
BEGIN;
\ir fixture.psql
SELECT plan(62);

SELECT is(round(desk.poisson_tail(n, l)::numeric, 6), p, n || ' of ' || l)
FROM (VALUES (0::bigint, 2::float8, 1::numeric), (1, 2, 0.864665),
    (3, 0.2, 0.001148), (5, 1, 0.003660), (10, 5, 0.031828),
    (700, 650, 1)) x(n, l, p);	-- R: ppois(n - 1, l, lower = FALSE)
SELECT is(desk.poisson_tail(1000, 650), 0::float8, 'far beyond');
SELECT is(desk.poisson_tail(2000, 0.2), 0::float8, 'too rare for a number');

SELECT desk.config_themes('{"themes":[
    {"name":"giao-tre","title":"Giao trễ","keywords":["giao trễ"]},
    {"name":"ro-nuoc","title":"Rò nước","keywords":["rò nước"],"alert":3},
    {"name":"tay","keywords":[]}]}');
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
-- A mail in a case of its own, that speaks of these; its event.
CREATE FUNCTION pg_temp.said(themes jsonb, said text DEFAULT 'Hỏng rồi')
RETURNS bigint
LANGUAGE sql AS $$
	SELECT (g.answer::jsonb->>'event')::bigint
	FROM desk.ingest(jsonb_build_array(jsonb_build_object(
	    'channel', 'mail', 'kind', 'message', 'id', gen_random_uuid(),
	    'at', now(), 'contacts', '[{"kind":"email",
		"address":"lan@example.com"}]'::jsonb, 'subject', 'Hàng',
	    'text', said, 'preview', said, 'words', 'hang', 'auth', 'pass',
	    'units', 5, 'facts', jsonb_build_object('themes', themes),
	    'candidates', '[{"queue":"sales","why":"a"}]'::jsonb)), '{}', '{}')
	    g
	WHERE g.ord IS NOT NULL
$$;
CREATE FUNCTION pg_temp.n(of text) RETURNS bigint
LANGUAGE sql AS $$
	SELECT desk.theme_count(of, now() - interval '40 days',
	    now() + interval '1 second')
$$;
-- What was counted since it was asked the last time.
CREATE TEMP TABLE told (upto bigint);
INSERT INTO told SELECT coalesce(max(id), 0) FROM desk.measure_part;
CREATE FUNCTION pg_temp.counted() RETURNS text
LANGUAGE sql AS $$
	WITH fresh AS (SELECT p.* FROM desk.measure_part p, told
	    WHERE p.measure = 'theme' AND p.id > told.upto),
	seen AS (UPDATE told SET upto = (SELECT max(id)
	    FROM desk.measure_part) WHERE EXISTS (SELECT FROM fresh))
	SELECT coalesce(string_agg(name || ' ' || n, ', ' ORDER BY name), '')
	FROM (SELECT name, sum(n) AS n FROM fresh GROUP BY name) g
$$;
-- What was counted is what is on record, also when all is folded, in whatever
-- zone the days are.
CREATE FUNCTION pg_temp.same(label text) RETURNS text
LANGUAGE sql AS $$
	SELECT is_empty('SELECT * FROM desk.measure_differs(''-infinity'',
	    ''infinity'') d WHERE d.measure = ''theme''', label)
$$;
-- As if the hours had passed.
CREATE FUNCTION pg_temp.later(by interval) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.theme_event SET noted_at = noted_at - by;
	UPDATE desk.event SET filed_at = filed_at - by;
	UPDATE desk.theme_mark SET hour = date_trunc('hour',
	    hour - by), looked_at = '-infinity';
$$;

SELECT pg_temp.said('["giao-tre"]', 'Giao trễ quá') AS e \gset
SELECT pg_temp.said('["giao-tre","ro-nuoc"]', 'Trễ, lại rò nước') AS f \gset
SELECT is(pg_temp.n('giao-tre'), 2::bigint, 'two speak of it');
SELECT is(pg_temp.n('ro-nuoc'), 1::bigint, 'one speaks of two');
SELECT is(pg_temp.counted(), 'giao-tre 2, ro-nuoc 1'
    , 'measured');
SELECT is(pg_temp.ask('an', 'theme_list', '{}')->'themes'->0->>'n', '2',
    'listed, the most first');
SELECT is(jsonb_path_query_array(pg_temp.ask('an', 'theme_list', '{}'),
    '$.themes[0].quotes[*].text'), '["Trễ, lại rò nước","Giao trễ quá"]',
    'with quotes');
SELECT is(pg_temp.ask('an', 'theme_get', '{"theme":"giao-tre","limit":1}')
    ->>'before', :'f', 'a page');
SELECT is(pg_temp.ask('an', 'theme_get', jsonb_build_object('theme',
    'giao-tre', 'before', :f))->'quotes'->0->>'event', :'e', 'and the next');
SELECT pg_temp.refused('an', 'theme_get', '{"theme":"x"}', 'NOTFOUND theme',
    'no such theme');
SELECT pg_temp.refused('an', 'theme_list', '{"from":"gestern"}',
    'INVALID from', 'no moment');
SELECT pg_temp.refused('an', 'theme_list', '{"from":"-infinity"}',
    'INVALID from', 'none that a desk knows');

SELECT is(pg_temp.ask('an', 'theme_list', '{}') ? 'of', false,
    'seven times 24 hours are no days');
INSERT INTO desk.measure_part (measure, name, at, queue, agent, channel,
    segment, touchpoint, value, n)
VALUES ('mood', '', now(), 1, 0, 'mail', '', '', 0, 8);
SELECT pg_temp.ask('an', 'theme_list', jsonb_build_object('from',
    date_trunc('day', now() AT TIME ZONE coalesce(desk.company('timezone'),
    'UTC')) AT TIME ZONE coalesce(desk.company('timezone'), 'UTC'))) AS today
\gset
SELECT is(:'today'::jsonb->'of', '8', 'of the messages of its days');
-- R: binom::binom.wilson(2, 8)
SELECT is(:'today'::jsonb->'themes'->0->'share',
    '{"share":0.2500,"low":0.0715,"high":0.5907}',
    'a share, with its interval');

-- By hand
SELECT is(pg_temp.ask('an', 'theme_set', jsonb_build_object('event', :e,
    'theme', 'tay'))->'themes', '["giao-tre","tay"]', 'somebody says so');
SELECT is(pg_temp.ask('an', 'theme_set', jsonb_build_object('event', :e,
    'theme', 'giao-tre', 'off', true))->'themes', '["tay"]', 'or not so');
SELECT is(pg_temp.counted(), 'giao-tre -1, tay 1', 'counted likewise');
SELECT is(pg_temp.ask('an', 'theme_set', jsonb_build_object('event', :e,
    'theme', 'giao-tre', 'off', true))->'themes', '["tay"]', 'twice');
SELECT is(pg_temp.counted(), '', 'is nothing new');
SELECT pg_temp.same('counted as recorded');
-- Its case goes elsewhere, its customer into a segment: it is taken back where
-- it was counted.
UPDATE desk.ticket SET queue = (SELECT id FROM desk.queue
    WHERE name = 'shipping') WHERE id = (SELECT ticket FROM desk.event
    WHERE id = :e);
UPDATE desk.customer SET segment = 'vip' WHERE id = :lan;
SELECT pg_temp.ask('sup', 'theme_set', jsonb_build_object('event', :e,
    'theme', 'tay', 'off', true));
SELECT pg_temp.ask('sup', 'theme_set', jsonb_build_object('event', :e,
    'theme', 'ro-nuoc'));
SELECT pg_temp.same('after a transfer, too');
SELECT is((SELECT p.segment || ' ' || q.name FROM desk.measure_part p
    JOIN desk.queue q ON q.id = p.queue WHERE p.measure = 'theme'
    ORDER BY p.id DESC LIMIT 1), 'vip shipping',
    'what is said later is said of where it is then');
SELECT pg_temp.ask('sup', 'theme_set', jsonb_build_object('event', :e,
    'theme', 'ro-nuoc', 'off', true));
SELECT pg_temp.ask('sup', 'theme_set', jsonb_build_object('event', :e,
    'theme', 'tay'));
SELECT is(pg_temp.counted(), 'ro-nuoc 0, tay 0', 'and nothing is left of it');
UPDATE desk.ticket SET queue = (SELECT id FROM desk.queue
    WHERE name = 'sales') WHERE queue <> (SELECT id FROM desk.queue
    WHERE name = 'sales');
-- In another zone, of half an hour: a message at ten past midnight there is of
-- that day.
SELECT desk.measure_keep(1000) FROM generate_series(1, 3);
INSERT INTO desk.config (who, body) VALUES ('test',
    '{"company":{"name":"Shop","timezone":"Asia/Kolkata"}}');
SELECT desk.measure_keep(1000) FROM generate_series(1, 5);
UPDATE told SET upto = 0;
INSERT INTO desk.event (id, at, filed_at, ticket, customer, kind, channel,
    direction, facts)
SELECT nextval('desk.event_id'), '2026-03-01T18:40Z', e.filed_at, e.ticket,
    e.customer, 'message', 'mail', 'in', '{"themes":["giao-tre"]}'
FROM desk.event e WHERE e.id = :e RETURNING id AS g \gset
SELECT is((SELECT sum(m.n) FROM desk.measure_rows('theme', '2026-03-02',
    '2026-03-03', '{month,year}', false) m), 1::numeric,
    'a day begins at the half hour there');
DO $$ BEGIN WHILE desk.measure_keep(1000) LOOP END LOOP; END $$;
SELECT pg_temp.same('and is counted as recorded');
SELECT is(desk.measure_sums_differ('2026-01-01', '2028-01-01'), false,
    'so are its days');
SELECT pg_temp.ask('sup', 'theme_set', jsonb_build_object('event', :g,
    'theme', 'giao-tre', 'off', true));
SELECT pg_temp.counted();
SELECT is(pg_temp.n('giao-tre'), 1::bigint, 'one is left');
SELECT pg_temp.refused('an', 'theme_set', '{"event":999999999,"theme":"tay"}',
    'NOTFOUND ticket', 'no such message');

-- Hours
SELECT pg_temp.later('2 hours');
SELECT is(desk.themes_run(), 0, 'nothing rises');
SELECT is((SELECT sum(n) FROM desk.theme_hour), 3::numeric, 'rolled');
SELECT is(pg_temp.n('giao-tre'), 1::bigint, '… and counted once');
SELECT pg_temp.ask('an', 'theme_set', jsonb_build_object('event', :e,
    'theme', 'giao-tre'));
SELECT is(pg_temp.n('giao-tre'), 2::bigint, 'what is said later counts then');
SELECT is(desk.themes_run(), 0, 'it looks each ten seconds');

-- Rising
SELECT pg_temp.said('["ro-nuoc"]'), pg_temp.said('["ro-nuoc"]');
UPDATE desk.theme_mark SET looked_at = '-infinity';
SELECT is(desk.themes_run(), 0, 'two are few');
SELECT pg_temp.said('["ro-nuoc"]');
UPDATE desk.theme_mark SET looked_at = '-infinity';
SELECT is(desk.themes_run(), 0, 'three may be chance');
SELECT pg_temp.said('["ro-nuoc"]');
UPDATE desk.theme_mark SET looked_at = '-infinity';
SELECT set_config('desk.outbox', '', true);
SELECT is(desk.themes_run(), 1, 'four rise');
SELECT is((SELECT o->'apply'->'feed' FROM jsonb_array_elements(
    desk.outbox_mine()) o), '{"kind":"theme","theme":"ro-nuoc",
    "what":"rises","n":4}', '… and are told');
UPDATE desk.theme_mark SET looked_at = '-infinity';
SELECT is(desk.themes_run(), 0, 'once');
SELECT is(pg_temp.ask('an', 'theme_list', '{}')->'themes'->0->'rises'->'n',
    '4', 'what rises comes first');
SELECT pg_temp.ask('an', 'theme_incident',
    '{"theme":"ro-nuoc","queue":"sales"}') AS made \gset
SELECT is((SELECT count(*) FROM desk.incident_case c WHERE c.incident
    = (:'made'::jsonb->>'incident')::bigint), 4::bigint,
    'one incident of its cases');
SELECT is(pg_temp.ask('an', 'theme_incident',
    '{"theme":"ro-nuoc","queue":"sales"}')->'incident',
    :'made'::jsonb->'incident', 'one alone');
SELECT pg_temp.refused('an', 'theme_incident',
    '{"theme":"tay","queue":"sales"}', 'CONFLICT theme',
    'what does not rise has none');
SELECT pg_temp.later('3 hours');
SELECT is(desk.themes_run(), 1, 'it falls');

-- Words of an answer, as the daemon heard them
SELECT pg_temp.counted();
INSERT INTO desk.survey (name, body) VALUES
    ('s', '{"questions":[{"name":"w","kind":"text"}]}');
INSERT INTO desk.invitation (survey, occasion, customer, ticket, via)
SELECT s.id, 'x', :lan, (SELECT ticket FROM desk.event WHERE id = :e), 'form'
FROM desk.survey s RETURNING id AS i \gset
SELECT desk.response_put('{"who":"survey","themes":["giao-tre","gone"]}', :i,
    '{"w":"Giao trễ lắm"}');
SELECT is(pg_temp.counted(), 'giao-tre 1', 'an answer speaks of a theme');
SELECT is(q->>'text', 'Giao trễ lắm', 'and is a quote')
FROM (SELECT pg_temp.ask('an', 'theme_get', '{"theme":"giao-tre"}')
    ->'quotes'->0 AS q) x;
SELECT is(pg_temp.ask('an', 'theme_set', jsonb_build_object('event',
    (SELECT max(event) FROM desk.theme_event), 'theme', 'giao-tre', 'off',
    true))->'themes', '[]', 'that can be taken out');
SELECT is(pg_temp.counted(), 'giao-tre -1', 'as from a message');

-- What is old goes, its hours stay.
SELECT pg_temp.n('ro-nuoc') AS n \gset
SELECT pg_temp.later('450 days');
UPDATE desk.theme_hour SET hour = hour - interval '450 days';
SELECT desk.themes_run();
SELECT is((SELECT count(*) FROM desk.theme_event e WHERE NOT e.off
    AND e.noted_at < now() - interval '401 days'), 0::bigint,
    'no message of long ago is kept');
SELECT is(desk.theme_count('ro-nuoc', now() - interval '500 days', now()),
    :n::bigint, '… and all are counted as before');
SELECT pg_temp.same('also by what they were counted under');
SELECT isnt((SELECT sum(p.n) FROM desk.theme_past p), NULL,
    'of which it is kept how many there were');
SELECT pg_temp.refused('an', 'theme_set', jsonb_build_object('event', :f,
    'theme', 'ro-nuoc'), 'CONFLICT event', 'and which they were is not known');
SELECT is(desk.event_json(e)->'themes', NULL, 'nor shown')
FROM desk.event e WHERE e.id = :e;

-- Erased, and made one with another: what was counted counts on.
SELECT pg_temp.customer('Hoa', 'hoa@example.com') AS hoa \gset
SELECT pg_temp.ask('sup', 'customer_merge', jsonb_build_object('customer', :hoa,
    'other', :lan, 'sure', :lan));
SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object('customer',
    :hoa, 'sure', :hoa, 'reason', 'asked'));
SELECT count(desk.erase_run(100)) FROM generate_series(1, 10);
SELECT pg_temp.same('whoever is erased');
UPDATE desk.theme_past SET n = n + 1;
SELECT isnt((SELECT count(*) FROM desk.measure_differs('-infinity', 'infinity')
    d WHERE d.measure = 'theme'), 0::bigint, 'and a wrong record would differ');

SELECT * FROM finish();
ROLLBACK;
