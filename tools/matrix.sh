#!/bin/bash
# Build, regression, pgTAP and attacks on each supported major, MAJORS="15 17 18", two
# at a time.  The machine's own major runs right here; the others in a slim
# root of the Debian release that has them, see roots.sh.  In a root the same
# scripts run as outside.  Ends with `N passed, N failed`.
. "$(dirname "$0")/lib.sh"
setup build tap
. "$ROOT/tools/roots.sh"
GOALS='installcheck pgtap prove'
logs=$BUILD/matrix
mkdir -p "$logs"

# Runs all kinds of tests on one major; the counts go to its file.
run_major()
{
	local major=$1 goal

	: >"$logs/$major.results"
	if [ "$major" = "$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" ]; then
		for goal in $GOALS; do
			N=1000 JOURNEY_RESULTS=$logs/$major.results bash "$ROOT/tools/$goal.sh" || true
		done
	else
		make_root "$major"
		copy_tree "$major"
		for goal in $GOALS; do
			in_root "$major" "$goal" N=1000 || true
		done
		cp "$ROOTS/$major/journey/build/results" "$logs/$major.results"
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
	# all kinds must have reported
	if [ "$(wc -l <"$logs/$major.results")" = "$(wc -w <<<"$GOALS")" ]; then
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
