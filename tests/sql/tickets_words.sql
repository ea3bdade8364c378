-- What agents write: cases opened by hand, notes, answers; and ids that make
-- a repeat harmless.
BEGIN;
\ir fixture.psql
SELECT plan(45);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.customer('Nam', 'nam@example.com') AS nam \gset

-- Opening
SELECT pg_temp.ask('an', 'ticket_open', jsonb_build_object('customer', :lan,
    'queue', 'shipping', 'subject', 'Đơn bị trễ', 'text', 'Khách gọi hỏi',
    'priority', 70, 'once', 'one')) AS opened \gset
SELECT is(:'opened'::jsonb - '{ticket,number,event}'::text[],
    '{"queue":"shipping","state":"new","assignee":null,"version":1}',
    'open: in any queue, new, nobody''s');
SELECT is(pg_temp.told(), 'open', 'open: one notice');
SELECT is(pg_temp.ask('an', 'ticket_open', jsonb_build_object('customer',
	:lan, 'queue', 'shipping', 'subject', 'Đơn bị trễ', 'once', 'one')),
    :'opened'::jsonb, 'open: the same id answers the same');
SELECT is(pg_temp.told(), '', 'open: … and tells nobody');
SELECT isnt(pg_temp.ask('binh', 'ticket_open', jsonb_build_object('customer',
	:lan, 'queue', 'shipping', 'subject', 'Khác', 'once', 'one'))->>'ticket',
    :'opened'::jsonb->>'ticket', 'open: another''s same id is another');
SELECT is((SELECT ARRAY[t.subject, t.preview, t.channel, t.priority::text,
	(t.due_at - now())::text, e.kind, e.text]
	FROM desk.ticket t JOIN desk.event e ON e.ticket = t.id
	WHERE t.id = (:'opened'::jsonb->>'ticket')::bigint),
    '{"Đơn bị trễ","Khách gọi hỏi",desk,70,00:15:00,note,"Khách gọi hỏi"}',
    'open: the ticket and its first note');
SELECT is((SELECT i.words FROM desk.index_todo i
	WHERE i.event = (:'opened'::jsonb->>'event')::bigint),
    'bi don goi hoi khach tre', 'open: its words go to the index');
SELECT pg_temp.refused('an', 'ticket_open', jsonb_build_object('customer',
	999999999, 'queue', 'sales', 'subject', 'x'), 'NOTFOUND customer',
    'open: for nobody we know');
SELECT pg_temp.refused('an', 'ticket_open', jsonb_build_object('customer',
	:lan, 'queue', 'moon', 'subject', 'x'), 'INVALID queue',
    'open: in no queue we know');
SELECT is((SELECT h.n FROM desk.queue_hour h WHERE h.what = 'opened'),
    2::bigint, 'open: counted');

-- Notes
SELECT pg_temp.ticket(:lan, 'sales', 'Giá áo thun') AS t \gset
SELECT pg_temp.told();
SELECT pg_temp.act('an', 'note', :t, '{"text":"Khách quen","once":"n1"}')
    AS note \gset
SELECT is(:'note'::jsonb->>'version', '2', 'note: one version up');
SELECT is((SELECT (o->'apply'->'feed') - '{ticket,number,customer,preview}'::text[]
	FROM jsonb_array_elements(desk.outbox_mine()) o),
    jsonb_build_object('kind', 'event', 'event', :'note'::jsonb->'event',
	'queue', 'sales', 'channel', 'desk', 'direction', 'own',
	'who', 'An Nguyễn', 'state', 'new', 'subject', 'Giá áo thun'),
    'note: the notice says who, and not what');
SELECT is(pg_temp.act('an', 'note', :t, '{"text":"Khách quen","once":"n1"}')
    ->'event', :'note'::jsonb->'event', 'note: the same id is kept once');
SELECT is(pg_temp.events(:t), 2::bigint, 'note: … one event');
SELECT pg_temp.ticket(:lan, 'sales', 'Khác') AS other \gset
SELECT pg_temp.refused('an', 'ticket_note', jsonb_build_object('ticket',
	:other, 'text', 'x', 'once', 'n1'), 'CONFLICT once',
    'note: an id is used on one ticket');
SELECT is(pg_temp.act('an', 'note', :t, '{"text":"a"}')->>'version', '3',
    'note: without an id');
SELECT is(pg_temp.act('an', 'note', :t, '{"text":"a"}')->>'version', '4',
    'note: … every one is new');
SELECT ok((SELECT t.preview = '' AND t.due_at IS NOT NULL FROM desk.ticket t
	WHERE t.id = :t), 'note: neither preview nor clock change');

-- Answers
SELECT pg_temp.told();
SELECT pg_temp.act('an', 'reply', :t, '{"text":"Dạ, 120.000đ ạ","once":"r1"}')
    AS reply \gset
SELECT is(:'reply'::jsonb - '{ticket,number,event}'::text[],
    '{"queue":"sales","state":"open","assignee":"an","version":5}',
    'reply: open, and his who answered');
SELECT is(pg_temp.told(), 'event', 'reply: one notice');
SELECT is((SELECT ARRAY[e.kind, e.channel, e.direction, e.who, e.text]
	FROM desk.event e WHERE e.id = (:'reply'::jsonb->>'event')::bigint),
    '{message,mail,out,"An Nguyễn","Dạ, 120.000đ ạ"}',
    'reply: an outgoing message');
SELECT is((SELECT ARRAY[o.channel, o.address, o.state] FROM desk.outbound o
	WHERE o.event = (:'reply'::jsonb->>'event')::bigint),
    '{mail,lan@example.com,queued}', 'reply: queued to be sent');
SELECT ok((SELECT t.due_at IS NULL AND t.first_answer_at = now()
	AND t.preview = 'Dạ, 120.000đ ạ' FROM desk.ticket t WHERE t.id = :t),
    'reply: the clock stops, the preview shows it');
SELECT is(pg_temp.act('an', 'reply', :t, '{"text":"Dạ, 120.000đ ạ","once":"r1"}')
    ->'event', :'reply'::jsonb->'event', 'reply: the same id is sent once');
SELECT is((SELECT count(*) FROM desk.outbound), 1::bigint,
    'reply: … one row to send');
UPDATE desk.ticket SET first_answer_at = now() - interval '1 hour'
WHERE id = :t;
SELECT pg_temp.act('binh', 'reply', :t, '{"text":"Thêm nữa"}');
SELECT ok((SELECT t.first_answer_at < now() AND a.name = 'an'
	FROM desk.ticket t JOIN desk.agent a ON a.id = t.assignee
	WHERE t.id = :t), 'reply: the first answer and the assignee stay');
SELECT is((SELECT h.n FROM desk.queue_hour h WHERE h.what = 'answered'),
    2::bigint, 'reply: counted');
SELECT pg_temp.act('an', 'pend', :t);
SELECT is(pg_temp.act('an', 'reply', :t, '{"text":"Còn đó không?"}')->>'state',
    'open', 'reply: ends a wait');
SELECT is(pg_temp.act('', 'reply', :other, '{"text":"Dạ"}')->'assignee',
    'null', 'reply: a service takes nothing for itself');

-- … by chat
INSERT INTO desk.contact (customer, kind, address)
VALUES (:nam, 'chat', 'd3b07384-d9a0-4c9b-8f3c-0123456789ab')
RETURNING id AS visitor \gset
INSERT INTO desk.ticket (customer, queue, state, channel, conversation,
    due_at)
SELECT :nam, q.id, 'new', 'chat', 'd3b07384-d9a0-4c9b-8f3c-0123456789ab',
    now()
FROM desk.queue q WHERE q.name = 'sales' RETURNING id AS chat \gset
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction,
    contact, text)
VALUES (now(), :chat, :nam, 'message', 'chat', 'in', :visitor, 'Alo');
SELECT pg_temp.told();
SELECT pg_temp.act('an', 'reply', :chat, jsonb_build_object('text',
    repeat('ế', 3000)));
SELECT is(f->>'conversation', 'd3b07384-d9a0-4c9b-8f3c-0123456789ab',
    'chat: the notice names the conversation')
FROM (SELECT desk.outbox_mine()->0->'apply'->'feed' AS f) x;
SELECT is(f->>'text', repeat('ế', 1333),
    'chat: … and carries the text, cut between characters')
FROM (SELECT desk.outbox_mine()->0->'apply'->'feed' AS f) x;
SELECT is((SELECT ARRAY[o.channel, o.address, o.state] FROM desk.outbound o
	WHERE o.ticket = :chat),
    '{chat,d3b07384-d9a0-4c9b-8f3c-0123456789ab,sent}',
    'chat: the feed is what sends it');

-- … to whom
INSERT INTO desk.customer (name) VALUES ('Gọi') RETURNING id AS caller \gset
INSERT INTO desk.contact (customer, kind, address)
VALUES (:caller, 'phone', '+84901234567') RETURNING id AS phone \gset
INSERT INTO desk.ticket (customer, queue, state, channel)
SELECT :caller, q.id, 'new', 'call' FROM desk.queue q WHERE q.name = 'sales'
RETURNING id AS call \gset
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction,
    contact)
VALUES (now(), :call, :caller, 'call', 'call', 'in', :phone);
SELECT pg_temp.refused('an', 'ticket_reply', jsonb_build_object('ticket',
	:call, 'text', 'x'), 'CONFLICT ticket', 'who only called: no address');
SELECT ok((SELECT t.state = 'new' AND t.assignee IS NULL FROM desk.ticket t
	WHERE t.id = :call), 'who only called: nothing changed');
INSERT INTO desk.contact (customer, kind, address)
VALUES (:caller, 'email', 'goi@example.com');
SELECT pg_temp.act('an', 'reply', :call, '{"text":"Em gửi mail ạ"}');
SELECT is((SELECT ARRAY[o.channel, o.address] FROM desk.outbound o
	WHERE o.ticket = :call), '{mail,goi@example.com}',
    'who called: by the e-mail we know');
SELECT pg_temp.ticket(:lan, 'sales', 'Hai người') AS two \gset
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction,
    contact, text)
SELECT now(), :two, :lan, 'message', 'mail', 'in', c.id, 'Tôi là Nam'
FROM desk.contact c WHERE c.address = 'nam@example.com';
SELECT pg_temp.act('an', 'reply', :two, '{"text":"Chào anh"}');
SELECT is((SELECT o.address FROM desk.outbound o WHERE o.ticket = :two),
    'nam@example.com', 'two write: to whoever wrote last');

-- Reading it
SELECT pg_temp.act('an', 'get', :t) AS got \gset
SELECT is(:'got'::jsonb->'ticket'->>'subject', 'Giá áo thun', 'get: the ticket');
SELECT is(:'got'::jsonb->'customer'->'contacts'->0->>'address',
    'lan@example.com', 'get: its customer');
SELECT is(jsonb_path_query_array(:'got', '$.events[*].kind'),
    '["message","note","note","note","message","message","state","message"]',
    'get: the whole history, oldest first');
SELECT is(:'got'::jsonb->'after', NULL, 'get: no more');
SELECT is(jsonb_array_length(p->'events'), 3, 'get: a page')
FROM pg_temp.act('an', 'get', :t, '{"limit":3}') p;
SELECT is(pg_temp.act('an', 'get', :t, jsonb_build_object('limit', 500,
	'after', p->'after'))->'events'->0, :'got'::jsonb->'events'->3,
    'get: … and the rest')
FROM pg_temp.act('an', 'get', :t, '{"limit":3}') p;
UPDATE desk.event SET text = repeat('x', 600000) WHERE ticket = :t
    AND kind = 'note';
SELECT is(jsonb_array_length(p->'events'), 2, 'get: a page is a mebibyte')
FROM pg_temp.act('an', 'get', :t) p;
UPDATE desk.event SET text = repeat('x', 1200000) WHERE ticket = :t
    AND kind = 'note';
SELECT is(jsonb_array_length(pg_temp.act('an', 'get', :t, jsonb_build_object(
	'after', p->'after'))->'events'), 1, 'get: … or one that is longer')
FROM pg_temp.act('an', 'get', :t) p;
INSERT INTO desk.attachment (event, place, name, media_type, size, sha256)
SELECT e.id, 0, 'anh.png', 'image/png', 3, '\x00' FROM desk.event e
WHERE e.ticket = :two ORDER BY e.id LIMIT 1;
SELECT is(pg_temp.act('an', 'get', :two)->'events'->0->'attachments'->0->>'name',
    'anh.png', 'get: attachments');

SELECT * FROM finish();
ROLLBACK;
