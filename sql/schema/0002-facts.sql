-- What a person wrote apart from what he quoted, and what an event says that
-- the desk acts on (ARCHITECTURE.md has the members of facts).

ALTER TABLE desk.event
	ADD own		text,	-- NULL: nothing was quoted, text is all his
	ADD facts	jsonb;

ALTER TYPE desk.intake
	ADD ATTRIBUTE own text,
	ADD ATTRIBUTE facts jsonb;
