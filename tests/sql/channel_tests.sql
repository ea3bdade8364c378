-- CHANNEL.TEST: who may, how often, what is noted of what comes back.
BEGIN;
\ir fixture.psql
SELECT plan(25);

INSERT INTO desk.config (who, body) VALUES ('x', '{"default_queue":"sales",
    "company":{"name":"Shop"},"sources":[{"name":"pbx","form":"generic"}]}');
SELECT pg_temp.refused('sup', 'channel_test',
    '{"channel":"mail","address":"a@example.com"}', 'CONFLICT channel',
    'no address to write from');
INSERT INTO desk.served (kind, address, queue)
SELECT 'email', 'sales@shop.example', q.id FROM desk.queue q
WHERE q.name = 'sales';

SELECT pg_temp.refused('an', 'channel_test', '{"channel":"widget"}', 'DENIED',
    'not for agents');
SELECT pg_temp.refused('sup', 'channel_test', '{"channel":"mail"}',
    'INVALID address', 'to nobody');
SELECT pg_temp.refused('sup', 'channel_test',
    '{"channel":"hook","address":"none"}', 'NOTFOUND hook', 'no such hook');
SELECT pg_temp.refused('sup', 'channel_test',
    '{"channel":"source","address":"none"}', 'NOTFOUND address',
    'no such source');
SELECT is(pg_temp.ask('sup', 'channel_test',
    '{"channel":"source","address":"pbx"}') - 'test',
    '{"form":"generic","last":null}', 'a source that told nothing');
SELECT is(pg_temp.ask('sup', 'channel_test', '{"channel":"widget"}') - 'test',
    '{}', 'the widget');
SELECT is((SELECT count(*) FROM desk.audit a WHERE a.action = 'channel.test'),
    2::bigint, 'what was tried is audited');

SELECT pg_temp.ask('sup', 'channel_test',
    '{"channel":"mail","address":"Sales+x@Shop.example"}') AS own \gset
SELECT is(:'own'::jsonb - 'test', '{"own":true,"company":"Shop",
    "from":"sales@shop.example"}', 'an address of ours, with a tag');
SELECT pg_temp.ask('sup', 'channel_test',
    '{"channel":"mail","address":"lan@example.com"}') AS far \gset
SELECT is(:'far'::jsonb->'own', 'false', 'another''s');
SELECT :'own'::jsonb->>'test' AS one, :'far'::jsonb->>'test' AS two \gset

SELECT ok(NOT desk.channel_test_mail(:one, 'came', 'lan@example.com', ''),
    'came from another: a mail as any other');
SELECT is(desk.channel_test_seen(:one), '{"came":false,"bounced":false}',
    'it has not come');
SELECT ok(desk.channel_test_mail(:one, 'came', 'Sales@shop.example', ''),
    'it came');
SELECT came_at AS at FROM desk.channel_test WHERE id = :one \gset
SELECT ok(desk.channel_test_mail(:one, 'came', 'sales@shop.example', ''),
    'and again, by a sender who was not told');
SELECT is((SELECT came_at FROM desk.channel_test WHERE id = :one),
    :'at'::timestamptz, 'the first time counts');
SELECT ok(NOT desk.channel_test_mail(:two, 'answered', 'x@example.com', 'Hi'),
    'an answer by somebody else');
SELECT ok(desk.channel_test_mail(:two, 'answered', 'lan@example.com', 'Dạ'),
    'by whom it went to');
SELECT ok(desk.channel_test_mail(:two, 'bounced', 'mailer@example.com',
    '550 no'), 'a bounce');
SELECT is((SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(
    pg_temp.ask('sup', 'channel_list', '{}')->'tests'->0) k),
    '{address,answered_at,at,bounced_at,said,test,who}', 'all of it is shown');
SELECT ok(NOT desk.channel_test_mail(9223372036854775807, 'bounced', 'x', ''),
    'no such test');
UPDATE desk.channel_test SET at = now() - interval '8 days' WHERE id = :two;
SELECT ok(NOT desk.channel_test_mail(:two, 'bounced', 'x@example.com', ''),
    'of last week: a mail as any other');

UPDATE desk.channel_test SET at = now() - interval '31 days' WHERE id = :two;
SELECT pg_temp.ask('sup', 'channel_test',
    '{"channel":"mail","address":"lan@example.com"}')
FROM generate_series(1, 6);
SELECT is((SELECT count(*) FROM desk.channel_test t WHERE t.id = :two),
    0::bigint, 'what is old goes');
SELECT pg_temp.refused('sup', 'channel_test',
    '{"channel":"mail","address":"LAN@example.com"}', 'TOOMANY address',
    'one address gets six an hour');
SELECT pg_temp.ask('sup', 'channel_test', '{"channel":"widget"}')
FROM generate_series(1, 51);
SELECT pg_temp.refused('admin', 'channel_test', '{"channel":"widget"}',
    'TOOMANY channel', 'sixty an hour in all');
UPDATE desk.channel_test SET at = now() - interval '61 minutes';
SELECT lives_ok($$ SELECT pg_temp.ask('admin', 'channel_test',
    '{"channel":"widget"}') $$, 'an hour later it goes on');
SELECT finish();
ROLLBACK;
