-- Second factors, devices that are remembered, and the first administrator
-- (sql/functions/{logins,factors,sessions,users,setup}.sql say how).

ALTER TABLE desk.agent
	ADD must_change	boolean NOT NULL DEFAULT false;	-- the password

-- Sessions and devices are named to their owner by numbers of one kind.
CREATE SEQUENCE desk.session_id;
ALTER TABLE desk.session
	ADD id		bigint NOT NULL UNIQUE
			    DEFAULT nextval('desk.session_id'),
	ADD browser	text NOT NULL DEFAULT '';	-- in words

-- A browser that needs no code for 30 days.
CREATE TABLE desk.device (
	token		bytea PRIMARY KEY,	-- SHA-256 of the cookie
	id		bigint NOT NULL UNIQUE
			    DEFAULT nextval('desk.session_id'),
	agent		int NOT NULL REFERENCES desk.agent,
	from_addr	text NOT NULL,
	browser		text NOT NULL DEFAULT '',
	created_at	timestamptz NOT NULL DEFAULT now(),
	seen_at		timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX device_agent ON desk.device (agent);

-- An agent's second factor (RFC 6238).
CREATE TABLE desk.totp (
	agent		int PRIMARY KEY REFERENCES desk.agent,
	sealed		text NOT NULL,	-- the secret, by a key that is not here
	key		text NOT NULL,	-- which key: its digest's beginning
	confirmed_at	timestamptz,	-- NULL: not asked for yet
	-- The newest time step that a code was taken of: each is good once.
	step		bigint NOT NULL DEFAULT 0
);

-- Codes for when the telephone is lost, each good once.
CREATE TABLE desk.recovery (
	agent		int NOT NULL REFERENCES desk.agent,
	hash		bytea NOT NULL,		-- SHA-256 of the code
	PRIMARY KEY (agent, hash)
);

-- What an agent's client remembers of how he likes it.
CREATE TABLE desk.prefs (
	agent		int PRIMARY KEY REFERENCES desk.agent,
	body		jsonb NOT NULL
);

-- The code that lets somebody make the first administrator: one at a time.
CREATE TABLE desk.setup_code (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	hash		bytea NOT NULL,		-- SHA-256 of the code
	made_at		timestamptz NOT NULL DEFAULT now()
);

-- Replaced by ones that take more.
DROP FUNCTION IF EXISTS desk.login_begin(text, text);
DROP FUNCTION IF EXISTS desk.login_end(text, text, boolean, bytea, text);
DROP FUNCTION IF EXISTS desk.session_add(int, bytea, text, text);
