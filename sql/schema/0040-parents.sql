-- Cases that are taken apart or made one, and incidents: many cases, one
-- cause, one answer to all.

-- Messages that were taken out of a case of their own: an answer to one goes
-- where it is now, whatever address of ours it came to.
CREATE TABLE desk.moved (
	event		bigint PRIMARY KEY,
	ticket		bigint NOT NULL,	-- out of which case, the last time
	at		timestamptz NOT NULL DEFAULT now()
);

-- A case that became a part of another one: what points at it means that one.
-- No row's into_ticket is another row's ticket.
CREATE TABLE desk.merged (
	ticket		bigint PRIMARY KEY REFERENCES desk.ticket,
	into_ticket	bigint NOT NULL REFERENCES desk.ticket,
	at		timestamptz NOT NULL DEFAULT now(),
	CHECK (ticket <> into_ticket)
);
CREATE INDEX merged_into ON desk.merged (into_ticket);

CREATE TABLE desk.incident (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	subject		text NOT NULL,
	text		text NOT NULL DEFAULT '',
	queue		int NOT NULL REFERENCES desk.queue,	-- whose it is
	opened_at	timestamptz NOT NULL DEFAULT now(),
	opened_by	text NOT NULL,
	resolved_at	timestamptz,		-- NULL: it goes on
	cases		int NOT NULL DEFAULT 0,
	place		bigint NOT NULL DEFAULT 0,	-- the last that was given
	once		text UNIQUE		-- who opened it and his own id
);
CREATE INDEX incident_goes_on ON desk.incident (id)
	WHERE resolved_at IS NULL;

-- The cases of an incident, by the place in which they came to it.
CREATE TABLE desk.incident_case (
	ticket		bigint PRIMARY KEY REFERENCES desk.ticket,
	incident	bigint NOT NULL REFERENCES desk.incident,
	place		bigint NOT NULL,
	answer		bigint,		-- the last that reached it
	UNIQUE (incident, place)
);

-- What is said or done to all cases of an incident, page after page in the
-- order of their places: a page's answers and how far it came are one
-- transaction.
CREATE TABLE desk.incident_answer (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	incident	bigint NOT NULL REFERENCES desk.incident,
	at		timestamptz NOT NULL DEFAULT now(),
	caller		jsonb NOT NULL,		-- who said so
	text		text,			-- neither: they are only resolved
	template	text,
	resolve		boolean NOT NULL,
	late		bigint,		-- the answer that these get who came late
	upto		bigint NOT NULL,	-- the last place that it is for
	reached		bigint NOT NULL,	-- the last place that was seen to
	total		int NOT NULL,
	done		int NOT NULL DEFAULT 0,
	refused		int NOT NULL DEFAULT 0,
	done_at		timestamptz,
	once		text
);
CREATE INDEX incident_answer_of ON desk.incident_answer (incident, id);
CREATE INDEX incident_answer_due ON desk.incident_answer (id)
	WHERE done_at IS NULL;
CREATE UNIQUE INDEX incident_answer_once ON desk.incident_answer (incident,
	once);

-- Cases that an answer could not reach, and why.
CREATE TABLE desk.incident_refused (
	answer		bigint NOT NULL REFERENCES desk.incident_answer,
	ticket		bigint NOT NULL,
	why		text NOT NULL,
	PRIMARY KEY (answer, ticket)
);
