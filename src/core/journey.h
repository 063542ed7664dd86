/*
 * journey.h
 *	  Reading a journey: the view of its bytes, validation, facts, comparison.
 *
 * Two levels of trust.  jn_journey_open() checks no more than that the
 * sections lie inside the value; reading what it has opened stays inside too,
 * whatever the bytes, but means something only for bytes that we wrote or that
 * have been validated.  jn_journey_validate() takes bytes from anywhere (recv,
 * casts, files) and proves every rule of format.h.
 *
 * Three ways to read, from the cheapest on: columns (the codes of event and
 * label[], values, jn_journey_times()), a walk over the times (JnWalk), and
 * whole steps (JnStepReader).
 */
#ifndef JN_JOURNEY_H
#define JN_JOURNEY_H

#include "labels.h"
#include "step.h"
#include "times.h"
#include "values.h"

/* The presence bit of an event's name. */
static inline uint64_t
jn_presence(const char *name, size_t size)
{
	return UINT64_C(1) << (jn_hash64(name, size) >> 58);
}

/* What the first JN_HEADER_SIZE bytes say. */
typedef struct JnHeader
{
	unsigned	flags;			/* JN_FLAG_* */
	unsigned	tracks;			/* bits 1 << JnTrack of those beside time and event */
	uint32_t	n;				/* steps */
	int64_t		first;			/* microseconds since 2000-01-01 UTC */
	int64_t		last;			/* likewise, not before first */
	uint64_t	presence;		/* which names of events may be there */
} JnHeader;

/* Whether a journey has a track; if not, its part of JnJourney is undefined. */
static inline bool
jn_has_track(const JnHeader *head, JnTrack track)
{
	return head->tracks >> track & 1;
}

/* A journey, opened.  Points into the bytes, owns nothing. */
typedef struct JnJourney
{
	JnHeader	head;
	const uint8_t *bytes;
	size_t		size;			/* of the whole value */
	JnLabels	event;			/* every step has one */
	const uint8_t *times;		/* section of times */
	size_t		times_size;
	JnValues	values;			/* if there is JN_VALUE */
	JnLabels	label[JN_TRACKS];	/* those that are there; [JN_VALUE] is not used */
} JnJourney;

/*
 * Reads the header from the first bytes of a value; "size" may be less than
 * the whole value, JN_HEADER_SIZE is enough.
 * Errors: JN_BYTES_SHORT, JN_BYTES_VERSION, JN_BYTES_TRACKS, JN_BYTES_CORRUPT.
 */
extern JnStatus jn_header_read(const uint8_t *p, size_t size, JnHeader *head, JnError *err);

/*
 * Opens a whole value of ours.  Cost: the lengths of the names.
 * Errors: those of jn_header_read(), JN_BYTES_SHORT, JN_BYTES_CORRUPT,
 * JN_NAME_LONG.
 */
extern JnStatus jn_journey_open(const uint8_t *p, size_t size, JnJourney *j, JnError *err);

/*
 * Proves that bytes from outside are a journey in its one form; fills *j as
 * jn_journey_open() does.  Linear in size.  Allocates as many bytes as a
 * track has names and frees them.
 * Errors: JN_BYTES_*, JN_NAME_LONG, JN_NAME_UTF8, JN_TIME_RANGE.
 */
extern JnStatus jn_journey_validate(const JnEnv *env, const uint8_t *p, size_t size, JnJourney *j,
									JnError *err);

/* Code of step i, from 0: an index into the names of events, whatever the bytes. */
static inline uint32_t
jn_journey_code(const JnJourney *j, uint32_t i)
{
	uint32_t	code = jn_code_load(j->event.codes, j->event.width, i);

	return code < j->event.names ? code : 0;
}

/* Label of step i in a track, or JN_NO_LABEL; also if the journey has no such track. */
static inline uint32_t
jn_journey_label(const JnJourney *j, JnTrack track, uint32_t i)
{
	return jn_has_track(&j->head, track) ? jn_labels_code(&j->label[track], i) : JN_NO_LABEL;
}

/* Starts reading the times; the first time is head.first. */
static inline void
jn_journey_times(const JnJourney *j, JnTimesReader *r)
{
	jn_times_open(r, j->times, j->times_size, j->head.flags, j->head.n);
}

/*
 * A walk over the steps of a journey, from the first on.  It remembers where
 * it is, so cutting a journey into many pieces costs one pass, see
 * jn_build_add_run().
 */
typedef struct JnWalk
{
	const JnJourney *j;
	JnTimesReader times;
	JnValuesReader values;		/* if there are values; behind "next" until jn_walk_values() */
	JnName	   *label;			/* names of the label tracks, one track's after the other's, or NULL */
	uint32_t	next;			/* step to come, j->head.n at the end */
	int64_t		time;			/* its time, microseconds; undefined at the end */
} JnWalk;

static inline void
jn_walk_open(JnWalk *w, const JnJourney *j)
{
	w->j = j;
	jn_journey_times(j, &w->times);
	if (jn_has_track(&j->head, JN_VALUE))
		jn_values_reader_open(&w->values, &j->values);
	w->label = NULL;
	w->next = 0;
	w->time = j->head.first;
}

/* Releases what jn_build_add_run() has kept in the walk; one that it never got has nothing. */
static inline void
jn_walk_close(const JnEnv *env, JnWalk *w)
{
	jn_release(env, w->label);
	w->label = NULL;
}

/* Moves to the next step; there must be one to come. */
static inline void
jn_walk_next(JnWalk *w)
{
	if (++w->next < w->j->head.n)
		w->time = jn_time_after(w->time, jn_times_next(&w->times));
}

/*
 * The reader of values, at the step to come; the journey must have values.
 * What is read from it needs no moving back: the next call moves it to where
 * the walk is then, which may not be before.
 */
static inline JnValuesReader *
jn_walk_values(const JnEnv *env, JnWalk *w)
{
	if (w->values.next < w->next)
		jn_values_skip(env, &w->values, w->next - w->values.next);
	return &w->values;
}

/* Names up to this many, of all tracks together, are held without allocating. */
#define JN_FEW_NAMES	64

/* Reads whole steps, one after another. */
typedef struct JnStepReader
{
	JnWalk		walk;
	JnName	   *event;			/* the names of the events */
	JnName	   *label[JN_TRACKS];	/* and of the tracks that are there */
	JnName	   *names;			/* all of them, in few[] or allocated */
	JnName		few[JN_FEW_NAMES];
} JnStepReader;

/*
 * Starts reading; allocates if there are many names.  Cost: their number.  The
 * reader may not be moved in memory while it is open.
 */
extern void jn_step_reader_open(const JnEnv *env, JnStepReader *r, const JnJourney *j);
extern void jn_step_reader_close(const JnEnv *env, JnStepReader *r);

/*
 * Gives the next step; its names point into the journey.  False at the end.
 * r->walk.next is its number then, from 1.  The caller ticks.
 */
extern bool jn_step_reader_next(const JnEnv *env, JnStepReader *r, JnStep *step);

/* Time of step i, from 0, in microseconds.  Linear in the distance to the nearer end. */
extern int64_t jn_journey_time(const JnEnv *env, const JnJourney *j, uint32_t i);

/*
 * Compares step by step, the shorter journey first if one begins the other:
 * by time, then event (bytes), channel, decision, action, persona, value (the
 * order of float8: NaN last), senses (bytes of the label); a step that has
 * none comes after all that have one.  Returns <0, 0, >0.  0 exactly if the
 * bytes are equal.
 */
extern int	jn_journey_compare(const JnEnv *env, const JnJourney *a, const JnJourney *b);

/* Hash of the whole value: equal journeys, equal hashes. */
extern uint64_t jn_journey_hash(const JnJourney *j, uint64_t seed);

/*
 * Hash of the order of events, times and other tracks left out.  Part of the
 * format, stable over machines and versions: h = n; for each step
 * h = jn_mix64(h) ^ jn_hash64(name); the result is jn_mix64(h).
 */
extern uint64_t jn_journey_variant_hash(const JnEnv *env, const JnJourney *j);

/*
 * The path as text, "view > cart > purchase".  A name that is empty, begins or
 * ends with a blank, or holds '>', '"' or a control character (below 0x20, or
 * 0x7f) stands in double quotes, quotes inside doubled: so equal texts mean
 * equal paths.
 * jn_variant_bare() tells which names stand without.
 * jn_journey_variant_size() gives the bytes, which may be more than a size_t
 * holds on a machine of 32 bits: the caller looks.  Write fills exactly that
 * many.
 */
extern bool jn_variant_bare(JnName name);
extern uint64_t jn_journey_variant_size(const JnEnv *env, const JnJourney *j);
extern void jn_journey_variant_write(const JnEnv *env, const JnJourney *j, char *out);

#endif							/* JN_JOURNEY_H */
