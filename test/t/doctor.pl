# doctor() and the extensions that come with the server: the hole is made, seen,
# closed by the statement that is printed, and seen no more.  Threats 25 and 27.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('doctor');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_stat_statements, auto_explain'\nauto_explain.log_min_duration = -1\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION journey;
	CREATE ROLE ana LOGIN;
	CREATE ROLE owner;
	CREATE TABLE people (who text, mail text);
	INSERT INTO people VALUES ('u1', 'canary@example.org');
	ALTER TABLE people OWNER TO owner;
	GRANT SELECT ON people TO ana;
	SELECT journey.protect('people', subject => 'who')});

my %before = map { $_ => 1 } findings();

sub findings
{
	return split(/\n/, $node->safe_psql('postgres', q{SELECT severity, object, replace(statement, E'\n', ' '), finding FROM journey.doctor()}));
}

# Runs statements of an administrator.  New sessions have new settings as soon as
# the postmaster has read them, and not when it is told to.
sub run_as_admin
{
	my (@statements) = @_;

	foreach my $statement (@statements)
	{
		my $loaded = $node->safe_psql('postgres', 'SELECT pg_conf_load_time()');

		$node->safe_psql('postgres', $statement);
		next if $statement !~ /pg_reload_conf/;
		$node->poll_query_until('postgres', "SELECT pg_conf_load_time() > '$loaded'") or die 'settings are not read';
	}
	return;
}

# The hole; the object that is named; how severe; and what ana then tries.
sub hole
{
	my ($name, $object, $severity, @commands) = @_;
	my $attempt = $commands[-1] =~ /^ana: / ? pop(@commands) =~ s/^ana: //r : undef;

	run_as_admin(@commands);
	if (defined $attempt)
	{
		my ($status) = $node->psql('postgres', $attempt, extra_params => [ '-U', 'ana' ]);
		is($status, 0, "$name: there is a hole");
	}
	my @new = grep { !$before{$_} } findings();
	my @about = grep { /^\Q$severity\E\|.*\Q$object\E/ } @new;
	ok(@about > 0, "$name: doctor() names $object as $severity") or diag(join("\n", @new));
	foreach (@new)
	{
		my (undef, undef, $statement) = split(/\|/);
		run_as_admin(grep { $_ ne '' } split(/; */, $statement));
	}
	is(join("\n", grep { !$before{$_} } findings()), '', "$name: closed by what it says");
	if (defined $attempt)
	{
		my ($status) = $node->psql('postgres', $attempt, extra_params => [ '-U', 'ana' ]);
		isnt($status, 0, "$name: there is none any more");
	}
}

# Extensions that look below tables, or out of the database, once somebody may call them.
my %looks = (
	pageinspect => [ 'get_raw_page(text,bigint)', q{SELECT get_raw_page('pg_class', 0)} ],
	pgstattuple => [ 'pgstattuple(text)', undef ],
	pg_buffercache => [ 'pg_buffercache_pages()', q{SELECT FROM pg_buffercache_pages() AS (a int, b oid, c oid, d oid, e int2, f int8, g bool, h int2, i int4) LIMIT 1} ],
	pg_visibility => [ 'pg_visibility_map(regclass)', undef ],
	pg_freespacemap => [ 'pg_freespace(regclass,bigint)', undef ],
	pg_walinspect => [ 'pg_get_wal_records_info(pg_lsn,pg_lsn)', undef ],
	pg_surgery => [ 'heap_force_freeze(regclass,tid[])', undef ],
	amcheck => [ 'verify_heapam(regclass,boolean,boolean,text,bigint,bigint)', undef ],
	pgrowlocks => [ 'pgrowlocks(text)', undef ],
	pg_stat_statements => [ 'pg_stat_statements_reset(oid,oid,bigint)', undef ],
	dblink => [ 'dblink_connect_u(text)', undef ]);
foreach my $extension (sort keys %looks)
{
	my ($function, $attempt) = @{ $looks{$extension} };
	SKIP:
	{
		skip "SKIP: there is no extension $extension", 2
			if $node->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = '$extension'") eq '0';
		$node->safe_psql('postgres', "CREATE EXTENSION $extension");
		# what the extension itself leaves to be said is not the hole
		$before{$_} = 1 foreach findings();
		# signatures differ between versions: any one of the name will do
		my ($name) = $function =~ /^(\w+)/;
		my $signature = $node->safe_psql('postgres', "SELECT p.oid::regprocedure FROM pg_proc p WHERE proname = '$name' ORDER BY proacl IS NULL, 1 LIMIT 1");
		if ($node->safe_psql('postgres', "SELECT has_function_privilege('public', '$signature', 'EXECUTE')") eq 't')
		{
			pass("$extension: everybody may call $signature at first");
			next;
		}
		hole($extension, $signature, 'medium', "GRANT EXECUTE ON FUNCTION $signature TO ana", defined $attempt ? "ana: $attempt" : ());
	}
}
foreach my $function ('pg_read_file(text)', 'pg_read_binary_file(text)', 'pg_ls_dir(text)', 'lo_export(oid,text)', 'lo_import(text)', 'pg_stat_file(text)')
{
	hole($function, $function, 'medium', "GRANT EXECUTE ON FUNCTION $function TO ana",
		$function =~ /^pg_(?:read|stat)_/ ? "ana: SELECT " . $function =~ s/text/'PG_VERSION'/r : ());
}

# 127: rows stored anew in the order of what is masked
SKIP:
{
	skip 'SKIP: there is no pg_maintain', 4 if $node->safe_psql('postgres', "SELECT to_regrole('pg_maintain') IS NULL") eq 't';
	$node->safe_psql('postgres', q{
		CREATE TABLE calls (who text, at date, number text) PARTITION BY RANGE (at);
		CREATE TABLE calls_all PARTITION OF calls DEFAULT;
		CREATE INDEX calls_number ON calls_all (number);
		GRANT SELECT ON calls TO ana;
		SELECT journey.protect('calls', subject => 'who', columns => '{"at": "public"}')});
	hole('pg_maintain', 'ana', 'medium', 'GRANT pg_maintain TO ana', 'ana: CLUSTER calls_all USING calls_number');
	$node->safe_psql('postgres', q{SELECT journey.unprotect('calls'); DROP TABLE calls});
}

# 130: what is read about masked subjects is counted; everybody has these counters at first
foreach my $function ('pg_stat_get_io()', 'pg_stat_get_backend_io(integer)')
{
	SKIP:
	{
		skip "SKIP: there is no $function", 4 if $node->safe_psql('postgres', "SELECT to_regprocedure('$function') IS NULL") eq 't';
		delete $before{$_} foreach grep { /\Q$function\E/ } keys %before;
		hole($function, $function, 'low', 'ana: SELECT FROM ' . $function =~ s/integer/pg_backend_pid()/r);
	}
}

# Servers that lead back.
foreach my $wrapper ('postgres_fdw', 'dblink_fdw')
{
	my $extension = $wrapper eq 'dblink_fdw' ? 'dblink' : $wrapper;
	SKIP:
	{
		skip "SKIP: there is no extension $extension", 2
			if $node->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = '$extension'") eq '0';
		$node->safe_psql('postgres', "CREATE EXTENSION IF NOT EXISTS $extension; CREATE SERVER back_$wrapper FOREIGN DATA WRAPPER $wrapper");
		$before{$_} = 1 foreach findings();
		hole("user mapping of $wrapper", "back_$wrapper", 'medium', "CREATE USER MAPPING FOR ana SERVER back_$wrapper OPTIONS (user 'owner', password 'x')");
	}
}

# Settings that would write what statements hold into the log.
hole('auto_explain', 'auto_explain.log_min_duration', 'medium', "ALTER SYSTEM SET auto_explain.log_min_duration = '0'", 'SELECT pg_reload_conf()');
hole('auto_explain of a role', 'auto_explain.log_min_duration', 'medium', "ALTER ROLE owner SET auto_explain.log_min_duration = '1s'");
hole('parameters of errors', 'log_parameter_max_length_on_error', 'medium', "ALTER SYSTEM SET log_parameter_max_length_on_error = '-1'", 'SELECT pg_reload_conf()');
delete $before{$_} foreach grep { /pg_stat_statements/ && /track_utility/ } keys %before;
hole('pg_stat_statements', 'pg_stat_statements', 'low', 'ALTER SYSTEM RESET pg_stat_statements.track_utility', 'SELECT pg_reload_conf()');

# Others' statements, as a reader sees them there.
$node->safe_psql('postgres', q{CREATE ROLE officer LOGIN; GRANT EXECUTE ON FUNCTION journey.consent_refuse TO officer;
	SELECT journey.create_purpose('analytics')});
$node->safe_psql('postgres', q{SELECT journey.consent_refuse('canary-subject', 'analytics') > 0}, extra_params => [ '-U', 'officer' ]);
unlike($node->safe_psql('postgres', 'SELECT query FROM pg_stat_statements', extra_params => [ '-U', 'ana' ]), qr/consent_refuse|canary/,
	'25: a reader does not see what others run');
unlike($node->safe_psql('postgres', 'SELECT query FROM pg_stat_statements'), qr/canary/, '25: and who may sees no subject');

$node->stop;
done_testing();
