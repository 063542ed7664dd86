/*
 * session_rules.c
 *	  The arguments of sessions().
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "glue.h"
#include "kept_args.h"
#include "pattern_value.h"
#include "session_rules.h"
#include "zoned_calendar.h"

/* The arguments behind the journey, in their order, and their kinds for journey_kept_same(). */
typedef enum RuleArgument
{
	RULE_GAP,
	RULE_MAX_DURATION,
	RULE_MAX_STEPS,
	RULE_STARTS_WITH,
	RULE_ENDS_WITH,
	RULE_SPLIT_ON,
	RULE_CALENDAR,
	RULE_TZ,
	RULE_AS_OF
} RuleArgument;

static const char rule_kinds[] = "iidvvvvvd";

/* A word and what it stands for. */
typedef struct TrackWord
{
	const char *name;
	unsigned	bit;
} TrackWord;

static const TrackWord track_words[] = {
	{"channel", 1u << JN_CHANNEL},
	{"persona", 1u << JN_PERSONA},
	{"decision", 1u << JN_DECISION},
	{"action", 1u << JN_ACTION},
	{"value", 1u << JN_VALUE},
	{"senses", 1u << JN_SENSES},
	{"event", JN_SPLIT_EVENT},
};

typedef struct PeriodWord
{
	const char *name;
	JnPeriod	period;
} PeriodWord;

static const PeriodWord period_words[] = {
	{"day", {0, 1, 0}},
	{"week", {0, 7, 0}},
	{"month", {1, 0, 0}},
	{"quarter", {3, 0, 0}},
	{"year", {MONTHS_PER_YEAR, 0, 0}},
};

int64
journey_gap(const Interval *gap)
{
	StaticAssertStmt(JN_ENDLESS == PG_INT64_MAX, "the longest interval is endless");
	return journey_interval_us(gap, "gap");
}

/* A duration, which is inclusive: one of 0 has steps of one time.  NULL is no rule. */
static int64
duration_arg(FunctionCallInfo fcinfo, int arg, const char *name)
{
	if (PG_ARGISNULL(arg))
		return JN_ENDLESS;
	return journey_interval_us(PG_GETARG_INTERVAL_P(arg), name);
}

static uint32
max_steps_arg(FunctionCallInfo fcinfo, int arg)
{
	if (PG_ARGISNULL(arg))
		return PG_UINT32_MAX;
	if (PG_GETARG_INT32(arg) < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_steps must be at least 1, not %d", PG_GETARG_INT32(arg)),
				 errhint("NULL is no limit.")));
	return PG_GETARG_INT32(arg);
}

/*
 * The elements of an array, of which there must be some and none NULL.  They
 * point into a copy in the current memory context.
 */
static Datum *
elements_arg(FunctionCallInfo fcinfo, int arg, const char *name, int *count)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P_COPY(arg);
	int16		length;
	bool		by_value;
	char		align;
	Datum	   *element;

	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not have null elements", name),
				 errhint("Leave them out, or the whole argument if there is no such rule.")));
	get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, align, &element, NULL, count);
	if (*count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be empty", name),
				 errhint("Leave it out, or give NULL, if there is no such rule.")));
	return element;
}

/* Appends the step atoms of an argument to others, and tells how many they are; none if it is NULL. */
static int
atoms_arg(FunctionCallInfo fcinfo, int arg, const char *name, JnAtom **atoms, int before)
{
	Datum	   *element;
	int			count;
	int			i;

	if (PG_ARGISNULL(arg))
		return 0;
	element = elements_arg(fcinfo, arg, name, &count);
	*atoms = repalloc(*atoms, (before + (size_t) count) * sizeof(JnAtom));
	for (i = 0; i < count; i++)
	{
		JnPattern	pattern;

		journey_pattern_open((struct varlena *) DatumGetPointer(element[i]), &pattern);
		(*atoms)[before + i] = *journey_pattern_step(&pattern, name);
	}
	return count;
}

/* The tracks of split_on, a bit each. */
static unsigned
tracks_arg(FunctionCallInfo fcinfo, int arg)
{
	Datum	   *element;
	int			count;
	unsigned	bits = 0;
	int			i;

	if (PG_ARGISNULL(arg))
		return 0;
	element = elements_arg(fcinfo, arg, "split_on", &count);
	for (i = 0; i < count; i++)
	{
		text	   *name = (text *) DatumGetPointer(element[i]);
		unsigned	bit = 0;
		int			k;

		for (k = 0; k < lengthof(track_words); k++)
			if (journey_is_word(name, track_words[k].name))
				bit = track_words[k].bit;
		if (bit == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("split_on \"%s\" is not a track", text_to_cstring(name)),
					 errhint("Tracks are channel, persona, decision, action, value, senses and event.")));
		bits |= bit;
	}
	return bits;
}

static JnCalendar *
calendar_arg(FunctionCallInfo fcinfo, const JnEnv *env, int arg, int zone_arg)
{
	text	   *word;
	int			i;

	if (PG_ARGISNULL(arg))
		return NULL;
	journey_check_given(fcinfo, zone_arg, "tz");
	word = PG_GETARG_TEXT_PP(arg);
	for (i = 0; i < lengthof(period_words); i++)
		if (journey_is_word(word, period_words[i].name))
			return journey_calendar(env, &period_words[i].period, text_to_cstring(PG_GETARG_TEXT_PP(zone_arg)));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("calendar \"%s\" is not known", text_to_cstring(word)),
			 errhint("Give day, week, month, quarter or year.")));
}

/* Takes the arguments apart, in the current memory context. */
static JnSessionRules *
read_rules(FunctionCallInfo fcinfo, int base)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnSessionRules *rules = palloc(sizeof(JnSessionRules));
	JnAtom	   *atom = palloc(sizeof(JnAtom));
	JnAtoms    *atoms;
	int			starts;
	int			ends;

	*rules = JN_NO_SESSION_RULES;
	journey_check_given(fcinfo, base + RULE_AS_OF, "as_of");
	rules->gap = PG_ARGISNULL(base + RULE_GAP) ? JN_LEARNED : journey_gap(PG_GETARG_INTERVAL_P(base + RULE_GAP));
	rules->max_duration = duration_arg(fcinfo, base + RULE_MAX_DURATION, "max_duration");
	rules->max_steps = max_steps_arg(fcinfo, base + RULE_MAX_STEPS);
	starts = atoms_arg(fcinfo, base + RULE_STARTS_WITH, "starts_with", &atom, 0);
	ends = atoms_arg(fcinfo, base + RULE_ENDS_WITH, "ends_with", &atom, starts);
	if (starts + ends > 0)
	{
		atoms = palloc(sizeof(JnAtoms));
		jn_atoms_make(&env, atom, starts + ends, atoms);
		rules->atoms = atoms;
		rules->starts = starts;
	}
	rules->split_on = tracks_arg(fcinfo, base + RULE_SPLIT_ON);
	rules->calendar = calendar_arg(fcinfo, &env, base + RULE_CALENDAR, base + RULE_TZ);
	rules->as_of = PG_GETARG_TIMESTAMPTZ(base + RULE_AS_OF);
	return rules;
}

const JnSessionRules *
journey_session_rules(FunctionCallInfo fcinfo, int base)
{
	KeptArgs   *kept = journey_kept_args(fcinfo);
	MemoryContext caller;

	if (!journey_kept_same(fcinfo, kept, rule_kinds, base))
	{
		caller = MemoryContextSwitchTo(kept->context);
		journey_keep(kept, read_rules(fcinfo, base));
		MemoryContextSwitchTo(caller);
	}
	return kept->made;
}
