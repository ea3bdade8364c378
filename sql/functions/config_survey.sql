-- Surveys in the configuration: checked, and put in force.

-- The members of a question and of a choice: what each value is, and whether
-- it must be there.
CREATE OR REPLACE FUNCTION desk.question_members()
RETURNS TABLE (section text, member text, kind text, need boolean,
    most bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	VALUES ('question', 'name', 'name', true, 64::bigint),
	    ('question', 'kind', 'nps|csat|ces|choice|number|text', true, 6),
	    ('question', 'about', 'expectation|experience', false, 11),
	    ('question', 'pair', 'name', false, 64),
	    ('question', 'vi', 'text', false, 400),
	    ('question', 'en', 'text', false, 400),
	    ('question', 'when', 'text', false, 5),
	    ('question', 'required', 'bool', false, 0),
	    ('question', 'choices', 'list', false, 20),
	    ('choice', 'name', 'name', true, 64),
	    ('choice', 'vi', 'text', false, 400),
	    ('choice', 'en', 'text', false, 400)
$$;

-- Is this an object with these members and no others?
CREATE OR REPLACE FUNCTION desk.question_part_fits(value jsonb, part text)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	IF jsonb_typeof(value) IS DISTINCT FROM 'object' THEN
		RETURN false;
	END IF;
	RETURN NOT EXISTS (SELECT FROM jsonb_object_keys(value) k
		WHERE k NOT IN (SELECT m.member FROM desk.question_members() m
		    WHERE m.section = part))
	    AND NOT EXISTS (SELECT FROM desk.question_members() m
		WHERE m.section = part AND (m.need AND NOT value ? m.member
		    OR value ? m.member AND NOT CASE WHEN m.kind = 'list' THEN
			jsonb_typeof(value->m.member) = 'array'
			AND jsonb_array_length(value->m.member) BETWEEN 2
			    AND m.most
			AND NOT EXISTS (SELECT
			    FROM jsonb_array_elements(value->m.member) c
			    WHERE NOT desk.question_part_fits(c, 'choice'))
		    ELSE desk.config_fits(value->m.member, m.kind, 1, m.most)
		    END));
END;
$$;

-- A survey's questions, each of the right form; what they say of each other is
-- looked at later.
CREATE OR REPLACE FUNCTION desk.questions_fit(value jsonb, most bigint)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	RETURN jsonb_typeof(value) = 'array'
	    AND jsonb_array_length(value) BETWEEN 1 AND most
	    AND NOT EXISTS (SELECT FROM jsonb_array_elements(value) q
		WHERE NOT desk.question_part_fits(q, 'question'));
END;
$$;

-- The same, with what is not said.
CREATE OR REPLACE FUNCTION desk.questions_said(value jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT jsonb_agg('{"required":false}' || q.entry ORDER BY q.place)
	FROM jsonb_array_elements(value) WITH ORDINALITY q (entry, place)
$$;

-- The lowest and the highest score of a kind of question; NULL: it has none.
CREATE OR REPLACE FUNCTION desk.score_range(kind text, OUT lowest int,
    OUT highest int)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE kind WHEN 'nps' THEN 0 WHEN 'csat' THEN 1
		WHEN 'ces' THEN 1 END,
	    CASE kind WHEN 'nps' THEN 10 WHEN 'csat' THEN 5
		WHEN 'ces' THEN 7 END
$$;

-- "0-6", or "3" alone, as two numbers; NULL: it is neither.
CREATE OR REPLACE FUNCTION desk.scores_read(said text, OUT lowest int,
    OUT highest int)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT m[1]::int, coalesce(m[2], m[1])::int
	FROM regexp_match(said, '^(0|[1-9][0-9]?)(?:-(0|[1-9][0-9]?))?$') m
	WHERE m[1]::int <= coalesce(m[2], m[1])::int
$$;

-- What is wrong with a question among its survey's; NULL: nothing.
CREATE OR REPLACE FUNCTION desk.question_wrong(questions jsonb, place int,
    OUT member text, OUT why text)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	q	jsonb := questions->place;
	other	jsonb;
	first	int4range;
	asked	int4range;
BEGIN
	SELECT int4range(r.lowest, r.highest, '[]') INTO first
	FROM desk.score_range(questions->0->>'kind') r
	WHERE r.lowest IS NOT NULL;
	SELECT int4range(r.lowest, r.highest, '[]') INTO asked
	FROM desk.scores_read(q->>'when') r
	WHERE r.lowest IS NOT NULL;
	member := 'name';
	IF (SELECT count(*) FROM jsonb_array_elements(questions) o
	    WHERE o->>'name' = q->>'name') > 1 THEN
		why := 'There is another of this name.';
		RETURN;
	END IF;
	member := 'vi';
	IF NOT q ?| '{vi,en}'
	    AND (desk.score_range(q->>'kind')).lowest IS NULL THEN
		why := 'A question needs words in vi, en or both.';
		RETURN;
	END IF;
	member := 'choices';
	IF (q->>'kind' = 'choice') <> (q ? 'choices') THEN
		why := 'A question of kind choice has choices, and no other.';
		RETURN;
	ELSIF EXISTS (SELECT FROM jsonb_array_elements(q->'choices') c
	    WHERE NOT c ?| '{vi,en}')
	    OR EXISTS (SELECT FROM jsonb_array_elements(q->'choices') c
		GROUP BY c->>'name' HAVING count(*) > 1) THEN
		why := 'Each choice has a name of its own, and words.';
		RETURN;
	END IF;
	member := 'when';
	IF q ? 'when' AND (place = 0 OR NOT coalesce(asked <@ first, false))
	THEN
		why := 'It must be like "0-6": of the first question''s scores.';
		RETURN;
	END IF;
	member := 'pair';
	SELECT o INTO other FROM jsonb_array_elements(questions) o
	WHERE o->>'name' = q->>'pair' AND o->>'name' <> q->>'name';
	IF q ? 'pair' AND (other IS NULL
	    OR other->>'kind' <> q->>'kind'
	    OR coalesce(other->>'about' = q->>'about', true)) THEN
		why := 'A pair is of one kind: one question about expectation, '
		    'one about experience.';
		RETURN;
	END IF;
	member := NULL;
END;
$$;

-- What the members' kinds do not say; deskctl says the same with the line.
CREATE OR REPLACE FUNCTION desk.config_surveys_check(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('surveys[%s].%s', s.place - 1, x.member), x.why
	    FROM jsonb_array_elements(c->'surveys')
		    WITH ORDINALITY s (entry, place)
	    CROSS JOIN LATERAL (VALUES
		('queues', 'There is no such queue.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			s.entry->'queues') n
			WHERE n NOT IN (SELECT q->>'name'
			    FROM jsonb_array_elements(c->'queues') q))),
		('channels', 'There is no such channel.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			s.entry->'channels') n
			WHERE n NOT IN ('mail', 'chat', 'call', 'social',
			    'order', 'store', 'web', 'desk'))),
		('via', 'It must be mail or chat.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			s.entry->'via') n WHERE n NOT IN ('mail', 'chat'))),
		('hours', 'There are no such hours.',
		    s.entry ? 'hours' AND s.entry->>'hours' NOT IN (
			SELECT h->>'name'
			FROM jsonb_array_elements(c->'hours') h)),
		('remind', 'It must come before the survey expires.',
		    (s.entry->>'remind')::int >= (s.entry->>'expires')::int),
		('for', 'Staff are asked by hand, not in public, and are '
			'offered no help.',
		    s.entry->>'for' = 'staff'
			AND (s.entry->>'after' <> 'hand'
			    OR (s.entry->>'public')::boolean
			    OR (s.entry->>'help')::boolean)),
		('every', 'Only a survey for staff goes out by itself.',
		    s.entry ? 'every' AND s.entry->>'for' <> 'staff')
		) x(member, why, wrong)
	    WHERE x.wrong
	    UNION ALL
	    SELECT format('surveys[%s].questions[%s].%s', s.place - 1,
		q.place - 1, w.member), w.why
	    FROM jsonb_array_elements(c->'surveys')
		    WITH ORDINALITY s (entry, place)
	    CROSS JOIN LATERAL jsonb_array_elements(s.entry->'questions')
		    WITH ORDINALITY q (entry, place)
	    CROSS JOIN LATERAL desk.question_wrong(s.entry->'questions',
		    (q.place - 1)::int) w
	    WHERE w.why IS NOT NULL) w (path, why);
END;
$$;

-- Puts them in force.  One that is gone from the file asks nobody any more, and
-- stays for its answers; what it was about to ask is let be.  Some go out by
-- themselves.
CREATE OR REPLACE FUNCTION desk.config_surveys(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.survey s SET active = false
	WHERE s.active AND s.name NOT IN (SELECT e->>'name'
	    FROM jsonb_array_elements(coalesce(c->'surveys', '[]')) e);
	INSERT INTO desk.survey AS s (name, body)
	SELECT e->>'name', e
	FROM jsonb_array_elements(coalesce(c->'surveys', '[]')) e
	ON CONFLICT (name) DO UPDATE SET body = excluded.body, active = true
	WHERE (s.body, s.active) IS DISTINCT FROM (excluded.body, true);
	PERFORM desk.staff_plans();
END;
$$;
