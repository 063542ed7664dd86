/*
 * prepared_arg.c
 *	  Arguments that are taken apart once for all rows of a query.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/memutils.h"

#include "compat.h"
#include "glue.h"
#include "prepared_arg.h"

/* What fn_extra points to. */
typedef struct PreparedArg
{
	MemoryContext context;		/* of what follows; emptied for another argument */
	struct varlena *bytes;		/* a copy of the argument; NULL if there is none yet */
	void	   *made;			/* of it */
} PreparedArg;

void *
journey_prepared_arg(FunctionCallInfo fcinfo, int arg, void *(*make) (struct varlena *value))
{
	struct varlena *value = PG_GETARG_VARLENA_P(arg);
	Size		size = VARSIZE(value);
	PreparedArg *prepared = (PreparedArg *) fcinfo->flinfo->fn_extra;
	MemoryContext caller;

	if (prepared == NULL)
	{
		prepared = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(PreparedArg));
		prepared->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "journey argument",
												  ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = prepared;
	}
	if (prepared->bytes == NULL ||
		VARSIZE(prepared->bytes) != size || memcmp(prepared->bytes, value, size) != 0)
	{
		/* whoever leaves make() by an error leaves nothing half made */
		prepared->bytes = NULL;
		MemoryContextReset(prepared->context);
		caller = MemoryContextSwitchTo(prepared->context);
		value = memcpy(palloc(size), value, size);
		prepared->made = make(value);
		prepared->bytes = value;
		MemoryContextSwitchTo(caller);
	}
	return prepared->made;
}

JnName *
journey_array_names(struct varlena *array, int *count)
{
	Datum	   *element;
	bool	   *null;
	JnName	   *name;
	int			n;
	int			i;

	deconstruct_array((ArrayType *) array, TEXTOID, -1, false, TYPALIGN_INT, &element, &null, &n);
	name = palloc_extended(Max(n, 1) * sizeof(JnName), MCXT_ALLOC_HUGE);
	*count = 0;
	for (i = 0; i < n; i++)
	{
		text	   *one = (text *) DatumGetPointer(element[i]);

		/* elements of an array are never toasted by themselves */
		if (!null[i])
			name[(*count)++] = (JnName) {VARDATA_ANY(one), VARSIZE_ANY_EXHDR(one)};
	}
	pfree(element);
	pfree(null);
	return name;
}

static void *
make_name_set(struct varlena *value)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnNameSet  *set = palloc(sizeof(JnNameSet));
	int			count;
	JnName	   *name = journey_array_names(value, &count);

	jn_name_set_make(&env, name, count, set);
	return set;
}

const JnNameSet *
journey_name_set_arg(FunctionCallInfo fcinfo, int arg)
{
	return journey_prepared_arg(fcinfo, arg, make_name_set);
}
