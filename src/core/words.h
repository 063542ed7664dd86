/*
 * words.h
 *	  Names as the texts of a journey write them: bare or in double quotes.
 *
 * The variant and the text form differ in which names they quote, not in how:
 * quotes inside are doubled, everything else stands as it is.
 */
#ifndef JN_WORDS_H
#define JN_WORDS_H

#include "labels.h"

/* Dictionaries up to this size are handled without allocating. */
#define JN_FEW_WORDS	64

typedef struct JnWord
{
	JnName		name;
	uint32_t	size;			/* bytes written; more than name.size if quoted */
} JnWord;

/* The words of the names of a column, in their order. */
typedef struct JnWords
{
	JnWord	   *word;
	JnWord		few[JN_FEW_WORDS];
} JnWords;

/* The word of a name; "bare" tells which names need no quotes. */
extern JnWord jn_word(JnName name, bool (*bare) (JnName name));

/* Makes the words.  Allocates if there are many. */
extern void jn_words_open(const JnEnv *env, JnWords *words, const JnLabels *labels, bool (*bare) (JnName name));
extern void jn_words_close(const JnEnv *env, JnWords *words);

/* Writes a word, word->size bytes, and returns the byte after it. */
extern char *jn_word_write(const JnWord *word, char *out);

#endif							/* JN_WORDS_H */
