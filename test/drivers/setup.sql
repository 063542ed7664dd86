-- What the drivers read.  Run as superuser in an empty database.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE EXTENSION journey;
CREATE ROLE dashboard LOGIN;
ALTER ROLE dashboard SET timezone = 'UTC';
CREATE TABLE sales (id int, buyer text, at timestamptz, day date, amount int, total bigint, price numeric(8, 2), ratio float8, vip boolean,
	mail text, tags text[], doc jsonb, ip inet, walk journey.journey);
INSERT INTO sales
SELECT i, 'b' || i, '2026-03-01 10:00Z', '2026-03-01', 20 + i, 5000000000 + i, 1.5, 0.25, i = 1, 'anna' || i || '@example.org', '{a,b}', '{"x": 1}', '10.0.0.1',
	'[view 2026-01-01T10:00:00Z, buy 2026-01-01T11:00:00Z]' FROM generate_series(1, 3) i;
CREATE VIEW visits AS
SELECT 'v' || s AS who, timestamptz '2026-01-05Z' + s * interval '1 h' + n * interval '9 min' AS at, (ARRAY['view', 'cart', 'buy', 'view'])[n] AS event
FROM generate_series(1, 6) s, generate_series(1, 1 + s % 4) n;
CREATE TABLE journeys AS SELECT who, journey.journey_agg(at, event) AS j FROM visits GROUP BY who;
GRANT SELECT ON sales, visits, journeys TO dashboard;
SELECT journey.create_purpose('reporting') > 0, journey.grant_purpose('dashboard', 'reporting', until => '2099-01-01');
SELECT journey.protect('public.sales', subject => 'buyer', columns => '{"id": "public", "at": "public", "vip": "public",
	"mail": {"mask": "partial", "keep_last": 4}, "price": {"mask": "constant", "value": 0}}');
SELECT journey.consent_give(s, 'reporting') > 0 FROM unnest('{b1,b3}'::text[]) s;
GRANT EXECUTE ON FUNCTION journey.coverage TO dashboard;
