/*
 * base64url.h
 *	  Bytes as letters that need no quoting anywhere: RFC 4648, section 5,
 *	  without padding.
 */
#ifndef JN_BASE64URL_H
#define JN_BASE64URL_H

#include "jn.h"

/* The six bits of a letter, or -1. */
static inline int
jn_letter_bits(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* Letters of so many bytes. */
static inline size_t
jn_base64url_size(size_t bytes)
{
	return bytes / 3 * 4 + (bytes % 3 > 0 ? bytes % 3 + 1 : 0);
}

/* Writes jn_base64url_size(size) letters to out. */
extern void jn_base64url_write(const uint8_t *data, size_t size, char *out);

/*
 * Reads letters into room for as many bytes.  False if they are not the one
 * form of some bytes: another character, a length that none has, bits left
 * over that are not zero.
 */
extern bool jn_base64url_read(const char *text, size_t size, uint8_t *out, size_t *out_size);

#endif							/* JN_BASE64URL_H */
