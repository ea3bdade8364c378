-- Sessions, passwords and keys: when they hold, and how they end.
BEGIN;
\ir fixture.psql
SELECT plan(53);

CREATE FUNCTION pg_temp.session(login text, token bytea) RETURNS void
LANGUAGE sql AS $$
	SELECT desk.login_end(login, '192.0.2.1', true, NULL,
	    jsonb_build_object('token', encode(token, 'hex'), 'csrf', 'c'))
$$;

-- Sessions
SELECT pg_temp.session('an', '\x01');
SELECT is(desk.session_of('\x01'), desk.caller_by_name('an')
    || '{"csrf":"c","display":"An Nguyễn"}',
    'a session says who');
SELECT is(desk.session_of('\x02'), NULL, 'no such session');
UPDATE desk.session SET seen_at = now() - interval '40 seconds';
SELECT desk.session_of('\x01');
SELECT is((SELECT s.seen_at FROM desk.session s), now() - interval '40 seconds',
    'use within a minute is not written down');
UPDATE desk.session SET seen_at = now() - interval '29 minutes';
SELECT ok(desk.session_of('\x01') IS NOT NULL, 'used 29 minutes ago: holds');
SELECT is((SELECT s.seen_at FROM desk.session s), now(), '… and is used now');
UPDATE desk.session SET seen_at = now() - interval '31 minutes';
SELECT is(desk.session_of('\x01'), NULL, 'idle for 31 minutes: over');
UPDATE desk.session SET seen_at = now(),
    created_at = now() - interval '12 hours 1 minute';
SELECT is(desk.session_of('\x01'), NULL, 'after 12 hours: over');
UPDATE desk.session SET created_at = now();
UPDATE desk.agent SET active = false WHERE name = 'an';
SELECT is(desk.session_of('\x01'), NULL, 'of one who has left: over');
UPDATE desk.agent SET active = true, role = 'supervisor' WHERE name = 'an';
SELECT is(desk.session_of('\x01')->>'role', 'supervisor',
    'the role is the present one');
UPDATE desk.agent SET role = 'agent' WHERE name = 'an';
SELECT pg_temp.told();
SELECT pg_temp.session('an', int4send(n)) FROM generate_series(100, 118) n;
SELECT is((SELECT count(*) FROM desk.session), 20::bigint, 'twenty sessions');
SELECT is(pg_temp.told(), '', '… of which nobody need be told');
SELECT pg_temp.session('an', int4send(119));
SELECT is(pg_temp.told(), 'access', 'the oldest is ended: the daemons are told');
SELECT pg_temp.session('an', int4send(n)) FROM generate_series(120, 130) n;
SELECT is((SELECT count(*) FROM desk.session), 20::bigint,
    'twenty sessions at most');
SELECT ok(desk.session_of(int4send(130)) IS NOT NULL, '… the newest among them');

-- Logout
SELECT pg_temp.session('binh', '\x02');
SELECT pg_temp.told();
SELECT is(pg_temp.ask('an', 'logout', '{"token":"02"}'), '{"ended":0}',
    'logout: not another''s');
SELECT is(pg_temp.ask('an', 'logout', '{}'), '{"ended":0}',
    'logout: without a session');
SELECT is(pg_temp.told(), '', 'logout: … tells nobody');
SELECT is(pg_temp.ask('binh', 'logout', '{"token":"02"}'), '{"ended":1}',
    'logout');
SELECT is(desk.session_of('\x02'), NULL, 'logout: over');
SELECT is(pg_temp.told(), 'access', 'logout: the daemons are told');
SELECT is((SELECT a.action || ' ' || a.who FROM desk.audit a
	ORDER BY a.id DESC LIMIT 1), 'logout binh', 'logout: for the record');

-- Passwords
SELECT pg_temp.session('binh', '\x03');
SELECT pg_temp.session('binh', '\x04');
SELECT desk.login_begin('binh', '192.0.2.1');
SELECT pg_temp.told();
SELECT is(pg_temp.ask('binh', 'user_password', '{"login":"me",
    "encoded":"$argon2id$new","token":"03"}'), '{"login":"binh"}',
    'password: one''s own');
SELECT is(desk.login_begin('binh', '192.0.2.1')->>'password', '$argon2id$new',
    'password: is the one to check');
SELECT ok(desk.session_of('\x03') IS NOT NULL
    AND desk.session_of('\x04') IS NULL, 'password: other sessions end');
SELECT is(pg_temp.told(), 'access', 'password: the daemons are told');
SELECT is((SELECT a.action || ' ' || a.object FROM desk.audit a
	ORDER BY a.id DESC LIMIT 1), 'user.password binh',
    'password: for the record');
SELECT ok(NOT EXISTS (SELECT FROM desk.audit a
	WHERE a::text LIKE '%argon2id%'), 'password: which does not have it');
SELECT pg_temp.refused(w, 'user_password', '{"login":"binh",
    "encoded":"$argon2id$x"}', 'DENIED login', 'password: not another''s: ' || w)
FROM unnest('{an,sup,key}'::text[]) w;
SELECT is(pg_temp.ask('admin', 'user_password', '{"login":"binh",
    "encoded":"$argon2id$adm"}'), '{"login":"binh"}',
    'password: an administrator, anybody''s');
SELECT is(desk.session_of('\x03'), NULL, 'password: … all sessions end');
SELECT pg_temp.refused('admin', 'user_password', '{"login":"moon",
    "encoded":"$argon2id$x"}', 'INVALID login', 'password: nobody''s');
SELECT pg_temp.refused('an', 'user_password', '{"login":"an",
    "encoded":"secret123456"}', 'INVALID password', 'password: never in clear');
SELECT pg_temp.refused('an', 'user_password', '{"login":"an"}',
    'INVALID password', 'password: none');

-- Keys
SELECT pg_temp.told();
SELECT is(pg_temp.ask('admin', 'key_add', jsonb_build_object('name', 'shop',
	'hash', repeat('ab', 32))), '{"name":"shop","role":"service"}',
    'key: a service''s when not said');
SELECT is(desk.key_of(decode(repeat('ab', 32), 'hex')),
    '{"who":"key:shop","role":"service","key":"shop"}', 'key: says who');
SELECT is(desk.key_of('\x00'), NULL, 'key: no such one');
SELECT is(pg_temp.ask('admin', 'key_add', jsonb_build_object('name', 'wall',
	'role', 'supervisor', 'hash', repeat('cd', 32)))->>'role',
    'supervisor', 'key: of a role');
SELECT pg_temp.refused('admin', 'key_add', jsonb_build_object('name', 'shop',
	'hash', repeat('ef', 32)), 'CONFLICT name', 'key: the name is taken');
SELECT pg_temp.refused('admin', 'key_add', jsonb_build_object('name', 'x',
	'hash', h), 'INVALID hash', 'key: not a hash')
FROM unnest(ARRAY['', 'secret', repeat('AB', 32)]) h;
SELECT pg_temp.refused('sup', op, jsonb_build_object('name', 'x', 'hash',
	repeat('ef', 32)), 'DENIED', op || ': for administrators only')
FROM unnest('{key_add,key_list,key_revoke}'::text[]) op;
SELECT is(pg_temp.ask('admin', 'key_revoke', '{"name":"shop"}')->>'name',
    'shop', 'key: revoked');
SELECT is(desk.key_of(decode(repeat('ab', 32), 'hex')), NULL,
    'key: … stands for nobody');
SELECT is(desk.outbox_mine()->0->'apply',
    '{"feed":{"kind":"access","who":"key:shop"}}',
    'key: … and the daemons are told');
SELECT pg_temp.ask('admin', 'key_revoke', '{"name":"shop"}');
SELECT is(pg_temp.told(), 'access', 'key: … once');
SELECT pg_temp.refused('admin', 'key_revoke', '{"name":"moon"}',
    'NOTFOUND name', 'key: revoke none');
SELECT is((SELECT jsonb_agg(k - '{made_at,revoked_at}'::text[]
	    || jsonb_build_object('over', k ? 'revoked_at'))
	FROM jsonb_array_elements(pg_temp.ask('admin', 'key_list',
	    '{}')->'keys') k),
    '[{"name":"shop","role":"service","made_by":"admin","over":true},
    {"name":"wall","role":"supervisor","made_by":"admin","over":false}]',
    'key: the list');
SELECT is((SELECT string_agg(a.action || ' ' || a.object, ', ' ORDER BY a.id)
	FROM desk.audit a WHERE a.action LIKE 'key%'),
    'key.add shop, key.add wall, key.revoke shop', 'key: for the record');

SELECT * FROM finish();
ROLLBACK;
