-- tables.sql: what the shop and a file of yours are both turned into, and how we print numbers.

CREATE TABLE events
(
  id      bigint PRIMARY KEY,       -- in the order in which it came
  at      timestamptz NOT NULL,
  subject text,                     -- who
  event   text,                     -- did what
  topic   text                      -- about what
);

-- 1234567 as 1,234,567
CREATE FUNCTION digits(n bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT to_char(n, 'FM999,999,999,999,990') $$;

-- A length of time in its two largest units: "3 d 4 h", "12 min 5 s".
CREATE FUNCTION in_words(i interval) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
  SELECT CASE WHEN s >= 86400 THEN s / 86400 || ' d' || coalesce(' ' || nullif(s % 86400 / 3600, 0) || ' h', '')
              WHEN s >= 3600 THEN s / 3600 || ' h' || coalesce(' ' || nullif(s % 3600 / 60, 0) || ' min', '')
              WHEN s >= 60 THEN s / 60 || ' min' || coalesce(' ' || nullif(s % 60, 0) || ' s', '')
              ELSE s || ' s' END
  FROM (SELECT extract(epoch FROM i)::bigint AS s) x
$$;

-- A bar of n of at most "most", 40 characters wide, in eighths of a character.
CREATE FUNCTION bar(n bigint, most bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
  SELECT repeat('█', eighths / 8) || (ARRAY['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'])[1 + eighths % 8]
  FROM (SELECT (n * 320 / greatest(most, 1))::int AS eighths) x
$$;

-- "1 flake", "3 trends"
CREATE FUNCTION counted(n bigint, what text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT digits(n) || ' ' || what || CASE WHEN n = 1 THEN '' ELSE 's' END $$;

-- One line of at most n characters, the last an ellipsis where something was cut off.
CREATE FUNCTION shorten(t text, n int) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
  SELECT CASE WHEN length(line) > n THEN rtrim(left(line, n - 1)) || '…' ELSE line END
  FROM (SELECT regexp_replace(t, '[[:cntrl:]]+', ' ', 'g') AS line) x
$$;
