-- Asking: which messages went out for an invitation, who wants none, and what
-- makes one.

ALTER TABLE desk.outbound DROP CONSTRAINT outbound_purpose_check;
-- survey: nobody asked for it, so nobody is bothered when it fails.
ALTER TABLE desk.outbound ADD CONSTRAINT outbound_purpose_check CHECK (purpose
    IN ('reply', 'acknowledgement', 'transcript', 'message', 'notice',
    'survey'));

-- Since when the customer wants no surveys; NULL: he did not say so.
ALTER TABLE desk.customer
	ADD no_surveys_at	timestamptz,
	ADD no_surveys_by	text;	-- an agent's login; customer: himself

-- The messages of an invitation: the question, and its reminder.  Each has a
-- link of its own, which goes on to work when the other has gone out.
CREATE TABLE desk.invitation_message (
	event		bigint PRIMARY KEY,
	invitation	bigint NOT NULL REFERENCES desk.invitation,
	token		bytea UNIQUE	-- SHA-256; NULL until it goes out
);
CREATE INDEX invitation_message_of ON desk.invitation_message (invitation);
-- Whom a survey asked, the newest first.
CREATE INDEX invitation_survey ON desk.invitation (survey, id);

-- The bodies of these are in functions/survey_invite.sql.
CREATE FUNCTION desk.survey_resolved()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION desk.survey_delivered()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION desk.survey_unsent()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION desk.survey_over()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER survey_resolved AFTER UPDATE ON desk.ticket
	FOR EACH ROW WHEN (OLD.state <> NEW.state
	    AND (NEW.state = 'resolved' OR OLD.state = 'resolved'
		AND NEW.state <> 'closed'))
	EXECUTE FUNCTION desk.survey_resolved();
CREATE TRIGGER survey_delivered AFTER INSERT OR UPDATE OF delivered_at
	ON desk.customer_order
	FOR EACH ROW WHEN (NEW.delivered_at IS NOT NULL)
	EXECUTE FUNCTION desk.survey_delivered();
CREATE TRIGGER survey_unsent AFTER UPDATE OF state ON desk.outbound
	FOR EACH ROW WHEN (NEW.purpose = 'survey' AND OLD.state <> NEW.state
	    AND NEW.state IN ('failed', 'bounced'))
	EXECUTE FUNCTION desk.survey_unsent();
CREATE TRIGGER survey_over AFTER UPDATE OF state ON desk.invitation
	FOR EACH ROW WHEN (OLD.state = 'sent' AND NEW.state <> 'sent')
	EXECUTE FUNCTION desk.survey_over();
CREATE TRIGGER due_soon AFTER INSERT OR UPDATE OF send_at, state
	ON desk.invitation
	FOR EACH ROW WHEN (NEW.state = 'waiting'
	    AND NEW.send_at < now() + interval '6 seconds')
	EXECUTE FUNCTION desk.due_soon('survey');
