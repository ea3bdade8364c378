-- A chat as it goes on: seen, gone and back, abandoned, ended, left to be
-- answered by mail; and what one visitor may not do to another.
BEGIN;
\ir chat.psql
SELECT plan(52);

INSERT INTO desk.config (who, body) VALUES ('test', '{"default_queue":"sales",
    "company":{"name":"Shop","timezone":"Asia/Ho_Chi_Minh"},"widget":{}}');
SELECT pg_temp.open(:'v', '{"contacts":[{"kind":"email","address":
    "v@example.com"}]}'), pg_temp.open(:'w'), pg_temp.open(:'x');
SELECT pg_temp.speak(:'v', 'một') AS t \gset
SELECT pg_temp.speak(:'w', 'khác') AS u \gset
SELECT (pg_temp.read(:'v')#>>'{messages,0,event}')::bigint AS first \gset
SELECT (pg_temp.read(:'w')#>>'{messages,0,event}')::bigint AS other \gset

-- Nothing is done to another's conversation
SELECT is(pg_temp.no(:'w', what, '{"event":1,"place":0,"size":1,"most":9}',
    :'v'), 'NOTFOUND conversation', 'another''s: ' || what)
FROM unnest('{chat_read,chat_seen,chat_end,chat_transcript,chat_leave,
    chat_attach,chat_upload,chat_file,chat_identify}'::text[]) what;
SELECT is(ROW(c.ended_at, c.seen_ours, c.transcripts, c.email)::text,
    '(,,0,v@example.com)', 'another''s: nothing was done')
FROM pg_temp.talk(:'v') c;

-- Seen
SELECT pg_temp.reply(:t, 'dạ') AS answer \gset
SELECT pg_temp.reply(:u, 'dạ') AS his_answer \gset
SELECT pg_temp.told();
SELECT is(pg_temp.visitor(:'v', 'chat_seen', jsonb_build_object('event',
    :answer))->'seen', to_jsonb(:answer::bigint), 'seen: ours');
SELECT is(pg_temp.told(), 'seen', 'seen: told');
SELECT is(pg_temp.visitor(:'v', 'chat_seen', jsonb_build_object('event',
    :answer))->'seen', to_jsonb(:answer::bigint), 'seen: again');
SELECT pg_temp.visitor(:'v', 'chat_seen', jsonb_build_object('event', :first));
SELECT pg_temp.visitor(:'v', 'chat_seen', '{"event":9223372036854775807}');
SELECT is(pg_temp.told(), '', 'seen: neither again, nor back, nor ahead');
SELECT is((pg_temp.talk(:'v')).seen_ours, :answer::bigint,
    'seen: no farther than what was said');
SELECT is(desk.ticket_seen('{"role":"service"}', jsonb_build_object('ticket',
    :t, 'event', :other))->'seen', to_jsonb(:first::bigint),
    'seen: his, and of this chat alone');
SELECT is(pg_temp.visitor(:'x', 'chat_seen', '{"event":1}')->'seen', '0',
    'seen: before a word is said');

-- Gone, back, abandoned
CREATE FUNCTION pg_temp.gone(VARIADIC ids text[]) RETURNS int
LANGUAGE sql AS $$
	SELECT desk.chat_gone(jsonb_agg(jsonb_build_object('conversation', i,
	    'since', floor(extract(epoch FROM now()) * 1000)::bigint)))
	FROM unnest(ids) i
$$;
CREATE FUNCTION pg_temp.left_us() RETURNS bigint
LANGUAGE sql AS $$
	SELECT coalesce(sum(h.n), 0) FROM desk.queue_hour h
	WHERE h.what = 'abandoned'
$$;
SELECT pg_temp.told();
SELECT is(pg_temp.gone(:'x', gen_random_uuid()::text), 0,
    'gone: who never wrote leaves no trace');
SELECT is(pg_temp.gone(:'v'), 1, 'gone: with a case');
SELECT is(pg_temp.told(), 'gone', 'gone: told; he was answered');
SELECT is(pg_temp.gone(:'v'), 0, 'gone: twice is once');
SELECT is(desk.chat_here(jsonb_build_array(:'x', :'v', :'w')), 1,
    'back: who was gone');
SELECT is(pg_temp.told(), 'back', 'back: told');
SELECT is(desk.chat_here(jsonb_build_array(:'v')), 0, 'back: twice is once');
SELECT is(desk.chat_here('[]') || pg_temp.told(), '0', 'back: nobody');
SELECT pg_temp.speak(:'x', 'có ai không') AS alone \gset
SELECT pg_temp.told();
SELECT pg_temp.gone(:'x');
SELECT is(pg_temp.told(), 'gone abandoned', 'abandoned: nobody had answered');
SELECT is(pg_temp.left_us(), 1::bigint, 'abandoned: counted');
SELECT is((SELECT e.meta FROM desk.event e WHERE e.ticket = :alone
    AND e.kind = 'abandoned'), '{"waited":0,"waited_ms":0,"short":true}',
    'abandoned: on record');
SELECT desk.chat_back(:'x'::uuid);
SELECT pg_temp.gone(:'x');
SELECT is(pg_temp.left_us(), 1::bigint, 'abandoned: once for each waiting');
SELECT pg_temp.speak(:'x', 'vẫn đợi');
SELECT is(ROW(c.gone_at, c.abandoned_at)::text, '(,)',
    'abandoned: who writes again is here, and waits again')
FROM pg_temp.talk(:'x') c;
SELECT pg_temp.visitor(:'x', 'chat_end');
SELECT is(pg_temp.left_us(), 2::bigint, 'abandoned: who ends it, too');

-- Ended
SELECT pg_temp.told();
SELECT is(pg_temp.visitor(:'v', 'chat_end') - 'conversation',
    '{"ended":true,"transcript":false}', 'end: by him');
SELECT is(pg_temp.told(), 'ended', 'end: told');
SELECT pg_temp.visitor(:'v', 'chat_end');
SELECT is(pg_temp.told() || (SELECT count(*) FROM desk.event e
    WHERE e.ticket = :t AND e.kind = 'ended'), '1', 'end: twice is once');
SELECT is(pg_temp.read(:'v')->'ended', 'true', 'end: said');
SELECT is(pg_temp.speak(:'v', 'à quên'), :t::bigint,
    'end: a message goes on in the same case');
SELECT is(pg_temp.read(:'v')->'ended', 'false', 'end: … which is open again');
SELECT is(desk.ticket_end('{"role":"service","who":"key:shop"}',
    jsonb_build_object('ticket', :t))->'ended', 'true', 'end: by us');
SELECT is((pg_temp.talk(:'v')).ended_by, 'agent', 'end: by whom');
UPDATE desk.ticket SET state = 'closed' WHERE id = :t;
SELECT pg_temp.speak(:'v', 'mới') AS next \gset
SELECT isnt(:next, :t, 'end: a closed case is not opened by it');
SELECT is(jsonb_array_length(pg_temp.read(:'v')->'messages'), 4,
    'end: he reads both');
SELECT is(ROW(c.ticket, c.ended_at)::text, ROW(:next::bigint, NULL)::text,
    'end: the conversation goes on in the newer')
FROM pg_temp.talk(:'v') c;

-- Who may not end it, or say that he has seen it
SELECT is((SELECT string_agg(code, ' ') FROM (SELECT CASE WHEN desk.may_see(
    jsonb_build_object('role', role), k) THEN role ELSE 'no' END AS code
    FROM unnest('{visitor,public,agent}'::text[]) WITH ORDINALITY r(role, n),
	desk.ticket k WHERE k.id = :next ORDER BY n) x), 'no no agent',
    'ours: no stranger sees a ticket');
SELECT throws_ok(format($$SELECT desk.%s(pg_temp.me(%L), '{"ticket":%s,
    "event":1}')$$, f, :'w', :next), 'DK001', 'There is no such ticket.',
    'ours: ' || f) FROM unnest('{ticket_end,ticket_seen}'::text[]) f;

-- Left to be answered by mail
SELECT is(pg_temp.no(:'w', 'chat_leave'), 'INVALID email',
    'leave: to no address');
SELECT pg_temp.visitor(:'w', 'chat_leave', '{"contacts":[{"kind":"email",
    "address":"w@example.com"}]}');
SELECT is((SELECT k.flags FROM desk.contact k WHERE k.address = :'w'),
    '{claimed}', 'leave: the address is his word alone');
SELECT pg_temp.speak(:'w', 'gọi tôi', '{"facts":{"left":true}}');
SELECT is(desk.chat_mails(pg_temp.talk(:'w')), 'w@example.com',
    'leave: answered there');
SELECT pg_temp.reply(:u, 'mai gọi ạ') AS e \gset
SELECT is(ROW(o.channel, o.address, o.purpose)::text,
    '(mail,w@example.com,reply)', 'leave: the answer')
FROM desk.outbound o WHERE o.event = :e;
SELECT pg_temp.speak(:'w', 'tôi đây rồi');
SELECT is(desk.chat_mails(pg_temp.talk(:'w')), NULL,
    'leave: who is back reads it in the chat');

-- The line outside office hours
INSERT INTO desk.hours (name, timezone) VALUES ('never', 'UTC');
INSERT INTO desk.hours_span SELECT h.id, extract(isodow FROM now()
    AT TIME ZONE 'UTC' + interval '2 days'), 600, 660 FROM desk.hours h;
UPDATE desk.queue SET hours = (SELECT h.id FROM desk.hours h)
WHERE name = 'sales';
SELECT is(jsonb_path_query_first(desk.chat_pace(), '$[*] ? (@.queue ==
    "sales")') - '{hour,taken,before,oldest}'::text[], jsonb_build_object(
    'queue', 'sales', 'open', false, 'opens', desk.rfc3339((date_trunc('day', now() AT TIME ZONE 'UTC')
	+ interval '2 days 10 hours') AT TIME ZONE 'UTC')),
    'hours: closed, and when it opens');
SELECT is(jsonb_path_query_first(desk.chat_pace(), '$[*] ? (@.queue ==
    "shipping")') - '{hour,oldest}'::text[], '{"queue":"shipping",
    "open":true,"taken":0,"before":0}',
    'hours: another is open');

SELECT * FROM finish();
ROLLBACK;
