-- Answers to all cases of an incident, carried out.

-- In whose name a case is answered: as who said so, but by the incident's
-- right, since whoever put the case to it may write there.
CREATE OR REPLACE FUNCTION desk.incident_caller(a desk.incident_answer)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT (a).caller || '{"role":"service","via":"incident"}'
$$;

-- What this answer says in a case: the template in its customer's language,
-- or the words as they are.  NULL: nothing is said.
CREATE OR REPLACE FUNCTION desk.incident_words(a desk.incident_answer,
    t desk.ticket)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	p	desk.template;
BEGIN
	IF a.template IS NULL THEN
		RETURN a.text;
	END IF;
	SELECT * INTO p FROM desk.template_in(a.template, desk.lang_of(t));
	IF NOT FOUND THEN
		PERFORM desk.refuse('NOTFOUND', 'There is no such template.',
		    'template');
	END IF;
	RETURN desk.template_fill(p.body, desk.template_vars(t,
	    (a.caller->>'agent')::int, p.lang));
END;
$$;

-- Answers one case, which is locked.  Nobody's case stays nobody's, and waits
-- for its customer: there is nothing else to do in it.  NULL: it is done; else
-- why not.
CREATE OR REPLACE FUNCTION desk.incident_say(a desk.incident_answer, of bigint)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	who	CONSTANT jsonb := desk.incident_caller(a);
	t	desk.ticket;
	words	text;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = of;
	words := desk.incident_words(a, t);
	IF words IS NOT NULL THEN
		PERFORM desk.ticket_reply(who, jsonb_build_object(
		    'ticket', of, 'text', words, 'force', true,
		    'incident', a.incident, 'resolve', a.resolve,
		    'pend', t.assignee IS NULL AND NOT a.resolve));
	ELSE
		PERFORM desk.ticket_resolve(who, jsonb_build_object(
		    'ticket', of));
	END IF;
	UPDATE desk.incident_case c SET answer = a.id WHERE c.ticket = of;
	RETURN NULL;
EXCEPTION
WHEN SQLSTATE 'DK001' THEN
	RETURN SQLERRM;
WHEN transaction_rollback OR insufficient_resources
    OR operator_intervention OR lock_not_available THEN
	RAISE;
WHEN OTHERS THEN
	-- By our own fault: the others must not wait for it.
	RAISE WARNING 'incident % on ticket %: % %', a.incident, of, SQLSTATE,
	    SQLERRM;
	RETURN 'It went wrong (' || SQLSTATE || '): see the log.';
END;
$$;

-- Carries out at most lim of what is to be said, of the oldest answer that
-- nobody has in hand and none of the same incident stands before.  Returns how
-- many cases it saw to.
CREATE OR REPLACE FUNCTION desk.incidents_run(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	a	desk.incident_answer;
	page	desk.incident_case[];
	c	desk.incident_case;
	why	text;
	n	int;
	bad	int := 0;
BEGIN
	SELECT * INTO a FROM desk.incident_answer x
	WHERE x.done_at IS NULL AND NOT EXISTS (
	    SELECT FROM desk.incident_answer o
	    WHERE o.incident = x.incident AND o.id < x.id
		AND o.done_at IS NULL)
	ORDER BY x.id LIMIT 1
	FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	page := ARRAY(SELECT k FROM desk.incident_case k
	    WHERE k.incident = a.incident AND k.place > a.reached
		AND k.place <= a.upto
	    ORDER BY k.place LIMIT lim);
	n := cardinality(page);
	PERFORM FROM desk.ticket t
	WHERE t.id IN (SELECT p.ticket FROM unnest(page) p)
	ORDER BY t.id FOR UPDATE;
	FOREACH c IN ARRAY page LOOP
		why := desk.incident_say(a, c.ticket);
		IF why IS NOT NULL THEN
			bad := bad + 1;
			INSERT INTO desk.incident_refused (answer, ticket, why)
			VALUES (a.id, c.ticket, why);
		END IF;
	END LOOP;
	UPDATE desk.incident_answer x SET done = x.done + n - bad,
	    refused = x.refused + bad,
	    reached = CASE WHEN n > 0 THEN page[n].place ELSE x.upto END,
	    done_at = CASE WHEN n < lim THEN now() END
	WHERE x.id = a.id;
	PERFORM desk.incident_tell(a.incident, a.caller);
	RETURN greatest(n, 1);
END;
$$;

-- In how many ms to look again: at once while there is anything to say.
CREATE OR REPLACE FUNCTION desk.incidents_next()
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
	RETURN CASE WHEN EXISTS (SELECT FROM desk.incident_answer x
	    WHERE x.done_at IS NULL) THEN 0 ELSE desk.due_in(NULL) END;
END;
$$;
