-- Who came back after a case, and who is about to be lost.
BEGIN;
\ir fixture.psql
SELECT plan(53);

CREATE FUNCTION pg_temp.ordered(whom bigint, no text, age interval,
    amount numeric DEFAULT 100000, status text DEFAULT 'delivered')
RETURNS void
LANGUAGE sql AS $$
	INSERT INTO desk.customer_order (order_no, customer, ticket, status,
	    amount, currency, told_at, event, first_at)
	VALUES (no, whom, 0, status, amount, 'VND', now(), 0, now() - age)
$$;
-- A case of his that was over so long ago.
CREATE FUNCTION pg_temp.over(whom bigint, age interval,
    more jsonb DEFAULT '{}') RETURNS bigint
LANGUAGE sql AS $$
	INSERT INTO desk.ticket (customer, queue, state, channel, reopens,
	    tags, opened_at, resolved_at, touched_at, spell_at)
	SELECT whom, q.id, 'resolved', 'mail',
	    coalesce((more->>'reopens')::int, 0),
	    ARRAY(SELECT jsonb_array_elements_text(more->'tags')),
	    now() - age - interval '1 hour', now() - age,
	    now() - age, now() - age
	FROM desk.queue q WHERE q.name = 'sales' RETURNING id
$$;
CREATE FUNCTION pg_temp.looked() RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
	n	int;
	total	int := 0;
BEGIN
	LOOP
		n := desk.retention_run(3);
		total := total + n;
		EXIT WHEN n = 0;
	END LOOP;
	RETURN total;
END;
$$;
CREATE FUNCTION pg_temp.summary(args jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', nullif(r->>'key', ''), r->>'n',
	    r->>'again', r->>'share', r->>'low', r->>'high', r->>'value',
	    'later', r->>'later'), '; ' ORDER BY n)
	FROM jsonb_array_elements(pg_temp.ask('sup', 'retention_summary',
	    args)->'rows') WITH ORDINALITY x(r, n)
$$;
CREATE FUNCTION pg_temp.named(whom bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT array_to_string(c.reasons, ' ') FROM desk.churn c
	WHERE c.customer = whom
$$;

-- Nobody
SELECT pg_temp.looked();
SELECT is(pg_temp.ask('sup', 'retention_summary', '{}')->'rows', '[]',
    'no line of nobody');
SELECT is(pg_temp.ask('sup', 'retention_summary', '{}')->'total',
    '{"n":0,"again":0,"later":0,"orders":0,"value":0}',
    'and a total without a share');
SELECT is(pg_temp.ask('sup', 'retention_churn', '{}'), '{"n":0,"usual":[],
    "reasons":{},"segments":[],"customers":[]}'::jsonb, 'nobody is about to be lost');
SELECT is(pg_temp.ask('sup', 'retention_winback', '{}'),
    '{"looked":0,"left_out":{},"customers":[]}'::jsonb, 'or to be won');
SELECT pg_temp.refused('sup', 'retention_summary', '{"from":"2026-13-01"}',
    'INVALID from', 'no such day');
SELECT pg_temp.refused('sup', 'retention_summary',
    '{"from":"2026-11-02","to":"2026-11-01"}', 'INVALID to',
    'it ends before it begins');

-- One who came back, one who did not, one who came too late, and one of whom
-- nobody can know yet
SELECT pg_temp.customer('Hạnh', 'hanh@example.com') AS hanh,
    pg_temp.customer('Minh', 'minh@example.com') AS minh,
    pg_temp.customer('Lan', 'lan@example.com') AS lan,
    pg_temp.customer('Nam', 'nam@example.com') AS nam \gset
SELECT pg_temp.over(:hanh, '200 days') AS t1,
    pg_temp.over(:minh, '200 days') AS t2,
    pg_temp.over(:lan, '200 days', '{"reopens":1}') AS t3,
    pg_temp.over(:nam, '10 days') AS t4 \gset
SELECT pg_temp.ordered(:hanh, 'A1', '190 days'),
    pg_temp.ordered(:hanh, 'A2', '120 days', 50000),
    pg_temp.ordered(:hanh, 'A3', '100 days', 7),	-- after 90 days
    pg_temp.ordered(:minh, 'B1', '180 days', 1, 'cancelled'),
    pg_temp.ordered(:lan, 'C1', '105 days'),	-- 95 days after
    pg_temp.ordered(:nam, 'D1', '5 days');
SELECT pg_temp.looked();
SELECT is(pg_temp.summary('{}'), 'resolved 2 1 50.0 9.5 90.5 150000 later 1; '
    'reopened 1 0 0.0 0.0 79.3 0 later 0',
    'one of two; who cannot be watched so long yet is not counted');
SELECT is(pg_temp.summary('{"days":100}'),
    'resolved 2 1 50.0 9.5 90.5 150007 later 1; '
    'reopened 1 1 100.0 20.7 100.0 100000 later 0', 'within longer');
SELECT is(pg_temp.summary('{"by":"segment"}'),
    '3 1 33.3 6.1 79.2 150000 later 1', 'who has no segment');
-- A customer counts once, by his first case of the stretch.
SELECT pg_temp.over(:hanh, '150 days', '{"tags":["recovery"]}');
INSERT INTO desk.retention_todo (customer) VALUES (:hanh);
SELECT pg_temp.looked();
SELECT is(pg_temp.summary('{}'), 'resolved 2 1 50.0 9.5 90.5 150000 later 1; '
    'reopened 1 0 0.0 0.0 79.3 0 later 0', 'once');
SELECT is((SELECT count(*) FROM desk.retained r WHERE r.customer = :hanh
    AND r.outcome = 'recovery'), 1::bigint, 'the other is on record');
SELECT is((SELECT count(*) FROM desk.retention_differs()), 0::bigint,
    'what is kept is what the record says');
-- His segment stays as it was; the case's own does not.
UPDATE desk.customer SET segment = 'vip' WHERE id = :lan;
UPDATE desk.ticket SET state = 'open' WHERE id = :t3;
SELECT pg_temp.looked();
SELECT is((SELECT count(*) FROM desk.retained r WHERE r.ticket = :t3),
    0::bigint, 'a case that goes on again is not over');
UPDATE desk.ticket SET state = 'resolved' WHERE id = :t3;
SELECT pg_temp.looked();
SELECT is((SELECT r.segment FROM desk.retained r WHERE r.ticket = :t3), 'vip',
    'it is as it was when its end was first seen');

-- Who is about to be lost.  His own gaps: 20 days each, so 40 is usual.
SELECT is((SELECT count(*) FROM desk.churn), 0::bigint,
    'nobody: thirty gaps must be known, or three of his own');
SELECT pg_temp.customer('Tâm', 'tam@example.com') AS tam \gset
SELECT pg_temp.ordered(:tam, 'T' || n, make_interval(days => 39 + 20 * n))
FROM generate_series(0, 3) n;
SELECT pg_temp.looked();
SELECT is(pg_temp.named(:tam), NULL, 'away for 39 days, usually up to 40');
UPDATE desk.customer_order SET first_at = first_at - interval '2 days'
WHERE customer = :tam;
SELECT pg_temp.looked();
SELECT is(pg_temp.named(:tam), 'gap', 'away for 41');
SELECT is((SELECT usual_s FROM desk.churn), 40 * 86400::bigint,
    'of what is usual with him');
-- Two orders on one day are one.
SELECT pg_temp.ordered(:nam, 'D' || n, '5 days 1 hour')
FROM generate_series(2, 9) n;
SELECT pg_temp.looked();
SELECT is(pg_temp.named(:nam), NULL, 'no gap within a day');
-- Other reasons
INSERT INTO desk.promise (ticket, customer, kind, queue, channel, source,
    event, due_at, counts_at, state, ended_at)
SELECT :t4, :nam, 'delivery', t.queue, 'order', 'agent', 0, now(), now(),
    'broken', now() - interval '1 day' FROM desk.ticket t WHERE t.id = :t4;
INSERT INTO desk.feedback (kind, customer, ticket, at)
VALUES ('complaint', :nam, :t4, now() - interval '2 days');
INSERT INTO desk.retention_todo (customer) VALUES (:nam);
SELECT pg_temp.looked();
SELECT is(pg_temp.named(:nam), 'promise',
    'a broken promise; a complaint has three days to be answered');
UPDATE desk.feedback SET at = now() - interval '4 days' WHERE ticket = :t4;
INSERT INTO desk.retention_todo (customer) VALUES (:nam);
SELECT pg_temp.looked();
SELECT is(pg_temp.named(:nam), 'complaint promise', 'nobody answered it');
SELECT is((SELECT string_agg(concat_ws(' ', r.customer = :nam,
    array_to_string(r.reasons, ' ')), ',') FROM desk.churn_reasons(
    ARRAY[:nam], now() - interval '3 days', false) r), 't ',
    'three days ago nobody had anything to say');
SELECT pg_temp.ordered(:minh, 'B2', '400 days');
SELECT pg_temp.looked();
SELECT is(pg_temp.named(:minh), NULL, 'who is gone for a year is gone');

-- The list
SELECT is((SELECT string_agg(concat_ws(' ', c->>'name', c->>'worth',
    c->>'reasons', c->>'usual_days', c->>'idle_days'), '; ' ORDER BY n)
    FROM jsonb_array_elements(pg_temp.ask('sup', 'retention_churn',
    '{}')->'customers') WITH ORDINALITY x(c, n)),
    'Nam 900000 ["complaint", "promise"] 5; Tâm 400000 ["gap"] 40.0 41',
    'who is worth most first');
SELECT is(pg_temp.ask('sup', 'retention_churn', '{"limit":1}')->>'after',
    :'nam', 'a page');
SELECT is(pg_temp.ask('sup', 'retention_churn', jsonb_build_object('after',
    :nam, 'limit', 5))->'customers'->0->>'name', 'Tâm', 'and the next');
SELECT is(pg_temp.ask('sup', 'retention_churn', '{"reason":"gap"}')
    #>> '{customers,0,name}', 'Tâm', 'those of a reason');

-- The rules, tried on the past: of Tâm's like, 40, who were away for 41 days
-- then, 30 did not come back; 20 who had just ordered all did.
DELETE FROM desk.customer_order;
DELETE FROM desk.promise;
DELETE FROM desk.feedback;
SELECT pg_temp.customer('K' || n, 'k' || n || '@example.com') FROM
    generate_series(1, 60) n;
SELECT count(pg_temp.ordered(c.id, c.name || '-' || g, make_interval(
    days => 90 + CASE WHEN substr(c.name, 2)::int <= 40 THEN 41 ELSE 1 END
	+ 20 * g)))
FROM desk.customer c, generate_series(0, 3) g WHERE c.name ~ '^K[0-9]+$';
SELECT count(pg_temp.ordered(c.id, c.name || '-again', '60 days'))
FROM desk.customer c WHERE c.name ~ '^K[0-9]+$'
    AND substr(c.name, 2)::int > 30;
UPDATE desk.retention_mark SET began_at = '-infinity';
SELECT pg_temp.looked();
SELECT is(desk.churn_tested() - 'at', '{"n":60,"days":90,
    "lost":{"n":60,"share":50.0,"low":37.7,"high":62.3},
    "precision":{"n":40,"share":75.0,"low":59.8,"high":85.8},
    "recall":{"n":30,"share":100.0,"low":88.6,"high":100},
    "reasons":[{"reason":"gap","n":40,"share":75.0,"low":59.8,
	"high":85.8}]}'::jsonb, 'how often the flag was right, and missed none');
SELECT is((SELECT concat_ws(' ', c->>'chance', c->>'n', c->>'value',
    c->>'expected') FROM jsonb_array_elements(pg_temp.ask('sup',
    'retention_winback', '{"limit":200}')->'customers') c LIMIT 1), NULL,
    'nobody can be written to without a company''s url');
-- By segment: si (K21 to K40) of whom 10 ordered in the last 90 days, and le.
UPDATE desk.customer SET segment = CASE WHEN substr(name, 2)::int
    BETWEEN 21 AND 40 THEN 'si' ELSE 'le' END WHERE name ~ '^K[0-9]+$';
DELETE FROM desk.churn_test;	-- of a round of the same moment
DELETE FROM desk.churn_segment;
UPDATE desk.retention_mark SET began_at = '-infinity';
SELECT pg_temp.looked();
SELECT is((SELECT string_agg(concat_ws(' ', t.segment, t.now_n, t.before_n,
    t.year_n, t.worth::bigint), '; ' ORDER BY t.segment)
    FROM desk.churn_segment t), 'le 20 40 40 18000000; si 10 20 20 9000000',
    'who ordered now, in the 90 days before, and in a year');
SELECT is((SELECT string_agg(concat_ws(' ', c.segment, c.expected::numeric(4,1),
    c.lost::numeric(4,1), c.chance), '; ' ORDER BY c.segment)
    FROM desk.churn_segments() c), 'le 20.0 0.0 1; si 10.0 0.0 1',
    'both as the other: nobody leaves');
-- A segment that goes by orders is not compared with its own rule.
INSERT INTO desk.segment (name, place, body)
VALUES ('quen', 1, '{"name":"quen","orders":"2-"}'), ('le', 2, '{"name":"le"}');
INSERT INTO desk.segment_member (segment, customer)
SELECT x.name, c.id FROM desk.customer c, (VALUES ('quen'), ('le')) x(name)
WHERE c.segment = 'le';
UPDATE desk.customer SET segment = 'quen' WHERE segment = 'le';
SELECT is((SELECT string_agg(x.segment || ' ' || x.year_n, ', '
    ORDER BY x.segment) FROM desk.churn_ordered(
    ARRAY(SELECT c.id FROM desk.customer c), now()) x),
    'le 40, si 20', 'but stands under his next');
-- One that goes by who is about to be lost has no gaps of its own: its customers'
-- are those of their next.
INSERT INTO desk.segment (name, place, body)
VALUES ('sap-mat', 0, '{"name":"sap-mat","churn":["any"]}');
UPDATE desk.customer SET segment = 'sap-mat' WHERE segment = 'si' OR name < 'K19';
SELECT is((SELECT string_agg(g.segment || ' ' || g.n, ', ' ORDER BY g.segment)
    FROM desk.order_gaps(now(), now() - interval '90 days') g WHERE g.past),
    ' 180, quen 120',
    'as if they were not lost: of twenty there is no next');
-- Both moments of a round are of one reading.
SELECT t.seq_scan + t.idx_scan AS reads FROM pg_stat_xact_user_tables t
WHERE t.relid = 'desk.customer_order'::regclass \gset
SELECT desk.retention_round();
SELECT is((SELECT t.seq_scan + t.idx_scan - :reads
    FROM pg_stat_xact_user_tables t
    WHERE t.relid = 'desk.customer_order'::regclass), 1::bigint,
    'a round reads all orders once');
SELECT is((SELECT string_agg(concat_ws(' ', g.past, g.segment, g.n,
    g.seconds / 86400), ', ' ORDER BY g.past, g.segment)
    FROM desk.order_gap g), 'f  210 31, f quen 140 31, t  180 20, t quen 120 20',
    'what is usual now and was then');
DELETE FROM desk.segment_member;
DELETE FROM desk.segment;
INSERT INTO desk.config (who, body) VALUES ('admin', '{"company":
    {"name":"An Tâm","url":"https://desk.example","lang":"vi",
     "timezone":"Asia/Ho_Chi_Minh"}}');
INSERT INTO desk.served (kind, address) VALUES ('email', 'hello@shop.example');
UPDATE desk.customer SET no_followups_at = now() WHERE name IN ('K1', 'K2');
SELECT is(pg_temp.ask('sup', 'retention_winback', '{}')->'left_out',
    '{"declined":2}'::jsonb, 'who wants nothing is left out');
-- Away for 60 days of usually 40: of 40 such 10 came back.  K3 is away for
-- longer, 131; of such nobody knows, so those nearest to him speak.
SELECT is((SELECT concat_ws(' ', c->>'name', c->>'chance', c->>'n',
    c->>'value', c->>'expected') FROM jsonb_array_elements(pg_temp.ask('sup',
    'retention_winback', '{}')->'customers') c LIMIT 1),
    'K31 25.0 40 500000 125000', 'value times chance');
SELECT is((SELECT concat_ws(' ', c->>'chance', c->>'n', c->>'expected')
    FROM jsonb_array_elements(pg_temp.ask('sup', 'retention_winback',
    '{"limit":200}')->'customers') c WHERE c->>'name' = 'K3'),
    '25.0 40 100000', 'of whom too little is known, those most like him');

-- One who is merged or erased
SELECT id AS k3 FROM desk.customer WHERE name = 'K3' \gset
SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object('customer',
    :k3, 'sure', :k3, 'reason', 'He asked.'));
SELECT pg_temp.looked();
SELECT is(pg_temp.named(:k3), NULL, 'who is erased is in no list');
UPDATE desk.ticket SET customer = :hanh WHERE customer = :lan;
SELECT desk.customer_leave(:lan, :hanh);
SELECT pg_temp.looked();
SELECT is((SELECT count(*) FROM desk.retention_differs()), 0::bigint,
    'a merged customer''s cases are the other''s');
-- The same again changes nothing.
CREATE TEMP TABLE before AS SELECT * FROM desk.retained;
UPDATE desk.retention_mark SET began_at = '-infinity';
SELECT pg_temp.looked();
SELECT is((SELECT count(*) FROM (SELECT * FROM before EXCEPT
    SELECT * FROM desk.retained) x), 0::bigint, 'as often as one looks');

-- The sums give what the cases do, whatever is asked: many customers with some
-- cases and orders each, at any hour.
SELECT setseed(0.5);
SELECT count(pg_temp.customer('S' || n, 's' || n || '@example.com'))
FROM generate_series(1, 60) n;
SELECT count(pg_temp.over(c.id, random() * interval '500 days',
    jsonb_build_object('reopens', floor(random() * 2)::int)))
FROM desk.customer c, generate_series(1, 4) g WHERE c.name ~ '^S[0-9]+$'
    AND random() < 0.7;
SELECT count(pg_temp.ordered(c.id, c.name || '-' || g,
    random() * interval '500 days', floor(random() * 1000)::numeric))
FROM desk.customer c, generate_series(1, 5) g WHERE c.name ~ '^S[0-9]+$';
UPDATE desk.customer SET segment = 'si'
WHERE name ~ '^S[0-9]+$' AND id % 3 = 0;
INSERT INTO desk.retention_todo (customer)
SELECT c.id FROM desk.customer c WHERE c.name ~ '^S[0-9]+$';
SELECT pg_temp.looked();
-- How many questions the two ways answer otherwise, of how many.
CREATE FUNCTION pg_temp.unlike() RETURNS text LANGUAGE sql AS $$
	SELECT count(*) FILTER (WHERE x.sums IS DISTINCT FROM x.cases)
	    || ' of ' || count(*) || CASE WHEN bool_or(x.cases <> '{}')
	    THEN '' ELSE ': all empty' END
	FROM (SELECT ARRAY(SELECT ROW(r.key, r.n, r.again, r.later, r.orders,
		    trim_scale(r.worth))::text
		FROM desk.retained_rows(per, since, until, zone, span) r
		ORDER BY 1) AS sums,
		ARRAY(SELECT ROW(r.key, r.n, r.again, r.later, r.orders,
		    trim_scale(r.worth))::text
		FROM desk.retained_each(per, since, until, zone, span) r
		ORDER BY 1) AS cases
	    FROM unnest('{outcome,class,segment,touchpoint}'::text[]) per,
		unnest('{30,365}'::int[]) span,
		unnest('{500,365,131,60,31,7}'::int[]) ago,
		unnest('{0,1,45}'::int[]) upto,
		LATERAL (SELECT desk.report_zone('{}') AS zone) z,
		LATERAL (SELECT (now() AT TIME ZONE zone)::date - ago AS since,
		    (now() AT TIME ZONE zone)::date - upto + 1 AS until) d
	    WHERE upto < ago) x
$$;
SELECT is(pg_temp.unlike(), '0 of 128', 'sums and cases say the same');
SELECT is((SELECT count(*) FROM desk.retained_differs()), 0::bigint,
    'they add up');
SELECT cmp_ok((SELECT count(*) FROM desk.retained_sum s WHERE s.n > 0), '>',
    500::bigint, 'and are not empty');
SELECT is((SELECT count(*) FROM desk.retained_part), 0::bigint,
    'nothing is left to add up');
-- What came just now is counted before it is added up.
DELETE FROM desk.retained r WHERE r.ticket IN (
    SELECT o.ticket FROM desk.retained o ORDER BY o.ended_at DESC LIMIT 40);
SELECT is((SELECT concat_ws(' ', count(*), sum(p.n)) FROM desk.retained_part p),
    '40 -40', 'cases of who is erased are noted');
SELECT is((SELECT count(*) FROM desk.retained_differs()), 0::bigint,
    'which makes no difference');
-- In another zone days are others: read case by case until all are.
INSERT INTO desk.config (who, body)
VALUES ('admin', '{"company":{"timezone":"America/New_York"}}');
SELECT is((SELECT m.zoned AND m.zone = desk.report_zone('{}')
    FROM desk.retention_mark m), false, 'another zone');
SELECT pg_temp.looked();
SELECT is((SELECT m.zoned AND m.zone = 'America/New_York'
    FROM desk.retention_mark m), true, 'all are of its days');
SELECT is(pg_temp.unlike(), '0 of 128', 'sums and cases say the same');
SELECT is((SELECT count(*) FROM desk.retained_differs()), 0::bigint,
    'and add up again');

-- Within other days than are added up, of so many cases and no more.
SELECT is((pg_temp.ask('sup', 'retention_summary', '{"from":"2001-01-01",
    "to":"2001-02-01","days":7}')->'total'->>'n')::int, 0, 'any days of few');
SET LOCAL session_replication_role = replica;
INSERT INTO desk.retained (ticket, customer, ended_at, outcome)
SELECT -k, -k, '2001-01-15Z', 'resolved' FROM generate_series(1, 10001) k;
SET LOCAL session_replication_role = origin;
SELECT pg_temp.refused('sup', 'retention_summary', '{"from":"2001-01-01",
    "to":"2001-02-01","days":7}', 'INVALID days', 'not of ten thousand');
SELECT * FROM finish();
ROLLBACK;
