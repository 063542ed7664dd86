# Writers, folders, a rebuild and readers at once, by pgbench.  Each reader asks
# in one snapshot whether the stores have the steps of the table, as a whole and of
# one subject.  No deadlock, no lock that is waited for in vain, no error at all.
#
# JOURNEY_LIVE_TRANSACTIONS transactions of each of six (300).
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use Live;

my $transactions = $ENV{JOURNEY_LIVE_TRANSACTIONS} // 300;
my $clients = 6;
my $node = live_node('stress');
$node->start;
live_setup($node);
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE events (id bigserial PRIMARY KEY, client int, who bigint, at timestamptz, event text, way text) PARTITION BY HASH (id);
CREATE TABLE events_0 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE events_1 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX ON events (client, at);
CREATE INDEX ON events (who);
INSERT INTO events (client, who, at, event, way)
SELECT n % 6, n % 100, timestamptz '2026-01-01Z' + n * interval '97 seconds', (ARRAY['view', 'cart', 'pay'])[1 + n % 7 % 3], 'w' || n % 3
FROM generate_series(1, 5000) AS n;
DO $$ BEGIN
	PERFORM journey.track('events', 'who', 'at', 'event', 'plain');
	PERFORM journey.track('events', 'who', 'at', 'event', 'folded', chunk => '6 hours', fold_at => 0.01);
	PERFORM journey.track('events', 'who', 'at', 'event', 'eager', channel => 'way', fold_at => 1e-9);
END $$;

CREATE FUNCTION same_steps(store regclass) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
	steps bigint;
	rows bigint := (SELECT count(*) FROM events);
	sessions bigint := (SELECT count(*) FILTER (WHERE gap IS NULL OR gap > interval '10 minutes')
		FROM (SELECT at - lag(at) OVER (PARTITION BY who ORDER BY at) AS gap FROM events) AS x);
	of_sets bigint;
BEGIN
	EXECUTE format('SELECT sum(journey.step_count(sets)), sum(journey.session_count(sets, ''10 minutes'')) FROM %s', store) INTO steps, of_sets;
	IF (steps, of_sets) IS DISTINCT FROM (rows, sessions) THEN
		RAISE EXCEPTION '% has % steps, % sessions, the table % rows, % sessions', store, steps, of_sets, rows, sessions;
	END IF;
END $$;
CREATE FUNCTION same_journey(store regclass, subject bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
	of_table text := (SELECT journey.journey_agg(at, event) FROM events WHERE who = subject);
	of_store text := (SELECT journey.journey_of(store, subject::text));
BEGIN
	IF of_table IS DISTINCT FROM of_store THEN
		RAISE EXCEPTION '% of % is %, by the table %', store, subject, of_store, of_table;
	END IF;
END $$;
SQL

# A writer changes rows of its own, so that all that it can wait for is ours.
my %script = (
	insert => q{
		\set who random(0, 119)
		\set n random(1, 30)
		\set hour random(0, 300)
		INSERT INTO events (client, who, at, event, way)
			SELECT :client_id, (:who + g * g) % 120, timestamptz '2026-01-01Z' + :hour * interval '1 hour' + g * interval '40 seconds', 'new', 'w' || g % 2
			FROM generate_series(1, :n) AS g;
	},
	block => q{
		\set who random(0, 119)
		\set hour random(0, 300)
		BEGIN;
		INSERT INTO events (client, who, at, event) VALUES (:client_id, :who, timestamptz '2026-01-01Z' + :hour * interval '1 hour', 'one');
		SAVEPOINT s;
		UPDATE events SET who = :who, event = 'moved' WHERE client = :client_id AND at < timestamptz '2026-01-01Z' + :hour * interval '10 minutes' AND id % 5 = 0;
		ROLLBACK TO s;
		DELETE FROM events WHERE client = :client_id AND at > timestamptz '2026-01-01Z' + :hour * interval '1 hour' AND id % 13 = 3;
		UPDATE events SET at = at - interval '1 day' WHERE client = :client_id AND id % 101 = 7;
		INSERT INTO events (client, who, at, event) VALUES (:client_id, (:who + 1) % 120, timestamptz '2026-01-01Z' + :hour * interval '1 hour', 'two');
		COMMIT;
	},
	undone => q{
		\set who random(0, 119)
		BEGIN;
		UPDATE events SET who = :who WHERE client = :client_id AND id % 7 = 1;
		INSERT INTO events (client, who, at, event) VALUES (:client_id, :who, '2026-03-01Z', 'never');
		ROLLBACK;
	},
	fold => q{
		SELECT journey.fold('plain');
		SELECT journey.fold('folded');
	},
	rebuild => q{
		SELECT journey.rebuild('folded');
	},
	read => q{
		SELECT same_steps('plain'), same_steps('folded'), same_steps('eager');
	},
	one => q{
		\set who random(0, 119)
		SELECT same_journey('plain', :who), same_journey('folded', :who);
	},
	snapshot => q{
		\set who random(0, 119)
		BEGIN ISOLATION LEVEL REPEATABLE READ;
		SELECT same_steps('plain'), same_steps('eager');
		SELECT pg_sleep(0.05);
		SELECT same_steps('plain'), same_steps('eager'), same_journey('plain', :who);
		COMMIT;
	});
my %weight = (insert => 40, block => 30, undone => 8, fold => 6, rebuild => 1, read => 10, one => 10, snapshot => 4);
my @files;
foreach my $name (sort keys %script)
{
	my $file = $node->basedir . "/$name.sql";
	append_to_file($file, $script{$name} =~ s/^\t+//mgr =~ s/^\s+//r);
	push @files, '-f', "$file\@$weight{$name}";
}

local $ENV{PGOPTIONS} = '-c lock_timeout=120s';
my ($out, $err);
my $good = IPC::Run::run(
	[ 'pgbench', '-n', '-M', 'prepared', '-c', $clients, '-j', 2, '-t', $transactions, '--random-seed=1', '-h', $node->host, '-p', $node->port, @files, 'postgres' ],
	'>', \$out, '2>', \$err);
ok($good, 'all readers saw the steps of the table') or diag($err);
unlike($err, qr/ERROR|aborted/, 'and nobody an error');
like($out, qr/number of transactions actually processed: @{[ $clients * $transactions ]}\b/, 'all work was done');
note(join "\n", $out =~ /^SQL script \d+: .*\/(\w+)\.sql\n(?:.*\n)*? - (\d+ transactions.*)/mg);

my $source = 'SELECT who AS subject, at, event, CHANNEL AS channel, NULL::text AS decision, NULL::text AS action, NULL::text AS persona, NULL::float8 AS value, NULL::text[] AS senses FROM events';
foreach my $store (qw(plain folded eager))
{
	my $of = $source =~ s/CHANNEL/$store eq 'eager' ? 'way' : 'NULL::text'/er;
	my $check = "SELECT live_check('$store', '$of')";
	my $facts = "SELECT md5(string_agg(subject || j, ',' ORDER BY subject)) FROM live_view('$store')";
	is($node->safe_psql('postgres', $check), '', "$store: the view says what the table says");
	my $before = $node->safe_psql('postgres', $facts);
	$node->safe_psql('postgres', "SELECT journey.fold('$store')");
	is($node->safe_psql('postgres', $check), '', "$store: folded");
	my $bytes = $node->safe_psql('postgres', "SELECT bytes FROM journey.stores WHERE store = '$store'::regclass");
	$node->safe_psql('postgres', "SELECT journey.rebuild('$store')");
	is($node->safe_psql('postgres', $facts), $before, "$store: a rebuild says the same");
	note("$store: $bytes bytes, " . $node->safe_psql('postgres', "SELECT bytes FROM journey.stores WHERE store = '$store'::regclass") . ' rebuilt');
}
ok(log_is_clean($node), 'no deadlock and no crash');
$node->stop;
done_testing();
