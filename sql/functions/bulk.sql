-- One act on many cases, a page at a time: each case by its own operation,
-- with its checks, its event (bulk in its meta) and its notice.  One that is
-- refused leaves the others as they are.

-- What the act is, without the cases that it is for: refuses what is missing.
CREATE OR REPLACE FUNCTION desk.bulk_what(args jsonb)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	act	text := args->>'act';
	wants	text := CASE act WHEN 'assign' THEN 'agent'
		    WHEN 'transfer' THEN 'queue' WHEN 'tag' THEN 'tag'
		    WHEN 'untag' THEN 'tag' WHEN 'priority' THEN 'priority' END;
BEGIN
	IF wants IS NOT NULL AND NOT args ? wants THEN
		PERFORM desk.refuse('INVALID', format('Say the %s, too.',
		    wants), wants);
	END IF;
	RETURN args - '{tickets,once,dry}'::text[];
END;
$$;

-- The act on one ticket; what its operation answers.
CREATE OR REPLACE FUNCTION desk.bulk_act(caller jsonb, what jsonb,
    ticket bigint)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	a	jsonb := what || jsonb_build_object('ticket', ticket,
		    'off', what->>'act' = 'untag');
BEGIN
	CASE what->>'act'
	WHEN 'take' THEN
		RETURN desk.ticket_take(caller, a);
	WHEN 'assign' THEN
		RETURN desk.ticket_assign(caller, a);
	WHEN 'transfer' THEN
		RETURN desk.ticket_transfer(caller, a);
	WHEN 'tag', 'untag' THEN
		RETURN desk.ticket_tag(caller, a);
	WHEN 'priority' THEN
		RETURN desk.ticket_priority(caller, a);
	WHEN 'resolve' THEN
		RETURN desk.ticket_resolve(caller, a);
	WHEN 'reopen' THEN
		RETURN desk.ticket_reopen(caller, a);
	WHEN 'pend' THEN
		RETURN desk.ticket_pend(caller, a);
	END CASE;
END;
$$;

-- What came of one ticket: {"ticket","done":true}, "same" where it was so
-- already, or "code","words"[,"member"] of the refusal.  dry: all of it is taken
-- back, so that what it says is what would be.
CREATE OR REPLACE FUNCTION desk.bulk_one(caller jsonb, what jsonb,
    wanted bigint, dry boolean)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	was	bigint;
	answer	jsonb;
	word	text;
	code	text;
	member	text;
BEGIN
	SELECT t.version INTO was FROM desk.ticket t WHERE t.id = wanted
	FOR UPDATE;
	BEGIN
		answer := desk.bulk_act(caller, what, wanted);
		IF dry THEN
			RAISE EXCEPTION USING ERRCODE = 'DK003';
		END IF;
	EXCEPTION
	WHEN SQLSTATE 'DK001' THEN
		GET STACKED DIAGNOSTICS word = MESSAGE_TEXT,
		    code = PG_EXCEPTION_DETAIL, member = PG_EXCEPTION_HINT;
		RETURN jsonb_strip_nulls(jsonb_build_object('ticket', wanted,
		    'code', code, 'words', word,
		    'member', nullif(member, '')));
	WHEN SQLSTATE 'DK003' THEN
		NULL;
	END;
	RETURN jsonb_build_object('ticket', wanted,
	    CASE WHEN (answer->>'version')::bigint = was THEN 'same'
		ELSE 'done' END, true);
END;
$$;

-- The bulk of this key, its row locked: pages of one come one after the other.
-- Whoever begins one has a few of long ago forgotten.
CREATE OR REPLACE FUNCTION desk.bulk_begin(caller jsonb, key text, what jsonb)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	said	bytea := sha256(convert_to(what::text, 'UTF8'));
	b	desk.bulk;
	old	bigint;
BEGIN
	IF coalesce(key, '') = '' THEN
		PERFORM desk.refuse('INVALID', 'Give it an id of your own: '
		    'by that it is done once, however often you ask.', 'once');
	END IF;
	INSERT INTO desk.bulk (who, once, act, digest)
	VALUES (caller->>'who', key, what->>'act', said)
	ON CONFLICT (who, once) DO NOTHING
	RETURNING * INTO b;
	IF NOT FOUND THEN
		SELECT * INTO b FROM desk.bulk k
		WHERE k.who = caller->>'who' AND k.once = key
		FOR NO KEY UPDATE;
		IF b.digest <> said THEN
			PERFORM desk.refuse('CONFLICT',
			    'This id stands for another act.', 'once');
		END IF;
		RETURN b.id;
	END IF;
	SELECT k.id INTO old FROM desk.bulk k
	WHERE k.at < now() - interval '30 days'
	ORDER BY k.at LIMIT 1 FOR UPDATE SKIP LOCKED;
	DELETE FROM desk.bulk_ticket x
	WHERE x.bulk = old AND x.ticket = ANY (ARRAY(SELECT y.ticket
	    FROM desk.bulk_ticket y WHERE y.bulk = old
	    ORDER BY y.ticket LIMIT 1000));
	DELETE FROM desk.bulk k
	WHERE k.id = old
	    AND NOT EXISTS (SELECT FROM desk.bulk_ticket x WHERE x.bulk = old);
	RETURN b.id;
END;
$$;

-- TICKET.BULK: {"act"[,"bulk"],"done","same","before","refused":[{"ticket",
-- "code","words"[,"member"]}]}: to how many it was done, how many were so
-- already, and to how many this bulk did it before.  In the order of ids, as all
-- lock them.
CREATE OR REPLACE FUNCTION desk.ticket_bulk(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	what	jsonb := desk.bulk_what(args);
	dry	boolean := coalesce((args->>'dry')::boolean, false);
	ids	bigint[] := ARRAY(SELECT DISTINCT u.id
		    FROM unnest(desk.list_named(args->>'tickets')) u(id)
		    ORDER BY u.id);
	mine	bigint;
	one	bigint;
	got	jsonb;
	before	int := 0;
	all_of	jsonb[] := '{}';
BEGIN
	IF cardinality(ids) > 100 THEN
		PERFORM desk.refuse('INVALID',
		    'At most 100 cases at a time.', 'tickets');
	END IF;
	IF NOT dry THEN
		mine := desk.bulk_begin(caller, args->>'once', what);
		PERFORM set_config('desk.bulk', mine::text, true);
	END IF;
	FOREACH one IN ARRAY ids LOOP
		IF EXISTS (SELECT FROM desk.bulk_ticket x
		    WHERE x.bulk = mine AND x.ticket = one) THEN
			before := before + 1;
			CONTINUE;
		END IF;
		got := desk.bulk_one(caller, what, one, dry);
		all_of := all_of || got;
		IF NOT dry AND NOT got ? 'code' THEN
			INSERT INTO desk.bulk_ticket (bulk, ticket)
			VALUES (mine, one);
		END IF;
	END LOOP;
	PERFORM set_config('desk.bulk', '', true);
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('act', args->'act',
	    'bulk', mine, 'done', count(*) FILTER (WHERE g ? 'done'),
	    'same', count(*) FILTER (WHERE g ? 'same'), 'before', before,
	    'refused', coalesce(jsonb_agg(g) FILTER (WHERE g ? 'code'), '[]')))
	    FROM unnest(all_of) g);
END;
$$;
