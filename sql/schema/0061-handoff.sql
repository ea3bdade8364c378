-- Hand-offs of cases between departments, and how long customers stay in a
-- stage of their journey.

-- One each time that a case changed its queue, as it was then; questions of
-- departments, and what was let out of quarantine, are none.
CREATE TABLE desk.handoff (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	ticket		bigint NOT NULL,
	at		timestamptz NOT NULL,	-- where a spell of it ended
	source		int NOT NULL,
	target		int NOT NULL,
	channel		text NOT NULL,
	segment		text NOT NULL,
	first		boolean NOT NULL,	-- this case never went that way
	back		boolean NOT NULL	-- it came to source again later
);
CREATE INDEX handoff_way ON desk.handoff (ticket, source, target);
-- As desk.mood's: read by time only when measures are recounted.
CREATE INDEX handoff_at ON desk.handoff USING brin (at)
	WITH (pages_per_range = 16);

-- Its words are in functions/handoffs.sql.
CREATE FUNCTION desk.handoff_note() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER handoff_note AFTER UPDATE OF queue ON desk.ticket
	FOR EACH ROW WHEN (OLD.queue <> NEW.queue
	    AND OLD.kind NOT IN ('consult', 'quarantine'))
	EXECUTE FUNCTION desk.handoff_note();

-- Those of before, from the stretches of cases that are on record.
INSERT INTO desk.handoff (ticket, at, source, target, channel, segment, first,
    back)
SELECT h.ticket, h.at, h.source, h.target, t.channel, coalesce(c.segment, ''),
    row_number() OVER (PARTITION BY h.ticket, h.source, h.target
	ORDER BY h.id) = 1,
    -- Out of source again, or there in the end: it came back.
    lead(h.id) OVER (PARTITION BY h.ticket, h.source ORDER BY h.id) IS NOT NULL
	OR t.queue = h.source
FROM (SELECT s.id, s.ticket, s.ended AS at, s.queue AS source,
	coalesce(lead(s.queue) OVER (PARTITION BY s.ticket ORDER BY s.id),
	    k.queue) AS target
    FROM desk.spell s JOIN desk.ticket k ON k.id = s.ticket) h
JOIN desk.ticket t ON t.id = h.ticket
JOIN desk.customer c ON c.id = t.customer
WHERE h.source <> h.target AND t.kind NOT IN ('consult', 'quarantine')
ORDER BY h.id;

INSERT INTO desk.measure_part (measure, name, at, queue, agent, channel,
    segment, touchpoint, value, n)
SELECT 'handoff', q.name, h.at, h.source, 0, h.channel, h.segment, '',
    h.first::int + 2 * h.back::int, 1
FROM desk.handoff h JOIN desk.queue q ON q.id = h.target;

-- How many seconds the stay in the stage before lasted that this step ends;
-- NULL: it ends none.
ALTER TABLE desk.step ADD COLUMN stayed bigint;
UPDATE desk.step s SET stayed = floor(extract(epoch FROM s.at - l.since))
FROM (SELECT o.event, lag(o.since) OVER (PARTITION BY o.customer
	ORDER BY o.at, o.event) AS since FROM desk.step o) l
WHERE l.event = s.event AND s.entered AND s.prior_stage <> '';

-- In desk.journey_day 'stay' is one stay that ended, by the stage that was
-- left; value says how long it was (desk.stay_value()).
INSERT INTO desk.journey_day (span, what, day, journey, stage, prior,
    touchpoint, queue, channel, segment, value, n)
SELECT u.span, 'stay', CASE u.span WHEN 'd' THEN s.day
    ELSE date_trunc('month', s.day)::date END, s.prior_journey, s.prior_stage,
    '', '', 0, '', s.segment, floor(4 * ln(s.stayed / 60 + 1) / ln(2)),
    count(*)
FROM desk.step s, unnest('{d,m}'::"char"[]) u(span)
WHERE s.stayed IS NOT NULL
GROUP BY 1, 3, 4, 5, 10, 11;
