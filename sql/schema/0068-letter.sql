-- Letters: mail of the desk to its own people, about no case; and the reports
-- that go out by them.

CREATE TABLE desk.letter (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	-- What it is written for, in words that a repeat has again:
	-- report:tuan:2026-11-16/boss@shop.example
	occasion	text COLLATE "C" NOT NULL UNIQUE,
	address		text NOT NULL,
	lang		text NOT NULL CHECK (lang IN ('vi', 'en')),
	subject		text NOT NULL,
	paper		jsonb NOT NULL,	-- what it says: desk/paper.h
	files		jsonb NOT NULL DEFAULT '[]', -- name, type, size, sha256
	made_at		timestamptz NOT NULL DEFAULT now()
);

-- What is on its way is a case's message, or a letter.
ALTER TABLE desk.outbound
	ALTER event DROP NOT NULL,
	ALTER ticket DROP NOT NULL,
	ADD letter bigint UNIQUE REFERENCES desk.letter,
	DROP CONSTRAINT outbound_purpose_check,
	ADD CONSTRAINT outbound_purpose_check CHECK (purpose IN ('reply',
	    'acknowledgement', 'transcript', 'message', 'notice', 'survey',
	    'followup', 'letter')),
	ADD CONSTRAINT outbound_of CHECK (num_nonnulls(event, letter) = 1
	    AND (event IS NULL) = (ticket IS NULL)
	    AND (letter IS NULL) = (purpose <> 'letter'));

-- The report blocks of desk.conf.
CREATE TABLE desk.report_plan (
	name		text PRIMARY KEY,
	body		jsonb NOT NULL,		-- the block
	since		timestamptz NOT NULL	-- nothing of before is sent
);
-- What went out of them, once for each stretch.
CREATE TABLE desk.report_sent (
	plan		text NOT NULL,
	first_day	date NOT NULL,		-- of the stretch told of
	last_day	date NOT NULL,
	made_at		timestamptz NOT NULL DEFAULT now(),
	letters		int NOT NULL,
	PRIMARY KEY (plan, first_day)
);
