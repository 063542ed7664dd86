/*
 * seal.h
 *	  How a view proves that journey.protect() wrote it.
 *
 * A seal names one row of journey.policy.  Only who has the rights of the
 * extension's owner can turn text into one, and nothing turns bytes into one,
 * so the seals that exist are the constants in views that protect() or a
 * restore by a superuser made.  Readers may call journey._cell(), but have
 * nothing to call it with.
 */
#ifndef JOURNEY_SEAL_H
#define JOURNEY_SEAL_H

#include "fmgr.h"
#include "utils/uuid.h"

/* 80 bytes, passed by reference, alignment char; the layout is stored in views. */
typedef struct JourneySeal
{
	pg_uuid_t	policy;			/* journey.policy.id */
	NameData	column;			/* journey.policy.column_name; empty: the row as a whole */
} JourneySeal;

#define PG_GETARG_SEAL_P(n) ((const JourneySeal *) PG_GETARG_POINTER(n))

#endif							/* JOURNEY_SEAL_H */
