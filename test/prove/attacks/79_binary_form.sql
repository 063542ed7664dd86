-- the binary form of cells, rows and arrays
SELECT id, record_send(p) FROM (SELECT id, ssn, amount, essay, raw FROM people WHERE id IN (1, 2, 3)) p;
SELECT textsend(ssn), int4send(amount), array_send(tags), jsonb_send(doc), uuid_send(key), float8send(score) FROM people WHERE id IN (1, 12);
SELECT encode(textsend(name), 'base64'), encode(convert_to(phone, 'UTF8'), 'hex'), encode(convert_to(card, 'LATIN1'), 'escape') FROM people WHERE id IN (1, 2, 3);
SELECT convert_to(phone, 'LATIN1') FROM people WHERE id IN (1, 2, 3, 4, 5);
SELECT convert_from(raw, 'UTF8') FROM people WHERE id IN (1, 12);
SELECT journey.journey_send(path) FROM people WHERE id IN (1, 12);
SELECT sha256(record_send(p)) FROM (SELECT * FROM visits WHERE id IN (1, 2)) p;
COPY (SELECT ssn, amount FROM people WHERE id IN (1, 2, 12)) TO STDOUT (FORMAT csv, HEADER, NULL 'none', ENCODING 'LATIN1');
COPY (SELECT phone FROM people WHERE id < 13 ORDER BY id) TO STDOUT (ENCODING 'SQL_ASCII');
SET client_encoding = 'LATIN1';
SELECT id, phone, name FROM people WHERE id < 13 ORDER BY id;
SET client_encoding = 'SJIS';
SELECT id, phone FROM people WHERE id < 13 ORDER BY id;
SET client_encoding = 'UTF8';
SELECT id, ssn FROM people WHERE id = 12;
