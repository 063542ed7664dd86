/*
 * test_numbered.c
 *	  Names that end in numbers: each has a place of its own or none, whatever
 *	  the name, and no other name is taken for it.
 */
#include "numbered.h"

#include "unit.h"

/* Names for the test live here. */
static char pool[60000][24];
static int	pool_count;

static void
add_name(const char *format, unsigned number)
{
	snprintf(pool[pool_count++], sizeof(pool[0]), format, number);
}

/* Counts the names of the pool, and seals; *places is how many there are. */
static JnNumbered
count_pool(uint64_t *places)
{
	JnNumbered	n;

	jn_numbered_begin(&n);
	for (int i = 0; i < pool_count; i++)
		jn_numbered_count(&n, pool[i], strlen(pool[i]));
	*places = jn_numbered_seal(&n);
	return n;
}

static int64_t
find(const JnNumbered *n, const char *name)
{
	size_t		size = strlen(name);

	return jn_numbered_find(n, name, size, jn_name_tail(name, size));
}

TEST(numbered_digits)
{
	CHECK_INT(jn_number_of_digits(0), 0);
	for (unsigned i = 1; i < 100000000; i += 1 + i / 3)
	{
		char		text[9];

		snprintf(text, sizeof(text), "%08u", i);
		CHECK_INT(jn_number_of_digits(jn_name_tail(text, 8) ^ jn_name_tail("00000000", 8)), i);
	}
}

/* A series as it is sealed: each name of its size with other bytes than those it should have is another one. */
TEST(numbered_each_byte_is_seen)
{
	static const uint8_t prefix[] = "\x01\x80\xff\x7f" "0/:a9\0" "b@\x2f\x3a\x30\x39";
	const size_t most = sizeof(prefix) - 1;

	for (size_t kept = 0; kept <= most; kept++)
	{
		for (size_t digits = 1; digits <= JN_SERIES_DIGITS; digits++)
		{
			size_t		size = kept + digits;
			char		name[sizeof(prefix) + JN_SERIES_DIGITS];
			uint32_t	last = 0;
			JnNumbered	n;

			for (size_t i = 0; i < digits; i++)
				last = last * 10 + 9;
			jn_numbered_begin(&n);
			jn_numbered_add(&n, prefix + most - kept, (uint8_t) size, (uint8_t) digits, last, 1000);

			memcpy(name, prefix + most - kept, kept);
			memset(name + kept, '9', digits);
			CHECK_INT(jn_numbered_find(&n, name, size, jn_name_tail(name, size)), 1000 + last);
			memset(name + kept, '0', digits);
			CHECK_INT(jn_numbered_find(&n, name, size, jn_name_tail(name, size)), 1000);
			CHECK_INT(jn_numbered_find(&n, name, size - 1, jn_name_tail(name, size - 1)), -1);

			/* alone, and with the byte behind it another one, too */
			for (size_t place = 0; place < size; place++)
			{
				char		was = name[place];

				for (int byte = 0; byte < 256; byte++)
				{
					bool		fits = place < kept ? (char) byte == was : byte >= '0' && byte <= '9';

					name[place] = (char) byte;
					CHECK_INT(jn_numbered_find(&n, name, size, jn_name_tail(name, size)) >= 0, fits);
					if (place + 1 < size && !fits)
					{
						char		next = name[place + 1];

						name[place + 1] = (char) (next ^ byte);
						CHECK_INT(jn_numbered_find(&n, name, size, jn_name_tail(name, size)), -1);
						name[place + 1] = next;
					}
				}
				name[place] = was;
			}
		}
	}
}

TEST(numbered_tail_of_every_size)
{
	static const char name[] = "\x01\x80zyxwvut\xffqponm";

	for (size_t size = 0; size < sizeof(name); size++)
	{
		uint64_t	tail = 0;

		for (size_t i = size > 8 ? size - 8 : 0; i < size; i++)
			tail = tail >> 8 | (uint64_t) (uint8_t) name[i] << 56;
		CHECK(jn_name_tail(name, size) == tail);
	}
}

/* A number has the place of its text form, whatever series there are. */
TEST(numbered_by_number)
{
	static const uint64_t power[] = {
		1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, UINT64_MAX
	};
	char		name[24];

	for (unsigned series = 0; series < 16; series++)
	{
		JnNumbered	n;
		uint64_t	places;

		/* some of: up to three digits, four, five with and without what comes before, eight */
		pool_count = 0;
		for (unsigned i = 0; i < 1000 && (series & 1) != 0; i++)
			add_name("%u", i);
		for (unsigned i = 1000; i < 9000 && (series & 2) != 0; i++)
			add_name("%u", i);
		for (unsigned i = 0; i < 300; i++)
			add_name("-%u", 10000 + i);
		for (unsigned i = 0; i < 2000 && (series & 4) != 0; i++)
			add_name("%05u", i);
		for (unsigned i = 0; i < 300 && (series & 8) != 0; i++)
			add_name("12%08u", i);
		n = count_pool(&places);

		for (uint64_t number = 0; number < 20000; number++)
		{
			snprintf(name, sizeof(name), "%llu", (unsigned long long) number);
			CHECK_INT(jn_numbered_find_number(&n, number), find(&n, name));
		}
		for (size_t p = 0; p < sizeof(power) / sizeof(power[0]); p++)
		{
			for (uint64_t number = power[p] - 1; number != power[p] + 2; number++)
			{
				/* larger ones have no place by number, a name may have one */
				snprintf(name, sizeof(name), "%llu", (unsigned long long) number);
				CHECK_INT(jn_numbered_find_number(&n, number), number < JN_NUMBER_LIMIT ? find(&n, name) : -1);
			}
		}
	}
}

/* A name of a series with one other byte, whichever it is, is another name. */
TEST(numbered_other_byte_is_other_name)
{
	static const char *const format[] = {"%03u", "u%03u", "abcd%03u", "abcde%03u", "abcdefg%03u", "abcdefgh%03u", "abcdefghijklmn%03u"};

	for (size_t f = 0; f < sizeof(format) / sizeof(format[0]); f++)
	{
		JnNumbered	n;
		uint64_t	places;
		char		name[24];
		size_t		size;

		pool_count = 0;
		for (unsigned i = 0; i < 1000; i++)
			add_name(format[f], i);
		n = count_pool(&places);
		snprintf(name, sizeof(name), format[f], 700);
		size = strlen(name);
		CHECK_INT(find(&n, name), 700);

		for (size_t i = 0; i < size - 3; i++)
		{
			name[i] ^= 1;
			CHECK(find(&n, name) < 0);
			name[i] ^= 1;
		}
		for (size_t i = size - 3; i < size; i++)
		{
			name[i] ^= 1;
			CHECK(find(&n, name) != 700);
			name[i] ^= 0x81;
			CHECK(find(&n, name) < 0);
			name[i] ^= 0x80;
		}
	}
}

TEST(numbered_every_name_has_its_own_place)
{
	JnNumbered	n;
	uint64_t	places;
	int		   *owner;
	int			placed = 0;

	pool_count = 0;
	for (unsigned i = 0; i < 20000; i++)
		add_name("%u", i);
	for (unsigned i = 0; i < 10000; i++)
		add_name("u%06u", 3 * i);
	for (unsigned i = 0; i < 10000; i++)
		add_name("customer-%010u", i + 1000000000);
	for (unsigned i = 0; i < 3000; i++)
		add_name("far%u", i * 300000);	/* too sparse */
	for (unsigned i = 0; i < 100; i++)
		add_name("few%u", i);
	add_name("name", 0);
	add_name("", 0);
	n = count_pool(&places);
	/* as many as the highest numbers ask for, and no more */
	CHECK_INT(places, 1000 + 10000 + 20000 + 29998 + 10000);
	owner = jn_alloc(&unit_env.env, places * sizeof(int));
	memset(owner, 0, places * sizeof(int));

	for (int i = 0; i < pool_count; i++)
	{
		int64_t		place = find(&n, pool[i]);

		if (place < 0)
			continue;
		CHECK(place < (int64_t) places);
		/* nobody else has it */
		CHECK_INT(owner[place], 0);
		owner[place] = i + 1;
		placed++;
	}
	/* all but 10 to 1000, which are few, and the last three kinds */
	CHECK_INT(placed, 20000 - 100 + 10000 + 10000);

	/* names that are nearly there */
	CHECK(find(&n, "20000") < 0);
	CHECK(find(&n, "u00001x") < 0);
	CHECK(find(&n, "v000015") < 0);
	CHECK(find(&n, "customer-2000000001") < 0);
	CHECK(find(&n, "customer+1000000001") < 0);
	CHECK(find(&n, "") < 0);
	unit_env_clear(&unit_env);
}

/* More series than are kept: those beyond have no place, and nothing breaks. */
TEST(numbered_many_series)
{
	JnNumbered	n;
	uint64_t	places;

	pool_count = 0;
	for (unsigned p = 0; p < 100; p++)
	{
		for (unsigned i = 0; i < 300; i++)
			snprintf(pool[pool_count++], sizeof(pool[0]), "p%02u-%03u", p, i);
	}
	n = count_pool(&places);
	CHECK_INT(n.count, JN_SERIES_MOST);
	CHECK_INT(places, 300 * JN_SERIES_MOST);
	CHECK(find(&n, "p00-299") >= 0);
	CHECK(find(&n, "p99-299") < 0);
}
