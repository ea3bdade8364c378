-- What an incident is about was noted in the history of each of its cases: it
-- could be one customer's words, and others' exports had them.
UPDATE desk.event e SET meta = e.meta - 'subject'
WHERE e.kind = 'incident' AND e.meta ? 'subject'
    AND e.ticket IN (SELECT c.ticket FROM desk.incident_case c);

-- Of what an id of one's own stood for: SHA-256 of it.
ALTER TABLE desk.incident ADD digest bytea;
ALTER TABLE desk.incident_answer ADD digest bytea;

-- Cases that were gone from the incident before the answer came to them.
ALTER TABLE desk.incident_answer ADD removed int NOT NULL DEFAULT 0;

-- When the incident resolved the case: the same as the case's resolved_at as
-- long as nobody reopened it.
ALTER TABLE desk.incident_case ADD over_at timestamptz;

-- In which case a customer has an answer: he gets it once, however many of his
-- cases are of the incident, and also those that come late.
CREATE TABLE desk.incident_told (
	answer		bigint NOT NULL REFERENCES desk.incident_answer,
	ticket		bigint NOT NULL,
	PRIMARY KEY (answer, ticket)
);
