-- rows of one's own with guesses in them, to see what a mask makes of them
-- as: wanda
-- shows: INSERT 0 1|cannot insert
-- Her own rows are of subjects whom nobody knows, so they are masked as those of others are.
INSERT INTO inbox (id, user_id, body, stars) VALUES (7200, 'chosen-72', 'CAN' || 'ARY-1', 7919 * 10000), (7201, 'chosen-72', 'guess', 1);
\echo INSERT 0 :ROW_COUNT
SELECT id, body, stars FROM inbox WHERE user_id IN ('chosen-72', 'refused', 'silent') ORDER BY id;
SELECT a.id, b.id FROM inbox a JOIN inbox b ON a.body = b.body AND a.stars = b.stars AND a.id < b.id ORDER BY 1, 2;
SELECT i.id, p.id FROM inbox i JOIN people p ON i.body = p.email OR i.body = p.card OR i.stars = p.points WHERE i.id >= 7200;
-- where a mask shows equal values alike, none of its values can be chosen
INSERT INTO people (id, user_id, seen_at, grp, pad, email) VALUES (7200, 'chosen-72', now(), 1, '', 'CAN' || 'ARY-1@example.com');
INSERT INTO profiles (id, user_id, pad, alias, diary) VALUES (7200, 'chosen-72', '', 'CAN' || 'ARY1', 'CAN' || 'ARY diary 1');
UPDATE desk SET ssn = 'CAN' || 'ARY-1-2' WHERE id = 4;
SELECT left(email, 4), count(*) FROM people WHERE user_id IN ('refused', 'chosen-72') GROUP BY 1;
DELETE FROM inbox WHERE id >= 7200;
