-- The course of an answer: the class that it is of, the case that it opens, the
-- action, the message; each once.
BEGIN;
\ir fixture.psql
SELECT plan(51);

INSERT INTO desk.config (who, body) VALUES ('test', '{"company":{"name":"Shop",
    "lang":"vi","timezone":"Asia/Ho_Chi_Minh"}}');
INSERT INTO desk.survey (name, body) VALUES
    ('sau-ho-tro', '{"questions":[{"name":"score","kind":"nps"},
	{"name":"words","kind":"text"}]}'),
    ('giao', '{"questions":[{"name":"score","kind":"csat"}]}'),
    ('nhan-vien', '{"questions":[{"name":"score","kind":"nps"}]}');
INSERT INTO desk.template (name, lang, subject, body) VALUES
    ('xin-danh-gia', 'vi', 'Mời đánh giá', 'Dạ mời: {review_link}'),
    ('gioi-thieu', 'vi', NULL, 'Mã của mình: {referral_link}');
UPDATE desk.limits SET answers = 100;

-- A configuration's classes in force.
CREATE FUNCTION pg_temp.classes(said jsonb) RETURNS void
LANGUAGE sql AS $$
	SELECT desk.config_classes(jsonb_build_object('classes', said))
$$;
-- An answer about a case, or of nobody known; its response.
CREATE FUNCTION pg_temp.answers(of text, case_id bigint, score int,
    words text DEFAULT NULL, who_had text DEFAULT NULL) RETURNS bigint
LANGUAGE sql AS $$
	WITH i AS (
	    INSERT INTO desk.invitation (survey, occasion, customer, ticket,
		queue, agent, segment, via)
	    SELECT s.id, 'hand:' || gen_random_uuid(), t.customer, t.id,
		coalesce(t.queue, 0), coalesce((SELECT a.id FROM desk.agent a
		    WHERE a.name = who_had), 0), '', 'link'
	    FROM desk.survey s LEFT JOIN desk.ticket t ON t.id = case_id
	    WHERE s.name = of
	    RETURNING id
	)
	SELECT desk.response_put('{"who":"survey"}', i.id, jsonb_strip_nulls(
	    jsonb_build_object('score', score, 'words', words))) FROM i
$$;
-- All that is due now.
CREATE FUNCTION pg_temp.run() RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
	n	int;
	sum	int := 0;
BEGIN
	LOOP
		n := desk.classes_run(20);
		sum := sum + n;
		EXIT WHEN n = 0;
	END LOOP;
	RETURN sum;
END;
$$;
-- What became of an answer, as its case has it.
CREATE FUNCTION pg_temp.course(of bigint) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT e.meta FROM desk.event e JOIN desk.response r ON r.id = of
	WHERE e.ticket = r.ticket AND e.kind = 'class'
	    AND (e.meta->>'response')::bigint = of
	ORDER BY e.id DESC LIMIT 1
$$;
CREATE FUNCTION pg_temp.opened(of bigint) RETURNS bigint
LANGUAGE sql AS $$
	SELECT f.ticket FROM desk.class_fired f WHERE f.response = of
$$;

-- Which class
SELECT is(desk.class_scores('{"name":"detractor"}'), '[0,7)',
    'what its name says');
SELECT is(desk.class_scores('{"name":"x","score":"9"}'), '[9,10)', 'one');
SELECT is(desk.class_scores('{"name":"detractor","kind":"csat"}'), NULL,
    'a name says nothing of another scale');
SELECT is(desk.class_scores('{"name":"x","score":"7-3"}'), NULL,
    'the wrong way round');
SELECT pg_temp.classes('[
    {"name":"vip","kind":"nps","score":"0-8","segment":["vip"],
	"action":"Gọi ngay"},
    {"name":"detractor","survey":["sau-ho-tro"],"open":"shipping",
	"priority":80,"within":14400,"tag":["gấp"],"note":"Gọi trước",
	"agent":"other"},
    {"name":"passive","action":"Hỏi thăm","agent":"same","after":172800},
    {"name":"promoter","send":"xin-danh-gia","ask":"review",
	"link":"https://shop.example/danh-gia"},
    {"name":"kem","kind":"csat","score":"1-2","send":"no-such"}]');
SELECT pg_temp.customer('Hạnh', 'hanh@example.com') AS hanh \gset
SELECT pg_temp.ticket(:hanh, 'sales', 'Giao trễ') AS t \gset
SELECT is((SELECT string_agg(coalesce((SELECT c.name FROM desk.class_of(
    jsonb_populate_record(NULL::desk.response, jsonb_build_object('kind',
    'nps', 'score', s, 'survey', v.id, 'segment', ''))) c), '-'), ' '
    ORDER BY s) FROM unnest(ARRAY[0, 6, 7, 8, 9]) s, desk.survey v
    WHERE v.name = 'sau-ho-tro'),
    'detractor detractor passive passive promoter', 'the first that fits');
SELECT is((SELECT c.name FROM desk.class_of(jsonb_populate_record(
    NULL::desk.response, jsonb_build_object('kind', 'nps', 'score', 0,
    'survey', v.id, 'segment', 'vip'))) c), 'vip', 'by the segment')
FROM desk.survey v WHERE v.name = 'sau-ho-tro';

-- One who detracts: a case that makes good
SELECT pg_temp.answers('sau-ho-tro', :t, 3, 'Giao trễ 5 ngày', 'an') AS r \gset
SELECT is((SELECT count(*) FROM desk.class_fired WHERE response = :r
    AND due_at <= now()), 1::bigint, 'due in the answer''s own transaction');
SELECT is(desk.classes_next(), 0, 'at once');
SELECT is(pg_temp.run(), 1, 'taken up');
SELECT pg_temp.opened(:r) AS c \gset
SELECT is((SELECT concat_ws(' ', q.name, t.customer = :hanh, t.related = :t,
    t.priority, t.tags, t.due_at - now(), t.channel, t.kind)
    FROM desk.ticket t JOIN desk.queue q ON q.id = t.queue WHERE t.id = :c),
    'shipping t t 80 {gấp,recovery} 04:00:00 desk case',
    'a case of his in that queue, due in time');
SELECT is((SELECT concat_ws(' ', t.state, a.name) FROM desk.ticket t
    LEFT JOIN desk.agent a ON a.id = t.assignee WHERE t.id = :c),
    'open binh', 'another agent has it than the one who had that');
SELECT is((SELECT e.text || ' ' || (e.meta - '{response}'::text[])::text
    FROM desk.event e WHERE e.ticket = :c ORDER BY e.id LIMIT 1),
    E'Giao trễ 5 ngày\nGọi trước ' || jsonb_build_object('class',
	'detractor', 'kind', 'nps', 'score', 3, 'from', :t)::text,
    'its first event says why');
SELECT is(pg_temp.course(:r) - '{response}'::text[], jsonb_build_object(
    'class', 'detractor', 'case', :c, 'did', '["open shipping"]'::jsonb),
    'the case that was asked about says where');
SELECT is((SELECT subject FROM desk.ticket WHERE id = :c),
    'Chăm sóc lại: 3/10 (NPS)', 'no word of a stranger in its subject');
SELECT is((SELECT count(*) FROM desk.index_todo d WHERE d.ticket = :c
    AND d.words LIKE '%giao%'), 1::bigint, 'its words are found');
SELECT is(pg_temp.run(), 0, 'once');
SELECT desk.class_note(:r);
SELECT is((SELECT count(*) FROM desk.class_fired WHERE response = :r),
    1::bigint, 'noted twice, it is one course');
SELECT is(pg_temp.run(), 0, '… and nothing is due');

-- Again, while that goes on, and after it
SELECT pg_temp.answers('sau-ho-tro', :t, 1, 'Vẫn chưa xong') AS r2 \gset
SELECT pg_temp.run();
SELECT is(pg_temp.opened(:r2), :c::bigint, 'said in the case that goes on');
SELECT is((SELECT string_agg(e.text, '|' ORDER BY e.id) FROM desk.event e
    WHERE e.ticket = :c AND e.kind = 'recovery'),
    E'Giao trễ 5 ngày\nGọi trước|Vẫn chưa xong', '… each answer there');
SELECT pg_temp.act('binh', 'resolve', :c);
SELECT pg_temp.answers('sau-ho-tro', :t, 2) AS r3 \gset
SELECT pg_temp.run();
SELECT isnt(pg_temp.opened(:r3), :c::bigint, 'after it, a case of its own');

-- The agent complained of alone serves the queue; a queue that is drained, or
-- gone
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Hỏng') AS l \gset
SELECT pg_temp.answers('sau-ho-tro', :l, 0, NULL, 'binh') AS r4 \gset
SELECT pg_temp.run();
SELECT is((SELECT t.state || coalesce(t.assignee, 0) FROM desk.ticket t
    WHERE t.id = pg_temp.opened(:r4)), 'new0', 'nobody else: it waits');
SELECT pg_temp.ask('sup', 'queue_drain', '{"queue":"shipping","to":"sales"}');
SELECT pg_temp.act('sup', 'resolve', pg_temp.opened(:r4));
SELECT pg_temp.answers('sau-ho-tro', :l, 0) AS r5 \gset
SELECT pg_temp.run();
SELECT is((SELECT q.name FROM desk.ticket t JOIN desk.queue q
    ON q.id = t.queue WHERE t.id = pg_temp.opened(:r5)), 'sales',
    'drained: where what is new goes');
SELECT pg_temp.act('sup', 'resolve', pg_temp.opened(:r5));
UPDATE desk.queue SET active = false WHERE name = 'shipping';
SELECT pg_temp.answers('sau-ho-tro', :l, 0) AS r6 \gset
SELECT pg_temp.run();
SELECT is(pg_temp.course(:r6)->'refused'->0->>'act', 'open shipping',
    'a queue that is gone: said');
SELECT is((SELECT f.due_at FROM desk.class_fired f WHERE f.response = :r6),
    NULL, '… and not tried for ever');
UPDATE desk.queue SET active = true, drain_at = NULL WHERE name = 'shipping';

-- One who is passive: the next touch, for whose case it was
SELECT pg_temp.answers('sau-ho-tro', :t, 7, NULL, 'an') AS p \gset
SELECT pg_temp.run();
SELECT is((SELECT concat_ws(' ', a.what, g.name, a.due_at - now(), a.state,
    a.ticket = :t) FROM desk.action a JOIN desk.feedback k
    ON k.id = a.feedback LEFT JOIN desk.agent g ON g.id = a.owner
    WHERE k.response = :p), 'Hỏi thăm an 2 days open t', 'an action');
SELECT is((SELECT k.answered_at FROM desk.feedback k WHERE k.response = :p),
    NULL, 'which answers nothing before it is done');

-- One who promotes: asked for a review
SELECT pg_temp.answers('sau-ho-tro', :t, 10) AS q \gset
SELECT pg_temp.run();
SELECT is((SELECT concat_ws('|', e.subject, e.text, e.kind, e.meta->>'class',
    o.address, o.purpose) FROM desk.event e JOIN desk.outbound o
    ON o.event = e.id WHERE e.ticket = :t AND e.direction = 'out'),
    'Mời đánh giá|Dạ mời: https://shop.example/danh-gia|acknowledgement|'
    'promoter|hanh@example.com|acknowledgement', 'with the link');
SELECT is(pg_temp.course(:q)->'did', '["send xin-danh-gia"]', 'on record');
SELECT pg_temp.answers('sau-ho-tro', :t, 9) AS q2 \gset
SELECT pg_temp.run();
SELECT is(pg_temp.course(:q2)->'refused'->0->>'why',
    'It was sent to this customer lately.', 'not twice in a month');
UPDATE desk.class_fired SET sent_at = now() - interval '31 days'
WHERE response = :q;
SELECT pg_temp.answers('sau-ho-tro', :t, 9) AS q3 \gset
SELECT pg_temp.run();
SELECT is(pg_temp.course(:q3)->'did', '["send xin-danh-gia"]', 'after it');
UPDATE desk.customer SET no_surveys_at = now() WHERE id = :hanh;
SELECT pg_temp.answers('sau-ho-tro', :t, 10) AS q4 \gset
SELECT pg_temp.run();
SELECT is(pg_temp.course(:q4)->'refused'->0->>'why',
    'This customer wants to be asked nothing.', 'nor against his will');
UPDATE desk.customer SET no_surveys_at = NULL WHERE id = :hanh;
SELECT is((SELECT count(*) FROM desk.outbound o WHERE o.ticket = :t),
    2::bigint, 'two messages for four answers');

-- After a time, in hours
INSERT INTO desk.hours (name, timezone) VALUES ('sang', 'UTC');
INSERT INTO desk.hours_span (hours, dow, opens, closes)
SELECT h.id, extract(isodow FROM now() AT TIME ZONE 'UTC' + interval '3 days'),
    540, 600 FROM desk.hours h WHERE h.name = 'sang';
SELECT pg_temp.classes('[{"name":"promoter","send":"gioi-thieu",
    "ask":"referral","link":"https://shop.example/r/{code}","after":86400,
    "hours":"sang"}]');
SELECT pg_temp.answers('sau-ho-tro', :l, 9) AS w \gset
SELECT pg_temp.run();
SELECT is((SELECT f.due_at AT TIME ZONE 'UTC' FROM desk.class_fired f
    WHERE f.response = :w), date_trunc('day', now() AT TIME ZONE 'UTC')
    + interval '3 days 9 hours', 'waits for its day and hour');
SELECT is((SELECT count(*) FROM desk.outbound o WHERE o.ticket = :l),
    0::bigint, 'nothing before');
-- Down all that hour: the next one, not in the middle of the night.
UPDATE desk.class_fired SET due_at = now() - interval '1 minute'
WHERE response = :w;
SELECT pg_temp.run();
SELECT ok((SELECT f.due_at > now() FROM desk.class_fired f
    WHERE f.response = :w), 'late, it waits for the next hour');
DELETE FROM desk.hours_span;
INSERT INTO desk.hours_span (hours, dow, opens, closes)
SELECT h.id, d, 0, 1440 FROM desk.hours h, generate_series(1, 7) d
WHERE h.name = 'sang';
UPDATE desk.class_fired SET due_at = now(), at = now() - interval '2 days'
WHERE response = :w;
-- Another configuration meanwhile: it goes on as it began.
SELECT pg_temp.classes('[]');
SELECT pg_temp.run();
SELECT is((SELECT e.text FROM desk.event e WHERE e.ticket = :l
    AND e.direction = 'out'), 'Mã của mình: https://shop.example/r/'
    || (SELECT c.code FROM desk.referral_code c WHERE c.customer = :lan),
    'his own code');
SELECT matches((SELECT c.code FROM desk.referral_code c
    WHERE c.customer = :lan), '^[2-9A-HJ-NP-Z]{10}$', 'to be read aloud');
SELECT pg_temp.answers('sau-ho-tro', :l, 0) AS none \gset
SELECT is((SELECT count(*) FROM desk.class_fired WHERE response = :none),
    0::bigint, 'without classes, no course');

-- Who cannot be written to, or is nobody we know
SELECT pg_temp.classes('[{"name":"detractor","open":"sales","send":"gioi-thieu"},
    {"name":"kem","kind":"csat","score":"1-2","send":"no-such"}]');
SELECT pg_temp.answers('sau-ho-tro', NULL, 0, 'Ai đó') AS x \gset
SELECT is(pg_temp.run(), 1, 'nobody known');
SELECT is((SELECT concat_ws(' ', f.ticket, f.due_at, f.sent_at)
    FROM desk.class_fired f WHERE f.response = :x), '',
    '… is neither written to nor has a case');
SELECT is((SELECT k.class FROM desk.feedback k WHERE k.response = :x),
    'detractor', '… but said something');
SELECT pg_temp.answers('giao', :t, 1) AS y \gset
SELECT pg_temp.run();
SELECT is(pg_temp.course(:y)->'refused'->0->>'why',
    'There is no such template.', 'a template that is gone');
UPDATE desk.ticket SET marks = '{automatic}' WHERE id = :l;
SELECT pg_temp.answers('sau-ho-tro', :l, 5) AS z \gset
SELECT pg_temp.run();
SELECT is(pg_temp.course(:z)->'refused'->0->>'why',
    'The limits of automatic answers forbid it.', 'a machine is not written to');

-- Ours, and long ago
WITH i AS (
    INSERT INTO desk.invitation (survey, occasion, staff, via)
    SELECT s.id, 'hand:staff', a.id, 'link' FROM desk.survey s, desk.agent a
    WHERE s.name = 'nhan-vien' AND a.name = 'an' RETURNING id)
SELECT desk.response_put('{"who":"survey"}', i.id, '{"score":0}') AS s FROM i
\gset
SELECT is((SELECT count(*) FROM desk.feedback k WHERE k.response = :s)
    + (SELECT count(*) FROM desk.class_fired f WHERE f.response = :s),
    0::bigint, 'one of us has no course');
WITH i AS (
    INSERT INTO desk.invitation (survey, occasion, customer, ticket, via)
    SELECT s.id, 'import:1', :hanh, :t, 'import' FROM desk.survey s
    WHERE s.name = 'sau-ho-tro' RETURNING id)
SELECT desk.response_put('{"who":"import"}', i.id, '{"score":0}',
    now() - interval '8 days') AS s FROM i \gset
SELECT is((SELECT count(*) FROM desk.class_fired f WHERE f.response = :s),
    0::bigint, 'nor has what is imported long after');

-- Erased before its time
SELECT pg_temp.answers('sau-ho-tro', :t, 2) AS e \gset
SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object('customer',
    :hanh, 'sure', :hanh, 'reason', 'asked'));
SELECT is(pg_temp.run(), 0, 'of who was erased nothing is done');
SELECT is((SELECT count(*) FROM desk.ticket t WHERE t.customer = :hanh
    AND t.state <> 'closed'), 0::bigint, '… and no case opened');

-- Many at once: no more than asked for, and all in the end
SELECT pg_temp.classes('[{"name":"detractor","open":"sales"}]');
SELECT pg_temp.answers('sau-ho-tro', pg_temp.ticket(pg_temp.customer('N' || n,
    'n' || n || '@example.com'), 'sales', 'N'), 1)
FROM generate_series(1, 30) n;
SELECT is(desk.classes_run(20), 20, 'a page of many');
SELECT is(pg_temp.run(), 10, '… and the rest');
SELECT is((SELECT count(DISTINCT f.ticket) FROM desk.class_fired f
    JOIN desk.customer c ON c.id = f.customer WHERE c.name ~ '^N[0-9]'),
    30::bigint, 'each its case');

SELECT * FROM finish();
ROLLBACK;
