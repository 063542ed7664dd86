/*
 * set_text.h
 *	  The text form of a set of journeys.
 *
 *	 set	  =  [ kind ] "{" part { "," part } "}"
 *	 kind	  =  "text" | "bigint" | "uuid"			what the keys are; text if left out
 *	 part	  =  key ":" "[" [ ghost "," ] step { "," step } [ "," "..." ] "]"
 *	 key	  =  name, in quotes if it has a colon | [ "-" ] digits | 32 hexadecimal digits
 *	 ghost	  =  "(" step ")"
 *
 * with names and steps as in text.h, as in
 *
 *	 {ana: [view 2026-01-01T10:00:00Z, pay 2026-01-01T10:05:00Z], "bob b.": [view 2026-01-01T10:01:00Z]}
 *	 bigint {7: [(view 2026-01-01T10:00:00Z), pay 2026-01-01T10:05:00Z, ...]}
 *
 * A step in parentheses is a ghost: the last one of a part in another set.  It
 * must be earlier than all steps of its part.  Three dots at the end say that the
 * journey goes on in another set.
 *
 * White space between tokens is free.  Subjects may come in any order; several
 * parts of one are merged.  Hyphens of a uuid may stand behind every second of
 * its bytes, in any case.  Output has the subjects in the order of their keys, a
 * kind unless it is text, uuids in the usual form, and reads back as the same
 * value.
 */
#ifndef JN_SET_TEXT_H
#define JN_SET_TEXT_H

#include "set_build.h"

/* Longest text of a key that is no text: a uuid. */
#define JN_KEY_WIDTH	36

/* Writes a bigint or a uuid without a terminator; returns the number of bytes, JN_KEY_WIDTH at most. */
extern size_t jn_key_write(const JnKey *key, char *out);

/*
 * Reads a whole text as a key of a kind; false if it is none.  A text is its own
 * key, which points into it; a uuid is put into uuid[].
 */
extern bool jn_key_read(JnKeyKind kind, const char *text, size_t size, char uuid[JN_UUID_SIZE], JnKey *key);

/*
 * Reads a text into a new builder.  Linear, but for sorting what is out of order.
 * Errors, each with "at" in the text but for the last: JN_TEXT_SET, those of
 * jn_text_read(), JN_SUBJECT_LONG, JN_SUBJECT_UTF8, JN_TOO_LARGE.
 */
extern JnStatus jn_set_text_read(const JnEnv *env, const char *text, size_t size, JnSetBuild **b, JnError *err);

/*
 * Bytes of the text form, without a terminator, and the text itself.  The size
 * may be larger than the server's 1 GB, or than a size_t holds on a machine of
 * 32 bits: the caller looks.  Both linear.
 */
extern uint64_t jn_set_text_size(const JnEnv *env, const JnSet *s);
extern void jn_set_text_write(const JnEnv *env, const JnSet *s, char *out);

#endif							/* JN_SET_TEXT_H */
