/*
 * retention_agg.c
 *	  journey.retention_agg(), lifecycle_agg() and stickiness_agg(): whole
 *	  populations by the calendar.
 *
 * All have states of one type, journey.cohort_state (state_type.h), whose flat
 * bytes are those of core/cohorts.h.
 *
 * A state holds its question, and whoever needs a look at subjects makes one of
 * that: also when states are combined, where the last part of a long journey may
 * come to the others, and at the end.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "cohorts_ask.h"
#include "core/cohorts.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"
#include "row_array.h"
#include "state_type.h"

/* The noun for errors. */
#define STATE_NAME		"cohort_state"

/* Periods of a lifecycle at most: each has some rows. */
#define MAX_PERIODS		100000

/* A cohort_state while it accumulates. */
typedef struct StateObject
{
	ExpandedObjectHeader hdr;	/* eoh_context is shared */
	JnCohorts	cohorts;		/* its memory is in eoh_context */
	JnCohortsCount *count;		/* from state_size() for state_write(), or NULL */
	uint32		counts;
} StateObject;

static JnStatus
state_size(const JnEnv *env, void *state, size_t *size, JnError *err)
{
	StateObject *object = state;

	if (object->count != NULL)
		jn_release(env, object->count);
	object->count = NULL;
	object->count = jn_cohorts_counts(env, &object->cohorts, &object->counts);
	return jn_cohorts_size(&object->cohorts, object->counts, size, err);
}

static void
state_write(const JnEnv *env, void *state, uint8_t *out)
{
	StateObject *object = state;

	jn_cohorts_write(env, &object->cohorts, object->count, object->counts, out);
	jn_release(env, object->count);
	object->count = NULL;
}

static JnStatus
state_prove(const JnEnv *env, const uint8_t *bytes, size_t size, JnError *err)
{
	return jn_cohorts_read(env, NULL, 0, bytes, size, err);
}

static JnStatus
state_read(const JnEnv *env, void *state, const uint8_t *bytes, size_t size, JnError *err)
{
	return jn_cohorts_read(env, &((StateObject *) state)->cohorts, journey_salt(), bytes, size, err);
}

static void
state_start(const JnEnv *env, void *state, const void *like)
{
	jn_cohorts_init(env, &((StateObject *) state)->cohorts, &((const StateObject *) like)->cohorts.ask, journey_salt());
}

static void
state_merge(FunctionCallInfo fcinfo, const JnEnv *env, void *state, void *from)
{
	JnCohorts  *into = &((StateObject *) state)->cohorts;
	JnCohorts  *other = &((StateObject *) from)->cohorts;
	JnError		err = {0};

	if (!jn_cohorts_same(&into->ask, &other->ask))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the states are of different questions"),
				 errhint("Combine states of one aggregate with the same arguments.")));
	if (jn_cohorts_merge(env, into, journey_cohorts_look_again(fcinfo, &into->ask), other, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

static const JourneyStateType state_type = {
	.name = STATE_NAME,
	.context = "journey cohort states",
	.object_size = sizeof(StateObject),
	.methods = JOURNEY_STATE_METHODS,
	.size = state_size,
	.write = state_write,
	.prove = state_prove,
	.read = state_read,
	.start = state_start,
	.merge = state_merge,
};

/*
 * Transitions
 */

/* Adds the value of argument 1, a journey or a set, to the state of argument 0. */
static Datum
add_value(FunctionCallInfo fcinfo, CohortsCall call, bool is_set)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	JnCohortsLook *look;
	StateObject *state = NULL;
	JnEnv		env;
	JnError		err = {0};
	JnStatus	status;

	if (!PG_ARGISNULL(0) && !PG_ARGISNULL(1))
		state = journey_state_changeable(&state_type, fcinfo, aggcontext);

	/* not before: a copy needs a look at its own question */
	look = journey_cohorts_look(fcinfo, call, 2);
	if (PG_ARGISNULL(1))
		return journey_state_same(fcinfo);
	if (state == NULL)
	{
		state = journey_state_new(&state_type, aggcontext);
		env = journey_env(state->hdr.eoh_context);
		jn_cohorts_init(&env, &state->cohorts, &look->ask, journey_salt());
	}
	else if (!jn_cohorts_same(&state->cohorts.ask, &look->ask))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("arguments but the first must be the same on every row"),
				 errhint("Group by what they depend on, or ask for each with FILTER.")));
	env = journey_env(state->hdr.eoh_context);
	if (is_set)
	{
		JnSet		set;

		journey_set_open(PG_GETARG_DATUM(1), &set);
		status = jn_cohorts_set(&env, &state->cohorts, look, &set, &err);
	}
	else
	{
		JnJourney	j;

		journey_open(PG_GETARG_DATUM(1), &j);
		status = jn_cohorts_journey(&env, &state->cohorts, look, &j, &err);
	}
	if (status != JN_OK)
		journey_report(&err, "journey");
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/* _retention_transfn(state, j, first, again, period, buckets, as_of [, zone, kind, rolling, truncate]) */
PG_FUNCTION_INFO_V1(journey_retention_transfn);
PG_FUNCTION_INFO_V1(journey_retention_brackets_transfn);
PG_FUNCTION_INFO_V1(journey_set_retention_transfn);
PG_FUNCTION_INFO_V1(journey_set_retention_brackets_transfn);

Datum
journey_retention_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, CALL_RETENTION, false);
}

Datum
journey_retention_brackets_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, CALL_BRACKETS, false);
}

Datum
journey_set_retention_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, CALL_RETENTION, true);
}

Datum
journey_set_retention_brackets_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, CALL_BRACKETS, true);
}

/* _lifecycle_transfn(state, j, period, as_of [, zone [, active, within]]) */
PG_FUNCTION_INFO_V1(journey_lifecycle_transfn);
PG_FUNCTION_INFO_V1(journey_set_lifecycle_transfn);

Datum
journey_lifecycle_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, CALL_LIFECYCLE, false);
}

Datum
journey_set_lifecycle_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, CALL_LIFECYCLE, true);
}

/* _stickiness_transfn(state, j, period, within [, as_of [, zone, active]]) */
PG_FUNCTION_INFO_V1(journey_stickiness_transfn);
PG_FUNCTION_INFO_V1(journey_set_stickiness_transfn);

Datum
journey_stickiness_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, CALL_STICKINESS, false);
}

Datum
journey_set_stickiness_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, CALL_STICKINESS, true);
}

/* _cohort_combinefn(state, state): adds what the second has to the first. */
PG_FUNCTION_INFO_V1(journey_cohort_combinefn);

Datum
journey_cohort_combinefn(PG_FUNCTION_ARGS)
{
	return journey_state_combine(&state_type, fcinfo);
}

/*
 * Results
 */

/* Attributes of the row types, in their order.  Append only. */
enum
{
	BUCKET_COHORT,
	BUCKET_NUMBER,
	BUCKET_SIZE,
	BUCKET_OBSERVED,
	BUCKET_RETURNED,
	BUCKET_RATE,
	BUCKET_COMPLETE,
	BUCKET_ATTRIBUTES
};

enum
{
	COUNT_PERIOD,
	COUNT_STATE,
	COUNT_SUBJECTS,
	COUNT_COMPLETE,
	COUNT_ATTRIBUTES
};

enum
{
	STICK_PERIOD,
	STICK_ACTIVE,
	STICK_SUBJECTS,
	STICK_AT_LEAST,
	STICK_SHARE,
	STICK_RATIO,
	STICK_COMPLETE,
	STICK_ATTRIBUTES
};

/* What a final function works with, and returns. */
typedef struct Rows
{
	JnCohortsLook *look;
	JnCohortsCount *count;		/* in order */
	uint32		counts;
	RowArray	rows;
} Rows;

/*
 * The counts of the state of argument 0, with those of journeys that have stayed
 * in parts, and the row type of the array that the function returns.
 */
static Rows
open_result(FunctionCallInfo fcinfo, JnCohortsKind kind, int attributes)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	StateObject *state = journey_state_open(&state_type, PG_GETARG_DATUM(0));
	JnCohorts  *cohorts = &state->cohorts;
	JnError		err = {0};
	Rows		result = {0};

	if (cohorts->ask.kind != kind)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state is of another aggregate")));
	result.look = journey_cohorts_look_again(fcinfo, &cohorts->ask);
	if (cohorts->whole.subjects > 0)
	{
		/* the state itself has to stay as it is */
		state = journey_state_copy(&state_type, fcinfo, state);
		cohorts = &state->cohorts;
		if (jn_cohorts_finish(&env, cohorts, result.look, &err) != JN_OK)
			journey_report(&err, STATE_NAME);
	}
	result.count = jn_cohorts_counts(&env, cohorts, &result.counts);
	result.rows = journey_rows_begin(fcinfo, attributes);
	return result;
}

/* A time to show: that of a period that begins before all times is the first of them. */
static Datum
period_datum(JnCalendar *calendar, int64 number)
{
	return TimestampTzGetDatum(jn_calendar_start(calendar, number));
}

/* _retention_finalfn(state): a row for each cohort and bucket. */
PG_FUNCTION_INFO_V1(journey_retention_finalfn);

Datum
journey_retention_finalfn(PG_FUNCTION_ARGS)
{
	Rows		result = open_result(fcinfo, JN_COHORTS_RETENTION, BUCKET_ATTRIBUTES);
	const JnRetentionAsk *ask = &result.look->retention;
	uint32		i = 0;

	while (i < result.counts)
	{
		const JnCohortsCount *size = &result.count[i++];
		Datum		values[BUCKET_ATTRIBUTES] = {0};

		values[BUCKET_COHORT] = period_datum(result.look->calendar, size->number);
		values[BUCKET_SIZE] = Int64GetDatum(size->count);
		for (uint32 k = 0; k < ask->buckets; k++)
		{
			bool		nulls[BUCKET_ATTRIBUTES] = {false};
			int64		over = 0;
			int64		back = 0;

			if (i < result.counts && result.count[i].number == size->number && result.count[i].column == 1 + 2 * k)
				over = result.count[i++].count;
			if (i < result.counts && result.count[i].number == size->number && result.count[i].column == 2 + 2 * k)
				back = result.count[i++].count;
			values[BUCKET_NUMBER] = Int32GetDatum(ask->bound[k]);
			values[BUCKET_OBSERVED] = Int64GetDatum(over);
			values[BUCKET_RETURNED] = Int64GetDatum(back);
			nulls[BUCKET_RETURNED] = nulls[BUCKET_RATE] = over == 0;
			if (over > 0)
				values[BUCKET_RATE] = Float8GetDatum((double) back / (double) over);
			values[BUCKET_COMPLETE] = BoolGetDatum(over == size->count);
			journey_rows_add(&result.rows, values, nulls);
		}
	}
	return journey_rows_end(&result.rows);
}

/* _lifecycle_finalfn(state): a row for each period and state. */
PG_FUNCTION_INFO_V1(journey_lifecycle_finalfn);

Datum
journey_lifecycle_finalfn(PG_FUNCTION_ARGS)
{
	Rows		result = open_result(fcinfo, JN_COHORTS_LIFECYCLE, COUNT_ATTRIBUTES);
	JnCalendar *calendar = result.look->calendar;
	bool		plain = result.look->life.plain;
	int64		last = jn_calendar_number(calendar, result.look->ask.as_of);
	int64		subjects[JN_LIFE_STATES] = {0};
	uint32		i = 0;

	if (result.counts == 0)
		return journey_rows_end(&result.rows);
	if (result.count[0].number < last - MAX_PERIODS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many periods between the first step and as_of"),
				 errdetail("At most %d are possible.", MAX_PERIODS),
				 errhint("Use a longer period, or leave out the steps before some time.")));
	for (int64 number = result.count[0].number; number <= last; number++)
	{
		for (; i < result.counts && result.count[i].number == number; i++)
			subjects[result.count[i].column] += result.count[i].count;
		for (int state = 0; state < JN_LIFE_STATES; state++)
		{
			Datum		values[COUNT_ATTRIBUTES] = {0};
			bool		nulls[COUNT_ATTRIBUTES] = {false};
			bool		away = state >= JN_LIFE_RISK_NEAR;

			if (plain && state != JN_LIFE_NEW && state != JN_LIFE_CURRENT && state != JN_LIFE_RESURRECTED && state != JN_LIFE_DORMANT)
				continue;
			values[COUNT_PERIOD] = period_datum(calendar, number);
			values[COUNT_STATE] = CStringGetTextDatum(journey_life_state(state));
			values[COUNT_SUBJECTS] = Int64GetDatum(subjects[state]);

			/* who has not come yet may still come */
			nulls[COUNT_SUBJECTS] = away && number == last;
			values[COUNT_COMPLETE] = BoolGetDatum(number < last);
			journey_rows_add(&result.rows, values, nulls);
		}
	}
	return journey_rows_end(&result.rows);
}

/* _stickiness_finalfn(state): a row for each longer period and number of shorter ones. */
PG_FUNCTION_INFO_V1(journey_stickiness_finalfn);

Datum
journey_stickiness_finalfn(PG_FUNCTION_ARGS)
{
	Rows		result = open_result(fcinfo, JN_COHORTS_STICKINESS, STICK_ATTRIBUTES);
	JnCalendar *calendar = result.look->calendar;
	JnCalendar *within = result.look->other;
	uint32		end;

	for (uint32 i = 0; i < result.counts; i = end)
	{
		int64		number = result.count[i].number;
		int64		from = jn_calendar_start(within, number);
		int64		to = jn_calendar_start(within, number + 1);
		bool		complete = to <= result.look->ask.as_of;
		int64		all = 0;
		double		active = 0;
		double		parts;
		int64		before = 0;

		for (end = i; end < result.counts && result.count[end].number == number; end++)
		{
			all += result.count[end].count;
			active += (double) result.count[end].column * (double) result.count[end].count;
		}
		parts = complete ? (double) (jn_calendar_number(calendar, to - 1) - jn_calendar_number(calendar, from) + 1) : 0;
		for (uint32 k = i; k < end; k++)
		{
			Datum		values[STICK_ATTRIBUTES] = {0};
			bool		nulls[STICK_ATTRIBUTES] = {false};

			values[STICK_PERIOD] = period_datum(within, number);
			values[STICK_ACTIVE] = Int32GetDatum((int32) result.count[k].column);
			values[STICK_SUBJECTS] = Int64GetDatum(result.count[k].count);
			values[STICK_AT_LEAST] = Int64GetDatum(all - before);
			nulls[STICK_SHARE] = nulls[STICK_RATIO] = !complete;
			if (complete)
			{
				values[STICK_SHARE] = Float8GetDatum((double) result.count[k].count / (double) all);
				values[STICK_RATIO] = Float8GetDatum(active / (parts * (double) all));
			}
			values[STICK_COMPLETE] = BoolGetDatum(complete);
			before += result.count[k].count;
			journey_rows_add(&result.rows, values, nulls);
		}
	}
	return journey_rows_end(&result.rows);
}

PG_FUNCTION_INFO_V1(journey_cohort_state_in);

Datum
journey_cohort_state_in(PG_FUNCTION_ARGS)
{
	return journey_state_in(&state_type, fcinfo);
}

PG_FUNCTION_INFO_V1(journey_cohort_state_out);

Datum
journey_cohort_state_out(PG_FUNCTION_ARGS)
{
	return journey_state_out(&state_type, fcinfo);
}

PG_FUNCTION_INFO_V1(journey_cohort_state_recv);

Datum
journey_cohort_state_recv(PG_FUNCTION_ARGS)
{
	return journey_state_recv(&state_type, fcinfo);
}
