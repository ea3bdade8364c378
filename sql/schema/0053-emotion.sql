-- What customers felt who wrote to us.

-- Of each message of a customer that was read for it: what he feels, and what
-- it is counted under (desk.measure 'mood'), as it was when it came.  The words
-- that show it stand in the event's facts.  Who corrected it leaves his name
-- and what was read; neither customer nor ticket is named: the event has both.
CREATE TABLE desk.mood (
	event		bigint PRIMARY KEY,
	at		timestamptz NOT NULL,
	queue		int NOT NULL,
	agent		int NOT NULL,	-- who had the case; 0: nobody
	channel		text NOT NULL,
	segment		text NOT NULL,
	value		smallint NOT NULL CHECK (value BETWEEN -1 AND 1),
	strength	smallint NOT NULL DEFAULT 0,	-- 1 to 3; 0: none
	was		smallint,	-- what was read; NULL: nothing, ever
	set_by		int REFERENCES desk.agent,	-- NULL: a service
	set_at		timestamptz	-- NULL: nobody corrected it
);
-- Read by the quarter of an hour when measures are recounted: rows come as time
-- goes by, so a coarse index will do, which costs an event nothing.
CREATE INDEX mood_at ON desk.mood USING brin (at) WITH (pages_per_range = 16);
CREATE INDEX mood_set ON desk.mood (set_at DESC, event DESC)
	WHERE set_at IS NOT NULL;

-- Texts whose feeling somebody corrected: who writes the same again means the
-- same.  Only their digest is kept, and that goes with the event.
CREATE TABLE desk.mood_text (
	digest		bytea PRIMARY KEY,
	value		smallint NOT NULL CHECK (value BETWEEN -1 AND 1),
	event		bigint NOT NULL
);
CREATE INDEX mood_text_event ON desk.mood_text (event);

-- The newest feeling that its customer showed; 0: he wrote, and showed none;
-- NULL: nothing was read.
ALTER TABLE desk.ticket ADD COLUMN mood smallint;
ALTER TYPE desk.list_filter ADD ATTRIBUTE mood smallint;
