-- What a denied cell of each mask costs: count them.  The difference to the
-- public column of the same view, by the number of rows, is one cell.

--= yardstick: a public column of the view
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(plain) FROM masks;

--= postgres: constant
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(constant) FROM masks;

--= postgres: partial
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(partial) FROM masks;

--= postgres: token
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(token) FROM masks;

--= postgres: generalize, text
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(prefix) FROM masks;

--= postgres: fake
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(fake) FROM masks;

--= postgres: encrypt, subjects in order
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(encrypt) FROM masks;

--= postgres: generalize, int
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(step) FROM masks;

--= postgres: noise, int
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(noise) FROM masks;

--= postgres: generalize, numeric
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(step_numeric) FROM masks;

--= postgres: noise, numeric
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(noise_numeric) FROM masks;

--= postgres: generalize, date
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(unit) FROM masks;

--= postgres: generalize, inet
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(bits) FROM masks;

--= postgres: one path of a document
SET ROLE bench_reader;
SET journey.purpose = 'analytics';
SELECT count(part) FROM masks;
