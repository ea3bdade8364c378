-- Who may do what to which ticket: every change of a ticket, asked by every
-- kind of caller.
BEGIN;
\ir fixture.psql
SELECT plan(118);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Bán') AS sales \gset
SELECT pg_temp.ticket(:lan, 'staff', 'Lương') AS staff \gset

CREATE TEMPORARY TABLE ops (op text, more jsonb);
INSERT INTO ops VALUES ('take', '{}'), ('assign', '{"agent":"none"}'),
    ('transfer', '{"queue":"shipping"}'), ('note', '{"text":"x"}'),
    ('reply', '{"text":"x"}'), ('resolve', '{}'), ('reopen', '{}'),
    ('pend', '{}'), ('priority', '{"priority":9}'), ('tag', '{"tag":"x"}');

-- What became of it: done, or the refusal's code; undone either way.
CREATE FUNCTION pg_temp.outcome(login text, op text, ticket bigint,
    more jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	word	text;
BEGIN
	PERFORM pg_temp.act(login, op, ticket, more);
	RAISE EXCEPTION USING ERRCODE = 'DK999';
EXCEPTION
WHEN SQLSTATE 'DK999' THEN
	RETURN 'done';
WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS word = PG_EXCEPTION_DETAIL;
	RETURN word;
END;
$$;

-- an serves sales; binh sales and shipping; chi the members' queue staff.
SELECT is(pg_temp.outcome(w.login, o.op, CASE w.queue WHEN 'sales' THEN :sales
	ELSE :staff END, o.more || CASE WHEN o.op = 'take' AND w.login = 'key'
	THEN '{"agent":"an"}' ELSE '{}' END::jsonb), w.expected,
    format('%s: %s in %s', w.login, o.op, w.queue))
FROM ops o, (VALUES ('an', 'sales', 'done'), ('chi', 'sales', 'DENIED'),
    ('an', 'staff', 'NOTFOUND'), ('chi', 'staff', 'done'),
    ('sup', 'sales', 'done'), ('sup', 'staff', 'done'),
    ('admin', 'staff', 'done'), ('key', 'staff', 'done'),
    ('key', 'sales', 'done')) w (login, queue, expected)
ORDER BY w.login, w.queue, o.op;

-- Seeing
SELECT is(pg_temp.outcome(w.login, 'get', :staff, '{}'), w.expected,
    w.login || ' reads a members'' ticket: ' || w.expected)
FROM (VALUES ('an', 'NOTFOUND'), ('chi', 'done'), ('sup', 'done'),
    ('admin', 'done'), ('key', 'done')) w (login, expected);
SELECT is(pg_temp.outcome('chi', 'get', :sales, '{}'), 'done',
    'any agent reads what is not for members only');
SELECT pg_temp.act('sup', 'assign', :staff, '{"agent":"an"}');
SELECT is(pg_temp.outcome('an', op, :staff, more), 'done',
    'an: ' || op || ' in staff, once it is his')
FROM ops WHERE op <> 'reopen';
SELECT is(desk.may_see(w, t), false, 'not seen by ' || w::text)
FROM desk.ticket t, unnest('{"{\"who\":\"x\",\"role\":\"visitor\"}",
    "{\"who\":\"x\"}","{}"}'::jsonb[]) w WHERE t.id = :sales;
SELECT is(desk.may_act(w, t), false, 'not changed by ' || w::text)
FROM desk.ticket t, unnest('{"{\"who\":\"x\",\"role\":\"visitor\"}",
    "{\"role\":\"agent\"}"}'::jsonb[]) w WHERE t.id = :sales;

-- In another's name
SELECT pg_temp.refused('an', 'ticket_take', jsonb_build_object('ticket',
	:sales, 'agent', 'binh'), 'DENIED agent', 'an agent for another');
SELECT is(pg_temp.outcome('an', 'take', :sales, '{"agent":"an"}'), 'done',
    'an agent for himself');
SELECT is(pg_temp.outcome('sup', 'take', :sales, '{"agent":"binh"}'), 'done',
    'a supervisor for another');
SELECT pg_temp.refused('key', 'ticket_take', jsonb_build_object('ticket',
	:sales), 'INVALID agent', 'a service says for whom');
SELECT pg_temp.refused('key', 'offer_accept', jsonb_build_object('ticket',
	:sales, 'agent', 'gone'), 'INVALID agent', 'for one who has left');
SELECT is(pg_temp.ask('key', 'offer_accept', jsonb_build_object('ticket',
	:sales, 'agent', 'binh'))->>'assignee', 'binh',
    'a service accepts an offer for an agent');
SELECT is((SELECT e.kind || ' ' || e.who || ' ' || (e.meta->>'to')
	FROM desk.event e WHERE e.ticket = :sales ORDER BY e.id DESC LIMIT 1),
    'offer key:shop binh', '… and the history says so');
SELECT is(desk.caller_by_name('gone'), NULL, 'who has left is no caller');

SELECT * FROM finish();
ROLLBACK;
