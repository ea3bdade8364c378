-- Themes: what customers speak of, told by words (block theme of desk.conf) or
-- by hand; and when one rises.

CREATE TABLE desk.theme (
	name		text PRIMARY KEY,
	place		int NOT NULL,
	body		jsonb NOT NULL		-- the block
);

-- A message of the history that speaks of a theme.  said: an agent said so; of
-- what one took away a row stays, so that nobody finds it again.
CREATE TABLE desk.theme_event (
	theme		text NOT NULL,
	event		bigint NOT NULL,
	ticket		bigint NOT NULL,
	noted_at	timestamptz NOT NULL,	-- when the event was filed
	off		boolean NOT NULL DEFAULT false,
	agent		int REFERENCES desk.agent,	-- who said so
	PRIMARY KEY (event, theme)
);
CREATE INDEX theme_event_newest ON desk.theme_event
	(theme, noted_at DESC, event DESC) WHERE NOT off;
CREATE INDEX theme_event_ticket ON desk.theme_event (ticket);

-- How many there were in an hour (UTC) that is over.
CREATE TABLE desk.theme_hour (
	theme		text NOT NULL,
	hour		timestamptz NOT NULL,
	n		bigint NOT NULL,
	PRIMARY KEY (theme, hour)
);

-- Hours before this one are counted in theme_hour.
CREATE TABLE desk.theme_mark (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	hour		timestamptz NOT NULL,
	looked_at	timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO desk.theme_mark (hour) VALUES (date_trunc('hour', now()));

-- A theme that came up more often than it does: since when, how often in the
-- hour before, and how often it does at that time of day.
CREATE TABLE desk.theme_rise (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	theme		text NOT NULL,
	began_at	timestamptz NOT NULL DEFAULT now(),
	n		bigint NOT NULL,	-- the most in one hour
	usual		double precision NOT NULL,
	ended_at	timestamptz,		-- NULL: it goes on
	incident	bigint REFERENCES desk.incident
);
CREATE UNIQUE INDEX theme_rise_goes_on ON desk.theme_rise (theme)
	WHERE ended_at IS NULL;

-- The body is in functions/themes.sql.
CREATE FUNCTION desk.theme_note()
RETURNS trigger
LANGUAGE plpgsql
AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER theme_note AFTER INSERT ON desk.event
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.theme_note();
