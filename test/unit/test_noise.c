/*
 * test_noise.c
 *	  Noise and choices: bounded, even, the same each time, and far from each
 *	  other for cells that are not the same.
 */
#include "noise.h"
#include "fake.h"
#include "mask.h"

#include "unit.h"

static const uint8_t *
count_key(void)
{
	static uint8_t key[32];

	for (int i = 0; i < 32; i++)
		key[i] = (uint8_t) i;
	return key;
}

static uint64_t
bits_of(const char *subject, uint8_t kind, const void *data, size_t size)
{
	JnCellValue cell = {subject, subject ? strlen(subject) : 0, kind, data, size};
	uint64_t	bits;
	JnError		err;

	CHECK_INT(jn_cell_bits(&bits, count_key(), &cell, &err), JN_OK);
	return bits;
}

TEST(cells_do_not_meet)
{
	uint64_t	bits[] = {
		bits_of(NULL, 0, NULL, 0), bits_of("", 1, NULL, 0), bits_of("a", 1, "b", 1), bits_of("ab", 1, "", 0),
		bits_of("", 1, "ab", 2), bits_of("a", 2, "b", 1), bits_of("b", 1, "b", 1), bits_of("a", 0, NULL, 0),
	};
	int			n = sizeof(bits) / sizeof(bits[0]);

	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++)
			CHECK(bits[i] != bits[k]);
	CHECK(bits_of("a", 1, "b", 1) == bits[2]);
}

/* The upper half of a product, digit by digit. */
static uint64_t
slow_choose(uint64_t bits, uint64_t n)
{
	unsigned	digits[16] = {0};
	uint64_t	high = 0;

	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 8; k++)
		{
			uint64_t	product = (bits >> 8 * i & 255) * (n >> 8 * k & 255);

			for (int at = i + k; product > 0; at++)
			{
				product += digits[at];
				digits[at] = product & 255;
				product >>= 8;
			}
		}
	for (int i = 0; i < 8; i++)
		high |= (uint64_t) digits[8 + i] << 8 * i;
	return high;
}

TEST(choices)
{
	uint64_t	seed = 7;

	for (int round = 0; round < 20000; round++)
	{
		uint64_t	bits = seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		uint64_t	n = bits % (round % 2 ? 1000 : UINT64_MAX) + 1;

		CHECK(jn_choose(bits, n) == slow_choose(bits, n));
		CHECK(jn_choose(bits, n) < n);
	}
	CHECK(jn_choose(UINT64_MAX, UINT64_MAX) == UINT64_MAX - 1);
	CHECK(jn_choose(0, UINT64_MAX) == 0);
}

/* All of -3 .. 3, each about as often. */
TEST(noise_is_even_and_bounded)
{
	int			count[7] = {0};
	double		sum = 0;
	const double spread = 2.5;

	for (int i = 0; i < 70000; i++)
	{
		uint64_t	bits = bits_of("subject", JN_TOKEN_INT64, &i, sizeof(i));
		int64_t		noise = jn_noise(bits, 3);
		double		d = jn_noise_double(bits, spread);

		CHECK(noise >= -3 && noise <= 3);
		CHECK(d >= -spread && d <= spread);
		count[noise + 3]++;
		sum += d;
	}
	/* five standard deviations: 92 of 10000, and 0.0055 * 5 of the mean */
	for (int i = 0; i < 7; i++)
		CHECK(count[i] > 10000 - 465 && count[i] < 10000 + 465);
	CHECK(sum / 70000 > -0.028 && sum / 70000 < 0.028);
	CHECK_INT(jn_noise(UINT64_MAX, 0), 0);
	CHECK_INT(jn_noise(0, (INT64_C(1) << 62) - 1), 1 - (INT64_C(1) << 62));
	CHECK_INT(jn_noise(UINT64_MAX, (INT64_C(1) << 62) - 1), (INT64_C(1) << 62) - 1);
}

TEST(sums_stay_within)
{
	CHECK_INT(jn_add_within(5, 3, 0, 10), 8);
	CHECK_INT(jn_add_within(9, 3, 0, 10), 10);
	CHECK_INT(jn_add_within(1, -3, 0, 10), 0);
	CHECK_INT(jn_add_within(INT64_MAX, 3, INT64_MIN, INT64_MAX), INT64_MAX);
	CHECK_INT(jn_add_within(INT64_MAX - 1, 3, INT64_MIN, INT64_MAX), INT64_MAX);
	CHECK_INT(jn_add_within(INT64_MIN, -3, INT64_MIN, INT64_MAX), INT64_MIN);
	CHECK_INT(jn_add_within(INT64_MIN, 3, INT64_MIN, INT64_MAX), INT64_MIN + 3);
	CHECK_INT(jn_add_within(INT64_MAX, -3, INT64_MIN, INT64_MAX), INT64_MAX - 3);
	CHECK_INT(jn_add_within(0, -(INT64_C(1) << 62), -5, 5), -5);
}

TEST(made_up_texts)
{
	static const char *const names[] = {"first_name", "last_name", "full_name", "city", "street", "company", "email", "phone"};

	for (int kind = 0; kind < JN_FAKE_KINDS; kind++)
	{
		CHECK_INT(jn_fake_kind(names[kind]), kind);
		for (int i = 0; i < 5000; i++)
		{
			char	   *room = malloc(JN_FAKE_SIZE);
			char		again[JN_FAKE_SIZE];
			uint64_t	bits = i == 0 ? 0 : i == 1 ? UINT64_MAX : bits_of("x", 1, &i, sizeof(i));
			size_t		size = jn_fake((JnFakeKind) kind, bits, room);

			CHECK(size > 2 && size <= JN_FAKE_SIZE);
			CHECK_BYTES(again, jn_fake((JnFakeKind) kind, bits, again), room, size);
			for (size_t k = 0; k < size; k++)
				CHECK(room[k] >= ' ' && room[k] <= '~');
			if (kind == JN_FAKE_EMAIL)
				CHECK(memcmp(room + size - 12, "@example.org", 12) == 0);
			if (kind == JN_FAKE_PHONE)
				CHECK(size == 15 && memcmp(room, "+1-", 3) == 0 && memcmp(room + 6, "-555-01", 7) == 0);
			free(room);
		}
	}
	CHECK_INT(jn_fake_kind("planet"), JN_FAKE_KINDS);
}

/* Different bits give different people: a list of n words is used to its end. */
TEST(all_words_are_chosen)
{
	char		seen[64][JN_FAKE_SIZE];
	size_t		sizes[64];
	int			n = 0;

	for (int i = 0; i < 5000; i++)
	{
		char		text[JN_FAKE_SIZE];
		size_t		size = jn_fake(JN_FAKE_FIRST_NAME, bits_of("x", 1, &i, sizeof(i)), text);
		int			k = 0;

		while (k < n && (sizes[k] != size || memcmp(seen[k], text, size) != 0))
			k++;
		if (k == n)
		{
			memcpy(seen[n], text, size);
			sizes[n++] = size;
		}
	}
	CHECK_INT(n, 64);
}
