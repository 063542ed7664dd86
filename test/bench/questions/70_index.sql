-- The journeys that have a rare event: a GIN index against looking at them all.
-- The first question about an index that a connection asks reads catalogs too.

--= postgres: journeys, scan
SET enable_bitmapscan = off;
SELECT count(*), sum(user_id) FROM indexed WHERE j OPERATOR(journey.@>) '{complaint}';

--= postgres: journeys, GIN
SELECT count(*), sum(user_id) FROM indexed WHERE j OPERATOR(journey.@>) '{complaint}';
