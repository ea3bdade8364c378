-- REPORT: figures of a stretch of time, each as deskd-reports(7) defines it.
-- Reads roll-ups only, however long the desk's history is.

-- The columns of a report: name and unit (count, percent, seconds).
CREATE OR REPLACE FUNCTION desk.report_columns(report text)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_agg(jsonb_build_object('name', split_part(c.w, ':', 1),
	    'unit', CASE split_part(c.w, ':', 2) WHEN '%' THEN 'percent'
		WHEN 's' THEN 'seconds' ELSE 'count' END) ORDER BY c.n)
	FROM regexp_split_to_table(CASE report
	    WHEN 'service' THEN 'offered answered within abandoned '
		'abandoned_late handed dropped sl_offered:% sl_answered:% '
		'abandon_rate:% asa:s abandon_wait:s'
	    WHEN 'response' THEN 'first first_response:s '
		'first_response_open:s resolved resolution:s resolution_open:s'
	    WHEN 'cases' THEN 'opened reopened moved_in moved_out resolved '
		'reopen_rate:% transfer_rate:% backlog backlog_age:s'
	    ELSE 'answered resolved ready:s away:s break:s training:s '
		'handling:s handling_each:s talks talk:s occupancy:% '
		'scheduled:s adherence:%' END,
	    ' ') WITH ORDINALITY c(w, n)
$$;

-- NULL where there is nothing to divide by: nothing is said without numbers.
CREATE OR REPLACE FUNCTION desk.report_share(part numeric, whole numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE
AS $$
	SELECT round(100 * part / nullif(whole, 0), 1)
$$;

-- Seconds: so many ms, shared by so many.
CREATE OR REPLACE FUNCTION desk.report_each(ms numeric, n numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE
AS $$
	SELECT round(ms / 1000 / nullif(n, 0), 1)
$$;

-- A line of nothing.
CREATE OR REPLACE FUNCTION desk.report_none()
RETURNS desk.report_hour
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_populate_record(NULL::desk.report_hour,
	    (SELECT jsonb_object_agg(a.attname, 0) FROM pg_attribute a
	    WHERE a.attrelid = 'desk.report_hour'::regclass AND a.attnum > 4
		AND NOT a.attisdropped))
$$;

-- A line's figures in the order of report_columns().  alone: of one agent's,
-- who is offered nothing: what comes to a queue comes to nobody yet.  times:
-- the ms that he was ready, away …, and what of his capacity was used and had;
-- NULL where the line is no agent's or time's.
CREATE OR REPLACE FUNCTION desk.report_cells(report text, f desk.report_hour,
    began timestamptz, ended timestamptz, cases numeric, cases_since numeric,
    hand numeric, alone boolean, times jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n	bigint;		-- cases in the end
	inhand	numeric;	-- ms in which cases were in somebody's hand
	offered	bigint := CASE WHEN NOT alone THEN f.offered END;
BEGIN
	CASE report
	WHEN 'service' THEN
		RETURN jsonb_build_array(offered, f.answered, f.within,
		    f.abandoned, f.abandoned_late,
		    CASE WHEN NOT alone THEN f.handed END, f.dropped,
		    desk.report_share(f.within, offered),
		    desk.report_share(f.within, f.answered + f.abandoned_late),
		    desk.report_share(f.abandoned, offered),
		    desk.report_each(f.waited, f.answered),
		    desk.report_each(f.abandoned_ms, f.abandoned));
	WHEN 'response' THEN
		RETURN jsonb_build_array(f.firsts,
		    desk.report_each(f.first_ms, f.firsts),
		    desk.report_each(f.first_open * 1000, f.firsts),
		    f.resolved, desk.report_each(f.resolve_ms, f.resolved),
		    desk.report_each(f.resolve_open * 1000, f.resolved));
	WHEN 'cases' THEN
		n := cases + f.cases;
		RETURN jsonb_build_array(f.opened, f.reopened, f.moved_in,
		    f.moved_out, f.resolved,
		    desk.report_share(f.reopened, f.resolved),
		    desk.report_share(f.moved_out, CASE WHEN NOT alone
			THEN f.opened + f.moved_in END),
		    n, desk.report_each(1000 * (n * extract(epoch FROM ended)
			- cases_since - f.cases_since), n));
	ELSE
		-- Changes within count until their hour's end, and from there
		-- on until the line's: report_lines() has the former.
		inhand := hand * desk.report_ms(began, ended)
		    + (times->>'hand')::numeric;
		RETURN jsonb_build_array(f.answered, f.resolved,
		    round((times->>'ready')::numeric / 1000, 1),
		    round((times->>'away')::numeric / 1000, 1),
		    round((times->>'break')::numeric / 1000, 1),
		    round((times->>'training')::numeric / 1000, 1),
		    desk.report_each(inhand, 1),
		    desk.report_each(inhand, f.resolved), f.talks, f.talk,
		    desk.report_share((times->>'used')::numeric,
			(times->>'had')::numeric),
		    round((times->>'scheduled')::numeric / 1000, 1),
		    desk.report_share(coalesce((times->>'kept')::numeric, 0),
			(times->>'scheduled')::numeric));
	END CASE;
END;
$$;

-- {KEY:{"ready":ms,…,"used","had","hand":ms}} of a report of work.  States
-- and capacity are agents': there are none by queue or channel.
CREATE OR REPLACE FUNCTION desk.report_extras(since timestamptz,
    until timestamptz, by text, zone text, of_queue int, of_agent int)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	people	boolean := of_queue IS NULL AND by NOT IN ('queue', 'channel');
	extras	jsonb;
BEGIN
	SELECT jsonb_object_agg(k.key, k.o) INTO extras
	FROM (SELECT key, jsonb_strip_nulls(jsonb_build_object(
		'hand', h.ms, 'used', l.used, 'had', l.had)
		|| coalesce(t.states, '{}')) AS o
	    FROM (SELECT r.key, sum(r.hand_ms + r.hand * desk.report_ms(
		    r.hour + interval '1 hour', least(now(),
			coalesce(s.ended, until)))) AS ms
		FROM (SELECT desk.report_key(by, zone, x.hour, x.queue,
			x.channel, x.agent) AS key, x.hour, sum(x.hand_ms)
			AS hand_ms, sum(x.hand) AS hand
		    FROM desk.report_rows(since, until, by, zone, of_queue,
			of_agent) x
		    WHERE x.hand <> 0 OR x.hand_ms <> 0
		    GROUP BY 1, 2) r
		LEFT JOIN (SELECT p.* FROM desk.report_spans(since, until, by,
			zone) p) s
		    ON s.key = r.key AND by IN ('hour', 'day', 'week')
		GROUP BY 1) h
	    FULL JOIN (SELECT desk.report_key(by, zone, x.hour, 0, '',
		    x.agent) AS key, sum(x.used) AS used, sum(x.had) AS had
		FROM desk.report_loads(since, until, by, zone, of_agent) x
		WHERE people
		GROUP BY 1) l USING (key)
	    FULL JOIN (SELECT y.key, jsonb_object_agg(y.state, y.ms) AS states
		FROM (SELECT desk.report_key(by, zone, x.hour, 0, '',
			x.agent) AS key, x.state, sum(x.ms) AS ms
		    FROM desk.report_times(since, until, by, zone, of_agent) x
		    WHERE people
		    GROUP BY 1, 2) y
		GROUP BY 1) t USING (key)) k;
	RETURN coalesce(extras, '{}');
END;
$$;

-- A day or a moment as it is asked for; of a day that ends, its end.
CREATE OR REPLACE FUNCTION desk.report_moment(args jsonb, member text,
    zone text, ends boolean)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	word	text := args->>member;
	moment	timestamptz;
BEGIN
	IF word ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN
		RETURN (desk.day_meant(word::date) + ends::int)::timestamp
		    AT TIME ZONE zone;
	ELSIF word !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$'
	THEN
		RAISE invalid_datetime_format;
	END IF;
	moment := word;
	PERFORM desk.day_meant(moment::date);
	RETURN CASE WHEN ends AND moment > desk.hour_of(moment)
	    THEN desk.hour_of(moment) + interval '1 hour'
	    ELSE desk.hour_of(moment) END;
EXCEPTION WHEN data_exception THEN
	PERFORM desk.refuse('INVALID', 'That is no day and no moment; write '
	    '2026-11-21 or 2026-11-21T09:00:00+07:00.', member);
	RETURN NULL;
END;
$$;

-- The time zone asked for, the company's when none is.
CREATE OR REPLACE FUNCTION desk.report_zone(args jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	zone	text := coalesce(args->>'timezone', (SELECT
		    c.body->'company'->>'timezone' FROM desk.config c
		    ORDER BY c.version DESC LIMIT 1), 'UTC');
BEGIN
	IF zone !~ '^[A-Za-z0-9_+/-]{1,64}$' THEN
		RAISE invalid_parameter_value;
	END IF;
	PERFORM now() AT TIME ZONE zone;
	RETURN zone;
EXCEPTION WHEN invalid_parameter_value THEN
	PERFORM desk.refuse('INVALID', 'There is no such time zone; write it '
	    'as Asia/Ho_Chi_Minh.', 'timezone');
	RETURN NULL;
END;
$$;

-- Refuses what would be too long to read, or to make.
CREATE OR REPLACE FUNCTION desk.report_bounds(since timestamptz,
    until timestamptz, by text, zone text)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF since >= until THEN
		PERFORM desk.refuse('INVALID', 'It ends before it begins.',
		    'to');
	ELSIF until - since > interval '7320 days' THEN
		PERFORM desk.refuse('INVALID',
		    'A report is of twenty years at most.', 'from');
	ELSIF by = 'hour' AND until - since > interval '93 days' THEN
		PERFORM desk.refuse('INVALID',
		    'By hour, a report is of 93 days at most.', 'by');
	ELSIF by = 'day' AND until - since > interval '3700 days' THEN
		PERFORM desk.refuse('INVALID',
		    'By day, a report is of ten years at most.', 'by');
	ELSIF by IN ('day', 'week') AND until - since > interval '400 days'
	    AND zone <> desk.report_zone('{}') THEN
		PERFORM desk.refuse('INVALID', 'Days are kept in the '
		    'company''s time zone: by day or week of another, a '
		    'report is of 400 days at most.', 'timezone');
	END IF;
END;
$$;

-- REPORT: {"name","from","to","by","timezone","columns":[{"name","unit"}],
-- "rows":[{"label","cells":[…]}],"total":[…]}.  An agent's is of his own.
CREATE OR REPLACE FUNCTION desk.report(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	report	text := args->>'name';
	per	text := coalesce(args->>'by', 'queue');
	zone	text := desk.report_zone(args);
	since	timestamptz := coalesce(desk.report_moment(args, 'from', zone,
		    false), date_trunc('day', now(), zone));
	until	timestamptz := coalesce(desk.report_moment(args, 'to', zone,
		    true), now());
	q	int;
	a	int;
	extras	jsonb := '{}';
	whole	jsonb := '{}';
	rows	jsonb;
	total	jsonb;
BEGIN
	-- Hours are UTC's: a day that begins within one has it whole.
	since := desk.hour_of(since);
	until := desk.hour_of(until - interval '1 microsecond')
	    + interval '1 hour';
	PERFORM desk.report_bounds(since, until, per, zone);
	IF args ? 'queue' THEN
		SELECT k.id INTO q FROM desk.queue k
		WHERE k.name = args->>'queue';
		IF q IS NULL THEN
			PERFORM desk.refuse('INVALID',
			    'There is no such queue.', 'queue');
		END IF;
	END IF;
	IF NOT desk.caller_all(caller) THEN
		a := (desk.acting(caller, args)).id;
	ELSIF args ? 'agent' THEN
		SELECT g.id INTO a FROM desk.agent g WHERE g.name = CASE
		    args->>'agent' WHEN 'me' THEN caller->>'who'
		    ELSE args->>'agent' END;
		IF a IS NULL THEN
			PERFORM desk.refuse('INVALID',
			    'There is no such agent.', 'agent');
		END IF;
	END IF;
	IF report = 'work' THEN
		extras := desk.report_extras(since, until, per, zone, q, a);
		whole := desk.report_extras(since, until, 'all', zone, q, a);
	END IF;
	SELECT coalesce(jsonb_agg(jsonb_build_object('label', x.label, 'cells',
	    desk.report_cells(report, coalesce(l.f, desk.report_none()),
		coalesce(l.began, since),
		coalesce(l.ended, least(until, now())), coalesce(l.cases, 0),
		coalesce(l.cases_since, 0), coalesce(l.hand, 0),
		a IS NOT NULL OR per = 'agent' AND x.key <> '0',
		extras->x.key)) ORDER BY l.began, x.label NULLS FIRST), '[]')
	INTO rows
	FROM desk.report_lines(since, until, per, zone, q, a) l
	FULL JOIN jsonb_object_keys(extras) k ON k = l.key
	CROSS JOIN LATERAL (SELECT coalesce(l.key, k) AS key,
	    coalesce(l.label, desk.report_label(per, zone, k)) AS label) x
	-- Nobody has a line of work.
	WHERE NOT (report = 'work' AND per = 'agent' AND x.key = '0');
	SELECT desk.report_cells(report, coalesce(l.f, desk.report_none()),
	    since, least(until, now()), coalesce(l.cases, 0),
	    coalesce(l.cases_since, 0), coalesce(l.hand, 0), a IS NOT NULL,
	    whole->'')
	INTO total
	FROM (SELECT) x
	LEFT JOIN desk.report_lines(since, until, 'all', zone, q, a) l ON true;
	RETURN jsonb_build_object('name', report,
	    'from', desk.rfc3339(since), 'to', desk.rfc3339(until), 'by', per,
	    'timezone', zone, 'columns', desk.report_columns(report),
	    'rows', rows, 'total', total);
END;
$$;
