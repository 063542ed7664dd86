/*
 * masks.h
 *	  What a reader sees instead of a value: all masks, behind one door.
 *
 * A mask is opened once for a call site, from the row of journey.policy, and
 * shown for each denied cell.  What it may look at is in JourneyCell and
 * nowhere else.  The rules that all of them keep:
 *
 *	- A missing raw value (NULL) is masked like any other.  Where a mask shows
 *	  something of the value, a missing one looks like the neutral value of the
 *	  type: 0, 2000-01-01, an empty text.  So do infinity and NaN, which would
 *	  stand out.
 *	- What is shown has the type of the column, and keeps to its length or
 *	  precision.
 *	- No error depends on a raw value.  What would not fit the type is the
 *	  nearest value that does.
 *	- Options were checked when the policy was made.  Whoever changes a policy
 *	  by hand to something odd closes the column: NULL, for everybody.
 */
#ifndef JOURNEY_MASKS_H
#define JOURNEY_MASKS_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "utils/numeric.h"

#include "core/crypto.h"

/* One denied cell, or one that a mask decides about by itself. */
typedef struct JourneyCell JourneyCell;

struct JourneyCell
{
	Datum		raw;
	bool		isnull;			/* the raw value is missing */
	bool		allowed;		/* not denied after all: only for masks that decide by themselves */
	const char *subject;		/* whose it is, not zero-terminated; NULL: nobody knows */
	int			subject_size;	/* bytes */
	const char *purpose;		/* declared and granted, or "" */

	/* May the reader see raw values of another subject?  For values that hold several. */
	bool		(*allows) (const JourneyCell *cell, const char *subject, int size);
	void	   *ctx;			/* of allows() */
};

typedef struct JourneyMask JourneyMask;

struct JourneyMask
{
	/* What to show; *isnull is false before.  NULL: closed, NULL for everybody. */
	Datum		(*show) (JourneyMask *mask, const JourneyCell *cell, bool *isnull);

	/* It decides by itself and is asked for allowed cells too. */
	bool		every_cell;

	/* It shows the same of every cell; "cell" may be NULL. */
	bool		blind;

	MemoryContext context;		/* lives as long as the mask */
	Oid			type;			/* of the column */
	Oid			base;			/* under all domains */
	int32		typmod;			/* of that; -1: none */
	void	   *state;			/* of the mask, in its context */
};

/* Where options come from: a row of journey.policy, or one of its paths. */
typedef struct JourneyOptions
{
	HeapTuple	tuple;
	TupleDesc	desc;
} JourneyOptions;

/*
 * Options by the name of their column.  NULL or false if there is none, or it
 * is not of the type or in the range that it should be.
 */
extern char *journey_option_text(const JourneyOptions *options, const char *name);
extern bool journey_option_int(const JourneyOptions *options, const char *name, int32 low, int32 high, int32 *value);
extern bool journey_option_number(const JourneyOptions *options, const char *name, Numeric *value);
extern bool journey_option_texts(const JourneyOptions *options, const char *name, char ***value, int *n);
extern Datum journey_option(const JourneyOptions *options, const char *name, Oid type, bool *isnull);

/*
 * Opens a mask for a column of mask->type, in mask->context, which must be the
 * current one.  mask->show stays NULL if the policy is none that can be shown.
 */
extern void journey_mask_open(JourneyMask *mask, const JourneyOptions *options);

/*
 * What journey_mask_open() calls, by the name of the mask.  Each looks at its
 * options and at mask->base, and sets mask->show if all is well.
 */
extern void journey_mask_open_partial(JourneyMask *mask, const JourneyOptions *options);
extern void journey_mask_open_token(JourneyMask *mask, const JourneyOptions *options);
extern void journey_mask_open_fake(JourneyMask *mask, const JourneyOptions *options);
extern void journey_mask_open_generalize(JourneyMask *mask, const JourneyOptions *options);
extern void journey_mask_open_noise(JourneyMask *mask, const JourneyOptions *options);
extern void journey_mask_open_encrypt(JourneyMask *mask, const JourneyOptions *options);
extern void journey_mask_open_journey(JourneyMask *mask, const JourneyOptions *options);

/*
 * Makes any mask of a set of journeys show of an allowed cell no more than the
 * subjects that are allowed themselves.  Leaves masks of other types alone.
 */
extern void journey_mask_guard_set(JourneyMask *mask);

/* Puts a mask of elements, which is open, into one of arrays of them. */
extern void journey_mask_open_array(JourneyMask *mask, JourneyMask *element);

/* Puts masks of paths around one of the whole document; show is NULL in it if the rest is public. */
extern void journey_mask_open_paths(JourneyMask *mask, const JourneyOptions *options);


/* ----- keys ----- */

/*
 * A key of a mask, in guarded memory, made when it is first needed and again
 * when the purpose changes.  Wiped when the context of the mask goes away.
 */
typedef struct JourneyMaskKey
{
	JnKeyUse	use;
	const char *name;			/* class or label */
	uint32		epoch;
	char	   *purpose;		/* what it was made for; NULL: nothing yet */
	JnGuarded  *guarded;
} JourneyMaskKey;

/*
 * Makes one ready; false if the server has no root key.  "name" is the option
 * that names what keys are for.
 */
extern bool journey_mask_key_open(JourneyMaskKey *key, JourneyMask *mask, const JourneyOptions *options,
								  JnKeyUse use, const char *name);

/* The key for a purpose ("" if it does not matter), JN_KEY_SIZE bytes; NULL if the root key has gone. */
extern const uint8 *journey_mask_key(JourneyMaskKey *key, const JourneyMask *mask, const char *purpose);

/* ----- texts ----- */

static inline bool
journey_is_text(Oid type)
{
	return type == TEXTOID || type == VARCHAROID || type == BPCHAROID;
}

/* Bytes of a text value, without the padding of char(n); detoasted. */
extern const char *journey_mask_text(Datum value, Oid base, int *size);

#endif							/* JOURNEY_MASKS_H */
