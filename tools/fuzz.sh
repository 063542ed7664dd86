#!/bin/bash
# Fuzzing of every reader of outside bytes with libFuzzer, ASan and UBSan:
# the corpus test/fuzz/corpus/NAME/ is replayed, then FUZZ_SECONDS (20) of
# new inputs.  TARGET=text does test/fuzz/fuzz_text.c alone.  What crashes is
# kept in build/fuzz/NAME/ and belongs into the corpus, with a telling name.
. "$(dirname "$0")/lib.sh"
setup build fuzz
out=$BUILD/fuzz
seconds=${FUZZ_SECONDS:-20}
make -s -f "$ROOT/tools/core.mk" TOP="$ROOT/" OUT="$out" KIND=fuzz CC=clang -j"$JOBS" \
	FLAGS="-O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer" \
	LINKFLAGS="-fsanitize=fuzzer"

# One reader: `passed failed` in a file of its own.
fuzz_one()
{
	local name=$1 corpus=$ROOT/test/fuzz/corpus/$1 dir=$out/$1 files p=0 f=0

	mkdir -p "$dir/found"
	files=$(find "$corpus" -type f 2>/dev/null | sort)
	if [ -n "$files" ]; then
		# shellcheck disable=SC2086
		if "$out/fuzz_$name" -timeout=60 $files >"$dir/replay.log" 2>&1; then
			p=$(wc -l <<<"$files")
		else
			f=1
			tail -n 40 "$dir/replay.log"
		fi
	fi
	mkdir -p "$corpus"
	if [ "$seconds" -gt 0 ]; then
		if "$out/fuzz_$name" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 \
			-artifact_prefix="$dir/" "$dir/found" "$corpus" >"$dir/fuzz.log" 2>&1; then
			p=$((p + 1))
		else
			f=$((f + 1))
			tail -n 40 "$dir/fuzz.log"
		fi
	fi
	printf '%-24s %5d passed %3d failed, %s inputs tried\n' "fuzz_$name" "$p" "$f" \
		"$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/fuzz.log" 2>/dev/null)"
	echo "$p $f" >"$out/$name.counts"
}

names=()
for source in "$ROOT"/test/fuzz/fuzz_${TARGET:-*}.c; do
	name=$(basename "$source" .c)
	[ ! -e "$source" ] || names+=("${name#fuzz_}")
done
rm -f "$out"/*.counts
side_by_side fuzz_one "${names[@]}"
names=("${names[@]/#/$out/}")
add_counts "${names[@]/%/.counts}"
result fuzz "$passed" "$failed"
