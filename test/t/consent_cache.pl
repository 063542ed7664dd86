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
	# for each question, and not for all
	my %s = (in => '', out => '', err => '', timer => IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	$s{run} = IPC::Run::start(
		[ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('postgres') ],
		'<', \$s{in}, '>', \$s{out}, '2>', \$s{err}, $s{timer});
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
	$s->{timer}->start;
	$s->{run}->pump until $s->{out} =~ /^$mark$/m;
	$s->{out} =~ s/^$mark$//m;
	return $s->{out} =~ s/\s+//gr;
}

sub finish
{
	my ($s) = @_;
	$s->{timer}->start;
	$s->{in} .= "\\q\n";
	$s->{run}->finish;
	return;
}

my $read = q{SELECT string_agg(concat(journey.consented(name, 'p.a.b')::int, journey.consented(name, 'p.a')::int, journey.consented(name, 'p.c')::int), '' ORDER BY n) FROM who};
my @reader = (q{SET client_min_messages = error});
my $keeps = session($primary, @reader, 'SET journey.consent_lookups = 0', 'SET ROLE ana');
my $asks = session($primary, @reader, 'SET journey.consent_memory = 0', 'SET ROLE ana');
# one that takes what is packed in the database each time, as a new session would
my $loads = session($primary, @reader, 'SET journey.consent_lookups = 0');
my $forget = q{RESET ROLE; SET journey.consent_memory = 0; SET ROLE ana; SELECT journey.consented('1000', 'p'); RESET ROLE; RESET journey.consent_memory; SET ROLE ana};

sub load
{
	ask($loads, $forget);
	return ask($loads, $read);
}

# Each writer has subjects of its own, so that none waits for another.
my $writers = 3;
my @writer = map { session($primary, q{SET client_min_messages = error}) } 1 .. $writers;
my @open = (0) x $writers;
# who has packed all in a transaction that is open: to rename a subject waits for it
my @folded = (0) x $writers;

srand(42);
my ($steps, $differ, $ones, $prepares, $renames, $folds) = (1500, 0, 0, 0, 0, 0);
my $in_block = 0;
my %seen;

sub compare
{
	my ($step) = @_;
	my $kept = ask($keeps, $read);
	my $looked_up = ask($asks, $read);
	my $loaded = load();
	$ones += ($kept =~ tr/1//);
	$seen{$kept}++;
	diag("step $step: kept $kept, looked up $looked_up, loaded $loaded; $keeps->{err} $asks->{err} $loads->{err}")
		if ($kept ne $looked_up || $loaded ne $looked_up) && $differ++ < 3;
	return;
}

for my $step (1 .. $steps)
{
	my $w = int(rand($writers));
	my $n = $writers * int(rand(60 / $writers)) + $w;
	my $name = "(SELECT name FROM who WHERE n = $n)";
	my $purpose = ('p', 'p.a', 'p.a.b', 'p.c')[ rand(4) ];
	my $what = int(rand(24));
	$what = 24 if ($what == 9 || $what == 10) && grep { $folded[$_] && $_ != $w } 0 .. $writers - 1;

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

	# packed by somebody else, or by a writer, perhaps in a transaction that goes on, or is rolled back
	$folded[$w] = 0 if !$open[$w];
	if (rand() < 0.15)
	{
		my $by = int(rand($writers));
		if (ask($writer[$by], 'SELECT journey.consent_fold()') =~ /\d/)
		{
			$folds++;
			$folded[$by] = $open[$by];
		}
	}

	# all readers enter and leave blocks together
	if (rand() < 0.1)
	{
		my $sql = $in_block ? ('COMMIT', 'ROLLBACK')[ rand(2) ] : ('BEGIN', 'BEGIN ISOLATION LEVEL REPEATABLE READ', 'BEGIN ISOLATION LEVEL SERIALIZABLE')[ rand(3) ];
		ask($_, $sql) foreach $keeps, $asks, $loads;
		$in_block = !$in_block;
	}
	compare($step) unless $step % 2;
}
is($differ, 0, 'what is kept and what is looked up agree after every step');
cmp_ok($ones, '>', $steps, 'many were allowed');
cmp_ok(scalar(keys %seen), '>', 100, 'and the answer changed often');
cmp_ok($prepares, '>', 5, 'transactions were prepared');
cmp_ok($renames, '>', 3, 'subjects were renamed');
cmp_ok($folds, '>', 50, 'all were packed many times');

ask($_, 'ROLLBACK') foreach $keeps, $asks, $loads;
ask($loads, 'RESET ROLE');
cmp_ok(ask($loads, 'SELECT loaded FROM journey._consent_reads()'), '>', 100, 'and taken as they were packed');
finish($loads);
finish($_) foreach @writer;
is($primary->safe_psql('postgres', 'SELECT count(*) FROM journey.state_check()'), 0, 'the state is what the ledger says');

# Extension gone and back: relations have other numbers.
$primary->safe_psql('postgres', q{DROP EXTENSION journey CASCADE; CREATE EXTENSION journey;
	SELECT journey.create_purpose('p.a.b'), journey.create_purpose('p.c'), journey.grant_purpose('ana', 'p')});
is(ask($keeps, $read) =~ tr/1//, 0, 'a new extension knows nobody');
$primary->safe_psql('postgres', q{SELECT journey.consent_give(name, 'p.c') FROM who});
is(ask($keeps, $read) =~ tr/1//, 60, 'and learns');

# What a new session says, and whether it took what is packed.
sub anew
{
	my ($node, $database) = @_;
	my $out = $node->safe_psql($database // 'postgres', "SET client_min_messages = error; SET journey.consent_lookups = 0; SET ROLE ana; $read; RESET ROLE; SELECT loaded FROM journey._consent_reads()");
	return $out =~ s/^.*\n(?=.*\n)//sr =~ s/(\d+)\n(\d+)\n?$/($1 =~ tr,1,,) . " loaded $2"/er;
}
is(anew($primary), '60 loaded 0', 'nothing is packed');
is($primary->safe_psql('postgres', 'SELECT journey.consent_fold()'), 60, 'now it is');
is(anew($primary), '60 loaded 1', 'and a new session takes it');

# A copy of the database is another one.
$primary->safe_psql('postgres', q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'copy'});
finish($keeps);
finish($asks);
$primary->safe_psql('template1', 'CREATE DATABASE copy TEMPLATE postgres');
is(anew($primary, 'copy'), '60 loaded 0', 'a copy of a database does not believe what was packed in the other');
is($primary->safe_psql('copy', 'SELECT journey.consent_fold()'), 60, 'until it packs its own');
is(anew($primary, 'copy'), '60 loaded 1', 'which it takes');
$primary->safe_psql('postgres', 'DROP DATABASE copy');
$keeps = session($primary, @reader, 'SET journey.consent_lookups = 0', 'SET ROLE ana');

# Who records packs, at the end of a transaction, when very many events came since.
$primary->safe_psql('template1', 'CREATE DATABASE many');
$primary->safe_psql('many', q{
	CREATE EXTENSION journey;
	SELECT journey.create_purpose('p');
	INSERT INTO journey.subject (name) SELECT 'm' || n FROM generate_series(1, 20000) n;
	SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', 'give', 'subject', 'm' || n, 'purpose', 'p')) FROM generate_series(1, 12000) n))});
my $pages = 'SELECT count(*) > 0 FROM journey.fact_page';
my $list = q{SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', 'give', 'subject', 'm' || n, 'purpose', 'p')) FROM generate_series(1, 1100) n));};
is($primary->safe_psql('many', $pages), 'f', 'not what the transaction itself recorded');
$primary->safe_psql('many', $list);
is($primary->safe_psql('many', $pages), 't', 'the next one packs');
my $header = 'SELECT sha256(bytes) FROM journey.fact_page WHERE part = 0';
my $first = $primary->safe_psql('many', $header);
$primary->safe_psql('many', $list x 5);
is($primary->safe_psql('many', $header), $first, 'not again after a few');
$primary->safe_psql('many', "BEGIN ISOLATION LEVEL SERIALIZABLE; $list COMMIT;" x 6);
is($primary->safe_psql('many', $header), $first, 'nor in a serializable transaction, which others would have to heed');
my $busy = session($primary);
ask($busy, '\\c many');
ask($busy, 'BEGIN; LOCK TABLE journey.fact_page IN SHARE UPDATE EXCLUSIVE MODE');
$primary->safe_psql('many', $list);
is($primary->safe_psql('many', 'SELECT journey.consent_fold() IS NULL'), 't', 'somebody else is at it');
is($primary->safe_psql('many', $header), $first, 'then nobody waits');
ask($busy, 'COMMIT');
$primary->safe_psql('many', $list);
isnt($primary->safe_psql('many', $header), $first, 'but later it is done');
# An index that takes one row alone stands for a disk that is full.
my $events = 'SELECT count(*) FROM journey.ledger';
my $recorded = $primary->safe_psql('many', $events);
$first = $primary->safe_psql('many', $header);
my $logged = -s $primary->logfile;
$primary->safe_psql('many', 'ALTER TABLE journey.fact_page ADD COLUMN extra int; CREATE UNIQUE INDEX one ON journey.fact_page (extra) NULLS NOT DISTINCT')
	if $primary->safe_psql('many', 'DELETE FROM journey.fact_page WHERE part > 0; SELECT count(*) FROM journey.fact_page') eq '1';
$primary->safe_psql('many', $list x 11);
is($primary->safe_psql('many', $events) - $recorded, 12100, 'what cannot be packed is recorded all the same');
like(slurp_file($primary->logfile, $logged), qr/LOG:  duplicate key value violates unique constraint "one"/, 'and the log says why');
is($primary->safe_psql('many', $header), $first, 'nothing of it is left');
$primary->safe_psql('many', 'DROP INDEX journey.one');
$primary->safe_psql('many', $list x 2);
is($primary->safe_psql('many', q{SET journey.consent_lookups = 0; SELECT journey.grant_purpose(current_user::regrole, 'p'); SELECT journey.consented('m' || n, 'p') FROM unnest(ARRAY[1, 12000, 12001, 20001]) n; SELECT loaded FROM journey._consent_reads()}) =~ s/\s+//gr, 'ttff1', 'and taken');
finish($busy);
$primary->safe_psql('postgres', 'DROP DATABASE many');

# A standby shows what its own state says, and a withdrawal when it is replayed.
$primary->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
my $there = session($standby, @reader, 'SET journey.consent_lookups = 0', 'SET ROLE ana');
is(ask($there, $read) =~ tr/1//, 60, 'the standby shows the same');
is(anew($standby), '60 loaded 1', 'which it takes as the primary has packed it');

$standby->safe_psql('postgres', 'SELECT pg_wal_replay_pause()');
$standby->poll_query_until('postgres', q{SELECT pg_get_wal_replay_pause_state() = 'paused'});
$primary->safe_psql('postgres', q{SELECT journey.consent_withdraw(name, 'p') FROM who WHERE n < 20});
is(ask($keeps, $read) =~ tr/1//, 40, 'withdrawn on the primary');
is(ask($there, $read) =~ tr/1//, 60, 'not yet on a standby that lags');
is(anew($standby), '60 loaded 1', 'nor in a new session there');
$standby->safe_psql('postgres', 'SELECT pg_wal_replay_resume()');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(ask($there, $read) =~ tr/1//, 40, 'in the same session as soon as it is replayed');
is(anew($standby), '40 loaded 1', 'and in a new one, which reads anew who changed');

# Transactions that overlap, seen through replay.
my $early = session($primary, 'BEGIN', q{SELECT count(journey.consent_withdraw(name, 'p')) FROM who WHERE n = 20});
$primary->safe_psql('postgres', q{SELECT journey.consent_withdraw(name, 'p') FROM who WHERE n = 21});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(ask($there, $read) =~ tr/1//, 39, 'the later one of two is replayed');
$primary->safe_psql('postgres', 'SELECT journey.consent_fold()');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(anew($standby), '39 loaded 1', 'packed while the first is open');
ask($early, 'COMMIT');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(ask($there, $read) =~ tr/1//, 38, 'then the one that began before');
is(anew($standby), '38 loaded 1', 'which was not packed, and is read anew');
is(anew($primary), '38 loaded 1', 'there as here');

# A prepared transaction that is committed after the promotion.
ask($early, "BEGIN; SELECT count(journey.consent_withdraw(name, 'p')) FROM who WHERE n = 22; PREPARE TRANSACTION 'late'");
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
$primary->safe_psql('postgres', 'SELECT journey.consent_fold()');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(ask($there, $read) =~ tr/1//, 38, 'prepared is not committed');
is(anew($standby), '38 loaded 1', 'nor packed');
$primary->stop;
$standby->promote;
is(ask($there, $read) =~ tr/1//, 38, 'a session goes on over a promotion');
$standby->safe_psql('postgres', q{COMMIT PREPARED 'late'});
is(ask($there, $read) =~ tr/1//, 37, 'and sees what was prepared before and committed after');
is(anew($standby), '37 loaded 1', 'and so does a new one, which takes what was packed on the other');
$standby->safe_psql('postgres', q{SELECT journey.consent_withdraw(name, 'p') FROM who WHERE n = 23});
is(ask($there, $read) =~ tr/1//, 36, 'and what comes then');

finish($there);
$standby->stop;
done_testing();
