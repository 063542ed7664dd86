-- MERGE, RETURNING OLD and NEW, and COPY that goes on after errors, by who may write through the view
-- as: wanda
-- shows: cannot write column "ssn" of view "desk"
SELECT current_setting('server_version_num')::int >= 170000 AS on17, current_setting('server_version_num')::int >= 180000 AS on18 \gset
-- no row is needed: other attacks change them
INSERT INTO desk (id, ssn) VALUES (1, 'x');
CREATE TABLE guess (id int, ssn text, amount int);
INSERT INTO guess SELECT i, 'CAN' || 'ARY-' || w || '-' || i, (7919 * 10000) + i FROM generate_series(1, 12) i, generate_series(1, 2) w;
\if :on17
-- conditions see masks, at each of the three kinds of match
MERGE INTO desk d USING (SELECT ssn, min(id) AS id FROM guess GROUP BY ssn) g ON d.ssn = g.ssn
	WHEN MATCHED THEN UPDATE SET status = 'found ' || d.ssn
	WHEN NOT MATCHED BY SOURCE AND d.amount > (7919 * 1000) THEN UPDATE SET status = 'rich'
	WHEN NOT MATCHED BY SOURCE AND d.ssn IS NOT NULL THEN UPDATE SET status = 'not ' || d.ssn
	WHEN NOT MATCHED BY SOURCE AND d.id = 3 THEN UPDATE SET status = coalesce(d.ssn, 'none')
	RETURNING merge_action(), d.*;
MERGE INTO desk d USING (VALUES (1), (2), (3), (700)) v (i) ON d.id = v.i
	WHEN MATCHED AND d.ssn IS NULL THEN UPDATE SET note = 'masked'
	WHEN MATCHED THEN DO NOTHING
	WHEN NOT MATCHED THEN INSERT (id, status) VALUES (v.i, 'made') RETURNING merge_action(), d.ssn, d.amount, d.share, d;
MERGE INTO desk d USING (VALUES (700)) v (i) ON d.id = v.i WHEN MATCHED THEN DELETE RETURNING merge_action(), d.*;
-- what is tied to masked values, and masked values themselves
MERGE INTO desk d USING guess g ON d.id = g.id WHEN MATCHED THEN UPDATE SET ssn = g.ssn;
MERGE INTO desk d USING (VALUES (7919 * 10000 + 1)) g (n) ON d.id = 1 WHEN MATCHED THEN UPDATE SET rank = g.n;
MERGE INTO desk d USING (VALUES (7919 * 10000 + 1)) g (n) ON d.id = 1 WHEN MATCHED THEN UPDATE SET grp = g.n;
MERGE INTO desk d USING (VALUES (4)) g (n) ON d.id = g.n WHEN MATCHED THEN DELETE;
MERGE INTO desk d USING guess g ON d.id = g.id WHEN MATCHED THEN UPDATE SET status = 'twice';
MERGE INTO desk d USING guess g ON d.ssn = g.ssn WHEN NOT MATCHED THEN INSERT (id, ssn) VALUES (800 + g.id, g.ssn);
MERGE INTO desk d USING (VALUES (1)) g (n) ON d.id = g.n WHEN MATCHED AND 1 / (d.amount - (7919 * 10000 + 1)) = 0 THEN DO NOTHING;
MERGE INTO inbox i USING guess g ON i.body = g.ssn AND g.id = 1 WHEN NOT MATCHED BY SOURCE AND body LIKE 'CAN%' THEN DELETE RETURNING i.*;
WITH m AS (MERGE INTO inbox i USING (VALUES (1), (2)) v (n) ON i.id = v.n WHEN MATCHED THEN DELETE RETURNING i.*) SELECT * FROM m;
EXPLAIN (VERBOSE) MERGE INTO desk d USING guess g ON d.ssn = g.ssn WHEN MATCHED THEN UPDATE SET status = 'x' WHEN NOT MATCHED BY SOURCE THEN DELETE;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) MERGE INTO desk d USING guess g ON d.ssn = g.ssn WHEN MATCHED THEN DELETE;
COPY desk (id, status) FROM STDIN (ON_ERROR ignore, LOG_VERBOSITY verbose);
901	new
x	bad
1	there
\.
COPY inbox (id, user_id, body, stars) FROM STDIN (ON_ERROR ignore);
901	yes-1	guess	many
902	refused	guess	5
\.
\endif
\if :on18
UPDATE desk SET status = 'again' WHERE id < 4 RETURNING old.*, new.*;
UPDATE desk SET status = 'once more' WHERE id < 4 RETURNING WITH (OLD AS o, NEW AS n) o, n, o.ssn IS DISTINCT FROM n.ssn AS other;
INSERT INTO inbox (id, user_id, body) VALUES (910, 'refused', 'mine') RETURNING old.body, new.body, new;
DELETE FROM inbox WHERE id IN (3, 4, 910) RETURNING old.*, new.*;
MERGE INTO inbox i USING (VALUES (5), (6)) v (n) ON i.id = v.n WHEN MATCHED THEN DELETE RETURNING merge_action(), old.body, new.body, old, new;
COPY desk (id, status) FROM STDIN (ON_ERROR ignore, REJECT_LIMIT 1, LOG_VERBOSITY silent);
y	bad
z	bad
\.
\endif
SELECT * FROM desk ORDER BY id;
SELECT * FROM inbox ORDER BY id;
