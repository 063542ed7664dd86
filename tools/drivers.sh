#!/bin/bash
# Reads masked views and flat results by drivers, test/drivers/README.md.  A
# driver that is not installed is skipped; DRIVERS=jdbc tries that one alone.
. "$(dirname "$0")/lib.sh"
setup build
build_extension

# How each driver is run, and how it is seen whether that can be done.
dir=$ROOT/test/drivers
jar=${PGJDBC:-/usr/share/java/postgresql.jar}
python=/usr/bin/python3			# that of Debian's packages
declare -A run=(
	[psycopg]="$python $dir/python.py"
	[node]="node $dir/node.js"
	[jdbc]="java -cp $jar $dir/Jdbc.java"
	[odbc]="$python $dir/odbc.py")
declare -A present=(
	[psycopg]="$python -c 'import psycopg'"
	[node]="node -e 'require(\"pg\")'"
	[jdbc]="java -version && test -r $jar"
	[odbc]="$python -c 'import pyodbc' && odbcinst -q -d -n 'PostgreSQL Unicode'")

# JDBC knows TCP alone, so a port is taken that nobody has
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
unset JOURNEY_CLUSTER
cluster_start "listen_addresses = 'localhost'" "port = $port"
export PGPORT=$port PGTZ=UTC PYTHONDONTWRITEBYTECODE=1
db -c 'CREATE DATABASE drivers'
export PGDATABASE=drivers
db -f "$dir/setup.sql" >/dev/null

passed=0
failed=0
mkdir -p "$BUILD/drivers"
for driver in ${DRIVERS:-psycopg node jdbc odbc}; do
	out=$BUILD/drivers/$driver
	if ! bash -c "${present[$driver]:-false}" >/dev/null 2>&1; then
		say "SKIP $driver: it is not installed, see test/drivers/README.md"
		continue
	fi
	cp "$dir/expected.out" "$out.expected"
	# ODBC has no such types
	[ "$driver" != odbc ] || sed -i 's/:text\[\]/:text/g; s/:json/:text/g' "$out.expected"
	if ${run[$driver]} "$dir/queries.sql" >"$out" 2>"$out.err" && diff "$out.expected" "$out"; then
		echo "ok $driver"
		passed=$((passed + 1))
	else
		echo "not ok $driver"
		tail -n 20 "$out.err"
		failed=$((failed + 1))
	fi
done
[ $((passed + failed)) -gt 0 ] || die "no driver is installed, see test/drivers/README.md"
result drivers "$passed" "$failed"
