#!/bin/bash
# What live journeys cost those who write, fold and read:
#
#	bash test/bench/store.sh [EVENTS] [SECONDS]
#
# Writers insert batches of 1000 rows into a table with one index, with and
# without a store of it; the two take turns, as all else that is compared.
# Subjects are drawn evenly, which is the worst case for folding and reading.
# All times are whole seconds: the first one that is not makes sets be written anew.
# Questions are asked of all sets with changes of 1 % of the rows, of all subjects
# or of 1 % of them, and in turn of a store without changes: the first question
# of a session, and later ones.  A session remembers what it merged; so they are
# asked without that, too, and with 100 new rows before each.  Commits reach the disk (fsync = on).  With 0 SECONDS nobody writes.
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/../../tools/lib.sh"
events=${1:-1000000}
seconds=${2:-5}
setup build
JOURNEY_BUILD=release build_extension
cluster_start "fsync = on" "shared_buffers = 512MB" "max_wal_size = 8GB" "maintenance_work_mem = 128MB" \
	"checkpoint_timeout = 1h" "autovacuum = off"

scripts=$(mktemp -d "$WORK/bench.XXXXXX")
trap 'rm -rf "$scripts"; cluster_stop' EXIT
subjects=$((events / 40))

# fill TABLE FIRST LAST: rows by number, a second between them
fill()
{
	db -c "INSERT INTO $1 SELECT 'user-' || (hashint8(i) & 2147483647) % $subjects, '2026-01-01'::timestamptz + i * interval '1 second',
		'event ' || (hashint8(i + 7) & 2147483647) % 25 FROM generate_series($2, $3) i"
}

# wal STATEMENT: bytes of WAL, and milliseconds
wal()
{
	local before after start end

	before=$(db -At -c "SELECT pg_current_wal_insert_lsn()")
	start=$(date +%s%N)
	db -c "$1" >/dev/null
	end=$(date +%s%N)
	after=$(db -At -c "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '$before')")
	echo "$after $(((end - start) / 1000))"
}

say_per_event()
{
	awk -v what="$1" -v n="$2" '{ printf "%-44s %8.2f us %8.1f bytes of WAL\n", what, $2 / n, $1 / n }'
}

db -c 'CREATE EXTENSION journey' -c 'CREATE TABLE plain (who text, at timestamptz, what text)' \
	-c 'CREATE TABLE tracked (LIKE plain)' -c 'CREATE INDEX ON plain (who, at)' -c 'CREATE INDEX ON tracked (who, at)'
fill plain 1 "$events"
fill tracked 1 "$events"
printf '%d events of %d subjects\n' "$events" "$subjects"
db -c CHECKPOINT
wal "SELECT journey.track('tracked', 'who', 'at', 'what', 'live')" | say_per_event 'track' "$events"
db -At -F ' ' -c "SELECT format('%s sets, %s bytes, %s bytes an event', sets, bytes, round(bytes_per_event::numeric, 2)) FROM journey.stores"
db -c 'CREATE TABLE unchanged AS TABLE tracked' -c "SELECT journey.track('unchanged', 'who', 'at', 'what', 'still')" >/dev/null

# ask NAME QUESTIONS [SETTING [BEFORE]]: questions of all sets, so many of them, to the store with changes and to one without,
# in turn: five sessions each, which ask the same eleven times.  Medians of the first, which reads catalogs, and of the others.
# BEFORE is done before each time, and not counted.
ask()
{
	local name=$1 count=$2 setting=${3:-} before=${4:-} question query store

	while IFS='|' read -r question query; do
		for store in still live still live still live still live still live; do
			{
				printf 'SET max_parallel_workers_per_gather = 0;\n%s\n\\o /dev/null\n' "$setting"
				for _ in 0 1 2 3 4 5 6 7 8 9 10; do
					[ "$store" = still ] || printf '%s\n' "$before"
					printf '\\timing on\n%s;\n\\timing off\n' "${query//STORE/$store}"
				done
			} >"$scripts/ask"
			db -At -f "$scripts/ask" | awk -v store="$store" '/^Time/ { print store, (n++ > 0), $2 }'
		done | sort -k 1,2 -k 3,3n | awk -v what="$question" -v name="$name" '
			{ t[$1, $2, ++n[$1, $2]] = $3 }
			function median(store, later) { return t[store, later, int((n[store, later] + 1) / 2)] }
			END {
				printf "%-36s %-12s", name, what
				for (later = 0; later < 2; later++) {
					with = median("live", later)
					without = median("still", later)
					printf "%s %8.1f ms of %8.1f, %5.2f times", later ? ", then" : "first", with, without, with / without
				}
				print ""
			}'
	done < <(head -n "$count" <<-'SQL'
		sessions|SELECT sum(journey.session_count(sets, '30 min')) FROM STORE
		funnel|SELECT journey.funnel_agg(sets, ARRAY['"event 1"', '"event 6"', '"event 8"']::journey.journey_pattern[], '1 hour') FROM STORE
		transitions|SELECT count(e) FROM unnest((SELECT journey.edges_agg(sets, false) FROM STORE)) e
		sequence|SELECT journey.match_count_agg(sets, '"event 1" -[no "event 9"]-> "event 6" within 1 day') FROM STORE
		with gaps|SELECT count(e) FROM unnest((SELECT journey.edges_agg(sets) FROM STORE)) e
		rows|SELECT count(x.j) FROM STORE, journey.journeys(sets) x
	SQL
	)
}

# What writers do between two questions.
more_rows="INSERT INTO tracked SELECT 'user-' || floor(random() * $subjects), date_trunc('second', clock_timestamp()), 'event 1' FROM generate_series(1, 100);"

vacuum()
{
	db -c 'VACUUM ANALYZE live_sets' -c 'VACUUM ANALYZE live_delta' -c 'VACUUM ANALYZE still_sets' -c 'VACUUM ANALYZE still_delta'
}

vacuum
more=$((events / 100))
wal "INSERT INTO plain SELECT 'user-' || (hashint8(i) & 2147483647) % $subjects, date_trunc('second', now()), 'event 1' FROM generate_series(1, $more) i" |
	say_per_event 'insert, plain' "$more"
wal "INSERT INTO tracked SELECT 'user-' || (hashint8(i) & 2147483647) % $subjects, date_trunc('second', now()), 'event 1' FROM generate_series(1, $more) i" |
	say_per_event 'insert, tracked' "$more"
ask '1 % changes, all subjects' 6
ask '1 % changes, nothing remembered' 4 'SET journey.store_memory = 0;'
ask '1 % changes, and 100 each time' 4 '' "$more_rows"
wal "SELECT journey.fold('live')" | say_per_event 'fold 1 %' "$more"
vacuum
wal "INSERT INTO tracked SELECT 'user-' || i % ($subjects / 100), date_trunc('second', now()) + i * interval '1 s', 'event 1' FROM generate_series(1, $more) i" >/dev/null
ask '1 % changes, 1 % subjects' 6
wal "SELECT journey.fold('live')" | say_per_event 'fold 1 % of 1 % subjects' "$more"
more=$((events / 10))
fill tracked $((events + 1)) $((events + more))
wal "SELECT journey.fold('live')" | say_per_event 'fold 10 %' "$more"

[ "$seconds" -gt 0 ] || exit 0
for table in plain tracked; do
	cat >"$scripts/$table" <<SQL
\\set n random(1, 1000000000)
INSERT INTO $table SELECT 'user-' || (hashint8(:n + i) & 2147483647) % $subjects, now() + i * interval '1 s', 'event ' || i % 25 FROM generate_series(1, 1000) i;
SQL
	cat >"$scripts/$table-one" <<SQL
\\set n random(1, $subjects)
INSERT INTO $table VALUES ('user-' || :n, now(), 'event 1');
SQL
done
for clients in 1 4; do
	for kind in '' -one; do
		for _ in 1 2; do
			for table in plain tracked; do
				db -c CHECKPOINT
				printf '%d writers, %-26s' "$clients" "$table$kind"
				pgbench -n -c "$clients" -j "$clients" -T "$seconds" -f "$scripts/$table$kind" 2>&1 |
					awk -v n="$([ -n "$kind" ] && echo 1 || echo 1000)" '/^tps/ { printf "%12.0f rows a second\n", $3 * n }'
			done
		done
	done
done
