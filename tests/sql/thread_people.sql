-- Who takes part in a case: whom its mails name, and nobody by a stranger's
-- word; copies of one mail; orders; what can be followed up.
BEGIN;
\ir intake.psql
SELECT plan(46);

-- A mail with its Message-ID, what it answers, and whom else it names.
CREATE FUNCTION pg_temp.letter(address text, mid text, thread text[],
    others text[], more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail_from(address, jsonb_build_object('id', mid,
	    'refs', ARRAY[mid], 'thread', thread) || CASE
	    WHEN others <> '{}' THEN jsonb_build_object('others', others)
	    ELSE '{}' END || more)
$$;
CREATE FUNCTION pg_temp.copied(ticket bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(c.address || CASE WHEN c.proved THEN '!' ELSE '' END,
	    ' ' ORDER BY c.address)
	FROM desk.copied c WHERE c.ticket = copied.ticket
$$;

-- Two customers on Cc
SELECT pg_temp.ticket(pg_temp.letter('lan@example.com', 'c1@m', '{}',
    '{chong@example.com,me@example.com}', '{"auth":"none"}')) AS t \gset
SELECT is(pg_temp.copied(:t), 'chong@example.com me@example.com',
    'cc: named by the mail that opened it, not proved');
SELECT is((SELECT count(*) FROM desk.contact
    WHERE address = 'chong@example.com'), 0::bigint,
    'cc: no customer before he writes');
SELECT pg_temp.take(pg_temp.letter('chong@example.com', 'c2@m', '{c1@m}',
    '{lan@example.com}', '{"auth":"none"}')) AS a \gset
SELECT is((:'a'::jsonb->>'ticket')::bigint, :t::bigint,
    'cc: he answers into the same case');
SELECT is(:'a'::jsonb#>>'{why,threaded}', 'an answer to its message',
    'cc: and why');
SELECT is((:'a'::jsonb->>'customer')::bigint,
    pg_temp.owner('lan@example.com'), 'cc: which stays its customer''s');
SELECT is(pg_temp.ticket(pg_temp.letter('lan@example.com', 'c3@m', '{c2@m}',
    '{}')), :t::bigint, 'cc: she answers him, and is in the same case');
SELECT is(pg_temp.ticket(pg_temp.letter('me@example.com', 'c4@m', '{c3@m}',
    '{}')), :t::bigint, 'cc: so is the third, later');
SELECT isnt(pg_temp.ticket(pg_temp.letter('chong@example.com', 'c5@m', '{}',
    '{}')), :t::bigint, 'cc: what points nowhere is a case of his own');
SELECT isnt(pg_temp.ticket(pg_temp.letter('chong@example.com', 'c6@m',
    '{c1@m}', '{}', '{"auth":"fail"}')), :t::bigint,
    'cc: not when DMARC fails');

-- A stranger's mail makes nobody a participant of another's case
SELECT pg_temp.take(pg_temp.letter('eve@example.com', 'e1@m', '{c1@m}',
    '{mallory@example.com}')) AS a \gset
SELECT isnt((:'a'::jsonb->>'ticket')::bigint, :t::bigint,
    'stranger: a linked case of her own');
SELECT is((:'a'::jsonb#>>'{why,related}')::bigint, :t::bigint,
    'stranger: why names it');
SELECT unalike(pg_temp.copied(:t), '%mallory%',
    'stranger: her Cc takes no part in the other');
SELECT isnt(pg_temp.ticket(pg_temp.letter('mallory@example.com', 'e2@m',
    '{c1@m}', '{}')), :t::bigint, 'stranger: … and cannot join it');
SELECT isnt(pg_temp.ticket(pg_temp.mail_from('mallory@example.com',
    jsonb_build_object('token', :t))), :t::bigint,
    'stranger: … not with a token either');

-- Forged From, own address in Cc: only a proved mail adds to what goes on
SELECT is(pg_temp.ticket(pg_temp.letter('lan@example.com', 'f1@m', '{c1@m}',
    '{mallory@example.com}', '{"auth":"none"}')), :t::bigint,
    'unproved: joins');
SELECT unalike(pg_temp.copied(:t), '%mallory%', 'unproved: but names nobody');
SELECT is(pg_temp.ticket(pg_temp.letter('lan@example.com', 'f2@m', '{c1@m}',
    '{ban@example.com,me@example.com}')), :t::bigint, 'proved: joins');
SELECT is(pg_temp.copied(:t),
    'ban@example.com! chong@example.com me@example.com!',
    'proved: and names, and proves whom it names again');
SELECT is(pg_temp.ticket(pg_temp.letter('ban@example.com', 'f3@m', '{c1@m}',
    '{}')), :t::bigint, 'proved: who can join');
SELECT pg_temp.ticket(pg_temp.letter('lan@example.com', 'f4@m', '{}',
    '{mallory@example.com}', '{"auth":"fail"}')) AS u \gset
SELECT is(pg_temp.copied(:u), NULL, 'DMARC failed: names nobody at all');
SELECT pg_temp.ticket(pg_temp.letter('lan@example.com', 'f5@m', '{}',
    '{mallory@example.com,lan@example.com}', '{"automatic":true}')) AS u \gset
SELECT is(pg_temp.copied(:u), NULL, 'automatic: names nobody');
SELECT pg_temp.ticket(pg_temp.letter('lan@example.com', 'f6@m', '{}',
    '{lan@example.com}')) AS u \gset
SELECT is(pg_temp.copied(:u), NULL, 'herself in Cc: is nobody else');

-- No more than a hundred, however many mails
SELECT pg_temp.ticket(pg_temp.letter('many@example.com', 'n0@m', '{}',
    '{}')) AS u \gset
SELECT count(*) FROM generate_series(1, 12) n
CROSS JOIN LATERAL pg_temp.take(pg_temp.letter('many@example.com',
    'n' || n || '@m', '{n0@m}',
    ARRAY(SELECT 'p' || n * 20 + i || '@many.example'
	FROM generate_series(1, 20) i))) x;
SELECT cmp_ok((SELECT count(*) FROM desk.copied WHERE ticket = :u), '<=',
    120::bigint, 'many: bounded');

-- In one batch
SELECT pg_temp.take(
    pg_temp.letter('a1@example.com', 'b1@m', '{}', '{a2@example.com}'),
    pg_temp.letter('a2@example.com', 'b2@m', '{b1@m}', '{a1@example.com}'),
    pg_temp.letter('a3@example.com', 'b3@m', '{b1@m}', '{}'));
SELECT is(pg_temp.tickets(), '1 1 2', 'one batch: he was named a moment ago');

-- Copies of one mail with bodies of their own
SELECT pg_temp.take(
    pg_temp.letter('lan@example.com', 'k1@m', '{}', '{}',
	'{"id":"k1@m/1","to":["sales@s.example","tech@s.example"]}'),
    pg_temp.letter('lan@example.com', 'k1@m', '{}', '{}',
	'{"id":"k1@m/2","to":["sales@s.example","tech@s.example"]}'));
SELECT is(pg_temp.tickets(), '1 1', 'copies: one case');
SELECT is((SELECT answer#>>'{why,threaded}' FROM got WHERE ord = 2),
    'another copy of the same mail', 'copies: and why');
SELECT is(pg_temp.take(pg_temp.letter('lan@example.com', 'k1@m', '{}', '{}',
    '{"id":"k1@m/3","to":["sales@s.example","tech@s.example"]}'))->>'created',
    'false', 'copies: a later one too');
SELECT is(pg_temp.take(pg_temp.letter('eve@example.com', 'k1@m', '{}', '{}',
    '{"id":"k1@m/4","to":["sales@s.example","tech@s.example"]}'))->>'created',
    'true', 'copies: not by another sender');
SELECT is(pg_temp.take(pg_temp.letter('lan@example.com', 'k1@m', '{}', '{}',
    '{"id":"k1@m/5"}'))->>'created', 'true',
    'copies: a mail to one address is none');
UPDATE desk.event SET filed_at = filed_at - interval '2 days'
WHERE external_id LIKE 'k1@m/%';
SELECT is(pg_temp.take(pg_temp.letter('lan@example.com', 'k1@m', '{}', '{}',
    '{"id":"k1@m/6","to":["sales@s.example","tech@s.example"]}'))->>'created',
    'true', 'copies: nor is a Message-ID used again days later');

-- Orders
SELECT pg_temp.take(pg_temp.mail_from('hoa@example.com',
    '{"order":"DH1001"}')) AS a \gset
SELECT (:'a'::jsonb->>'ticket')::bigint AS o \gset
SELECT pg_temp.take(pg_temp.mail_from('hoa@example.com',
    '{"order":"DH1001"}')) AS a \gset
SELECT is(ROW(:'a'::jsonb->>'ticket', :'a'::jsonb#>>'{why,threaded}')::text,
    format('(%s,"the same order")', :o), 'order: joins what is open about it');
SELECT isnt(pg_temp.ticket(pg_temp.mail_from('hoa@example.com',
    '{"order":"DH1002"}')), :o::bigint, 'order: another one does not');
SELECT pg_temp.take(pg_temp.mail_from('eve@example.com',
    '{"order":"DH1001"}')) AS a \gset
SELECT is(ROW(:'a'::jsonb->>'created', :'a'::jsonb#>>'{why,related}')::text,
    '(true,)', 'order: never across customers');
SELECT is(pg_temp.take(pg_temp.mail_from('hoa@example.com',
    '{"order":"DH1001","auth":"fail"}'))->>'created', 'true',
    'order: never when DMARC fails');
UPDATE desk.contact SET customer = pg_temp.owner('hoa@example.com')
WHERE address = 'eve@example.com';
SELECT is(pg_temp.ticket(pg_temp.mail_from('eve@example.com',
    '{"order":"DH1001"}')), :o::bigint,
    'order: from another address of the same customer');
UPDATE desk.ticket SET state = 'resolved' WHERE id = :o;
SELECT isnt(pg_temp.ticket(pg_temp.mail_from('hoa@example.com',
    '{"order":"DH1001"}')), :o::bigint, 'order: not what is resolved');
-- A case learns what it is about.
SELECT pg_temp.ticket(pg_temp.letter('mai@example.com', 'o1@m', '{}', '{}'))
    AS u \gset
SELECT pg_temp.take(pg_temp.letter('mai@example.com', 'o2@m', '{o1@m}', '{}',
    '{"order":"DH2001"}'));
SELECT is(pg_temp.ticket(pg_temp.mail_from('mai@example.com',
    '{"order":"DH2001"}')), :u::bigint, 'order: named in an answer only');
SELECT pg_temp.take(
    pg_temp.mail_from('mai@example.com', '{"order":"DH2002"}'),
    pg_temp.mail_from('mai@example.com', '{"order":"DH2002"}'),
    pg_temp.mail_from('eve@example.com', '{"order":"DH2002"}'));
SELECT is(pg_temp.tickets(), '1 1 2', 'order: in one batch');

-- A chat about an order
INSERT INTO desk.conversation (id, token, contact)
SELECT x.id, 'x', pg.contact FROM (VALUES
    ('00000000-0000-4000-8000-000000000011'::uuid),
    ('00000000-0000-4000-8000-000000000012')) x(id)
CROSS JOIN LATERAL (SELECT id AS contact FROM desk.contact
    WHERE address = 'mai@example.com') pg;
INSERT INTO desk.contact (customer, kind, address)
SELECT pg_temp.owner('mai@example.com'), 'chat', c.id::text
FROM desk.conversation c;
CREATE FUNCTION pg_temp.say(conversation text, more jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail(jsonb_build_object('channel', 'chat',
	    'contacts', jsonb_build_array(pg_temp.of('chat', conversation)),
	    'conversation', conversation, 'units', 20, 'auth', 'none') || more)
$$;
SELECT is(pg_temp.ticket(pg_temp.say('00000000-0000-4000-8000-000000000011',
    '{"order":"DH2001"}')), :u::bigint, 'chat: joins the mail about it');
SELECT is(ROW(t.conversation, t.units)::text,
    '(00000000-0000-4000-8000-000000000011,20)',
    'chat: which can be answered there') FROM pg_temp.row_of(:u) t;
SELECT is(pg_temp.ticket(pg_temp.say('00000000-0000-4000-8000-000000000011',
    '{}')), :u::bigint, 'chat: and goes on there');
SELECT isnt(pg_temp.ticket(pg_temp.say('00000000-0000-4000-8000-000000000012',
    '{"order":"DH2001"}')), :u::bigint,
    'chat: not where another conversation goes on');
UPDATE desk.contact SET flags = '{claimed}'
WHERE address = '00000000-0000-4000-8000-000000000012';
SELECT pg_temp.ticket(pg_temp.mail_from('mai@example.com',
    '{"order":"DH2003"}')) AS u \gset
UPDATE desk.conversation SET ticket = NULL;
SELECT pg_temp.take(pg_temp.say('00000000-0000-4000-8000-000000000012',
    '{"order":"DH2003"}')) AS a \gset
SELECT is(ROW(:'a'::jsonb->>'created', :'a'::jsonb#>>'{why,threaded}')::text,
    '(true,"new: the visitor only says that he is this customer")',
    'chat: not on the visitor''s word alone');

-- What answers a closed case follows it up; what nobody wrote is put with it.
UPDATE desk.ticket SET state = 'closed' WHERE id = :t;
SELECT pg_temp.take(pg_temp.letter('lan@example.com', 'z1@m', '{c1@m}', '{}'))
    AS a \gset
SELECT is(ROW(:'a'::jsonb#>>'{why,threaded}', :'a'::jsonb#>>'{why,related}')
    ::text, format('("new: the related ticket is closed",%s)', :t),
    'closed: a case that follows it up');
SELECT is(pg_temp.ticket(pg_temp.letter('lan@example.com', 'z2@m', '{c1@m}',
    '{}', '{"automatic":true}')), :t::bigint,
    'closed: an out-of-office note opens none');
SELECT is((pg_temp.row_of(:t)).state, 'closed', 'closed: and stays');

SELECT * FROM finish();
ROLLBACK;
