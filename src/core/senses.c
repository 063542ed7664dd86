/*
 * senses.c
 *	  Collecting the senses of a step into one label, see senses.h.
 *
 * The set is kept as its label.  It is small, so a new sense looks for its
 * place from the front.
 */
#include "senses.h"

#include "utf8.h"

JnStatus
jn_senses_add(JnSenseSet *set, const char *name, size_t size, JnError *err)
{
	JnName		added = {name, (uint32_t) size};
	JnName		rest = jn_senses_label(set);
	JnName		one;
	uint32_t	at = 0;
	size_t		valid;
	size_t		whole;

	if (size == 0)
		return jn_fail(err, JN_SENSE_EMPTY, 0, 0, 0);
	if (size > JN_MAX_NAME)
		return jn_fail(err, JN_NAME_LONG, 0, (int64_t) size, JN_MAX_NAME);
	valid = jn_utf8_check(name, size);
	if (valid < size)
		return jn_fail(err, JN_NAME_UTF8, valid, 0, 0);

	/* past those that come before it */
	while (jn_set_next(&rest, &one))
	{
		int			order = jn_name_compare(one, added);

		if (order == 0)
			return JN_OK;
		if (order > 0)
			break;
		at += one.size + 1;
	}
	whole = set->size + size + (set->size > 0);
	if (whole > JN_MAX_NAME)
		return jn_fail(err, JN_NAME_LONG, 0, (int64_t) whole, JN_MAX_NAME);

	if (at < set->size)
	{
		memmove(set->data + at + size + 1, set->data + at, set->size - at);
		set->data[at + size] = '\0';
	}
	else if (set->size > 0)
		set->data[set->size] = '\0';
	memcpy(set->data + at, name, size);
	set->size = (uint32_t) whole;
	return JN_OK;
}
