-- Who is here and since when, and what becomes of the work of who is gone.
BEGIN;
\ir fixture.psql
SELECT plan(61);

CREATE FUNCTION pg_temp.says(login text, state text, why text DEFAULT NULL)
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask(login, 'agent_state', jsonb_strip_nulls(
	    jsonb_build_object('agent', 'me', 'state', state, 'reason', why)))
$$;
CREATE FUNCTION pg_temp.id_of(login text) RETURNS int
LANGUAGE sql AS $$ SELECT a.id FROM desk.agent a WHERE a.name = login $$;
-- So many minutes have gone by since all that is kept of him.
CREATE FUNCTION pg_temp.later(login text, minutes int) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.agent_time SET began = began - make_interval(mins => minutes),
	    ended = ended - make_interval(mins => minutes)
	WHERE agent = pg_temp.id_of(login);
	UPDATE desk.agent SET presence_since = presence_since
	    - make_interval(mins => minutes) WHERE name = login;
$$;
-- How many seconds he was in which state, and why, from so long ago until then.
CREATE FUNCTION pg_temp.spent(login text, since interval,
    until interval DEFAULT '0') RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', s.state, s.reason, s.seconds::int),
	    ', ' ORDER BY s.state, s.reason)
	FROM (SELECT t.state, t.reason, sum(extract(epoch FROM
		least(coalesce(t.ended, now()), now() - until)
		- greatest(t.began, now() - since))) AS seconds
	    FROM desk.agent_time t
	    WHERE t.agent = pg_temp.id_of(login) AND t.began < now() - until
		AND (t.ended > now() - since OR t.ended IS NULL)
	    GROUP BY t.state, t.reason) s
$$;
-- What Redis is told of him, without what he serves.
CREATE FUNCTION pg_temp.told(j jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', j->>'state', j->>'reason', CASE WHEN j ? 'gone'
	    THEN 'gone' END)
$$;
-- Found out of him as he is.
CREATE FUNCTION pg_temp.found(what text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.presence_noted('an', what, a.presence_version)
	FROM desk.agent a WHERE a.name = 'an'
$$;

-- Times
SELECT is(pg_temp.says('an', 'ready')->>'state', 'ready', 'ready');
SELECT pg_temp.later('an', 30);
SELECT is(pg_temp.says('an', 'break', ' họp ')->>'reason', 'họp',
    'a break, with its reason');
SELECT pg_temp.later('an', 10);
SELECT is(pg_temp.spent('an', '1 hour'), 'break họp 600, ready 1800',
    'what he was, and how long');
SELECT is(pg_temp.spent('an', '20 minutes'), 'break họp 600, ready 600',
    '… of a part of it');
SELECT is(pg_temp.spent('an', '5 minutes'), 'break họp 300', '… of the end');
SELECT is(pg_temp.spent('an', '3 hours', '2 hours'), NULL,
    '… of the time before: nothing');
SELECT (a.presence_version) AS v FROM desk.agent a WHERE a.name = 'an' \gset
SELECT pg_temp.says('an', 'break', 'họp');
SELECT is((SELECT count(*) FROM desk.agent_time t
    WHERE t.agent = pg_temp.id_of('an')), 2::bigint,
    'the same again begins no other time');
SELECT is((SELECT a.presence_version FROM desk.agent a WHERE a.name = 'an'),
    :v + 1::bigint, '… but is a word of its own');
SELECT pg_temp.says('an', 'training');
SELECT pg_temp.says('an', 'ready');
SELECT is(pg_temp.spent('an', '1 hour'), 'break họp 600, ready 1800',
    'what lasted no time counts for none');
SELECT is((SELECT count(*) FROM desk.agent_time t JOIN desk.agent_time o
	ON o.agent = t.agent AND o.began < t.began
	    AND coalesce(o.ended, 'infinity') > t.began), 0::bigint,
    'no two overlap');
SELECT is((SELECT string_agg(t.state, ' ') FROM desk.agent_time t
    WHERE t.agent = pg_temp.id_of('an') AND t.ended IS NULL), 'ready',
    'one is not over');
-- A transaction that began before the last change, and comes after it.
UPDATE desk.agent_time SET began = now() + interval '1 second'
WHERE agent = pg_temp.id_of('an') AND ended IS NULL;
SELECT lives_ok($$SELECT pg_temp.says('an', 'away')$$, 'one that comes late');
SELECT is((SELECT string_agg(t.state, ' ') FROM desk.agent_time t
    WHERE t.agent = pg_temp.id_of('an') AND t.ended IS NULL), 'away',
    '… is what he is now');
UPDATE desk.agent_time SET began = now() - interval '1 second'
WHERE agent = pg_temp.id_of('an') AND ended IS NULL;

-- What Redis found out
SELECT pg_temp.says('an', 'ready');
SELECT (a.presence_version) AS v FROM desk.agent a WHERE a.name = 'an' \gset
SELECT is(desk.presence_noted('an', 'away', :v - 1)->>'state', 'ready',
    'noted of a state that is over: nothing');
SELECT throws_ok(format($$SELECT desk.presence_noted('an', 'ready', %s)$$, :v),
    '20000', NULL, 'nobody is made ready');
SELECT is(desk.presence_noted('nobody', 'away', 1), '{"agent":"nobody",
    "state":"offline","version":2,"capacity":0,"queues":[],"skills":[]}',
    'nobody at all: gone');
SELECT is(desk.presence_noted('an', 'away', :v)->'version', to_jsonb(:v + 1),
    'noted');
SELECT is(desk.presence_noted('an', 'away', :v)->'version', to_jsonb(:v + 1),
    '… once');
SELECT is((SELECT concat_ws(' ', a.presence, a.presence_reason)
    FROM desk.agent a WHERE a.name = 'an'), 'away offers not answered',
    '… and kept');

-- Connections
SELECT pg_temp.customer('Mai', 'mai@example.com') AS mai \gset
SELECT pg_temp.ticket(:mai, 'sales', 'Chat') AS held \gset
UPDATE desk.ticket SET channel = 'chat' WHERE id = :held;
SELECT pg_temp.act('an', 'take', :held);
SELECT pg_temp.says('an', 'ready', 'sáng');
SELECT pg_temp.later('an', 30);
SELECT is(pg_temp.told(pg_temp.found('lost')), 'away connection lost gone',
    'a connection is lost');
SELECT is((SELECT count(*) FROM desk.leaving l WHERE l.ticket = :held
    AND l.due_at = now() + interval '15 seconds'), 1::bigint,
    '… his chat goes back soon');
SELECT is(p->>'gone', 'true', '… as Redis is told after it was lost')
FROM jsonb_path_query(desk.agents_page(), '$.agents[*]') p
WHERE p->>'agent' = 'an';
SELECT pg_temp.later('an', 4);
UPDATE desk.agent SET left_at = left_at - interval '4 minutes'
WHERE name = 'an';
SELECT is(pg_temp.told(pg_temp.found('back')), 'ready sáng',
    'back within 5 minutes: as he was');
SELECT is((SELECT count(*) FROM desk.leaving), 0::bigint,
    '… and keeps what he has');
SELECT is(pg_temp.spent('an', '20 minutes'),
    'away connection lost 240, ready sáng 960', '… his time says how it was');
SELECT pg_temp.found('lost');
UPDATE desk.agent SET left_at = left_at - interval '5 minutes'
WHERE name = 'an';
SELECT is(pg_temp.told(pg_temp.found('back')), 'away connection lost',
    'back later: away');
SELECT is((SELECT count(*) FROM desk.leaving), 0::bigint,
    '… but here: he keeps what he still has');
SELECT is(pg_temp.told(pg_temp.found('back')), 'away connection lost',
    '… said twice: the same');
SELECT is(pg_temp.told(pg_temp.says('an', 'ready')), 'ready',
    'until he says so');
SELECT pg_temp.found('lost');
SELECT is(pg_temp.told(pg_temp.says('an', 'training')), 'training',
    'what he says meanwhile counts');
SELECT is(pg_temp.told(pg_temp.found('back')), 'training', '… and stays');
SELECT is(pg_temp.told(pg_temp.found('lost')), 'training gone',
    'who is not ready stays what he said');
SELECT is((SELECT count(*) FROM desk.leaving), 1::bigint, '… but is gone');
SELECT is(pg_temp.told(pg_temp.found('back')), 'training', '… until he is back');
SELECT pg_temp.says('an', 'offline');
SELECT (a.left_at) AS left FROM desk.agent a WHERE a.name = 'an' \gset
SELECT is(pg_temp.told(pg_temp.found('lost')) || pg_temp.told(
    pg_temp.found('back')), 'offlineoffline', 'who is offline is not lost');
SELECT is((SELECT concat_ws(' ', a.left_at, l.due_at - now())
    FROM desk.agent a JOIN desk.leaving l ON l.agent = a.id
    WHERE a.name = 'an'), concat_ws(' ', :'left'::timestamptz, '00:00:15'),
    '… nor is it forgotten that he left');
SELECT pg_temp.act('sup', 'resolve', :held);
SELECT pg_temp.says('an', 'away');

-- Who leaves
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Thư') AS mail \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Chat') AS chat \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Chờ') AS pending \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Xong') AS done \gset
UPDATE desk.ticket SET channel = 'chat' WHERE id IN (:chat, :pending);
SELECT pg_temp.act('an', 'take', t) FROM unnest(ARRAY[:mail, :chat, :pending,
    :done]::bigint[]) t;
SELECT pg_temp.act('an', 'pend', :pending);
SELECT pg_temp.act('an', 'resolve', :done);
CREATE FUNCTION pg_temp.row_of(of bigint) RETURNS desk.ticket
LANGUAGE sql AS $$ SELECT t FROM desk.ticket t WHERE t.id = of $$;
CREATE FUNCTION pg_temp.due() RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', t.subject,
	    extract(epoch FROM l.due_at - now())::int), ', ' ORDER BY t.subject)
	FROM desk.leaving l JOIN desk.ticket t ON t.id = l.ticket
$$;
-- The time of all that is noted has come.
CREATE FUNCTION pg_temp.wait() RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.leaving SET due_at = now() - interval '1 second'
$$;
SELECT is(desk.leaving_run(10), 0, 'nobody is gone: nothing');
SELECT pg_temp.says('an', 'offline');
SELECT is(pg_temp.due(), 'Chat 15, Thư 14400',
    'gone: what he has is noted, a chat soon');
SELECT is(desk.leaving_run(10), 0, 'not yet');
SELECT pg_temp.says('an', 'offline', 'về');
SELECT is(pg_temp.due(), 'Chat 15, Thư 14400', 'said twice: the same');
SELECT pg_temp.says('an', 'away');
SELECT is(pg_temp.due(), NULL, 'back: forgotten');
SELECT pg_temp.says('an', 'offline', 'về');
UPDATE desk.leaving SET due_at = now() - interval '1 second'
WHERE ticket = :chat;
UPDATE desk.ticket SET lined_at = now() - interval '1 hour' WHERE id = :chat;
SELECT (t).due_at AS due, (t).version AS v FROM pg_temp.row_of(:chat) t \gset
DELETE FROM desk.outbox;
SELECT is(desk.leaving_run(10), 1, 'its time has come');
SELECT is(desk.leaving_run(10), 0, '… once');
SELECT is(ROW((t).assignee, (t).due_at, (t).state, (t).version)::text,
    ROW(NULL::int, :'due'::timestamptz, 'open', :v + 1::bigint)::text,
    'a chat is nobody''s, and due when it was')
FROM pg_temp.row_of(:chat) t;
SELECT is((pg_temp.row_of(:chat)).lined_at, now() - interval '1 hour',
    '… back in its place');
SELECT is(e.kind || e.meta, 'assign{"to": null, "from": "an", "left": true, '
    '"reason": "về"}', '… and its history says why')
FROM desk.event e WHERE e.ticket = :chat ORDER BY e.id DESC LIMIT 1;
SELECT is((o.apply->>'place') || ' ' || (o.apply#>>'{feed,kind}') || ' '
    || (o.apply#>>'{feed,left}'), 'wait assign an', 'Redis is told, at once')
FROM desk.outbox_sweep('5 seconds', 10) o;
SELECT is((SELECT a.name FROM desk.agent a
    WHERE a.id = (pg_temp.row_of(:mail)).assignee), 'an', 'a mail is his still');
SELECT pg_temp.wait();
SELECT is(desk.leaving_run(10), 1, 'until its grace is over');
SELECT is((pg_temp.row_of(:mail)).assignee, NULL, '… then nobody''s');
SELECT is((pg_temp.row_of(:pending)).assignee, pg_temp.id_of('an'),
    'what waits for the customer is his');

-- The customer writes while he is gone.
CREATE FUNCTION pg_temp.writes(of bigint) RETURNS bigint
LANGUAGE sql AS $$
	SELECT (i.answer::jsonb->>'ticket')::bigint
	FROM desk.ingest(jsonb_build_array(jsonb_build_object('channel',
	    'mail', 'kind', 'message', 'id', gen_random_uuid(), 'at', now(),
	    'contacts', '[{"kind":"email","address":"lan@example.com"}]'::jsonb,
	    'text', 'x', 'auth', 'pass', 'token', of)), '{}', '{}') i
$$;
SELECT is(pg_temp.writes(:pending), :pending::bigint, 'an answer comes');
SELECT pg_temp.writes(:pending);
SELECT is(pg_temp.due(), 'Chờ 15', '… and its case is noted, once');
SELECT is(pg_temp.writes(:done), :done::bigint, 'what was resolved is open');
SELECT is(pg_temp.due(), 'Chờ 15, Xong 14400', '… and noted');
-- Somebody takes one before its time.
SELECT pg_temp.act('sup', 'assign', :done, '{"agent":"binh"}');
SELECT pg_temp.wait();
SELECT is(desk.leaving_run(1) + desk.leaving_run(1) + desk.leaving_run(1), 2,
    'some at a time');
SELECT is((SELECT string_agg(coalesce(a.name, '-'), ' ' ORDER BY t.id)
    FROM desk.ticket t LEFT JOIN desk.agent a ON a.id = t.assignee
    WHERE t.id IN (:pending, :done)), '- binh',
    'what is another''s by now stays his');

-- Who was never here has not left: what he takes by hand is his.
SELECT pg_temp.act('binh', 'take', :chat);
SELECT is(pg_temp.says('binh', 'offline')->>'state', 'offline', 'offline');
SELECT is(pg_temp.due(), NULL, '… as he was: nothing is noted');

-- Who works here no more is gone at once, and Redis is told.
SELECT pg_temp.says('chi', 'ready');
SELECT desk.config_leavers('{"who":"admin","role":"admin"}',
    '{"agents":[{"name":"an"},{"name":"sup"},{"name":"admin"},
    {"name":"binh"}]}');
SELECT is(a->>'state', 'offline', 'let go: offline')
FROM jsonb_path_query(desk.agents_page(), '$.agents[*]') a
WHERE a->>'agent' = 'chi';

SELECT is((SELECT count(*) FROM desk.agent_time t WHERE t.ended IS NULL),
    2::bigint, 'each who was ever here has one time that is not over');

SELECT * FROM finish();
ROLLBACK;
