-- How long each department had a case, and how often it was handed to and fro.

-- A ticket's time with a queue, in ms: nobody's (waiting) and somebody's
-- (working); none runs while it is pending or over.  kind consult: the ticket
-- is a question, and its time is what the case that asked waited for it.  The
-- row that runs, one at most, has since when; a ticket without a row is where
-- it was opened.
CREATE TABLE desk.spent (
	ticket		bigint NOT NULL,
	queue		int NOT NULL,
	kind		text NOT NULL CHECK (kind IN ('own', 'consult')),
	waiting		bigint NOT NULL DEFAULT 0,
	working		bigint NOT NULL DEFAULT 0,
	visits		int NOT NULL DEFAULT 1,	-- how often it came here
	since		timestamptz,
	PRIMARY KEY (ticket, queue)
);
CREATE UNIQUE INDEX spent_runs ON desk.spent (ticket)
	WHERE since IS NOT NULL;

-- From when on time is counted: cases that are older begin then.
CREATE TABLE desk.spent_from (
	at		timestamptz NOT NULL DEFAULT now()
);
INSERT INTO desk.spent_from DEFAULT VALUES;

-- How often a ticket was handed from one queue to another.
CREATE TABLE desk.handed (
	ticket		bigint NOT NULL,
	from_queue	int NOT NULL,
	to_queue	int NOT NULL,
	n		int NOT NULL DEFAULT 1,
	PRIMARY KEY (ticket, from_queue, to_queue)
);

-- Whoever writes a ticket's row has its time counted.  The body is in
-- functions/spent.sql.
CREATE FUNCTION desk.spent_follow()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER spent_follow BEFORE UPDATE ON desk.ticket
	FOR EACH ROW WHEN (OLD.queue <> NEW.queue OR OLD.state <> NEW.state
	    OR OLD.assignee IS DISTINCT FROM NEW.assignee)
	EXECUTE FUNCTION desk.spent_follow();
