-- What the agents' client works with: lists with a scroll bar, drafts and who
-- writes them, sleeping cases, who was called upon, and what each has read.

-- The lists' orders, with what filters ask for beside: counted and scrolled
-- through without touching a ticket.
DROP INDEX desk.ticket_due;
CREATE INDEX ticket_due ON desk.ticket (due_at, id)
	INCLUDE (queue, assignee, state, channel)
	WHERE state IN ('new', 'open', 'pending');
DROP INDEX desk.ticket_active;
CREATE INDEX ticket_active ON desk.ticket (queue, due_at, id)
	INCLUDE (assignee, state, channel)
	WHERE state IN ('new', 'open', 'pending');
-- Index-only needs pages that the vacuum has seen.
ALTER TABLE desk.ticket SET (autovacuum_vacuum_scale_factor = 0.02,
	autovacuum_vacuum_insert_scale_factor = 0.05,
	autovacuum_analyze_scale_factor = 0.05);

-- What TICKET.LIST was asked for; NULL or empty: no such condition.
CREATE TYPE desk.list_filter AS (
	state		text,		-- this one only
	queue		int,
	queues		int[],		-- any of these; NULL: whichever
	hidden		int[],		-- none of these, unless mine
	me		int,
	assignee	int,
	nobody		boolean,	-- without an assignee
	customer	bigint,
	tag		text,
	channel		text,
	owed		boolean,	-- an answer is due
	up		boolean,	-- new or open: it waits for us
	asleep		bigint[],	-- none of these
	tickets		bigint[]	-- these only; NULL: whichever
);
DROP FUNCTION IF EXISTS desk.ticket_page(jsonb, int, int, int[], int, int);

-- Cases that sleep until a moment: pending, and nobody waits for a customer.
-- A row whose ticket is not pending any more says nothing, and goes at its
-- time: so a customer's message wakes a case without looking here.
CREATE TABLE desk.snooze (
	ticket		bigint PRIMARY KEY,
	until		timestamptz NOT NULL,
	agent		int,		-- who put it to sleep; NULL: a service
	at		timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX snooze_until ON desk.snooze (until, ticket);

-- Whom notes name ("@an"): one row for each of a case, however often.
CREATE TABLE desk.mention (
	agent		int NOT NULL REFERENCES desk.agent,
	ticket		bigint NOT NULL,
	event		bigint NOT NULL,	-- the newest note that does
	seen_at		timestamptz,		-- NULL: not yet
	PRIMARY KEY (agent, ticket)
);
CREATE INDEX mention_order ON desk.mention
	(agent, (seen_at IS NOT NULL), event DESC) INCLUDE (ticket);
CREATE INDEX mention_ticket ON desk.mention (ticket);

-- How far each agent has read a case.
CREATE TABLE desk.ticket_read (
	ticket		bigint NOT NULL,
	agent		int NOT NULL REFERENCES desk.agent,
	upto		bigint NOT NULL,	-- event
	PRIMARY KEY (ticket, agent)
);

-- What agents have written and not sent.  seq counts up with each saving, at
-- the writer: what was overtaken on its way loses.
CREATE TABLE desk.draft (
	ticket		bigint NOT NULL,
	agent		int NOT NULL REFERENCES desk.agent,
	kind		text NOT NULL CHECK (kind IN ('reply', 'note')),
	text		text NOT NULL,
	attachments	jsonb,		-- as TICKET.REPLY names them
	upto		bigint,		-- the newest event that he had seen
	seq		bigint NOT NULL,
	saved_at	timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (ticket, agent, kind)
);
CREATE INDEX draft_agent ON desk.draft (agent, saved_at);
-- The files that they name: kept as long as the draft is.
CREATE TABLE desk.draft_file (
	ticket		bigint NOT NULL,
	agent		int NOT NULL,
	kind		text NOT NULL,
	sha256		bytea NOT NULL,
	PRIMARY KEY (ticket, agent, kind, sha256),
	FOREIGN KEY (ticket, agent, kind) REFERENCES desk.draft
		ON DELETE CASCADE
);
CREATE INDEX draft_file_blob ON desk.draft_file (sha256);

-- Who is writing the answer: a lease, renewed with each saving, of whoever
-- began first.  Logged, since a standby shows lists too.
CREATE TABLE desk.writing (
	ticket		bigint PRIMARY KEY,
	agent		int NOT NULL REFERENCES desk.agent,
	since		timestamptz NOT NULL DEFAULT now(),
	until		timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX writing_until ON desk.writing (until);
