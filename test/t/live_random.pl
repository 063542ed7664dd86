# A store is equal to a rebuild, always: random histories of every kind of
# change, folds and rebuilds in between, transactions that are rolled back in
# part or in whole, and an old snapshot that is kept open while all of that goes
# on.  After every so many statements the fresh view must say what the source
# table says, whatever is asked.
#
# JOURNEY_LIVE_OPS changes in all (10000), beginning with seed JOURNEY_LIVE_SEED (1);
# JOURNEY_LIVE_WORLDS names the worlds to use, see LiveWorld.pm.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Utils;
use Test::More;
use Live;
use LiveWorld;

my $total = $ENV{JOURNEY_LIVE_OPS} // 10_400;
my $seed = $ENV{JOURNEY_LIVE_SEED} // 1;
my @names = split ' ', $ENV{JOURNEY_LIVE_WORLDS} // join(' ', LiveWorld::names());
my $every = 25;		# units between two looks

my $node = live_node('random');
$node->start;
live_setup($node);

# Sends statements; returns what is wrong with what they said.
sub wrong
{
	my ($s, $sql) = @_;
	my $expected = LiveWorld::expected();

	start_asking($s, $sql);
	my ($out, $err) = answer($s);
	return "psql ended: $err" unless defined $out;
	my @errors = grep { !/$expected/ } $err =~ /^.*(?:ERROR|FATAL|PANIC|WARNING): .*$/mg;
	return join("\n", grep { $_ ne '' } $out =~ s/\s+\z//r, @errors);
}

my $ops = 0;
foreach my $name (@names)
{
	my $w = LiveWorld->new($name, $seed);
	my $main = session($node);
	my $old = session($node);
	my ($found, $looks, $old_looks) = ('', 0, 0);
	my $settings = "SET client_min_messages = warning; SET lock_timeout = '20s';";
	my $script = join("\n", $settings, $w->setup, '');

	$found = wrong($main, $script);
	wrong($old, $settings);
	$found ||= wrong($main, $w->check . ';');
	while ($found eq '' && $w->{ops} < $total / @names)
	{
		$script .= my $sql = join('', map { $w->unit } 1 .. $every);
		$found = wrong($main, $sql) || wrong($main, $w->check . ';');
		$looks++;
		last if $found ne '';

		# the snapshot lives for a few rounds
		if ($w->{reader})
		{
			$found = wrong($old, $w->check . ';');
			$old_looks++;
			if (LiveWorld::chance(30))
			{
				ask($old, 'COMMIT;');
				$w->{reader} = 0;
			}
		}
		elsif ($looks == 1 || LiveWorld::chance(50))
		{
			$found = wrong($old, 'BEGIN ISOLATION LEVEL REPEATABLE READ;' . $w->check . ';');
			$w->{reader} = 1;
		}
		$w->{rows} = ask($main, "SELECT count(*) FROM $w->{table};");
	}
	unless (is($found, '', "$name: the view says what the source says, after each of $looks looks"))
	{
		my $file = "$PostgreSQL::Test::Utils::log_path/live_$name.sql";
		append_to_file($file, $script . $w->check . ";\n");
		diag("seed $seed, $w->{ops} changes, all in $file; the last were:\n" . substr($script, -2000));
	}
	if ($found eq '')
	{
		ask($old, 'COMMIT;') if $w->{reader};
		cmp_ok($old_looks, '>', 0, "$name: old snapshots, too");

		# what is stored is the same as if it were made now
		ask($main, "DO \$\$BEGIN PERFORM journey.fold('$w->{store}'); END\$\$;");
		is(ask($main, "SELECT delta_rows FROM journey.stores WHERE store = '$w->{store}'::regclass;"), '0', "$name: nothing is left to fold");
		is(wrong($main, $w->check . ';'), '', "$name: folded");
		my $rows = ask($main, 'SELECT count(*) FROM (' . $w->source . ') AS s WHERE subject IS NOT NULL AND at IS NOT NULL AND event IS NOT NULL;');
		is(ask($main, "SELECT journey.rebuild('$w->{store}');"), $rows, "$name: a rebuild counts the rows of the source");
		is(wrong($main, $w->check . ';'), '', "$name: rebuilt");
		is(ask($main, "SELECT steps FROM journey.stores WHERE store = '$w->{store}'::regclass;"), $rows, "$name: and so does the list of stores");
	}
	note("$name: $w->{ops} changes, $looks looks, $old_looks at an old snapshot, $w->{rows} rows at the end");
	$ops += $w->{ops};
	finish($_) foreach $main, $old;
}
cmp_ok($ops, '>=', $total, "$ops changes") if !$ENV{JOURNEY_LIVE_WORLDS};
ok(log_is_clean($node), 'no deadlock and no crash');
$node->stop;
done_testing();
