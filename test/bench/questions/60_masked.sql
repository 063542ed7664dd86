-- Count the events of subjects who consented: what a masked cell costs.  The
-- plain column does not answer that; it is the yardstick.  The first statement of
-- a session reads what is known about all subjects.

--= yardstick: the plain column
SELECT count(event) FROM journey_base.cells;

--= postgres: a masked copy of the table
SELECT count(event) FROM cells_copy;

--= postgres: CASE and LEFT JOIN by hand
SELECT count(CASE WHEN c.subject IS NOT NULL THEN event END)
FROM journey_base.cells LEFT JOIN consented c USING (subject);

--= postgres: CASE and EXISTS by hand
SELECT count(CASE WHEN EXISTS (SELECT FROM consented c WHERE c.subject = e.subject) THEN event END)
FROM journey_base.cells e;

--= postgres: row-level security
SET ROLE bench_reader;
SELECT count(event) FROM cells_rls;

--= postgres: CASE and a SQL function
SELECT count(CASE WHEN has_consented(subject) THEN event END) FROM journey_base.cells;

--= journey: protected table
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(event) FROM cells;

--= journey: protected table, subjects that are integers
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(event) FROM cells_int;
