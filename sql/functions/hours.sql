-- Office hours: what a line of them says, when a queue is open and when it opens
-- next.  hours NULL stands for always open.  Counting is in business.sql.

-- "mon-fri 08:00-12:00" as rows, one a day; "fri 22:00-02:00" ends on Saturday
-- (closes past 1440).  Nothing when it is none of that form, or names a day or
-- time that does not exist.
CREATE OR REPLACE FUNCTION desk.hours_read(line text)
RETURNS TABLE (dow int, opens int, closes int)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT d.dow, s.opens, CASE WHEN s.closes > s.opens THEN s.closes
	    ELSE s.closes + 1440 END
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
	WHERE s.opens <> s.closes AND s.opens < 1440 AND s.closes <= 1440
	    AND s.closes > 0
$$;

-- "08:00-11:30" or "08:00-11:30,13:00-15:00" as minutes, opens, closes, …;
-- NULL when it is none of that form, or they are not in order.
CREATE OR REPLACE FUNCTION desk.spans_read(spans text)
RETURNS int[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE WHEN count(*) = count(DISTINCT x.at)
	    AND array_agg(x.at ORDER BY x.n) = array_agg(x.at ORDER BY x.at)
	    AND max(x.at) <= 1440 THEN array_agg(x.at ORDER BY x.n) END
	FROM (SELECT substr(t, 1, 2)::int * 60 + substr(t, 4)::int AS at, n
	    FROM regexp_split_to_table(spans, '[-,]') WITH ORDINALITY u(t, n)
	    WHERE spans ~ '^(\d\d:[0-5]\d-\d\d:[0-5]\d(,(?=\d)|$)){1,8}$') x
$$;

-- "2027-02-05..2027-02-11 Tết", "2026-09-02 Quốc khánh" or "tet 2027..2030"
-- (moon.sql) as days; spans where it is open for hours of its own: "2027-02-04
-- 08:00-11:30 29 Tết".  Nothing when it is none of that form, or spans more
-- than 60 days.
CREATE OR REPLACE FUNCTION desk.holiday_read(line text)
RETURNS TABLE (day date, title text, spans int[])
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	m	text[] := regexp_match(line, '^(\d{4}-\d\d-\d\d)'
		    '(?:\.\.(\d{4}-\d\d-\d\d))?'
		    '(?: (\d\d:\d\d-\d\d:\d\d[-,:0-9]*))?(?: (.*))?$');
	first	date;
	last	date;
	hours	int[];
BEGIN
	IF m IS NULL THEN
		RETURN QUERY SELECT d.day, d.title, NULL::int[]
		FROM desk.moon_read(line) d;
		RETURN;
	END IF;
	first := m[1]::date;
	last := coalesce(m[2], m[1])::date;
	hours := desk.spans_read(m[3]);
	IF last - first BETWEEN 0 AND 59
	    AND (m[3] IS NULL OR hours IS NOT NULL) THEN
		RETURN QUERY SELECT d::date, coalesce(m[4], ''), hours
		FROM generate_series(first, last, interval '1 day') d;
	END IF;
EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
	RETURN;		-- the 30th of February
END;
$$;

CREATE OR REPLACE FUNCTION desk.hours_open(of int, at timestamptz)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	c	desk.calendar;
	today	date;
	spans	bigint[];
	since	bigint;
BEGIN
	IF of IS NULL THEN
		RETURN true;
	END IF;
	SELECT * INTO c FROM desk.calendar k WHERE k.hours = of;
	today := (at AT TIME ZONE c.zone)::date;
	FOR ago IN 0 .. c.nights::int LOOP
		spans := desk.calendar_spans(c, today - ago);
		since := desk.micros(desk.local_moment(today - ago, c.zone),
		    at);
		FOR i IN 1 .. cardinality(spans) BY 2 LOOP
			IF since >= spans[i] AND since < spans[i + 1] THEN
				RETURN true;
			END IF;
		END LOOP;
	END LOOP;
	RETURN false;
END;
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
