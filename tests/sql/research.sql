-- Notes of research and referrals: whatever is written, found with or without
-- its marks, kept once, with the customer when two are one, gone with him.
BEGIN;
\ir fixture.psql
SELECT plan(47);

SELECT pg_temp.customer('Hạnh', 'hanh@example.com') AS hanh \gset
SELECT pg_temp.customer('Lan', 'lan@example.com') AS lan \gset
SELECT pg_temp.customer('Nam', 'nam@example.com') AS nam \gset
UPDATE desk.customer SET segment = 'vip' WHERE id = :hanh;

CREATE FUNCTION pg_temp.note(login text, title text, body text,
    more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
	SELECT pg_temp.ask(login, 'research_add', jsonb_build_object('kind',
	    'interview', 'title', title, 'text', body) || more)
$$;
-- The titles that somebody is shown.
CREATE FUNCTION pg_temp.titles(j jsonb) RETURNS text
LANGUAGE sql AS $$
	SELECT coalesce(string_agg(n->>'title', ', ' ORDER BY k), '')
	FROM jsonb_array_elements(j->'notes') WITH ORDINALITY x(n, k)
$$;
CREATE FUNCTION pg_temp.found(words text, more jsonb DEFAULT '{}')
RETURNS text
LANGUAGE sql AS $$
	SELECT pg_temp.titles(pg_temp.ask('an', 'research_search',
	    jsonb_build_object('words', words) || more))
$$;

-- Kept
SELECT pg_temp.note('an', 'Nắp nồi', 'Khách khó mở nắp nồi khi còn nóng',
    jsonb_build_object('customer', :hanh, 'once', 'n1', 'at',
    '2026-03-01')) AS n1 \gset
SELECT is(:'n1'::jsonb - '{research,made_at,at,feedback}'::text[],
    jsonb_build_object('kind', 'interview', 'title', 'Nắp nồi', 'text',
    'Khách khó mở nắp nồi khi còn nóng', 'customer', :hanh, 'name', 'Hạnh',
    'segment', 'vip', 'made_by', 'an'), 'with its customer and his segment');
SELECT is((SELECT concat_ws(' ', kind, segment, answered_at IS NULL)
    FROM desk.feedback WHERE id = (:'n1'::jsonb->>'feedback')::bigint),
    'note vip t', 'it is feedback, to be answered');
SELECT is(pg_temp.note('an', 'Nắp nồi', 'Khách khó mở nắp nồi khi còn nóng',
    jsonb_build_object('once', 'n1'))->'research',
    :'n1'::jsonb->'research', 'said twice it is kept once');
SELECT pg_temp.refused('an', 'research_add', '{"kind":"interview",
    "title":"Khác","text":"x","once":"n1"}', 'CONFLICT once',
    'an id stands for one');
SELECT isnt(pg_temp.note('binh', 'Nắp nồi', 'x', '{"once":"n1"}')
    ->'research', :'n1'::jsonb->'research', 'of its writer');
SELECT pg_temp.refused('an', 'research_add', '{"kind":"other","title":"x",
    "text":"x","customer":999999999}', 'NOTFOUND customer',
    'of a customer that there is');
SELECT pg_temp.refused('an', 'research_add', jsonb_build_object('kind',
    'other', 'title', 'x', 'text', 'x', 'at', (now() + interval '3 days')
    ::date::text), 'INVALID at', 'of what was');
SELECT pg_temp.refused('an', 'research_add', '{"kind":"other","title":"x",
    "text":"x","at":"2026-02-30"}', 'INVALID at', 'on a day that there is');
SELECT pg_temp.refused('an', 'research_add', '{"kind":"other","title":"x",
    "text":"x","at":"0001-01-01"}', 'INVALID at', 'that somebody remembers');

-- Hostile words are words
SELECT pg_temp.note('an', E'<script>alert(1)</script>',
    E'''); DROP TABLE desk.research; -- %_\\ \u0001 & | ! :* <->');
SELECT pg_temp.note('an', repeat('ă', 200), repeat('chữ dài ', 5000));
SELECT is(pg_temp.found('drop table'), '<script>alert(1)</script>',
    'they are kept as they are, and found');
SELECT is(pg_temp.found(w), '', format('%L finds nothing, and harms nothing',
    w)) FROM unnest(ARRAY['!', '&|', ':*', 'khongco', ''' OR 1=1']) w;
SELECT is(length(pg_temp.ask('an', 'research_list', jsonb_build_object(
    'research', n.id))->'notes'->0->>'text'), 40000, 'a long one is whole')
FROM desk.research n WHERE n.title = repeat('ă', 200);
SELECT cmp_ok(length(pg_temp.ask('an', 'research_list', '{}')->'notes'->0
    ->>'text'), '<=', 402, 'but in a list');

-- Searched
SELECT pg_temp.note('sup', 'Giao hàng trễ', 'Nhóm mười khách, ai cũng chờ',
    '{"kind":"group","touchpoint":"giao-hang"}');
SELECT is(pg_temp.found('nap noi'), 'Nắp nồi, Nắp nồi', 'without marks');
SELECT is(pg_temp.found('NẮP NỒI'), 'Nắp nồi, Nắp nồi', 'or with them');
SELECT is(pg_temp.found('nóng kho'), 'Nắp nồi', 'all of the words');
SELECT is(pg_temp.found('gia'), 'Giao hàng trễ', 'or how they begin');
SELECT is(pg_temp.found('khach', '{"kind":"group"}'), 'Giao hàng trễ',
    'of a kind');
SELECT is(pg_temp.found('khach', '{"segment":"vip"}'), 'Nắp nồi',
    'of a segment');
SELECT is(pg_temp.found('khach', '{"touchpoint":"giao-hang"}'),
    'Giao hàng trễ', 'of a touchpoint');
SELECT is(pg_temp.titles(pg_temp.ask('an', 'research_list',
    jsonb_build_object('customer', :hanh))), 'Nắp nồi', 'or a customer');
SELECT is(pg_temp.titles(pg_temp.ask('an', 'research_list',
    '{"segment":"vip"}')), 'Nắp nồi', 'listed likewise');
SELECT is((SELECT pg_temp.titles(pg_temp.ask('an', 'research_list',
    jsonb_build_object('after', p->'after', 'limit', 1)))
    FROM pg_temp.ask('an', 'research_list', '{"kind":"interview","limit":3}')
    p), 'Nắp nồi', 'page by page, the oldest last');

-- An action answers it
SELECT pg_temp.ask('an', 'action_add', jsonb_build_object('research',
    (:'n1'::jsonb)->'research', 'what', 'Đổi tay cầm'));
SELECT is((SELECT how FROM desk.feedback
    WHERE id = (:'n1'::jsonb->>'feedback')::bigint), 'action',
    'what is done about it answers it');

-- Who brought whom
SELECT pg_temp.ask('an', 'referral_code', jsonb_build_object('customer',
    :lan))->>'code' AS code \gset
SELECT matches(:'code'::text, '^[2-9A-HJ-NP-Z]{10}$',
    'a code that none is taken for another of');
SELECT is(pg_temp.ask('sup', 'referral_code', jsonb_build_object('customer',
    :lan))->>'code', :'code', 'the same whoever asks');
SELECT is((pg_temp.ask('an', 'referral_add', jsonb_build_object('code',
    lower(left(:'code', 5)) || '-' || lower(right(:'code', 5)), 'customer',
    :hanh)) - 'at'), jsonb_build_object('customer', :hanh, 'referrer', :lan,
    'code', :'code'), 'however it is typed');
SELECT is((pg_temp.ask('an', 'referral_add', jsonb_build_object('code',
    :'code', 'contact', 'HANH@example.com'))->>'referrer')::bigint,
    :lan::bigint, 'said twice, by his address: kept once');
SELECT is((SELECT came FROM desk.advocate WHERE customer = :lan), 1,
    'and counted once');
SELECT pg_temp.refused('an', 'referral_add', jsonb_build_object('code',
    :'code', 'customer', :lan), 'INVALID code', 'nobody brings himself');
SELECT pg_temp.refused('an', 'referral_add', jsonb_build_object('code',
    'x; DROP TABLE', 'customer', :nam), 'NOTFOUND code', 'by no code');
SELECT pg_temp.refused('an', 'referral_add', jsonb_build_object('code',
    :'code', 'contact', 'nobody@example.com'), 'NOTFOUND contact',
    'nor nobody');
SELECT pg_temp.refused('an', 'referral_add', jsonb_build_object('code',
    pg_temp.ask('an', 'referral_code', jsonb_build_object('customer',
    :nam))->>'code', 'customer', :hanh), 'CONFLICT code',
    'the first one brought him');
SELECT is((SELECT concat_ws(' ', r->'brought'->0->>'name', r->>'came',
    r->>'code' = :'code') FROM pg_temp.ask('an', 'customer_get',
    jsonb_build_object('customer', :lan)) c, LATERAL (SELECT c->'referral')
    x(r)), 'Hạnh 1 t', 'his pane shows whom he brought, and his code');
SELECT is((pg_temp.ask('an', 'customer_get', jsonb_build_object('customer',
    :hanh))->'referral'->'by') - '{at,code}'::text[], jsonb_build_object(
    'customer', :lan, 'name', 'Lan'), 'and hers who brought her');
SELECT is((pg_temp.ask('sup', 'advocates', '{}')->'advocates'->0)
    - '{code}'::text[], jsonb_build_object('customer', :lan, 'name', 'Lan',
    'promoted', 0, 'came', 1, 'orders', 0), 'listed');

-- Two become one
SELECT pg_temp.ask('sup', 'customer_merge', jsonb_build_object('customer',
    :nam, 'other', :lan, 'sure', :lan));
SELECT is((SELECT concat_ws(' ', referrer = :nam, customer = :hanh)
    FROM desk.referral), 't t', 'whom he brought goes with him');
SELECT is((SELECT came FROM desk.advocate WHERE customer = :nam), 1,
    'and is counted there');
SELECT is((SELECT count(*) FROM desk.advocate WHERE customer = :lan),
    0::bigint, 'alone');
SELECT pg_temp.ask('sup', 'customer_merge', jsonb_build_object('customer',
    :nam, 'other', :hanh, 'sure', :hanh));
SELECT is((SELECT count(*) FROM desk.referral), 0::bigint,
    'who brought himself brought nobody');
SELECT is((SELECT customer FROM desk.research
    WHERE id = (:'n1'::jsonb->>'research')::bigint), :nam::bigint,
    'notes go with him, too');

-- Erased
SELECT pg_temp.ask('admin', 'customer_erase', jsonb_build_object('customer',
    :nam, 'sure', :nam, 'reason', 'asked'));
SELECT is((SELECT concat(title, text, words) FROM desk.research
    WHERE id = (:'n1'::jsonb->>'research')::bigint), ''::text,
    'what was learnt of him goes');
SELECT is(pg_temp.found('nap noi nong'), '', 'and is found no more');

SELECT * FROM finish();
ROLLBACK;
