-- Cases that sleep: put off until a moment, and woken then by whichever daemon
-- looks first; or by the customer, who need not know.

-- TICKET.SNOOZE: pending until then; it keeps its assignee.  Asked again, it
-- sleeps until the later word.
CREATE OR REPLACE FUNCTION desk.ticket_snooze(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket := desk.ticket_lock(caller, args);
	wake	timestamptz;
	next	desk.ticket;
BEGIN
	PERFORM desk.must_be_active(t);
	BEGIN
		IF args->>'until' !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$'
		THEN
			RAISE invalid_datetime_format;
		END IF;
		wake := (args->>'until')::timestamptz;
	EXCEPTION WHEN data_exception THEN
		PERFORM desk.refuse('INVALID',
		    'That is no moment; write it as 2026-11-21T09:00:00+07:00.',
		    'until');
	END;
	IF wake <= now() OR wake > now() + interval '366 days' THEN
		PERFORM desk.refuse('INVALID',
		    'A case sleeps until a moment to come, a year at most.',
		    'until');
	END IF;
	IF t.state = 'pending' AND EXISTS (SELECT FROM desk.snooze s
	    WHERE s.ticket = t.id AND s.until = wake) THEN
		RETURN desk.ticket_answer(t);
	END IF;
	next := CASE WHEN t.state = 'pending' THEN t
	    ELSE desk.state_move(t, 'pending') END;
	INSERT INTO desk.snooze AS s (ticket, until, agent)
	VALUES (t.id, wake, (caller->>'agent')::int)
	ON CONFLICT (ticket) DO UPDATE
	SET until = excluded.until, agent = excluded.agent, at = now();
	RETURN desk.ticket_commit(caller, next, jsonb_build_object(
	    'kind', 'state', 'notice', 'snooze', 'text', args->>'note',
	    'meta', desk.from_to(t.state, 'pending') || jsonb_build_object(
		'until', desk.rfc3339(wake))));
END;
$$;

-- Wakes at most lim cases whose time has come, and returns how many rows went:
-- open and due at once, back to who has it, or to its line.  One that somebody
-- has in hand just now is left for the next time; what was woken by others
-- already is only forgotten.  Notices are left to the outbox's sweep.
CREATE OR REPLACE FUNCTION desk.wake_due(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	held	bigint[] := desk.due_held(ARRAY(
		    SELECT s.ticket FROM desk.snooze s WHERE s.until <= now()
		    ORDER BY s.until, s.ticket LIMIT lim));
	woken	bigint[];
	events	bigint[];
BEGIN
	IF held = '{}' THEN
		RETURN 0;
	END IF;
	-- Another daemon may have been there before, or slept it anew.
	WITH gone AS (
	    DELETE FROM desk.snooze s
	    WHERE s.ticket = ANY (held) AND s.until <= now()
	    RETURNING s.ticket
	), woken AS (
	    UPDATE desk.ticket t SET state = 'open', due_at = now(),
		touched_at = now(), lined_at = now(), version = t.version + 1,
		assignee = (SELECT a.id FROM desk.agent a
		    WHERE a.id = t.assignee AND a.active)
	    FROM gone g WHERE t.id = g.ticket AND t.state = 'pending'
	    RETURNING t.*
	), history AS (
	    INSERT INTO desk.event (at, ticket, customer, kind, channel,
		direction, who, meta)
	    SELECT now(), w.id, w.customer, 'state', 'desk', 'own', 'desk',
		desk.from_to('pending', 'open') || '{"woken":true}'
	    FROM woken w ORDER BY w.id
	    RETURNING id, ticket
	)
	SELECT array_agg(h.ticket), array_agg(h.id) INTO woken, events
	FROM history h;
	PERFORM desk.due_tell(woken, events, 'wake', '{}');
	PERFORM desk.leaving_note(held);
	RETURN cardinality(held);
END;
$$;

-- In how many milliseconds to look for the next.
CREATE OR REPLACE FUNCTION desk.wake_next()
RETURNS int
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.due_in((SELECT min(s.until) FROM desk.snooze s));
END;
$$;
