/*
 * interaction.c
 *	  The composite type journey.interaction as a step of the core, and back.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "compat.h"
#include "glue.h"
#include "interaction.h"

StaticAssertDecl(INTERACTION_CHANNEL + JN_SENSES == INTERACTION_SENSES, "columns are in the order of the tracks");

static const Oid column_type[INTERACTION_COLUMNS] = {
	TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, FLOAT8OID, TEXTARRAYOID
};

/* Whether the columns are as the extension made them: a superuser might have altered the type. */
static void
check_columns(TupleDesc columns)
{
	int			i;

	for (i = 0; i < INTERACTION_COLUMNS && columns->natts == INTERACTION_COLUMNS; i++)
		if (TupleDescAttr(columns, i)->atttypid != column_type[i])
			break;
	if (i < INTERACTION_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("type journey.interaction is not as the extension made it"),
				 errhint("Put back its attributes as the documentation lists them.")));
}

static JnName
name_of(Datum datum)
{
	text	   *t = DatumGetTextPP(datum);

	return (JnName) {VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)};
}

bool
journey_read_senses(Datum array, JnSenseSet *set)
{
	Datum	   *sense;
	bool	   *null;
	int			count;
	int			i;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &sense, &null, &count);
	jn_senses_clear(set);
	for (i = 0; i < count; i++)
	{
		JnName		name;
		JnError		err;

		if (null[i])
			continue;
		name = name_of(sense[i]);
		if (jn_senses_add(set, name.data, name.size, &err) != JN_OK)
			journey_report(&err, "journey");
	}
	return set->size > 0;
}

void
journey_read_interaction(Datum datum, Interaction *interaction)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(datum);
	TupleDesc	columns = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
	JnStep	   *step = &interaction->step;
	Datum		value[INTERACTION_COLUMNS];
	bool		null[INTERACTION_COLUMNS];
	HeapTupleData tuple;
	JnTrack		track;

	check_columns(columns);
	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	heap_deform_tuple(&tuple, columns, value, null);
	ReleaseTupleDesc(columns);

	interaction->has_time = !null[INTERACTION_AT];
	if (interaction->has_time)
	{
		step->time = DatumGetTimestampTz(value[INTERACTION_AT]);
		journey_check_time(step->time);
	}
	interaction->has_event = !null[INTERACTION_EVENT];
	if (interaction->has_event)
		step->event = name_of(value[INTERACTION_EVENT]);

	step->tracks = 0;
	for (track = 0; track < JN_TRACKS; track++)
	{
		int			column = INTERACTION_CHANNEL + track;

		if (null[column])
			continue;
		if (track == JN_VALUE)
			step->value = DatumGetFloat8(value[column]);
		else if (track != JN_SENSES)
			step->label[track] = name_of(value[column]);
		else if (journey_read_senses(value[column], &interaction->senses))
			step->label[track] = jn_senses_label(&interaction->senses);
		else
			continue;
		step->tracks |= 1U << track;
	}
}

Datum
journey_senses_array(JnName label)
{
	Datum		sense[JN_MAX_NAME];
	JnName		one;
	int			count = 0;

	/* each takes a byte at least */
	while (jn_set_next(&label, &one))
		sense[count++] = journey_name_text(one);
	return PointerGetDatum(construct_array(sense, count, TEXTOID, -1, false, TYPALIGN_INT));
}
