-- Daemons look for what comes due when it does, and every five seconds; what
-- comes due before that is told to them.  The body is in functions/due.sql.
CREATE FUNCTION desk.due_soon()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER due_soon AFTER INSERT OR UPDATE OF until ON desk.snooze
	FOR EACH ROW WHEN (NEW.until < now() + interval '6 seconds')
	EXECUTE FUNCTION desk.due_soon('wake');
CREATE TRIGGER due_soon AFTER INSERT OR UPDATE OF due_at ON desk.leaving
	FOR EACH ROW WHEN (NEW.due_at < now() + interval '6 seconds')
	EXECUTE FUNCTION desk.due_soon('leaving');
CREATE TRIGGER due_soon AFTER INSERT OR UPDATE OF alarm_at ON desk.clock
	FOR EACH ROW WHEN (NEW.alarm_at < now() + interval '6 seconds')
	EXECUTE FUNCTION desk.due_soon('alarm');
-- Of a ticket that has no clock of its own yet; see clock_implied().
CREATE TRIGGER due_soon AFTER INSERT ON desk.ticket
	FOR EACH ROW WHEN (NEW.due_at < now() + interval '6 seconds'
	    AND NEW.due_at > NEW.opened_at AND NOT NEW.clocked)
	EXECUTE FUNCTION desk.due_soon('alarm');
