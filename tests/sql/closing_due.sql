-- What the clock closes: cases that were resolved long enough ago.
BEGIN;
\ir intake.psql
SELECT plan(16);
UPDATE desk.limits SET close_after = 3600;

-- A case resolved so long ago.
CREATE FUNCTION pg_temp.resolved(ago interval, as_state text DEFAULT 'resolved')
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	t	bigint := pg_temp.ticket(pg_temp.mail(jsonb_build_object(
		    'refs', ARRAY['r' || nextval('pg_temp.made') || '@m'])));
BEGIN
	UPDATE desk.ticket SET state = as_state, due_at = NULL,
	    resolved_at = now() - ago,
	    assignee = (SELECT id FROM desk.agent WHERE name = 'an')
	WHERE id = t;
	DELETE FROM desk.outbox;
	RETURN t;
END;
$$;
SELECT pg_temp.resolved('61 minutes') AS t \gset
SELECT pg_temp.resolved('59 minutes') AS u \gset
SELECT pg_temp.resolved('3 days', 'pending') AS p \gset

SELECT is(desk.close_due(100), 1, 'one is due');
SELECT is(ROW(t.state, t.version, t.due_at, t.resolved_at IS NOT NULL)::text,
    '(closed,2,,t)', 'closed, a version up') FROM pg_temp.row_of(:t) t;
SELECT is((pg_temp.row_of(:u)).state, 'resolved', 'not before its time');
SELECT is((pg_temp.row_of(:p)).state, 'pending', 'nor another state');
SELECT is(ROW(e.kind, e.channel, e.direction, e.who, e.meta)::text,
    '(state,desk,own,desk,"{""to"": ""closed"", ""from"": ""resolved""}")',
    'the history says so')
FROM desk.event e WHERE e.ticket = :t ORDER BY e.id DESC LIMIT 1;
SELECT is((SELECT count(*) FROM desk.event WHERE ticket = :t), 2::bigint,
    'once');
UPDATE desk.outbox SET at = at - interval '1 minute';
SELECT is(ROW(s.apply->>'place', s.apply#>>'{feed,kind}', s.apply#>>'{feed,state}',
    s.apply#>>'{feed,assignee}', s.apply#>>'{feed,number}')::text,
    format('(gone,close,closed,an,%s)', :t), 'Redis is told')
FROM desk.outbox_sweep('1 second', 10) s;
SELECT is(desk.close_due(100), 0, 'again: nothing is due');
SELECT is((SELECT count(*) FROM desk.event WHERE ticket = :t), 2::bigint,
    'again: nothing is said');

-- In bounded batches, the oldest first
SELECT pg_temp.resolved(make_interval(hours => n)) FROM generate_series(2, 8) n;
SELECT is(desk.close_due(3), 3, 'batches: so many');
SELECT is((SELECT count(*) FROM desk.ticket t WHERE t.state = 'closed'
    AND t.resolved_at <= now() - interval '6 hours'), 3::bigint,
    'batches: the oldest');
SELECT is(desk.close_due(100), 4, 'batches: the rest');

-- By an index, however many there are
INSERT INTO desk.ticket (customer, queue, state, channel, resolved_at)
SELECT 1, (SELECT min(id) FROM desk.queue), 'resolved', 'mail', now()
FROM generate_series(1, 5000);
SELECT pg_temp.resolved('2 hours');
CREATE FUNCTION pg_temp.tickets_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_stat_get_xact_tuples_returned('desk.ticket'::regclass)
	    + pg_stat_get_xact_tuples_fetched('desk.ticket'::regclass)
$$;
SELECT pg_temp.tickets_read() AS before \gset
SELECT is(desk.close_due(100), 1, 'many: one is due');
SELECT cmp_ok(pg_temp.tickets_read() - :before, '<', 200::bigint,
    'many: the others are not looked at');

-- What answers it follows it up
SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('thread', ARRAY[
    (SELECT r.ref FROM desk.message_ref r WHERE r.ticket = :t)]))) AS a \gset
SELECT is(ROW(:'a'::jsonb->>'created', :'a'::jsonb#>>'{why,related}')::text,
    format('(true,%s)', :t), 'followed up');
SELECT is((pg_temp.row_of(:t)).state, 'closed', 'followed up: it stays');

SELECT * FROM finish();
ROLLBACK;
