# The ledger under many writers: random histories in several sessions at once,
# with savepoints, rollbacks and prepared transactions; then a crash, a standby.
# Whatever happened, the state is a replay of the ledger, the chain is whole,
# and its order is that of the commits.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{SEED} || 20261122;
srand($seed);
note("SEED=$seed");

my $node = PostgreSQL::Test::Cluster->new('writers');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', "max_prepared_transactions = 10\nlog_statement = none");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION journey;
	SELECT journey.create_purpose(p) FROM unnest(ARRAY['p.a.x', 'p.a.y', 'p.b']) p;
	CREATE TABLE committed (id bigint GENERATED ALWAYS AS IDENTITY, session int, transaction int);
});

my @purposes = ('p', 'p.a', 'p.a.x', 'p.a.y', 'p.b');

# One random event of one of a few subjects, so that sessions meet.
sub event
{
	my $subject = 's' . int(rand(12));
	my $purpose = $purposes[ int(rand(@purposes)) ];
	my $what = int(rand(12));
	my $said = rand() < 0.2 ? ", said_at => clock_timestamp() - interval '" . int(rand(20)) . " ms'" : '';
	# a key is of one event, which is heard again and again
	my $key = rand() < 0.4 ? ", event_key => '" . ($what < 4 ? 'give' : $what) . " $purpose'" : '';

	return "SELECT journey.consent_give('$subject', '$purpose', explicit => " . (rand() < 0.5 ? 'true' : 'false')
	  . ", covers_descendants => " . (rand() < 0.5 ? 'true' : 'false')
	  . (rand() < 0.3 ? ", valid_until => now() + interval '1 s'" : '') . "$said$key);" if $what < 4;
	return "SELECT journey.consent_withdraw('$subject', '$purpose'$said$key);" if $what == 4;
	return "SELECT journey.consent_refuse('$subject', '$purpose'$said$key);" if $what == 5;
	return "SELECT journey.consent_object('$subject', '$purpose'$said$key);" if $what == 6;
	return "SELECT journey.consent_expire('$subject', '$purpose'$said$key);" if $what == 7;
	return "SELECT journey.consent_renew('$subject', '$purpose'$said);" if $what == 8;
	return "SELECT journey.subject_restrict('$subject');" if $what == 9;
	return "SELECT journey.subject_lift('$subject');" if $what == 10;
	return "SELECT journey.consent_record(jsonb_build_array("
	  . join(', ', map { "jsonb_build_object('action', 'give', 'subject', 's" . int(rand(12)) . "', 'purpose', '$purpose')" } 1 .. 3) . '));';
}

# A script of one session.  Errors (nothing to renew, deadlocks, serialization)
# end a transaction and not the script.
my $transactions = 60;

sub script
{
	my ($session) = @_;
	my $script = "\\set ON_ERROR_STOP 0\nSET client_min_messages = error;\n";

	for my $transaction (1 .. $transactions)
	{
		my $level = ('READ COMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')[ int(rand(4)) ];
		my $end = rand();

		$script .= "BEGIN ISOLATION LEVEL $level;\n" . event() . "\n";
		for (1 .. int(rand(4)))
		{
			my $fate = rand();

			$script .= $fate < 0.5 ? event() . "\n" :
			  'SAVEPOINT s; ' . event() . ($fate < 0.75 ? ' ROLLBACK TO s;' : ' RELEASE s;') . "\n";
		}
		$script .= "SET CONSTRAINTS ALL IMMEDIATE;\n" . event() . "\n" if rand() < 0.1;
		$script .= $end < 0.7 ? "COMMIT;\n" : $end < 0.8 ? "ROLLBACK;\n" :
		  "PREPARE TRANSACTION 't$session-$transaction'; " . ($end < 0.9 ? 'COMMIT' : 'ROLLBACK') . " PREPARED 't$session-$transaction';\n";
	}
	return $script;
}

my @sessions = map { my $n = $_; { script => script($n), out => '', err => '' } } 1 .. 4;
foreach my $session (@sessions)
{
	$session->{handle} = IPC::Run::start(
		[ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('postgres') ],
		'<', \$session->{script}, '>', \$session->{out}, '2>', \$session->{err});
}
foreach my $session (@sessions)
{
	ok($session->{handle}->finish, 'a session went through its script');
	my @surprises = grep { /ERROR|FATAL|PANIC/ && !/there is no consent to renew|deadlock detected|could not serialize access|is aborted|savepoint "s" does not exist|prepared transaction with identifier/ }
	  split(/\n/, $session->{err});
	is("@surprises", '', 'without errors but those that a program has to expect');
}

my $whole = q{
	SELECT 'state', * FROM journey.state_check();
	SELECT 'tampered', * FROM journey.ledger_verify();
	SELECT 'gap', place FROM (SELECT place, row_number() OVER (ORDER BY place) AS n FROM journey.chain) c WHERE place <> n;
	SELECT 'without place', l.seq FROM journey.ledger l WHERE NOT EXISTS (SELECT FROM journey.chain c WHERE c.seq = l.seq);
	-- within a subject the order of places is that of positions: events have taken effect in that order
	SELECT 'order', subject, seq FROM (SELECT l.subject, l.seq, max(l.seq) OVER (PARTITION BY l.subject ORDER BY c.place ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW) AS before
		FROM journey.chain c JOIN journey.ledger l USING (seq)) o WHERE before > seq;
	-- the entries of a transaction stand together
	SELECT 'torn', xid FROM (SELECT l.xid, max(c.place) - min(c.place) + 1 AS span, count(*) AS n FROM journey.chain c JOIN journey.ledger l USING (seq) GROUP BY 1) t WHERE span <> n;
	SELECT 'prepared', gid FROM pg_prepared_xacts;
	SELECT 'twice', subject, event_key FROM journey.ledger WHERE event_key IS NOT NULL GROUP BY 2, 3 HAVING count(*) > 1;
	SELECT 'flag', u.name FROM journey.subject u LEFT JOIN LATERAL (SELECT action FROM journey.ledger l WHERE l.subject = u.number AND l.action IN ('restrict', 'lift') ORDER BY seq DESC LIMIT 1) r ON true
		WHERE u.restricted <> coalesce(r.action = 'restrict', false);
};
my $events = $node->safe_psql('postgres', 'SELECT count(*) FROM journey.ledger');
cmp_ok($events, '>', 200, "$events events were recorded");
is($node->safe_psql('postgres', $whole), '', 'the state is a replay of the ledger, and the chain is whole');

# The replay, once more by other words: event after event, for each subject.
is($node->safe_psql('postgres', q{
	CREATE TABLE replay (subject bigint, purpose int, given bigint, refused bigint, withdrawn bigint, objected bigint, expired bigint, PRIMARY KEY (subject, purpose));
	DO $$
	DECLARE
	  l journey.ledger;
	BEGIN
	  FOR l IN SELECT * FROM journey.ledger WHERE purpose IS NOT NULL ORDER BY seq LOOP
	    INSERT INTO replay VALUES (l.subject, l.purpose, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING;
	    IF l.counts THEN
	      EXECUTE format('UPDATE replay SET %I = $1 WHERE subject = $2 AND purpose = $3',
	        CASE l.action WHEN 'give' THEN 'given' WHEN 'renew' THEN 'given' WHEN 'refuse' THEN 'refused'
	                      WHEN 'withdraw' THEN 'withdrawn' WHEN 'object' THEN 'objected' WHEN 'expire' THEN 'expired' END)
	      USING l.seq, l.subject, l.purpose;
	    END IF;
	  END LOOP;
	END $$;
	(TABLE replay EXCEPT SELECT subject, purpose, given, refused, withdrawn, objected, expired FROM journey.state)
	UNION ALL (SELECT subject, purpose, given, refused, withdrawn, objected, expired FROM journey.state EXCEPT TABLE replay)}),
	'', 'a replay event after event gives the same');

# A prepared transaction keeps its place over a crash: others wait for it.
my $head = $node->safe_psql('postgres', 'SELECT journey.ledger_head()');
$node->safe_psql('postgres', q{
	BEGIN;
	SELECT journey.consent_give('prepared', 'p');
	PREPARE TRANSACTION 'kept'});
$node->stop('immediate');
$node->start;
my ($status, $out, $err) = $node->psql('postgres', q{SET lock_timeout = '300ms'; SELECT journey.consent_give('other', 'p')});
isnt($status, 0, 'behind a prepared transaction nobody commits consent');
like($err, qr/lock timeout/, 'but waits');
is($node->safe_psql('postgres', q{SELECT count(*) FROM journey.ledger_verify()}), '0', 'and checks meanwhile');
$node->safe_psql('postgres', q{COMMIT PREPARED 'kept'});
$node->safe_psql('postgres', q{SELECT journey.consent_give('other', 'p')});
is($node->safe_psql('postgres', $whole), '', 'after a crash all is whole');
is($node->safe_psql('postgres', q{
	SELECT s.name FROM journey.chain c JOIN journey.ledger l USING (seq) JOIN journey.subject s ON s.number = l.subject ORDER BY place DESC LIMIT 2}),
	"other\nprepared", 'in the order of commits');
is($node->safe_psql('postgres', "SELECT * FROM journey.ledger_verify('$head')"), '', 'and goes through a head that was kept before');

# A standby can check it as well.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->safe_psql('postgres', q{SELECT journey.consent_withdraw('other', 'p')});
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
is($standby->safe_psql('postgres', $whole), '', 'standby: the same');
is($standby->safe_psql('postgres', "SELECT * FROM journey.ledger_verify('$head')"), '', 'standby: the same head');
is($standby->safe_psql('postgres', q{SELECT journey.consented('other', 'p', clock_timestamp()), (journey.ledger_head()).place = (SELECT count(*) FROM journey.ledger)}),
	'f|t', 'standby: what was known, and the head');

done_testing();
