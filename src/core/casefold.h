/*
 * casefold.h
 *	  Full case folding of Unicode, without a locale.
 *
 * What a server offers for this depends on its version, its build and the
 * locale of the database; a table of our own gives the same answer everywhere.
 * Folding is "full": one character can become up to three, as in sharp s.
 */
#ifndef JN_CASEFOLD_H
#define JN_CASEFOLD_H

#include "jn.h"

/* Characters that one becomes at most. */
#define JN_CASEFOLD_MAX		3

/*
 * Folds a character of a text in NFKC: fills to[] and returns how many it
 * becomes, at least 1.  The result need not be in NFKC.  O(1).
 */
extern unsigned jn_casefold(uint32_t character, uint32_t to[JN_CASEFOLD_MAX]);

#endif							/* JN_CASEFOLD_H */
