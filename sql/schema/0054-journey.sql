-- Where customers are on their way: stages, touchpoints, journeys (desk.conf),
-- and each event of a customer as a step of his.

-- In the order of the journey; without any in desk.conf, these eight.
CREATE TABLE desk.stage (
	name		text COLLATE "C" PRIMARY KEY,
	place		int NOT NULL,
	vi		text NOT NULL,
	en		text NOT NULL
);
INSERT INTO desk.stage (name, place, vi, en)
VALUES ('awareness', 1, 'Nhận thức', 'Awareness'),
    ('discovery', 2, 'Khám phá', 'Discovery'),
    ('attraction', 3, 'Thu hút', 'Attraction'),
    ('consultation', 4, 'Tham khảo', 'Consultation'),
    ('purchase', 5, 'Mua', 'Purchase'),
    ('use', 6, 'Sử dụng', 'Use'),
    ('support', 7, 'Bảo hành, hỗ trợ', 'Support'),
    ('advocacy', 8, 'Mua lại, giới thiệu', 'Advocacy');

-- The first that fits an event is where it happened; one without conditions is
-- named by people and surveys alone.
CREATE TABLE desk.touchpoint (
	name		text COLLATE "C" PRIMARY KEY,
	place		int NOT NULL,
	stage		text COLLATE "C" NOT NULL,
	vi		text NOT NULL,
	en		text NOT NULL,
	department	int,		-- whose it is
	owner		int,
	target		numeric(2,1),	-- of 5
	kinds		text[] NOT NULL,	-- of events; '{}': any
	channels	text[] NOT NULL,
	queues		int[] NOT NULL,
	statuses	text[] NOT NULL,	-- of an order
	keywords	text[] NOT NULL,	-- as desk.heard() has words
	ruled		boolean NOT NULL	-- it has conditions
);

-- Which stages there are for whom; the first whose segments fit.  Who fits none
-- has all stages, in the journey ''.
CREATE TABLE desk.journey (
	name		text COLLATE "C" PRIMARY KEY,
	place		int NOT NULL,
	vi		text NOT NULL,
	en		text NOT NULL,
	stages		text[] NOT NULL,
	segments	text[] NOT NULL	-- '{}': everybody
);

-- Events whose step is to be looked at (again), appended by whoever writes or
-- moves them; taken by desk.journey_run(), which alone writes what follows.
CREATE TABLE desk.step_todo (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	event		bigint NOT NULL,
	filed_at	timestamptz NOT NULL
);

-- What somebody said of an event's touchpoint; it is kept whatever rules say.
CREATE TABLE desk.step_hand (
	event		bigint PRIMARY KEY,
	touchpoint	text COLLATE "C" NOT NULL,
	who		text NOT NULL,
	at		timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE desk.step (
	event		bigint PRIMARY KEY,
	filed_at	timestamptz NOT NULL,
	at		timestamptz NOT NULL,	-- not later than filed_at
	day		date NOT NULL,	-- of at, in the company's zone
	customer	bigint NOT NULL,
	ticket		bigint NOT NULL,
	kind		text NOT NULL,
	channel		text NOT NULL,
	-- As they were when it was first looked at.
	queue		int NOT NULL,
	segment		text NOT NULL,
	journey		text COLLATE "C" NOT NULL,
	stage		text COLLATE "C" NOT NULL,
	touchpoint	text COLLATE "C" NOT NULL,
	by_hand		boolean NOT NULL,
	mood		smallint,	-- -1, 0, 1; NULL: not known
	-- What follows from the customer's step before it (by at, event).
	prior_journey	text COLLATE "C" NOT NULL DEFAULT '',
	prior_stage	text COLLATE "C" NOT NULL DEFAULT '', -- '': it is the first
	prior		text COLLATE "C" NOT NULL DEFAULT '', -- touchpoint
	visit		boolean NOT NULL DEFAULT true,	-- not the same case there
	entered		boolean NOT NULL DEFAULT true,	-- not the same stage
	reached		boolean NOT NULL DEFAULT true,	-- never there before
	nth		int NOT NULL DEFAULT 1,		-- since he entered
	since		timestamptz NOT NULL		-- when he entered
);
CREATE INDEX step_customer ON desk.step (customer, at, event);
CREATE INDEX step_entered ON desk.step (customer, journey, stage, at, event)
	WHERE entered;
CREATE INDEX step_ticket ON desk.step (ticket, event);

-- Where a customer is: his last step.
CREATE TABLE desk.customer_stage (
	customer	bigint PRIMARY KEY,
	journey		text COLLATE "C" NOT NULL,
	stage		text COLLATE "C" NOT NULL,
	touchpoint	text COLLATE "C" NOT NULL,
	since		timestamptz NOT NULL,
	at		timestamptz NOT NULL,	-- of that step
	event		bigint NOT NULL,
	n		int NOT NULL	-- steps since
);
CREATE INDEX customer_stage_at ON desk.customer_stage
	(journey, stage, at, customer);

-- What steps come to by day, and by month ('m', the month's first day).
--   step:  one each; value is its mood, 2 where that is not known
--   visit: one that begins a stay at a touchpoint; prior is where he was
--   enter: one that begins a stay in a stage; prior is the stage he left
--   reach: his first in that stage
--   leave: he left that stage for another journey
CREATE TABLE desk.journey_day (
	span		"char" NOT NULL,	-- d, m
	what		text COLLATE "C" NOT NULL,
	day		date NOT NULL,
	journey		text COLLATE "C" NOT NULL,
	stage		text COLLATE "C" NOT NULL,
	prior		text COLLATE "C" NOT NULL,
	touchpoint	text COLLATE "C" NOT NULL,
	queue		int NOT NULL,
	channel		text COLLATE "C" NOT NULL,
	segment		text COLLATE "C" NOT NULL,
	value		smallint NOT NULL,
	n		bigint NOT NULL,
	PRIMARY KEY (span, what, day, journey, stage, prior, touchpoint,
	    queue, channel, segment, value)
);

-- How far the history is gone through again, since its rules changed: events
-- after this one, up to that.
CREATE TABLE desk.journey_again (
	one		boolean PRIMARY KEY DEFAULT true CHECK (one),
	after		bigint NOT NULL,
	upto		bigint NOT NULL
);

-- That a step of the map is as it is believed to be: who saw it, in what.
CREATE TABLE desk.touchpoint_check (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	touchpoint	text COLLATE "C" NOT NULL,
	seen		date NOT NULL,
	who		text NOT NULL,
	evidence	text NOT NULL,
	at		timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX touchpoint_check_newest ON desk.touchpoint_check
	(touchpoint, seen DESC, id DESC);

-- Its words are in journey_take.sql.
CREATE FUNCTION desk.step_follow() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION desk.steps_begin() RETURNS trigger
LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
-- For a batch at once: a tenth of what rows cost one by one.
CREATE TRIGGER steps_begin AFTER INSERT ON desk.event
	REFERENCING NEW TABLE AS fresh
	FOR EACH STATEMENT EXECUTE FUNCTION desk.steps_begin();
CREATE TRIGGER step_move AFTER UPDATE OF customer, ticket ON desk.event
	FOR EACH ROW WHEN ((NEW.direction = 'in' OR NEW.kind = 'survey')
	    AND (OLD.customer <> NEW.customer OR OLD.ticket <> NEW.ticket))
	EXECUTE FUNCTION desk.step_follow();
