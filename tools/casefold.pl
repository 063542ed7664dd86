#!/usr/bin/perl
# Prints the tables of src/core/casefold.c from the Unicode data that comes with
# Perl: perl tools/casefold.pl
#
# Left out is what NFKC never leaves in a text, and ASCII, which needs no table.
use v5.16;
use warnings;
no warnings qw(surrogate nonchar non_unicode);
use Unicode::Normalize qw(NFKC);
use Unicode::UCD;

my (@one, @many);
for my $c (0x80 .. 0x10ffff)
{
	next if $c >= 0xd800 && $c <= 0xdfff || NFKC(chr $c) ne chr $c;
	my @to = map { ord } split //, CORE::fc(chr $c);
	next if @to == 1 && $to[0] == $c;
	if (@to > 1)
	{
		push @many, [ $c, @to ];
		next;
	}
	my ($last, $delta) = ($one[-1], $to[0] - $c);
	if ($last && $last->{delta} == $delta
		&& ($last->{first} == $last->{last} && $c - $last->{last} <= 2 || $last->{step} == $c - $last->{last}))
	{
		$last->{step} = $c - $last->{last};
		$last->{last} = $c;
	}
	else
	{
		push @one, { first => $c, last => $c, step => 1, delta => $delta };
	}
}

say "/* Unicode ", Unicode::UCD::UnicodeVersion(), " */";
say "static const FoldRun fold_runs[] = {";
printf "\t{0x%04x, 0x%04x, %d, %d},\n", @$_{qw(first last step delta)} for @one;
say "};\n\nstatic const FoldMany fold_many[] = {";
printf "\t{0x%04x, {%s}},\n", $_->[0], join ', ', map { sprintf '0x%04x', $_ } @$_[ 1 .. $#$_ ] for @many;
say "};";
