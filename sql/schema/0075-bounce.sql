-- Letters that come back: which status they came back with, whose address is to
-- get no more of them, and whom a survey did not reach.

-- Why it did not arrive (RFC 3463), where that was said.
ALTER TABLE desk.outbound ADD returned text;

-- Addresses that mail of ours came back from for good, or that the relay would
-- not take.  Nothing that nobody asked for goes there until one of us says that
-- it is right, or mail comes from it.  See functions/addresses.sql.
CREATE TABLE desk.returned_address (
	address		text COLLATE "C" PRIMARY KEY,	-- normalised
	at		timestamptz,	-- NULL: it is said to be right
	status		text,
	said		text,
	outbound	bigint,		-- the newest that came back
	heard		bigint,		-- events that came after this one tell
	upto		bigint,		-- up to this one nothing counts
	cleared_at	timestamptz,
	cleared_by	text
);
CREATE INDEX returned_address_at ON desk.returned_address (at DESC, address)
	WHERE at IS NOT NULL;

-- Who was not reached was asked nothing.
ALTER TABLE desk.invitation DROP CONSTRAINT invitation_state_check;
ALTER TABLE desk.invitation ADD CONSTRAINT invitation_state_check CHECK (state
    IN ('waiting', 'sent', 'answered', 'expired', 'withdrawn',
    'undeliverable'));
WITH unreached AS (
    UPDATE desk.invitation i SET state = 'undeliverable'
    WHERE i.state = 'withdrawn' AND i.why IN ('failed', 'bounced')
	AND i.sent_at IS NOT NULL
    RETURNING i.*
)
INSERT INTO desk.measure_part (measure, name, at, queue, agent, channel,
    segment, touchpoint, value, n)
SELECT 'unreached', s.name, i.sent_at, i.queue, i.agent, i.channel, i.segment,
    i.touchpoint, 1, 1
FROM unreached i JOIN desk.survey s ON s.id = i.survey;

-- It has one number more; and staff are asked as customers are (survey_ask()).
DROP FUNCTION IF EXISTS desk.cx_rate(bigint, bigint);
DROP FUNCTION IF EXISTS desk.staff_ask(desk.invitation);
DROP FUNCTION IF EXISTS desk.staff_remind(desk.invitation);
DROP FUNCTION IF EXISTS desk.staff_opens(desk.invitation, desk.survey);

-- Of one of us who is asked: the department that he was in then (functions/
-- staff_scores.sql); apart from queue, by which measures would tell single answers.
ALTER TABLE desk.invitation ADD department int;

-- The body is in functions/addresses.sql.
CREATE FUNCTION desk.address_returned()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER address_returned AFTER UPDATE OF state ON desk.outbound
	FOR EACH ROW WHEN (NEW.channel = 'mail' AND OLD.state <> NEW.state
	    AND NEW.state IN ('failed', 'bounced'))
	EXECUTE FUNCTION desk.address_returned();
