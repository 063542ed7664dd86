/*
 * test_population.c
 *	  Adding up over populations, against counting by hand; in any order, in
 *	  any split, of journeys and of sets.
 */
#include "population.h"

#include "cpu.h"
#include "model.h"
#include "sessions.h"
#include "set_build.h"

#define MAX_ROWS	20000
#define MAX_STEPS	300
#define MAX_GAPS	3000

/* ---- counting by hand ---- */

typedef struct SlowRow
{
	JnName		event;
	JnName		next;			/* of edges */
	uint64_t	n;
	uint64_t	subjects;
	int			last;			/* subject that was counted last */
	uint64_t	gap[MAX_GAPS];
} SlowRow;

static SlowRow slow[MAX_ROWS];
static uint32_t slow_rows;

static void
slow_add(JnName event, JnName next, int subject, uint64_t gap)
{
	SlowRow    *r = slow;

	while (r < slow + slow_rows && (jn_name_compare(r->event, event) != 0 || jn_name_compare(r->next, next) != 0))
		r++;
	if (r == slow + slow_rows)
	{
		slow_rows++;
		r->event = event;
		r->next = next;
		r->n = r->subjects = 0;
		r->last = -1;
	}
	r->gap[r->n++] = gap;
	r->subjects += r->last != subject;
	r->last = subject;
}

static int
compare_rows(const void *a, const void *b)
{
	const SlowRow *x = a;
	const SlowRow *y = b;
	int			order = jn_name_compare(x->event, y->event);

	return order != 0 ? order : jn_name_compare(x->next, y->next);
}

static int
compare_gaps(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

static uint64_t
slow_median(SlowRow *r)
{
	qsort(r->gap, r->n, sizeof(uint64_t), compare_gaps);
	return r->gap[(r->n - 1) / 2] + (r->gap[r->n / 2] - r->gap[(r->n - 1) / 2]) / 2;
}

/* Whether the tally says what was counted by hand; destroys that. */
static bool
check_rows(JnTally *t)
{
	JnTallyRows rows = jn_tally_rows(ENV, t);
	bool		ok = CHECK_INT(rows.rows, slow_rows);

	qsort(slow, slow_rows, sizeof(SlowRow), compare_rows);
	for (uint32_t i = 0; i < slow_rows && ok; i++)
	{
		JnTallyFacts facts = jn_tally_facts(ENV, t, &rows, i);
		uint64_t	median = slow_median(&slow[i]);

		ok &= CHECK(jn_name_compare(facts.event, slow[i].event) == 0);
		ok &= CHECK(jn_name_compare(facts.next, slow[i].next) == 0);
		ok &= CHECK_INT(facts.n, slow[i].n);
		ok &= CHECK_INT(facts.subjects, slow[i].subjects);
		if (t->kind == JN_TALLY_GAPS && facts.n <= JN_GAPS_EXACT)
			ok &= CHECK_INT(facts.median_gap, median);
		else if (t->kind == JN_TALLY_GAPS)
			ok &= CHECK((facts.median_gap > median ? facts.median_gap - median : median - facts.median_gap)
						<= median / 128 + 1);
	}
	jn_tally_rows_free(ENV, &rows);
	return ok;
}

/* ---- making subjects ---- */

typedef struct Subject
{
	Step		step[MAX_STEPS];
	uint32_t	n;
} Subject;

static char many_names[1200][8];

static void
make_subject(uint64_t *seed, Subject *s, uint32_t most, uint32_t names)
{
	s->n = 1 + unit_below(seed, most);
	model_random(seed, s->step, s->n);
	if (names > 0)
		for (uint32_t i = 0; i < s->n; i++)
		{
			char	   *name = many_names[unit_below(seed, names)];

			s->step[i].name = name;
			s->step[i].size = (uint32_t) strlen(name);
		}
	model_sort(s->step, s->n, false);
}

static JnName
name_of(const Step *step)
{
	return (JnName) {step->name, step->size};
}

/* Counts a subject by hand; "from" is the first row, with "ghost" known already. */
static void
slow_subject(JnTallyKind kind, const Subject *s, uint32_t from, uint32_t to, bool ghost, int number)
{
	JnName		none = {NULL, 0};

	for (uint32_t i = from; i < to; i++)
	{
		if (kind == JN_TALLY_EVENTS && !(ghost && i == from))
			slow_add(name_of(&s->step[i]), none, number, 0);
		if (kind != JN_TALLY_EVENTS && i > from)
			slow_add(name_of(&s->step[i - 1]), name_of(&s->step[i]), number,
					 jn_time_span(s->step[i - 1].time, s->step[i].time));
	}
}

static JnJourney
make_journey(const Subject *s)
{
	JnBuild    *b = jn_build_new(ENV, false);
	JnJourney	j;
	JnError		err;
	size_t		size;
	uint8_t    *p;

	for (uint32_t i = 0; i < s->n; i++)
		CHECK_INT(jn_build_add(ENV, b, s->step[i].time, s->step[i].name, s->step[i].size, &err), JN_OK);
	CHECK_INT(jn_build_finish(ENV, b, &size, &err), JN_OK);
	p = jn_alloc(ENV, size);
	jn_build_write(ENV, b, p);
	CHECK_INT(jn_journey_open(p, size, &j, &err), JN_OK);
	return j;
}

static uint8_t *
bytes_of(JnTally *t, size_t *size)
{
	JnTallyRows rows = jn_tally_rows(ENV, t);
	JnError		err;
	uint8_t    *p;

	CHECK_INT(jn_tally_size(ENV, t, &rows, size, &err), JN_OK);
	p = jn_alloc(ENV, *size);
	jn_tally_write(ENV, t, &rows, p);
	jn_tally_rows_free(ENV, &rows);
	return p;
}

static void
check_same(JnTally *a, JnTally *b)
{
	size_t		size_a;
	size_t		size_b;
	uint8_t    *p = bytes_of(a, &size_a);
	uint8_t    *q = bytes_of(b, &size_b);

	CHECK_BYTES(p, size_a, q, size_b);
}

/* ---- tests ---- */

TEST(population_of_journeys)
{
	static const uint32_t names[] = {0, 0, 1, 2, 20, 255, 256, 300, 1200};
	uint64_t	seed = 1;
	Subject    *s = malloc(sizeof(Subject));

	for (uint32_t i = 0; i < 1200; i++)
		snprintf(many_names[i], sizeof(many_names[i]), "n%u", i * 7);
	for (int round = 0; round < 240; round++)
	{
		JnTallyKind kind = (JnTallyKind) (round % JN_TALLY_KINDS);
		uint32_t	subjects = unit_below(&seed, 25);
		JnTally		whole;
		JnTally		part[3];
		JnTally		again;
		JnError		err;
		size_t		size;
		uint8_t    *p;

		jn_cpu_force((JnCpu) (JN_CPU_SCALAR + round / 3 % 3));
		slow_rows = 0;
		jn_tally_init(ENV, &whole, kind, unit_random(&seed));
		for (int k = 0; k < 3; k++)
			jn_tally_init(ENV, &part[k], kind, unit_random(&seed));
		for (uint32_t i = 0; i < subjects; i++)
		{
			JnJourney	j;

			make_subject(&seed, s, unit_below(&seed, 4) == 0 ? MAX_STEPS : 20,
						 names[(size_t) round / 3 % (sizeof(names) / sizeof(names[0]))]);
			slow_subject(kind, s, 0, s->n, false, (int) i);
			j = make_journey(s);
			jn_tally_journey(ENV, &whole, &j);
			jn_tally_journey(ENV, &part[unit_below(&seed, 3)], &j);
		}
		if (!check_rows(&whole))
			break;
		for (int k = 1; k < 3; k++)
			CHECK_INT(jn_tally_merge(ENV, &part[0], &part[k], &err), JN_OK);
		check_same(&whole, &part[0]);

		/* bytes read back, and further subjects are others than those inside */
		p = bytes_of(&whole, &size);
		CHECK_INT(jn_tally_read(ENV, NULL, 0, p, size, &err), JN_OK);
		CHECK_INT(jn_tally_read(ENV, &again, 77, p, size, &err), JN_OK);
		check_same(&whole, &again);
		if (subjects > 0)
		{
			JnJourney	j = make_journey(s);

			jn_tally_journey(ENV, &whole, &j);
			jn_tally_journey(ENV, &again, &j);
			check_same(&whole, &again);
		}
		for (size_t less = 0; less < size; less += 1 + size / 30)
		{
			uint8_t    *q = jn_alloc(ENV, less);

			memcpy(q, p, less);
			CHECK(jn_tally_read(ENV, NULL, 0, q, less, &err) != JN_OK);
		}
		unit_env_clear(&unit_env);
	}
	free(s);
}

/* A set of parts, some with a ghost, against the same parts by hand. */
TEST(population_of_sets)
{
	uint64_t	seed = 2;
	Subject    *s = malloc(sizeof(Subject));

	for (int round = 0; round < 150; round++)
	{
		JnTallyKind kind = (JnTallyKind) (round % JN_TALLY_KINDS);
		uint32_t	parts = 1 + unit_below(&seed, 20);
		JnSetBuild *b = jn_set_build_new(ENV, JN_KEY_BIGINT, JN_MAX_BYTES);
		int64_t		gap = (int64_t) (unit_random(&seed) >> unit_below(&seed, 63) >> 1);
		uint32_t	sessions = 0;
		JnTally		t;
		JnSet		set;
		JnError		err;
		size_t		size;
		uint8_t    *p;

		slow_rows = 0;
		for (uint32_t i = 0; i < parts; i++)
		{
			static int64_t time[MAX_STEPS];
			static uint32_t event[MAX_STEPS];
			JnKey		key = {JN_KEY_BIGINT, 0, i, NULL};
			JnRows		rows = {0};
			uint32_t	taken;

			make_subject(&seed, s, unit_below(&seed, 4) == 0 ? MAX_STEPS : 9, 0);
			for (uint32_t k = 0; k < s->n; k++)
			{
				time[k] = s->step[k].time;
				CHECK_INT(jn_set_build_event(ENV, b, name_of(&s->step[k]), &event[k], &err), JN_OK);
				sessions += k > 0 && jn_time_span(time[k - 1], time[k]) > (uint64_t) gap;
			}
			rows.n = s->n;
			rows.ghost = s->n > 1 && time[0] < time[1] && unit_below(&seed, 3) == 0;
			rows.time = time;
			rows.event = event;
			sessions += !rows.ghost;
			CHECK_INT(jn_set_build_add(ENV, b, &key, &rows, &taken, &err), JN_OK);
			CHECK_INT(taken, s->n);
			slow_subject(kind, s, 0, s->n, rows.ghost, (int) i);
		}
		size = jn_set_build_finish(ENV, b);
		p = jn_alloc(ENV, size);
		jn_set_build_write(ENV, b, p);
		CHECK_INT(jn_set_validate(ENV, p, size, &set, &err), JN_OK);
		jn_tally_init(ENV, &t, kind, 3);
		jn_tally_set(ENV, &t, &set);
		if (!check_rows(&t))
			break;
		CHECK_INT(jn_set_session_count(ENV, &set, gap), sessions);
		unit_env_clear(&unit_env);
	}
	free(s);
}

/* More steps than between two ticks, in one subject: no pair is lost there, none counted twice. */
TEST(population_across_ticks)
{
	uint32_t	n = 2 * JN_TICK_EVERY + 7;

	for (JnTallyKind kind = 0; kind < JN_TALLY_KINDS; kind++)
	{
		JnBuild    *b = jn_build_new(ENV, false);
		uint64_t	expected[3][3] = {{0}};
		uint64_t	seed = 4;
		unsigned	before = 0;
		JnTally		t;
		JnTallyRows rows;
		JnJourney	j;
		JnError		err;
		size_t		size;
		uint8_t    *p;

		for (uint32_t i = 0; i < n; i++)
		{
			unsigned	now = unit_below(&seed, 3);

			jn_build_add(ENV, b, i, &"abc"[now], 1, &err);
			if (kind == JN_TALLY_EVENTS)
				expected[now][0]++;
			else if (i > 0)
				expected[before][now]++;
			before = now;
		}
		jn_build_finish(ENV, b, &size, &err);
		p = jn_alloc(ENV, size);
		jn_build_write(ENV, b, p);
		CHECK_INT(jn_journey_open(p, size, &j, &err), JN_OK);
		jn_tally_init(ENV, &t, kind, 0);
		jn_tally_journey(ENV, &t, &j);
		rows = jn_tally_rows(ENV, &t);
		CHECK_INT(rows.rows, kind == JN_TALLY_EVENTS ? 3 : 9);
		for (uint32_t i = 0; i < rows.rows; i++)
		{
			JnTallyFacts facts = jn_tally_facts(ENV, &t, &rows, i);

			CHECK_INT(facts.n, expected[facts.event.data[0] - 'a'][kind == JN_TALLY_EVENTS ? 0 : facts.next.data[0] - 'a']);
			CHECK_INT(facts.subjects, 1);
			CHECK_INT(facts.median_gap, kind == JN_TALLY_GAPS);
		}
		unit_env_clear(&unit_env);
	}
}

/* Codes that are beyond the names, as damage makes them, stay inside. */
TEST(population_damaged_codes)
{
	static const uint32_t names[] = {2, 300, 70000};

	for (int k = 0; k < 3; k++)
		for (JnTallyKind kind = 0; kind < JN_TALLY_KINDS; kind++)
		{
			JnBuild    *b = jn_build_new(ENV, false);
			JnTally		t;
			JnTallyRows rows;
			JnJourney	j;
			JnError		err;
			size_t		size;
			uint8_t    *p;
			char		text[16];

			for (uint32_t i = 0; i < names[k]; i++)
				jn_build_add(ENV, b, i, text, (size_t) snprintf(text, sizeof(text), "%u", i), &err);
			jn_build_finish(ENV, b, &size, &err);
			p = jn_alloc(ENV, size);
			jn_build_write(ENV, b, p);
			CHECK_INT(jn_journey_open(p, size, &j, &err), JN_OK);
			memset(p + (j.event.codes - p), 0xff, (size_t) j.head.n * j.event.width);
			jn_tally_init(ENV, &t, kind, 0);
			jn_tally_journey(ENV, &t, &j);
			rows = jn_tally_rows(ENV, &t);
			CHECK_INT(rows.rows, 1);
			unit_env_clear(&unit_env);
		}
}

static void
everything(const JnEnv *env, void *arg)
{
	JnTally		t;
	JnTally		more;
	JnTallyRows rows;
	JnError		err;
	size_t		size;
	uint8_t    *p;

	for (JnTallyKind kind = 0; kind < JN_TALLY_KINDS; kind++)
	{
		jn_tally_init(env, &t, kind, 0);
		jn_tally_journey(env, &t, arg);
		rows = jn_tally_rows(env, &t);
		jn_tally_size(env, &t, &rows, &size, &err);
		p = jn_alloc(env, size);
		jn_tally_write(env, &t, &rows, p);
		jn_tally_read(env, &more, 1, p, size, &err);
		jn_tally_merge(env, &more, &t, &err);
	}
}

TEST(population_left_anywhere)
{
	Subject    *s = malloc(sizeof(Subject));
	uint64_t	seed = 6;
	JnJourney	j;

	make_subject(&seed, s, MAX_STEPS, 300);
	j = make_journey(s);
	CHECK(unit_leave_everywhere(everything, &j, 300) > 100);
	free(s);
}

/* Memory does not grow with the subjects, once all transitions are frequent. */
TEST(population_memory)
{
	JnTally		t;
	Subject    *s = malloc(sizeof(Subject));
	uint64_t	seed = 7;
	size_t		before = 0;

	jn_tally_init(ENV, &t, JN_TALLY_GAPS, 0);
	for (int i = 0; i < 20000; i++)
	{
		static uint8_t bytes[MODEL_MAX_BYTES];
		JnJourney	j;
		JnError		err;
		int64_t		at = 0;

		s->n = 200;
		for (uint32_t k = 0; k < s->n; k++)
		{
			at += 1000 * unit_below(&seed, 30000);
			s->step[k] = (Step) {at, model_names[unit_below(&seed, 6)].name, 0};
			s->step[k].size = (uint32_t) strlen(s->step[k].name);
		}
		CHECK_INT(jn_journey_open(bytes, model_encode(s->step, s->n, bytes), &j, &err), JN_OK);
		jn_tally_journey(ENV, &t, &j);
		if (i == 10000)
			before = unit_env.bytes;
	}
	/* here and there a rare length needs a piece of its own */
	CHECK(unit_env.bytes <= before + 36 * JN_GAPS_PIECE);
	CHECK(unit_env.bytes < 36 * 9000 + 10000);
	free(s);
}
