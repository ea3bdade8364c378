-- Keys that every daemon of the desk shares.

-- The key that signs reply addresses (desk/token.h): 32 bytes, made by
-- whoever asks first.
CREATE OR REPLACE FUNCTION desk.token_key()
RETURNS bytea
LANGUAGE plpgsql
AS $$
DECLARE
	found_key	bytea;
BEGIN
	SELECT s.bytes INTO found_key FROM desk.secret s
	WHERE s.name = 'token';
	IF found_key IS NULL THEN
		-- Two version 4 UUIDs hold 244 random bits of the server's
		-- own strong source.
		INSERT INTO desk.secret (name, bytes)
		VALUES ('token', sha256(convert_to(gen_random_uuid()::text
		    || gen_random_uuid()::text, 'UTF8')))
		ON CONFLICT DO NOTHING;
		SELECT s.bytes INTO found_key FROM desk.secret s
		WHERE s.name = 'token';
	END IF;
	RETURN found_key;
END;
$$;
