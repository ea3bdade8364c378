-- Cases that sleep: until when, who wakes them, and once.
BEGIN;
\ir fixture.psql
SELECT plan(28);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Đổi màu') AS t \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Hoá đơn') AS other \gset
SELECT desk.rfc3339(now() + interval '2 hours') AS later \gset

CREATE FUNCTION pg_temp.row_of(of bigint) RETURNS desk.ticket
LANGUAGE sql AS $$ SELECT t FROM desk.ticket t WHERE t.id = of $$;
CREATE FUNCTION pg_temp.sleeps(of bigint) RETURNS boolean
LANGUAGE sql AS $$
	SELECT EXISTS (SELECT FROM desk.snooze s WHERE s.ticket = of)
$$;
-- Its time has come.
CREATE FUNCTION pg_temp.late(of bigint) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.snooze SET until = now() - interval '1 second'
	WHERE ticket = of
$$;
-- The notices that wait to be swept, as "kind kind …", and a fresh start.
CREATE FUNCTION pg_temp.swept() RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	kinds	text;
BEGIN
	WITH gone AS (DELETE FROM desk.outbox o RETURNING o.id, o.feed)
	SELECT string_agg(g.feed->>'kind', ' ' ORDER BY g.id) INTO kinds
	FROM gone g;
	PERFORM set_config('desk.outbox', '', true);
	RETURN coalesce(kinds, '');
END;
$$;

-- Put off
SELECT pg_temp.act('an', 'take', :t);
SELECT pg_temp.swept();
SELECT is(pg_temp.act('an', 'snooze', :t, jsonb_build_object('until',
    :'later', 'note', 'chờ hàng về'))->>'state', 'pending', 'it sleeps');
SELECT is(pg_temp.swept(), 'snooze', '… which is told');
SELECT is(((pg_temp.row_of(:t)).due_at, (SELECT a.name FROM desk.agent a
    WHERE a.id = (pg_temp.row_of(:t)).assignee))::text, '(,an)',
    'nothing is due, and it is still his');
SELECT is((SELECT e.meta->>'until' FROM desk.event e WHERE e.ticket = :t
    ORDER BY e.id DESC LIMIT 1), :'later', 'the history has until when');
SELECT is(pg_temp.ask('an', 'ticket_list', '{"view":"snoozed"}')
    ->'tickets'->0->>'wakes_at', :'later', 'so has the list');
SELECT is(pg_temp.ask('an', 'ticket_list', '{"view":"mine"}')->'total', '0',
    'it is not before him');
SELECT pg_temp.events(:t) AS before \gset
SELECT pg_temp.act('an', 'snooze', :t, jsonb_build_object('until', :'later'));
SELECT is(pg_temp.events(:t), :before::bigint, 'the same again changes nothing');
SELECT is(desk.wake_due(10), 0, 'it is not time yet');

-- Who may, and until when
SELECT pg_temp.refused('an', 'ticket_snooze', jsonb_build_object('ticket', :t,
    'until', u), 'INVALID until', 'until ' || u)
FROM unnest(ARRAY['now', 'tomorrow', '2020-01-01T00:00:00Z',
    '2999-01-01T00:00:00Z', '2026-13-41T00:00:00Z', '2026-11-21T09:00:00',
    'infinity']) u;
SELECT pg_temp.refused('chi', 'ticket_snooze', jsonb_build_object('ticket',
    :t, 'until', :'later'), 'DENIED ticket', 'not in a queue of others');

-- Woken, once
SELECT pg_temp.late(:t);
SELECT pg_temp.swept();
SELECT is(desk.wake_due(10), 1, 'its time has come');
SELECT is(((pg_temp.row_of(:t)).state, (pg_temp.row_of(:t)).due_at = now(),
    (SELECT a.name FROM desk.agent a
    WHERE a.id = (pg_temp.row_of(:t)).assignee))::text, '(open,t,an)',
    'it is open, due and before him again');
SELECT is(pg_temp.swept(), 'wake', '… which is told');
SELECT is(desk.wake_due(10), 0, 'it wakes once');
SELECT is(pg_temp.sleeps(:t), false, '… and is forgotten');

-- Whose assignee has left goes to its line
SELECT pg_temp.act('an', 'snooze', :t, jsonb_build_object('until', :'later'));
UPDATE desk.ticket SET assignee = (SELECT id FROM desk.agent
    WHERE name = 'gone') WHERE id = :t;
SELECT pg_temp.late(:t);
SELECT desk.wake_due(10);
SELECT is(desk.place((pg_temp.row_of(:t)).state,
    (pg_temp.row_of(:t)).assignee), 'wait', 'whose assignee has left waits');

-- Others wake it first
SELECT pg_temp.act('an', 'snooze', :other, jsonb_build_object('until',
    :'later'));
SELECT pg_temp.act('an', 'reopen', :other);
SELECT pg_temp.late(:other);
SELECT pg_temp.swept();
SELECT desk.wake_due(10);
SELECT is(pg_temp.swept(), '', 'one that is awake is only forgotten');
SELECT is(pg_temp.sleeps(:other), false, '… for good');
SELECT pg_temp.act('an', 'snooze', :other, jsonb_build_object('until',
    :'later'));
SELECT is(pg_temp.act('an', 'pend', :other)->>'state', 'pending',
    'it waits for the customer instead');
SELECT is(pg_temp.sleeps(:other), false, '… and sleeps no more');
SELECT is(pg_temp.ask('an', 'ticket_counts', '{}')->'views'->'waiting', '1',
    '… but waits');
SELECT pg_temp.act('an', 'resolve', :other);
SELECT pg_temp.refused('an', 'ticket_snooze', jsonb_build_object('ticket',
    :other, 'until', :'later'), 'CONFLICT ticket', 'what is over never sleeps');

SELECT * FROM finish();
ROLLBACK;
