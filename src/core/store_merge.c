/*
 * store_merge.c
 *	  Changes folded into the sets of a bucket of a store.
 *
 * Two passes over the bucket.  The first one goes along the subjects that have
 * changes, takes their rows out of the sets, merges the changes in, and cuts
 * what comes of it at the chunks: the new parts.  A part that is as it was, with
 * its ghost and its mark, is forgotten.
 *
 * The second one goes along the chunks that have new parts.  A new part marks
 * the sets in which the old one stands, or the one set into which its key falls.
 * Marked sets that follow each other are a run: they are read once more, part by
 * part, and written anew with the new parts in place of the old ones.  All other
 * sets stay.
 *
 * Filling.  A run that takes a bit more than its sets did would leave a full set
 * and a nearly empty one behind each time.  So its bytes are estimated and
 * divided evenly, as a B-tree splits a page; and a run that is nearly empty takes
 * a neighbour in.
 */
#include "store_merge.h"

#include "row_buffer.h"
#include "sort.h"

/* A run of less than this share of a set takes in a neighbour. */
#define SMALL_SHARE		4

/* Bytes that a change adds to a set, about. */
#define CHANGE_SIZE		6

/* A subject's new part in a chunk, where that is not as it was. */
typedef struct NewPart
{
	int64_t		chunk;
	uint32_t	subject;		/* number of the key */
	uint32_t	row;			/* of the ghost, if there is one, in "now" */
	uint32_t	rows;			/* with the ghost; 0: nothing is left in this chunk */
	bool		ghost;
	bool		more;
} NewPart;

typedef struct Merge
{
	const JnEnv *env;
	uint64_t	chunk;
	size_t		limit;
	const JnStoreSink *sink;
	JnSetBuild *b;

	/* the sets, in order of chunk, first key and start */
	uint32_t	n;
	const JnSet *const *operand;
	JnSetSource *source;		/* by place; "number" leads back to the operand */
	JnKey	   *first_key;		/* by place; texts in the memory of the set */
	int64_t    *chunk_of;		/* by place */
	bool	   *marked;			/* by place */

	/* the changes, in order of key and row */
	JnRowBuffer changes;		/* one row each */
	JnKey	   *key;			/* by change as it came */
	int8_t	   *sign;			/* likewise: +1 or -1 */
	uint32_t	room;
	uint32_t   *order;

	JnRowBuffer old;			/* the rows of a subject as they are */
	JnRowBuffer now;			/* of all subjects, as they shall be */
	JnKey	   *subject;		/* keys of those, ascending */
	uint32_t	subjects;
	uint32_t	subject_room;
	NewPart    *part;
	uint32_t	parts;
	uint32_t	part_room;
} Merge;

/* ---- rows ---- */

/* Appends a row of one buffer to another; tracks that it lacks are none. */
static JnStatus
copy_row(JnRowBuffer *to, const JnRowBuffer *from, uint32_t row, JnError *err)
{
	JnStatus	status = jn_row_buffer_room(to, 1, from->tracks, err);
	uint32_t	at = to->rows;

	if (status != JN_OK)
		return status;
	to->time[at] = from->time[row];
	to->event[at] = from->event[row];
	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (from->tracks >> t & 1)
		{
			if (t == JN_VALUE)
				to->value[at] = from->value[row];
			else
				to->label[t][at] = from->label[t][row];
		}
	to->rows++;
	return JN_OK;
}

static uint32_t
label_of(const JnRowBuffer *buffer, unsigned track, uint32_t row)
{
	return buffer->tracks >> track & 1 ? buffer->label[track][row] : JN_NO_LABEL;
}

static uint64_t
value_of(const JnRowBuffer *buffer, uint32_t row)
{
	return buffer->tracks >> JN_VALUE & 1 ? buffer->value[row] : JN_NO_VALUE;
}

/* Compares rows of two buffers of one builder, as jn_row_buffer_compare() does those of one. */
static int
compare_across(const JnRowBuffer *a, uint32_t x, const JnRowBuffer *b, uint32_t y)
{
	int			order;

	if (a->time[x] != b->time[y])
		return a->time[x] < b->time[y] ? -1 : 1;
	order = jn_compare_labels(a->b, JN_SET_EVENT, a->event[x], b->event[y]);
	for (unsigned t = 0; order == 0 && t < JN_TRACKS; t++)
	{
		uint64_t	v = value_of(a, x);
		uint64_t	w = value_of(b, y);

		if (t == JN_VALUE)
			order = (v > w) - (v < w);
		else
			order = jn_compare_labels(a->b, t, label_of(a, t, x), label_of(b, t, y));
	}
	return order;
}

/* Removes a row, moving those behind it up. */
static void
remove_row(JnRowBuffer *buffer, uint32_t row)
{
	size_t		behind = --buffer->rows - row;

	memmove(buffer->time + row, buffer->time + row + 1, behind * sizeof(int64_t));
	memmove(buffer->event + row, buffer->event + row + 1, behind * sizeof(uint32_t));
	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (buffer->tracks >> t & 1)
		{
			if (t == JN_VALUE)
				memmove(buffer->value + row, buffer->value + row + 1, behind * sizeof(uint64_t));
			else
				memmove(buffer->label[t] + row, buffer->label[t] + row + 1, behind * sizeof(uint32_t));
		}
}

static void
empty(JnRowBuffer *buffer)
{
	buffer->rows = 0;
	buffer->pieces = 0;
	buffer->tracks = 0;
}

/* Rows of a buffer, for the builder. */
static JnRows
rows_of(const JnRowBuffer *buffer, uint32_t row, uint32_t n, bool ghost, bool more)
{
	JnRows		rows = {
		.n = n,
		.ghost = ghost,
		.more = more,
		.time = buffer->time + row,
		.event = buffer->event + row,
	};

	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (t != JN_VALUE && buffer->tracks >> t & 1)
			rows.label[t] = buffer->label[t] + row;
	if (buffer->tracks >> JN_VALUE & 1)
		rows.value = buffer->value + row;
	return rows;
}

/* ---- the changes ---- */

/* The builder's code of a name of the batch, kept in map[] by its number there. */
static JnStatus
code_of(Merge *m, uint32_t **map, uint32_t *mapped, unsigned column, JnName name, uint32_t number, uint32_t *code,
		JnError *err)
{
	JnStatus	status = JN_OK;

	if (number >= mapped[column])
	{
		uint32_t	room = (uint32_t) jn_larger_room(mapped[column], (uint64_t) number + 1, 16);

		map[column] = jn_grow(m->env, map[column], room, sizeof(uint32_t));
		memset(map[column] + mapped[column], 0xff, (room - mapped[column]) * sizeof(uint32_t));
		mapped[column] = room;
	}
	if (map[column][number] == JN_NO_LABEL)
		status = jn_set_build_code(m->env, m->b, column, name, &map[column][number], err);
	*code = map[column][number];
	return status;
}

/* Reads the changes into their columns. */
static JnStatus
load_changes(Merge *m, const uint8_t *bytes, size_t size, JnError *err)
{
	uint32_t   *map[JN_SET_COLUMNS] = {NULL};
	uint32_t	mapped[JN_SET_COLUMNS] = {0};
	JnRowBuffer *changes = &m->changes;
	JnBatchReader r;
	JnStatus	status = jn_batch_read(&r, bytes, size, err);

	while (status == JN_OK)
	{
		bool		found;
		uint32_t	at = changes->rows;

		status = jn_batch_next(m->env, &r, &found, err);
		if (status != JN_OK || !found)
			break;
		status = jn_row_buffer_room(changes, 1, r.tracks, err);
		if (status != JN_OK)
			break;
		if (at == m->room)
		{
			m->room = (uint32_t) jn_larger_room(m->room, (uint64_t) at + 1, 64);
			m->key = jn_grow(m->env, m->key, m->room, sizeof(JnKey));
			m->sign = jn_grow(m->env, m->sign, m->room, sizeof(int8_t));
		}
		m->key[at] = r.change.key;
		m->sign[at] = r.change.gone ? -1 : 1;
		changes->time[at] = r.change.time;
		status = code_of(m, map, mapped, JN_SET_EVENT, r.change.event, r.event, &changes->event[at], err);
		for (unsigned t = 0; status == JN_OK && t < JN_TRACKS; t++)
		{
			if ((r.tracks >> t & 1) == 0)
				continue;
			if (t == JN_VALUE)
				changes->value[at] = r.change.value;
			else if (r.label[t] == JN_NO_LABEL)
				changes->label[t][at] = JN_NO_LABEL;
			else
				status = code_of(m, map, mapped, t, r.change.label[t], r.label[t], &changes->label[t][at], err);
		}
		changes->rows++;
		if (at % 1024 == 1023)
			jn_tick(m->env);
	}
	jn_batch_done(m->env, &r);
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		if (map[c] != NULL)
			jn_release(m->env, map[c]);
	return status;
}

static bool
change_before(const void *context, uint32_t x, uint32_t y)
{
	const Merge *m = context;
	int			order = jn_key_compare(&m->key[x], &m->key[y]);

	return order != 0 ? order < 0 : jn_row_buffer_compare(&m->changes, x, y) < 0;
}

static void
order_changes(Merge *m)
{
	uint32_t	n = m->changes.rows;

	m->order = jn_alloc(m->env, jn_array_size((uint64_t) n + n / 2 + 1, sizeof(uint32_t)));
	for (uint32_t i = 0; i < n; i++)
		m->order[i] = i;
	jn_sort_index(m->env, m->order, n, m->order + n, change_before, m);
}

/* ---- the sets ---- */

/* What sets are ordered by. */
typedef struct Head
{
	int64_t		chunk;
	JnKey		key;
	int64_t		start;
} Head;

static bool
set_before(const void *context, uint32_t x, uint32_t y)
{
	const Head *a = (const Head *) context + x;
	const Head *b = (const Head *) context + y;
	int			order = a->chunk != b->chunk ? (a->chunk < b->chunk ? -1 : 1) : jn_key_compare(&a->key, &b->key);

	return order != 0 ? order < 0 : a->start < b->start;
}

/* Makes a source stand before the first part of its set. */
static JnStatus
rewind_source(Merge *m, JnSetSource *source, JnError *err)
{
	jn_set_parts_close(m->env, &source->parts);
	jn_set_parts_open(&source->parts, source->s);
	jn_set_steps_open(&source->steps, source->s);
	if (!jn_set_parts_next(m->env, &source->parts, &source->part))
		return jn_fail(err, JN_BYTES_CORRUPT, 0, 0, 0);
	return JN_OK;
}

/* Moves to the next part; after the last one the part has no rows. */
static void
next_part(Merge *m, JnSetSource *source)
{
	if (!jn_set_parts_next(m->env, &source->parts, &source->part))
		source->part.rows = 0;
}

/* Opens the sets and puts them in order. */
static JnStatus
open_sets(Merge *m, JnError *err)
{
	const JnEnv *env = m->env;
	uint32_t	n = m->n;
	Head	   *head = jn_alloc(env, jn_array_size((uint64_t) n + 1, sizeof(Head)));
	uint32_t   *index = jn_alloc(env, jn_array_size((uint64_t) n + n / 2 + 1, sizeof(uint32_t)));
	JnStatus	status = JN_OK;

	m->source = jn_alloc(env, jn_array_size((uint64_t) n + 1, sizeof(JnSetSource)));
	m->first_key = jn_alloc(env, jn_array_size((uint64_t) n + 1, sizeof(JnKey)));
	m->chunk_of = jn_alloc(env, jn_array_size((uint64_t) n + 1, sizeof(int64_t)));
	m->marked = jn_alloc(env, (size_t) n + 1);
	memset(m->marked, 0, (size_t) n + 1);
	for (uint32_t i = 0; i < n; i++)
	{
		const JnSet *s = m->operand[i];
		JnSetParts	parts;
		JnPart		part;

		if (s->head.kind != jn_set_build_kind(m->b))
			return jn_fail(err, JN_SUBJECT_KINDS, 0, s->head.kind, jn_set_build_kind(m->b));

		/* the first key of a set stands in it whole */
		jn_set_parts_open(&parts, s);
		if (!jn_set_parts_next(env, &parts, &part))
			return jn_fail(err, JN_BYTES_CORRUPT, 0, 0, 0);
		head[i] = (Head) {jn_store_chunk(s->head.first, m->chunk), part.key, part.start};
		jn_set_parts_close(env, &parts);
		index[i] = i;
	}
	jn_sort_index(env, index, n, index + n, set_before, head);
	for (uint32_t i = 0; status == JN_OK && i < n; i++)
	{
		JnSetSource *source = &m->source[i];

		source->number = index[i];
		source->s = m->operand[index[i]];
		m->first_key[i] = head[index[i]].key;
		m->chunk_of[i] = head[index[i]].chunk;
		jn_set_parts_open(&source->parts, source->s);
		status = rewind_source(m, source, err);
		if (status == JN_OK)
			status = jn_code_map_open(env, m->b, &source->map, &source->s->event, source->s->label,
									  source->s->head.tracks, err);
		if (i % 64 == 63)
			jn_tick(env);
	}
	jn_release(env, index);
	jn_release(env, head);
	return status;
}

/* ---- the first pass: what becomes of the subjects ---- */

/* Takes the rows of a subject out of the sets, in order. */
static JnStatus
take_old(Merge *m, const JnKey *key, JnError *err)
{
	empty(&m->old);
	for (uint32_t i = 0; i < m->n; i++)
	{
		JnSetSource *source = &m->source[i];
		int			order = -1;

		while (source->part.rows > 0 && (order = jn_key_compare(&source->part.key, key)) < 0)
			next_part(m, source);
		if (source->part.rows > 0 && order == 0)
		{
			JnStatus	status = jn_row_buffer_part(&m->old, source, err);

			if (status != JN_OK)
				return status;
		}
	}
	return JN_OK;
}

/* Merges the changes order[from .. to-1] of a subject into its old rows: adds them all to "now". */
static JnStatus
apply(Merge *m, uint32_t from, uint32_t to, JnError *err)
{
	JnRowBuffer *changes = &m->changes;
	JnRowBuffer *old = &m->old;
	uint32_t	i = from;
	JnStatus	status = JN_OK;

	for (uint32_t p = 0; p <= old->pieces; p++)
	{
		uint32_t	row = p < old->pieces ? old->piece[p].row : 0;
		uint32_t	end = p < old->pieces ? row + old->piece[p].rows : 0;

		/* behind the last piece come the changes that are left */
		while (status == JN_OK && (row < end || (p == old->pieces && i < to)))
		{
			int			order = i == to ? 1 : row == end ? -1
			: compare_across(changes, m->order[i], old, row);
			int64_t		net = 0;
			uint32_t	one = i < to ? m->order[i] : 0;

			if (order > 0)
			{
				status = copy_row(&m->now, old, row++, err);
				continue;
			}

			/* all changes of this one row together */
			for (; i < to && jn_row_buffer_compare(changes, one, m->order[i]) == 0; i++)
				net += m->sign[m->order[i]];
			for (; net > 0 && status == JN_OK; net--)
				status = copy_row(&m->now, changes, one, err);
			for (; net < 0 && row < end && compare_across(changes, one, old, row) == 0; net++)
				row++;
			if (net < 0)
				return jn_fail(err, JN_STORE_MISSING, 0, -net, 0);
			if (m->now.rows % 1024 == 0)
				jn_tick(m->env);
		}
	}
	return status;
}

/* Whether the rows of a chunk are as they were: those of the pieces from .. to-1. */
static bool
is_same(const Merge *m, uint32_t from, uint32_t to, const NewPart *part)
{
	const JnRowBuffer *old = &m->old;
	uint32_t	at = part->row;
	uint32_t	end = part->row + part->rows;

	if (from == to || part->rows == 0)
		return from == to && part->rows == 0;
	if (old->piece[from].ghost != part->ghost || old->piece[to - 1].more != part->more)
		return false;
	if (part->ghost && compare_across(old, old->piece[from].row - 1, &m->now, at++) != 0)
		return false;
	for (uint32_t p = from; p < to; p++)
	{
		if (old->piece[p].rows > end - at)
			return false;
		for (uint32_t i = 0; i < old->piece[p].rows; i++)
			if (compare_across(old, old->piece[p].row + i, &m->now, at++) != 0)
				return false;
		jn_tick(m->env);
	}
	return at == end;
}

static void
add_part(Merge *m, NewPart part)
{
	if (m->parts == m->part_room)
	{
		m->part_room = (uint32_t) jn_larger_room(m->part_room, (uint64_t) m->parts + 1, 64);
		m->part = jn_grow(m->env, m->part, m->part_room, sizeof(NewPart));
	}
	m->part[m->parts++] = part;
}

/* Cuts the rows of a subject, from row "begin" of "now" on, at the chunks, and keeps the parts that changed. */
static void
cut_parts(Merge *m, uint32_t subject, uint32_t begin)
{
	const JnRowBuffer *old = &m->old;
	const JnRowBuffer *now = &m->now;
	uint32_t	row = begin;
	uint32_t	p = 0;

	while (row < now->rows || p < old->pieces)
	{
		int64_t		old_chunk = p < old->pieces ? jn_store_chunk(old->time[old->piece[p].row], m->chunk) : 0;
		int64_t		new_chunk = row < now->rows ? jn_store_chunk(now->time[row], m->chunk) : 0;
		int64_t		chunk = row == now->rows || (p < old->pieces && old_chunk < new_chunk) ? old_chunk : new_chunk;
		uint32_t	from = p;
		NewPart		part = {.chunk = chunk,.subject = subject,.row = row};

		while (p < old->pieces && jn_store_chunk(old->time[old->piece[p].row], m->chunk) == chunk)
			p++;
		while (row < now->rows && jn_store_chunk(now->time[row], m->chunk) == chunk)
			row++;
		if (row > part.row)
		{
			part.ghost = part.row > begin;
			part.more = row < now->rows;
			part.row -= part.ghost;
			part.rows = row - part.row;
		}
		if (!is_same(m, from, p, &part))
			add_part(m, part);
	}
}

/* Goes along the subjects that have changes. */
static JnStatus
change_subjects(Merge *m, JnError *err)
{
	uint32_t	n = m->changes.rows;

	for (uint32_t i = 0; i < n;)
	{
		const JnKey *key = &m->key[m->order[i]];
		uint32_t	from = i;
		uint32_t	begin = m->now.rows;
		JnStatus	status;

		while (i < n && jn_key_compare(&m->key[m->order[i]], key) == 0)
			i++;
		if (m->subjects == m->subject_room)
		{
			m->subject_room = (uint32_t) jn_larger_room(m->subject_room, (uint64_t) m->subjects + 1, 64);
			m->subject = jn_grow(m->env, m->subject, m->subject_room, sizeof(JnKey));
		}
		m->subject[m->subjects] = *key;
		status = take_old(m, key, err);
		if (status == JN_OK)
			status = apply(m, from, i, err);
		if (status != JN_OK)
			return status;
		cut_parts(m, m->subjects, begin);
		m->subjects++;
	}
	return JN_OK;
}

/* ---- the second pass: what becomes of the sets ---- */

static bool
part_before(const void *context, uint32_t x, uint32_t y)
{
	const NewPart *part = context;

	return part[x].chunk != part[y].chunk ? part[x].chunk < part[y].chunk : part[x].subject < part[y].subject;
}

/* Gives the set in the builder away. */
static void
flush(Merge *m)
{
	if (jn_set_build_parts(m->b) == 0)
		return;
	m->sink->write(m->sink->context, m->b);
	jn_set_build_reset(m->b);
}

/* The first rows of a part: more than any set takes, up to where a time ends. */
static JnRows
window(const JnRows *rows, size_t limit)
{
	JnRows		first = *rows;
	size_t		n = limit;

	while (n < rows->n && rows->time[n] == rows->time[n - 1])
		n++;
	if (n < rows->n)
	{
		first.n = (uint32_t) n;
		first.more = true;
	}
	return first;
}

/* Adds all rows of a part, in as many sets as it takes. */
static JnStatus
add_rows(Merge *m, const JnKey *key, JnRows rows, JnError *err)
{
	for (;;)
	{
		JnRows		first = window(&rows, m->limit);
		uint32_t	taken;
		JnStatus	status = jn_set_build_add(m->env, m->b, key, &first, &taken, err);

		if (status != JN_OK || taken == rows.n)
			return status;
		flush(m);
		if (taken == 0)
			continue;

		/* it goes on in the next set, from its last row here on */
		taken--;
		rows.n -= taken;
		rows.time += taken;
		rows.event += taken;
		for (unsigned t = 0; t < JN_TRACKS; t++)
			if (rows.label[t] != NULL)
				rows.label[t] += taken;
		if (rows.value != NULL)
			rows.value += taken;
		rows.ghost = true;
	}
}

/* Adds what the sets place .. end-1 have of the subject whose part is next at "place", as one part. */
static JnStatus
add_same(Merge *m, uint32_t place, uint32_t end, char *text, JnError *err)
{
	JnRowBuffer *old = &m->old;
	JnKey		key = m->source[place].part.key;
	bool		ghost = false;
	bool		more = false;

	/* the key goes when the source moves on */
	if (key.size > 0)
		memcpy(text, key.data, key.size);
	key.data = text;
	empty(old);
	for (; place < end; place++)
	{
		JnSetSource *source = &m->source[place];
		uint32_t	row = old->rows;
		JnStatus	status;

		if (source->part.rows == 0 || jn_key_compare(&source->part.key, &key) != 0)
			break;
		status = jn_row_buffer_part(old, source, err);
		if (status != JN_OK)
			return status;
		if (row == 0)
			ghost = source->part.ghost;
		else if (source->part.ghost)
			remove_row(old, row);	/* the row before it is the same */
		more = source->part.more;
		next_part(m, source);
		if (source->part.rows > 0)
			break;
	}
	return add_rows(m, &key, rows_of(old, 0, old->rows, ghost, more), err);
}

/* Whether a set with more to come is full enough. */
static void
flush_full(Merge *m, size_t enough)
{
	if (jn_set_build_size(m->b) >= enough)
		flush(m);
}

/* Writes the sets place .. end-1 anew, with the new parts order[from .. to-1]. */
static JnStatus
rewrite(Merge *m, uint32_t place, uint32_t end, const uint32_t *order, uint32_t from, uint32_t to, char *text,
		JnError *err)
{
	size_t		size = 0;
	size_t		sets;
	JnStatus	status = JN_OK;

	for (uint32_t i = place; i < end; i++)
	{
		size += m->source[i].s->size;
		status = rewind_source(m, &m->source[i], err);
		if (status != JN_OK)
			return status;
		m->sink->drop(m->sink->context, m->source[i].number);
	}
	for (uint32_t i = from; i < to; i++)
		size += (size_t) m->part[order[i]].rows * (place == end ? CHANGE_SIZE : 1);
	sets = (size + size / 16) / m->limit + 1;
	size = (size + size / 16) / sets;

	while (status == JN_OK)
	{
		const NewPart *part = from < to ? &m->part[order[from]] : NULL;
		const JnKey *key = part != NULL ? &m->subject[part->subject] : NULL;
		int			which;

		while (place < end && m->source[place].part.rows == 0)
			place++;
		if (place == end && part == NULL)
			break;
		flush_full(m, size);
		which = part == NULL ? -1 : place == end ? 1 : jn_key_compare(&m->source[place].part.key, key);
		if (which < 0)
		{
			status = add_same(m, place, end, text, err);
			continue;
		}
		for (uint32_t i = place; which == 0 && i < end && m->source[i].part.rows > 0 &&
			 jn_key_compare(&m->source[i].part.key, key) == 0; i++)
		{
			next_part(m, &m->source[i]);
			if (m->source[i].part.rows > 0)
				break;
		}
		if (part->rows > 0)
			status = add_rows(m, key, rows_of(&m->now, part->row, part->rows, part->ghost, part->more), err);
		from++;
	}
	if (status == JN_OK)
		flush(m);
	return status;
}

/* The set of a chunk, at the places lo .. hi-1, into which a key falls. */
static uint32_t
place_of(const Merge *m, uint32_t lo, uint32_t hi, const JnKey *key)
{
	uint32_t	first = lo;

	while (lo < hi)
	{
		uint32_t	middle = lo + (hi - lo) / 2;

		if (jn_key_compare(&m->first_key[middle], key) <= 0)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo > first ? lo - 1 : first;
}

/* Writes the sets of a chunk, lo .. hi-1, anew where the new parts order[from .. to-1] ask for it. */
static JnStatus
rewrite_chunk(Merge *m, uint32_t lo, uint32_t hi, const uint32_t *order, uint32_t from, uint32_t to, char *text,
			  JnError *err)
{
	if (lo == hi)
		return rewrite(m, lo, hi, order, from, to, text, err);

	/* a journey over several sets is the first one of all but one of them */
	for (uint32_t i = from; i < to; i++)
	{
		const JnKey *key = &m->subject[m->part[order[i]].subject];
		uint32_t	place = place_of(m, lo, hi, key);

		m->marked[place] = true;
		for (; place > lo && jn_key_compare(&m->first_key[place], key) == 0; place--)
			m->marked[place - 1] = true;
	}
	while (lo < hi)
	{
		uint32_t	begin = lo;
		uint32_t	until = from;
		size_t		size = 0;
		JnStatus	status;

		if (!m->marked[lo])
		{
			lo++;
			continue;
		}
		for (; lo < hi && (m->marked[lo] || size < m->limit / SMALL_SHARE); lo++)
			size += m->source[lo].s->size;

		/* all new parts whose place is in the run */
		while (until < to && (lo == hi || jn_key_compare(&m->subject[m->part[order[until]].subject], &m->first_key[lo]) < 0))
			until++;
		status = rewrite(m, begin, lo, order, from, until, text, err);
		if (status != JN_OK)
			return status;
		from = until;
	}
	return JN_OK;
}

static JnStatus
rewrite_chunks(Merge *m, JnError *err)
{
	const JnEnv *env = m->env;
	uint32_t	n = m->parts;
	uint32_t   *order = jn_alloc(env, jn_array_size((uint64_t) n + n / 2 + 1, sizeof(uint32_t)));
	char	   *text = jn_alloc(env, JN_MAX_NAME);
	uint32_t	lo = 0;
	JnStatus	status = JN_OK;

	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	jn_sort_index(env, order, n, order + n, part_before, m->part);
	for (uint32_t i = 0; status == JN_OK && i < n;)
	{
		int64_t		chunk = m->part[order[i]].chunk;
		uint32_t	from = i;
		uint32_t	hi;

		while (i < n && m->part[order[i]].chunk == chunk)
			i++;
		while (lo < m->n && m->chunk_of[lo] < chunk)
			lo++;
		for (hi = lo; hi < m->n && m->chunk_of[hi] == chunk;)
			hi++;
		status = rewrite_chunk(m, lo, hi, order, from, i, text, err);
		lo = hi;
	}
	jn_release(env, text);
	jn_release(env, order);
	return status;
}

JnStatus
jn_store_merge(const JnEnv *env, const JnSet *const *set, uint32_t n, const uint8_t *changes, size_t size,
			   uint64_t chunk, size_t limit, const JnStoreSink *sink, JnError *err)
{
	Merge		m = {
		.env = env,
		.chunk = chunk,
		.limit = limit,
		.sink = sink,
		.n = n,
		.operand = set,
	};
	JnBatchReader head;
	JnStatus	status = jn_batch_read(&head, changes, size, err);

	if (status != JN_OK)
		return status;
	m.b = jn_set_build_new(env, head.change.key.kind, limit);
	jn_row_buffer_open(&m.changes, env, m.b, true);
	jn_row_buffer_open(&m.old, env, m.b, true);
	jn_row_buffer_open(&m.now, env, m.b, true);
	status = load_changes(&m, changes, size, err);
	if (status == JN_OK)
	{
		order_changes(&m);
		status = open_sets(&m, err);
	}
	if (status == JN_OK)
		status = change_subjects(&m, err);
	if (status == JN_OK)
		status = rewrite_chunks(&m, err);
	if (status != JN_OK)
		return status;

	for (uint32_t i = 0; i < n; i++)
	{
		jn_set_parts_close(env, &m.source[i].parts);
		jn_release(env, m.source[i].map.code);
	}
	jn_release(env, m.source);
	jn_release(env, m.first_key);
	jn_release(env, m.chunk_of);
	jn_release(env, m.marked);
	jn_release(env, m.order);
	if (m.key != NULL)
	{
		jn_release(env, m.key);
		jn_release(env, m.sign);
	}
	if (m.subject != NULL)
		jn_release(env, m.subject);
	if (m.part != NULL)
		jn_release(env, m.part);
	jn_row_buffer_close(&m.changes);
	jn_row_buffer_close(&m.old);
	jn_row_buffer_close(&m.now);
	jn_set_build_free(env, m.b);
	return JN_OK;
}
