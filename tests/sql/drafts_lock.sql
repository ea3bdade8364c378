-- Drafts, the lease on an answer, answers that cross, and mentions.
BEGIN;
\ir fixture.psql
SELECT plan(89);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Đổi màu') AS t \gset
SELECT pg_temp.ticket(:lan, 'staff', 'Lương') AS hidden \gset
SELECT max(id) AS asked FROM desk.event WHERE ticket = :t \gset

CREATE FUNCTION pg_temp.save(login text, of bigint, more jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask(login, 'draft_set', jsonb_build_object('ticket', of,
	    'kind', 'reply') || more)
$$;
CREATE FUNCTION pg_temp.got(login text, of bigint) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.act(login, 'get', of)
$$;

-- Kept, each kind for itself, the newest saving
SELECT is(pg_temp.save('an', :t, '{"text":"Dạ ch","upto":5,"seq":7}')
    - 'saved_at' - 'writing', jsonb_build_object('ticket', :t, 'kind', 'reply',
    'seq', 7, 'saved', true), 'a draft is saved');
SELECT is((pg_temp.got('an', :t)->'draft'->'reply') - 'saved_at',
    '{"text":"Dạ ch","upto":5,"seq":7}', '… and shown to its writer');
SELECT is(pg_temp.got('binh', :t)->'draft', NULL, '… and to nobody else');
SELECT is(pg_temp.save('an', :t, '{"text":"Dạ","seq":6}')->'saved', 'false',
    'an older saving loses');
SELECT is(pg_temp.save('an', :t, '{"text":"Dạ","seq":7}')->'draft'->>'text',
    'Dạ ch', '… and is told what stands there; so is the same again');
SELECT is(pg_temp.save('an', :t, '{"text":"Dạ chào"}')->'seq', '8',
    'without a number it is the next');
SELECT is(pg_temp.save('an', :t, '{"kind":"note","text":"Hỏi kho","seq":1}')
    ->'saved', 'true', 'a note beside it');
SELECT is((SELECT string_agg(d->>'kind' || ' ' || (d->>'preview'), ', '
    ORDER BY d->>'kind') FROM jsonb_array_elements(pg_temp.ask('an',
    'draft_list', '{}')->'drafts') d), 'note Hỏi kho, reply Dạ chào',
    'all one''s drafts');
SELECT is(pg_temp.ask('binh', 'draft_list', '{}'), '{"drafts":[]}',
    'of one who has none');
SELECT is(pg_temp.ask('an', 'ticket_list', jsonb_build_object('tickets',
    :t::text))->'tickets'->0->'draft', '["note", "reply"]', 'the list says so');
SELECT is(pg_temp.told(), '', 'nobody is told of drafts');

-- To whom copies go
SELECT pg_temp.save('an', :t, '{"text":"Dạ chào","cc":"mai@exam"}');
SELECT is(pg_temp.got('an', :t)->'draft'->'reply'->>'cc', 'mai@exam',
    'copies: as typed so far');
SELECT pg_temp.save('an', :t, '{"text":"Dạ chào","cc":""}');
SELECT is(pg_temp.got('an', :t)->'draft'->'reply'->>'cc', '',
    'copies: to nobody is kept too');
SELECT pg_temp.save('an', :t, '{"kind":"note","text":"Hỏi kho","cc":"x"}');
SELECT is(pg_temp.got('an', :t)->'draft'->'note'->'cc', NULL,
    'copies: a note has none');
SELECT pg_temp.save('binh', :t, '{"cc":"mai@example.com","page":"b"}');
SELECT is(pg_temp.got('binh', :t)->'draft'->'reply'->>'cc', 'mai@example.com',
    'copies: kept before there are words');
SELECT is(pg_temp.ask('binh', 'draft_list', '{}'), '{"drafts":[]}',
    '… which are what a draft is');
SELECT is(pg_temp.ask('binh', 'ticket_list', jsonb_build_object('tickets',
    :t::text))->'tickets'->0->'draft', NULL, '… in the list too');
SELECT is(pg_temp.got('binh', :t)->'writing'->>'agent', 'an',
    '… and take no lease');
UPDATE desk.draft SET saved_at = now() - interval '2 days';
SELECT desk.draft_sweep();
SELECT is(pg_temp.got('binh', :t)->'draft'->'reply'->>'cc', 'mai@example.com',
    'copies: the sweep leaves them');
SELECT pg_temp.ask('binh', 'draft_drop', jsonb_build_object('ticket', :t));
SELECT is(pg_temp.got('binh', :t)->'draft', NULL, 'copies: dropped');
SELECT is(pg_temp.save('an', :t, '{"text":"Dạ chào"}')->'saved', 'true',
    'copies: as the case has it, again');
SELECT is(pg_temp.got('an', :t)->'draft'->'reply'->'cc', NULL,
    '… which is none of the draft''s');

-- Who may
SELECT pg_temp.refused(q.who, 'draft_set', jsonb_build_object('ticket', q.t,
    'kind', 'reply', 'text', 'x'), q.code, q.who || ': ' || q.code)
FROM (VALUES ('chi', :t, 'DENIED ticket'), ('an', :hidden, 'NOTFOUND ticket'),
    ('an', 1, 'NOTFOUND ticket'), ('key', :t, 'INVALID')) q (who, t, code);
SELECT pg_temp.refused('an', 'draft_set', jsonb_build_object('ticket', :t,
    'kind', 'reply', 'attachments', '[{"sha256":"00"}]'::jsonb),
    'INVALID attachments', 'no such attachment');
SELECT pg_temp.refused('an', 'draft_drop', jsonb_build_object('ticket',
    :hidden), 'NOTFOUND ticket', 'dropped where he sees nothing');

-- Files stay while a draft names them
INSERT INTO desk.blob (sha256, size, written_at)
SELECT sha256(n), 1, now() - interval '2 days'
FROM unnest('{a,b}'::bytea[]) n;
SELECT encode(sha256('a'), 'hex') AS file, encode(sha256('b'), 'hex') AS lost \gset
INSERT INTO desk.upload (owner, sha256, name, media_type, size)
SELECT 'who/an', b.sha256, 'hoa-don.pdf', 'application/pdf', 1
FROM desk.blob b;
SELECT is(pg_temp.save('an', :t, jsonb_build_object('text', 'Dạ chào',
    'attachments', jsonb_build_array(jsonb_build_object('sha256', :'file'))))
    ->'saved', 'true', 'a file is named');
SELECT is(pg_temp.got('an', :t)->'draft'->'reply'->'attachments'->0->>'name',
    'hoa-don.pdf', '… and shown with its name');
UPDATE desk.blob SET written_at = now() - interval '2 days';
SELECT is(desk.blob_sweep(), 1, 'the sweep takes what no draft names');
SELECT is((SELECT count(*) FROM desk.blob b WHERE b.sha256 = sha256('a')),
    1::bigint, '… and leaves what one does');
SELECT pg_temp.refused('binh', 'draft_set', jsonb_build_object('ticket', :t,
    'kind', 'note', 'attachments', jsonb_build_array(jsonb_build_object(
    'sha256', :'file'))), 'NOTFOUND attachments', 'another''s file');

-- The lease
SELECT is(pg_temp.got('binh', :t)->'writing'->>'agent', 'an',
    'who writes is shown');
SELECT is(pg_temp.ask('binh', 'ticket_list', jsonb_build_object('tickets',
    :t::text))->'tickets'->0->'writing'->>'display', 'An Nguyễn',
    '… in the list too');
SELECT is(pg_temp.save('binh', :t, '{"text":"Em"}')->'writing'->>'agent', 'an',
    'who comes second keeps his draft, not the lease');
SELECT pg_temp.refused('binh', 'ticket_reply', jsonb_build_object('ticket', :t,
    'text', 'Chào chị', 'upto', :asked), 'CONFLICT upto',
    'his answer is refused');
SELECT pg_temp.refused('sup', 'ticket_reply', jsonb_build_object('ticket', :t,
    'text', 'Chào chị'), 'CONFLICT upto', 'a supervisor''s too');
UPDATE desk.writing SET until = now();
SELECT is(pg_temp.got('binh', :t)->'writing', NULL, 'it lapses');
SELECT is(pg_temp.save('binh', :t, '{"text":"Em ch"}')->'writing'->>'agent',
    'binh', '… and is another''s');
SELECT is(pg_temp.save('an', :t, '{"text":"Dạ chào chị"}')
    ->'writing'->>'agent', 'binh', '… who keeps it');
SELECT is(pg_temp.save('binh', :t, '{"text":""}')->'writing', NULL,
    'an empty draft holds no lease');
SELECT is(pg_temp.got('binh', :t)->'draft', NULL, '… and is none');
SELECT is(pg_temp.save('an', :t, '{"text":"Dạ chào chị"}')->'writing'
    ->>'agent', 'an', 'then it is free again');
SELECT is(pg_temp.save('an', :t, '{"kind":"note","text":"x"}')->'writing'
    ->>'agent', 'an', 'a note takes no lease, and tells whose it is');

-- … is that of one page of its writer's
SELECT pg_temp.save('an', :t, '{"text":"Dạ chào chị","page":"p1"}');
SELECT pg_temp.ask('an', 'ticket_look', jsonb_build_object('ticket', :t,
    'doing', 'gone', 'page', 'p2'));
SELECT is(pg_temp.got('binh', :t)->'writing'->>'agent', 'an',
    'another page that goes leaves it');
SELECT pg_temp.save('an', :t, '{"text":"Dạ chào chị","page":"p2"}');
SELECT pg_temp.ask('an', 'ticket_look', jsonb_build_object('ticket', :t,
    'doing', 'gone', 'page', 'p1'));
SELECT is(pg_temp.got('binh', :t)->'writing'->>'agent', 'an',
    'it went to where he wrote last');
SELECT pg_temp.ask('an', 'ticket_look', jsonb_build_object('ticket', :t,
    'doing', 'gone', 'page', 'p2'));
SELECT is(pg_temp.got('binh', :t)->'writing', NULL, '… and ends there');
SELECT pg_temp.save('an', :t, '{"text":"Dạ chào chị","page":"p1"}');
SELECT pg_temp.ask('an', 'ticket_look', jsonb_build_object('ticket', :t,
    'doing', 'gone'));
SELECT is(pg_temp.got('binh', :t)->'writing', NULL,
    'who names no page ends it');
SELECT is(pg_temp.save('an', :t, '{"text":"Dạ chào chị"}')->'writing'
    ->>'agent', 'an', 'it is his again');

-- … and ends when he leaves, in whatever order that is heard
SELECT pg_temp.save('an', :t, '{"text":"Dạ ch","seq":100,"page":"p1"}');
SELECT is(pg_temp.save('an', :t, '{"text":"Dạ ch","seq":100,"page":"p1",
    "leave":true}')->'writing', NULL, 'who leaves ends it, saved before');
SELECT is((pg_temp.save('an', :t, '{"text":"Dạ chào","seq":102,"page":"p1",
    "leave":true}') || pg_temp.save('an', :t, '{"text":"Dạ chà","seq":101,
    "page":"p1"}'))->'writing', NULL, '… and what comes late takes none');
SELECT is(pg_temp.save('an', :t, '{"text":"Dạ chào chị","page":"p1"}')
    ->'writing'->>'agent', 'an', 'who goes on has it again');

-- Answers that cross
SELECT isnt(pg_temp.act('key', 'reply', :t, '{"text":"Máy trả lời"}')->'event',
    NULL, 'a service waits for no lease');
SELECT pg_temp.refused('an', 'ticket_reply', jsonb_build_object('ticket', :t,
    'text', 'Dạ chào chị', 'upto', :asked), 'CONFLICT upto',
    'another''s answer came after what he had seen');
SELECT is(jsonb_array_length(pg_temp.act('an', 'get', :t, jsonb_build_object(
    'after', :asked))->'events'), 1, 'what changed can be had');
SELECT is(pg_temp.act('an', 'reply', :t, jsonb_build_object('text',
    'Dạ chào chị', 'upto', :asked, 'force', true, 'seq', 50,
    'once', 'o1'))->>'state', 'open', 'forced, it goes');
SELECT is(pg_temp.got('an', :t)->'draft'->'reply', NULL, 'its draft went along');
SELECT is((SELECT count(*) FROM desk.draft_file), 0::bigint,
    '… with the files that it named');
SELECT is(pg_temp.save('an', :t, '{"text":"Dạ chào chị","seq":50}')->'saved',
    'false', 'a saving that comes late brings nothing back');
SELECT is(pg_temp.got('an', :t)->'writing', NULL, '… nor the lease');
SELECT is(pg_temp.act('an', 'reply', :t, jsonb_build_object('text',
    'Dạ chào chị', 'upto', :asked, 'once', 'o1'))->>'state', 'open',
    'the same again is no other''s');
SELECT max(id) AS last FROM desk.event WHERE ticket = :t \gset
SELECT is(pg_temp.act('an', 'reply', :t, jsonb_build_object('text', 'Và nữa',
    'upto', :last - 1))->>'state', 'open', 'nor does he cross himself');

-- Sent and done
SELECT pg_temp.told();
SELECT is(pg_temp.act('an', 'reply', :t, '{"text":"Xong ạ","resolve":true}')
    ->>'state', 'resolved', 'an answer that resolves');
SELECT is(pg_temp.told(), 'event resolve', '… tells both');

-- Sent, and the case waits; taken back, it does neither
SELECT pg_temp.act('an', 'reopen', :t);
SELECT pg_temp.told();
SELECT pg_temp.refused('an', 'ticket_reply', jsonb_build_object('ticket', :t,
    'text', 'x', 'pend', true, 'resolve', true), 'INVALID pend',
    'done and waiting');
SELECT pg_temp.act('an', 'reply', :t, '{"text":"Chị gửi em số đơn ạ",
    "pend":true,"once":"w1"}') AS waits \gset
SELECT is(:'waits'::jsonb->>'state', 'pending', 'an answer that waits');
SELECT is(pg_temp.told(), 'event pend', '… tells both');
SELECT is((SELECT e.kind || ' ' || e.text FROM desk.event e
    WHERE e.id = (:'waits'::jsonb->>'event')::bigint),
    'message Chị gửi em số đơn ạ', '… and answers its own event');
SELECT is(pg_temp.act('an', 'reply', :t, '{"text":"Chị gửi em số đơn ạ",
    "pend":true,"once":"w1"}')->'event', :'waits'::jsonb->'event',
    'the same again is that one');
SELECT is(pg_temp.told(), '', '… and tells nobody');
SELECT is(pg_temp.act('an', 'unsend', :t, jsonb_build_object('event',
    :'waits'::jsonb->'event'))->>'state', 'open', 'taken back, it is open');
SELECT isnt((SELECT k.due_at FROM desk.ticket k WHERE k.id = :t), NULL,
    '… and an answer is owed');
SELECT is((pg_temp.act('an', 'unsend', :t, jsonb_build_object('event',
    :'waits'::jsonb->'event')))->>'state', 'open', 'the same again');
SELECT pg_temp.act('an', 'reply', :t, '{"text":"Xong","resolve":true}')
    ->>'event' AS done \gset
SELECT pg_temp.act('an', 'unsend', :t, jsonb_build_object('event', :done));
SELECT is((SELECT k.state FROM desk.ticket k WHERE k.id = :t), 'open',
    'what resolved the case and is taken back opens it');
-- (Within one transaction all is of one moment: another's move is not.)
SELECT pg_temp.act('an', 'reply', :t, '{"text":"Vâng"}')->>'event' AS sent \gset
SELECT pg_temp.act('binh', 'pend', :t);
UPDATE desk.event SET at = at + interval '1 second'
WHERE ticket = :t AND kind = 'state' AND id > :sent;
SELECT is(pg_temp.act('an', 'unsend', :t, jsonb_build_object('event', :sent))
    ->>'state', 'pending', 'what somebody let wait since goes on waiting');

-- What says nothing
SELECT pg_temp.refused(q.who, 'ticket_' || q.op, jsonb_build_object('ticket',
    :t, 'text', q.body), 'INVALID text', q.op || ' of blanks')
FROM (VALUES ('an', 'reply', E' \n\t'), ('an', 'note', E'\u00a0\u200b\u3000'),
    ('key', 'reply', ' ')) q (who, op, body);

-- Mentions
SELECT pg_temp.act('an', 'reopen', :t);
SELECT pg_temp.told();
SELECT pg_temp.act('an', 'note', :t, '{"text":
    "@binh xem giúp, @SUP. với @an, @gone, @nobody, a@chi.vn; (@chi)"}')
    ->>'event' AS note \gset
SELECT is((SELECT e.meta->'mentions' FROM desk.event e WHERE e.id = :note),
    '["binh", "chi", "sup"]',
    'whom a note names, of those who work here and beside its writer');
SELECT is(pg_temp.told(), 'event mention', '… is told');
SELECT is(pg_temp.ask('binh', 'ticket_list', '{"view":"mentions"}')
    ->'tickets'->0->'mention'->'seen', 'false', 'it is in his view');
SELECT is(pg_temp.ask('binh', 'mention_seen', jsonb_build_object('ticket',
    :t))->'seen', 'true', 'he has seen it');
SELECT is(pg_temp.ask('binh', 'ticket_counts', '{}')->'views'->'mentions',
    '0', '… and it is not counted any more');
SELECT pg_temp.act('chi', 'note', :hidden, '{"text":"@an ơi"}')->>'event'
    AS note \gset
SELECT is((SELECT e.meta FROM desk.event e WHERE e.id = :note), NULL,
    'who may not see the case is not named');
SELECT is(pg_temp.act('an', 'note', :t, '{"text":"xong","seq":9}')->>'ticket',
    :'t', 'a note');
SELECT is(pg_temp.got('an', :t)->'draft', NULL, '… ends its draft');

-- What is left of ended drafts goes
UPDATE desk.draft SET saved_at = now() - interval '2 days';
SELECT cmp_ok(desk.draft_sweep(), '>', 0, 'the sweep takes ended drafts');
SELECT is((SELECT string_agg(d.kind || ' ' || d.text, ', ')
    FROM desk.draft d), NULL, '… all of them');

SELECT * FROM finish();
ROLLBACK;
