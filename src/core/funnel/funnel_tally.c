/*
 * funnel_tally.c
 *	  Funnels added up over a whole population.
 */
#include "funnel_tally.h"

#include <math.h>

#define HEADER_SIZE		10

/* Bytes of a step without its gaps. */
#define STEP_SIZE		40

/* Of the normal distribution, for 95 percent. */
#define Z				1.959963984540054

/* The presence bits without which there is no entry. */
static uint64_t
entry_presence(const JnFunnelTerms *terms)
{
	const JnAtom *atom = &terms->atoms->atom[0];
	uint64_t	presence = 0;

	if (terms->mode == JN_FUNNEL_UNORDERED || atom->negated)
		return UINT64_MAX;
	for (uint32_t i = 0; i < atom->options; i++)
		presence |= atom->option[i].any ? UINT64_MAX : jn_presence(atom->option[i].event.data, atom->option[i].event.size);
	return presence;
}

JnStatus
jn_funnel_tally_init(const JnEnv *env, JnFunnelTally *t, uint64_t salt, const uint8_t *p, size_t size, JnError *err)
{
	JnStatus	status = jn_funnel_spec_read(env, p, size, &t->spec, err);
	uint8_t    *copy;
	uint32_t	atoms;
	uint32_t	steps;

	if (status != JN_OK)
		return status;
	size = t->spec.size;
	memset(t, 0, sizeof(*t));
	copy = jn_alloc(env, size);
	memcpy(copy, p, size);
	status = jn_funnel_spec_read(env, copy, size, &t->spec, err);
	if (status != JN_OK)
		return status;
	atoms = t->spec.atoms.count;
	steps = t->spec.terms.steps;
	t->unseen = atoms;
	t->seen = jn_alloc(env, atoms);
	memset(t->seen, 0, atoms);
	t->step = jn_alloc(env, jn_array_size(steps, sizeof(JnFunnelStep)));
	memset(t->step, 0, steps * sizeof(JnFunnelStep));
	t->sorted = jn_alloc(env, jn_array_size(steps, sizeof(int64_t)));
	t->funnel = jn_funnel_new(env, &t->spec.terms);
	t->entry_presence = entry_presence(&t->spec.terms);
	t->plain = jn_funnel_fast_init(&t->quick, &t->spec.terms);
	t->whole.salt = salt;
	t->whole.tracks = t->spec.atoms.tracks | (t->spec.terms.hold ? 1u << t->spec.terms.hold_track : 0);
	return JN_OK;
}

/* ---- subjects ---- */

/* The times of a chain without order, from the first on. */
static const int64_t *
sort_times(JnFunnelTally *t, const int64_t *time)
{
	uint32_t	n = 0;

	for (uint32_t i = 0; i < t->spec.terms.steps; i++)
	{
		uint32_t	at = n;

		if (time[i] == JN_NO_TIME)
			continue;
		for (; at > 0 && t->sorted[at - 1] > time[i]; at--)
			t->sorted[at] = t->sorted[at - 1];
		t->sorted[at] = time[i];
		n++;
	}
	return t->sorted;
}

/* Counts where so many attempts stayed. */
static inline void
count_status(JnFunnelStep *last, JnFunnelStatus status, uint32_t n)
{
	switch (status)
	{
		case JN_FUNNEL_OPEN:
			last->open += n;
			break;
		case JN_FUNNEL_EXCLUDED:
			last->excluded += n;
			break;
		case JN_FUNNEL_CONVERTED:
			last->converted += n;
			break;
		default:
			last->lost += n;
			break;
	}
}

/* Adds the times of step i of the funnel, from 1 on. */
static inline void
add_gaps(const JnEnv *env, JnFunnelStep *step, uint32_t i, uint64_t from_previous, uint64_t from_first)
{
	jn_gaps_add(env, &step[i].from_previous, from_previous);
	if (i > 1)
		jn_gaps_add(env, &step[i].from_first, from_first);
}

static void
count_subject(const JnEnv *env, JnFunnelTally *t, const JnFunnelResult *result)
{
	const int64_t *time = result->time;
	JnFunnelStep *last = NULL;
	int64_t		before = result->entered;

	t->subjects++;
	if (result->level == 0)
		return;
	if (t->spec.terms.mode == JN_FUNNEL_UNORDERED)
		time = sort_times(t, time);
	for (uint32_t i = 0; i < result->level; i++)
	{
		JnFunnelStep *step = &t->step[i];

		if (time[i] == JN_NO_TIME)
			continue;
		if (last != NULL)
		{
			last->converted++;
			add_gaps(env, t->step, i, jn_time_span(before, time[i]), jn_time_span(result->entered, time[i]));
		}
		step->entered++;
		before = time[i];
		last = step;
	}

	count_status(last, result->status, 1);
}

/* Notes which atoms could match one of the events of these columns. */
static void
note_seen(JnFunnelTally *t, const JnBinding *b)
{
	uint32_t	names = b->columns.event->names;

	for (uint32_t i = 0; i < t->spec.atoms.count && t->unseen > 0; i++)
		for (uint32_t code = 0; code < names && !t->seen[i]; code++)
			if ((jn_atoms_sure(b, code)[i / 64] | jn_atoms_maybe(b, code)[i / 64]) >> (i % 64) & 1)
			{
				t->seen[i] = 1;
				t->unseen--;
			}
}

/* The same of a plain funnel. */
static void
note_seen_fast(JnFunnelTally *t)
{
	unsigned	seen = t->quick.seen;

	for (uint32_t i = 0; i < t->spec.terms.steps; i++)
		if ((seen >> i & 1) != 0 && !t->seen[i])
		{
			t->seen[i] = 1;
			t->unseen--;
		}
}

/* Takes columns the fast way, if it can be gone. */
static bool
take_columns_fast(const JnEnv *env, JnFunnelTally *t, const JnColumns *columns, const JnTimesReader *times,
				  uint32_t differences, int64_t last)
{
	if (!t->plain || !jn_funnel_fast_columns(env, &t->quick, columns, times, differences, last))
		return false;
	if (t->unseen > 0)
		note_seen_fast(t);
	return true;
}

/* Counts the steps behind the entry of a subject that has gone the fast way to level 2 at least. */
static inline void
count_chain(const JnEnv *env, JnFunnelTally *t, uint32_t level)
{
	const uint64_t *filled = t->quick.filled;

	for (uint32_t i = 1; i < level; i++)
	{
		t->step[i - 1].converted++;
		t->step[i].entered++;
		add_gaps(env, t->step, i, filled[i] - filled[i - 1], filled[i]);
	}
}

/* The same of n subjects of a batch, all of whom got to this level. */
static void
count_batch(const JnEnv *env, JnFunnelTally *t, uint32_t level, uint32_t n)
{
	uint64_t	(*time)[JN_FAST_BATCH] = t->quick.batch;

	for (uint32_t s = 1; s < level; s++)
	{
		JnFunnelStep *step = &t->step[s];
		uint64_t	from_previous[JN_FAST_BATCH];

		t->step[s - 1].converted += n;
		step->entered += n;
		if (s == 1)
		{
			jn_gaps_add_all(env, &step->from_previous, n, time[1]);
			continue;
		}
		for (uint32_t i = 0; i < n; i++)
			from_previous[i] = time[s][i] - time[s - 1][i];
		jn_gaps_add_all(env, &step->from_previous, n, from_previous);
		jn_gaps_add_all(env, &step->from_first, n, time[s]);
	}
}

/* Counts a subject that has gone the fast way. */
static inline void
count_fast(const JnEnv *env, JnFunnelTally *t, uint32_t level, JnFunnelStatus status)
{
	t->subjects++;
	if (level == 0)
		return;
	t->step[0].entered++;
	count_chain(env, t, level);
	count_status(&t->step[level - 1], status, 1);
}

/* Which way is gone shows with the first subject, whose times are needed for it. */
static JnStatus
take_columns(const JnEnv *env, void *context, const JnColumns *columns, JnError *err)
{
	(void) env;
	(void) columns;
	(void) err;
	((JnFunnelTally *) context)->bound = false;
	return JN_OK;
}

static JnStatus
take_subject(const JnEnv *env, void *context, const JnSubject *subject, JnError *err)
{
	JnFunnelTally *t = context;
	JnFunnelResult result;
	uint32_t	rows = subject->to - subject->from;

	(void) err;
	if (rows == subject->columns->rows
		&& take_columns_fast(env, t, subject->columns, subject->times, rows - 1, INT64_MAX))
	{
		JnFunnelStatus status;
		uint32_t	level = jn_funnel_fast_subject(env, &t->quick, 0, rows, 0, subject->start, &status);

		count_fast(env, t, level, status);
		return JN_OK;
	}
	if (!t->bound)
	{
		jn_funnel_columns(env, t->funnel, subject->columns);
		if (t->unseen > 0)
			note_seen(t, jn_funnel_binding(t->funnel));
		t->bound = true;
	}
	jn_funnel_subject(env, t->funnel, subject, &result);
	count_subject(env, t, &result);
	return JN_OK;
}

static JnVisitor
visitor_of(JnFunnelTally *t)
{
	return (JnVisitor) {take_columns, take_subject, t};
}

bool
jn_funnel_tally_header(JnFunnelTally *t, const JnHeader *head)
{
	const JnAtoms *atoms = &t->spec.atoms;

	if ((head->presence & t->entry_presence) != 0)
		return false;
	for (uint32_t i = 1; i < atoms->count && t->unseen > 0; i++)
		if (!t->seen[i] && !jn_atom_is_absent(&atoms->atom[i], head->presence))
			return false;
	t->subjects++;
	return true;
}

bool
jn_funnel_tally_value(const JnEnv *env, JnFunnelTally *t, const JnHeader *head, const uint8_t *p, size_t size)
{
	JnFunnelStatus became;
	uint32_t	level;

	if (!t->plain || !jn_funnel_fast_value(env, &t->quick, head, p, size, &level, &became))
		return false;
	if (t->unseen > 0)
		note_seen_fast(t);
	count_fast(env, t, level, became);
	return true;
}

JnStatus
jn_funnel_tally_journey(const JnEnv *env, JnFunnelTally *t, const JnJourney *j, JnError *err)
{
	JnVisitor	visitor = visitor_of(t);
	JnFunnelStatus became;
	JnStatus	status;
	uint32_t	level;

	if (t->plain && jn_funnel_fast_journey(env, &t->quick, j, &level, &became))
	{
		if (t->unseen > 0)
			note_seen_fast(t);
		count_fast(env, t, level, became);
		return JN_OK;
	}
	status = jn_visit_journey(env, &visitor, j, err);
	jn_funnel_close(env, t->funnel);
	return status;
}

/*
 * Counts the subjects that are whole in a set, all at once: what became of those
 * that have not converted is the same for all.  The parts of others are held
 * back.
 */
static JnStatus
count_crowd(const JnEnv *env, JnFunnelTally *t, const JnSet *s, const JnVisitor *visitor, JnError *err)
{
	uint32_t	steps = t->spec.terms.steps;
	JnFunnelStatus stays = t->quick.stays;
	uint32_t	further = 0;
	uint32_t	batches = 0;
	uint32_t	level;
	uint32_t	n;
	JnFunnelCrowd crowd;

	jn_funnel_fast_crowd(env, &t->quick, s, &crowd);
	while ((n = jn_funnel_fast_batch(env, &t->quick, &level)) > 0)
	{
		further += n;
		count_batch(env, t, level, n);
		count_status(&t->step[level - 1], level == steps ? JN_FUNNEL_CONVERTED : stays, n);
		if (++batches % 64 == 0)
			jn_tick(env);
	}
	t->subjects += crowd.subjects;
	t->step[0].entered += crowd.entered;
	count_status(&t->step[0], steps == 1 ? JN_FUNNEL_CONVERTED : stays, crowd.entered - further);
	return crowd.others == 0 ? JN_OK
		: jn_whole_hold_these(env, &t->whole, s, crowd.other, crowd.others, visitor, err);
}

/* Counts them one by one.  Whether there are others. */
static bool
count_one_by_one(const JnEnv *env, JnFunnelTally *t, const JnSet *s)
{
	JnSetCounts counts;
	uint32_t	row;
	uint32_t	rows;
	bool		ghost;
	bool		more;
	bool		others = false;

	jn_set_counts_open(&counts, s);
	while ((rows = jn_set_counts_next(&counts, &row, &ghost, &more)) > 0)
	{
		uint32_t	part = counts.part - 1;

		if (ghost || more)
			others = true;
		else
		{
			JnFunnelStatus status;
			uint32_t	level = jn_funnel_fast_subject(env, &t->quick, row, row + rows, part, jn_set_start(s, part), &status);

			count_fast(env, t, level, status);
		}
		if (part % 1024 == 1023)
			jn_tick(env);
	}
	return others;
}

JnStatus
jn_funnel_tally_set(const JnEnv *env, JnFunnelTally *t, const JnSet *s, JnError *err)
{
	JnVisitor	visitor = visitor_of(t);
	JnColumns	columns = jn_set_columns(s);
	JnStatus	status = JN_OK;
	JnTimesReader times;

	jn_set_times(s, &times);
	if (!take_columns_fast(env, t, &columns, &times, jn_set_differences(s), s->head.last))
		status = jn_whole_set(env, &t->whole, s, &visitor, err);
	else if (t->quick.clear)
		status = count_crowd(env, t, s, &visitor, err);
	else if (count_one_by_one(env, t, s))
		status = jn_whole_hold(env, &t->whole, s, &visitor, err);
	jn_funnel_close(env, t->funnel);
	return status;
}

JnStatus
jn_funnel_tally_rest(const JnEnv *env, JnFunnelTally *t, JnError *err)
{
	JnVisitor	visitor = visitor_of(t);
	JnStatus	status = jn_whole_rest(env, &t->whole, &visitor, err);

	jn_funnel_close(env, t->funnel);
	return status;
}

JnStatus
jn_funnel_tally_merge(const JnEnv *env, JnFunnelTally *into, const JnFunnelTally *from, JnError *err)
{
	JnVisitor	visitor = visitor_of(into);
	JnStatus	status;

	/* the other counts are parts of this one */
	if (from->subjects > (uint64_t) INT64_MAX - into->subjects)
		return jn_fail(err, JN_TOO_MANY_POINTS, 0, INT64_MAX, INT64_MAX);
	into->subjects += from->subjects;
	for (uint32_t i = 0; i < into->spec.atoms.count; i++)
		if (from->seen[i] && !into->seen[i])
		{
			into->seen[i] = 1;
			into->unseen--;
		}
	for (uint32_t i = 0; i < into->spec.terms.steps; i++)
	{
		JnFunnelStep *step = &into->step[i];
		const JnFunnelStep *more = &from->step[i];

		step->entered += more->entered;
		step->converted += more->converted;
		step->open += more->open;
		step->lost += more->lost;
		step->excluded += more->excluded;
		jn_gaps_merge(env, &step->from_previous, &more->from_previous);
		if (i > 1)
			jn_gaps_merge(env, &step->from_first, &more->from_first);
		if (i % 16 == 15)
			jn_tick(env);
	}
	status = jn_whole_merge(env, &into->whole, &from->whole, &visitor, err);
	jn_funnel_close(env, into->funnel);
	return status;
}

/* ---- bytes ---- */

JnStatus
jn_funnel_tally_size(const JnFunnelTally *t, size_t *size, JnError *err)
{
	uint32_t	steps = t->spec.terms.steps;
	uint64_t	bytes = HEADER_SIZE + t->spec.size + (t->spec.atoms.count + 7) / 8 + STEP_SIZE * (uint64_t) steps;

	for (uint32_t i = 1; i < steps; i++)
	{
		const JnFunnelStep *step = &t->step[i];

		if (step->entered > 0)
			bytes += jn_gaps_size(&step->from_previous, step->entered)
				+ jn_gaps_size(jn_funnel_from_first(t, i), step->entered);
	}
	if (t->whole.sets > 0)
		bytes += jn_whole_size(&t->whole);
	if (bytes > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) bytes, (int64_t) JN_MAX_BYTES);
	*size = (size_t) bytes;
	return JN_OK;
}

void
jn_funnel_tally_write(const JnEnv *env, const JnFunnelTally *t, uint8_t *out)
{
	uint32_t	atoms = t->spec.atoms.count;

	out[0] = JN_FUNNEL_TALLY_VERSION;
	out[1] = t->whole.sets > 0;
	jn_store64(out + 2, t->subjects);
	out += HEADER_SIZE;
	memcpy(out, t->spec.bytes, t->spec.size);
	out += t->spec.size;
	memset(out, 0, (atoms + 7) / 8);
	for (uint32_t i = 0; i < atoms; i++)
		out[i / 8] |= (uint8_t) (t->seen[i] << (i % 8));
	out += (atoms + 7) / 8;
	for (uint32_t i = 0; i < t->spec.terms.steps; i++)
	{
		const JnFunnelStep *step = &t->step[i];

		jn_store64(out, step->entered);
		jn_store64(out + 8, step->converted);
		jn_store64(out + 16, step->open);
		jn_store64(out + 24, step->lost);
		jn_store64(out + 32, step->excluded);
		out += STEP_SIZE;
		if (i > 0 && step->entered > 0)
		{
			jn_gaps_write(env, &step->from_previous, step->entered, out);
			out += jn_gaps_size(&step->from_previous, step->entered);
			jn_gaps_write(env, jn_funnel_from_first(t, i), step->entered, out);
			out += jn_gaps_size(jn_funnel_from_first(t, i), step->entered);
		}
	}
	if (t->whole.sets > 0)
		jn_whole_write(env, &t->whole, out);
}

/* Reads the gaps of n >= 1 subjects at *at, adds them to *g unless that is NULL, and moves behind them. */
static JnStatus
read_gaps(const JnEnv *env, JnGaps *g, uint64_t n, const uint8_t *p, size_t size, size_t *at, JnError *err)
{
	size_t		used;

	if (jn_gaps_read(env, g, p + *at, size - *at, n, &used, err) != JN_OK)
		return jn_fail_behind(err, *at);
	*at += used;
	return JN_OK;
}

/* Reads step i at *at and moves behind it. */
static JnStatus
read_step(const JnEnv *env, JnFunnelTally *t, uint32_t i, const uint8_t *p, size_t size, size_t *at, JnError *err)
{
	JnFunnelStep *step = &t->step[i];
	uint64_t	most = i > 0 ? t->step[0].entered : t->subjects;
	size_t		from_previous;
	size_t		from_first;
	uint64_t	left;

	if (jn_check_size(size, (uint64_t) *at + STEP_SIZE, err) != JN_OK)
		return err->status;
	step->entered = left = jn_load64(p + *at);
	step->converted = jn_load64(p + *at + 8);
	step->open = jn_load64(p + *at + 16);
	step->lost = jn_load64(p + *at + 24);
	step->excluded = jn_load64(p + *at + 32);
	if (left > most || step->converted > left || step->open > left - step->converted
		|| step->lost > left - step->converted - step->open
		|| step->excluded != left - step->converted - step->open - step->lost)
		return jn_corrupt_at(*at, err);
	*at += STEP_SIZE;
	if (i == 0 || step->entered == 0)
		return JN_OK;

	from_previous = *at;
	if (read_gaps(env, &step->from_previous, step->entered, p, size, at, err) != JN_OK)
		return err->status;
	from_first = *at;
	if (read_gaps(env, i > 1 ? &step->from_first : NULL, step->entered, p, size, at, err) != JN_OK)
		return err->status;
	if (i == 1 && (*at - from_first != from_first - from_previous
				   || memcmp(p + from_previous, p + from_first, *at - from_first) != 0))
		return jn_corrupt_at(from_first, err);
	return JN_OK;
}

JnStatus
jn_funnel_tally_read(const JnEnv *env, JnFunnelTally *t, uint64_t salt, const uint8_t *p, size_t size, JnError *err)
{
	size_t		at = HEADER_SIZE;
	uint32_t	atoms;

	memset(t, 0, sizeof(*t));
	if (size > 0 && p[0] > JN_FUNNEL_TALLY_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, p[0], JN_FUNNEL_TALLY_VERSION);
	if (size > 0 && p[0] < JN_FUNNEL_TALLY_VERSION)
		return jn_corrupt_at(0, err);
	if (jn_check_size(size, HEADER_SIZE, err) != JN_OK)
		return err->status;
	if (p[1] > 1)
		return jn_corrupt_at(1, err);
	if (jn_funnel_tally_init(env, t, salt, p + at, size - at, err) != JN_OK)
		return jn_fail_behind(err, at);
	at += t->spec.size;
	t->subjects = jn_load64(p + 2);
	if (t->subjects > INT64_MAX)
		return jn_corrupt_at(2, err);

	atoms = t->spec.atoms.count;
	if (jn_check_size(size, at + (uint64_t) (atoms + 7) / 8, err) != JN_OK)
		return err->status;
	for (uint32_t i = 0; i < atoms; i++)
	{
		t->seen[i] = p[at + i / 8] >> (i % 8) & 1;
		t->unseen -= t->seen[i];
	}
	if (atoms % 8 != 0 && p[at + atoms / 8] >> (atoms % 8) != 0)
		return jn_corrupt_at(at, err);
	at += (atoms + 7) / 8;
	for (uint32_t i = 0; i < t->spec.terms.steps; i++)
	{
		if (read_step(env, t, i, p, size, &at, err) != JN_OK)
			return err->status;
		if (i % 16 == 15)
			jn_tick(env);
	}
	if (p[1] == 1)
	{
		size_t		took;

		if (jn_whole_read(env, &t->whole, p + at, size - at, &took, err) != JN_OK)
			return jn_fail_behind(err, at);
		if (t->whole.sets == 0)
			return jn_corrupt_at(at, err);
		at += took;
	}
	return at == size ? JN_OK : jn_corrupt_at(at, err);
}

/* ---- shares ---- */

void
jn_wilson(uint64_t k, uint64_t n, double *low, double *high)
{
	double		m = (double) n;
	double		share = (double) k / m;
	double		middle = share + Z * Z / (2 * m);
	double		half = Z * sqrt(share * (1 - share) / m + Z * Z / (4 * m * m));
	double		all = 1 + Z * Z / m;

	/* at the ends the bound is the end, which rounding may miss */
	*low = k == 0 ? 0 : (middle - half) / all;
	*high = k == n ? 1 : (middle + half) / all;
}
