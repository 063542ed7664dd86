/*
 * signal_result.h
 *	  From a signal to a row of type journey.signal.
 */
#ifndef JOURNEY_SIGNAL_RESULT_H
#define JOURNEY_SIGNAL_RESULT_H

#include "fmgr.h"

#include "core/signal_facts.h"

/*
 * The facts of a signal as a row of the calling function's result type, which
 * is journey.signal.  Memory for the while comes from env.  Errors: a median
 * gap or a slope that does not fit.
 */
extern Datum journey_signal_result(FunctionCallInfo fcinfo, const JnEnv *env, JnSignal *signal, const JnSignalAsk *ask);

/*
 * The terms among the arguments: alpha at number "first" and, if there are so
 * many, pattern_at and trend_at behind it; NULL is the default.  Raises what
 * is out of range.
 */
extern JnSignalTerms journey_signal_terms(FunctionCallInfo fcinfo, int first);

/* Raises if thresholds of classes are out of range. */
extern void journey_check_thresholds(int64 pattern_at, int64 trend_at);

#endif							/* JOURNEY_SIGNAL_RESULT_H */
