/*
 * text.h
 *	  The text form of a journey, and of times in it.
 *
 *	 journey  =  "[" step { "," step } "]"
 *	 step     =  name time
 *	 name     =  plain | '"' { any character, '"' doubled } '"'
 *	 plain    =  letter, digit or "_" first, then also ". : / -"; every
 *				 character beyond ASCII counts as a letter
 *	 time     =  YYYY-MM-DD ("T" | " ") HH:MM[:SS[.ffffff]] ("Z" | ("+"|"-") HH[[:]MM]) [" BC"]
 *
 * as in [view 2026-01-01T10:00:00Z, "add to cart" 2026-01-01T10:00:05.25Z].
 * White space between tokens is free.  Steps may come in any order; those of
 * one time stay as written.  Output is in UTC with "T" and "Z", with as few
 * digits of the fraction as are needed, whatever the session's settings, and
 * reads back as the same value.  Between the time and the next comma there is
 * room for the attributes that later tracks bring; none exists yet.
 */
#ifndef JN_TEXT_H
#define JN_TEXT_H

#include "build.h"

/* Longest time that jn_time_write() makes: "294276-12-31T23:59:59.999999Z" and " BC". */
#define JN_TIME_TEXT	40

/*
 * Reads a text into an empty builder (with keep_ties).
 * Errors: JN_TEXT_SYNTAX, JN_TEXT_TIME, JN_TIME_RANGE, JN_NAME_LONG,
 * JN_NAME_UTF8, JN_TOO_MANY_STEPS.
 */
extern JnStatus jn_text_read(const JnEnv *env, const char *text, size_t size, JnBuild *b, JnError *err);

/* Bytes of the text form, without a terminator, and the text itself. */
extern size_t jn_text_size(const JnEnv *env, const JnJourney *j);
extern void jn_text_write(const JnEnv *env, const JnJourney *j, char *out);

/* Writes one time; returns the number of bytes, below JN_TIME_TEXT. */
extern size_t jn_time_write(int64_t time, char *out);

/*
 * Reads one time at *p, below end, and moves *p past it.
 * Errors: JN_TEXT_TIME, JN_TIME_RANGE; "at" is relative to *p.
 */
extern JnStatus jn_time_read(const char **p, const char *end, int64_t *time, JnError *err);

#endif							/* JN_TEXT_H */
