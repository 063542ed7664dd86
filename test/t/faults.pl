# Faults: memory that ends while decisions are loaded, a key that cannot be
# read in the middle of a session, tables that change under their readers, and
# a restore into a cluster that has no key.  A cell is masked or the statement
# is refused; it is never shown, and the session goes on when the fault is over.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('faults');
my $key = '0123456789abcdef' x 4;
my $file = $node->data_dir . '/journey.key';

$node->init;
append_to_file($file, "$key\n");
chmod(0600, $file) or die "chmod: $!";
$node->append_conf('postgresql.conf', "journey.key_file = 'journey.key'\nmax_parallel_workers_per_gather = 0\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION journey;
	CREATE ROLE ana LOGIN;
	CREATE ROLE owner;
	CREATE TABLE people (who text, n int, mail text, note text);
	INSERT INTO people SELECT 'u' || i, i, CASE WHEN i % 2 = 0 THEN 'yes' ELSE 'canary' END || i, CASE WHEN i % 2 = 0 THEN 'yes' ELSE 'canary' END
	FROM generate_series(1, 100000) i;
	ALTER TABLE people OWNER TO owner;
	GRANT SELECT ON people TO ana;
	SELECT journey.create_purpose('analytics');
	SELECT journey.grant_purpose('ana', 'analytics');
	SELECT journey.protect('people', subject => 'who', columns => '{"who": "public", "n": "public", "mail": "token"}');
	SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', CASE WHEN i % 2 = 0 THEN 'give' ELSE 'refuse' END,
		'subject', 'u' || i, 'purpose', 'analytics')) FROM generate_series(1, 100000) i))});

sub reader
{
	my ($other) = @_;
	my $session = ($other // $node)->background_psql('postgres', extra_params => [ '-U', 'ana' ], on_error_stop => 0);

	$session->query("SET journey.purpose = 'analytics'");
	return $session;
}

# What a session says to a query: the answer, or the error.
sub ask
{
	my ($session, $query) = @_;
	my $answer = $session->query($query);
	my $error = $session->{stderr};

	$session->{stderr} = '';
	return $error =~ /(ERROR: .*)/ ? $1 : $answer;
}

my $count = "SELECT count(note), count(*) FILTER (WHERE note ~ 'canary' OR mail ~ 'canary') FROM people";

# 100: memory that ends.  The limit is put on the backend when it is ready to read.
SKIP:
{
	skip 'SKIP: there is no prlimit', 4 if system('prlimit --version >/dev/null 2>&1') != 0;
	my (@short, @wrong);

	foreach my $spare (0, 256, 1024, 2048, 3072, 4096, 8192, 12288)
	{
		my $session = reader();
		my $pid = ask($session, 'SELECT pg_backend_pid()');
		# the library is loaded, decisions are not
		ask($session, "SELECT journey.consented('nobody', 'analytics')");
		my ($pages) = slurp_file("/proc/$pid/statm") =~ /^(\d+)/;
		my $limit = $pages * 4096 + $spare * 1024;

		system('prlimit', '--pid', $pid, "--as=$limit:unlimited") == 0 or die 'prlimit failed';
		my $answer = ask($session, $count);
		system('prlimit', '--pid', $pid, '--as=unlimited:unlimited') == 0 or die 'prlimit failed';
		my $then = ask($session, $count);

		push @short, $spare if $answer =~ /out of memory/;
		push @wrong, "$spare kB: $answer" unless $answer eq '50000|0' || $answer =~ /out of memory/;
		push @wrong, "$spare kB, after: $then" unless $then eq '50000|0';
		$session->quit;
	}
	ok(@short > 0, '100: memory ended with ' . join(', ', @short) . ' kB to spare');
	is(join("\n", @wrong), '', '100: each answer was right or none, and the next one right');
	unlike(slurp_file($node->logfile), qr/canary\d/, '100: no raw value in the log');
	unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC/, '100: no crash');
}

# The key, in a session that has used it.
my $session = reader();
my $tokens = q{SELECT string_agg(mail, ',' ORDER BY n) FROM people WHERE n IN (1, 2, 3)};
my $seen = ask($session, $tokens);
like($seen, qr/^tok_[^,]*,yes2,tok_[^,]*$/, 'tokens with the key');
foreach my $fault ([ 'unreadable', sub { chmod(0, $file) } ], [ 'open to all', sub { chmod(0644, $file) } ], [ 'away', sub { rename($file, "$file.away") } ],
	[ 'empty', sub { open(my $f, '>', $file) && chmod(0600, $file) } ])
{
	my ($name, $make) = @$fault;

	$make->() or die "$name: $!";
	foreach my $reader ($session, reader())
	{
		is(ask($reader, $tokens), '', "key $name: nothing that needs it is shown");
		is(ask($reader, $count), '50000|0', "key $name: what needs none is, if there is consent");
		$reader->quit if $reader != $session;
	}
	unlink($file);
	append_to_file($file, "$key\n") if !-e "$file.away";
	rename("$file.away", $file) if -e "$file.away";
	chmod(0600, $file) or die "chmod: $!";
	is(ask($session, $tokens), $seen, "key no longer $name: the same tokens again");
}
$session->quit;

# Tables that change while they are read.
my $script = $node->basedir . '/read.sql';
append_to_file($script, "SET journey.purpose = 'analytics';\n" . ("SELECT * FROM people WHERE n < 40;\nSELECT count(note) FROM people WHERE n % 7 = 3;\n" x 300));
my ($out, $err) = ('', '');
my $reads = IPC::Run::start([ 'psql', '-X', '-q', '-A', '-t', '-U', 'ana', '-d', $node->connstr('postgres'), '-f', $script ], '>', \$out, '2>', \$err,
	IPC::Run::timeout(300));
foreach my $i (1 .. 12)
{
	foreach my $command (
		"ALTER TABLE journey_base.people ADD extra text DEFAULT 'other'",
		"SELECT journey.refresh('people')",
		"ALTER TABLE journey_base.people RENAME note TO remark",
		"ALTER TABLE journey_base.people RENAME remark TO note",
		"ALTER TABLE journey_base.people DROP extra CASCADE",
		"SELECT journey.refresh('journey_base.people')",
		"ALTER TABLE journey_base.people OWNER TO CURRENT_USER",
		"ALTER VIEW people OWNER TO CURRENT_USER",
		"ALTER TABLE journey_base.people OWNER TO owner",
		"ALTER VIEW people OWNER TO owner",
		"SELECT journey.key_rotate()")
	{
		# readers lock the view before the table, and DROP ... CASCADE the table before the view
		my $tries = 0;
		1 while ($node->psql('postgres', $command))[0] != 0 && ++$tries < 20;
		fail("$command: 20 times") if $tries == 20;
	}
}
$reads->finish;
my $lines = () = $out =~ /^u\d+\|/mg;
my %errors = map { $_ => 1 } $err =~ /ERROR:  (.*)/g;
ok($lines > 1000, "$lines rows were read meanwhile");
unlike($out . $err, qr/canary/, 'no raw value while the table changed');
is(join('; ', grep { !/^(relation "people" does not exist|cached plan must not change result type|could not open relation with OID \d+|deadlock detected|permission denied for table people)/ } sort keys %errors),
	'', 'and no error but that the view was away, being dropped, or of another owner than its table');

# A cluster that has neither the key nor the roles.
my $dump = $node->basedir . '/dump';
my $other = PostgreSQL::Test::Cluster->new('other');
$other->init;
$other->start;
$other->safe_psql('postgres', 'CREATE ROLE somebody LOGIN; CREATE ROLE owner; CREATE ROLE ana LOGIN');
$node->command_ok([ 'pg_dump', '-Fc', '-f', $dump, 'postgres' ], 'dump');
$other->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'postgres', $dump ], 'restore into another cluster');
$session = reader($other);
is(ask($session, $tokens), '', 'without the key there: nothing that needs it is shown');
is(ask($session, $count), '50000|0', 'consent is known there');
$session->quit;
$session = $other->background_psql('postgres', extra_params => [ '-U', 'somebody' ], on_error_stop => 0);
like(ask($session, 'SELECT * FROM journey_base.people'), qr/permission denied/, 'nobody reads the base table there');
like(ask($session, 'SELECT * FROM people'), qr/permission denied/, 'nor the view, unless granted');
$session->quit;
# a backup that was taken without the rights: who reads then, and what
$other->safe_psql('postgres', 'CREATE DATABASE bare');
$other->command_ok([ 'pg_restore', '--exit-on-error', '--no-owner', '--no-privileges', '-d', 'bare', $dump ], 'restore without owners and rights');
my (undef, undef, $error) = $other->psql('bare', 'SELECT * FROM people', extra_params => [ '-U', 'ana' ]);
like($error, qr/permission denied/, 'shows nobody anything');
(undef, undef, $error) = $other->psql('bare', 'SELECT * FROM journey_base.people', extra_params => [ '-U', 'ana' ]);
like($error, qr/permission denied/, 'nor the base table');

# Pages that the disk damaged: an error that names the file, or another way to know; the same again when they are whole.
my %files = map { split(/\|/) } split(/\n/, $node->safe_psql('postgres', q{
	SELECT c.oid::regclass, pg_relation_filepath(c.oid)
	FROM pg_class c
	WHERE c.oid IN (SELECT unnest(ARRAY[r.oid, nullif(r.reltoastrelid, 0)]) FROM pg_class r
	                WHERE r.relnamespace = 'journey'::regnamespace AND r.relname IN ('fact_page', 'subject', 'state', 'policy', 'purpose', 'reader_purpose')
	                UNION ALL SELECT i.indexrelid FROM pg_index i WHERE i.indrelid IN ('journey.fact_page'::regclass, 'journey.subject'::regclass, 'journey.state'::regclass))
	  AND pg_relation_size(c.oid) > 0}));
my $one = q{SELECT coalesce(max(note), 'masked') FROM people WHERE n = 7};
my %said;
$node->stop;
foreach my $relation (sort keys %files)
{
	my $path = $node->data_dir . '/' . $files{$relation};
	my $whole = slurp_file($path);
	my $damaged = $whole;

	substr($damaged, 8192 * $_, 8192, pack('V*', map { 0xdeadbeef + $_ } 1 .. 2048)) foreach 0 .. int(length($whole) / 8192) - 1;
	open(my $f, '>:raw', $path) or die "$path: $!";
	print $f $damaged;
	close($f);
	$node->start;
	my $damaged_session = reader();
	foreach my $query ($count, $one)
	{
		my $answer = ask($damaged_session, $query);
		$said{$relation} .= "$answer; ";
		ok($answer =~ /^ERROR: .*invalid page in block \d+ of relation/ || $answer eq ($query eq $count ? '50000|0' : 'masked'), "a damaged $relation: nothing denied is shown")
			or diag($answer);
	}
	$damaged_session->quit;
	$node->stop;
	open($f, '>:raw', $path) or die "$path: $!";
	print $f $whole;
	close($f);
}
like(join(' ', values %said), qr/invalid page/, 'what is needed is missed');
$node->start;
$session = reader();
is(ask($session, $count), '50000|0', 'whole again: the same answer');
$session->quit;
note("$_: $said{$_}") foreach sort keys %said;

# What is packed can be thrown away.
$node->stop;
my $path = $node->data_dir . '/' . $files{'journey.fact_page'};
my $size = -s $path;
open(my $f, '>:raw', $path) or die "$path: $!";
print $f 'x' x $size;
close($f);
$node->start;
$session = reader();
like(ask($session, $count), qr/invalid page/, 'what is packed is damaged');
$node->safe_psql('postgres', 'TRUNCATE journey.fact_page; SELECT journey.consent_fold()');
is(ask($session, $count), '50000|0', 'and packed anew');
$session->quit;

$node->stop;
$other->stop;
done_testing();
