-- Clocks by what agents and customers do, targets, and what is told of them.
BEGIN;
\ir intake.psql
CREATE FUNCTION pg_temp.who(login text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.caller_by_name(login)
	    || '{"from":"192.0.2.1","via":"http"}'
$$;
CREATE FUNCTION pg_temp.act(what text, of bigint, more jsonb DEFAULT '{}')
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	answer	jsonb;
BEGIN
	EXECUTE format('SELECT desk.%I($1, $2)', 'ticket_' || what) INTO answer
	USING pg_temp.who('sup'), jsonb_build_object('ticket', of) || more;
	RETURN answer;
END;
$$;
-- A ticket's clocks, one a line: kind, target, total, spent, how it stands.
CREATE FUNCTION pg_temp.clocks(of bigint) RETURNS text[]
LANGUAGE sql AS $$
	SELECT array_agg(concat_ws(' ', c.kind, c.target, c.total, CASE
	    WHEN c.done_at IS NOT NULL THEN c.how
	    WHEN c.since IS NULL THEN 'paused' ELSE 'runs' END) ORDER BY c.n)
	FROM desk.clock c WHERE c.ticket = of
$$;
-- So much time passes for a ticket: nobody moves it, no trigger sees it.
CREATE FUNCTION pg_temp.later(of bigint, span interval) RETURNS void
LANGUAGE sql SET session_replication_role = replica AS $$
	UPDATE desk.ticket t SET opened_at = opened_at - span,
	    touched_at = touched_at - span, due_at = due_at - span,
	    first_answer_at = first_answer_at - span
	WHERE t.id = of;
	UPDATE desk.clock c SET started_at = started_at - span,
	    since = since - span, due_at = due_at - span,
	    warn_at = warn_at - span, alarm_at = alarm_at - span,
	    warned_at = warned_at - span, breached_at = breached_at - span,
	    done_at = done_at - span
	WHERE c.ticket = of;
$$;
CREATE FUNCTION pg_temp.told(of bigint) RETURNS text[]
LANGUAGE sql AS $$
	SELECT coalesce(array_agg(concat_ws(' ', e.kind, e.meta->>'what',
	    e.meta->>'kind', e.meta->>'target', e.meta->>'from',
	    e.meta->>'to') ORDER BY e.id), '{}')
	FROM desk.event e WHERE e.ticket = of AND e.who = 'desk'
$$;
INSERT INTO desk.agent (name, display, role)
VALUES ('sup', 'Sáu', 'supervisor');

SELECT plan(47);

-- By the queue's own target: nothing is written until something happens.
SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SELECT is(pg_temp.clocks(:t), NULL, 'a plain ticket has no row');
SELECT is(desk.alarms_due(10), 0, 'and nothing is told of it');
SELECT pg_temp.later(:t, '10 min');
SELECT pg_temp.act('reply', :t, '{"text":"Dạ"}');
SELECT is(pg_temp.clocks(:t), '{first 1800 answered}', 'answered');
SELECT is((SELECT (c.spent, c.due_at - c.started_at, c.alarm_at)
    FROM desk.clock c WHERE c.ticket = :t)::text,
    '(600,00:30:00,)', 'after ten of thirty minutes');
SELECT pg_temp.take(pg_temp.mail('{"thread":["none"]}'));
SELECT id AS r FROM desk.event WHERE ticket = :t ORDER BY id LIMIT 1 \gset
INSERT INTO desk.message_ref VALUES ('here@m', :t, :r);
SELECT pg_temp.take(pg_temp.mail('{"thread":["here@m"]}'));
SELECT is(pg_temp.clocks(:t), '{first 1800 answered,next 3600 runs}',
    'the customer writes again');
SELECT pg_temp.later(:t, '20 min');
SELECT pg_temp.act('pend', :t);
SELECT is(pg_temp.clocks(:t), '{first 1800 answered,next 3600 paused}',
    'put aside');
SELECT pg_temp.later(:t, '5 days');
SELECT pg_temp.take(pg_temp.mail('{"thread":["here@m"]}'));
SELECT is((SELECT k.due_at - now() FROM desk.ticket k WHERE k.id = :t),
    '40 min', 'goes on with what was left');
SELECT pg_temp.act('transfer', :t, '{"queue":"shipping","clock":"keep"}');
SELECT is((SELECT k.due_at - now() FROM desk.ticket k WHERE k.id = :t),
    '40 min', 'a transfer that keeps the clock');
SELECT pg_temp.act('transfer', :t, '{"queue":"technical"}');
SELECT is(pg_temp.clocks(:t), '{first 1800 answered,next 3600 moved,
    next 2400 runs}', 'one that does not');
SELECT is((SELECT k.due_at - now() FROM desk.ticket k WHERE k.id = :t),
    '40 min', 'due by the new queue');
SELECT pg_temp.act('resolve', :t);
SELECT is(pg_temp.clocks(:t), '{first 1800 answered,next 3600 moved,
    next 2400 resolved}', 'resolved');

-- Late: told once, as a breach, when nothing had happened to it.
SELECT pg_temp.ticket(pg_temp.mail_from('b@example.com')) AS t \gset
SELECT pg_temp.later(:t, '31 min');
SELECT is(pg_temp.clocks(:t), NULL, 'nothing was written while time passed');
SELECT desk.alarms_due(10);
SELECT is(pg_temp.told(:t), '{clock breach first}', 'a breach is told');
SELECT desk.alarms_due(10);
SELECT is(pg_temp.told(:t), '{clock breach first}', 'once');
SELECT is((SELECT o.feed->>'kind' FROM desk.outbox o WHERE o.ticket = :t
    ORDER BY o.id DESC LIMIT 1), 'breach', 'and on the feed');
SELECT pg_temp.act('reply', :t, '{"text":"Dạ"}');
SELECT is((SELECT c.due_at < c.done_at FROM desk.clock c
    WHERE c.ticket = :t), true, 'the answer was late');
SELECT pg_temp.ticket(pg_temp.mail_from('c@example.com')) AS t \gset
SELECT pg_temp.later(:t, '31 min');
SELECT pg_temp.act('reply', :t, '{"text":"Dạ"}');
SELECT desk.alarms_due(10);
SELECT is(pg_temp.told(:t), '{clock breach first}',
    'late and answered before anybody looked: told all the same');

-- What is due at once starts no clock.
UPDATE desk.ticket SET state = 'pending' WHERE id = :t;
UPDATE desk.ticket SET state = 'open', due_at = now() WHERE id = :t;
SELECT is(pg_temp.clocks(:t), '{first 1800 answered}', 'a wake');

-- Targets: the first that fits.
INSERT INTO desk.hours (name, timezone) VALUES ('day', 'UTC');
INSERT INTO desk.hours_span SELECT h.id, d, 0, 1440
FROM desk.hours h, generate_series(1, 7) d;
SELECT desk.config_targets('{"targets":[
    {"name":"vip","queue":"sales","channel":["mail"],"segment":["vip"],
	"first":300,"next":600,"warn":"80%","on_warn":["raise 20",
	"notify supervisor"],"on_breach":["move technical"]},
    {"name":"high","priority":"60-99","hours":"day","resolve":86400,
	"department":7200,"reopen":"continue"}],
    "queues":[],"hours":[]}');
UPDATE desk.target SET hours = (SELECT h.id FROM desk.hours h)
WHERE name = 'high';
UPDATE desk.customer SET segment = 'vip'
WHERE id = pg_temp.owner('lan@example.com');
SELECT is((g).name, want, label)
FROM (VALUES (desk.aim((SELECT id FROM desk.queue WHERE name = 'sales'),
	'mail', 50, pg_temp.owner('lan@example.com')), 'vip', 'all fits'),
    (desk.aim((SELECT id FROM desk.queue WHERE name = 'shipping'),
	'mail', 50, pg_temp.owner('lan@example.com')), NULL, 'another queue'),
    (desk.aim((SELECT id FROM desk.queue WHERE name = 'sales'), 'chat', 60,
	pg_temp.owner('lan@example.com')), 'high', 'another channel'),
    (desk.aim((SELECT id FROM desk.queue WHERE name = 'sales'), 'mail', 59,
	pg_temp.owner('b@example.com')), NULL, 'another segment'))
    x(g, want, label);

-- Both ways in: the short one, and the long one of events with an order.
SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SELECT pg_temp.ticket(pg_temp.mail('{"order":"DH1","candidates":
    [{"queue":"sales","priority":70,"why":"a"}]}')) AS o \gset
SELECT is(pg_temp.clocks(:t), '{first vip 300 runs}', 'the short way');
SELECT is(pg_temp.clocks(:o), '{first vip 300 runs}', 'the long way');
SELECT is((SELECT array_agg(k.due_at - k.opened_at) FROM desk.ticket k
    WHERE k.id IN (:t, :o)), '{00:05,00:05}', 'due by the target');
SELECT pg_temp.ticket(pg_temp.mail_from('d@example.com', '{"candidates":
    [{"queue":"sales","priority":70,"why":"a"}]}')) AS h \gset
SELECT is(pg_temp.clocks(:h), '{first 1800 runs,resolve high 86400 runs,
    department high 7200 runs}', 'what no target says, the queue does');
SELECT pg_temp.ticket(pg_temp.mail_from('e@example.com',
    '{"automatic":true}')) AS a \gset
SELECT is(pg_temp.clocks(:a), NULL, 'a machine is promised nothing');

-- Warned, then broken; each once, with what the target wants.
SELECT pg_temp.later(:t, '4 min');
SELECT desk.alarms_due(10);
SELECT is(pg_temp.told(:t), '{clock warn first vip,priority 50 70}',
    'the warning raises');
SELECT is((SELECT array_agg(a.name::text) FROM desk.mention m
    JOIN desk.agent a ON a.id = m.agent WHERE m.ticket = :t), '{sup}',
    'and tells the supervisor');
SELECT desk.alarms_due(10);
SELECT is(array_length(pg_temp.told(:t), 1), 2, 'once');
SELECT pg_temp.later(:t, '1 min');
SELECT desk.alarms_due(10);
SELECT is(pg_temp.told(:t), '{clock warn first vip,priority 50 70,
    clock breach first vip,transfer sales technical}', 'the breach moves');
SELECT is((SELECT (q.name, k.priority)::text FROM desk.ticket k
    JOIN desk.queue q ON q.id = k.queue WHERE k.id = :t), '(technical,70)',
    'there it is');
SELECT is(pg_temp.clocks(:t), '{first vip 300 moved,first 1200 runs,
    department high 7200 runs}', 'with the clocks of its new department');

-- Two that hand it back and forth come to an end.
SELECT desk.config_targets('{"targets":[
    {"name":"there","queue":"sales","first":60,"on_breach":["move shipping"]},
    {"name":"back","queue":"shipping","first":60,"on_breach":["move sales"]}
    ]}');
UPDATE desk.target SET queue = (SELECT q.id FROM desk.queue q
    WHERE q.name = CASE target.name WHEN 'there' THEN 'sales'
	ELSE 'shipping' END);
SELECT pg_temp.ticket(pg_temp.mail_from('f@example.com')) AS p \gset
CREATE FUNCTION pg_temp.minutes(of bigint, n int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. n LOOP
		PERFORM pg_temp.later(of, '1 min');
		PERFORM desk.alarms_due(10);
	END LOOP;
END;
$$;
SELECT pg_temp.minutes(:p, 12);
SELECT is((SELECT k.transfers FROM desk.ticket k WHERE k.id = :p), 5::smallint,
    'at most five times');

-- The department's clock: back again, with what was left, or anew.
SELECT pg_temp.later(:h, '30 min');
SELECT pg_temp.act('transfer', :h, '{"queue":"technical"}');
SELECT is((SELECT array_agg(concat_ws(' ', c.kind, c.spent, c.how)
    ORDER BY c.n) FROM desk.clock c WHERE c.ticket = :h
    AND c.kind = 'department'), '{department 1800 moved}', 'handed on');
DELETE FROM desk.target;
INSERT INTO desk.target VALUES (1, 'd', NULL, '{}', '{}', 1, 99, NULL, NULL,
    NULL, 86400, 7200, NULL, false, '{}', '{}');
SELECT pg_temp.act('transfer', :h, '{"queue":"sales","clock":"keep"}');
SELECT is((SELECT c.spent FROM desk.clock c WHERE c.ticket = :h
    ORDER BY c.n DESC LIMIT 1), 1800, 'kept');
SELECT pg_temp.act('transfer', :h, '{"queue":"shipping"}');
SELECT pg_temp.act('transfer', :h, '{"queue":"sales"}');
SELECT is((SELECT c.spent FROM desk.clock c WHERE c.ticket = :h
    AND c.kind = 'department' ORDER BY c.n DESC LIMIT 1), 0, 'anew');
-- Reopened: as the target says.
SELECT pg_temp.act('resolve', :h);
SELECT pg_temp.act('reopen', :h);
SELECT is((SELECT c.spent FROM desk.clock c WHERE c.ticket = :h
    AND c.kind = 'resolve' ORDER BY c.n DESC LIMIT 1), 1800,
    'the time to solve it goes on');
UPDATE desk.target SET again = true;
SELECT pg_temp.act('resolve', :h);
SELECT pg_temp.act('reopen', :h);
SELECT is((SELECT c.spent FROM desk.clock c WHERE c.ticket = :h
    AND c.kind = 'resolve' ORDER BY c.n DESC LIMIT 1), 0, 'or begins anew');

-- What a configuration may not say.
SELECT throws_ok(format('SELECT desk.config_targets_check(%L)',
    jsonb_build_object('targets', jsonb_build_array('{"name":"t","first":60}'
	::jsonb || g)) || '{"queues":[{"name":"a"}],"agents":[{"name":"an"}],
	"hours":[]}'), 'DK001', NULL, g::text)
FROM unnest(ARRAY['{"queue":"b"}', '{"hours":"b"}', '{"channel":["fax"]}',
    '{"priority":"9-1"}', '{"warn":"100%"}', '{"on_warn":["raise 0"]}',
    '{"on_breach":["move b"]}', '{"on_breach":["notify b"]}']::jsonb[]) g;

SELECT * FROM finish();
ROLLBACK;
