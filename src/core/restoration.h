/*
 * restoration.h
 *	  How many subjects of a population had a sense, how many were brought back
 *	  from it, and how long that took.
 *
 * A JnRestorations takes journeys, each a subject of its own, and sets of
 * journeys, in any order; a journey that is spread over sets is one subject, see
 * whole.h.  What being restored means stands in sensing.h.  Memory: 8 bytes for
 * each subject that was restored, and the parts that are held back.
 *
 * The state as bytes, for partial aggregates on their way between processes and
 * machines.  Little-endian and unaligned, version 1:
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      3  0
 *		  4      4  s, the bytes of the sense, 1 to JN_MAX_NAME
 *		  8      8  subjects that had it, at most INT64_MAX
 *		 16      4  r, those of them that were restored
 *		 20      s  the sense: UTF-8 without zero
 *			   8 r  how long each took, ascending: u64 microseconds, at most what
 *					lies between two times
 *					the parts that are held back, see whole.h
 *
 * States of the same subjects are equal bytes.
 */
#ifndef JN_RESTORATION_H
#define JN_RESTORATION_H

#include "whole.h"

#define JN_RESTORATIONS_VERSION	1
#define JN_RESTORATIONS_HEADER	20

/* What it comes to. */
typedef struct JnRestored
{
	uint64_t	sensed;			/* subjects */
	uint32_t	restored;		/* of them */
	uint64_t	median;			/* microseconds, the mean of the two middle ones rounded down; if restored > 0 */
} JnRestored;

/* Use the functions below.  Owns its memory. */
typedef struct JnRestorations
{
	uint64_t	sensed;
	int64_t    *took;			/* microseconds, less 2^63 so that all of them fit */
	uint32_t	n;
	uint32_t	room;
	bool		ascending;		/* took[] is */
	JnName		sense;
	JnWhole		whole;
	uint8_t    *with;			/* of the present columns: a byte for each of their sets of senses; NULL: none has it */
} JnRestorations;

/* Starts for a sense of 1 to JN_MAX_NAME bytes, which is copied.  "salt" as in jn_lexicon_init(). */
extern void jn_restorations_init(const JnEnv *env, JnRestorations *r, JnName sense, uint64_t salt);

/* Whether it is for this sense. */
extern bool jn_restorations_is_for(const JnRestorations *r, JnName sense);

/* Adds a journey, a subject of its own.  Error: JN_TOO_MANY_POINTS. */
extern JnStatus jn_restorations_journey(const JnEnv *env, JnRestorations *r, const JnJourney *j, JnError *err);

/* Adds the subjects of a set.  Errors: those of jn_whole_set(); JN_TOO_MANY_POINTS. */
extern JnStatus jn_restorations_set(const JnEnv *env, JnRestorations *r, const JnSet *s, JnError *err);

/*
 * Adds all of "from", which is for the same sense and whose subjects are others,
 * but for those that are spread over sets.  Errors: those of jn_whole_merge();
 * JN_TOO_MANY_POINTS.
 */
extern JnStatus jn_restorations_merge(const JnEnv *env, JnRestorations *into, const JnRestorations *from,
									  JnError *err);

/*
 * What all add up to, with the parts that are held back.  *r adds up to the same
 * afterwards.  O(n log n).  Errors: those of jn_whole_rest(); JN_TOO_MANY_POINTS.
 */
extern JnStatus jn_restorations_answer(const JnEnv *env, JnRestorations *r, JnRestored *answer, JnError *err);

/* The state as bytes: size gives what write fills, in O(n log n).  Errors: JN_TOO_LARGE. */
extern JnStatus jn_restorations_size(const JnRestorations *r, size_t *size, JnError *err);
extern void jn_restorations_write(const JnEnv *env, JnRestorations *r, uint8_t *out);

/*
 * Reads a state and proves every rule of it.  Linear in size.  Errors:
 * JN_BYTES_*, those of jn_label_check() and jn_whole_read(); then *r can only be
 * thrown away.
 */
extern JnStatus jn_restorations_read(const JnEnv *env, JnRestorations *r, uint64_t salt, const uint8_t *p, size_t size,
									 JnError *err);

#endif							/* JN_RESTORATION_H */
