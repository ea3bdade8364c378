-- Follow-ups in the configuration: checked, and put in force.

-- What the members' kinds do not say; deskctl says the same with the line.
CREATE OR REPLACE FUNCTION desk.config_followups_check(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('followups[%s].%s', g.place - 1, x.member), x.why
	    FROM jsonb_array_elements(c->'followups')
		    WITH ORDINALITY g (entry, place)
	    CROSS JOIN LATERAL (VALUES
		('queue', 'There is no such queue.',
		    g.entry->>'queue' NOT IN (SELECT q->>'name'
			FROM jsonb_array_elements(c->'queues') q)),
		('agent', 'There is no such agent.',
		    g.entry->>'agent' NOT IN (SELECT a->>'name'
			FROM jsonb_array_elements(c->'agents') a)),
		('stages', 'What follows a stage says which.',
		    g.entry->>'after' = 'stage'
			AND coalesce(g.entry->'stages', '[]') = '[]'),
		('reasons', 'A reason is gap, detractor, promise, contact or '
			'complaint, of what follows a risk.',
		    coalesce(g.entry->'reasons', '[]') <> '[]'
			AND (g.entry->>'after' <> 'risk' OR EXISTS (
			    SELECT FROM jsonb_array_elements_text(
				g.entry->'reasons') r
			    WHERE r NOT IN ('gap', 'detractor', 'promise',
				'contact', 'complaint')))),
		('hours', 'There are no such hours.',
		    g.entry->>'hours' NOT IN (SELECT h->>'name'
			FROM jsonb_array_elements(c->'hours') h)),
		('send', 'There is no such template.',
		    g.entry->>'send' NOT IN (SELECT p->>'name'
			FROM jsonb_array_elements(c->'templates') p)),
		('send', 'A variable that cannot stand in what is sent by itself.',
		    desk.automation_unsafe(c, 'send ' || (g.entry->>'send')))
		) x(member, why, wrong)
	    WHERE x.wrong) w (path, why);
END;
$$;

-- Puts them in force, after queues and templates.  One that is gone from the
-- file writes to nobody any more, and stays for what it sent; one that comes
-- (back) speaks of what comes due from now on.
CREATE OR REPLACE FUNCTION desk.config_followups(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.followup f SET active = false
	WHERE f.active AND f.name NOT IN (SELECT e->>'name'
	    FROM jsonb_array_elements(coalesce(c->'followups', '[]')) e);
	INSERT INTO desk.followup AS f (name, body)
	SELECT e->>'name', e
	FROM jsonb_array_elements(coalesce(c->'followups', '[]')) e
	ON CONFLICT (name) DO UPDATE SET body = excluded.body, active = true,
	    since = CASE WHEN f.active
		AND f.body->'after' = excluded.body->'after'
		THEN f.since ELSE now() END
	WHERE (f.body, f.active) IS DISTINCT FROM (excluded.body, true);
	IF FOUND THEN
		-- Everybody is looked at anew, for what comes due.
		UPDATE desk.retention_mark SET began_at = '-infinity'
		WHERE upto IS NULL;
	END IF;
END;
$$;
