-- Files that are uploaded before a message names them: whose they are, what a
-- stranger may not name or read, and how much he may bring.
BEGIN;
\ir chat.psql
SELECT plan(35);

CREATE FUNCTION pg_temp.hex(b bytea) RETURNS text
LANGUAGE sql AS $$SELECT encode(sha256(b), 'hex')$$;
CREATE FUNCTION pg_temp.bytes(b bytea) RETURNS void
LANGUAGE sql AS $$
	SELECT desk.blob_put(sha256(b), 0, b);
	SELECT desk.blob_seal(sha256(b), length(b))
$$;
CREATE FUNCTION pg_temp.up(b bytea, name text DEFAULT 'a.png') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_build_object('sha256', pg_temp.hex(b), 'size', length(b),
	    'name', name, 'type', 'image/png', 'most', 10485760)
$$;
CREATE FUNCTION pg_temp.names(VARIADIC files jsonb[]) RETURNS jsonb
LANGUAGE sql AS $$SELECT jsonb_build_object('attachments', to_jsonb(files))$$;
CREATE FUNCTION pg_temp.file(b bytea, more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$SELECT jsonb_build_object('sha256', pg_temp.hex(b)) || more$$;
SELECT pg_temp.open(:'v'), pg_temp.open(:'w'), pg_temp.open(:'x');

-- Brought
SELECT is(pg_temp.visitor(:'v', 'chat_upload', '{"size":0,"most":10485760}'),
    '{}', 'before: he may');
SELECT throws_ok(format('SELECT pg_temp.visitor(%L, %L, pg_temp.up(%L))', :'v',
    'chat_upload', '\x01'), 'DK002', NULL, 'bytes that are not there');
SELECT desk.blob_put(sha256('\x01'), 0, '\x01');
SELECT throws_ok(format('SELECT pg_temp.visitor(%L, %L, pg_temp.up(%L))', :'v',
    'chat_upload', '\x01'), 'DK002', NULL, '… or not whole');
SELECT pg_temp.bytes('\x01');
SELECT is(pg_temp.visitor(:'v', 'chat_upload', pg_temp.up('\x01')),
    pg_temp.up('\x01') - 'most', 'brought');
SELECT pg_temp.visitor(:'v', 'chat_upload', pg_temp.up('\x01', 'b.png'));
SELECT is((SELECT array_agg(u.name) FROM desk.upload u), '{b.png}',
    'brought again: one, by its newer name');

-- Named
SELECT is(pg_temp.visitor(:'v', 'chat_attach', pg_temp.names(
    pg_temp.file('\x01'))), jsonb_build_object('attachments',
    jsonb_build_array(pg_temp.up('\x01', 'b.png') - 'most')),
    'named: what it is');
SELECT is(pg_temp.visitor(:'v', 'chat_attach', pg_temp.names(pg_temp.file(
    '\x01', '{"name":"c","type":"x/y"}')))#>>'{attachments,0,name}', 'c',
    'named: otherwise');
SELECT is(pg_temp.no(:'w', 'chat_attach', pg_temp.names(pg_temp.file('\x01'))),
    'NOTFOUND attachments', 'named: not another''s');
SELECT is(pg_temp.no(:'w', 'chat_leave', '{"contacts":[{"kind":"email",
    "address":"w@example.com"}]}' || pg_temp.names(pg_temp.file('\x01'))),
    'NOTFOUND attachments', 'named: nor in a message left');
SELECT is(pg_temp.no(:'w', 'chat_attach', pg_temp.names(pg_temp.file('\x99'))),
    'NOTFOUND attachments', 'named: whether it is there is not told');
SELECT pg_temp.visitor(:'w', 'chat_upload', pg_temp.up('\x01'));
SELECT is(pg_temp.no(:'w', 'chat_attach', pg_temp.names(pg_temp.file('\x01'),
    pg_temp.file('\x99'))), 'NOTFOUND attachments', 'named: all or none');
SELECT is(pg_temp.no(:'v', 'chat_attach', jsonb_build_object('attachments',
    wrong)), 'INVALID attachments', 'named: not so: ' || left(wrong::text, 30))
FROM (VALUES ('{"sha256":"x"}'::jsonb), ('"x"'), ('7'), ('["x"]'), ('[[]]'),
    ('[{}]'), ('[null]'), ('[{"sha256":"'';--"}]'),
    (jsonb_build_array(pg_temp.file('\x01', '{"type":"text/html\r\nX: y"}'))),
    (jsonb_build_array(pg_temp.file('\x01', '{"type":"text"}'))),
    (jsonb_build_array(pg_temp.file('\x01', jsonb_build_object('name',
	repeat('x', 256))))),
    ((SELECT jsonb_agg(pg_temp.file('\x01')) FROM generate_series(1, 21)))
    ) x(wrong);
SELECT is(desk.upload_named('{"role":"service","who":"key:shop"}', '[]'), NULL,
    'named: none');

-- What an agent brought is his own, too
SELECT desk.upload_add('{"role":"agent","who":"an","agent":1}',
    pg_temp.up('\x01'));
SELECT throws_ok(format($$SELECT desk.event_attach('{"role":"service",
    "who":"key:shop"}', pg_temp.names(pg_temp.file(%L)))$$, '\x01'), 'DK001',
    NULL, 'named: nor one of us another''s');

-- Read
SELECT pg_temp.speak(:'v', 'ảnh', jsonb_build_object('attachments',
    jsonb_build_array(pg_temp.up('\x01') - 'most'))) AS t \gset
SELECT (pg_temp.read(:'v')#>>'{messages,0,event}')::bigint AS e \gset
SELECT is(pg_temp.visitor(:'v', 'chat_file', jsonb_build_object('event', :e,
    'place', 0)), pg_temp.up('\x01') - 'most', 'read: his own');
SELECT is(pg_temp.no(:'v', 'chat_file', jsonb_build_object('event', :e,
    'place', 1)), 'NOTFOUND place', 'read: there is no such');
SELECT is(pg_temp.no(:'w', 'chat_file', jsonb_build_object('event', :e,
    'place', 0)), 'NOTFOUND event',
    'read: not another''s, by his own conversation');
INSERT INTO desk.event (id, at, ticket, customer, kind, channel, direction)
SELECT :e + n, now(), t.id, t.customer, k, c, 'own'
FROM desk.ticket t, (VALUES (1000001, 'note', 'desk'),
    (1000002, 'transcript', 'mail')) x(n, k, c) WHERE t.id = :t;
INSERT INTO desk.attachment (event, place, name, media_type, size, sha256)
SELECT :e + n, 0, 'secret', 'x/y', 1, sha256('\x01')
FROM unnest('{1000001,1000002}'::int[]) n;
SELECT is(pg_temp.no(:'v', 'chat_file', jsonb_build_object('event', :e + n,
    'place', 0)), 'NOTFOUND event', 'read: no file of what he may not see')
FROM unnest('{1000001,1000002}'::int[]) n;

-- So much within an hour
INSERT INTO desk.upload (owner, sha256, name, media_type, size)
SELECT 'conversation/' || :'x', b.sha256, 'x', 'x/y', 62914560
FROM desk.blob b LIMIT 1;
SELECT is(pg_temp.no(:'x', 'chat_upload', '{"size":1,"most":10485760}'),
    'TOOMANY', 'flood: bytes');
UPDATE desk.upload SET at = now() - interval '61 minutes'
WHERE owner = 'conversation/' || :'x';
SELECT is(pg_temp.no(:'x', 'chat_upload', '{"size":1,"most":10485760}'), '{}',
    'flood: an hour later');
SELECT pg_temp.bytes(decode(lpad(to_hex(n), 8, '0'), 'hex')),
    pg_temp.visitor(:'x', 'chat_upload', pg_temp.up(decode(lpad(to_hex(n), 8,
	'0'), 'hex'))) FROM generate_series(1, 40) n \g /dev/null
SELECT is(pg_temp.no(:'x', 'chat_upload', '{"size":1,"most":10485760}'),
    'TOOMANY', 'flood: files');
SELECT is(pg_temp.no(:'v', 'chat_upload', '{"size":1,"most":10485760}'), '{}',
    'flood: others go on');

-- Swept with what nobody named
UPDATE desk.blob SET written_at = written_at - interval '2 days';
SELECT desk.blob_sweep();
SELECT is((SELECT count(*) FROM desk.upload u
    WHERE u.owner = 'conversation/' || :'x' AND u.sha256 <> sha256('\x01')),
    0::bigint, 'swept: what no message named');

SELECT * FROM finish();
ROLLBACK;
