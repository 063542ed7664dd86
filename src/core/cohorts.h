/*
 * cohorts.h
 *	  Adding up over subjects, period by period: how many of whom came back,
 *	  were there, or were there how often.
 *
 * A table of counts by the number of a period and a column, whose meaning the
 * kind of question gives:
 *
 *	 JN_COHORTS_RETENTION	the period of the first step, or each with one if it is
 *							recurring; 0 the subjects, 1 + 2k those whose bucket
 *							k is over, 2 + 2k those of them who came back in it
 *	 JN_COHORTS_LIFECYCLE	any period; a JnLifeState.  Each run of periods adds 1
 *							where it begins and takes 1 off where it has ended, so
 *							what a period has is the sum up to it, and a subject
 *							costs as much as it has runs
 *	 JN_COHORTS_STICKINESS	the longer period; in how many of the shorter ones
 *
 * With the counts goes what was asked, all of it: a state that has travelled
 * from another process can be asked on, and the last parts of a journey that is
 * spread over sets are looked at when states are merged (whole.h).
 *
 * The state as bytes, little-endian and unaligned, version 1:
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  kind
 *		  2      1  1: unbounded; 2: rolling; 4: there are parts of journeys;
 *					8: recurring
 *		  3      1  what times are cut to, see JnCohortsCut
 *		  4      4  b, the number of bounds, at most JN_MAX_BUCKETS + 1
 *		  8      8  as_of, microseconds
 *		 16     16  the period: i32 months, i32 days, i64 microseconds
 *		 32     16  the longer period, likewise; of JN_COHORTS_STICKINESS, else 0
 *		 48      4  z, the bytes of the zone's name, 1 to JN_MAX_ZONE
 *		 52      4  f, the bytes of the first atom's text, at least 1
 *		 56      4  a, the bytes of the second one's; of JN_COHORTS_RETENTION at least
 *					1, else 0
 *		 60      4  c, the number of counts
 *		 64      z  the zone's name
 *			 f + a  the texts of the atoms
 *			   4 b  the bounds: i32, strictly ascending
 *			  20 c  the counts, ascending: i64 period, u32 column, i64 count, not 0
 *					the parts that are held back, if there are any, see whole.h
 *
 * Equal states of equal questions are equal bytes.
 */
#ifndef JN_COHORTS_H
#define JN_COHORTS_H

#include "moments.h"
#include "retention.h"
#include "whole.h"

#define JN_COHORTS_VERSION		1
#define JN_COHORTS_HEADER_SIZE	64

/* Longest name of a time zone. */
#define JN_MAX_ZONE		255

typedef enum JnCohortsKind
{
	JN_COHORTS_RETENTION = 0,
	JN_COHORTS_LIFECYCLE = 1,
	JN_COHORTS_STICKINESS = 2,
	JN_COHORTS_KINDS
} JnCohortsKind;

/* What times are cut to before buckets are made of them. */
typedef enum JnCohortsCut
{
	JN_CUT_NONE = 0,
	JN_CUT_MINUTE = 1,
	JN_CUT_HOUR = 2,
	JN_CUT_DAY = 3,
	JN_CUTS
} JnCohortsCut;

/* What was asked. */
typedef struct JnCohortsAsk
{
	JnCohortsKind kind;
	bool		unbounded;		/* of JN_COHORTS_RETENTION, as in JnRetentionAsk, */
	bool		rolling;		/* and so is this */
	bool		recurring;		/* likewise: a cohort is all with a step in its period, not those with their first one */
	JnCohortsCut cut;			/* likewise */
	int64_t		as_of;			/* microseconds since 2000-01-01 UTC */
	JnPeriod	period;
	JnPeriod	within;			/* of JN_COHORTS_STICKINESS */
	JnName		zone;			/* of the calendar, at most JN_MAX_ZONE bytes; a zero byte follows */
	JnName		atom[2];		/* as text: the first step and those after it, or those that count */
	uint32_t	bounds;			/* of buckets; of a lifecycle: near and far, or none if it is plain */
	const int32_t *bound;		/* strictly ascending; those of a lifecycle may be equal */
} JnCohortsAsk;

/* Whether two questions are the same. */
extern bool jn_cohorts_same(const JnCohortsAsk *a, const JnCohortsAsk *b);

/* A first step of a subject. */
typedef struct JnCohortsFirst
{
	int64_t		time;			/* microseconds */
	uint32_t	from;			/* the first of the moments that may be a step back */
} JnCohortsFirst;

/*
 * Who looks at subjects: what is needed for one question, whatever the number of
 * states.  May not be moved.
 */
typedef struct JnCohortsLook
{
	JnEnv		env;			/* of all that it keeps */
	JnCohortsAsk ask;
	JnAtoms		atoms;			/* of the texts of ask.atom */
	JnCalendar *calendar;		/* of ask.period */
	JnCalendar *other;			/* of ask.within or ask.cut, or NULL */
	JnRetentionAsk retention;
	JnLifeAsk	life;
	JnBinding	binding;
	bool		bound;
	JnMoments	moments;
	uint8_t    *bucket;
	JnCohortsFirst *first;		/* of the last subject: one, or one a period if recurring */
	uint32_t	firsts;
	uint32_t	first_room;
	struct JnCohorts *into;		/* where to add subjects */
	JnVisitor	visitor;
} JnCohortsLook;

/*
 * Makes all ready but the calendars, which the caller puts in; *env lives as
 * long as it does; copies "ask".
 * Errors: JN_ARGUMENT if a text is no single step, those of jn_pattern_read().
 */
extern JnStatus jn_cohorts_look_init(const JnEnv *env, JnCohortsLook *look, const JnCohortsAsk *ask, JnError *err);

/* Fills bucket[] of a retention for one journey; false if it has no first step up to as_of. */
extern bool jn_cohorts_look_buckets(JnCohortsLook *look, const JnJourney *j);

/* The moments of one journey, of those steps that match the first atom; see look->moments. */
extern void jn_cohorts_look_moments(JnCohortsLook *look, const JnJourney *j);

/* One count. */
typedef struct JnCohortsCount
{
	int64_t		number;			/* of a period */
	uint32_t	column;
	int64_t		count;
} JnCohortsCount;

/* Owns its memory, which lives as long as that of the environment. */
typedef struct JnCohorts
{
	JnCohortsAsk ask;
	uint64_t	salt;
	JnCohortsCount *slot;		/* 1 << bits of them, at most half of them in use */
	unsigned	bits;
	uint32_t	used;			/* slots that have been taken, even if their count is 0 now */
	int64_t		total;			/* no count is above this, nor is any sum of counts */
	JnWhole		whole;
} JnCohorts;

/* Starts empty; copies "ask".  "salt" as in jn_lexicon_init(). */
extern void jn_cohorts_init(const JnEnv *env, JnCohorts *c, const JnCohortsAsk *ask, uint64_t salt);

/* Adds to a count. */
extern void jn_cohorts_add(const JnEnv *env, JnCohorts *c, int64_t number, uint32_t column, int64_t count);

/*
 * Add a journey, or a set of them.  The look asks the same question.
 * Errors: those of jn_whole_set().
 */
extern JnStatus jn_cohorts_journey(const JnEnv *env, JnCohorts *c, JnCohortsLook *look, const JnJourney *j,
								   JnError *err);
extern JnStatus jn_cohorts_set(const JnEnv *env, JnCohorts *c, JnCohortsLook *look, const JnSet *s, JnError *err);

/*
 * Adds all of "from", of the same question, which stays as it is.
 * Errors: JN_TOO_MANY_POINTS if counts pass INT64_MAX, those of
 * jn_whole_merge(); then "into" can only be thrown away.
 */
extern JnStatus jn_cohorts_merge(const JnEnv *env, JnCohorts *into, JnCohortsLook *look, const JnCohorts *from,
								 JnError *err);

/* Adds what is still held back: call it once, at the end, for what is yours to change. */
extern JnStatus jn_cohorts_finish(const JnEnv *env, JnCohorts *c, JnCohortsLook *look, JnError *err);

/* All counts that are not 0, ascending by number, then column; *n of them.  O(n log n). */
extern JnCohortsCount *jn_cohorts_counts(const JnEnv *env, const JnCohorts *c, uint32_t *n);

/*
 * The state as bytes, with n counts from jn_cohorts_counts(): size gives what
 * write fills.
 * Errors of size: JN_TOO_LARGE.
 */
extern JnStatus jn_cohorts_size(const JnCohorts *c, uint32_t n, size_t *size, JnError *err);
extern void jn_cohorts_write(const JnEnv *env, const JnCohorts *c, const JnCohortsCount *count, uint32_t n,
							 uint8_t *out);

/*
 * Reads a state and proves every rule of it: also that no count is more than it
 * can be beside the others.  That there is such a zone is left to who makes a
 * look of it.  Adds the state to *c, which is not
 * yet initialized, unless that is NULL.  Linear in size.
 * Errors: JN_BYTES_*, JN_NAME_UTF8, those of jn_whole_read(); then *c can only be
 * thrown away.
 */
extern JnStatus jn_cohorts_read(const JnEnv *env, JnCohorts *c, uint64_t salt, const uint8_t *p, size_t size,
								JnError *err);

#endif							/* JN_COHORTS_H */
