-- indexes, statistics and copies that are made in the statement that has just read: what they keep is masked
-- shows: protected values are masked in a stored copy
-- shows: NOTICE:  .*read VISIBLE
-- never: (?m)^ t$
CREATE TABLE mine (i int);
INSERT INTO mine VALUES (1), (2), (12), (24);
CREATE FUNCTION steal(i int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN (SELECT ''kept '' || coalesce(p.ssn, ''nothing'') FROM public.people p WHERE p.id = i); END';
CREATE FUNCTION kept(relation text) RETURNS SETOF text LANGUAGE sql AS
	'SELECT concat_ws('' '', null_frac, n_distinct, most_common_vals, histogram_bounds) FROM pg_stats WHERE tablename = relation';
DO $$
DECLARE c text;
BEGIN
	SELECT ssn INTO c FROM people WHERE id = 12;
	RAISE NOTICE 'read %', c;
	CREATE INDEX first ON lab.mine (lab.steal(i));
	SELECT ssn INTO c FROM people WHERE id = 12;
	RAISE NOTICE 'read %', c;
END $$;
ANALYZE mine;
SELECT kept('first') ~ 'VISI' || 'BLE' AS found;
SET enable_seqscan = off;
SELECT count(*) > 0 AS found FROM mine WHERE steal(i) > 'kept V' || 'A' AND steal(i) < 'kept W';
RESET enable_seqscan;
-- read first, by the same user, for the same purpose, in the same snapshot
DO $$ BEGIN PERFORM count(ssn) FROM people; ANALYZE lab.mine; PERFORM count(ssn) FROM people; REINDEX INDEX lab.first; CLUSTER lab.mine USING first; END $$;
SELECT kept('first') ~ 'VISI' || 'BLE' AS found;
CREATE STATISTICS both ON (steal(i)), (steal(i + 1)) FROM mine;
DO $$ BEGIN PERFORM count(ssn) FROM people; ANALYZE lab.mine; END $$;
SELECT concat_ws(' ', most_common_vals, histogram_bounds) ~ 'VISI' || 'BLE' AS found FROM pg_stats_ext_exprs WHERE statistics_name = 'both';
CREATE MATERIALIZED VIEW copy AS SELECT id, ssn FROM people WHERE id < 13;
DO $$ BEGIN PERFORM count(ssn) FROM people; REFRESH MATERIALIZED VIEW lab.copy; PERFORM count(ssn) FROM people; END $$;
SELECT count(ssn) > 0 AS found FROM copy;
-- as a part of the statement itself
CREATE FUNCTION refresh() RETURNS text LANGUAGE plpgsql AS 'BEGIN REFRESH MATERIALIZED VIEW lab.copy; RETURN ''refreshed''; END';
CREATE FUNCTION reindex() RETURNS text LANGUAGE plpgsql AS 'BEGIN REINDEX INDEX lab.first; RETURN ''reindexed''; END';
SELECT id, ssn, refresh(), reindex(), ssn FROM people WHERE id IN (1, 12) ORDER BY id;
SELECT count(ssn) > 0 AS found FROM copy;
SET journey.purpose = 'fraud';
DO $$ BEGIN PERFORM count(ssn) FROM people; ANALYZE lab.mine; END $$;
SET journey.purpose = 'analytics';
-- not restricted: the reader's own statement
SELECT steal(i) FROM mine ORDER BY i;
