# What was committed before a crash is there after it: stored journeys, the
# ledger, and with it what readers may see.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Shop;

my $node = shop_node('node');
$node->start;
shop_fill($node);
$node->safe_psql('postgres', 'CHECKPOINT');
$node->safe_psql('postgres', q{SELECT journey.consent_withdraw('u1', 'analytics.product')});
$node->safe_psql('postgres', q{SELECT journey.consent_give('u2', 'analytics.product')});
my $facts = shop_facts($node);
my $seen = shop_read($node);

$node->stop('immediate');
$node->start;
is(shop_facts($node), $facts, 'journeys, ledger and state after a crash');
is(shop_read($node), $seen, 'what ana sees after a crash');
unlike($seen, qr/u1\@example\.org/, 'u1 withdrew');
like($seen, qr/^u2\|u2\@example\.org\|20\|/m, 'u2 consented');

# without its key the server starts, and shows nothing where tokens would be
$node->append_conf('postgresql.conf', "journey.key_file = 'no-such-file'\n");
$node->restart;
my $without = shop_read($node);
unlike($without, qr/tok_|\@example\.org/, 'no token and no raw value of a column with tokens, without the key');
like($without, qr/^u2\|\|20\|/m, 'what needs no key is as before');

$node->stop;
done_testing();
