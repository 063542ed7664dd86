/*
 * journey_fn.c
 *	  Questions about one journey: facts, steps, path.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/build.h"
#include "core/journey.h"
#include "glue.h"
#include "interaction.h"
#include "journey_value.h"

PG_FUNCTION_INFO_V1(journey_step_count);
PG_FUNCTION_INFO_V1(journey_started_at);
PG_FUNCTION_INFO_V1(journey_ended_at);
PG_FUNCTION_INFO_V1(journey_duration);
PG_FUNCTION_INFO_V1(journey_event_at);
PG_FUNCTION_INFO_V1(journey_time_at);
PG_FUNCTION_INFO_V1(journey_steps);
PG_FUNCTION_INFO_V1(journey_interactions);
PG_FUNCTION_INFO_V1(journey_variant);
PG_FUNCTION_INFO_V1(journey_variant_hash);

/*
 * The names of a column as Datums, so that each is made once: text, or text[]
 * for sets of senses.
 */
static Datum *
name_datums(const JnLabels *labels, Datum (*make) (JnName name))
{
	Datum	   *datum = palloc_extended(labels->names * sizeof(Datum), MCXT_ALLOC_HUGE);
	JnNames		names;
	uint32		i;

	jn_names_open(&names, labels);
	for (i = 0; i < labels->names; i++)
	{
		if (i % 1024 == 0)
			CHECK_FOR_INTERRUPTS();
		datum[i] = make(jn_names_next(&names));
	}
	return datum;
}

Datum
journey_step_count(PG_FUNCTION_ARGS)
{
	JnHeader	head;

	/* a step takes more than a byte, so the count fits */
	journey_open_header(PG_GETARG_DATUM(0), &head);
	PG_RETURN_INT32(head.n);
}

Datum
journey_started_at(PG_FUNCTION_ARGS)
{
	JnHeader	head;

	journey_open_header(PG_GETARG_DATUM(0), &head);
	PG_RETURN_TIMESTAMPTZ(head.first);
}

Datum
journey_ended_at(PG_FUNCTION_ARGS)
{
	JnHeader	head;

	journey_open_header(PG_GETARG_DATUM(0), &head);
	PG_RETURN_TIMESTAMPTZ(head.last);
}

Datum
journey_duration(PG_FUNCTION_ARGS)
{
	JnHeader	head;
	uint64		us;

	/* the whole range of timestamptz is longer than an int64 */
	journey_open_header(PG_GETARG_DATUM(0), &head);
	us = (uint64) head.last - (uint64) head.first;
	if (us > PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
				 errmsg("the journey lasts longer than an interval can hold"),
				 errdetail("An interval without days and months holds up to about 292277 years.")));
	PG_RETURN_INTERVAL_P(journey_us_interval((int64) us));
}

Datum
journey_event_at(PG_FUNCTION_ARGS)
{
	JnJourney	j;
	uint32		i;

	journey_open(PG_GETARG_DATUM(0), &j);
	if (!journey_step_index(&j.head, PG_GETARG_INT32(1), &i))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(journey_name_text(jn_labels_name(&j.event, jn_journey_code(&j, i))));
}

Datum
journey_time_at(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnHeader	head;
	JnJourney	j;
	uint32		i;

	/* the first and the last time stand in the header */
	journey_open_header(PG_GETARG_DATUM(0), &head);
	if (!journey_step_index(&head, PG_GETARG_INT32(1), &i))
		PG_RETURN_NULL();
	if (i == 0)
		PG_RETURN_TIMESTAMPTZ(head.first);
	if (i == head.n - 1)
		PG_RETURN_TIMESTAMPTZ(head.last);

	journey_open(PG_GETARG_DATUM(0), &j);
	PG_RETURN_TIMESTAMPTZ(jn_journey_time(&env, &j, i));
}

Datum
journey_steps(PG_FUNCTION_ARGS)
{
	JnJourney	j;
	Datum	   *text;
	Datum	   *step;
	uint32		i;

	journey_open(PG_GETARG_DATUM(0), &j);
	text = name_datums(&j.event, journey_name_text);
	step = palloc_extended(j.head.n * sizeof(Datum), MCXT_ALLOC_HUGE);
	for (i = 0; i < j.head.n; i++)
	{
		if (i % JN_TICK_EVERY == 0)
			CHECK_FOR_INTERRUPTS();
		step[i] = text[jn_journey_code(&j, i)];
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(step, j.head.n, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * Fills a tuplestore in one go: in FROM the executor would do so anyway, and
 * so the value is fetched once.  The columns are the number of the step and
 * those of an interaction.
 */
Datum
journey_interactions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnJourney	j;
	JnWalk		walk;
	Datum	   *event;
	Datum	   *label[JN_TRACKS];
	Datum		row[1 + INTERACTION_COLUMNS] = {0};
	bool		row_null[1 + INTERACTION_COLUMNS];
	Datum	   *value = row + 1;
	bool	   *null = row_null + 1;
	JnTrack		track;

	/* deriving the row type would leave memory behind until the query ends, call after call */
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	journey_open(PG_GETARG_DATUM(0), &j);
	event = name_datums(&j.event, journey_name_text);
	for (track = 0; track < JN_TRACKS; track++)
		if (track != JN_VALUE && jn_has_track(&j.head, track))
			label[track] = name_datums(&j.label[track], track == JN_SENSES ? journey_senses_array : journey_name_text);

	memset(row_null, true, sizeof(row_null));
	row_null[0] = null[INTERACTION_AT] = null[INTERACTION_EVENT] = false;
	for (jn_walk_open(&walk, &j); walk.next < j.head.n; jn_walk_next(&walk))
	{
		CHECK_FOR_INTERRUPTS();
		row[0] = Int32GetDatum(walk.next + 1);
		value[INTERACTION_AT] = TimestampTzGetDatum(walk.time);
		value[INTERACTION_EVENT] = event[jn_journey_code(&j, walk.next)];
		for (track = 0; track < JN_TRACKS && j.head.tracks != 0; track++)
		{
			int			column = INTERACTION_CHANNEL + track;

			if (!jn_has_track(&j.head, track))
				continue;
			if (track == JN_VALUE)
			{
				double		number;

				null[column] = !jn_values_next(jn_walk_values(&env, &walk), &number);
				if (!null[column])
					value[column] = Float8GetDatum(number);
			}
			else
			{
				uint32		code = jn_labels_code(&j.label[track], walk.next);

				null[column] = code == JN_NO_LABEL;
				if (!null[column])
					value[column] = label[track][code];
			}
		}
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, row, row_null);
	}
	return (Datum) 0;
}

Datum
journey_variant(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnJourney	j;
	uint64		size;
	text	   *result;

	journey_open(PG_GETARG_DATUM(0), &j);
	size = jn_journey_variant_size(&env, &j);
	if (size > MaxAllocSize - VARHDRSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("variant of the journey is too large"),
				 errdetail("It would take %llu bytes; at most %llu are allowed.",
						   (unsigned long long) size, (unsigned long long) MaxAllocSize - VARHDRSZ),
				 errhint("Use variant_hash() to group long paths.")));
	result = palloc(VARHDRSZ + size);
	SET_VARSIZE(result, VARHDRSZ + size);
	jn_journey_variant_write(&env, &j, VARDATA(result));
	PG_RETURN_TEXT_P(result);
}

Datum
journey_variant_hash(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnJourney	j;

	journey_open(PG_GETARG_DATUM(0), &j);
	PG_RETURN_INT64((int64) jn_journey_variant_hash(&env, &j));
}
