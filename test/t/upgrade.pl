# A frozen release and the chain of upgrades give what a fresh installation
# gives: the same functions, types, operators, tables, rights and comments.
#
# First the comparison itself is tried: two fresh installations must be equal,
# and a difference must be seen.  Then each sql/frozen/journey--X.sql.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# Every member of the extension in words, without OIDs.
my $catalog = <<'SQL';
SET search_path = pg_catalog;
WITH member AS (
  SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
  WHERE e.extname = 'journey' AND d.deptype = 'e')
SELECT pg_describe_object(classid, objid, 0) AS object, line FROM member
CROSS JOIN LATERAL (
  SELECT 'comment ' || coalesce(obj_description(objid, classid::regclass::name), 'none') AS line
  UNION ALL
  SELECT pg_get_functiondef(p.oid) FROM pg_proc p
  WHERE classid = 'pg_proc'::regclass AND p.oid = objid AND p.prokind <> 'a'
  UNION ALL
  SELECT concat_ws(' ', 'function', p.proparallel, p.provolatile, p.proisstrict, p.prosecdef, p.procost, p.prorows, p.prosupport,
                   p.proowner::regrole, (SELECT array_agg(a ORDER BY a) FROM (SELECT unnest(p.proacl)::text) AS x (a)))
  FROM pg_proc p WHERE classid = 'pg_proc'::regclass AND p.oid = objid
  UNION ALL
  SELECT concat_ws(' ', 'aggregate', a.aggkind, a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
                   a.aggfinalextra, a.aggfinalmodify, a.aggtranstype::regtype, a.aggtransspace, a.agginitval)
  FROM pg_aggregate a WHERE classid = 'pg_proc'::regclass AND a.aggfnoid = objid
  UNION ALL
  SELECT concat_ws(' ', 'type', t.typlen, t.typbyval, t.typtype, t.typcategory, t.typispreferred, t.typdelim, t.typinput,
                   t.typoutput, t.typreceive, t.typsend, t.typalign, t.typstorage,
                   (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
  FROM pg_type t WHERE classid = 'pg_type'::regclass AND t.oid = objid
  UNION ALL
  SELECT concat_ws(' ', 'operator', o.oprcode, o.oprcom::regoperator, o.oprnegate::regoperator, o.oprrest, o.oprjoin,
                   o.oprcanhash, o.oprcanmerge)
  FROM pg_operator o WHERE classid = 'pg_operator'::regclass AND o.oid = objid
  UNION ALL
  SELECT concat_ws(' ', 'relation', c.relkind, c.relowner::regrole, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
                   (SELECT array_agg(a ORDER BY a) FROM (SELECT unnest(c.relacl)::text) AS x (a)), pg_get_viewdef(c.oid))
  FROM pg_class c WHERE classid = 'pg_class'::regclass AND c.oid = objid
  UNION ALL
  SELECT concat_ws(' ', 'column', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
                   pg_get_expr(ad.adbin, ad.adrelid), col_description(a.attrelid, a.attnum))
  FROM pg_attribute a LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
  WHERE classid = 'pg_class'::regclass AND a.attrelid = objid AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE classid = 'pg_class'::regclass AND i.indrelid = objid
  UNION ALL
  SELECT 'constraint ' || c.conname || ' ' || pg_get_constraintdef(c.oid) FROM pg_constraint c
  WHERE classid = 'pg_class'::regclass AND c.conrelid = objid
  UNION ALL
  SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM pg_trigger t
  WHERE classid = 'pg_class'::regclass AND t.tgrelid = objid AND NOT t.tgisinternal
  UNION ALL
  SELECT concat_ws(' ', 'policy', p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[],
                   pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  FROM pg_policy p WHERE classid = 'pg_class'::regclass AND p.polrelid = objid
  UNION ALL
  SELECT 'dumped where ' || (e.extcondition)[n] FROM pg_extension e, generate_subscripts(e.extconfig, 1) n
  WHERE e.extname = 'journey' AND classid = 'pg_class'::regclass AND (e.extconfig)[n] = objid) AS l
ORDER BY 1, 2;
SQL

my $node = PostgreSQL::Test::Cluster->new('node');
$node->init;
$node->start;

sub installed
{
	my ($db, @commands) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, $_) foreach @commands;
	return $node->safe_psql($db, $catalog);
}

my $fresh = installed('fresh', 'CREATE EXTENSION journey');
cmp_ok(scalar(split(/\n/, $fresh)), '>', 50, 'the comparison sees the members of the extension');
is(installed('again', 'CREATE EXTENSION journey'), $fresh, 'two fresh installations are equal');

my @changes = (
	'ALTER FUNCTION journey.step_count(journey.journey) COST 4711',
	'ALTER FUNCTION journey.step_count(journey.journey) PARALLEL UNSAFE',
	'COMMENT ON TYPE journey.journey IS NULL',
	'GRANT INSERT ON journey.ledger TO PUBLIC',
	'ALTER TABLE journey.purpose ADD COLUMN more int');
foreach my $n (0 .. $#changes)
{
	isnt(installed("changed$n", 'CREATE EXTENSION journey', $changes[$n]), $fresh, "seen: $changes[$n]");
}

my @frozen = glob('sql/frozen/journey--*.sql');
note('there is no frozen release yet') unless @frozen;
foreach my $file (@frozen)
{
	my ($version) = $file =~ /journey--(.*)\.sql$/;
	(my $db = "from_$version") =~ tr/./_/;

	is( installed($db, "CREATE EXTENSION journey VERSION '$version'", 'ALTER EXTENSION journey UPDATE'),
		$fresh, "$version and its upgrades give what a fresh installation gives");
}

$node->stop;
done_testing();
