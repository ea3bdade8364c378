-- What a company says of its routing: how a queue offers, whom it asks as the
-- wait grows, what an agent serves, knows and holds at once.

ALTER TABLE desk.queue
	ADD mode	text NOT NULL DEFAULT 'offer'
			    CHECK (mode IN ('offer', 'assign', 'pull')),
	ADD strategy	text NOT NULL DEFAULT 'longest_idle' CHECK (strategy IN
			    ('longest_idle', 'least_loaded', 'round_robin',
			    'best_skill', 'fixed_order')),
	ADD first_asked	text[] NOT NULL DEFAULT '{}',	-- of a fixed order
	ADD widen	text[] NOT NULL DEFAULT '{}',	-- steps, as written
	ADD same_agent	int NOT NULL DEFAULT 0,		-- seconds; 0: off
	ADD same_within	int NOT NULL DEFAULT 2592000,
	ADD offer_by	jsonb,		-- {"chat":20}: seconds by channel
	ADD wrap_up	jsonb;		-- {"call":30}

ALTER TABLE desk.agent_queue
	ADD priority	smallint NOT NULL DEFAULT 1
			    CHECK (priority BETWEEN 1 AND 9),
	ADD after	int NOT NULL DEFAULT 0;		-- seconds
ALTER TABLE desk.agent_skill
	ADD level	smallint NOT NULL DEFAULT 3
			    CHECK (level BETWEEN 1 AND 5);
ALTER TABLE desk.agent
	ADD limits	jsonb;		-- {"chat":3}: cases at once

-- When it came to the line that it stands in, or last stood in; NULL: opened
-- before there was such a column.  And who is asked first for it.
ALTER TABLE desk.ticket
	ADD lined_at	timestamptz,
	ADD prefer	int;
ALTER TABLE desk.ticket ALTER lined_at SET DEFAULT now();

-- Presence: what an agent said, or what was found out of him, and since when;
-- version counts it, so that word of one state comes too late for the next.
ALTER TABLE desk.agent
	ADD presence_since	timestamptz NOT NULL DEFAULT now(),
	ADD presence_version	bigint NOT NULL DEFAULT 1,
	-- What he was when his connection was lost: he becomes it again when
	-- he is back soon.
	ADD was		text,
	ADD was_reason	text,
	-- Since when he is gone (offline after he was here); NULL: he is not.
	ADD left_at	timestamptz;

-- Each state an agent was in, one after the other; ended NULL: he is in it.
CREATE TABLE desk.agent_time (
	agent		int NOT NULL REFERENCES desk.agent,
	state		text NOT NULL,
	reason		text,
	began		timestamptz NOT NULL,
	ended		timestamptz CHECK (ended >= began),
	PRIMARY KEY (agent, began)
);
CREATE UNIQUE INDEX agent_time_now ON desk.agent_time (agent)
	WHERE ended IS NULL;

-- What goes back to its line because who has it is gone, and when.
CREATE TABLE desk.leaving (
	ticket		bigint PRIMARY KEY,
	agent		int NOT NULL,
	due_at		timestamptz NOT NULL
);
CREATE INDEX leaving_due ON desk.leaving (due_at, ticket);
CREATE INDEX leaving_agent ON desk.leaving (agent);

-- The configuration's word on it, in a row of its own: it is asked for often.
CREATE TABLE desk.presence_rule (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	grace		int NOT NULL DEFAULT 45,
	chat_grace	int NOT NULL DEFAULT 15,
	leave		int NOT NULL DEFAULT 14400
);
INSERT INTO desk.presence_rule DEFAULT VALUES;
