/*
 * interaction.h
 *	  The composite type journey.interaction as a step of the core, and back.
 */
#ifndef INTERACTION_H
#define INTERACTION_H

#include "fmgr.h"

#include "compat.h"
#include "core/journey.h"
#include "core/senses.h"

/* Columns of the type, from 0, in the order of a step's tracks. */
enum
{
	INTERACTION_AT,
	INTERACTION_EVENT,
	INTERACTION_CHANNEL,
	INTERACTION_DECISION,
	INTERACTION_ACTION,
	INTERACTION_PERSONA,
	INTERACTION_VALUE,
	INTERACTION_SENSES,
	INTERACTION_COLUMNS
};

/* An interaction that was read: a step, of which time and event may be missing. */
typedef struct Interaction
{
	bool		has_time;
	bool		has_event;
	JnStep		step;
	JnSenseSet	senses;			/* the label of step.label[JN_SENSES] */
} Interaction;

/*
 * Reads a Datum of the type; it is not NULL, its columns may be.  The step
 * points into the Datum, into copies in the current memory context, and into
 * *interaction itself.  An array without senses is none; NULLs in it are left
 * out.  Raises for an infinite time and for senses that are no set of names,
 * but does not prove the other names.
 */
extern void journey_read_interaction(Datum datum, Interaction *interaction);

/*
 * Collects the senses of a text[]; false if there is none.  Raises for what is
 * no name.
 */
extern bool journey_read_senses(Datum array, JnSenseSet *set);

/* A label that is a set of senses as text[]. */
extern Datum journey_senses_array(JnName label);

#endif							/* INTERACTION_H */
