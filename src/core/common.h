/*
 * common.h
 *	  Names that many builders share: the vocabulary of a query.
 *
 * A query that builds a journey for each of a million subjects meets the same
 * few names in all of them.  Builders that share a vocabulary (build.h) keep
 * no names of their own: less memory, and what every row looks at stays in the
 * processor's cache.  A vocabulary takes so many names and no more; a builder
 * that meets another one goes on by itself.
 *
 * It lives as long as the last of its builders, in an environment of its own.
 * It may not be moved.
 */
#ifndef JN_COMMON_H
#define JN_COMMON_H

#include "dict.h"

/* Names that a vocabulary takes, and bytes of them. */
#define JN_COMMON_NAMES		1024
#define JN_COMMON_TEXT		65536

/* Names found lately, of up to so many bytes, without a look at the dictionary. */
#define JN_RECENT			64
#define JN_RECENT_SIZE		16

typedef struct JnRecent
{
	uint64_t	head;			/* the first eight bytes, or what there is */
	uint64_t	tail;			/* the last eight; 0 if the head is all */
	uint32_t	size;			/* UINT32_MAX: nothing here */
	uint32_t	code;
} JnRecent;

/* Use the functions below. */
typedef struct JnCommon
{
	JnEnv		env;			/* of its memory */
	JnDict		dict;			/* codes by first use, for good */
	uint16_t	rank[JN_COMMON_NAMES];	/* of a code: its place among all names */
	uint16_t	by_rank[JN_COMMON_NAMES];	/* and back */
	uint64_t	presence[JN_COMMON_NAMES];	/* bit of a code's name */
	JnRecent	recent[JN_RECENT];

	/* what jn_common_pick() has found */
	const void *picker;			/* for whom; NULL for nobody */
	uint32_t	picked;			/* names */
	uint16_t	pick[JN_COMMON_NAMES];	/* their codes, the names ascending */
	uint16_t	number[JN_COMMON_NAMES];	/* of a code: its place in pick[] */
} JnCommon;

/* Creates an empty vocabulary in env's memory; env is copied, not what it points to. */
extern JnCommon *jn_common_new(const JnEnv *env);

/*
 * The code of a name, which is added if it is not there and fits; JN_NO_LABEL
 * if it does not fit.
 * Errors: those of jn_label_check(), for a name that is not there.
 */
extern JnStatus jn_common_code(JnCommon *c, const char *name, size_t size, uint32_t *code, JnError *err);

/*
 * Finds which names code[0 .. n-1] use, which are codes of this vocabulary:
 * fills pick[] and number[] for "picker", until the next call.
 * O(n + names / 64); ticks in the vocabulary's environment.
 */
extern void jn_common_pick(JnCommon *c, const void *picker, const uint32_t *code, uint32_t n);

#endif							/* JN_COMMON_H */
