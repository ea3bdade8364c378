-- Talks on social networks: which case the messages between one customer and
-- one of our pages belong to (sql/functions/social.sql).

CREATE TABLE desk.social_line (
	key		text COLLATE "C" PRIMARY KEY,	-- "line:SOURCE:…"
	ticket		bigint		-- NULL while its first message is filed
);
