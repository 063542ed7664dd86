-- what newer servers brought: soft errors, SQL/JSON, RETURNING, virtual columns, options of EXPLAIN
SELECT current_setting('server_version_num')::int >= 160000 AS on16, current_setting('server_version_num')::int >= 170000 AS on17,
	current_setting('server_version_num')::int >= 180000 AS on18 \gset
\if :on16
SELECT id, pg_input_is_valid(ssn, 'int'), (pg_input_error_info(code, 'int')).*, pg_input_is_valid(blank, 'jsonb') FROM people WHERE id < 14 ORDER BY id;
SELECT id, any_value(ssn) OVER w, string_agg(name, ',') OVER w FROM people WHERE id < 14 WINDOW w AS (ORDER BY id ROWS 1 PRECEDING) ORDER BY id;
SELECT id, JSON_ARRAY(ssn, amount, blank NULL ON NULL), JSON_OBJECT('a': ssn, 'b': doc), ssn IS JSON, doc::text IS JSON ARRAY FROM people WHERE id < 14 ORDER BY id;
SELECT JSON_ARRAYAGG(ssn ORDER BY id), JSON_OBJECTAGG(id: amount ABSENT ON NULL) FROM people WHERE id < 14;
EXPLAIN (GENERIC_PLAN) SELECT id FROM people WHERE ssn = $1 AND amount > $2;
EXPLAIN (GENERIC_PLAN, VERBOSE) SELECT dept, count(*) FROM facts WHERE dept < $1 GROUP BY 1;
SELECT object, context, hits >= 0 FROM pg_stat_io WHERE backend_type = 'standalone backend';
SELECT array_shuffle(tags) IS NULL, array_sample(tags, 1) FROM people WHERE id IN (1, 2, 3);
SELECT erf(score), random_normal(0, 0) FROM people WHERE id IN (1, 3) ORDER BY id;
\endif
\if :on17
SELECT id, j.* FROM people, JSON_TABLE(doc, '$' COLUMNS (say text PATH '$.say', n int PATH '$.*' ERROR ON ERROR)) j WHERE id < 14 ORDER BY 1;
SELECT id, JSON_VALUE(doc, '$.say'), JSON_QUERY(doc, '$.*' WITH WRAPPER), JSON_EXISTS(doc, 'strict $.say' ERROR ON ERROR) FROM people WHERE id < 14 ORDER BY 1;
SELECT JSON_VALUE(doc, 'strict $.nothing' RETURNING int ERROR ON ERROR) FROM people WHERE user_id = 'refused';
MERGE INTO people p USING (VALUES (1)) v (i) ON p.id = v.i WHEN MATCHED THEN UPDATE SET grp = 1 RETURNING merge_action(), p.ssn;
EXPLAIN (ANALYZE, SERIALIZE TEXT, MEMORY OFF, BUFFERS OFF, TIMING OFF, SUMMARY OFF) SELECT id, ssn, essay, name FROM people;
EXPLAIN (ANALYZE, SERIALIZE BINARY, BUFFERS OFF, TIMING OFF, SUMMARY OFF) SELECT amount, doc, raw FROM people;
SELECT to_bin(amount), to_oct(amount), unicode_assigned(phone), xmltext(ssn) FROM people WHERE id IN (1, 2, 12) ORDER BY id;
COPY people (ssn) FROM STDIN (ON_ERROR ignore, LOG_VERBOSITY verbose);
\.
SELECT count(*) FROM pg_wait_events WHERE name LIKE '%CAN' || 'ARY%';
\endif
\if :on18
UPDATE people SET grp = 1 WHERE id = 1 RETURNING old.ssn, new.ssn;
CREATE TABLE virtual (id int, t text, v text GENERATED ALWAYS AS (t || '!') VIRTUAL, n int GENERATED ALWAYS AS (100 / (length(t) - 7)) VIRTUAL);
INSERT INTO virtual SELECT id, ssn FROM people WHERE user_id = 'refused' RETURNING old.t, new.v;
SELECT count(v), count(n) FROM virtual;
SELECT array_sort(tags), reverse(raw), crc32(raw), casefold(phone), uuid_extract_version(key) FROM people WHERE id IN (1, 2, 12) ORDER BY id;
SELECT json_strip_nulls(to_json(p), true) ->> 'ssn' FROM people p WHERE id IN (1, 12) ORDER BY id;
SELECT count(*) FROM pg_get_process_memory_contexts(pg_backend_pid(), false, 1);
SELECT attname FROM pg_stats WHERE schemaname = 'journey_base';
SELECT pg_restore_attribute_stats('schemaname', 'journey_base', 'relname', 'people', 'attname', 'ssn', 'inherited', false, 'null_frac', 0.5::real);
SELECT pg_clear_relation_stats('journey_base', 'people');
EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF, SUMMARY OFF) SELECT id FROM people WHERE ssn IN ('a', 'b') OR amount IN (1, 2);
\endif
SELECT ssn FROM people WHERE id = 12;
