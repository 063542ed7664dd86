/*
 * test_gaps.c
 *	  Lengths of time and their median: exact while few, close when many, the
 *	  same however they were split.
 */
#include "gaps.h"

#include "unit.h"

#define MOST	5000

static uint64_t length[MOST];

static int
compare(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* Fills length[0 .. n-1] with lengths of up to "bits" bits. */
static void
random_lengths(uint64_t *seed, uint32_t n, unsigned bits)
{
	for (uint32_t i = 0; i < n; i++)
		length[i] = unit_random(seed) >> unit_below(seed, 64) >> (64 - bits);
}

static uint64_t
slow_median(uint32_t n)
{
	static uint64_t sorted[MOST];

	memcpy(sorted, length, n * sizeof(uint64_t));
	qsort(sorted, n, sizeof(uint64_t), compare);
	return sorted[(n - 1) / 2] + (sorted[n / 2] - sorted[(n - 1) / 2]) / 2;
}

/* The bytes of n gaps; *size of them. */
static uint8_t *
bytes_of(JnGaps *g, uint32_t n, size_t *size)
{
	uint8_t    *p;

	*size = jn_gaps_size(g, n);
	p = jn_alloc(ENV, *size);
	jn_gaps_write(ENV, g, n, p);
	return p;
}

/* Buckets cover all of 64 bits, one after the other, and none is wide. */
TEST(gaps_buckets)
{
	uint32_t	before = 0;

	for (uint64_t gap = 1; gap < 100000; gap++)
	{
		uint32_t	bucket = jn_gap_bucket(gap);

		CHECK(bucket == before || bucket == before + 1);
		if (gap < 128 && !CHECK_INT(bucket, gap))
			return;
		before = bucket;
	}
	for (unsigned bit = 7; bit < 64; bit++)
	{
		uint64_t	power = UINT64_C(1) << bit;

		CHECK_INT(jn_gap_bucket(power), jn_gap_bucket(power - 1) + 1);
		CHECK_INT(jn_gap_bucket(power), 64 * (bit - 5));
	}
	CHECK_INT(jn_gap_bucket(UINT64_MAX), JN_GAPS_BUCKETS - 1);
	for (uint32_t bucket = 0; bucket < JN_GAPS_BUCKETS; bucket++)
		CHECK_INT(jn_gap_bucket(jn_gap_middle(bucket)), bucket);
}

TEST(gaps_middle_is_close)
{
	uint64_t	seed = 1;

	for (int i = 0; i < 100000; i++)
	{
		uint64_t	gap = unit_random(&seed) >> unit_below(&seed, 64);
		uint64_t	told = jn_gap_middle(jn_gap_bucket(gap));
		uint64_t	off = told > gap ? told - gap : gap - told;

		/* less than 1/128 of it, so exact below 128 */
		if (!CHECK(off == 0 || off < gap / 128 + (gap % 128 != 0)))
			return;
	}
}

TEST(gaps_median)
{
	static const uint32_t number[] = {1, 2, 3, 4, 5, 63, 64, 65, 128, 129, 1000, 1023, 1024, 1025, 1026, 5000};
	uint64_t	seed = 2;

	for (int round = 0; round < 400; round++)
	{
		uint32_t	n = number[(size_t) round % (sizeof(number) / sizeof(number[0]))];
		JnGaps		g = {0};
		uint64_t	told;
		uint64_t	exact;

		random_lengths(&seed, n, 1 + unit_below(&seed, 63));
		if (round % 3 == 1)
			qsort(length, n, sizeof(uint64_t), compare);
		if (round % 7 == 1)
			for (uint32_t i = 0; i < n; i++)
				length[i] = length[i % (1 + n / 3)];
		for (uint32_t i = 0; i < n; i++)
			jn_gaps_add(ENV, &g, length[i]);
		told = jn_gaps_median(ENV, &g, n);
		exact = slow_median(n);
		if (n <= JN_GAPS_EXACT)
			CHECK_INT(told, exact);
		else
			CHECK((told > exact ? told - exact : exact - told) <= exact / 128 + 1);
		unit_env_clear(&unit_env);
	}
}

/* Two parts and their union have the same bytes; reading them back adds the same. */
TEST(gaps_split_and_merged)
{
	uint64_t	seed = 3;

	for (int round = 0; round < 300; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, round % 3 == 0 ? 1100 : MOST);
		uint32_t	cut = unit_below(&seed, n + 1);
		JnGaps		whole = {0};
		JnGaps		part[2] = {{0}, {0}};
		JnGaps		again = {0};
		size_t		size[2];
		size_t		used;
		uint8_t    *p;
		uint8_t    *q;
		JnError		err;

		random_lengths(&seed, n, 1 + unit_below(&seed, 63));
		for (uint32_t i = 0; i < n; i++)
		{
			jn_gaps_add(ENV, &whole, length[i]);
			if (i < cut)
				jn_gaps_add(ENV, &part[0], length[i]);
		}
		jn_gaps_add_all(ENV, &part[1], n - cut, length + cut);
		if (cut > 0 && cut < n && round % 2 == 0)
		{
			q = bytes_of(&part[0], cut, &size[0]);
			CHECK_INT(jn_gaps_read(ENV, &part[1], q, size[0], cut, &used, &err), JN_OK);
			CHECK_INT(used, size[0]);
		}
		else
			jn_gaps_merge(ENV, &part[1], &part[0]);
		p = bytes_of(&whole, n, &size[0]);
		q = bytes_of(&part[1], n, &size[1]);
		if (!CHECK_BYTES(q, size[1], p, size[0]))
			return;
		CHECK_INT(jn_gaps_read(ENV, &again, p, size[0], n, &used, &err), JN_OK);
		q = bytes_of(&again, n, &size[1]);
		CHECK_BYTES(q, size[1], p, size[0]);
		CHECK_INT(jn_gaps_median(ENV, &again, n), jn_gaps_median(ENV, &whole, n));

		/* cut off anywhere, it is short; and nothing is read beyond */
		for (size_t less = 0; less < size[0]; less += 1 + size[0] / 20)
		{
			q = jn_alloc(ENV, less);
			memcpy(q, p, less);
			CHECK_INT(jn_gaps_read(ENV, NULL, q, less, n, &used, &err), JN_BYTES_SHORT);
		}
		unit_env_clear(&unit_env);
	}
}

/* Counters of 32 bits carry. */
TEST(gaps_many_thousand_millions)
{
	uint64_t	each = UINT64_C(0x1fffffffe);
	uint8_t		p[4 + 3 * 10];
	JnGaps		g = {0};
	JnError		err;
	size_t		used;
	size_t		size;

	jn_store32(p, 3);
	for (unsigned i = 0; i < 3; i++)
	{
		jn_store16(p + 4 + 10 * i, (uint16_t) (100 + 1000 * i));
		jn_store64(p + 4 + 10 * i + 2, each);
	}
	for (uint64_t times = 1; times < 5; times++)
	{
		JnGaps		copy = {0};

		CHECK_INT(jn_gaps_read(ENV, &g, p, sizeof(p), 3 * each, &used, &err), JN_OK);
		jn_gaps_merge(ENV, &copy, &g);
		for (unsigned k = 0; k < 2; k++)
		{
			uint8_t    *q = bytes_of(k == 0 ? &g : &copy, UINT32_MAX, &size);

			CHECK_INT(size, sizeof(p));
			for (unsigned i = 0; i < 3; i++)
				CHECK_INT(jn_load64(q + 4 + 10 * i + 2), times * each);
		}
		CHECK_INT(jn_gaps_median(ENV, &g, times * 3 * each), jn_gap_middle(1100));
		for (unsigned i = 0; i < 7; i++)
			jn_gaps_add(ENV, &copy, 100);
		CHECK_INT(jn_load64(bytes_of(&copy, UINT32_MAX, &size) + 6), times * each + 7);
	}
}

TEST(gaps_refused)
{
	uint8_t		p[64] = {0};
	JnError		err;
	size_t		used;

	/* descending */
	p[0] = 1;
	CHECK_INT(jn_gaps_read(ENV, NULL, p, 16, 2, &used, &err), JN_BYTES_CORRUPT);
	CHECK_INT(err.at, 8);

	/* a histogram of fewer, of more, of an empty bucket, of one twice, of none, of one that is not there */
	jn_store32(p, 1);
	jn_store16(p + 4, 7);
	jn_store64(p + 6, 2000);
	CHECK_INT(jn_gaps_read(ENV, NULL, p, 14, 2000, &used, &err), JN_OK);
	CHECK_INT(jn_gaps_read(ENV, NULL, p, 14, 2001, &used, &err), JN_BYTES_CORRUPT);
	CHECK_INT(jn_gaps_read(ENV, NULL, p, 14, 1999, &used, &err), JN_BYTES_CORRUPT);
	jn_store32(p, 2);
	jn_store16(p + 14, 8);
	CHECK_INT(jn_gaps_read(ENV, NULL, p, 24, 2000, &used, &err), JN_BYTES_CORRUPT);
	jn_store64(p + 6, 1000);
	jn_store64(p + 16, 1000);
	CHECK_INT(jn_gaps_read(ENV, NULL, p, 24, 2000, &used, &err), JN_OK);
	jn_store16(p + 14, 7);
	CHECK_INT(jn_gaps_read(ENV, NULL, p, 24, 2000, &used, &err), JN_BYTES_CORRUPT);
	jn_store16(p + 14, JN_GAPS_BUCKETS);
	CHECK_INT(jn_gaps_read(ENV, NULL, p, 24, 2000, &used, &err), JN_BYTES_CORRUPT);
	jn_store32(p, UINT32_MAX);
	CHECK_INT(jn_gaps_read(ENV, NULL, p, 24, 2000, &used, &err), JN_BYTES_SHORT);
	jn_store32(p, 0);
	CHECK_INT(jn_gaps_read(ENV, NULL, p, 24, 2000, &used, &err), JN_BYTES_CORRUPT);
}

/* Whatever comes, it takes no more than some 9 kB. */
TEST(gaps_memory)
{
	uint64_t	seed = 4;
	JnGaps		g = {0};

	unit_env.most_bytes = 0;
	for (uint32_t i = 0; i < 1000000; i++)
		jn_gaps_add(ENV, &g, unit_random(&seed) >> unit_below(&seed, 64));
	CHECK(unit_env.bytes < 16000);

	/* up to a day in microseconds */
	unit_env_clear(&unit_env);
	memset(&g, 0, sizeof(g));
	for (uint32_t i = 0; i < 1000000; i++)
		jn_gaps_add(ENV, &g, unit_random(&seed) % 86400000000 >> unit_below(&seed, 36));
	CHECK(unit_env.bytes < 9500);
	CHECK(unit_env.most_bytes < 18000);
}

static void
add_and_write(const JnEnv *env, void *arg)
{
	JnGaps		g = {0};

	(void) arg;
	for (uint32_t i = 0; i < 1500; i++)
		jn_gaps_add(env, &g, i * i);
	jn_gaps_median(env, &g, 1500);
	jn_gaps_write(env, &g, 1500, jn_alloc(env, jn_gaps_size(&g, 1500)));
}

TEST(gaps_left_anywhere)
{
	CHECK(unit_leave_everywhere(add_and_write, NULL, 200) > 20);
}
