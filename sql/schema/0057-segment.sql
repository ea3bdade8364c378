-- Segments: what customers have in common, as desk.conf says it (block
-- segment), and who is in which.

-- In the file's order: of several the first is the customer's own.
CREATE TABLE desk.segment (
	name		text PRIMARY KEY,
	place		int NOT NULL,
	body		jsonb NOT NULL,		-- the block
	size		bigint NOT NULL DEFAULT 0	-- members
);

CREATE TABLE desk.segment_member (
	segment		text NOT NULL,
	customer	bigint NOT NULL,
	since		timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (segment, customer)
);
CREATE INDEX segment_member_customer ON desk.segment_member (customer);

-- Of whom something changed that segments go by.  Only ever added to, so that
-- nobody waits for another's row; taken away by a chore.
CREATE TABLE desk.segment_todo (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	customer	bigint NOT NULL
);

-- Everybody is looked at once a day, for time changes segments, too, and when
-- the configuration did: how far that came.  NULL: to the end.
CREATE TABLE desk.segment_mark (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	upto		bigint,
	began_at	timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO desk.segment_mark DEFAULT VALUES;

-- When an order was first told of, whatever came later.
ALTER TABLE desk.customer_order
	ADD first_at timestamptz NOT NULL DEFAULT now();
UPDATE desk.customer_order SET first_at = told_at;

-- What somebody chose by hand stays.
ALTER TABLE desk.customer
	ADD segment_fixed boolean NOT NULL DEFAULT false;
UPDATE desk.customer SET segment_fixed = true WHERE segment IS NOT NULL;

-- The bodies are in functions/segments.sql.
CREATE FUNCTION desk.segment_note()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER segment_note AFTER INSERT ON desk.customer_order
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.segment_note();
CREATE TRIGGER segment_note_again AFTER UPDATE ON desk.customer_order
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.segment_note();
CREATE TRIGGER segment_note AFTER UPDATE ON desk.response
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.segment_note();
CREATE TRIGGER segment_note AFTER INSERT ON desk.ticket
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.segment_note();
