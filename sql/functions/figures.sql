-- Moments as reports count them.

-- Milliseconds from one moment to another; whoever wants none where there is
-- none says greatest(0, …).
CREATE OR REPLACE FUNCTION desk.report_ms(began timestamptz,
    ended timestamptz)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT floor(extract(epoch FROM ended - began) * 1000)::bigint
$$;

CREATE OR REPLACE FUNCTION desk.hour_of(moment timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT date_trunc('hour', moment, 'UTC')
$$;

-- The ms from a moment to its hour's end.
CREATE OR REPLACE FUNCTION desk.hour_rest(moment timestamptz)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT desk.report_ms(moment,
	    date_trunc('hour', moment, 'UTC') + interval '1 hour')
$$;

-- The ms that an event says somebody waited.
CREATE OR REPLACE FUNCTION desk.waited_ms(meta jsonb)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce((meta->>'waited_ms')::numeric,
	    (meta->>'waited')::numeric * 1000, 0)::bigint
$$;

-- The first whole hour that is not before this.
CREATE OR REPLACE FUNCTION desk.hour_after(moment timestamptz)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT date_trunc('hour', moment + interval '1 hour'
	    - interval '1 microsecond', 'UTC')
$$;
