/*
 * moments.c
 *	  When a subject did what.
 */
#include "moments.h"

#include <assert.h>

#include "pattern/pattern.h"

#define ROOM_MIN	64

static void
make_room(const JnEnv *env, JnMoments *m, uint32_t n)
{
	uint64_t	room = 2 * (uint64_t) m->room;

	m->n = 0;
	if (n <= m->room)
		return;
	if (room < n)
		room = n < ROOM_MIN ? ROOM_MIN : n;
	if (m->room > 0)
	{
		m->room = 0;
		jn_release(env, m->time);
		jn_release(env, m->mask);
	}
	m->time = jn_alloc(env, jn_array_size(room, sizeof(int64_t)));
	m->mask = jn_alloc(env, room);
	m->room = room > UINT32_MAX ? UINT32_MAX : (uint32_t) room;
}

/* The masks of n rows from "row" on. */
static void
fill_masks(const JnEnv *env, JnBinding *b, uint32_t row, uint32_t n, uint8_t *mask)
{
	const JnLabels *event = b->columns.event;

	assert(b->atoms->count <= JN_MOMENT_ATOMS);
	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t	all;

		if (b->tested)
			jn_atoms_row(env, b, row + i, &all);
		else
		{
			uint32_t	code = jn_code_load(event->codes, event->width, row + i);

			all = *jn_atoms_sure(b, code < event->names ? code : 0);
		}
		mask[i] = (uint8_t) all;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

void
jn_moments(const JnEnv *env, JnMoments *m, const JnSubject *subject, JnBinding *binding)
{
	uint32_t	n = subject->to - subject->from;

	make_room(env, m, n);
	jn_times_decode(env, subject->times, subject->start, m->time, n);
	fill_masks(env, binding, subject->from, n, m->mask);
	m->n = n;
}

JnStatus
jn_atom_read(const JnEnv *env, JnName text, JnAtom *atom, JnError *err)
{
	JnPattern	pattern;
	const JnAtom *only;
	JnStatus	status = jn_pattern_read(env, text.data, text.size, &pattern, err);

	if (status != JN_OK)
		return status;
	only = jn_pattern_atom(&pattern);
	if (only == NULL)
		return jn_fail(err, JN_ARGUMENT, 0, 0, 0);
	*atom = *only;
	return JN_OK;
}
