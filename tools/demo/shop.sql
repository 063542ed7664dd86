-- shop.sql: two weeks of a small shop, the same on every machine.
--
-- Nothing here is random: draw() takes digits of MD5, so every visit follows
-- from its customer and its day.  Three stories are planted:
--
--   1. From 9 March on, seven checkouts of ten end in an error.
--   2. Complaints.  One about a rude courier, two about a damaged parcel;
--      about wrong sizes now and then; about the checkout since it broke; about
--      late deliveries ever faster.
--   3. Of 300 customers some never answered whether their data may be used for
--      analytics, and a few said yes and withdrew later.

\ir tables.sql
ALTER TABLE events ADD email text, ADD city text;

-- A number from 0 to n - 1 that depends on the key alone.
CREATE FUNCTION draw(key text, n int) RETURNS int
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT ('x' || substr(md5(key), 1, 7))::bit(28)::int % n $$;

CREATE TABLE customer
(
  number  int PRIMARY KEY,
  subject text NOT NULL UNIQUE,
  email   text NOT NULL,
  city    text NOT NULL,
  consent text NOT NULL CHECK (consent IN ('given', 'withdrawn', 'never asked'))
);

INSERT INTO customer
SELECT n,
       'u' || to_char(n, 'FM000'),
       (ARRAY['anna', 'ben', 'chloe', 'dan', 'eva', 'finn', 'gita', 'hugo', 'ines', 'jonas', 'kim', 'lena', 'mika',
              'nora', 'omar', 'pia', 'quinn', 'rosa', 'sam', 'tara'])[1 + (n - 1) % 20]
       || '.'
       || (ARRAY['adler', 'bauer', 'costa', 'diaz', 'evans', 'fischer', 'garcia', 'hansen', 'ito', 'jansen', 'kowalski',
                 'lopez', 'moreau', 'nguyen', 'olsen'])[1 + (n - 1 + (n - 1) / 20) % 15]
       || '@example.org',
       (ARRAY['Lisbon', 'Graz', 'Utrecht', 'Aarhus', 'Turin', 'Ghent'])[1 + draw('city ' || n, 6)],
       CASE WHEN n <= 2 THEN 'given' WHEN n = 3 THEN 'withdrawn' WHEN n = 4 THEN 'never asked'
            WHEN draw('consent ' || n, 100) < 78 THEN 'given'
            WHEN draw('consent ' || n, 100) < 82 THEN 'withdrawn'
            ELSE 'never asked' END
FROM generate_series(1, 300) n;

-- Who came on which day, by which path, and when the first step was.
CREATE TEMP TABLE visit AS
SELECT c.number, c.subject, d.day,
       d.day + interval '7 hours' + draw('start ' || k.key, 14 * 3600) * interval '1 second' AS at,
       CASE WHEN p.path LIKE '%checkout' AND d.day >= '2026-03-09Z' AND draw('broken ' || k.key, 10) < 7
            THEN p.path || ' error'
            WHEN p.path LIKE '%checkout' THEN p.path || ' purchase'
            ELSE p.path END AS path,
       k.key
FROM customer c
CROSS JOIN (SELECT n, timestamptz '2026-03-02Z' + n * interval '1 day' AS day FROM generate_series(0, 13) n) d
CROSS JOIN LATERAL (SELECT c.number || ' ' || d.n AS key) k
CROSS JOIN LATERAL (SELECT (ARRAY['home view', 'home view', 'search view', 'search view', 'search view',
                                  'search view view', 'home', 'view cart', 'search view cart',
                                  'view cart checkout', 'search view cart checkout', 'search view cart checkout',
                                  'home view cart checkout'])[1 + draw('path ' || k.key, 13)] AS path) p
WHERE draw('visit ' || k.key, 100) < CASE WHEN d.n % 7 >= 5 THEN 24 ELSE 16 END + d.n / 2;

CREATE TEMP TABLE complaint (at timestamptz, topic text);
INSERT INTO complaint VALUES
  ('2026-03-04 15:12:40Z', 'rude courier'),
  ('2026-03-05 09:20:11Z', 'damaged parcel'),
  ('2026-03-11 17:45:02Z', 'damaged parcel'),
  ('2026-03-02 11:03:30Z', 'late delivery'),
  ('2026-03-05 18:41:05Z', 'late delivery'),
  ('2026-03-08 08:15:52Z', 'late delivery'),
  ('2026-03-10 07:30:18Z', 'late delivery'),
  ('2026-03-11 16:22:47Z', 'late delivery'),
  ('2026-03-12 19:05:33Z', 'late delivery'),
  ('2026-03-13 12:48:09Z', 'late delivery'),
  ('2026-03-14 02:10:26Z', 'late delivery'),
  ('2026-03-14 13:37:44Z', 'late delivery'),
  ('2026-03-14 22:51:13Z', 'late delivery'),
  ('2026-03-15 06:29:58Z', 'late delivery'),
  ('2026-03-15 11:54:20Z', 'late delivery'),
  ('2026-03-15 15:08:36Z', 'late delivery');
INSERT INTO complaint
SELECT timestamptz '2026-03-03 10:00Z' + n * interval '2 days 3 hours' + draw('size ' || n, 20000) * interval '1 second',
       'wrong size'
FROM generate_series(0, 5) n;
INSERT INTO complaint
SELECT at + draw('complaint ' || key, 7200) * interval '1 second' + interval '40 minutes', 'checkout'
FROM visit WHERE path LIKE '%error' AND draw('complains ' || key, 8) = 0;

-- The steps of a visit follow each other within 5 to 300 seconds.
INSERT INTO events
SELECT row_number() OVER (ORDER BY at, subject, event), at, subject, event, topic, email, city
FROM (SELECT v.at + sum(5 + draw('pause ' || v.key || ' ' || s.n, 296))
                      OVER (PARTITION BY v.key ORDER BY s.n) * interval '1 second' AS at,
             v.subject, s.event, NULL AS topic
      FROM visit v, string_to_table(v.path, ' ') WITH ORDINALITY s(event, n)
      UNION ALL
      SELECT c.at, 'u' || to_char(5 + draw(c.topic || extract(epoch FROM c.at), 296), 'FM000'), 'complaint', c.topic
      FROM complaint c) e
JOIN customer USING (subject);

ANALYZE events;
