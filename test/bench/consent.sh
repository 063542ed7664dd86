#!/bin/bash
# How many events of consent a server records a second, with the chain on:
#
#	bash test/bench/consent.sh [SECONDS]
#
# one event a transaction, many events a statement, and lists of 1000, by one
# writer and by four; and how long it takes to check a ledger.  Commits reach the
# disk (fsync = on).  Beside the events a second it tells the processor time of
# the server for each, which other programs on the machine disturb less.
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/../../tools/lib.sh"
seconds=${1:-5}
setup build
JOURNEY_BUILD=release build_extension
cluster_start "fsync = on" "shared_buffers = 256MB" "max_wal_size = 4GB"

db -c 'CREATE EXTENSION journey' -c "SELECT journey.create_purpose('bench')" >/dev/null
scripts=$(mktemp -d "$WORK/bench.XXXXXX")
trap 'rm -rf "$scripts"; cluster_stop' EXIT

cat >"$scripts/one" <<'SQL'
\set n random(1, 100000)
SELECT journey.consent_give('s' || :n, 'bench');
SQL
cat >"$scripts/statement" <<'SQL'
\set n random(1, 99000)
SELECT count(journey.consent_withdraw('s' || i, 'bench')) FROM generate_series(:n, :n + 999) i;
SQL
cat >"$scripts/list" <<'SQL'
\set n random(1, 99000)
SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', CASE i % 2 WHEN 0 THEN 'give' ELSE 'withdraw' END, 'subject', 's' || i, 'purpose', 'bench')) FROM generate_series(:n, :n + 999) i));
SQL
cat >"$scripts/keyed" <<'SQL'
\set n random(1, 99000)
\set k random(1, 1000000000)
SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', 'give', 'subject', 's' || i, 'purpose', 'bench', 'event_key', :k || '-' || i, 'notice', 'v7', 'source', 'web', 'evidence', jsonb_build_object('form', i))) FROM generate_series(:n, :n + 999) i));
SQL

# Processor time of the server's processes that have ended, in hundredths of a second.
cpu()
{
	awk '{ sub(/.*\) /, ""); print $14 + $15 }' "/proc/$(head -n 1 "$CLUSTER/postmaster.pid")/stat"
}

measure()
{
	local name=$1 script=$2 events=$3 clients=$4 before after n

	db -c CHECKPOINT
	before=$(cpu)
	n=$(pgbench -n -c "$clients" -j "$clients" -T "$seconds" -f "$scripts/$script" 2>&1 |
		awk '/actually processed/ { n = $NF } /tps/ { tps = $3 } END { print n, tps }')
	sleep 1					# until the last process is gone
	after=$(cpu)
	awk -v name="$name" -v clients="$clients" -v events="$events" -v cpu=$((after - before)) '{
		printf "%-44s %7d %10.0f %10.1f\n", name, clients, $2 * events, cpu * 10000 / ($1 * events) }' <<<"$n"
}

printf '%-44s %7s %10s %10s\n' '' writers 'a second' 'us of CPU'
for clients in 1 4; do
	measure 'one event a transaction' one 1 $clients
	measure '1000 calls a statement' statement 1000 $clients
	measure 'lists of 1000' list 1000 $clients
	measure 'lists of 1000, with keys and evidence' keyed 1000 $clients
done
db <<'SQL'
\timing on
SELECT count(*) AS events FROM journey.ledger;
SELECT count(*) AS tampered FROM journey.ledger_verify();
SELECT count(*) AS wrong FROM journey.state_check();
SELECT count(*) AS consents FROM journey.consent_as_of(now()) WHERE consented;
SELECT journey.consented('s77', 'bench', now());
SQL
