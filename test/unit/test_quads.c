/*
 * test_quads.c
 *	  The kernels on quads: scalar and vector code answer alike, whatever the
 *	  bytes, and as slow code does.
 */
#include "quads.h"

#include "bytes.h"
#include "cpu.h"
#include "unit.h"

#define MAX_QUADS	40

/* What a kernel left behind. */
typedef struct Outcome
{
	uint32_t	done;
	size_t		control;		/* bytes passed */
	size_t		data;
	uint64_t	sum;
	uint64_t	product[4 * MAX_QUADS];
} Outcome;

/* Bytes in blocks of their very size, so that no load beyond goes unseen. */
typedef struct Bytes
{
	uint8_t    *control;
	uint8_t    *data;
	size_t		size;
	uint32_t	quads;
} Bytes;

typedef enum Kernel
{
	ABOVE,
	WITHIN,
	MULTIPLY,
	ADD_UP,
	KERNELS
} Kernel;

static Outcome
run(Kernel kernel, const Bytes *b, uint32_t limit, uint64_t unit)
{
	JnQuads		q = {b->control, b->data, b->data + b->size};
	Outcome		o;
	uint32_t	above = 7;

	memset(&o, 0, sizeof(o));
	switch (kernel)
	{
		case ABOVE:
			o.done = jn_quads_above(&q, b->quads, limit, &above);
			o.sum = above;
			break;
		case WITHIN:
			o.sum = 7;
			o.done = jn_quads_within(&q, b->quads, limit, &o.sum);
			break;
		case MULTIPLY:
			o.done = jn_quads_multiply(&q, b->quads, unit, o.product);
			break;
		default:
			o.sum = 7;
			o.done = jn_quads_add_up(&q, b->quads, &o.sum, o.product);
			break;
	}
	o.control = (size_t) (q.control - b->control);
	o.data = (size_t) (q.data - b->data);
	return o;
}

/* The same one number at a time. */
static Outcome
slowly(Kernel kernel, const Bytes *b, uint32_t limit, uint64_t unit)
{
	Outcome		o;

	memset(&o, 0, sizeof(o));
	o.sum = kernel == MULTIPLY ? 0 : 7;
	for (; o.done < b->quads && b->size - o.data >= 16; o.done++)
	{
		size_t		at = o.data;
		uint64_t	sum = 0;
		bool		stop = false;

		for (unsigned i = 0; i < 4; i++)
		{
			uint32_t	d = 0;

			for (unsigned k = 0; k <= (b->control[o.done] >> (2 * i) & 3); k++)
				d |= (uint32_t) b->data[at++] << (8 * k);
			if (kernel == ABOVE)
				o.sum += d > limit;
			if (kernel == WITHIN)
				stop |= d > limit;
			if (kernel == MULTIPLY || kernel == ADD_UP)
				stop |= d == UINT32_MAX;
			if (kernel == MULTIPLY && !stop)
				o.product[4 * o.done + i] = d * unit;
			sum += d;
			if (kernel == ADD_UP)
				o.product[4 * o.done + i] = o.sum + sum;
		}
		if (stop)
		{
			for (unsigned i = 0; i < 4; i++)
				o.product[4 * o.done + i] = 0;
			break;
		}
		if (kernel == WITHIN || kernel == ADD_UP)
			o.sum += sum;
		o.data = at;
	}
	o.control = o.done;
	return o;
}

static Bytes
random_bytes(uint64_t *seed, uint32_t quads)
{
	Bytes		b = {jn_alloc(ENV, 17 * (size_t) quads + 17), NULL, unit_below(seed, 17), quads};
	uint8_t    *all = b.control;
	unsigned	lengths = unit_below(seed, 4);

	for (uint32_t i = 0; i < quads; i++)
	{
		b.control[i] = (uint8_t) unit_random(seed);
		if (lengths < 3)
			b.control[i] = (uint8_t) (b.control[i] & 0x55 * lengths);
		for (unsigned k = 0; k < 4; k++)
			b.size += (b.control[i] >> (2 * k) & 3) + 1u;
	}
	if (unit_below(seed, 4) == 0)
		b.size = unit_below(seed, (uint32_t) b.size + 1);

	/* the differences right behind the lengths, in memory that ends with them */
	b.control = jn_alloc(ENV, quads + b.size);
	memcpy(b.control, all, quads);
	jn_release(ENV, all);
	b.data = b.control + quads;
	for (size_t i = 0; i < b.size; i++)
		b.data[i] = unit_below(seed, 6) == 0 ? 0xff : (uint8_t) unit_random(seed);

	/* some wide ones and what almost is */
	for (size_t i = 0; i + 4 <= b.size; i += 1 + unit_below(seed, 90))
		if (unit_below(seed, 3) == 0)
			jn_store32(b.data + i, UINT32_MAX - unit_below(seed, 2));
	return b;
}

TEST(quads_all_levels_agree)
{
	uint64_t	seed = 5;

	for (int round = 0; round < 20000; round++)
	{
		Bytes		b = random_bytes(&seed, (uint32_t) (round % (MAX_QUADS + 1)));
		uint32_t	limit = (uint32_t) (unit_random(&seed) >> 32 >> unit_below(&seed, 32));
		uint64_t	unit = unit_below(&seed, 2) ? 1000000 : UINT32_MAX;

		if (unit_below(&seed, 10) == 0)
			limit = UINT32_MAX - unit_below(&seed, 2);
		for (Kernel kernel = 0; kernel < KERNELS; kernel++)
		{
			Outcome		slow = slowly(kernel, &b, limit, unit);

			for (JnCpu level = JN_CPU_SCALAR; level <= JN_CPU_AVX2; level++)
			{
				Outcome		o;

				jn_cpu_force(level);
				o = run(kernel, &b, limit, unit);
				if (!CHECK_BYTES(&o, sizeof(o), &slow, sizeof(slow)))
					return;
			}
		}
		unit_env_clear(&unit_env);
	}
}

/* Any differences of any bytes, near the end and behind it. */
TEST(quads_between)
{
	uint64_t	seed = 6;

	for (int round = 0; round < 20000; round++)
	{
		Bytes		b = random_bytes(&seed, 1 + unit_below(&seed, round % 8 == 0 ? MAX_QUADS : 4));
		JnQuads		q = {b.control, b.data, b.data + b.size};
		uint32_t	from = unit_below(&seed, 4);
		uint32_t	to = from + 1 + unit_below(&seed, 4 * b.quads - from);
		uint64_t	sum = 0;
		size_t		at = 0;

		for (uint32_t i = 0; i < to; i++)
			for (unsigned k = 0; k <= (b.control[i / 4] >> (2 * (i % 4)) & 3u); k++, at++)
				sum += i >= from && at < b.size ? (uint64_t) b.data[at] << (8 * k) : 0;
		for (JnCpu level = JN_CPU_SCALAR; level <= JN_CPU_AVX2; level++)
		{
			jn_cpu_force(level);
			if (!CHECK_INT(jn_quads_between(&q, from, to), sum))
				return;
		}
		unit_env_clear(&unit_env);
	}
	jn_cpu_force(JN_CPU_UNKNOWN);
}

/* Many sums at once are those of one after another. */
TEST(quads_sums)
{
	uint64_t	seed = 7;

	for (int round = 0; round < 5000; round++)
	{
		Bytes		b = random_bytes(&seed, 1 + unit_below(&seed, round % 8 == 0 ? MAX_QUADS : 12));
		JnQuads		q = {b.control, b.data, b.data + b.size};
		uint32_t	n = 1 + unit_below(&seed, 9);
		uint32_t	from[9];
		uint32_t	to[9];
		uint32_t	offset[9];
		uint64_t	sum[9];

		for (uint32_t i = 0; i < n; i++)
		{
			from[i] = unit_below(&seed, 4 * b.quads);
			to[i] = from[i] + 1 + unit_below(&seed, unit_below(&seed, 2) || b.quads < 3 ? 4 * b.quads - from[i] : 4);
			to[i] = to[i] < 4 * b.quads ? to[i] : 4 * b.quads;
			offset[i] = unit_below(&seed, (uint32_t) b.size + 1);
		}
		for (JnCpu level = JN_CPU_SCALAR; level <= JN_CPU_AVX2; level++)
		{
			jn_cpu_force(level);
			jn_quads_sums(&q, n, from, to, offset, sum);
			jn_cpu_force(JN_CPU_SCALAR);
			for (uint32_t i = 0; i < n; i++)
			{
				JnQuads		one = {q.control + from[i] / 4, q.data + offset[i], q.end};

				if (!CHECK_INT(sum[i], jn_quads_between(&one, from[i] % 4, to[i] - from[i] / 4 * 4)))
					return;
			}
		}
		unit_env_clear(&unit_env);
	}
	jn_cpu_force(JN_CPU_UNKNOWN);
}

/* A test that runs scalar code three times over would prove nothing. */
TEST(quads_levels_can_be_forced)
{
	JnCpu		best = jn_cpu_force(JN_CPU_UNKNOWN);

	CHECK(best >= JN_CPU_SCALAR);
	for (JnCpu level = JN_CPU_SCALAR; level <= JN_CPU_AVX2; level++)
	{
		CHECK_INT(jn_cpu_force(level), level < best ? level : best);
		CHECK_INT(jn_cpu(), level < best ? level : best);
	}
	CHECK_INT(jn_cpu_force(JN_CPU_UNKNOWN), best);
}
