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

CREATE OR REPLACE FUNCTION desk.paper_scores(span jsonb, only_of jsonb,
    lang text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT desk.paper_part(CASE WHEN v.vi THEN 'Khách đánh giá'
		ELSE 'What customers say' END,
	    CASE WHEN v.vi THEN ARRAY['Điểm', 'Kết quả', 'Thấp nhất',
		'Cao nhất', 'n', 'So với kỳ trước']
		ELSE ARRAY['Score', 'Result', 'Low', 'High', 'n',
		'Against the stretch before'] END,
	    jsonb_agg(jsonb_build_array(CASE WHEN v.vi THEN m.vi ELSE m.en END,
		s.t->'figure', s.t->'low', s.t->'high', s.t->'n',
		desk.change_said(s.t->'change', lang)) ORDER BY m.place)
	    FILTER (WHERE (s.t->>'n')::bigint > 0),
	    CASE WHEN v.vi THEN 'Chưa có trả lời nào.'
		ELSE 'Nobody has answered.' END)
	FROM (SELECT lang = 'vi' AS vi) v
	CROSS JOIN (VALUES (1, 'nps', 'NPS (−100 … 100)', 'NPS (−100 … 100)'),
	    (2, 'csat', 'CSAT, % cho 4–5 điểm', 'CSAT, % who gave 4–5'),
	    (3, 'ces', 'CES, % thấy dễ', 'CES, % who found it easy'),
	    (4, 'mood', 'Tin nhắn vui, %', 'Messages in good mood, %'),
	    (5, 'closed', 'Phản hồi đã được trả lời, %',
		'Feedback that was answered, %')) m(place, measure, vi, en)
	CROSS JOIN LATERAL (SELECT desk.paper_asks('scores', span || only_of
	    || jsonb_build_object('measure', m.measure, 'by', 'queue',
		'compare', true))->'total' AS t) s
	GROUP BY v.vi
$$;

CREATE OR REPLACE FUNCTION desk.paper_queues(span jsonb, lang text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT desk.paper_part(CASE WHEN v.vi THEN 'CSAT theo bộ phận'
		ELSE 'CSAT by department' END,
	    CASE WHEN v.vi THEN ARRAY['Bộ phận', 'CSAT, %', 'Thấp nhất',
		'Cao nhất', 'n']
		ELSE ARRAY['Department', 'CSAT, %', 'Low', 'High', 'n'] END,
	    jsonb_agg(jsonb_build_array(coalesce(q.title, r.r->>'label'),
		r.r->'figure', r.r->'low', r.r->'high', r.r->'n') ORDER BY r.n)
	    FILTER (WHERE (r.r->>'n')::bigint > 0),
	    CASE WHEN v.vi THEN 'Chưa có trả lời nào.'
		ELSE 'Nobody has answered.' END)
	FROM (SELECT lang = 'vi' AS vi) v
	LEFT JOIN LATERAL jsonb_array_elements(desk.paper_asks('scores', span
	    || '{"measure":"csat","by":"queue"}')->'rows')
	    WITH ORDINALITY r(r, n) ON true
	LEFT JOIN desk.queue q ON q.name = r.r->>'label'
	GROUP BY v.vi
$$;

CREATE OR REPLACE FUNCTION desk.paper_promises(span jsonb, only_of jsonb,
    lang text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT desk.paper_part(CASE WHEN v.vi THEN 'Giữ lời hứa'
		ELSE 'Promises kept' END,
	    CASE WHEN v.vi THEN ARRAY['Lời hứa', 'Đã giữ, %', 'Thấp nhất',
		'Cao nhất', 'n', 'Trễ hẹn']
		ELSE ARRAY['Promise', 'Kept, %', 'Low', 'High', 'n', 'Late']
		END,
	    jsonb_agg(jsonb_build_array(coalesce(CASE WHEN v.vi THEN k.vi
		ELSE k.en END, r.r->>'label'), r.r->'kept', r.r->'low',
		r.r->'high', r.r->'n', r.r->'late') ORDER BY r.n)
	    FILTER (WHERE r.r IS NOT NULL),
	    CASE WHEN v.vi THEN 'Chưa có lời hứa nào tới hạn.'
		ELSE 'No promise came due.' END)
	FROM (SELECT lang = 'vi' AS vi) v
	LEFT JOIN LATERAL jsonb_array_elements(desk.paper_asks('gap', span
	    || only_of)->'rows') WITH ORDINALITY r(r, n) ON true
	LEFT JOIN (VALUES ('delivery', 'Giao hàng', 'Delivery'),
	    ('callback', 'Gọi lại', 'Call back'),
	    ('refund', 'Hoàn tiền', 'Refund'), ('repair', 'Sửa chữa', 'Repair'),
	    ('answer', 'Trả lời', 'Answer'), ('other', 'Khác', 'Other'))
	    k(kind, vi, en) ON k.kind = r.r->>'label'
	GROUP BY v.vi
$$;

CREATE OR REPLACE FUNCTION desk.paper_service(span jsonb, only_of jsonb,
    lang text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT desk.paper_part(CASE WHEN v.vi THEN 'Mức dịch vụ'
		ELSE 'Service level' END,
	    CASE WHEN v.vi THEN ARRAY['Bộ phận', 'Vào hàng', 'Đã trả lời',
		'Đúng hạn, %', 'Bỏ cuộc']
		ELSE ARRAY['Department', 'Offered', 'Answered', 'In time, %',
		'Abandoned'] END,
	    jsonb_agg(jsonb_build_array(coalesce(q.title, r.r->>'label'),
		r.r->'cells'->0, r.r->'cells'->1, r.r->'cells'->7,
		r.r->'cells'->3) ORDER BY r.n) FILTER (WHERE r.r IS NOT NULL),
	    CASE WHEN v.vi THEN 'Không có hồ sơ nào.' ELSE 'No cases.' END)
	FROM (SELECT lang = 'vi' AS vi) v
	LEFT JOIN LATERAL jsonb_array_elements(desk.paper_asks('report', span
	    || only_of || '{"name":"service","by":"queue"}')->'rows')
	    WITH ORDINALITY r(r, n) ON true
	LEFT JOIN desk.queue q ON q.name = r.r->>'label'
	GROUP BY v.vi
$$;

-- What to do first, and what the departments want to reach, by thirty days at
-- least: of one week there is seldom enough to say.
CREATE OR REPLACE FUNCTION desk.paper_month(since date, until date, queue text)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('from', least(since,
	    until - 29), 'to', until, 'department', queue, 'limit', 5))
$$;

CREATE OR REPLACE FUNCTION desk.paper_advice(span jsonb, lang text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT desk.paper_part(CASE WHEN v.vi THEN 'Nên làm trước'
		ELSE 'What to do first' END,
	    CASE WHEN v.vi THEN ARRAY['Việc', 'Ảnh hưởng', 'n']
		ELSE ARRAY['What', 'Impact', 'n'] END,
	    jsonb_agg(jsonb_build_array(r.r->lang, r.r->'impact', r.r->'n')
		ORDER BY r.n) FILTER (WHERE r.r IS NOT NULL),
	    CASE WHEN v.vi THEN 'Số liệu chưa cho thấy việc gì nên làm trước.'
		ELSE 'The numbers carry no advice.' END)
	FROM (SELECT lang = 'vi' AS vi) v
	LEFT JOIN LATERAL jsonb_array_elements(desk.paper_asks('advice', span)
	    ->'advice') WITH ORDINALITY r(r, n) ON true
	GROUP BY v.vi
$$;

CREATE OR REPLACE FUNCTION desk.paper_objectives(span jsonb, lang text)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT desk.paper_part(CASE WHEN v.vi THEN 'Mục tiêu'
		ELSE 'Objectives' END,
	    CASE WHEN v.vi THEN ARRAY['Mục tiêu', 'Cần đạt', 'Đang là',
		'Thấp nhất', 'Cao nhất', 'n', 'Kết luận']
		ELSE ARRAY['Objective', 'Target', 'Now', 'Low', 'High', 'n',
		'Verdict'] END,
	    jsonb_agg(jsonb_build_array(coalesce(r.r->>lang, r.r->>'vi',
		r.r->>'name'), r.r->'target', r.r->'score', r.r->'low',
		r.r->'high', r.r->'n', CASE WHEN v.vi THEN w.vi ELSE w.en END)
		ORDER BY r.n) FILTER (WHERE r.r IS NOT NULL), NULL)
	FROM (SELECT lang = 'vi' AS vi) v
	LEFT JOIN LATERAL jsonb_array_elements(desk.paper_asks('objectives',
	    span)->'objectives') WITH ORDINALITY r(r, n) ON true
	LEFT JOIN (VALUES ('met', 'đạt', 'met'), ('missed', 'chưa đạt', 'missed'),
	    ('unsure', 'chưa đủ để nói', 'too little to say'),
	    ('none', 'chưa có số liệu', 'no figures')) w(state, vi, en)
	    ON w.state = r.r->>'state'
	GROUP BY v.vi
$$;

-- What customers speak of, in all of the desk: themes are nobody's department.
CREATE OR REPLACE FUNCTION desk.paper_themes(since date, until date,
    lang text)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT desk.paper_part(CASE WHEN v.vi THEN 'Khách nói về'
		ELSE 'What customers speak of' END,
	    CASE WHEN v.vi THEN ARRAY['Chủ đề', 'Lần', 'Kỳ trước']
		ELSE ARRAY['Theme', 'Times', 'Before'] END,
	    jsonb_agg(jsonb_build_array(t.title, t.n, t.was)
		ORDER BY t.n DESC, t.title) FILTER (WHERE t.n > 0), NULL)
	FROM (SELECT lang = 'vi' AS vi, coalesce(desk.company('timezone'),
	    'UTC') AS zone) v
	CROSS JOIN LATERAL (SELECT since::timestamp AT TIME ZONE v.zone AS a,
	    (until + 1)::timestamp AT TIME ZONE v.zone AS b) s
	LEFT JOIN LATERAL (SELECT coalesce(k.body->>'title', k.name) AS title,
	    desk.theme_count(k.name, s.a, s.b) AS n,
	    desk.theme_count(k.name, s.a - (s.b - s.a), s.a) AS was
	    FROM desk.theme k) t ON true
	GROUP BY v.vi);
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
	parts	jsonb;
BEGIN
	parts := jsonb_build_array(desk.paper_advice(month, lang),
	    desk.paper_scores(span, only_of, lang),
	    desk.paper_objectives(month, lang));
	IF queue IS NULL THEN
		parts := parts || desk.paper_queues(span, lang);
	END IF;
	parts := parts || desk.paper_promises(span, only_of, lang)
	    || desk.paper_service(span, only_of, lang);
	IF queue IS NULL THEN
		parts := parts || desk.paper_themes(since, until, lang);
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('lang', lang,
	    'title', concat_ws(': ', CASE WHEN vi THEN 'Trải nghiệm khách hàng'
		ELSE 'Customer experience' END, (SELECT coalesce(q.title,
		q.name) FROM desk.queue q WHERE q.name = queue)),
	    'lead', format(CASE WHEN vi THEN 'Từ %s tới %s' ELSE '%s to %s' END,
		to_char(since, 'DD/MM/YYYY'), to_char(until, 'DD/MM/YYYY'))))
	    || jsonb_build_object('from', since, 'to', until, 'sections',
		(SELECT jsonb_agg(p.p ORDER BY p.n)
		FROM jsonb_array_elements(parts) WITH ORDINALITY p(p, n)
		WHERE p.p->'rows' <> '[]' OR p.p ? 'none'),
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
