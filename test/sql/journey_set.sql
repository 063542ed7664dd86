--
-- Sets of journeys: text, bytes, facts, subjects, journeys, merging.
--
SET search_path = public, journey;
SET timezone = 'UTC';

-- text
SELECT '{ana: [view 2026-01-01T10:00:00Z, pay 2026-01-01T10:05:00Z], "bob b.": [view 2026-01-01T10:01:00Z]}'::journey_set;
SELECT ' bigint { 9 : [ view 2026-01-01T10:00:05Z ] , -7:[b 2026-01-01 12:00+02,a 2026-01-01 09:00Z]}'::journey_set;
SELECT 'uuid {A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11: [view 2026-01-01T10:00:00Z], a0eebc999c0b4ef8bb6d6bb9bd380a10: [view 2026-01-01T10:00:00Z]}'::journey_set;
SELECT '{u: [(view@web 2026-01-01T10:00:00Z {value=19.99, sense=tired, sense=angry}), pay 2026-01-01T10:05:00Z {decision="x y"}]}'::journey_set;
SELECT 'text {u: [b 2026-01-01T10:00:00Z], "": [b 2026-01-01T10:00:00Z], u: [a 2026-01-01T10:00:00Z, c 2026-01-01T09:00:00Z]}'::journey_set;

CREATE TABLE sets (id int, s journey_set);
INSERT INTO sets VALUES
  (1, '{ana: [view 2026-01-01T10:00:00Z, pay 2026-01-01T10:05:00Z], bob: [view 2026-01-01T10:01:00Z]}'),
  (2, '{ana: [(pay 2026-01-01T10:05:00Z), help 2026-01-01T11:00:00Z], eve: [view@web 2026-01-01T09:00:00Z {value=1.5}]}'),
  (3, 'bigint {1: [a 2026-01-01T10:00:00Z], 2: [b 2026-01-01T10:00:00.001Z]}'),
  (4, NULL);
SELECT id, subject_count(s), step_count(s), started_at(s), ended_at(s) FROM sets ORDER BY id;
SELECT id, subject FROM sets, subjects(s) AS subject ORDER BY 1, 2;
SELECT id, subject, j FROM sets, journeys(s) ORDER BY 1, 2;
SELECT subject, journey_agg(j) FROM sets, journeys(s) WHERE id < 3 GROUP BY 1 ORDER BY 1;
SELECT journey_of(s, 'ana'), journey_of(s, 'nobody') FROM sets WHERE id = 2;
SELECT a.s || b.s FROM sets a, sets b WHERE a.id = 1 AND b.id = 2;
SELECT journey_set_agg(s) FROM sets WHERE id < 3;
SELECT journey_set_agg(subject, j) FROM sets, journeys(s) WHERE id < 3;
SELECT journey_set_agg(id, j) FROM (SELECT id::bigint, j FROM sets, journeys(s)) x;
SELECT pg_column_size(s), s FROM sets;
SELECT step_count('[a 2026-01-01T10:00Z]');
