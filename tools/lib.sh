# shellcheck disable=SC2034	# what is set here is used there
#
# What the scripts of this folder share.  Source it from bash:
#
#	. "$(dirname "$0")/lib.sh"
#	setup build			# packages and the server, once; says what is missing
#	build_extension			# compiles and installs into that server
#	cluster_start			# a fresh cluster; PGHOST, PGUSER ... are set for psql
#	db -c 'CREATE EXTENSION journey'
#	cluster_stop			# also done by itself at exit, failure and interrupt
#
# Folders:
#	$BUILD	build/, everything that we make
#	$WORK	build/work, what the unprivileged user of the server must reach.
#		If it cannot look into the checkout (mode 0700 above it), then
#		build/work is a link to a folder of our own in /var/tmp.
#	$CACHE	downloads: build/cache, or $JOURNEY_CACHE to share them
#	$PG	the relocated server; $PG_CONFIG and $BINDIR are its own
#
# Tests report with `result NAME PASSED FAILED`.

set -eu -o pipefail
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/build
CACHE=${JOURNEY_CACHE:-$BUILD/cache}
JOBS=${JOURNEY_JOBS:-$(nproc)}		# what may run side by side

# make's own variables must not reach the makefiles that we call
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
export JOURNEY_PG_CONFIG=${JOURNEY_PG_CONFIG-${PG_CONFIG-}}	# what the user gave
unset PG_CONFIG
export LC_ALL=C.UTF-8

say()
{
	printf '== %s\n' "$*"
}

die()
{
	printf 'journey: %s\n' "$*" >&2
	exit 1
}

# Runs a command as the user of the server: ourselves, or nobody if we are root.
as_server()
{
	if [ "$(id -u)" = 0 ]; then
		HOME=/tmp setpriv --reuid=nobody --regid=nogroup --clear-groups "$@" 9>&-
	else
		"$@" 9>&-
	fi
}

# Makes a folder that belongs to the user of the server.
server_dir()
{
	mkdir -p "$@"
	if [ "$(id -u)" = 0 ]; then
		chown nobody:nogroup "$@"
	fi
}

# Makes $WORK, inside the checkout if the user of the server can reach it there.
work_dir()
{
	local link=$BUILD/work

	mkdir -p "$BUILD"
	if [ ! -d "$link" ]; then
		rm -f "$link"
		if as_server test -x "$BUILD" 2>/dev/null; then
			mkdir "$link"
		else
			ln -s "$(mktemp -d /var/tmp/journey.XXXXXX)" "$link"
			chmod 755 "$link/"
		fi
	fi
	WORK=$(readlink -f "$link")
	PG=$WORK/pg
}
work_dir

# Waits until no other run works in this checkout.  Its children are let in.
# No server may inherit file 9, or the lock would last as long as it.
lock()
{
	[ -z "${JOURNEY_LOCKED-}" ] || return 0
	exec 9>"$BUILD/lock"
	if ! flock -n 9; then
		say "waiting for another run in this checkout"
		flock 9
	fi
	export JOURNEY_LOCKED=1
}

# Installs what the named groups need (see setup.sh) and finds our server.
# Scripts that are called by others do not look again.
setup()
{
	local group groups=()

	lock
	for group in "$@"; do
		case " ${JOURNEY_SETUP-} " in
			*" $group "*) ;;
			*) groups+=("$group") ;;
		esac
	done
	if [ ${#groups[@]} -gt 0 ]; then
		bash "$ROOT/tools/setup.sh" "${groups[@]}"
		export JOURNEY_SETUP="${JOURNEY_SETUP-} ${groups[*]}"
	fi
	PG_CONFIG=$(cat "$PG/pg_config")
	BINDIR=$("$PG_CONFIG" --bindir)
	PGXS_DIR=$(dirname "$(dirname "$("$PG_CONFIG" --pgxs)")")
	export PATH=$BINDIR:$PATH
}

# Compiles outside of the source tree, in $OBJ, and installs into our server.
# $JOURNEY_BUILD says how: assert, as tests want it; release, as users get it;
# asan; coverage.
build_extension()
{
	local kind=${JOURNEY_BUILD:-assert} make

	OBJ=$WORK/obj-$kind
	mkdir -p "$OBJ"
	make=(make -s -C "$OBJ" -f "$ROOT/Makefile" PG_CONFIG="$PG_CONFIG" with_llvm=no)
	[ "$kind" = release ] || make+=(ASSERT=1)
	case $kind in
		asan) make+=(COPT="-O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer") ;;
		coverage) make+=(COPT="-O0 --coverage") ;;
	esac
	"${make[@]}" -j"$JOBS" all
	"${make[@]}" install
}

# Starts a fresh cluster; arguments are further lines for postgresql.conf.
# Inside `make check` the cluster that is running already is used.  The server
# is run by $JOURNEY_WRAP, if that is set, as in "valgrind -q".
cluster_start()
{
	[ -n "${JOURNEY_CLUSTER-}" ] && return
	CLUSTER=$WORK/cluster
	if [ -f "$CLUSTER/postmaster.pid" ]; then
		as_server "$BINDIR/pg_ctl" -D "$CLUSTER" -m immediate -w stop >/dev/null 2>&1 || true
	fi
	rm -rf "$CLUSTER"
	server_dir "$CLUSTER"
	SOCKETS=$(mktemp -d /tmp/journey.XXXXXX)	# short: a socket's path has at most 107 bytes
	server_dir "$SOCKETS"
	trap at_exit EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	cd "$ROOT"
	(
		cd "$CLUSTER"
		as_server "$BINDIR/initdb" -D "$CLUSTER" -U postgres -A trust -N --no-locale -E UTF8 >/dev/null
		{
			echo "listen_addresses = ''"
			echo "unix_socket_directories = '$SOCKETS'"
			echo "unix_socket_permissions = 0777"
			echo "fsync = off"
			echo "jit = off"
			# workers that have just ended hold their places for a moment
			echo "max_worker_processes = 32"
			echo "max_parallel_workers = 32"
			printf '%s\n' "$@"
		} >>postgresql.conf
		printf '#!/bin/sh\nexec %s %s/postgres "$@"\n' "${JOURNEY_WRAP-}" "$BINDIR" >postgres.sh
		chmod 755 postgres.sh
		as_server "$BINDIR/pg_ctl" -D "$CLUSTER" -l "$CLUSTER/log" -p "$CLUSTER/postgres.sh" -t 120 -w start >/dev/null ||
			{ tail -n 20 "$CLUSTER/log" >&2; die "the server does not start"; }
	)
	export PGHOST=$SOCKETS PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
	export JOURNEY_CLUSTER=$CLUSTER
	unset PGPASSWORD PGSERVICE PGOPTIONS PGSSLMODE
}

# What is to be done at exit; scripts with more to stop have one of their own.
at_exit()
{
	cluster_stop
}

cluster_stop()
{
	[ -n "${SOCKETS-}" ] || return 0
	if [ -f "$CLUSTER/postmaster.pid" ]; then
		as_server "$BINDIR/pg_ctl" -D "$CLUSTER" -m fast -w stop >/dev/null 2>&1 ||
			as_server "$BINDIR/pg_ctl" -D "$CLUSTER" -m immediate -w stop >/dev/null 2>&1 || true
	fi
	rm -rf "$SOCKETS"
	unset SOCKETS JOURNEY_CLUSTER
}

# psql without anybody's settings; stops at the first error.
db()
{
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

# Records and prints what a runner found; false if something failed.  To have
# tested nothing is a failure.
result()
{
	mkdir -p "$BUILD"
	[ $(($2 + $3)) -gt 0 ] || set -- "$1" 0 1
	printf '%s %d %d\n' "$1" "$2" "$3" >>"${JOURNEY_RESULTS:-/dev/null}"
	printf '== %s: %d passed, %d failed\n' "$1" "$2" "$3"
	[ "$3" -eq 0 ]
}

# Runs a command for each of the further arguments, $JOBS at a time.
side_by_side()
{
	local command=$1 running=0 one

	shift
	for one in "$@"; do
		"$command" "$one" &
		running=$((running + 1))
		if [ "$running" -ge "$JOBS" ]; then
			wait -n || true
			running=$((running - 1))
		fi
	done
	wait
}

# Adds up $passed and $failed of files that hold both; one that is not there is a failure.
add_counts()
{
	local file p f

	passed=0 failed=0
	for file in "$@"; do
		read -r p f <"$file" || { p=0; f=1; }
		passed=$((passed + p))
		failed=$((failed + f))
	done
}

# Reads the log of pg_regress (LOG DIFFS) into $passed and $failed, and shows
# what failed.  15 writes "test x ... ok", 16 and later TAP.
regress_counts()
{
	grep -E '^(test|ok|not ok) ' "$1" || true
	passed=$(grep -cE '^test .* ok |^ok ' "$1" || true)
	failed=$(grep -cE '^test .* FAILED|^not ok ' "$1" || true)
	if ! grep -qE 'All [0-9]+ tests passed' "$1" && [ "$failed" = 0 ]; then
		failed=1
		cat "$1"
	fi
	if [ "$failed" != 0 ] && [ -s "$2" ]; then
		head -n 200 "$2"
		say "all differences: $2"
	fi
}
