/*
 * build.h
 *	  Building a journey: steps in any order in, the one form of bytes out.
 *
 * An object with these operations:
 *
 *	 new			O(1), one allocation of 256 bytes at most: many groups of
 *					an aggregate have a builder at the same time
 *	 add, add_step	O(1) amortized; a name is copied at its first use only
 *	 add_journey	O(steps + names) of the journey
 *	 add_run		O(steps) of the run: for cutting one journey into many
 *	 finish			sorts if the steps came out of order: O(n log n), stable;
 *					O(n) for ordered runs one after another; O(k log k) for
 *					k names, if new ones came out of order
 *	 write			O(n); the bytes, after finish and before the next add
 *
 * Steps of one time are ordered by event name (bytes), then by channel,
 * decision, action, persona, value (NaN last) and senses, a step that has none
 * after those that have; or, if "keep_ties", stay in the order in which they
 * came.  finish may be called again after further adds: the result is as if
 * all had come first.
 *
 * Memory: 12 bytes a step (18 while sorting), and 14 bytes and the text for
 * each distinct name, all of it doubling as it grows; from the JnEnv given at
 * each call, which must be the same.  Tracks cost nothing before the first
 * step that has one; from then on each label track 4 bytes a step and its
 * names, values 8 bytes a step, and sorting 12 bytes more than the 12.
 * Nothing else is owned.  A builder whose call was left by longjmp, or failed
 * where "some steps may have been added", can only be thrown away with its
 * memory.
 */
#ifndef JN_BUILD_H
#define JN_BUILD_H

#include "journey.h"
#include "step.h"

typedef struct JnBuild JnBuild;

/* See common.h. */
typedef struct JnCommon JnCommon;

/* Creates an empty builder in env's memory. */
extern JnBuild *jn_build_new(const JnEnv *env, bool keep_ties);

/*
 * Creates one that shares the names of its events with others, as long as they
 * fit into the vocabulary: 128 bytes at first.  For many builders at a time
 * that are added to, finished and written; what adds journeys or other
 * builders to it gives it names of its own.
 */
extern JnBuild *jn_build_new_sharing(const JnEnv *env, bool keep_ties, JnCommon *common);

/* Releases a builder and all that it holds; a vocabulary stays. */
extern void jn_build_free(const JnEnv *env, JnBuild *b);

/*
 * Adds a step.  "time" in microseconds.
 * Errors: JN_TIME_RANGE, JN_NAME_LONG, JN_NAME_UTF8, JN_TOO_MANY_STEPS, and
 * JN_TOO_LARGE when the names alone are too much; the builder is as before.
 */
extern JnStatus jn_build_add(const JnEnv *env, JnBuild *b, int64_t time, const char *name, size_t size,
							 JnError *err);

/*
 * Adds a step with its tracks; one that has none is as one of jn_build_add().
 * A label of JN_SENSES is a set as jn_label_check() wants it.
 * Errors: those of jn_build_add(), for labels too; JN_ARGUMENT for a set that
 * is none or an unknown track; the builder is as before.
 */
extern JnStatus jn_build_add_step(const JnEnv *env, JnBuild *b, const JnStep *step, JnError *err);

/*
 * Adds steps from .. to-1 of a journey, tracks and all, in their order.
 * Errors: JN_TOO_MANY_STEPS, JN_TOO_LARGE, JN_BYTES_CORRUPT; some steps may
 * have been added.
 */
extern JnStatus jn_build_add_journey(const JnEnv *env, JnBuild *b, const JnJourney *j, uint32_t from, uint32_t to,
									 JnError *err);

/*
 * Adds the next "count" steps of a walk, tracks and all, and moves it past
 * them.  name[] is what jn_labels_names() gave for the events of the walk's
 * journey, or other names in their place.  The first call reads the names of
 * the tracks, if there are any, into memory that jn_walk_close() releases.
 * Errors: JN_TOO_MANY_STEPS, JN_TOO_LARGE, JN_BYTES_CORRUPT; some steps may
 * have been added.
 */
extern JnStatus jn_build_add_run(const JnEnv *env, JnBuild *b, JnWalk *w, const JnName *name, uint32_t count,
								 JnError *err);

/* Number of steps so far. */
extern uint32_t jn_build_steps(const JnBuild *b);

/*
 * Puts the steps in order and plans the bytes.  Gives the size of the value.
 * Errors: JN_TOO_LARGE; JN_ARGUMENT if there is no step.
 */
extern JnStatus jn_build_finish(const JnEnv *env, JnBuild *b, size_t *size, JnError *err);

/* Writes the value planned by jn_build_finish(). */
extern void jn_build_write(const JnEnv *env, const JnBuild *b, uint8_t *out);

/* Forgets the steps, keeps the memory for the next journey. */
extern void jn_build_reset(JnBuild *b);

/*
 * A builder as bytes and back, for partial aggregates: everything that later
 * adds and finish depend on; steps of one time in the order of arrival.  The
 * form is private to one version of the library and has no promise for disks.
 * Reading is bounded and proves what the builder relies on, but accepts more
 * than one form of a state.
 * Errors: JN_BYTES_*, JN_NAME_LONG, JN_NAME_UTF8, JN_TIME_RANGE,
 * JN_TOO_MANY_STEPS.
 */
extern size_t jn_build_state_size(const JnBuild *b);
extern void jn_build_state_write(const JnEnv *env, const JnBuild *b, uint8_t *out);
extern JnStatus jn_build_state_read(const JnEnv *env, const uint8_t *p, size_t size, JnBuild **b, JnError *err);

/*
 * Adds all steps of "from", which stays as it is and may not be "into".
 * Errors: JN_TOO_MANY_STEPS, JN_TOO_LARGE, JN_BYTES_CORRUPT; some steps may
 * have been added.
 */
extern JnStatus jn_build_merge(const JnEnv *env, JnBuild *into, const JnBuild *from, JnError *err);

#endif							/* JN_BUILD_H */
