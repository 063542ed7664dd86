# Writes N random statements of a reader, each after a line `@@ number`.
#
#	perl random.pl N SEED [TIMEOUT]
#
# The same seed gives the same statements on every machine (a generator of our
# own).  A statement is a tree: clauses over expressions of a wanted type, made of
# columns of the masked relations, constants, functions, casts that may fail, and
# functions of the reader's own that tell what they are given, or read again for
# another purpose while the statement runs.  Some write what they read into tables
# of the reader's, whose constraints and triggers answer.
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
	tickets => { int => [qw(id person amount)], text => [qw(note)] },
	devices => { int => [qw(id amount)], text => [qw(note)], other => [qw(person)] },
	orders => { int => [qw(id person)], text => [qw(item)] });
my @relations = qw(people people people visits visits notes secrets cases profiles profiles facts orders tickets tickets devices);
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

# What a text of a mask mostly is not, and what the readers may be granted.
my @odd_types = ('numeric(5,2)', qw(int[] text[] inet uuid interval varchar(3) bit(4) jsonb regclass regtype name lab.short lab.odd));
my @purposes = ("'analytics'", "'marketing'", "'fraud'", "'analytics.product'");

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
	return 'lab.turn(' . any(@purposes) . ', ' . $e->($type) . ')' if chance(2) && few_rows();
	return '(SELECT ' . $e->($type) . ' LIMIT 1)' if chance(2);
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
			sub { 'length(CAST(' . $e->('text') . ' AS ' . any(@odd_types) . ')::text)' },
			sub { 'num_nulls(' . join(', ', map { $e->(any(@types)) } 0 .. 3) . ')' },
			sub { 'jsonb_array_length(' . $e->('json') . ')' },
			sub { 'date_part(' . any("'day'", "'epoch'", "'century'") . ', ' . $e->(any('date', 'time')) . ')::int' },
			sub { '(' . $e->('int') . any(' & ', ' # ', ' << ', ' >> ') . $e->('int') . ')' },
			sub { 'get_byte(' . $e->('bytes') . ', ' . $e->('int') . ')' },
			sub { 'position(' . $e->('text') . ' IN ' . $e->('text') . ')' },
			sub { 'array_position(' . $e->('list') . ', ' . $e->('text') . ')' },
			sub { 'journey.step_count(' . walk() . ')' },
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
			sub { 'concat_ws(' . join(', ', $e->('text'), map { $e->(any(@types)) } 0 .. dice(3)) . ", '')" },
			sub { 'regexp_replace(' . $e->('text') . ", '[aeiou]', '#', 'g')" },
			sub { 'array_to_string(' . $e->('list') . ", ',', '*')" },
			sub { 'substring(' . $e->('text') . ' FROM ' . $e->('text') . ')' },
			sub { 'format(' . $e->('text') . ', ' . $e->($t) . ')' },
			sub { 'to_char(' . $e->(any('int', 'num', 'float', 'time')) . ', ' . any("'999.9'", "'YYYY-MM'", $e->('text')) . ')' },
			sub { 'overlay(' . $e->('text') . ' PLACING ' . $e->('text') . ' FROM ' . $e->('int') . ')' },
			sub { 'lpad(' . $e->('text') . ', ' . $e->('int') . ' % 50, ' . $e->('text') . ')' },
			sub { 'translate(' . $e->('text') . ', ' . $e->('text') . ', ' . $e->('text') . ')' },
			sub { '(regexp_match(' . $e->('text') . ', ' . $e->('text') . '))[1]' },
			sub { 'split_part(' . $e->('text') . ", '-', " . $e->('int') . ')' },
			sub { 'encode(' . $e->('bytes') . ', ' . any("'hex'", "'base64'", "'escape'") . ')' },
			sub { 'CAST(jsonb_path_query_first(' . $e->('json') . ", '" . any('$.*', 'lax $.say', 'strict $.say', '$[*] ? (@ > 1)') . "') AS text)" },
			sub { 'CAST(to_tsvector(' . any("'simple'", "'english'") . ', ' . $e->('text') . ') AS text)' },
			sub { 'lab.peek(' . any(@purposes) . ', ' . $e->('int') . ')' },
			sub { 'CAST(' . walk() . ' AS text)' },
			sub { 'array_to_string(journey.steps(' . walk() . "), ',')" },
			sub { 'greatest(' . $e->('text') . ', ' . $e->('text') . ' COLLATE ' . any('"C"', '"POSIX"') . ')' },
			sub { 'CAST(CAST(' . $e->('text') . ' AS ' . any(@odd_types) . ') AS text)' },
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
			sub { '(' . $e->('text') . any(' LIKE ', ' ~ ', ' SIMILAR TO ') . $e->('text') . ')' },
			sub { '(' . $e->('list') . any(' @> ', ' && ', ' < ') . $e->('list') . ')' },
			sub { '(' . $e->('json') . any(' @> ', ' <@ ', ' = ') . $e->('json') . ')' },
			sub { '(' . $e->('json') . any(' ? ', ' @@ ') . any("'say'", q('$.say == "a"')) . ')' },
			sub { '((' . $e->('text') . ', ' . $e->('int') . ')' . any(' = ', ' < ', ' IS DISTINCT FROM ') . '(' . $e->('text') . ', ' . $e->('int') . '))' },
			sub { 'journey.consented(' . $e->('text') . ', ' . any(@purposes) . ')' },
			sub { '(' . walk() . any(q( OPERATOR(journey.@@) 'seen'), q( OPERATOR(journey.^@) ARRAY['seen']), q( OPERATOR(journey.~) 'seen -> bought'), ' IS NULL') . ')' },
			sub { '(' . $e->('text') . ' > ALL (' . subquery('text', $depth - 1) . '))' },
			sub { 'starts_with(' . $e->('text') . ', ' . $e->('text') . ')' },
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

# A journey: a masked column, or one made of masked columns.
sub walk
{
	my ($p) = grep { $_->[1] eq 'profiles' } @scope;
	return "$p->[0]." . any(qw(walk way)) if $p && chance(70);
	return q('[seen 2026-01-01T10:00:00Z, bought 2026-01-02T10:00:00Z]'::journey.journey) if chance(30);
	return '(SELECT journey.journey_agg(' . any('seen_at', 'seen_at + id * interval \'1 s\'') . ', ' . any('page', 'user_id', 'referrer')
		. ') FROM visits WHERE ' . any('user_id = \'refused\'', 'id < 20', 'amount > 7', 'page LIKE \'%A%\'') . ')';
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
	my $relation = any(qw(people visits notes profiles orders tickets));
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
	if ($joined == 1 && chance(20) && $x->[1] ne 'facts')
	{
		return "$x->[1] t1" . any(
			sub { ' LEFT JOIN LATERAL (SELECT ' . expr('text', 2) . ' AS l WHERE ' . expr('bool', 1) . ') u ON true' },
			sub { ' CROSS JOIN LATERAL unnest(' . expr('list', 1) . ') WITH ORDINALITY u' },
			sub { ' CROSS JOIN LATERAL generate_series(1, ' . expr('int', 1) . ' % 5) u' },
			sub { ' CROSS JOIN LATERAL regexp_split_to_table(' . expr('text', 1) . ', ' . expr('text', 0) . ') u' },
			sub { ' CROSS JOIN LATERAL jsonb_path_query(' . expr('json', 1) . ", '\$.*') u" },
			sub { ' JOIN LATERAL (' . subquery('text', 1) . ') u ON ' . expr('bool', 1) })->();
	}
	return "$x->[1] t1" if $joined == 1;
	return "$x->[1] t1 " . any('JOIN', 'LEFT JOIN', 'FULL JOIN') . " $y->[1] t2 ON " . any('t1.id = t2.id', 't1.user_id = t2.user_id AND t1.id < 40')
		if !grep({ $_->[1] =~ /^(orders|tickets|devices)$/ } $x, $y) && chance(60);
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
			sub { 'percentile_cont(0.3) WITHIN GROUP (ORDER BY ' . expr('float', 1) . ')' },
			sub { 'rank(' . expr('int', 0) =~ s/t\d\.\w+/7/gr . ') WITHIN GROUP (ORDER BY ' . expr('int', 1) . ')' },
			sub { 'array_agg(' . expr(any('text', 'int'), 2) . ' ORDER BY t1.id) FILTER (WHERE ' . expr('bool', 1) . ')' },
			sub { 'jsonb_object_agg(' . expr('text', 1) . ', ' . expr('json', 1) . ' ORDER BY t1.id)' },
			sub { 'bit_xor(' . expr('int', 1) . ')' },
			sub { 'corr(' . expr('float', 1) . ', ' . expr('float', 1) . ')' },
			sub { 'bool_and(' . expr('bool', 2) . ')' },
			sub { 'journey.journey_agg(' . expr('time', 1) . ', ' . expr('text', 1) . ')' },
			sub { 'journey.k_count(' . expr('text', 1) . ')' },
			sub { 'mode() WITHIN GROUP (ORDER BY ' . expr('text', 1) . ')' })->();
		my $list = join(', ', 1 .. @keys);
		return 'SELECT ' . join(', ', @keys) . ", count(*), $aggregate FROM $from$where GROUP BY "
			. (chance(20) ? any('ROLLUP', 'CUBE', 'GROUPING SETS') . " ($list)" : $list)
			. (chance(30) ? ' HAVING ' . any('count(*) > 1', 'max(t1.id) > 20') : '') . " ORDER BY $list, count(*), 1 LIMIT 30";
	}
	if ($kind < 4)
	{
		return 'SELECT t1.id, ' . any('row_number()', 'rank()', 'ntile(3)', 'lag(' . expr('text', 1) . ')', 'sum(' . expr('int', 1) . ')',
			'first_value(' . expr('text', 1) . ')', 'nth_value(' . expr('int', 1) . ', 2)', 'lab.collect(' . expr('text', 1) . ')')
			. ' OVER (' . (chance(50) ? 'PARTITION BY ' . expr('text', 1) . ' ' : '') . 'ORDER BY ' . expr(any('text', 'int'), 1)
			. ', t1.id' . any('', '', ' ROWS 2 PRECEDING', ' GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES')
			. ") FROM $from$where ORDER BY 1, 2 LIMIT 30";
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
	if ($kind < 7 && chance(30))
	{
		my $key = expr('text', 1);
		return "SELECT DISTINCT ON ($key) t1.id, " . expr('text', 2) . " FROM $from$where ORDER BY $key, t1.id LIMIT 10" if chance(40);
		@scope = ();
		return 'WITH RECURSIVE r (n, x) AS (SELECT 1, CAST(\'\' AS text) UNION ALL SELECT r.n + 1, left(concat(r.x, s.y), 100) FROM r, LATERAL ('
			. subquery('text', 2) =~ s/^SELECT (.*?) FROM/SELECT ($1) AS y FROM/r . ') s WHERE r.n < 5) SELECT * FROM r LIMIT 20';
	}
	my @list = map { expr(any(@types), 3) } 0 .. dice(3);
	my $order = chance(70) ? ' ORDER BY ' . expr(any('text', 'int', 'time'), 2) . any('', ' DESC NULLS LAST') . ', t1.id' : '';
	return 'SELECT ' . (chance(10) && $order eq '' ? 'DISTINCT ' : '') . join(', ', @list) . " FROM $from$where$order LIMIT " . (1 + dice(20));
}

# So many columns of some rows, in the order of a public column.
sub some_rows
{
	local @scope = ();
	my $relation = any(qw(people people visits profiles notes secrets cases tickets devices));
	@scope = ([ 't1', $relation ]);
	return 'SELECT t1.id, ' . join(', ', map { expr($_, 2) } @_) . " FROM $relation t1 WHERE t1.id < 40 AND " . expr('bool', 2) . ' ORDER BY t1.id LIMIT 25';
}

# What a reader's own tables say of what is written into them: keys, checks, routing,
# generated columns, triggers with transition tables.
sub writing
{
	my $rows = some_rows('text', 'int');
	my $table = any(qw(lab.box lab.box lab.parts lab.strict));
	my $insert = "INSERT INTO $table (id, t, n) $rows";

	return 'BEGIN; ' . any(
		sub { "$insert RETURNING *" },
		sub { "INSERT INTO lab.box (id, t, n) $rows ON CONFLICT (t) DO " . any('NOTHING', 'UPDATE SET n = excluded.n WHERE box.n < excluded.n') . ' RETURNING id, t, n, g' },
		sub { "UPDATE lab.box b SET t = left(b.t || x.t, 50), n = x.n FROM ($rows) x (id, t, n) WHERE b.id = x.id % 20 RETURNING b.*" },
		sub { "DELETE FROM lab.box b USING ($rows) x (id, t, n) WHERE b.t = x.t OR b.n = x.n RETURNING b.*" },
		sub { "MERGE INTO lab.box b USING ($rows) x (id, t, n) ON b.id = x.id WHEN MATCHED AND x.n > 3 THEN DELETE WHEN MATCHED THEN UPDATE SET t = x.t WHEN NOT MATCHED THEN INSERT (id, t, n) VALUES (x.id, x.t, x.n)" },
		sub { "WITH w AS ($insert RETURNING *) SELECT count(*), max(t), min(n) FROM w" })->()
		. "; SELECT id, t, n FROM lab.box ORDER BY id, t, n LIMIT 60; ROLLBACK";
}

# Several reads that are under way at once, with other purposes in between.
sub interleaved
{
	my ($x, $y) = (some_rows('text', 'int'), some_rows('text', 'text'));
	my $turn = sub { 'SET LOCAL journey.purpose = ' . any(@purposes) };

	return 'BEGIN' . any('', ' ISOLATION LEVEL REPEATABLE READ', ' ISOLATION LEVEL SERIALIZABLE') . ";\n" . any(
		sub { "DECLARE c SCROLL CURSOR FOR $x;\nDECLARE d CURSOR FOR $y;\nFETCH 3 FROM c;\n" . $turn->() . ";\nFETCH 3 FROM d;\nFETCH 2 FROM c;\n" . $turn->()
			. ";\nMOVE ABSOLUTE 0 FROM c;\nFETCH 4 FROM c;\nFETCH ALL FROM d" },
		sub { "SAVEPOINT s;\n" . $turn->() . ";\n$x;\nROLLBACK TO s;\n$x" },
		sub { "DECLARE c CURSOR WITH HOLD FOR $x;\nFETCH 2 FROM c;\n" . $turn->() . ";\nCOMMIT;\nFETCH ALL FROM c;\nCLOSE c;\nBEGIN" },
		sub { "DO \$do\$ DECLARE r record; s text; BEGIN\n\tFOR r IN $x LOOP\n\t\tBEGIN\n\t\t\tPERFORM set_config('journey.purpose', " . any(@purposes)
			. ", true);\n\t\t\tEXECUTE \$q\$$y\$q\$ INTO s;\n\t\t\tRAISE NOTICE '% %', r, s;\n\t\t\tIF r.id % 3 = 0 THEN PERFORM 1 / 0; END IF;\n"
			. "\t\tEXCEPTION WHEN OTHERS THEN RAISE NOTICE 'caught %', SQLERRM;\n\t\tEND;\n\tEND LOOP;\nEND \$do\$" },
		sub { "CREATE MATERIALIZED VIEW lab.m AS $x;\nTABLE lab.m" },
		sub { "CREATE TEMP VIEW v (id, a, b) AS $x;\nSELECT v, lab.peek(" . any(@purposes) . ", id) FROM v WHERE lab.tell(a) IS NOT NULL OR b > 0;\nCREATE TEMP TABLE e (LIKE lab.kept);\n"
			. "INSERT INTO e SELECT id, a FROM v;\nCREATE INDEX ON e (lab.steal(id));\nANALYZE e" })->()
		. ";\nROLLBACK";
}

# Functions that run the text of a query as who calls them.
sub by_text
{
	my ($t) = @_;
	my $rows = some_rows(@$t);
	$rows =~ s/^SELECT t1\.id, /SELECT /;
	return $rows;
}

sub statement
{
	my $more = dice(100);
	return writing() if $more < 9;
	return interleaved() if $more < 18;
	return 'SELECT * FROM journey.pack($q$' . by_text([ 'text', 'time', 'text' ]) . '$q$) p' if $more < 20;
	return 'SELECT * FROM journey.detect($q$' . by_text([ 'text', 'time', 'text' ]) . '$q$, ' . "'2026-02-01Z', '1 day')" if $more < 21;

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
	return "PREPARE p (text, int) AS SELECT * FROM ($q) x WHERE \$1 <> 'x' OR \$2 > 0;\n" . "EXECUTE p ('a', 1);\n" x 6 . 'DEALLOCATE p' if $kind < 53;
	return "SELECT lab.swallow(\$q\$$q\$q\$)" if $kind < 56;
	return $q;
}

print "SET statement_timeout = '$timeout';\n";
print <<'END';
CREATE FUNCTION lab.turn(p text, x anyelement) RETURNS anyelement LANGUAGE plpgsql COST 0.0001
	AS 'BEGIN PERFORM set_config(''journey.purpose'', p, true); RETURN x; END';
CREATE FUNCTION lab.peek(p text, i int) RETURNS text LANGUAGE plpgsql COST 0.0001 AS $$
DECLARE
	before text := current_setting('journey.purpose');
	seen text;
BEGIN
	PERFORM set_config('journey.purpose', p, true);
	SELECT concat_ws('/', ssn, name, amount, essay IS NULL) INTO seen FROM people WHERE id = 1 + abs(i % 60);
	PERFORM set_config('journey.purpose', before, true);
	RETURN left(seen, 60);
END $$;
CREATE FUNCTION lab.steal(i int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN (SELECT concat(ssn, name) FROM people WHERE id = i); END';
CREATE DOMAIN lab.short AS varchar(12) CHECK (VALUE <> 'hidden');
CREATE TYPE lab.odd AS ENUM ('a', 'hidden', 'yes-1');
CREATE TABLE lab.kept (i int, t text);
CREATE TABLE lab.box (id int, t text UNIQUE, n int CHECK (n <> 5004), g int GENERATED ALWAYS AS (length(t) + coalesce(n, 1)) STORED,
	EXCLUDE (n WITH =) DEFERRABLE INITIALLY DEFERRED);
INSERT INTO lab.box SELECT i, 'box ' || i, -i FROM generate_series(1, 20) i;
ALTER TABLE lab.box ADD UNIQUE (id);
CREATE TABLE lab.strict (id int NOT NULL, t lab.short NOT NULL, n int NOT NULL REFERENCES lab.box (id)) PARTITION BY RANGE (n);
CREATE TABLE lab.strict_1 PARTITION OF lab.strict FOR VALUES FROM (1) TO (15);
CREATE TABLE lab.parts (id int, t text, n int) PARTITION BY LIST (t);
CREATE TABLE lab.parts_1 PARTITION OF lab.parts FOR VALUES IN ('yes-1', NULL, 'refused', '');
CREATE FUNCTION lab.told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE NOTICE '% rows, %', (SELECT count(*) FROM rows), (SELECT left(string_agg(r::text, ' ' ORDER BY r.id, r.t), 200) FROM rows r);
	RETURN NULL;
END $$;
CREATE TRIGGER told AFTER INSERT ON lab.box REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION lab.told();
CREATE TRIGGER told_2 AFTER UPDATE ON lab.box REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION lab.told();
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
	print "SET enable_", any(qw(hashjoin mergejoin nestloop seqscan indexscan sort hashagg memoize material incremental_sort)), " = ", any('on', 'on', 'off'), ";\n";
	print "$s;\n";
}
