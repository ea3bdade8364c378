-- What was sent to try a channel (CHANNEL.TEST), and what came of it.  Kept
-- for 30 days: until then its bounce and its answers are known by it.

CREATE TABLE desk.channel_test (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at		timestamptz NOT NULL DEFAULT now(),
	who		text NOT NULL,
	channel		text NOT NULL,	-- mail, source, hook, widget
	address		text NOT NULL,	-- a mail's, or the block's name
	sender		text,		-- of mail: the address that wrote it
	came_at		timestamptz,	-- it came in to us
	bounced_at	timestamptz,
	answered_at	timestamptz,
	said		text		-- the bounce's or the answer's words
);
CREATE INDEX channel_test_at ON desk.channel_test (at);
