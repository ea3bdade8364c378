-- Who can have had to say the same again: of the cases at each place, those that
-- were answered there.  A place at which nobody is answered (an advertisement)
-- has no repeats, however things are, and is nothing to hold others against.

ALTER TYPE desk.friction_line ADD ATTRIBUTE answered int;	-- 0, 1
ALTER TABLE desk.friction_day ADD answered_in bigint NOT NULL DEFAULT 0;

-- Cases from before are counted again, by the chore; until it has taken those up
-- to this one, the new count knows of some alone.
ALTER TABLE desk.friction_zone ADD again_to bigint;
INSERT INTO desk.friction_todo (ticket)
SELECT f.ticket FROM desk.case_friction f ORDER BY f.ticket;
UPDATE desk.friction_zone SET again_to = (SELECT max(d.id)
    FROM desk.friction_todo d);

-- It has another column.
DROP FUNCTION IF EXISTS desk.friction_seen(bigint[]);
