#!/bin/bash
# What a withdrawal costs the next statement of others, among many subjects:
#
#	bash test/bench/withdraw.sh [SUBJECTS [TIMES]]
#
# A session that knows all subjects asks about 200 rows, by an index, and about all
# rows of a table with a row a subject.  Before each question another session
# withdraws nothing, one subject's consent, or that of a thousand.  Half of the
# subjects gave their consent.  Medians and the longest, in ms.
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/../../tools/lib.sh"
subjects=${1:-1000000}
times=${2:-20}
setup build
JOURNEY_BUILD=release build_extension
cluster_start "fsync = off" "shared_buffers = 1GB" "jit = off" "max_parallel_workers_per_gather = 0"
scripts=$(mktemp -d "$WORK/bench.XXXXXX")
trap 'rm -rf "$scripts"; cluster_stop' EXIT

db -c 'CREATE EXTENSION journey' -c "SELECT journey.create_purpose('bench')" -c 'CREATE ROLE ana' \
	-c "SELECT journey.grant_purpose('ana', 'bench')" \
	-c "CREATE TABLE people AS SELECT i AS id, 'user' || lpad(i::text, 8, '0') AS subject, 'x' || i AS email FROM generate_series(1, $subjects) i" \
	-c 'ALTER TABLE people ADD PRIMARY KEY (id)' \
	-c "INSERT INTO journey.subject (name) SELECT subject FROM people ORDER BY id" \
	-c "INSERT INTO journey.ledger (subject, purpose, action)
		SELECT s.number, p.number, 'give' FROM people b JOIN journey.subject s ON s.name = b.subject, journey.purpose p
		WHERE p.name = 'bench' AND b.id % 2 = 0 ORDER BY b.id" \
	-c 'GRANT SELECT ON people TO ana' \
	-c "SELECT journey.protect('people', 'subject', '{\"id\": \"public\", \"email\": \"null\"}')" \
	-c 'SELECT journey.consent_fold()' -c 'VACUUM ANALYZE' >/dev/null

# The questions of one session; $1 subjects lose their consent before each.
questions()
{
	local withdrawn=$1 question=$2 i

	printf "SET ROLE ana;\nSET journey.purpose = 'bench';\n\\o /dev/null\n"
	printf 'SELECT count(email) FROM people;\n%s;\n%s;\n' "$question" "$question"
	for ((i = 1; i <= times; i++)); do
		[ "$withdrawn" -eq 0 ] ||
			printf '\\! psql -qAt -c "%s" >/dev/null\n' "SELECT count(journey.consent_withdraw('user' || lpad((2 * k)::text, 8, '0'), 'bench')) FROM generate_series($((subjects / 4 + i * withdrawn)), $((subjects / 4 + (i + 1) * withdrawn - 1))) k"
		printf '\\timing on\n%s;\n\\timing off\n' "$question"
	done
}

printf '%-60s %9s %9s\n' "$subjects subjects" median longest
for question in 'SELECT count(email) FROM people WHERE id <= 200' 'SELECT count(email) FROM people'; do
	for withdrawn in 0 1 1000; do
		questions "$withdrawn" "$question" >"$scripts/questions"
		db -f "$scripts/questions" | awk '/^Time/ { print $2 }' | sort -n >"$scripts/times"
		printf '%-60s %9.2f %9.2f\n' "${question#SELECT } after $withdrawn" \
			"$(sed -n "$(((times + 1) / 2))p" "$scripts/times")" "$(tail -n 1 "$scripts/times")"
	done
done

kept=$(db -At -c 'SET ROLE ana' -c "SET journey.purpose = 'bench'" -c 'SELECT count(email) FROM people' | tail -n 1)
[ "$kept" = $((subjects / 2 - 1001 * times)) ] || die "$kept cells are shown after the withdrawals"
