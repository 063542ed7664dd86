# What is packed about subjects, made to say something else than the tables do: by
# SQL that puts back what it changed, by bytes with a right hash, by damage.  Only
# who owns the tables can; doctor() sees each, and prints what ends it, also in
# sessions that go on.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('forged');
$node->init;
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION journey;
	CREATE ROLE ana LOGIN;
	CREATE TABLE t (who text, cell text);
	-- numbered names, which are packed in arrays, and others
	INSERT INTO t SELECT CASE WHEN n % 3 > 0 THEN 'u' || n ELSE 'person ' || md5(n::text) END, 'cell ' || n FROM generate_series(1, 1500) n;
	INSERT INTO t VALUES ('somebody here', 'here'), ('somebody else', 'else');
	GRANT SELECT ON t TO ana;
	SELECT journey.create_purpose('p'), journey.grant_purpose('ana', 'p');
	SELECT count(journey.consent_give(who, 'p')) FROM t WHERE cell <> 'else';
	SELECT count(journey.consent_withdraw(who, 'p')) FROM t WHERE cell LIKE '%7';
	SELECT journey.protect('t', subject => 'who', columns => '{"who": "public", "cell": "null"}')});

my $shown = $node->safe_psql('postgres', "SELECT count(*) FROM journey_base.t WHERE cell <> 'else' AND cell NOT LIKE '%7'");
my $all = $node->safe_psql('postgres', 'SELECT count(*) FROM journey_base.t');
my $read = 'SELECT count(cell) FROM t';
my $login = "SET client_min_messages = error; SET journey.consent_lookups = 0; SET SESSION AUTHORIZATION ana; SET journey.purpose = 'p'";

sub sees
{
	my ($what) = @_;
	return $node->safe_psql('postgres', $what ? "$login; SELECT coalesce(string_agg(cell, ' '), 'nothing') FROM t WHERE cell = '$what'" : "$login; $read");
}

sub findings
{
	return $node->safe_psql('postgres', "SELECT concat_ws(' | ', severity, finding, detail) FROM journey.doctor() WHERE object = 'table journey.fact_page'");
}

sub problems
{
	return $node->safe_psql('postgres', 'SELECT problem, count(*), min(subject) FROM journey._fact_page_problems() GROUP BY 1 ORDER BY 1');
}

# What doctor() prints; the sessions that are open hear of it.
sub close_it
{
	$node->safe_psql('postgres', $node->safe_psql('postgres', "SELECT statement FROM journey.doctor() WHERE object = 'table journey.fact_page'"));
	return;
}

# The rows put together, as hexadecimal; and bytes put in their place, with a hash that is right.
sub packed
{
	return $node->safe_psql('postgres', q{SELECT encode(string_agg(bytes, '' ORDER BY part), 'hex') FROM journey.fact_page});
}

sub forge
{
	my ($hex) = @_;
	my $bytes = pack('H*', $hex);
	my $file = $node->basedir . '/hashed';
	open(my $out, '>:raw', $file) or die "cannot write $file: $!";
	print $out substr($bytes, 0, 16), substr($bytes, 48);
	close($out);
	my ($hash) = `b2sum -l 256 $file` =~ /^([0-9a-f]{64})/ or die 'no b2sum';
	substr($hex, 32, 64) = $hash;
	my $size = 2 * $node->safe_psql('postgres', 'SELECT max(length(bytes)) FROM journey.fact_page');
	my $part = 0;
	$node->safe_psql('postgres', join('', map { 'UPDATE journey.fact_page SET bytes = \'\\x' . $_ . '\' WHERE part = ' . $part++ . ';' } unpack("(A$size)*", $hex)));
	return;
}

is($node->safe_psql('postgres', 'SELECT journey.consent_fold()'), $all - 1, 'all who said something are packed');
is(sees(), $shown, 'a session shows what it should');
is(problems(), '', 'what is packed agrees with the tables');
is(findings(), '', 'and the doctor is content');

# A state is changed, packed and put back, and the sign of it removed.
my $says_all = q{UPDATE journey.state SET withdrawn = 0};
my $signs = 'DELETE FROM journey.change';
$node->safe_psql('postgres', "$says_all; SELECT journey.consent_fold(); SELECT journey._state_rebuild(); $signs");
is($node->safe_psql('postgres', 'SELECT count(*) FROM journey.state_check()'), 0, 'the state is what the ledger says');
my $stays = $node->background_psql('postgres');
$stays->query_safe($login);
is($stays->query_safe($read), $all - 1, 'a session believes what is packed');
like(problems(), qr/^differs\|\d{3}\|/, 'which is not what the tables say');
like(findings(), qr/^high \| what is packed about subjects is not what the tables say \| Of \d+ subjects/, 'so the doctor says');
close_it();
is($stays->query_safe($read), $shown, 'then the session reads all anew');
is(findings(), '', 'and nothing is left');
$stays->quit;

# The same from a trigger, which leaves no sign.
$node->safe_psql('postgres', q{
	CREATE TABLE quiet (what text);
	CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN EXECUTE NEW.what; RETURN NULL; END';
	CREATE TRIGGER quiet BEFORE INSERT ON quiet FOR EACH ROW EXECUTE FUNCTION quiet();
	CREATE TABLE kept AS TABLE journey.state});
$node->safe_psql('postgres', "INSERT INTO quiet VALUES ('$says_all')");
$node->safe_psql('postgres', 'SELECT journey.consent_fold()');
$node->safe_psql('postgres', q{INSERT INTO quiet VALUES ('UPDATE journey.state s SET withdrawn = k.withdrawn FROM kept k WHERE (k.subject, k.purpose) = (s.subject, s.purpose)')});
is($node->safe_psql('postgres', 'SELECT count(*) FROM journey.state_check()'), 0, 'put back by a trigger');
is(sees(), $all - 1, 'and packed otherwise');
like(findings(), qr/^high/, 'which the doctor sees');
close_it();
is(sees(), $shown, 'and ends');

# Bytes of one's own: consent is given to another name.
$node->safe_psql('postgres', 'SELECT journey.consent_fold()');
my $hex = packed();
my $other = $hex =~ s/@{[ unpack('H*', 'somebody here') ]}/@{[ unpack('H*', 'somebody else') ]}/r;
isnt($other, $hex, 'a name stands there');
forge($other);
is(sees('else') . sees('here'), 'elsenothing', 'with a right hash they are believed');
is(problems(), "is missing|1|somebody here\nis not known|1|somebody else", 'and found out');
like(findings(), qr/^high .* Of 2 subjects/, 'by the doctor');
close_it();
is(sees('else') . sees('here'), 'nothinghere', 'and end');

# Damage is never believed, and told.
$node->safe_psql('postgres', 'SELECT journey.consent_fold()');
my $last = $node->safe_psql('postgres', 'SELECT max(part) FROM journey.fact_page');
foreach my $damage (
	[ 'a byte is another one', 'UPDATE journey.fact_page SET bytes = set_byte(bytes, 1000, get_byte(bytes, 1000) # 1) WHERE part = 0' ],
	[ 'the last row is gone', "DELETE FROM journey.fact_page WHERE part = $last" ],
	[ 'the first row is gone', 'DELETE FROM journey.fact_page WHERE part = 0' ],
	[ 'a row is too short', q{UPDATE journey.fact_page SET bytes = '' WHERE part = 0} ],
	[ 'the size is beyond all memory', q{UPDATE journey.fact_page SET bytes = overlay(bytes PLACING '\xffffffffffff0000' FROM 9) WHERE part = 0} ])
{
	my ($what, $sql) = @$damage;
	$node->safe_psql('postgres', 'SELECT journey.consent_fold()');
	$node->safe_psql('postgres', $sql);
	is(sees(), $shown, "$what: decided by the tables");
	is(findings(), 'low | what is packed about subjects is damaged | Sessions read all subjects instead.', "$what: told");
}
$node->safe_psql('postgres', q{INSERT INTO journey.subject (name) VALUES ('who leaves'); DELETE FROM journey.subject WHERE name = 'who leaves'});
is($node->safe_psql('postgres', 'SELECT count(*) FROM journey.fact_page'), 0, 'who is removed is in no damaged bytes either');

# Sizes and counts that only ask for memory.
$node->safe_psql('postgres', 'SELECT journey.consent_fold()');
$hex = packed();
foreach my $field ([ subjects => 96 ], [ names => 120 ], [ facts => 132 ], [ series => 136 ])
{
	my ($what, $at) = @$field;
	my $forged = $hex;
	substr($forged, 2 * $at, 8) = 'fffffe7e' =~ s/fffffe7e/$what eq 'series' ? '3f000000' : 'fffffe7e'/er;
	forge($forged);
	is(sees(), $shown, "many $what: decided alike");
}
forge($hex);
is(problems(), '', 'as they were, they are good again');

$node->stop;
done_testing();
