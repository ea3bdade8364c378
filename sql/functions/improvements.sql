-- Improvements: what is to become better where, by when and how much; judged
-- once, from the data, when that day is over.

-- How often each value of a measure came in these days; about: {"queue" (id),
-- "touchpoint","segment"}.
CREATE OR REPLACE FUNCTION desk.score_counts(measure text, since date,
    until date, about jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF measure = 'mood' AND about ? 'touchpoint' THEN
		RETURN coalesce((SELECT k.counts FROM desk.touchpoint_counts(
		    measure, since, until, about->>'segment') k
		    WHERE k.touchpoint = about->>'touchpoint'), '{}');
	END IF;
	RETURN coalesce((SELECT l.counts FROM desk.cx_lines(measure,
	    desk.cx_names(measure, NULL), since, until, 'all', about) l), '{}');
END;
$$;

-- How often each value was given in those days where it is to be better.
CREATE OR REPLACE FUNCTION desk.improvement_counts(i desk.improvement,
    since date, until date)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT desk.score_counts((i).measure, since, until, jsonb_strip_nulls(
	    jsonb_build_object('queue', (i).queue, 'touchpoint',
		(i).touchpoint, 'segment', (i).segment)))
$$;

-- How a score differs from the one before: the interval of the difference is
-- made of both intervals (Newcombe's method 10; Zou and Donner), as
-- desk.cx_change() has it.  is: up or down only where it leaves out 0.
CREATE OR REPLACE FUNCTION desk.score_change(measure text, before jsonb,
    after jsonb, OUT by numeric, OUT low numeric, OUT high numeric,
    OUT "is" text)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT x.by, x.low, x.high, CASE WHEN x.low > 0 THEN 'up'
	    WHEN x.high < 0 THEN 'down' ELSE 'unsaid' END
	FROM (SELECT a.score - b.score AS by,
		a.score - b.score - sqrt((a.score - a.low) ^ 2
		    + (b.high - b.score) ^ 2) AS low,
		a.score - b.score + sqrt((a.high - a.score) ^ 2
		    + (b.score - b.low) ^ 2) AS high
	    FROM desk.score_of(measure, before) b,
		desk.score_of(measure, after) a
	    WHERE a.n > 0 AND b.n > 0) x
$$;

-- met: the whole interval after is at or above the target.  better, worse: that
-- of the difference leaves out 0.  unchanged: it leaves out a difference as
-- large as was wanted.  few: too few answers to say any of these.
CREATE OR REPLACE FUNCTION desk.improvement_verdict(measure text,
    target numeric, before jsonb, after jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE WHEN a.low >= target THEN 'met'
	    WHEN c."is" = 'up' THEN 'better'
	    WHEN c."is" = 'down' THEN 'worse'
	    WHEN c.high < target - b.score THEN 'unchanged'
	    ELSE 'few' END
	FROM desk.score_of(measure, before) b,
	    desk.score_of(measure, after) a,
	    desk.score_change(measure, before, after) c
$$;

-- A histogram as it is shown: {"n","score","low","high"}.
CREATE OR REPLACE FUNCTION desk.score_shown(measure text, counts jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('n', s.n,
	    'score', round(s.score, 2), 'low', round(s.low, 2),
	    'high', round(s.high, 2)))
	FROM desk.score_of(measure, counts) s
$$;

-- A change as it is shown; NULL where there is nothing to compare.
CREATE OR REPLACE FUNCTION desk.score_change_shown(measure text,
    before jsonb, after jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_build_object('by', round(c.by, 2), 'low', round(c.low, 2),
	    'high', round(c.high, 2), 'is', c."is")
	FROM desk.score_change(measure, before, after) c
	WHERE c."is" IS NOT NULL
$$;

-- An improvement as it is shown; of one that is open, after is as of now.
CREATE OR REPLACE FUNCTION desk.improvement_json(i desk.improvement)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	today	date := desk.company_day(now());
	after	jsonb := CASE WHEN i.state = 'open' THEN
		    desk.improvement_counts(i, i.since, least(i.due, today) + 1)
		    ELSE i.after END;
BEGIN
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object(
	    'improvement', i.id, 'what', i.what, 'touchpoint', i.touchpoint,
	    'vi', p.vi, 'en', p.en, 'queue', (SELECT q.name
		FROM desk.queue q WHERE q.id = i.queue),
	    'segment', i.segment, 'measure', i.measure,
	    'target', trim_scale(i.target), 'owner', (SELECT g.name
		FROM desk.agent g WHERE g.id = i.owner),
	    'from', i.first, 'to', i.last, 'since', i.since, 'due', i.due,
	    'state', i.state, 'verdict', i.verdict,
	    'before', desk.score_shown(i.measure, i.before),
	    'after', CASE WHEN after IS NOT NULL
		THEN desk.score_shown(i.measure, after) END,
	    'change', CASE WHEN after IS NOT NULL
		THEN desk.score_change_shown(i.measure, i.before, after) END,
	    'made_at', desk.rfc3339(i.made_at), 'made_by', i.made_by,
	    'judged_at', desk.rfc3339(i.judged_at),
	    'ended_at', desk.rfc3339(i.ended_at), 'ended_by', i.ended_by,
	    'words', nullif(i.words, ''),
	    'actions', (SELECT jsonb_agg(desk.action_json(a) ORDER BY a.id)
		FROM desk.action a WHERE a.improvement = i.id)))
	    FROM (SELECT) x
	    LEFT JOIN desk.touchpoint p ON p.name = i.touchpoint);
END;
$$;

-- Tells who has it, or made it, that it changed.
CREATE OR REPLACE FUNCTION desk.improvement_told(caller jsonb,
    i desk.improvement)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.outbox_put(NULL, jsonb_strip_nulls(jsonb_build_object(
	    'kind', 'improvement', 'improvement', i.id, 'state', i.state,
	    'verdict', i.verdict, 'subject', i.what, 'who', desk.caller_shown(caller),
	    'agents', (SELECT jsonb_agg(DISTINCT g.name) FROM desk.agent g
		WHERE g.active AND (g.id = i.owner OR g.name = i.made_by)))));
	RETURN desk.improvement_json(i);
END;
$$;

-- The improvement that args name, locked.
CREATE OR REPLACE FUNCTION desk.improvement_lock(args jsonb)
RETURNS desk.improvement
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.improvement;
BEGIN
	SELECT * INTO i FROM desk.improvement x
	WHERE x.id = (args->>'improvement')::bigint FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such improvement.',
		    'improvement');
	ELSIF i.state <> 'open' THEN
		PERFORM desk.refuse('CONFLICT', 'This improvement is over.',
		    'improvement');
	END IF;
	RETURN i;
END;
$$;

-- A target that somebody set, on the scale of its measure.
CREATE OR REPLACE FUNCTION desk.target_said(measure text, said text)
RETURNS numeric
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	ends	record := desk.score_ends(measure);
BEGIN
	IF said !~ '^-?[0-9]{1,3}(\.[0-9]{1,2})?$'
	    OR said::numeric NOT BETWEEN ends.low AND ends.high THEN
		PERFORM desk.refuse('INVALID', format(
		    'A target of %s is a number from %s to %s.', measure,
		    ends.low, ends.high), 'target');
	END IF;
	RETURN said::numeric;
END;
$$;

-- Something of it was changed by somebody.
CREATE OR REPLACE FUNCTION desk.improvement_note(who text, what text,
    was desk.improvement, i desk.improvement)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.improvement_change (improvement, who, what, was, "is")
	VALUES ((i).id, who, what, CASE WHEN (was).id IS NOT NULL
	    THEN jsonb_strip_nulls(jsonb_build_object('what', (was).what,
		'target', (was).target, 'owner', (was).owner,
		'due', (was).due)) END, jsonb_strip_nulls(
	    jsonb_build_object('what', (i).what, 'target', (i).target,
		'owner', (i).owner, 'due', (i).due,
		'verdict', (i).verdict)))
$$;

-- When what happened up to the end of a day has been counted, an hour later.
CREATE OR REPLACE FUNCTION desk.improvement_moment(due date)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT (due + 1)::timestamp AT TIME ZONE coalesce(
	    desk.company('timezone'), 'Asia/Ho_Chi_Minh') + interval '1 hour'
$$;

-- The day until which it is measured.
CREATE OR REPLACE FUNCTION desk.improvement_due(args jsonb, since date)
RETURNS date
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	due	date := desk.cx_day(args, 'due', NULL);
BEGIN
	IF due < greatest(since, desk.company_day(now())) THEN
		PERFORM desk.refuse('INVALID', 'This day is over.', 'due');
	ELSIF due > desk.company_day(now()) + 730 THEN
		PERFORM desk.refuse('INVALID', 'Two years from now at most.',
		    'due');
	END IF;
	RETURN due;
END;
$$;

-- Fills what a new improvement is about, or refuses it.
CREATE OR REPLACE FUNCTION desk.improvement_about(args jsonb,
    i desk.improvement)
RETURNS desk.improvement
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF args ? 'touchpoint' AND args ? 'queue' THEN
		PERFORM desk.refuse('INVALID',
		    'Name a touchpoint or a queue, not both.', 'queue');
	ELSIF args ? 'touchpoint' AND NOT EXISTS (
	    SELECT FROM desk.touchpoint p
	    WHERE p.name = args->>'touchpoint') THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such touchpoint.',
		    'touchpoint');
	END IF;
	i.touchpoint := args->>'touchpoint';
	i.segment := args->>'segment';
	i.queue := (SELECT q.id FROM desk.queue q
	    WHERE q.name = args->>'queue');
	IF args ? 'queue' AND i.queue IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such queue.',
		    'queue');
	END IF;
	i.measure := args->>'measure';
	i.target := desk.target_said(i.measure, args->>'target');
	RETURN i;
END;
$$;

-- IMPROVE.ADD
CREATE OR REPLACE FUNCTION desk.improve_add(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	today	date := desk.company_day(now());
	i	desk.improvement;
	had	desk.improvement;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	i := desk.improvement_about(args, i);
	i.what := args->>'what';
	i.owner := desk.action_owner(caller, args);
	i.since := desk.cx_day(args, 'since', today);
	IF i.since > today OR i.since < today - 365 THEN
		PERFORM desk.refuse('INVALID',
		    'It is in effect since a day of the last year.', 'since');
	END IF;
	i.due := desk.improvement_due(args, i.since);
	i.judge_at := desk.improvement_moment(i.due);
	i.last := i.since - 1;
	i.first := i.since - coalesce((args->>'before')::int, 30);
	i.before := desk.improvement_counts(i, i.first, i.since);
	i.made_by := desk.caller_login(caller);
	i.once := CASE WHEN coalesce(args->>'once', '') <> ''
	    THEN concat_ws('/', caller->>'who', args->>'once') END;
	SELECT * INTO had FROM desk.improvement x WHERE x.once = i.once;
	IF had.id IS NULL AND (SELECT s.low >= i.target
	    FROM desk.score_of(i.measure, i.before) s) THEN
		PERFORM desk.refuse('CONFLICT', 'This target is met already.',
		    'target');
	END IF;
	INSERT INTO desk.improvement (what, touchpoint, queue, segment,
	    measure, target, owner, first, last, since, due, judge_at, before,
	    made_by, once)
	VALUES (i.what, i.touchpoint, i.queue, i.segment, i.measure, i.target,
	    i.owner, i.first, i.last, i.since, i.due, i.judge_at, i.before,
	    i.made_by, i.once)
	ON CONFLICT (once) DO NOTHING RETURNING * INTO i;
	IF NOT FOUND THEN
		SELECT * INTO had FROM desk.improvement x
		WHERE x.once = concat_ws('/', caller->>'who', args->>'once');
		IF had.what IS DISTINCT FROM args->>'what' THEN
			PERFORM desk.refuse('CONFLICT',
			    'This id was used for another improvement.',
			    'once');
		END IF;
		RETURN desk.improvement_json(had);
	END IF;
	PERFORM desk.improvement_note(i.made_by, 'made', NULL, i);
	RETURN desk.improvement_told(caller, i);
END;
$$;

-- IMPROVE.SET: other words, another target, owner or day, while it is open.
CREATE OR REPLACE FUNCTION desk.improve_set(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	was	desk.improvement;
	i	desk.improvement;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	was := desk.improvement_lock(args);
	i := was;
	i.what := coalesce(args->>'what', i.what);
	IF args ? 'target' THEN
		i.target := desk.target_said(i.measure, args->>'target');
	END IF;
	IF args ? 'owner' THEN
		i.owner := desk.action_owner(caller, args);
	END IF;
	IF args ? 'due' THEN
		i.due := desk.improvement_due(args, i.since);
		i.judge_at := desk.improvement_moment(i.due);
	END IF;
	IF i IS NOT DISTINCT FROM was THEN
		RETURN desk.improvement_json(i);
	END IF;
	UPDATE desk.improvement x SET what = i.what, target = i.target,
	    owner = i.owner, due = i.due, judge_at = i.judge_at
	WHERE x.id = i.id;
	PERFORM desk.improvement_note(desk.caller_login(caller), 'set', was, i);
	RETURN desk.improvement_told(caller, i);
END;
$$;

-- IMPROVE.END: it is given up, and will not be judged.
CREATE OR REPLACE FUNCTION desk.improve_end(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.improvement;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	i := desk.improvement_lock(args);
	UPDATE desk.improvement x SET state = 'ended', ended_at = now(),
	    ended_by = desk.caller_login(caller), words = args->>'words'
	WHERE x.id = i.id RETURNING * INTO i;
	PERFORM desk.improvement_note(i.ended_by, 'ended', NULL, i);
	RETURN desk.improvement_told(caller, i);
END;
$$;

-- IMPROVE.LIST: open ones by their day, others the newest first; to an agent,
-- those that are his.
CREATE OR REPLACE FUNCTION desk.improve_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	wants	text := coalesce(args->>'state', 'open');
	lim	int := coalesce((args->>'limit')::int, 50);
	mine	int := CASE WHEN NOT desk.caller_all(caller)
		    OR args->>'owner' = 'me'
		    THEN coalesce((caller->>'agent')::int, 0)
		    WHEN args ? 'owner' THEN (desk.agent_named(
			args->>'owner', 'owner')).id END;
	past	desk.improvement;
	rows	desk.improvement[];
BEGIN
	SELECT * INTO past FROM desk.improvement x
	WHERE x.id = (args->>'after')::bigint;
	rows := ARRAY(SELECT x FROM desk.improvement x
	    WHERE (wants = 'all' OR x.state = wants)
		AND (mine IS NULL OR x.owner = mine)
		AND (NOT args ? 'touchpoint'
		    OR x.touchpoint = args->>'touchpoint')
		AND (past.id IS NULL OR CASE WHEN wants = 'open'
		    THEN (x.judge_at, x.id) > (past.judge_at, past.id)
		    ELSE x.id < past.id END)
	    ORDER BY CASE WHEN wants = 'open' THEN x.judge_at END,
		CASE WHEN wants = 'open' THEN x.id END, x.id DESC
	    LIMIT lim);
	RETURN jsonb_strip_nulls(jsonb_build_object('improvements', coalesce(
	    (SELECT jsonb_agg(desk.actions_seen(caller,
		desk.improvement_json(rows[g])) ORDER BY g)
		FROM generate_subscripts(rows, 1) g), '[]'),
	    'after', CASE WHEN cardinality(rows) = lim
		THEN (rows[lim]).id END));
END;
$$;

-- IMPROVE.GET: one, with what was changed of it, when and by whom.
CREATE OR REPLACE FUNCTION desk.improve_get(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	i	desk.improvement;
BEGIN
	SELECT * INTO i FROM desk.improvement x
	WHERE x.id = (args->>'improvement')::bigint;
	IF NOT FOUND OR NOT desk.caller_all(caller)
	    AND i.owner IS DISTINCT FROM (caller->>'agent')::int THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such improvement.',
		    'improvement');
	END IF;
	RETURN desk.actions_seen(caller, desk.improvement_json(i))
	    || jsonb_build_object('history', (
	    SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'at', desk.rfc3339(c.at), 'who', c.who, 'what', c.what,
		'was', CASE WHEN c.was IS NOT NULL
		    THEN desk.improvement_words(c.was) END,
		'is', desk.improvement_words(c."is"))) ORDER BY c.id)
	    FROM desk.improvement_change c WHERE c.improvement = i.id));
END;
$$;

-- What the history keeps of it, with its owner's login.
CREATE OR REPLACE FUNCTION desk.improvement_words(kept jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT kept || jsonb_strip_nulls(jsonb_build_object('owner', (
	    SELECT g.name FROM desk.agent g
	    WHERE g.id = (kept->>'owner')::int)))
$$;

-- Judges at most lim whose day is over, each once, and returns how many.
CREATE OR REPLACE FUNCTION desk.improvements_judge(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
	i	desk.improvement;
	n	int := 0;
	counts	jsonb;
BEGIN
	FOR i IN SELECT * FROM desk.improvement x
	    WHERE x.state = 'open' AND x.judge_at <= now()
	    ORDER BY x.judge_at, x.id LIMIT lim FOR UPDATE SKIP LOCKED LOOP
		n := n + 1;
		counts := desk.improvement_counts(i, i.since, i.due + 1);
		UPDATE desk.improvement x SET state = 'judged',
		    judged_at = now(), after = counts,
		    verdict = desk.improvement_verdict(i.measure, i.target,
			i.before, counts)
		WHERE x.id = i.id RETURNING * INTO i;
		PERFORM desk.improvement_note('desk', 'judged', NULL, i);
		PERFORM desk.improvement_told(desk.clock_caller(), i);
	END LOOP;
	RETURN n;
END;
$$;

-- In how many ms to look again.
CREATE OR REPLACE FUNCTION desk.improve_next()
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	RETURN desk.due_in((SELECT min(i.judge_at) FROM desk.improvement i
	    WHERE i.state = 'open'));
END;
$$;
