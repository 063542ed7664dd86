-- Before each attack: an empty schema to work in, then the reader logs in.
-- Variables: reader, purpose.
SET client_min_messages = error;
DROP SCHEMA IF EXISTS lab CASCADE;
CREATE SCHEMA lab;
GRANT ALL ON SCHEMA lab TO PUBLIC;
\connect - :reader
SET search_path = lab, public;
SET timezone = 'UTC';
SET statement_timeout = '60s';
SELECT set_config('journey.purpose', :'purpose', false) \g /dev/null
SELECT CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'force_parallel_mode'
	ELSE 'debug_parallel_query' END AS parallel \gset
\set VERBOSITY verbose
\set SHOW_CONTEXT always
\set ECHO all
\pset null '(null)'
\pset pager off
