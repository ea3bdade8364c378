-- Reports at ten million events: RETENTION.SUMMARY from sums of cases.

-- What a case is counted as.  NULL: its customer was not looked at since this
-- was added.
ALTER TABLE desk.retained
	ADD ended_on	date,		-- of ended_at, where the company is
	ADD prior_on	date,		-- his case before it ended; NULL: none
	-- What he ordered within each of desk.retained_spans().
	ADD orders	bigint[],
	ADD worth	numeric[];
CREATE INDEX retained_ended_on ON desk.retained (ended_on);
-- All that RETENTION.SUMMARY asks of thousands of them.
CREATE INDEX retained_prior_on ON desk.retained (prior_on, ended_on)
	INCLUDE (outcome, class, segment, touchpoint, ended_at, orders, worth)
	WHERE prior_on IS NOT NULL;

-- Cases that came or went (n < 0) since they were added up; only ever added to,
-- taken away by the chore, so that who erases a customer waits for nobody.
CREATE TABLE desk.retained_part (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	n		int NOT NULL,
	outcome		text NOT NULL,
	class		text NOT NULL,
	segment		text NOT NULL,
	touchpoint	text NOT NULL,
	ended_on	date NOT NULL,
	prior_on	date,
	orders		bigint[] NOT NULL,
	worth		numeric[] NOT NULL
);

-- Cases by the day or month on which they ended and the month in which their
-- customer's case before had: a case is his first since some day when that one
-- ended before it.  days 0: the cases; else those of them whose customer ordered
-- within so many days, how many orders, and what he gave for them.
CREATE TABLE desk.retained_sum (
	unit		"char" NOT NULL,	-- d, m (the month's first day)
	by		text COLLATE "C" NOT NULL, -- as RETENTION.SUMMARY's
	days		int NOT NULL,
	ended		date NOT NULL,
	prior		date NOT NULL,		-- -infinity: none
	key		text NOT NULL,
	n		bigint NOT NULL,
	orders		bigint NOT NULL,
	worth		numeric NOT NULL,
	PRIMARY KEY (unit, by, days, ended, prior, key)
);

-- The time zone of those days; zoned: all of them are of it, for a round over
-- everybody came to its end since it is the company's.
ALTER TABLE desk.retention_mark
	ADD zone	text NOT NULL DEFAULT '',
	ADD zoned	boolean NOT NULL DEFAULT false;

-- How many pieces of feedback of a queue wait; who is worth most of those about
-- to be lost.
CREATE INDEX feedback_open_queue ON desk.feedback (queue, at)
	WHERE answered_at IS NULL;
CREATE INDEX churn_worth ON desk.churn (worth DESC, customer);

-- Each of its chores has a transaction of its own.
DROP FUNCTION IF EXISTS desk.improve_due(int);
-- cx_table() has the total with the lines.
DROP FUNCTION IF EXISTS desk.cx_rows(text, text, date, date, text, jsonb, date);

-- The bodies are in functions/retention_count.sql.
CREATE FUNCTION desk.retained_note() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER retained_note AFTER INSERT ON desk.retained
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.retained_note();
CREATE TRIGGER retained_note_again AFTER UPDATE ON desk.retained
	REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.retained_note();
CREATE TRIGGER retained_note_gone AFTER DELETE ON desk.retained
	REFERENCING OLD TABLE AS stale
	FOR EACH STATEMENT EXECUTE FUNCTION desk.retained_note();
