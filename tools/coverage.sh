#!/bin/bash
# Line coverage of the unit, regression, pgTAP and isolation tests; the pages
# are in build/coverage/index.html.
. "$(dirname "$0")/lib.sh"
setup build tap coverage
export JOURNEY_BUILD=coverage
build_extension
chmod -R a+rwX "$OBJ"				# the server writes its counters there
find "$OBJ" "$BUILD/unit-coverage" -name '*.gcda' -delete 2>/dev/null || true
bash "$ROOT/tools/unit.sh" || true
cluster_start
for goal in installcheck pgtap isolation; do
	bash "$ROOT/tools/$goal.sh" || true
done
cluster_stop

out=$BUILD/coverage
mkdir -p "$out"
lcov --quiet --capture --no-external --base-directory "$ROOT" --directory "$OBJ" --directory "$BUILD/unit-coverage" \
	--output-file "$out/all.info"
lcov --quiet --extract "$out/all.info" "$ROOT/src/*" --output-file "$out/src.info"
genhtml --quiet --prefix "$ROOT" --output-directory "$out" "$out/src.info"
lcov --list "$out/src.info"
say "pages: build/coverage/index.html"
