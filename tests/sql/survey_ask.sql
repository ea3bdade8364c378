-- Who is asked, once for each occasion, when, by which way, and who is not.
BEGIN;
\ir fixture.psql
\ir survey.psql
SELECT plan(47);
SELECT pg_temp.survey('sau', '{"after":"resolved","delay":3600,
    "touchpoint":"ho-tro","remind":172800}') AS sau \gset

-- After a case is done
SELECT pg_temp.customer('Hạnh', 'hanh@example.com') AS hanh \gset
SELECT pg_temp.ticket(:hanh, 'sales', 'Giao trễ') AS t \gset
SELECT pg_temp.act('an', 'take', :t);
SELECT pg_temp.act('an', 'resolve', :t);
SELECT is(pg_temp.stands(:hanh), 'sau waiting', 'who is done is to be asked');
SELECT is((SELECT concat_ws(' ', i.ticket = :t, q.name, a.name, i.channel,
    i.touchpoint, i.lang, i.occasion LIKE 'ticket:' || :t || ':resolved:%',
    i.send_at - t.resolved_at) FROM desk.invitation i
    JOIN desk.ticket t ON t.id = i.ticket
    JOIN desk.queue q ON q.id = i.queue JOIN desk.agent a ON a.id = i.agent),
    't sales an mail ho-tro vi t 01:00:00', 'with what it is about');
SELECT is(desk.survey_due(10), 0, 'not before its time');
SELECT pg_temp.act('an', 'reopen', :t);
SELECT is(pg_temp.stands(:hanh), 'sau withdrawn reopened',
    'it is open again before the question went');
SELECT pg_temp.act('an', 'resolve', :t);
SELECT is(pg_temp.stands(:hanh), 'sau waiting',
    'and asked about after its next end');
SELECT pg_temp.later('2 hours');
SELECT is(desk.survey_due(10), 1, 'its time has come');
SELECT is(desk.survey_due(10), 0, 'once');
SELECT is(pg_temp.stands(:hanh), 'sau sent', 'it went');
SELECT is(pg_temp.mails(:hanh), 'mail hanh@example.com queued', 'by mail');
SELECT is((SELECT concat_ws(' ', e.kind, e.direction, e.who, e.agent,
    e.facts->>'automatic', e.text LIKE '%{survey_link}%{survey_leave}')
    FROM desk.event e JOIN desk.outbound o ON o.event = e.id
    WHERE o.purpose = 'survey'), 'survey out desk auto-generated t',
    'the history has variables');
SELECT is((SELECT concat_ws(' ', measure, name, value, n, touchpoint)
    FROM desk.measure_part), 'invited sau 1 1 ho-tro', 'and it is counted');
SELECT is((SELECT count(*) FROM desk.outbox
    WHERE feed->>'kind' = 'event' AND feed->>'who' = 'desk'), 1::bigint,
    'who has the case open is told');
SELECT is(desk.survey_next(), 5000, 'nothing else is due soon');

-- The mail
SELECT desk.outbound_message(o) AS m FROM desk.outbound o
WHERE o.purpose = 'survey' \gset
SELECT is((:'m'::jsonb)->>'subject', '[An Tâm] Một câu hỏi về hồ sơ #'
    || (SELECT number FROM desk.ticket WHERE id = :t), 'its subject');
SELECT is((:'m'::jsonb)->'answers', 'false', 'which is no Re:');
SELECT ok((:'m'::jsonb)->>'text' ~ 'https://desk.example/survey/[A-Za-z0-9_-]{32}\n'
    AND (:'m'::jsonb)->>'text' ~ '/leave$'
    AND (:'m'::jsonb)->>'text' !~ '[{}]', 'its link, and the way out');
SELECT is((SELECT concat_ws(' ', jsonb_array_length(s->'scale'),
    s->'scale'->0->>'words', s->'scale'->0->>'url' = s->>'url' || '?score=5',
    s->>'question') FROM (SELECT (:'m'::jsonb)->'survey') x(s)),
    '5 Rất tốt t Dạ, anh/chị thấy An Tâm hỗ trợ thế nào ạ?',
    'a scale to tap');
SELECT is((SELECT count(*) FROM desk.invitation_of(sha256(convert_to(
    substring((:'m'::jsonb)->'survey'->>'url' from '[^/]*$'), 'UTF8')))),
    1::bigint, 'the link opens it');
SELECT is((SELECT count(*) FROM desk.invitation i
    WHERE strpos(i::text, substring((:'m'::jsonb)->'survey'->>'url'
	from '[^/]*$')) > 0), 0::bigint, 'of which a digest is kept');

-- A reminder, once; never after an answer
SELECT pg_temp.later('3 days');
SELECT is(desk.survey_due(10), 1, 'who has not answered');
SELECT is(desk.survey_due(10), 0, 'once');
SELECT is(pg_temp.mails(:hanh), 'mail hanh@example.com queued, '
    'mail hanh@example.com queued', 'is reminded');
SELECT desk.outbound_message(o) AS again FROM desk.outbound o
WHERE o.purpose = 'survey' ORDER BY o.id DESC LIMIT 1 \gset
SELECT ok((:'again'::jsonb)->>'subject' LIKE '%Nhắc%', 'and it says so');
SELECT is((SELECT count(DISTINCT i.id) FROM unnest(ARRAY[:'m'::jsonb,
    :'again'::jsonb]) j, desk.invitation_of(sha256(convert_to(substring(
	j->'survey'->>'url' from '[^/]*$'), 'UTF8'))) i), 1::bigint,
    'both links open the same');
SELECT desk.response_put('{"who":"survey"}', (SELECT id FROM desk.invitation),
    '{"q":5}');
SELECT is(pg_temp.mails(:hanh), 'mail hanh@example.com withdrawn, '
    'mail hanh@example.com withdrawn', 'what was on its way goes nowhere');
SELECT is((SELECT count(*) FROM desk.invitation_of(sha256(convert_to(substring(
    (:'m'::jsonb)->'survey'->>'url' from '[^/]*$'), 'UTF8')))), 0::bigint,
    'an older link opens nothing any more');

-- The quiet time, of all surveys
SELECT pg_temp.survey('tay', '{}') AS tay \gset
CREATE FUNCTION pg_temp.send(login text, args jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	got	jsonb;
BEGIN
	got := pg_temp.ask(login, 'survey_send', args);
	RETURN (SELECT string_agg(concat_ws(' ', a->>'state', a->>'via',
	    a->>'address', a->>'why'), ', ' ORDER BY n)
	    FROM jsonb_array_elements(got->'asked') WITH ORDINALITY u(a, n));
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	RETURN SQLERRM;
END;
$$;
UPDATE desk.invitation SET sent_at = now() - interval '1 hour';
SELECT is(pg_temp.send('an', jsonb_build_object('survey', 'tay', 'ticket', :t)),
    'This customer was asked not long ago.', 'by hand, too');
SELECT is(pg_temp.stands(:hanh), 'sau answered', 'what is refused leaves nothing');
SELECT is(pg_temp.send('an', jsonb_build_object('survey', 'tay', 'ticket', :t,
    'dry', true)), 'withdrawn quiet', 'dry says why not');
UPDATE desk.invitation SET sent_at = now() - interval '2 days';
SELECT is(pg_temp.send('an', jsonb_build_object('survey', 'tay', 'ticket', :t,
    'dry', true)), 'sent mail hanh@example.com', 'and to whom');
SELECT is(pg_temp.send('an', jsonb_build_object('survey', 'tay', 'ticket', :t,
    'once', 'a')), 'sent mail hanh@example.com', 'it goes');
SELECT is(pg_temp.send('an', jsonb_build_object('survey', 'tay', 'ticket', :t,
    'once', 'a')), 'sent mail hanh@example.com', 'and once');
SELECT is(pg_temp.stands(:hanh), 'sau answered, tay sent', 'only');

-- Who wants none
SELECT desk.outbound_message(o) AS m FROM desk.outbound o
WHERE o.purpose = 'survey' ORDER BY o.id DESC LIMIT 1 \gset
SELECT is(desk.survey_leave(sha256(convert_to(substring(
    (:'m'::jsonb)->'survey'->>'url' from '[^/]*$'), 'UTF8'))), true,
    'he taps the way out');
SELECT is(desk.survey_leave(sha256('x')), false, 'a link of nobody''s');
UPDATE desk.invitation SET sent_at = now() - interval '2 days';
SELECT is(pg_temp.send('an', jsonb_build_object('survey', 'tay',
    'ticket', :t)), 'This customer wants no surveys.', 'and is left alone');
SELECT is(pg_temp.ask('an', 'customer_get', jsonb_build_object('customer',
    :hanh)) @? '$.**.no_surveys_at', true, 'agents see it');
SELECT pg_temp.ask('an', 'customer_surveys', jsonb_build_object('customer',
    :hanh, 'off', false));
SELECT is(pg_temp.send('an', jsonb_build_object('survey', 'tay', 'ticket', :t,
    'dry', true)), 'sent mail hanh@example.com', 'until he wants them again');
SELECT pg_temp.ask('an', 'customer_surveys', jsonb_build_object('customer',
    :hanh));
SELECT pg_temp.customer('Hanh', 'h2@example.com') AS other \gset
SELECT pg_temp.ask('sup', 'customer_merge', jsonb_build_object('customer',
    :other, 'other', :hanh, 'sure', :hanh));
SELECT is((SELECT no_surveys_by FROM desk.customer WHERE id = :other), 'an',
    'who becomes one with another says it for both');

-- A mail that came back
SELECT pg_temp.customer('Tùng', 'tung@example.com') AS tung \gset
SELECT pg_temp.ticket(:tung, 'sales', 'Đổi hàng') AS u \gset
SELECT is(pg_temp.send('sup', jsonb_build_object('survey', 'tay',
    'customers', :tung || ',' || :other)),
    'withdrawn declined, sent mail tung@example.com',
    'supervisors ask several');
UPDATE desk.outbound SET state = 'bounced' WHERE address = 'tung@example.com';
SELECT is(pg_temp.stands(:tung), 'tay undeliverable bounced', 'he was not asked');
SELECT is(pg_temp.send('an', jsonb_build_object('survey', 'sau', 'ticket',
    :u)), desk.survey_why('no_way'), 'nothing more goes there');

-- Deliveries
SELECT pg_temp.survey('giao', '{"after":"delivered","quiet":1}');
SELECT pg_temp.customer('Mai', 'mai@example.com') AS mai \gset
SELECT pg_temp.ticket(:mai, 'shipping', 'Đơn') AS o \gset
INSERT INTO desk.customer_order (order_no, customer, ticket, delivered_at,
    told_at, event) VALUES ('DH1', :mai, :o, now(), now(), 1);
UPDATE desk.customer_order SET delivered_at = now() + interval '1 minute';
SELECT is(pg_temp.stands(:mai), 'giao waiting', 'an order came, once');
SELECT desk.survey_due(10);
SELECT is(pg_temp.mails(:mai), 'mail mai@example.com queued', 'asked');
SELECT ok((SELECT e.subject LIKE '%về đơn DH1' FROM desk.event e
    WHERE e.customer = :mai AND e.kind = 'survey'), 'about the order');

-- Erased
SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object(
    'customer', :mai, 'sure', :mai, 'reason', 'asked'));
SELECT is(pg_temp.stands(:mai), 'giao withdrawn', 'nobody is there');
SELECT is((SELECT count(*) FROM desk.invitation_message m
    JOIN desk.invitation i ON i.id = m.invitation
    WHERE i.customer = :mai AND m.token IS NOT NULL), 0::bigint,
    'no link works on');

SELECT * FROM finish();
ROLLBACK;
