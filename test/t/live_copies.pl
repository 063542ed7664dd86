# A store elsewhere: on a streaming replica, on a subscriber of the table, and
# after a dump and restore.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use Live;
use LiveWorld;

my @columns = map { "NULL::text AS $_" } qw(channel decision action persona);
my $plain = join(', ', 'SELECT who AS subject, at, event', @columns, 'NULL::float8 AS value, NULL::text[] AS senses');

## A streaming replica

my $primary = live_node('primary', allows_streaming => 'logical');
$primary->start;
live_setup($primary);
$primary->backup('copy');
my $replica = PostgreSQL::Test::Cluster->new('replica');
$replica->init_from_backup($primary, 'copy', has_streaming => 1);
# who reads there must be let read on, whatever is rebuilt
$replica->append_conf('postgresql.conf', "hot_standby_feedback = on\nmax_standby_streaming_delay = -1\n");
$replica->start;

my $main = session($primary);
my $reader = session($replica);
my @worlds = map { LiveWorld->new($_, 11) } qw(tracks chunks times);
ask($main, "SET client_min_messages = warning;");
foreach my $w (@worlds)
{
	ask($main, join("\n", $w->setup));
	$primary->wait_for_catchup($replica, 'replay', $primary->lsn('insert'));
	# TRUNCATE and whatever writes a table anew are not MVCC-safe: a snapshot
	# older than they are sees no row.  So locks come before the snapshot.
	my $settle = "LOCK TABLE $w->{table}, $w->{store} IN ACCESS SHARE MODE;";
	my $wrong = '';
	for (1 .. 4)
	{
		# while that is replayed, whatever the replica sees is right
		start_asking($main, join('', map { $w->unit } 1 .. 60));
		$wrong .= ask($reader, "BEGIN; $settle" . $w->check . '; COMMIT;') for 1 .. 5;
		$wrong .= ask($reader, "BEGIN ISOLATION LEVEL REPEATABLE READ; $settle" . $w->check . ';');
		answer($main);
		$wrong .= ask($reader, $w->check . '; COMMIT;');
	}
	is($wrong, '', "$w->{name}: a replica sees what the table says while changes and folds are replayed");
	$primary->wait_for_catchup($replica, 'replay', $primary->lsn('insert'));
	my $facts = "SELECT (SELECT md5(string_agg(subject || j, ',' ORDER BY subject)) FROM live_view('$w->{store}')), live_answers('$w->{store}')";
	my $here = $primary->safe_psql('postgres', $facts);
	is($replica->safe_psql('postgres', $facts), $here, "$w->{name}: and the same as the primary");
	is($replica->safe_psql('postgres', $w->check), '', "$w->{name}: to the last row");
}
my ($w) = @worlds;
my ($status, $out, $err) = $replica->psql('postgres', "SELECT journey.fold('$w->{store}')");
isnt($status, 0, 'a replica does not fold');
like($err, qr/read-only|recovery/, 'for it is read-only');
is($replica->safe_psql('postgres', q{SELECT count(*), bool_and(steps >= 0 AND delta_rows >= 0) FROM journey.stores}), '3|t', 'it lists the stores');

## A dump of that, into another database

my $dir = $primary->basedir;
my %rows = map { $_->{store} => $primary->safe_psql('postgres', "SELECT md5(string_agg(subject || j, ',' ORDER BY subject)) FROM live_view('$_->{store}')") } @worlds;
$primary->command_checks_all([ 'pg_dump', '-h', $primary->host, '-p', $primary->port, '-Fc', '-f', "$dir/custom", 'postgres' ],
	0, [qr/^$/], [qr/^$/], 'a dump without a warning');
$primary->command_ok([ 'pg_dump', '--inserts', '-f', "$dir/plain.sql", 'postgres' ], 'and one of INSERTs');
foreach my $format (qw(custom plain))
{
	$primary->safe_psql('postgres', "CREATE DATABASE $format");
	$primary->command_ok($format eq 'custom'
		? [ 'pg_restore', '--exit-on-error', '-j', '2', '-d', 'custom', "$dir/custom" ]
		: [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'plain', '-f', "$dir/plain.sql" ], "restore, $format");
	foreach my $w (@worlds)
	{
		is($primary->safe_psql($format, "SELECT md5(string_agg(subject || j, ',' ORDER BY subject)) FROM live_view('$w->{store}')"),
			$rows{ $w->{store} }, "$format: $w->{name} is the same");
		is($primary->safe_psql($format, "SET client_min_messages = warning;" . $w->check), '', "$format: $w->{name} agrees with its table");
		my $s = session($primary, db => $format);
		start_asking($s, "SET client_min_messages = warning;" . join('', map { $w->unit } 1 .. 30));
		answer($s);
		is(ask($s, $w->check . ';'), '', "$format: $w->{name} goes on to be told");
		is(ask($s, $w->fold . ';' . $w->check . ';'), '', "$format: $w->{name} folds");
		is(ask($s, "DO \$\$BEGIN PERFORM journey.untrack('$w->{store}'); END\$\$; SELECT to_regclass('$w->{store}') IS NULL;"), 't', "$format: $w->{name} can be untracked");
		finish($s);
	}
}
finish($main);

# the replica becomes a primary
finish($reader);
$replica->promote;
$reader = session($replica);
foreach my $w (@worlds)
{
	start_asking($reader, "SET client_min_messages = warning;" . join('', map { $w->unit } 1 .. 40));
	answer($reader);
	is(ask($reader, $w->check . ';' . $w->fold . ';' . $w->check . ';'), '', "$w->{name}: a promoted replica writes and folds");
}
finish($reader);
ok(log_is_clean($_), 'no deadlock and no crash') foreach $replica;
$replica->stop;

## Subscribers of a table

my $publisher = $primary;
my $subscriber = live_node('subscriber');
$subscriber->start;
live_setup($subscriber);
my $table = 'CREATE TABLE events (id int PRIMARY KEY, who text, at timestamptz, event text, note text)';
$publisher->safe_psql('postgres', <<"SQL");
$table;
CREATE TABLE bare (who text, at timestamptz, event text);
ALTER TABLE bare REPLICA IDENTITY FULL;
INSERT INTO events SELECT n, 'u' || n % 7, timestamptz '2026-01-01Z' + n * interval '5 minutes', (ARRAY['view', 'cart', 'pay'])[1 + n % 3]
FROM generate_series(1, 500) AS n;
INSERT INTO bare SELECT who, at, event FROM events;
CREATE PUBLICATION p FOR TABLE events, bare;
SQL
$subscriber->safe_psql('postgres', <<"SQL");
$table PARTITION BY RANGE (id);
CREATE TABLE events_low PARTITION OF events FOR VALUES FROM (MINVALUE) TO (200);
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE TABLE bare (event text, at timestamptz, who text);
DO \$\$ BEGIN
	PERFORM journey.track('events', 'who', 'at', 'event', 's_events', fold_at => 0.05);
	PERFORM journey.track('bare', 'who', 'at', 'event', 's_bare', chunk => '1 day');
END \$\$;
SQL
my $connection = $publisher->connstr . ' dbname=postgres';
$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION s CONNECTION '$connection' PUBLICATION p");
$subscriber->wait_for_subscription_sync($publisher, 's');
my @stores = ([ 's_events', 'events' ], [ 's_bare', 'bare' ]);

# What the publisher is told, the stores of the subscriber say.
sub told
{
	my ($name, $sql) = @_;
	my $steps = 'SELECT NULLIF(count(*), 0) FROM %s WHERE who IS NOT NULL';

	$publisher->safe_psql('postgres', $sql) if $sql;
	$publisher->wait_for_catchup('s');
	foreach (@stores)
	{
		my ($store, $table) = @$_;
		is($subscriber->safe_psql('postgres', "SELECT live_check('$store', '$plain FROM $table')"), '', "$name: $store says what its table says");
		is($subscriber->safe_psql('postgres', "SELECT sum(journey.step_count(sets)) FROM $store"),
			$publisher->safe_psql('postgres', sprintf($steps, $table)), "$name: and has the steps of the publisher");
	}
	return;
}

told('initial copy');
told('insert', q{INSERT INTO events SELECT n, 'new', '2026-02-01Z', 'view' FROM generate_series(501, 600) AS n;
	INSERT INTO bare SELECT who, at, event FROM events WHERE id > 500});
told('update', q{UPDATE events SET who = 'u1', at = at - interval '1 day' WHERE id % 9 = 0; UPDATE events SET id = id + 1000 WHERE id < 20;
	UPDATE bare SET event = 'cart', who = NULL WHERE who = 'u3'});
told('delete', q{DELETE FROM events WHERE id % 2 = 0; DELETE FROM bare WHERE who = 'u5'});
told('one transaction', q{BEGIN; INSERT INTO events VALUES (5000, 'x', '2026-03-01Z', 'a'); UPDATE events SET who = 'y' WHERE id = 5000;
	SAVEPOINT s; DELETE FROM events; ROLLBACK TO s; DELETE FROM events WHERE id = 5001 OR who = 'u1'; COMMIT});
$subscriber->safe_psql('postgres', q{SELECT journey.fold('s_events'), journey.fold('s_bare')});
told('folded');
told('truncate', 'TRUNCATE bare');
told('after it', q{INSERT INTO bare SELECT who, at, event FROM events});
told('both', 'TRUNCATE events, bare');
ok(log_is_clean($_), 'no deadlock and no crash') foreach $publisher, $subscriber;
$subscriber->stop;
$publisher->stop;
done_testing();
