-- What is promised and to whom, and the clocks that run on it.

-- In order: the first that fits decides.  NULL and empty lists: any.  Seconds
-- of open time, NULL: the queue's (first, next), or no such clock.
CREATE TABLE desk.target (
	place		int PRIMARY KEY,
	name		text NOT NULL UNIQUE,
	queue		int,
	channels	text[] NOT NULL,
	segments	text[] NOT NULL,
	lowest		smallint NOT NULL,	-- priority
	highest		smallint NOT NULL,
	hours		int,		-- NULL: the queue's
	first		int,
	next		int,
	resolve		int,
	department	int,
	warn		int,		-- per cent of the time; NULL: never
	again		boolean NOT NULL,	-- reopened: the whole time anew
	on_warn		text[] NOT NULL,
	on_breach	text[] NOT NULL
);

-- Every clock that a ticket ever had.  It runs since `since` and is due at
-- due_at; while it is paused both are NULL, save that one which was broken
-- keeps its due_at.  spent: what of total was used up before since.
CREATE TABLE desk.clock (
	ticket		bigint NOT NULL,
	n		int NOT NULL,
	kind		text NOT NULL CHECK (kind IN
			    ('first', 'next', 'resolve', 'department')),
	queue		int NOT NULL,
	target		text,		-- its name; NULL: the queue's own
	hours		int,		-- counted in; NULL: always open
	total		int NOT NULL,
	spent		int NOT NULL DEFAULT 0,
	started_at	timestamptz NOT NULL,
	since		timestamptz,
	due_at		timestamptz,
	warn_at		timestamptz,
	warned_at	timestamptz,
	breached_at	timestamptz,	-- when it was told
	done_at		timestamptz,
	how		text CHECK (how IN ('answered', 'resolved', 'moved')),
	-- What is to be told of it next; NULL: nothing.
	alarm_at	timestamptz,
	-- [{"at","what":"pause|resume","left"}], the last twenty.
	steps		jsonb NOT NULL DEFAULT '[]',
	PRIMARY KEY (ticket, n)
);
CREATE INDEX clock_alarm ON desk.clock (alarm_at, ticket)
	WHERE alarm_at IS NOT NULL;

-- Its clocks stand in desk.clock.  Else it has the one that every ticket
-- begins with, by its queue's own target, which its row tells alone: since
-- opened_at, due at due_at.
ALTER TABLE desk.ticket ADD clocked boolean NOT NULL DEFAULT false;
-- Up to when tickets that came due were looked for.
CREATE TABLE desk.alarm_mark (
	upto		timestamptz NOT NULL DEFAULT now()
);
INSERT INTO desk.alarm_mark DEFAULT VALUES;

-- Whatever changes a ticket moves its clocks: nobody who writes one can forget
-- them.  The body is in functions/clocks.sql.
CREATE FUNCTION desk.clocks_follow()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER clocks_follow BEFORE UPDATE ON desk.ticket
	FOR EACH ROW WHEN (OLD.due_at IS DISTINCT FROM NEW.due_at
	    OR OLD.state <> NEW.state OR OLD.queue <> NEW.queue)
	EXECUTE FUNCTION desk.clocks_follow();
