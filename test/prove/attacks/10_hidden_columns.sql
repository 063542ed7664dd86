-- system columns
SELECT ctid FROM people;
SELECT xmin, cmin FROM people;
SELECT tableoid::regclass FROM visits;
SELECT p.ctid FROM ONLY notes p;
SELECT ctid FROM journey_base.people;
SELECT currtid2('journey_base.people', '(0,1)');
SELECT currtid2('people', '(0,1)');
SELECT ssn FROM people WHERE id IN (1, 12);
SELECT pg_column_compression(essay), pg_column_size(essay) FROM people WHERE id < 5;
SELECT txid_status(1000), pg_xact_commit_timestamp('1000');
