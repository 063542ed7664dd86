/*
 * has.c
 *	  What a journey has.
 *
 * A chain is looked for as in Knuth, Morris, Pratt, "Fast Pattern Matching in
 * Strings" (1977).  back[i] is the length of the longest beginning of the
 * chain that also ends the first i links, below i: for a b a b c it is
 *
 *	 i		1 2 3 4 5
 *	 back	0 0 1 2 0
 *
 * so when "a b a b" is found and no c follows, "a b" of it still counts.  No
 * step is looked at twice, whatever the chain.
 */
#include "has.h"

/* Sets and chains up to this size are handled without allocating. */
#define FEW		32

bool
jn_has_all(const JnEnv *env, const JnJourney *j, const JnNameSet *set)
{
	JnNames		names;
	uint32_t	found = 0;

	if (!jn_may_have_all(&j->head, set) || set->count > j->event.names)
		return false;
	jn_names_open(&names, &j->event);
	for (uint32_t k = 0; k < j->event.names && found < set->count; k++)
	{
		int			order = jn_name_compare(set->name[found], jn_names_next(&names));

		if (order < 0)
			return false;
		found += order == 0;
		if (k % 1024 == 1023)
			jn_tick(env);
	}
	return found == set->count;
}

bool
jn_has_any(const JnEnv *env, const JnJourney *j, const JnNameSet *set)
{
	JnNames		names;
	uint32_t	i = 0;

	if (!jn_may_have_any(&j->head, set))
		return false;
	jn_names_open(&names, &j->event);
	for (uint32_t k = 0; k < j->event.names && i < set->count; k++)
	{
		JnName		name = jn_names_next(&names);
		int			order = -1;

		while (i < set->count && (order = jn_name_compare(set->name[i], name)) < 0)
			if (++i % 1024 == 0)
				jn_tick(env);
		if (order == 0)
			return true;
		if (k % 1024 == 1023)
			jn_tick(env);
	}
	return false;
}

bool
jn_has_prefix(const JnEnv *env, const JnJourney *j, JnName prefix)
{
	JnNames		names;

	jn_names_open(&names, &j->event);
	for (uint32_t k = 0; k < j->event.names; k++)
	{
		JnName		name = jn_names_next(&names);

		if (name.size >= prefix.size && (prefix.size == 0 || memcmp(name.data, prefix.data, prefix.size) == 0))
			return true;
		if (k % 1024 == 1023)
			jn_tick(env);
	}
	return false;
}

/* ---- chains ---- */

void
jn_chain_make(const JnEnv *env, const JnName *name, uint32_t count, JnChain *chain)
{
	JnName	   *distinct = jn_alloc(env, jn_array_size((uint64_t) count + 1, sizeof(JnName)));
	uint32_t   *link = jn_alloc(env, jn_array_size((uint64_t) count + 1, sizeof(uint32_t)));
	uint32_t   *back = jn_alloc(env, jn_array_size((uint64_t) count + 1, sizeof(uint32_t)));

	for (uint32_t i = 0; i < count; i++)
		distinct[i] = name[i];
	jn_name_set_make(env, distinct, count, &chain->set);
	for (uint32_t i = 0; i < count; i++)
	{
		link[i] = (uint32_t) jn_name_set_find(&chain->set, name[i]);
		if (i % 1024 == 1023)
			jn_tick(env);
	}

	back[0] = 0;
	if (count > 0)
		back[1] = 0;
	for (uint32_t i = 1, fits = 0; i < count; i++)
	{
		while (fits > 0 && link[i] != link[fits])
			fits = back[fits];
		fits += link[i] == link[fits];
		back[i + 1] = fits;
		if (i % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	chain->count = count;
	chain->link = link;
	chain->back = back;
}

/* Whether the codes of the chain, code[link[0]] and so on, stand somewhere in a row. */
static bool
find_chain(const JnEnv *env, const JnJourney *j, const JnChain *chain, const uint32_t *code)
{
	uint32_t	n = j->head.n;
	uint32_t	first = code[chain->link[0]];
	uint32_t	fits = 0;

	for (uint32_t i = 0; i < n;)
	{
		uint32_t	to = n - i > JN_TICK_EVERY ? i + JN_TICK_EVERY : n;

		for (; i < to; i++)
		{
			uint32_t	next;

			if (fits == 0 && j->event.width == 1)
			{
				/* most steps are passed over at once */
				const uint8_t *begin = memchr(j->event.codes + i, (int) first, n - i);

				if (begin == NULL)
					return false;
				i = (uint32_t) (begin - j->event.codes);
			}
			next = jn_journey_code(j, i);
			while (fits > 0 && next != code[chain->link[fits]])
				fits = chain->back[fits];
			fits += next == code[chain->link[fits]];
			if (fits == chain->count)
				return true;
		}
		jn_tick(env);
	}
	return false;
}

bool
jn_has_chain(const JnEnv *env, const JnJourney *j, const JnChain *chain)
{
	uint32_t	few[FEW];
	uint32_t   *code = few;
	bool		result;

	if (chain->count == 0)
		return true;
	if (!jn_may_have_all(&j->head, &chain->set) || chain->set.count > j->event.names || chain->count > j->head.n)
		return false;
	if (chain->set.count > FEW)
		code = jn_alloc(env, chain->set.count * sizeof(uint32_t));
	result = jn_name_set_codes(env, &chain->set, &j->event, code) == chain->set.count
		&& find_chain(env, j, chain, code);
	if (code != few)
		jn_release(env, code);
	return result;
}
