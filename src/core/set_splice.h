/*
 * set_splice.h
 *	  A set with some of its parts replaced, without taking the others apart.
 *
 * A change concerns few subjects of a set.  The bytes of all others are copied,
 * run by run: their counts, keys, codes and differences stand in the new set as
 * they stood in the old one.  Codes are looked up in a table where names came or
 * went.  Values alone are written anew, for the form of each depends on all.
 *
 * The result is what the builder makes of the same parts, byte for byte.  Where
 * the differences would need another unit, the builder has to do it.
 *
 *	 jn_splice_open(&splice, env)
 *	 for each set:
 *		 if jn_splice_plan(&splice, s, b, map, part, n) == JN_OK and splice.fits:
 *			 jn_splice_write(&splice, out)		splice.size bytes, may be 0
 *	 jn_splice_close(&splice)
 *
 * Memory: 12 bytes a part, 20 a row of the track of values, and the keys;
 * doubling, from the JnEnv that it was opened with.
 */
#ifndef JN_SET_SPLICE_H
#define JN_SET_SPLICE_H

#include "row_buffer.h"

/* A subject's part as it shall be. */
typedef struct JnSplicePart
{
	JnKey		key;
	JnRows		rows;			/* in the codes of the builder; n = 0: it has no part any more */
	int64_t		before;			/* the latest step of the old one, microseconds; JN_TIME_MIN: there is none */
} JnSplicePart;

/* What stands in the new set: parts of the old one, or one part that is new. */
typedef struct JnSpliceRun
{
	const JnRows *rows;			/* of the new part; NULL: parts of the old set */
	uint32_t	row;			/* of the old set */
	uint32_t	count;			/* rows */
	uint32_t	part;			/* of the old set */
	uint32_t	parts;
	JnTimesReader begin;		/* their differences */
	JnTimesReader end;
} JnSpliceRun;

/* A column of labels of the new set. */
typedef struct JnSpliceColumn
{
	const JnLabels *old;		/* NULL: the old set has none */
	bool		there;			/* the new set has one */
	bool		gaps;
	bool		same;			/* the old codes and names stand as they are */
	uint32_t	names;
	uint64_t	names_size;		/* bytes of the names and their lengths */
	unsigned	width;			/* bytes of a code */
	JnName	   *name;			/* ascending; not if it is the same */
	uint32_t   *of_old;			/* by number of a name in the old set: its number here */
	uint32_t   *of_new;			/* likewise, by the builder's code */
	uint32_t	name_room;
	uint32_t	old_room;
	uint32_t	new_room;
} JnSpliceColumn;

/* Use the functions below. */
typedef struct JnSplice
{
	const JnEnv *env;
	bool		fits;			/* the set can be written; else the builder has to */
	uint64_t	size;			/* bytes of the set; 0: nothing is left in it */

	const JnSet *s;
	const JnSetBuild *b;
	JnSpliceRun *run;
	uint32_t	runs;
	uint32_t	run_room;
	uint32_t	rows;
	uint32_t	parts;
	uint32_t	ghosts;
	int64_t		first;
	int64_t		last;
	uint8_t    *counts;			/* as in the set */
	size_t		counts_size;
	size_t		counts_room;
	int64_t    *start;			/* by part */
	uint32_t	part_room;
	int64_t		last_start;
	unsigned	start_width;
	uint8_t    *keys;			/* as in the set */
	size_t		keys_size;
	size_t		keys_room;
	JnTimesPlan times;
	JnSpliceColumn column[JN_SET_COLUMNS];
	uint64_t   *value;			/* by row; only if the new set has the track */
	uint32_t	value_room;
	JnValuesPlan values;
	uint8_t    *scratch;
	size_t		scratch_room;
	char		text[JN_MAX_NAME];	/* a key */
} JnSplice;

/* Allocates nothing. */
extern void jn_splice_open(JnSplice *splice, const JnEnv *env);
extern void jn_splice_close(JnSplice *splice);

/*
 * Plans the set "s" with n parts, ascending by key, in place of those that it
 * has of the same subjects; new subjects are let in.  "map" leads from the names of
 * the set to the codes of the builder.  What is pointed to stays where it is until
 * the set is written.  Linear in the parts, the codes and the
 * rows of the new parts.
 * Errors: JN_TIME_RANGE, JN_SUBJECT_LONG, JN_SUBJECT_UTF8.
 */
extern JnStatus jn_splice_plan(JnSplice *splice, const JnSet *s, const JnSetBuild *b, const JnCodeMap *map,
							   const JnSplicePart *part, uint32_t n, JnError *err);

/* Writes splice->size bytes. */
extern void jn_splice_write(const JnSplice *splice, uint8_t *out);

#endif							/* JN_SET_SPLICE_H */
