/*
 * test_match.c
 *	  Matches against the slow oracle, and what must not take long.
 */
#include "pattern/match.h"
#include "whole.h"

#include "pattern_oracle.h"
#include "pattern_random.h"

#define MOST_STEPS	12

/* Reads a pattern and makes its automaton; NULL for one that is too long. */
static JnAutomaton *
automaton(const char *text, size_t size, JnPattern *p)
{
	JnAutomaton *a = jn_alloc(ENV, sizeof(JnAutomaton));
	JnError		err;

	if (jn_pattern_read(ENV, text, size, p, &err) != JN_OK || jn_automaton_make(ENV, p, a, &err) != JN_OK)
		return NULL;
	return a;
}

/* Whether all matches of a journey are those of the oracle; counts those that there are. */
static bool
same_matches(JnMatcher *m, const JnPattern *p, const JnSubject *subject, const Step *step, uint32_t n,
			 JnOverlap overlap, int *found)
{
	JnMatch		match;
	bool		more;
	int			at = 0;
	bool		same = true;
	uint64_t	count = 0;

	jn_match_open(m, subject, overlap);
	more = jn_match_next(m, &match);
	for (uint32_t i = 0; i < n;)
	{
		int			end = oracle_match(p, step, (int) n, (int) i);

		if (end == -2)
			return true;
		if (end >= 0)
		{
			same &= more && match.from == i && match.to == (uint32_t) end;
			if (!same)
				printf("expected %u..%d, got %d %u..%u\n", i, end, more, match.from, match.to);
			count++;
			i = overlap == JN_NEXT_ROW || (uint32_t) end == i ? i + 1 : (uint32_t) end;
			if (!same)
				return false;
			more = jn_match_next(m, &match);
		}
		else
			i++;
	}
	same &= !more;
	if (!same)
		printf("too many: %u..%u\n", match.from, match.to);
	jn_matcher_columns(m, subject->columns);
	same &= jn_match_count(m, subject, overlap) == count;
	jn_matcher_columns(m, subject->columns);
	same &= jn_match_any(m, subject) == (count > 0);
	jn_matcher_columns(m, subject->columns);
	*found += count > 0;
	(void) at;
	return same;
}

static void
check_random(uint64_t seed, int rounds, bool timed)
{
	int			found = 0;
	int			asked = 0;

	for (int round = 0; round < rounds; round++)
	{
		RandomText *r = jn_alloc(ENV, sizeof(RandomText));
		JnPattern	p;
		JnAutomaton *a;
		JnMatcher  *m;

		random_pattern(r, &seed, timed);
		a = automaton(r->text, r->size, &p);
		if (a == NULL)
			continue;
		m = jn_matcher_new(ENV, a);
		for (int k = 0; k < 6; k++)
		{
			Step		step[MOST_STEPS];
			uint32_t	n = 1 + unit_below(&seed, MOST_STEPS);
			JnJourney	j;
			JnColumns	columns;
			JnTimesReader times;
			JnSubject	subject;
			bool		may;
			bool		ok;

			random_steps(&seed, step, n);
			j = proved(ENV, steps_bytes(ENV, step, n, true));
			columns = jn_journey_columns(&j);
			jn_journey_times(&j, &times);
			subject = (JnSubject) {&columns, 0, n, step[0].time, &times};
			may = jn_may_match(a, j.head.presence);
			may &= jn_matcher_columns(m, &columns);
			if (!may)
			{
				for (uint32_t i = 0; i < n; i++)
					CHECK(oracle_match(&p, step, (int) n, (int) i) < 0);
				continue;
			}
			ok = same_matches(m, &p, &subject, step, n, k % 2 ? JN_NEXT_ROW : JN_SKIP_PAST_LAST, &found);
			asked++;
			if (!CHECK(ok))
			{
				printf("%s on", r->text);
				for (uint32_t i = 0; i < n; i++)
					printf(" %d:%s", (int) (step[i].time / 1000000), step[i].name);
				printf("\n");
				return;
			}
		}
		unit_env_clear(&unit_env);
	}
	/* both answers come often */
	CHECK(found > asked / 5 && found < asked);
}

TEST(without_times_like_the_oracle)
{
	check_random(1, 1500, false);
}

TEST(with_times_like_the_oracle)
{
	check_random(2, 3000, true);
}
