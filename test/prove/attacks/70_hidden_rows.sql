-- functions of the reader below a view that hides rows
-- Excluded: how many rows are hidden, which plans and estimates tell (doc/consent.md).
-- never: seen (HIDDEN|7|107)\b
-- shows: seen yes-1
CREATE FUNCTION see(x anyelement) RETURNS boolean LANGUAGE plpgsql COST 0.00001
	AS 'BEGIN RAISE NOTICE ''seen %'', x; RETURN true; END';
CREATE FUNCTION fail(x int) RETURNS int LANGUAGE sql COST 0.00001 AS 'SELECT 1 / (x % 100 - 7)';
CREATE OPERATOR === (PROCEDURE = int4eq, LEFTARG = int, RIGHTARG = int, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
SELECT id, label FROM hidden WHERE see(label) AND see(id);
SELECT id FROM hidden WHERE fail(id) IS NULL;
SELECT id FROM hidden WHERE 1 / (id % 100 - 7) > 5;
SELECT count(*) FROM hidden WHERE see(label || id) OR id > 3;
SELECT count(*) FROM hidden WHERE CASE WHEN id > 0 THEN see(label) END;
SELECT h.id FROM hidden h JOIN (VALUES (7), (107), (6)) v (i) ON h.id = v.i AND see(h.id);
SELECT h.id FROM hidden h, LATERAL (SELECT see(h.label) AS s) x WHERE x.s;
SELECT h.id FROM hidden h WHERE h.id === 7 OR h.id === 107;
SELECT see(label), sum(id) OVER (ORDER BY label) FROM hidden;
SELECT label FROM hidden UNION ALL SELECT label FROM hidden WHERE see(label);
SELECT count(*) FROM hidden;
SELECT pg_get_viewdef('hidden'::regclass) ~ 'UNION ALL';
PREPARE p(text) AS SELECT id FROM hidden WHERE see(label) AND label <> $1;
EXECUTE p('x');
SET plan_cache_mode = force_generic_plan;
EXECUTE p('x');
