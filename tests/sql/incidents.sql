-- Incidents: many cases, one cause, one answer to all, once each.
BEGIN;
\ir fixture.psql
SELECT plan(72);
SELECT setseed(0.20261123);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
CREATE FUNCTION pg_temp.row_of(of bigint) RETURNS desk.ticket
LANGUAGE sql AS $$ SELECT t FROM desk.ticket t WHERE t.id = of $$;
CREATE FUNCTION pg_temp.i(login text, what text, of jsonb, more jsonb
    DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.ask(login, 'incident_' || what,
	    jsonb_build_object('incident', of) || more)
$$;
CREATE FUNCTION pg_temp.list(ids bigint[]) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_build_object('tickets', array_to_string(ids, ' '))
$$;
-- Runs until nothing is left; how many pages it took.
CREATE FUNCTION pg_temp.run(lim int DEFAULT 20) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
	pages	int := 0;
BEGIN
	WHILE desk.incidents_run(lim) > 0 LOOP
		pages := pages + 1;
	END LOOP;
	RETURN pages;
END;
$$;
-- How often each of these was written to, as "times:cases …".
CREATE FUNCTION pg_temp.told_of(ids bigint[]) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(x.n || ':' || x.c, ' ' ORDER BY x.n)
	FROM (SELECT y.n, count(*) AS c FROM (
	    SELECT u.id, count(e.id) AS n FROM unnest(ids) u(id)
	    LEFT JOIN desk.event e ON e.ticket = u.id AND e.direction = 'out'
	    GROUP BY u.id) y GROUP BY y.n) x
$$;

-- Opened, by itself and of a case
SELECT pg_temp.ticket(:lan, 'sales', 'Mất mạng') AS t \gset
SELECT pg_temp.ask('an', 'incident_open', jsonb_build_object('ticket', :t,
    'subject', 'Đứt cáp', 'text', 'Cáp quang đứt', 'once', 'o1')) AS o \gset
SELECT :'o'::jsonb->>'incident' AS i \gset
SELECT is(o.o - '{incident,opened_at}'::text[], '{"subject": "Đứt cáp", "text":
    "Cáp quang đứt", "queue": "sales", "title": "Bán hàng", "state": "open",
    "cases": 1, "opened_by": "An Nguyễn"}', 'of a case')
FROM (SELECT :'o'::jsonb) o(o);
SELECT is(pg_temp.told(), 'event incident', 'it is told');
SELECT is(pg_temp.ask('an', 'incident_open', jsonb_build_object('ticket', :t,
    'subject', 'Đứt cáp', 'text', 'Cáp quang đứt', 'once', 'o1'))->>'incident', :'i', 'the same again opens once');
SELECT is((SELECT count(*) FROM desk.incident), 1::bigint, '… once');
SELECT is(pg_temp.act('an', 'get', :t)->'incident'->>'incident', :'i',
    'the case shows it');
SELECT is(e.kind || ' ' || e.meta, format('incident {"what": "add", '
    '"incident": %s}', :'i'), 'its history says so, and not what it is about')
FROM desk.event e WHERE e.ticket = :t ORDER BY e.id DESC LIMIT 1;
SELECT is(a.detail, '{"queue": "sales"}', 'nor does the audit')
FROM desk.audit a WHERE a.action = 'incident.open';
SELECT pg_temp.refused(x.login, 'incident_open', x.args::jsonb, x.code, x.args)
FROM (VALUES ('an', '{}', 'INVALID queue'),
    ('an', '{"subject":"a","queue":"nowhere"}', 'INVALID queue'),
    ('an', '{"queue":"sales"}', 'INVALID subject'),
    ('an', '{"subject":" ","queue":"sales"}', 'INVALID subject'),
    ('an', '{"subject":"a","queue":"staff"}', 'DENIED queue'),
    ('an', '{"ticket":99999999}', 'NOTFOUND ticket')) x (login, args, code);
SELECT pg_temp.refused('an', 'incident_open', jsonb_build_object('ticket', :t),
    'INVALID subject', 'a case''s own subject is not for all to read');
SELECT pg_temp.refused('an', 'incident_open', jsonb_build_object('ticket', :t,
    'subject', 'Cáp'), 'CONFLICT ticket', 'a case has one cause');
SELECT pg_temp.ask('sup', 'incident_open', '{"subject":"Kho ngập","queue":
    "shipping"}')->>'incident' AS none \gset
SELECT is(pg_temp.i('sup', 'get', :'none')->'incident'->>'cases', '0',
    'by itself');
SELECT pg_temp.ticket(:lan, 'sales', 'Lương') AS open_to_all \gset
SELECT pg_temp.ask('sup', 'incident_open', jsonb_build_object('queue', 'staff',
    'subject', 'Kín', 'ticket', :open_to_all))->>'incident' AS closed \gset
SELECT is(pg_temp.act('an', 'get', :open_to_all)->'incident', NULL,
    'what its queue hides is not shown in a case that is not hidden');
SELECT is(pg_temp.act('chi', 'get', :open_to_all)->'incident'->>'subject',
    'Kín', '… but to who is of it');
SELECT is_empty(format('SELECT FROM desk.event e WHERE e.ticket = %s
    AND e::text ~ ''Kín''', :open_to_all), '… nor in its history');
SELECT unalike(pg_temp.ask('an', 'incident_list', '{"state":"all"}')::text,
    '%Kín%', '… nor listed');
SELECT pg_temp.refused('an', 'incident_get', jsonb_build_object('incident',
    :'closed'), 'NOTFOUND incident', '… nor read');
SELECT pg_temp.i('sup', 'remove', :'closed', pg_temp.list(ARRAY[:open_to_all]));

-- Cases come and go
CREATE TEMP TABLE many AS
SELECT n, pg_temp.ticket(pg_temp.customer('K' || n, 'k' || n ||
    '@example.com'), CASE WHEN n % 3 = 0 THEN 'shipping' ELSE 'sales' END,
    'Mất mạng ' || n) AS id
FROM generate_series(1, 60) n;
SELECT array_agg(id ORDER BY n)::text AS all FROM many WHERE n <= 50 \gset
SELECT pg_temp.i('an', 'add', :'i', pg_temp.list(array_agg(m.id))) AS a
FROM many m WHERE m.n <= 50 \gset
SELECT is(jsonb_array_length(:'a'::jsonb->'added'), 34, 'those that he serves');
SELECT is(:'a'::jsonb->'refused'->0->>'why',
    'This ticket is in a queue that you do not serve.', 'not the others');
SELECT is((pg_temp.i('binh', 'add', :'i', pg_temp.list(array_agg(m.id)))
    ->>'cases')::int, 51, 'somebody else does')
FROM many m WHERE m.n <= 50;
SELECT is((x.cases, x.place, (SELECT count(*) FROM desk.incident_case))::text,
    '(51,51,51)', 'each stands in it once')
FROM desk.incident x WHERE x.id = :i;
SELECT pg_temp.act('an', 'resolve', m.id) FROM many m WHERE m.n = 58;
SELECT is(pg_temp.i('an', 'add', :'i', pg_temp.list(ARRAY[m.id]))->'refused'
    ->0->>'why', 'This case is resolved: reopen it first.', 'nor what is over')
FROM many m WHERE m.n = 58;
SELECT is(pg_temp.i('sup', 'add', :'i', pg_temp.list('{99999999}'))->'refused'
    ->0->>'why', 'There is no such ticket.', 'nor what is not there');
SELECT is(pg_temp.i('an', 'remove', :'i', pg_temp.list(ARRAY[:t]))->>'cases',
    '50', 'one is taken out');
SELECT is(pg_temp.act('an', 'get', :t)->'incident', NULL, '… and knows of it no more');
SELECT pg_temp.refused('an', 'incident_add', jsonb_build_object('incident',
    :'i', 'tickets', :'t', 'answer', true), 'CONFLICT answer',
    'nothing was answered yet');
SELECT pg_temp.refused('chi', 'incident_reply', jsonb_build_object('incident',
    :'i', 'text', 'a'), 'DENIED incident', 'who serves its queue answers');
SELECT pg_temp.refused('an', 'incident_reply', jsonb_build_object('incident',
    :'i') || x.more::jsonb, x.code, x.more)
FROM (VALUES ('{}', 'INVALID text'), ('{"text":"  "}', 'INVALID text'),
    ('{"text":"a","template":"b"}', 'INVALID text'),
    ('{"template":"b"}', 'NOTFOUND template')) x (more, code);
SELECT pg_temp.refused('sup', 'incident_reply', jsonb_build_object('incident',
    :'none', 'text', 'a'), 'CONFLICT incident', 'there is somebody to answer');

-- One answer to all, page by page, once each
SELECT pg_temp.act('an', 'take', m.id) FROM many m WHERE m.n = 1;
SELECT pg_temp.act('an', 'resolve', m.id) FROM many m WHERE m.n = 2;
UPDATE desk.contact SET address = 'noreply@example.com'
WHERE address = 'k4@example.com';
SELECT pg_temp.ask('binh', 'draft_set', jsonb_build_object('ticket', m.id,
    'kind', 'reply', 'text', 'nháp', 'seq', 1)) FROM many m WHERE m.n = 5;
SELECT pg_temp.told();
SELECT pg_temp.i('an', 'reply', :'i', '{"text":"Dạ mạng sẽ có lúc 15:00 ạ",
    "once":"r1"}') AS r \gset
SELECT is((:'r'::jsonb->'answer') - '{answer,at,text}'::text[],
    '{"who": "An Nguyễn", "total": 50, "done": 0, "refused": 0}',
    'it is on record, nobody was told yet');
SELECT is(pg_temp.told(), 'incident', 'which is told');
SELECT is(desk.incidents_next(), 0, 'there is something to do');
SELECT is(desk.incidents_run(20), 20, 'a page');
SELECT is(pg_temp.told_of(:'all'), '0:32 1:18', 'is a page');
SELECT is(pg_temp.i('an', 'reply', :'i', '{"text":"Dạ mạng sẽ có lúc 15:00 ạ",
    "once":"r1"}')->'answer'->>'total', '50', 'the same again is once');
SELECT pg_temp.refused('an', 'incident_reply', jsonb_build_object('incident',
    :'i', 'text', 'khác', 'once', 'r1'), 'CONFLICT once', '… the same only');
SELECT pg_temp.refused('an', 'incident_open', '{"subject":"Khác","queue":
    "sales","once":"o1"}', 'CONFLICT once', '… as when it is opened');
SELECT is(pg_temp.run(), 2, 'the rest');
SELECT is(pg_temp.told_of(:'all'), '0:2 1:48', 'each is told once');
SELECT is(desk.incidents_next(), 5000, 'nothing is left');
SELECT is(a - '{answer,at,text,who}'::text[], jsonb_build_object('total', 50,
    'done', 48, 'refused', 2, 'done_at', desk.rfc3339(now()), 'left',
    (SELECT jsonb_agg(jsonb_build_object('ticket', m.id, 'why', w.why)
	ORDER BY m.n) FROM many m JOIN (VALUES
	(2, 'This case is resolved: reopen it first.'),
	(4, 'No address is known to write to this customer.')) w(n, why)
	USING (n))), 'and whom it could not reach')
FROM (SELECT pg_temp.i('an', 'get', :'i')->'answers'->0) x(a);
SELECT is((t.state, t.assignee)::text, '(pending,)',
    'nobody''s case waits for its customer')
FROM many m, pg_temp.row_of(m.id) t WHERE m.n = 7;
SELECT is((t.state, a.name)::text, '(open,an)', 'somebody''s stays his')
FROM many m, pg_temp.row_of(m.id) t JOIN desk.agent a ON a.id = t.assignee
WHERE m.n = 1;
SELECT is((SELECT d.text FROM desk.draft d), 'nháp', 'drafts stay');
SELECT is((e.meta->>'incident', e.agent = (SELECT a.id FROM desk.agent a
    WHERE a.name = 'an'), o.address, o.purpose, o.state)::text,
    format('(%s,t,k7@example.com,reply,queued)', :'i'), 'by the outbox')
FROM many m JOIN desk.event e ON e.ticket = m.id AND e.direction = 'out'
JOIN desk.outbound o ON o.event = e.id WHERE m.n = 7;

-- Who comes late
SELECT pg_temp.i('binh', 'add', :'i', pg_temp.list(array_agg(m.id))
    || '{"answer":true}') FROM many m WHERE m.n BETWEEN 51 AND 53;
SELECT pg_temp.run();
SELECT is(pg_temp.told_of(array_agg(m.id)), '1:3', 'gets the last answer')
FROM many m WHERE m.n BETWEEN 51 AND 53;
SELECT is(pg_temp.told_of(:'all'), '0:2 1:48', 'the others have it');
SELECT pg_temp.i('binh', 'add', :'i', pg_temp.list(array_agg(m.id)))
FROM many m WHERE m.n BETWEEN 54 AND 55;
SELECT is(pg_temp.run(), 0, 'or does not');

-- A template, and the end
INSERT INTO desk.template (name, lang, body) VALUES
    ('back', 'vi', 'Dạ {customer}, mạng đã có, hồ sơ {ticket}.'),
    ('back', 'en', 'Dear {customer}, it is back.');
UPDATE desk.ticket SET lang = 'en' WHERE id = (SELECT id FROM many WHERE n = 8);
SELECT is(pg_temp.i('an', 'reply', :'i', '{"template":"back","resolve":true}')
    ->>'state', 'resolved', 'the incident is over');
SELECT is(pg_temp.run(7), 8, 'page by page');
SELECT is((SELECT string_agg(DISTINCT t.state, ' ') FROM desk.ticket t
    JOIN desk.incident_case c ON c.ticket = t.id
    WHERE t.id <> (SELECT id FROM many WHERE n = 4)), 'resolved',
    'and its cases');
SELECT is(e.text, x.words, 'in his words')
FROM many m JOIN (VALUES (7, 'Dạ K7, mạng đã có, hồ sơ %s.'),
    (8, 'Dear K8, it is back.')) v(n, words) USING (n)
CROSS JOIN LATERAL (SELECT replace(v.words, '%s', m.id::text) AS words) x
JOIN desk.event e ON e.ticket = m.id AND e.direction = 'out'
    AND e.text ~ 'mạng đã|is back';
SELECT pg_temp.refused('an', 'incident_reply', jsonb_build_object('incident',
    :'i', 'text', 'a'), 'CONFLICT incident', 'nothing more is said');
SELECT is(pg_temp.i('an', 'reopen', :'i')->>'state', 'open', 'until it is reopened');
SELECT is(pg_temp.i('an', 'resolve', :'i')->>'state', 'resolved', 'it ends alone');
SELECT is(pg_temp.run(), 0, '… without a word');
SELECT is(pg_temp.ask('an', 'incident_list', '{}')->'incidents'->0->>'subject',
    'Kho ngập', 'what goes on is listed');
SELECT is(jsonb_array_length(pg_temp.ask('an', 'incident_list',
    '{"state":"all","limit":1}')->'incidents'), 1, 'page by page');
SELECT is(pg_temp.i('an', 'get', :'i', '{"limit":10}')->'cases'->2->>'answered',
    'false', 'a page of its cases, with who was not reached');

-- Whatever comes in between, nobody is told twice of the same, and everybody
-- who was there is told.
CREATE TEMP TABLE sent (answer bigint, ticket bigint);
SELECT pg_temp.ask('sup', 'incident_open', '{"subject":"Ngẫu nhiên","queue":
    "sales"}')->>'incident' AS j \gset
DO $$
DECLARE
	j	jsonb := (SELECT to_jsonb(max(id)) FROM desk.incident);
	i	jsonb := (SELECT to_jsonb(min(id)) FROM desk.incident);
	m	bigint;
BEGIN
	PERFORM pg_temp.act('sup', 'reopen', x.id) FROM many x;
	PERFORM pg_temp.i('sup', 'remove', i, pg_temp.list(array_agg(x.id)))
	FROM many x;
	FOR k IN 1 .. 60 LOOP
		SELECT x.id INTO m FROM many x WHERE x.n <> 4
		ORDER BY random() LIMIT 1;
		BEGIN
			CASE floor(random() * 4)::int
			WHEN 0 THEN PERFORM pg_temp.i('sup', 'add', j,
			    pg_temp.list(ARRAY[m]));
			WHEN 1 THEN PERFORM pg_temp.i('sup', 'remove', j,
			    pg_temp.list(ARRAY[m]));
			WHEN 2 THEN
				PERFORM pg_temp.i('sup', 'reply', j,
				    jsonb_build_object('text', 'Lần ' || k));
				INSERT INTO sent SELECT (SELECT max(a.id)
				    FROM desk.incident_answer a), c.ticket
				FROM desk.incident_case c
				WHERE c.incident = j::bigint;
			ELSE PERFORM desk.incidents_run(2);
			END CASE;
		EXCEPTION WHEN SQLSTATE 'DK001' THEN
			NULL;
		END;
	END LOOP;
	PERFORM pg_temp.run(3);
END;
$$;
SELECT is_empty($$
    SELECT e.ticket, e.text FROM desk.event e WHERE e.direction = 'out'
    GROUP BY 1, 2 HAVING count(*) > 1$$, 'nobody is told twice');
SELECT is_empty($$
    SELECT s.* FROM sent s
    JOIN desk.incident_answer a ON a.id = s.answer
    JOIN desk.incident_case c ON c.ticket = s.ticket AND c.place <= a.upto
	AND c.incident = a.incident
    LEFT JOIN desk.event e ON e.ticket = s.ticket AND e.text = a.text
    WHERE e.id IS NULL$$, 'who is there is told of all');
SELECT is_empty($$
    SELECT a.* FROM desk.incident_answer a WHERE a.done_at IS NULL
	OR a.done + a.refused + a.removed <> a.total$$, 'and there is an end');

-- A page of a large one costs a page
INSERT INTO desk.ticket (customer, queue, state, channel, subject)
SELECT :lan, (SELECT min(id) FROM desk.queue), 'pending', 'store', 'x'
FROM generate_series(1, 10000);
UPDATE desk.incident SET place = 10000, cases = 10000
WHERE id = :none;
INSERT INTO desk.incident_case (ticket, incident, place)
SELECT t.id, :none, row_number() OVER (ORDER BY t.id) FROM desk.ticket t
WHERE t.channel = 'store';
CREATE FUNCTION pg_temp.reads() RETURNS bigint
LANGUAGE sql AS $$
	SELECT sum(pg_stat_get_xact_tuples_returned(c.oid)
	    + pg_stat_get_xact_tuples_fetched(c.oid))::bigint
	FROM pg_class c
	WHERE c.relnamespace = 'desk'::regnamespace
	    AND c.relname ~ '^(ticket|incident)'
$$;
SELECT pg_temp.i('sup', 'resolve', :'none', '{"cases":true}');
SELECT desk.incidents_run(20);
SELECT pg_temp.reads() AS before \gset
SELECT desk.incidents_run(20);
SELECT cmp_ok(pg_temp.reads() - :before, '<', 2500::bigint,
    'of 10,000 a page reads its own');
SELECT is((SELECT count(*) FROM desk.ticket t WHERE t.channel = 'store'
    AND t.state = 'resolved'), 40::bigint, 'and no more');

SELECT * FROM finish();
ROLLBACK;
