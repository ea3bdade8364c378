-- What is on its way to customers.  A row stands for one message of ours, and
-- is sent at most once: sql/functions/outbound.sql says how.

ALTER TABLE desk.outbound DROP CONSTRAINT outbound_state_check;
ALTER TABLE desk.outbound
	ADD purpose	text NOT NULL DEFAULT 'reply' CHECK (purpose IN
			    ('reply', 'acknowledgement', 'transcript',
			    'message', 'notice')),
	-- How often it was begun; with lease_by it names one try, so that a
	-- daemon which slept through its lease cannot act on it.
	ADD attempts	int NOT NULL DEFAULT 0,
	-- When it is due: to be tried, or, while it is sending or committing,
	-- when the daemon that has it counts as dead.
	ADD next_try	timestamptz NOT NULL DEFAULT now(),
	ADD lease_by	text,
	ADD status	int,		-- the peer's last code, of SMTP or HTTP
	ADD said	text,		-- its last words, one line
	ADD message_id	text,		-- ours, bare: replies come back by it
	ADD cc		text[],
	ADD source	text,		-- social: by which block of desk.conf
	ADD reply_id	text,		-- social: the provider's id to answer to
	ADD settled_at	timestamptz;	-- when its state last changed

-- Answers of before there was anything to send them: too late to send them
-- unasked, but an agent may.
UPDATE desk.outbound SET state = 'failed', settled_at = now(),
    said = 'It was written before this desk could send; send it again by hand.'
WHERE state IN ('queued', 'deferred');

ALTER TABLE desk.outbound ADD CONSTRAINT outbound_state_check CHECK (state IN
    ('queued', 'sending', 'committing', 'sent', 'deferred', 'failed',
    'unknown', 'bounced', 'withdrawn'));

CREATE INDEX outbound_due ON desk.outbound (next_try, id)
	WHERE state IN ('queued', 'deferred', 'sending', 'committing');
-- What stands before another one of the same case, see outbound_claim().
CREATE INDEX outbound_ticket ON desk.outbound (ticket, id);
