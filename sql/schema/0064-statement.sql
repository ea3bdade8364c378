-- What the company says, what it promised by itself, and why it failed: the
-- registry of statements, factors of expectation, root causes of cases, reasons
-- from desk.conf, promises of templates, deliveries foreseen to be late.

-- What the company says somewhere.  functions/statements.sql says who writes it.
CREATE TABLE desk.statement (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	about		text NOT NULL,		-- "Giao hàng", as it was typed
	topic		text COLLATE "C" NOT NULL, -- folded: what is compared
	kind		text CHECK (kind IN ('delivery', 'callback', 'refund',
			    'repair', 'answer', 'other')), -- promises of it
	unit		text NOT NULL CHECK (unit IN ('hours', 'days', 'dong',
			    'percent', 'yesno', 'none')),
	-- From and to: hours in time, else in the unit; yes 1, no 0; NULL: none.
	low		numeric(18,4),
	high		numeric(18,4),
	words		text NOT NULL DEFAULT '',
	place		text NOT NULL CHECK (place IN ('advertisement',
			    'website', 'policy', 'script', 'template', 'macro',
			    'other')),
	link		text,			-- where that is
	-- Of whom or what it is said; NULL: of all.
	region		text,
	segment		text,
	product		text,
	owner		int REFERENCES desk.agent,
	review_days	int CHECK (review_days BETWEEN 1 AND 3650),
	reviewed_at	timestamptz NOT NULL DEFAULT now(),
	reviewed_by	text,
	review_at	timestamptz,		-- NULL: never
	told_at		timestamptz,		-- of that review
	binding		boolean NOT NULL DEFAULT false,
	made_at		timestamptz NOT NULL DEFAULT now(),
	made_by		text NOT NULL,
	ended_at	timestamptz,		-- it is not said any more
	once		text UNIQUE,
	CHECK (low <= high),
	CHECK ((unit = 'none') = (low IS NULL AND high IS NULL))
);
CREATE INDEX statement_topic ON desk.statement (topic, id)
	WHERE ended_at IS NULL;
CREATE INDEX statement_review ON desk.statement (review_at)
	WHERE ended_at IS NULL AND told_at IS NULL;

-- What templates and macros promise in words, found as the configuration was
-- applied (desk/promiseword.c); low and high in hours.
CREATE TABLE desk.template_says (
	what		text NOT NULL CHECK (what IN ('template', 'macro')),
	name		text NOT NULL,
	lang		text NOT NULL,
	n		int NOT NULL,		-- of its promises
	kind		text NOT NULL,
	hours		numeric(18,4) NOT NULL,
	unit		text NOT NULL CHECK (unit IN ('hours', 'days')),
	words		text NOT NULL,
	PRIMARY KEY (what, name, lang, n)
);

-- What shapes expectations (block factor of desk.conf).
CREATE TABLE desk.factor (
	name		text PRIMARY KEY,
	place		int NOT NULL,
	vi		text NOT NULL,
	en		text NOT NULL,
	about		text[] NOT NULL DEFAULT '{}',	-- topics, folded
	touchpoints	text[] NOT NULL DEFAULT '{}',
	pairs		text[] NOT NULL DEFAULT '{}'	-- SURVEY/QUESTION
);

-- Which of the ten components of experience a case failed by, in an agent's
-- judgement; the rest as it was then, for what it counts.
CREATE TABLE desk.ticket_cause (
	ticket		bigint PRIMARY KEY,
	cause		text NOT NULL,
	at		timestamptz NOT NULL DEFAULT now(),
	agent		int REFERENCES desk.agent,
	queue		int NOT NULL,
	channel		text NOT NULL,
	segment		text NOT NULL DEFAULT '',
	touchpoint	text NOT NULL DEFAULT ''
);
CREATE INDEX ticket_cause_at ON desk.ticket_cause (at);
CREATE INDEX ticket_cause_queue ON desk.ticket_cause (queue, at);

-- Reasons are desk.conf's; one that is not said any more stays for what it
-- counted.  Whether it was ours is as it was when it was said.
ALTER TABLE desk.promise_reason ADD COLUMN active boolean NOT NULL DEFAULT true;
INSERT INTO desk.promise_reason (name, place, controllable, vi, en)
VALUES ('address', 9, false, 'Sai địa chỉ', 'A wrong address');
ALTER TABLE desk.promise
	ADD COLUMN ours boolean,	-- of its reason
	ADD COLUMN reply bigint,	-- the message that made it
	ADD COLUMN foresee_at timestamptz;	-- when to look ahead next
UPDATE desk.promise p SET ours = r.controllable
FROM desk.promise_reason r WHERE r.name = p.reason;
CREATE INDEX promise_reply ON desk.promise (reply) WHERE reply IS NOT NULL;
UPDATE desk.promise p SET foresee_at = now()
WHERE p.state = 'open' AND p.source = 'order';
CREATE INDEX promise_foresee ON desk.promise (foresee_at, ticket)
	WHERE state = 'open' AND foresee_at IS NOT NULL;

-- What templates promise besides their words ("callback 2h").
CREATE TABLE desk.template_promise (
	what		text NOT NULL CHECK (what IN ('template', 'macro')),
	name		text NOT NULL,
	kind		text NOT NULL,
	within		interval NOT NULL,
	PRIMARY KEY (what, name)
);

-- Whose order was foreseen to come late, and was told so: once an order.
CREATE TABLE desk.late_notice (
	order_no	text COLLATE "C" PRIMARY KEY,
	promise		bigint NOT NULL,
	ticket		bigint NOT NULL,
	at		timestamptz NOT NULL DEFAULT now(),
	event		bigint NOT NULL,	-- the message
	share		numeric,	-- of comparable deliveries that were late
	n		int		-- of them; NULL: it was late already
);
CREATE INDEX late_notice_ticket ON desk.late_notice (ticket);
-- A carrier's deliveries of late.
CREATE INDEX customer_order_carrier ON desk.customer_order
	(carrier, delivered_at DESC)
	WHERE shipped_at IS NOT NULL AND delivered_at IS NOT NULL;
CREATE INDEX customer_order_delivered ON desk.customer_order
	(delivered_at DESC)
	WHERE shipped_at IS NOT NULL AND delivered_at IS NOT NULL;

-- The next daemon that looks is told.
CREATE TRIGGER due_soon AFTER INSERT OR UPDATE OF review_at ON desk.statement
	FOR EACH ROW WHEN (NEW.review_at < now() + interval '6 seconds')
	EXECUTE FUNCTION desk.due_soon('statement');
