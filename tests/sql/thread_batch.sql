-- Events of one batch that belong together, as if they had come one by one.
BEGIN;
\ir intake.psql
SELECT plan(25);

CREATE FUNCTION pg_temp.m(who text, mid text, thread text[],
    more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail_from(who, jsonb_build_object('id', mid, 'refs',
	    ARRAY[mid], 'thread', thread) || more)
$$;

-- A mail and its answers, also of an answer, among others
SELECT pg_temp.take(pg_temp.m('a@x', '1@m', '{}'), pg_temp.m('b@x', '2@m', '{}'),
    pg_temp.m('a@x', '3@m', '{1@m}'), pg_temp.m('a@x', '4@m', '{3@m}'),
    pg_temp.m('b@x', '5@m', '{4@m}'), pg_temp.m('a@x', '6@m', '{4@m,3@m,1@m}'));
SELECT is(pg_temp.tickets(), '1 2 1 1 3 1', 'mail: each to its own');
SELECT is(array_agg(g.answer->>'created' ORDER BY g.ord),
    '{true,true,false,false,true,false}', 'mail: who opened one') FROM got g;
SELECT is((SELECT t.related FROM desk.ticket t WHERE t.id
	= (b.answer->>'ticket')::bigint), (a.answer->>'ticket')::bigint,
    'mail: a stranger in the batch is a stranger')
FROM got a, got b WHERE a.ord = 1 AND b.ord = 5;
SELECT is(array_agg(DISTINCT g.apply->>'version'), '{4}',
    'mail: one present state') FROM got g WHERE g.ord IN (1, 3, 4, 6);
SELECT is(array_agg(g.ord ORDER BY g.outbox), '{1,2,3,4,5,6}',
    'mail: notices in the order of the batch') FROM got g;
SELECT ok(bool_and(n.before < n.id), 'mail: the history too') FROM (
    SELECT (g.answer->>'event')::bigint AS id, lag((g.answer->>'event')::bigint,
	1, 0::bigint) OVER (ORDER BY g.ord) AS before FROM got g) n;
SELECT pg_temp.take(pg_temp.m('a@x', '8@m', '{7@m}'), pg_temp.m('a@x', '7@m', '{}'));
SELECT is(pg_temp.tickets(), '1 2', 'mail: an answer that came first');
SELECT pg_temp.take(pg_temp.m('a@x', '9@m', '{9@m}'));
SELECT is(pg_temp.tickets(), '1', 'mail: that answers itself');

-- A long conversation, new and known
INSERT INTO desk.customer (id, name) VALUES (900, 'Khách');
INSERT INTO desk.contact (id, customer, kind, address)
VALUES (900, 900, 'chat', '11111111-1111-4111-8111-111111111111');
INSERT INTO desk.conversation (id, token, contact)
VALUES ('11111111-1111-4111-8111-111111111111', '\x00', 900);
CREATE FUNCTION pg_temp.say(said text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail(jsonb_build_object('channel', 'chat', 'text', said,
	    'preview', said, 'conversation', c, 'contacts', jsonb_build_array(
	    pg_temp.of('chat', c)))) - 'subject'
	FROM (VALUES ('11111111-1111-4111-8111-111111111111')) v(c)
$$;
SELECT pg_temp.take(VARIADIC ARRAY(
    SELECT pg_temp.say('line ' || n) FROM generate_series(1, 60) n));
SELECT is(count(DISTINCT g.answer->'ticket'), 1::bigint, 'chat: one ticket')
FROM got g;
SELECT is(array_agg(g.ord), '{1}', 'chat: that the first opened') FROM got g
WHERE g.answer->>'created' = 'true';
SELECT is(ROW(t.preview, t.subject, t.conversation)::text, '("line 60",'
    '"line 1",11111111-1111-4111-8111-111111111111)', 'chat: what is shown')
FROM desk.ticket t WHERE t.customer = 900;
SELECT is(string_agg(e.text, ',' ORDER BY e.id), (SELECT string_agg('line ' || n,
	',' ORDER BY n) FROM generate_series(1, 60) n), 'chat: in order')
FROM desk.event e WHERE e.customer = 900;
UPDATE desk.ticket SET state = 'closed' WHERE customer = 900;
SELECT pg_temp.take(pg_temp.say('a'), pg_temp.say('b'), pg_temp.say('c'));
SELECT is(pg_temp.tickets(), '1 1 1', 'chat: one more after it was closed');
SELECT is(g.answer#>>'{why,threaded}', 'new: the related ticket is closed',
    'chat: and why') FROM got g WHERE g.ord = 1;

-- A call's records, and calls of one customer
SELECT pg_temp.take(pg_temp.ring('+841', '{"id":"c1","state":"ringing"}'),
    pg_temp.ring('+842', '{"id":"c2","state":"missed"}'),
    pg_temp.ring('+841', '{"id":"c1","state":"answered","agent":"101"}'),
    pg_temp.ring('+842', '{"id":"c3","state":"missed"}'),
    pg_temp.ring('+841', '{"id":"c1","state":"ended","agent":"101"}'),
    pg_temp.ring('+842', '{"id":"c4","state":"missed"}'));
SELECT is(pg_temp.tickets(), '1 2 1 2 1 2', 'calls: each to its own');
SELECT is(ROW(t.state, t.kind, a.name, t.due_at)::text, '(open,case,an,)',
    'calls: taken by An') FROM got g JOIN desk.ticket t
ON t.id = (g.answer->>'ticket')::bigint JOIN desk.agent a ON a.id = t.assignee
WHERE g.ord = 1;
SELECT is(ROW(t.state, t.kind, t.assignee)::text, '(new,callback,)',
    'calls: one call back for three tries') FROM got g JOIN desk.ticket t
ON t.id = (g.answer->>'ticket')::bigint WHERE g.ord = 2;

SELECT pg_temp.take(VARIADIC ARRAY(SELECT pg_temp.ring('+843',
    '{"state":"missed"}'::jsonb || jsonb_build_object('id', 'd' || n),
    jsonb_build_object('candidates', jsonb_build_array(
	jsonb_build_object('queue', q, 'why', 'x'))))
    FROM (VALUES (1, 'sales'), (2, 'shipping'), (3, 'sales'),
	(4, 'shipping'), (5, 'technical'), (6, 'shipping')) v(n, q)));
SELECT is(pg_temp.tickets(), '1 1 1 1 1 1',
    'calls: on whatever trunk, one call back');

-- Orders of one customer
SELECT pg_temp.take(VARIADIC ARRAY(SELECT pg_temp.mail_from(who,
    jsonb_build_object('channel', 'order', 'kind', 'order', 'order', no))
    FROM (VALUES (1, 'a@x', 'DH1'), (2, 'a@x', 'DH2'), (3, 'a@x', 'DH1'),
	(4, 'b@x', 'DH1'), (5, 'a@x', 'DH2')) v(n, who, no) ORDER BY n));
SELECT is(pg_temp.tickets(), '1 2 1 3 2', 'orders: by number and customer');

-- Different batches
SELECT is(pg_temp.ticket(pg_temp.ring('+841', '{"id":"c1","state":"hung"}')),
    (SELECT t.id FROM desk.ticket t WHERE t.call = 'c1'), 'later: the call');
SELECT pg_temp.take(pg_temp.m('a@x', '10@m', '{1@m}'),
    pg_temp.m('a@x', '11@m', '{10@m,1@m}'), pg_temp.m('a@x', '12@m', '{1@m}'));
SELECT is(pg_temp.tickets(), '1 1 1', 'later: answers to a known mail');
SELECT is(count(*), 7::bigint, 'later: all in its history')
FROM desk.event e WHERE e.ticket = (SELECT (answer->>'ticket')::bigint
    FROM got WHERE ord = 1);

-- Mixed duplicates: the leader of a group is one
SELECT pg_temp.say('dup') AS d \gset
SELECT pg_temp.take(:'d');
SELECT pg_temp.take(:'d', pg_temp.say('e'), :'d', pg_temp.say('f'));
SELECT is(pg_temp.tickets(), '1 1 1 1', 'duplicates: in a group');
SELECT is(array_agg(g.answer->>'duplicate' ORDER BY g.ord),
    '{true,false,true,false}', 'duplicates: told apart') FROM got g;
SELECT is((SELECT count(*) FROM (SELECT FROM desk.event_key k
    LEFT JOIN desk.event e ON e.id = k.event WHERE e.id IS NULL) x), 0::bigint,
    'every key has its event');

SELECT * FROM finish();
ROLLBACK;
