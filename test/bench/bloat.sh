#!/bin/bash
# Whether a store of live journeys stays small while its table grows:
#
#	bash test/bench/bloat.sh [EVENTS] [ROUND]
#
# An empty table is tracked, and EVENTS rows come in statements of ROUND rows.
# Each of those is followed by an update of another event and one of another
# subject, a delete, and rows that come late: a row in a hundred each, drawn
# from all there are.  Writers fold at a tenth; autovacuum is as it comes.
# Subjects are drawn evenly, so that a fold writes nearly all sets anew, which
# is the most that can be left behind.
#
# At every tenth of the way: bytes for each row of the table in sets (with TOAST and
# index) and in changes, the same of a store that is built then, and the dead rows.
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/../../tools/lib.sh"
events=${1:-10000000}
round=${2:-100000}
setup build
JOURNEY_BUILD=release build_extension
cluster_start "shared_buffers = 512MB" "max_wal_size = 8GB" "maintenance_work_mem = 128MB" "checkpoint_timeout = 1h" "autovacuum = on"

subjects=$((events / 40))
few=$((round / 100))

# one round: rows NUMBER * round + 1 and on, a second between them
round()
{
	local last=$((($1 + 1) * round))

	db -c "INSERT INTO hits SELECT i, 'user-' || (hashint8(i) & 2147483647) % $subjects, '2026-01-01'::timestamptz + i * interval '1 second',
			'event ' || (hashint8(i + 7) & 2147483647) % 25 FROM generate_series($1 * $round + 1, $last) i" \
		-c "UPDATE hits SET what = 'event ' || id % 24 WHERE id IN (SELECT (hashint8extended(i, $1) & 9223372036854775807) % $last FROM generate_series(1, $few) i)" \
		-c "UPDATE hits SET who = 'user-' || id % $subjects WHERE id IN (SELECT (hashint8extended(i, $1 + 1000000) & 9223372036854775807) % $last FROM generate_series(1, $few) i)" \
		-c "DELETE FROM hits WHERE id IN (SELECT (hashint8extended(i, $1 + 2000000) & 9223372036854775807) % $last FROM generate_series(1, $few) i)" \
		-c "INSERT INTO hits SELECT -i - $1 * $few, 'user-' || (hashint8(i) & 2147483647) % $subjects,
			'2026-01-01'::timestamptz + ((hashint8extended(i, $1 + 3000000) & 9223372036854775807) % $last) * interval '1 second', 'late' FROM generate_series(1, $few) i"
}

# sizes: what there is, beside a store that is built now and thrown away
sizes()
{
	db -At <<SQL | tail -n 1
SET client_min_messages = warning;
BEGIN;
SELECT journey.track('hits', 'who', 'at', 'what', 'fresh');
SELECT format('%10s %7s %7s %7s %7s %7s %8s %8s %7s', n.rows, r.sets, r.index, r.toast, r.delta, r.fresh, s.dead, s.vacuums, r.times)
FROM (SELECT count(*) AS rows FROM hits) n,
	LATERAL (SELECT round(pg_relation_size('live_sets')::numeric / rows, 2), round(pg_indexes_size('live_sets')::numeric / rows, 2),
		round((pg_table_size('live_sets') - pg_relation_size('live_sets'))::numeric / rows, 2), round(pg_total_relation_size('live_delta')::numeric / rows, 2),
		round(pg_total_relation_size('fresh_sets')::numeric / rows, 2),
		round((pg_total_relation_size('live_sets') + pg_total_relation_size('live_delta'))::numeric / pg_total_relation_size('fresh_sets'), 2))
		r (sets, index, toast, delta, fresh, times),
	(SELECT sum(n_dead_tup), sum(autovacuum_count) FROM pg_stat_user_tables WHERE relname IN ('live_sets', 'live_delta')) s (dead, vacuums);
ROLLBACK;
SQL
}

db -c 'CREATE EXTENSION journey' -c 'CREATE TABLE hits (id bigint, who text, at timestamptz, what text)' -c 'CREATE INDEX ON hits (id)'
db -c "SELECT journey.track('hits', 'who', 'at', 'what', 'live', fold_at => 0.1)" >/dev/null
printf '%d events of %d subjects, %d a statement; bytes for each row of the table\n' "$events" "$subjects" "$round"
printf '%10s %7s %7s %7s %7s %7s %8s %8s %7s\n' rows sets index toast changes rebuilt dead vacuums times
rounds=$((events / round))
for ((i = 0; i < rounds; i++)); do
	round "$i"
	[ $(((i + 1) % (rounds / 10))) != 0 ] || sizes
done
db -c "SELECT journey.fold('live')" >/dev/null
db -c 'VACUUM live_sets' -c 'VACUUM live_delta'
printf 'folded, and vacuumed:\n'
sizes
