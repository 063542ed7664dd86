/*
 * test_edit.c
 *	  Parts and edits, against the same edit on an array of steps.
 */
#include "append.h"
#include "edit.h"

#include "model.h"

#define ROUNDS	3000

static Step step[MODEL_MAX_STEPS];
static Step want[MODEL_MAX_STEPS];
static uint8_t expected[MODEL_MAX_BYTES];

/* A random journey, its steps in order in step[]. */
static JnJourney
random_journey(uint64_t *seed, uint32_t *n)
{
	*n = 1 + unit_below(seed, unit_below(seed, 20) == 0 ? MODEL_MAX_STEPS : 30);
	model_random(seed, step, *n);
	if (unit_below(seed, 3) > 0)
		model_random_tracks(seed, step, *n);
	model_sort(step, *n, true);

	/* neighbours that differ in their time only, or in one thing more */
	for (uint32_t i = 1; i < *n; i++)
		if (unit_below(seed, 6) == 0)
		{
			Step		s = step[i];

			step[i] = step[i - 1];
			step[i].time = s.time;
			if (unit_below(seed, 3) == 0)
				step[i].tracks = s.tracks & step[i - 1].tracks;
		}
	return proved(ENV, steps_bytes(ENV, step, *n, true));
}

/* Makes a journey of what was picked. */
static Bytes
picked_bytes(const JnEnv *env, const JnPicks *picks, const JnJourney *first, const JnJourney *second,
			 const JnName *event)
{
	Bytes		out = {NULL, 0};
	JnGather	g;
	JnError		err;

	if (!CHECK_INT(jn_gather_plan(env, &g, picks, first, second, event, &out.size, &err), JN_OK))
		abort();
	out.data = jn_alloc(env, out.size);
	memset(out.data, 0x5a, out.size);
	jn_gather_write(env, &g, out.data);
	jn_gather_close(env, &g);
	return out;
}

/* Whether the steps of want[] were picked, and the bytes are those of the slow encoder. */
static bool
check_picked(JnPicks *picks, const JnJourney *first, const JnJourney *second, const JnName *event, uint32_t count)
{
	Bytes		got;
	size_t		size;

	if (!CHECK_INT(picks->n, count))
		return false;
	if (count == 0)
		return true;
	got = picked_bytes(ENV, picks, first, second, event);
	size = model_encode(want, count, expected);
	return CHECK_BYTES(got.data, got.size, expected, size);
}

/* Room for all steps of a journey. */
static JnPicks
room_for(const JnJourney *j)
{
	JnPicks		picks;

	jn_picks_new(ENV, &picks, j->head.n);
	return picks;
}

/* Whether a span has the steps of want[], and says rightly how much it is. */
static bool
check_span(const JnJourney *j, JnSpan span, uint32_t count)
{
	JnPicks		picks = room_for(j);

	CHECK_INT(jn_span_stays(span, j->head.n),
			  count == 0 ? JN_STAYS_NONE : count == j->head.n ? JN_STAYS_ALL : JN_STAYS_SOME);
	jn_edit_span(ENV, j, span, &picks);
	return check_picked(&picks, j, NULL, NULL, count);
}

/* ---- by number ---- */

TEST(edit_slice)
{
	uint64_t	seed = 1;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n;
		JnJourney	j = random_journey(&seed, &n);
		int			from = (int) unit_below(&seed, 2 * n + 7) - (int) n - 3;
		int			to = (int) unit_below(&seed, 2 * n + 7) - (int) n - 3;
		uint32_t	count = 0;

		if (unit_below(&seed, 20) == 0)
			from = unit_below(&seed, 2) ? INT32_MIN : INT32_MAX;
		if (unit_below(&seed, 20) == 0)
			to = unit_below(&seed, 2) ? INT32_MIN : INT32_MAX;
		for (int i = 1; i <= (int) n; i++)
		{
			int			from_end = i - (int) n - 1;

			if ((from < 0 ? from_end : i) >= from && (to < 0 ? from_end : i) <= to)
				want[count++] = step[i - 1];
		}
		if (!check_span(&j, jn_span_slice(n, from, to), count))
		{
			printf("  slice %d .. %d of %u\n", from, to, n);
			return;
		}
		unit_env_clear(&unit_env);
	}
}

TEST(edit_head_and_tail)
{
	uint64_t	seed = 2;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n;
		JnJourney	j = random_journey(&seed, &n);
		int			k = (int) unit_below(&seed, 2 * n + 5) - (int) n - 2;
		int			last = k < 0 ? (int) n + k : k;
		int			first = k < 0 ? -k : (int) n - k;
		uint32_t	count = 0;

		for (int i = 0; i < (int) n; i++)
			if (i < last)
				want[count++] = step[i];
		check_span(&j, jn_span_head(n, k), count);
		count = 0;
		for (int i = 0; i < (int) n; i++)
			if (i >= first)
				want[count++] = step[i];
		check_span(&j, jn_span_tail(n, k), count);
		unit_env_clear(&unit_env);
	}
	CHECK_INT(jn_span_stays(jn_span_head(5, INT32_MIN), 5), JN_STAYS_NONE);
	CHECK_INT(jn_span_stays(jn_span_head(5, INT32_MAX), 5), JN_STAYS_ALL);
	CHECK_INT(jn_span_stays(jn_span_tail(5, INT32_MIN), 5), JN_STAYS_NONE);
	CHECK_INT(jn_span_stays(jn_span_tail(5, INT32_MAX), 5), JN_STAYS_ALL);
	CHECK_INT(jn_span_stays(jn_span_slice(5, INT32_MIN, INT32_MAX), 5), JN_STAYS_ALL);
}

/* ---- by time ---- */

/* The time of a step, or one beside it, or any. */
static int64_t
random_bound(uint64_t *seed, uint32_t n)
{
	switch (unit_below(seed, 8))
	{
		case 0:
			return INT64_MIN;
		case 1:
			return INT64_MAX;
		case 2:
			return (int64_t) unit_random(seed);
		default:
			return step[unit_below(seed, n)].time + (int64_t) unit_below(seed, 3) - 1;
	}
}

TEST(edit_during)
{
	uint64_t	seed = 3;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n;
		JnJourney	j = random_journey(&seed, &n);
		int64_t		first = random_bound(&seed, n);
		int64_t		last = random_bound(&seed, n);
		JnStays		stays = jn_during_stays(&j.head, first, last);
		JnPicks		picks = room_for(&j);
		uint32_t	count = 0;

		for (uint32_t i = 0; i < n; i++)
			if (step[i].time >= first && step[i].time <= last)
				want[count++] = step[i];
		CHECK_INT(stays == JN_STAYS_ALL, count == n);
		CHECK(stays != JN_STAYS_NONE || count == 0);
		jn_edit_during(ENV, &j, first, last, &picks);
		if (!check_picked(&picks, &j, NULL, NULL, count))
			return;
		unit_env_clear(&unit_env);
	}
}

/* ---- by event ---- */

/* Names to ask for: some of the journey, some not, some twice. */
static JnNameSet
random_set(uint64_t *seed, uint32_t n)
{
	uint32_t	count = unit_below(seed, 8);
	JnName	   *name = jn_alloc(ENV, (count + 1) * sizeof(JnName));
	JnNameSet	set;

	for (uint32_t i = 0; i < count; i++)
	{
		uint32_t	any = unit_below(seed, MODEL_NAMES);
		const Step *s = &step[unit_below(seed, n)];

		name[i] = unit_below(seed, 3) == 0 ? (JnName) {model_names[any].name, model_names[any].size}
			: (JnName) {s->name, s->size};
	}
	jn_name_set_make(ENV, name, count, &set);
	CHECK(set.count <= count);
	for (uint32_t i = 1; i < set.count; i++)
		CHECK(jn_name_compare(set.name[i - 1], set.name[i]) < 0);
	return set;
}

/* The place of a step's event in a set, by looking at each. */
static int64_t
place(const JnNameSet *set, const Step *s)
{
	for (uint32_t i = 0; i < set->count; i++)
		if (set->name[i].size == s->size && memcmp(set->name[i].data, s->name, s->size) == 0)
			return i;
	return -1;
}

TEST(edit_keep_and_drop)
{
	uint64_t	seed = 4;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n;
		JnJourney	j = random_journey(&seed, &n);
		JnNameSet	set = random_set(&seed, n);
		JnName	   *name = jn_alloc(ENV, j.event.names * sizeof(JnName));

		for (int keep = 0; keep < 2; keep++)
		{
			JnStays		stays = jn_edit_pick(ENV, &j, &set, keep, name);
			JnPicks		picks = room_for(&j);
			uint32_t	count = 0;

			for (uint32_t i = 0; i < n; i++)
				if ((place(&set, &step[i]) >= 0) == keep)
					want[count++] = step[i];
			CHECK_INT(stays, count == 0 ? JN_STAYS_NONE : count == n ? JN_STAYS_ALL : JN_STAYS_SOME);
			/* what the header proves is so */
			CHECK(jn_may_have_any(&j.head, &set) || count == (keep ? 0 : n));
			jn_edit_events(ENV, &j, name, &picks);
			if (!check_picked(&picks, &j, NULL, NULL, count))
				return;
		}
		unit_env_clear(&unit_env);
	}
}

TEST(edit_rename)
{
	uint64_t	seed = 5;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n;
		JnJourney	j = random_journey(&seed, &n);
		JnNameSet	set = random_set(&seed, n);
		JnName	   *name = jn_alloc(ENV, j.event.names * sizeof(JnName));
		JnName		to[8];
		JnPicks		picks = room_for(&j);
		JnStays		stays;
		uint32_t	count = 0;
		bool		same = true;

		for (uint32_t i = 0; i < set.count; i++)
		{
			uint32_t	any = unit_below(&seed, MODEL_NAMES);

			switch (unit_below(&seed, 4))
			{
				case 0:
					to[i] = (JnName) {NULL, 0};
					break;
				case 1:
					to[i] = set.name[unit_below(&seed, set.count)];
					break;
				default:
					to[i] = (JnName) {model_names[any].name, model_names[any].size};
					break;
			}
		}
		for (uint32_t i = 0; i < n; i++)
		{
			int64_t		at = place(&set, &step[i]);

			want[count] = step[i];
			if (at >= 0)
			{
				want[count].name = to[at].data;
				want[count].size = to[at].size;
				same = same && to[at].data != NULL && model_compare_names(&want[count], &step[i]) == 0;
			}
			count += want[count].name != NULL;
		}
		stays = jn_edit_rename(ENV, &j, &set, to, name);
		CHECK_INT(stays, same ? JN_STAYS_ALL : count == 0 ? JN_STAYS_NONE : JN_STAYS_SOME);
		jn_edit_events(ENV, &j, name, &picks);
		if (!check_picked(&picks, &j, NULL, name, count))
			return;
		unit_env_clear(&unit_env);
	}
}

/* ---- neighbours ---- */

TEST(edit_collapse)
{
	uint64_t	seed = 6;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n;
		JnJourney	j = random_journey(&seed, &n);
		JnPicks		picks = room_for(&j);
		uint32_t	count = 0;

		for (uint32_t i = 0; i < n; i++)
			if (i == 0 || model_compare_ties(&step[i - 1], &step[i]) != 0)
				want[count++] = step[i];
		jn_edit_collapse(ENV, &j, &picks);
		if (!check_picked(&picks, &j, NULL, NULL, count))
			return;
		unit_env_clear(&unit_env);
	}
}

/* ---- two journeys ---- */

TEST(edit_merge)
{
	static Step left[MODEL_MAX_STEPS];
	uint64_t	seed = 7;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n;
		uint32_t	m;
		JnJourney	a = random_journey(&seed, &n);
		JnJourney	b;
		JnPicks		picks;

		memcpy(left, step, n * sizeof(Step));
		b = random_journey(&seed, &m);
		if (n + m > MODEL_MAX_STEPS)
			continue;
		memcpy(want, left, n * sizeof(Step));
		memcpy(want + n, step, m * sizeof(Step));
		model_sort(want, n + m, true);
		jn_picks_new(ENV, &picks, n + m);
		jn_edit_merge(ENV, &a, &b, &picks);
		if (!check_picked(&picks, &a, &b, NULL, n + m))
			return;
		unit_env_clear(&unit_env);
	}
}

/* Later steps of the same kind, behind a journey: the bytes are those of merging. */
TEST(edit_append)
{
	uint64_t	seed = 9;
	int			cheap = 0;
	int			with_tracks = 0;
	int			with_values = 0;
	int			with_wide = 0;

	for (int round = 0; round < 3 * ROUNDS; round++)
	{
		uint32_t	n;
		JnJourney	a = random_journey(&seed, &n);
		uint32_t	from = unit_below(&seed, n);
		uint32_t	count = 1 + unit_below(&seed, n - from);
		int64_t		us = unit_below(&seed, 4) ? (int64_t) jn_unit_us(a.head.flags & JN_FLAG_UNIT) : 1;
		int64_t		later = (int64_t) (jn_time_span(step[from].time, step[n - 1].time) / (uint64_t) us + 1) * us;
		size_t		size;
		JnAppend	p;
		JnJourney	b;

		if (n + count > MODEL_MAX_STEPS || a.head.last > JN_TIME_END / 4 || a.head.first < -JN_TIME_END / 4)
			continue;
		if (unit_below(&seed, 8) == 0)
			later += us * (int64_t) UINT32_MAX;
		memcpy(want, step, n * sizeof(Step));
		for (uint32_t i = 0; i < count; i++)
		{
			want[n + i] = step[from + i];
			want[n + i].time += later;
			if (unit_below(&seed, 2))
				want[n + i].tracks &= ~(1U << JN_VALUE);
		}
		/* at the very time of the last step, too */
		if (unit_below(&seed, 8) == 0)
			for (uint32_t i = 0; i < count; i++)
				want[n + i].time = step[n - 1].time;
		b = proved(ENV, steps_bytes(ENV, want + n, count, true));
		if (jn_append_plan(ENV, &p, &a, &b, &size))
		{
			Bytes		got = {jn_alloc(ENV, size), size};

			memset(got.data, 0x5a, size);
			jn_append_write(ENV, &p, got.data);
			jn_append_close(ENV, &p);
			if (!CHECK_BYTES(got.data, got.size, expected, model_encode(want, n + count, expected)))
				return;
			cheap++;
			with_tracks += a.head.tracks != 0;
			with_values += jn_has_track(&a.head, JN_VALUE);
			with_wide += (a.head.flags & JN_FLAG_WIDE) == 0 && (got.data[JN_AT_FLAGS] & JN_FLAG_WIDE) != 0;
		}
		else
		{
			/* there is a reason */
			bool		gaps = false;

			for (JnTrack t = 0; t < JN_TRACKS; t++)
				if (jn_has_track(&a.head, t) && t != JN_VALUE)
					gaps |= !a.label[t].gaps && (!jn_has_track(&b.head, t) || b.label[t].gaps);
			CHECK(n == 1 || us == 1 || gaps || jn_has_track(&a.head, JN_VALUE));
		}
		unit_env_clear(&unit_env);
	}
	CHECK(cheap > ROUNDS && with_tracks > ROUNDS / 4 && with_values > ROUNDS / 50 && with_wide > ROUNDS / 50);
}

/* What keeps it from being a copy. */
TEST(edit_append_or_not)
{
	static const struct
	{
		Step		later;
		bool		cheap;
	}			cases[] = {
		{{20000000, "a", 1}, true},
		{{10000000, "b", 1}, true},
		{{9999999, "a", 1}, false}, /* before the end */
		{{20000000, "c", 1}, false},	/* a new name */
		{{20000001, "a", 1}, false},	/* a finer unit */
		{{INT64_C(10000000) + INT64_C(5000000000) * 1000000, "a", 1}, true},	/* a wide difference */
		{{20000000, "a", 1, 1 << JN_CHANNEL, {{"web", 3}}}, true},
		{{20000000, "a", 1, 1 << JN_CHANNEL, {{"app", 3}}}, false},
		{{20000000, "a", 1, 1 << JN_DECISION, {{NULL, 0}, {"web", 3}}}, false}, /* a new track */
		{{20000000, "a", 1, 1 << JN_VALUE}, false},
	};
	JnJourney	a;

	step[0] = (Step) {0, "a", 1, 1 << JN_CHANNEL};
	step[0].label[JN_CHANNEL] = (JnName) {"web", 3};
	step[1] = (Step) {10000000, "b", 1};
	a = proved(ENV, steps_bytes(ENV, step, 2, true));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		JnJourney	b = proved(ENV, steps_bytes(ENV, &cases[i].later, 1, true));
		size_t		size;
		JnAppend	p;

		if (!CHECK_INT(jn_append_plan(ENV, &p, &a, &b, &size), cases[i].cheap))
			printf("  case %zu\n", i);
		if (cases[i].cheap)
			jn_append_close(ENV, &p);
	}
}

/* Any split, put together again, gives the whole. */
TEST(edit_split_and_merge)
{
	uint64_t	seed = 8;

	for (int round = 0; round < ROUNDS / 3; round++)
	{
		uint32_t	n;
		JnJourney	j = random_journey(&seed, &n);
		JnJourney	whole;

		for (uint32_t done = 0; done < n;)
		{
			uint32_t	more = 1 + unit_below(&seed, n - done);
			JnPicks		picks = room_for(&j);
			JnJourney	part;

			jn_edit_span(ENV, &j, jn_span_slice(n, (int32_t) done + 1, (int32_t) (done + more)), &picks);
			part = proved(ENV, picked_bytes(ENV, &picks, &j, NULL, NULL));
			if (done == 0)
				whole = part;
			else
			{
				picks = room_for(&j);
				jn_edit_merge(ENV, &whole, &part, &picks);
				whole = proved(ENV, picked_bytes(ENV, &picks, &whole, &part, NULL));
			}
			done += more;
		}
		if (!CHECK_BYTES(whole.bytes, whole.size, j.bytes, j.size))
			return;
		unit_env_clear(&unit_env);
	}
}

/* ---- cost ---- */

/* All edits of a journey, every other name kept. */
static void
everything(const JnEnv *env, void *arg)
{
	const JnJourney *j = arg;
	JnName	   *wanted = jn_alloc(env, j->event.names * sizeof(JnName));
	JnName	   *name = jn_alloc(env, j->event.names * sizeof(JnName));
	JnPicks		picks;
	JnNameSet	set;

	jn_labels_names(&j->event, wanted);
	for (uint32_t i = 0; i < j->event.names / 2; i++)
		wanted[i] = wanted[2 * i];
	jn_name_set_make(env, wanted, j->event.names / 2, &set);
	jn_picks_new(env, &picks, 2 * j->head.n);
	jn_edit_pick(env, j, &set, true, name);
	jn_edit_events(env, j, name, &picks);
	picked_bytes(env, &picks, j, NULL, NULL);
	picks.n = 0;
	jn_edit_rename(env, j, &set, wanted, name);
	jn_edit_events(env, j, name, &picks);
	picked_bytes(env, &picks, j, NULL, name);
	picks.n = 0;
	jn_edit_during(env, j, j->head.first + 1, j->head.last - 1, &picks);
	picked_bytes(env, &picks, j, NULL, NULL);
	picks.n = 0;
	jn_edit_collapse(env, j, &picks);
	picked_bytes(env, &picks, j, NULL, NULL);
	picks.n = 0;
	jn_edit_merge(env, j, j, &picks);
	picked_bytes(env, &picks, j, j, NULL);
	jn_picks_free(env, &picks);

	/* one step behind them all is a copy */
	JnBuild    *b = jn_build_new(env, true);
	JnJourney	last;
	JnAppend	p;
	JnError		err;
	Bytes		bytes;

	jn_build_add_journey(env, b, j, j->head.n - 1, j->head.n, &err);
	last = proved(env, build_bytes(env, b));
	if (jn_append_plan(env, &p, j, &last, &bytes.size))
	{
		bytes.data = jn_alloc(env, bytes.size);
		jn_append_write(env, &p, bytes.data);
		jn_append_close(env, &p);
		proved(env, bytes);
	}
}

static JnJourney
many_steps(const JnEnv *env, uint32_t n, uint32_t names)
{
	JnBuild    *b = jn_build_new(env, true);
	char		text[16];

	for (uint32_t i = 0; i < n; i++)
	{
		int			size = snprintf(text, sizeof(text), "name%u", i % names);
		Step		s = {(int64_t) i * 1000, text, (uint32_t) size, i % 8};

		s.label[JN_CHANNEL] = (JnName) {text, (uint32_t) size};
		s.label[JN_DECISION] = (JnName) {"x", 1};
		s.label[JN_ACTION] = (JnName) {"y", 1};
		add_steps(env, b, &s, 1);
	}
	return proved(env, build_bytes(env, b));
}

TEST(edit_may_be_left_anywhere)
{
	static UnitEnv own;
	JnJourney	j;

	unit_env_clear(&own);
	j = many_steps(&own.env, 1000, 300);
	CHECK(unit_leave_everywhere(everything, &j, 300) > 50);
	unit_env_clear(&own);
}

/* Ticks come often enough, and tenfold work takes no more than tenfold time, or so. */
TEST(edit_is_linear)
{
	double		seconds[2];

	for (int i = 0; i < 2; i++)
	{
		uint32_t	n = (i == 0 ? 1 : 10) * (UNIT_SANITIZED ? 20000 : 200000);
		JnJourney	j = many_steps(ENV, n, n / 10);
		size_t		ticks = unit_env.ticks;
		double		begin = unit_seconds();

		everything(ENV, &j);
		seconds[i] = unit_seconds() - begin;
		CHECK(unit_env.ticks - ticks >= 20 * (n / JN_TICK_EVERY));
		unit_env_clear(&unit_env);
	}
	printf("tenfold: %.1f times as long\n", seconds[1] / seconds[0]);
	CHECK(seconds[1] < 40 * seconds[0]);
}
