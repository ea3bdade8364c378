-- Stages, touchpoints and journeys of the configuration.

-- What the members' kinds do not say.
CREATE OR REPLACE FUNCTION desk.config_journey_check(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	stages	text[] := ARRAY(SELECT s->>'name'
		    FROM jsonb_array_elements(c->'stages') s);
BEGIN
	IF stages = '{}' THEN
		stages := ARRAY(SELECT s->>'name'
		    FROM jsonb_array_elements(desk.stages_usual()) s);
	END IF;
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('touchpoints[%s].%s', g.place - 1, x.member), x.why
	    FROM jsonb_array_elements(c->'touchpoints')
		    WITH ORDINALITY g (entry, place)
	    CROSS JOIN LATERAL (VALUES
		('stage', 'There is no such stage.',
		    g.entry->>'stage' <> ALL (stages)),
		('department', 'There is no such queue.',
		    g.entry->>'department' NOT IN (SELECT q->>'name'
			FROM jsonb_array_elements(c->'queues') q)),
		('owner', 'There is no such agent.',
		    g.entry->>'owner' NOT IN (SELECT a->>'name'
			FROM jsonb_array_elements(c->'agents') a)),
		('target', 'A target is a mark of 5 such as "4.2", or a '
		    'measure and its score, such as "nps 40".',
		    g.entry ? 'target' AND (desk.target_read(
			g.entry->>'target')).target IS NULL),
		('channel', 'There is no such channel.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			g.entry->'channel') n
			WHERE n NOT IN ('mail', 'chat', 'call', 'social',
			    'order', 'store', 'web'))),
		('queue', 'There is no such queue.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			g.entry->'queue') n
			WHERE n NOT IN (SELECT q->>'name'
			    FROM jsonb_array_elements(c->'queues') q))),
		('keywords', 'A keyword has letters or digits.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			g.entry->'keywords') n
			WHERE btrim(desk.heard(n)) = ''))
		) x(member, why, wrong)
	    WHERE x.wrong
	    UNION ALL
	    SELECT format('journeys[%s].stages', g.place - 1),
		'There is no such stage.'
	    FROM jsonb_array_elements(c->'journeys')
		    WITH ORDINALITY g (entry, place),
		jsonb_array_elements_text(g.entry->'stages') n
	    WHERE n <> ALL (stages)) w (path, why);
END;
$$;

-- The stages of a desk that names none.
CREATE OR REPLACE FUNCTION desk.stages_usual()
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT '[{"name":"awareness","vi":"Nhận thức","en":"Awareness"},
	    {"name":"discovery","vi":"Khám phá","en":"Discovery"},
	    {"name":"attraction","vi":"Thu hút","en":"Attraction"},
	    {"name":"consultation","vi":"Tham khảo","en":"Consultation"},
	    {"name":"purchase","vi":"Mua","en":"Purchase"},
	    {"name":"use","vi":"Sử dụng","en":"Use"},
	    {"name":"support","vi":"Bảo hành, hỗ trợ","en":"Support"},
	    {"name":"advocacy","vi":"Mua lại, giới thiệu","en":"Advocacy"}]'
	    ::jsonb
$$;

-- All that a step follows from, of a configuration.
CREATE OR REPLACE FUNCTION desk.journey_rules(c jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_build_array(coalesce(c->'stages', '[]'),
	    coalesce(c->'touchpoints', '[]'), coalesce(c->'journeys', '[]'),
	    c->'company'->'timezone')
$$;

-- With desk.conf's first touchpoint desk.step_follow() begins to note what comes
-- in: who has asked already whether there is one has his events before us, and
-- who has not asks when we are done.
CREATE OR REPLACE FUNCTION desk.journey_begins()
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM desk.touchpoint) THEN
		LOCK TABLE desk.touchpoint IN ACCESS EXCLUSIVE MODE;
	END IF;
END;
$$;

-- Puts them in force, after queues and agents; where they say something else
-- than before, the history is gone through again.
CREATE OR REPLACE FUNCTION desk.config_journey(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF desk.journey_rules(c) = desk.journey_rules(coalesce(
	    desk.config_get()->'config', '{}')) THEN
		RETURN;
	END IF;
	PERFORM desk.journey_begins();
	DELETE FROM desk.stage;
	INSERT INTO desk.stage (place, name, vi, en)
	SELECT g.place, g.entry->>'name',
	    coalesce(g.entry->>'vi', g.entry->>'en', g.entry->>'name'),
	    coalesce(g.entry->>'en', g.entry->>'vi', g.entry->>'name')
	FROM jsonb_array_elements(CASE WHEN coalesce(c->'stages', '[]') = '[]'
		THEN desk.stages_usual() ELSE c->'stages' END)
		WITH ORDINALITY g (entry, place);
	DELETE FROM desk.journey;
	INSERT INTO desk.journey (place, name, vi, en, stages, segments)
	SELECT g.place, g.entry->>'name',
	    coalesce(g.entry->>'vi', g.entry->>'en', g.entry->>'name'),
	    coalesce(g.entry->>'en', g.entry->>'vi', g.entry->>'name'),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'stages')),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'segments'))
	FROM jsonb_array_elements(c->'journeys')
		WITH ORDINALITY g (entry, place);
	DELETE FROM desk.touchpoint;
	INSERT INTO desk.touchpoint (place, name, stage, vi, en, department,
	    owner, measure, target, kinds, channels, queues, statuses, keywords, ruled)
	SELECT g.place, g.entry->>'name', g.entry->>'stage',
	    coalesce(g.entry->>'vi', g.entry->>'en', g.entry->>'name'),
	    coalesce(g.entry->>'en', g.entry->>'vi', g.entry->>'name'),
	    (SELECT q.id FROM desk.queue q
		WHERE q.name = g.entry->>'department'),
	    (SELECT a.id FROM desk.agent a WHERE a.name = g.entry->>'owner'),
	    coalesce((desk.target_read(g.entry->>'target')).measure, 'csat'),
	    (desk.target_read(g.entry->>'target')).target,
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'kind')),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'channel')),
	    ARRAY(SELECT q.id FROM desk.queue q
		WHERE g.entry->'queue' ? q.name ORDER BY q.id),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'status')),
	    ARRAY(SELECT desk.heard(n)
		FROM jsonb_array_elements_text(g.entry->'keywords') n),
	    '[]' <> ANY (ARRAY[g.entry->'kind', g.entry->'channel',
		g.entry->'queue', g.entry->'status', g.entry->'keywords'])
	FROM jsonb_array_elements(c->'touchpoints')
		WITH ORDINALITY g (entry, place);
	PERFORM desk.journey_anew();
END;
$$;
