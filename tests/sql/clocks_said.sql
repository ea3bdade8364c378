-- Clocks in words, and what TICKET.CLOCKS and TICKET.GET show of them.
BEGIN;
\ir fixture.psql
SELECT plan(17);
INSERT INTO desk.hours (name, timezone) VALUES ('shop', 'Asia/Ho_Chi_Minh');
INSERT INTO desk.hours_span SELECT h.id, s.* FROM desk.hours h,
    unnest('{mon-fri 08:00-12:00,mon-fri 13:30-18:00}'::text[]) l,
    desk.hours_read(l) s;
INSERT INTO desk.target VALUES (1, 'vip', NULL, '{}', '{}', 1, 99,
    (SELECT id FROM desk.hours), 3600, 600, 144000, NULL, 80, true, '{}', '{}');
-- On a Friday to come.
INSERT INTO desk.ticket (customer, queue, state, channel, due_at, opened_at,
    clocked, lang)
SELECT pg_temp.customer('Lan', 'lan@example.com'), q.id, 'new', 'mail',
    desk.business_add(h.id, '2090-11-24 17:20+07', 3600),
    '2090-11-24 17:20+07', true, 'vi'
FROM desk.queue q, desk.hours h WHERE q.name = 'sales' RETURNING id AS t \gset
SELECT desk.clocks_open(ARRAY[:t]);
SELECT is(desk.clock_said(:t, lang), words, lang)
FROM (VALUES ('vi', ARRAY['Trả lời đầu tiên (vip): 1 giờ kể từ T6 17:20 trong giờ mở cửa (40 phút từ T6 17:20 đến T6 18:00; 20 phút từ T2 08:00 đến T2 08:20): hạn T2 08:20.',
    'Giải quyết xong (vip): 40 giờ kể từ T6 24/11 17:20 trong giờ mở cửa (40 phút từ T6 24/11 17:20 đến T6 24/11 18:00; 4 giờ từ T2 08:00 đến T2 12:00; 4 giờ 30 phút từ T2 13:30 đến T2 18:00; …): hạn T6 1/12 14:50.']),
    ('en', ARRAY['First answer (vip): 1 h from Fri 17:20 in opening hours (40 min from Fri 17:20 until Fri 18:00; 20 min from Mon 08:00 until Mon 08:20): due Mon 08:20.',
    'Resolution (vip): 40 h from Fri 24/11 17:20 in opening hours (40 min from Fri 24/11 17:20 until Fri 24/11 18:00; 4 h from Mon 08:00 until Mon 12:00; 4 h 30 min from Mon 13:30 until Mon 18:00; …): due Fri 1/12 14:50.']))
    x(lang, words);
SELECT is(desk.clock_way(c, 'Asia/Ho_Chi_Minh', 'vi'), '20 phút kể từ CN 19:26 '
    'trong giờ mở cửa (20 phút từ T2 08:00 đến T2 08:20): hạn T2 08:20',
    'one that begins while it is closed says when it opens')
FROM desk.hours h, jsonb_populate_record(NULL::desk.clock, jsonb_build_object(
    'total', 1200, 'spent', 0, 'hours', h.id, 'since', '2090-11-26 19:26+07',
    'due_at', '2090-11-27 08:20+07')) c;
SELECT is(desk.span_said(n, 'vi'), w, w)
FROM (VALUES (5, '1 phút'), (3600, '1 giờ'), (-5400, '1 giờ 30 phút')) x(n, w);

-- One that no target is for, put aside and gone on with.
DELETE FROM desk.target;
SELECT pg_temp.ticket(pg_temp.customer('Nam', 'nam@example.com'), 'sales',
    'Hỏi') AS p \gset
SELECT matches((desk.clock_said(:p, 'en'))[1],
    '^First answer: 30 min from \w{3} [\d:]+: due \w{3} [\d:]+\.$',
    'no hours: plainly');
SELECT is(jsonb_array_length(pg_temp.act('an', 'clocks', :p)->'clocks'), 1,
    'what stands in the ticket''s row alone is shown');
SELECT is(pg_temp.act('an', 'get', :p)->'clocks'->0->>'left', '1800',
    'also with the ticket');
SELECT pg_temp.act('an', 'pend', :p);
SELECT is(desk.clock_said(:p, 'vi'),
    '{"Trả lời đầu tiên: tạm dừng (chờ khách), còn 30 phút."}', 'paused');
SELECT is(pg_temp.act('an', 'clocks', :p)->'clocks'->0->'steps'->0->>'what',
    'pause', 'with its steps');
SELECT pg_temp.act('an', 'snooze', :p, jsonb_build_object('until',
    desk.rfc3339(now() + interval '1 day')));
SELECT matches((desk.clock_said(:p, 'en'))[1],
    'paused \(put off until \w{3} [\d:]+\), 30 min left', 'put off');
SELECT pg_temp.act('an', 'reopen', :p);
UPDATE desk.clock SET since = since - interval '45 min',
    due_at = due_at - interval '45 min' WHERE ticket = :p;
SELECT matches((desk.clock_said(:p, 'en'))[1], ', 15 min over\.$', 'over');
SELECT pg_temp.act('an', 'reply', :p, '{"text":"Dạ"}');
SELECT matches((desk.clock_said(:p, 'vi'))[1],
    '^Trả lời đầu tiên: đã trả lời .*, quá 15 phút\.$', 'and answered');
SELECT is(pg_temp.act('an', 'get', :p)->'clocks', NULL, 'nothing runs');
SELECT pg_temp.refused('chi', 'ticket_clocks', '{"ticket":0}', 'NOTFOUND ticket',
    'of no ticket');
UPDATE desk.ticket SET queue = (SELECT id FROM desk.queue
    WHERE name = 'staff'), assignee = NULL WHERE id = :p;
SELECT pg_temp.refused('an', 'ticket_clocks', format('{"ticket":%s}', :p)::jsonb,
    'NOTFOUND ticket', 'nor of one that he may not see');

SELECT * FROM finish();
ROLLBACK;
