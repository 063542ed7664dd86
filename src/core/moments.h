/*
 * moments.h
 *	  When a subject did what: the times of its steps, and which atoms each step
 *	  matches.
 *
 * For questions that look at a subject as a whole, and at few things of it.
 */
#ifndef JN_MOMENTS_H
#define JN_MOMENTS_H

#include "columns.h"
#include "pattern/atom.h"

/* Atoms that can be told apart. */
#define JN_MOMENT_ATOMS		8

/* All zero is none.  Owns its memory and keeps it from subject to subject. */
typedef struct JnMoments
{
	uint32_t	n;				/* steps */
	int64_t    *time;			/* ascending, microseconds since 2000-01-01 UTC */
	uint8_t    *mask;			/* bit k: the step matches atom k */
	uint32_t	room;
} JnMoments;

/*
 * Fills *m with all steps of a subject.  The atoms, JN_MOMENT_ATOMS of them at
 * most, are bound to its columns.  O(n).
 */
extern void jn_moments(const JnEnv *env, JnMoments *m, const JnSubject *subject, JnBinding *binding);

/*
 * Reads a text that has to be a single step; *atom points into it and env's
 * memory.  Errors: JN_ARGUMENT if it is more, those of jn_pattern_read().
 */
extern JnStatus jn_atom_read(const JnEnv *env, JnName text, JnAtom *atom, JnError *err);

#endif							/* JN_MOMENTS_H */
