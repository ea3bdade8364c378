-- Customers: found, shown with their tickets and what happened, changed.
BEGIN;
\ir fixture.psql
SELECT plan(39);

SELECT pg_temp.customer('Nguyễn Thị Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.customer('Lan Anh', 'anh@example.com') AS anh \gset
SELECT pg_temp.customer('Trần Đức', 'duc@example.com') AS duc \gset
INSERT INTO desk.contact (customer, kind, address, original, flags)
VALUES (:lan, 'phone', '+84901234567', '0901 234 567', '{renumbered}');
SELECT pg_temp.ticket(:lan, 'sales', 'Áo', 'Áo còn không?') AS t \gset
SELECT pg_temp.ticket(:lan, 'staff', 'Riêng') AS hidden \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Xong') AS done \gset
SELECT pg_temp.act('an', 'resolve', :done);
INSERT INTO desk.same_person VALUES (least(:lan, :duc), greatest(:lan, :duc),
    'phone');

-- Get
SELECT pg_temp.ask('an', 'customer_get', jsonb_build_object('customer',
    :lan)) AS got \gset
SELECT is(:'got'::jsonb->>'name', 'Nguyễn Thị Lan', 'get: the name');
SELECT is(:'got'::jsonb->'contacts'->1, '{"kind":"phone",
    "address":"+84901234567","original":"0901 234 567",
    "flags":["renumbered"]}', 'get: contacts');
SELECT is(jsonb_path_query_array(:'got', '$.tickets[*].ticket'),
    jsonb_build_array(:t), 'get: active tickets that he may see');
SELECT is(jsonb_path_query_array(pg_temp.ask('chi', 'customer_get',
	jsonb_build_object('customer', :lan)), '$.tickets[*].ticket'),
    jsonb_build_array(:t, :hidden), 'get: … a member more of them');
SELECT is(jsonb_path_query_array(:'got', '$.past[*].ticket'),
    jsonb_build_array(:done), 'get: what is done');
SELECT is(pg_temp.ask('an', 'customer_get', jsonb_build_object('customer',
    :duc))->'past', '[]', 'get: … nothing of others');
SELECT is(:'got'::jsonb->'same', jsonb_build_array(jsonb_build_object(
	'customer', :duc, 'name', 'Trần Đức', 'why', 'phone', 'contact',
	'duc@example.com')),
    'get: who may be the same');
SELECT is(pg_temp.ask('an', 'customer_get', jsonb_build_object('customer',
	:duc))->'same'->0->'customer', to_jsonb(:lan), 'get: … both ways');
SELECT pg_temp.refused('an', 'customer_get', '{"customer":999999999}',
    'NOTFOUND customer', 'get: nobody');

-- Find
CREATE FUNCTION pg_temp.found(args jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_path_query_array(pg_temp.ask('an', 'customer_find', args),
	    '$.customers[*].customer')
$$;
SELECT is(pg_temp.found(jsonb_build_object('query', q.words)),
    to_jsonb(q.ids), 'find: ' || q.words)
FROM (VALUES ('lan@example.com', ARRAY[:lan]), ('LAN@Example.com',
    ARRAY[:lan]), ('+84901234567', ARRAY[:lan]),
    ('lan', ARRAY[:anh, :lan]), ('Nguyễn', ARRAY[:lan]),
    ('nguyen thi', ARRAY[:lan]), ('thi lan', ARRAY[:lan]),
    ('ngu', ARRAY[:lan]), ('Đức', ARRAY[:duc]), ('duc', ARRAY[:duc]),
    ('zzz', '{}'), ('%', '{}'), ('''); --', '{}'), ('\', '{}'),
    ('_an', ARRAY[:anh]), ('!&|:*', '{}')) q (words, ids);
SELECT is(pg_temp.found('{"query":"0901234567","contacts":[
    {"kind":"phone","address":"+84901234567"}]}'), jsonb_build_array(:lan),
    'find: by what the daemon makes of it');
SELECT is(pg_temp.found('{"query":"lan","limit":1}'),
    jsonb_build_array(:anh), 'find: no more than asked for');
SELECT is(pg_temp.found('{"query":"lan@example.com","folded":"lan"}')->0,
    to_jsonb(:lan), 'find: the address before the name');

-- Timeline
SELECT is(jsonb_path_query_array(pg_temp.ask('an', 'customer_timeline',
	jsonb_build_object('customer', :lan)), '$.events[*].ticket'),
    jsonb_build_array(:done, :done, :t), 'timeline: the newest first, what he may see');
SELECT is(r->>'preview', 'Áo còn không?', 'timeline: a preview')
FROM (SELECT pg_temp.ask('an', 'customer_timeline', jsonb_build_object(
    'customer', :lan))->'events'->2) x (r);
SELECT pg_temp.ask('chi', 'customer_timeline', jsonb_build_object('customer',
    :lan, 'limit', 3)) AS page \gset
SELECT is(jsonb_path_query_array(:'page', '$.events[*].ticket'),
    jsonb_build_array(:done, :done, :hidden), 'timeline: a page');
SELECT is(p - 'events', '{}', 'timeline: the last page says so')
FROM pg_temp.ask('chi', 'customer_timeline', jsonb_build_object('customer',
    :lan, 'limit', 3, 'before', :'page'::jsonb->'before')) p;
SELECT pg_temp.refused('an', 'customer_timeline', '{"customer":999999999}',
    'NOTFOUND customer', 'timeline: nobody');

-- Set
SELECT pg_temp.told();
SELECT is(pg_temp.ask('an', 'customer_set', jsonb_build_object('customer',
	:duc, 'name', 'Trần Minh Đức', 'segment', 'vip')) - 'created_at',
    jsonb_build_object('customer', :duc, 'name', 'Trần Minh Đức',
	'segment', 'vip', 'contacts', jsonb_build_array(jsonb_build_object(
	'kind', 'email', 'address', 'duc@example.com', 'flags',
	'[]'::jsonb))), 'set: name and segment');
SELECT is(pg_temp.found('{"query":"minh"}'), jsonb_build_array(:duc),
    'set: found by the new name');
SELECT is(pg_temp.told(), 'customer', 'set: one notice');
SELECT pg_temp.ask('an', 'customer_set', jsonb_build_object('customer', :duc,
    'segment', 'vip'));
SELECT is(pg_temp.told(), '', 'set: the same again tells nobody');
SELECT is(pg_temp.ask('an', 'customer_set', jsonb_build_object('customer',
	:duc, 'segment', 'none'))->'segment', NULL, 'set: no segment');
SELECT pg_temp.refused('an', 'customer_set', '{"customer":999999999}',
    'NOTFOUND customer', 'set: nobody');

SELECT * FROM finish();
ROLLBACK;
