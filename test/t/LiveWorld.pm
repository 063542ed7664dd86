# Random worlds for the live store: a source table, how it is tracked, and
# statements that change it in every way that SQL has.  The same seed gives the
# same statements.
#
#	my $world = LiveWorld->new('plain', 42);
#	$world->setup		statements that make the table and track it
#	$world->unit		the next statements: one, or those of a transaction
#	$world->source		the query that says what the view must show
#	$world->{ops}		how many changes have been written so far
#	$world->{rows}		set by who looks: the rows that there are, so that
#				they become neither none nor too many
#	$world->{reader}	set while another session keeps an old snapshot open: nothing
#				is written that would wait for it
package LiveWorld;

use strict;
use warnings;

# subject: its type.  tracks: columns of the further tracks.  parts: how the
# source is partitioned.  long: journeys that fill several sets.  Names of
# columns are as bad as names may be.
my %column = (
	channel => '"by ""way"', decision => 'decision', action => '"Äktion"', persona => '"per%sona"', value => q{"val'ue"},
	senses => '"sen$$ses"');
my %worlds = (
	plain => { subject => 'text', tracks => [] },
	tracks => { subject => 'text', tracks => [ sort keys %column ], chunk => '1 hour' },
	bigint => { subject => 'bigint', tracks => ['channel'], fold_at => 0.1 },
	uuid => { subject => 'uuid', tracks => ['value'], chunk => '7 days', fold_at => '1e-9' },
	long => { subject => 'int', tracks => [], long => 1 },
	chunks => { subject => 'bigint', tracks => [ 'channel', 'senses' ], chunk => '6 hours', long => 1, fold_at => 0.05 },
	regions => { subject => 'varchar(40)', tracks => ['value'], parts => 'region' },
	times => { subject => 'text', tracks => ['channel'], parts => 'ts', chunk => '1 day', fold_at => 0.2 },
	keys => { subject => 'bigint', tracks => ['persona'], keys => 1 },
	triggers => { subject => 'text', tracks => [ 'decision', 'value' ], triggers => 1, chunk => '2 hours' });

sub names { return sort keys %worlds }

sub new
{
	my ($class, $name, $seed) = @_;
	my $w = bless { %{ $worlds{$name} }, name => $name, table => "w_$name", store => "s_$name", id => 0, ops => 0, rows => 30 }, $class;

	$w->{tables} = [ $w->{table} ];
	push @{ $w->{tables} }, map { "w_${name}_$_" } qw(1 2 2a 2b 3 rest) if $w->{parts};
	srand($seed);
	return $w;
}

sub dice { my ($n) = @_; return int(rand($n)) }
sub any { return $_[ dice(scalar @_) ] }
sub chance { my ($percent) = @_; return rand(100) < $percent }
sub quote { my ($s) = @_; return defined $s ? "'" . ($s =~ s/'/''/gr) . "'" : 'NULL' }

sub columns
{
	my ($w) = @_;
	return ('id', 'who', '"at "', 'what', 'region', 'note', map { $column{$_} } @{ $w->{tracks} });
}

sub source
{
	my ($w) = @_;
	my %type = (value => 'float8', senses => 'text[]');
	my %has = map { $_ => 1 } @{ $w->{tracks} };

	return 'SELECT who AS subject, "at " AS at, what AS event, '
		. join(', ', map { ($has{$_} ? $column{$_} : 'NULL::' . ($type{$_} // 'text')) . " AS $_" } sort keys %column)
		. " FROM $w->{table}";
}

# A table, its partitions, what hangs on it, a few first rows, and the store.
sub setup
{
	my ($w) = @_;
	my %type = (value => 'float8', senses => 'text[]');
	my $t = $w->{table};
	my $more = join '', map { ", $column{$_} " . ($type{$_} // 'text') } @{ $w->{tracks} };
	my $rows = "who $w->{subject}, note text CONSTRAINT good CHECK (note <> 'bad'), gone int, \"at \" timestamptz, what text$more";
	my @sql;

	if ($w->{parts})
	{
		my $key = $w->{parts} eq 'ts' ? '"at "' : 'region';
		push @sql, "CREATE TABLE $t (id bigint, region int, $rows) PARTITION BY "
			. ($w->{parts} eq 'ts' ? 'RANGE ("at ")' : 'LIST (region)');
		my @bounds = $w->{parts} eq 'ts'
			? ("FROM ('2026-03-28Z') TO ('2026-03-29 02:00Z')", "FROM ('2026-03-29 02:00Z') TO ('2026-03-30Z')", "FROM (MINVALUE) TO ('2026-03-28Z')")
			: ('IN (0)', 'IN (1, 2)', 'IN (3)');
		push @sql, "CREATE TABLE ${t}_1 PARTITION OF $t FOR VALUES $bounds[0]",
			"CREATE TABLE ${t}_2 PARTITION OF $t FOR VALUES $bounds[1] PARTITION BY HASH (who)",
			"CREATE TABLE ${t}_2a PARTITION OF ${t}_2 FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
			# columns in another order than those of the root
			"CREATE TABLE ${t}_2b (region int, dropped text, note text CONSTRAINT good CHECK (note <> 'bad')$more, what text, gone int, \"at \" timestamptz, who $w->{subject}, id bigint)",
			"ALTER TABLE ${t}_2b DROP COLUMN dropped",
			"ALTER TABLE ${t}_2 ATTACH PARTITION ${t}_2b FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
			"CREATE TABLE ${t}_3 PARTITION OF $t FOR VALUES $bounds[2]",
			"CREATE TABLE ${t}_rest PARTITION OF $t DEFAULT";
		push @sql, "CREATE UNIQUE INDEX ON ${t}_1 (id)";
	}
	else
	{
		push @sql, "CREATE TABLE $t (id bigint PRIMARY KEY, region int, $rows)";
	}
	push @sql, "ALTER TABLE $t DROP COLUMN gone";
	if ($w->{keys})
	{
		push @sql, "CREATE TABLE ${t}_people (who $w->{subject} PRIMARY KEY)", "INSERT INTO ${t}_people SELECT generate_series(1, 9)",
			"CREATE TABLE ${t}_kinds (what text PRIMARY KEY)",
			"INSERT INTO ${t}_kinds VALUES " . join(', ', map { '(' . quote($_) . ')' } @{ events() }),
			"ALTER TABLE $t ADD FOREIGN KEY (who) REFERENCES ${t}_people ON UPDATE CASCADE ON DELETE CASCADE",
			"ALTER TABLE $t ADD FOREIGN KEY (what) REFERENCES ${t}_kinds ON UPDATE CASCADE ON DELETE SET NULL";
	}
	if ($w->{triggers})
	{
		push @sql, "CREATE FUNCTION ${t}_before() RETURNS trigger LANGUAGE plpgsql AS \$\$
			BEGIN
				IF NEW.note = 'not me' THEN RETURN NULL; END IF;
				IF NEW.note = 'later' THEN NEW.\"at \" := NEW.\"at \" + interval '1 hour'; END IF;
				RETURN NEW;
			END \$\$",
			"CREATE TRIGGER aa BEFORE INSERT OR UPDATE ON $t FOR EACH ROW EXECUTE FUNCTION ${t}_before()",
			"CREATE FUNCTION ${t}_after() RETURNS trigger LANGUAGE plpgsql AS \$\$
			BEGIN
				IF NEW.note = 'echo' AND pg_trigger_depth() < 3 THEN
					INSERT INTO $t (id, who, \"at \", what) VALUES (-NEW.id, NEW.who, NEW.\"at \", 'echo') ON CONFLICT (id) DO UPDATE SET what = 'again';
				ELSIF NEW.note = 'kill' THEN
					DELETE FROM $t WHERE who = NEW.who AND \"at \" < NEW.\"at \";
				END IF;
				RETURN NULL;
			END \$\$",
			"CREATE TRIGGER aa_after AFTER INSERT OR UPDATE ON $t FOR EACH ROW EXECUTE FUNCTION ${t}_after()",
			"CREATE TRIGGER zz_after AFTER INSERT OR UPDATE ON $t FOR EACH ROW EXECUTE FUNCTION ${t}_after()";
	}
	push @sql, $w->rows($t, 30);
	push @sql, quiet("journey.track('$t', 'who', 'at ', 'what', store => '$w->{store}'"
		. join('', map { ", $_ => " . quote($column{$_} =~ s/^"|"$//gr =~ s/""/"/gr) } @{ $w->{tracks} })
		. (defined $w->{chunk} ? ", chunk => '$w->{chunk}'" : '')
		. (defined $w->{fold_at} ? ", fold_at => $w->{fold_at}" : '') . ')');
	return map { "$_;" } @sql;
}

## Values

sub events { return [ 'view', 'cart', 'pay', 'help', 'zurück', 'with space', "it's", 'view' x 20 ] }

sub subject
{
	my ($w) = @_;
	return 'NULL' if chance(3);
	my $n = $w->{long} ? dice(3) : chance(60) ? dice(5) : dice(25);

	$n = $n % 9 + 1 if $w->{keys};
	return $n + 1 if $w->{subject} eq 'int';
	return $n == 7 ? any('9223372036854775807', '-9223372036854775808') : $n if $w->{subject} eq 'bigint';
	return sprintf("'%08x-0000-4000-8000-%012x'", $n * 0x11111111 % 0xffffffff, $n) if $w->{subject} eq 'uuid';
	return quote($n == 3 ? q{o'hara "x"} : $n == 4 ? 'Жанна' : $n == 5 ? '' : $n == 6 ? 'u' x 40 : "u$n");
}

sub at
{
	my $kind = dice(100);
	return 'NULL' if $kind < 2;
	return any("'2001-02-03 04:05:06.789012Z'", "'0044-03-15 12:00:00Z BC'", "'2038-01-19 03:14:08Z'", "'2000-01-01Z'", "'1970-01-01Z'") if $kind < 6;
	# ties: few minutes
	return sprintf("'2026-03-29 %02d:%02d:00Z'", dice(3), 10 * dice(4)) if $kind < 40;
	return sprintf("'2026-03-29 %02d:%02d:%02d.%06dZ'", dice(24), dice(60), dice(60), dice(1000000)) if $kind < 50;
	return sprintf("'2026-03-%02d %02d:%02d:%02dZ'", 27 + dice(4), dice(24), dice(60), dice(60));
}

sub event { return chance(3) ? 'NULL' : quote(any('view', 'cart', 'pay', @{ events() })) }

sub track
{
	my ($track) = @_;
	return 'NULL' if chance(25);
	return any("'NaN'", "'Infinity'", '-0.0', '0', '19.99', '1e300', '-5', dice(1000)) if $track eq 'value';
	return any("'{}'", "'{b,a,b}'", "'{a,NULL}'", "'{angry}'", "'{zufrieden,\"with space\"}'") if $track eq 'senses';
	return quote(any('web', 'app', 'x' x 70, 'Filiale', q{o'k}));
}

# Values of a row, by name of column.
sub row
{
	my ($w, %given) = @_;
	my %row = (
		id => $w->{id}++, who => $w->subject, '"at "' => at(), what => event(), region => any(0, 1, 1, 2, 3, 9, 'NULL'),
		note => any('NULL', 'NULL', "'x'", $w->{triggers} ? ("'not me'", "'later'", "'echo'", chance(20) ? "'kill'" : "'x'") : ()));
	$row{ $column{$_} } = track($_) foreach @{ $w->{tracks} };
	return (%row, %given);
}

# An INSERT of n rows, some of them twice but for their ids.
sub rows
{
	my ($w, $table, $n, %given) = @_;
	my @columns = $w->columns;
	my (@values, %last);

	for (1 .. $n)
	{
		%last = %last && chance(15) ? (%last, id => $w->{id}++) : $w->row(%given);
		push @values, '(' . join(', ', @last{@columns}) . ')';
	}
	return "INSERT INTO $table (" . join(', ', @columns) . ') VALUES ' . join(', ', @values);
}

# Which rows a statement is about.
sub which
{
	my ($w) = @_;
	my $kind = dice(100);

	return 'id = ' . dice($w->{id}) if $kind < 25;
	return 'id > ' . ($w->{id} - 1 - dice(12)) if $kind < 45;
	return sprintf('id %% %d = %d', any(13, 41, 97), dice(13)) if $kind < 70;
	return 'who = ' . $w->subject if $kind < 74;
	return 'who = ' . $w->subject . ' AND what = ' . event() if $kind < 82;
	return '"at " = ' . at() if $kind < 90;
	return 'region = 3 AND id % 3 = 1' if $kind < 93;
	return 'who IS NULL OR what IS NULL' if $kind < 96;
	return 'false';
}

# What an update of a table, or of what stands for it, sets.
sub set
{
	my ($w, $t) = @_;
	my $kind = dice(100);
	my $track = $w->{tracks}[ dice(scalar @{ $w->{tracks} } || 1) ];

	return 'note = ' . any("'y'", 'NULL', "$t.note") if $kind < 10;
	return qq{what = $t.what, "at " = $t."at "} if $kind < 15;
	return 'what = ' . event() if $kind < 30;
	return 'who = ' . $w->subject if $kind < 42;
	return '"at " = ' . at() if $kind < 55;
	return qq{"at " = $t."at " + interval '} . any('1 minute', '-10 minutes', '1 day', '1 microsecond') . "'" if $kind < 70;
	return 'region = ' . any(0, 1, 2, 3, 9) if $kind < 76;
	return "$column{$track} = " . track($track) if defined $track && $kind < 90;
	return 'who = ' . $w->subject . ', "at " = ' . at() . ', what = ' . event() . ', region = ' . any(0, 2);
}

## Changes.  Each is a statement and, if it may fail as it should, a true value.

sub copy_text
{
	my ($w, $table, $n) = @_;
	my @columns = $w->columns;
	my $text = "COPY $table (" . join(', ', @columns) . ") FROM STDIN;\n";

	for (1 .. $n)
	{
		my %row = $w->row;
		# constants of SQL as those of COPY
		$text .= join("\t", map { my $v = $_; $v eq 'NULL' ? '\N' : $v =~ s/^'(.*)'$/$1/sr =~ s/''/'/gr } @row{@columns}) . "\n";
	}
	return "$text\\.\n";
}

sub change
{
	my ($w) = @_;
	my $kind = dice(1000);
	my $part = $w->{parts} && chance(30);
	my $t = $part ? any(@{ $w->{tables} }) : $w->{table};
	my @columns = $w->columns;
	my $columns = join(', ', @columns);

	$w->{ops}++;
	if ($w->{keys} && chance(12))
	{
		return (any(
			"DELETE FROM ${t}_people WHERE who = " . (1 + dice(9)), "UPDATE ${t}_people SET who = who + 100 WHERE who = " . (1 + dice(9)),
			"UPDATE ${t}_kinds SET what = upper(what) WHERE what = " . event(), "DELETE FROM ${t}_kinds WHERE what = " . event(),
			"INSERT INTO ${t}_people SELECT generate_series(1, 9) ON CONFLICT DO NOTHING",
			"INSERT INTO ${t}_kinds SELECT unnest(ARRAY[" . join(', ', map { quote($_) } @{ events() }) . ']) ON CONFLICT DO NOTHING'), 1);
	}
	if ($w->{long} && chance(4))
	{
		my ($n, $step) = any([ 3000, '7 seconds' ], [ 1500, '1 millisecond' ], [ 40, '0' ], [ 2500, '61 minutes' ]);
		($n, $step) = @$n;
		my $id = $w->{id};
		$w->{id} += $n;
		return "INSERT INTO $t (id, who, \"at \", what) SELECT $id + g, " . $w->subject . ', timestamptz ' . any("'2026-03-20Z'", "'2026-03-29 00:30Z'")
			. " + g * interval '$step', (ARRAY['view', 'cart', 'pay', 'help'])[1 + g * g % 7 % 4] FROM generate_series(0, $n - 1) AS g";
	}
	my $unsafe = $part || $w->{keys};
	# neither empty nor endless
	return ($w->rows($t, 20 + dice(40)), $unsafe) if $w->{rows} < ($w->{long} ? 3000 : 150) && chance(5);
	return ("DELETE FROM $w->{table} WHERE id % 3 = " . dice(3)) if $w->{rows} > ($w->{long} ? 12000 : 600) && chance(10);
	return ($w->rows($t, 1), $unsafe) if $kind < 200;
	return ($w->rows($t, 2 + dice(chance(10) ? 60 : 9)), $unsafe) if $kind < 320;
	return ($w->copy_text($t, 1 + dice(15)), $unsafe) if $kind < 370;
	return ("UPDATE $t SET " . $w->set($t) . ' WHERE ' . $w->which, $unsafe) if $kind < 600;
	return ("DELETE FROM $t WHERE " . $w->which) if $kind < 720;
	return ("DELETE FROM $w->{table} WHERE who = " . $w->subject . ' AND "at " > ' . at()) if $kind < 730;
	return ("TRUNCATE " . ($w->{parts} ? any(@{ $w->{tables} }) : $t) . ($w->{keys} ? ' CASCADE' : '')) if $kind < 733 && !$w->{reader};
	return ("DELETE FROM $t") if $kind < 736;
	return ("UPDATE $t SET who = " . $w->subject . ", \"at \" = \"at \" + interval '1 second'", $unsafe) if $kind < 738;
	return ("UPDATE $t SET id = $t.id + 0, " . $w->set($t) . ' FROM (SELECT ' . at() . '::timestamptz AS since) AS x WHERE "at " >= x.since AND id % 5 = 2', $unsafe) if $kind < 760;

	# the keys are on plain tables only
	if ($kind < 860 && !$w->{parts})
	{
		my %old = $w->row(id => dice($w->{id}));
		my $some = "INSERT INTO $t ($columns) VALUES " . join(', ', map { '(' . join(', ', @$_{@columns}) . ')' } \%old, { $w->row });
		return ("$some ON CONFLICT DO NOTHING", $unsafe) if $kind < 790;
		return ("$some ON CONFLICT (id) DO UPDATE SET " . join(', ', map { "$_ = excluded.$_" } grep { $_ eq 'what' || !chance(30) } @columns), $unsafe) if $kind < 825;
		return ("$some ON CONFLICT (id) DO UPDATE SET " . $w->set($t) . " WHERE $t.id % 2 = 0", $unsafe) if $kind < 840;
		# fails, with rows written before
		my $again = $w->{id};
		return ($w->rows($t, 1 + dice(5)) . ', (' . join(', ', @{ { $w->row(id => $again) } }{@columns}) . ')', 1) if $kind < 850;
	}
	return ($w->rows($t, 3) . ', (' . join(', ', map { $_ eq 'note' ? "'bad'" : $_ eq 'id' ? $w->{id}++ : 'NULL' } @columns) . ')', 1) if $kind < 870;
	if ($kind < 920)
	{
		# where rows may move to other partitions all three actions are there, see doc/live.md
		my %s = $w->row(id => dice($w->{id}));
		my %n = $w->row;
		return ("MERGE INTO $w->{table} AS t USING (VALUES ($s{id}, $s{who}), ($n{id}, $n{who})) AS s (id, who) ON t.id = s.id"
			. any('', ' AND t.id % 2 = 0')
			. ($w->{parts} || chance(50) ? ' WHEN MATCHED AND t.id % 5 = 0 THEN DELETE' : '') . ' WHEN MATCHED THEN UPDATE SET ' . $w->set('t')
			. ($w->{parts} || chance(50) ? " WHEN NOT MATCHED AND s.id % 3 = 0 THEN INSERT ($columns) VALUES (" . join(', ', @n{@columns}) . ')' : ''), 1);
	}
	if ($kind < 960)
	{
		my @ways = ("DELETE FROM $t WHERE " . $w->which, "UPDATE $t SET " . $w->set($t) . ' WHERE ' . $w->which, $w->rows($t, 2));
		my ($a, $b, $c) = (any(@ways), any(@ways[0, 1]), $w->rows($w->{table}, 1 + dice(3)));
		return ("WITH a AS ($a RETURNING id), b AS ($b RETURNING id) $c", 1);
	}
	if ($kind < 980)
	{
		my ($a, $b, $c) = map { $w->rows($w->{table}, 1 + dice(3)) } 1 .. 3;
		my $d = "UPDATE $w->{table} SET " . $w->set($w->{table}) . ' WHERE ' . $w->which;
		return ("DO \$do\$BEGIN $a; BEGIN $b; $d; PERFORM 1 / 0; EXCEPTION WHEN others THEN NULL; END; $c; END\$do\$", $unsafe);
	}
	# many rows at once, and an error in the middle
	my $id = $w->{id};
	$w->{id} += 50;
	return ("INSERT INTO $w->{table} (id, who, \"at \", what) SELECT $id + g, " . $w->subject . ', ' . at() . '::timestamptz + g * interval \'' . any('0', '20 seconds', '7 minutes')
		. "', 'view' FROM generate_series(0, 49) AS g" . (chance(30) ? ' WHERE 1 / (g - 40) < 5' : ''), 1);
}

## Units

# A call whose result is not printed.
sub quiet { my ($call) = @_; return "DO \$do\$BEGIN PERFORM $call; END\$do\$" }
sub fold { my ($w) = @_; return quiet("journey.fold('$w->{store}')") }
sub check { my ($w) = @_; return "SELECT live_check('$w->{store}', " . quote($w->source) . ')' }

sub finished { my ($sql) = @_; return $sql =~ /\\\.\n\z/ ? $sql : "$sql;\n" }

# A transaction with savepoints.  If statements may fail, psql puts each into a
# savepoint of its own.
sub transaction
{
	my ($w, $end) = @_;
	my @sql = ('BEGIN' . any('', '', ' ISOLATION LEVEL REPEATABLE READ', ' ISOLATION LEVEL SERIALIZABLE'));
	my (@open, $may_fail);

	for (0 .. 1 + dice(6))
	{
		my $kind = dice(100);
		if ($kind < 15) { push @open, 's' . @open; push @sql, "SAVEPOINT $open[-1]" }
		elsif ($kind < 25 && @open) { my $n = dice(scalar @open); push @sql, "ROLLBACK TO $open[$n]"; $#open = $n }
		elsif ($kind < 30 && @open) { my $n = dice(scalar @open); push @sql, "RELEASE $open[$n]"; $#open = $n - 1 }
		elsif ($kind < 36) { push @sql, $w->fold }
		elsif ($kind < 42) { push @sql, $w->check }
		elsif ($kind < 43 && !$w->{reader}) { push @sql, quiet("journey.rebuild('$w->{store}')") }
		else
		{
			my ($sql, $unsafe) = $w->change;
			$may_fail ||= $unsafe;
			push @sql, $sql;
		}
	}
	push @sql, $end // (chance(70) ? 'COMMIT' : 'ROLLBACK');
	my $sql = join('', map { finished($_) } @sql);
	return $may_fail ? "\\set ON_ERROR_ROLLBACK on\n$sql\\set ON_ERROR_ROLLBACK off\n" : $sql;
}

# The next statements as one text.
sub unit
{
	my ($w) = @_;
	my $kind = dice(1000);

	if ($kind < 620) { my ($sql) = $w->change; return finished($sql) }
	return $w->transaction if $kind < 850;
	return finished($w->fold) if $kind < 930;
	if ($kind < 940 && !$w->{keys})
	{
		# as the worker of a subscription writes
		my ($sql) = $w->change;
		return "SET session_replication_role = replica;\n" . finished($sql) . "RESET session_replication_role;\n" unless $sql =~ /^COPY/;
		return finished($sql);
	}
	if ($kind < 950 && !$w->{keys})
	{
		# others look while a transaction is prepared, and fold unless it did so
		local $w->{reader} = 1;
		return $w->transaction("PREPARE TRANSACTION 'two'") . finished($w->check) . "SET lock_timeout = '100ms';\n" . finished($w->fold) . "SET lock_timeout = '20s';\n"
			. finished($w->rows($w->{table}, 2)) . finished($w->check) . finished(any('COMMIT', 'ROLLBACK') . " PREPARED 'two'");
	}
	return finished(quiet("journey.rebuild('$w->{store}')")) if $kind < 954 && !$w->{reader};
	if ($kind < 960)
	{
		my $parallel = "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;\n";
		return $parallel . finished($w->check) . "RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;\n";
	}
	return any("ANALYZE $w->{table}", "VACUUM $w->{table}") . ";\n" if $kind < 965;
	# whether the session remembers what it read, and how much
	return finished(any("SET journey.store_memory = '" . any(0, '20kB', '100kB') . "'", 'RESET journey.store_memory')) if $kind < 970;
	my ($sql) = $w->change;
	return finished($sql);
}

# Errors that a statement of ours may end with.
sub expected
{
	my $expected = join '|', 'duplicate key value', 'division by zero', 'violates (?:check|partition|foreign key) constraint', 'no partition of relation',
		'cannot affect row a second time', 'cannot truncate a table referenced', 'canceling statement due to lock timeout', 'already modified by an operation triggered';

	return qr/$expected/;
}

1;
