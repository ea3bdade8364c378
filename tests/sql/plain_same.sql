-- The short way in (plain.sql) and the long one leave the same behind: the
-- same events are taken in both ways, and all rows are compared, ids apart.
BEGIN;
\ir intake.psql
SELECT plan(19);

INSERT INTO desk.blob (sha256, size, used) VALUES ('\xaa', 1, false),
    ('\xbb', 2, false);
UPDATE desk.limits SET flood = 3;
-- Somebody of a segment, somebody with a claimed identity, somebody known.
SELECT pg_temp.take(pg_temp.mail_from('vip@example.com'),
    pg_temp.mail_from('claims@example.com'),
    pg_temp.mail_from('often@example.com', '{"refs":["o1@m"]}'),
    pg_temp.mail_from('often@example.com'), pg_temp.mail_from(
    'often@example.com'));
UPDATE desk.customer SET segment = 'vip' WHERE id IN
    (pg_temp.owner('vip@example.com'), pg_temp.owner('claims@example.com'));
UPDATE desk.contact SET flags = '{claimed}'
WHERE address = 'claims@example.com';

-- Plain events of every kind, and some that are not.  n: a fresh name for each
-- way, so that both begin alike.
CREATE FUNCTION pg_temp.batch(n text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_agg(m || jsonb_build_object('id', k || '/' || n)
	    ORDER BY k)
	FROM (VALUES
	(9, pg_temp.mail_from('new7@example.com', '{"auth":"pass",
	    "to":["sales@s.example"],"meta":{"to":["x@y.example"],
	    "cc":["b@y.example"],"auth":"fail"}}')),
	(10, pg_temp.mail_from('new1@example.com')),
	(11, pg_temp.mail_from('new1@example.com', '{"name":"Khác",
	    "name_folded":"khac"}')),
	(12, pg_temp.mail_from('new2@example.com') - 'name' - 'name_folded'),
	(13, pg_temp.mail('{"contacts":[{"kind":"phone",
	    "address":"+84901234567","original":"0901 234 567",
	    "flags":["mobile","old"]}],"channel":"store"}') - 'name'),
	(14, pg_temp.mail_from('vip@example.com', '{"candidates":[
	    {"segment":"vip","queue":"technical","priority":90,"why":"rule v"},
	    {"queue":"sales","priority":50,"why":"rule a"}]}')),
	(15, pg_temp.mail_from('claims@example.com', '{"candidates":[
	    {"segment":"vip","queue":"technical","priority":90,"why":"rule v"},
	    {"queue":"sales","priority":50,"why":"rule a"}]}')),
	(16, pg_temp.mail_from('new3@example.com', '{"candidates":[
	    {"queue":"nowhere","priority":7,"skills":["b","a"],
	    "why":"rule x"}]}')),
	(17, pg_temp.mail_from('new3@example.com', '{"raw":"aa","auth":"fail",
	    "others":["x@y.example"]}')),
	(18, pg_temp.mail_from('often@example.com', '{"raw":"aa",
	    "facts":{"bulk":true,"list":"l.example"},"refs":["","p@m","p@m"],
	    "others":["b@y.example","a@y.example","often@example.com"]}')),
	(19, pg_temp.mail_from('new4@example.com', '{"raw":"bb","html":"<p>x",
	    "own":"x","lang":"vi","units":7,"meta":{"date":"d"},"auth":"none",
	    "attachments":[{"name":"a.png","type":"image/png","size":2,
	    "cid":"c1","sha256":"bb"},{"size":1,"sha256":"aa"}]}')),
	(7, pg_temp.mail_from('vip@example.com',
	    '{"facts":{"mood":{"value":-1,"strength":3}}}')),
	(8, pg_temp.mail_from('new8@example.com', '{"at":null,
	    "facts":{"mood":{"value":0}}}')),
	(20, pg_temp.mail_from('new4@example.com', '{"subject":null,
	    "preview":null,"text":null,"words":null,"units":null,"at":null,
	    "to":["sales@s.example"]}')),
	(21, pg_temp.mail_from('new5@example.com', '{"order":"DH1"}')),
	(22, pg_temp.mail_from('new5@example.com', '{"automatic":true}')),
	(23, pg_temp.mail_from('new6@example.com', '{"thread":["none@m"]}')),
	(24, pg_temp.mail_from('new1@example.com', '{"quarantine":"broken"}')),
	(25, pg_temp.mail_from('often@example.com', '{"thread":["o1@m"]}')),
	(26, pg_temp.mail_from('new7@example.com', '{"channel":"store",
	    "facts":{"touchpoint":"counter","handled_by":"an"}}'))
	) v(k, m)
$$;

-- All that a way leaves, ids as places in the order in which they were drawn.
CREATE FUNCTION pg_temp.places(ids bigint[]) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT jsonb_object_agg(id, rank) FROM (SELECT id,
	    dense_rank() OVER (ORDER BY id) AS rank FROM unnest(ids) id) r
$$;
CREATE FUNCTION pg_temp.left_behind(what text, n text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
	result	jsonb;
BEGIN
	CREATE TEMP TABLE IF NOT EXISTS mine (event bigint, ticket bigint,
	    place text);
	DELETE FROM mine;
	INSERT INTO mine SELECT e.id, e.ticket,
	    split_part(e.external_id, '/', 1)
	FROM desk.event e WHERE e.external_id LIKE '%/' || n;
	EXECUTE format($q$
	    SELECT jsonb_agg(to_jsonb(x) - '{id,ticket,event,number,filed_at,
		external_id,contact,customer}'::text[]
		|| jsonb_build_object('place', m.place,
		    'whose', (SELECT min(c.address) FROM desk.contact c
			WHERE c.customer = (to_jsonb(x)->>'customer')::bigint))
		ORDER BY m.place, to_jsonb(x)::text)
	    FROM %s x JOIN mine m ON %s $q$, 'desk.' || what, CASE what
	    WHEN 'ticket' THEN 'm.ticket = x.id'
	    WHEN 'event' THEN 'm.event = x.id'
	    WHEN 'event_key' THEN 'm.event = x.event'
	    WHEN 'message_ref' THEN 'm.event = x.event'
	    WHEN 'copied' THEN 'm.ticket = x.ticket'
	    ELSE 'm.event = x.event' END) INTO result;
	RETURN result;
END;
$$;
CREATE TEMP TABLE was (what text, body jsonb);
CREATE FUNCTION pg_temp.note(n text) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO was SELECT w, pg_temp.left_behind(w, n)
	FROM unnest('{ticket,event,event_key,message_ref,copied,attachment,
	    index_todo,outbox,mood}'::text[]) w;
	INSERT INTO was SELECT 'measures', jsonb_agg(jsonb_build_array(
	    p.measure, p.at, p.queue, p.agent, p.channel, p.segment, p.value,
	    p.n) ORDER BY p.value, p.at)
	FROM desk.measure_part p;
	INSERT INTO was SELECT 'contacts', jsonb_agg(jsonb_build_array(c.kind,
	    c.address, c.original, c.flags, u.name, u.name_folded)
	    ORDER BY c.kind, c.address)
	FROM desk.contact c JOIN desk.customer u ON u.id = c.customer;
	INSERT INTO was SELECT 'counts', jsonb_agg(jsonb_build_array(q.name,
	    h.what, h.n) ORDER BY q.name, h.what)
	FROM desk.queue_hour h JOIN desk.queue q ON q.id = h.queue;
	INSERT INTO was SELECT 'blobs', jsonb_agg(b.used ORDER BY b.sha256)
	FROM desk.blob b;
	-- What is told, ids apart.
	INSERT INTO was SELECT 'answers', jsonb_agg(regexp_replace(
	    g.answer::text, '"(event|ticket|number|customer|related)": \d+',
	    '"\1": 0', 'g')::jsonb ORDER BY g.ord) FROM got g;
	INSERT INTO was SELECT 'applies', jsonb_agg(regexp_replace(
	    g.apply::text, '"(event|ticket|number|customer)": \d+',
	    '"\1": 0', 'g')::jsonb ORDER BY g.ord) FROM got g;
	INSERT INTO was SELECT 'orders', jsonb_agg(g.ord ORDER BY g.outbox)
	FROM got g;
$$;
CREATE FUNCTION pg_temp.take_all(batch jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM got;
	INSERT INTO got SELECT ord, g.answer::jsonb, g.outbox, g.apply::jsonb
	FROM desk.ingest(batch, '{}', '{}') g;
	RETURN (SELECT count(*) FROM got);
END;
$$;

-- The short way, and what it left; then as if it had never been.
CREATE TEMP TABLE short_way (what text, body jsonb);
CREATE FUNCTION pg_temp.go(long boolean) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	n	bigint;
	body	jsonb;
BEGIN
	BEGIN
		IF long THEN
			-- As claimed by hand: nothing is plain.
			EXECUTE $f$
			CREATE OR REPLACE FUNCTION desk.plain_hold(
			    contacts bigint[], customers bigint[],
			    made boolean[]) RETURNS boolean
			LANGUAGE sql AS 'SELECT false' $f$;
			EXECUTE $f$
			CREATE OR REPLACE FUNCTION desk.plain_contacts(
			    events jsonb, ids bigint[], OUT contacts bigint[],
			    OUT customers bigint[], OUT made boolean[])
			LANGUAGE sql AS
			'SELECT NULL::bigint[], NULL::bigint[], NULL::boolean[]'
			$f$;
		END IF;
		n := pg_temp.take_all(pg_temp.batch('x'));
		PERFORM pg_temp.note('x');
		SELECT jsonb_object_agg(w.what, w.body) INTO body FROM was w;
		RAISE EXCEPTION USING ERRCODE = 'DK999', MESSAGE = body::text,
		    DETAIL = n::text;
	EXCEPTION WHEN SQLSTATE 'DK999' THEN
		GET STACKED DIAGNOSTICS body = MESSAGE_TEXT;
	END;
	DELETE FROM short_way WHERE what LIKE CASE WHEN long THEN 'long %'
	    ELSE 'short %' END;
	INSERT INTO short_way
	SELECT CASE WHEN long THEN 'long ' ELSE 'short ' END || e.key, e.value
	FROM jsonb_each(body) e;
	RETURN (SELECT count(*) FROM short_way);
END;
$$;
SELECT is(pg_temp.go(false), 16::bigint, 'the short way is taken');
SELECT is(pg_temp.go(true), 32::bigint, 'so is the long one');
SELECT is((SELECT s.body FROM short_way s WHERE s.what = 'short ' || w),
    (SELECT l.body FROM short_way l WHERE l.what = 'long ' || w),
    'the same: ' || w)
FROM unnest('{ticket,event,event_key,message_ref,copied,attachment,index_todo,
    outbox,contacts,counts,blobs,answers,applies,orders,mood,measures}'::text[]) w;
SELECT cmp_ok((SELECT min(jsonb_array_length(s.body)) FROM short_way s), '>=',
    1, 'and there was something of everything');

SELECT * FROM finish();
ROLLBACK;
