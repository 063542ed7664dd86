# Runs the attacks and the random statements in both databases and compares.
#
#	perl prove.pl COUNTS OUT [T='NN NN'] [N=5000] [SEED=1]
#
# COUNTS gets `passed failed`; OUT is a folder for what psql printed.  The
# databases prove_1 and prove_2 are there already (see run.sh).  README.md says
# what is compared and how an attack is written.
use strict;
use warnings;
use FindBin;

my $here = $FindBin::Bin;
my ($counts, $out) = (shift, shift);
my %arg = (T => '', N => 5000, SEED => 1);
foreach (@ARGV)
{
	/^(T|N|SEED)=(.*)$/ or die "prove.pl: what is $_?\n";
	$arg{$1} = $2 if $2 ne '';
}
my %only = map { /^\d$/ ? (sprintf('%02d', $_) => 1) : ($_ => 1) } split(/[ ,]+/, $arg{T});

sub wanted { return !%only || $only{ $_[0] } }
my @worlds = (1, 2);
my ($passed, $failed) = (0, 0);
my $portion = 2000;		# random statements of one session

# The canary, also in hexadecimal and in base64 at its three positions, and the
# numbers that the denied cells hold.  A digit before or after makes it another
# number.
my $canary = qr/CANARY|YRANAC|43414e415259|Q0FOQVJZ|NBTkFSW|DQU5BUl|(?<![\d.])(?:7919\d{4,}|8642\d{4,}|7919\.[25])(?!\d)/i;

sub number
{
	my ($n) = $_[0] =~ m{(\d+)[^/]*$};
	return $n;
}

# Reads the first comment lines: the title and the directives.
sub read_attack
{
	my ($file) = @_;
	my %a = (file => $file, as => 'ana', purpose => 'analytics', shows => [], never => [], may => '');

	($a{number}) = $file =~ m{(\d+)[^/]*$};
	open(my $in, '<', $file) or die "cannot read $file: $!\n";
	while (<$in>)
	{
		last if !/^-- ?(.*)$/;
		my $line = $1;
		if (!defined $a{title}) { $a{title} = $line }
		elsif ($line =~ /^(as|purpose|may): *(.*)$/) { $a{$1} = $2 }
		elsif ($line =~ /^(shows|never): (.*)$/) { push @{ $a{$1} }, $2 }
	}
	close($in);
	push @{ $a{shows} }, 'VISIBLE' if !@{ $a{shows} };
	push @{ $a{never} }, $canary;
	push @{ $a{never} }, $_ foreach grep { $_ ne $a{may} } qw(MARKETING PRODUCT);
	return \%a;
}

# One psql per world, both at once; returns what they printed.
sub run_both
{
	my ($name, $reader, $purpose, $file) = @_;
	my (@pid, @text);

	foreach my $w (@worlds)
	{
		my $pid = fork();
		die "fork: $!\n" if !defined $pid;
		if ($pid == 0)
		{
			open(STDIN, '<', '/dev/null');
			open(STDOUT, '>', "$out/$name.$w") or die "cannot write $out/$name.$w: $!\n";
			open(STDERR, '>&', \*STDOUT);
			$ENV{PGDATABASE} = "prove_$w";
			exec('psql', '-X', '-q', '-U', 'postgres', '-v', "reader=$reader", '-v', "purpose=$purpose",
				'-f', "$here/prelude.sql", '-f', $file, '-c', '\echo the end') or die "psql: $!\n";
		}
		push @pid, $pid;
	}
	waitpid($_, 0) foreach @pid;
	foreach my $w (@worlds)
	{
		open(my $in, '<', "$out/$name.$w") or die "cannot read $out/$name.$w: $!\n";
		local $/;
		my $t = <$in> // '';
		close($in);
		# What must differ: the name of the database, the numbers of the session.
		$t =~ s/(server process with PID )\d+/$1N/g;
		$t =~ s/\bprove_$w\b/prove_N/g;
		$t =~ s/\bpg_temp_\d+\b/pg_temp_N/g;
		# psql repeats the comments of the script, which would satisfy any "shows".
		$t =~ s/^-- .*\n//mg;
		push @text, $t;
	}
	return @text;
}

# The first lines in which two texts differ, with some before them.
sub difference
{
	my ($x, $y) = @_;
	my @x = split(/\n/, $x);
	my @y = split(/\n/, $y);
	my $n = 0;

	$n++ while $n < @x && $n < @y && $x[$n] eq $y[$n];
	my $from = $n > 6 ? $n - 6 : 0;
	my $show = sub {
		my ($sign, @l) = @_;
		return join('', map { '#   ' . $sign . ' ' . substr($_, 0, 400) . "\n" } grep { defined } @l);
	};
	return $show->(' ', @x[ $from .. $n - 1 ]) . $show->('1', @x[ $n .. $n + 3 ]) . $show->('2', @y[ $n .. $n + 3 ]);
}

sub line_with
{
	my ($text, $re) = @_;
	my ($line) = grep { /$re/ } split(/\n/, $text);
	return substr($line // '', 0, 400);
}

# All that is wrong with the two answers to one attack.
sub faults
{
	my ($a, @text) = @_;
	my @faults;

	foreach my $i (0, 1)
	{
		my $t = $text[$i];
		my $w = $worlds[$i];
		push @faults, "#   database $w: did not reach its end: " . substr($t, -300) . "\n" if $t !~ /^the end$/m;
		foreach my $re (@{ $a->{never} })
		{
			push @faults, "#   database $w shows /$re/:\n#     " . line_with($t, $re) . "\n" if $t =~ /$re/;
		}
		# After a withdrawal the cells of that subject are denied like others.
		if ($t =~ /^=== withdrawn$(.*)/ms)
		{
			push @faults, "#   database $w shows a withdrawn cell:\n#     " . line_with($1, qr/UNTIL/) . "\n" if $1 =~ /UNTIL/;
		}
		foreach my $re (@{ $a->{shows} })
		{
			push @faults, "#   database $w does not show /$re/, so nothing is proved\n" if $t !~ /$re/m;
		}
	}
	push @faults, "#   the databases differ:\n" . difference(@text) if $text[0] ne $text[1];
	return @faults;
}

sub report
{
	my ($ok, $number, $title, @faults) = @_;

	printf("%s %s %s\n", $ok ? 'ok' : 'not ok', $number, $title);
	print(@faults) if !$ok;
	$ok ? $passed++ : $failed++;
}

# A leak that we planted must be seen, or this test proves nothing.
sub control
{
	my $a = read_attack("$here/control.sql");
	my @faults = faults($a, run_both('control', 'ana', 'analytics', $a->{file}));
	my $seen = join('', @faults);

	my $ok = $seen =~ /databases differ/ && $seen =~ /shows .*CANARY/s && $seen =~ /does not show/;
	report($ok, '00', $a->{title}, "#   a planted leak went unseen\n", @faults);
}

# The answers of both databases to n random statements from a seed.  What takes too
# long in either is asked again with more time: where a clock stops it is chance.
sub random_answers
{
	my ($reader, $purpose, $n, $seed) = @_;
	my $name = "random_$reader";
	my $file = "$out/$name.sql";
	my @text;

	foreach my $limit (qw(20s 10min))
	{
		system("perl $here/random.pl $n $seed $limit >$file") == 0 or die "random.pl failed\n";
		@text = run_both($name, $reader, $purpose, $file);
		last if !grep { /due to statement timeout/ } @text;
	}
	return @text;
}

# Random statements, compared one by one; many of them in portions, each with a
# seed and a session of its own, so that memory does not grow with their number.
sub random_statements
{
	my ($reader, $purpose, $all, $first_seed) = @_;
	my ($errors, $shown) = (0, 0);
	my @faults;

	for (my $done = 0; $done < $all && !@faults; $done += $portion)
	{
		my $n = $all - $done < $portion ? $all - $done : $portion;
		my $seed = $first_seed + 3 * $done / $portion;
		my @text = random_answers($reader, $purpose, $n, $seed);
		my @part = map { [ split(/^\@\@ (?=\d+$)/m, $_) ] } @text;

		push @faults, sprintf("#   %d and %d statements answered\n", $#{ $part[0] }, $#{ $part[1] })
			if $#{ $part[0] } != $n || $#{ $part[1] } != $n;
		foreach my $i (1 .. $n)
		{
			my ($x, $y) = map { $_->[$i] // '' } @part;
			my $bad = $x ne $y ? "#   the databases differ:\n" . difference($x, $y) : '';
			$bad .= "#   a canary:\n#     " . line_with($x . $y, $canary) . "\n" if $x =~ $canary || $y =~ $canary;
			push @faults, "#   statement $i of seed $seed as $reader: perl random.pl $n $seed\n$bad" if $bad;
			last if @faults > 5;
		}
		$errors += () = $text[0] =~ /ERROR:  /g;
		$shown += () = $text[0] =~ /VISIBLE|MARKETING/g;
	}
	push @faults, "#   no answer shows a cell, so nothing is proved\n" if $all >= 50 && $reader ne 'bob' && !$shown;
	report(!@faults, 'R' . $reader, "$all random statements as $reader, seed $first_seed ($errors of them errors)", @faults);
}

control() if wanted('00');
foreach my $file (sort { number($a) <=> number($b) } glob("$here/attacks/*.sql"))
{
	my $a = read_attack($file);
	next if !wanted($a->{number});
	my @faults = faults($a, run_both($a->{number}, $a->{as}, $a->{purpose}, $file));
	report(!@faults, $a->{number}, $a->{title}, @faults);
}
if (wanted('R') && $arg{N} >= 3)
{
	my $third = int($arg{N} / 3);
	random_statements('ana', 'analytics', $arg{N} - 2 * $third, $arg{SEED});
	random_statements('carol', 'marketing', $third, $arg{SEED} + 1);
	random_statements('bob', 'analytics', $third, $arg{SEED} + 2);
}

open(my $c, '>', $counts) or die "cannot write $counts: $!\n";
print $c "$passed $failed\n";
close($c);
print "$passed passed, $failed failed\n";
exit($failed == 0 && $passed > 0 ? 0 : 1);
