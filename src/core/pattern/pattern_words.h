/*
 * pattern_words.h
 *	  The words of a pattern: signs, names and intervals, from left to right.
 *
 * What is read is at hand: it begins at p.  Functions that answer move past what
 * they accept, and stay where they do not; those that read stop somewhere behind
 * the beginning if they fail, and have filled *err.  Errors tell the place in
 * bytes from the beginning of the text.
 */
#ifndef JN_PATTERN_WORDS_H
#define JN_PATTERN_WORDS_H

#include "../labels.h"

typedef struct JnWords
{
	const JnEnv *env;
	const char *text;
	const char *p;				/* the next character */
	const char *end;
	JnError    *err;
	size_t		work;			/* words since the last tick */
} JnWords;

static inline bool
jn_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Fills the error: this status, at this place of the text. */
extern JnStatus jn_words_fail(JnWords *w, JnStatus status, const char *at);

/* Moves past white space. */
extern void jn_words_space(JnWords *w);

/* Whether the text goes on with these characters; moves past them. */
extern bool jn_words_accept(JnWords *w, const char *word);

/* Whether the plain word at hand is this one, of small letters, in whatever case; moves past it. */
extern bool jn_words_accept_word(JnWords *w, const char *word);

/* Whether the next character behind white space is this one, which stays. */
extern bool jn_words_comes(JnWords *w, char c);

/* Whether a name without quotes is at hand. */
extern bool jn_words_plain_comes(const JnWords *w);

/*
 * Reads a name, plain or in double quotes; a plain one stays in the text, the
 * other is copied.  JN_PATTERN_NAME, JN_PATTERN_OPEN, JN_NAME_LONG, JN_NAME_UTF8.
 */
extern JnStatus jn_words_name(JnWords *w, JnName *name);

/* Reads digits as a number below 10^17; false if there are none, or more. */
extern bool jn_words_digits(JnWords *w, int64_t *number);

/*
 * Reads an interval as microseconds, 0 or more and below 2^62.
 * JN_PATTERN_INTERVAL, JN_PATTERN_INTERVAL_RANGE, JN_PATTERN_MONTHS, JN_PATTERN_OPEN.
 */
extern JnStatus jn_words_interval(JnWords *w, int64_t *us);

#endif							/* JN_PATTERN_WORDS_H */
