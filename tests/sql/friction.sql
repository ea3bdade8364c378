-- Trouble: each kind where it happened, by hand; once, however often it is
-- counted, and taken back when the case turns out to be otherwise.
BEGIN;
\ir fixture.psql
SELECT plan(46);

SELECT is(desk.says_again(desk.heard(x.said)), x.again, x.said)
FROM (VALUES ('Em nói rồi mà, đơn DH1001 ạ', true),
    ('như đã nói ở trên, em chưa nhận được', true),
    ('Mình gửi hàng về cho shop rồi nhé', false),
    ('Em phải gọi lại lần nữa à', true),
    ('toi da noi 3 lan', false), ('tôi nói nhiều lần lắm', true),
    ('Đây là lần thứ 3 em liên hệ', true), ('lần thứ hai tôi mua', false),
    ('Lần đầu em mua ở đây', false), ('Em nhận hàng rồi, cảm ơn shop', false),
    ('I already told you my order number', true),
    ('As I said, it never came', true),
    ('This is the third time I am writing', true),
    ('Where is my order?', false), ('', false), (NULL, NULL)) x(said, again);
-- Each phrase is heard, whichever way it is said: none lacks a word of
-- desk.again_words().
CREATE FUNCTION pg_temp.said(phrase text, way int) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	s	text := regexp_replace(phrase, '\[[^]]+\] ?', '', 'g');
	list	text;
	bits	text[];
BEGIN
	s := replace(replace(s, '*', 'xin vui'), '\d+', '3');
	FOR list IN SELECT unnest('{me em,say noi,send gui,info ma,done roi,
	    times nhieu,before hom qua,message tin nhan,tail nhe,end,
	    earlier first,mail mail}'::text[]) LOOP
		s := replace(s, '<' || split_part(list, ' ', 1) || '>',
		    btrim(substr(list, strpos(list || ' ', ' '))));
	END LOOP;
	LOOP
		list := substring(s FROM '\([^()]*\)');
		EXIT WHEN list IS NULL;
		bits := string_to_array(btrim(list, '()'), '|');
		s := replace(s, list, bits[1 + way % cardinality(bits)]);
	END LOOP;
	RETURN ' ' || btrim(s) || ' ';
END;
$$;
SELECT is_empty($$ SELECT s FROM unnest(desk.again_phrases()) p,
    generate_series(0, 6) way, pg_temp.said(p, way) s
    WHERE NOT desk.says_again(s) $$, 'every phrase is heard');
-- Of labelled messages (README.md beside them), in percent: how many of those that
-- say it again are heard, and how many that are heard do; the second file is
-- nothing that the phrases were written by.
CREATE TEMP TABLE labelled (label text, said text);
\copy labelled from '../unit/data/again/tune.tsv'
SELECT ok(x.heard >= 0.95 AND x.right >= 0.95, 'of those it was written by')
FROM (SELECT avg((desk.says_again(desk.heard(l.said)))::int) FILTER (
	WHERE l.label = '+') AS heard, avg((l.label = '+')::int) FILTER (
	WHERE desk.says_again(desk.heard(l.said))) AS right FROM labelled l) x;
TRUNCATE labelled;
\copy labelled from '../unit/data/again/held.tsv'
SELECT ok(x.heard >= 0.85 AND x.right >= 0.9, 'of others')
FROM (SELECT avg((desk.says_again(desk.heard(l.said)))::int) FILTER (
	WHERE l.label = '+') AS heard, avg((l.label = '+')::int) FILTER (
	WHERE desk.says_again(desk.heard(l.said))) AS right FROM labelled l) x;
SELECT is(desk.numbers_given(x.said), x.want::text[], x.said)
FROM (VALUES ('0903 218 456 hay +84903218456', '{0903218456}'),
    ('Đơn DH-1001, dh1001 và #10025', '{10025,dh1001}'),
    ('Tổng 1.500.000 đ ngày 21/11/2026', '{}'),
    ('mã ABCDEFGH1234', '{}'), (NULL, '{}')) x(said, want);

SELECT desk.config_journey('{"company":{"timezone":"Asia/Ho_Chi_Minh"},
    "touchpoints":[
    {"name":"ask","stage":"consultation","vi":"Hỏi","en":"Ask",
	"kind":["message"],"channel":["mail"],"queue":[],"status":[],
	"keywords":[]},
    {"name":"chat","stage":"support","kind":["message"],"channel":["chat"],
	"queue":[],"status":[],"keywords":[]}]}');
SELECT id AS sales FROM desk.queue WHERE name = 'sales' \gset
SELECT id AS shipping FROM desk.queue WHERE name = 'shipping' \gset
SELECT id AS an FROM desk.agent WHERE name = 'an' \gset
CREATE FUNCTION pg_temp.run() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	WHILE desk.journey_run(100) OR EXISTS (SELECT FROM desk.journey_again)
	    OR desk.friction_run(50) > 0 LOOP
	END LOOP;
END;
$$;
-- A case of 3 March 2025, 9:00 where the company is, and what happens in it so
-- many minutes later.
CREATE FUNCTION pg_temp.opens(of bigint) RETURNS bigint LANGUAGE sql AS $$
	WITH t AS (
	    INSERT INTO desk.ticket (customer, queue, state, channel, subject,
		opened_at, spell_at, owed_at, touched_at, due_at)
	    SELECT of, q.id, 'new', 'mail', 'x', m.at, m.at, m.at, m.at,
		m.at + interval '30 minutes'
	    FROM desk.queue q, (VALUES ('2025-03-03T02:00Z'::timestamptz)) m(at)
	    WHERE q.name = 'sales' RETURNING *
	)
	INSERT INTO desk.event (at, filed_at, ticket, customer, kind, channel,
	    direction, text)
	SELECT t.opened_at, t.opened_at, t.id, of, 'message', 'mail', 'in',
	    'Đơn DH1001 đâu?' FROM t RETURNING ticket
$$;
CREATE FUNCTION pg_temp.at(minute int) RETURNS timestamptz LANGUAGE sql AS
    $$ SELECT '2025-03-03T02:00Z'::timestamptz + make_interval(mins => minute) $$;
CREATE FUNCTION pg_temp.says(of bigint, minute int, words text,
    via text DEFAULT 'mail', who int DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO desk.event (at, filed_at, ticket, customer, kind, channel,
	    direction, agent, text)
	SELECT pg_temp.at(minute), pg_temp.at(minute), t.id, t.customer,
	    'message', via, CASE WHEN who IS NULL THEN 'in' ELSE 'out' END,
	    who, words
	FROM desk.ticket t WHERE t.id = of
$$;
CREATE FUNCTION pg_temp.friction(per text DEFAULT 'touchpoint',
    more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.ask('sup', 'journey_friction', jsonb_build_object('by',
	    per, 'from', '2025-03-01', 'to', '2025-03-31') || more)
$$;
-- "name cases | n/cases of each" of a line.
CREATE FUNCTION pg_temp.line(r jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', nullif(r->>'name', ''), r->>'cases', '|', string_agg(
	    (r->k->>'n') || '/' || (r->k->>'cases'), ' ' ORDER BY o))
	FROM unnest('{repeated,transfers,reopens,switches,waits}'::text[])
	    WITH ORDINALITY x(k, o)
$$;
CREATE FUNCTION pg_temp.rows(per text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(pg_temp.line(r), '; ' ORDER BY n)
	FROM jsonb_array_elements(pg_temp.friction(per)->'rows')
	    WITH ORDINALITY x(r, n)
$$;
SELECT pg_temp.run();
SELECT is(pg_temp.friction(), '{"from":"2025-03-01","to":"2025-03-31",
    "by":"touchpoint","rows":[],"total":null}', 'of nothing, nothing');

-- One who is answered in time: no trouble.
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan,
    pg_temp.customer('Hùng', 'hung@example.com') AS hung \gset
UPDATE desk.customer SET segment = 'vip' WHERE id = :hung;
SELECT pg_temp.opens(:lan) AS a \gset
SELECT pg_temp.says(:a, 10, 'Dạ, em xem ạ', who => :an);
UPDATE desk.ticket SET due_at = NULL, first_answer_at = pg_temp.at(10),
    state = 'open', touched_at = pg_temp.at(10) WHERE id = :a;
SELECT pg_temp.run();
SELECT is(pg_temp.rows('touchpoint'), 'ask 1 | 0/0 0/0 0/0 0/0 0/0',
    'no trouble');
SELECT is(pg_temp.friction()->'total'->'waits', '{"n":0,"cases":0,"share":0.0,
    "low":0.0,"high":79.3}', 'of one case that says little');

-- And one who is answered an hour late, gives his number again in the chat,
-- is handed on and back, comes back, and says that he said it.
SELECT pg_temp.opens(:hung) AS b \gset
SELECT pg_temp.says(:b, 90, 'Số đơn của anh là gì ạ?', who => :an);
UPDATE desk.ticket SET due_at = NULL, first_answer_at = pg_temp.at(90),
    state = 'open', touched_at = pg_temp.at(90) WHERE id = :b;
SELECT pg_temp.run();
SELECT is(pg_temp.rows('queue'), 'sales 2 | 0/0 0/0 0/0 0/0 1/1',
    'he waited too long');
SELECT pg_temp.says(:b, 100, 'dh-1001', 'chat');
UPDATE desk.ticket SET queue = :shipping, touched_at = pg_temp.at(110)
WHERE id = :b;
UPDATE desk.ticket SET queue = :sales, touched_at = pg_temp.at(120)
WHERE id = :b;
UPDATE desk.ticket SET state = 'resolved', touched_at = pg_temp.at(130)
WHERE id = :b;
SELECT pg_temp.says(:b, 140, 'Em nói rồi mà: DH1001');
UPDATE desk.ticket SET state = 'open', touched_at = pg_temp.at(140)
WHERE id = :b;
SELECT pg_temp.run();
SELECT is(pg_temp.rows('touchpoint'), 'ask 2 | 1/1 0/0 1/1 1/1 1/1; '
    'chat 1 | 1/1 2/1 0/0 1/1 0/0', 'each where he was then');
SELECT is(pg_temp.rows('stage'), 'consultation 2 | 1/1 0/0 1/1 1/1 1/1; '
    'support 1 | 1/1 2/1 0/0 1/1 0/0', '… by stage');
SELECT is(pg_temp.rows('queue'), 'sales 2 | 2/1 1/1 1/1 2/1 1/1; '
    'shipping 1 | 0/0 1/1 0/0 0/0 0/0', '… who handed him on');
SELECT is(pg_temp.rows('channel'), 'mail 2 | 1/1 0/0 1/1 1/1 1/1; '
    'chat 1 | 1/1 2/1 0/0 1/1 0/0', '… by channel');
SELECT is(pg_temp.line(pg_temp.friction()->'total'),
    '2 | 2/1 2/1 1/1 2/1 1/1', 'a case once in all');
SELECT is(pg_temp.friction('touchpoint')->'rows'->0->>'vi', 'Hỏi', 'named');
-- Nobody answered in the chat; but there he said it again.
SELECT is((SELECT string_agg(concat_ws(' ', d.by, d.name, d.answered_in), ', '
    ORDER BY d.by, d.name) FROM desk.friction_day d WHERE d.span = 'd'
    AND d.by IN ('all', 'queue', 'touchpoint') AND d.segment = 'vip'),
    'all  1, queue sales 1, queue shipping 0, touchpoint ask 1, '
    'touchpoint chat 1',
    'where he was answered, or might have been');
SELECT is(pg_temp.line(pg_temp.friction('channel',
    '{"segment":"vip"}')->'total'), '1 | 2/1 2/1 1/1 2/1 1/1',
    'of one segment');
SELECT is(pg_temp.friction('channel', '{"from":"2025-03-04"}')->'rows', '[]',
    'by the day it began');
SELECT is_empty('SELECT desk.friction_differs()', 'as the cases have it');

-- Counted again it is the same; moved, it goes along.
INSERT INTO desk.friction_todo (ticket) VALUES (:a), (:b), (:b);
SELECT pg_temp.run();
SELECT is(pg_temp.line(pg_temp.friction()->'total'),
    '2 | 2/1 2/1 1/1 2/1 1/1', 'twice is once');
UPDATE desk.event SET own = 'Cảm ơn shop' WHERE ticket = :b
    AND filed_at = pg_temp.at(140);
INSERT INTO desk.friction_todo (ticket) VALUES (:b);
SELECT pg_temp.run();
SELECT is(pg_temp.line(pg_temp.friction()->'total'),
    '2 | 1/1 2/1 1/1 2/1 1/1', 'what is otherwise is taken back');
UPDATE desk.ticket SET kind = 'quarantine' WHERE id = :b;
INSERT INTO desk.friction_todo (ticket) VALUES (:b);
SELECT pg_temp.run();
SELECT is(pg_temp.line(pg_temp.friction()->'total'),
    '1 | 0/0 0/0 0/0 0/0 0/0', 'what is no case is none');
UPDATE desk.ticket SET kind = 'case' WHERE id = :b;
INSERT INTO desk.friction_todo (ticket) VALUES (:b);
SELECT pg_temp.run();

SELECT is(pg_temp.ask('sup', 'friction_cases', '{"what":"transfers",
    "by":"queue","name":"shipping","from":"2025-03-03","to":"2025-03-03"}')
    ->'cases'->0->'ticket', to_jsonb(:b::bigint), 'and opens its cases');
SELECT is(pg_temp.ask('sup', 'friction_cases', '{"what":"waits",
    "from":"2025-03-04","to":"2025-03-04"}'), '{"cases":[],"more":false}',
    'none there');
-- Whoever is erased has no words any more; what was counted stays.
UPDATE desk.customer SET erased_at = now() WHERE id = :hung;
UPDATE desk.event SET own = NULL, text = NULL WHERE ticket = :b;
INSERT INTO desk.friction_todo (ticket) VALUES (:b);
SELECT pg_temp.run();
SELECT is(pg_temp.line(pg_temp.friction()->'total'),
    '2 | 1/1 2/1 1/1 2/1 1/1', 'an erased customer''s stays');
SELECT pg_temp.refused('an', 'journey_friction', '{}', 'DENIED', 'not his');
SELECT is_empty('SELECT desk.friction_differs()', 'nor does it differ');
SELECT * FROM finish();
ROLLBACK;
