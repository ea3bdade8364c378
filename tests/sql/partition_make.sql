-- The history's partitions are made ahead of time, and never too late.
BEGIN;
\ir intake.psql
SELECT plan(10);

SELECT pg_temp.take(pg_temp.mail()) AS a \gset
SELECT (:'a'::jsonb->>'event')::bigint AS e \gset
INSERT INTO desk.event (id, filed_at, at, ticket, customer, kind, channel,
    direction)
VALUES (900001, '2020-02-01Z', now(), 1, 1, 'message', 'mail', 'in');
SELECT is((SELECT count(*) FROM ONLY desk.event_default), 2::bigint,
    'before: everything is in the default one');

SELECT is(desk.partitions(), 3, 'made: this month and two to come');
SELECT is(desk.partitions(), 0, 'made: once');
SELECT is(array_agg(c.relname::text ORDER BY c.relname), ARRAY(
	SELECT 'event_' || to_char(now() AT TIME ZONE 'UTC'
	    + make_interval(months => n), 'YYYY_MM')
	FROM generate_series(0, 2) n ORDER BY 1) || '{event_default}'::text[],
    'made: by month') FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'desk.event'::regclass;
SELECT is(e.tableoid::regclass, ('desk.event_' || to_char(now()
    AT TIME ZONE 'UTC', 'YYYY_MM'))::regclass, 'moved: what is this month''s')
FROM desk.event e WHERE e.id = :e;
SELECT is(array_agg(d.id), '{900001}', 'moved: and no other')
FROM ONLY desk.event_default d;
SELECT is(pg_temp.take(pg_temp.mail('{"id":"later"}'))->>'created', 'true',
    'events go on');
SELECT is(e.tableoid::regclass, ('desk.event_' || to_char(now()
    AT TIME ZONE 'UTC', 'YYYY_MM'))::regclass, 'into their month')
FROM desk.event e WHERE e.external_id = 'later';
SELECT is(pg_temp.take(pg_temp.mail('{"id":"later"}'))->>'duplicate', 'true',
    'and are found again');
SELECT is((SELECT count(*) FROM pg_index i WHERE i.indrelid = ('desk.event_'
	|| to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'))::regclass),
    (SELECT count(*) FROM pg_index i WHERE i.indrelid = 'desk.event'::regclass),
    'with the parent''s indexes, and no others');

SELECT * FROM finish();
ROLLBACK;
