-- show.sql: sessions, variants and signals of the table events.
--
-- psql variables: shop (boolean), who (what one subject is called), and b, d, n for bold, dim and normal.

CREATE TABLE session AS
SELECT subject, s.session, s.j, s.closes_at
FROM (SELECT subject, journey.journey_agg(at, event ORDER BY at, id) AS j FROM events WHERE subject IS NOT NULL GROUP BY subject) one
CROSS JOIN LATERAL journey.sessions(one.j, interval '30 minutes') s;
ANALYZE session;

-- 1. Sessions per day

SELECT (SELECT format('%s of %s %s %s.', counted(sum(journey.step_count(j))::bigint, 'interaction'),
                      counted(count(DISTINCT subject), :'who'),
                      CASE sum(journey.step_count(j)) WHEN 1 THEN 'is' ELSE 'are' END, counted(count(*), 'session')) FROM session) AS headline,
       max(at)::date - min(at)::date + 1 AS days,
       max(at)::date - min(at)::date > 13 AS long,
       CASE WHEN max(at)::date = min(at)::date THEN 'hour' ELSE 'day' END AS unit
FROM events \gset
-- More than 14 days: the 14 with the most sessions.
SELECT CASE WHEN :'long' THEN last - interval '13 days' ELSE (SELECT date_trunc(:'unit', min(at)) FROM events) END AS first,
       CASE WHEN :'long' THEN last ELSE (SELECT max(at) FROM events) END AS last
FROM (SELECT day::timestamptz AS last,
             sum(count(*)) OVER (ORDER BY day RANGE BETWEEN '13 days' PRECEDING AND CURRENT ROW) AS sessions
      FROM (SELECT journey.started_at(j)::date AS day FROM session) s GROUP BY day) fortnight
ORDER BY sessions DESC, last DESC LIMIT 1 \gset
SELECT 1 || :'unit' AS step,
       CASE :'unit' WHEN 'hour' THEN 'YYYY-MM-DD HH24:00' ELSE 'Dy DD Mon YYYY' END AS form \gset
\set title '1. Sessions per ' :unit '.'
\qecho :b:title:n :headline
\qecho :d'SELECT s.* FROM (SELECT journey.journey_agg(at, event) AS j FROM events GROUP BY subject) x,':n
\qecho :d'              journey.sessions(j, \'30 minutes\') s   -- a longer pause begins a new session':n
\set whos :who 's'

WITH slot AS (
  SELECT slot, count(s.subject) AS sessions, count(DISTINCT s.subject) AS subjects
  FROM generate_series(:'first', timestamptz :'last', :'step') slot
  LEFT JOIN session s ON journey.started_at(s.j) >= slot AND journey.started_at(s.j) < slot + interval :'step'
  GROUP BY slot)
SELECT to_char(slot, :'form') AS :"unit", sessions, subjects AS :"whos", bar(sessions, max(sessions) OVER ()) AS " "
FROM slot ORDER BY slot.slot;
\if :long
SELECT format('These are the busiest 14 of %s days.', digits(:days)) AS note \gset
\qecho :note
\qecho
\endif

-- 2. Variants

SELECT middle, to_char(middle, CASE WHEN :'unit' = 'hour' THEN 'HH24:MI' WHEN :days > 330 THEN 'FMDD Mon YYYY' ELSE 'FMDD Mon' END) AS middle_text
FROM (SELECT CASE :'unit' WHEN 'hour' THEN date_trunc('minute', first + (last - first) / 2)
                  ELSE (first::date + (last::date - first::date + 1) / 2)::timestamptz END AS middle
      FROM (SELECT percentile_disc(0.001) WITHIN GROUP (ORDER BY at) AS first,  -- some files end in 9999
                   percentile_disc(0.999) WITHIN GROUP (ORDER BY at) AS last
            FROM events) span) m \gset
SELECT format('%s; the most frequent of them:', counted(count(DISTINCT journey.variant_hash(j)), 'different path')) AS headline
FROM session \gset
\qecho :b'2. Top variants.':n :headline
\if :shop
\qecho Since 9 March a checkout rarely ends in a purchase: look at the last two columns.
\endif
\qecho :d'SELECT journey.variant(j), count(*) FROM session GROUP BY 1 ORDER BY 2 DESC':n
\set before_text 'before ' :middle_text
\set since_text 'since ' :middle_text

SELECT shorten(min(journey.variant(j)), 60) AS variant, count(*) AS sessions,
       round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "share %",
       count(*) FILTER (WHERE journey.started_at(j) < :'middle') AS :"before_text",
       count(*) FILTER (WHERE journey.started_at(j) >= :'middle') AS :"since_text"
FROM session GROUP BY journey.variant_hash(j)
ORDER BY count(*) DESC, min(journey.variant(j)) LIMIT 8;

-- One of them in full

SELECT j::text AS journey_text, pg_column_size(j) AS bytes
FROM session
ORDER BY (journey.step_count(j) BETWEEN 2 AND 5) DESC, journey.variant(j) ~ 'error' DESC,
         journey.step_count(j) DESC, journey.started_at(j), subject LIMIT 1 \gset
\qecho A journey is one value, here of :bytes bytes:
SELECT shorten(:'journey_text', 400) AS journey_text \gset
\qecho '  ':journey_text
\qecho

-- 3. Signals

CREATE TABLE signal AS
SELECT topic, journey.signal_agg(at) AS s, (journey.signal_agg(at) FILTER (WHERE 2 * place > of)).median_gap AS late_gap
FROM (SELECT topic, at, row_number() OVER (PARTITION BY topic ORDER BY at, id) AS place,
             count(*) OVER (PARTITION BY topic) AS of
      FROM events WHERE topic IS NOT NULL) e
GROUP BY topic;
SELECT format('One is a flake, two are a pattern, three a trend: %s, %s, %s.',
              counted(count(*) FILTER (WHERE (s).class = 'flake'), 'flake'),
              counted(count(*) FILTER (WHERE (s).class = 'pattern'), 'pattern'),
              counted(count(*) FILTER (WHERE (s).class = 'trend'), 'trend')) AS headline
FROM signal \gset
\qecho :b'3. Signals by topic.':n :headline
\qecho :d'SELECT topic, (journey.signal_agg(at)).* FROM events GROUP BY topic':n

SELECT shorten(topic, 40) AS topic, (s).class, (s).points, to_char((s).first_at, 'YYYY-MM-DD') AS first,
       to_char((s).last_at, 'YYYY-MM-DD') AS last, in_words((s).median_gap) AS "median gap", in_words(late_gap) AS "in its later half"
FROM (SELECT *, row_number() OVER (PARTITION BY (s).class ORDER BY (s).points DESC, topic) AS place FROM signal) x
WHERE place <= CASE (s).class WHEN 'trend' THEN 9 ELSE 3 END
ORDER BY (s).class, (s).points, topic;
