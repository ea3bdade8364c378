-- Surveys of our own people, by letter; and links that go on working when a
-- mail is tried a second time, and that no agent can read.

-- The digests of what went out before: a copy of an earlier try may have
-- arrived, and its link opens what the newest one's does.
CREATE TABLE desk.invitation_try (
	token		bytea PRIMARY KEY,	-- SHA-256
	invitation	bigint NOT NULL REFERENCES desk.invitation
);
CREATE INDEX invitation_try_of ON desk.invitation_try (invitation);

-- A message of an invitation is a case's event, or a letter.
ALTER TABLE desk.invitation_message
	DROP CONSTRAINT invitation_message_pkey,
	ALTER event DROP NOT NULL,
	ADD CONSTRAINT invitation_message_event UNIQUE (event),
	ADD letter bigint UNIQUE REFERENCES desk.letter,
	ADD CONSTRAINT invitation_message_one
	    CHECK (num_nonnulls(event, letter) = 1);
DROP TRIGGER survey_unsent ON desk.outbound;
CREATE TRIGGER survey_unsent AFTER UPDATE OF state ON desk.outbound
	FOR EACH ROW WHEN (NEW.purpose IN ('survey', 'letter')
	    AND OLD.state <> NEW.state
	    AND NEW.state IN ('failed', 'bounced'))
	EXECUTE FUNCTION desk.survey_unsent();

-- What a chat shows its visitor is a link that nothing keeps: it is made of the
-- invitation and this key whenever he reads (survey_secret()).
INSERT INTO desk.secret (name, bytes)
VALUES ('survey', sha256(uuid_send(gen_random_uuid())
    || uuid_send(gen_random_uuid())))
ON CONFLICT DO NOTHING;

-- Links that stood in the history until now are taken out of it.  Those of
-- questions that are still open work on, and what is made now opens them, too.
UPDATE desk.event e SET text = regexp_replace(e.text,
	E'\n[^\n]*/survey/[A-Za-z0-9_-]{32}$', ''),
    meta = e.meta #- '{survey,link}'
FROM desk.invitation i
JOIN desk.invitation_message m ON m.invitation = i.id
WHERE i.via = 'chat' AND e.ticket = i.ticket AND e.id = m.event
    AND e.meta #> '{survey,link}' IS NOT NULL;
INSERT INTO desk.invitation_try (token, invitation)
SELECT sha256(convert_to(translate(encode(substr(sha256(k.bytes
	|| sha256(k.bytes || convert_to('survey/' || i.id, 'UTF8'))), 1, 24),
	'base64'), '+/', '-_'), 'UTF8')), i.id
FROM desk.invitation i, desk.secret k
WHERE k.name = 'survey' AND i.via = 'chat' AND i.state = 'sent'
ON CONFLICT DO NOTHING;

-- Since when one of us wants no surveys by letter; NULL: he did not say so.
ALTER TABLE desk.agent ADD no_surveys_at timestamptz;

-- Who of us is asked, the newest first.
CREATE INDEX invitation_staff ON desk.invitation (staff, id)
	WHERE staff IS NOT NULL;

-- Surveys of ours that go out each week, month or quarter: since when, and the
-- rounds that there were.
CREATE TABLE desk.survey_plan (
	survey		int PRIMARY KEY REFERENCES desk.survey,
	every		text NOT NULL CHECK (every IN
			    ('week', 'month', 'quarter')),
	since		timestamptz NOT NULL	-- nothing of before is made up for
);
CREATE TABLE desk.survey_round (
	survey		int NOT NULL REFERENCES desk.survey,
	first_day	date NOT NULL,		-- of the week, month or quarter
	made_at		timestamptz NOT NULL DEFAULT now(),
	invited		int NOT NULL,
	PRIMARY KEY (survey, first_day)
);

-- Until when a report is let be that could not be written.
ALTER TABLE desk.report_plan ADD off_until timestamptz;
