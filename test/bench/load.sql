-- After COPY into events.

-- the covering index
CREATE INDEX events_by_subject ON events (user_id, ts, event);
VACUUM ANALYZE events;
\if :events_only
	\quit
\endif

-- the journeys as a user would store them
CREATE TABLE journeys AS
  SELECT user_id, journey.journey_agg(ts, event) AS j FROM events GROUP BY user_id;
VACUUM ANALYZE journeys;

-- and as sets, many a value
CREATE TABLE sets AS SELECT journey.pack('SELECT user_id, ts, event FROM events') AS s;
VACUUM ANALYZE sets;

-- journeys for an index, a complaint in one of 5000
CREATE TABLE indexed AS
  SELECT user_id, CASE WHEN user_id % 5000 = 1 THEN j OPERATOR(journey.||) '[complaint 2030-01-01T00:00Z]'::journey.journey ELSE j END AS j
  FROM journeys;
CREATE INDEX ON indexed USING gin (j);
VACUUM ANALYZE indexed;

-- the events once more, protected; every other subject consented
CREATE TABLE cells AS SELECT user_id::text AS subject, ts, event FROM events;
CREATE TABLE consented AS SELECT DISTINCT user_id::text AS subject FROM events WHERE user_id % 2 = 0;
ALTER TABLE consented ADD PRIMARY KEY (subject);
VACUUM ANALYZE cells, consented;
CREATE ROLE bench_reader;
GRANT SELECT ON cells, consented TO bench_reader;

-- other ways to hide them: a policy on a table of its own, and a function
CREATE TABLE cells_rls AS TABLE cells;
ALTER TABLE cells_rls ENABLE ROW LEVEL SECURITY;
CREATE POLICY consented ON cells_rls USING (EXISTS (SELECT FROM consented c WHERE c.subject = cells_rls.subject));
GRANT SELECT ON cells_rls TO bench_reader;
VACUUM ANALYZE cells_rls;
CREATE FUNCTION has_consented(who text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public
  AS 'SELECT EXISTS (SELECT FROM consented c WHERE c.subject = who)';

-- four masked columns
CREATE TABLE wide AS SELECT subject, event AS a, event AS b, event AS c, event AS d FROM cells;
GRANT SELECT ON wide TO bench_reader;
VACUUM ANALYZE wide;

-- copies in which the cells are masked for good
CREATE TABLE cells_copy AS SELECT user_id::text AS subject, ts, CASE WHEN user_id % 2 = 0 THEN event END AS event FROM events;
CREATE TABLE wide_copy AS SELECT subject, event AS a, event AS b, event AS c, event AS d FROM cells_copy;
VACUUM ANALYZE cells_copy, wide_copy;

-- the same of subjects that are integers
CREATE TABLE cells_int AS SELECT user_id AS subject, ts, event FROM events;
CREATE TABLE wide_int AS SELECT user_id AS subject, event AS a, event AS b, event AS c, event AS d FROM events;
GRANT SELECT ON cells_int, wide_int TO bench_reader;
VACUUM ANALYZE cells_int, wide_int;
SET client_min_messages = warning;
SELECT count(journey.create_purpose('analytics')) AS purposes \gset
SELECT count(journey.grant_purpose('bench_reader', 'analytics')) AS grants \gset
SELECT count(journey.consent_give(subject, 'analytics')) AS consents FROM consented \gset
SELECT count(x) AS protected
FROM unnest('{cells, cells_int}'::regclass[]) AS t (relation), LATERAL journey.protect(relation, subject => 'subject',
       columns => '{"subject": "public", "ts": "public", "event": {"class": "behaviour", "mask": "null"}}') x \gset
SELECT count(x) AS protected
FROM unnest('{wide, wide_int}'::regclass[]) AS t (relation), LATERAL journey.protect(relation, subject => 'subject', columns => '{"subject": "public",
         "a": {"class": "behaviour", "mask": "null"}, "b": {"class": "place", "mask": "null"},
         "c": {"class": "device", "mask": "null"}, "d": {"class": "contact", "mask": "null"}}') x \gset
VACUUM ANALYZE journey.state, journey.subject, journey.ledger;

-- one column for each mask, of subjects who said nothing, with a key that everybody knows
COPY (SELECT repeat('0011223344556677', 4)) TO PROGRAM 'umask 077; cat > bench.key';
SELECT format('ALTER DATABASE %I SET journey.key_file = ''bench.key''', current_database()) \gexec
SET journey.key_file = 'bench.key';
CREATE TABLE masks AS
SELECT 'm' || user_id AS subject, event || ' ' || user_id AS plain, event || ' ' || user_id AS constant, event || ' ' || user_id AS partial,
       event || ' ' || user_id AS token, event || ' ' || user_id AS prefix, event || ' ' || user_id AS fake, event || ' ' || user_id AS encrypt,
       user_id AS step, user_id AS noise, user_id::numeric(12,2) AS step_numeric, user_id::numeric(12,2) AS noise_numeric, ts::date AS unit,
       '10.0.0.0'::inet + user_id AS bits, jsonb_build_object('id', user_id, 'event', event, 'n', 1) AS part
FROM events ORDER BY user_id LIMIT 500000;
GRANT SELECT ON masks TO bench_reader;
VACUUM ANALYZE masks;
SELECT count(x) AS protected
FROM journey.protect('public.masks', subject => 'subject', columns => '{
       "plain": "public", "constant": {"mask": "constant", "value": "x"}, "partial": {"mask": "partial", "keep_first": 1},
       "token": {"mask": "token", "allow_low_entropy": true}, "prefix": {"mask": "generalize", "keep_first": 2},
       "fake": {"mask": "fake", "kind": "full_name"}, "encrypt": "encrypt", "step": {"mask": "generalize", "step": 10},
       "noise": {"mask": "noise", "spread": 10}, "step_numeric": {"mask": "generalize", "step": 10}, "noise_numeric": {"mask": "noise", "spread": 10},
       "unit": {"mask": "generalize", "unit": "month"}, "bits": "generalize", "part->>''event''": {"mask": "partial", "keep_first": 1}}') x \gset

CHECKPOINT;
