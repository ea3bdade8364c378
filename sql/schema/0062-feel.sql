-- What customers feel, asked for by rules and segments; how large segments were;
-- themes that stay small.

-- A rule that waits for a feeling: NULL: whatever it is.  strength: of what a
-- message shows, at least.
ALTER TABLE desk.automation
	ADD mood	smallint CHECK (mood BETWEEN -1 AND 1),
	ADD strength	smallint NOT NULL DEFAULT 1;
DROP FUNCTION IF EXISTS desk.automation_lacks(desk.automation, desk.ticket,
	text, jsonb);

-- How many were in a segment, on the days when everybody had been looked at.
CREATE TABLE desk.segment_day (
	segment		text NOT NULL,
	day		date NOT NULL,		-- the company's
	size		bigint NOT NULL,
	PRIMARY KEY (segment, day)
);

-- The bodies are in functions/segments.sql.
CREATE FUNCTION desk.segment_felt()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER segment_felt AFTER INSERT ON desk.mood
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.segment_felt();
CREATE TRIGGER segment_felt_again AFTER UPDATE ON desk.mood
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.segment_felt();
CREATE TRIGGER segment_note AFTER UPDATE ON desk.promise
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.segment_note();
