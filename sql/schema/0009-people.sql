-- Who is who: customers are merged and split, exported and erased.

-- Set once all that tells who he was is gone; his cases' bare history stays.
ALTER TABLE desk.customer ADD erased_at timestamptz;

-- A customer who was merged into another: old ids, in links and in other
-- systems, still lead to somebody.  Never a chain: now is always a customer.
CREATE TABLE desk.customer_was (
	id		bigint PRIMARY KEY,
	now		bigint NOT NULL REFERENCES desk.customer,
	at		timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX customer_was_now ON desk.customer_was (now);

-- What a merge brought together, so that it can be taken apart again.
CREATE TABLE desk.customer_merge (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at		timestamptz NOT NULL DEFAULT now(),
	who		text NOT NULL,
	reason		text,
	stays		bigint NOT NULL,
	goes		bigint NOT NULL,
	-- {"goes":{name, name_folded, segment, created_at},
	-- "stays":{name, segment}}: both as they were before.
	was		jsonb NOT NULL,
	contacts	bigint[] NOT NULL,	-- that came along
	tickets		bigint[] NOT NULL,
	former		bigint[] NOT NULL,	-- older ids that led to goes
	undone_at	timestamptz,
	undone_by	text
);
CREATE INDEX customer_merge_goes ON desk.customer_merge (goes);
CREATE INDEX customer_merge_stays ON desk.customer_merge (stays);

-- A pair that a person said are two: kept, so as not to be suggested again.
ALTER TABLE desk.same_person
	ADD id			bigint GENERATED ALWAYS AS IDENTITY,
	ADD dismissed_at	timestamptz,
	ADD dismissed_by	text;
CREATE INDEX same_person_other ON desk.same_person (other);
CREATE UNIQUE INDEX same_person_open ON desk.same_person (id)
	WHERE dismissed_at IS NULL;

-- What one person's contacts would have in common: see desk.like_keys().
CREATE TABLE desk.likeness (
	key		text COLLATE "C" NOT NULL,
	contact		bigint NOT NULL REFERENCES desk.contact
			    ON DELETE CASCADE,
	why		text NOT NULL,
	PRIMARY KEY (key, contact)
);
CREATE INDEX likeness_contact ON desk.likeness (contact);
-- How far the contacts were looked at, and whom to look at again.
CREATE TABLE desk.like_seen (contact bigint NOT NULL);
INSERT INTO desk.like_seen VALUES (0);
CREATE TABLE desk.like_again (customer bigint PRIMARY KEY);

-- Customers whose data is being taken away, or was: see desk.erase_step().
CREATE TABLE desk.erasure (
	customer	bigint PRIMARY KEY,
	at		timestamptz NOT NULL DEFAULT now(),
	ids		bigint[] NOT NULL,	-- his own and former ones
	after		bigint NOT NULL DEFAULT 0,	-- tickets done so far
	done		boolean NOT NULL DEFAULT false,
	-- The live feed in Redis is gone through twice: at once, and after what
	-- was on its way there has arrived.
	feed_at		timestamptz DEFAULT now(),
	feed_left	int NOT NULL DEFAULT 2
);
CREATE INDEX erasure_todo ON desk.erasure (customer) WHERE NOT done;
CREATE INDEX erasure_feed ON desk.erasure (feed_at)
	WHERE feed_at IS NOT NULL;

-- Makes ids of erased events unreadable and still recognisable.
INSERT INTO desk.secret (name, bytes)
VALUES ('erased', sha256(convert_to(gen_random_uuid()::text
    || gen_random_uuid()::text, 'UTF8')));

-- Bytes that nothing of an erased customer names any more: deleted, unless
-- others' events name them too.  raw: they are some message's source.
ALTER TABLE desk.blob ADD raw boolean NOT NULL DEFAULT false;
UPDATE desk.blob b SET raw = true
WHERE EXISTS (SELECT FROM desk.event e WHERE e.raw = b.sha256);
CREATE TABLE desk.blob_leaving (
	sha256		bytea PRIMARY KEY,
	raw		boolean NOT NULL	-- it was his message's source
);
CREATE INDEX attachment_sha256 ON desk.attachment (sha256);

-- By whom and by what a customer's rows are found.
CREATE INDEX message_ref_event ON desk.message_ref (event);
CREATE INDEX participant_contact ON desk.participant (contact);
CREATE INDEX conversation_contact ON desk.conversation (contact);
CREATE INDEX social_line_ticket ON desk.social_line (ticket);
CREATE INDEX audit_customer ON desk.audit (object, id)
	WHERE action LIKE 'customer.%';

-- Tags are kept in NFC: the same letters are the same tag, however typed.
UPDATE desk.ticket t SET tags = ARRAY(SELECT DISTINCT normalize(u, NFC)
    FROM unnest(t.tags) u ORDER BY 1)
WHERE t.tags <> '{}'
    AND array_to_string(t.tags, ' ') IS NOT NFC NORMALIZED;
