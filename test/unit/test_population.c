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

/* Sets whose names grow in number, one after another into the same tally, with a journey here and there. */
TEST(population_of_many_sets)
{
	static const uint32_t names[] = {1, 3, 8, 9, 14, 25, 32, 33, 60};
	uint64_t	seed = 5;
	Subject    *s = malloc(sizeof(Subject));

	for (uint32_t i = 0; i < 1200; i++)
		snprintf(many_names[i], sizeof(many_names[i]), "n%u", i * 7);
	for (int round = 0; round < 60; round++)
	{
		JnTallyKind kind = (JnTallyKind) (round % JN_TALLY_KINDS);
		JnTally		whole;
		JnTally		part[2];
		JnError		err;
		int			subject = 0;

		jn_cpu_force((JnCpu) (JN_CPU_SCALAR + round / 3 % 3));
		slow_rows = 0;
		jn_tally_init(ENV, &whole, kind, 3);
		for (int k = 0; k < 2; k++)
			jn_tally_init(ENV, &part[k], kind, 7);
		for (uint32_t i = unit_below(&seed, 4); i < sizeof(names) / sizeof(names[0]); i += 1 + unit_below(&seed, 3))
		{
			JnSetBuild *b = jn_set_build_new(ENV, JN_KEY_BIGINT, JN_MAX_BYTES);
			uint32_t	parts = 1 + unit_below(&seed, unit_below(&seed, 4) == 0 ? 150 : 9);
			JnSet		set;
			size_t		size;
			uint8_t    *p;

			for (uint32_t k = 0; k < parts; k++)
			{
				static int64_t time[MAX_STEPS];
				static uint32_t event[MAX_STEPS];
				JnKey		key = {JN_KEY_BIGINT, 0, subject, NULL};
				JnRows		rows = {.time = time,.event = event};
				uint32_t	taken;

				make_subject(&seed, s, 12, names[i]);
				for (uint32_t n = 0; n < s->n; n++)
				{
					time[n] = s->step[n].time;
					CHECK_INT(jn_set_build_event(ENV, b, name_of(&s->step[n]), &event[n], &err), JN_OK);
				}
				rows.n = s->n;
				CHECK_INT(jn_set_build_add(ENV, b, &key, &rows, &taken, &err), JN_OK);
				slow_subject(kind, s, 0, s->n, false, subject++);
			}
			size = jn_set_build_finish(ENV, b);
			p = jn_alloc(ENV, size);
			jn_set_build_write(ENV, b, p);
			CHECK_INT(jn_set_open(p, size, &set, &err), JN_OK);
			jn_tally_set(ENV, &whole, &set);
			jn_tally_set(ENV, &part[unit_below(&seed, 2)], &set);
			if (unit_below(&seed, 3) == 0)
			{
				JnJourney	j;

				make_subject(&seed, s, 12, names[i]);
				slow_subject(kind, s, 0, s->n, false, subject++);
				j = make_journey(s);
				jn_tally_journey(ENV, &whole, &j);
				jn_tally_journey(ENV, &part[0], &j);
			}

			/* looking at it in between changes nothing */
			if (unit_below(&seed, 4) == 0)
			{
				JnTallyRows rows = jn_tally_rows(ENV, &whole);

				jn_tally_rows_free(ENV, &rows);
			}
		}
		CHECK_INT(jn_tally_merge(ENV, &part[0], &part[1], &err), JN_OK);
		check_same(&whole, &part[0]);
		if (!check_rows(&whole))
			break;
		unit_env_clear(&unit_env);
	}
	jn_cpu_force(JN_CPU_UNKNOWN);
	free(s);
}

#define MAX_CUTS	7

/* The key of subject i: ascending, and of a kind that changes from round to round. */
static JnKey
key_of_subject(JnKeyKind kind, uint32_t i)
{
	static char text[32][JN_UUID_SIZE];

	if (kind == JN_KEY_BIGINT)
		return (JnKey) {kind, 0, (int64_t) i - 5, NULL};
	memset(text[i], 'k', JN_UUID_SIZE);
	text[i][JN_UUID_SIZE - 1] = (char) ('A' + i);
	return (JnKey) {kind, JN_UUID_SIZE, 0, text[i]};
}

/* Adds rows of a subject to a set. */
static void
add_part(JnSetBuild *b, const JnKey *key, const Subject *s, uint32_t from, uint32_t to)
{
	static int64_t time[MAX_STEPS];
	static uint32_t event[MAX_STEPS];
	JnRows		rows = {.ghost = from > 0,.more = to < s->n,.time = time,.event = event};
	uint32_t	taken;
	JnError		err;

	for (uint32_t k = from - rows.ghost; k < to; k++)
	{
		time[rows.n] = s->step[k].time;
		CHECK_INT(jn_set_build_event(ENV, b, name_of(&s->step[k]), &event[rows.n++], &err), JN_OK);
	}
	CHECK_INT(jn_set_build_add(ENV, b, key, &rows, &taken, &err), JN_OK);
	CHECK_INT(taken, rows.n);
}

/* Random journeys, cut anywhere, their parts in one set after another; returns the sets, in any order. */
static uint32_t
cut_journeys(uint64_t *seed, JnTallyKind kind, uint32_t names, JnSet *set)
{
	JnKeyKind	keys = (JnKeyKind) unit_below(seed, JN_KEY_KINDS);
	JnSetBuild *b[MAX_CUTS];
	uint32_t	subjects = 1 + unit_below(seed, 20);
	uint32_t	sets = 0;
	Subject    *s = malloc(sizeof(Subject));
	JnError		err;

	for (uint32_t k = 0; k < MAX_CUTS; k++)
		b[k] = jn_set_build_new(ENV, keys, JN_MAX_BYTES);
	for (uint32_t i = 0; i < subjects; i++)
	{
		JnKey		key = key_of_subject(keys, i);
		uint32_t	from = 0;

		make_subject(seed, s, unit_below(seed, 4) == 0 ? MAX_STEPS : 20, names);
		slow_subject(kind, s, 0, s->n, false, (int) i);
		for (uint32_t k = unit_below(seed, MAX_CUTS); from < s->n; k++)
		{
			uint32_t	to = from + 1 + unit_below(seed, s->n - from);

			while (to < s->n && s->step[to].time == s->step[to - 1].time)
				to++;
			if (k == MAX_CUTS - 1 || unit_below(seed, 3) == 0)
				to = s->n;
			add_part(b[k], &key, s, from, to);
			from = to;
		}
	}
	for (uint32_t k = 0; k < MAX_CUTS; k++)
	{
		uint32_t	at = unit_below(seed, sets + 1);
		size_t		size;
		uint8_t    *p;

		if (jn_set_build_parts(b[k]) == 0)
			continue;
		size = jn_set_build_finish(ENV, b[k]);
		p = jn_alloc(ENV, size);
		jn_set_build_write(ENV, b[k], p);
		set[sets] = set[at];
		CHECK_INT(jn_set_validate(ENV, p, size, &set[at], &err), JN_OK);
		sets++;
	}
	free(s);
	return sets;
}

/* A changed byte is another state, or none. */
static void
check_changed(uint64_t *seed, const uint8_t *bytes, size_t size)
{
	uint8_t    *p = jn_alloc(ENV, size);
	JnTally		t;
	JnError		err;

	memcpy(p, bytes, size);
	for (int i = 0; i < 40; i++)
	{
		/* most of them near the end, where the subjects are */
		size_t		at = size - 1 - unit_below(seed, (uint32_t) (i % 4 == 0 || size < 400 ? size : 400));
		size_t		again;
		uint8_t    *q;

		p[at] ^= (uint8_t) (1 << unit_below(seed, 8));
		if (jn_tally_read(ENV, &t, 5, p, size, &err) == JN_OK)
		{
			q = bytes_of(&t, &again);
			CHECK_BYTES(q, again, p, size);
		}
		else
			CHECK(err.at <= size);
		p[at] = bytes[at];
	}
}

/* Journeys cut into sets are counted as whole ones, whatever the order and the split. */
TEST(population_of_journeys_spread_over_sets)
{
	static const uint32_t names[] = {0, 1, 2, 20, 300, 1200};
	uint64_t	seed = 8;

	for (uint32_t i = 0; i < 1200; i++)
		snprintf(many_names[i], sizeof(many_names[i]), "n%u", i * 7);
	for (int round = 0; round < 300; round++)
	{
		JnTallyKind kind = (JnTallyKind) (round % JN_TALLY_KINDS);
		JnSet		set[MAX_CUTS];
		uint32_t	sets;
		JnTally		all;
		JnTally		part[3];
		JnError		err;
		size_t		size;
		uint8_t    *p;

		slow_rows = 0;
		sets = cut_journeys(&seed, kind, names[(size_t) round / 3 % (sizeof(names) / sizeof(names[0]))], set);
		jn_tally_init(ENV, &all, kind, unit_random(&seed));
		for (int k = 0; k < 3; k++)
			jn_tally_init(ENV, &part[k], kind, unit_random(&seed));
		for (uint32_t i = 0; i < sets; i++)
			jn_tally_set(ENV, &all, &set[i]);
		for (uint32_t i = sets; i > 0; i--)
			jn_tally_set(ENV, &part[unit_below(&seed, 3)], &set[i - 1]);
		if (!check_rows(&all))
			break;

		/* in three parts, one of them through bytes */
		p = bytes_of(&part[1], &size);
		CHECK_INT(jn_tally_read(ENV, NULL, 0, p, size, &err), JN_OK);
		CHECK_INT(jn_tally_read(ENV, &part[1], 77, p, size, &err), JN_OK);
		CHECK_INT(jn_tally_merge(ENV, &part[0], &part[1], &err), JN_OK);
		CHECK_INT(jn_tally_merge(ENV, &part[2], &part[0], &err), JN_OK);
		check_same(&all, &part[2]);
		if (!check_rows(&part[2]))
			break;

		p = bytes_of(&all, &size);
		for (size_t less = 0; less < size; less += 1 + size / 30)
		{
			uint8_t    *q = jn_alloc(ENV, less);

			memcpy(q, p, less);
			CHECK(jn_tally_read(ENV, NULL, 0, q, less, &err) != JN_OK);
		}
		check_changed(&seed, p, size);
		unit_env_clear(&unit_env);
	}
}

/* States with subjects of journeys spread over sets, of one event "a" with n and subjects 2; each rule broken once. */
TEST(population_spread_is_proved)
{
	static const char head[] = "\x01\x00\x01\x00\x01\x00\x00\x00\x01\x00\x00\x00" "\x01" "a"
	"\x00\x00\x00\x00" "\x02\x00\x00\x00\x00\x00\x00\x00" "\x02\x00\x00\x00\x00\x00\x00\x00";
	static const struct
	{
		const char *what;
		const char *bytes;
		size_t		size;
		JnStatus	status;
		size_t		at;			/* behind the head */
	}			cases[] = {
#define BYTES(bytes) bytes, sizeof(bytes) - 1
		{"two subjects", BYTES("\x02\x00\x00\x00" "\x00\x01x\x01\x00\x00\x00\x00\x00\x00\x00"
							   "\x01\x07\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"), JN_OK, 0},
		{"none", BYTES("\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 0},
		{"no number of them", BYTES("\x01\x00\x00"), JN_BYTES_SHORT, 3},
		{"one missing", BYTES("\x01\x00\x00\x00"), JN_BYTES_SHORT, 4},
		{"an unknown kind", BYTES("\x01\x00\x00\x00" "\x03\x01x\x01\x00\x00\x00\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 4},
		{"long form of a size", BYTES("\x01\x00\x00\x00" "\x00\x81\x00x\x01\x00\x00\x00\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 5},
		{"a key that is cut off", BYTES("\x01\x00\x00\x00" "\x02\x01x\x01\x00\x00\x00\x00\x00\x00\x00"), JN_BYTES_SHORT, 15},
		{"a key not UTF-8", BYTES("\x01\x00\x00\x00" "\x00\x01\xff\x01\x00\x00\x00\x00\x00\x00\x00"), JN_SUBJECT_UTF8, 6},
		{"no number of rows", BYTES("\x01\x00\x00\x00" "\x00\x01x\x01\x00\x00"), JN_BYTES_SHORT, 10},
		{"no rows", BYTES("\x01\x00\x00\x00" "\x00\x01x\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 7},
		{"more rows than there are", BYTES("\x01\x00\x00\x00" "\x00\x01x\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 7},
		{"rows missing", BYTES("\x01\x00\x00\x00" "\x00\x01x\x01\x00\x00\x00\x00"), JN_BYTES_SHORT, 12},
		{"a row beyond the rows", BYTES("\x01\x00\x00\x00" "\x00\x01x\x01\x00\x00\x00\x01\x00\x00\x00"), JN_BYTES_CORRUPT, 11},
		{"subjects not ascending", BYTES("\x02\x00\x00\x00" "\x00\x01x\x01\x00\x00\x00\x00\x00\x00\x00"
										 "\x00\x01x\x01\x00\x00\x00\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 15},
		{"kinds not ascending", BYTES("\x02\x00\x00\x00" "\x01\x07\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"
									  "\x00\x01x\x01\x00\x00\x00\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 21},
		{"more than the row has", BYTES("\x03\x00\x00\x00" "\x00\x01x\x01\x00\x00\x00\x00\x00\x00\x00"
										"\x00\x01y\x01\x00\x00\x00\x00\x00\x00\x00" "\x00\x01z\x01\x00\x00\x00\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 33},
		{"a byte behind them", BYTES("\x01\x00\x00\x00" "\x00\x01x\x01\x00\x00\x00\x00\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 15},
#undef BYTES
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		size_t		size = sizeof(head) - 1 + cases[i].size;
		uint8_t    *p = jn_alloc(ENV, size);
		JnError		err = {0};
		JnTally		t;

		memcpy(p, head, sizeof(head) - 1);
		memcpy(p + sizeof(head) - 1, cases[i].bytes, cases[i].size);
		if (!CHECK_INT(jn_tally_read(ENV, NULL, 0, p, size, &err), cases[i].status)
			|| !CHECK_INT(jn_tally_read(ENV, &t, 0, p, size, &err), cases[i].status)
			|| (cases[i].status != JN_OK && !CHECK_INT(err.at, sizeof(head) - 1 + cases[i].at)))
			printf("  %s\n", cases[i].what);
	}
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
everything_of_sets(const JnEnv *env, void *arg)
{
	const JnSet *set = arg;
	JnTally		t;
	JnTally		more;
	JnTallyRows rows;
	JnError		err;
	size_t		size;
	uint8_t    *p;

	jn_tally_init(env, &t, JN_TALLY_EDGES, 0);
	jn_tally_set(env, &t, &set[0]);
	jn_tally_set(env, &t, &set[1]);
	rows = jn_tally_rows(env, &t);
	jn_tally_size(env, &t, &rows, &size, &err);
	p = jn_alloc(env, size);
	jn_tally_write(env, &t, &rows, p);
	jn_tally_read(env, &more, 1, p, size, &err);
	jn_tally_merge(env, &more, &t, &err);
}

TEST(population_of_sets_left_anywhere)
{
	JnSet		set[MAX_CUTS];
	uint64_t	seed = 9;

	while (cut_journeys(&seed, JN_TALLY_EDGES, 20, set) < 2)
		;
	CHECK(unit_leave_everywhere(everything_of_sets, set, 300) > 20);
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

/* Ten times the subjects, ten times the ticks: they come with the work. */
TEST(population_cost_is_linear)
{
	static const JnTallyKind kinds[] = {JN_TALLY_EVENTS, JN_TALLY_EDGES, JN_TALLY_GAPS};
	uint64_t	seed = 12;

	for (uint32_t i = 0; i < 1200; i++)
		snprintf(many_names[i], sizeof(many_names[i]), "n%u", i * 7);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (int of_sets = 0; of_sets < 2; of_sets++)
		{
			size_t		ticks[2];

			for (int size = 0; size < 2; size++)
			{
				static int64_t time[40 * JN_TICK_EVERY];
				static uint32_t event[40 * JN_TICK_EVERY];
				uint32_t	n = (size == 0 ? 4 : 40) * JN_TICK_EVERY;
				JnBuild    *b = jn_build_new(ENV, true);
				JnSetBuild *sb = jn_set_build_new(ENV, JN_KEY_BIGINT, JN_MAX_BYTES);
				JnKey		key = {JN_KEY_BIGINT, 0, 1, NULL};
				JnRows		rows = {.n = n,.time = time,.event = event};
				JnTally		t;
				JnError		err;
				uint32_t	taken;
				size_t		bytes;
				uint8_t    *p;

				for (uint32_t i = 0; i < n; i++)
				{
					JnName		name = name_of(&(Step) {.name = many_names[i % 20],.size = (uint32_t) strlen(many_names[i % 20])});

					time[i] = (int64_t) i * 1000000;
					CHECK_INT(jn_set_build_event(ENV, sb, name, &event[i], &err), JN_OK);
					CHECK_INT(jn_build_add(ENV, b, time[i], name.data, name.size, &err), JN_OK);
				}
				jn_tally_init(ENV, &t, kinds[k], unit_random(&seed));
				if (of_sets)
				{
					JnSet		set;

					CHECK_INT(jn_set_build_add(ENV, sb, &key, &rows, &taken, &err), JN_OK);
					bytes = jn_set_build_finish(ENV, sb);
					p = jn_alloc(ENV, bytes);
					jn_set_build_write(ENV, sb, p);
					CHECK_INT(jn_set_open(p, bytes, &set, &err), JN_OK);
					ticks[size] = unit_env.ticks;
					jn_tally_set(ENV, &t, &set);
				}
				else
				{
					JnJourney	j;

					CHECK_INT(jn_build_finish(ENV, b, &bytes, &err), JN_OK);
					p = jn_alloc(ENV, bytes);
					jn_build_write(ENV, b, p);
					CHECK_INT(jn_journey_open(p, bytes, &j, &err), JN_OK);
					ticks[size] = unit_env.ticks;
					jn_tally_journey(ENV, &t, &j);
				}
				ticks[size] = unit_env.ticks - ticks[size];
				unit_env_clear(&unit_env);
			}
			CHECK(ticks[0] >= 3 && ticks[1] >= 9 * ticks[0] && ticks[1] <= 14 * ticks[0]);
		}
}
