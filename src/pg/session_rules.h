/*
 * session_rules.h
 *	  The arguments of sessions(), taken apart once for all rows of a query.
 */
#ifndef JOURNEY_SESSION_RULES_H
#define JOURNEY_SESSION_RULES_H

#include "fmgr.h"

#include "compat.h"
#include "core/sessions.h"

/*
 * The rules of a call whose argument number "base" is the gap.  They take
 * fn_extra and stay until the next call.
 * Errors: for arguments that are NULL where nothing can be, or make no sense.
 */
extern const JnSessionRules *journey_session_rules(FunctionCallInfo fcinfo, int base);

/* A gap in microseconds, of an interval that is not NULL; the longest is JN_ENDLESS.  Errors: see journey_interval_us(). */
extern int64 journey_gap(const Interval *gap);

#endif							/* JOURNEY_SESSION_RULES_H */
