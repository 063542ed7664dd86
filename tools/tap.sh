#!/bin/bash
# Restart, replica, dump and restore, upgrade: test/t/*.pl, or T=crash those
# that begin so.  They start servers of their own, so they run as the user of
# the server, from a copy that it can read.  A file knows nothing of the others,
# so some run side by side.
. "$(dirname "$0")/lib.sh"
setup build tap
build_extension

# those that take longest come first, so that none is alone at the end
mapfile -t files < <(cd "$ROOT/test/t" &&
	printf '%s\n' {live_random,faults,protect,live_copies,doctor,live_crash,live_stress,consent_cache}.pl *.pl |
		awk -v begin="${T-}" 'index($0, begin) == 1 && !seen[$0]++')
if [ ${#files[@]} = 0 ]; then
	result tap 0 0
	exit
fi
dir=$WORK/tap
rm -rf "$dir"
server_dir "$dir"
mkdir "$dir/t"
cp "$ROOT"/test/t/*.p[lm] "$dir/t/"
cp "$ROOT/tools/harness.pl" "$dir/"
cp -r "$ROOT/sql" "$ROOT/journey.control" "$dir/"
cd "$dir"
as_server env LANG=C.UTF-8 JOURNEY_JOBS=$((JOBS < 4 ? JOBS : 4)) PG_TEST_TIMEOUT_DEFAULT=600 PERL5LIB="$PGXS_DIR/test/perl:$dir/t" PG_REGRESS="$PGXS_DIR/test/regress/pg_regress" \
	TESTDIR="$dir" TESTDATADIR="$dir/tmp_check" TESTLOGDIR="$dir/tmp_check/log" PGHOST='' \
	perl harness.pl counts perl -- "${files[@]/#/t/}" || true
read -r passed failed <"$dir/counts" || { passed=0; failed=1; }
result tap "$passed" "$failed"
