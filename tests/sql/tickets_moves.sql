-- A ticket's life: taken, handed on, waited with, resolved, taken up again.
BEGIN;
\ir fixture.psql
SELECT plan(63);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Giá áo thun') AS t \gset

-- Taking
SELECT is(r - '{event,number}'::text[], jsonb_build_object('ticket', :t,
	'queue', 'sales', 'state', 'open', 'assignee', 'an', 'version', 2),
    'take: the answer is the whole of it')
FROM pg_temp.act('an', 'take', :t) r;
SELECT is(pg_temp.told(), 'take', 'take: one notice');
SELECT is((SELECT ARRAY[e.kind, e.direction, e.who, a.name, e.meta->>'to']
	FROM desk.event e JOIN desk.agent a ON a.id = e.agent
	WHERE e.ticket = :t ORDER BY e.id DESC LIMIT 1),
    '{assign,own,"An Nguyễn",an,an}', 'take: the history says who');
SELECT is(pg_temp.act('an', 'take', :t)->>'version', '2',
    'take: again by the same agent changes nothing');
SELECT is(pg_temp.events(:t), 2::bigint, 'take: … and adds no event');
SELECT is(pg_temp.told(), '', 'take: … and no notice');
SELECT pg_temp.refused('binh', 'ticket_take', ('{"ticket":' || :t || '}')::jsonb,
    'CONFLICT ticket', 'take: somebody else has it');
SELECT is((SELECT a.name FROM desk.ticket t JOIN desk.agent a
	ON a.id = t.assignee WHERE t.id = :t), 'an', 'take: … and keeps it');

-- Assigning
SELECT is(pg_temp.act('sup', 'assign', :t, '{"agent":"binh","note":"Giúp An"}')
    ->>'assignee', 'binh', 'assign: to another');
SELECT is(pg_temp.told(), 'assign', 'assign: one notice');
SELECT is((SELECT e.meta || jsonb_build_object('text', e.text)
	FROM desk.event e WHERE e.ticket = :t ORDER BY e.id DESC LIMIT 1),
    '{"from":"an","to":"binh","text":"Giúp An"}', 'assign: from, to and why');
SELECT is(pg_temp.act('sup', 'assign', :t, '{"agent":"binh"}')->>'version',
    '3', 'assign: the same again changes nothing');
SELECT pg_temp.refused('sup', 'ticket_assign',
    ('{"ticket":' || :t || ',"agent":"nobody-such"}')::jsonb, 'INVALID agent',
    'assign: an unknown agent');
SELECT pg_temp.refused('sup', 'ticket_assign',
    ('{"ticket":' || :t || ',"agent":"gone"}')::jsonb, 'INVALID agent',
    'assign: one who has left');
SELECT is(pg_temp.act('binh', 'assign', :t, '{"agent":"none"}')->'assignee',
    'null', 'assign: none, back to the line');
SELECT is((SELECT desk.place(t.state, t.assignee) FROM desk.ticket t
	WHERE t.id = :t), 'wait', 'assign: … where it waits');
SELECT is(pg_temp.act('an', 'assign', :t, '{"agent":"none"}')->>'version',
    '4', 'assign: nobody''s already');

-- Handing on
SELECT pg_temp.told();
SELECT is(pg_temp.act('an', 'take', :t)->>'assignee', 'an', 'taken again');
SELECT is(pg_temp.act('an', 'transfer', :t,
	'{"queue":"shipping","note":"Khách hỏi giao hàng"}') - '{event,number}'::text[],
    jsonb_build_object('ticket', :t, 'queue', 'shipping', 'state', 'open',
	'assignee', NULL, 'version', 6), 'transfer: nobody''s, in the new queue');
SELECT is(pg_temp.told(), 'take transfer', 'transfer: one notice');
SELECT is((SELECT t.due_at - now() FROM desk.ticket t WHERE t.id = :t),
    interval '900 seconds', 'transfer: the new queue''s first target');
SELECT is((SELECT t.transfers FROM desk.ticket t WHERE t.id = :t),
    1::smallint, 'transfer: counted');
SELECT is((SELECT e.meta || jsonb_build_object('kind', e.kind, 'text', e.text)
	FROM desk.event e WHERE e.ticket = :t ORDER BY e.id DESC LIMIT 1),
    '{"from":"sales","to":"shipping","kind":"transfer","text":"Khách hỏi giao hàng"}',
    'transfer: the note goes along');
SELECT is(pg_temp.act('an', 'transfer', :t, '{"queue":"shipping"}')->>'version',
    '6', 'transfer: its repeat by one who does not serve there');
SELECT pg_temp.refused('an', 'ticket_transfer',
    ('{"ticket":' || :t || ',"queue":"sales"}')::jsonb, 'DENIED ticket',
    'transfer: back, by one who does not serve there');
SELECT pg_temp.refused('binh', 'ticket_transfer',
    ('{"ticket":' || :t || ',"queue":"moon"}')::jsonb, 'INVALID queue',
    'transfer: an unknown queue');
SELECT results_eq($$SELECT q.name, h.what, h.n FROM desk.queue_hour h
	JOIN desk.queue q ON q.id = h.queue ORDER BY 1, 2$$,
    $$VALUES ('sales', 'moved_out', 1::bigint), ('sales', 'taken', 2),
	('shipping', 'moved_in', 1)$$,
    'transfer: counted out and in, as what was taken before');

-- Waiting for the customer
SELECT is(pg_temp.act('binh', 'pend', :t, '{"note":"Chờ địa chỉ"}')->>'state',
    'pending', 'pend');
SELECT ok(t.due_at IS NULL, 'pend: nothing is due') FROM desk.ticket t
WHERE t.id = :t;
SELECT is(pg_temp.act('binh', 'pend', :t)->>'version', '7',
    'pend: again changes nothing');
SELECT is(pg_temp.act('binh', 'reopen', :t)->>'state', 'open',
    'reopen: ends the wait');
SELECT is((SELECT ARRAY[t.due_at - now(), make_interval(secs => t.reopens)]
	FROM desk.ticket t WHERE t.id = :t), ARRAY[interval '900 seconds',
	interval '0'], 'reopen: the clock runs; no case was reopened');
SELECT is(pg_temp.told(), 'pend reopen', 'pend, reopen: a notice each');

-- Resolving
SELECT is(pg_temp.act('binh', 'take', :t)->>'assignee', 'binh', 'taken');
SELECT is(pg_temp.act('binh', 'resolve', :t, '{"note":"Đã giao"}')->>'state',
    'resolved', 'resolve');
SELECT ok(t.due_at IS NULL AND t.resolved_at = now() AND t.assignee IS NOT NULL,
    'resolve: nothing due, the moment known, the assignee kept')
FROM desk.ticket t WHERE t.id = :t;
SELECT is(pg_temp.events(:t), (SELECT count(*) FROM desk.event
	WHERE ticket = :t AND pg_temp.act('binh', 'resolve', :t) IS NOT NULL),
    'resolve: again adds no event');
SELECT is(pg_temp.told(), 'take resolve', 'resolve: one notice');
SELECT is((SELECT (desk.apply_json(t, '{}')->>'place') FROM desk.ticket t
	WHERE t.id = :t), 'gone', 'resolve: its place is gone');
SELECT pg_temp.refused('binh', 'ticket_' || op,
    ('{"ticket":' || :t || ',"agent":"an","queue":"sales","priority":9,'
	|| '"text":"x"}')::jsonb, 'CONFLICT ticket', op || ': not once resolved')
FROM unnest('{pend,transfer,priority,reply}'::text[]) op;
SELECT pg_temp.refused('an', 'ticket_assign', jsonb_build_object('ticket', :t,
	'agent', 'an'), 'DENIED ticket', 'assign: not where one does not serve');
SELECT pg_temp.refused('sup', 'ticket_take', jsonb_build_object('ticket', :t),
    'CONFLICT ticket', 'take: not once resolved');

-- And again
SELECT is(pg_temp.act('binh', 'reopen', :t)->>'state', 'open', 'reopen');
SELECT is((SELECT ARRAY[t.reopens, (t.resolved_at IS NULL)::int,
	extract(epoch FROM t.due_at - now())] FROM desk.ticket t
	WHERE t.id = :t), ARRAY[1, 1, 900]::numeric[],
    'reopen: counted, not resolved, due');
SELECT is((SELECT a.name FROM desk.ticket t JOIN desk.agent a
	ON a.id = t.assignee WHERE t.id = :t), 'binh', 'reopen: still his');
SELECT is(pg_temp.act('binh', 'reopen', :t)->>'state', 'open',
    'reopen: open already');
SELECT is(pg_temp.told(), 'reopen', 'reopen: one notice');
SELECT pg_temp.act('binh', 'resolve', :t);
UPDATE desk.agent SET active = false WHERE name = 'binh';
SELECT is(pg_temp.act('sup', 'reopen', :t)->'assignee', 'null',
    'reopen: not for one who has left');
UPDATE desk.ticket SET state = 'closed' WHERE id = :t;
SELECT pg_temp.refused('sup', 'ticket_' || op, jsonb_build_object('ticket',
	:t), 'CONFLICT ticket', op || ': closed is the end')
FROM unnest('{reopen,resolve,pend}'::text[]) op;

-- Priority and tags
SELECT pg_temp.ticket(:lan, 'sales', 'Áo khoác') AS u \gset
SELECT pg_temp.told();
SELECT is(pg_temp.act('an', 'priority', :u, '{"priority":80}')->>'version',
    '2', 'priority');
SELECT is(pg_temp.act('an', 'priority', :u, '{"priority":80}')->>'version',
    '2', 'priority: the same changes nothing');
SELECT is((SELECT a->'apply'->>'score' FROM jsonb_array_elements(
	desk.outbox_mine()) a), (SELECT (floor(extract(epoch FROM t.due_at)
	* 1000) - 30 * 60000)::bigint::text FROM desk.ticket t WHERE t.id = :u),
    'priority: moves its place in the line');
SELECT pg_temp.act('an', 'tag', :u, '{"tag":"vip"}');
SELECT pg_temp.act('an', 'tag', :u, '{"tag":"doi-tra"}');
SELECT is((SELECT tags FROM desk.ticket WHERE id = :u), '{doi-tra,vip}',
    'tag: kept in order');
SELECT is(pg_temp.act('an', 'tag', :u, '{"tag":"vip"}')->>'version', '4',
    'tag: twice is once');
SELECT pg_temp.act('an', 'tag', :u, '{"tag":"vip","off":true}');
SELECT is(pg_temp.act('an', 'tag', :u, '{"tag":"vip","off":true}')->>'version',
    '5', 'tag: off twice is once');
SELECT is((SELECT tags FROM desk.ticket WHERE id = :u), '{doi-tra}',
    'tag: taken off');
UPDATE desk.ticket SET tags = ARRAY(SELECT 't' || n
    FROM generate_series(1, 50) n) WHERE id = :u;
SELECT pg_temp.refused('an', 'ticket_tag', jsonb_build_object('ticket', :u,
	'tag', 'more'), 'CONFLICT tag', 'tag: fifty are enough');
SELECT pg_temp.refused('an', 'ticket_take', '{"ticket":999999999}',
    'NOTFOUND ticket', 'a ticket that is not there');

SELECT * FROM finish();
ROLLBACK;
