-- The configuration in force: shown, compared, and changed as a whole.

-- Words in order, each once.
CREATE OR REPLACE FUNCTION desk.config_words(words jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(jsonb_agg(DISTINCT w), '[]')
	FROM jsonb_array_elements(words) w
$$;

-- What names an entry of a list: its name; for what is served, kind and
-- address.
CREATE OR REPLACE FUNCTION desk.config_key(entry jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(entry->>'name',
	    concat_ws(' ', entry->>'kind', entry->>'address'))
$$;

-- {"version","config"} for the daemon; version 0 and null before the first.
CREATE OR REPLACE FUNCTION desk.config_get()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT jsonb_build_object('version', c.version,
		'config', c.body)
	    FROM desk.config c ORDER BY c.version DESC LIMIT 1),
	    '{"version":0,"config":null}')
$$;

-- CONFIG.SHOW
CREATE OR REPLACE FUNCTION desk.config_show(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	RETURN desk.config_get();
END;
$$;

-- CONFIG.TEXT: what the daemon makes the file of.
CREATE OR REPLACE FUNCTION desk.config_text(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	IF NOT EXISTS (SELECT FROM desk.config) THEN
		PERFORM desk.refuse('NOTFOUND',
		    'No configuration has been applied yet.', '');
	END IF;
	RETURN desk.config_get();
END;
$$;

-- What is in force, in the form that config_check() gives: queues, addresses
-- and agents as the tables have them, the rest from the newest row.
CREATE OR REPLACE FUNCTION desk.config_present()
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN coalesce(desk.config_get()->'config', '{}')
	|| jsonb_build_object(
	'queues', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(
		jsonb_build_object(
		'name', q.name, 'title', q.title, 'first', q.first_target,
		'next', q.next_target, 'offer', q.offer_seconds,
		'members_only', q.members_only, 'hours', h.name,
		'signature', q.signature, 'acknowledge', q.acknowledge,
		'acknowledge_closed', q.acknowledge_closed))
		|| desk.queue_route(q) || desk.queue_patience(q)), '[]')
	    FROM desk.queue q LEFT JOIN desk.hours h ON h.id = q.hours
	    WHERE q.active),
	'served', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(
		jsonb_build_object('kind', s.kind, 'address', s.address,
		    'queue', q.name))), '[]')
	    FROM desk.served s LEFT JOIN desk.queue q ON q.id = s.queue),
	'agents', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(
		jsonb_build_object('name', a.name, 'display', a.display,
		    'role', a.role, 'email', a.email,
		    'extension', a.extension, 'capacity', a.capacity,
		    'limits', desk.channel_words(a.limits, false),
		    'schedule', (SELECT h.name FROM desk.hours h
			WHERE h.id = a.schedule),
		    'queues', desk.route_words((SELECT
			coalesce(jsonb_agg(desk.serves_said(q.name, m.priority,
			    m.after)), '[]')
			FROM desk.agent_queue m
			JOIN desk.queue q ON q.id = m.queue
			WHERE m.agent = a.id), 'serves'),
		    'skills', desk.route_words((SELECT
			coalesce(jsonb_agg(desk.skill_said(s.skill, s.level,
			    3)), '[]')
			FROM desk.agent_skill s WHERE s.agent = a.id),
			'knows')))), '[]')
	    FROM desk.agent a WHERE a.active));
END;
$$;

-- The members in which one object differs from another.
CREATE OR REPLACE FUNCTION desk.config_differing(one jsonb, other jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN jsonb_typeof(one) = 'object'
	    AND jsonb_typeof(other) = 'object'
	    THEN (SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}')
		FROM jsonb_each(one) e
		WHERE e.value IS DISTINCT FROM other->e.key)
	    ELSE one END
$$;

-- Every named thing of a configuration as a row: what ("queue sales"), and its
-- value.  The order of rules, targets and so on is a thing of its own.
CREATE OR REPLACE FUNCTION desk.config_things(c jsonb)
RETURNS TABLE (rank bigint, what text, value jsonb)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT w.rank, w.word || ' ' || desk.config_key(e), e
	FROM (VALUES (4, 'queues', 'queue'), (5, 'served', 'address'),
	    (6, 'agents', 'agent'), (7, 'rules', 'rule'),
	    (9, 'sources', 'source'),
	    (10, 'hours', 'hours'), (10, 'targets', 'target'),
	    (11, 'templates', 'template'),
	    (11, 'macros', 'macro'), (13, 'automations', 'automation'),
	    (15, 'surveys', 'survey'),
	    (15, 'segments', 'segment'), (15, 'themes', 'theme'),
	    (13, 'classes', 'class'), (15, 'followups', 'followup'),
	    (15, 'reports', 'report'), (18, 'objectives', 'objective'),
	    (12, 'hooks', 'hook'), (15, 'stages', 'stage'),
	    (16, 'touchpoints', 'touchpoint'), (17, 'journeys', 'journey'),
	    (18, 'reasons', 'reason'), (18, 'factors', 'factor'))
		w (rank, section, word),
	    jsonb_array_elements(c->w.section) e
	UNION ALL
	SELECT w.rank, replace(w.section, '_', ' '), c->w.section
	FROM (VALUES (0, 'company'), (1, 'units'), (2, 'default_queue'),
	    (3, 'order_pattern'), (3, 'limits'), (3, 'mail'), (3, 'presence'),
	    (12, 'widget'), (18, 'late_notice')) w (rank, section)
	WHERE c ? w.section
	UNION ALL
	SELECT w.rank, 'order of ' || w.section,
	    jsonb_agg(r.entry->'name' ORDER BY r.place)
	FROM (VALUES (8, 'rules'), (10, 'targets'), (14, 'automations'),
	    (16, 'segments'), (14, 'classes'),
	    (15, 'stages'), (16, 'touchpoints'), (17, 'journeys'),
	    (18, 'objectives'), (18, 'reasons'), (18, 'factors'))
		w (rank, section),
	    jsonb_array_elements(c->w.section)
		WITH ORDINALITY r (entry, place)
	GROUP BY w.rank, w.section
$$;

-- What would change, for people to read: [{"what":"queue sales","change":
-- "added|changed|removed","from":…,"to":…}]; of a changed thing, from and to
-- have only the members that differ.
CREATE OR REPLACE FUNCTION desk.config_diff(old jsonb, new jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'what', coalesce(o.what, n.what),
	    'change', CASE WHEN o.what IS NULL THEN 'added'
		WHEN n.what IS NULL THEN 'removed' ELSE 'changed' END,
	    'from', desk.config_differing(o.value, n.value),
	    'to', desk.config_differing(n.value, o.value)))
	    ORDER BY coalesce(o.rank, n.rank),
		coalesce(o.what, n.what) COLLATE "C"), '[]')
	FROM desk.config_things(old) o
	FULL JOIN desk.config_things(new) n ON n.what = o.what
	WHERE o.value IS DISTINCT FROM n.value
$$;

-- Queues as the configuration has them.  One that is gone stays as a row, for
-- history's sake; it must be empty.  Its row is locked first: whoever is
-- filing a ticket there commits before the count.
CREATE OR REPLACE FUNCTION desk.config_queues(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	gone	int[] := ARRAY(SELECT q.id FROM desk.queue q
		    WHERE q.active AND q.name NOT IN (SELECT e->>'name'
			FROM jsonb_array_elements(c->'queues') e)
		    ORDER BY q.id FOR UPDATE);
BEGIN
	IF EXISTS (SELECT FROM desk.ticket t WHERE t.queue = ANY (gone)
	    AND t.state IN ('new', 'open', 'pending')) THEN
		PERFORM desk.refuse('CONFLICT',
		    'A queue that would be removed still has active tickets.',
		    'queues');
	END IF;
	UPDATE desk.queue q SET active = false, paused = false,
	    drain_at = NULL, drain_upto = NULL, drain_to = NULL,
	    drained_at = NULL
	WHERE q.id = ANY (gone);
	INSERT INTO desk.queue AS q (name, title, first_target, next_target,
	    offer_seconds, members_only)
	SELECT e->>'name', e->>'title', (e->>'first')::int,
	    (e->>'next')::int, (e->>'offer')::int,
	    (e->>'members_only')::boolean
	FROM jsonb_array_elements(c->'queues') e
	ON CONFLICT (name) DO UPDATE SET title = excluded.title,
	    first_target = excluded.first_target,
	    next_target = excluded.next_target,
	    offer_seconds = excluded.offer_seconds,
	    members_only = excluded.members_only, active = true
	WHERE (q.title, q.first_target, q.next_target, q.offer_seconds,
	    q.members_only, q.active) IS DISTINCT FROM (excluded.title,
	    excluded.first_target, excluded.next_target,
	    excluded.offer_seconds, excluded.members_only, true);
END;
$$;

-- The addresses that the desk serves.
CREATE OR REPLACE FUNCTION desk.config_served(c jsonb)
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.served s
	WHERE (s.kind, s.address) NOT IN (SELECT e->>'kind', e->>'address'
	    FROM jsonb_array_elements(c->'served') e);
	INSERT INTO desk.served AS s (kind, address, queue)
	SELECT e->>'kind', e->>'address', q.id
	FROM jsonb_array_elements(c->'served') e
	LEFT JOIN desk.queue q ON q.name = e->>'queue'
	ON CONFLICT (kind, address) DO UPDATE SET queue = excluded.queue
	WHERE s.queue IS DISTINCT FROM excluded.queue;
$$;

-- Agents, where they serve and what they know.  Passwords are not the
-- configuration's: they stay.
CREATE OR REPLACE FUNCTION desk.config_agents(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.agent AS a (name, display, role, email, extension,
	    capacity)
	SELECT e->>'name', e->>'display', e->>'role', e->>'email',
	    e->>'extension', (e->>'capacity')::int
	FROM jsonb_array_elements(c->'agents') e
	ON CONFLICT (name) DO UPDATE SET display = excluded.display,
	    role = excluded.role, email = excluded.email,
	    extension = excluded.extension, capacity = excluded.capacity,
	    active = true
	WHERE (a.display, a.role, a.email, a.extension, a.capacity, a.active)
	    IS DISTINCT FROM (excluded.display, excluded.role, excluded.email,
	    excluded.extension, excluded.capacity, true);

	DELETE FROM desk.agent_queue m
	USING desk.agent a, desk.queue q
	WHERE a.id = m.agent AND q.id = m.queue
	    AND (a.name, q.name) NOT IN (SELECT e->>'name', s.queue
		FROM jsonb_array_elements(c->'agents') e,
		    jsonb_array_elements_text(e->'queues') n,
		    desk.serves_read(n) s);
	INSERT INTO desk.agent_queue AS m (agent, queue, priority, after)
	SELECT a.id, q.id, s.priority, s.after
	FROM jsonb_array_elements(c->'agents') e,
	    jsonb_array_elements_text(e->'queues') n,
	    desk.serves_read(n) s, desk.agent a, desk.queue q
	WHERE a.name = e->>'name' AND q.name = s.queue
	ON CONFLICT (agent, queue) DO UPDATE SET
	    priority = excluded.priority, after = excluded.after
	WHERE (m.priority, m.after)
	    IS DISTINCT FROM (excluded.priority, excluded.after);

	DELETE FROM desk.agent_skill s
	USING desk.agent a
	WHERE a.id = s.agent
	    AND (a.name, s.skill) NOT IN (SELECT e->>'name', k.skill
	    FROM jsonb_array_elements(c->'agents') e,
		jsonb_array_elements_text(e->'skills') n,
		desk.skill_read(n, 3) k);
	INSERT INTO desk.agent_skill AS s (agent, skill, level)
	SELECT a.id, k.skill, k.level
	FROM jsonb_array_elements(c->'agents') e,
	    jsonb_array_elements_text(e->'skills') n,
	    desk.skill_read(n, 3) k, desk.agent a
	WHERE a.name = e->>'name'
	ON CONFLICT (agent, skill) DO UPDATE SET level = excluded.level
	WHERE s.level <> excluded.level;
END;
$$;

-- Agents who have left: no session, no queue, and the cases that they had in
-- hand go back to their lines, each with an event that says so.  Their rows
-- are locked first: whoever is giving one of them a ticket commits before.
CREATE OR REPLACE FUNCTION desk.config_leavers(caller jsonb, c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	gone	int[] := ARRAY(SELECT a.id FROM desk.agent a
		    WHERE a.active AND a.name NOT IN (SELECT e->>'name'
			FROM jsonb_array_elements(c->'agents') e)
		    ORDER BY a.id FOR UPDATE);
	t	desk.ticket;
BEGIN
	PERFORM desk.presence_put(g, 'offline', NULL) FROM unnest(gone) g;
	UPDATE desk.agent a SET active = false WHERE a.id = ANY (gone);
	DELETE FROM desk.session s WHERE s.agent = ANY (gone);
	DELETE FROM desk.device d WHERE d.agent = ANY (gone);
	FOR t IN SELECT * FROM desk.ticket k WHERE k.assignee = ANY (gone)
	    AND k.state IN ('new', 'open', 'pending')
	    ORDER BY k.id FOR UPDATE LOOP
		t.assignee := NULL;
		PERFORM desk.ticket_commit(caller, t, jsonb_build_object(
		    'kind', 'assign', 'back', true,
		    'meta', desk.from_to((SELECT a.name
			FROM desk.agent a, desk.ticket k
			WHERE k.id = t.id AND a.id = k.assignee), NULL)));
	END LOOP;
END;
$$;

-- CONFIG.APPLY: {"version","changes","dry","warnings":[{"path","sentence"}]}
-- (absent: none).  args.says: what the daemon found templates to promise.  All of it or nothing, one at a time: the lock makes whoever
-- comes second compare with what the first left.  dry goes the whole way as
-- far as looking; over: the version that the change was made from.  What
-- changes nothing makes no version.
CREATE OR REPLACE FUNCTION desk.config_apply(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	dry		boolean := coalesce((args->>'dry')::boolean, false);
	config		jsonb;
	in_force	bigint;
	changes		jsonb;
	warned		jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'admin');
	config := desk.config_check(args->'config');
	PERFORM desk.config_keeps_admin(config);
	IF NOT dry THEN
		LOCK TABLE desk.config IN EXCLUSIVE MODE;
	END IF;
	in_force := (desk.config_get()->>'version')::bigint;
	IF (args->>'over')::bigint <> in_force THEN
		PERFORM desk.refuse('CONFLICT',
		    'Another configuration has come into force meanwhile.',
		    'over');
	END IF;
	changes := desk.config_diff(desk.config_present(), config);
	IF NOT dry AND (changes <> '[]' OR in_force = 0) THEN
		PERFORM desk.shifts_note(now(), NULL);
		PERFORM desk.config_queues(config);
		PERFORM desk.config_answers(config);
		PERFORM desk.config_targets(config);
		PERFORM desk.config_served(config);
		PERFORM desk.config_leavers(caller, config);
		PERFORM desk.config_agents(config);
		PERFORM desk.config_schedules(config);
		PERFORM desk.config_route(config);
		PERFORM desk.config_limits(config);
		PERFORM desk.config_macros(config);
		PERFORM desk.config_hooks(config);
		PERFORM desk.config_automations(config);
		PERFORM desk.config_surveys(config);
		PERFORM desk.config_segments(config);
		PERFORM desk.config_journey(config);
		PERFORM desk.config_themes(config);
		PERFORM desk.config_objectives(config);
		PERFORM desk.config_classes(config);
		PERFORM desk.config_promise(config);
		PERFORM desk.config_followups(config);
		PERFORM desk.config_reports(config);
		INSERT INTO desk.config (who, body)
		VALUES (caller->>'who', config)
		RETURNING version INTO in_force;
		PERFORM desk.audit_put(caller, 'config.apply', in_force::text,
		    'done', (SELECT jsonb_agg(e - '{from,to}'::text[])
			FROM jsonb_array_elements(changes) e));
		PERFORM desk.outbox_put(NULL, jsonb_build_object(
		    'kind', 'config', 'version', in_force));
	END IF;
	warned := coalesce(desk.config_warnings(args->'config'), '[]')
	    || coalesce(desk.config_says(args->'says', dry), '[]');
	RETURN jsonb_strip_nulls(jsonb_build_object('version', in_force,
	    'dry', dry, 'warnings', nullif(warned, '[]')))
	    || jsonb_build_object('changes', changes);
END;
$$;
