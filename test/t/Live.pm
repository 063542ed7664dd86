# The live store under test: psql sessions that stay, and the one question of
# all these tests: does the fresh view say what the source table says?
package Live;

use strict;
use warnings;
use Exporter 'import';
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

our @EXPORT = qw(session start_asking answer ask finish live_node live_setup log_is_clean);

# A psql that stays.  The timeout, in seconds, is for each question and not for all.
sub session
{
	my ($node, %opt) = @_;
	my %s = (in => '', out => '', err => '', mark => 0, timer => IPC::Run::timeout($opt{timeout} // 600));

	$s{run} = IPC::Run::start(
		[ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr($opt{db} // 'postgres'), @{ $opt{params} // [] } ],
		'<', \$s{in}, '>', \$s{out}, '2>', \$s{err}, $s{timer});
	return \%s;
}

# Sends statements, each with its semicolon, without waiting for their end.
sub start_asking
{
	my ($s, $sql) = @_;

	$s->{mark}++;
	$s->{timer}->start;
	$s->{in} .= "$sql\n\\echo mark-$s->{mark}\n\\warn mark-$s->{mark}\n";
	$s->{run}->pump_nb;
	return;
}

# Waits for the end of what was sent last: what was printed, and the messages.
# Both are undefined if psql ended.
sub answer
{
	my ($s) = @_;
	my $mark = qr/^mark-$s->{mark}\n/m;

	until ($s->{out} =~ $mark && $s->{err} =~ $mark)
	{
		return (undef, undef) unless $s->{run}->pumpable;
		$s->{run}->pump;
	}
	my ($out, $err) = @$s{qw(out err)};
	$s->{out} = $s->{err} = '';
	s/^mark-\d+\n//mg foreach $out, $err;
	return ($out, $err);
}

# What statements print, or die of the first error.
sub ask
{
	my ($s, $sql) = @_;

	start_asking($s, $sql);
	my ($out, $err) = answer($s);
	die "psql ended: $sql\n" unless defined $out;
	die "$err$sql\n" if $err =~ /^(?:psql:.*)?(?:ERROR|FATAL|PANIC): /m;
	$out =~ s/\n\z//;
	return $out;
}

sub finish
{
	my ($s) = @_;

	$s->{timer}->start;
	$s->{in} .= "\\q\n";
	# a server that went away ends psql before it reads that
	eval { $s->{run}->finish };
	return;
}

# A node for the store: it may prepare transactions, and a lost lock is a failure
# and not a test that hangs.
sub live_node
{
	my ($name, %init) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(%init);
	$node->append_conf('postgresql.conf', <<'CONF');
max_prepared_transactions = 5
log_statement = none
deadlock_timeout = 200ms
timezone = 'UTC'
autovacuum_naptime = 1s
CONF
	return $node;
}

# The functions that compare.  A source is a query that gives subject, at, event
# and all further columns by their names.
#
#	live_steps	what the source says: a line a subject
#	live_check	nothing if the view, asked in any way, agrees with the source;
#			otherwise where they differ
#
# Both are STABLE, so all that they compare is of one snapshot.
sub live_setup
{
	my ($node, $db) = @_;

	$node->safe_psql($db // 'postgres', <<'SQL');
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS journey;
CREATE FUNCTION live_source(source text) RETURNS TABLE (subject text, j text) LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT subject::text COLLATE "C", journey.journey_agg(
			ROW(at, event, channel, decision, action, persona, value, senses)::journey.interaction)::text
		FROM (%s) AS source WHERE subject IS NOT NULL AND at IS NOT NULL AND event IS NOT NULL GROUP BY subject $q$, source);
END $$;
CREATE FUNCTION live_view(store text) RETURNS TABLE (subject text, j text) LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT p.subject COLLATE "C", journey.journey_agg(p.j)::text
		FROM %s AS v, journey.journeys(v.sets) AS p GROUP BY p.subject $q$, store);
END $$;
-- what is asked of a whole population
CREATE FUNCTION live_answers(sets text) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
	answers text[];
BEGIN
	EXECUTE format($q$
		SELECT ARRAY['subjects ' || sum(journey.subject_count(sets)), 'steps ' || sum(journey.step_count(sets)),
			'sessions ' || sum(journey.session_count(sets, '10 minutes')), 'days ' || sum(journey.session_count(sets, '1 day')),
			'from ' || min(journey.started_at(sets)), 'to ' || max(journey.ended_at(sets)),
			'edges ' || journey.edges_agg(sets)::text, 'events ' || journey.event_counts_agg(sets)::text,
			'funnel ' || journey.funnel_agg(sets, '{view,cart,pay}', '1 hour')::text,
			'matches ' || journey.match_count_agg(sets, 'view cart')]
		FROM %s AS v $q$, sets) INTO answers;
	RETURN answers;
END $$;
CREATE FUNCTION live_check(store text, source text) RETURNS SETOF text LANGUAGE plpgsql STABLE ROWS 1 AS $$
BEGIN
	RETURN QUERY SELECT format('subject %s: the source says %s, the view %s', subject, left(s.j, 2000), left(v.j, 2000))
		FROM live_source(source) AS s FULL JOIN live_view(store) AS v USING (subject)
		WHERE s.j IS DISTINCT FROM v.j ORDER BY subject LIMIT 3;
	RETURN QUERY SELECT format('the source says %s, the view %s', left(s, 2000), left(v, 2000))
		FROM unnest(live_answers(format('(SELECT journey.pack(%L) AS sets)', source)), live_answers(store)) AS x (s, v)
		WHERE s IS DISTINCT FROM v LIMIT 3;
	RETURN QUERY SELECT format('subject %s: the source says %s, journey_of %s', subject, left(s.j, 2000), left(o.j, 2000))
		FROM (SELECT * FROM live_source(source) ORDER BY md5(j) LIMIT 12) AS s,
			LATERAL (SELECT journey.journey_of(store::regclass, s.subject)::text AS j OFFSET 0) AS o
		WHERE s.j IS DISTINCT FROM o.j ORDER BY subject LIMIT 3;
	-- not by our own means
	RETURN QUERY EXECUTE format($q$
		SELECT format('the source has %%s steps of %%s subjects, the view %%s of %%s', s.steps, s.subjects, v.steps, v.subjects)
		FROM (SELECT count(*) AS steps, count(DISTINCT subject) AS subjects
				FROM (%s) AS source WHERE subject IS NOT NULL AND at IS NOT NULL AND event IS NOT NULL) AS s,
			(SELECT coalesce(sum(journey.step_count(sets)), 0) AS steps, coalesce(sum(journey.subject_count(sets)), 0) AS subjects
				FROM %s) AS v
		WHERE (s.steps, s.subjects) <> (v.steps, v.subjects) $q$, source, store);
END $$;
SQL
	return;
}

# What no log of these tests may say.
sub log_is_clean
{
	my ($node) = @_;

	return slurp_file($node->logfile) !~ /deadlock detected|PANIC|TRAP:|was terminated by signal (?!9)|XX000|could not open relation/;
}

1;
