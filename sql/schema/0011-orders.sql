-- Orders and their shipment, as the shop's other programs tell of them.

-- An order's record: its events belong together, and are nobody's work.
ALTER TABLE desk.ticket DROP CONSTRAINT ticket_kind_check;
ALTER TABLE desk.ticket ADD CONSTRAINT ticket_kind_check
	CHECK (kind IN ('case', 'callback', 'quarantine', 'order'));

CREATE TABLE desk.customer_order (
	order_no	text COLLATE "C" PRIMARY KEY,
	customer	bigint NOT NULL,
	ticket		bigint NOT NULL,	-- its record, or the first case
	status		text,
	promised_at	timestamptz,
	shipped_at	timestamptz,
	delivered_at	timestamptz,
	carrier		text,
	tracking	text,
	amount		numeric(16,4),
	currency	text,
	payment		text,
	told_at		timestamptz NOT NULL,	-- of the newest word of it
	event		bigint NOT NULL		-- that brought it
);
CREATE INDEX customer_order_customer ON desk.customer_order
	(customer, told_at DESC);
CREATE INDEX customer_order_ticket ON desk.customer_order (ticket);
