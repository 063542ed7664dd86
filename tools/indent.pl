# Formats C the way PostgreSQL does, with pg_bsd_indent and the options of
# pgindent, at 120 columns:
#
#	perl indent.pl [--check] INCLUDEDIR FILE...
#
# INCLUDEDIR is that of the server's headers, for the names of its types.
# With --check nothing is written; files that would change are shown as a diff
# and the exit status is 1.
use strict;
use warnings;

my $check = $ARGV[0] eq '--check' && shift @ARGV;
my ($includes, @files) = @ARGV;
my $temp = "/tmp/journey-indent.$$";
my $wrong = 0;

sub slurp
{
	my ($name) = @_;

	open(my $in, '<', $name) or die "cannot read $name: $!\n";
	local $/;
	my $text = <$in>;
	close($in);
	return $text;
}

sub spew
{
	my ($name, $text) = @_;

	open(my $out, '>', $name) or die "cannot write $name: $!\n";
	print $out $text;
	close($out);
}

# Names of types: pg_bsd_indent must know them to tell a declaration from a
# product.  "text" and a few more are as often a variable's name.
my %type = map { $_ => 1 } qw(FILE size_t ssize_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t
  uint64_t uintptr_t bool va_list);
my @headers = split(/\n/, `find '$includes' -name '*.h'`);
foreach my $name (@headers, @files)
{
	my $text = slurp($name);

	$type{$1} = 1 while $text =~ /^(?:\} *|typedef [^;{}()]*?\b)(\w+);/mg;
	$type{$1} = 1 while $text =~ /^typedef [^;{}]*?\(\*(\w+)\) *\(/mg;
}
delete @type{qw(text date time name data value key item state type start end hash size list string string_t)};
spew("$temp.types", join("\n", sort keys %type) . "\n");

foreach my $name (@files)
{
	my $before = slurp($name);
	my $text = $before;

	# it would spoil what is not ASCII
	my @foreign;
	$text =~ s/([\x80-\xff]+)/push(@foreign, $1); "\x01" x length($1)/ge;

	# and tear apart compound literals
	my $parens = qr/(\((?:[^()]++|(?-1))*\))/;
	$text =~ s/\((\w+(?:\[\])?)\) \{([^{}\n]*)\}/($1) LITERAL_($2)/g;

	spew("$temp.c", $text);
	system("pg_bsd_indent $temp.c $temp.out -bad -bap -bbb -bc -bl -cli1 -cp33 -cdb -nce -d0 -di12 -nfc1 -nfcb -i4"
		  . " -l119 -lp -lpl -nip -npro -sac -tpg -ts4 -U$temp.types >$temp.err 2>&1") == 0
	  or die "$name: ", slurp("$temp.err");
	my $after = slurp("$temp.out");

	$after =~ s/\((\w+(?:\[\])?)\) LITERAL_$parens/"($1) {" . substr($2, 1, -1) . "}"/ge;
	$after =~ s/\x01+/shift(@foreign)/ge;
	# a function's type on its own line, as in "char *"
	$after =~ s/^([A-Za-z_][\w \t]*?)[ \t]+(\*+)$/$1 $2/mg;
	next if $after eq $before;
	$wrong = 1;
	if ($check)
	{
		spew("$temp.out", $after);
		system("diff -u --label $name --label formatted $name $temp.out");
	}
	else
	{
		spew($name, $after);
		print "$name\n";
	}
}
unlink glob("$temp.*");
exit($check && $wrong ? 1 : 0);
