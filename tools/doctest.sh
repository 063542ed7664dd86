#!/bin/bash
# Executes the examples of README.md and doc/*.md (T=README for one file), see
# doctest.pl.
. "$(dirname "$0")/lib.sh"
setup build
build_extension
cluster_start

shopt -s nullglob
passed=0
failed=0
for file in "$ROOT"/README.md "$ROOT"/doc/*.md; do
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
result doctest "$passed" "$failed"
