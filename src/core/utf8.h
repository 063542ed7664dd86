/*
 * utf8.h
 *	  UTF-8: proof, of a text and of one character.
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

/*
 * Bytes of the valid character, not zero, that begins at data, which has at
 * least one byte; 0 if there is none.
 */
extern size_t jn_utf8_character(const char *data, size_t size);

#endif							/* JN_UTF8_H */
