/*
 * sessions_fn.c
 *	  sessions(): a journey cut into journeys.
 */
#include "postgres.h"

#include "common/int.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/build.h"
#include "core/journey.h"
#include "core/sessions.h"
#include "glue.h"
#include "journey_value.h"

PG_FUNCTION_INFO_V1(journey_sessions);

/* Columns of sessions(). */
enum
{
	COL_SESSION,
	COL_J,
	COL_CUT_BY,
	COL_OPEN,
	COL_CLOSES_AT,
	COL_COUNT
};

/*
 * Last instant at which a step would still belong to a session, false if it
 * is later than any timestamptz.
 */
static bool
closing_time(int64 last, int64 gap, TimestampTz *closes_at)
{
	return !pg_add_s64_overflow(last, gap, closes_at) && IS_VALID_TIMESTAMP(*closes_at);
}

Datum
journey_sessions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work;
	JnEnv		env;
	JnJourney	j;
	JnName	   *name;
	JnBuild    *build;
	JnSessions	sessions;
	JnSession	session;
	JnWalk		walk;
	JnError		err;
	int64		gap;
	TimestampTz as_of;
	Datum		by_gap;
	int32		number = 0;

	journey_check_given(fcinfo, 1, "gap");
	journey_check_given(fcinfo, 2, "as_of");
	gap = journey_interval_us(PG_GETARG_INTERVAL_P(1), "gap");
	as_of = PG_GETARG_TIMESTAMPTZ(2);
	/* deriving the row type would leave memory behind until the query ends, call after call */
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	work = AllocSetContextCreate(caller, "sessions", ALLOCSET_DEFAULT_SIZES);
	env = journey_env(work);
	journey_open(PG_GETARG_DATUM(0), &j);
	name = jn_alloc(&env, j.event.names * sizeof(JnName));
	jn_labels_names(&j.event, name);
	build = jn_build_new(&env, true);
	by_gap = CStringGetTextDatum("gap");

	/* one walk looks for the cuts, the other follows and takes the steps */
	jn_sessions_open(&sessions, &j, gap);
	jn_walk_open(&walk, &j);
	while (jn_sessions_next(&env, &sessions, &session))
	{
		bool		is_last = session.to == j.head.n;
		TimestampTz closes_at;
		bool		closes = closing_time(session.last, gap, &closes_at);
		bool		is_open = is_last && (!closes || as_of <= closes_at);
		Datum		value[COL_COUNT];
		bool		null[COL_COUNT] = {0};

		CHECK_FOR_INTERRUPTS();
		jn_build_reset(build);
		if (jn_build_add_run(&env, build, &walk, name, session.to - session.from, &err) != JN_OK)
			journey_report(&err, "journey");

		value[COL_SESSION] = Int32GetDatum(++number);
		value[COL_J] = journey_finish(&env, build);
		value[COL_CUT_BY] = by_gap;
		null[COL_CUT_BY] = is_open;
		value[COL_OPEN] = BoolGetDatum(is_open);
		value[COL_CLOSES_AT] = TimestampTzGetDatum(closes_at);
		null[COL_CLOSES_AT] = !closes;
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, value, null);
		pfree(DatumGetPointer(value[COL_J]));
	}
	MemoryContextDelete(work);
	return (Datum) 0;
}
