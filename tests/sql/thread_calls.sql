-- Calls and orders: who took it, who must be called back, what it is about.
BEGIN;
\ir intake.psql
SELECT plan(35);

-- Answered by one of us
SELECT pg_temp.take(pg_temp.ring('+841',
    '{"id":"1","state":"answered","agent":"101","duration":60}')) AS a \gset
SELECT is(ROW(t.state, t.kind, t.due_at, t.units, t.first_answer_at = now(),
	t.call, a.name)::text, '(open,case,,5,t,1,an)', 'answered: it is his')
FROM pg_temp.row_of((:'a'::jsonb->>'ticket')::bigint) t
JOIN desk.agent a ON a.id = t.assignee;
SELECT is(ROW(g.apply->>'place', g.apply->>'agent')::text, '(work,an)',
    'answered: Redis knows') FROM got g;
SELECT is(ROW(e.direction, a.name, e.meta#>>'{call,duration}')::text,
    '(in,an,60)', 'answered: the history') FROM desk.event e
JOIN desk.agent a ON a.id = e.agent
WHERE e.ticket = (:'a'::jsonb->>'ticket')::bigint;
SELECT is(a.name, 'binh', 'answered: by login')
FROM pg_temp.row_of(pg_temp.ticket(pg_temp.ring('+842',
    '{"id":"2","state":"ended","agent":"binh"}'))) t
JOIN desk.agent a ON a.id = t.assignee;
SELECT is(ROW(t.state, t.assignee, t.due_at - now())::text, '(new,,00:30:00)',
    'answered: by nobody whom we know: it waits')
FROM pg_temp.row_of(pg_temp.ticket(pg_temp.ring('+843',
    '{"id":"3","state":"answered","agent":"777"}'))) t;
SELECT is(t.assignee, NULL, 'answered: by one who left: it waits')
FROM pg_temp.row_of(pg_temp.ticket(pg_temp.ring('+844',
    '{"id":"4","state":"answered","agent":"109"}'))) t;
SELECT is(t.assignee, NULL, 'answered: nobody named')
FROM pg_temp.row_of(pg_temp.ticket(pg_temp.ring('+844',
    '{"id":"4b","state":"answered"}'))) t;

-- Rings, then is taken; the end of the call neither opens nor owes
SELECT pg_temp.ticket(pg_temp.ring('+845', '{"id":"5","state":"ringing"}'))
    AS t \gset
SELECT is(ROW(t.state, t.kind, t.due_at - now())::text, '(new,case,00:30:00)',
    'ringing: waits') FROM pg_temp.row_of(:t) t;
SELECT is(pg_temp.ticket(pg_temp.ring('+845',
    '{"id":"5","state":"answered","agent":"102"}')), :t::bigint,
    'taken: the same call');
SELECT is(ROW(t.state, a.name, t.due_at, t.first_answer_at)::text,
    ROW('open', 'binh', NULL, now())::text, 'taken: it is his')
FROM pg_temp.row_of(:t) t JOIN desk.agent a ON a.id = t.assignee;
UPDATE desk.ticket SET state = 'resolved', resolved_at = now() WHERE id = :t;
SELECT is(pg_temp.ticket(pg_temp.ring('+845', '{"id":"5","state":"ended"}')),
    :t::bigint, 'ended: the same call');
SELECT is(ROW(t.state, t.reopens, t.due_at)::text, '(resolved,0,)',
    'ended: does not open it again') FROM pg_temp.row_of(:t) t;
UPDATE desk.ticket SET state = 'closed' WHERE id = :t;
SELECT is(pg_temp.ticket(pg_temp.ring('+845', '{"id":"5","state":"late"}')),
    :t::bigint, 'late: a record of a call that a closed ticket holds');
SELECT is((pg_temp.row_of(:t)).state, 'closed', 'late: which stays closed');
SELECT isnt(pg_temp.ticket(pg_temp.ring('+999',
    '{"id":"5","state":"ringing","leg":"b"}', '{"id":"5/b"}')), :t::bigint,
    'another number with the same id is another''s');

-- Missed
SELECT pg_temp.take(pg_temp.ring('+846', '{"id":"6","state":"missed"}')) AS a
\gset
SELECT :'a'::jsonb->>'ticket' AS t \gset
SELECT is(ROW(t.kind, t.state, t.due_at - now())::text,
    '(callback,new,00:30:00)', 'missed: a call back is owed')
FROM pg_temp.row_of(:t) t;
SELECT pg_temp.take(pg_temp.ring('+846', '{"id":"7","state":"missed"}')) AS a
\gset
SELECT is((:'a'::jsonb->>'ticket')::bigint, :t::bigint, 'missed: again');
SELECT is(:'a'::jsonb#>>'{why,threaded}', 'an open call-back of this customer',
    'missed: and why');
SELECT is(pg_temp.ticket(pg_temp.ring('+846', '{"id":"8","state":"ringing"}')),
    :t::bigint, 'rings again: the same matter');
SELECT is(pg_temp.ticket(pg_temp.ring('+846', '{"id":"9","state":"missed"}',
    '{"candidates":[{"queue":"shipping","why":"x"}]}')), :t::bigint,
    'missed: on another trunk is the same call back');
UPDATE desk.queue SET members_only = true WHERE name = 'technical';
SELECT isnt(pg_temp.ticket(pg_temp.ring('+846', '{"id":"9b","state":"missed"}',
    '{"candidates":[{"queue":"technical","why":"x"}]}')), :t::bigint,
    'missed: of a queue that others may not see is another matter');
SELECT isnt(pg_temp.ticket(pg_temp.ring('+847', '{"id":"10","state":"missed"}')),
    :t::bigint, 'missed: of another customer too');
SELECT pg_temp.take(pg_temp.ring('+846',
    '{"id":"11","state":"answered","agent":"101","direction":"out"}')) AS a
\gset
SELECT is(ROW(t.state, a.name, t.due_at)::text, '(open,an,)',
    'called back: by An, nothing is owed')
FROM pg_temp.row_of((:'a'::jsonb->>'ticket')::bigint) t
JOIN desk.agent a ON a.id = t.assignee;
SELECT is((SELECT e.direction FROM desk.event e
    WHERE e.id = (:'a'::jsonb->>'event')::bigint), 'out', 'called back: out');
UPDATE desk.ticket SET state = 'resolved' WHERE kind = 'callback';
SELECT is(pg_temp.take(pg_temp.ring('+846', '{"id":"12","state":"missed"}'))
    ->>'created', 'true', 'missed: after the last was done');
SELECT pg_temp.ticket(pg_temp.ring('+848', '{"id":"13","state":"ringing"}'))
    AS t \gset
SELECT is((pg_temp.row_of(pg_temp.ticket(pg_temp.ring('+848',
    '{"id":"13","state":"missed"}')))).kind, 'callback',
    'rang, then missed: its ticket asks for a call back');
SELECT is((SELECT string_agg(e.kind, ' ' ORDER BY e.id) FROM desk.event e
    WHERE e.ticket = :t), 'call call abandoned',
    'rang, then missed: both in its history, and that he left');

-- We called, nobody was there
SELECT is(ROW(t.kind, t.state, t.due_at)::text, '(case,new,)',
    'out and missed: nobody is owed an answer')
FROM pg_temp.row_of(pg_temp.ticket(pg_temp.ring('+849',
    '{"id":"14","state":"missed","direction":"out"}'))) t;

-- Orders
CREATE FUNCTION pg_temp.buy(no text, more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail(jsonb_build_object('channel', 'order', 'kind',
	    'order', 'order', no) || more)
$$;
SELECT pg_temp.ticket(pg_temp.buy('DH1')) AS t \gset
SELECT is((pg_temp.row_of(:t)).order_no, 'DH1', 'order: opens');
SELECT is(pg_temp.ticket(pg_temp.buy('DH1')), :t::bigint, 'order: joins');
SELECT isnt(pg_temp.ticket(pg_temp.buy('DH2')), :t::bigint, 'order: another');
SELECT isnt(pg_temp.ticket(pg_temp.buy('DH1', jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('email', 'eve@example.com'))))), :t::bigint,
    'order: a number is no key to another''s ticket');
SELECT is(pg_temp.ticket(pg_temp.mail('{"order":"DH1"}')), :t::bigint,
    'order: named in a mail of its customer');
UPDATE desk.ticket SET state = 'pending' WHERE order_no = 'DH1';
SELECT is((pg_temp.row_of(pg_temp.ticket(pg_temp.buy('DH1')))).state, 'open',
    'order: what waited for him');
UPDATE desk.ticket SET state = 'resolved' WHERE order_no = 'DH1';
SELECT is(pg_temp.take(pg_temp.buy('DH1'))->>'created', 'true',
    'order: after the case was over');

SELECT * FROM finish();
ROLLBACK;
