-- Calls: their records joined by id, in any order, from any source; what the
-- agent sees while the phone rings; whom a call keeps busy.

-- For how long a call counts as going on when nobody says that it ended.
CREATE OR REPLACE FUNCTION desk.call_lasts()
RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT interval '4 hours' $$;

-- Did somebody talk, by this record?  One of an end that does not say for how
-- long is of a call that was answered.
CREATE OR REPLACE FUNCTION desk.call_talked(told jsonb)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT told->>'state' = 'answered' OR told->>'state' = 'ended'
	    AND coalesce((told->>'duration')::bigint, 1) > 0
$$;

-- The newest ticket of this customer on which somebody talked to him after
-- that moment; of his newest fifty.
CREATE OR REPLACE FUNCTION desk.call_since(of_customer bigint,
    after timestamptz)
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT c.ticket
	FROM (SELECT t.id FROM desk.ticket t WHERE t.customer = of_customer
	    ORDER BY t.id DESC LIMIT 50) t
	JOIN desk.call c ON c.ticket = t.id
	WHERE c.answered_at > after
	ORDER BY c.answered_at DESC LIMIT 1
$$;

-- Does this record ask for an answer?  Not when it is of one phone of several,
-- or late: of a call that was answered, or known as missed, before it came;
-- nor when he was talked to since.
CREATE OR REPLACE FUNCTION desk.call_asks(f desk.filing)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	told	jsonb := ((f.k).i).call;
BEGIN
	RETURN NOT (coalesce((told->>'part')::boolean, false)
	    OR EXISTS (SELECT FROM desk.call c
		WHERE c.id = told->>'id' AND c.ticket = f.ticket
		    AND (c.answered_at IS NOT NULL OR c.ended_at IS NOT NULL))
	    OR told->>'state' = 'missed'
		AND desk.call_since(f.customer, ((f.k).i).at) IS NOT NULL);
END;
$$;

-- The filings, those of calls asking only where something is owed.
CREATE OR REPLACE FUNCTION desk.calls_weigh(filings desk.filing[])
RETURNS desk.filing[]
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	FOR n IN 1 .. coalesce(cardinality(filings), 0) LOOP
		IF ((filings[n].k).i).call IS NOT NULL
		    AND (filings[n].k).asks
		    AND NOT desk.call_asks(filings[n]) THEN
			filings[n].k.asks := false;
		END IF;
	END LOOP;
	RETURN filings;
END;
$$;

-- A list with one more agent at its end; each once where once is told.
CREATE OR REPLACE FUNCTION desk.call_agents(list int[], agent int,
    once boolean)
RETURNS int[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE
	    WHEN agent IS NULL OR once AND agent = ANY (list)
		OR agent = list[cardinality(list)]
		OR cardinality(list) >= 100 THEN list
	    ELSE list || agent END
$$;

-- Who talks from that moment on, unless a later one is known.
CREATE OR REPLACE FUNCTION desk.call_taken(c desk.call, by_agent int,
    since timestamptz)
RETURNS desk.call
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	c.answered_at := least(c.answered_at, since);
	c.talked := desk.call_agents(c.talked, by_agent, false);
	IF c.agent_at IS NULL OR since >= c.agent_at THEN
		c.agent := by_agent;
		c.agent_at := since;
		c.on_phone := c.ended_at IS NULL;
	END IF;
	RETURN c;
END;
$$;

-- A call handed on: attended, the other has it; blind, his phone rings.
CREATE OR REPLACE FUNCTION desk.call_handed(c desk.call, told jsonb,
    to_agent int, since timestamptz)
RETURNS desk.call
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	attended	boolean := coalesce((told->>'attended')::boolean, false);
	note		jsonb := jsonb_strip_nulls(jsonb_build_object(
			    'from', told->>'by', 'to', told->>'agent',
			    'attended', attended, 'at', desk.rfc3339(since)));
BEGIN
	IF NOT c.transfers @> jsonb_build_array(note)
	    AND jsonb_array_length(c.transfers) < 100 THEN
		c.transfers := (SELECT jsonb_agg(x ORDER BY x->>'at')
		    FROM jsonb_array_elements(c.transfers || note) x);
	END IF;
	c.answered_at := least(c.answered_at, since);
	c.talked := desk.call_agents(c.talked,
	    desk.agent_called(told->>'by'), false);
	IF attended THEN
		RETURN desk.call_taken(c, to_agent, since);
	END IF;
	c.rang := desk.call_agents(c.rang, to_agent, true);
	IF c.agent_at IS NULL OR since >= c.agent_at THEN
		c.on_phone := false;
	END IF;
	RETURN c;
END;
$$;

-- The end of a call, or (part) of one phone's share in it.
CREATE OR REPLACE FUNCTION desk.call_over(c desk.call, told jsonb,
    of_agent int, since timestamptz)
RETURNS desk.call
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	part	boolean := coalesce((told->>'part')::boolean, false);
	talk	interval := make_interval(secs => coalesce(
		    (told->>'duration')::int, 0));
BEGIN
	c.began_at := least(c.began_at, since - talk - make_interval(
	    secs => coalesce((told->>'wait')::int, 0)));
	IF desk.call_talked(told) THEN
		c.answered_at := coalesce(c.answered_at, since - talk);
		c.agent := coalesce(c.agent, of_agent);
		c.talked := desk.call_agents(c.talked, of_agent, true);
	ELSE
		c.rang := desk.call_agents(c.rang, of_agent, true);
	END IF;
	c.recording := coalesce(told->>'recording', c.recording);
	IF part THEN
		-- Handed on: another has it, or will.
		c.on_phone := c.on_phone AND c.agent IS DISTINCT FROM of_agent;
		RETURN c;
	END IF;
	c.ended_at := greatest(c.ended_at, since);
	c.on_phone := false;
	c.duration := greatest(c.duration, (told->>'duration')::int);
	c.wait := coalesce((told->>'wait')::int, c.wait);
	c.hold := greatest(c.hold, (told->>'hold')::int);
	c.disposition := coalesce(told->>'disposition', c.disposition);
	RETURN c;
END;
$$;

-- What a record adds to what is known of its call.
CREATE OR REPLACE FUNCTION desk.call_learn(c desk.call, told jsonb,
    since timestamptz)
RETURNS desk.call
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	agent_id	int := desk.agent_called(told->>'agent');
BEGIN
	c.began_at := least(c.began_at, since);
	c.touched_at := greatest(c.touched_at, since);
	CASE told->>'state'
	WHEN 'ringing' THEN
		c.rang := desk.call_agents(c.rang, agent_id, true);
		c.members := c.members
		    OR agent_id IS NULL AND c.direction = 'in';
	WHEN 'answered' THEN
		c := desk.call_taken(c, agent_id, since);
		c.wait := coalesce(c.wait, (told->>'wait')::int);
	WHEN 'transferred' THEN
		c := desk.call_handed(c, told, agent_id, since);
	ELSE
		c := desk.call_over(c, told, agent_id, since);
	END CASE;
	c.state := CASE
	    WHEN c.ended_at IS NULL THEN CASE
		WHEN c.answered_at IS NULL THEN 'ringing' ELSE 'answered' END
	    WHEN c.answered_at IS NULL
		AND 'missed' IN (c.state, told->>'state') THEN 'missed'
	    ELSE 'ended' END;
	RETURN c;
END;
$$;

-- Keeps what one record tells.  What is called a call back because a phone's
-- record came before the one that says who took the call, is none.
CREATE OR REPLACE FUNCTION desk.call_file(f desk.filing)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.intake := (f.k).i;
	since	timestamptz := coalesce(i.at, now());
	c	desk.call;
BEGIN
	-- Nobody else writes it now: thread_lock() has locked the call's id.
	SELECT * INTO c FROM desk.call k
	WHERE k.id = i.call->>'id' AND k.ticket = f.ticket;
	IF NOT FOUND THEN
		INSERT INTO desk.call (id, ticket, direction, state, units,
		    began_at, touched_at, source, first_event)
		VALUES (i.call->>'id', f.ticket, (f.k).direction, 'ringing',
		    coalesce(i.units, 100), since, since,
		    i.facts->>'source', i.event)
		RETURNING * INTO c;
	END IF;
	c := desk.call_learn(c, i.call, since);
	UPDATE desk.call k SET state = c.state, agent = c.agent,
	    agent_at = c.agent_at, on_phone = c.on_phone, rang = c.rang,
	    talked = c.talked, members = c.members, transfers = c.transfers,
	    began_at = c.began_at, answered_at = c.answered_at,
	    ended_at = c.ended_at, touched_at = c.touched_at,
	    duration = c.duration, wait = c.wait, hold = c.hold,
	    disposition = c.disposition, recording = c.recording,
	    version = k.version + 1
	WHERE k.call = c.call;
	PERFORM desk.call_left(c, i.event, (f.k).contact);
	IF c.answered_at IS NOT NULL AND c.agent IS NOT NULL THEN
		PERFORM desk.feedback_heard(f.ticket, c.agent, 'call', i.event);
	END IF;
	IF c.answered_at IS NOT NULL AND NOT f.opens THEN
		UPDATE desk.ticket t SET kind = 'case'
		WHERE t.id = f.ticket AND t.kind = 'callback' AND t.call = c.id
		    AND NOT EXISTS (SELECT FROM desk.call o
			WHERE o.ticket = t.id AND o.state = 'missed');
	END IF;
END;
$$;

CREATE OR REPLACE FUNCTION desk.calls_file(filings desk.filing[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	f	desk.filing;
BEGIN
	FOREACH f IN ARRAY filings LOOP
		IF ((f.k).i).call IS NOT NULL THEN
			PERFORM desk.call_file(f);
		END IF;
	END LOOP;
END;
$$;

-- Logins of agents.
CREATE OR REPLACE FUNCTION desk.call_logins(ids int[])
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(a.name ORDER BY array_position(ids, a.id)),
	    '[]')
	FROM desk.agent a WHERE a.id = ANY (ids)
$$;

-- The customer's card, while he is on the phone: who he is, how many open
-- cases he has (of his newest 200), when he was last in touch before this.
CREATE OR REPLACE FUNCTION desk.call_card(c desk.call, of_customer bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('name', u.name, 'segment', u.segment,
	    'contact', (SELECT h.address FROM desk.event e
		JOIN desk.contact h ON h.id = e.contact
		WHERE e.id = c.first_event AND h.kind <> 'anonymous'),
	    'open', (SELECT count(*) FROM (SELECT t.state FROM desk.ticket t
		WHERE t.customer = u.id AND t.kind <> 'consult'
		ORDER BY t.id DESC LIMIT 200) t
		WHERE t.state IN ('new', 'open', 'pending')),
	    'last', (SELECT jsonb_strip_nulls(jsonb_build_object(
		'at', desk.rfc3339(e.at), 'channel', e.channel,
		'direction', e.direction, 'ticket', e.ticket))
		FROM desk.event e
		WHERE e.customer = u.id AND e.id < c.first_event
		    AND e.kind IN ('message', 'call')
		ORDER BY e.id DESC LIMIT 1))
	FROM desk.customer u WHERE u.id = of_customer
$$;

-- The notice of a call as it is now.
CREATE OR REPLACE FUNCTION desk.call_notice(c desk.call)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('kind', 'call',
	    'call', c.id, 'version', c.version, 'state', c.state,
	    'direction', c.direction, 'ticket', t.id, 'number', t.number,
	    'queue', q.name, 'customer', t.customer, 'subject', t.subject,
	    'agent', CASE WHEN c.on_phone OR c.ended_at IS NOT NULL
		THEN a.name END,
	    'agents', desk.call_logins(c.rang || c.talked),
	    'members', c.members,
	    'began_at', desk.rfc3339(c.began_at),
	    'answered_at', desk.rfc3339(c.answered_at),
	    'duration', c.duration)
	    || CASE WHEN c.ended_at IS NULL
		THEN desk.call_card(c, t.customer) ELSE '{}' END)
	FROM desk.ticket t
	JOIN desk.queue q ON q.id = t.queue
	LEFT JOIN desk.agent a ON a.id = c.agent
	WHERE t.id = c.ticket
$$;

-- For how many seconds this call still counts as somebody's; 0: it does not.
CREATE OR REPLACE FUNCTION desk.call_counts(c desk.call)
RETURNS int
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN c.state = 'answered' AND c.on_phone
	    AND c.agent IS NOT NULL THEN greatest(0, extract(epoch FROM
		c.agent_at + desk.call_lasts() - now()))::int
	    ELSE 0 END
$$;

-- The member `call` of apply (ARCHITECTURE.md); NULL when there is none.
CREATE OR REPLACE FUNCTION desk.call_apply(of_ticket bigint, call_id text,
    tell boolean)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('call', c.call,
	    'version', c.version, 'seconds', desk.call_counts(c),
	    'agent', a.name, 'units', c.units,
	    'feed', CASE WHEN tell THEN desk.call_notice(c) END))
	FROM desk.call c LEFT JOIN desk.agent a ON a.id = c.agent
	WHERE c.id = call_id AND c.ticket = of_ticket
$$;

-- The calls that count now, for Redis after it was lost: [{"call":{…}}, …].
CREATE OR REPLACE FUNCTION desk.calls_page()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('call',
	    desk.call_apply(c.ticket, c.id, false))), '[]')
	FROM (SELECT k.* FROM desk.call k
	    WHERE k.state IN ('ringing', 'answered')
		AND k.touched_at > now() - desk.call_lasts()
	    ORDER BY k.touched_at DESC LIMIT 10000) c
	WHERE desk.call_counts(c::desk.call) > 0
$$;

-- The calls of a source that ring or go on as far as we know, told before that
-- moment, and are not among those that go on at the exchange: ended unseen.
CREATE OR REPLACE FUNCTION desk.calls_gone(of_source text, going_on jsonb,
    before timestamptz)
RETURNS TABLE (id text, direction text, address text, answered boolean)
LANGUAGE sql STABLE
AS $$
	SELECT c.id, c.direction, CASE h.kind WHEN 'anonymous' THEN 'anonymous'
	    ELSE h.address END, c.answered_at IS NOT NULL
	FROM desk.call c
	JOIN desk.event e ON e.id = c.first_event
	JOIN desk.contact h ON h.id = e.contact
	WHERE c.state IN ('ringing', 'answered') AND c.source = of_source
	    AND c.touched_at > now() - desk.call_lasts()
	    AND c.touched_at < before
	    AND NOT going_on ? c.id
	ORDER BY c.touched_at LIMIT 1000
$$;

-- The calls of a ticket, oldest first, as TICKET.GET shows them.
CREATE OR REPLACE FUNCTION desk.ticket_calls(of_ticket bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'call', c.id, 'direction', c.direction, 'state', c.state,
	    'agent', a.name, 'agents', desk.call_logins(c.rang || c.talked),
	    'began_at', desk.rfc3339(c.began_at),
	    'answered_at', desk.rfc3339(c.answered_at),
	    'ended_at', desk.rfc3339(c.ended_at),
	    'duration', c.duration, 'wait', c.wait, 'hold', c.hold,
	    'disposition', c.disposition, 'recording', c.recording,
	    'transfers', nullif(c.transfers, '[]'))) ORDER BY c.call)
	FROM (SELECT * FROM desk.call k WHERE k.ticket = of_ticket
	    ORDER BY k.call DESC LIMIT 100) c
	LEFT JOIN desk.agent a ON a.id = c.agent
$$;

-- CALL.LIST: calls that ring or go on now, the newest first: an agent's own
-- and those of his queues, everybody's for those above him.
CREATE OR REPLACE FUNCTION desk.call_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('calls', coalesce(jsonb_agg(
	    desk.call_notice(c::desk.call) - 'kind'
	    ORDER BY c.touched_at DESC), '[]'))
	FROM (SELECT k.* FROM desk.call k
	    JOIN desk.ticket t ON t.id = k.ticket
	    WHERE k.state IN ('ringing', 'answered')
		AND k.touched_at > now() - CASE k.state
		    WHEN 'ringing' THEN interval '10 minutes'
		    ELSE desk.call_lasts() END
		AND (caller->>'role' <> 'agent'
		    OR (caller->>'agent')::int = ANY (k.rang || k.talked)
		    OR k.members AND EXISTS (SELECT FROM desk.agent_queue m
			WHERE m.agent = (caller->>'agent')::int
			    AND m.queue = t.queue))
	    ORDER BY k.touched_at DESC LIMIT 200) c
$$;

-- apply as text with the call that the event told of, if any.
CREATE OR REPLACE FUNCTION desk.with_call(apply text, ticket bigint,
    call jsonb)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN call IS NULL THEN apply
	    ELSE concat(left(apply, -1), ',"call":',
		desk.call_apply(ticket, call->>'id', true), '}') END
$$;
