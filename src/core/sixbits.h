/*
 * sixbits.h
 *	  Reading bits from text that has six of them in a letter.
 *
 * Consent strings are bits, the first one highest, written in the letters of
 * base64url (RFC 4648, section 5) and without padding by bytes: so they are
 * read letter by letter and never become bytes.
 */
#ifndef JN_SIXBITS_H
#define JN_SIXBITS_H

#include "jn.h"

typedef struct JnSixbits
{
	const char *text;			/* proven letters */
	size_t		at;				/* where it stands in the whole input */
	size_t		bits;			/* all of them */
	size_t		next;			/* the bit to be read next */
	bool		padded;			/* there were '=' behind the letters */
} JnSixbits;

/*
 * Begins to read "size" bytes, which stand "at" bytes into the whole input.
 * One to three '=' behind the letters are left out.
 * Errors: JN_CONSENT_LETTER.
 */
extern JnStatus jn_sixbits_open(JnSixbits *r, const char *text, size_t at, size_t size, JnError *err);

/*
 * The next n bits as a number, n at most 36.
 * Errors: JN_CONSENT_SHORT, at = the end of the text.
 */
extern JnStatus jn_sixbits_get(JnSixbits *r, unsigned n, uint64_t *value, JnError *err);

/* The letter that holds the next bit, as a place in the whole input. */
static inline size_t
jn_sixbits_at(const JnSixbits *r)
{
	return r->at + r->next / 6;
}

#endif							/* JN_SIXBITS_H */
