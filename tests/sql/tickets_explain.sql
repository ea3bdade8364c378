-- What is told of a case whose place is explained, and to whom; and who may
-- accept what was offered to him.
BEGIN;
\ir fixture.psql
SELECT plan(7);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Một') AS one \gset
SELECT pg_temp.ticket(:lan, 'staff', 'Hai') AS hidden \gset

SELECT is(pg_temp.ask('an', 'ticket_explain',
    jsonb_build_object('ticket', :one)) - '{number,due_at}'::text[],
    jsonb_build_object('ticket', :one, 'queue', 'sales', 'state', 'new',
	'priority', 50), 'what it is');
SELECT pg_temp.refused('an', 'ticket_explain',
    jsonb_build_object('ticket', :hidden), 'NOTFOUND ticket',
    'of a queue that he may not see');
SELECT pg_temp.refused('an', 'ticket_explain', '{"ticket":999999999}',
    'NOTFOUND ticket', 'of none');

-- chi does not serve sales: she may not take its cases, but what overflowed
-- was offered to her.
SELECT pg_temp.refused('chi', 'ticket_take',
    jsonb_build_object('ticket', :one), 'DENIED ticket', 'not taken');
SELECT pg_temp.refused('chi', 'offer_accept',
    jsonb_build_object('ticket', 999999999), 'NOTFOUND ticket', 'not of none');
SELECT is(pg_temp.ask('chi', 'offer_accept',
    jsonb_build_object('ticket', :one))->>'assignee', 'chi', 'accepted');

-- What became a part of another case says of which
SELECT pg_temp.ticket(:lan, 'sales', 'Ba') AS whole \gset
SELECT pg_temp.act('sup', 'merge', :one, jsonb_build_object('into', :whole));
SELECT is(pg_temp.ask('an', 'ticket_explain',
    jsonb_build_object('ticket', :one))->>'merged', :'whole', 'where it went');

SELECT finish();
ROLLBACK;
