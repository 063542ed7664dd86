#!/bin/bash
# All tests, from the quick ones to the slow.  Ends with `N passed, N failed`.
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

step build
step lint
step unit
step fuzz
cluster_start
step installcheck
step pgtap
step prove
step isolation
step doctest
step demotest
cluster_stop
step tap

awk '{ p += $2; f += $3 } END { printf "%d passed, %d failed\n", p, f; exit f > 0 || p == 0 }' "$JOURNEY_RESULTS"
