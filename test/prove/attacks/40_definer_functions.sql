-- SECURITY DEFINER functions of others: both must hold the grant
-- as: bob
-- shows: by insider \| +0
RESET ROLE;
\connect - postgres
SET client_min_messages = error;
CREATE FUNCTION lab.by_insider() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT count(ssn) FROM people';
CREATE FUNCTION lab.rows_by_insider() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET journey.purpose = 'analytics' AS 'BEGIN RETURN QUERY SELECT ssn FROM people WHERE id < 14; END';
CREATE FUNCTION lab.by_wrapper() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT count(ssn) FROM people';
CREATE FUNCTION lab.run(q text) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS 'BEGIN RETURN QUERY EXECUTE q; END';
CREATE VIEW lab.seen_by_insider AS SELECT id, ssn FROM people;
ALTER FUNCTION lab.by_insider() OWNER TO insider; ALTER FUNCTION lab.rows_by_insider() OWNER TO insider; ALTER FUNCTION lab.run(text) OWNER TO insider;
ALTER FUNCTION lab.by_wrapper() OWNER TO wrapper; ALTER VIEW lab.seen_by_insider OWNER TO insider;
GRANT SELECT ON lab.seen_by_insider TO PUBLIC;
RESET client_min_messages;
\connect - bob
SET journey.purpose = 'analytics';
SELECT 'by insider' AS way, lab.by_insider() UNION ALL SELECT 'by wrapper', lab.by_wrapper();
SELECT * FROM lab.rows_by_insider() x WHERE x IS NOT NULL;
SELECT * FROM lab.run('SELECT ssn FROM people WHERE id < 14 AND ssn IS NOT NULL');
SELECT * FROM lab.run('SELECT set_config(''role'', ''insider'', false)');
SELECT count(ssn) FROM lab.seen_by_insider;
\connect - ana
SET journey.purpose = 'analytics';
SELECT 'by wrapper' AS way, lab.by_wrapper();
SELECT * FROM lab.run('SELECT ssn FROM people WHERE id IN (1, 2)');
\connect - insider
