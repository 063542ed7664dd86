/*
 * model.h
 *	  The slow journey: an array of steps, and an encoder that follows format.h
 *	  word by word without any cleverness.  What the core does is compared
 *	  with it.
 */
#ifndef MODEL_H
#define MODEL_H

#include "build.h"
#include "unit.h"

typedef struct Step
{
	int64_t		time;
	const char *name;
	uint32_t	size;
} Step;

#define MODEL_MAX_STEPS	400
#define MODEL_MAX_BYTES	(JN_HEADER_SIZE + MODEL_MAX_STEPS * (JN_MAX_NAME + 32))

/* Names that somebody might have, and names that nobody should. */
static const struct
{
	const char *name;
	uint32_t	size;
}			model_names[] = {
#define NAME(s) {s, sizeof(s) - 1}
	NAME("view"), NAME("cart"), NAME("purchase"), NAME("a"), NAME("ab"), NAME("abc"), NAME("b"), NAME(""),
	NAME("add to cart"), NAME(" lead"), NAME("trail "), NAME("a > b"), NAME("\"quoted\""), NAME("\""), NAME("\"\""),
	NAME("new\nline"), NAME("tab\t"), NAME(","), NAME("]"), NAME("["), NAME("x, y 2026-01-01T00:00:00Z"),
	NAME("2026-01-01T00:00:00Z"), NAME("it's"), NAME("back\\slash"), NAME("カート"), NAME("añadir"), NAME("سلة"),
	NAME("🛒"), NAME("👩" "\xe2\x80\x8d" "👧"), NAME("\x01"), NAME("\x7f"), NAME("/checkout/step-1"), NAME("-"), NAME("_x"), NAME("9"),
	NAME("page.view:home"), NAME("prefix_prefix_1"), NAME("prefix_prefix_2"), NAME("prefix_p"), NAME("é"), NAME("ééééé"),
#undef NAME
};

#define MODEL_NAMES	(sizeof(model_names) / sizeof(model_names[0]))

static inline int
model_compare_names(const Step *a, const Step *b)
{
	return jn_name_compare((JnName) {a->name, a->size}, (JnName) {b->name, b->size});
}

/* Fills step[] with n random steps; seeds show all kinds of times and dictionaries. */
static inline void
model_random(uint64_t *seed, Step *step, uint32_t n)
{
	static const int64_t unit[] = {1, 1, 1000, 1000000, 1000000, INT64_C(60000000)};
	static const uint32_t span[] = {1, 3, 100, 70000, 20000000, UINT32_MAX};
	int64_t		us = unit[unit_below(seed, 6)];
	uint32_t	most = span[unit_below(seed, 6)];
	uint32_t	names = 1 + unit_below(seed, unit_below(seed, 2) ? 3 : MODEL_NAMES);
	uint32_t	first = unit_below(seed, MODEL_NAMES);
	bool		ordered = unit_below(seed, 3) == 0;
	int64_t		base = unit_below(seed, 2) ? INT64_C(820576800000000) : -(int64_t) unit_below(seed, 1000000);
	int64_t		t = base;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	name = (first + unit_below(seed, names)) % MODEL_NAMES;
		uint32_t	d = unit_below(seed, most);

		if (unit_below(seed, 8) == 0)
			d = unit_below(seed, UINT32_MAX);
		if (!ordered || t > JN_TIME_END / 2)
			t = base;
		t += us * (int64_t) (d / (us > 1000000 ? 1000 : 1));
		if (unit_below(seed, 200) == 0)
			t = unit_below(seed, 2) ? JN_TIME_MIN : JN_TIME_END - 1;
		if (!jn_time_ok(t))
			t = base;
		step[i] = (Step) {t, model_names[name].name, model_names[name].size};
		if (i > 0 && unit_below(seed, 5) == 0)
			step[i].time = t = step[i - 1].time;
	}
}

/* Insertion sort: stable, and plain to see. */
static inline void
model_sort(Step *step, uint32_t n, bool keep_ties)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0; k--)
		{
			Step		s = step[k];

			if (step[k - 1].time < s.time
				|| (step[k - 1].time == s.time && (keep_ties || model_compare_names(&step[k - 1], &s) <= 0)))
				break;
			step[k] = step[k - 1];
			step[k - 1] = s;
		}
}

static inline void
model_shuffle(uint64_t *seed, Step *step, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--)
	{
		uint32_t	k = unit_below(seed, i);
		Step		s = step[i - 1];

		step[i - 1] = step[k];
		step[k] = s;
	}
}

static inline uint8_t *
model_put(uint8_t *p, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		*p++ = (uint8_t) (v >> (8 * i));
	return p;
}

static inline uint8_t *
model_put_varint(uint8_t *p, uint32_t v)
{
	for (; v > 127; v >>= 7)
		*p++ = (uint8_t) (v % 128 + 128);
	*p++ = (uint8_t) v;
	return p;
}

/* The section of times. */
static inline uint8_t *
model_put_times(const Step *step, uint32_t n, uint64_t us, uint32_t wide, uint8_t *p)
{
	unsigned	control = 0;

	if (wide > 0)
		p = model_put(p, wide, 4);
	for (uint32_t i = 1; i < n; i++)
	{
		uint64_t	d = ((uint64_t) step[i].time - (uint64_t) step[i - 1].time) / us;
		unsigned	more = d > 0xffffff ? 3 : d > 0xffff ? 2 : d > 0xff ? 1 : 0;

		control |= more << (2 * ((i - 1) % 4));
		if (i % 4 == 0 || i == n - 1)
		{
			*p++ = (uint8_t) control;
			control = 0;
		}
	}
	for (uint32_t i = 1; i < n; i++)
	{
		uint64_t	d = ((uint64_t) step[i].time - (uint64_t) step[i - 1].time) / us;

		p = model_put(p, d < UINT32_MAX ? d : UINT32_MAX, d > 0xffffff ? 4 : d > 0xffff ? 3 : d > 0xff ? 2 : 1);
	}
	for (uint32_t i = 1; i < n; i++)
	{
		uint64_t	d = ((uint64_t) step[i].time - (uint64_t) step[i - 1].time) / us;

		if (d >= UINT32_MAX)
			p = model_put(p, d, 8);
	}
	return p;
}

/* Encodes steps in order; returns the size. */
static inline size_t
model_encode(const Step *step, uint32_t n, uint8_t *out)
{
	Step		name[MODEL_MAX_STEPS];
	uint32_t	k = 0;
	uint64_t	presence = 0;
	unsigned	unit = JN_UNIT_S;
	uint32_t	wide = 0;
	uint8_t    *p;

	for (uint32_t i = 0; i < n; i++)
	{
		bool		known = false;

		for (uint32_t m = 0; m < k; m++)
			known |= model_compare_names(&name[m], &step[i]) == 0;
		if (!known)
			name[k++] = (Step) {0, step[i].name, step[i].size};
	}
	model_sort(name, k, false);
	for (uint32_t m = 0; m < k; m++)
		presence |= UINT64_C(1) << (jn_hash64(name[m].name, name[m].size) >> 58);

	for (uint32_t i = 1; i < n; i++)
		while (((uint64_t) step[i].time - (uint64_t) step[i - 1].time) % jn_unit_us(unit) != 0)
			unit--;
	for (uint32_t i = 1; i < n; i++)
		wide += ((uint64_t) step[i].time - (uint64_t) step[i - 1].time) / jn_unit_us(unit) >= UINT32_MAX;

	p = model_put(out, 1, 1);
	p = model_put(p, unit | (wide > 0 ? JN_FLAG_WIDE : 0), 1);
	p = model_put(p, 0, 2);
	p = model_put(p, n, 4);
	p = model_put(p, (uint64_t) step[0].time, 8);
	p = model_put(p, (uint64_t) step[n - 1].time, 8);
	p = model_put(p, presence, 8);
	p = model_put_varint(p, k);
	for (uint32_t m = 0; m < k; m++)
		p = model_put_varint(p, name[m].size);
	for (uint32_t m = 0; m < k; m++)
	{
		memcpy(p, name[m].name, name[m].size);
		p += name[m].size;
	}
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t m = 0; m < k; m++)
			if (model_compare_names(&name[m], &step[i]) == 0)
				p = model_put(p, m, k == 1 ? 0 : k <= 255 ? 1 : k <= 65535 ? 2 : 4);
	p = model_put_times(step, n, jn_unit_us(unit), wide, p);
	return (size_t) (p - out);
}

/* ---- with the core ---- */

/* Bytes in memory of their exact size, so that ASan sees each byte too far. */
typedef struct Bytes
{
	uint8_t    *data;
	size_t		size;
} Bytes;

static inline Bytes
bytes_copy(const JnEnv *env, const void *data, size_t size)
{
	Bytes		b = {jn_alloc(env, size), size};

	memcpy(b.data, data, size);
	return b;
}

/* Finishes and writes a builder. */
static inline Bytes
build_bytes(const JnEnv *env, JnBuild *b)
{
	Bytes		out = {NULL, 0};
	JnError		err;

	if (!CHECK_INT(jn_build_finish(env, b, &out.size, &err), JN_OK))
		abort();
	out.data = jn_alloc(env, out.size);
	memset(out.data, 0x5a, out.size);
	jn_build_write(env, b, out.data);
	return out;
}

static inline void
add_steps(const JnEnv *env, JnBuild *b, const Step *step, uint32_t n)
{
	JnError		err;

	for (uint32_t i = 0; i < n; i++)
		if (!CHECK_INT(jn_build_add(env, b, step[i].time, step[i].name, step[i].size, &err), JN_OK))
			abort();
}

/* The bytes of steps in the order given or any other. */
static inline Bytes
steps_bytes(const JnEnv *env, const Step *step, uint32_t n, bool keep_ties)
{
	JnBuild    *b = jn_build_new(env, keep_ties);
	Bytes		out;

	add_steps(env, b, step, n);
	out = build_bytes(env, b);
	jn_build_free(env, b);
	return out;
}

/* Opens bytes that must be a journey, proving it. */
static inline JnJourney
proved(const JnEnv *env, Bytes b)
{
	JnJourney	j;
	JnError		err;

	memset(&j, 0, sizeof(j));
	if (!CHECK_INT(jn_journey_validate(env, b.data, b.size, &j, &err), JN_OK))
	{
		printf("  at %zu\n", err.at);
		abort();
	}
	return j;
}

#endif							/* MODEL_H */
