#!/bin/bash
# Build, regression and pgTAP on each supported major, MAJORS="15 17 18", two
# at a time.  The machine's own major runs right here; the others in a slim
# root of the Debian release that has them, made once below build/matrix (or
# $JOURNEY_CACHE/matrix).  In a root the same scripts run as outside, without
# any mount.  Ends with `N passed, N failed`.
. "$(dirname "$0")/lib.sh"
setup build tap
roots=$CACHE/matrix
logs=$BUILD/matrix
mkdir -p "$roots" "$logs"

# The Debian release that has a major.
suite_of()
{
	case $1 in
		15) echo bookworm ;;
		17) echo trixie ;;
		18) echo forky ;;
		*) die "matrix: which Debian release has PostgreSQL $1?" ;;
	esac
}

# The address of the machine's own apt source for a suite.
mirror()
{
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $1" 'Component: main' | head -n 1
}

# Makes the root of a major, unless it is there in full.
make_root()
{
	local root=$roots/$1 suite here main security options=(--aptopt='Acquire::Languages "none"') proxy

	[ -e "$root/.complete" ] && return
	rm -rf "$root"
	suite=$(suite_of "$1")
	here=$(. /etc/os-release; echo "$VERSION_CODENAME")
	main=$(mirror "$here")
	security=$(mirror "$here-security")
	[ -n "$main" ] && [ -n "$security" ] || die "matrix: apt on this machine has no source for $here and $here-security"
	for proxy in Acquire::http::Proxy Acquire::https::Proxy; do
		eval "$(apt-config shell value $proxy)"
		[ -z "${value-}" ] || options+=(--aptopt="$proxy \"$value\"")
		value=
	done
	# the release files of testing can be out of date
	[ "$suite" != forky ] || options+=(--aptopt='Acquire::Check-Valid-Until "false"')
	timeout 280 mmdebstrap --mode=root --variant=apt --quiet "${options[@]}" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--include="$(bash "$ROOT/tools/setup.sh" --list build tap | tr ' ' ',')" \
		--customize-hook="mkdir -p \"\$1/journey\" && cp -r '$ROOT/tools' \"\$1/journey/\"" \
		--customize-hook='chroot "$1" env -i PATH="$PATH" bash /journey/tools/setup.sh build tap' \
		"$suite" "$root" "deb $main $suite main" "deb $security $suite-security main"
	chmod 1777 "$root/dev/shm"
	touch "$root/.complete"
}

# Puts the tree as it is now, committed or not, and the real data into a root.
copy_tree()
{
	local root=$roots/$1

	find "$root/journey" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
	(cd "$ROOT" && git ls-files -z --cached --others --exclude-standard |
		tar --null --files-from=- --ignore-failed-read --create) | tar -x -C "$root/journey"
	if [ -d "$ROOT/../shared" ]; then
		rm -rf "$root/shared"
		cp -r "$ROOT/../shared" "$root/shared"
	fi
}

# Runs both kinds of tests on one major; the counts go to its file.
run_major()
{
	local major=$1 goal

	: >"$logs/$major.results"
	if [ "$major" = "$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" ]; then
		for goal in installcheck pgtap; do
			JOURNEY_RESULTS=$logs/$major.results bash "$ROOT/tools/$goal.sh" || true
		done
	else
		make_root "$major"
		copy_tree "$major"
		rm -f "$roots/$major/journey/build/results"
		for goal in installcheck pgtap; do
			timeout 280 chroot "$roots/$major" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin WERROR="${WERROR-}" \
				JOURNEY_RESULTS=/journey/build/results bash "/journey/tools/$goal.sh" || true
		done
		cp "$roots/$major/journey/build/results" "$logs/$major.results"
	fi
}

[ "$(id -u)" = 0 ] || die "matrix makes roots of other Debian releases; as an administrator run: make matrix"
for major in ${MAJORS:=15 17 18}; do
	suite_of "$major" >/dev/null
done
setup matrix
running=0
for major in $MAJORS; do
	say "PostgreSQL $major: log in $logs/$major.log"
	( run_major "$major" ) >"$logs/$major.log" 2>&1 </dev/null &
	running=$((running + 1))
	if [ $running -ge 2 ]; then
		wait -n || true
		running=$((running - 1))
	fi
done
wait

passed=0
failed=0
for major in $MAJORS; do
	p=0 f=0
	# both kinds must have reported
	if [ "$(wc -l <"$logs/$major.results")" = 2 ]; then
		p=$(awk '{ n += $2 } END { print n + 0 }' "$logs/$major.results")
		f=$(awk '{ n += $3 } END { print n + 0 }' "$logs/$major.results")
	else
		f=1
	fi
	[ "$f" = 0 ] || tail -n 60 "$logs/$major.log"
	result "PostgreSQL $major" "$p" "$f" || true
	passed=$((passed + p))
	failed=$((failed + f))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
