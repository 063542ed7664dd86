-- rows that are hidden altogether
-- Plans and estimates count hidden rows; what the rows hold, they do not tell.
SELECT id, user_id, story, weight FROM cases ORDER BY id;
SELECT count(*), count(*) FILTER (WHERE user_id = 'refused'), max(id) FROM cases;
SELECT cases FROM cases WHERE id < 13;
CREATE FUNCTION leak(x text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''seen %'', x; RETURN true; END';
SELECT id FROM cases WHERE leak(user_id) AND leak(story);
SELECT id FROM cases WHERE 1 / (id - 1) >= 0 AND user_id::text > '' ORDER BY 1;
SELECT id FROM cases WHERE CASE WHEN user_id = 'refused' THEN user_id::int > 0 ELSE true END AND id < 30;
SELECT p.id, c.id FROM people p LEFT JOIN cases c USING (user_id) WHERE p.id < 5 AND c.id IS DISTINCT FROM 0 ORDER BY 1, 2 LIMIT 20;
EXPLAIN (VERBOSE) SELECT * FROM cases;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) SELECT * FROM cases WHERE weight > 5;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) SELECT story, count(*) FROM cases WHERE story <> 'x' GROUP BY 1;
EXPLAIN SELECT * FROM cases WHERE story = 'x' OR weight IS NULL;
SET :parallel = on;
SELECT count(*), sum(weight) FROM cases;
SET journey.purpose = 'fraud';
SELECT count(*) FROM cases;
RESET journey.purpose;
TABLE cases;
SELECT journey._row('yes-1', NULL) IS TRUE;
SELECT 1 FROM cases FOR SHARE;
COPY (SELECT * FROM cases) TO STDOUT;
