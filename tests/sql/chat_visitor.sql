-- The visitor's chat: opened, spoken in, read, and told who one is.
BEGIN;
\ir chat.psql
SELECT plan(39);

CREATE FUNCTION pg_temp.tell(id text, more jsonb) RETURNS jsonb
LANGUAGE sql AS $$SELECT desk.chat_identify(pg_temp.me(id),
    jsonb_build_object('conversation', id) || more)$$;

-- Opening
SELECT is(pg_temp.open(:'v', '{"page":"https://shop.example/","lang":"vi"}'),
    jsonb_build_object('conversation', :'v'), 'open: the id');
SELECT is(ROW(c.page, c.lang, c.ticket, k.kind, k.address)::text,
    ROW('https://shop.example/', 'vi', NULL, 'chat', :'v')::text,
    'open: the record') FROM desk.conversation c
JOIN desk.contact k ON k.id = c.contact;
SELECT is((SELECT count(*) FROM desk.ticket), 0::bigint,
    'open: no ticket before a word is said');
SELECT is(pg_temp.me(:'v') - 'contact', jsonb_build_object('who', 'visitor',
    'role', 'visitor', 'conversation', :'v'), 'token: whose it is');
SELECT is(desk.chat_visitor(:'v', sha256('\x00')), NULL, 'token: a wrong one');
SELECT is(desk.chat_visitor(:'w', sha256(:'v'::bytea)), NULL,
    'token: of another conversation');

-- Speaking
SELECT pg_temp.ticket(pg_temp.say(:'v', 'Xin chào')) AS t \gset
SELECT is((pg_temp.row_of(:t)).conversation, :'v'::uuid, 'say: the ticket''s');
SELECT is((SELECT c.ticket FROM desk.conversation c WHERE c.id = :'v'),
    :t::bigint, 'say: and the other way');
SELECT is((g.apply->'feed') - '{ticket,number,customer,event,who}'::text[],
    jsonb_build_object('kind', 'event', 'queue', 'sales', 'channel', 'chat',
    'direction', 'in', 'state', 'new', 'subject', 'Xin chào', 'preview',
    'Xin chào', 'text', 'Xin chào', 'conversation', :'v'),
    'say: the notice has the text') FROM got g;
SELECT is(pg_temp.ticket(pg_temp.say(:'v', 'Còn hàng không?')), :t::bigint,
    'say: the same ticket');
SELECT is(g.answer#>>'{why,threaded}', 'the same conversation', 'say: and why')
FROM got g;
SELECT pg_temp.open(:'w');
SELECT pg_temp.take(pg_temp.say(:'w', 'x', jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('chat', :'w'))))) AS a \gset
SELECT isnt((:'a'::jsonb->>'ticket')::bigint, :t::bigint, 'say: in another');
SELECT pg_temp.take(pg_temp.say(:'v', 'spy', jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('chat', :'w'))))) AS a \gset
SELECT isnt((:'a'::jsonb->>'ticket')::bigint, :t::bigint,
    'say: not as somebody else');
UPDATE desk.conversation SET ticket = :t WHERE id = :'v';
SELECT pg_temp.take(pg_temp.say(:'v', repeat('ă', 2100))) AS a \gset
SELECT ok(octet_length(g.apply#>>'{feed,text}') BETWEEN 1000 AND 4000,
    'say: a long text is cut in the notice') FROM got g;

-- Reading
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction, agent,
    who, text)
SELECT now(), :t, t.customer, k, c, d, (SELECT a.id FROM desk.agent a
    WHERE a.name = 'an'), 'An', x FROM desk.ticket t, (VALUES
    ('message', 'chat', 'out', 'Còn ạ'), ('note', 'desk', 'own', 'secret'),
    ('message', 'mail', 'in', 'by mail'), ('note', 'chat', 'own', 'secret'))
    v(k, c, d, x) WHERE t.id = :t;
SELECT is(jsonb_path_query_array(pg_temp.read(:'v'), '$.messages[*].direction'),
    '["in","in","in","out"]', 'read: both sides, neither notes nor mail');
SELECT is(jsonb_path_query_array(pg_temp.read(:'v'), '$.messages[3]')
    - 'x', jsonb_path_query_array(pg_temp.read(:'v'),
    '$.messages[*] ? (@.text == "Còn ạ")'), 'read: the oldest first');
SELECT is((pg_temp.read(:'v')#>'{messages,3}') - '{event,at}'::text[],
    '{"direction":"out","who":"An","text":"Còn ạ"}'::jsonb,
    'read: what a message has');
SELECT is(jsonb_array_length(pg_temp.read(:'v', jsonb_build_object('after',
    pg_temp.read(:'v')#>'{messages,1,event}'))->'messages'), 2,
    'read: after an event');
SELECT is(pg_temp.read(:'w')#>>'{messages,0,text}', 'x', 'read: one''s own');
SELECT throws_ok(format($$SELECT desk.chat_read(pg_temp.me(%L),
    '{"conversation":"%s"}')$$, :'w', :'v'), 'DK001',
    'There is no such conversation.', 'read: nobody else''s');
SELECT throws_ok(format($$SELECT desk.chat_read('{"role":"admin"}',
    '{"conversation":"%s"}')$$, :'v'), 'DK001', NULL,
    'read: only with a conversation');
SELECT pg_temp.open(:'x');
SELECT is(pg_temp.read(:'x'), jsonb_build_object('conversation', :'x',
    'messages', '[]'::jsonb, 'more', false, 'ended', false, 'seen',
    '{}'::jsonb), 'read: nothing said yet');
SELECT pg_temp.take(VARIADIC ARRAY(SELECT pg_temp.say(:'x', 'm' || n)
    FROM generate_series(1, 501) n));
SELECT is(ROW(jsonb_array_length(r->'messages'), r->'more')::text,
    '(500,true)', 'read: a page') FROM pg_temp.read(:'x') r;
SELECT is(ROW(jsonb_array_length(r->'messages'), r->'more')::text,
    '(1,false)', 'read: the next one') FROM pg_temp.read(:'x',
    jsonb_build_object('after', pg_temp.read(:'x')#>'{messages,499,event}')) r;

-- Who one is: a new address joins the visitor
SELECT pg_temp.tell(:'x', '{"name":"Mai","name_folded":"mai","contacts":[
    {"kind":"email","address":"mai@example.com"}]}');
SELECT is(pg_temp.owner('mai@example.com'), pg_temp.owner(:'x'),
    'tell: a new address is his');
SELECT is((SELECT u.name || '/' || u.name_folded FROM desk.customer u
    WHERE u.id = pg_temp.owner(:'x')), 'Mai/mai', 'tell: the name');
SELECT is(pg_temp.me(:'x')->>'name', 'Mai', 'tell: his messages carry it');
SELECT is(desk.outbox_mine()#>>'{0,apply,feed,kind}', 'customer',
    'tell: agents see it');
SELECT pg_temp.tell(:'x', '{"name":"Other"}');
SELECT is(pg_temp.me(:'x')->>'name', 'Mai', 'tell: a name stays');

-- … a known one takes him in
SELECT pg_temp.take(pg_temp.mail());
SELECT pg_temp.owner(:'v') AS was \gset
SELECT is(pg_temp.tell(:'v', '{"contacts":[{"kind":"email","address":
    "lan@example.com"},{"kind":"phone","address":"+8491"}]}'),
    jsonb_build_object('conversation', :'v'),
    'known: nothing of what is known is told');
SELECT is(pg_temp.owner(:'v'), pg_temp.owner('lan@example.com'),
    'known: he is she');
SELECT is(pg_temp.owner('+8491'), pg_temp.owner('lan@example.com'),
    'known: and the telephone hers');
SELECT is((pg_temp.row_of(:t)).customer, pg_temp.owner('lan@example.com'),
    'known: with his ticket');
SELECT is((SELECT count(*) FROM desk.customer WHERE id = :was), 0::bigint,
    'known: the empty record is gone');
SELECT is(jsonb_array_length(pg_temp.read(:'v')->'messages'), 4,
    'known: he reads what he read before, and no more');
SELECT is(pg_temp.ticket(pg_temp.say(:'v', 'vẫn đây')), :t::bigint,
    'known: and goes on in his ticket');
SELECT pg_temp.tell(:'x', '{"contacts":[{"kind":"email","address":
    "lan@example.com"}]}');
SELECT isnt(pg_temp.owner(:'x'), pg_temp.owner('lan@example.com'),
    'known: who has an address of his own is not merged');
SELECT is((SELECT count(*) FROM desk.same_person), 1::bigint,
    'known: a person decides');

-- Known at once
SELECT pg_temp.open('44444444-4444-4444-8444-444444444444', '{"contacts":[
    {"kind":"email","address":"lan@example.com"}],"name":"Hacker"}');
SELECT is(pg_temp.owner('44444444-4444-4444-8444-444444444444'),
    pg_temp.owner('lan@example.com'), 'open: with a known address');

SELECT * FROM finish();
ROLLBACK;
