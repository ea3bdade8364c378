-- Orders and their shipment, as the shop's other programs tell of them.

CREATE TABLE desk.customer_order (
	order_no	text COLLATE "C" PRIMARY KEY,
	customer	bigint NOT NULL,
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
