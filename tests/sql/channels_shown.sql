-- The ways in and out, and the audit as it is searched.
BEGIN;
\ir fixture.psql
SELECT plan(15);

INSERT INTO desk.config (who, body) VALUES ('x', '{"sources":[{"name":"zalo",
    "form":"data","provider":{"sends":[{"name":"message"}]}},
    {"name":"pbx","form":"generic"}],"widget":{"secret_file":"w"}}');
INSERT INTO desk.served (kind, address, queue)
SELECT 'email', 'sales@shop.example', q.id FROM desk.queue q
WHERE q.name = 'sales';
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Một') AS one \gset
SELECT pg_temp.ask('sup', 'channel_list', '{}') AS shown \gset
SELECT is(:'shown'::jsonb->'served', '[{"kind":"email",
    "address":"sales@shop.example","queue":"sales"}]', 'addresses');
SELECT ok(:'shown'::jsonb->'mail' ? 'last_in', 'mail: when one last came');
SELECT is(:'shown'::jsonb->'mail'->'waiting', '0', 'mail: none waits');
SELECT pg_temp.act('an', 'reply', :one, '{"text":"Dạ"}');
UPDATE desk.outbound SET state = 'deferred', said = 'no route';
SELECT is((pg_temp.ask('sup', 'channel_list', '{}')->'mail')
    - 'last_in', '{"waiting":1,"said":"no route"}',
    'mail: what waits, and why; what lies here never went out');
UPDATE desk.outbound SET state = 'sent', settled_at = '2026-03-04 05:06Z';
SELECT is(pg_temp.ask('sup', 'channel_list', '{}')->'mail'->>'last_out',
    '2026-03-04T05:06:00.000Z', 'mail: when the relay took the last one');
UPDATE desk.outbound SET state = 'bounced';
SELECT ok(pg_temp.ask('sup', 'channel_list', '{}')->'mail' ? 'last_out',
    'mail: what came back had gone out');
UPDATE desk.outbound SET state = 'failed';
SELECT ok(NOT pg_temp.ask('sup', 'channel_list', '{}')->'mail' ? 'last_out',
    'mail: what was refused never did');
SELECT is(:'shown'::jsonb->'sources', '[{"name":"pbx","form":"generic",
    "answers":false},{"name":"zalo","form":"data","answers":true}]',
    'sources');
SELECT is(:'shown'::jsonb->'widget', '{"signed":true}', 'the widget');
SELECT pg_temp.refused('an', 'channel_list', '{}', 'DENIED',
    'not for agents');

INSERT INTO desk.audit (at, who, role, from_addr, action, outcome)
SELECT '2026-01-01 00:00Z'::timestamptz + n * interval '1 hour',
    'w' || n % 2, 'agent', '', CASE WHEN n % 3 = 0 THEN 'key.add'
	ELSE 'login.end' END, 'done'
FROM generate_series(1, 12) n;
CREATE FUNCTION pg_temp.found(args jsonb) RETURNS int LANGUAGE sql AS $$
	SELECT jsonb_array_length(pg_temp.ask('sup', 'audit_list',
	    args || '{"until":"2026-01-02T00:00:00Z"}')->'audit')
$$;
SELECT is(pg_temp.found('{"who":"w1"}'), 6, 'audit: by who');
SELECT is(pg_temp.found('{"what":"key.add","who":"w1"}'), 2,
    'audit: by who and what');
SELECT is(pg_temp.found('{"what":"login."}'), 8, 'audit: all of a kind');
SELECT is(pg_temp.found('{"since":"2026-01-01T11:00:00Z"}'), 2,
    'audit: since');
SELECT pg_temp.refused('sup', 'audit_list', '{"since":"gestern"}',
    'INVALID since', 'audit: no time');
SELECT finish();
ROLLBACK;
