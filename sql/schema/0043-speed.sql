-- Lines are put back together faster: pages of another order (functions/line.sql).
DROP FUNCTION IF EXISTS desk.line_page(bigint, int);
DROP FUNCTION IF EXISTS desk.ms_between(timestamptz, timestamptz);
