-- The same with four masked columns, of four classes of data.

--= yardstick: the plain columns
SELECT count(a) + count(b) + count(c) + count(d) FROM journey_base.wide;

--= postgres: a masked copy of the table
SELECT count(a) + count(b) + count(c) + count(d) FROM wide_copy;

--= postgres: CASE and LEFT JOIN by hand
SELECT count(CASE WHEN k.subject IS NOT NULL THEN a END) + count(CASE WHEN k.subject IS NOT NULL THEN b END)
       + count(CASE WHEN k.subject IS NOT NULL THEN c END) + count(CASE WHEN k.subject IS NOT NULL THEN d END)
FROM journey_base.wide e LEFT JOIN consented k USING (subject);

--= journey: protected table
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(a) + count(b) + count(c) + count(d) FROM wide;

--= journey: protected table, subjects that are integers
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(a) + count(b) + count(c) + count(d) FROM wide_int;
