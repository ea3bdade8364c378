-- After a link was used: the second one, by which its reader adds to what he
-- answered, for an hour.  The daemon makes its secret of the first link's and
-- of what the page was posted under, so that the same post comes to the same.
CREATE TABLE desk.answering (
	hash		bytea PRIMARY KEY,	-- SHA-256 of the link's secret
	response	bigint NOT NULL UNIQUE REFERENCES desk.response
			    ON DELETE CASCADE,
	until		timestamptz NOT NULL,
	added		smallint NOT NULL DEFAULT 0	-- times
);
CREATE INDEX answering_until ON desk.answering (until);
