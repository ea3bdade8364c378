-- Classes of answers in the configuration: checked, and put in force.

-- The scores of a class: as it says, else what its name says to everybody.
CREATE OR REPLACE FUNCTION desk.class_scores(entry jsonb)
RETURNS int4range
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE WHEN s.said ~ '^(\d|10)(-(\d|10))?$'
		AND split_part(s.said, '-', 1)::int <= coalesce(nullif(
		    split_part(s.said, '-', 2), ''), '10')::int
	    THEN int4range(split_part(s.said, '-', 1)::int, coalesce(nullif(
		split_part(s.said, '-', 2), ''),
		split_part(s.said, '-', 1))::int, '[]') END
	FROM (SELECT coalesce(entry->>'score',
	    CASE WHEN coalesce(entry->>'kind', 'nps') = 'nps' THEN
		CASE entry->>'name' WHEN 'detractor' THEN '0-6'
		    WHEN 'passive' THEN '7-8'
		    WHEN 'promoter' THEN '9-10' END END)) s (said)
$$;

-- What the members' kinds do not say; deskctl says the same with the line.
CREATE OR REPLACE FUNCTION desk.config_classes_check(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('classes[%s].%s', g.place - 1, x.member), x.why
	    FROM jsonb_array_elements(c->'classes')
		    WITH ORDINALITY g (entry, place)
	    CROSS JOIN LATERAL (VALUES
		('score', 'A class says of which scores it is, such as "0-6".',
		    NOT coalesce(desk.class_scores(g.entry)
			<@ CASE coalesce(g.entry->>'kind', 'nps')
			    WHEN 'nps' THEN int4range(0, 10, '[]')
			    WHEN 'csat' THEN int4range(1, 5, '[]')
			    ELSE int4range(1, 7, '[]') END, false)),
		('open', 'A class opens a case, makes an action or sends.',
		    NOT g.entry ?| '{open,action,send}'),
		('open', 'There is no such queue.',
		    g.entry->>'open' NOT IN (SELECT q->>'name'
			FROM jsonb_array_elements(c->'queues') q)),
		('queue', 'There is no such queue.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			g.entry->'queue') n
			WHERE n NOT IN (SELECT q->>'name'
			    FROM jsonb_array_elements(c->'queues') q))),
		('survey', 'There is no such survey.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			g.entry->'survey') n
			WHERE n NOT IN (SELECT s->>'name'
			    FROM jsonb_array_elements(c->'surveys') s))),
		('agent', 'There is no such agent.',
		    g.entry->>'agent' NOT IN ('same', 'other')
		    AND g.entry->>'agent' NOT IN (SELECT a->>'name'
			FROM jsonb_array_elements(c->'agents') a)),
		('hours', 'There are no such hours.',
		    g.entry->>'hours' NOT IN (SELECT h->>'name'
			FROM jsonb_array_elements(c->'hours') h)),
		('send', 'There is no such template.',
		    g.entry->>'send' NOT IN (SELECT p->>'name'
			FROM jsonb_array_elements(c->'templates') p)),
		('send', 'A variable that cannot stand in what is sent by itself.',
		    desk.automation_unsafe(c, 'send ' || (g.entry->>'send'))),
		('ask', 'Who is asked for something is sent a template, with a link.',
		    g.entry ? 'ask' AND NOT g.entry ?& '{send,link}'),
		('link', 'The link is an address, of referrals with {code} in it.',
		    g.entry->>'link' !~ '^https?://[^[:space:][:cntrl:]]+$'
		    OR g.entry->>'ask' = 'referral'
			AND strpos(g.entry->>'link', '{code}') = 0)
		) x(member, why, wrong)
	    WHERE x.wrong) w (path, why);
END;
$$;

-- Puts them in force, after queues and templates.
CREATE OR REPLACE FUNCTION desk.config_classes(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	DELETE FROM desk.class;
	INSERT INTO desk.class (place, name, kind, scores, surveys, queues,
	    segments, body)
	SELECT g.place, g.entry->>'name', coalesce(g.entry->>'kind', 'nps'),
	    desk.class_scores(g.entry),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'survey')),
	    ARRAY(SELECT q.id FROM desk.queue q
		WHERE g.entry->'queue' ? q.name ORDER BY q.id),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'segment')),
	    g.entry
	FROM jsonb_array_elements(c->'classes')
		WITH ORDINALITY g (entry, place);
END;
$$;
