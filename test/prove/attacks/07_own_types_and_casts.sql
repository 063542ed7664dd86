-- types, casts, operator classes and polymorphic functions of the reader's own
CREATE TYPE crate AS (x text);
CREATE FUNCTION to_crate(text) RETURNS crate LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''crate %'', $1; RETURN ROW($1)::crate; END';
CREATE CAST (text AS crate) WITH FUNCTION to_crate(text) AS ASSIGNMENT;
SELECT ssn::crate FROM people WHERE id IN (1, 2, 3, 12, 15);
CREATE FUNCTION lt(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RAISE NOTICE ''% < %'', $1, $2; RETURN $1 < $2; END';
CREATE FUNCTION cmp(text, text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RAISE NOTICE ''% ? %'', $1, $2; RETURN bttextcmp($1, $2); END';
CREATE OPERATOR <<< (LEFTARG = text, RIGHTARG = text, FUNCTION = lt);
CREATE OPERATOR CLASS mine FOR TYPE text USING btree AS OPERATOR 1 <<<, FUNCTION 1 cmp(text, text);
SELECT id, ssn FROM people WHERE id < 13 ORDER BY ssn USING <<<;
CREATE FUNCTION whole(anyelement) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''% %'', pg_typeof($1), $1; RETURN $1::text; END';
SELECT whole(p.ssn), whole(p.amount), whole(p.tags), whole(p.home), whole(p.path) FROM people p WHERE id IN (1, 3, 5, 12);
CREATE FUNCTION many(VARIADIC "any") RETURNS text LANGUAGE internal AS 'text_concat_ws';
SELECT concat(ssn, amount, doc), format('%s %s %L', ssn, born, raw) FROM people WHERE id IN (1, 3, 5, 12);
SELECT (home).street, (home).zip, (home).* FROM people WHERE id IN (1, 3, 5, 12);
SELECT mood = 'sad', mood > 'calm', zip || '', flag::int, tags[1], tags[1:2], doc['x'] FROM people WHERE id IN (1, 3, 5, 12);
SELECT journey.steps(path), journey.variant(path), path FROM people WHERE id IN (1, 3, 5, 7, 12);
SELECT journey.journey_agg(path) FROM people WHERE user_id = 'refused';
