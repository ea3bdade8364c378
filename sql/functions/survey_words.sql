-- What surveys say in the two languages that the desk speaks: to customers as
-- em speaks to anh/chị, to our own people as "bạn".

-- A question as it is asked: in its own words, those of the other language
-- where it has only these, else as its kind is usually asked.
CREATE OR REPLACE FUNCTION desk.question_words(question jsonb, lang text,
    staff boolean DEFAULT false)
RETURNS text
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(question->>(CASE lang WHEN 'en' THEN 'en'
		ELSE 'vi' END), question->>'en', question->>'vi',
	    replace((SELECT w.words FROM (VALUES
	    ('nps', 'vi', false, 'Dạ, anh/chị có sẵn lòng giới thiệu {company} '
		'cho người quen không ạ?'),
	    ('nps', 'en', false, 'Would you recommend {company} to a friend?'),
	    ('nps', 'vi', true, 'Bạn có giới thiệu {company} là nơi làm việc '
		'cho người quen không?'),
	    ('nps', 'en', true, 'Would you recommend {company} to a friend as '
		'a place to work?'),
	    ('csat', 'vi', false,
		'Dạ, anh/chị thấy {company} hỗ trợ thế nào ạ?'),
	    ('csat', 'en', false, 'How did you like the help of {company}?'),
	    ('csat', 'vi', true, 'Bạn hài lòng với công việc ở mức nào?'),
	    ('csat', 'en', true, 'How content are you with your work?'),
	    ('ces', 'vi', false,
		'Dạ, anh/chị thấy việc này với {company} dễ hay khó ạ?'),
	    ('ces', 'en', false, 'How easy did {company} make it for you?'),
	    ('ces', 'vi', true, 'Bạn thấy làm việc ở đây dễ hay khó?'),
	    ('ces', 'en', true, 'How easy is it to get things done here?')
	    ) w(kind, lang, staff, words)
	    WHERE w.kind = question->>'kind'
		AND w.lang = CASE question_words.lang WHEN 'en' THEN 'en'
		    ELSE 'vi' END
		AND w.staff = question_words.staff), '{company}',
	    coalesce(desk.company('name'), '')))
$$;
