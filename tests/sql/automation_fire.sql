-- Automation: rules on events, in the transaction of the event itself.
BEGIN;
\ir intake.psql
\ir automation.psql
SELECT plan(53);

-- Taken in
SELECT pg_temp.rules('["a created: priority 80; tag mới"]',
    '["b created: move shipping", {"channel":["chat"]}]');
SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SELECT is(pg_temp.did(:t), 'a: priority 80; tag mới', 'a mail opens a case');
SELECT is((SELECT (priority, tags, queue = (SELECT id FROM desk.queue
    WHERE name = 'sales')) FROM desk.ticket WHERE id = :t),
    ROW(80::smallint, '{mới}'::text[], true), 'and it is done');
SELECT is((SELECT array_agg(DISTINCT e.meta->>'rule') FROM desk.event e
    WHERE e.ticket = :t AND e.kind IN ('priority', 'tag', 'rule')),
    '{a}', 'each change names the rule');
SELECT is((SELECT array_agg(e.kind ORDER BY e.id) FROM desk.event e
    WHERE e.ticket = :t), '{message,rule,priority,tag}',
    'after the rule that it followed from');
SELECT is((SELECT (g.apply->>'version')::bigint FROM got g WHERE g.ord = 1),
    (SELECT version FROM desk.ticket WHERE id = :t),
    'Redis is told the ticket as it is after that');
SELECT is((SELECT array_agg(g.apply->'feed'->>'kind' ORDER BY g.outbox)
    FROM got g WHERE g.ord IS NULL), '{priority,tag,rule}',
    'and all that happened');
SELECT is((SELECT count(*) FROM desk.automation_todo), 0::bigint,
    'nothing is left to be done');
SELECT is((pg_temp.take(pg_temp.mail('{"id":"twice"}'),
    pg_temp.mail('{"id":"twice"}'))->>'duplicate')::boolean, false, 'once');
SELECT is(pg_temp.did((SELECT max(id) FROM desk.ticket)),
    'a: priority 80; tag mới', 'the same event twice: one firing');
SELECT is((SELECT count(*) FROM got WHERE ord IS NOT NULL), 2::bigint,
    'and each has its answer');

-- Operations; a chain goes down the file, never up.
SELECT pg_temp.rules('["up tagged: priority 10", {"tag":["z"]}]',
    '["first tagged: priority 70", {"tag":["x"]}]',
    '["second priority: tag y; tag z", {"priority":"70-99"}]',
    '["third tagged: move shipping", {"tag":["y"]}]',
    '["fourth moved: notify sup"]');
SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SELECT pg_temp.later(:t);
SELECT jsonb_array_length(pg_temp.op('an', 'ticket_tag',
    jsonb_build_object('ticket', :t, 'tag', 'x'))) AS told \gset
SELECT is(pg_temp.did(:t), 'first: priority 70 | second: tag y; tag z | '
    'third: move shipping | fourth: notify sup', 'a chain');
SELECT is((SELECT priority FROM desk.ticket WHERE id = :t), 70::smallint,
    'what stands before a rule does not hear of it');
SELECT is(:told, 10, 'the operation tells all of it');
SELECT is((SELECT count(*) FROM desk.mention WHERE ticket = :t), 1::bigint,
    'the supervisor is told');

-- To and fro
SELECT pg_temp.rules('["to moved: move shipping", {"queue":["sales"]}]',
    '["fro moved: move sales", {"queue":["shipping"]}]');
SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SELECT pg_temp.later(:t);
SELECT pg_temp.op('an', 'ticket_transfer',
    jsonb_build_object('ticket', :t, 'queue', 'shipping'));
SELECT is(pg_temp.did(:t), 'fro: move sales', 'two that would loop: one turn');
SELECT pg_temp.op('an', 'ticket_transfer',
    jsonb_build_object('ticket', :t, 'queue', 'technical'));
SELECT pg_temp.op('sup', 'ticket_transfer',
    jsonb_build_object('ticket', :t, 'queue', 'sales'));
SELECT is(pg_temp.did(:t), 'fro: move sales | to: move shipping | '
    'fro: move sales', 'from the other end: each once');

-- At most so often a day
SELECT pg_temp.rules('["often priority: raise 1", {"daily":2}]');
SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SELECT pg_temp.op('an', 'ticket_priority',
    jsonb_build_object('ticket', :t, 'priority', p))
FROM unnest('{10,20,30,40}'::int[]) p;
SELECT is(pg_temp.did(:t), 'often: raise 1 | often: raise 1 | often: held 2',
    'more than so often: said once');
SELECT is((SELECT priority FROM desk.ticket WHERE id = :t), 40::smallint,
    'and not done');

-- States, by whatever way they come
SELECT pg_temp.rules('["done state: tag xong", {"state":["resolved"]}]',
    '["again state: priority 90", {"state":["open"]}]',
    '["word message: notify assignee"]');
SELECT pg_temp.ticket(pg_temp.mail('{"refs":["s1@shop"]}')) AS t \gset
SELECT is(pg_temp.did(:t), NULL, 'a new case is no change of state');
SELECT pg_temp.later(:t);
SELECT pg_temp.op('an', 'ticket_take', jsonb_build_object('ticket', :t));
SELECT is(pg_temp.did(:t), 'again: priority 90', 'taken: open');
SELECT pg_temp.later(:t);
SELECT pg_temp.op('an', 'ticket_resolve', jsonb_build_object('ticket', :t));
SELECT is(pg_temp.did(:t), 'again: priority 90 | done: tag xong', 'resolved');
UPDATE desk.ticket SET priority = 50 WHERE id = :t;
SELECT pg_temp.later(:t);
SELECT is(pg_temp.ticket(pg_temp.mail('{"thread":["s1@shop"]}')), :t::bigint,
    'he writes again');
SELECT is(split_part(pg_temp.did(:t), ' | ', 3) || ' '
    || split_part(pg_temp.did(:t), ' | ', 4),
    'word: notify assignee again: priority 90', 'a message, and opened by it');

-- Words, as the daemon heard them
SELECT pg_temp.rules('["money created: priority 95",
    {"keywords":["hoàn tiền"]}]');
SELECT is(pg_temp.did(pg_temp.ticket(pg_temp.mail())), NULL,
    'not the words: nothing');
SELECT is(pg_temp.did(pg_temp.ticket(pg_temp.mail(
    '{"facts":{"heard":["money"]}}'))), 'money: priority 95', 'the words');

-- Feelings, as the daemon read them
SELECT pg_temp.rules('["upset created: priority 90", {"mood":"bad 2"}]',
    '["glad message: tag vui", {"mood":"good"}]',
    '["sad tagged: priority 91", {"mood":"bad"}]');
CREATE FUNCTION pg_temp.felt(v int, strong int, more jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail(jsonb_build_object('facts', jsonb_build_object(
	    'mood', jsonb_build_object('value', v, 'strength', strong)))
	    || more)
$$;
SELECT is(pg_temp.did(pg_temp.ticket(pg_temp.mail())), NULL,
    'nothing was read: no');
SELECT is(pg_temp.did(pg_temp.ticket(pg_temp.felt(0, 0))), NULL, 'calm: no');
SELECT is(pg_temp.did(pg_temp.ticket(pg_temp.felt(-1, 1))), NULL,
    'a little upset: no');
SELECT pg_temp.ticket(pg_temp.felt(-1, 2, '{"refs":["f1@shop"]}')) AS t \gset
SELECT is(pg_temp.did(:t), 'upset: priority 90', 'upset');
SELECT pg_temp.later(:t);
SELECT pg_temp.op('an', 'ticket_tag',
    jsonb_build_object('ticket', :t, 'tag', 'x'));
SELECT is(pg_temp.did(:t), 'upset: priority 90 | sad: priority 91',
    'later the case''s own feeling counts');
SELECT pg_temp.later(:t);
SELECT pg_temp.take(pg_temp.felt(1, 1, '{"thread":["f1@shop"]}'));
SELECT is(split_part(pg_temp.did(:t), ' | ', 3), 'glad: tag vui',
    'that message''s, not the one before');
SELECT is((desk.rules_test(desk.caller_by_name('sup'), jsonb_build_object(
    'ticket', :t))->'rules'->0->>'lacks'), 'mood', 'what is lacking is told');
SELECT is((SELECT array_agg(r.mood::text || r.strength ORDER BY r.place)
    FROM desk.automation r), '{-12,11,-11}', 'as it was said');
SELECT is(desk.automation_lacks(r, t, NULL, NULL, NULL), 'mood',
    'a case of which nothing was read')
FROM desk.automation r, (SELECT t FROM desk.ticket t ORDER BY id LIMIT 1) x(t)
WHERE r.place = 3;

-- Skills, hooks, and what is so already
INSERT INTO desk.hook (name, url, secret_file, notices)
VALUES ('crm', 'https://crm.example/', 'x', '{wake}');
SELECT pg_temp.rules('["s created: skill en 2; prefer bao-hanh; skill en 3; '
    'hook crm; priority 50; assign binh"]');
SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SELECT is((SELECT (skills, state, assignee = (SELECT id FROM desk.agent
    WHERE name = 'binh')) FROM desk.ticket WHERE id = :t),
    ROW('{bao-hanh?,en:3}'::text[], 'open'::text, true),
    'skills: the last word on each');
SELECT is(pg_temp.did(:t), 's: skill en 2; prefer bao-hanh; skill en 3; '
    'hook crm; assign binh', 'what was so already is not said');
SELECT is((SELECT (n.kind, n.data::jsonb->>'rule') FROM desk.hook_notice n
    WHERE n.ticket = :t), ROW('rule'::text, 's'::text), 'one hook is told');
SELECT pg_temp.rules('["same message: priority 50"]');
SELECT pg_temp.ticket(pg_temp.mail('{"refs":["q1@shop"]}')) AS t \gset
SELECT pg_temp.later(:t);
SELECT pg_temp.take(pg_temp.mail('{"thread":["q1@shop"]}'));
SELECT is(pg_temp.did(:t), NULL, 'all was so already: no event');

-- Refused as to a person; our own fault is put on record, and the mail stays.
SELECT pg_temp.rules('["r created: assign gone; priority 60"]');
SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SELECT is(pg_temp.did(:t), 'r: priority 60', 'the rest is done');
SELECT is((SELECT e.meta->'refused'->0->>'act' FROM desk.event e
    WHERE e.ticket = :t AND e.kind = 'rule'), 'assign gone', 'and why not');
SELECT pg_temp.rules('["bad created: priority many"]',
    '["good created: priority 60"]');
SET client_min_messages = error;
SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SET client_min_messages = warning;
SELECT is(pg_temp.did(:t), 'bad: failed | good: priority 60',
    'one that goes wrong leaves mail and rules alone');

-- Who must not be written to
INSERT INTO desk.template VALUES ('hi', 'vi', 'Chào', 'Chào #{ticket}');
SELECT pg_temp.rules('["mail created: send hi"]', '["more message: send hi"]');
SELECT pg_temp.ticket(pg_temp.mail_from('mai@example.com',
    '{"refs":["m1@shop"]}')) AS t \gset
SELECT is(pg_temp.did(:t), 'mail: send hi', 'a person is');
SELECT is((SELECT (o.address, o.purpose, e.text, e.meta->>'rule')
    FROM desk.outbound o JOIN desk.event e ON e.id = o.event
    WHERE o.ticket = :t), ROW('mai@example.com'::text,
    'acknowledgement'::text, format('Chào #%s', :t), 'mail'::text),
    'as automatic mail');
SELECT pg_temp.later(:t);
SELECT pg_temp.take(pg_temp.mail_from('mai@example.com',
    '{"thread":["m1@shop"],"automatic":true}'));
SELECT is((SELECT e.meta->'refused'->0->>'why' FROM desk.event e
    WHERE e.ticket = :t AND e.meta->>'rule' = 'more'),
    'A machine wrote last.', 'an auto-responder is not');
SELECT pg_temp.ticket(pg_temp.mail_from('mai@example.com')) AS u \gset
SELECT is((SELECT e.meta->'refused'->0->>'why' FROM desk.event e
    WHERE e.ticket = :u AND e.kind = 'rule'),
    'It was sent to this customer lately.', 'nor a person twice a day');
SELECT pg_temp.ticket(pg_temp.mail_from('may@example.com',
    '{"automatic":true}')) AS u \gset
SELECT is((SELECT count(*) FROM desk.outbound WHERE ticket = :u), 0::bigint,
    'nor who opened it as a machine');

-- What is left behind by who does not end as an operation does
SELECT pg_temp.rules('["woke state: tag dậy", {"state":["open"]}]');
SELECT pg_temp.ticket(pg_temp.mail_from('ut@example.com')) AS t \gset
SELECT pg_temp.later(:t);
SELECT pg_temp.op('an', 'ticket_snooze', jsonb_build_object('ticket', :t,
    'until', desk.rfc3339(now() + interval '1 hour')));
UPDATE desk.snooze SET until = now() WHERE ticket = :t;
SELECT pg_temp.later(:t);
SELECT desk.wake_due(10);
SELECT set_config('desk.noted', '', true);
SELECT is(pg_temp.did(:t), NULL, 'noted');
SELECT is(desk.automations_run(10), 1, 'taken up');
SELECT is(pg_temp.did(:t), 'woke: tag dậy', 'and done');
SELECT is(desk.automations_run(10), 0, 'once');

-- Shown
SELECT is((desk.ticket_explain(desk.caller_by_name('an'),
    jsonb_build_object('ticket', :t))->'rules'->0->>'rule'), 'woke',
    'explained');
SELECT is(desk.rules_test(desk.caller_by_name('sup'), jsonb_build_object(
    'ticket', :t))->'rules'->0->>'said', 'At the next event "state".',
    'what would fire');
SELECT pg_temp.rules('["k created: priority 1", {"keywords":["x"]}]');
SELECT is(desk.rules_test(desk.caller_by_name('sup'), jsonb_build_object(
    'ticket', :t))->'rules'->0->>'said',
    'Not: its keywords does not hold.', 'and what not');
SELECT * FROM finish();
ROLLBACK;
