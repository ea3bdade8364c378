-- The outbox: written with the fact, returned to its writer, taken over from
-- the dead, and never the bringer of an old state.
BEGIN;
\ir intake.psql
SELECT plan(24);

SELECT pg_temp.ticket(pg_temp.mail()) AS t \gset
SELECT is(desk.outbox_mine(), '[]', 'mine: ingest gives its rows itself');

SELECT desk.outbox_put(:t, '{"kind":"state","who":"An"}') AS a \gset
SELECT desk.outbox_put(:t) AS b \gset
SELECT desk.outbox_put(NULL, '{"kind":"queue","queue":"sales"}') AS c \gset
UPDATE desk.ticket SET state = 'resolved', version = version + 1 WHERE id = :t;
SELECT desk.outbox_mine() AS mine \gset
SELECT is(array_agg((m->>'outbox')::bigint), ARRAY[:a, :b, :c]::bigint[],
    'mine: in the order in which they were put')
FROM jsonb_array_elements(:'mine') m;
SELECT is(ROW(m#>>'{apply,place}', m#>>'{apply,version}')::text, '(gone,2)',
    'mine: the place is the ticket''s at the end') FROM (SELECT
    :'mine'::jsonb->0) x(m);
SELECT is((m#>'{apply,feed}') - '{ticket,number,customer,preview,subject}'
    ::text[], '{"kind":"state","who":"An","queue":"sales","channel":"mail",
    "state":"new"}'::jsonb, 'mine: the notice is what was said when it was put')
FROM (SELECT :'mine'::jsonb->0) x(m);
SELECT ok(NOT :'mine'::jsonb#>'{1,apply}' ? 'feed', 'mine: no notice asked');
SELECT is(:'mine'::jsonb#>'{2,apply}',
    '{"feed":{"kind":"queue","queue":"sales"}}'::jsonb,
    'mine: a notice about no ticket');
SAVEPOINT s;
SELECT desk.outbox_put(:t);
ROLLBACK TO s;
SELECT is(jsonb_array_length(desk.outbox_mine()), 3,
    'mine: without what was undone');
SELECT throws_ok('SELECT desk.outbox_put(NULL, NULL)', '23514', NULL,
    'a row about nothing is refused');
SELECT is(r::int + jsonb_array_length(mine), 5, 'mine: asked as the daemon does')
FROM (SELECT r, desk.outbox_mine() AS mine
    FROM (SELECT (desk.outbox_put(:t) > 0)::int AS r OFFSET 0) s) x;

-- Settling
SELECT desk.outbox_settle(ARRAY[:a, :c, 999999]::bigint[]);
SELECT is(array_agg(o.id ORDER BY o.id) @> ARRAY[:b]::bigint[]
    AND NOT array_agg(o.id) && ARRAY[:a, :c]::bigint[], true,
    'settle: those and no others') FROM desk.outbox o;
SELECT lives_ok('SELECT desk.outbox_settle(NULL)', 'settle: nothing');

-- Sweeping
DELETE FROM desk.outbox;
SELECT pg_temp.take(pg_temp.mail(), pg_temp.mail(), pg_temp.mail());
SELECT is(count(*), 0::bigint, 'sweep: the young are left alone')
FROM desk.outbox_sweep('5 seconds', 10);
UPDATE desk.outbox SET at = at - interval '6 seconds';
UPDATE desk.ticket SET state = 'pending', version = 9
WHERE id = (SELECT min((answer->>'ticket')::bigint) FROM got);
CREATE TEMP TABLE swept AS SELECT * FROM desk.outbox_sweep('5 seconds', 2);
SELECT is((SELECT array_agg(s.outbox) FROM swept s),
    (SELECT array_agg(outbox) FROM (SELECT outbox FROM got ORDER BY outbox
    LIMIT 2) x), 'sweep: the oldest, so many as asked for, in order');
SELECT is(ROW(s.apply->>'place', s.apply->>'version', s.apply#>>'{feed,state}')
    ::text, '(gone,9,pending)', 'sweep: the ticket is shown as it is now')
FROM swept s ORDER BY s.outbox LIMIT 1;
SELECT is(count(*), 1::bigint, 'sweep: not those just taken')
FROM desk.outbox_sweep('5 seconds', 10);
SELECT is(count(*), 0::bigint, 'sweep: nothing is left')
FROM desk.outbox_sweep('5 seconds', 10);
SELECT is((SELECT count(*) FROM desk.outbox), 3::bigint,
    'sweep: the rows stay until they are settled');
SELECT is((SELECT s.apply FROM swept s ORDER BY s.outbox OFFSET 1 LIMIT 1),
    (SELECT g.apply FROM got g ORDER BY g.outbox OFFSET 1 LIMIT 1),
    'sweep: the same as was returned when nothing changed');

-- A ticket's rank and place
SELECT is(desk.score('2026-01-01T00:00:01.5Z', now(), 50),
    1767225601500::bigint, 'score: due, in ms');
SELECT is(desk.score('2026-01-01T00:00:00Z', now(), 99)
    - desk.score('2026-01-01T00:00:00Z', now(), 1), -98 * 60000::bigint,
    'score: a minute a point');
SELECT is(desk.score(NULL, '2026-01-01T00:00:00Z', 50),
    desk.score('2026-01-02T00:00:00Z', now(), 50), 'score: nothing owed');
SELECT is(string_agg(desk.place(s, NULL) || ' ' || desk.place(s, 1), ', '
    ORDER BY n), 'wait work, wait work, gone gone, gone gone, gone gone',
    'place: by state and assignee')
FROM unnest('{new,open,pending,resolved,closed}'::text[]) WITH ORDINALITY
    x(s, n);

-- Refusing
SELECT throws_ok($$SELECT desk.refuse('CONFLICT', 'Not now.', 'ticket')$$,
    'DK001', 'Not now.', 'refuse: the sentence');
CREATE FUNCTION pg_temp.refusal() RETURNS text LANGUAGE plpgsql AS $$
DECLARE d text; h text;
BEGIN
	PERFORM desk.refuse('DENIED', 'No.', NULL);
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
	RETURN d || '/' || h;
END $$;
SELECT is(pg_temp.refusal(), 'DENIED/', 'refuse: code, and no member');

SELECT * FROM finish();
ROLLBACK;
