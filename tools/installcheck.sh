#!/bin/bash
# Regression tests: test/sql/*.sql against expected/*.out, or those named in
# REGRESS, by PGXS as a packager would run them.
. "$(dirname "$0")/lib.sh"
setup build
build_extension
cluster_start

log=$BUILD/regress.log
if [ -z "${REGRESS-}" ]; then
	REGRESS=$(cd "$ROOT/test/sql" 2>/dev/null && ls ./*.sql | sed 's/^..//; s/\.sql$//' | sort | tr '\n' ' ') || true
fi
if [ -z "$REGRESS" ]; then
	result regression 0 0
	exit
fi
make -s -C "$ROOT" PG_CONFIG="$PG_CONFIG" with_llvm=no REGRESS="$REGRESS" installcheck >"$log" 2>&1 || true
regress_counts "$log" "$ROOT/regression.diffs"
result regression "$passed" "$failed"
