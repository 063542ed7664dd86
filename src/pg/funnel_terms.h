/*
 * funnel_terms.h
 *	  The arguments of funnel() and its aggregates, taken apart once for all rows
 *	  of a query.
 */
#ifndef JOURNEY_FUNNEL_TERMS_H
#define JOURNEY_FUNNEL_TERMS_H

#include "fmgr.h"

#include "compat.h"

/* The arguments behind the journey, in their order; an aggregate may have fewer. */
typedef enum FunnelArgument
{
	FUNNEL_STEPS,
	FUNNEL_WITHIN,
	FUNNEL_MODE,
	FUNNEL_ENTRY,
	FUNNEL_EXCLUDE,
	FUNNEL_STEP_WITHIN,
	FUNNEL_OPTIONAL,
	FUNNEL_HOLD,
	FUNNEL_TIES,
	FUNNEL_AS_OF,
	FUNNEL_ARGUMENTS
} FunnelArgument;

/* What a call has been given, and what it means: the bytes of core/funnel/funnel_spec.h. */
typedef struct FunnelQuestion
{
	MemoryContext context;		/* of what follows, emptied for other arguments */
	bool		ready;
	bool		constant;		/* the arguments are the same in all calls, and need no look */
	int			arguments;
	Datum		value[FUNNEL_ARGUMENTS];
	bool		null[FUNNEL_ARGUMENTS];
	const uint8 *bytes;
	size_t		size;
	void	   *made;			/* of it, by whoever asked; NULL for new arguments */
} FunnelQuestion;

/*
 * The question of a call whose argument number "first" is the steps; it takes
 * fn_extra, and is the same as the last time if the arguments are.
 * Errors: for NULL, missing or unfit arguments, by their names.
 */
extern FunnelQuestion *journey_funnel_question(FunctionCallInfo fcinfo, int first);

#endif							/* JOURNEY_FUNNEL_TERMS_H */
