#!/bin/bash
# Tests of `make demo`: what it prints for the shop, that its figures for real
# data are those of the reference answers, and what it says about bad files.
export JOURNEY_BUILD=${JOURNEY_BUILD-assert}	# for the demo as well, which would show a release
. "$(dirname "$0")/lib.sh"
setup build tap
build_extension
cluster_start

HERE=$ROOT/test/demo
SHARED=$ROOT/../shared			# real data; not part of the tree
OUT=$WORK/demotest
mkdir -p "$OUT"
passed=0
failed=0

# check NAME COMMAND...: one test, passed if the command succeeds.
check()
{
	local name=$1

	shift
	if "$@" >"$OUT/check" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'not ok: %s\n' "$name"
		sed 's/^/    /' "$OUT/check"
	fi
}

# run FILE [SETTING=...]: the demo; output in $OUT/out, status in $status.
run()
{
	local data=$1

	shift
	status=0
	env "$@" DATA="$data" bash "$ROOT/tools/demo.sh" >"$OUT/out" 2>&1 || status=$?
}

# The last run printed this text.
prints()
{
	grep -qF -- "$1" "$OUT/out" || { printf 'not printed: %s\n' "$1"; cat "$OUT/out"; return 1; }
}

# The last run has a row of a table with these cells.
row()
{
	local pattern=

	for cell in "$@"; do
		pattern="$pattern *$(printf '%s' "$cell" | sed 's/[][\.*^$]/\\&/g') *│"
	done
	grep -q -- "^${pattern%│}\(│\|\$\)" "$OUT/out" || { printf 'no row: %s\n' "$*"; cat "$OUT/out"; return 1; }
}

# The demo refuses a file with a message that holds this text, status 1, and nothing else of note.
refuses()
{
	local name=$1 text=$2

	shift 2
	run "$@"
	check "$name" prints "$text"
	check "$name: fails" test "$status" != 0
	check "$name: no trace of scripts" bash -c "! grep -E 'psql:|CONTEXT|LINE [0-9]|line [0-9]+: .*(command|syntax)' '$OUT/out'"
}

# csv NAME INPUT EXPECTED: what `csv take` makes of all columns of an input.
reads()
{
	local name=$1 input=$2 expected=$3 columns

	check "csv: $name" bash -c "printf '%b' \"\$1\" | '$WORK/demo/csv' look '$OUT/columns' '$OUT/sample'" - "$input"
	columns=$(cut -f 1 "$OUT/columns" | paste -sd ,)
	printf '%b' "$expected" >"$OUT/expected"
	{
		cut -f 2 "$OUT/columns" | paste -sd '|'
		printf '%b' "$input" | "$WORK/demo/csv" take "$columns"
	} >"$OUT/got"
	check "csv: $name" diff "$OUT/expected" "$OUT/got"
}

# The shop, to the letter.  Tokens depend on the key, which is made anew.
run ''
sed -E "/^==/d; s/tok_[a-z2-7]{26}/tok_(26 characters of a token)/; s/ +\$//" "$OUT/out" >"$OUT/shop"
check "shop" diff "$HERE/shop.out" "$OUT/shop"
check "shop: succeeds" test "$status" = 0
tokens=$(grep -oE 'tok_[a-z2-7]{26}' "$OUT/out" | sort -u | wc -l || true)
check "shop: tokens" test "$tokens" -gt 0
check "key: 64 hex digits" grep -qxE '[0-9a-f]{64}' "$WORK/demo/key"
check "key: for its owner alone" test "$(stat -c %a "$WORK/demo/key")" = 600
check "key: not printed" bash -c "! grep -qf '$WORK/demo/key' '$OUT/out'"
check "nothing left: database" test "$(db -At -c "SELECT count(*) FROM pg_database WHERE datname = 'demo'")" = 0
check "nothing left: role" test "$(db -At -c "SELECT count(*) FROM pg_roles WHERE rolname = 'ana'")" = 0

# Real data: the figures of the reference answers.
if [ -d "$SHARED/data" ]; then
	for set in cj_events sepsis receipt nasa_http_19950801; do
		run "$SHARED/data/$set.csv.gz"
		check "$set: succeeds" test "$status" = 0
		perl -MJSON::PP -e '
			local $/;
			my $r = decode_json(<STDIN>);
			$r = $r->{all_requests} if $r->{all_requests};
			sub digits { my $n = reverse shift; $n =~ s/(\d{3})(?=\d)/$1,/g; return scalar reverse $n }
			my $s = $r->{by_session_30min};
			printf "%s interactions of %s subjects are %s sessions.\n",
				map { digits($_) } $r->{rows_used}, $r->{keys}, $s->{n};
			printf "%s different paths\n", digits($s->{distinct_variants});
			my $path;
			foreach (@{ $s->{variants_top10} }[0 .. 7])
			{
				$path = join(" > ", @{ $_->[0] });
				last if length($path) > 60;
				print "$path│$_->[1]\n";
			}
		' <"$SHARED/data/reference/$set.json" >"$OUT/facts"
		while IFS= read -r fact; do
			case $fact in
				*│*) check "$set: $fact" row "${fact%│*}" "${fact#*│}" ;;
				*) check "$set: $fact" prints "$fact" ;;
			esac
		done <"$OUT/facts"
	done
	run "$SHARED/data/nyc311_animals_2025q1.csv.gz"
	check "nyc311: succeeds" test "$status" = 0
	check "nyc311: subject" row who zip '181 different'
	check "nyc311: event" row what complaint_type '9 different'
	check "nyc311: no subject" prints '24 rows have no subject'
	perl -MJSON::PP -e 'local $/; print "$_->[0]│$_->[1]\n" foreach @{ decode_json(<STDIN>)->{by_type} }' \
		<"$SHARED/data/reference/nyc311_animals_2025q1.json" >"$OUT/facts"
	while IFS= read -r fact; do
		check "nyc311: $fact" row "${fact%│*}" trend "${fact#*│}"
	done <"$OUT/facts"
else
	echo "demotest: $SHARED/data is not there: real data NOT tested"
fi

# Somebody's odd file: every line of it says what is odd about it.
run "$HERE/odd.csv"
check "odd: succeeds" test "$status" = 0
check "odd: when" row when 'Tag + Uhrzeit' '2026-03-02 to 2026-03-03'
check "odd: who" row who 'customer' '2 different'
check "odd: what" row what 'Event Name' '4 different'
check "odd: unreadable" prints '1 time is unreadable: left out. The first is in line 8: "31.02.2026 10:00"'
check "odd: no subject" prints '1 row has no subject'
check "odd: no event" prints '1 row has no event'
check "odd: sessions" prints '6 interactions of 2 subjects are 3 sessions.'
check "odd: journey" row 'came > "said ""hi""" > left' 1
run "$HERE/odd.csv" SUBJECT=8 'EVENT=event name' 'AT=tag+uhrzeit' 'TOPIC=column 5' SEQ=Nr.
check "odd, chosen: who" row who 'customer (2)' '1 different'
check "odd, chosen: topic" row 'about what' 'column 5' '1 different'
check "odd, chosen: order" row 'in which order' Nr.

# The smallest file, and times without a clock.
printf 'ts,user,event\n2026-01-01 10:00,u,e\n' >"$OUT/one.csv"
run "$OUT/one.csv"
check "one row: succeeds" test "$status" = 0
check "one row: sessions" prints '1 interaction of 1 subject is 1 session.'
check "one row: withdrawn" prints 'after u has withdrawn'
printf 'day,user,event\n2026-01-01,u,e\n2026-01-01,u,f\n2026-01-02,NULL,e\n2026-01-02,u,\\N,\n' >"$OUT/days.csv"
run "$OUT/days.csv"
check "days: succeeds" test "$status" = 0
check "days: said" prints 'The times are days without a clock'
check "days: NULL is nobody" prints '1 row has no subject'
check "days: \\N is nothing" prints '1 row has no event'
check "days: sessions" prints '2 interactions of 1 subject are 1 session.'

printf 'ts,user,event\n09-MAR-26 10:00:00,u,e\n31-DEC-99,u,e\n9 March 2026,u,e\n' >"$OUT/oracle.csv"
run "$OUT/oracle.csv"
check "month in letters: when" row when ts '1999-12-31 to 2026-03-09'

# Columns of many kinds of logs are found.
while IFS='|' read -r header line at subject event; do
	printf '%s\n%s\n%s\n' "$header" "$line" "$line" >"$OUT/log.csv"
	run "$OUT/log.csv"
	check "log $header: when" row when "$at"
	check "log $header: who" row who "$subject"
	check "log $header: what" row what "$event"
done <"$HERE/logs.txt"

# Errors, in words.
refuses 'missing file' 'there is no file nowhere.csv' nowhere.csv
refuses 'folder' 'is a folder' "$HERE"
: >"$OUT/empty.csv"
refuses 'empty file' 'the file is empty' "$OUT/empty.csv"
printf 'a,b\n' >"$OUT/header.csv"
refuses 'header only' 'line 1: the file has a header and no rows' "$OUT/header.csv"
printf 'ts,user,event\n2026-01-01,u,e\n2026-01-01,u\n' >"$OUT/short.csv"
refuses 'short row' 'line 3: 2 fields where the header has 3' "$OUT/short.csv"
printf 'ts,user,event\n2026-01-01,"u,e\n2026-01-01,u,e\n' >"$OUT/open.csv"
refuses 'open quote' 'line 2: a double quote that opens here is not closed' "$OUT/open.csv"
printf 'ts,user,event\n2026-01-01,\xfc,e\n' >"$OUT/latin.csv"
refuses 'not UTF-8' 'line 2: not valid UTF-8' "$OUT/latin.csv"
printf 'ts,user,event\n2026-01-01,u,e\n' | gzip | head -c 30 >"$OUT/cut.csv.gz"
refuses 'cut gzip' 'cannot be unpacked' "$OUT/cut.csv.gz"
printf 'PK\003\004 and so on' >"$OUT/zip.csv"
refuses 'zip' 'is a zip archive or a spreadsheet' "$OUT/zip.csv"
printf '[{"ts": 1},\n{"ts": 2}]\n' >"$OUT/json.csv"
refuses 'JSON' 'is JSON' "$OUT/json.csv"
printf '2026-01-01 10:00,u,e\n2026-01-01 11:00,u,e\n' >"$OUT/nameless.csv"
refuses 'no header' 'the first line holds data, not names of columns: 2026-01-01 10:00, u, e' "$OUT/nameless.csv"
printf 'a,b\n1,2\n3,4\n' >"$OUT/numbers.csv"
refuses 'no time' 'no column says when' "$OUT/numbers.csv"
check 'no time: how to choose' prints 'Name one with AT=. The columns are: a, b'
refuses 'unknown column' 'there is no column "when", named by AT=' "$OUT/numbers.csv" AT=when
refuses 'not a time' 'nothing in column "a" reads as a time' "$OUT/numbers.csv" AT=a
printf 'ts,user,event\nx,u,e\n2026-01-01,,e\n2026-01-01,u,\n' >"$OUT/nothing.csv"
refuses 'nothing left' 'no row has a time, a subject and an event' "$OUT/nothing.csv" AT=ts SUBJECT=user EVENT=event

# The reader of CSV alone.
reads 'plain' 'a,b\n1,2\n' 'a|b\n2\t1\t2\n'
reads 'no line end at the end' 'a,b\n1,2' 'a|b\n2\t1\t2\n'
reads 'byte order mark, Windows line ends' '\xef\xbb\xbfa,b\r\n1,2\r\n' 'a|b\n2\t1\t2\n'
reads 'old line ends' 'a,b\r1,2\r' 'a|b\n2\t1\t2\n'
reads 'empty fields' 'a,b\n,\n"",x\n' 'a|b\n2\t\\N\t\\N\n3\t\\N\tx\n'
reads 'blank lines' 'a,b\n\n1,2\n\n\n3,4\n' 'a|b\n3\t1\t2\n6\t3\t4\n'
reads 'quotes' 'a,b\n"1""x",2"y"\n"p"q,"r\ns\r\nt"\n' 'a|b\n2\t1"x\t2"y"\n3\tpq\tr\\ns\\nt\n'
reads 'backslash and tab' 'a,b\n"x\ty",\\M\n' 'a|b\n2\tx\\ty\t\\\\M\n'
reads 'words for NULL' 'a,b\nNULL,\\N\nnull,Null\n' 'a|b\n2\t\\N\t\\N\n3\t\\N\tNull\n'
reads 'empty fields beyond the header' 'a,b\n1,2,\n3,4,"",\n' 'a|b\n2\t1\t2\n3\t3\t4\n'
reads 'names' ' a ,,a,a,"b\nc"\n1,2,3,4,5\n' 'a|column 2|a (2)|a (3)|b\\nc\n3\t1\t2\t3\t4\t5\n'
reads 'separator in the first line' '\xef\xbb\xbfsep=;\r\na,1;b\r\n2;3\r\n' 'a,1|b\n3\t2\t3\n'
reads 'semicolons' 'a;b;c,d\n1;2;3,4\n' 'a|b|c,d\n2\t1\t2\t3,4\n'
reads 'one column' 'a\n1\n2\n' 'a\n2\t1\n3\t2\n'

result demotest "$passed" "$failed"
