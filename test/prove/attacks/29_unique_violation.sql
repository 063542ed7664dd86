-- the unique index as an oracle
-- as: wanda
-- shows: permission denied
INSERT INTO people (id, seen_at, grp, pad, ssn) VALUES (9000, now(), 1, 'x', 'CAN' || 'ARY-1-001');
INSERT INTO people (id, ssn) VALUES (1, 'CAN' || 'ARY-1-001') ON CONFLICT DO NOTHING;
INSERT INTO journey_base.people (id, ssn) VALUES (1, 'x');
INSERT INTO journey_base.people (id, ssn) VALUES (1, 'x') ON CONFLICT (ssn) DO UPDATE SET id = 2 RETURNING ssn;
UPDATE people SET ssn = 'x' WHERE ssn = 'y';
UPDATE people SET id = 1 WHERE id = 2;
COPY people (id, ssn) FROM '/dev/null';
\copy people (id, ssn) FROM '/dev/null'
INSERT INTO visits (id, seen_at, page) VALUES (1, '2026-01-02', 'x') RETURNING *;
INSERT INTO notes (id, note) VALUES (1, 'x') RETURNING *;
INSERT INTO visits_1 (id) VALUES (1);
SELECT count(*) FROM people WHERE user_id = 'yes-1' AND ssn IS NULL;
