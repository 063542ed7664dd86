# What a session remembers of a store never shows: questions are asked again and
# again in one session, and whatever happens in between, the answer is that of
# the table.  Every look asks three times over, for a bucket is remembered from
# the second time on that it is merged, and used from the third.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use Live;

my $node = live_node('memory');
$node->start;
live_setup($node);

my $s = session($node);
my $other = session($node);
my $source = 'SELECT who AS subject, at, what AS event, NULL::text AS channel, NULL::text AS decision, NULL::text AS action,
	NULL::text AS persona, NULL::float8 AS value, NULL::text[] AS senses FROM %s';

# Nothing, or where the store of a table says something else than the table.
sub look
{
	my ($session, $table) = @_;
	my $check = "SELECT live_check('live_$table', '" . sprintf($source, $table) . "');\n";

	return ask($session, $check x 3);
}

sub same
{
	my ($table, $what) = @_;
	return is(look($s, $table), '', $what);
}

# kB that the session remembers.
sub remembered
{
	return ask($s, "SELECT (coalesce(sum(total_bytes), 0) / 1024)::int FROM pg_backend_memory_contexts
		WHERE name LIKE 'journey store %' OR parent LIKE 'journey store %';");
}

# Rows of a table: number FIRST to LAST.
sub rows
{
	my ($table, $first, $last) = @_;
	return "INSERT INTO $table SELECT 'user-' || i * 7919 % 997, timestamptz '2026-01-01Z' + i * interval '1 minute',
		'event ' || i * 31 % 13 FROM generate_series($first, $last) i;";
}

foreach my $table (qw(a b))
{
	ask($s, "CREATE TABLE $table (who text, at timestamptz, what text);" . rows($table, 1, 6000)
		. "DO \$\$BEGIN PERFORM journey.track('$table', 'who', 'at', 'what', 'live_$table'); END\$\$;");
}
is(remembered(), 0, 'nothing is remembered before a store is read');
same('a', 'no changes');
ask($s, rows('a', 20_001, 20_200));
same('a', 'new rows');
my $kept = remembered();
cmp_ok($kept, '>', 100, "the session remembers buckets ($kept kB)");

# everything that makes other changes
foreach my $statement (
	rows('a', 20_201, 20_203), rows('a', 20_204, 20_204), "DELETE FROM a WHERE who = 'user-17';", "UPDATE a SET what = 'new name' WHERE who = 'user-5';",
	"UPDATE a SET at = at + interval '1 microsecond' WHERE who = 'user-6';", "DELETE FROM a WHERE what = 'new name';",
	"INSERT INTO a VALUES ('somebody new', '2026-01-01Z', 'event 1');", "SELECT WHERE journey.fold('live_a') < 0;", rows('a', 20_300, 20_400),
	'VACUUM live_a_delta;', 'VACUUM live_a_sets;', "SELECT WHERE journey.rebuild('live_a') < 0;", rows('a', 20_401, 20_500),
	"DO \$\$BEGIN PERFORM journey.untrack('live_a'); PERFORM journey.track('a', 'who', 'at', 'what', 'live_a'); END\$\$;",
	rows('a', 20_501, 20_600), 'VACUUM FULL live_a_delta;', 'CLUSTER live_a_sets USING live_a_sets_pkey;',
	'CREATE TABLE keep AS SELECT * FROM a; TRUNCATE a;', 'INSERT INTO a TABLE keep; DROP TABLE keep;')
{
	ask($s, $statement);
	same('a', 'after ' . substr($statement =~ s/\s+/ /gr, 0, 60));
}

# what is rolled back, in part or as a whole
ask($s, 'BEGIN; SAVEPOINT one;' . rows('a', 20_601, 20_700));
same('a', 'in a savepoint');
ask($s, 'ROLLBACK TO one;');
same('a', 'behind it');
ask($s, rows('a', 20_601, 20_650) . "DELETE FROM a WHERE who = 'user-3';");
same('a', 'other rows in their place');
ask($s, 'ROLLBACK;');
same('a', 'rolled back');

# an old snapshot in this session, while another one writes and folds
ask($s, rows('a', 20_701, 20_800));
ask($s, 'BEGIN ISOLATION LEVEL REPEATABLE READ;');
same('a', 'a snapshot');
ask($other, rows('a', 20_801, 20_900));
same('a', 'it stays when others write');
is(look($other, 'a'), '', 'who see what they wrote');
ask($other, "DO \$\$BEGIN PERFORM journey.fold('live_a'); END\$\$;" . rows('a', 20_901, 20_950));
same('a', 'and when they fold');
ask($s, 'COMMIT;');
same('a', 'it is given up');

# a cursor that is open while the session reads something newer, and more than once
my $cursor = 'SELECT x.subject, x.j::text FROM live_a, journey.journeys(sets) x';
my $before = ask($s, "SELECT count(*), md5(string_agg(subject || j, ' ' ORDER BY subject COLLATE \"C\")) FROM ($cursor) c (subject, j);");
ask($s, "BEGIN; CREATE TEMP TABLE found (subject text, j text); DECLARE c CURSOR FOR $cursor;
	CREATE FUNCTION pg_temp.fetch(n int) RETURNS void LANGUAGE plpgsql AS \$\$
	DECLARE
		c refcursor := 'c';
		r record;
	BEGIN
		FOR i IN 1 .. n LOOP
			FETCH c INTO r;
			EXIT WHEN NOT FOUND;
			INSERT INTO found VALUES (r.subject, r.j);
		END LOOP;
	END \$\$;
	DO \$\$BEGIN PERFORM pg_temp.fetch(100); END\$\$;" . rows('a', 21_001, 21_300));
same('a', 'new rows while a cursor is open');
ask($s, "DO \$\$BEGIN PERFORM pg_temp.fetch(100); PERFORM journey.fold('live_a'); END\$\$; SET LOCAL journey.store_memory = 0;");
same('a', 'a fold, and all is forgotten, while a cursor is open');
ask($s, 'DO $$BEGIN PERFORM pg_temp.fetch(2000); END$$;');
is(ask($s, "SELECT count(*), md5(string_agg(subject || j, ' ' ORDER BY subject COLLATE \"C\")) FROM found;"), $before, 'the cursor has read what it began with');
ask($s, 'COMMIT;');

# statements that are prepared: with a plan of their own, and then without
ask($s, 'PREPARE sessions AS SELECT sum(journey.session_count(sets, $1)) FROM live_a;');
foreach my $i (1 .. 12)
{
	my $first = 22_000 + 20 * $i;
	ask($s, rows('a', $first, $first + 5));
	is(ask($s, "EXECUTE sessions('10 minutes');"),
		ask($s, "SELECT sum(journey.session_count(p, '10 minutes')) FROM journey.pack('" . sprintf($source, 'a') . "') p;"), "prepared, $i");
}

# two stores of the same shape, in turn and under one number
ask($s, rows('b', 20_001, 20_300));
foreach my $i (1 .. 3)
{
	same($_, "two stores in turn, $i: $_") foreach qw(a b);
	ask($s, rows($_, 23_000 + 10 * $i, 23_005 + 10 * $i)) foreach qw(a b);
}
my $fresh = "SELECT md5(string_agg(f::text, ' ' ORDER BY f::text COLLATE \"C\")) FROM (
	SELECT journey._fresh_sets((SELECT journey._sets_agg(s.bucket, s.sets, d.delta) FROM live_%1\$s_sets s WHERE journey._is_touched(d.delta, s.bucket)), d.delta, 0)
	FROM (SELECT journey._delta_agg(batch, 8, 1::oid) AS delta FROM live_%1\$s_delta) d) f (f)";
my $merged = "SELECT md5(string_agg(f::text, ' ' ORDER BY f::text COLLATE \"C\")) FROM (
	SELECT journey._merged(ARRAY(SELECT s.sets FROM live_%1\$s_sets s WHERE s.bucket = c.bucket), c.batch, 0)
	FROM (SELECT journey._changes_agg(batch, 8, NULL) AS changes FROM live_%1\$s_delta) d, journey._changes(d.changes) c) f (f)";
foreach my $i (1 .. 2)
{
	foreach my $table (qw(a a a b b b))
	{
		is(ask($s, sprintf("$fresh;", $table)), ask($s, sprintf("$merged;", $table)), "under one number, $i: $table");
	}
}

# the same bytes, cut at days and not
my $parts = "SELECT md5(string_agg(f::text, ' ' ORDER BY f::text COLLATE \"C\")) FROM (SELECT journey._fresh_sets((
	SELECT journey._sets_agg(s.bucket, s.sets, d.delta) FROM live_a_sets s WHERE journey._is_touched(d.delta, s.bucket)), d.delta, %s)
	FROM (SELECT journey._delta_agg(batch, 8, 2::oid) AS delta FROM live_a_delta) d) f (f)";
my ($whole, $cut) = map { ask($s, sprintf("SET journey.store_memory = 0; $parts; RESET journey.store_memory;", $_)) } 0, 86_400_000_000;
isnt($whole, $cut, 'chunks make other sets');
foreach my $chunk (0, 0, 0, 86_400_000_000, 86_400_000_000, 86_400_000_000, 0)
{
	is(ask($s, sprintf("$parts;", $chunk)), $chunk == 0 ? $whole : $cut, "chunks of $chunk");
}

# the sets as a value that is stored and read again
ask($s, 'CREATE TABLE stored AS SELECT (SELECT journey._sets_agg(s.bucket, s.sets, d.delta) FROM live_a_sets s WHERE journey._is_touched(d.delta, s.bucket)) AS sets, d.delta
	FROM (SELECT journey._delta_agg(batch, 8, 1::oid) AS delta FROM live_a_delta) d;');
is(ask($s, "SELECT md5(string_agg(f::text, ' ' ORDER BY f::text COLLATE \"C\")) FROM (SELECT journey._fresh_sets(sets, delta, 0) FROM stored) f (f);"),
	ask($s, sprintf("$merged;", 'a')), 'a stored value');

# bounds: all of it, some, nothing, and back
foreach my $kb (0, 64, 300, 2000, 0, 65536)
{
	ask($s, "SET journey.store_memory = $kb;");
	same($_, "$kb kB: $_") foreach qw(a b a);
	my $has = remembered();
	# the tables of what is remembered take some kB themselves
	cmp_ok($has, '<=', $kb + 100, "$kb kB: no more is remembered ($has kB)");
}
ask($s, 'RESET journey.store_memory;');

# errors in the middle: the statement is cancelled, and rows are gone that never were
same('a', 'before errors');
ask($s, rows('a', 24_000, 24_999));
my $cancelled = 0;
foreach my $i (1 .. 40)
{
	# ROLLBACK itself may be cancelled; then the second one is not
	start_asking($s, rows('a', 25_000 + 10 * $i, 25_003 + 10 * $i) . "BEGIN; SET LOCAL statement_timeout = '" . (1 + $i % 8) . "ms';
		SELECT count(*) FROM live_a WHERE journey.started_at(sets) > now(); ROLLBACK; ROLLBACK;");
	my ($out, $err) = answer($s);
	$cancelled += $err =~ /canceling statement due to statement timeout/;
}
note("$cancelled of 40 statements were cancelled");
same('a', 'after statements that were cancelled');
foreach my $i (1 .. 3)
{
	start_asking($s, "BEGIN; DELETE FROM a WHERE who = 'user-8'; DELETE FROM live_a_sets WHERE bucket = journey._bucket('user-8', 'text', 8);
		SELECT count(sets) FROM live_a; ROLLBACK;");
	my ($out, $err) = answer($s);
	like($err, qr/ERROR: .*store does not fit its table/, "a store that has lost rows, $i");
	same('a', "after that error, $i");
}

finish($_) foreach $s, $other;
ok(log_is_clean($node), 'no deadlock and no crash');
$node->stop;
done_testing();
