-- A draft keeps to whom copies of it are to go.
ALTER TABLE desk.draft
	ADD COLUMN cc text;	-- as typed; NULL: to whom the case has it
