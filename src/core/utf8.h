/*
 * utf8.h
 *	  UTF-8: proof, and the length of a character.
 */
#ifndef JN_UTF8_H
#define JN_UTF8_H

#include "jn.h"

/*
 * Offset of the first byte that is not part of valid UTF-8 (Unicode 15, table
 * 3-7: no overlong forms, no surrogates, nothing above U+10FFFF) or is zero;
 * size if there is none.
 */
extern size_t jn_utf8_check(const char *data, size_t size);

/* Bytes of the character that begins with this byte; 1 for a byte that begins none. */
static inline size_t
jn_utf8_length(unsigned char first)
{
	return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

#endif							/* JN_UTF8_H */
