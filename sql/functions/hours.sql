-- Office hours: when a queue is open, when it opens next, and what so many
-- seconds of open time from now are.  hours NULL stands for always open.

-- "mon-fri 08:00-12:00" as rows, one a day; nothing when it is none of that
-- form, or names a day or time that does not exist.
CREATE OR REPLACE FUNCTION desk.hours_read(line text)
RETURNS TABLE (dow int, opens int, closes int)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT d.dow, s.opens, s.closes
	FROM regexp_match(line, '^(mon|tue|wed|thu|fri|sat|sun)'
	    '(?:-(mon|tue|wed|thu|fri|sat|sun))? '
	    '(\d\d):([0-5]\d)-(\d\d):([0-5]\d)$') m
	CROSS JOIN LATERAL (SELECT
	    array_position('{mon,tue,wed,thu,fri,sat,sun}', m[1]) AS first,
	    array_position('{mon,tue,wed,thu,fri,sat,sun}',
		coalesce(m[2], m[1])) AS last,
	    m[3]::int * 60 + m[4]::int AS opens,
	    m[5]::int * 60 + m[6]::int AS closes) s
	CROSS JOIN LATERAL generate_series(s.first, s.last) d(dow)
	WHERE s.opens < s.closes AND s.closes <= 1440
$$;

-- "2027-02-05..2027-02-11 Tết" or "2026-09-02 Quốc khánh" as days; nothing
-- when it is none of that form, or spans more than 60 days.
CREATE OR REPLACE FUNCTION desk.holiday_read(line text)
RETURNS TABLE (day date, title text)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	m	text[] := regexp_match(line, '^(\d{4}-\d\d-\d\d)'
		    '(?:\.\.(\d{4}-\d\d-\d\d))?(?: (.*))?$');
	first	date;
	last	date;
BEGIN
	first := m[1]::date;
	last := coalesce(m[2], m[1])::date;
	IF last - first BETWEEN 0 AND 59 THEN
		RETURN QUERY SELECT d::date, coalesce(m[3], '')
		FROM generate_series(first, last, interval '1 day') d;
	END IF;
EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
	RETURN;		-- the 30th of February
END;
$$;

-- The times at which a local day is open, in order.
CREATE OR REPLACE FUNCTION desk.hours_day(of int, day date)
RETURNS TABLE (opens timestamptz, closes timestamptz)
LANGUAGE sql STABLE ROWS 2
AS $$
	SELECT (day + make_interval(mins => s.opens)) AT TIME ZONE h.timezone,
	    (day + make_interval(mins => s.closes)) AT TIME ZONE h.timezone
	FROM desk.hours h
	JOIN desk.hours_span s ON s.hours = h.id
	    AND s.dow = extract(isodow FROM day)
	WHERE h.id = of AND NOT EXISTS (SELECT FROM desk.holiday o
	    WHERE o.hours = of AND o.day = hours_day.day)
	ORDER BY s.opens
$$;

-- When so many seconds of open time have passed since a moment.  A calendar
-- that is not open within a year counts as always open: a promise must have an
-- end.  Seconds 0: when it is open next, which may be that very moment.
CREATE OR REPLACE FUNCTION desk.business_add(of int, since timestamptz,
    seconds int)
RETURNS timestamptz
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	zone	text := (SELECT h.timezone FROM desk.hours h WHERE h.id = of);
	day	date := (since AT TIME ZONE zone)::date;
	owed	interval := make_interval(secs => seconds);
	span	record;
BEGIN
	IF zone IS NULL THEN
		RETURN since + owed;
	END IF;
	FOR n IN 0 .. 366 LOOP
		FOR span IN SELECT greatest(d.opens, since) AS opens, d.closes
		    FROM desk.hours_day(of, day + n) d
		    WHERE d.closes > since LOOP
			IF span.opens + owed <= span.closes THEN
				RETURN span.opens + owed;
			END IF;
			owed := owed - (span.closes - span.opens);
		END LOOP;
	END LOOP;
	RETURN since + make_interval(secs => seconds);
END;
$$;

CREATE OR REPLACE FUNCTION desk.hours_open(of int, at timestamptz)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT of IS NULL OR EXISTS (
	    SELECT FROM desk.hours h
	    CROSS JOIN LATERAL desk.hours_day(h.id,
		(at AT TIME ZONE h.timezone)::date) d
	    WHERE h.id = of AND at >= d.opens AND at < d.closes)
$$;

-- Is somebody there to answer this queue?
CREATE OR REPLACE FUNCTION desk.desk_is_open(queue int, at timestamptz)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT desk.hours_open((SELECT q.hours FROM desk.queue q
	    WHERE q.id = queue), at)
$$;

-- When it will be answered again: at itself while it is open.
CREATE OR REPLACE FUNCTION desk.desk_opens(queue int, at timestamptz)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
	SELECT desk.business_add((SELECT q.hours FROM desk.queue q
	    WHERE q.id = queue), at, 0)
$$;

-- A moment in words that a customer reads: "10:30 thứ Hai 23/11", "10:30 on
-- Monday 23 November".
CREATE OR REPLACE FUNCTION desk.moment_said(at timestamptz, zone text,
    lang text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE lang WHEN 'en'
	    THEN to_char(l, 'HH24:MI "on" FMDay FMDD FMMonth')
	    ELSE to_char(l, 'HH24:MI ') || (ARRAY['thứ Hai', 'thứ Ba',
		'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy', 'Chủ nhật'])
		[extract(isodow FROM l)::int] || to_char(l, ' DD/MM')
	    END
	FROM (SELECT at AT TIME ZONE zone) x(l)
$$;

-- "trong vòng 30 phút", "within 2 hours", or "before" a moment that is farther
-- away.
CREATE OR REPLACE FUNCTION desk.wait_said(due timestamptz, since timestamptz,
    zone text, lang text)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE
	    WHEN minutes > 240 THEN CASE lang WHEN 'en' THEN 'before '
		ELSE 'trước ' END || desk.moment_said(due, zone, lang)
	    WHEN minutes % 60 = 0 THEN CASE lang
		WHEN 'en' THEN format('within %s hour%s', minutes / 60,
		    CASE WHEN minutes > 60 THEN 's' ELSE '' END)
		ELSE format('trong vòng %s giờ', minutes / 60) END
	    ELSE CASE lang WHEN 'en' THEN format('within %s minutes', minutes)
		ELSE format('trong vòng %s phút', minutes) END
	    END
	FROM (SELECT greatest(1, ceil(extract(epoch FROM due - since) / 60)
	    ::int)) x(minutes)
$$;
