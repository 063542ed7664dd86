-- Count the events of subjects who consented: what a masked cell costs.  The
-- plain column does not answer that; it is the yardstick.

--= yardstick: the plain column
SELECT count(event) FROM journey_base.cells;

--= postgres: CASE and LEFT JOIN by hand
SELECT count(CASE WHEN c.subject IS NOT NULL THEN event END)
FROM journey_base.cells LEFT JOIN consented c USING (subject);

--= postgres: protected table
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(event) FROM cells;
