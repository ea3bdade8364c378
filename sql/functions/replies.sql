-- What agents write on a ticket: notes among themselves, answers to the
-- customer.

-- Claims the id that a caller gave for what he does (args.once; his own, so
-- another's same id is no matter).  NULL: it is new, or none was given; else
-- the event that it stood for the first time.  A repeat that races waits here
-- for the first to commit.
CREATE OR REPLACE FUNCTION desk.once_claim(caller jsonb, args jsonb, op text,
    event_id bigint)
RETURNS desk.event
LANGUAGE plpgsql
AS $$
DECLARE
	mine	text := concat_ws('/', op, caller->>'who', args->>'once');
	first	desk.event;
BEGIN
	IF coalesce(args->>'once', '') = '' THEN
		RETURN NULL;
	END IF;
	INSERT INTO desk.event_key (channel, external_id, event)
	VALUES ('once', mine, event_id)
	ON CONFLICT DO NOTHING;
	IF FOUND THEN
		RETURN NULL;
	END IF;
	SELECT e.* INTO first
	FROM desk.event_key k
	JOIN desk.event e ON e.id = k.event AND e.filed_at = k.filed_at
	WHERE k.channel = 'once' AND k.external_id = mine;
	RETURN first;
END;
$$;

-- The same for something said on a ticket: the id may not have stood for
-- another ticket.
CREATE OR REPLACE FUNCTION desk.once_said(caller jsonb, args jsonb, op text,
    t desk.ticket, event_id bigint)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
	first	desk.event := desk.once_claim(caller, args, op, event_id);
BEGIN
	IF first.ticket <> t.id THEN
		PERFORM desk.refuse('CONFLICT',
		    'This id was used on another ticket.', 'once');
	END IF;
	RETURN first.id;
END;
$$;

-- Refuses what says nothing: blanks, signs that nobody sees, and no file.  A
-- file alone says enough.
CREATE OR REPLACE FUNCTION desk.must_say(args jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
	IF coalesce(args->>'text', '') ~ ('^[[:space:]\u00A0\u00AD\u115F\u1160\u1680\u180E'
	    '\u2000-\u200F\u2028-\u202F\u205F-\u2064\u2800\u3000\u3164\uFEFF]*$')
	    AND coalesce(args->'attachments', '[]') = '[]' THEN
		PERFORM desk.refuse('INVALID', 'This says nothing.', 'text');
	END IF;
END;
$$;

-- TICKET.NOTE: at any time, also when the case is over.  Whom it names
-- ("@login") is told.
CREATE OR REPLACE FUNCTION desk.ticket_note(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t		desk.ticket := desk.ticket_lock(caller, args);
	event_id	bigint := nextval('desk.event_id');
	first		bigint := desk.once_said(caller, args, 'note', t,
			    event_id);
	named		text[];
	answer		jsonb;
BEGIN
	IF first IS NOT NULL THEN
		RETURN desk.ticket_answer(t, first);
	END IF;
	PERFORM desk.must_say(args);
	named := desk.mentioned(caller, t, args->>'text');
	PERFORM desk.words_put(event_id, t.id, args->>'text');
	PERFORM desk.upload_attach(caller, args->'attachments', event_id);
	PERFORM desk.draft_end(caller, t.id, 'note', (args->>'seq')::bigint);
	answer := desk.ticket_commit(caller, t, jsonb_build_object(
	    'kind', 'note', 'notice', 'event', 'event', event_id,
	    'text', args->>'text', 'meta', CASE WHEN named IS NOT NULL
		THEN jsonb_build_object('mentions', named) END));
	PERFORM desk.mention_put(caller, t.id, event_id, named);
	RETURN answer;
END;
$$;

-- An address of a machine that reads nothing.
CREATE OR REPLACE FUNCTION desk.reads_nothing(address text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT address ~* ('^(mailer-daemon|no-?reply|do-?not-?reply|bounces?'
	    '|postmaster)([+.-][^@]*)?@')
$$;

-- Hosts at which anybody can have a mailbox: two addresses there have nothing
-- in common.
CREATE OR REPLACE FUNCTION desk.anybodys_host(host text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT host ~ ('^(gmail|googlemail|outlook|hotmail|live|msn|icloud|me|'
	    'mac|aol|gmx|mail|proton|protonmail|pm|tutanota|zoho|zohomail|'
	    'yandex|ya|qq|163|126|naver|ymail|rocketmail|yahoo)'
	    '(\.com?)?\.[a-z]{2,3}$')
$$;

-- Where the answer to a mail goes: to its Reply-To, when the sender is proved
-- (DMARC), or, where nobody says that he is not, when both are of one domain
-- that is not everybody's.  Else anybody could write in a customer's name and
-- have our answers sent to himself.  Never to ourselves.
CREATE OR REPLACE FUNCTION desk.mail_answer_to(wrote desk.event, sender text)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	other	text := lower(wrote.meta->>'reply_to');
	proved	text := coalesce(wrote.meta->>'auth',
		    wrote.facts->'auth'->>'dmarc', 'none');
BEGIN
	IF other ~ '^[^[:space:]<>"@]+@[^[:space:]<>"@]+$'
	    AND (proved = 'pass' OR proved <> 'fail'
		AND split_part(other, '@', 2) = split_part(sender, '@', 2)
		AND NOT desk.anybodys_host(split_part(other, '@', 2)))
	    AND NOT desk.reads_nothing(other)
	    AND NOT EXISTS (SELECT FROM desk.served s
		WHERE s.kind = 'email' AND s.address = other) THEN
		RETURN other;
	END IF;
	RETURN sender;
END;
$$;

-- Where an answer goes: back to whoever wrote last, on the channel he wrote
-- on; who telephoned, or never wrote, is answered by e-mail when we know one.
-- What machines wrote counts only where nobody else did, and what reads
-- nothing is not written to.  No row: there is no way to write to him.
CREATE OR REPLACE FUNCTION desk.answer_to(t desk.ticket, OUT channel text,
    OUT address text)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	wrote	desk.event;
	sender	desk.contact;
BEGIN
	FOR machines IN 0..1 LOOP
		SELECT e.* INTO wrote
		FROM desk.event e
		WHERE e.ticket = t.id AND e.direction = 'in'
		    AND e.kind IN ('message', 'feedback')
		    AND e.contact IS NOT NULL
		    AND (machines = 1
			OR e.meta->>'automatic' IS DISTINCT FROM 'true')
		ORDER BY e.id DESC LIMIT 1;
		EXIT WHEN FOUND;
	END LOOP;
	SELECT c.* INTO sender FROM desk.contact c WHERE c.id = wrote.contact;

	IF wrote.channel = 'chat' AND t.conversation IS NOT NULL THEN
		channel := 'chat';
		address := t.conversation;
	ELSIF sender.kind = 'email' THEN
		channel := 'mail';
		address := desk.mail_answer_to(wrote, sender.address);
	ELSIF wrote.channel = 'social' THEN
		channel := 'social';
		address := sender.address;
	ELSE
		SELECT 'mail', c.address INTO channel, address
		FROM (SELECT k.* FROM desk.contact k	-- by him, and no other way
		    WHERE k.customer = t.customer OFFSET 0) c
		WHERE c.kind = 'email'
		ORDER BY c.id DESC LIMIT 1;
	END IF;
	IF channel = 'mail' AND desk.reads_nothing(address) THEN
		channel := NULL;
		address := NULL;
	END IF;
END;
$$;

-- Who gets a copy of an answer by mail: those whom the agent names, or, when
-- he names none, who takes part in the case besides the one who is answered.
CREATE OR REPLACE FUNCTION desk.copies_to(t desk.ticket, named jsonb,
    answered text)
RETURNS text[]
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	copies	text[];
BEGIN
	IF named IS NULL THEN
		RETURN (SELECT array_agg(x.address ORDER BY x.address)
		    FROM (SELECT c.address FROM desk.participant p
			JOIN desk.contact c ON c.id = p.contact
			WHERE p.ticket = t.id AND c.kind = 'email'
			    AND c.address <> answered
			    AND NOT desk.reads_nothing(c.address)
			    AND NOT EXISTS (SELECT FROM desk.served s
				WHERE s.kind = 'email'
				    AND s.address = c.address)
			LIMIT 20) x);
	END IF;
	IF jsonb_typeof(named) <> 'array' OR jsonb_array_length(named) > 20
	    OR EXISTS (SELECT FROM jsonb_array_elements(named) a
		WHERE jsonb_typeof(a) <> 'string' OR length(a#>>'{}') > 254
		    OR a#>>'{}' !~ '^[!#-''*+./0-9=?A-Z^_`a-z{|}~-]+@[A-Za-z0-9.-]+$')
	THEN
		PERFORM desk.refuse('INVALID',
		    'Copies go to at most 20 e-mail addresses.', 'cc');
	END IF;
	SELECT array_agg(DISTINCT lower(a.address)) INTO copies
	FROM jsonb_array_elements_text(named) a(address)
	WHERE lower(a.address) <> answered;
	RETURN copies;
END;
$$;

-- Whether an answer on this channel can bring files along: a social network's
-- message is its words (provider.h).
CREATE OR REPLACE FUNCTION desk.carries_files(channel text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT channel <> 'social'
$$;

-- What a list shows of words: their beginning, or, where there are none, the
-- first file's name as intake.c writes it.
CREATE OR REPLACE FUNCTION desk.said_preview(body text, files jsonb)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE WHEN coalesce(body, '') !~ '[^[:space:]]'
	    THEN coalesce('[' || desk.cut(files->0->>'name', 198) || ']', '')
	    ELSE desk.cut(body, 200) END
$$;

-- TICKET.REPLY: nothing is owed to the customer after it; the clock stops.
-- Whoever answers a ticket that was nobody's has it from then on, else it
-- would be offered to others with nothing left to do.  A chat answer reaches
-- the visitor by the feed, which carries its text; it is not queued to be sent
-- again.  One that crosses another's is refused, unless forced; its draft ends
-- with it.  resolve: and the case is done; pend: and waits for the customer.
-- templates: of which it is made, for what these promise.
-- incident (incidents_run.sql): said to many, which makes nobody's case his;
-- over: into the thread of a case that is resolved, and stays so.
CREATE OR REPLACE FUNCTION desk.ticket_reply(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	t		desk.ticket := desk.ticket_lock(caller, args);
	event_id	bigint := nextval('desk.event_id');
	first		bigint := desk.once_said(caller, args, 'reply', t,
			    event_id);
	whither		record;
	mails		text;
	sending		bigint;
	level		text;	-- in_time, late; NULL: none was owed
	files		jsonb;
	answer		jsonb;
BEGIN
	IF first IS NOT NULL THEN
		RETURN desk.ticket_answer(t, first);
	END IF;
	PERFORM desk.must_say(args);
	IF t.kind = 'consult' THEN
		PERFORM desk.refuse('CONFLICT', 'The customer is not written '
		    'to from here: answer the question.', 'ticket');
	END IF;
	IF (args->>'resolve')::boolean AND (args->>'pend')::boolean THEN
		PERFORM desk.refuse('INVALID',
		    'A case is done, or waits for the customer: not both.',
		    'pend');
	END IF;
	IF NOT coalesce((args->>'over')::boolean, false) THEN
		PERFORM desk.must_be_active(t);
	END IF;
	PERFORM desk.reply_crosses(caller, args, t);
	whither := desk.answer_to(t);
	IF whither.address IS NULL THEN
		PERFORM desk.refuse('CONFLICT',
		    'No address is known to write to this customer.',
		    'ticket');
	ELSIF coalesce(args->'attachments', '[]') <> '[]'
	    AND NOT desk.carries_files(whither.channel) THEN
		PERFORM desk.refuse('INVALID', 'Files cannot be sent on this '
		    'channel: write where they can be had.', 'attachments');
	END IF;

	IF t.state NOT IN ('open', 'resolved') THEN
		t := desk.state_move(t, 'open');
	END IF;
	level := desk.answered_as(t.due_at);
	t.due_at := NULL;
	t.first_answer_at := coalesce(t.first_answer_at, now());
	IF t.assignee IS NULL AND NOT args ? 'incident'
	    AND desk.agent_stays((caller->>'agent')::int) THEN
		t.assignee := (caller->>'agent')::int;
	END IF;
	files := desk.upload_attach(caller, args->'attachments', event_id);
	t.preview := desk.said_preview(args->>'text', files);
	PERFORM desk.words_put(event_id, t.id, args->>'text');
	-- A visitor who has left reads it in his mail; in the chat too, should
	-- he come back.
	IF whither.channel = 'chat' THEN
		mails := desk.chat_continue(t);
	END IF;
	sending := desk.outbound_put(event_id, t.id,
	    CASE WHEN mails IS NULL THEN whither.channel ELSE 'mail' END,
	    coalesce(mails, whither.address), 'reply', desk.undo_wait());
	IF whither.channel = 'mail' THEN
		UPDATE desk.outbound o
		SET cc = desk.copies_to(t, args->'cc', whither.address)
		WHERE o.id = sending;
	END IF;
	IF NOT args ? 'incident' THEN
		PERFORM desk.draft_end(caller, t.id, 'reply',
		    (args->>'seq')::bigint);
	END IF;
	PERFORM desk.promises_answered(caller, t.id, event_id);
	answer := desk.stat_after(desk.ticket_commit(caller, t,
		jsonb_build_object('kind', 'message', 'notice', 'event',
		    'event', event_id, 'direction', 'out',
		    'channel', whither.channel, 'text', args->>'text',
		    'say', whither.channel = 'chat',
		    'meta', CASE WHEN args ? 'incident' THEN jsonb_build_object(
			'incident', args->'incident') END)),
	    array_fill(t.queue, ARRAY[1 + (level IS NOT NULL)::int]),
	    array_remove(ARRAY['answered', level], NULL));
	PERFORM desk.promises_by(caller, t, event_id, 'template', ARRAY(
	    SELECT jsonb_array_elements_text(args->'templates')));
	IF (args->>'resolve')::boolean THEN
		answer := desk.ticket_resolve(caller, jsonb_build_object(
			'ticket', t.id))
		    || jsonb_build_object('event', event_id);
	ELSIF (args->>'pend')::boolean THEN
		answer := desk.ticket_pend(caller, jsonb_build_object(
			'ticket', t.id))
		    || jsonb_build_object('event', event_id);
	END IF;
	RETURN answer;
END;
$$;
