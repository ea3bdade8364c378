-- Full queues, patience, and who left before anybody answered.

ALTER TABLE desk.queue
	-- So many chats and calls may wait; 0: as many as come.
	ADD most_waiting	int NOT NULL DEFAULT 0,
	ADD when_full		text NOT NULL DEFAULT 'hold',	-- a deed
	ADD when_closed		text NOT NULL DEFAULT 'hold',
	ADD patience		text[] NOT NULL DEFAULT '{}',	-- as written
	ADD short_abandon	int NOT NULL DEFAULT 5,		-- seconds
	ADD when_abandoned	text NOT NULL DEFAULT 'hold' CHECK
				    (when_abandoned IN
				    ('hold', 'callback', 'resolve')),
	ADD turned_away		text;		-- a template's name

-- Of a chat or call: nobody waits in it for somebody who answers at once,
-- because he left a message, is called back, or left ('message', 'callback',
-- 'left'); NULL: somebody may.
ALTER TABLE desk.ticket ADD turned text;

-- Who waits in chats and calls, by queue: counted up to `full`, and looked
-- through for whose patience is over.
CREATE INDEX ticket_live ON desk.ticket (queue, channel, lined_at, id)
	WHERE channel IN ('chat', 'call') AND kind = 'case'
	    AND assignee IS NULL AND state IN ('new', 'open')
	    AND turned IS NULL;

-- The record of its end told that the caller had left, and as what it counts.
ALTER TABLE desk.call
	ADD abandoned_by	bigint,
	ADD abandoned_as	text[];

-- It returns more now.
DROP FUNCTION IF EXISTS desk.chat_abandon(desk.conversation, timestamptz);
