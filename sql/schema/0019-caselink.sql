-- The links by which customers see their cases without a login.

-- One link: 192 random bits, of which the digest is kept.  It shows what its
-- contact wrote on the ticket and was sent, to whoever has it.
CREATE TABLE desk.case_link (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	ticket		bigint NOT NULL REFERENCES desk.ticket,
	contact		bigint NOT NULL REFERENCES desk.contact
			    ON DELETE CASCADE,
	hash		bytea NOT NULL UNIQUE,	-- SHA-256 of the token
	event		bigint UNIQUE,	-- the message that it went out with
	made_at		timestamptz NOT NULL DEFAULT now(),
	made_by		text NOT NULL,
	revoked_at	timestamptz,
	hour		timestamptz,	-- in which so much was said by it
	said		int NOT NULL DEFAULT 0
);
CREATE INDEX case_link_ticket ON desk.case_link (ticket);
CREATE INDEX case_link_contact ON desk.case_link (contact);
