-- RETENTION.*: who came back, who is about to be lost, whom to win back.

-- A key's words, where it has some of its own: {"vi","en"}.
CREATE OR REPLACE FUNCTION desk.retention_words(per text, key text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('vi', w.vi, 'en', w.en))
	FROM (SELECT p.vi, p.en FROM desk.touchpoint p
	    WHERE per = 'touchpoint' AND p.name = key
	    UNION ALL
	    SELECT s.body->>'title', s.body->>'title' FROM desk.segment s
	    WHERE per = 'segment' AND s.name = key
	    UNION ALL
	    SELECT x.vi, x.en FROM (VALUES
		('resolved', 'Giải quyết một lần', 'Resolved once'),
		('reopened', 'Phải mở lại', 'Opened again'),
		('recovery', 'Chăm sóc lại', 'Made good'),
		('promoter', 'Người giới thiệu', 'Promoters'),
		('passive', 'Trung lập', 'Passives'),
		('detractor', 'Người chê', 'Detractors')) x(key, vi, en)
	    WHERE per IN ('outcome', 'class') AND x.key = retention_words.key
	    UNION ALL SELECT NULL, NULL) w
	LIMIT 1
$$;

-- RETENTION.SUMMARY: {"from","to","days","by","timezone","at","rows":[{"key",
-- "vi","en","n","share","low","high","again","orders","value","later"}],
-- "total":{…}}.  Each customer counts once in all, by his first case of the
-- stretch; only who could be watched for so many days counts, later says how
-- many could not yet.
CREATE OR REPLACE FUNCTION desk.retention_summary(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	zone	text := desk.report_zone('{}');
	today	date := (now() AT TIME ZONE zone)::date;
	span	int := coalesce((args->>'days')::int, 90);
	until	date := desk.cx_day(args, 'to', today) + 1;
	since	date := desk.cx_day(args, 'from', until - 365);
	per	text := coalesce(args->>'by', 'outcome');
	answer	jsonb;
BEGIN
	IF since >= until THEN
		PERFORM desk.refuse('INVALID', 'It ends before it begins.',
		    'to');
	ELSIF until - since > 1100 THEN
		PERFORM desk.refuse('INVALID', 'It is of three years at most.',
		    'from');
	END IF;
	WITH c AS MATERIALIZED (
	    SELECT * FROM desk.retained_sums(per, since, until, zone, span)
	), lines AS (
	    SELECT c.key, GROUPING(c.key) = 1 AS total,
		coalesce(sum(c.n), 0)::bigint AS n,
		coalesce(sum(c.again), 0)::bigint AS again,
		coalesce(sum(c.later), 0)::bigint AS later,
		coalesce(sum(c.orders), 0)::bigint AS orders,
		coalesce(sum(c.worth), 0) AS worth
	    FROM c GROUP BY GROUPING SETS ((c.key), ())
	), shown AS (
	    SELECT l.total, l.n, l.key, jsonb_build_object('again', l.again,
		'later', l.later, 'orders', l.orders,
		'value', trim_scale(l.worth))
		|| desk.share_shown(l.again, l.n) AS line
	    FROM lines l
	)
	SELECT jsonb_build_object('rows', coalesce(jsonb_agg(
		jsonb_build_object('key', s.key) || s.line
		|| desk.retention_words(per, s.key)
		ORDER BY s.n DESC, s.key) FILTER (WHERE NOT s.total), '[]'),
	    'total', (array_agg(s.line) FILTER (WHERE s.total))[1])
	INTO answer FROM shown s;
	RETURN jsonb_build_object('from', since, 'to', until - 1, 'by', per,
	    'days', span, 'timezone', zone) || answer;
END;
$$;

-- What the last round found of whom the rules would have named: {"at","days",
-- "n","lost":{…},"precision":{…},"recall":{…},"reasons":[{"reason",…}]}; NULL:
-- there was none yet, or nobody who had ordered by then.
CREATE OR REPLACE FUNCTION desk.churn_tested()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	WITH t AS (
	    SELECT t.* FROM desk.churn_test t
	    JOIN desk.retention_mark m ON m.tested_at = t.round
	    WHERE t.kind = 'reason'
	), whole AS (
	    SELECT sum(t.n)::bigint AS n, sum(t.lost)::bigint AS lost,
		coalesce(sum(t.n) FILTER (WHERE t.name = ''), 0)::bigint
		    AS named,
		coalesce(sum(t.lost) FILTER (WHERE t.name = ''), 0)::bigint
		    AS right
	    FROM t WHERE t.name IN ('', 'none')
	)
	SELECT jsonb_build_object('at', desk.rfc3339(m.tested_then),
	    'days', 90, 'n', w.n, 'lost', desk.share_shown(w.lost, w.n),
	    'precision', desk.share_shown(w.right, w.named),
	    'recall', desk.share_shown(w.right, w.lost),
	    'reasons', (SELECT coalesce(jsonb_agg(jsonb_build_object('reason',
		    t.name) || desk.share_shown(t.lost, t.n)
		    ORDER BY t.name), '[]')
		FROM t WHERE t.name NOT IN ('', 'none')))
	FROM whole w, desk.retention_mark m WHERE w.n > 0
$$;

-- RETENTION.CHURN: {"n","reasons":{REASON:n},"usual":[{"segment","n","days"}],
-- "test":{…},"segments":[…],"customers":[{"customer","name","segment","since","reasons",
-- "newest_at","idle_days","usual_days","worth"}],"after"}; who is worth most
-- first.
CREATE OR REPLACE FUNCTION desk.retention_churn(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	n	int := desk.page_rows(args, 50, 200);
	last	desk.churn;
	page	jsonb;
BEGIN
	PERFORM desk.segment_asked(args);
	SELECT * INTO last FROM desk.churn c
	WHERE c.customer = (args->>'after')::bigint;
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'customer', x.customer, 'name', x.name, 'segment', x.segment,
		'since', desk.rfc3339(x.since), 'reasons', to_jsonb(x.reasons),
		'newest_at', desk.rfc3339(x.newest_at),
		'idle_days', floor(extract(epoch FROM now() - x.newest_at)
		    / 86400),
		'usual_days', round(x.usual_s / 86400.0, 1),
		'worth', trim_scale(x.worth)))
	    ORDER BY x.worth DESC, x.customer), '[]')
	INTO page
	FROM (SELECT c.*, u.name, u.segment
	    FROM desk.churn c JOIN desk.customer u ON u.id = c.customer
	    WHERE u.erased_at IS NULL
		AND (NOT args ? 'reason' OR args->>'reason' = ANY (c.reasons))
		AND (NOT args ? 'segment' OR u.segment = args->>'segment')
		AND (last.customer IS NULL OR c.worth <= last.worth
		    AND (c.worth < last.worth OR c.customer > last.customer))
	    ORDER BY c.worth DESC, c.customer LIMIT n) x;
	RETURN jsonb_strip_nulls(jsonb_build_object(
	    'n', (SELECT count(*) FROM desk.churn),
	    'test', desk.churn_tested(),
	    'after', CASE WHEN jsonb_array_length(page) = n
		THEN page->-1->'customer' END))
	    || jsonb_build_object('customers', page,
	    'segments', desk.churn_segments_shown(),
	    'reasons', (SELECT coalesce(jsonb_object_agg(r.reason, r.n), '{}')
		FROM (SELECT w.reason, count(*) AS n
		    FROM desk.churn c, unnest(c.reasons) w(reason)
		    GROUP BY 1) r),
	    'usual', (SELECT coalesce(jsonb_agg(jsonb_build_object(
		    'segment', g.segment, 'n', g.n,
		    'days', round(g.seconds / 86400.0, 1))
		    ORDER BY g.segment), '[]')
		FROM desk.order_gap g WHERE NOT g.past));
END;
$$;

-- Is this customer, as it stands, not to be written to unasked?  A code, or
-- NULL: he may be.
CREATE OR REPLACE FUNCTION desk.followup_spared(u desk.customer)
RETURNS text
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
	RETURN CASE
	    WHEN u.id IS NULL OR u.erased_at IS NOT NULL THEN 'erased'
	    WHEN u.no_followups_at IS NOT NULL THEN 'declined'
	    WHEN EXISTS (SELECT FROM desk.feedback f
		WHERE f.customer = u.id AND f.kind = 'complaint'
		    AND f.answered_at IS NULL)
		OR EXISTS (SELECT FROM desk.ticket t
		WHERE t.customer = u.id AND t.kind = 'case'
		    AND t.state IN ('new', 'open', 'pending')
		    AND desk.complains(t.tags)) THEN 'complaint'
	    WHEN EXISTS (SELECT FROM desk.ticket t
		WHERE t.customer = u.id AND t.kind IN ('case', 'callback')
		    AND t.state IN ('new', 'open', 'pending')) THEN 'open_case'
	    WHEN (desk.followup_whither(u)).address IS NULL THEN 'no_way'
	    END;
END;
$$;

-- How long somebody is away, of what is usual.
CREATE OR REPLACE FUNCTION desk.idle_name(away numeric, usual bigint)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE WHEN usual IS NULL THEN 'unknown'
	    WHEN away < usual THEN '1' WHEN away < 2 * usual THEN '2'
	    WHEN away < 4 * usual THEN '4' ELSE 'more' END
$$;

-- Of who is about to be lost, all that may be among so many who are worth most
-- times a chance between these: the worth of the last of the richest, times the
-- least chance, is what all those reach; who does not with the best is none of
-- them.
CREATE OR REPLACE FUNCTION desk.churn_most(many int, best numeric,
    worst numeric)
RETURNS SETOF desk.churn
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	edge	numeric := (SELECT c.worth FROM desk.churn c
		    ORDER BY c.worth DESC, c.customer
		    OFFSET many - 1 LIMIT 1);
BEGIN
	RETURN QUERY SELECT c.* FROM desk.churn c
	WHERE c.worth >= coalesce(edge * worst / nullif(best, 0), edge, 0);
END;
$$;

-- RETENTION.WINBACK: {"customers":[{"customer","name","segment","reasons",
-- "value","chance","n","expected","idle_days"}],"left_out":{CODE:n},"looked"}:
-- of who is about to be lost and may be written to, who brings most: what he
-- ordered for in a year, times how often such came back (n: of how many).
CREATE OR REPLACE FUNCTION desk.retention_winback(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	rows	int := desk.page_rows(args, 50, 200);
	looked	CONSTANT int := 300;
	answer	jsonb;
BEGIN
	WITH place AS (
	    SELECT * FROM (VALUES ('1', 1), ('2', 2), ('4', 3), ('more', 4))
		p(name, place)
	), odds AS (
	    -- Too few to tell says nothing.
	    SELECT p.place, t.n, (t.n - t.lost)::numeric / t.n AS chance
	    FROM desk.churn_test t
	    JOIN desk.retention_mark m ON m.tested_at = t.round
	    JOIN place p USING (name)
	    WHERE t.kind = 'idle' AND t.n >= 10
	    UNION ALL
	    SELECT NULL, sum(t.n)::bigint, sum(t.n - t.lost)::numeric / sum(t.n)
	    FROM desk.churn_test t
	    JOIN desk.retention_mark m ON m.tested_at = t.round
	    WHERE t.kind = 'idle' HAVING sum(t.n) >= 10
	), near AS MATERIALIZED (
	    -- Of each those most like him: as long away, or nearly; else all.
	    SELECT p.name, o.chance, o.n
	    FROM (SELECT * FROM place UNION ALL SELECT 'unknown', NULL) p
	    LEFT JOIN LATERAL (SELECT d.* FROM odds d
		ORDER BY p.place IS NULL AND d.place IS NOT NULL,
		    abs(d.place - p.place) NULLS LAST, d.place
		LIMIT 1) o ON true
	), named AS (
	    SELECT c.*, o.chance, o.n, c.worth * o.chance AS expected
	    FROM desk.churn_most(looked, (SELECT max(a.chance) FROM near a),
		(SELECT min(a.chance) FROM near a)) c
	    JOIN near o ON o.name = desk.idle_name(extract(epoch
		FROM now() - c.newest_at), c.usual_s)
	    ORDER BY c.worth * o.chance DESC NULLS LAST, c.worth DESC,
		c.customer
	    LIMIT looked
	), judged AS MATERIALIZED (
	    SELECT x.*, u.name, u.segment, desk.followup_spared(u) AS spared
	    FROM named x JOIN desk.customer u ON u.id = x.customer
	)
	SELECT jsonb_build_object('customers', (
		SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		    'customer', j.customer, 'name', j.name,
		    'segment', j.segment, 'reasons', to_jsonb(j.reasons),
		    'value', trim_scale(j.worth),
		    'chance', round(100 * j.chance, 1), 'n', j.n,
		    'expected', round(j.expected),
		    'idle_days', floor(extract(epoch
			FROM now() - j.newest_at) / 86400)))
		    ORDER BY j.expected DESC NULLS LAST, j.worth DESC,
			j.customer), '[]')
		FROM (SELECT * FROM judged k WHERE k.spared IS NULL
		    ORDER BY k.expected DESC NULLS LAST, k.worth DESC,
			k.customer LIMIT rows) j),
	    'left_out', (SELECT coalesce(jsonb_object_agg(l.spared, l.n), '{}')
		FROM (SELECT j.spared, count(*) AS n FROM judged j
		    WHERE j.spared IS NOT NULL GROUP BY 1) l),
	    'looked', (SELECT count(*) FROM judged)) INTO answer;
	RETURN answer;
END;
$$;
