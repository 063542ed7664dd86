/*
 * whole.c
 *	  The whole journey of every subject, read from sets.
 *
 * What is held back is not taken apart: a set in which a part stands is copied
 * as it is, which costs less than looking at it, and a part is a note of where
 * it stands (whole_held.c).  Only when all parts of a journey are there are they
 * put one behind the other, and that again without a look at single steps
 * (whole_join.c).  So a long journey costs hardly more than a short one.
 *
 * The parts of a subject are kept in the order of their times.  A new part can
 * complete a journey only through its neighbours in that order:
 *
 *	 time		-------------------------------->
 *	 parts		[a b c>  <c d e f>  <f g]			> goes on, < goes on from a ghost
 *
 * Two neighbours link if the last step of the one is the ghost of the other.
 * From the new part the links are followed both ways; a part that begins a
 * journey at the one end and one that ends it at the other, and it is whole.
 */
#include "whole_own.h"

/* ---- subjects that are where they are ---- */

JnStatus
jn_visit_journey(const JnEnv *env, const JnVisitor *visitor, const JnJourney *j, JnError *err)
{
	JnColumns	columns = jn_journey_columns(j);
	JnTimesReader times;
	JnSubject	subject = {&columns, 0, j->head.n, j->head.first, &times};
	JnStatus	status = visitor->columns(env, visitor->context, &columns, err);

	if (status != JN_OK)
		return status;
	jn_journey_times(j, &times);
	return visitor->subject(env, visitor->context, &subject, err);
}

JnStatus
jn_whole_set(const JnEnv *env, JnWhole *w, const JnSet *s, const JnVisitor *visitor, JnError *err)
{
	JnColumns	columns = jn_set_columns(s);
	JnTimesReader times;
	JnSetCounts counts;
	uint32_t	row;
	uint32_t	rows;
	bool		ghost;
	bool		more;
	bool		others = false;
	JnStatus	status = visitor->columns(env, visitor->context, &columns, err);

	if (status != JN_OK)
		return status;
	jn_set_times(s, &times);
	jn_set_counts_open(&counts, s);
	while ((rows = jn_set_counts_next(&counts, &row, &ghost, &more)) > 0)
	{
		JnSubject	subject = {&columns, row, row + rows, 0, &times};

		if (ghost || more)
		{
			others = true;
			continue;
		}
		subject.start = jn_set_start(s, counts.part - 1);
		jn_times_skip(env, &times, row - (counts.part - 1) - times.next);
		status = visitor->subject(env, visitor->context, &subject, err);
		if (status != JN_OK)
			return status;
		if (counts.part % 1024 == 0)
			jn_tick(env);
	}
	return others ? jn_whole_hold(env, w, s, visitor, err) : JN_OK;
}

/* ---- parts that come ---- */

/* Whether part b goes on where a stops. */
static bool
are_linked(const JnHeldPart *a, const JnHeldPart *b)
{
	const JnLabels *a_event = &a->in->set.event;
	const JnLabels *b_event = &b->in->set.event;

	return a->more && b->ghost && a->last == b->first
		&& jn_name_compare(jn_labels_name(a_event, jn_labels_code(a_event, a->row + a->rows - 1)),
						   jn_labels_name(b_event, jn_labels_code(b_event, b->row))) == 0;
}

/* Adds a part; if its journey is whole now, shows and forgets it. */
static JnStatus
add_part(const JnEnv *env, JnWhole *w, const JnKey *key, const JnHeldPart *part, const JnVisitor *visitor, JnError *err)
{
	JnHeldSubject *subject = jn_held_subject(env, w, key);
	uint32_t	place = jn_held_part_insert(env, subject, part);
	const JnHeldPart *parts = subject->part;
	uint32_t	from = place;
	uint32_t	to = place + 1;
	JnStatus	status;

	part->in->held++;
	if (visitor == NULL)
		return JN_OK;

	/* mostly it stands at an end and a link is missing: look there first */
	if (part->more && (to == subject->parts || !are_linked(&parts[place], &parts[to])))
		return JN_OK;
	while (from > 0 && parts[from].ghost && are_linked(&parts[from - 1], &parts[from]))
		from--;
	if (parts[from].ghost)
		return JN_OK;
	while (to < subject->parts && parts[to - 1].more && are_linked(&parts[to - 1], &parts[to]))
		to++;
	if (parts[to - 1].more)
		return JN_OK;
	status = jn_held_parts_show(env, w->tracks, parts + from, to - from, visitor, err);
	jn_held_parts_remove(env, w, subject, from, to);
	return status;
}

/* Holding parts of one set. */
typedef struct Holding
{
	JnWhole    *w;
	const JnSet *s;
	JnHeldSet  *held;			/* NULL before the first part */
	JnTimesReader times;
	JnSetParts	parts;
} Holding;

static void
start_holding(Holding *h, JnWhole *w, const JnSet *s)
{
	*h = (Holding) {.w = w,.s = s};
	jn_set_times(s, &h->times);
	jn_set_parts_open(&h->parts, s);
}

static void
end_holding(const JnEnv *env, Holding *h)
{
	jn_set_parts_close(env, &h->parts);
	if (h->held != NULL && --h->held->held == 0)
		jn_held_set_release(env, h->w, h->held);
}

/* Adds the part that stands at "at", which may not be behind. */
static JnStatus
hold_part(const JnEnv *env, Holding *h, const JnSetCounts *at, const JnVisitor *visitor, JnError *err)
{
	JnHeldPart	one;
	JnPart		part;
	JnTimesReader times;
	uint64_t	length;

	/* only in bytes that were never proven a key cannot be read, and none behind it */
	if (!jn_set_parts_pass(env, &h->parts, at) || !jn_set_parts_next(env, &h->parts, &part))
		return JN_OK;
	if (h->held == NULL)
	{
		/* held itself for as long as it is gone through: a part may be shown at once */
		h->held = jn_held_set_add(env, h->w, h->s);
		h->held->held = 1;
		jn_set_times(&h->held->set, &h->times);
	}
	one = (JnHeldPart) {.in = h->held,.number = part.number,.row = part.row,.rows = part.rows,.ghost = part.ghost,.more = part.more};
	jn_times_skip(env, &h->times, part.row - part.number - h->times.next);
	one.begin = times = h->times;
	length = jn_times_sum(env, &times, part.rows - 1);
	one.end = h->times = times;
	one.first = part.start;
	if (part.ghost)
	{
		JnTimesReader ahead = one.begin;

		one.first = (int64_t) ((uint64_t) part.start - jn_times_next(&ahead));
	}
	one.last = jn_time_after(one.first, length);
	return add_part(env, h->w, &part.key, &one, visitor, err);
}

JnStatus
jn_whole_hold_parts(const JnEnv *env, JnWhole *w, const JnSet *s, const uint8_t *which, const JnVisitor *visitor, JnError *err)
{
	JnStatus	status = JN_OK;
	Holding		h;
	JnSetCounts counts;
	JnSetCounts before;
	uint32_t	row;
	bool		ghost;
	bool		more;

	start_holding(&h, w, s);
	jn_set_counts_open(&counts, s);
	for (before = counts; status == JN_OK && jn_set_counts_next(&counts, &row, &ghost, &more) > 0; before = counts)
		if ((ghost || more) && jn_held_wanted(which, before.part))
			status = hold_part(env, &h, &before, visitor, err);
	end_holding(env, &h);
	return status;
}

JnStatus
jn_whole_hold(const JnEnv *env, JnWhole *w, const JnSet *s, const JnVisitor *visitor, JnError *err)
{
	return jn_whole_hold_parts(env, w, s, NULL, visitor, err);
}

JnStatus
jn_whole_hold_these(const JnEnv *env, JnWhole *w, const JnSet *s, const JnSetCounts *other, uint32_t others,
					const JnVisitor *visitor, JnError *err)
{
	JnStatus	status = JN_OK;
	Holding		h;

	start_holding(&h, w, s);
	for (uint32_t i = 0; i < others && status == JN_OK; i++)
		status = hold_part(env, &h, &other[i], visitor, err);
	end_holding(env, &h);
	return status;
}

/* ---- all sets ---- */

JnStatus
jn_whole_merge(const JnEnv *env, JnWhole *w, const JnWhole *from, const JnVisitor *visitor, JnError *err)
{
	JnHeldSet **set = jn_held_sets(env, from);
	size_t	   *at;
	uint8_t    *bits = jn_held_bits(env, from, set, &at);
	JnStatus	status = JN_OK;

	for (uint32_t i = 0; i < from->sets && status == JN_OK; i++)
	{
		status = jn_whole_hold_parts(env, w, &set[i]->set, bits + at[i], visitor, err);
		jn_tick(env);
	}
	jn_release(env, bits);
	jn_release(env, at);
	jn_release(env, set);
	return status;
}

/* Shows the parts of one subject: as one journey, but for those that overlap. */
static JnStatus
show_rest(const JnEnv *env, const JnWhole *w, const JnHeldSubject *subject, const JnVisitor *visitor, JnError *err)
{
	JnStatus	status = JN_OK;
	uint32_t	end;

	for (uint32_t from = 0; from < subject->parts && status == JN_OK; from = end)
	{
		for (end = from + 1; end < subject->parts; end++)
			if (subject->part[end].first < subject->part[end - 1].last)
				break;
		status = jn_held_parts_show(env, w->tracks, subject->part + from, end - from, visitor, err);
	}
	return status;
}

JnStatus
jn_whole_rest(const JnEnv *env, const JnWhole *w, const JnVisitor *visitor, JnError *err)
{
	JnStatus	status = JN_OK;

	for (uint32_t i = 0; i < w->subjects && status == JN_OK; i++)
	{
		status = show_rest(env, w, &w->subject[i], visitor, err);
		jn_tick(env);
	}
	return status;
}

void
jn_whole_release(const JnEnv *env, JnWhole *w)
{
	while (w->set != NULL)
		jn_held_set_release(env, w, w->set);
	for (uint32_t i = 0; i < w->subjects; i++)
		jn_held_subject_release(env, &w->subject[i]);
	if (w->room > 0)
		jn_release(env, w->subject);
	jn_release(env, w->slot);
	*w = (JnWhole) {.tracks = w->tracks,.salt = w->salt};
}
