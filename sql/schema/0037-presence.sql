-- Who loses his connection is waited for that long, then away.  What is found
-- out of agents is noted by what it is, and answered with how they are then.

ALTER TABLE desk.presence_rule ALTER grace SET DEFAULT 30;
UPDATE desk.presence_rule SET grace = 30;

DROP FUNCTION IF EXISTS desk.presence_noted(text, text, text, bigint);
