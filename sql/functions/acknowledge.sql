-- Automatic acknowledgements: once for a new ticket, by RFC 3834 section 2,
-- to somebody who wrote himself and whose address nobody denies.

-- The events of a batch that call for one, with its words.
-- desk.may_answer_automatically() has the last word on each.
CREATE OR REPLACE FUNCTION desk.acknowledge_due(filings desk.filing[])
RETURNS TABLE (ticket bigint, contact bigint, address text, subject text,
    body text)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT t.id, (f.k).contact, ((f.k).i).contacts->0->>'address',
	    desk.template_fill(coalesce(p.subject, '[{company}] #{ticket}'),
		v.vars),
	    desk.template_fill(p.body, v.vars)
	FROM unnest(filings) f
	JOIN desk.ticket t ON t.id = f.ticket
	JOIN desk.queue q ON q.id = f.queue
	CROSS JOIN LATERAL desk.template_in(CASE
	    WHEN q.acknowledge_closed IS NULL
		OR desk.hours_open(q.hours, now()) THEN q.acknowledge
	    ELSE q.acknowledge_closed END, desk.lang_of(t)) p
	CROSS JOIN LATERAL (SELECT desk.template_vars(t, NULL, p.lang)
	    AS vars) v
	WHERE f.opens AND ((f.k).i).channel = 'mail' AND (f.k).direction = 'in'
	    AND ((f.k).i).automatic IS NOT TRUE
	    AND ((f.k).i).quarantine IS NULL
	    AND coalesce(((f.k).i).auth, 'none') <> 'fail'
	    AND NOT coalesce(((f.k).i).facts, '{}') ?| '{automatic,list,bulk}'
	    AND ((f.k).i).contacts->0->>'kind' = 'email';
END;
$$;

-- Writes them into the history and queues them to be sent; in the transaction
-- that files the events, so that there is one for a ticket, or none.  The
-- words are the company's own: nothing of what the sender wrote is in them.
CREATE OR REPLACE FUNCTION desk.acknowledge(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	a		record;
	event_id	bigint;
BEGIN
	IF NOT EXISTS (SELECT FROM unnest(filings) f
	    JOIN desk.queue q ON q.id = f.queue
	    WHERE f.opens AND (q.acknowledge IS NOT NULL
		OR q.acknowledge_closed IS NOT NULL)) THEN
		RETURN;
	END IF;
	FOR a IN SELECT * FROM desk.acknowledge_due(filings) d
	    ORDER BY d.ticket LOOP
		CONTINUE WHEN NOT desk.may_answer_automatically(a.address,
		    a.ticket);
		event_id := nextval('desk.event_id');
		INSERT INTO desk.event (id, at, ticket, customer, kind,
		    channel, direction, who, subject, text, facts)
		SELECT event_id, now(), t.id, t.customer, 'acknowledgement',
		    'mail', 'out', 'desk', a.subject, a.body,
		    '{"automatic":"auto-replied"}'
		FROM desk.ticket t WHERE t.id = a.ticket;
		PERFORM desk.outbound_put(event_id, a.ticket, 'mail',
		    a.address, 'acknowledgement');
	END LOOP;
END;
$$;
