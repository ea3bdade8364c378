-- Where it hurts, what is done about it, and whether that helped: what customers
-- are worth to each touchpoint, what cases cost them in trouble, improvements,
-- objectives, and what was measured each month.

-- A target is of one measure, on that measure's own scale.
ALTER TABLE desk.touchpoint
	ALTER COLUMN target TYPE numeric,
	ADD COLUMN measure text NOT NULL DEFAULT 'csat';

-- Customers whose orders or steps changed: appended, taken by desk.worth_run().
CREATE TABLE desk.worth_todo (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	customer	bigint NOT NULL
);

-- What a customer is counted as in desk.worth_month: what his orders come to,
-- and where he was: [[month, touchpoint, segment], …].
CREATE TABLE desk.customer_worth (
	customer	bigint PRIMARY KEY,
	worth		numeric NOT NULL,
	spots		jsonb NOT NULL
);

-- Of the customers who were at a touchpoint in a month of the company's, each
-- once, how many they are and what their orders come to as of now; touchpoint
-- '': who was at any.
CREATE TABLE desk.worth_month (
	month		date NOT NULL,
	touchpoint	text COLLATE "C" NOT NULL,
	segment		text NOT NULL,
	customers	bigint NOT NULL,
	worth		numeric NOT NULL,
	PRIMARY KEY (month, touchpoint, segment)
);

-- The body is in functions/cx_worth.sql.
CREATE FUNCTION desk.worth_note() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER worth_note AFTER INSERT ON desk.customer_order
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.worth_note();
CREATE TRIGGER worth_note_again AFTER UPDATE ON desk.customer_order
	REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.worth_note();
CREATE TRIGGER worth_note_gone AFTER DELETE ON desk.customer_order
	REFERENCING OLD TABLE AS stale
	FOR EACH STATEMENT EXECUTE FUNCTION desk.worth_note();

-- Cases in which something happened: appended, taken by desk.friction_run().
CREATE TABLE desk.friction_todo (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	ticket		bigint NOT NULL
);

-- How often a case troubled its customer in one place: by is all, stage,
-- touchpoint, queue or channel.
CREATE TYPE desk.friction_line AS (
	by		text,
	name		text,
	repeated	int,
	transfers	int,
	reopens		int,
	switches	int,
	waits		int
);

-- What a case is counted as in desk.friction_day; day: when it began, where the
-- company is.
CREATE TABLE desk.case_friction (
	ticket		bigint PRIMARY KEY,
	day		date NOT NULL,
	segment		text NOT NULL,
	lines		desk.friction_line[] NOT NULL
);
CREATE INDEX case_friction_day ON desk.case_friction (day DESC, ticket DESC);

-- What cases come to by day, and by month ('m', the month's first day); *_in: of
-- how many cases.
CREATE TABLE desk.friction_day (
	span		"char" NOT NULL,	-- d, m
	by		text COLLATE "C" NOT NULL,
	day		date NOT NULL,
	name		text COLLATE "C" NOT NULL,
	segment		text NOT NULL,
	cases		bigint NOT NULL,
	repeated	bigint NOT NULL,
	repeated_in	bigint NOT NULL,
	transfers	bigint NOT NULL,
	transfers_in	bigint NOT NULL,
	reopens		bigint NOT NULL,
	reopens_in	bigint NOT NULL,
	switches	bigint NOT NULL,
	switches_in	bigint NOT NULL,
	waits		bigint NOT NULL,
	waits_in	bigint NOT NULL,
	PRIMARY KEY (span, by, day, name, segment)
);

-- The time zone whose days those are; another has all cases counted anew.
CREATE TABLE desk.friction_zone (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	zone		text NOT NULL
);

-- The body is in functions/journey_friction.sql.
CREATE FUNCTION desk.friction_note() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER friction_note AFTER INSERT ON desk.spell
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.friction_note();

-- What is there already, the chore comes to.
INSERT INTO desk.worth_todo (customer) SELECT s.customer
FROM desk.customer_stage s ORDER BY s.customer;
INSERT INTO desk.friction_todo (ticket) SELECT t.id
FROM desk.ticket t WHERE t.kind IN ('case', 'callback') ORDER BY t.id;

-- Something that is to become better, by when and how much; judged once, from
-- the data, when its day is over.  Where: a touchpoint, a queue, or everywhere.
CREATE TABLE desk.improvement (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	what		text NOT NULL,
	touchpoint	text COLLATE "C",
	queue		int,
	segment		text,
	measure		text NOT NULL,
	target		numeric NOT NULL,
	owner		int REFERENCES desk.agent,
	-- Days of the company's: the stretch before, from first to last; since
	-- when it is in effect; and the last day that is measured.
	first		date NOT NULL,
	last		date NOT NULL,
	since		date NOT NULL,
	due		date NOT NULL,
	judge_at	timestamptz NOT NULL,	-- when due is over
	state		text NOT NULL DEFAULT 'open' CHECK (state IN
			    ('open', 'judged', 'ended')),
	verdict		text CHECK (verdict IN
			    ('met', 'better', 'unchanged', 'worse', 'few')),
	-- How often each value of the measure came: before it was made, and, once
	-- it is judged, after.
	before		jsonb NOT NULL,
	after		jsonb,
	made_at		timestamptz NOT NULL DEFAULT now(),
	made_by		text NOT NULL,
	judged_at	timestamptz,
	ended_at	timestamptz,
	ended_by	text,
	words		text NOT NULL DEFAULT '',	-- why it was ended
	once		text UNIQUE,	-- its maker's own id, after his name
	CHECK ((state = 'judged') = (verdict IS NOT NULL)),
	CHECK (touchpoint IS NULL OR queue IS NULL)
);
CREATE INDEX improvement_open ON desk.improvement (judge_at, id)
	WHERE state = 'open';

-- Who changed what of it.
CREATE TABLE desk.improvement_change (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	improvement	bigint NOT NULL REFERENCES desk.improvement,
	at		timestamptz NOT NULL DEFAULT now(),
	who		text NOT NULL,
	what		text NOT NULL CHECK (what IN
			    ('made', 'set', 'judged', 'ended')),
	was		jsonb,
	"is"		jsonb
);
CREATE INDEX improvement_change_of ON desk.improvement_change
	(improvement, id);

ALTER TABLE desk.action
	ADD COLUMN improvement bigint REFERENCES desk.improvement;
CREATE INDEX action_improvement ON desk.action (improvement, id)
	WHERE improvement IS NOT NULL;

-- What a department wants to reach (desk.conf's objective blocks).
CREATE TABLE desk.objective (
	name		text COLLATE "C" PRIMARY KEY,
	place		int NOT NULL,
	vi		text NOT NULL,
	en		text NOT NULL,
	department	int,		-- NULL: the whole company's
	touchpoint	text COLLATE "C",
	segment		text,
	measure		text NOT NULL,
	target		numeric NOT NULL
);

-- What was measured of a month when it was over; what: score, touchpoint or
-- objective.  It stays as it was found, whatever is counted later.
CREATE TABLE desk.cx_run (
	month		date NOT NULL,
	what		text COLLATE "C" NOT NULL,
	name		text COLLATE "C" NOT NULL,
	measure		text NOT NULL,
	n		bigint NOT NULL,
	score		numeric,
	low		numeric,
	high		numeric,
	target		numeric,
	vi		text,
	en		text,
	department	text,
	made_at		timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (month, what, name, measure)
);

-- Up to which month (its first day) everything was measured.
CREATE TABLE desk.cx_run_mark (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	month		date
);
INSERT INTO desk.cx_run_mark DEFAULT VALUES;
