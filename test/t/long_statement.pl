# What runs out does so in a statement that never ends, too: a procedure that
# commits, a function that reads again and again, several statements sent as one.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Live;

my $node = PostgreSQL::Test::Cluster->new('long');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION journey;
	CREATE ROLE ana LOGIN;
	CREATE ROLE ben LOGIN;
	CREATE TABLE t (who text, cell text);
	INSERT INTO t VALUES ('u1', 'one'), ('u2', 'two');
	GRANT SELECT ON t TO ana, ben;
	GRANT CREATE ON SCHEMA public TO ana;
	SELECT journey.create_purpose('p');
	SELECT journey.grant_purpose('ana', 'p');
	SELECT journey.protect('t', subject => 'who', columns => '{"who": "public", "cell": {"mask": "constant", "value": "*"}}')});
$node->safe_psql('postgres', <<'END', extra_params => [ '-U', 'ana' ]);
CREATE FUNCTION cells() RETURNS text LANGUAGE sql STABLE AS 'SELECT string_agg(cell, '' '' ORDER BY who) FROM t';
CREATE TABLE seen (n serial, cells text, age interval);
CREATE PROCEDURE walk() LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO seen (cells) SELECT cells();
	COMMIT;
	PERFORM pg_sleep(6);
	INSERT INTO seen (cells) SELECT cells();
	UPDATE seen SET age = clock_timestamp() - statement_timestamp() WHERE n = 2;
	PERFORM pg_sleep(5.5);
	COMMIT;
	INSERT INTO seen (cells) SELECT cells();
END $$;
CREATE FUNCTION stay() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	first text := cells();
BEGIN
	PERFORM pg_sleep(11.5);
	RETURN first || ', ' || cells();
END $$;
END

# All of them begin before u1's consent and ben's grant end, and look again later.
# They have connected before, so that only a machine that stands still is late.
my %ask = (procedure => [ 'ana', 'CALL walk()' ], function => [ 'ana', 'SELECT stay()' ],
	string => [ 'ben', 'SELECT cells() \\; SELECT pg_sleep(11.5) \\; COMMIT \\; SELECT cells()' ]);
my %session = map { $_ => session($node, params => [ '-U', $ask{$_}[0] ]) } keys %ask;
ask($_, q{SET client_min_messages = error; SET journey.purpose = 'p'; SELECT cells();}) foreach values %session;
my $soon = q{clock_timestamp() + interval '5.5 s'};
$node->safe_psql('postgres', qq{
	SELECT journey.consent_give('u1', 'p', valid_until => $soon), journey.consent_give('u2', 'p'),
		journey.grant_purpose('ben', 'p', until => $soon)});
start_asking($session{$_}, "$ask{$_}[1];") foreach keys %ask;
my %said = map { $_ => (answer($session{$_}))[0] } keys %ask;
finish($_) foreach values %session;
is($said{function}, "one two, * two\n", 'a consent runs out in a function');
is($said{string}, "one two\n\n* *\n", 'a grant runs out in a string of statements');
# a second look that came later than it should, after ten seconds, counts by the clock
is($node->safe_psql('postgres', q{SELECT CASE WHEN age > '9 s' THEN 'one two' ELSE cells END FROM seen ORDER BY n}), "one two\none two\n* two",
	'a consent runs out in a procedure; for some seconds it counts by its start');

$node->stop;
done_testing();
