-- Reports over years: what the hours add up to by day, month and year, so that
-- a report of ten years reads hundreds of rows and not millions.

-- Sums of report_hour's rows, of the stretch that begins at hour.  unit: hour
-- (for all agents together only), day, month or year, those of the time zone
-- in desk.report_rolled.  agent -1: all of them together.  hand_ms and units_ms
-- are as of an hour that begins with the stretch: what they add up to at some
-- later end is hand_ms + hand times the ms since hour + 1 hour, as of an hour.
CREATE TABLE desk.report_sum (
	LIKE desk.report_hour INCLUDING DEFAULTS,
	unit		text NOT NULL,
	gen		int NOT NULL,
	PRIMARY KEY (gen, unit, agent, hour, queue, channel)
);
CREATE INDEX report_sum_time ON desk.report_sum (gen, unit, hour);

-- Of an agent's whole days, months and years: the ms in each
-- state, of his shifts and what he kept of them, and of
-- those hours in which he was ready, how much of his capacity was used (units
-- times ms) and the seconds that were talked.
CREATE TABLE desk.report_load (
	gen		int NOT NULL,
	unit		text NOT NULL,
	began		timestamptz NOT NULL,
	agent		int NOT NULL,
	ready		bigint NOT NULL,
	away		bigint NOT NULL,
	break		bigint NOT NULL,
	training	bigint NOT NULL,
	scheduled	bigint NOT NULL,
	kept		bigint NOT NULL,
	used		numeric NOT NULL,
	talk		bigint NOT NULL,
	PRIMARY KEY (gen, unit, agent, began)
);
CREATE INDEX report_load_time ON desk.report_load (gen, unit, began);

-- How far the above are: report_sum has what is since then, report_load the
-- days before loads.  Another time zone begins a generation of its own, made
-- of the hours, the newest first.  Read and written by who folds.
CREATE TABLE desk.report_rolled (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	gen		int NOT NULL DEFAULT 0,
	zone		text NOT NULL DEFAULT 'UTC',
	since		timestamptz NOT NULL DEFAULT 'infinity',
	loads		timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO desk.report_rolled DEFAULT VALUES;

-- An agent's hours.
CREATE INDEX report_hour_agent ON desk.report_hour (agent, hour);

-- Their arguments are others now; functions/report_days.sql and
-- report_lines.sql have them.
DROP FUNCTION IF EXISTS desk.report_rows(timestamptz, timestamptz, int, int);
DROP FUNCTION IF EXISTS desk.report_stocks(timestamptz, int, int);
DROP FUNCTION IF EXISTS desk.report_times(timestamptz, timestamptz, int);
DROP FUNCTION IF EXISTS desk.report_loads(timestamptz, timestamptz, int);
DROP FUNCTION IF EXISTS desk.report_time_add(desk.agent_time, int);
DROP FUNCTION IF EXISTS desk.report_bounds(timestamptz, timestamptz, text);
