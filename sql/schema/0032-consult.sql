-- A question to another department: a ticket of its own, in that department's
-- line, that belongs to the case it is asked for.

ALTER TABLE desk.ticket DROP CONSTRAINT ticket_kind_check;
ALTER TABLE desk.ticket ADD CONSTRAINT ticket_kind_check
	CHECK (kind IN ('case', 'callback', 'quarantine', 'order', 'consult'));

-- One row for each ticket of kind consult.  A question may have questions of
-- its own; its number is always greater than that of what it is asked for.
CREATE TABLE desk.consult (
	ticket		bigint PRIMARY KEY REFERENCES desk.ticket,
	parent		bigint NOT NULL REFERENCES desk.ticket,
	depth		smallint NOT NULL CHECK (depth BETWEEN 1 AND 5),
	asked_at	timestamptz NOT NULL DEFAULT now(),
	asked_by	int REFERENCES desk.agent,	-- NULL: a service
	pends		boolean NOT NULL,	-- the parent waits for the answer
	done_at		timestamptz,		-- NULL: it is not answered yet
	how		text CHECK (how IN ('answered', 'cancelled')),
	CHECK (parent < ticket),
	CHECK ((done_at IS NULL) = (how IS NULL))
);
CREATE INDEX consult_parent ON desk.consult (parent, ticket);
CREATE INDEX consult_open ON desk.consult (parent, ticket)
	WHERE done_at IS NULL;

-- Questions end with what they were asked for, and are of the same customer:
-- whoever writes a ticket's row cannot forget them.  The bodies are in
-- functions/consult_follow.sql.
CREATE FUNCTION desk.consults_end()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER consults_end AFTER UPDATE ON desk.ticket
	FOR EACH ROW WHEN (OLD.state NOT IN ('resolved', 'closed')
	    AND NEW.state IN ('resolved', 'closed'))
	EXECUTE FUNCTION desk.consults_end();
CREATE FUNCTION desk.consults_move()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER consults_move AFTER UPDATE ON desk.ticket
	FOR EACH ROW WHEN (OLD.customer <> NEW.customer)
	EXECUTE FUNCTION desk.consults_move();
