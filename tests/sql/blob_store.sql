-- Bytes: kept by their digest, named by events, read back, swept when unused.
BEGIN;
\ir intake.psql
SELECT plan(39);

CREATE FUNCTION pg_temp.hex(b bytea) RETURNS text
LANGUAGE sql AS $$SELECT encode(sha256(b), 'hex')$$;
-- A mail whose source are these bytes; they come along when `at` says where.
CREATE FUNCTION pg_temp.with_raw(b bytea, at int DEFAULT NULL,
    more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.mail(jsonb_build_object('raw', pg_temp.hex(b)) || more
	    || CASE WHEN at IS NULL THEN '{}' ELSE jsonb_build_object('blobs',
		jsonb_build_array(jsonb_build_object('sha256', pg_temp.hex(b),
		    'at', at))) END)
$$;
CREATE FUNCTION pg_temp.take_with(e jsonb, blobs bytea[]) RETURNS jsonb
LANGUAGE sql AS $$SELECT answer::jsonb FROM desk.ingest(jsonb_build_array(e),
    blobs, '{}')$$;
CREATE FUNCTION pg_temp.bytes_of(b bytea) RETURNS bytea
LANGUAGE sql AS $$SELECT string_agg(c.bytes, '' ORDER BY c.seq)
    FROM desk.blob_chunk c WHERE c.sha256 = sha256(b)$$;

-- Small ones come along
SELECT pg_temp.take_with(pg_temp.with_raw('\x00ff0a', NULL, jsonb_build_object(
    'attachments', jsonb_build_array(
	jsonb_build_object('name', 'a.png', 'type', 'image/png', 'size', 2,
	    'cid', 'x', 'sha256', pg_temp.hex('\xaabb')),
	jsonb_build_object('name', 'b', 'size', 0, 'sha256',
	    pg_temp.hex(''))),
    'blobs', jsonb_build_array(
	jsonb_build_object('sha256', pg_temp.hex('\xaabb'), 'at', 0),
	jsonb_build_object('sha256', pg_temp.hex('\x00ff0a'), 'at', 1),
	jsonb_build_object('sha256', pg_temp.hex(''), 'at', 2)))),
    ARRAY['\xaabb', '\x00ff0a', '']::bytea[]) AS a \gset
SELECT (:'a'::jsonb->>'event')::bigint AS e \gset
SELECT is(pg_temp.bytes_of('\x00ff0a'), '\x00ff0a', 'small: the source');
SELECT is(e.raw, sha256('\x00ff0a'), 'small: named by the event')
FROM desk.event e WHERE e.id = :e;
SELECT is(array_agg(ROW(x.place, x.name, x.media_type, x.size, x.cid)::text
    ORDER BY x.place), '{"(0,a.png,image/png,2,x)",
    "(1,b,application/octet-stream,0,)"}', 'small: attachments')
FROM desk.attachment x WHERE x.event = :e;
SELECT is(array_agg(ROW(b.size, b.used)::text ORDER BY b.size),
    '{"(0,t)","(2,t)","(3,t)"}', 'small: whole and used') FROM desk.blob b;
SELECT lives_ok($$SELECT pg_temp.take_with(pg_temp.with_raw('\x00ff0a', 0),
    ARRAY['\x00ff0a']::bytea[])$$, 'small: the same again');
SELECT is((SELECT count(*) FROM desk.blob_chunk), 3::bigint,
    'small: kept once');
SELECT lives_ok($$SELECT pg_temp.take_with(pg_temp.with_raw('\x00ff0a'), '{}')
    $$, 'small: known ones need not come along');
SELECT lives_ok($$SELECT desk.ingest(jsonb_build_array(
    pg_temp.with_raw('\xc1', 0), pg_temp.with_raw('\xc1', 1)),
    ARRAY['\xc1', '\xc1']::bytea[], '{}')$$, 'small: twice in one batch');
SELECT lives_ok($$SELECT pg_temp.take_with(pg_temp.mail(
    '{"blobs":[{"sha256":"00","at":0}]}'), ARRAY['\x01']::bytea[])$$,
    'small: that no event names');
SELECT is((SELECT count(*) FROM desk.blob WHERE sha256 = '\x00'), 0::bigint,
    'small: … are not kept');

-- Large ones come before
SELECT set_config('test.big', (SELECT string_agg(n::text, '')
    FROM generate_series(1, 100000) n), true) \g /dev/null
CREATE FUNCTION pg_temp.big() RETURNS bytea LANGUAGE sql AS $$
	SELECT convert_to(current_setting('test.big'), 'UTF8')$$;
CREATE FUNCTION pg_temp.put(n int) RETURNS void LANGUAGE sql AS $$
	SELECT desk.blob_put(sha256(pg_temp.big()), n,
	    substr(pg_temp.big(), n * 262144 + 1, 262144))$$;
SELECT pg_temp.put(0);
SELECT throws_ok($$SELECT desk.blob_seal(sha256(pg_temp.big()),
    length(pg_temp.big()))$$, 'DK002', NULL, 'large: a chunk is missing');
SELECT pg_temp.put(1);
SELECT throws_ok($$SELECT pg_temp.take_with(pg_temp.with_raw(pg_temp.big()),
    '{}')$$, 'DK002', NULL, 'large: no event names it before it is sealed');
SELECT throws_ok($$SELECT desk.blob_seal(sha256(pg_temp.big()), 7)$$,
    'DK002', NULL, 'large: the size is wrong');
SELECT pg_temp.put(1);
SELECT lives_ok($$SELECT desk.blob_seal(sha256(pg_temp.big()),
    length(pg_temp.big()))$$, 'large: sealed');
SELECT lives_ok($$SELECT desk.blob_seal(sha256(pg_temp.big()),
    length(pg_temp.big()))$$, 'large: sealed twice is no matter');
SELECT is(pg_temp.bytes_of(pg_temp.big()), pg_temp.big(), 'large: as it came');
SELECT is((SELECT b.used FROM desk.blob b WHERE b.sha256
    = sha256(pg_temp.big())), false, 'large: nobody named it yet');
SELECT pg_temp.take_with(pg_temp.with_raw(pg_temp.big()), '{}') AS b \gset
SELECT is((SELECT b.used FROM desk.blob b WHERE b.sha256
    = sha256(pg_temp.big())), true, 'large: named');
SELECT throws_ok($$SELECT desk.blob_seal('\x01', 1)$$, 'DK002', NULL,
    'large: nothing of it is there');
SELECT throws_ok($$SELECT pg_temp.take_with(pg_temp.mail(
    '{"attachments":[{"name":"a","size":1,"sha256":"ab"}]}'), '{}')$$,
    'DK002', NULL, 'an attachment that is not there');
SELECT throws_ok($$SELECT desk.ingest(jsonb_build_array(pg_temp.mail(
    '{"id":"neighbour"}'), pg_temp.with_raw('\x77')), '{}', '{}')$$,
    'DK002', NULL, 'a batch with such an event is refused whole');
SELECT is((SELECT count(*) FROM desk.event_key WHERE external_id
    = 'neighbour'), 0::bigint, '… and nothing of it is half there');

-- What a daemon left half written is finished by another way
SELECT desk.blob_put(sha256('\xdead'), 0, '\xdead');
SELECT lives_ok($$SELECT pg_temp.take_with(pg_temp.with_raw('\xdead', 0),
    ARRAY['\xdead']::bytea[])$$, 'half there: the small bytes come again');
SELECT is((SELECT ROW(b.size, b.used)::text FROM desk.blob b
    WHERE b.sha256 = sha256('\xdead')), '(2,t)', 'half there: whole');

-- The sweep
SELECT desk.blob_put(sha256('\x01'), 0, '\x01');
SELECT desk.blob_put(sha256('\x02'), 0, '\x02');
SELECT desk.blob_seal(sha256('\x02'), 1);
SELECT is(desk.blob_sweep(), 0, 'sweep: not the young');
UPDATE desk.blob SET written_at = written_at - interval '2 days';
SELECT desk.blob_put(sha256('\x02'), 0, '\x02');
SELECT is(desk.blob_sweep(), 1, 'sweep: the old that nobody names');
SELECT is((SELECT count(*) FROM desk.blob_chunk WHERE sha256
    = sha256('\x01')), 0::bigint, 'sweep: with its chunks');
SELECT is((SELECT count(*) FROM desk.blob_chunk WHERE sha256
    = sha256('\x02')), 1::bigint, 'sweep: not one that is just written again');
SELECT is(desk.blob_sweep('0 seconds', 1), 1, 'sweep: as old as one says');
SELECT is((SELECT count(*) FROM desk.blob b WHERE NOT b.used), 0::bigint,
    'sweep: the named ones stay');

-- Reading
SELECT is(desk.event_raw('{"role":"supervisor"}', jsonb_build_object('event',
    :e)), jsonb_build_object('event', :e::bigint, 'sha256',
    pg_temp.hex('\x00ff0a'), 'size', 3, 'chunk', 0, 'chunks', 1, 'data',
    'AP8K'), 'read: a source');
SELECT is(string_agg(decode(r->>'data', 'base64'), '' ORDER BY n),
    pg_temp.big(), 'read: chunk by chunk') FROM (SELECT n, desk.event_raw(
    '{"role":"supervisor"}', jsonb_build_object('event',
    :'b'::jsonb->'event', 'chunk', n)) AS r FROM generate_series(0, 1) n) x;
SELECT throws_ok(format($$SELECT desk.event_raw('{"role":"supervisor"}',
    '{"event":%s,"chunk":2}')$$, :'b'::jsonb->>'event'), 'DK001', NULL,
    'read: past the end');
SELECT is(desk.attachment_get('{"role":"supervisor"}', jsonb_build_object(
    'event', :e, 'place', 0)) - 'sha256', jsonb_build_object('event',
    :e::bigint, 'place', 0, 'name', 'a.png', 'type', 'image/png', 'cid', 'x',
    'size', 2, 'chunk', 0, 'chunks', 1, 'data', 'qrs='),
    'read: an attachment');
SELECT is(desk.attachment_get('{"role":"supervisor"}', jsonb_build_object(
    'event', :e, 'place', 1))->>'data', '', 'read: an empty one');
SELECT throws_ok(format($$SELECT desk.attachment_get('{"role":"supervisor"}',
    '{"event":%s,"place":2}')$$, :e), 'DK001',
    'The event has no such attachment.', 'read: there is no such');
SELECT throws_ok($$SELECT desk.event_raw('{"role":"supervisor"}',
    '{"event":987654}')$$, 'DK001', 'There is no such event.',
    'read: no such event');
UPDATE desk.queue SET members_only = true;
SELECT throws_ok(format($$SELECT desk.event_raw('{"role":"agent","agent":%s}',
    '{"event":%s}')$$, (SELECT id FROM desk.agent WHERE name = 'an'), :e),
    'DK001', 'There is no such event.', 'read: who may not see it');
SELECT throws_ok(format($$SELECT desk.attachment_get(
    '{"role":"agent","agent":%s}', '{"event":%s,"place":0}')$$,
    (SELECT id FROM desk.agent WHERE name = 'an'), :e), 'DK001',
    'There is no such event.', 'read: … nor its attachments');

SELECT * FROM finish();
ROLLBACK;
