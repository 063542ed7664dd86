# A small shop for the TAP tests: events, stored journeys, a protected table,
# two subjects of whom u1 consented, and a reader "ana" with a granted purpose.
package Shop;

use strict;
use warnings;
use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

our @EXPORT = qw(shop_node shop_fill shop_read shop_facts);

# A cluster with a key file, not started.
sub shop_node
{
	my ($name, %init) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(%init);
	shop_key($node);
	return $node;
}

# Every node gets the same key, so that tokens can be compared.
sub shop_key
{
	my ($node) = @_;
	my $file = $node->data_dir . '/journey.key';

	PostgreSQL::Test::Utils::append_to_file($file, '0123456789abcdef' x 4 . "\n");
	chmod(0600, $file) or die "chmod $file: $!";
	$node->append_conf('postgresql.conf', "journey.key_file = 'journey.key'\n");
}

sub shop_fill
{
	my ($node) = @_;

	$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION journey;
CREATE ROLE ana LOGIN;
CREATE TABLE events (at timestamptz, who text, event text, email text);
INSERT INTO events
SELECT timestamptz '2026-01-01 08:00Z' + n * interval '7 minutes', 'u' || n % 2 + 1,
       (ARRAY['view', 'add to cart', 'purchase', 'zurück'])[n % 4 + 1], 'u' || n % 2 + 1 || '@example.org'
FROM generate_series(1, 40) n;
CREATE TABLE journeys (who text PRIMARY KEY, j journey.journey);
INSERT INTO journeys SELECT who, journey.journey_agg(at, event) FROM events GROUP BY who;
-- long enough to be stored out of line
INSERT INTO journeys
SELECT 'long', journey.journey_agg(timestamptz '2026-01-01Z' + n * interval '11.000001 seconds', 'page ' || n % 300)
FROM generate_series(1, 50000) n;
CREATE INDEX ON journeys (j) WHERE who <> 'long';
GRANT SELECT ON events, journeys TO ana;
SELECT journey.create_purpose('analytics.product');
SELECT journey.grant_purpose('ana', 'analytics.product');
SELECT journey.protect('events', subject => 'who', columns =>
  '{"at": "public", "event": "public", "email": {"class": "email", "mask": "token", "allow_low_entropy": true}}');
SELECT journey.consent_give('u1', 'analytics.product');
SQL
}

# What ana sees of the protected table, with her purpose declared.
sub shop_read
{
	my ($node, $db) = @_;

	return $node->safe_psql($db || 'postgres', <<'SQL', extra_params => [ '-U', 'ana' ]);
SET journey.purpose = 'analytics.product';
SELECT who, email, count(*), min(event) FROM public.events GROUP BY 1, 2 ORDER BY 1, 2;
SQL
}

# All that must be the same on a copy: journeys to the byte, ledger, policies.
sub shop_facts
{
	my ($node, $db) = @_;

	return $node->safe_psql($db || 'postgres', <<'SQL');
SELECT who, journey.step_count(j), journey.variant_hash(j), md5(journey.journey_send(j)) FROM journeys ORDER BY who;
SELECT to_jsonb(l) - 'xid' - 'copied' FROM journey.ledger l ORDER BY seq;
SELECT * FROM journey.chain ORDER BY place;
SELECT * FROM journey.ledger_verify();
SELECT * FROM journey.state ORDER BY subject, purpose;
SELECT subject, row_action FROM journey.protected_relation WHERE base = 'journey_base.events'::regclass;
SELECT column_name, mask FROM journey.policy c JOIN journey.protected_relation p ON p.id = c.protected_id
WHERE base = 'journey_base.events'::regclass ORDER BY column_name;
SELECT count(*) FROM journey.state_check();
SQL
}

1;
