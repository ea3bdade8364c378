-- What Redis is rebuilt from after it was lost.

-- The next lim tickets after this id that wait in a line or are somebody's
-- work, in the order of their ids: apply rows without a notice.
CREATE OR REPLACE FUNCTION desk.line_page(after bigint, lim int)
RETURNS TABLE (ticket bigint, apply jsonb)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
	SELECT t.id, desk.apply_json(t, q.name, desk.offer_of(q.offer_seconds,
	    q.offer_by, t.channel), a.name, NULL)
	FROM desk.ticket t
	JOIN desk.queue q ON q.id = t.queue
	LEFT JOIN desk.agent a ON a.id = t.assignee
	WHERE t.id > after AND t.state IN ('new', 'open')
	ORDER BY t.id
	LIMIT lim;
END;
$$;

-- What a rebuild tells Redis besides the line: {"agents":[…], "queues":[…],
-- "policies":[…],"calls":[…]}, who is here as it was last said, which queues
-- are paused and how they offer, and who is on the phone.
CREATE OR REPLACE FUNCTION desk.agents_page()
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_build_object(
	    'agents', (SELECT coalesce(jsonb_agg(desk.presence_json(a)
		ORDER BY a.name), '[]')
		FROM desk.agent a
		WHERE a.active OR a.left_at > now() - interval '1 day'),
	    'queues', (SELECT coalesce(jsonb_agg(jsonb_build_object('queue',
		q.name, 'paused', q.paused) ORDER BY q.name), '[]')
		FROM desk.queue q WHERE q.active),
	    'policies', desk.policies(),
	    'calls', desk.calls_page())
$$;
