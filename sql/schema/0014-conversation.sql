-- A visitor's tickets by his conversation: he may have said that he is a
-- customer with very many of them.
CREATE INDEX ticket_conversation ON desk.ticket (conversation, id)
	WHERE conversation IS NOT NULL;
