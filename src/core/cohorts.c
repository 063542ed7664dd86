/*
 * cohorts.c
 *	  Adding up over subjects, period by period.
 *
 * The counts are in a hash table, open and linear.  A count that becomes 0 again
 * keeps its slot until the table grows.
 */
#include "cohorts.h"

#include "bytes.h"
#include "utf8.h"

#define BITS_MIN	6

#define AT_KIND		1
#define AT_FLAGS	2
#define AT_CUT		3
#define AT_BOUNDS	4
#define AT_AS_OF	8
#define AT_PERIOD	16
#define AT_WITHIN	32
#define AT_SIZES	48			/* of zone and atoms */
#define AT_COUNTS	60

#define FLAG_UNBOUNDED	1
#define FLAG_ROLLING	2
#define FLAG_PARTS		4
#define FLAG_RECURRING	8
#define FLAGS			15

#define COUNT_SIZE	20

/* ---- questions ---- */

static bool
same_period(const JnPeriod *a, const JnPeriod *b)
{
	return a->months == b->months && a->days == b->days && a->us == b->us;
}

bool
jn_cohorts_same(const JnCohortsAsk *a, const JnCohortsAsk *b)
{
	return a->kind == b->kind && a->unbounded == b->unbounded && a->rolling == b->rolling
		&& a->recurring == b->recurring && a->cut == b->cut && a->as_of == b->as_of && same_period(&a->period, &b->period) && same_period(&a->within, &b->within)
		&& jn_name_compare(a->zone, b->zone) == 0 && jn_name_compare(a->atom[0], b->atom[0]) == 0
		&& jn_name_compare(a->atom[1], b->atom[1]) == 0 && a->bounds == b->bounds
		&& (a->bounds == 0 || memcmp(a->bound, b->bound, a->bounds * sizeof(int32_t)) == 0);
}

static JnName
copy_text(const JnEnv *env, JnName text)
{
	char	   *copy = jn_alloc(env, (size_t) text.size + 1);

	if (text.size > 0)
		memcpy(copy, text.data, text.size);
	copy[text.size] = 0;
	return (JnName) {copy, text.size};
}

/* A copy in env's memory. */
static JnCohortsAsk
copy_ask(const JnEnv *env, const JnCohortsAsk *ask)
{
	JnCohortsAsk copy = *ask;
	int32_t    *bound = jn_alloc(env, jn_array_size((size_t) ask->bounds + 1, sizeof(int32_t)));

	copy.zone = copy_text(env, ask->zone);
	copy.atom[0] = copy_text(env, ask->atom[0]);
	copy.atom[1] = copy_text(env, ask->atom[1]);
	if (ask->bounds > 0)
		memcpy(bound, ask->bound, ask->bounds * sizeof(int32_t));
	copy.bound = bound;
	return copy;
}

/* ---- counts ---- */

static void
alloc_slots(const JnEnv *env, JnCohorts *c, unsigned bits)
{
	c->bits = bits;
	c->used = 0;
	c->slot = jn_alloc(env, jn_array_size((size_t) 1 << bits, sizeof(JnCohortsCount)));
	for (size_t i = 0; i < (size_t) 1 << bits; i++)
		c->slot[i] = (JnCohortsCount) {0, UINT32_MAX, 0};
}

void
jn_cohorts_init(const JnEnv *env, JnCohorts *c, const JnCohortsAsk *ask, uint64_t salt)
{
	*c = (JnCohorts) {.ask = copy_ask(env, ask),.salt = salt,.whole.salt = salt};
	alloc_slots(env, c, BITS_MIN);
}

/* Where a count is, or would be put. */
static inline JnCohortsCount *
find_slot(const JnCohorts *c, int64_t number, uint32_t column)
{
	size_t		mask = ((size_t) 1 << c->bits) - 1;
	size_t		at = (size_t) jn_mix64(jn_mix64((uint64_t) number ^ c->salt) ^ column) & mask;

	while (c->slot[at].column != UINT32_MAX && (c->slot[at].number != number || c->slot[at].column != column))
		at = (at + 1) & mask;
	return &c->slot[at];
}

/* A table of twice the size, without the counts that have become 0. */
static void
grow(const JnEnv *env, JnCohorts *c)
{
	JnCohortsCount *old = c->slot;
	size_t		count = (size_t) 1 << c->bits;

	alloc_slots(env, c, c->bits + 1);
	for (size_t i = 0; i < count; i++)
	{
		if (old[i].count != 0)
		{
			*find_slot(c, old[i].number, old[i].column) = old[i];
			c->used++;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_release(env, old);
}

void
jn_cohorts_add(const JnEnv *env, JnCohorts *c, int64_t number, uint32_t column, int64_t count)
{
	JnCohortsCount *slot = find_slot(c, number, column);

	if (slot->column == UINT32_MAX)
	{
		if (2 * ((size_t) c->used + 1) > (size_t) 1 << c->bits)
		{
			grow(env, c);
			slot = find_slot(c, number, column);
		}
		*slot = (JnCohortsCount) {number, column, 0};
		c->used++;
	}
	slot->count += count;
	c->total += count > 0 ? count : 0;
}

/* ---- subjects ---- */

static void
add_buckets(const JnEnv *env, JnCohorts *c, int64_t number, const uint8_t *bucket)
{
	jn_cohorts_add(env, c, number, 0, 1);
	for (uint32_t k = 0; k + 1 < c->ask.bounds; k++)
	{
		if (bucket[k] != JN_BUCKET_OPEN)
			jn_cohorts_add(env, c, number, 1 + 2 * k, 1);
		if (bucket[k] == JN_BUCKET_BACK)
			jn_cohorts_add(env, c, number, 2 + 2 * k, 1);
		if (k % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

/* Runs of a state add up to nothing where one ends and another begins. */
static void
add_life(const JnEnv *env, JnCohorts *c, JnCohortsLook *look)
{
	JnLife		life;
	JnLifeRun	run;

	jn_life_open(env, &life, look->calendar, &look->life, look->moments.time, look->moments.n);
	while (jn_life_next(env, &life, &run))
		if (run.state != JN_LIFE_OPEN)
		{
			jn_cohorts_add(env, c, run.from, (uint32_t) run.state, 1);
			jn_cohorts_add(env, c, run.to, (uint32_t) run.state, -1);
		}
}

static void
add_sticks(const JnEnv *env, JnCohorts *c, JnCohortsLook *look)
{
	JnMoments  *m = &look->moments;
	uint32_t	next = 0;
	JnStick		stick;

	while (m->n > 0 && m->time[m->n - 1] > c->ask.as_of)
		if (--m->n % JN_TICK_EVERY == 0)
			jn_tick(env);
	while (jn_stick_next(env, look->other, look->calendar, m->time, m->n, &next, &stick))
		jn_cohorts_add(env, c, stick.number, stick.active, 1);
}

/* Moves the times of the steps that match the first atom to the front. */
static void
keep_moments(const JnEnv *env, JnMoments *m)
{
	uint32_t	kept = 0;

	for (uint32_t i = 0; i < m->n; i++)
	{
		m->time[kept] = m->time[i];
		kept += m->mask[i] & 1;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	m->n = kept;
}

static void
add_first(JnCohortsLook *look, int64_t time, uint32_t from)
{
	if (look->firsts == look->first_room)
	{
		look->first_room = (uint32_t) jn_larger_room(look->first_room, (uint64_t) look->firsts + 1, 8);
		look->first = jn_grow(&look->env, look->first, look->first_room, sizeof(JnCohortsFirst));
	}
	look->first[look->firsts++] = (JnCohortsFirst) {time, from};
}

/*
 * Finds the first step of the subject in look->moments, or that of each period,
 * and moves the times of the steps back to the front, those up to as_of.
 */
static void
find_firsts(JnCohortsLook *look)
{
	JnMoments  *m = &look->moments;
	int64_t		until = 0;		/* the end of the period of the last one found */
	uint32_t	kept = 0;

	look->firsts = 0;
	for (uint32_t i = 0; i < m->n && m->time[i] <= look->ask.as_of; i++)
	{
		int64_t		time = m->time[i];

		if (m->mask[i] & 1 && (look->firsts == 0 || (look->ask.recurring && time >= until)))
		{
			add_first(look, time, kept);
			jn_calendar_number(look->calendar, time);
			until = look->calendar->now_end;
		}
		m->time[kept] = time;
		kept += look->firsts > 0 && m->mask[i] & 2;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(&look->env);
	}
	m->n = kept;
}

/* Fills the buckets from one of the first steps on. */
static void
fill_buckets(JnCohortsLook *look, JnCohortsFirst first)
{
	const JnMoments *m = &look->moments;

	jn_retention(&look->env, look->calendar, look->other, &look->retention, first.time, m->time + first.from, m->n - first.from, look->bucket);
}

static JnStatus
visit_columns(const JnEnv *env, void *context, const JnColumns *columns, JnError *err)
{
	JnCohortsLook *look = context;

	(void) env;
	(void) err;
	if (look->bound)
		jn_atoms_unbind(&look->env, &look->binding);
	jn_atoms_bind(&look->env, &look->atoms, columns, &look->binding);
	look->bound = true;
	return JN_OK;
}

static JnStatus
visit_subject(const JnEnv *env, void *context, const JnSubject *subject, JnError *err)
{
	JnCohortsLook *look = context;
	JnCohorts  *c = look->into;

	(void) err;
	jn_moments(&look->env, &look->moments, subject, &look->binding);
	if (look->ask.kind == JN_COHORTS_RETENTION)
	{
		find_firsts(look);
		for (uint32_t i = 0; i < look->firsts; i++)
		{
			fill_buckets(look, look->first[i]);
			if (c != NULL)
				add_buckets(env, c, jn_calendar_number(look->calendar, look->first[i].time), look->bucket);
		}
		return JN_OK;
	}
	keep_moments(&look->env, &look->moments);
	if (c == NULL)
		return JN_OK;
	if (look->ask.kind == JN_COHORTS_LIFECYCLE)
		add_life(env, c, look);
	else
		add_sticks(env, c, look);
	return JN_OK;
}

JnStatus
jn_cohorts_look_init(const JnEnv *env, JnCohortsLook *look, const JnCohortsAsk *ask, JnError *err)
{
	bool		plain = ask->bounds == 0;
	uint32_t	count = ask->kind == JN_COHORTS_RETENTION ? 2 : 1;
	JnAtom	   *atom = jn_alloc(env, count * sizeof(JnAtom));

	*look = (JnCohortsLook) {.env = *env,.ask = copy_ask(env, ask)};
	for (uint32_t i = 0; i < count; i++)
	{
		JnStatus	status = jn_atom_read(env, look->ask.atom[i], &atom[i], err);

		if (status != JN_OK)
			return status;
	}
	jn_atoms_make(env, atom, count, &look->atoms);
	look->visitor = (JnVisitor) {visit_columns, visit_subject, look};
	if (ask->kind == JN_COHORTS_RETENTION)
	{
		look->retention = (JnRetentionAsk) {ask->bounds - 1, look->ask.bound, ask->unbounded, ask->rolling, ask->as_of};
		look->bucket = jn_alloc(env, ask->bounds);
	}
	else if (ask->kind == JN_COHORTS_LIFECYCLE)
		look->life = (JnLifeAsk) {plain, plain ? 1 : ask->bound[0], plain ? 1 : ask->bound[1], ask->as_of};
	return JN_OK;
}

/* Begins to look at subjects for a state, or for nobody. */
static const JnVisitor *
look_for(JnCohortsLook *look, JnCohorts *c)
{
	/* where the last look was left in the middle, its columns may be gone */
	look->bound = false;
	look->into = c;
	if (c != NULL)
		c->whole.tracks = look->atoms.tracks;
	return &look->visitor;
}

/* Ends that. */
static JnStatus
looked(JnCohortsLook *look, JnStatus status)
{
	if (look->bound)
		jn_atoms_unbind(&look->env, &look->binding);
	look->bound = false;
	return status;
}

/* Nothing that a single journey can meet with is an error. */
void
jn_cohorts_look_moments(JnCohortsLook *look, const JnJourney *j)
{
	JnError		err;

	looked(look, jn_visit_journey(&look->env, look_for(look, NULL), j, &err));
}

bool
jn_cohorts_look_buckets(JnCohortsLook *look, const JnJourney *j)
{
	look->firsts = 0;
	jn_cohorts_look_moments(look, j);
	return look->firsts > 0;
}

JnStatus
jn_cohorts_journey(const JnEnv *env, JnCohorts *c, JnCohortsLook *look, const JnJourney *j, JnError *err)
{
	return looked(look, jn_visit_journey(env, look_for(look, c), j, err));
}

JnStatus
jn_cohorts_set(const JnEnv *env, JnCohorts *c, JnCohortsLook *look, const JnSet *s, JnError *err)
{
	return looked(look, jn_whole_set(env, &c->whole, s, look_for(look, c), err));
}

JnStatus
jn_cohorts_finish(const JnEnv *env, JnCohorts *c, JnCohortsLook *look, JnError *err)
{
	return looked(look, jn_whole_rest(env, &c->whole, look_for(look, c), err));
}

/* ---- merging ---- */

JnStatus
jn_cohorts_merge(const JnEnv *env, JnCohorts *into, JnCohortsLook *look, const JnCohorts *from, JnError *err)
{
	if (from->total > INT64_MAX - into->total)
		return jn_fail(err, JN_TOO_MANY_POINTS, 0, INT64_MAX, INT64_MAX);
	for (size_t i = 0; i < (size_t) 1 << from->bits; i++)
	{
		const JnCohortsCount *count = &from->slot[i];

		if (count->count != 0)
			jn_cohorts_add(env, into, count->number, count->column, count->count);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return looked(look, jn_whole_merge(env, &into->whole, &from->whole, look_for(look, into), err));
}

/* ---- order ---- */

#define JN_SORT_NAME			sort_counts
#define JN_SORT_ITEM			JnCohortsCount
#define JN_SORT_LESS(a, b)		((a)->number != (b)->number ? (a)->number < (b)->number : (a)->column < (b)->column)
#include "count_sort.h"

JnCohortsCount *
jn_cohorts_counts(const JnEnv *env, const JnCohorts *c, uint32_t *n)
{
	JnCohortsCount *count = jn_alloc(env, jn_array_size((size_t) c->used + 1, sizeof(JnCohortsCount)));
	JnCohortsCount *spare = jn_alloc(env, jn_array_size((size_t) c->used + 1, sizeof(JnCohortsCount)));

	*n = 0;
	for (size_t i = 0; i < (size_t) 1 << c->bits; i++)
	{
		if (c->slot[i].count != 0)
			count[(*n)++] = c->slot[i];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	sort_counts(env, count, spare, *n);
	jn_release(env, spare);
	return count;
}

/* ---- bytes ---- */

JnStatus
jn_cohorts_size(const JnCohorts *c, uint32_t n, size_t *size, JnError *err)
{
	uint64_t	bytes = JN_COHORTS_HEADER_SIZE + (uint64_t) c->ask.zone.size + c->ask.atom[0].size + c->ask.atom[1].size
	+ 4 * (uint64_t) c->ask.bounds + COUNT_SIZE * (uint64_t) n;

	if (c->whole.subjects > 0)
		bytes += jn_whole_size(&c->whole);
	if (bytes > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) bytes, (int64_t) JN_MAX_BYTES);
	*size = (size_t) bytes;
	return JN_OK;
}

static uint8_t *
put_text(JnName text, uint8_t *out)
{
	if (text.size > 0)
		memcpy(out, text.data, text.size);
	return out + text.size;
}

static void
put_period(const JnPeriod *period, uint8_t *out)
{
	jn_store32(out, (uint32_t) period->months);
	jn_store32(out + 4, (uint32_t) period->days);
	jn_store64(out + 8, (uint64_t) period->us);
}

void
jn_cohorts_write(const JnEnv *env, const JnCohorts *c, const JnCohortsCount *count, uint32_t n, uint8_t *out)
{
	const JnCohortsAsk *ask = &c->ask;

	out[0] = JN_COHORTS_VERSION;
	out[AT_KIND] = (uint8_t) ask->kind;
	out[AT_FLAGS] = (uint8_t) ((ask->unbounded ? FLAG_UNBOUNDED : 0) | (ask->rolling ? FLAG_ROLLING : 0)
							   | (c->whole.subjects > 0 ? FLAG_PARTS : 0) | (ask->recurring ? FLAG_RECURRING : 0));
	out[AT_CUT] = (uint8_t) ask->cut;
	jn_store32(out + AT_BOUNDS, ask->bounds);
	jn_store64(out + AT_AS_OF, (uint64_t) ask->as_of);
	put_period(&ask->period, out + AT_PERIOD);
	put_period(&ask->within, out + AT_WITHIN);
	jn_store32(out + AT_SIZES, ask->zone.size);
	jn_store32(out + AT_SIZES + 4, ask->atom[0].size);
	jn_store32(out + AT_SIZES + 8, ask->atom[1].size);
	jn_store32(out + AT_COUNTS, n);
	out = put_text(ask->zone, out + JN_COHORTS_HEADER_SIZE);
	out = put_text(ask->atom[0], out);
	out = put_text(ask->atom[1], out);
	for (uint32_t i = 0; i < ask->bounds; i++, out += 4)
		jn_store32(out, (uint32_t) ask->bound[i]);
	for (uint32_t i = 0; i < n; i++, out += COUNT_SIZE)
	{
		jn_store64(out, (uint64_t) count[i].number);
		jn_store32(out + 8, count[i].column);
		jn_store64(out + 12, (uint64_t) count[i].count);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (c->whole.subjects > 0)
		jn_whole_write(env, &c->whole, out);
}

/* Reads a period, of which exactly one part is given. */
static bool
read_period(const uint8_t *p, JnPeriod *period)
{
	*period = (JnPeriod) {(int32_t) jn_load32(p), (int32_t) jn_load32(p + 4), (int64_t) jn_load64(p + 8)};
	return period->months >= 0 && period->days >= 0 && period->us >= 0
		&& (period->months > 0) + (period->days > 0) + (period->us > 0) == 1;
}

/* Reads the text at *at, of a size that stands in the header, and moves *at behind it. */
static JnStatus
read_text(const uint8_t *p, unsigned number, uint32_t least, uint32_t most, size_t *at, JnName *text, JnError *err)
{
	*text = (JnName) {(const char *) p + *at, jn_load32(p + AT_SIZES + 4 * number)};
	if (text->size < least || text->size > most)
		return jn_corrupt_at(AT_SIZES + 4 * (size_t) number, err);
	if (jn_utf8_check(text->data, text->size) < text->size)
		return jn_fail(err, JN_NAME_UTF8, *at, 0, 0);
	*at += text->size;
	return JN_OK;
}

/*
 * Reads and proves what was asked; its texts and bounds stay in the bytes, *at is
 * moved behind them.
 */
static JnStatus
read_ask(const JnEnv *env, const uint8_t *p, size_t size, JnCohortsAsk *ask, size_t *at, JnError *err)
{
	uint64_t	least = JN_COHORTS_HEADER_SIZE;
	bool		two;
	JnAtom		atom;
	JnStatus	status;

	if (size < JN_COHORTS_HEADER_SIZE)
		return jn_too_short(size, JN_COHORTS_HEADER_SIZE, err);
	if (p[0] > JN_COHORTS_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, p[0], JN_COHORTS_VERSION);
	if (p[0] == 0)
		return jn_corrupt_at(0, err);
	if (p[AT_KIND] >= JN_COHORTS_KINDS)
		return jn_corrupt_at(AT_KIND, err);
	ask->kind = (JnCohortsKind) p[AT_KIND];
	two = ask->kind == JN_COHORTS_RETENTION;
	if (p[AT_FLAGS] > FLAGS || (!two && p[AT_FLAGS] & ~FLAG_PARTS))
		return jn_corrupt_at(AT_FLAGS, err);
	ask->unbounded = p[AT_FLAGS] & FLAG_UNBOUNDED;
	ask->rolling = p[AT_FLAGS] & FLAG_ROLLING;
	ask->recurring = p[AT_FLAGS] & FLAG_RECURRING;
	if (p[AT_CUT] >= JN_CUTS || (p[AT_CUT] != JN_CUT_NONE && !ask->rolling))
		return jn_corrupt_at(AT_CUT, err);
	ask->cut = (JnCohortsCut) p[AT_CUT];
	ask->bounds = jn_load32(p + AT_BOUNDS);
	if (two ? ask->bounds < 2 || ask->bounds > JN_MAX_BUCKETS + 1
		: ask->bounds != 0 && (ask->kind != JN_COHORTS_LIFECYCLE || ask->bounds != 2))
		return jn_corrupt_at(AT_BOUNDS, err);
	ask->as_of = (int64_t) jn_load64(p + AT_AS_OF);
	if (!jn_time_ok(ask->as_of))
		return jn_corrupt_at(AT_AS_OF, err);
	if (!read_period(p + AT_PERIOD, &ask->period))
		return jn_corrupt_at(AT_PERIOD, err);
	if (read_period(p + AT_WITHIN, &ask->within) != (ask->kind == JN_COHORTS_STICKINESS)
		|| (ask->kind != JN_COHORTS_STICKINESS && !same_period(&ask->within, &(JnPeriod) {0})))
		return jn_corrupt_at(AT_WITHIN, err);

	for (unsigned i = 0; i < 3; i++)
		least += jn_load32(p + AT_SIZES + 4 * i);
	least += 4 * (uint64_t) ask->bounds;
	if (size < least)
		return jn_too_short(size, least, err);
	*at = JN_COHORTS_HEADER_SIZE;
	if ((status = read_text(p, 0, 1, JN_MAX_ZONE, at, &ask->zone, err)) != JN_OK
		|| (status = read_text(p, 1, 1, UINT32_MAX, at, &ask->atom[0], err)) != JN_OK
		|| (status = read_text(p, 2, two, two ? UINT32_MAX : 0, at, &ask->atom[1], err)) != JN_OK)
		return status;
	if (jn_atom_read(env, ask->atom[0], &atom, err) != JN_OK
		|| (two && jn_atom_read(env, ask->atom[1], &atom, err) != JN_OK))
		return jn_corrupt_at(JN_COHORTS_HEADER_SIZE + (size_t) ask->zone.size, err);
	for (uint32_t i = 0; i < ask->bounds; i++, *at += 4)
	{
		int32_t		before = i > 0 ? (int32_t) jn_load32(p + *at - 4) : 0;
		int32_t		this = (int32_t) jn_load32(p + *at);

		if (two ? this < before || (i > 0 && this == before) : this < 1 || this < before)
			return jn_corrupt_at(*at, err);
	}
	return JN_OK;
}

/* What the counts before one allow it to be. */
typedef struct Proof
{
	int64_t		total;			/* of all counts above 0 */
	int64_t		size;			/* of the cohort */
	int64_t		over;			/* of the bucket */
	uint32_t	bucket;			/* its column */
	int64_t		state[JN_LIFE_STATES];	/* subjects in it now */
} Proof;

static bool
count_fits(const JnCohortsAsk *ask, Proof *proof, const JnCohortsCount *c, bool new_number)
{
	if (c->count == 0 || c->count > INT64_MAX - proof->total || c->number == INT64_MIN || c->number == INT64_MAX)
		return false;
	proof->total += c->count > 0 ? c->count : 0;
	switch (ask->kind)
	{
		case JN_COHORTS_RETENTION:
			if (new_number != (c->column == 0) || c->count < 0 || c->column > 2 * (ask->bounds - 1))
				return false;
			if (c->column == 0)
			{
				proof->size = c->count;
				proof->bucket = 0;
				return true;
			}
			if (c->column % 2 == 1)
			{
				/* the bucket and its count of those who came back go together */
				proof->over = c->count;
				proof->bucket = c->column;
				return c->count <= proof->size;
			}
			return proof->bucket == c->column - 1 && c->count <= proof->over;
		case JN_COHORTS_LIFECYCLE:
			if (c->column >= JN_LIFE_STATES)
				return false;
			if (c->count < -proof->state[c->column])
				return false;
			proof->state[c->column] += c->count;
			return true;
		default:
			return c->column > 0 && c->column <= INT32_MAX && c->count > 0;
	}
}

JnStatus
jn_cohorts_read(const JnEnv *env, JnCohorts *c, uint64_t salt, const uint8_t *p, size_t size, JnError *err)
{
	JnCohortsAsk ask = {0};
	JnCohortsCount before = {0};
	Proof		proof = {0};
	size_t		at = 0;
	size_t		parts = 0;
	uint32_t	n;
	JnStatus	status = read_ask(env, p, size, &ask, &at, err);

	if (status != JN_OK)
		return status;
	n = jn_load32(p + AT_COUNTS);
	if (size - at < COUNT_SIZE * (uint64_t) n)
		return jn_too_short(size, at + COUNT_SIZE * (uint64_t) n, err);
	if (c != NULL)
	{
		int32_t    *bound = jn_alloc(env, jn_array_size((size_t) ask.bounds + 1, sizeof(int32_t)));

		for (uint32_t i = 0; i < ask.bounds; i++)
			bound[i] = (int32_t) jn_load32(p + at - 4 * (size_t) (ask.bounds - i));
		ask.bound = bound;
		jn_cohorts_init(env, c, &ask, salt);
		jn_release(env, bound);
	}

	for (uint32_t i = 0; i < n; i++, at += COUNT_SIZE)
	{
		JnCohortsCount count = {(int64_t) jn_load64(p + at), jn_load32(p + at + 8), (int64_t) jn_load64(p + at + 12)};
		bool		new_number = i == 0 || count.number > before.number;

		if (!new_number && (count.number < before.number || count.column <= before.column))
			return jn_corrupt_at(at, err);
		if (!count_fits(&ask, &proof, &count, new_number))
			return jn_corrupt_at(at, err);
		if (c != NULL)
			jn_cohorts_add(env, c, count.number, count.column, count.count);
		before = count;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}

	/* every run that began has ended */
	for (uint32_t i = 0; i < JN_LIFE_STATES && ask.kind == JN_COHORTS_LIFECYCLE; i++)
		if (proof.state[i] != 0)
			return jn_corrupt_at(at, err);

	if (p[AT_FLAGS] & FLAG_PARTS)
	{
		if (jn_whole_read(env, c != NULL ? &c->whole : NULL, p + at, size - at, &parts, err) != JN_OK)
			return jn_fail_behind(err, at);
		if (parts == JN_WHOLE_EMPTY)
			return jn_corrupt_at(at, err);
		at += parts;
	}
	return at == size ? JN_OK : jn_corrupt_at(at, err);
}
