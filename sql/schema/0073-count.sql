-- Themes are counted again, and who was one with another by mistake gets back
-- what hung on no case of his.

-- What a message that speaks of a theme is counted under (desk.measure 'theme'),
-- as it was when it came.
ALTER TABLE desk.theme_event
	ADD at		timestamptz,
	ADD queue	int,
	ADD channel	text,
	ADD segment	text;
-- Of messages from before: hand-offs know in which queue their case was then;
-- the segment is the customer's of today.
UPDATE desk.theme_event n SET at = e.at, channel = e.channel,
    queue = coalesce((SELECT h.source FROM desk.handoff h
	WHERE h.ticket = n.ticket AND h.at > n.noted_at
	ORDER BY h.at, h.id LIMIT 1), t.queue),
    segment = coalesce(c.segment, '')
FROM desk.event e, desk.ticket t
LEFT JOIN desk.customer c ON c.id = t.customer
WHERE e.id = n.event AND e.filed_at = n.noted_at AND t.id = n.ticket;
DELETE FROM desk.theme_event n WHERE n.at IS NULL;
ALTER TABLE desk.theme_event
	ALTER at SET NOT NULL,
	ALTER queue SET NOT NULL,
	ALTER channel SET NOT NULL,
	ALTER segment SET NOT NULL;
-- As desk.mood's: read by time only when measures are recounted.
CREATE INDEX theme_event_at ON desk.theme_event USING brin (at)
	WITH (pages_per_range = 16);

-- Messages of long ago, whose rows went: how many there were of each kind, in a
-- quarter of an hour.
CREATE TABLE desk.theme_past (
	theme		text NOT NULL,
	at		timestamptz NOT NULL,
	queue		int NOT NULL,
	channel		text NOT NULL,
	segment		text NOT NULL,
	n		bigint NOT NULL,
	PRIMARY KEY (at, theme, queue, channel, segment)
);

-- What was counted of messages before a theme's first that is kept stands as it
-- is; from there on it is counted anew.
WITH counted AS (
    SELECT x.name, x.at, x.queue, x.agent, x.channel, x.segment, x.touchpoint,
	x.value, sum(x.n) AS n
    FROM (SELECT c.name, c.at, c.queue, c.agent, c.channel, c.segment,
	    c.touchpoint, c.value, c.n
	FROM desk.measure_count c WHERE c.measure = 'theme'
	UNION ALL
	SELECT p.name, date_bin('15 min', p.at, '2000-01-01Z'), p.queue,
	    p.agent, p.channel, p.segment, p.touchpoint, p.value, p.n
	FROM desk.measure_part p WHERE p.measure = 'theme') x
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
), first AS (
    SELECT n.theme, date_trunc('hour', min(n.at), 'UTC') AS at
    FROM desk.theme_event n GROUP BY 1
), past AS (
    INSERT INTO desk.theme_past (theme, at, queue, channel, segment, n)
    SELECT c.name, c.at, c.queue, c.channel, c.segment, c.n
    FROM counted c LEFT JOIN first f ON f.theme = c.name
    WHERE c.n > 0 AND c.at < coalesce(f.at, 'infinity')
    RETURNING *
)
INSERT INTO desk.measure_part (measure, name, at, queue, agent, channel,
    segment, touchpoint, value, n)
SELECT 'theme', d.name, d.at, d.queue, d.agent, d.channel, d.segment,
    d.touchpoint, d.value, sum(d.n)
FROM (SELECT c.name, c.at, c.queue, c.agent, c.channel, c.segment,
	c.touchpoint, c.value, -c.n AS n FROM counted c
    UNION ALL
    SELECT p.theme, p.at, p.queue, 0, p.channel, p.segment, '', 1, p.n
    FROM past p
    UNION ALL
    SELECT n.theme, date_bin('15 min', n.at, '2000-01-01Z'), n.queue, 0,
	n.channel, n.segment, '', 1, 1
    FROM desk.theme_event n WHERE NOT n.off) d
GROUP BY 2, 3, 4, 5, 6, 7, 8, 9
HAVING sum(d.n) <> 0;

-- It has a segment more.
DROP FUNCTION IF EXISTS desk.stage_stuck(text, text, int, int);

-- Of what came along in a merge: what hangs on no case, by its table; each as
-- its key is written.  See desk.merge_rows().
ALTER TABLE desk.customer_merge ADD rows jsonb NOT NULL DEFAULT '{}';
-- Who brought whom, where a merge left no room for it.
CREATE TABLE desk.referral_parted (
	merge		bigint NOT NULL REFERENCES desk.customer_merge,
	customer	bigint NOT NULL,
	referrer	bigint NOT NULL,
	code		text NOT NULL,
	order_no	text,
	at		timestamptz NOT NULL,
	who		text NOT NULL,
	PRIMARY KEY (merge, customer)
);
CREATE INDEX referral_parted_customer ON desk.referral_parted (customer);
CREATE INDEX referral_parted_referrer ON desk.referral_parted (referrer);
