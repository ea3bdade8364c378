-- Who left before anybody answered: recorded once, by what it counts as, and
-- what the queue wants done with the case.
BEGIN;
\ir chat.psql
SELECT plan(43);

UPDATE desk.queue SET patience = '{"call 20s","chat 1m message"}',
    when_abandoned = 'hold';
CREATE FUNCTION pg_temp.want(deed text) RETURNS void
LANGUAGE sql AS 'UPDATE desk.queue SET when_abandoned = deed';
CREATE FUNCTION pg_temp.counted() RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', sum(h.n) FILTER (WHERE h.what = 'abandoned'),
	    sum(h.n) FILTER (WHERE h.what = 'abandoned_short'),
	    sum(h.n) FILTER (WHERE h.what = 'abandoned_late'))
	FROM desk.queue_hour h
$$;
CREATE FUNCTION pg_temp.noted(t bigint) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_agg(e.meta - '{waited_ms,of}'::text[] ORDER BY e.id)
	FROM desk.event e WHERE e.ticket = noted.t AND e.kind = 'abandoned'
$$;
CREATE FUNCTION pg_temp.how(t bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', t.kind, t.state, t.turned, t.units)
	FROM desk.ticket t WHERE t.id = how.t
$$;
-- The visitor left so many seconds after he had come.
CREATE FUNCTION pg_temp.leaves(id text, t bigint, s int) RETURNS int
LANGUAGE sql AS $$
	UPDATE desk.ticket k SET opened_at = now() - make_interval(secs => s)
	WHERE k.id = t;
	SELECT desk.chat_gone(jsonb_build_array(jsonb_build_object(
	    'conversation', id, 'since',
	    ceil(extract(epoch FROM now()) * 1000)::bigint)))
$$;
-- A record of a call, so many seconds after it began.
CREATE FUNCTION pg_temp.tell(id text, state text, s int, more jsonb DEFAULT '{}')
RETURNS bigint
LANGUAGE sql AS $$
	SELECT pg_temp.ticket(pg_temp.ring('+849' || lpad(right(id, 8), 8, '1'),
	    jsonb_build_object('id', id, 'state', state, 'direction', 'in')
	    || more, jsonb_build_object('at', now() - interval '1 hour'
		+ make_interval(secs => s))))
$$;

-- A visitor
SELECT pg_temp.open(:'v'), pg_temp.open(:'w'), pg_temp.open(:'x');
SELECT pg_temp.speak(:'v', 'một', '{"units":20}') AS t \gset
SELECT pg_temp.told();
SELECT is(pg_temp.leaves(:'v', :t, 30), 1, 'a visitor leaves');
SELECT is(pg_temp.told(), 'gone abandoned', '… told');
SELECT is(pg_temp.noted(:t), '[{"waited":30,"patience":60,"within":true}]',
    '… before his patience was over');
SELECT is(pg_temp.how(:t), 'case new left 20',
    '… nobody waits, but the case stays');
SELECT is(pg_temp.counted(), '1', '… counted');
SELECT is(pg_temp.leaves(:'v', :t, 40), 0, 'told again: nothing');
SELECT desk.chat_here(jsonb_build_array(:'v'));
SELECT is(pg_temp.how(:t), 'case new 20', 'back: he waits');
SELECT is(pg_temp.leaves(:'v', :t, 50), 1, 'he leaves again without a word');
SELECT is(pg_temp.how(:t), 'case new left 20', '… waits no more');
SELECT is(pg_temp.counted(), '1', '… and counts once');
SELECT is(pg_temp.speak(:'v', 'hai'), :t::bigint, 'he writes');
SELECT is(pg_temp.how(:t), 'case new 20', '… and waits again');

SELECT pg_temp.want('callback');
SELECT pg_temp.speak(:'w', 'một', '{"units":20}') AS u \gset
UPDATE desk.ticket SET due_at = now() - interval '1 second' WHERE id = :u;
SELECT pg_temp.leaves(:'w', :u, 61);
SELECT is(pg_temp.noted(:u), '[{"waited":61,"patience":60,"within":false,
    "late":true}]', 'after his patience, and too late');
SELECT is(pg_temp.how(:u), 'callback new callback 5', '… he is called back');
SELECT is(pg_temp.counted(), '2 1', '… counted as late');

SELECT pg_temp.want('resolve');
SELECT pg_temp.speak(:'x', 'một') AS x1 \gset
SELECT pg_temp.told();
SELECT pg_temp.leaves(:'x', :x1, 5);
SELECT is(pg_temp.told(), 'gone abandoned resolve', 'hardly there');
SELECT is(pg_temp.noted(:x1), '[{"waited":5,"patience":60,"within":true,
    "short":true}]', '… on record as that');
SELECT is(pg_temp.how(:x1), 'case resolved left 5', '… the case is over');
SELECT is(pg_temp.counted(), '3 1 1', '… counted as short');
SELECT is(pg_temp.speak(:'x', 'còn ai không'), :x1::bigint,
    'he writes again');
SELECT is(pg_temp.how(:x1), 'case open 5', '… and it is open again');
SELECT is((pg_temp.talk(:'x')).abandoned_at, NULL, '… and he waits anew');

-- A caller
SELECT pg_temp.want('hold');
SELECT pg_temp.tell('c1', 'ringing', 0) AS c1 \gset
SELECT is(pg_temp.tell('c1', 'missed', 25, '{"wait":25}'), :c1::bigint,
    'a caller hangs up');
SELECT is(pg_temp.noted(:c1), '[{"waited":25,"patience":20,"within":false}]',
    '… on record');
SELECT is(pg_temp.how(:c1), 'callback new 100', '… and is to be called back');
SELECT is(pg_temp.counted(), '4 1 1', '… counted');
SELECT is((SELECT string_agg(o.apply#>>'{feed,kind}', ' ')
    FROM desk.outbox_sweep('5 seconds', 100) o
    WHERE o.apply->>'ticket' = :'c1'), 'abandoned', '… told by the next sweep');
SELECT pg_temp.tell('c1', 'missed', 25, '{"wait":25}');
SELECT pg_temp.ticket(pg_temp.ring('+849111111c1', '{"id":"c1",
    "state":"missed","direction":"in","wait":26}',
    '{"id":"from another source"}'));
SELECT is(jsonb_array_length(pg_temp.noted(:c1)), 1, 'told again: once');
SELECT is(pg_temp.counted(), '4 1 1', '… counted once');
SELECT is(pg_temp.tell('c1', 'answered', 20, '{"agent":"101"}'), :c1::bigint,
    'late word: somebody had answered');
SELECT is(pg_temp.counted(), '3 1 1', '… he had not left');
SELECT is(pg_temp.noted(:c1)->0->'answered', 'true', '… on record');
SELECT pg_temp.tell('c1', 'ended', 60, '{"duration":40,"agent":"101"}');
SELECT is(pg_temp.counted() || jsonb_array_length(pg_temp.noted(:c1)),
    '3 1 11', '… and no more is said of it');

-- The same in one batch.  Counters are written once, at its end, as every batch
-- does it: two of them could wait for each other else.
CREATE TEMP TABLE wrote (what text[]);
CREATE FUNCTION pg_temp.note_writes() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO pg_temp.wrote
	SELECT coalesce(array_agg(f.what ORDER BY f.what), '{}') FROM fresh f;
	RETURN NULL;
END;
$$;
CREATE TRIGGER note_writes AFTER INSERT ON desk.queue_hour
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.note_writes();
SELECT count(*) FROM desk.ingest(jsonb_build_array(
    pg_temp.ring('+84977777777', '{"id":"z4","state":"missed",
	"direction":"in","wait":25}'),
    pg_temp.ring('+84977777777', '{"id":"z4","state":"answered",
	"direction":"in","agent":"101"}')), '{}', '{}');
SELECT is(pg_temp.counted(), '3 1 1', 'said and taken back at once');
SELECT pg_temp.tell('z5', 'missed', 25, '{"wait":25}');
TRUNCATE pg_temp.wrote;
SELECT pg_temp.tell('z5', 'answered', 20, '{"agent":"101"}');
SELECT is(pg_temp.counted(), '3 1 1', 'taken back later');
SELECT is((SELECT count(*) FROM pg_temp.wrote), 1::bigint, '… with the rest');
DROP TRIGGER note_writes ON desk.queue_hour;

SELECT pg_temp.tell('c2', 'ringing', 0) AS c2 \gset
SELECT pg_temp.tell('c2', 'answered', 5, '{"agent":"101"}');
SELECT pg_temp.tell('c2', 'ended', 30, '{"duration":25,"agent":"101"}');
SELECT is(pg_temp.noted(:c2), NULL, 'who was answered has not left');
SELECT pg_temp.ticket(pg_temp.ring('+84933333333', '{"id":"c3",
    "state":"missed","direction":"out"}'));
SELECT is(pg_temp.counted(), '3 1 1', 'nor whom we rang');
SELECT pg_temp.want('resolve');
SELECT pg_temp.tell('c4', 'ringing', 0) AS c4 \gset
SELECT pg_temp.tell('c4', 'missed', 3);
SELECT is(pg_temp.how(:c4), 'callback resolved left 100',
    'resolve: nobody calls back');
SELECT is((SELECT count(*) FROM desk.call c WHERE c.ticket = :c4
    AND c.abandoned_as = '{abandoned,abandoned_short,resolved}'), 1::bigint,
    '… counted as that');
SELECT is(pg_temp.counted(), '4 2 1', '… and as short');
SELECT pg_temp.tell('c5', 'missed', 0, '{"wait":12}') AS c5 \gset
SELECT is(pg_temp.noted(:c5)->0->'waited', '12',
    'all that is known of a call is that it was missed');
SELECT is(pg_temp.how(:c5), 'callback resolved left 100', '… the same');

SELECT * FROM finish();
ROLLBACK;
