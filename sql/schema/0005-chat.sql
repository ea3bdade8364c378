-- The chat whole: what is known of a conversation besides its messages, and
-- files that were uploaded before a message names them.

ALTER TABLE desk.conversation
	ADD user_id	text,		-- proved by the shop's own server
	ADD email	text,		-- where he said he can be written to
	ADD proven	boolean NOT NULL DEFAULT false,	-- the server says it too
	ADD by_mail	boolean NOT NULL DEFAULT false,	-- he left a message
	ADD seen_ours	bigint,		-- the newest event of ours he has seen
	ADD seen_his	bigint,		-- the newest of his that we have seen
	ADD gone_at	timestamptz,	-- NULL: he is here, as far as is known
	ADD abandoned_at timestamptz,	-- left before anybody answered
	ADD ended_at	timestamptz,
	ADD ended_by	text CHECK (ended_by IN ('visitor', 'agent')),
	ADD transcript	boolean NOT NULL DEFAULT false,	-- wanted at the end
	ADD transcripts	int NOT NULL DEFAULT 0;	-- sent so far

-- Who uploaded which bytes: only he may name them in what he sends.  owner is
-- "conversation/" and a visitor's conversation, or "who/" and the caller's
-- name.  Goes with the blob, when nobody has named that for a day.
CREATE TABLE desk.upload (
	owner		text COLLATE "C" NOT NULL,
	sha256		bytea NOT NULL REFERENCES desk.blob ON DELETE CASCADE,
	name		text NOT NULL,
	media_type	text NOT NULL,
	size		bigint NOT NULL,
	at		timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (owner, sha256)
);
CREATE INDEX upload_at ON desk.upload (owner, at);
CREATE INDEX upload_blob ON desk.upload (sha256);

-- How many transcripts went to an address on a day (UTC); '': to all.
CREATE TABLE desk.transcript_day (
	day		date NOT NULL,
	address		text COLLATE "C" NOT NULL,
	n		int NOT NULL,
	PRIMARY KEY (day, address)
);

-- More is counted from now on; the words are our own functions'.
ALTER TABLE desk.queue_hour DROP CONSTRAINT IF EXISTS queue_hour_what_check;
