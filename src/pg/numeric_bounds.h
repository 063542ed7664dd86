/*
 * numeric_bounds.h
 *	  Keeping a numeric to the precision of its column.
 */
#ifndef JOURNEY_NUMERIC_BOUNDS_H
#define JOURNEY_NUMERIC_BOUNDS_H

#include "utils/numeric.h"

/* The largest value of a column, which is also the negative of its least, and its digits behind the point. */
typedef struct JourneyNumericBounds
{
	Numeric		most;
	int32		scale;
} JourneyNumericBounds;

/*
 * The bounds of numeric(p, s) by its typmod; without one they are wide, but
 * arithmetic within cannot fail, and the digits are those of "unit".
 * Allocates in the current memory context.
 */
extern void journey_numeric_bounds(JourneyNumericBounds *bounds, int32 typmod, Numeric unit);

/* The value, or the bound that it is beyond. */
extern Numeric journey_numeric_clamp(const JourneyNumericBounds *bounds, Numeric value);

/* The value, rounded to the scale, or the bound that it is beyond. */
extern Numeric journey_numeric_within(const JourneyNumericBounds *bounds, Numeric value);

#endif							/* JOURNEY_NUMERIC_BOUNDS_H */
