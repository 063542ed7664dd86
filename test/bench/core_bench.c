/*
 * core_bench.c
 *	  How fast the core is by itself: nanoseconds an event, a JSON line a case.
 *
 *	 cc -std=c11 -O2 -Isrc/core test/bench/core_bench.c $(find src/core -name '*.c') -lsodium -lm
 *	 ./a.out [events]
 *
 * Each case is one journey of that many events (1 000 000), of 25 names, with
 * gaps as of a web shop, or many journeys of 40 events each.  Processor time, best
 * of five.
 */
#include <stdio.h>

#include "bench.h"
#include "sessions.h"
#include "text.h"

#define NAMES	25
#define SMALL	40				/* events of a small journey */

static int64_t *at;
static uint8_t *which;
static uint32_t n;
static char name[NAMES][16];
static JnBuild *built;
static JnJourney journey;
static uint8_t *bytes;
static int64_t *decoded;
static uint64_t sink;			/* keeps results alive */

static uint64_t
random_number(void)
{
	static uint64_t x = 42;

	return jn_mix64(x += UINT64_C(0x9e3779b97f4a7c15));
}

/* ---- cases ---- */

static void
add(JnBuild *b, uint32_t from, uint32_t to)
{
	JnError		err;

	for (uint32_t i = from; i < to; i++)
		if (jn_build_add(&env, b, at[i], name[which[i]], strlen(name[which[i]]), &err) != JN_OK)
			abort();
}

static void
bench_add(void)
{
	built = jn_build_new(&env, false);
	add(built, 0, n);
}

static void
bench_finish(void)
{
	JnError		err;
	size_t		size;

	if (jn_build_finish(&env, built, &size, &err) != JN_OK)
		abort();
	bytes = realloc(bytes, size);
	journey.size = size;
}

static void
bench_write(void)
{
	jn_build_write(&env, built, bytes);
}

static void
free_built(void)
{
	jn_build_free(&env, built);
	built = NULL;
}

/* Everything for journeys of 40 events each, all builders at the same time. */
static void
bench_small(void)
{
	uint32_t	groups = n / SMALL;
	JnBuild   **b = malloc(groups * sizeof(JnBuild *));
	uint8_t		out[SMALL * 40 + 1000];

	for (uint32_t g = 0; g < groups; g++)
	{
		b[g] = jn_build_new(&env, false);
		add(b[g], g * SMALL, (g + 1) * SMALL);
	}
	for (uint32_t g = 0; g < groups; g++)
	{
		JnError		err;
		size_t		size;

		if (jn_build_finish(&env, b[g], &size, &err) != JN_OK || size > sizeof(out))
			abort();
		jn_build_write(&env, b[g], out);
		sink += out[size - 1];
		jn_build_free(&env, b[g]);
	}
	free(b);
}

static void
bench_validate(void)
{
	JnError		err;

	if (jn_journey_validate(&env, bytes, journey.size, &journey, &err) != JN_OK)
		abort();
}

static void
bench_decode(void)
{
	JnTimesReader r;

	jn_journey_times(&journey, &r);
	jn_times_decode(&env, &r, journey.head.first, decoded, n);
	sink += (uint64_t) decoded[n - 1];
}

static void
bench_walk(void)
{
	JnWalk		w;

	for (jn_walk_open(&w, &journey); w.next < n; jn_walk_next(&w))
		sink += (uint64_t) w.time + jn_journey_code(&journey, w.next);
}

static void
bench_sessions(void)
{
	JnSessionRules rules = JN_NO_SESSION_RULES;
	JnSessions	s;
	JnSession	session;

	rules.gap = INT64_C(1800000000);
	jn_sessions_open(&env, &s, &journey, &rules);
	while (jn_sessions_next(&env, &s, &session))
		sink++;
}

static void
bench_merge(void)
{
	JnBuild    *b = jn_build_new(&env, true);
	JnError		err;
	size_t		size;

	if (jn_build_add_journey(&env, b, &journey, 0, n, &err) != JN_OK
		|| jn_build_finish(&env, b, &size, &err) != JN_OK)
		abort();
	jn_build_free(&env, b);
}

static void
bench_hash(void)
{
	sink += jn_journey_hash(&journey, 0);
}

static void
bench_variant_hash(void)
{
	sink += jn_journey_variant_hash(&env, &journey);
}

static void
bench_text_write(void)
{
	char	   *text = malloc(jn_text_size(&env, &journey));

	jn_text_write(&env, &journey, text);
	sink += (uint64_t) text[1];
	free(text);
}

/* Runs a case five times and prints the best; "after" is not measured. */
static void
run(const char *order, const char *what, void (*call) (void), void (*before) (void), void (*after) (void))
{
	double		best = 1e9;

	for (int i = 0; i < 5; i++)
	{
		double		begin;
		double		took;

		if (before != NULL)
			before();
		begin = seconds();
		call();
		took = seconds() - begin;
		if (took < best)
			best = took;
		if (after != NULL)
			after();
	}
	printf("{\"bench\": \"core\", \"case\": \"%s\", \"order\": \"%s\", \"events\": %u, \"ns_per_event\": %.2f}\n",
		   what, order, n, best * 1e9 / n);
}

int
main(int argc, char **argv)
{
	int64_t		t = 0;

	n = argc > 1 ? (uint32_t) strtoul(argv[1], NULL, 10) : 1000000;
	if (n < SMALL)
		return 1;
	at = malloc(n * sizeof(int64_t));
	decoded = malloc(n * sizeof(int64_t));
	which = malloc(n);
	for (int i = 0; i < NAMES; i++)
		snprintf(name[i], sizeof(name[i]), "event_name_%d", i);
	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t	x = random_number();

		t += (int64_t) (x % 20 == 0 ? x >> 8 & 0x3ffff : x >> 8 & 0xff) * 1000000;
		at[i] = t;
		which[i] = (uint8_t) (x >> 32 & 1 ? x >> 40 & 3 : (x >> 40) % NAMES);
	}
	run("sorted", "add", bench_add, NULL, free_built);
	run("sorted", "finish", bench_finish, bench_add, free_built);
	run("sorted", "small journeys, all", bench_small, NULL, NULL);
	bench_add();
	bench_finish();
	run("sorted", "write", bench_write, NULL, NULL);
	free_built();
	bench_validate();
	run("sorted", "validate", bench_validate, NULL, NULL);
	run("sorted", "decode times", bench_decode, NULL, NULL);
	run("sorted", "walk", bench_walk, NULL, NULL);
	run("sorted", "sessions", bench_sessions, NULL, NULL);
	run("sorted", "journey into builder", bench_merge, NULL, NULL);
	run("sorted", "hash", bench_hash, NULL, NULL);
	run("sorted", "variant hash", bench_variant_hash, NULL, NULL);
	run("sorted", "text", bench_text_write, NULL, NULL);
	printf("{\"bench\": \"core\", \"case\": \"size\", \"events\": %u, \"bytes_per_event\": %.3f}\n",
		   n, (double) journey.size / n);
	for (uint32_t i = n; i > 1; i--)
	{
		uint32_t	k = (uint32_t) (random_number() % i);
		int64_t		x = at[i - 1];
		uint8_t		y = which[i - 1];

		at[i - 1] = at[k];
		at[k] = x;
		which[i - 1] = which[k];
		which[k] = y;
	}
	run("shuffled", "add", bench_add, NULL, free_built);
	run("shuffled", "finish", bench_finish, bench_add, free_built);
	run("shuffled", "small journeys, all", bench_small, NULL, NULL);
	return sink == 42;
}
