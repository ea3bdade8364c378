-- PROMISE.FIND's working days: the words were read in C (daemon/op_promiseword.c).

-- Whether nobody works on a day: a Saturday, a Sunday, or a holiday of these
-- hours on which it is not open at all; without hours, of any.
CREATE OR REPLACE FUNCTION desk.day_off(of_hours int, day date)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT extract(isodow FROM day_off.day) > 5 OR EXISTS (
	    SELECT FROM desk.holiday o
	    WHERE o.day = day_off.day AND o.spans IS NULL
		AND (of_hours IS NULL OR o.hours = of_hours))
$$;

-- The day that is so many working days later.  A calendar without any in a year
-- is not waited for.
CREATE OR REPLACE FUNCTION desk.working_day(of_hours int, since date,
    count int)
RETURNS date
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT d::date
	    FROM generate_series(since + 1, since + 366 + 2 * count,
		interval '1 day') d
	    WHERE NOT desk.day_off(of_hours, d::date)
	    ORDER BY d OFFSET count - 1 LIMIT 1), since + count)
$$;

-- PROMISE.FIND, of a text that promises working days: promises are what was
-- found, by Mondays to Fridays; they are due past the holidays of the hours of
-- the queue that the case (ticket) is in.
CREATE OR REPLACE FUNCTION desk.promise_find(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
DECLARE
	zone	text := coalesce(desk.company('timezone'), 'Asia/Ho_Chi_Minh');
	since	date := (coalesce((args->>'at')::timestamptz, now())
		    AT TIME ZONE zone)::date;
	open	int := (SELECT q.hours FROM desk.ticket t
		    JOIN desk.queue q ON q.id = t.queue
		    WHERE t.id = (args->>'ticket')::bigint);
BEGIN
	RETURN jsonb_build_object('promises', (
	    SELECT coalesce(jsonb_agg(CASE WHEN p.days > 0 THEN p.body
		|| jsonb_build_object('due', desk.rfc3339(
		    (desk.working_day(open, since, p.days)
			+ (p.due AT TIME ZONE zone)::time)
		    AT TIME ZONE zone)) ELSE p.body END ORDER BY p.n), '[]')
	    FROM (SELECT x.body, x.n, (x.body->>'business')::int AS days,
		    (x.body->>'due')::timestamptz AS due
		FROM jsonb_array_elements(args->'promises')
		    WITH ORDINALITY x(body, n)) p));
END;
$$;
