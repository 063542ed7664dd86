#!/bin/bash
# Regression tests: test/sql/*.sql against expected/*.out, or those named in
# REGRESS, by PGXS as a packager would run them.
. "$(dirname "$0")/lib.sh"
setup build
build_extension
cluster_start

log=$BUILD/regress.log
if [ -z "${REGRESS-}" ]; then
	REGRESS=$(find "$ROOT/test/sql" -name '*.sql' -printf '%f\n' | sed 's/\.sql$//' | sort | tr '\n' ' ')
fi
if [ -z "$REGRESS" ]; then
	result regression 0 0
	exit
fi
make -s -C "$ROOT" PG_CONFIG="$PG_CONFIG" with_llvm=no REGRESS="$REGRESS" installcheck >"$log" 2>&1 || true
regress_counts "$log" "$ROOT/regression.diffs"
[ "$failed" != 0 ] || rm -rf "$ROOT/results" "$ROOT"/regression.*
result regression "$passed" "$failed"
