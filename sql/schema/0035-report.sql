-- Reports: every stretch of a case put on record as it ends, and figures by
-- hour that are counted as things happen.

-- A stretch of a case's life in which nothing that is counted changed, as it
-- stood; the one that goes on is the ticket's row.  They follow each other
-- without gaps, by id, from opened_at on.
CREATE TABLE desk.spell (
	id		bigint GENERATED ALWAYS AS IDENTITY,
	ticket		bigint NOT NULL,
	began		timestamptz NOT NULL,
	ended		timestamptz NOT NULL CHECK (ended >= began),
	queue		int NOT NULL,
	state		text NOT NULL,
	assignee	int,
	units		smallint NOT NULL,
	due_at		timestamptz,	-- as it was in the end; NULL: not owed
	waits		boolean NOT NULL,	-- somebody did, and had not left
	answered	boolean NOT NULL,	-- the first answer was given
	agent		int,		-- who ended it, when one of us did
	-- Where its end is the first answer, or the case's: the seconds of the
	-- queue's hours since the case was opened, as the hours were then.
	open_s		int,
	PRIMARY KEY (ticket, id)
);

-- Since when the stretch goes on; NULL: of a case from before, whose past is
-- not on record yet (desk.spells_past()).
-- And since when the customer waits, later by as long as that was put aside;
-- it counts where an answer is owed, or was as the case was let wait.  NULL:
-- nobody waits (any more).
ALTER TABLE desk.ticket ADD spell_at timestamptz, ADD owed_at timestamptz;
ALTER TABLE desk.ticket ALTER spell_at SET DEFAULT now(),
	ALTER owed_at SET DEFAULT now();

-- What happened, to be counted: appended by whoever does it, so that nobody
-- waits for another's count, and folded into the hours by a chore
-- (desk.report_fold()).  agent 0: nobody's.  what: a column of report_hour.
CREATE TABLE desk.report_part (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	hour		timestamptz NOT NULL,
	queue		int NOT NULL,
	channel		text NOT NULL,
	agent		int NOT NULL,
	what		text NOT NULL,
	n		bigint NOT NULL
);

-- By hour (UTC); deskd-reports(7) says what each figure is.
CREATE TABLE desk.report_hour (
	hour		timestamptz NOT NULL,
	queue		int NOT NULL,
	channel		text NOT NULL,
	agent		int NOT NULL,
	opened		bigint NOT NULL DEFAULT 0,
	reopened	bigint NOT NULL DEFAULT 0,
	moved_in	bigint NOT NULL DEFAULT 0,
	moved_out	bigint NOT NULL DEFAULT 0,
	resolved	bigint NOT NULL DEFAULT 0,
	offered		bigint NOT NULL DEFAULT 0,
	answered	bigint NOT NULL DEFAULT 0,
	within		bigint NOT NULL DEFAULT 0,
	waited		bigint NOT NULL DEFAULT 0,	-- ms, of answered
	abandoned	bigint NOT NULL DEFAULT 0,
	abandoned_late	bigint NOT NULL DEFAULT 0,
	abandoned_ms	bigint NOT NULL DEFAULT 0,
	handed		bigint NOT NULL DEFAULT 0,
	dropped		bigint NOT NULL DEFAULT 0,
	firsts		bigint NOT NULL DEFAULT 0,
	first_ms	bigint NOT NULL DEFAULT 0,
	first_open	bigint NOT NULL DEFAULT 0,	-- s of open time
	resolve_ms	bigint NOT NULL DEFAULT 0,
	resolve_open	bigint NOT NULL DEFAULT 0,
	talks		bigint NOT NULL DEFAULT 0,
	talk		bigint NOT NULL DEFAULT 0,	-- s
	-- How a stock changed: cases that are not over, and the sum of when
	-- they were opened (epoch, s); cases in somebody's hand, and the ms
	-- that these changes add to within the hour; their units likewise.
	cases		bigint NOT NULL DEFAULT 0,
	cases_since	bigint NOT NULL DEFAULT 0,
	hand		bigint NOT NULL DEFAULT 0,
	hand_ms		bigint NOT NULL DEFAULT 0,
	units		bigint NOT NULL DEFAULT 0,
	units_ms	bigint NOT NULL DEFAULT 0,
	PRIMARY KEY (hour, queue, channel, agent)
);

-- How the stocks changed in each month (UTC), so that what a stock was at some
-- hour is read without the hours of ten years.
CREATE TABLE desk.report_month (
	month		timestamptz NOT NULL,
	queue		int NOT NULL,
	channel		text NOT NULL,
	agent		int NOT NULL,
	cases		bigint NOT NULL,
	cases_since	bigint NOT NULL,
	hand		bigint NOT NULL,
	units		bigint NOT NULL,
	PRIMARY KEY (month, queue, channel, agent)
);

-- The ms of an hour in which an agent was in a state, of the times that are
-- over (desk.agent_time); offline is not counted.
CREATE TABLE desk.report_time (
	hour		timestamptz NOT NULL,
	agent		int NOT NULL,
	state		text NOT NULL,
	ms		bigint NOT NULL,
	PRIMARY KEY (hour, agent, state)
);

-- Cases from before: those below this are still to be put on record.
CREATE TABLE desk.report_mark (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	below		bigint NOT NULL
);
INSERT INTO desk.report_mark (below)
SELECT coalesce(max(t.id) + 1, 0) FROM desk.ticket t;

-- The bodies are in functions/spells.sql, report_events.sql and
-- report_time.sql.
CREATE FUNCTION desk.spells_begin() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION desk.spells_follow() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION desk.report_event() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION desk.report_timed() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';

CREATE TRIGGER spells_begin AFTER INSERT ON desk.ticket
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.spells_begin();
-- After clocks_follow, by its name: due_at is then what it will be.
CREATE TRIGGER spells_follow BEFORE UPDATE ON desk.ticket
	FOR EACH ROW WHEN (OLD.due_at IS DISTINCT FROM NEW.due_at
	    OR OLD.state <> NEW.state OR OLD.queue <> NEW.queue
	    OR OLD.assignee IS DISTINCT FROM NEW.assignee
	    OR OLD.units <> NEW.units
	    OR OLD.first_answer_at IS DISTINCT FROM NEW.first_answer_at
	    OR OLD.spell_at IS NULL)
	EXECUTE FUNCTION desk.spells_follow();
CREATE TRIGGER report_event AFTER INSERT ON desk.event
	FOR EACH ROW WHEN (NEW.kind IN ('abandoned', 'call'))
	EXECUTE FUNCTION desk.report_event();
CREATE TRIGGER report_timed AFTER INSERT OR UPDATE OR DELETE
	ON desk.agent_time
	FOR EACH ROW EXECUTE FUNCTION desk.report_timed();

-- agent_time is younger than any desk's history: all of it at once.
INSERT INTO desk.report_time (hour, agent, state, ms)
SELECT h.hour, t.agent, t.state, sum(floor(extract(epoch FROM
    least(t.ended, h.hour + interval '1 hour')
    - greatest(t.began, h.hour)) * 1000))::bigint
FROM desk.agent_time t
CROSS JOIN LATERAL generate_series(date_trunc('hour', t.began, 'UTC'),
    t.ended, interval '1 hour') h(hour)
WHERE t.ended > t.began AND t.state <> 'offline'
GROUP BY 1, 2, 3;
