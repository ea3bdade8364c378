-- Automation in the configuration: checked, and put in force.  What turns in a
-- circle the daemon refuses (desk/automation.c), before it asks here.

-- Is this an action of a rule?  The names that it has are looked up in c.
CREATE OR REPLACE FUNCTION desk.automation_act_good(c jsonb, act text)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	what	text := split_part(act, ' ', 1);
	arg	text := substr(act, length(what) + 2);
BEGIN
	RETURN coalesce(CASE
	    WHEN what IN ('priority', 'raise') THEN arg ~ '^[1-9][0-9]?$'
	    WHEN what = 'state' THEN arg IN ('open', 'pending', 'resolved')
	    WHEN what IN ('tag', 'untag') THEN octet_length(arg) BETWEEN 1 AND 64
		AND arg !~ '^\s|\s$|[[:cntrl:]]'
	    WHEN what IN ('skill', 'prefer') THEN EXISTS (
		SELECT FROM desk.skill_read(arg, 1))
	    WHEN what = 'move' THEN arg IN (SELECT q->>'name'
		FROM jsonb_array_elements(c->'queues') q)
	    WHEN what = 'assign' THEN arg = 'none' OR arg IN (
		SELECT a->>'name' FROM jsonb_array_elements(c->'agents') a)
	    WHEN what = 'notify' THEN arg IN ('supervisor', 'admin',
		'assignee') OR arg IN (SELECT a->>'name'
		FROM jsonb_array_elements(c->'agents') a)
	    WHEN what = 'send' THEN arg IN (SELECT p->>'name'
		FROM jsonb_array_elements(c->'templates') p)
	    WHEN what = 'hook' THEN arg IN (SELECT h->>'name'
		FROM jsonb_array_elements(c->'hooks') h)
	    END, false);
END;
$$;

-- A template that a rule sends, with a word in it that a stranger wrote.
CREATE OR REPLACE FUNCTION desk.automation_unsafe(c jsonb, act text)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	RETURN act LIKE 'send %' AND EXISTS (
	    SELECT FROM jsonb_array_elements(c->'templates') p
	    CROSS JOIN LATERAL jsonb_each_text(p - 'name') m
	    CROSS JOIN LATERAL desk.template_named(m.value) n
	    JOIN desk.template_variables() v ON v.name = n
	    WHERE p->>'name' = substr(act, 6) AND NOT v.safe);
END;
$$;

-- What the members' kinds do not say; deskctl says the same with the line.
CREATE OR REPLACE FUNCTION desk.config_automations_check(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	timed	CONSTANT text[] := '{waits,pending,resolved,overdue}';
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('automations[%s].%s', g.place - 1, x.member), x.why
	    FROM jsonb_array_elements(c->'automations')
		    WITH ORDINALITY g (entry, place)
	    CROSS JOIN LATERAL (VALUES
		('after', 'A rule on a time says after how long.',
		    (g.entry->>'on' = ANY (timed)) <> (g.entry ? 'after')),
		('queue', 'There is no such queue.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			g.entry->'queue') n
			WHERE n NOT IN (SELECT q->>'name'
			    FROM jsonb_array_elements(c->'queues') q))),
		('channel', 'There is no such channel.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			g.entry->'channel') n
			WHERE n NOT IN ('mail', 'chat', 'call', 'social',
			    'order', 'store', 'web', 'desk'))),
		('state', 'There is no such state.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			g.entry->'state') n
			WHERE n NOT IN ('new', 'open', 'pending', 'resolved',
			    'closed'))),
		('priority', 'Priorities are like "60-99".',
		    g.entry ? 'priority' AND (desk.range_read(
			g.entry->>'priority')).lowest IS NULL),
		('keywords', 'Keywords are looked for in what a customer writes: on created or message.',
		    g.entry->'keywords' <> '[]'
		    AND g.entry->>'on' NOT IN ('created', 'message')),
		('mood', 'A feeling is "bad", "plain" or "good"; "bad 2": so strong at least.',
		    g.entry->>'mood' !~ '^(bad( [1-3])?|plain|good( [1-3])?)$'),
		('mood', 'How strong a feeling is, only a message shows: on created or message.',
		    g.entry->>'mood' ~ ' [23]$'
		    AND g.entry->>'on' NOT IN ('created', 'message'))
		) x(member, why, wrong)
	    WHERE x.wrong
	    UNION ALL
	    SELECT format('automations[%s].actions', g.place - 1),
		CASE WHEN desk.automation_unsafe(c, l)
		THEN 'A variable that cannot stand in what is sent by itself.'
		ELSE 'An action is like "priority 80", "tag late", "move technical", "notify supervisor" or "send TEMPLATE".'
		END
	    FROM jsonb_array_elements(c->'automations')
		    WITH ORDINALITY g (entry, place),
		jsonb_array_elements_text(g.entry->'actions') l
	    WHERE NOT desk.automation_act_good(c, l)
		OR desk.automation_unsafe(c, l)) w (path, why);
END;
$$;

-- Puts them in force, after queues.  A rule that is the same goes on where it
-- was; a new one, or another of the name, looks at all that waits.
CREATE OR REPLACE FUNCTION desk.config_automations(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	old	desk.automation[] := ARRAY(SELECT a FROM desk.automation a
		    ORDER BY a.place FOR UPDATE);
BEGIN
	DELETE FROM desk.automation;
	INSERT INTO desk.automation (place, name, event, after, queues,
	    channels, segments, states, lowest, highest, lang, tags, without,
	    assigned, keywords, mood, strength, actions, daily, send_every, body,
	    upto, upto_id)
	SELECT g.place, g.entry->>'name', g.entry->>'on',
	    (g.entry->>'after')::int,
	    ARRAY(SELECT q.id FROM desk.queue q
		WHERE g.entry->'queue' ? q.name ORDER BY q.id),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'channel')),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'segment')),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'state')),
	    coalesce(r.lowest, 1), coalesce(r.highest, 99), g.entry->>'lang',
	    ARRAY(SELECT normalize(x, NFC)
		FROM jsonb_array_elements_text(g.entry->'tag') x),
	    ARRAY(SELECT normalize(x, NFC)
		FROM jsonb_array_elements_text(g.entry->'without') x),
	    (g.entry->>'assigned')::boolean, g.entry->'keywords' <> '[]',
	    desk.mood_named(split_part(g.entry->>'mood', ' ', 1)),
	    coalesce(nullif(split_part(g.entry->>'mood', ' ', 2), '')::smallint,
		1),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'actions')),
	    coalesce((g.entry->>'daily')::int, 10),
	    coalesce((g.entry->>'send_every')::int, 86400), g.entry,
	    coalesce(o.upto, '-infinity'), coalesce(o.upto_id, 0)
	FROM jsonb_array_elements(c->'automations')
		WITH ORDINALITY g (entry, place)
	CROSS JOIN LATERAL desk.range_read(g.entry->>'priority') r
	LEFT JOIN unnest(old) o ON o.name = g.entry->>'name'
	    AND o.body = g.entry;
END;
$$;
