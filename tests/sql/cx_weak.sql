-- Weakest touchpoints: which are weak, met or not to be told, in which order,
-- and what their customers are worth; each figure by hand.
BEGIN;
\ir fixture.psql
SELECT plan(27);
SELECT desk.config_journey('{"company":{"timezone":"Asia/Ho_Chi_Minh"},
    "touchpoints":[
    {"name":"ship","stage":"use","vi":"Giao hàng","en":"Delivery",
	"department":"shipping","owner":"an","kind":["call"],"channel":[],
	"queue":[],"status":[],"keywords":[],"target":"4.2"},
    {"name":"ask","stage":"consultation","kind":["message"],"channel":["mail"],
	"queue":[],"status":[],"keywords":[],"target":"csat 4"},
    {"name":"chat","stage":"consultation","kind":["message"],
	"channel":["chat"],"queue":[],"status":[],"keywords":[],
	"target":"mood 0.5"},
    {"name":"buy","stage":"purchase","kind":["order"],"channel":[],
	"queue":[],"status":[],"keywords":[],"target":"nps -20"},
    {"name":"none","stage":"support","kind":["x"],"channel":[],
	"queue":[],"status":[],"keywords":[]}]}');
INSERT INTO desk.survey (name, body) VALUES
    ('s', '{"questions":[{"name":"score","kind":"csat"}]}'),
    ('n', '{"questions":[{"name":"score","kind":"nps"}]}');

SELECT is(t::text, x.want, x.said) FROM (VALUES ('4.2', '(csat,4.2)'),
    ('nps -40', '(nps,-40)'), ('ces 7.01', '(,)'), ('mood 0.1', '(mood,0.1)'),
    ('6', '(,)'), ('gut', '(,)'), ('promise 90', '(,)')) x(said, want),
    desk.target_read(x.said) t;

CREATE FUNCTION pg_temp.weak(more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask('sup', 'cx_weak', '{"from":"2025-01-10",
	    "to":"2025-02-20"}' || more)
$$;
CREATE FUNCTION pg_temp.names(said jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(r->>'touchpoint', ' ' ORDER BY n)
	FROM jsonb_array_elements(said) WITH ORDINALITY x(r, n)
$$;
CREATE FUNCTION pg_temp.run() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	WHILE desk.journey_run(100) OR EXISTS (SELECT FROM desk.journey_again)
	    OR desk.worth_run(50) > 0 LOOP
	END LOOP;
END;
$$;
SELECT pg_temp.run();
SELECT is(pg_temp.weak(), '{"from":"2025-01-10","to":"2025-02-20","weak":[],
    "met":[],"untargeted":["none"],"few":[
    {"touchpoint":"ask","vi":"ask","en":"ask","stage":"consultation",
	"measure":"csat","n":0,"target":4,"gap":0,"volume":0,"value":1,
	"impact":0},
    {"touchpoint":"buy","vi":"buy","en":"buy","stage":"purchase",
	"measure":"nps","n":0,"target":-20,"gap":0,"volume":0,"value":1,
	"impact":0},
    {"touchpoint":"chat","vi":"chat","en":"chat","stage":"consultation",
	"measure":"mood","n":0,"target":0.5,"gap":0,"volume":0,"value":1,
	"impact":0},
    {"touchpoint":"ship","vi":"Giao hàng","en":"Delivery","stage":"use",
	"department":"shipping","owner":"an","measure":"csat","n":0,
	"target":4.2,"gap":0,"volume":0,"value":1,"impact":0}]}',
    'nothing said: nothing is weak');

-- Answers at noon of 20 January, where the company is.
CREATE FUNCTION pg_temp.said(measure text, of text, spot text, value int,
    times int) RETURNS void LANGUAGE sql AS $$
	SELECT desk.measure(measure, of, '2025-01-20T05:00Z', 0, 0, 'mail', '',
	    spot, value, times)
$$;
SELECT pg_temp.said('csat', 's', 'ship', 1, 1);
SELECT is(pg_temp.weak()->'weak', '[]', 'one answer carries nothing');
-- 30 answers 1, 10 answers 5: mean 2; limits by hand of 42 answers with 1 and 5
-- added: mean (80 + 6) / 42, squares (280 + 26) / 42.
SELECT pg_temp.said('csat', 's', 'ship', 1, 29),
    pg_temp.said('csat', 's', 'ship', 5, 10);
SELECT pg_temp.said('csat', 's', 'ask', 3, 40);
SELECT pg_temp.said('nps', 'n', 'buy', 9, 40);
SELECT is(pg_temp.names(pg_temp.weak()->'weak'), 'ask ship',
    'both weak, no steps yet: by name');
SELECT is(pg_temp.names(pg_temp.weak()->'met'), 'buy', 'one is met');
SELECT is(pg_temp.weak()->'weak'->1->'score', '2.00', 'a mean');
SELECT is(round(86 / 42.0 + 1.959963984540054 * sqrt((306 / 42.0
    - (86 / 42.0) ^ 2) / 42), 2)::text, pg_temp.weak()->'weak'->1->>'high',
    'with its limit');
SELECT is(pg_temp.weak()->'weak'->1->'gap', '0.5500', '2.2 of 4 points');
SELECT is(pg_temp.weak()->'weak'->0->'gap', '0.2500', '1 of 4 points');
SELECT is(pg_temp.names(pg_temp.weak('{"to":"2025-01-19"}')->'weak'), NULL,
    'not before it was said');

-- Steps: Lan (orders of 3 million) at ship three times, Hùng (1 million) at ask
-- once; Mai, without an order, at ask and, angry, in the chat.
CREATE FUNCTION pg_temp.step(of bigint, day date, kind text DEFAULT 'message',
    via text DEFAULT 'mail', mood int DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	e	bigint;
BEGIN
	INSERT INTO desk.event (at, filed_at, ticket, customer, kind, channel,
	    direction, text)
	SELECT day::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
	    + interval '30 minutes', now(), t.id, t.customer, step.kind,
	    via, 'in', 'x'
	FROM desk.ticket t WHERE t.id = of RETURNING id INTO e;
	INSERT INTO desk.mood (event, at, queue, agent, channel, segment, value)
	SELECT e, now(), 1, 0, via, '', mood WHERE mood IS NOT NULL;
END;
$$;
CREATE FUNCTION pg_temp.buys(of bigint, no text, sum numeric,
    how text DEFAULT 'delivered') RETURNS void LANGUAGE sql AS $$
	INSERT INTO desk.customer_order (order_no, customer, ticket, status,
	    amount, currency, told_at, event, first_at)
	VALUES (no, of, 1, how, sum, 'VND', now(), 1, now())
$$;
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan,
    pg_temp.customer('Hùng', 'hung@example.com') AS hung,
    pg_temp.customer('Mai', 'mai@example.com') AS mai \gset
UPDATE desk.customer SET segment = 'vip' WHERE id = :lan;
SELECT pg_temp.ticket(:lan, 'sales', 'a') AS a, pg_temp.ticket(:hung, 'sales',
    'b') AS b, pg_temp.ticket(:mai, 'sales', 'c') AS c \gset
DELETE FROM desk.step_todo;
SELECT pg_temp.step(:a, '2025-01-11', 'call', 'call'),
    pg_temp.step(:a, '2025-01-12', 'call', 'call'),
    pg_temp.step(:a, '2025-02-12', 'call', 'call'),
    pg_temp.step(:b, '2025-01-15'), pg_temp.step(:c, '2025-01-16'),
    pg_temp.step(:c, '2025-01-17', via => 'chat', mood => -1);
SELECT pg_temp.run();
SELECT is((pg_temp.weak()->'weak'->0) - '{vi,en,stage,measure,low,high}'::text[],
    '{"touchpoint":"ship","department":"shipping","owner":"an","n":40,
    "score":2.00,"target":4.2,"gap":0.5500,"volume":3,"value":1.000,
    "impact":1.65}', 'three steps short of 0.55; no orders, no weight');
SELECT is((SELECT f.n || ' ' || trim_scale(f.score) FROM desk.touchpoint_states(
    '2025-01-10', '2025-02-21', NULL) f WHERE (f.touchpoint).name = 'chat'),
    '1 -1', 'a feeling comes of the step');
SELECT pg_temp.buys(:lan, 'D1', 3000000), pg_temp.buys(:hung, 'D2', 1000000),
    pg_temp.buys(:hung, 'D3', 9000000, 'cancelled');
SELECT pg_temp.run();
-- Everybody: Lan in two months, Hùng and Mai in one: (3 + 3 + 1 + 0) / 4 million.
SELECT is(pg_temp.weak()->'weak'->0->'value', '1.714', '3 of 1.75 million');
SELECT is(pg_temp.weak()->'weak'->1->'value', '0.286', '0.5 of 1.75 million');
SELECT is(pg_temp.weak()->'weak'->0->'impact', '2.83', 'by what it costs');
SELECT is(pg_temp.weak('{"limit":1}')->'weak'->>1, NULL, 'so many at most');
SELECT is(pg_temp.weak('{"segment":"vip"}')->'few'->0->'volume', '3',
    'of one segment, whose answers none are');
SELECT is_empty('SELECT desk.worth_differs()', 'as orders and steps have it');
UPDATE desk.customer_order SET status = 'returned' WHERE order_no = 'D1';
SELECT pg_temp.run();
SELECT is(pg_temp.weak()->'weak'->1->> 'value', '0.000',
    'sent back: worth nothing, and last');
SELECT is_empty('SELECT desk.worth_differs()', '… which is counted');
SELECT pg_temp.refused('an', 'cx_weak', '{}', 'DENIED', 'not an agent''s');
SELECT * FROM finish();
ROLLBACK;
