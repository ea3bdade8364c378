-- Signatures that the short way in (sql/functions/plain.sql) has changed.
DROP FUNCTION IF EXISTS desk.intake_claim(jsonb);
DROP FUNCTION IF EXISTS desk.blob_use(desk.intake[], bytea[]);
DROP FUNCTION IF EXISTS desk.ingest_repeat(jsonb, desk.intake[]);
DROP FUNCTION IF EXISTS desk.ingest_count(desk.filing[]);
DROP FUNCTION IF EXISTS desk.marks_of(desk.intake, bigint);
