-- What pack() refuses, one line each; and whose rights it has.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET search_path = public, journey;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TABLE visits (who text, at timestamptz, what text, "odd Name" int);
INSERT INTO visits VALUES ('pack-yes', '2026-01-01T10:00Z', 'view', 1), ('pack-no', '2026-01-01T11:00Z', 'canary', 2);

SELECT pack(NULL);
SELECT pack('');
SELECT pack('-- nothing');
SELECT pack('SELECT who, at, what FROM visits; SELECT who, at, what FROM visits');
SELECT pack('SELECT who, at, what FORM visits');
SELECT pack('EXPLAIN SELECT who, at, what FROM visits');
SELECT pack('SHOW work_mem');
SELECT pack('SELECT who, at, what INTO elsewhere FROM visits');
SELECT pack('CREATE TABLE elsewhere AS SELECT who, at, what FROM visits');
SELECT pack('DELETE FROM visits RETURNING who, at, what');
SELECT pack('WITH gone AS (DELETE FROM visits RETURNING who, at, what) SELECT who, at, what FROM gone');
SELECT pack('SELECT who, at, what FROM visits FOR UPDATE');
SELECT pack('SELECT who, at FROM visits');
SELECT pack('SELECT who, at, what, 1 AS seq, ''c'' AS channel, ''d'' AS decision, ''a'' AS action, ''p'' AS persona, 1.0::float8 AS value, ''{}''::text[] AS senses, 1 FROM visits');
SELECT pack('SELECT who, at, what, ''w'' AS website FROM visits');
SELECT pack('SELECT who, at, what, ''w'' AS channel, ''v'' AS channel FROM visits');
SELECT pack('SELECT 1.5, at, what FROM visits');
SELECT pack('SELECT who, at::timestamp, what FROM visits');
SELECT pack('SELECT who, at::date, what FROM visits');
SELECT pack('SELECT who, at, "odd Name" FROM visits');
SELECT pack('SELECT who, at, what, 1 AS channel FROM visits');
SELECT pack('SELECT who, at, what, 1.5 AS value FROM visits');
SELECT pack('SELECT who, at, what, what AS senses FROM visits');
SELECT pack('SELECT who, at, what, 1.5 AS seq FROM visits');
SELECT pack('SELECT who, timestamptz ''infinity'' AS at, what FROM visits');
SELECT pack('SELECT who, timestamptz ''-infinity'' AS "odd Time", what FROM visits');
SELECT pack('SELECT repeat(who, 200), at, what FROM visits');
SELECT pack('SELECT who, at, repeat(what, 300) FROM visits');
SELECT pack('SELECT who, at, what, repeat(what, 300) AS persona FROM visits');
SELECT pack('SELECT who, at, what, ARRAY[''tired'', ''''] AS senses FROM visits');
SELECT pack('SELECT who, at, 1 / 0 || what FROM visits');
SELECT pack('SELECT who, at, $1 FROM visits');
SELECT pack('SELECT who, at, what FROM visits', '1 month');
SELECT pack('SELECT who, at, what FROM visits', '-1 day');
SELECT pack('SELECT who, at, what FROM visits', '0');
SELECT 1 WHERE pack('SELECT who, at, what FROM visits') IS NOT NULL;
-- more names than there is memory for
SET maintenance_work_mem = '1MB';
SELECT count(*) FROM pack('SELECT i % 10, timestamptz ''2026-01-01Z'', ''page '' || i FROM generate_series(1, 20000) i');
RESET maintenance_work_mem;
SELECT count(*) > 0 AS fits FROM pack('SELECT i % 10, timestamptz ''2026-01-01Z'', ''page '' || i FROM generate_series(1, 20000) i');
SELECT count(*) FROM visits;

-- rights are those of the caller
CREATE ROLE regress_pack_ana;
SET ROLE regress_pack_ana;
SELECT pack('SELECT who, at, what FROM visits');
RESET ROLE;
GRANT SELECT (who, at) ON visits TO regress_pack_ana;
SET ROLE regress_pack_ana;
SELECT pack('SELECT who, at, what FROM visits');
SELECT pack('SELECT who, at, ''x'' FROM visits');
RESET ROLE;
-- row security
GRANT SELECT ON visits TO regress_pack_ana;
ALTER TABLE visits ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON visits TO regress_pack_ana USING (who = 'pack-yes');
SELECT pack('SELECT who, at, what FROM visits');
SET ROLE regress_pack_ana;
SELECT pack('SELECT who, at, what FROM visits');
-- also in a function of somebody else; a definer's rights where it is the definer's
RESET ROLE;
CREATE FUNCTION all_visits() RETURNS SETOF journey.journey_set LANGUAGE sql SECURITY DEFINER SET search_path = public
	AS $$SELECT journey.pack('SELECT who, at, what FROM visits')$$;
SET ROLE regress_pack_ana;
SELECT all_visits();
RESET ROLE;
DROP FUNCTION all_visits;
ALTER TABLE visits DISABLE ROW LEVEL SECURITY;
DROP POLICY one ON visits;

-- masks: what is denied is packed as the caller sees it
SELECT create_purpose('regress_pack') IS NOT NULL AS created, grant_purpose('regress_pack_ana', 'regress_pack');
SELECT consent_give('pack-yes', 'regress_pack') > 0 AS given;
SELECT protect('public.visits', 'who', '{"who": "public", "at": "public", "what": {"mask": "constant", "value": "hidden"}}');
GRANT SELECT ON visits TO regress_pack_ana;
SET ROLE regress_pack_ana;
SET journey.purpose = 'regress_pack';
SELECT who, at, what FROM visits ORDER BY at;
SELECT pack('SELECT who, at, what FROM visits');
SELECT pack('SELECT who, at, what FROM visits WHERE what = ''canary''');
RESET journey.purpose;
SELECT pack('SELECT who, at, what FROM visits');
-- a mask of NULL leaves no event, so no row
RESET ROLE;
SELECT unprotect('public.visits');
SELECT protect('public.visits', 'who', '{"who": "public", "at": "public", "what": {"mask": "null"}}');
SET ROLE regress_pack_ana;
SET journey.purpose = 'regress_pack';
SELECT pack('SELECT who, at, what FROM visits');
RESET ROLE;
RESET journey.purpose;
SELECT unprotect('public.visits');
DROP TABLE visits;
REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM regress_pack_ana;
SELECT revoke_purpose('regress_pack_ana', 'regress_pack');
DROP ROLE regress_pack_ana;
