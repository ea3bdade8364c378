-- Automation: rules on events and times (block automation of desk.conf), what
-- they wait for, and what they have done.

-- In the file's order, which decides.  Empty lists and NULL: whatever it is.
CREATE TABLE desk.automation (
	place		int PRIMARY KEY,
	name		text NOT NULL UNIQUE,
	event		text NOT NULL,	-- what it waits for
	after		int,		-- seconds of that; NULL: at once
	queues		int[] NOT NULL,
	channels	text[] NOT NULL,
	segments	text[] NOT NULL,
	states		text[] NOT NULL,
	lowest		smallint NOT NULL,	-- priority
	highest		smallint NOT NULL,
	lang		text,
	tags		text[] NOT NULL,	-- all of them
	without		text[] NOT NULL,	-- none of them
	assigned	boolean,
	keywords	boolean NOT NULL,	-- heard by the daemon
	actions		text[] NOT NULL,
	daily		int NOT NULL,	-- firings a day and ticket
	send_every	int NOT NULL,	-- seconds between mails to a customer
	body		jsonb NOT NULL,	-- the block, to know that it changed
	-- Of one that waits for a time: everything that began before this was
	-- looked at.
	upto		timestamptz NOT NULL DEFAULT '-infinity',
	upto_id		bigint NOT NULL DEFAULT 0
);

-- What rules have yet to look at.  Written in the transaction of the event
-- itself and mostly gone at its end; what stays behind any daemon takes.
CREATE TABLE desk.automation_todo (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	ticket		bigint NOT NULL,
	what		text NOT NULL,
	event		bigint,		-- of the history; NULL: time has passed
	occasion	bigint NOT NULL,
	rule		text,		-- that one alone; NULL: all that fit
	place		int NOT NULL DEFAULT 0,	-- those after it in the file
	root		bigint,		-- what this followed from
	at		timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX automation_todo_root ON desk.automation_todo (root, id)
	WHERE root IS NOT NULL;

-- Once for a ticket, a rule and an occasion: an event's id, or, negative, the
-- moment (ms of the epoch) since which it is so.
CREATE TABLE desk.automation_fired (
	ticket		bigint NOT NULL,
	rule		text NOT NULL,
	occasion	bigint NOT NULL,
	at		timestamptz NOT NULL DEFAULT now(),
	held		boolean NOT NULL DEFAULT false,	-- too often today
	sent		boolean NOT NULL DEFAULT false,	-- to the customer
	PRIMARY KEY (ticket, rule, occasion)
);
CREATE INDEX automation_fired_at ON desk.automation_fired (at);

-- Since when a ticket is in its state, and since when its customer waits for
-- an answer (while due_at is set and it is new or open).
ALTER TABLE desk.ticket
	ADD state_at	timestamptz,
	ADD asked_at	timestamptz;
ALTER TABLE desk.ticket ALTER state_at SET DEFAULT now(),
	ALTER asked_at SET DEFAULT now();
UPDATE desk.ticket SET state_at = touched_at, asked_at = touched_at
WHERE state IN ('new', 'open', 'pending');
CREATE INDEX ticket_pending ON desk.ticket (state_at, id)
	WHERE state = 'pending';
CREATE INDEX ticket_asked ON desk.ticket (asked_at, id)
	WHERE state IN ('new', 'open') AND due_at IS NOT NULL;

-- The bodies are in functions/automation.sql.
CREATE FUNCTION desk.since_follow()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER since_follow BEFORE UPDATE ON desk.ticket
	FOR EACH ROW WHEN (OLD.state <> NEW.state
	    OR (OLD.due_at IS NULL) <> (NEW.due_at IS NULL))
	EXECUTE FUNCTION desk.since_follow();

-- Whatever tells of a ticket asks the rules: nobody who changes one can forget
-- them.
CREATE FUNCTION desk.automation_note()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER automation_note AFTER INSERT ON desk.outbox
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.automation_note();
