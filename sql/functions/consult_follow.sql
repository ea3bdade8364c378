-- What happens to questions with the case that asked them, whoever writes its
-- row.

-- A case that is over asks nothing any more; a question that ends without an
-- answer (its customer is erased) has none.
CREATE OR REPLACE FUNCTION desk.consults_end()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	desk_self	CONSTANT jsonb := '{"who":"desk"}';
	c		desk.ticket;
BEGIN
	IF NEW.kind = 'consult' THEN
		UPDATE desk.consult k SET done_at = now(), how = 'cancelled'
		WHERE k.ticket = NEW.id AND k.done_at IS NULL;
	END IF;
	FOR c IN SELECT t.* FROM desk.consult k
	    JOIN desk.ticket t ON t.id = k.ticket
	    WHERE k.parent = NEW.id AND k.done_at IS NULL
		AND t.state NOT IN ('resolved', 'closed')
	    ORDER BY t.id FOR UPDATE OF t LOOP
		PERFORM desk.consult_drop(desk_self, c, 'over', NULL);
		INSERT INTO desk.event (at, ticket, customer, kind, channel,
		    direction, who, meta)
		SELECT now(), NEW.id, NEW.customer, 'consult', 'desk', 'own',
		    'desk', jsonb_build_object('what', 'cancel', 'why', 'over',
			'consult', c.id, 'queue', q.name)
		FROM desk.queue q WHERE q.id = c.queue;
	END LOOP;
	RETURN NULL;
END;
$$;

-- A case that changes hands takes its questions along.
CREATE OR REPLACE FUNCTION desk.consults_move()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	asked	bigint[] := ARRAY(SELECT k.ticket FROM desk.consult k
		    WHERE k.parent = NEW.id ORDER BY k.ticket);
BEGIN
	IF asked <> '{}' THEN
		UPDATE desk.event e SET customer = NEW.customer
		WHERE e.ticket = ANY (asked) AND e.customer <> NEW.customer;
		UPDATE desk.ticket t SET customer = NEW.customer,
		    version = t.version + 1
		WHERE t.id = ANY (asked) AND t.customer <> NEW.customer;
	END IF;
	RETURN NULL;
END;
$$;
