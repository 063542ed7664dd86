/*
 * paths.h
 *	  Which ways lead from a step, or to it: adding up over subjects.
 *
 * A path begins at an anchor, a step that somebody has named, and goes forward
 * or backward from there, "depth" steps far or as far as the journey goes.  Two
 * kinds of counts:
 *
 *	 JN_PATHS_EDGES		which event comes after which at which distance, what a
 *						Sankey chart draws.  Where a journey ends, or begins if
 *						paths go backward, before the depth is reached, there is
 *						an edge to (from) nothing.  So at each distance as much
 *						leaves an event as has come to it.
 *	 JN_PATHS_WHOLE		the paths as a whole
 *
 * Both are exact.  Memory: 40 bytes for each edge or for each beginning of a
 * path that there is, in how many journeys ever.
 *
 * The state as bytes, little-endian and unaligned, version 1:
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  JN_PATHS_* of its kind
 *		  2      1  JN_PATHS_* of what was asked, and JN_PATHS_PARTS if there are
 *					parts of journeys
 *		  3      1  depth, 1 to JN_MAX_DEPTH
 *		  4      4  top: so many rows are asked for; 0 = all
 *		  8      4  a, the bytes of the anchor's text, at least 1
 *		 12      4  k, the number of names
 *		 16      4  r, the number of rows
 *		 20      a  the text of the anchor
 *					k varint lengths, then the names: UTF-8, strictly ascending by
 *					bytes, each of them in some row
 *					the rows.  Of edges: u8 distance, from 1; u32 the number of the
 *					name nearer to the anchor; u32 that of the one farther away, k
 *					for nothing; strictly ascending by these.  Of whole paths: u32
 *					the row that this one goes on from, which is a row before it,
 *					or its own number if it begins here; u32 the name that it adds;
 *					so that the rows, as paths, are strictly ascending by their
 *					names in order, a beginning before what it begins, and all that
 *					begins with a row comes after it at once.
 *					Both: u64 n; u64 subjects; 1 <= subjects <= n <= INT64_MAX, but
 *					a beginning that is no whole path of anybody has 0 and 0
 *					the parts that are held back, if there are any, see whole.h
 *
 * Equal states of equal questions are equal bytes.
 */
#ifndef JN_PATHS_H
#define JN_PATHS_H

#include "lexicon.h"
#include "moments.h"
#include "whole.h"

#define JN_PATHS_VERSION		1
#define JN_PATHS_HEADER_SIZE	20

/* Steps of a path beside its anchor, at most. */
#define JN_MAX_DEPTH	100

/* No name: the journey ends, or begins, here. */
#define JN_PATHS_NOTHING	UINT32_MAX

typedef enum JnPathsKind
{
	JN_PATHS_EDGES = 0,
	JN_PATHS_WHOLE = 1,
	JN_PATHS_KINDS
} JnPathsKind;

/* What else was asked: bits. */
#define JN_PATHS_BACKWARD	1	/* to the anchor, not from it */
#define JN_PATHS_COLLAPSE	2	/* a step with the event of the one before it is none */
#define JN_PATHS_FIRST		4	/* of each subject the first anchor alone */
#define JN_PATHS_PARTS		8	/* of the bytes only */

typedef struct JnPathsAsk
{
	JnPathsKind kind;
	unsigned	flags;			/* the first three of the above */
	uint8_t		depth;			/* 1 to JN_MAX_DEPTH */
	uint32_t	top;			/* rows; 0 = all */
	JnName		anchor;			/* an atom as text */
} JnPathsAsk;

/* Whether two questions are the same. */
static inline bool
jn_paths_same(const JnPathsAsk *a, const JnPathsAsk *b)
{
	return a->kind == b->kind && a->flags == b->flags && a->depth == b->depth && a->top == b->top
		&& jn_name_compare(a->anchor, b->anchor) == 0;
}

/*
 * Who looks at subjects: what is needed for one question, whatever the number of
 * states.  May not be moved.
 */
typedef struct JnPathsLook
{
	JnEnv		env;			/* of all that it keeps */
	JnPathsAsk	ask;
	JnAtoms		atoms;			/* the anchor */
	JnBinding	binding;
	bool		bound;
	uint32_t   *event;			/* numbers of the steps that are kept */
	uint32_t   *anchor;			/* places of the anchors among them */
	uint32_t	room;			/* of both */
	struct JnPaths *into;		/* where to add subjects */
	const uint32_t *number;		/* of the names of the columns, there */
	JnVisitor	visitor;
} JnPathsLook;

/*
 * Makes all ready; *env lives as long as it does; copies "ask".
 * Errors: those of jn_atom_read().
 */
extern JnStatus jn_paths_look_init(const JnEnv *env, JnPathsLook *look, const JnPathsAsk *ask, JnError *err);

/* An edge, or the beginning of a path. */
typedef struct JnPathsRow
{
	/*
	 * Edge: distance << 56 | near << 28 | far, numbers of names plus 1.
	 * Beginning: row that it goes on from plus 1, or 0 << 32 | number of a
	 * name.
	 */
	uint64_t	key;
	uint64_t	n;
	uint64_t	subjects;
	uint64_t	seen;			/* the last subject that had it */
} JnPathsRow;

/* Owns its memory, which lives as long as that of the environment. */
typedef struct JnPaths
{
	JnPathsAsk	ask;
	JnLexicon	names;
	JnPathsRow *row;			/* in the order they came */
	uint32_t	rows;
	uint32_t	room;
	uint32_t   *slot;			/* 1 << bits of them: row + 1; 0 = free */
	unsigned	bits;
	uint64_t	subject;		/* number of the one that is being added, from 1 */
	JnWhole		whole;
} JnPaths;

/* Starts empty; copies "ask".  "salt" as in jn_lexicon_init(). */
extern void jn_paths_init(const JnEnv *env, JnPaths *p, const JnPathsAsk *ask, uint64_t salt);

/*
 * Add a journey, or a set of them.  The look asks the same question.  Where
 * equal neighbours collapse they are one step, an anchor if one of them is.
 * O(n), O(depth) an anchor.
 * Errors: JN_TOO_LARGE beyond 2^28 - 2 names; those of jn_whole_set().
 */
extern JnStatus jn_paths_journey(const JnEnv *env, JnPaths *p, JnPathsLook *look, const JnJourney *j, JnError *err);
extern JnStatus jn_paths_set(const JnEnv *env, JnPaths *p, JnPathsLook *look, const JnSet *s, JnError *err);

/*
 * Adds all of "from", of the same question, which stays as it is.
 * Errors: JN_TOO_MANY_POINTS if a count passes INT64_MAX, JN_TOO_LARGE,
 * those of jn_whole_merge(); then "into" can only be thrown away.
 */
extern JnStatus jn_paths_merge(const JnEnv *env, JnPaths *into, JnPathsLook *look, const JnPaths *from, JnError *err);

/* Adds what is still held back: call it once, at the end, for what is yours to change. */
extern JnStatus jn_paths_finish(const JnEnv *env, JnPaths *p, JnPathsLook *look, JnError *err);

/* What a row says. */
typedef struct JnPathsFacts
{
	uint32_t	distance;		/* edge: of its end that is farther from the anchor; from 1 */
	uint32_t	near;			/* edge: number of a name */
	uint32_t	far;			/* edge: number of a name, or JN_PATHS_NOTHING */
	uint32_t	length;			/* path: its steps, with the anchor */
	uint64_t	n;
	uint64_t	subjects;
} JnPathsFacts;

extern JnPathsFacts jn_paths_facts(const JnPaths *p, uint32_t row);

/* The names of a path in the order of time, to name[0 .. facts.length-1]. */
extern void jn_paths_steps(const JnPaths *p, uint32_t row, uint32_t length, JnName *name);

/*
 * Writes names as a variant (journey.h) at "out", or only measures if that is
 * NULL; returns the number of bytes.
 */
extern size_t jn_paths_text(const JnName *name, uint32_t length, char *out);

/*
 * The rows that are asked for, *n of them: the most frequent first, then those
 * of more subjects, then by the bytes of the names, nearest to the anchor first.
 * Edges of one distance are together, the nearest first, and "top" counts for
 * each distance.  O(r log r).
 */
extern uint32_t *jn_paths_top(const JnEnv *env, JnPaths *p, uint32_t *n);

/* The state as bytes: made in memory of env.  Errors: JN_TOO_LARGE. */
extern JnStatus jn_paths_bytes(const JnEnv *env, JnPaths *p, uint8_t **bytes, size_t *size, JnError *err);

/*
 * Reads a state and proves every rule of it; adds it to *p, which is not yet
 * initialized, unless that is NULL.  Linear in size.
 * Errors: JN_BYTES_*, JN_NAME_LONG, JN_NAME_UTF8, those of jn_whole_read(); then
 * *p can only be thrown away.
 */
extern JnStatus jn_paths_read(const JnEnv *env, JnPaths *p, uint64_t salt, const uint8_t *bytes, size_t size,
							  JnError *err);

#endif							/* JN_PATHS_H */
