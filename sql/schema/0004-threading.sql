-- Who takes part in a case, what marks it, and the limits that end a loop.

-- Whom a mail names beside us, in To and Cc.
ALTER TYPE desk.intake ADD ATTRIBUTE others text[];

-- What is to be known of a case at a glance: 'unproved' (DMARC failed for its
-- first mail), 'automatic', 'list', 'bulk', 'flood' (one of very many).
ALTER TABLE desk.ticket ADD marks text[] NOT NULL DEFAULT '{}';

-- Addresses that a mail of a case names beside ours: whoever writes from one
-- takes part, but is no customer before he does.
CREATE TABLE desk.copied (
	ticket		bigint NOT NULL,
	address		text COLLATE "C" NOT NULL,	-- normalised
	event		bigint NOT NULL,	-- the first mail that named it
	-- That mail passed DMARC: nobody else's word brings answers to it.
	proved		boolean NOT NULL,
	PRIMARY KEY (ticket, address)
);
CREATE INDEX copied_address ON desk.copied (address);

-- The numbers of desk.conf that are asked for at each event: one row, written
-- by CONFIG.APPLY.
CREATE TABLE desk.limits (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	close_after	int NOT NULL DEFAULT 1209600,	-- seconds
	answers		int NOT NULL DEFAULT 4,	-- automatic, a day, one address
	exchange	int NOT NULL DEFAULT 3,	-- mails in ten minutes
	cases		int NOT NULL DEFAULT 10,	-- an hour, one sender
	flood		int NOT NULL DEFAULT 60		-- cases an hour, likewise
);
INSERT INTO desk.limits DEFAULT VALUES;

CREATE INDEX ticket_order ON desk.ticket (customer, order_no, id)
	WHERE order_no IS NOT NULL AND state IN ('new', 'open', 'pending');
CREATE INDEX ticket_callback ON desk.ticket (customer, id)
	WHERE kind = 'callback' AND state IN ('new', 'open', 'pending');
CREATE INDEX ticket_related ON desk.ticket (related, id)
	WHERE related IS NOT NULL;
-- What the clock closes.
CREATE INDEX ticket_resolved ON desk.ticket (resolved_at, id)
	WHERE state = 'resolved';
CREATE INDEX outbound_address ON desk.outbound (address, id);

ALTER TYPE desk.pointed
	ADD ATTRIBUTE against text,	-- why he may not join; NULL: he may
	ADD ATTRIBUTE bounced bigint;	-- the event of ours that failed
ALTER TYPE desk.filing
	ADD ATTRIBUTE bounced bigint;	-- which is news to us

-- Signatures that have changed.
DROP FUNCTION IF EXISTS desk.thread_points(desk.known);
DROP FUNCTION IF EXISTS desk.event_notice(bigint, desk.ticket, text, text,
    text, text, text, text);
