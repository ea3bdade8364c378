-- Feedback, actions, notes and referrals where customers are made one, taken
-- apart, shown and erased: called by people*.sql.

-- With cases that change hands.
CREATE OR REPLACE FUNCTION desk.feedback_move(tickets bigint[], target bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.feedback f SET customer = target
	WHERE f.ticket = ANY (tickets);
	UPDATE desk.action a SET customer = target
	WHERE a.ticket = ANY (tickets);
	UPDATE desk.class_fired o SET customer = target
	FROM desk.response r
	WHERE r.ticket = ANY (tickets) AND o.response = r.id;
END;
$$;

-- Whose answers were parted is known by his own again; who neither recommends
-- us nor brought anybody is no advocate.
CREATE OR REPLACE FUNCTION desk.advocate_again(whom bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	DELETE FROM desk.advocate a WHERE a.customer = whom;
	INSERT INTO desk.advocate (customer, promoted, class, class_at, came)
	SELECT whom, x.promoted, coalesce(x.class, ''), x.at, x.came
	FROM (SELECT count(*) FILTER (WHERE r.class = 'promoter') AS promoted,
		(array_agg(r.class ORDER BY r.at DESC, r.id DESC)
		    FILTER (WHERE r.class IS NOT NULL))[1] AS class,
		max(r.at) FILTER (WHERE r.class IS NOT NULL) AS at,
		(SELECT count(*) FROM desk.referral f
		    WHERE f.referrer = whom) AS came
	    FROM desk.response r
	    JOIN desk.invitation i ON i.id = r.invitation AND i.staff IS NULL
	    WHERE r.customer = whom) x
	WHERE x.promoted > 0 OR x.came > 0;
END;
$$;

-- All that is left of one who becomes another.
CREATE OR REPLACE FUNCTION desk.feedback_leave(source bigint, target bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	bringers bigint[];
BEGIN
	UPDATE desk.feedback f SET customer = target
	WHERE f.customer = source;
	UPDATE desk.action a SET customer = target WHERE a.customer = source;
	UPDATE desk.class_fired o SET customer = target
	WHERE o.customer = source;
	UPDATE desk.research n SET customer = target
	WHERE n.customer = source;
	UPDATE desk.referral_code c SET customer = target
	WHERE c.customer = source;
	WITH gone AS (
	    DELETE FROM desk.referral r
	    WHERE r.customer IN (SELECT d.customer
		FROM desk.referral_doubled(source, target) d)
	    RETURNING r.referrer
	)
	SELECT array_agg(g.referrer) INTO bringers FROM gone g;
	UPDATE desk.advocate a SET came = a.came - 1
	WHERE a.customer = ANY (bringers)
	    AND a.customer NOT IN (source, target);
	UPDATE desk.referral r SET customer = target
	WHERE r.customer = source;
	UPDATE desk.referral r SET referrer = target
	WHERE r.referrer = source;
	WITH gone AS (
	    DELETE FROM desk.advocate a WHERE a.customer = source
	    RETURNING *
	)
	INSERT INTO desk.advocate AS a (customer, promoted, class, class_at)
	SELECT target, g.promoted, g.class, g.class_at FROM gone g
	ON CONFLICT (customer) DO UPDATE SET
	    promoted = a.promoted + excluded.promoted,
	    class = CASE WHEN excluded.class_at > coalesce(a.class_at,
		'-infinity') THEN excluded.class ELSE a.class END,
	    class_at = greatest(a.class_at, excluded.class_at);
	UPDATE desk.advocate a SET came = (SELECT count(*)
	    FROM desk.referral r WHERE r.referrer = target)
	WHERE a.customer = target;
END;
$$;

-- What was learnt of him goes; that somebody said something, and when it was
-- answered, counts on.  Nothing is sent or done any more.
CREATE OR REPLACE FUNCTION desk.feedback_erase(whom bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE desk.class_fired o SET due_at = NULL
	WHERE o.customer = whom AND o.due_at IS NOT NULL;
	UPDATE desk.action a SET what = '', words = '', verdict = ''
	WHERE a.customer = whom;
	UPDATE desk.research n SET title = '', text = '', words = ''
	WHERE n.customer = whom;
	UPDATE desk.advocate a SET came = a.came - 1
	FROM desk.referral r
	WHERE r.customer = whom AND a.customer = r.referrer;
	DELETE FROM desk.referral r WHERE whom IN (r.customer, r.referrer);
	-- Under his older ids, too.
	DELETE FROM desk.referral_parted p
	USING (SELECT whom AS id UNION ALL
	    SELECT w.id FROM desk.customer_was w WHERE w.now = whom) x
	WHERE x.id IN (p.customer, p.referrer);
	DELETE FROM desk.referral_code c WHERE c.customer = whom;
	DELETE FROM desk.advocate a WHERE a.customer = whom;
END;
$$;

-- What of it is his to have.
CREATE OR REPLACE FUNCTION desk.feedback_exported(whom bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN jsonb_build_object(
	    'feedback', (SELECT coalesce(jsonb_agg(desk.feedback_json(f)
		    ORDER BY f.id), '[]')
		FROM desk.feedback f WHERE f.customer = whom),
	    'actions', (SELECT coalesce(jsonb_agg(desk.action_json(a)
		    ORDER BY a.id), '[]')
		FROM desk.action a WHERE a.customer = whom),
	    'courses', (SELECT coalesce(jsonb_agg(jsonb_build_object(
		    'response', o.response, 'class', o.class,
		    'at', desk.rfc3339(o.at),
		    'sent_at', desk.rfc3339(o.sent_at))
		    ORDER BY o.response), '[]')
		FROM desk.class_fired o WHERE o.customer = whom),
	    'research', (SELECT coalesce(jsonb_agg(
		    desk.research_json(n, true) ORDER BY n.id), '[]')
		FROM desk.research n WHERE n.customer = whom),
	    'referral', desk.referral_json(whom),
	    'referral_codes', (SELECT coalesce(jsonb_agg(c.code
		    ORDER BY c.code), '[]')
		FROM desk.referral_code c WHERE c.customer = whom));
END;
$$;
