#!/bin/bash
# What journey does, shown in a minute, on a sample shop or on your own file:
#
#	make demo
#	make demo DATA=file.csv[.gz] [AT=column] [SUBJECT=..] [EVENT=..] [TOPIC=..] [SEQ=..]
#	make demo LOOK=1		ends in psql, to look around; the server stops when you leave
#
# doc/demo.md says how the columns of a file are guessed.
export JOURNEY_BUILD=${JOURNEY_BUILD-release}
. "$(dirname "$0")/lib.sh"

HERE=$ROOT/tools/demo
DEMO=$WORK/demo

# Commands of psql in the database of the demo.
demo()
{
	db -d demo "$@"
}

# Runs commands as they are shown to the user, complaints at their place and without the name of the script.
show()
{
	demo "${look[@]}" "$@" 2>&1 | sed -u -E 's/^psql:[^ ]+: +//; s/^ERROR: +/journey: /; s/^HINT: +/  /; /^CONTEXT:/d' || return 1
}

# The file as it is or unpacked.
unpacked()
{
	if [ "$(head -c 2 "$file" | od -An -tx1 | tr -d ' ')" = 1f8b ]; then
		gzip -dc -- "$file" 2>"$DEMO/gzip" || die "$DATA cannot be unpacked: $(sed 's/^gzip: *//' "$DEMO/gzip" | tail -n 1)"
	else
		cat -- "$file"
	fi
}

# Refuses what cannot be a CSV file, in words.
check_file()
{
	[ -e "$file" ] || die "there is no file $DATA (looked in $PWD)"
	[ ! -d "$file" ] || die "$DATA is a folder; DATA= wants one file"
	[ -f "$file" ] || die "$DATA is a pipe or a device; it is read twice, so put it into a file"
	[ -r "$file" ] || die "$DATA cannot be read by $(id -un)"
	[ -s "$file" ] || die "$DATA: the file is empty"
	case $(head -c 4 "$file" | od -An -tx1 | tr -d ' ') in
		504b0304) die "$DATA is a zip archive or a spreadsheet: unpack it, or save it as CSV" ;;
		7b* | 5b7b* | 5b0a* | 5b0d*) die "$DATA is JSON: turn it into CSV first" ;;
		fd377a58 | 28b52ffd | 425a68*) die "$DATA is packed with xz, zstd or bzip2: unpack it first" ;;
	esac
}

# Reads the file twice: once to know its columns, once for the chosen ones.
load_file()
{
	local take

	unpacked | "$DEMO/csv" look "$DEMO/columns" "$DEMO/sample" 2>"$DEMO/complaint" ||
		die "$DATA: $(cat "$DEMO/complaint")"
	demo -f "$HERE/tables.sql" -c "CREATE TABLE csv_column (number int, name text);
		CREATE TABLE csv_sample (line bigint, number int, value text);
		CREATE TABLE csv_row (line bigint, at text, subject text, event text, topic text, seq text)" \
		-c "\\copy csv_column FROM '$DEMO/columns'" -c "\\copy csv_sample FROM '$DEMO/sample'"
	show -v at="${AT-}" -v subject="${SUBJECT-}" -v event="${EVENT-}" -v topic="${TOPIC-}" -v seq="${SEQ-}" \
		-f "$HERE/guess.sql" >&2
	take=$(demo -At -c "SELECT string_agg(number || coalesce('+' || second, ''), ','
			ORDER BY array_position('{at,subject,event,topic,seq}', role)) FROM csv_choice")
	unpacked | "$DEMO/csv" take "$take" |
		demo -c "COPY csv_row (line, at, subject, event, topic$(case $take in *,*,*,*,*) echo , seq ;; esac)) FROM STDIN"
	show -f "$HERE/convert.sql"
}

file=
if [ -n "${DATA-}" ]; then
	case $DATA in
		/*) file=$DATA ;;
		*) file=$PWD/$DATA ;;
	esac
	check_file
fi

setup build
say "building journey for $("$PG_CONFIG" --version)"
build_extension
mkdir -p "$DEMO"
[ "$DEMO/csv" -nt "$HERE/csv.c" ] && [ "$DEMO/csv" -nt "$ROOT/src/core/utf8.c" ] ||
	cc -std=c11 -O2 -I"$ROOT/src/core" -o "$DEMO/csv" "$HERE/csv.c" "$ROOT/src/core/utf8.c"

# The key that tokens are made with: 64 hex digits, for the server's eyes only.
head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$DEMO/key.new"
chmod 600 "$DEMO/key.new"
[ "$(id -u)" != 0 ] || chown nobody "$DEMO/key.new"
mv -f "$DEMO/key.new" "$DEMO/key"

say "starting a server of its own"
cluster_start
db -c "DROP DATABASE IF EXISTS demo" -c "DROP ROLE IF EXISTS ana" 2>/dev/null
db -c "CREATE DATABASE demo" -c "CREATE ROLE ana LOGIN" \
	-c "ALTER DATABASE demo SET timezone = 'UTC'" -c "ALTER DATABASE demo SET datestyle = 'ISO, YMD'" \
	-c "ALTER DATABASE demo SET client_min_messages = 'warning'" \
	-c "ALTER DATABASE demo SET journey.key_file = '$DEMO/key'"
demo -c "CREATE EXTENSION journey"

# How the tables look; bold and dim only where somebody looks at them.
bold='' dim='' normal=''
if [ -t 1 ]; then
	bold=$'\e[1m' dim=$'\e[2m' normal=$'\e[0m'
fi
look=(-v b="$bold" -v d="$dim" -v n="$normal" -P linestyle=unicode -P border=1 -P footer=off -P null=∅
	-v SHOW_CONTEXT=never -v VERBOSITY=default)

if [ -n "$file" ]; then
	say "loading $DATA"
	echo
	load_file
	show -v shop=off -v who=subject -f "$HERE/show.sql" -f "$HERE/masked.sql"
else
	say "filling a sample shop"
	echo
	demo -f "$HERE/shop.sql"
	show -v shop=on -v who=customer -f "$HERE/show.sql" -f "$HERE/masked.sql"
fi

if [ -n "${LOOK-}" ]; then
	echo "Tables: events, session, signal.  \\q leaves, and stops the server."
	psql -X -q "${look[@]}" -d demo || true
else
	echo "Look around in this database: make demo LOOK=1     Your own data: make demo DATA=file.csv"
	echo "The manual begins in README.md."
fi
db -c "DROP DATABASE demo" -c "DROP ROLE ana"
