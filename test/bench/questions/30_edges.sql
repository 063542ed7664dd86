-- The transition matrix: how often one event directly follows another.

--= postgres: plain SQL, scan and sort
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SELECT count(*), sum(n), md5(string_agg(a || '>' || b || '=' || n, ',' ORDER BY a, b))
FROM (SELECT a, b, count(*) AS n
      FROM (SELECT event AS a, lead(event) OVER (PARTITION BY user_id ORDER BY ts, event) AS b FROM events) x
      WHERE b IS NOT NULL GROUP BY a, b) y;

--= postgres: plain SQL, covering index
SET enable_seqscan = off;
SELECT count(*), sum(n), md5(string_agg(a || '>' || b || '=' || n, ',' ORDER BY a, b))
FROM (SELECT a, b, count(*) AS n
      FROM (SELECT event AS a, lead(event) OVER (PARTITION BY user_id ORDER BY ts, event) AS b FROM events) x
      WHERE b IS NOT NULL GROUP BY a, b) y;

--= postgres: journeys, one a row, SQL on steps
SELECT count(*), sum(n), md5(string_agg(a || '>' || b || '=' || n, ',' ORDER BY a, b))
FROM (SELECT a, b, count(*) AS n
      FROM (SELECT journey.steps(j) AS s FROM journeys OFFSET 0) x,
           unnest(s[:cardinality(s) - 1], s[2:]) AS t (a, b)
      GROUP BY a, b) y;

--= postgres: journeys, one a row, edges_agg
SELECT count(*), sum(n), md5(string_agg(from_event || '>' || to_event || '=' || n, ',' ORDER BY from_event, to_event))
FROM unnest((SELECT journey.edges_agg(j, false) FROM journeys)) AS e;

--= postgres: journeys, one a row, edges_agg with gaps
SELECT count(*), sum(n), md5(string_agg(from_event || '>' || to_event || '=' || n, ',' ORDER BY from_event, to_event))
FROM unnest((SELECT journey.edges_agg(j) FROM journeys)) AS e;

--= postgres: sets, many journeys a value
SELECT count(*), sum(n), md5(string_agg(from_event || '>' || to_event || '=' || n, ',' ORDER BY from_event, to_event))
FROM unnest((SELECT journey.edges_agg(s, false) FROM sets)) AS e;

--= postgres: sets, many journeys a value, with gaps
SELECT count(*), sum(n), md5(string_agg(from_event || '>' || to_event || '=' || n, ',' ORDER BY from_event, to_event))
FROM unnest((SELECT journey.edges_agg(s) FROM sets)) AS e;

--= postgres: the events through pack, nothing stored
SELECT count(*), sum(n), md5(string_agg(from_event || '>' || to_event || '=' || n, ',' ORDER BY from_event, to_event))
FROM unnest((SELECT journey.edges_agg(s, false)
             FROM (SELECT journey.pack('SELECT user_id, ts, event FROM events') AS s OFFSET 0) x)) AS e;

--= duckdb: DuckDB, as inserted
SELECT count(*), sum(n), md5(string_agg(a || '>' || b || '=' || n, ',' ORDER BY a, b))
FROM (SELECT a, b, count(*) AS n
      FROM (SELECT event AS a, lead(event) OVER (PARTITION BY user_id ORDER BY ts, event) AS b FROM events) x
      WHERE b IS NOT NULL GROUP BY a, b) y;

--= duckdb: DuckDB, sorted by subject
SELECT count(*), sum(n), md5(string_agg(a || '>' || b || '=' || n, ',' ORDER BY a, b))
FROM (SELECT a, b, count(*) AS n
      FROM (SELECT event AS a, lead(event) OVER (PARTITION BY user_id ORDER BY ts, event) AS b FROM events_sorted) x
      WHERE b IS NOT NULL GROUP BY a, b) y;

--= clickhouse: ClickHouse, sorted by subject
SELECT count(), sum(n),
       lower(hex(MD5(arrayStringConcat(arrayMap(x -> concat(x.1, '>', x.2, '=', toString(x.3)), arraySort(groupArray((a, b, n)))), ','))))
FROM (SELECT pair.1 AS a, pair.2 AS b, count() AS n
      FROM (SELECT arrayMap(x -> x.2, arraySort(groupArray((ts, toString(event))))) AS s,
                   arrayJoin(arrayZip(arrayPopBack(s), arrayPopFront(s))) AS pair
            FROM events_sorted GROUP BY user_id)
      GROUP BY a, b)

--= clickhouse18: ClickHouse 18.16, sorted by subject
SELECT count(), sum(n),
       lower(hex(MD5(arrayStringConcat(arrayMap(x -> concat(x.1, '>', x.2, '=', toString(x.3)), arraySort(groupArray((a, b, n)))), ','))))
FROM (SELECT pair.1 AS a, pair.2 AS b, count() AS n
      FROM (SELECT arrayMap(x -> x.2, arraySort(groupArray((ts, toString(event))))) AS s,
                   arrayJoin(arrayMap((x, y) -> (x, y), arrayPopBack(s), arrayPopFront(s))) AS pair
            FROM events_sorted GROUP BY user_id)
      GROUP BY a, b)
