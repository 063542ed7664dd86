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

/* The first of steps from .. to-1 whose event has this code, or "to". */
static inline uint32_t
find_code(const JnJourney *j, uint32_t code, uint32_t from, uint32_t to)
{
	if (j->event.width == 1)
	{
		const uint8_t *found = memchr(j->event.codes + from, (int) code, to - from);

		return found != NULL ? (uint32_t) (found - j->event.codes) : to;
	}
	while (from < to && jn_journey_code(j, from) != code)
		from++;
	return from;
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

			/* most steps are passed over at once */
			if (fits == 0 && (i = find_code(j, first, i, to)) == to)
				break;
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

/* ---- steps ---- */

/* What is looked for, in the numbers of one journey. */
typedef struct Target
{
	const JnJourney *j;
	const JnWanted *wanted;
	uint32_t	event;			/* code */
	uint32_t	label[JN_TRACKS];	/* by track; of those that are given, but for senses */
	uint8_t    *sensed;			/* for each set of senses, whether it has all that are wanted */
	JnValuesReader values;		/* if a value is given */
	uint64_t	value;			/* its key */
} Target;

/* Whether a set of senses has all of another. */
static bool
set_has_all(JnName set, JnName wanted)
{
	JnName		want;
	JnName		one;
	bool		more = jn_set_next(&wanted, &want);

	while (more && jn_set_next(&set, &one))
	{
		int			order = jn_name_compare(want, one);

		if (order < 0)
			return false;
		if (order == 0)
			more = jn_set_next(&wanted, &want);
	}
	return !more;
}

/* Finds out which sets of senses have all that are wanted; false if none has. */
static bool
find_senses(const JnEnv *env, Target *target)
{
	const JnLabels *labels = &target->j->label[JN_SENSES];
	bool		any = false;
	JnNames		names;

	target->sensed = jn_alloc(env, labels->names);
	jn_names_open(&names, labels);
	for (uint32_t i = 0; i < labels->names; i++)
	{
		target->sensed[i] = set_has_all(jn_names_next(&names), target->wanted->step.label[JN_SENSES]);
		any |= target->sensed[i];
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return any;
}

/* Translates what is wanted; false if a name is missing. */
static bool
find_target(const JnEnv *env, Target *target)
{
	const JnJourney *j = target->j;
	const JnStep *step = &target->wanted->step;

	if (target->wanted->event)
	{
		target->event = jn_labels_find(&j->event, step->event.data, step->event.size);
		if (target->event == JN_NO_LABEL)
			return false;
	}
	for (JnTrack track = 0; track < JN_TRACKS; track++)
	{
		if ((step->tracks >> track & 1) == 0)
			continue;
		if (track == JN_VALUE)
		{
			jn_values_reader_open(&target->values, &j->values);
			target->value = jn_value_key(step->value);
		}
		else if (track == JN_SENSES)
		{
			if (!find_senses(env, target))
				return false;
		}
		else
		{
			target->label[track] = jn_labels_find(&j->label[track], step->label[track].data, step->label[track].size);
			if (target->label[track] == JN_NO_LABEL)
				return false;
		}
	}
	return true;
}

/* Whether step i, which has the event and the time, has the rest; steps are asked in order. */
static bool
step_has_tracks(const JnEnv *env, Target *target, uint32_t i)
{
	unsigned	tracks = target->wanted->step.tracks;
	double		value;

	for (JnTrack track = 0; track < JN_TRACKS; track++)
	{
		uint32_t	label;

		if ((tracks >> track & 1) == 0 || track == JN_VALUE)
			continue;
		label = jn_labels_code(&target->j->label[track], i);
		if (track == JN_SENSES ? label == JN_NO_LABEL || !target->sensed[label] : label != target->label[track])
			return false;
	}
	if ((tracks >> JN_VALUE & 1) == 0)
		return true;
	jn_values_skip(env, &target->values, i - target->values.next);
	return jn_values_next(&target->values, &value) && jn_value_key(value) == target->value;
}

/* Gives the steps at one time, from .. to-1. */
static void
find_time(const JnEnv *env, const JnJourney *j, int64_t time, uint32_t *from, uint32_t *to)
{
	JnWalk		w;

	jn_walk_open(&w, j);
	for (; w.next < j->head.n && w.time < time; jn_walk_next(&w))
		if (w.next % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	*from = w.next;
	for (; w.next < j->head.n && w.time == time; jn_walk_next(&w))
		if (w.next % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	*to = w.next;
}

/* Whether one of the steps from .. to-1 is what is looked for. */
static bool
find_step(const JnEnv *env, Target *target, uint32_t from, uint32_t to)
{
	while (from < to)
	{
		uint32_t	stop = to - from > JN_TICK_EVERY ? from + JN_TICK_EVERY : to;

		for (; from < stop; from++)
		{
			if (target->wanted->event && (from = find_code(target->j, target->event, from, stop)) == stop)
				break;
			if (step_has_tracks(env, target, from))
				return true;
		}
		jn_tick(env);
	}
	return false;
}

bool
jn_has_step(const JnEnv *env, const JnJourney *j, const JnWanted *wanted)
{
	Target		target = {.j = j,.wanted = wanted};
	uint32_t	from = 0;
	uint32_t	to = j->head.n;
	bool		result;

	if (!jn_may_have_step(&j->head, wanted))
		return false;
	result = find_target(env, &target);
	if (result)
	{
		if (wanted->at)
			find_time(env, j, wanted->step.time, &from, &to);
		result = find_step(env, &target, from, to);
	}
	jn_release(env, target.sensed);
	return result;
}
