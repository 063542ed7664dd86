/*
 * population.h
 *	  Adding up over a whole population: how often which event came, which
 *	  directly after which, in how many subjects, and how long after.
 *
 * A JnTally takes subject after subject: first the names of a column, then the
 * codes of a subject's steps as they stand in it, a journey's or a part of
 * those of a set.  Each subject counts once in a row, even if its journey is
 * spread over several sets.
 *
 * Memory is bounded by the names and the rows that there are, not by what is
 * added; but for the journeys that are spread over sets: of each its key is
 * kept and 8 to 16 bytes for each row that it is in, see spread.h.
 *
 * The state as bytes, for partial aggregates on their way between processes
 * and machines.  Little-endian and unaligned, version 1:
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  kind, see JnTallyKind
 *		  2      2  1 if there are subjects whose journeys are spread over sets,
 *					else 0
 *		  4      4  k, the number of names
 *		  8      4  r, the number of rows
 *		 12         k varint lengths, then the names: UTF-8, strictly ascending
 *					by bytes, each of them in some row
 *					the rows, ascending: u32 number of the name; of JN_TALLY_EDGES
 *					and JN_TALLY_GAPS another u32, the number of the name after
 *					it; u64 n; u64 subjects, 1 <= subjects <= n <= INT64_MAX; of
 *					JN_TALLY_GAPS the n gaps, see gaps.h
 *					the subjects whose journeys are spread over sets and which
 *					are in some row, if there are any: see spread.h.  They are
 *					among the "subjects" of their rows
 *
 * Equal tallies are equal bytes, whatever the order in which they grew.
 */
#ifndef JN_POPULATION_H
#define JN_POPULATION_H

#include "gaps.h"
#include "journey.h"
#include "lexicon.h"
#include "pair_counts.h"
#include "set.h"
#include "spread.h"

#define JN_TALLY_VERSION		1

#define JN_TALLY_AT_VERSION		0
#define JN_TALLY_AT_KIND		1
#define JN_TALLY_AT_SPREAD		2
#define JN_TALLY_AT_NAMES		4
#define JN_TALLY_AT_ROWS		8
#define JN_TALLY_HEADER_SIZE	12

/* What is added up. */
typedef enum JnTallyKind
{
	JN_TALLY_EVENTS = 0,		/* a row an event */
	JN_TALLY_EDGES = 1,			/* a row a pair of events, one directly after the other */
	JN_TALLY_GAPS = 2,			/* the same, with the gaps between the two */
	JN_TALLY_KINDS				/* their number */
} JnTallyKind;

/* A row while it grows. */
typedef struct JnTallyCell
{
	uint64_t	n;				/* 0: no such row */
	uint64_t	seen;			/* the last subject that had it; between the counts, or compilers add them as a vector */
	uint64_t	subjects;
} JnTallyCell;

/* Owns its memory, which lives as long as that of the environment. */
typedef struct JnTally
{
	JnTallyKind kind;
	JnLexicon	names;
	uint64_t	subject;		/* number of the one that is being added, from 1 */

	/*
	 * Cells, a power of two of them.  Events: by number.  Edges: while there
	 * are few names a square, by number << bits | number of the next; then
	 * "key" is NULL.  With more names a hash table whose keys are the two
	 * numbers.
	 */
	JnTallyCell *cell;
	JnGaps	   *gaps;			/* of each cell, or NULL */
	uint64_t   *key;
	unsigned	bits;			/* of a number in the square; of a place in the table */
	uint32_t	used;			/* cells of the hash table */
	uint16_t   *pair;			/* cells of the rows of a set, see pairs.h; or NULL */
	uint32_t	pair_room;
	JnPairCounts *counts;		/* of pairs that are not yet in the cells, if the square is small; or NULL */

	JnSpread	spread;			/* subjects that may come again; cells by the two numbers, see key_of() */
} JnTally;

/* Starts empty.  "salt" as in jn_lexicon_init(). */
extern void jn_tally_init(const JnEnv *env, JnTally *t, JnTallyKind kind, uint64_t salt);

/* Adds a journey: a subject of its own. */
extern void jn_tally_journey(const JnEnv *env, JnTally *t, const JnJourney *j);

/*
 * Adds a set of journeys.  A part that goes on from another set or in another
 * one is remembered with its key, and counts for its subject only where none of
 * the parts before did.  Such parts cost twice as much as others.
 */
extern void jn_tally_set(const JnEnv *env, JnTally *t, const JnSet *s);

/*
 * Adds all of "from", which is of the same kind and whose subjects are others,
 * but for those that are spread over sets.
 * Errors: JN_TOO_MANY_POINTS if a count passes INT64_MAX; then "into" can only
 * be thrown away.
 */
extern JnStatus jn_tally_merge(const JnEnv *env, JnTally *into, JnTally *from, JnError *err);

/* What has been added up, in order. */
typedef struct JnTallyRows
{
	uint32_t	names;			/* those that are in a row */
	uint32_t   *name;			/* their numbers, names ascending by bytes */
	uint32_t	rows;
	int64_t    *order;			/* of each: rank of the name, and below it that of the next */
	uint32_t   *cell;
} JnTallyRows;

/* Puts the rows in order; O(r log r).  Free it with jn_tally_rows_free(). */
extern JnTallyRows jn_tally_rows(const JnEnv *env, JnTally *t);
extern void jn_tally_rows_free(const JnEnv *env, JnTallyRows *rows);

/* What row i says.  "next" is a name of rows of two, median_gap is of JN_TALLY_GAPS. */
typedef struct JnTallyFacts
{
	JnName		event;
	JnName		next;
	uint64_t	n;
	uint64_t	subjects;
	uint64_t	median_gap;		/* microseconds; can pass INT64_MAX */
} JnTallyFacts;

extern JnTallyFacts jn_tally_facts(const JnEnv *env, JnTally *t, const JnTallyRows *rows, uint32_t i);

/*
 * The state as bytes: size gives what write fills.
 * Errors of size: JN_TOO_LARGE.
 */
extern JnStatus jn_tally_size(const JnEnv *env, JnTally *t, const JnTallyRows *rows, size_t *size, JnError *err);
extern void jn_tally_write(const JnEnv *env, JnTally *t, const JnTallyRows *rows, uint8_t *out);

/*
 * Reads a state and proves every rule of it; adds it to *t, which is empty and
 * not yet initialized, unless that is NULL.  Linear in size.
 * Errors: JN_BYTES_*, JN_NAME_LONG, JN_NAME_UTF8; then *t can only be thrown
 * away.
 */
extern JnStatus jn_tally_read(const JnEnv *env, JnTally *t, uint64_t salt, const uint8_t *p, size_t size,
							  JnError *err);

#endif							/* JN_POPULATION_H */
