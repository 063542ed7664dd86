-- client encodings, locales and formats that complain about a character
SET client_encoding = 'LATIN1';
SELECT id, name, phone, ssn FROM people WHERE id < 14 ORDER BY id;
SELECT phone || ssn FROM people WHERE user_id = 'refused';
SELECT min(phone), max(phone) FROM people;
SET client_encoding = 'SQL_ASCII';
SELECT id, name, phone, ssn FROM people WHERE id < 14 ORDER BY id;
RESET client_encoding;
SELECT convert_to(phone, 'LATIN1'), convert_to(essay, 'WIN1251') FROM people WHERE user_id = 'refused' LIMIT 2;
SELECT to_ascii(phone, 'LATIN1'), normalize(phone), upper(phone), initcap(name), ascii(name), encode(raw, 'escape') FROM people WHERE user_id IN ('refused', 'silent') LIMIT 4;
SELECT phone COLLATE "C" < 'x', phone COLLATE "POSIX" = name FROM people WHERE id < 6;
SELECT xmlelement(name a, phone), to_json(phone), quote_literal(phone), convert_from(convert_to(phone, 'UTF8'), 'LATIN1') FROM people WHERE user_id = 'refused' LIMIT 2;
SELECT translate(phone, '*', ''), reverse(name), overlay(name PLACING '' FROM 2 FOR 4), split_part(name, '*', 1), length(name), bit_length(phone) FROM people WHERE user_id IN ('refused', 'withdrawn') ORDER BY id;
