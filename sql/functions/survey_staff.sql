-- Surveys of our own people: who of them is asked, by letters (letters.sql), once
-- for each occasion.  What somebody answered is not shown beside his name: that he
-- did, is.  Their scores are of their survey alone (cx_names()).

-- Who is meant by SURVEY.SEND's staff: all, logins, role:ROLE, queue:NAME and
-- skill:NAME, one comma or blanks between.
CREATE OR REPLACE FUNCTION desk.staff_named(named text)
RETURNS int[]
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	said	text[] := regexp_split_to_array(btrim(named), '[ ,]+');
	word	text;
	what	text;
	called	text;
	ids	int[] := '{}';
	those	int[];
BEGIN
	FOREACH word IN ARRAY said LOOP
		what := CASE WHEN word LIKE '%:%' THEN split_part(word, ':', 1)
			WHEN word = 'all' THEN 'all' ELSE 'login' END;
		called := CASE WHEN word LIKE '%:%'
			THEN substr(word, position(':' IN word) + 1)
			ELSE word END;
		those := ARRAY(SELECT a.id FROM desk.agent a
		    WHERE a.active AND CASE what WHEN 'all' THEN true
			WHEN 'login' THEN a.name = called
			WHEN 'role' THEN a.role = called
			WHEN 'queue' THEN EXISTS (SELECT
			    FROM desk.agent_queue k
			    JOIN desk.queue q ON q.id = k.queue
			    WHERE k.agent = a.id AND q.name = called)
			WHEN 'skill' THEN EXISTS (SELECT
			    FROM desk.agent_skill k
			    WHERE k.agent = a.id AND k.skill = called)
			END);
		IF those = '{}' THEN
			PERFORM desk.refuse('INVALID', format('There is nobody '
			    'of ours by "%s": say all, a login, role:agent, '
			    'queue:NAME or skill:NAME.', desk.cut(word, 80)),
			    'staff');
		END IF;
		ids := ids || those;
	END LOOP;
	RETURN ARRAY(SELECT DISTINCT i FROM unnest(ids) i ORDER BY i);
END;
$$;

-- To where one of us is written; NULL: there is no way.
CREATE OR REPLACE FUNCTION desk.staff_address(of int)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT lower(a.email) FROM desk.agent a
	WHERE a.id = of AND desk.survey_reaches(lower(a.email))
	    AND desk.company('url') IS NOT NULL
	    AND desk.queue_address(NULL) IS NOT NULL
$$;

-- Why this invitation may not go now, as a code; NULL: it may.  A survey of each
-- month is not in its own way: its quiet time is of others.
CREATE OR REPLACE FUNCTION desk.staff_why_not(i desk.invitation,
    s desk.survey)
RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	a	desk.agent;
BEGIN
	SELECT * INTO a FROM desk.agent g WHERE g.id = i.staff;
	RETURN CASE WHEN NOT s.active OR s.body->>'for' <> 'staff' THEN 'gone'
	    WHEN NOT a.active THEN 'left'
	    WHEN a.no_surveys_at IS NOT NULL THEN 'declined'
	    WHEN EXISTS (SELECT FROM desk.invitation o
		WHERE o.staff = i.staff AND o.id <> i.id
		    AND o.state IN ('sent', 'answered', 'expired')
		    AND (o.survey <> i.survey OR i.occasion NOT LIKE 'round:%')
		    AND o.sent_at > now() - make_interval(
			secs => (s.body->>'quiet')::int)) THEN 'quiet'
	    WHEN desk.staff_address(i.staff) IS NULL THEN 'no_way' END;
END;
$$;

-- Writes him the question as a letter; again: the reminder.
CREATE OR REPLACE FUNCTION desk.staff_letter(i desk.invitation,
    s desk.survey, again boolean)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	vi	CONSTANT boolean := i.lang <> 'en';
	said	text := format('survey:%s%s', i.id, CASE WHEN again
		    THEN ':again' ELSE '' END);
BEGIN
	PERFORM desk.letter_put(said, desk.staff_address(i.staff),
	    CASE WHEN vi THEN 'vi' ELSE 'en' END,
	    concat('[' || desk.company('name') || '] ', CASE
		WHEN vi AND again THEN 'Nhắc bạn: ' WHEN again
		THEN 'Once more: ' END, s.body->>'title'),
	    jsonb_build_object('text', concat_ws(E'\n\n',
		CASE WHEN vi THEN 'Chào bạn,' ELSE 'Hello,' END,
		desk.survey_question(i, s.body->'questions'->0),
		CASE WHEN vi THEN 'Bạn trả lời tại đây, một chạm là đủ:'
		ELSE 'One tap is enough:' END || E'\n{survey_link}',
		CASE WHEN vi THEN 'Đồng nghiệp không thấy ai trả lời gì. Liên '
		    'kết này chỉ dùng cho bạn, một lần.'
		ELSE 'Colleagues do not see who answered what. This link is '
		    'for you alone, and works once.' END,
		CASE WHEN vi THEN 'Không nhận khảo sát nữa:'
		ELSE 'No more surveys, please:' END
		    || E'\n{survey_leave}')), '[]');
	INSERT INTO desk.invitation_message (letter, invitation)
	SELECT l.id, i.id FROM desk.letter l WHERE l.occasion = said
	ON CONFLICT DO NOTHING;
END;
$$;

-- An invitation of one of us, waiting to go now, in the language in which he
-- works; the one that is there, when it is made a second time.
CREATE OR REPLACE FUNCTION desk.staff_invited(s desk.survey, whom int,
    said text)
RETURNS desk.invitation
LANGUAGE plpgsql
AS $$
DECLARE
	i	desk.invitation;
BEGIN
	INSERT INTO desk.invitation (survey, occasion, staff, department,
	    touchpoint, lang, via, send_at, expires_at)
	VALUES (s.id, said, whom, desk.staff_department(whom),
	    coalesce(s.body->>'touchpoint', ''),
	    coalesce((SELECT p.body->>'lang' FROM desk.prefs p
		WHERE p.agent = whom AND p.body->>'lang' IN ('vi', 'en')),
		desk.company('lang'), 'vi'), 'mail', now(),
	    now() + make_interval(secs => (s.body->>'expires')::int))
	ON CONFLICT DO NOTHING;
	SELECT * INTO i FROM desk.invitation v
	WHERE v.survey = s.id AND v.occasion = said FOR UPDATE;
	RETURN i;
END;
$$;

-- How it stands after somebody asked for it, as survey_sent_json().
CREATE OR REPLACE FUNCTION desk.staff_sent_json(of bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('staff', a.name,
	    'name', a.display, 'invitation', i.id, 'state', i.state,
	    'via', CASE WHEN i.state <> 'withdrawn' THEN i.via END,
	    'address', CASE WHEN i.state NOT IN ('waiting', 'withdrawn')
		THEN lower(a.email) END,
	    'at', desk.rfc3339(CASE WHEN i.state = 'waiting' THEN i.send_at
		ELSE i.sent_at END),
	    'why', i.why, 'words', desk.staff_why(i.why)))
	FROM desk.invitation i JOIN desk.agent a ON a.id = i.staff
	WHERE i.id = of
$$;

-- A sending is of whom it was of first: of one who came to it later its scores,
-- looked at before and after, would tell what he answered.
CREATE OR REPLACE FUNCTION desk.staff_same(of int, said text, them int[])
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('staff:' || said, of));
	IF EXISTS (SELECT FROM desk.invitation i
	    WHERE i.survey = of AND starts_with(i.occasion, said))
	    AND EXISTS (SELECT FROM unnest(them) t(id) WHERE NOT EXISTS (
		SELECT FROM desk.invitation i
		WHERE i.survey = of AND i.occasion = said || t.id)) THEN
		PERFORM desk.refuse('CONFLICT', 'Others were asked by this id: '
		    'another sending wants another.', 'once');
	END IF;
END;
$$;

-- SURVEY.SEND of a survey for staff: each who is named is told of.
CREATE OR REPLACE FUNCTION desk.staff_send(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	s	desk.survey := desk.survey_named(args->>'survey', 'staff');
	dry	boolean := coalesce((args->>'dry')::boolean, false);
	them	int[] := desk.staff_named(args->>'staff');
	said	text;
	whom	int;
	i	desk.invitation;
	one	jsonb;
	asked	jsonb := '[]';
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	said := desk.survey_occasion(caller, args, 'staff:');
	PERFORM desk.staff_same(s.id, said, them);
	FOREACH whom IN ARRAY them LOOP
		BEGIN
			i := desk.staff_invited(s, whom, said || whom);
			IF i.state = 'waiting' AND i.send_at <= now() THEN
				PERFORM desk.survey_ask(i);
			END IF;
			one := desk.staff_sent_json(i.id);
			IF dry THEN
				RAISE EXCEPTION USING ERRCODE = 'DK003';
			END IF;
		EXCEPTION WHEN SQLSTATE 'DK003' THEN
			one := one - 'invitation';
		END;
		asked := asked || one;
	END LOOP;
	PERFORM desk.audit_put(caller, 'survey.send', s.name, 'done',
	    jsonb_build_object('staff', jsonb_array_length(asked),
		'dry', dry));
	RETURN jsonb_build_object('survey', s.name, 'dry', dry,
	    'asked', asked);
END;
$$;

-- One of us wants no surveys, or wants them again; what waits for him is let be.
CREATE OR REPLACE FUNCTION desk.staff_off(whom int, off boolean)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.agent a SET no_surveys_at = CASE WHEN off
	    THEN coalesce(a.no_surveys_at, now()) END
	WHERE a.id = whom AND (a.no_surveys_at IS NOT NULL) <> off;
	IF off THEN
		PERFORM desk.survey_let_be(NULL, whom);
	END IF;
END;
$$;

-- SURVEY.MINE: whether the caller himself is asked by letter.
CREATE OR REPLACE FUNCTION desk.survey_mine(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
	me	desk.agent;
BEGIN
	SELECT * INTO me FROM desk.agent a
	WHERE a.name = caller->>'who' AND a.active;
	IF NOT FOUND THEN
		PERFORM desk.refuse('DENIED', 'Only people of the desk are '
		    'asked.', '');
	END IF;
	IF args ? 'off' THEN
		PERFORM desk.staff_off(me.id, (args->>'off')::boolean);
	END IF;
	RETURN jsonb_build_object('off', (SELECT a.no_surveys_at IS NOT NULL
	    FROM desk.agent a WHERE a.id = me.id));
END;
$$;

-- Keeps which surveys go out by themselves; of one that is new nothing of before
-- is asked.
CREATE OR REPLACE FUNCTION desk.staff_plans()
RETURNS void
LANGUAGE sql
AS $$
	DELETE FROM desk.survey_plan p USING desk.survey s
	WHERE s.id = p.survey AND (NOT s.active OR NOT s.body ? 'every');
	INSERT INTO desk.survey_plan AS p (survey, every, since)
	SELECT s.id, s.body->>'every', now() FROM desk.survey s
	WHERE s.active AND s.body ? 'every'
	ON CONFLICT (survey) DO UPDATE SET every = excluded.every,
	    since = excluded.since
	WHERE p.every <> excluded.every
$$;

-- The first day of the week, month or quarter that a moment is in, as the
-- company counts its days; and when that day began.
CREATE OR REPLACE FUNCTION desk.staff_round(every text, moment timestamptz,
    OUT first_day date, OUT began timestamptz)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	zone	text := coalesce(desk.company('timezone'), 'UTC');
BEGIN
	first_day := date_trunc(every, moment AT TIME ZONE zone)::date;
	began := first_day::timestamp AT TIME ZONE zone;
END;
$$;

-- Invites by the surveys whose week, month or quarter has begun, by any daemon,
-- once; how many were invited.  Where nobody was there on its first day, it
-- begins as soon as somebody is.
CREATE OR REPLACE FUNCTION desk.staff_rounds()
RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
	p	desk.survey_plan;
	s	desk.survey;
	r	record;
	n	int;
	done	int := 0;
BEGIN
	-- (Asked all the time: only a plan that has something to do is locked.)
	FOR p IN SELECT v.* FROM desk.survey_plan v
	    CROSS JOIN LATERAL desk.staff_round(v.every, now()) k
	    WHERE k.began >= v.since AND NOT EXISTS (
		SELECT FROM desk.survey_round o
		WHERE o.survey = v.survey AND o.first_day = k.first_day)
	    ORDER BY v.survey FOR UPDATE OF v SKIP LOCKED LOOP
		r := desk.staff_round(p.every, now());
		INSERT INTO desk.survey_round (survey, first_day, invited)
		VALUES (p.survey, r.first_day, 0) ON CONFLICT DO NOTHING;
		CONTINUE WHEN NOT FOUND;
		SELECT * INTO s FROM desk.survey v WHERE v.id = p.survey;
		SELECT count(desk.staff_invited(s, x.id, x.said)) INTO n
		FROM (SELECT a.id, format('round:%s/%s', r.first_day, a.id)
			AS said
		    FROM desk.agent a
		    WHERE a.active AND a.email IS NOT NULL
			AND a.no_surveys_at IS NULL
			AND (s.body->'queues' = '[]' OR EXISTS (
			    SELECT FROM desk.agent_queue k
			    JOIN desk.queue q ON q.id = k.queue
			    WHERE k.agent = a.id AND s.body->'queues' ? q.name))
		    ORDER BY a.id) x
		WHERE desk.survey_sampled(s.name, x.said,
		    (s.body->>'sample')::int);
		UPDATE desk.survey_round v SET invited = n
		WHERE v.survey = p.survey AND v.first_day = r.first_day;
		done := done + n;
	END LOOP;
	RETURN done;
END;
$$;

-- What is told of a survey that goes out by itself: {"every","next","last",
-- "invited"}; NULL: it does not.
CREATE OR REPLACE FUNCTION desk.staff_plan_json(of int)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('every', p.every,
	    'next', CASE WHEN r.began >= p.since AND NOT EXISTS (
		SELECT FROM desk.survey_round v
		WHERE v.survey = of AND v.first_day = r.first_day)
		THEN r.first_day
		ELSE (r.first_day + CASE p.every WHEN 'week' THEN
		    interval '7 days' WHEN 'month' THEN interval '1 month'
		    ELSE interval '3 months' END)::date END,
	    'last', l.first_day, 'invited', l.invited))
	FROM desk.survey_plan p
	CROSS JOIN LATERAL desk.staff_round(p.every, now()) r
	LEFT JOIN LATERAL (SELECT * FROM desk.survey_round v
	    WHERE v.survey = of ORDER BY v.first_day DESC LIMIT 1) l ON true
	WHERE p.survey = of
$$;
