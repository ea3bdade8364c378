-- Also the segment that a customer is put on record with is one that there was
-- (desk.dimension_value).  The body is in functions/journey_run.sql.
CREATE FUNCTION desk.segment_comes() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER segment_comes AFTER INSERT ON desk.customer
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.segment_comes();
