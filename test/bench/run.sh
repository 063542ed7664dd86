#!/bin/bash
# make bench: plain SQL and ours (and DuckDB and ClickHouse, if they are there) in turn.
#
#	EVENTS=2000000 USERS=50000 SEED=42	size of the data
#	RUNS=5					runs of each variant; medians count
#	THREADS="1 2"				processes a query may use
#	T=sessions				one file of questions/ only
#	EVENTS_ONLY=true			no tables but the events, for T=window with many of them
#	KINDS=journey				variants of these kinds only: '@(journey|yardstick)'
#	DUCKDB=auto|install|off			see duckdb.sh
#	CHDB=auto|install|off			ClickHouse, see clickhouse.sh
#	CLICKHOUSE18=auto|install|off		the release that Debian 12 has, see clickhouse18.sh
#
# Each file of questions/ asks one thing in several ways.  In each run all
# variants come in turn, so what else the machine does hits all alike.  All
# variants of a question must give the same answer, or the run fails; those
# marked "yardstick" answer less and are there for their cost.  A kind that ends
# in 18 is asked of ClickHouse 18.16.
#
# Times are those of the client, without connecting, after one run to warm up on
# the same connection; of PostgreSQL, the time of that first run is told, too.
# A table goes to standard output, one JSON line a variant to build/bench.jsonl.
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/../../tools/lib.sh"

EVENTS=${EVENTS:-2000000}
USERS=${USERS:-50000}
SEED=${SEED:-42}
RUNS=${RUNS:-5}
THREADS=${THREADS:-1 2}
OUT=$BUILD/bench
HERE=$ROOT/test/bench

mkdir -p "$OUT/sql" "$OUT/answers"
SHARED=${JOURNEY_SHARED:-$ROOT/../shared}
if [ ! -f "$SHARED/bench/gen_events.c" ]; then
	say "SKIPPED: no generator at $SHARED/bench/gen_events.c; JOURNEY_SHARED=folder says where it is"
	exit 0
fi
setup build
JOURNEY_BUILD=release build_extension
# shellcheck source=test/bench/duckdb.sh
. "$HERE/duckdb.sh"
# shellcheck source=test/bench/clickhouse.sh
. "$HERE/clickhouse.sh"
# shellcheck source=test/bench/clickhouse18.sh
. "$HERE/clickhouse18.sh"
duckdb_ask=()
clickhouse_ask=()
clickhouse18_bin=()

load()
{
	local tsv=$OUT/events-$EVENTS-$USERS-$SEED.tsv

	if [ ! -f "$tsv" ]; then
		say "making $EVENTS events of $USERS subjects"
		gcc -O2 -w -o "$OUT/gen_events" "$SHARED/bench/gen_events.c" -lm
		rm -f "$OUT"/events-*.tsv
		"$OUT/gen_events" "$EVENTS" "$USERS" "$SEED" /dev/null "$tsv.part" 2>/dev/null
		mv "$tsv.part" "$tsv"
	fi
	say "loading"
	db -c 'CREATE EXTENSION journey' -c 'CREATE TABLE events (user_id int, ts timestamptz, event text)'
	cut -f1,2,4 "$tsv" | db -c '\copy events FROM STDIN'
	db -v events_only="${EVENTS_ONLY:-false}" -f "$HERE/load.sql"
	duckdb_find
	duckdb_version=
	if [ "${#duckdb_ask[@]}" -gt 0 ]; then
		duckdb_version=$(duckdb_load "$tsv")
		say "DuckDB $duckdb_version"
	else
		say "SKIPPED: DuckDB is not there; DUCKDB=install brings it"
	fi
	clickhouse_find
	clickhouse_version=
	if [ "${#clickhouse_ask[@]}" -gt 0 ]; then
		clickhouse_version=$(clickhouse_load "$tsv")
		say "ClickHouse $clickhouse_version"
	else
		say "SKIPPED: ClickHouse is not there; CHDB=install brings it"
	fi
	clickhouse18_find
	clickhouse18_version=
	if [ "${#clickhouse18_bin[@]}" -gt 0 ]; then
		trap 'clickhouse18_stop; cluster_stop' EXIT
		clickhouse18_load
		clickhouse18_version=$(clickhouse18_client -q 'SELECT version()')
		say "ClickHouse $clickhouse18_version"
	else
		say "SKIPPED: ClickHouse 18.16 is not there; CLICKHOUSE18=install brings it"
	fi
}

# Splits questions/*.sql into $OUT/sql/QUESTION.NUMBER.KIND, first line the
# variant's name.
split_questions()
{
	local file

	rm -f "$OUT"/sql/* "$OUT"/answers/*
	for file in "$HERE"/questions/*.sql; do
		[[ $file == */[0-9]*_${T:-*}.sql ]] || continue
		awk -v stem="$OUT/sql/$(basename "$file" .sql)" '
			/^--= / {
				kind = substr($2, 1, length($2) - 1)
				out = sprintf("%s.%02d.%s", stem, ++n, kind)
				sub(/^--= [a-z0-9]+: /, "--")
			}
			out { print > out }' "$file"
	done
}

# Runs one variant twice on one connection; prints its answer in one line, the
# milliseconds of the second run, and those of the first, if known, by tabs.
ask()
{
	local file=$1 kind=${1##*.} threads=$2

	if [ "$kind" = duckdb ]; then
		"${duckdb_ask[@]}" "$DUCKDB_FILE" "$threads" <"$file"
	elif [ "$kind" = clickhouse ]; then
		"${clickhouse_ask[@]}" "$CHDB_FOLDER" "$threads" <"$file"
	elif [[ $kind == *18 ]]; then
		clickhouse18_ask "$threads" <"$file"
	else
		# the first call of a session loads the library
		PGOPTIONS="-c max_parallel_workers_per_gather=$((threads - 1))" \
			db -At -c "SELECT WHERE journey.classify(1) IS NULL" -c '\timing on' \
			-c '\o /dev/null' -f "$file" -c '\o' -c '\echo again' -f "$file"
	fi >"$OUT/answer" || die "$(sed -n 1p "$file") failed"
	awk '/^Time: / { ms = $2; next } $0 == "again" { first = ms; next } { answer = answer sep $0; sep = ";" }
		END { printf "%s\t%s\t%s\n", answer, ms, first }' "$OUT/answer"
}

# All variants in turn, RUNS times.  $OUT/times: question, number, kind,
# threads, ms, ms of the first run or nothing; one line a run.
measure()
{
	local run file stem question kind number threads answer ms first expected

	: >"$OUT/times"
	for run in $(seq 1 "$RUNS"); do
		say "run $run of $RUNS"
		for threads in $THREADS; do
			for file in "$OUT"/sql/*; do
				stem=$(basename "$file")
				IFS=. read -r question number kind <<<"$stem"
				# shellcheck disable=SC2053
				[[ $kind == ${KINDS:-*} ]] || continue
				[ "$kind" != duckdb ] || [ "${#duckdb_ask[@]}" -gt 0 ] || continue
				[ "$kind" != clickhouse ] || [ "${#clickhouse_ask[@]}" -gt 0 ] || continue
				[[ $kind != *18 ]] || [ "${#clickhouse18_bin[@]}" -gt 0 ] || continue
				IFS=$'\t' read -r answer ms first < <(ask "$file" "$threads")
				[ -n "$ms" ] || die "no time for $stem"
				if [[ $kind != yardstick* ]]; then
					expected=$OUT/answers/$question
					[ -e "$expected" ] || printf '%s\n' "$answer" >"$expected"
					[ "$answer" = "$(cat "$expected")" ] ||
						die "$(sed -n '1s/^--//p' "$file") answers $answer, not $(cat "$expected")"
				fi
				printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$question" "$number" "$kind" "$threads" "$ms" "$first" >>"$OUT/times"
			done
		done
	done
}

report()
{
	local commit cpu server

	commit=$(git -C "$ROOT" describe --always --dirty 2>/dev/null || echo unknown)
	cpu=$(sed -n 's/^model name.*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
	server=$(db -At -c 'SHOW server_version')
	printf '\n%s events, %s subjects; PostgreSQL %s%s; %s, %s processors; medians of %s runs\n' \
		"$EVENTS" "$USERS" "$server" "${duckdb_version:+; DuckDB $duckdb_version}${clickhouse_version:+; ClickHouse $clickhouse_version}${clickhouse18_version:+; ClickHouse $clickhouse18_version}" "${cpu:-unknown CPU}" "$(nproc)" "$RUNS"
	printf 'Speed: how many times as fast as the first line of the question; below 1 is slower.  First: as first question of a connection.\n'
	for file in "$OUT"/sql/*; do
		printf '%s\t%s\n' "$(basename "$file")" "$(sed -n '1s/^--//p' "$file")"
	done >"$OUT/names"
	awk -f "$HERE/report.awk" -v threads="$THREADS" -v json="$BUILD/bench.jsonl" \
		-v facts="\"events\": $EVENTS, \"subjects\": $USERS, \"seed\": $SEED, \"commit\": \"$commit\", \"cpu\": \"$cpu\", \"server\": \"PostgreSQL $server\", \"duckdb\": \"$duckdb_version\", \"clickhouse\": \"$clickhouse_version\", \"clickhouse18\": \"$clickhouse18_version\"" \
		"$OUT/names" "$OUT/times"
	echo
	[ -n "${EVENTS_ONLY-}" ] || db -f "$HERE/sizes.sql"
	say "one line a variant: ${BUILD#"$ROOT"/}/bench.jsonl"
}

split_questions
cluster_start "shared_buffers = '${SHARED_BUFFERS:-2GB}'" "work_mem = '1GB'" "maintenance_work_mem = '1GB'" \
	"max_wal_size = '16GB'" "wal_level = minimal" "max_wal_senders = 0" "checkpoint_timeout = '1h'" \
	"random_page_cost = 1.1" "effective_cache_size = '8GB'" "min_parallel_table_scan_size = '1MB'"
load
measure
report
