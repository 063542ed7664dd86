# Threat 57: what others have put into the schema before CREATE EXTENSION, and
# default privileges that would hand out what it creates.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('install');
my $databases = 0;

$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE ana LOGIN; CREATE ROLE readers; GRANT readers TO ana');

# CREATE EXTENSION in a new database, after some commands; what it said.
sub install
{
	my (@commands) = @_;
	my $db = 'd' . ++$databases;

	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql('postgres', "GRANT CREATE ON DATABASE $db TO ana");
	foreach my $command (@commands)
	{
		my @as = $command =~ s/^ana: // ? (extra_params => [ '-U', 'ana' ]) : ();
		$node->safe_psql($db, $command, @as);
	}
	my (undef, undef, $error) = $node->psql($db, 'CREATE EXTENSION journey');
	return ($db, $error);
}

my (undef, $error) = install('ana: CREATE SCHEMA journey');
like($error, qr/schema "journey" belongs to another role/, 'a schema of somebody else is refused');
foreach my $object (
	'FUNCTION journey.consented(text, text) RETURNS boolean LANGUAGE sql AS \'SELECT true\'',
	'TABLE journey.subject (name text)',
	'DOMAIN journey.name AS text',
	'OPERATOR journey.= (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text)',
	'COLLATION journey."C" FROM "POSIX"',
	'OPERATOR FAMILY journey.mine USING btree',
	'DEFAULT CONVERSION journey.mine FOR \'LATIN1\' TO \'UTF8\' FROM iso8859_1_to_utf8',
	'TEXT SEARCH CONFIGURATION journey.simple (COPY = pg_catalog.simple)')
{
	# who owned it has given it away since
	my ($type) = $object =~ /^([A-Z ]+?) journey/;
	my $who = $type eq 'OPERATOR FAMILY' ? '' : 'ana: ';
	(undef, $error) = install('ana: CREATE SCHEMA journey', "${who}CREATE $object", 'ALTER SCHEMA journey OWNER TO CURRENT_USER');
	like($error, qr/schema "journey" is not empty/, "one that holds a $type, too");
}
(my $db, $error) = install('CREATE SCHEMA journey');
is($error, '', 'an empty one of the administrator is not');
$node->safe_psql($db, 'DROP EXTENSION journey');
(undef, undef, $error) = $node->psql($db, 'CREATE EXTENSION journey', extra_params => [ '-U', 'ana' ]);
like($error, qr/permission denied to create extension/, 'a reader cannot install it');

# Default privileges
($db, $error) = install(
	'ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO readers', 'ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO readers',
	'ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO readers', 'ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO readers',
	'ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO readers, PUBLIC');
is($error, '', 'default privileges for a role are no obstacle');
my $plain = (install())[0];
my $rights = q{
	SELECT c.oid::regclass, p, has_table_privilege('ana', c.oid, p) FROM pg_class c, unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,TRIGGER}'::text[]) p
	WHERE relnamespace = 'journey'::regnamespace AND relkind IN ('r', 'v', 'S') ORDER BY c.oid::regclass::text COLLATE "C", p;
	SELECT p.oid::regprocedure, has_function_privilege('ana', p.oid, 'EXECUTE') FROM pg_proc p
	WHERE pronamespace = 'journey'::regnamespace ORDER BY p.oid::regprocedure::text COLLATE "C";
	SELECT t.oid::regtype, has_type_privilege('ana', t.oid, 'USAGE') FROM pg_type t
	WHERE typnamespace = 'journey'::regnamespace ORDER BY t.oid::regtype::text COLLATE "C";
	SELECT has_schema_privilege('ana', 'journey', 'CREATE'), has_schema_privilege('ana', 'journey', 'USAGE')};
my $expected = $node->safe_psql($plain, $rights);
is($node->safe_psql($db, $rights), $expected, 'and give it no right on anything of the extension');
like($expected, qr/journey\.ledger\|SELECT\|f.*consented\(text,text\)\|t/s, 'of which some are for everybody and most for nobody');
is($node->safe_psql($db, q{SELECT count(*) FROM journey.doctor() WHERE detail ~ 'readers'}), '0', 'doctor() finds nothing');

# The tables that are protected afterwards.
$node->safe_psql($db, q{
	CREATE TABLE people (who text, mail text);
	REVOKE ALL ON people FROM readers;
	GRANT SELECT ON people TO ana;
	SELECT journey.protect('people', subject => 'who')});
is($node->safe_psql($db, q{
	SELECT has_table_privilege('ana', 'people', 'SELECT'), has_table_privilege('readers', 'people', 'SELECT'),
	       has_table_privilege('readers', 'journey_base.people', 'SELECT'), has_schema_privilege('readers', 'journey_base', 'USAGE'),
	       (SELECT count(*) FROM journey.doctor() WHERE detail ~ 'readers' AND severity <> 'low')}),
	't|f|f|f|0', 'a view has the rights of its table, whatever is given to new ones');

foreach my $defaults ('GRANT SELECT ON TABLES TO PUBLIC', 'REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC', 'REVOKE USAGE ON TYPES FROM PUBLIC')
{
	(undef, $error) = install("ALTER DEFAULT PRIVILEGES $defaults");
	like($error, qr/default privileges of role ".*" say what everybody may do/, "refused after $defaults");
}

$node->stop;
done_testing();
