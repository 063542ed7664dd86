-- What an event takes on disk.
SELECT what, pg_size_pretty(bytes) AS size, round(bytes::numeric / (SELECT count(*) FROM events), 1) AS "bytes an event"
FROM (VALUES (1, 'events table', pg_table_size('events')),
             (2, 'covering index', pg_relation_size('events_by_subject')),
             (3, 'journeys, one a row', pg_table_size('journeys')),
             (4, 'sets, many a value', pg_table_size('sets'))) AS v (line, what, bytes)
ORDER BY line;
