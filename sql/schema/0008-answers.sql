-- When the desk is open, and texts that are written once and sent often.

CREATE TABLE desk.hours (
	id		int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name		text NOT NULL UNIQUE,
	timezone	text NOT NULL
);
-- Minutes of the local day; a day may be split.  dow as in ISO 8601: Monday 1.
CREATE TABLE desk.hours_span (
	hours		int NOT NULL REFERENCES desk.hours ON DELETE CASCADE,
	dow		int NOT NULL CHECK (dow BETWEEN 1 AND 7),
	opens		int NOT NULL CHECK (opens >= 0),
	closes		int NOT NULL CHECK (closes > opens AND closes <= 1440),
	PRIMARY KEY (hours, dow, opens)
);
CREATE TABLE desk.holiday (
	hours		int NOT NULL REFERENCES desk.hours ON DELETE CASCADE,
	day		date NOT NULL,
	title		text NOT NULL DEFAULT '',
	PRIMARY KEY (hours, day)
);

CREATE TABLE desk.template (
	name		text NOT NULL,
	lang		text NOT NULL CHECK (lang IN ('vi', 'en')),
	subject		text,
	body		text NOT NULL,
	PRIMARY KEY (name, lang)
);

-- hours NULL: always open.  The others name a template; NULL: none.
ALTER TABLE desk.queue
	ADD hours		int REFERENCES desk.hours,
	ADD signature		text,
	ADD acknowledge		text,
	ADD acknowledge_closed	text;
