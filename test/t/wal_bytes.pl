# 139: an UPDATE leaves out of the WAL what the new row has in common with the old
# one at its beginning and its end, and EXPLAIN counts what is left.  A writer
# lays a guess against the masked column beside, one byte at a time.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('wal');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION journey;
	CREATE ROLE wanda LOGIN;
	CREATE TABLE cards (id int PRIMARY KEY, who text, rank int, ssn text, status text);
	INSERT INTO cards VALUES (1, 'u1', 5, 'canary', 'new');
	GRANT SELECT, UPDATE ON cards TO wanda;
	SELECT journey.protect('cards', subject => 'who', writes => 'public', columns => '{"id": "public", "rank": "public", "status": "public"}')});

# The bytes of the WAL, the fewest of three tries, when the old status, with the length before it, stands
# behind a guess at the end of ssn.  What comes first is as long each time.
sub bytes
{
	my ($guess) = @_;
	my $text = ('x' x (20 - length($guess))) . $guess . chr(9) . 'old';

	my @seen = $node->safe_psql('postgres', qq{SET client_min_messages = error;} . qq{
		UPDATE cards SET rank = 1, status = 'old' WHERE id = 1;
		EXPLAIN (ANALYZE, WAL, COSTS OFF, TIMING OFF, SUMMARY OFF) UPDATE cards SET rank = 2, status = '$text' WHERE id = 1;} x 3,
		extra_params => [ '-U', 'wanda' ]) =~ /^ +WAL: .*bytes=(\d+)/mg;
	my ($least) = sort { $a <=> $b } @seen;
	return $least;
}

sub told
{
	return $node->safe_psql('postgres', q{SELECT severity, statement FROM journey.doctor() WHERE object = 'wal_level'});
}

is($node->safe_psql('postgres', 'SELECT ssn IS NULL FROM cards', extra_params => [ '-U', 'wanda' ]), 't', 'the writer sees no value');
is(bytes('y') - bytes('ry'), 1, 'one byte fewer for one more that is right: there is a hole');
is(bytes('ry') - bytes('canary'), 4, 'and so on');
is(bytes('y'), bytes('xy'), 'none for one that is wrong');

my ($severity, $statement) = split(/\|/, told());
is($severity, 'medium', 'doctor() tells');
$node->safe_psql('postgres', $statement =~ s/ --.*//r);
$node->restart;
is(told(), '', 'and is content with what it says');
is(bytes($_), bytes('z'), "then a guess of '$_' is like any other") foreach qw(y ry canary);

# who could
$node->safe_psql('postgres', 'ALTER SYSTEM RESET wal_level');
$node->restart;
isnt(told(), '', 'doctor() tells again');
$node->safe_psql('postgres', 'REVOKE UPDATE ON cards FROM wanda');
is(told(), '', 'but not if nobody may update');
$node->safe_psql('postgres', 'GRANT UPDATE (status) ON cards TO wanda');
isnt(told(), '', 'which a column is enough for');
$node->safe_psql('postgres', q{SELECT journey.unprotect('cards')});
is(told(), '', 'nor if nothing is masked');

$node->stop;
done_testing();
