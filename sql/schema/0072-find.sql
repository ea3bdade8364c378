-- Who is about to be lost, as a segment and by segment; advice that knows how
-- often it looked.

-- Segments by who is about to be lost (desk.churn): whom its chore names, and
-- whom it takes away, is told.
CREATE TRIGGER segment_note AFTER INSERT ON desk.churn
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.segment_note();
CREATE TRIGGER segment_note_again AFTER UPDATE ON desk.churn
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.segment_note();
CREATE TRIGGER segment_note_gone AFTER DELETE ON desk.churn
	REFERENCING OLD TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.segment_note();

-- Of a round (its began_at): how many customers of a segment had ordered in the
-- 90 days before, in the 90 before those, within a year, and what all gave for
-- it.  functions/retention_segments.sql.
CREATE TABLE desk.churn_segment (
	round		timestamptz NOT NULL,
	segment		text NOT NULL,
	now_n		bigint NOT NULL,
	before_n	bigint NOT NULL,
	year_n		bigint NOT NULL,
	worth		numeric NOT NULL,
	PRIMARY KEY (round, segment)
);

-- They tell by what chance, too.
DROP FUNCTION IF EXISTS desk.advice_excess(numeric, numeric, numeric, numeric,
    int);
DROP FUNCTION IF EXISTS desk.advice_weak(date, date);
DROP FUNCTION IF EXISTS desk.advice_promises(date, date);
DROP FUNCTION IF EXISTS desk.advice_friction(date, date);
DROP FUNCTION IF EXISTS desk.advice_pingpong(date, date);
DROP FUNCTION IF EXISTS desk.advice_heard(date, date);

-- Who says it again is known by more words: the chore counts all cases anew.
INSERT INTO desk.friction_todo (ticket)
SELECT DISTINCT f.ticket FROM desk.case_friction f ORDER BY f.ticket;
