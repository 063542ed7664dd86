-- The scan that masks a row at once (mask_scan.c) shows what the functions of the view show one by one.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE regress_scan_ana;
CREATE ROLE regress_scan_ben;
SELECT journey.create_purpose('scan') > 0 AS made, journey.grant_purpose('regress_scan_ana', 'scan') IS NOT NULL AS granted;
SELECT count(journey.consent_give(i::text, 'scan')) AS given FROM generate_series(2, 400, 2) i;
SELECT count(journey.consent_give('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'), 'scan')) AS given FROM generate_series(2, 400, 2) i;
COPY (SELECT repeat('8899aabbccddeeff', 4)) TO PROGRAM 'umask 077; cat > regress_scan.key';
SET journey.key_file = 'regress_scan.key';

-- a subject of each type that names one; masks that look at the value and masks that do not; wrappers around
-- them (lengths, a column that shares an index, CASE); a column that came later, one that is gone
CREATE DOMAIN scan_name AS varchar(60) COLLATE "C";
CREATE FUNCTION scan_table(name text, type text, part text DEFAULT '', tail text DEFAULT '') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I (n int, gone int, who %s, a text, b varchar(40), c numeric(8,2), d int, e jsonb, f text[], at timestamptz) %s',
                 name, type, part);
  EXECUTE tail;
  EXECUTE format('ALTER TABLE %I DROP gone', name);
  EXECUTE format('INSERT INTO %I SELECT i, %s, NULLIF(''a'' || i, ''a7''), ''b'' || i, i / 3.0, i, jsonb_build_object(''k'', i, ''v'', ''v'' || i), ARRAY[''f'', i::text], ''2026-01-01''::timestamptz + i * interval ''1 hour''
    FROM generate_series(1, 399) i', name,
    format(CASE WHEN type = 'uuid' THEN '(''00000000-0000-0000-0000-'' || lpad(i::text, 12, ''0''))::uuid' ELSE 'NULLIF(i, 9)::text::%s' END, type));
  EXECUTE format('ALTER TABLE %I ADD later int DEFAULT 5', name);
  EXECUTE format('CREATE INDEX ON %I (d, n)', name);
  EXECUTE format('GRANT SELECT ON %I TO PUBLIC', name);
  EXECUTE format('ANALYZE %I', name);
END $$;
CREATE FUNCTION scan_protect(name text, more jsonb DEFAULT '{}') RETURNS bigint LANGUAGE sql AS $$
  SELECT count(*) FROM journey.protect(name, subject => 'who', collected => more->>'collected', row_action => coalesce(more->>'row_action', 'keep'), columns => '{"n": "public", "at": "public",
    "a": {"class": "scan_a", "mask": "partial", "keep_last": 1}, "b": {"class": "scan_b", "mask": "token"}, "c": {"class": "scan_a", "mask": "generalize", "step": 50},
    "d": {"class": "scan_c", "mask": "constant", "value": -1}, "e->''v''": {"class": "scan_b", "mask": "null"}, "f": {"class": "scan_c", "mask": "null"}}')
$$;
SELECT scan_table('scan_text', 'text'), scan_table('scan_int', 'int'), scan_table('scan_small', 'smallint'), scan_table('scan_big', 'bigint'),
       scan_table('scan_uuid', 'uuid'), scan_table('scan_domain', 'scan_name'), scan_table('scan_char', 'char(8)'),
       scan_table('scan_hide', 'text'),
       scan_table('scan_part', 'text', 'PARTITION BY RANGE (n)', 'CREATE TABLE scan_part_1 PARTITION OF scan_part FOR VALUES FROM (0) TO (100);
         CREATE TABLE scan_part_2 (LIKE scan_part); ALTER TABLE scan_part_2 DROP a, ADD a text; ALTER TABLE scan_part ATTACH PARTITION scan_part_2 DEFAULT'),
       scan_table('scan_heir', 'text', '', 'CREATE TABLE scan_child (extra text) INHERITS (scan_heir)');
SELECT name, scan_protect(name, CASE name WHEN 'scan_hide' THEN '{"row_action": "suppress"}' ELSE '{}' END::jsonb)
FROM unnest('{scan_text, scan_int, scan_small, scan_big, scan_uuid, scan_domain, scan_char, scan_hide, scan_part, scan_heir}'::text[]) name;
SELECT scan_table('scan_kept', 'text'), scan_table('scan_day', 'text', '', 'ALTER TABLE scan_day ALTER at TYPE date');
SELECT scan_protect('scan_kept', '{"collected": "at"}'), scan_protect('scan_day', '{"collected": "at"}');

-- asks with the scan and without: are the rows the same, in the same order, and was it the scan?
CREATE FUNCTION scan_both(query text, OUT rows bigint, OUT same boolean, OUT scan text) LANGUAGE plpgsql AS $$
DECLARE
  answer text[];
  other text[];
  line text;
  role text := current_setting('role');
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    scan := coalesce(scan, (regexp_match(line, 'Custom Scan|Seq Scan|Index Scan|Bitmap|Tid Scan'))[1]);
  END LOOP;
  EXECUTE 'SELECT array_agg(x::text) FROM (' || query || ') x' INTO answer;
  SET LOCAL ROLE NONE;
  SET LOCAL journey.mask_scan = off;
  PERFORM set_config('role', role, true);
  EXECUTE 'SELECT array_agg(x::text) FROM (' || query || ') x' INTO other;
  SET LOCAL ROLE NONE;
  SET LOCAL journey.mask_scan = on;
  PERFORM set_config('role', role, true);
  rows := cardinality(answer);
  same := answer IS NOT DISTINCT FROM other;
END $$;
CREATE FUNCTION scan_plan(query text, options text DEFAULT 'COSTS OFF') RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  line text;
BEGIN
  FOR line IN EXECUTE format('EXPLAIN (%s) %s', options, query) LOOP
    RETURN NEXT regexp_replace(line, '[0-9a-f]{8}-[-0-9a-f]{27}', '...', 'g');
  END LOOP;
END $$;
SET journey.purpose = 'scan';
SET ROLE regress_scan_ana;
SELECT t, b.*
FROM unnest('{scan_text, scan_int, scan_small, scan_big, scan_uuid, scan_domain, scan_char, scan_hide, scan_part, scan_heir, scan_kept, scan_day}'::text[]) t,
     scan_both(format('SELECT * FROM %s', t)) b;
-- by what the session holds about all subjects, and not by looking each up
RESET ROLE;
SET journey.consent_lookups = 0;
SET ROLE regress_scan_ana;
SELECT t, b.*
FROM unnest('{scan_text, scan_int, scan_small, scan_big, scan_uuid, scan_domain, scan_char, scan_hide, scan_part, scan_heir, scan_kept, scan_day}'::text[]) t,
     scan_both(format('SELECT * FROM %s', t)) b;
SELECT n, who, a, b ~ '^[0-9A-Za-z_-]+$' AS token, c, d, e, f, later FROM scan_text WHERE n IN (1, 2, 7, 8, 9, 10) ORDER BY n;
SELECT count(*), count(a), count(who), count(d) FILTER (WHERE d > 0), sum(c) FROM scan_hide;
SELECT q, b.*
FROM unnest(ARRAY[
  'SELECT FROM scan_text',
  'SELECT count(*) AS n FROM scan_text',
  'SELECT n FROM scan_text',
  'SELECT NULL AS x, a, 1 AS y, a AS z, n + 1 AS m, ''text'' AS t FROM scan_text',
  'SELECT t FROM scan_text t',
  'SELECT d, n FROM scan_text WHERE n % 3 = 0',
  'SELECT n, f, d, later, d AS again, NULL AS x FROM scan_text',
  'SELECT f FROM scan_uuid WHERE n % 3 = 0',
  'SELECT f, d FROM scan_int OFFSET 0',
  'SELECT d, n FROM scan_text WHERE d = -1 AND a = ''*1'' AND c > 10',
  'SELECT n FROM scan_hide WHERE d > 20 AND n < 300',
  'SELECT a FROM scan_hide WHERE b = ''b44'' OR n = 44',
  'SELECT n, b FROM scan_text WHERE a IS NULL OR f IS NULL',
  'SELECT x.n, y.a, y.c FROM scan_int x JOIN scan_text y USING (n) WHERE x.d > 0',
  'SELECT x.n, y.* FROM generate_series(1, 3) x (n), LATERAL (SELECT a, b, x.n * c AS c FROM scan_text WHERE n < 9 + x.n OFFSET 0) y',
  'SELECT n, (SELECT max(y.a) FROM scan_int y WHERE y.n % 50 = x.n) AS most FROM scan_text x WHERE n < 50',
  'SELECT a, b FROM scan_text ORDER BY c DESC, n LIMIT 20 OFFSET 3',
  'SELECT a, count(*), min(d) FROM scan_part GROUP BY a ORDER BY a',
  'SELECT n FROM scan_text WHERE n BETWEEN 4 AND 6',
  'SELECT n, later, e->''v'' AS v, f[2] AS f FROM scan_heir WHERE later = 5 OR later IS NULL',
  'SELECT c FROM scan_text WHERE n > 390 UNION ALL SELECT c FROM scan_part WHERE n > 390',
  'WITH w AS MATERIALIZED (SELECT * FROM scan_text) SELECT w.a, v.a AS b FROM w JOIN w v USING (n)']) q, scan_both(q) b;

-- names of all sizes, with and without numbers at their end, that differ at their beginning only: rows of one
-- subject next to each other, of all kinds in turn, in no order
RESET ROLE;
CREATE TABLE scan_runs AS
  SELECT format(f, lpad(i::text, 3, '0')) AS who, f, i, (i + k) % 2 = 0 AS yes, 'a' || i AS a
  FROM unnest('{5000%s, u%s, abcd%s, abcde%s, auser-%s, buser-%s, auser-0000000%s, buser-0000000%s, auser-00000000%s, buser-00000000%s,
    customer-with-a-number-%s, customer-with-a-nomber-%s, e%s@mail, x%s@mail.example.org}'::text[]) WITH ORDINALITY AS kinds (f, k),
    generate_series(1, 600) i;
SELECT count(journey.consent_give(who, 'scan')) AS given FROM scan_runs WHERE yes;
INSERT INTO scan_runs SELECT r.* FROM scan_runs r, generate_series(1, 2) ORDER BY r.f, r.i;
INSERT INTO scan_runs SELECT r.* FROM (SELECT DISTINCT * FROM scan_runs) r ORDER BY r.i, reverse(r.f);
INSERT INTO scan_runs SELECT r.* FROM (SELECT DISTINCT * FROM scan_runs) r ORDER BY md5(who);
GRANT SELECT ON scan_runs TO PUBLIC;
SELECT count(x) AS protected FROM journey.protect('scan_runs', subject => 'who', columns => '{"f": "public", "i": "public", "yes": "public", "a": {"class": "scan_a", "mask": "null"}}') x;
SET ROLE regress_scan_ana;
SELECT count(*) AS rows, count(a) AS shown, count(*) FILTER (WHERE (a IS NOT NULL) <> yes) AS wrong FROM scan_runs;
SELECT * FROM scan_both('SELECT a, i FROM scan_runs');
-- one takes it back, in the same transaction and in another one
BEGIN;
RESET ROLE;
SELECT journey.consent_withdraw('auser-0000000003', 'scan') > 0 AS withdrawn;
SET ROLE regress_scan_ana;
SELECT count(*) AS rows, count(a) AS shown, count(*) FILTER (WHERE (a IS NOT NULL) <> yes) AS wrong FROM scan_runs;
COMMIT;
SELECT count(*) AS rows, count(a) AS shown, count(*) FILTER (WHERE (a IS NOT NULL) <> yes) AS wrong FROM scan_runs;

-- a purpose that was not granted, none, another role
SET journey.purpose = 'scan.none';
SELECT * FROM scan_both('SELECT * FROM scan_text');
RESET journey.purpose;
SELECT * FROM scan_both('SELECT * FROM scan_hide');
SET ROLE regress_scan_ben;
SET journey.purpose = 'scan';
SELECT * FROM scan_both('SELECT * FROM scan_text');
SELECT count(*), count(DISTINCT a), count(f) FROM scan_text;
SET ROLE regress_scan_ana;

-- cursors: on and back, on again after a role that may see nothing was set (another's withdrawal: isolation)
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT n, a, d FROM scan_text WHERE n > 1;
FETCH 3 FROM c;
FETCH BACKWARD 2 FROM c;
SET ROLE regress_scan_ben;
FETCH 3 FROM c;
SET ROLE regress_scan_ana;
FETCH 2 FROM c;
FETCH 2 FROM c;
FETCH BACKWARD 2 FROM c;
MOVE LAST IN c;
FETCH NEXT FROM c;
FETCH PRIOR FROM c;
DECLARE e CURSOR FOR SELECT n, d, f FROM scan_text WHERE n > 1;
FETCH 2 FROM e;
SET ROLE regress_scan_ben;
FETCH 2 FROM e;
SET ROLE regress_scan_ana;
FETCH 2 FROM e;
SET LOCAL journey.purpose = '';
FETCH 2 FROM e;
ROLLBACK;

-- more classes than are decided at once
RESET ROLE;
SELECT count(journey.create_class('scan_' || i)) AS classes FROM generate_series(1, 20) i;
DO $$
BEGIN
  EXECUTE (SELECT format('CREATE TABLE scan_many AS SELECT i AS n, i AS who, %s FROM generate_series(1, 50) i', string_agg(format('i AS v%s', k), ', ')) FROM generate_series(1, 20) k);
  GRANT SELECT ON scan_many TO PUBLIC;
  PERFORM journey.protect('scan_many', subject => 'who', columns => (SELECT jsonb_object_agg('v' || k, jsonb_build_object('class', 'scan_' || k)) FROM generate_series(1, 20) k) || '{"n": "public"}');
END $$;
SET ROLE regress_scan_ana;
SELECT * FROM scan_both('SELECT * FROM scan_many');
SELECT * FROM scan_both('SELECT v20, v1, n FROM scan_many');
SELECT count(v1), count(v16), count(v17), count(v20), sum(v20) = sum(n) FILTER (WHERE n % 2 = 0) AS right FROM scan_many;

-- prepared once, run as each
PREPARE p AS SELECT count(*) FILTER (WHERE d > 0) AS shown, count(f) AS f FROM scan_text;
SET plan_cache_mode = force_generic_plan;
EXECUTE p;
SET ROLE regress_scan_ben;
EXECUTE p;
SET ROLE regress_scan_ana;
EXECUTE p;
DEALLOCATE p;
RESET plan_cache_mode;

-- several processes
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT scan_plan('SELECT count(*), max(a), min(c) FROM scan_text WHERE n > 1 AND d < 100', 'COSTS OFF');
SELECT count(*), max(a), min(c) FROM scan_text WHERE n > 1 AND d < 100;
SELECT q, b.*
FROM unnest(ARRAY[
  'SELECT sum(d) AS d, min(a) AS a, max(b) AS b, sum(c) AS c, count(f) AS f FROM scan_text',
  'SELECT sum(d) AS d, min(a) AS a, max(b) AS b, sum(c) AS c, count(f) AS f FROM scan_part',
  'SELECT sum(d) AS d, min(a) AS a, max(b) AS b, sum(c) AS c, count(f) AS f FROM scan_hide']) q, scan_both(q) b;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- rows that may be looked at again are left to the scan of the server
RESET ROLE;
CREATE TABLE scan_copy AS SELECT n, a FROM journey_base.scan_text WHERE n < 20;
GRANT ALL ON scan_copy TO regress_scan_ana;
GRANT UPDATE ON scan_text TO regress_scan_ana;
SET ROLE regress_scan_ana;
EXPLAIN (COSTS OFF) INSERT INTO scan_copy SELECT n, a FROM scan_text WHERE n = 20;
EXPLAIN (COSTS OFF) UPDATE scan_copy c SET a = t.a FROM scan_text t WHERE t.n = c.n;
EXPLAIN (COSTS OFF) SELECT n FROM scan_text WHERE n > 1 FOR UPDATE;
EXPLAIN (COSTS OFF) SELECT * FROM scan_copy c, LATERAL (SELECT a FROM scan_text t WHERE t.n = c.n OFFSET 0) t FOR UPDATE OF c;

-- what it filters is counted as before
SELECT regexp_replace(p, '=([0-9]+)\.00', '=\1') FROM scan_plan('SELECT a FROM scan_hide WHERE n > 100', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF') p;

-- a table that looks like a view's: the functions show nothing without a seal
CREATE TEMP TABLE scan_mine (who text, x text);
INSERT INTO scan_mine SELECT i::text, 'x' || i FROM generate_series(1, 5) i;
EXPLAIN (COSTS OFF) SELECT journey._cell(x, who, NULL) FROM scan_mine WHERE journey._no_index(tableoid);
SELECT journey._cell(x, who, NULL), journey._row(who, NULL), x, tableoid::regclass, ctid FROM scan_mine WHERE journey._no_index(tableoid);

-- for superusers
SET journey.mask_scan = off;
RESET ROLE;
DO $$
DECLARE
  t regclass;
BEGIN
  FOR t IN SELECT r.view FROM journey.protected_relation r WHERE r.relation_name LIKE 'scan%' LOOP
    PERFORM journey.unprotect(t);
  END LOOP;
END $$;
DROP TABLE scan_text, scan_int, scan_small, scan_big, scan_uuid, scan_domain, scan_char, scan_hide, scan_part, scan_child, scan_heir, scan_kept, scan_day, scan_many, scan_runs, scan_copy, scan_mine;
DROP FUNCTION scan_table, scan_protect, scan_both, scan_plan;
DROP DOMAIN scan_name;
RESET journey.key_file;
RESET journey.consent_lookups;
SELECT journey.revoke_purpose('regress_scan_ana', 'scan') IS NOT NULL AS revoked;
DROP ROLE regress_scan_ana, regress_scan_ben;
