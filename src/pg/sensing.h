/*
 * sensing.h
 *	  What the functions on senses share.
 */
#ifndef JOURNEY_SENSING_H
#define JOURNEY_SENSING_H

#include "core/labels.h"

/* The sense of a text, which it points into, perhaps as a copy in the current memory context; raises if it has no name. */
extern JnName journey_sense(Datum name);

/* How long it took until a journey was restored, microseconds, as an interval; raises if there is no such. */
extern Datum journey_restore_interval(uint64 us);

#endif							/* JOURNEY_SENSING_H */
