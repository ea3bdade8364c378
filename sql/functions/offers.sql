-- Offers live in Redis; what becomes of an accepted one is kept here.

-- OFFER.ACCEPT: the daemon holds the lease in Redis while this commits.
CREATE OR REPLACE FUNCTION desk.offer_accept(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
BEGIN
	RETURN desk.ticket_give(caller, args, 'offer');
END;
$$;
