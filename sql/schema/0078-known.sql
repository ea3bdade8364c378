-- Under which names, channels, segments and touchpoints anything was ever
-- counted: who asks about another is told that there is none, without a look
-- through the counts.  measure_fold() adds to it, and whoever gives a customer
-- his segment (stage_segment()).
CREATE TABLE desk.dimension_value (
	dimension	text COLLATE "C" NOT NULL CHECK (dimension IN ('name',
			    'channel', 'segment', 'touchpoint')),
	value		text COLLATE "C" NOT NULL,
	PRIMARY KEY (dimension, value)
);

INSERT INTO desk.dimension_value
SELECT DISTINCT d.dimension, d.value
FROM (SELECT s.name, s.channel, s.segment, s.touchpoint
	FROM desk.measure_sum s WHERE s.unit = 'month' AND s.whole
    UNION ALL
    -- What days are not made of yet, of a company that has moved just now.
    SELECT c.name, c.channel, c.segment, c.touchpoint
	FROM desk.measure_rolled k
	JOIN desk.measure_count c
	    ON c.at < k.since::timestamp AT TIME ZONE k.zone
    UNION ALL
    SELECT '', '', c.segment, '' FROM desk.customer c
    UNION ALL
    SELECT '', '', d.segment, '' FROM desk.segment_day d
    UNION ALL
    SELECT '', '', j.segment, '' FROM desk.journey_day j
	WHERE j.span = 'm') x
CROSS JOIN LATERAL (VALUES ('name', x.name), ('channel', x.channel),
    ('segment', x.segment), ('touchpoint', x.touchpoint)) d(dimension, value)
WHERE d.value <> '';

-- Notices of some days.
CREATE INDEX late_notice_at ON desk.late_notice (at);

-- What is measured when a month is over is measured when a week is, too.
ALTER TABLE desk.cx_run RENAME month TO began;	-- its first day
ALTER TABLE desk.cx_run ADD every text COLLATE "C" NOT NULL DEFAULT 'month'
	CHECK (every IN ('month', 'week'));
ALTER TABLE desk.cx_run ALTER every DROP DEFAULT;
ALTER TABLE desk.cx_run DROP CONSTRAINT cx_run_pkey;
ALTER TABLE desk.cx_run ADD PRIMARY KEY (every, began, what, name, measure);
ALTER TABLE desk.cx_run_mark ADD week date;

-- Others took their place.
DROP FUNCTION IF EXISTS desk.order_gaps(timestamptz);
DROP FUNCTION IF EXISTS desk.journey_date(jsonb, text);
