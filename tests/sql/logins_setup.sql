-- The first start, users and preferences: what the records make sure of.
BEGIN;
\ir fixture.psql
SELECT plan(37);

CREATE FUNCTION pg_temp.begin(login text, code text) RETURNS jsonb
LANGUAGE sql AS $$
	SELECT desk.setup_begin('{"role":"public","from":"192.0.2.1"}',
	    jsonb_build_object('login', login, 'display', 'Chị Lan',
		'encoded', '$argon2id$l', 'hash', code,
		'session', jsonb_build_object('csrf', 'c',
		    'token', md5(login))))
$$;
CREATE FUNCTION pg_temp.begin_refused(login text, code text, expected text,
    label text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	said	text;
	member	text;
BEGIN
	PERFORM pg_temp.begin(login, code);
	RETURN fail(label);
EXCEPTION WHEN SQLSTATE 'DK001' THEN
	GET STACKED DIAGNOSTICS said = PG_EXCEPTION_DETAIL,
	    member = PG_EXCEPTION_HINT;
	RETURN is(btrim(said || ' ' || member), expected, label);
END;
$$;

-- The code
SELECT is(desk.setup_state('{}', '{}'), '{"open":false,"needed":true}',
    'state: nobody could log in');
SELECT pg_temp.begin_refused('lan', 'aa', 'DENIED code', 'begin: no code');
SELECT pg_temp.refused('sup', 'setup_code', '{"hash":"aa"}', 'DENIED',
    'code: for administrators');
SELECT ok(pg_temp.ask('admin', 'setup_code', '{"hash":"aa"}') ? 'expires_at',
    'code: one');
SELECT ok(pg_temp.ask('admin', 'setup_code', '{"hash":"bb"}') ? 'expires_at',
    'code: another');
SELECT is(desk.setup_state('{}', '{}'), '{"open":true,"needed":true}',
    'state: open');
SELECT is(desk.setup_try('\xaa', '192.0.2.1'), -1, 'try: the one before');
SELECT is(desk.setup_try('\xbb', '192.0.2.1'), 0, 'try: the right one');
SELECT is((SELECT t.failures FROM desk.login_try t WHERE t.kind = 'address'),
    1, 'try: a wrong one counts for the address');
SELECT is((SELECT a.action || ' ' || a.outcome FROM desk.audit a
	ORDER BY a.id DESC LIMIT 1), 'setup.begin refused',
    'try: … for the record');
UPDATE desk.login_try SET failures = 25, last_at = clock_timestamp();
SELECT ok(desk.setup_try('\xbb', '192.0.2.1') > 0, 'try: too many');

-- The administrator
SELECT pg_temp.begin_refused('an', 'bb', 'CONFLICT login',
    'begin: an agent is not made one');
SELECT pg_temp.begin_refused('gone', 'bb', 'CONFLICT login',
    'begin: nor one who left');
SELECT pg_temp.begin_refused('none', 'bb', 'INVALID login',
    'begin: a word of its own');
SELECT is(pg_temp.begin('lan', 'bb')->>'role', 'admin', 'begin');
SELECT is(desk.session_of(decode(md5('lan'), 'hex'))->>'who', 'lan', 'begin: a session');
SELECT is((SELECT a.action || ' ' || a.who FROM desk.audit a
	ORDER BY a.id DESC LIMIT 1), 'setup.begin lan', 'begin: for the record');
SELECT is((SELECT count(*) FROM desk.config), 0::bigint,
    'begin: makes no configuration');
SELECT pg_temp.begin_refused('mai', 'bb', 'DENIED code', 'begin: once');
SELECT is(desk.setup_state('{}', '{}'), '{"open":false,"needed":false}',
    'state: done');
SELECT pg_temp.refused('admin', 'setup_code', '{"hash":"cc"}',
    'CONFLICT again', 'code: there is one who can log in');
SELECT ok(pg_temp.ask('admin', 'setup_code', '{"hash":"cc","again":true}')
    ? 'expires_at', 'code: again');
SELECT is(pg_temp.begin('admin', 'cc')->>'who', 'admin',
    'begin: an administrator without a password is taken');
SELECT is((SELECT a.display FROM desk.agent a WHERE a.name = 'admin'),
    'Admin', 'begin: … as the configuration names him');
SELECT lives_ok($$SELECT desk.config_keeps_admin(
    '{"agents":[{"name":"lan","role":"admin"}]}')$$, 'keeps: one is enough');
SELECT throws_ok($$SELECT desk.config_keeps_admin(
    '{"agents":[{"name":"lan","role":"supervisor"},
	{"name":"new","role":"admin"}]}')$$, 'DK001', NULL,
    'keeps: none who could log in');

-- Users
SELECT is((SELECT jsonb_agg(u - '{display,seen_at}'::text[])
	FROM jsonb_array_elements(pg_temp.ask('admin', 'user_list',
	    '{}')->'users') u WHERE u->>'login' IN ('gone', 'lan')),
    '[{"login":"gone","role":"agent","active":false,"password":false,
    "must_change":false,"totp":false},{"login":"lan","role":"admin",
    "active":true,"password":true,"must_change":false,"totp":false}]',
    'users: who can log in');
SELECT pg_temp.refused('sup', 'user_list', '{}', 'DENIED',
    'users: for administrators');

-- Preferences
SELECT is(pg_temp.ask('an', 'prefs_set', '{"prefs":{"a":[1]}}'),
    '{"prefs":{"a":[1]}}', 'prefs: set');
SELECT pg_temp.ask('an', 'prefs_set', '{"prefs":{"b":2}}');
SELECT is(pg_temp.ask('an', 'whoami', '{}')->'prefs', '{"b":2}',
    'prefs: as a whole');
SELECT is(pg_temp.ask('an', 'prefs_set', '{"prefs":{"c":3},"merge":true}'),
    '{"prefs":{"b":2,"c":3}}', 'prefs: beside those that are there');
SELECT is(pg_temp.ask('an', 'prefs_set',
	'{"prefs":{"b":null,"d":{"e":null}},"merge":true}'),
    '{"prefs":{"c":3,"d":{"e":null}}}', 'prefs: null takes one away');
SELECT is(pg_temp.ask('an', 'prefs_set', '{"prefs":{"c":null,"d":null},
    "merge":true}'), '{"prefs":{}}', 'prefs: … and the last');
SELECT pg_temp.refused('an', 'prefs_set', jsonb_build_object('merge', true,
	'prefs', jsonb_build_object('d', repeat('x', 16384))), 'INVALID prefs',
    'prefs: not without end');
SELECT pg_temp.ask('an', 'prefs_set', '{"prefs":{"b":2}}');
SELECT is(pg_temp.ask('binh', 'whoami', '{}')->'prefs', '{}',
    'prefs: each his own');
SELECT pg_temp.refused('key', 'prefs_set', '{"prefs":{}}', 'INVALID',
    'prefs: not for a key');
SELECT is(pg_temp.ask('key', 'whoami', '{}') - 'now', '{"login":"key:shop",
    "role":"service","display":"key:shop","queues":[],"must_change":false,
    "totp":false,"prefs":{},"company":{"name":"","zone":"UTC"}}',
    'whoami: a key');

SELECT * FROM finish();
ROLLBACK;
