-- Web hooks: written with the fact for those who want it, sent in order and at
-- least once, put off when they fail, and sent again from an offset.
BEGIN;
\ir fixture.psql
SELECT plan(79);

CREATE FUNCTION pg_temp.hook(called text, more jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_build_object('name', called, 'url',
	    'https://crm.example/desk', 'secret_file', called || '.key') || more
$$;
-- Puts these hooks in force and nothing else.
CREATE FUNCTION pg_temp.hooks(VARIADIC list jsonb[]) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.config_apply(pg_temp.who('admin'), jsonb_build_object(
	    'config', jsonb_build_object('company', '{"name":"Shop"}'::jsonb,
		'default_queue', 'sales', 'hooks', to_jsonb(list),
		'queues', (SELECT jsonb_agg(jsonb_build_object('name', name,
		    'title', title, 'first', first_target, 'next', next_target))
		    FROM desk.queue),
		'agents', (SELECT jsonb_agg(jsonb_build_object('name', name,
		    'display', display, 'role', role, 'queues',
		    '["sales","shipping"]'::jsonb))
		    FROM desk.agent WHERE active))))
$$;
CREATE FUNCTION pg_temp.wrong(hook jsonb, expected text, label text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	member	text := 'not refused';
BEGIN
	BEGIN
		PERFORM pg_temp.hooks(hook);
	EXCEPTION WHEN SQLSTATE 'DK001' THEN
		GET STACKED DIAGNOSTICS member = PG_EXCEPTION_HINT;
	END;
	RETURN is(member, expected, label);
END;
$$;
-- "kind kind …" of what a hook still has to be told.
CREATE FUNCTION pg_temp.waits(called text) RETURNS text
LANGUAGE sql AS $$
	SELECT coalesce(string_agg(n.kind, ' ' ORDER BY n.id), '')
	FROM desk.hook_notice n JOIN desk.hook h ON h.id = n.hook
	WHERE h.name = called AND n.state IN ('waiting', 'sending')
$$;
-- As if so much time had passed.
CREATE FUNCTION pg_temp.later(span interval) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.hook_notice SET next_try = next_try - span,
	    give_up = give_up - span, at = at - span;
	UPDATE desk.hook SET paused_until = paused_until - span;
$$;
CREATE TEMP TABLE got (n bigint GENERATED ALWAYS AS IDENTITY, r jsonb);
-- Claims; what was claimed stands in got, "body kinds" are returned.
CREATE FUNCTION pg_temp.claim(daemon text DEFAULT 'a', room int DEFAULT 32,
    results jsonb DEFAULT '[]') RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM got;
	INSERT INTO got (r) SELECT r FROM jsonb_array_elements(
	    desk.hook_work(daemon, results, room)) r;
	RETURN (SELECT coalesce(string_agg((r->>'name') || ':'
	    || ((r->>'body')::jsonb->>'type'), ' ' ORDER BY (r->>'id')::bigint),
	    '') FROM got);
END;
$$;
-- What is said of all that was claimed last.
CREATE FUNCTION pg_temp.said(how text, more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('id', r->'id', 'hook',
	    r->'hook', 'attempt', r->'attempt', 'how', how, 'status', 200,
	    'said', '200 ok', 'retry', 0) || more), '[]') FROM got
$$;
CREATE FUNCTION pg_temp.settle(how text, more jsonb DEFAULT '{}',
    daemon text DEFAULT 'a') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.hook_work(daemon, pg_temp.said(how, more), 0)
$$;
CREATE FUNCTION pg_temp.shown(called text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT e FROM jsonb_array_elements(pg_temp.ask('sup', 'hook_list',
	    '{}')->'hooks') e WHERE e->>'name' = called
$$;

-- desk.conf
SELECT pg_temp.wrong(pg_temp.hook('x', '{"url":"http://crm.example/"}'),
    'hooks[0].url', 'conf: plain http only to hosts of one''s own');
SELECT pg_temp.wrong(pg_temp.hook('x', '{"url":"https://u@crm.example/"}'),
    'hooks[0].url', 'conf: no login in the url');
SELECT pg_temp.wrong(pg_temp.hook('x', '{"url":"file:///etc/passwd",
    "allow":["10.0.0.1"]}'), 'hooks[0].url', 'conf: no other scheme');
SELECT pg_temp.wrong(pg_temp.hook('x', '{"secret_file":"../x"}'),
    'hooks[0].secret_file', 'conf: a secret under state_dir');
SELECT pg_temp.wrong(pg_temp.hook('x', '{"ca":"/etc/ca"}'), 'hooks[0].ca',
    'conf: a certificate under state_dir');
SELECT pg_temp.wrong(pg_temp.hook('x', '{"queues":["none"]}'),
    'hooks[0].queues', 'conf: a queue that is');
SELECT pg_temp.wrong(pg_temp.hook('x', '{"allow":["localhost"]}'),
    'hooks[0].allow', 'conf: an address');
SELECT pg_temp.wrong(pg_temp.hook('x', '{"keep":1}'), 'hooks[0].keep',
    'conf: kept for a while');
SELECT pg_temp.wrong(pg_temp.hook('x') - 'secret_file',
    'hooks[0].secret_file', 'conf: never unsigned');

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Giá áo thun') AS t \gset
SELECT pg_temp.act('an', 'note', :t, '{"text":"một"}');
SELECT is((SELECT count(*) FROM desk.hook_notice), 0::bigint,
    'none: nothing is written');
SELECT is(pg_temp.claim(), '', 'none: nothing to do');

SELECT is(pg_temp.hooks(pg_temp.hook('crm'), pg_temp.hook('few',
    '{"notices":["take","config","resolve"],"queues":["shipping"],
    "allow":["10.0.0.5","10.1.0.0/16"],"url":"http://10.0.0.5:8069/x"}'))
    #>> '{changes,0,what}' IS NOT NULL, true, 'conf: in force');
SELECT is((SELECT array_agg(e->>'what' ORDER BY e->>'what')
    FROM jsonb_array_elements(desk.config_diff('{}', desk.config_present())) e
    WHERE e->>'what' LIKE 'hook %'), '{hook crm,hook few}',
    'conf: shown by name');
SELECT is(pg_temp.waits('few'), '', 'wants: no queue, no notice of a queue');
SELECT pg_temp.act('an', 'note', :t, '{"text":"hai"}');
SELECT pg_temp.act('an', 'take', :t);
SELECT is(pg_temp.waits('crm'), 'event take', 'wants: all about cases');
SELECT is(pg_temp.waits('few'), '', 'wants: only its queues');
SELECT pg_temp.ticket(:lan, 'shipping', 'Giao hàng') AS t2 \gset
SELECT pg_temp.act('binh', 'note', :t2, '{"text":"ba"}');
SELECT pg_temp.act('binh', 'take', :t2);
SELECT is(pg_temp.waits('few'), 'take', 'wants: only its kinds');

-- A batch of events, one notice each
SELECT count(*) FROM desk.ingest(jsonb_build_array(jsonb_build_object(
    'channel', 'mail', 'kind', 'message', 'id', 'x1@test', 'contacts',
    '[{"kind":"email","address":"minh@example.com"}]'::jsonb, 'subject', 'Kho',
    'text', 'Còn hàng?', 'preview', 'Còn hàng?', 'candidates',
    '[{"queue":"sales"}]'::jsonb)), '{}', '{}');
SELECT is(pg_temp.waits('crm'), 'event take event take event',
    'ingest: in the same transaction');
SELECT is(n.data::jsonb->>'subject', 'Kho', 'ingest: as the feed has it')
FROM desk.hook_notice n ORDER BY n.id DESC LIMIT 1;

-- Claimed: one of a case at a time, so many at once
SELECT is(pg_temp.claim(), 'crm:event crm:event few:take crm:event',
    'claim: the first of each case');
SELECT is((SELECT r->>'allow' FROM got WHERE r->>'name' = 'few'),
    '10.0.0.5 10.1.0.0/16', 'claim: where it may go');
SELECT is((SELECT array_agg((r->>'body')::jsonb->>'offset' ORDER BY n)
    FROM got WHERE r->>'name' = 'crm'), '{1,2,3}', 'claim: offsets');
SELECT ok(bool_and(r->>'uid' ~ '^msg_[0-9a-f]{32}$'), 'claim: ids') FROM got;
SELECT is((SELECT (r->>'body')::jsonb #>> '{data,ticket}' FROM got
    WHERE r->>'name' = 'crm' ORDER BY (r->>'id')::bigint LIMIT 1), :'t',
    'claim: the notice');
SELECT is(pg_temp.settle('done'), '[]', 'settle: no room, nothing new');
SELECT is(pg_temp.claim('b'), 'crm:take crm:take', 'claim: then the next ones');
SELECT is(pg_temp.claim('c'), '', 'claim: nobody else has them');
SELECT is(pg_temp.shown('crm') - '{url,last_ok,oldest}'::text[],
    '{"name":"crm","state":"ok","waiting":2,"offset":5,"status":200}',
    'list: how it fares');

-- The daemon dies: somebody else sends the same under the same id
SELECT pg_temp.later('2 minutes');
SELECT pg_temp.claim('c');
SELECT is((SELECT array_agg(r->'attempt') FROM got), '{2,2}', 'died: again');
SELECT is((SELECT count(DISTINCT n.uid) FROM desk.hook_notice n
    JOIN got ON n.id = (r->>'id')::bigint
    WHERE r->>'uid' = 'msg_' || replace(n.uid::text, '-', '')), 2::bigint,
    'died: the same ids');
SELECT is((SELECT array_agg((r->>'body')::jsonb->>'offset' ORDER BY n)
    FROM got), '{4,5}', 'died: the same offsets');
SELECT pg_temp.settle('later', '{"attempt":1}', 'b');
SELECT is((SELECT count(*) FROM desk.hook_notice WHERE state = 'sending'),
    2::bigint, 'died: what it says later of a failure counts for nothing');
SELECT pg_temp.settle('done', '{"attempt":1}', 'b');
SELECT is(pg_temp.waits('crm'), '', 'died: … that it arrived, does');

-- It fails: later and later, and not all at once
SELECT is(array_agg(desk.hook_pause(n) ORDER BY n),
    '{00:00:05,00:00:30,00:02,00:10,01:00,01:00}', 'fails: the pauses')
FROM generate_series(1, 6) n;
SELECT pg_temp.ticket(:lan, 'sales', 'Hỏi ' || n) FROM generate_series(1, 5) n;
SELECT pg_temp.act('an', 'note', t.id, '{"text":"bốn"}') FROM desk.ticket t
WHERE t.subject LIKE 'Hỏi %';
SELECT is(pg_temp.claim(), 'crm:event crm:event crm:event crm:event',
    'cap: four at once');
SELECT pg_temp.settle('later', '{"status":500,"said":"500 no"}');
SELECT is(pg_temp.claim(), '', 'fails: paused as a whole');
SELECT is(pg_temp.shown('crm')->>'state', 'failing', 'list: failing');
SELECT is(pg_temp.shown('crm')->>'said', '500 no', 'list: why');
SELECT pg_temp.later('31 seconds');
SELECT is(pg_temp.claim(), 'crm:event', 'fails: one is tried');
SELECT pg_temp.settle('done');
SELECT is(pg_temp.claim(), 'crm:event crm:event crm:event crm:event',
    'back: all the others');
SELECT is(pg_temp.shown('crm')->>'state', 'ok', 'list: ok');
-- A poisoned one holds up its case and nothing else
SELECT pg_temp.claim('z', 0, (SELECT jsonb_agg(x || jsonb_build_object('how',
    CASE WHEN ord = 1 THEN 'later' ELSE 'done' END))
    FROM jsonb_array_elements(pg_temp.said('done'))
	WITH ORDINALITY e(x, ord)));
SELECT is((SELECT count(*) FROM desk.hook_notice WHERE state <> 'done'),
    1::bigint, 'one of them fails');
SELECT (n.data::jsonb->>'ticket') AS held FROM desk.hook_notice n
WHERE n.state <> 'done' \gset
SELECT pg_temp.act('an', 'note', :held, '{"text":"năm"}');
SELECT pg_temp.act('an', 'note', :t, '{"text":"sáu"}');
SELECT is(pg_temp.claim(), 'crm:event', 'one fails: its case waits');
SELECT isnt((SELECT (r->>'body')::jsonb #>> '{data,ticket}' FROM got), :'held',
    'one fails: … and no other');
SELECT pg_temp.settle('done');
SELECT pg_temp.later('6 seconds');
SELECT pg_temp.later('1 hour');
SELECT is(pg_temp.claim(), 'crm:event', 'one fails: it comes again first');
SELECT is((SELECT (r->>'attempt')::int FROM got) > 1, true,
    'one fails: … the older one');
-- Retry-After
SELECT pg_temp.settle('later', '{"status":429,"retry":7200,"said":"429"}');
SELECT pg_temp.later('1 hour');
SELECT is(pg_temp.claim(), '', 'Retry-After: not before');
SELECT pg_temp.later('61 minutes');
SELECT is(pg_temp.claim(), 'crm:event', 'Retry-After: then');
SELECT pg_temp.settle('done');
SELECT is(pg_temp.claim(), 'crm:event', 'settled: the next of its case at once');

-- Gone
SELECT pg_temp.told();
SELECT pg_temp.settle('gone', '{"status":410,"said":"410 go away"}');
SELECT is(pg_temp.told(), 'hook', 'gone: told');
SELECT is((SELECT a.object FROM desk.audit a WHERE a.action = 'hook.gone'),
    'crm', 'gone: on record');
SELECT pg_temp.later('1 day');
SELECT is(pg_temp.claim(), '', 'gone: nothing is sent');
SELECT is(pg_temp.waits('crm'), 'event', 'gone: nothing is lost');
SELECT pg_temp.refused('an', 'hook_resume', '{"hook":"crm"}', 'DENIED',
    'resume: a supervisor');
SELECT pg_temp.refused('sup', 'hook_resume', '{"hook":"no"}',
    'NOTFOUND hook', 'resume: of a hook');
SELECT is(pg_temp.ask('sup', 'hook_resume', '{"hook":"crm"}')->>'state', 'ok',
    'resume');
SELECT is(pg_temp.claim(), 'crm:event', 'resume: sent');
SELECT pg_temp.settle('done');

-- Sent again
SELECT pg_temp.refused('sup', 'hook_replay', '{"hook":"crm"}',
    'INVALID offset', 'replay: from where?');
SELECT pg_temp.refused('sup', 'hook_replay', '{"hook":"crm",
    "since":"yesteryear"}', 'INVALID since', 'replay: a time');
SELECT pg_temp.refused('sup', 'hook_replay', '{"hook":"crm","offset":999}',
    'NOTFOUND offset', 'replay: nothing there');
SELECT count(*) AS sent FROM desk.hook_notice n JOIN desk.hook h
    ON h.id = n.hook WHERE h.name = 'crm' \gset
SELECT is(pg_temp.ask('sup', 'hook_replay', '{"hook":"crm","offset":3}'),
    jsonb_build_object('hook', 'crm', 'from', 3, 'upto', :sent),
    'replay: asked for');
SELECT pg_temp.claim();
SELECT is((SELECT array_agg(n."offset" ORDER BY n."offset")
    FROM desk.hook_notice n WHERE n.state = 'sending'), '{3,4,5,6}',
    'replay: the first ones, under their old offsets');
SELECT is((SELECT count(*) FROM desk.hook_notice n
    WHERE n.state IN ('waiting', 'sending')), :sent - 2::bigint,
    'replay: from there on');
SELECT is((SELECT h.replay_from FROM desk.hook h WHERE h.name = 'crm'), NULL,
    'replay: once');

-- Swept: given up after three days, away after seven
SELECT pg_temp.later('73 hours');
SELECT cmp_ok(desk.hook_sweep(1), '<=', 4, 'sweep: bounded');
SELECT desk.hook_sweep(1000);
SELECT is(pg_temp.waits('crm'), '', 'sweep: given up');
SELECT is(pg_temp.ask('sup', 'hook_replay', jsonb_build_object('hook', 'crm',
    'since', now() - interval '6 days'))->>'upto', :'sent',
    'sweep: still kept');
UPDATE desk.hook SET replay_from = NULL, replay_upto = NULL;
SELECT pg_temp.later('5 days');
SELECT desk.hook_sweep(1000);
SELECT is((SELECT count(*) FROM desk.hook_notice), 0::bigint,
    'sweep: no longer');

-- Erased
SELECT pg_temp.act('an', 'note', :t, '{"text":"bảy"}');
SELECT ok(n.data LIKE '%Giá áo thun%', 'erase: before') FROM desk.hook_notice n;
SELECT desk.hook_erase(ARRAY[:t]::bigint[]);
SELECT is(n.data::jsonb - '{event,number}'::text[], jsonb_build_object('kind',
    'event', 'ticket', :t, 'queue', 'sales', 'channel', 'desk',
    'direction', 'own', 'assignee', 'an', 'state', 'open'),
    'erase: nobody''s name or words') FROM desk.hook_notice n;

-- Many that wait, of many cases or of one, are not looked at one by one
CREATE FUNCTION pg_temp.rows_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_stat_get_xact_tuples_returned('desk.hook_notice'::regclass)
	    + pg_stat_get_xact_tuples_fetched('desk.hook_notice'::regclass)
$$;
CREATE FUNCTION pg_temp.index_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT sum(pg_stat_get_xact_tuples_returned(i.indexrelid))::bigint
	FROM pg_index i WHERE i.indrelid = 'desk.hook_notice'::regclass
$$;
INSERT INTO desk.hook_notice (hook, ticket, kind, data, next_try)
SELECT h.id, 200000 + n, 'event', '{}', now() + interval '1 hour'
FROM desk.hook h, generate_series(1, 20000) n WHERE h.name = 'few';
DELETE FROM desk.hook_notice n WHERE n.ticket < 200000;
SELECT pg_temp.index_read() AS entries \gset
SELECT is(pg_temp.claim(), '', 'many: none is due');
SELECT cmp_ok(pg_temp.index_read() - :entries, '<', 1000::bigint,
    'many: … and none is read');
INSERT INTO desk.hook_notice (hook, ticket, kind, data)
SELECT h.id, 100000 + n, 'event', '{}' FROM desk.hook h,
    generate_series(1, 20000) n WHERE h.name = 'crm';
SELECT pg_temp.rows_read() AS before, pg_temp.index_read() AS entries \gset
SELECT pg_temp.claim();
SELECT cmp_ok(pg_temp.index_read() - :entries, '<', 1000::bigint,
    'many: nor in an index');
SELECT cmp_ok(pg_temp.rows_read() - :before, '<', 1000::bigint,
    'many: of many cases') FROM (SELECT count(*) FROM got) c
WHERE count = 4;
SELECT pg_temp.settle('done');
UPDATE desk.hook_notice SET ticket = 100000
WHERE ticket BETWEEN 100000 AND 200000;
SELECT pg_temp.rows_read() AS before \gset
SELECT is(pg_temp.claim(), 'crm:event', 'many: one of a case');
SELECT cmp_ok(pg_temp.rows_read() - :before, '<', 1000::bigint,
    'many: of one case');
SELECT pg_temp.settle('done');

-- Out of desk.conf
SELECT pg_temp.hooks(VARIADIC '{}');
SELECT is(pg_temp.claim(), '', 'removed: told nothing more');
SELECT desk.hook_sweep(100000);
SELECT is((SELECT count(*) FROM desk.hook_notice), 0::bigint,
    'removed: its rows go');
SELECT is(pg_temp.shown('crm'), NULL, 'removed: not listed');

SELECT * FROM finish();
ROLLBACK;
