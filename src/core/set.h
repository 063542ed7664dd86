/*
 * set.h
 *	  Reading sets of journeys.  set_format.h has their bytes.
 *
 * Two levels of trust, as in journey.h.  jn_set_open() is for bytes of our own:
 * it proves no more than that all sections lie inside the value, so that no
 * reader ever leaves it, whatever the bytes.  jn_set_validate() is for bytes
 * from outside and proves every rule.
 *
 * Three ways to read.  A question about the whole set takes the columns as they
 * are: the labels, codes and values of JnSet, and jn_set_times() for all
 * differences at once.  A question about subjects goes through the parts with a
 * JnSetParts, which tells the rows that each part has in the columns.  Who
 * wants the steps themselves follows a part with a JnSetSteps, or makes a
 * journey of it with jn_set_part_build().
 *
 * Rows are numbered from 0; row r of every column belongs to the same step, and
 * the rows of a part follow one another.  The row of a ghost counts as a row,
 * but is no step of its subject here.
 */
#ifndef JN_SET_H
#define JN_SET_H

#include "build.h"
#include "labels.h"
#include "set_format.h"
#include "step.h"
#include "times.h"
#include "values.h"

/* The key of a subject.  A text or uuid is in somebody else's memory. */
typedef struct JnKey
{
	JnKeyKind	kind;
	uint32_t	size;			/* bytes of a text, at most JN_MAX_NAME; 16 for a uuid; 0 for a bigint */
	int64_t		number;			/* bigint; else 0 */
	const char *data;			/* text, not zero-terminated, or uuid; else NULL */
} JnKey;

/* Compares keys of one kind: numbers by value, others by bytes, the shorter first. */
static inline int
jn_key_compare(const JnKey *a, const JnKey *b)
{
	if (a->kind == JN_KEY_BIGINT)
		return (a->number > b->number) - (a->number < b->number);
	return jn_name_compare((JnName) {a->data, a->size}, (JnName) {b->data, b->size});
}

/* Whether a key may name a subject.  Errors: JN_SUBJECT_LONG, JN_SUBJECT_UTF8. */
extern JnStatus jn_key_check(const JnKey *key, JnError *err);

/* What the first JN_SET_HEADER_SIZE bytes say. */
typedef struct JnSetHeader
{
	unsigned	flags;			/* JN_FLAG_*: unit, wide times */
	unsigned	tracks;			/* bits of tracks */
	JnKeyKind	kind;
	uint32_t	rows;			/* T: steps, and ghosts */
	uint32_t	parts;			/* S */
	uint32_t	ghosts;			/* G: rows - ghosts steps, parts - ghosts subjects that begin here */
	int64_t		first;			/* earliest step, microseconds since 2000-01-01 UTC */
	int64_t		last;			/* latest step, likewise, not before first */
	uint64_t	presence;		/* which events may be there */
	uint32_t	counts_size;	/* bytes */
	uint32_t	keys_size;		/* bytes */
} JnSetHeader;

/* A set, opened.  Points into the bytes, owns nothing. */
typedef struct JnSet
{
	JnSetHeader head;
	const uint8_t *bytes;
	size_t		size;			/* of the whole value */
	const uint8_t *counts;		/* a varint for each part */
	unsigned	start_width;	/* bytes of a start */
	const uint8_t *starts;		/* of the first part */
	const uint8_t *keys;
	const uint8_t *events;		/* section of the names and codes of events */
	JnLabels	event;			/* over all rows */
	const uint8_t *times;		/* section of the differences */
	size_t		times_size;
	const uint8_t *track[JN_TRACKS];	/* sections of the tracks; NULL for what is not there */
	JnLabels	label[JN_TRACKS];	/* over all rows; only of label tracks that are there */
	JnValues	values;			/* over all rows; only if the track is there */
} JnSet;

/*
 * Reads the header from the first bytes of a value; "size" may be less than the
 * whole value, JN_SET_HEADER_SIZE is enough.
 * Errors: JN_BYTES_SHORT, JN_BYTES_VERSION, JN_BYTES_TRACKS, JN_BYTES_CORRUPT.
 */
extern JnStatus jn_set_header_read(const uint8_t *p, size_t size, JnSetHeader *head, JnError *err);

/* Writes JN_SET_HEADER_SIZE bytes; of the flags no others than the unit and wide times. */
extern void jn_set_header_write(const JnSetHeader *head, uint8_t *out);

/*
 * Opens a whole value of ours.  Cost: the lengths of the names.
 * Errors: those of jn_set_header_read(), JN_BYTES_SHORT, JN_BYTES_CORRUPT,
 * JN_NAME_LONG.
 */
extern JnStatus jn_set_open(const uint8_t *p, size_t size, JnSet *s, JnError *err);

/*
 * Proves that bytes from outside are a set in its one form; fills *s as
 * jn_set_open() does.  Linear in size.  Allocates a key and a byte for each
 * name, and frees them.
 * Errors: JN_BYTES_*, JN_NAME_LONG, JN_NAME_UTF8, JN_TIME_RANGE.
 */
extern JnStatus jn_set_validate(const JnEnv *env, const uint8_t *p, size_t size, JnSet *s, JnError *err);

/* Number of differences between neighbouring rows of one part. */
static inline uint32_t
jn_set_differences(const JnSet *s)
{
	return s->head.rows - s->head.parts;
}

/*
 * Starts reading all differences, part by part: the section of a journey of
 * jn_set_differences() + 1 steps.  jn_times_run() and the like go through all
 * parts in one go: sessions = subjects that begin here + differences above gap.
 */
static inline void
jn_set_times(const JnSet *s, JnTimesReader *r)
{
	jn_times_open(r, s->times, s->times_size, s->head.flags, jn_set_differences(s) + 1);
}

/* Time of the first row of a part that is no ghost, microseconds. */
static inline int64_t
jn_set_start(const JnSet *s, uint32_t part)
{
	const uint8_t *p = s->starts + (size_t) part * s->start_width;
	uint64_t	start = 0;

	for (unsigned i = 0; i < s->start_width; i++)
		start |= (uint64_t) p[i] << (8 * i);
	return jn_time_after(s->head.first, start * jn_unit_us(s->head.flags & JN_FLAG_UNIT));
}

/*
 * Goes through the parts without their keys: how many rows each has.  Row
 * numbers and counts stay inside the set whatever the bytes: the rows of the
 * parts add up to those of the set, and each part has one at least.
 */
typedef struct JnSetCounts
{
	const JnSet *s;
	const uint8_t *count;		/* of the next part */
	uint32_t	part;			/* number of the next part, from 0 */
	uint32_t	row;			/* its first row */
} JnSetCounts;

static inline void
jn_set_counts_open(JnSetCounts *c, const JnSet *s)
{
	*c = (JnSetCounts) {s, s->counts, 0, 0};
}

/* What jn_set_counts_next() seldom needs: the count at c->count, of more than one byte, and what stands behind it. */
extern const uint8_t *jn_set_long_count(const JnSet *s, uint32_t part, const uint8_t *count, uint32_t *v);

/*
 * The next part: *row is its first row, *ghost whether that is a ghost, *more
 * whether its journey goes on in another set.  Returns its number of rows; 0
 * after the last part.
 */
static inline uint32_t
jn_set_counts_next(JnSetCounts *c, uint32_t *row, bool *ghost, bool *more)
{
	uint32_t	parts_left = c->s->head.parts - c->part;
	uint32_t	rows_left = c->s->head.rows - c->row;
	uint32_t	v;
	uint32_t	n;

	if (parts_left == 0)
		return 0;

	/* the section has a byte for each part at least */
	if (*c->count < 0x80)
		v = *c->count++;
	else
		c->count = jn_set_long_count(c->s, c->part, c->count, &v);
	n = v >> 2;

	/* true of all sets that are valid */
	if (n == 0)
		n = 1;
	if (n > rows_left - (parts_left - 1) || parts_left == 1)
		n = rows_left - (parts_left - 1);
	*row = c->row;
	*ghost = (v & 1) != 0 && n > 1;
	*more = (v & 2) != 0;
	c->part++;
	c->row += n;
	return n;
}

/*
 * The same of all parts at once: end[] becomes the row behind each, and other[],
 * which has room for as many as there are parts, where those stand that are no
 * whole journey: from there jn_set_counts_next() gives them.  Returns how many
 * these are.  Does not tick.
 */
extern uint32_t jn_set_ends(const JnSet *s, uint32_t *end, JnSetCounts *other);

/* One part of a set. */
typedef struct JnPart
{
	JnKey		key;			/* valid until the next part is read */
	uint32_t	number;			/* from 0 */
	uint32_t	row;			/* its first row */
	uint32_t	rows;			/* with the ghost */
	bool		ghost;			/* the first row is one */
	bool		more;			/* the journey goes on in another set */
	int64_t		start;			/* time of the first row that is no ghost, microseconds */
} JnPart;

/* Goes through the parts, keys and all. */
typedef struct JnSetParts
{
	JnSetCounts counts;
	const uint8_t *start;		/* of the next part */
	const uint8_t *key;			/* of the next part */
	const uint8_t *keys_end;
	JnKey		last;			/* key of the part before */
	char	   *buffer;			/* JN_MAX_NAME bytes for keys that are not whole in the set; or NULL */
} JnSetParts;

/* Allocates nothing. */
extern void jn_set_parts_open(JnSetParts *p, const JnSet *s);

/* Releases what reading allocated. */
extern void jn_set_parts_close(const JnEnv *env, JnSetParts *p);

/*
 * The next part; false after the last one.  Allocates once at most, when a key
 * shares bytes with the one before.
 */
extern bool jn_set_parts_next(const JnEnv *env, JnSetParts *p, JnPart *part);

/*
 * Goes on to the part where "counts" stands, which is not behind: the next one
 * is that.  For those who want few parts.  False if a key cannot be read.
 */
extern bool jn_set_parts_pass(const JnEnv *env, JnSetParts *p, const JnSetCounts *counts);

/*
 * Goes through the rows of the parts in order, with their times.  It remembers
 * where it is: parts must be entered in ascending order, each row costs O(1),
 * and rows that are passed over cost little more than their differences.
 */
typedef struct JnSetSteps
{
	const JnSet *s;
	JnTimesReader times;
	JnValuesReader values;		/* if the track is there */
	uint32_t	row;			/* the row that stands here */
	int64_t		time;			/* its time, microseconds */
	uint32_t	end;			/* row after the part */
} JnSetSteps;

extern void jn_set_steps_open(JnSetSteps *w, const JnSet *s);

/* Moves to the first row of a part, its ghost if it has one, which may not be behind. */
extern void jn_set_steps_enter(const JnEnv *env, JnSetSteps *w, const JnPart *part);

/* Moves to the next row of the part; false at its end. */
static inline bool
jn_set_steps_next(JnSetSteps *w)
{
	if (w->row + 1 >= w->end)
		return false;
	w->row++;
	w->time = jn_time_after(w->time, jn_times_next(&w->times));
	return true;
}

/* The names of all columns of labels, so that codes become names at once. */
typedef struct JnSetNames
{
	JnName	   *event;
	JnName	   *label[JN_TRACKS];	/* NULL for what is not there */
} JnSetNames;

/* Allocates 16 bytes for each name; close releases them. */
extern void jn_set_names_open(const JnEnv *env, JnSetNames *names, const JnSet *s);
extern void jn_set_names_close(const JnEnv *env, JnSetNames *names);

/* Fills *step with all that is known of the row where w stands.  Ask each row once, in order. */
extern void jn_set_step(const JnEnv *env, JnSetSteps *w, const JnSetNames *names, JnStep *step);

/*
 * Adds the steps of a part, its ghost left out, to a builder.  The part may not
 * be behind w, which ends up at its last row.
 * Errors: those of jn_build_add_step().
 */
extern JnStatus jn_set_part_build(const JnEnv *env, JnSetSteps *w, const JnSetNames *names, const JnPart *part,
								  JnBuild *b, JnError *err);

/*
 * Finds the part of a subject; false if there is none.  Linear in the keys up to
 * it.  *p is what the search went through: close it when part->key is no longer
 * needed.
 */
extern bool jn_set_find(const JnEnv *env, const JnSet *s, const JnKey *key, JnSetParts *p, JnPart *part);

/*
 * Compares two sets: by their earliest step, their latest step, their bytes.
 * Returns <0, 0, >0; 0 exactly if the bytes are equal.
 */
extern int	jn_set_compare(const JnSet *a, const JnSet *b);

/* Hash of the whole value: equal sets, equal hashes. */
extern uint64_t jn_set_hash(const JnSet *s, uint64_t seed);

#endif							/* JN_SET_H */
