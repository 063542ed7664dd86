-- SET ROLE, inheritance of grants, sessions shared by a pool
-- as: dave
SELECT count(ssn) FROM public.people;
SET ROLE analysts;
SELECT count(ssn) FROM public.people;
RESET ROLE;
SELECT count(ssn) FROM public.people;
SET SESSION AUTHORIZATION ana;
SET ROLE ana; SET ROLE insider; SET ROLE shop;
\connect - erin
SET journey.purpose = 'analytics';
SELECT id, ssn FROM people WHERE id IN (1, 2, 12);
SET ROLE analysts;
SELECT has_table_privilege('people', 'SELECT');
RESET ROLE;
\connect - frank
SET journey.purpose = 'analytics';
SELECT id, ssn FROM people WHERE id IN (1, 2, 12);
\connect - shop
\connect - postgres
SET journey.purpose = 'analytics';
SELECT id, ssn FROM people WHERE id IN (1, 2, 12);
SET ROLE ana;
SELECT id, ssn FROM people WHERE id IN (1, 2, 12);
SET ROLE bob;
SELECT id, ssn FROM people WHERE id IN (1, 2, 12);
SET SESSION AUTHORIZATION ana;
SELECT id, ssn FROM people WHERE id IN (1, 2, 12);
