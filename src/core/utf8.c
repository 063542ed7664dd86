/*
 * utf8.c
 *	  Proof that bytes are UTF-8 without zero bytes.
 *
 * Names are nearly always ASCII and short, so eight bytes are looked at in one
 * go as long as they are ASCII and not zero; the rest goes by characters.
 */
#include "utf8.h"

#include "bytes.h"

#define HIGH_BITS	UINT64_C(0x8080808080808080)
#define LOW_BITS	UINT64_C(0x0101010101010101)

static inline bool
continues(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/*
 * The same as jn_utf8_character(), inline.  The second byte carries the bounds
 * of table 3-7: it alone tells overlong forms, surrogates and what lies above
 * U+10FFFF.
 */
static inline size_t
character(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80;
	unsigned char high = 0xbf;

	if (p[0] == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2)
		return 0;
	if (p[0] < 0xe0)
		return left >= 2 && continues(p[1]) ? 2 : 0;
	if (p[0] < 0xf0)
	{
		if (p[0] == 0xe0)
			low = 0xa0;
		else if (p[0] == 0xed)
			high = 0x9f;
		return left >= 3 && p[1] >= low && p[1] <= high && continues(p[2]) ? 3 : 0;
	}
	if (p[0] > 0xf4)
		return 0;
	if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	return left >= 4 && p[1] >= low && p[1] <= high && continues(p[2]) && continues(p[3]) ? 4 : 0;
}

size_t
jn_utf8_character(const char *data, size_t size)
{
	return character((const unsigned char *) data, size);
}

size_t
jn_utf8_check(const char *data, size_t size)
{
	const unsigned char *p = (const unsigned char *) data;
	size_t		i = 0;

	while (i < size)
	{
		if (size - i >= 8)
		{
			uint64_t	w = jn_load64(p + i);

			/* no byte has its high bit, and none borrows when 1 is taken off */
			if (((w | (w - LOW_BITS)) & HIGH_BITS) == 0)
			{
				i += 8;
				continue;
			}
		}

		size_t		length = character(p + i, size - i);

		if (length == 0)
			return i;
		i += length;
	}
	return size;
}
