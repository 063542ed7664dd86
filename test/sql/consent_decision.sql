-- The decision on one subject: a table of histories and what each comes to.
-- Subjects speak about dx, dx.y and dx.y.z; the reader holds a grant for dx.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
CREATE ROLE regress_consent_reader;
SELECT journey.create_purpose('dx.y.z') > 0 AS made, journey.create_purpose('dx.w') > 0 AS made;
SELECT journey.grant_purpose('regress_consent_reader', 'dx');

CREATE TABLE dx_case (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, history text);
GRANT SELECT ON dx_case TO regress_consent_reader;
INSERT INTO dx_case (history) VALUES
  -- one event
  (''),
  ('give dx'), ('give dx covers'), ('give dx.y'), ('give dx.y covers'), ('give dx.y.z'),
  ('refuse dx'), ('refuse dx.y'), ('withdraw dx'), ('withdraw dx.y.z'),
  -- the later record wins
  ('give dx, withdraw dx'), ('give dx, refuse dx'), ('withdraw dx, give dx'), ('refuse dx.y, give dx.y'),
  ('give dx, withdraw dx, give dx'), ('give dx, withdraw dx, withdraw dx'), ('give dx, give dx, withdraw dx'),
  -- withdrawal reaches all below
  ('give dx.y, withdraw dx'), ('give dx.y.z, withdraw dx'), ('give dx covers, withdraw dx'),
  ('give dx.y.z, refuse dx.y'),
  -- but not what lies above or beside
  ('give dx, withdraw dx.y'), ('give dx covers, withdraw dx.y'), ('give dx covers, withdraw dx.y.z'),
  ('give dx covers, withdraw dx.w'),
  -- a new consent reaches below only if it says so, and never revives an old one
  ('give dx.y, withdraw dx, give dx'), ('give dx.y, withdraw dx, give dx covers'),
  ('withdraw dx.y, give dx covers'), ('withdraw dx, give dx.y.z'), ('withdraw dx, give dx.y'),
  ('give dx covers, give dx'),
  ('give dx covers, withdraw dx.y, give dx covers'),
  -- ranges: from is in, until is out; the newest consent for one purpose replaces the older
  ('give dx until -1s'), ('give dx until 1h'), ('give dx from -1h'), ('give dx from 1h'),
  ('give dx from -1h until 1h'), ('give dx from -2h until -1h'), ('give dx from 1h until 2h'),
  ('give dx covers until -1s, give dx.y'), ('give dx covers, give dx until -1s'), ('give dx until -1s, give dx'),
  ('give dx.y until -1s, give dx covers'), ('give dx covers until -1s, give dx.y covers until 1h'),
  -- dated back, a consent does not pass a withdrawal recorded before it was ... recorded after it does
  ('withdraw dx, give dx from -1000h'), ('give dx from -1000h, withdraw dx'), ('give dx from -1000h until 1000h, withdraw dx'),
  -- a withdrawal outlives an expired consent, and expiry is no withdrawal
  ('give dx.y, give dx until -1s'), ('give dx until -1s, withdraw dx, give dx.y');

CREATE FUNCTION dx_play(id int, history text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  event text;
  w text[];
BEGIN
  FOREACH event IN ARRAY string_to_array(nullif(history, ''), ', ') LOOP
    w := string_to_array(event, ' ');
    CASE w[1]
      WHEN 'give' THEN
        PERFORM journey.consent_give('dx' || id, w[2], covers_descendants => 'covers' = ANY (w),
          valid_from => now() + w[array_position(w, 'from') + 1]::interval,
          valid_until => now() + w[array_position(w, 'until') + 1]::interval);
      WHEN 'withdraw' THEN PERFORM journey.consent_withdraw('dx' || id, w[2]);
      WHEN 'refuse' THEN PERFORM journey.consent_refuse('dx' || id, w[2]);
    END CASE;
  END LOOP;
END $$;
SELECT count(dx_play(id, history)) FROM dx_case WHERE history <> '';

SET ROLE regress_consent_reader;
SELECT history, journey.consented('dx' || id, 'dx') AS dx, journey.consented('dx' || id, 'dx.y') AS "dx.y",
       journey.consented('dx' || id, 'dx.y.z') AS "dx.y.z", journey.consented('dx' || id, 'dx.w') AS "dx.w"
  FROM dx_case ORDER BY id;
RESET ROLE;

-- A purpose created later below a covered one is covered, below a withdrawn one closed.
SELECT journey.create_purpose('dx.y.new') > 0 AS made;
SET ROLE regress_consent_reader;
SELECT history, journey.consented('dx' || id, 'dx.y.new') AS "dx.y.new"
  FROM dx_case WHERE history IN ('give dx', 'give dx covers', 'give dx.y covers', 'give dx covers, withdraw dx.y', 'give dx covers, withdraw dx.y.z') ORDER BY id;
RESET ROLE;

-- The ends of the range, to the microsecond: all in one message, so with one statement time.
BEGIN \; SELECT journey.consent_give('dx_from', 'dx', valid_from => statement_timestamp()) > 0 AS given \; COMMIT \; SET ROLE regress_consent_reader \; SELECT journey.consented('dx_from', 'dx') AS "from is in" \; RESET ROLE;
BEGIN \; SELECT journey.consent_give('dx_until', 'dx', valid_until => statement_timestamp()) > 0 AS given \; COMMIT \; SET ROLE regress_consent_reader \; SELECT journey.consented('dx_until', 'dx') AS "until is out" \; RESET ROLE;
-- ... and consent runs out while the session goes on, whatever the settings of time.
BEGIN \; SELECT journey.consent_give('dx_short', 'dx', valid_until => statement_timestamp() + interval '0.5 s') > 0 AS given \; COMMIT \; SET ROLE regress_consent_reader \; SELECT journey.consented('dx_short', 'dx') AS before \; RESET ROLE;
SELECT pg_sleep(0.6);
SET timezone = 'Pacific/Honolulu';
SET ROLE regress_consent_reader;
SELECT journey.consented('dx_short', 'dx') AS after;
RESET ROLE;
SET timezone = 'UTC';

-- Subjects that are restricted or erased, unknown, NULL, or have odd names.
SELECT count(journey.consent_give(s, 'dx')) FROM unnest(ARRAY['dx_restricted', 'dx_erased', ' dx', 'dx_ä', 'DX_Ä', E'dx\t\\', repeat('x', 1024)]) s;
UPDATE journey.subject SET restricted = true WHERE name = 'dx_restricted';
UPDATE journey.subject SET erased = true WHERE name = 'dx_erased';
SET ROLE regress_consent_reader;
SELECT left(s, 20) AS subject, journey.consented(s, 'dx')
  FROM unnest(ARRAY['dx_restricted', 'dx_erased', ' dx', 'dx', 'dx ', 'dx_ä', 'DX_Ä', 'dx_Ä', E'dx\t\\', repeat('x', 1024), repeat('x', 1023), repeat('x', 1025), repeat('x', 100000), '', NULL, 'never seen']) s;
-- Purposes that do not exist, or could not: one warning a statement, and false.
SELECT p AS purpose, journey.consented('dx2', p) FROM unnest(ARRAY['dx', 'dx.q', 'dx.', 'Dx', 'dx y', 'dx''; --']) p;
SELECT journey.consented('dx2', '') AS empty;
SELECT journey.consented('dx2', NULL) AS null_purpose, journey.consented(NULL, NULL) AS null_both, journey.consented(NULL, 'dx') AS null_subject;
SELECT journey.consented('dx2', repeat('ä', 200)) AS long;
RESET ROLE;

-- More subjects than the memory for answers holds (64 kB): the same answers.
SELECT count(journey.consent_give('dx_many' || i, 'dx')) FROM generate_series(1, 3000) i WHERE i % 3 = 0;
SET ROLE regress_consent_reader;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT count(*) FILTER (WHERE c) AS yes, count(*) FILTER (WHERE c = (i % 3 = 0)) AS right
  FROM generate_series(1, 3000) i, generate_series(1, 2) twice, journey.consented('dx_many' || i, 'dx') c;
RESET work_mem;
RESET hash_mem_multiplier;
-- More purposes in one statement than decisions are kept.
SELECT count(*) FILTER (WHERE journey.consented('dx3', p.p)) AS yes
  FROM generate_series(1, 50) i, unnest(ARRAY['dx', 'dx.w', 'dx.y', 'dx.y.z', 'dx.y.new']) p(p);
RESET ROLE;

SELECT journey.revoke_purpose('regress_consent_reader', 'dx');
DROP FUNCTION dx_play(int, text);
DROP TABLE dx_case;
DROP ROLE regress_consent_reader;
