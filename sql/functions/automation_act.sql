-- Automation: what rules do.  Each action is that very operation of an agent,
-- done by the desk; what is refused to him is refused to a rule, and said.

-- Sends a template to the customer where he is answered.  As careful as an
-- acknowledgement: never to what a machine wrote last, nor to one address more
-- often than send_every says.  NULL: it went; else why not.
CREATE OR REPLACE FUNCTION desk.automation_send(r desk.automation,
    t desk.ticket, template text, occasion bigint)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	whither	record := desk.answer_to(t);
	told	bigint := nextval('desk.event_id');
	vars	jsonb;
	p	desk.template;
BEGIN
	IF whither.address IS NULL THEN
		RETURN 'No address is known to write to this customer.';
	ELSIF (SELECT e.meta->>'automatic' FROM desk.event e
	    WHERE e.ticket = t.id AND e.direction = 'in'
	    ORDER BY e.id DESC LIMIT 1) = 'true' THEN
		RETURN 'A machine wrote last.';
	END IF;
	-- Two cases of one customer must not pass each other here.
	PERFORM pg_advisory_xact_lock(1145393006, hashint8(t.customer));
	IF EXISTS (SELECT FROM (SELECT k.id FROM desk.ticket k
		WHERE k.customer = t.customer ORDER BY k.id DESC LIMIT 100) k
	    JOIN desk.automation_fired f ON f.ticket = k.id
		AND f.rule = r.name AND f.sent
		AND f.at > now() - make_interval(secs => r.send_every)) THEN
		RETURN 'It was sent to this customer lately.';
	ELSIF NOT desk.may_answer_automatically(whither.address, t.id) THEN
		RETURN 'The limits of automatic answers forbid it.';
	END IF;
	SELECT * INTO p FROM desk.template_in(template, desk.lang_of(t));
	IF NOT FOUND THEN
		RETURN 'There is no such template.';
	END IF;
	vars := desk.template_vars(t, NULL, p.lang);
	IF whither.channel = 'chat' THEN
		PERFORM desk.ticket_commit(desk.clock_caller(), t,
		    jsonb_build_object('kind', 'message', 'notice', 'event',
			'event', told, 'direction', 'out', 'channel', 'chat',
			'text', desk.template_fill(p.body, vars),
			'say', true));
	ELSE
		INSERT INTO desk.event (id, at, ticket, customer, kind,
		    channel, direction, who, subject, text, facts, meta)
		VALUES (told, now(), t.id, t.customer, 'acknowledgement',
		    whither.channel, 'out', 'desk', CASE whither.channel
			WHEN 'mail' THEN desk.template_fill(coalesce(p.subject,
			    '[{company}] #{ticket}'), vars) END,
		    desk.template_fill(p.body, vars),
		    '{"automatic":"auto-replied"}', desk.macro_noted(NULL));
	END IF;
	PERFORM desk.outbound_put(told, t.id, whither.channel, whither.address,
	    'acknowledgement');
	PERFORM desk.promises_by(desk.clock_caller(), t, told, 'template',
	    ARRAY[p.name]);
	UPDATE desk.automation_fired f SET sent = true
	WHERE f.ticket = t.id AND f.rule = r.name
	    AND f.occasion = automation_send.occasion;
	RETURN NULL;
END;
$$;

-- Tells one hook, whatever notices it is told of otherwise.
CREATE OR REPLACE FUNCTION desk.automation_hook(r desk.automation,
    t desk.ticket, hook text, told bigint)
RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO desk.hook_notice (hook, ticket, kind, data)
	SELECT h.id, t.id, 'rule', jsonb_strip_nulls(
	    desk.feed_json(t, q.name, a.name) || jsonb_build_object(
		'kind', 'rule', 'event', told, 'rule', r.name,
		'channel', 'desk', 'direction', 'own', 'who', 'desk'))::text
	FROM desk.hook h
	JOIN desk.queue q ON q.id = t.queue
	LEFT JOIN desk.agent a ON a.id = t.assignee
	WHERE h.name = automation_hook.hook AND h.active;
	RETURN CASE WHEN NOT FOUND THEN 'There is no such hook.' END;
END;
$$;

-- A skill with its level as a ticket needs it (desk/routeword.c).
CREATE OR REPLACE FUNCTION desk.need_said(word text, preferred boolean)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
	RETURN (SELECT k.skill || CASE WHEN k.level <> 1 THEN ':' || k.level
	    ELSE '' END || CASE WHEN preferred THEN '?' ELSE '' END
	    FROM desk.skill_read(word, 1) k);
END;
$$;

-- The skills of a ticket with one more; the same skill at another level is
-- replaced.
CREATE OR REPLACE FUNCTION desk.automation_skilled(had text[], need text)
RETURNS text[]
LANGUAGE sql IMMUTABLE
AS $$
	SELECT array_agg(s.skill ORDER BY s.n) FROM (
	    SELECT u.skill, u.n FROM unnest(had) WITH ORDINALITY u (skill, n)
	    WHERE split_part(rtrim(u.skill, '?'), ':', 1)
		<> split_part(rtrim(need, '?'), ':', 1)
	    UNION ALL SELECT need, 1000) s
$$;

-- Does one thing; the ticket is locked, told is the firing's event.  NULL:
-- done, or so already; else why not.
CREATE OR REPLACE FUNCTION desk.automation_do(r desk.automation, of bigint,
    act text, told bigint, occasion bigint)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	who	jsonb := desk.clock_caller();
	what	text := split_part(act, ' ', 1);
	arg	text := substr(act, strpos(act, ' ') + 1);
	own	jsonb := jsonb_build_object('ticket', of);
	t	desk.ticket;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = of;
	CASE what
	WHEN 'priority' THEN
		PERFORM desk.ticket_priority(who, own
		    || jsonb_build_object('priority', arg::int));
	WHEN 'raise' THEN
		PERFORM desk.ticket_priority(who, own || jsonb_build_object(
		    'priority', least(99, t.priority + arg::int)));
	WHEN 'tag', 'untag' THEN
		PERFORM desk.ticket_tag(who, own || jsonb_build_object(
		    'tag', arg, 'off', what = 'untag'));
	WHEN 'skill', 'prefer' THEN
		PERFORM desk.must_be_active(t);
		UPDATE desk.ticket k SET version = k.version + 1,
		    skills = desk.automation_skilled(k.skills,
			desk.need_said(arg, what = 'prefer'))
		WHERE k.id = of AND k.skills <> desk.automation_skilled(
		    k.skills, desk.need_said(arg, what = 'prefer'));
	WHEN 'move' THEN
		PERFORM desk.ticket_transfer(who, own
		    || jsonb_build_object('queue', arg));
	WHEN 'assign' THEN
		PERFORM desk.ticket_assign(who, own
		    || jsonb_build_object('agent', arg));
	WHEN 'state' THEN
		CASE arg
		WHEN 'open' THEN PERFORM desk.ticket_reopen(who, own);
		WHEN 'pending' THEN PERFORM desk.ticket_pend(who, own);
		ELSE PERFORM desk.ticket_resolve(who, own);
		END CASE;
	WHEN 'notify' THEN
		PERFORM desk.mention_put(who, of, told,
		    desk.alarm_told(t, arg));
	WHEN 'send' THEN
		RETURN desk.automation_send(r, t, arg, occasion);
	WHEN 'hook' THEN
		RETURN desk.automation_hook(r, t, arg, told);
	END CASE;
	RETURN NULL;
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	RETURN SQLERRM;
END;
$$;

-- Does all that a rule wants and puts it on record: {"rule","on","did":[…],
-- "refused":[{"act","why"}]}.  One that changed nothing, because all was so
-- already, leaves no event.
CREATE OR REPLACE FUNCTION desk.automation_done(r desk.automation, of bigint,
    what text, occasion bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	told	bigint := nextval('desk.event_id');
	old	bigint;
	act	text;
	why	text;
	did	jsonb := '[]';
	refused	jsonb := '[]';
	t	desk.ticket;
BEGIN
	FOREACH act IN ARRAY r.actions LOOP
		SELECT k.version INTO old FROM desk.ticket k WHERE k.id = of;
		why := desk.automation_do(r, of, act, told, occasion);
		SELECT * INTO t FROM desk.ticket k WHERE k.id = of;
		IF why IS NOT NULL THEN
			refused := refused || jsonb_build_object('act', act,
			    'why', why);
		ELSIF t.version <> old OR act ~ '^(notify|send|hook) ' THEN
			did := did || to_jsonb(act);
		END IF;
	END LOOP;
	IF did <> '[]' OR refused <> '[]' THEN
		PERFORM desk.ticket_commit(desk.clock_caller(), t,
		    jsonb_build_object('kind', 'rule', 'event', told,
			'meta', jsonb_build_object('on', what)
			|| CASE WHEN r.after IS NULL THEN '{}'
			    ELSE jsonb_build_object('after', r.after) END
			|| CASE WHEN did = '[]' THEN '{}'
			    ELSE jsonb_build_object('did', did) END
			|| CASE WHEN refused = '[]' THEN '{}'
			    ELSE jsonb_build_object('refused', refused) END));
	END IF;
END;
$$;

-- The moment from which on firings of this rule on this ticket count.
CREATE OR REPLACE FUNCTION desk.automation_often(r desk.automation, of bigint)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT count(*) > (r).daily FROM desk.automation_fired f
	WHERE f.ticket = of AND f.rule = (r).name AND NOT f.held
	    AND f.at > now() - interval '1 day'
$$;

-- Fires one rule for what was noted, if its conditions hold (still) and it did
-- not before; its ticket is locked.  One that goes wrong by our own fault is
-- put on record and leaves the rest alone.  Whether it fired.
CREATE OR REPLACE FUNCTION desk.automation_fire(r desk.automation,
    n desk.automation_todo, root bigint)
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	t	desk.ticket;
	bad	jsonb;
BEGIN
	SELECT * INTO t FROM desk.ticket k WHERE k.id = n.ticket;
	IF desk.automation_lacks(r, t, (SELECT c.segment FROM desk.customer c
		WHERE c.id = t.customer), CASE WHEN r.keywords THEN (
		SELECT e.facts->'heard' FROM desk.event e
		WHERE e.id = n.event AND e.ticket = t.id) END,
		CASE WHEN r.mood IS NOT NULL THEN (
		SELECT e.facts->'mood' FROM desk.event e
		WHERE e.id = n.event AND e.ticket = t.id) END) IS NOT NULL
	    OR r.after IS NOT NULL AND n.occasion IS DISTINCT FROM
		-desk.epoch_ms(desk.automation_since(r.event, t)) THEN
		RETURN false;
	END IF;
	INSERT INTO desk.automation_fired (ticket, rule, occasion)
	VALUES (t.id, r.name, n.occasion) ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	PERFORM set_config('desk.rule', r.name, true),
	    set_config('desk.rule_at', root || ' ' || r.place, true);
	IF desk.automation_often(r, t.id) THEN
		-- Told once a day, of which the key is the number.
		UPDATE desk.automation_fired f SET held = true
		WHERE f.ticket = t.id AND f.rule = r.name
		    AND f.occasion = n.occasion;
		INSERT INTO desk.automation_fired (ticket, rule, occasion,
		    held)
		VALUES (t.id, r.name, -extract(epoch FROM now())::bigint
		    / 86400, true) ON CONFLICT DO NOTHING;
		IF FOUND THEN
			bad := jsonb_build_object('held', r.daily);
		END IF;
	ELSE
		BEGIN
			PERFORM desk.automation_done(r, t.id, n.what,
			    n.occasion);
		EXCEPTION
		WHEN transaction_rollback OR insufficient_resources
		    OR operator_intervention OR lock_not_available THEN
			RAISE;
		WHEN OTHERS THEN
			bad := jsonb_build_object('failed', SQLSTATE);
			RAISE WARNING 'rule % on ticket %: % %', r.name, t.id,
			    SQLSTATE, SQLERRM;
		END;
	END IF;
	IF bad IS NOT NULL THEN
		SELECT * INTO t FROM desk.ticket k WHERE k.id = n.ticket;
		PERFORM desk.ticket_commit(desk.clock_caller(), t,
		    jsonb_build_object('kind', 'rule', 'meta',
			bad || jsonb_build_object('on', n.what)));
	END IF;
	PERFORM set_config('desk.rule', '', true),
	    set_config('desk.rule_at', '', true);
	RETURN true;
END;
$$;

-- All that follows from one thing noted: the rules in the file's order, then,
-- of what these did, those after them; each rule once, so that there is an end.
CREATE OR REPLACE FUNCTION desk.automation_take(root desk.automation_todo)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	n	desk.automation_todo := root;
	fired	text[] := '{}';
	r	desk.automation;
BEGIN
	LOOP
		FOR r IN SELECT * FROM desk.automation a
		    WHERE a.event = n.what AND a.place > n.place
			AND CASE WHEN n.rule IS NULL THEN a.after IS NULL
			    ELSE a.name = n.rule AND a.after IS NOT NULL END
		    ORDER BY a.place LOOP
			IF r.name <> ALL (fired)
			    AND desk.automation_fire(r, n, root.id) THEN
				fired := fired || r.name;
			END IF;
		END LOOP;
		DELETE FROM desk.automation_todo d WHERE d.id = n.id;
		SELECT * INTO n FROM desk.automation_todo d
		WHERE d.root = (automation_take.root).id ORDER BY d.id LIMIT 1;
		EXIT WHEN NOT FOUND;
	END LOOP;
END;
$$;

-- At the end of a transaction: acts on what it noted.  True when there was
-- anything: its tickets are no longer as they were.
CREATE OR REPLACE FUNCTION desk.automations_mine()
RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	ids	bigint[] := string_to_array(nullif(
		    current_setting('desk.noted', true), ''), ',');
	n	desk.automation_todo;
BEGIN
	IF ids IS NULL THEN
		RETURN false;
	END IF;
	PERFORM set_config('desk.noted', '', true);
	PERFORM FROM desk.ticket t
	WHERE t.id IN (SELECT d.ticket FROM desk.automation_todo d
		WHERE d.id = ANY (ids))
	ORDER BY t.id FOR UPDATE;
	FOR n IN SELECT * FROM desk.automation_todo d WHERE d.id = ANY (ids)
	    ORDER BY d.id LOOP
		PERFORM desk.automation_take(n);
	END LOOP;
	RETURN true;
END;
$$;

-- Takes up at most lim things that others noted, and returns how many it saw:
-- of chores, of daemons that died, and of time.  A ticket that somebody has in
-- hand is left for the next time; the notices are left to the outbox's sweep.
CREATE OR REPLACE FUNCTION desk.automations_run(lim int)
RETURNS int
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
	ids	bigint[] := ARRAY(SELECT d.id FROM desk.automation_todo d
		    ORDER BY d.id LIMIT lim FOR UPDATE SKIP LOCKED);
	held	bigint[];
	n	desk.automation_todo;
	seen	int := 0;
BEGIN
	IF ids = '{}' THEN
		RETURN 0;
	END IF;
	held := ARRAY(SELECT t.id FROM desk.ticket t
	    WHERE t.id IN (SELECT d.ticket FROM desk.automation_todo d
		WHERE d.id = ANY (ids))
	    ORDER BY t.id FOR UPDATE SKIP LOCKED);
	FOR n IN SELECT * FROM desk.automation_todo d
	    WHERE d.id = ANY (ids) AND d.ticket = ANY (held)
	    ORDER BY d.ticket, d.id LOOP
		PERFORM desk.automation_take(n);
		seen := seen + 1;
	END LOOP;
	RETURN seen;
END;
$$;

-- Forgets what was done in cases that are over, by the hour.
CREATE OR REPLACE FUNCTION desk.automations_sweep(lim int)
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.automation_fired f
	WHERE (f.ticket, f.rule, f.occasion) IN (
	    SELECT o.ticket, o.rule, o.occasion FROM desk.automation_fired o
	    WHERE o.at < now() - interval '30 days'
		AND NOT EXISTS (SELECT FROM desk.ticket t
		    WHERE t.id = o.ticket AND t.state <> 'closed')
	    ORDER BY o.at LIMIT lim)
$$;
