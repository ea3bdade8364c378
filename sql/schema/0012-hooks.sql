-- Web hooks: what other services are told (sql/functions/hooks.sql says how).

CREATE TABLE desk.hook (
	id		int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name		text NOT NULL UNIQUE,
	active		boolean NOT NULL DEFAULT true,	-- in desk.conf
	url		text NOT NULL,
	secret_file	text NOT NULL,
	ca		text,
	allow		text NOT NULL DEFAULT '',	-- blank between
	notices		text[],		-- NULL: the usual ones
	queues		text[],		-- NULL: all
	keep		interval NOT NULL DEFAULT '7 days',
	-- Delivered under this number, one after the other as they are first
	-- sent: who saw n has missed nothing before n that he was not sent.
	last_offset	bigint NOT NULL DEFAULT 0,
	gone		boolean NOT NULL DEFAULT false,	-- it answered 410
	failures	int NOT NULL DEFAULT 0,		-- tries since the last success
	failing_since	timestamptz,
	paused_until	timestamptz,
	status		int,		-- of its last answer, of HTTP
	said		text,		-- and its words, when it was a failure
	last_ok		timestamptz,
	replay_from	bigint,		-- offsets still to be sent again
	replay_upto	bigint
);

-- One notice for one hook.  waiting ─▶ sending ─▶ done; sending ─▶ waiting
-- after a failure; waiting ─▶ failed past give_up.
CREATE TABLE desk.hook_notice (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	hook		int NOT NULL,
	uid		uuid NOT NULL DEFAULT gen_random_uuid(), -- webhook-id
	"offset"	bigint,		-- NULL: never sent yet
	ticket		bigint,
	at		timestamptz NOT NULL DEFAULT now(),
	kind		text NOT NULL,
	data		text NOT NULL,	-- JSON, as the live feed has it
	state		text NOT NULL DEFAULT 'waiting' CHECK (state IN
			    ('waiting', 'sending', 'done', 'failed')),
	attempts	int NOT NULL DEFAULT 0,
	-- When it is due; while it is sending, when its daemon counts as dead.
	next_try	timestamptz NOT NULL DEFAULT now(),
	give_up		timestamptz NOT NULL DEFAULT now() + interval '3 days',
	lease_by	text,
	status		int,
	said		text
);
CREATE INDEX hook_notice_due ON desk.hook_notice (hook, next_try, id)
	WHERE state IN ('waiting', 'sending');
-- What stands before another one of the same case; erasing a customer.
CREATE INDEX hook_notice_ticket ON desk.hook_notice (ticket, hook, id)
	WHERE state IN ('waiting', 'sending');
CREATE INDEX hook_notice_erase ON desk.hook_notice (ticket)
	WHERE state IN ('done', 'failed');
CREATE INDEX hook_notice_sending ON desk.hook_notice (hook)
	WHERE state = 'sending';
CREATE INDEX hook_notice_give_up ON desk.hook_notice (hook, give_up)
	WHERE state IN ('waiting', 'sending');
CREATE INDEX hook_notice_kept ON desk.hook_notice (hook, at)
	WHERE state IN ('done', 'failed');
CREATE UNIQUE INDEX hook_notice_offset ON desk.hook_notice (hook, "offset")
	WHERE "offset" IS NOT NULL;

-- Whatever writes the outbox has told the hooks too, in its own transaction:
-- nobody who adds a notice can forget them.  The body is in functions/hooks.sql.
CREATE FUNCTION desk.hook_note()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER hook_note AFTER INSERT ON desk.outbox
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.hook_note();
