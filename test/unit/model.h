/*
 * model.h
 *	  The slow journey: an array of steps, and an encoder that follows format.h
 *	  word by word without any cleverness.  What the core does is compared
 *	  with it.
 */
#ifndef MODEL_H
#define MODEL_H

#include <math.h>

#include "build.h"
#include "unit.h"

/* A step without tracks is written with its first three fields. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

typedef struct Step
{
	int64_t		time;
	const char *name;
	uint32_t	size;
	unsigned	tracks;			/* as in JnStep */
	JnName		label[JN_TRACKS];
	double		value;
} Step;

#define MODEL_MAX_STEPS	400
#define MODEL_MAX_BYTES	(JN_HEADER_SIZE + MODEL_MAX_STEPS * (6 * JN_MAX_NAME + 64))

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

/* Sets of senses, as labels. */
static const JnName model_senses[] = {
#define SENSES(s) {s, sizeof(s) - 1}
	SENSES("angry"), SENSES("angry\0tired"), SENSES("tired"), SENSES("a\0ab\0b"), SENSES("愤怒"),
	SENSES("a"), SENSES("a\0ab"), SENSES("a b\0c"), SENSES("\"quoted\"\0sense=x"), SENSES("\x01\0\x02"),
#undef SENSES
};

#define MODEL_SENSES	(sizeof(model_senses) / sizeof(model_senses[0]))

/* Whether a step has a label or value in a track. */
static inline bool
model_has(const Step *s, unsigned track)
{
	return s->tracks >> track & 1;
}

/* The order of float8 in indexes: NaN is the largest, and equal to itself. */
static inline int
model_compare_values(double a, double b)
{
	if (isnan(a) || isnan(b))
		return (isnan(a) != 0) - (isnan(b) != 0);
	return (a > b) - (a < b);
}

static inline int
model_compare_names(const Step *a, const Step *b)
{
	return jn_name_compare((JnName) {a->name, a->size}, (JnName) {b->name, b->size});
}

/* The order of two steps of one time: event, then track by track, none last. */
static inline int
model_compare_ties(const Step *a, const Step *b)
{
	int			order = model_compare_names(a, b);

	for (unsigned track = 0; track < JN_TRACKS && order == 0; track++)
		if (model_has(a, track) != model_has(b, track))
			order = model_has(a, track) ? -1 : 1;
		else if (model_has(a, track))
			order = track == JN_VALUE ? model_compare_values(a->value, b->value)
				: jn_name_compare(a->label[track], b->label[track]);
	return order;
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

/* A random value of one of many kinds; each column of a journey has one kind, or all. */
static inline double
model_value(uint64_t *seed, uint32_t kind)
{
	static const double odd[] = {0, -0.0, 1, -1, 0.1, -0.1, 1e9, 1e-9, 1e15, 1e22, -1e300, 5e-324, 1.0 / 3,
		9007199254740992.0, 9007199254740991.0, -9007199254740992.0, 9007199254740994.0, 1125899906842624.0,
		112589990684262.4, 112589990684262.5, 0.30000000000000004, 1e-10, 123456789.123456789, 255, 256, 65536,
	4294967296.0, 4294967295.0};
	uint64_t	bits;
	double		value;

	switch (kind)
	{
		case 0:
			return 19.99;
		case 1:
			return unit_below(seed, 100);
		case 2:
			return unit_below(seed, 100000) / 100.0;
		case 3:
			return ((double) unit_below(seed, UINT32_MAX) - 2e9) / 1e9;
		case 4:
			return (double) (unit_random(seed) >> 11) - 4503599627370496.0;
		case 5:
			return odd[unit_below(seed, sizeof(odd) / sizeof(odd[0]))];
		case 6:
			bits = unit_random(seed);
			memcpy(&value, &bits, 8);
			return value;
		case 7:
			return unit_below(seed, 3) == 0 ? NAN : unit_below(seed, 2) ? INFINITY : -INFINITY;
		case 8:
			return NAN;
		default:
			return model_value(seed, unit_below(seed, 9));
	}
}

/* Gives n steps random labels and values. */
static inline void
model_random_tracks(uint64_t *seed, Step *step, uint32_t n)
{
	static const uint32_t shares[] = {1, 1, 2, 10};
	unsigned	tracks = unit_below(seed, 3) ? unit_below(seed, 1 << JN_TRACKS) : 1U << unit_below(seed, JN_TRACKS);

	for (uint32_t i = 0; i < n; i++)
		step[i].tracks = 0;
	for (unsigned track = 0; track < JN_TRACKS; track++)
	{
		uint32_t	share = shares[unit_below(seed, 4)];	/* a step in so many has one */
		uint32_t	first = unit_below(seed, MODEL_NAMES);
		uint32_t	names = 1 + unit_below(seed, unit_below(seed, 2) ? 3 : MODEL_NAMES);
		uint32_t	kind = unit_below(seed, 10);

		for (uint32_t i = 0; i < n && tracks >> track & 1; i++)
		{
			uint32_t	pick = first + unit_below(seed, names);

			if (unit_below(seed, share) > 0)
				continue;
			step[i].tracks |= 1U << track;
			if (track == JN_VALUE)
				step[i].value = model_value(seed, kind);
			else if (track == JN_SENSES)
				step[i].label[track] = model_senses[pick % MODEL_SENSES];
			else
				step[i].label[track] = (JnName) {model_names[pick % MODEL_NAMES].name, model_names[pick % MODEL_NAMES].size};
		}
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
				|| (step[k - 1].time == s.time && (keep_ties || model_compare_ties(&step[k - 1], &s) <= 0)))
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

/*
 * The names and codes of a column: of the events, or of a track.  Gives how
 * many names there are, in order; the presence bits are theirs.
 */
static inline uint8_t *
model_put_labels(const JnName *label, const bool *has, uint32_t n, bool event, uint8_t *p, uint64_t *presence)
{
	JnName		name[MODEL_MAX_STEPS];
	uint32_t	k = 0;
	bool		gaps = false;
	unsigned	width;

	/* distinct names, each put in its place */
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	m = 0;

		gaps |= !has[i];
		if (!has[i])
			continue;
		while (m < k && jn_name_compare(name[m], label[i]) < 0)
			m++;
		if (m < k && jn_name_compare(name[m], label[i]) == 0)
			continue;
		for (uint32_t q = k++; q > m; q--)
			name[q] = name[q - 1];
		name[m] = label[i];
	}
	*presence = 0;
	for (uint32_t m = 0; m < k; m++)
		*presence |= UINT64_C(1) << (jn_hash64(name[m].data, name[m].size) >> 58);

	if (!event)
		*p++ = gaps;
	p = model_put_varint(p, k);
	for (uint32_t m = 0; m < k; m++)
		p = model_put_varint(p, name[m].size);
	for (uint32_t m = 0; m < k; m++)
	{
		memcpy(p, name[m].data, name[m].size);
		p += name[m].size;
	}
	width = k + gaps == 1 ? 0 : k + gaps <= 255 ? 1 : k + gaps <= 65535 ? 2 : 4;
	for (uint32_t i = 0; i < n; i++)
	{
		if (!has[i])
			p = model_put(p, 0, width);
		for (uint32_t m = 0; m < k && has[i]; m++)
			if (jn_name_compare(name[m], label[i]) == 0)
				p = model_put(p, m + gaps, width);
	}
	return p;
}

/* Whether a value is k / 10^e for a whole number k in the limits; the neighbours of the nearest are tried, too. */
static inline bool
model_decimal(double value, unsigned e, int64_t *k)
{
	static const double power[] = {1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
	int64_t		limit = e == 0 ? INT64_C(1) << 53 : INT64_C(1) << 50;

	if (!(fabs(value) <= 9007199254740992.0 / power[e]))
		return false;
	for (*k = llrint(value * power[e]) - 1;; ++*k)
	{
		if (*k > llrint(value * power[e]) + 1)
			return false;
		if (*k >= -limit && *k <= limit && (double) *k / power[e] == value)
			return true;
	}
}

/* The section of values. */
static inline uint8_t *
model_put_values(const Step *step, uint32_t n, uint8_t *p)
{
	uint64_t	number[MODEL_MAX_STEPS];
	uint32_t	m = 0;
	unsigned	form;
	uint64_t	base = 0;
	uint64_t	most = 0;
	unsigned	width;

	/* the least number of decimals that does for all; 10 is none */
	for (form = 0; form <= 9; form++)
	{
		bool		all = true;
		int64_t		k;

		for (uint32_t i = 0; i < n; i++)
			all &= !model_has(&step[i], JN_VALUE) || model_decimal(step[i].value, form, &k);
		if (all)
			break;
	}
	for (uint32_t i = 0; i < n; i++)
		if (model_has(&step[i], JN_VALUE))
		{
			int64_t		k;
			double		value = isnan(step[i].value) ? NAN : step[i].value == 0 ? 0 : step[i].value;

			if (form <= 9 && model_decimal(value, form, &k))
				number[m++] = (uint64_t) k;
			else if (isnan(value))
				number[m++] = UINT64_C(0x7ff8000000000000);
			else
				memcpy(&number[m++], &value, 8);
		}
	if (form <= 9)
	{
		base = number[0];
		for (uint32_t i = 0; i < m; i++)
			if ((int64_t) number[i] < (int64_t) base)
				base = number[i];
	}
	else
		form = 15;
	for (uint32_t i = 0; i < m; i++)
		if (number[i] - base > most)
			most = number[i] - base;
	width = most == 0 ? 0 : most <= 0xff ? 1 : most <= 0xffff ? 2 : most <= 0xffffffff ? 4 : 8;
	if (form == 15)
	{
		width = 0;
		base = number[0];
		for (uint32_t i = 0; i < m; i++)
			if (number[i] != number[0])
				width = 8;
		if (width == 8)
			base = 0;
	}

	*p++ = (uint8_t) (form | (m < n ? 0x80 : 0));
	for (uint32_t i = 0; i < n && m < n; i += 8)
	{
		unsigned	bits = 0;

		for (uint32_t b = i; b < n && b < i + 8; b++)
			bits |= (unsigned) model_has(&step[b], JN_VALUE) << (b - i);
		*p++ = (uint8_t) bits;
	}
	*p++ = (uint8_t) width;
	p = model_put(p, base, 8);
	for (uint32_t i = 0; i < m; i++)
		p = model_put(p, number[i] - base, width);
	return p;
}

/* The section of a track. */
static inline uint8_t *
model_put_track(const Step *step, uint32_t n, unsigned track, uint8_t *p)
{
	JnName		label[MODEL_MAX_STEPS];
	bool		has[MODEL_MAX_STEPS];
	uint64_t	presence;

	if (track == JN_VALUE)
		return model_put_values(step, n, p);
	for (uint32_t i = 0; i < n; i++)
	{
		label[i] = step[i].label[track];
		has[i] = model_has(&step[i], track);
	}
	return model_put_labels(label, has, n, false, p, &presence);
}

/* Encodes steps in order; returns the size. */
static inline size_t
model_encode(const Step *step, uint32_t n, uint8_t *out)
{
	JnName		event[MODEL_MAX_STEPS];
	bool		has[MODEL_MAX_STEPS];
	unsigned	tracks = 0;
	uint64_t	presence;
	unsigned	unit = JN_UNIT_S;
	uint32_t	wide = 0;
	uint8_t    *directory;
	uint8_t    *p;

	for (uint32_t i = 0; i < n; i++)
	{
		event[i] = (JnName) {step[i].name, step[i].size};
		has[i] = true;
		tracks |= step[i].tracks;
	}
	for (uint32_t i = 1; i < n; i++)
		while (((uint64_t) step[i].time - (uint64_t) step[i - 1].time) % jn_unit_us(unit) != 0)
			unit--;
	for (uint32_t i = 1; i < n; i++)
		wide += ((uint64_t) step[i].time - (uint64_t) step[i - 1].time) / jn_unit_us(unit) >= UINT32_MAX;

	p = directory = out + 32;
	for (unsigned track = 0; track < JN_TRACKS; track++)
		p += tracks >> track & 1 ? 4 : 0;
	p = model_put_labels(event, has, n, true, p, &presence);
	p = model_put_times(step, n, jn_unit_us(unit), wide, p);
	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (tracks >> track & 1)
		{
			uint8_t    *section = p;

			p = model_put_track(step, n, track, p);
			directory = model_put(directory, (uint64_t) (p - section), 4);
		}

	out = model_put(out, 1, 1);
	out = model_put(out, unit | (wide > 0 ? JN_FLAG_WIDE : 0), 1);
	out = model_put(out, tracks, 2);
	out = model_put(out, n, 4);
	out = model_put(out, (uint64_t) step[0].time, 8);
	out = model_put(out, (uint64_t) step[n - 1].time, 8);
	out = model_put(out, presence, 8);
	return (size_t) (p - (out - 32));
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

/* A step as the core wants it. */
static inline JnStep
model_step(const Step *s)
{
	JnStep		step = {s->time, {s->name, s->size}, s->tracks, {{0}}, s->value};

	memcpy(step.label, s->label, sizeof(step.label));
	return step;
}

/* Whether the core's step is the model's. */
static inline bool
model_is_step(const Step *s, const JnStep *got)
{
	bool		same = got->time == s->time && got->tracks == s->tracks
	&& jn_name_compare(got->event, (JnName) {s->name, s->size}) == 0;

	for (unsigned track = 0; track < JN_TRACKS && same; track++)
		if (!model_has(s, track))
			continue;
		else if (track == JN_VALUE)
			same = model_compare_values(got->value, s->value) == 0 && !(got->value == 0 && signbit(got->value));
		else
			same = jn_name_compare(got->label[track], s->label[track]) == 0;
	return same;
}

static inline void
add_steps(const JnEnv *env, JnBuild *b, const Step *step, uint32_t n)
{
	JnError		err;

	for (uint32_t i = 0; i < n; i++)
	{
		JnStep		s = model_step(&step[i]);
		JnStatus	status = s.tracks == 0 ? jn_build_add(env, b, s.time, s.event.data, s.event.size, &err)
		: jn_build_add_step(env, b, &s, &err);

		if (!CHECK_INT(status, JN_OK))
			abort();
	}
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
