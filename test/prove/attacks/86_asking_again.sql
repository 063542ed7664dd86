-- the same question again: rolled back, by other roles, in other purposes
-- as: carol
-- may: MARKETING
-- There is no budget that could be evaded: an answer tells nothing about denied cells, however often it is given.
BEGIN;
SELECT sum(amount), sum(salary), count(DISTINCT alias) FROM people JOIN profiles USING (id, user_id) WHERE user_id = 'refused';
ROLLBACK;
SELECT sum(amount), sum(salary), count(DISTINCT alias) FROM people JOIN profiles USING (id, user_id) WHERE user_id = 'refused';
SET journey.purpose = 'marketing';
SELECT sum(amount), count(DISTINCT ssn) FROM people WHERE user_id = 'refused';
SET journey.purpose = 'fraud';
SELECT sum(amount), count(ssn) FROM people;
\connect - erin
SET journey.purpose = 'analytics';
SELECT sum(amount), count(DISTINCT ssn) FROM people;
SELECT ssn FROM people WHERE id = 12;
SET ROLE analysts;
SELECT count(note) FROM loose;
