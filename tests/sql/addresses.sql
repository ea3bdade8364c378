-- Mail that was sent unasked and comes back: known by the address it was sent
-- from, counted apart, and nothing more of it goes there until that is put right.
BEGIN;
\ir fixture.psql
\ir survey.psql
SELECT plan(49);
SELECT pg_temp.survey('sau', '{"quiet":1,"remind":172800}') AS sau \gset
SELECT pg_temp.survey('nv', '{"for":"staff","quiet":1,"remind":172800}') AS nv
\gset
UPDATE desk.agent SET email = name || '@shop.example';

-- What SQL makes of a server's words, and which of it ends an address.
SELECT is(string_agg(coalesce(desk.status_said(s.code, s.words), '-'), ' '
    ORDER BY s.n), '5.1.1 5.1.1 5.2.1 5.1.1 - - - 4.2.2 5.7.1', 'statuses in words')
FROM (VALUES (1, 550, '550 5.1.1 <x@y>: user unknown'),
    (2, 550, '550-5.1.1 The email account'), (3, 554, 'x (#5.2.1)'),
    (4, 550, '550 No such user here'), (5, 550, '550 relay not permitted'),
    (6, 554, '554 from 5.1.1.3 and 10.5.1.1'), (7, 451, 'no such host'),
    (8, NULL, 'smtp; 452 4.2.2 full'), (9, 554, '554 5.7.1 unknown relay'))
    s(n, code, words);
SELECT is(string_agg(s, ' ' ORDER BY n), '5.1.1 5.1.10 5.0.0 5.2.1 5.4.310',
    'which say that nothing reaches it')
FROM unnest('{5.1.1,5.1.10,5.0.0,5.2.1,5.4.310,4.1.1,5.1.7,5.1.8,5.2.2,5.2.3,5.3.4,5.5.0,5.6.1,5.7.1,5.7.26,"",x}'
    ::text[]) WITH ORDINALITY u(s, n) WHERE desk.status_ends(s);
SELECT is(desk.status_ends(NULL), false, 'nothing said ends nothing');

-- What a mail to one of our addresses is as daemon/desk reads it.
CREATE FUNCTION pg_temp.back(from_address text, facts jsonb,
    more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
	got	jsonb;
BEGIN
	SELECT g.answer::jsonb INTO got FROM desk.ingest(jsonb_build_array(
	    jsonb_build_object('channel', 'mail', 'kind', 'message',
	    'id', gen_random_uuid(), 'at', now(), 'contacts',
	    jsonb_build_array(jsonb_build_object('kind', 'email', 'address',
		from_address)), 'text', 'x', 'auth', 'none', 'units', 5,
	    'automatic', CASE WHEN facts ?| '{bounce,automatic}' THEN true END,
	    'facts', facts, 'candidates', '[{"queue":"sales","why":"x"}]'
	    ::jsonb) || more), '{}', '{}') g;
	RETURN got;
END;
$$;
CREATE FUNCTION pg_temp.report(of bigint, status text DEFAULT '5.1.1',
    more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_build_object('automatic', 'bounce', 'sent', of, 'bounce',
	    jsonb_strip_nulls(jsonb_build_object('action', 'failed',
		'status', status, 'recipient', 'other@forwarded.example',
		'diagnostic', 'smtp; 550 no such user') || more))
$$;
-- Sends by hand what was asked last: the row.
CREATE FUNCTION pg_temp.sent(which text DEFAULT 'sent') RETURNS bigint
LANGUAGE sql AS $$
	UPDATE desk.outbound o SET state = which
	WHERE o.id = (SELECT max(id) FROM desk.outbound) RETURNING o.id
$$;
CREATE FUNCTION pg_temp.ask_him(t bigint) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	RETURN pg_temp.ask('an', 'survey_send', jsonb_build_object('survey',
	    'sau', 'ticket', t))->'asked'->0->>'state';
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	RETURN SQLERRM;
END;
$$;
CREATE FUNCTION pg_temp.shown(of bigint) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT (c->'returned') - 'at' FROM jsonb_array_elements(pg_temp.ask('an',
	    'customer_get', jsonb_build_object('customer', of))->'contacts') c
	LIMIT 1
$$;
CREATE FUNCTION pg_temp.rate(name text) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM desk.measure_fold(100);
	RETURN (pg_temp.ask('sup', 'cx_scores', jsonb_build_object('measure',
	    'csat', 'survey', name))#>'{total,rate}') - '{low,high}'::text[];
END;
$$;

-- Of one who was asked by mail
SELECT pg_temp.customer('Tùng', 'tung@example.com') AS tung \gset
SELECT pg_temp.ticket(:tung, 'sales', 'Đổi hàng') AS t \gset
SELECT is(pg_temp.ask_him(:t), 'sent', 'he is asked');
SELECT pg_temp.sent() AS o \gset
SELECT is(desk.outbound_message(o)->'returns', 'true',
    'from an address of its own') FROM desk.outbound o WHERE id = :o;
SELECT is(pg_temp.back('mailer-daemon@mx.example', pg_temp.report(:o, '4.4.1',
    '{"action":"delayed"}'))->>'ticket', :t::text, 'delayed: with its case');
SELECT is(pg_temp.stands(:tung), 'sau sent', 'nothing comes of it');
SELECT is(pg_temp.back('mailer-daemon@mx.example', pg_temp.report(:o),
    '{"auth":"fail"}')#>>'{why,threaded}', 'our message came back',
    'failed: whoever it names, and whatever DMARC says');
SELECT is(pg_temp.stands(:tung), 'sau undeliverable bounced', 'he was not asked');
SELECT is((SELECT remind_at FROM desk.invitation), NULL, 'nor is reminded');
SELECT is((SELECT concat_ws(' ', state, returned, said) FROM desk.outbound
    WHERE id = :o), 'bounced 5.1.1 smtp; 550 no such user', 'on record');
SELECT is(pg_temp.rate('sau'), '{"invited":1,"undeliverable":1,"answered":0}',
    'counted apart');
SELECT is_empty($$SELECT * FROM desk.measure_differs(now() - interval '1 day',
    now() + interval '1 day')$$, 'as is recorded');
SELECT is((pg_temp.ask('sup', 'survey_list', '{}')#>'{surveys,1,counts}')
    - '{of,waiting,answered,expired,withdrawn,sent}'::text[],
    '{"asked":0,"undeliverable":1}', 'in the list, too');
SELECT is(jsonb_array_length(pg_temp.ask('sup', 'survey_get',
    '{"survey":"sau","state":"undeliverable"}')->'invitations'), 1,
    'and who that is');
SELECT is(pg_temp.shown(:tung), '{"said":"smtp; 550 no such user",
    "status":"5.1.1"}', 'agents see it with him');
SELECT is((SELECT t.state FROM desk.ticket t WHERE id = :t), 'new',
    'nobody is bothered');
SELECT pg_temp.ask('an', 'ticket_reply', jsonb_build_object('ticket', :t,
    'text', 'Dạ?'));
SELECT pg_temp.sent();
SELECT is(pg_temp.ask_him(:t), desk.survey_why('no_way'),
    'an answer to him puts nothing right');
SELECT is(pg_temp.back('mailer-daemon@mx.example', pg_temp.report(:o))
    ->>'ticket', :t::text, 'the same report again');
SELECT is(pg_temp.rate('sau'), '{"invited":1,"undeliverable":1,"answered":0}',
    'counts nothing');

-- Put right: he writes, or one of us says so
SELECT pg_temp.back('tung@example.com', jsonb_build_object('sent', :o,
    'automatic', 'out-of-office'));
SELECT isnt(pg_temp.shown(:tung), NULL, 'a machine''s answer is no person''s');
SELECT is(pg_temp.back('tung@example.com', jsonb_build_object('sent', :o))
    #>>'{why,threaded}', 'our signed address', 'he answers to that address');
SELECT is(pg_temp.shown(:tung), NULL, 'which puts it right');
SELECT is(pg_temp.ask_him(:t), 'sent', 'he is asked again');
SELECT pg_temp.sent() AS o \gset
SELECT is(pg_temp.back('an.other@example.com', jsonb_build_object('sent', :o))
    ->>'created', 'true', 'a stranger''s mail to it joins nothing');
SELECT is(pg_temp.back('boss@elsewhere.example', jsonb_build_object('sent', :o,
    'automatic', 'auto-replied'))->>'ticket', :t::text,
    'what a machine answers, by whatever name, does');
SELECT pg_temp.back('mailer-daemon@mx.example', pg_temp.report(:o, '5.7.1'));
SELECT is(pg_temp.stands(:tung), 'sau undeliverable bounced, '
    'sau undeliverable bounced', 'a policy: he was not reached');
SELECT is((SELECT count(*) FROM desk.returned_address WHERE outbound = :o),
    0::bigint, 'but that says nothing of his address');
SELECT is(desk.address_dead('tung@example.com'), true,
    'yet nothing more goes, until the next mail arrives');
SELECT is(pg_temp.ask('an', 'address_retry', '{"address":"Tung@example.com "}'),
    jsonb_build_object('address', 'tung@example.com', 'customer', :tung),
    'an agent says that it is right');
SELECT is(pg_temp.ask_him(:t), 'sent', 'he is asked');
SELECT pg_temp.sent('sending') AS o \gset
SELECT throws_ok($$SELECT pg_temp.ask('an', 'address_retry',
    '{"address":"nobody@example.com"}')$$, 'DK001',
    'Nobody is known by this address.', 'nobody''s');

-- The relay's word
UPDATE desk.outbound SET lease_by = 'd', attempts = 1 WHERE id = :o;
SELECT is(desk.outbound_settle(:o, 'd', 1, 'never', 550,
    '550 5.1.1 <tung@example.com>: User unknown', NULL), 'failed', 'refused');
SELECT is(pg_temp.shown(:tung)->>'status', '5.1.1', 'is the same fact');
SELECT is((pg_temp.ask('sup', 'address_list', '{}')#>'{addresses,0}') - 'at',
    jsonb_build_object('address', 'tung@example.com', 'customer', :tung,
    'status', '5.1.1', 'said', '550 5.1.1 <tung@example.com>: User unknown'),
    'supervisors have a list');
SELECT throws_ok($$SELECT pg_temp.ask('an', 'address_list', '{}')$$, 'DK001',
    NULL, 'agents do not');
SELECT pg_temp.ask('an', 'address_retry', '{"address":"tung@example.com"}');
SELECT is(pg_temp.ask_him(:t), 'sent', 'put right');
SELECT pg_temp.sent('sending') AS o \gset
UPDATE desk.outbound SET lease_by = 'd', attempts = 1 WHERE id = :o;
SELECT desk.outbound_settle(:o, 'd', 1, 'never', 554,
    '554 5.7.1 Relay access denied', NULL);
SELECT is(desk.address_dead('tung@example.com'), false,
    'what the relay thinks of us says nothing of him');

-- A letter to one of us
SELECT pg_temp.ask('sup', 'survey_send',
    '{"survey":"nv","staff":"an binh","once":"1"}');
SELECT max(id) FILTER (WHERE address LIKE 'an@%') AS an,
    max(id) FILTER (WHERE address LIKE 'binh@%') AS binh
FROM desk.outbound WHERE letter IS NOT NULL \gset
UPDATE desk.outbound SET state = 'sent' WHERE letter IS NOT NULL;
SELECT is(desk.letter_back(:o, pg_temp.report(:o)), false,
    'what is of a case is filed');
SELECT is(desk.letter_back(:an, '{"bulk":true}'), false,
    'as what some list brings');
SELECT is(desk.letter_back(:an, '{"automatic":"out-of-office"}'), true,
    'who is away');
SELECT is(desk.letter_back(:an, pg_temp.report(:an, '4.4.1',
    '{"action":"delayed"}')), true, 'what is late');
SELECT is(string_agg(concat_ws(' ', a.name, i.state), ', ' ORDER BY a.name),
    'an sent, binh sent', 'is noted nowhere') FROM desk.invitation i
JOIN desk.agent a ON a.id = i.staff;
SELECT is(desk.letter_back(:binh, pg_temp.report(:binh, NULL,
    '{"diagnostic":"said: 550 5.1.1 gone"}')), true, 'what came back');
SELECT is(string_agg(concat_ws(' ', a.name, i.state), ', ' ORDER BY a.name),
    'an sent, binh undeliverable', 'is') FROM desk.invitation i
JOIN desk.agent a ON a.id = i.staff;
SELECT is(pg_temp.ask('sup', 'survey_send',
    '{"survey":"nv","staff":"binh","once":"2"}')#>>'{asked,0,why}', 'no_way',
    'and he gets no letter');
SELECT is(pg_temp.rate('nv'), '{"invited":2,"undeliverable":1,"answered":0,
    "share":0.0}', 'of two one was reached');

-- Erased
SELECT pg_temp.ask('an', 'customer_surveys', jsonb_build_object('customer',
    :tung, 'off', true));
SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object('customer',
    :tung, 'sure', :tung, 'reason', 'x'));
SELECT is((SELECT count(*) FROM desk.returned_address
    WHERE address LIKE 'tung%'), 0::bigint, 'nothing of him is left');
SELECT is_empty($$SELECT * FROM desk.measure_differs(now() - interval '1 day',
    now() + interval '1 day')$$, 'and all is counted as recorded');

SELECT * FROM finish();
ROLLBACK;
