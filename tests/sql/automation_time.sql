-- Automation: rules on times, once each and whatever waits already; and what a
-- configuration may say.
BEGIN;
\ir intake.psql
\ir automation.psql
SELECT plan(44);

-- All that is due, as a daemon does it: how many ms until it looks again.
CREATE FUNCTION pg_temp.tick() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	ms	bigint := 0;
BEGIN
	WHILE ms = 0 LOOP
		ms := desk.automations_look(50);
	END LOOP;
	WHILE desk.automations_run(50) > 0 LOOP
	END LOOP;
	RETURN ms;
END;
$$;
SELECT is(desk.automations_look(10), NULL, 'no rule on a time: never');

SELECT pg_temp.ticket(pg_temp.mail()) AS w \gset
SELECT pg_temp.ticket(pg_temp.mail()) AS p \gset
SELECT pg_temp.ticket(pg_temp.mail()) AS s \gset
SELECT pg_temp.ticket(pg_temp.mail()) AS r \gset
SELECT pg_temp.op('an', 'ticket_pend', jsonb_build_object('ticket', :p));
SELECT pg_temp.op('an', 'ticket_snooze', jsonb_build_object('ticket', :s,
    'until', desk.rfc3339(now() + interval '30 days')));
SELECT pg_temp.op('an', 'ticket_resolve', jsonb_build_object('ticket', :r));
SELECT pg_temp.later(t, '3 hours')
FROM unnest(ARRAY[:w, :p, :s, :r]::bigint[]) t;

SELECT pg_temp.rules(
    '["waits waits: tag chờ", {"after":7200}]',
    '["pends pending: state open", {"after":7200}]',
    '["rests resolved: tag nghỉ", {"after":7200}]',
    '["late overdue: raise 5", {"after":7200}]',
    '["far waits: tag xa", {"after":14400}]');
SELECT cmp_ok(pg_temp.tick(), '<=', 3600000::bigint,
    'to be looked at again when the next is due');
SELECT is(pg_temp.did(:w), 'waits: tag chờ | late: raise 5',
    'the customer waits for us, longer than was promised');
SELECT is(pg_temp.did(:p), 'pends: state open', 'we wait for him');
SELECT is(pg_temp.did(:s), NULL, 'who put it off waits for nobody');
SELECT is(pg_temp.did(:r), 'rests: tag nghỉ', 'resolved');
SELECT is((SELECT e.meta->>'after' FROM desk.event e
    WHERE e.ticket = :r AND e.kind = 'rule'), '7200', 'and after how long');
SELECT is(pg_temp.did((SELECT id FROM desk.ticket WHERE id = :p))
    || (SELECT state FROM desk.ticket WHERE id = :p), 'pends: state openopen',
    'it waits anew');
SELECT pg_temp.tick();
SELECT is((SELECT count(*) FROM desk.event WHERE kind = 'rule'), 4::bigint,
    'each once');

-- Another configuration holds for what waits already.
SELECT pg_temp.rules('["waits waits: tag chờ", {"after":7200}]',
    '["far waits: tag xa", {"after":9000}]');
SELECT pg_temp.tick();
SELECT is(pg_temp.did(:w), 'waits: tag chờ | late: raise 5 | far: tag xa',
    'sooner: at once; what was done is not done again');
SELECT pg_temp.rules('["far waits: untag xa", {"after":9000}]');
SELECT pg_temp.tick();
SELECT is((SELECT tags FROM desk.ticket WHERE id = :w), '{chờ,xa}',
    'a rule that was changed does not repeat itself either');

-- What is so only until it is looked at.
SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SELECT pg_temp.later(:t, '3 hours');
SELECT pg_temp.rules('["q waits: tag q", {"after":7200}]');
SELECT is(desk.automations_look(50) > 0, true, 'noted');
UPDATE desk.ticket SET due_at = NULL WHERE id = :t;
SELECT desk.automations_run(50);
SELECT is(pg_temp.did(:t), NULL, 'answered meanwhile: not done');
UPDATE desk.ticket SET due_at = now() + interval '1 hour' WHERE id = :t;
SELECT is((SELECT asked_at FROM desk.ticket WHERE id = :t), now(),
    'and waits anew when he asks anew');

-- Many at one moment, a few at a time
INSERT INTO desk.ticket (customer, queue, state, channel, due_at, asked_at,
    opened_at)
SELECT (SELECT customer FROM desk.ticket WHERE id = :w),
    (SELECT queue FROM desk.ticket WHERE id = :w), 'open', 'store',
    now() - interval '5 hours', now() - interval '6 hours',
    now() - interval '6 hours'
FROM generate_series(1, 300);
SELECT pg_temp.rules('["many waits: tag nhiều", {"after":7200,
    "channel":["store"]}]');
SELECT is(desk.automations_look(50), 0::bigint, 'there are more');
SELECT is((SELECT count(*) FROM desk.automation_todo), 50::bigint, 'a page');
SELECT pg_temp.tick();
SELECT is((SELECT count(*) FROM desk.event e WHERE e.kind = 'rule'
    AND e.meta->>'rule' = 'many'), 300::bigint, 'all of them');
SELECT pg_temp.rules('["none waits: tag không", {"after":7200,
    "channel":["chat"]}]');
SELECT pg_temp.tick();
SELECT is((SELECT count(*) FROM desk.event e WHERE e.meta->>'rule' = 'none'),
    0::bigint, 'none of another channel');

-- Reads its own, not the desk.
INSERT INTO desk.ticket (customer, queue, state, channel, due_at)
SELECT 1, (SELECT min(id) FROM desk.queue), 'open', 'store',
    now() + interval '1 hour' FROM generate_series(1, 5000);
SELECT pg_stat_get_xact_tuples_returned('desk.ticket'::regclass)
    + pg_stat_get_xact_tuples_fetched('desk.ticket'::regclass) AS n \gset
SELECT desk.automations_look(50);
SELECT cmp_ok(pg_stat_get_xact_tuples_returned('desk.ticket'::regclass)
    + pg_stat_get_xact_tuples_fetched('desk.ticket'::regclass) - :n, '<',
    100::bigint, 'a look reads what is due, and the next');

-- Dry
SELECT pg_temp.rules('["a waits: tag a", {"after":864000}]',
    '["b pending: tag b", {"after":60}]', '["c tagged: tag c", {"tag":["k"]}]');
SELECT is((SELECT array_agg(r->>'would' ORDER BY n) FROM
    jsonb_array_elements(desk.rules_test(desk.caller_by_name('sup'),
	jsonb_build_object('ticket', :w))->'rules') WITH ORDINALITY x (r, n)),
    '{true,false,false}', 'what would fire');
SELECT is((SELECT array_agg(r->>'said' ORDER BY n) FROM
    jsonb_array_elements(desk.rules_test(desk.caller_by_name('sup'),
	jsonb_build_object('ticket', :w))->'rules') WITH ORDINALITY x (r, n)),
    ARRAY[format('At %s.', desk.rfc3339(now() - interval '3 hours'
	+ interval '10 days')), 'Not: the case is not pending.',
	'Not: its tag does not hold.'], 'when, and why not');

-- Configurations
CREATE FUNCTION pg_temp.fault(a jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	member	text;
BEGIN
	PERFORM desk.config_check(jsonb_build_object('company',
	    '{"name":"S"}'::jsonb, 'default_queue', 'sales', 'queues',
	    '[{"name":"sales","title":"S","first":60,"next":60}]'::jsonb,
	    'agents', '[{"name":"an","display":"An"}]'::jsonb, 'templates',
	    '[{"name":"hi","vi":"Chào"},{"name":"you","vi":"{customer}"}]'
	    ::jsonb, 'automations', jsonb_build_array('{"name":"a",
	    "on":"created","actions":["priority 60"]}'::jsonb || a)));
	RETURN 'fine';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS member = PG_EXCEPTION_HINT;
	RETURN member;
END;
$$;
SELECT is(pg_temp.fault(a), CASE m WHEN 'fine' THEN m
    ELSE 'automations[0].' || m END, a::text)
FROM (VALUES ('{}'::jsonb, 'fine'), ('{"on":"never"}', 'on'),
    ('{"on":"waits"}', 'after'), ('{"after":60}', 'after'),
    ('{"on":"waits","after":59}', 'after'),
    ('{"on":"waits","after":60}', 'fine'), ('{"queue":["x"]}', 'queue'),
    ('{"channel":["fax"]}', 'channel'), ('{"state":["done"]}', 'state'),
    ('{"priority":"9-1"}', 'priority'),
    ('{"on":"state","keywords":["x"]}', 'keywords'),
    ('{"actions":[]}', 'actions'), ('{"actions":["dance"]}', 'actions'),
    ('{"actions":["move x"]}', 'actions'),
    ('{"actions":["assign none","notify supervisor","tag a b","state open"]}',
	'fine'),
    ('{"actions":["notify x"]}', 'actions'),
    ('{"actions":["send hi"]}', 'fine'), ('{"actions":["send x"]}', 'actions'),
    ('{"actions":["send you"]}', 'actions'),
    ('{"actions":["hook x"]}', 'actions'), ('{"actions":["tag "]}', 'actions'),
    ('{"daily":0}', 'daily'), ('{"lang":"fr"}', 'lang')) x(a, m);
SELECT * FROM finish();
ROLLBACK;
