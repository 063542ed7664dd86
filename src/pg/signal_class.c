/*
 * signal_class.c
 *	  The labels of the enum journey.signal_class.
 */
#include "postgres.h"

#include "catalog/pg_enum.h"
#include "utils/syscache.h"

#include "compat.h"
#include "signal_class.h"

/* By JnSignalClass, as in the CREATE TYPE. */
static const char *const class_name[JN_SIGNAL_CLASSES] = {"flake", "pattern", "trend"};

void
journey_signal_class_labels(Oid type_id, Oid label[JN_SIGNAL_CLASSES])
{
	for (int i = 0; i < JN_SIGNAL_CLASSES; i++)
	{
		label[i] = GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid,
								   ObjectIdGetDatum(type_id), CStringGetDatum(class_name[i]));
		if (!OidIsValid(label[i]))
			elog(ERROR, "type %u has no label \"%s\"", type_id, class_name[i]);
	}
}
