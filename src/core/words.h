/*
 * words.h
 *	  The names of a journey as its texts write them: bare or in double quotes.
 *
 * The variant and the text form differ in which names they quote, not in how:
 * quotes inside are doubled, everything else stands as it is.
 */
#ifndef JN_WORDS_H
#define JN_WORDS_H

#include "journey.h"

/* Dictionaries up to this size are handled without allocating. */
#define JN_FEW_WORDS	64

typedef struct JnWord
{
	JnName		name;
	uint32_t	size;			/* bytes written; more than name.size if quoted */
} JnWord;

/* The words of a journey's dictionary, in its order. */
typedef struct JnWords
{
	JnWord	   *word;
	JnWord		few[JN_FEW_WORDS];
} JnWords;

/* Makes the words; "bare" tells which names need no quotes.  Allocates if there are many. */
extern void jn_words_open(const JnEnv *env, JnWords *words, const JnJourney *j, bool (*bare) (JnName name));
extern void jn_words_close(const JnEnv *env, JnWords *words);

/* Writes a word, word->size bytes, and returns the byte after it. */
extern char *jn_word_write(const JnWord *word, char *out);

#endif							/* JN_WORDS_H */
