-- Lists: pages by cursor, whole and without repeats; filters; what others'
-- queues hide.
BEGIN;
\ir fixture.psql
SELECT plan(28);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset

-- 300 tickets: due times that collide, some with none, some over, some hidden.
INSERT INTO desk.ticket (customer, queue, state, channel, due_at, assignee,
    tags)
SELECT :lan, q.id,
    CASE WHEN n % 10 = 0 THEN 'resolved' WHEN n % 10 = 1 THEN 'pending'
	WHEN n % 10 < 5 THEN 'open' ELSE 'new' END, 'mail',
    CASE WHEN n % 10 > 1 THEN now() + (n % 7) * interval '1.000001 minutes' END,
    CASE WHEN n % 3 = 0 THEN a.id END,
    CASE WHEN n % 50 = 0 THEN '{vip}'::text[] ELSE '{}' END
FROM generate_series(1, 300) n
JOIN desk.queue q ON q.name = CASE WHEN n % 4 = 0 THEN 'staff'
    WHEN n % 4 = 1 THEN 'shipping' ELSE 'sales' END
JOIN desk.agent a ON a.name = 'an'
ORDER BY hashint4(n);

-- Every page of a list, in order.
CREATE FUNCTION pg_temp.pages(login text, args jsonb) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
	page	jsonb;
	ids	bigint[] := '{}';
	rounds	int := 0;
BEGIN
	LOOP
		page := pg_temp.ask(login, 'ticket_list', args);
		ids := ids || ARRAY(SELECT (r->>'ticket')::bigint
		    FROM jsonb_array_elements(page->'tickets')
			WITH ORDINALITY x (r, place) ORDER BY place);
		rounds := rounds + 1;
		EXIT WHEN NOT page ? 'after' OR rounds > 400;
		args := args || jsonb_build_object('after', page->'after');
	END LOOP;
	RETURN ids;
END;
$$;

SELECT is(pg_temp.pages('sup', jsonb_build_object('limit', n)),
    (SELECT array_agg(t.id ORDER BY t.due_at, t.id) FROM desk.ticket t
	WHERE t.state <> 'resolved'),
    'active by what is due, pages of ' || n)
FROM unnest('{1,7,50,200}'::int[]) n;
SELECT is(pg_temp.pages('sup', jsonb_build_object('limit', n,
	'state', 'all')),
    (SELECT array_agg(t.id ORDER BY t.state = 'resolved', t.due_at,
	CASE WHEN t.state = 'resolved' THEN -t.id ELSE t.id END)
	FROM desk.ticket t),
    'all: then what is over, newest first, pages of ' || n)
FROM unnest('{9,200}'::int[]) n;
SELECT is(pg_temp.pages('sup', jsonb_build_object('limit', 4,
	'state', s)), (SELECT array_agg(t.id ORDER BY t.due_at,
	CASE WHEN s = 'resolved' THEN -t.id ELSE t.id END)
	FROM desk.ticket t WHERE t.state = s), 'only ' || s)
FROM unnest('{new,open,pending,resolved}'::text[]) s;
SELECT is(pg_temp.pages('sup', '{"state":"closed"}'), '{}', 'none is closed');
SELECT is(pg_temp.pages('sup', '{"queue":"shipping","limit":5}'),
    (SELECT array_agg(t.id ORDER BY t.due_at, t.id) FROM desk.ticket t
	JOIN desk.queue q ON q.id = t.queue
	WHERE q.name = 'shipping' AND t.state <> 'resolved'), 'only a queue');
SELECT is(pg_temp.pages('sup', '{"assignee":"an","limit":5}'),
    (SELECT array_agg(t.id ORDER BY t.due_at, t.id) FROM desk.ticket t
	WHERE t.assignee IS NOT NULL AND t.state <> 'resolved'),
    'only an agent''s');
SELECT is(pg_temp.pages('an', '{"assignee":"me"}'),
    pg_temp.pages('sup', '{"assignee":"an"}'), 'only mine, wherever they are');
SELECT is(pg_temp.pages('sup', '{"assignee":"none","limit":5}'),
    (SELECT array_agg(t.id ORDER BY t.due_at, t.id) FROM desk.ticket t
	WHERE t.assignee IS NULL AND t.state <> 'resolved'), 'only nobody''s');
SELECT is(pg_temp.pages('sup', '{"tag":"vip","state":"all"}'),
    (SELECT array_agg(t.id ORDER BY t.id DESC) FROM desk.ticket t
	WHERE t.tags = '{vip}'), 'only with a tag');
SELECT is(cardinality(pg_temp.pages('sup', jsonb_build_object('customer',
	:lan, 'limit', 60))), 270, 'only a customer''s');
SELECT is(pg_temp.pages('sup', jsonb_build_object('customer', :lan + 1)),
    '{}', 'another customer has none');

-- What is hidden
SELECT is(pg_temp.pages('binh', '{"limit":7,"state":"all"}'),
    ARRAY(SELECT u.id FROM unnest(pg_temp.pages('sup', '{"state":"all"}'))
	    WITH ORDINALITY u (id, place)
	JOIN desk.ticket t ON t.id = u.id JOIN desk.queue q ON q.id = t.queue
	WHERE q.name <> 'staff' ORDER BY u.place),
    'an outsider does not see a members'' queue');
SELECT is(pg_temp.pages('binh', '{"queue":"staff"}'), '{}',
    '… nor by asking for it');
SELECT is(pg_temp.pages('an', '{"queue":"staff","limit":3}'),
    (SELECT array_agg(t.id ORDER BY t.due_at, t.id) FROM desk.ticket t
	JOIN desk.queue q ON q.id = t.queue WHERE q.name = 'staff'
	AND t.state <> 'resolved' AND t.assignee IS NOT NULL),
    '… but his own there');
SELECT is(pg_temp.pages('an', '{"queue":"staff","assignee":"none"}'), '{}',
    '… and nobody''s not');
SELECT is(cardinality(pg_temp.pages('chi', '{"queue":"staff"}')),
    (SELECT count(*)::int FROM desk.ticket t JOIN desk.queue q
	ON q.id = t.queue WHERE q.name = 'staff' AND t.state <> 'resolved'),
    'a member sees it whole');

-- The row, and wrong questions
SELECT pg_temp.ticket(:lan, 'sales', 'Áo') AS t \gset
SELECT is(r - '{number,opened_at,touched_at,due_at}'::text[],
    jsonb_build_object('ticket', :t, 'customer', :lan, 'customer_name', 'Lan',
	'queue', 'sales', 'state', 'new', 'kind', 'case', 'channel', 'mail',
	'priority', 50, 'skills', '[]'::jsonb, 'tags', '[]'::jsonb,
	'subject', 'Áo', 'preview', '', 'transfers', 0, 'reopens', 0,
	'version', 1), 'the row of a list')
FROM jsonb_array_elements(pg_temp.ask('an', 'ticket_list',
    '{"limit":200}')->'tickets') r
WHERE (r->>'ticket')::bigint = :t;
SELECT is(desk.rfc3339('2020-01-01 07:00:00.25+07'),
    '2020-01-01T00:00:00.250Z', 'moments are told in UTC');
SELECT pg_temp.refused('sup', 'ticket_list', jsonb_build_object('after', c),
    'INVALID after', 'no cursor: ' || c)
FROM unnest('{1-5,4-1,"1-1 OR 1"}'::text[]) c;
SELECT pg_temp.refused('sup', 'ticket_list', '{"queue":"moon"}',
    'INVALID queue', 'an unknown queue');

SELECT * FROM finish();
ROLLBACK;
