#!/bin/bash
# Unit tests of the core as plain programs under ASan and UBSan; T=journey
# runs test/unit/test_journey.c alone.  Each program ends with a line
# `N passed, N failed`.
. "$(dirname "$0")/lib.sh"
setup build
flags="-O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
out=$BUILD/unit
if [ "${JOURNEY_BUILD-}" = coverage ]; then
	flags="-O0 --coverage"
	out=$BUILD/unit-coverage
fi
make -s -f "$ROOT/tools/core.mk" TOP="$ROOT/" OUT="$out" KIND=unit CC=gcc -j"$JOBS" \
	FLAGS="$flags"

cd "$ROOT"

# One program: `passed failed` in a file of its own.
unit_one()
{
	local name=$1 status=0 p=0 f=0

	ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
		"$out/$name" >"$out/$name.log" 2>&1 || status=$?
	read -r p f <<<"$(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$out/$name.log")" || true
	if [ "$status" != 0 ] && [ "$f" = 0 ] || [ $((p + f)) = 0 ]; then
		f=$((f + 1))
	fi
	[ "$f" = 0 ] || tail -n 60 "$out/$name.log"
	printf '%-32s %4d passed %3d failed\n' "$name" "$p" "$f"
	echo "$((p)) $((f))" >"$out/$name.counts"
}

names=()
for source in test/unit/test_${T:-*}.c; do
	[ ! -e "$source" ] || names+=("$(basename "$source" .c)")
done
rm -f "$out"/*.counts
side_by_side unit_one "${names[@]}"
names=("${names[@]/#/$out/}")
add_counts "${names[@]/%/.counts}"
result unit "$passed" "$failed"
