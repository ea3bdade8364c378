-- Calls: records of one call joined in any order, whom it keeps busy, the card
-- that is shown while it rings, and one call back for a customer.
BEGIN;
\ir intake.psql
SELECT plan(43);

INSERT INTO desk.agent_queue SELECT a.id, q.id
FROM desk.agent a, desk.queue q WHERE a.name = 'an' AND q.name = 'sales';

-- The call of that id, and what Redis is told of it.
CREATE FUNCTION pg_temp.call(call_id text) RETURNS desk.call
LANGUAGE sql AS $$
	SELECT * FROM desk.call c WHERE c.id = call_id ORDER BY call LIMIT 1
$$;
CREATE FUNCTION pg_temp.busy() RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', g.apply#>>'{call,agent}', g.apply#>>'{call,units}',
	    (g.apply#>>'{call,seconds}')::int > 0)
	FROM got g ORDER BY ord DESC LIMIT 1
$$;
CREATE FUNCTION pg_temp.notice(path text) RETURNS text
LANGUAGE sql AS $$
	SELECT g.apply->'call'->'feed'#>>path::text[]
	FROM got g ORDER BY ord DESC LIMIT 1
$$;
-- Takes a record in: seconds from now, and the call's members.
CREATE FUNCTION pg_temp.tell(number text, s int, call jsonb,
    leg text DEFAULT 'a', more jsonb DEFAULT '{}') RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_temp.ticket(pg_temp.ring(number, call, jsonb_build_object(
	    'at', now() + make_interval(secs => s), 'id', concat_ws('/',
	    call->>'id', leg, call->>'state')) || more))
$$;

-- The card
SELECT pg_temp.ticket(pg_temp.mail(jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('phone', '+8401'))))) AS m \gset
UPDATE desk.customer SET segment = 'vip'
WHERE id = pg_temp.owner('+8401');
SELECT pg_temp.tell('+8401', 0, '{"id":"A","state":"ringing"}') AS t \gset
SELECT is(ROW(pg_temp.notice('{kind}'), pg_temp.notice('{call}'),
	pg_temp.notice('{state}'), pg_temp.notice('{queue}'),
	pg_temp.notice('{members}'), pg_temp.notice('{agents}'))::text,
    '(call,A,ringing,sales,true,[])', 'it rings the queue');
SELECT is(ROW(pg_temp.notice('{name}'), pg_temp.notice('{segment}'),
	pg_temp.notice('{contact}'), pg_temp.notice('{open}'),
	pg_temp.notice('{customer}'))::text,
    ROW('Lan', 'vip', '+8401', '2', pg_temp.owner('+8401'))::text,
    'the card: who it is');
SELECT is(ROW(pg_temp.notice('{last,channel}'),
	pg_temp.notice('{last,ticket}'))::text, ROW('mail', :'m')::text,
    'the card: last in touch');
SELECT is(pg_temp.busy(), '100 f', 'a call that rings keeps nobody busy');
SELECT pg_temp.tell('+8401', 1, '{"id":"A","state":"ringing","agent":"102"}',
    'b1');
SELECT is(pg_temp.notice('{agents}'), '["binh"]', 'it rings a phone');
SELECT pg_temp.tell('+8401', 4,
    '{"id":"A","state":"answered","agent":"101","wait":4}');
SELECT is(pg_temp.busy(), 'an 100 t', 'answered: An is busy');
SELECT is(ROW(pg_temp.notice('{agent}'), pg_temp.notice('{agents}'),
	pg_temp.notice('{open}'))::text, '(an,"[""binh"", ""an""]",2)',
    'answered: all who rang are told, with the card');
SELECT is((pg_temp.row_of(:t)).units, 5::smallint,
    'answered: the case itself is follow-up');
SELECT pg_temp.tell('+8401', 5,
    '{"id":"A","state":"ended","agent":"102","duration":0,"part":true}', 'b1');
SELECT is(pg_temp.busy(), 'an 100 t', 'another phone stops ringing: An talks on');
SELECT is((pg_temp.row_of(:t)).assignee,
    (SELECT id FROM desk.agent WHERE name = 'an'), 'and the case is An''s');

-- Transfers
SELECT pg_temp.tell('+8401', 20, '{"id":"A","state":"transferred",
    "by":"101","agent":"102","attended":true}', 'x1');
SELECT is(pg_temp.busy(), 'binh 100 t', 'attended transfer: Bình is busy');
SELECT pg_temp.tell('+8401', 21, '{"id":"A","state":"ended","agent":"101",
    "duration":16,"part":true}', 'b2');
SELECT is(pg_temp.busy(), 'binh 100 t', 'An hangs up: Bình talks on');
SELECT pg_temp.tell('+8401', 30, '{"id":"A","state":"transferred",
    "by":"102","agent":"101","attended":false}', 'x2');
SELECT is(split_part(pg_temp.busy(), ' ', 3), 'f',
    'blind transfer: nobody talks until it is answered');
SELECT pg_temp.tell('+8401', 35, '{"id":"A","state":"answered","agent":"101"}',
    'b3');
SELECT is(pg_temp.busy(), 'an 100 t', 'blind transfer: An again');
SELECT pg_temp.tell('+8401', 64, '{"id":"A","state":"ended","duration":60,
    "hold":9,"recording":"rec/A.wav","disposition":"NORMAL_CLEARING"}');
SELECT is(split_part(pg_temp.busy(), ' ', 3), 'f', 'ended: nobody is busy');
SELECT is(ROW(c.state, c.duration, c.wait, c.hold, c.recording, c.disposition,
	jsonb_array_length(c.transfers))::text,
    '(ended,60,4,9,rec/A.wav,NORMAL_CLEARING,2)', 'the whole call')
FROM pg_temp.call('A') c;
SELECT is(c->'transfers'->0->>'to', '102', 'shown with its ticket')
FROM jsonb_array_elements(desk.ticket_calls(:t)) c;
SELECT is(pg_temp.tell('+8401', 64, '{"id":"A","state":"ended","duration":60}',
    'cdr'), :t::bigint, 'the record of another source joins');
SELECT pg_temp.tell('+8401', 2, '{"id":"A","state":"ringing","agent":"101"}',
    'late');
SELECT is(ROW(pg_temp.notice('{state}'), split_part(pg_temp.busy(), ' ', 3))
    ::text, '(ended,f)', 'what comes late changes nothing that is over');

-- The same records in every order give the same call
CREATE TEMP TABLE told (n int, s int, call jsonb, leg text);
INSERT INTO told VALUES
    (1, 0, '{"state":"ringing"}', 'a'),
    (2, 1, '{"state":"ringing","agent":"101"}', 'b'),
    (3, 5, '{"state":"answered","agent":"101"}', 'b'),
    (4, 30, '{"state":"ended","duration":25,"wait":5,"agent":"101"}', 'a');
CREATE FUNCTION pg_temp.in_order(o int[]) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	of_id	text := 'o' || array_to_string(o, '');
	number	text := '+847' || array_to_string(o, '');
	t	bigint;
	which	int;
BEGIN
	FOREACH which IN ARRAY o LOOP
		SELECT pg_temp.tell(number, x.s, x.call
		    || jsonb_build_object('id', of_id), x.leg)
		INTO t FROM told x WHERE x.n = which;
	END LOOP;
	RETURN (SELECT ROW(c.state, c.agent, c.rang, c.talked, c.duration,
	    c.wait, c.on_phone, c.answered_at - c.began_at, k.kind, k.state,
	    k.assignee, k.due_at)::text
	    FROM desk.call c JOIN desk.ticket k ON k.id = c.ticket
	    WHERE c.id = of_id);
END;
$$;
SELECT is(count(DISTINCT pg_temp.in_order(ARRAY[a, b, c, d])), 1::bigint,
    'one outcome of all orders of arrival')
FROM generate_series(1, 4) a, generate_series(1, 4) b,
    generate_series(1, 4) c, generate_series(1, 4) d
WHERE a <> b AND a <> c AND a <> d AND b <> c AND b <> d AND c <> d;
SELECT is(count(*), 24::bigint, 'each order one call')
FROM desk.call c WHERE c.id ~ '^o[1-4]{4}$';

-- A queue's phones that were not picked up, then the one that was
SELECT pg_temp.tell('+8402', 0, '{"id":"B","state":"missed","agent":"101"}',
    '101') AS t \gset
SELECT is((pg_temp.row_of(:t)).kind, 'callback', 'one phone''s record first');
SELECT pg_temp.tell('+8402', 9,
    '{"id":"B","state":"ended","agent":"102","duration":9}', '102');
SELECT is(ROW((pg_temp.row_of(:t)).kind, (pg_temp.row_of(:t)).due_at,
    (pg_temp.call('B')).state)::text, '(case,,ended)',
    'answered by another: no call back is owed');
SELECT pg_temp.tell('+8402', 9, '{"id":"B","state":"missed","agent":"103"}',
    '103');
SELECT is(ROW((pg_temp.row_of(:t)).kind, (pg_temp.row_of(:t)).due_at,
    (pg_temp.call('B')).state)::text, '(case,,ended)', 'nor afterwards');

-- One call back for a customer
CREATE FUNCTION pg_temp.miss(of_id text, s int, trunk text) RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_temp.tell('+8403', s, jsonb_build_object('id', of_id,
	    'state', 'missed'), 'a', jsonb_build_object('candidates',
	    jsonb_build_array(jsonb_build_object('queue', trunk, 'why', 'x'))))
$$;
SELECT pg_temp.miss('M1', 1, 'sales') AS t \gset
SELECT is(count(DISTINCT pg_temp.miss('M' || n, n, CASE n % 2 WHEN 0 THEN
    'sales' ELSE 'shipping' END)), 1::bigint, 'missed on two trunks')
FROM generate_series(2, 5) n;
SELECT is(pg_temp.tell('+8403', 6,
    '{"id":"M6","state":"answered","agent":"101"}'), :t::bigint,
    'then he gets through: the call back');
SELECT is(ROW((pg_temp.row_of(:t)).state, (pg_temp.row_of(:t)).due_at)::text,
    '(open,)', 'which is answered with that');
SELECT pg_temp.tell('+8403', 7, '{"id":"M6","state":"ended","duration":1}');
SELECT is(pg_temp.miss('M0', 0, 'sales'), :t::bigint,
    'the record of a try before comes late');
SELECT is((pg_temp.row_of(:t)).due_at, NULL, 'and asks for nothing');
SELECT is(count(DISTINCT pg_temp.miss('M' || n, n, CASE n % 2 WHEN 0 THEN
    'sales' ELSE 'shipping' END)), 1::bigint, 'missed again, five times')
FROM generate_series(7, 11) n;
SELECT is(count(*), 1::bigint, 'one ticket of all')
FROM desk.ticket k WHERE k.customer = pg_temp.owner('+8403');
SELECT isnt((pg_temp.row_of(:t)).due_at, NULL, 'an answer is owed again');
SELECT is(pg_temp.tell('+8403', 20, '{"id":"M20","state":"ended",
    "agent":"101","direction":"out","duration":0}'), :t::bigint,
    'called back, nobody there: the same ticket');
SELECT isnt((pg_temp.row_of(:t)).due_at, NULL, 'and still owed');
SELECT pg_temp.tell('+8403', 30, '{"id":"M21","state":"ended",
    "agent":"101","direction":"out","duration":12}');
SELECT is((pg_temp.row_of(:t)).due_at, NULL, 'called back: owed no more');
UPDATE desk.ticket SET state = 'resolved', resolved_at = now() WHERE id = :t;
SELECT is(pg_temp.tell('+8403', 11, '{"id":"M11","state":"missed"}', 'cdr'),
    :t::bigint, 'a second record of a call missed long ago');
SELECT is(ROW((pg_temp.row_of(:t)).state, (pg_temp.row_of(:t)).reopens)::text,
    '(resolved,0)', 'opens nothing again');

-- Withheld numbers
CREATE FUNCTION pg_temp.hidden(of_id text) RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_temp.ticket(pg_temp.ring('', jsonb_build_object('id', of_id,
	    'state', 'missed'), jsonb_build_object('contacts',
	    jsonb_build_array(pg_temp.of('anonymous', of_id)))))
$$;
SELECT isnt(pg_temp.hidden('H1'), pg_temp.hidden('H2'),
    'withheld: each call its own');
SELECT is(pg_temp.notice('{contact}'), NULL, 'withheld: no number is shown');

-- Redis lost, and a daemon dead
SELECT pg_temp.tell('+8405', 0, '{"id":"L","state":"answered","agent":"101"}');
SELECT pg_temp.tell('+8406', -20000,
    '{"id":"L2","state":"answered","agent":"102"}');
SELECT is(ROW(jsonb_array_length(p), p#>>'{0,call,agent}',
    p#>'{0,call}' ? 'feed')::text, '(1,an,f)',
    'a rebuild is told who is on the phone, and of no call long over')
FROM desk.calls_page() p;
UPDATE desk.outbox SET at = now() - interval '1 hour';
SELECT is(s.apply#>>'{call,agent}', 'an', 'a swept row brings the call along')
FROM desk.outbox_sweep('5 seconds', 1000) s
WHERE s.apply#>>'{call,feed,call}' = 'L';

-- Who sees it
CREATE FUNCTION pg_temp.seen(login text) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(c->>'call', ' ' ORDER BY c->>'call')
	FROM jsonb_array_elements(desk.call_list(desk.caller_by_name(login),
	    '{}')->'calls') c
$$;
SELECT pg_temp.tell('+8407', 0, '{"id":"Q","state":"ringing"}');
SELECT is(pg_temp.seen('an'), 'L Q', 'an agent: his own, and his queues''');
SELECT is(pg_temp.seen('binh'), NULL, 'and nobody else''s');

SELECT * FROM finish();
ROLLBACK;
