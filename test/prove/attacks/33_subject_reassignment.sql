-- making cells somebody else's
-- shows: permission denied for view people|cannot update view "people"
UPDATE people SET user_id = 'yes-1' WHERE user_id = 'refused';
UPDATE journey_base.people SET user_id = 'yes-1';
UPDATE people SET user_id = user_id;
INSERT INTO people (user_id) SELECT 'yes-1';
-- a copy of the row under another name is no reading of the row
SELECT id, ssn FROM (SELECT id, 'yes-1'::text AS user_id, ssn FROM people) p WHERE id = 1;
SELECT (jsonb_populate_record(p, '{"user_id": "yes-1"}')).ssn FROM people p WHERE id = 1;
CREATE VIEW mine AS SELECT id, 'yes-1'::text AS user_id, ssn, seen_at, grp FROM people;
SELECT ssn FROM mine WHERE id IN (1, 2, 3);
SELECT ssn FROM people WHERE id IN (1, 12);
SELECT journey._cell(ssn, 'yes-1', NULL) FROM people WHERE id IN (1, 12);
