-- Lines are put back together faster: pages of another order (functions/line.sql).
DROP FUNCTION IF EXISTS desk.line_page(bigint, int);
DROP FUNCTION IF EXISTS desk.ms_between(timestamptz, timestamptz);

-- What a transaction noted for rules and left for others is told to the daemons.
-- The body is in functions/automation.sql.
CREATE FUNCTION desk.automation_left()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE CONSTRAINT TRIGGER automation_left AFTER INSERT ON desk.automation_todo
	DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION desk.automation_left();
