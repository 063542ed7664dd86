-- writing through the view
-- as: wanda
-- shows: permission denied
INSERT INTO people DEFAULT VALUES;
UPDATE people SET grp = 0 RETURNING ssn;
UPDATE people SET ssn = ssn || 'x' WHERE user_id = 'refused' RETURNING *;
DELETE FROM people WHERE ssn LIKE 'C%' RETURNING *;
DELETE FROM people USING visits WHERE people.ssn = visits.page;
TRUNCATE people;
MERGE INTO people p USING (SELECT 1 AS x) s ON p.id = s.x WHEN MATCHED AND p.ssn = 'x' THEN DELETE WHEN MATCHED THEN UPDATE SET grp = 3;
SELECT ssn FROM people FOR UPDATE;
SELECT ssn FROM people FOR KEY SHARE SKIP LOCKED;
WITH d AS (DELETE FROM visits RETURNING page) SELECT * FROM d;
BEGIN; DECLARE c CURSOR FOR SELECT * FROM people; FETCH 1 FROM c \g /dev/null
UPDATE people SET grp = 1 WHERE CURRENT OF c; ROLLBACK;
UPDATE journey_base.people SET grp = grp RETURNING ssn;
DELETE FROM notes_old;
TRUNCATE visits_1;
SELECT count(*) FROM people;
