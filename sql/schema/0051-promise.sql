-- The promise ledger: what was promised to a customer, by whom, until when, and
-- how it ended.  functions/promises.sql says who writes it.

-- Why a promise was not kept as it was given; controllable: by us.
CREATE TABLE desk.promise_reason (
	name		text PRIMARY KEY CHECK (name ~ '^[a-z0-9_-]{1,32}$'),
	place		int NOT NULL,
	controllable	boolean NOT NULL,
	vi		text NOT NULL,
	en		text NOT NULL
);
INSERT INTO desk.promise_reason (name, place, controllable, vi, en) VALUES
	('stock', 1, true, 'Hết hàng', 'Out of stock'),
	('staff', 2, true, 'Thiếu người', 'Short of staff'),
	('mistake', 3, true, 'Làm sai', 'Our mistake'),
	('system', 4, true, 'Lỗi hệ thống', 'Our systems'),
	('carrier', 5, false, 'Hãng vận chuyển', 'The carrier'),
	('supplier', 6, false, 'Nhà cung cấp', 'The supplier'),
	('weather', 7, false, 'Thời tiết', 'Weather'),
	('customer', 8, false, 'Khách đổi ý', 'The customer''s wish');

-- A row is one promise; one that was moved is withdrawn, and another stands in
-- its place.
CREATE TABLE desk.promise (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	ticket		bigint NOT NULL,	-- the case it stands on
	customer	bigint NOT NULL,	-- to whom
	kind		text NOT NULL CHECK (kind IN ('delivery', 'callback',
			    'refund', 'repair', 'answer', 'other')),
	-- As they were when it was made, for what it counts.
	agent		int REFERENCES desk.agent,	-- who; NULL: the desk
	queue		int NOT NULL,
	channel		text NOT NULL,
	segment		text NOT NULL DEFAULT '',
	touchpoint	text NOT NULL DEFAULT '',
	words		text,			-- as it was said
	order_no	text COLLATE "C",
	carrier		text,			-- of a delivery, at its end
	source		text NOT NULL CHECK (source IN
			    ('agent', 'order', 'template', 'words')),
	event		bigint NOT NULL,	-- of the history, that made it
	made_at		timestamptz NOT NULL DEFAULT now(),
	due_at		timestamptz NOT NULL,
	-- By when it counts as kept: the earliest word on it that the customer
	-- did not release us from.
	counts_at	timestamptz NOT NULL,
	moved_from	bigint REFERENCES desk.promise,
	state		text NOT NULL DEFAULT 'open' CHECK (state IN
			    ('open', 'kept', 'late', 'broken', 'withdrawn')),
	ended_at	timestamptz,
	ended_by	bigint,			-- the event that ended it
	-- Of what was kept, late or broken: days of the company's zone from
	-- counts_at to the end, fewer than 0 when early.
	gap		int,
	reason		text REFERENCES desk.promise_reason,
	warned_at	timestamptz,
	late_at		timestamptz,		-- when it was told
	-- When to look at it next; NULL: nothing is due.
	alarm_at	timestamptz,
	-- The case was made due no later than this.
	raised		boolean NOT NULL DEFAULT false,
	CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE INDEX promise_ticket ON desk.promise (ticket, id);
CREATE INDEX promise_customer ON desk.promise (customer, id);
CREATE INDEX promise_open ON desk.promise (due_at, id) WHERE state = 'open';
CREATE INDEX promise_mine ON desk.promise (agent, due_at, id)
	WHERE state = 'open';
CREATE INDEX promise_waits ON desk.promise (customer) WHERE state = 'open';
CREATE INDEX promise_ended ON desk.promise (ended_at, id)
	WHERE state <> 'open';
CREATE INDEX promise_alarm ON desk.promise (alarm_at, ticket)
	WHERE alarm_at IS NOT NULL;
CREATE INDEX promise_order ON desk.promise (order_no, id)
	WHERE order_no IS NOT NULL;
-- What an order says of its delivery is promised once.
CREATE UNIQUE INDEX promise_order_open ON desk.promise (order_no)
	WHERE state = 'open' AND source = 'order';

-- What is to be looked at before the daemons look again is told.
CREATE TRIGGER due_soon AFTER INSERT OR UPDATE OF alarm_at ON desk.promise
	FOR EACH ROW WHEN (NEW.alarm_at < now() + interval '6 seconds')
	EXECUTE FUNCTION desk.due_soon('promise');

-- Whoever ends a case has what it still owed looked at; whoever talks with a
-- customer has called him back.  The bodies are in functions/promises_end.sql.
CREATE FUNCTION desk.promises_over()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER promises_over AFTER UPDATE ON desk.ticket
	FOR EACH ROW WHEN (OLD.state NOT IN ('resolved', 'closed')
	    AND NEW.state IN ('resolved', 'closed'))
	EXECUTE FUNCTION desk.promises_over();
CREATE FUNCTION desk.promises_called()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER promises_called AFTER UPDATE ON desk.call
	FOR EACH ROW WHEN (OLD.answered_at IS NULL
	    AND NEW.answered_at IS NOT NULL)
	EXECUTE FUNCTION desk.promises_called();
