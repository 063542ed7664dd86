/*
 * sessions_fn.c
 *	  sessions(): a journey cut into journeys.
 */
#include "postgres.h"

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
#include "session_rules.h"

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

/* Names of the rules, for cut_by. */
static const char *const end_name[JN_SESSION_ENDS] = {
	[JN_ENDED_ENDS_WITH] = "ends_with",
	[JN_ENDED_MAX_STEPS] = "max_steps",
	[JN_ENDED_GAP] = "gap",
	[JN_ENDED_MAX_DURATION] = "max_duration",
	[JN_ENDED_CALENDAR] = "calendar",
	[JN_ENDED_STARTS_WITH] = "starts_with",
	[JN_ENDED_SPLIT_ON] = "split_on"
};

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
	const JnSessionRules *rules = journey_session_rules(fcinfo, 1);
	Datum		cut_by[JN_SESSION_ENDS] = {0};
	int32		number = 0;
	int			end;

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
	for (end = JN_ENDED_NOT + 1; end < JN_SESSION_ENDS; end++)
		cut_by[end] = CStringGetTextDatum(end_name[end]);

	/* one walk looks for the cuts, the other follows and takes the steps */
	jn_sessions_open(&env, &sessions, &j, rules);
	jn_walk_open(&walk, &j);
	while (jn_sessions_next(&env, &sessions, &session))
	{
		bool		is_open = session.end == JN_ENDED_NOT;
		Datum		value[COL_COUNT];
		bool		null[COL_COUNT] = {0};

		CHECK_FOR_INTERRUPTS();
		jn_build_reset(build);
		if (jn_build_add_run(&env, build, &walk, name, session.to - session.from, &err) != JN_OK)
			journey_report(&err, "journey");

		value[COL_SESSION] = Int32GetDatum(++number);
		value[COL_J] = journey_finish(&env, build);
		value[COL_CUT_BY] = cut_by[session.end];
		null[COL_CUT_BY] = is_open;
		value[COL_OPEN] = BoolGetDatum(is_open);
		value[COL_CLOSES_AT] = TimestampTzGetDatum(session.closes);
		null[COL_CLOSES_AT] = session.closes == JN_TIME_NEVER;
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, value, null);
		pfree(DatumGetPointer(value[COL_J]));
	}
	MemoryContextDelete(work);
	return (Datum) 0;
}
