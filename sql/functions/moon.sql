-- Days by the moon, so that nobody types dates: the first day of Tết and Giỗ Tổ
-- (the tenth of the third month) in Vietnam's calendar, of the hour UTC+7,
-- computed with Hồ Ngọc Đức's rules ("Calendrical calculations",
-- informatik.uni-leipzig.de/~duc/amlich), which differ from China's in 2030.
-- tests/oracle/moon.mjs computes them anew and compares, with the client's
-- table (daemon/web/app/src/start/holidays.ts) too.
CREATE OR REPLACE FUNCTION desk.moon_days()
RETURNS TABLE (tet date, kings date)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT v.tet::date, v.kings::date FROM (VALUES
	    ('2024-02-10', '2024-04-18'), ('2025-01-29', '2025-04-07'),
	    ('2026-02-17', '2026-04-26'), ('2027-02-06', '2027-04-16'),
	    ('2028-01-26', '2028-04-04'), ('2029-02-13', '2029-04-23'),
	    ('2030-02-02', '2030-04-12'), ('2031-01-23', '2031-04-01'),
	    ('2032-02-11', '2032-04-19'), ('2033-01-31', '2033-04-09'),
	    ('2034-02-19', '2034-04-28'), ('2035-02-08', '2035-04-17'),
	    ('2036-01-28', '2036-04-06'), ('2037-02-15', '2037-04-24'),
	    ('2038-02-04', '2038-04-13'), ('2039-01-24', '2039-04-03'),
	    ('2040-02-12', '2040-04-20'), ('2041-02-01', '2041-04-10'),
	    ('2042-01-22', '2042-04-29'), ('2043-02-10', '2043-04-19'),
	    ('2044-01-30', '2044-04-07'), ('2045-02-17', '2045-04-26'),
	    ('2046-02-06', '2046-04-15'), ('2047-01-26', '2047-04-04'),
	    ('2048-02-14', '2048-04-22'), ('2049-02-02', '2049-04-11'),
	    ('2050-01-23', '2050-04-01')
	    ) v(tet, kings)
$$;

-- "tet 2027..2030 7d Nghỉ Tết" or "gio-to 2027..2035" as the days of each year:
-- of Tết so many, five when it does not say, from the old year's last on.
-- Nothing when it is none of that form, or names a year that is not in the
-- table.
CREATE OR REPLACE FUNCTION desk.moon_read(line text)
RETURNS TABLE (day date, title text)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT f.first + n, coalesce(m[5], CASE m[1] WHEN 'tet' THEN 'Tết'
	    ELSE 'Giỗ Tổ Hùng Vương' END)
	FROM regexp_match(line, '^(tet|gio-to) (\d{4})(?:\.\.(\d{4}))?'
	    '(?: (\d{1,2})d)?(?: (.*))?$') m
	CROSS JOIN LATERAL (SELECT m[2]::int AS since,
	    coalesce(m[3], m[2])::int AS until,
	    coalesce(m[4], CASE m[1] WHEN 'tet' THEN '5' ELSE '1' END)::int
		AS days) s
	JOIN desk.moon_days() d
	    ON extract(year FROM d.tet) BETWEEN s.since AND s.until
	CROSS JOIN LATERAL (SELECT CASE m[1] WHEN 'tet' THEN d.tet - 1
	    ELSE d.kings END AS first) f
	CROSS JOIN LATERAL generate_series(0, s.days - 1) n
	WHERE s.days BETWEEN 1 AND 30 AND s.since <= s.until
	    AND s.since >= (SELECT min(extract(year FROM k.tet))
		FROM desk.moon_days() k)
	    AND s.until <= (SELECT max(extract(year FROM k.tet))
		FROM desk.moon_days() k)
$$;
