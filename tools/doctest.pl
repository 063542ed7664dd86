# Executes the examples of a Markdown file:
#
#	perl doctest.pl FILE COUNTS
#
# All ```sql blocks run in order in one psql session, in a database of the
# file's own.  The extension is there already, unless the file creates it.  A
# block must not fail, unless one of its lines is `-- ERROR`: then it must.  A
# ```text block that follows (but for empty lines) is what psql prints for it,
# to the letter but for spaces at line ends.  A block with the line
# `-- needs data` is skipped, and says so, where the public data sets are not at
# hand (../shared, or the folder that JOURNEY_SHARED names).  COUNTS gets
# `passed failed`, in blocks.
use strict;
use warnings;

my ($file, $counts) = @ARGV;
(my $short = $file) =~ s{.*/}{};

# Blocks: [line, sql, expected output or undef]
my (@blocks, $kind, $text, $line);
my $after_sql = 0;
open(my $in, '<', $file) or die "cannot read $file: $!\n";
while (<$in>)
{
	if (!defined $kind)
	{
		if (/^```(\w*)\s*$/)
		{
			($kind, $text, $line) = ($1, '', $.);
		}
		elsif (/\S/)
		{
			$after_sql = 0;
		}
	}
	elsif (/^```\s*$/)
	{
		push @blocks, [ $line, $text, undef ] if $kind eq 'sql';
		$blocks[-1][2] = $text if $kind eq 'text' && $after_sql;
		$after_sql = $kind eq 'sql';
		undef $kind;
	}
	else
	{
		$text .= $_;
	}
}
close($in);

sub tidy
{
	my ($t) = @_;

	$t =~ s/[ \t]+$//mg;
	$t =~ s/\A\n+//;
	$t =~ s/\n*\z/\n/;
	return $t;
}

sub psql
{
	my ($db, $script) = @_;
	my $name = "/tmp/journey-doctest.$$";

	open(my $out, '>', $name) or die "cannot write $name: $!\n";
	print $out $script;
	close($out);
	my $answer = `psql -X -q -d $db < $name 2>&1`;
	unlink $name;
	return $answer;
}


my $roles = "SELECT 'DROP ROLE \"' || rolname || '\";' FROM pg_roles WHERE oid >= 16384";
my $before = psql('postgres', "\\pset format unaligned\n\\t\n$roles;");
my $creates = grep { $_->[1] =~ /^CREATE EXTENSION/m } @blocks;
psql('postgres', "DROP DATABASE IF EXISTS doctest;\nCREATE DATABASE doctest;\n");
unless ($creates)
{
	my $trouble = psql('doctest', 'CREATE EXTENSION journey;');
	die $trouble if $trouble ne '';
}

my $data = ($ENV{JOURNEY_SHARED} // '../shared') . '/data';
unless (-d $data)
{
	my @with = grep { $_->[1] =~ /^-- needs data\s*$/m } @blocks;
	print "SKIPPED: $short:$_->[0]: no $data\n" foreach @with;
	@blocks = grep { $_->[1] !~ /^-- needs data\s*$/m } @blocks;
}

my $script = '';
$script .= "\\echo \@\@$_\@\@\n$blocks[$_][1]\n" foreach 0 .. $#blocks;
my (undef, %answer) = split(/^\@\@(\d+)\@\@\n/m, psql('doctest', $script), -1);
my ($passed, $failed) = (0, 0);
foreach my $n (0 .. $#blocks)
{
	my ($at, $sql, $expected) = @{ $blocks[$n] };
	my $got = $answer{$n};
	my $wrong;

	if (!defined $got)
	{
		$wrong = 'did not run';
		$got = '';
	}
	elsif ($got =~ /^(ERROR|FATAL|PANIC|psql: error):/m xor $sql =~ /^-- ERROR\s*$/m)
	{
		$wrong = $sql =~ /^-- ERROR\s*$/m ? 'should fail and did not' : 'failed';
	}
	elsif (defined $expected && tidy($got) ne tidy($expected))
	{
		$wrong = "differs from the page, which says:\n" . tidy($expected) . 'but psql says';
	}
	if ($wrong)
	{
		print "$short:$at: $wrong:\n", tidy($got);
		$failed++;
	}
	else
	{
		$passed++;
	}
}

# leave no database and no role behind
psql('postgres', "DROP DATABASE doctest;\n");
my %kept = map { $_ => 1 } split(/\n/, $before);
my @drops = grep { !$kept{$_} } split(/\n/, psql('postgres', "\\pset format unaligned\n\\t\n$roles;"));
psql('postgres', join("\n", @drops)) if @drops;

printf "%-32s %4d passed %3d failed\n", $short, $passed, $failed;
open(my $out, '>', $counts) or die "cannot write $counts: $!\n";
print $out "$passed $failed\n";
close($out);
exit($failed ? 1 : 0);
