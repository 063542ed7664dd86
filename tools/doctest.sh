#!/bin/bash
# Executes the examples of README.md, doc/*.md and doc/laws/*.md (T=README for one file), see
# doctest.pl.  Then looks whether their links lead somewhere, whether the
# reference of README.md names every public object of the extension, and whether
# there is all that the documents name.
. "$(dirname "$0")/lib.sh"
setup build
build_extension
cluster_start

shopt -s nullglob
passed=0
failed=0
for file in "$ROOT"/README.md "$ROOT"/doc/*.md "$ROOT"/doc/laws/*.md; do
	[ -e "$file" ] || continue
	[ -z "${T-}" ] || [ "$(basename "$file" .md)" = "$T" ] || continue
	grep -q '^```sql$' "$file" || continue
	counts=$BUILD/doctest.counts
	rm -f "$counts"
	perl "$ROOT/tools/doctest.pl" "$file" "$counts" || true
	read -r p f <"$counts" || { p=0; f=1; }
	passed=$((passed + p))
	failed=$((failed + f))
done

# count NAME COMMAND...: one check, passed if the command succeeds
count()
{
	local name=$1

	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'not ok: %s\n' "$name"
	fi
}

if [ -z "${T-}" ]; then
	# links to files: not those to elsewhere, and not what looks like one in code
	awk 'FNR == 1 { code = 0 }
		/^```/ { code = !code }
		!code { rest = $0
			while (match(rest, /\]\([^):#]+/)) {
				print FILENAME ":" substr(rest, RSTART + 2, RLENGTH - 2)
				rest = substr(rest, RSTART + RLENGTH)
			} }' "$ROOT"/*.md "$ROOT"/doc/*.md "$ROOT"/doc/*/*.md | grep -v ':https\?$' >"$BUILD/doctest.links"
	while IFS=: read -r file link; do
		count "$(basename "$file") links to $link" test -e "$(dirname "$file")/$link"
	done <"$BUILD/doctest.links"

	db -c "CREATE DATABASE doctest"
	db -d doctest -c "CREATE EXTENSION journey"
	db -d doctest -At -c "LOAD 'journey'" -c "
		SELECT proname FROM pg_proc WHERE pronamespace = 'journey'::regnamespace AND proname !~ '^_'
		UNION SELECT typname FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
			WHERE typnamespace = 'journey'::regnamespace AND typname !~ '^_' AND (c.relkind IS NULL OR c.relkind = 'c')
		UNION SELECT relname FROM pg_class
			WHERE relnamespace = 'journey'::regnamespace AND relname !~ '^_' AND relkind IN ('r', 'v')
		UNION SELECT name FROM pg_settings WHERE name LIKE 'journey.%'" >"$BUILD/doctest.names"
	while read -r name; do
		count "README.md: reference of $name" grep -qE "^\|.*[\`, (]$name\b" "$ROOT/README.md"
	done <"$BUILD/doctest.names"

	# files, names of columns, and a setting that pg_settings does not show
	{
		printf '%s\n' control key name notice_interval
		db -d doctest -At -c "LOAD 'journey'" -c "
			SELECT proname FROM pg_proc WHERE pronamespace = 'journey'::regnamespace
			UNION SELECT typname FROM pg_type WHERE typnamespace = 'journey'::regnamespace
			UNION SELECT relname FROM pg_class WHERE relnamespace = 'journey'::regnamespace
			UNION SELECT substr(name, 9) FROM pg_settings WHERE name LIKE 'journey.%'"
	} >"$BUILD/doctest.there"
	sort -u -o "$BUILD/doctest.there" "$BUILD/doctest.there"
	cat "$ROOT"/*.md "$ROOT"/doc/*.md "$ROOT"/doc/*/*.md | grep -oE '\bjourney\.[a-zA-Z_0-9]+' | sort -u >"$BUILD/doctest.named"
	while read -r name; do
		count "the documents name $name, which is not there" grep -qxF "${name#journey.}" "$BUILD/doctest.there"
	done <"$BUILD/doctest.named"
	db -c "DROP DATABASE doctest"
fi
result doctest "$passed" "$failed"
