/*
 * test_sessions.c
 *	  Cutting into sessions, against loops over plain steps.
 */
#include "sessions.h"

#include "pattern_oracle.h"
#include "pattern_random.h"

static Step step[MODEL_MAX_STEPS];

static JnSessionRules
rules_of_gap(int64_t gap)
{
	JnSessionRules rules = JN_NO_SESSION_RULES;

	rules.gap = gap;
	return rules;
}

/* Compares the cuts of a journey with those of its sorted steps. */
static void
check_cuts(const JnJourney *j, uint32_t n, int64_t gap)
{
	JnSessionRules rules = rules_of_gap(gap);
	JnSessions	s;
	JnSession	session;
	uint32_t	from = 0;
	uint32_t	count = 0;

	jn_sessions_open(ENV, &s, j, &rules);
	while (from < n)
	{
		uint32_t	to = from + 1;

		while (to < n && (gap == JN_ENDLESS || (uint64_t) step[to].time - (uint64_t) step[to - 1].time <= (uint64_t) gap))
			to++;
		if (!CHECK(jn_sessions_next(ENV, &s, &session)))
			return;
		CHECK_INT(session.from, from);
		CHECK_INT(session.to, to);
		CHECK_INT(session.first, step[from].time);
		CHECK_INT(session.last, step[to - 1].time);
		from = to;
		count++;
	}
	CHECK_INT(jn_session_count(ENV, j, gap), count);
	CHECK(!jn_sessions_next(ENV, &s, &session));
	CHECK(!jn_sessions_next(ENV, &s, &session));
	jn_sessions_close(ENV, &s);
}

TEST(sessions_random)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 40);
		JnJourney	j;

		model_random(&seed, step, n);
		j = proved(ENV, steps_bytes(ENV, step, n, true));
		model_sort(step, n, true);
		check_cuts(&j, n, 0);
		check_cuts(&j, n, INT64_MAX - 1);
		check_cuts(&j, n, JN_ENDLESS);
		check_cuts(&j, n, (int64_t) (unit_random(&seed) >> 1 >> unit_below(&seed, 60)));
		/* exactly a gap that occurs, and one less */
		if (n > 1)
		{
			uint32_t	i = 1 + unit_below(&seed, n - 1);
			uint64_t	d = jn_time_span(step[i - 1].time, step[i].time);

			check_cuts(&j, n, d > INT64_MAX ? INT64_MAX : (int64_t) d);
			check_cuts(&j, n, d > INT64_MAX || d == 0 ? 0 : (int64_t) d - 1);
		}
		unit_env_clear(&unit_env);
	}
}

/* ---- all rules, against their words ---- */

static const int64_t period = 5000000;	/* microseconds, of the calendar below */

static int64_t
period_of(int64_t time)
{
	return time / period - (time % period < 0);
}

static bool
same_content(const Step *a, const Step *b, unsigned track)
{
	if (track == JN_TRACKS)
		return model_compare_names(a, b) == 0;
	if (!model_has(a, track) || !model_has(b, track))
		return model_has(a, track) == model_has(b, track);
	return track == JN_VALUE ? model_compare_values(a->value, b->value) == 0
		: jn_name_compare(a->label[track], b->label[track]) == 0;
}

static bool
matches_any(const JnSessionRules *rules, uint32_t from, uint32_t to, const Step *s)
{
	bool		any = false;

	for (uint32_t i = from; i < to; i++)
		any |= oracle_atom(&rules->atoms->atom[i], s);
	return any;
}

/*
 * The session that begins with step "from", rule by rule: before which step
 * each would end it, or n if it would not; the first of them does.  The rules
 * come in the order in which they are heard; those of time then give way to
 * the one that ran out first.
 */
static JnSession
slow_session(const JnSessionRules *rules, uint32_t from, uint32_t n)
{
	JnSession	session = {.from = from,.to = n,.first = step[from].time};
	uint32_t	before[JN_SESSION_ENDS];
	__int128	runs_out[JN_SESSION_ENDS];
	int			first = JN_ENDED_NOT;

	for (int end = 1; end < JN_SESSION_ENDS; end++)
	{
		before[end] = n + 1;
		runs_out[end] = (__int128) INT64_MAX * 4;
	}
	for (uint32_t i = n; i-- > from;)
	{
		if (rules->atoms != NULL && matches_any(rules, rules->starts, rules->atoms->count, &step[i]))
			before[JN_ENDED_ENDS_WITH] = i + 1;
		if (i == from)
			break;
		if (rules->gap != JN_ENDLESS && (__int128) step[i].time - step[i - 1].time > rules->gap)
			before[JN_ENDED_GAP] = i;
		if (rules->max_duration != JN_ENDLESS && (__int128) step[i].time - session.first > rules->max_duration)
			before[JN_ENDED_MAX_DURATION] = i;
		if (rules->calendar != NULL && period_of(step[i].time) != period_of(session.first))
			before[JN_ENDED_CALENDAR] = i;
		if (rules->atoms != NULL && matches_any(rules, 0, rules->starts, &step[i]))
			before[JN_ENDED_STARTS_WITH] = i;
		for (unsigned track = 0; track <= JN_TRACKS; track++)
			if (rules->split_on >> track & 1 && !same_content(&step[i - 1], &step[i], track))
				before[JN_ENDED_SPLIT_ON] = i;
	}
	if (rules->max_steps <= n - from)
		before[JN_ENDED_MAX_STEPS] = from + rules->max_steps;
	for (int end = 1; end < JN_SESSION_ENDS; end++)
		if (before[end] < session.to || (before[end] == session.to && first == JN_ENDED_NOT))
		{
			/* before step n, which there is not, only the last step can end it */
			if (before[end] == n && end > JN_ENDED_MAX_STEPS)
				continue;
			session.to = before[end];
			first = end;
		}
	session.last = step[session.to - 1].time;

	/* the last instants that belong */
	if (rules->gap != JN_ENDLESS)
		runs_out[JN_ENDED_GAP] = (__int128) session.last + rules->gap;
	if (rules->max_duration != JN_ENDLESS)
		runs_out[JN_ENDED_MAX_DURATION] = (__int128) session.first + rules->max_duration;
	if (rules->calendar != NULL)
		runs_out[JN_ENDED_CALENDAR] = ((__int128) period_of(session.first) + 1) * period - 1;
	if (first == JN_ENDED_NOT || (first >= JN_ENDED_GAP && first <= JN_ENDED_CALENDAR))
	{
		int			earliest = JN_ENDED_GAP;

		for (int end = JN_ENDED_MAX_DURATION; end <= JN_ENDED_CALENDAR; end++)
			if (runs_out[end] < runs_out[earliest])
				earliest = end;
		session.closes = runs_out[earliest] + (earliest == JN_ENDED_CALENDAR) >= JN_TIME_END ? JN_TIME_NEVER
			: (int64_t) runs_out[earliest] + (earliest == JN_ENDED_CALENDAR);
		session.end = first != JN_ENDED_NOT || (session.closes != JN_TIME_NEVER && rules->as_of > runs_out[earliest])
			? earliest : JN_ENDED_NOT;
	}
	else
	{
		session.end = first;
		session.closes = first <= JN_ENDED_MAX_STEPS ? session.last : step[session.to].time;
	}
	return session;
}

static void
check_rules(const JnJourney *j, uint32_t n, const JnSessionRules *rules)
{
	JnSessions	s;
	JnSession	session;
	JnSession	expected = {.to = 0};

	jn_sessions_open(ENV, &s, j, rules);
	while (expected.to < n)
	{
		expected = slow_session(rules, expected.to, n);
		if (!CHECK(jn_sessions_next(ENV, &s, &session)))
			return;
		CHECK_INT(session.from, expected.from);
		CHECK_INT(session.to, expected.to);
		CHECK_INT(session.first, expected.first);
		CHECK_INT(session.last, expected.last);
		CHECK_INT(session.end, expected.end);
		if (!CHECK_INT(session.closes, expected.closes))
			printf("  rule %d, first %" PRId64 "\n", (int) expected.end, expected.first);
	}
	CHECK(!jn_sessions_next(ENV, &s, &session));
	jn_sessions_close(ENV, &s);
}

/* Atoms at random, the first *starts of starts_with, perhaps very many. */
static JnAtoms *
random_atoms(const JnEnv *env, uint64_t *seed, uint32_t *starts)
{
	uint32_t	count = unit_below(seed, 20) ? 1 + unit_below(seed, 4) : 130;
	JnAtom	   *atom = jn_alloc(env, count * sizeof(JnAtom));
	JnAtoms    *atoms = jn_alloc(env, sizeof(JnAtoms));

	for (uint32_t i = 0; i < count; i++)
	{
		RandomText *text = jn_alloc(env, sizeof(RandomText));
		JnPattern	pattern;
		JnError		err;

		text->seed = seed;
		text->size = 0;
		random_atom(text);
		if (!CHECK_INT(jn_pattern_read(env, text->text, text->size, &pattern, &err), JN_OK))
			abort();
		atom[i] = *jn_pattern_atom(&pattern);
	}
	jn_atoms_make(env, atom, count, atoms);
	*starts = unit_below(seed, count + 1);
	return atoms;
}

TEST(sessions_all_rules)
{
	uint64_t	seed = 7;
	uint32_t	ends[JN_SESSION_ENDS] = {0};

	for (int round = 0; round < 20000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 40);
		unsigned	with = unit_below(&seed, 3) ? unit_below(&seed, 128) : 1u << unit_below(&seed, 7);
		JnSessionRules rules = JN_NO_SESSION_RULES;
		JnSessions	s;
		JnSession	session;
		JnJourney	j;

		random_steps(&seed, step, n);
		if (unit_below(&seed, 4) == 0)
			model_random_tracks(&seed, step, n);
		j = proved(ENV, steps_bytes(ENV, step, n, true));
		model_sort(step, n, true);

		if (with & 1)
			rules.gap = (int64_t) unit_below(&seed, 4) * 500000;
		if (with & 2)
			rules.max_duration = (int64_t) unit_below(&seed, 8) * 500000;
		if (with & 4)
			rules.max_steps = 1 + unit_below(&seed, 6);
		if (with & 8)
		{
			JnCalendar *calendar = jn_alloc(ENV, sizeof(JnCalendar));

			*calendar = (JnCalendar) {.length = period};
			jn_calendar_init(ENV, calendar);
			rules.calendar = calendar;
		}
		if (with & 48)
		{
			rules.atoms = random_atoms(ENV, &seed, &rules.starts);
			if ((with & 48) != 48)
				rules.starts = with & 16 ? rules.atoms->count : 0;
		}
		if (with & 64)
			rules.split_on = unit_below(&seed, 2) ? unit_below(&seed, JN_SPLIT_EVENT * 2) : 1u << unit_below(&seed, JN_TRACKS + 1);
		switch (unit_below(&seed, 4))
		{
			case 0:
				rules.as_of = INT64_MIN;
				break;
			case 1:
				break;
			default:
				rules.as_of = step[n - 1].time + (int64_t) unit_below(&seed, 20) * 500000 - unit_below(&seed, 2);
		}
		check_rules(&j, n, &rules);

		jn_sessions_open(ENV, &s, &j, &rules);
		while (jn_sessions_next(ENV, &s, &session))
			ends[session.end]++;
		jn_sessions_close(ENV, &s);
		unit_env_clear(&unit_env);
	}

	/* the rounds have met every rule often */
	for (int end = 0; end < JN_SESSION_ENDS; end++)
		CHECK(ends[end] > 1000);
}

/* Cut exactly: no session is longer, and none drifts. */
TEST(sessions_max_duration_is_exact)
{
	static const int64_t at[] = {0, 9, 10, 11, 20, 21, 22, 32, 33};
	static const int64_t first[] = {0, 11, 22, 33};
	JnSessionRules rules = JN_NO_SESSION_RULES;
	JnSessions	s;
	JnSession	session;
	JnJourney	j;

	for (int i = 0; i < 9; i++)
		step[i] = (Step) {at[i], "a", 1};
	j = proved(ENV, steps_bytes(ENV, step, 9, true));
	rules.max_duration = 10;
	rules.as_of = 43;
	jn_sessions_open(ENV, &s, &j, &rules);
	for (int i = 0; i < 4; i++)
	{
		CHECK(jn_sessions_next(ENV, &s, &session));
		CHECK_INT(session.first, first[i]);
		CHECK_INT(session.closes, first[i] + 10);
		CHECK_INT(session.end, i < 3 ? JN_ENDED_MAX_DURATION : JN_ENDED_NOT);
	}
	CHECK(!jn_sessions_next(ENV, &s, &session));
}

/* A gap exactly as long stays; a microsecond more does not. */
TEST(sessions_gap_is_inclusive)
{
	CHECK(!jn_session_breaks(0, 1800000000, 1800000000));
	CHECK(jn_session_breaks(0, 1800000001, 1800000000));
	CHECK(!jn_session_breaks(5, 5, 0));
	CHECK(jn_session_breaks(5, 6, 0));
	CHECK(!jn_session_breaks(6, 5, 0));
	CHECK(jn_session_breaks(JN_TIME_MIN, JN_TIME_END - 1, INT64_MAX - 1));	/* longer than INT64_MAX */
	CHECK(!jn_session_breaks(JN_TIME_MIN, JN_TIME_END - 1, JN_ENDLESS));
	CHECK(!jn_session_breaks(JN_TIME_MIN, 0, INT64_MAX - 1));
}

/* Cuts by all kinds of rules; of many names, so that binding allocates. */
static void
cut_random(const JnEnv *env, void *arg)
{
	uint64_t	seed = 3;
	JnSessionRules rules = rules_of_gap(1000000);
	JnSessions	s;
	JnSession	session;

	rules.atoms = random_atoms(env, &seed, &rules.starts);
	rules.split_on = 1 << JN_VALUE;
	jn_sessions_open(env, &s, arg, &rules);
	while (jn_sessions_next(env, &s, &session))
		;
	jn_sessions_close(env, &s);
}

TEST(sessions_may_be_left_anywhere)
{
	uint64_t	seed = 3;
	JnJourney	j;

	random_steps(&seed, step, 30);
	j = proved(ENV, steps_bytes(ENV, step, 30, true));
	CHECK(unit_leave_everywhere(cut_random, &j, 300) > 5);
}

TEST(sessions_tick)
{
	uint32_t	n = 2 * JN_TICK_EVERY + 1;
	JnBuild    *b = jn_build_new(ENV, true);
	JnSessions	s;
	JnSession	session;
	JnJourney	j;
	size_t		ticks;

	for (uint32_t i = 0; i < n; i++)
		add_steps(ENV, b, &(Step) {i, "a", 1}, 1);
	j = proved(ENV, build_bytes(ENV, b));
	for (int kind = 0; kind < 4; kind++)
	{
		JnSessionRules rules = rules_of_gap(kind % 2);
		uint32_t	count = 0;

		if (kind > 1)
			rules.split_on = JN_SPLIT_EVENT;
		ticks = unit_env.ticks;
		jn_sessions_open(ENV, &s, &j, &rules);
		while (jn_sessions_next(ENV, &s, &session))
			count++;
		jn_sessions_close(ENV, &s);
		CHECK_INT(count, kind % 2 == 0 ? n : 1);
		CHECK(unit_env.ticks - ticks >= 2);
	}
}
