/*
 * whole_own.h
 *	  What is held back, from inside: for whole.c, which takes sets and shows who
 *	  is whole; whole_held.c, which keeps the subjects, their parts and the sets
 *	  in which they stand; whole_join.c, which makes parts one journey; and
 *	  whole_bytes.c, which turns it all into bytes and back.  Nobody else includes
 *	  this.
 */
#ifndef JN_WHOLE_OWN_H
#define JN_WHOLE_OWN_H

#include "key.h"
#include "whole.h"

/* A copy of a set in which parts are held back. */
struct JnHeldSet
{
	JnSet		set;
	uint8_t    *bytes;
	uint32_t	held;			/* parts */
	uint32_t	number;			/* place in the order, while all of them are written */
	JnHeldSet  *before;			/* in the list of all */
	JnHeldSet  *after;
};

/* A part that is held back: its place in the set. */
typedef struct JnHeldPart
{
	JnHeldSet  *in;
	uint32_t	number;
	uint32_t	row;			/* the first, which may be a ghost */
	uint32_t	rows;
	bool		ghost;
	bool		more;
	int64_t		first;			/* time of the first row */
	int64_t		last;			/* and of the last one */
	JnTimesReader begin;		/* before its differences */
	JnTimesReader end;			/* and behind them */
} JnHeldPart;

struct JnHeldSubject
{
	JnKey		key;			/* in memory of its own */
	JnHeldPart *part;			/* in the order of compare_parts() */
	uint32_t	parts;
	uint32_t	room;
};

/* Rows of a part that are steps of its own. */
static inline uint32_t
jn_held_own_rows(const JnHeldPart *part)
{
	return part->rows - part->ghost;
}

/* Whether bit i of which[] is set; NULL has all set. */
static inline bool
jn_held_wanted(const uint8_t *which, uint32_t i)
{
	return which == NULL || (which[i / 8] >> (i % 8) & 1) != 0;
}

/* ---- whole_held.c ---- */

/* The subject of a key; a new one has no parts. */
extern JnHeldSubject *jn_held_subject(const JnEnv *env, JnWhole *w, const JnKey *key);

/* Frees what a subject has; it stays in the table. */
extern void jn_held_subject_release(const JnEnv *env, JnHeldSubject *subject);

/* A copy of a set, without parts for now; and its end, which those parts must not outlive. */
extern JnHeldSet *jn_held_set_add(const JnEnv *env, JnWhole *w, const JnSet *s);
extern void jn_held_set_release(const JnEnv *env, JnWhole *w, JnHeldSet *held);

/* Puts a part in its place among those of its subject; returns the place. */
extern uint32_t jn_held_part_insert(const JnEnv *env, JnHeldSubject *subject, const JnHeldPart *part);

/* Forgets parts from .. to-1 of a subject, and what was there for them alone. */
extern void jn_held_parts_remove(const JnEnv *env, JnWhole *w, JnHeldSubject *subject, uint32_t from, uint32_t to);

/* All sets, in the order of jn_set_compare(). */
extern JnHeldSet **jn_held_sets(const JnEnv *env, const JnWhole *w);

/*
 * For each set in that order a bit for each part that is held, in one piece of
 * memory, which is returned; *at has where those of each set begin.
 */
extern uint8_t *jn_held_bits(const JnEnv *env, const JnWhole *w, JnHeldSet *const *set, size_t **at);

/* ---- whole_join.c ---- */

/*
 * Shows parts, which are in order and do not overlap, as one subject with the
 * given tracks.  Errors: JN_TOO_MANY_STEPS; what the visitor returns.
 */
extern JnStatus jn_held_parts_show(const JnEnv *env, unsigned tracks, const JnHeldPart *part, uint32_t parts,
								   const JnVisitor *visitor, JnError *err);

/* ---- whole.c ---- */

/* Adds the parts of a set that go on from others or in others, of which[] only; visitor may be NULL. */
extern JnStatus jn_whole_hold_parts(const JnEnv *env, JnWhole *w, const JnSet *s, const uint8_t *which,
									const JnVisitor *visitor, JnError *err);

#endif							/* JN_WHOLE_OWN_H */
