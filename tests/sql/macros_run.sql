-- Macros: configured, shown, run whole or not at all, and once.
BEGIN;
\ir fixture.psql
SELECT plan(24);

CREATE FUNCTION pg_temp.wrong(macro jsonb, expected text, label text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	member	text := 'not refused';
BEGIN
	BEGIN
		PERFORM desk.config_check(jsonb_build_object(
		    'company', '{"name":"S"}'::jsonb, 'default_queue', 'sales',
		    'queues', '[{"name":"sales","title":"S","first":60,
			"next":60}]'::jsonb,
		    'macros', jsonb_build_array('{"name":"m","title":"M"}'::jsonb
			|| macro)));
	EXCEPTION WHEN SQLSTATE 'DK001' THEN
		GET STACKED DIAGNOSTICS member = PG_EXCEPTION_HINT;
	END;
	RETURN is(member, expected, label);
END;
$$;
SELECT pg_temp.wrong('{}', 'macros[0]', 'one that does nothing');
SELECT pg_temp.wrong('{"queue":"kho"}', 'macros[0].queue', 'no such queue');
SELECT pg_temp.wrong('{"queue":"sales","state":"resolved"}',
    'macros[0].queue', 'handed on and ended');
SELECT pg_temp.wrong('{"template":"x"}', 'macros[0].template',
    'no such template');
SELECT pg_temp.wrong('{"vi":"{nobody}"}', 'macros[0].vi',
    'a variable that stands for nothing');
SELECT pg_temp.wrong('{"tags":[" a"]}', 'macros[0].tags', 'a tag of blanks');
SELECT pg_temp.wrong('{"state":"resolved","snooze":5}', 'macros[0].snooze',
    'resolved and brought back');
SELECT pg_temp.wrong('{"vi":"Dạ {customer|anh/chị}","state":"resolved",
    "tags":["a"],"priority":9,"assign":true,"note":"{ticket}"}',
    'not refused', 'a good one');

SELECT desk.config_macros('{"macros":[
    {"name":"xong","title":"Xin lỗi, xong","vi":"Dạ {customer|anh/chị} ạ",
	"en":"Hello","note":"Hồ sơ {ticket}","tags":["giao trễ","xin-loi"],
	"priority":70,"state":"resolved","assign":true},
    {"name":"chuyen","title":"Chuyển kho","tags":["kho"],"queue":"shipping",
	"assign":false},
    {"name":"hong","title":"Hỏng","tags":["x"],"priority":1,
	"queue":"no-such-queue","assign":false}]}');
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Giao trễ') AS one \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Hai') AS two \gset
SELECT pg_temp.ticket(:lan, 'staff', 'Lương') AS secret \gset

SELECT is(jsonb_path_query_array(pg_temp.ask('an', 'macro_list', '{}'),
    '$.macros[*].title'), '["Chuyển kho","Hỏng","Xin lỗi, xong"]',
    'list: by title');
SELECT is(jsonb_path_query_first(pg_temp.ask('an', 'macro_list',
    jsonb_build_object('ticket', :one)), '$.macros[*] ? (@.macro == "xong").text'),
    '"Dạ Lan ạ"', 'list: as it would be sent on a ticket');
SELECT is(jsonb_path_query_first(pg_temp.ask('an', 'macro_list',
    jsonb_build_object('ticket', :one)), '$.macros[*] ? (@.macro == "xong").note'),
    to_jsonb('Hồ sơ ' || (SELECT k.number FROM desk.ticket k
	WHERE k.id = :one)), '… and its note');
SELECT is(jsonb_path_query_first(pg_temp.ask('an', 'macro_list',
    jsonb_build_object('ticket', :one)), '$.macros[*] ? (@.macro == "hong").note'),
    NULL, '… or none');
SELECT pg_temp.refused('an', 'macro_list',
    jsonb_build_object('ticket', :secret), 'NOTFOUND ticket',
    'list: another''s ticket is not there');

SELECT pg_temp.told();
SELECT pg_temp.act('an', 'get', :one) IS NULL;
SELECT pg_temp.ask('an', 'macro_run', jsonb_build_object('ticket', :one,
    'macro', 'xong', 'once', 'a')) AS ran \gset
SELECT is(:'ran'::jsonb->>'macro', 'xong', 'run: it says which');
SELECT is((t.state, t.priority, t.tags, a.name)::text,
    '(resolved,70,"{""giao trễ"",xin-loi}",an)', 'run: all that it says')
FROM desk.ticket t LEFT JOIN desk.agent a ON a.id = t.assignee
WHERE t.id = :one;
SELECT is(array_agg(concat_ws(' ', e.kind, e.text) ORDER BY e.id)::text,
    format('{assign,tag,tag,priority,"note Hồ sơ %s","message Dạ Lan ạ",state}',
    :one), 'run: each in the history, in order')
FROM desk.event e WHERE e.ticket = :one AND e.direction <> 'in';
SELECT is(count(*) FILTER (WHERE e.meta->>'macro' = 'xong'), 7::bigint,
    'run: each with the macro''s name')
FROM desk.event e WHERE e.ticket = :one AND e.direction <> 'in';
SELECT is((:'ran'::jsonb->>'reply')::bigint, (SELECT o.event
    FROM desk.outbound o WHERE o.ticket = :one AND o.state = 'queued'
	AND o.next_try > now()), 'run: the answer can be taken back');

SELECT is((pg_temp.ask('an', 'macro_run', jsonb_build_object('ticket', :one,
    'macro', 'xong', 'once', 'a'))->>'event')::bigint,
    (SELECT max(e.id) FROM desk.event e WHERE e.ticket = :one),
    'once: a repeat does nothing and names the same');
SELECT pg_temp.refused('an', 'macro_run', jsonb_build_object('ticket', :two,
    'macro', 'chuyen', 'once', 'a'), 'CONFLICT once',
    'once: not for another ticket');

-- Half of one is none
SELECT pg_temp.refused('an', 'macro_run', jsonb_build_object('ticket', :two,
    'macro', 'hong'), 'INVALID queue', 'a step that is refused');
SELECT is((t.tags, t.priority)::text, '({},50)', '… undoes those before it')
FROM desk.ticket t WHERE t.id = :two;
SELECT pg_temp.ask('an', 'macro_run', jsonb_build_object('ticket', :two,
    'macro', 'chuyen'));
SELECT is(q.name, 'shipping', 'handed on') FROM desk.ticket t
JOIN desk.queue q ON q.id = t.queue WHERE t.id = :two;
SELECT pg_temp.refused('an', 'macro_run', jsonb_build_object('ticket',
    :secret, 'macro', 'chuyen'), 'NOTFOUND ticket',
    'another''s ticket is not there');
SELECT finish();
ROLLBACK;
