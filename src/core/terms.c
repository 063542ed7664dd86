/*
 * terms.c
 *	  The different events and pairs of a journey.
 *
 * Pairs come from two columns of codes: the events with themselves, one step
 * on, and the events with the channels.  Where the columns have few names for
 * so many steps, a bit for each possible pair is set and the bits are read off
 * in order.  Otherwise the pairs are put in order and doubles dropped.
 */
#include "terms.h"

/* Bits are worth their clearing up to so many for each step. */
#define BITS_A_STEP		64

/* The column of the second code of a pair: of the same step or the next one. */
typedef struct Second
{
	const JnLabels *labels;
	uint32_t	ahead;			/* 0 or 1 */
} Second;

/* Puts pairs in order, by the lower half and then, stably, by the upper one. */
static void
sort_pairs(const JnEnv *env, JnPair *pair, uint32_t n)
{
	JnPair	   *other = jn_alloc(env, jn_array_size(n, sizeof(JnPair)));
	JnPair	   *from = pair;
	JnPair	   *to = other;

	/* codes are below 2^32: eight passes of a byte, those that move nothing left out */
	for (unsigned shift = 0; shift < 64; shift += 8)
	{
		uint32_t	at[256] = {0};
		uint32_t	sum = 0;
		JnPair	   *turn;

		for (uint32_t i = 0; i < n; i++)
		{
			at[from[i] >> shift & 255]++;
			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
		if (at[from[0] >> shift & 255] == n)
			continue;
		for (unsigned b = 0; b < 256; b++)
		{
			uint32_t	count = at[b];

			at[b] = sum;
			sum += count;
		}
		for (uint32_t i = 0; i < n; i++)
		{
			to[at[from[i] >> shift & 255]++] = from[i];
			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
		turn = from;
		from = to;
		to = turn;
	}
	if (from != pair)
		memcpy(pair, from, n * sizeof(JnPair));
	jn_release(env, other);
}

/* The different pairs of "n" steps, in order, by a bit for each possible one. */
static JnPair *
pairs_by_bits(const JnEnv *env, const JnJourney *j, Second second, uint32_t n, uint32_t *count)
{
	uint64_t	names = second.labels->names;
	size_t		words = (size_t) ((j->event.names * names + 63) / 64);
	uint64_t   *bits = jn_alloc(env, words * sizeof(uint64_t));
	JnPair	   *pair;
	uint32_t	found = 0;

	memset(bits, 0, words * sizeof(uint64_t));
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	label = jn_labels_code(second.labels, i + second.ahead);
		uint64_t	bit = jn_journey_code(j, i) * names + label;

		if (label != JN_NO_LABEL && (bits[bit / 64] >> (bit % 64) & 1) == 0)
		{
			bits[bit / 64] |= UINT64_C(1) << (bit % 64);
			found++;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	pair = jn_alloc(env, jn_array_size((uint64_t) found + 1, sizeof(JnPair)));
	found = 0;
	for (size_t w = 0; w < words; w++)
	{
		for (uint64_t left = bits[w]; left != 0; left &= left - 1)
		{
			uint64_t	bit = (uint64_t) w * 64 + (unsigned) __builtin_ctzll(left);

			pair[found++] = bit / names << 32 | bit % names;
		}
		if (w % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_release(env, bits);
	*count = found;
	return pair;
}

/* The same by putting all of them in order. */
static JnPair *
pairs_by_order(const JnEnv *env, const JnJourney *j, Second second, uint32_t n, uint32_t *count)
{
	JnPair	   *pair = jn_alloc(env, jn_array_size((uint64_t) n + 1, sizeof(JnPair)));
	uint32_t	all = 0;
	uint32_t	found = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	label = jn_labels_code(second.labels, i + second.ahead);

		if (label != JN_NO_LABEL)
			pair[all++] = (JnPair) jn_journey_code(j, i) << 32 | label;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (all > 1)
		sort_pairs(env, pair, all);
	for (uint32_t i = 0; i < all; i++)
		if (i == 0 || pair[i] != pair[found - 1])
			pair[found++] = pair[i];
	*count = found;
	return pair;
}

static JnPair *
pairs(const JnEnv *env, const JnJourney *j, Second second, uint32_t n, uint32_t *count)
{
	if ((uint64_t) j->event.names * second.labels->names <= (uint64_t) n * BITS_A_STEP)
		return pairs_by_bits(env, j, second, n, count);
	return pairs_by_order(env, j, second, n, count);
}

static JnName *
names(const JnEnv *env, const JnLabels *labels)
{
	JnName	   *name = jn_alloc(env, jn_array_size(labels->names, sizeof(JnName)));

	jn_labels_names(labels, name);
	return name;
}

void
jn_terms_make(const JnEnv *env, const JnJourney *j, JnTerms *terms)
{
	memset(terms, 0, sizeof(JnTerms));
	terms->events = j->event.names;
	terms->event = names(env, &j->event);
	terms->follows = pairs(env, j, (Second) {&j->event, 1}, j->head.n - 1, &terms->follows_count);
	if (jn_has_track(&j->head, JN_CHANNEL))
	{
		terms->channel = names(env, &j->label[JN_CHANNEL]);
		terms->on_channel = pairs(env, j, (Second) {&j->label[JN_CHANNEL], 0}, j->head.n,
								  &terms->on_channel_count);
	}
}

JnTermKind
jn_terms_get(const JnTerms *terms, uint64_t i, JnName *first, JnName *second)
{
	JnPair		pair;

	if (i < terms->events)
	{
		*first = terms->event[i];
		*second = (JnName) {NULL, 0};
		return JN_TERM_EVENT;
	}
	i -= terms->events;
	if (i < terms->follows_count)
	{
		pair = terms->follows[i];
		*first = terms->event[pair >> 32];
		*second = terms->event[(uint32_t) pair];
		return JN_TERM_FOLLOWS;
	}
	pair = terms->on_channel[i - terms->follows_count];
	*first = terms->event[pair >> 32];
	*second = terms->channel[(uint32_t) pair];
	return JN_TERM_ON_CHANNEL;
}

void
jn_term_write(JnTermKind kind, JnName first, JnName second, char *out)
{
	*out++ = (char) kind;
	if (first.size > 0)
		memcpy(out, first.data, first.size);
	if (second.data != NULL)
	{
		out += first.size;
		*out++ = '\0';
		if (second.size > 0)
			memcpy(out, second.data, second.size);
	}
}
