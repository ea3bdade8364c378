-- Promises that templates and macros make besides their words (`promise` in
-- desk.conf): put on record when a message goes out that is made of them, and
-- taken back with it.

-- t: its case; said: the message's event; names: of templates (or macros);
-- one that promises nothing, or is not there any more, is passed over.  Of a
-- case that has its twenty no more is put on record: the message goes out all
-- the same.
CREATE OR REPLACE FUNCTION desk.promises_by(caller jsonb, t desk.ticket,
    said bigint, what text, names text[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	w	desk.template_promise;
BEGIN
	IF t.kind = 'consult' OR coalesce(names, '{}') = '{}' THEN
		RETURN;
	END IF;
	FOR w IN SELECT * FROM desk.template_promise x
	    WHERE x.what = promises_by.what AND x.name = ANY (names)
	    ORDER BY x.name LOOP
		EXIT WHEN (SELECT count(*) FROM desk.promise p
		    WHERE p.ticket = t.id AND p.state = 'open') >= 20;
		PERFORM desk.promise_made(caller, t, nextval('desk.event_id'),
		    jsonb_strip_nulls(jsonb_build_object('kind', w.kind,
			'due', now() + w.within, 'source', 'template',
			'agent', caller->'agent', 'words', w.name,
			'reply', said)));
	END LOOP;
END;
$$;

-- A message that was taken back promises nothing.
CREATE OR REPLACE FUNCTION desk.promises_taken_back(caller jsonb,
    of_ticket bigint, said bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	p	desk.promise;
BEGIN
	FOR p IN SELECT * FROM desk.promise q
	    WHERE q.reply = said AND q.ticket = of_ticket AND q.state = 'open'
	    ORDER BY q.id FOR UPDATE LOOP
		PERFORM desk.promise_end(caller, p, 'withdrawn', now(),
		    jsonb_build_object('by', said));
	END LOOP;
END;
$$;
