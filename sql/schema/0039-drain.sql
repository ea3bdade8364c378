-- Queues that take nothing new, acts on many tickets at once, and what is said
-- to agents.

-- Since when the queue takes nothing new, up to which ticket it had what it
-- finishes, where what is new goes (NULL: as its policy says), and since when
-- all is done that it had.
ALTER TABLE desk.queue
	ADD drain_at		timestamptz,
	ADD drain_upto		bigint,
	ADD drain_to		int REFERENCES desk.queue,
	ADD drained_at		timestamptz;

-- One act on many tickets, by the key of whoever began it: what it does stays
-- as it was first said (digest: SHA-256 of it).
CREATE TABLE desk.bulk (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	who		text NOT NULL,
	once		text NOT NULL,
	act		text NOT NULL,
	digest		bytea NOT NULL,
	at		timestamptz NOT NULL DEFAULT now(),
	UNIQUE (who, once)
);
CREATE INDEX bulk_at ON desk.bulk (at);
-- Tickets to which it was done: it passes them over when it comes again.
CREATE TABLE desk.bulk_ticket (
	bulk		bigint NOT NULL REFERENCES desk.bulk,
	ticket		bigint NOT NULL,
	PRIMARY KEY (bulk, ticket)
);
