-- Reports that go out by mail, each day, week or month (report blocks of
-- desk.conf): once for each stretch and reader, whatever is repeated.

-- What the members' kinds do not say; deskctl says the same with the line.
CREATE OR REPLACE FUNCTION desk.config_reports_check(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('reports[%s].%s', g.place - 1, x.member), x.why
	    FROM jsonb_array_elements(c->'reports')
		    WITH ORDINALITY g (entry, place)
	    CROSS JOIN LATERAL (VALUES
		('at', 'It must be a time such as 07:30.',
		    g.entry->>'at' !~ '^([01]\d|2[0-3]):[0-5]\d$'),
		('queue', 'There is no such queue.',
		    g.entry->>'queue' NOT IN (SELECT q->>'name'
			FROM jsonb_array_elements(c->'queues') q)),
		('to', 'A report goes to agents'' logins or mail addresses.',
		    EXISTS (SELECT FROM jsonb_array_elements_text(
			g.entry->'to') t
			WHERE t !~ '^[^@[:space:]<>,;"]+@[^@[:space:]<>,;"]+$'
			    AND t NOT IN (SELECT a->>'name'
				FROM jsonb_array_elements(c->'agents') a)))
		) x (member, why, bad)
	    WHERE x.bad ORDER BY g.place) w (path, why);
END;
$$;

-- Keeps the report blocks; of one that is new nothing of before is sent.
CREATE OR REPLACE FUNCTION desk.config_reports(c jsonb)
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.report_plan p WHERE NOT EXISTS (
	    SELECT FROM jsonb_array_elements(c->'reports') e
	    WHERE e->>'name' = p.name);
	INSERT INTO desk.report_plan AS p (name, body, since)
	SELECT e->>'name', e, now() FROM jsonb_array_elements(c->'reports') e
	ON CONFLICT (name) DO UPDATE SET body = excluded.body,
	    since = CASE WHEN p.body - '{to,lang,queue,title}'::text[]
		= excluded.body - '{to,lang,queue,title}'::text[] THEN p.since
		ELSE excluded.since END
	WHERE p.body <> excluded.body
$$;

-- When a plan's report goes out next after a moment, and of which days: the
-- day, week or month that is over by then, in the company's zone.
CREATE OR REPLACE FUNCTION desk.report_next(body jsonb, after timestamptz,
    OUT at timestamptz, OUT first_day date, OUT last_day date)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	zone	text := coalesce(desk.company('timezone'), 'UTC');
	per	text := coalesce(body->>'every', 'week');
	dow	int := coalesce(array_position('{mon,tue,wed,thu,fri,sat,sun}'
		    ::text[], body->>'day'), 1);
	clock	time := coalesce(body->>'at', '07:30')::time;
	d	date := (after AT TIME ZONE zone)::date;
BEGIN
	d := CASE per WHEN 'day' THEN d
	    WHEN 'week' THEN d + (dow - extract(isodow FROM d)::int + 7) % 7
	    ELSE CASE WHEN extract(day FROM d) = 1 THEN d
		ELSE (date_trunc('month', d) + interval '1 month')::date END
	    END;
	at := (d + clock) AT TIME ZONE zone;
	IF at <= after THEN
		d := CASE per WHEN 'day' THEN d + 1 WHEN 'week' THEN d + 7
		    ELSE (d + interval '1 month')::date END;
		at := (d + clock) AT TIME ZONE zone;
	END IF;
	last_day := d - 1;
	first_day := CASE per WHEN 'day' THEN d - 1 WHEN 'week' THEN d - 7
	    ELSE (d - interval '1 month')::date END;
END;
$$;

-- When the last one that is over by now was due; NULL before the first.
CREATE OR REPLACE FUNCTION desk.report_last(p desk.report_plan)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	back	interval := CASE coalesce((p).body->>'every', 'week')
		    WHEN 'day' THEN '2 days' WHEN 'week' THEN '8 days'
		    ELSE '32 days' END;
	at	timestamptz := (p).since;
	next	timestamptz := greatest((p).since, now() - back);
BEGIN
	LOOP
		next := (desk.report_next((p).body, next)).at;
		EXIT WHEN next > now();
		at := next;
	END LOOP;
	RETURN CASE WHEN at > (p).since THEN at END;
END;
$$;

-- To whom a report goes: addresses, and those of agents who are named by their
-- logins and have one.
CREATE OR REPLACE FUNCTION desk.report_readers(body jsonb)
RETURNS text[]
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(array_agg(DISTINCT x.address), '{}')
	FROM jsonb_array_elements_text(body->'to') w
	LEFT JOIN desk.agent a ON a.name = w AND a.active
	CROSS JOIN LATERAL (SELECT CASE WHEN w LIKE '%@%' THEN lower(w)
	    ELSE lower(a.email) END AS address) x
	WHERE x.address IS NOT NULL
$$;

-- Writes a report's letters; how many are new.
CREATE OR REPLACE FUNCTION desk.report_write(name text, body jsonb,
    since date, until date, readers text[], occasion text)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	lang	text := coalesce(body->>'lang', desk.company('lang'), 'vi');
	paper	jsonb;
	files	jsonb;
	reader	text;
	n	int := 0;
BEGIN
	IF readers = '{}' THEN
		RETURN 0;
	END IF;
	paper := desk.cx_paper(since, until, body->>'queue', lang);
	IF body ? 'title' THEN
		paper := paper || jsonb_build_object('title', body->'title');
	END IF;
	files := jsonb_build_array(desk.file_put(format('%s-%s.csv', name,
	    since), 'text/csv; charset=utf-8', desk.paper_csv(paper)));
	paper := desk.paper_said(paper);
	FOREACH reader IN ARRAY readers LOOP
		n := n + desk.letter_put(occasion || '/' || reader, reader,
		    lang, format('%s, %s', paper->>'title',
			lower(left(paper->>'lead', 1))
			|| substr(paper->>'lead', 2)), paper, files)::int;
	END LOOP;
	RETURN n;
END;
$$;

-- Writes a plan's report of the stretch that is over, once; how many.  What goes
-- wrong by our own fault is put off for an hour, so that other reports need not
-- wait for it.
CREATE OR REPLACE FUNCTION desk.report_see_to(p desk.report_plan)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	d	record := desk.report_next(p.body,
		    desk.report_last(p) - interval '1 second');
BEGIN
	INSERT INTO desk.report_sent (plan, first_day, last_day, letters)
	VALUES (p.name, d.first_day, d.last_day, 0)
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	UPDATE desk.report_sent s SET letters = desk.report_write(p.name,
	    p.body, d.first_day, d.last_day,
	    -- (ADDRESS.RETURNED tells whose reports do not go.)
	    ARRAY(SELECT r FROM unnest(desk.report_readers(p.body)) r
		WHERE NOT desk.address_dead(r)),
	    format('report:%s:%s', p.name, d.first_day))
	WHERE s.plan = p.name AND s.first_day = d.first_day;
	RETURN 1;
EXCEPTION
WHEN transaction_rollback OR insufficient_resources
    OR operator_intervention OR lock_not_available THEN
	RAISE;
WHEN OTHERS THEN
	RAISE WARNING 'report %: % %', p.name, SQLSTATE, SQLERRM;
	UPDATE desk.report_plan x SET off_until = now() + interval '1 hour'
	WHERE x.name = p.name;
	RETURN 0;
END;
$$;

-- Writes the reports that are due, by any daemon, each once; how many.  Where
-- nobody was there when it was due, it goes as soon as somebody is; of stretches
-- that passed meanwhile the last alone.
CREATE OR REPLACE FUNCTION desk.reports_due(lim int)
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	p	desk.report_plan;
	done	int := 0;
BEGIN
	FOR p IN SELECT * FROM desk.report_plan x
	    WHERE desk.report_last(x) IS NOT NULL
		AND coalesce(x.off_until <= now(), true)
	    ORDER BY x.name FOR UPDATE SKIP LOCKED LOOP
		EXIT WHEN done = lim;
		done := done + desk.report_see_to(p);
	END LOOP;
	RETURN done;
END;
$$;

-- Milliseconds until to look again.
CREATE OR REPLACE FUNCTION desk.reports_next()
RETURNS int
LANGUAGE sql VOLATILE
AS $$
	SELECT desk.due_in(min((desk.report_next(p.body, now())).at))
	FROM desk.report_plan p
$$;

-- CX.MAILED
CREATE OR REPLACE FUNCTION desk.cx_mailed(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	RETURN jsonb_build_object('reports', (SELECT coalesce(jsonb_agg(
	    jsonb_strip_nulls(jsonb_build_object('report', p.name,
		'title', p.body->>'title',
		'every', coalesce(p.body->>'every', 'week'),
		'to', p.body->'to', 'readers', to_jsonb(
		    desk.report_readers(p.body)),
		'queue', p.body->>'queue',
		'next', desk.rfc3339((desk.report_next(p.body, now())).at),
		'last', (SELECT jsonb_build_object('from', s.first_day,
		    'to', s.last_day, 'at', desk.rfc3339(s.made_at),
		    'letters', s.letters, 'fates', (
			SELECT coalesce(jsonb_object_agg(f.state, f.n), '{}')
			FROM (SELECT o.state, count(*) AS n
			    FROM desk.letter l
			    JOIN desk.outbound o ON o.letter = l.id
			    WHERE l.occasion LIKE replace(format(
				'report:%s:%s/', p.name, s.first_day), '_', '\_')
				|| '%'
			    GROUP BY 1) f))
		    FROM desk.report_sent s WHERE s.plan = p.name
		    ORDER BY s.first_day DESC LIMIT 1)))
	    ORDER BY p.name), '[]') FROM desk.report_plan p));
END;
$$;

-- CX.MAIL: of the last stretch that is over, to the caller's own address.
CREATE OR REPLACE FUNCTION desk.cx_mail(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	p	desk.report_plan;
	mine	text;
	d	record;
	n	int;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	SELECT * INTO p FROM desk.report_plan x
	WHERE x.name = args->>'report';
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such report.',
		    'report');
	END IF;
	SELECT a.email INTO mine FROM desk.agent a
	WHERE a.name = caller->>'who' AND a.active;
	IF mine IS NULL THEN
		PERFORM desk.refuse('CONFLICT', 'You have no address in '
		    'desk.conf to mail it to.', '');
	ELSIF desk.queue_address(NULL) IS NULL THEN
		PERFORM desk.refuse('CONFLICT', 'The desk serves no e-mail '
		    'address to write from.', '');
	END IF;
	d := desk.report_next(p.body, now() - CASE
	    coalesce(p.body->>'every', 'week') WHEN 'day' THEN interval '1 day'
	    WHEN 'week' THEN interval '7 days' ELSE interval '1 month' END);
	n := desk.report_write(p.name, p.body, d.first_day, d.last_day,
	    ARRAY[lower(mine)], format('hand:%s:%s/%s', p.name,
		caller->>'who', coalesce(args->>'once',
		gen_random_uuid()::text)));
	RETURN jsonb_build_object('report', p.name, 'from', d.first_day,
	    'to', d.last_day, 'address', mine, 'new', n > 0);
END;
$$;
