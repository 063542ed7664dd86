/*
 * times_index.c
 *	  How long it is from one step to another, asked here and there.
 */
#include "times_index.h"

#include "quads.h"

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

/* Notes where a block begins, by the lengths of its differences; returns where the next one does. */
static inline uint32_t
note_block(JnTimesBlock *block, uint32_t offset, const uint8_t *lengths)
{
	uint64_t	up_to = jn_quads_lengths(jn_load64(lengths));

	*block = (JnTimesBlock) {offset, up_to << 8};
	return offset + BLOCK + (uint32_t) (up_to >> 56);
}

static void
find_blocks(const JnEnv *env, JnTimesIndex *x)
{
	uint32_t	blocks = x->n / BLOCK + 1;
	const uint8_t *lengths = x->times.control;
	uint8_t		last[BLOCK / 4] = {0};
	uint32_t	offset = 0;
	uint32_t	b = 0;

	if (blocks > x->block_room)
	{
		if (x->block_room > 0)
			jn_release(env, x->block);
		x->block_room = 0;
		x->block = jn_alloc(env, jn_array_size(blocks, 2 * sizeof(JnTimesBlock)));
		x->block_room = 2 * blocks;
	}
	while (b + 1 < blocks)
	{
		uint32_t	to = blocks - 1 - b < JN_TICK_EVERY / BLOCK ? blocks - 1 : b + JN_TICK_EVERY / BLOCK;

		for (; b < to; b++, lengths += BLOCK / 4)
			offset = note_block(&x->block[b], offset, lengths);
		jn_tick(env);
	}

	/* the last block is seldom whole */
	memcpy(last, lengths, (x->n % BLOCK + 3) / 4);
	note_block(&x->block[b], offset, last);
}

uint64_t
jn_times_index_sum(const JnEnv *env, JnTimesIndex *x, uint32_t from, uint32_t to)
{
	bool		wide = x->times.wide < x->times.stop;
	uint32_t	quad = from / 4;
	uint32_t	room = (uint32_t) (x->times.end - x->times.data);
	const JnTimesBlock *block;
	uint32_t	offset;
	JnQuads		q;

	if (from == to)
		return 0;
	if (!x->made)
	{
		if (wide)
			add_up(env, x);
		else
			find_blocks(env, x);
		x->made = true;
	}
	if (wide)
		return x->sum[to] - x->sum[from];

	block = &x->block[from / BLOCK];
	offset = block->offset + from % BLOCK / 4 * 4 + (uint32_t) (block->before >> (from % BLOCK / 4 * 8) & 0xff);

	/* only in bytes that were never proven it is not less */
	offset = offset < room ? offset : room;
	q = (JnQuads) {x->times.control + quad, x->times.data + offset, x->times.end};
	return jn_quads_between(&q, from - 4 * quad, to - 4 * quad);
}
