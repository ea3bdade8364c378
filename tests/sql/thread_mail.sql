-- Mail joins a ticket by what we issued or stored, and only from someone who
-- takes part in it.
BEGIN;
\ir intake.psql
SELECT plan(42);

-- A helper: a mail from somebody with its Message-ID and what it answers.
CREATE FUNCTION pg_temp.answer(address text, mid text, thread text[],
    more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail_from(address, jsonb_build_object('id', mid,
	    'refs', ARRAY[mid], 'thread', thread) || more)
$$;

SELECT pg_temp.ticket(pg_temp.answer('lan@example.com', '1@m', '{}')) AS t \gset
SELECT pg_temp.ticket(pg_temp.answer('lan@example.com', '2@m', '{}')) AS u \gset
SELECT isnt(:t::bigint, :u::bigint, 'no thread: a ticket each');

-- An answer from its customer
SELECT pg_temp.take(pg_temp.answer('lan@example.com', '3@m', '{1@m}',
    '{"preview":"Còn đây","subject":"Re: Đơn hàng"}')) AS a \gset
SELECT is((:'a'::jsonb->>'ticket')::bigint, :t::bigint, 'answer: joins');
SELECT is(:'a'::jsonb->>'created', 'false', 'answer: created nothing');
SELECT is(:'a'::jsonb#>>'{why,threaded}', 'an answer to its message',
    'answer: and why');
SELECT is(ROW(t.state, t.version, t.preview, t.subject)::text,
    '(new,2,"Còn đây","Đơn hàng")', 'answer: touches the ticket')
FROM pg_temp.row_of(:t) t;
SELECT is(t.due_at, now() + interval '30 minutes',
    'answer: what was owed stays due when it was') FROM pg_temp.row_of(:t) t;
SELECT is(g.apply->>'version', '2', 'answer: Redis is told') FROM got g;
SELECT is(pg_temp.ticket(pg_temp.answer('lan@example.com', '4@m',
    '{unknown@m,3@m}')), :t::bigint, 'answer: to an answer, past unknown ids');
SELECT is(pg_temp.ticket(pg_temp.answer('lan@example.com', '5@m',
    '{2@m,1@m}')), :u::bigint, 'answer: the newest id counts');
SELECT is(pg_temp.ticket(pg_temp.mail_from('lan@example.com',
    jsonb_build_object('token', :t, 'thread', ARRAY['2@m']))), :t::bigint,
    'token: before any Message-ID');

-- From who takes no part
SELECT pg_temp.take(pg_temp.answer('eve@example.com', '6@m', '{1@m}')) AS a \gset
SELECT is(:'a'::jsonb->>'created', 'true', 'stranger: a ticket of his own');
SELECT is((pg_temp.row_of((:'a'::jsonb->>'ticket')::bigint)).related,
    :t::bigint, 'stranger: related to what he pointed at');
SELECT is(:'a'::jsonb#>>'{why,threaded}',
    'new: the sender takes no part in the related ticket',
    'stranger: and says so');
SELECT pg_temp.take(pg_temp.mail_from('eve@example.com',
    jsonb_build_object('token', :t))) AS a \gset
SELECT isnt((:'a'::jsonb->>'ticket')::bigint, :t::bigint,
    'stranger: a token is not enough');
SELECT is((pg_temp.row_of((:'a'::jsonb->>'ticket')::bigint)).related,
    :t::bigint, 'stranger: … and it is related');
SELECT is(pg_temp.take(pg_temp.mail(jsonb_build_object('token', 987654321)))
    ->>'created', 'true', 'token: of no ticket that there is');

-- Forged
SELECT pg_temp.take(pg_temp.answer('lan@example.com', '7@m', '{1@m}',
    '{"auth":"fail"}')) AS a \gset
SELECT isnt((:'a'::jsonb->>'ticket')::bigint, :t::bigint, 'DMARC failed: no');
SELECT is(:'a'::jsonb#>>'{why,threaded}',
    'new: the sender''s address is not proved', 'DMARC failed: and why');
SELECT is(pg_temp.ticket(pg_temp.answer('lan@example.com', '8@m', '{1@m}',
    '{"auth":"none"}')), :t::bigint, 'no verdict: joins');

-- Somebody else stores our customer's Message-ID
SELECT pg_temp.ticket(pg_temp.answer('eve@example.com', '1@m', '{}',
    '{"id":"1@m other"}')) AS e \gset
SELECT is(pg_temp.ticket(pg_temp.answer('lan@example.com', '9@m', '{1@m}')),
    :t::bigint, 'shadow: an id of two tickets leads to one''s own');
SELECT is(pg_temp.ticket(pg_temp.answer('eve@example.com', '10@m', '{1@m}')),
    :e::bigint, 'shadow: … each');

-- A participant
SELECT pg_temp.take(pg_temp.mail_from('boss@example.com'));
INSERT INTO desk.participant (ticket, contact)
SELECT :t, c.id FROM desk.contact c WHERE c.address = 'boss@example.com';
SELECT pg_temp.take(pg_temp.answer('boss@example.com', '11@m', '{1@m}'))
    AS a \gset
SELECT is((:'a'::jsonb->>'ticket')::bigint, :t::bigint, 'participant: joins');
SELECT is((:'a'::jsonb->>'customer')::bigint, pg_temp.owner('lan@example.com'),
    'participant: it is in the customer''s history');

-- Answered, pending, resolved, closed
UPDATE desk.ticket SET state = 'open', due_at = NULL WHERE id = :t;
SELECT pg_temp.take(pg_temp.answer('lan@example.com', '12@m', '{1@m}'));
SELECT is(ROW(t.state, t.due_at - now())::text, '(open,01:00:00)',
    'answered: the next answer is owed') FROM pg_temp.row_of(:t) t;
UPDATE desk.ticket SET state = 'pending', due_at = NULL WHERE id = :t;
SELECT pg_temp.take(pg_temp.answer('lan@example.com', '13@m', '{1@m}'));
SELECT is(ROW(t.state, t.due_at - now(), t.reopens)::text,
    '(open,01:00:00,0)', 'pending: opens') FROM pg_temp.row_of(:t) t;
SELECT is(g.apply->>'place', 'wait', 'pending: back in line') FROM got g;
UPDATE desk.ticket SET state = 'resolved', due_at = NULL, resolved_at = now(),
    assignee = (SELECT id FROM desk.agent WHERE name = 'an') WHERE id = :t;
SELECT pg_temp.take(pg_temp.answer('lan@example.com', '14@m', '{1@m}'));
SELECT is(ROW(t.state, t.due_at - now(), t.reopens, t.resolved_at)::text,
    '(open,01:00:00,1,)', 'resolved: opens again') FROM pg_temp.row_of(:t) t;
SELECT is(ROW(g.apply->>'place', g.apply->>'agent', g.apply#>>
    '{feed,assignee}')::text, '(work,an,an)', 'resolved: his again')
FROM got g;
SELECT is(h.n, 1::bigint, 'resolved: counted') FROM desk.queue_hour h
WHERE h.what = 'reopened';

UPDATE desk.ticket SET state = 'resolved', due_at = NULL WHERE id = :t;
SELECT pg_temp.take(pg_temp.answer('lan@example.com', '15@m', '{1@m}',
    '{"automatic":true}')) AS a \gset
SELECT is((:'a'::jsonb->>'ticket')::bigint, :t::bigint, 'automatic: joins');
SELECT is(ROW(t.state, t.due_at)::text, '(resolved,)',
    'automatic: opens nothing, starts no clock') FROM pg_temp.row_of(:t) t;
SELECT is(g.apply->>'place', 'gone', 'automatic: nobody gets it') FROM got g;
SELECT pg_temp.take(
    pg_temp.answer('lan@example.com', '16@m', '{1@m}', '{"automatic":true}'),
    pg_temp.answer('lan@example.com', '17@m', '{1@m}'),
    pg_temp.answer('lan@example.com', '18@m', '{1@m}', '{"automatic":true}'));
SELECT is(ROW(t.state, t.reopens, t.preview)::text,
    '(open,2,"Đơn hàng đâu?")', 'automatic: a person among machines counts')
FROM pg_temp.row_of(:t) t;
SELECT is(count(DISTINCT g.apply->>'version'), 1::bigint,
    'three for one ticket: one present state') FROM got g;
SELECT is(count(DISTINCT g.outbox), 3::bigint,
    'three for one ticket: three notices') FROM got g;

UPDATE desk.ticket SET state = 'closed', due_at = NULL WHERE id = :t;
SELECT pg_temp.take(pg_temp.answer('lan@example.com', '19@m', '{1@m}'))
    AS a \gset
SELECT isnt((:'a'::jsonb->>'ticket')::bigint, :t::bigint, 'closed: another');
SELECT is((pg_temp.row_of((:'a'::jsonb->>'ticket')::bigint)).related,
    :t::bigint, 'closed: related');
SELECT is(:'a'::jsonb#>>'{why,threaded}', 'new: the related ticket is closed',
    'closed: and why');
SELECT is((pg_temp.row_of(:t)).state, 'closed', 'closed: stays');
SELECT is(pg_temp.take(pg_temp.answer('lan@example.com', '20@m', '{2@m}',
    '{"quarantine":"broken"}'))->>'created', 'true',
    'quarantine: what cannot be read joins nothing');

-- An empty id never leads anywhere
SELECT pg_temp.take(pg_temp.mail('{"refs":[""]}'));
SELECT is((SELECT count(*) FROM desk.message_ref WHERE ref = ''), 0::bigint,
    'empty: not stored');
SELECT is(pg_temp.take(pg_temp.mail('{"thread":[""]}'))->>'created', 'true',
    'empty: not looked up');

SELECT * FROM finish();
ROLLBACK;
