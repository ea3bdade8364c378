-- The ways out of follow-ups that went out before: a copy of an earlier try may
-- have arrived, and its link works as the newest one's does.
CREATE TABLE desk.followup_try (
	token		bytea PRIMARY KEY,	-- SHA-256
	sent		bigint NOT NULL REFERENCES desk.followup_sent
);
CREATE INDEX followup_try_of ON desk.followup_try (sent);
