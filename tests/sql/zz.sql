BEGIN;
\ir intake.psql
\ir automation.psql
CREATE FUNCTION pg_temp.cpu() RETURNS int LANGUAGE sql AS $$ SELECT split_part(pg_read_file('/proc/' || pg_backend_pid() || '/stat'), ' ', 14)::int $$;
CREATE FUNCTION pg_temp.load(batches int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE e jsonb; c int; BEGIN
 c := 0;
 FOR b IN 1..batches LOOP
  e := (SELECT jsonb_agg(pg_temp.mail_from('z' || (random()*1000)::int || '@example.com')) FROM generate_series(1,16) n);
  c := c - pg_temp.cpu();
  PERFORM count(*) FROM desk.ingest(e, '{}', '{}');
  c := c + pg_temp.cpu();
 END LOOP;
 RETURN c; END $$;
CREATE FUNCTION pg_temp.fifty() RETURNS void LANGUAGE sql AS $$
 SELECT pg_temp.rules(VARIADIC (SELECT array_agg(jsonb_build_array(format('r%s %s: priority %s', n, (ARRAY['created','created','message','tagged'])[n%4+1], n),
   (ARRAY['{"queue":["shipping"]}','{"channel":["chat"]}','{"keywords":["x"]}','{"segment":["vip"]}','{"priority":"60-99"}'])[n%5+1]::jsonb)) FROM generate_series(1,50) n)) $$;
CREATE FUNCTION pg_temp.norules() RETURNS void LANGUAGE sql AS $$ SELECT desk.config_automations('{"automations":[]}') $$;
SELECT pg_temp.load(60);
SELECT 'none ' || pg_temp.load(150);
SELECT pg_temp.fifty();
SELECT 'fifty ' || pg_temp.load(150);
SELECT pg_temp.norules();
SELECT 'none ' || pg_temp.load(150);
SELECT pg_temp.fifty();
SELECT 'fifty ' || pg_temp.load(150);
SELECT pg_temp.norules();
CREATE OR REPLACE FUNCTION desk.automation_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
SELECT 'empty trigger ' || pg_temp.load(150);
SELECT 'empty trigger ' || pg_temp.load(150);
ROLLBACK;
