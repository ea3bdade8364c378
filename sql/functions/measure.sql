-- What is counted of customers' experience: histograms of small whole numbers,
-- by what they are about.

-- Counts n times value (a negative n takes back what was counted before).  What
-- is not known is 0 or ''; measures and their names are in ARCHITECTURE.md.
CREATE OR REPLACE FUNCTION desk.measure(measure text, name text,
    at timestamptz, queue int, agent int, channel text, segment text,
    touchpoint text, value int, n bigint DEFAULT 1)
RETURNS void
LANGUAGE sql VOLATILE
AS $$
	INSERT INTO desk.measure_part (measure, name, at, queue, agent,
	    channel, segment, touchpoint, value, n)
	SELECT measure, coalesce(name, ''), at, coalesce(queue, 0),
	    coalesce(agent, 0), coalesce(channel, ''), coalesce(segment, ''),
	    coalesce(touchpoint, ''), value, n
	WHERE value BETWEEN -32768 AND 32767 AND n <> 0
$$;
