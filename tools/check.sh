#!/bin/bash
# All tests.  Those of the core need no server and run beside those that do, if
# there is more than one processor; what they print comes when they are through.
# Ends with `N passed, N failed`.
. "$(dirname "$0")/lib.sh"
setup build lint fuzz tap
mkdir -p "$BUILD"
export JOURNEY_RESULTS=$BUILD/results
: >"$JOURNEY_RESULTS"
unset T TARGET REGRESS N SEED

# Runs a step.  One that fails without a count of its own counts as a failure.
step()
{
	local before after started=$SECONDS

	say "$1"
	before=$(awk '{ n += $3 } END { print n + 0 }' "$JOURNEY_RESULTS")
	if ! bash "$ROOT/tools/$1.sh"; then
		after=$(awk '{ n += $3 } END { print n + 0 }' "$JOURNEY_RESULTS")
		[ "$after" -gt "$before" ] || result "$1" 0 1 || true
	fi
	say "$1: $((SECONDS - started)) s"
}

# Compilers and unit tests leave a processor to the servers; fuzzers run for a time, whatever they get.
core_steps()
{
	JOURNEY_JOBS=$((JOBS > 1 ? JOBS - 1 : 1)) step unit
	step fuzz
}

core=
at_exit()
{
	[ -z "$core" ] || kill -- "-$core" 2>/dev/null || true
	cluster_stop
}

step build
step lint
if [ "$JOBS" -gt 1 ]; then
	# a process group of its own, which can be stopped as a whole
	set -m
	core_steps >"$BUILD/core.log" 2>&1 &
	core=$!
	set +m
	trap at_exit EXIT
else
	core_steps
fi
cluster_start
step installcheck
step pgtap
step prove
step isolation
step doctest
step demotest
cluster_stop
step tap
if [ -n "$core" ]; then
	wait "$core" || true
	core=
	cat "$BUILD/core.log"
fi

awk '{ p += $2; f += $3 } END { printf "%d passed, %d failed\n", p, f; exit f > 0 || p == 0 }' "$JOURNEY_RESULTS"
