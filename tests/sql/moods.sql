-- What customers feel: kept and counted with the event by both ways in,
-- corrected, and known again.
BEGIN;
\ir intake.psql
SELECT plan(37);

CREATE FUNCTION pg_temp.feeling(value int) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_build_object('facts', jsonb_build_object('mood',
	    jsonb_strip_nulls(jsonb_build_object('value', value, 'strength',
	    CASE WHEN value <> 0 THEN 2 END, 'words', CASE WHEN value <> 0
	    THEN '["tệ"]'::jsonb END, 'at', CASE WHEN value <> 0
	    THEN '[4]'::jsonb END))))
$$;
CREATE FUNCTION pg_temp.counted() RETURNS jsonb
LANGUAGE sql AS $$
	SELECT coalesce(jsonb_object_agg(x.value, x.n), '{}')
	FROM (SELECT p.value, sum(p.n) AS n FROM desk.measure_part p
	    WHERE p.measure = 'mood' GROUP BY p.value
	    HAVING sum(p.n) <> 0) x
$$;
CREATE FUNCTION pg_temp.who(login text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_build_object('who', a.name, 'agent', a.id,
	    'role', 'supervisor', 'from', '127.0.0.1', 'via', 'http')
	FROM desk.agent a WHERE a.name = login
$$;

-- One batch: two ways in, and events of which nothing was read.
SELECT pg_temp.take(
    pg_temp.mail_from('a@example.com', pg_temp.feeling(-1)
	|| '{"text":"Shop tệ quá","refs":["a1@m"]}'),
    pg_temp.mail_from('b@example.com', pg_temp.feeling(0)),
    pg_temp.mail_from('c@example.com', pg_temp.feeling(1)),
    pg_temp.mail_from('d@example.com'));
CREATE TEMP TABLE t AS SELECT (answer->>'ticket')::bigint AS ticket,
    (answer->>'event')::bigint AS event, ord FROM got;
SELECT is((SELECT array_agg(k.mood ORDER BY t.ord) FROM t
    JOIN desk.ticket k ON k.id = t.ticket), '{-1,0,1,NULL}'::smallint[],
    'a ticket shows how its customer feels');
SELECT is((SELECT count(*) FROM desk.mood), 3::bigint,
    'what was read is kept');
SELECT is(pg_temp.counted(), '{"-1":1,"0":1,"1":1}', 'and counted');
SELECT is((SELECT array_agg(DISTINCT q.name) FROM desk.measure_part p
    JOIN desk.queue q ON q.id = p.queue WHERE p.measure = 'mood'),
    '{sales}', 'under its queue');
SELECT results_eq($$ SELECT (answer->>'duplicate')::boolean FROM got $$,
    $$ SELECT false FROM got $$, 'as new events');

-- The same again is counted once.
CREATE TEMP TABLE again AS SELECT pg_temp.mail_from('r@example.com',
    pg_temp.feeling(-1)) AS m;
SELECT pg_temp.take(m) FROM again;
SELECT pg_temp.take(m) FROM again;
SELECT is(pg_temp.counted(), '{"-1":2,"0":1,"1":1}',
    'a repeated delivery is counted once');

-- The long way: an answer to a mail.
SELECT pg_temp.take(pg_temp.mail_from('a@example.com', pg_temp.feeling(0)
    || '{"thread":["a1@m"]}'));
SELECT is((SELECT k.mood FROM desk.ticket k, t
    WHERE t.ord = 1 AND k.id = t.ticket), -1::smallint,
    'who only asks does not feel better');
SELECT pg_temp.take(
    pg_temp.mail_from('a@example.com', pg_temp.feeling(-1)
	|| '{"thread":["a1@m"]}'),
    pg_temp.mail_from('a@example.com', pg_temp.feeling(1)
	|| '{"thread":["a1@m"]}'),
    pg_temp.mail_from('a@example.com', '{"thread":["a1@m"]}'));
SELECT is((SELECT k.mood FROM desk.ticket k, t
    WHERE t.ord = 1 AND k.id = t.ticket), 1::smallint,
    'the newest feeling is shown');
SELECT is(pg_temp.counted(), '{"-1":3,"0":2,"1":2}',
    'messages that join are counted');
SELECT is((SELECT count(*) FROM desk.mood m JOIN desk.event e
	ON e.id = m.event
    JOIN t ON t.ticket = e.ticket WHERE t.ord = 1), 4::bigint,
    'and kept');
SELECT pg_temp.take(pg_temp.ring('+84901234567',
    '{"id":"c1","state":"missed","direction":"in"}'));
SELECT is(pg_temp.counted(), '{"-1":3,"0":2,"1":2}', 'calls say nothing');

-- How it is shown.
SELECT is(desk.event_json(e)->'mood', '{"value":-1,"strength":2,
    "words":["tệ"],"at":[4]}', 'an event shows its words')
FROM desk.event e, t WHERE t.ord = 1 AND e.id = t.event;
SELECT is(desk.event_json(e)->'facts', NULL, 'once only')
FROM desk.event e, t WHERE t.ord = 1 AND e.id = t.event;
SELECT is(desk.event_json(e)->'mood', NULL, 'nothing read, nothing shown')
FROM desk.event e, t WHERE t.ord = 4 AND e.id = t.event;
SELECT is((SELECT jsonb_agg(r->'mood') FROM jsonb_array_elements(
	desk.ticket_list(pg_temp.who('an'), '{"mood":"plain"}')->'tickets') r),
    '[0]', 'lists are by feeling');
SELECT is(jsonb_array_length(desk.ticket_list(pg_temp.who('an'),
    '{"mood":"bad"}')->'tickets'), 1, 'the bad ones, too');
SELECT is((SELECT jsonb_agg(p->'value') FROM jsonb_array_elements(
	desk.customer_mood(pg_temp.who('an'), jsonb_build_object('customer',
	k.customer))->'points') p), '[-1,0,-1,1]', 'a customer''s line')
FROM desk.ticket k, t WHERE t.ord = 1 AND k.id = t.ticket;

-- Corrected.
CREATE TEMP TABLE told AS SELECT desk.mood_set(pg_temp.who('binh'),
    jsonb_build_object('event', t.event, 'mood', 'good')) AS answer
FROM t WHERE t.ord = 1;
SELECT is((SELECT answer->'mood' FROM told),
    '{"value":1,"strength":2,"corrected":true}',
    'a correction is shown, without words that say something else');
SELECT is(pg_temp.counted(), '{"-1":2,"0":2,"1":3}',
    'and counted in the place of what was read');
SELECT is((SELECT (m.was, m.value, a.name)::text FROM desk.mood m
    JOIN desk.agent a ON a.id = m.set_by, t
    WHERE t.ord = 1 AND m.event = t.event), '(-1,1,binh)',
    'with what was read, and by whom');
SELECT is((SELECT o.feed->>'kind' FROM desk.outbox o
    ORDER BY o.id DESC LIMIT 1), 'mood', 'and told');
SELECT desk.mood_set(pg_temp.who('an'),
    jsonb_build_object('event', t.event, 'mood', 'good'))
FROM t WHERE t.ord = 1;
SELECT is(pg_temp.counted(), '{"-1":2,"0":2,"1":3}', 'twice is once');
SELECT is((SELECT a.name FROM desk.mood m JOIN desk.agent a ON a.id = m.set_by,
    t WHERE t.ord = 1 AND m.event = t.event), 'binh', 'who said it first');
SELECT is(desk.mood_set(pg_temp.who('an'),
	jsonb_build_object('event', t.event, 'mood', 'bad'))->'mood'->'words',
    '["tệ"]', 'taken back, its words are shown again')
FROM t WHERE t.ord = 1;
SELECT is((SELECT m.was FROM desk.mood m, t
    WHERE t.ord = 1 AND m.event = t.event), -1::smallint,
    'what was read stays known');
SELECT is((desk.mood_set(pg_temp.who('an'),
	jsonb_build_object('event', t.event, 'mood', 'bad'))
	->'mood'->>'value')::int, -1, 'of what was never read, too')
FROM t WHERE t.ord = 4;
SELECT is((SELECT k.mood FROM desk.ticket k, t
    WHERE t.ord = 4 AND k.id = t.ticket), -1::smallint, 'and shown');
SELECT is(pg_temp.counted(), '{"-1":4,"0":2,"1":2}', 'and counted');
-- R: binom::binom.wilson(4, 8)
SELECT is(desk.cx_scores(pg_temp.who('an'), '{"measure":"mood","by":"channel",
    "from":"2020-01-01"}')->'rows'->0->'bad',
    '{"n":8,"share":50.0,"low":21.5,"high":78.5}',
    'how many are bad, with its limits');

-- The same text again, in other letters, is known.
SELECT pg_temp.take(
    pg_temp.mail_from('n1@example.com', pg_temp.feeling(1)
	|| '{"text":"  shop TỆ   quá "}'),
    pg_temp.mail_from('n2@example.com', pg_temp.feeling(1)
	|| '{"text":"shop tệ quá đi"}'));
SELECT is((SELECT array_agg(k.mood ORDER BY g.ord) FROM got g
    JOIN desk.ticket k ON k.id = (g.answer->>'ticket')::bigint),
    '{-1,1}'::smallint[], 'a text that was corrected is known');
SELECT is((SELECT desk.event_json(e)->'mood'->'corrected' FROM got g
    JOIN desk.event e ON e.id = (g.answer->>'event')::bigint
    WHERE g.ord = 1), 'true', 'and says so');
SELECT is((SELECT jsonb_agg(c->'value') FROM jsonb_array_elements(
	desk.mood_list(pg_temp.who('an'), '{"limit":1}')->'corrections') c),
    '[-1]', 'corrections are listed');
SELECT is(jsonb_array_length(desk.mood_list(pg_temp.who('an'), (desk.mood_list(
	pg_temp.who('an'), '{"limit":1}') - 'corrections'))->'corrections'), 1,
    'page by page');

SELECT is_empty($$
    SELECT * FROM desk.measure_differs('-infinity', 'infinity')
    $$, 'what was counted is what its records give');
UPDATE desk.mood SET value = 0 WHERE event = (SELECT min(m.event)
    FROM desk.mood m WHERE m.value <> 0);
SELECT isnt_empty($$
    SELECT * FROM desk.measure_differs('-infinity', 'infinity')
    $$, 'and would not be, if one were lost');

SELECT throws_ok(format($$ SELECT desk.mood_set(%L,
    '{"event":%s,"mood":"bad"}') $$, pg_temp.who('an'), e.id), 'DK001', NULL,
    'only what a customer wrote has a feeling')
FROM desk.event e WHERE e.kind = 'call' LIMIT 1;

-- Who is erased takes what was learnt of him along.
SELECT desk.customer_erase(pg_temp.who('an') || '{"role":"admin"}',
    jsonb_build_object('customer', k.customer, 'sure', k.customer,
	'reason', 'asked'))
FROM desk.ticket k, t WHERE t.ord IN (1, 4) AND k.id = t.ticket;
SELECT count(desk.erase_run(100)) FROM generate_series(1, 20);
SELECT is((SELECT count(*) FROM desk.mood_text), 0::bigint,
    'an erased text is known no more');

SELECT * FROM finish();
ROLLBACK;
