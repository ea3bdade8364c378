-- Totals of days, months and years: a measure by its name and value alone, for
-- whoever asks for no queue, agent, channel, segment or touchpoint.

CREATE TABLE desk.measure_total (
	gen		int NOT NULL,	-- as measure_sum's
	unit		text NOT NULL CHECK (unit IN ('day', 'month', 'year')),
	began		date NOT NULL,
	measure		text NOT NULL,
	name		text NOT NULL,
	value		smallint NOT NULL,
	n		bigint NOT NULL,
	PRIMARY KEY (gen, measure, unit, began, name, value)
);

-- Whether the totals are those of the sums.  False: the next to fold makes them,
-- under its lock, for until the functions of this version are there another
-- daemon may still add to the sums alone.
ALTER TABLE desk.measure_rolled ADD totals boolean NOT NULL DEFAULT false;

-- Parts of one measure and some days, while there are many of others.
CREATE INDEX measure_part_at ON desk.measure_part (measure, at);

-- The segment of a stage's customers, so that who is stuck of one is not looked
-- for among all.
ALTER TABLE desk.customer_stage ADD segment text NOT NULL DEFAULT '';
DROP INDEX desk.customer_stage_at;	-- every row is written anew
UPDATE desk.customer_stage s SET segment = c.segment
FROM desk.customer c
WHERE c.id = s.customer AND c.segment <> '';
CREATE INDEX customer_stage_at ON desk.customer_stage
	(journey, stage, at, customer);
CREATE INDEX customer_stage_segment ON desk.customer_stage
	(journey, stage, segment, at, customer);
-- The body is in functions/journey_run.sql.
CREATE FUNCTION desk.stage_segment() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER stage_segment AFTER UPDATE ON desk.customer
	REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.stage_segment();
