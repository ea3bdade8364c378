-- Who wrote: contacts belong to one customer; those of one event meet.
BEGIN;
\ir intake.psql
SELECT plan(33);

-- One customer by one address, whatever the batch
SELECT pg_temp.take(pg_temp.mail(), pg_temp.mail(), pg_temp.mail_from(
    'hoa@example.com', '{"name":"Hoa","name_folded":"hoa"}'));
SELECT is(array_agg(g.answer#>>'{why,identified}' ORDER BY g.ord),
    '{"new email","new email","new email"}', 'new: they are') FROM got g;
SELECT is(count(DISTINCT g.answer->'customer'), 2::bigint,
    'new: one customer for one address') FROM got g;
SELECT is(u.name || '/' || u.name_folded, 'Hoa/hoa', 'new: the name')
FROM desk.customer u WHERE u.id = pg_temp.owner('hoa@example.com');
SELECT is(pg_temp.take(pg_temp.mail('{"name":"Lanny"}'))
    #>>'{why,identified}', 'known email', 'known: next time');
SELECT is((SELECT u.name FROM desk.customer u
    WHERE u.id = pg_temp.owner('lan@example.com')), 'Lan',
    'known: a name is not replaced');
SELECT is((SELECT count(*) FROM desk.customer), 2::bigint, 'known: no other');

-- A new contact joins the customer of a known one, wherever it stands
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('email', 'lan@example.com'),
	pg_temp.of('phone', '+84901') || '{"original":"0901","flags":["x"]}')
    )));
SELECT is(pg_temp.owner('+84901'), pg_temp.owner('lan@example.com'),
    'join: a telephone number in a mail');
SELECT is(ROW(c.original, c.flags)::text, '(0901,{x})',
    'join: as it was written') FROM desk.contact c WHERE c.address = '+84901';
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('email', 'lan@work.example'),
	pg_temp.of('phone', '+84901'))))) AS a \gset
SELECT is((:'a'::jsonb->>'customer')::bigint, pg_temp.owner('lan@example.com'),
    'join: a new sender with a known number');
SELECT is(:'a'::jsonb#>>'{why,identified}', 'new email', 'join: and why');

-- New ones that meet in a batch, also by way of a third event
SELECT pg_temp.take(
    pg_temp.mail(jsonb_build_object('contacts', jsonb_build_array(
	pg_temp.of('email', 'a@n'), pg_temp.of('phone', '+1')))),
    pg_temp.mail(jsonb_build_object('contacts', jsonb_build_array(
	pg_temp.of('email', 'b@n'), pg_temp.of('phone', '+2')))),
    pg_temp.mail(jsonb_build_object('contacts', jsonb_build_array(
	pg_temp.of('phone', '+1'), pg_temp.of('phone', '+2')))),
    pg_temp.mail_from('c@n'));
SELECT is(count(DISTINCT pg_temp.owner(a)), 1::bigint, 'meet: one customer')
FROM unnest('{a@n,b@n,+1,+2}'::text[]) a;
SELECT isnt(pg_temp.owner('c@n'), pg_temp.owner('a@n'),
    'meet: but not he who met nobody');
SELECT is(count(DISTINCT g.answer->'customer'), 2::bigint,
    'meet: and all their events') FROM got g;
SELECT ok(NOT EXISTS (SELECT FROM desk.customer u WHERE NOT EXISTS (
    SELECT FROM desk.contact c WHERE c.customer = u.id)),
    'meet: no customer without a contact');
SELECT pg_temp.take(
    pg_temp.mail(jsonb_build_object('contacts', jsonb_build_array(
	pg_temp.of('email', 'd@n'), pg_temp.of('phone', '+3')))),
    pg_temp.mail(jsonb_build_object('contacts', jsonb_build_array(
	pg_temp.of('phone', '+3'), pg_temp.of('email', 'lan@example.com')))));
SELECT is(pg_temp.owner('d@n'), pg_temp.owner('lan@example.com'),
    'meet: a known customer whom a later event of the batch brings');

-- Two known customers are not merged
SELECT is((SELECT count(*) FROM desk.same_person), 0::bigint,
    'two: nobody so far');
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('email', 'hoa@example.com'),
	pg_temp.of('email', 'lan@example.com'))))) AS a \gset
SELECT is((:'a'::jsonb->>'customer')::bigint, pg_temp.owner('hoa@example.com'),
    'two: it is the sender''s');
SELECT isnt(pg_temp.owner('lan@example.com'), pg_temp.owner('hoa@example.com'),
    'two: not merged');
SELECT is(array_agg(ROW(p.one, p.other)::text), ARRAY[ROW(
	least(pg_temp.owner('lan@example.com'), pg_temp.owner('hoa@example.com')),
	greatest(pg_temp.owner('lan@example.com'),
	    pg_temp.owner('hoa@example.com')))::text],
    'two: a person is told') FROM desk.same_person p;
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('email', 'lan@example.com'),
	pg_temp.of('email', 'hoa@example.com')))));
SELECT is((SELECT count(*) FROM desk.same_person), 1::bigint,
    'two: told once');

-- A mere chat identity moves to the one who is known by more
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('channel', 'chat',
    'contacts', jsonb_build_array(pg_temp.of('chat', 'chat-1')),
    'name', 'Khách'))) AS a \gset
SELECT :'a'::jsonb->>'ticket' AS t, :'a'::jsonb->>'customer' AS was \gset
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('channel', 'chat',
    'contacts', jsonb_build_array(pg_temp.of('chat', 'chat-1'),
	pg_temp.of('email', 'lan@example.com'))))) AS a \gset
SELECT is((:'a'::jsonb->>'customer')::bigint, pg_temp.owner('lan@example.com'),
    'move: the event');
SELECT is(pg_temp.owner('chat-1'), pg_temp.owner('lan@example.com'),
    'move: the identity');
SELECT is((pg_temp.row_of(:t)).customer, pg_temp.owner('lan@example.com'),
    'move: its ticket');
SELECT is(array_agg(DISTINCT e.customer), ARRAY[pg_temp.owner(
    'lan@example.com')], 'move: its history') FROM desk.event e
WHERE e.ticket = :t;
SELECT is((SELECT count(*) FROM desk.customer WHERE id = :was), 0::bigint,
    'move: the empty record is gone');
SELECT is((SELECT count(*) FROM desk.same_person), 1::bigint,
    'move: nothing to decide');

-- … but not one that owns more, and a new address joins it
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('chat', 'chat-2'),
	pg_temp.of('email', 'new@chat.example')))));
SELECT is(pg_temp.owner('chat-2'), pg_temp.owner('new@chat.example'),
    'chat: its own new address');
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('chat', 'chat-2'),
	pg_temp.of('email', 'lan@example.com'))))) AS a \gset
SELECT isnt(pg_temp.owner('chat-2'), pg_temp.owner('lan@example.com'),
    'chat: a record with an address of its own stays');
SELECT is((SELECT count(*) FROM desk.same_person), 2::bigint,
    'chat: a person decides');
-- The chat named second is the mere identity
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('chat', 'chat-3')))));
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('email', 'hoa@example.com'),
	pg_temp.of('chat', 'chat-3')))));
SELECT is(pg_temp.owner('chat-3'), pg_temp.owner('hoa@example.com'),
    'move: also when it is not the sender');

-- Same address, another kind
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('zalo', '+84901')))));
SELECT is((SELECT count(DISTINCT c.customer) FROM desk.contact c
    WHERE c.address = '+84901'), 2::bigint, 'kind: is part of the key');
SELECT is((SELECT count(*) FROM desk.contact c LEFT JOIN desk.customer u
    ON u.id = c.customer WHERE u.id IS NULL), 0::bigint,
    'in the end every contact has its customer');
SELECT is((SELECT count(*) FROM desk.ticket t LEFT JOIN desk.customer u
    ON u.id = t.customer WHERE u.id IS NULL), 0::bigint,
    'in the end every ticket has its customer');

SELECT * FROM finish();
ROLLBACK;
