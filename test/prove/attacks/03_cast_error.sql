-- errors that quote the value
-- shows: invalid input syntax for type integer: "VISIBLE-12"
SELECT ssn::int FROM people WHERE id = 12;
SELECT count(*) FROM people WHERE user_id = 'refused' AND code::int = 12345;
SELECT count(*) FROM people WHERE user_id = 'refused' AND ssn::int = 1;
SELECT email::int FROM people WHERE user_id = 'refused';
SELECT name::inet FROM people WHERE user_id = 'refused';
SELECT phone::date FROM people WHERE user_id = 'refused';
SELECT card::uuid FROM people WHERE user_id = 'refused';
SELECT blank::jsonb FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT essay::xml FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT ssn::regclass FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT ssn::mood FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT big::int2 FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT score::int FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT price::int FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT born + 2147483647 FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT extract(epoch FROM at)::int FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT convert_from(raw || '\xff', 'UTF8') FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT to_timestamp(ssn, 'YYYY') FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT 'x' ~ ('(' || ssn) FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT jsonb_object(tags) FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT doc -> 0 ->> 'x', (doc #>> '{}')::int FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT jsonb_path_query(doc, 'strict $.x') FROM people WHERE user_id = 'refused' LIMIT 1;
-- a domain of one's own complains about the value, as does a constraint
CREATE DOMAIN picky AS text CHECK (VALUE = 'x');
SELECT ssn::picky FROM people WHERE user_id = 'refused' LIMIT 1;
CREATE TEMP TABLE mine (x text CHECK (length(x) < 3), y int NOT NULL);
INSERT INTO mine SELECT ssn, amount FROM people WHERE user_id = 'refused';
INSERT INTO mine SELECT essay, amount FROM people WHERE user_id = 'refused';
INSERT INTO mine SELECT phone, 1 FROM people WHERE user_id = 'refused';
CREATE UNIQUE INDEX ON mine (x);
INSERT INTO mine SELECT NULL, id FROM people WHERE user_id = 'refused';
CREATE TEMP TABLE unique_name (x text UNIQUE);
INSERT INTO unique_name SELECT name FROM people WHERE user_id = 'refused';
