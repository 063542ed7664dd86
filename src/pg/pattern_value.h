/*
 * pattern_value.h
 *	  A value of the type journey_pattern: a varlena whose payload is the binary
 *	  form of core/pattern/pattern.h.
 */
#ifndef JOURNEY_PATTERN_VALUE_H
#define JOURNEY_PATTERN_VALUE_H

#include "fmgr.h"

#include "compat.h"
#include "core/pattern/pattern.h"

/* The noun for errors. */
#define PATTERN_NAME	"journey_pattern"

/*
 * Reads a pattern from its value, which has a plain or short header and must
 * live as long as the pattern; allocates in the current memory context.  Fits
 * into make() of journey_prepared_arg() and for the elements of an array.
 */
extern void journey_pattern_open(const struct varlena *value, JnPattern *pattern);

/*
 * The atom of a pattern that must be exactly one step atom, such as a step of a
 * funnel: raises, naming "argument", if it is more.
 */
extern const JnAtom *journey_pattern_step(const JnPattern *pattern, const char *argument);

#endif							/* JOURNEY_PATTERN_VALUE_H */
