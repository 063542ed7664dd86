/*
 * pack_lot.c
 *	  A lot of the shuffle in memory, its subjects and their rows in order.
 *
 * Loading finds the subjects with a table of hashes, counts their rows, puts
 * the subjects in order, and then moves each row to the place where its subject
 * stands: so the rows of a subject end up next to each other in the order in
 * which they came, which most often is that of time.  Only where it is not,
 * they are sorted.
 */
#include "pack_lot.h"

#include "sort.h"

/* Slots of the table of subjects, at least; a power of two. */
#define MIN_SLOTS		1024

/*
 * Memory of a row in a lot: time, event and subject as they come, time and event
 * in order, what sorting takes; and as if each had a subject of its own, that,
 * two slots, a tally, two places in the order, and what sorting those takes.
 */
#define ROW_MEMORY		(8 + 4 + 4 + 8 + 4 + 6 + sizeof(JnLotSubject) + 2 * sizeof(Slot) + 3 * sizeof(uint32_t) + 14)

/* Where a subject is found. */
typedef struct Slot
{
	uint64_t	hash;
	uint32_t	subject;		/* its number + 1; 0 = free */
} Slot;

/*
 * A lot in memory.  "came" are columns in the order of arrival.  Without
 * further columns rows are moved straight to their place and sorted there;
 * else numbers of rows are, and the columns follow at the end.
 */
struct JnPackLot
{
	const JnPackOptions *options;
	JnLot		is;
	bool		further;		/* there are columns beside time and event */
	uint32_t	rows;
	uint32_t	room;			/* rows that fit into each column */
	int64_t    *came_time;
	uint32_t   *came_event;
	uint32_t   *came_label[JN_TRACKS];	/* NULL if no row can have one */
	uint64_t   *came_value;		/* likewise */
	uint64_t   *came_seq;		/* likewise */
	uint32_t   *subject_of;		/* by row: its subject */

	int64_t    *time;			/* in order */
	uint32_t   *event;
	uint32_t   *label[JN_TRACKS];
	uint64_t   *value;
	uint32_t   *row;			/* in order: numbers of rows as they came */
	uint32_t   *work;			/* for sorting */

	JnLotSubject *subject;		/* in order of appearance */
	uint32_t	subjects;
	uint32_t	subject_room;
	uint32_t   *tally;			/* by subject: its rows so far; then, where its next row goes */
	uint32_t   *order;			/* numbers of subjects, in order; and as many for sorting */
	uint32_t	next;			/* subject to be taken up, in order */
	bool		exact;			/* equal hashes are equal subjects */
	Slot	   *slot;
	uint32_t	slots;			/* a power of two, at least twice the subjects */
	uint32_t	slot_room;
	uint32_t	shift;			/* leaves as many bits as number the slots */
	uint64_t	multiplier;		/* so that nobody knows which hashes meet */
	char	   *text;			/* of keys */
	size_t		text_size;
	size_t		text_room;
	char		kept_text[JN_MAX_NAME]; /* the key of a subject that goes on, while the next lot is loaded */
};

/* ---- memory ---- */

static bool
has_track(const JnPackLot *lot, unsigned track)
{
	return (lot->options->columns & 1u << track) != 0;
}

/* Gives the lot room for so many rows; those that are there stay. */
static void
fit_rows(const JnEnv *env, JnPackLot *lot, uint32_t rows)
{
	if (rows <= lot->room)
		return;
	lot->came_time = jn_grow(env, lot->came_time, rows, sizeof(int64_t));
	lot->came_event = jn_grow(env, lot->came_event, rows, sizeof(uint32_t));
	lot->subject_of = jn_grow(env, lot->subject_of, rows, sizeof(uint32_t));
	lot->time = jn_grow(env, lot->time, rows, sizeof(int64_t));
	lot->event = jn_grow(env, lot->event, rows, sizeof(uint32_t));
	if (lot->further)
	{
		lot->row = jn_grow(env, lot->row, rows, sizeof(uint32_t));
		lot->work = jn_grow(env, lot->work, rows, sizeof(uint32_t));
	}
	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (has_track(lot, track) && track != JN_VALUE)
		{
			lot->came_label[track] = jn_grow(env, lot->came_label[track], rows, sizeof(uint32_t));
			lot->label[track] = jn_grow(env, lot->label[track], rows, sizeof(uint32_t));
		}
	if (has_track(lot, JN_VALUE))
	{
		lot->came_value = jn_grow(env, lot->came_value, rows, sizeof(uint64_t));
		lot->value = jn_grow(env, lot->value, rows, sizeof(uint64_t));
	}
	if (lot->options->columns & JN_ROW_SEQ)
		lot->came_seq = jn_grow(env, lot->came_seq, rows, sizeof(uint64_t));
	lot->room = rows;
}

/* ---- order ---- */

#define DIFFER(a, b) \
	do { \
		if ((a) != (b)) \
			return (a) < (b); \
	} while (0)

/* Subjects: by chunk, bucket and key. */
static bool
subject_before(const void *context, uint32_t a, uint32_t b)
{
	const JnPackLot *lot = context;
	const JnLotSubject *x = &lot->subject[a];
	const JnLotSubject *y = &lot->subject[b];

	DIFFER(x->chunk, y->chunk);
	DIFFER(x->bucket, y->bucket);
	return jn_key_compare(&x->key, &y->key) < 0;
}

/* Rows of one subject: by time, seq, event and the tracks in their order. */
static bool
row_before(const void *context, uint32_t a, uint32_t b)
{
	const JnPackLot *lot = context;

	DIFFER(lot->came_time[a], lot->came_time[b]);
	if (lot->came_seq != NULL)
		DIFFER(lot->came_seq[a], lot->came_seq[b]);
	DIFFER(lot->came_event[a], lot->came_event[b]);
	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (track == JN_VALUE && lot->came_value != NULL)
			DIFFER(lot->came_value[a], lot->came_value[b]);
		else if (lot->came_label[track] != NULL)
			DIFFER(lot->came_label[track][a], lot->came_label[track][b]);
	return false;
}

/* ---- the subjects of a lot ---- */

static inline uint64_t
subject_hash(uint64_t key_hash, uint64_t chunk)
{
	return chunk == 0 ? key_hash : key_hash ^ jn_mix64(chunk);
}

static inline uint32_t
first_slot(const JnPackLot *lot, uint64_t hash)
{
	return (uint32_t) (hash * lot->multiplier >> lot->shift);
}

/* Fills the table anew, with so many slots. */
static void
fill_table(const JnEnv *env, JnPackLot *lot, uint32_t slots)
{
	if (slots > lot->slot_room)
	{
		jn_release(env, lot->slot);
		lot->slot = NULL;
		lot->slot = jn_grow(env, NULL, slots, sizeof(Slot));
		lot->slot_room = slots;
		lot->multiplier = jn_mix64((uint64_t) (uintptr_t) lot->slot) | 1;
	}
	lot->slots = slots;
	lot->shift = 64;
	for (uint32_t n = slots; n > 1; n /= 2)
		lot->shift--;
	memset(lot->slot, 0, slots * sizeof(Slot));
	for (uint32_t i = 0; i < lot->subjects; i++)
	{
		uint64_t	hash = subject_hash(lot->subject[i].hash, lot->subject[i].chunk);
		uint32_t	at = first_slot(lot, hash);

		while (lot->slot[at].subject != 0)
			at = (at + 1) & (slots - 1);
		lot->slot[at] = (Slot) {hash, i + 1};
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

/* Adds a subject that is not there, for which slot "at" is free. */
static uint32_t
add_subject(const JnEnv *env, JnPackLot *lot, const JnRow *row, uint64_t key_hash, uint64_t hash, uint32_t at)
{
	uint32_t	i = lot->subjects++;
	JnLotSubject *s;

	if (i == lot->subject_room)
	{
		lot->subject_room = i == 0 ? 256 : 2 * i;
		lot->subject = jn_grow(env, lot->subject, lot->subject_room, sizeof(JnLotSubject));
		lot->tally = jn_grow(env, lot->tally, lot->subject_room, sizeof(uint32_t));
	}
	lot->tally[i] = 0;
	s = &lot->subject[i];
	*s = (JnLotSubject)
	{
		.key = row->key,
			.hash = key_hash,
			.chunk = row->chunk,
			.bucket = lot->is.bits == JN_LOT_COUNTS ? 0 : jn_bucket(key_hash, lot->is.bits),
	};
	if (row->key.kind != JN_KEY_BIGINT)
	{
		/* there is room for the keys of all rows */
		s->key.data = memcpy(lot->text + lot->text_size, row->key.data, row->key.size);
		lot->text_size += row->key.size;
	}
	if (lot->subjects > lot->slots / 2)
		fill_table(env, lot, 2 * lot->slots);
	else
		lot->slot[at] = (Slot) {hash, i + 1};
	return i;
}

static inline bool
is_subject(const JnPackLot *lot, uint32_t i, const JnRow *row)
{
	return lot->subject[i].chunk == row->chunk && jn_key_compare(&lot->subject[i].key, &row->key) == 0;
}

/* The subject of a row. */
static inline uint32_t
find_subject(const JnEnv *env, JnPackLot *lot, const JnRow *row)
{
	uint64_t	key_hash = jn_key_hash(&row->key);
	uint64_t	hash = subject_hash(key_hash, row->chunk);
	uint32_t	at = first_slot(lot, hash);

	for (; lot->slot[at].subject != 0; at = (at + 1) & (lot->slots - 1))
		if (lot->slot[at].hash == hash && (lot->exact || is_subject(lot, lot->slot[at].subject - 1, row)))
			return lot->slot[at].subject - 1;
	return add_subject(env, lot, row, key_hash, hash, at);
}

/* Puts subjects that are numbers, of one chunk and bucket, in order. */
static void
order_numbers(const JnEnv *env, JnPackLot *lot)
{
	int64_t    *number = jn_grow(env, NULL, lot->subjects, sizeof(int64_t));

	for (uint32_t i = 0; i < lot->subjects; i++)
		number[i] = lot->subject[i].key.number;
	jn_sort(env, number, lot->order, lot->subjects, false);
	jn_release(env, number);
}

/* Puts the subjects in order. */
static void
order_subjects(const JnEnv *env, JnPackLot *lot, uint32_t least_bits)
{
	uint32_t	n = lot->subjects;
	const JnLotSubject *s = lot->subject;
	bool		numbers = s->key.kind == JN_KEY_BIGINT;
	bool		buckets = false;

	jn_release(env, lot->order);
	lot->order = NULL;
	lot->order = jn_grow(env, NULL, n, 2 * sizeof(uint32_t));
	for (uint32_t i = 0; i < n; i++)
	{
		lot->order[i] = i;
		numbers = numbers && s[i].chunk == s->chunk && s[i].bucket == s->bucket;
	}
	if (numbers)
		order_numbers(env, lot);
	else
		jn_sort_index(env, lot->order, n, lot->order + n, subject_before, lot);
	if (lot->is.bits != JN_LOT_COUNTS)
		return;

	/* whole chunks: now one can see how large each is */
	for (uint32_t begin = 0, end; begin < n; begin = end)
	{
		uint64_t	chunk = lot->subject[lot->order[begin]].chunk;
		uint64_t	rows = 0;
		uint32_t	bits;

		for (end = begin; end < n && lot->subject[lot->order[end]].chunk == chunk; end++)
			rows += lot->subject[lot->order[end]].rows;
		bits = jn_bucket_bits(rows, least_bits);
		buckets = buckets || bits > 0;
		for (uint32_t i = begin; i < end; i++)
			lot->subject[lot->order[i]].bucket = jn_bucket(lot->subject[lot->order[i]].hash, bits);
		jn_tick(env);
	}
	if (buckets)
		jn_sort_index(env, lot->order, n, lot->order + n, subject_before, lot);
}

/* ---- loading a lot ---- */

/* Makes the code of a name its place among the names. */
static inline uint32_t
rank(const JnLotSource *source, unsigned column, uint32_t code)
{
	return source->rank[column] == NULL || code == JN_NO_LABEL ? code : source->rank[column][code];
}

/* Reads the rows of a lot behind the "kept" ones that are there, those of one subject. */
static void
read_rows(const JnEnv *env, JnPackLot *lot, const JnLotSource *source, uint32_t kept)
{
	JnRow		row = jn_shuffle_blank(source->shuffle);

	for (uint32_t i = kept; i < lot->rows; i++)
	{
		uint32_t	subject;

		jn_shuffle_read(env, source->shuffle, &row);
		subject = find_subject(env, lot, &row);
		lot->tally[subject]++;
		lot->subject_of[i] = subject;
		lot->came_time[i] = row.time;
		lot->came_event[i] = rank(source, JN_SET_EVENT, row.event);
		if (lot->further)
		{
			for (unsigned track = 0; track < JN_TRACKS; track++)
				if (lot->came_label[track] != NULL)
					lot->came_label[track][i] = rank(source, track, row.label[track]);
			if (lot->came_value != NULL)
				lot->came_value[i] = row.value;
			if (lot->came_seq != NULL)
				lot->came_seq[i] = row.seq;
		}
		if (row.ghost)
			lot->subject[subject].ghost = true;
		if (row.more)
			lot->subject[subject].more = true;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	for (uint32_t i = 0; i < lot->subjects; i++)
		lot->subject[i].rows = lot->tally[i];
}

/* Moves rows to where their subjects stand: those that have no further columns. */
static void
move_plain_rows(const JnPackLot *lot, uint32_t from, uint32_t to)
{
	const uint32_t *subject_of = lot->subject_of;
	const int64_t *came_time = lot->came_time;
	const uint32_t *came_event = lot->came_event;
	uint32_t   *place = lot->tally;
	int64_t    *time = lot->time;
	uint32_t   *event = lot->event;

	for (uint32_t i = from; i < to; i++)
	{
		uint32_t	at = place[subject_of[i]]++;

		time[at] = came_time[i];
		event[at] = came_event[i];
	}
}

/*
 * Moves rows to where their subjects stand, and puts those of each in order.
 * The first "kept" ones are in order and before all others.
 */
static void
order_rows(const JnEnv *env, JnPackLot *lot, uint32_t kept)
{
	uint32_t	begin = 0;

	for (uint32_t i = 0; i < lot->subjects; i++)
	{
		JnLotSubject *s = &lot->subject[lot->order[i]];

		s->begin = lot->tally[lot->order[i]] = begin;
		begin += s->rows;
	}
	if (!lot->further)
		for (uint32_t i = 0; i < lot->rows; i += JN_TICK_EVERY)
		{
			move_plain_rows(lot, i, lot->rows - i < JN_TICK_EVERY ? lot->rows : i + JN_TICK_EVERY);
			jn_tick(env);
		}
	else
		for (uint32_t i = 0; i < lot->rows; i++)
		{
			lot->row[lot->tally[lot->subject_of[i]]++] = i;
			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}

	for (uint32_t i = 0; i < lot->subjects; i++)
	{
		const JnLotSubject *s = &lot->subject[lot->order[i]];

		if (!lot->further)
			jn_sort(env, lot->time + s->begin + kept, lot->event + s->begin + kept, s->rows - kept, true);
		else
			jn_sort_index(env, lot->row + s->begin + kept, s->rows - kept, lot->work, row_before, lot);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	if (!lot->further)
		return;

	for (uint32_t i = 0; i < lot->rows; i++)
	{
		uint32_t	from = lot->row[i];

		lot->time[i] = lot->came_time[from];
		lot->event[i] = lot->came_event[from];
		for (unsigned track = 0; track < JN_TRACKS; track++)
			if (lot->label[track] != NULL)
				lot->label[track][i] = lot->came_label[track][from];
		if (lot->value != NULL)
			lot->value[i] = lot->came_value[from];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

/* Copies rows of the subject taken last to where rows arrive, and its key out of the lot. */
static JnLotSubject
keep(JnPackLot *lot, const JnRows *rows)
{
	JnLotSubject subject = lot->subject[lot->order[lot->next - 1]];

	subject.ghost = rows->ghost;
	subject.rows = rows->n;
	if (subject.key.kind != JN_KEY_BIGINT)
		subject.key.data = memcpy(lot->kept_text, subject.key.data, subject.key.size);
	memcpy(lot->came_time, rows->time, rows->n * sizeof(int64_t));
	memcpy(lot->came_event, rows->event, rows->n * sizeof(uint32_t));
	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (lot->label[track] != NULL)
			memcpy(lot->came_label[track], rows->label[track], rows->n * sizeof(uint32_t));
	if (lot->value != NULL)
		memcpy(lot->came_value, rows->value, rows->n * sizeof(uint64_t));
	return subject;
}

/* Makes the subject that is kept the first one of an empty lot. */
static void
add_kept(const JnEnv *env, JnPackLot *lot, const JnLotSubject *subject)
{
	JnRow		row = {.key = subject->key,.chunk = subject->chunk};
	uint64_t	hash = subject_hash(subject->hash, subject->chunk);

	(void) add_subject(env, lot, &row, subject->hash, hash, first_slot(lot, hash));
	lot->tally[0] = subject->rows;
	lot->subject[0].ghost = subject->ghost;
	memset(lot->subject_of, 0, subject->rows * sizeof(uint32_t));
}

JnStatus
jn_pack_lot_load(const JnEnv *env, JnPackLot *lot, const JnLotSource *source, const JnRows *kept, bool *found,
				 JnError *err)
{
	JnLotSubject subject = {0};
	uint64_t	rows;

	if (kept->n > 0)
		subject = keep(lot, kept);
	*found = jn_shuffle_next(env, source->shuffle, &lot->is);
	if (!*found)
		return JN_OK;
	rows = kept->n + lot->is.rows;
	if (rows > JN_MAX_STEPS)
		return jn_fail(err, JN_TOO_MANY_STEPS, 0, (int64_t) rows, JN_MAX_STEPS);
	fit_rows(env, lot, (uint32_t) rows);
	lot->rows = (uint32_t) rows;
	if (lot->text_room < lot->is.bytes + JN_MAX_NAME)
	{
		lot->text_room = (size_t) lot->is.bytes + JN_MAX_NAME;
		jn_release(env, lot->text);
		lot->text = NULL;
		lot->text = jn_alloc(env, lot->text_room);
	}
	lot->text_size = 0;
	lot->subjects = 0;
	lot->exact = lot->options->kind == JN_KEY_BIGINT && !source->by_chunk;

	/* most lots have as many subjects as the one before */
	while (lot->slots > MIN_SLOTS && lot->slots / 2 >= rows)
		lot->slots /= 2;
	fill_table(env, lot, lot->slots > 0 ? lot->slots : MIN_SLOTS);
	if (kept->n > 0)
		add_kept(env, lot, &subject);
	read_rows(env, lot, source, kept->n);
	order_subjects(env, lot, lot->options->least_bits);
	order_rows(env, lot, kept->n);
	lot->next = 0;
	return JN_OK;
}

/* ---- the object ---- */

JnPackLot *
jn_pack_lot_new(const JnEnv *env, const JnPackOptions *options)
{
	JnPackLot  *lot = jn_alloc(env, sizeof(JnPackLot));

	memset(lot, 0, sizeof(JnPackLot));
	lot->options = options;
	lot->further = options->columns != 0;
	return lot;
}

void
jn_pack_lot_free(const JnEnv *env, JnPackLot *lot)
{
	for (unsigned track = 0; track < JN_TRACKS; track++)
	{
		jn_release(env, lot->came_label[track]);
		jn_release(env, lot->label[track]);
	}
	jn_release(env, lot->came_time);
	jn_release(env, lot->came_event);
	jn_release(env, lot->came_value);
	jn_release(env, lot->came_seq);
	jn_release(env, lot->subject_of);
	jn_release(env, lot->time);
	jn_release(env, lot->event);
	jn_release(env, lot->value);
	jn_release(env, lot->row);
	jn_release(env, lot->work);
	jn_release(env, lot->subject);
	jn_release(env, lot->tally);
	jn_release(env, lot->order);
	jn_release(env, lot->slot);
	jn_release(env, lot->text);
	jn_release(env, lot);
}

size_t
jn_pack_lot_row_memory(unsigned columns)
{
	size_t		memory = ROW_MEMORY;

	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (columns & 1u << track)
			memory += track == JN_VALUE ? 16 : 8;
	if (columns & JN_ROW_SEQ)
		memory += 8;
	if (columns != 0)
		memory += 8;
	return memory;
}

const JnLotSubject *
jn_pack_lot_next(JnPackLot *lot, JnRows *rows)
{
	const JnLotSubject *s;

	if (lot->next == lot->subjects)
		return NULL;
	s = &lot->subject[lot->order[lot->next++]];
	*rows = (JnRows)
	{
		.n = s->rows,
			.ghost = s->ghost,
			.more = s->more,
			.time = lot->time + s->begin,
			.event = lot->event + s->begin,
	};
	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (lot->label[track] != NULL)
			rows->label[track] = lot->label[track] + s->begin;
	if (lot->value != NULL)
		rows->value = lot->value + s->begin;
	return s;
}

bool
jn_pack_lot_goes_on(const JnPackLot *lot)
{
	return lot->is.more;
}
