-- What was asked of a customer and what he said of us, where he is made one with
-- another, taken apart and erased: nothing is left behind, and what counts counts
-- on to the same digit.
BEGIN;
\ir fixture.psql
SELECT plan(15);

INSERT INTO desk.config (who, body) VALUES ('test', '{"company":{"name":"Shop",
    "lang":"vi","url":"https://desk.example",
    "timezone":"Asia/Ho_Chi_Minh"}}');
INSERT INTO desk.served (kind, address) VALUES ('email', 'hello@shop.example');
INSERT INTO desk.survey (name, body) VALUES
    ('hoi', '{"title":"Hỏi","for":"customers","help":true,"via":[],
	"expires":864000,"questions":[{"name":"score","kind":"nps"},
	{"name":"words","kind":"text"},{"name":"more","kind":"text"}]}'),
    ('gop-y', '{"title":"Góp ý","public":true,"questions":[
	{"name":"score","kind":"csat"},{"name":"words","kind":"text"}]}');
INSERT INTO desk.template (name, lang, subject, body) VALUES
    ('cam-on', 'vi', 'Cảm ơn {customer}', 'Dạ {customer}: {referral_link}');
UPDATE desk.limits SET answers = 100;
SELECT desk.config_classes('{"classes":[
    {"name":"promoter","send":"cam-on","ask":"referral",
	"link":"https://shop.example/r/{code}","action":"Cảm ơn"},
    {"name":"detractor","open":"shipping","action":"Gọi lại",
	"note":"Xin lỗi"}]}');

SELECT pg_temp.customer('Zebra Lan', 'zebra@example.com') AS z \gset
SELECT pg_temp.ticket(:z, 'sales', 'Zebra hỏi', 'zebra viết') AS t \gset
SELECT pg_temp.customer('Hoa', 'hoa@example.com') AS h \gset

-- Asked by a link, answered, and more said by the second one.
CREATE FUNCTION pg_temp.token(url text) RETURNS text LANGUAGE sql AS $$
	SELECT encode(sha256(convert_to(regexp_replace(url, '.*/', ''),
	    'UTF8')), 'hex')
$$;
CREATE FUNCTION pg_temp.more(secret text, answers jsonb) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.survey_more('{}', jsonb_build_object('hash',
	    encode(sha256(convert_to(secret, 'UTF8')), 'hex'),
	    'answers', answers))
$$;
SELECT pg_temp.token(pg_temp.ask('an', 'survey_link', jsonb_build_object(
    'survey', 'hoi', 'ticket', :t, 'once', 'once-link'))->>'url') AS link
\gset
SELECT desk.survey_answer('{}', jsonb_build_object('hash', :'link', 'more',
    encode(sha256('second'), 'hex'), 'answers',
    '{"score":2,"words":"Zebra tệ"}'::jsonb));
SELECT pg_temp.ask('an', 'survey_enter', jsonb_build_object('survey', 'hoi',
    'ticket', :t, 'via', 'call', 'once', 'once-call', 'answers',
    '{"score":10,"words":"Zebra thích"}'::jsonb));
SELECT desk.feedback_send('{}', jsonb_build_object('survey', 'gop-y',
    'answers', '{"score":1,"words":"Zebra góp ý"}'::jsonb, 'id',
    gen_random_uuid(), 'name', 'Zebra Lan', 'filed',
    jsonb_build_object('ticket', :t)));
SELECT count(desk.classes_run(20)) FROM generate_series(1, 5);

-- Promised, recommended, studied, seen to.
SELECT pg_temp.ask('an', 'promise_add', jsonb_build_object('ticket', :t,
    'kind', 'callback', 'due', desk.rfc3339(now() + interval '1 day'), 'words',
    'gọi lại Zebra', 'once', 'once-promise')) AS p \gset
SELECT pg_temp.ask('an', 'referral_add', jsonb_build_object('code',
    pg_temp.ask('an', 'referral_code', jsonb_build_object('customer', :h))
    ->>'code', 'customer', :z, 'order', 'ZEBRA1'));
SELECT pg_temp.ask('an', 'research_add', jsonb_build_object('kind',
    'interview', 'title', 'Nói với Zebra', 'text', 'Zebra kể', 'customer', :z,
    'once', 'once-note')) AS n \gset
SELECT pg_temp.ask('an', 'action_add', jsonb_build_object('what', 'Gọi Zebra',
    'research', (:'n'::jsonb)->'research', 'once', 'once-action')) AS a \gset
SELECT pg_temp.ask('an', 'action_done', jsonb_build_object('action',
    (:'a'::jsonb)->'action', 'words', 'Đã gọi Zebra'));
SELECT pg_temp.ask('an', 'action_add', jsonb_build_object('what', 'Thư Zebra',
    'ticket', :t));
-- And said on her case's page that all is well.
SELECT desk.case_done('{}', jsonb_build_object('done', true, 'hash',
    pg_temp.token(pg_temp.ask('an', 'case_link_make',
	jsonb_build_object('ticket', :t))->>'url')));
SELECT pg_temp.told();

SELECT is((SELECT array_agg(DISTINCT f.class ORDER BY f.class)
    FROM desk.class_fired f WHERE f.customer = :z), '{detractor,promoter}',
    'courses were taken up');
CREATE FUNCTION pg_temp.differs() RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(d::text, ' '), '')
	FROM desk.measure_differs(now() - interval '1 day',
	    now() + interval '1 day') d
$$;
SELECT desk.measure_fold(100000);
SELECT is(pg_temp.differs(), '', 'before: counted as recorded');

SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object('customer',
    :z, 'sure', :z, 'reason', 'her letter'));
SELECT count(desk.erase_run(100)) FROM generate_series(1, 5);

CREATE FUNCTION pg_temp.found(word text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	r	record;
	one	text;
	places	text;
BEGIN
	FOR r IN SELECT c.oid::regclass AS t FROM pg_class c
	    WHERE c.relnamespace = 'desk'::regnamespace
		AND c.relkind IN ('r', 'p') AND NOT c.relispartition
	LOOP
		EXECUTE format('SELECT min(x::text) FROM %s x '
		    'WHERE x::text ILIKE %L', r.t, '%' || word || '%') INTO one;
		IF one IS NOT NULL THEN
			places := concat_ws(E'\n', places, r.t || ': ' || one);
		END IF;
	END LOOP;
	RETURN places;
END;
$$;
SELECT is(pg_temp.found('zebra'), NULL, 'nothing tells of her anywhere');

-- A page that she has open still.
SELECT is(pg_temp.more('second', '{"more":"Zebra còn viết"}'), NULL,
    'the second link opens nothing');
SELECT is(desk.survey_see('{}', jsonb_build_object('hash',
    encode(sha256('second'), 'hex'))), NULL, 'nor shows anything');
SELECT is(pg_temp.found('zebra'), NULL, 'and what it brings is not kept');
SELECT desk.measure_fold(100000);
SELECT is(pg_temp.differs(), '', 'after: counted as recorded');
SELECT is((SELECT a.came FROM desk.advocate a WHERE a.customer = :h), 0,
    'who brought her brought nobody that is known');
SELECT is((SELECT count(*) FROM desk.invitation i WHERE i.customer = :z
    AND i.state IN ('waiting', 'sent')), 0::bigint, 'nobody asks her again');

-- Made one and taken apart: each has his own again, and both want no surveys.
SELECT pg_temp.customer('Minh', 'minh@example.com') AS m \gset
SELECT pg_temp.ticket(:m, 'sales', 'Minh hỏi') AS mt \gset
SELECT pg_temp.ask('an', 'survey_enter', jsonb_build_object('survey', 'hoi',
    'ticket', :mt, 'via', 'call', 'answers', '{"score":9}'::jsonb));
SELECT pg_temp.ask('an', 'survey_enter', jsonb_build_object('survey', 'hoi',
    'customer', :m, 'via', 'face', 'answers', '{"score":10}'::jsonb));
CREATE FUNCTION pg_temp.advocates() RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(c.name || ' ' || a.promoted || ' ' || a.class
	    || ' ' || a.came, ', ' ORDER BY c.name), '')
	FROM desk.advocate a JOIN desk.customer c ON c.id = a.customer
	WHERE a.promoted > 0
$$;
SELECT is(pg_temp.advocates(), 'Minh 2 promoter 0', 'he would recommend us');
SELECT (pg_temp.ask('sup', 'customer_merge', jsonb_build_object('customer',
    :h, 'other', :m, 'sure', :m)))->>'merge' AS merged \gset
SELECT is(pg_temp.advocates(), 'Hoa 2 promoter 0', 'made one with another');
SELECT pg_temp.ask('an', 'customer_surveys', jsonb_build_object('customer',
    :h));
SELECT pg_temp.ask('sup', 'customer_split', jsonb_build_object('customer', :h,
    'merge', :merged));
SELECT is(pg_temp.advocates(), 'Minh 2 promoter 0',
    'and himself again, with what he said about no case, too');
SELECT is((SELECT array_agg(c.no_surveys_at IS NOT NULL) FROM desk.customer c
    WHERE c.id IN (:h, :m)), '{true,true}', 'both want no surveys');
SELECT pg_temp.ask('an', 'customer_followups', jsonb_build_object('customer',
    :h));
INSERT INTO desk.contact (customer, kind, address)
VALUES (:h, 'email', 'hoa2@example.com');
SELECT (pg_temp.ask('sup', 'customer_split', jsonb_build_object('customer', :h,
    'contacts', 'hoa2@example.com', 'name', 'Hoa hai')))->>'split' AS two \gset
SELECT is((SELECT c.no_surveys_at IS NOT NULL AND c.no_followups_at IS NOT NULL
    FROM desk.customer c WHERE c.id = :two), true,
    'who is taken out of one that wants nothing wants nothing');
SELECT desk.measure_fold(100000);
SELECT is(pg_temp.differs(), '', 'all the while counted as recorded');

SELECT * FROM finish();
ROLLBACK;
