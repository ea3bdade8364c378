-- Several steps at one press of a key (block macro of desk.conf), what the
-- wallboard counts of each agent, and the audit as it is searched.

CREATE TABLE desk.macro (
	name		text PRIMARY KEY,
	body		jsonb NOT NULL	-- the block, as the configuration has it
);

-- Counts kept at write time, by UTC hour, as desk.queue_hour's.  An agent does
-- one thing after another: he needs no slots.
CREATE TABLE desk.agent_hour (
	agent		int NOT NULL REFERENCES desk.agent,
	hour		timestamptz NOT NULL,
	what		text NOT NULL,	-- answered, resolved
	n		bigint NOT NULL,
	PRIMARY KEY (agent, hour, what)
);

-- AUDIT.LIST by who, by what and since when, each newest first.
CREATE INDEX audit_who ON desk.audit (who, id);
CREATE INDEX audit_action ON desk.audit (action text_pattern_ops, id);
CREATE INDEX audit_at ON desk.audit USING brin (at);
