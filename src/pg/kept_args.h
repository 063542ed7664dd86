/*
 * kept_args.h
 *	  What a function makes of several arguments, kept while they stay the same.
 *
 * Arguments are constants nearly always, but nothing promises it.  So all of
 * them are written down one after another, and while that is the same as for
 * the row before, so is what was made of them.  For one argument that is a
 * varlena there is prepared_arg.h.
 */
#ifndef JOURNEY_KEPT_ARGS_H
#define JOURNEY_KEPT_ARGS_H

#include "fmgr.h"
#include "lib/stringinfo.h"

#include "compat.h"

/* What fn_extra points to. */
typedef struct KeptArgs
{
	MemoryContext context;		/* for what is made */
	void	   *made;			/* of the arguments written down in key; NULL: nothing */
	StringInfoData key;			/* those it was made of; empty if it was made of something else */
	StringInfoData now;			/* those of the present row */
} KeptArgs;

/* What the function keeps: nothing yet at its first call.  It takes fn_extra. */
extern KeptArgs *journey_kept_args(FunctionCallInfo fcinfo);

/*
 * Whether kept->made was made of the arguments from number "base" on, of
 * kinds[]: v a varlena, i an interval, d any Datum by value.  If not, all
 * that was made is gone and the caller makes it anew, in kept->context, then
 * calls journey_keep().
 */
extern bool journey_kept_same(FunctionCallInfo fcinfo, KeptArgs *kept, const char *kinds, int base);
extern void journey_keep(KeptArgs *kept, void *made);

/* Forgets what was made. */
extern void journey_keep_nothing(KeptArgs *kept);

#endif							/* JOURNEY_KEPT_ARGS_H */
