#!/bin/bash
# Concurrency: test/isolation/specs/*.spec against test/isolation/expected/*.out,
# or T=withdraw alone.
. "$(dirname "$0")/lib.sh"
setup build
build_extension
cluster_start

shopt -s nullglob
specs=()
for spec in "$ROOT"/test/isolation/specs/"${T-}"*.spec; do
	specs+=("$(basename "$spec" .spec)")
done
if [ ${#specs[@]} = 0 ]; then
	result isolation 0 0
	exit
fi
out=$BUILD/isolation
mkdir -p "$out"
"$PGXS_DIR/test/isolation/pg_isolation_regress" --inputdir="$ROOT/test/isolation" --outputdir="$out" \
	--bindir="$BINDIR" --dbname=isolation --load-extension=journey "${specs[@]}" >"$out/log" 2>&1 || true
regress_counts "$out/log" "$out/regression.diffs"
result isolation "$passed" "$failed"
