/*
 * population_rows.c
 *	  What has been added up: its rows in order, and its state as bytes.
 */
#include "population.h"

#include "population_own.h"
#include "sort.h"
#include "utf8.h"

/* ---- order ---- */

static bool
name_before(const void *context, uint32_t x, uint32_t y)
{
	const JnName *name = context;

	return jn_name_compare(name[x], name[y]) < 0;
}

/* Fills rows->name with the names that are used, in order, and rank[] with their places. */
static void
rank_names(const JnEnv *env, const JnTally *t, JnTallyRows *rows, uint32_t *rank)
{
	uint32_t   *spare = jn_alloc(env, jn_array_size(t->names.names / 2 + 1, sizeof(uint32_t)));
	uint32_t	n = 0;

	rows->name = jn_alloc(env, jn_array_size((size_t) t->names.names + 1, sizeof(uint32_t)));
	for (uint32_t i = 0; i < t->names.names; i++)
	{
		if (rank[i] != 0)
			rows->name[n++] = i;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	rows->names = n;
	jn_sort_index(env, rows->name, n, spare, name_before, t->names.name);
	for (uint32_t i = 0; i < n; i++)
		rank[rows->name[i]] = i;
	jn_release(env, spare);
}

JnTallyRows
jn_tally_rows(const JnEnv *env, JnTally *t)
{
	size_t		count = cell_count(t);
	uint32_t   *rank = jn_alloc(env, jn_array_size((size_t) t->names.names + 1, sizeof(uint32_t)));
	size_t		n = 0;
	JnTallyRows rows;

	jn_tally_settle(t);

	/* which names are used; a journey of one step has no edge */
	memset(rank, 0, t->names.names * sizeof(uint32_t));
	for (size_t i = 0; i < count; i++)
	{
		if (t->cell[i].n > 0)
		{
			uint64_t	key = key_of(t, i);

			n++;
			rank[key >> 32] = 1;
			if (t->kind != JN_TALLY_EVENTS)
				rank[(uint32_t) key] = 1;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	rank_names(env, t, &rows, rank);

	rows.order = jn_alloc(env, jn_array_size(n + 1, sizeof(int64_t)));
	rows.cell = jn_alloc(env, jn_array_size(n + 1, sizeof(uint32_t)));
	rows.rows = 0;
	for (size_t i = 0; i < count; i++)
	{
		if (t->cell[i].n > 0)
		{
			uint64_t	key = key_of(t, i);
			uint32_t	next = t->kind != JN_TALLY_EVENTS ? rank[(uint32_t) key] : NO_NEXT;

			rows.order[rows.rows] = (int64_t) edge_key(rank[key >> 32], next);
			rows.cell[rows.rows++] = (uint32_t) i;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_sort(env, rows.order, rows.cell, rows.rows, false);
	jn_release(env, rank);
	return rows;
}

void
jn_tally_rows_free(const JnEnv *env, JnTallyRows *rows)
{
	jn_release(env, rows->name);
	jn_release(env, rows->order);
	jn_release(env, rows->cell);
}

JnTallyFacts
jn_tally_facts(const JnEnv *env, JnTally *t, const JnTallyRows *rows, uint32_t i)
{
	uint32_t	at = rows->cell[i];
	const JnTallyCell *cell = &t->cell[at];
	uint64_t	key = key_of(t, at);
	JnTallyFacts facts = {t->names.name[key >> 32], {NULL, 0}, cell->n, cell->subjects, 0};

	if (t->kind != JN_TALLY_EVENTS)
		facts.next = t->names.name[(uint32_t) key];
	if (t->gaps != NULL)
		facts.median_gap = jn_gaps_median(env, &t->gaps[at], cell->n);
	return facts;
}

/* ---- bytes ---- */

/* Bytes of a row without its gaps. */
static size_t
row_size(JnTallyKind kind)
{
	return kind == JN_TALLY_EVENTS ? 4 + 16 : 8 + 16;
}

JnStatus
jn_tally_size(const JnEnv *env, JnTally *t, const JnTallyRows *rows, size_t *size, JnError *err)
{
	uint64_t	bytes = JN_TALLY_HEADER_SIZE + (uint64_t) rows->rows * row_size(t->kind);

	for (uint32_t i = 0; i < rows->names; i++)
	{
		uint32_t	length = t->names.name[rows->name[i]].size;

		bytes += jn_varint_size(length) + length;
	}
	if (t->gaps != NULL)
		for (uint32_t i = 0; i < rows->rows; i++)
		{
			uint32_t	cell = rows->cell[i];

			bytes += jn_gaps_size(&t->gaps[cell], t->cell[cell].n);
			if (i % 16 == 15)
				jn_tick(env);
		}
	if (t->spread.subjects > 0)
		bytes += jn_spread_size(&t->spread);
	if (bytes > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) bytes, (int64_t) JN_MAX_BYTES);
	*size = (size_t) bytes;
	return JN_OK;
}

/* The rows of cells. */
typedef struct RowOf
{
	const JnTally *t;
	uint32_t   *row;			/* by cell */
} RowOf;

static uint32_t
row_of(const void *context, uint64_t key)
{
	const RowOf *of = context;

	return of->row[place_of(of->t, key)];
}

/* Writes the subjects that are spread over sets. */
static void
write_spread(const JnEnv *env, JnTally *t, const JnTallyRows *rows, uint8_t *out)
{
	RowOf		of = {t, jn_alloc(env, jn_array_size(cell_count(t), sizeof(uint32_t)))};

	for (uint32_t i = 0; i < rows->rows; i++)
	{
		of.row[rows->cell[i]] = i;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_spread_write(env, &t->spread, row_of, &of, out);
	jn_release(env, of.row);
}

void
jn_tally_write(const JnEnv *env, JnTally *t, const JnTallyRows *rows, uint8_t *out)
{
	out[JN_TALLY_AT_VERSION] = JN_TALLY_VERSION;
	out[JN_TALLY_AT_KIND] = (uint8_t) t->kind;
	jn_store16(out + JN_TALLY_AT_SPREAD, t->spread.subjects > 0);
	jn_store32(out + JN_TALLY_AT_NAMES, rows->names);
	jn_store32(out + JN_TALLY_AT_ROWS, rows->rows);
	out += JN_TALLY_HEADER_SIZE;
	for (uint32_t i = 0; i < rows->names; i++)
		out = jn_varint_put(out, t->names.name[rows->name[i]].size);
	for (uint32_t i = 0; i < rows->names; i++)
	{
		JnName		name = t->names.name[rows->name[i]];

		if (name.size > 0)
			memcpy(out, name.data, name.size);
		out += name.size;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	for (uint32_t i = 0; i < rows->rows; i++)
	{
		uint64_t	order = (uint64_t) rows->order[i];
		uint32_t	at = rows->cell[i];
		const JnTallyCell *cell = &t->cell[at];

		jn_store32(out, (uint32_t) (order >> 32));
		out += 4;
		if (t->kind != JN_TALLY_EVENTS)
		{
			jn_store32(out, (uint32_t) order);
			out += 4;
		}
		jn_store64(out, cell->n);
		jn_store64(out + 8, cell->subjects);
		out += 16;
		if (t->gaps != NULL)
		{
			size_t		size = jn_gaps_size(&t->gaps[at], cell->n);

			jn_gaps_write(env, &t->gaps[at], cell->n, out);
			out += size;
		}
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	if (t->spread.subjects > 0)
		write_spread(env, t, rows, out);
}

/* Where reading a state has got to. */
typedef struct Reading
{
	const uint8_t *p;
	size_t		size;
	size_t		at;
} Reading;

static JnStatus
check_room(const Reading *r, uint64_t need, JnError *err)
{
	return jn_check_size(r->size, r->at + need, err);
}

static JnStatus
read_header(Reading *r, JnTallyKind *kind, bool *spread, uint32_t *names, uint32_t *rows, JnError *err)
{
	if (r->size > 0 && r->p[0] > JN_TALLY_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, r->p[0], JN_TALLY_VERSION);
	if (r->size > 0 && r->p[0] < JN_TALLY_VERSION)
		return jn_corrupt_at(0, err);
	if (jn_check_size(r->size, JN_TALLY_HEADER_SIZE, err) != JN_OK)
		return err->status;
	if (r->p[JN_TALLY_AT_KIND] >= JN_TALLY_KINDS)
		return jn_corrupt_at(JN_TALLY_AT_KIND, err);
	if (jn_load16(r->p + JN_TALLY_AT_SPREAD) > 1)
		return jn_corrupt_at(JN_TALLY_AT_SPREAD, err);
	*spread = jn_load16(r->p + JN_TALLY_AT_SPREAD) == 1;
	*kind = (JnTallyKind) r->p[JN_TALLY_AT_KIND];
	*names = jn_load32(r->p + JN_TALLY_AT_NAMES);
	*rows = jn_load32(r->p + JN_TALLY_AT_ROWS);
	r->at = JN_TALLY_HEADER_SIZE;
	return check_room(r, *names + (uint64_t) *rows * row_size(*kind), err);
}

/* Reads k names: ascending, UTF-8; adds them to *t unless that is NULL. */
static JnStatus
read_names(const JnEnv *env, JnTally *t, Reading *r, uint32_t k, JnError *err)
{
	const uint8_t *lengths = r->p + r->at;
	const uint8_t *end = r->p + r->size;
	uint64_t	text = 0;
	JnName		before = {NULL, 0};

	for (uint32_t i = 0; i < k; i++)
	{
		const uint8_t *next;
		uint32_t	length;

		next = jn_varint_get(r->p + r->at, end, &length);
		if (next == NULL)
			return jn_corrupt_at(r->at, err);
		if (length > JN_MAX_NAME)
			return jn_fail(err, JN_NAME_LONG, r->at, length, JN_MAX_NAME);
		r->at = (size_t) (next - r->p);
		text += length;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (check_room(r, text, err) != JN_OK)
		return err->status;
	for (uint32_t i = 0; i < k; i++)
	{
		JnName		name = {(const char *) r->p + r->at, 0};
		JnStatus	status;

		lengths = jn_varint_get(lengths, end, &name.size);
		status = jn_label_check(name, JN_LABEL_EVENT, err);
		if (status != JN_OK)
			return jn_fail_behind(err, r->at);
		if (i > 0 && jn_name_compare(before, name) >= 0)
			return jn_corrupt_at(r->at, err);
		if (t != NULL)
			jn_lexicon_add(env, &t->names, name);
		r->at += name.size;
		before = name;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return JN_OK;
}

/* Reads the next row, whose key is *least or above; that becomes the next one.  used[] tells which names are in rows. */
static JnStatus
read_row(const JnEnv *env, JnTally *t, Reading *r, JnTallyKind kind, uint32_t names, uint64_t *least,
		 uint64_t *subjects, uint8_t *used, JnError *err)
{
	size_t		begin = r->at;
	uint32_t	from;
	uint32_t	to = NO_NEXT;
	JnGaps	   *gaps = NULL;
	JnTallyCell cell = {0};
	size_t		took;

	if (check_room(r, row_size(kind), err) != JN_OK)
		return err->status;
	from = jn_load32(r->p + r->at);
	r->at += 4;
	if (kind != JN_TALLY_EVENTS)
	{
		to = jn_load32(r->p + r->at);
		r->at += 4;
	}
	cell.n = jn_load64(r->p + r->at);
	cell.subjects = jn_load64(r->p + r->at + 8);
	r->at += 16;
	if (from >= names || to >= names || edge_key(from, to) < *least)
		return jn_corrupt_at(begin, err);
	if (cell.subjects == 0 || cell.subjects > cell.n || cell.n > INT64_MAX)
		return jn_corrupt_at(begin, err);
	*least = edge_key(from, to) + 1;
	*subjects = cell.subjects;
	used[from] = 1;
	if (kind != JN_TALLY_EVENTS)
		used[to] = 1;
	if (t != NULL)
	{
		size_t		at = kind == JN_TALLY_EVENTS ? from : jn_tally_cell(env, t, from, to);

		t->cell[at] = cell;
		if (t->gaps != NULL)
			gaps = &t->gaps[at];
	}
	if (kind != JN_TALLY_GAPS)
		return JN_OK;
	if (jn_gaps_read(env, gaps, r->p + r->at, r->size - r->at, cell.n, &took, err) != JN_OK)
		return jn_fail_behind(err, r->at);
	r->at += took;
	return JN_OK;
}

JnStatus
jn_tally_read(const JnEnv *env, JnTally *t, uint64_t salt, const uint8_t *p, size_t size, JnError *err)
{
	Reading		r = {p, size, 0};
	JnTallyKind kind;
	uint32_t	names;
	uint32_t	rows;
	uint64_t	least = 0;
	uint8_t    *used;
	bool		spread;
	uint64_t   *cell = NULL;	/* of each row, if there are subjects spread over sets */
	uint64_t   *left = NULL;	/* the subjects of each row, likewise */
	JnStatus	status = read_header(&r, &kind, &spread, &names, &rows, err);

	if (status != JN_OK)
		return status;
	if (t != NULL)
		jn_tally_init(env, t, kind, salt);
	status = read_names(env, t, &r, names, err);
	if (status != JN_OK)
		return status;
	if (t != NULL)
		jn_tally_fit_names(env, t);

	/* each name takes a byte of the value, so this is no larger than it */
	used = jn_alloc(env, (size_t) names + 1);
	memset(used, 0, names);
	if (spread)
	{
		cell = jn_alloc(env, jn_array_size((size_t) rows + 1, sizeof(uint64_t)));
		left = jn_alloc(env, jn_array_size((size_t) rows + 1, sizeof(uint64_t)));
	}
	for (uint32_t i = 0; i < rows && status == JN_OK; i++)
	{
		uint64_t	subjects;

		status = read_row(env, t, &r, kind, names, &least, &subjects, used, err);
		if (spread && status == JN_OK)
		{
			cell[i] = least - 1;
			left[i] = subjects;
		}
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	for (uint32_t i = 0; i < names && status == JN_OK; i++)
		if (!used[i])
			status = jn_corrupt_at(JN_TALLY_HEADER_SIZE, err);
	jn_release(env, used);
	if (spread && status == JN_OK)
	{
		size_t		took;

		status = jn_spread_read(env, t != NULL ? &t->spread : NULL, salt, p + r.at, size - r.at, rows, cell, left,
								&took, err);
		if (status == JN_OK)
			r.at += took;
		else
			jn_fail_behind(err, r.at);
	}
	if (spread)
	{
		jn_release(env, cell);
		jn_release(env, left);
	}
	if (status == JN_OK && r.at != size)
		status = jn_corrupt_at(r.at, err);
	return status;
}
