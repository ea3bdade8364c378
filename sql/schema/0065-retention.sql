-- Whether customers come back, whom we are about to lose, and whom we write to
-- by ourselves (block followup).

-- A case that is over, and whether its customer ordered again.  Made of the
-- case, its answers and his orders by retention_run(), which finds the same as
-- often as it looks; only the segment is kept as it was when it first did.
CREATE TABLE desk.retained (
	ticket		bigint PRIMARY KEY,
	customer	bigint NOT NULL,
	ended_at	timestamptz NOT NULL,
	outcome		text NOT NULL CHECK (outcome IN
			    ('resolved', 'reopened', 'recovery')),
	class		text NOT NULL DEFAULT '',	-- of its newest answer
	segment		text NOT NULL DEFAULT '',
	touchpoint	text NOT NULL DEFAULT '',	-- of its last step
	again_at	timestamptz	-- his first order after; NULL: none
);
CREATE INDEX retained_ended ON desk.retained (ended_at, ticket);
CREATE INDEX retained_customer ON desk.retained (customer);

-- Of whom something changed; only ever added to, taken away by the chore.
CREATE TABLE desk.retention_todo (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	customer	bigint NOT NULL
);

-- Everybody is looked at once a day, for time alone makes who is about to be
-- lost.  upto NULL: to the end.  then_at: the moment in the past of which this
-- round asks whom it would have named; tested_at: the last round that came to
-- its end, whose figures are shown.
CREATE TABLE desk.retention_mark (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	upto		bigint,
	began_at	timestamptz NOT NULL DEFAULT '-infinity',
	then_at		timestamptz NOT NULL DEFAULT '-infinity',
	tested_at	timestamptz NOT NULL DEFAULT '-infinity',
	tested_then	timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO desk.retention_mark DEFAULT VALUES;

-- Within how long nine of ten customers of a segment ('': of all) ordered
-- again who did, and of how many times that is said; past: as it was at
-- then_at.
CREATE TABLE desk.order_gap (
	past		boolean NOT NULL,
	segment		text NOT NULL,
	n		bigint NOT NULL,
	seconds		bigint NOT NULL,
	PRIMARY KEY (past, segment)
);

-- Who is about to be lost, and why we think so.
CREATE TABLE desk.churn (
	customer	bigint PRIMARY KEY,
	since		timestamptz NOT NULL DEFAULT now(),
	reasons		text[] NOT NULL,
	newest_at	timestamptz NOT NULL,	-- his last order
	usual_s		bigint,		-- until when he was usually back
	worth		numeric NOT NULL	-- of his orders in a year
);
CREATE INDEX churn_since ON desk.churn (since, customer);

-- Of a round (its began_at): how many were named for a reason ('': for any;
-- none: for none), or were away for so many times what is usual (idle), and
-- how many of them did not order within the time that followed.
CREATE TABLE desk.churn_test (
	round		timestamptz NOT NULL,
	kind		text NOT NULL CHECK (kind IN ('reason', 'idle')),
	name		text NOT NULL,
	n		bigint NOT NULL,
	lost		bigint NOT NULL,
	PRIMARY KEY (round, kind, name)
);

-- Since when the customer wants to hear nothing unasked; NULL: he did not say.
ALTER TABLE desk.customer
	ADD no_followups_at	timestamptz,
	ADD no_followups_by	text;	-- an agent's login; customer: himself

ALTER TABLE desk.outbound DROP CONSTRAINT outbound_purpose_check;
-- followup: nobody asked for it, so nobody is bothered when it fails.
ALTER TABLE desk.outbound ADD CONSTRAINT outbound_purpose_check CHECK (purpose
    IN ('reply', 'acknowledgement', 'transcript', 'message', 'notice',
    'survey', 'followup', 'letter'));

-- A block followup; one that is taken out of the file stays for what it sent.
CREATE TABLE desk.followup (
	id		int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name		text NOT NULL UNIQUE,
	active		boolean NOT NULL DEFAULT true,
	-- Since when it is in force: what came due before is let be.
	since		timestamptz NOT NULL DEFAULT now(),
	body		jsonb NOT NULL
);

-- One customer and occasion, once: order:NO:delivered, order:NO:silent,
-- stage:JOURNEY/STAGE:MS, risk:MS.
CREATE TABLE desk.followup_sent (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	followup	int NOT NULL REFERENCES desk.followup,
	occasion	text COLLATE "C" NOT NULL,
	customer	bigint NOT NULL,
	began_at	timestamptz NOT NULL,	-- what it follows upon
	state		text NOT NULL DEFAULT 'waiting' CHECK (state IN
			    ('waiting', 'sent', 'answered', 'withdrawn')),
	why		text,		-- withdrawn, or put off: why
	send_at		timestamptz NOT NULL,
	expires_at	timestamptz NOT NULL,
	sent_at		timestamptz,
	ticket		bigint,		-- the case that was made for it
	event		bigint,
	token		bytea UNIQUE,	-- SHA-256 of the way out
	answered_at	timestamptz,
	again_at	timestamptz,	-- his first order after it went
	UNIQUE (followup, occasion)
);
CREATE INDEX followup_sent_due ON desk.followup_sent (send_at, id)
	WHERE state = 'waiting';
CREATE INDEX followup_sent_customer ON desk.followup_sent (customer, sent_at);
CREATE INDEX followup_sent_ticket ON desk.followup_sent (ticket)
	WHERE ticket IS NOT NULL;
CREATE INDEX followup_sent_event ON desk.followup_sent (event)
	WHERE event IS NOT NULL;
CREATE INDEX followup_sent_newest ON desk.followup_sent (followup, id);

-- The bodies are in functions/retention.sql and followup_send.sql.
CREATE FUNCTION desk.retention_note()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION desk.retention_ended()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION desk.followup_answered()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION desk.followup_unsent()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER retention_note AFTER INSERT ON desk.customer_order
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.retention_note();
CREATE TRIGGER retention_note_again AFTER UPDATE ON desk.customer_order
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.retention_note();
CREATE TRIGGER retention_note AFTER UPDATE ON desk.response
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.retention_note();
CREATE TRIGGER retention_ended AFTER UPDATE OF state ON desk.ticket
	FOR EACH ROW WHEN (NEW.kind = 'case' AND OLD.state <> NEW.state
	    AND (NEW.state = 'resolved' OR OLD.state = 'resolved'
		AND NEW.state <> 'closed'))
	EXECUTE FUNCTION desk.retention_ended();
CREATE TRIGGER retention_staged AFTER INSERT OR UPDATE OF stage, since
	ON desk.customer_stage
	FOR EACH ROW EXECUTE FUNCTION desk.retention_ended();
CREATE TRIGGER followup_answered AFTER UPDATE OF state ON desk.ticket
	FOR EACH ROW WHEN (OLD.state = 'resolved' AND NEW.state = 'open'
	    AND 'followup' = ANY (NEW.tags))
	EXECUTE FUNCTION desk.followup_answered();
CREATE TRIGGER followup_related AFTER INSERT ON desk.ticket
	FOR EACH ROW WHEN (NEW.related IS NOT NULL)
	EXECUTE FUNCTION desk.followup_answered();
CREATE TRIGGER followup_unsent AFTER UPDATE OF state ON desk.outbound
	FOR EACH ROW WHEN (NEW.purpose = 'followup' AND OLD.state <> NEW.state
	    AND NEW.state IN ('failed', 'bounced'))
	EXECUTE FUNCTION desk.followup_unsent();
CREATE TRIGGER due_soon AFTER INSERT OR UPDATE OF send_at, state
	ON desk.followup_sent
	FOR EACH ROW WHEN (NEW.state = 'waiting'
	    AND NEW.send_at < now() + interval '6 seconds')
	EXECUTE FUNCTION desk.due_soon('followup');
