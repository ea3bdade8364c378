-- Who left before anybody answered: a visitor whose pages are closed, a caller
-- who hung up.

-- Notes it on the ticket, which is locked, once; what happened before and after
-- decides what it counts as.  waited counts from since.  Returns its counters:
-- abandoned, and with it abandoned_short (he was hardly there), abandoned_late
-- (the answer was overdue).  call: the exchange's id; nobody waits for what
-- that transaction tells.
CREATE OR REPLACE FUNCTION desk.abandon_note(t desk.ticket,
    left_at timestamptz, since timestamptz, channel text, contact bigint,
    call text DEFAULT NULL)
RETURNS text[]
LANGUAGE plpgsql
AS $$
DECLARE
	q	desk.queue;
	ms	bigint := greatest(0, floor(extract(epoch FROM left_at - since)
		    * 1000))::bigint;
	span	int;
	short	boolean;
	late	boolean := coalesce(t.due_at < left_at, false);
	meta	jsonb;
BEGIN
	SELECT * INTO q FROM desk.queue k WHERE k.id = t.queue;
	span := desk.patience_of(q, channel);
	short := q.short_abandon > 0 AND ms <= q.short_abandon * 1000;
	meta := jsonb_strip_nulls(jsonb_build_object('waited', ms / 1000,
	    'waited_ms', ms, 'patience', span,
	    'within', ms <= span * 1000::bigint, 'of', call,
	    'short', CASE WHEN short THEN true END,
	    'late', CASE WHEN late THEN true END));
	INSERT INTO desk.event (at, ticket, customer, kind, channel, direction,
	    contact, meta)
	VALUES (left_at, t.id, t.customer, 'abandoned', channel, 'own',
	    contact, meta);
	meta := jsonb_strip_nulls(jsonb_build_object('kind', 'abandoned',
	    'channel', channel, 'waited', ms / 1000,
	    'short', CASE WHEN short THEN true END));
	IF call IS NULL THEN
		PERFORM desk.outbox_put(t.id, meta);
	ELSE
		PERFORM desk.outbox_soon(t.id, meta);
	END IF;
	RETURN array_remove(ARRAY['abandoned',
	    CASE WHEN short THEN 'abandoned_short' END,
	    CASE WHEN late THEN 'abandoned_late' END], NULL);
END;
$$;

-- What the queue wants done with the case that is left, while it is nobody's.
-- hold: it stays as it is, but nobody waits in it.  Returns what else counts.
CREATE OR REPLACE FUNCTION desk.abandon_end(t desk.ticket)
RETURNS text[]
LANGUAGE plpgsql
AS $$
DECLARE
	deed	text := (SELECT q.when_abandoned FROM desk.queue q
		    WHERE q.id = t.queue);
BEGIN
	IF t.assignee IS NOT NULL OR t.state NOT IN ('new', 'open') THEN
		RETURN '{}';
	END IF;
	IF deed = 'callback' THEN
		UPDATE desk.ticket k SET turned = 'callback',
		    kind = CASE k.kind WHEN 'case' THEN 'callback'
			ELSE k.kind END,
		    units = least(k.units, 5), version = k.version + 1
		WHERE k.id = t.id;
		RETURN '{}';
	END IF;
	UPDATE desk.ticket k SET turned = coalesce(k.turned, 'left')
	WHERE k.id = t.id;
	IF deed = 'hold' THEN
		RETURN '{}';
	END IF;
	PERFORM desk.ticket_commit(desk.clock_caller(),
	    desk.state_move(t, 'resolved'), jsonb_build_object(
		'kind', 'state', 'notice', 'resolve', 'meta',
		desk.from_to(t.state, 'resolved') || '{"abandoned":true}'));
	RETURN '{resolved}';
END;
$$;

-- A visitor left at that moment; NULL when nobody's answer was waited for.
-- Returns the queue and the counters.
CREATE OR REPLACE FUNCTION desk.chat_abandon(v desk.conversation,
    left_at timestamptz, OUT queue int, OUT counts text[])
RETURNS record
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = v.ticket
	FOR NO KEY UPDATE;
	IF t.first_answer_at IS NOT NULL OR t.state NOT IN ('new', 'open')
	    OR v.by_mail OR t.turned IN ('message', 'callback') THEN
		RETURN;
	ELSIF v.abandoned_at IS NOT NULL THEN
		-- He was back, and has left again without a word.
		UPDATE desk.ticket k SET turned = 'left'
		WHERE k.id = t.id AND k.turned IS NULL;
		RETURN;
	END IF;
	UPDATE desk.conversation c SET abandoned_at = left_at
	WHERE c.id = v.id;
	queue := t.queue;
	counts := desk.abandon_note(t, left_at, CASE WHEN t.reopens > 0
		THEN t.lined_at ELSE t.opened_at END, 'chat', v.contact)
	    || desk.abandon_end(t);
END;
$$;

-- Counts them all: [{"q":queue,"w":[counter, …]}, …].
CREATE OR REPLACE FUNCTION desk.stat_pairs(list jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.stat_add(array_agg((p->>'q')::int), array_agg(w))
	FROM jsonb_array_elements(list) p
	CROSS JOIN LATERAL jsonb_array_elements_text(p->'w') w
	HAVING count(*) > 0;
END;
$$;

-- A record has just ended a call that nobody answered (or, late, told that
-- somebody had): who rang has left, or he has not.  Its ticket is locked, the
-- call as it is now; event: the record's.  The counters are the batch's to add
-- (ingest_count()), last.
CREATE OR REPLACE FUNCTION desk.call_left(c desk.call, event bigint,
    contact bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket;
BEGIN
	IF c.direction <> 'in' OR c.ended_at IS NULL THEN
		RETURN;
	ELSIF c.answered_at IS NULL AND c.abandoned_by IS NULL THEN
		SELECT * INTO t FROM desk.ticket k WHERE k.id = c.ticket;
		UPDATE desk.call k SET abandoned_by = event,
		    abandoned_as = desk.abandon_note(t, c.ended_at,
			least(c.began_at, c.ended_at - make_interval(
			secs => coalesce(c.wait, 0))), 'call', contact, c.id)
		WHERE k.call = c.call;
		-- Other calls of the case may have been missed before it.
		IF t.call = c.id AND t.assignee IS NULL
		    AND t.state IN ('new', 'open')
		    AND (SELECT q.when_abandoned FROM desk.queue q
			WHERE q.id = t.queue) = 'resolve'
		    AND NOT EXISTS (SELECT FROM desk.call o
			WHERE o.ticket = t.id AND o.call <> c.call) THEN
			UPDATE desk.call k SET abandoned_as = k.abandoned_as
			    || desk.abandon_end(t)
			WHERE k.call = c.call;
		END IF;
	ELSIF c.answered_at IS NOT NULL AND c.abandoned_by > 0
	    AND c.unsaid_by IS NULL THEN
		-- It was said too early: it counts no more (the batch takes it
		-- back), and is not said again.
		UPDATE desk.event e SET meta = e.meta || '{"answered":true}'
		WHERE e.ticket = c.ticket AND e.kind = 'abandoned'
		    AND e.meta->>'of' = c.id;
		UPDATE desk.call k SET unsaid_by = event WHERE k.call = c.call;
	END IF;
END;
$$;

-- What ingest_count() counts of a batch beside what was taken in and opened:
-- [{"q":queue,"w":counter,"n"}, …].
CREATE OR REPLACE FUNCTION desk.turned_count(filings desk.filing[])
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('q', x.queue,
		'w', x.what, 'n', x.n)), '[]')
	    FROM (SELECT w.queue, w.what, sum(w.n) AS n
		FROM (SELECT coalesce((SELECT q.id FROM desk.queue q
			WHERE q.name = f.why->'turned'->>'from'), f.queue)
			AS queue, 'turned' AS what, 1 AS n
		    FROM unnest(filings) f WHERE f.why ? 'turned'
		    UNION ALL
		    SELECT f.queue, u, n
		    FROM unnest(filings) f
		    JOIN desk.call c ON c.ticket = f.ticket
		    CROSS JOIN LATERAL unnest(c.abandoned_as) u
		    -- Both may come in one batch.
		    CROSS JOIN LATERAL (VALUES (1, c.abandoned_by, true),
			(-1, c.unsaid_by, u LIKE 'abandoned%'))
			b (n, event, counts)
		    WHERE ((f.k).i).call IS NOT NULL AND b.counts
			AND b.event = ((f.k).i).event) w
		GROUP BY w.queue, w.what) x);
END;
$$;
