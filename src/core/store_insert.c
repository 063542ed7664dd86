/*
 * store_insert.c
 *	  New rows put into a set of a store, whose bytes are copied around them.
 *
 * Both the changes and the parts of the set ascend by key, and are walked along
 * once.  Of a part that gets rows the differences are added up, for mostly these
 * go behind the last row; else its times are decoded, and nothing more:
 *
 *	 rows	   ana ana ana | bob bob | dea dea
 *	 new				  ana	   cem			(a new subject)
 *	 codes		 3	 1	 3 |2| 5   5 |4| 1	 3	 copied around the new ones
 *	 lengths	   2   7  |8|	9  | |	  6		 likewise; each part has one less
 *
 * Where a row goes between two others, two differences take the place of one.
 * The times of a set are all the same number of units apart, so a new one is
 * whole in the unit if it is whole from the earliest step; and the unit is still
 * the coarsest, for the two differences add up to what was there.
 *
 * Values alone are written anew, for the form of each depends on all.
 */
#include "store_insert.h"

/* Bytes that the first array of keys has room for, and rows that of times has. */
#define FIRST_ROOM		256

void
jn_store_insert_open(JnStoreInsert *w, const JnEnv *env, const JnStoreChanges *changes)
{
	uint32_t	n = changes->n;

	memset(w, 0, sizeof(JnStoreInsert));
	w->env = env;
	w->changes = changes;
	w->row = jn_alloc(env, jn_array_size(n, sizeof(uint32_t)));
	w->code[JN_SET_EVENT] = jn_alloc(env, jn_array_size(n, sizeof(uint32_t)));
	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (changes->label[t] != NULL)
			w->code[t] = jn_alloc(env, jn_array_size(n, sizeof(uint32_t)));
	w->subject = jn_alloc(env, jn_array_size(n, sizeof(JnInsertSubject)));
	w->times = jn_alloc(env, jn_array_size(n, sizeof(JnInsertTimes)));
	w->difference = jn_alloc(env, jn_array_size(2 * (uint64_t) n, sizeof(uint64_t)));
}

static void
release(const JnEnv *env, void *array)
{
	if (array != NULL)
		jn_release(env, array);
}

void
jn_store_insert_close(JnStoreInsert *w)
{
	const JnEnv *env = w->env;

	release(env, w->row);
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		release(env, w->code[c]);
	release(env, w->subject);
	release(env, w->times);
	release(env, w->difference);
	release(env, w->key);
	release(env, w->time);
}

/* ---- labels ---- */

static const JnLabels *
labels_of(const JnSet *s, unsigned c)
{
	return c == JN_SET_EVENT ? &s->event : s->head.tracks >> c & 1 ? &s->label[c] : NULL;
}

/* The labels of the changes in a column, by change; NULL if they have none. */
static const uint32_t *
changed_labels(const JnStoreChanges *changes, unsigned c)
{
	return c == JN_SET_EVENT ? changes->event : changes->label[c];
}

/* Finds the codes of the new rows in a column; false if the set does not have all of them. */
static bool
plan_codes(JnStoreInsert *w, const JnSet *s, unsigned c, uint32_t from, uint32_t to)
{
	const JnStoreChanges *changes = w->changes;
	const uint32_t *label = changed_labels(changes, c);
	const JnLabels *old = labels_of(s, c);
	uint32_t   *code = w->code[c];
	uint32_t   *number;			/* by that of the change's: its code, or JN_NO_LABEL */
	uint32_t	k = 0;
	bool		known = true;
	JnNames		names;

	if (label == NULL)
		return old == NULL || old->gaps;
	number = jn_alloc(w->env, jn_array_size(changes->names[c] + UINT64_C(1), sizeof(uint32_t)));
	memset(number, 0xff, changes->names[c] * sizeof(uint32_t));
	if (old != NULL)
		jn_names_open(&names, old);
	for (uint32_t i = 0; old != NULL && i < old->names && k < changes->names[c]; i++)
	{
		JnName		name = jn_names_next(&names);
		int			order = 1;

		while (k < changes->names[c] && (order = jn_name_compare(name, changes->name[c][k])) > 0)
			k++;
		if (order == 0)
			number[k] = i;
		if (i % 1024 == 1023)
			jn_tick(w->env);
	}
	for (uint32_t i = from; i < to && known; i++)
	{
		uint32_t	own = label[changes->order[i]];

		code[i] = own == JN_NO_LABEL ? JN_NO_LABEL : number[own];
		known = code[i] != JN_NO_LABEL || (own == JN_NO_LABEL && (old == NULL || old->gaps));
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(w->env);
	}
	jn_release(w->env, number);
	return known;
}

/* Compares a new row, by its place in the order, with one of the same time in the set, as steps of journeys are compared. */
static int
compare_row(const JnStoreInsert *w, const JnSet *s, uint32_t i, uint32_t row)
{
	const JnStoreChanges *changes = w->changes;
	uint32_t	event = jn_labels_code(&s->event, row);

	if (w->code[JN_SET_EVENT][i] != event)
		return w->code[JN_SET_EVENT][i] < event ? -1 : 1;
	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		bool		old = (s->head.tracks >> t & 1) != 0;
		uint64_t	x;
		uint64_t	y;

		if (t == JN_VALUE)
		{
			double		value;

			x = changes->value != NULL ? changes->value[changes->order[i]] : JN_NO_VALUE;
			y = old && jn_values_at(w->env, &s->values, row, &value) ? jn_value_key(value) : JN_NO_VALUE;
		}
		else
		{
			x = w->code[t] != NULL ? w->code[t][i] : JN_NO_LABEL;
			y = old ? jn_labels_code(&s->label[t], row) : JN_NO_LABEL;
		}
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* Writes the codes of a column: those of the old rows as they stand, the new ones between them. */
static uint8_t *
write_codes(const JnStoreInsert *w, const JnInsertPlan *plan, unsigned c, uint8_t *p)
{
	const JnSet *s = plan->s;
	const JnLabels *old = labels_of(s, c);
	const uint32_t *code = w->code[c];
	unsigned	width = old->width;
	uint32_t	row = 0;

	if (width == 0)
		return p;
	for (uint32_t i = plan->from; i <= plan->to; i++)
	{
		uint32_t	to = i < plan->to ? w->row[i] : s->head.rows;
		size_t		size = (size_t) (to - row) * width;
		uint32_t	own;

		memcpy(p, old->codes + (size_t) row * width, size);
		p += size;
		row = to;
		if (i == plan->to)
			break;

		/* JN_NO_LABEL + 1 is 0 */
		own = (code == NULL ? JN_NO_LABEL : code[i]) + old->gaps;
		for (unsigned k = 0; k < width; k++, own >>= 8)
			*p++ = (uint8_t) own;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(w->env);
	}
	return p;
}

/* ---- parts ---- */

/*
 * The part at hand, and how its key compares with that of a subject.  A key
 * stands in the set as the number of bytes that it shares with the one before,
 * and the rest.  As keys ascend, these numbers tell the order nearly always:
 * say the key before is below the subject, and has n bytes in common with it.
 *
 *	 it shares more than n		it is below the subject, too, with n in common
 *	 it shares fewer			it is above, and has these in common
 *	 it shares n				its rest has to be compared
 *
 * So no key is put together.
 */
typedef struct Part
{
	JnSetCounts counts;			/* behind it */
	uint32_t	number;			/* from 0 */
	uint32_t	row;			/* its first row */
	uint32_t	rows;			/* with the ghost; 0: it is behind the last one */
	bool		ghost;
	bool		more;
	const uint8_t *count;		/* its count in the set, from .. */
	const uint8_t *count_on;	/* .. to */
	const uint8_t *key;			/* its key, likewise */
	const uint8_t *key_on;
	uint32_t	shared;			/* bytes that its key shares with the one before */
	JnName		rest;			/* its other bytes */
	int64_t		own;			/* its key, if that is a number */
	int			order;			/* of its key and the subject's; 1 behind the last part */
	uint32_t	common;			/* bytes that both have in common */
	bool		first;			/* there is no key before the subject's in the new set */
	uint32_t	before;			/* bytes that this one has in common with the subject's */
	int64_t		own_before;		/* it itself, if it is a number */
	bool		broken;			/* the set is not what its header says */
} Part;

/* How many bytes two names have in common. */
static inline uint32_t
common_size(JnName a, JnName b)
{
	uint32_t	most = a.size < b.size ? a.size : b.size;
	uint32_t	n = 0;

	while (n < most && a.data[n] == b.data[n])
		n++;
	return n;
}

/* Compares the key at hand with a subject's from the "common" bytes on, with which its rest goes on at "from". */
static void
compare_rest(Part *part, const JnKey *key, uint32_t from)
{
	JnName		rest = {part->rest.data + from, part->rest.size - from};
	JnName		other = {key->data + part->common, key->size - part->common};

	part->order = jn_name_compare(rest, other);
	part->common += common_size(rest, other);
}

/* Reads where the key at hand ends, and what it has of its own; false if that cannot be. */
static bool
read_key(Part *part, const JnSet *s)
{
	const uint8_t *end = s->keys + s->head.keys_size;
	const uint8_t *p = part->key;
	uint32_t	size = part->shared + part->rest.size;	/* of the one before */
	uint64_t	more = 0;

	switch (s->head.kind)
	{
		case JN_KEY_BIGINT:
			if (part->number == 0)
			{
				part->own = (int64_t) jn_load64(p);
				p += 8;
				break;
			}
			p = jn_varint_get_bits(p, end, 64, &more);
			part->own = (int64_t) ((uint64_t) part->own + more + 1);
			break;
		case JN_KEY_TEXT:
			p = jn_varint_get(p, end, &part->shared);
			if (p != NULL)
				p = jn_varint_get(p, end, &part->rest.size);
			if (p == NULL || part->rest.size > JN_MAX_NAME - (part->shared < size ? part->shared : size))
				return false;
			break;
		default:
			if (p == end)
				return false;
			part->shared = *p++;
			part->rest.size = JN_UUID_SIZE - (part->shared < JN_UUID_SIZE ? part->shared : JN_UUID_SIZE);
			break;
	}
	if (p == NULL)
		return false;
	if (s->head.kind != JN_KEY_BIGINT)
	{
		if (part->shared > size || part->rest.size > (size_t) (end - p))
			return false;
		part->rest.data = (const char *) p;
		p += part->rest.size;
	}
	part->key_on = p;
	return true;
}

/* Moves to the next part, from one below the subject. */
static void
next_part(Part *part, const JnSet *s, const JnKey *key)
{
	part->first = false;
	part->before = part->common;
	part->own_before = part->own;
	part->number++;
	part->count = part->count_on;
	part->key = part->key_on;
	part->rows = jn_set_counts_next(&part->counts, &part->row, &part->ghost, &part->more);
	part->count_on = part->counts.count;
	part->order = 1;
	if (part->rows == 0)
	{
		part->row = s->head.rows;
		return;
	}
	if (!read_key(part, s))
	{
		part->broken = true;
		return;
	}
	if (key->kind == JN_KEY_BIGINT)
		part->order = (part->own > key->number) - (part->own < key->number);
	else if (part->shared > part->common)
		part->order = -1;
	else if (part->shared < part->common)
		part->common = part->shared;
	else
		compare_rest(part, key, 0);
}

/* Stands before the first part, whose key is compared with a subject's. */
static void
open_part(Part *part, const JnSet *s, const JnKey *key)
{
	memset(part, 0, sizeof(Part));
	jn_set_counts_open(&part->counts, s);
	part->number = UINT32_MAX;	/* 0 is the next */
	part->count_on = s->counts;
	part->key_on = s->keys;
	next_part(part, s, key);
	part->first = true;
}

/* Compares the part at hand, which is not below the subject "last", with the next subject; "fresh": it is new there. */
static void
next_subject(Part *part, const JnKey *last, const JnKey *key, bool fresh)
{
	uint32_t	common;

	if (fresh)
	{
		part->first = false;
		part->own_before = last->number;
	}
	if (key->kind == JN_KEY_BIGINT)
	{
		part->order = part->rows == 0 ? 1 : (part->own > key->number) - (part->own < key->number);
		return;
	}
	common = common_size((JnName) {last->data, last->size}, (JnName) {key->data, key->size});
	part->before = common;
	if (part->rows == 0)
		return;
	if (part->order == 0 || part->common > common)
	{
		part->order = -1;
		part->common = common;
	}
	else if (part->common == common)
		compare_rest(part, key, common - part->shared);
}

/* ---- times ---- */

/* Decodes the times of a part that starts at "start" into w->time; "r" stands before its differences. */
static void
decode_times(JnStoreInsert *w, JnTimesReader r, const Part *part, int64_t start)
{
	int64_t		first = start;

	if (part->rows > w->time_room)
	{
		w->time_room = (uint32_t) jn_larger_room(w->time_room, part->rows, FIRST_ROOM);
		w->time = jn_grow(w->env, w->time, w->time_room, sizeof(int64_t));
	}
	if (part->ghost)
	{
		JnTimesReader ahead = r;

		first = (int64_t) ((uint64_t) first - jn_times_next(&ahead));
	}
	jn_times_decode(w->env, &r, first, w->time, part->rows);
}

/* Starts a place where differences are new: between "at" and "on". */
static void
add_split(JnStoreInsert *w, JnInsertPlan *plan, const JnTimesReader *at, const JnTimesReader *on)
{
	JnInsertTimes *split = &w->times[w->splits++];

	*split = (JnInsertTimes) {*at, *on, w->differences};
	plan->splits++;
	plan->wide -= (uint32_t) ((on->wide - at->wide) / 8);
	plan->times_size -= (size_t) (on->data - at->data);
}

/* Adds a difference to the last of these places. */
static void
add_difference(JnStoreInsert *w, JnInsertPlan *plan, int64_t from, int64_t to, uint64_t unit_us)
{
	uint64_t	d = jn_time_span(from, to) / unit_us;

	w->difference[w->differences++] = d;
	w->times[w->splits - 1].end = w->differences;
	plan->times_size += 1 + (size_t) (d > 0xff) + (d > 0xffff) + (d > 0xffffff);
	plan->wide += d >= UINT32_MAX;
}

static void
write_times(const JnStoreInsert *w, const JnInsertPlan *plan, uint32_t rows, uint32_t parts, uint8_t *out)
{
	size_t		lengths = (size_t) (((uint64_t) rows - parts + 3) / 4);
	uint8_t    *control = out + (plan->wide > 0 ? 4 : 0);
	uint8_t    *data = control + lengths;
	uint8_t    *wide = out + plan->times_size - 8 * (size_t) plan->wide;
	uint32_t	at = 0;
	uint32_t	k = plan->difference;
	JnTimesReader r;
	JnTimesReader end;

	if (plan->wide > 0)
		jn_store32(out, plan->wide);
	memset(control, 0, lengths);
	jn_set_times(plan->s, &r);
	end = r;
	end.next = jn_set_differences(plan->s);
	end.data = r.end;
	end.wide = r.stop;
	for (uint32_t i = 0; i <= plan->splits; i++)
	{
		const JnInsertTimes *split = &w->times[plan->times + i];
		const JnTimesReader *to = i < plan->splits ? &split->at : &end;

		jn_times_append(&r, to, control, at, data, wide);
		at += to->next - r.next;
		data += to->data - r.data;
		wide += to->wide - r.wide;
		if (i == plan->splits)
			break;
		r = split->on;
		for (; k < split->end; k++)
			jn_times_put(w->difference[k], control, at++, &data, &wide);
		if (i % 1024 == 1023)
			jn_tick(w->env);
	}
}

/* ---- subjects ---- */

/* The first row of a part, "from" or behind, that is not before a new one. */
static uint32_t
place_of(const JnStoreInsert *w, const JnSet *s, const Part *part, uint32_t i, uint32_t from)
{
	int64_t		time = w->changes->time[w->changes->order[i]];
	uint32_t	to = part->rows;

	/* most are behind everything */
	if (w->time[to - 1] < time)
		return to;
	while (from < to)
	{
		uint32_t	middle = from + (to - from) / 2;

		if (w->time[middle] < time)
			from = middle + 1;
		else
			to = middle;
	}
	while (from < part->rows && w->time[from] == time && compare_row(w, s, i, part->row + from) > 0)
		from++;
	return from;
}

/* Adds the changes order[from .. to-1] behind the last row of a part, whose time is "last". */
static void
add_behind(JnStoreInsert *w, JnInsertPlan *plan, const Part *part, const JnTimesReader *r, int64_t last, uint32_t from,
		   uint32_t to)
{
	add_split(w, plan, r, r);
	for (uint32_t i = from; i < to; i++)
	{
		int64_t		time = w->changes->time[w->changes->order[i]];

		w->row[i] = part->row + part->rows;
		add_difference(w, plan, last, time, r->unit_us);
		last = time;
	}
}

/* Puts the changes order[from .. to-1] between the rows of a part, or behind them; "r" stands before its differences. */
static bool
add_between(JnStoreInsert *w, JnInsertPlan *plan, const Part *part, const JnTimesReader *r, uint32_t from, uint32_t to,
			JnInsertSubject *subject)
{
	const JnStoreChanges *changes = w->changes;
	const JnSet *s = plan->s;
	uint32_t	place = 0;

	decode_times(w, *r, part, subject->start);
	if (part->ghost && changes->time[changes->order[from]] <= w->time[0])
		return false;
	for (uint32_t i = from; i < to;)
	{
		int64_t		time = changes->time[changes->order[i]];
		JnTimesReader at = *r;
		JnTimesReader on;

		place = place_of(w, s, part, i, place);
		jn_times_skip(w->env, &at, place > 0 ? place - 1 : 0);
		if (place == part->rows)
		{
			if (part->more)
				return false;
			add_behind(w, plan, part, &at, w->time[place - 1], i, to);
			break;
		}
		on = at;
		if (place > 0)
			jn_times_next(&on);
		if (place == part->ghost)
			subject->start = time;
		add_split(w, plan, &at, &on);
		if (place > 0)
			add_difference(w, plan, w->time[place - 1], time, r->unit_us);
		for (;;)
		{
			w->row[i++] = part->row + place;
			if (i == to || place_of(w, s, part, i, place) != place)
				break;
			add_difference(w, plan, time, changes->time[changes->order[i]], r->unit_us);
			time = changes->time[changes->order[i]];
		}
		add_difference(w, plan, time, w->time[place], r->unit_us);
	}
	return true;
}

/* Puts the changes order[from .. to-1] into a part; "r" stands before its differences or those of an earlier one. */
static bool
add_to_part(JnStoreInsert *w, JnInsertPlan *plan, const Part *part, JnTimesReader *r, uint32_t from, uint32_t to,
			JnInsertSubject *subject)
{
	int64_t		time = w->changes->time[w->changes->order[from]];
	int64_t		last;
	JnTimesReader begin;

	jn_times_skip(w->env, r, part->row - part->number - r->next);
	begin = *r;
	if (part->ghost)
		jn_times_next(r);
	last = jn_time_after(subject->start, jn_times_sum(w->env, r, part->rows - 1 - part->ghost));
	if (time <= last || part->more)
		return add_between(w, plan, part, &begin, from, to, subject);
	add_behind(w, plan, part, r, last, from, to);
	return true;
}

/* Makes the changes order[from .. to-1] a part, before the one whose rows begin at "row". */
static void
add_part(JnStoreInsert *w, JnInsertPlan *plan, uint32_t part, uint32_t row, JnTimesReader *r, uint32_t from, uint32_t to)
{
	const JnStoreChanges *changes = w->changes;

	jn_times_skip(w->env, r, row - part - r->next);
	if (to - from > 1)
		add_split(w, plan, r, r);
	for (uint32_t i = from; i < to; i++)
	{
		w->row[i] = row;
		if (i > from)
			add_difference(w, plan, changes->time[changes->order[i - 1]], changes->time[changes->order[i]], r->unit_us);
	}
}

/* Makes room for so many bytes of new keys, and returns where they go. */
static uint8_t *
key_room(JnStoreInsert *w, size_t size)
{
	if (w->key_size + size > w->key_room)
	{
		w->key_room = (size_t) jn_larger_room(w->key_room, w->key_size + size, FIRST_ROOM);
		w->key = jn_grow(w->env, w->key, w->key_room, 1);
	}
	w->key_size += size;
	return w->key + w->key_size - size;
}

/* Adds the key of a new subject, which goes before the part at hand. */
static void
add_key(JnStoreInsert *w, const Part *part, const JnKey *key)
{
	/* all that counts of the key before is what they have in common */
	JnKey		before = {key->kind, part->before, part->own_before, key->data};
	const JnKey *last = part->first ? NULL : &before;
	size_t		size = jn_set_key_size(last, key);

	jn_set_key_write(last, key, key_room(w, size));
}

/* Adds the key at hand once more, which stands behind that of a new subject now. */
static void
add_next_key(JnStoreInsert *w, const Part *part, const JnKey *key)
{
	uint32_t	more = part->common - part->shared;
	uint32_t	size = part->rest.size - more;
	uint8_t    *p;

	if (key->kind == JN_KEY_BIGINT)
	{
		JnKey		own = {JN_KEY_BIGINT, 0, part->own, NULL};

		jn_set_key_write(key, &own, key_room(w, jn_set_key_size(key, &own)));
		return;
	}
	if (key->kind == JN_KEY_UUID)
	{
		p = key_room(w, 1 + size);
		*p++ = (uint8_t) part->common;
	}
	else
	{
		p = key_room(w, jn_varint_size(part->common) + jn_varint_size(size) + size);
		p = jn_varint_put(jn_varint_put(p, part->common), size);
	}
	memcpy(p, part->rest.data + more, size);
}

/* Walks along the parts and the subjects with new rows. */
static bool
plan_subjects(JnStoreInsert *w, JnInsertPlan *plan, bool alone)
{
	const JnStoreChanges *changes = w->changes;
	const JnSet *s = plan->s;
	uint32_t	from = plan->from;
	const JnKey *key = &changes->key[changes->order[from]];
	bool		fits = true;
	JnTimesReader r;
	Part		part;

	jn_set_times(s, &r);
	open_part(&part, s, key);
	while (fits)
	{
		uint32_t	to = jn_store_changes_end(changes, from);
		JnInsertSubject *subject = &w->subject[w->subjects++];
		const JnKey *last;

		while (part.order < 0)
			next_part(&part, s, key);
		if (part.broken)
			return false;
		plan->subjects++;
		*subject = (JnInsertSubject)
		{
			.part = part.number,.count_at = part.count,.count_on = part.count,.key_at = part.key,.key_on = part.key
		};
		if (part.order == 0)
		{
			subject->start = jn_set_start(s, part.number);
			subject->count = 4 * (part.rows + (to - from)) + 2 * part.more + part.ghost;
			subject->count_on = part.count_on;
			plan->counts_size -= (size_t) (part.count_on - part.count);
			fits = add_to_part(w, plan, &part, &r, from, to, subject);
		}
		else
		{
			JnError		err;

			fits = alone && jn_key_check(key, &err) == JN_OK;
			subject->fresh = true;
			subject->start = changes->time[changes->order[from]];
			subject->count = 4 * (to - from);
			plan->fresh++;
			add_part(w, plan, part.number, part.row, &r, from, to);
			add_key(w, &part, key);
		}
		plan->counts_size += jn_varint_size(subject->count);
		if (subject->fresh && part.rows > 0)
		{
			Part		next = part;

			/* the key behind the last new one follows another one now */
			if (to < plan->to)
				next_subject(&next, key, &changes->key[changes->order[to]], true);
			if (to == plan->to || next.order <= 0)
			{
				add_next_key(w, &part, key);
				subject->key_on = part.key_on;
			}
		}
		plan->keys_size -= (size_t) (subject->key_on - subject->key_at);
		subject->key_end = w->key_size;
		if (to == plan->to)
			break;
		last = key;
		key = &changes->key[changes->order[to]];
		next_subject(&part, last, key, subject->fresh);
		from = to;
	}
	plan->keys_size += w->key_size - plan->key;
	return fits;
}

/* ---- starts and values ---- */

/* Finds the starts of all parts, if some are not as they were. */
static void
plan_starts(JnStoreInsert *w, JnInsertPlan *plan)
{
	const JnSet *s = plan->s;
	const JnInsertSubject *subject = &w->subject[plan->subject];
	uint32_t	parts = s->head.parts + plan->fresh;
	bool		same = plan->fresh == 0;
	uint32_t	k = 0;
	int64_t		latest = JN_TIME_MIN;

	plan->start = NULL;
	plan->start_width = s->start_width;
	for (uint32_t i = 0; same && i < plan->subjects; i++)
		same = subject[i].start == jn_set_start(s, subject[i].part);
	if (same)
		return;
	plan->start = jn_alloc(w->env, jn_array_size(parts, sizeof(int64_t)));
	parts = 0;
	for (uint32_t i = 0; i <= s->head.parts; i++)
	{
		for (; k < plan->subjects && subject[k].part == i && subject[k].fresh; k++)
			plan->start[parts++] = subject[k].start;
		if (i == s->head.parts)
			break;
		plan->start[parts++] = k < plan->subjects && subject[k].part == i ? subject[k++].start : jn_set_start(s, i);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(w->env);
	}
	for (uint32_t i = 0; i < parts; i++)
		latest = plan->start[i] > latest ? plan->start[i] : latest;
	plan->start_width = jn_set_start_width(plan->first, latest, s->head.flags & JN_FLAG_UNIT);
}

/* Puts the values of the new rows between the old ones; false if the set has no values, and new rows do. */
static bool
plan_values(JnStoreInsert *w, JnInsertPlan *plan)
{
	const JnEnv *env = w->env;
	const JnStoreChanges *changes = w->changes;
	const JnSet *s = plan->s;
	uint32_t	at = 0;
	JnValuesReader r;

	plan->value = NULL;
	plan->values = (JnValuesPlan) {0};
	if ((s->head.tracks >> JN_VALUE & 1) == 0)
	{
		for (uint32_t i = plan->from; changes->value != NULL && i < plan->to; i++)
			if (changes->value[changes->order[i]] != JN_NO_VALUE)
				return false;
		return true;
	}
	plan->value = jn_alloc(env, jn_array_size((uint64_t) s->head.rows + (plan->to - plan->from), sizeof(uint64_t)));
	jn_values_reader_open(&r, &s->values);
	for (uint32_t i = plan->from; i <= plan->to; i++)
	{
		uint32_t	to = i < plan->to ? w->row[i] : s->head.rows;
		uint32_t	count = to - r.next;

		jn_values_decode(env, &r, count, plan->value + at);
		at += count;
		if (i < plan->to)
			plan->value[at++] = changes->value != NULL ? changes->value[changes->order[i]] : JN_NO_VALUE;
	}
	plan->values = jn_values_plan(env, plan->value, at);
	return true;
}

/* ---- the set ---- */

/* Bytes of a column of labels without its codes. */
static size_t
names_size(const JnSet *s, unsigned c)
{
	return (size_t) (labels_of(s, c)->codes - (c == JN_SET_EVENT ? s->events : s->track[c]));
}

static uint64_t
column_size(const JnSet *s, unsigned c, uint32_t rows)
{
	return names_size(s, c) + (uint64_t) rows * labels_of(s, c)->width;
}

static uint64_t
track_size(const JnInsertPlan *plan, unsigned t, uint32_t rows)
{
	return t == JN_VALUE ? plan->values.size : column_size(plan->s, t, rows);
}

/* Whether the times of the new rows can stand in the set; finds its earliest and latest step. */
static bool
plan_span(JnStoreInsert *w, JnInsertPlan *plan)
{
	const JnStoreChanges *changes = w->changes;
	const JnSet *s = plan->s;
	uint64_t	us = jn_unit_us(s->head.flags & JN_FLAG_UNIT);

	plan->first = s->head.first;
	plan->last = s->head.last;
	for (uint32_t i = plan->from; i < plan->to; i++)
	{
		int64_t		time = changes->time[changes->order[i]];
		uint64_t	span = time < s->head.first ? jn_time_span(time, s->head.first) : jn_time_span(s->head.first, time);

		if (!jn_time_ok(time) || (us == 1000000 ? span % 1000000 : us == 1000 ? span % 1000 : 0) != 0)
			return false;
		if (time < plan->first)
			plan->first = time;
		if (time > plan->last)
			plan->last = time;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(w->env);
	}
	return true;
}

bool
jn_store_insert_plan(JnStoreInsert *w, JnInsertPlan *plan, const JnSet *s, uint32_t from, uint32_t to, bool alone)
{
	uint64_t	rows = (uint64_t) s->head.rows + (to - from);
	JnTimesReader r;

	*plan = (JnInsertPlan)
	{
		.s = s,.from = from,.to = to,.subject = w->subjects,.times = w->splits,.difference = w->differences,
			.key = w->key_size,.counts_size = s->head.counts_size,.keys_size = s->head.keys_size
	};
	if (rows > JN_MAX_STEPS || !plan_span(w, plan))
		return false;
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		if (c != JN_VALUE && !plan_codes(w, s, c, from, to))
			return false;
	jn_set_times(s, &r);
	plan->wide = (uint32_t) ((r.stop - r.end) / 8);
	plan->times_size = (size_t) (r.end - r.data);
	if (!plan_subjects(w, plan, alone) || !plan_values(w, plan))
		return false;
	plan_starts(w, plan);
	plan->times_size += (size_t) ((rows - s->head.parts - plan->fresh + 3) / 4)
		+ (plan->wide > 0 ? 4 + 8 * (size_t) plan->wide : 0);
	plan->size = JN_SET_HEADER_SIZE + plan->counts_size + 1 + ((uint64_t) s->head.parts + plan->fresh) * plan->start_width
		+ plan->keys_size + column_size(s, JN_SET_EVENT, (uint32_t) rows) + plan->times_size;
	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (s->head.tracks >> t & 1)
			plan->size += 4 + track_size(plan, t, (uint32_t) rows);
	return true;
}

static uint8_t *
copy(uint8_t *p, const uint8_t *from, const uint8_t *to)
{
	size_t		size = (size_t) (to - from);

	if (size > 0)
		memcpy(p, from, size);
	return p + size;
}

/* The counts, the starts and the keys. */
static uint8_t *
write_parts(const JnStoreInsert *w, const JnInsertPlan *plan, uint8_t *p)
{
	const JnSet *s = plan->s;
	const JnInsertSubject *subject = &w->subject[plan->subject];
	const uint8_t *at = s->counts;
	size_t		key = plan->key;

	for (uint32_t i = 0; i < plan->subjects; i++)
	{
		p = copy(p, at, subject[i].count_at);
		p = jn_varint_put(p, subject[i].count);
		at = subject[i].count_on;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(w->env);
	}
	p = copy(p, at, s->counts + s->head.counts_size);
	if (plan->start != NULL)
		p = jn_set_starts_write(w->env, plan->first, s->head.flags & JN_FLAG_UNIT, plan->start_width, plan->start,
								s->head.parts + plan->fresh, p);
	else
		p = copy(p, s->starts - 1, s->starts + (size_t) s->head.parts * s->start_width);
	at = s->keys;
	for (uint32_t i = 0; plan->fresh > 0 && i < plan->subjects; i++)
	{
		if (!subject[i].fresh)
			continue;
		p = copy(p, at, subject[i].key_at);
		p = copy(p, w->key + key, w->key + subject[i].key_end);
		key = subject[i].key_end;
		at = subject[i].key_on;
		if (i % 1024 == 1023)
			jn_tick(w->env);
	}
	return copy(p, at, s->keys + s->head.keys_size);
}

void
jn_store_insert_write(JnStoreInsert *w, JnInsertPlan *plan, uint8_t *out)
{
	const JnSet *s = plan->s;
	JnSetHeader head = s->head;
	uint8_t    *p = out + JN_SET_HEADER_SIZE;

	head.flags = (s->head.flags & JN_FLAG_UNIT) | (plan->wide > 0 ? JN_FLAG_WIDE : 0);
	head.rows = s->head.rows + (plan->to - plan->from);
	head.parts = s->head.parts + plan->fresh;
	head.first = plan->first;
	head.last = plan->last;
	head.counts_size = (uint32_t) plan->counts_size;
	head.keys_size = (uint32_t) plan->keys_size;
	jn_set_header_write(&head, out);
	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (s->head.tracks >> t & 1)
		{
			jn_store32(p, (uint32_t) track_size(plan, t, head.rows));
			p += 4;
		}
	p = write_parts(w, plan, p);
	p = copy(p, s->events, s->event.codes);
	p = write_codes(w, plan, JN_SET_EVENT, p);
	write_times(w, plan, head.rows, head.parts, p);
	p += plan->times_size;
	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		if ((s->head.tracks >> t & 1) == 0)
			continue;
		if (t == JN_VALUE)
		{
			jn_values_write(w->env, &plan->values, plan->value, head.rows, p);
			p += plan->values.size;
		}
		else
		{
			p = copy(p, s->track[t], s->label[t].codes);
			p = write_codes(w, plan, t, p);
		}
	}
	release(w->env, plan->start);
	release(w->env, plan->value);
}
