-- One department asks another: the question in its line, the answer in both
-- histories, and what becomes of it with the case.
BEGIN;
\ir fixture.psql
SELECT plan(98);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Còn màu xanh không') AS t \gset

CREATE FUNCTION pg_temp.row_of(of bigint) RETURNS desk.ticket
LANGUAGE sql AS $$ SELECT t FROM desk.ticket t WHERE t.id = of $$;
CREATE FUNCTION pg_temp.asks(login text, of bigint, more jsonb)
RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.ask(login, 'consult_ask', jsonb_build_object(
	    'ticket', of, 'text', 'Kho còn không?') || more)
$$;
CREATE FUNCTION pg_temp.answers(login text, of bigint, more jsonb DEFAULT '{}')
RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.ask(login, 'consult_answer', jsonb_build_object(
	    'ticket', of, 'text', 'Còn 3 cái.') || more)
$$;
-- Its newest event, as "kind what text".
CREATE FUNCTION pg_temp.last(of bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', e.kind, e.meta->>'what', e.text)
	FROM desk.event e WHERE e.ticket = of ORDER BY e.id DESC LIMIT 1
$$;
CREATE FUNCTION pg_temp.how(of bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', t.state, k.how) FROM desk.ticket t
	JOIN desk.consult k ON k.ticket = t.id WHERE t.id = of
$$;

-- Asked
SELECT pg_temp.act('an', 'take', :t);
UPDATE desk.ticket SET priority = 70 WHERE id = :t;
SELECT pg_temp.told();
SELECT pg_temp.asks('an', :t, '{"queue":"shipping","once":"q1"}') AS r \gset
SELECT (:'r'::jsonb->>'consult')::bigint AS c \gset
SELECT is(pg_temp.told(), 'open event', 'both cases tell');
SELECT is((k.kind, k.state, q.name, k.priority, k.subject, k.customer = :lan,
    k.due_at = now() + interval '900 s', k.prefer)::text,
    '(consult,new,shipping,70,"Kho còn không?",t,t,)',
    'it stands in the other line, by that one''s target')
FROM desk.ticket k JOIN desk.queue q ON q.id = k.queue WHERE k.id = :c;
SELECT is(pg_temp.last(:c), 'consult ask Kho còn không?', 'with its question');
SELECT is(pg_temp.last(:t), 'consult ask Kho còn không?',
    'which stands in the case, too');
SELECT is((pg_temp.row_of(:t)).state, 'open', 'the case goes on meanwhile');
SELECT is(pg_temp.asks('an', :t, '{"queue":"shipping","once":"q1"}')
    ->>'consult', :'c', 'the same again asks once');
SELECT is((SELECT count(*) FROM desk.consult), 1::bigint, '… once');
SELECT is(g->'consults'->0->>x.member, x.has, 'the case shows ' || x.member)
FROM pg_temp.act('an', 'get', :t) g, (VALUES ('queue', 'shipping'),
    ('asked_by', 'An Nguyễn'), ('question', 'Kho còn không?')) x (member, has);
SELECT is(g #>> x.path, x.has, 'the question shows ' || x.path::text)
FROM pg_temp.act('binh', 'get', :c) g, (VALUES
    ('{parent,ticket}'::text[], :'t'), ('{parent,open}', 'true'),
    ('{ticket,parent}', :'t'), ('{customer,name}', 'Lan'),
    ('{answers}', NULL)) x (path, has);
SELECT is(pg_temp.ask('an', 'ticket_list', jsonb_build_object('tickets',
    :'t'))->'tickets'->0->'asked', '["shipping"]', 'a row says who is asked');

-- Answered
SELECT pg_temp.refused('an', 'consult_answer', jsonb_build_object('ticket',
    :c, 'text', 'Còn'), 'DENIED ticket', 'who asks does not answer');
SELECT pg_temp.refused('binh', 'consult_answer', jsonb_build_object('ticket',
    :c, 'text', ' '), 'INVALID text', 'blanks answer nothing');
SELECT pg_temp.refused('binh', 'consult_answer', jsonb_build_object('ticket',
    :t, 'text', 'Còn'), 'CONFLICT ticket', 'a case is no question');
SELECT pg_temp.told();
SELECT pg_temp.answers('binh', :c, '{"once":"a1"}');
SELECT is(pg_temp.told(), 'resolve event consult', 'it is told');
SELECT is(pg_temp.how(:c), 'resolved answered', 'an answer ends it');
SELECT is((SELECT a.name FROM desk.agent a
    WHERE a.id = (pg_temp.row_of(:c)).assignee), 'binh', 'as his');
SELECT is(pg_temp.last(:t), 'consult answer Còn 3 cái.',
    'the case has the answer');
SELECT is(m.event = (SELECT max(e.id) FROM desk.event e WHERE e.ticket = :t)
    AND m.seen_at IS NULL, true, 'whose case it is, is called upon')
FROM desk.mention m JOIN desk.agent a ON a.id = m.agent
WHERE m.ticket = :t AND a.name = 'an';
SELECT pg_temp.answers('binh', :c, '{"once":"a1"}');
SELECT is(pg_temp.events(:c), 2::bigint, 'the same again answers once');
SELECT pg_temp.refused('binh', 'consult_answer', jsonb_build_object('ticket',
    :c, 'text', 'Hết'), 'CONFLICT ticket', 'what is answered is over');
SELECT pg_temp.refused('an', 'consult_cancel', jsonb_build_object('ticket',
    :c), 'CONFLICT ticket', '… and cannot be taken back');
SELECT is(pg_temp.ask('an', 'ticket_list', jsonb_build_object('tickets',
    :'t'))->'tickets'->0->'asked', NULL, 'nobody owes an answer now');

-- Asked on
SELECT pg_temp.asks('an', :t, jsonb_build_object('consult', :c, 'pend', true));
SELECT is(pg_temp.how(:c), 'open', 'it is open again');
SELECT is((k.reopens, k.due_at IS NOT NULL, a.name)::text, '(1,t,binh)',
    'before who answered it')
FROM desk.ticket k JOIN desk.agent a ON a.id = k.assignee WHERE k.id = :c;
SELECT is((k.state, k.due_at)::text, '(pending,)', 'the case waits for it')
FROM desk.ticket k WHERE k.id = :t;
SELECT pg_temp.asks('an', :t, jsonb_build_object('consult', :c));
SELECT is((pg_temp.row_of(:c)).reopens::int, 1, 'once more, while it is open');
SELECT pg_temp.answers('binh', :c);
SELECT is((k.state, k.due_at IS NOT NULL)::text, '(open,t)',
    'the answer wakes the case')
FROM desk.ticket k WHERE k.id = :t;
SELECT is(e.meta->>'from' || ' ' || (e.meta->>'to'), 'pending open',
    'which the history says')
FROM desk.event e WHERE e.ticket = :t ORDER BY e.id DESC LIMIT 1;

-- A case that was put off wakes, too
SELECT pg_temp.asks('an', :t, '{"queue":"shipping","minutes":30}')
    ->>'consult' AS d \gset
SELECT is((pg_temp.row_of(:d)).due_at, now() + interval '30 min',
    'until when an answer is wanted');
SELECT pg_temp.act('an', 'snooze', :t, jsonb_build_object('until',
    desk.rfc3339(now() + interval '1 day')));
SELECT pg_temp.answers('binh', :d);
SELECT is((pg_temp.row_of(:t)).state, 'open', 'asleep it is woken');
SELECT is((SELECT count(*) FROM desk.snooze), 0::bigint, '… for good');

-- Taken back
SELECT pg_temp.asks('an', :t, '{"queue":"shipping","pend":true}')
    ->>'consult' AS e \gset
SELECT pg_temp.asks('an', :t, '{"queue":"staff","pend":true}')
    ->>'consult' AS f \gset
SELECT pg_temp.refused('chi', 'consult_cancel', jsonb_build_object('ticket',
    :e), 'DENIED ticket', 'not by others');
SELECT pg_temp.ask('an', 'consult_cancel', jsonb_build_object('ticket', :e,
    'note', 'thôi'));
SELECT is(pg_temp.how(:e), 'resolved cancelled', 'it is over');
SELECT is(pg_temp.last(:t), 'consult cancel thôi', 'the case has it');
SELECT is((pg_temp.row_of(:t)).state, 'pending', 'another is waited for');
SELECT is(pg_temp.ask('an', 'consult_cancel', jsonb_build_object('ticket', :e))
    ->>'state', 'resolved', 'twice is once');
SELECT is(pg_temp.events(:e), 2::bigint, '… in the history');
SELECT pg_temp.refused('binh', 'consult_answer', jsonb_build_object('ticket',
    :e, 'text', 'Còn'), 'CONFLICT ticket', 'it is too late to answer');
SELECT pg_temp.ask('an', 'consult_cancel', jsonb_build_object('ticket', :f));
SELECT is((pg_temp.row_of(:t)).state, 'open', 'without any, it goes on');

-- What is refused
SELECT pg_temp.refused('an', 'consult_ask', jsonb_build_object('ticket', :t,
    'text', 'Còn không?') || x.more::jsonb, x.code, x.more)
FROM (VALUES ('{}', 'INVALID queue'),
    ('{"queue":"shipping","consult":1}', 'INVALID queue'),
    ('{"queue":"nowhere"}', 'INVALID queue'),
    ('{"queue":"sales"}', 'CONFLICT queue'),
    ('{"queue":"shipping","text":" \u200b"}', 'INVALID text'),
    ('{"consult":1}', 'NOTFOUND consult'),
    ('{"ticket":99999999,"queue":"shipping"}', 'NOTFOUND ticket')) x (more, code);
SELECT pg_temp.refused('chi', 'consult_ask', jsonb_build_object('ticket', :t,
    'text', 'a', 'queue', 'staff'), 'DENIED ticket', 'only who may act asks');
SELECT pg_temp.refused('an', 'consult_ask', jsonb_build_object('ticket', :t,
    'text', 'a', 'consult', :c, 'minutes', 5), 'INVALID minutes',
    'asked on, it keeps its time');
SELECT pg_temp.refused('binh', 'ticket_resolve', jsonb_build_object('ticket',
    pg_temp.asks('an', :t, '{"queue":"shipping"}')->'consult'),
    'CONFLICT ticket', 'an answer alone resolves it');
SELECT pg_temp.refused('binh', 'ticket_reopen', jsonb_build_object('ticket',
    :c), 'CONFLICT ticket', 'and who asked reopens it');

-- Questions about questions
INSERT INTO desk.queue (name, title, first_target, next_target)
SELECT 'deep' || n, 'Sâu', 900, 900 FROM generate_series(1, 6) n;
SELECT pg_temp.ticket(:lan, 'sales', 'Sâu') AS g \gset
CREATE TEMP TABLE chain (n int, ticket bigint);
INSERT INTO chain VALUES (0, :g);
DO $$
BEGIN
	FOR i IN 1 .. 5 LOOP
		INSERT INTO chain SELECT i, (pg_temp.asks('sup', c.ticket,
		    jsonb_build_object('queue', 'deep' || i))->>'consult')::bigint
		FROM chain c WHERE c.n = i - 1;
	END LOOP;
END;
$$;
SELECT ticket AS deepest FROM chain WHERE n = 5 \gset
SELECT pg_temp.refused('sup', 'consult_ask', jsonb_build_object('ticket',
    :deepest, 'queue', 'deep6', 'text', 'a'), 'CONFLICT ticket',
    'five deep, no more');
SELECT pg_temp.refused('sup', 'consult_ask', jsonb_build_object('ticket',
    :deepest, 'queue', 'deep2', 'text', 'a'), 'CONFLICT queue',
    'not who waits for it');
SELECT pg_temp.refused('sup', 'ticket_transfer', jsonb_build_object('ticket',
    :deepest, 'queue', 'deep2'), 'CONFLICT queue',
    '… nor by a transfer');
SELECT is(pg_temp.act('sup', 'get', c.ticket)->'consults'->0->>'asked', '1',
    'one shows that it asks on') FROM chain c WHERE c.n = 0;

-- The case is over
SELECT pg_temp.act('sup', 'resolve', :g);
SELECT is((SELECT string_agg(pg_temp.how(c.ticket), ',') FROM chain c
    WHERE c.n > 0), concat_ws(',', 'resolved cancelled', 'resolved cancelled',
    'resolved cancelled', 'resolved cancelled', 'resolved cancelled'),
    'nobody is left to answer what nobody asks');
SELECT is((SELECT e.meta->>'why' FROM desk.event e WHERE e.ticket = :g
    AND e.kind = 'consult' ORDER BY e.id DESC LIMIT 1), 'over',
    'the history says why');
SELECT pg_temp.refused('sup', 'consult_ask', jsonb_build_object('ticket', :g,
    'queue', 'deep1', 'text', 'a'), 'CONFLICT ticket', 'it asks no more');

-- Twenty at once
SELECT pg_temp.ticket(:lan, 'sales', 'Nhiều') AS many \gset
SELECT count(pg_temp.asks('sup', :many, '{"queue":"shipping"}'))
FROM generate_series(1, 20);
SELECT pg_temp.refused('sup', 'consult_ask', jsonb_build_object('ticket',
    :many, 'queue', 'shipping', 'text', 'a'), 'CONFLICT queue', 'and no more');

-- Who sees it: both sides, and what each sees of the other
SELECT pg_temp.ticket(:lan, 'staff', 'Lương') AS s \gset
SELECT pg_temp.asks('chi', :s, '{"queue":"sales"}')->>'consult' AS h \gset
SELECT is((g->'parent'->>'subject', g->'parent'->'open')::text,
    '(,false)', 'the asked do not see the case, nor what it is about')
FROM pg_temp.act('an', 'get', :h) g;
SELECT pg_temp.refused('an', 'ticket_get', jsonb_build_object('ticket', :s),
    'NOTFOUND ticket', '… of a queue for its members only');
SELECT pg_temp.asks('an', :t, '{"queue":"staff"}')->>'consult' AS i \gset
SELECT is(pg_temp.act('an', 'get', :i)->'ticket'->>'ticket', :'i',
    'who asks such a queue sees his question');
UPDATE desk.agent_queue SET queue = (SELECT id FROM desk.queue
    WHERE name = 'deep6') WHERE agent = (SELECT id FROM desk.agent
    WHERE name = 'chi');
SELECT is(pg_temp.act('chi', 'get', :i)->'ticket'->>'ticket', :'i',
    'as whoever sees the case');

-- Handed on, as any case
SELECT pg_temp.act('sup', 'transfer', :i, '{"queue":"deep1"}');
SELECT is(pg_temp.act('an', 'get', :t)->'consults'->-1->>'queue', 'deep1',
    'who has it now');

-- Never the customer's
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.ask('sup',
    'ticket_list', jsonb_build_object('customer', :lan, 'state', 'all'))
    ->'tickets') r WHERE r->>'kind' = 'consult'), 0::bigint,
    'not among his cases');
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.ask('sup',
    'customer_timeline', jsonb_build_object('customer', :lan, 'limit', 200))
    ->'events') r WHERE (r->>'ticket')::bigint IN (SELECT k.ticket
	FROM desk.consult k)), 0::bigint, 'not in his history');
SELECT is(pg_temp.ask('admin', 'customer_export', jsonb_build_object(
    'customer', :lan, 'after', x))::text ~ 'Kho còn|Còn 3|"consult"', false,
    'not in what he is given: ' || x)
FROM unnest('{tickets-0,events-0}'::text[]) x;
SELECT pg_temp.refused('sup', 'ticket_reply', jsonb_build_object('ticket', :i,
    'text', 'a'), 'CONFLICT ticket', 'he is not answered from it');
SELECT pg_temp.refused('sup', 'case_link_make', jsonb_build_object('ticket',
    :i), 'CONFLICT ticket', 'it has no page');
SELECT throws_ok(format('SELECT desk.outbound_put(1, %s, %L, %L, %L)', :i,
    'mail', 'lan@example.com', 'notice'), 'DK001', NULL,
    'nothing is sent of it');
SELECT is(desk.opened_many(:lan, 5), false, 'his own few cases count');

-- Another's
SELECT pg_temp.customer('Hoa', 'hoa@example.com') AS hoa \gset
SELECT desk.people_move('{}', ARRAY[:t]::bigint[], :hoa);
SELECT is((SELECT count(*) FROM desk.consult k JOIN desk.ticket c
    ON c.id = k.ticket JOIN desk.event e ON e.ticket = c.id
    WHERE k.parent = :t AND (c.customer <> :hoa OR e.customer <> :hoa)),
    0::bigint, 'questions go with their case');

-- Forgotten
SELECT is((SELECT string_agg(e.kind, ' ') FROM desk.event e
    WHERE e.ticket = :i AND e.text IS NOT NULL), 'consult', 'it has words');
SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object('customer',
    :hoa, 'sure', :hoa, 'reason', 'he asks for it'));
SELECT is((SELECT count(*) FROM desk.event e JOIN desk.consult k
    ON k.ticket = e.ticket WHERE k.parent = :t AND e.text IS NOT NULL),
    0::bigint, 'they are forgotten with it');
SELECT is((SELECT count(*) FROM desk.consult k WHERE k.parent = :t
    AND k.done_at IS NULL), 0::bigint, '… and nobody is asked');

-- A target of its own
INSERT INTO desk.target (place, name, queue, channels, segments, lowest,
    highest, first, again, on_warn, on_breach)
SELECT x.place, x.name, q.id, ARRAY[x.name], '{}', 1, 99, x.first, true, '{}',
    '{}'
FROM desk.queue q, (VALUES (1, 'desk', 60), (2, 'consult', 120))
    x (place, name, first)
WHERE q.name = 'shipping';
SELECT pg_temp.customer('Mai', 'mai@example.com') AS mai \gset
SELECT pg_temp.ticket(:mai, 'sales', 'Có kịp Tết không') AS own \gset
SELECT pg_temp.act('an', 'take', :own);
SELECT pg_temp.asks('an', :own, '{"queue":"shipping"}')->>'consult' AS g \gset
SELECT is((pg_temp.row_of(:g)).due_at, now() + interval '120 s',
    'a question is due by what is promised for questions');
SELECT is((SELECT array_agg(c.target) FROM desk.clock c WHERE c.ticket = :g),
    '{consult}', '… as its clock says');

-- Given back: who was asked cannot answer, and says why
DELETE FROM desk.target;
UPDATE desk.agent_queue SET queue = (SELECT id FROM desk.queue
    WHERE name = 'staff') WHERE agent = (SELECT id FROM desk.agent
    WHERE name = 'chi');
SELECT pg_temp.ticket(:mai, 'staff', 'Chuyện lương') AS s \gset
SELECT (pg_temp.asks('chi', :s, '{"queue":"shipping","pend":true,"seq":7}')
    ->>'consult')::bigint AS d \gset
SELECT is((SELECT (e->'ticket'->>'subject', e->'parent'->>'subject',
    e->'parent'->>'open')::text FROM pg_temp.act('binh', 'get', :d) e),
    '("Kho còn không?",,false)',
    'of a case that the asked may not see, only the question is told');
SELECT is(pg_temp.act('chi', 'get', :d)->'parent'->>'subject', 'Chuyện lương',
    '… who may, sees it');
SELECT pg_temp.refused('chi', 'consult_decline', jsonb_build_object('ticket',
    :d, 'text', 'Không biết'), 'DENIED ticket', 'who asks does not');
SELECT pg_temp.refused('binh', 'consult_decline', jsonb_build_object('ticket',
    :d, 'text', E' \n'), 'INVALID text', 'without a reason it is not');
SELECT pg_temp.told();
SELECT pg_temp.ask('binh', 'consult_decline', jsonb_build_object('ticket', :d,
    'text', 'Hỏi kế toán', 'once', 'd1'));
SELECT is(pg_temp.told(), 'resolve event consult', 'it is told');
SELECT is(pg_temp.how(:d), 'resolved declined', 'it is over');
SELECT is((pg_temp.row_of(:d)).first_answer_at, NULL, '… and not answered');
SELECT is(pg_temp.last(:s), 'consult decline Hỏi kế toán',
    'the case has the reason');
SELECT is((pg_temp.row_of(:s)).state, 'open', '… and waits no longer');
SELECT pg_temp.ask('binh', 'consult_decline', jsonb_build_object('ticket', :d,
    'text', 'Hỏi kế toán', 'once', 'd1'));
SELECT is(pg_temp.events(:d), 2::bigint, 'the same again is once');
SELECT pg_temp.refused('binh', 'consult_answer', jsonb_build_object('ticket',
    :d, 'text', 'Còn'), 'CONFLICT ticket', 'what is given back is over');
SELECT pg_temp.refused('chi', 'consult_cancel', jsonb_build_object('ticket',
    :d), 'CONFLICT ticket', '… and cannot be taken back');
SELECT pg_temp.asks('chi', :s, jsonb_build_object('consult', :d));
SELECT is(pg_temp.how(:d), 'open', 'asked on, it is open again');

-- A question that is being written
SELECT pg_temp.ask('chi', 'draft_set', jsonb_build_object('ticket', :s,
    'kind', 'ask', 'text', 'Kho ơi', 'queue', 'sales', 'minutes', 30,
    'pend', true, 'once', 'x', 'seq', 8));
SELECT is(pg_temp.act('chi', 'get', :s)->'draft'->'ask'->'about',
    '{"queue":"sales","minutes":30,"pend":true,"once":"x"}',
    'a draft keeps of whom it will be asked');
SELECT pg_temp.asks('chi', :s, '{"queue":"sales","once":"x","seq":9}');
SELECT is(pg_temp.act('chi', 'get', :s)->'draft', NULL,
    'asked, it is a draft no more');

SELECT * FROM finish();
ROLLBACK;
