-- The second factor: when it is asked for, that each code is good once, and
-- how it ends.
BEGIN;
\ir fixture.psql
SELECT plan(59);
UPDATE desk.agent SET password = '$argon2id$' || name WHERE active;

-- A login whose password was right, and what came of it.
CREATE FUNCTION pg_temp.enter(login text, token text, proof text,
    more text DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	c	jsonb := desk.login_end(login, '192.0.2.1', true,
		    proof::jsonb, jsonb_build_object('token', token)
		    || more::jsonb);
BEGIN
	RETURN coalesce(c->>'code', c->>'who');
END;
$$;
CREATE FUNCTION pg_temp.last_audit() RETURNS text
LANGUAGE sql AS $$
	SELECT concat_ws(' ', a.action, a.who, a.object, a.outcome, a.detail)
	FROM desk.audit a ORDER BY a.id DESC LIMIT 1
$$;

-- Begun, and not asked for yet
SELECT is(pg_temp.enter('an', 'a0', NULL), 'an', 'none: a password is enough');
SELECT pg_temp.refused('an', 'totp_confirm', '{"step":9,"sealed":"s1",
    "recovery":[]}', 'DENIED code', 'confirm: nothing was begun');
SELECT is(pg_temp.ask('an', 'totp_begin', '{"sealed":"s0","key":"k"}'), '{}',
    'begin');
SELECT is(pg_temp.ask('an', 'totp_begin', '{"sealed":"s1","key":"k"}'), '{}',
    'begin: anew');
SELECT is(desk.login_begin('an', '192.0.2.1')->'totp',
    '{"sealed":"s1","key":"k","step":0,"confirmed":false}',
    'begin: what is to be confirmed');
SELECT is(pg_temp.enter('an', 'a1', NULL), 'an', 'begin: asks for nothing yet');
SELECT pg_temp.refused('an', 'totp_confirm', '{"step":9,"sealed":"s0",
    "recovery":[]}', 'DENIED code', 'confirm: a code of what was forgotten');
SELECT pg_temp.refused(w, 'totp_begin', '{"sealed":"s","key":"k"}', 'INVALID',
    'begin: not for a key') FROM unnest('{key}'::text[]) w;

-- Confirmed
INSERT INTO desk.login_try VALUES ('login', 'an', 3, now());
SELECT pg_temp.told();
SELECT is(pg_temp.ask('an', 'totp_confirm', jsonb_build_object('step', 100,
	'sealed', 's1', 'token', 'a1', 'recovery', jsonb_build_array(
	    repeat('11', 32), repeat('22', 32)))), '{}', 'confirm');
SELECT is(pg_temp.told(), 'access', 'confirm: the daemons are told');
SELECT is(pg_temp.last_audit(), 'totp.confirm an an done',
    'confirm: for the record');
SELECT ok(desk.session_of('\xa0') IS NULL AND desk.session_of('\xa1')
    IS NOT NULL, 'confirm: other sessions end');
SELECT is((SELECT count(*) FROM desk.login_try t WHERE t.who = 'an'),
    0::bigint, 'confirm: tries are forgotten');
SELECT pg_temp.refused('an', 'totp_confirm', '{"step":100,"sealed":"s1",
    "recovery":[]}', 'DENIED code', 'confirm: the same code again');
SELECT pg_temp.refused('an', 'totp_begin', '{"sealed":"s2","key":"k"}',
    'CONFLICT', 'begin: there is one');
SELECT is((pg_temp.ask('an', 'whoami', '{}'))->>'totp', 'true',
    'whoami says so');

-- Asked for
SELECT is(pg_temp.enter('an', 'a2', NULL), 'wanted', 'login: a code is wanted');
SELECT is(pg_temp.last_audit(), 'login - an refused {"code": "wanted"}',
    'login: … for the record');
SELECT is(desk.session_of('\xa2'), NULL, 'login: … and there is no session');
SELECT is((SELECT count(*) FROM desk.login_try t WHERE t.kind = 'address'),
    0::bigint, 'login: … which is no failure of the address');
SELECT is(pg_temp.enter('an', 'a2', '{"code":true}'), 'wrong',
    'login: a wrong one');
SELECT is((SELECT t.failures FROM desk.login_try t WHERE t.kind = 'address'),
    1, 'login: … is a failure');
SELECT is(pg_temp.enter('an', 'a2', '{"code":true,"step":100}'), 'wrong',
    'login: one that was used to confirm');
SELECT is(desk.login_end('an', '192.0.2.1', false,
    '{"code":true,"step":101}', '{"token":"a2"}'), NULL,
    'login: a wrong password is told as ever');
SELECT is((SELECT o.step FROM desk.totp o), 100::bigint,
    'login: … and takes no code');
SELECT is(pg_temp.enter('an', 'a2', '{"code":true,"step":101}'), 'an',
    'login: a right one');
SELECT is(pg_temp.last_audit(), 'login an an done {"factor": "code"}',
    'login: … for the record');
SELECT is(pg_temp.enter('an', 'a3', '{"code":true,"step":101}'), 'wrong',
    'login: it is good once');
SELECT is(pg_temp.enter('an', 'a3', '{"code":true,"step":99}'), 'wrong',
    'login: an older one is too old');
SELECT is(pg_temp.enter('an', 'a3', '{"code":true,"step":102}'), 'an',
    'login: the next one is good');

-- Recovery codes
SELECT is(pg_temp.enter('an', 'a4', format('{"code":true,"recovery":"%s"}',
    repeat('11', 32))), 'an', 'recovery: good');
SELECT is(pg_temp.enter('an', 'a5', format('{"code":true,"recovery":"%s"}',
    repeat('11', 32))), 'wrong', 'recovery: once');
SELECT is(pg_temp.enter('an', 'a5', format('{"code":true,"recovery":"%s"}',
    repeat('33', 32))), 'wrong', 'recovery: none of his');
SELECT is(pg_temp.ask('an', 'totp_confirm', jsonb_build_object('step', 110,
	'sealed', 's1', 'token', 'a4', 'recovery', jsonb_build_array(
	    repeat('44', 32)))), '{}', 'recovery: fresh ones');
SELECT is(pg_temp.enter('an', 'a5', format('{"code":true,"recovery":"%s"}',
    repeat('22', 32))), 'wrong', 'recovery: … in place of the old');

-- Devices
SELECT is(pg_temp.enter('an', 'b0', NULL, '{"remember":"d0"}'), 'wanted',
    'device: none without a code');
SELECT is((SELECT count(*) FROM desk.device), 0::bigint, 'device: … none');
SELECT is(pg_temp.enter('an', 'b0', '{"code":true,"step":111}',
    '{"remember":"d0","browser":"Firefox, Linux"}'), 'an', 'device: remember');
SELECT is(pg_temp.enter('an', 'b1', '{"device":"d0"}', '{"remember":"d1"}'),
    'an', 'device: needs no code');
SELECT is((SELECT string_agg(encode(d.token, 'hex'), ' ') FROM desk.device d),
    'd0', 'device: … and makes no other');
SELECT is(pg_temp.last_audit(), 'login an an done {"factor": "device"}',
    'device: … for the record');
SELECT is(pg_temp.enter('an', 'b2', '{"device":"d9"}'), 'wanted',
    'device: an unknown one');
SELECT is(pg_temp.enter('binh', 'b3', '{"device":"d0"}', '{"remember":"d2"}'),
    'binh', 'device: who has no second factor needs none');
SELECT is((SELECT count(*) FROM desk.device), 1::bigint,
    'device: … and his is not remembered');
UPDATE desk.device SET created_at = now() - interval '31 days';
SELECT is(pg_temp.enter('an', 'b2', '{"device":"d0"}'), 'wanted',
    'device: for 30 days');
UPDATE desk.device SET created_at = now();

-- Sessions and devices, listed and ended
SELECT is((SELECT string_agg(concat_ws(' ', s->>'kind', s->>'here', s->>'from',
	s->>'agent'), ', ' ORDER BY s->>'kind', s->>'here') FROM
    jsonb_array_elements(pg_temp.ask('an', 'session_list',
	'{"token":"b1","device":"d0"}')->'sessions') s
    WHERE (s->>'here')::boolean), 'device true 192.0.2.1 Firefox, Linux, '
    'session true 192.0.2.1 ', 'sessions: here');
SELECT pg_temp.refused('binh', 'session_end', jsonb_build_object('session',
	s.id), 'NOTFOUND session', 'sessions: not another''s')
FROM (SELECT id FROM desk.session WHERE token = '\xb0'
    UNION ALL SELECT id FROM desk.device) s;
SELECT pg_temp.told();
SELECT is(pg_temp.ask('an', 'session_end', jsonb_build_object('session', s.id))
    ->>'ended', s.id::text, 'sessions: one''s own')
FROM desk.session s WHERE s.token = '\xb0';
SELECT is(pg_temp.told(), 'access', 'sessions: the daemons are told');
SELECT is(desk.session_of('\xb0'), NULL, 'sessions: … it is over');
SELECT lives_ok(format('SELECT pg_temp.ask(''an'', ''session_end'',
    ''{"session":%s}'')', d.id), 'sessions: a device') FROM desk.device d;
SELECT is(pg_temp.enter('an', 'b4', '{"device":"d0"}'), 'wanted',
    'sessions: … it is forgotten');

-- What ends all of it
SELECT pg_temp.enter('an', 'c0', '{"code":true,"step":120}',
    '{"remember":"d3"}');
SELECT pg_temp.ask('an', 'user_password', '{"login":"me",
    "encoded":"$argon2id$n","token":"c0"}');
SELECT is((SELECT count(*) FROM desk.device), 0::bigint,
    'a new password: devices are forgotten');
SELECT is(pg_temp.enter('an', 'c1', NULL), 'wanted',
    'a new password: the second factor stays');
SELECT pg_temp.refused('an', 'totp_end', '{"proof":{"code":true,"step":120}}',
    'DENIED code', 'end: a used code');
SELECT pg_temp.refused('sup', 'user_totp_reset', '{"login":"an"}', 'DENIED',
    'reset: for administrators');
SELECT is(pg_temp.ask('an', 'totp_end', '{"proof":{"code":true,"step":121},
    "token":"c0"}'), '{}', 'end');
SELECT is(pg_temp.enter('an', 'c2', NULL), 'an', 'end: nothing is asked for');

SELECT * FROM finish();
ROLLBACK;
