# Consent beyond one session and one server: new connections, dump and restore,
# a standby that replays while a reader holds an old snapshot, and an extension
# that goes and comes back under a session that remembers it.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
# nothing that a vacuum removes may take a snapshot from a reader of the standby
$primary->append_conf('postgresql.conf', "autovacuum = off\n");
$primary->start;

$primary->safe_psql('postgres', q{
	CREATE EXTENSION journey;
	CREATE ROLE ana LOGIN;
	CREATE ROLE "Ben" LOGIN;
	CREATE ROLE gone;
	SELECT journey.create_purpose('t.product', 'https://w3id.org/dpv#ServiceProvision');
	SELECT journey.grant_purpose('ana', 't', until => '2090-01-01');
	SELECT journey.grant_purpose('"Ben"', 't.product');
	SELECT journey.grant_purpose('gone', 't');
	SELECT journey.consent_give('u1', 't', covers_descendants => true, evidence => '{"a": [1, null]}');
	SELECT journey.consent_give('u2', 't.product');
	SELECT journey.consent_withdraw('u2', 't');
	SELECT journey.consent_refuse(E'u\t3''', 't.product', notice => 'v1', source => 'web');
	UPDATE journey.subject SET kind = 'employee', restricted = true WHERE name = 'u2';
	DROP ROLE gone;
	CREATE TABLE events (who text, secret text);
	INSERT INTO events VALUES ('u1', 'one'), ('u2', 'two');
	GRANT SELECT ON events TO ana, "Ben";
	SELECT journey.protect('events', subject => 'who', columns => '{"who": "public", "secret": {"mask": "constant", "value": "*"}}');

	-- what is lawful, without effect on what is read here
	SELECT journey.load_rule_pack('gdpr', min_age => 14), journey.create_class('own'),
	       journey.create_notice('t', 'v1', renews => false);
	SELECT journey.create_rule('EU', 'own', purpose => 't', class => 'own', kind => 'employee', retention => '13 months', since => '2026-01-01'),
	       journey.prohibit_class('own', 't', 'no'), journey.register_basis('t', 'contract', 'terms', class => 'own', since => '2026-01-01');
});

# What "ana" reads on a node in a new connection.
sub secrets
{
	my ($node, %options) = @_;
	my ($rc, $out, $err) = $node->psql($options{db} // 'postgres',
		'SELECT secret FROM events ORDER BY who',
		extra_params => [ '-U', $options{user} // 'ana' ],
		connstr => $node->connstr($options{db} // 'postgres') . ($options{purpose} ? " options='-c journey.purpose=$options{purpose}'" : ''));
	return "$out|" . ($err =~ /WARNING:  (.*)/ ? $1 : $err);
}

# A purpose can come with the connection, or with the role.
is(secrets($primary), "*\n*|no purpose is declared", 'a new connection has no purpose');
is(secrets($primary, purpose => 't'), "one\n*|", 'a purpose in the options of the connection, before the library is loaded');
is(secrets($primary, purpose => 'fraud'), qq(*\n*|role "ana" has no grant for purpose "fraud"), 'a claim without a grant');
$primary->safe_psql('postgres', q{ALTER ROLE "Ben" SET journey.purpose = 't.product'});
is(secrets($primary, user => 'Ben'), "one\n*|", 'a purpose set for the role');

$primary->restart;
is(secrets($primary, purpose => 't'), "one\n*|", 'the same after a restart');

# Dump and restore, plain and custom, here and elsewhere.
my $everything = q{
	SELECT 'purpose', name, parent, dpv FROM journey.purpose ORDER BY name;
	SELECT 'grant', reader, p.name, valid_from, valid_until, granted_by, granted_at FROM journey.reader_purpose JOIN journey.purpose p ON number = purpose ORDER BY 2::text;
	SELECT 'subject', number, name, kind, jurisdiction, born, restricted, erased FROM journey.subject ORDER BY number;
	SELECT 'class', c.* FROM journey.data_class c ORDER BY name;
	SELECT 'prohibition', p.* FROM journey.prohibition p ORDER BY number;
	SELECT 'jurisdiction', j.* FROM journey.jurisdiction j ORDER BY name;
	SELECT 'rule', r.* FROM journey.rule r ORDER BY number;
	SELECT 'basis', b.* FROM journey.lawful_basis b ORDER BY number;
	SELECT 'notice', n.* FROM journey.notice n ORDER BY purpose, number;
	SELECT 'shipped', count(*) FROM journey.rule_pack_rule;
	SELECT 'event', to_jsonb(l) - 'xid' - 'copied' FROM journey.ledger l ORDER BY seq;
	SELECT 'place', c.* FROM journey.chain c ORDER BY place;
	SELECT 'tampered with', * FROM journey.ledger_verify();
	SELECT 'state', s.* FROM journey.state s ORDER BY subject, purpose;
	SELECT 'wrong', * FROM journey.state_check();
};
my $before = $primary->safe_psql('postgres', $everything . q{SELECT oid FROM pg_roles WHERE rolname = 'gone'});
my $stale = qr/^grant\|\d+\|.*\n/m;
like($before, $stale, 'the grant of a dropped role is still here');
(my $expected = $before) =~ s/$stale//;

my $head = $primary->safe_psql('postgres', 'SELECT journey.ledger_head()');
my $dump = "${PostgreSQL::Test::Utils::tmp_check}/consent";
$primary->command_ok([ 'pg_dump', '-Fc', '-f', "$dump.custom", 'postgres' ], 'dump, custom');
$primary->command_ok([ 'pg_dump', '--inserts', '-f', "$dump.sql", 'postgres' ], 'dump, plain with INSERT');

my $other = PostgreSQL::Test::Cluster->new('other');
$other->init;
$other->start;
# So that numbers of roles differ between the clusters.
$other->safe_psql('postgres', 'CREATE ROLE first; CREATE ROLE second; CREATE ROLE "Ben" LOGIN; CREATE ROLE ana LOGIN');
$other->safe_psql('postgres', 'CREATE DATABASE custom; CREATE DATABASE plain');
$other->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'custom', "$dump.custom" ], 'restore, custom');
$other->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'plain', '-f', "$dump.sql" ], 'restore, plain');

for my $db ('custom', 'plain')
{
	is($other->safe_psql($db, $everything), $expected, "$db: purposes, grants, subjects, ledger and state are the same");
	is(secrets($other, db => $db, purpose => 't'), "one\n*|", "$db: and so is what a reader sees");
	is($other->safe_psql($db, qq{SELECT * FROM journey.ledger_verify('$head')}), '', "$db: the chain goes through the head that was kept");
	is($other->safe_psql($db, q{
		SELECT journey.consent_give('u4', 't') > max(seq) FROM journey.ledger;
		SELECT journey.create_purpose('t.new') > max(number) FROM journey.purpose WHERE name <> 't.new';
		SELECT journey.create_rule('EU', 'new', regime => 'opt_in') = count(*) + 1 FROM journey.rule WHERE source <> 'new';
		SELECT count(*) FROM journey.state_check();
		SELECT max(place) FROM journey.chain;
		SELECT count(*) FROM journey.ledger_verify()}), "t\nt\nt\n0\n5\n0", "$db: numbers go on, and so does the chain");
}
$other->stop;

# A standby decides as the primary does, and hides what it has replayed.
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
is(secrets($standby, purpose => 't'), "one\n*|", 'standby: raw where consent was given');
is(secrets($standby), "*\n*|no purpose is declared", 'standby: masked without a purpose');

$primary->safe_psql('postgres', q{
	UPDATE journey.subject SET restricted = false WHERE name = 'u2';
	SELECT journey.consent_give('u2', 't')});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(secrets($standby, purpose => 't'), "one\ntwo|", 'standby: a new consent arrives');

my $reader = $standby->background_psql('postgres', extra_params => [ '-U', 'ana' ]);
$reader->query_safe(q{SET journey.purpose = 't'});
$reader->query_safe(q{BEGIN ISOLATION LEVEL REPEATABLE READ});
is($reader->query_safe('SELECT secret FROM events ORDER BY who'), "one\ntwo", 'standby: an old snapshot begins');
$primary->safe_psql('postgres', q{SELECT journey.consent_withdraw('u1', 't')});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is($reader->query_safe('SELECT secret FROM events ORDER BY who'), "*\ntwo", 'standby: what was withdrawn is hidden inside the old snapshot');
$primary->safe_psql('postgres', q{SELECT journey.consent_give('u1', 't')});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is($reader->query_safe('SELECT secret FROM events ORDER BY who'), "one\ntwo", 'standby: given before and given again');
$reader->query_safe('COMMIT');
$reader->quit;
$standby->stop;

# The extension goes and comes back while a session remembers where it was.
my $session = $primary->background_psql('postgres');
$primary->safe_psql('postgres', 'SELECT journey.unprotect(\'events\')');
$session->query_safe('SET client_min_messages = error; SET ROLE ana');
is($session->query_safe(q{SELECT journey.consented('u1', 't')}), 't', 'a session has decided');
$primary->safe_psql('postgres', 'DROP EXTENSION journey; CREATE EXTENSION journey');
is($session->query_safe(q{SELECT journey.consented('u1', 't')}), 'f', 'a new extension knows nobody');
$primary->safe_psql('postgres', q{
	SELECT journey.create_purpose('t');
	SELECT journey.grant_purpose('ana', 't');
	SELECT journey.consent_give('u1', 't')});
is($session->query_safe(q{SELECT journey.consented('u1', 't')}), 't', 'until it is told');
$session->quit;

done_testing();
