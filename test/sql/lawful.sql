-- Classes, prohibitions, jurisdictions, rules, bases, notices, subjects: the setters.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
\set VERBOSITY default
BEGIN;

-- classes: NULL leaves as it is
SELECT journey.create_purpose('lw.mail') > 0 AS made;
SELECT journey.create_class('lw_email');
SELECT journey.create_class('lw_health', special => true, sensitivity => 'high', dpv => 'https://w3id.org/dpv/pd#Health');
SELECT journey.create_class('lw_health', sensitivity => 'low');
SELECT name, special, sensitivity, dpv FROM journey.data_class WHERE name ^@ 'lw_' ORDER BY name;
SAVEPOINT s;
SELECT journey.create_class(NULL); ROLLBACK TO s;
SELECT journey.create_class(''); ROLLBACK TO s;
SELECT journey.create_class(repeat('x', 256)); ROLLBACK TO s;
SELECT journey.create_class('lw_email', sensitivity => 'huge'); ROLLBACK TO s;
SELECT journey.drop_class('lw_none'), journey.drop_class(NULL);

-- prohibitions
SELECT journey.prohibit_class('lw_health', 'lw.mail', 'policy 7') > 0 AS prohibited;
SELECT journey.prohibit_class('lw_health', 'lw.mail', 'policy 8') > 0 AS again;
SELECT class, purpose, reference FROM journey.prohibition WHERE class ^@ 'lw_';
SAVEPOINT s;
SELECT journey.prohibit_class('lw_none', 'lw.mail', 'x'); ROLLBACK TO s;
SELECT journey.prohibit_class('lw_health', 'lw.none', 'x'); ROLLBACK TO s;
SELECT journey.prohibit_class('lw_health', NULL, 'x'); ROLLBACK TO s;
SELECT journey.prohibit_class(NULL, 'lw.mail', 'x'); ROLLBACK TO s;
SELECT journey.prohibit_class('lw_health', 'lw.mail', NULL); ROLLBACK TO s;
SELECT journey.drop_class('lw_health'); ROLLBACK TO s;
UPDATE journey.data_class SET name = 'lw_other' WHERE name = 'lw_health'; ROLLBACK TO s;
UPDATE journey.purpose SET name = 'lw.post' WHERE name = 'lw.mail'; ROLLBACK TO s;
TRUNCATE journey.data_class; ROLLBACK TO s;
SELECT journey.permit_class('lw_health', 'lw.mail') AS first, journey.permit_class('lw_health', 'lw.mail') AS second;
SELECT journey.drop_class('lw_health');
SELECT journey.create_class('lw_health', special => true);

-- jurisdictions: one default at most
SELECT journey.create_jurisdiction('LW-1', 'Somewhere', is_default => true);
SELECT journey.create_jurisdiction('LW-2', is_default => true);
SELECT journey.create_jurisdiction('LW-1', 'Elsewhere');
SELECT * FROM journey.jurisdiction WHERE name ^@ 'LW' ORDER BY name;
SAVEPOINT s;
SELECT journey.create_jurisdiction(NULL); ROLLBACK TO s;
SELECT journey.create_jurisdiction('*'); ROLLBACK TO s;
SELECT journey.create_jurisdiction(''); ROLLBACK TO s;
SELECT journey.create_jurisdiction(repeat('x', 65)); ROLLBACK TO s;
SELECT journey.drop_jurisdiction('LW-3'), journey.drop_jurisdiction('LW-2');

-- rules
SELECT journey.create_rule('LW-1', 'law 1', regime => 'opt_out', since => '2020-01-01') > 0 AS made;
SELECT journey.create_rule('*', 'house 2', purpose => 'lw.mail', class => 'lw_email', kind => 'employee', min_age => 18,
                           retention => '13 months', since => '2020-01-01', until => '2030-01-01') > 0 AS made;
SELECT jurisdiction, purpose, dpv, class, special, kind, regime, min_age, retention, source, pack, version, valid_from, valid_until
  FROM journey.rule WHERE source IN ('law 1', 'house 2') ORDER BY source;
SELECT journey.create_rule('LW-1', 'law 3', dpv => 'urn:x', special => true, regime => 'forbidden') > 0 AS made;
SELECT valid_from BETWEEN transaction_timestamp() AND statement_timestamp() AS now, valid_until FROM journey.rule WHERE source = 'law 3';
SAVEPOINT s;
SELECT journey.create_rule('LW-9', 'x', regime => 'opt_in'); ROLLBACK TO s;
SELECT journey.create_rule(NULL, 'x', regime => 'opt_in'); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', NULL, regime => 'opt_in'); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', 'x', special => NULL, regime => 'opt_in'); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', 'x'); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', 'x', regime => 'maybe'); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', 'x', min_age => 0); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', 'x', min_age => 151); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', 'x', retention => '0'); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', 'x', retention => '-1 day'); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', 'x', purpose => 'lw.none', regime => 'opt_in'); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', 'x', class => 'lw_none', regime => 'opt_in'); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', 'x', kind => 'robot', regime => 'opt_in'); ROLLBACK TO s;
SELECT journey.create_rule('LW-1', 'x', regime => 'opt_in', since => '2021-01-01', until => '2021-01-01'); ROLLBACK TO s;
SELECT journey.drop_jurisdiction('LW-1'); ROLLBACK TO s;
UPDATE journey.jurisdiction SET name = 'LW-5' WHERE name = 'LW-1'; ROLLBACK TO s;
TRUNCATE journey.jurisdiction; ROLLBACK TO s;
SELECT journey.drop_class('lw_email'); ROLLBACK TO s;
DELETE FROM journey.purpose WHERE name = 'lw.mail'; ROLLBACK TO s;
SELECT journey.drop_rule(number) FROM journey.rule WHERE source = 'house 2';
SELECT journey.drop_rule(-1), journey.drop_rule(NULL);
DELETE FROM journey.purpose WHERE name = 'lw.mail' RETURNING name;
ROLLBACK TO s;

-- registered bases
SELECT journey.register_basis('lw.mail', 'contract', 'terms, section 4', class => 'lw_email', jurisdiction => 'LW-1',
                              kind => 'customer', since => '2020-01-01', until => '2030-01-01') > 0 AS made;
SELECT journey.register_basis('lw.mail', 'vital interests', 'x', class => 'lw_health', since => '2020-01-01') > 0 AS made;
SELECT purpose, class, jurisdiction, kind, basis, reference, valid_from, valid_until FROM journey.lawful_basis
 WHERE purpose ^@ 'lw' ORDER BY basis;
SAVEPOINT s;
SELECT journey.register_basis('lw.none', 'contract', 'x'); ROLLBACK TO s;
SELECT journey.register_basis(NULL, 'contract', 'x'); ROLLBACK TO s;
SELECT journey.register_basis('lw.mail', 'consent', 'x'); ROLLBACK TO s;
SELECT journey.register_basis('lw.mail', NULL, 'x'); ROLLBACK TO s;
SELECT journey.register_basis('lw.mail', 'contract', NULL); ROLLBACK TO s;
SELECT journey.register_basis('lw.mail', 'contract', 'x', jurisdiction => NULL); ROLLBACK TO s;
SELECT journey.register_basis('lw.mail', 'contract', 'x', jurisdiction => 'LW-9'); ROLLBACK TO s;
SELECT journey.register_basis('lw.mail', 'contract', 'x', class => 'lw_none'); ROLLBACK TO s;
SELECT journey.register_basis('lw.mail', 'contract', 'x', class => 'lw_health'); ROLLBACK TO s;
SELECT journey.register_basis('lw.mail', 'legitimate interests', 'x', class => 'lw_health'); ROLLBACK TO s;
SELECT journey.register_basis('lw.mail', 'contract', 'x', since => '2001-01-01', until => '2001-01-01'); ROLLBACK TO s;
DELETE FROM journey.purpose WHERE name = 'lw.mail'; ROLLBACK TO s;
SELECT journey.revoke_basis(number) FROM journey.lawful_basis WHERE purpose ^@ 'lw';
SELECT journey.revoke_basis(-1), journey.revoke_basis(NULL);

-- notices are numbered in order
SELECT journey.create_notice('lw.mail', 'v1', renews => false), journey.create_notice('lw.mail', 'v2', renews => true),
       journey.create_notice('lw', 'v1', renews => false);
SELECT purpose, version, number, renews FROM journey.notice WHERE purpose ^@ 'lw' ORDER BY purpose, number;
SAVEPOINT s;
SELECT journey.create_notice('lw.none', 'v1', renews => false); ROLLBACK TO s;
SELECT journey.create_notice(NULL, 'v1', renews => false); ROLLBACK TO s;
SELECT journey.create_notice('lw.mail', NULL, renews => false); ROLLBACK TO s;
SELECT journey.create_notice('lw.mail', 'v3', renews => NULL); ROLLBACK TO s;
SELECT journey.create_notice('lw.mail', '', renews => false); ROLLBACK TO s;
SELECT journey.create_notice('lw.mail', repeat('x', 256), renews => false); ROLLBACK TO s;
SELECT journey.create_notice('lw.mail', 'v1', renews => true); ROLLBACK TO s;
DELETE FROM journey.purpose WHERE name = 'lw.mail'; ROLLBACK TO s;

-- subjects: NULL leaves, '' and infinity forget
SELECT journey.subject_set('lw1') > 0 AS made;
SELECT name, kind, jurisdiction, born FROM journey.subject WHERE name ^@ 'lw';
SELECT journey.subject_set('lw1', kind => 'employee', jurisdiction => 'LW-1', born => '2010-02-28') > 0 AS set;
SELECT journey.subject_set('lw1') > 0 AS nothing;
SELECT name, kind, jurisdiction, born FROM journey.subject WHERE name ^@ 'lw';
SAVEPOINT s;
SELECT journey.subject_set(NULL); ROLLBACK TO s;
SELECT journey.subject_set(''); ROLLBACK TO s;
SELECT journey.subject_set(repeat('x', 1025)); ROLLBACK TO s;
SELECT journey.subject_set('lw1', kind => 'robot'); ROLLBACK TO s;
SELECT journey.subject_set('lw1', jurisdiction => 'LW-9'); ROLLBACK TO s;
SELECT journey.subject_set('lw1', born => '9999-01-01'); ROLLBACK TO s;
SELECT journey.subject_set('lw1', born => '-infinity'); ROLLBACK TO s;
UPDATE journey.subject SET erased = true WHERE name = 'lw1';
SELECT journey.subject_set('lw1', kind => 'customer'); ROLLBACK TO s;
DELETE FROM journey.rule WHERE jurisdiction = 'LW-1';
SELECT journey.drop_jurisdiction('LW-1'); ROLLBACK TO s;
SELECT journey.subject_set('lw1', jurisdiction => '', born => 'infinity') > 0 AS forgotten;
SELECT name, kind, jurisdiction, born FROM journey.subject WHERE name ^@ 'lw';

-- nothing of it is for everybody
ROLLBACK;
SELECT p.proname FROM pg_catalog.pg_proc p
 WHERE p.pronamespace = 'journey'::regnamespace
   AND p.proname ~ '^(create_(class|jurisdiction|rule|notice)|drop_(class|jurisdiction|rule)|(prohibit|permit)_class|(register|revoke)_basis|subject_set|(un)?load_rule_pack)$'
   AND pg_catalog.has_function_privilege('public', p.oid, 'EXECUTE');
SELECT c.relname FROM pg_catalog.pg_class c
 WHERE c.relnamespace = 'journey'::regnamespace
   AND c.relname IN ('data_class', 'prohibition', 'jurisdiction', 'rule', 'lawful_basis', 'notice', 'rule_pack', 'rule_pack_rule', 'rule_pack_class')
   AND pg_catalog.has_table_privilege('public', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER');

-- An erased subject keeps no date of birth.
BEGIN;
SELECT journey.subject_set('lw2', born => '2001-02-03') > 0 AS made;
INSERT INTO journey.ledger (subject, action) SELECT number, 'erase' FROM journey.subject WHERE name = 'lw2';
SELECT erased, born FROM journey.subject WHERE name = 'lw2';
ROLLBACK;
