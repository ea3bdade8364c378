-- Who recommends us, and whom he brought.  A code is a promoter's own; the
-- shop's link has it, and an order that came by that link tells of it.

-- The code of a customer, made when he has none: ten letters and digits of
-- which none is taken for another, 49 bits.
CREATE OR REPLACE FUNCTION desk.referral_code_of(whose bigint)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	letters	CONSTANT text := '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
	fresh	text;
BEGIN
	LOOP
		SELECT c.code INTO fresh FROM desk.referral_code c
		WHERE c.customer = whose ORDER BY c.made_at, c.code LIMIT 1;
		IF FOUND THEN
			RETURN fresh;
		END IF;
		SELECT string_agg(substr(letters, get_byte(b, i) % 32 + 1, 1),
		    '') INTO fresh
		FROM (SELECT sha256(uuid_send(gen_random_uuid())
		    || uuid_send(gen_random_uuid())) AS b) x,
		    generate_series(0, 9) i;
		INSERT INTO desk.referral_code (code, customer)
		VALUES (fresh, whose) ON CONFLICT DO NOTHING;
	END LOOP;
END;
$$;

-- A code as somebody types it: letters large, nothing between them.
CREATE OR REPLACE FUNCTION desk.referral_word(said text)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT regexp_replace(upper(left(said, 100)), '[^0-9A-Z]', '', 'g')
$$;

-- Keeps that a customer came by somebody's code.  False: he came before, by
-- this or another's; or by his own, or one that nobody has.
CREATE OR REPLACE FUNCTION desk.referral_put(whom bigint, word text,
    of_order text, by_whom text)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	c	desk.referral_code;
BEGIN
	SELECT * INTO c FROM desk.referral_code k
	WHERE k.code = desk.referral_word(word);
	IF NOT FOUND OR c.customer = whom OR whom IS NULL THEN
		RETURN false;
	END IF;
	INSERT INTO desk.referral (customer, referrer, code, order_no, who)
	VALUES (whom, c.customer, c.code, of_order, by_whom)
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	INSERT INTO desk.advocate AS a (customer, came)
	VALUES (c.customer, 1)
	ON CONFLICT (customer) DO UPDATE SET came = a.came + 1;
	RETURN true;
END;
$$;

-- What orders of a batch tell (`referral` of meta); in the order of those who
-- brought them, so that two batches do not wait for each other.
CREATE OR REPLACE FUNCTION desk.referrals_keep(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	e	record;
BEGIN
	FOR e IN SELECT (f.k).customer, ((f.k).i).order_no, c.code
	    FROM unnest(filings) f
	    JOIN desk.referral_code c ON c.code = desk.referral_word(
		((f.k).i).meta->>'referral')
	    WHERE ((f.k).i).channel = 'order'
		AND ((f.k).i).meta ? 'referral'
	    ORDER BY c.customer, (f.k).customer LOOP
		PERFORM desk.referral_put(e.customer, e.code, e.order_no,
		    'order');
	END LOOP;
END;
$$;

-- What an answer says of its customer as one who recommends us.
CREATE OR REPLACE FUNCTION desk.advocate_note(r desk.response)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	IF r.customer IS NULL OR r.class IS NULL THEN
		RETURN;
	ELSIF r.class = 'promoter' THEN
		INSERT INTO desk.advocate (customer)
		VALUES (r.customer) ON CONFLICT DO NOTHING;
	END IF;
	UPDATE desk.advocate a
	SET promoted = a.promoted + (r.class = 'promoter')::int,
	    class = CASE WHEN r.at >= coalesce(a.class_at, '-infinity')
		THEN r.class ELSE a.class END,
	    class_at = greatest(r.at, a.class_at)
	WHERE a.customer = r.customer;
END;
$$;

-- REFERRAL.CODE: of this customer, the same whoever asks.
CREATE OR REPLACE FUNCTION desk.referral_code(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	whom	bigint := desk.customer_stays((args->>'customer')::bigint);
BEGIN
	RETURN jsonb_build_object('customer', whom,
	    'code', desk.referral_code_of(whom));
END;
$$;

-- Whom somebody means who came: by his id, his order or his address.
CREATE OR REPLACE FUNCTION desk.referral_whom(args jsonb)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	whom	bigint;
BEGIN
	IF args ? 'customer' THEN
		RETURN desk.customer_stays((args->>'customer')::bigint);
	ELSIF args ? 'order' THEN
		SELECT o.customer INTO whom FROM desk.customer_order o
		WHERE o.order_no = args->>'order';
	ELSE
		SELECT c.customer INTO whom FROM desk.contact c
		WHERE c.address = lower(args->>'contact')
		    AND c.kind IN ('email', 'phone')
		ORDER BY c.id LIMIT 1;
	END IF;
	IF whom IS NULL THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such customer.',
		    CASE WHEN args ? 'order' THEN 'order' ELSE 'contact' END);
	END IF;
	RETURN whom;
END;
$$;

-- REFERRAL.ADD: by hand; said twice, it is kept once.
CREATE OR REPLACE FUNCTION desk.referral_add(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	whom	bigint := desk.referral_whom(args);
	c	desk.referral_code;
	r	desk.referral;
BEGIN
	SELECT * INTO c FROM desk.referral_code k
	WHERE k.code = desk.referral_word(args->>'code');
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such code.',
		    'code');
	ELSIF c.customer = whom THEN
		PERFORM desk.refuse('INVALID', 'Nobody brings himself.',
		    'code');
	END IF;
	PERFORM desk.referral_put(whom, c.code, args->>'order',
	    desk.caller_login(caller));
	SELECT * INTO r FROM desk.referral x WHERE x.customer = whom;
	IF r.referrer <> c.customer THEN
		PERFORM desk.refuse('CONFLICT',
		    'Somebody else brought this customer.', 'code');
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('customer', whom,
	    'referrer', r.referrer, 'code', r.code, 'order', r.order_no,
	    'at', desk.rfc3339(r.at)));
END;
$$;

-- Of a customer: who brought him, and whom he brought.
CREATE OR REPLACE FUNCTION desk.referral_json(whose bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN nullif(jsonb_strip_nulls(jsonb_build_object(
	    'by', (SELECT jsonb_build_object('customer', r.referrer,
		    'name', c.name, 'code', r.code, 'at', desk.rfc3339(r.at))
		FROM desk.referral r
		LEFT JOIN desk.customer c ON c.id = r.referrer
		WHERE r.customer = whose),
	    'came', (SELECT nullif(a.came, 0) FROM desk.advocate a
		WHERE a.customer = whose),
	    'class', (SELECT nullif(a.class, '') FROM desk.advocate a
		WHERE a.customer = whose))), '{}');
END;
$$;

-- The same as his pane shows it: with the code that he has, and the newest
-- twenty whom he brought, of those who were not erased.
CREATE OR REPLACE FUNCTION desk.referral_of(whose bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
	RETURN nullif(coalesce(desk.referral_json(whose), '{}')
	    || jsonb_strip_nulls(jsonb_build_object(
	    'code', (SELECT c.code FROM desk.referral_code c
		WHERE c.customer = whose ORDER BY c.made_at, c.code LIMIT 1),
	    'brought', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		    'customer', r.customer, 'name', c.name,
		    'order', r.order_no, 'at', desk.rfc3339(r.at)))
		    ORDER BY r.at DESC, r.customer)
		FROM (SELECT * FROM desk.referral x WHERE x.referrer = whose
		    ORDER BY x.at DESC, x.customer LIMIT 20) r
		LEFT JOIN desk.customer c ON c.id = r.customer))), '{}');
END;
$$;

-- CX.ADVOCATES: who brought most first, then who would most often; of those
-- who came, how many ordered, how often, and for how much.
CREATE OR REPLACE FUNCTION desk.advocates(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $$
DECLARE
	lim	int := coalesce((args->>'limit')::int, 50);
	past	desk.advocate;
	found	bigint[];
BEGIN
	SELECT * INTO past FROM desk.advocate a
	WHERE a.customer = (args->>'after')::bigint;
	found := ARRAY(SELECT a.customer FROM desk.advocate a
	    WHERE past.customer IS NULL
		OR (-a.came, -a.promoted, a.customer)
		    > (-past.came, -past.promoted, past.customer)
	    ORDER BY a.came DESC, a.promoted DESC, a.customer LIMIT lim);
	RETURN jsonb_strip_nulls(jsonb_build_object('advocates', (
	    SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'customer', a.customer, 'name', c.name,
		'promoted', a.promoted, 'class', nullif(a.class, ''),
		'came', a.came, 'code', (SELECT k.code
		    FROM desk.referral_code k WHERE k.customer = a.customer
		    ORDER BY k.made_at, k.code LIMIT 1),
		'orders', (SELECT count(*) FROM desk.referral r
		    JOIN desk.customer_order o ON o.customer = r.customer
		    WHERE r.referrer = a.customer),
		'value', (SELECT jsonb_object_agg(v.currency, v.sum)
		    FROM (SELECT coalesce(o.currency, '') AS currency,
			    trim_scale(sum(o.amount)) AS sum
			FROM desk.referral r
			JOIN desk.customer_order o ON o.customer = r.customer
			WHERE r.referrer = a.customer
			    AND o.amount IS NOT NULL
			GROUP BY 1) v))) ORDER BY u.n), '[]')
	    FROM unnest(found) WITH ORDINALITY u(id, n)
	    JOIN desk.advocate a ON a.customer = u.id
	    LEFT JOIN desk.customer c ON c.id = a.customer),
	    'after', CASE WHEN cardinality(found) = lim
		THEN found[lim] END));
END;
$$;
