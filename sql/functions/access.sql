-- Who asks, and what of the desk's records is his.  The daemon has checked
-- the role that an operation needs (proto/operations.def); these functions
-- check the row.  A caller is what ARCHITECTURE.md says it is:
-- {"who","agent","role","from","via"}.

-- Supervisors, administrators and services see and move every ticket.
CREATE OR REPLACE FUNCTION desk.caller_all(caller jsonb)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT coalesce(caller->>'role' IN ('service', 'supervisor', 'admin'),
	    false)
$$;

-- The queues whose tickets this caller may not see, unless they are assigned
-- to him: those open to members only, without him.
CREATE OR REPLACE FUNCTION desk.hidden_queues(caller jsonb)
RETURNS int[]
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(array_agg(q.id), '{}')
	FROM desk.queue q
	WHERE q.members_only
	    AND NOT desk.caller_all(caller)
	    AND NOT EXISTS (SELECT FROM desk.agent_queue m
		WHERE m.queue = q.id AND m.agent = (caller->>'agent')::int)
$$;

-- May this caller see a case for which this question is asked, or one above
-- it?
CREATE OR REPLACE FUNCTION desk.may_see_asker(caller jsonb, question bigint)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	above	desk.ticket;
BEGIN
	LOOP
		SELECT t.* INTO above
		FROM desk.consult k JOIN desk.ticket t ON t.id = k.parent
		WHERE k.ticket = question;
		IF NOT FOUND THEN
			RETURN false;
		ELSIF above.assignee = (caller->>'agent')::int
		    OR above.queue <> ALL (desk.hidden_queues(caller)) THEN
			RETURN true;
		END IF;
		question := above.id;
	END LOOP;
END;
$$;

-- May this caller see this ticket?  Who may not is told that it is not there.
-- A question to another department is seen by both.
CREATE OR REPLACE FUNCTION desk.may_see(caller jsonb, t desk.ticket)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT desk.caller_all(caller)
	    OR coalesce(caller->>'role' = 'agent', false)
		AND (coalesce((t).assignee = (caller->>'agent')::int, false)
		    OR (t).queue <> ALL (desk.hidden_queues(caller))
		    OR (t).kind = 'consult'
			AND desk.may_see_asker(caller, (t).id))
$$;

-- May this caller change this ticket?  An agent may where he serves, and
-- wherever a ticket is his.
CREATE OR REPLACE FUNCTION desk.may_act(caller jsonb, t desk.ticket)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT desk.caller_all(caller)
	    OR coalesce(caller->>'role' = 'agent', false)
		AND (coalesce((t).assignee = (caller->>'agent')::int, false)
		    OR EXISTS (SELECT FROM desk.agent_queue m
			WHERE m.queue = (t).queue
			    AND m.agent = (caller->>'agent')::int))
$$;

-- The agent in whose name the caller acts: args.agent for a service, a
-- supervisor or an administrator; for an agent nobody but himself.
CREATE OR REPLACE FUNCTION desk.acting(caller jsonb, args jsonb)
RETURNS desk.agent
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	whom	text := coalesce(nullif(args->>'agent', 'me'), caller->>'who');
	a	desk.agent;
BEGIN
	IF NOT desk.caller_all(caller)
	    AND whom IS DISTINCT FROM caller->>'who' THEN
		PERFORM desk.refuse('DENIED',
		    'An agent acts in his own name only.', 'agent');
	END IF;
	SELECT * INTO a FROM desk.agent g WHERE g.name = whom AND g.active;
	IF NOT FOUND THEN
		PERFORM desk.refuse('INVALID', CASE
		    WHEN args ? 'agent' THEN 'There is no such agent.'
		    ELSE 'Say for which agent.' END, 'agent');
	END IF;
	RETURN a;
END;
$$;

-- Refuses a caller whose role is less than the one named.  Only for what does
-- lasting harm in the wrong hands: the daemon has checked it before.
CREATE OR REPLACE FUNCTION desk.must_be(caller jsonb, lowest text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	roles	CONSTANT text[] :=
		    '{public,visitor,agent,service,supervisor,admin}';
BEGIN
	IF coalesce(array_position(roles, caller->>'role'), 0)
	    < array_position(roles, lowest) THEN
		PERFORM desk.refuse('DENIED',
		    'Your role does not allow this.');
	END IF;
END;
$$;

-- The name by which history and feed show who did something: an agent's
-- displayed name, else the caller's own word.
CREATE OR REPLACE FUNCTION desk.caller_shown(caller jsonb)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT coalesce((SELECT a.display FROM desk.agent a
	    WHERE a.id = (caller->>'agent')::int), caller->>'who', '-')
$$;

-- The caller that a login stands for, without proof: for what the daemon does
-- in an agent's name (a call that the exchange says he answered).  NULL when
-- there is no such agent.
CREATE OR REPLACE FUNCTION desk.caller_by_name(login text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object('who', a.name, 'agent', a.id,
	    'role', a.role)
	FROM desk.agent a
	WHERE a.name = login AND a.active
$$;
