# ClickHouse as a peer, where it is there: inside a Python process, as chdb.
# Source it after lib.sh; $OUT is set.
#
# CHDB says where to look:
#	auto	the module chdb of python3, or what an earlier CHDB=install brought
#	install	puts the Python module into build/bench/chdb if none is found
#	off	leaves ClickHouse out

CHDB=${CHDB:-auto}
CHDB_VENV=$OUT/chdb
CHDB_FOLDER=$OUT/events.clickhouse

# Sets clickhouse_ask to the command of the driver, or to nothing.
clickhouse_find()
{
	clickhouse_ask=()
	[ "$CHDB" != off ] || return 0
	if [ "$CHDB" = install ] && [ ! -x "$CHDB_VENV/bin/python3" ]; then
		say "installing ClickHouse (chdb-core) into ${CHDB_VENV#"$ROOT"/}"
		if ! python3 -m venv "$CHDB_VENV" || ! "$CHDB_VENV/bin/pip" install --quiet --no-deps chdb-core; then
			die "chdb-core cannot be installed; on Debian it needs the package python3-venv"
		fi
	fi
	if [ -x "$CHDB_VENV/bin/python3" ]; then
		clickhouse_ask=("$CHDB_VENV/bin/python3" "$ROOT/test/bench/ask_clickhouse.py")
	elif python3 -c 'import chdb' 2>/dev/null; then
		clickhouse_ask=(python3 "$ROOT/test/bench/ask_clickhouse.py")
	fi
}

# Loads $1 (the TSV of gen_events) as it comes and sorted by subject.
clickhouse_load()
{
	rm -rf "$CHDB_FOLDER"
	printf '%s' "
		CREATE TABLE events (user_id Int32, ts DateTime64(6, 'UTC'), event LowCardinality(String))
			ENGINE = MergeTree ORDER BY tuple();
		INSERT INTO events
			SELECT user_id, parseDateTime64BestEffort(ts, 6, 'UTC'), event
			FROM file('$1', 'TSV', 'user_id Int32, ts String, ev Int32, event String')
			SETTINGS max_insert_threads = 1;
		CREATE TABLE events_sorted AS events ENGINE = MergeTree ORDER BY (user_id, ts, event);
		INSERT INTO events_sorted SELECT * FROM events;
		OPTIMIZE TABLE events_sorted FINAL;
		SELECT version()" | "${clickhouse_ask[@]}" "$CHDB_FOLDER" "$(nproc)" once | sed -n 1p
}
