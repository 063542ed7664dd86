-- length and size of what is hidden
SELECT id, length(ssn), octet_length(name), length(name), char_length(phone), octet_length(phone), length(card), pg_column_size(email),
	pg_column_size(name), pg_column_size(phone), pg_column_size(amount), pg_column_size(essay), length(essay), pg_column_size(raw),
	pg_column_size(tags), cardinality(tags), pg_column_size(doc), pg_column_size(price), scale(price), pg_column_size(path), bit_length(raw)
	FROM people ORDER BY id;
SELECT pg_column_size(p) FROM people p ORDER BY id;
SELECT sum(pg_column_size(v)), sum(length(v::text)) FROM visits v;
SELECT user_id, min(length(name)), max(length(name)), min(name), max(name), min(phone), max(phone), count(name), count(phone), count(card) FROM people GROUP BY 1 ORDER BY 1;
SELECT ssn FROM people WHERE id = 12;
SELECT octet_length(name), name, phone FROM people WHERE user_id = 'refused' ORDER BY id;
