/*
 * labels.c
 *	  A column of labels: opening, proof, looking up, decoding.
 *
 * Channels of four steps, "shop", none, "app", "shop", in 16 bytes:
 *
 *	 01						some steps have none
 *	 02 | 03 04				two names, their lengths
 *	 a p p s h o p			the names, ascending
 *	 02 00 01 02			codes: 0 is none, 1 "app", 2 "shop"
 *
 * An angry and tired step has the label "angry", a zero byte, "tired".
 */
#include "labels.h"

#include "utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>

/* From byte 16 - i on: i bytes of ones, and zeroes. */
static const uint8_t ones[32] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};
#endif

/* ---- one label ---- */

/* Proves that a name is UTF-8 without zero bytes; "at" is where it stands. */
static JnStatus
check_utf8(JnName name, size_t at, JnError *err)
{
	size_t		valid = jn_utf8_check(name.data, name.size);

	return valid < name.size ? jn_fail(err, JN_NAME_UTF8, at + valid, 0, 0) : JN_OK;
}

static JnStatus
check_set(JnName set, JnError *err)
{
	JnName		before = {NULL, 0};

	for (uint32_t at = 0;;)
	{
		const char *data = set.data + at;
		const char *end = at < set.size ? memchr(data, 0, set.size - at) : NULL;
		JnName		one = {data, end != NULL ? (uint32_t) (end - data) : set.size - at};
		JnStatus	status = check_utf8(one, at, err);

		if (status != JN_OK)
			return status;
		if (one.size == 0 || (at > 0 && jn_name_compare(before, one) >= 0))
			return jn_fail(err, JN_ARGUMENT, at, 0, 0);
		if (end == NULL)
			return JN_OK;
		at += one.size + 1;
		before = one;
	}
}

JnStatus
jn_label_check(JnName name, JnLabelKind kind, JnError *err)
{
	if (name.size > JN_MAX_NAME)
		return jn_fail(err, JN_NAME_LONG, 0, name.size, JN_MAX_NAME);
	return kind == JN_LABEL_SET ? check_set(name, err) : check_utf8(name, 0, err);
}

/* ---- the section ---- */

/*
 * Reads the varint at offset *at and moves *at past it.  One that the end of
 * the section cuts off is short, any other bad one corrupt.
 */
static JnStatus
read_varint(const uint8_t *p, size_t size, size_t *at, uint32_t *v, JnError *err)
{
	const uint8_t *next = jn_varint_get(p + *at, p + size, v);
	size_t		i = *at;

	if (next != NULL)
	{
		*at = (size_t) (next - p);
		return JN_OK;
	}
	while (i < size && i - *at < 5 && p[i] >= 0x80)
		i++;
	if (i == size && i - *at < 5)
		return jn_too_short(size, (uint64_t) size + 1, err);
	return jn_corrupt_at(*at, err);
}

/* Whether "need" bytes follow offset "at". */
static JnStatus
check_room(size_t size, size_t at, uint64_t need, JnError *err)
{
	if (size - at >= need)
		return JN_OK;
	return jn_too_short(size, at + need, err);
}

/*
 * Passes up to k lengths of one byte each, 16 at a time, and adds them up.
 * Returns how many it has passed.  Looks at "room" bytes at most: behind a
 * length of two bytes there may be fewer than k.
 */
static inline uint32_t
pass_short_lengths(const uint8_t *p, size_t room, uint32_t k, uint64_t *sum)
{
	uint32_t	passed = 0;

#ifdef __SSE2__
	while (k > passed && room - passed >= 16)
	{
		uint32_t	take = k - passed < 16 ? k - passed : 16;
		__m128i		lengths = _mm_loadu_si128((const __m128i *) (p + passed));
		__m128i		sums;

		/* what follows the last length is none */
		lengths = _mm_and_si128(lengths, _mm_loadu_si128((const __m128i *) (ones + 16 - take)));
		if (_mm_movemask_epi8(lengths) != 0)
			break;
		sums = _mm_sad_epu8(lengths, _mm_setzero_si128());
		*sum += (uint32_t) _mm_cvtsi128_si32(sums) + (uint32_t) _mm_extract_epi16(sums, 4);
		passed += take;
	}
#endif
	while (k > passed && room - passed >= 8)
	{
		uint64_t	lengths = jn_load64(p + passed);
		uint32_t	take = k - passed < 8 ? k - passed : 8;

		lengths &= UINT64_MAX >> (64 - 8 * take);
		if (lengths & UINT64_C(0x8080808080808080))
			break;

		/* eight bytes to four sums of two, and those to one in the highest 16 bits */
		lengths = (lengths & UINT64_C(0x00ff00ff00ff00ff)) + (lengths >> 8 & UINT64_C(0x00ff00ff00ff00ff));
		*sum += lengths * UINT64_C(0x0001000100010001) >> 48;
		passed += take;
	}
	return passed;
}

JnStatus
jn_labels_open(const uint8_t *p, size_t size, uint32_t n, JnLabelKind kind, JnLabels *labels, size_t *used,
			   JnError *err)
{
	size_t		at = 0;
	size_t		count_at;
	uint64_t	text = 0;
	JnStatus	status;

	labels->gaps = false;
	if (kind != JN_LABEL_EVENT)
	{
		status = check_room(size, 0, 1, err);
		if (status != JN_OK)
			return status;
		if (p[0] > 1)
			return jn_corrupt_at(0, err);
		labels->gaps = p[at++];
	}

	count_at = at;
	if (at < size && p[at] < 0x80)
		labels->names = p[at++];
	else
	{
		status = read_varint(p, size, &at, &labels->names, err);
		if (status != JN_OK)
			return status;
	}

	/* each name has a step, and so has "none" */
	if (labels->names == 0 || labels->names > n - labels->gaps)
		return jn_corrupt_at(count_at, err);
	status = check_room(size, at, labels->names, err);
	if (status != JN_OK)
		return status;
	labels->lengths = p + at;
	for (uint32_t i = 0; i < labels->names; i++)
	{
		uint32_t	passed = pass_short_lengths(p + at, size - at, labels->names - i, &text);
		size_t		begin = at + passed;
		uint32_t	length;

		i += passed;
		at += passed;
		if (i == labels->names)
			break;
		status = read_varint(p, size, &at, &length, err);
		if (status != JN_OK)
			return status;
		if (length > JN_MAX_NAME)
			return jn_fail(err, JN_NAME_LONG, begin, length, JN_MAX_NAME);
		text += length;
	}
	status = check_room(size, at, text, err);
	if (status != JN_OK)
		return status;
	labels->name_data = (const char *) p + at;
	at += (size_t) text;

	labels->width = jn_code_width(labels->names + labels->gaps);
	status = check_room(size, at, (uint64_t) n * labels->width, err);
	if (status != JN_OK)
		return status;
	labels->codes = p + at;
	*used = at + (size_t) n * labels->width;
	return JN_OK;
}

/* ---- proof ---- */

/* Names: each as it may be, ascending. */
static JnStatus
check_names(const JnEnv *env, const uint8_t *p, const JnLabels *labels, JnLabelKind kind, JnError *err)
{
	JnNames		names;
	JnName		before = {NULL, 0};

	jn_names_open(&names, labels);
	for (uint32_t i = 0; i < labels->names; i++)
	{
		JnName		name = jn_names_next(&names);
		size_t		at = (size_t) ((const uint8_t *) name.data - p);

		if (jn_label_check(name, kind, err) != JN_OK)
		{
			if (err->status == JN_ARGUMENT)
				return jn_corrupt_at(at + err->at, err);
			return jn_fail_behind(err, at);
		}
		if (i > 0 && jn_name_compare(before, name) >= 0)
			return jn_corrupt_at(at, err);
		before = name;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return JN_OK;
}

/* Codes: each of "all" numbers below that there is, and no other.  "seen" has so many bytes, all zero. */
static JnStatus
check_codes(const JnEnv *env, const uint8_t *p, const JnLabels *labels, uint32_t n, uint32_t all,
			uint8_t *seen, JnError *err)
{
	uint32_t	missing = all;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	code = jn_code_load(labels->codes, labels->width, i);

		if (code >= all)
			return jn_corrupt_at((size_t) (labels->codes - p) + (size_t) i * labels->width, err);
		missing -= !seen[code];
		seen[code] = 1;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (missing > 0)
		return jn_corrupt_at((size_t) (labels->codes - p), err);
	return JN_OK;
}

JnStatus
jn_labels_check(const JnEnv *env, const uint8_t *p, const JnLabels *labels, uint32_t n, JnLabelKind kind,
				JnError *err)
{
	uint32_t	all = labels->names + labels->gaps;
	JnStatus	status = check_names(env, p, labels, kind, err);
	uint8_t    *seen;

	if (status != JN_OK)
		return status;

	/* there are k bytes of lengths in the section, so this is no larger than it */
	seen = jn_alloc(env, all);
	memset(seen, 0, all);
	status = check_codes(env, p, labels, n, all, seen, err);
	jn_release(env, seen);
	return status;
}

/* ---- names ---- */

void
jn_labels_names(const JnLabels *labels, JnName *name)
{
	JnNames		names;

	jn_names_open(&names, labels);
	for (uint32_t i = 0; i < labels->names; i++)
		name[i] = jn_names_next(&names);
}

JnName
jn_labels_name(const JnLabels *labels, uint32_t i)
{
	JnNames		names;

	jn_names_open(&names, labels);
	for (; i > 0; i--)
		jn_names_next(&names);
	return jn_names_next(&names);
}

uint32_t
jn_labels_find(const JnLabels *labels, const char *name, size_t size)
{
	JnNames		names;

	jn_names_open(&names, labels);
	for (uint32_t i = 0; i < labels->names; i++)
	{
		JnName		one = jn_names_next(&names);

		if (one.size == size && memcmp(one.data, name, size) == 0)
			return i;
	}
	return JN_NO_LABEL;
}

/* ---- codes ---- */

void
jn_labels_decode(const JnEnv *env, const JnLabels *labels, uint32_t from, uint32_t count, uint32_t *code)
{
	for (uint32_t done = 0; done < count;)
	{
		uint32_t	to = count - done > JN_TICK_EVERY ? done + JN_TICK_EVERY : count;

		for (; done < to; done++)
			code[done] = jn_labels_code(labels, from + done);
		jn_tick(env);
	}
}
