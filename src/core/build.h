/*
 * build.h
 *	  Building a journey: steps in any order in, the one form of bytes out.
 *
 * An object with five operations:
 *
 *	 init		O(1), no allocation
 *	 add		O(1) amortized; the name is copied at its first use only
 *	 add_journey	O(steps + names) of the journey
 *	 finish		sorts if the steps came out of order: O(n log n), stable; else O(n)
 *	 size/write	the bytes, after finish and before the next add
 *
 * Steps of one time are ordered by event name (bytes), or, if "keep_ties",
 * stay in the order in which they came.  finish may be called again after
 * further adds: the result is as if all had come first.
 *
 * Memory: 12 bytes a step (24 while sorting) and each distinct name once,
 * from the JnEnv given at each call; nothing else is owned.
 */
#ifndef JN_BUILD_H
#define JN_BUILD_H

#include "journey.h"

typedef struct JnBuild JnBuild;

/* Creates an empty builder in env's memory. */
extern JnBuild *jn_build_new(const JnEnv *env, bool keep_ties);

/*
 * Adds a step.  "time" in microseconds.
 * Errors: JN_TIME_RANGE, JN_NAME_LONG, JN_NAME_UTF8, JN_TOO_MANY_STEPS; the
 * builder is as before.
 */
extern JnStatus jn_build_add(const JnEnv *env, JnBuild *b, int64_t time, const char *name, size_t size,
							 JnError *err);

/* Adds steps from .. to-1 of a journey, in their order.  Errors: JN_TOO_MANY_STEPS. */
extern JnStatus jn_build_add_journey(const JnEnv *env, JnBuild *b, const JnJourney *j, uint32_t from, uint32_t to,
									 JnError *err);

/* Number of steps so far. */
extern uint32_t jn_build_steps(const JnBuild *b);

/*
 * Puts the steps in order and plans the bytes.  Gives the size of the value.
 * There must be at least one step.  Errors: JN_TOO_LARGE.
 */
extern JnStatus jn_build_finish(const JnEnv *env, JnBuild *b, size_t *size, JnError *err);

/* Writes the value planned by jn_build_finish(). */
extern void jn_build_write(const JnEnv *env, const JnBuild *b, uint8_t *out);

/* Forgets the steps, keeps the memory for the next journey. */
extern void jn_build_reset(JnBuild *b);

/*
 * A builder as bytes and back, for partial aggregates: everything that later
 * adds and finish depend on, steps in the order of arrival.  The bytes of
 * another process of ours; bounded reading, but no proof.
 */
extern size_t jn_build_state_size(const JnBuild *b);
extern void jn_build_state_write(const JnBuild *b, uint8_t *out);
extern JnStatus jn_build_state_read(const JnEnv *env, const uint8_t *p, size_t size, JnBuild **b, JnError *err);

/* Adds all steps of "from", which stays as it is.  Errors: JN_TOO_MANY_STEPS. */
extern JnStatus jn_build_merge(const JnEnv *env, JnBuild *into, const JnBuild *from, JnError *err);

#endif							/* JN_BUILD_H */
