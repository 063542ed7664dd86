-- counters of what a session reads, for one masked subject after the other, where all subjects are read at once
-- as: carol
-- shows: VISIBLE
-- In each world others of these subjects are known, unknown and missing; none has a jurisdiction or a kind of their own.
SELECT current_setting('server_version_num')::int >= 180000 AS on18 \gset
\if :on18
-- the first question of a session reads all, whoever it is about; so the second one does not
\connect - carol
SET search_path = lab, public; SET journey.purpose = 'analytics';
SELECT count(secret) FROM secrets WHERE id = 1;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) AS before FROM pg_stat_get_backend_io(pg_backend_pid()) \gset
SELECT count(secret) FROM secrets WHERE id = 9;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) - :before > 300 AS reads_all FROM pg_stat_get_backend_io(pg_backend_pid());
\connect - carol
SET search_path = lab, public; SET journey.purpose = 'analytics';
SELECT count(secret) FROM secrets WHERE id = 20;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) AS before FROM pg_stat_get_backend_io(pg_backend_pid()) \gset
SELECT count(secret) FROM secrets WHERE id = 9;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) - :before > 300 AS reads_all FROM pg_stat_get_backend_io(pg_backend_pid());
\connect - carol
SET search_path = lab, public; SET journey.purpose = 'analytics';
SELECT count(secret) FROM secrets WHERE id = 14;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) AS before FROM pg_stat_get_backend_io(pg_backend_pid()) \gset
SELECT count(secret) FROM secrets WHERE id = 9;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) - :before > 300 AS reads_all FROM pg_stat_get_backend_io(pg_backend_pid());
\connect - carol
SET search_path = lab, public; SET journey.purpose = 'analytics';
SELECT count(secret) FROM secrets WHERE id = 7;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) AS before FROM pg_stat_get_backend_io(pg_backend_pid()) \gset
SELECT count(secret) FROM secrets WHERE id = 9;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) - :before > 300 AS reads_all FROM pg_stat_get_backend_io(pg_backend_pid());
-- and from then on everybody costs the same
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) AS before FROM pg_stat_get_backend_io(pg_backend_pid()) \gset
SELECT count(secret) FROM secrets WHERE id = 1;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) - :before AS touched FROM pg_stat_get_backend_io(pg_backend_pid());
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) AS before FROM pg_stat_get_backend_io(pg_backend_pid()) \gset
SELECT count(secret) FROM secrets WHERE id = 2;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) - :before AS touched FROM pg_stat_get_backend_io(pg_backend_pid());
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) AS before FROM pg_stat_get_backend_io(pg_backend_pid()) \gset
SELECT count(secret) FROM secrets WHERE id = 3;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) - :before AS touched FROM pg_stat_get_backend_io(pg_backend_pid());
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) AS before FROM pg_stat_get_backend_io(pg_backend_pid()) \gset
SELECT count(secret) FROM secrets WHERE id = 14;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) - :before AS touched FROM pg_stat_get_backend_io(pg_backend_pid());
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) AS before FROM pg_stat_get_backend_io(pg_backend_pid()) \gset
SELECT count(secret) FROM secrets WHERE id = 20;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) - :before AS touched FROM pg_stat_get_backend_io(pg_backend_pid());
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) AS before FROM pg_stat_get_backend_io(pg_backend_pid()) \gset
SELECT count(secret) FROM secrets WHERE id = 7;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) - :before AS touched FROM pg_stat_get_backend_io(pg_backend_pid());
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) AS before FROM pg_stat_get_backend_io(pg_backend_pid()) \gset
SELECT count(secret) FROM secrets WHERE id = 19;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT sum(hits) + sum(reads) - :before AS touched FROM pg_stat_get_backend_io(pg_backend_pid());
\endif
SELECT ssn FROM people WHERE id = 12;
