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

bool
jn_base64url_read(const char *text, size_t size, uint8_t *out, size_t *out_size)
{
	unsigned	bits = 0;
	int			nbits = 0;
	size_t		n = 0;

	for (size_t i = 0; i < size; i++)
	{
		int			six = jn_letter_bits(text[i]);

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
