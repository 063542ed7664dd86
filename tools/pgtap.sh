#!/bin/bash
# pgTAP tests: test/pgtap/*.sql, or T=consent alone, in a database with the
# extension and pgTAP.  Each file rolls back what it did.
. "$(dirname "$0")/lib.sh"
setup build tap
build_extension
cluster_start

shopt -s nullglob
files=("$ROOT"/test/pgtap/"${T:-}"*.sql)
if [ ${#files[@]} = 0 ]; then
	result pgtap 0 0
	exit
fi
db -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS pgtap' -c 'CREATE DATABASE pgtap'
db -d pgtap -c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION journey'
counts=$BUILD/pgtap.counts
rm -f "$counts"
PGDATABASE=pgtap perl "$ROOT/tools/harness.pl" "$counts" \
	psql -X -q -A -t -v ON_ERROR_STOP=1 -P pager=off -f -- "${files[@]}" || true
read -r passed failed <"$counts" || { passed=0; failed=1; }
result pgtap "$passed" "$failed"
