#!/bin/bash
# How long the first statement of a session takes about a protected table, by
# one process and by two, when what is known about subjects is packed and when it
# is not, and how long packing takes:
#
#	bash test/bench/first.sh [SUBJECTS [ROWS [RUNS]]]
#
# Names that end in numbers, and names that do not.  Half of the subjects gave
# their consent.  Medians; with the processor time of all processes of the
# server that a session needed, which other programs on the machine disturb less.
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/../../tools/lib.sh"
subjects=${1:-500000}
rows=${2:-1000000}
runs=${3:-5}
setup build
JOURNEY_BUILD=release build_extension
cluster_start "fsync = off" "autovacuum = off" "shared_buffers = 512MB" "jit = off"
scripts=$(mktemp -d "$WORK/bench.XXXXXX")
trap 'rm -rf "$scripts"; cluster_stop' EXIT

db -c 'CREATE EXTENSION journey' -c "SELECT journey.create_purpose('bench')" -c 'CREATE ROLE ana' \
	-c "SELECT journey.grant_purpose('ana', 'bench')" >/dev/null

# Processor time of the server's processes that have ended, in hundredths of a second.
cpu()
{
	awk '{ sub(/.*\) /, ""); print $14 + $15 }' "/proc/$(head -n 1 "$CLUSTER/postmaster.pid")/stat"
}

# Median wall and processor time in ms of the statement in a new session.
measure()
{
	local workers=$1 sql=$2 before i

	sleep 0.5				# until those of before are gone
	for ((i = 0; i < runs; i++)); do
		before=$(cpu)
		db -c 'SET ROLE ana' -c "SET journey.purpose = 'bench'" -c "SET max_parallel_workers_per_gather = $workers" \
			-c 'SET parallel_setup_cost = 0' -c 'SET parallel_tuple_cost = 0' -c 'SET min_parallel_table_scan_size = 0' \
			-c '\timing on' -c "$sql" | awk '/^Time/ { printf "%s ", $2 }'
		sleep 0.3
		echo $((($(cpu) - before) * 10))
	done >"$scripts/runs"
	printf '%9.1f %9d' "$(cut -d ' ' -f 1 "$scripts/runs" | sort -n | sed -n "$(((runs + 1) / 2))p")" \
		"$(cut -d ' ' -f 2 "$scripts/runs" | sort -n | sed -n "$(((runs + 1) / 2))p")"
}

printf '%-52s %9s %9s\n' "$subjects subjects, $rows rows" 'ms' 'ms of CPU'
for names in numbered other; do
	case $names in
		numbered) name="'user' || pg_catalog.lpad(i::text, 7, '0')" ;;
		*) name="pg_catalog.substr(pg_catalog.md5(i::text), 1, 20) || '@example.com'" ;;
	esac
	db -c "CREATE TABLE $names AS SELECT $name AS subject, i AS id, 'x' || i AS email
		   FROM (SELECT 1 + (r::bigint * 7919) % $subjects AS i FROM generate_series(1, $rows) r) s" \
		-c "INSERT INTO journey.subject (name) SELECT $name FROM generate_series(1, $subjects) i" \
		-c "INSERT INTO journey.ledger (subject, purpose, action)
			SELECT s.number, p.number, 'give' FROM generate_series(1, $subjects, 2) i
			JOIN journey.subject s ON s.name = $name, journey.purpose p WHERE p.name = 'bench' ORDER BY i" \
		-c "GRANT SELECT ON $names TO ana" -c "ALTER TABLE $names SET (parallel_workers = 1)" \
		-c "SELECT journey.protect('$names', 'subject', '{\"id\": \"public\", \"email\": \"null\"}')" \
		-c 'DELETE FROM journey.fact_page' -c 'VACUUM ANALYZE' >/dev/null
	printf '%-52s %s\n' "$names: plain column, 1 process" "$(measure 0 "SELECT count(id) FROM $names")"
	for packed in '' ', packed'; do
		[ -z "$packed" ] || printf '%-52s %s\n' "$names: packing" \
			"$(db -c '\timing on' -c 'SELECT journey.consent_fold()' | awk '/^Time/ { printf "%9.1f", $2 }')"
		for workers in 0 1; do
			printf '%-52s %s\n' "$names: masked column, $((workers + 1)) process(es)$packed" \
				"$(measure $workers "SELECT count(email) FROM $names")"
		done
	done
	db -c 'DELETE FROM journey.fact_page' >/dev/null
done
