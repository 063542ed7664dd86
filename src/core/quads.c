/*
 * quads.c
 *	  Differences of a section of times, four at a time.
 *
 * The byte of lengths says which of 16 loaded bytes belong to which of four
 * numbers; one shuffle, its pattern looked up, puts them in place and zeroes
 * in between.  Lengths 1, 2, 3 and 1, which is the byte 00 10 01 00:
 *
 *	 loaded		a | b b | c c c | d | . . . . . . . . .
 *	 shuffled	a 0 0 0   b b 0 0   c c c 0   d 0 0 0
 *
 * What bounds the speed is the number of loads, four for a quad, and not their
 * latency: the place of the next quad depends on the lengths alone, which an
 * addition away are known long before.  So counting gains nothing from wider
 * registers; only the multiplication to 64 bits does.
 */
#include "quads.h"

#include "bytes.h"
#include "cpu.h"

#ifdef JN_X86
#include <immintrin.h>
#endif

/* ---- scalar ---- */

/* Reads the next quad, which has JN_QUAD_LOAD bytes, and moves past it. */
static inline void
next_quad(JnQuads *q, uint32_t d[4])
{
	unsigned	lengths = *q->control++;

	for (unsigned i = 0; i < 4; i++)
	{
		unsigned	length = lengths >> (2 * i) & 3;

		/* four bytes, those of the neighbours masked off */
		d[i] = jn_load32(q->data) & (UINT32_MAX >> (24 - 8 * length));
		q->data += length + 1;
	}
}

static inline int
has_quad(const JnQuads *q)
{
	return q->end - q->data >= JN_QUAD_LOAD;
}

static uint32_t
above_scalar(JnQuads *quads_at, uint32_t quads, uint32_t limit, uint32_t *above)
{
	JnQuads		q = *quads_at;
	uint32_t	count = 0;
	uint32_t	done = 0;

	for (; done < quads && has_quad(&q); done++)
	{
		uint32_t	d[4];

		next_quad(&q, d);
		count += (uint32_t) (d[0] > limit) + (d[1] > limit) + (d[2] > limit) + (d[3] > limit);
	}
	*quads_at = q;
	*above += count;
	return done;
}

static uint32_t
within_scalar(JnQuads *quads_at, uint32_t quads, uint32_t limit, uint64_t *sum)
{
	JnQuads		q = *quads_at;
	uint64_t	all = 0;
	uint32_t	done = 0;

	for (; done < quads && has_quad(&q); done++)
	{
		uint32_t	d[4];

		next_quad(&q, d);
		if ((d[0] > limit) | (d[1] > limit) | (d[2] > limit) | (d[3] > limit))
			break;
		all += (uint64_t) d[0] + d[1] + d[2] + d[3];
		*quads_at = q;
	}
	*sum += all;
	return done;
}

static uint32_t
multiply_scalar(JnQuads *quads_at, uint32_t quads, uint64_t unit, uint64_t *product)
{
	JnQuads		q = *quads_at;
	uint32_t	done = 0;

	for (; done < quads && has_quad(&q); done++)
	{
		uint32_t	d[4];

		next_quad(&q, d);
		if ((d[0] == UINT32_MAX) | (d[1] == UINT32_MAX) | (d[2] == UINT32_MAX) | (d[3] == UINT32_MAX))
			break;
		for (unsigned i = 0; i < 4; i++)
			product[4 * (size_t) done + i] = d[i] * unit;
		*quads_at = q;
	}
	return done;
}

static uint32_t
add_up_scalar(JnQuads *quads_at, uint32_t quads, uint64_t *total, uint64_t *sum)
{
	JnQuads		q = *quads_at;
	uint64_t	all = *total;
	uint32_t	done = 0;

	for (; done < quads && has_quad(&q); done++)
	{
		uint32_t	d[4];

		next_quad(&q, d);
		if ((d[0] == UINT32_MAX) | (d[1] == UINT32_MAX) | (d[2] == UINT32_MAX) | (d[3] == UINT32_MAX))
			break;
		for (unsigned i = 0; i < 4; i++)
			sum[4 * (size_t) done + i] = all += d[i];
		*quads_at = q;
	}
	*total = all;
	return done;
}

static uint64_t
between_scalar(const JnQuads *first, uint32_t from, uint32_t to)
{
	JnQuads		q = *first;
	uint64_t	sum = 0;

	for (uint32_t i = 0; i < to; i++)
	{
		unsigned	length = (q.control[i / 4] >> (2 * (i % 4)) & 3) + 1;

		for (unsigned b = 0; i >= from && b < length && q.end - q.data > (ptrdiff_t) b; b++)
			sum += (uint64_t) q.data[b] << (8 * b);
		q.data = q.end - q.data > (ptrdiff_t) length ? q.data + length : q.end;
	}
	return sum;
}

/* ---- shuffles ---- */

#ifdef JN_X86

/* For the byte of lengths c: length of number i, and where it begins. */
#define LENGTH(c, i)	((((c) >> (2 * (i))) & 3) + 1)
#define BEGIN_1(c)		LENGTH(c, 0)
#define BEGIN_2(c)		(BEGIN_1(c) + LENGTH(c, 1))
#define BEGIN_3(c)		(BEGIN_2(c) + LENGTH(c, 2))
#define SIZE(c)			(BEGIN_3(c) + LENGTH(c, 3))

/* A row of the table: source of each byte, 0x80 for a zero. */
#define BYTE(c, i, begin, b)	((b) < LENGTH(c, i) ? (begin) + (b) : 0x80)
#define LANE(c, i, begin) \
	BYTE(c, i, begin, 0), BYTE(c, i, begin, 1), BYTE(c, i, begin, 2), BYTE(c, i, begin, 3)
#define SHUFFLE(c) \
	{LANE(c, 0, 0), LANE(c, 1, BEGIN_1(c)), LANE(c, 2, BEGIN_2(c)), LANE(c, 3, BEGIN_3(c))}

#define ROWS_4(row, c)		row(c), row((c) + 1), row((c) + 2), row((c) + 3)
#define ROWS_16(row, c)		ROWS_4(row, c), ROWS_4(row, (c) + 4), ROWS_4(row, (c) + 8), ROWS_4(row, (c) + 12)
#define ROWS_64(row, c)		ROWS_16(row, c), ROWS_16(row, (c) + 16), ROWS_16(row, (c) + 32), ROWS_16(row, (c) + 48)
#define ROWS_256(row)		ROWS_64(row, 0), ROWS_64(row, 64), ROWS_64(row, 128), ROWS_64(row, 192)

static const uint8_t shuffle[256][16] = {ROWS_256(SHUFFLE)};
static const uint8_t size[256] = {ROWS_256(SIZE)};

/* The next quad; moves past it. */
JN_TARGET_SSE41
static inline __m128i
shuffle_quad(JnQuads *q)
{
	unsigned	lengths = *q->control++;
	__m128i		bytes = _mm_loadu_si128((const __m128i *) q->data);

	q->data += size[lengths];
	return _mm_shuffle_epi8(bytes, _mm_loadu_si128((const __m128i *) shuffle[lengths]));
}

/* All bits of each number that is not above the limit; unsigned. */
JN_TARGET_SSE41
static inline __m128i
not_above(__m128i d, __m128i limit)
{
	return _mm_cmpeq_epi32(_mm_min_epu32(d, limit), d);
}

JN_TARGET_SSE41
static uint32_t
above_sse41(JnQuads *quads_at, uint32_t quads, uint32_t limit, uint32_t *above)
{
	JnQuads		q = *quads_at;
	__m128i		limits = _mm_set1_epi32((int) limit);
	__m128i		minus = _mm_setzero_si128();	/* less one for each number not above */
	uint32_t	done = 0;

	for (; done < quads && has_quad(&q); done++)
		minus = _mm_add_epi32(minus, not_above(shuffle_quad(&q), limits));
	*quads_at = q;

	minus = _mm_add_epi32(minus, _mm_shuffle_epi32(minus, 0x4e));
	minus = _mm_add_epi32(minus, _mm_shuffle_epi32(minus, 0xb1));
	*above += 4 * done + (uint32_t) _mm_cvtsi128_si32(minus);
	return done;
}

JN_TARGET_SSE41
static uint32_t
within_sse41(JnQuads *quads_at, uint32_t quads, uint32_t limit, uint64_t *sum)
{
	JnQuads		q = *quads_at;
	__m128i		limits = _mm_set1_epi32((int) limit);
	__m128i		zero = _mm_setzero_si128();
	__m128i		all = zero;
	uint32_t	done = 0;

	for (; done < quads && has_quad(&q); done++)
	{
		__m128i		d = shuffle_quad(&q);

		if (_mm_movemask_epi8(not_above(d, limits)) != 0xffff)
			break;
		all = _mm_add_epi64(all, _mm_add_epi64(_mm_unpacklo_epi32(d, zero), _mm_unpackhi_epi32(d, zero)));
		*quads_at = q;
	}
	*sum += (uint64_t) _mm_cvtsi128_si64(all) + (uint64_t) _mm_extract_epi64(all, 1);
	return done;
}

JN_TARGET_SSE41
static uint32_t
multiply_sse41(JnQuads *quads_at, uint32_t quads, uint64_t unit, uint64_t *product)
{
	JnQuads		q = *quads_at;
	__m128i		zero = _mm_setzero_si128();
	__m128i		ones = _mm_cmpeq_epi32(zero, zero);
	__m128i		units = _mm_set1_epi64x((long long) unit);
	uint32_t	done = 0;

	for (; done < quads && has_quad(&q); done++)
	{
		__m128i		d = shuffle_quad(&q);
		__m128i    *out = (__m128i *) (product + 4 * (size_t) done);

		if (_mm_movemask_epi8(_mm_cmpeq_epi32(d, ones)) != 0)
			break;
		_mm_storeu_si128(out, _mm_mul_epu32(_mm_unpacklo_epi32(d, zero), units));
		_mm_storeu_si128(out + 1, _mm_mul_epu32(_mm_unpackhi_epi32(d, zero), units));
		*quads_at = q;
	}
	return done;
}

/* The next quad, bytes beyond the end being 0; moves past it. */
JN_TARGET_SSE41
static inline __m128i
shuffle_last_quad(JnQuads *q)
{
	uint8_t		padded[JN_QUAD_LOAD] = {0};
	JnQuads		copy = {q->control, padded, padded + JN_QUAD_LOAD};
	size_t		left = (size_t) (q->end - q->data);
	__m128i		d;

	if (left >= JN_QUAD_LOAD)
		return shuffle_quad(q);
	memcpy(padded, q->data, left);
	d = shuffle_quad(&copy);
	q->control++;
	q->data = left > (size_t) (copy.data - padded) ? q->data + (copy.data - padded) : q->end;
	return d;
}

/* Two sums of 64 bits: two of the numbers each. */
JN_TARGET_SSE41
static inline __m128i
widen(__m128i d)
{
	__m128i		zero = _mm_setzero_si128();

	return _mm_add_epi64(_mm_unpacklo_epi32(d, zero), _mm_unpackhi_epi32(d, zero));
}

JN_TARGET_SSE41
static uint64_t
between_sse41(const JnQuads *first, uint32_t from, uint32_t to)
{
	JnQuads		q = *first;
	__m128i		lane = _mm_setr_epi32(0, 1, 2, 3);
	__m128i		keep = _mm_cmpgt_epi32(lane, _mm_set1_epi32((int) from - 1));
	__m128i		sum = _mm_setzero_si128();

	for (; to > 4; to -= 4)
	{
		sum = _mm_add_epi64(sum, widen(_mm_and_si128(shuffle_last_quad(&q), keep)));
		keep = _mm_cmpeq_epi32(lane, lane);
	}
	keep = _mm_and_si128(keep, _mm_cmpgt_epi32(_mm_set1_epi32((int) to), lane));
	sum = _mm_add_epi64(sum, widen(_mm_and_si128(shuffle_last_quad(&q), keep)));
	return (uint64_t) _mm_cvtsi128_si64(sum) + (uint64_t) _mm_extract_epi64(sum, 1);
}

/* From 8 - i on: as many lanes as i, all bits, and then none. */
static const uint32_t lanes[16] = {
	UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX
};

/* The lanes below i, which is 8 at most. */
JN_TARGET_AVX2
static inline __m256i
lanes_below(uint32_t i)
{
	return _mm256_loadu_si256((const __m256i *) (lanes + 8 - i));
}

/* Bytes that may be loaded for two quads. */
#define TWO_LOADS		(2 * JN_QUAD_LOAD)

/*
 * The next two quads, of which there must be TWO_LOADS bytes, the lanes that are
 * kept only: four sums of 64 bits.  Moves past them.
 */
JN_TARGET_AVX2
static inline __m256i
add_two_quads(JnQuads *q, __m256i keep)
{
	__m128i		low = shuffle_quad(q);
	__m128i		high = shuffle_quad(q);
	__m256i		d = _mm256_and_si256(_mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1), keep);

	return _mm256_add_epi64(_mm256_and_si256(d, _mm256_set1_epi64x(UINT32_MAX)), _mm256_srli_epi64(d, 32));
}

JN_TARGET_AVX2
static inline uint64_t
add_lanes(__m256i sums)
{
	__m128i		two = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));

	return (uint64_t) _mm_cvtsi128_si64(two) + (uint64_t) _mm_extract_epi64(two, 1);
}

/* Where fewer than two quads are asked for, the lengths that are read in vain are the first differences. */
JN_TARGET_AVX2
static inline uint64_t
between_avx2(const JnQuads *first, uint32_t from, uint32_t to)
{
	JnQuads		q = *first;
	__m256i		sums = _mm256_setzero_si256();
	__m256i		keep = _mm256_andnot_si256(lanes_below(from), lanes_below(8));
	uint64_t	sum;

	for (; to > 8 && q.end - q.data >= TWO_LOADS; to -= 8, from = 0)
	{
		sums = _mm256_add_epi64(sums, add_two_quads(&q, keep));
		keep = lanes_below(8);
	}
	if (q.end - q.data >= TWO_LOADS)
		return add_lanes(_mm256_add_epi64(sums, add_two_quads(&q, _mm256_and_si256(keep, lanes_below(to)))));
	sum = add_lanes(sums);
	_mm256_zeroupper();
	return sum + between_sse41(&q, from, to);
}

/* Nearly always what is asked for lies in two quads: then there is nothing to foresee. */
JN_TARGET_AVX2
static void
sums_avx2(const JnQuads *q, uint32_t n, const uint32_t *from, const uint32_t *to, const uint32_t *offset, uint64_t *sum)
{
	for (uint32_t i = 0; i < n; i++)
	{
		JnQuads		at = {q->control + from[i] / 4, q->data + offset[i], q->end};

		sum[i] = between_avx2(&at, from[i] % 4, to[i] - from[i] / 4 * 4);
	}
}

JN_TARGET_AVX2
static uint64_t
between_one_avx2(const JnQuads *q, uint32_t from, uint32_t to)
{
	return between_avx2(q, from, to);
}

JN_TARGET_AVX2
static uint32_t
multiply_avx2(JnQuads *quads_at, uint32_t quads, uint64_t unit, uint64_t *product)
{
	JnQuads		q = *quads_at;
	__m128i		ones = _mm_set1_epi32(-1);
	__m256i		units = _mm256_set1_epi64x((long long) unit);
	uint32_t	done = 0;

	for (; done < quads && has_quad(&q); done++)
	{
		__m128i		d = shuffle_quad(&q);

		if (_mm_movemask_epi8(_mm_cmpeq_epi32(d, ones)) != 0)
			break;
		_mm256_storeu_si256((__m256i *) (product + 4 * (size_t) done),
							_mm256_mul_epu32(_mm256_cvtepu32_epi64(d), units));
		*quads_at = q;
	}
	return done;
}

/*
 * Four differences a, b, c, d become a, a+b, a+b+c, a+b+c+d: neighbours are
 * added, then the lower half's sum to the upper half.  From quad to quad only
 * the total is passed on, which is one addition.
 */
JN_TARGET_AVX2
static uint32_t
add_up_avx2(JnQuads *quads_at, uint32_t quads, uint64_t *total, uint64_t *sum)
{
	JnQuads		q = *quads_at;
	__m128i		ones = _mm_set1_epi32(-1);
	__m256i		zero = _mm256_setzero_si256();
	__m256i		all = _mm256_set1_epi64x((long long) *total);
	uint32_t	done = 0;

	for (; done < quads && has_quad(&q); done++)
	{
		const uint8_t *data = q.data;
		__m128i		d = shuffle_quad(&q);
		__m256i		x;

		if (_mm_movemask_epi8(_mm_cmpeq_epi32(d, ones)) != 0)
		{
			q.control--;
			q.data = data;
			break;
		}
		x = _mm256_cvtepu32_epi64(d);
		x = _mm256_add_epi64(x, _mm256_slli_si256(x, 8));
		x = _mm256_add_epi64(x, _mm256_blend_epi32(zero, _mm256_permute4x64_epi64(x, 0x55), 0xf0));
		_mm256_storeu_si256((__m256i *) (sum + 4 * (size_t) done), _mm256_add_epi64(all, x));
		all = _mm256_add_epi64(all, _mm256_permute4x64_epi64(x, 0xff));
	}
	*quads_at = q;
	*total = (uint64_t) _mm256_extract_epi64(all, 0);
	return done;
}

#endif							/* JN_X86 */

/* ---- choice ---- */

uint32_t
jn_quads_above(JnQuads *q, uint32_t quads, uint32_t limit, uint32_t *above)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_SSE41)
		return above_sse41(q, quads, limit, above);
#endif
	return above_scalar(q, quads, limit, above);
}

uint32_t
jn_quads_within(JnQuads *q, uint32_t quads, uint32_t limit, uint64_t *sum)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_SSE41)
		return within_sse41(q, quads, limit, sum);
#endif
	return within_scalar(q, quads, limit, sum);
}

uint32_t
jn_quads_multiply(JnQuads *q, uint32_t quads, uint64_t unit, uint64_t *product)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_AVX2)
		return multiply_avx2(q, quads, unit, product);
	if (jn_cpu() >= JN_CPU_SSE41)
		return multiply_sse41(q, quads, unit, product);
#endif
	return multiply_scalar(q, quads, unit, product);
}

uint32_t
jn_quads_add_up(JnQuads *q, uint32_t quads, uint64_t *total, uint64_t *sum)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_AVX2)
		return add_up_avx2(q, quads, total, sum);
#endif
	return add_up_scalar(q, quads, total, sum);
}

uint64_t
jn_quads_between(const JnQuads *q, uint32_t from, uint32_t to)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_AVX2)
		return between_one_avx2(q, from, to);
	if (jn_cpu() >= JN_CPU_SSE41)
		return between_sse41(q, from, to);
#endif
	return between_scalar(q, from, to);
}

void
jn_quads_sums(const JnQuads *q, uint32_t n, const uint32_t *from, const uint32_t *to, const uint32_t *offset,
			  uint64_t *sum)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_AVX2)
	{
		sums_avx2(q, n, from, to, offset, sum);
		return;
	}
#endif
	for (uint32_t i = 0; i < n; i++)
	{
		JnQuads		at = {q->control + from[i] / 4, q->data + offset[i], q->end};

		sum[i] = jn_quads_between(&at, from[i] % 4, to[i] - from[i] / 4 * 4);
	}
}
