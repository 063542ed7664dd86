-- COPY in every format
COPY people TO STDOUT;
COPY (SELECT id, ssn, name, phone, card, blank, essay IS NULL FROM people WHERE id < 14) TO STDOUT;
COPY (SELECT id, user_id, ssn, amount, doc, tags, home FROM people WHERE id < 14) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *, NULL 'none');
COPY (SELECT id, ssn, raw, doc FROM people WHERE user_id = 'refused') TO STDOUT (FORMAT binary);
COPY (SELECT secrets FROM secrets) TO STDOUT;
COPY journey_base.people (id, ssn) TO STDOUT;
\copy (SELECT id, ssn FROM people WHERE id < 3) TO STDOUT
\copy people TO STDOUT
COPY (SELECT id, ssn FROM people WHERE id < 3) TO '/tmp/x';
