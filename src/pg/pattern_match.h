/*
 * pattern_match.h
 *	  A pattern made ready for many journeys.
 */
#ifndef JOURNEY_PATTERN_MATCH_H
#define JOURNEY_PATTERN_MATCH_H

#include "core/pattern/match.h"
#include "pattern_value.h"

/* Lives in the memory context in which it was made, and so does what it points to. */
typedef struct ReadyPattern
{
	JnEnv		env;
	JnPattern	pattern;
	JnAutomaton automaton;
	JnMatcher  *matcher;
} ReadyPattern;

/*
 * Makes a pattern ready in the current memory context.  The value must live as
 * long: see journey_prepared_arg(), to which this can be given.
 */
extern void *journey_pattern_ready(struct varlena *value);

#endif							/* JOURNEY_PATTERN_MATCH_H */
