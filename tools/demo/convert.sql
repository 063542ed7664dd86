-- convert.sql: the rows of a stranger's file, loaded as text into csv_row, become events.

-- 3/9/2026: the day comes first if some first number is above 12; else the month does.
SELECT coalesce(bool_or(part[1]::int > 12), false) AS day_first,
       count(*) > 0 AND NOT bool_or(part[1]::int > 12 OR part[2]::int > 12) AS day_unclear
FROM (SELECT regexp_match(at, '^\s*(\d\d?)[-/](\d\d?)[-/](\d{4}|\d\d)\M') AS part FROM csv_row) p
WHERE part IS NOT NULL \gset

CREATE TABLE csv_read AS
SELECT row_number() OVER (ORDER BY CASE WHEN seq ~ '^\s*[-+]?\d+([.]\d+)?\s*$' THEN seq::numeric END, line) AS id,
       line, at AS given, read_time(at, :'day_first') AS at,
       CASE WHEN length(subject) > 250 THEN left(subject, 200) || '-' || md5(subject) ELSE subject END AS subject,
       left(event, 250) AS event, left(topic, 250) AS topic
FROM csv_row;

INSERT INTO events
SELECT id, at, subject, event, topic FROM csv_read WHERE at IS NOT NULL;
ANALYZE events;

SELECT count(*) AS rows, count(at) AS times, count(*) - count(at) AS unread,
       count(*) FILTER (WHERE at IS NOT NULL AND subject IS NULL) AS nobody,
       count(*) FILTER (WHERE at IS NOT NULL AND subject IS NOT NULL AND event IS NULL) AS nothing,
       count(at) > 1 AND bool_and(at = date_trunc('day', at)) AS clockless
FROM csv_read \gset

SELECT format('%s. These columns were taken:', counted(:rows, 'row')) AS headline \gset
\qecho :headline
SELECT r.label AS "says", shorten(string_agg(c.name, ' + ' ORDER BY c.number <> h.number), 40) AS "column",
       CASE r.role WHEN 'at' THEN (SELECT min(at)::date || ' to ' || max(at)::date FROM events)
                   WHEN 'subject' THEN (SELECT digits(count(DISTINCT subject)) || ' different' FROM events)
                   WHEN 'event' THEN (SELECT digits(count(DISTINCT event)) || ' different' FROM events)
                   WHEN 'topic' THEN (SELECT digits(count(DISTINCT topic)) || ' different' FROM events)
                   ELSE 'orders rows of one time' END AS "holds",
       upper(r.role) || '=' AS "choose with"
FROM (VALUES (1, 'at', 'when'), (2, 'subject', 'who'), (3, 'event', 'what'), (4, 'topic', 'about what'),
             (5, 'seq', 'in which order')) r(n, role, label)
JOIN csv_choice h USING (role)
JOIN csv_column c ON c.number IN (h.number, h.second)
GROUP BY r.n, r.role, r.label
ORDER BY r.n;

SELECT :unread > 0 AS unread_any, :nobody > 0 AS nobody_any, :nothing > 0 AS nothing_any \gset
\if :unread_any
SELECT format('%s %s unreadable: left out. The first is in line %s: %s', counted(:unread, 'time'),
              CASE :unread WHEN 1 THEN 'is' ELSE 'are' END, line,
              coalesce('"' || shorten(given, 60) || '"', 'empty')) AS note
FROM csv_read WHERE at IS NULL ORDER BY line LIMIT 1 \gset
\qecho :note
\endif
\if :nobody_any
SELECT format('%s no subject: in no session, counted for signals.', counted(:nobody, 'row') || CASE :nobody WHEN 1 THEN ' has' ELSE ' have' END) AS note \gset
\qecho :note
\endif
\if :nothing_any
SELECT format('%s no event: in no session.', counted(:nothing, 'row') || CASE :nothing WHEN 1 THEN ' has' ELSE ' have' END) AS note \gset
\qecho :note
\endif
\if :day_unclear
\qecho 'The dates could be read in two ways; the month was taken to come first.'
\endif
\if :clockless
\qecho The times are days without a clock: a session is what one subject did in a day.
\endif
SELECT :'clockless' OR :'unread_any' OR :'nobody_any' OR :'nothing_any' OR :'day_unclear' AS noted \gset
\if :noted
\qecho
\endif

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM events WHERE subject IS NOT NULL AND event IS NOT NULL) THEN
    RAISE EXCEPTION 'no row has a time, a subject and an event'
      USING HINT = 'Choose other columns with AT=, SUBJECT= and EVENT=.';
  END IF;
END
$$;
DROP TABLE csv_row, csv_read, csv_sample, csv_fact;
