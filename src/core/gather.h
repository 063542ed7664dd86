/*
 * gather.h
 *	  A journey made of steps of another one, or of two.
 *
 * What is cut out of a journey, edited or merged has its names in order
 * already, and its steps too.  So columns are taken over as they are: no name
 * is hashed, no step sorted or even looked at as a whole, which is what a
 * builder would have to do (build.h).  The result is the same to the byte.
 */
#ifndef JN_GATHER_H
#define JN_GATHER_H

#include "journey.h"

/* Marks a step of the second journey. */
#define JN_OF_SECOND	(UINT32_C(1) << 31)

/* The steps of the result, in their order, and in that of the journeys that they come from. */
typedef struct JnPicks
{
	uint32_t	n;
	uint32_t   *step;			/* number in its journey, from 0, and JN_OF_SECOND */
	int64_t    *time;			/* microseconds */
} JnPicks;

/* Memory for so many picks, of which there are none yet; and its release. */
extern void jn_picks_new(const JnEnv *env, JnPicks *picks, uint32_t room);
extern void jn_picks_free(const JnEnv *env, JnPicks *picks);

static inline void
jn_pick(JnPicks *picks, uint32_t step, int64_t time)
{
	picks->step[picks->n] = step;
	picks->time[picks->n] = time;
	picks->n++;
}

/* Names up to this many, of all columns together, are held without allocating. */
#define JN_GATHER_FEW	64

/* A column of labels of the result. */
typedef struct JnGatherColumn
{
	const JnLabels *labels[2];	/* of the journeys; NULL if one has none */
	uint32_t   *map[2];			/* their codes to those of the result */
	JnName	   *name;			/* of the result, ascending */
	uint32_t	names;			/* 0: the result has no such column */
	uint64_t	text;			/* bytes of the names */
	bool		same;			/* the names are all those of the first journey */
	bool		gaps;			/* some steps have no label */
	uint64_t	size;			/* bytes of the section */
} JnGatherColumn;

/* A result that is planned.  May not be moved in memory. */
typedef struct JnGather
{
	const JnPicks *picks;
	const JnJourney *source[2];
	JnGatherColumn event;
	JnGatherColumn label[JN_TRACKS];	/* [JN_VALUE] is not used */
	unsigned	tracks;			/* of the result */
	JnTimesPlan times;
	JnValuesPlan values;
	uint64_t   *value;			/* keys, or NULL */
	JnName	   *names;			/* of all columns, in few_names[] or allocated */
	uint32_t   *maps;			/* likewise */
	JnName		few_names[JN_GATHER_FEW];
	uint32_t	few_maps[JN_GATHER_FEW];
} JnGather;

/*
 * Plans a journey of at least one step and gives its size.  "second" may be
 * NULL; "event", if not NULL, has names for the events of the first journey in
 * place of their own, valid ones, in any order, and there is no second then.
 * All of these must stay until the end.
 * O(steps picked + names), and O(k log k) for k new names.
 * Errors: JN_TOO_MANY_STEPS, JN_TOO_LARGE; there is nothing to close then.
 */
extern JnStatus jn_gather_plan(const JnEnv *env, JnGather *g, const JnPicks *picks, const JnJourney *first,
							   const JnJourney *second, const JnName *event, size_t *size, JnError *err);

/* Writes the bytes planned. */
extern void jn_gather_write(const JnEnv *env, const JnGather *g, uint8_t *out);

/* Releases the plan. */
extern void jn_gather_close(const JnEnv *env, JnGather *g);

#endif							/* JN_GATHER_H */
