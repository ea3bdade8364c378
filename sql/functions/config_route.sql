-- The words of routing in the configuration (desk.conf(5)): each in the one
-- form in which it is kept, checked, and put in force.

-- "90", "90s", "30m", "2h", "1d" as seconds, at most 365 days; else NULL.
CREATE OR REPLACE FUNCTION desk.span_read(span text)
RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN v <= 31536000 THEN v::int END
	FROM (SELECT m[1]::bigint * CASE m[2] WHEN 'm' THEN 60
		WHEN 'h' THEN 3600 WHEN 'd' THEN 86400 ELSE 1 END AS v
	    FROM regexp_match(span, '^([0-9]{1,7})([smhd]?)$') m
	    WHERE m IS NOT NULL) s
$$;

-- Seconds in the largest unit that holds them whole.
CREATE OR REPLACE FUNCTION desk.span_said(seconds int)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN seconds = 0 THEN '0s'
	    WHEN seconds % 86400 = 0 THEN seconds / 86400 || 'd'
	    WHEN seconds % 3600 = 0 THEN seconds / 3600 || 'h'
	    WHEN seconds % 60 = 0 THEN seconds / 60 || 'm'
	    ELSE seconds || 's' END
$$;

-- An agent's queue, and a skill with its level where that is not the usual
-- one, as they are kept.
CREATE OR REPLACE FUNCTION desk.serves_said(queue text, priority int,
    after int)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT queue || CASE WHEN priority <> 1 THEN ' ' || priority
	    ELSE '' END || CASE WHEN after <> 0
	    THEN ' after ' || desk.span_said(after) ELSE '' END
$$;
CREATE OR REPLACE FUNCTION desk.skill_said(skill text, level int, usual int)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT skill || CASE WHEN level <> usual THEN ' ' || level
	    ELSE '' END
$$;

-- What such words say; no row: they say nothing.
CREATE OR REPLACE FUNCTION desk.serves_read(word text, OUT queue text,
    OUT priority int, OUT after int)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT m[1], coalesce(m[2]::int, 1),
	    coalesce(desk.span_read(m[3]), 0)
	FROM regexp_match(btrim(word),
	    '^([A-Za-z0-9._@+-]{1,64})(?: +([1-9]))?(?: +after +([0-9]+[smhd]?))?$') m
	WHERE m IS NOT NULL
	    AND (m[3] IS NULL OR desk.span_read(m[3]) IS NOT NULL)
$$;
CREATE OR REPLACE FUNCTION desk.skill_read(word text, usual int,
    OUT skill text, OUT level int)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT m[1], coalesce(m[2]::int, usual)
	FROM regexp_match(btrim(word),
	    '^([A-Za-z0-9._@+-]{1,64})(?: +0{0,3}([1-5]))?$') m
	WHERE m IS NOT NULL
$$;

-- The kept form of a word of this kind; NULL: it is none.
--   serves  an agent's queue; knows, asks: a skill with its (least) level
--   limits  CHANNEL 1-1000; offers, wraps: CHANNEL SPAN
--   steps   SPAN preferred | levels 1-4 | overflow QUEUE | anyone
--   deed    hold | message | callback | overflow QUEUE
--   patience chat|call SPAN [message | callback | overflow QUEUE]
CREATE OR REPLACE FUNCTION desk.route_said(kind text, word text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
	channel	CONSTANT text :=
		    '^(mail|chat|call|social|order|store|web) +';
	m	text[];
	span	int;
BEGIN
	IF word ~ '[^ -~]' THEN
		RETURN NULL;
	END IF;
	word := btrim(word);
	CASE kind
	WHEN 'serves' THEN
		RETURN (SELECT desk.serves_said(s.queue, s.priority, s.after)
		    FROM desk.serves_read(word) s);
	WHEN 'knows', 'asks' THEN
		span := CASE kind WHEN 'knows' THEN 3 ELSE 1 END;
		RETURN (SELECT desk.skill_said(s.skill, s.level, span)
		    FROM desk.skill_read(word, span) s);
	WHEN 'limits' THEN
		m := regexp_match(word, channel || '([0-9]{1,4})$');
		IF m[2]::int BETWEEN 1 AND 1000 THEN
			RETURN m[1] || ' ' || m[2]::int;
		END IF;
	WHEN 'offers', 'wraps' THEN
		m := regexp_match(word, channel || '([0-9]+[smhd]?)$');
		span := desk.span_read(m[2]);
		IF span BETWEEN (CASE kind WHEN 'offers' THEN 5 ELSE 1 END)
		    AND 3600 THEN
			RETURN m[1] || ' ' || desk.span_said(span);
		END IF;
	WHEN 'steps' THEN
		m := regexp_match(word, '^([0-9]+[smhd]?) +(?:'
		    '(preferred|anyone)|(levels) +0{0,3}([1-4])|'
		    '(overflow) +([A-Za-z0-9._@+-]{1,64}))$');
		span := desk.span_read(m[1]);
		IF span >= 1 THEN
			RETURN concat_ws(' ', desk.span_said(span), m[2], m[3],
			    m[4], m[5], m[6]);
		END IF;
	WHEN 'deed' THEN
		m := regexp_match(word, '^(?:(hold|message|callback)|'
		    '(overflow) +([A-Za-z0-9._@+-]{1,64}))$');
		RETURN nullif(concat_ws(' ', m[1], m[2], m[3]), '');
	WHEN 'patience' THEN
		m := regexp_match(word, '^(chat|call) +([0-9]+[smhd]?)'
		    '(?: +(?:(message|callback)|'
		    '(overflow) +([A-Za-z0-9._@+-]{1,64})))?$');
		span := desk.span_read(m[2]);
		IF span BETWEEN 5 AND 86400 THEN
			RETURN concat_ws(' ', m[1], desk.span_said(span),
			    m[3], m[4], m[5]);
		END IF;
	END CASE;
	RETURN NULL;
END;
$$;

-- Is it a list of such words, none about the same as another; of steps, each
-- later than the one before?
CREATE OR REPLACE FUNCTION desk.route_fits(value jsonb, kind text,
    most bigint)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	words	text[];
BEGIN
	IF jsonb_typeof(value) <> 'array' OR jsonb_array_length(value) > most
	    OR EXISTS (SELECT FROM jsonb_array_elements(value) v
		WHERE jsonb_typeof(v) <> 'string') THEN
		RETURN false;
	END IF;
	words := ARRAY(SELECT desk.route_said(kind, v.word)
	    FROM jsonb_array_elements_text(value) WITH ORDINALITY v (word, n)
	    ORDER BY v.n);
	IF array_position(words, NULL) IS NOT NULL THEN
		RETURN false;
	END IF;
	IF kind = 'steps' THEN
		RETURN NOT EXISTS (SELECT FROM (
		    SELECT s.at, lag(s.at) OVER (ORDER BY s.n) AS before
		    FROM (SELECT desk.span_read(split_part(w, ' ', 1)) AS at, n
			FROM unnest(words) WITH ORDINALITY u (w, n)) s) t
		    WHERE t.at <= t.before);
	END IF;
	RETURN (SELECT count(DISTINCT split_part(w, ' ', 1))
		= count(DISTINCT w) FROM unnest(words) w);
END;
$$;

-- Such a list as it is kept: in order of the words, each once; steps stay.
CREATE OR REPLACE FUNCTION desk.route_words(value jsonb, kind text)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT coalesce(jsonb_agg(s.word ORDER BY s.place,
	    s.word COLLATE "C"), '[]')
	FROM (SELECT DISTINCT desk.route_said(kind, v.word) AS word,
		CASE kind WHEN 'steps' THEN v.n END AS place
	    FROM jsonb_array_elements_text(value)
		WITH ORDINALITY v (word, n)) s
$$;

-- {"chat":20} of ["chat 20s"], and of ["chat 3"]; NULL of none.
CREATE OR REPLACE FUNCTION desk.channel_values(words jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_object_agg(split_part(w, ' ', 1),
	    desk.span_read(split_part(w, ' ', 2)))
	FROM jsonb_array_elements_text(words) w
$$;

-- The other way round; spans: the values are times.
CREATE OR REPLACE FUNCTION desk.channel_words(by jsonb, spans boolean)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_agg(v.key || ' ' || CASE WHEN spans
	    THEN desk.span_said(v.value::int) ELSE v.value END
	    ORDER BY v.key COLLATE "C")
	FROM jsonb_each_text(by) v
$$;

-- The entry without the members that are as usual.
CREATE OR REPLACE FUNCTION desk.unsaid(entry jsonb, usual jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT entry - ARRAY(SELECT u.key FROM jsonb_each(usual) u
	    WHERE entry->u.key = u.value)
$$;

-- Without what goes without saying, so that who never spoke of routing has the
-- same configuration as who said how it is anyway.
CREATE OR REPLACE FUNCTION desk.config_unsaid(c jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT c - ARRAY(SELECT k
		FROM unnest('{automations,surveys,segments,stages,touchpoints,
		    journeys,themes,classes,objectives,
		    reports,followups,reasons,factors}'::text[]) k
		WHERE c->k = '[]') - '{presence,late_notice}'::text[]
	    || CASE WHEN p.said = '{}' THEN '{}'
	    ELSE jsonb_build_object('presence', p.said) END
	    || CASE WHEN n.said = '{}' THEN '{}'
	    ELSE jsonb_build_object('late_notice', n.said) END
	    || jsonb_build_object(
	    'queues', (SELECT coalesce(jsonb_agg(u.said ORDER BY e.n), '[]')
		FROM jsonb_array_elements(c->'queues')
			WITH ORDINALITY e (entry, n),
		    desk.unsaid(e.entry, '{"mode":"offer","widen":[],
			"strategy":"longest_idle","order":[],"same_agent":0,
			"same_within":2592000,"offer_by":[],"wrap_up":[],
			"full":0,"when_full":"hold","when_closed":"hold",
			"patience":[],"short_abandon":5,
			"when_abandoned":"hold"}')
			u (said)),
	    'agents', (SELECT coalesce(jsonb_agg(u.said ORDER BY e.n), '[]')
		FROM jsonb_array_elements(c->'agents')
			WITH ORDINALITY e (entry, n),
		    desk.unsaid(e.entry, '{"limits":[]}') u (said)),
	    'rules', (SELECT coalesce(jsonb_agg(u.said ORDER BY e.n), '[]')
		FROM jsonb_array_elements(c->'rules')
			WITH ORDINALITY e (entry, n),
		    desk.unsaid(e.entry, '{"prefer":[]}') u (said)))
	FROM desk.unsaid(coalesce(c->'presence', '{}'), '{"grace":30,
	    "chat_grace":15,"leave":14400,"reasons":[]}') p (said),
	    desk.unsaid(coalesce(c->'late_notice', '{}'),
		'{"sure":50,"orders":20}') n (said)
$$;

-- Refuses what names no queue or agent.
CREATE OR REPLACE FUNCTION desk.config_route_check(c jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('queues[%s].widen', q.place - 1) AS path,
		'A queue overflows into another one that there is.' AS why
	    FROM jsonb_array_elements(c->'queues')
		    WITH ORDINALITY q (entry, place),
		jsonb_array_elements_text(q.entry->'widen') s
	    WHERE split_part(s, ' ', 2) = 'overflow'
		AND (split_part(s, ' ', 3) = q.entry->>'name'
		    OR NOT EXISTS (SELECT FROM
			jsonb_array_elements(c->'queues') o
			WHERE o->>'name' = split_part(s, ' ', 3)))
	    UNION ALL
	    SELECT format('queues[%s].order', q.place - 1),
		'There is no such agent, or he is named twice.'
	    FROM jsonb_array_elements(c->'queues')
		    WITH ORDINALITY q (entry, place),
		jsonb_array_elements_text(q.entry->'order') n
	    GROUP BY q.place, n
	    HAVING count(*) > 1 OR NOT EXISTS (SELECT FROM
		jsonb_array_elements(c->'agents') a WHERE a->>'name' = n)
	) w;
END;
$$;

-- What the queues' rows have of it, in the configuration's form.
CREATE OR REPLACE FUNCTION desk.queue_route(q desk.queue)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT desk.unsaid(jsonb_strip_nulls(jsonb_build_object(
	    'mode', (q).mode, 'strategy', (q).strategy,
	    'order', to_jsonb((q).first_asked), 'widen', to_jsonb((q).widen),
	    'same_agent', (q).same_agent, 'same_within', (q).same_within,
	    'offer_by', desk.channel_words((q).offer_by, true),
	    'wrap_up', desk.channel_words((q).wrap_up, true))),
	    '{"mode":"offer","strategy":"longest_idle","order":[],"widen":[],
	    "same_agent":0,"same_within":2592000}')
$$;

-- Puts it in force; after config_queues() and config_agents().
CREATE OR REPLACE FUNCTION desk.config_route(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.queue q SET mode = w.mode, strategy = w.strategy,
	    first_asked = w.first_asked, widen = w.widen,
	    same_agent = w.same_agent, same_within = w.same_within,
	    offer_by = w.offer_by, wrap_up = w.wrap_up
	FROM (SELECT e->>'name' AS name, coalesce(e->>'mode', 'offer') AS mode,
		coalesce(e->>'strategy', 'longest_idle') AS strategy,
		ARRAY(SELECT jsonb_array_elements_text(e->'order'))
		    AS first_asked,
		ARRAY(SELECT jsonb_array_elements_text(e->'widen')) AS widen,
		coalesce((e->>'same_agent')::int, 0) AS same_agent,
		coalesce((e->>'same_within')::int, 2592000) AS same_within,
		desk.channel_values(e->'offer_by') AS offer_by,
		desk.channel_values(e->'wrap_up') AS wrap_up
	    FROM jsonb_array_elements(c->'queues') e) w
	WHERE q.name = w.name AND (q.mode, q.strategy, q.first_asked, q.widen,
		q.same_agent, q.same_within, q.offer_by, q.wrap_up)
	    IS DISTINCT FROM (w.mode, w.strategy, w.first_asked, w.widen,
		w.same_agent, w.same_within, w.offer_by, w.wrap_up);
	PERFORM desk.config_patience(c);
	UPDATE desk.presence_rule r SET
	    grace = coalesce((c->'presence'->>'grace')::int, 30),
	    chat_grace = coalesce((c->'presence'->>'chat_grace')::int, 15),
	    leave = coalesce((c->'presence'->>'leave')::int, 14400);
	UPDATE desk.agent a SET limits = desk.channel_values(e->'limits')
	FROM jsonb_array_elements(c->'agents') e
	WHERE a.name = e->>'name' AND a.limits
	    IS DISTINCT FROM desk.channel_values(e->'limits');
END;
$$;

-- Would this overflow offer cases to agents who may not see them?  Of a queue
-- for its members only, when one of those who serve the other is none.  Redis
-- knows nothing of that, and PostgreSQL would take each offer back.
CREATE OR REPLACE FUNCTION desk.overflow_blind(q desk.queue, other text)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT (q).members_only AND EXISTS (SELECT FROM desk.queue o
	    JOIN desk.agent_queue m ON m.queue = o.id
	    JOIN desk.agent a ON a.id = m.agent
	    WHERE o.name = other AND a.active AND a.role = 'agent'
		AND NOT EXISTS (SELECT FROM desk.agent_queue h
		    WHERE h.queue = (q).id AND h.agent = a.id))
$$;

-- The queues that it therefore does not overflow into.
CREATE OR REPLACE FUNCTION desk.overflows_blind(q desk.queue)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(split_part(s, ' ', 3) ORDER BY n)
	FROM unnest((q).widen) WITH ORDINALITY u (s, n)
	WHERE split_part(s, ' ', 2) = 'overflow'
	    AND desk.overflow_blind(q, split_part(s, ' ', 3))
$$;

-- The same of a configuration as it was given: [{"path","sentence"}], NULL when
-- all is well.
CREATE OR REPLACE FUNCTION desk.config_warnings(c jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_agg(jsonb_build_object(
	    'path', format('queues[%s].widen', q.place - 1),
	    'sentence', format('%s does not overflow into %s: agents there may not see its cases.',
		q.entry->>'name', split_part(s, ' ', 3))) ORDER BY q.place, n)
	FROM jsonb_array_elements(c->'queues') WITH ORDINALITY q (entry, place)
	CROSS JOIN LATERAL jsonb_array_elements_text(q.entry->'widen')
	    WITH ORDINALITY w (s, n)
	WHERE (q.entry->>'members_only')::boolean
	    AND split_part(s, ' ', 2) = 'overflow'
	    AND EXISTS (SELECT FROM jsonb_array_elements(c->'agents') a
		CROSS JOIN LATERAL (SELECT array_agg(split_part(w, ' ', 1))
		    FROM jsonb_array_elements_text(a->'queues') w) h (serves)
		WHERE a->>'role' = 'agent'
		    AND split_part(s, ' ', 3) = ANY (h.serves)
		    AND q.entry->>'name' <> ALL (h.serves))
$$;

-- What Redis has to know of a queue's policy (desk_policy in daemon/route).
CREATE OR REPLACE FUNCTION desk.policy_json(q desk.queue)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('queue', (q).name,
	    'mode', (q).mode, 'strategy', (q).strategy,
	    'steps', (SELECT jsonb_agg(jsonb_build_object('after',
		    desk.span_read(s.w[1])) || CASE s.w[2]
		    WHEN 'preferred' THEN '{"drop":"preferred"}'
		    WHEN 'levels' THEN jsonb_build_object('levels',
			s.w[3]::int)
		    WHEN 'overflow' THEN jsonb_build_object('queue', s.w[3])
		    ELSE '{"anyone":true}' END ORDER BY s.n)
		FROM (SELECT string_to_array(u.step, ' ') AS w, u.n
		    FROM unnest((q).widen) WITH ORDINALITY u (step, n)) s
		WHERE s.w[2] <> 'overflow'
		    OR NOT desk.overflow_blind(q, s.w[3])),
	    'same', nullif((q).same_agent, 0),
	    'wrap', (q).wrap_up,
	    'order', CASE WHEN (q).strategy = 'fixed_order' THEN (
		SELECT jsonb_agg(a.name ORDER BY
		    array_position((q).first_asked, a.name), a.name)
		FROM desk.agent_queue m JOIN desk.agent a ON a.id = m.agent
		WHERE m.queue = (q).id AND a.active) END))
$$;

CREATE OR REPLACE FUNCTION desk.policies()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(desk.policy_json(q) ORDER BY q.name), '[]')
	FROM desk.queue q WHERE q.active
$$;
