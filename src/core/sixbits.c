/*
 * sixbits.c
 *	  Reading bits from text that has six of them in a letter.
 */
#include "sixbits.h"

#include "base64url.h"

JnStatus
jn_sixbits_open(JnSixbits *r, const char *text, size_t at, size_t size, JnError *err)
{
	size_t		letters = size;

	while (letters > 0 && size - letters < 3 && text[letters - 1] == '=')
		letters--;
	for (size_t i = 0; i < letters; i++)
		if (jn_letter_bits(text[i]) < 0)
			return jn_fail(err, JN_CONSENT_LETTER, at + i, 0, 0);
	*r = (JnSixbits) {.text = text,.at = at,.bits = 6 * letters,.padded = letters < size};
	return JN_OK;
}

JnStatus
jn_sixbits_get(JnSixbits *r, unsigned n, uint64_t *value, JnError *err)
{
	uint64_t	v = 0;

	if (n > r->bits - r->next)
		return jn_fail(err, JN_CONSENT_SHORT, r->at + r->bits / 6, 0, 0);
	for (; n > 0; n--, r->next++)
		v = v << 1 | ((unsigned) jn_letter_bits(r->text[r->next / 6]) >> (5 - r->next % 6) & 1);
	*value = v;
	return JN_OK;
}
