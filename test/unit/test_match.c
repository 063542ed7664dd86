/*
 * test_match.c
 *	  Matches against the slow oracle, and what must not take long.
 */
#include <time.h>

#include "cpu.h"
#include "pattern/match_own.h"
#include "pattern/partial.h"

#include "pattern_oracle.h"
#include "pattern_random.h"

#define MOST_STEPS	12
#define CHAIN_STEPS	20

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

/* How many answers there were, and of them in leaps. */
static uint64_t asked;
static uint64_t leapt;

/* Whether all matches of a journey are those of the oracle; counts those that there are. */
static bool
same_matches(JnMatcher *m, const JnPattern *p, const JnSubject *subject, const Step *step, uint32_t n,
			 JnOverlap overlap, int *found)
{
	JnMatch		match;
	bool		more;
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
	leapt += m->leapt;
	jn_matcher_columns(m, subject->columns);
	same &= jn_match_count(m, subject, overlap) == count;
	jn_matcher_columns(m, subject->columns);
	same &= jn_match_any(m, subject) == (count > 0);
	leapt += m->leapt;
	asked += 2;

	/* no is no for good; a yes may be wrong about times only */
	same &= jn_match_may(m, subject->from, subject->to) ? count > 0 || m->a->timed || !m->leapt : count == 0;
	jn_matcher_columns(m, subject->columns);
	*found += count > 0;
	return same;
}

static void
check_random(uint64_t seed, int rounds, bool timed)
{
	int			found = 0;
	int			journeys = 0;

	asked = leapt = 0;
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
			journeys++;
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
	/* both answers come often, and both ways are gone */
	CHECK(found > journeys / 5 && found < journeys);
	CHECK(leapt > asked / 10 && leapt < asked - asked / 10);
}

TEST(without_times_like_the_oracle)
{
	check_random(1, 1500, false);
}

TEST(with_times_like_the_oracle)
{
	check_random(2, 3000, true);
}

/* The texts of atoms, in the order of their bytes. */
static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

static char *
atom_texts(const JnAtom *atom, const uint32_t *number, uint32_t count)
{
	char	  **text = jn_alloc(ENV, (count + 1) * sizeof(char *));
	char	   *out = jn_alloc(ENV, 64 * (count + 1));
	char	   *p = out;

	for (uint32_t i = 0; i < count; i++)
	{
		text[i] = jn_alloc(ENV, 64);
		text[i][jn_atom_write(&atom[number[i]], text[i])] = '\0';
	}
	qsort(text, count, sizeof(char *), compare_texts);
	*p = '\0';
	for (uint32_t i = 0; i < count; i++)
		if (i == 0 || strcmp(text[i], text[i - 1]) != 0)
			p += sprintf(p, "%s; ", text[i]);
	return out;
}

/* What the oracle says could come next, likewise. */
static char *
oracle_texts(const Oracle *o)
{
	uint32_t	number[64];
	uint32_t	count = 0;

	for (uint32_t i = 0; i < 64; i++)
		if (o->best_next >> i & 1)
			number[count++] = i;
	return atom_texts(o->p->atom, number, count);
}

/* The last moment at which the best unfinished match can go on. */
static int64_t
oracle_deadline(const Oracle *o)
{
	int64_t		end = o->p->within == JN_NO_BOUND ? JN_NO_BOUND : o->step[o->best_from].time + o->p->within;

	return end < o->best_deadline ? end : o->best_deadline;
}

TEST(partial_like_the_oracle)
{
	uint64_t	seed = 3;
	int			found = 0;
	int			asked = 0;

	for (int round = 0; round < 2000; round++)
	{
		RandomText *r = jn_alloc(ENV, sizeof(RandomText));
		Step		step[MOST_STEPS];
		uint32_t	n = 1 + unit_below(&seed, 8);
		JnPattern	p;
		JnAutomaton *a;
		JnJourney	j;
		JnColumns	columns;
		JnTimesReader times;
		JnSubject	subject;
		JnPartial	partial;
		Oracle		o;
		int64_t		as_of;
		int			from = 0;
		int			end;
		bool		empty = false;
		bool		some;

		random_pattern(r, &seed, true);
		a = automaton(r->text, r->size, &p);
		if (a == NULL)
			continue;
		random_steps(&seed, step, n);
		as_of = step[n - 1].time + 500000 * (int64_t) unit_below(&seed, 8);

		/* behind the last complete match, as they follow one another */
		for (int i = 0; i < (int) n; i = end > i ? end : i + 1)
		{
			end = oracle_match(&p, step, (int) n, i);
			if (end > i)
				from = end;
			empty |= end == i;
		}

		/* a match of no steps is complete before it has begun */
		if (empty || p.atoms > 64 || !oracle_partial(&p, step, (int) n, from, as_of, &o))
			continue;
		j = proved(ENV, steps_bytes(ENV, step, n, true));
		columns = jn_journey_columns(&j);
		jn_journey_times(&j, &times);
		subject = (JnSubject) {&columns, 0, n, step[0].time, &times};
		some = jn_partial(ENV, a, &subject, (uint32_t) from, as_of, &partial);
		asked++;
		found += some;
		if (!CHECK_INT(some, o.best_steps > 0)
			|| (some && (!CHECK_INT(partial.steps, o.best_steps) || !CHECK_INT(partial.from, o.best_from)
						 || !CHECK_INT(partial.since, step[o.best_clock].time)
						 || !CHECK(strcmp(atom_texts(a->atom, partial.atom, partial.atoms), oracle_texts(&o)) == 0)
						 || !CHECK_INT(partial.bounded ? partial.deadline : JN_NO_BOUND, oracle_deadline(&o)))))
		{
			printf("%s on", r->text);
			for (uint32_t i = 0; i < n; i++)
				printf(" %d:%s", (int) (step[i].time / 1000000), step[i].name);
			printf(" as of %d\n", (int) (as_of / 100000));
			return;
		}
		unit_env_clear(&unit_env);
	}
	CHECK(found > asked / 10 && found < asked);
}

/* Reads, prints and reads again. */
TEST(patterns_print_as_they_read)
{
	uint64_t	seed = 4;
	int			read = 0;

	for (int round = 0; round < 5000; round++)
	{
		RandomText *r = jn_alloc(ENV, sizeof(RandomText));
		JnPattern	p;
		JnPattern	again;
		JnError		err;
		uint8_t    *bytes;
		size_t		size;

		random_pattern(r, &seed, round % 2);
		if (jn_pattern_read(ENV, r->text, r->size, &p, &err) != JN_OK)
			continue;
		read++;
		size = jn_pattern_write(ENV, &p, NULL);
		bytes = jn_alloc(ENV, size + 1);
		bytes[0] = JN_PATTERN_VERSION;
		CHECK_INT(jn_pattern_write(ENV, &p, (char *) bytes + 1), size);
		if (!CHECK_INT(jn_pattern_validate(ENV, bytes, size + 1, &again, &err), JN_OK))
			printf("%s as %.*s\n", r->text, (int) size, (char *) bytes + 1);
		CHECK(again.atoms == p.atoms && again.links == p.links && again.within == p.within);
		CHECK((jn_pattern_atom(&again) != NULL) == (jn_pattern_atom(&p) != NULL));

		/* what is not canonical, or of another version, is no binary form */
		bytes[0]++;
		CHECK_INT(jn_pattern_validate(ENV, bytes, size + 1, &again, &err), JN_BYTES_VERSION);
		unit_env_clear(&unit_env);
	}
	CHECK(read > 4000);
}

TEST(only_canonical_bytes_are_a_pattern)
{
	static const char *const text[] = {"a  ->  b", "a b", "(a)", "a{1}", "a within 60", "a…b", "\"a\"", "[a]"};
	JnPattern	p;
	JnError		err;

	for (int i = 0; i < 8; i++)
	{
		uint8_t		bytes[64];
		size_t		size = strlen(text[i]);

		bytes[0] = JN_PATTERN_VERSION;
		memcpy(bytes + 1, text[i], size);
		CHECK_INT(jn_pattern_validate(ENV, bytes, size + 1, &p, &err), JN_BYTES_CORRUPT);
	}
	CHECK_INT(jn_pattern_validate(ENV, (const uint8_t *) "", 0, &p, &err), JN_BYTES_SHORT);
}

TEST(places_in_patterns_are_characters)
{
	static const struct
	{
		const char *text;
		JnStatus	status;
		size_t		at;
	}			bad[] = {
		{"\xc3\xa9 {value > 1e999}", JN_PATTERN_NUMBER_RANGE, 12},
		{"\xe3\x82\xab {value = x}", JN_PATTERN_NUMBER, 12},
		{"\xc3\xa9 -[<= 1 h, < 2 h]-> b", JN_PATTERN_BOUND, 13},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		JnPattern	p;
		JnError		err;

		CHECK_INT(jn_pattern_read(ENV, bad[i].text, strlen(bad[i].text), &p, &err), bad[i].status);
		CHECK_INT(err.at, bad[i].at);
	}
}

/* A long journey of one event or two, a second each. */
static JnJourney
long_journey(uint32_t n, bool two)
{
	JnBuild    *b = jn_build_new(ENV, true);
	JnJourney	j;
	JnError		err;
	size_t		size;
	uint8_t    *bytes;

	for (uint32_t i = 0; i < n; i++)
		jn_build_add(ENV, b, (int64_t) i * 1000000, two && i % 2 ? "b" : "a", 1, &err);
	jn_build_finish(ENV, b, &size, &err);
	bytes = jn_alloc(ENV, size);
	jn_build_write(ENV, b, bytes);
	jn_journey_open(bytes, size, &j, &err);
	return j;
}

/* Counts matches. */
static uint64_t
count_matches(const JnJourney *j, const char *text, JnOverlap overlap)
{
	JnPattern	p;
	JnAutomaton *a = automaton(text, strlen(text), &p);
	JnMatcher  *m = jn_matcher_new(ENV, a);
	JnColumns	columns = jn_journey_columns(j);
	JnTimesReader times;
	JnSubject	subject = {&columns, 0, j->head.n, j->head.first, &times};

	jn_journey_times(j, &times);
	return jn_matcher_columns(m, &columns) ? jn_match_count(m, &subject, overlap) : 0;
}

/* Sets of more positions than are kept at once are worked out twice, block by block. */
TEST(long_journeys_in_blocks)
{
	JnJourney	j = long_journey(300000, false);
	JnJourney	two = long_journey(300000, true);

	CHECK_INT(count_matches(&j, "a{1000}", JN_SKIP_PAST_LAST), 300);
	CHECK_INT(count_matches(&j, "(a?){700}a{700}", JN_SKIP_PAST_LAST), 214);
	CHECK_INT(count_matches(&j, "a{999}", JN_NEXT_ROW), 300000 - 998);
	CHECK_INT(count_matches(&two, "(a b){500}", JN_SKIP_PAST_LAST), 300);
	CHECK_INT(count_matches(&two, "a -[>= 10 s, <= 11 s]-> b", JN_NEXT_ROW), 150000 - 5);
}

/* Steps of few names that matter among many that do not, and their times. */
static JnJourney
sparse_journey(uint64_t *seed, uint32_t n)
{
	static const char *const name[] = {"a", "b", "c", "d", "x", "y"};
	JnBuild    *b = jn_build_new(ENV, true);
	unsigned	rare = 1 + unit_below(seed, 40);
	int64_t		time = 0;
	JnJourney	j;
	JnError		err;
	size_t		size;
	uint8_t    *bytes;

	for (uint32_t i = 0; i < n; i++)
	{
		unsigned	which = unit_below(seed, rare) == 0 ? unit_below(seed, 4) : 4 + unit_below(seed, 2);

		time += unit_below(seed, 4) ? 1000000 : unit_below(seed, 200) ? 0 : INT64_C(5000000000000);
		jn_build_add(ENV, b, time, name[which], 1, &err);
	}
	jn_build_finish(ENV, b, &size, &err);
	bytes = jn_alloc(ENV, size);
	jn_build_write(ENV, b, bytes);
	jn_journey_open(bytes, size, &j, &err);
	return j;
}

/* All answers about a subject, in leaps or not, as text. */
static void
all_answers(JnMatcher *m, const JnSubject *subject, JnOverlap overlap, char *out)
{
	JnMatch		match;

	out += sprintf(out, "%d", jn_match_any(m, subject));
	jn_matcher_columns(m, subject->columns);
	out += sprintf(out, " %" PRIu64, jn_match_count(m, subject, overlap));
	jn_matcher_columns(m, subject->columns);
	jn_match_open(m, subject, overlap);
	while (jn_match_next(m, &match))
		out += sprintf(out, " %u..%u", match.from, match.to);
}

/*
 * Leaps over many words of rows, from any row to any other, on every kind of
 * processor, against the ways that the oracle has proved above.
 */
TEST(leaps_like_steps)
{
	static char one[20 * 3000];
	static char two[20 * 3000];
	uint64_t	seed = 5;
	int			leaps = 0;
	int			found = 0;

	for (int round = 0; round < 1500; round++)
	{
		RandomText *r = jn_alloc(ENV, sizeof(RandomText));
		uint32_t	n = 1 + unit_below(&seed, round % 3 ? 400 : 1500);
		uint32_t	from = unit_below(&seed, n);
		uint32_t	to = from + 1 + unit_below(&seed, n - from);
		JnOverlap	overlap = round % 2 ? JN_NEXT_ROW : JN_SKIP_PAST_LAST;
		JnJourney	j = sparse_journey(&seed, n);
		JnColumns	columns = jn_journey_columns(&j);
		JnTimesReader times;
		int64_t		start = j.head.first;
		JnPattern	p;
		JnAutomaton *a;
		JnMatcher  *m;
		JnMatcher  *slow;

		random_pattern(r, &seed, round % 4 != 0);
		a = automaton(r->text, r->size, &p);
		if (a == NULL)
			continue;
		if (a->within != JN_NO_BOUND && round % 3)
			a->within *= 1 + unit_below(&seed, 100);
		jn_cpu_force(round % 5 ? JN_CPU_UNKNOWN : JN_CPU_SCALAR);
		jn_journey_times(&j, &times);
		for (uint32_t i = 0; i < from; i++)
			start = jn_time_after(start, jn_times_next(&times));
		m = jn_matcher_new(ENV, a);
		slow = jn_matcher_new(ENV, a);
		slow->leaps.able = false;
		slow->chain.steps = 0;
		if (jn_matcher_columns(m, &columns) && jn_matcher_columns(slow, &columns))
		{
			JnSubject	subject = {&columns, from, to, start, &times};

			all_answers(m, &subject, overlap, one);
			all_answers(slow, &subject, overlap, two);
			CHECK(!slow->leapt);
			leaps += m->leapt;
			found += m->leapt && one[0] == '1';
			if (!CHECK(strcmp(one, two) == 0))
			{
				printf("%s on %u steps, rows %u to %u\n", r->text, n, from, to);
				break;
			}
		}
		unit_env_clear(&unit_env);
	}
	jn_cpu_force(JN_CPU_UNKNOWN);
	CHECK(leaps > 300 && found > 100 && found < leaps - 100);
}

/* Chains, which have a way of their own, and which is not the way that tells where their matches are. */
TEST(chains_like_the_oracle)
{
	uint64_t	seed = 6;
	int			found = 0;
	int			chains = 0;
	int			journeys = 0;

	for (int round = 0; round < 4000; round++)
	{
		RandomText *r = jn_alloc(ENV, sizeof(RandomText));
		JnPattern	p;
		JnAutomaton *a;
		JnMatcher  *m;

		random_chain(r, &seed);
		a = automaton(r->text, r->size, &p);
		m = jn_matcher_new(ENV, a);
		chains += m->chain.steps > 0;
		for (int k = 0; k < 4; k++)
		{
			Step		step[CHAIN_STEPS];
			uint32_t	n = 1 + unit_below(&seed, CHAIN_STEPS);
			JnJourney	j;
			JnColumns	columns;
			JnTimesReader times;
			JnSubject	subject;

			random_steps(&seed, step, n);
			j = proved(ENV, steps_bytes(ENV, step, n, true));
			columns = jn_journey_columns(&j);
			jn_journey_times(&j, &times);
			subject = (JnSubject) {&columns, 0, n, step[0].time, &times};
			if (!jn_matcher_columns(m, &columns))
			{
				for (uint32_t i = 0; i < n; i++)
					CHECK(oracle_match(&p, step, (int) n, (int) i) < 0);
				continue;
			}
			journeys++;
			if (!CHECK(same_matches(m, &p, &subject, step, n, JN_SKIP_PAST_LAST, &found)))
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
	CHECK(found > journeys / 5 && found < journeys);
	CHECK_INT(chains, 4000);
}

/* From any row to any other of many words, as one of several subjects, against the ways that the oracle has proved. */
TEST(chains_like_steps)
{
	uint64_t	seed = 7;
	int			found = 0;
	int			asked_here = 0;

	for (int round = 0; round < 3000; round++)
	{
		RandomText *r = jn_alloc(ENV, sizeof(RandomText));
		uint32_t	n = 1 + unit_below(&seed, round % 3 ? 300 : 1200);
		uint32_t	from = unit_below(&seed, n);
		uint32_t	to = from + 1 + unit_below(&seed, n - from);
		JnJourney	j = sparse_journey(&seed, n);
		JnColumns	columns = jn_journey_columns(&j);
		JnTimesReader all;
		JnTimesReader times;
		JnPattern	p;
		JnAutomaton *a;
		JnMatcher  *m;
		JnMatcher  *slow;

		random_chain(r, &seed);
		a = automaton(r->text, r->size, &p);
		if (a->within != JN_NO_BOUND)
			a->within *= 1 + unit_below(&seed, 40);
		jn_cpu_force(round % 5 ? JN_CPU_UNKNOWN : JN_CPU_SCALAR);
		jn_journey_times(&j, &all);
		times = all;
		jn_times_skip(ENV, &times, from);
		m = jn_matcher_new(ENV, a);
		slow = jn_matcher_new(ENV, a);
		slow->leaps.able = false;
		slow->chain.steps = 0;
		if (jn_matcher_columns(m, &columns) && jn_matcher_columns(slow, &columns))
		{
			JnSubject	subject = {&columns, from, to, jn_journey_time(ENV, &j, from), &times};
			uint64_t	expected = jn_match_count(slow, &subject, JN_SKIP_PAST_LAST);
			uint64_t	count = 0;

			CHECK(!slow->leapt);
			jn_matcher_times(m, &all, n - 1);
			CHECK(jn_match_count_part(m, 0, from, to, &count));
			CHECK(jn_match_may(m, from, to) || count == 0);
			asked_here++;
			found += count > 0;
			if (!CHECK_INT(count, expected))
			{
				printf("%s on %u steps, rows %u to %u\n", r->text, n, from, to);
				break;
			}

			/* one subject behind the other, as in a set */
			for (uint32_t row = 0; row < n; row = to)
			{
				to = row + 1 + unit_below(&seed, n - row < 60 ? n - row : 60);
				times = all;
				jn_times_skip(ENV, &times, row);
				subject = (JnSubject) {&columns, row, to, jn_journey_time(ENV, &j, row), &times};
				jn_matcher_times(m, &all, n - 1);
				CHECK(jn_match_count_part(m, 0, row, to, &count));
				if (!CHECK_INT(count, jn_match_count(slow, &subject, JN_SKIP_PAST_LAST)))
					printf("%s on %u steps, rows %u to %u\n", r->text, n, row, to);
			}
			times = all;
			jn_times_skip(ENV, &times, from);
			subject = (JnSubject) {&columns, from, to = n, jn_journey_time(ENV, &j, from), &times};
			expected = jn_match_count(slow, &subject, JN_SKIP_PAST_LAST);

			/* in the middle of a section, and the whole of it */
			CHECK_INT(jn_match_count(m, &subject, JN_SKIP_PAST_LAST), expected);
			CHECK_INT(jn_match_any(m, &subject), expected > 0);
			subject = (JnSubject) {&columns, 0, n, j.head.first, &all};
			CHECK_INT(jn_match_count(m, &subject, JN_SKIP_PAST_LAST), jn_match_count(slow, &subject, JN_SKIP_PAST_LAST));
		}
		unit_env_clear(&unit_env);
	}
	jn_cpu_force(JN_CPU_UNKNOWN);
	CHECK(found > asked_here / 5 && found < asked_here * 4 / 5);
}

/* What is a chain, and what is not. */
TEST(chains_are_told_by_their_automaton)
{
	static const struct
	{
		const char *pattern;
		uint32_t	steps;
	}			cases[] = {
		{"a", 1},
		{"a -> b", 2},
		{"a >> b c", 3},
		{"a -[no c]-> b -[no d, no [a, e]]-> c within 1 day", 3},
		{"(a | b) -> (c | d | @x)", 0}, /* what the event alone does not decide */
		{"(a | b) -> (c | d)", 2},
		{"(a -> b) -> c{3}", 5},
		{"(a -> b){3}", 6},
		{"PERMUTE(a, b)", 0},
		{"a -> b -> c | a -> b -> d", 0},
		{"a -> b?", 0},
		{"a+ -> b", 0},
		{"a* b", 0},
		{"a (b | c d)", 0},
		{"^ a -> b", 0},
		{"a -> b $", 0},
		{"a -[<= 1 h]-> b", 0},
		{"a -[no c]-> b | a -[no d]-> b", 0},
		{"()", 0},
		{"a{64}", 64},
		{"a{65}", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		JnPattern	p;
		JnAutomaton *a = automaton(cases[i].pattern, strlen(cases[i].pattern), &p);

		if (!CHECK_INT(jn_matcher_new(ENV, a)->chain.steps, cases[i].steps))
			printf("%s\n", cases[i].pattern);
	}
}

/* The processor time that it takes to count matches of a chain in n steps. */
static clock_t
chain_time(const char *pattern, uint32_t n)
{
	JnJourney	j = long_journey(n, true);
	JnColumns	columns = jn_journey_columns(&j);
	JnTimesReader times;
	JnSubject	subject = {&columns, 0, j.head.n, j.head.first, &times};
	JnPattern	p;
	JnAutomaton *a = automaton(pattern, strlen(pattern), &p);
	JnMatcher  *m;
	clock_t		begin = clock();

	jn_journey_times(&j, &times);

	/* as if the names could not tell */
	a->needs = 0;
	m = jn_matcher_new(ENV, a);
	jn_matcher_columns(m, &columns);
	jn_match_count(m, &subject, JN_SKIP_PAST_LAST);
	CHECK(m->leapt && m->chain.steps > 0);
	return clock() - begin;
}

/*
 * Chains whose last step is there again and again, and something before it is
 * always missing, late or forbidden: time must grow with the steps, not with
 * their square.  Sixteen times the steps take a multiple of the time that is
 * nearer to 16 than to 256.
 */
TEST(chains_are_linear)
{
	static const char *const pattern[] = {
		"d -[no c]-> a -> b -> a", "d -> a -> b -> a", "a -[no b]-> a -> b", "b -[no a]-> b -[no a]-> a -> b",
		"a -> b -> a -> b within 0 s", "a -[no d]-> b -[no d]-> a -> b within 3 s", "a >> a -> b -> a", "a a -> b >> a",
		"a -[no a]-> a -[no b]-> a -[no b]-> a -> b within 2 s"
	};

	for (size_t i = 0; i < sizeof(pattern) / sizeof(pattern[0]); i++)
	{
		clock_t		some = chain_time(pattern[i], 1 << 16);
		clock_t		many = chain_time(pattern[i], 1 << 20);

		if (!CHECK(many < 64 * some))
			printf("%s: %.3f s, then %.3f s\n", pattern[i], (double) some / CLOCKS_PER_SEC, (double) many / CLOCKS_PER_SEC);
		unit_env_clear(&unit_env);
	}
}

/* When leaps are made, and when they are not. */
TEST(leaps_where_they_can_be)
{
	static const struct
	{
		const char *pattern;
		bool		leaps;
		bool		any_leaps;	/* of jn_match_any() */
	}			cases[] = {
		{"a -> b", true, true},
		{"a -[no b]-> a -[no b]-> b within 1 day", true, true},
		{"(a | b)+? a{3} $", true, true},
		{"^ a .", true, true},
		{"a{64}", true, true},
		{"a{65}", false, false},
		{"a*", false, false},
		{"a -[<= 1 s]-> b", false, false},
		{"a -[<= 1 s]-> b b", true, true},	/* without regard to times there is none */
		{"a {value > 1} -> b", false, false},
		{"(a b?){7} within 1 h", true, true},
		{"a (. | . . | . . . . . . . . . . . . . . .){6} (a|b . .|a . . .){9} b within 1 h", false, false},
	};
	JnJourney	j = long_journey(500, true);
	JnColumns	columns = jn_journey_columns(&j);
	JnTimesReader times;
	JnSubject	subject = {&columns, 0, j.head.n, j.head.first, &times};

	jn_journey_times(&j, &times);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		JnPattern	p;
		JnAutomaton *a = automaton(cases[i].pattern, strlen(cases[i].pattern), &p);
		JnMatcher  *m = jn_matcher_new(ENV, a);

		CHECK(jn_matcher_columns(m, &columns));
		jn_match_any(m, &subject);
		if (!CHECK_INT(m->leapt, cases[i].any_leaps))
			printf("any: %s\n", cases[i].pattern);
		jn_match_count(m, &subject, JN_SKIP_PAST_LAST);
		if (!CHECK_INT(m->leapt, cases[i].leaps))
			printf("count: %s\n", cases[i].pattern);
	}
}

/*
 * Between two ticks there is little to do, in a million steps, whatever the
 * pattern and whatever is asked: at most what it takes to build such a journey,
 * which is less than 100 ms of processor time where no sanitizer slows it down.
 */
static clock_t last_tick;
static clock_t longest_work;

static void
time_tick(void *ctx)
{
	clock_t		now = clock();

	(void) ctx;
	if (now - last_tick > longest_work)
		longest_work = now - last_tick;
	last_tick = now;
}

TEST(ticks_come_often)
{
	static const struct
	{
		const char *pattern;
		uint32_t	steps;
	}			cases[] = {
		{"a -> b -> c", 1000000},
		{"a -> b -> a within 2 s", 1000000},
		{"a -[<= 2 s]-> b -[>= 1 s, <= 9 s]-> c", 1000000},
		{"(a {value > 1} | b)+ c", 1000000},

		/* where each step takes long */
		{"(a?){300}a{300}", 2000},
		{"a -[<= 3 s, no c]-> (b | a){300} c", 20000},
		{".{3000} within 1 s", 2000},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		clock_t		begin = clock();
		clock_t		most_work = (long_journey(1000000, true), clock() - begin);
		JnJourney	j = long_journey(cases[i].steps, true);
		JnColumns	columns = jn_journey_columns(&j);
		JnTimesReader times;
		JnSubject	subject = {&columns, 0, j.head.n, j.head.first, &times};
		JnEnv		env = *ENV;
		JnPattern	p;
		JnAutomaton *a = automaton(cases[i].pattern, strlen(cases[i].pattern), &p);
		JnMatcher  *m;

		jn_journey_times(&j, &times);

		/* as if the names could not tell */
		env.tick = time_tick;
		a->needs = 0;
		last_tick = clock();
		longest_work = 0;
		m = jn_matcher_new(&env, a);
		jn_matcher_columns(m, &columns);
		jn_match_any(m, &subject);
		jn_matcher_columns(m, &columns);
		jn_match_count(m, &subject, JN_NEXT_ROW);
		jn_matcher_columns(m, &columns);
		jn_match_count(m, &subject, JN_SKIP_PAST_LAST);
		time_tick(NULL);
		if (!CHECK(longest_work <= most_work))
			printf("%s: %.3f s between two ticks, %.3f s to build\n", cases[i].pattern,
				   (double) longest_work / CLOCKS_PER_SEC, (double) most_work / CLOCKS_PER_SEC);
		unit_env_clear(&unit_env);
	}
}

/* A matcher, and what it is made of, may be left at any allocation and any tick. */
static void
match_all(const JnEnv *env, void *arg)
{
	static const char text[] = "a -[>= 1 s, <= 3 s]-> b -> (a | b {value != 1})+? within 9 s";
	const JnJourney *j = arg;
	JnColumns	columns = jn_journey_columns(j);
	JnTimesReader times;
	JnSubject	subject = {&columns, 0, j->head.n, j->head.first, &times};
	JnPattern	p;
	JnAutomaton a;
	JnMatcher  *m;
	JnPartial	partial;
	JnError		err;

	jn_journey_times(j, &times);
	if (jn_pattern_read(env, text, sizeof(text) - 1, &p, &err) != JN_OK || jn_automaton_make(env, &p, &a, &err) != JN_OK)
		return;
	m = jn_matcher_new(env, &a);
	if (jn_matcher_columns(m, &columns))
		jn_match_count(m, &subject, JN_SKIP_PAST_LAST);
	jn_partial(env, &a, &subject, 0, j->head.last, &partial);
}

TEST(may_be_left_everywhere)
{
	JnJourney	j = long_journey(50, true);

	CHECK(unit_leave_everywhere(match_all, &j, 300) > 30);
}
