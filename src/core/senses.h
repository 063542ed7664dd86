/*
 * senses.h
 *	  Collecting the senses of a step into one label.
 *
 * A step has any number of senses, each there or not.  In a journey they are
 * one label, see format.h: a set of names, ascending strictly by bytes, joined
 * by a zero byte, which no name holds: "angry" NUL "tired".  So steps with
 * equal sets share an entry of the dictionary, and a step's senses cost one
 * code.  jn_set_next() of labels.h takes a label apart, jn_label_check()
 * proves one.
 */
#ifndef JN_SENSES_H
#define JN_SENSES_H

#include "labels.h"

/* A set that is being collected. */
typedef struct JnSenseSet
{
	uint32_t	size;			/* bytes of the label so far; 0 = no sense yet */
	char		data[JN_MAX_NAME];
} JnSenseSet;

static inline void
jn_senses_clear(JnSenseSet *set)
{
	set->size = 0;
}

/* The label of what has been added; it has no bytes if that is nothing: then there is none. */
static inline JnName
jn_senses_label(const JnSenseSet *set)
{
	return (JnName) {set->data, set->size};
}

/*
 * Adds a sense, unless it is there.  At most linear in the size of the set.
 * Errors, with the set as before: JN_SENSE_EMPTY; JN_NAME_LONG with the bytes
 * that the label would have; JN_NAME_UTF8, at = where in the name.
 */
extern JnStatus jn_senses_add(JnSenseSet *set, const char *name, size_t size, JnError *err);

#endif							/* JN_SENSES_H */
