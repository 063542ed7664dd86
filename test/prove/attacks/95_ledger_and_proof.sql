-- the ledger, its proof and what officers ask, as a reader
SELECT * FROM journey.ledger;
SELECT * FROM journey.subject;
SELECT * FROM journey.state;
INSERT INTO journey.ledger (subject) VALUES (1);
UPDATE journey.ledger SET subject = subject;
DELETE FROM journey.ledger;
SELECT * FROM journey.ledger_verify();
SELECT journey.ledger_head();
SELECT journey.consent_receipt('refused', 'analytics');
SELECT journey.subject_export('refused');
SELECT journey.subject_erase('refused');
SELECT * FROM journey.coverage('people', 'analytics');
SELECT * FROM journey.consent_as_of(now());
SELECT journey.consented('refused', 'analytics', now());
SELECT * FROM journey.explain_cell('people', 'ssn', 'refused', 'analytics');
SELECT * FROM journey.doctor();
SELECT * FROM journey.prove('people', 'ana', 'analytics');
SELECT journey.consent_ingest_tcf('refused', 'x');
SELECT journey.consent_record('[]');
SELECT journey.consented('refused', 'analytics'), journey.consented('yes-1', 'analytics'), journey.consented('nobody', 'analytics');
SELECT count(*) FROM pg_proc p WHERE p.pronamespace = 'journey'::regnamespace AND has_function_privilege(p.oid, 'EXECUTE')
	AND p.proname ~ '^(consent_|subject_|ledger_|grant_|revoke_|protect|unprotect|refresh|prove|doctor|explain_cell|coverage|load_|create_|register_|_prove)';
SELECT ssn FROM people WHERE id = 12;
