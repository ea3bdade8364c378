-- What desk.conf says of promises and expectations: reasons why one was not
-- kept, what templates and macros promise, who is told of an order that will
-- be late, and what shapes expectations.

-- "callback 2h": what is promised, and how long it takes; NULL: that is none.
CREATE OR REPLACE FUNCTION desk.promise_said(said text, OUT kind text,
    OUT within interval)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	bits	text[] := regexp_match(said, '^(delivery|callback|refund|'
		    'repair|answer|other) ([1-9][0-9]{0,4})([mhd])$');
BEGIN
	IF bits IS NULL OR (bits[2]::bigint * CASE bits[3] WHEN 'm' THEN 1
	    WHEN 'h' THEN 60 ELSE 1440 END > 365 * 1440) THEN
		RETURN;
	END IF;
	kind := bits[1];
	within := bits[2]::int * CASE bits[3] WHEN 'm' THEN interval '1 minute'
	    WHEN 'h' THEN interval '1 hour' ELSE interval '1 day' END;
END;
$$;

-- The reasons of a desk that names none; the table's first rows are these.
CREATE OR REPLACE FUNCTION desk.reasons_usual()
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT '[{"name":"stock","ours":true,"vi":"Hết hàng","en":"Out of stock"},
	    {"name":"staff","ours":true,"vi":"Thiếu người","en":"Short of staff"},
	    {"name":"mistake","ours":true,"vi":"Làm sai","en":"Our mistake"},
	    {"name":"system","ours":true,"vi":"Lỗi hệ thống","en":"Our systems"},
	    {"name":"carrier","ours":false,"vi":"Hãng vận chuyển","en":"The carrier"},
	    {"name":"supplier","ours":false,"vi":"Nhà cung cấp","en":"The supplier"},
	    {"name":"weather","ours":false,"vi":"Thời tiết","en":"Weather"},
	    {"name":"customer","ours":false,"vi":"Khách đổi ý","en":"The customer''s wish"},
	    {"name":"address","ours":false,"vi":"Sai địa chỉ","en":"A wrong address"}]'
	    ::jsonb
$$;

-- What shapes the expectations of a desk's customers that names nothing.
CREATE OR REPLACE FUNCTION desk.factors_usual()
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT '[{"name":"advertising","vi":"Quảng cáo, lời chào bán","en":"Advertising"},
	    {"name":"past","vi":"Trải nghiệm trước đây","en":"Past experience"},
	    {"name":"others","vi":"Lời kể của người khác","en":"What others tell"},
	    {"name":"price","vi":"Giá đã trả","en":"The price paid"},
	    {"name":"brand","vi":"Thương hiệu","en":"The brand"},
	    {"name":"words","vi":"Lời hứa của nhân viên","en":"What our people promise"},
	    {"name":"rivals","vi":"Đối thủ","en":"Competitors"},
	    {"name":"need","vi":"Nhu cầu, hoàn cảnh","en":"Need and circumstances"}]'
	    ::jsonb
$$;

-- What the members' kinds do not say; deskctl says the same with the line.
CREATE OR REPLACE FUNCTION desk.config_promise_check(c jsonb)
RETURNS void
LANGUAGE plpgsql STABLE
SET jit = off
AS $$
DECLARE
	late	jsonb := coalesce(c->'late_notice', '{}');
BEGIN
	PERFORM desk.refuse_first(array_agg(w.path), array_agg(w.why)) FROM (
	    SELECT format('%s[%s].promise', s, g.place - 1),
		'A promise is a kind and a time, such as "callback 2h".'
	    FROM unnest('{templates,macros}'::text[]) s,
		jsonb_array_elements(c->s) WITH ORDINALITY g (entry, place)
	    WHERE g.entry ? 'promise' AND (SELECT p.kind IS NULL
		FROM desk.promise_said(g.entry->>'promise') p)
	    UNION ALL
	    SELECT format('macros[%s].promise', g.place - 1),
		'Who promises something says it: vi, en or template.'
	    FROM jsonb_array_elements(c->'macros')
		    WITH ORDINALITY g (entry, place)
	    WHERE g.entry ? 'promise'
		AND NOT g.entry ?| '{vi,en,template}'
	    UNION ALL
	    SELECT format('reasons[%s].name', g.place - 1),
		'This word has a meaning of its own.'
	    FROM jsonb_array_elements(c->'reasons')
		    WITH ORDINALITY g (entry, place)
	    WHERE g.entry->>'name' = 'none'
		OR g.entry->>'name' !~ '^[a-z0-9_-]{1,32}$'
	    UNION ALL
	    SELECT format('factors[%s].touchpoint', g.place - 1),
		'There is no such touchpoint.'
	    FROM jsonb_array_elements(c->'factors')
		    WITH ORDINALITY g (entry, place),
		jsonb_array_elements_text(g.entry->'touchpoint') n
	    WHERE n NOT IN (SELECT t->>'name'
		FROM jsonb_array_elements(c->'touchpoints') t)
	    UNION ALL
	    SELECT format('factors[%s].pair', g.place - 1),
		'A pair is a survey and its question about the experience.'
	    FROM jsonb_array_elements(c->'factors')
		    WITH ORDINALITY g (entry, place),
		jsonb_array_elements_text(g.entry->'pair') n
	    WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(c->'surveys') s,
		    jsonb_array_elements(s->'questions') q
		WHERE s->>'name' || '/' || (q->>'name') = n
		    AND q ? 'pair' AND q->>'about' = 'experience')
	    UNION ALL
	    SELECT 'late_notice.' || x.member, x.why
	    FROM (VALUES
		('send', 'Say which template is sent.',
		    late <> '{}' AND NOT late ? 'send'),
		('send', 'There is no such template.',
		    late ? 'send' AND late->>'send' NOT IN (SELECT p->>'name'
			FROM jsonb_array_elements(c->'templates') p)),
		('send', 'A variable that cannot stand in what is sent by itself.',
		    desk.automation_unsafe(c, 'send ' || (late->>'send'))),
		('hours', 'There are no such hours.',
		    late ? 'hours' AND late->>'hours' NOT IN (SELECT h->>'name'
			FROM jsonb_array_elements(c->'hours') h))
		) x (member, why, wrong)
	    WHERE x.wrong) w (path, why);
END;
$$;

-- Puts them in force, after templates.  A reason that is not named any more
-- stays as a row, for what it counted.
CREATE OR REPLACE FUNCTION desk.config_promise(c jsonb)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	WITH said AS MATERIALIZED (
	    SELECT g.entry->>'name' AS name, g.place::int AS place,
		coalesce((g.entry->>'ours')::boolean, false) AS ours,
		coalesce(g.entry->>'vi', g.entry->>'en', g.entry->>'name')
		    AS vi,
		coalesce(g.entry->>'en', g.entry->>'vi', g.entry->>'name')
		    AS en
	    FROM jsonb_array_elements(CASE WHEN coalesce(c->'reasons', '[]')
		    = '[]' THEN desk.reasons_usual() ELSE c->'reasons' END)
		    WITH ORDINALITY g (entry, place)
	), gone AS (
	    UPDATE desk.promise_reason r SET active = false
	    WHERE r.active AND r.name NOT IN (SELECT s.name FROM said s)
	)
	INSERT INTO desk.promise_reason AS r (name, place, controllable, vi,
	    en, active)
	SELECT s.name, s.place, s.ours, s.vi, s.en, true FROM said s
	ON CONFLICT (name) DO UPDATE SET place = excluded.place,
	    controllable = excluded.controllable, vi = excluded.vi,
	    en = excluded.en, active = true
	WHERE (r.place, r.controllable, r.vi, r.en, r.active)
	    IS DISTINCT FROM (excluded.place, excluded.controllable,
	    excluded.vi, excluded.en, true);
	DELETE FROM desk.factor;
	INSERT INTO desk.factor (name, place, vi, en, about, touchpoints,
	    pairs)
	SELECT g.entry->>'name', g.place,
	    coalesce(g.entry->>'vi', g.entry->>'en', g.entry->>'name'),
	    coalesce(g.entry->>'en', g.entry->>'vi', g.entry->>'name'),
	    ARRAY(SELECT desk.fold_words(n)
		FROM jsonb_array_elements_text(g.entry->'about') n),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'touchpoint')),
	    ARRAY(SELECT jsonb_array_elements_text(g.entry->'pair'))
	FROM jsonb_array_elements(CASE WHEN coalesce(c->'factors', '[]') = '[]'
		THEN desk.factors_usual() ELSE c->'factors' END)
		WITH ORDINALITY g (entry, place);
	DELETE FROM desk.template_promise;
	INSERT INTO desk.template_promise (what, name, kind, within)
	SELECT left(s, -1), e->>'name', p.kind, p.within
	FROM unnest('{templates,macros}'::text[]) s,
	    jsonb_array_elements(c->s) e,
	    desk.promise_said(e->>'promise') p
	WHERE p.kind IS NOT NULL;
	DELETE FROM desk.template_says x WHERE NOT EXISTS (SELECT
	    FROM jsonb_array_elements(c->(x.what || 's')) e
	    WHERE e->>'name' = x.name AND e ? x.lang);
END;
$$;
