-- averaging noise: the same cell has the same noise in whatever query
-- shows: \(1 row\)
SELECT id, salary, since FROM profiles WHERE id < 15 ORDER BY 1;
SELECT count(DISTINCT (id, salary, since)), count(DISTINCT id) FROM (
	SELECT id, salary, since FROM profiles UNION ALL SELECT id, salary, since FROM profiles OFFSET 0) x;
SET enable_seqscan = off;
SELECT avg(salary), stddev(salary), sum(since - date '2020-01-01') FROM profiles WHERE user_id = 'refused';
SELECT avg(s) FROM (SELECT (SELECT salary FROM profiles WHERE id = 1) AS s FROM generate_series(1, 200)) x;
PREPARE again AS SELECT salary FROM profiles WHERE id = 1;
EXECUTE again;
SET journey.purpose = 'analytics.product';
EXECUTE again;
SET journey.purpose = 'marketing';
EXECUTE again;
SET journey.purpose = '';
EXECUTE again;
SET timezone = 'Asia/Tokyo';
EXECUTE again;
SELECT count(*) FROM profiles WHERE salary = 300 + id AND user_id NOT LIKE 'yes%';
