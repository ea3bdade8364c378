-- An agent may have a case open in several pages: the lease on its answer is
-- that of the page in which he writes.

ALTER TABLE desk.writing ADD COLUMN page text;	-- NULL: it was not told

DROP FUNCTION IF EXISTS desk.writing_take(bigint, int);
DROP FUNCTION IF EXISTS desk.writing_leave(bigint, int);
