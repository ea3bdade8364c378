-- Which question was ever a survey's first: who asks for it by a name that is no
-- more is not told that there never was one, without a look through the answers.
CREATE INDEX response_head ON desk.response (survey, head);
