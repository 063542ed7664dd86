/*
 * pack.c
 *	  Packing in bulk: rows in any order in, sets of journeys out.
 *
 *	 rows ---> shuffle ---> lot ---> set builder
 *					 lot ---> shuffle by chunk ---> lot ---> set builder
 *
 * A lot is a part of the rows that fits into memory (shuffle.h); pack_lot.c
 * loads it and puts it in order.
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
#include "pack_lot.h"

/* Names of so many bytes at most are looked up by their bytes alone, in a table of so many. */
#define SHORT_NAME		16
#define SHORT_NAMES		256

/* A name of up to SHORT_NAME bytes: its first and its last eight, which may overlap. */
typedef struct ShortName
{
	uint64_t	head;
	uint64_t	tail;
	uint32_t	size;
	uint32_t	code;			/* + 1; 0 = free */
} ShortName;

struct JnPack
{
	JnPackOptions options;
	const JnSpill *spill;
	JnLotSource source;			/* the rows, as added or by chunk */
	JnDict		names[JN_SET_COLUMNS];	/* [JN_VALUE] is not used */
	ShortName	short_name[JN_SET_COLUMNS][SHORT_NAMES];
	int64_t		earliest;		/* of all times */
	int64_t		latest;

	JnPackLot  *lot;
	const JnLotSubject *subject;	/* taken up from the lot; NULL: none */
	JnRows		rows;			/* still to be packed; n = 0: none */

	JnSetBuild *build;
	bool		made;			/* it holds the set that next made */
	uint64_t	chunk;			/* of the set */
	uint64_t	bucket;			/* likewise */

	JnPackProgress progress;
};

/* ---- taking up subjects ---- */

/* Takes up the next subject, or the next slice of this one; *found is false if there is none. */
static JnStatus
next_subject(const JnEnv *env, JnPack *p, bool *found, JnError *err)
{
	*found = true;
	while ((p->subject = jn_pack_lot_next(p->lot, &p->rows)) == NULL)
	{
		JnStatus	status = jn_pack_lot_load(env, p->lot, &p->source, &p->rows, found, err);

		p->rows.n = 0;
		if (status != JN_OK || !*found)
			return status;
		p->progress.lots++;
	}
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
		.row_memory = jn_pack_lot_row_memory(p->options.columns),
		.least_bits = p->options.least_bits,
	};

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
	p->lot = jn_pack_lot_new(env, &p->options);
	p->source.shuffle = new_shuffle(env, p, 0, 0);
	p->build = jn_set_build_new(env, options->kind, options->set_size);
	return p;
}

void
jn_pack_free(const JnEnv *env, JnPack *p)
{
	for (unsigned column = 0; column < JN_SET_COLUMNS; column++)
	{
		jn_dict_release(env, &p->names[column]);
		jn_release(env, p->source.rank[column]);
	}
	jn_pack_lot_free(env, p->lot);
	jn_shuffle_free(env, p->source.shuffle);
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
	jn_shuffle_add(env, p->source.shuffle, row);
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
	p->source.rank[column] = jn_grow(env, NULL, n, sizeof(uint32_t));
	for (uint32_t i = 0; i < n; i++)
		p->source.rank[column][i] = i;
	jn_dict_order(env, names, p->source.rank[column], n);
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
	JnRow		row = jn_shuffle_blank(p->source.shuffle);
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
		if (jn_pack_lot_goes_on(p->lot))
			continue;
		jn_shuffle_add(env, by_chunk, &row);
		waits = false;
	}
	jn_shuffle_finish(env, by_chunk);
	jn_shuffle_free(env, p->source.shuffle);
	p->source.shuffle = by_chunk;
	p->source.by_chunk = true;
	for (unsigned column = 0; column < JN_SET_COLUMNS; column++)
	{
		jn_release(env, p->source.rank[column]);
		p->source.rank[column] = NULL;
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
	jn_shuffle_finish(env, p->source.shuffle);
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
	if (n < rows.n || jn_pack_lot_goes_on(p->lot))
		rows.more = true;
	if (n < rows.n)
		rows.n = (uint32_t) n;
	return rows;
}

/* Whether the rows of the subject that are there must wait for those of its next slice. */
static bool
must_wait(const JnPack *p)
{
	return p->rows.n == 0 || (jn_pack_lot_goes_on(p->lot) && p->rows.n <= p->options.set_size);
}

JnStatus
jn_pack_next(const JnEnv *env, JnPack *p, size_t *size, JnError *err)
{
	if (p->made)
		jn_set_build_reset(p->build);
	p->made = false;
	for (;;)
	{
		const JnLotSubject *s;
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
		if (taken == p->rows.n && !jn_pack_lot_goes_on(p->lot))
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
