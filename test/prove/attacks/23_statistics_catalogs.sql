-- pg_stats and the catalogs behind it
SELECT * FROM pg_stats WHERE schemaname IN ('journey_base', 'journey');
SELECT tablename, attname, null_frac, avg_width FROM pg_stats WHERE tablename IN ('people', 'visits', 'visits_1', 'notes', 'secrets', 'facts');
SELECT * FROM pg_stats_ext WHERE schemaname IN ('journey_base', 'public');
SELECT * FROM pg_stats_ext_exprs WHERE schemaname IN ('journey_base', 'public');
SELECT * FROM pg_statistic;
SELECT stanullfrac, stawidth, stadistinct FROM pg_statistic;
SELECT * FROM pg_statistic_ext_data;
SELECT stxname, stxkeys, stxkind FROM pg_statistic_ext ORDER BY 1;
-- functions that look at statistics with somebody else's rights
SELECT count(*) FROM pg_mcv_list_items(NULL);
CREATE FUNCTION peek(name) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END';
SELECT attname FROM pg_stats WHERE peek(most_common_vals::text::name) AND schemaname = 'journey_base';
SELECT histogram_bounds FROM pg_stats WHERE 1 / (length(histogram_bounds::text) - 5) > 0 AND schemaname = 'journey_base';
SELECT ssn FROM people WHERE id = 12;
