/*
 * journey_set_fn.c
 *	  Questions about a set of journeys: facts, subjects, single journeys; and
 *	  two sets made one.
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
#include "core/set.h"
#include "core/set_merge.h"
#include "core/set_text.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"

PG_FUNCTION_INFO_V1(journey_set_subject_count);
PG_FUNCTION_INFO_V1(journey_set_step_count);
PG_FUNCTION_INFO_V1(journey_set_started_at);
PG_FUNCTION_INFO_V1(journey_set_ended_at);
PG_FUNCTION_INFO_V1(journey_set_subjects);
PG_FUNCTION_INFO_V1(journey_set_journeys);
PG_FUNCTION_INFO_V1(journey_set_journey_of);
PG_FUNCTION_INFO_V1(journey_set_merge);


/* ----- facts ----- */

Datum
journey_set_subject_count(PG_FUNCTION_ARGS)
{
	JnSetHeader head;

	/* a subject takes two bytes and more, so the count fits; so does that of steps */
	journey_set_open_header(PG_GETARG_DATUM(0), &head);
	PG_RETURN_INT32(head.parts - head.ghosts);
}

Datum
journey_set_step_count(PG_FUNCTION_ARGS)
{
	JnSetHeader head;

	journey_set_open_header(PG_GETARG_DATUM(0), &head);
	PG_RETURN_INT32(head.rows - head.ghosts);
}

Datum
journey_set_started_at(PG_FUNCTION_ARGS)
{
	JnSetHeader head;

	journey_set_open_header(PG_GETARG_DATUM(0), &head);
	PG_RETURN_TIMESTAMPTZ(head.first);
}

Datum
journey_set_ended_at(PG_FUNCTION_ARGS)
{
	JnSetHeader head;

	journey_set_open_header(PG_GETARG_DATUM(0), &head);
	PG_RETURN_TIMESTAMPTZ(head.last);
}


/* ----- subjects and their journeys ----- */

Datum
journey_set_subjects(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnSet		s;
	JnSetParts	parts;
	JnPart		part;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	journey_set_open(PG_GETARG_DATUM(0), &s);
	jn_set_parts_open(&parts, &s);
	while (jn_set_parts_next(&env, &parts, &part))
	{
		bool		null = false;
		Datum		subject;

		CHECK_FOR_INTERRUPTS();
		if (part.ghost)
			continue;
		subject = journey_set_key_text(&part.key);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &subject, &null);
		pfree(DatumGetPointer(subject));
	}
	jn_set_parts_close(&env, &parts);
	return (Datum) 0;
}

Datum
journey_set_journeys(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnSet		s;
	JnSetParts	parts;
	JnSetSteps	steps;
	JnSetNames	names;
	JnPart		part;
	JnBuild    *build;
	bool		null[2] = {false, false};

	/* deriving the row type would leave memory behind until the query ends, call after call */
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	journey_set_open(PG_GETARG_DATUM(0), &s);
	jn_set_parts_open(&parts, &s);
	jn_set_steps_open(&steps, &s);
	jn_set_names_open(&env, &names, &s);
	build = jn_build_new(&env, true);
	while (jn_set_parts_next(&env, &parts, &part))
	{
		Datum		value[2];
		JnError		err;

		CHECK_FOR_INTERRUPTS();
		if (jn_set_part_build(&env, &steps, &names, &part, build, &err) != JN_OK)
			journey_report(&err, "journey");
		value[0] = journey_set_key_text(&part.key);
		value[1] = journey_finish(&env, build);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, value, null);
		pfree(DatumGetPointer(value[0]));
		pfree(DatumGetPointer(value[1]));
		jn_build_reset(build);
	}
	jn_build_free(&env, build);
	jn_set_names_close(&env, &names);
	jn_set_parts_close(&env, &parts);
	return (Datum) 0;
}

Datum
journey_set_journey_of(PG_FUNCTION_ARGS)
{
	text	   *subject = PG_GETARG_TEXT_PP(1);
	JnEnv		env = journey_env(CurrentMemoryContext);
	char		uuid[JN_UUID_SIZE];
	JnSet		s;
	JnSetParts	parts;
	JnSetSteps	steps;
	JnSetNames	names;
	JnKey		key;
	JnPart		part;
	JnBuild    *build;
	JnError		err;

	journey_set_open(PG_GETARG_DATUM(0), &s);

	/* what is no number, or no uuid, is nobody's key */
	if (!jn_key_read(s.head.kind, VARDATA_ANY(subject), VARSIZE_ANY_EXHDR(subject), uuid, &key) ||
		!jn_set_find(&env, &s, &key, &parts, &part))
		PG_RETURN_NULL();
	jn_set_steps_open(&steps, &s);
	jn_set_names_open(&env, &names, &s);
	build = jn_build_new(&env, true);
	if (jn_set_part_build(&env, &steps, &names, &part, build, &err) != JN_OK)
		journey_report(&err, "journey");
	return journey_finish(&env, build);
}

/* a || b.  No set is a set without journeys, so NULL adds nothing. */
Datum
journey_set_merge(PG_FUNCTION_ARGS)
{
	MemoryContext work;
	JnEnv		env;
	JnSet		set[2];
	const JnSet *operand[2];
	JnSetBuild *build;
	JnError		err;
	Datum		result;
	int			i;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
	{
		if (!PG_ARGISNULL(0))
			PG_RETURN_DATUM(PG_GETARG_DATUM(0));
		if (!PG_ARGISNULL(1))
			PG_RETURN_DATUM(PG_GETARG_DATUM(1));
		PG_RETURN_NULL();
	}

	work = AllocSetContextCreate(CurrentMemoryContext, "journey_set merge", ALLOCSET_SMALL_SIZES);
	env = journey_env(work);
	for (i = 0; i < 2; i++)
	{
		journey_set_open(PG_GETARG_DATUM(i), &set[i]);
		operand[i] = &set[i];
	}
	build = jn_set_build_new(&env, set[0].head.kind, JN_MAX_BYTES);
	if (jn_sets_merge(&env, operand, 2, true, build, &err) != JN_OK)
		journey_report(&err, "journey_set");
	result = journey_set_finish(&env, build);
	MemoryContextDelete(work);
	return result;
}
