-- Answers and notes that are a file and no words.
BEGIN;
\ir fixture.psql
SELECT plan(19);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Bảng giá') AS t \gset
INSERT INTO desk.blob (sha256, size) VALUES (sha256('a'), 1);
INSERT INTO desk.upload (owner, sha256, name, media_type, size)
SELECT 'who/' || w, sha256('a'), 'bảng giá.pdf', 'application/pdf', 1
FROM unnest('{an,key:shop}'::text[]) w;
SELECT jsonb_build_object('attachments', jsonb_build_array(jsonb_build_object(
    'sha256', encode(sha256('a'), 'hex')))) AS file \gset

-- By mail
SELECT pg_temp.act('an', 'reply', :t, :'file'::jsonb || '{"text":""}')->>'event'
    AS sent \gset
SELECT is((SELECT e.text FROM desk.event e WHERE e.id = :sent), NULL,
    'by mail: it has no words');
SELECT is((SELECT array_agg(f.name) FROM desk.attachment f
    WHERE f.event = :sent), '{bảng giá.pdf}', '… and its file');
SELECT is((SELECT k.preview FROM desk.ticket k WHERE k.id = :t),
    '[bảng giá.pdf]', 'a list shows its name');
SELECT is((SELECT k.due_at FROM desk.ticket k WHERE k.id = :t), NULL,
    'nothing is owed');
SELECT is((SELECT count(*) FROM desk.index_todo i WHERE i.event = :sent),
    0::bigint, 'there are no words to find');
SELECT is(desk.outbound_message(o)->'attachments'->0->>'name', 'bảng giá.pdf',
    'what is sent has the file')
FROM desk.outbound o WHERE o.event = :sent;
SELECT is(desk.outbound_message(o)->'text', NULL, '… and no words')
FROM desk.outbound o WHERE o.event = :sent;
SELECT is(pg_temp.act('an', 'unsend', :t, jsonb_build_object('event', :sent))
    ->>'state', 'open', 'it can be taken back');
SELECT pg_temp.act('an', 'reply', :t, :'file'::jsonb || '{"text":"Đây ạ"}');
SELECT is((SELECT k.preview FROM desk.ticket k WHERE k.id = :t), 'Đây ạ',
    'words go before the name');
SELECT pg_temp.act('an', 'reply', :t, :'file'::jsonb || '{"text":" \n"}');
SELECT is((SELECT k.preview FROM desk.ticket k WHERE k.id = :t),
    '[bảng giá.pdf]', 'blanks are no words');
SELECT isnt(pg_temp.act('key', 'reply', :t, :'file'::jsonb)->'event', NULL,
    'a service leaves the words out');

-- A note
SELECT isnt(pg_temp.act('an', 'note', :t, :'file'::jsonb || '{"text":""}')
    ->'event', NULL, 'a note of a file alone');

-- Nothing at all
SELECT pg_temp.refused('an', 'ticket_' || q.op, jsonb_build_object('ticket', :t)
    || q.more, 'INVALID text', q.op || ' of ' || q.more::text)
FROM (VALUES ('reply', '{}'::jsonb), ('reply', '{"text":"","attachments":[]}'),
    ('note', '{"text":""}')) q (op, more);

-- Where none can go
INSERT INTO desk.contact (customer, kind, address)
VALUES (:lan, 'zalo', '4711');
INSERT INTO desk.event (id, at, ticket, customer, kind, channel, direction, contact,
    text, facts)
SELECT nextval('desk.event_id'), now(), :t, :lan, 'message', 'social', 'in', c.id, 'Alo',
    '{"source":"zalo","of":"message"}'
FROM desk.contact c WHERE c.address = '4711';
SELECT pg_temp.refused('an', 'ticket_reply', jsonb_build_object('ticket', :t)
    || :'file'::jsonb || q.more, 'INVALID attachments',
    'a social network: ' || q.more::text)
FROM (VALUES ('{"text":""}'::jsonb), ('{"text":"Đây ạ"}')) q (more);
SELECT isnt(pg_temp.act('an', 'reply', :t, '{"text":"Dạ","attachments":[]}')
    ->'event', NULL, 'words go there');
SELECT isnt(pg_temp.act('an', 'note', :t, :'file'::jsonb || '{"text":"x"}')
    ->'event', NULL, 'a note there keeps its file');

SELECT * FROM finish();
ROLLBACK;
