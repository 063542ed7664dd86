/*
 * test_lexicon.c
 *	  Numbers for names: each name one, whatever the names look like.
 */
#include "lexicon.h"

#include "model.h"

/* A dictionary of k names as it stands in a column of n steps, in a block of its very size. */
static JnLabels
make_column(const JnName *name, uint32_t k, uint32_t n)
{
	JnLabels	labels = {k, false, jn_code_width(k), NULL, NULL, NULL};
	size_t		size = (size_t) n * labels.width;
	uint8_t    *p;

	for (uint32_t i = 0; i < k; i++)
		size += jn_varint_size(name[i].size) + name[i].size;
	p = jn_alloc(ENV, size);
	memset(p, 0, size);
	labels.lengths = p;
	for (uint32_t i = 0; i < k; i++)
		p = jn_varint_put(p, name[i].size);
	labels.name_data = (const char *) p;
	for (uint32_t i = 0; i < k; i++)
	{
		memcpy(p, name[i].data, name[i].size);
		p += name[i].size;
	}
	labels.codes = p;
	return labels;
}

/* Names of all kinds: a few bytes with many alike, long ones that differ anywhere. */
static JnName
make_name(uint64_t *seed)
{
	static const uint32_t sizes[] = {0, 1, 2, 7, 8, 9, 15, 16, 17, 24, 25, 127, 128, JN_MAX_NAME};
	uint32_t	size = sizes[unit_below(seed, sizeof(sizes) / sizeof(sizes[0]))];
	char	   *p = jn_alloc(ENV, size + 1);

	memset(p, 'x', size);
	if (size > 0)
	{
		p[unit_below(seed, size)] = (char) ('a' + unit_below(seed, 3));
		p[size - 1 - unit_below(seed, size < 8 ? size : 8)] = (char) ('a' + unit_below(seed, 3));
	}
	return (JnName) {p, size};
}

static int
compare(const void *a, const void *b)
{
	return jn_name_compare(*(const JnName *) a, *(const JnName *) b);
}

TEST(lexicon_random)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 60; round++)
	{
		static JnName known[20000];
		JnLexicon	l;

		jn_lexicon_init(ENV, &l, round % 2 ? unit_random(&seed) : 0);
		for (int column = 0; column < 60; column++)
		{
			JnName		name[300];
			uint32_t	k = 0;
			uint32_t	want = 1 + unit_below(&seed, column % 10 == 0 ? 300 : 6);
			uint32_t	n;
			JnLabels	labels;
			const uint32_t *number;

			for (uint32_t i = 0; i < want; i++)
				name[k++] = make_name(&seed);
			qsort(name, k, sizeof(JnName), compare);
			want = k;
			k = 1;
			for (uint32_t i = 1; i < want; i++)
				if (compare(&name[k - 1], &name[i]) != 0)
					name[k++] = name[i];
			n = k + unit_below(&seed, 9);
			labels = make_column(name, k, n);
			number = jn_lexicon_map(ENV, &l, &labels, n);
			for (int again = 0; again < 2; again++)
			{
				for (uint32_t i = 0; i < k; i++)
				{
					if (number[i] >= l.names)
					{
						CHECK(number[i] < l.names);
						return;
					}
					CHECK(jn_name_compare(l.name[number[i]], name[i]) == 0);
					known[number[i]] = name[i];
				}
				for (uint32_t i = 0; i < 256; i++)
					CHECK(number[i] < l.names);

				/* the same column again takes the short way */
				labels = make_column(name, k, n);
				number = jn_lexicon_map(ENV, &l, &labels, n);
			}
		}

		/* each name has one number and keeps it */
		for (uint32_t i = 0; i < l.names; i++)
			CHECK_INT(jn_lexicon_add(ENV, &l, known[i]), i);
		unit_env_clear(&unit_env);
	}
}

/* Dictionaries of the same bytes that are not the same names. */
TEST(lexicon_block_of_other_names)
{
	JnName		one[] = {{"\x01\x01" "ab", 4}};
	JnName		three[] = {{"", 0}, {"a", 1}, {"b", 1}};
	JnLabels	labels = make_column(one, 1, 1);
	JnLexicon	l;

	jn_lexicon_init(ENV, &l, 5);
	CHECK_INT(jn_lexicon_map(ENV, &l, &labels, 1)[0], 0);
	labels = make_column(three, 3, 3);
	for (uint32_t i = 0; i < 3; i++)
		CHECK_INT(jn_lexicon_map(ENV, &l, &labels, 3)[i], 1 + i);
	labels = make_column(one, 1, 1);
	CHECK_INT(jn_lexicon_map(ENV, &l, &labels, 1)[0], 0);
	CHECK_INT(l.names, 4);
}

/* Ten times the names take some ten times as long, also if they begin alike. */
TEST(lexicon_linear)
{
	double		took[2];

	for (int k = 0; k < 2; k++)
	{
		uint32_t	n = k == 0 ? 20000 : 200000;
		char		text[40];
		double		begin = unit_seconds();
		JnLexicon	l;

		jn_lexicon_init(ENV, &l, 99);
		for (uint32_t i = 0; i < n; i++)
		{
			int			size = snprintf(text, sizeof(text), "campaign/2026/%06u/summer", i);

			CHECK_INT(jn_lexicon_add(ENV, &l, (JnName) {text, (uint32_t) size}), i);
		}
		took[k] = unit_seconds() - begin;
		unit_env_clear(&unit_env);
	}
	CHECK(took[1] < 40 * took[0] + 0.5);
}

static void
map_names(const JnEnv *env, void *arg)
{
	JnLexicon	l;

	jn_lexicon_init(env, &l, 0);
	jn_lexicon_map(env, &l, arg, 300);
	jn_lexicon_map(env, &l, arg, 300);
}

TEST(lexicon_left_anywhere)
{
	static char text[300][4];
	static JnName name[300];
	JnLabels	labels;

	for (uint32_t i = 0; i < 300; i++)
	{
		snprintf(text[i], 4, "%03u", i);
		name[i] = (JnName) {text[i], 3};
	}
	labels = make_column(name, 300, 300);
	CHECK(unit_leave_everywhere(map_names, &labels, 100) > 5);
}
