/*
 * wanted.c
 *	  A few names, looked for among those of one column after another.
 *
 * Of the lengths before a name, up to 16, the sum is one instruction; so a name
 * is found by its number without adding up what stands before it.
 *
 *	 lengths	4 8 5 4		names	cartcheckoutlogview
 *	 wanted 4	1 0 0 1				at 0 and at 4 + 8 + 5
 */
#include "wanted.h"

#include "cpu.h"

#ifdef JN_X86
#include <immintrin.h>
#endif

/* Lengths at a time. */
#define LANES			16

/* One of 64 bits that depends on the length and the first byte of a name. */
static inline uint64_t
name_bit(JnName name)
{
	return UINT64_C(1) << ((name.size << 3 ^ (uint8_t) (name.size > 0 ? *name.data : 0)) & 63);
}

/* Whether the bytes of a name behind its head are those of number i of w->head[]. */
static inline bool
is_rest(const JnWanted *w, uint32_t i, const char *data, uint32_t size)
{
	return size <= 8 || memcmp(w->name[w->order[i]].data + 8, data + 8, size - 8) == 0;
}

bool
jn_wanted_init(JnWanted *w, const JnName *name, uint32_t count)
{
	uint32_t	at = 0;

	memset(w, 0, sizeof(*w));
	if (count > JN_WANTED)
		return false;
	w->name = name;
	w->count = count;
	for (uint32_t size = 0; at < count; size++)
	{
		JnWantedLength *length = &w->length[w->lengths];

		*length = (JnWantedLength) {(uint8_t) size, (uint8_t) at, 0, jn_name_mask(size), 0};
		for (uint32_t i = 0; i < count; i++)
			if (name[i].size == size)
			{
				w->bits |= name_bit(name[i]);
				w->head[at] = jn_name_word(name[i], size);
				w->order[at++] = (uint8_t) i;
				length->presence |= jn_presence(name[i].data, size);
			}
		length->to = (uint8_t) at;
		w->lengths += at > length->first && size < 0x80;
	}
	return true;
}

/* Goes through the names one by one. */
static uint32_t
find_scalar(const JnWanted *w, const JnLabels *labels, const uint8_t *end, JnWantedCode *found)
{
	uint32_t	n = 0;
	JnNames		names;

	jn_names_open(&names, labels);
	for (uint32_t code = 0; code < labels->names && n < w->count; code++)
	{
		JnName		name = jn_names_next(&names);
		uint64_t	head;
		uint32_t	i = 0;

		if ((w->bits & name_bit(name)) == 0)
			continue;
		head = jn_name_word(name, (size_t) (end - (const uint8_t *) name.data));
		while (i < w->count && (w->head[i] != head || w->name[w->order[i]].size != name.size
								|| !is_rest(w, i, name.data, name.size)))
			i++;
		if (i < w->count)
			found[n++] = (JnWantedCode) {code, w->order[i]};
	}
	return n;
}

#ifdef JN_X86

/* From byte LANES - i on: i bytes of ones, and zeroes. */
static const uint8_t ones[2 * LANES] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};

/* The sum of the first i lengths. */
JN_TARGET_SSE41
static inline uint32_t
sum_before(__m128i lengths, uint32_t i)
{
	__m128i		before = _mm_and_si128(lengths, _mm_loadu_si128((const __m128i *) (ones + LANES - i)));
	__m128i		sums = _mm_sad_epu8(before, _mm_setzero_si128());

	return (uint32_t) _mm_cvtsi128_si32(sums) + (uint32_t) _mm_extract_epi16(sums, 4);
}

/* The same with vector instructions; UINT32_MAX if a name has 128 bytes or more, or the end is near. */
JN_TARGET_SSE41
static uint32_t
find_sse41(const JnWanted *w, const JnLabels *labels, const uint8_t *end, uint64_t presence, JnWantedCode *found)
{
	const JnWantedLength *last = w->length + w->lengths;
	const char *data = labels->name_data;
	uint32_t	n = 0;

	for (uint32_t base = 0; base < labels->names; base += LANES)
	{
		uint32_t	left = labels->names - base < LANES ? labels->names - base : LANES;
		const uint8_t *p = labels->lengths + base;
		__m128i		lengths;

		if (end - p < LANES)
			return UINT32_MAX;
		lengths = _mm_and_si128(_mm_loadu_si128((const __m128i *) p),
								_mm_loadu_si128((const __m128i *) (ones + LANES - left)));
		if (_mm_movemask_epi8(lengths) != 0)
			return UINT32_MAX;
		for (const JnWantedLength *l = w->length; l < last; l++)
		{
			uint32_t	equal;

			if ((l->presence & presence) == 0)
				continue;
			equal = (uint32_t) _mm_movemask_epi8(_mm_cmpeq_epi8(lengths, _mm_set1_epi8((char) l->length)));
			for (equal &= (1u << left) - 1; equal != 0; equal &= equal - 1)
			{
				uint32_t	at = (uint32_t) __builtin_ctz(equal);
				const char *name = data + sum_before(lengths, at);
				uint64_t	head;
				uint32_t	i = l->first;

				if (end - (const uint8_t *) name < 8)
					return UINT32_MAX;
				head = jn_load64((const uint8_t *) name) & l->mask;
				while (i < l->to && (w->head[i] != head || !is_rest(w, i, name, l->length)))
					i++;
				if (i == l->to)
					continue;
				found[n++] = (JnWantedCode) {base + at, w->order[i]};
				if (n == w->count)
					return n;
			}
		}
		if (base + LANES < labels->names)
			data += sum_before(lengths, LANES);
	}
	return n;
}

#endif							/* JN_X86 */

uint32_t
jn_wanted_find(const JnWanted *w, const JnLabels *labels, const uint8_t *end, uint64_t presence, JnWantedCode *found)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_SSE41)
	{
		uint32_t	n = find_sse41(w, labels, end, presence, found);

		if (n != UINT32_MAX)
			return n;
	}
#else
	(void) presence;
#endif
	return find_scalar(w, labels, end, found);
}
