-- Figures of customers' experience from histograms: exact, and with limits that
-- say what they carry.  The one place where they are computed;
-- deskd-reports(7) has the methods in words.

-- A measure's scale, and which of its values are good: the share of those is
-- its figure (of nps: their share less that of bad ones).
CREATE OR REPLACE FUNCTION desk.cx_scale(measure text, OUT low int,
    OUT high int, OUT good_low int, OUT good_high int)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	scale	int[] := CASE measure
		    WHEN 'nps' THEN '{0, 10, 9, 10}'
		    WHEN 'csat' THEN '{1, 5, 4, 5}'
		    WHEN 'ces' THEN '{1, 7, 5, 7}'
		    WHEN 'mood' THEN '{-1, 1, 1, 1}'
		    WHEN 'promise' THEN '{0, 1, 1, 1}'
		    WHEN 'gap' THEN '{-30, 30, -30, 0}'
		    WHEN 'pair' THEN '{-10, 10, 0, 10}'
		    WHEN 'closed' THEN '{0, 1, 1, 1}' END;
BEGIN
	low := scale[1];
	high := scale[2];
	good_low := scale[3];
	good_high := scale[4];
END;
$$;

-- Between what a share of k in n lies at 95 %: the score interval of Wilson
-- (J. Am. Stat. Assoc. 22, 1927), method 3 of Newcombe (Stat. Med. 17, 1998,
-- 857-872).  NULL of nobody.  Reports make hundreds of limits: they are reckoned
-- in floats, whose fifteen digits are more than any of them carries; shares
-- themselves are numerics, of which halves are rounded as one expects.
CREATE OR REPLACE FUNCTION desk.wilson(k double precision, n double precision,
    OUT low numeric, OUT high numeric)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	z	CONSTANT double precision := 1.959963984540054;
	middle	CONSTANT double precision := 2 * k + z * z;
	half	CONSTANT double precision := CASE WHEN n > 0
		    THEN z * sqrt(z * z + 4 * k * (n - k) / n) END;
BEGIN
	low := CASE WHEN k = 0 AND n > 0 THEN 0
	    ELSE (middle - half) / (2 * (n + z * z)) END;
	high := CASE WHEN k = n AND n > 0 THEN 1
	    ELSE (middle + half) / (2 * (n + z * z)) END;
END;
$$;

-- A share in percent, as answers have it: {"n","share","low","high"}.
CREATE OR REPLACE FUNCTION desk.share_shown(k bigint, n bigint)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('n', n,
	    'share', CASE WHEN n > 0 THEN round(100.0 * k / n, 1) END,
	    'low', round(100 * w.low, 1), 'high', round(100 * w.high, 1)))
	FROM desk.wilson(k, n) w);
END;
$$;

-- Between what the mean of n answers on a scale lies: total and squares are the
-- sums of the answers and of their squares.  Adjusted Wald: as if two more had
-- answered, one at each end of the scale; on the scale -1, 0, 1 that is the
-- interval of Bonett and Price for a difference of two shares of the same
-- people (J. Educ. Behav. Stat. 37, 2012, 479-488), after Agresti and Min
-- (Stat. Med. 24, 2005, 729-740), which is what NPS is.
CREATE OR REPLACE FUNCTION desk.mean_limits(n double precision,
    total double precision, squares double precision, floor double precision,
    ceiling double precision, OUT low numeric, OUT high numeric)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	mean	CONSTANT double precision := CASE WHEN n > 0
		    THEN (total + floor + ceiling) / (n + 2) END;
	half	CONSTANT double precision := 1.959963984540054
		    * sqrt(greatest(0, (squares + floor * floor
		    + ceiling * ceiling) / (n + 2) - mean * mean) / (n + 2));
BEGIN
	IF n > 0 THEN
		low := greatest(floor, mean - half);
		high := least(ceiling, mean + half);
	END IF;
END;
$$;

-- How much of a standard normal distribution lies above z, right to seven digits
-- also far out: erfc() as in Numerical Recipes (2nd ed., section 6.2), which
-- PostgreSQL 15 lacks.
CREATE OR REPLACE FUNCTION desk.normal_tail(z double precision)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT
AS $$
DECLARE
	far	CONSTANT double precision := 38; -- beyond it nothing is left
	x	double precision;
	t	double precision;
	tail	double precision;
BEGIN
	x := least(abs(z), far) / sqrt(2.0::float8);
	t := 1 / (1 + x / 2);
	tail := CASE WHEN abs(z) > far THEN 0 ELSE t / 2 * exp(-x * x
	    - 1.26551223 + t * (1.00002368 + t * (0.37409196
	    + t * (0.09678418 + t * (-0.18628806 + t * (0.27886807
	    + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223
	    + t * 0.17087277))))))))) END;
	RETURN CASE WHEN z < 0 THEN 1 - tail ELSE tail END;
END;
$$;

-- By what chance k or more of n have something that hits of all (total) have, when
-- the n are any of them: Fisher's exact test, one side.  The terms are those of
-- the hypergeometric distribution beside that of k, until they come to nothing.
CREATE OR REPLACE FUNCTION desk.fisher_tail(k bigint, n bigint, hits bigint,
    total bigint)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	least_x	CONSTANT bigint := greatest(0, n + hits - total);
	most_x	CONSTANT bigint := least(n, hits);
	x	bigint := k;
	term	double precision := 1;
	above	double precision := 1;
	below	double precision := 0;
	step	double precision;
BEGIN
	IF k <= least_x THEN
		RETURN 1;
	ELSIF k > most_x THEN
		RETURN 0;
	END IF;
	WHILE x < most_x LOOP
		step := (hits - x)::float8 * (n - x)
		    / ((x + 1)::float8 * (total - hits - n + x + 1));
		term := term * step;
		above := above + term;
		EXIT WHEN term < above * 1e-17 AND step < 1 OR term > 1e250;
		x := x + 1;
	END LOOP;
	x := k;
	term := 1;
	WHILE x > least_x LOOP
		step := x::float8 * (total - hits - n + x)
		    / ((hits - x + 1)::float8 * (n - x + 1));
		term := term * step;
		below := below + term;
		EXIT WHEN term < below * 1e-17 AND step < 1 OR term > 1e250;
		x := x - 1;
	END LOOP;
	RETURN above / (above + below);
END;
$$;

-- Of the chances of one family of looks (each: that it would look so though
-- nothing is there) the highest that is still believed, when of what is believed
-- a share of q at most may be nothing: Benjamini and Hochberg (J. R. Stat. Soc.
-- B 57, 1995, 289-300), good also for looks that rise and fall together
-- (Benjamini and Yekutieli, Ann. Stat. 29, 2001, 1165-1188).  Where there is
-- nothing at all, so much is the chance that anything is believed.  NULL: none is.
CREATE OR REPLACE FUNCTION desk.believed(chances double precision[],
    q double precision)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	RETURN (SELECT max(x.p) FROM (SELECT p, row_number() OVER (ORDER BY p) AS place,
		count(*) OVER () AS n
	    FROM unnest(chances) p WHERE p IS NOT NULL) x
	WHERE x.p <= q * x.place / x.n);
END;
$$;

-- The figure of a histogram (value → how often): shares and limits from 0 to 1,
-- of nps from -1 to 1.  Of nobody: n 0 alone.  Without a query: a report of a
-- year's days makes hundreds of them.
CREATE OR REPLACE FUNCTION desk.cx_figure(measure text, counts jsonb)
RETURNS desk.cx_figure
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	s	record := desk.cx_scale(measure);
	k	bigint;		-- how often a value was given
	n	bigint := 0;
	total	bigint := 0;
	squares	bigint := 0;
	good	bigint := 0;
	bad	bigint := 0;
	m	record;
	f	desk.cx_figure;
BEGIN
	FOR v IN coalesce(s.low, 1) .. coalesce(s.high, 0) LOOP
		k := counts->>v::text;
		IF k > 0 THEN
			n := n + k;
			total := total + k * v;
			squares := squares + k * v * v;
			IF v BETWEEN s.good_low AND s.good_high THEN
				good := good + k;
			ELSIF v <= 6 THEN
				bad := bad + k;
			END IF;
		END IF;
	END LOOP;
	f.n := n;
	f.counts := coalesce(counts, '{}');
	IF n = 0 THEN
		RETURN f;
	END IF;
	f.mean := total / n::numeric;
	m := desk.mean_limits(n, total, squares, s.low, s.high);
	f.mean_low := m.low;
	f.mean_high := m.high;
	IF measure = 'nps' THEN
		f.figure := (good - bad) / n::numeric;
		m := desk.mean_limits(n, good - bad, good + bad, -1, 1);
	ELSE
		f.figure := good / n::numeric;
		m := desk.wilson(good, n);
	END IF;
	f.low := m.low;
	f.high := m.high;
	RETURN f;
END;
$$;

-- How one figure differs from another that was before it.  Its limits are made
-- of theirs, which for shares is method 10 of Newcombe (Stat. Med. 17, 1998,
-- 873-890), in general that of Zou and Donner (Stat. Med. 27, 2008,
-- 1693-1702).  It is a change (up, down) only where these leave out 0; else
-- too little is known to call it one (unsaid).  NULL where one is missing.
CREATE OR REPLACE FUNCTION desk.cx_change(f desk.cx_figure, g desk.cx_figure,
    OUT by numeric, OUT low numeric, OUT high numeric, OUT "is" text)
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	IF f.n > 0 AND g.n > 0 THEN
		"by" := f.figure - g.figure;
		low := "by" - sqrt(((f.figure - f.low) * (f.figure - f.low)
		    + (g.high - g.figure) * (g.high - g.figure))::float8)
		    ::numeric;
		high := "by" + sqrt(((f.high - f.figure) * (f.high - f.figure)
		    + (g.figure - g.low) * (g.figure - g.low))::float8)
		    ::numeric;
		"is" := CASE WHEN low > 0 THEN 'up' WHEN high < 0 THEN 'down'
		    ELSE 'unsaid' END;
	END IF;
END;
$$;

-- The chance that two figures differ so (cx_change()), either way, though nothing
-- changed: the limits stretched until they touch 0.
CREATE OR REPLACE FUNCTION desk.cx_change_chance("by" numeric, low numeric,
    high numeric)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	-- From the figure to the limit on 0's side.
	d	CONSTANT numeric := CASE WHEN "by" > 0 THEN "by" - low
		    ELSE high - "by" END;
BEGIN
	RETURN CASE WHEN d > 0 THEN 2 * desk.normal_tail(1.959963984540054
		* abs("by") / d)
	    WHEN "by" <> 0 THEN 0 WHEN "by" = 0 THEN 1 END;
END;
$$;

-- As they are told: percent with one place, means with two.
CREATE OR REPLACE FUNCTION desk.cx_shown(f desk.cx_figure)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('n', (f).n, 'figure', round(100 * (f).figure, 1),
	    'low', round(100 * (f).low, 1), 'high', round(100 * (f).high, 1),
	    'mean', round((f).mean, 2), 'mean_low', round((f).mean_low, 2),
	    'mean_high', round((f).mean_high, 2), 'counts', (f).counts)
$$;

-- What cx_change() says; NULL: nothing.
CREATE OR REPLACE FUNCTION desk.cx_change_shown("by" numeric, low numeric,
    high numeric, "is" text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN "is" IS NOT NULL THEN jsonb_build_object(
	    'by', round(100 * "by", 1), 'low', round(100 * low, 1),
	    'high', round(100 * high, 1), 'is', "is") END
$$;

-- How many of those who were asked answered, of whom the question reached;
-- NULL: nobody was asked.
CREATE OR REPLACE FUNCTION desk.cx_rate(invited bigint, unreached bigint,
    replied bigint)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	n	CONSTANT numeric := greatest(invited - unreached, 0);
	k	CONSTANT numeric := least(n, replied);
	w	record;
BEGIN
	IF coalesce(invited, 0) <= 0 THEN
		RETURN NULL;
	END IF;
	w := desk.wilson(k, n);
	RETURN jsonb_strip_nulls(jsonb_build_object('invited', invited,
	    'undeliverable', nullif(unreached, 0), 'answered', k,
	    'share', round(100 * k / nullif(n, 0), 1),
	    'low', round(100 * w.low, 1), 'high', round(100 * w.high, 1)));
END;
$$;
