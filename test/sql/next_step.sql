-- next_step: cases N1 to N8 of sequenceNextNode, and from patterns at large
SET timezone = 'UTC';
CREATE TABLE nodes (subject int, j journey.journey);
INSERT INTO nodes
SELECT subject, journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 min', event)
FROM (VALUES (1, 'ABCD'), (2, 'BBDC'), (3, 'AB'), (4, 'AAABC'), (5, 'ABAC'), (6, 'ABABC')) AS v (subject, path), regexp_split_to_table(path, '') WITH ORDINALITY AS t (event, i) GROUP BY 1;
-- N1 forward head [A], N2 forward head [B], N4 backward tail [C], N5 backward tail [B]
SELECT array_agg(journey.next_step(j, '^ A') ORDER BY subject) AS n1, array_agg(journey.next_step(j, '^ B') ORDER BY subject) AS n2,
       array_agg(journey.next_step(j, 'C $', 'backward') ORDER BY subject) AS n4, array_agg(journey.next_step(j, 'B $', 'backward') ORDER BY subject) AS n5 FROM nodes;
-- N8: rows without an event are no steps
SELECT journey.next_step(j, '^ A') AS a, journey.next_step(j, '^ A >> B') AS a_b
FROM (SELECT journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 s', event) AS j FROM (VALUES (1, 'A'), (2, 'B'), (2, NULL), (3, 'C'), (4, 'D')) AS v (i, event)) AS x;
-- first_match and last_match
SELECT subject, journey.next_step(j, 'A') AS first_a, journey.next_step(j, 'A', which => 'last') AS last_a, journey.next_step(j, 'A >> B') AS first_ab, journey.next_step(j, 'B', 'backward', 'last') AS before_last_b,
       journey.next_step_number(j, 'B >> .', 'forward') AS number, journey.time_at(j, journey.next_step_number(j, 'B')) AS at FROM nodes ORDER BY 1;
-- like plain SQL says
WITH events AS (SELECT who, i, chr(65 + (who * i * 7 + i * i) % 5) AS event FROM generate_series(1, 60) AS who, generate_series(1, who % 13 + 1) AS i),
rows AS (SELECT *, lead(event) OVER w AS after, lag(event) OVER w AS before FROM events WINDOW w AS (PARTITION BY who ORDER BY i)),
made AS (SELECT who, journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 s', event) AS j FROM events GROUP BY 1)
SELECT count(*), count(journey.next_step(j, 'A')) AS found,
       bool_and(journey.next_step(j, 'A') IS NOT DISTINCT FROM (SELECT after FROM rows r WHERE r.who = m.who AND event = 'A' ORDER BY i LIMIT 1)) AS first,
       bool_and(journey.next_step(j, 'A', 'forward', 'last') IS NOT DISTINCT FROM (SELECT after FROM rows r WHERE r.who = m.who AND event = 'A' ORDER BY i DESC LIMIT 1)) AS last,
       bool_and(journey.next_step(j, 'A', 'backward') IS NOT DISTINCT FROM (SELECT before FROM rows r WHERE r.who = m.who AND event = 'A' ORDER BY i LIMIT 1)) AS backward
FROM made m;
SELECT journey.next_step(NULL, 'A') IS NULL AS j, journey.next_step(j, NULL) IS NULL AS after, journey.next_step(j, '()') AS empty_match, journey.next_step(j, 'Z') IS NULL AS no_match FROM nodes WHERE subject = 1;
-- bad input
SELECT bool_and(journey.next_step(j, 'A', 'Backward', 'LAST') IS NOT DISTINCT FROM journey.next_step(j, 'A', 'backward', 'last')) AS any_case FROM nodes;
SELECT journey.next_step(j, 'A', 'sideways') FROM nodes WHERE subject = 1;
SELECT journey.next_step(j, 'A', which => 'head') FROM nodes WHERE subject = 1;
SELECT journey.next_step_number(j, 'A ->') FROM nodes WHERE subject = 1;
DROP TABLE nodes;
