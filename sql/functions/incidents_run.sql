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
-- for its customer: there is nothing else to do in it.  One that the incident
-- itself resolved is written to, too: it stays so, or waits for its customer
-- again.  NULL: it is done; else why not.
CREATE OR REPLACE FUNCTION desk.incident_say(a desk.incident_answer, of bigint)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	who	CONSTANT jsonb := desk.incident_caller(a);
	t	desk.ticket;
	words	text;
	over	boolean;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = of;
	over := t.state = 'resolved' AND EXISTS (SELECT
	    FROM desk.incident_case c
	    WHERE c.ticket = of AND c.over_at = t.resolved_at);
	words := desk.incident_words(a, t);
	IF words IS NOT NULL THEN
		IF over AND desk.incident_chat_over(t) THEN
			PERFORM desk.refuse('CONFLICT', 'This chat is over, '
			    'and no address is known to write to.', 'ticket');
		ELSIF over AND NOT a.resolve THEN
			PERFORM desk.ticket_reopen(who, jsonb_build_object(
			    'ticket', of));
		END IF;
		PERFORM desk.ticket_reply(who, jsonb_build_object(
		    'ticket', of, 'text', words, 'force', true,
		    'incident', a.incident, 'over', over AND a.resolve,
		    'resolve', a.resolve AND NOT over,
		    'pend', (t.assignee IS NULL OR over) AND NOT a.resolve));
	ELSE
		PERFORM desk.ticket_resolve(who, jsonb_build_object(
		    'ticket', of));
	END IF;
	PERFORM desk.incident_reached(a, t);
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

-- Was this case's chat ended, without an address to which it goes on by mail?
CREATE OR REPLACE FUNCTION desk.incident_chat_over(t desk.ticket)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT w.channel FROM desk.answer_to(t) w) = 'chat'
	    AND EXISTS (SELECT FROM desk.conversation v
		WHERE v.id = t.conversation AND v.ended_at IS NOT NULL
		    AND desk.chat_mails(v) IS NULL);
END;
$$;

-- Notes at a case, which was t before, that this answer has seen to it.
CREATE OR REPLACE FUNCTION desk.incident_reached(a desk.incident_answer,
    t desk.ticket)
RETURNS void
LANGUAGE sql
AS $$
	UPDATE desk.incident_case c SET answer = (a).id,
	    over_at = CASE WHEN (a).resolve AND (t).state <> 'resolved'
		THEN (SELECT k.resolved_at FROM desk.ticket k
		    WHERE k.id = c.ticket) ELSE c.over_at END
	WHERE c.ticket = (t).id
$$;

-- A case whose customer has the answer in another one: its history says so,
-- it is done where the others are, and nobody's waits.  NULL: it is done; else
-- why not.
CREATE OR REPLACE FUNCTION desk.incident_note(a desk.incident_answer,
    of bigint, other bigint)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	who	CONSTANT jsonb := desk.incident_caller(a);
	t	desk.ticket;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = of;
	IF t.state NOT IN ('resolved', 'closed') THEN
		PERFORM desk.ticket_commit(who, t, jsonb_build_object(
		    'kind', 'incident', 'notice', 'event',
		    'meta', jsonb_build_object('what', 'told',
			'incident', a.incident, 'case', other)));
		IF a.resolve THEN
			PERFORM desk.ticket_resolve(who, jsonb_build_object(
			    'ticket', of));
		ELSIF t.assignee IS NULL THEN
			PERFORM desk.ticket_pend(who, jsonb_build_object(
			    'ticket', of));
		END IF;
	END IF;
	PERFORM desk.incident_reached(a, t);
	RETURN NULL;
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	RETURN SQLERRM;
END;
$$;

-- In which cases the customer of this one may get the answer, the best first:
-- his newest that goes on.  Five are enough to try.
CREATE OR REPLACE FUNCTION desk.incident_same(a desk.incident_answer,
    c desk.incident_case)
RETURNS SETOF bigint
LANGUAGE sql STABLE
AS $$
	SELECT k.id
	FROM desk.ticket t
	JOIN desk.ticket k ON k.customer = t.customer
	JOIN desk.incident_case x ON x.ticket = k.id
	WHERE t.id = (c).ticket AND x.incident = (c).incident
	    AND x.place BETWEEN (c).place AND (a).upto
	ORDER BY k.state NOT IN ('resolved', 'closed') DESC, k.id DESC
	LIMIT 5
$$;

-- Sees to one case of a page, of which those in locked are locked: its
-- customer is told once, whichever of his cases comes first.  NULL: it is
-- done; else why not.
CREATE OR REPLACE FUNCTION desk.incident_one(a desk.incident_answer,
    c desk.incident_case, locked bigint[])
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	said	CONSTANT bigint := coalesce(a.late, a.id);
	whom	CONSTANT bigint := (SELECT t.customer FROM desk.ticket t
		    WHERE t.id = c.ticket);
	other	bigint;
	why	text;
BEGIN
	IF c.answer = a.id THEN
		RETURN NULL;	-- it was his best, when another one's turn came
	ELSIF a.text IS NULL AND a.template IS NULL THEN
		RETURN desk.incident_say(a, c.ticket);
	END IF;
	SELECT k.ticket INTO other
	FROM desk.ticket t JOIN desk.incident_told k ON k.ticket = t.id
	WHERE t.customer = whom AND k.answer = said LIMIT 1;
	IF FOUND THEN
		RETURN desk.incident_note(a, c.ticket, other);
	END IF;
	FOR other IN SELECT s FROM desk.incident_same(a, c) s
	    WHERE s = ANY (locked) LOOP
		why := desk.incident_say(a, other);
		IF why IS NULL THEN
			INSERT INTO desk.incident_told (answer, ticket)
			VALUES (said, other);
			RETURN CASE WHEN other <> c.ticket
			    THEN desk.incident_note(a, c.ticket, other) END;
		END IF;
	END LOOP;
	RETURN why;
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
	good	int := 0;
	bad	int := 0;
	locked	bigint[];
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
	locked := ARRAY(SELECT p.ticket FROM unnest(page) p);
	IF a.text IS NOT NULL OR a.template IS NOT NULL THEN
		locked := locked || ARRAY(SELECT o
		    FROM unnest(page) p, desk.incident_same(a, p) o);
	END IF;
	PERFORM FROM desk.ticket t WHERE t.id = ANY (locked)
	ORDER BY t.id FOR UPDATE;
	FOREACH c IN ARRAY page LOOP
		-- As it is now: it may have been taken out before its lock.
		SELECT * INTO c FROM desk.incident_case k
		WHERE k.incident = c.incident AND k.place = c.place;
		CONTINUE WHEN NOT FOUND;
		why := desk.incident_one(a, c, locked);
		IF why IS NULL THEN
			good := good + 1;
		ELSE
			bad := bad + 1;
			INSERT INTO desk.incident_refused (answer, ticket, why)
			VALUES (a.id, c.ticket, why);
		END IF;
	END LOOP;
	UPDATE desk.incident_answer x SET done = x.done + good,
	    refused = x.refused + bad,
	    reached = CASE WHEN n > 0 THEN page[n].place ELSE x.upto END,
	    removed = CASE WHEN n < lim
		THEN x.total - x.done - good - x.refused - bad ELSE 0 END,
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
