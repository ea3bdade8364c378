-- When to look next for what comes due; and that finding it out costs nothing.
BEGIN;
\ir intake.psql
SELECT plan(17);

SELECT is(desk.due_in(NULL), 5000, 'nothing: five seconds');
SELECT is(desk.due_in(now() + interval '1 day'), 5000, 'far: the same');
SELECT is(desk.due_in(now() - interval '1 day'), 0, 'past: at once');
SELECT ok(desk.due_in(clock_timestamp() + interval '2 s')
    BETWEEN 1000 AND 2000, 'near: then');

SELECT is(ARRAY[desk.wake_next(), desk.leaving_next(), desk.alarms_next()],
    '{5000,5000,5000}', 'of an empty desk');
SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
INSERT INTO desk.snooze (ticket, until) VALUES (:t, now() + interval '1 hour');
SELECT is(desk.wake_next(), 5000, 'it sleeps for long');
UPDATE desk.snooze SET until = clock_timestamp() + interval '3 s';
SELECT ok(desk.wake_next() BETWEEN 1000 AND 3000, 'not for long');
UPDATE desk.snooze SET until = now();
SELECT is(desk.wake_next(), 0, 'it should wake');
SELECT desk.wake_due(10);
SELECT is(desk.wake_next(), 5000, 'it did');

INSERT INTO desk.leaving (ticket, agent, due_at)
SELECT :t, a.id, now() - interval '1 s' FROM desk.agent a WHERE a.name = 'an';
SELECT is(desk.leaving_next(), 0, 'somebody is gone');
SELECT desk.leaving_run(10);
SELECT is(desk.leaving_next(), 5000, 'his work is back');

UPDATE desk.queue SET first_target = 3;
SELECT pg_temp.ticket(pg_temp.mail()) AS soon \gset
SELECT is((pg_temp.row_of(:soon)).clocked, false, 'by its row alone');
SELECT ok(desk.alarms_next() < 3001, 'what its queue promises');
UPDATE desk.ticket SET clocked = true;
DELETE FROM desk.clock;
SELECT is(desk.alarms_next(), 5000, 'unless its clock says otherwise');
INSERT INTO desk.clock (ticket, n, kind, queue, total, started_at, since,
    due_at, alarm_at)
SELECT :soon, 1, 'first', t.queue, 60, now(), now(), now() + interval '60 s',
    clock_timestamp() + interval '2 s'
FROM desk.ticket t WHERE t.id = :soon;
SELECT ok(desk.alarms_next() BETWEEN 1000 AND 2000, '… which does');
UPDATE desk.clock SET alarm_at = NULL;

-- On a desk of 20,000 that come due one after the other, all with clocks.
INSERT INTO desk.ticket (customer, queue, state, channel, due_at, clocked)
SELECT t.customer, t.queue, 'new', 'mail', now() + n * interval '1 min', true
FROM desk.ticket t, generate_series(1, 20000) n WHERE t.id = :soon;
INSERT INTO desk.clock (ticket, n, kind, queue, total, started_at, alarm_at)
SELECT t.id, 1, 'first', t.queue, 60, now(), t.due_at
FROM desk.ticket t WHERE t.id > :soon;
CREATE FUNCTION pg_temp.all_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT sum(pg_stat_get_xact_tuples_returned(c.oid)
	    + pg_stat_get_xact_tuples_fetched(c.oid))::bigint
	FROM pg_class c
	WHERE c.relnamespace = 'desk'::regnamespace AND c.relkind = 'r'
$$;
SELECT pg_temp.all_read() AS before \gset
SELECT is(desk.alarms_next(), 5000, 'the first of many is a minute away');
SELECT cmp_ok(pg_temp.all_read() - :before, '<', 100::bigint,
    'it reads what comes next');

SELECT * FROM finish();
ROLLBACK;
