/*
 * test_similar.c
 *	  Groups, their numbers, texts and vectors, against all pairs.
 */
#include "similar.h"

#include <math.h>

#include "casefold.h"
#include "similar_text.h"
#include "similar_vector.h"
#include "unit.h"

#define MOST	300

/* ---- the slow way: a group number for each element, by all pairs ---- */

typedef bool (*Linked) (const void *elements, uint32_t a, uint32_t b);

/* The least element that each is connected with. */
static void
connect(const void *elements, Linked linked, uint32_t n, uint32_t *lowest)
{
	bool		changed = true;

	for (uint32_t i = 0; i < n; i++)
		lowest[i] = i;
	while (changed)
	{
		changed = false;
		for (uint32_t a = 0; a < n; a++)
			for (uint32_t b = 0; b < n; b++)
				if (lowest[b] < lowest[a] && linked(elements, a, b))
				{
					lowest[a] = lowest[b];
					changed = true;
				}
	}
}

static void
check_groups(JnGroups *g, const void *elements, Linked linked)
{
	uint32_t	lowest[MOST];
	uint32_t	count = 0;

	connect(elements, linked, g->n, lowest);
	for (uint32_t i = 0; i < g->n; i++)
	{
		count += lowest[i] == i;
		if (!CHECK_INT(jn_groups_find(g, i), lowest[i]))
			return;
	}
	CHECK_INT(g->count, count);
}

/* ---- neighbours, order and numbers ---- */

typedef struct Numbers
{
	int32_t		value[MOST];
	int32_t		tolerance;
} Numbers;

static int
compare_numbers(void *ctx, uint32_t a, uint32_t b)
{
	const Numbers *x = ctx;

	return (x->value[a] > x->value[b]) - (x->value[a] < x->value[b]);
}

static bool
neighbours(void *ctx, uint32_t lower, uint32_t upper)
{
	const Numbers *x = ctx;

	return x->value[upper] - x->value[lower] <= x->tolerance;
}

static bool
numbers_linked(const void *elements, uint32_t a, uint32_t b)
{
	const Numbers *x = elements;

	return abs(x->value[a] - x->value[b]) <= x->tolerance;
}

TEST(similar_sort_is_stable)
{
	uint64_t	seed = 11;
	static Numbers x;
	uint32_t	list[MOST];
	JnOrder		order = {compare_numbers, &x};

	for (uint32_t n = 0; n < MOST; n++)
	{
		uint32_t	values = 1 + unit_below(&seed, n + 1);

		for (uint32_t i = 0; i < n; i++)
		{
			list[i] = i;
			x.value[i] = (int32_t) (unit_below(&seed, 4) == 0 ? i : unit_below(&seed, values));
		}
		jn_order_sort(ENV, &order, list, n);
		for (uint32_t i = 1; i < n; i++)
			CHECK(x.value[list[i - 1]] < x.value[list[i]]
				  || (x.value[list[i - 1]] == x.value[list[i]] && list[i - 1] < list[i]));
	}
	CHECK_INT(unit_env.blocks, 0);
}

TEST(similar_numbers_random)
{
	uint64_t	seed = 12;
	static Numbers x;
	JnOrder		order = {compare_numbers, &x};

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 60);
		uint32_t	span = 1 + unit_below(&seed, 400);
		uint32_t	list[MOST];
		JnGroups	g;

		x.tolerance = (int32_t) unit_below(&seed, 12);
		for (uint32_t i = 0; i < n; i++)
		{
			list[i] = i;
			x.value[i] = (int32_t) unit_below(&seed, span);
		}
		jn_groups_init(ENV, &g, n);
		jn_groups_chain(ENV, &g, &order, neighbours, list, n);
		check_groups(&g, &x, numbers_linked);
		CHECK_INT(jn_groups_distinct(ENV, &g, list, n), g.count);
		unit_env_clear(&unit_env);
	}
}

/* Numbers follow the first rank a group is met at, then its least value there. */
TEST(similar_numbering_random)
{
	uint64_t	seed = 13;
	static Numbers x;
	JnOrder		order = {compare_numbers, &x};

	for (int round = 0; round < 2000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 40);
		uint32_t	span = 1 + unit_below(&seed, 200);
		uint32_t	ranks = 1 + unit_below(&seed, 20);
		uint32_t	list[MOST];
		uint32_t	rank[MOST];
		uint32_t	number[MOST];
		uint32_t	expected[MOST] = {0};
		uint32_t	next = 0;
		JnGroups	g;

		x.tolerance = (int32_t) unit_below(&seed, 5);
		for (uint32_t i = 0; i < n; i++)
		{
			list[i] = i;
			x.value[i] = (int32_t) unit_below(&seed, span);
			rank[i] = i * ranks / n;
		}
		jn_groups_init(ENV, &g, n);
		jn_groups_chain(ENV, &g, &order, neighbours, list, n);
		jn_groups_number(ENV, &g, rank, &order, number);

		/* rank by rank, from the least value up, each new group gets the next number */
		for (uint32_t r = 0; r < ranks; r++)
			for (int32_t v = 0; v < (int32_t) span; v++)
				for (uint32_t i = 0; i < n; i++)
					if (rank[i] == r && x.value[i] == v && expected[i] == 0)
					{
						next++;
						for (uint32_t k = 0; k < n; k++)
							if (jn_groups_find(&g, k) == jn_groups_find(&g, i))
								expected[k] = next;
					}
		for (uint32_t i = 0; i < n; i++)
			CHECK_INT(number[i], expected[i]);
		unit_env_clear(&unit_env);
	}
}

/* ---- folding ---- */

TEST(casefold_examples)
{
	static const struct
	{
		uint32_t	from;
		uint32_t	to[JN_CASEFOLD_MAX];
	}			example[] = {
		{'A', {'a'}}, {'Z', {'z'}}, {'@', {'@'}}, {'[', {'['}}, {'z', {'z'}}, {0x7f, {0x7f}},
		{0xc0, {0xe0}}, {0xd6, {0xf6}}, {0xd7, {0xd7}}, {0xde, {0xfe}}, {0xdf, {'s', 's'}}, {0xe0, {0xe0}},
		{0x100, {0x101}}, {0x101, {0x101}}, {0x130, {'i', 0x307}}, {0x131, {0x131}},
		{0x3a3, {0x3c3}}, {0x3c2, {0x3c3}}, {0x390, {0x3b9, 0x308, 0x301}}, {0x416, {0x436}},
		{0x1e9e, {'s', 's'}}, {0x13a0, {0x13a0}}, {0xab70, {0x13a0}}, {0xac00, {0xac00}}, {0x4e00, {0x4e00}},
		{0x3042, {0x3042}}, {0xe01, {0xe01}}, {0x1f642, {0x1f642}}, {0x10400, {0x10428}}, {0x1e921, {0x1e943}},
		{0x10ffff, {0x10ffff}},
	};

	for (size_t i = 0; i < sizeof(example) / sizeof(example[0]); i++)
	{
		uint32_t	to[JN_CASEFOLD_MAX];
		unsigned	n = jn_casefold(example[i].from, to);
		unsigned	expected = 1;

		while (expected < JN_CASEFOLD_MAX && example[i].to[expected] != 0)
			expected++;
		CHECK_BYTES(to, n * sizeof(uint32_t), example[i].to, expected * sizeof(uint32_t));
	}
}

/* What is folded stays as it is when it is folded again. */
TEST(casefold_is_idempotent)
{
	for (uint32_t c = 0; c < 0x110000; c++)
	{
		uint32_t	to[JN_CASEFOLD_MAX];
		unsigned	n = jn_casefold(c, to);

		CHECK(n >= 1 && n <= JN_CASEFOLD_MAX);
		for (unsigned i = 0; i < n; i++)
		{
			uint32_t	again[JN_CASEFOLD_MAX];

			if (jn_casefold(to[i], again) != 1 || again[0] != to[i])
				CHECK_INT(c, -1);
		}
	}
}

/* ---- texts ---- */

#define LONGEST	120

typedef struct Texts
{
	uint32_t	code[MOST][LONGEST];
	uint32_t	size[MOST];
	double		tolerance;
} Texts;

/* The trigrams of a text, spelled out: blanks cleaned, framed, cut into threes, doubles dropped. */
static uint32_t
slow_trigrams(const uint32_t *code, uint32_t size, uint32_t out[][3])
{
	uint32_t	framed[LONGEST + 3] = {' ', ' '};
	uint32_t	n = 2;
	uint32_t	count = 0;

	for (uint32_t i = 0; i < size; i++)
	{
		uint32_t	c = code[i] == '\n' || code[i] == 0x2028 ? ' ' : code[i];

		if (c != ' ' || (framed[n - 1] != ' '))
			framed[n++] = c;
	}
	while (n > 2 && framed[n - 1] == ' ')
		n--;
	framed[n++] = ' ';
	for (uint32_t i = 0; i + 3 <= n; i++)
	{
		bool		known = false;

		for (uint32_t k = 0; k < count; k++)
			known |= memcmp(out[k], &framed[i], sizeof(out[k])) == 0;
		if (!known)
			memcpy(out[count++], &framed[i], sizeof(out[0]));
	}
	return count;
}

static bool
texts_linked(const void *elements, uint32_t a, uint32_t b)
{
	const Texts *x = elements;
	static uint32_t p[LONGEST + 3][3];
	static uint32_t q[LONGEST + 3][3];
	uint32_t	np = slow_trigrams(x->code[a], x->size[a], p);
	uint32_t	nq = slow_trigrams(x->code[b], x->size[b], q);
	uint32_t	both = 0;
	volatile double distance;

	for (uint32_t i = 0; i < np; i++)
		for (uint32_t k = 0; k < nq; k++)
			both += memcmp(p[i], q[k], sizeof(p[i])) == 0;
	distance = (double) (np + nq - 2 * both) / (double) (np + nq - both);
	return distance <= x->tolerance;
}

/* Texts that are variations of a few, so that distances of all sizes come up. */
static void
random_texts(uint64_t *seed, Texts *x, uint32_t n)
{
	static const uint32_t base[] = {'a', 0xac00, 0x3042, 0xe01, 0x1f600, 0x5d0};
	uint32_t	letters = 1 + unit_below(seed, unit_below(seed, 2) ? 3 : 30);
	uint32_t	longest = 1 + unit_below(seed, unit_below(seed, 3) ? 20 : 100);
	uint32_t	from = base[unit_below(seed, 6)];

	for (uint32_t i = 0; i < n; i++)
	{
		if (i > 0 && unit_below(seed, 3) > 0)
		{
			uint32_t	model = unit_below(seed, i);

			memcpy(x->code[i], x->code[model], sizeof(x->code[i]));
			x->size[i] = x->size[model];
			for (uint32_t edits = unit_below(seed, 4); edits > 0; edits--)
			{
				uint32_t	at = unit_below(seed, x->size[i] + 1);

				if (at == x->size[i] && at < longest)
					x->code[i][x->size[i]++] = from + unit_below(seed, letters);
				else if (at < x->size[i])
				{
					x->code[i][at] = unit_below(seed, 6) ? from + unit_below(seed, letters) : ' ';
					if (unit_below(seed, 4) == 0)
						x->size[i]--;
				}
			}
			continue;
		}
		x->size[i] = unit_below(seed, longest + 1);
		for (uint32_t k = 0; k < x->size[i]; k++)
			x->code[i][k] = unit_below(seed, 8) ? from + unit_below(seed, letters)
				: unit_below(seed, 3) ? ' ' : unit_below(seed, 2) ? '\n' : 0x2028;
	}
}

static void
link_texts(const JnEnv *env, const Texts *x, uint32_t n, JnGroups *g)
{
	JnTrigrams *t = jn_trigrams_new(env);

	jn_groups_init(env, g, n);
	for (uint32_t i = 0; i < n; i++)
		jn_trigrams_add(env, t, x->code[i], x->size[i], i);
	jn_trigrams_link(env, t, x->tolerance, g);
	jn_trigrams_free(env, t);
}

TEST(similar_texts_random)
{
	static Texts x;
	uint64_t	seed = 21;

	for (int round = 0; round < 1500; round++)
	{
		uint32_t	n = unit_below(&seed, round % 10 == 0 ? 60 : 20);
		JnGroups	g;

		random_texts(&seed, &x, n);
		/* often a quotient that some pair has exactly */
		x.tolerance = unit_below(&seed, 3) ? (double) unit_below(&seed, 20) / (20 + unit_below(&seed, 10))
			: unit_below(&seed, 1001) / 1000.0;
		link_texts(ENV, &x, n, &g);
		check_groups(&g, &x, texts_linked);
		CHECK_INT(unit_env.blocks, 1);
		unit_env_clear(&unit_env);
	}
}

/* Pairs alone, at their very distance and just below it. */
TEST(similar_texts_border)
{
	static Texts x;
	static uint32_t p[LONGEST + 3][3];
	uint64_t	seed = 22;

	for (int round = 0; round < 3000; round++)
	{
		JnGroups	g;
		uint32_t	a;
		uint32_t	b;
		uint32_t	all;

		random_texts(&seed, &x, 2);
		a = slow_trigrams(x.code[0], x.size[0], p);
		b = slow_trigrams(x.code[1], x.size[1], p);
		for (all = a > b ? a : b; all <= a + b; all++)
		{
			volatile double distance = (double) (2 * all - a - b) / all;

			x.tolerance = distance;
			link_texts(ENV, &x, 2, &g);
			CHECK_INT(g.count == 1, texts_linked(&x, 0, 1));
			x.tolerance = distance - 1e-9;
			if (x.tolerance >= 0)
			{
				link_texts(ENV, &x, 2, &g);
				CHECK_INT(g.count == 1, texts_linked(&x, 0, 1));
			}
		}
		unit_env_clear(&unit_env);
	}
}

/* Sets larger than any that is sorted by insertion, and far more tokens than the first dictionary holds. */
TEST(similar_texts_long)
{
	uint64_t	seed = 23;
	JnTrigrams *t = jn_trigrams_new(ENV);
	uint32_t	n = 5000;
	uint32_t   *code = jn_alloc(ENV, n * sizeof(uint32_t));
	JnGroups	g;

	for (uint32_t i = 0; i < n; i++)
		code[i] = 0x4e00 + unit_below(&seed, 3000);
	jn_groups_init(ENV, &g, 3);
	jn_trigrams_add(ENV, t, code, n, 0);
	for (uint32_t i = 0; i < 100; i++)
		code[i * 50] = 'x';
	jn_trigrams_add(ENV, t, code, n, 1);
	for (uint32_t i = 0; i < 2500; i++)
		code[i * 2] = 'y';
	jn_trigrams_add(ENV, t, code, n, 2);
	/* about 300 of 5300 trigrams differ each way */
	jn_trigrams_link(ENV, t, 0.15, &g);
	CHECK_INT(jn_groups_find(&g, 1), 0);
	CHECK_INT(jn_groups_find(&g, 2), 2);
	jn_trigrams_free(ENV, t);
}

static void
call_texts(const JnEnv *env, void *arg)
{
	JnGroups	g;

	link_texts(env, arg, 40, &g);
}

TEST(similar_texts_leave)
{
	static Texts x;
	uint64_t	seed = 24;

	random_texts(&seed, &x, 40);
	x.tolerance = 0.5;
	CHECK(unit_leave_everywhere(call_texts, &x, 200) > 10);
}

/* ---- vectors ---- */

#define DIMENSIONS	40

typedef struct Vectors
{
	double		x[MOST][DIMENSIONS];
	uint32_t	dimensions;
	double		tolerance;
} Vectors;

static long double
slow_distance(const Vectors *v, uint32_t a, uint32_t b)
{
	long double ab = 0;
	long double aa = 0;
	long double bb = 0;

	for (uint32_t i = 0; i < v->dimensions; i++)
	{
		ab += (long double) v->x[a][i] * v->x[b][i];
		aa += (long double) v->x[a][i] * v->x[a][i];
		bb += (long double) v->x[b][i] * v->x[b][i];
	}
	return 1 - ab / (sqrtl(aa) * sqrtl(bb));
}

static bool
vectors_linked(const void *elements, uint32_t a, uint32_t b)
{
	const Vectors *v = elements;

	return slow_distance(v, a, b) <= (long double) v->tolerance + 1e-17L;
}

static void
random_vectors(uint64_t *seed, Vectors *v, uint32_t n)
{
	v->dimensions = 1 + unit_below(seed, DIMENSIONS);
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	model = i > 0 && unit_below(seed, 2) ? unit_below(seed, i) : MOST;
		double		spread = (1 + unit_below(seed, 100)) / 400.0;
		double		scale = unit_below(seed, 3) ? 1 : (1 + unit_below(seed, 1000)) / 7.0;

		for (uint32_t d = 0; d < v->dimensions; d++)
		{
			double		r = (double) (int64_t) (unit_random(seed) >> 12) / 4503599627370496.0 * 2 - 1;

			v->x[i][d] = (model < MOST ? v->x[model][d] + spread * r : r) * scale;
		}
	}
}

static void
link_vectors(const JnEnv *env, const Vectors *x, uint32_t n, JnGroups *g)
{
	JnVectors  *v = jn_vectors_new(env, x->dimensions);

	jn_groups_init(env, g, n);
	for (uint32_t i = 0; i < n; i++)
		jn_vectors_add(env, v, x->x[i], i);
	jn_vectors_link(env, v, x->tolerance, g);
	jn_vectors_free(env, v);
}

TEST(similar_vectors_random)
{
	static Vectors v;
	uint64_t	seed = 31;

	for (int round = 0; round < 600; round++)
	{
		uint32_t	n = unit_below(&seed, 90);
		JnGroups	g;

		random_vectors(&seed, &v, n);
		v.tolerance = unit_below(&seed, 2) ? unit_below(&seed, 1000) / 10000.0 : unit_below(&seed, 2200) / 1000.0;
		link_vectors(ENV, &v, n, &g);
		check_groups(&g, &v, vectors_linked);
		CHECK_INT(unit_env.blocks, 1);
		unit_env_clear(&unit_env);
	}
}

/* Tolerances as near to the distance as a double can be: the border is decided in twice the digits. */
TEST(similar_vectors_border)
{
	static Vectors v;
	uint64_t	seed = 32;
	int			near = 0;

	for (int round = 0; round < 4000; round++)
	{
		long double distance;
		JnGroups	g;

		random_vectors(&seed, &v, 2);
		distance = slow_distance(&v, 0, 1);
		v.tolerance = (double) distance + (unit_below(&seed, 3) - 1.0) * 1e-16;
		if (v.tolerance < 0 || fabsl(distance - v.tolerance) < 1e-17L)
			continue;			/* what is slow cannot tell */
		link_vectors(ENV, &v, 2, &g);
		CHECK_INT(g.count == 1, distance < v.tolerance);
		near += fabsl(distance - v.tolerance) < 1e-15L;
		unit_env_clear(&unit_env);
	}
	CHECK(near > 2000);
}

/* Multiples have distance 0, opposites 2, right angles 1, whatever their lengths. */
TEST(similar_vectors_exact)
{
	static const double scales[] = {1, 3, 0.1, 1e-300, 1e300, 5e-324, 4.4e307, 1.0 / 3};
	static const double distances[] = {0, 1, 2};

	for (size_t i = 0; i < 8; i++)
		for (int way = 0; way < 3; way++)
		{
			static Vectors v;
			JnGroups	g;

			v.dimensions = 3;
			v.x[0][0] = 1, v.x[0][1] = 2, v.x[0][2] = -4;
			v.x[1][0] = way == 1 ? 2 : 1, v.x[1][1] = way == 1 ? -1 : 2, v.x[1][2] = way == 1 ? 0 : -4;
			for (int d = 0; d < 3; d++)
				v.x[1][d] *= way == 2 ? -scales[i] : scales[i];
			v.tolerance = distances[way];
			link_vectors(ENV, &v, 2, &g);
			CHECK_INT(g.count, 1);
			v.tolerance -= 1e-15;
			if (way > 0)
			{
				link_vectors(ENV, &v, 2, &g);
				CHECK_INT(g.count, 2);
			}
		}
}

static void
call_vectors(const JnEnv *env, void *arg)
{
	JnGroups	g;

	link_vectors(env, arg, 60, &g);
}

TEST(similar_vectors_leave)
{
	static Vectors v;
	uint64_t	seed = 33;

	random_vectors(&seed, &v, 60);
	v.tolerance = 0.01;
	CHECK(unit_leave_everywhere(call_vectors, &v, 300) > 60);
}
