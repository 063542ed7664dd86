#!/bin/bash
# The regression suite, or REGRESS="x y", with the server under valgrind.  An
# error counts if our library has a part in it; what the server does with its
# own memory (it was not built for valgrind) does not.
. "$(dirname "$0")/lib.sh"
setup build valgrind
logs=$WORK/valgrind
rm -rf "$logs"
server_dir "$logs"
export JOURNEY_WRAP="valgrind --quiet --trace-children=yes --leak-check=no --error-limit=no --num-callers=30 --fullpath-after= --log-file=$logs/%p.log"
status=0
bash "$ROOT/tools/installcheck.sh" || status=1

# errors are parted by lines that hold a process number only; a frame of ours has our library or our sources
cat "$logs"/*.log | perl -e '
	my $ours = qr{journey\.so\)|/src/(?:core|pg)/[^()]*:\d+\)};
	print grep { /$ours/ } split(/^==\d+==\s*\n/m, join("", <STDIN>));' >"$BUILD/valgrind.log"
errors=$(grep -cE '^==[0-9]+== [A-Z]' "$BUILD/valgrind.log" || true)
head -n 100 "$BUILD/valgrind.log"
result valgrind $((1 - (errors > 0))) "$errors"
exit $status
