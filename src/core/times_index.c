/*
 * times_index.c
 *	  How long it is from one step to another, asked here and there.
 */
#include "times_index.h"

#include "cpu.h"
#include "quads.h"

/* Made once with an instruction that counts bits, and once without. */
#ifdef __GNUC__
#define INLINE	static inline __attribute__((always_inline))
#else
#define INLINE	static inline
#endif

/* Differences whose lengths are in one load of 8 bytes. */
#define BLOCK			32

/* Adds all differences up, the wide ones too. */
static void
add_up(const JnEnv *env, JnTimesIndex *x)
{
	JnTimesReader r = x->times;
	uint64_t	before = 0;

	if (x->n >= x->sum_room)
	{
		if (x->sum_room > 0)
			jn_release(env, x->sum);
		x->sum_room = 0;
		x->sum = jn_alloc(env, jn_array_size(x->n + UINT64_C(1), 2 * sizeof(uint64_t)));
		x->sum_room = 2 * x->n + 1;
	}
	x->sum[0] = 0;
	for (uint32_t done = 0; done < x->n;)
	{
		uint32_t	most = x->n - done < JN_TICK_EVERY ? x->n - done : JN_TICK_EVERY;

		jn_times_add_up(&r, most, x->sum + done + 1);
		for (uint32_t i = done + 1; before > 0 && i <= done + most; i++)
			x->sum[i] += before;
		done += most;
		before = x->sum[done];
		jn_tick(env);
	}
}

/* The bytes of differences whose lengths are these, above one each. */
INLINE uint32_t
long_bytes(uint64_t lengths, bool counts_bits)
{
	const uint64_t odd = UINT64_C(0x5555555555555555);

	/* a length - 1 is a bit that counts one, and one that counts two */
	if (counts_bits)
		return (uint32_t) (__builtin_popcountll(lengths) + __builtin_popcountll(lengths & ~odd));
	return (uint32_t) (jn_quads_lengths(lengths) >> 56);
}

/* Notes where blocks from .. to-1 begin; block[from] is known. */
INLINE void
note_blocks(JnTimesIndex *x, uint32_t from, uint32_t to, bool counts_bits)
{
	const uint8_t *lengths = x->times.control + from * (BLOCK / 4);
	uint32_t	offset = x->block[from];

	for (uint32_t b = from + 1; b < to; b++, lengths += BLOCK / 4)
		x->block[b] = offset += BLOCK + long_bytes(jn_load64(lengths), counts_bits);
}

/* Where the quad of a difference begins, from times.data on. */
INLINE uint32_t
quad_offset(const JnTimesIndex *x, uint32_t difference, bool counts_bits)
{
	uint32_t	b = difference / BLOCK;
	uint32_t	quads = difference % BLOCK / 4;
	uint32_t	room = (uint32_t) (x->times.end - x->times.data);
	const uint8_t *p = x->times.control + b * (BLOCK / 4);
	uint64_t	lengths = 0;
	uint32_t	offset;

	if (x->times.end - p >= BLOCK / 4)
		lengths = jn_load64(p) & ~(UINT64_MAX << (8 * quads));
	else
		memcpy(&lengths, p, quads);
	offset = x->block[b] + 4 * quads + long_bytes(lengths, counts_bits);

	/* only in bytes that were never proven it is not less */
	return offset < room ? offset : room;
}

#ifdef JN_X86

/* No vectors, but an instruction that counts bits. */
JN_TARGET_AVX2
static void
note_blocks_avx2(JnTimesIndex *x, uint32_t from, uint32_t to)
{
	note_blocks(x, from, to, true);
}

JN_TARGET_AVX2
static void
quad_offsets_avx2(const JnTimesIndex *x, uint32_t count, const uint32_t *difference, uint32_t *offset)
{
	for (uint32_t i = 0; i < count; i++)
		offset[i] = quad_offset(x, difference[i], true);
}

#endif							/* JN_X86 */

static void
quad_offsets(const JnTimesIndex *x, uint32_t count, const uint32_t *difference, uint32_t *offset)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_AVX2)
	{
		quad_offsets_avx2(x, count, difference, offset);
		return;
	}
#endif
	for (uint32_t i = 0; i < count; i++)
		offset[i] = quad_offset(x, difference[i], false);
}

static void
find_blocks(const JnEnv *env, JnTimesIndex *x)
{
	uint32_t	blocks = x->n / BLOCK + 1;
	uint32_t	to;

	if (blocks > x->block_room)
	{
		if (x->block_room > 0)
			jn_release(env, x->block);
		x->block_room = 0;
		x->block = jn_alloc(env, jn_array_size(blocks, 2 * sizeof(uint32_t)));
		x->block_room = 2 * blocks;
	}
	x->block[0] = 0;
	for (uint32_t from = 0; from + 1 < blocks; from = to - 1)
	{
		to = blocks - from < JN_TICK_EVERY / BLOCK ? blocks : from + JN_TICK_EVERY / BLOCK;
#ifdef JN_X86
		if (jn_cpu() >= JN_CPU_AVX2)
			note_blocks_avx2(x, from, to);
		else
#endif
			note_blocks(x, from, to, false);
		jn_tick(env);
	}
}

static inline bool
has_wide(const JnTimesIndex *x)
{
	return x->times.wide < x->times.stop;
}

/* Makes ready for the first question. */
static inline void
make(const JnEnv *env, JnTimesIndex *x)
{
	if (x->made)
		return;
	if (has_wide(x))
		add_up(env, x);
	else
		find_blocks(env, x);
	x->made = true;
}

uint64_t
jn_times_index_sum(const JnEnv *env, JnTimesIndex *x, uint32_t from, uint32_t to)
{
	uint32_t	quad = from / 4;
	JnQuads		q;

	if (from == to)
		return 0;
	make(env, x);
	if (has_wide(x))
		return x->sum[to] - x->sum[from];
	q = (JnQuads) {x->times.control + quad, x->times.data + quad_offset(x, from, false), x->times.end};
	return jn_quads_between(&q, from - 4 * quad, to - 4 * quad);
}

void
jn_times_index_sums(const JnEnv *env, JnTimesIndex *x, uint32_t count, const uint32_t *from, const uint32_t *to,
					uint64_t *sum)
{
	JnQuads		q = {x->times.control, x->times.data, x->times.end};
	uint32_t	offset[JN_TIMES_SUMS];

	if (count == 0)
		return;
	make(env, x);
	if (has_wide(x))
	{
		for (uint32_t i = 0; i < count; i++)
			sum[i] = x->sum[to[i]] - x->sum[from[i]];
		return;
	}
	quad_offsets(x, count, from, offset);
	jn_quads_sums(&q, count, from, to, offset, sum);
}
