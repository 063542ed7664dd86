/*
 * set_merge.c
 *	  Sets of journeys made of others, or of single journeys.
 *
 * A set is an ordered run of subjects, so merging N of them is the usual walk
 * along N runs with a heap that knows the least key.  Whatever has that key goes
 * into one buffer of columns, piece by piece, in the builder's codes; a single
 * piece goes on to the builder as it is, several are put in order first.
 *
 * Single journeys are sorted by their keys, most of which differ in their first
 * eight bytes, and go the same way.
 */
#include "set_merge.h"

#include "sort.h"

/* Rows and pieces that the first buffers have room for. */
#define FIRST_ROOM		64

/* Shorter runs are sorted by insertion. */
#define FEW				8

/* Rows of one part in the buffer. */
typedef struct Piece
{
	uint32_t	row;			/* the first one that is no ghost */
	uint32_t	rows;			/* without the ghost */
	bool		ghost;			/* one stands before them */
	bool		more;			/* the journey goes on in another set */
} Piece;

/* All that there is of one subject. */
typedef struct Buffer
{
	const JnEnv *env;
	JnSetBuild *b;
	bool		ordered;		/* pieces stay in the order of the operands */

	unsigned	tracks;			/* that some row has */
	uint32_t	rows;
	uint32_t	room;
	int64_t    *time;
	uint32_t   *event;			/* codes of the builder */
	uint32_t   *label[JN_TRACKS];	/* NULL before the first use; else all rows, if in "tracks" */
	uint64_t   *value;			/* likewise */
	uint32_t   *order;			/* of the rows, while they are sorted */
	uint64_t   *spare;			/* a column, meanwhile */

	Piece	   *piece;
	uint32_t	pieces;
	uint32_t	piece_room;
} Buffer;

/* ---- sorting numbers ---- */

/*
 * A stable merge sort of index[0 .. n-1]; spare[] has room for half of them.
 * Ordered input costs one pass.
 */
static void
sort_index(const JnEnv *env, uint32_t *index, uint32_t n, uint32_t *spare,
		   bool (*before) (const void *context, uint32_t x, uint32_t y), const void *context)
{
	uint32_t	half = n / 2;
	uint32_t	x = 0;
	uint32_t	y = half;

	if (n <= FEW)
	{
		for (uint32_t i = 1; i < n; i++)
		{
			uint32_t	one = index[i];
			uint32_t	to = i;

			for (; to > 0 && before(context, one, index[to - 1]); to--)
				index[to] = index[to - 1];
			index[to] = one;
		}
		return;
	}
	sort_index(env, index, half, spare, before, context);
	sort_index(env, index + half, n - half, spare, before, context);
	if (!before(context, index[half], index[half - 1]))
		return;
	memcpy(spare, index, half * sizeof(uint32_t));
	for (uint32_t to = 0; x < half; to++)
	{
		index[to] = y < n && before(context, index[y], spare[x]) ? index[y++] : spare[x++];
		if (to % 1024 == 1023)
			jn_tick(env);
	}
}

/* ---- the buffer ---- */

static void
buffer_open(Buffer *buffer, const JnEnv *env, JnSetBuild *b, bool ordered)
{
	memset(buffer, 0, sizeof(Buffer));
	buffer->env = env;
	buffer->b = b;
	buffer->ordered = ordered;
}

static void
release(const JnEnv *env, void *array)
{
	if (array != NULL)
		jn_release(env, array);
}

static void
buffer_close(Buffer *buffer)
{
	release(buffer->env, buffer->time);
	release(buffer->env, buffer->event);
	for (unsigned t = 0; t < JN_TRACKS; t++)
		release(buffer->env, buffer->label[t]);
	release(buffer->env, buffer->value);
	release(buffer->env, buffer->order);
	release(buffer->env, buffer->spare);
	release(buffer->env, buffer->piece);
}

/* Makes room for "more" rows with these tracks, and says of the rows before that they have no new ones. */
static JnStatus
buffer_room(Buffer *buffer, uint32_t more, unsigned tracks, JnError *err)
{
	const JnEnv *env = buffer->env;
	uint64_t	need = (uint64_t) buffer->rows + more;

	if (need > JN_MAX_STEPS)
		return jn_fail(err, JN_TOO_MANY_STEPS, 0, (int64_t) need, JN_MAX_STEPS);
	if (need > buffer->room)
	{
		uint64_t	room = jn_larger_room(buffer->room, need, FIRST_ROOM);

		buffer->time = jn_grow(env, buffer->time, room, sizeof(int64_t));
		buffer->event = jn_grow(env, buffer->event, room, sizeof(uint32_t));
		for (unsigned t = 0; t < JN_TRACKS; t++)
			if (buffer->label[t] != NULL)
				buffer->label[t] = jn_grow(env, buffer->label[t], room, sizeof(uint32_t));
		if (buffer->value != NULL)
			buffer->value = jn_grow(env, buffer->value, room, sizeof(uint64_t));
		buffer->room = (uint32_t) room;
	}
	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		bool		fresh = (tracks & ~buffer->tracks) >> t & 1;
		bool		missing = (buffer->tracks & ~tracks) >> t & 1;
		uint32_t	from = fresh ? 0 : buffer->rows;
		uint32_t	to = fresh ? buffer->rows : (uint32_t) need;

		if (!fresh && !missing)
			continue;
		if (t == JN_VALUE)
		{
			if (buffer->value == NULL)
				buffer->value = jn_grow(env, NULL, buffer->room, sizeof(uint64_t));
			memset(buffer->value + from, 0xff, (to - from) * sizeof(uint64_t));
		}
		else
		{
			if (buffer->label[t] == NULL)
				buffer->label[t] = jn_grow(env, NULL, buffer->room, sizeof(uint32_t));
			memset(buffer->label[t] + from, 0xff, (to - from) * sizeof(uint32_t));
		}
	}
	buffer->tracks |= tracks;
	return JN_OK;
}

/* Makes the last "rows" rows, which have been written, a piece. */
static void
buffer_piece(Buffer *buffer, uint32_t rows, bool ghost, bool more)
{
	if (buffer->pieces == buffer->piece_room)
	{
		buffer->piece_room = (uint32_t) jn_larger_room(buffer->piece_room, (uint64_t) buffer->pieces + 1, FIRST_ROOM);
		buffer->piece = jn_grow(buffer->env, buffer->piece, buffer->piece_room, sizeof(Piece));
	}
	buffer->piece[buffer->pieces++] = (Piece) {buffer->rows + ghost, rows - ghost, ghost, more};
	buffer->rows += rows;
}

/* ---- order of pieces and of their rows ---- */

/* Compares labels, none after all others. */
static int
compare_labels(const JnSetBuild *b, unsigned column, uint32_t x, uint32_t y)
{
	if (x == y)
		return 0;
	if (x == JN_NO_LABEL || y == JN_NO_LABEL)
		return x == JN_NO_LABEL ? 1 : -1;
	return jn_name_compare(jn_set_build_name(b, column, x), jn_set_build_name(b, column, y));
}

/* Compares rows as the steps of journeys are compared. */
static int
compare_rows(const Buffer *buffer, uint32_t x, uint32_t y)
{
	int			order;

	if (buffer->time[x] != buffer->time[y])
		return buffer->time[x] < buffer->time[y] ? -1 : 1;
	order = compare_labels(buffer->b, JN_SET_EVENT, buffer->event[x], buffer->event[y]);
	for (unsigned t = 0; order == 0 && buffer->tracks >> t != 0; t++)
	{
		if ((buffer->tracks >> t & 1) == 0)
			continue;
		if (t == JN_VALUE)
			order = (buffer->value[x] > buffer->value[y]) - (buffer->value[x] < buffer->value[y]);
		else
			order = compare_labels(buffer->b, t, buffer->label[t][x], buffer->label[t][y]);
	}
	return order;
}

static bool
piece_before(const void *context, uint32_t x, uint32_t y)
{
	const Buffer *buffer = context;
	const Piece *a = &buffer->piece[x];
	const Piece *b = &buffer->piece[y];

	for (uint32_t i = 0; i < a->rows && i < b->rows; i++)
	{
		int			order = compare_rows(buffer, a->row + i, b->row + i);

		if (order != 0)
			return order < 0;
		if (i % 1024 == 1023)
			jn_tick(buffer->env);
	}
	return a->rows < b->rows;
}

/* The ghost that stays, as its row; UINT32_MAX if none does. */
static uint32_t
choose_ghost(const Buffer *buffer)
{
	int64_t		first = INT64_MAX;
	uint32_t	ghost = UINT32_MAX;

	for (uint32_t i = 0; i < buffer->pieces; i++)
	{
		const Piece *piece = &buffer->piece[i];

		if (buffer->time[piece->row] > first)
			continue;
		if (buffer->time[piece->row] < first)
			ghost = UINT32_MAX;
		first = buffer->time[piece->row];
		if (piece->ghost && (ghost == UINT32_MAX || compare_rows(buffer, ghost, piece->row - 1) < 0))
			ghost = piece->row - 1;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(buffer->env);
	}
	return ghost;
}

/* Whether the journey that the pieces make goes on in another set. */
static bool
goes_on(const Buffer *buffer)
{
	int64_t		last = INT64_MIN;
	bool		more = false;

	for (uint32_t i = 0; i < buffer->pieces; i++)
	{
		const Piece *piece = &buffer->piece[i];
		int64_t		end = buffer->time[piece->row + piece->rows - 1];

		more = end > last ? piece->more : more || (end == last && piece->more);
		last = end > last ? end : last;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(buffer->env);
	}
	return more;
}

/* Puts a column of 4 bytes an element in the order of order[0 .. n-1]. */
static void
arrange32(Buffer *buffer, uint32_t *column, uint32_t n)
{
	uint32_t   *spare = (uint32_t *) buffer->spare;

	for (uint32_t i = 0; i < n; i++)
		spare[i] = column[buffer->order[i]];
	memcpy(column, spare, n * sizeof(uint32_t));
	jn_tick(buffer->env);
}

/* The same for 8 bytes. */
static void
arrange64(Buffer *buffer, uint64_t *column, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		buffer->spare[i] = column[buffer->order[i]];
	memcpy(column, buffer->spare, n * sizeof(uint64_t));
	jn_tick(buffer->env);
}

/* Makes one piece of several. */
static void
join_pieces(Buffer *buffer)
{
	const JnEnv *env = buffer->env;
	uint32_t	ghost = choose_ghost(buffer);
	bool		more = goes_on(buffer);
	uint32_t	pieces = buffer->pieces;
	uint32_t	n = 0;
	uint32_t   *index = jn_alloc(env, jn_array_size((uint64_t) pieces + pieces / 2, sizeof(uint32_t)));
	int64_t    *time;

	for (uint32_t i = 0; i < pieces; i++)
		index[i] = i;
	if (!buffer->ordered)
		sort_index(env, index, pieces, index + pieces, piece_before, buffer);

	/* the rows one behind the other, the ghost first, and then by time */
	release(env, buffer->order);
	release(env, buffer->spare);
	buffer->order = jn_alloc(env, jn_array_size(buffer->rows, sizeof(uint32_t)));
	buffer->spare = jn_alloc(env, jn_array_size(buffer->rows, sizeof(uint64_t)));
	if (ghost != UINT32_MAX)
		buffer->order[n++] = ghost;
	for (uint32_t i = 0; i < pieces; i++)
	{
		const Piece *piece = &buffer->piece[index[i]];

		for (uint32_t k = 0; k < piece->rows; k++)
			buffer->order[n++] = piece->row + k;
		jn_tick(env);
	}
	jn_release(env, index);

	time = jn_alloc(env, jn_array_size(n, sizeof(int64_t)));
	for (uint32_t i = 0; i < n; i++)
		time[i] = buffer->time[buffer->order[i]];
	jn_sort(env, time, buffer->order, n, false);
	memcpy(buffer->time, time, n * sizeof(int64_t));
	jn_release(env, time);

	arrange32(buffer, buffer->event, n);
	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		if (t == JN_VALUE && buffer->tracks >> t & 1)
			arrange64(buffer, buffer->value, n);
		else if (buffer->tracks >> t & 1)
			arrange32(buffer, buffer->label[t], n);
	}
	buffer->rows = 0;
	buffer->pieces = 0;
	buffer_piece(buffer, n, ghost != UINT32_MAX, more);
}

/* Gives the builder what the buffer has, and empties it. */
static JnStatus
buffer_flush(Buffer *buffer, const JnKey *key, JnError *err)
{
	JnRows		rows;
	uint32_t	taken;
	JnStatus	status;

	if (buffer->pieces > 1)
		join_pieces(buffer);
	rows = (JnRows)
	{
		.n = buffer->rows,
			.ghost = buffer->piece[0].ghost,
			.more = buffer->piece[0].more,
			.time = buffer->time,
			.event = buffer->event,
	};
	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (t != JN_VALUE && buffer->tracks >> t & 1)
			rows.label[t] = buffer->label[t];
	if (buffer->tracks >> JN_VALUE & 1)
		rows.value = buffer->value;
	status = jn_set_build_add(buffer->env, buffer->b, key, &rows, &taken, err);
	if (status == JN_OK && taken < rows.n)
		status = jn_fail(err, JN_TOO_LARGE, 0, (int64_t) JN_MAX_BYTES + 1, (int64_t) JN_MAX_BYTES);
	buffer->rows = 0;
	buffer->pieces = 0;
	buffer->tracks = 0;
	return status;
}

/* ---- codes ---- */

/* For each column the builder's codes by those of a set or a journey. */
typedef struct CodeMap
{
	uint32_t   *code;			/* all of them, one column behind the other */
	uint32_t   *column[JN_SET_COLUMNS];
} CodeMap;

/* Fills a column of a map. */
static JnStatus
map_column(const JnEnv *env, JnSetBuild *b, unsigned column, const JnLabels *labels, uint32_t *code, JnError *err)
{
	JnNames		names;

	jn_names_open(&names, labels);
	for (uint32_t i = 0; i < labels->names; i++)
	{
		JnStatus	status = jn_set_build_code(env, b, column, jn_names_next(&names), &code[i], err);

		if (status != JN_OK)
			return status;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return JN_OK;
}

/* Makes a map; "label" are the columns of the tracks. */
static JnStatus
map_open(const JnEnv *env, JnSetBuild *b, CodeMap *map, const JnLabels *event, const JnLabels *label,
		 unsigned tracks, JnError *err)
{
	uint64_t	names = event->names;
	uint32_t   *next;
	JnStatus	status;

	tracks &= ~(1u << JN_VALUE);
	for (unsigned t = 0; t < JN_TRACKS; t++)
		names += tracks >> t & 1 ? label[t].names : 0;
	map->code = next = jn_alloc(env, jn_array_size(names, sizeof(uint32_t)));
	map->column[JN_SET_EVENT] = next;
	status = map_column(env, b, JN_SET_EVENT, event, next, err);
	next += event->names;
	for (unsigned t = 0; status == JN_OK && t < JN_TRACKS; t++)
	{
		if ((tracks >> t & 1) == 0)
			continue;
		map->column[t] = next;
		status = map_column(env, b, t, &label[t], next, err);
		next += label[t].names;
	}
	return status;
}

/* Decodes a column of labels into the builder's codes. */
static void
decode_labels(const JnEnv *env, const CodeMap *map, unsigned column, const JnLabels *labels,
			  uint32_t from, uint32_t count, uint32_t *code)
{
	const uint32_t *to = map->column[column];

	jn_labels_decode(env, labels, from, count, code);
	for (uint32_t i = 0; i < count; i++)
	{
		if (code[i] != JN_NO_LABEL)
			code[i] = to[code[i]];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

/* Appends the labels of rows from .. from+count-1 to the buffer, which has room. */
static void
append_labels(Buffer *buffer, const CodeMap *map, const JnLabels *event, const JnLabels *label, unsigned tracks,
			  uint32_t from, uint32_t count)
{
	decode_labels(buffer->env, map, JN_SET_EVENT, event, from, count, buffer->event + buffer->rows);
	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (t != JN_VALUE && tracks >> t & 1)
			decode_labels(buffer->env, map, t, &label[t], from, count, buffer->label[t] + buffer->rows);
}

/* ---- sets ---- */

/* One of the sets to be merged, and the part of it that is next. */
typedef struct Source
{
	const JnSet *s;
	uint32_t	number;			/* of the operand */
	JnSetParts	parts;
	JnSetSteps	steps;
	JnPart		part;
	CodeMap		map;
} Source;

/* Appends the part at hand to the buffer. */
static JnStatus
append_part(Buffer *buffer, Source *source, JnError *err)
{
	const JnEnv *env = buffer->env;
	const JnSet *s = source->s;
	const JnPart *part = &source->part;
	JnSetSteps *w = &source->steps;
	JnStatus	status = buffer_room(buffer, part->rows, s->head.tracks, err);
	int64_t    *time = buffer->time + buffer->rows;

	if (status != JN_OK)
		return status;
	jn_set_steps_enter(env, w, part);
	do
	{
		*time++ = w->time;
		if (w->row % JN_TICK_EVERY == 0)
			jn_tick(env);
	} while (jn_set_steps_next(w));
	append_labels(buffer, &source->map, &s->event, s->label, s->head.tracks, part->row, part->rows);
	if (s->head.tracks >> JN_VALUE & 1)
	{
		jn_values_skip(env, &w->values, part->row - w->values.next);
		jn_values_decode(env, &w->values, part->rows, buffer->value + buffer->rows);
	}
	buffer_piece(buffer, part->rows, part->ghost, part->more);
	return JN_OK;
}

/* Whether the part of one source comes before that of another. */
static bool
source_before(const Source *x, const Source *y)
{
	int			order = jn_key_compare(&x->part.key, &y->part.key);

	return order != 0 ? order < 0 : x->number < y->number;
}

/* Moves the source on top of a heap of n down to its place. */
static void
sift(Source **heap, uint32_t n)
{
	Source	   *source = heap[0];
	uint32_t	i = 0;

	for (;;)
	{
		uint32_t	child = 2 * i + 1;

		if (child >= n)
			break;
		if (child + 1 < n && source_before(heap[child + 1], heap[child]))
			child++;
		if (!source_before(heap[child], source))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = source;
}

/* Puts a source into a heap of n. */
static void
heap_add(Source **heap, uint32_t n, Source *source)
{
	while (n > 0 && source_before(source, heap[(n - 1) / 2]))
	{
		heap[n] = heap[(n - 1) / 2];
		n = (n - 1) / 2;
	}
	heap[n] = source;
}

/* Goes to the next part of the source on top; drops the source at its end.  Returns the size of the heap. */
static uint32_t
advance(const JnEnv *env, Source **heap, uint32_t n)
{
	Source	   *source = heap[0];

	if (!jn_set_parts_next(env, &source->parts, &source->part))
	{
		jn_set_parts_close(env, &source->parts);
		jn_release(env, source->map.code);
		heap[0] = heap[--n];
	}
	if (n > 0)
		sift(heap, n);
	return n;
}

/* Opens the sets and makes a heap of them. */
static JnStatus
open_sources(const JnEnv *env, const JnSet *const *set, uint32_t n, JnSetBuild *b, Source *source, Source **heap,
			 JnError *err)
{
	for (uint32_t i = 0; i < n; i++)
	{
		Source	   *one = &source[i];
		JnStatus	status;

		if (set[i]->head.kind != jn_set_build_kind(b))
			return jn_fail(err, JN_SUBJECT_KINDS, 0, set[i]->head.kind, jn_set_build_kind(b));
		one->s = set[i];
		one->number = i;
		jn_set_parts_open(&one->parts, set[i]);
		jn_set_steps_open(&one->steps, set[i]);
		if (!jn_set_parts_next(env, &one->parts, &one->part))
			return jn_fail(err, JN_BYTES_CORRUPT, 0, 0, 0);
		status = map_open(env, b, &one->map, &set[i]->event, set[i]->label, set[i]->head.tracks, err);
		if (status != JN_OK)
			return status;
		heap_add(heap, i, one);
		if (i % 64 == 63)
			jn_tick(env);
	}
	return JN_OK;
}

JnStatus
jn_sets_merge(const JnEnv *env, const JnSet *const *set, uint32_t n, bool ordered, JnSetBuild *b, JnError *err)
{
	Source	   *source = jn_alloc(env, jn_array_size(n, sizeof(Source)));
	Source	  **heap = jn_alloc(env, jn_array_size(n, sizeof(Source *)));
	char	   *text = jn_alloc(env, JN_MAX_NAME);
	JnStatus	status = open_sources(env, set, n, b, source, heap, err);
	Buffer		buffer;

	buffer_open(&buffer, env, b, ordered);
	while (status == JN_OK && n > 0)
	{
		JnKey		key = heap[0]->part.key;

		/* the key goes when the source moves on */
		if (key.size > 0)
			memcpy(text, key.data, key.size);
		key.data = text;
		do
		{
			status = append_part(&buffer, heap[0], err);
			n = advance(env, heap, n);
		} while (status == JN_OK && n > 0 && jn_key_compare(&heap[0]->part.key, &key) == 0);
		if (status == JN_OK)
			status = buffer_flush(&buffer, &key, err);
	}
	buffer_close(&buffer);
	jn_release(env, text);
	jn_release(env, heap);
	jn_release(env, source);
	return status;
}

/* ---- journeys ---- */

/* Appends a journey to the buffer. */
static JnStatus
append_journey(Buffer *buffer, const JnJourney *j, bool ghost, bool more, JnError *err)
{
	const JnEnv *env = buffer->env;
	uint32_t	n = j->head.n;
	JnTimesReader times;
	CodeMap		map;
	JnStatus	status = buffer_room(buffer, n, j->head.tracks, err);

	if (status != JN_OK)
		return status;
	status = map_open(env, buffer->b, &map, &j->event, j->label, j->head.tracks, err);
	if (status == JN_OK)
	{
		jn_journey_times(j, &times);
		jn_times_decode(env, &times, j->head.first, buffer->time + buffer->rows, n);
		append_labels(buffer, &map, &j->event, j->label, j->head.tracks, 0, n);
		if (j->head.tracks >> JN_VALUE & 1)
		{
			JnValuesReader values;

			jn_values_reader_open(&values, &j->values);
			jn_values_decode(env, &values, n, buffer->value + buffer->rows);
		}
		buffer_piece(buffer, n, ghost, more);
	}
	jn_release(env, map.code);
	return status;
}

JnStatus
jn_set_build_add_journey(const JnEnv *env, JnSetBuild *b, const JnKey *key, const JnJourney *j, bool ghost,
						 bool more, JnError *err)
{
	Buffer		buffer;
	JnStatus	status;

	buffer_open(&buffer, env, b, true);
	status = append_journey(&buffer, j, ghost, more, err);
	if (status == JN_OK)
		status = buffer_flush(&buffer, key, err);
	buffer_close(&buffer);
	return status;
}

/* What subjects are sorted by: nearly all keys differ in the first eight bytes. */
typedef struct Heads
{
	const JnSubject *subject;
	const uint64_t *head;
} Heads;

/* The first eight bytes of a key as a number that orders as keys do. */
static uint64_t
key_head(const JnKey *key)
{
	uint64_t	head = 0;

	if (key->kind == JN_KEY_BIGINT)
		return (uint64_t) key->number ^ UINT64_C(1) << 63;
	for (unsigned i = 0; i < 8; i++)
		head = head << 8 | (i < key->size ? (uint8_t) key->data[i] : 0);
	return head;
}

static bool
subject_before(const void *context, uint32_t x, uint32_t y)
{
	const Heads *heads = context;

	if (heads->head[x] != heads->head[y])
		return heads->head[x] < heads->head[y];
	return jn_key_compare(&heads->subject[x].key, &heads->subject[y].key) < 0;
}

JnStatus
jn_subjects_gather(const JnEnv *env, const JnSubject *subject, uint32_t n, bool ordered, JnSetBuild *b, JnError *err)
{
	uint32_t   *index = jn_alloc(env, jn_array_size((uint64_t) n + n / 2, sizeof(uint32_t)));
	uint64_t   *head = jn_alloc(env, jn_array_size(n, sizeof(uint64_t)));
	Heads		heads = {subject, head};
	Buffer		buffer;
	JnStatus	status = JN_OK;

	for (uint32_t i = 0; i < n; i++)
	{
		index[i] = i;
		head[i] = key_head(&subject[i].key);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	sort_index(env, index, n, index + n, subject_before, &heads);

	buffer_open(&buffer, env, b, ordered);
	for (uint32_t i = 0; status == JN_OK && i < n;)
	{
		const JnKey *key = &subject[index[i]].key;

		do
		{
			const JnSubject *one = &subject[index[i++]];
			JnJourney	j;

			status = jn_journey_open(one->bytes, one->size, &j, err);
			if (status == JN_OK)
				status = append_journey(&buffer, &j, one->ghost, one->more, err);
		} while (status == JN_OK && i < n && jn_key_compare(&subject[index[i]].key, key) == 0);
		if (status == JN_OK)
			status = buffer_flush(&buffer, key, err);
		if (i % 1024 == 0)
			jn_tick(env);
	}
	buffer_close(&buffer);
	jn_release(env, head);
	jn_release(env, index);
	return status;
}
