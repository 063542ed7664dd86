-- Consent strings of other systems
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS journey;
RESET client_min_messages;
SET search_path = journey, public;
SET timezone = 'UTC';

-- published strings (IAB's own tests and specification), and some that were made for these tests
CREATE TABLE strings (id text PRIMARY KEY, tc text);
INSERT INTO strings VALUES
  ('T1', 'COtybn4PA_zT4KjACBENAPCIAEBAAECAAIAAAAAAAAAA'),
  ('T2', 'CPA9dwAPA9dwAKjACBENAPCIAEBAAECAAIAAAAAAAAAA'),
  ('T3', 'COrEAV4OrXx94ACABBENAHCIAD-AAAAAAACAAxAAAAgAIAwgAgAAAAEAgQAAAAAEAYQAQAAAACAAAABAAA'),
  ('T4', 'COrEAV4OrXx94ACABBENAHCIAD-AAAAAAACAAxAAAAgAIAwgAgAAAAEAgQAAAAAEAYQAQAAAACAAAABAAA.IBAgAAAgAIAwgAgAAAAEAAAACA.QAagAQAgAIAwgA'),
  ('T5', 'COrEAV4OrXx94ACABBENAHCIAD-AAAAAAACAAxAAAAgAIAwgAgAAAAEAgQAAAAAEAYQAQAAAACAAAABAAA.IBAgAAAgAIAwgAgAAAAEAAAACA.QAagAQAgAIAwgA.cAAAAAAAITg='),
  ('T6', 'COv__-wOv__-wC2AAAENAPCgAAAAAAAAAAAAA_wAQA_gEBABAEAAAA'),
  ('T7', 'COwBOpCOwBOpCLqAAAENAPCAAAAAAAAAAAAAFfwAYFfAV-BVkAGBVYFWAAA'),
  ('T8', 'COwBOpCOwBOpCLqAAAENAPCAAAAAAAAAAAAAFfwAQFfgUbABAUaAAA'),
  ('T9', 'COwxsONOwxsONKpAAAENAdCAAMAAAAAAAAAAAAAAAAAA'),
  ('T10', 'CO5dPi4O5dPx2B7DvCENA2CgAAAAAAAAAAAAGewAAM8gAAAA.YAAAAAAAAAAA'),
  ('T11', 'CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA'),
  ('T12', 'CQd924AQd924AASACCENCNFsAP_gAEIAACiQL6QBAAGAAOANmAcAF9IAIADgAA'),
  ('T13', 'CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA'),
  ('G1', 'CQF9-AAQF9-AAEsABBENCWFsAP_gAEPgAAYgAFMhAAogIAA.IAMwAoAAgAUABk'),
  ('G2', 'CQF9-AAQF9-AAEsABBENCWFgAAAAAAAAAAYgAAAAAAAA.IAAA'),
  ('G4', 'CQF9-AAQF9-AAEsABBENCWFgAIAAAAAAAAYgAAAAAAAA.IADgI.eAAAAEAAAdQ'),
  ('G7', 'CQF9-AAQF9-AAEsABBENCWFgAIAQAQAAAAYgAAAAAAAA.IAAA'),
  ('G8', 'CQF9-AAQF9-AAEsABBENCWFgAAAAAKIAAAYgAAAAAAAA.IAAA');
SELECT s.id, t.version AS v, t.created, t.last_updated, t.cmp_id AS cmp, t.cmp_version AS cv, t.consent_screen AS sc,
       t.consent_language AS lang, t.vendor_list_version AS list, t.tcf_policy_version AS pol
  FROM strings s, tcf_decode(s.tc) t ORDER BY s.id COLLATE "C";
SELECT s.id, t.is_service_specific AS svc, t.use_non_standard_texts AS nst, t.special_feature_opt_ins AS sf, t.purposes_consent AS pc,
       t.purposes_li AS li, t.purpose_one_treatment AS p1t, t.publisher_cc AS cc, t.effective_consent AS ec, t.effective_li AS el, t.notices
  FROM strings s, tcf_decode(s.tc) t ORDER BY s.id COLLATE "C";
SELECT s.id, t.vendor_consent, t.vendor_li, t.disclosed_vendors, t.allowed_vendors, t.publisher_restrictions AS restrictions
  FROM strings s, tcf_decode(s.tc) t ORDER BY s.id COLLATE "C";
SELECT s.id, t.publisher_consent, t.publisher_li, t.custom_purposes, t.custom_consent, t.custom_li
  FROM strings s, tcf_decode(s.tc) t WHERE t.custom_purposes IS NOT NULL ORDER BY s.id COLLATE "C";
SELECT tcf_decode(NULL) IS NULL AS nothing;

-- segments behind the core may come in any order
SELECT tcf_decode(split_part(tc, '.', 1) || '.' || split_part(tc, '.', 3) || '.' || split_part(tc, '.', 2)) = tcf_decode(tc) AS any_order
  FROM strings WHERE id = 'T4';

-- what cannot be read, and why: no error names a vendor or shows the string
CREATE FUNCTION pg_temp.refusal(query text, arg text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text;
BEGIN
  EXECUTE query USING arg;
  RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
  RETURN format('%s %s: %s', state, message, detail);
END
$$;
SELECT id, pg_temp.refusal('SELECT journey.tcf_decode($1)', tc) FROM (VALUES
  ('B1 truncated', 'CQF9-AAQF9-AAEsABBENCWFgAMAAAAAAAAYgAA'),
  ('B2 letter', 'CQF9-AAQF9*AAEsABBENCWFgAMAAAAAAAAYgAAAAAAAA'),
  ('B4 version 1', 'BQF9-AAQF9-AAEsABBENCWFgAAAAAAAAAAYgAAAAAAAA'),
  ('B5 version 3', 'DQF9-AAQF9-AAEsABBENCWFgAAAAAAAAAAYgAAAAAAAA'),
  ('GPP', 'DBACNYA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN'),
  ('B6 entries', 'CAAAAAAAAAAAAABAAAENABFgAAAAAAAAAAYgAyf_w'),
  ('B7 empty', ''),
  ('B8 dots', '..'),
  ('B11 short bits', 'CLSYjTaOngnCIAOABBENAXCMAGOAABBAAA7IA5n-m7fP6_3fbqVv6E__PoA5Aqff3aJx8tv_1967rfnQEQoAIAAQCrwkAEABAcACABIMACAAuApEVABABUSABgBCAVSAtIoACACIArYQAHACgAFgAVwBJgDcAI7AWgMAAgBiKgAgBMgFfKQAQBRkQAQA4AFiBAAoA-AEVAJlAVgAtYcACAJcAr4eABAK8OgBgFzAOmAqwgABAWyA.IFukWSQh'),
  ('B12 short', 'Bg'),
  ('segment twice', 'CQF9-AAQF9-AAEsABBENCWFgAAAAAAAAAAYgAAAAAAAA.IAAA.IAAA'),
  ('core twice', 'CQF9-AAQF9-AAEsABBENCWFgAAAAAAAAAAYgAAAAAAAA.CQF9'),
  ('dot at the end', 'CQF9-AAQF9-AAEsABBENCWFgAAAAAAAAAAYgAAAAAAAA.'),
  ('padding alone', '=='),
  ('padding inside', 'CQF9=AAQF9-AAEsABBENCWFgAAAAAAAAAAYgAAAAAAAA'),
  ('four =', 'CQF9-AAQF9-AAEsABBENCWFgAAAAAAAAAAYgAAAAAAAA===='),
  ('blank before', ' CQF9-AAQF9-AAEsABBENCWFgAAAAAAAAAAYgAAAAAAAA'),
  ('other letters', 'CQF9-ÄÄQF9-AAEsABBENCWFgAAAAAAAAAAYgAAAAAAAA')) b (id, tc);

-- Global Privacy Platform: headers
SELECT gpp, journey.gpp_decode(gpp) -> 'sections' AS sections
  FROM unnest(ARRAY['DBABM', 'DBACNY', 'DBABjw', 'DBABT', 'DBABL', 'DBABBg', 'DBACMM', 'DBABrw', 'DBABrY',
                    'DBABLA', 'DBABTA', 'DBABMA']) gpp;
-- sections
SELECT jsonb_pretty(gpp_decode('DBABLA~CVVVkkkkkpFY.YA'));
SELECT gpp_decode('DBABLA~CAAAAAAAAABA.QA') -> 'usnat' ->> 'MspaCoveredTransaction' AS covered,
       gpp_decode('DBABLA~CAAAAAAAAABA.QA') -> 'usnat' -> 'Gpc' AS gpc;
SELECT gpp_decode('DBABLA~CAAAVVVVVVRA.QA') -> 'usnat' -> 'SensitiveDataProcessing' AS v2,
       gpp_decode('DBABLA~CAAAVVVVVVRA.QA') -> 'usnat' -> 'KnownChildSensitiveDataConsents' AS children,
       gpp_decode('DBABLA~BAAAVVVVUQA.QA') -> 'usnat' -> 'SensitiveDataProcessing' AS v1;
SELECT jsonb_pretty(gpp_decode('DBACNYA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN'));
SELECT (tcf_decode(gpp_decode('DBACNYA~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN') -> 'tcfeuv2' ->> 'string')).cmp_id;
-- sections 13 to 27, with and without what stands behind the dot; the answers are those of the IAB's own decoder
SELECT e.key AS section, e.value AS says
  FROM unnest(ARRAY['DBABAw~BWmRFAhQ', 'DBABQw~BChgmhqI.YA', 'DBABIw~BKKqBgWqUA.YA', 'DBABEw~BaYJlWlA.YA', 'DBABUw~BQZGJEhJEA.YA', 'DBABCw~BZoVkggA.QA',
                    'DBABSw~BUqSFQhA.QA', 'DBABKw~BFBFlBCQ.QA', 'DBABAYA~BZZlCZAZqA.QA', 'DBABQYA~BUVVoZpA.YA', 'DBABIYA~BVlkZZSA.YA', 'DBABEYA~BYQo.YA',
                    'DBABUYA~Bggq.EkY', 'DBABCYA~BUWh.Rpg', 'DBABSYA~BRap.qmI', 'DBABSYA~BRap']) WITH ORDINALITY AS s (gpp, i),
       jsonb_each(gpp_decode(s.gpp)) AS e WHERE e.key LIKE 'us%' ORDER BY s.i;
SELECT gpp_decode('DBABTA~1---') -> 'uspv1' AS not_applicable, gpp_decode('DBABTA~1YYN') -> 'uspv1' AS opted_out;
SELECT gpp_decode(tc) -> 'sections' AS bare FROM strings WHERE id = 'T1';
SELECT gpp_decode(NULL) IS NULL AS nothing;
SELECT id, pg_temp.refusal('SELECT journey.gpp_decode($1)', gpp) FROM (VALUES
  ('empty', ''), ('tilde', '~'), ('letter', 'DBABL*'), ('no header', 'EBABL'), ('version', 'DCABL'), ('no section', 'DBABL~'),
  ('short section', 'DBABLA~CAAA'), ('one too many', 'DBABLA~CAAAAAAAAABA.QA~1YNN'), ('one too few', 'DBACNYA~CPXxRf'), ('none listed', 'DBAA~1YYN'),
  ('USP letter', 'DBABTA~1YXN'), ('USP length', 'DBABTA~1YNNN'), ('USP version', 'DBABTA~2YNN'), ('GPC segment', 'DBABLA~CAAAAAAAAABA.AA'),
  ('dot', 'DBABLA~CAAAAAAAAABA.'), ('sensitive segment', 'DBABUYA~Bggq.Ek'), ('Maryland without its end', 'DBABEYA~BYQ'), ('endless number', 'DBABAAAAAAAAAAAAAAAAAAAAAA'), ('many sections', 'DBP_qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq'),
  ('quote', 'DBABMA~C"')) b (id, gpp);

-- none of many damaged strings does worse than an error
SELECT setseed(0.5);
SELECT count(*) AS strings, count(*) FILTER (WHERE refused LIKE '22023 %' OR refused = 'accepted') AS read_or_refused
  FROM (SELECT pg_temp.refusal('SELECT journey.tcf_decode($1), journey.gpp_decode($1)',
                       overlay(tc PLACING substr('ABCxyz019-_.~=', 1 + (random() * 13)::int, 1 + (random() * 2)::int)
                               FROM 1 + (random() * (length(tc) - 1))::int FOR (random() * 3)::int)) AS refused
          FROM strings, generate_series(1, 1000)) s;

-- into the ledger
SELECT count(create_purpose(p)) FROM unnest(ARRAY['storage', 'ads.basic', 'ads.profile']) p;
CREATE VIEW said AS
  SELECT s.name, p.name AS purpose, l.action, l.counts, l.valid_until, l.said_at, l.source, l.evidence -> 'notices' AS notices
    FROM journey.ledger l JOIN journey.subject s ON s.number = l.subject JOIN journey.purpose p ON p.number = l.purpose
   WHERE p.name IN ('storage', 'ads.basic', 'ads.profile') ORDER BY l.seq;
-- not trusted: it takes, it does not give
SELECT consent_ingest_tcf('u1', tc, '{"1": "storage", "2": "ads.basic"}') FROM strings WHERE id = 'G4';
SELECT consent_ingest_tcf('u1', tc, '{"1": "storage", "2": "ads.basic"}', trusted => true) FROM strings WHERE id = 'G4';
-- once
SELECT consent_ingest_tcf('u1', tc, '{"1": "storage", "2": "ads.basic"}', trusted => true) FROM strings WHERE id = 'G4';
TABLE said;
-- an older string is inert, whatever it says
SELECT id, consent_ingest_tcf('u1', tc, '{"1": "storage", "2": "ads.basic", "3": "ads.profile"}', trusted => true) FROM strings WHERE id IN ('T3', 'T9');
-- a vendor, and what a newer string says: purposes 12 and 24 mean nothing
SELECT consent_ingest_tcf('u2', tc, '{"1": "storage", "3": "ads.profile"}', vendor => 5, trusted => true) FROM strings WHERE id = 'G1';
SELECT consent_ingest_tcf('u3', tc, '{"1": "storage", "3": "ads.profile"}', vendor => 3, trusted => true) FROM strings WHERE id = 'G1';
SELECT consent_ingest_tcf('u3', tc, '{"1": "storage", "3": "ads.profile"}', vendor => -1, trusted => true) FROM strings WHERE id = 'G1';
SELECT consent_ingest_tcf('u4', tc, '{"1": "storage", "11": "ads.basic"}', trusted => true, cmp_ids => '{299,300}') FROM strings WHERE id = 'G7';
SELECT name, purpose, action, counts FROM said WHERE name <> 'u1';
-- a withdrawal that is recorded later is not undone by a string said before
SELECT consent_withdraw('u4', 'storage') > 0 AS withdrawn;
SELECT consent_ingest_tcf('u4', tc || '=', '{"1": "storage"}', trusted => true) FROM strings WHERE id = 'G7';
-- the same string for another purpose is another word, and said once as well
SELECT consent_ingest_tcf('u4', tc, '{"1": "ads.profile"}', trusted => true) AS other_purpose FROM strings WHERE id = 'G7';
SELECT consent_ingest_tcf('u4', tc, '{"1": "ads.profile"}', trusted => true) AS again FROM strings WHERE id = 'G7';
SELECT name, purpose, action, counts FROM said WHERE name = 'u4';
-- by names
SELECT count(create_purpose('tcf.' || n)) FROM generate_series(1, 3) n;
SELECT consent_ingest_tcf('u5', tc, trusted => true) FROM strings WHERE id = 'G1';
-- refused, and nothing is recorded
SELECT count(*) AS before FROM journey.ledger \gset
SELECT id, pg_temp.refusal('SELECT journey.consent_ingest_tcf(''u9'', $1, ''{"1": "storage"}'', trusted => true)', tc) FROM (VALUES
  ('B1', 'CQF9-AAQF9-AAEsABBENCWFgAMAAAAAAAAYgAA'), ('B6', 'CAAAAAAAAAAAAABAAAENABFgAAAAAAAAAAYgAyf_w'), ('B12', 'Bg'),
  ('T11 old policy', 'CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA'),
  ('future', 'C_____-_____-EsABBENCWFgAIAAAAAAAAYgAAAAAAAA.IAAA'), ('null', NULL)) b (id, tc);
SELECT purposes, pg_temp.refusal(format('SELECT journey.consent_ingest_tcf(''u9'', $1, %L, trusted => true)', purposes), tc)
  FROM strings, unnest(ARRAY['[]', '{"12": "storage"}', '{"0": "storage"}', '{"1": 5}', '{"1": "nowhere"}', 'null']) purposes WHERE id = 'G2';
SELECT pg_temp.refusal('SELECT journey.consent_ingest_tcf('''', $1, ''{"1": "storage"}'')', tc) FROM strings WHERE id = 'G2';
SELECT pg_temp.refusal('SELECT journey.consent_ingest_tcf(NULL, $1, ''{"1": "storage"}'')', tc) FROM strings WHERE id = 'G2';
-- also where nothing would be recorded: what is not trusted gives nothing
SELECT consent_ingest_tcf('u9', tc, '{"1": "storage"}') FROM strings WHERE id = 'G1';
SELECT pg_temp.refusal('SELECT journey.consent_ingest_tcf(NULL, $1, ''{"1": "storage"}'')', tc) FROM strings WHERE id = 'G1';
SELECT pg_temp.refusal('SELECT journey.consent_ingest_tcf(''u9'', $1, ''{"1": "no.such"}'')', tc) FROM strings WHERE id = 'G1';
SELECT pg_temp.refusal('SELECT journey.consent_ingest_tcf(''u9'', $1, ''{"1": "storage"}'', cmp_ids => ''{1}'')', tc) FROM strings WHERE id = 'G2';
SELECT count(*) - :before AS recorded FROM journey.ledger;
