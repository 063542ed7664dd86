/*
 * whole.c
 *	  The whole journey of every subject, read from sets.
 *
 * What is held back is not taken apart: a set in which a part stands is copied
 * as it is, which costs less than looking at it, and a part is a note of where
 * it stands.  Only when all parts of a journey are there are they put one behind
 * the other, and that again without a look at single steps: codes are copied,
 * translated where the dictionaries differ; differences between times are copied
 * with their lengths.  So a long journey costs hardly more than a short one.
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
#include "whole.h"

#include "key.h"
#include "name_set.h"

#define FIRST_BITS		4
#define FIRST_ROOM		4

/* A copy of a set in which parts are held back. */
struct JnHeldSet
{
	JnSet		set;
	uint8_t    *bytes;
	uint32_t	held;			/* parts */
	uint32_t	number;			/* place in the order, while all of them are written */
	JnHeldSet  *before;			/* in the list of all */
	JnHeldSet  *after;
};

/* A part that is held back: its place in the set. */
typedef struct HeldPart
{
	JnHeldSet  *in;
	uint32_t	number;
	uint32_t	row;			/* the first, which may be a ghost */
	uint32_t	rows;
	bool		ghost;
	bool		more;
	int64_t		first;			/* time of the first row */
	int64_t		last;			/* and of the last one */
	JnTimesReader begin;		/* before its differences */
	JnTimesReader end;			/* and behind them */
} HeldPart;

struct JnHeldSubject
{
	JnKey		key;			/* in memory of its own */
	HeldPart   *part;			/* in the order of compare_parts() */
	uint32_t	parts;
	uint32_t	room;
};

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

/* ---- joining ---- */

/* The parts of a journey, made one. */
typedef struct Joined
{
	JnColumns	columns;
	JnLabels	event;
	JnLabels	label[JN_TRACKS];
	JnValues	values;
	uint8_t    *values_section;
	JnTimesReader times;
	uint8_t    *times_bytes;
	uint8_t    *column[JN_TRACKS + 1];	/* of events, and of the tracks: names and codes as a section has them */
} Joined;

/* Rows of a part that are steps of its own. */
static inline uint32_t
own_rows(const HeldPart *part)
{
	return part->rows - part->ghost;
}

/* The labels of a part in a column: of events if "column" is 0, else of track column - 1; or NULL. */
static const JnLabels *
part_labels(const HeldPart *part, unsigned column)
{
	const JnSet *s = &part->in->set;

	if (column == 0)
		return &s->event;
	return s->head.tracks >> (column - 1) & 1 ? &s->label[column - 1] : NULL;
}

/* Whether two columns have the same names, byte by byte. */
static bool
same_names(const JnLabels *a, const JnLabels *b)
{
	size_t		size = (size_t) (a->codes - a->lengths);

	return a == b || (a->names == b->names && a->gaps == b->gaps && (size_t) (b->codes - b->lengths) == size
					  && memcmp(a->lengths, b->lengths, size) == 0);
}

/* Makes a column of names, which are ascending, with room for the codes right behind them. */
static uint8_t *
make_column(const JnEnv *env, const JnNameSet *set, uint32_t rows, JnLabels *out)
{
	size_t		size = 0;
	size_t		codes;
	uint8_t    *column;
	uint8_t    *p;

	out->names = set->count;
	out->width = jn_code_width(out->names + out->gaps);
	codes = jn_array_size(rows, out->width > 0 ? out->width : 1);
	for (uint32_t i = 0; i < set->count; i++)
		size += jn_varint_size(set->name[i].size) + set->name[i].size;
	column = p = jn_alloc(env, size + codes);
	out->lengths = p;
	for (uint32_t i = 0; i < set->count; i++)
		p = jn_varint_put(p, set->name[i].size);
	out->name_data = (const char *) p;
	for (uint32_t i = 0; i < set->count; i++)
	{
		if (set->name[i].size > 0)
			memcpy(p, set->name[i].data, set->name[i].size);
		p += set->name[i].size;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	out->codes = p;
	return column;
}

/* The same with the names of a column that is there. */
static uint8_t *
copy_column(const JnEnv *env, const JnLabels *from, uint32_t rows, JnLabels *out)
{
	size_t		size = (size_t) (from->codes - from->lengths);
	uint8_t    *column = jn_alloc(env, size + jn_array_size(rows, from->width > 0 ? from->width : 1));

	memcpy(column, from->lengths, size);
	*out = *from;
	out->lengths = column;
	out->name_data = (const char *) column + (from->name_data - (const char *) from->lengths);
	out->codes = column + size;
	return column;
}

/* Writes the codes of a part's rows, translated by map[], to the column at row "at". */
static void
translate_codes(const JnEnv *env, const HeldPart *part, const JnLabels *from, const uint32_t *map,
				const JnLabels *to, uint8_t *codes, uint32_t at)
{
	uint32_t	row = part->row + part->ghost;
	uint32_t	n = own_rows(part);

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	code = from != NULL ? jn_labels_code(from, row + i) : JN_NO_LABEL;
		uint32_t	number = code != JN_NO_LABEL ? map[code] + to->gaps : 0;

		switch (to->width)
		{
			case 0:
				break;
			case 1:
				codes[at + i] = (uint8_t) number;
				break;
			case 2:
				jn_store16(codes + 2 * (size_t) (at + i), (uint16_t) number);
				break;
			default:
				jn_store32(codes + 4 * (size_t) (at + i), number);
				break;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

/* Joins a column whose names are not the same in all parts. */
static void
join_different(const JnEnv *env, const HeldPart *part, uint32_t parts, uint32_t rows, unsigned column,
			   Joined *joined, JnLabels *out)
{
	uint64_t	all = 0;
	uint32_t	most = 1;
	JnName	   *name;
	uint32_t   *map;
	JnNameSet	set;
	uint8_t    *codes;
	uint32_t	at = 0;

	out->gaps = false;
	for (uint32_t i = 0; i < parts; i++)
	{
		const JnLabels *labels = part_labels(&part[i], column);

		out->gaps |= labels == NULL || labels->gaps;
		all += labels != NULL ? labels->names : 0;
		most = labels != NULL && labels->names > most ? labels->names : most;
	}
	name = jn_alloc(env, jn_array_size(all, sizeof(JnName)));
	map = jn_alloc(env, jn_array_size(most, sizeof(uint32_t)));
	all = 0;
	for (uint32_t i = 0; i < parts; i++)
	{
		const JnLabels *labels = part_labels(&part[i], column);

		/* neighbours are often of one kind: their names once */
		if (labels == NULL || (i > 0 && part_labels(&part[i - 1], column) != NULL
							   && same_names(part_labels(&part[i - 1], column), labels)))
			continue;
		jn_labels_names(labels, name + all);
		all += labels->names;
	}
	jn_name_set_make(env, name, (uint32_t) all, &set);
	joined->column[column] = make_column(env, &set, rows, out);
	codes = joined->column[column] + (out->codes - out->lengths);

	for (uint32_t i = 0; i < parts; i++)
	{
		const JnLabels *labels = part_labels(&part[i], column);

		if (labels != NULL)
		{
			JnNames		names;
			uint32_t	place = 0;

			/* both ascend */
			jn_names_open(&names, labels);
			for (uint32_t k = 0; k < labels->names; k++)
			{
				JnName		one = jn_names_next(&names);

				while (place + 1 < set.count && jn_name_compare(set.name[place], one) < 0)
					place++;
				map[k] = place;
			}
		}
		translate_codes(env, &part[i], labels, map, out, codes, at);
		at += own_rows(&part[i]);
		jn_tick(env);
	}
	jn_release(env, map);
	jn_release(env, name);
}

/* Joins a column of labels; returns false if no part has one. */
static bool
join_labels(const JnEnv *env, const HeldPart *part, uint32_t parts, uint32_t rows, unsigned column,
			Joined *joined, JnLabels *out)
{
	const JnLabels *first = part_labels(&part[0], column);
	bool		same = first != NULL;
	bool		any = first != NULL;
	size_t		width;
	uint8_t    *p;

	for (uint32_t i = 1; i < parts; i++)
	{
		const JnLabels *labels = part_labels(&part[i], column);

		same = same && labels != NULL && same_names(first, labels);
		any |= labels != NULL;
	}
	if (!any)
		return false;
	if (!same)
	{
		join_different(env, part, parts, rows, column, joined, out);
		return true;
	}
	joined->column[column] = copy_column(env, first, rows, out);
	p = joined->column[column] + (out->codes - out->lengths);
	width = first->width;
	for (uint32_t i = 0; i < parts && width > 0; i++)
	{
		size_t		bytes = width * own_rows(&part[i]);

		memcpy(p, part_labels(&part[i], column)->codes + width * (part[i].row + part[i].ghost), bytes);
		p += bytes;
		jn_tick(env);
	}
	return true;
}

/* Joins the values; returns false if no part has any. */
static bool
join_values(const JnEnv *env, const HeldPart *part, uint32_t parts, uint32_t rows, Joined *joined, JnError *err)
{
	uint64_t   *key = jn_alloc(env, jn_array_size(rows, sizeof(uint64_t)));
	uint32_t	at = 0;
	JnValuesPlan plan;

	for (uint32_t i = 0; i < parts; i++)
	{
		const JnSet *s = &part[i].in->set;
		uint32_t	n = own_rows(&part[i]);
		JnValuesReader reader;

		if (s->head.tracks >> JN_VALUE & 1)
		{
			jn_values_reader_open(&reader, &s->values);
			jn_values_skip(env, &reader, part[i].row + part[i].ghost);
			jn_values_decode(env, &reader, n, key + at);
		}
		else
			for (uint32_t k = 0; k < n; k++)
				key[at + k] = JN_NO_VALUE;
		at += n;
		jn_tick(env);
	}
	plan = jn_values_plan(env, key, rows);
	if (plan.given > 0)
	{
		joined->values_section = jn_alloc(env, (size_t) plan.size);
		jn_values_write(env, &plan, key, rows, joined->values_section);
		jn_values_open(joined->values_section, (size_t) plan.size, rows, &joined->values, err);
	}
	jn_release(env, key);
	return plan.given > 0;
}

/* Whether part b goes on where a stops. */
static bool
are_linked(const HeldPart *a, const HeldPart *b)
{
	const JnLabels *a_event = &a->in->set.event;
	const JnLabels *b_event = &b->in->set.event;

	return a->more && b->ghost && a->last == b->first
		&& jn_name_compare(jn_labels_name(a_event, jn_labels_code(a_event, a->row + a->rows - 1)),
						   jn_labels_name(b_event, jn_labels_code(b_event, b->row))) == 0;
}

/* Whether the differences of all parts can be put one behind the other as they are. */
static bool
times_join(const HeldPart *part, uint32_t parts)
{
	if (part[0].ghost)
		return false;
	for (uint32_t i = 1; i < parts; i++)
		if (!part[i].ghost || part[i - 1].last != part[i].first || part[i].begin.unit_us != part[0].begin.unit_us)
			return false;
	return true;
}

/* Joins the times of parts that follow one another. */
static void
join_times(const JnEnv *env, const HeldPart *part, uint32_t parts, uint32_t rows, Joined *joined)
{
	size_t		lengths = (rows + 2) / 4;
	size_t		bytes = 0;
	size_t		wide = 0;
	uint32_t	at = 0;
	uint8_t    *p;

	for (uint32_t i = 0; i < parts; i++)
	{
		bytes += (size_t) (part[i].end.data - part[i].begin.data);
		wide += (size_t) (part[i].end.wide - part[i].begin.wide);
	}
	joined->times_bytes = p = jn_alloc(env, lengths + bytes + wide + 1);
	memset(p, 0, lengths);
	joined->times.unit_us = part[0].begin.unit_us;
	joined->times.next = 0;
	joined->times.control = p;
	joined->times.data = p + lengths;
	joined->times.end = joined->times.wide = p + lengths + bytes;
	joined->times.stop = p + lengths + bytes + wide;
	bytes = lengths;
	wide = (size_t) (joined->times.end - p);
	for (uint32_t i = 0; i < parts; i++)
	{
		jn_times_append(&part[i].begin, &part[i].end, p, at, p + bytes, p + wide);
		at += part[i].end.next - part[i].begin.next;
		bytes += (size_t) (part[i].end.data - part[i].begin.data);
		wide += (size_t) (part[i].end.wide - part[i].begin.wide);
		jn_tick(env);
	}
}

/* The same for parts that do not, or have other units: they are told anew. */
static void
rewrite_times(const JnEnv *env, const HeldPart *part, uint32_t parts, uint32_t rows, Joined *joined)
{
	int64_t    *time = jn_alloc(env, jn_array_size(rows, sizeof(int64_t)));
	uint32_t	at = 0;
	JnTimesPlan plan;
	unsigned	flags;

	for (uint32_t i = 0; i < parts; i++)
	{
		JnTimesReader r = part[i].begin;
		int64_t		first = part[i].first;

		if (part[i].ghost)
			first = jn_time_after(first, jn_times_next(&r));
		jn_times_decode(env, &r, first, time + at, own_rows(&part[i]));
		at += own_rows(&part[i]);
	}
	plan = jn_times_plan(env, time, rows);
	flags = (unsigned) plan.unit | (plan.wide > 0 ? JN_FLAG_WIDE : 0);
	joined->times_bytes = jn_alloc(env, plan.size + 1);
	jn_times_write(env, &plan, time, rows, joined->times_bytes);
	jn_times_open(&joined->times, joined->times_bytes, plan.size, flags, rows);
	jn_release(env, time);
}

/* Shows parts, which are in order and do not overlap, as one subject. */
static JnStatus
show_parts(const JnEnv *env, unsigned tracks, const HeldPart *part, uint32_t parts, const JnVisitor *visitor,
		   JnError *err)
{
	uint64_t	rows = 0;
	Joined		joined = {0};
	JnSubject	subject = {&joined.columns, 0, 0, part[0].first, &joined.times};
	JnStatus	status;

	for (uint32_t i = 0; i < parts; i++)
		rows += own_rows(&part[i]);
	if (rows > JN_MAX_STEPS)
		return jn_fail(err, JN_TOO_MANY_STEPS, 0, (int64_t) rows, JN_MAX_STEPS);

	joined.columns = (JnColumns) {(uint32_t) rows, 0, 0, &joined.event, joined.label, &joined.values};
	subject.to = (uint32_t) rows;
	for (uint32_t i = 0; i < parts; i++)
		joined.columns.presence |= part[i].in->set.head.presence;
	join_labels(env, part, parts, subject.to, 0, &joined, &joined.event);
	for (unsigned t = 0; t < JN_TRACKS; t++)
		if ((tracks >> t & 1) != 0
			&& (t == JN_VALUE ? join_values(env, part, parts, subject.to, &joined, err)
				: join_labels(env, part, parts, subject.to, t + 1, &joined, &joined.label[t])))
			joined.columns.tracks |= 1u << t;
	if (times_join(part, parts))
		join_times(env, part, parts, subject.to, &joined);
	else
	{
		if (part[0].ghost)
		{
			JnTimesReader r = part[0].begin;

			subject.start = jn_time_after(part[0].first, jn_times_next(&r));
		}
		rewrite_times(env, part, parts, subject.to, &joined);
	}

	status = visitor->columns(env, visitor->context, &joined.columns, err);
	if (status == JN_OK)
		status = visitor->subject(env, visitor->context, &subject, err);
	for (unsigned c = 0; c <= JN_TRACKS; c++)
		jn_release(env, joined.column[c]);
	if (joined.values_section != NULL)
		jn_release(env, joined.values_section);
	jn_release(env, joined.times_bytes);
	return status;
}

/* ---- the table of subjects ---- */

/* The slot where a key is, or would be put. */
static uint32_t
find_slot(const JnWhole *w, const JnKey *key)
{
	uint32_t	mask = (UINT32_C(1) << w->bits) - 1;
	uint32_t	at = (uint32_t) jn_key_hash(key, w->salt) & mask;

	while (w->slot[at] != 0 && jn_key_order(&w->subject[w->slot[at] - 1].key, key) != 0)
		at = (at + 1) & mask;
	return at;
}

/* Makes a table of twice the size, or the first one. */
static void
grow_table(const JnEnv *env, JnWhole *w)
{
	jn_release(env, w->slot);
	w->bits = w->slot == NULL ? FIRST_BITS : w->bits + 1;
	w->slot = NULL;
	w->slot = jn_alloc(env, jn_array_size(UINT64_C(1) << w->bits, sizeof(uint32_t)));
	memset(w->slot, 0, sizeof(uint32_t) << w->bits);
	for (uint32_t i = 0; i < w->subjects; i++)
	{
		w->slot[find_slot(w, &w->subject[i].key)] = i + 1;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
}

/* The subject of a key; a new one has no parts. */
static JnHeldSubject *
find_subject(const JnEnv *env, JnWhole *w, const JnKey *key)
{
	uint32_t	at;

	if (w->slot == NULL || 2 * ((uint64_t) w->subjects + 1) > UINT64_C(1) << w->bits)
		grow_table(env, w);
	at = find_slot(w, key);
	if (w->slot[at] == 0)
	{
		if (w->subjects == w->room)
		{
			uint32_t	room = w->room > 0 ? 2 * w->room : FIRST_ROOM;
			size_t		size = jn_array_size(room, sizeof(JnHeldSubject));

			w->subject = w->room > 0 ? jn_resize(env, w->subject, size) : jn_alloc(env, size);
			w->room = room;
		}
		w->subject[w->subjects] = (JnHeldSubject) {.key = jn_key_keep(env, key)};
		w->slot[at] = ++w->subjects;
	}
	return &w->subject[w->slot[at] - 1];
}

static void
release_subject(const JnEnv *env, JnHeldSubject *subject)
{
	if (subject->key.data != NULL)
		jn_release(env, (void *) (uintptr_t) subject->key.data);
	jn_release(env, subject->part);
}

/* Forgets a subject, which has no parts left. */
static void
remove_subject(const JnEnv *env, JnWhole *w, JnHeldSubject *subject)
{
	uint32_t	mask = (UINT32_C(1) << w->bits) - 1;
	uint32_t	number = (uint32_t) (subject - w->subject) + 1;
	uint32_t	hole = find_slot(w, &subject->key);

	/* those behind the hole that would be looked for before it move up */
	for (uint32_t at = (hole + 1) & mask; w->slot[at] != 0; at = (at + 1) & mask)
	{
		uint32_t	home = (uint32_t) jn_key_hash(&w->subject[w->slot[at] - 1].key, w->salt) & mask;

		if (((at - home) & mask) >= ((at - hole) & mask))
		{
			w->slot[hole] = w->slot[at];
			hole = at;
		}
	}
	w->slot[hole] = 0;

	/* the last subject takes its place */
	release_subject(env, subject);
	if (number < w->subjects)
	{
		w->slot[find_slot(w, &w->subject[w->subjects - 1].key)] = number;
		*subject = w->subject[w->subjects - 1];
	}
	w->subjects--;
}

/* ---- sets ---- */

/* A copy of a set, without parts for now. */
static JnHeldSet *
hold_set(const JnEnv *env, JnWhole *w, const JnSet *s)
{
	JnHeldSet  *held = jn_alloc(env, sizeof(JnHeldSet));
	JnError		err;

	held->bytes = jn_alloc(env, s->size);
	memcpy(held->bytes, s->bytes, s->size);

	/* they have been opened before */
	jn_set_open(held->bytes, s->size, &held->set, &err);
	held->held = 0;
	held->after = NULL;
	held->before = w->set;
	if (held->before != NULL)
		held->before->after = held;
	w->set = held;
	w->sets++;
	return held;
}

static void
release_set(const JnEnv *env, JnWhole *w, JnHeldSet *held)
{
	if (held->before != NULL)
		held->before->after = held->after;
	if (held->after != NULL)
		held->after->before = held->before;
	else
		w->set = held->before;
	w->sets--;
	jn_release(env, held->bytes);
	jn_release(env, held);
}

/* ---- parts ---- */

/* The order of a subject's parts: by time; a part that goes on from the very same time comes after. */
static int
compare_parts(const HeldPart *a, const HeldPart *b)
{
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->last != b->last)
		return a->last < b->last ? -1 : 1;
	if (a->ghost != b->ghost)
		return a->ghost ? 1 : -1;
	if (a->more != b->more)
		return a->more ? 1 : -1;
	return jn_set_compare(&a->in->set, &b->in->set);
}

/* Puts a part in its place among those of its subject; returns the place. */
static uint32_t
insert_part(const JnEnv *env, JnHeldSubject *subject, const HeldPart *part)
{
	uint32_t	from = 0;
	uint32_t	to = subject->parts;

	if (subject->parts == subject->room)
	{
		uint32_t	room = subject->room > 0 ? 2 * subject->room : FIRST_ROOM;
		size_t		size = jn_array_size(room, sizeof(HeldPart));

		subject->part = subject->room > 0 ? jn_resize(env, subject->part, size) : jn_alloc(env, size);
		subject->room = room;
	}
	while (from < to)
	{
		uint32_t	middle = from + (to - from) / 2;

		if (compare_parts(&subject->part[middle], part) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	memmove(subject->part + from + 1, subject->part + from, (subject->parts - from) * sizeof(HeldPart));
	subject->part[from] = *part;
	subject->parts++;
	return from;
}

/* Forgets parts from .. to-1 of a subject, and what was there for them alone. */
static void
remove_parts(const JnEnv *env, JnWhole *w, JnHeldSubject *subject, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
	{
		JnHeldSet  *in = subject->part[i].in;

		if (--in->held == 0)
			release_set(env, w, in);
	}
	memmove(subject->part + from, subject->part + to, (subject->parts - to) * sizeof(HeldPart));
	subject->parts -= to - from;
	if (subject->parts == 0)
		remove_subject(env, w, subject);
}

/* Adds a part; if its journey is whole now, shows and forgets it. */
static JnStatus
add_part(const JnEnv *env, JnWhole *w, const JnKey *key, const HeldPart *part, const JnVisitor *visitor, JnError *err)
{
	JnHeldSubject *subject = find_subject(env, w, key);
	uint32_t	place = insert_part(env, subject, part);
	const HeldPart *parts = subject->part;
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
	status = show_parts(env, w->tracks, parts + from, to - from, visitor, err);
	remove_parts(env, w, subject, from, to);
	return status;
}

/* Whether bit i of which[] is set; NULL has all set. */
static inline bool
is_wanted(const uint8_t *which, uint32_t i)
{
	return which == NULL || (which[i / 8] >> (i % 8) & 1) != 0;
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
		release_set(env, h->w, h->held);
}

/* Adds the part that stands at "at", which may not be behind. */
static JnStatus
hold_part(const JnEnv *env, Holding *h, const JnSetCounts *at, const JnVisitor *visitor, JnError *err)
{
	HeldPart	one;
	JnPart		part;
	JnTimesReader times;
	uint64_t	length;

	/* only in bytes that were never proven a key cannot be read, and none behind it */
	if (!jn_set_parts_pass(env, &h->parts, at) || !jn_set_parts_next(env, &h->parts, &part))
		return JN_OK;
	if (h->held == NULL)
	{
		/* held itself for as long as it is gone through: a part may be shown at once */
		h->held = hold_set(env, h->w, h->s);
		h->held->held = 1;
		jn_set_times(&h->held->set, &h->times);
	}
	one = (HeldPart) {.in = h->held,.number = part.number,.row = part.row,.rows = part.rows,.ghost = part.ghost,.more = part.more};
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

/* Adds the parts of a set that go on from others or in others, of which[] only; visitor may be NULL. */
static JnStatus
hold_parts(const JnEnv *env, JnWhole *w, const JnSet *s, const uint8_t *which, const JnVisitor *visitor, JnError *err)
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
		if ((ghost || more) && is_wanted(which, before.part))
			status = hold_part(env, &h, &before, visitor, err);
	end_holding(env, &h);
	return status;
}

JnStatus
jn_whole_hold(const JnEnv *env, JnWhole *w, const JnSet *s, const JnVisitor *visitor, JnError *err)
{
	return hold_parts(env, w, s, NULL, visitor, err);
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

/* Sets in the order of jn_set_compare(): a merge sort from the bottom up. */
static JnHeldSet **
order_sets(const JnEnv *env, const JnWhole *w)
{
	uint32_t	n = w->sets;
	JnHeldSet **from = jn_alloc(env, jn_array_size((uint64_t) n + 1, sizeof(JnHeldSet *)));
	JnHeldSet **to = jn_alloc(env, jn_array_size((uint64_t) n + 1, sizeof(JnHeldSet *)));
	uint32_t	count = 0;

	for (JnHeldSet *one = w->set; one != NULL; one = one->before)
		from[n - ++count] = one;
	for (uint64_t run = 1; run < n; run *= 2)
	{
		JnHeldSet **swap = from;

		for (uint64_t begin = 0; begin < n; begin += 2 * run)
		{
			uint32_t	middle = (uint32_t) (n - begin < run ? n : begin + run);
			uint32_t	end = (uint32_t) (n - begin < 2 * run ? n : begin + 2 * run);
			uint32_t	a = (uint32_t) begin;
			uint32_t	b = middle;

			for (uint32_t k = a; k < end; k++)
			{
				bool		left = b == end || (a < middle && jn_set_compare(&from[a]->set, &from[b]->set) <= 0);

				to[k] = left ? from[a++] : from[b++];
				if (k % 1024 == 1023)
					jn_tick(env);
			}
		}
		from = to;
		to = swap;
	}
	jn_release(env, to);
	return from;
}

/*
 * For each set in that order a bit for each part that is held, in one piece of
 * memory, which is returned; *at has where those of each set begin.
 */
static uint8_t *
held_bits(const JnEnv *env, const JnWhole *w, JnHeldSet *const *set, size_t **at)
{
	size_t		size = 0;
	uint8_t    *bits;

	*at = jn_alloc(env, jn_array_size((uint64_t) w->sets + 1, sizeof(size_t)));
	for (uint32_t i = 0; i < w->sets; i++)
	{
		(*at)[i] = size;
		size += (set[i]->set.head.parts + 7) / 8;
		set[i]->number = i;
	}
	bits = jn_alloc(env, size + 1);
	memset(bits, 0, size);
	for (uint32_t i = 0; i < w->subjects; i++)
	{
		const JnHeldSubject *subject = &w->subject[i];

		for (uint32_t k = 0; k < subject->parts; k++)
		{
			const HeldPart *part = &subject->part[k];

			bits[(*at)[part->in->number] + part->number / 8] |= (uint8_t) (1 << part->number % 8);
		}
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return bits;
}

JnStatus
jn_whole_merge(const JnEnv *env, JnWhole *w, const JnWhole *from, const JnVisitor *visitor, JnError *err)
{
	JnHeldSet **set = order_sets(env, from);
	size_t	   *at;
	uint8_t    *bits = held_bits(env, from, set, &at);
	JnStatus	status = JN_OK;

	for (uint32_t i = 0; i < from->sets && status == JN_OK; i++)
	{
		status = hold_parts(env, w, &set[i]->set, bits + at[i], visitor, err);
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
		status = show_parts(env, w->tracks, subject->part + from, end - from, visitor, err);
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
		release_set(env, w, w->set);
	for (uint32_t i = 0; i < w->subjects; i++)
		release_subject(env, &w->subject[i]);
	if (w->room > 0)
		jn_release(env, w->subject);
	jn_release(env, w->slot);
	*w = (JnWhole) {.tracks = w->tracks,.salt = w->salt};
}

/* ---- bytes ---- */

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
	JnHeldSet **set = order_sets(env, w);
	size_t	   *at;
	uint8_t    *bits = held_bits(env, w, set, &at);

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
		if (is_wanted(bits, counts.part - 1))
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
		if (w != NULL && hold_parts(env, w, &s, p + at, NULL, err) != JN_OK)
			return jn_fail_behind(err, at);
		at += bits;
		jn_tick(env);
	}
	*took = at;
	return JN_OK;
}
