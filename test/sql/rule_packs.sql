-- The laws that are shipped: each rule with its article, and what loading does.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
BEGIN;
SELECT * FROM journey.rule_pack ORDER BY name;
SELECT pack, place, coalesce(pg_catalog.substring(dpv, '#(.*)'), '') AS dpv, special, regime, min_age, source, valid_from::date
  FROM journey.rule_pack_rule ORDER BY pack, place;
SELECT pack, class, pg_catalog.substring(dpv, '#(.*)') AS dpv, source FROM journey.rule_pack_class ORDER BY pack, class;
SELECT count(*) AS loaded_at_first FROM journey.rule WHERE pack IS NOT NULL;

-- Each law into its own jurisdiction; none is the default unless asked for.
SELECT journey.load_rule_pack('gdpr'), journey.load_rule_pack('ccpa'), journey.load_rule_pack('lgpd');
SELECT name, is_default FROM journey.jurisdiction WHERE name IN ('EU', 'US-CA', 'BR') ORDER BY name;
SELECT jurisdiction, pack, version, count(*), count(*) FILTER (WHERE min_age IS NOT NULL) AS with_age FROM journey.rule WHERE pack IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1;
SELECT name, special, sensitivity FROM journey.data_class WHERE name IN (SELECT class FROM journey.rule_pack_class) ORDER BY name;

-- Loading again replaces; another jurisdiction may have another age of consent.
SELECT journey.load_rule_pack('gdpr', is_default => true), journey.load_rule_pack('gdpr', jurisdiction => 'AT', min_age => 14);
SELECT jurisdiction, count(*), min(min_age), max(min_age) FROM journey.rule WHERE pack = 'gdpr' GROUP BY 1 ORDER BY 1;
SELECT name FROM journey.jurisdiction WHERE is_default;
SELECT journey.create_rule('EU', 'our own', regime => 'forbidden', dpv => 'urn:x') > 0 AS own;
SELECT journey.load_rule_pack('gdpr');
SELECT source FROM journey.rule WHERE jurisdiction = 'EU' AND pack IS NULL;

-- A class that somebody made stays as it is, with a warning.
SELECT journey.create_class('health', special => false);
SELECT journey.load_rule_pack('lgpd');
SELECT special FROM journey.data_class WHERE name = 'health';

-- Unloading takes what the pack brought.
SELECT journey.unload_rule_pack('gdpr', 'EU'), journey.unload_rule_pack('gdpr', 'EU'), journey.unload_rule_pack(NULL, 'EU');
SELECT journey.load_rule_pack('gdpr', jurisdiction => 'AT') > 0 AS at, journey.load_rule_pack('gdpr') = journey.unload_rule_pack('gdpr') AS its_own,
       journey.unload_rule_pack('gdpr') AS none_left, journey.unload_rule_pack('gdpr', 'AT') > 0 AS at_is_left;
SELECT jurisdiction, source FROM journey.rule WHERE jurisdiction = 'EU';

SAVEPOINT s;
SELECT journey.load_rule_pack('hipaa'); ROLLBACK TO s;
SELECT journey.load_rule_pack(NULL); ROLLBACK TO s;
SELECT journey.load_rule_pack('gdpr', min_age => 12); ROLLBACK TO s;
SELECT journey.load_rule_pack('gdpr', min_age => 17); ROLLBACK TO s;
SELECT journey.load_rule_pack('lgpd', min_age => 13); ROLLBACK TO s;
SELECT journey.load_rule_pack('gdpr', jurisdiction => '*'); ROLLBACK TO s;
ROLLBACK;
