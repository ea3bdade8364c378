-- When agents are scheduled to work, so that reports can tell adherence.

-- The calendar by which he works; NULL: nobody says.  shift_at: up to when his
-- shifts are on record; NULL: none are kept.
ALTER TABLE desk.agent
	ADD schedule	int REFERENCES desk.hours ON DELETE SET NULL,
	ADD shift_at	timestamptz;
CREATE INDEX agent_schedule ON desk.agent (schedule);

-- The shifts that are over, as his calendar had them at the time: whatever
-- becomes of that calendar, the past stays as it was.
CREATE TABLE desk.shift (
	agent		int NOT NULL REFERENCES desk.agent,
	began		timestamptz NOT NULL,
	ended		timestamptz NOT NULL CHECK (ended > began),
	PRIMARY KEY (agent, began)
);
