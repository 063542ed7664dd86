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
my $seen = shop_read($old);
my $facts = shop_facts($old);

like($seen, qr/^u1\|u1\@example\.org\|20\|/m, 'ana sees the subject who consented');
unlike($seen, qr/u2\@example\.org/, 'and not the other');

$old->command_ok([ 'pg_dumpall', '--roles-only', '-f', "$dir/roles.sql" ], 'dump roles');
$old->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/custom", 'postgres' ], 'dump in the custom format');
$old->command_ok([ 'pg_dump', '-f', "$dir/plain.sql", 'postgres' ], 'dump in the plain format');
unlike(slurp_file("$dir/plain.sql"), qr/0123456789abcdef/, 'no key in the dump');

$new->safe_psql('postgres', 'CREATE ROLE ana LOGIN');
foreach my $format ('custom', 'plain')
{
	$new->safe_psql('postgres', "CREATE DATABASE $format");
	if ($format eq 'custom')
	{
		$new->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'custom', "$dir/custom" ], 'restore, custom');
	}
	else
	{
		$new->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'plain', '-f', "$dir/plain.sql" ],
			'restore, plain');
	}
	is(shop_facts($new, $format), $facts, "$format: journeys, ledger and policies are the same");
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
