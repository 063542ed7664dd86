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

#include "row_buffer.h"
#include "sort.h"

/* ---- order of pieces and of their rows ---- */

static bool
piece_before(const void *context, uint32_t x, uint32_t y)
{
	const JnRowBuffer *buffer = context;
	const JnPiece *a = &buffer->piece[x];
	const JnPiece *b = &buffer->piece[y];

	for (uint32_t i = 0; i < a->rows && i < b->rows; i++)
	{
		int			order = jn_row_buffer_compare(buffer, a->row + i, b->row + i);

		if (order != 0)
			return order < 0;
		if (i % 1024 == 1023)
			jn_tick(buffer->env);
	}
	return a->rows < b->rows;
}

/* The ghost that stays, as its row; UINT32_MAX if none does. */
static uint32_t
choose_ghost(const JnRowBuffer *buffer)
{
	int64_t		first = INT64_MAX;
	uint32_t	ghost = UINT32_MAX;

	for (uint32_t i = 0; i < buffer->pieces; i++)
	{
		const JnPiece *piece = &buffer->piece[i];

		if (buffer->time[piece->row] > first)
			continue;
		if (buffer->time[piece->row] < first)
			ghost = UINT32_MAX;
		first = buffer->time[piece->row];
		if (piece->ghost && (ghost == UINT32_MAX || jn_row_buffer_compare(buffer, ghost, piece->row - 1) < 0))
			ghost = piece->row - 1;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(buffer->env);
	}
	return ghost;
}

/* Whether the journey that the pieces make goes on in another set. */
static bool
goes_on(const JnRowBuffer *buffer)
{
	int64_t		last = INT64_MIN;
	bool		more = false;

	for (uint32_t i = 0; i < buffer->pieces; i++)
	{
		const JnPiece *piece = &buffer->piece[i];
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
arrange32(JnRowBuffer *buffer, uint32_t *column, uint32_t n)
{
	uint32_t   *spare = (uint32_t *) buffer->spare;

	for (uint32_t i = 0; i < n; i++)
		spare[i] = column[buffer->order[i]];
	memcpy(column, spare, n * sizeof(uint32_t));
	jn_tick(buffer->env);
}

/* The same for 8 bytes. */
static void
arrange64(JnRowBuffer *buffer, uint64_t *column, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		buffer->spare[i] = column[buffer->order[i]];
	memcpy(column, buffer->spare, n * sizeof(uint64_t));
	jn_tick(buffer->env);
}

/* Makes one piece of several. */
static void
join_pieces(JnRowBuffer *buffer)
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
		jn_sort_index(env, index, pieces, index + pieces, piece_before, buffer);

	/* the rows one behind the other, the ghost first, and then by time */
	jn_release(env, buffer->order);
	jn_release(env, buffer->spare);
	buffer->order = jn_alloc(env, jn_array_size(buffer->rows, sizeof(uint32_t)));
	buffer->spare = jn_alloc(env, jn_array_size(buffer->rows, sizeof(uint64_t)));
	if (ghost != UINT32_MAX)
		buffer->order[n++] = ghost;
	for (uint32_t i = 0; i < pieces; i++)
	{
		const JnPiece *piece = &buffer->piece[index[i]];

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
	jn_row_buffer_piece(buffer, n, ghost != UINT32_MAX, more);
}

/* Gives the builder what the buffer has, and empties it. */
static JnStatus
buffer_flush(JnRowBuffer *buffer, const JnKey *key, JnError *err)
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

/* ---- sets ---- */

/* Whether the part of one source comes before that of another. */
static bool
source_before(const JnSetSource *x, const JnSetSource *y)
{
	int			order = jn_key_compare(&x->part.key, &y->part.key);

	return order != 0 ? order < 0 : x->number < y->number;
}

/* Moves the source on top of a heap of n down to its place. */
static void
sift(JnSetSource **heap, uint32_t n)
{
	JnSetSource *source = heap[0];
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
heap_add(JnSetSource **heap, uint32_t n, JnSetSource *source)
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
advance(const JnEnv *env, JnSetSource **heap, uint32_t n)
{
	JnSetSource *source = heap[0];

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
open_sources(const JnEnv *env, const JnSet *const *set, uint32_t n, JnSetBuild *b, JnSetSource *source, JnSetSource **heap,
			 JnError *err)
{
	for (uint32_t i = 0; i < n; i++)
	{
		JnSetSource *one = &source[i];
		JnStatus	status;

		if (set[i]->head.kind != jn_set_build_kind(b))
			return jn_fail(err, JN_SUBJECT_KINDS, 0, set[i]->head.kind, jn_set_build_kind(b));
		one->s = set[i];
		one->number = i;
		jn_set_parts_open(&one->parts, set[i]);
		jn_set_steps_open(&one->steps, set[i]);
		if (!jn_set_parts_next(env, &one->parts, &one->part))
			return jn_corrupt_at(0, err);
		status = jn_code_map_open(env, b, &one->map, &set[i]->event, set[i]->label, set[i]->head.tracks, err);
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
	JnSetSource *source = jn_alloc(env, jn_array_size(n, sizeof(JnSetSource)));
	JnSetSource **heap = jn_alloc(env, jn_array_size(n, sizeof(JnSetSource *)));
	char	   *text = jn_alloc(env, JN_MAX_NAME);
	JnStatus	status = open_sources(env, set, n, b, source, heap, err);
	JnRowBuffer buffer;

	jn_row_buffer_open(&buffer, env, b, ordered);
	while (status == JN_OK && n > 0)
	{
		JnKey		key = heap[0]->part.key;

		/* the key goes when the source moves on */
		if (key.size > 0)
			memcpy(text, key.data, key.size);
		key.data = text;
		do
		{
			status = jn_row_buffer_part(&buffer, heap[0], err);
			n = advance(env, heap, n);
		} while (status == JN_OK && n > 0 && jn_key_compare(&heap[0]->part.key, &key) == 0);
		if (status == JN_OK)
			status = buffer_flush(&buffer, &key, err);
	}
	jn_row_buffer_close(&buffer);
	jn_release(env, text);
	jn_release(env, heap);
	jn_release(env, source);
	return status;
}

/* ---- journeys ---- */

/* Appends a journey to the buffer. */
static JnStatus
append_journey(JnRowBuffer *buffer, const JnJourney *j, bool ghost, bool more, JnError *err)
{
	const JnEnv *env = buffer->env;
	uint32_t	n = j->head.n;
	JnTimesReader times;
	JnCodeMap	map;
	JnStatus	status = jn_row_buffer_room(buffer, n, j->head.tracks, err);

	if (status != JN_OK)
		return status;
	status = jn_code_map_open(env, buffer->b, &map, &j->event, j->label, j->head.tracks, err);
	if (status == JN_OK)
	{
		jn_journey_times(j, &times);
		jn_times_decode(env, &times, j->head.first, buffer->time + buffer->rows, n);
		jn_row_buffer_labels(buffer, &map, &j->event, j->label, j->head.tracks, 0, n);
		if (j->head.tracks >> JN_VALUE & 1)
		{
			JnValuesReader values;

			jn_values_reader_open(&values, &j->values);
			jn_values_decode(env, &values, n, buffer->value + buffer->rows);
		}
		jn_row_buffer_piece(buffer, n, ghost, more);
	}
	jn_release(env, map.code);
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
	JnRowBuffer buffer;
	JnStatus	status = JN_OK;

	for (uint32_t i = 0; i < n; i++)
	{
		index[i] = i;
		head[i] = key_head(&subject[i].key);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_sort_index(env, index, n, index + n, subject_before, &heads);

	jn_row_buffer_open(&buffer, env, b, ordered);
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
	jn_row_buffer_close(&buffer);
	jn_release(env, head);
	jn_release(env, index);
	return status;
}
