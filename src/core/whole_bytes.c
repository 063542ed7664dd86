/*
 * whole_bytes.c
 *	  What is held back as bytes; whole.h has their form.
 */
#include "whole_own.h"

uint64_t
jn_whole_size(const JnWhole *w)
{
	uint64_t	size = 4;

	for (const JnHeldSet *one = w->set; one != NULL; one = one->before)
		size += 4 + (uint64_t) one->set.size + (one->set.head.parts + 7) / 8;
	return size;
}

uint8_t *
jn_whole_write(const JnEnv *env, const JnWhole *w, uint8_t *out)
{
	JnHeldSet **set = jn_held_sets(env, w);
	size_t	   *at;
	uint8_t    *bits = jn_held_bits(env, w, set, &at);

	jn_store32(out, w->sets);
	out += 4;
	for (uint32_t i = 0; i < w->sets; i++)
	{
		const JnSet *s = &set[i]->set;
		size_t		size = (s->head.parts + 7) / 8;

		jn_store32(out, (uint32_t) s->size);
		memcpy(out + 4, s->bytes, s->size);
		out += 4 + s->size;
		memcpy(out, bits + at[i], size);
		out += size;
		jn_tick(env);
	}
	jn_release(env, bits);
	jn_release(env, at);
	jn_release(env, set);
	return out;
}

/* Proves the bits of a set: only of parts that go on, and one at least. */
static bool
bits_are_good(const JnSet *s, const uint8_t *bits)
{
	JnSetCounts counts;
	uint32_t	row;
	bool		ghost;
	bool		more;
	bool		any = false;

	jn_set_counts_open(&counts, s);
	while (jn_set_counts_next(&counts, &row, &ghost, &more) > 0)
		if (jn_held_wanted(bits, counts.part - 1))
		{
			if (!ghost && !more)
				return false;
			any = true;
		}
	return any && (s->head.parts % 8 == 0 || bits[s->head.parts / 8] >> s->head.parts % 8 == 0);
}

JnStatus
jn_whole_read(const JnEnv *env, JnWhole *w, const uint8_t *p, size_t size, size_t *took, JnError *err)
{
	size_t		at = 4;
	JnSet		before;
	uint32_t	sets;

	if (size < 4)
		return jn_fail(err, JN_BYTES_SHORT, size, (int64_t) size, 4);
	sets = jn_load32(p);
	for (uint32_t i = 0; i < sets; i++)
	{
		JnSet		s;
		uint32_t	bytes;
		size_t		bits;

		if (size - at < 4)
			return jn_fail(err, JN_BYTES_SHORT, size, (int64_t) size, (int64_t) at + 4);
		bytes = jn_load32(p + at);
		at += 4;
		if (size - at < bytes)
			return jn_fail(err, JN_BYTES_SHORT, size, (int64_t) size, (int64_t) at + bytes);
		if (jn_set_validate(env, p + at, bytes, &s, err) != JN_OK)
			return jn_fail_behind(err, at);
		if (i > 0 && jn_set_compare(&before, &s) > 0)
			return jn_fail(err, JN_BYTES_CORRUPT, at, 0, 0);
		before = s;
		at += bytes;
		bits = (s.head.parts + 7) / 8;
		if (size - at < bits)
			return jn_fail(err, JN_BYTES_SHORT, size, (int64_t) size, (int64_t) (at + bits));
		if (!bits_are_good(&s, p + at))
			return jn_fail(err, JN_BYTES_CORRUPT, at, 0, 0);
		if (w != NULL && jn_whole_hold_parts(env, w, &s, p + at, NULL, err) != JN_OK)
			return jn_fail_behind(err, at);
		at += bits;
		jn_tick(env);
	}
	*took = at;
	return JN_OK;
}
