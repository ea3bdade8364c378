-- Tags: the same letters are the same tag, whichever way they were typed.
BEGIN;
\ir fixture.psql
SELECT plan(7);

CREATE TEMP TABLE x AS SELECT pg_temp.ticket(pg_temp.customer('Lan',
    'tags@example.com'), 'sales', 'Tags') AS t;
CREATE TEMP TABLE typed AS SELECT normalize('đổi trả', NFC) AS nfc,
    normalize('đổi trả', NFD) AS nfd;
CREATE FUNCTION pg_temp.tag(word text, off boolean DEFAULT false)
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.act('an', 'tag', x.t, jsonb_build_object('tag', word,
	    'off', off)) FROM x
$$;
CREATE FUNCTION pg_temp.tags() RETURNS text[]
LANGUAGE sql AS 'SELECT t.tags FROM desk.ticket t, x WHERE t.id = x.t';

SELECT isnt(nfc, nfd, 'two ways to type it') FROM typed;
SELECT pg_temp.tag(nfd) FROM typed;
SELECT is(pg_temp.tags(), ARRAY[nfc], 'it is kept in one') FROM typed;
SELECT is((pg_temp.tag(nfc)->>'version')::int, 2, 'the other is no other tag')
FROM typed;
SELECT is((pg_temp.tag(nfd)->>'version')::int, 2, 'nor is a repeat')
FROM typed;
SELECT is(jsonb_array_length(pg_temp.ask('an', 'ticket_list',
    jsonb_build_object('tag', w))->'tickets'), 1, 'found by either')
FROM typed, unnest(ARRAY[nfc, nfd]) w;
SELECT pg_temp.tag(nfd, true) FROM typed;
SELECT is(pg_temp.tags(), '{}', 'and taken off by either');

SELECT * FROM finish();
ROLLBACK;
