-- What follows an answer: a course for each class, feedback that is answered
-- or listed as unanswered, actions with an owner and a date, who brought whom,
-- and notes of research.

-- The class blocks of desk.conf, in the file's order.
CREATE TABLE desk.class (
	place		int PRIMARY KEY,
	name		text NOT NULL UNIQUE,
	kind		text NOT NULL,
	scores		int4range NOT NULL,
	surveys		text[] NOT NULL,	-- empty: every survey
	queues		int[] NOT NULL,
	segments	text[] NOT NULL,
	body		jsonb NOT NULL		-- the block, as it was checked
);

-- An answer's course, once; the first class that fitted.  It goes on as the
-- block was when the answer came, whatever is applied since.
CREATE TABLE desk.class_fired (
	response	bigint NOT NULL UNIQUE REFERENCES desk.response,
	class		text NOT NULL,
	customer	bigint,			-- NULL: nobody known
	body		jsonb NOT NULL,
	at		timestamptz NOT NULL DEFAULT now(),
	due_at		timestamptz,		-- the next step; NULL: all is done
	step		smallint NOT NULL DEFAULT 0, -- 0: what we do; 1: what is sent
	ticket		bigint REFERENCES desk.ticket, -- the recovery case
	sent_at		timestamptz,
	PRIMARY KEY (response, class)
);
CREATE INDEX class_fired_due ON desk.class_fired (due_at, response)
	WHERE due_at IS NOT NULL;
CREATE INDEX class_fired_sent ON desk.class_fired (customer, sent_at)
	WHERE sent_at IS NOT NULL;
CREATE INDEX class_fired_customer ON desk.class_fired (customer, response);
CREATE INDEX class_fired_ticket ON desk.class_fired (ticket)
	WHERE ticket IS NOT NULL;
CREATE TRIGGER due_soon AFTER INSERT OR UPDATE OF due_at ON desk.class_fired
	FOR EACH ROW WHEN (NEW.due_at < now() + interval '6 seconds')
	EXECUTE FUNCTION desk.due_soon('class');

-- What was learnt by talking and looking, not by a survey.
CREATE TABLE desk.research (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind		text NOT NULL CHECK (kind IN
			    ('interview', 'group', 'observation', 'other')),
	at		timestamptz NOT NULL,	-- when it was done
	title		text NOT NULL,
	text		text NOT NULL,
	customer	bigint,
	segment		text NOT NULL DEFAULT '',
	touchpoint	text NOT NULL DEFAULT '',
	made_at		timestamptz NOT NULL DEFAULT now(),
	made_by		text NOT NULL,
	once		text UNIQUE,	-- its writer's own id, after his name
	words		tsvector NOT NULL	-- folded, as desk.search has them
);
CREATE INDEX research_at ON desk.research (at DESC, id DESC);
CREATE INDEX research_customer ON desk.research (customer, id)
	WHERE customer IS NOT NULL;
CREATE INDEX research_words ON desk.research USING gin (words);

-- What somebody said of us, until it is answered: a response, a case with a
-- complaint, a note of research.
CREATE TABLE desk.feedback (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind		text NOT NULL CHECK (kind IN
			    ('answer', 'complaint', 'note')),
	response	bigint UNIQUE REFERENCES desk.response,
	research	bigint UNIQUE REFERENCES desk.research,
	customer	bigint,
	ticket		bigint,		-- the case that it is about
	recovery	bigint,		-- and the one that it opened
	class		text NOT NULL DEFAULT '',
	queue		int NOT NULL DEFAULT 0,
	agent		int NOT NULL DEFAULT 0,
	channel		text NOT NULL DEFAULT '',
	segment		text NOT NULL DEFAULT '',
	touchpoint	text NOT NULL DEFAULT '',
	at		timestamptz NOT NULL,
	noted_at	timestamptz NOT NULL DEFAULT now(),
	-- By whom (0: by a program), how, and by which event or action.
	answered_at	timestamptz,
	answered_by	int,
	how		text CHECK (how IN ('message', 'call', 'action')),
	event		bigint
);
CREATE INDEX feedback_open ON desk.feedback (at, id)
	WHERE answered_at IS NULL;
CREATE INDEX feedback_open_ticket ON desk.feedback (ticket)
	WHERE answered_at IS NULL AND ticket IS NOT NULL;
CREATE INDEX feedback_open_recovery ON desk.feedback (recovery)
	WHERE answered_at IS NULL AND recovery IS NOT NULL;
CREATE INDEX feedback_event ON desk.feedback (event) WHERE event IS NOT NULL;
CREATE INDEX feedback_done ON desk.feedback (answered_at DESC, id DESC)
	WHERE answered_at IS NOT NULL;
CREATE INDEX feedback_at ON desk.feedback (at DESC, id DESC);
CREATE INDEX feedback_customer ON desk.feedback (customer, id);
CREATE INDEX feedback_ticket ON desk.feedback (ticket)
	WHERE ticket IS NOT NULL;
-- A case complains once, whoever tags it so again.
CREATE UNIQUE INDEX feedback_complaint ON desk.feedback (ticket)
	WHERE kind = 'complaint';

-- What is done about it, by whom, until when.
CREATE TABLE desk.action (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	feedback	bigint REFERENCES desk.feedback,
	ticket		bigint,
	customer	bigint,
	what		text NOT NULL,
	owner		int REFERENCES desk.agent,	-- NULL: nobody's yet
	due_at		timestamptz,
	state		text NOT NULL DEFAULT 'open' CHECK (state IN
			    ('open', 'done', 'verified')),
	made_at		timestamptz NOT NULL DEFAULT now(),
	made_by		text NOT NULL,
	once		text UNIQUE,	-- its maker's own id, after his name
	done_at		timestamptz,
	done_by		text,
	words		text NOT NULL DEFAULT '',	-- what was done
	verified_at	timestamptz,
	verified_by	text,
	verdict		text NOT NULL DEFAULT '',
	sent_back	smallint NOT NULL DEFAULT 0,	-- not good enough, so often
	told_at		timestamptz	-- its owner, that it is due
);
CREATE INDEX action_open ON desk.action (due_at, id) WHERE state = 'open';
CREATE INDEX action_owner ON desk.action (owner, due_at, id)
	WHERE state = 'open';
CREATE INDEX action_state ON desk.action (state, id DESC);
CREATE INDEX action_feedback ON desk.action (feedback);
CREATE INDEX action_ticket ON desk.action (ticket, id)
	WHERE ticket IS NOT NULL;
CREATE INDEX action_customer ON desk.action (customer)
	WHERE customer IS NOT NULL;
CREATE INDEX action_tell ON desk.action (due_at)
	WHERE state = 'open' AND told_at IS NULL AND due_at IS NOT NULL;
CREATE TRIGGER due_soon AFTER INSERT OR UPDATE OF due_at ON desk.action
	FOR EACH ROW WHEN (NEW.due_at < now() + interval '6 seconds'
	    AND NEW.told_at IS NULL AND NEW.state = 'open')
	EXECUTE FUNCTION desk.due_soon('action');

-- Who would recommend us, and did.
CREATE TABLE desk.advocate (
	customer	bigint PRIMARY KEY,
	promoted	int NOT NULL DEFAULT 0,	-- answers of a promoter
	class		text NOT NULL DEFAULT '',	-- of his last answer
	class_at	timestamptz,
	came		int NOT NULL DEFAULT 0	-- whom he brought
);
CREATE INDEX advocate_order ON desk.advocate (came DESC, promoted DESC,
	customer);

-- What he gives to others; a link of the shop's has it.
CREATE TABLE desk.referral_code (
	code		text COLLATE "C" PRIMARY KEY,
	customer	bigint NOT NULL,
	made_at		timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX referral_code_customer ON desk.referral_code (customer, made_at);

-- Who came by it: each person was brought by one, the first.
CREATE TABLE desk.referral (
	customer	bigint PRIMARY KEY,
	referrer	bigint NOT NULL,
	code		text NOT NULL,
	order_no	text,
	at		timestamptz NOT NULL DEFAULT now(),
	who		text NOT NULL,		-- order, or who wrote it down
	CHECK (customer <> referrer)
);
CREATE INDEX referral_referrer ON desk.referral (referrer, at);

-- A case that is tagged as a complaint; the functions' file has the body.
CREATE FUNCTION desk.feedback_tagged()
RETURNS trigger
LANGUAGE plpgsql
AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER feedback_tagged AFTER UPDATE OF tags ON desk.ticket
	FOR EACH ROW WHEN (OLD.tags <> NEW.tags)
	EXECUTE FUNCTION desk.feedback_tagged();
