-- FOLLOWUP.LIST and FOLLOWUP.PREVIEW: what went out and what came of it, and
-- who would get what next.

-- How those fared who came back, or did not, within 90 days; of those who
-- could be watched so long: {"n","share","low","high","later"}.
CREATE OR REPLACE FUNCTION desk.followup_came(of_followup int,
    since timestamptz, until timestamptz, held boolean)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT desk.share_shown(count(*) FILTER (WHERE x.whole AND x.came),
	    count(*) FILTER (WHERE x.whole))
	    || jsonb_build_object('later', count(*) FILTER (WHERE NOT x.whole))
	FROM (SELECT w.at <= now() - interval '90 days' AS whole,
		coalesce(s.again_at <= w.at + interval '90 days', false)
		    AS came
	    FROM desk.followup_sent s
	    CROSS JOIN LATERAL (SELECT CASE WHEN held THEN s.send_at
		ELSE s.sent_at END) w(at)
	    WHERE s.followup = of_followup AND w.at >= since AND w.at < until
		AND CASE WHEN held THEN s.why = 'sample'
		    ELSE s.state IN ('sent', 'answered') END) x
$$;

-- What became of notices that an order will be late: of those that went out, how
-- many did not arrive; sent are the others.
CREATE OR REPLACE FUNCTION desk.late_arrived(since timestamptz,
    until timestamptz)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('sent', n.n - n.back, 'undeliverable',
	    desk.share_shown(n.back, n.n))
	FROM (SELECT count(*) AS n, count(*) FILTER (
		WHERE o.state IN ('bounced', 'failed')) AS back
	    FROM desk.late_notice l
	    JOIN desk.outbound o ON o.event = l.event AND o.state <> 'withdrawn'
	    WHERE l.at >= since AND l.at < until) n
$$;

-- FOLLOWUP.LIST: {"from","to","followups":[{"followup","title","after",
-- "active","since","waiting","sent","undeliverable":{…},"answered":{…},
-- "came":{…},"held":{…},"not":{CODE:n}}],"late":{"sent","undeliverable":{…}}};
-- undeliverable: of those that went out, what did not arrive (sent are the
-- others); held: who was left out by sample; not: why others were; late: notices
-- of late orders.
CREATE OR REPLACE FUNCTION desk.followup_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	zone	text := desk.report_zone('{}');
	today	date := (now() AT TIME ZONE zone)::date;
	until	date := desk.cx_day(args, 'to', today) + 1;
	since	date := desk.cx_day(args, 'from', until - 365);
	first	timestamptz := since::timestamp AT TIME ZONE zone;
	last	timestamptz := until::timestamp AT TIME ZONE zone;
BEGIN
	IF since >= until THEN
		PERFORM desk.refuse('INVALID', 'It ends before it begins.',
		    'to');
	END IF;
	RETURN jsonb_build_object('from', since, 'to', until - 1, 'followups', (
	    SELECT coalesce(jsonb_agg(jsonb_build_object('followup', f.name,
		'title', coalesce(f.body->>'title', f.name),
		'after', f.body->'after', 'active', f.active,
		'since', desk.rfc3339(f.since), 'waiting', w.n,
		'sent', c.sent, 'undeliverable', desk.share_shown(c.back,
		    c.sent + c.back), 'answered', desk.share_shown(c.answered,
		    c.sent),
		'came', desk.followup_came(f.id, first, last, false),
		'held', desk.followup_came(f.id, first, last, true),
		'not', c.nots) ORDER BY f.active DESC, f.name), '[]')
	    FROM desk.followup f
	    CROSS JOIN LATERAL (SELECT count(*) AS n FROM desk.followup_sent s
		WHERE s.followup = f.id AND s.state = 'waiting') w
	    CROSS JOIN LATERAL (
		SELECT coalesce(sum(x.n) FILTER (WHERE x.state
			IN ('sent', 'answered')), 0)::bigint AS sent,
		    coalesce(sum(x.n) FILTER (WHERE x.state = 'answered'),
			0)::bigint AS answered,
		    coalesce(sum(x.n) FILTER (WHERE x.why
			IN ('bounced', 'failed')), 0)::bigint AS back,
		    coalesce(jsonb_object_agg(x.why, x.n) FILTER (WHERE
			x.state = 'withdrawn' AND x.why NOT IN ('sample',
			    'bounced', 'failed')), '{}') AS nots
		FROM (SELECT s.state, CASE WHEN s.state = 'withdrawn'
			THEN coalesce(s.why, '') END AS why, count(*) AS n
		    FROM desk.followup_sent s
		    WHERE s.followup = f.id
			AND coalesce(s.sent_at, s.send_at) >= first
			AND coalesce(s.sent_at, s.send_at) < last
		    GROUP BY 1, 2) x) c
	    WHERE f.active OR args->'all' = 'true'),
	    'late', desk.late_arrived(first, last));
END;
$$;

-- Of whom a preview looks: the newest to whom such a thing happened.
CREATE OR REPLACE FUNCTION desk.followup_newest(body jsonb, most int)
RETURNS bigint[]
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN CASE body->>'after'
	    WHEN 'stage' THEN ARRAY(SELECT s.customer
		FROM desk.customer_stage s WHERE body->'stages' ? s.stage
		ORDER BY s.since DESC, s.customer LIMIT most)
	    WHEN 'risk' THEN ARRAY(SELECT c.customer FROM desk.churn c
		ORDER BY c.since DESC, c.customer LIMIT most)
	    ELSE ARRAY(SELECT x.customer
		FROM (SELECT o.customer, max(o.told_at) AS at
		    FROM desk.customer_order o GROUP BY 1) x
		ORDER BY x.at DESC, x.customer LIMIT most) END;
END;
$$;

-- FOLLOWUP.PREVIEW: who would get it if its time were now, and why the others
-- would not; writes nothing: {"followup","looked","would":[{"customer","name",
-- "at","occasion"}],"not":[… with "why"],"counts":{CODE:n}}.
CREATE OR REPLACE FUNCTION desk.followup_preview(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	n	int := desk.page_rows(args, 50, 200);
	f	desk.followup;
	whom	bigint[];
	answer	jsonb;
BEGIN
	SELECT * INTO f FROM desk.followup k WHERE k.name = args->>'followup';
	IF f.id IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such follow-up.',
		    'followup');
	END IF;
	whom := desk.followup_newest(f.body, 1000);
	WITH judged AS MATERIALIZED (
	    SELECT o.customer, c.name, o.occasion,
		desk.followup_due_at(f.body, o.began_at) AS at,
		CASE WHEN k.state IN ('sent', 'answered') THEN k.state
		    WHEN k.state = 'withdrawn' THEN k.why
		    WHEN desk.followup_due_at(f.body, o.began_at) < f.since
			AND k.id IS NULL THEN 'past'
		    WHEN NOT desk.survey_sampled(f.name, o.occasion,
			(f.body->>'sample')::int) THEN 'sample'
		    ELSE desk.followup_why_not(coalesce(k,
			ROW(0, f.id, o.occasion, o.customer, o.began_at,
			    'waiting', NULL, o.began_at, o.began_at, NULL,
			    NULL, NULL, NULL, NULL, NULL)::desk.followup_sent),
			f) END AS why
	    FROM desk.followup_occasions(f.body, whom) o
	    JOIN desk.customer c ON c.id = o.customer
	    LEFT JOIN desk.followup_sent k
		ON k.followup = f.id AND k.occasion = o.occasion
	)
	SELECT jsonb_build_object('followup', f.name, 'active', f.active,
	    'looked', cardinality(whom),
	    'counts', (SELECT coalesce(jsonb_object_agg(g.code, g.n), '{}')
		FROM (SELECT coalesce(j.why, 'would') AS code, count(*) AS n
		    FROM judged j GROUP BY 1) g),
	    'would', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(
		    jsonb_build_object('customer', x.customer, 'name', x.name,
		    'at', desk.rfc3339(x.at), 'occasion', x.occasion))
		    ORDER BY x.at, x.occasion), '[]')
		FROM (SELECT * FROM judged j WHERE j.why IS NULL
		    ORDER BY j.at, j.occasion LIMIT n) x),
	    'not', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(
		    jsonb_build_object('customer', x.customer, 'name', x.name,
		    'at', desk.rfc3339(x.at), 'occasion', x.occasion,
		    'why', x.why)) ORDER BY x.at DESC, x.occasion), '[]')
		FROM (SELECT * FROM judged j WHERE j.why IS NOT NULL
		    ORDER BY j.at DESC, j.occasion LIMIT n) x))
	INTO answer;
	RETURN answer;
END;
$$;
