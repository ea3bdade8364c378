-- Who may ask what of customers' experience: the least role of every operation,
-- and that nothing said in a case which an agent may not see comes to him, by
-- whichever way he asks.
BEGIN;
\ir fixture.psql
\ir survey.psql

-- Every operation of customers' experience: its least role and function; args
-- that are about the case, or all there is, and what comes of them for who may
-- not see it ('': an answer, without its words).  NULL: about no case, and none
-- but the daemon looks at the role.
CREATE TEMPORARY TABLE asked (op text PRIMARY KEY, least text, fn text,
    args jsonb, outcome text);

-- A case of the members' queue staff, of which an, who serves sales, sees
-- nothing; each word said in it is MẬT.
SELECT desk.config_journey('{"company":{"timezone":"Asia/Ho_Chi_Minh"},
    "touchpoints":[{"name":"hoi","stage":"consultation","vi":"Hỏi","en":"Ask",
	"kind":["message"],"channel":[],"queue":[],"status":[],"keywords":[]}]}');
SELECT desk.config_themes('{"themes":[{"name":"luong","title":"Lương",
    "keywords":["luong"]}]}');
SELECT pg_temp.survey('hoi', '{"questions":[{"name":"score","kind":"nps"},
    {"name":"words","kind":"text"}]}') AS hoi \gset
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'staff', 'MẬT', 'MẬT') AS t \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Giá') AS mine \gset
SELECT id AS e FROM desk.event WHERE ticket = :t \gset
SELECT desk.journey_run(100);
SELECT pg_temp.ask('chi', 'mood_set', jsonb_build_object('event', :e, 'mood',
    'bad'));
SELECT pg_temp.ask('chi', 'theme_set', jsonb_build_object('event', :e, 'theme',
    'luong'));
SELECT pg_temp.ask('chi', 'ticket_tag', jsonb_build_object('ticket', :t, 'tag',
    'khiếu nại'));
SELECT pg_temp.ask('chi', 'survey_enter', jsonb_build_object('survey', 'hoi',
    'ticket', :t, 'via', 'call', 'answers', '{"score":2,"words":"MẬT"}'::jsonb));
SELECT id AS r FROM desk.response WHERE ticket = :t \gset
SELECT id AS f FROM desk.feedback WHERE response = :r \gset
SELECT pg_temp.ask('chi', 'promise_add', jsonb_build_object('ticket', :t,
    'kind', 'callback', 'due', desk.rfc3339(now() + interval '1 day'),
    'words', 'MẬT'))->>'promise' AS p \gset
SELECT pg_temp.ask('chi', 'action_add', jsonb_build_object('what', 'MẬT',
    'feedback', :f))->>'action' AS a \gset
SELECT pg_temp.ask('chi', 'ticket_cause_set', jsonb_build_object('ticket', :t,
    'cause', 'people'));
-- What he said in a case that an sees, but which is seen to in that one.
SELECT pg_temp.ask('an', 'survey_enter', jsonb_build_object('survey', 'hoi',
    'ticket', :mine, 'via', 'call', 'answers', '{"score":3}'::jsonb));
SELECT id AS open FROM desk.feedback WHERE ticket = :mine \gset
SELECT pg_temp.ask('chi', 'action_add', jsonb_build_object('what', 'MẬT',
    'feedback', :open, 'ticket', :t));
-- And what an has to make better.
SELECT pg_temp.ask('sup', 'improve_add', jsonb_build_object('what', 'Nhanh hơn',
    'measure', 'csat', 'target', '4.5', 'queue', 'sales', 'owner', 'an',
    'due', (now() + interval '30 days')::date))->>'improvement' AS i \gset
SELECT pg_temp.ask('sup', 'action_add', jsonb_build_object('what', 'MẬT',
    'improvement', :i, 'ticket', :t));
SELECT pg_temp.ask('sup', 'statement_add', '{"about":"Giao","place":"website",
    "value":"3","unit":"days"}')->>'statement' AS s \gset

INSERT INTO asked VALUES
    ('ACTION.ADD', 'AGENT', 'action_add', jsonb_build_object('what', 'x',
	'feedback', :f), 'NOTFOUND feedback'),
    ('ACTION.DONE', 'AGENT', 'action_done', jsonb_build_object('action', :a),
	'NOTFOUND action'),
    ('ACTION.LIST', 'AGENT', 'action_list', '{}', ''),
    ('ACTION.MOVE', 'AGENT', 'action_move', jsonb_build_object('action', :a,
	'owner', 'me'), 'NOTFOUND action'),
    ('ACTION.VERIFY', 'AGENT', 'action_verify', jsonb_build_object('action',
	:a, 'words', 'x'), 'NOTFOUND action'),
    ('ADDRESS.RETRY', 'AGENT', 'address_retry',
	'{"address":"lan@example.com"}', ''),
    ('ADDRESS.RETURNED', 'SUPERVISOR', 'address_list', '{}', 'DENIED'),
    ('CAUSE.LIST', 'AGENT', 'cause_list', '{"queue":"staff"}', ''),
    ('CUSTOMER.FOLLOWUPS', 'AGENT', 'customer_followups',
	jsonb_build_object('customer', :lan), ''),
    ('CUSTOMER.MOOD', 'AGENT', 'customer_mood',
	jsonb_build_object('customer', :lan), ''),
    ('CUSTOMER.SURVEYS', 'AGENT', 'customer_surveys',
	jsonb_build_object('customer', :lan), ''),
    ('CX.ADVICE', 'SUPERVISOR', 'cx_advice', '{}', 'DENIED'),
    ('CX.ADVOCATES', 'SUPERVISOR', 'advocates', NULL, NULL),
    ('CX.ANSWERS', 'AGENT', 'cx_answers', '{"measure":"nps"}', ''),
    ('CX.CAUSES', 'SUPERVISOR', 'cx_causes', NULL, NULL),
    ('CX.MAIL', 'SUPERVISOR', 'cx_mail', '{"report":"x"}', 'DENIED'),
    ('CX.MAILED', 'SUPERVISOR', 'cx_mailed', '{}', 'DENIED'),
    ('CX.OBJECTIVES', 'SUPERVISOR', 'cx_objectives', '{}', 'DENIED'),
    ('CX.RECOUNT', 'ADMIN', 'cx_recount', NULL, NULL),
    ('CX.REPORT', 'SUPERVISOR', 'cx_report', '{}', 'DENIED'),
    ('CX.RUNS', 'SUPERVISOR', 'cx_runs', '{}', 'DENIED'),
    ('CX.SCORES', 'AGENT', 'cx_scores', '{"measure":"nps","by":"queue"}', ''),
    ('CX.WEAK', 'SUPERVISOR', 'cx_weak', '{}', 'DENIED'),
    ('FACTOR.LIST', 'AGENT', 'factor_list', '{}', ''),
    ('FEEDBACK.LIST', 'AGENT', 'feedback_list', '{"state":"all"}', ''),
    ('FEEDBACK.SEE', 'PUBLIC', 'feedback_see', NULL, NULL),
    ('FEEDBACK.SEND', 'PUBLIC', 'feedback_send', NULL, NULL),
    ('FEEDBACK.TIMES', 'AGENT', 'feedback_times', '{}', ''),
    ('FOLLOWUP.LEAVE', 'PUBLIC', 'followup_left', NULL, NULL),
    ('FOLLOWUP.LIST', 'SUPERVISOR', 'followup_list', NULL, NULL),
    ('FOLLOWUP.PREVIEW', 'SUPERVISOR', 'followup_preview', NULL, NULL),
    ('FORECAST.VOLUME', 'SUPERVISOR', 'forecast_volume', NULL, NULL),
    ('FRICTION.CASES', 'SUPERVISOR', 'friction_cases', '{"what":"waits"}',
	'DENIED'),
    ('IMPROVE.ADD', 'SUPERVISOR', 'improve_add', '{}', 'DENIED'),
    ('IMPROVE.END', 'SUPERVISOR', 'improve_end', '{}', 'DENIED'),
    ('IMPROVE.GET', 'AGENT', 'improve_get', jsonb_build_object('improvement',
	:i), ''),
    ('IMPROVE.LIST', 'AGENT', 'improve_list', '{}', ''),
    ('IMPROVE.SET', 'SUPERVISOR', 'improve_set', '{}', 'DENIED'),
    ('JOURNEY.FRICTION', 'SUPERVISOR', 'journey_friction', '{}', 'DENIED'),
    ('JOURNEY.HANDOFFS', 'SUPERVISOR', 'journey_handoffs', '{}', 'DENIED'),
    ('JOURNEY.MAP', 'SUPERVISOR', 'journey_map', '{}', 'DENIED'),
    ('JOURNEY.MATRIX', 'SUPERVISOR', 'journey_matrix', '{}', 'DENIED'),
    ('JOURNEY.NEXT', 'AGENT', 'journey_next', jsonb_build_object('customer',
	:lan), ''),
    ('JOURNEY.OF', 'AGENT', 'journey_of', jsonb_build_object('customer', :lan),
	''),
    ('JOURNEY.STUCK', 'SUPERVISOR', 'journey_stuck',
	'{"stage":"consultation"}', 'DENIED'),
    ('MOOD.LIST', 'SUPERVISOR', 'mood_list', NULL, NULL),
    ('MOOD.SET', 'AGENT', 'mood_set', jsonb_build_object('event', :e, 'mood',
	'good'), 'NOTFOUND event'),
    ('PROMISE.ADD', 'AGENT', 'promise_add', jsonb_build_object('ticket', :t,
	'kind', 'callback', 'due', '2h'), 'NOTFOUND ticket'),
    ('PROMISE.BREAK', 'AGENT', 'promise_break', jsonb_build_object('promise',
	:p), 'NOTFOUND promise'),
    ('PROMISE.FIND', 'AGENT', NULL, NULL, NULL),
    ('PROMISE.GAP', 'AGENT', 'promise_gap', '{}', ''),
    ('PROMISE.KEEP', 'AGENT', 'promise_keep', jsonb_build_object('promise',
	:p), 'NOTFOUND promise'),
    ('PROMISE.LIST', 'AGENT', 'promise_list', jsonb_build_object('customer',
	:lan), ''),
    ('PROMISE.MOVE', 'AGENT', 'promise_move', jsonb_build_object('promise', :p,
	'due', '2h'), 'NOTFOUND promise'),
    ('PROMISE.REASON', 'AGENT', 'promise_reason_set',
	jsonb_build_object('promise', :p, 'reason', 'none'),
	'NOTFOUND promise'),
    ('PROMISE.WITHDRAW', 'AGENT', 'promise_withdraw',
	jsonb_build_object('promise', :p), 'NOTFOUND promise'),
    ('REFERRAL.ADD', 'AGENT', 'referral_add', NULL, NULL),
    ('REFERRAL.CODE', 'AGENT', 'referral_code', NULL, NULL),
    ('RESEARCH.ADD', 'AGENT', 'research_add', NULL, NULL),
    ('RESEARCH.LIST', 'AGENT', 'research_list', '{}', ''),
    ('RESEARCH.SEARCH', 'AGENT', 'research_search', '{"words":"mat"}', ''),
    ('RETENTION.CHURN', 'SUPERVISOR', 'retention_churn', NULL, NULL),
    ('RETENTION.SUMMARY', 'SUPERVISOR', 'retention_summary', NULL, NULL),
    ('RETENTION.WINBACK', 'SUPERVISOR', 'retention_winback', NULL, NULL),
    ('SEGMENT.GET', 'SUPERVISOR', 'segment_get', NULL, NULL),
    ('SEGMENT.LIST', 'AGENT', 'segment_list', '{}', ''),
    ('STATEMENT.ADD', 'SUPERVISOR', 'statement_add', NULL, NULL),
    ('STATEMENT.END', 'SUPERVISOR', 'statement_end', NULL, NULL),
    ('STATEMENT.GET', 'AGENT', 'statement_get', jsonb_build_object('statement',
	:s), ''),
    ('STATEMENT.LIST', 'AGENT', 'statement_list', '{}', ''),
    ('STATEMENT.REVIEW', 'AGENT', 'statement_review',
	jsonb_build_object('statement', :s), 'DENIED statement'),
    ('STATEMENT.SET', 'SUPERVISOR', 'statement_set', NULL, NULL),
    ('STEP.SET', 'AGENT', 'step_set', jsonb_build_object('event', :e,
	'touchpoint', 'hoi'), 'NOTFOUND event'),
    ('SURVEY.ANSWER', 'PUBLIC', 'survey_answer', NULL, NULL),
    ('SURVEY.ENTER', 'AGENT', 'survey_enter', jsonb_build_object('survey',
	'hoi', 'ticket', :t, 'via', 'call', 'answers', '{"score":9}'::jsonb),
	'NOTFOUND ticket'),
    ('SURVEY.GET', 'SUPERVISOR', 'survey_get', NULL, NULL),
    ('SURVEY.HELP', 'PUBLIC', 'survey_help', NULL, NULL),
    ('SURVEY.IMPORT', 'SUPERVISOR', 'survey_import', '{"survey":"hoi"}',
	'DENIED'),
    ('SURVEY.LEAVE', 'PUBLIC', 'survey_left', NULL, NULL),
    ('SURVEY.LINK', 'AGENT', 'survey_link', jsonb_build_object('survey', 'hoi',
	'ticket', :t), 'NOTFOUND ticket'),
    ('SURVEY.LIST', 'AGENT', 'survey_list', '{}', ''),
    ('SURVEY.MINE', 'AGENT', 'survey_mine', NULL, NULL),
    ('SURVEY.MORE', 'PUBLIC', 'survey_more', NULL, NULL),
    ('SURVEY.SEE', 'PUBLIC', 'survey_see', NULL, NULL),
    ('SURVEY.SEND', 'AGENT', 'survey_send', jsonb_build_object('survey', 'hoi',
	'ticket', :t, 'dry', true), 'NOTFOUND ticket'),
    ('THEME.GET', 'AGENT', 'theme_get', '{"theme":"luong"}', ''),
    ('THEME.INCIDENT', 'AGENT', 'theme_incident', '{"theme":"luong",
	"queue":"sales"}', 'CONFLICT theme'),
    ('THEME.LIST', 'AGENT', 'theme_list', '{}', ''),
    ('THEME.SET', 'AGENT', 'theme_set', jsonb_build_object('event', :e,
	'theme', 'luong', 'off', true), 'NOTFOUND ticket'),
    ('TICKET.CAUSE', 'AGENT', 'ticket_cause_set', jsonb_build_object('ticket',
	:t, 'cause', 'none'), 'NOTFOUND ticket'),
    ('TOUCHPOINT.VALIDATE', 'SUPERVISOR', 'touchpoint_validate',
	'{"touchpoint":"hoi","evidence":"x"}', 'DENIED');

-- The rows as they stand: "NAME ROLE, …".
\set rows `cd ../../proto && for f in address cx handoff import improve journey paper promise retention scores segment statement survey theme; do cat operations_$f.def; done | grep -ao 'OP([A-Z_]*, "[A-Z.]*", ROLE_[A-Z]*' | sed 's/.*"\(.*\)", ROLE_/\1 /' | LC_ALL=C sort | tr '\n' ,`
SELECT plan((3 + count(*) FILTER (WHERE args IS NOT NULL)
    + count(*) FILTER (WHERE outcome = ''))::int) FROM asked;
SELECT is(:'rows', (SELECT string_agg(op || ' ' || least || ',', ''
    ORDER BY op COLLATE "C") FROM asked),
    'each operation is asked here, and who may');

-- "" or "CODE member", and what was said.
CREATE FUNCTION pg_temp.told_of(login text, fn text, args jsonb,
    OUT outcome text, OUT said text)
LANGUAGE plpgsql AS $$
DECLARE
	member	text;
BEGIN
	said := pg_temp.ask(login, fn, args)::text;
	outcome := '';
	RAISE EXCEPTION USING ERRCODE = 'DK999';
EXCEPTION WHEN SQLSTATE 'DK999' THEN
	RETURN;
WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS outcome = PG_EXCEPTION_DETAIL,
	    member = PG_EXCEPTION_HINT;
	outcome := btrim(outcome || ' ' || coalesce(member, ''));
END;
$$;
SELECT is(x.outcome, a.outcome, a.op || ', to an')
FROM asked a, pg_temp.told_of('an', a.fn, a.args) x
WHERE a.args IS NOT NULL ORDER BY a.op;
SELECT ok(x.said NOT LIKE '%MẬT%', a.op || ' tells an nothing of it')
FROM asked a, pg_temp.told_of('an', a.fn, a.args) x
WHERE a.outcome = '' ORDER BY a.op;
-- The same questions find it where they may: they would have told.
SELECT is((SELECT string_agg(a.op, ' ' ORDER BY a.op) FROM asked a,
    pg_temp.told_of('chi', a.fn, a.args) x
    WHERE a.outcome = '' AND x.said LIKE '%MẬT%'),
    'ACTION.LIST CX.ANSWERS FEEDBACK.LIST PROMISE.LIST THEME.GET THEME.LIST',
    'a member of staff is told');

-- What there is not is said to be none, and by which member.
SELECT is((SELECT string_agg(x.outcome, ', ' ORDER BY q.n)
    FROM (VALUES (1, 'cx_answers', '{"measure":"nps","from":"2026-11-02",
	    "to":"2026-11-01"}'), (2, 'cx_answers', '{"measure":"nps",
	    "segment":"no"}'), (3, 'cx_weak', '{"segment":"no"}'),
	(4, 'retention_churn', '{"segment":"no"}'),
	(5, 'journey_map', '{"segment":"no"}'),
	(6, 'journey_matrix', '{"segment":"no"}'),
	(7, 'journey_friction', '{"segment":"no"}'),
	(8, 'cx_advice', '{"department":"no"}'),
	(9, 'cx_objectives', '{"department":"no"}')) q(n, fn, args),
    pg_temp.told_of('sup', q.fn, q.args::jsonb) x),
    'INVALID to, INVALID segment, INVALID segment, INVALID segment, '
    'INVALID segment, INVALID segment, INVALID segment, INVALID department, '
    'INVALID department', 'what there is not');

SELECT * FROM finish();
ROLLBACK;
