-- Templates: filled, refused, and shown; the configuration that brings them.
BEGIN;
\ir fixture.psql
SELECT plan(33);

-- Filling
SELECT is(desk.template_fill(b, '{"a":"x","b":"{a}"}'), w, b)
FROM (VALUES ('Chào {a}!', 'Chào x!'), ('{a}{a}', 'xx'), ('{c|anh/chị}',
    'anh/chị'), ('{a|y}', 'x'), ('{c}', ''), ('{b}', '{a}'), ('{', '{'),
    ('{ a }', '{ a }'), ('{A} {1}', '{A} {1}'), ('a} {{a}', 'a} {x'),
    ('{c|}', ''), ('', ''), (E'l1\n{a}\n', E'l1\nx\n')) x(b, w);
SELECT is(desk.template_value(E' Lan\r\nBcc: x@y\t1 '), 'Lan Bcc: x@y 1',
    'a value is one line');
SELECT is(length(desk.template_value(repeat('a', 1000))), 200,
    'and a short one');

-- Through the configuration
CREATE FUNCTION pg_temp.apply(more jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	c	jsonb := '{"company":{"name":"Shop","timezone":
	    "Asia/Ho_Chi_Minh","lang":"vi"},"default_queue":"sales",
	    "queues":[{"name":"sales","title":"Bán hàng","first":1800,
		"next":3600,"hours":"shop","signature":"chu-ky",
		"acknowledge":"da-nhan"},
	    {"name":"shipping","title":"Giao","first":900,"next":600},
	    {"name":"staff","title":"Nội bộ","first":900,"next":600,
		"members_only":true}],
	    "agents":[{"name":"an","display":"An Nguyễn","queues":["sales"]},
		{"name":"binh","display":"Bình"},{"name":"chi","display":"C"},
		{"name":"sup","display":"S","role":"supervisor"},
		{"name":"admin","display":"A","role":"admin"}],
	    "hours":[{"name":"shop","week":["mon-sun 00:00-24:00"],
		"holidays":[]}],
	    "templates":[{"name":"chu-ky","vi":"{agent}\n{company}"},
		{"name":"da-nhan","vi":"Đã nhận #{ticket}. Trả lời {expected}.",
		 "en":"Received.","subject_en":"Hi"},
		{"name":"chao","vi":"Chào {customer|anh/chị}: {subject}",
		 "en":"Hello {customer}"}]}';
	code	text;
	member	text;
BEGIN
	PERFORM desk.config_apply(pg_temp.who('admin'),
	    jsonb_build_object('config', c || more));
	RETURN 'applied';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL,
	    member = PG_EXCEPTION_HINT;
	RETURN code || ' ' || member;
END;
$$;
CREATE FUNCTION pg_temp.also(template jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('templates', jsonb_build_array(
	    '{"name":"chu-ky","vi":"x"}'::jsonb,
	    '{"name":"da-nhan","vi":"x"}'::jsonb, template))
$$;
SELECT is(pg_temp.apply(m), w, w) FROM (VALUES
    ('{}'::jsonb, 'applied'),
    (pg_temp.also('{"name":"x","subject_vi":"y"}'), 'INVALID templates[2]'),
    (pg_temp.also('{"name":"x","vi":"{mật}{khau}"}'),
	'INVALID templates[2].vi'),
    ('{"templates":[{"name":"chu-ky","vi":"x"},
	{"name":"da-nhan","vi":"{subject}"}]}', 'INVALID templates[1].vi'),
    ('{"templates":[]}', 'INVALID queues[0].acknowledge'),
    ('{"hours":[{"name":"x","week":["mon 08:00-09:00"]}]}',
	'INVALID queues[0].hours'),
    ('{"hours":[{"name":"shop","week":["mon 8-9"]}]}',
	'INVALID hours[0].week'),
    ('{"hours":[{"name":"shop","week":["mon-tue 08:00-12:00",
	"tue 11:00-13:00"]}]}', 'INVALID hours[0].week'),
    ('{"hours":[{"name":"shop","week":["mon 08:00-09:00"],
	"timezone":"Mars"}]}', 'INVALID hours[0].timezone'),
    ('{"hours":[{"name":"shop","week":["mon 08:00-09:00"],
	"holidays":["Tết"]}]}', 'INVALID hours[0].holidays')) x(m, w);
SELECT is(desk.config_diff(desk.config_present(),
    (desk.config_get()->'config')), '[]', 'what is applied is in force');

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Giao hàng') AS t \gset
SELECT is(desk.template_use(pg_temp.who('an'), format(
    '{"template":"chao","ticket":%s}', :t)::jsonb)->>'text',
    'Chào Lan: Giao hàng', 'filled for a ticket');
SELECT is(desk.template_use(pg_temp.who('an'), format(
    '{"template":"chao","ticket":%s,"lang":"en"}', :t)::jsonb)->>'text',
    'Hello Lan', 'in the language asked for');
SELECT is(desk.template_use(pg_temp.who('an'), format(
    '{"template":"chu-ky","ticket":%s,"lang":"en"}', :t)::jsonb)->>'text',
    E'An Nguyễn\nShop', 'or in the one it has');
SELECT is((SELECT desk.signature_of(t, a.id) FROM desk.ticket t, desk.agent a
    WHERE t.id = :t AND a.name = 'an'), E'An Nguyễn\nShop', 'a signature');
SELECT throws_ok(format('SELECT desk.template_use(pg_temp.who(%L), %L)',
    'an', format('{"template":"no","ticket":%s}', :t)), 'DK001', NULL,
    'no such template');
SELECT pg_temp.ticket(:lan, 'staff', 'x') AS hidden \gset
SELECT throws_ok(format('SELECT desk.template_use(pg_temp.who(%L), %L)',
    'an', format('{"template":"chao","ticket":%s}', :hidden)), 'DK001', NULL,
    'no ticket that he may not see');
SELECT is(jsonb_array_length(desk.template_list(pg_temp.who('an'),
    '{}')->'templates'), 5, 'all are listed, each language');
SELECT * FROM finish();
ROLLBACK;
