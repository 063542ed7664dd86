#!/bin/bash
# Installs what the named groups of goals need, and no more:
#
#	setup.sh build			compiler, libsodium, our copy of the server
#	setup.sh build lint fuzz tap	all that `make check` needs
#	setup.sh matrix|coverage|valgrind
#
# Packages come from the machine's own apt configuration.  The server is not
# installed: its packages are unpacked into build/work/pg, where pg_config
# answers with paths of that place, and only the shared libraries that they
# depend on are installed.  So no system PostgreSQL is created or touched.
# With PG_CONFIG given, a copy of that server is used instead.
#
# `setup.sh --list GROUP...` only names the packages; `setup.sh --for-owner
# GROUP...` is for root in the checkout of somebody else, who gets what it made.
#
# When nothing is missing, nothing is asked of the network.
. "$(dirname "$0")/lib.sh"

packages()
{
	case $1 in
		build) echo gcc libc6-dev make libsodium-dev tzdata ;;
		lint) echo pg-bsd-indent binutils ;;
		fuzz) echo clang libclang-rt-dev ;;
		tap) echo perl libipc-run-perl ;;
		matrix) echo mmdebstrap ;;
		coverage) echo lcov ;;
		valgrind) echo valgrind libc6-dbg ;;
		*) die "setup.sh knows no group \"$1\"" ;;
	esac
}

# Those of the named packages that are not installed.
missing()
{
	local p

	for p in "$@"; do
		dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null | grep -qx installed || echo "$p"
	done
}

# Runs a command of apt; if it fails, once more with fresh lists.  A broken
# list of somebody else does not matter as long as our packages are found.
with_lists()
{
	"$@" >"$BUILD/setup.log" 2>&1 && return
	if [ "$(id -u)" = 0 ]; then
		say "apt-get update"
		apt-get update >>"$BUILD/setup.log" 2>&1 || true
		"$@" >"$BUILD/setup.log" 2>&1 && return
	fi
	tail -n 15 "$BUILD/setup.log" >&2
	die "failed: $*"
}

install()
{
	local list

	list=$(missing "$@")
	[ -n "$list" ] || return 0
	# shellcheck disable=SC2086
	set -- $list
	if [ "$(id -u)" != 0 ]; then
		die "packages are missing; as an administrator run:
    apt-get install --no-install-recommends $*"
	fi
	say "installing $*"
	with_lists env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
}

# The major version that the distribution's package "postgresql" stands for.
major()
{
	apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1
}

# The packages of the server: as files if they were downloaded before, else as
# apt names them.
server_packages()
{
	local n

	if compgen -G "$CACHE/deb/postgresql-*-pgtap_*.deb" >/dev/null; then
		ls "$CACHE"/deb/postgresql-*.deb
		return
	fi
	n=$(major)
	if [ -z "$n" ] && [ "$(id -u)" = 0 ]; then
		say "apt-get update" >&2
		apt-get update >"$BUILD/setup.log" 2>&1 || true
		n=$(major)
	fi
	[ -n "$n" ] || die "apt has no package lists; as an administrator run:
    make -C $ROOT setup"
	[ "$n" -ge 15 ] || die "journey needs PostgreSQL 15 or newer, and apt offers $n"
	echo "postgresql-$n postgresql-client-$n postgresql-server-dev-$n postgresql-$n-pgtap"
}

# The shared libraries that packages depend on, but for those of the just-in-time compiler.
libraries()
{
	local p

	for p in "$@"; do
		case $p in
			*.deb) dpkg-deb -f "$p" Depends ;;
			*) apt-cache show --no-all-versions "$p" | sed -n 's/^Depends: //p' ;;
		esac
	done | tr ',' '\n' | sed 's/^ *//; s/[ (|].*//' | grep '^lib' | grep -vE '^lib(llvm|pq-dev)' | sort -u
}

# Whether our server is there already.
have_server()
{
	[ "$(cat "$PG/given" 2>/dev/null)" = "$JOURNEY_PG_CONFIG" ] && [ -x "$(cat "$PG/pg_config" 2>/dev/null)" ]
}

# Puts the server of the named packages, or the one that was given, into $PG.
make_server()
{
	local p next=$WORK/pg.new

	rm -rf "$next" "$PG" "$WORK"/obj*
	mkdir -p "$next" "$CACHE/deb"
	if [ -n "$JOURNEY_PG_CONFIG" ]; then
		say "copying the server of $JOURNEY_PG_CONFIG"
		for p in --bindir --pkglibdir --sharedir --includedir-server; do
			cp -r --parents "$("$JOURNEY_PG_CONFIG" $p)" "$next"
		done
		echo "$JOURNEY_PG_CONFIG" >"$next/given"
	else
		cd "$CACHE/deb"
		case $1 in
			*.deb) ;;
			*)
				say "downloading $*"
				with_lists apt-get download -o APT::Sandbox::User="$(id -un)" "$@"
				;;
		esac
		for p in postgresql-*.deb; do
			dpkg -x "$p" "$next"
		done
		libraries ./postgresql-*.deb >"$next/libraries"
	fi
	chmod -R a+rX "$next"
	mv "$next" "$PG"
	find "$PG" -path '*/bin/pg_config' >"$PG/pg_config"
}

for_owner=
if [ "$1" = --for-owner ]; then
	for_owner=1
	shift
elif [ "$1" = --list ]; then
	shift
	for group in "$@"; do
		packages "$group"
	done | xargs
	exit
fi
[ -n "$(command -v dpkg-query)" ] || die "this needs Debian or Ubuntu: dpkg is not there"

# all packages in one go, so that there is one command to tell
want=$(for group in "$@"; do packages "$group"; done)
from=
if have_server; then
	want="$want $(cat "$PG/libraries" 2>/dev/null || true)"
elif [ -z "$JOURNEY_PG_CONFIG" ]; then
	from=$(server_packages)
	# shellcheck disable=SC2086
	want="$want $(libraries $from)"
fi
# shellcheck disable=SC2086
install $want
# shellcheck disable=SC2086
have_server || make_server $from

if [ -n "$for_owner" ]; then
	chown -R --reference="$ROOT" "$BUILD" "$WORK"
fi
