-- LIKE, regular expressions, text search
SELECT id FROM people WHERE ssn LIKE 'CAN%' ORDER BY 1;
SELECT id FROM people WHERE essay LIKE '%C_NARY%' OR essay ~ 'CAN(A)RY' ORDER BY 1;
SELECT id FROM people WHERE essay ILIKE '%c_nary%' AND lower(email) LIKE 'can%' ORDER BY 1;
SELECT id FROM people WHERE to_tsvector('simple', concat(essay, ' ', blank)) @@ to_tsquery('simple', 'can:* | essay') ORDER BY 1;
SELECT id FROM people WHERE starts_with(ssn, 'C') OR ssn ^@ 'C' OR ssn SIMILAR TO 'C%' ORDER BY 1;
SELECT id FROM people WHERE lower(email) = lower(email) AND email LIKE '%@%' ORDER BY 1;
SELECT id, substring(ssn FROM 'C.*'), regexp_matches(ssn, 'C(.)'), ssn FROM people WHERE id IN (1, 2, 12) ORDER BY 1;
SELECT substring(ssn, 1, 7), ssn FROM people WHERE id IN (1, 12);
EXPLAIN (VERBOSE) SELECT id FROM people WHERE lower(email) = 'x';
EXPLAIN (VERBOSE) SELECT id FROM people WHERE ssn LIKE 'CAN%';
