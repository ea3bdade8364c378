-- Feedback until it is answered, and what is done about it.
BEGIN;
\ir fixture.psql
SELECT plan(92);

INSERT INTO desk.survey (name, body) VALUES
    ('sau-ho-tro', '{"questions":[{"name":"score","kind":"nps"},
	{"name":"words","kind":"text"}]}');
SELECT pg_temp.customer('Hạnh', 'hanh@example.com') AS hanh \gset
SELECT pg_temp.ticket(:hanh, 'sales', 'Giao trễ') AS t \gset
SELECT pg_temp.ticket(:hanh, 'staff', 'Lương') AS s \gset

CREATE FUNCTION pg_temp.answers(case_id bigint, score int,
    words text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	i	bigint;
BEGIN
	INSERT INTO desk.invitation (survey, occasion, customer, ticket,
	    queue, via)
	SELECT v.id, 'hand:' || gen_random_uuid(), t.customer, t.id, t.queue,
	    'link'
	FROM desk.survey v, desk.ticket t WHERE t.id = case_id
	RETURNING id INTO i;
	i := desk.response_put('{"who":"survey"}', i, jsonb_strip_nulls(
	    jsonb_build_object('score', score, 'words', words)));
	RETURN (SELECT f.id FROM desk.feedback f WHERE f.response = i);
END;
$$;
-- The feedback's ids that somebody is shown.
CREATE FUNCTION pg_temp.list(login text, args jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql AS $$
	SELECT coalesce(string_agg(f->>'feedback', ' ' ORDER BY n), '')
	FROM jsonb_array_elements(pg_temp.ask(login, 'feedback_list', args)
	    ->'feedback') WITH ORDINALITY x(f, n)
$$;
CREATE FUNCTION pg_temp.how(of bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', f.how, a.name) FROM desk.feedback f
	LEFT JOIN desk.agent a ON a.id = f.answered_by WHERE f.id = of
$$;
-- What was counted since: "measure name value n, …"; a fresh start.
CREATE FUNCTION pg_temp.counted() RETURNS text
LANGUAGE sql AS $$
	WITH gone AS (DELETE FROM desk.measure_part RETURNING *),
	sums AS (SELECT concat_ws(' ', measure, name, value, sum(n)) AS s
	    FROM gone WHERE measure LIKE 'clos%'
	    GROUP BY measure, name, value HAVING sum(n) <> 0)
	SELECT coalesce(string_agg(s, ', ' ORDER BY s), '') FROM sums
$$;
CREATE FUNCTION pg_temp.add(login text, args jsonb) RETURNS jsonb
LANGUAGE sql AS $$ SELECT pg_temp.ask(login, 'action_add', args) $$;

-- Answers
SELECT setval('desk.feedback_id_seq', 100);
SELECT pg_temp.answers(:t, 2, 'Trễ') AS a \gset
SELECT pg_temp.answers(:t, 9) AS b \gset
SELECT pg_temp.answers(:s, 3) AS c \gset
SELECT is(pg_temp.counted(), 'closed detractor 0 2, closed promoter 0 1',
    'counted as not answered');
SELECT is(pg_temp.list('sup'), concat_ws(' ', :a, :b, :c),
    'the oldest first');
SELECT is(pg_temp.list('an'), concat_ws(' ', :a, :b),
    'of cases that one may see');
SELECT is(pg_temp.ask('sup', 'feedback_list', '{}')->>'total', '3', 'counted');
SELECT is(pg_temp.list('sup', '{"class":"detractor"}'), concat_ws(' ', :a, :c),
    'of a class');
SELECT is(pg_temp.list('sup', '{"queue":"staff"}'), :c::text, 'of a queue');
SELECT pg_temp.refused('sup', 'feedback_list', '{"queue":"x"}',
    'INVALID queue', 'of one that there is');
SELECT is(pg_temp.list('sup', '{"kind":"note"}'), '', 'of a kind');
SELECT is(pg_temp.list('sup', jsonb_build_object('limit', 1, 'after',
    pg_temp.ask('sup', 'feedback_list', '{"limit":1}')->>'after')), :b::text,
    'page by page');
SELECT pg_temp.refused('sup', 'feedback_list', '{"after":"x"}',
    'INVALID after', 'by a cursor that a page gave');
SELECT is(pg_temp.list('sup', jsonb_build_object('customer', :hanh)),
    concat_ws(' ', :c, :b, :a), 'of a customer, the newest first');
SELECT is(x - '{at,feedback,response,actions,number}'::text[], jsonb_build_object(
    'kind', 'answer', 'class', 'detractor', 'survey', 'sau-ho-tro',
    'scale', 'nps', 'score', 2, 'words', 'Trễ', 'customer', :hanh,
    'name', 'Hạnh', 'ticket', :t, 'queue', 'sales'), 'with all that is said')
FROM desk.feedback f, desk.feedback_json(f) x WHERE f.id = :a;

-- In the customer's pane: the newest of each kind, of queues that one may see
SELECT is((c->'scores'->'nps') - 'at', said::jsonb, login)
FROM (VALUES
    ('an', '{"score":9,"class":"promoter","survey":"sau-ho-tro","n":2}'),
    ('sup', '{"score":3,"class":"detractor","survey":"sau-ho-tro","n":3}'))
	v(login, said),
    pg_temp.ask(login, 'customer_get', jsonb_build_object('customer', :hanh)) c;
SELECT pg_temp.customer('Mới', 'moi@example.com') AS moi \gset
SELECT is(pg_temp.ask('sup', 'customer_get', jsonb_build_object('customer',
    :moi)) ?| '{scores,referral}', false, 'of who said nothing there is none');

-- One of us writes
SELECT pg_temp.act('an', 'note', :t, '{"text":"xem"}');
SELECT is(pg_temp.how(:a), '', 'a note is no answer');
SELECT pg_temp.act('an', 'reply', :t, '{"text":"Dạ em xin lỗi"}')->>'event'
    AS said \gset
SELECT is(pg_temp.how(:a) || pg_temp.how(:b), 'message anmessage an',
    'a message is, to all before it');
SELECT is(pg_temp.how(:c), '', '… in that case');
SELECT is(pg_temp.counted(), 'closed detractor 0 -1, closed detractor 1 1, '
    'closed promoter 0 -1, closed promoter 1 1, closing detractor 0 1, '
    'closing promoter 0 1', 'and counted');
SELECT is(pg_temp.list('sup'), :c::text, 'it is no longer listed');
SELECT is(pg_temp.list('sup', '{"state":"answered"}'), concat_ws(' ', :b, :a),
    'but under what is answered');
SELECT is(pg_temp.list('sup', '{"state":"all"}'), concat_ws(' ', :c, :b, :a),
    'and all');
UPDATE desk.outbound SET state = 'queued' WHERE event = :said;
SELECT pg_temp.act('an', 'unsend', :t, jsonb_build_object('event', :said));
SELECT is(pg_temp.how(:a), '', 'taken back, it is no answer');
SELECT is(pg_temp.counted(), 'closed detractor 0 1, closed detractor 1 -1, '
    'closed promoter 0 1, closed promoter 1 -1, closing detractor 0 -1, '
    'closing promoter 0 -1', 'nor counted');
SELECT desk.feedback_heard(:t, (SELECT id FROM desk.agent WHERE name = 'binh'),
    'call', 7);
SELECT is(pg_temp.how(:a), 'call binh', 'a call is an answer');

-- The case that it opened
SELECT pg_temp.ticket(:hanh, 'sales', 'Chăm sóc lại') AS r \gset
UPDATE desk.feedback SET recovery = :r WHERE id = :c;
SELECT pg_temp.act('an', 'reply', :r, '{"text":"Dạ"}');
SELECT is(pg_temp.how(:c), 'message an', 'written there, it is answered');

-- Complaints
SELECT is((SELECT string_agg(x, ' ' ORDER BY x) FROM unnest(ARRAY['Khiếu nại',
    'khieu-nai', 'COMPLAINT', 'khiếu', 'complaints']) x
    WHERE desk.complains(ARRAY[x])), 'COMPLAINT Khiếu nại khieu-nai',
    'however it is spelt');
SELECT pg_temp.counted();
SELECT pg_temp.ticket(:hanh, 'sales', 'Hàng vỡ') AS k \gset
SELECT pg_temp.act('an', 'tag', :k, '{"tag":"vip"}');
SELECT is(pg_temp.list('sup'), '', 'a tag is no complaint');
SELECT pg_temp.act('an', 'tag', :k, '{"tag":"khiếu nại"}');
SELECT pg_temp.act('an', 'tag', :k, '{"tag":"complaint"}');
SELECT is((SELECT concat_ws(' ', kind, ticket = :k, class)
    FROM desk.feedback WHERE answered_at IS NULL), 'complaint t ',
    'a complaint is one, once');
SELECT is(pg_temp.counted(), 'closed complaint 0 1', 'counted by its kind');
SELECT pg_temp.act('an', 'tag', :k, '{"tag":"complaint","off":true}');
SELECT is((SELECT count(*) FROM desk.feedback WHERE ticket = :k), 1::bigint,
    'as long as it says so');
SELECT pg_temp.act('an', 'tag', :k, '{"tag":"khiếu nại","off":true}');
SELECT is(pg_temp.list('sup') || pg_temp.counted(), 'closed complaint 0 -1',
    'a mistake leaves nothing');
SELECT pg_temp.act('an', 'tag', :k, '{"tag":"complaint"}');
SELECT id AS kf FROM desk.feedback WHERE ticket = :k \gset
SELECT is(pg_temp.ask('sup', 'feedback_list', '{}')->'feedback'->0->>'words',
    'Hàng vỡ', 'in its case''s words');

-- Actions
SELECT pg_temp.told();
SELECT pg_temp.add('an', jsonb_build_object('feedback', :kf, 'what',
    'Đổi hàng', 'owner', 'binh', 'due', '2030-01-02T15:00+07:00', 'once',
    'o1')) AS a1 \gset
SELECT :'a1'::jsonb->>'action' AS act \gset
SELECT is(:'a1'::jsonb - '{action,made_at,number}'::text[], jsonb_build_object(
    'feedback', :kf, 'ticket', :k, 'customer', :hanh, 'name', 'Hạnh',
    'what', 'Đổi hàng',
    'state', 'open', 'owner', 'binh', 'due_at', '2030-01-02T08:00:00.000Z',
    'made_by', 'an'), 'made');
SELECT is(pg_temp.how(:kf), 'action an', 'with it, feedback is answered');
SELECT is(pg_temp.add('an', jsonb_build_object('feedback', :kf, 'what',
    'Đổi hàng', 'once', 'o1'))->>'action', :'act', 'said twice, made once');
SELECT pg_temp.refused('an', 'action_add', jsonb_build_object('what', 'Khác',
    'once', 'o1'), 'CONFLICT once', 'an id stands for one');
SELECT isnt(pg_temp.add('binh', '{"what":"Khác","once":"o1"}')->>'action',
    :'act', 'of its maker');
SELECT pg_temp.refused('an', 'action_add', '{"what":"x","feedback":1}',
    'NOTFOUND feedback', 'about what there is');
SELECT pg_temp.refused('an', 'action_add', jsonb_build_object('what', 'x',
    'feedback', :c), 'NOTFOUND feedback', 'and one may see');
SELECT pg_temp.refused('an', 'action_add', jsonb_build_object('what', 'x',
    'ticket', :s), 'NOTFOUND ticket', 'no case of others');
SELECT pg_temp.refused('an', 'action_add', '{"what":"x","owner":"gone"}',
    'INVALID owner', 'for who works here');
SELECT pg_temp.refused('key', 'action_add', '{"what":"x"}', 'INVALID owner',
    'a program says for whom');
SELECT is(pg_temp.add('key', '{"what":"x","owner":"none"}')->>'owner', NULL,
    'or for nobody yet');
SELECT pg_temp.refused('an', 'action_add', '{"what":"x","due":"soon"}',
    'INVALID due', 'until a time');
SELECT pg_temp.refused('an', 'action_add', '{"what":"x","due":"2026-02-30"}',
    'INVALID due', 'of the calendar');
SELECT pg_temp.refused('an', 'action_add', '{"what":"x","due":"infinity"}',
    'INVALID due', 'that comes');
SELECT pg_temp.refused('an', 'action_add', jsonb_build_object('what', 'x',
    'due', d), 'INVALID due', 'not ' || d)
FROM unnest('{2026-11-30T15:00+99:99,9999-12-31T23:59-15:00,0001-01-01}'
    ::text[]) d;
SELECT is(pg_temp.add('an', jsonb_build_object('what', 'Hỏi kho', 'ticket',
    :t))->>'feedback', NULL, 'in a case without a complaint');
SELECT is(pg_temp.add('an', '{"what":"Tập huấn"}')->>'ticket', NULL,
    'about none at all');
SELECT is(pg_temp.told(), 'action action action action action',
    'who has it or made it is told');

SELECT pg_temp.refused('an', 'action_verify', jsonb_build_object('action',
    :'act', 'words', 'x'), 'CONFLICT action', 'not done yet');
SELECT pg_temp.refused('an', 'action_done', jsonb_build_object('action',
    :'act'), 'DENIED action', 'another''s to do');
SELECT pg_temp.refused('an', 'action_done', '{"action":999999999}',
    'NOTFOUND action', 'no such action');
SELECT is(pg_temp.ask('an', 'action_move', jsonb_build_object('action', :'act',
    'owner', 'an', 'due', '2030-01-03'))->>'owner', 'an', 'handed on');
SELECT pg_temp.ask('sup', 'action_move', jsonb_build_object('action', :'act',
    'owner', 'binh'));
SELECT is((SELECT x->>'state' || (x->>'words') FROM pg_temp.ask('binh',
    'action_done', jsonb_build_object('action', :'act', 'words', 'Đã đổi')) x),
    'doneĐã đổi', 'done');
SELECT is(pg_temp.ask('binh', 'action_done', jsonb_build_object('action',
    :'act'))->>'words', 'Đã đổi', 'done twice, it is done once');
SELECT pg_temp.refused('binh', 'action_verify', jsonb_build_object('action',
    :'act', 'words', 'Tốt'), 'DENIED action', 'not verified by who did it');
SELECT is((SELECT x->>'state' || (x->>'sent_back') FROM pg_temp.ask('an',
    'action_verify', jsonb_build_object('action', :'act', 'words',
    'Khách chưa nhận', 'again', true)) x), 'open1', 'not good enough');
SELECT pg_temp.refused('an', 'action_move', jsonb_build_object('action',
    :'act', 'owner', 'x'), 'INVALID owner', 'nobody of that name');
SELECT pg_temp.ask('sup', 'action_done', jsonb_build_object('action', :'act',
    'words', 'Đã giao lại'));
SELECT pg_temp.refused('sup', 'action_verify', jsonb_build_object('action',
    :'act', 'words', 'x'), 'DENIED action', 'nor by who did it for him');
SELECT is((SELECT x->>'state' || (x->>'verified_by') FROM pg_temp.ask('an',
    'action_verify', jsonb_build_object('action', :'act', 'words', 'Đã nhận'))
    x), 'verifiedan', 'verified');
SELECT pg_temp.refused('sup', 'action_move', jsonb_build_object('action',
    :'act', 'due', '2030-02-01'), 'CONFLICT action', 'and done with');

-- Lists of them
SELECT pg_temp.add('an', '{"what":"mai","due":"2030-01-01"}');
SELECT is((SELECT string_agg(x->>'what', ' ' ORDER BY n)
    FROM jsonb_array_elements(pg_temp.ask('an', 'action_list',
    '{"owner":"me"}')->'actions') WITH ORDINALITY y(x, n)),
    'mai Hỏi kho Tập huấn', 'one''s own, by their day');
SELECT is(pg_temp.ask('an', 'action_list', jsonb_build_object('limit', 2,
    'owner', 'me', 'after', pg_temp.ask('an', 'action_list',
    '{"owner":"me","limit":1}')->'after'))->'actions'->0->>'what', 'Hỏi kho',
    'page by page');
SELECT is(jsonb_array_length(pg_temp.ask('binh', 'action_list',
    '{"state":"verified"}')->'actions'), 1, 'of a state');

-- Counted a second time, from the records
SELECT is((SELECT string_agg(concat_ws(' ', name, value, n), ', '
    ORDER BY name, value) FROM (SELECT name, value, sum(n) AS n
	FROM desk.measure_records_closed('-infinity', 'infinity')
	GROUP BY 1, 2) x), 'complaint 1 1, detractor 1 2, promoter 1 1',
    'what is answered, by its class');

-- How soon: the middle of a histogram by its ranks
SELECT is((SELECT concat_ws(' ', n, round(middle, 1), low, high)
    FROM desk.middle_of(c::jsonb)), said, c)
FROM (VALUES ('{}', '0'), ('{"3":1}', '1 3.0'), ('{"1":1,"4":1}', '2 2.5'),
    ('{"0":3,"9":2}', '5 0.0'), ('{"1":3,"2":3}', '6 1.5 1 2'),
    ('{"0":10,"24":9,"500":1}', '20 12.0 0 24'),
    ('{"5":1000,"6":-2}', '1000 5.0 5 5')) v(c, said);
DELETE FROM desk.measure_part;
SELECT desk.feedback_count(f, 1) FROM desk.feedback f;
SELECT desk.measure_fold(10000);
SELECT is((SELECT jsonb_build_object('n', t->'total'->'n',
    'answered', t->'total'->'answered', 'hours', t->'total'->'hours'->'n',
    'names', (SELECT jsonb_agg(r->'name') FROM jsonb_array_elements(
	t->'rows') r), 'open', t->'open'->'n')
    FROM pg_temp.ask('sup', 'feedback_times', '{}') t),
    (SELECT jsonb_build_object('n', count(*), 'answered',
	count(answered_at), 'hours', count(answered_at),
	'names', '["detractor","complaint","promoter"]'::jsonb,
	'open', count(*) FILTER (WHERE answered_at IS NULL))
    FROM desk.feedback), 'of all that was said, by its class');
SELECT is(pg_temp.ask('an', 'feedback_times', '{}') ? 'open', false,
    'what waits everywhere is for supervisors');
SELECT pg_temp.refused('sup', 'feedback_times', '{"from":"2026-02-30"}',
    'INVALID from', 'from a day');
SELECT pg_temp.refused('sup', 'feedback_times',
    '{"from":"2026-03-02","to":"2026-03-01"}', 'INVALID to', 'that is before');

-- Due
SELECT is(desk.actions_due(10), 0, 'nothing yet');
UPDATE desk.action SET due_at = now() - interval '1 minute'
WHERE what IN ('mai', 'Hỏi kho', 'x');
SELECT is(desk.actions_next(), 0, 'now');
SELECT pg_temp.told();
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.ask('sup',
    'action_list', '{"overdue":true}')->'actions') a WHERE (a->'late')::bool),
    3::bigint, 'listed alone as overdue');
SELECT is(desk.actions_due(10), 3, 'three');
SELECT is((SELECT count(*) FROM desk.mention m JOIN desk.agent a
    ON a.id = m.agent WHERE m.ticket = :t AND a.name = 'an'
    AND m.seen_at IS NULL), 1::bigint, 'its owner is called upon in its case');
SELECT is(pg_temp.told(), 'action action mention action',
    'and told of what has none');
SELECT is(desk.actions_due(10), 0, 'once');

-- Made one
SELECT pg_temp.ticket(:hanh, 'sales', 'Hàng vỡ nữa') AS k2 \gset
SELECT pg_temp.act('an', 'tag', :k2, '{"tag":"complaint"}');
SELECT pg_temp.counted();
SELECT pg_temp.ask('sup', 'ticket_merge', jsonb_build_object('ticket', :k,
    'into', :k2));
SELECT is((SELECT count(*) FROM desk.feedback WHERE ticket = :k2
    AND kind = 'complaint'), 1::bigint, 'two complaints of one case are one');
SELECT is((SELECT string_agg(DISTINCT (a.ticket = :k2 AND f.ticket = :k2)
    ::text, '') FROM desk.action a JOIN desk.feedback f ON f.id = a.feedback
    WHERE a.id = :'act'), 'true', 'what is done about it stays');
SELECT pg_temp.customer('Hanh', 'h2@example.com') AS h2 \gset
SELECT pg_temp.ask('sup', 'customer_merge', jsonb_build_object('customer',
    :h2, 'other', :hanh));
SELECT is((SELECT count(*) FROM desk.feedback WHERE customer = :hanh)
    + (SELECT count(*) FROM desk.action WHERE customer = :hanh), 0::bigint,
    'all goes with the customer');
SELECT is(jsonb_array_length(pg_temp.ask('admin', 'customer_export',
    jsonb_build_object('customer', :h2))->'customer'->'feedback'), 4,
    'his to have');
SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object('customer',
    :h2, 'sure', :h2, 'reason', 'asked'));
SELECT is((SELECT count(*) FROM desk.action WHERE customer = :h2
    AND what || words || verdict <> ''), 0::bigint, 'and to have taken away');

SELECT * FROM finish();
ROLLBACK;
