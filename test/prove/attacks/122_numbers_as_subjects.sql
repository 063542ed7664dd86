-- subjects that are numbers and uuids: whose neighbours, negatives, twins with other digits said something else
-- shows: VISIBLE note
SELECT id, person, note, amount FROM tickets WHERE id < 25 ORDER BY id;
SELECT id, person, note, amount FROM devices WHERE id < 7 ORDER BY id;
SELECT person, count(*), count(amount), min(note), max(note) FROM tickets GROUP BY 1 ORDER BY 1;
SELECT person, count(amount), min(note) FROM devices GROUP BY 1 ORDER BY 1;
-- one and the same number in rows that follow each other, in another order, and beside others
SELECT t.id, t.amount, u.amount, d.amount FROM tickets t JOIN tickets u ON u.id = t.id + 1 JOIN devices d ON d.id = t.id WHERE t.id < 20 ORDER BY t.person, t.id;
SELECT t.id, l.amount, l.note FROM tickets t CROSS JOIN LATERAL (SELECT * FROM tickets u WHERE u.person = -t.person OR u.person = t.person + 1 ORDER BY u.id OFFSET 0) l WHERE t.id < 14 ORDER BY 1, 2, 3;
SELECT id, (SELECT max(amount) FROM tickets u WHERE u.person > t.person), (SELECT string_agg(note, ',' ORDER BY id) FROM devices d WHERE d.person <> '00000000-0000-0000-0000-000000000101') FROM tickets t WHERE id < 13 ORDER BY id;
SELECT amount FROM tickets WHERE person = 103 AND 1 / (amount - 7919 * 10000 - 2) = 0;
SELECT note::int FROM tickets WHERE person = 0;
SELECT id FROM tickets WHERE amount > 7000 OR note LIKE '_C%' ORDER BY id;
SELECT person::int2, note FROM tickets WHERE person < 200 ORDER BY amount, note, id LIMIT 12;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT * FROM tickets WHERE amount > 7000 AND note > 'J';
SELECT journey.consented('101', 'analytics'), journey.consented('104', 'analytics'), journey.consented('0104', 'analytics'), journey.consented('105', 'analytics');
UPDATE tickets SET person = 101;
INSERT INTO tickets (id, person) VALUES (1, 101);
SET journey.purpose = 'marketing';
SELECT count(amount), count(note) FROM tickets;
SET journey.purpose = 'analytics';
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT person, count(amount), min(note) FROM tickets GROUP BY 1 ORDER BY 1;
