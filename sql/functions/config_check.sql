-- What a configuration may say.  deskctl reads conf/desk.conf and sends JSON;
-- whoever else sends it is checked here all the same, so that what stands in
-- desk.config is always whole: of the right types, with every default filled
-- in, in order of name, and naming only what it has.

-- Every member of every section, as a row.  kind: name (a word), text, int,
-- bool, words (names), texts, provider, questions (config_survey.sql), words of routing (route_said() of
-- config_route.sql), or a list of words to choose from, "a|b".  least and most: of an int's value, a text's characters, a list's length.  usual:
-- what stands for one that is not given; NULL: it may be absent.
CREATE OR REPLACE FUNCTION desk.config_members()
RETURNS TABLE (section text, member text, kind text, need boolean,
    lowest bigint, most bigint, usual jsonb)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	VALUES
	('company', 'name',	    'text', true,  1, 200, NULL::jsonb),
	('company', 'lang',	    'vi|en', false, 1, 2, '"vi"'),
	('company', 'country',	    'text', false, 1, 3, '"84"'),
	('company', 'timezone',	    'text', false, 1, 64, '"UTC"'),
	('company', 'close_after',  'int',  false, 1, 31536000, '1209600'),
	('company', 'url',	    'text', false, 1, 200, NULL),
	('company', 'link_after',   'int',  false, 1, 31536000, '2592000'),
	('presence', 'grace',	    'int',  false, 0, 3600, NULL),
	('presence', 'chat_grace',  'int',  false, 5, 3600, NULL),
	('presence', 'leave',	    'int',  false, 60, 31536000, NULL),
	('presence', 'reasons',	    'texts', false, 0, 30, NULL),
	('late_notice', 'send',	    'name', false, 1, 64, NULL),
	('late_notice', 'hours',    'name', false, 1, 64, NULL),
	('late_notice', 'sure',	    'int',  false, 1, 99, NULL),
	('late_notice', 'orders',   'int',  false, 5, 1000, NULL),
	('widget',  'secret_file',  'text', false, 1, 1000, NULL),
	('widget',  'require_identity', 'bool', false, 0, 0, 'false'),
	('widget',  'queue',	    'name', false, 1, 64, NULL),
	('widget',  'gone',	    'int',  false, 1, 3600, '60'),
	('widget',  'by_mail',	    'bool', false, 0, 0, 'true'),
	('widget',  'transcript',   'ask|end|off', false, 1, 3, '"ask"'),
	('limits',  'answers',	    'int',  false, 0, 1000, '4'),
	('limits',  'exchange',	    'int',  false, 1, 1000, '3'),
	('limits',  'cases',	    'int',  false, 1, 10000, '10'),
	('limits',  'flood',	    'int',  false, 0, 10000, '60'),
	('mail',    'undo_seconds', 'int',  false, 0, 600, '10'),
	('mail',    'retry_hours',  'int',  false, 1, 720, '120'),
	('mail',    'quote',	    'bool', false, 0, 0, 'true'),
	('units',   'mail',	    'int',  false, 1, 100, '5'),
	('units',   'chat',	    'int',  false, 1, 100, '20'),
	('units',   'call',	    'int',  false, 1, 100, '100'),
	('units',   'social',	    'int',  false, 1, 100, '20'),
	('units',   'order',	    'int',  false, 1, 100, '5'),
	('units',   'store',	    'int',  false, 1, 100, '5'),
	('units',   'web',	    'int',  false, 1, 100, NULL),
	('queues',  'name',	    'name', true,  1, 64, NULL),
	('queues',  'title',	    'text', true,  1, 200, NULL),
	('queues',  'first',	    'int',  true,  1, 31536000, NULL),
	('queues',  'next',	    'int',  true,  1, 31536000, NULL),
	('queues',  'offer',	    'int',  false, 5, 3600, '30'),
	('queues',  'members_only', 'bool', false, 0, 0, 'false'),
	('queues',  'mode',	    'offer|assign|pull', false, 1, 6, NULL),
	('queues',  'strategy',	    'longest_idle|least_loaded|round_robin|best_skill|fixed_order',
	    false, 1, 12, NULL),
	('queues',  'order',	    'texts', false, 0, 1000, NULL),
	('queues',  'widen',	    'steps', false, 0, 20, NULL),
	('queues',  'same_agent',   'int',  false, 0, 86400, NULL),
	('queues',  'same_within',  'int',  false, 60, 31536000, NULL),
	('queues',  'offer_by',	    'offers', false, 0, 7, NULL),
	('queues',  'wrap_up',	    'wraps', false, 0, 7, NULL),
	('queues',  'full',	    'int',  false, 0, 100000, NULL),
	('queues',  'when_full',    'deed', false, 1, 80, NULL),
	('queues',  'when_closed',  'deed', false, 1, 80, NULL),
	('queues',  'patience',	    'patience', false, 0, 2, NULL),
	('queues',  'short_abandon', 'int', false, 0, 60, NULL),
	('queues',  'when_abandoned', 'hold|callback|resolve', false, 1, 8,
	    NULL),
	('queues',  'turned_away',  'name', false, 1, 64, NULL),
	('queues',  'hours',	    'name', false, 1, 64, NULL),
	('queues',  'signature',    'name', false, 1, 64, NULL),
	('queues',  'acknowledge',  'name', false, 1, 64, NULL),
	('queues',  'acknowledge_closed', 'name', false, 1, 64, NULL),
	('hours',   'name',	    'name', true,  1, 64, NULL),
	('hours',   'week',	    'texts', true, 1, 100, NULL),
	('hours',   'holidays',	    'texts', false, 0, 200, '[]'),
	('hours',   'timezone',	    'text', false, 1, 64, NULL),
	('targets', 'name',	    'name', true,  1, 64, NULL),
	('targets', 'queue',	    'name', false, 1, 64, NULL),
	('targets', 'channel',	    'words', false, 0, 10, '[]'),
	('targets', 'segment',	    'words', false, 0, 100, '[]'),
	('targets', 'priority',	    'text', false, 1, 5, NULL),
	('targets', 'hours',	    'name', false, 1, 64, NULL),
	('targets', 'first',	    'int',  false, 1, 31536000, NULL),
	('targets', 'next',	    'int',  false, 1, 31536000, NULL),
	('targets', 'resolve',	    'int',  false, 1, 31536000, NULL),
	('targets', 'department',   'int',  false, 1, 31536000, NULL),
	('targets', 'warn',	    'text', false, 1, 4, NULL),
	('targets', 'reopen',	    'restart|continue', false, 1, 8, NULL),
	('targets', 'on_warn',	    'texts', false, 0, 5, '[]'),
	('targets', 'on_breach',    'texts', false, 0, 5, '[]'),
	('stages',  'name',	    'name', true,  1, 64, NULL),
	('stages',  'vi',	    'text', false, 1, 80, NULL),
	('stages',  'en',	    'text', false, 1, 80, NULL),
	('journeys', 'name',	    'name', true,  1, 64, NULL),
	('journeys', 'vi',	    'text', false, 1, 80, NULL),
	('journeys', 'en',	    'text', false, 1, 80, NULL),
	('journeys', 'stages',	    'words', true, 1, 40, NULL),
	('journeys', 'segments',    'words', false, 0, 100, '[]'),
	('touchpoints', 'name',	    'name', true,  1, 64, NULL),
	('touchpoints', 'stage',    'name', true,  1, 64, NULL),
	('touchpoints', 'vi',	    'text', false, 1, 80, NULL),
	('touchpoints', 'en',	    'text', false, 1, 80, NULL),
	('touchpoints', 'department', 'name', false, 1, 64, NULL),
	('touchpoints', 'owner',    'name', false, 1, 64, NULL),
	('touchpoints', 'target',   'text', false, 1, 12, NULL),
	('touchpoints', 'kind',	    'words', false, 0, 10, '[]'),
	('touchpoints', 'channel',  'words', false, 0, 10, '[]'),
	('touchpoints', 'queue',    'words', false, 0, 1000, '[]'),
	('touchpoints', 'status',   'texts', false, 0, 40, '[]'),
	('touchpoints', 'keywords', 'texts', false, 0, 200, '[]'),
	('templates', 'name',	    'name', true,  1, 64, NULL),
	('templates', 'vi',	    'text', false, 1, 4000, NULL),
	('templates', 'en',	    'text', false, 1, 4000, NULL),
	('templates', 'promise',    'text', false, 1, 40, NULL),
	('templates', 'subject_vi', 'text', false, 1, 400, NULL),
	('templates', 'subject_en', 'text', false, 1, 400, NULL),
	('macros',  'name',	    'name', true,  1, 64, NULL),
	('macros',  'title',	    'text', true,  1, 200, NULL),
	('macros',  'vi',	    'text', false, 1, 4000, NULL),
	('macros',  'en',	    'text', false, 1, 4000, NULL),
	('macros',  'template',	    'name', false, 1, 64, NULL),
	('macros',  'promise',	    'text', false, 1, 40, NULL),
	('macros',  'note',	    'text', false, 1, 4000, NULL),
	('macros',  'tags',	    'texts', false, 0, 20, '[]'),
	('macros',  'queue',	    'name', false, 1, 64, NULL),
	('macros',  'priority',	    'int',  false, 1, 99, NULL),
	('macros',  'state',	    'resolved|pending', false, 1, 8, NULL),
	('macros',  'snooze',	    'int',  false, 1, 525600, NULL),
	('macros',  'assign',	    'bool', false, 0, 0, 'false'),
	('automations', 'name',	    'name', true,  1, 64, NULL),
	('automations', 'on',	    'created|message|reply|state|assigned|moved|priority|tagged|warned|breached|waits|pending|resolved|overdue',
	    true, 1, 10, NULL),
	('automations', 'after',    'int',  false, 60, 31536000, NULL),
	('automations', 'queue',    'words', false, 0, 1000, '[]'),
	('automations', 'channel',  'words', false, 0, 10, '[]'),
	('automations', 'segment',  'words', false, 0, 100, '[]'),
	('automations', 'state',    'words', false, 0, 5, '[]'),
	('automations', 'priority', 'text', false, 1, 5, NULL),
	('automations', 'lang',	    'vi|en', false, 1, 2, NULL),
	('automations', 'keywords', 'texts', false, 0, 1000, '[]'),
	('automations', 'tag',	    'texts', false, 0, 20, '[]'),
	('automations', 'without',  'texts', false, 0, 20, '[]'),
	('automations', 'mood',	    'text', false, 1, 6, NULL),
	('automations', 'assigned', 'yes|no', false, 1, 3, NULL),
	('automations', 'actions',  'texts', true,  1, 10, NULL),
	('automations', 'daily',    'int',  false, 1, 1000, NULL),
	('automations', 'send_every', 'int', false, 60, 31536000, NULL),
	('surveys', 'name',	    'name', true,  1, 64, NULL),
	('surveys', 'title',	    'text', true,  1, 200, NULL),
	('surveys', 'after',	    'resolved|delivered|hand', false, 1, 9,
	    '"hand"'),
	('surveys', 'delay',	    'int',  false, 1, 31536000, NULL),
	('surveys', 'queues',	    'words', false, 0, 1000, '[]'),
	('surveys', 'channels',	    'words', false, 0, 10, '[]'),
	('surveys', 'segments',	    'words', false, 0, 100, '[]'),
	('surveys', 'via',	    'words', false, 0, 2, '[]'),
	('surveys', 'sample',	    'int',  false, 1, 100, '100'),
	('surveys', 'quiet',	    'int',  false, 1, 31536000, '2592000'),
	('surveys', 'hours',	    'name', false, 1, 64, NULL),
	('surveys', 'remind',	    'int',  false, 1, 31536000, NULL),
	('surveys', 'expires',	    'int',  false, 1, 31536000, '2592000'),
	('surveys', 'touchpoint',   'name', false, 1, 64, NULL),
	('surveys', 'for',	    'customers|staff', false, 1, 9,
	    '"customers"'),
	('surveys', 'every',	    'week|month|quarter', false, 4, 7, NULL),
	('surveys', 'public',	    'bool', false, 0, 0, 'false'),
	('surveys', 'help',	    'bool', false, 0, 0, 'false'),
	('surveys', 'questions',    'questions', true, 1, 20, NULL),
	('segments', 'name',	    'name', true,  1, 64, NULL),
	('segments', 'title',	    'text', false, 1, 200, NULL),
	('segments', 'orders',	    'text', false, 1, 31, NULL),
	('segments', 'value',	    'text', false, 1, 31, NULL),
	('segments', 'currency',    'text', false, 3, 3, NULL),
	('segments', 'within',	    'int',  false, 1, 31536000, NULL),
	('segments', 'idle',	    'int',  false, 1, 31536000, NULL),
	('segments', 'known',	    'int',  false, 1, 31536000, NULL),
	('segments', 'cases',	    'text', false, 1, 31, NULL),
	('segments', 'channel',	    'words', false, 0, 10, NULL),
	('segments', 'tag',	    'texts', false, 0, 20, NULL),
	('segments', 'contact',	    'words', false, 0, 20, NULL),
	('segments', 'nps',	    'text', false, 1, 31, NULL),
	('segments', 'csat',	    'text', false, 1, 31, NULL),
	('segments', 'ces',	    'text', false, 1, 31, NULL),
	('segments', 'mood',	    'text', false, 1, 20, NULL),
	('segments', 'promises_broken', 'text', false, 1, 20, NULL),
	('segments', 'churn',	    'words', false, 0, 6, NULL),
	('themes',  'name',	    'name', true,  1, 64, NULL),
	('themes',  'title',	    'text', false, 1, 200, NULL),
	('themes',  'keywords',	    'texts', false, 0, 1000, '[]'),
	('themes',  'alert',	    'int',  false, 2, 10000, NULL),
	('followups', 'name',	    'name', true,  1, 64, NULL),
	('followups', 'title',	    'text', false, 1, 200, NULL),
	('followups', 'after',	    'delivered|silent|stage|risk', true, 1, 9,
	    NULL),
	('followups', 'delay',	    'int',  false, 1, 31536000, NULL),
	('followups', 'stages',	    'words', false, 0, 100, '[]'),
	('followups', 'reasons',    'words', false, 0, 5, '[]'),
	('followups', 'segments',   'words', false, 0, 100, '[]'),
	('followups', 'queue',	    'name', true,  1, 64, NULL),
	('followups', 'agent',	    'name', false, 1, 64, NULL),
	('followups', 'send',	    'name', true,  1, 64, NULL),
	('followups', 'hours',	    'name', false, 1, 64, NULL),
	('followups', 'quiet',	    'int',  false, 1, 31536000, '2592000'),
	('followups', 'expires',    'int',  false, 1, 31536000, '604800'),
	('followups', 'sample',	    'int',  false, 1, 100, '100'),
	('reasons', 'name',	    'name', true,  1, 32, NULL),
	('reasons', 'vi',	    'text', false, 1, 80, NULL),
	('reasons', 'en',	    'text', false, 1, 80, NULL),
	('reasons', 'ours',	    'bool', false, 0, 0, 'false'),
	('factors', 'name',	    'name', true,  1, 64, NULL),
	('factors', 'vi',	    'text', false, 1, 80, NULL),
	('factors', 'en',	    'text', false, 1, 80, NULL),
	('factors', 'about',	    'texts', false, 0, 100, '[]'),
	('factors', 'touchpoint',   'words', false, 0, 100, '[]'),
	('factors', 'pair',	    'texts', false, 0, 100, '[]'),
	('reports', 'name',	    'name', true,  1, 64, NULL),
	('reports', 'title',	    'text', false, 1, 200, NULL),
	('reports', 'every',	    'day|week|month', false, 1, 5, NULL),
	('reports', 'day',	    'mon|tue|wed|thu|fri|sat|sun', false, 1, 3,
	    NULL),
	('reports', 'at',	    'text', false, 5, 5, NULL),
	('reports', 'queue',	    'name', false, 1, 64, NULL),
	('reports', 'lang',	    'vi|en', false, 2, 2, NULL),
	('reports', 'to',	    'texts', true, 1, 50, NULL),
	('objectives', 'name',	    'name', true,  1, 64, NULL),
	('objectives', 'vi',	    'text', false, 1, 80, NULL),
	('objectives', 'en',	    'text', false, 1, 80, NULL),
	('objectives', 'department', 'name', false, 1, 64, NULL),
	('objectives', 'touchpoint', 'name', false, 1, 64, NULL),
	('objectives', 'segment',   'name', false, 1, 64, NULL),
	('objectives', 'measure',   'csat|nps|ces|mood|promise|closed', true, 1, 8, NULL),
	('objectives', 'target',    'text', true,  1, 7, NULL),
	('classes', 'name',	    'name', true,  1, 64, NULL),
	('classes', 'kind',	    'nps|csat|ces', false, 1, 4, NULL),
	('classes', 'score',	    'text', false, 1, 5, NULL),
	('classes', 'survey',	    'words', false, 0, 100, '[]'),
	('classes', 'queue',	    'words', false, 0, 1000, '[]'),
	('classes', 'segment',	    'words', false, 0, 100, '[]'),
	('classes', 'open',	    'name', false, 1, 64, NULL),
	('classes', 'priority',	    'int',  false, 1, 99, NULL),
	('classes', 'within',	    'int',  false, 60, 31536000, NULL),
	('classes', 'skills',	    'asks', false, 0, 100, '[]'),
	('classes', 'agent',	    'name', false, 1, 64, NULL),
	('classes', 'tag',	    'texts', false, 0, 20, '[]'),
	('classes', 'note',	    'text', false, 1, 400, NULL),
	('classes', 'action',	    'text', false, 1, 400, NULL),
	('classes', 'send',	    'name', false, 1, 64, NULL),
	('classes', 'ask',	    'review|referral', false, 1, 8, NULL),
	('classes', 'link',	    'text', false, 1, 400, NULL),
	('classes', 'after',	    'int',  false, 60, 31536000, NULL),
	('classes', 'hours',	    'name', false, 1, 64, NULL),
	('classes', 'again',	    'int',  false, 60, 31536000, NULL),
	('served',  'kind',	    'email|phone|page', true, 1, 5, NULL),
	('served',  'address',	    'text', true,  1, 320, NULL),
	('served',  'queue',	    'name', false, 1, 64, NULL),
	('agents',  'name',	    'name', true,  1, 64, NULL),
	('agents',  'display',	    'text', true,  1, 200, NULL),
	('agents',  'role',	    'agent|supervisor|admin', false, 1, 10,
	    '"agent"'),
	('agents',  'email',	    'text', false, 1, 254, NULL),
	('agents',  'extension',    'text', false, 1, 32, NULL),
	('agents',  'capacity',	    'int',  false, 1, 10000, '100'),
	('agents',  'queues',	    'serves', false, 0, 1000, '[]'),
	('agents',  'skills',	    'knows', false, 0, 100, '[]'),
	('agents',  'limits',	    'limits', false, 0, 7, NULL),
	('agents',  'schedule',	    'name', false, 1, 64, NULL),
	('rules',   'name',	    'name', true,  1, 64, NULL),
	('rules',   'channel',	    'mail|chat|call|social|order|store|web', false,
	    1, 6, NULL),
	('rules',   'to',	    'text', false, 1, 320, NULL),
	('rules',   'segment',	    'name', false, 1, 64, NULL),
	('rules',   'order',	    'bool', false, 0, 0, NULL),
	('rules',   'keywords',	    'texts', false, 0, 1000, '[]'),
	('rules',   'queue',	    'name', false, 1, 64, NULL),
	('rules',   'priority',	    'int',  false, 1, 99, NULL),
	('rules',   'skills',	    'asks', false, 0, 100, '[]'),
	('rules',   'prefer',	    'asks', false, 0, 100, NULL),
	('rules',   'weight',	    'int',  false, 1, 1000, '1'),
	('sources', 'name',	    'name', true,  1, 64, NULL),
	('sources', 'form',	    'freeswitch|generic|data|ami', true, 1, 10,
	    NULL),
	('sources', 'host',	    'text', false, 1, 260, NULL),
	('sources', 'user',	    'text', false, 1, 200, NULL),
	('sources', 'secret_file',  'text', false, 1, 1000, NULL),
	('sources', 'trust',	    'texts', false, 0, 100, '[]'),
	('sources', 'provider',	    'provider', false, 0, 0, NULL),
	('hooks',   'name',	    'name', true,  1, 64, NULL),
	('hooks',   'url',	    'text', true,  1, 400, NULL),
	('hooks',   'secret_file',  'text', true,  1, 400, NULL),
	('hooks',   'notices',	    'words', false, 0, 100, '[]'),
	('hooks',   'queues',	    'words', false, 0, 1000, '[]'),
	('hooks',   'allow',	    'texts', false, 0, 100, '[]'),
	('hooks',   'ca',	    'text', false, 1, 400, NULL),
	('hooks',   'keep',	    'int',  false, 3600, 31536000, '604800'),
	('',	    'default_queue', 'name', true, 1, 64, NULL),
	('',	    'order_pattern', 'texts', false, 0, 100, '[]')
$$;

-- Is this value one of that kind?
CREATE OR REPLACE FUNCTION desk.config_fits(value jsonb, kind text,
    lowest bigint, most bigint)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	type	text := jsonb_typeof(value);
	body	text := value #>> '{}';
BEGIN
	CASE kind
	WHEN 'int' THEN
		RETURN type = 'number' AND body ~ '^-?\d{1,10}$'
		    AND body::bigint BETWEEN lowest AND most;
	WHEN 'bool' THEN
		RETURN type = 'boolean';
	WHEN 'text' THEN
		RETURN type = 'string'
		    AND length(body) BETWEEN lowest AND most;
	WHEN 'name' THEN
		RETURN type = 'string' AND body ~ '^[A-Za-z0-9._@+-]+$'
		    AND length(body) BETWEEN lowest AND most;
	WHEN 'provider' THEN
		RETURN desk.provider_fits(value);
	WHEN 'questions' THEN
		RETURN desk.questions_fit(value, most);
	WHEN 'deed' THEN
		RETURN type = 'string'
		    AND desk.route_said('deed', body) IS NOT NULL;
	WHEN 'serves', 'knows', 'asks', 'limits', 'offers', 'wraps', 'steps',
	    'patience' THEN
		RETURN desk.route_fits(value, kind, most);
	WHEN 'words', 'texts' THEN
		RETURN type = 'array'
		    AND jsonb_array_length(value) BETWEEN lowest AND most
		    AND NOT EXISTS (SELECT FROM jsonb_array_elements(value) v
			WHERE NOT desk.config_fits(v, CASE kind
			    WHEN 'words' THEN 'name' ELSE 'text' END, 1, 200));
	ELSE	-- a choice
		RETURN type = 'string'
		    AND body = ANY (string_to_array(kind, '|'));
	END CASE;
END;
$$;

-- One section's object, checked, with its defaults; path says where it stands,
-- for the refusal ("queues[2]").  Lists of words are put in order, so that two
-- that say the same are the same.
CREATE OR REPLACE FUNCTION desk.config_object(value jsonb, in_section text,
    path text)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	m	record;
	result	jsonb := '{}';
BEGIN
	IF jsonb_typeof(value) IS DISTINCT FROM 'object' THEN
		PERFORM desk.refuse('INVALID', 'This must be an object.',
		    path);
	END IF;
	IF EXISTS (SELECT FROM jsonb_object_keys(value) k
	    WHERE k NOT IN (SELECT c.member FROM desk.config_members() c
		WHERE c.section = in_section)) THEN
		PERFORM desk.refuse('INVALID',
		    'This has a member that no configuration has.', path);
	END IF;
	FOR m IN SELECT * FROM desk.config_members() c
	    WHERE c.section = in_section LOOP
		IF coalesce(value->m.member, 'null') = 'null' THEN
			IF m.need THEN
				PERFORM desk.refuse('INVALID',
				    'This must be given.',
				    path || '.' || m.member);
			END IF;
			IF m.usual IS NOT NULL THEN
				result := result || jsonb_build_object(
				    m.member, m.usual);
			END IF;
			CONTINUE;
		END IF;
		IF NOT desk.config_fits(value->m.member, m.kind, m.lowest,
		    m.most) THEN
			PERFORM desk.refuse('INVALID',
			    'This value does not fit here.',
			    path || '.' || m.member);
		END IF;
		result := result || jsonb_build_object(m.member, CASE
		    WHEN m.kind = 'words'
			THEN desk.config_words(value->m.member)
		    WHEN m.kind IN ('serves', 'knows', 'asks', 'limits',
			'offers', 'wraps', 'steps', 'patience')
			THEN desk.route_words(value->m.member, m.kind)
		    WHEN m.kind = 'questions'
			THEN desk.questions_said(value->m.member)
		    WHEN m.kind = 'deed' THEN to_jsonb(desk.route_said('deed',
			value->>m.member))
		    ELSE value->m.member END);
	END LOOP;
	RETURN result;
END;
$$;

-- One section that is a list: its entries checked, no two of one name, in
-- order of name; those whose order decides keep theirs.
CREATE OR REPLACE FUNCTION desk.config_list(body jsonb, section text)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	list	jsonb := coalesce(body->section, '[]');
	result	jsonb;
	twice	text;
BEGIN
	IF jsonb_typeof(list) <> 'array' THEN
		PERFORM desk.refuse('INVALID', 'This must be a list.',
		    section);
	END IF;
	SELECT jsonb_agg(o.entry ORDER BY CASE
		WHEN section <> ALL ('{rules,targets,automations,segments,classes,
		    stages,touchpoints,journeys,objectives,reasons,
		    factors}')
		THEN desk.config_key(o.entry) COLLATE "C" END, o.place)
	INTO result
	FROM (SELECT desk.config_object(v.entry, section,
		format('%s[%s]', section, v.place - 1)) AS entry, v.place
	    FROM jsonb_array_elements(list)
		WITH ORDINALITY v (entry, place)) o;

	SELECT format('%s[%s]', section, max(v.place) - 1) INTO twice
	FROM jsonb_array_elements(list) WITH ORDINALITY v (entry, place)
	GROUP BY desk.config_key(v.entry) HAVING count(*) > 1 LIMIT 1;
	IF FOUND THEN
		PERFORM desk.refuse('INVALID',
		    'There is another of this name.', twice);
	END IF;
	RETURN coalesce(result, '[]');
END;
$$;

-- Refuses a name that stands for something but names nothing: every queue
-- that anything goes to, and the words that operations give a meaning.
CREATE OR REPLACE FUNCTION desk.config_refer(c jsonb)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	known	text[] := ARRAY(SELECT q->>'name'
		    FROM jsonb_array_elements(c->'queues') q);
	wrong	text;
BEGIN
	SELECT r.path INTO wrong
	FROM (SELECT 'default_queue' AS path, c->>'default_queue' AS queue
	    UNION ALL
	    SELECT 'widget.queue', c->'widget'->>'queue'
	    UNION ALL
	    SELECT format('%s[%s].queue', s, v.place - 1), v.entry->>'queue'
	    FROM unnest('{served,rules,macros}'::text[]) s,
		jsonb_array_elements(c->s) WITH ORDINALITY v (entry, place)
	    UNION ALL
	    SELECT format('agents[%s].queues', v.place - 1),
		split_part(q, ' ', 1)
	    FROM jsonb_array_elements(c->'agents')
		    WITH ORDINALITY v (entry, place),
		jsonb_array_elements_text(v.entry->'queues') q) r
	WHERE r.queue <> ALL (known)
	ORDER BY r.path LIMIT 1;
	IF FOUND THEN
		PERFORM desk.refuse('INVALID', 'There is no such queue.',
		    wrong);
	END IF;

	SELECT format('%s[%s].name', s, v.place - 1) INTO wrong
	FROM unnest('{queues,agents}'::text[]) s,
	    jsonb_array_elements(c->s) WITH ORDINALITY v (entry, place)
	WHERE v.entry->>'name' IN ('none', 'me') LIMIT 1;
	IF FOUND THEN
		PERFORM desk.refuse('INVALID',
		    'This word has a meaning of its own.', wrong);
	END IF;
END;
$$;

-- The configuration as it is kept, from what was sent; or the refusal, with
-- the member at fault.
CREATE OR REPLACE FUNCTION desk.config_check(body jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	lists	CONSTANT text[] := '{queues,served,agents,rules,sources,
		    hours,targets,templates,macros,hooks,automations,
		    surveys,segments,classes,stages,touchpoints,journeys,
		    themes,objectives,reports,followups,reasons,factors}';
	parts	CONSTANT text[] := '{company,units,limits,mail,presence,
		    widget,late_notice}';
	word	text;
	result	jsonb;
BEGIN
	IF jsonb_typeof(body) IS DISTINCT FROM 'object' THEN
		PERFORM desk.refuse('INVALID',
		    'A configuration is an object.', 'config');
	END IF;
	result := desk.config_object(body - lists - parts, '', 'config');
	FOREACH word IN ARRAY parts LOOP
		result := result || jsonb_build_object(word,
		    desk.config_object(coalesce(body->word, '{}'), word,
			word));
	END LOOP;
	FOREACH word IN ARRAY lists LOOP
		result := result || jsonb_build_object(word,
		    desk.config_list(body, word));
	END LOOP;
	result := desk.config_unsaid(result);
	PERFORM desk.config_refer(result);
	PERFORM desk.config_route_check(result);
	PERFORM desk.config_patience_check(result);
	PERFORM desk.config_answers_check(result);
	PERFORM desk.config_targets_check(result);
	PERFORM desk.config_macros_check(result);
	PERFORM desk.config_hooks_check(result);
	PERFORM desk.config_automations_check(result);
	PERFORM desk.config_surveys_check(result);
	PERFORM desk.config_segments_check(result);
	PERFORM desk.config_journey_check(result);
	PERFORM desk.config_objectives_check(result);
	PERFORM desk.config_classes_check(result);
	PERFORM desk.config_followups_check(result);
	PERFORM desk.config_promise_check(result);
	PERFORM desk.config_reports_check(result);
	IF result->'company'->>'url' !~
	    '^https?://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*$' THEN
		PERFORM desk.refuse('INVALID',
		    'The address must be such as https://desk.shop.example.',
		    'company.url');
	END IF;
	IF NOT EXISTS (SELECT FROM pg_timezone_names z
	    WHERE z.name = result->'company'->>'timezone') THEN
		PERFORM desk.refuse('INVALID', 'There is no such time zone.',
		    'company.timezone');
	END IF;
	RETURN result;
END;
$$;
