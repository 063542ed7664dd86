# Checks the text of the SQL modules and prints what breaks a rule:
#
#	perl sqllint.pl FILE...
#
# Functions write out volatility, strictness and PARALLEL, and ROWS if they
# return sets; aggregates PARALLEL; nothing is replaced; a module begins with
# prose in `--|` lines.
use strict;
use warnings;

foreach my $file (@ARGV)
{
	open(my $in, '<', $file) or die "cannot read $file: $!\n";
	local $/;
	my $text = <$in>;
	close($in);

	print "$file: does not begin with a `--|` line\n" unless $text =~ /\A--\|/;

	# statements, with strings, dollar quotes and comments in one piece
	my $line = 1;
	while ($text =~ m{\G((?:\$(\w*)\$.*?\$\2\$|'(?:[^']|'')*'|"[^"]*"|--[^\n]*|/\*.*?\*/|[^;])*?;)}gs)
	{
		my $statement = $1;
		my $at = $line;

		$line += $statement =~ tr/\n//;
		(my $code = $statement) =~ s/^\s*--[^\n]*\n//mg;
		$at += $1 =~ tr/\n// if $statement =~ /\A((?:\s*(?:--[^\n]*)?\n)*)/;
		$code =~ s/\$(\w*)\$.*?\$\1\$/BODY/gs;
		$code =~ s/'(?:[^']|'')*'/STRING/gs;
		$code =~ s/\s+/ /g;
		my $say = sub { print "$file:$at: $_[0]: ", substr($code, 0, 60), "\n" };

		$say->('CREATE OR REPLACE') if $code =~ /^ ?CREATE OR REPLACE/i;
		if ($code =~ /^ ?CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE)\b/i)
		{
			$say->('no PARALLEL label') unless $code =~ /\bPARALLEL (?:SAFE|RESTRICTED|UNSAFE)\b/i;
			$say->('no volatility') unless $code =~ /\b(?:IMMUTABLE|STABLE|VOLATILE)\b/i;
			$say->('no strictness')
			  unless $code =~ /\b(?:STRICT|CALLED ON NULL INPUT|RETURNS NULL ON NULL INPUT)\b/i;
			$say->('no ROWS') if $code =~ /\bRETURNS (?:SETOF|TABLE)\b/i and $code !~ /\bROWS \d/i;
		}
		if ($code =~ /^ ?CREATE AGGREGATE\b/i)
		{
			$say->('no PARALLEL label') unless $code =~ /\bPARALLEL = (?:SAFE|RESTRICTED|UNSAFE)\b/i;
		}
	}
}
