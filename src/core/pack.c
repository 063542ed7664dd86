/*
 * pack.c
 *	  Packing in bulk: rows in any order in, sets of journeys out.
 *
 *	 rows ---> shuffle ---> lot ---> set builder
 *					 lot ---> shuffle by chunk ---> lot ---> set builder
 *
 * A lot is a part of the rows that fits into memory (shuffle.h).  Loading it
 * finds the subjects with a table of hashes, counts their rows, puts the
 * subjects in order, and then moves each row to the place where its subject
 * stands: so the rows of a subject end up next to each other in the order in
 * which they came, which most often is that of time.  Only where it is not,
 * they are sorted.
 *
 * Codes of names are given in the order of first use.  When all rows have
 * been read, the names are put in order, and loading a lot makes codes ranks;
 * so steps of one time compare as numbers.
 *
 * Sets by chunk.  Whether a step is the first of its journey in a chunk, and
 * which one was the last before it, is known once a subject is in order.  So
 * rows are ordered once as if there were no chunks, get their chunk, where one
 * ends a mark that others follow and where one begins a ghost, and go through a
 * second shuffle that arranges by chunk.
 *
 * Long subjects.  The builder is never shown more than a window of rows, which
 * is more than fit into any set, and ends where a time ends.  So what it takes
 * depends on these rows only, and a subject that comes in slices gives the same
 * sets as one in a whole: what is left of a slice and is less than a window
 * waits for the next slice.
 */
#include "pack.h"

#include "dict.h"
#include "sort.h"

/* Slots of the table of subjects, at least; a power of two. */
#define MIN_SLOTS		1024

/*
 * Memory of a row in a lot: time, event and subject as they come, time and event
 * in order, what sorting takes; and as if each had a subject of its own, that,
 * two slots, a tally, two places in the order, and what sorting those takes.
 */
#define ROW_MEMORY		(8 + 4 + 4 + 8 + 4 + 6 + sizeof(Subject) + 2 * sizeof(Slot) + 3 * sizeof(uint32_t) + 14)

/* Names of so many bytes at most are looked up by their bytes alone, in a table of so many. */
#define SHORT_NAME		16
#define SHORT_NAMES		256

/* A subject of a lot, or of one chunk of it. */
typedef struct Subject
{
	JnKey		key;			/* texts in the lot's memory */
	uint64_t	hash;			/* of the key */
	uint64_t	chunk;
	uint64_t	bucket;
	uint32_t	rows;
	uint32_t	begin;			/* the first one, once they are in order */
	bool		ghost;			/* it is one */
	bool		more;			/* the journey goes on in another chunk */
} Subject;

/* Where a subject is found. */
typedef struct Slot
{
	uint64_t	hash;
	uint32_t	subject;		/* its number + 1; 0 = free */
} Slot;

/* A name of up to SHORT_NAME bytes: its first and its last eight, which may overlap. */
typedef struct ShortName
{
	uint64_t	head;
	uint64_t	tail;
	uint32_t	size;
	uint32_t	code;			/* + 1; 0 = free */
} ShortName;

/*
 * A lot in memory.  "came" are columns in the order of arrival.  Without
 * further columns rows are moved straight to their place and sorted there;
 * else numbers of rows are, and the columns follow at the end.
 */
typedef struct Lot
{
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

	Subject    *subject;		/* in order of appearance */
	uint32_t	subjects;
	uint32_t	subject_room;
	uint32_t   *tally;			/* by subject: its rows so far; then, where its next row goes */
	uint32_t   *order;			/* numbers of subjects, in order; and as many for sorting */
	bool		exact;			/* equal hashes are equal subjects */
	Slot	   *slot;
	uint32_t	slots;			/* a power of two, at least twice the subjects */
	uint32_t	slot_room;
	uint32_t	shift;			/* leaves as many bits as number the slots */
	uint64_t	multiplier;		/* so that nobody knows which hashes meet */
	char	   *text;			/* of keys */
	size_t		text_size;
	size_t		text_room;
} Lot;

struct JnPack
{
	JnPackOptions options;
	const JnSpill *spill;
	JnShuffle  *shuffle;		/* rows, as added or by chunk */
	JnDict		names[JN_SET_COLUMNS];	/* [JN_VALUE] is not used */
	ShortName	short_name[JN_SET_COLUMNS][SHORT_NAMES];
	uint32_t   *rank[JN_SET_COLUMNS];	/* by code: place of the name; NULL when codes are ranks */
	int64_t		earliest;		/* of all times */
	int64_t		latest;

	Lot			lot;
	uint32_t	at;				/* subject to be taken up, in order */
	const Subject *subject;		/* the one whose rows these are */
	JnRows		rows;			/* still to be packed; n = 0: none */
	char		text[JN_MAX_NAME];	/* its key, while it waits for its next slice */

	JnSetBuild *build;
	bool		made;			/* it holds the set that next made */
	uint64_t	chunk;			/* of the set */
	uint64_t	bucket;			/* likewise */

	JnPackProgress progress;
};

/* ---- arrays ---- */

/* Gives an array room for n elements; what is there stays. */
static void *
fit(const JnEnv *env, void *array, size_t n, size_t element)
{
	size_t		size = jn_array_size(n, element);

	return array == NULL ? jn_alloc(env, size) : jn_resize(env, array, size);
}

static void
release(const JnEnv *env, void *array)
{
	if (array != NULL)
		jn_release(env, array);
}

static bool
has_track(const JnPack *p, unsigned track)
{
	return (p->options.columns & 1u << track) != 0;
}

/* Gives the lot room for so many rows; those that are there stay. */
static void
fit_rows(const JnEnv *env, JnPack *p, uint32_t rows)
{
	Lot		   *lot = &p->lot;

	if (rows <= lot->room)
		return;
	lot->came_time = fit(env, lot->came_time, rows, sizeof(int64_t));
	lot->came_event = fit(env, lot->came_event, rows, sizeof(uint32_t));
	lot->subject_of = fit(env, lot->subject_of, rows, sizeof(uint32_t));
	lot->time = fit(env, lot->time, rows, sizeof(int64_t));
	lot->event = fit(env, lot->event, rows, sizeof(uint32_t));
	if (lot->further)
	{
		lot->row = fit(env, lot->row, rows, sizeof(uint32_t));
		lot->work = fit(env, lot->work, rows, sizeof(uint32_t));
	}
	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (has_track(p, track) && track != JN_VALUE)
		{
			lot->came_label[track] = fit(env, lot->came_label[track], rows, sizeof(uint32_t));
			lot->label[track] = fit(env, lot->label[track], rows, sizeof(uint32_t));
		}
	if (has_track(p, JN_VALUE))
	{
		lot->came_value = fit(env, lot->came_value, rows, sizeof(uint64_t));
		lot->value = fit(env, lot->value, rows, sizeof(uint64_t));
	}
	if (p->options.columns & JN_ROW_SEQ)
		lot->came_seq = fit(env, lot->came_seq, rows, sizeof(uint64_t));
	lot->room = rows;
}

static void
release_lot(const JnEnv *env, Lot *lot)
{
	for (unsigned track = 0; track < JN_TRACKS; track++)
	{
		release(env, lot->came_label[track]);
		release(env, lot->label[track]);
	}
	release(env, lot->came_time);
	release(env, lot->came_event);
	release(env, lot->came_value);
	release(env, lot->came_seq);
	release(env, lot->subject_of);
	release(env, lot->time);
	release(env, lot->event);
	release(env, lot->value);
	release(env, lot->row);
	release(env, lot->work);
	release(env, lot->subject);
	release(env, lot->tally);
	release(env, lot->order);
	release(env, lot->slot);
	release(env, lot->text);
}

/* ---- sorting ---- */

typedef int (*Compare) (const Lot *lot, uint32_t a, uint32_t b);

/*
 * Sorts numbers of things in the lot: runs of eight by insertion, then merging
 * through work[], which has room for n too.  One pass if they are in order.
 */
static void
sort_numbers(const JnEnv *env, const Lot *lot, uint32_t *number, uint32_t *work, uint32_t n, Compare compare)
{
	uint32_t	ordered = 1;
	uint32_t   *from = number;
	uint32_t   *to = work;

	while (ordered < n && compare(lot, number[ordered - 1], number[ordered]) <= 0)
		ordered++;
	if (ordered >= n)
		return;

	for (uint32_t begin = 0; begin < n; begin += 8)
	{
		uint32_t	end = n - begin < 8 ? n : begin + 8;

		for (uint32_t i = begin + 1; i < end; i++)
		{
			uint32_t	x = number[i];
			uint32_t	k = i;

			for (; k > begin && compare(lot, number[k - 1], x) > 0; k--)
				number[k] = number[k - 1];
			number[k] = x;
		}
		if (begin % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	for (uint64_t run = 8; run < n; run *= 2)
	{
		uint32_t   *swap = from;

		for (uint64_t begin = 0; begin < n; begin += 2 * run)
		{
			uint32_t	middle = (uint32_t) (n - begin < run ? n : begin + run);
			uint32_t	end = (uint32_t) (n - begin < 2 * run ? n : begin + 2 * run);
			uint32_t	a = (uint32_t) begin;
			uint32_t	b = middle;

			for (uint32_t k = a; k < end; k++)
			{
				to[k] = a < middle && (b == end || compare(lot, from[a], from[b]) <= 0) ? from[a++] : from[b++];
				if (k % JN_TICK_EVERY == 0)
					jn_tick(env);
			}
		}
		from = to;
		to = swap;
	}
	if (from != number)
		memcpy(number, from, n * sizeof(uint32_t));
}

#define DIFFER(a, b) \
	do { \
		if ((a) != (b)) \
			return (a) < (b) ? -1 : 1; \
	} while (0)

/* Subjects: by chunk, bucket and key. */
static int
compare_subjects(const Lot *lot, uint32_t a, uint32_t b)
{
	const Subject *x = &lot->subject[a];
	const Subject *y = &lot->subject[b];

	DIFFER(x->chunk, y->chunk);
	DIFFER(x->bucket, y->bucket);
	return jn_key_compare(&x->key, &y->key);
}

/* Rows of one subject: by time, seq, event and the tracks in their order. */
static int
compare_rows(const Lot *lot, uint32_t a, uint32_t b)
{
	DIFFER(lot->came_time[a], lot->came_time[b]);
	if (lot->came_seq != NULL)
		DIFFER(lot->came_seq[a], lot->came_seq[b]);
	DIFFER(lot->came_event[a], lot->came_event[b]);
	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (track == JN_VALUE && lot->came_value != NULL)
			DIFFER(lot->came_value[a], lot->came_value[b]);
		else if (lot->came_label[track] != NULL)
			DIFFER(lot->came_label[track][a], lot->came_label[track][b]);
	return 0;
}

/* ---- the subjects of a lot ---- */

static inline uint64_t
subject_hash(uint64_t key_hash, uint64_t chunk)
{
	return chunk == 0 ? key_hash : key_hash ^ jn_mix64(chunk);
}

static inline uint32_t
first_slot(const Lot *lot, uint64_t hash)
{
	return (uint32_t) (hash * lot->multiplier >> lot->shift);
}

/* Fills the table anew, with so many slots. */
static void
fill_table(const JnEnv *env, Lot *lot, uint32_t slots)
{
	if (slots > lot->slot_room)
	{
		release(env, lot->slot);
		lot->slot = NULL;
		lot->slot = fit(env, NULL, slots, sizeof(Slot));
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
add_subject(const JnEnv *env, Lot *lot, const JnRow *row, uint64_t key_hash, uint64_t hash, uint32_t at)
{
	uint32_t	i = lot->subjects++;
	Subject    *s;

	if (i == lot->subject_room)
	{
		lot->subject_room = i == 0 ? 256 : 2 * i;
		lot->subject = fit(env, lot->subject, lot->subject_room, sizeof(Subject));
		lot->tally = fit(env, lot->tally, lot->subject_room, sizeof(uint32_t));
	}
	lot->tally[i] = 0;
	s = &lot->subject[i];
	*s = (Subject)
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
is_subject(const Lot *lot, uint32_t i, const JnRow *row)
{
	return lot->subject[i].chunk == row->chunk && jn_key_compare(&lot->subject[i].key, &row->key) == 0;
}

/* The subject of a row. */
static inline uint32_t
find_subject(const JnEnv *env, Lot *lot, const JnRow *row)
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
order_numbers(const JnEnv *env, Lot *lot)
{
	int64_t    *number = fit(env, NULL, lot->subjects, sizeof(int64_t));

	for (uint32_t i = 0; i < lot->subjects; i++)
		number[i] = lot->subject[i].key.number;
	jn_sort(env, number, lot->order, lot->subjects, false);
	jn_release(env, number);
}

/* Puts the subjects in order. */
static void
order_subjects(const JnEnv *env, Lot *lot, uint32_t least_bits)
{
	uint32_t	n = lot->subjects;
	const Subject *s = lot->subject;
	bool		numbers = s->key.kind == JN_KEY_BIGINT;
	bool		buckets = false;

	release(env, lot->order);
	lot->order = NULL;
	lot->order = fit(env, NULL, n, 2 * sizeof(uint32_t));
	for (uint32_t i = 0; i < n; i++)
	{
		lot->order[i] = i;
		numbers = numbers && s[i].chunk == s->chunk && s[i].bucket == s->bucket;
	}
	if (numbers)
		order_numbers(env, lot);
	else
		sort_numbers(env, lot, lot->order, lot->order + n, n, compare_subjects);
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
		sort_numbers(env, lot, lot->order, lot->order + n, n, compare_subjects);
}

/* ---- loading a lot ---- */

/* Makes the code of a name its place among the names. */
static inline uint32_t
rank(const JnPack *p, unsigned column, uint32_t code)
{
	return p->rank[column] == NULL || code == JN_NO_LABEL ? code : p->rank[column][code];
}

/* Reads the rows of a lot behind the "kept" ones that are there, those of one subject. */
static void
read_rows(const JnEnv *env, JnPack *p, uint32_t kept)
{
	Lot		   *lot = &p->lot;
	JnRow		row = jn_shuffle_blank(p->shuffle);

	for (uint32_t i = kept; i < lot->rows; i++)
	{
		uint32_t	subject;

		jn_shuffle_read(env, p->shuffle, &row);
		subject = find_subject(env, lot, &row);
		lot->tally[subject]++;
		lot->subject_of[i] = subject;
		lot->came_time[i] = row.time;
		lot->came_event[i] = rank(p, JN_SET_EVENT, row.event);
		if (lot->further)
		{
			for (unsigned track = 0; track < JN_TRACKS; track++)
				if (lot->came_label[track] != NULL)
					lot->came_label[track][i] = rank(p, track, row.label[track]);
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
move_plain_rows(const Lot *lot, uint32_t from, uint32_t to)
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
order_rows(const JnEnv *env, JnPack *p, uint32_t kept)
{
	Lot		   *lot = &p->lot;
	uint32_t	begin = 0;

	for (uint32_t i = 0; i < lot->subjects; i++)
	{
		Subject    *s = &lot->subject[lot->order[i]];

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
		const Subject *s = &lot->subject[lot->order[i]];

		if (!lot->further)
			jn_sort(env, lot->time + s->begin + kept, lot->event + s->begin + kept, s->rows - kept, true);
		else
			sort_numbers(env, lot, lot->row + s->begin + kept, lot->work, s->rows - kept, compare_rows);
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

/*
 * Loads the next lot; *found is false if there is none.  Rows of the subject
 * that are still to be packed go first: then the lot has further ones of it.
 */
static JnStatus
load_lot(const JnEnv *env, JnPack *p, bool *found, JnError *err)
{
	Lot		   *lot = &p->lot;
	uint32_t	kept = p->rows.n;
	Subject		subject = {0};
	uint64_t	rows;

	if (kept > 0)
	{
		subject = *p->subject;
		subject.ghost = p->rows.ghost;
		subject.rows = kept;
		if (subject.key.kind != JN_KEY_BIGINT)
			subject.key.data = memcpy(p->text, subject.key.data, subject.key.size);
		memcpy(lot->came_time, p->rows.time, kept * sizeof(int64_t));
		memcpy(lot->came_event, p->rows.event, kept * sizeof(uint32_t));
		for (unsigned track = 0; track < JN_TRACKS; track++)
			if (lot->label[track] != NULL)
				memcpy(lot->came_label[track], p->rows.label[track], kept * sizeof(uint32_t));
		if (lot->value != NULL)
			memcpy(lot->came_value, p->rows.value, kept * sizeof(uint64_t));
		p->rows.n = 0;
	}

	*found = jn_shuffle_next(env, p->shuffle, &lot->is);
	if (!*found)
		return JN_OK;
	rows = kept + lot->is.rows;
	if (rows > JN_MAX_STEPS)
		return jn_fail(err, JN_TOO_MANY_STEPS, 0, (int64_t) rows, JN_MAX_STEPS);
	p->progress.lots++;
	fit_rows(env, p, (uint32_t) rows);
	lot->rows = (uint32_t) rows;
	if (lot->text_room < lot->is.bytes + JN_MAX_NAME)
	{
		lot->text_room = (size_t) lot->is.bytes + JN_MAX_NAME;
		release(env, lot->text);
		lot->text = NULL;
		lot->text = jn_alloc(env, lot->text_room);
	}
	lot->text_size = 0;
	lot->subjects = 0;

	/* most lots have as many subjects as the one before */
	while (lot->slots > MIN_SLOTS && lot->slots / 2 >= rows)
		lot->slots /= 2;
	fill_table(env, lot, lot->slots > 0 ? lot->slots : MIN_SLOTS);
	if (kept > 0)
	{
		JnRow		row = {.key = subject.key,.chunk = subject.chunk};
		uint32_t	at = first_slot(lot, subject_hash(subject.hash, subject.chunk));

		(void) add_subject(env, lot, &row, subject.hash, subject_hash(subject.hash, subject.chunk), at);
		lot->tally[0] = kept;
		lot->subject[0].ghost = subject.ghost;
		memset(lot->subject_of, 0, kept * sizeof(uint32_t));
	}
	read_rows(env, p, kept);
	order_subjects(env, lot, p->options.least_bits);
	order_rows(env, p, kept);
	p->at = 0;
	return JN_OK;
}

/* Takes up the next subject, or the next slice of this one; *found is false if there is none. */
static JnStatus
next_subject(const JnEnv *env, JnPack *p, bool *found, JnError *err)
{
	Lot		   *lot = &p->lot;
	const Subject *s;

	*found = true;
	if (p->at == lot->subjects)
	{
		JnStatus	status = load_lot(env, p, found, err);

		if (status != JN_OK || !*found)
			return status;
	}
	s = p->subject = &lot->subject[lot->order[p->at++]];
	p->rows = (JnRows)
	{
		.n = s->rows,
			.ghost = s->ghost,
			.more = s->more,
			.time = lot->time + s->begin,
			.event = lot->event + s->begin,
	};
	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (lot->label[track] != NULL)
			p->rows.label[track] = lot->label[track] + s->begin;
	if (lot->value != NULL)
		p->rows.value = lot->value + s->begin;
	return JN_OK;
}

/* Moves past rows of the subject. */
static void
skip_rows(JnRows *rows, uint32_t n)
{
	rows->n -= n;
	rows->time += n;
	rows->event += n;
	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (rows->label[track] != NULL)
			rows->label[track] += n;
	if (rows->value != NULL)
		rows->value += n;
}

/* ---- adding ---- */

static JnShuffle *
new_shuffle(const JnEnv *env, const JnPack *p, unsigned further_columns, uint64_t chunks)
{
	JnShuffleOptions options = {
		.kind = p->options.kind,
		.columns = p->options.columns | further_columns,
		.chunks = chunks,
		.lot_memory = p->options.memory / 4,
		.memory = p->options.memory / (p->options.chunk == 0 ? 2 : 4),
		.row_memory = ROW_MEMORY,
		.least_bits = p->options.least_bits,
	};

	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (has_track(p, track))
			options.row_memory += track == JN_VALUE ? 16 : 8;
	if (p->options.columns & JN_ROW_SEQ)
		options.row_memory += 8;
	if (p->options.columns != 0)
		options.row_memory += 8;
	return jn_shuffle_new(env, p->spill, &options);
}

JnPack *
jn_pack_new(const JnEnv *env, const JnSpill *spill, const JnPackOptions *options)
{
	JnPack	   *p = jn_alloc(env, sizeof(JnPack));

	memset(p, 0, sizeof(JnPack));
	p->options = *options;
	p->spill = spill;
	for (unsigned column = 0; column < JN_SET_COLUMNS; column++)
		jn_dict_init(&p->names[column], NULL, 0, NULL, 0);
	p->earliest = INT64_MAX;
	p->latest = INT64_MIN;
	p->lot.further = options->columns != 0;
	p->lot.exact = options->kind == JN_KEY_BIGINT;
	p->shuffle = new_shuffle(env, p, 0, 0);
	p->build = jn_set_build_new(env, options->kind, options->set_size);
	return p;
}

void
jn_pack_free(const JnEnv *env, JnPack *p)
{
	for (unsigned column = 0; column < JN_SET_COLUMNS; column++)
	{
		jn_dict_release(env, &p->names[column]);
		release(env, p->rank[column]);
	}
	release_lot(env, &p->lot);
	jn_shuffle_free(env, p->shuffle);
	jn_set_build_free(env, p->build);
	jn_release(env, p);
}

/* Memory of names, which the builder of sets will have once more. */
static uint64_t
names_memory(const JnPack *p)
{
	uint64_t	size = 0;

	for (unsigned column = 0; column < JN_SET_COLUMNS; column++)
		size += p->names[column].text_size
			+ (uint64_t) p->names[column].names * (sizeof(JnDictEntry) + 2 * sizeof(uint32_t));
	return 2 * size;
}

/* The entry of a name of up to SHORT_NAME bytes in the table; all but its code is filled in *name. */
static inline ShortName *
find_short_name(ShortName *table, JnName text, ShortName *name)
{
	const uint8_t *p = (const uint8_t *) text.data;
	uint32_t	size = text.size;

	name->size = size;
	if (size >= 8)
	{
		name->head = jn_load64(p);
		name->tail = jn_load64(p + size - 8);
	}
	else if (size >= 4)
	{
		name->head = jn_load32(p);
		name->tail = jn_load32(p + size - 4);
	}
	else
	{
		name->head = size == 0 ? 0 : (uint64_t) p[0] << 16 | (uint64_t) p[size / 2] << 8 | p[size - 1];
		name->tail = 0;
	}
	return &table[((name->head ^ name->tail << 21 ^ name->tail >> 11) * UINT64_C(0x9e3779b97f4a7c15)) >> 56];
}

JnStatus
jn_pack_code(const JnEnv *env, JnPack *p, unsigned column, JnName name, uint32_t *code, JnError *err)
{
	JnDict	   *names = &p->names[column];
	JnLabelKind kind = column == JN_SET_EVENT ? JN_LABEL_EVENT : jn_track_kind((JnTrack) column);
	ShortName  *known = NULL;
	ShortName	this;
	uint32_t	before = names->names;
	JnStatus	status;

	if (name.size <= SHORT_NAME)
	{
		known = find_short_name(p->short_name[column], name, &this);
		if (known->head == this.head && known->tail == this.tail && known->size == this.size && known->code != 0)
		{
			*code = known->code - 1;
			return JN_OK;
		}
	}
	status = jn_dict_code(env, names, name.data, name.size, kind, code, err);
	if (status != JN_OK)
		return status;
	if (known != NULL)
	{
		*known = this;
		known->code = *code + 1;
	}
	if (names->names > before && names->names % 256 == 0 && names_memory(p) > p->options.memory / 4)
		return jn_fail(err, JN_TOO_MANY_NAMES, 0, (int64_t) names_memory(p), (int64_t) (p->options.memory / 4));
	return JN_OK;
}

JnStatus
jn_pack_add(const JnEnv *env, JnPack *p, const JnRow *row, JnError *err)
{
	if (!jn_time_ok(row->time))
		return jn_fail(err, JN_TIME_RANGE, 0, row->time, 0);
	if (row->key.size > JN_MAX_NAME)
		return jn_fail(err, JN_SUBJECT_LONG, 0, row->key.size, JN_MAX_NAME);
	if (row->time < p->earliest)
		p->earliest = row->time;
	if (row->time > p->latest)
		p->latest = row->time;
	jn_shuffle_add(env, p->shuffle, row);
	p->progress.rows_read++;
	return JN_OK;
}

/* ---- the end of adding ---- */

/* Puts the names of a column in order, and tells them to the builder of sets: codes of both are ranks then. */
static JnStatus
order_names(const JnEnv *env, JnPack *p, unsigned column, JnError *err)
{
	JnDict	   *names = &p->names[column];
	uint32_t	n = names->names;

	if (n == 0)
		return JN_OK;
	p->rank[column] = fit(env, NULL, n, sizeof(uint32_t));
	for (uint32_t i = 0; i < n; i++)
		p->rank[column][i] = i;
	jn_dict_order(env, names, p->rank[column], n);
	for (uint32_t i = 0; i < n; i++)
	{
		JnName		name = jn_dict_name(names, i);
		uint32_t	code;
		JnStatus	status = jn_set_build_code(env, p->build, column, name, &code, err);

		if (status != JN_OK)
			return status;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	jn_dict_release(env, names);
	jn_dict_init(names, NULL, 0, NULL, 0);
	return JN_OK;
}

/* The number of the chunk that a time is in, from 2000-01-01 on. */
static int64_t
chunk_of(int64_t time, int64_t chunk)
{
	return time / chunk - (time % chunk < 0);
}

/*
 * Arranges all rows by chunk: gives each its chunk, and tells where a journey
 * goes on in another one: the last row before, and a ghost behind.
 */
static JnStatus
arrange_by_chunk(const JnEnv *env, JnPack *p, JnError *err)
{
	int64_t		length = (int64_t) p->options.chunk;
	uint64_t	first = (uint64_t) chunk_of(p->earliest, length);
	uint64_t	last = (uint64_t) chunk_of(p->latest, length);
	JnShuffle  *by_chunk = new_shuffle(env, p, JN_ROW_CHUNK, last - first + 1);
	bool		waits = false;	/* row is one of the subject's, to be added when the next is known */
	uint64_t	done = 0;
	JnRow		row = jn_shuffle_blank(p->shuffle);
	bool		found;

	for (;;)
	{
		JnStatus	status = next_subject(env, p, &found, err);
		const JnRows *rows = &p->rows;

		if (status != JN_OK)
			return status;
		if (!found)
			break;
		for (uint32_t i = 0; i < rows->n; i++)
		{
			uint64_t	chunk = (uint64_t) chunk_of(rows->time[i], length) - first;

			row.key = p->subject->key;
			if (waits)
			{
				row.more = chunk != row.chunk;
				jn_shuffle_add(env, by_chunk, &row);
				if (row.more)
				{
					row.chunk = chunk;
					row.ghost = true;
					row.more = false;
					jn_shuffle_add(env, by_chunk, &row);
				}
			}
			waits = true;
			row.time = rows->time[i];
			row.event = rows->event[i];
			row.chunk = chunk;
			row.ghost = false;
			for (unsigned track = 0; track < JN_TRACKS; track++)
				if (rows->label[track] != NULL)
					row.label[track] = rows->label[track][i];
			if (rows->value != NULL)
				row.value = rows->value[i];

			/* the order of ties is settled: their places keep it */
			row.seq = p->options.columns & JN_ROW_SEQ ? done : JN_NO_SEQ;
			if (++done % JN_TICK_EVERY == 0)
				jn_tick(env);
		}
		p->rows.n = 0;
		if (p->lot.is.more)
			continue;
		jn_shuffle_add(env, by_chunk, &row);
		waits = false;
	}
	jn_shuffle_finish(env, by_chunk);
	jn_shuffle_free(env, p->shuffle);
	p->shuffle = by_chunk;
	p->lot.exact = false;
	for (unsigned column = 0; column < JN_SET_COLUMNS; column++)
	{
		release(env, p->rank[column]);
		p->rank[column] = NULL;
	}
	return JN_OK;
}

JnStatus
jn_pack_finish(const JnEnv *env, JnPack *p, JnError *err)
{
	for (unsigned column = 0; column < JN_SET_COLUMNS; column++)
	{
		JnStatus	status = order_names(env, p, column, err);

		if (status != JN_OK)
			return status;
	}
	jn_shuffle_finish(env, p->shuffle);
	return p->options.chunk > 0 && p->progress.rows_read > 0 ? arrange_by_chunk(env, p, err) : JN_OK;
}

/* ---- making sets ---- */

/* The rows that the builder is shown: more than it can take, up to where a time ends. */
static JnRows
window(const JnPack *p)
{
	JnRows		rows = p->rows;
	uint64_t	n = p->options.set_size;

	while (n < rows.n && rows.time[n] == rows.time[n - 1])
		n++;
	if (n < rows.n || p->lot.is.more)
		rows.more = true;
	if (n < rows.n)
		rows.n = (uint32_t) n;
	return rows;
}

/* Whether the rows of the subject that are there must wait for those of its next slice. */
static bool
must_wait(const JnPack *p)
{
	return p->rows.n == 0 || (p->lot.is.more && p->rows.n <= p->options.set_size);
}

JnStatus
jn_pack_next(const JnEnv *env, JnPack *p, size_t *size, JnError *err)
{
	if (p->made)
		jn_set_build_reset(p->build);
	p->made = false;
	for (;;)
	{
		const Subject *s;
		JnRows		rows;
		uint32_t	taken;
		JnStatus	status;

		while (must_wait(p))
		{
			bool		found;

			status = next_subject(env, p, &found, err);
			if (status != JN_OK)
				return status;
			if (!found)
				goto make;
		}
		s = p->subject;
		if (jn_set_build_parts(p->build) > 0 && (s->chunk != p->chunk || s->bucket != p->bucket))
			goto make;
		p->chunk = s->chunk;
		p->bucket = s->bucket;

		rows = window(p);
		status = jn_set_build_add(env, p->build, &s->key, &rows, &taken, err);
		if (status != JN_OK)
			return status;
		if (taken > 0)
		{
			p->progress.rows_packed += taken - rows.ghost;
			p->progress.subjects += !rows.ghost;
		}
		if (taken == p->rows.n && !p->lot.is.more)
		{
			p->rows.n = 0;
			continue;
		}

		/* it goes on in the next set, from its last step here on */
		if (taken > 0)
		{
			skip_rows(&p->rows, taken - 1);
			p->rows.ghost = true;
		}
		break;
	}

make:
	p->made = jn_set_build_parts(p->build) > 0;
	*size = p->made ? jn_set_build_finish(env, p->build) : 0;
	p->progress.sets += p->made;
	return JN_OK;
}

void
jn_pack_write(const JnEnv *env, const JnPack *p, uint8_t *out)
{
	jn_set_build_write(env, p->build, out);
}

JnPackProgress
jn_pack_progress(const JnPack *p)
{
	return p->progress;
}
