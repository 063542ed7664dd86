-- The same with four masked columns, of four classes of data.

--= yardstick: the plain columns
SELECT count(a) + count(b) + count(c) + count(d) FROM journey_base.wide;

--= postgres: CASE and LEFT JOIN by hand
SELECT count(CASE WHEN k.subject IS NOT NULL THEN a END) + count(CASE WHEN k.subject IS NOT NULL THEN b END)
       + count(CASE WHEN k.subject IS NOT NULL THEN c END) + count(CASE WHEN k.subject IS NOT NULL THEN d END)
FROM journey_base.wide e LEFT JOIN consented k USING (subject);

--= journey: protected table, cold
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(a) + count(b) + count(c) + count(d) FROM wide;

--= journey: protected table, once loaded
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
\o /dev/null
SELECT count(a) + count(b) + count(c) + count(d) FROM wide;
\o
SELECT count(a) + count(b) + count(c) + count(d) FROM wide;

--= journey: subjects that are integers, once loaded
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
\o /dev/null
SELECT count(a) + count(b) + count(c) + count(d) FROM wide_int;
\o
SELECT count(a) + count(b) + count(c) + count(d) FROM wide_int;
