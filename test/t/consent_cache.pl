# What a session keeps about subjects is never stale: random histories written
# by several sessions at once, read by one session that keeps the facts and one
# that looks everything up; prepared transactions; a standby that lags, is
# promoted, and keeps its sessions.
use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "max_prepared_transactions = 5\nautovacuum = off\n");
$primary->start;
$primary->safe_psql('postgres', q{
	CREATE EXTENSION journey;
	CREATE ROLE ana;
	SELECT journey.create_purpose('p.a.b');
	SELECT journey.create_purpose('p.c');
	SELECT journey.grant_purpose('ana', 'p');
	CREATE TABLE who (n int, name text);
	INSERT INTO who SELECT n, CASE n % 4 WHEN 0 THEN n::text WHEN 1 THEN 'u' || n WHEN 2 THEN repeat('long', 5) || n ELSE 'x' || md5(n::text) END
	FROM generate_series(0, 59) n;
	-- so that arrays of numbered names are made
	INSERT INTO journey.subject (name) SELECT n::text FROM generate_series(1000, 2000) n;
	GRANT SELECT ON who TO ana;
});

# A psql that stays: ask() returns what a statement printed.
my $marks = 0;

sub session
{
	my ($node, @first) = @_;
	my %s = (in => '', out => '', err => '');
	$s{run} = IPC::Run::start(
		[ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('postgres') ],
		'<', \$s{in}, '>', \$s{out}, '2>', \$s{err}, IPC::Run::timeout(180));
	ask(\%s, $_) foreach @first;
	return \%s;
}

sub ask
{
	my ($s, $sql) = @_;
	my $mark = 'mark-' . ++$marks;
	$s->{out} = '';
	$s->{err} = '';
	$s->{in} .= "$sql;\n\\echo $mark\n";
	$s->{run}->pump until $s->{out} =~ /^$mark$/m;
	$s->{out} =~ s/^$mark$//m;
	return $s->{out} =~ s/\s+//gr;
}

sub finish
{
	my ($s) = @_;
	$s->{in} .= "\\q\n";
	$s->{run}->finish;
	return;
}

my $read = q{SELECT string_agg(concat(journey.consented(name, 'p.a.b')::int, journey.consented(name, 'p.a')::int, journey.consented(name, 'p.c')::int), '' ORDER BY n) FROM who};
my @reader = (q{SET client_min_messages = error});
my $keeps = session($primary, @reader, 'SET journey.consent_lookups = 0', 'SET ROLE ana');
my $asks = session($primary, @reader, 'SET journey.consent_memory = 0', 'SET ROLE ana');

# Each writer has subjects of its own, so that none waits for another.
my $writers = 3;
my @writer = map { session($primary, q{SET client_min_messages = error}) } 1 .. $writers;
my @open = (0) x $writers;

srand(42);
my ($steps, $differ, $ones, $prepares, $renames) = (1500, 0, 0, 0, 0);
my $in_block = 0;
my %seen;

sub compare
{
	my ($step) = @_;
	my $kept = ask($keeps, $read);
	my $looked_up = ask($asks, $read);
	$ones += ($kept =~ tr/1//);
	$seen{$kept}++;
	diag("step $step: kept $kept, looked up $looked_up; $keeps->{err} $asks->{err}") if $kept ne $looked_up && $differ++ < 3;
	return;
}

for my $step (1 .. $steps)
{
	my $w = int(rand($writers));
	my $n = $writers * int(rand(60 / $writers)) + $w;
	my $name = "(SELECT name FROM who WHERE n = $n)";
	my $purpose = ('p', 'p.a', 'p.a.b', 'p.c')[ rand(4) ];
	my $what = int(rand(24));

	if ($what < 3 && !$open[$w]) { ask($writer[$w], 'BEGIN'); $open[$w] = 1; }
	elsif ($what == 3 && $open[$w]) { ask($writer[$w], 'COMMIT'); $open[$w] = 0; }
	elsif ($what == 4 && $open[$w]) { ask($writer[$w], 'ROLLBACK'); $open[$w] = 0; }
	elsif ($what == 5 && $open[$w]) { ask($writer[$w], 'SAVEPOINT s'); }
	elsif ($what == 6 && $open[$w]) { ask($writer[$w], 'ROLLBACK TO s'); }
	elsif ($what == 7 && $open[$w])
	{
		# others wait for its place in the chain of the ledger, so it is not left so
		ask($writer[$w], "PREPARE TRANSACTION 'w$w'");
		compare($step);
		ask($writer[$w], (rand() < 0.6 ? 'COMMIT' : 'ROLLBACK') . " PREPARED 'w$w'");
		$open[$w] = 0;
		$prepares++;
	}
	elsif ($what == 8) { ask($writer[$w], "UPDATE journey.subject SET restricted = NOT restricted WHERE name = $name"); }
	elsif ($what == 9 && rand() < 0.3)
	{
		ask($writer[$w], "UPDATE journey.subject SET name = name || '~' WHERE name = $name");
		$renames++;
	}
	elsif ($what == 10 && rand() < 0.3) { ask($writer[$w], "UPDATE journey.subject SET name = rtrim(name, '~') WHERE name = $name || '~'"); }
	elsif ($what < 13) { ask($writer[$w], "SELECT journey.consent_withdraw($name, '$purpose')"); }
	elsif ($what == 13) { ask($writer[$w], "SELECT journey.consent_refuse($name, '$purpose')"); }
	elsif ($what > 13)
	{
		my $covers = rand() < 0.5 ? 'true' : 'false';
		my $until = ('NULL', q{now() + interval '1 day'}, q{now() - interval '1 day'})[ rand(3) ];
		my $from = $until =~ /-/ ? q{now() - interval '2 days'} : 'NULL';
		ask($writer[$w], "SELECT journey.consent_give($name, '$purpose', covers_descendants => $covers, valid_until => $until, valid_from => $from)");
	}

	# both readers enter and leave blocks together
	if (rand() < 0.1)
	{
		my $sql = $in_block ? ('COMMIT', 'ROLLBACK')[ rand(2) ] : ('BEGIN', 'BEGIN ISOLATION LEVEL REPEATABLE READ', 'BEGIN ISOLATION LEVEL SERIALIZABLE')[ rand(3) ];
		ask($_, $sql) foreach $keeps, $asks;
		$in_block = !$in_block;
	}
	compare($step) unless $step % 2;
}
is($differ, 0, 'what is kept and what is looked up agree after every step');
cmp_ok($ones, '>', $steps, 'many were allowed');
cmp_ok(scalar(keys %seen), '>', 100, 'and the answer changed often');
cmp_ok($prepares, '>', 5, 'transactions were prepared');
cmp_ok($renames, '>', 3, 'subjects were renamed');
finish($_) foreach @writer;
ask($_, 'ROLLBACK') foreach $keeps, $asks;
is($primary->safe_psql('postgres', 'SELECT count(*) FROM journey.state_check()'), 0, 'the state is what the ledger says');

# Extension gone and back: relations have other numbers.
$primary->safe_psql('postgres', q{DROP EXTENSION journey CASCADE; CREATE EXTENSION journey;
	SELECT journey.create_purpose('p.a.b'), journey.create_purpose('p.c'), journey.grant_purpose('ana', 'p')});
is(ask($keeps, $read) =~ tr/1//, 0, 'a new extension knows nobody');
$primary->safe_psql('postgres', q{SELECT journey.consent_give(name, 'p.c') FROM who});
is(ask($keeps, $read) =~ tr/1//, 60, 'and learns');

# A standby shows what its own state says, and a withdrawal when it is replayed.
$primary->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
my $there = session($standby, @reader, 'SET journey.consent_lookups = 0', 'SET ROLE ana');
is(ask($there, $read) =~ tr/1//, 60, 'the standby shows the same');

$standby->safe_psql('postgres', 'SELECT pg_wal_replay_pause()');
$standby->poll_query_until('postgres', q{SELECT pg_get_wal_replay_pause_state() = 'paused'});
$primary->safe_psql('postgres', q{SELECT journey.consent_withdraw(name, 'p') FROM who WHERE n < 20});
is(ask($keeps, $read) =~ tr/1//, 40, 'withdrawn on the primary');
is(ask($there, $read) =~ tr/1//, 60, 'not yet on a standby that lags');
$standby->safe_psql('postgres', 'SELECT pg_wal_replay_resume()');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(ask($there, $read) =~ tr/1//, 40, 'in the same session as soon as it is replayed');

# Transactions that overlap, seen through replay.
my $early = session($primary, 'BEGIN', q{SELECT count(journey.consent_withdraw(name, 'p')) FROM who WHERE n = 20});
$primary->safe_psql('postgres', q{SELECT journey.consent_withdraw(name, 'p') FROM who WHERE n = 21});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(ask($there, $read) =~ tr/1//, 39, 'the later one of two is replayed');
ask($early, 'COMMIT');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(ask($there, $read) =~ tr/1//, 38, 'then the one that began before');

# A prepared transaction that is committed after the promotion.
ask($early, "BEGIN; SELECT count(journey.consent_withdraw(name, 'p')) FROM who WHERE n = 22; PREPARE TRANSACTION 'late'");
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(ask($there, $read) =~ tr/1//, 38, 'prepared is not committed');
$primary->stop;
$standby->promote;
is(ask($there, $read) =~ tr/1//, 38, 'a session goes on over a promotion');
$standby->safe_psql('postgres', q{COMMIT PREPARED 'late'});
is(ask($there, $read) =~ tr/1//, 37, 'and sees what was prepared before and committed after');
$standby->safe_psql('postgres', q{SELECT journey.consent_withdraw(name, 'p') FROM who WHERE n = 23});
is(ask($there, $read) =~ tr/1//, 36, 'and what comes then');

finish($there);
$standby->stop;
done_testing();
