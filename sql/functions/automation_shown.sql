-- Automation as people see it: what rules did in a case, and what they would.

-- The newest five firings among a case's last 200 events, newest first; NULL:
-- there is none.
CREATE OR REPLACE FUNCTION desk.automation_told(of bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT jsonb_agg(jsonb_build_object('at', desk.rfc3339(f.at))
	    || f.meta ORDER BY f.id DESC)
	FROM (SELECT e.id, e.at, e.meta FROM (SELECT * FROM desk.event k
		WHERE k.ticket = of ORDER BY k.id DESC LIMIT 200) e
	    WHERE e.kind = 'rule' ORDER BY e.id DESC LIMIT 5) f
$$;

-- What one rule makes of a ticket as it is, in words.
CREATE OR REPLACE FUNCTION desk.automation_said(r desk.automation, of bigint,
    lacks text, since timestamptz, fired boolean, often boolean)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT CASE
	    WHEN lacks IS NOT NULL THEN format('Not: its %s does not hold.',
		lacks)
	    WHEN (r).after IS NOT NULL AND since IS NULL
		THEN format('Not: the case is not %s.', (r).event)
	    WHEN fired THEN 'Not again: it fired for this already.'
	    WHEN often THEN 'Not today: it fired as often as it may in a day.'
	    WHEN (r).after IS NULL
		THEN format('At the next event "%s".', (r).event)
	    WHEN since + make_interval(secs => (r).after) > now()
		THEN format('At %s.', desk.rfc3339(
		    since + make_interval(secs => (r).after)))
	    -- Its moment has been looked at, and it was not so then.
	    WHEN (since, of) <= ((r).upto, (r).upto_id)
		THEN 'Not: it did not hold when its time came.'
	    ELSE 'Now.' END
$$;

-- RULES.TEST: {"ticket","number","rules":[{"rule","on","after","would",
-- "lacks","since","today","actions","said"}]}, in the file's order; nothing is
-- done.  Keywords and feelings are those of what the customer wrote last.
CREATE OR REPLACE FUNCTION desk.rules_test(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	t	desk.ticket := desk.ticket_seen_by(caller, args, false);
	seg	text := (SELECT c.segment FROM desk.customer c
		    WHERE c.id = t.customer);
	said	jsonb := (SELECT e.facts FROM desk.event e
		    WHERE e.ticket = t.id AND e.direction = 'in'
			AND e.kind = 'message'
		    ORDER BY e.id DESC LIMIT 1);
BEGIN
	RETURN jsonb_build_object('ticket', t.id, 'number', t.number, 'rules',
	    (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'rule', (x.r).name, 'on', (x.r).event, 'after', (x.r).after,
		'would', x.said ~ '^(At|Now)', 'lacks', x.lacks,
		'since', desk.rfc3339(x.since), 'today', x.today,
		'actions', to_jsonb((x.r).actions), 'said', x.said))
		ORDER BY (x.r).place), '[]')
	    FROM (SELECT r, l.lacks, l.since, d.today,
		    desk.automation_said(r, t.id, l.lacks, l.since,
			r.after IS NOT NULL AND EXISTS (
			    SELECT FROM desk.automation_fired f
			    WHERE f.ticket = t.id AND f.rule = r.name
				AND f.occasion = -desk.epoch_ms(l.since)),
			d.today >= r.daily) AS said
		FROM desk.automation r
		CROSS JOIN LATERAL (SELECT
		    desk.automation_lacks(r, t, seg, said->'heard',
			CASE WHEN r.event IN ('created', 'message')
			THEN said->'mood' END) AS lacks,
		    desk.automation_since(r.event, t) AS since) l
		CROSS JOIN LATERAL (SELECT count(*) AS today
		    FROM desk.automation_fired f
		    WHERE f.ticket = t.id AND f.rule = r.name AND NOT f.held
			AND f.at > now() - interval '1 day') d) x));
END;
$$;
