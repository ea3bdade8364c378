-- Measures counted a second time, from the records.  For each measure there is a
-- function measure_records_MEASURE(since, until), found by its name, that gives
-- a row for each fact whose moment is in [since, until), as desk.measure() was
-- told of it: whoever counts something new adds his own.

-- An answer to an invitation that was sent counts for the day of its sending:
-- of those who were asked that day, these answered.  Who was not asked (a form,
-- an import) counts for no rate.
CREATE OR REPLACE FUNCTION desk.replied_note()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM desk.measure('replied', s.name, i.sent_at, i.queue, i.agent,
	    i.channel, i.segment, i.touchpoint, 1)
	FROM desk.invitation i
	JOIN desk.survey s ON s.id = i.survey
	WHERE i.id = NEW.invitation AND i.sent_at IS NOT NULL;
	RETURN NULL;
END;
$$;

CREATE OR REPLACE FUNCTION desk.measure_records_replied(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT s.name, i.sent_at, i.queue, i.agent, i.channel, i.segment,
	    i.touchpoint, 1, 1::bigint
	FROM desk.invitation i
	JOIN desk.survey s ON s.id = i.survey
	JOIN desk.response r ON r.invitation = i.id
	WHERE i.sent_at >= since AND i.sent_at < until
$$;

CREATE OR REPLACE FUNCTION desk.measure_records_invited(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT s.name, i.sent_at, i.queue, i.agent, i.channel, i.segment,
	    i.touchpoint, 1, 1::bigint
	FROM desk.invitation i
	JOIN desk.survey s ON s.id = i.survey
	WHERE i.sent_at >= since AND i.sent_at < until
$$;

-- Of those who were asked, whom the mail did not reach.
CREATE OR REPLACE FUNCTION desk.measure_records_unreached(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT s.name, i.sent_at, i.queue, i.agent, i.channel, i.segment,
	    i.touchpoint, 1, 1::bigint
	FROM desk.invitation i
	JOIN desk.survey s ON s.id = i.survey
	WHERE i.sent_at >= since AND i.sent_at < until
	    AND i.state = 'undeliverable'
$$;

-- Answers on a scale, and numbers.  The question that was the first scored one
-- when it was asked (head; NULL: the one that is now) has its survey's name.
CREATE OR REPLACE FUNCTION desk.measure_answers(of_kind text,
    since timestamptz, until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT CASE WHEN a.question = coalesce(r.head, h.head) THEN s.name
	    ELSE s.name || '/' || a.question END, r.at, r.queue, r.agent,
	    r.channel, r.segment, r.touchpoint, round(a.value)::int, 1::bigint
	FROM desk.response r
	JOIN desk.survey s ON s.id = r.survey
	JOIN desk.answer a ON a.response = r.id AND a.kind = of_kind
	CROSS JOIN LATERAL (SELECT (SELECT q.name
	    FROM desk.questions(s.body) q
	    WHERE q.scored ORDER BY q.place LIMIT 1) AS head) h
	WHERE r.at >= since AND r.at < until AND abs(a.value) < 32768;
END;
$$;

CREATE OR REPLACE FUNCTION desk.measure_records_nps(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$ SELECT * FROM desk.measure_answers('nps', since, until) $$;

CREATE OR REPLACE FUNCTION desk.measure_records_csat(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$ SELECT * FROM desk.measure_answers('csat', since, until) $$;

CREATE OR REPLACE FUNCTION desk.measure_records_ces(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$ SELECT * FROM desk.measure_answers('ces', since, until) $$;

CREATE OR REPLACE FUNCTION desk.measure_records_number(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$ SELECT * FROM desk.measure_answers('number', since, until) $$;

CREATE OR REPLACE FUNCTION desk.measure_records_choice(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE sql STABLE
AS $$
	SELECT s.name || '/' || a.question || '/' || c, r.at, r.queue, r.agent,
	    r.channel, r.segment, r.touchpoint, 1, 1::bigint
	FROM desk.response r
	JOIN desk.survey s ON s.id = r.survey
	JOIN desk.answer a ON a.response = r.id AND a.kind = 'choice'
	CROSS JOIN LATERAL unnest(a.choices) c
	WHERE r.at >= since AND r.at < until
$$;

-- What was met less what was expected, by the pairs as they were asked.
CREATE OR REPLACE FUNCTION desk.measure_records_pair(since timestamptz,
    until timestamptz)
RETURNS TABLE (name text, at timestamptz, queue int, agent int, channel text,
    segment text, touchpoint text, value int, n bigint)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT s.name || '/' || met.question, r.at, r.queue, r.agent, r.channel,
	    r.segment, r.touchpoint, round(met.value - hoped.value)::int,
	    1::bigint
	FROM desk.response r
	JOIN desk.survey s ON s.id = r.survey
	JOIN desk.answer met ON met.response = r.id
	JOIN desk.answer hoped ON hoped.response = r.id
	    AND hoped.question = met.pair
	WHERE r.at >= since AND r.at < until
	    AND abs(met.value - hoped.value) < 32768;
END;
$$;
