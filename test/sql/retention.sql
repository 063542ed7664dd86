-- retention, lifecycle, retention_agg, lifecycle_agg, stickiness_agg
SET timezone = 'UTC';

-- R1: back on day 3 of days 1 and 3; the order of rows is irrelevant
SELECT journey.retention(j, '.', '.', '1 day', 3, '2026-02-01')
FROM (VALUES (journey.journey '[x 2026-01-01T10:00:00Z, x 2026-01-03T09:00:00Z]'), ('[x 2026-01-03T09:00:00Z, x 2026-01-01T10:00:00Z]')) AS v (j);
SELECT journey.retention('[d2 2026-01-02T10:00:00Z, d3 2026-01-03T09:00:00Z]', 'd1', '.', '1 day', 3, '2026-02-01') IS NULL AS not_entered;

-- a bucket that is not over is NULL, even if the subject is back; as_of at its end is over
SELECT as_of, journey.retention('[signup 2026-01-01T10:00:00Z, visit 2026-01-02T09:00:00Z, visit 2026-01-04T00:00:00Z]', 'signup', 'visit', '1 day', 5, as_of)
FROM (VALUES (timestamptz '2026-01-01 09:59Z'), ('2026-01-01 10:00Z'), ('2026-01-02 09:00Z'), ('2026-01-02 23:59:59.999999Z'), ('2026-01-03 00:00Z'), ('2026-01-06 00:00Z')) AS v (as_of);

-- calendar, rolling, unbounded, brackets
SELECT kind, rolling, journey.retention(j, 'signup', 'visit', '1 day', 6, '2026-02-01', kind => kind, rolling => rolling) AS days,
       journey.retention(j, 'signup', 'visit', '1 day', ARRAY[0, 1, 3, 6], '2026-02-01', kind => kind, rolling => rolling) AS brackets
FROM (VALUES (journey.journey '[signup 2026-01-01T18:00:00Z, visit 2026-01-02T17:00:00Z, visit 2026-01-05T19:00:00Z]')) AS j (j),
     (VALUES ('n-day'), ('unbounded')) AS k (kind), (VALUES (false), (true)) AS r (rolling) ORDER BY 1, 2;

-- R3: exact by default, cut to the hour if asked
SELECT truncate, journey.retention('[first 2025-12-01T17:59:00Z, second 2025-12-02T17:00:00Z]', 'first', 'second', '1 day', 2, '2026-01-01', rolling => true, truncate => truncate)
FROM (VALUES (NULL), ('minute'), ('hour'), ('day')) AS v (truncate);
SELECT truncate, journey.retention('[first 2025-12-01T17:59:00Z, second 2025-12-02T17:00:00Z]', 'first', 'second', '24 hours', 2, '2026-01-01', rolling => true, truncate => truncate)
FROM (VALUES (NULL), ('hour')) AS v (truncate);

-- days of the zone: 23 and 25 hours long where clocks change
SELECT zone, rolling, journey.retention(j, 'a', 'b', '1 day', 3, '2026-12-01', zone, rolling => rolling)
FROM (VALUES ('[a 2026-03-28T12:00:00Z, b 2026-03-29T21:30:00Z]'::journey.journey), ('[a 2026-03-28T12:00:00Z, b 2026-03-29T11:30:00Z]')) AS j (j),
     (VALUES ('UTC'), ('Europe/Berlin')) AS z (zone), (VALUES (false), (true)) AS r (rolling) ORDER BY j, 1, 2;

-- a step that matches first and again is back in period 0; times before the first one do not count
SELECT journey.retention(j, 'a', 'a', '1 day', 2, '2026-12-01') AS a_a, journey.retention(j, 'b', 'a', '1 day', 2, '2026-12-01') AS b_a,
       journey.retention(j, '[a, b]', '!a', '1 day', ARRAY[1, 2], '2026-12-01') AS day_1
FROM (VALUES (journey.journey '[a 2026-01-01T10:00:00Z, b 2026-01-01T11:00:00Z, b 2026-01-02T00:00:00Z]')) AS j (j);
-- steps of one time, one of them the first: those after it in order count
SELECT j, journey.retention(j, 'a', 'b', '1 day', 1, '2026-12-01') FROM (VALUES (journey.journey '[a 2026-01-01T10:00:00Z, b 2026-01-01T10:00:00Z]'), ('[b 2026-01-01T10:00:00Z, a 2026-01-01T10:00:00Z]')) AS v (j);
-- weeks begin on Mondays, quarters where they should, and the last day of a month stays the last one
SELECT journey.retention('[a 2026-01-04T23:59:59Z, a 2026-01-05T00:00:00Z, a 2026-01-18T12:00:00Z]', 'a', 'a', '1 week', 4, '2026-12-01') AS weeks,
       journey.retention('[a 2025-12-31T23:59:59Z, a 2026-01-01T00:00:00Z, a 2026-09-30T12:00:00Z]', 'a', 'a', '3 months', 4, '2026-12-01') AS quarters,
       journey.retention('[a 2026-01-31T12:00:00Z, a 2026-02-28T12:00:00Z, a 2026-03-31T11:59:59Z]', 'a', 'a', '1 month', 3, '2026-12-01', rolling => true) AS months;
-- or on the day that the zone says: a Saturday, a Sunday, and a Sunday two weeks later
SELECT zone, journey.retention(j, 'a', 'a', '1 week', 4, '2026-12-01', zone) AS weeks, journey.retention(j, 'a', 'a', '14 days', 2, '2026-12-01', zone) AS fortnights,
       journey.retention(j, 'a', 'a', '1 day', 3, '2026-12-01', zone) AS days, journey.retention(j, 'a', 'a', '168 hours', 4, '2026-12-01', zone) AS hours,
       journey.retention(j, 'a', 'a', '1 week', 4, '2026-12-01', zone, rolling => true) AS rolling, s.sessions, l.weeks AS lifecycle
FROM (VALUES (journey.journey '[a 2026-01-03T12:00:00Z, a 2026-01-04T05:00:00Z, a 2026-01-18T12:00:00Z]')) AS v (j),
     unnest(ARRAY['UTC', 'UTC, weeks from Monday', 'UTC, weeks from Sunday', 'UTC, weeks from saturday', 'America/New_York, weeks from Sunday']) AS zone,
     LATERAL (SELECT string_agg(journey.step_count(s.j)::text, ' ' ORDER BY session) FROM journey.sessions(j, '100 days', calendar => 'week', tz => zone) AS s) AS s (sessions),
     LATERAL (SELECT array_agg(period AT TIME ZONE split_part(zone, ',', 1) ORDER BY period) FILTER (WHERE state <> 'dormant') FROM journey.lifecycle(j, '1 week', '2026-02-01', zone)) AS l (weeks);
SELECT b.cohort, b.bucket, b.size, b.returned
FROM unnest((SELECT journey.retention_agg(j, 'a', 'a', '1 week', 2, '2026-12-01', 'America/New_York, weeks from Sunday', 'n-day', false, NULL)
             FROM unnest(ARRAY['[a 2026-03-08T04:59:59Z, a 2026-03-08T05:00:00Z]', '[a 2026-03-08T05:00:00Z, a 2026-03-15T04:00:00Z]']::journey.journey[]) AS j)) AS b;
-- the ends of time
SELECT journey.retention(j, 'a', 'b', '1 month', 2, '294276-12-31 12:00Z') AS last, journey.retention(j, 'a', 'b', '1 month', 2, '294276-12-31 12:00Z', rolling => true) AS rolling,
       journey.retention(j, 'a', 'b', '1 microsecond', ARRAY[0, 2147483647], '294276-12-31 12:00Z') AS us
FROM (VALUES (journey.journey '[a 4713-01-01T00:00:00Z BC, b 4713-02-01T00:00:00Z BC]'), ('[a 294276-12-31T00:00:00Z, b 294276-12-31T00:00:01Z]')) AS v (j);
SELECT journey.retention('[a 4713-01-01T00:00:00Z BC, b 4713-02-01T00:00:00Z BC]', 'a', 'b', '178000000 years', ARRAY[0, 1, 2147483647], '2026-01-01', rolling => rolling) FROM (VALUES (true), (false)) v (rolling);
-- a day that has no midnight (Sao Paulo), one that has two (Havana), and one that never was (Apia)
SELECT zone, period, state FROM (VALUES ('America/Sao_Paulo', journey.journey '[a 2018-11-03T12:00:00Z]'), ('America/Havana', '[a 2025-11-01T12:00:00Z]'), ('Pacific/Apia', '[a 2011-12-29T12:00:00Z]')) AS v (zone, j),
     journey.lifecycle(j, '1 day', journey.started_at(j) + interval '3 days', zone) ORDER BY 1, 2, 3;
SELECT journey.retention(j, 'a', 'a', '1 day', 3, '2026-01-01', 'America/Havana') AS havana
FROM (VALUES (journey.journey '[a 2025-11-02T03:59:59Z, a 2025-11-02T04:00:00Z]'), ('[a 2025-11-02T04:00:00Z, a 2025-11-03T04:59:59Z, a 2025-11-03T05:00:00Z]')) AS v (j);

-- lifecycle: plain states, and R5
SELECT period::date, state, complete FROM journey.lifecycle('[a 2026-01-01T10:00:00Z, a 2026-01-02T10:00:00Z, b 2026-01-02T10:00:00Z, a 2026-01-05T10:00:00Z]', '1 day', '2026-01-07 12:00Z');
SELECT state, complete FROM journey.lifecycle('[a 2026-01-01T10:00:00Z, b 2026-01-02T10:00:00Z]', '1 day', '2026-01-02 12:00Z', active => 'b');
SELECT count(*) FROM journey.lifecycle('[a 2026-01-01T10:00:00Z]', '1 day', '2026-01-01 09:00Z');
SELECT count(*) FROM journey.lifecycle(NULL, '1 day');
SELECT min(period)::date AS since, state, count(*) AS days
FROM (SELECT period, state, count(*) FILTER (WHERE state IS DISTINCT FROM before) OVER (ORDER BY period) AS run
      FROM (SELECT period, state, lag(state) OVER (ORDER BY period) AS before
            FROM journey.lifecycle('[a 2026-01-01T10:00:00Z, a 2026-01-03T10:00:00Z, a 2026-01-20T10:00:00Z, a 2026-03-01T10:00:00Z]', '1 day', '2026-04-05', within => ARRAY[7, 30])) x) x
GROUP BY run, state ORDER BY 1;

-- bad input
SELECT journey.retention(NULL, 'a', 'a', '1 day', 3);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', NULL, 'a', '1 day', 3);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', NULL, '1 day', 3);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', NULL, 3);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', NULL::int);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 3, NULL);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 3, 'infinity');
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a -> b', 'a', '1 day', 3);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 month 1 day', 3);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '-1 day', 3);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '0', 3);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 0);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 10001);
SELECT cardinality(journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 10000));
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', '{}'::int[]);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', ARRAY[0, NULL]);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', ARRAY[[0, 1], [2, 3]]);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', ARRAY[-1, 1]);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', ARRAY[1, 1]);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 3, now(), 'Nowhere');
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 3, now(), '');
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 week', 3, now(), 'UTC, weeks from Sun');
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 week', 3, now(), 'Nowhere, weeks from Sunday');
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 week', 3, now(), 'UTC, weeks from Sunday, weeks from Monday');
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 3, now(), kind => 'N-Day') = journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 3, now(), kind => 'n-day') AS any_case;
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 3, now(), kind => 'n day');
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 3, now(), kind => 'recurring');
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 3, now(), rolling => NULL);
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 3, now(), rolling => true, truncate => 'week');
SELECT journey.retention('[a 2026-01-01T10:00:00Z]', 'a', 'a', '1 day', 3, now(), truncate => 'hour');
SELECT * FROM journey.lifecycle('[a 2026-01-01T10:00:00Z]', '1 day', now(), active => 'a >> b');
SELECT * FROM journey.lifecycle('[a 2026-01-01T10:00:00Z]', '1 day', now(), within => ARRAY[7]);
SELECT * FROM journey.lifecycle('[a 2026-01-01T10:00:00Z]', '1 day', now(), within => ARRAY[7, 6]);
SELECT count(*) FROM journey.lifecycle('[a 2026-01-01T10:00:00Z]', '1 second', '2027-01-01');
