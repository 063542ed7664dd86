# A streaming replica reads journeys and masked views, and a withdrawal hides
# there as soon as it is replayed.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Shop;

my $primary = shop_node('primary', allows_streaming => 1);
$primary->start;
shop_fill($primary);
$primary->backup('copy');

my $replica = PostgreSQL::Test::Cluster->new('replica');
$replica->init_from_backup($primary, 'copy', has_streaming => 1);
$replica->start;
$primary->wait_for_catchup($replica, 'replay', $primary->lsn('insert'));

my $seen = shop_read($primary);
like($seen, qr/^u1\|u1\@example\.org\|20\|/m, 'the primary shows the subject who consented');

# the test library copies a backup without its modes, so others can read the key
unlike(shop_read($replica), qr/tok_|\@example\.org/, 'a replica does not use a key that others can read');
chmod(0600, $replica->data_dir . '/journey.key') or die "chmod: $!";
is(shop_read($replica), $seen, 'with a private key it shows the same, to the token');
is(shop_facts($replica), shop_facts($primary), 'journeys, ledger and policies are the same');
is( $replica->safe_psql('postgres', q{SELECT journey.step_count(journey.journey_agg(at, event)) FROM journey_base.events}),
	40, 'journeys can be built on the replica');

my ($status, $out, $err) = $replica->psql('postgres', q{SELECT journey.consent_give('u2', 'analytics.product')});
isnt($status, 0, 'consent cannot be recorded on the replica');
like($err, qr/read-only/, 'because it is read-only');

$primary->safe_psql('postgres', q{SELECT journey.consent_withdraw('u1', 'analytics.product')});
$primary->wait_for_catchup($replica, 'replay', $primary->lsn('insert'));
unlike(shop_read($replica), qr/\@example\.org/, 'a withdrawal hides on the replica once it is replayed');

$replica->promote;
$replica->safe_psql('postgres', q{SELECT journey.consent_give('u2', 'analytics.product')});
like(shop_read($replica), qr/^u2\|u2\@example\.org\|20\|/m, 'the promoted replica records consent');
unlike(shop_read($replica), qr/u1\@example\.org/, 'and keeps the withdrawal');

$replica->stop;
$primary->stop;
done_testing();
