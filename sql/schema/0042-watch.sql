-- Who watches which case, until it is closed or he is let go; and what was left
-- of questions between departments: declined, drafts of them, their own subject.

-- One row for each agent and case, a bounded number of either
-- (functions/watch.sql).
CREATE TABLE desk.watch (
	agent		int NOT NULL REFERENCES desk.agent,
	ticket		bigint NOT NULL,
	at		timestamptz NOT NULL DEFAULT clock_timestamp(),
	PRIMARY KEY (agent, ticket)
);
CREATE INDEX watch_ticket ON desk.watch (ticket);
CREATE INDEX watch_order ON desk.watch (agent, at DESC, ticket DESC);

-- Whatever tells of a case tells who watches it: nobody who changes one can
-- forget them.
CREATE FUNCTION desk.watch_note()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER watch_note AFTER INSERT ON desk.outbox
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.watch_note();

-- Who is let go watches nothing any more.
CREATE FUNCTION desk.watch_leave()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER watch_leave AFTER UPDATE OF active ON desk.agent
	FOR EACH ROW WHEN (OLD.active AND NOT NEW.active)
	EXECUTE FUNCTION desk.watch_leave();

-- Who was asked and cannot answer says why.
ALTER TABLE desk.consult DROP CONSTRAINT consult_how_check;
ALTER TABLE desk.consult ADD CONSTRAINT consult_how_check
	CHECK (how IN ('answered', 'declined', 'cancelled'));

-- A question that is being written is a draft as answers are; about: of whom it
-- will be asked.
ALTER TABLE desk.draft DROP CONSTRAINT draft_kind_check;
ALTER TABLE desk.draft
	ADD CONSTRAINT draft_kind_check CHECK (kind IN ('reply', 'note', 'ask')),
	ADD about jsonb;

-- Who is asked and may not see the case saw its subject as the question's.
UPDATE desk.ticket t SET subject = t.preview, version = t.version + 1
FROM desk.consult k WHERE t.id = k.ticket AND k.done_at IS NULL;
