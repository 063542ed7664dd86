/*
 * beside.h
 *	  For triggers of the ledger: the extension's other tables, opened by name
 *	  in the ledger's schema, and written without the executor.
 *
 * A trigger is called for thousands of rows in a statement, so what it finds out
 * about a table is kept with the function for as long.  The tables stay locked
 * to the end of the transaction, and nobody alters them meanwhile.
 */
#ifndef JOURNEY_BESIDE_H
#define JOURNEY_BESIDE_H

#include "access/attnum.h"
#include "commands/trigger.h"
#include "utils/relcache.h"

#define BESIDE_COLUMNS	16

/* What we expect of a table. */
typedef struct BesideColumns
{
	const char *table;
	int			ncolumns;
	struct
	{
		const char *name;
		Oid			type;
	}			column[BESIDE_COLUMNS];
} BesideColumns;

/* Where it is. */
typedef struct Beside
{
	Oid			relid;			/* invalid until it is looked for */
	Oid			index;			/* of the primary key */
	AttrNumber	column[BESIDE_COLUMNS];
} Beside;

/*
 * Opens the table and fills *beside, if it is not yet.  Raises if the table is
 * missing or has not these columns: somebody altered it.  To be closed with
 * NoLock.
 */
extern Relation journey_open_beside(Relation ledger, const BesideColumns *expected,
									Beside *beside, LOCKMODE mode);

/* Raises unless called as a trigger for each row before or after INSERT. */
extern TriggerData *journey_check_trigger(FunctionCallInfo fcinfo, bool before);

#endif							/* JOURNEY_BESIDE_H */
