-- How many acknowledgements an address had of late is asked for every mail that
-- opens a case; whatever else was sent to it is not looked at.
CREATE INDEX outbound_acknowledged ON desk.outbound (address, created_at)
	WHERE purpose = 'acknowledgement';
