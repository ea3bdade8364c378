-- Counting in open time, as far as one likes at the same cost: weeks are
-- counted whole, and the days that are not as their weekday is stand in a
-- sorted table with all that was open before them (desk.calendar_day).
--
-- What is open goes by the wall clock.  An hour that summer time leaves out is
-- no time at all; of one that comes twice, a local time means the second.
-- Moments of local time then come in the order of the moments that they are,
-- so that spans which do not overlap by the clock on the wall do not overlap.

-- The moment that a local time is.
CREATE OR REPLACE FUNCTION desk.local_moment(at timestamp, zone text)
RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
	moment	timestamptz := at AT TIME ZONE zone;
	late	interval := (moment AT TIME ZONE zone) - at;
BEGIN
	IF late = '0' THEN
		RETURN moment;
	END IF;
	-- Left out: when the clocks were changed.
	RETURN (SELECT min(m) FROM generate_series(moment - late, moment,
		interval '1 minute') m
	    WHERE m AT TIME ZONE zone > at);
END;
$$;

-- Microseconds between two moments, and a moment so many later.
CREATE OR REPLACE FUNCTION desk.micros(since timestamptz, until timestamptz)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT (extract(epoch FROM until - since) * 1000000)::bigint
$$;

-- When a local day of a calendar is open, in microseconds since it began:
-- opens, closes, opens, closes ….
CREATE OR REPLACE FUNCTION desk.calendar_spans(c desk.calendar, day date)
RETURNS bigint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
	d	int := extract(isodow FROM day);
	spans	bigint[] := c.spans[c.places[d] + 1 : c.places[d + 1]];
	began	timestamptz;
	own	int[];
BEGIN
	IF c.feasts THEN
		SELECT coalesce(o.spans, '{}') INTO own FROM desk.holiday o
		WHERE o.hours = c.hours AND o.day = calendar_spans.day;
		IF own IS NOT NULL THEN
			spans := ARRAY(SELECT n * 60000000::bigint
			    FROM unnest(own) n);
		END IF;
	END IF;
	IF c.turns THEN
		began := desk.local_moment(day, c.zone);
		IF desk.local_moment(day + 2, c.zone) - began
		    <> interval '48 hours' THEN
			RETURN ARRAY(SELECT desk.micros(began,
				desk.local_moment(day + n
				    * interval '1 microsecond', c.zone))
			    FROM unnest(spans) WITH ORDINALITY u(n, place)
			    ORDER BY place);
		END IF;
	END IF;
	RETURN spans;
END;
$$;

-- What is open before a weekday's day, were all weeks alike.
CREATE OR REPLACE FUNCTION desk.calendar_plain(c desk.calendar, day date)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT floor((day - date '1970-01-05') / 7.0)::bigint * (c).upto[8]
	    + (c).upto[extract(isodow FROM day)::int]
$$;

-- What is open in a calendar before a moment, since Monday 1970-01-05.
CREATE OR REPLACE FUNCTION desk.calendar_upto(c desk.calendar,
    at timestamptz)
RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
	today	date := (at AT TIME ZONE c.zone)::date;
	result	bigint := desk.calendar_plain(c, today);
	odd	desk.calendar_day;
	spans	bigint[] := desk.calendar_spans(c, today);
	since	bigint := desk.micros(desk.local_moment(today, c.zone), at);
BEGIN
	IF c.feasts OR c.turns THEN
		SELECT * INTO odd FROM desk.calendar_day o
		WHERE o.hours = c.hours AND o.day < today
		ORDER BY o.day DESC LIMIT 1;
	END IF;
	IF odd.hours IS NOT NULL THEN
		result := result + odd.before + odd.opened
		    - desk.calendar_plain(c, odd.day + 1);
	END IF;
	FOR i IN 1 .. cardinality(spans) BY 2 LOOP
		EXIT WHEN since <= spans[i];
		result := result + least(since, spans[i + 1]) - spans[i];
	END LOOP;
	IF c.nights THEN
		-- Yesterday was counted whole; a shift of it may go on.
		spans := desk.calendar_spans(c, today - 1);
		since := desk.micros(desk.local_moment(today - 1, c.zone), at);
		FOR i IN 1 .. cardinality(spans) BY 2 LOOP
			IF since < spans[i + 1] THEN
				result := result - spans[i + 1]
				    + greatest(since, spans[i]);
			END IF;
		END LOOP;
	END IF;
	RETURN result;
END;
$$;

-- What business_add() finds on the very day, which is most of what is asked;
-- NULL: not there.
CREATE OR REPLACE FUNCTION desk.calendar_soon(c desk.calendar,
    at timestamptz, seconds int)
RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
	today	date := (at AT TIME ZONE c.zone)::date;
	began	timestamptz := desk.local_moment(today, c.zone);
	since	bigint := desk.micros(began, at);
	owed	bigint := seconds * 1000000::bigint;
	spans	bigint[] := desk.calendar_spans(c, today);
BEGIN
	FOR i IN 1 .. cardinality(spans) BY 2 LOOP
		CONTINUE WHEN since >= spans[i + 1];
		since := greatest(since, spans[i]);
		IF since + owed <= spans[i + 1] THEN
			RETURN began + (since + owed)
			    * interval '1 microsecond';
		END IF;
		owed := owed - spans[i + 1] + since;
	END LOOP;
	RETURN NULL;
END;
$$;

-- When so many seconds of open time have passed since a moment.  A calendar
-- without a span counts as always open: a promise must have an end.  Seconds
-- 0: when it is open next, which may be that very moment.
CREATE OR REPLACE FUNCTION desk.business_add(of int, since timestamptz,
    seconds int)
RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
	c	desk.calendar;
	odd	desk.calendar_day;
	target	bigint;		-- what is open before the moment looked for
	inside	bigint;		-- of the last instant that is wholly before
	week	bigint;
	spans	bigint[];
	day	date;
	due	timestamptz;
BEGIN
	IF of IS NOT NULL THEN
		SELECT * INTO c FROM desk.calendar k WHERE k.hours = of;
	END IF;
	IF coalesce(c.upto[8], 0) = 0 THEN
		RETURN since + make_interval(secs => seconds);
	END IF;
	IF NOT c.nights THEN
		due := desk.calendar_soon(c, since, seconds);
		IF due IS NOT NULL THEN
			RETURN due;
		END IF;
	END IF;
	target := desk.calendar_upto(c, since) + seconds * 1000000::bigint;
	inside := target - (seconds > 0)::int;

	IF c.feasts OR c.turns THEN
		SELECT * INTO odd FROM desk.calendar_day o
		WHERE o.hours = of AND o.before <= inside
		ORDER BY o.before DESC, o.day DESC LIMIT 1;
	END IF;
	IF inside - odd.before < odd.opened THEN
		day := odd.day;
		target := target - odd.before;
		inside := inside - odd.before;
	ELSE
		-- As if all weeks since the first were like this one.
		IF odd.hours IS NOT NULL THEN
			week := desk.calendar_plain(c, odd.day + 1)
			    - odd.before - odd.opened;
			target := target + week;
			inside := inside + week;
		END IF;
		week := floor(inside / c.upto[8]::numeric);
		target := target - week * c.upto[8];
		inside := inside - week * c.upto[8];
		FOR d IN REVERSE 7 .. 1 LOOP
			IF c.upto[d] <= inside THEN
				day := date '1970-01-05' + (week * 7)::int
				    + d - 1;
				target := target - c.upto[d];
				inside := inside - c.upto[d];
				EXIT;
			END IF;
		END LOOP;
	END IF;

	spans := desk.calendar_spans(c, day);
	FOR i IN 1 .. cardinality(spans) BY 2 LOOP
		IF inside < spans[i + 1] - spans[i] THEN
			RETURN desk.local_moment(day, c.zone)
			    + (spans[i] + target) * interval '1 microsecond';
		END IF;
		target := target - spans[i + 1] + spans[i];
		inside := inside - spans[i + 1] + spans[i];
	END LOOP;
	RETURN since + make_interval(secs => seconds);	-- not reached
END;
$$;

-- The whole seconds of open time from one moment to another; less than 0 when
-- that is before.
CREATE OR REPLACE FUNCTION desk.business_between(of int, since timestamptz,
    until timestamptz)
RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
	c	desk.calendar;
BEGIN
	IF of IS NOT NULL THEN
		SELECT * INTO c FROM desk.calendar k WHERE k.hours = of;
	END IF;
	IF coalesce(c.upto[8], 0) = 0 THEN
		RETURN floor(extract(epoch FROM until - since));
	END IF;
	RETURN floor((desk.calendar_upto(c, until)
	    - desk.calendar_upto(c, since)) / 1000000.0);
END;
$$;

-- The local days of a zone that have not 24 hours, found once.
CREATE OR REPLACE FUNCTION desk.zone_days_of(wanted text)
RETURNS date[]
LANGUAGE plpgsql
AS $$
DECLARE
	known	date[] := (SELECT z.days FROM desk.zone_days z
		    WHERE z.zone = wanted);
BEGIN
	IF known IS NULL THEN
		known := ARRAY(SELECT d::date
		    FROM generate_series(timestamp '2000-01-01',
			timestamp '2060-12-31', interval '1 day') d
		    WHERE (d + interval '1 day') AT TIME ZONE wanted
			- d AT TIME ZONE wanted <> interval '24 hours'
		    ORDER BY d);
		INSERT INTO desk.zone_days (zone, days) VALUES (wanted, known)
		ON CONFLICT DO NOTHING;
	END IF;
	RETURN known;
END;
$$;

-- Adds up every calendar anew.
CREATE OR REPLACE FUNCTION desk.hours_count()
RETURNS void
LANGUAGE plpgsql
SET jit = off
AS $$
BEGIN
	DELETE FROM desk.calendar;
	DELETE FROM desk.calendar_day;
	INSERT INTO desk.calendar (hours, zone, upto, places, spans, nights,
	    feasts, turns)
	SELECT h.id, h.timezone, ARRAY(
		SELECT coalesce(sum(s.closes - s.opens), 0)::bigint * 60000000
		FROM generate_series(1, 8) d
		LEFT JOIN desk.hours_span s ON s.hours = h.id AND s.dow < d
		GROUP BY d ORDER BY d),
	    ARRAY(SELECT 2 * count(s.dow)::int FROM generate_series(1, 8) d
		LEFT JOIN desk.hours_span s ON s.hours = h.id AND s.dow < d
		GROUP BY d ORDER BY d),
	    ARRAY(SELECT b * 60000000::bigint FROM desk.hours_span s,
		    unnest(ARRAY[s.opens, s.closes]) b
		WHERE s.hours = h.id ORDER BY s.dow, s.opens, b),
	    EXISTS (SELECT FROM desk.hours_span s
		WHERE s.hours = h.id AND s.closes > 1440),
	    EXISTS (SELECT FROM desk.holiday o WHERE o.hours = h.id),
	    desk.zone_days_of(h.timezone) <> '{}'
	FROM desk.hours h;

	INSERT INTO desk.calendar_day (hours, day, before, opened)
	SELECT x.hours, x.day, x.plain + coalesce(sum(x.opened - x.usual)
	    OVER (PARTITION BY x.hours ORDER BY x.day
		ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), x.opened
	FROM (
	    SELECT c.hours, d.day, desk.calendar_plain(c, d.day) AS plain,
		c.upto[w + 1] - c.upto[w] AS usual, (
		    SELECT coalesce(sum(s.at[i + 1] - s.at[i]), 0)::bigint
		    FROM (SELECT desk.calendar_spans(c, d.day) AS at OFFSET 0) s,
			generate_series(1, cardinality(s.at), 2) i) AS opened
	    FROM desk.calendar c
	    CROSS JOIN LATERAL (
		SELECT o.day FROM desk.holiday o WHERE o.hours = c.hours
		UNION
		SELECT t + n
		FROM unnest(desk.zone_days_of(c.zone)) t, generate_series(-1, 1) n
		) d
	    CROSS JOIN LATERAL (SELECT extract(isodow FROM d.day)::int) w(w)
	    ) x
	WHERE x.opened <> x.usual;
END;
$$;

CREATE OR REPLACE FUNCTION desk.hours_changed()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.hours_count();
	RETURN NULL;
END;
$$;

-- What an older release left uncounted.
SELECT desk.hours_count();
