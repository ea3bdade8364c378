-- Limits are reckoned in floats (functions/cx_figures.sql): those that took
-- numerics would be found beside them.
DROP FUNCTION IF EXISTS desk.wilson(numeric, numeric);
DROP FUNCTION IF EXISTS desk.mean_limits(numeric, numeric, numeric, numeric,
    numeric);
DROP FUNCTION IF EXISTS desk.normal_tail(numeric);
