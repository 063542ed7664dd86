/*
 * whole_join.c
 *	  The parts of a journey, made one.
 *
 * They are put one behind the other without a look at single steps, wherever that
 * is possible: codes are copied, translated where the dictionaries differ;
 * differences between times are copied with their lengths.
 */
#include "whole_own.h"

#include "name_set.h"

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

/* The labels of a part in a column: of events if "column" is 0, else of track column - 1; or NULL. */
static const JnLabels *
part_labels(const JnHeldPart *part, unsigned column)
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
translate_codes(const JnEnv *env, const JnHeldPart *part, const JnLabels *from, const uint32_t *map,
				const JnLabels *to, uint8_t *codes, uint32_t at)
{
	uint32_t	row = part->row + part->ghost;
	uint32_t	n = jn_held_own_rows(part);

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
join_different(const JnEnv *env, const JnHeldPart *part, uint32_t parts, uint32_t rows, unsigned column,
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
		at += jn_held_own_rows(&part[i]);
		jn_tick(env);
	}
	jn_release(env, map);
	jn_release(env, name);
}

/* Joins a column of labels; returns false if no part has one. */
static bool
join_labels(const JnEnv *env, const JnHeldPart *part, uint32_t parts, uint32_t rows, unsigned column,
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
		size_t		bytes = width * jn_held_own_rows(&part[i]);

		memcpy(p, part_labels(&part[i], column)->codes + width * (part[i].row + part[i].ghost), bytes);
		p += bytes;
		jn_tick(env);
	}
	return true;
}

/* Joins the values; returns false if no part has any. */
static bool
join_values(const JnEnv *env, const JnHeldPart *part, uint32_t parts, uint32_t rows, Joined *joined, JnError *err)
{
	uint64_t   *key = jn_alloc(env, jn_array_size(rows, sizeof(uint64_t)));
	uint32_t	at = 0;
	JnValuesPlan plan;

	for (uint32_t i = 0; i < parts; i++)
	{
		const JnSet *s = &part[i].in->set;
		uint32_t	n = jn_held_own_rows(&part[i]);
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

/* Whether the differences of all parts can be put one behind the other as they are. */
static bool
times_join(const JnHeldPart *part, uint32_t parts)
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
join_times(const JnEnv *env, const JnHeldPart *part, uint32_t parts, uint32_t rows, Joined *joined)
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
rewrite_times(const JnEnv *env, const JnHeldPart *part, uint32_t parts, uint32_t rows, Joined *joined)
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
		jn_times_decode(env, &r, first, time + at, jn_held_own_rows(&part[i]));
		at += jn_held_own_rows(&part[i]);
	}
	plan = jn_times_plan(env, time, rows);
	flags = (unsigned) plan.unit | (plan.wide > 0 ? JN_FLAG_WIDE : 0);
	joined->times_bytes = jn_alloc(env, plan.size + 1);
	jn_times_write(env, &plan, time, rows, joined->times_bytes);
	jn_times_open(&joined->times, joined->times_bytes, plan.size, flags, rows);
	jn_release(env, time);
}

JnStatus
jn_held_parts_show(const JnEnv *env, unsigned tracks, const JnHeldPart *part, uint32_t parts, const JnVisitor *visitor,
				   JnError *err)
{
	uint64_t	rows = 0;
	Joined		joined = {0};
	JnSubject	subject = {&joined.columns, 0, 0, part[0].first, &joined.times};
	JnStatus	status;

	for (uint32_t i = 0; i < parts; i++)
		rows += jn_held_own_rows(&part[i]);
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
