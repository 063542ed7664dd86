-- Subjects that are integers or uuids are taken as they are, and decided as their text form is: each protected table has
-- a twin whose subject is a text, and whatever was said, in every way to a decision, their cells are alike.
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE ROLE regress_value_reader;
CREATE SCHEMA sv;
GRANT USAGE ON SCHEMA sv TO regress_value_reader;
COPY (SELECT repeat('0011223344556677', 4)) TO PROGRAM 'umask 077; cat > regress_value.key';
SET journey.key_file = 'regress_value.key';
SELECT journey.create_purpose('sv') > 0 AS made;
SELECT journey.grant_purpose('regress_value_reader', 'sv');
SELECT journey.create_class('sv_in'), journey.create_class('sv_out'), journey.create_class('sv_kept'), journey.create_class('sv_fake');
SELECT journey.create_rule('*', 'sv', class => 'sv_out', regime => 'opt_out') > 0 AS made,
       journey.create_rule('*', 'sv', class => 'sv_kept', retention => '30 days') > 0 AS made;

-- numbers of all lengths, series of three, four and ten digits, what is next to powers of ten and the ends of types
CREATE TABLE sv.number AS
  SELECT DISTINCT n::int8 AS n FROM (
    SELECT s * (10::numeric ^ p + d) FROM generate_series(0, 18) p, unnest('{-1, 0, 1}'::int[]) d, unnest('{-1, 1}'::int[]) s
    UNION ALL SELECT s * (2::numeric ^ p - d) FROM unnest('{7, 8, 15, 16, 31, 32, 63}'::int[]) p, generate_series(0, 2) d, unnest('{-1, 1}'::int[]) s
    UNION ALL SELECT 2::numeric ^ p + d FROM unnest('{16, 32}'::int[]) p, generate_series(0, 60) d
    UNION ALL SELECT generate_series(0, 700) UNION ALL SELECT generate_series(1000, 1700)
    UNION ALL SELECT generate_series(1234500000, 1234500600)) x (n)
  WHERE n BETWEEN -9223372036854775808 AND 9223372036854775807;
SELECT count(*) FROM sv.number;
CREATE DOMAIN sv.number_of_one AS int4 CHECK (VALUE <> 4711);

-- for each type a table, and the twin; rows of numbers with the same last bits lie side by side
CREATE PROCEDURE sv.make(type text, low int8, high int8) LANGUAGE plpgsql AS $$
DECLARE
  of text := CASE type WHEN 'uuid' THEN 'md5(n::text)::uuid' WHEN 'text' THEN 'n::text' ELSE 'n::' || type END;
  side text;
  target text;
BEGIN
  FOREACH side IN ARRAY '{value, twin}'::text[] LOOP
    target := format('sv.%s_%s', side, split_part(type, '.', -1));
    EXECUTE format('CREATE TABLE %s AS SELECT n, (%s)%s AS who, concat(''i'', n) AS i, n AS o, now() - mod(n, 7) * interval ''10 days'' AS at,
                           concat(''k'', n) AS k, concat(''f'', n) AS f
                    FROM (TABLE sv.number UNION ALL SELECT NULL) x (n) WHERE coalesce(n, 0) BETWEEN %s AND %s ORDER BY n & 65535, n',
                   target, of, CASE side WHEN 'twin' THEN '::text' END, low, high);
    EXECUTE format('GRANT SELECT ON %s TO regress_value_reader', target);
    PERFORM journey.protect(target, subject => 'who', collected => 'at', columns => '{"n": "public", "at": "public", "i": {"class": "sv_in", "mask": "null"},
      "o": {"class": "sv_out", "mask": "generalize", "step": 1000}, "k": {"class": "sv_kept", "mask": "constant", "value": "*"},
      "f": {"class": "sv_fake", "mask": "fake", "kind": "full_name"}}');
  END LOOP;
END $$;
CALL sv.make('int2', -32768, 32767);
CALL sv.make('int4', -2147483648, 2147483647);
CALL sv.make('int8', -9223372036854775808, 9223372036854775807);
CALL sv.make('sv.number_of_one', -2147483648, 2147483647);
CALL sv.make('numeric', -9223372036854775808, 9223372036854775807);
CALL sv.make('uuid', -9223372036854775808, 9223372036854775807);
-- no text is made for a number or a uuid; from 16 on a view shows its columns without the table
SELECT c.relname, substring(replace(pg_get_viewdef(c.oid), 'b.', ''), 'journey._cell\(i, (.*?), ''') AS subject
FROM pg_class c WHERE c.relnamespace = 'sv'::regnamespace AND c.relkind = 'v' ORDER BY 1;

-- both decide alike?  By name of table: rows, and how many cells are raw
CREATE FUNCTION sv.compare() RETURNS TABLE (what text, rows int8, wrong int8, shown int8) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  FOREACH what IN ARRAY '{int2, int4, int8, number_of_one, numeric, uuid}'::text[] LOOP
    RETURN QUERY EXECUTE format('SELECT %1$L, count(*), count(*) FILTER (WHERE (v.i, v.o, v.k, v.f) IS DISTINCT FROM (t.i, t.o, t.k, t.f)),
        count(v.i) + count(*) FILTER (WHERE v.k <> ''*'') + count(*) FILTER (WHERE v.f ^@ ''f'')
      FROM sv.value_%1$s v FULL JOIN sv.twin_%1$s t ON coalesce(v.n, -4713) = coalesce(t.n, -4713)', what);
  END LOOP;
END $$;
-- what the last tables say in numbers
CREATE TABLE sv.seen (round text, what text, rows int8, wrong int8, shown int8);
GRANT INSERT ON sv.seen TO regress_value_reader;

CREATE FUNCTION sv.say(who text, dice float8) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  CASE floor(dice * 10)::int
    WHEN 0 THEN PERFORM journey.consent_withdraw(who, 'sv');
    WHEN 1 THEN PERFORM journey.consent_refuse(who, 'sv');
    WHEN 2 THEN PERFORM journey.consent_object(who, 'sv');
    WHEN 3 THEN PERFORM journey.consent_expire(who, 'sv');
    WHEN 4 THEN PERFORM journey.consent_give(who, 'sv', valid_until => now() - interval '1 min', valid_from => now() - interval '1 h');
    WHEN 5 THEN PERFORM journey.consent_give(who, 'sv', valid_from => now() + interval '1 h');
    WHEN 6 THEN PERFORM journey.subject_set(who, kind => 'employee');
    WHEN 7 THEN PERFORM CASE WHEN dice < 0.72 THEN journey.subject_restrict(who) WHEN dice < 0.74 THEN journey.subject_lift(who)
                             ELSE journey.consent_give(who, 'sv') END;
    ELSE PERFORM journey.consent_give(who, 'sv');
  END CASE;
END $$;

-- names that are other subjects than the number they look like, all of whom consented
SELECT count(journey.consent_give(format(f, n), 'sv')) AS others
FROM (SELECT n FROM sv.number WHERE n BETWEEN -12 AND 120) x, unnest('{0%s,+%s, %s,%s ,%s.0,00000000%s,%se0}'::text[]) f;
SELECT count(journey.consent_give(f, 'sv')) AS others FROM unnest('{-0,-00,9223372036854775808,-9223372036854775809,18446744073709551615}'::text[]) f;
SELECT count(journey.consent_give(upper(md5(n::text)), 'sv')) AS others FROM sv.number WHERE n BETWEEN 1 AND 50;
SET ROLE regress_value_reader;
SET journey.purpose = 'sv';
SELECT what, rows, wrong FROM sv.compare();
RESET ROLE;

-- histories; asked of the tables, of the cache, beside exceptions
SELECT setseed(0.7);
CREATE PROCEDURE sv.play(rounds int) LANGUAGE plpgsql AS $$
BEGIN
  FOR round IN 1 .. rounds LOOP
    PERFORM sv.say(n::text, random()), sv.say(md5(n::text)::uuid::text, random()) FROM sv.number
    WHERE random() < CASE WHEN round = 1 THEN 0.9 WHEN n BETWEEN 0 AND 2000 THEN 0.02 ELSE 0.1 END;
    COMMIT;
    SET LOCAL ROLE regress_value_reader;
    INSERT INTO sv.seen SELECT 'tables', c.* FROM sv.compare() c;
    RESET ROLE;
    SET LOCAL journey.consent_lookups = 0;
    SET LOCAL ROLE regress_value_reader;
    INSERT INTO sv.seen SELECT 'cache', c.* FROM sv.compare() c;
    RESET ROLE;
    -- own changes that are not committed are exceptions
    PERFORM sv.say(n::text, random()), sv.say(md5(n::text)::uuid::text, random()) FROM sv.number WHERE random() < 0.02 OR n BETWEEN -3 AND 3;
    SET LOCAL ROLE regress_value_reader;
    INSERT INTO sv.seen SELECT 'own', c.* FROM sv.compare() c;
    COMMIT;
    RESET ROLE;
  END LOOP;
END $$;
CALL sv.play(2);
SELECT round, what, count(*) AS rounds, sum(wrong) AS wrong, min(shown) > 0 AND max(shown) < 3 * min(rows) AS some
FROM sv.seen GROUP BY round, what ORDER BY 1, 2;

-- subjects who are erased, and all reasons that came up
SELECT count(journey.subject_erase(n::text)) AS erased FROM sv.number WHERE n BETWEEN 600 AND 610;
SELECT e.reason, count(*) > 0 AS came_up FROM sv.number,
  unnest('{i, o, k}'::text[]) col, LATERAL journey.explain_cell('sv.value_int8', col, n::text, 'sv', 'regress_value_reader', now() - interval '31 days') e
WHERE n BETWEEN -5 AND 750 GROUP BY 1 ORDER BY 1;
SET ROLE regress_value_reader;
SELECT what, wrong FROM sv.compare();

-- cells of one row, and rows, of which the subjects have other types but the same bits or name
SELECT count(*) AS rows, count(*) FILTER (WHERE (a.i IS NULL) <> (b.i IS NULL) OR (a.i IS NULL) <> (c.i IS NULL) OR a.i <> d.i) AS wrong
FROM sv.value_int2 a JOIN sv.value_int4 b USING (n) JOIN sv.value_int8 c USING (n) JOIN sv.value_numeric d USING (n) JOIN sv.value_uuid u USING (n);
RESET ROLE;

-- a plan that was made once, in turn for reader and owner; parallel workers
SET ROLE regress_value_reader;
PREPARE p AS SELECT count(i) FROM sv.value_int4;
SET plan_cache_mode = force_generic_plan;
EXECUTE p \gset one_
SELECT count(i) = :one_count AS same FROM sv.twin_int4;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(i) = :one_count AS same FROM sv.value_int4;
RESET ROLE;
EXECUTE p;
RESET plan_cache_mode;

-- rows that are hidden
SELECT journey.unprotect(('sv.value_' || x)::regclass) IS NOT NULL AND journey.unprotect(('sv.twin_' || x)::regclass) IS NOT NULL AS bare FROM unnest('{int4, uuid}'::text[]) x;
SELECT count(journey.protect(('sv.' || y || '_' || x)::regclass, subject => 'who', row_action => 'suppress', columns => '{"n": "public"}')) AS protected
FROM unnest('{int4, uuid}'::text[]) x, unnest('{value, twin}'::text[]) y;
SET ROLE regress_value_reader;
SELECT (SELECT array_agg(n ORDER BY n) FROM sv.value_int4) = (SELECT array_agg(n ORDER BY n) FROM sv.twin_int4) AS same,
       (SELECT array_agg(n ORDER BY n) FROM sv.value_uuid) = (SELECT array_agg(n ORDER BY n) FROM sv.twin_uuid) AS same,
       (SELECT count(*) BETWEEN 100 AND 2000 FROM sv.value_uuid) AS some;
RESET ROLE;

-- a value that names nobody opens nothing, whatever its text form would be
DO $$
BEGIN
  EXECUTE format('CREATE VIEW sv.odd AS SELECT journey._cell(''raw''::text, 8::numeric, %1$s) AS "numeric", journey._cell(''raw''::text, true, %1$s) AS "boolean",
      journey._cell(''raw''::text, ''8''::name, %1$s) AS "name", journey._cell(''raw''::text, 8::oid, %1$s) AS "oid", journey._cell(''raw''::text, NULL::int, %1$s) AS "null",
      journey._cell(''raw''::text, NULL, %1$s) AS nothing, journey._cell(''raw''::text, 8, %1$s) AS number, journey._cell(''raw''::text, ''8'', %1$s) AS text',
    (SELECT format('%L::journey._seal', c.id || ' i') FROM journey.policy c JOIN journey.protected_relation r ON r.id = c.protected_id
     WHERE r.view = 'sv.value_int8'::regclass AND c.column_name = 'i'));
END $$;
GRANT SELECT ON sv.odd TO regress_value_reader;
SELECT journey.subject_lift('8') IS NOT NULL AS lifted, journey.consent_give('8', 'sv') > 0 AS given;
SET ROLE regress_value_reader;
SELECT * FROM sv.odd;
RESET ROLE;

-- a view that was dumped and restored means the same
DO $$
BEGIN
  EXECUTE 'CREATE VIEW sv.restored AS ' || pg_get_viewdef('sv.value_number_of_one'::regclass);
END $$;
GRANT SELECT ON sv.restored TO regress_value_reader;
SET ROLE regress_value_reader;
SELECT count(r.i) > 0 AS some, count(*) FILTER (WHERE (r.i, r.o, r.k, r.f) IS DISTINCT FROM (t.i, t.o, t.k, t.f)) AS wrong
FROM sv.restored r JOIN sv.twin_number_of_one t USING (n);
RESET ROLE;

-- refresh() writes the view anew
SELECT count(journey.refresh(v::regclass)) AS refreshed FROM unnest('{sv.value_int8, sv.value_uuid}'::text[]) v;
SELECT substring(replace(pg_get_viewdef('sv.value_int8'::regclass), 'b.', ''), 'journey._cell\(i, (.*?), ''') AS subject;
SET ROLE regress_value_reader;
SELECT what, wrong FROM sv.compare() WHERE what = 'int8';
RESET ROLE;

SELECT journey.revoke_purpose('regress_value_reader', 'sv');
DROP VIEW sv.odd, sv.restored;
SELECT count(journey.unprotect(r.view)) AS bare FROM journey.protected_relation r WHERE r.schema_name = 'sv';
DELETE FROM journey.rule WHERE source = 'sv';
RESET journey.key_file;
DROP SCHEMA sv CASCADE;
DROP OWNED BY regress_value_reader;
DROP ROLE regress_value_reader;
