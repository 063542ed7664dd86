/*
 * jn.h
 *	  What every file of the core shares: how it fails, and what it borrows.
 *
 * The core knows nothing about the server.  A function returns a JnStatus; on
 * anything but JN_OK it has filled a JnError and its other outputs hold
 * nothing.  The core never writes a sentence for a user: src/pg/glue.c has the
 * one table from JnStatus to SQLSTATE, message, detail and hint.
 *
 * Memory, interrupts and randomness come from the caller in a JnEnv.  The
 * environment may leave the core by longjmp() from any allocation or tick, so
 * the core owns nothing else: no malloc, no files, no locks.
 */
#ifndef JN_H
#define JN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Why a call failed.  The comment says what the JnError fields hold:
 * "at" is a byte offset into the input, "found" and "limit" are numbers.
 * Append only; glue.c asserts at load that its table has a row for each.
 */
typedef enum JnStatus
{
	JN_OK = 0,

	/* bytes of a journey or a state, see format.h; at = where it was noticed */
	JN_BYTES_SHORT,				/* ends too early; found = size, limit = needed */
	JN_BYTES_VERSION,			/* newer format; found = version, limit = ours */
	JN_BYTES_TRACKS,			/* unknown tracks or flags; found = their bits */
	JN_BYTES_CORRUPT,			/* breaks a rule of format.h */

	/* text forms; at = offset of the first byte that cannot be read */
	JN_TEXT_SYNTAX,				/* not the grammar of text.h */
	JN_TEXT_TIME,				/* not a time, or no such day */

	/* values */
	JN_NAME_LONG,				/* found = bytes, limit = JN_MAX_NAME */
	JN_NAME_UTF8,				/* not UTF-8, or holds a zero byte; at = where */
	JN_TIME_RANGE,				/* outside timestamptz; found = microseconds */
	JN_TOO_MANY_STEPS,			/* found, limit */
	JN_TOO_LARGE,				/* value over 1 GB; found = bytes, limit */
	JN_ARGUMENT,				/* an argument out of range; found, limit */

	/* keys and crypto, see crypto.h */
	JN_KEY_FORMAT,				/* not 64 hex digits; at = offset */
	JN_CRYPTO,					/* libsodium refused */

	/* signals */
	JN_TEXT_TIMES,				/* not the grammar of signal.h; at = where */
	JN_TOO_MANY_POINTS,			/* found, limit */

	/* tracks of a step */
	JN_SENSE_EMPTY,				/* a sense without a name */
	JN_TEXT_NUMBER,				/* not a number of text.h; at = where it begins */
	JN_NUMBER_RANGE,			/* no float8 is near; at = where it begins */

	/* sets of journeys */
	JN_TEXT_SET,				/* not the grammar of set_text.h; at = where */
	JN_SUBJECT_LONG,			/* key of a subject; found = bytes, limit = JN_MAX_NAME */
	JN_SUBJECT_UTF8,			/* not UTF-8, or holds a zero byte; at = where it begins */
	JN_SUBJECT_KINDS,			/* found, limit = two JnKeyKind that do not go together */
	JN_TOO_MANY_NAMES,			/* of one query; found = bytes, limit */

	/* states of signals that are to be one */
	JN_SIGNALS_DIFFER,			/* one has values, the other none */
	JN_TERMS_DIFFER,			/* other alpha, pattern_at or trend_at */

	JN_UNSEAL,					/* nothing that was sealed so; says no more */

	/* patterns; at = a character of the text, from 1 */
	JN_PATTERN_EMPTY,			/* there is nothing in it */
	JN_PATTERN_SYNTAX,			/* not the grammar of pattern.h */
	JN_PATTERN_NAME,			/* a step should be here, and is not */
	JN_PATTERN_OPEN,			/* what opens here is never closed */
	JN_PATTERN_CLOSE,			/* what closes here was never opened */
	JN_PATTERN_QUANTIFIER,		/* nothing to repeat, twice, or not a number of times */
	JN_PATTERN_LINK,			/* a link without a step on each side, or not a link */
	JN_PATTERN_BOUND,			/* not a bound of a link, or one given twice */
	JN_PATTERN_TEST,			/* not a condition on a step */
	JN_PATTERN_WITHIN,			/* "within" is not at the end of the whole */
	JN_PATTERN_INTERVAL,		/* not an interval */
	JN_PATTERN_MONTHS,			/* an interval without a fixed length */
	JN_PATTERN_INTERVAL_RANGE,	/* too long an interval */
	JN_PATTERN_CLICKHOUSE,		/* (?1) or (?t<=60), as sequenceMatch has them */
	JN_PATTERN_LARGE,			/* found = what its automaton takes, limit = what it may */

	/* consent strings; at = the byte */
	JN_CONSENT_LETTER,			/* none that may stand there */
	JN_CONSENT_SHORT,			/* ends too early */
	JN_CONSENT_VERSION,			/* found, limit = the one that is read */
	JN_CONSENT_GPP,				/* a GPP string, where a TC string should be */
	JN_CONSENT_RANGE,			/* numbers that do not ascend, or are too large; found, limit */
	JN_CONSENT_SEGMENT,			/* of a type that may not stand there, or one too many or few */
	JN_CONSENT_COUNTRY,			/* a language or country is no two letters */

	/* paths into JSON documents */
	JN_PATH_SYNTAX,				/* not the grammar of json_path.h; at = where */
	JN_PATH_LONG,				/* found = steps or bytes, limit */

	/* patterns of ClickHouse; at = a character of them, from 1 */
	JN_CLICKHOUSE_SYNTAX,		/* not the grammar of clickhouse.h */
	JN_CLICKHOUSE_CONDITION,	/* no such condition; found = its number, limit = their number */
	JN_CLICKHOUSE_TIME,			/* a time that is not between events, or a second one of its kind */
	JN_CLICKHOUSE_EMPTY,		/* no event at all */

	/* stores of live journeys */
	JN_STORE_MISSING,			/* rows are gone that were never there; found = how many of one */

	/* numbers in patterns; at = their character, from 1 */
	JN_PATTERN_NUMBER,			/* none */
	JN_PATTERN_NUMBER_RANGE,	/* too large */

	JN_STATUS_COUNT
} JnStatus;

/* What went wrong, for glue.c to word.  Unused fields are zero. */
typedef struct JnError
{
	JnStatus	status;
	size_t		at;				/* byte offset into the input */
	int64_t		found;			/* what was there */
	int64_t		limit;			/* what would have been allowed */
} JnError;

/*
 * What the core borrows.  alloc() and resize() never return NULL: they leave
 * by longjmp() (or abort, in tests) when there is no memory.  tick() is called
 * at least once per 64 k units of work and may leave the same way.  Functions
 * that are not given an environment look at the names of one dictionary at
 * most.
 */
typedef struct JnEnv
{
	void	   *(*alloc) (void *ctx, size_t size);
	void	   *(*resize) (void *ctx, void *ptr, size_t size);
	void		(*release) (void *ctx, void *ptr);
	void		(*tick) (void *ctx);
	void	   *ctx;
} JnEnv;

/* Work done between two ticks: steps, bytes or comparisons. */
#define JN_TICK_EVERY	65536

/* Longest name of an event or of another label, in bytes. */
#define JN_MAX_NAME		1024

/* Largest value: what a varlena can hold, less its header and some room. */
#define JN_MAX_BYTES	((size_t) 0x3fffff00)

/* Times are microseconds since 2000-01-01 00:00:00 UTC, within timestamptz. */
#define JN_TIME_MIN		INT64_C(-211813488000000000)	/* 4714-11-24 BC, inclusive */
#define JN_TIME_END		INT64_C(9223371331200000000)	/* 294277-01-01, exclusive */

static inline bool
jn_time_ok(int64_t t)
{
	return t >= JN_TIME_MIN && t < JN_TIME_END;
}

static inline void *
jn_alloc(const JnEnv *env, size_t size)
{
	return env->alloc(env->ctx, size);
}

static inline void *
jn_resize(const JnEnv *env, void *ptr, size_t size)
{
	return env->resize(env->ctx, ptr, size);
}

/*
 * Bytes of n elements.  A product beyond size_t, which only a machine of 32
 * bits can meet, becomes SIZE_MAX: no environment has that much, so it leaves.
 */
static inline size_t
jn_array_size(uint64_t n, size_t element)
{
	return n <= SIZE_MAX / element ? (size_t) n * element : SIZE_MAX;
}

/* Makes an array, which may be NULL, as large as "room" elements. */
static inline void *
jn_grow(const JnEnv *env, void *array, uint64_t room, size_t element)
{
	size_t		size = jn_array_size(room, element);

	return array == NULL ? env->alloc(env->ctx, size) : env->resize(env->ctx, array, size);
}

/* Elements to make room for when there is room for "room" and "need" are needed: twice as many, "first" at least. */
static inline uint64_t
jn_larger_room(uint64_t room, uint64_t need, uint64_t first)
{
	uint64_t	larger = room < first ? first : 2 * room;

	return larger > need ? larger : need;
}

/* Releases memory; ptr may be NULL. */
static inline void
jn_release(const JnEnv *env, void *ptr)
{
	if (ptr != NULL)
		env->release(env->ctx, ptr);
}

static inline void
jn_tick(const JnEnv *env)
{
	env->tick(env->ctx);
}

/* Fills *err and returns its status, so that a caller can `return jn_fail(...)`. */
static inline JnStatus
jn_fail(JnError *err, JnStatus status, size_t at, int64_t found, int64_t limit)
{
	err->status = status;
	err->at = at;
	err->found = found;
	err->limit = limit;
	return status;
}

/*
 * Makes an error that was found in a part of the input, "before" bytes into
 * it, one of the whole, and returns its status.
 */
static inline JnStatus
jn_fail_behind(JnError *err, size_t before)
{
	err->at += before;
	if (err->status == JN_BYTES_SHORT)
	{
		err->found += (int64_t) before;
		err->limit += (int64_t) before;
	}
	return err->status;
}

#endif							/* JN_H */
