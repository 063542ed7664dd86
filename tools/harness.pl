# Runs TAP programs and counts assertions:
#
#	perl harness.pl COUNTS COMMAND... -- FILE...
#
# Each FILE is given to COMMAND, in that order and JOURNEY_JOBS of them (1) at a
# time.  The counts go to the file COUNTS as `passed failed`; a program that dies
# or breaks its plan counts as one more failure.
use strict;
use warnings;
use TAP::Harness;

my $counts = shift @ARGV;
my @command;
while (@ARGV)
{
	my $word = shift @ARGV;
	last if $word eq '--';
	push @command, $word;
}
my @names = map { my $n = $_; $n =~ s{.*/}{}; [ $_, $n ] } @ARGV;
my $harness = TAP::Harness->new({ exec => \@command, failures => 1, color => 0, merge => 0, jobs => $ENV{JOURNEY_JOBS} // 1, timer => 1 });
my $found = $harness->runtests(@names);
my $failed = scalar($found->failed);

# problems that no assertion stands for
foreach my $parser ($found->parsers($found->descriptions))
{
	next if $parser->failed;
	$failed++ if $parser->parse_errors || $parser->exit || $parser->wait;
}
open(my $out, '>', $counts) or die "cannot write $counts: $!\n";
print $out scalar($found->passed), " $failed\n";
close($out);
exit($failed ? 1 : 0);
