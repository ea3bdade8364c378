-- When a ticket came to the line that it stands in, and who is asked first for
-- it: on every way there.
BEGIN;
\ir fixture.psql
SELECT plan(35);

UPDATE desk.queue SET offer_by = '{"chat":7}' WHERE name = 'sales';
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
CREATE FUNCTION pg_temp.row_of(of bigint) RETURNS desk.ticket
LANGUAGE sql AS $$ SELECT t FROM desk.ticket t WHERE t.id = of $$;
CREATE FUNCTION pg_temp.told(of bigint) RETURNS jsonb
LANGUAGE sql AS $$ SELECT desk.apply_json(pg_temp.row_of(of), NULL::jsonb) $$;
-- It has stood in its line for an hour; says whether it is as then.
CREATE FUNCTION pg_temp.age(of bigint) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.ticket SET lined_at = now() - interval '1 hour'
	WHERE id = of
$$;
CREATE FUNCTION pg_temp.aged(of bigint) RETURNS boolean
LANGUAGE sql AS $$
	SELECT lined_at = now() - interval '1 hour' FROM pg_temp.row_of(of)
$$;
CREATE FUNCTION pg_temp.prefers(of bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT a.name FROM desk.ticket t JOIN desk.agent a ON a.id = t.prefer
	WHERE t.id = of
$$;

-- Told
SELECT pg_temp.ticket(:lan, 'sales', 'Một') AS t \gset
SELECT is(pg_temp.told(:t)->'since', to_jsonb(desk.epoch_ms(now())),
    'opened: since now');
SELECT is(pg_temp.told(:t)->'channel', '"mail"', 'its channel');
SELECT is(pg_temp.told(:t)->'offer', '30', 'an offer stands as usual');
UPDATE desk.ticket SET channel = 'chat' WHERE id = :t;
SELECT is(pg_temp.told(:t)->'offer', '7', '… and by channel');
SELECT ok(NOT pg_temp.told(:t) ? 'prefer', 'nobody is asked first');
UPDATE desk.ticket SET lined_at = NULL, opened_at = '2020-01-01 00:00Z'
WHERE id = :t;
SELECT is(pg_temp.told(:t)->'since', '1577836800000',
    'of before there was such a column: since it was opened');
SELECT pg_temp.age(:t);

-- Ways
SELECT pg_temp.act('an', 'priority', :t, '{"priority":60}');
SELECT ok(pg_temp.aged(:t), 'what changes nothing of its place');
SELECT pg_temp.act('an', 'take', :t);
SELECT ok(pg_temp.aged(:t), 'taken');
SELECT pg_temp.act('an', 'assign', :t, '{"agent":"none"}');
SELECT is((pg_temp.row_of(:t)).lined_at, now(), 'put back: anew');
SELECT pg_temp.age(:t);
SELECT pg_temp.act('an', 'transfer', :t, '{"queue":"shipping"}');
SELECT is((pg_temp.row_of(:t)).lined_at, now(), 'another queue: anew');
SELECT pg_temp.age(:t);
SELECT pg_temp.act('binh', 'pend', :t);
SELECT ok(pg_temp.aged(:t), 'waits for the customer');
SELECT pg_temp.act('binh', 'reopen', :t);
SELECT is((pg_temp.row_of(:t)).lined_at, now(), 'reopened to its line: anew');
SELECT pg_temp.act('binh', 'snooze', :t, jsonb_build_object('until',
    desk.rfc3339(now() + interval '1 hour')));
SELECT pg_temp.age(:t);
UPDATE desk.snooze SET until = now() - interval '1 second' WHERE ticket = :t;
SELECT is(desk.wake_due(10), 1, 'wakes');
SELECT is((pg_temp.row_of(:t)).lined_at, now(), 'woken: anew');

-- A colleague leaves: back to its place.
SELECT pg_temp.age(:t);
SELECT pg_temp.act('binh', 'take', :t);
SELECT (pg_temp.row_of(:t)).due_at AS due \gset
SELECT desk.config_leavers('{"who":"admin","role":"admin"}',
    '{"agents":[{"name":"an"},{"name":"sup"},{"name":"admin"},
    {"name":"chi"}]}');
SELECT is((pg_temp.row_of(:t)).assignee, NULL, 'who had it left');
SELECT ok(pg_temp.aged(:t), '… back to its place');
SELECT is((pg_temp.row_of(:t)).due_at, :'due', '… with its due time');
UPDATE desk.agent SET active = true WHERE name = 'binh';
INSERT INTO desk.agent_queue (agent, queue) SELECT a.id, q.id
FROM desk.agent a, desk.queue q
WHERE (a.name, q.name) IN (('binh', 'sales'), ('binh', 'shipping'))
ON CONFLICT DO NOTHING;

-- The customer writes again.
CREATE FUNCTION pg_temp.writes(whom text, more jsonb) RETURNS bigint
LANGUAGE sql AS $$
	SELECT (i.answer::jsonb->>'ticket')::bigint
	FROM desk.ingest(jsonb_build_array(jsonb_build_object('channel',
	    'mail', 'kind', 'message', 'id', gen_random_uuid(), 'at', now(),
	    'contacts', jsonb_build_array(jsonb_build_object('kind', 'email',
		'address', whom)), 'text', 'x', 'auth', 'pass',
	    'candidates', '[{"queue":"sales","why":"x"}]'::jsonb) || more),
	    '{}', '{}') i
$$;
SELECT pg_temp.writes('mai@example.com', '{}') AS m \gset
SELECT is((pg_temp.row_of(:m)).lined_at, now(), 'taken in: since now');
SELECT pg_temp.act('an', 'take', :m);
UPDATE desk.ticket SET first_answer_at = now() WHERE id = :m;
SELECT pg_temp.act('an', 'pend', :m);
SELECT pg_temp.age(:m);
SELECT pg_temp.writes('mai@example.com', jsonb_build_object('token', :m));
SELECT is((pg_temp.row_of(:m)).state, 'open', 'an answer to what waits');
SELECT is((pg_temp.row_of(:m)).lined_at, now(), '… since now');
SELECT is((SELECT a.name FROM desk.agent a
    WHERE a.id = (pg_temp.row_of(:m)).assignee), 'an', '… his still');
SELECT pg_temp.age(:m);
SELECT pg_temp.writes('mai@example.com', jsonb_build_object('token', :m));
SELECT ok(pg_temp.aged(:m), 'another message to what is open');
SELECT pg_temp.act('an', 'resolve', :m);
SELECT pg_temp.writes('mai@example.com', jsonb_build_object('token', :m));
SELECT is((SELECT a.name FROM desk.agent a
    WHERE a.id = (pg_temp.row_of(:m)).assignee), 'an',
    'resolved and reopened: his, where nobody says otherwise');

-- The same agent again.
SELECT is((pg_temp.row_of(pg_temp.writes('mai@example.com', '{}'))).prefer,
    NULL, 'a new case: nobody, where nobody asks for it');
UPDATE desk.queue SET same_agent = 120 WHERE name = 'sales';
SELECT pg_temp.act('an', 'resolve', :m);
SELECT pg_temp.writes('mai@example.com', jsonb_build_object('token', :m));
SELECT is((pg_temp.row_of(:m)).assignee, NULL, 'reopened: to its line');
SELECT is(pg_temp.told(:m)->>'prefer', 'an', '… he is asked first');
SELECT pg_temp.act('binh', 'take', :m);
SELECT is(pg_temp.prefers(:m), NULL, '… until somebody has it');
SELECT pg_temp.writes('mai@example.com', '{}') AS n \gset
SELECT is(pg_temp.prefers(:n), 'binh',
    'a new case: who answered the newest one there');
SELECT pg_temp.writes('mai@example.com', '{"thread":["x@m"]}') AS n \gset
SELECT is(pg_temp.prefers(:n), 'binh', '… the long way in, too');
SELECT is(pg_temp.prefers(pg_temp.writes('new@example.com', '{}')), NULL,
    'somebody new: nobody');
SELECT pg_temp.act('binh', 'transfer', :n, '{"queue":"shipping"}');
SELECT is(pg_temp.prefers(:n), NULL, 'another queue: another matter');
SELECT pg_temp.act('binh', 'transfer', :n, '{"queue":"sales"}');
SELECT is(pg_temp.prefers(:n), 'binh', '… and back');
DELETE FROM desk.agent_queue m USING desk.agent a
WHERE a.id = m.agent AND a.name = 'binh';
SELECT is(pg_temp.prefers(pg_temp.writes('mai@example.com', '{}')), NULL,
    'not who serves there no more');
UPDATE desk.queue SET same_within = 60 WHERE name = 'sales';
INSERT INTO desk.agent_queue (agent, queue) SELECT a.id, q.id
FROM desk.agent a, desk.queue q WHERE a.name = 'binh' AND q.name = 'sales';
UPDATE desk.ticket SET touched_at = now() - interval '2 minutes'
WHERE first_answer_at IS NOT NULL;
SELECT is(pg_temp.prefers(pg_temp.writes('mai@example.com', '{}')), NULL,
    'nor too long ago');

-- Who had it has left meanwhile.
UPDATE desk.ticket SET state = 'resolved', assignee = (SELECT a.id
    FROM desk.agent a WHERE a.name = 'an') WHERE id = :t;
UPDATE desk.agent SET active = false WHERE name = 'an';
SELECT pg_temp.writes('lan@example.com', jsonb_build_object('token', :t));
SELECT is((pg_temp.row_of(:t)).assignee, NULL,
    'reopened, and who had it has left: to its line');

SELECT * FROM finish();
ROLLBACK;
