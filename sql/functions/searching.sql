-- Finding tickets by words.  The index holds folded words (lower case, no
-- diacritics); the exact spelling is looked for among the newest of what it
-- finds.

-- A text as it is compared: lower case, no marks, đ as d.  What C does to
-- incoming text (daemon/desk), for the little that people here write
-- themselves.  A text in NFC keeps its length, rare letters (½) apart, so that
-- places in one are places in the other.
CREATE OR REPLACE FUNCTION desk.fold(body text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT lower(translate(regexp_replace(normalize(body, NFKD),
	    '[\u0300-\u036f]', '', 'g'), 'đĐ', 'dd'))
$$;

-- The folded words of a text, each once, blank between; NULL when it has none.
CREATE OR REPLACE FUNCTION desk.fold_words(body text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT string_agg(DISTINCT left(w, 64), ' ')
	FROM regexp_split_to_table(desk.fold(left(body, 16384)),
	    '[^[:alnum:]]+') w
	WHERE w <> ''
$$;

-- Leaves the words of something written here for the indexer.
CREATE OR REPLACE FUNCTION desk.words_put(event_id bigint, ticket_id bigint,
    body text)
RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO desk.index_todo (event, ticket, words)
	SELECT event_id, ticket_id, f.words
	FROM (SELECT desk.fold_words(body) AS words) f
	WHERE f.words IS NOT NULL
$$;

-- The words as a query, each the beginning of a word, all of them needed; at
-- most 16.  They are quoted, never read as operators.  NULL: no word.
CREATE OR REPLACE FUNCTION desk.words_query(folded text)
RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT string_agg('''' || replace(replace(w.word, '\', '\\'), '''',
	    '''''') || ''':*', ' & ')::tsquery
	FROM (SELECT DISTINCT left(u, 100) AS word
	    FROM unnest(string_to_array(folded, ' ')) u
	    WHERE u <> '' LIMIT 16) w
$$;

-- The newest events, n at most, whose words match, on tickets that the caller
-- sees.  The index gives every match there ever was before the first, so it is
-- asked for no more than is needed to have enough: a common word is met often
-- among the newest rows, which are read as they are; a less common one within
-- the newest part of the index; only a rare one, whose matches are few, in
-- the whole of it.
CREATE OR REPLACE FUNCTION desk.search_newest(caller jsonb, wanted tsquery,
    queue_id int, enough int, n int)
RETURNS bigint[]
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
	hidden	int[] := desk.hidden_queues(caller);
	me	int := (caller->>'agent')::int;
	newest	bigint := (SELECT max(s.event) FROM desk.search s);
	since	bigint;
	found	bigint[];
BEGIN
	SELECT array_agg(x.event) INTO found
	FROM (SELECT s.event
	    FROM (SELECT r.event, r.ticket, r.words FROM desk.search r
		ORDER BY r.event DESC LIMIT 2000) s
	    JOIN desk.ticket t ON t.id = s.ticket
	    WHERE s.words @@ wanted
		AND (queue_id IS NULL OR t.queue = queue_id)
		AND (t.queue <> ALL (hidden) OR t.assignee = me)
	    ORDER BY s.event DESC LIMIT n) x;

	FOREACH since IN ARRAY ARRAY[newest - 100000, 0] LOOP
		EXIT WHEN cardinality(found) >= enough;
		SELECT array_agg(x.event) INTO found
		FROM (SELECT s.event
		    FROM (SELECT r.event, r.ticket FROM desk.search r
			WHERE r.words @@ wanted
			    AND (since <= 0 OR r.event > since)
			ORDER BY r.event DESC OFFSET 0) s
		    JOIN desk.ticket t ON t.id = s.ticket
		    WHERE (queue_id IS NULL OR t.queue = queue_id)
			AND (t.queue <> ALL (hidden) OR t.assignee = me)
		    ORDER BY s.event DESC LIMIT n) x;
		EXIT WHEN since <= 0;
	END LOOP;
	RETURN found;
END;
$$;

-- Some 160 characters of a text around the place where the words stand: as
-- they were typed, else the first of them folded.  Only the beginning of a
-- text is looked at.
CREATE OR REPLACE FUNCTION desk.snippet(body text, typed text, folded text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
	flat	text := regexp_replace(normalize(body, NFC), '\s+', ' ', 'g');
	place	int := position(lower(typed) IN lower(flat));
	start	int;
BEGIN
	IF place = 0 THEN
		place := position(split_part(folded, ' ', 1)
		    IN desk.fold(flat));
	END IF;
	start := greatest(place - 40, 1);
	RETURN CASE WHEN start > 1 THEN '…' ELSE '' END
	    || substr(flat, start, 160)
	    || CASE WHEN length(flat) >= start + 160 THEN '…' ELSE '' END;
END;
$$;

-- SEARCH: {"tickets":[…]}, a row for each ticket: those that have the exact
-- spelling first, then the newest.  args.folded are the query's folded words,
-- blank between, from the daemon.
CREATE OR REPLACE FUNCTION desk.search(caller jsonb, args jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	n		int := desk.page_rows(args, 20, 100);
	typed		text := normalize(btrim(args->>'query'), NFC);
	folded		text := coalesce(args->>'folded',
			    desk.fold_words(args->>'query'));
	wanted		tsquery := desk.words_query(folded);
	queue_id	int;
	found		bigint[];
	rows		jsonb;
BEGIN
	IF args ? 'queue' THEN
		queue_id := (desk.queue_named(args->>'queue', 'queue')).id;
	END IF;
	IF wanted IS NOT NULL THEN
		found := desk.search_newest(caller, wanted, queue_id,
		    n, 200);
	END IF;

	WITH hit AS (
	    SELECT s.event, s.ticket, e.at, substr(concat_ws(E'\n',
		e.subject, e.text), 1, 4000) AS body
	    FROM desk.search s
	    JOIN desk.event e ON e.id = s.event
	    WHERE s.event = ANY (found)
	), best AS (
	    SELECT DISTINCT ON (h.ticket) h.*, x.exact
	    FROM hit h
	    CROSS JOIN LATERAL (SELECT position(lower(typed)
		IN lower(normalize(h.body, NFC))) > 0 AS exact) x
	    ORDER BY h.ticket, x.exact DESC, h.event DESC
	), top AS (
	    SELECT * FROM best b ORDER BY b.exact DESC, b.event DESC LIMIT n
	)
	SELECT jsonb_agg(desk.ticket_json(t, q.name, a.name, c.name)
	    || jsonb_build_object('event', b.event, 'at', desk.rfc3339(b.at),
		'exact', b.exact,
		'snippet', desk.snippet(b.body, typed, folded))
	    ORDER BY b.exact DESC, b.event DESC)
	INTO rows
	FROM top b
	JOIN desk.ticket t ON t.id = b.ticket
	JOIN desk.queue q ON q.id = t.queue
	JOIN desk.customer c ON c.id = t.customer
	LEFT JOIN desk.agent a ON a.id = t.assignee;
	RETURN jsonb_build_object('tickets', coalesce(rows, '[]'));
END;
$$;
