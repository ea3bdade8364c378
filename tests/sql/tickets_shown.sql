-- A case as it is shown: its events with what is known of each, its marks, who
-- takes part, and what it is linked to.
BEGIN;
\ir intake.psql
SELECT plan(22);

INSERT INTO desk.queue (name, title, first_target, next_target, members_only)
VALUES ('staff', 'Nhân sự', 60, 60, true);
CREATE FUNCTION pg_temp.get(of bigint, who text DEFAULT 'an') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.ticket_get(desk.caller_by_name(who)
	    || '{"from":"192.0.2.1","via":"http"}',
	    jsonb_build_object('ticket', of))
$$;
INSERT INTO desk.agent_queue (agent, queue)
SELECT a.id, q.id FROM desk.agent a, desk.queue q
WHERE (a.name, q.name) IN (('an', 'sales'), ('binh', 'staff'));

SELECT pg_temp.ticket(pg_temp.mail_from('lan@example.com', '{"refs":["1@m"],
    "text":"Còn hàng không?\n\n> cũ","own":"Còn hàng không?",
    "facts":{"auth":{"dmarc":"pass","from":"example.com"}},
    "others":["chong@example.com"]}')) AS t \gset
SELECT pg_temp.get(:t) AS g \gset
SELECT is(:'g'::jsonb#>>'{events,0,own}', 'Còn hàng không?', 'event: own');
SELECT is(:'g'::jsonb#>>'{events,0,text}', E'Còn hàng không?\n\n> cũ',
    'event: the whole text beside it');
SELECT is(:'g'::jsonb#>>'{events,0,facts,auth,dmarc}', 'pass', 'event: facts');
SELECT is(:'g'::jsonb#>>'{events,0,auth}', 'pass', 'event: the verdict');
SELECT is(:'g'::jsonb#>'{events,0,delivery}', NULL, 'event: nothing was sent');
SELECT is(:'g'::jsonb#>'{ticket,marks}', NULL, 'ticket: no marks');
SELECT is(:'g'::jsonb->'related', NULL, 'ticket: linked to none');
SELECT is(:'g'::jsonb->'participants', '[{"kind":"email",
    "address":"chong@example.com","how":"cc","proved":true}]',
    'ticket: who takes part');

-- He writes: he is known from then on.
SELECT pg_temp.ticket(pg_temp.mail_from('chong@example.com',
    '{"thread":["1@m"],"name":"Chồng"}'));
INSERT INTO desk.participant (ticket, contact)
SELECT :t, id FROM desk.contact WHERE address = 'chong@example.com';
SELECT is(pg_temp.get(:t)#>>'{answers,channel}', 'mail',
    'answers: which way one would go');
SELECT is(pg_temp.get(:t)->'answers'->>'address', (desk.answer_to(k)).address,
    'answers: to whom') FROM desk.ticket k WHERE k.id = :t;
SELECT is(pg_temp.get(:t)->'answers'->'cc', to_jsonb(desk.copies_to(k, NULL,
    (desk.answer_to(k)).address)), 'answers: with copies to whom')
FROM desk.ticket k WHERE k.id = :t;
SELECT is(jsonb_path_query_array(pg_temp.get(:t), '$.participants[*].how'),
    '["cc","participant"]', 'participants: both ways');
SELECT is(pg_temp.get(:t)#>>'{participants,0,customer}',
    pg_temp.owner('chong@example.com')::text, 'participants: who is known');

-- An answer on its way
INSERT INTO desk.event (id, at, ticket, customer, kind, channel, direction,
    text)
SELECT 900000001, now(), t.id, t.customer, 'message', 'mail', 'out', 'Còn ạ.'
FROM desk.ticket t WHERE t.id = :t;
SELECT desk.outbound_put(900000001, :t, 'mail', 'lan@example.com', 'reply');
SELECT is(ROW(e->'delivery'->>'state', e->'delivery'->>'address')::text,
    '(queued,lan@example.com)', 'delivery: its state')
FROM jsonb_array_elements(pg_temp.get(:t)->'events') e
WHERE e->>'direction' = 'out';
SELECT is(ROW(e->'delivery'->>'state', e->>'direction')::text, '(queued,out)',
    'timeline: its state')
FROM jsonb_array_elements(desk.customer_timeline(desk.caller_by_name('an'),
    jsonb_build_object('customer', pg_temp.owner('lan@example.com')))
    ->'events') e LIMIT 1;
SELECT is(e->>'preview', 'Còn hàng không?', 'timeline: what she wrote')
FROM jsonb_array_elements(desk.customer_timeline(desk.caller_by_name('an'),
    jsonb_build_object('customer', pg_temp.owner('lan@example.com')))
    ->'events') e WHERE e->'facts' IS NOT NULL;

-- Linked, both ways
SELECT pg_temp.ticket(pg_temp.mail_from('eve@example.com',
    '{"thread":["1@m"],"auth":"fail"}')) AS u \gset
SELECT pg_temp.get(:u) AS g \gset
SELECT is(:'g'::jsonb#>'{ticket,marks}', '["unproved"]', 'linked: marked');
SELECT is(ROW(:'g'::jsonb#>>'{related,0,ticket}', :'g'::jsonb#>>
    '{related,0,way}', :'g'::jsonb#>>'{related,0,why}')::text,
    format('(%s,to,"new: the sender''s address is not proved")', :t),
    'linked: to that');
SELECT is(ROW(g#>>'{related,0,ticket}', g#>>'{related,0,way}',
    g#>>'{related,0,state}', jsonb_array_length(g->'related'))::text,
    format('(%s,from,new,1)', :u), 'linked: from this') FROM pg_temp.get(:t) g;

-- What the reader may not see is not shown to him.
UPDATE desk.ticket SET queue = (SELECT id FROM desk.queue
    WHERE name = 'staff') WHERE id = :u;
SELECT is(pg_temp.get(:t)->'related', NULL, 'linked: not to whom it is hidden');
SELECT is(pg_temp.get(:t, 'binh')#>>'{related,0,subject}', 'Đơn hàng',
    'linked: to whom it is not');

-- A page ends where its texts come to a mebibyte, own included.
SELECT pg_temp.ticket(pg_temp.mail_from('long@example.com', '{"refs":["l@m"]}'))
    AS u \gset
SELECT pg_temp.ticket(pg_temp.mail_from('long@example.com', jsonb_build_object(
    'thread', ARRAY['l@m'], 'text', repeat('a', 200000),
    'own', repeat('b', 200000)))) FROM generate_series(1, 3) n;
SELECT is(jsonb_array_length(pg_temp.get(:u)->'events'), 3,
    'page: own counts too');

SELECT * FROM finish();
ROLLBACK;
