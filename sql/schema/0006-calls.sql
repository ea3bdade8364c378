-- Telephone calls: what each came to, whatever told of it and in what order.

-- A call of one ticket; its id is the exchange's.  Who the customer is, and
-- whose queue it is, the ticket says.  What is written here only ever grows
-- (an answer stays an answer when a record of a phone that rang comes late),
-- so that the same records give the same row in any order.
CREATE TABLE desk.call (
	call		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id		text COLLATE "C" NOT NULL,
	ticket		bigint NOT NULL,
	direction	text NOT NULL CHECK (direction IN ('in', 'out')),
	state		text NOT NULL CHECK (state IN
			    ('ringing', 'answered', 'ended', 'missed')),
	agent		int,		-- who talks, or talked last
	agent_at	timestamptz,	-- since when
	on_phone	boolean NOT NULL DEFAULT false,	-- still: it counts
	units		smallint NOT NULL,	-- of his capacity
	rang		int[] NOT NULL DEFAULT '{}',	-- agents, each once
	talked		int[] NOT NULL DEFAULT '{}',	-- agents, in turn
	members		boolean NOT NULL DEFAULT false,	-- it rang the queue
	transfers	jsonb NOT NULL DEFAULT '[]',
	began_at	timestamptz NOT NULL,
	answered_at	timestamptz,
	ended_at	timestamptz,
	touched_at	timestamptz NOT NULL,	-- when the newest told happened
	duration	int,		-- seconds talked
	wait		int,		-- seconds before the answer, or the end
	hold		int,		-- seconds on hold
	disposition	text,		-- the exchange's own word
	recording	text,		-- reference at the exchange
	source		text,		-- the source block that told it first
	first_event	bigint NOT NULL,
	version		bigint NOT NULL DEFAULT 0,
	UNIQUE (id, ticket)
);
CREATE INDEX call_ticket ON desk.call (ticket, call);
CREATE INDEX call_live ON desk.call (touched_at)
	WHERE state IN ('ringing', 'answered');
