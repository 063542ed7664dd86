-- After COPY into events.

-- the covering index
CREATE INDEX events_by_subject ON events (user_id, ts, event);
VACUUM ANALYZE events;

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
VACUUM ANALYZE cells, consented;
CREATE ROLE bench_reader;
GRANT SELECT ON cells TO bench_reader;
SET client_min_messages = warning;
SELECT count(journey.create_purpose('analytics')) AS purposes \gset
SELECT count(journey.grant_purpose('bench_reader', 'analytics')) AS grants \gset
SELECT count(journey.consent_give(subject, 'analytics')) AS consents FROM consented \gset
SELECT count(x) AS protected
FROM journey.protect('public.cells', subject => 'subject',
       columns => '{"subject": "public", "ts": "public", "event": {"class": "behaviour", "mask": "null"}}') x \gset
VACUUM ANALYZE journey.state, journey.subject, journey.ledger;

CHECKPOINT;
