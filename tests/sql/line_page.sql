-- What Redis is rebuilt from: every ticket that waits or is somebody's work.
BEGIN;
\ir intake.psql
SELECT plan(13);

SELECT pg_temp.take(VARIADIC ARRAY(SELECT pg_temp.mail()
    FROM generate_series(1, 7)));
SELECT min((answer->>'ticket')::bigint) AS t FROM got \gset
UPDATE desk.ticket SET state = 'open', assignee = (SELECT id FROM desk.agent
    WHERE name = 'an') WHERE id = :t + 1;
UPDATE desk.ticket SET state = 'pending' WHERE id = :t + 2;
UPDATE desk.ticket SET state = 'resolved' WHERE id = :t + 3;
UPDATE desk.ticket SET state = 'closed' WHERE id = :t + 4;

-- Who is due first first, who waits for nothing last.
UPDATE desk.ticket SET due_at = now() - interval '1 hour' WHERE id = :t + 6;
UPDATE desk.ticket SET due_at = NULL WHERE id IN (:t, :t + 5);
CREATE FUNCTION pg_temp.page(after text, lim int) RETURNS bigint[]
LANGUAGE sql AS $$
	SELECT array_agg((p.apply::jsonb->>'ticket')::bigint - (SELECT
	    min((answer->>'ticket')::bigint) FROM got))
	FROM desk.line_page(after, lim) p
$$;
-- Where the page behind those that lim rows from `after' on make begins.
CREATE FUNCTION pg_temp.behind(after text, lim int) RETURNS text
LANGUAGE sql AS $$
	SELECT p.place FROM desk.line_page(after, lim) p OFFSET lim - 1
$$;
SELECT is(pg_temp.page('', 100), '{6,1,0,5}', 'page: who waits or is had');
SELECT is(pg_temp.page('', 3), '{6,1,0}', 'page: so many as asked for');
SELECT is(pg_temp.page(pg_temp.behind('', 1), 1), '{1}',
    'page: the next, to the microsecond');
SELECT is(pg_temp.page(pg_temp.behind('', 2), 2), '{0,5}',
    'page: then those who wait for nothing');
SELECT is(pg_temp.page(pg_temp.behind('', 3), 2), '{5}', 'page: of these, too');
SELECT is(pg_temp.page(pg_temp.behind('', 4), 2), NULL, 'page: the end');
SELECT is((SELECT p.apply::jsonb FROM desk.line_page('', 100) p
    WHERE p.apply::jsonb->'ticket' = to_jsonb(:t)), (SELECT g.apply - 'feed'
	|| jsonb_build_object('score', desk.score(NULL, t.opened_at, 50))
    FROM got g JOIN desk.ticket t ON t.id = :t WHERE g.ord = 1),
    'page: what ingest gave, without the notice');
SELECT is(ROW(p.apply::jsonb->>'place', p.apply::jsonb->>'agent')::text,
    '(work,an)', 'page: whose work')
FROM desk.line_page(pg_temp.behind('', 1), 1) p;

-- However much is over, and whatever the planner knows.
INSERT INTO desk.ticket (customer, queue, state, channel, due_at)
SELECT (SELECT min(id) FROM desk.customer), (SELECT min(id) FROM desk.queue),
    CASE WHEN n % 20 = 0 THEN 'new' ELSE 'closed' END, 'store',
    CASE WHEN n % 40 = 0 THEN now() + n * interval '1 ms' END
FROM generate_series(1, 20000) n;
CREATE FUNCTION pg_temp.walked(lim int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
	n	int := 0;
	place	text := '';
	got	text[];
BEGIN
	LOOP
		SELECT array_agg(p.place) INTO got
		FROM desk.line_page(place, lim) p;
		n := n + coalesce(cardinality(got), 0);
		EXIT WHEN coalesce(cardinality(got), 0) < lim;
		place := got[lim];
	END LOOP;
	RETURN n;
END;
$$;
CREATE FUNCTION pg_temp.tickets_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_stat_get_xact_tuples_returned('desk.ticket'::regclass)
	    + pg_stat_get_xact_tuples_fetched('desk.ticket'::regclass)
$$;
SELECT pg_temp.tickets_read() AS before \gset
SELECT is(pg_temp.walked(64), 1004, 'pages: all of them, each once');
SELECT cmp_ok(pg_temp.tickets_read() - :before, '<', 2500::bigint,
    'pages: what is over is not read');

INSERT INTO desk.agent_queue SELECT a.id, q.id FROM desk.agent a, desk.queue q
WHERE (a.name, q.name) IN (('an', 'sales'), ('an', 'shipping'),
    ('gone', 'sales'));
INSERT INTO desk.agent_skill SELECT a.id, s FROM desk.agent a,
    unnest('{vi,en}'::text[]) s WHERE a.name = 'an';
UPDATE desk.queue SET paused = true WHERE name = 'shipping';
SELECT is((a - 'policies') #- '{agents,0,version}'
    #- '{agents,1,version}', '{"agents":[{"agent":"an","state":"offline","capacity":100,
    "queues":["sales","shipping"],"skills":["en","vi"]},{"agent":"binh",
    "state":"offline","capacity":100,"queues":[],"skills":[]}],"queues":[
    {"queue":"sales","paused":false},{"queue":"shipping","paused":true},
    {"queue":"technical","paused":false}],"calls":[]}'::jsonb,
    'agents: who works here, and where') FROM desk.agents_page() a;
UPDATE desk.queue SET active = false WHERE name = 'sales';
SELECT is(a#>'{agents,0,queues}', '["shipping"]', 'agents: where one still can')
FROM desk.agents_page() a;
UPDATE desk.agent SET active = false;
SELECT is(desk.agents_page()->'agents', '[]', 'agents: nobody');

SELECT * FROM finish();
ROLLBACK;
