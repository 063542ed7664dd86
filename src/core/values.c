/*
 * values.c
 *	  The column of values: numbers of decimal digits, or doubles.
 *
 * 19.99, none, 5, 19.99 in 16 bytes:
 *
 *	 82						two decimals, some steps have none
 *	 0d						steps 0, 2 and 3 have one
 *	 02						two bytes each
 *	 f4 01 00 00 00 00 00 00		the least, 500: 5.00
 *	 db 05 00 00 db 05				1999 - 500, 500 - 500, 1999 - 500
 *
 * One value, one form.  With |k| <= 2^50 the whole numbers k and k + 1 stand
 * further apart than the doubles next to k / 10^e, so that each double comes of
 * one k at most, and multiplying it by 10^e gives k within a quarter: rounding
 * finds it, whatever the last bits of the product.  The other way round, what
 * fits some number of decimals fits every larger one as well until k is too
 * large.  So a column's e is found by raising it at each value that does not
 * fit; if the result is too large for any of them, no e does.  And an e is the
 * least exactly if it is 0 or some k is no multiple of 10.
 */
#include "values.h"

static const double power10[JN_VALUE_MAX_DECIMALS + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9
};

/* Bytes of the bitmap of n steps. */
static inline size_t
bitmap_size(uint32_t n)
{
	return (size_t) (((uint64_t) n + 7) / 8);
}

/* Bytes before the offsets. */
static inline uint64_t
head_size(uint32_t n, bool gaps)
{
	return 1 + (gaps ? bitmap_size(n) : 0) + 1 + 8;
}

/* The least width that holds an offset. */
static inline unsigned
offset_width(uint64_t offset)
{
	return offset == 0 ? 0 : offset <= 0xff ? 1 : offset <= 0xffff ? 2 : offset <= UINT32_MAX ? 4 : 8;
}

/* ---- decimals ---- */

/* Finds the whole number k with value = k / 10^e; false if there is none within the limit. */
static inline bool
scale(double value, unsigned e, int64_t *k)
{
	double		product = value * power10[e];
	int64_t		limit = jn_value_limit(e);

	/* well within int64; NaN is not */
	if (!(product > -1e18 && product < 1e18))
		return false;
	*k = e == 0 ? (int64_t) product : (int64_t) (product < 0 ? product - 0.5 : product + 0.5);
	return *k >= -limit && *k <= limit && (double) *k / power10[e] == value;
}

/* The least number of decimals from e on that does for a value, or JN_VALUE_DOUBLES. */
static inline unsigned
raise_decimals(double value, unsigned e)
{
	int64_t		k;

	while (e <= JN_VALUE_MAX_DECIMALS && !scale(value, e, &k))
		e++;
	return e <= JN_VALUE_MAX_DECIMALS ? e : JN_VALUE_DOUBLES;
}

/* ---- writing ---- */

/* Looks for decimals that do for all values, and fills the plan with them. */
static bool
plan_decimals(const JnEnv *env, const uint64_t *key, uint32_t n, JnValuesPlan *plan)
{
	unsigned	e = 0;
	int64_t		least = INT64_MAX;
	int64_t		largest = INT64_MIN;

	for (uint32_t i = 0; i < n; i++)
	{
		if (key[i] != JN_NO_VALUE)
			e = raise_decimals(jn_value_of_key(key[i]), e);
		if (e == JN_VALUE_DOUBLES)
			return false;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	for (uint32_t i = 0; i < n; i++)
	{
		int64_t		k;

		if (key[i] == JN_NO_VALUE)
			continue;
		if (!scale(jn_value_of_key(key[i]), e, &k))
			return false;
		least = k < least ? k : least;
		largest = k > largest ? k : largest;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	plan->decimals = e;
	plan->base = (uint64_t) least;
	plan->width = offset_width((uint64_t) largest - (uint64_t) least);
	return true;
}

/* The bits of a key's value. */
static inline uint64_t
key_bits(uint64_t key)
{
	double		value = jn_value_of_key(key);
	uint64_t	bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

/* The plan for n keys of which some are given, once decimals, width and base are known, if they are. */
static JnValuesPlan
complete(JnValuesPlan plan, bool decimals, uint32_t n)
{
	if (!decimals)
	{
		bool		same = plan.least == plan.largest;

		plan.decimals = JN_VALUE_DOUBLES;
		plan.width = same ? 0 : 8;
		plan.base = same ? key_bits(plan.least) : 0;
	}
	plan.size = head_size(n, plan.given < n) + (uint64_t) plan.given * plan.width;
	return plan;
}

JnValuesPlan
jn_values_plan(const JnEnv *env, const uint64_t *key, uint32_t n)
{
	JnValuesPlan plan = {.least = JN_NO_VALUE};
	bool		decimals;

	for (uint32_t i = 0; i < n; i++)
	{
		if (key[i] != JN_NO_VALUE)
		{
			plan.given++;
			plan.least = key[i] < plan.least ? key[i] : plan.least;
			plan.largest = key[i] > plan.largest ? key[i] : plan.largest;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (plan.given == 0)
		return plan;
	decimals = plan_decimals(env, key, n, &plan);
	return complete(plan, decimals, n);
}

/*
 * What fits e decimals fits more, as long as k is not too large: so the larger
 * e of both does if it does for the extremes.
 */
JnValuesPlan
jn_values_plan_join(const JnValuesPlan *a, const JnValuesPlan *b, uint32_t n)
{
	JnValuesPlan plan = a->given > 0 ? *a : *b;
	int64_t		least;
	int64_t		largest;
	bool		decimals;

	if (a->given > 0 && b->given > 0)
	{
		plan.given += b->given;
		plan.least = a->least < b->least ? a->least : b->least;
		plan.largest = a->largest > b->largest ? a->largest : b->largest;
		plan.decimals = a->decimals > b->decimals ? a->decimals : b->decimals;
	}
	if (plan.given == 0)
		return plan;
	decimals = plan.decimals != JN_VALUE_DOUBLES
		&& scale(jn_value_of_key(plan.least), plan.decimals, &least)
		&& scale(jn_value_of_key(plan.largest), plan.decimals, &largest);
	if (decimals)
	{
		plan.base = (uint64_t) least;
		plan.width = offset_width((uint64_t) largest - (uint64_t) least);
	}
	return complete(plan, decimals, n);
}

/* Writes a number of "width" bytes and returns the byte after it. */
static inline uint8_t *
put(uint8_t *p, uint64_t v, unsigned width)
{
	switch (width)
	{
		case 0:
			break;
		case 1:
			*p = (uint8_t) v;
			break;
		case 2:
			jn_store16(p, (uint16_t) v);
			break;
		case 4:
			jn_store32(p, (uint32_t) v);
			break;
		default:
			jn_store64(p, v);
			break;
	}
	return p + width;
}

void
jn_values_write(const JnEnv *env, const JnValuesPlan *plan, const uint64_t *key, uint32_t n, uint8_t *out)
{
	bool		gaps = plan->given < n;

	*out++ = (uint8_t) (plan->decimals | (gaps ? JN_VALUE_FORM_GAPS : 0));
	if (gaps)
	{
		memset(out, 0, bitmap_size(n));
		for (uint32_t i = 0; i < n; i++)
		{
			out[i >> 3] |= (uint8_t) ((key[i] != JN_NO_VALUE) << (i & 7));
			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
		out += bitmap_size(n);
	}
	*out++ = (uint8_t) plan->width;
	jn_store64(out, plan->base);
	out += 8;
	if (plan->width == 0)
		return;
	for (uint32_t i = 0; i < n; i++)
	{
		int64_t		k = 0;

		if (key[i] != JN_NO_VALUE)
		{
			if (plan->decimals == JN_VALUE_DOUBLES)
				out = put(out, key_bits(key[i]), 8);
			else
			{
				scale(jn_value_of_key(key[i]), plan->decimals, &k);
				out = put(out, (uint64_t) k - plan->base, plan->width);
			}
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

/* ---- opening ---- */

JnStatus
jn_values_open(const uint8_t *p, size_t size, uint32_t n, JnValues *values, JnError *err)
{
	unsigned	form = size > 0 ? p[0] : 0;
	bool		gaps = form & JN_VALUE_FORM_GAPS;
	uint64_t	head = head_size(n, gaps);

	if (size < head)
		return jn_too_short(size, head, err);
	values->n = n;
	values->decimals = form & JN_VALUE_FORM_DECIMALS;
	if ((form & ~(unsigned) (JN_VALUE_FORM_DECIMALS | JN_VALUE_FORM_GAPS)) != 0
		|| (values->decimals > JN_VALUE_MAX_DECIMALS && values->decimals != JN_VALUE_DOUBLES))
		return jn_corrupt_at(0, err);
	values->bitmap = gaps ? p + 1 : NULL;
	values->data = p + head;
	values->end = p + size;
	values->width = values->data[-9];
	values->base = jn_load64(values->data - 8);
	switch (values->width)
	{
		case 0:
		case 1:
		case 2:
		case 4:
		case 8:
			return JN_OK;
	}
	return jn_corrupt_at((size_t) head - 9, err);
}

/* ---- reading ---- */

double
jn_value_decode(const JnValues *values, uint64_t offset)
{
	uint64_t	number = values->base + offset;
	double		value;

	if (values->decimals != JN_VALUE_DOUBLES)
		return (double) (int64_t) number / power10[values->decimals];
	memcpy(&value, &number, sizeof(value));
	return value;
}

/* Bits that are set in x. */
static inline unsigned
count_bits(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned) (x * UINT64_C(0x0101010101010101) >> 56);
}

/* Steps from .. to-1 that have a value. */
static uint32_t
count_given(const JnEnv *env, const JnValues *values, uint32_t from, uint32_t to)
{
	const uint8_t *bitmap = values->bitmap;
	uint32_t	count = 0;

	if (bitmap == NULL)
		return to - from;
	for (; from < to && from % 8 != 0; from++)
		count += bitmap[from >> 3] >> (from & 7) & 1;
	while (to - from >= 64)
	{
		count += count_bits(jn_load64(bitmap + (from >> 3)));
		from += 64;
		if (from % (8 * JN_TICK_EVERY) < 64)
			jn_tick(env);
	}
	for (; from < to; from++)
		count += bitmap[from >> 3] >> (from & 7) & 1;
	return count;
}

void
jn_values_skip(const JnEnv *env, JnValuesReader *r, uint32_t count)
{
	const JnValues *v = r->values;
	uint64_t	bytes = (uint64_t) count_given(env, v, r->next, r->next + count) * v->width;
	size_t		left = (size_t) (v->end - r->data);

	r->data += bytes < left ? (size_t) bytes : left;
	r->next += count;
}

bool
jn_values_at(const JnEnv *env, const JnValues *values, uint32_t i, double *value)
{
	JnValuesReader r;

	jn_values_reader_open(&r, values);
	jn_values_skip(env, &r, i);
	return jn_values_next(&r, value);
}

void
jn_values_decode(const JnEnv *env, JnValuesReader *r, uint32_t count, uint64_t *key)
{
	for (uint32_t i = 0; i < count; i++)
	{
		double		value;

		key[i] = jn_values_next(r, &value) ? jn_value_key(value) : JN_NO_VALUE;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

/* ---- proof ---- */

/* The bitmap: nothing behind the last step, neither all nor none. */
static JnStatus
check_bitmap(const uint8_t *p, const JnValues *v, uint32_t given, JnError *err)
{
	size_t		last = bitmap_size(v->n) - 1;

	if (v->bitmap == NULL)
		return JN_OK;
	if (v->n % 8 != 0 && v->bitmap[last] >> v->n % 8 != 0)
		return jn_corrupt_at((size_t) (v->bitmap - p) + last, err);
	if (given == 0 || given == v->n)
		return jn_corrupt_at((size_t) (v->bitmap - p), err);
	return JN_OK;
}

/* Decimals: the base is the least, the width and their number as small as can be. */
static JnStatus
check_decimals(const JnEnv *env, const uint8_t *p, const JnValues *v, uint32_t given, JnError *err)
{
	int64_t		limit = jn_value_limit(v->decimals);
	int64_t		base = (int64_t) v->base;
	uint64_t	least = UINT64_MAX;
	uint64_t	largest = 0;
	bool		fine = v->decimals == 0;	/* fewer decimals would not do */

	if (base < -limit || base > limit)
		return jn_corrupt_at((size_t) (v->data - 8 - p), err);
	for (uint32_t i = 0; i < given; i++)
	{
		const uint8_t *at = v->data + (size_t) i * v->width;
		uint64_t	offset = jn_value_load(at, v->width);

		if (offset > (uint64_t) (limit - base))
			return jn_corrupt_at((size_t) (at - p), err);
		least = offset < least ? offset : least;
		largest = offset > largest ? offset : largest;
		fine |= (base + (int64_t) offset) % 10 != 0;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (least != 0)
		return jn_corrupt_at((size_t) (v->data - 8 - p), err);
	if (v->width != offset_width(largest))
		return jn_corrupt_at((size_t) (v->data - 9 - p), err);
	if (!fine)
		return jn_corrupt_at(0, err);
	return JN_OK;
}

/* Whether these are the bits of a value as it is written. */
static inline bool
bits_ok(uint64_t bits)
{
	const uint64_t infinity = UINT64_C(0x7ff0000000000000);
	const uint64_t sign = UINT64_C(1) << 63;

	return bits != sign && ((bits & ~sign) <= infinity || bits == UINT64_C(0x7ff8000000000000));
}

/* Doubles: each as it is written, no decimals would do, and all bits once if all are the same. */
static JnStatus
check_doubles(const JnEnv *env, const uint8_t *p, const JnValues *v, uint32_t given, JnError *err)
{
	uint32_t	count = v->width == 0 ? 1 : given;
	unsigned	e = 0;
	bool		same = true;
	bool		fit = true;

	if ((v->width != 0 && v->width != 8) || (v->width == 8 && v->base != 0))
		return jn_corrupt_at((size_t) (v->data - 9 - p), err);
	for (uint32_t i = 0; i < count; i++)
	{
		const uint8_t *at = v->width == 0 ? v->data - 8 : v->data + 8 * (size_t) i;
		uint64_t	bits = jn_load64(at);

		if (!bits_ok(bits))
			return jn_corrupt_at((size_t) (at - p), err);
		same &= v->width == 0 || bits == jn_load64(v->data);
		if (e != JN_VALUE_DOUBLES)
			e = raise_decimals(jn_value_decode(v, v->width == 0 ? 0 : bits), e);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (v->width == 8 && same)
		return jn_corrupt_at((size_t) (v->data - 9 - p), err);
	if (e == JN_VALUE_DOUBLES)
		return JN_OK;
	for (uint32_t i = 0; i < count && fit; i++)
	{
		int64_t		k;

		fit = scale(jn_value_decode(v, jn_value_load(v->data + (size_t) i * v->width, v->width)), e, &k);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return fit ? jn_corrupt_at(0, err) : JN_OK;
}

JnStatus
jn_values_check(const JnEnv *env, const uint8_t *p, const JnValues *values, JnError *err)
{
	size_t		size = (size_t) (values->end - p);
	uint32_t	given = count_given(env, values, 0, values->n);
	uint64_t	need = (uint64_t) (values->data - p) + (uint64_t) given * values->width;
	JnStatus	status = check_bitmap(p, values, given, err);

	if (status != JN_OK)
		return status;
	if (size < need)
		return jn_too_short(size, need, err);
	if (size > need)
		return jn_corrupt_at((size_t) need, err);
	if (values->decimals == JN_VALUE_DOUBLES)
		return check_doubles(env, p, values, given, err);
	return check_decimals(env, p, values, given, err);
}
