-- Talks on social networks: one case a line, what providers call our messages,
-- and what a source of form "data" may look like.
BEGIN;
\ir intake.psql
SELECT plan(28);

-- A message of a customer of Zalo on one line of talk.
CREATE FUNCTION pg_temp.says(who text, mid text, more jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_build_object('channel', 'social', 'kind', 'message',
	    'id', 'zalo:' || mid, 'at', now(), 'refs', ARRAY['zalo:' || mid],
	    'contacts', jsonb_build_array(pg_temp.of('zalo', who)),
	    'text', mid, 'preview', mid, 'units', 20,
	    'thread', ARRAY['line:zalo:oa/' || who],
	    'facts', '{"source":"zalo","of":"message","reply_id":"r"}'::jsonb,
	    'candidates', '[{"queue":"sales","why":"page"}]'::jsonb) || more
$$;

SELECT pg_temp.ticket(pg_temp.says('u1', 'a')) AS t \gset
SELECT is(pg_temp.ticket(pg_temp.says('u1', 'b')), :t::bigint,
    'what follows is the same case');
SELECT is((SELECT answer#>>'{why,threaded}' FROM got), 'the same talk',
    'and says why');
SELECT isnt(pg_temp.ticket(pg_temp.says('u2', 'c')), :t::bigint,
    'another customer has his own');
SELECT is((SELECT answer->>'duplicate' FROM got), 'false', 'a new event');
SELECT pg_temp.take(pg_temp.says('u1', 'b'));
SELECT is((SELECT answer->>'duplicate' FROM got), 'true', 'a repeat is known');
SELECT is((SELECT count(*) FROM desk.event e WHERE e.ticket = :t), 2::bigint,
    'and adds nothing');

-- A batch of several people.
SELECT pg_temp.take(pg_temp.says('v1', 'd'), pg_temp.says('v2', 'e'),
    pg_temp.says('v1', 'f'), pg_temp.says('v1', 'g'), pg_temp.says('v2', 'h'));
SELECT is(pg_temp.tickets(), '1 2 1 1 2', 'a batch: a case for each');

-- A line is its customer's: nobody else's message joins by it.
SELECT isnt(pg_temp.ticket(pg_temp.says('thief', 'i',
    '{"thread":["line:zalo:oa/u1"]}')), :t::bigint,
    'another sender does not join a line');
-- and it goes on in the case where it was last.
SELECT isnt(pg_temp.ticket(pg_temp.says('u1', 'j')),
    (SELECT e.ticket FROM desk.event e WHERE e.external_id = 'zalo:i'),
    'nor does the customer join his');

-- Only social events have lines.
SELECT is(desk.line_of(NULL::desk.intake), NULL, 'no event: no line');
SELECT pg_temp.ticket(pg_temp.mail(
    '{"thread":["line:zalo:oa/u1"],"refs":["line:zalo:oa/u1"]}')) AS m \gset
SELECT is((SELECT count(*) FROM desk.social_line l WHERE l.ticket = :m),
    0::bigint, 'a mail takes no line over');

-- Closed is closed: the line goes on in a new case, related to the old.
SELECT pg_temp.ticket(pg_temp.says('w', 'k')) AS w \gset
UPDATE desk.ticket SET state = 'resolved', resolved_at = now() WHERE id = :w;
SELECT is(pg_temp.ticket(pg_temp.says('w', 'l')), :w::bigint,
    'a resolved case opens again');
UPDATE desk.ticket SET state = 'closed' WHERE id = :w;
SELECT pg_temp.ticket(pg_temp.says('w', 'm')) AS x \gset
SELECT isnt(:x::bigint, :w::bigint, 'a closed one does not');
SELECT is((SELECT related FROM desk.ticket WHERE id = :x), :w::bigint,
    'but is named');
SELECT is(pg_temp.ticket(pg_temp.says('w', 'n')), :x::bigint,
    'the line has moved');

-- Two providers with the same number are two people.
SELECT pg_temp.take(pg_temp.says('u1', 'o', jsonb_build_object('contacts',
    jsonb_build_array(pg_temp.of('telegram', 'u1')))));
SELECT is((SELECT count(DISTINCT c.customer) FROM desk.contact c
    WHERE c.address = 'u1'), 2::bigint, 'customers of two providers stay two');

-- An answer: to the provider's block, with what it answers to.
INSERT INTO desk.event (id, at, ticket, customer, kind, channel, direction,
    text, who)
SELECT nextval('desk.event_id'), now(), t.id, t.customer, 'message', 'social', 'out',
    'dạ', 'an'
FROM desk.ticket t WHERE t.id = :x RETURNING id AS e \gset
SELECT desk.outbound_put(:e, :x, 'social', 'w', 'reply') AS o \gset
SELECT is((SELECT ROW(o.source, o.reply_id)::text FROM desk.outbound o
    WHERE o.id = :o), '(zalo/message,r)', 'the block that answers is known');
SELECT is(desk.answer_to(t)::text, '(social,w)', 'and the customer''s address')
FROM desk.ticket t WHERE t.id = :x;
SELECT desk.social_known(:o, 'zalo:ours');
SELECT desk.social_known(:o, 'zalo:ours');
SELECT pg_temp.take(pg_temp.says('oa', 'ours'));
SELECT is((SELECT (answer->>'event')::bigint FROM got), :e::bigint,
    'an echo of ours is ours');
SELECT is((SELECT answer->>'duplicate' FROM got), 'true', 'and nothing new');
SELECT is(pg_temp.ticket(pg_temp.says('w', 'p',
    '{"thread":["zalo:ours","line:zalo:oa/w"]}')), :x::bigint,
    'who answers it joins its case');
SELECT is((SELECT answer#>>'{why,threaded}' FROM got),
    'an answer to its message', 'by that message');

-- Feedback is answered, too.
SELECT pg_temp.ticket(pg_temp.says('f', 'q', '{"kind":"feedback",
    "facts":{"source":"zalo","of":"comment","rating":{"value":2,"of":5}}}'))
    AS f \gset
SELECT is(desk.answer_to(t)::text, '(social,f)', 'a comment can be answered')
FROM desk.ticket t WHERE t.id = :f;

-- The shape of a description.
SELECT ok(desk.provider_fits('{"contact":"a","events":[{"name":"m"}]}'),
    'a description');
SELECT ok(NOT desk.provider_fits('[]'), 'no list');
SELECT ok(NOT desk.provider_fits('{"contact":"a","events":[],"x":1}'),
    'no other member');
SELECT ok(NOT desk.provider_fits(jsonb_build_object('contact',
    repeat('x', 70000), 'events', '[]'::jsonb)), 'not without end');

-- A batch reads the lines that its events name, of however many.
INSERT INTO desk.social_line (key, ticket)
SELECT 'line:zalo:old/' || n, :t FROM generate_series(1, 20000) n;
CREATE FUNCTION pg_temp.lines_read() RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_stat_get_xact_tuples_returned('desk.social_line'::regclass)
	    + pg_stat_get_xact_tuples_fetched('desk.social_line'::regclass)
$$;
SELECT pg_temp.lines_read() AS before \gset
SELECT count(*) FROM desk.ingest((SELECT jsonb_agg(pg_temp.says('y' || n,
    'y' || n)) FROM generate_series(1, 64) n), '{}', '{}');
SELECT cmp_ok(pg_temp.lines_read() - :before, '<', 1000::bigint,
    'a batch reads its own lines');

SELECT * FROM finish();
ROLLBACK;
