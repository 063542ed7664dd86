/*
 * test_number.c
 *	  Numbers as text: shortest, exact, and what is refused.
 */
#include <math.h>

#include "number.h"
#include "unit.h"

/* The text of a number, with a terminator. */
static char *
number_text(double value)
{
	char	   *text = jn_alloc(ENV, JN_NUMBER_TEXT);
	size_t		size = jn_number_write(value, text);

	CHECK(size < JN_NUMBER_TEXT);
	text[size] = '\0';
	return text;
}

/* Reads a text of its very size, for ASan; gives what was left. */
static JnStatus
number_value(const char *text, double *value, size_t *left)
{
	size_t		size = strlen(text);
	char	   *exact = jn_alloc(ENV, size);
	const char *p = exact;
	JnError		err = {.at = 99};
	JnStatus	status;

	memcpy(exact, text, size);
	status = jn_number_read(&p, exact + size, value, &err);
	*left = (size_t) (exact + size - p);
	CHECK(status == JN_OK || (err.at == 0 && p == exact));
	return status;
}

TEST(number_known_ones)
{
	static const struct
	{
		double		value;
		const char *text;
	}			known[] = {
		{0, "0"}, {-0.0, "0"}, {1, "1"}, {-1, "-1"}, {10, "10"}, {19.99, "19.99"}, {-0.05, "-0.05"}, {0.1, "0.1"},
		{0.1 + 0.2, "0.30000000000000004"}, {1.0 / 3, "0.3333333333333333"}, {2.0 / 3, "0.6666666666666666"},
		{999999999999999.0, "999999999999999"}, {1e15, "1e+15"}, {1234567890123456.0, "1234567890123456"},
		{9007199254740992.0, "9007199254740992"}, {1e22, "1e+22"}, {1e23, "1e+23"}, {123456.789012, "123456.789012"},
		{1e-9, "0.000000001"}, {1e-10, "1e-10"}, {123456.123456789, "123456.123456789"},
		{1.7976931348623157e308, "1.7976931348623157e+308"}, {2.2250738585072014e-308, "2.2250738585072014e-308"},
		{2.2250738585072009e-308, "2.225073858507201e-308"}, {5e-324, "5e-324"}, {-5e-324, "-5e-324"}, {1e-320, "1e-320"},
		{INFINITY, "Infinity"}, {-INFINITY, "-Infinity"}, {NAN, "NaN"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
	{
		char	   *text = number_text(known[i].value);

		CHECK_TEXT(text, strlen(text), known[i].text);
	}
}

/* Bits of a number; the sign of 0 does not count. */
static uint64_t
bits(double value)
{
	uint64_t	b;

	memcpy(&b, &value, sizeof(b));
	return value == 0 ? 0 : b;
}

static void
check_round_trip(double value)
{
	char	   *text = number_text(value);
	double		again = 99;
	size_t		left;

	CHECK_INT(number_value(text, &again, &left), JN_OK);
	CHECK_INT(left, 0);
	if (!CHECK(bits(again) == bits(value)))
		printf("  %a %s\n", value, text);
}

/* The fewest digits with which a number can be read back. */
static int
least_digits(double value)
{
	char		text[64];
	int			digits = 0;

	do
		snprintf(text, sizeof(text), "%.*e", digits++, value);
	while (strtod(text, NULL) != value);
	return digits;
}

/* Digits of a text without the zeros at both ends. */
static int
digits_of(const char *text)
{
	int			digits = 0;
	int			zeros = 0;

	for (; *text != '\0' && *text != 'e'; text++)
		if (*text >= '1' && *text <= '9')
		{
			digits += zeros + 1;
			zeros = 0;
		}
		else if (*text == '0')
			zeros += digits > 0;
	return digits;
}

TEST(number_random_round_trip_in_the_fewest_digits)
{
	uint64_t	seed = 41;

	for (int round = 0; round < 60000; round++)
	{
		uint64_t	b = unit_random(&seed);
		double		value;

		memcpy(&value, &b, sizeof(value));
		if (round % 3 == 1)
			value = (double) (int64_t) (b >> unit_below(&seed, 60)) / pow(10, unit_below(&seed, 12));
		else if (round % 3 == 2)
			value = (double) (b >> 40) * pow(2, (int) unit_below(&seed, 60) - 50);
		if (!isfinite(value))
			continue;
		check_round_trip(value);
		check_round_trip(-value);
		if (value != 0 && !CHECK_INT(digits_of(number_text(value)), least_digits(value)))
			printf("  %s\n", number_text(value));
		unit_env_clear(&unit_env);
	}
}

TEST(number_other_ways_to_write)
{
	static const struct
	{
		const char *text;
		double		value;
		size_t		left;
	}			other[] = {
		{"007", 7, 0}, {"1.50", 1.5, 0}, {"1e3", 1000, 0}, {"1E+3", 1000, 0}, {"15e-1", 1.5, 0}, {"-0", 0, 0}, {"-0.0e5", 0, 0},
		{"0e999999999", 0, 0}, {"1e-400000}", 99, 10}, {"5,", 5, 1}, {"5 ", 5, 1}, {"5}", 5, 1}, {"5x", 5, 1}, {"NaN}", NAN, 1},
		{"4.9e-324", 5e-324, 0}, {"2.4703282292062328e-324", 5e-324, 0}, {"1.7976931348623158e308", 1.7976931348623157e308, 0},
	};

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
	{
		double		value = 99;
		size_t		left;

		if (other[i].value == 99)
			CHECK_INT(number_value(other[i].text, &value, &left), JN_NUMBER_RANGE);
		else
		{
			CHECK_INT(number_value(other[i].text, &value, &left), JN_OK);
			CHECK(bits(value) == bits(other[i].value));
			CHECK(!signbit(value) || value < 0 || isnan(value));
		}
		CHECK_INT(left, other[i].left);
	}
}

TEST(number_refused)
{
	static const struct
	{
		const char *text;
		JnStatus	status;
	}			bad[] = {
		{"", JN_TEXT_NUMBER}, {" 1", JN_TEXT_NUMBER}, {"-", JN_TEXT_NUMBER}, {"+1", JN_TEXT_NUMBER}, {"--1", JN_TEXT_NUMBER},
		{".5", JN_TEXT_NUMBER}, {"5.", JN_TEXT_NUMBER}, {"5.e1", JN_TEXT_NUMBER}, {"1e", JN_TEXT_NUMBER}, {"1e+", JN_TEXT_NUMBER},
		{"e5", JN_TEXT_NUMBER}, {"nan", JN_TEXT_NUMBER}, {"inf", JN_TEXT_NUMBER}, {"infinity", JN_TEXT_NUMBER}, {"-NaN", JN_TEXT_NUMBER},
		{"x", JN_TEXT_NUMBER}, {"\"5\"", JN_TEXT_NUMBER}, {"Infinit", JN_TEXT_NUMBER},
		{"1e309", JN_NUMBER_RANGE}, {"-1e309", JN_NUMBER_RANGE}, {"1.7976931348623159e308", JN_NUMBER_RANGE},
		{"1e-325", JN_NUMBER_RANGE}, {"-2.4703282292062327e-324", JN_NUMBER_RANGE}, {"1e99999999999999999999", JN_NUMBER_RANGE},
	};
	char		long_one[JN_MAX_NAME + 3];
	double		value;
	size_t		left;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!CHECK_INT(number_value(bad[i].text, &value, &left), bad[i].status))
			printf("  %s\n", bad[i].text);

	memset(long_one, '0', sizeof(long_one));
	long_one[JN_MAX_NAME] = '\0';
	CHECK_INT(number_value(long_one, &value, &left), JN_OK);
	long_one[JN_MAX_NAME] = '0';
	long_one[JN_MAX_NAME + 1] = '\0';
	CHECK_INT(number_value(long_one, &value, &left), JN_TEXT_NUMBER);
	long_one[JN_MAX_NAME + 1] = '0';
	long_one[JN_MAX_NAME + 2] = '\0';
	CHECK_INT(number_value(long_one, &value, &left), JN_TEXT_NUMBER);
}
