-- Cases that are taken apart and made one again: what goes along, whose clock
-- runs, and where answers come to.
BEGIN;
\ir fixture.psql
SELECT plan(84);
SELECT setseed(0.20261122);

SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.customer('Hoa', 'hoa@example.com') AS hoa \gset

CREATE FUNCTION pg_temp.row_of(of bigint) RETURNS desk.ticket
LANGUAGE sql AS $$ SELECT t FROM desk.ticket t WHERE t.id = of $$;
-- A mail through the whole intake; its ticket.
CREATE FUNCTION pg_temp.sends(address text, mid text, thread text[],
    more jsonb DEFAULT '{}') RETURNS bigint
LANGUAGE sql AS $$
	SELECT (g.answer::jsonb->>'ticket')::bigint
	FROM desk.ingest(jsonb_build_array(jsonb_build_object(
	    'channel', 'mail', 'id', mid, 'at', desk.rfc3339(now()),
	    'kind', 'message', 'contacts', jsonb_build_array(
		jsonb_build_object('kind', 'email', 'address', address,
		    'flags', '[]'::jsonb)),
	    'subject', 'Đơn hàng', 'text', 'Chữ của ' || mid,
	    'preview', 'Chữ của ' || mid, 'words', 'chu cua ' || mid,
	    'refs', ARRAY[mid], 'thread', thread,
	    'candidates', '[{"queue":"sales","priority":50,"skills":[],
		"why":"test"}]'::jsonb) || more), '{}', '{}') g
$$;
CREATE FUNCTION pg_temp.event(mid text) RETURNS bigint
LANGUAGE sql AS $$
	SELECT e.id FROM desk.event e WHERE e.external_id = mid
$$;
CREATE FUNCTION pg_temp.where_is(event bigint) RETURNS bigint
LANGUAGE sql AS 'SELECT e.ticket FROM desk.event e WHERE e.id = event';
-- As if it had been written that long ago.
CREATE FUNCTION pg_temp.ago(mid text, span interval) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE desk.event SET filed_at = now() - span
	WHERE external_id = mid;
	UPDATE desk.event_key k SET filed_at = now() - span
	WHERE k.external_id = mid;
END;
$$;
CREATE FUNCTION pg_temp.splits(login text, of bigint, events text,
    more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.act(login, 'split', of, jsonb_build_object('events',
	    events, 'subject', 'Đổi hàng') || more)
$$;

-- Two matters in one case
SELECT pg_temp.sends('lan@example.com', 'a1@m', '{}') AS t \gset
SELECT pg_temp.sends('lan@example.com', 'a2@m', '{a1@m}') AS same \gset
SELECT is(:same::bigint, :t::bigint, 'one case has both');
SELECT pg_temp.ago('a1@m', '40 min'), pg_temp.ago('a2@m', '20 min');
SELECT pg_temp.event('a1@m') AS e1, pg_temp.event('a2@m') AS e2 \gset
SELECT pg_temp.act('an', 'note', :t, '{"text":"Hai việc @binh"}')->>'event'
    AS note \gset
SELECT pg_temp.told();

SELECT pg_temp.refused('an', 'ticket_split', jsonb_build_object('ticket', :t,
    'subject', 'Khác', 'events', x.events), x.code, x.label)
FROM (VALUES ('x', 'INVALID events', 'no id'),
    ('999999999', 'INVALID events', 'no event of this case'),
    (:'note', 'INVALID events', 'a note alone is no case'),
    (:'e1' || ',' || :'e2', 'INVALID events', 'something stays'),
    ((SELECT string_agg(n::text, ' ') FROM generate_series(1, 501) n),
	'INVALID events', 'not too many')) x (events, code, label);
SELECT pg_temp.refused('an', 'ticket_split', jsonb_build_object('ticket', :t,
    'subject', 'Khác', 'events', :'e2', 'queue', 'nowhere'), 'INVALID queue',
    'a queue that there is');
SELECT pg_temp.refused('chi', 'ticket_split', jsonb_build_object('ticket', :t,
    'subject', 'Khác', 'events', :'e2'), 'DENIED ticket', 'who may act');

SELECT pg_temp.splits('an', :t, :'e2' || ', ' || :'note',
    '{"queue":"shipping","once":"s1","note":"hai việc"}') AS r \gset
SELECT (:'r'::jsonb->>'split')::bigint AS n \gset
SELECT is(:'r'::jsonb->>'moved', '2', 'two go');
SELECT is(pg_temp.told(), 'open apart', 'both are told');
SELECT is(pg_temp.splits('an', :t, :'e2', '{"once":"s1"}')->>'split', :'n',
    'the same again splits once');
SELECT is((SELECT count(*) FROM desk.ticket k WHERE k.customer = :lan),
    2::bigint, '… once');
SELECT is((k.subject, q.name, k.state, k.assignee, k.related = :t,
    k.preview, k.kind)::text,
    '("Đổi hàng",shipping,new,,t,"Chữ của a2@m",case)', 'the new case')
FROM desk.ticket k JOIN desk.queue q ON q.id = k.queue WHERE k.id = :n;
SELECT is(k.due_at, now() - interval '20 min' + interval '900 s',
    'is due by its own first message') FROM desk.ticket k WHERE k.id = :n;
SELECT is((c.kind, c.started_at = now() - interval '20 min', c.total)::text,
    '(first,t,900)', 'whose clock has run since')
FROM desk.clock c WHERE c.ticket = :n;
SELECT is(k.opened_at, now(), 'its history begins now')
FROM desk.ticket k WHERE k.id = :n;
SELECT is(pg_temp.where_is(x.e), x.t::bigint, x.label)
FROM (VALUES (:e1, :t, 'what stays stays'), (:e2, :n, 'the message went'),
    (:note, :n, 'the note went')) x (e, t, label);
SELECT is((SELECT m.ticket FROM desk.mention m), :n::bigint,
    'who is called upon finds it there');
SELECT is((SELECT i.ticket FROM desk.index_todo i WHERE i.event = :e2),
    :n::bigint, 'it is found there');
SELECT isnt((pg_temp.row_of(:t)).due_at, NULL,
    'the old case owes its answer still');
SELECT is((pg_temp.row_of(:t)).preview, 'Chữ của a1@m', 'and shows its own');
SELECT is(g->'related'->0->>'ticket', x.other, 'each shows the other')
FROM (VALUES (:t, :'n'), (:n, :'t')) x (t, other),
    pg_temp.act('sup', 'get', x.t) g;
SELECT is(g->'events'->-1->'meta', jsonb_build_object('case', :n, 'events', 2,
    'subject', 'Đổi hàng'), 'the history says where it went')
FROM pg_temp.act('an', 'get', :t) g;

-- Where answers come
SELECT is(pg_temp.sends('lan@example.com', 'a3@m', '{a2@m,a1@m}'),
    :n::bigint, 'an answer to what was moved goes where it is');
SELECT is(pg_temp.sends('lan@example.com', 'a4@m', '{a2@m,a1@m}',
    jsonb_build_object('token', :t)), :n::bigint,
    '… though our address is the old case''s');
SELECT is(pg_temp.sends('lan@example.com', 'a5@m', '{a1@m}',
    jsonb_build_object('token', :t)), :t::bigint, 'what stayed is answered there');
SELECT is(pg_temp.sends('lan@example.com', 'a6@m', '{}',
    jsonb_build_object('token', :t)), :t::bigint, 'and so is our address');
SELECT isnt(pg_temp.sends('eve@example.com', 'v1@m', '{a2@m}',
    jsonb_build_object('token', :t)), :n::bigint, 'a stranger joins neither');
SELECT is(pg_temp.sends('lan@example.com', 'a2@m', '{a1@m}'), :n::bigint,
    'a repeat is known where it is');

-- What the customer waits for goes along
SELECT pg_temp.sends('lan@example.com', 'b1@m', '{}') AS u \gset
SELECT pg_temp.act('an', 'reply', :u, '{"text":"Dạ có"}')->>'event' AS r1 \gset
UPDATE desk.outbound SET state = 'sent' WHERE event = :r1;
SELECT pg_temp.sends('lan@example.com', 'b2@m', '{b1@m}');
SELECT isnt((pg_temp.row_of(:u)).due_at, NULL, 'he waits in the case');
DELETE FROM desk.report_part;
SELECT pg_temp.splits('an', :u, pg_temp.event('b2@m')::text)->>'split' AS w \gset
SELECT is((pg_temp.row_of(:u)).due_at, NULL, 'he waits there no more');
SELECT is((k.state, k.assignee = (SELECT a.id FROM desk.agent a
    WHERE a.name = 'an'), k.due_at = now() + interval '1800 s',
    k.first_answer_at)::text, '(open,t,t,)', 'but in the other, with the same agent')
FROM desk.ticket k WHERE k.id = :w;
SELECT is(c.how, 'moved', 'its clock was not answered')
FROM desk.clock c WHERE c.ticket = :u ORDER BY c.n DESC LIMIT 1;
SELECT is((SELECT string_agg(p.what || ' ' || p.n, ',' ORDER BY p.what)
    FROM desk.report_part p WHERE p.what IN ('answered', 'handed', 'dropped',
	'offered', 'opened')), 'handed 1,offered 1,opened 1',
    'nor was he, for the reports');

-- One that was answered takes its answer along
SELECT pg_temp.sends('lan@example.com', 'c1@m', '{}') AS x \gset
SELECT pg_temp.sends('lan@example.com', 'c2@m', '{c1@m}');
SELECT pg_temp.act('an', 'reply', :x, '{"text":"Dạ 120k"}')->>'event' AS r2 \gset
SELECT pg_temp.splits('an', :x, pg_temp.event('c2@m') || ' ' || :'r2')->>'split'
    AS y \gset
SELECT is((k.due_at, k.first_answer_at = now())::text, '(,t)',
    'nothing is owed in it') FROM desk.ticket k WHERE k.id = :y;
SELECT is((SELECT o.ticket FROM desk.outbound o WHERE o.event = :r2),
    :y::bigint, 'what is on its way is its own');
SELECT is((SELECT r.ticket FROM desk.message_ref r WHERE r.event = :r2),
    :y::bigint, 'and an answer to it comes there');

-- Made one again
SELECT pg_temp.refused('an', 'ticket_merge', jsonb_build_object('ticket', :t,
    'into', :t), 'INVALID into', 'a case with itself');
SELECT pg_temp.refused('an', 'ticket_merge', jsonb_build_object('ticket', :t,
    'into', pg_temp.ticket(:hoa, 'sales', 'Khác')), 'CONFLICT into',
    'not of two customers');
SELECT pg_temp.refused('an', 'ticket_merge', jsonb_build_object('ticket', :t,
    'into', :n), 'NOTFOUND into', 'who may act on both');
SELECT pg_temp.act('sup', 'tag', :n, '{"tag":"gấp"}');
SELECT pg_temp.ask('sup', 'consult_ask', jsonb_build_object('ticket', :n,
    'queue', 'sales', 'text', 'Còn không?'))->>'consult' AS c \gset
SELECT pg_temp.told();
SELECT pg_temp.act('sup', 'merge', :n, jsonb_build_object('into', :t)) AS m \gset
SELECT is(pg_temp.told(), 'joined joined', 'both are told');
SELECT is((pg_temp.row_of(:n)).state, 'resolved', 'the one is over');
SELECT is(pg_temp.where_is(:e2), :t::bigint, 'its messages are back');
SELECT is((SELECT k.parent FROM desk.consult k WHERE k.ticket = :c
    AND k.done_at IS NULL), :t::bigint, 'what it asked is asked on');
SELECT is(pg_temp.act('sup', 'get', :n)->>'merged', :'t', 'it says where');
SELECT is(pg_temp.sends('lan@example.com', 'a7@m', '{a3@m}',
    jsonb_build_object('token', :n)), :t::bigint,
    'who answers the one means the other');
SELECT is(pg_temp.sends('lan@example.com', 'a8@m', '{}',
    jsonb_build_object('token', :n)), :t::bigint, 'by its address, too');
SELECT is(pg_temp.act('sup', 'merge', :n, jsonb_build_object('into', :t))
    ->>'moved', '0', 'twice is once');
SELECT pg_temp.refused('sup', 'ticket_merge', jsonb_build_object('ticket', :t,
    'into', :n), 'CONFLICT into', 'and never in a ring');

-- What became a part of another case is done with in that one
SELECT pg_temp.refused('sup', x.what, jsonb_build_object('ticket', :n)
    || x.more::jsonb, 'CONFLICT ticket', 'over for good: ' || x.what)
FROM (VALUES ('ticket_reopen', '{}'), ('ticket_reply', '{"text":"Dạ"}'),
    ('ticket_note', '{"text":"Ghi"}'), ('ticket_tag', '{"tag":"a"}'),
    ('ticket_transfer', '{"queue":"sales"}'), ('ticket_resolve', '{}'),
    ('incident_open', '{}'), ('macro_run', '{"macro":"x"}'),
    ('offer_accept', '{}')) x (what, more);
SELECT is(pg_temp.ask('sup', 'ticket_bulk', jsonb_build_object('act', 'reopen',
    'tickets', :'n', 'once', 'bulk'))->'refused'->0->>'words',
    'This case became a part of #' || :'t' || '.', 'and says of which it is');
SELECT is((pg_temp.row_of(:n)).state, 'resolved', 'it stays over');
-- As if a message had been on its way into it.
UPDATE desk.ticket SET state = 'open' WHERE id = :n;
SELECT pg_temp.act('sup', 'note', :n, '{"text":"Còn đây"}')->>'event' AS late \gset
SELECT pg_temp.act('sup', 'merge', :n, jsonb_build_object('into', :t));
SELECT is(pg_temp.where_is(:late), :t::bigint,
    'one that came alive is merged again');
SELECT is((pg_temp.row_of(:n)).state, 'resolved', '… and over');
SELECT pg_temp.act('an', 'merge', :w, jsonb_build_object('into', :u));
SELECT is((pg_temp.row_of(:u)).due_at IS NOT NULL, true,
    'what is owed comes back');
SELECT is((SELECT string_agg(p.what || ' ' || p.n, ',' ORDER BY p.what)
    FROM desk.report_part p WHERE p.what IN ('answered', 'dropped')),
    'answered 1', 'nobody was let down, nor answered but by an answer');

-- Chats and questions stay whole
SELECT pg_temp.ticket(:lan, 'sales', 'Chat') AS chat \gset
UPDATE desk.event SET channel = 'chat' WHERE ticket = :chat;
SELECT pg_temp.refused('an', 'ticket_split', jsonb_build_object('ticket',
    :chat, 'subject', 'a', 'events', (SELECT e.id::text FROM desk.event e
    WHERE e.ticket = :chat)), 'INVALID events', 'a chat stays whole');
SELECT pg_temp.refused('an', 'ticket_split', jsonb_build_object('ticket', :c,
    'subject', 'a', 'events', '1'), 'CONFLICT ticket', 'so does a question');
SELECT pg_temp.refused('an', 'ticket_merge', jsonb_build_object('ticket', :c,
    'into', :t), 'CONFLICT into', '… also with a case');

-- A question that is open goes along, or its case stays
SELECT pg_temp.ticket(:lan, 'sales', 'Hỏi') AS asks \gset
SELECT pg_temp.ask('sup', 'consult_ask', jsonb_build_object('ticket', :asks,
    'queue', 'shipping', 'text', 'Đến đâu rồi?'))->>'consult' AS old \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Sau') AS after \gset
SELECT pg_temp.refused('sup', 'ticket_merge', jsonb_build_object('ticket',
    :asks, 'into', :after), 'CONFLICT into', 'not before its question is over');
SELECT is((SELECT k.done_at FROM desk.consult k WHERE k.ticket = :old), NULL,
    '… which is asked still');
SELECT pg_temp.ask('sup', 'consult_cancel', jsonb_build_object('ticket', :old));
SELECT is(pg_temp.act('sup', 'merge', :asks, jsonb_build_object('into',
    :after))->>'merged', :'asks', 'but then');
SELECT is(desk.asked_json(x.t), NULL, 'nobody is asked any more')
FROM (VALUES (:asks), (:after)) x (t);

-- Two cases of one incident are one of it
SELECT pg_temp.ticket(:lan, 'sales', 'Mất mạng') AS c1 \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Vẫn mất') AS c2 \gset
SELECT pg_temp.ticket(:lan, 'sales', 'Chưa có') AS c3 \gset
SELECT pg_temp.ask('sup', 'incident_open', '{"queue":"sales","subject":"Mạng"}')
    ->>'incident' AS cause \gset
SELECT pg_temp.ask('sup', 'incident_add', jsonb_build_object('incident',
    :cause, 'tickets', :'c1' || ' ' || :'c2'));
SELECT pg_temp.told();
SELECT pg_temp.act('sup', 'merge', :c1, jsonb_build_object('into', :c2));
SELECT is(pg_temp.told(), 'incident joined joined', 'who looks at it is told');
SELECT is((i.cases, (SELECT array_agg(c.ticket) FROM desk.incident_case c
    WHERE c.incident = i.id))::text, format('(1,{%s})', :c2),
    'the dead one is no case of it')
FROM desk.incident i WHERE i.id = :cause;
SELECT pg_temp.act('sup', 'merge', :c2, jsonb_build_object('into', :c3));
SELECT is((i.cases, (SELECT array_agg(c.ticket) FROM desk.incident_case c
    WHERE c.incident = i.id))::text, format('(1,{%s})', :c3),
    'and one whose case goes on elsewhere has that')
FROM desk.incident i WHERE i.id = :cause;

-- Whatever is done in whatever order
CREATE TEMP TABLE mine (ticket bigint);
INSERT INTO mine SELECT pg_temp.sends('hoa@example.com', 'h' || n || '@m', '{}')
FROM generate_series(1, 4) n;
DO $$
DECLARE
	one	bigint;
	other	bigint;
	done	jsonb := '{"split":0,"merge":0}';
BEGIN
	FOR i IN 1 .. 120 LOOP
		SELECT ticket INTO one FROM mine ORDER BY random() LIMIT 1;
		SELECT ticket INTO other FROM mine ORDER BY random() LIMIT 1;
		BEGIN
			CASE floor(random() * 5)::int
			WHEN 0 THEN PERFORM pg_temp.sends('hoa@example.com',
			    'r' || i || '@m', '{}', jsonb_build_object(
				'token', one));
			WHEN 1 THEN PERFORM pg_temp.act('sup', 'reply', one,
			    '{"text":"Dạ"}');
			WHEN 2 THEN PERFORM pg_temp.act('sup', 'note', one,
			    '{"text":"Ghi"}');
			WHEN 3 THEN
				INSERT INTO mine SELECT (pg_temp.splits('sup',
				    one, (SELECT string_agg(e.id::text, ',')
				    FROM desk.event e WHERE e.ticket = one
					AND desk.is_written(e)
					AND random() < 0.5))->>'split')::bigint;
				done := jsonb_set(done, '{split}', to_jsonb(
				    (done->>'split')::int + 1));
			ELSE
				PERFORM pg_temp.act('sup', 'merge', one,
				    jsonb_build_object('into', other));
				DELETE FROM mine WHERE ticket = one;
				done := jsonb_set(done, '{merge}', to_jsonb(
				    (done->>'merge')::int + 1));
			END CASE;
		EXCEPTION WHEN SQLSTATE 'DK001' THEN
			NULL;
		END;
	END LOOP;
	PERFORM set_config('test.done', done::text, true);
END;
$$;
SELECT cmp_ok((current_setting('test.done')::jsonb->>'split')::int, '>', 5,
    'many are taken apart');
SELECT cmp_ok((current_setting('test.done')::jsonb->>'merge')::int, '>', 3,
    'and made one');
SELECT is((SELECT count(*) FROM desk.event e WHERE e.customer = :hoa
    AND e.external_id IS NOT NULL), (SELECT count(*) FROM desk.event_key k
    WHERE k.external_id ~ '^[hr][0-9]+@m$'), 'no message is lost or doubled');
SELECT is_empty(format($$
    SELECT e.id FROM desk.event e
    LEFT JOIN desk.outbound o ON o.event = e.id
    LEFT JOIN desk.message_ref r ON r.event = e.id
    LEFT JOIN desk.index_todo i ON i.event = e.id
    WHERE e.customer = %s AND e.ticket <> ALL (ARRAY[
	coalesce(o.ticket, e.ticket), coalesce(r.ticket, e.ticket),
	coalesce(i.ticket, e.ticket)])
    $$, :hoa), 'what belongs to a message is where it is');
SELECT is_empty(format($$
    SELECT t.id FROM desk.ticket t
    WHERE t.customer = %s AND t.state IN ('new', 'open')
	AND (t.due_at IS NOT NULL) <> (desk.waits_since(t.id) IS NOT NULL)
	-- An answer may have gone to another case, or a question come from
	-- one, older than answers here: what was owed then is kept.
	AND NOT EXISTS (SELECT FROM desk.event e WHERE e.ticket = t.id
	    AND e.kind = 'split' AND e.meta ?| '{case,merged}')
    $$, :hoa), 'an answer is owed where somebody waits, and nowhere else');
SELECT is_empty(format($$
    SELECT m.* FROM desk.merged m
    JOIN desk.merged o ON o.ticket = m.into_ticket
    UNION ALL
    SELECT m.* FROM desk.merged m JOIN desk.ticket t ON t.id = m.ticket
    WHERE t.customer = %s AND t.state <> 'resolved'
    $$, :hoa), 'what is over points at what goes on');

SELECT * FROM finish();
ROLLBACK;
