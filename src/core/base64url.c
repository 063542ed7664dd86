/*
 * base64url.c
 *	  Bytes as letters, see base64url.h.
 */
#include "base64url.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
jn_base64url_write(const uint8_t *data, size_t size, char *out)
{
	unsigned	bits = 0;		/* read but not written yet */
	int			nbits = 0;

	for (size_t i = 0; i < size; i++)
	{
		bits = (bits << 8 | data[i]) & 0xffff;
		for (nbits += 8; nbits >= 6; nbits -= 6)
			*out++ = letters[(bits >> (nbits - 6)) & 63];
	}
	if (nbits > 0)
		*out = letters[(bits << (6 - nbits)) & 63];
}

/* The six bits of a letter, or -1. */
static int
letter_bits(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool
jn_base64url_read(const char *text, size_t size, uint8_t *out, size_t *out_size)
{
	unsigned	bits = 0;
	int			nbits = 0;
	size_t		n = 0;

	for (size_t i = 0; i < size; i++)
	{
		int			six = letter_bits(text[i]);

		if (six < 0)
			return false;
		bits = (bits << 6 | (unsigned) six) & 0xffff;
		nbits += 6;
		if (nbits >= 8)
		{
			nbits -= 8;
			out[n++] = (uint8_t) (bits >> nbits);
		}
	}
	*out_size = n;
	return nbits < 6 && (bits & ((1U << nbits) - 1)) == 0;
}
