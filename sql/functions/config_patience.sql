-- Full queues and patience in the configuration (desk.conf(5)).

-- Where who comes to a queue may be brought: [from, to, path of the member].
CREATE OR REPLACE FUNCTION desk.config_overflows(c jsonb)
RETURNS TABLE (source text, target text, path text)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT q.entry->>'name', substr(w.word, strpos(w.word, 'overflow ')
		+ 9), format('queues[%s].%s', q.place - 1, w.member)
	FROM jsonb_array_elements(c->'queues') WITH ORDINALITY q (entry, place)
	CROSS JOIN LATERAL (
	    SELECT m, q.entry->>m
	    FROM unnest('{when_full,when_closed}'::text[]) m
	    UNION ALL
	    SELECT 'patience', p
	    FROM jsonb_array_elements_text(q.entry->'patience') p)
	    w (member, word)
	WHERE w.word ~ '(^| )overflow '
$$;

-- Refuses what overflows into no queue, or leads in a ring, or through more
-- than eight queues: each time round, those go that lead to where it ends.
CREATE OR REPLACE FUNCTION desk.config_patience_check(c jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	wrong	text;
	live	text[];		-- queues from which one may still go on
	before	text[] := ARRAY(SELECT q->>'name'
		    FROM jsonb_array_elements(c->'queues') q);
BEGIN
	SELECT o.path INTO wrong FROM desk.config_overflows(c) o
	WHERE o.target <> ALL (before) ORDER BY o.path LIMIT 1;
	IF FOUND THEN
		PERFORM desk.refuse('INVALID',
		    'A queue overflows into another one that there is.', wrong);
	END IF;
	FOR hop IN 1 .. 9 LOOP
		live := ARRAY(SELECT DISTINCT o.source
		    FROM desk.config_overflows(c) o
		    WHERE o.target = ANY (before));
		EXIT WHEN live = '{}';
		before := live;
	END LOOP;
	IF live <> '{}' THEN
		SELECT o.path INTO wrong FROM desk.config_overflows(c) o
		WHERE o.source = ANY (live)
		ORDER BY o.path LIMIT 1;
		PERFORM desk.refuse('INVALID', 'These overflows lead in a '
		    'ring, or through more than eight queues.', wrong);
	END IF;
END;
$$;

-- What the queues' rows have of it, in the configuration's form.
CREATE OR REPLACE FUNCTION desk.queue_patience(q desk.queue)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	RETURN desk.unsaid(jsonb_strip_nulls(jsonb_build_object(
	    'full', (q).most_waiting, 'when_full', (q).when_full,
	    'when_closed', (q).when_closed, 'patience', to_jsonb((q).patience),
	    'short_abandon', (q).short_abandon,
	    'when_abandoned', (q).when_abandoned,
	    'turned_away', (q).turned_away)),
	    '{"full":0,"when_full":"hold","when_closed":"hold","patience":[],
	    "short_abandon":5,"when_abandoned":"hold"}');
END;
$$;

-- Puts it in force; after config_queues().
CREATE OR REPLACE FUNCTION desk.config_patience(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.queue q SET most_waiting = w.most, when_full = w.filled,
	    when_closed = w.closed, patience = w.patience,
	    short_abandon = w.short, when_abandoned = w.left_us,
	    turned_away = w.words
	FROM (SELECT e->>'name' AS name, coalesce((e->>'full')::int, 0) AS most,
		coalesce(e->>'when_full', 'hold') AS filled,
		coalesce(e->>'when_closed', 'hold') AS closed,
		ARRAY(SELECT jsonb_array_elements_text(e->'patience'))
		    AS patience,
		coalesce((e->>'short_abandon')::int, 5) AS short,
		coalesce(e->>'when_abandoned', 'hold') AS left_us,
		e->>'turned_away' AS words
	    FROM jsonb_array_elements(c->'queues') e) w
	WHERE q.name = w.name AND (q.most_waiting, q.when_full, q.when_closed,
		q.patience, q.short_abandon, q.when_abandoned, q.turned_away)
	    IS DISTINCT FROM (w.most, w.filled, w.closed, w.patience, w.short,
		w.left_us, w.words);
END;
$$;
