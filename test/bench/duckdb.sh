# DuckDB as a peer, where it is there.  Source it after lib.sh; $OUT is set.
#
# DUCKDB says where to look:
#	auto	the command duckdb, the module of python3, the package of node
#		@duckdb/node-api, or what an earlier DUCKDB=install brought
#	install	puts the Python module into build/bench/duckdb if none is found
#	off	leaves DuckDB out

DUCKDB=${DUCKDB:-auto}
DUCKDB_VENV=$OUT/duckdb
DUCKDB_FILE=$OUT/events.duckdb

# Sets duckdb_ask to the command of a driver, or to nothing.
duckdb_find()
{
	duckdb_ask=()
	[ "$DUCKDB" != off ] || return 0
	if [ "$DUCKDB" = install ] && [ ! -x "$DUCKDB_VENV/bin/python3" ]; then
		say "installing DuckDB into ${DUCKDB_VENV#"$ROOT"/}"
		if ! python3 -m venv "$DUCKDB_VENV" || ! "$DUCKDB_VENV/bin/pip" install --quiet duckdb; then
			die "DuckDB cannot be installed; on Debian it needs the package python3-venv"
		fi
	fi
	if command -v duckdb >/dev/null; then
		duckdb_ask=(duckdb_cli)
	elif [ -x "$DUCKDB_VENV/bin/python3" ]; then
		duckdb_ask=("$DUCKDB_VENV/bin/python3" "$ROOT/test/bench/ask_duckdb.py")
	elif python3 -c 'import duckdb' 2>/dev/null; then
		duckdb_ask=(python3 "$ROOT/test/bench/ask_duckdb.py")
	elif node -e 'require("@duckdb/node-api")' 2>/dev/null; then
		duckdb_ask=(node "$ROOT/test/bench/ask_duckdb.mjs")
	fi
}

# The command as a driver with the same arguments as the others.
duckdb_cli()
{
	local sql
	sql=$(cat)
	{
		printf '.mode list\n.separator |\n.headers off\nSET threads = %d;\n' "$2"
		[ "${3-}" = once ] || printf '.output /dev/null\n%s\n;\n.output\n' "$sql"
		printf '.timer on\n%s\n;\n' "$sql"
	} | duckdb "$1" | sed -E 's/^Run Time \(s\): real ([0-9.]+).*/Time: \1 s/' |
		awk '/^Time: .* s$/ { printf "Time: %.3f ms\n", $2 * 1000; next } { print }'
}

# Loads $1 (the TSV of gen_events) as it comes and sorted by subject.
duckdb_load()
{
	rm -f "$DUCKDB_FILE" "$DUCKDB_FILE.wal"
	printf '%s' "
		CREATE TABLE events AS
			SELECT user_id, replace(ts, '+00', '')::timestamp AS ts, event
			FROM read_csv('$1', delim = '\t', header = false,
				columns = {'user_id': 'INTEGER', 'ts': 'VARCHAR', 'ev': 'INTEGER', 'event': 'VARCHAR'});
		CREATE TABLE events_sorted AS SELECT * FROM events ORDER BY user_id, ts, event;
		CHECKPOINT;
		SELECT version();" | "${duckdb_ask[@]}" "$DUCKDB_FILE" "$(nproc)" once | sed -n 1p
}
