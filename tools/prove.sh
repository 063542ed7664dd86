#!/bin/bash
# The differential test of masking, see test/prove/README.md: two databases that
# differ only in denied cells must answer every statement of a reader alike.
# T='22 71' runs two attacks, T=R the random statements alone; N=100000 of them, SEED=7.
# WAY=packed lets all readers begin with what is packed about subjects.
. "$(dirname "$0")/lib.sh"
setup build tap
build_extension
cluster_start

dir=$ROOT/test/prove
out=$BUILD/prove
rm -rf "$out"
mkdir -p "$out"
export PROVE_KEY=$JOURNEY_CLUSTER/prove.key

# Roles belong to the cluster, which the other tests use too.
clean_up()
{
	db -q -d postgres -c 'SET client_min_messages = error' \
		-c 'DROP DATABASE IF EXISTS prove_1' -c 'DROP DATABASE IF EXISTS prove_2' \
		-c 'DROP DATABASE IF EXISTS prove_template' \
		-c "DROP ROLE IF EXISTS $(sed -n 's/^CREATE ROLE \([a-z]*\).*/\1/p' "$dir/roles.sql" | paste -sd,)"
}

# A database by the name of $1, made from $2, that knows where the key is.
make_database()
{
	db -d postgres -c "CREATE DATABASE $1 TEMPLATE $2" -c "ALTER DATABASE $1 SET journey.key_file = '$PROVE_KEY'"
}

clean_up
# Any key will do, but always the same one: tokens are part of the answers.
as_server bash -c 'umask 077; printf "%064d\n" 7 >"$0"' "$PROVE_KEY"
db -d postgres -f "$dir/roles.sql"
make_database prove_template template0
db -d prove_template -f "$dir/setup.sql" >/dev/null
for world in 1 2; do
	make_database "prove_$world" prove_template
	db -d "prove_$world" -v world="$world" -f "$dir/data.sql" >"$out/sizes.$world"
	[ "${WAY-}" != packed ] || db -d postgres -c "ALTER DATABASE prove_$world SET journey.consent_lookups = 0"
done
diff "$out/sizes.1" "$out/sizes.2" || die "the two databases have tables of different sizes, so nothing can be compared"

counts=$out/counts
perl "$dir/prove.pl" "$counts" "$out" T="${T-}" N="${N-}" SEED="${SEED-}" || true
read -r passed failed <"$counts" || { passed=0; failed=1; }
clean_up
result prove "$passed" "$failed"
