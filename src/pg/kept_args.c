/*
 * kept_args.c
 *	  What a function makes of several arguments, kept while they stay the same.
 */
#include "postgres.h"

#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "kept_args.h"

KeptArgs *
journey_kept_args(FunctionCallInfo fcinfo)
{
	KeptArgs   *kept = fcinfo->flinfo->fn_extra;
	MemoryContext old;

	if (kept != NULL)
		return kept;
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	kept = palloc0(sizeof(KeptArgs));
	kept->context = AllocSetContextCreate(CurrentMemoryContext, "journey question", ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&kept->key);
	initStringInfo(&kept->now);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = kept;
	return kept;
}

/* Writes down the arguments of a row. */
static void
note_args(FunctionCallInfo fcinfo, const char *kinds, int base, StringInfo note)
{
	int			arg;

	resetStringInfo(note);
	for (arg = base; arg < PG_NARGS(); arg++)
	{
		Datum		value = PG_GETARG_DATUM(arg);
		struct varlena *varlena;
		uint32		size;

		appendStringInfoChar(note, PG_ARGISNULL(arg));
		if (PG_ARGISNULL(arg))
			continue;
		switch (kinds[arg - base])
		{
			case 'i':
				appendBinaryStringInfo(note, (char *) PG_GETARG_INTERVAL_P(arg), sizeof(Interval));
				break;
			case 'd':
				appendBinaryStringInfo(note, (char *) &value, sizeof(Datum));
				break;
			default:
				varlena = PG_GETARG_VARLENA_PP(arg);
				size = VARSIZE_ANY_EXHDR(varlena);
				appendBinaryStringInfo(note, (char *) &size, sizeof(uint32));
				appendBinaryStringInfo(note, VARDATA_ANY(varlena), size);
		}
	}
}

bool
journey_kept_same(FunctionCallInfo fcinfo, KeptArgs *kept, const char *kinds, int base)
{
	note_args(fcinfo, kinds, base, &kept->now);
	if (kept->made != NULL && kept->key.len == kept->now.len
		&& memcmp(kept->key.data, kept->now.data, kept->now.len) == 0)
		return true;
	journey_keep_nothing(kept);
	return false;
}

void
journey_keep(KeptArgs *kept, void *made)
{
	kept->made = made;
	appendBinaryStringInfo(&kept->key, kept->now.data, kept->now.len);
}

void
journey_keep_nothing(KeptArgs *kept)
{
	kept->made = NULL;
	resetStringInfo(&kept->key);
	MemoryContextReset(kept->context);
}
