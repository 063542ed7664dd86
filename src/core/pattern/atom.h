/*
 * atom.h
 *	  Step atoms: which steps of a journey one element of a pattern matches.
 *
 * An atom is "any step", an event, an event on a channel, conditions on the
 * other tracks, several of these in brackets, or the negation of any of them:
 *
 *	 .   view   "add to cart"@store   {sense=angry}   purchase {value > 100}
 *	 [view, cart@web]   !return   [^ return, error]
 *
 * So an atom is a list of options of which one must hold, perhaps negated; an
 * option is an event, or any, and tests, all of which must hold.  Whatever
 * asks about steps uses several atoms at once: a JnAtoms is made of them once
 * and answers for all in one mask, a bit an atom.
 *
 * A column of events has few names, and mostly the name alone decides.  So the
 * atoms are bound to the columns of a journey or a set: then each code of an
 * event has two masks, the atoms that every step with it matches, and those
 * for which the tests decide.  Only for the latter a row is looked at.
 */
#ifndef JN_ATOM_H
#define JN_ATOM_H

#include "../columns.h"
#include "../name_set.h"
#include "../wanted.h"

typedef enum JnCompare
{
	JN_IS,						/* = */
	JN_IS_NOT,					/* != */
	JN_BELOW,					/* <, of values only, like the following */
	JN_AT_MOST,					/* <= */
	JN_ABOVE,					/* > */
	JN_AT_LEAST					/* >= */
} JnCompare;

/*
 * A condition on a track of a step.  A step that has nothing in the track
 * meets none, but for "sense != x": a sense is there or not.  Values compare
 * as float8 orders them: NaN equals NaN and is above all others.
 */
typedef struct JnTest
{
	JnTrack		track;
	JnCompare	compare;
	JnName		name;			/* of all tracks but JN_VALUE; of JN_SENSES one sense */
	double		value;			/* of JN_VALUE */
} JnTest;

/* One way to match an atom. */
typedef struct JnOption
{
	bool		any;			/* whatever the event */
	JnName		event;			/* unless any */
	uint32_t	tests;
	const JnTest *test;
} JnOption;

typedef struct JnAtom
{
	bool		negated;		/* matches the steps for which no option holds */
	uint32_t	options;		/* at least 1 */
	const JnOption *option;
} JnAtom;

/* Whether presence bits rule out every step that an atom matches. */
static inline bool
jn_atom_is_absent(const JnAtom *atom, uint64_t presence)
{
	if (atom->negated)
		return false;
	for (uint32_t i = 0; i < atom->options; i++)
	{
		const JnOption *option = &atom->option[i];

		if (option->any || (presence & jn_presence(option->event.data, option->event.size)) != 0)
			return false;
	}
	return true;
}

/* Atoms made ready.  Points to the atoms; lives in env's memory. */
typedef struct JnAtoms
{
	uint32_t	count;			/* may be 0 */
	const JnAtom *atom;
	uint32_t	words;			/* uint64_t in a mask, at least 1 */
	JnNameSet	events;			/* the events that atoms name */
	bool		few;			/* they are few enough for "wanted" */
	JnWanted	wanted;
	uint64_t   *head;			/* of each of them: jn_name_head() */
	uint64_t   *sure;			/* (events.count + 1) masks, see jn_atoms_bind(); the last is for all other events */
	uint64_t   *maybe;
	unsigned	tracks;			/* bits 1 << JnTrack: what tests look at */
	uint32_t	tests;			/* of all atoms */
} JnAtoms;

/* Makes "count" atoms ready.  O(names * atoms). */
extern void jn_atoms_make(const JnEnv *env, const JnAtom *atom, uint32_t count, JnAtoms *atoms);

/* A test in the numbers of one set of columns. */
typedef struct JnBoundTest
{
	const JnTest *test;
	bool		there;			/* the columns have its track */
	uint32_t	code;			/* of its name, JN_NO_LABEL if no step has it; not of senses */
	uint8_t    *sensed;			/* for each label of JN_SENSES, whether the sense is in it */
	uint64_t	key;			/* of its value */
} JnBoundTest;

/* Columns and atoms up to these sizes are bound without allocating. */
#define JN_BIND_NAMES	64
#define JN_BIND_TESTS	8

/* Atoms bound to columns.  May not be moved while it is open. */
typedef struct JnBinding
{
	const JnAtoms *atoms;
	JnColumns	columns;
	uint32_t   *name;			/* of each code of an event: its place in atoms->events, or events.count */
	bool		few;			/* atoms and columns have few names: */
	uint32_t	found;			/* codes of events that atoms name */
	JnWantedCode code[JN_WANTED];	/* these, and their places in atoms->events; in no order */
	bool		tested;			/* some event here needs tests */
	JnBoundTest *test;			/* in the order of the atoms, if tested */
	JnValuesReader values;		/* if tested and there are values */
	bool		valued;			/* there are, and a test asks for them */
	uint32_t	few_name[JN_BIND_NAMES];
	JnBoundTest few_test[JN_BIND_TESTS];
} JnBinding;

/*
 * Binds atoms to columns.  O(names of the columns + names of the atoms).
 * Allocates only for many names or tests, and a byte for each set of senses.
 */
extern void jn_atoms_bind(const JnEnv *env, const JnAtoms *atoms, const JnColumns *columns, JnBinding *b);
extern void jn_atoms_unbind(const JnEnv *env, JnBinding *b);

/* The atoms that every step with this code of an event matches: atoms->words words. */
static inline const uint64_t *
jn_atoms_sure(const JnBinding *b, uint32_t code)
{
	return b->atoms->sure + (size_t) b->name[code] * b->atoms->words;
}

/* The atoms, not among these, that steps with this code may match: the row decides. */
static inline const uint64_t *
jn_atoms_maybe(const JnBinding *b, uint32_t code)
{
	return b->atoms->maybe + (size_t) b->name[code] * b->atoms->words;
}

/*
 * Fills mask[0 .. atoms->words-1] with the atoms that a row matches, all told.
 * Rows must be asked for in strictly ascending order where values are tested.
 * O(1) if the event decides, else O(tests).
 */
extern void jn_atoms_row(const JnEnv *env, JnBinding *b, uint32_t row, uint64_t *mask);

/* Whether a row matches the only atom, or the first one; else as jn_atoms_row(). */
extern bool jn_atoms_first(const JnEnv *env, JnBinding *b, uint32_t row);

#endif							/* JN_ATOM_H */
