# Keys and masked values do not turn up where they should not: dumps, logs,
# settings, catalogs, plans, errors, and the memory of a backend that uses them.
#
# The key file holds bytes that stand nowhere else, so they can be looked for:
# as hexadecimal digits in text, and as they are in memory.  The canaries are
# raw values of subjects who refused.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $digits = '5ec2e7c0ffee17' . join('', map { sprintf '%02x', ($_ * 73 + 41) % 256 } 1 .. 25);
my $bytes = pack('H*', $digits);
my $canary = 'canary-4f1d9b@example.org';
my $node = PostgreSQL::Test::Cluster->new('secrets');
my $dir = $node->basedir;

$node->init;
append_to_file($node->data_dir . '/journey.key', "$digits\n");
chmod(0600, $node->data_dir . '/journey.key') or die "chmod: $!";
$node->append_conf('postgresql.conf', <<'CONF');
journey.key_file = 'journey.key'
log_statement = 'all'
log_min_duration_statement = 0
log_min_messages = debug2
log_error_verbosity = verbose
debug_print_plan = on
debug_print_parse = on
debug_print_rewritten = on
log_executor_stats = on
session_preload_libraries = 'auto_explain'
auto_explain.log_min_duration = 0
auto_explain.log_analyze = on
auto_explain.log_verbose = on
CONF
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION journey;
CREATE ROLE ana LOGIN;
CREATE TABLE people (who text, t text, n text, e text, b bytea, k int, p jsonb);
GRANT SELECT ON people TO ana;
SELECT journey.create_purpose('analytics');
SELECT journey.grant_purpose('ana', 'analytics');
SQL

# The raw values come from a file: a statement that names them would be in the log by right.
append_to_file("$dir/people.csv", join('', map { "s$_,$canary$_,$canary$_,$canary$_,\\x00,7,\"{\"\"mail\"\": \"\"$canary$_\"\"}\"\n" } 1 .. 200));
$node->safe_psql('postgres', "COPY people FROM '$dir/people.csv' (FORMAT csv)");
$node->safe_psql('postgres', <<'SQL');
SELECT journey.protect('people', subject => 'who', columns => '{
  "t": "token", "n": {"mask": "fake", "kind": "email"}, "e": "encrypt", "b": "encrypt", "k": {"mask": "noise", "spread": 3},
  "p->>''mail''": {"mask": "partial", "keep_last": 2}}');
SQL

# Reads, errors and plans of a reader, in a session that stays.
my $session = $node->background_psql('postgres', extra_params => [ '-U', 'ana' ], on_error_stop => 0);
my $seen = '';
foreach my $statement (
	"SET journey.purpose = 'analytics'",
	'SELECT * FROM people',
	'EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM people WHERE t > n',
	'SELECT t::int FROM people', 'SELECT 1 / (k - k) FROM people WHERE length(e) > 0', 'SELECT (p ->> \'mail\')::date FROM people',
	'PREPARE again AS SELECT t, e, k FROM people WHERE n = $1', 'EXECUTE again(1)',
	'SELECT name, setting, boot_val, reset_val FROM pg_settings', 'SHOW ALL', 'SELECT prosrc, probin FROM pg_proc WHERE pronamespace = \'journey\'::regnamespace',
	'SELECT pg_get_viewdef(\'people\')', 'SELECT * FROM pg_stats WHERE tablename = \'people\'',
	'SELECT * FROM pg_stat_activity')
{
	$seen .= $session->query($statement);
	$seen .= $session->{stderr};
	$session->{stderr} = '';
}
like($seen, qr/tok_/, 'the reader sees masks');
unlike($seen, qr/\Q$canary\E/, 'no raw value in what a reader sees');
unlike($seen, qr/\Q$digits\E/i, 'nor the key');

# The memory of the backend, of which the key is a part for as long as it is used.
SKIP:
{
	my $pid = $session->query('SELECT pg_backend_pid()');
	my ($found, $looked, $guarded, $maps, $memory) = (0, 0, 0);

	skip 'the memory of the backend cannot be read here', 3
		unless open($maps, '<', "/proc/$pid/maps") && open($memory, '<:raw', "/proc/$pid/mem");
	$session->query('BEGIN');
	$session->query('DECLARE c CURSOR FOR SELECT * FROM people');
	$session->query('FETCH 10 FROM c');

	# What a core file takes of it: pages that are not marked as left out.
	my ($range, %left_out);
	if (open(my $smaps, '<', "/proc/$pid/smaps"))
	{
		while (<$smaps>)
		{
			$range = $1 if /^([0-9a-f]+-[0-9a-f]+) /;
			$left_out{$range} = 1 if /^VmFlags:.* dd\b/;
		}
	}
	while (<$maps>)
	{
		my ($from, $to, $mode, $name) = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)$/ or next;

		# anonymous memory, the heap and the stack; not files, nor what all backends share
		next unless $mode =~ /^r..p/ && ($name eq '' || $name eq '[heap]' || $name eq '[stack]');
		my $size = hex($to) - hex($from);
		next if $size > 1 << 30;
		seek($memory, hex($from), 0) or next;
		defined(sysseek($memory, hex($from), 0)) or next;
		my $page;
		defined(sysread($memory, $page, $size)) or next;
		$looked += $size;
		my $times = () = $page =~ /\Q$bytes\E|\Q$digits\E/gi;
		if ($left_out{"$from-$to"}) { $guarded += $times }
		else { $found += $times }
	}
	ok($looked > 1_000_000, "looked at $looked bytes of the backend");
	is($found, 0, 'no key where a core file would have it');
	ok($guarded > 0, 'but in memory that is left out of it');
	$session->query('COMMIT');
}
$session->quit;

# Files: the log, a dump of all, the catalogs in the data directory.
is($node->safe_psql('postgres', q{SELECT journey.subject_erase('s1') ->> 'receipt'}), 'erasure', 'a subject is erased');
$node->safe_psql('postgres', 'SELECT journey.key_check(), journey.signing_key()');
# 105: names of subjects that no statement of ours spells out; whoever records and erases reads them from a table
append_to_file("$dir/names.csv", "subject-canary-1\nsubject-canary-2\n");
is($node->safe_psql('postgres', qq{
	CREATE TABLE names (name text);
	COPY names FROM '$dir/names.csv';
	SELECT count(journey.consent_give(name, 'analytics')) FROM names;
	SELECT count(journey.consent_withdraw(name, 'analytics')) FROM names;
	SELECT count(journey.subject_erase(name)) FROM names;
	SELECT count(journey.subject_export(name)) FROM names}), "2\n2\n2\n2", '105: subjects are recorded, erased and exported');
$node->command_ok([ 'pg_dumpall', '-f', "$dir/all.sql" ], 'dump all');
my $dump = slurp_file("$dir/all.sql");
unlike($dump, qr/\Q$digits\E/i, 'no key in a dump of all');
unlike($dump, qr/COPY journey\.subject_key/, 'nor the wrapped keys of subjects');
my $log = slurp_file($node->logfile);
like($log, qr/journey\._cell|journey\.protect/, 'the log tells of statements');
unlike($log, qr/\Q$digits\E/i, 'no key in the log');
unlike($log, qr/\Q$canary\E/, 'no raw value in the log');
unlike($log, qr/subject-canary/, '105: no name of a subject in the log');

$node->safe_psql('postgres', 'CHECKPOINT');
$node->stop;
my $copies = 0;
foreach my $file (glob($node->data_dir . '/{base,global,pg_wal,pg_logical,pg_stat}/{*,*/*}'))
{
	next unless -f $file;
	my $content = slurp_file($file);
	$copies += () = $content =~ /\Q$bytes\E|\Q$digits\E/gi;
}
is($copies, 0, 'no key in tables, indexes, catalogs and WAL');

done_testing();
