/*
 * test_values.c
 *	  The column of values against a slow encoder that prints and reads
 *	  decimals, and its proof against every change of a byte.
 */
#include "values_model.h"

#define MAX_STEPS	300
#define MAX_BYTES	(1 + MAX_STEPS / 8 + 1 + 9 + 8 * MAX_STEPS)

static uint64_t key[MAX_STEPS];
static uint64_t decoded[MAX_STEPS];
static uint8_t expected[MAX_BYTES];

/* ---- chance ---- */

static double
random_double(uint64_t *seed, unsigned kind)
{
	static const double odd[] = {
		0.0, -0.0, 0.1, 19.99, 1e300, -1e300, NAN, -NAN, INFINITY, -INFINITY, 9007199254740992.0, -9007199254740992.0,
		9007199254740994.0, 1125899906842624.0, 1125899906842625.0, 112589990684262.4, 112589990684262.5,
		-112589990684262.5, 1125899.906842624, 1125899.906842625, 5e-324, -5e-324, 2.2250738585072014e-308, 1e-9, 1e-10,
		0.30000000000000004, 4503599627370497.5, 1e15 + 0.3, 123456.789, 1.7976931348623157e308,
	};
	int64_t		whole = (int64_t) unit_random(seed) >> (11 + unit_below(seed, 50));
	uint64_t	bits = unit_random(seed);
	double		v;

	switch (kind)
	{
		case 0:
			return (double) unit_below(seed, 100);
		case 1:
			return (double) unit_below(seed, 100000) / 100;
		case 2:
			return (double) whole / pow(10, unit_below(seed, 11));
		case 3:
			return (double) whole / 100;
		case 4:
			return odd[unit_below(seed, sizeof(odd) / sizeof(odd[0]))];
		case 5:
			return 5;
		default:
			memcpy(&v, &bits, 8);
			return v;
	}
}

/* Fills key[]; kind and gaps are chosen once a column, so that columns differ. */
static void
random_column(uint64_t *seed, uint32_t n)
{
	unsigned	kind = unit_below(seed, 8);
	unsigned	gaps = unit_below(seed, 3) * unit_below(seed, 12);

	for (uint32_t i = 0; i < n; i++)
	{
		key[i] = jn_value_key(random_double(seed, kind == 7 ? unit_below(seed, 7) : kind));
		if (gaps > 0 && unit_below(seed, gaps) == 0)
			key[i] = JN_NO_VALUE;
	}
}

/* ---- checks ---- */

/* Opens and proves a section of exactly these bytes. */
static JnStatus
prove(const uint8_t *bytes, size_t size, uint32_t n, JnValues *values)
{
	JnError		err;
	JnStatus	status = jn_values_open(bytes, size, n, values, &err);

	return status == JN_OK ? jn_values_check(ENV, bytes, values, &err) : status;
}

/* Writes key[] and reads it back in every way. */
static bool
check_column(uint64_t *seed, uint32_t n)
{
	JnValuesPlan plan = jn_values_plan(ENV, key, n);
	size_t		size = slow_values(key, n, expected);
	uint8_t    *out = jn_alloc(ENV, plan.size);
	JnValues	values;
	JnValuesReader r;
	uint32_t	done = 0;

	if (size == 0)
		return CHECK_INT(plan.size, 0);
	if (!CHECK_INT(plan.size, size))
		return false;
	jn_values_write(ENV, &plan, key, n, out);
	if (!CHECK_BYTES(out, plan.size, expected, size) || !CHECK_INT(prove(out, size, n, &values), JN_OK))
		return false;

	/* pieces and leaps */
	jn_values_reader_open(&r, &values);
	while (done < n)
	{
		uint32_t	count = 1 + unit_below(seed, n - done);

		if (unit_below(seed, 3) == 0)
		{
			jn_values_skip(ENV, &r, count);
			memcpy(decoded + done, key + done, count * sizeof(uint64_t));
		}
		else
			jn_values_decode(ENV, &r, count, decoded + done);
		done += count;
	}
	for (uint32_t i = 0; i < n; i += 1 + n / 20)
	{
		double		v = -1;
		bool		has = jn_values_at(ENV, &values, i, &v);

		CHECK(has == (key[i] != JN_NO_VALUE));
		CHECK(!has || jn_value_key(v) == key[i]);
	}
	return CHECK_BYTES(decoded, n * sizeof(uint64_t), key, n * sizeof(uint64_t));
}

TEST(values_keys_order_as_float8_does)
{
	static const double ascending[] = {
		-INFINITY, -1e300, -1, -5e-324, 0, 5e-324, 2.2250738585072014e-308, 0.1, 1, 1e300, INFINITY, NAN
	};
	uint64_t	minus_nan = UINT64_C(0xfff8000000000001);
	double		odd;

	for (size_t i = 0; i < sizeof(ascending) / sizeof(ascending[0]); i++)
	{
		double		back = jn_value_of_key(jn_value_key(ascending[i]));

		CHECK(i == 0 || jn_value_key(ascending[i - 1]) < jn_value_key(ascending[i]));
		CHECK(back == ascending[i] || (back != back && ascending[i] != ascending[i]));
	}
	CHECK(jn_value_key(NAN) < JN_NO_VALUE);
	CHECK(jn_value_key(-0.0) == jn_value_key(0.0));
	CHECK(!signbit(jn_value_of_key(jn_value_key(-0.0))));
	memcpy(&odd, &minus_nan, 8);
	CHECK(jn_value_key(odd) == jn_value_key(NAN));
}

/* What is known by heart: decimals and width. */
TEST(values_forms)
{
	static const struct
	{
		double		v[3];
		unsigned	decimals;
		unsigned	width;
	}			cases[] = {
		{{5, 5, 5}, 0, 0}, {{-7, -7, -7}, 0, 0}, {{0.1, 0.1, 0.1}, 1, 0}, {{1, 2, 256}, 0, 1}, {{1, 2, 257}, 0, 2},
		{{0, 1, 65535}, 0, 2}, {{0, 1, 65536}, 0, 4}, {{0, 1, 4294967295.0}, 0, 4}, {{0, 1, 4294967296.0}, 0, 8},
		{{19.99, 5, 0.5}, 2, 2}, {{-19.99, 5, 0.5}, 2, 2}, {{1e-9, 1, 0}, 9, 4}, {{1e-10, 1, 0}, 15, 8},
		{{1e300, 1, 0}, 15, 8}, {{1e300, 1e300, 1e300}, 15, 0}, {{NAN, NAN, -NAN}, 15, 0}, {{NAN, 1, 1}, 15, 8},
		{{INFINITY, INFINITY, INFINITY}, 15, 0}, {{9007199254740992.0, 9007199254740991.0, 9007199254740992.0}, 0, 1},
		{{9007199254740992.0, -9007199254740992.0, 0}, 0, 8}, {{9007199254740994.0, 0, 0}, 15, 8},
		{{9007199254740992.0, 0.5, 0}, 15, 8}, {{112589990684262.4, 0, 0}, 1, 8}, {{112589990684262.5, 0, 0}, 15, 8},
		{{112589990684262.4, 0.25, 0}, 15, 8}, {{5e-324, 0, 0}, 15, 8}, {{-0.0, 0, 0}, 0, 0},
		{{0.1 + 0.2, 0, 0}, 15, 8},
	};
	uint64_t	seed = 1;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		JnValuesPlan plan;

		for (unsigned k = 0; k < 3; k++)
			key[k] = jn_value_key(cases[i].v[k]);
		plan = jn_values_plan(ENV, key, 3);
		if (!CHECK_INT(plan.decimals, cases[i].decimals) || !CHECK_INT(plan.width, cases[i].width))
			printf("  case %zu\n", i);
		check_column(&seed, 3);
	}
}

TEST(values_bytes_by_hand)
{
	static const uint8_t by_hand[] = {
		0x82, 0x0d, 0x02, 0xf4, 0x01, 0, 0, 0, 0, 0, 0, 0xdb, 0x05, 0, 0, 0xdb, 0x05
	};
	uint64_t	seed = 1;

	key[0] = key[3] = jn_value_key(19.99);
	key[1] = JN_NO_VALUE;
	key[2] = jn_value_key(5);
	CHECK_INT(slow_values(key, 4, expected), sizeof(by_hand));
	CHECK_BYTES(expected, sizeof(by_hand), by_hand, sizeof(by_hand));
	check_column(&seed, 4);
}

TEST(values_none)
{
	uint64_t	seed = 1;

	key[0] = key[1] = JN_NO_VALUE;
	CHECK_INT(jn_values_plan(ENV, key, 2).given, 0);
	check_column(&seed, 2);
}

TEST(values_equal_model)
{
	uint64_t	seed = 2;

	for (int round = 0; round < 4000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, round % 20 == 0 ? MAX_STEPS : 20);

		random_column(&seed, n);
		if (!check_column(&seed, n))
			return;
		unit_env_clear(&unit_env);
	}
}

/* Bytes that pass are what their own values are written as; all can be read. */
static bool
check_bytes(const uint8_t *bytes, size_t size, uint32_t n, uint64_t *passed)
{
	uint8_t    *exact = jn_alloc(ENV, size);
	JnValues	values;
	JnValuesReader r;
	JnError		err;

	if (size > 0)
		memcpy(exact, bytes, size);
	if (jn_values_open(exact, size, n, &values, &err) != JN_OK)
		return CHECK(err.at <= size);
	jn_values_reader_open(&r, &values);
	jn_values_decode(ENV, &r, n, decoded);
	if (prove(exact, size, n, &values) == JN_OK)
	{
		JnValuesPlan plan = jn_values_plan(ENV, decoded, n);
		uint8_t    *again = jn_alloc(ENV, plan.size);

		++*passed;
		jn_values_write(ENV, &plan, decoded, n, again);
		return CHECK_BYTES(again, plan.size, bytes, size);
	}
	return true;
}

/* Every byte set to other values, every length: no second form of any column passes. */
TEST(values_broken_in_each_way)
{
	uint64_t	seed = 3;
	uint64_t	passed = 0;
	uint64_t	tried = 0;

	for (int round = 0; round < 300; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 12);
		uint8_t		bytes[MAX_BYTES + 1] = {0};
		size_t		size;

		random_column(&seed, n);
		size = slow_values(key, n, expected);
		memcpy(bytes, expected, size);
		for (size_t other = 0; size > 0 && other <= size + 1; other++)
			if (other != size && !check_bytes(bytes, other, n, &passed))
				return;
		CHECK_INT(passed, 0);
		for (size_t at = 0; at < size; at++)
			for (unsigned change = 0; change < 40; change++)
			{
				uint8_t		was = bytes[at];

				bytes[at] = (uint8_t) (change < 8 ? was ^ 1U << change : change < 10 ? was + 2U * change - 17 : unit_below(&seed, 256));
				if (bytes[at] != was && !check_bytes(bytes, size, n, &passed))
					return;
				bytes[at] = was;
				tried++;
			}
		passed = 0;
		unit_env_clear(&unit_env);
	}
	CHECK(tried > 10000);
}

/* Two changes at once, where one would be noticed by the other. */
TEST(values_broken_twice)
{
	uint64_t	seed = 4;
	uint64_t	passed = 0;

	for (int round = 0; round < 20000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 4);
		uint8_t		bytes[MAX_BYTES];
		size_t		size;

		random_column(&seed, n);
		size = slow_values(key, n, expected);
		if (size == 0)
			continue;
		memcpy(bytes, expected, size);
		for (int change = 0; change < 2; change++)
			bytes[unit_below(&seed, (uint32_t) size)] = (uint8_t) (unit_below(&seed, 2) ? unit_below(&seed, 18) : unit_random(&seed));
		if (!check_bytes(bytes, size, n, &passed))
			return;
		unit_env_clear(&unit_env);
	}
	CHECK(passed > 1000);
}

/* A number of decimals that does, but is not the least, or not possible. */
TEST(values_second_forms)
{
	static const struct
	{
		size_t		size;
		uint8_t		bytes[32];
	}			cases[] = {
		{10, {1, 0, 50, 0}},	/* 5.0 with a decimal */
		{12, {0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2}}, /* base not the least */
		{14, {0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0}}, /* too wide */
		{12, {0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, /* all the same */
		{10, {0, 0, 1, 0, 0, 0, 0, 0, 0x20, 0}},	/* 2^53 + 1 */
		{10, {1, 0, 1, 0, 0, 0, 0, 0, 4, 0}},	/* (2^50 + 1) / 10 */
		{10, {15, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f}},	/* 1 as a double */
		{10, {15, 0, 1, 0, 0, 0, 0, 0, 0xf8, 0x7f}},	/* another NaN */
		{10, {15, 0, 0, 0, 0, 0, 0, 0, 0xf8, 0xff}},	/* its sign */
		{10, {15, 0, 0, 0, 0, 0, 0, 0, 0, 0x80}},	/* -0 */
		{26, {15, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}},	/* 5e-324 twice */
		{26, {15, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f}},	/* 1 and 0 as doubles */
		{12, {0, 1, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 1}},	/* 2^53 and 2^53 + 1 */
		{11, {0x8f, 0, 0, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f}},	/* NaN, but in no step */
		{11, {0x80, 3, 0, 5}},	/* gaps, but none */
		{11, {0x80, 0, 0, 5}},	/* gaps only */
		{11, {0x80, 5, 0, 5}},	/* a step too many */
		{10, {10, 0, 5}},		/* no such number of decimals */
		{10, {0x10, 0, 5}},		/* no such bit */
		{10, {0, 3, 5}},		/* no such width */
	};
	JnValues	values;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!CHECK(prove(cases[i].bytes, cases[i].size, 2, &values) != JN_OK))
			printf("  case %zu\n", i);
}

static void
work(const JnEnv *env, void *arg)
{
	uint32_t	n = *(uint32_t *) arg;
	uint64_t   *keys = jn_alloc(env, n * sizeof(uint64_t));
	JnValuesPlan plan;
	uint8_t    *out;
	JnValues	values;
	JnValuesReader r;
	JnError		err;

	for (uint32_t i = 0; i < n; i++)
		keys[i] = i % 7 == 0 ? JN_NO_VALUE : jn_value_key((double) (i % 100000) / 100);
	plan = jn_values_plan(env, keys, n);
	out = jn_alloc(env, plan.size);
	jn_values_write(env, &plan, keys, n, out);
	CHECK_INT(jn_values_open(out, plan.size, n, &values, &err), JN_OK);
	CHECK_INT(jn_values_check(env, out, &values, &err), JN_OK);
	jn_values_reader_open(&r, &values);
	jn_values_skip(env, &r, n / 2);
	jn_values_decode(env, &r, n - n / 2, keys + n / 2);
}

/* Ten times the steps, ten times the ticks; and each may be the last. */
TEST(values_cost_is_linear_and_can_be_left)
{
	uint32_t	n = 1000000;
	size_t		ticks;

	work(ENV, &n);
	ticks = unit_env.ticks;
	CHECK(ticks >= 4 * n / JN_TICK_EVERY);
	n = 10000000;
	work(ENV, &n);
	CHECK(unit_env.ticks - ticks <= 11 * ticks);
	n = 200000;
	CHECK(unit_leave_everywhere(work, &n, 1000) > 8);
}
