-- Who is written to by the desk itself, once for each occasion, when, and who
-- is not.
BEGIN;
\ir fixture.psql
\ir survey.psql
SELECT plan(44);
INSERT INTO desk.template (name, lang, subject, body)
VALUES ('hoi', 'vi', '[{company}] Đồ dùng tốt không ạ?',
    'Dạ em chào anh/chị, {company} hỏi thăm ạ.'),
    ('hoi', 'en', NULL, 'Hello from {company}.');

CREATE FUNCTION pg_temp.followup(name text, more jsonb) RETURNS int
LANGUAGE sql AS $$
	INSERT INTO desk.followup (name, since, body) VALUES (followup.name,
	    now() - interval '300 days', jsonb_build_object('name',
	    followup.name, 'title', followup.name) || '{"after":"delivered",
	    "delay":604800,"stages":[],"reasons":[],"segments":[],
	    "queue":"sales","send":"hoi","quiet":2592000,"expires":604800,
	    "sample":100}' || more)
	RETURNING id
$$;
CREATE FUNCTION pg_temp.ordered(whom bigint, no text, age interval,
    delivered interval DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO desk.customer_order (order_no, customer, ticket, status,
	    amount, told_at, event, first_at, delivered_at)
	VALUES (no, whom, 0, 'delivered', 100000, now(), 0, now() - age,
	    now() - delivered)
$$;
-- The chore, then what is due.
CREATE FUNCTION pg_temp.run() RETURNS int
LANGUAGE plpgsql AS $$
BEGIN
	WHILE desk.retention_run(100) > 0 LOOP
	END LOOP;
	RETURN desk.followups_due(100);
END;
$$;
CREATE FUNCTION pg_temp.stood(of bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', f.name, s.state, s.why), ', '
	    ORDER BY s.id)
	FROM desk.followup_sent s JOIN desk.followup f ON f.id = s.followup
	WHERE s.customer = of
$$;
CREATE FUNCTION pg_temp.wrote(of bigint) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', o.channel, o.address, o.state), ', '
	    ORDER BY o.id)
	FROM desk.outbound o JOIN desk.event e ON e.id = o.event
	WHERE e.customer = of AND o.purpose = 'followup'
$$;
-- What is put off is looked at again.
CREATE FUNCTION pg_temp.again() RETURNS int
LANGUAGE sql AS $$
	UPDATE desk.followup_sent SET send_at = now() WHERE state = 'waiting';
	SELECT pg_temp.run();
$$;

-- Seven days after a delivery, once
SELECT pg_temp.followup('sau-giao', '{}') AS sau \gset
SELECT pg_temp.customer('Hạnh', 'hanh@example.com') AS hanh,
    pg_temp.customer('Minh', 'minh@example.com') AS minh,
    pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.ordered(:hanh, 'A1', '10 days', '6 days');
SELECT is(pg_temp.run(), 0, 'not before its time');
SELECT is(pg_temp.stood(:hanh), 'sau-giao waiting', 'but it is noted');
UPDATE desk.followup_sent SET send_at = now() - interval '1 minute',
    began_at = began_at - interval '1 day';
SELECT is(desk.followups_next(), 0, 'it is due');
SELECT is(pg_temp.run(), 1, 'then it goes');
SELECT is(pg_temp.run(), 0, 'once');
SELECT is(pg_temp.stood(:hanh), 'sau-giao sent', 'and says so');
SELECT is(pg_temp.wrote(:hanh), 'mail hanh@example.com queued', 'by mail');
UPDATE desk.customer_order SET told_at = now() + interval '1 hour';
UPDATE desk.retention_mark SET began_at = '-infinity';
SELECT is(pg_temp.run(), 0, 'not again by whatever is told of the order');
SELECT ticket AS t FROM desk.followup_sent \gset
SELECT is((SELECT concat_ws(' ', t.state, t.kind, q.name, t.tags, t.assignee,
    t.due_at, t.preview) FROM desk.ticket t JOIN desk.queue q
    ON q.id = t.queue WHERE t.id = :t),
    'resolved case sales {followup} Dạ em chào anh/chị, An Tâm hỏi thăm ạ. '
    'Anh/chị không muốn nhận thư chăm sóc nữa: {followup_leave}',
    'in a case that is over as it begins');
SELECT is((SELECT count(*) FROM desk.report_part WHERE what = 'opened'),
    0::bigint, 'and counts as no work');
SELECT is((SELECT count(*) FROM desk.invitation), 0::bigint,
    'nobody is asked about it');

-- The mail, and the way out of it
SELECT desk.outbound_message(o) AS m FROM desk.outbound o
WHERE o.purpose = 'followup' \gset
SELECT is((:'m'::jsonb)->>'subject', '[An Tâm] Đồ dùng tốt không ạ?',
    'its subject');
SELECT ok((:'m'::jsonb)->>'text' ~ 'https://desk.example/followup/[A-Za-z0-9_-]{32}/leave$'
    AND (:'m'::jsonb)->>'text' LIKE '%' || ((:'m'::jsonb)->>'leave_url')
    AND NOT (:'m'::jsonb) ? 'to', 'its way out, and no name of his');
SELECT is((SELECT count(*) FROM desk.followup_sent s WHERE strpos(s::text,
    substring((:'m'::jsonb)->>'leave_url' from '/([^/]*)/leave$')) > 0),
    0::bigint, 'of which a digest is kept');
CREATE FUNCTION pg_temp.leave(token text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.followup_left('{"who":"-"}', jsonb_build_object('hash',
	    encode(sha256(convert_to(token, 'UTF8')), 'hex')))
$$;
SELECT is(pg_temp.leave('wrong'), NULL, 'another link opens nothing');

-- An answer
UPDATE desk.ticket SET state = 'open', resolved_at = NULL, due_at = now(),
    touched_at = now() WHERE id = :t;
SELECT is(pg_temp.stood(:hanh), 'sau-giao answered', 'he answered');
UPDATE desk.ticket SET state = 'resolved', resolved_at = now(), due_at = NULL
WHERE id = :t;
SELECT pg_temp.ordered(:hanh, 'A2', '-1 minute');
SELECT pg_temp.run();
SELECT is((SELECT again_at > sent_at FROM desk.followup_sent
    WHERE ticket = :t), true, 'and came back');
SELECT is((SELECT concat_ws(' ', f->>'sent', f#>>'{answered,n}',
    f#>>'{answered,share}', f#>>'{came,n}', f#>>'{came,later}')
    FROM jsonb_array_elements(pg_temp.ask('sup', 'followup_list',
    '{}')->'followups') f), '1 1 100.0 0 1',
    'of who came back nothing is said before he was watched for 90 days');

-- What does not arrive is no mail that nobody answers.
SAVEPOINT back;
INSERT INTO desk.followup_sent (followup, occasion, customer, began_at, state,
    why, send_at, sent_at, expires_at, event)
SELECT s.followup, s.occasion || n, s.customer, s.began_at, CASE WHEN n < 8
    THEN 'sent' ELSE 'withdrawn' END, CASE n WHEN 8 THEN 'unsent'
    WHEN 9 THEN 'quiet' END, s.send_at, CASE WHEN n < 9 THEN s.sent_at END,
    s.expires_at, -n
FROM desk.followup_sent s, generate_series(1, 9) n WHERE s.ticket = :t;
INSERT INTO desk.outbound (event, ticket, channel, address, purpose, state)
SELECT -n, :t, 'mail', 'hanh@example.com', 'followup', 'sending'
FROM generate_series(1, 7) n;
UPDATE desk.outbound o SET state = CASE o.event WHEN -1 THEN 'bounced'
    WHEN -2 THEN 'failed' ELSE 'sent' END WHERE o.event < 0;
SELECT is((SELECT concat_ws(' ', f->>'sent', f->'undeliverable',
    f->'answered', f->'not')
    FROM jsonb_array_elements(pg_temp.ask('sup', 'followup_list',
    '{}')->'followups') f), '6 {"n": 8, "low": 7.1, "high": 59.1, "share": '
    '25.0} {"n": 6, "low": 3.0, "high": 56.4, "share": 16.7} '
    '{"quiet": 1, "unsent": 1}',
    'two of eight came back, and nobody left them out; what was taken back '
    'never went');
ROLLBACK TO back;
SELECT is(pg_temp.ask('sup', 'followup_list', '{}')->'late',
    '{"sent":0,"undeliverable":{"n":0}}', 'no notice of a late order');

-- Not within the quiet time
SELECT pg_temp.ordered(:hanh, 'A3', '20 days', '8 days');
SELECT pg_temp.run();
SELECT is(pg_temp.stood(:hanh), 'sau-giao answered, sau-giao withdrawn quiet',
    'who was written to not long ago is let be');

-- While a complaint or another case is open nobody is written to
SELECT pg_temp.ordered(:minh, 'B1', '20 days', '8 days');
SELECT pg_temp.ticket(:minh, 'sales', 'Hỏng') AS open \gset
UPDATE desk.event SET at = now() - interval '30 days' WHERE ticket = :open;
SELECT pg_temp.run();
SELECT is(pg_temp.stood(:minh), 'sau-giao waiting open_case', 'a case is open');
UPDATE desk.ticket SET tags = '{khiếu nại}' WHERE id = :open;
SELECT pg_temp.again();
SELECT is(pg_temp.stood(:minh), 'sau-giao waiting complaint', 'a complaint');
UPDATE desk.ticket SET state = 'resolved', due_at = NULL, resolved_at = now()
WHERE id = :open;
SELECT pg_temp.again();
SELECT is(pg_temp.stood(:minh), 'sau-giao waiting complaint',
    'that is over, and nobody answered');
UPDATE desk.feedback SET answered_at = now(), how = 'call';
SELECT is(pg_temp.ask('sup', 'followup_preview',
    '{"followup":"sau-giao"}')->'would'->0->>'name', 'Minh',
    'the preview says who would get it');
SELECT is(pg_temp.ask('sup', 'followup_preview',
    '{"followup":"sau-giao"}')->'counts',
    '{"would":1,"answered":1,"quiet":1}', 'and why the others would not');
SELECT pg_temp.again();
SELECT is(pg_temp.stood(:minh), 'sau-giao sent', 'then it goes');
SELECT pg_temp.refused('sup', 'followup_preview', '{"followup":"x"}',
    'NOTFOUND followup', 'of one that is not there');

-- Who wants nothing
SELECT desk.outbound_message(o) AS m FROM desk.outbound o
JOIN desk.event e ON e.id = o.event WHERE e.customer = :minh
    AND o.purpose = 'followup' \gset
SELECT substring((:'m'::jsonb)->>'leave_url' from '/([^/]*)/leave$')
    AS token \gset
SELECT is(pg_temp.leave(:'token'), '{"left":true}', 'by the link');
SELECT is(pg_temp.leave(:'token'), '{"left":true}', 'as often as one likes');
SELECT is((SELECT concat_ws(' ', c.no_followups_by, c.no_surveys_at)
    FROM desk.customer c WHERE c.id = :minh), 'customer',
    'which ends follow-ups, not surveys');
SELECT is(pg_temp.wrote(:minh), 'mail minh@example.com withdrawn',
    'what was on its way goes nowhere');
SELECT pg_temp.ordered(:minh, 'B2', '-1 hours', '0 days');
SELECT pg_temp.run();
SELECT is(pg_temp.stood(:minh), 'sau-giao sent', 'nor is anything noted');
SELECT is(pg_temp.ask('an', 'customer_followups', jsonb_build_object(
    'customer', :minh, 'off', false))->'off', 'false', 'he wants them again');

-- An address has its limit of automatic mail
SELECT pg_temp.ordered(:lan, 'C1', '20 days', '8 days');
INSERT INTO desk.outbound (event, ticket, channel, address, purpose, state)
SELECT -n, :t, 'mail', 'lan@example.com', 'acknowledgement', 'sent'
FROM generate_series(1, (SELECT answers FROM desk.limits)) n;
SELECT pg_temp.run();
SELECT is(pg_temp.stood(:lan), 'sau-giao waiting limits', 'full for today');
UPDATE desk.followup_sent SET expires_at = now() WHERE customer = :lan;
SELECT pg_temp.again();
SELECT is(pg_temp.stood(:lan), 'sau-giao withdrawn limits',
    'until it has no use any more');

-- Who is not among the sample is held beside, to compare with
UPDATE desk.followup SET active = false;
SELECT pg_temp.followup('nua', '{"sample":50,"after":"silent",
    "delay":2592000,"expires":31536000}') AS nua \gset
SELECT count(pg_temp.ordered(pg_temp.customer('N' || n, 'n' || n
    || '@example.com'), 'N' || n, '150 days')) FROM generate_series(1, 40) n;
SELECT pg_temp.run();
SELECT is((SELECT count(*) FILTER (WHERE state = 'sent') BETWEEN 8 AND 32
    AND count(*) FILTER (WHERE why = 'sample') + count(*) FILTER (
	WHERE state = 'sent') = count(*)
    FROM desk.followup_sent s JOIN desk.followup f ON f.id = s.followup
    WHERE f.name = 'nua' AND s.occasion LIKE 'order:N%'), true,
    'about half of them');
UPDATE desk.followup_sent SET sent_at = sent_at - interval '100 days'
WHERE sent_at IS NOT NULL;
SELECT count(pg_temp.ordered(c.id, c.name || '-2', '90 days'))
FROM desk.customer c WHERE c.name ~ '^N[0-9]+$';
SELECT pg_temp.run();
SELECT is((SELECT concat_ws(' ', f#>>'{came,share}', f#>>'{held,share}',
    (f#>>'{came,n}')::int + (f#>>'{held,n}')::int)
    FROM jsonb_array_elements(pg_temp.ask('sup', 'followup_list',
    '{}')->'followups') f), '100.0 100.0 40',
    'all came back, with it as without');

-- A stage, in his language; what was before the block is let be
SELECT pg_temp.customer('Eve', 'eve@example.com') AS eve,
    pg_temp.customer('Old', 'old@example.com') AS old \gset
SELECT pg_temp.ticket(:eve, 'sales', 'Hello') AS hello \gset
UPDATE desk.ticket SET lang = 'en', state = 'resolved', due_at = NULL,
    resolved_at = now() WHERE id = :hello;
UPDATE desk.event SET at = now() - interval '30 days' WHERE ticket = :hello;
SELECT pg_temp.followup('dung', '{"after":"stage","stages":["use"],
    "delay":86400}') AS dung \gset
UPDATE desk.followup SET since = now() - interval '1 hour',
    active = name = 'dung';
INSERT INTO desk.customer_stage (customer, journey, stage, touchpoint, since,
    at, event, n)
SELECT c, '', 'use', 'x', now() - a, now(), 0, 1 FROM (VALUES
    (:eve, interval '1 day 5 minutes'), (:old, '3 days'),
    (:lan, '1 day 1 minute')) x(c, a);
SELECT pg_temp.run();
SELECT is(pg_temp.stood(:old), NULL, 'it came due before the block did');
SELECT is((SELECT e.text LIKE 'Hello from An Tâm.%No more messages%'
    FROM desk.event e WHERE e.kind = 'followup' AND e.customer = :eve), true,
    'in his language');
SELECT is(pg_temp.stood(:lan), 'sau-giao withdrawn limits, '
    'dung waiting limits', 'limits are of all');
UPDATE desk.customer_stage SET stage = 'support' WHERE customer = :lan;
SELECT pg_temp.again();
SELECT is(pg_temp.stood(:lan), 'sau-giao withdrawn limits, '
    'dung withdrawn stage', 'who is somewhere else meanwhile is let be');

-- A merged customer is written to once; an erased one leaves no trace
SELECT desk.customer_leave(:minh, :hanh);
SELECT is((SELECT count(*) FROM desk.followup_sent s WHERE s.customer = :minh),
    0::bigint, 'what he got, the other got');
SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object('customer',
    :hanh, 'sure', :hanh, 'reason', 'He asked.'));
SELECT is((SELECT count(*) FROM desk.followup_sent s WHERE s.customer = :hanh
    AND (s.token IS NOT NULL OR s.occasion NOT LIKE 'erased:%')), 0::bigint,
    'nothing that tells of him');
SELECT * FROM finish();
ROLLBACK;
