-- parallel workers decide as their leader does
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
SELECT count(*), count(amount), sum(amount), count(dept), min(day), max(day), sum(kind) FROM facts;
SELECT user_id, count(ssn), count(blank), max(name), max(email), min(card) FROM people GROUP BY 1 ORDER BY 1;
SET parallel_leader_participation = off;
SELECT user_id, count(ssn), count(blank), max(name), max(email), min(card) FROM people GROUP BY 1 ORDER BY 1;
SET :parallel = on;
SELECT id, ssn, name FROM people WHERE id < 14 ORDER BY id;
SELECT user_id, count(amount) FROM facts GROUP BY 1 ORDER BY 1;
SET journey.purpose = 'fraud';
SELECT count(ssn) FROM people;
RESET journey.purpose;
SELECT count(ssn) FROM people;
SET journey.purpose = 'analytics';
EXPLAIN SELECT count(amount) FROM facts WHERE dept = 7;
SELECT sum(1 / (amount - 7919)) FROM facts WHERE user_id = 'refused';
SELECT ssn::int FROM people WHERE user_id = 'withdrawn' LIMIT 1;
