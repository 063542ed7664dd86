-- what planning reads: the statistics of a masked column are several pages in one database only
SELECT id FROM letters WHERE id = 1;
\connect - :reader
SET search_path = lab, public; SET journey.purpose = 'analytics';
BEGIN;
SELECT left(body, 10) FROM letters WHERE id IN (1, 12);
SELECT relname, seq_scan, idx_scan, idx_tup_fetch FROM pg_stat_xact_all_tables
	WHERE relname IN ('pg_statistic', 'pg_toast_2619', 'pg_statistic_ext_data', 'pg_toast_3429') ORDER BY 1;
COMMIT;
\connect - :reader
SET search_path = lab, public; SET journey.purpose = 'analytics';
BEGIN;
PREPARE q AS SELECT * FROM letters WHERE title > 'x' AND body < title;
EXECUTE q;
SELECT l FROM letters l WHERE id = 13;
EXPLAIN (VERBOSE) SELECT * FROM letters;
SELECT relname, seq_scan, idx_scan, idx_tup_fetch FROM pg_stat_xact_all_tables
	WHERE relname IN ('pg_statistic', 'pg_toast_2619', 'pg_statistic_ext_data', 'pg_toast_3429') ORDER BY 1;
COMMIT;
\connect - :reader
SET search_path = lab, public; SET journey.purpose = 'analytics';
-- buffers beside those of the plan itself: hits or reads, as others have used them
BEGIN;
CREATE FUNCTION pages(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ' || query INTO plan;
	RETURN (plan -> 0 -> 'Planning' ->> 'Shared Hit Blocks')::int + (plan -> 0 -> 'Planning' ->> 'Shared Read Blocks')::int;
END $$;
SELECT pages('SELECT id FROM letters') > 0;
SELECT pages('SELECT title FROM letters') AS of_title;
SELECT pages('SELECT body FROM letters') AS of_body;
ROLLBACK;
