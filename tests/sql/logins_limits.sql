-- Logins: what the daemon is given to check, what it answers, and how tries
-- are limited.  Time passes by moving what was written down.
BEGIN;
\ir fixture.psql
SELECT plan(46);
UPDATE desk.agent SET password = '$argon2id$' || name WHERE name <> 'chi';

CREATE FUNCTION pg_temp.fail(login text, home text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
	b	jsonb := desk.login_begin(login, home);
BEGIN
	IF (b->>'wait')::int > 0 THEN
		RETURN b;
	END IF;
	PERFORM desk.login_end(login, home, false);
	RETURN jsonb_build_object('next', greatest(
	    desk.login_due('login', login),
	    desk.login_due('address', desk.address_counted(home))));
END;
$$;
CREATE FUNCTION pg_temp.pass(seconds int) RETURNS void
LANGUAGE sql AS $$
	UPDATE desk.login_try SET last_at = last_at
	    - make_interval(secs => seconds)
$$;

-- The answers
SELECT is(desk.login_begin('an', '192.0.2.1'), jsonb_build_object('wait', 0,
	'password', '$argon2id$an', 'role', 'agent', 'agent', a.id,
	'totp', null),
    'begin: what to check against') FROM desk.agent a WHERE a.name = 'an';
SELECT is(desk.login_begin(w, '192.0.2.1'), '{"wait":0,"password":null,
    "agent":null,"role":null,"totp":null}', 'begin: the same shape for ' || w)
FROM unnest('{nobody-such,chi,gone}'::text[]) w;
SELECT is(desk.login_end('an', '192.0.2.1', true, NULL,
	'{"token":"01","csrf":"csrf"}'),
    desk.caller_by_name('an') || '{"from":"192.0.2.1"}', 'end: good');
SELECT is((SELECT ARRAY[a.action, a.who, a.object, a.outcome, a.from_addr]
	FROM desk.audit a), '{login,an,an,done,192.0.2.1}',
    'end: for the record');
SELECT is(desk.session_of('\x01')->>'csrf', 'csrf', 'end: a session');
SELECT is(desk.login_end('an', '192.0.2.1', false), NULL, 'end: not good');
SELECT is((SELECT ARRAY[a.action, a.who, a.object, a.outcome, a.from_addr]
	FROM desk.audit a ORDER BY a.id DESC LIMIT 1),
    '{login,-,an,refused,192.0.2.1}', 'end: … for the record');
SELECT is(desk.login_end('an', '192.0.2.1', true)->>'who', 'an',
    'end: without a session');
SELECT is((SELECT count(*) FROM desk.session), 1::bigint, '… there is none');
SELECT is(desk.login_end('gone', '192.0.2.1', true), NULL,
    'end: never for one who has left');
TRUNCATE desk.login_try, desk.login_home;

-- An account, from everywhere
SELECT is(pg_temp.fail('binh', '198.51.100.' || n), jsonb_build_object('next',
	CASE WHEN n < 5 THEN 0 ELSE 60 END),
    'account: try ' || n) FROM generate_series(1, 5) n;
SELECT is(desk.login_begin('binh', '203.0.113.1'), '{"wait":60,
    "password":null,"agent":null,"role":null,"totp":null}',
    'account: the sixth waits, from anywhere');
SELECT is(desk.login_begin('an', '203.0.113.1')->>'wait', '0',
    'account: another need not');
SELECT pg_temp.pass(30);
SELECT is(desk.login_begin('binh', '203.0.113.1')->>'wait', '30',
    'account: asking does not make it longer');
SELECT pg_temp.pass(30);
SELECT is(pg_temp.fail('binh', '203.0.113.2')->>'next', '120', 'then 2 min');
SELECT pg_temp.pass(120);
SELECT is(pg_temp.fail('binh', '203.0.113.3')->>'next', '240', 'then 4 min');
SELECT pg_temp.pass(240);
SELECT is(desk.login_begin('binh', '203.0.113.4')->>'password',
    '$argon2id$binh', 'and never for good');
SELECT is(desk.login_end('binh', '203.0.113.4', true)->>'who', 'binh',
    'good after all');
SELECT is(pg_temp.fail('binh', '203.0.113.5')->>'next', '0',
    'which begins the count anew');
SELECT is(desk.login_wait('login', 1000, now(), now()), 900,
    'a quarter of an hour at most');
SELECT is(desk.login_wait('login', 5, now() - interval '1 day', now()), 0,
    'long ago: none');

-- An account that is not there is limited just so.
SELECT pg_temp.fail('ghost', '198.51.100.' || n) FROM generate_series(1, 5) n;
SELECT is(desk.login_begin('ghost', '203.0.113.9')->>'wait', '60',
    'account: unknown, the same');

-- Tries side by side: each counts when it begins.
SELECT is((SELECT count(*) FROM generate_series(1, 20) n
	WHERE (desk.login_begin('sup', '203.0.113.' || n)->>'wait')::int = 0),
    5::bigint, 'account: of many at once, five are checked');

-- An address, at many accounts
SELECT pg_temp.fail('user' || n, '2001:db8:1:2::' || n)
FROM generate_series(1, 19) n;
SELECT is(desk.login_begin('nobody', '2001:db8:1:2:ffff::1')->>'wait', '0',
    'address: 19 failures keep nobody out');
SELECT pg_temp.fail('user20', '2001:db8:1:2::20');
SELECT is(desk.login_begin('admin', '2001:db8:1:2:ffff::1')->>'wait', '60',
    'address: IPv6 counts by /64');
SELECT is(desk.login_begin('admin', '2001:db8:1:3::1')->>'wait', '0',
    'address: the next /64 is another');
SELECT is(desk.address_counted(w.raw), w.counted, 'address: ' || w.raw)
FROM (VALUES ('192.0.2.1', '192.0.2.1'), ('::ffff:x:y', '::ffff:x:y'),
    ('2001:db8::7', '2001:db8::'), ('/run/deskd.sock', '/run/deskd.sock'))
    w (raw, counted);
SELECT is(desk.login_wait('address', 1000, now(), now()), 300,
    'address: five minutes at most');

-- Strangers at the account's own address and elsewhere do not keep out who has
-- logged in there before.
TRUNCATE desk.login_try, desk.login_home;
SELECT desk.login_end('an', '2001:db8:7:7::1', true);
SELECT pg_temp.fail('x' || n, '2001:db8:7:7::5') FROM generate_series(1, 30) n;
SELECT pg_temp.fail('an', '198.51.100.' || n) FROM generate_series(1, 9) n;
SELECT is(desk.login_begin('binh', '2001:db8:7:7::1')->>'wait', '60',
    'home: others wait there');
SELECT is(desk.login_begin('an', '203.0.113.1')->>'wait', '60',
    'home: he waits elsewhere');
SELECT is(desk.login_begin('an', '2001:db8:7:7::2')->>'password',
    '$argon2id$an', 'home: he does not wait there');
SELECT is(desk.login_end('an', '2001:db8:7:7::2', true)->>'who', 'an',
    'home: and logs in');
SELECT pg_temp.fail('x' || n, '2001:db8:7:7::5') FROM generate_series(1, 30) n;
SELECT is((SELECT count(*) FROM generate_series(1, 30) n
	WHERE (pg_temp.fail('an', '2001:db8:7:7::1')->>'next') IS NOT NULL),
    20::bigint, 'home: 20 failures of the pair, and he waits like others');
UPDATE desk.login_home SET failed_at = failed_at - interval '25 hours';
SELECT is(desk.login_begin('an', '2001:db8:7:7::1')->>'wait', '0',
    'home: not for good');
UPDATE desk.login_home SET seen_at = seen_at - interval '31 days';
SELECT isnt(desk.login_begin('an', '2001:db8:7:7::1')->>'wait', '0',
    'home: for 30 days');
SELECT desk.login_sweep();
SELECT is((SELECT count(*) FROM desk.login_home), 0::bigint,
    'home: then forgotten');

-- Strangers' tries do not pile up.
SELECT pg_temp.pass(2 * 86400);
SELECT desk.login_end('an', '192.0.2.200', true);
SELECT is((SELECT count(*) FROM desk.login_try), 0::bigint,
    'tries of two days ago are forgotten');

SELECT * FROM finish();
ROLLBACK;
