# Writes N random statements of a reader, each after a line `@@ number`.
#
#	perl random.pl N SEED [TIMEOUT]
#
# The same seed gives the same statements on every machine (a generator of our
# own).  A statement is a tree: clauses over expressions of a wanted type, made of
# columns of the masked relations, constants, functions, casts that may fail, and
# functions of the reader's own that tell what they are given.
use strict;
use warnings;

my ($n, $state, $timeout) = @ARGV;
$n //= 300;
$state //= 1;
$timeout //= '20s';

# Numbers 0 .. $_[0]-1; a 31-bit linear congruential generator, high bits.
sub dice
{
	$state = ($state * 1103515245 + 12345) % 2147483648;
	return int(($state / 65536) % 32768 * $_[0] / 32768);
}

sub any { return $_[ dice(scalar @_) ] }
sub chance { return dice(100) < $_[0] }

my %columns = (
	people => {
		int => [qw(id grp points amount)], big => [qw(big)], num => [qw(price)], float => [qw(score)],
		text => [qw(user_id email name phone card ssn code blank essay)], bool => [qw(flag)], date => [qw(born)],
		time => [qw(seen_at at)], json => [qw(doc)], bytes => [qw(raw)], list => [qw(tags)],
		other => [qw(ip key mood home zip path)]
	},
	visits => { int => [qw(id amount)], text => [qw(user_id page referrer)], time => [qw(seen_at)] },
	notes => { int => [qw(id stars)], text => [qw(user_id note)] },
	secrets => { int => [qw(id)], text => [qw(user_id secret)] },
	cases => { int => [qw(id weight)], text => [qw(user_id story)] },
	profiles => {
		int => [qw(id age salary rank)], text => [qw(user_id zip alias diary)], date => [qw(born since)], time => [qw(at)],
		json => [qw(doc)], list => [qw(tags)], other => [qw(ip span parts walk way)]
	},
	facts => { int => [qw(id dept kind amount)], float => [qw(ratio)], text => [qw(user_id)], date => [qw(day)] },
	orders => { int => [qw(id person)], text => [qw(item)] });
my @relations = qw(people people people visits visits notes secrets cases profiles profiles facts orders);
my @types = qw(int int text text text bool num float date time json bytes list big);
my %sql_type = (int => 'int', big => 'bigint', num => 'numeric', float => 'float8', text => 'text', bool => 'boolean',
	date => 'date', time => 'timestamptz', json => 'jsonb', bytes => 'bytea', list => 'text[]');
my %constant = (
	int => [ '0', '1', '7', '100', '-1', '5004', 'NULL::int' ],
	big => [ '10', '-5', '9223372036854775807' ],
	num => [ '1.5', '0', "'NaN'::numeric" ],
	float => [ "'0.25'::float8", "'NaN'::float8", "'-1e300'::float8" ],
	text => [ "'yes-1'", "'refused'", "'a'", "''", "'hidden'", "'%V%'", "'12345'", "'J'", 'NULL::text' ],
	bool => [ 'true', 'false', 'NULL::boolean' ],
	date => [ "'2000-01-01'::date", "'infinity'::date" ],
	time => [ "'2026-01-20'::timestamptz", "'-infinity'::timestamptz" ],
	json => [ "'{}'::jsonb", "'[1]'::jsonb" ],
	bytes => [ "'\\x00'::bytea" ],
	list => [ "'{}'::text[]", "'{x,NULL}'::text[]" ]);

our @scope;		# [alias, relation] of the query that is being written

sub column
{
	my ($type) = @_;
	my @found;

	foreach my $s (@scope)
	{
		push @found, map { "$s->[0].$_" } @{ $columns{ $s->[1] }{$type} // [] };
	}
	return @found ? any(@found) : undef;
}

sub expr
{
	my ($type, $depth) = @_;

	if ($depth <= 0 || chance(25))
	{
		my $c = chance(80) ? column($type) : undef;
		return $c // any(@{ $constant{$type} });
	}
	my $e = sub { return expr($_[0], $depth - 1) };
	my $t = any(@types);
	return 'coalesce(' . $e->($type) . ', ' . $e->($type) . ')' if chance(6);
	return 'CASE WHEN ' . $e->('bool') . ' THEN ' . $e->($type) . ' ELSE ' . $e->($type) . ' END' if chance(8);
	return 'nullif(' . $e->($type) . ', ' . $e->($type) . ')' if chance(4) && $type ne 'json';
	return 'lab.tell(' . $e->($type) . ')' if chance(7) && few_rows();
	return 'CAST(' . $e->('text') . " AS $sql_type{$type})" if chance(7) && $type ne 'text';
	if ($type eq 'int')
	{
		return any(
			sub { 'length(' . $e->('text') . ')' },
			sub { 'octet_length(' . $e->('bytes') . ')' },
			sub { 'pg_column_size(' . $e->($t) . ')' },
			sub { 'ascii(' . $e->('text') . ')' },
			sub { 'hashtext(' . $e->('text') . ') % 100' },
			sub { '(' . $e->('int') . any(' + ', ' - ', ' * ', ' / ', ' % ') . $e->('int') . ')' },
			sub { 'cardinality(' . $e->('list') . ')' },
			sub { 'strpos(' . $e->('text') . ', ' . $e->('text') . ')' },
			sub { 'width_bucket(' . $e->('float') . ", 0, 100, 7)" },
			sub { '(' . $e->('date') . ' - ' . $e->('date') . ')' })->();
	}
	if ($type eq 'text')
	{
		my $o = column('other');
		return any(
			sub { 'lower(' . $e->('text') . ')' },
			sub { 'left(' . $e->('text') . ', ' . $e->('int') . ')' },
			sub { 'md5(' . $e->('text') . ')' },
			sub { '(' . $e->('text') . ' || ' . $e->($t) . ')' },
			sub { 'CAST(' . ($o // $e->($t)) . ' AS text)' },
			sub { 'CAST(' . $e->($t) . ' AS text)' },
			sub { '(' . $e->('json') . ' ->> ' . any("'say'", "'email'", "'scores'", '0') . ')' },
			sub { '(' . $e->('json') . " #>> '{home,street}')" },
			sub { '(' . $e->('list') . ')[' . any(1, 2, $e->('int')) . ']' },
			sub { 'concat_ws(' . join(', ', map { $e->(any(@types)) } 0 .. dice(3)) . ", '')" },
			sub { 'regexp_replace(' . $e->('text') . ", '[aeiou]', '#', 'g')" },
			sub { 'array_to_string(' . $e->('list') . ", ',', '*')" },
			sub { 'quote_nullable(' . $e->('text') . ')' })->();
	}
	if ($type eq 'bool')
	{
		my $o = column('other');
		return any(
			sub { '(' . $e->($t) . any(' = ', ' <> ', ' < ', ' >= ', ' IS DISTINCT FROM ') . $e->($t) . ')' },
			sub { '(' . $e->($t) . any(' IS NULL', ' IS NOT NULL') . ')' },
			sub { '(' . ($o // $e->($t)) . ' IS NULL)' },
			sub { '(' . $e->('text') . any(' LIKE ', ' ~ ', ' ILIKE ') . "'" . any('%a%', '%V%', 'x', 'J%', '^[a-z]') . "')" },
			sub { '(' . $e->('bool') . any(' AND ', ' OR ') . $e->('bool') . ')' },
			sub { '(NOT ' . $e->('bool') . ')' },
			sub { '(' . $e->($t) . ' IN (' . join(', ', map { $e->($t) } 0 .. dice(3)) . '))' },
			sub { '(' . $e->('text') . ' = ANY (' . $e->('list') . '))' },
			sub { '(' . $e->('int') . ' BETWEEN ' . $e->('int') . ' AND ' . $e->('int') . ')' },
			sub { few_rows() ? 'lab.watch(' . $e->('text') . ')' : 'false' },
			sub { '(' . $e->('int') . ' ' . any('IN', 'NOT IN') . ' (' . subquery('int', $depth - 1) . '))' },
			sub { 'EXISTS (' . subquery('text', $depth - 1) . ')' })->();
	}
	return 'to_jsonb(' . $e->($t) . ')' if $type eq 'json';
	return 'convert_to(' . $e->('text') . ", 'UTF8')" if $type eq 'bytes';
	return 'ARRAY[' . $e->('text') . ', ' . $e->('text') . ']' if $type eq 'list' && chance(50);
	return 'string_to_array(' . $e->('text') . ", '-')" if $type eq 'list';
	return '(' . $e->('time') . ' + ' . any("interval '1 day'", "interval '-3 h'") . ')' if $type eq 'time';
	return '(' . $e->('date') . ' + ' . $e->('int') . ')' if $type eq 'date';
	return '(' . $e->($type) . any(' + ', ' - ', ' * ', ' / ') . $e->($type) . ')';
}

# Functions that tell about each row are for the smaller relations.
sub few_rows
{
	return !grep { $_->[1] eq 'facts' } @scope;
}

# One column of some relation, with correlation to the outer query.
sub subquery
{
	my ($type, $depth) = @_;
	my $relation = any(qw(people visits notes profiles orders));
	my $alias = 's' . dice(1000);

	local @scope = (@scope, [ $alias, $relation ]);
	return 'SELECT ' . expr($type, $depth > 1 ? 1 : $depth) . " FROM $relation $alias WHERE " . expr('bool', 1)
		. (chance(30) ? ' LIMIT 3' : '');
}

sub from
{
	my @from;
	my $joined = chance(35) ? 2 : 1;

	foreach my $i (1 .. $joined)
	{
		my $relation = any(@relations);
		# Two large relations in one join take too long.
		$relation = 'people' if $relation eq 'facts' && ($joined == 2 || chance(50));
		push @scope, [ "t$i", $relation ];
	}
	my ($x, $y) = @scope;
	return "$x->[1] t1" if $joined == 1;
	return "$x->[1] t1 " . any('JOIN', 'LEFT JOIN', 'FULL JOIN') . " $y->[1] t2 ON " . any('t1.id = t2.id', 't1.user_id = t2.user_id AND t1.id < 40')
		if $x->[1] ne 'orders' && $y->[1] ne 'orders' && chance(60);
	my $t = any('text', 'int');
	my $side = sub { local @scope = ($_[0]); return column($t) };
	return "$x->[1] t1 JOIN $y->[1] t2 ON " . $side->($x) . ' = ' . $side->($y) . ' AND t1.id < 60';
}

sub query
{
	local @scope = ();
	my $from = from();
	my $where = chance(75) ? ' WHERE ' . expr('bool', 3) : '';
	my $kind = dice(10);

	if ($kind < 3)
	{
		my @keys = map { expr(any('text', 'int', 'bool'), 1) } 0 .. dice(2);
		my $aggregate = any(
			sub { 'max(' . expr(any('text', 'int', 'num'), 2) . ')' },
			sub { 'string_agg(' . expr('text', 2) . ", ',' ORDER BY t1.id)" },
			sub { 'sum(' . expr('int', 2) . ')' },
			sub { 'count(DISTINCT ' . expr('text', 2) . ')' },
			sub { 'lab.collect(' . expr('text', 1) . ')' },
			sub { 'percentile_disc(0.5) WITHIN GROUP (ORDER BY ' . expr('int', 1) . ')' },
			sub { 'mode() WITHIN GROUP (ORDER BY ' . expr('text', 1) . ')' })->();
		my $list = join(', ', 1 .. @keys);
		return 'SELECT ' . join(', ', @keys) . ", count(*), $aggregate FROM $from$where GROUP BY "
			. (chance(20) ? "ROLLUP ($list)" : $list)
			. (chance(30) ? ' HAVING ' . any('count(*) > 1', 'max(t1.id) > 20') : '') . " ORDER BY $list, count(*), 1 LIMIT 30";
	}
	if ($kind < 4)
	{
		return 'SELECT t1.id, ' . any('row_number()', 'rank()', 'lag(' . expr('text', 1) . ')', 'sum(' . expr('int', 1) . ')')
			. ' OVER (' . (chance(50) ? 'PARTITION BY ' . expr('text', 1) . ' ' : '') . 'ORDER BY ' . expr(any('text', 'int'), 1)
			. ", t1.id) FROM $from$where ORDER BY 1, 2 LIMIT 30";
	}
	if ($kind < 5)
	{
		my $t = any('text', 'int', 'list');
		my $first = 'SELECT ' . expr($t, 2) . " FROM $from$where";
		@scope = ();
		my $second = 'SELECT ' . expr($t, 0) . ' FROM ' . from();
		return "($first) " . any('UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT') . " ($second) ORDER BY 1 LIMIT 30";
	}
	if ($kind < 6)
	{
		my $whole = any('to_jsonb(t1)', 'CAST(t1 AS text)', 't1', 't1.*', 'row_to_json(t1)', 'hash_record(t1)', 't1 IS NULL', 't1 = t1');
		return "SELECT $whole FROM $from$where LIMIT 5";
	}
	my @list = map { expr(any(@types), 3) } 0 .. dice(3);
	my $order = chance(70) ? ' ORDER BY ' . expr(any('text', 'int', 'time'), 2) . any('', ' DESC NULLS LAST') . ', t1.id' : '';
	return 'SELECT ' . (chance(10) && $order eq '' ? 'DISTINCT ' : '') . join(', ', @list) . " FROM $from$where$order LIMIT " . (1 + dice(20));
}

sub statement
{
	my $q = query();
	my $kind = dice(100);

	return 'EXPLAIN (' . any('VERBOSE', 'COSTS, VERBOSE, ANALYZE OFF', 'VERBOSE, SETTINGS', 'FORMAT YAML, VERBOSE') . ") $q" if $kind < 20;
	return "EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF, SUMMARY OFF) $q" if $kind < 30;
	return "EXPLAIN (FORMAT JSON) $q" if $kind < 33;
	return "COPY ($q) TO STDOUT" if $kind < 36;
	return "COPY ($q) TO STDOUT (FORMAT csv, FORCE_QUOTE *)" if $kind < 38;
	return "CREATE TEMP TABLE x AS WITH q AS MATERIALIZED ($q) SELECT q::text FROM q;\nANALYZE x;\nTABLE x;\n"
		. "SELECT null_frac, avg_width, n_distinct, most_common_vals FROM pg_stats WHERE tablename = 'x';\nDROP TABLE x"
		if $kind < 42;
	return "BEGIN;\nDECLARE c CURSOR FOR $q;\nFETCH 2 FROM c;\nFETCH ALL FROM c;\nCOMMIT" if $kind < 46;
	return "PREPARE p AS $q;\nSET plan_cache_mode = force_generic_plan;\nEXECUTE p;\nEXPLAIN EXECUTE p;\nRESET plan_cache_mode;\nDEALLOCATE p"
		if $kind < 50;
	return "SELECT query_to_xml(\$q\$$q\$q\$, true, false, '')" if $kind < 52;
	return "SELECT lab.swallow(\$q\$$q\$q\$)" if $kind < 56;
	return $q;
}

print "SET statement_timeout = '$timeout';\n";
print <<'END';
-- One worker and no leader: which process does what would be chance.
SET max_parallel_workers_per_gather = 1;
SET parallel_leader_participation = off;
CREATE FUNCTION lab.tell(x anyelement) RETURNS anyelement LANGUAGE plpgsql COST 0.0001
	AS 'BEGIN RAISE NOTICE ''told %'', left(x::text, 40); RETURN x; END';
CREATE FUNCTION lab.watch(x text) RETURNS boolean LANGUAGE plpgsql STABLE COST 0.0001
	AS 'BEGIN RAISE NOTICE ''seen %'', left(x, 40); RETURN x > ''k''; END';
CREATE FUNCTION lab.add(s text, x text) RETURNS text LANGUAGE sql IMMUTABLE
	AS 'SELECT left(coalesce(s, '''') || coalesce(x, ''-''), 200)';
CREATE AGGREGATE lab.collect(text) (SFUNC = lab.add, STYPE = text);
CREATE FUNCTION lab.swallow(q text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r record; t text := ''; s text; m text; d text; h text; c text;
BEGIN
	FOR r IN EXECUTE q LOOP t := left(t || r::text, 500); END LOOP;
	RETURN t;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT, c = PG_EXCEPTION_CONTEXT;
	RETURN concat_ws(' | ', left(t, 200), s, m, d, h, c);
END $$;
END
foreach my $i (1 .. $n)
{
	my $s = statement();
	my $mode = any('off', 'off', 'off', 'on', 'regress');
	print "\\echo \@\@ $i\nSET :parallel = $mode;\n";
	print "SET enable_", any(qw(hashjoin mergejoin nestloop seqscan indexscan sort hashagg)), " = ", any('on', 'on', 'off'), ";\n";
	print "$s;\n";
}
