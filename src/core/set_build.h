/*
 * set_build.h
 *	  Writing sets of journeys: parts in the order of their keys in, bytes out.
 *
 * An object with these operations:
 *
 *	 new			for one kind of keys and a limit of bytes
 *	 code			the number of a name in one of its columns: what steps come with
 *	 add			a part, all of it or as much as fits; O(rows), exact
 *	 size			of the set so far; O(1)
 *	 finish, write	the set; O(rows), O(k log k) for k names
 *	 reset			the next set; names keep their numbers
 *
 * The builder always knows the exact size of what it holds, names, widths, unit
 * and all.  So a stream of subjects becomes sets that fill a page:
 *
 *	 for each subject, ascending by key, with its rows in order:
 *		 rows->ghost = false
 *		 while add(key, rows, &taken), taken < rows->n:
 *			 finish, write, reset
 *			 if taken > 0: leave out all rows but the last taken one, which is
 *				 the ghost of what follows: rows->ghost = true
 *
 * Memory: 8 bytes a row for times, 4 for each column of labels and 8 for values
 * that are there, doubling; 12 bytes and the key for each part; from the JnEnv
 * given at each call, which must be the same.  A builder whose call was left by
 * longjmp can only be thrown away with its memory.
 */
#ifndef JN_SET_BUILD_H
#define JN_SET_BUILD_H

#include "set.h"

/*
 * The largest set that fills a page of 8 kB alone.  Such a page has room for a
 * tuple of 8160 bytes; this leaves 24 for its header, 4 for the length of the
 * value and 36 for further columns.
 */
#define JN_SET_PAGE_SIZE	8096

typedef struct JnSetBuild JnSetBuild;

/*
 * Rows to be added: columns in the caller's memory, in the order of a journey.
 * Codes are those of jn_set_build_code() for the column, keys of values those of values.h.
 */
typedef struct JnRows
{
	uint32_t	n;				/* at least 1, and 2 with a ghost */
	bool		ghost;			/* the first row is one; it is earlier than the next */
	bool		more;			/* the journey goes on behind them, in another set */
	const int64_t *time;		/* n; microseconds, ascending */
	const uint32_t *event;		/* n */
	const uint32_t *label[JN_TRACKS];	/* n each, JN_NO_LABEL = none; NULL if no row has one */
	const uint64_t *value;		/* n, JN_NO_VALUE = none; NULL if no row has one */
} JnRows;

/*
 * Creates an empty builder in env's memory.  Sets stay within "limit" bytes,
 * JN_MAX_BYTES at most.
 */
extern JnSetBuild *jn_set_build_new(const JnEnv *env, JnKeyKind kind, size_t limit);

/* Releases a builder and all that it holds. */
extern void jn_set_build_free(const JnEnv *env, JnSetBuild *b);

/* Columns of labels: those of the tracks by their JnTrack, and the events. */
#define JN_SET_EVENT	JN_TRACKS
#define JN_SET_COLUMNS	(JN_TRACKS + 1)

/*
 * The number of a name in a column, by which rows have it.  It stays the same
 * for the builder's life.  O(1); the name is copied at its first use.
 * Errors: those of jn_label_check(), JN_TOO_LARGE.
 */
extern JnStatus jn_set_build_code(const JnEnv *env, JnSetBuild *b, unsigned column, JnName name, uint32_t *code,
								  JnError *err);

static inline JnStatus
jn_set_build_event(const JnEnv *env, JnSetBuild *b, JnName name, uint32_t *code, JnError *err)
{
	return jn_set_build_code(env, b, JN_SET_EVENT, name, code, err);
}

static inline JnStatus
jn_set_build_label(const JnEnv *env, JnSetBuild *b, JnTrack track, JnName name, uint32_t *code, JnError *err)
{
	return jn_set_build_code(env, b, track, name, code, err);
}

/* How many names of a column have a number. */
extern uint32_t jn_set_build_names(const JnSetBuild *b, unsigned column);

/* The name of a code, until the next new one. */
extern JnName jn_set_build_name(const JnSetBuild *b, unsigned column, uint32_t code);

/*
 * Adds a part, or its beginning, and tells how many rows it took.  The key is
 * above all keys of the set; it is copied.  A beginning goes on in another set.
 *
 * All rows are taken if the set stays within its limit.  If not, none are taken
 * as long as the set has parts already and less room than a sixteenth of its
 * limit, so that most subjects stay in one piece.  Else as many as fit, down to
 * the last time that ends there: rows of one time stay together.  What is too
 * large for an empty set is taken nevertheless, up to the first such place: the
 * builder always gets on.
 *
 * Errors: JN_TIME_RANGE; JN_SUBJECT_LONG and JN_SUBJECT_UTF8 for a text;
 * JN_TOO_LARGE if one time alone is too much for JN_MAX_BYTES.  The builder is
 * as before then.
 */
extern JnStatus jn_set_build_add(const JnEnv *env, JnSetBuild *b, const JnKey *key, const JnRows *rows,
								 uint32_t *taken, JnError *err);

extern JnKeyKind jn_set_build_kind(const JnSetBuild *b);

/*
 * The bytes of a key as it stands in a set behind the key "before", which is
 * below it, or NULL for the first one.  Write returns the byte after it.
 */
extern size_t jn_set_key_size(const JnKey *before, const JnKey *key);
extern uint8_t *jn_set_key_write(const JnKey *before, const JnKey *key, uint8_t *p);

/* Bytes of a start, if the earliest and the latest one are these. */
extern unsigned jn_set_start_width(int64_t first, int64_t last, JnUnit unit);

/* Writes the section of starts, and returns the byte after it. */
extern uint8_t *jn_set_starts_write(const JnEnv *env, int64_t first, JnUnit unit, unsigned width, const int64_t *start,
									uint32_t parts, uint8_t *p);

/* Proves that rows and key may be added.  Errors: JN_TIME_RANGE, JN_SUBJECT_LONG, JN_SUBJECT_UTF8. */
extern JnStatus jn_set_build_check(const JnKey *key, const JnRows *rows, JnError *err);

/* Number of parts so far. */
extern uint32_t jn_set_build_parts(const JnSetBuild *b);

/* Bytes of the set so far, exact; 0 if there is no part. */
extern size_t jn_set_build_size(const JnSetBuild *b);

/* Puts the names in order.  There must be a part.  Returns jn_set_build_size(). */
extern size_t jn_set_build_finish(const JnEnv *env, JnSetBuild *b);

/* Writes the set, after finish and before the next add. */
extern void jn_set_build_write(const JnEnv *env, const JnSetBuild *b, uint8_t *out);

/* Forgets the parts, keeps names, their numbers and the memory for the next set. */
extern void jn_set_build_reset(JnSetBuild *b);

#endif							/* JN_SET_BUILD_H */
