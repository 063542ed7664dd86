#!/bin/bash
# The suite on PostgreSQL 17 with the extension under ASan and UBSan, in the
# root that `make matrix` uses.  (Preloading ASan into the server of Debian 12
# hangs.)  ASan wants /proc, so that is mounted while we run.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tools/roots.sh"
[ "$(id -u)" = 0 ] || die "asan runs in a root of another Debian release; as an administrator run: make asan"
setup build tap matrix
make_root 17
copy_tree 17

proc=$ROOTS/17/proc
mountpoint -q "$proc" || mount -t proc proc "$proc"
trap 'umount "$proc"' EXIT
trap 'exit 130' INT TERM HUP

asan=$(chroot "$ROOTS/17" gcc -print-file-name=libasan.so)
for goal in installcheck pgtap isolation doctest; do
	say "$goal"
	in_root 17 "$goal" JOURNEY_BUILD=asan \
		JOURNEY_WRAP="env LD_PRELOAD=$asan ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1" ||
		grep -aA 40 -E 'ERROR: AddressSanitizer|runtime error' "$ROOTS/17/journey/build/work/cluster/log" | head -n 80 || true
done
# each of the four must have reported
awk '{ p += $2; f += $3 } END { f += 4 - NR; printf "%d passed, %d failed\n", p, f; exit f > 0 || p == 0 }' \
	"$ROOTS/17/journey/build/results"
