/*
 * test_utf8.c
 *	  The proof of UTF-8, against a decoder that works out each character.
 */
#include "utf8.h"

#include "unit.h"

/* Offset of the first bad byte, by decoding to code points: slow, obviously right. */
static size_t
slow_check(const unsigned char *p, size_t size)
{
	size_t		i = 0;

	while (i < size)
	{
		static const uint32_t least[5] = {0, 1, 0x80, 0x800, 0x10000};
		size_t		n = p[i] < 0x80 ? 1 : (p[i] & 0xe0) == 0xc0 ? 2 : (p[i] & 0xf0) == 0xe0 ? 3
		: (p[i] & 0xf8) == 0xf0 ? 4 : 0;
		uint32_t	c;

		if (n == 0 || size - i < n)
			return i;
		c = n == 1 ? p[i] : p[i] & (0x7fu >> n);
		for (size_t k = 1; k < n; k++)
		{
			if ((p[i + k] & 0xc0) != 0x80)
				return i;
			c = c << 6 | (p[i + k] & 0x3f);
		}
		if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return i;
		i += n;
	}
	return size;
}

TEST(utf8_each_pair_of_first_bytes)
{
	unsigned char c[4];

	for (int a = 0; a < 256; a++)
		for (int b = 0; b < 256; b++)
			for (int tail = 0; tail < 4; tail++)
			{
				c[0] = (unsigned char) a;
				c[1] = (unsigned char) b;
				c[2] = tail & 1 ? 0x80 : 'x';
				c[3] = tail & 2 ? 0xbf : 'y';
				for (size_t size = 0; size <= 4; size++)
					if (jn_utf8_check((char *) c, size) != slow_check(c, size))
					{
						CHECK_INT(jn_utf8_check((char *) c, size), slow_check(c, size));
						return;
					}
			}
}

TEST(utf8_anywhere_in_long_ascii)
{
	static const char *const bad[] = {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", ""};
	char		text[40];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (size_t at = 0; at < 30; at++)
		{
			size_t		size = strlen(bad[i]);

			memset(text, 'a', sizeof(text));
			memcpy(text + at, bad[i], size > 0 ? size : 1); /* the last one is a zero byte */
			CHECK_INT(jn_utf8_check(text, sizeof(text)), at);
			CHECK_INT(jn_utf8_check(text, at), at);
		}
}

TEST(utf8_good_ones)
{
	static const char *const good[] = {"", "a", "view", "añadir al carrito", "カートに入れる", "🛒👩" "\xe2\x80\x8d" "👧", "سلة", "\x01\x7f",
	"\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80", "\xc2\x80"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK_INT(jn_utf8_check(good[i], strlen(good[i])), strlen(good[i]));
}

TEST(utf8_random_bytes)
{
	uint64_t	seed = 1;
	unsigned char c[24];

	for (int round = 0; round < 200000; round++)
	{
		size_t		size = unit_below(&seed, sizeof(c));

		/* mostly bytes that begin or continue characters */
		for (size_t i = 0; i < size; i++)
		{
			static const unsigned char likely[] = {'a', 0xc3, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x80, 0xbf, 0xed, 0xe0};

			c[i] = unit_below(&seed, 4) ? likely[unit_below(&seed, sizeof(likely))] : (unsigned char) unit_random(&seed);
		}
		if (!CHECK_INT(jn_utf8_check((char *) c, size), slow_check(c, size)))
			return;
	}
}

TEST(utf8_characters)
{
	CHECK_INT(jn_utf8_character("ab", 2), 1);
	CHECK_INT(jn_utf8_character("éa", 3), 2);
	CHECK_INT(jn_utf8_character("€a", 4), 3);
	CHECK_INT(jn_utf8_character("🛒a", 5), 4);
	CHECK_INT(jn_utf8_character("🛒", 3), 0);
	CHECK_INT(jn_utf8_character("\x80", 1), 0);
	CHECK_INT(jn_utf8_character("", 1), 0);
}
