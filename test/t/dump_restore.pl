# Journeys, consent and protected tables survive pg_dump and a restore into a
# fresh cluster, in the plain and in the custom format.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Shop;

my $old = shop_node('old');
my $new = shop_node('new');
my $dir = $old->basedir;

$old->start;
$new->start;
shop_fill($old);
# what is left of a protected table that was dropped, and of a partition
$old->safe_psql('postgres', q{
	CREATE TABLE gone (who text, note text);
	CREATE INDEX ON gone (note);
	SELECT journey.protect('gone', subject => 'who');
	CREATE TABLE parts (who text, at date) PARTITION BY LIST (at);
	CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN ('2026-01-01');
	CREATE TABLE parts_2 PARTITION OF parts DEFAULT;
	GRANT SELECT ON gone, parts, parts_1, parts_2 TO ana;
	SELECT journey.protect('parts', subject => 'who', columns => '{"at": "public"}');
	DROP TABLE journey_base.gone CASCADE;
	DROP TABLE parts_1;
	-- a purpose that stands behind those below it in the file
	SELECT journey.create_purpose('analytics', dpv => 'https://w3id.org/dpv#ServiceOptimisation')});
my $seen = shop_read($old);
my $facts = shop_facts($old);

like($seen, qr/^u1\|u1\@example\.org\|20\|/m, 'ana sees the subject who consented');
unlike($seen, qr/u2\@example\.org/, 'and not the other');

$old->command_ok([ 'pg_dumpall', '--roles-only', '-f', "$dir/roles.sql" ], 'dump roles');
$old->command_checks_all([ 'pg_dump', '-h', $old->host, '-p', $old->port, '-Fc', '-f', "$dir/custom", 'postgres' ],
	0, [qr/^$/], [qr/^$/], 'dump in the custom format, without a warning');
$old->command_ok([ 'pg_dump', '--inserts', '-f', "$dir/plain.sql", 'postgres' ], 'dump in the plain format, row by row');
unlike(slurp_file("$dir/plain.sql"), qr/0123456789abcdef/, 'no key in the dump');

$new->safe_psql('postgres', 'CREATE ROLE ana LOGIN');
foreach my $format ('custom', 'plain')
{
	$new->safe_psql('postgres', "CREATE DATABASE $format");
	if ($format eq 'custom')
	{
		$new->command_ok([ 'pg_restore', '--exit-on-error', '-j', '2', '-d', 'custom', "$dir/custom" ], 'restore, custom');
		$new->command_ok([ 'pg_restore', '--exit-on-error', '--clean', '--if-exists', '-d', 'custom', "$dir/custom" ],
			'and again, over what is there');
	}
	else
	{
		$new->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'plain', '-f', "$dir/plain.sql" ],
			'restore, plain');
	}
	is(shop_facts($new, $format), $facts, "$format: journeys, ledger and policies are the same");
	is($new->safe_psql($format, q{
		SELECT base FROM journey.protected_relation ORDER BY base::text;
		SELECT old_name FROM journey.protected_member ORDER BY 1;
		SELECT DISTINCT member FROM journey.protected_grant ORDER BY 1}),
		"journey_base.events\njourney_base.parts\nevents\nparts\nparts_2\njourney_base.events\njourney_base.parts\nparts_2",
		"$format: and nothing is known of what was dropped");
	is(shop_read($new, $format), $seen, "$format: ana sees the same, to the token");

	my ($status, $out, $err) = $new->psql($format, 'SELECT count(*) FROM journey_base.events',
		extra_params => [ '-U', 'ana' ]);
	isnt($status, 0, "$format: ana cannot read the base table");
	like($err, qr/permission denied/, "$format: for want of a right");

	$new->safe_psql($format, q{SELECT journey.consent_withdraw('u1', 'analytics.product')});
	unlike(shop_read($new, $format), qr/\@example\.org/, "$format: a withdrawal after the restore hides");
	$new->safe_psql($format, q{SELECT journey.consent_give('u2', 'analytics.product')});
	like(shop_read($new, $format), qr/^u2\|u2\@example\.org\|20\|/m, "$format: consent after the restore shows");
	$new->safe_psql($format, q{SELECT journey.unprotect('public.events')});
	is($new->safe_psql($format, q{SELECT relkind, count(*) OVER () FROM pg_class WHERE oid = 'public.events'::regclass}),
		'r|1', "$format: unprotect gives the table back");
	is($new->safe_psql($format, 'SELECT count(*), count(DISTINCT email) FROM events'),
		'40|2', "$format: with its raw values");
}

$old->stop;
$new->stop;
done_testing();
