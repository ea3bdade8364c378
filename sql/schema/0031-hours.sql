-- Hours in which one can count however far: shifts past midnight, holidays
-- with hours of their own, and what is added up once instead of each time.

-- A shift belongs to the day on which it begins, and may end on the next.
ALTER TABLE desk.hours_span
	DROP CONSTRAINT hours_span_check,
	DROP CONSTRAINT hours_span_opens_check,
	ADD CHECK (opens BETWEEN 0 AND 1439),
	ADD CHECK (closes > opens AND closes <= opens + 1440);
-- Of a short day: opens, closes, opens, closes …, minutes as above; NULL: it
-- is closed.
ALTER TABLE desk.holiday ADD spans int[];
DROP FUNCTION IF EXISTS desk.holiday_read(text);
DROP FUNCTION IF EXISTS desk.hours_day(int, date);

-- The days of a time zone that have not 24 hours, of 2000 to 2060.
CREATE TABLE desk.zone_days (
	zone		text PRIMARY KEY,
	days		date[] NOT NULL
);
-- Derived from hours, hours_span and holiday whenever one of them changes
-- (desk.hours_count), in microseconds: of the weekday d (Monday 1) upto[d] are
-- open before it in its week, upto[8] in the whole week; it opens, closes, opens
-- … at spans[places[d] + 1 .. places[d + 1]] of the local day.
CREATE TABLE desk.calendar (
	hours		int PRIMARY KEY REFERENCES desk.hours ON DELETE CASCADE,
	zone		text NOT NULL,
	upto		bigint[] NOT NULL,
	places		int[] NOT NULL,
	spans		bigint[] NOT NULL,
	nights		boolean NOT NULL,	-- has shifts past midnight
	feasts		boolean NOT NULL,	-- has holidays
	turns		boolean NOT NULL	-- its zone has summer time
);
-- The days that are open longer or shorter than their weekday is: opened, and
-- before it, all since Monday 1970-01-05.
CREATE TABLE desk.calendar_day (
	hours		int NOT NULL REFERENCES desk.hours ON DELETE CASCADE,
	day		date NOT NULL,
	before		bigint NOT NULL,
	opened		bigint NOT NULL,
	PRIMARY KEY (hours, day)
);
CREATE INDEX calendar_day_before ON desk.calendar_day (hours, before, day);

-- Whoever writes hours has them counted: nobody can forget it.  The body is in
-- functions/business.sql.
CREATE FUNCTION desk.hours_changed()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER hours_changed AFTER INSERT OR UPDATE OR DELETE ON desk.hours
	FOR EACH STATEMENT EXECUTE FUNCTION desk.hours_changed();
CREATE TRIGGER hours_changed AFTER INSERT OR UPDATE OR DELETE
	ON desk.hours_span
	FOR EACH STATEMENT EXECUTE FUNCTION desk.hours_changed();
CREATE TRIGGER hours_changed AFTER INSERT OR UPDATE OR DELETE ON desk.holiday
	FOR EACH STATEMENT EXECUTE FUNCTION desk.hours_changed();
