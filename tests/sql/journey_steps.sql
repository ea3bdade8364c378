-- Each event of a customer as a step, on random histories that come late, are
-- sorted by hand and change hands: what is on record is what it comes to when
-- it is counted again.
BEGIN;
\ir fixture.psql
SELECT plan(28);
SELECT setseed(0.20261122);

-- A configuration's part, as CONFIG.APPLY has it in force.
CREATE FUNCTION pg_temp.rules(more jsonb) RETURNS void LANGUAGE sql AS $$
	SELECT desk.config_journey(jsonb_build_object('company',
	    '{"timezone":"Asia/Ho_Chi_Minh"}'::jsonb) || more)
$$;
CREATE FUNCTION pg_temp.run() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n	int := 0;
BEGIN
	WHILE EXISTS (SELECT FROM desk.step_todo)
	    OR EXISTS (SELECT FROM desk.journey_again) LOOP
		PERFORM desk.journey_run(7);
		n := n + 1;
		IF n > 2000 THEN
			RAISE EXCEPTION 'it does not end';
		END IF;
	END LOOP;
	RETURN n;
END;
$$;
-- An event of that ticket's customer.
CREATE FUNCTION pg_temp.event(of bigint, moment timestamptz,
    kind text DEFAULT 'message', via text DEFAULT 'mail', body text DEFAULT '',
    more jsonb DEFAULT '{}', note jsonb DEFAULT NULL) RETURNS bigint
LANGUAGE sql AS $$
	INSERT INTO desk.event (at, filed_at, ticket, customer, kind, channel,
	    direction, text, facts, meta)
	SELECT moment, greatest(moment, now()), t.id, t.customer, event.kind,
	    via, 'in', body, more, note
	FROM desk.ticket t WHERE t.id = of
	RETURNING id
$$;
CREATE FUNCTION pg_temp.at(e bigint) RETURNS text LANGUAGE sql AS $$
	SELECT s.touchpoint || '/' || s.stage || CASE WHEN s.by_hand
	    THEN ' by hand' ELSE '' END
	FROM desk.step s WHERE s.event = e
$$;

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Còn hàng không') AS t \gset
SELECT pg_temp.event(:t, now() - interval '9 days') AS early \gset
SELECT is_empty('SELECT FROM desk.step_todo',
    'a desk without touchpoints notes nothing');

SELECT pg_temp.rules('{"touchpoints":[
    {"name":"bought","stage":"purchase","kind":["order"],"channel":[],
	"queue":[],"status":["paid","placed"],"keywords":[]},
    {"name":"warranty","stage":"support","kind":[],"channel":[],"queue":[],
	"status":[],"keywords":["bảo hành","Bị lỗi"],"target":"4.2"},
    {"name":"delivery","stage":"use","kind":[],"channel":[],
	"queue":["shipping"],"status":[],"keywords":[]},
    {"name":"fair","stage":"discovery","kind":[],"channel":[],"queue":[],
	"status":[],"keywords":[]},
    {"name":"phone","stage":"consultation","kind":["call"],"channel":[],
	"queue":[],"status":[],"keywords":[]},
    {"name":"asked","stage":"consultation","kind":["message"],
	"channel":["mail","chat"],"queue":[],"status":[],"keywords":[]}]}');
SELECT pg_temp.run();
SELECT is(pg_temp.at(:early), 'asked/consultation',
    'what was there before is gone through');

-- By rule
SELECT pg_temp.event(:t, now() - interval '2 days', body
    => 'Máy BI  LỖI, xin bao-hanh') AS e \gset
SELECT pg_temp.event(:t, now() - interval '2 days', body
    => 'bảo vệ, hành lý') AS f \gset
SELECT pg_temp.event(:t, now() - interval '1 days', 'order', 'order', '',
    '{"order":{"status":"paid"}}') AS g \gset
SELECT pg_temp.event(:t, now() - interval '1 days', 'order', 'order', '',
    '{"order":{"status":"lost"}}') AS h \gset
SELECT pg_temp.event(:t, now(), body => 'Out of office',
    more => '{"automatic":"out-of-office"}') AS i \gset
SELECT pg_temp.run();
SELECT is(pg_temp.at(:e), 'warranty/support', 'words, with marks or without');
SELECT is(pg_temp.at(:f), 'asked/consultation', 'whole words in their order');
SELECT is(pg_temp.at(:g), 'bought/purchase', 'an order by its status');
SELECT is(pg_temp.at(:h), NULL, 'what fits nothing is no step');
SELECT is(pg_temp.at(:i), NULL, 'nor is what a machine wrote');

-- What he felt, as somebody corrects it, too
SELECT pg_temp.ask('an', 'mood_set', jsonb_build_object('event', :e,
    'mood', 'bad'));
SELECT pg_temp.run();
SELECT is((SELECT s.mood FROM desk.step s WHERE s.event = :e), -1::smallint,
    'a step has its feeling');
SELECT is(desk.mood_mean(1, 1, 2),
    '{"n":4,"mean":0.250,"low":-0.551,"high":0.885}',
    'a mean has its interval');
SELECT is(desk.mood_mean(0, 0, 0), NULL, 'of nobody there is none');

-- A call is told of by several events, in any order
SELECT pg_temp.event(:t, now(), 'call', 'call', '', '{}',
    '{"call":{"id":"c1","state":"ringing"}}') AS c1 \gset
SELECT pg_temp.event(:t, now(), 'call', 'call', '', '{}',
    '{"call":{"id":"c1","state":"ended"}}') AS c2 \gset
DELETE FROM desk.step_todo d WHERE d.event = :c1;
INSERT INTO desk.step_todo (event, filed_at)
SELECT e.id, e.filed_at FROM desk.event e WHERE e.id = :c1;
SELECT desk.journey_run(1);
SELECT desk.journey_run(1);
SELECT is((SELECT array_agg(s.event) FROM desk.step s
    WHERE s.kind = 'call'), ARRAY[:c1]::bigint[], 'a call is one step');

-- By hand
SELECT is(pg_temp.ask('an', 'step_set', jsonb_build_object('event', :f,
    'touchpoint', 'fair'))->>'stage', 'discovery', 'somebody knows better');
SELECT is(pg_temp.at(:f), 'fair/discovery by hand', '… at once');
SELECT desk.journey_anew();
SELECT pg_temp.run();
SELECT is(pg_temp.at(:f), 'fair/discovery by hand',
    '… and it stays when all is gone through again');
SELECT pg_temp.ask('an', 'step_set', jsonb_build_object('event', :f));
SELECT is(pg_temp.at(:f), 'asked/consultation', 'until it is taken back');
SELECT pg_temp.refused('an', 'step_set', jsonb_build_object('event', :f,
    'touchpoint', 'moon'), 'NOTFOUND touchpoint', 'a touchpoint that is none');
SELECT pg_temp.refused('an', 'step_set', '{"event":999999999,"touchpoint":"fair"}',
    'NOTFOUND event', 'an event that is none');
SELECT is_empty('SELECT * FROM desk.journey_differs()', 'all agrees');

-- Random histories of ten customers, in three segments, each event at a moment
-- of its own, filed in another order; some are moved, some sorted by hand.
SELECT pg_temp.rules(jsonb_set((SELECT jsonb_build_object('touchpoints',
	jsonb_agg(jsonb_build_object('name', p.name, 'stage', p.stage,
	'kind', p.kinds, 'channel', p.channels, 'queue', p.name = 'delivery',
	'status', p.statuses, 'keywords', p.keywords) ORDER BY p.place))
    FROM desk.touchpoint p), '{journeys}', '[
    {"name":"trade","stages":["consultation","purchase","support"],
	"segments":["trade"]},
    {"name":"people","stages":["discovery","consultation","purchase","use",
	"support"],"segments":[]}]'));
UPDATE desk.touchpoint p SET queues = ARRAY(SELECT q.id FROM desk.queue q
    WHERE q.name = 'shipping') WHERE p.name = 'delivery';
CREATE TEMP TABLE someone AS
SELECT n, pg_temp.customer('Ai ' || n, 'ai' || n || '@example.com') AS id
FROM generate_series(1, 10) n;
UPDATE desk.customer c SET segment = CASE s.n % 3 WHEN 0 THEN 'trade'
    WHEN 1 THEN 'vip' END
FROM someone s WHERE s.id = c.id;
CREATE TEMP TABLE cases AS
SELECT s.id AS customer, pg_temp.ticket(s.id, CASE WHEN random() < 0.5
    THEN 'sales' ELSE 'shipping' END, 'x') AS id
FROM someone s, generate_series(1, 3);
CREATE FUNCTION pg_temp.live(n int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	k	record;
	dice	float8;
	e	bigint;
BEGIN
	FOR i IN 1 .. n LOOP
		SELECT * INTO k FROM cases c ORDER BY random() LIMIT 1;
		dice := random();
		e := pg_temp.event(k.id, date_trunc('minute', now())
		    - floor(random() * 90000) * interval '1 minute',
		    CASE WHEN dice < 0.2 THEN 'order' WHEN dice < 0.3
			THEN 'call' ELSE 'message' END,
		    CASE WHEN dice < 0.2 THEN 'order' WHEN dice < 0.3
			THEN 'call' WHEN dice < 0.6 THEN 'chat'
			ELSE 'mail' END,
		    CASE WHEN dice > 0.8 THEN 'nhờ bảo hành' ELSE 'alo' END,
		    CASE WHEN dice < 0.2
			THEN '{"order":{"status":"paid"}}' ELSE '{}' END::jsonb,
		    jsonb_build_object('call', jsonb_build_object('id', i)));
		IF random() < 0.1 THEN
			PERFORM desk.journey_run(5);
		END IF;
		IF random() < 0.05 THEN
			PERFORM pg_temp.ask('an', 'step_set',
			    jsonb_build_object('event', e, 'touchpoint',
			    'asked'));
		END IF;
		IF random() < 0.03 THEN
			UPDATE desk.event v SET customer = s.id
			FROM (SELECT o.id FROM someone o
			    ORDER BY random() LIMIT 1) s
			WHERE v.ticket = k.id;
		END IF;
	END LOOP;
END;
$$;
SELECT pg_temp.live(400);
SELECT pg_temp.run();
SELECT cmp_ok((SELECT count(*) FROM desk.step), '>', 300::bigint,
    'there are many');
SELECT is_empty('SELECT * FROM desk.journey_differs()',
    'what was counted as it came is what it comes to');
SELECT set_eq('SELECT DISTINCT s.stage::text FROM desk.step s
    WHERE s.journey = ''trade''', '{consultation,purchase,support}'::text[],
    'a journey has its own stages');
SELECT is_empty($$SELECT FROM desk.step s
    JOIN desk.event e ON e.id = s.event WHERE s.customer <> e.customer$$,
    'steps go where their events went');
CREATE TEMP TABLE once AS SELECT * FROM desk.step;
CREATE TEMP TABLE days AS SELECT * FROM desk.journey_day WHERE n <> 0;
SELECT desk.journey_anew();
SELECT pg_temp.run();
SELECT set_eq('SELECT * FROM desk.step', 'SELECT * FROM once',
    'gone through again, all steps are as they were');
TRUNCATE desk.step, desk.customer_stage, desk.journey_day;
SELECT desk.journey_anew();
SELECT pg_temp.run();
-- What was told of segments and queues as they were is theirs of today here.
SELECT set_eq('SELECT * FROM desk.step', 'SELECT * FROM once',
    '… and made from nothing, too');
SELECT set_eq('SELECT * FROM desk.journey_day WHERE n <> 0',
    'SELECT * FROM days', '… with the same days and months');

-- Rules that change sort the history anew; erased people's stays
SELECT desk.erase_identity(s.id) FROM someone s WHERE s.n = 2;
CREATE TEMP TABLE gone AS SELECT x.* FROM desk.step x
    JOIN someone s ON s.id = x.customer WHERE s.n = 2;
SELECT pg_temp.rules('{"touchpoints":[{"name":"all","stage":"use",
    "kind":["message","order","call"],"channel":[],"queue":[],"status":[],
    "keywords":[]}]}');
SELECT pg_temp.run();
SELECT set_eq($$SELECT DISTINCT x.touchpoint::text FROM desk.step x
    WHERE x.customer NOT IN (SELECT s.id FROM someone s WHERE s.n = 2)$$,
    '{all}'::text[], 'rules that change sort what was before anew');
SELECT set_eq('SELECT x.* FROM desk.step x JOIN gone g USING (event)',
    'SELECT * FROM gone', 'but nothing of who was erased');
SELECT is_empty('SELECT * FROM desk.journey_differs()', '… and it adds up');

SELECT * FROM finish();
ROLLBACK;
