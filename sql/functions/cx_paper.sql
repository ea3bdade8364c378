-- Customers' experience on paper: the whole picture of a stretch of days, or a
-- department's, in words that who does not know the desk understands.

-- The caller that reports are made for: all of the desk is seen, nobody's words
-- are in it.
CREATE OR REPLACE FUNCTION desk.paper_asks(what text, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN CASE what
	    WHEN 'scores' THEN desk.cx_scores(desk.clock_caller(), args)
	    WHEN 'gap' THEN desk.promise_gap(desk.clock_caller(), args)
	    WHEN 'report' THEN desk.report(desk.clock_caller(), args)
	    WHEN 'advice' THEN desk.cx_advice(desk.clock_caller(), args)
	    WHEN 'objectives' THEN
		desk.cx_objectives(desk.clock_caller(), args) END;
END;
$$;

-- Whether it is other than in the stretch before, as far as the numbers carry.
CREATE OR REPLACE FUNCTION desk.change_said(change jsonb, lang text)
RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE change->>'is'
	    WHEN 'up' THEN CASE lang WHEN 'vi' THEN 'tăng ' ELSE 'up ' END
		|| desk.number_said((change->>'by')::numeric, lang)
	    WHEN 'down' THEN CASE lang WHEN 'vi' THEN 'giảm ' ELSE 'down ' END
		|| desk.number_said(-(change->>'by')::numeric, lang)
	    WHEN 'unsaid' THEN CASE lang WHEN 'vi'
		THEN 'chưa đủ để nói là khác' ELSE 'too little to say' END
	    END
$$;

-- A section's words: its title, its columns, and what it says without rows (NULL:
-- it is left out then).
CREATE OR REPLACE FUNCTION desk.paper_words(part text, lang text)
RETURNS TABLE (title text, columns text[], empty text)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT w.title, string_to_array(w.columns, '|'), w.empty
	FROM (VALUES
	    ('scores', 'vi', 'Khách đánh giá',
		'Điểm|Kết quả|Thấp nhất|Cao nhất|n|So với kỳ trước',
		'Chưa có trả lời nào.'),
	    ('scores', 'en', 'What customers say',
		'Score|Result|Low|High|n|Against the stretch before',
		'Nobody has answered.'),
	    ('queues', 'vi', 'CSAT theo bộ phận',
		'Bộ phận|CSAT, %|Thấp nhất|Cao nhất|n', 'Chưa có trả lời nào.'),
	    ('queues', 'en', 'CSAT by department',
		'Department|CSAT, %|Low|High|n', 'Nobody has answered.'),
	    ('promises', 'vi', 'Giữ lời hứa',
		'Lời hứa|Đã giữ, %|Thấp nhất|Cao nhất|n|Trễ hẹn',
		'Chưa có lời hứa nào tới hạn.'),
	    ('promises', 'en', 'Promises kept',
		'Promise|Kept, %|Low|High|n|Late', 'No promise came due.'),
	    ('service', 'vi', 'Mức dịch vụ',
		'Bộ phận|Vào hàng|Đã trả lời|Đúng hạn, %|Bỏ cuộc',
		'Không có hồ sơ nào.'),
	    ('service', 'en', 'Service level',
		'Department|Offered|Answered|In time, %|Abandoned', 'No cases.'),
	    ('advice', 'vi', 'Nên làm trước', 'Việc|Ảnh hưởng|n',
		'Số liệu chưa cho thấy việc gì nên làm trước.'),
	    ('advice', 'en', 'What to do first', 'What|Impact|n',
		'The numbers carry no advice.'),
	    ('objectives', 'vi', 'Mục tiêu',
		'Mục tiêu|Cần đạt|Đang là|Thấp nhất|Cao nhất|n|Kết luận', NULL),
	    ('objectives', 'en', 'Objectives',
		'Objective|Target|Now|Low|High|n|Verdict', NULL),
	    ('themes', 'vi', 'Khách nói về', 'Chủ đề|Lần|Kỳ trước', NULL),
	    ('themes', 'en', 'What customers speak of', 'Theme|Times|Before',
		NULL)) w(part, lang, title, columns, empty)
	WHERE w.part = paper_words.part
	    AND w.lang = CASE paper_words.lang WHEN 'vi' THEN 'vi' ELSE 'en' END
$$;

-- The section of these rows; NULL: there is none of it.
CREATE OR REPLACE FUNCTION desk.paper_section(part text, lang text, rows jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('title', w.title,
	    'columns', to_jsonb(w.columns), 'none', w.empty))
	    || jsonb_build_object('rows', coalesce(rows, '[]'))
	FROM desk.paper_words(part, lang) w
	WHERE rows IS NOT NULL OR w.empty IS NOT NULL
$$;

-- The rows of each section; NULL: there are none.

-- Each beside the stretch before; what all of them together carry is said of it.
CREATE OR REPLACE FUNCTION desk.paper_scores(since date, until date,
    only_of jsonb, lang text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	by_id	jsonb := desk.cx_only(desk.clock_caller(), only_of);
	earlier	date := since - (until + 1 - since);
BEGIN
	RETURN (WITH m AS MATERIALIZED (
	    SELECT v.*, desk.cx_figure(v.measure, (SELECT l.counts
		FROM desk.cx_lines(v.measure, desk.cx_names(v.measure, NULL),
		    since, until + 1, 'all', by_id) l)) AS f,
		desk.cx_figure(v.measure, (SELECT l.counts
		FROM desk.cx_lines(v.measure, desk.cx_names(v.measure, NULL),
		    earlier, since, 'all', by_id) l)) AS g
	    FROM (VALUES (1, 'nps', 'NPS (−100 … 100)', 'NPS (−100 … 100)'),
	    (2, 'csat', 'CSAT, % cho 4–5 điểm', 'CSAT, % who gave 4–5'),
	    (3, 'ces', 'CES, % thấy dễ', 'CES, % who found it easy'),
	    (4, 'mood', 'Tin nhắn vui, %', 'Messages in good mood, %'),
	    (5, 'closed', 'Phản hồi đã được trả lời, %',
		'Feedback that was answered, %')) v(place, measure, vi, en)
	), c AS MATERIALIZED (
	    SELECT m.*, desk.cx_shown(m.f) AS said,
		desk.cx_change_shown(d."by", d.low, d.high, d."is") AS change,
		desk.cx_change_chance(d."by", d.low, d.high) AS chance
	    FROM m CROSS JOIN LATERAL desk.cx_change(m.f, m.g) d
	    WHERE (m.f).n > 0
	), b AS (
	    SELECT coalesce(desk.believed(array_agg(c.chance), 0.05), 0) AS upto
	    FROM c
	)
	SELECT jsonb_agg(jsonb_build_array(
	    CASE lang WHEN 'vi' THEN c.vi ELSE c.en END, c.said->'figure',
	    c.said->'low', c.said->'high', c.said->'n',
	    desk.change_said(CASE WHEN c.chance > b.upto
		THEN c.change || '{"is":"unsaid"}' ELSE c.change END, lang))
	    ORDER BY c.place)
	FROM c CROSS JOIN b);
END;
$$;

-- Each queue's csat, of those that were answered about.
CREATE OR REPLACE FUNCTION desk.paper_queues(span jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_build_array(coalesce(q.title, r.r->>'label'),
	    r.r->'figure', r.r->'low', r.r->'high', r.r->'n') ORDER BY r.n)
	FROM jsonb_array_elements(desk.paper_asks('scores', span
	    || '{"measure":"csat","by":"queue"}')->'rows')
	    WITH ORDINALITY r(r, n)
	LEFT JOIN desk.queue q ON q.name = r.r->>'label'
	WHERE (r.r->>'n')::bigint > 0
$$;

-- Each kind of promise: how many per cent were kept, and how many were late.
CREATE OR REPLACE FUNCTION desk.paper_promises(span jsonb, lang text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT jsonb_agg(jsonb_build_array(coalesce(upper(left(k.said, 1))
	    || substr(k.said, 2), r.r->>'label'), r.r->'kept', r.r->'low',
	    r.r->'high', r.r->'n', r.r->'late') ORDER BY r.n)
	FROM jsonb_array_elements(desk.paper_asks('gap', span)->'rows')
	    WITH ORDINALITY r(r, n)
	LEFT JOIN (SELECT w.kind, CASE lang WHEN 'vi' THEN w.vi ELSE w.en END
	    FROM desk.promise_words() w) k(kind, said)
	    ON k.kind = r.r->>'label');
END;
$$;

-- Each queue's cases: offered, answered, in time, given up; columns by the names
-- that REPORT gives them.
CREATE OR REPLACE FUNCTION desk.paper_service(span jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_build_array(coalesce(q.title, r.r->>'label'),
	    c.of->'offered', c.of->'answered', c.of->'sl_offered',
	    c.of->'abandoned') ORDER BY r.n)
	FROM (SELECT desk.paper_asks('report', span
		|| '{"name":"service","by":"queue"}') AS told) a
	CROSS JOIN LATERAL jsonb_array_elements(a.told->'rows')
	    WITH ORDINALITY r(r, n)
	CROSS JOIN LATERAL (SELECT jsonb_object_agg(k.k->>'name',
		r.r->'cells'->(k.n::int - 1)) AS of
	    FROM jsonb_array_elements(a.told->'columns')
		WITH ORDINALITY k(k, n)) c
	LEFT JOIN desk.queue q ON q.name = r.r->>'label'
$$;

-- What to do first, and what the departments want to reach, by thirty days at
-- least: of one week there is seldom enough to say.
CREATE OR REPLACE FUNCTION desk.paper_month(since date, until date, queue text)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('from', greatest('1970-01-01',
	    least(since, until - 29)), 'to', until, 'department', queue,
	    'limit', 5))
$$;

-- What to do first, in words.
CREATE OR REPLACE FUNCTION desk.paper_advice(span jsonb, lang text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_build_array(r.r->lang, r.r->'impact', r.r->'n')
	    ORDER BY r.n)
	FROM jsonb_array_elements(desk.paper_asks('advice', span)->'advice')
	    WITH ORDINALITY r(r, n)
$$;

-- What each department wants to reach, and whether it has.
CREATE OR REPLACE FUNCTION desk.paper_objectives(span jsonb, lang text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_build_array(coalesce(r.r->>lang, r.r->>'vi',
	    r.r->>'name'), r.r->'target', r.r->'score', r.r->'low',
	    r.r->'high', r.r->'n', CASE lang WHEN 'vi' THEN w.vi ELSE w.en END)
	    ORDER BY r.n)
	FROM jsonb_array_elements(desk.paper_asks('objectives', span)
	    ->'objectives') WITH ORDINALITY r(r, n)
	LEFT JOIN (VALUES ('met', 'đạt', 'met'), ('missed', 'chưa đạt', 'missed'),
	    ('unsure', 'chưa đủ để nói', 'too little to say'),
	    ('none', 'chưa có số liệu', 'no figures')) w(state, vi, en)
	    ON w.state = r.r->>'state'
$$;

-- What customers speak of, in all of the desk: themes are nobody's department.
CREATE OR REPLACE FUNCTION desk.paper_themes(since date, until date)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	before	CONSTANT date := since - (until + 1 - since);
BEGIN
	RETURN (WITH m AS (
	    SELECT t.name, sum(t.n) AS n, 0 AS was
	    FROM desk.measure_totals('theme', since, until + 1,
		'{month,year}') t GROUP BY 1
	    UNION ALL
	    SELECT t.name, 0, sum(t.n)
	    FROM desk.measure_totals('theme', before, since,
		'{month,year}') t GROUP BY 1
	)
	SELECT jsonb_agg(jsonb_build_array(t.title, t.n, t.was)
	    ORDER BY t.n DESC, t.title)
	FROM (SELECT coalesce(k.body->>'title', k.name) AS title,
		sum(m.n) AS n, sum(m.was) AS was
	    FROM desk.theme k JOIN m ON m.name = k.name
	    GROUP BY k.name) t
	WHERE t.n > 0);
END;
$$;

-- The paper of these days: of all, or of one queue.
CREATE OR REPLACE FUNCTION desk.cx_paper(since date, until date, queue text,
    lang text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	vi	boolean := lang = 'vi';
	span	jsonb := jsonb_build_object('from', since, 'to', until);
	only_of	jsonb := jsonb_strip_nulls(jsonb_build_object('queue', queue));
	month	CONSTANT jsonb := desk.paper_month(since, until, queue);
	parts	jsonb[];
BEGIN
	parts := ARRAY[
	    desk.paper_section('advice', lang, desk.paper_advice(month, lang)),
	    desk.paper_section('scores', lang,
		desk.paper_scores(since, until, only_of, lang)),
	    desk.paper_section('objectives', lang,
		desk.paper_objectives(month, lang)),
	    CASE WHEN queue IS NULL THEN desk.paper_section('queues', lang,
		desk.paper_queues(span)) END,
	    desk.paper_section('promises', lang,
		desk.paper_promises(span || only_of, lang)),
	    desk.paper_section('service', lang,
		desk.paper_service(span || only_of)),
	    CASE WHEN queue IS NULL THEN desk.paper_section('themes', lang,
		desk.paper_themes(since, until)) END];
	RETURN jsonb_strip_nulls(jsonb_build_object('lang', lang,
	    'title', concat_ws(': ', CASE WHEN vi THEN 'Trải nghiệm khách hàng'
		ELSE 'Customer experience' END, (SELECT coalesce(q.title,
		q.name) FROM desk.queue q WHERE q.name = queue)),
	    'lead', format(CASE WHEN vi THEN 'Từ %s tới %s' ELSE '%s to %s' END,
		to_char(since, 'DD/MM/YYYY'), to_char(until, 'DD/MM/YYYY'))))
	    || jsonb_build_object('from', since, 'to', until, 'sections',
		to_jsonb(array_remove(parts, NULL)),
		'foot', CASE WHEN vi THEN 'Thấp nhất và cao nhất: khoảng tin cậy '
		    '95%. n: số lượng. Việc nên làm và mục tiêu: ít nhất 30 '
		    'ngày qua.' ELSE 'Low and high: 95 % interval. n: how many. '
		    'What to do and objectives: of thirty days at least.' END);
END;
$$;

-- CX.REPORT: the paper of these days, with its numbers written out; csv: as
-- that.
CREATE OR REPLACE FUNCTION desk.cx_report(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	zone	text := (SELECT k.zone FROM desk.measure_rolled k);
	until	date := desk.cx_day(args, 'to', (now() AT TIME ZONE zone)::date);
	since	date := desk.cx_day(args, 'from', until - 6);
	paper	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	IF since > until OR until - since > 7320 THEN
		PERFORM desk.refuse('INVALID', 'It must begin before it ends, '
		    'within twenty years.', 'from');
	ELSIF args ? 'queue' AND NOT EXISTS (SELECT FROM desk.queue q
	    WHERE q.name = args->>'queue') THEN
		PERFORM desk.refuse('INVALID', 'There is no such queue.',
		    'queue');
	END IF;
	paper := desk.cx_paper(since, until, args->>'queue',
	    coalesce(args->>'lang', desk.company('lang'), 'vi'));
	IF args->'csv' = 'true' THEN
		RETURN jsonb_build_object('from', since, 'to', until,
		    'csv', desk.paper_csv(paper));
	END IF;
	RETURN desk.paper_said(paper);
END;
$$;
