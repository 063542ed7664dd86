-- an administrator grants everything on all views
-- as: dave
-- shows: cannot update view
-- Nothing may be written: a row that changes hands is shown under the other's consent.
SET ROLE analysts;
SET journey.purpose = 'analytics';
UPDATE loose SET user_id = 'yes-1' WHERE id = 1 RETURNING note;
UPDATE loose SET user_id = 'yes-1';
UPDATE loose SET id = id WHERE note IS NOT NULL RETURNING *;
INSERT INTO loose (id, user_id) VALUES (1, 'yes-1') RETURNING *;
INSERT INTO loose (id, user_id) VALUES (1, 'yes-1') ON CONFLICT DO NOTHING;
INSERT INTO loose (id, user_id) VALUES (1, 'yes-1') ON CONFLICT (id) DO UPDATE SET user_id = 'yes-1' RETURNING *;
DELETE FROM loose WHERE note LIKE 'C%' RETURNING *;
\copy loose (id, user_id) FROM '/dev/null'
TRUNCATE loose;
MERGE INTO loose USING (VALUES (1)) v (i) ON id = v.i WHEN MATCHED THEN UPDATE SET user_id = 'yes-1';
MERGE INTO loose USING (VALUES (1)) v (i) ON id = v.i WHEN NOT MATCHED THEN INSERT (id) VALUES (5);
CREATE RULE r AS ON UPDATE TO loose DO INSTEAD SELECT 1;
CREATE TRIGGER t INSTEAD OF UPDATE ON loose FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE VIEW w AS SELECT * FROM loose;
UPDATE w SET user_id = 'yes-1' RETURNING *;
CREATE TABLE child () INHERITS (loose);
SELECT id, user_id, note FROM loose ORDER BY id FOR UPDATE;
SELECT id, user_id, note FROM loose ORDER BY id FOR KEY SHARE SKIP LOCKED;
SELECT note FROM loose WHERE id = 0;
