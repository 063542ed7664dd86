/*
 * cohorts_ask.h
 *	  Questions about coming back, as the arguments of a call or as a state has
 *	  them, made ready once for all rows.
 */
#ifndef JOURNEY_COHORTS_ASK_H
#define JOURNEY_COHORTS_ASK_H

#include "fmgr.h"

#include "compat.h"
#include "core/cohorts.h"

/* What follows the journey among the arguments; those behind "as_of" may be missing. */
typedef enum CohortsCall
{
	CALL_RETENTION,				/* first, again, period, buckets int4, as_of, zone, kind, rolling, truncate */
	CALL_BRACKETS,				/* the same with buckets int4[] */
	CALL_LIFECYCLE,				/* period, as_of, zone, active, within int4[] */
	CALL_STICKINESS				/* period, within, as_of, zone, active; as_of may be missing, too */
} CohortsCall;

/*
 * The look for the arguments of a call from number "base" on.  It takes
 * fn_extra, lives as long as the call's FmgrInfo, and stays the same while the
 * arguments do.  Errors: arguments that are NULL or make no sense.
 */
extern JnCohortsLook *journey_cohorts_look(FunctionCallInfo fcinfo, CohortsCall call, int base);

/* The same for the question of a state. */
extern JnCohortsLook *journey_cohorts_look_again(FunctionCallInfo fcinfo, const JnCohortsAsk *ask);

/* The name of a lifecycle's state. */
extern const char *journey_life_state(JnLifeState state);

#endif							/* JOURNEY_COHORTS_ASK_H */
