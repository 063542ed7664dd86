/*
 * store_merge.c
 *	  Changes folded into the sets of a bucket of a store.
 *
 * Where all changes are new rows of one chunk, each set takes those between its
 * first key and the next one's (store_insert.h), if that can be done in all of
 * them.  What follows is for the others.
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
 * Mostly a set has room for its new parts, and is written with them in place of
 * the old ones (set_splice.h).  For a reader it always has.
 *
 * Filling.  Else the sets are divided anew.  A run that takes a bit more than its sets did would leave a full set
 * and a nearly empty one behind each time.  So its bytes are estimated and
 * divided evenly, as a B-tree splits a page; and a run that is nearly empty takes
 * a neighbour in.
 */
#include "store_merge.h"

#include "row_buffer.h"
#include "set_splice.h"
#include "sort.h"
#include "store_changes.h"
#include "store_insert.h"

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
	uint32_t	rows_before;	/* what it had in this chunk, without the ghost */
	int64_t		before;			/* the latest step of that, or JN_TIME_MIN */
} NewPart;

typedef struct Merge
{
	const JnEnv *env;
	uint64_t	chunk;
	bool		fresh;			/* for a reader: sets keep their places, and may be large */
	size_t		limit;
	size_t		from;			/* changes before this byte are in the sets */
	const JnStoreSink *sink;
	JnStoreChanges in;
	JnSetBuild *b;
	JnSplice	splice;

	/* the sets, in order of chunk, first key and start */
	uint32_t	n;
	const JnSet *const *operand;
	JnSetSource *source;		/* by place; "number" leads back to the operand */
	JnKey	   *first_key;		/* by place; texts in the memory of the set */
	int64_t    *chunk_of;		/* by place */
	bool	   *continued;		/* by place: its first part begins with a ghost */
	bool	   *marked;			/* by place */
	bool	   *joined;			/* by place: a subject that changes may go on here from the place before */

	JnRowBuffer changes;		/* one row each, in the codes of the builder */
	JnRowBuffer old;			/* the rows of a subject as they are */
	JnRowBuffer now;			/* of all subjects, as they shall be */
	JnKey	   *subject;		/* keys of those, ascending */
	uint32_t	subjects;
	uint32_t	subject_room;
	NewPart    *part;
	uint32_t	parts;
	uint32_t	part_room;
	JnSplicePart *piece;		/* those of one set, to be put in */
	uint32_t	piece_room;
} Merge;

static void
release(const JnEnv *env, void *array)
{
	if (array != NULL)
		jn_release(env, array);
}

/* ---- the changes ---- */

/* Writes the labels of the changes in a column as codes of the builder. */
static JnStatus
code_changes(Merge *m, unsigned c, const uint32_t *label, uint32_t *code, JnError *err)
{
	const JnStoreChanges *in = &m->in;
	uint32_t   *map = jn_alloc(m->env, jn_array_size(in->names[c] + UINT64_C(1), sizeof(uint32_t)));
	JnStatus	status = JN_OK;

	for (uint32_t i = 0; status == JN_OK && i < in->names[c]; i++)
		status = jn_set_build_code(m->env, m->b, c, in->name[c][i], &map[i], err);
	for (uint32_t i = 0; status == JN_OK && i < in->n; i++)
	{
		code[i] = label[i] == JN_NO_LABEL ? JN_NO_LABEL : map[label[i]];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(m->env);
	}
	jn_release(m->env, map);
	return status;
}

/* Makes rows of the changes, in the codes of the builder. */
static JnStatus
fill_changes(Merge *m, JnError *err)
{
	const JnStoreChanges *in = &m->in;
	JnRowBuffer *changes = &m->changes;
	JnStatus	status;

	if (in->n == 0)
		return JN_OK;
	status = jn_row_buffer_room(changes, in->n, in->tracks, err);
	if (status != JN_OK)
		return status;
	memcpy(changes->time, in->time, in->n * sizeof(int64_t));
	status = code_changes(m, JN_SET_EVENT, in->event, changes->event, err);
	for (unsigned t = 0; status == JN_OK && t < JN_TRACKS; t++)
		if (in->label[t] != NULL)
			status = code_changes(m, t, in->label[t], changes->label[t], err);
	if (in->value != NULL)
		memcpy(changes->value, in->value, in->n * sizeof(uint64_t));
	changes->rows = in->n;
	return status;
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

/* Finds the builder's codes of the names of a set, once. */
static JnStatus
need_codes(Merge *m, JnSetSource *source, JnError *err)
{
	const JnSet *s = source->s;

	if (source->map.code != NULL)
		return JN_OK;
	return jn_code_map_open(m->env, m->b, &source->map, &s->event, s->label, s->head.tracks, err);
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

/* Appends the part where a source stands to the old rows. */
static JnStatus
add_old(Merge *m, JnSetSource *source, JnError *err)
{
	JnStatus	status = need_codes(m, source, err);

	return status != JN_OK ? status : jn_row_buffer_part(&m->old, source, err);
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
	m->continued = jn_alloc(env, (size_t) n + 1);
	m->marked = jn_alloc(env, (size_t) n + 1);
	m->joined = jn_alloc(env, (size_t) n + 1);
	memset(m->marked, 0, (size_t) n + 1);
	memset(m->joined, 0, (size_t) n + 1);
	for (uint32_t i = 0; i < n; i++)
	{
		const JnSet *s = m->operand[i];
		JnSetParts	parts;
		JnPart		part;

		if (s->head.kind != m->in.kind)
			return jn_fail(err, JN_SUBJECT_KINDS, 0, s->head.kind, m->in.kind);

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
		source->map.code = NULL;
		jn_set_parts_open(&source->parts, source->s);
		status = rewind_source(m, source, err);
		m->continued[i] = source->part.ghost;
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
	jn_row_buffer_empty(&m->old);
	for (uint32_t i = 0; i < m->n; i++)
	{
		JnSetSource *source = &m->source[i];
		int			order = -1;

		while (source->part.rows > 0 && (order = jn_key_compare(&source->part.key, key)) < 0)
			next_part(m, source);
		if (source->part.rows > 0 && order == 0)
		{
			JnStatus	status = add_old(m, source, err);

			if (status != JN_OK)
				return status;
		}
	}
	return JN_OK;
}

/* The first of the rows from .. to-1 that is not before a change. */
static uint32_t
place_of_row(const Merge *m, uint32_t change, uint32_t from, uint32_t to)
{
	const int64_t *time = m->old.time;
	uint32_t	hi = to;

	/* most changes are behind everything */
	if (from < to && time[to - 1] < m->changes.time[change])
		return to;
	while (from < hi)
	{
		uint32_t	middle = from + (hi - from) / 2;

		if (time[middle] < m->changes.time[change])
			from = middle + 1;
		else
			hi = middle;
	}
	while (from < to && time[from] == m->changes.time[change] && jn_row_buffer_compare_across(&m->changes, change, &m->old, from) > 0)
		from++;
	return from;
}

/* Merges the changes order[from .. to-1] of a subject into its old rows: adds them all to "now". */
static JnStatus
apply(Merge *m, uint32_t from, uint32_t to, JnError *err)
{
	JnRowBuffer *changes = &m->changes;
	JnRowBuffer *old = &m->old;
	uint32_t	i = from;
	JnStatus	status = JN_OK;

	for (uint32_t p = 0; p <= old->pieces && status == JN_OK; p++)
	{
		uint32_t	row = p < old->pieces ? old->piece[p].row : 0;
		uint32_t	end = p < old->pieces ? row + old->piece[p].rows : 0;

		/* behind the last piece come the changes that are left */
		while (i < to && status == JN_OK)
		{
			uint32_t	one = m->in.order[i];
			uint32_t	place = place_of_row(m, one, row, end);
			int64_t		net = 0;

			if (place == end && p < old->pieces)
				break;
			status = jn_row_buffer_copy(&m->now, old, row, place - row, err);
			row = place;

			/* all changes of this one row together */
			for (; i < to && jn_store_changes_compare(&m->in, one, m->in.order[i]) == 0; i++)
				net += m->in.gone[m->in.order[i]] ? -1 : 1;
			for (; net > 0 && status == JN_OK; net--)
				status = jn_row_buffer_copy(&m->now, changes, one, 1, err);
			for (; net < 0 && row < end && jn_row_buffer_compare_across(changes, one, old, row) == 0; net++)
				row++;
			if (net < 0)
				return jn_fail(err, JN_STORE_MISSING, 0, -net, 0);
			if (m->now.rows % 1024 == 0)
				jn_tick(m->env);
		}
		if (status == JN_OK)
			status = jn_row_buffer_copy(&m->now, old, row, end - row, err);
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
	uint64_t	rows = 0;

	if (from == to || part->rows == 0)
		return from == to && part->rows == 0;
	if (old->piece[from].ghost != part->ghost || old->piece[to - 1].more != part->more)
		return false;
	for (uint32_t p = from; p < to; p++)
		rows += old->piece[p].rows;
	if (rows + part->ghost != part->rows
		|| (part->ghost && !jn_row_buffer_same(old, old->piece[from].row - 1, &m->now, at++, 1)))
		return false;
	for (uint32_t p = from; p < to; p++)
	{
		if (!jn_row_buffer_same(old, old->piece[p].row, &m->now, at, old->piece[p].rows))
			return false;
		at += old->piece[p].rows;
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
		NewPart		part = {.chunk = chunk,.subject = subject,.row = row,.before = JN_TIME_MIN};

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
		for (uint32_t i = from; i < p; i++)
			part.rows_before += old->piece[i].rows;
		if (p > from)
			part.before = old->time[old->piece[p - 1].row + old->piece[p - 1].rows - 1];
		if (!is_same(m, from, p, &part))
			add_part(m, part);
	}
}

/* Goes along the subjects that have changes. */
static JnStatus
change_subjects(Merge *m, JnError *err)
{
	for (uint32_t i = 0; i < m->in.n;)
	{
		const JnKey *key = &m->in.key[m->in.order[i]];
		uint32_t	from = i;
		uint32_t	begin = m->now.rows;
		JnStatus	status;

		i = jn_store_changes_end(&m->in, i);
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
	jn_row_buffer_empty(old);
	for (; place < end; place++)
	{
		JnSetSource *source = &m->source[place];
		uint32_t	row = old->rows;
		JnStatus	status;

		if (source->part.rows == 0 || jn_key_compare(&source->part.key, &key) != 0)
			break;
		status = add_old(m, source, err);
		if (status != JN_OK)
			return status;
		if (row == 0)
			ghost = source->part.ghost;
		else if (source->part.ghost)
			jn_row_buffer_remove(old, row); /* the row before it is the same */
		more = source->part.more;
		next_part(m, source);
		if (source->part.rows > 0)
			break;
	}
	return add_rows(m, &key, jn_row_buffer_rows(old, 0, old->rows, ghost, more), err);
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
			status = add_rows(m, key, jn_row_buffer_rows(&m->now, part->row, part->rows, part->ghost, part->more), err);
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

/* ---- the same, where each set can stay what it is but for the new parts ---- */

/* The first of the new parts order[from .. to-1] that does not belong to the sets before "place". */
static uint32_t
first_at(const Merge *m, uint32_t place, const uint32_t *order, uint32_t from, uint32_t to)
{
	while (from < to && jn_key_compare(&m->subject[m->part[order[from]].subject], &m->first_key[place]) < 0)
		from++;
	return from;
}

/* Whether a run of sets will do without another division, as far as can be told from the numbers of rows. */
static bool
may_splice(const Merge *m, uint32_t place, uint32_t end, const uint32_t *order, uint32_t from, uint32_t to)
{
	bool		alone = end - place == 1;

	for (; place < end; place++)
	{
		uint32_t	until = place + 1 < end ? first_at(m, place + 1, order, from, to) : to;
		size_t		size = m->source[place].s->size;

		if (m->joined[place] || !m->marked[place] || (!alone && size < m->limit / SMALL_SHARE))
			return false;
		for (; from < until; from++)
		{
			const NewPart *part = &m->part[order[from]];

			if (part->rows > part->rows_before)
				size += part->rows - part->rows_before;
		}
		if (!m->fresh && size > m->limit)
			return false;
	}
	return true;
}

/* Plans the set at a place with its new parts order[from .. to-1]. */
static JnStatus
plan_splice(Merge *m, uint32_t place, const uint32_t *order, uint32_t from, uint32_t to, JnError *err)
{
	JnSetSource *source = &m->source[place];
	JnStatus	status = need_codes(m, source, err);

	if (status != JN_OK)
		return status;
	if (to - from > m->piece_room)
	{
		m->piece_room = (uint32_t) jn_larger_room(m->piece_room, to - from, 64);
		m->piece = jn_grow(m->env, m->piece, m->piece_room, sizeof(JnSplicePart));
	}
	for (uint32_t i = from; i < to; i++)
	{
		const NewPart *part = &m->part[order[i]];

		m->piece[i - from] = (JnSplicePart)
		{
			m->subject[part->subject], jn_row_buffer_rows(&m->now, part->row, part->rows, part->ghost, part->more), part->before
		};
	}
	return jn_splice_plan(&m->splice, source->s, m->b, &source->map, m->piece, to - from, err);
}

/* Writes the sets of a run, each with its new parts.  *done is false if they have to be divided anew. */
static JnStatus
splice_run(Merge *m, uint32_t begin, uint32_t end, const uint32_t *order, uint32_t from, uint32_t to, bool *done,
		   JnError *err)
{
	size_t		limit = m->fresh ? JN_MAX_BYTES : m->limit;

	*done = may_splice(m, begin, end, order, from, to);

	/* all of them must fit; one that stands alone is planned once */
	for (int pass = end - begin == 1; *done && pass < 2; pass++)
	{
		uint32_t	next = from;

		for (uint32_t place = begin; *done && place < end; place++)
		{
			uint32_t	until = place + 1 < end ? first_at(m, place + 1, order, next, to) : to;
			JnStatus	status = plan_splice(m, place, order, next, until, err);

			if (status != JN_OK)
				return status;
			next = until;
			*done = m->splice.fits && m->splice.size <= limit;
			if (!*done || pass == 0)
				continue;
			m->sink->drop(m->sink->context, m->source[place].number);
			if (m->splice.size > 0)
				jn_splice_write(&m->splice, m->sink->room(m->sink->context, (size_t) m->splice.size));
		}
	}
	return JN_OK;
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
		for (; place > lo && m->continued[place] && jn_key_compare(&m->first_key[place], key) == 0; place--)
		{
			m->marked[place - 1] = true;
			m->joined[place] = true;
		}
	}
	while (lo < hi)
	{
		uint32_t	begin = lo;
		uint32_t	until;
		size_t		size = 0;
		bool		done;
		JnStatus	status;

		if (!m->marked[lo])
		{
			lo++;
			continue;
		}
		do
			size += m->source[lo++].s->size;
		while (lo < hi && (m->fresh ? m->joined[lo] : m->marked[lo] || size < m->limit / SMALL_SHARE));

		/* all new parts whose place is in the run */
		until = lo == hi ? to : first_at(m, lo, order, from, to);
		status = splice_run(m, begin, lo, order, from, until, &done, err);
		if (status == JN_OK && !done)
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

/* ---- new rows alone ---- */

/*
 * Puts the changes into the sets where they belong; false if some of them ask
 * for more than that, and nothing was written then.
 */
static bool
insert_rows(Merge *m)
{
	const JnEnv *env = m->env;
	const JnStoreChanges *in = &m->in;
	int64_t		chunk = jn_store_chunk(in->first, m->chunk);
	size_t		limit = m->fresh ? JN_MAX_BYTES : m->limit;
	uint32_t	lo = 0;
	uint32_t	hi;
	bool		done = true;
	JnInsertPlan *plan;
	JnStoreInsert *insert;

	if (in->n == 0 || in->some_gone || jn_store_chunk(in->last, m->chunk) != chunk ||
		(m->from > 0 && jn_store_chunk(in->known, m->chunk) != chunk))
		return false;
	while (lo < m->n && m->chunk_of[lo] < chunk)
		lo++;
	for (hi = lo; hi < m->n && m->chunk_of[hi] == chunk;)
		hi++;
	if (lo == hi)
		return false;
	insert = jn_alloc(env, sizeof(JnStoreInsert));
	plan = jn_alloc(env, jn_array_size(hi - lo, sizeof(JnInsertPlan)));
	jn_store_insert_open(insert, env, in);

	for (int pass = 0; done && pass < 2; pass++)
	{
		uint32_t	from = 0;

		for (uint32_t place = lo; done && place < hi; place++)
		{
			JnInsertPlan *own = &plan[place - lo];
			const JnSetSource *source = &m->source[place];
			uint32_t	to = from;

			while (to < in->n && (place + 1 == hi || jn_key_compare(&in->key[in->order[to]], &m->first_key[place + 1]) < 0))
				to++;
			if (from == to)
				continue;
			if (pass == 0)
				done = (m->fresh || m->n == 1 || source->s->size >= m->limit / SMALL_SHARE)
					&& jn_store_insert_plan(insert, own, source->s, from, to, lo == 0 && hi == m->n)
					&& own->size <= limit;
			else
			{
				m->sink->drop(m->sink->context, source->number);
				jn_store_insert_write(insert, own, m->sink->room(m->sink->context, (size_t) own->size));
			}
			from = to;
		}
	}
	jn_store_insert_close(insert);
	jn_release(env, plan);
	jn_release(env, insert);
	return done;
}

/* ---- all changes ---- */

/* Takes the subjects that change apart, and puts what comes of them into the sets. */
static JnStatus
change_rows(Merge *m, JnError *err)
{
	const JnEnv *env = m->env;
	JnStatus	status;

	m->b = jn_set_build_new(env, m->in.kind, m->limit);
	jn_splice_open(&m->splice, env);
	jn_row_buffer_open(&m->changes, env, m->b, true);
	jn_row_buffer_open(&m->old, env, m->b, true);
	jn_row_buffer_open(&m->now, env, m->b, true);
	status = fill_changes(m, err);
	if (status == JN_OK)
		status = change_subjects(m, err);
	if (status == JN_OK)
		status = rewrite_chunks(m, err);
	if (status != JN_OK)
		return status;

	for (uint32_t i = 0; i < m->n; i++)
		release(env, m->source[i].map.code);
	release(env, m->subject);
	release(env, m->part);
	release(env, m->piece);
	jn_splice_close(&m->splice);
	jn_row_buffer_close(&m->changes);
	jn_row_buffer_close(&m->old);
	jn_row_buffer_close(&m->now);
	jn_set_build_free(env, m->b);
	return JN_OK;
}

/* Opens the changes and the sets. */
static JnStatus
open_merge(Merge *m, const uint8_t *changes, size_t size, JnError *err)
{
	JnStatus	status = jn_store_changes_open(&m->in, m->env, changes, size, m->from, err);

	return status != JN_OK ? status : open_sets(m, err);
}

static void
close_merge(Merge *m)
{
	const JnEnv *env = m->env;

	for (uint32_t i = 0; i < m->n; i++)
		jn_set_parts_close(env, &m->source[i].parts);
	jn_release(env, m->source);
	jn_release(env, m->first_key);
	jn_release(env, m->chunk_of);
	jn_release(env, m->continued);
	jn_release(env, m->marked);
	jn_release(env, m->joined);
	jn_store_changes_close(&m->in);
}

JnStatus
jn_store_merge(const JnEnv *env, const JnSet *const *set, uint32_t n, const uint8_t *changes, size_t size,
			   uint64_t chunk, size_t limit, const JnStoreSink *sink, bool *inserted, JnError *err)
{
	Merge		m = {
		.env = env,
		.chunk = chunk,
		.fresh = limit == 0,
		.limit = limit == 0 ? JN_SET_PAGE_SIZE : limit,
		.sink = sink,
		.n = n,
		.operand = set,
	};
	JnStatus	status = open_merge(&m, changes, size, err);

	if (status != JN_OK)
		return status;
	*inserted = insert_rows(&m);
	if (!*inserted)
		status = change_rows(&m, err);
	if (status == JN_OK)
		close_merge(&m);
	return status;
}

JnStatus
jn_store_insert(const JnEnv *env, const JnSet *const *set, uint32_t n, const uint8_t *changes, size_t size,
				size_t from, uint64_t chunk, const JnStoreSink *sink, bool *done, JnError *err)
{
	Merge		m = {
		.env = env,
		.chunk = chunk,
		.fresh = true,
		.limit = JN_SET_PAGE_SIZE,
		.from = from,
		.sink = sink,
		.n = n,
		.operand = set,
	};
	JnStatus	status = open_merge(&m, changes, size, err);

	if (status != JN_OK)
		return status;
	*done = insert_rows(&m);
	close_merge(&m);
	return JN_OK;
}
