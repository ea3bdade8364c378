-- What an incident is about was noted in the history of each of its cases: it
-- could be one customer's words, and others' exports had them.
UPDATE desk.event e SET meta = e.meta - 'subject'
WHERE e.kind = 'incident' AND e.meta ? 'subject'
    AND e.ticket IN (SELECT c.ticket FROM desk.incident_case c);

-- Of what an id of one's own stood for: SHA-256 of it.
ALTER TABLE desk.incident ADD digest bytea;
ALTER TABLE desk.incident_answer ADD digest bytea;
