/*
 * common.c
 *	  The vocabulary of a query.
 *
 * Codes never change, since any number of builders hold them.  The order of
 * the names is kept beside them: a new name is put into its place, which
 * renumbers the ranks behind it; that happens JN_COMMON_NAMES times at most.
 * So a builder that needs its own names in order marks the ranks it uses as
 * bits and reads them off, without comparing any names.
 *
 * Most rows have one of few short names.  Two words and a size tell such a
 * name from all others, so a small table in front of the dictionary finds it
 * with one multiplication.
 */
#include "common.h"

#include "journey.h"

_Static_assert(JN_RECENT == 64, "six bits of a product find a place");

JnCommon *
jn_common_new(const JnEnv *env)
{
	JnCommon   *c = jn_alloc(env, sizeof(JnCommon));

	c->env = *env;
	jn_dict_init(&c->dict, NULL, 0, NULL, 0);
	c->picker = NULL;
	c->picked = 0;
	for (uint32_t i = 0; i < JN_RECENT; i++)
		c->recent[i].size = UINT32_MAX;
	return c;
}

/* Packs a name of up to JN_RECENT_SIZE bytes: with its size, that is all of it. */
static inline void
pack_name(const char *name, size_t size, uint64_t *head, uint64_t *tail)
{
	const uint8_t *p = (const uint8_t *) name;

	*tail = 0;
	if (size >= 8)
	{
		*head = jn_load64(p);
		*tail = jn_load64(p + size - 8);
	}
	else if (size >= 4)
		*head = (uint64_t) jn_load32(p) << 32 | jn_load32(p + size - 4);
	else
		*head = size == 0 ? 0 : (uint64_t) p[0] << 16 | (uint64_t) p[size / 2] << 8 | p[size - 1];
}

/* Gives the last name its place in the order. */
static void
rank_last(JnCommon *c)
{
	uint32_t	code = c->dict.names - 1;
	JnName		name = jn_dict_name(&c->dict, code);
	uint32_t	low = 0;
	uint32_t	high = code;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (jn_name_compare(jn_dict_name(&c->dict, c->by_rank[middle]), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	memmove(c->by_rank + low + 1, c->by_rank + low, (code - low) * sizeof(c->by_rank[0]));
	c->by_rank[low] = (uint16_t) code;
	for (uint32_t i = low; i <= code; i++)
		c->rank[c->by_rank[i]] = (uint16_t) i;
	c->presence[code] = jn_presence(name.data, name.size);
}

/* The code of a name by way of the dictionary. */
static JnStatus
look_up(JnCommon *c, const char *name, size_t size, uint32_t *code, JnError *err)
{
	uint32_t	names = c->dict.names;
	JnStatus	status;

	if (names == JN_COMMON_NAMES || c->dict.text_size + size > JN_COMMON_TEXT)
	{
		*code = jn_dict_find(&c->dict, name, size);
		return JN_OK;
	}
	status = jn_dict_code(&c->env, &c->dict, name, size, JN_LABEL_EVENT, code, err);
	if (c->dict.names > names)
		rank_last(c);
	return status;
}

JnStatus
jn_common_code(JnCommon *c, const char *name, size_t size, uint32_t *code, JnError *err)
{
	uint64_t	head;
	uint64_t	tail;
	JnRecent   *recent;
	JnStatus	status;

	if (size > JN_RECENT_SIZE)
		return look_up(c, name, size, code, err);
	pack_name(name, size, &head, &tail);
	recent = &c->recent[(head + 3 * tail + size) * UINT64_C(0x9e3779b97f4a7c15) >> 58];
	/* the size first: of a place that was never used there is nothing else */
	if (recent->size == size && recent->head == head && recent->tail == tail)
	{
		*code = recent->code;
		return JN_OK;
	}
	status = look_up(c, name, size, code, err);
	if (status == JN_OK && *code != JN_NO_LABEL)
		*recent = (JnRecent) {head, tail, (uint32_t) size, *code};
	return status;
}

void
jn_common_pick(JnCommon *c, const void *picker, const uint32_t *code, uint32_t n)
{
	uint64_t	used[JN_COMMON_NAMES / 64];
	uint32_t	words = (c->dict.names + 63) / 64;

	memset(used, 0, words * sizeof(uint64_t));
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	rank = c->rank[code[i]];

		used[rank / 64] |= UINT64_C(1) << rank % 64;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(&c->env);
	}
	c->picked = 0;
	for (uint32_t word = 0; word < words; word++)
		for (uint64_t left = used[word]; left != 0; left &= left - 1)
		{
			uint16_t	one = c->by_rank[64 * word + (uint32_t) __builtin_ctzll(left)];

			c->number[one] = (uint16_t) c->picked;
			c->pick[c->picked++] = one;
		}
	c->picker = picker;
}
