# Writers, folders and rebuilds are shot, one by one or with the whole server, at
# moments that differ from round to round.  After the restart the store says what
# the source says, and a rebuild says the same: nothing is lost, nothing doubled.
#
# JOURNEY_LIVE_ROUNDS rounds (9).
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Time::HiRes qw(usleep);
use PostgreSQL::Test::Utils;
use Test::More;
use Live;

my $rounds = $ENV{JOURNEY_LIVE_ROUNDS} // 9;
my $node = live_node('crash');
# small buffers and frequent checkpoints, so that pages go out at any time
$node->append_conf('postgresql.conf', <<'CONF');
restart_after_crash = on
shared_buffers = 1MB
max_wal_size = 32MB
checkpoint_timeout = 30s
full_page_writes = off
log_statement = none
CONF
$node->start;
live_setup($node);
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE events (id bigserial PRIMARY KEY, who bigint, at timestamptz, event text, way text, amount float8);
INSERT INTO events (who, at, event, way, amount)
SELECT n % 300, timestamptz '2026-01-01Z' + n * interval '97 seconds', (ARRAY['view', 'cart', 'pay'])[1 + n % 7 % 3], 'w' || n % 3, n % 50
FROM generate_series(1, 20000) AS n;
DO $$ BEGIN
	PERFORM journey.track('events', 'who', 'at', 'event', 'plain');
	PERFORM journey.track('events', 'who', 'at', 'event', 'chunked', channel => 'way', value => 'amount', chunk => '1 day', fold_at => 0.01);
END $$;
SQL
my %source = (
	plain => 'SELECT who AS subject, at, event, NULL::text AS channel, NULL::text AS decision, NULL::text AS action, NULL::text AS persona, NULL::float8 AS value, NULL::text[] AS senses FROM events',
	chunked => 'SELECT who AS subject, at, event, way AS channel, NULL::text AS decision, NULL::text AS action, NULL::text AS persona, amount AS value, NULL::text[] AS senses FROM events');

# What the sessions do until they are shot: endless, of a few statements each.
my %job = (
	writer => q{
		DO $$
		BEGIN
			FOR n IN 1 .. 100000 LOOP
				INSERT INTO events (who, at, event, way, amount)
				SELECT (n * 7 + g) % 320, timestamptz '2026-01-20Z' + (n * 13 + g * 31) % 4000 * interval '11 minutes', 'view', 'w' || g % 4, g
				FROM generate_series(1, 40) AS g;
				IF n % 3 = 0 THEN DELETE FROM events WHERE id % 1154 = 2 * n + SIDE; END IF;
				IF n % 5 = 0 THEN UPDATE events SET who = who + 1, at = at - interval '3 days' WHERE id % 1622 = 2 * n + SIDE; END IF;
				IF n % 11 = 0 THEN ROLLBACK; ELSE COMMIT; END IF;
			END LOOP;
		END $$;},
	open => q{
		BEGIN;
		INSERT INTO events (who, at, event) SELECT g % 400, timestamptz '2026-02-01Z' + g * interval '1 second', 'open' FROM generate_series(1, 4000) AS g;
		SELECT pg_sleep(600);},
	folder => q{
		DO $$ BEGIN
			FOR n IN 1 .. 100000 LOOP
				PERFORM journey.fold('plain'); COMMIT;
				PERFORM journey.fold('chunked'); COMMIT;
			END LOOP;
		END $$;},
	rebuild => q{
		DO $$ BEGIN
			FOR n IN 1 .. 100000 LOOP
				PERFORM journey.rebuild('chunked'); COMMIT;
			END LOOP;
		END $$;});
my @crash = (
	[ 'kill -9 of a folder', 'folder' ], [ 'kill -9 of a writer', 'writer' ], ['immediate stop'], [ 'kill -9 of a rebuild', 'rebuild' ],
	['immediate stop'], [ 'kill -9 of a folder', 'folder' ]);

srand(7);
foreach my $round (1 .. $rounds)
{
	my ($name, $victim) = @{ $crash[ $round % @crash ] };
	my @jobs = ('writer', 'writer', 'folder', $victim && $victim ne 'writer' ? $victim : (), $round % 4 == 0 ? 'rebuild' : 'folder', $round % 3 == 0 ? 'open' : ());
	my @sessions = map { session($node) } @jobs;
	my $before = $node->safe_psql('postgres', 'SELECT max(id) FROM events');
	my @pids = map { ask($_, 'SELECT pg_backend_pid();') } @sessions;

	# each writer changes rows of its own: they must not lock each other out by themselves
	start_asking($sessions[$_], $job{ $jobs[$_] } =~ s/SIDE/$_ % 2/gre) foreach 0 .. $#jobs;
	# they write, whatever a machine takes to begin with it
	$node->poll_query_until('postgres', "SELECT max(id) > $before FROM events") or die 'no writer has begun';
	usleep(int(rand(900_000)));
	if ($victim)
	{
		my ($n) = grep { $jobs[$_] eq $victim } 0 .. $#jobs;
		is(kill(9, $pids[$n]), 1, "round $round: $name");
	}
	else
	{
		$node->stop('immediate');
		$node->start;
		pass("round $round: $name");
	}
	# the server ends all of them when it has noticed, and only then begins to recover
	finish($_) foreach @sessions;
	$node->poll_query_until('postgres', 'SELECT NOT pg_is_in_recovery()') or die 'the server does not come back';
	cmp_ok($node->safe_psql('postgres', 'SELECT max(id) FROM events'), '>', $before, "round $round: what the writers had begun with is there");

	foreach my $store (sort keys %source)
	{
		my $check = "SELECT live_check('$store', '$source{$store}')";
		is($node->safe_psql('postgres', $check), '', "round $round: $store after the crash");
		next if $round % 3 == 1;
		$node->safe_psql('postgres', "SELECT journey.fold('$store')");
		is($node->safe_psql('postgres', $check), '', "round $round: $store folded");
	}
	# what was written in vain, and what was merged, must not add up
	$node->safe_psql('postgres', "DELETE FROM events WHERE id % 10 < 4") if $round % 2 == 0;
}
foreach my $store (sort keys %source)
{
	my $facts = "SELECT (SELECT md5(string_agg(subject || j, ',' ORDER BY subject)) FROM live_view('$store')), live_answers('$store')";
	my $before = $node->safe_psql('postgres', $facts);
	$node->safe_psql('postgres', "SELECT journey.rebuild('$store')");
	is($node->safe_psql('postgres', $facts), $before, "$store: a rebuild says the same");
}
ok(log_is_clean($node), 'no deadlock, and no crash but ours');
$node->stop;
done_testing();
