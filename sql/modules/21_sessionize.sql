--| # sessionize
--|
--| Session numbers for rows that stay rows. For sessions of a journey value
--| see `sessions`; both cut at the same places.

--| `sessionize(at, gap)` numbers the sessions of a partition from 1:
--|
--|     SELECT user_id, at, journey.sessionize(at, interval '30 min') OVER (PARTITION BY user_id ORDER BY at)
--|     FROM events;
CREATE FUNCTION journey.sessionize("at" pg_catalog.timestamptz, gap pg_catalog.interval) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_sessionize'
LANGUAGE C WINDOW IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey.sessionize(pg_catalog.timestamptz, pg_catalog.interval) IS
'Session number of the row within its partition, from 1. A row starts a new session if it comes more than gap after the row before it; exactly gap stays. A row without a time gets NULL and does not separate its neighbours. Rows must be in order of time, ascending or descending: OVER (PARTITION BY who ORDER BY at). The frame does not matter. A gap of NULL is learned from the times of the partition, see adaptive_gap; if they tell none there is none. Errors: a gap that is null on some rows of a partition only, negative, infinite or has months; an infinite time; rows out of order. Cost: O(1) a row and a partition; one more pass over the partition to learn a gap.';

--| `sessionize(at, gap, boundary)` also starts a session where `boundary` is
--| true, as in `event = 'login'`.
CREATE FUNCTION journey.sessionize("at" pg_catalog.timestamptz, gap pg_catalog.interval, boundary pg_catalog.bool) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_sessionize'
LANGUAGE C WINDOW IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey.sessionize(pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.bool) IS
'Session number of the row within its partition, from 1, like sessionize(at, gap); a row on which boundary is true also starts a new session, in the order of the window. A NULL boundary is false, and so is that of a row without a time. Errors and cost as sessionize(at, gap).';
