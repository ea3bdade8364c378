-- Who watches a case: what he is told of, and what he is not.
BEGIN;
\ir fixture.psql
SELECT plan(43);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Đổi màu') AS t \gset
SELECT pg_temp.ticket(:lan, 'staff', 'Lương') AS hidden \gset

CREATE FUNCTION pg_temp.watchers(of bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT coalesce(string_agg(a.name, ' ' ORDER BY a.name), '')
	FROM desk.watch w JOIN desk.agent a ON a.id = w.agent
	WHERE w.ticket = of
$$;
-- Who was told of what since: "what agent agent, what …"; a fresh start.
CREATE FUNCTION pg_temp.heard() RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	said	text;
BEGIN
	SELECT string_agg(concat_ws(' ', f->>'what', (SELECT
	    string_agg(x, ' ') FROM jsonb_array_elements_text(f->'agents') x)),
	    ', ') INTO said
	FROM (SELECT o->'apply'->'feed' AS f
	    FROM jsonb_array_elements(desk.outbox_mine()) o) n
	WHERE f->>'kind' = 'watch';
	PERFORM set_config('desk.outbox', '', true);
	RETURN coalesce(said, '');
END;
$$;
-- A mail of Lan's that joins a case; the rows that the daemon is given.
CREATE FUNCTION pg_temp.mail(of bigint, more jsonb DEFAULT '{}')
RETURNS SETOF jsonb LANGUAGE sql AS $$
	SELECT g.apply::jsonb->'feed' FROM desk.ingest(jsonb_build_array(
	    jsonb_build_object('channel', 'mail', 'kind', 'message',
		'id', gen_random_uuid(), 'at', now(), 'contacts', '[{"kind":
		"email","address":"lan@example.com"}]'::jsonb, 'subject', 'Re',
		'text', 'Còn không?', 'preview', 'Còn không?', 'words', 'con',
		'auth', 'pass', 'units', 5, 'token', of, 'candidates',
		'[{"queue":"sales","why":"a"}]'::jsonb) || more), '{}', '{}') g
	WHERE g.apply IS NOT NULL
$$;

-- Who watches
SELECT is(pg_temp.act('chi', 'watch', :t), jsonb_build_object('ticket', :t,
    'agent', 'chi', 'watching', true, 'watchers',
    '[{"agent":"chi","display":"Chi Lê"}]'::jsonb), 'who sees a case watches');
SELECT is(pg_temp.heard(), 'begin', 'pages hear of it');
SELECT is(pg_temp.act('chi', 'watch', :t)->'watching', 'true', 'once more');
SELECT is(pg_temp.heard(), '', '… is nothing new');
SELECT is(pg_temp.act('chi', 'get', :t)->'watchers',
    '[{"agent":"chi","display":"Chi Lê"}]', 'the case shows who does');
SELECT is(pg_temp.act('an', 'get', :hidden - 1)->'watchers'->0->>'agent',
    'chi', '… to everybody who sees it');
SELECT pg_temp.refused('an', 'ticket_watch', jsonb_build_object('ticket',
    :hidden), 'NOTFOUND ticket', 'who does not see a case cannot');
SELECT pg_temp.refused('an', 'ticket_watch', jsonb_build_object('ticket', :t,
    'agent', 'binh'), 'DENIED agent', 'an agent speaks for himself');
SELECT pg_temp.refused('sup', 'ticket_watch', jsonb_build_object('ticket',
    :hidden, 'agent', 'an'), 'CONFLICT agent',
    'a supervisor names nobody who may not see it');
SELECT pg_temp.refused('sup', 'ticket_watch', jsonb_build_object('ticket', :t,
    'agent', 'gone'), 'INVALID agent', '… and nobody who has gone');
SELECT pg_temp.refused('key', 'ticket_watch', jsonb_build_object('ticket',
    :t), 'INVALID agent', 'a key says who');
SELECT is(pg_temp.act('sup', 'watch', :t, '{"agent":"binh"}')->'watching',
    'true', 'a supervisor for others');
SELECT is(pg_temp.heard(), 'begin binh', '… who hear of it');

-- What they are told
SELECT pg_temp.act('binh', 'note', :t, '{"text":"Khách vội, @chi xem"}');
SELECT is(pg_temp.heard(), '', 'nobody of his own note, or twice of one');
SELECT pg_temp.act('an', 'note', :t, '{"text":"Đã gọi"}')->>'event' AS note
\gset
SELECT is(pg_temp.heard(), 'note binh chi', 'of a note');
SELECT is((SELECT array_agg(a.name::text ORDER BY a.name) FROM desk.mention m
    JOIN desk.agent a ON a.id = m.agent
    WHERE m.ticket = :t AND m.event = :note AND m.seen_at IS NULL),
    '{binh,chi}', '… which stands in what names them');
SELECT pg_temp.act('an', 'reply', :t, '{"text":"Dạ"}');
SELECT pg_temp.act('an', 'tag', :t, '{"add":"vip"}');
SELECT is(pg_temp.heard(), '', 'not of our answers, nor of the rest');
SELECT is((SELECT string_agg(concat_ws(' ', f->>'kind', f->>'what',
    f->'agents'), ', ') FROM pg_temp.mail(:t) f),
    'event, watch message ["binh", "chi"]',
    'of what the customer says: by the very batch');
SELECT pg_temp.heard();
SELECT is((SELECT string_agg(f->>'kind', ', ') FROM pg_temp.mail(:t,
    '{"automatic":true}') f), 'event',
    'not of what a machine says');
SELECT pg_temp.heard();
SELECT pg_temp.act('an', 'transfer', :t, '{"queue":"staff"}');
SELECT is(pg_temp.heard(), 'transfer chi',
    'of a hand-over, and not who may not see it there');
SELECT is(jsonb_array_length(pg_temp.act('chi', 'get', :t)->'watchers'), 1,
    '… nor is he shown');
SELECT pg_temp.act('chi', 'transfer', :t, '{"queue":"sales"}');
SELECT is(pg_temp.heard(), 'transfer binh', 'he hears again once he may');
UPDATE desk.clock c SET due_at = now(), alarm_at = now(),
    since = now() - make_interval(secs => c.total - c.spent)
WHERE c.ticket = :t AND c.done_at IS NULL AND c.since IS NOT NULL;
SELECT cmp_ok(desk.alarms_due(10), '>', 0, 'a promise is broken');
SELECT is(pg_temp.heard(), 'breach binh chi', 'of that');
SELECT pg_temp.act('sup', 'resolve', :t);
SELECT is(pg_temp.heard(), 'resolve binh chi', 'of a resolution');

-- Lists and counts
SELECT pg_temp.act('chi', 'watch', :hidden);
SELECT is((SELECT array_agg((r->>'ticket')::bigint) FROM jsonb_array_elements(
    pg_temp.ask('chi', 'ticket_list', '{"view":"watched"}')->'tickets') r),
    ARRAY[:hidden, :t]::bigint[], 'what he watches, the newest first');
SELECT is(pg_temp.ask('chi', 'ticket_list', '{"view":"watched"}')->'total',
    '2', '… counted');
SELECT is(pg_temp.ask('chi', 'ticket_counts', '{}')->'views'->'watched', '2',
    '… there, too');
SELECT is((SELECT array_agg((r->>'ticket')::bigint) FROM jsonb_array_elements(
    pg_temp.ask('chi', 'ticket_list', pg_temp.ask('chi', 'ticket_list',
    '{"view":"watched","limit":1}') - 'tickets' - 'total'
    || '{"view":"watched"}')->'tickets') r), ARRAY[:t]::bigint[],
    'the next page');
SELECT is(jsonb_array_length(pg_temp.ask('chi', 'ticket_list',
    jsonb_build_object('view', 'watched', 'tickets', :'t'))->'tickets'), 1,
    'a row by its id');
SELECT is(jsonb_array_length(pg_temp.ask('an', 'ticket_list',
    jsonb_build_object('view', 'watched', 'tickets', :'t'))->'tickets'), 0,
    '… not who does not watch');
SELECT pg_temp.refused('key', 'ticket_list', '{"view":"watched"}',
    'INVALID view', 'a key watches nothing');
SELECT is(pg_temp.ask('binh', 'ticket_unwatch', jsonb_build_object('ticket',
    :t))->'watching', 'false', 'no longer');
SELECT is(pg_temp.ask('binh', 'ticket_list', '{"view":"watched"}')->'total',
    '0', '… not in his list');

-- Made one with another case
SELECT pg_temp.ticket(:lan, 'sales', 'Đổi màu nữa') AS twin \gset
SELECT pg_temp.act('an', 'watch', :twin);
SELECT pg_temp.act('chi', 'watch', :twin);
SELECT pg_temp.ticket(:lan, 'sales', 'Đổi màu thôi') AS whole \gset
SELECT pg_temp.act('chi', 'watch', :whole);
SELECT pg_temp.act('an', 'merge', :twin, jsonb_build_object('into', :whole));
SELECT is(pg_temp.watchers(:whole) || '|' || pg_temp.watchers(:twin),
    'an chi|', 'its watchers go along');
DELETE FROM desk.watch w WHERE w.ticket = :whole;

-- Bounds, and the end
INSERT INTO desk.agent (name, display, role)
SELECT 'w' || n, 'W', 'agent' FROM generate_series(1, 49) n;
INSERT INTO desk.watch (agent, ticket)
SELECT a.id, :t FROM desk.agent a WHERE a.name ~ '^w[0-9]';
SELECT pg_temp.refused('an', 'ticket_watch', jsonb_build_object('ticket',
    :t), 'CONFLICT ticket', 'fifty watch a case');
INSERT INTO desk.watch (agent, ticket)
SELECT a.id, 5000000 + n FROM desk.agent a, generate_series(1, 1000) n
WHERE a.name = 'an';
DELETE FROM desk.watch w WHERE w.ticket = :t AND w.agent = (SELECT a.id
    FROM desk.agent a WHERE a.name = 'w1');
SELECT pg_temp.refused('an', 'ticket_watch', jsonb_build_object('ticket',
    :t), 'CONFLICT agent', 'one watches a thousand');
UPDATE desk.agent SET active = false WHERE name LIKE 'w_%';
SELECT is(pg_temp.watchers(:t), 'chi', 'who is let go watches nothing');
SELECT pg_temp.told();
UPDATE desk.ticket SET resolved_at = '2020-01-01' WHERE id = :t;
SELECT is(desk.close_due(10), 1, 'a case is closed');
SELECT is(pg_temp.watchers(:t), '', '… and watched no more');
SELECT pg_temp.refused('binh', 'ticket_watch', jsonb_build_object('ticket',
    :t), 'CONFLICT ticket', '… nor again');
SELECT is(pg_temp.watchers(:hidden), 'chi', 'others are');
SELECT desk.erase_tickets(ARRAY[:hidden]::bigint[]);
SELECT is(pg_temp.watchers(:hidden), '', 'an erased case is not');

SELECT * FROM finish();
ROLLBACK;
