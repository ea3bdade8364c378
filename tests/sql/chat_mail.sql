-- What of a chat goes by mail: transcripts, and what a stranger cannot make of
-- them.
BEGIN;
\ir chat.psql
SELECT plan(30);

CREATE FUNCTION pg_temp.widget(more jsonb DEFAULT '{}') RETURNS void
LANGUAGE sql AS $$
	INSERT INTO desk.config (who, body) VALUES ('test', jsonb_build_object(
	    'default_queue', 'sales', 'company', jsonb_build_object('name',
	    'Shop', 'timezone', 'Asia/Ho_Chi_Minh'), 'widget', more))
$$;
CREATE FUNCTION pg_temp.tell(id text, address text, more jsonb DEFAULT '{}')
RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.visitor(id, 'chat_identify', jsonb_build_object(
	    'contacts', jsonb_build_array(pg_temp.of('email', address)))
	    || more)
$$;
CREATE FUNCTION pg_temp.sent(t bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(o.address, ' ' ORDER BY o.id) FROM desk.outbound o
	WHERE o.ticket = t AND o.purpose = 'transcript'
$$;
CREATE FUNCTION pg_temp.words(t bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT e.text FROM desk.event e
	WHERE e.ticket = t AND e.kind = 'transcript' ORDER BY e.id DESC LIMIT 1
$$;
SELECT pg_temp.widget();

-- When there is one
SELECT pg_temp.open(:'v', '{"lang":"vi"}'), pg_temp.open(:'w',
    '{"lang":"en"}'), pg_temp.open(:'x');
SELECT is(pg_temp.no(:'v', 'chat_transcript'), 'INVALID email',
    'no address is known');
SELECT pg_temp.tell(:'v', 'victim@example.com');
SELECT is(pg_temp.no(:'v', 'chat_transcript'), 'CONFLICT',
    'nothing was said');
SELECT pg_temp.speak(:'v', 'rẻ: http://evil.example/x www.evil.example '
    'evil.example/y EVIL.example:80 hoặc a@evil.example nhé. Giá 1.500.000đ')
    AS t \gset
SELECT is(pg_temp.no(:'v', 'chat_transcript'), 'CONFLICT',
    'a stranger''s words alone are not sent to anybody');
SELECT pg_temp.visitor(:'v', 'chat_end', '{"transcript":true}');
SELECT is(pg_temp.sent(:t), NULL, '… nor at the end');
SELECT pg_temp.speak(:'v', 'còn đây');
SELECT pg_temp.reply(:t, 'Dạ xem https://shop.example/a') AS answer \gset
SELECT is(pg_temp.no(:'v', 'chat_transcript')::jsonb->'transcript', 'true',
    'sent once we have answered');
SELECT is(pg_temp.sent(:t), 'victim@example.com', '… to his own address');
SELECT is((SELECT e.subject FROM desk.event e WHERE e.ticket = :t
    AND e.kind = 'transcript'), 'Shop: nội dung trò chuyện',
    'the subject is ours');
SELECT unalike(lower(pg_temp.words(:t)), '%evil%',
    'his links and domains are gone');
SELECT alike(pg_temp.words(:t), '%Giá 1.500.000đ%', '… and numbers stay');
SELECT alike(pg_temp.words(:t), '%: Dạ xem https://shop.example/a',
    'ours are whole');
SELECT alike(pg_temp.words(:t), '[%] Bạn: rẻ:%', 'in his language');
SELECT is(jsonb_array_length(pg_temp.read(:'v')->'messages'), 3,
    'the transcript is no message of the chat');

-- Floods
SELECT pg_temp.visitor(:'v', 'chat_transcript') FROM generate_series(1, 2);
SELECT is(pg_temp.no(:'v', 'chat_transcript'), 'TOOMANY',
    'three for a conversation');
SELECT pg_temp.tell(:'v', 'second@example.com');
SELECT is(pg_temp.no(:'v', 'chat_transcript'), 'TOOMANY',
    '… wherever they are to go');
SELECT pg_temp.speak(:'w', 'hello') AS u \gset
SELECT pg_temp.reply(:u, 'hi') \g /dev/null
SELECT pg_temp.tell(:'w', 'victim@example.com');
SELECT pg_temp.visitor(:'w', 'chat_transcript') FROM generate_series(1, 2);
SELECT is(pg_temp.no(:'w', 'chat_transcript'), 'TOOMANY',
    'five for an address, of whatever conversations');
SELECT alike(pg_temp.words(:u), '[%] You: hello%', 'in English');
SELECT is((SELECT count(*) FROM desk.outbound o
    WHERE o.address = 'victim@example.com'), 5::bigint, '… and not one more');
SELECT pg_temp.tell(:'w', 'third@example.com');
UPDATE desk.transcript_day SET n = 5000 WHERE address = '';
SELECT is(pg_temp.no(:'w', 'chat_transcript'), 'TOOMANY',
    'so many in all of a day');
UPDATE desk.transcript_day SET day = day - 2;
SELECT is(pg_temp.no(:'w', 'chat_transcript')::jsonb->'transcript', 'true',
    'another day is another');
SELECT is((SELECT count(*) FROM desk.transcript_day), 2::bigint,
    '… and the old counts are gone');

-- What the widget's block says
SELECT pg_temp.speak(:'x', 'alo', '{"text":"một hai"}') AS y \gset
SELECT pg_temp.reply(:y, 'dạ') \g /dev/null
SELECT pg_temp.tell(:'x', 'x@example.com');
SELECT pg_temp.widget('{"transcript":"off"}');
SELECT is(pg_temp.no(:'x', 'chat_transcript'), 'DENIED', 'off');
SELECT is(pg_temp.visitor(:'x', 'chat_end', '{"transcript":true}')
    ->'transcript', 'false', 'off: nor at the end');
SELECT pg_temp.widget('{"transcript":"end"}');
SELECT pg_temp.open('44444444-4444-4444-8444-444444444444');
SELECT ok((pg_temp.talk('44444444-4444-4444-8444-444444444444')).transcript,
    'end: wanted by every conversation');

-- Whom the shop's server has named with his address
SELECT pg_temp.widget();
SELECT pg_temp.open('55555555-5555-4555-8555-555555555555', '{"user":"u1",
    "proven":true,"contacts":[{"kind":"email","address":"u1@example.com"}]}');
SELECT pg_temp.speak('55555555-5555-4555-8555-555555555555',
    'xem http://mine.example/a') AS z \gset
SELECT pg_temp.reply(:z, 'dạ') \g /dev/null
SELECT pg_temp.visitor('55555555-5555-4555-8555-555555555555',
    'chat_transcript');
SELECT alike(pg_temp.words(:z), '%http://mine.example/a%',
    'proven: his words are whole');
SELECT pg_temp.tell('55555555-5555-4555-8555-555555555555',
    'other@example.com');
SELECT pg_temp.visitor('55555555-5555-4555-8555-555555555555',
    'chat_transcript');
SELECT is(pg_temp.sent(:z), 'u1@example.com other@example.com',
    'proven: another address that he types');
SELECT unalike(pg_temp.words(:z), '%mine.example%',
    'proven: … gets none of his links');

-- An answer goes on by mail where he said, when he has left
SELECT is(desk.chat_mails(pg_temp.talk(:'v')), NULL, 'mails: he is here');
UPDATE desk.conversation SET gone_at = now() WHERE id = :'v';
SELECT is(desk.chat_mails(pg_temp.talk(:'v')), 'second@example.com',
    'mails: he has left');
SELECT pg_temp.widget('{"by_mail":false}');
SELECT is(desk.chat_mails(pg_temp.talk(:'v')), NULL, 'mails: not here');
UPDATE desk.conversation SET by_mail = true WHERE id = :'v';
SELECT is(desk.chat_mails(pg_temp.talk(:'v')), 'second@example.com',
    'mails: but to who left a message');

SELECT * FROM finish();
ROLLBACK;
