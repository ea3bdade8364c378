-- What hangs on no case when two customers are made one, and goes back to its
-- own when they are taken apart: answers, notes, codes, follow-ups.

-- All of a customer's that his cases do not bring along, for
-- desk.customer_merge: {"response":["12"], "referral_code":["K7…"], …}.  After
-- desk.people_move().
CREATE OR REPLACE FUNCTION desk.merge_rows(whom bigint)
RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(jsonb_object_agg(x.name, x.keys)
	    FILTER (WHERE x.keys <> '{}'), '{}')
	FROM (VALUES
	    ('customer_order', ARRAY(SELECT o.order_no
		FROM desk.customer_order o WHERE o.customer = whom)),
	    ('promise', ARRAY(SELECT p.id::text
		FROM desk.promise p WHERE p.customer = whom)),
	    ('invitation', ARRAY(SELECT i.id::text
		FROM desk.invitation i WHERE i.customer = whom)),
	    ('response', ARRAY(SELECT r.id::text
		FROM desk.response r WHERE r.customer = whom)),
	    ('class_fired', ARRAY(SELECT f.response::text
		FROM desk.class_fired f WHERE f.customer = whom)),
	    ('feedback', ARRAY(SELECT f.id::text
		FROM desk.feedback f WHERE f.customer = whom)),
	    ('action', ARRAY(SELECT a.id::text
		FROM desk.action a WHERE a.customer = whom)),
	    ('research', ARRAY(SELECT n.id::text
		FROM desk.research n WHERE n.customer = whom)),
	    ('followup_sent', ARRAY(SELECT s.id::text
		FROM desk.followup_sent s WHERE s.customer = whom)),
	    ('referral_code', ARRAY(SELECT c.code::text
		FROM desk.referral_code c WHERE c.customer = whom)),
	    -- By whose code he came; who else may be he.
	    ('referral', ARRAY(SELECT r.code
		FROM desk.referral r WHERE r.customer = whom)),
	    ('same_person', ARRAY(SELECT CASE WHEN p.one = whom
		    THEN p.other ELSE p.one END::text
		FROM desk.same_person p WHERE whom IN (p.one, p.other))))
	    x(name, keys)
$$;

-- The numbers of a table's rows that came along in a merge.
CREATE OR REPLACE FUNCTION desk.merge_ids(m desk.customer_merge, of text)
RETURNS bigint[]
LANGUAGE sql IMMUTABLE
AS $$
	SELECT ARRAY(SELECT x::bigint
	    FROM jsonb_array_elements_text((m).rows->of) x)
$$;

-- They go back to whom they came with, as far as they are whose still, and so
-- does what followed from them since: the answer to what he was asked, the
-- feedback that it is, what is done about that, who came by his code.
CREATE OR REPLACE FUNCTION desk.merge_give_back(m desk.customer_merge,
    whose bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	codes	text[] := ARRAY(SELECT jsonb_array_elements_text(
		    m.rows->'referral_code'));
	orders	text[] := ARRAY(SELECT jsonb_array_elements_text(
		    m.rows->'customer_order'));
	notes	bigint[] := desk.merge_ids(m, 'research');
	asked	bigint[] := desk.merge_ids(m, 'invitation');
	said	bigint[];
	heard	bigint[];
BEGIN
	UPDATE desk.customer_order o SET customer = m.goes
	WHERE o.customer = whose AND o.order_no = ANY (orders);
	UPDATE desk.promise p SET customer = m.goes
	WHERE p.customer = whose AND p.id = ANY (desk.merge_ids(m, 'promise'));
	UPDATE desk.followup_sent s SET customer = m.goes
	WHERE s.customer = whose
	    AND s.id = ANY (desk.merge_ids(m, 'followup_sent'));
	UPDATE desk.invitation i SET customer = m.goes
	WHERE i.customer = whose AND i.id = ANY (asked);
	WITH back AS (
	    UPDATE desk.response r SET customer = m.goes
	    WHERE r.customer = whose
		AND (r.id = ANY (desk.merge_ids(m, 'response'))
		    OR r.invitation = ANY (asked))
	    RETURNING r.id
	)
	SELECT array_agg(b.id) INTO said FROM back b;
	said := coalesce(said, '{}');
	UPDATE desk.class_fired f SET customer = m.goes
	WHERE f.customer = whose
	    AND f.response = ANY (desk.merge_ids(m, 'class_fired') || said);
	UPDATE desk.research n SET customer = m.goes
	WHERE n.customer = whose AND n.id = ANY (notes);
	WITH back AS (
	    UPDATE desk.feedback f SET customer = m.goes
	    WHERE f.customer = whose
		AND (f.id = ANY (desk.merge_ids(m, 'feedback'))
		    OR f.response = ANY (said) OR f.research = ANY (notes))
	    RETURNING f.id
	)
	SELECT array_agg(b.id) INTO heard FROM back b;
	UPDATE desk.action a SET customer = m.goes
	WHERE a.customer = whose AND (a.id = ANY (desk.merge_ids(m, 'action'))
	    OR a.ticket IS NULL AND a.feedback = ANY (heard));
	UPDATE desk.referral_code c SET customer = m.goes
	WHERE c.customer = whose AND c.code = ANY (codes);
	UPDATE desk.referral r SET referrer = m.goes
	WHERE r.referrer = whose AND r.code = ANY (codes);
	UPDATE desk.referral r SET customer = m.goes
	WHERE r.customer = whose AND r.referrer <> m.goes
	    AND m.rows->'referral' ? r.code
	    -- Else it is by whom the other one came.
	    AND NOT EXISTS (SELECT FROM desk.referral_parted p
		WHERE p.merge = m.id AND p.customer = m.goes);
	PERFORM desk.referral_rejoin(m.id);
	INSERT INTO desk.same_person (one, other, why, at, dismissed_at,
	    dismissed_by)
	SELECT least(m.goes, x.other), greatest(m.goes, x.other), x.why, x.at,
	    x.dismissed_at, x.dismissed_by
	FROM (SELECT CASE WHEN p.one = whose THEN p.other ELSE p.one END
		AS other, p.why, p.at, p.dismissed_at, p.dismissed_by
	    FROM desk.same_person p WHERE whose IN (p.one, p.other)) x
	WHERE x.other = ANY (desk.merge_ids(m, 'same_person'))
	    AND x.other <> m.goes
	ON CONFLICT DO NOTHING;
END;
$$;

-- Who brought whom, for which there is no room when these two are one: nobody
-- has brought himself, or came twice.
CREATE OR REPLACE FUNCTION desk.referral_doubled(source bigint, target bigint)
RETURNS SETOF desk.referral
LANGUAGE sql STABLE
AS $$
	SELECT r.* FROM desk.referral r
	WHERE (r.customer = source AND r.referrer = target)
	    OR (r.customer = target AND r.referrer = source)
	    OR (r.customer = source AND EXISTS (SELECT FROM desk.referral x
		WHERE x.customer = target AND x.referrer <> source))
$$;

-- What a merge had no room for is there again; not of those who were erased
-- since, or have become another's meanwhile.
CREATE OR REPLACE FUNCTION desk.referral_rejoin(of_merge bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	WITH gone AS (
	    DELETE FROM desk.referral_parted p WHERE p.merge = of_merge
	    RETURNING p.*
	), back AS (
	    INSERT INTO desk.referral (customer, referrer, code, order_no, at,
		who)
	    SELECT c.id, r.id, g.code, g.order_no, g.at, g.who
	    FROM gone g
	    JOIN desk.customer c ON c.id = desk.customer_now(g.customer)
		AND c.erased_at IS NULL
	    JOIN desk.customer r ON r.id = desk.customer_now(g.referrer)
		AND r.erased_at IS NULL
	    WHERE c.id <> r.id
	    ON CONFLICT DO NOTHING
	    RETURNING referrer
	)
	INSERT INTO desk.advocate AS a (customer, came)
	SELECT b.referrer, count(*) FROM back b GROUP BY 1 ORDER BY 1
	ON CONFLICT (customer) DO UPDATE SET came = a.came + excluded.came;
END;
$$;

-- Since when, and by whose word, one of two who were one wants nothing unasked:
-- what he said himself, or, where it may be of either, what stands there now.
CREATE OR REPLACE FUNCTION desk.unasked_own(either boolean, now_at timestamptz,
    now_by text, own_at timestamptz, own_by text, OUT at timestamptz,
    OUT by text)
LANGUAGE sql IMMUTABLE
AS $$
	SELECT CASE WHEN either THEN now_at ELSE own_at END,
	    CASE WHEN either THEN now_by WHEN own_at IS NOT NULL THEN own_by END
$$;

-- Whether they want what is sent unasked: each as he said himself.  What was
-- said while they were one may be either's, and both keep it; so they do what
-- of it is not known any more whose it was.
CREATE OR REPLACE FUNCTION desk.unasked_part(m desk.customer_merge,
    whose bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	was	desk.customer := jsonb_populate_record(NULL::desk.customer,
		    m.was->'goes');
	stays	desk.customer := jsonb_populate_record(NULL::desk.customer,
		    m.was->'stays');
	known	boolean := m.was->'stays' ? 'no_surveys_at';
	k	desk.customer;
BEGIN
	SELECT * INTO k FROM desk.customer c WHERE c.id = whose;
	UPDATE desk.customer c SET
	    no_surveys_at = s.at, no_surveys_by = s.by,
	    no_followups_at = f.at, no_followups_by = f.by
	FROM (VALUES
	    (m.goes, was.no_surveys_at, was.no_surveys_by,
		was.no_followups_at, was.no_followups_by),
	    (whose, stays.no_surveys_at, k.no_surveys_by,
		stays.no_followups_at, k.no_followups_by))
	    own(id, s_at, s_by, f_at, f_by)
	CROSS JOIN LATERAL desk.unasked_own(NOT known
	    OR k.no_surveys_at IS NULL OR k.no_surveys_at >= m.at,
	    k.no_surveys_at, k.no_surveys_by, own.s_at, own.s_by) s
	CROSS JOIN LATERAL desk.unasked_own(NOT known
	    OR k.no_followups_at IS NULL OR k.no_followups_at >= m.at,
	    k.no_followups_at, k.no_followups_by, own.f_at, own.f_by) f
	WHERE c.id = own.id;
END;
$$;
