-- buckets, ranges, kept beginnings, documents and journeys: what lies within them
SELECT id, user_id, age, born, at, ip, zip, span, parts FROM profiles WHERE id < 15 ORDER BY 1;
SELECT id, rank, tags, alias, doc, walk, way FROM profiles WHERE id < 15 ORDER BY 1;
SELECT age, born, count(*), min(at), max(at) FROM profiles GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) FROM profiles WHERE age BETWEEN 7919 * 10000 AND 7919 * 10000 + 99 OR age > 8642 * 10000 - 9;
SELECT count(*) FROM profiles WHERE born BETWEEN '1978-01-01' AND '1979-12-31' OR at > '1979-03-02';
SELECT count(*) FROM profiles WHERE ip <<= '79.19.1.0/24' OR masklen(ip) = 32;
SELECT length(zip), count(*), max(pg_column_size(span)), max(pg_column_size(walk)), max(pg_column_size(doc)) FROM profiles WHERE user_id = 'refused' GROUP BY 1;
SELECT id, upper(span) - lower(span), isempty(span), span @> 7919 * 10000 FROM profiles WHERE user_id = 'refused' ORDER BY 1 LIMIT 5;
SELECT sum(x) FROM profiles, unnest(parts) x WHERE user_id = 'refused';
SELECT id, doc ->> 'email', doc #> '{home,street}', doc ? 'scores', doc -> 'scores', jsonb_typeof(doc -> 'scores') FROM profiles WHERE user_id = 'refused' ORDER BY 1 LIMIT 5;
SELECT jsonb_path_query(doc, '$.**') FROM profiles WHERE id = 1;
SELECT count(*) FROM profiles WHERE doc @> '{"home": {"street": "CANADA"}}' OR doc @? '$.scores ? (@ > 1000)' OR doc ? 'home';
SELECT s.* FROM profiles p, journey.steps(p.walk) s WHERE p.user_id = 'refused' ORDER BY p.id LIMIT 4;
SELECT journey.step_count(walk), journey.step_count(way), count(*) FROM profiles GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) FROM profiles WHERE walk::text ~ '-05|-25|T1' AND user_id = 'refused';
EXPLAIN (VERBOSE) SELECT * FROM profiles WHERE age > 50000000 AND span && int4range(1, 5) AND zip > 'J';
