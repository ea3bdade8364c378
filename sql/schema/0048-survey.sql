-- What customers (and staff) are asked, what they answer, and what is counted
-- of customers' experience.

-- The survey blocks of desk.conf.  One that is taken out of the file is no
-- longer active, and stays for its answers.
CREATE TABLE desk.survey (
	id		int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name		text NOT NULL UNIQUE,
	active		boolean NOT NULL DEFAULT true,
	body		jsonb NOT NULL	-- the block, as the configuration has it
);

-- One person asked once.  Who answers unasked (a public form, a paper form that
-- was keyed in, an import) has one made at that moment.
CREATE TABLE desk.invitation (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	survey		int NOT NULL REFERENCES desk.survey,
	-- What it is asked for, in words that a repeat has again:
	-- ticket:1001:resolved:5012, order:DH1001:delivered, hand:UUID …
	occasion	text COLLATE "C" NOT NULL,
	customer	bigint,		-- NULL: nobody known, or one of ours
	contact		bigint,		-- to whom it goes
	ticket		bigint,		-- the case that it asks about
	order_no	text,
	staff		int REFERENCES desk.agent,	-- who of us is asked
	-- What it asks about, as it was when this was made; 0 and '': nothing.
	queue		int NOT NULL DEFAULT 0,
	agent		int NOT NULL DEFAULT 0,	-- who had the case
	channel		text NOT NULL DEFAULT '',
	segment		text NOT NULL DEFAULT '',
	touchpoint	text NOT NULL DEFAULT '',
	lang		text NOT NULL DEFAULT 'vi',
	via		text NOT NULL CHECK (via IN
			    ('mail', 'chat', 'link', 'call', 'face', 'form',
			    'import')),
	state		text NOT NULL DEFAULT 'waiting' CHECK (state IN
			    ('waiting', 'sent', 'answered', 'expired',
			    'withdrawn')),
	why		text,		-- expired and withdrawn: why
	made_at		timestamptz NOT NULL DEFAULT now(),
	send_at		timestamptz,	-- not before
	sent_at		timestamptz,
	remind_at	timestamptz,	-- NULL: no more
	expires_at	timestamptz,
	token		bytea UNIQUE,	-- SHA-256 of the link's secret
	UNIQUE (survey, occasion)
);
CREATE INDEX invitation_customer ON desk.invitation (customer, id);
CREATE INDEX invitation_ticket ON desk.invitation (ticket)
	WHERE ticket IS NOT NULL;
CREATE INDEX invitation_send ON desk.invitation (send_at)
	WHERE state = 'waiting';
CREATE INDEX invitation_remind ON desk.invitation (remind_at)
	WHERE state = 'sent' AND remind_at IS NOT NULL;
CREATE INDEX invitation_expire ON desk.invitation (expires_at)
	WHERE state IN ('waiting', 'sent');

-- What came of it, once.  kind and score are those of the survey's first
-- question that has a score; class is told of nps alone.  What it was about is
-- as in its invitation.
CREATE TABLE desk.response (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	invitation	bigint NOT NULL UNIQUE REFERENCES desk.invitation,
	survey		int NOT NULL REFERENCES desk.survey,
	at		timestamptz NOT NULL,
	kind		text CHECK (kind IN ('nps', 'csat', 'ces')),
	score		smallint,
	class		text CHECK (class IN
			    ('promoter', 'passive', 'detractor')),
	words		text NOT NULL DEFAULT '',
	customer	bigint,
	ticket		bigint,
	order_no	text,
	queue		int NOT NULL,
	agent		int NOT NULL,
	channel		text NOT NULL,
	segment		text NOT NULL,
	touchpoint	text NOT NULL,
	via		text NOT NULL,
	event		bigint		-- in the case's history
);
CREATE INDEX response_at ON desk.response (at DESC, id DESC);
CREATE INDEX response_survey ON desk.response (survey, at DESC, id DESC);
CREATE INDEX response_customer ON desk.response (customer, id);
CREATE INDEX response_ticket ON desk.response (ticket)
	WHERE ticket IS NOT NULL;

CREATE TABLE desk.answer (
	response	bigint NOT NULL REFERENCES desk.response,
	question	text NOT NULL,
	kind		text NOT NULL,
	value		numeric,	-- a score, a number
	choices		text[],		-- names, in the order of the question
	words		text,
	PRIMARY KEY (response, question)
);

-- What happened, to be counted: appended by whoever does it, so that nobody
-- waits for another's count, and folded by a chore.  value is a small whole
-- number: from how often each came follow shares, means and their intervals.
CREATE TABLE desk.measure_part (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	measure		text NOT NULL,
	name		text NOT NULL,
	at		timestamptz NOT NULL,
	queue		int NOT NULL,
	agent		int NOT NULL,
	channel		text NOT NULL,
	segment		text NOT NULL,
	touchpoint	text NOT NULL,
	value		smallint NOT NULL,
	n		bigint NOT NULL
);
