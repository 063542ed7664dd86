# ClickHouse 18.16, which Debian 12 has, as a peer: a server of its own on loopback.
# The goals of the project were set beside this release. Source it after lib.sh; $OUT is set.
#
# CLICKHOUSE18 says where to look:
#	auto	clickhouse-server in the PATH, or what an earlier CLICKHOUSE18=install brought
#	install	unpacks Debian's packages into build/bench/clickhouse18 if none is found; nothing is installed
#	off	leaves it out
#
# It knows no times below a second, so the column holds milliseconds since the
# first event in 32 bits: 49 days.

CLICKHOUSE18=${CLICKHOUSE18:-auto}
CLICKHOUSE18_ROOT=$OUT/clickhouse18
clickhouse18_port=$((20000 + $$ % 10000))
clickhouse18_shell=

# Sets clickhouse18_bin to the command line before the names of its programs, or to nothing.
clickhouse18_find()
{
	local packages libraries=$CLICKHOUSE18_ROOT/usr/lib/x86_64-linux-gnu:$CLICKHOUSE18_ROOT/lib/x86_64-linux-gnu

	clickhouse18_bin=()
	[ "$CLICKHOUSE18" != off ] || return 0
	if command -v clickhouse-server clickhouse-client >/dev/null; then
		clickhouse18_bin=(env)
		return 0
	fi
	if [ "$CLICKHOUSE18" = install ] && [ ! -x "$CLICKHOUSE18_ROOT/usr/sbin/clickhouse-server" ]; then
		say "unpacking ClickHouse 18.16 into ${CLICKHOUSE18_ROOT#"$ROOT"/}"
		packages=$(apt-get install -s --no-install-recommends clickhouse-server clickhouse-client | awk '$1 == "Inst" { print $2 }')
		rm -rf "$CLICKHOUSE18_ROOT"
		mkdir -p "$CLICKHOUSE18_ROOT/packages"
		# shellcheck disable=SC2086
		(cd "$CLICKHOUSE18_ROOT/packages" && apt-get download -q -o APT::Sandbox::User=root $packages >/dev/null) ||
			die "the packages of ClickHouse 18.16 cannot be had; it is part of Debian 12"
		for packages in "$CLICKHOUSE18_ROOT"/packages/*.deb; do
			dpkg -x "$packages" "$CLICKHOUSE18_ROOT"
		done
	fi
	if [ -x "$CLICKHOUSE18_ROOT/usr/sbin/clickhouse-server" ]; then
		clickhouse18_bin=(env "LD_LIBRARY_PATH=$libraries" "PATH=$CLICKHOUSE18_ROOT/usr/sbin:$CLICKHOUSE18_ROOT/usr/bin:$PATH")
	fi
}

clickhouse18_client()
{
	"${clickhouse18_bin[@]}" clickhouse-client --host 127.0.0.1 --port "$clickhouse18_port" \
		--allow_experimental_low_cardinality_type 1 "$@"
}

# The server says its own number in a file; what we started is the shell around it.
clickhouse18_stop()
{
	if [ -n "$clickhouse18_shell" ]; then
		kill "$(sed -n 's/^PID: //p' "$WORK/clickhouse18/data/status" 2>/dev/null || echo "$clickhouse18_shell")" 2>/dev/null || true
		wait "$clickhouse18_shell" 2>/dev/null || true
		clickhouse18_shell=
	fi
}

# Starts the server and loads $1 (the TSV of gen_events), sorted by subject; prints its version.
clickhouse18_load()
{
	local home=$WORK/clickhouse18 try

	rm -rf "$home"
	server_dir "$home" "$home/data" "$home/tmp" "$home/files"
	cat >"$home/config.xml" <<-XML
		<yandex>
			<logger><level>warning</level><log>$home/log</log><errorlog>$home/errors</errorlog></logger>
			<tcp_port>$clickhouse18_port</tcp_port> <listen_host>127.0.0.1</listen_host>
			<path>$home/data/</path> <tmp_path>$home/tmp/</tmp_path> <user_files_path>$home/files/</user_files_path>
			<users_config>$home/users.xml</users_config>
			<default_profile>default</default_profile> <default_database>default</default_database>
			<mark_cache_size>1000000000</mark_cache_size>
		</yandex>
	XML
	cat >"$home/users.xml" <<-XML
		<yandex>
			<profiles><default><max_memory_usage>10000000000</max_memory_usage></default></profiles>
			<users><default>
				<password></password> <networks><ip>127.0.0.1</ip></networks>
				<profile>default</profile> <quota>default</quota>
			</default></users>
			<quotas><default/></quotas>
		</yandex>
	XML
	as_server "${clickhouse18_bin[@]}" clickhouse-server --config-file="$home/config.xml" >"$home/out" 2>&1 &
	clickhouse18_shell=$!
	for try in $(seq 100); do
		! clickhouse18_client -q 'SELECT 1' >/dev/null 2>&1 || break
		[ "$try" -lt 100 ] || die "ClickHouse 18.16 does not start"
		sleep 0.2
	done
	clickhouse18_client -q 'CREATE TABLE events_sorted (user_id Int32, ts UInt32, event LowCardinality(String))
		ENGINE = MergeTree ORDER BY (user_id, ts, event)'
	db -At -F $'\t' -c "\copy (SELECT user_id, (extract(epoch FROM ts - min(ts) OVER ()) * 1000)::bigint, event FROM events) TO STDOUT" |
		clickhouse18_client -q 'INSERT INTO events_sorted FORMAT TSV'
	clickhouse18_client -q 'OPTIMIZE TABLE events_sorted FINAL'
}

# clickhouse18_ask THREADS < SQL: the answer, and a line "Time: <milliseconds> ms" of the second run
clickhouse18_ask()
{
	local sql

	sql=$(cat)
	clickhouse18_client --max_threads "$1" -q "$sql" >/dev/null
	{ clickhouse18_client --max_threads "$1" --time -q "$sql" 3>&1 1>&4 2>&3 | awk '{ printf "Time: %.3f ms\n", $1 * 1000 }' >&2; } 4>&1 2>"$OUT/clickhouse18.time" |
		tr '\t' '|'
	cat "$OUT/clickhouse18.time"
}
