-- Scores: what measures add up to, by quarter of an hour, day, month and year.

-- Every part that was folded, in the quarter of an hour that it belongs to: all
-- zones of today begin their days with one, so that days of any are exact.
CREATE TABLE desk.measure_count (
	at		timestamptz NOT NULL,
	measure		text NOT NULL,
	name		text NOT NULL,
	queue		int NOT NULL,
	agent		int NOT NULL,
	channel		text NOT NULL,
	segment		text NOT NULL,
	touchpoint	text NOT NULL,
	value		smallint NOT NULL,
	n		bigint NOT NULL,
	PRIMARY KEY (at, measure, name, queue, agent, channel, segment,
	    touchpoint, value)
);

-- What they add up to in the company's time zone; whole: of all agents together
-- (agent -1), so that only who asks by agent reads agents.
CREATE TABLE desk.measure_sum (
	gen		int NOT NULL,
	unit		text NOT NULL CHECK (unit IN ('day', 'month', 'year')),
	whole		boolean NOT NULL,
	began		date NOT NULL,
	measure		text NOT NULL,
	name		text NOT NULL,
	queue		int NOT NULL,
	agent		int NOT NULL,
	channel		text NOT NULL,
	segment		text NOT NULL,
	touchpoint	text NOT NULL,
	value		smallint NOT NULL,
	n		bigint NOT NULL,
	PRIMARY KEY (gen, measure, unit, whole, began, name, queue, agent,
	    channel, segment, touchpoint, value)
);

-- Of which zone the sums of generation gen are, and from which day on they are
-- made; what was before is read from measure_count meanwhile.
CREATE TABLE desk.measure_rolled (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	gen		int NOT NULL DEFAULT 1,
	zone		text NOT NULL DEFAULT 'UTC',
	since		date NOT NULL DEFAULT '-infinity'
);
INSERT INTO desk.measure_rolled DEFAULT VALUES;

-- A figure of n answers, with the limits between which it lies at 95 %:
-- deskd-reports(7).  counts: value → how often it was given.
CREATE TYPE desk.cx_figure AS (
	n		bigint,
	figure		numeric,
	low		numeric,
	high		numeric,
	mean		numeric,
	mean_low	numeric,
	mean_high	numeric,
	counts		jsonb
);

-- Answers behind a figure are read newest first.
CREATE INDEX response_kind ON desk.response (kind, at DESC, id DESC);
CREATE INDEX response_agent ON desk.response (agent, at DESC, id DESC);

-- The body is in functions/measure_records.sql.
CREATE FUNCTION desk.replied_note() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER replied_note AFTER INSERT ON desk.response
	FOR EACH ROW EXECUTE FUNCTION desk.replied_note();
