-- What newcomers found who tried to break what is asked of customers.

-- An answer is counted as it was asked: which question was the survey's score
-- then, and which expectation an experience was paired with, whatever the
-- survey asks later.
ALTER TABLE desk.response ADD head text;	-- NULL: the one that is now
ALTER TABLE desk.answer ADD pair text;		-- an experience: its expectation

UPDATE desk.response r SET head = coalesce((SELECT a.question
    FROM desk.answer a
    WHERE a.response = r.id AND a.kind = r.kind AND a.value = r.score
    ORDER BY a.question = h.name DESC, a.question LIMIT 1), h.name)
FROM desk.response o
JOIN desk.survey s ON s.id = o.survey
LEFT JOIN LATERAL (SELECT q.q->>'name' AS name
    FROM jsonb_array_elements(s.body->'questions') WITH ORDINALITY q(q, n)
    WHERE q.q->>'kind' IN ('nps', 'csat', 'ces')
    ORDER BY q.n LIMIT 1) h ON true
WHERE o.id = r.id;
UPDATE desk.answer a SET pair = q.q->>'pair'
FROM desk.response r
JOIN desk.survey s ON s.id = r.survey
CROSS JOIN LATERAL jsonb_array_elements(s.body->'questions') q(q)
WHERE r.id = a.response AND q.q->>'name' = a.question
    AND q.q->>'about' = 'experience' AND q.q ? 'pair';

-- The record of who made a link to a case had its customer's address, which
-- stayed when he was erased.  The link itself knows for whom it is.
UPDATE desk.audit SET detail = detail - 'for' WHERE action = 'CASE.LINK';
