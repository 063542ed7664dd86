# Consent in prepared transactions (129): what was said counts when they are
# committed, in whichever session that is, and never before.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('prepared');
$node->init;
$node->append_conf('postgresql.conf', "max_prepared_transactions = 5\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION journey;
	CREATE ROLE ana LOGIN;
	CREATE TABLE t (who text, cell text);
	INSERT INTO t VALUES ('u1', 'one'), ('u2', 'two');
	GRANT SELECT ON t TO ana;
	SELECT journey.create_purpose('p');
	SELECT journey.grant_purpose('ana', 'p');
	SELECT journey.protect('t', subject => 'who', columns => '{"who": "public"}');
	SELECT journey.consent_give('u1', 'p')});

my $reader = $node->background_psql('postgres', extra_params => [ '-U', 'ana' ]);
$reader->query(q{SET journey.purpose = 'p'});

sub cells { return $reader->query(q{SELECT string_agg(coalesce(cell, '-'), ' ' ORDER BY who) FROM t}) }

sub prepare
{
	my ($name, $what) = @_;
	$node->safe_psql('postgres', "BEGIN; SELECT $what; PREPARE TRANSACTION '$name'");
}

is(cells(), 'one -', 'at first');
prepare('give', q{journey.consent_give('u2', 'p')});
is(cells(), 'one -', 'what is prepared opens nothing');
$node->restart;
$reader->quit;
$reader = $node->background_psql('postgres', extra_params => [ '-U', 'ana' ]);
$reader->query(q{SET journey.purpose = 'p'});
is(cells(), 'one -', 'nor after a restart');
$node->safe_psql('postgres', q{COMMIT PREPARED 'give'});
is(cells(), 'one two', 'but from the commit on');

prepare('withdraw', q{journey.consent_withdraw('u1', 'p')});
my ($status, undef, $error) = $node->psql('postgres', q{SET lock_timeout = '100ms'; SELECT journey.consent_give('u1', 'p')});
isnt($status, 0, 'nobody says the contrary meanwhile');
unlike($error, qr/u1/, 'and the error does not say about whom');
$reader->query('BEGIN ISOLATION LEVEL REPEATABLE READ');
is(cells(), 'one two', 'a withdrawal that is not committed yet');
$node->safe_psql('postgres', q{COMMIT PREPARED 'withdraw'});
is(cells(), '- two', 'and that is, in an old snapshot');
$reader->query('COMMIT');

prepare('refuse', q{journey.consent_refuse('u2', 'p')});
$node->safe_psql('postgres', q{ROLLBACK PREPARED 'refuse'});
is(cells(), '- two', 'one that is taken back changes nothing');

prepare('revoke', q{journey.revoke_purpose('ana', 'p')});
is(cells(), '- two', 'a grant that is not revoked yet');
$node->safe_psql('postgres', q{COMMIT PREPARED 'revoke'});
is($reader->query(q{SET client_min_messages = error; SELECT count(cell) FROM t}), '0', 'and one that is');
is($node->safe_psql('postgres', q{SELECT count(*) FROM journey.ledger_verify()}), '0', 'the ledger is whole');
is($node->safe_psql('postgres', q{SELECT count(*) FROM journey.state_check()}), '0', 'and the state what it says');

$reader->quit;
$node->stop;
done_testing();
