# A store that is written to and folded over and over stays small, given the
# vacuums that autovacuum would do: beside a store that is built at the end it
# takes no more than the share below.  And what the list of stores says without
# reading the sets is what is in them.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Test::More;
use Live;

my $rounds = 20;
my $most = 3;		# times a rebuild

my $node = live_node('bloat');
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION journey');
my $s = session($node);

sub size
{
	my ($store) = @_;

	return ask($s, "SELECT pg_total_relation_size('${store}_sets') + pg_total_relation_size('${store}_delta');");
}

# Whose changes: all subjects', or those of a hundredth of them.
foreach my $subjects (1000, 10)
{
	ask($s, q{CREATE TABLE hits (id bigint, who text, at timestamptz, what text); CREATE INDEX ON hits (id);
		DO $$ BEGIN PERFORM journey.track('hits', 'who', 'at', 'what', 'live'); END $$;
		INSERT INTO hits SELECT i, 'user-' || i * 7919 % 1000, '2026-01-01Z'::timestamptz + i * interval '1 s', 'event ' || i % 25 FROM generate_series(1, 60000) i;
		DO $$ BEGIN PERFORM journey.fold('live'); END $$;});
	my ($half, $wrong) = (0, '');
	foreach my $round (1 .. $rounds)
	{
		my $first = 60_000 + ($round - 1) * 3000;

		ask($s, qq{INSERT INTO hits SELECT $first + i, 'user-' || i * 7919 % $subjects, '2026-01-01Z'::timestamptz + ($first + i) * interval '1 s', 'event ' || i % 25
				FROM generate_series(1, 3000) i;
			INSERT INTO hits SELECT -i, 'user-' || i * 7919 % $subjects, '2026-01-01Z'::timestamptz + i * 97 * interval '1 s', 'late' FROM generate_series(1, 200) i;
			UPDATE hits SET what = 'event ' || id % 24 WHERE id % 400 = $round AND right(who, -5)::int < $subjects;
			UPDATE hits SET who = 'user-' || id * 31 % $subjects WHERE id % 400 = $round + 100 AND right(who, -5)::int < $subjects;
			DELETE FROM hits WHERE id % 50 = $round AND right(who, -5)::int < $subjects;
			DO \$\$ BEGIN PERFORM journey.fold('live'); END \$\$;});
		$wrong ||= ask($s, q{SELECT format('listed: %s sets, %s steps, %s changes; there: %s, %s', l.sets, l.steps, l.delta_rows, s.sets, s.steps)
			FROM journey.stores l, (SELECT count(*), sum(journey.step_count(sets)) FROM live_sets) s (sets, steps)
			WHERE (l.sets, l.steps, l.delta_rows) <> (s.sets, s.steps, 0);});
		ask($s, 'VACUUM live_sets; VACUUM live_delta;');
		$half = size('live') if $round == $rounds / 2;
	}
	is($wrong, '', "$subjects subjects: the list counts what is there, after each of $rounds rounds");
	ask($s, q{DO $$ BEGIN PERFORM journey.track('hits', 'who', 'at', 'what', 'fresh'); END $$;});
	my ($size, $fresh) = map { size($_) } qw(live fresh);
	cmp_ok($size, '<', $most * $fresh, "$subjects subjects: no more than $most times a rebuild");
	is(ask($s, q{SELECT pg_relation_size('live_delta');}), '0', "$subjects subjects: folded changes leave nothing");
	note("$subjects subjects: $half bytes half way, $size at the end, $fresh rebuilt");

	# steps of the table, and what the list says of an emptied one
	is(ask($s, q{SELECT l.steps - (SELECT count(*) FROM hits) FROM journey.stores l WHERE l.store = 'live'::regclass;}), '0', "$subjects subjects: all steps");
	is(ask($s, q{TRUNCATE hits; SELECT sum(sets), sum(steps), sum(delta_rows) FROM journey.stores;}), '0|0|0', "$subjects subjects: none after TRUNCATE");
	is(ask($s, q{INSERT INTO hits VALUES (1, 'a', '2026-01-01Z', 'x'), (2, 'a', '2026-01-02Z', 'x');
		DO $$ BEGIN PERFORM journey.fold('live'); END $$; SELECT sets, steps FROM journey.stores WHERE store = 'live'::regclass;}), '1|2', "$subjects subjects: and counted from there");
	ask($s, 'DROP TABLE hits;');
}
finish($s);
$node->stop;
done_testing();
