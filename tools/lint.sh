#!/bin/bash
# What the compiler does not check: format, layers, exported symbols, SQL
# labels and comments, one place for the version.
. "$(dirname "$0")/lib.sh"
setup build lint
build_extension
cluster_start
cd "$ROOT"

passed=0
failed=0

# rule NAME COMMAND...: the command prints what breaks the rule, and nothing otherwise.
rule()
{
	local name=$1 found

	shift
	if found=$("$@" 2>&1) && [ -z "$found" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'not ok: %s\n%s\n' "$name" "$found"
	fi
}

c_files()
{
	find src test -name '*.[ch]' | sort
}

core_format()
{
	# shellcheck disable=SC2046
	perl tools/indent.pl --check "$("$PG_CONFIG" --includedir-server)" $(c_files)
}

# Each file of the core, headers too, compiles alone and without the server's headers.
core_alone()
{
	local f

	for f in $(find src/core -name '*.[ch]'); do
		gcc -std=c11 -Wall -Wextra -Werror -Wno-unused-function -Isrc/core -fsyntax-only -x c "$f" || echo "$f"
	done
}

# What the core may call that is not its own: no malloc, no files, no clock, no locale.
core_calls()
{
	local f also

	mkdir -p "$BUILD/lint"
	for f in $(find src/core -name '*.c'); do
		gcc -std=c11 -O1 -DNDEBUG -Isrc/core -c -o "$BUILD/lint/core.o" "$f"
		also='^$'
		[ "$f" != src/core/number.c ] || also='^(strtod|snprintf)$'
		nm -u "$BUILD/lint/core.o" | awk '{ print $2 }' |
			grep -vE '^(jn_|mem(cpy|move|set|cmp|chr)$|str(len|chr|cmp|ncmp)$|crypto_|sodium_|randombytes_|__stack_chk_fail$|__cpu_|__popcount)' |
			grep -vE '^(_GLOBAL_OFFSET_TABLE_|sqrt|log|log2|exp|pow|fabs|floor|ceil|erfc?|lgamma)$' |
			grep -vE "$also" | sed "s|^|$f calls |" || true
	done
}

only_crypto_knows_sodium()
{
	grep -rl '<sodium' src | grep -v '^src/core/crypto\.c$' || true
}

core_never_includes_pg()
{
	# a folder of the core may look up to the core, and no further
	grep -rnE '#include "(\.\./\.\./|\.\./pg/|pg/|core/|postgres)' src/core || true
	grep -nE '#include "\.\./' src/core/*.[ch] || true
}

no_leaf_is_included()
{
	grep -rnE '#include ".*(_(fn|agg|window)\.[ch]|\.c)"' src || true
}

one_basename()
{
	find src -name '*.c' -printf '%f\n' | sort | uniq -d
}

no_stray_symbols()
{
	nm -D --defined-only "$OBJ/journey.so" | awk '{ print $3 }' |
		grep -vE '^(pg_finfo_|journey_|_PG_init$|Pg_magic_func$)' || true
}

# Every function that the SQL names is exported, and the other way round.
functions_are_used()
{
	db -d lint -A -t -c "SELECT DISTINCT prosrc FROM pg_proc WHERE probin = '\$libdir/journey' ORDER BY 1" |
		sort >"$BUILD/lint/used"
	nm -D --defined-only "$OBJ/journey.so" | sed -n 's/.* pg_finfo_//p' | sort >"$BUILD/lint/exported"
	diff "$BUILD/lint/used" "$BUILD/lint/exported" || true
}

sql_labels()
{
	perl tools/sqllint.pl sql/modules/*.sql
}

# What a view or a type shows by its columns has a comment on each; what only we use need not.
sql_comments()
{
	db -d lint -A -t <<-'SQL'
		WITH member AS (
		  SELECT d.classid, d.objid, CASE d.classid WHEN 'pg_class'::regclass THEN d.objid WHEN 'pg_type'::regclass THEN t.typrelid END AS relation
		  FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
		  LEFT JOIN pg_type t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid
		  -- arrays and the types of tables come with what they are of
		  WHERE e.extname = 'journey' AND d.deptype = 'e'
		    AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c') AND t.typcategory IS DISTINCT FROM 'A'
		)
		SELECT 'no comment on ' || pg_describe_object(m.classid, m.objid, 0)
		FROM member m
		WHERE obj_description(m.objid, m.classid::regclass::name) IS NULL
		UNION ALL
		SELECT 'no comment on ' || pg_describe_object('pg_class'::regclass, c.oid, a.attnum)
		FROM member m JOIN pg_class c ON c.oid = m.relation AND c.relkind <> 'S' AND c.relname !~ '^_'
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE col_description(c.oid, a.attnum) IS NULL
		ORDER BY 1;
	SQL
}

# A check of types, volatility and arguments that PostgreSQL runs on its own catalog in its tests.
sql_sane()
{
	db -d lint -A -t <<-'SQL'
		SELECT 'no search_path in SECURITY DEFINER function ' || p.oid::regprocedure
		FROM pg_proc p WHERE pronamespace = 'journey'::regnamespace AND prosecdef
		  AND NOT EXISTS (SELECT FROM unnest(proconfig) c WHERE c LIKE 'search_path=%')
		UNION ALL
		SELECT 'internal argument, but not strict or internal result: ' || p.oid::regprocedure
		FROM pg_proc p WHERE pronamespace = 'journey'::regnamespace
		  AND prorettype = 'internal'::regtype AND NOT 'internal'::regtype = ANY (proargtypes)
		UNION ALL
		SELECT 'leakproof: ' || p.oid::regprocedure
		FROM pg_proc p WHERE pronamespace = 'journey'::regnamespace AND proleakproof
		ORDER BY 1;
	SQL
}

version_in_one_place()
{
	local version

	version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" journey.control)
	[ "$(grep -c "\"version\": \"$version\"" META.json)" = 2 ] || echo "META.json does not say $version, twice"
	grep -m 1 '^## ' CHANGELOG.md | grep -qF "## $version" || echo "CHANGELOG.md does not begin with $version"
	grep -rnF "$version" src Makefile tools sql/modules || true
}

shell_scripts()
{
	command -v shellcheck >/dev/null || return 0
	find tools test .ci '(' -name '*.sh' -o -path .ci/run ')' -exec shellcheck {} + 2>/dev/null || true
}

db -c 'DROP DATABASE IF EXISTS lint' -c 'CREATE DATABASE lint' 2>/dev/null
db -d lint -c 'CREATE EXTENSION journey'
rule 'format; make format puts it right' core_format
rule 'the core compiles alone' core_alone
rule 'the core calls nothing but itself, memcpy and friends, and libsodium' core_calls
rule 'only core/crypto.c includes the header of libsodium' only_crypto_knows_sodium
rule 'the core never includes pg' core_never_includes_pg
rule 'nobody includes a _fn, _agg, _window or .c file' no_leaf_is_included
rule 'no two C files share a basename' one_basename
rule 'exported symbols are ours' no_stray_symbols
rule 'C functions and SQL declarations are the same set' functions_are_used
rule 'labels of SQL functions are written out' sql_labels
rule 'every object has a comment' sql_comments
rule 'the catalog looks sane' sql_sane
rule 'the version stands in journey.control' version_in_one_place
rule 'shell scripts' shell_scripts
result lint "$passed" "$failed"
