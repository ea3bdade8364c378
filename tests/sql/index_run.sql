-- The index, filled in bulk.
BEGIN;
\ir intake.psql
SELECT plan(10);

SELECT pg_temp.take(pg_temp.mail('{"words":"don hang giao tre dh1042"}'),
    pg_temp.mail('{"words":"ao thun don"}'), pg_temp.mail(), pg_temp.mail()
    - 'words');
SELECT is((SELECT count(*) FROM desk.index_todo), 3::bigint,
    'todo: events that have words');
SELECT is(desk.index_run(2), 2, 'run: so many as asked for');
SELECT is(array_agg(s.event), (SELECT array_agg((g.answer->>'event')::bigint)
    FROM got g WHERE g.ord <= 2), 'run: the oldest first') FROM desk.search s;
SELECT is(desk.index_run(100), 1, 'run: the rest');
SELECT is(desk.index_run(100), 0, 'run: nothing is left');
SELECT is(array_agg(s.ticket), ARRAY[(SELECT (g.answer->>'ticket')::bigint
    FROM got g WHERE g.ord = 1)], 'found by its words') FROM desk.search s
WHERE s.words @@ to_tsquery('simple', 'giao & dh1042');
SELECT is(count(*), 3::bigint, 'found: all of them') FROM desk.search s
WHERE s.words @@ to_tsquery('simple', 'don');

-- A run whose commit was not heard of, and words that are none
INSERT INTO desk.index_todo SELECT s.event, s.ticket, 'other'
FROM desk.search s;
SELECT is(desk.index_run(100), 3, 'again: taken');
SELECT pg_temp.take(pg_temp.mail('{"words":"  a  b "}'),
    pg_temp.mail('{"words":""}'));
SELECT desk.index_run(10);
SELECT is(s.words, '''a'' ''b'''::tsvector, 'blanks are no words')
FROM desk.search s WHERE s.event = (SELECT (g.answer->>'event')::bigint
    FROM got g WHERE g.ord = 1);

SELECT pg_temp.take(pg_temp.mail(jsonb_build_object('words',
    'z ' || repeat('ô', 8000))));
SELECT desk.index_run(10);
SELECT is(s.words, '''z'''::tsvector, 'nor is what is too long for one')
FROM desk.search s WHERE s.event = (SELECT (g.answer->>'event')::bigint
    FROM got g WHERE g.ord = 1);

SELECT * FROM finish();
ROLLBACK;
