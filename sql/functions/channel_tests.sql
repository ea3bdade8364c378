-- CHANNEL.TEST: who may try a channel how often, what is sent, and what came
-- back of it.  Sending is the daemon's work (testmail.c, op_channeltest.c).

-- A test writes to whomever it is told: not more than this.  One at a time
-- counts, so that those who ask side by side are counted, too.
CREATE OR REPLACE FUNCTION desk.channel_test_limit(way text, whom text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	tests	int;
	same	int;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('desk.channel_test'));
	SELECT count(*), count(*) FILTER (WHERE t.channel = 'mail'
	    AND way = 'mail' AND lower(t.address) = lower(whom))
	INTO tests, same
	FROM desk.channel_test t WHERE t.at > now() - interval '1 hour';
	IF tests >= 60 THEN
		PERFORM desk.refuse('TOOMANY',
		    'The desk makes 60 tests an hour at most. Wait a little.',
		    'channel');
	END IF;
	IF same >= 6 THEN
		PERFORM desk.refuse('TOOMANY',
		    'One address gets 6 test mails an hour at most.',
		    'address');
	END IF;
END;
$$;

-- Whether mail for it comes to the desk; a plus tag counts for nothing.
CREATE OR REPLACE FUNCTION desk.channel_serves(whom text)
RETURNS boolean
LANGUAGE sql STABLE
AS $$
	SELECT EXISTS (SELECT FROM desk.served s WHERE s.kind = 'email'
	    AND s.address IN (lower(whom),
		regexp_replace(lower(whom), '[+][^@]*@', '@')))
$$;

-- What is tested, for the daemon; refused when there is no such thing.
CREATE OR REPLACE FUNCTION desk.channel_test_of(caller jsonb, way text,
    whom text)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	c	jsonb := desk.config_get()->'config';
	made	jsonb;
BEGIN
	CASE way
	WHEN 'mail' THEN
		made := jsonb_build_object('own', desk.channel_serves(whom),
		    'company', c->'company'->>'name',
		    'from', desk.queue_address((SELECT q.id FROM desk.queue q
			WHERE q.name = c->>'default_queue')));
		IF made->>'from' IS NULL THEN
			PERFORM desk.refuse('CONFLICT',
			    'The desk serves no e-mail address to write from.',
			    'channel');
		END IF;
	WHEN 'hook' THEN
		made := jsonb_build_object('hook', desk.hook_test(caller,
		    jsonb_build_object('hook', whom)));
	WHEN 'source' THEN
		SELECT jsonb_build_object('form', s->'form', 'last',
		    (SELECT desk.rfc3339(max(k.touched_at))
			FROM (SELECT * FROM desk.call l
			    ORDER BY l.call DESC LIMIT 2000) k
			WHERE k.source = whom))
		INTO made FROM jsonb_array_elements(c->'sources') s
		WHERE s->>'name' = whom;
		IF NOT FOUND THEN
			PERFORM desk.refuse('NOTFOUND',
			    'There is no such source.', 'address');
		END IF;
	ELSE
		made := '{}';
	END CASE;
	RETURN made;
END;
$$;

-- CHANNEL.TEST
CREATE OR REPLACE FUNCTION desk.channel_test(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	way	text := args->>'channel';
	whom	text := coalesce(args->>'address', '');
	made	jsonb;
	test	bigint;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	IF whom = '' AND way <> 'widget' THEN
		PERFORM desk.refuse('INVALID',
		    'Say which: an e-mail address, or the block''s name.',
		    'address');
	END IF;
	made := desk.channel_test_of(caller, way, whom);
	PERFORM desk.channel_test_limit(way, whom);
	DELETE FROM desk.channel_test t WHERE t.id IN (
	    SELECT o.id FROM desk.channel_test o
	    WHERE o.at < now() - interval '30 days' ORDER BY o.at LIMIT 100);
	INSERT INTO desk.channel_test (who, channel, address, sender)
	VALUES (caller->>'who', way, whom, made->>'from')
	RETURNING id INTO test;
	PERFORM desk.audit_put(caller, 'channel.test',
	    rtrim(way || ' ' || whom), 'done',
	    jsonb_build_object('test', test));
	RETURN made || jsonb_build_object('test', test);
END;
$$;

-- A mail came that names a test.  False: it is none of the last week's, or not
-- from whom it should be; then it is a mail as any other.
CREATE OR REPLACE FUNCTION desk.channel_test_mail(test bigint, what text,
    sent_by text, words text)
RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.channel_test t SET
	    came_at = CASE WHEN what = 'came'
		THEN coalesce(t.came_at, clock_timestamp())
		ELSE t.came_at END,
	    bounced_at = CASE WHEN what = 'bounced'
		THEN coalesce(t.bounced_at, clock_timestamp())
		ELSE t.bounced_at END,
	    answered_at = CASE WHEN what = 'answered'
		THEN coalesce(t.answered_at, clock_timestamp())
		ELSE t.answered_at END,
	    said = coalesce(nullif(words, ''), t.said)
	WHERE t.id = test AND t.channel = 'mail'
	    AND t.at > now() - interval '7 days'
	    AND CASE what WHEN 'came' THEN lower(sent_by) = lower(t.sender)
		WHEN 'answered' THEN lower(sent_by) = lower(t.address)
		ELSE true END;
	RETURN FOUND;
END;
$$;

-- How far a test mail got: looked at while somebody waits for it.
CREATE OR REPLACE FUNCTION desk.channel_test_seen(test bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
	    'came', t.came_at IS NOT NULL,
	    'bounced', t.bounced_at IS NOT NULL, 'said', t.said))
	FROM desk.channel_test t WHERE t.id = test
$$;

-- The last tests of mail, and what came of each since: for CHANNEL.LIST.
CREATE OR REPLACE FUNCTION desk.channel_tests()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
	    'test', t.id, 'at', desk.rfc3339(t.at), 'who', t.who,
	    'address', t.address, 'came_at', desk.rfc3339(t.came_at),
	    'bounced_at', desk.rfc3339(t.bounced_at),
	    'answered_at', desk.rfc3339(t.answered_at), 'said', t.said))
	    ORDER BY t.id DESC), '[]')
	FROM (SELECT * FROM desk.channel_test r WHERE r.channel = 'mail'
	    ORDER BY r.id DESC LIMIT 10) t
$$;
