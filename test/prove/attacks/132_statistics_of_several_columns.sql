-- estimates for public columns, by extended statistics that cover a masked one, too
-- shows: rows=
EXPLAIN SELECT id FROM tallies WHERE zone = 1 AND kind = 2;
EXPLAIN SELECT id FROM tallies WHERE zone = 3 AND kind = 3;
EXPLAIN SELECT id FROM tallies WHERE zone IN (1, 2) AND kind IN (1, 3);
EXPLAIN SELECT zone, kind, count(*) FROM tallies GROUP BY 1, 2;
