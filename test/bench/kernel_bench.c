/*
 * kernel_bench.c
 *	  What questions about many subjects cost in the core alone, on journeys and
 *	  sets of a database.
 *
 *	 psql -c "\copy journeys (j) TO journeys.bin (FORMAT binary)"
 *	 psql -c "\copy sets (s) TO sets.bin (FORMAT binary)"
 *	 cc -std=c11 -O2 -Isrc/core test/bench/kernel_bench.c $(find src/core -name '*.c') -lsodium -lm
 *	 ./a.out funnel journeys.bin
 *	 valgrind --tool=callgrind ./a.out funnel sets.bin 1
 *
 * A file is of sets if its name says so.  Processor time, best of 15 runs or as
 * many as the third argument says; it includes opening the values.  Of what
 * callgrind counts, less than one instruction an event is reading the file.
 */
#include <stdio.h>

#include "bench.h"
#include "funnel/funnel_tally.h"
#include "pattern/match_total.h"

#define PATTERN		"view -[no return]-> cart -[no return]-> purchase within 1 day"
#define HEADER_SIZE	19			/* of a file of COPY, with an empty extension */

/* A value of the file. */
typedef struct Value
{
	const uint8_t *bytes;
	size_t		size;
} Value;

static Value *value;
static size_t values;

static void
check(JnStatus status)
{
	if (status != JN_OK)
	{
		fprintf(stderr, "kernel_bench: status %d\n", status);
		exit(1);
	}
}

/* ---- the file ---- */

static uint32_t
big_endian(const uint8_t *p, int bytes)
{
	uint32_t	v = 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

/* Reads a file of COPY with one column. */
static void
read_values(const char *name)
{
	FILE	   *file = fopen(name, "rb");
	uint8_t    *data;
	long		size;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
	{
		perror(name);
		exit(1);
	}
	size = ftell(file);
	rewind(file);
	data = malloc((size_t) size);
	value = malloc(((size_t) size / 6 + 1) * sizeof(Value));
	if (fread(data, 1, (size_t) size, file) != (size_t) size)
		exit(1);
	fclose(file);
	for (long at = HEADER_SIZE; at + 6 <= size && big_endian(data + at, 2) == 1;)
	{
		value[values] = (Value) {data + at + 6, big_endian(data + at + 2, 4)};
		at += 6 + (long) value[values++].size;
	}
}

static bool
is_sets(const char *name)
{
	return strstr(name, "set") != NULL;
}

/* ---- questions ---- */

static void
ask_funnel(bool sets)
{
	static const JnName step[] = {{"view", 4}, {"cart", 4}, {"purchase", 8}};
	static JnFunnelTally t;
	JnFunnelTerms terms = {.steps = 3,.within = UINT64_C(3600000000),.as_of = INT64_C(1) << 60};
	uint8_t		spec[200];
	JnError		err;

	jn_funnel_spec_write(&terms, step, 0, spec);
	check(jn_funnel_tally_init(&env, &t, 1, spec, jn_funnel_spec_size(&terms, step, 0), &err));
	for (size_t i = 0; i < values; i++)
	{
		JnJourney	j;
		JnSet		s;

		if (sets)
		{
			check(jn_set_open(value[i].bytes, value[i].size, &s, &err));
			check(jn_funnel_tally_set(&env, &t, &s, &err));
			continue;
		}
		check(jn_header_read(value[i].bytes, value[i].size, &j.head, &err));
		if (jn_funnel_tally_header(&t, &j.head)
			|| jn_funnel_tally_value(&env, &t, &j.head, value[i].bytes, value[i].size))
			continue;
		check(jn_journey_open(value[i].bytes, value[i].size, &j, &err));
		check(jn_funnel_tally_journey(&env, &t, &j, &err));
	}
	check(jn_funnel_tally_rest(&env, &t, &err));
	printf("%llu %llu %llu of %llu\n", (unsigned long long) t.step[0].entered, (unsigned long long) t.step[1].entered,
		   (unsigned long long) t.step[2].entered, (unsigned long long) t.subjects);
}

static void
ask_match(bool sets)
{
	static JnMatchTotal t;
	uint8_t		bytes[1 + sizeof(PATTERN)] = {JN_PATTERN_VERSION};
	JnPattern	pattern;
	JnMatchCounts counts;
	JnError		err;

	check(jn_pattern_read(&env, PATTERN, sizeof(PATTERN) - 1, &pattern, &err));
	check(jn_match_total_init(&env, &t, bytes, 1 + jn_pattern_write(&env, &pattern, (char *) bytes + 1), 1, &err));
	for (size_t i = 0; i < values; i++)
	{
		JnJourney	j;
		JnSet		s;

		if (sets)
		{
			check(jn_set_open(value[i].bytes, value[i].size, &s, &err));
			check(jn_match_total_set(&env, &t, &s, &err));
			continue;
		}
		check(jn_journey_open(value[i].bytes, value[i].size, &j, &err));
		check(jn_match_total_journey(&env, &t, &j, &err));
	}
	check(jn_match_total_counts(&env, &t, &counts, &err));
	printf("%llu matches of %llu of %llu\n", (unsigned long long) counts.matches, (unsigned long long) counts.matched,
		   (unsigned long long) counts.subjects);
}

/* What ~ does with each row. */
static void
ask_like(bool sets)
{
	JnPattern	pattern;
	JnAutomaton automaton;
	JnMatcher  *m;
	JnError		err;
	size_t		matched = 0;

	if (sets)
		exit(2);
	check(jn_pattern_read(&env, PATTERN, sizeof(PATTERN) - 1, &pattern, &err));
	check(jn_automaton_make(&env, &pattern, &automaton, &err));
	m = jn_matcher_new(&env, &automaton);
	for (size_t i = 0; i < values; i++)
	{
		JnHeader	head;
		JnJourney	j;
		JnColumns	columns;
		JnTimesReader times;

		check(jn_header_read(value[i].bytes, value[i].size, &head, &err));
		if (!jn_may_match(&automaton, head.presence))
			continue;
		check(jn_journey_open(value[i].bytes, value[i].size, &j, &err));
		columns = jn_journey_columns(&j);
		if (!jn_matcher_columns(m, &columns))
			continue;
		jn_journey_times(&j, &times);
		matched += jn_match_any(m, &(JnSubject) {&columns, 0, j.head.n, j.head.first, &times});
	}
	printf("%zu of %zu\n", matched, values);
}

int
main(int argc, char **argv)
{
	void		(*ask) (bool sets) = NULL;
	int			runs = argc > 3 ? atoi(argv[3]) : 15;
	double		best = 1e9;

	if (argc > 2)
		ask = strcmp(argv[1], "funnel") == 0 ? ask_funnel : strcmp(argv[1], "match") == 0 ? ask_match
			: strcmp(argv[1], "like") == 0 ? ask_like : NULL;
	if (ask == NULL)
	{
		fprintf(stderr, "usage: kernel_bench funnel|match|like journeys.bin|sets.bin [runs]\n");
		return 2;
	}
	read_values(argv[2]);
	for (int i = 0; i < runs; i++)
	{
		double		begin = seconds();
		double		took;

		ask(is_sets(argv[2]));
		took = seconds() - begin;
		best = took < best ? took : best;
	}
	printf("{\"bench\": \"kernel\", \"case\": \"%s\", \"values\": %zu, \"ms\": %.3f}\n", argv[1], values, best * 1000);
	return 0;
}
