/*
 * set_merge.h
 *	  Sets of journeys made of others, or of single journeys.
 *
 * The rules, for each subject:
 *
 *	 one part		stays as it is, with its ghost
 *	 several		their steps by time.  Those of one time keep their order
 *					inside a part; between parts they come in the order of the
 *					operands ("ordered"), or in that of the parts by their steps,
 *					as journeys compare: then the result depends on nothing but
 *					what is merged, and merging in any order gives the same
 *	 ghosts			that of the part whose first step is the earliest stays; of
 *					several such parts the latest ghost; the others go, for the
 *					step that they repeat is there, or belongs to a time that
 *					is not
 *	 going on		as the part whose last step is the latest does; of several
 *					such parts, if one of them does
 */
#ifndef JN_SET_MERGE_H
#define JN_SET_MERGE_H

#include "journey.h"
#include "set_build.h"

/* A journey and whose it is. */
typedef struct JnSubject
{
	JnKey		key;
	const uint8_t *bytes;		/* of the journey */
	size_t		size;
	bool		ghost;			/* its first step is one, and earlier than the next */
	bool		more;			/* it goes on in another set */
} JnSubject;

/*
 * Merges sets into an empty builder, which has no limit (JN_MAX_BYTES).
 * O(T log N) for N sets of T rows in all, plus sorting rows that are out of
 * order; about 500 bytes a set, and the rows of one subject.
 * Errors: JN_SUBJECT_KINDS, JN_TOO_LARGE, JN_BYTES_CORRUPT; the builder can
 * only be reset or freed then.
 */
extern JnStatus jn_sets_merge(const JnEnv *env, const JnSet *const *set, uint32_t n, bool ordered,
							  JnSetBuild *b, JnError *err);

/*
 * Makes a set of journeys, in any order; a subject may have several.  The
 * keys are of the builder's kind and have passed jn_key_check().  O(T + N log N)
 * for N journeys of T steps in all; 14 bytes a journey.
 * Errors: JN_TOO_LARGE, JN_BYTES_CORRUPT, likewise, and those of
 * jn_journey_open().
 */
extern JnStatus jn_subjects_gather(const JnEnv *env, const JnSubject *subject, uint32_t n, bool ordered,
								   JnSetBuild *b, JnError *err);

#endif							/* JN_SET_MERGE_H */
