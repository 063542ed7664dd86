-- After COPY into events: the covering index, and the journeys as a user
-- would store them.
CREATE INDEX events_by_subject ON events (user_id, ts, event);
VACUUM ANALYZE events;
CREATE TABLE journeys AS
  SELECT user_id, journey.journey_agg(ts, event) AS j FROM events GROUP BY user_id;
VACUUM ANALYZE journeys;
CHECKPOINT;
