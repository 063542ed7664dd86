/*
 * cohorts_ask.c
 *	  Questions about coming back.
 *
 * What is made of their arguments, and kept: calendars, atoms, buckets.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "cohorts_ask.h"
#include "glue.h"
#include "kept_args.h"
#include "pattern_value.h"
#include "zoned_calendar.h"

static const char *const life_state[] = {
	[JN_LIFE_NEW] = "new",
	[JN_LIFE_CURRENT] = "current",
	[JN_LIFE_REACTIVATED] = "reactivated",
	[JN_LIFE_RESURRECTED] = "resurrected",
	[JN_LIFE_RISK_NEAR] = "at_risk_wau",
	[JN_LIFE_RISK_FAR] = "at_risk_mau",
	[JN_LIFE_DORMANT] = "dormant"
};

const char *
journey_life_state(JnLifeState state)
{
	return life_state[state];
}

/* ---- arguments ---- */

/* The text of a pattern that has to be one step atom; points into the argument. */
static JnName
atom_arg(FunctionCallInfo fcinfo, int arg, const char *name)
{
	struct varlena *value;
	JnPattern	pattern;

	journey_check_given(fcinfo, arg, name);
	value = PG_GETARG_VARLENA_PP(arg);
	journey_pattern_open(value, &pattern);
	if (jn_pattern_atom(&pattern) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a single step", name),
				 errhint("Write an event, as view or, with its quotes, \"add to cart\", several as [view, cart], or . for any step.")));

	/* it stands behind the version */
	return (JnName) {VARDATA_ANY(value) + 1, (uint32_t) VARSIZE_ANY_EXHDR(value) - 1};
}

static int64
as_of_arg(FunctionCallInfo fcinfo, int arg)
{
	TimestampTz as_of;

	if (arg >= PG_NARGS())
		return GetCurrentStatementStartTimestamp();
	journey_check_given(fcinfo, arg, "as_of");
	as_of = PG_GETARG_TIMESTAMPTZ(arg);
	if (TIMESTAMP_NOT_FINITE(as_of))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("as_of must not be infinite")));
	return as_of;
}

static JnName
zone_arg(FunctionCallInfo fcinfo, int arg)
{
	text	   *zone;

	if (arg >= PG_NARGS())
		return (JnName) {"UTC", 3};
	journey_check_given(fcinfo, arg, "zone");
	zone = PG_GETARG_TEXT_PP(arg);
	if (VARSIZE_ANY_EXHDR(zone) == 0 || VARSIZE_ANY_EXHDR(zone) > JN_MAX_ZONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" not recognized", text_to_cstring(zone))));
	return (JnName) {VARDATA_ANY(zone), VARSIZE_ANY_EXHDR(zone)};
}

static JnPeriod
period_arg(FunctionCallInfo fcinfo, int arg, const char *name)
{
	journey_check_given(fcinfo, arg, name);
	return journey_period(PG_GETARG_INTERVAL_P(arg), name);
}

/* The numbers of an int4[] of one dimension without NULLs. */
static int32 *
numbers_arg(FunctionCallInfo fcinfo, int arg, const char *name, int *count)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(arg);

	if (ARR_NDIM(array) > 1 || array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must have one dimension and no nulls", name)));
	*count = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	return (int32 *) ARR_DATA_PTR(array);
}

/* Which of several words an argument is. */
static int
word_arg(FunctionCallInfo fcinfo, int arg, const char *name, const char *const *words, int count, const char *hint)
{
	text	   *word;

	journey_check_given(fcinfo, arg, name);
	word = PG_GETARG_TEXT_PP(arg);
	for (int i = 0; i < count; i++)
		if (journey_is_word(word, words[i]))
			return i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown %s \"%s\"", name, text_to_cstring(word)),
			 errhint("%s", hint)));
}

/* Buckets by their number: 0, 1, 2 and so on. */
static void
count_buckets(FunctionCallInfo fcinfo, int arg, JnCohortsAsk *ask)
{
	int32		buckets = PG_GETARG_INT32(arg);
	int32	   *bound;

	if (buckets < 1 || buckets > JN_MAX_BUCKETS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("buckets must be between 1 and %d", JN_MAX_BUCKETS)));
	bound = palloc((buckets + 1) * sizeof(int32));
	for (int i = 0; i <= buckets; i++)
		bound[i] = i;
	ask->bounds = buckets + 1;
	ask->bound = bound;
}

/* Brackets by their bounds. */
static void
bound_buckets(FunctionCallInfo fcinfo, int arg, JnCohortsAsk *ask)
{
	int			count;
	int32	   *bound = numbers_arg(fcinfo, arg, "buckets", &count);

	if (count < 2 || count > JN_MAX_BUCKETS + 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("buckets must have 2 to %d bounds", JN_MAX_BUCKETS + 1),
				 errhint("ARRAY[0, 1, 7, 30] makes three: period 0, periods 1 to 6, periods 7 to 29.")));
	for (int i = 0; i < count; i++)
		if (bound[i] < 0 || (i > 0 && bound[i] <= bound[i - 1]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("bounds of buckets must ascend from 0 or above")));
	ask->bounds = count;
	ask->bound = bound;
}

static void
read_retention(FunctionCallInfo fcinfo, int base, bool brackets, JnCohortsAsk *ask)
{
	static const char *const kinds[] = {"n-day", "unbounded", "recurring", "recurring unbounded"};
	static const char *const cuts[] = {[JN_CUT_NONE] = "", "minute", "hour", "day"};
	int			kind;

	ask->kind = JN_COHORTS_RETENTION;
	ask->atom[0] = atom_arg(fcinfo, base, "first");
	ask->atom[1] = atom_arg(fcinfo, base + 1, "again");
	ask->period = period_arg(fcinfo, base + 2, "period");
	journey_check_given(fcinfo, base + 3, "buckets");
	if (brackets)
		bound_buckets(fcinfo, base + 3, ask);
	else
		count_buckets(fcinfo, base + 3, ask);
	ask->as_of = as_of_arg(fcinfo, base + 4);
	ask->zone = zone_arg(fcinfo, base + 5);
	if (PG_NARGS() <= base + 6)
		return;
	kind = word_arg(fcinfo, base + 6, "kind", kinds, lengthof(kinds),
					"Use 'n-day' or 'unbounded', in retention_agg also 'recurring' or 'recurring unbounded'.");
	ask->unbounded = kind & 1;
	ask->recurring = kind & 2;
	journey_check_given(fcinfo, base + 7, "rolling");
	ask->rolling = PG_GETARG_BOOL(base + 7);
	if (PG_ARGISNULL(base + 8))
		return;
	ask->cut = word_arg(fcinfo, base + 8, "truncate", cuts, lengthof(cuts), "Use 'minute', 'hour', 'day' or NULL.");
	if (ask->cut == JN_CUT_NONE || !ask->rolling)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("truncate needs rolling periods"),
				 errhint("Periods of the calendar begin where it says; leave truncate out or set rolling => true.")));
}

static void
read_lifecycle(FunctionCallInfo fcinfo, int base, JnCohortsAsk *ask)
{
	int			count;

	ask->kind = JN_COHORTS_LIFECYCLE;
	ask->period = period_arg(fcinfo, base, "period");
	ask->as_of = as_of_arg(fcinfo, base + 1);
	ask->zone = zone_arg(fcinfo, base + 2);
	if (PG_NARGS() <= base + 3)
		return;
	ask->atom[0] = atom_arg(fcinfo, base + 3, "active");
	if (PG_ARGISNULL(base + 4))
		return;
	ask->bound = numbers_arg(fcinfo, base + 4, "within", &count);
	ask->bounds = count;
	if (count != 2 || ask->bound[0] < 1 || ask->bound[1] < ask->bound[0])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("within must be two numbers of periods, the first at least 1 and not above the second"),
				 errhint("ARRAY[7, 30] with a period of a day tells who was there within a week or within a month.")));
}

static void
read_stickiness(FunctionCallInfo fcinfo, int base, JnCohortsAsk *ask)
{
	ask->kind = JN_COHORTS_STICKINESS;
	ask->period = period_arg(fcinfo, base, "period");
	ask->within = period_arg(fcinfo, base + 1, "within");
	ask->as_of = as_of_arg(fcinfo, base + 2);
	ask->zone = zone_arg(fcinfo, base + 3);
	if (PG_NARGS() > base + 4)
		ask->atom[0] = atom_arg(fcinfo, base + 4, "active");
}

/* ---- making ready ---- */

static JnCohortsLook *
make_look(MemoryContext context, const JnCohortsAsk *ask)
{
	static const JnPeriod cut_period[] = {
		[JN_CUT_MINUTE] = {.us = USECS_PER_MINUTE},[JN_CUT_HOUR] = {.us = USECS_PER_HOUR},[JN_CUT_DAY] = {.days = 1}
	};
	JnEnv		env = journey_env(context);
	JnCohortsLook *look = jn_alloc(&env, sizeof(JnCohortsLook));
	JnError		err = {0};

	if (jn_cohorts_look_init(&env, look, ask, &err) != JN_OK)
		journey_report(&err, PATTERN_NAME);
	look->calendar = journey_calendar(&env, &look->ask.period, look->ask.zone.data);
	if (ask->kind == JN_COHORTS_STICKINESS)
	{
		look->other = journey_calendar(&env, &look->ask.within, look->ask.zone.data);
		if (look->other->length < look->calendar->length)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("within must not be shorter than period")));
	}
	else if (ask->cut != JN_CUT_NONE)
		look->other = journey_calendar(&env, &cut_period[ask->cut], look->ask.zone.data);
	return look;
}

/* The arguments of a call, see journey_kept_same(). */
static const char *const call_args[] = {
	[CALL_RETENTION] = "vvidd" "vvdv",
	[CALL_BRACKETS] = "vvivd" "vvdv",
	[CALL_LIFECYCLE] = "id" "vvv",
	[CALL_STICKINESS] = "iid" "vv"
};

JnCohortsLook *
journey_cohorts_look(FunctionCallInfo fcinfo, CohortsCall call, int base)
{
	KeptArgs   *kept = journey_kept_args(fcinfo);
	JnCohortsAsk ask = {.atom = {{".", 1}, {"", 0}}};

	if (journey_kept_same(fcinfo, kept, call_args[call], base))
		return kept->made;
	switch (call)
	{
		case CALL_RETENTION:
		case CALL_BRACKETS:
			read_retention(fcinfo, base, call == CALL_BRACKETS, &ask);
			break;
		case CALL_LIFECYCLE:
			read_lifecycle(fcinfo, base, &ask);
			break;
		case CALL_STICKINESS:
			read_stickiness(fcinfo, base, &ask);
			break;
	}
	journey_keep(kept, make_look(kept->context, &ask));
	return kept->made;
}

JnCohortsLook *
journey_cohorts_look_again(FunctionCallInfo fcinfo, const JnCohortsAsk *ask)
{
	KeptArgs   *kept = journey_kept_args(fcinfo);
	JnCohortsLook *look = kept->made;

	if (look != NULL && jn_cohorts_same(&look->ask, ask))
		return look;
	journey_keep_nothing(kept);
	kept->made = make_look(kept->context, ask);
	return kept->made;
}
