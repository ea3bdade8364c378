-- What agents do by hand with mail that the desk wrote by itself: nobody is asked
-- what is over, and who was not written to is not reminded of it.

-- Refuses to send a survey's question, or a follow-up, again when it is over: its
-- links would open nothing, and he may have answered.
CREATE OR REPLACE FUNCTION desk.resend_open(o desk.outbound)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF o.purpose = 'survey' AND NOT EXISTS (
	    SELECT FROM desk.invitation_said(o.event, o.letter) m
	    JOIN desk.invitation i ON i.id = m.invitation
	    WHERE i.state = 'sent')
	    OR o.purpose = 'followup' AND NOT EXISTS (
	    SELECT FROM desk.followup_sent s
	    WHERE s.event = o.event AND s.state = 'sent') THEN
		PERFORM desk.refuse('CONFLICT', 'This question is over. Who is '
		    'to be asked after all is asked anew.', 'event');
	END IF;
END;
$$;

-- Why a message in this state cannot be taken back.
CREATE OR REPLACE FUNCTION desk.unsend_late(state text)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE state
	    WHEN 'bounced' THEN 'This message was sent, and came back.'
	    WHEN 'failed' THEN 'This message could not be sent, and goes nowhere.'
	    WHEN 'sent' THEN 'It is too late: this message was sent.'
	    WHEN 'unknown' THEN
		'It is too late: this message may have been sent.'
	    ELSE 'It is too late: this message is on its way.' END
$$;

-- The mail was taken back before it went: he was not asked.  One that was reminded
-- only is asked all the same.
CREATE OR REPLACE FUNCTION desk.asked_unsent(o desk.outbound)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF o.purpose = 'survey' THEN
		UPDATE desk.invitation i SET state = 'withdrawn',
		    why = 'unsent', remind_at = NULL
		FROM desk.invitation_said(o.event, o.letter) m
		WHERE i.id = m.invitation AND i.state = 'sent'
		    AND NOT EXISTS (SELECT FROM desk.invitation_message k
			WHERE k.invitation = i.id
			    AND k.event IS DISTINCT FROM o.event);
	ELSIF o.purpose = 'followup' THEN
		UPDATE desk.followup_sent s SET state = 'withdrawn',
		    why = 'unsent'
		WHERE s.event = o.event AND s.state = 'sent';
	END IF;
END;
$$;
