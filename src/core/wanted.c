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
	w->simple = count <= JN_WANTED_SIMPLE;
	for (uint32_t size = 0; at < count; size++)
	{
		JnWantedLength *length = &w->length[w->lengths];

		*length = (JnWantedLength) {(uint8_t) size, (uint8_t) at, 0, jn_name_mask(size), 0};
		for (uint32_t i = 0; i < count; i++)
			if (name[i].size == size)
			{
				w->bits |= name_bit(name[i]);
				w->head[at] = jn_name_word(name[i], size);
				w->size[at] = size < UINT8_MAX ? (uint8_t) size : UINT8_MAX;
				w->order[at++] = (uint8_t) i;
				length->presence |= jn_presence(name[i].data, size);
				w->simple &= size > 0 && size <= sizeof(w->head[0]);
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

/* From byte 2 * LANES - i on: i bytes of ones, and zeroes. */
static const uint8_t ones[4 * LANES] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};

/* The sum of the first i lengths. */
JN_TARGET_SSE41
static inline uint32_t
sum_before(__m128i lengths, uint32_t i)
{
	__m128i		before = _mm_and_si128(lengths, _mm_loadu_si128((const __m128i *) (ones + 2 * LANES - i)));
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
								_mm_loadu_si128((const __m128i *) (ones + 2 * LANES - left)));
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

/* The name of the wanted ones that stands at "data" and has "size" bytes, eight of which may be read, or w->count. */
JN_TARGET_AVX2
static inline uint32_t
which_of_all(const JnWanted *w, const char *data, uint32_t size)
{
	uint64_t	mask = size < 8 ? (UINT64_C(1) << (8 * size)) - 1 : UINT64_MAX;
	__m256i		head = _mm256_set1_epi64x((long long) (jn_load64((const uint8_t *) data) & mask));

	for (uint32_t base = 0; base < w->count; base += 4)
	{
		__m256i		heads = _mm256_loadu_si256((const __m256i *) (w->head + base));
		unsigned	equal = (unsigned) _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(heads, head)));

		for (; equal != 0; equal &= equal - 1)
		{
			uint32_t	i = base + (uint32_t) __builtin_ctz(equal);

			/* behind the last head are zeroes, as in the name of no bytes */
			if (w->size[i] == size && i < w->count && (size <= 8 || is_rest(w, i, data, size)))
				return i;
		}
	}
	return w->count;
}

/* The sum of the first i of twice as many lengths. */
JN_TARGET_AVX2
static inline uint32_t
sum_before_of_two(__m256i lengths, uint32_t i)
{
	__m256i		before = _mm256_and_si256(lengths, _mm256_loadu_si256((const __m256i *) (ones + 2 * LANES - i)));
	__m256i		sums = _mm256_sad_epu8(before, _mm256_setzero_si256());
	__m128i		two = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));

	return (uint32_t) _mm_cvtsi128_si32(two) + (uint32_t) _mm_extract_epi16(two, 4);
}

/*
 * Finds those of w->simple: which name is looked at depends on the journey, so
 * nothing in here is to be foreseen by the processor but how many there are.
 */
JN_TARGET_AVX2
static inline uint32_t
find_simple(const JnWanted *w, const JnLabels *labels, __m256i lengths, uint32_t equal, JnWantedCode *found)
{
	__m256i		heads = _mm256_loadu_si256((const __m256i *) w->head);
	uint32_t	there = 0;

	for (; equal != 0 && there < w->count; equal &= equal - 1)
	{
		uint32_t	at = (uint32_t) __builtin_ctz(equal);
		uint32_t	size = labels->lengths[at];
		uint64_t	name = jn_load64((const uint8_t *) labels->name_data + sum_before_of_two(lengths, at));
		__m256i		head = _mm256_set1_epi64x((long long) (name & jn_load64(ones + 2 * LANES - size)));
		unsigned	same = (unsigned) _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(heads, head)));
		uint32_t	i = (uint32_t) __builtin_ctz(same | 1u << (JN_WANTED_SIMPLE - 1));

		/* no name has a zero in it, so a head is one name; only in bytes that were never proven sizes can differ */
		found[there] = (JnWantedCode) {at, w->order[i]};
		there += (same != 0) & (w->size[i] == size);
	}
	return there;
}

JN_TARGET_AVX2
static bool
open_avx2(const JnWanted *w, const uint8_t *p, const uint8_t *end, uint32_t n, uint64_t presence, JnLabels *labels,
		  JnWantedCode *found, uint32_t *founds)
{
	const JnWantedLength *last = w->length + w->lengths;
	uint32_t	names = end - p > 2 * LANES ? *p++ : 0;
	__m256i		lengths;
	uint32_t	all;
	uint32_t	equal = 0;
	uint32_t	there = 0;
	const char *data;

	if (names < 2 || names > 2 * LANES)
		return false;
	lengths = _mm256_and_si256(_mm256_loadu_si256((const __m256i *) p),
							   _mm256_loadu_si256((const __m256i *) (ones + 2 * LANES - names)));
	all = sum_before_of_two(lengths, 2 * LANES);
	data = (const char *) p + names;

	/* behind the last name begin the codes, a byte each; eight bytes of each name are looked at */
	if (_mm256_movemask_epi8(lengths) != 0
		|| end - (const uint8_t *) data < (ptrdiff_t) (all + (n > 8 ? n : 8)))
		return false;
	*labels = (JnLabels) {names, false, 1, p, data, (const uint8_t *) data + all};

	for (const JnWantedLength *l = w->length; l < last; l++)
	{
		uint32_t	may = 0 - (uint32_t) ((l->presence & presence) != 0);

		equal |= may & (uint32_t) _mm256_movemask_epi8(_mm256_cmpeq_epi8(lengths, _mm256_set1_epi8((char) l->length)));
	}
	equal &= UINT32_MAX >> (2 * LANES - names);
	if (w->simple)
	{
		*founds = find_simple(w, labels, lengths, equal, found);
		return true;
	}
	for (; equal != 0 && there < w->count; equal &= equal - 1)
	{
		uint32_t	at = (uint32_t) __builtin_ctz(equal);
		uint32_t	i = which_of_all(w, data + sum_before_of_two(lengths, at), p[at]);

		if (i < w->count)
			found[there++] = (JnWantedCode) {at, w->order[i]};
	}
	*founds = there;
	return true;
}

#endif							/* JN_X86 */

bool
jn_wanted_open(const JnWanted *w, const uint8_t *p, const uint8_t *end, uint32_t n, uint64_t presence,
			   JnLabels *labels, JnWantedCode *found, uint32_t *founds)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_AVX2)
		return open_avx2(w, p, end, n, presence, labels, found, founds);
#else
	(void) w, (void) p, (void) end, (void) n, (void) presence, (void) labels, (void) found, (void) founds;
#endif
	return false;
}

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
