-- Search: with and without diacritics, exact spelling first, nobody else's.
BEGIN;
\ir fixture.psql
SELECT plan(38);

-- Folding
SELECT is(desk.fold('Đơn Hàng GIAO TRỄ'), 'don hang giao tre', 'fold');
SELECT is(desk.fold(normalize(v, NFD)), desk.fold(v), 'fold: either form')
FROM (VALUES ('ắằẳẵặ ỡợ ữự ỷỹỵ Ể ĩ')) x (v);
SELECT is(desk.fold('áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợ'
	|| 'úùủũụưứừửữựýỳỷỹỵđ'), repeat('a', 17) || repeat('e', 11)
    || repeat('i', 5) || repeat('o', 17) || repeat('u', 11)
    || repeat('y', 5) || 'd', 'fold: every letter, lower case');
SELECT is(desk.fold(upper('áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợ'
	|| 'úùủũụưứừửữựýỳỷỹỵđ')), repeat('a', 17) || repeat('e', 11)
    || repeat('i', 5) || repeat('o', 17) || repeat('u', 11)
    || repeat('y', 5) || 'd', 'fold: every letter, upper case');
SELECT is(desk.fold_words('Áo, áo! ÁO  thun#DH1234'), 'ao dh1234 thun',
    'words: each once');
SELECT is(desk.fold_words('?!'), NULL, 'words: none');

-- Finding
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Đơn hàng giao trễ',
    'Đơn DH1234 chưa nhận được') AS exact \gset
SELECT pg_temp.ticket(:lan, 'shipping', 'don hang giao tre', 'cho hoi don') AS bare \gset
SELECT pg_temp.ticket(:lan, 'staff', 'Đơn hàng giao trễ', 'riêng tư') AS hidden \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Áo thun', repeat('một hai ', 50)
    || 'ba bốn Giảm giá năm ' || repeat('sáu ', 100)) AS long \gset

CREATE FUNCTION pg_temp.found(login text, words text, more jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_path_query_array(pg_temp.ask(login, 'search',
	    jsonb_build_object('query', words, 'folded', desk.fold_words(words))
	    || more), '$.tickets[*].ticket')
$$;
SELECT is(pg_temp.found('an', q.words), to_jsonb(q.ids), q.label)
FROM (VALUES
    ('don hang giao tre', ARRAY[:bare, :exact], 'without diacritics'),
    ('đơn hàng giao trễ', ARRAY[:exact, :bare], 'exact spelling first'),
    ('ĐƠN HÀNG GIAO TRỄ', ARRAY[:exact, :bare], '… in capitals'),
    (normalize('đơn hàng giao trễ', NFD), ARRAY[:exact, :bare],
	'… in the other normal form'),
    ('gia tr', ARRAY[:bare, :exact], 'beginnings of words'),
    ('tre giao', ARRAY[:bare, :exact], 'in any order'),
    ('dh1234', ARRAY[:exact], 'an order number'),
    ('giao xyz', '{}', 'all words are needed'),
    ('iao', '{}', 'no middles of words'),
    ('?!', '{}', 'no words'),
    ('moon', '{}', 'nothing')) q (words, ids, label);
SELECT is(pg_temp.ask('an', 'search', jsonb_build_object('query', w,
	'folded', w)), '{"tickets":[]}', 'no operator: ' || w)
FROM unnest(ARRAY['''', '\', ':*', '& |', '!giao', 'giao:a', '((', '<->',
    repeat('''', 300)]) w;
SELECT is(pg_temp.ask('an', 'search', '{"query":"Giao trễ"}')->'tickets'->0
    ->'ticket', to_jsonb(:exact), 'folded here when the daemon did not');
SELECT is(pg_temp.found('chi', 'giao tre'), jsonb_build_array(:bare, :hidden,
	:exact), 'a member finds his queue''s');
SELECT is(pg_temp.found('an', 'giao tre', '{"queue":"shipping"}'),
    jsonb_build_array(:bare), 'only a queue''s');
SELECT is(pg_temp.found('an', 'giao tre', '{"queue":"staff"}'), '[]',
    'not a hidden queue''s');
SELECT pg_temp.refused('an', 'search', '{"query":"x","queue":"moon"}',
    'INVALID queue', 'an unknown queue');
SELECT is(pg_temp.found('an', 'giao tre', '{"limit":1}'),
    jsonb_build_array(:bare), 'no more than asked for');

-- The row
SELECT is(ARRAY[r->>'exact', r->>'snippet', r->>'queue', r->>'customer_name'],
    '{true,"Đơn hàng giao trễ Đơn DH1234 chưa nhận được",sales,Lan}', 'the row')
FROM (SELECT pg_temp.ask('an', 'search', '{"query":"giao trễ",
    "folded":"giao tre"}')->'tickets'->0) x (r);
SELECT ok(r->>'snippet' LIKE '…%ba bốn Giảm giá năm%…'
    AND length(r->>'snippet') = 162, 'a snippet around the words: '
    || (r->>'snippet'))
FROM (SELECT pg_temp.ask('an', 'search', '{"query":"giam gia",
    "folded":"giam gia"}')->'tickets'->0) x (r);
INSERT INTO desk.event (at, ticket, customer, kind, channel, direction, text)
VALUES (now(), :exact, :lan, 'message', 'mail', 'in', 'giao tre lan nua')
RETURNING id AS again \gset
INSERT INTO desk.search VALUES (:again, :exact,
    array_to_tsvector('{giao,lan,nua,tre}'));
SELECT is(pg_temp.found('an', 'giao trễ'), jsonb_build_array(:exact, :bare),
    'a ticket once, by its best event');
SELECT is((SELECT ARRAY[count(*), count(DISTINCT x)] FROM
	jsonb_array_elements(pg_temp.found('an', 'giao')) x),
    '{2,2}', '… once only');

-- A word on everything, a word on one: read newest first, or by the index.
INSERT INTO desk.search (event, ticket, words)
SELECT nextval('desk.event_id'), :bare, array_to_tsvector(
    CASE WHEN n = 1 THEN '{chung,hiem}'::text[] ELSE '{chung}' END)
FROM generate_series(1, 5000) n;
SELECT is(cardinality(desk.search_newest(pg_temp.who('an'),
	'''hiem'':*'::tsquery, NULL, 60, 200)), 1, 'the one, far back');
SELECT is(desk.search_newest(pg_temp.who('an'), '''chung'':*'::tsquery, NULL,
	60, 200), (SELECT array_agg(x.event ORDER BY x.event DESC) FROM
	(SELECT s.event FROM desk.search s WHERE s.words @@ '''chung'''
	    ORDER BY s.event DESC LIMIT 200) x), 'of the many, the newest');

SELECT * FROM finish();
ROLLBACK;
