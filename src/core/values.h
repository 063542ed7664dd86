/*
 * values.h
 *	  The column of values: a float8, or none, for each of n steps.
 *
 * Most values are prices and counts: whole numbers of some decimal digits.
 * They are kept as whole numbers above the least of them, in as few bytes each
 * as that takes; what does not fit stands as it is.  format.h has the bytes,
 * values.c says why each column has one form only.
 *
 * In memory a column is an array of keys, numbers of 64 bits that order as
 * float8 does in indexes (NaN last), with JN_NO_VALUE after all of them.
 */
#ifndef JN_VALUES_H
#define JN_VALUES_H

#include "bytes.h"
#include "format.h"

/* In place of a key: this step has no value. */
#define JN_NO_VALUE		UINT64_MAX

/* The key of a value.  -0 becomes 0, every NaN the same one. */
static inline uint64_t
jn_value_key(double value)
{
	uint64_t	bits;

	if (value != value)
		bits = UINT64_C(0x7ff8000000000000);
	else
	{
		value += 0.0;			/* -0 + 0 is 0 */
		memcpy(&bits, &value, sizeof(bits));
	}
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* The value of a key other than JN_NO_VALUE. */
static inline double
jn_value_of_key(uint64_t key)
{
	uint64_t	bits = key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key;
	double		value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* A section, opened.  Points into the bytes, owns nothing. */
typedef struct JnValues
{
	uint32_t	n;				/* steps */
	unsigned	decimals;		/* 0 to 9, or JN_VALUE_DOUBLES */
	unsigned	width;			/* bytes per value: 0, 1, 2, 4 or 8 */
	uint64_t	base;			/* what is added to each; of doubles the bits of all if width is 0 */
	const uint8_t *bitmap;		/* bit i%8 of byte i/8: step i has a value; NULL if all have */
	const uint8_t *data;		/* the values of those that have one */
	const uint8_t *end;			/* of the section */
} JnValues;

/*
 * Opens the section of n >= 1 steps that fills "size" bytes at p.  O(1).
 * Errors: JN_BYTES_SHORT, JN_BYTES_CORRUPT, relative to p.
 */
extern JnStatus jn_values_open(const uint8_t *p, size_t size, uint32_t n, JnValues *values, JnError *err);

/*
 * Proves that what was opened at p is the one form of its values.  Linear.
 * Errors: JN_BYTES_SHORT, JN_BYTES_CORRUPT, relative to p.
 */
extern JnStatus jn_values_check(const JnEnv *env, const uint8_t *p, const JnValues *values, JnError *err);

/* Reads the values, one step after another. */
typedef struct JnValuesReader
{
	const JnValues *values;
	const uint8_t *data;		/* next value */
	uint32_t	next;			/* next step, from 0 */
} JnValuesReader;

static inline void
jn_values_reader_open(JnValuesReader *r, const JnValues *values)
{
	r->values = values;
	r->data = values->data;
	r->next = 0;
}

/* The number of "width" bytes at p. */
static inline uint64_t
jn_value_load(const uint8_t *p, unsigned width)
{
	switch (width)
	{
		case 0:
			return 0;
		case 1:
			return *p;
		case 2:
			return jn_load16(p);
		case 4:
			return jn_load32(p);
		default:
			return jn_load64(p);
	}
}

/* What the bytes of a value mean. */
extern double jn_value_decode(const JnValues *values, uint64_t offset);

/*
 * Reads the value of the next step and tells whether it has one.  Call it n
 * times at most.
 */
static inline bool
jn_values_next(JnValuesReader *r, double *value)
{
	const JnValues *v = r->values;
	uint32_t	i = r->next++;

	if (v->bitmap != NULL && (v->bitmap[i >> 3] >> (i & 7) & 1) == 0)
		return false;
	if ((size_t) (v->end - r->data) < v->width)
		return false;
	*value = jn_value_decode(v, jn_value_load(r->data, v->width));
	r->data += v->width;
	return true;
}

/* Moves past the next "count" steps, of which there are so many.  Counts bits, 64 at a time. */
extern void jn_values_skip(const JnEnv *env, JnValuesReader *r, uint32_t count);

/* The value of step i, from 0, and whether it has one.  Counts the bits before it. */
extern bool jn_values_at(const JnEnv *env, const JnValues *values, uint32_t i, double *value);

/* Writes the keys of the next "count" steps to key[] and moves past them. */
extern void jn_values_decode(const JnEnv *env, JnValuesReader *r, uint32_t count, uint64_t *key);

/* How a column is to be written: what jn_values_plan() found out. */
typedef struct JnValuesPlan
{
	uint32_t	given;			/* steps that have a value; 0: the track is absent */
	unsigned	decimals;		/* as in JnValues */
	unsigned	width;
	uint64_t	base;
	uint64_t	least;			/* the extreme keys; only if some are given */
	uint64_t	largest;
	uint64_t	size;			/* bytes of the section; 0 if absent */
} JnValuesPlan;

/* Plans the section for n keys.  Linear, calls jn_tick(). */
extern JnValuesPlan jn_values_plan(const JnEnv *env, const uint64_t *key, uint32_t n);

/* The plan for two columns one behind the other, n keys in all, from their plans.  O(1). */
extern JnValuesPlan jn_values_plan_join(const JnValuesPlan *a, const JnValuesPlan *b, uint32_t n);

/* Writes plan->size bytes for the same keys at out. */
extern void jn_values_write(const JnEnv *env, const JnValuesPlan *plan, const uint64_t *key, uint32_t n,
							uint8_t *out);

#endif							/* JN_VALUES_H */
