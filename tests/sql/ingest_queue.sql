-- The queue: of the candidates that the rules found, the first that fits.
BEGIN;
\ir intake.psql
SELECT plan(16);

SELECT pg_temp.take(pg_temp.mail_from('vip@example.com')) AS v \gset
UPDATE desk.customer SET segment = 'vip'
WHERE id = (:'v'::jsonb->>'customer')::bigint;
SELECT '{"candidates":[
    {"segment":"vip","queue":"technical","priority":90,"skills":["en","b2b"],
	"why":"rule vip"},
    {"queue":"shipping","priority":40,"why":"rule all"}]}' AS rules \gset

SELECT pg_temp.take(pg_temp.mail_from('vip@example.com', :'rules')) AS a \gset
SELECT is(:'a'::jsonb->>'queue', 'technical', 'segment: hers');
SELECT is(:'a'::jsonb#>>'{why,classified}', 'rule vip', 'segment: and why');
SELECT is(ROW(t.priority, t.skills)::text, '(90,"{en,b2b}")',
    'segment: priority and skills')
FROM pg_temp.row_of((:'a'::jsonb->>'ticket')::bigint) t;
SELECT is((g.apply->>'score')::bigint, floor(extract(epoch FROM now()
    + interval '20 minutes' - interval '40 minutes') * 1000)::bigint,
    'segment: a minute earlier for each point') FROM got g;
SELECT is(g.apply->'skills', '["en","b2b"]', 'segment: Redis is told')
FROM got g;

SELECT pg_temp.take(pg_temp.mail_from('new@example.com', :'rules')) AS a \gset
SELECT is(:'a'::jsonb->>'queue', 'shipping', 'others: the next that fits');
SELECT is((pg_temp.row_of((:'a'::jsonb->>'ticket')::bigint)).priority,
    40::smallint, 'others: with its priority');
SELECT pg_temp.take(pg_temp.mail_from('vip2@example.com', '{"candidates":[
    {"segment":"vip","queue":"technical","why":"a"},
    {"segment":"b2b","queue":"sales","why":"b"},
    {"queue":"shipping","why":"c"}]}')) AS a \gset
SELECT is(:'a'::jsonb#>>'{why,classified}', 'c', 'others: past several');

-- A chat whose visitor typed her address is not hers by that.
INSERT INTO desk.contact (customer, kind, address, flags)
SELECT (:'v'::jsonb->>'customer')::bigint, 'chat', w.address, w.flags
FROM (VALUES ('c1', '{claimed}'::text[]), ('c2', '{}')) w (address, flags);
SELECT is(pg_temp.take(pg_temp.mail(jsonb_build_object('channel', 'chat',
	'contacts', jsonb_build_array(pg_temp.of('chat', w.address)))
	|| :'rules'::jsonb))#>>'{why,classified}', w.rule,
    'segment: a chat that is ' || w.what)
FROM (VALUES ('c1', 'rule all', 'claimed'), ('c2', 'rule vip', 'hers'))
    w (address, rule, what);
SELECT is(pg_temp.take(pg_temp.mail_from('vip@example.com',
    :'rules'))#>>'{why,classified}', 'rule vip', 'segment: her mail all the same');

-- A queue that vanished since
SELECT pg_temp.take(pg_temp.mail('{"candidates":
    [{"queue":"nowhere","why":"old rule"}]}')) AS a \gset
SELECT is(:'a'::jsonb->>'queue', 'technical',
    'vanished: the default of the newest configuration');
SELECT is(:'a'::jsonb#>>'{why,classified}', 'default queue',
    'vanished: and says so');
UPDATE desk.queue SET active = false WHERE name = 'sales';
SELECT is(pg_temp.take(pg_temp.mail())->>'queue', 'technical',
    'closed: nothing goes to a queue that is not served');
SELECT is(pg_temp.take(pg_temp.mail('{"candidates":[]}'))->>'queue',
    'technical', 'no candidate at all');
DELETE FROM desk.config;
SELECT is(pg_temp.take(pg_temp.mail())->>'queue', 'shipping',
    'no configuration: the oldest queue that is served');

SELECT * FROM finish();
ROLLBACK;
