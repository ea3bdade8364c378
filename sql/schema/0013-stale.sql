-- Acknowledgements that wait to be sent: those that have waited too long are
-- let be (desk.outbound_lapse), and must be found among much else.
CREATE INDEX outbound_stale ON desk.outbound (created_at)
	WHERE purpose = 'acknowledgement' AND state IN ('queued', 'deferred');
