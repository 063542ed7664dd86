/*
 * step.h
 *	  One step of a journey with all that may be known of it.
 */
#ifndef JN_STEP_H
#define JN_STEP_H

#include "labels.h"

typedef struct JnStep
{
	int64_t		time;			/* microseconds since 2000-01-01 UTC */
	JnName		event;
	unsigned	tracks;			/* bits 1 << JnTrack: which of the following are given */
	JnName		label[JN_TRACKS];	/* by JnTrack; [JN_VALUE] is not used */
	double		value;
} JnStep;

#endif							/* JN_STEP_H */
