/*
 * fold.h
 *	  Texts in the form in which they are compared.
 */
#ifndef JOURNEY_FOLD_H
#define JOURNEY_FOLD_H

/*
 * The code points of a text in UTF-8, normalized to NFKC and case-folded, in
 * the current memory context; *n is set to their number.  The same on every
 * server, whatever the locale of the database.  O(size); leaves garbage in the
 * context, so reset it.
 */
extern uint32 *journey_fold_text(const char *data, int size, size_t *n);

#endif							/* JOURNEY_FOLD_H */
