-- CHANNEL.LIST: every way in and out that is configured, with when something
-- last came and went, and what was last wrong.

-- The newest mail or message to or from outside on a channel, of the newest
-- 2,000 events: of what is longer ago nothing is said.  What is sent by others
-- (desk.outbound) went out when they took it, not when it was written.
CREATE OR REPLACE FUNCTION desk.channel_last(events desk.event[])
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_object_agg(x.channel, x.last), '{}')
	FROM (SELECT e.channel, jsonb_strip_nulls(jsonb_build_object(
		'last_in', desk.rfc3339(max(e.filed_at)
		    FILTER (WHERE e.direction = 'in')),
		'last_out', desk.rfc3339(max(CASE
		    WHEN o.state = 'sent' THEN o.settled_at
		    WHEN o.state = 'bounced' OR o.id IS NULL THEN e.filed_at END)
		    FILTER (WHERE e.direction = 'out'
			AND (o.id IS NOT NULL
			    OR e.channel NOT IN ('mail', 'social')))))) AS last
	    FROM unnest(events) e
	    LEFT JOIN desk.outbound o ON o.event = e.id
		AND e.direction = 'out'
	    GROUP BY e.channel) x
$$;

-- Mails that are to go to the relay; so many at most are counted.
CREATE OR REPLACE FUNCTION desk.mail_waiting()
RETURNS bigint
LANGUAGE sql STABLE
AS $$
	SELECT count(*) FROM (SELECT FROM desk.outbound o
	    WHERE o.channel = 'mail' AND o.state IN ('queued', 'deferred',
		'sending', 'committing')
	    LIMIT 1000) w
$$;

-- The daemon adds which of deskd.conf's ways are open (op_channel.c).
CREATE OR REPLACE FUNCTION desk.channel_list(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	c	jsonb := desk.config_get()->'config';
	last	jsonb;
BEGIN
	PERFORM desk.must_be(caller, 'supervisor');
	last := desk.channel_last(ARRAY(SELECT e FROM desk.event e
	    ORDER BY e.id DESC LIMIT 2000));
	RETURN jsonb_build_object(
	    'served', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(
		    jsonb_build_object('kind', s.kind, 'address', s.address,
			'queue', q.name)) ORDER BY s.kind, s.address), '[]')
		FROM desk.served s LEFT JOIN desk.queue q ON q.id = s.queue),
	    'mail', coalesce(last->'mail', '{}') || jsonb_strip_nulls(
		jsonb_build_object('waiting', desk.mail_waiting(),
		    'said', (SELECT o.said FROM desk.outbound o
			WHERE o.channel = 'mail' AND o.state = 'deferred'
			ORDER BY o.next_try LIMIT 1))),
	    'widget', coalesce(last->'chat', '{}')
		|| jsonb_build_object('signed', coalesce(c->'widget', '{}')
		    ? 'secret_file'),
	    'calls', coalesce(last->'call', '{}'),
	    'social', coalesce(last->'social', '{}'),
	    'sources', (SELECT coalesce(jsonb_agg(jsonb_build_object(
		    'name', s->'name', 'form', s->'form',
		    'answers', coalesce(s->'provider'->'sends', '[]') <> '[]')
		    ORDER BY s->>'name'), '[]')
		FROM jsonb_array_elements(c->'sources') s),
	    'hooks', desk.hook_list(caller, '{}')->'hooks',
	    'tests', desk.channel_tests());
END;
$$;
