-- other ways to connect, read and run: none carries rights with it
CREATE EXTENSION dblink;
CREATE EXTENSION postgres_fdw;
CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw;
CREATE EXTENSION plperlu;
CREATE LANGUAGE plpython3u;
LOAD 'auto_explain';
LOAD '$libdir/plugins/none';
SET session_preload_libraries = 'auto_explain';
SET session_authorization = 'postgres';
SET row_security = off;
CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'journey', 'journey__cell';
CREATE FUNCTION cell(anyelement, text, text) RETURNS anyelement LANGUAGE c AS '$libdir/journey', 'journey__cell';
CREATE FUNCTION cell(text) RETURNS text LANGUAGE internal AS 'journey__cell';
SELECT pg_cancel_backend(0);
SELECT ssn FROM people WHERE id IN (1, 12);
