/*
 * mask_site.h
 *	  One column of one protected relation in one execution: what its cells show.
 */
#ifndef JOURNEY_MASK_SITE_H
#define JOURNEY_MASK_SITE_H

#include "fmgr.h"
#include "nodes/primnodes.h"

#include "decision.h"
#include "masks.h"
#include "subject_value.h"

/*
 * Where a view calls _cell() or _row().  The function keeps it in fn_extra, in
 * fn_mcxt; what it finds about the policy lives in the mask's context, which is
 * reset with every new look.  Good as long as its class was told to a decision
 * that is good.
 */
typedef struct JourneyMaskSite
{
	TimestampTz looked_at;		/* start of the statement that looked */
	bool		is_row;			/* about rows as a whole, or whether a cell is shown */
	bool		quick;			/* open, and the verdict alone decides between the raw datum and a mask */
	JourneySubjectKind kind;	/* how the argument names the subject */
	JourneyClassRef class;		/* of data; for the decision */
	NullableDatum denied;		/* what a blind mask shows */
	JourneyMask mask;
} JourneyMaskSite;

/* _cell(raw, subject, seal [, collected]) and _row(subject, seal [, collected]), see mask_fn.c */
extern PGDLLEXPORT Datum journey__cell(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum journey__row(PG_FUNCTION_ARGS);

/* Is it a call of this function of ours? */
extern bool journey_is_call_of(const FuncExpr *call, PGFunction function);

#endif							/* JOURNEY_MASK_SITE_H */
