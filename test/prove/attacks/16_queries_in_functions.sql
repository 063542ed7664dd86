-- functions that run a query themselves
SELECT query_to_xml('SELECT id, ssn, name, amount, blank FROM people WHERE id < 13', true, true, '');
SELECT table_to_xml('secrets', false, false, '');
SELECT cursor_to_xml(c, 5, false, false, '') FROM (SELECT 'none'::refcursor AS c) s;
SELECT query_to_xml('SELECT * FROM journey_base.people', true, true, '');
SELECT table_to_xml('journey_base.secrets', true, true, '');
SELECT schema_to_xml('journey_base', true, true, '');
SELECT length(schema_to_xml('public', true, true, '')::text);
SELECT ts_stat FROM ts_stat('SELECT to_tsvector(''simple'', concat(ssn, '' '', blank)) FROM people');
SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, to_tsquery(''simple'', coalesce(ssn, ''none'')) FROM people WHERE id = 1');
DO $$ DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT id, ssn, secrets FROM people LEFT JOIN secrets USING (id) WHERE id < 13 ORDER BY id' LOOP RAISE NOTICE '%', r; END LOOP; END $$;
DO $$ DECLARE t text; BEGIN SELECT ssn INTO STRICT t FROM people WHERE user_id = 'refused' AND ssn = 'x'; EXCEPTION WHEN no_data_found THEN RAISE NOTICE 'none'; END $$;
SET plpgsql.print_strict_params = on;
DO $$
#print_strict_params on
DECLARE t text; u text; BEGIN SELECT ssn INTO u FROM people WHERE id = 1; SELECT ssn INTO STRICT t FROM people WHERE ssn = u OR id < 3; END $$;
