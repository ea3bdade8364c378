-- Objectives of the configuration.

-- What the members' kinds do not say.
CREATE OR REPLACE FUNCTION desk.config_objectives_check(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('objectives[%s].%s', g.place - 1, x.member), x.why
	    FROM jsonb_array_elements(c->'objectives')
		    WITH ORDINALITY g (entry, place)
	    CROSS JOIN LATERAL desk.score_ends(g.entry->>'measure') e
	    CROSS JOIN LATERAL (VALUES
		('department', 'There is no such queue.',
		    g.entry->>'department' NOT IN (SELECT q->>'name'
			FROM jsonb_array_elements(c->'queues') q)),
		('touchpoint', 'There is no such touchpoint.',
		    g.entry ? 'touchpoint' AND NOT EXISTS (
			SELECT FROM jsonb_array_elements(c->'touchpoints') p
			WHERE p->>'name' = g.entry->>'touchpoint')),
		('target', 'A target is a number on the scale of its measure.',
		    CASE WHEN g.entry->>'target'
			~ '^-?[0-9]{1,3}(\.[0-9]{1,2})?$'
		    THEN (g.entry->>'target')::numeric
			NOT BETWEEN e.low AND e.high ELSE true END))
		x(member, why, wrong)
	    WHERE x.wrong) w (path, why);
END;
$$;

-- CONFIG.APPLY: the blocks as they are now, after queues; what was measured of
-- others stays.
CREATE OR REPLACE FUNCTION desk.config_objectives(c jsonb)
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.objective;
	INSERT INTO desk.objective (name, place, vi, en, department, touchpoint,
	    segment, measure, target)
	SELECT v.e->>'name', v.place,
	    coalesce(v.e->>'vi', v.e->>'en', v.e->>'name'),
	    coalesce(v.e->>'en', v.e->>'vi', v.e->>'name'),
	    (SELECT q.id FROM desk.queue q
		WHERE q.name = v.e->>'department'),
	    v.e->>'touchpoint', v.e->>'segment', v.e->>'measure',
	    (v.e->>'target')::numeric
	FROM jsonb_array_elements(c->'objectives') WITH ORDINALITY v(e, place);
$$;
