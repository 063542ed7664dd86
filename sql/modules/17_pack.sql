--| # Packing in bulk
--|
--| `pack()` runs a query and gives the journeys of its rows as sets. Rows go
--| from the executor into partitions by subject, are put in order where they
--| are not, and are written once. It answers one-off questions without storing
--| anything, and it fills tables of sets.

CREATE FUNCTION journey.pack(query pg_catalog.text, chunk pg_catalog.interval DEFAULT NULL)
RETURNS SETOF journey.journey_set
AS 'MODULE_PATHNAME', 'journey_pack'
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000000 ROWS 10000;
COMMENT ON FUNCTION journey.pack(pg_catalog.text, pg_catalog.interval) IS
'Runs a query and packs its rows into sets of journeys, each small enough for a page of 8 kB. The first three columns are subject (text, bigint or uuid; shorter integers become bigint), time (timestamptz) and event (text), whatever they are called; further ones are channel, decision, action, persona (text), value (float8), senses (text[]) and seq (an integer), known by their names. Rows whose subject, time or event is NULL are skipped. The steps of a subject are ordered by time; those of one time by seq if there is one, then by event and the further columns. With chunk, a set holds steps of one chunk only: chunks are counted from 2000-01-01 UTC, and a journey that goes on in the next one says so and begins there with a ghost, as it does where it is too long for one set. The sets depend on the rows alone, not on their order, on memory or on workers; their order is fixed but has no meaning. The query runs as the caller, with the caller''s rights, row security and masks, in the snapshot of the statement, and may only read. Memory is bounded by maintenance_work_mem; what is more goes to temporary files. See journey.progress. No rows for a query without rows. Errors: 22004 for a NULL query; 22023 for a text that is not one query that returns rows, for fewer than three columns, and for a chunk that is not positive or has months; 42804 for a column of another type, 42703 for a further column with another name; 22008 for an infinite time; 54000 for names above 1024 bytes or too many of them, and for a subject with more rows of one time than fit into 1 GB. Linear in the rows; a subject whose rows come out of order is sorted.';

--| What each call of pack() in the cluster is doing, and each that builds or folds a store.
CREATE VIEW journey.progress AS
SELECT s.pid,
	   s.datid,
	   CASE s.param11 WHEN 0 THEN 'reading' WHEN 1 THEN 'arranging by chunk' WHEN 2 THEN 'packing' WHEN 3 THEN 'folding' END AS phase,
	   s.param12 AS rows_read,
	   s.param13 AS rows_packed,
	   s.param14 AS subjects,
	   s.param15 AS sets
FROM pg_catalog.pg_stat_get_progress_info('COPY') s
WHERE s.param20 OPERATOR(pg_catalog.=) 7094989413;
COMMENT ON VIEW journey.progress IS
'A row for each call of journey.pack(), and for each that builds or folds a store, that is at work in the cluster and that the reader may look at, as in pg_stat_activity. A fold reads changes, and writes whole sets, of whose steps few are new. A call inside a COPY is not shown, since a backend reports one thing at a time; the others also stand in pg_stat_progress_copy, without a command.';
COMMENT ON COLUMN journey.progress.pid IS 'Process ID of the backend.';
COMMENT ON COLUMN journey.progress.datid IS 'OID of its database.';
COMMENT ON COLUMN journey.progress.phase IS 'What it does now: reading, arranging by chunk, packing or folding.';
COMMENT ON COLUMN journey.progress.rows_read IS 'Rows of its query so far.';
COMMENT ON COLUMN journey.progress.rows_packed IS 'Rows that have been written into sets.';
COMMENT ON COLUMN journey.progress.subjects IS 'Subjects that have been written; a fold does not count them.';
COMMENT ON COLUMN journey.progress.sets IS 'Sets that have been written.';
GRANT SELECT ON journey.progress TO PUBLIC;
