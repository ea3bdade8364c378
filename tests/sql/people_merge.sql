-- Merging customers and taking them apart again.
BEGIN;
\ir fixture.psql
SELECT plan(61);

CREATE TEMP TABLE who AS SELECT
    pg_temp.customer('Trần Lan', 'lan@example.com') AS lan,
    pg_temp.customer('Trần Lan', 'lan.tran@example.org') AS also;
CREATE TEMP TABLE t AS SELECT
    pg_temp.ticket(w.lan, 'sales', 'Hers') AS hers,
    pg_temp.ticket(w.also, 'shipping', 'Moved') AS moved,
    pg_temp.ticket(w.also, 'shipping', 'Done') AS done
FROM who w;
UPDATE desk.ticket SET state = 'closed' WHERE id = (SELECT done FROM t);
INSERT INTO desk.contact (customer, kind, address)
SELECT also, 'phone', '+84912345678' FROM who;
CREATE FUNCTION pg_temp.of(ticket bigint) RETURNS bigint
LANGUAGE sql AS 'SELECT t.customer FROM desk.ticket t WHERE t.id = ticket';
CREATE FUNCTION pg_temp.version(ticket bigint) RETURNS bigint
LANGUAGE sql AS 'SELECT t.version FROM desk.ticket t WHERE t.id = ticket';
CREATE FUNCTION pg_temp.pair(more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_build_object('customer', lan, 'other', also) || more
	FROM who
$$;
-- Every event of a ticket is its customer's.
CREATE FUNCTION pg_temp.astray() RETURNS bigint
LANGUAGE sql AS $$
	SELECT count(*) FROM desk.event e JOIN desk.ticket t ON t.id = e.ticket
	WHERE e.customer <> t.customer
$$;

-- Who may, and what is refused.
SELECT pg_temp.refused('an', 'customer_merge', pg_temp.pair(), 'DENIED',
    'an agent does not merge');
SELECT pg_temp.refused('sup', 'customer_merge',
    pg_temp.pair('{"other":999999999}'), 'NOTFOUND other',
    'nobody to be merged');
SELECT pg_temp.refused('sup', 'customer_merge',
    pg_temp.pair('{"customer":999999999}'), 'NOTFOUND customer',
    'nobody to stay');
SELECT pg_temp.refused('sup', 'customer_merge', jsonb_build_object(
    'customer', lan, 'other', lan), 'INVALID other', 'one and the same')
FROM who;

-- First only looked at.
CREATE TEMP TABLE got AS SELECT pg_temp.ask('sup', 'customer_merge',
    pg_temp.pair('{"dry":true}')) AS a;
SELECT is(a->'moves', '{"active":1,"events":2,"tickets":2,"contacts":2}'
    ::jsonb, 'it says what would move') FROM got;
SELECT is(a->'conflicts', '[]'::jsonb, 'nothing against it') FROM got;
SELECT isnt(pg_temp.of(moved), lan, 'and nothing has moved') FROM t, who;
SELECT is(pg_temp.told(), '', 'nor was anything told');

INSERT INTO desk.customer_order (order_no, customer, ticket, told_at, event)
SELECT 'MERGED1', w.also, t.moved, now(), 1 FROM who w, t;
CREATE FUNCTION pg_temp.order_of() RETURNS bigint
LANGUAGE sql AS $$
	SELECT o.customer FROM desk.customer_order o
	WHERE o.order_no = 'MERGED1'
$$;

-- Done.
UPDATE got SET a = pg_temp.ask('sup', 'customer_merge',
    pg_temp.pair('{"reason":"she said so"}'));
SELECT is(pg_temp.told(), 'customer merge',
    'the active ticket and the customer are told of');
SELECT is(ARRAY[pg_temp.of(hers), pg_temp.of(moved), pg_temp.of(done)],
    ARRAY[lan, lan, lan], 'all tickets are hers') FROM t, who;
SELECT is(pg_temp.astray(), 0::bigint, 'and their events');
SELECT is(pg_temp.order_of(), lan, 'and an order') FROM who;
SELECT is(pg_temp.version(moved), 2::bigint, 'an active one is newer') FROM t;
SELECT is(pg_temp.version(done), 1::bigint, 'a closed one is not') FROM t;
SELECT is((SELECT count(*) FROM desk.contact c WHERE c.customer = lan),
    3::bigint, 'all contacts, too') FROM who;
SELECT is((SELECT a.detail - 'merge' FROM desk.audit a
    WHERE a.action = 'customer.merge'), jsonb_build_object('customer', lan,
    'merged', also, 'reason', 'she said so'), 'and it is on record') FROM who;
SELECT is(pg_temp.ask('sup', 'customer_merge', pg_temp.pair())->'merge',
    a->'merge', 'a repeat is the same merge') FROM got;
SELECT is(pg_temp.told(), '', 'and tells nothing');

-- The old id still leads to her.
SELECT is(pg_temp.ask('an', 'customer_get', jsonb_build_object('customer',
    also))->'merged_into', to_jsonb(lan), 'the old id leads to her') FROM who;
SELECT is(jsonb_array_length(pg_temp.ask('an', 'customer_get',
    jsonb_build_object('customer', also))->'tickets'), 2, 'and her tickets')
FROM who;
SELECT is(pg_temp.ask('an', 'customer_get', jsonb_build_object('customer',
    lan))->'merged'->0->>'customer', also::text, 'she knows whom she was')
FROM who;
SELECT ok(pg_temp.ask('an', 'customer_get', jsonb_build_object('customer',
    lan))->'merged'->0 ? 'contact', '… and by what he was known') FROM who;
SELECT is(pg_temp.ask('sup', 'audit_list', '{"what":"customer.merge"}')
    ->'audit'->0->>'about', (SELECT k.name FROM desk.customer k
    WHERE k.id = lan), 'the audit says who it is about') FROM who;
SELECT is(jsonb_array_length(pg_temp.ask('an', 'customer_timeline',
    jsonb_build_object('customer', also))->'events'), 3, 'a timeline') FROM who;
SELECT is(pg_temp.of((pg_temp.ask('an', 'ticket_open', jsonb_build_object(
    'customer', also, 'queue', 'sales', 'subject', 'later'))->>'ticket')
    ::bigint), lan, 'a case opened for the old id is hers') FROM who;
SELECT is(pg_temp.ask('sup', 'customer_set', jsonb_build_object('customer',
    also, 'segment', 'vip'))->'customer', to_jsonb(lan), 'so is a segment')
FROM who;
SELECT is(jsonb_array_length(pg_temp.ask('an', 'ticket_list',
    jsonb_build_object('customer', also))->'tickets'), 3, 'and a list')
FROM who;
SELECT pg_temp.refused('sup', 'customer_merge', jsonb_build_object('customer',
    pg_temp.customer('X', 'x@example.com'), 'other', also),
    'CONFLICT other', 'who was merged is not merged again') FROM who;

-- Later she writes from the other address; then it turns out they are two.
CREATE TEMP TABLE later AS SELECT (g.answer::jsonb->>'ticket')::bigint AS id
FROM desk.ingest('[{"channel":"mail","kind":"message","id":"later@test",
    "at":"2026-11-21T09:00:00Z","contacts":[{"kind":"email",
    "address":"lan.tran@example.org"}],"subject":"S","candidates":
    [{"queue":"sales","why":"r"}]}]', '{}', '{}') g;
SELECT is(pg_temp.of(id), lan, 'a later mail is hers') FROM later, who;
SELECT pg_temp.refused('an', 'customer_split', jsonb_build_object('customer',
    lan, 'merge', 1), 'DENIED', 'an agent does not split') FROM who;
SELECT pg_temp.refused('sup', 'customer_split', jsonb_build_object('customer',
    lan), 'INVALID merge', 'what to split must be said') FROM who;
SELECT pg_temp.refused('sup', 'customer_split', jsonb_build_object('customer',
    lan, 'merge', 9999999), 'NOTFOUND merge', 'no such merge') FROM who;
CREATE FUNCTION pg_temp.undo(more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask('sup', 'customer_split', jsonb_build_object(
	    'customer', lan, 'merge', a->'merge') || more) FROM who, got
$$;
SELECT is(u->'moves', '{"tickets":2,"contacts":2}'::jsonb,
    'it says what would go back') FROM pg_temp.undo('{"dry":true}') u;
SELECT is(pg_temp.undo('{"dry":true}')->'later', jsonb_build_array(id),
    'and what came later and stays') FROM later;
SELECT pg_temp.told();
CREATE TEMP TABLE undone AS SELECT pg_temp.undo() AS u;
SELECT is(pg_temp.told(), 'customer split', 'told of again');
SELECT is(ARRAY[pg_temp.of(hers), pg_temp.of(moved), pg_temp.of(done),
    pg_temp.of(id)], ARRAY[lan, also, also, lan], 'each has his own again')
FROM t, who, later;
SELECT is(pg_temp.astray(), 0::bigint, 'with the events');
SELECT is(pg_temp.order_of(), also, 'and the order') FROM who;
SELECT is((SELECT array_agg(c.address ORDER BY c.address) FROM desk.contact c
    WHERE c.customer = also), '{+84912345678,lan.tran@example.org}',
    'and the contacts') FROM who;
SELECT is((SELECT c.name FROM desk.customer c WHERE c.id = also), 'Trần Lan',
    'and the name') FROM who;
SELECT is(pg_temp.version(moved), 3::bigint, 'newer once more') FROM t;
SELECT is(pg_temp.undo()->'split', u->'split', 'a repeat does nothing')
FROM undone;
SELECT is(pg_temp.told(), '', 'and tells nothing');
SELECT is((SELECT count(*) FROM desk.same_person p
    WHERE p.dismissed_at IS NOT NULL AND p.one = least(lan, also)
	AND p.other = greatest(lan, also)), 1::bigint,
    'they are not suggested again') FROM who;

-- In conflict.
UPDATE desk.customer SET segment = 'regular', segment_fixed = true,
    name = 'Lê Hoa',
    name_folded = 'le hoa' WHERE id = (SELECT also FROM who);
SELECT is((SELECT array_agg(x->>'what' ORDER BY x->>'what')
    FROM jsonb_array_elements(pg_temp.ask('sup', 'customer_merge',
    pg_temp.pair('{"dry":true}'))->'conflicts') x), '{name,segment}',
    'names and segments that differ are shown');
SELECT pg_temp.refused('sup', 'customer_merge', pg_temp.pair(),
    'CONFLICT sure', 'and must be meant');
SELECT pg_temp.refused('sup', 'customer_merge',
    pg_temp.pair('{"sure":1}'), 'CONFLICT sure', 'by the right id');
SELECT ok(pg_temp.ask('sup', 'customer_merge', pg_temp.pair(
    jsonb_build_object('sure', also))) ? 'merge', 'then it is done') FROM who;
SELECT is((SELECT c.segment || ' ' || c.name FROM desk.customer c
    WHERE c.id = lan), 'vip Trần Lan', 'who stays keeps his own') FROM who;

SELECT pg_temp.ask('sup', 'customer_split', jsonb_build_object('customer',
    lan, 'merge', (SELECT max(m.id) FROM desk.customer_merge m))) FROM who;
UPDATE desk.customer SET segment = NULL, name = 'Lan', name_folded = 'tran lan';
INSERT INTO desk.contact (customer, kind, address)
SELECT lan, 'user', 'u1' FROM who UNION ALL SELECT also, 'user', 'u2' FROM who;
SELECT is((SELECT array_agg(x->>'what') FROM jsonb_array_elements(
    pg_temp.ask('sup', 'customer_merge', pg_temp.pair('{"dry":true}'))
    ->'conflicts') x), '{"verified user"}', 'two proven identities differ');
UPDATE desk.customer SET name = 'Trần Lan';
SELECT pg_temp.ask('sup', 'customer_merge', pg_temp.pair(
    jsonb_build_object('sure', also))) FROM who;

-- A chain: lan goes on into a third; both merges are undone, oldest first.
CREATE TEMP TABLE third AS SELECT pg_temp.customer(NULL, 'c@example.com') AS c;
SELECT pg_temp.ask('sup', 'customer_merge', jsonb_build_object('customer', c,
    'other', lan)) FROM third, who;
SELECT is(desk.customer_now(also), c, 'a chain has one end') FROM who, third;
SELECT is((SELECT k.name FROM desk.customer k WHERE k.id = c), 'Trần Lan',
    'who has no name takes it over') FROM third;
SELECT is(jsonb_array_length(pg_temp.ask('an', 'customer_get',
    jsonb_build_object('customer', c))->'merged'), 2, 'of two') FROM third;
CREATE TEMP TABLE chain AS SELECT m.id, m.goes FROM desk.customer_merge m
WHERE m.undone_at IS NULL;
SELECT pg_temp.ask('sup', 'customer_split', jsonb_build_object('customer', c,
    'merge', ch.id)) FROM third, who w, chain ch WHERE ch.goes = w.also;
SELECT is(ARRAY[pg_temp.of(moved), pg_temp.of(hers)], ARRAY[also, c],
    'the first is undone') FROM t, who, third;
SELECT pg_temp.ask('sup', 'customer_split', jsonb_build_object('customer', c,
    'merge', ch.id)) FROM third, who w, chain ch WHERE ch.goes = w.lan;
SELECT is(ARRAY[pg_temp.of(moved), pg_temp.of(hers)], ARRAY[also, lan],
    'and the second') FROM t, who;
SELECT is((SELECT count(*) FROM desk.customer_was), 0::bigint,
    'nobody is forwarded');
SELECT is((SELECT k.name FROM desk.customer k WHERE k.id = c), NULL,
    'the name went along') FROM third;

-- Contacts taken out.
SELECT pg_temp.refused('sup', 'customer_split', jsonb_build_object('customer',
    also, 'contacts', 'nobody@example.com'), 'NOTFOUND contacts',
    'a contact he does not have') FROM who;
SELECT pg_temp.refused('sup', 'customer_split', jsonb_build_object('customer',
    also, 'contacts', '+84912345678  u2 lan.tran@example.org'),
    'INVALID contacts', 'all of them') FROM who;
CREATE TEMP TABLE out AS SELECT pg_temp.ask('sup', 'customer_split',
    jsonb_build_object('customer', also, 'contacts', 'lan.tran@example.org',
    'name', 'Hoa')) AS o FROM who;
SELECT is((SELECT array_agg(pg_temp.of(x)) FROM unnest(ARRAY[moved, done]) x),
    ARRAY[(o->>'split')::bigint, (o->>'split')::bigint],
    'his tickets go with the address') FROM out, t;
SELECT is(pg_temp.astray(), 0::bigint, 'with their events');

SELECT * FROM finish();
ROLLBACK;
