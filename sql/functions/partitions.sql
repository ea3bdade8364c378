-- The history's partitions, one a month (UTC).

-- Makes the partitions of this month and the next two, and returns how many
-- it made.  Any daemon may call it at any time.  Rows that were filed while a
-- month had no partition stand in the default one, which would forbid making
-- it: they are moved.
CREATE OR REPLACE FUNCTION desk.partitions()
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	month	timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
	part	text;
	made	int := 0;
BEGIN
	-- One at a time: two makers would meet on the catalogue.
	PERFORM pg_advisory_xact_lock(hashtextextended('desk.partitions', 0));
	FOR n IN 0..2 LOOP
		part := to_char(month, '"event_"YYYY_MM');
		IF to_regclass('desk.' || part) IS NULL THEN
			PERFORM desk.partition_make(part,
			    month AT TIME ZONE 'UTC',
			    (month + interval '1 month') AT TIME ZONE 'UTC');
			made := made + 1;
		END IF;
		month := month + interval '1 month';
	END LOOP;
	RETURN made;
END;
$$;

-- Makes one partition.  It is filled from the default one before it is
-- attached; attaching checks that nothing of its range is left behind.
CREATE OR REPLACE FUNCTION desk.partition_make(part text,
    since timestamptz, until timestamptz)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	-- Nobody files into the default partition meanwhile.  The parent is
	-- locked first, as whoever inserts does.
	LOCK TABLE desk.event IN SHARE UPDATE EXCLUSIVE MODE;
	LOCK TABLE desk.event_default IN ACCESS EXCLUSIVE MODE;
	EXECUTE format('CREATE TABLE desk.%I (LIKE desk.event INCLUDING ALL)',
	    part);
	EXECUTE format('WITH moved AS (DELETE FROM desk.event_default '
	    'WHERE filed_at >= %L AND filed_at < %L RETURNING *) '
	    'INSERT INTO desk.%I SELECT * FROM moved', since, until, part);
	EXECUTE format('ALTER TABLE desk.event ATTACH PARTITION desk.%I '
	    'FOR VALUES FROM (%L) TO (%L)', part, since, until);
END;
$$;
