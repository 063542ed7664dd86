/*
 * text.h
 *	  The text form of a journey, and of times in it.
 *
 *	 journey    =  "[" step { "," step } "]"
 *	 step       =  name [ "@" name ] time [ "{" attribute { "," attribute } "}" ]
 *	 attribute  =  "decision" "=" name | "action" "=" name | "persona" "=" name
 *				   | "value" "=" number | "sense" "=" name
 *	 name       =  plain | '"' { any character, '"' doubled } '"'
 *	 plain      =  letter, digit or "_" first, then also ". : / -"; every
 *				   character beyond ASCII counts as a letter
 *	 time       =  date ("T" | " ") HH:MM[:SS[.ffffff]] zone [" BC"]
 *	 date       =  YYYY-MM-DD, the year with 4 to 6 digits
 *	 zone       =  "Z" | ("+" | "-") HH[[:]MM]
 *
 * and number as in number.h; as in
 *
 *	 [view@web 2026-01-01T10:00:00Z, "add to cart"@web 2026-01-01T10:00:05.25Z
 *	 {decision="special offer", value=19.99, sense=curious, sense=tired}]
 *
 * The name behind "@" is the channel, with no white space around the "@".
 * Elsewhere white space between tokens is free; a plain name needs it before
 * its time.  A name may be empty: "", but for that of a sense.  Attributes may
 * come in any order, each once; senses as often as there are.
 *
 * Steps may come in any order; those of one time stay as written.  The
 * calendar is the Gregorian one at all times; there is no year 0.  Hours go to
 * 23, minutes and seconds to 59, zones to 15:59 either way: 24:00 and leap
 * seconds, which the server would move into the next minute, are refused, so
 * is a time without a zone or with more than six digits after the point.
 *
 * Output is in UTC with "T", seconds and "Z", with as few digits of the
 * fraction as are needed, attributes in the order of the grammar, and reads
 * back as the same value, whatever the session's settings.
 */
#ifndef JN_TEXT_H
#define JN_TEXT_H

#include "build.h"

/* Longest time that jn_time_write() makes: "294276-12-31T23:59:59.999999Z" and " BC". */
#define JN_TIME_TEXT	40

/*
 * Reads a text into an empty builder (with keep_ties).  At least one step.
 * Errors, each with "at" in the text: JN_TEXT_SYNTAX, JN_TEXT_TIME,
 * JN_TIME_RANGE, JN_TEXT_NUMBER, JN_NUMBER_RANGE, JN_NAME_LONG, JN_NAME_UTF8,
 * JN_SENSE_EMPTY, JN_TOO_MANY_STEPS, JN_TOO_LARGE.
 */
extern JnStatus jn_text_read(const JnEnv *env, const char *text, size_t size, JnBuild *b, JnError *err);

/*
 * Bytes of the text form, without a terminator, and the text itself.  The
 * size may be larger than the server's 1 GB, or than a size_t holds on a
 * machine of 32 bits: the caller looks.  Both linear.
 */
extern uint64_t jn_text_size(const JnEnv *env, const JnJourney *j);
extern void jn_text_write(const JnEnv *env, const JnJourney *j, char *out);

/*
 * The pieces of the text form, for texts that have journeys in them.
 *
 * jn_text_read_part() reads a journey at text + *at, and moves *at behind it;
 * the first step may stand in parentheses: then *ghost, and *ghost_time is its
 * time; behind the last one ", ..." may follow: then *more.  jn_text_read_name() reads a name, plain or quoted, likewise; it may
 * point into copy[].  The write functions write at "out", or only measure if
 * that is NULL, and return the number of bytes.
 * Errors: those of jn_text_read(); of a name JN_TEXT_SYNTAX, JN_NAME_LONG.
 */
extern JnStatus jn_text_read_part(const JnEnv *env, const char *text, size_t size, size_t *at, JnBuild *b,
								  bool *ghost, int64_t *ghost_time, bool *more, JnError *err);
extern JnStatus jn_text_read_name(const JnEnv *env, const char *text, size_t size, size_t *at,
								  char copy[JN_MAX_NAME], JnName *name, JnError *err);
extern uint64_t jn_text_write_step(const JnStep *step, char *out);
extern uint64_t jn_text_write_name(JnName name, char *out);

/* Skips the white space at p, below end. */
extern const char *jn_skip_space(const JnEnv *env, const char *p, const char *end);

/* Writes one time, microseconds, without a terminator; returns the number of bytes, below JN_TIME_TEXT. */
extern size_t jn_time_write(int64_t time, char *out);

/*
 * Reads one time at *p, below end, and moves *p past it.
 * Errors: JN_TEXT_TIME with "at" relative to *p, where reading stopped or the
 * number that is out of bounds begins; JN_TIME_RANGE.  *p stays then.
 */
extern JnStatus jn_time_read(const char **p, const char *end, int64_t *time, JnError *err);

#endif							/* JN_TEXT_H */
