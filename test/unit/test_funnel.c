/*
 * test_funnel.c
 *	  Funnels against a slow one that looks at every chain there is, and follows
 *	  the words of funnel.h for each.
 */
#include "build.h"
#include "cpu.h"
#include "funnel/funnel_fast.h"
#include "funnel/funnel_tally.h"
#include "set_build.h"
#include "unit.h"

#define MAX_STEPS	5			/* of a funnel */
#define MAX_ROWS	10			/* of a journey */
#define EVENTS		5
#define LABELS		3

static const char *const event_names[EVENTS] = {"a", "b", "c", "d", "x"};
static const char *const label_names[LABELS] = {"app", "shop", "web"};

/* ---- the slow funnel ---- */

typedef struct Row
{
	int64_t		time;
	unsigned	event;
	unsigned	label;			/* LABELS: none */
} Row;

/* What is asked, in plain words. */
typedef struct Question
{
	JnFunnelTerms terms;
	unsigned	step[MAX_STEPS];	/* bits of the events that fill it */
	unsigned	excluded;		/* bits of events */
	uint64_t	step_within[MAX_STEPS];
	bool		optional[MAX_STEPS];
} Question;

/* A chain: rows, in the order of the funnel, and the steps that they fill. */
typedef struct Chain
{
	uint32_t	n;
	uint32_t	row[MAX_STEPS];
	uint32_t	level[MAX_STEPS];
} Chain;

typedef struct Answer
{
	uint32_t	level;
	JnFunnelStatus status;
	int64_t		entered;
	int64_t		time[MAX_STEPS];
} Answer;

typedef struct Slow
{
	const Question *q;
	Row			row[MAX_ROWS];	/* in the order that counts */
	uint32_t	n;

	/* of the entry that is looked at */
	Chain		best;			/* the chain to tell of, of the highest level */
	bool		goes_on;		/* some chain could have, when something excluded came */
	bool		is_open;
	uint32_t	level;			/* in the second round: that of the attempt */
} Slow;

static bool
is_excluded(const Slow *s, uint32_t r)
{
	return s->q->excluded >> s->row[r].event & 1;
}

/* Whether a row can fill a step, from 0. */
static bool
fills(const Slow *s, uint32_t r, uint32_t step)
{
	return !is_excluded(s, r) && (s->q->step[step] >> s->row[r].event & 1)
		&& (!s->q->terms.hold || s->row[r].label < LABELS);
}

/* Whether a row with this label fills it for a chain that begins with row "entry". */
static bool
fills_for(const Slow *s, uint32_t entry, uint32_t r, uint32_t step)
{
	return fills(s, r, step) && (!s->q->terms.hold || s->row[r].label == s->row[entry].label);
}

/* Whether a row between the steps of level and the next breaks a chain. */
static bool
breaks(const Slow *s, uint32_t entry, uint32_t r, uint32_t level)
{
	if (is_excluded(s, r))
		return true;
	if (s->q->terms.mode == JN_FUNNEL_STRICT)
		return !fills_for(s, entry, r, level - 1);
	if (s->q->terms.mode == JN_FUNNEL_EXACT)
		return true;
	if (s->q->terms.mode == JN_FUNNEL_DEDUPLICATED)
		for (uint32_t i = 0; i <= level && i < s->q->terms.steps; i++)
			if (fills_for(s, entry, r, i))
				return true;
	return false;
}

/* The steps are put in the order that counts. */
static void
order_rows(Slow *s)
{
	const Question *q = s->q;

	if (q->terms.ties != JN_TIES_STEP)
		return;
	for (uint32_t i = 1; i < s->n; i++)
		for (uint32_t k = i; k > 0 && s->row[k - 1].time == s->row[k].time; k--)
		{
			uint32_t	rank[2];
			Row			row;

			for (uint32_t z = 0; z < 2; z++)
			{
				uint32_t	r = k - 1 + z;

				rank[z] = MAX_STEPS + is_excluded(s, r);
				for (uint32_t step = q->terms.steps; step-- > 0;)
					if (fills(s, r, step))
						rank[z] = step;
			}
			if (rank[0] <= rank[1])
				break;
			row = s->row[k - 1];
			s->row[k - 1] = s->row[k];
			s->row[k] = row;
		}
}

static uint64_t
between(const Slow *s, uint32_t from, uint32_t to)
{
	return (uint64_t) (s->row[to].time - s->row[from].time);
}

/* Chains of one level: the one whose rows come first, then the one with earlier steps of the funnel. */
static bool
comes_first(const Chain *a, const Chain *b)
{
	for (uint32_t i = 0; i < a->n && i < b->n; i++)
	{
		if (a->row[i] != b->row[i])
			return a->row[i] < b->row[i];
		if (a->level[i] != b->level[i])
			return a->level[i] < b->level[i];
	}
	return false;
}

static uint64_t
limit_of(const Slow *s, uint32_t level)
{
	return s->q->terms.step_within != NULL ? s->q->terms.step_within[level - 1] : JN_NO_LIMIT;
}

static bool
optional_of(const Slow *s, uint32_t level)
{
	return s->q->terms.optional != NULL && s->q->terms.optional[level - 1];
}

/* Whether the attempt could still have gone beyond its level by this chain, at a time and place. */
static bool
could_go_on(const Slow *s, const Chain *c, uint32_t place, int64_t time)
{
	uint32_t	entry = c->row[0];
	uint32_t	last = c->row[c->n - 1];
	uint32_t	level = c->level[c->n - 1];
	int64_t		earliest = s->row[last].time + (s->q->terms.ties == JN_TIES_STRICT);

	for (uint32_t r = last + 1; r < place; r++)
		if (breaks(s, entry, r, level))
			return false;

	/* the first instant at which a step could come */
	if (time < earliest)
		time = earliest;
	for (uint32_t next = level + 1; next <= s->q->terms.steps; next++)
	{
		if (next > s->level && (uint64_t) (time - s->row[entry].time) <= s->q->terms.within
			&& (uint64_t) (time - s->row[last].time) <= limit_of(s, next))
			return true;
		if (!optional_of(s, next))
			return false;
	}
	return false;
}

/* Looks at a chain, and at all that begin with it. */
static void
look_at(Slow *s, Chain *c, bool second)
{
	const JnFunnelTerms *terms = &s->q->terms;
	uint32_t	entry = c->row[0];
	uint32_t	last = c->row[c->n - 1];
	uint32_t	level = c->level[c->n - 1];

	if (!second)
	{
		if (s->best.n == 0 || level > s->best.level[s->best.n - 1]
			|| (level == s->best.level[s->best.n - 1] && comes_first(c, &s->best)))
			s->best = *c;
	}
	else
	{
		uint32_t	ban = entry + 1;

		while (ban < s->n && !is_excluded(s, ban))
			ban++;
		if (ban < s->n && could_go_on(s, c, ban, s->row[ban].time))
			s->goes_on = true;
		if (ban == s->n && could_go_on(s, c, s->n, terms->as_of))
			s->is_open = true;
	}
	for (uint32_t next = level + 1; next <= terms->steps; next++)
	{
		for (uint32_t r = last + 1; r < s->n; r++)
		{
			if (fills_for(s, entry, r, next - 1) && between(s, entry, r) <= terms->within
				&& between(s, last, r) <= limit_of(s, next)
				&& (terms->ties != JN_TIES_STRICT || between(s, last, r) > 0))
			{
				c->row[c->n] = r;
				c->level[c->n++] = next;
				look_at(s, c, second);
				c->n--;
			}
			if (breaks(s, entry, r, level))
				break;
		}
		if (!optional_of(s, next))
			break;
	}
}

/* How many of the rows of set[] can fill different steps. */
static uint32_t
most_filled(const Slow *s, const uint32_t *set, uint32_t n, unsigned taken)
{
	uint32_t	most = 0;

	if (n == 0)
		return 0;
	most = most_filled(s, set + 1, n - 1, taken);
	for (uint32_t step = 0; step < s->q->terms.steps; step++)
		if ((taken >> step & 1) == 0 && fills(s, set[0], step))
		{
			uint32_t	filled = 1 + most_filled(s, set + 1, n - 1, taken | 1u << step);

			most = filled > most ? filled : most;
		}
	return most;
}

/* The rows that an entry of a funnel without order has in its window. */
static uint32_t
window_rows(const Slow *s, uint32_t entry, uint32_t *set)
{
	uint32_t	n = 0;

	for (uint32_t r = entry; r < s->n && !is_excluded(s, r); r++)
	{
		bool		any = false;

		for (uint32_t step = 0; step < s->q->terms.steps; step++)
			any |= fills_for(s, entry, r, step);
		if (any && between(s, entry, r) <= s->q->terms.within)
			set[n++] = r;
	}
	return n;
}

/* Fills the sorted times of the chain of an attempt without order. */
static void
first_set(const Slow *s, uint32_t entry, uint32_t level, int64_t *time)
{
	uint32_t	set[MAX_ROWS];
	uint32_t	n = window_rows(s, entry, set);
	uint32_t	picked[MAX_ROWS];
	uint32_t	count = 0;

	/* the first rows that can be part of a set of this size */
	for (uint32_t i = 0; i < n && count < level; i++)
	{
		picked[count] = set[i];
		if (most_filled(s, picked, count + 1, 0) == count + 1)
			count++;
	}
	for (uint32_t i = 0; i < MAX_STEPS; i++)
		time[i] = i < count ? s->row[picked[i]].time : JN_NO_TIME;
}

static Answer
ask_slowly(const Question *q, const Row *row, uint32_t n)
{
	const JnFunnelTerms *terms = &q->terms;
	Slow		s = {.q = q,.n = n};
	Answer		answer = {0, JN_FUNNEL_NOT_ENTERED, 0, {0}};
	uint32_t	needed = terms->steps;
	uint32_t	entry = MAX_ROWS;
	Chain		chain = {0};

	memcpy(s.row, row, n * sizeof(Row));
	order_rows(&s);
	while (terms->optional != NULL && needed > 1 && terms->optional[needed - 1])
		needed--;
	for (uint32_t i = 0; i < MAX_STEPS; i++)
		answer.time[i] = JN_NO_TIME;

	for (uint32_t e = 0; e < n; e++)
	{
		uint32_t	set[MAX_ROWS];
		uint32_t	rows;
		uint32_t	level;

		if (terms->mode == JN_FUNNEL_UNORDERED)
		{
			rows = is_excluded(&s, e) ? 0 : window_rows(&s, e, set);
			if (rows == 0 || set[0] != e)
				continue;
			level = most_filled(&s, set, rows, 0);
		}
		else
		{
			Chain		c = {1, {e}, {1}};

			if (!fills(&s, e, 0))
				continue;
			s.best.n = 0;
			look_at(&s, &c, false);
			level = s.best.level[s.best.n - 1];
		}
		if (entry == MAX_ROWS || (terms->entry != JN_ENTRY_FIRST
								  && (level > answer.level
									  || (level == answer.level && terms->entry == JN_ENTRY_LATEST))))
		{
			entry = e;
			answer.level = level;
			chain = s.best;
		}
	}
	if (entry == MAX_ROWS)
		return answer;

	answer.entered = s.row[entry].time;
	s.level = answer.level;
	if (terms->mode == JN_FUNNEL_UNORDERED)
	{
		uint32_t	ban = entry;

		first_set(&s, entry, answer.level, answer.time);
		while (ban < n && !is_excluded(&s, ban))
			ban++;
		s.goes_on = ban < n && between(&s, entry, ban) <= terms->within;
		s.is_open = ban == n
			&& (terms->as_of < answer.entered || (uint64_t) (terms->as_of - answer.entered) <= terms->within);
	}
	else
	{
		Chain		c = {1, {entry}, {1}};

		for (uint32_t i = 0; i < chain.n; i++)
			answer.time[chain.level[i] - 1] = s.row[chain.row[i]].time;
		look_at(&s, &c, true);
	}
	answer.status = answer.level >= needed ? JN_FUNNEL_CONVERTED : s.goes_on ? JN_FUNNEL_EXCLUDED
		: s.is_open ? JN_FUNNEL_OPEN : JN_FUNNEL_LOST;
	return answer;
}

/* ---- the fast one ---- */

/* Makes a journey of rows, which keep their order. */
static JnJourney
make_journey(const JnEnv *env, const Row *row, uint32_t n)
{
	JnBuild    *b = jn_build_new(env, true);
	JnJourney	j;
	JnError		err;
	size_t		size;
	uint8_t    *bytes;

	for (uint32_t i = 0; i < n; i++)
	{
		JnStep		step = {.time = row[i].time,.event = {event_names[row[i].event], 1}};

		if (row[i].label < LABELS)
		{
			step.label[JN_CHANNEL] = (JnName) {label_names[row[i].label], (uint32_t) strlen(label_names[row[i].label])};
			step.tracks = 1 << JN_CHANNEL;
		}
		CHECK_INT(jn_build_add_step(env, b, &step, &err), JN_OK);
	}
	CHECK_INT(jn_build_finish(env, b, &size, &err), JN_OK);
	bytes = jn_alloc(env, size);
	jn_build_write(env, b, bytes);
	jn_build_free(env, b);
	CHECK_INT(jn_journey_open(bytes, size, &j, &err), JN_OK);
	return j;
}

/* Atoms that match events by their bits. */
static JnAtoms
make_atoms(const JnEnv *env, const Question *q)
{
	uint32_t	count = q->terms.steps + (q->excluded != 0);
	JnAtom	   *atom = jn_alloc(env, count * sizeof(JnAtom));
	JnAtoms		atoms;

	for (uint32_t i = 0; i < count; i++)
	{
		unsigned	bits = i < q->terms.steps ? q->step[i] : q->excluded;
		JnOption   *option = jn_alloc(env, EVENTS * sizeof(JnOption));

		atom[i] = (JnAtom) {.option = option};
		for (unsigned e = 0; e < EVENTS; e++)
		{
			JnOption	one = {.event = {event_names[e], 1}};

			if (bits >> e & 1)
				option[atom[i].options++] = one;
		}
		if (bits == (1u << EVENTS) - 1)
		{
			option[0] = (JnOption) {.any = true};
			atom[i].options = 1;
		}
	}
	jn_atoms_make(env, atom, count, &atoms);
	return atoms;
}

static Answer
ask(const JnEnv *env, const Question *q, const JnJourney *j)
{
	JnAtoms		atoms = make_atoms(env, q);
	JnFunnelTerms terms = q->terms;
	JnColumns	columns = jn_journey_columns(j);
	JnTimesReader times;
	JnSubject	subject = {&columns, 0, j->head.n, j->head.first, &times};
	JnFunnel   *f;
	JnFunnelResult result;
	Answer		answer = {0};

	terms.atoms = &atoms;
	jn_journey_times(j, &times);
	f = jn_funnel_new(env, &terms);
	jn_funnel_columns(env, f, &columns);
	jn_funnel_subject(env, f, &subject, &result);
	answer.level = result.level;
	answer.status = result.status;
	answer.entered = result.entered;
	for (uint32_t i = 0; i < MAX_STEPS; i++)
		answer.time[i] = i < terms.steps ? result.time[i] : JN_NO_TIME;
	jn_funnel_close(env, f);
	return answer;
}

/* ---- questions ---- */

/* What questions may ask; the rest is not asked. */
typedef struct Kind
{
	JnFunnelMode mode;
	JnFunnelEntry entry;
	JnFunnelTies ties;
	bool		excluded;
	bool		step_within;
	bool		optional;
	bool		hold;
} Kind;

static uint64_t
random_limit(uint64_t *seed)
{
	return unit_below(seed, 6) == 0 ? JN_NO_LIMIT : unit_below(seed, 12);
}

static Question
random_question(uint64_t *seed, const Kind *kind)
{
	Question	q = {.terms = {.mode = kind->mode,.entry = kind->entry,.ties = kind->ties}};
	bool		simple = unit_below(seed, 2);

	q.terms.steps = 1 + unit_below(seed, unit_below(seed, 3) ? 3 : MAX_STEPS);
	q.terms.within = random_limit(seed);
	q.terms.as_of = (int64_t) unit_below(seed, 30);
	for (uint32_t i = 0; i < q.terms.steps; i++)
	{
		q.step[i] = simple ? 1u << i % EVENTS : unit_below(seed, 1 << EVENTS);
		if (q.step[i] == 0)
			q.step[i] = 1;
		q.step_within[i] = random_limit(seed);
		q.optional[i] = i > 0 && unit_below(seed, 2);
	}
	if (kind->excluded)
		q.excluded = unit_below(seed, 3) ? 1u << (EVENTS - 1) : 1 + unit_below(seed, (1 << EVENTS) - 1);
	q.terms.hold = kind->hold;
	q.terms.hold_track = JN_CHANNEL;
	return q;
}

static uint32_t
random_rows(uint64_t *seed, Row *row)
{
	uint32_t	n = 1 + unit_below(seed, MAX_ROWS);
	uint32_t	gap = 1 + unit_below(seed, 5);
	uint32_t	kinds = 2 + unit_below(seed, EVENTS - 1);
	uint32_t	labels = 1 + unit_below(seed, LABELS + 1);
	int64_t		time = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		time += unit_below(seed, gap);
		row[i] = (Row) {time, unit_below(seed, kinds), unit_below(seed, labels)};
	}
	return n;
}

/* Tells a case that went wrong. */
static void
tell(const Question *q, const Row *row, uint32_t n, const Answer *slow, const Answer *fast)
{
	printf("  mode %d entry %d ties %d hold %d within %" PRIu64 " as of %" PRId64 " steps", q->terms.mode, q->terms.entry,
		   q->terms.ties, q->terms.hold, q->terms.within, q->terms.as_of);
	for (uint32_t i = 0; i < q->terms.steps; i++)
		printf(" %x(%" PRIu64 "%s)", q->step[i], q->terms.step_within ? q->step_within[i] : JN_NO_LIMIT,
			   q->terms.optional && q->optional[i] ? "?" : "");
	printf(" excluded %x\n ", q->excluded);
	for (uint32_t i = 0; i < n; i++)
		printf(" %" PRId64 ":%s%u", row[i].time, event_names[row[i].event], row[i].label);
	printf("\n  slow %u %d %" PRId64, slow->level, slow->status, slow->entered);
	for (uint32_t i = 0; i < q->terms.steps; i++)
		printf(" %" PRId64, slow->time[i] == JN_NO_TIME ? -1 : slow->time[i]);
	printf("\n  fast %u %d %" PRId64, fast->level, fast->status, fast->entered);
	for (uint32_t i = 0; i < q->terms.steps; i++)
		printf(" %" PRId64, fast->time[i] == JN_NO_TIME ? -1 : fast->time[i]);
	printf("\n");
}

static int
compare_times(const void *a, const void *b)
{
	int64_t		x = *(const int64_t *) a;
	int64_t		y = *(const int64_t *) b;

	/* what is not there comes last */
	return (x == JN_NO_TIME) != (y == JN_NO_TIME) ? (x == JN_NO_TIME) - (y == JN_NO_TIME) : (x > y) - (x < y);
}

static void
check_kind(const Kind *kind, uint64_t *seed, int cases)
{
	uint32_t	seen[JN_FUNNEL_CONVERTED + 1] = {0};

	for (int i = 0; i < cases && unit_failed_checks == 0; i++)
	{
		Question	q = random_question(seed, kind);
		Row			row[MAX_ROWS];
		uint32_t	n = random_rows(seed, row);
		JnJourney	j = make_journey(ENV, row, n);
		Answer		slow;
		Answer		fast;

		q.terms.step_within = kind->step_within ? q.step_within : NULL;
		q.terms.optional = kind->optional ? q.optional : NULL;
		slow = ask_slowly(&q, row, n);
		fast = ask(ENV, &q, &j);
		if (kind->mode == JN_FUNNEL_UNORDERED)
			qsort(fast.time, MAX_STEPS, sizeof(int64_t), compare_times);
		seen[slow.status]++;
		if (!CHECK(slow.level == fast.level && slow.status == fast.status && slow.entered == fast.entered
				   && memcmp(slow.time, fast.time, sizeof(slow.time)) == 0))
			tell(&q, row, n, &slow, &fast);
		jn_release(ENV, (void *) (uintptr_t) j.bytes);
	}
	CHECK(unit_failed_checks > 0 || (seen[JN_FUNNEL_CONVERTED] > 0 && seen[JN_FUNNEL_LOST] > 0));
}

/* Each mode with each entry and ties, and each of what else can be asked, alone and together. */
static void
check_mode(JnFunnelMode mode, uint64_t seed)
{
	for (int entry = JN_ENTRY_LATEST; entry <= JN_ENTRY_LONGEST; entry++)
		for (int ties = JN_TIES_INPUT; ties <= JN_TIES_STRICT; ties++)
			for (unsigned more = 0; more < 16; more++)
			{
				Kind		kind = {.mode = mode,.entry = (JnFunnelEntry) entry,.ties = (JnFunnelTies) ties};

				kind.excluded = more & 1;
				kind.step_within = more & 2;
				kind.optional = more & 4;
				kind.hold = more & 8;
				if ((kind.optional && mode != JN_FUNNEL_ORDERED)
					|| (mode == JN_FUNNEL_UNORDERED && (kind.step_within || ties == JN_TIES_STRICT)))
					continue;
				check_kind(&kind, &seed, UNIT_SANITIZED ? 150 : 3000);
				unit_env_clear(&unit_env);
			}
}

TEST(ordered_is_as_slow_says)
{
	check_mode(JN_FUNNEL_ORDERED, 1);
}

TEST(strict_is_as_slow_says)
{
	check_mode(JN_FUNNEL_STRICT, 2);
}

TEST(exact_is_as_slow_says)
{
	check_mode(JN_FUNNEL_EXACT, 5);
}

TEST(deduplicated_is_as_slow_says)
{
	check_mode(JN_FUNNEL_DEDUPLICATED, 3);
}

TEST(unordered_is_as_slow_says)
{
	check_mode(JN_FUNNEL_UNORDERED, 4);
}

/* ---- the fast way ---- */

#define MANY_ROWS	400

/* A plain question about few events; some of its steps are several of them. */
static Question
plain_question(uint64_t *seed)
{
	Question	q = {.terms.as_of = (int64_t) unit_below(seed, 3000)};

	q.terms.steps = 1 + unit_below(seed, 4);
	q.terms.within = unit_below(seed, 8) == 0 ? JN_NO_LIMIT : unit_below(seed, 200);
	for (uint32_t i = 0; i < q.terms.steps; i++)
		q.step[i] = 1u << i;
	if (q.terms.steps < 4 && unit_below(seed, 2))
		q.step[unit_below(seed, q.terms.steps)] |= 1u << 3;
	return q;
}

/* Each answer of the fast way is that of the other one, on every processor. */
TEST(fast_is_as_any_way)
{
	uint64_t	seed = 5;
	uint32_t	fast_ways = 0;

	for (int i = 0; i < (UNIT_SANITIZED ? 2000 : 20000) && unit_failed_checks == 0; i++)
	{
		Question	q = plain_question(&seed);
		uint32_t	n = 1 + unit_below(&seed, unit_below(&seed, 3) ? 70 : MANY_ROWS);
		uint32_t	gap = unit_below(&seed, 4) ? 1 + unit_below(&seed, 30) : UINT32_MAX;
		Row			row[MANY_ROWS];
		int64_t		time = 0;
		JnJourney	j;
		JnAtoms		atoms;
		JnFunnelTerms terms;
		JnFunnelFast fast;
		JnColumns	columns;
		JnTimesReader times;
		JnFunnelStatus status;
		Answer		answer;
		uint32_t	level;

		for (uint32_t r = 0; r < n; r++)
		{
			time += unit_below(&seed, 50) ? unit_below(&seed, gap) : UINT32_C(5000000);
			row[r] = (Row) {time, unit_below(&seed, 3) ? EVENTS - 1 : unit_below(&seed, EVENTS), LABELS};
		}
		j = make_journey(ENV, row, n);
		answer = ask(ENV, &q, &j);

		jn_cpu_force(i % 2 ? JN_CPU_SCALAR : JN_CPU_UNKNOWN);
		atoms = make_atoms(ENV, &q);
		terms = q.terms;
		terms.atoms = &atoms;
		CHECK(jn_funnel_fast_init(&fast, &terms));
		columns = jn_journey_columns(&j);
		jn_journey_times(&j, &times);
		if (!jn_funnel_fast_columns(ENV, &fast, &columns, &times, n - 1,
									unit_below(&seed, 2) ? j.head.last : INT64_MAX))
		{
			CHECK_INT(j.event.width, 0);
			unit_env_clear(&unit_env);
			continue;
		}
		fast_ways++;
		level = jn_funnel_fast_subject(ENV, &fast, 0, n, 0, j.head.first, &status);
		CHECK_INT(level, answer.level);
		CHECK_INT(status, answer.status);
		for (uint32_t k = 0; k < level; k++)
			CHECK_INT((int64_t) fast.filled[k], answer.time[k] - answer.entered);
		jn_cpu_force(JN_CPU_UNKNOWN);
		unit_env_clear(&unit_env);
	}
	CHECK(fast_ways > 1000);
}

/* ---- sets ---- */

/* What both ways have counted; gaps are compared as bytes are. */
static void
check_same_tally(const JnFunnelTally *a, const JnFunnelTally *b)
{
	CHECK_INT(a->subjects, b->subjects);
	CHECK_INT(a->unseen, b->unseen);
	for (uint32_t i = 0; i < a->spec.terms.steps; i++)
	{
		const JnFunnelStep *x = &a->step[i];
		const JnFunnelStep *y = &b->step[i];
		uint8_t		x_gaps[2][20000];
		uint8_t		y_gaps[2][20000];

		CHECK_INT(x->entered, y->entered);
		CHECK_INT(x->converted, y->converted);
		CHECK_INT(x->open, y->open);
		CHECK_INT(x->lost, y->lost);
		if (i == 0 || x->entered == 0 || x->entered != y->entered)
			continue;
		jn_gaps_write(ENV, &x->from_previous, x->entered, x_gaps[0]);
		jn_gaps_write(ENV, &y->from_previous, y->entered, y_gaps[0]);
		jn_gaps_write(ENV, jn_funnel_from_first(a, i), x->entered, x_gaps[1]);
		jn_gaps_write(ENV, jn_funnel_from_first(b, i), y->entered, y_gaps[1]);
		CHECK_BYTES(x_gaps[0], jn_gaps_size(&x->from_previous, x->entered), y_gaps[0],
					jn_gaps_size(&y->from_previous, y->entered));
		CHECK_BYTES(x_gaps[1], jn_gaps_size(jn_funnel_from_first(a, i), x->entered), y_gaps[1],
					jn_gaps_size(jn_funnel_from_first(b, i), y->entered));
	}
}

/* Names of events: the first four are asked for, and "more" others stand before and behind them. */
static JnName
set_event(uint32_t i, uint32_t more, char *out)
{
	static const char *const asked[] = {"view", "cart", "purchase of something", "open"};
	int			size;

	if (i < 4)
		return (JnName) {asked[i], (uint32_t) strlen(asked[i])};
	size = sprintf(out, i % 2 ? "care%u" : "put%u", i % (more + 1));
	return (JnName) {out, (uint32_t) size};
}

/*
 * Random sets, with subjects of all sizes, some of them in several sets: the
 * fast way, journey by journey and the way of all other funnels count the same.
 */
TEST(sets_are_as_any_way)
{
	uint64_t	seed = 11;
	uint32_t	held = 0;
	uint32_t	values = 0;
	uint32_t	reached[4] = {0};

	for (int round = 0; round < (UNIT_SANITIZED ? 150 : 1500) && unit_failed_checks == 0; round++)
	{
		JnName		text[4];
		uint64_t	unit = unit_below(&seed, 3) == 0 ? 1 : unit_below(&seed, 2) ? 1000 : 1000000;
		uint64_t	span = unit * (1 + unit_below(&seed, 300));
		uint32_t	more = unit_below(&seed, 10) ? unit_below(&seed, 60) : 300;
		JnFunnelTerms terms = {.steps = 1 + unit_below(&seed, 4),.within = unit_below(&seed, 8) ? 100 * unit : JN_NO_LIMIT};
		JnSetBuild *b = jn_set_build_new(ENV, JN_KEY_BIGINT, 700 + unit_below(&seed, 8000));
		JnFunnelTally fast;
		JnFunnelTally general;
		JnFunnelTally single;
		JnError		err;
		uint8_t		spec[200];
		size_t		size;

		terms.as_of = unit_below(&seed, 2) ? INT64_C(1) << 50 : (int64_t) (unit * unit_below(&seed, 3000));
		for (uint32_t i = 0; i < terms.steps; i++)
			text[i] = i == 2 ? (JnName) {"\"purchase of something\"", 23} : set_event(i, 0, NULL);
		size = jn_funnel_spec_size(&terms, text, 0);
		jn_funnel_spec_write(&terms, text, 0, spec);
		CHECK_INT(jn_funnel_tally_init(ENV, &fast, 1, spec, size, &err), JN_OK);
		CHECK_INT(jn_funnel_tally_init(ENV, &general, 2, spec, size, &err), JN_OK);
		CHECK_INT(jn_funnel_tally_init(ENV, &single, 3, spec, size, &err), JN_OK);
		CHECK(fast.plain);
		general.plain = false;
		jn_cpu_force((JnCpu) (JN_CPU_SCALAR + round % 3));

		for (int64_t key = 0; key < 40; key++)
		{
			uint32_t	n = 1 + unit_below(&seed, key % 8 == 0 ? 1500 : key % 3 ? 90 : 8);
			int64_t    *time = jn_alloc(ENV, n * sizeof(int64_t));
			uint32_t   *event = jn_alloc(ENV, n * sizeof(uint32_t));
			JnBuild    *one = jn_build_new(ENV, true);
			JnKey		who = {.kind = JN_KEY_BIGINT,.number = key};
			JnRows		rows = {.n = n,.time = time,.event = event};
			bool		rare = unit_below(&seed, 2);
			int64_t		t = (int64_t) (unit * unit_below(&seed, 500));
			JnJourney	j;
			uint8_t    *bytes;

			for (uint32_t i = 0; i < n; i++)
			{
				char		out[20];
				JnName		name = set_event(unit_below(&seed, rare ? 40 : 8), more, out);

				/* many at one time, many exactly at the limit, some far apart */
				if (unit_below(&seed, 3) > 0)
					t += (int64_t) (unit_below(&seed, 20) ? unit * unit_below(&seed, unit_below(&seed, 9) ? 40 : 101)
									: span * unit_below(&seed, 1000) * (round % 9 == 0 ? 100000 : 1));
				time[i] = t;
				CHECK_INT(jn_set_build_event(ENV, b, name, &event[i], &err), JN_OK);
				CHECK_INT(jn_build_add(ENV, one, t, name.data, name.size, &err), JN_OK);
			}
			CHECK_INT(jn_build_finish(ENV, one, &size, &err), JN_OK);
			bytes = jn_alloc(ENV, size);
			jn_build_write(ENV, one, bytes);
			CHECK_INT(jn_journey_open(bytes, size, &j, &err), JN_OK);
			if (jn_funnel_tally_value(ENV, &single, &j.head, bytes, size))
				values++;
			else if (!jn_funnel_tally_header(&single, &j.head))
				CHECK_INT(jn_funnel_tally_journey(ENV, &single, &j, &err), JN_OK);

			while (rows.n > 0)
			{
				uint32_t	taken;
				JnSet		s;

				CHECK_INT(jn_set_build_add(ENV, b, &who, &rows, &taken, &err), JN_OK);
				if (taken == rows.n && key < 39)
					break;
				size = jn_set_build_finish(ENV, b);
				bytes = jn_alloc(ENV, size);
				jn_set_build_write(ENV, b, bytes);
				jn_set_build_reset(b);
				CHECK_INT(jn_set_open(bytes, size, &s, &err), JN_OK);
				CHECK_INT(jn_funnel_tally_set(ENV, &fast, &s, &err), JN_OK);
				CHECK_INT(jn_funnel_tally_set(ENV, &general, &s, &err), JN_OK);
				held += taken > 0 && taken < rows.n;
				if (taken == rows.n)
					break;
				if (taken > 0)
				{
					rows.ghost = true;
					rows.n -= taken - 1;
					rows.time += taken - 1;
					rows.event += taken - 1;
				}
			}
		}
		check_same_tally(&fast, &general);
		check_same_tally(&single, &general);
		for (uint32_t i = 0; i < terms.steps; i++)
			reached[i] += fast.step[i].entered > 0;
		unit_env_clear(&unit_env);
	}
	jn_cpu_force(JN_CPU_UNKNOWN);
	CHECK(unit_failed_checks > 0 || (held > 50 && reached[3] > 10 && (values > 500 || jn_cpu() < JN_CPU_AVX2)));
}

#define FLOOD_WORDS	9

/* Floods rise as subjects, gone through one by one, have the steps in order. */
TEST(floods_are_as_subjects_one_by_one)
{
	uint64_t	seed = 12;
	uint32_t	all_founds = 0;

	for (int round = 0; round < (UNIT_SANITIZED ? 5000 : 50000) && unit_failed_checks == 0; round++)
	{
		uint32_t	steps = 1 + unit_below(&seed, JN_FLOOD_STEPS);
		uint32_t	words = 1 + unit_below(&seed, FLOOD_WORDS);
		uint32_t	rows = 64 * words - unit_below(&seed, 64);
		uint32_t	short_ones = 1 + unit_below(&seed, unit_below(&seed, 2) ? 5 : 200);
		uint32_t	rare = 1 + unit_below(&seed, 20);
		uint64_t	last[FLOOD_WORDS] = {0};
		uint64_t	step[FLOOD_WORDS * JN_FLOOD_STEPS] = {0};
		uint32_t	number_of[JN_FLOOD_STEPS + 1][64 * FLOOD_WORDS];
		uint32_t	slow[JN_FLOOD_STEPS + 1][64 * FLOOD_WORDS];
		uint32_t	slow_count[JN_FLOOD_STEPS + 1] = {0};
		JnFloodFound found;
		uint32_t	entered = 0;
		uint32_t	number = 0;
		uint32_t	level = 0;

		for (uint32_t r = 0; r < rows; r++)
		{
			uint32_t	fills = unit_below(&seed, rare) ? steps : unit_below(&seed, steps);

			if (fills < steps)
				step[r / 64 * steps + fills] |= UINT64_C(1) << r % 64;
			level += fills == level && fills < steps;
			if (r + 1 < rows && unit_below(&seed, short_ones) > 0)
				continue;
			last[r / 64] |= UINT64_C(1) << r % 64;
			entered += level > 0;
			if (level > 1)
				slow[level][slow_count[level]++] = number;
			number++;
			level = 0;
		}
		jn_cpu_force((JnCpu) (JN_CPU_SCALAR + round % 3));
		for (level = 2; level <= steps; level++)
			found.number[level] = number_of[level];
		CHECK_INT(jn_flood(last, step, steps, words, &found), entered);
		for (level = 2; level <= steps; level++)
		{
			CHECK_INT(found.count[level], slow_count[level]);
			CHECK_BYTES(number_of[level], found.count[level] * sizeof(uint32_t), slow[level],
						slow_count[level] * sizeof(uint32_t));
			all_founds += found.count[level];
		}
	}
	jn_cpu_force(JN_CPU_UNKNOWN);
	CHECK(all_founds > 1000);
}

/* What is not plain goes the other way. */
TEST(fast_is_for_plain_funnels)
{
	Question	q = {.terms = {.steps = 2,.within = 5},.step = {1, 2}};
	JnAtoms		atoms = make_atoms(ENV, &q);
	JnFunnelTerms plain = q.terms;
	uint64_t	limit[2] = {JN_NO_LIMIT, 3};
	bool		optional[2] = {false, true};
	JnFunnelFast fast;

	plain.atoms = &atoms;
	CHECK(jn_funnel_fast_init(&fast, &plain));
#define IS_OTHER(change) \
	do { \
		JnFunnelTerms terms = plain; \
		terms.change; \
		CHECK(!jn_funnel_fast_init(&fast, &terms)); \
	} while (0)
	IS_OTHER(mode = JN_FUNNEL_STRICT);
	IS_OTHER(mode = JN_FUNNEL_EXACT);
	IS_OTHER(mode = JN_FUNNEL_UNORDERED);
	IS_OTHER(entry = JN_ENTRY_FIRST);
	IS_OTHER(entry = JN_ENTRY_LONGEST);
	IS_OTHER(ties = JN_TIES_STEP);
	IS_OTHER(ties = JN_TIES_STRICT);
	IS_OTHER(hold = true);
	IS_OTHER(step_within = limit);
	IS_OTHER(optional = optional);
#undef IS_OTHER

	/* an event for two steps, any event, something excluded */
	q.step[1] = 3;
	atoms = make_atoms(ENV, &q);
	CHECK(!jn_funnel_fast_init(&fast, &plain));
	q.step[1] = (1 << EVENTS) - 1;
	atoms = make_atoms(ENV, &q);
	CHECK(!jn_funnel_fast_init(&fast, &plain));
	q.step[1] = 2;
	q.excluded = 4;
	atoms = make_atoms(ENV, &q);
	CHECK(!jn_funnel_fast_init(&fast, &plain));
}

/* ---- bytes ---- */

/* States from outside are proven: each byte changed, and each end cut off. */
TEST(states_from_outside_are_proven)
{
	static const JnName text[] = {{"a", 1}, {"b", 1}, {"[c, d]", 6}, {"x", 1}};
	uint64_t	limit[3] = {JN_NO_LIMIT, 5, JN_NO_LIMIT};
	bool		optional[3] = {false, true, false};
	JnFunnelTerms terms = {.steps = 3,.within = 100,.step_within = limit,.optional = optional};
	uint64_t	seed = 9;
	uint8_t		spec[200];
	uint8_t		bytes[4000];
	uint8_t		again[4000];
	JnFunnelTally t;
	JnFunnelTally read;
	JnError		err;
	size_t		size;

	jn_funnel_spec_write(&terms, text, 1, spec);
	CHECK_INT(jn_funnel_tally_init(ENV, &t, 1, spec, jn_funnel_spec_size(&terms, text, 1), &err), JN_OK);
	for (int i = 0; i < 20; i++)
	{
		Row			row[MAX_ROWS];
		uint32_t	n = random_rows(&seed, row);
		JnJourney	j = make_journey(ENV, row, n);

		CHECK_INT(jn_funnel_tally_journey(ENV, &t, &j, &err), JN_OK);
	}
	CHECK_INT(jn_funnel_tally_size(&t, &size, &err), JN_OK);
	jn_funnel_tally_write(ENV, &t, bytes);
	CHECK_INT(jn_funnel_tally_read(ENV, &read, 2, bytes, size, &err), JN_OK);
	jn_funnel_tally_write(ENV, &read, again);
	CHECK_BYTES(again, size, bytes, size);

	for (size_t cut = 0; cut < size; cut++)
		CHECK(jn_funnel_tally_read(ENV, &read, 2, bytes, cut, &err) != JN_OK);
	for (int i = 0; i < 20000; i++)
	{
		size_t		at = unit_below(&seed, (uint32_t) size);
		uint8_t		old = bytes[at];
		size_t		other;

		bytes[at] = (uint8_t) unit_random(&seed);

		/* what is taken can be added to, and is written as it was */
		if (jn_funnel_tally_read(ENV, &read, 2, bytes, size, &err) == JN_OK)
		{
			CHECK_INT(jn_funnel_tally_size(&read, &other, &err), JN_OK);
			CHECK_INT(other, size);
			jn_funnel_tally_write(ENV, &read, again);
			CHECK_BYTES(again, size, bytes, size);
			if (read.subjects < 1000)
				CHECK_INT(jn_funnel_tally_rest(ENV, &read, &err), JN_OK);
		}
		bytes[at] = old;
	}
}

/* The score intervals that Newcombe, "Two-sided confidence intervals for the single proportion", 1998, has in table I. */
TEST(wilson_bounds)
{
	static const struct
	{
		uint64_t	k;
		uint64_t	n;
		int			low;		/* ten thousandths */
		int			high;
	}			known[] = {{81, 263, 2553, 3662}, {15, 148, 624, 1605}, {0, 20, 0, 1611}, {1, 29, 61, 1718}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
	{
		double		low;
		double		high;

		jn_wilson(known[i].k, known[i].n, &low, &high);
		CHECK_INT((int) (10000 * low + 0.5), known[i].low);
		CHECK_INT((int) (10000 * high + 0.5), known[i].high);
		jn_wilson(known[i].n, known[i].n, &low, &high);
		CHECK(high == 1);
	}
}
