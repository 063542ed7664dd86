/*
 * mask.h
 *	  What a reader sees instead of a value: partial texts and tokens.
 *
 * Masks tell exactly what they declare and nothing else.  The length of a
 * hidden part is hidden too, a missing value has a mask like any other, and
 * no mask depends on the locale or on a session's settings.
 */
#ifndef JN_MASK_H
#define JN_MASK_H

#include "crypto.h"
#include "jn.h"

/* Limits of JnPartial's fields, in characters. */
#define JN_PARTIAL_MAX_KEEP		255
#define JN_PARTIAL_MAX_HIDDEN	255

/* The character that stands for hidden ones. */
#define JN_PARTIAL_FILLER		'*'

/*
 * Shows the ends of a text.  Counts are characters (Unicode code points; a
 * combining mark counts for itself).
 */
typedef struct JnPartial
{
	int			keep_first;		/* shown at the start; 0 to JN_PARTIAL_MAX_KEEP */
	int			keep_last;		/* shown at the end; the same */
	int			min_hidden;		/* fillers, always as many; 1 to JN_PARTIAL_MAX_HIDDEN */
} JnPartial;

/* Bytes that jn_mask_partial() may write. */
static inline size_t
jn_partial_room(const JnPartial *mask)
{
	return 4 * (size_t) (mask->keep_first + mask->keep_last) + (size_t) mask->min_hidden;
}

/*
 * Writes the partial mask of a text to out, which has jn_partial_room() bytes,
 * and returns how many it wrote.  Between the shown ends stand exactly
 * min_hidden fillers, however many characters are hidden.  A text that has
 * not at least min_hidden characters to hide (so also an empty one, or NULL
 * data) becomes fillers only.  Bytes that are not UTF-8 count as characters of
 * their own and never make it read or write out of bounds.
 * Cost: the shown and the least hidden characters, not the length of the text.
 */
extern size_t jn_mask_partial(const JnPartial *mask, const char *text, size_t size,
							  char *out);

/*
 * Writes the first "keep" characters of a text to out, which has 4 * keep bytes,
 * and returns how many bytes it wrote: none if the text has no more characters
 * than that, so that it never shows all of it.
 */
extern size_t jn_mask_beginning(int keep, const char *text, size_t size, char *out);

/* Bytes of a token, and of its text form without a terminator. */
#define JN_TOKEN_SIZE		16
#define JN_TOKEN_PREFIX		"tok_"
#define JN_TOKEN_TEXT_SIZE	(sizeof(JN_TOKEN_PREFIX) - 1 + 26)

/*
 * What a token was made of: values of two kinds never share a token, so a
 * missing value cannot be taken for an empty one, nor a uuid for its text.
 * Append only: the number is hashed.
 */
typedef enum JnTokenKind
{
	JN_TOKEN_NULL = 0,			/* a missing value; no bytes */
	JN_TOKEN_TEXT = 1,			/* the characters, without the padding of char(n) */
	JN_TOKEN_BYTES = 2,
	JN_TOKEN_UUID = 3,			/* 16 bytes */
	JN_TOKEN_INT64 = 4			/* 8 bytes, big-endian */
} JnTokenKind;

/*
 * The key of a mask: for a use, a purpose, what the mask is named by (a class or
 * a label) and an epoch, from the root key.  purpose is "" for readers without
 * one.  Fails with JN_CRYPTO.
 */
extern JnStatus jn_mask_key(uint8_t out[JN_KEY_SIZE], const uint8_t root[JN_KEY_SIZE], JnKeyUse use,
							const char *purpose, const char *name, uint32_t epoch,
							JnError *err);

/*
 * The token of a value: BLAKE2b-128 under the key, over the kind (one byte)
 * and the value.  Among n different values two share a token with a chance
 * below n^2 / 2^129: 1.5e-21 for a billion.  Fails with JN_CRYPTO.
 */
extern JnStatus jn_token(uint8_t out[JN_TOKEN_SIZE], const uint8_t key[JN_KEY_SIZE],
						 JnTokenKind kind, const void *data, size_t size, JnError *err);

/*
 * The text form: "tok_" and the 128 bits in base32 (RFC 4648, lower case, no
 * padding), so that nobody takes it for a real value.
 */
extern void jn_token_text(const uint8_t token[JN_TOKEN_SIZE], char out[JN_TOKEN_TEXT_SIZE]);

/*
 * The form of a uuid: version 8 (RFC 9562), which no generator of identifiers
 * hands out.  122 bits remain: n^2 / 2^123.
 */
extern void jn_token_uuid(const uint8_t token[JN_TOKEN_SIZE], uint8_t out[16]);

/*
 * The form of a bigint: the first 64 bits, any sign.  n^2 / 2^65: one chance
 * in 37 million for a million values, 2.7 % for a billion.
 */
extern int64_t jn_token_int64(const uint8_t token[JN_TOKEN_SIZE]);

#endif							/* JN_MASK_H */
