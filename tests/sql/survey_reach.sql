-- How far asking reaches: two thousand cases that end at once are asked about
-- in steps, each of which reads what it takes.
BEGIN;
\ir fixture.psql
\ir survey.psql
SELECT plan(4);
SELECT pg_temp.survey('sau', '{"after":"resolved"}');
INSERT INTO desk.customer (name) SELECT 'K' || n
FROM generate_series(1, 2000) n;
INSERT INTO desk.contact (customer, kind, address)
SELECT c.id, 'email', 'k' || c.id || '@example.com' FROM desk.customer c;
INSERT INTO desk.ticket (customer, queue, state, channel, opened_at, spell_at)
SELECT c.id, (SELECT id FROM desk.queue WHERE name = 'sales'), 'open', 'mail',
    now() - interval '1 hour', now() - interval '1 hour'
FROM desk.customer c;
UPDATE desk.ticket SET state = 'resolved', resolved_at = now(),
    touched_at = now();
SELECT is((SELECT count(*) FROM desk.invitation WHERE state = 'waiting'),
    2000::bigint, 'each is to be asked');
SELECT pg_temp.later('1 hour');

CREATE FUNCTION pg_temp.tuples() RETURNS bigint
LANGUAGE sql AS $$
	SELECT sum(pg_stat_get_xact_tuples_returned(c.oid)
	    + pg_stat_get_xact_tuples_fetched(c.oid))::bigint
	FROM pg_class c
	WHERE c.relnamespace = 'desk'::regnamespace
	    AND (c.relname LIKE 'invitation%' OR c.relname LIKE 'outbound%'
		OR c.relname LIKE 'ticket%' OR c.relname LIKE 'customer%'
		OR c.relname LIKE 'contact%')
$$;
CREATE FUNCTION pg_temp.read_by_step() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	before	bigint := pg_temp.tuples();
BEGIN
	PERFORM desk.survey_due(50);
	RETURN pg_temp.tuples() - before;
END;
$$;
SELECT cmp_ok(pg_temp.read_by_step(), '<', 6000::bigint,
    'fifty of two thousand');
SELECT cmp_ok(pg_temp.read_by_step(), '<', 6000::bigint, 'and fifty more');
SELECT is((SELECT count(*) FROM desk.invitation WHERE state = 'sent'),
    100::bigint, 'which went');

SELECT * FROM finish();
ROLLBACK;
