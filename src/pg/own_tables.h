/*
 * own_tables.h
 *	  The extension's own tables, found by what they are and never by
 *	  search_path.
 *
 * The decision reads them directly, whatever rights the reader has, so it must
 * be sure that they are ours: in the schema journey, members of the extension,
 * ordinary permanent tables, owned by the extension's owner, with the columns
 * we expect.  A table that fails one of these does not exist for us.
 */
#ifndef JOURNEY_OWN_TABLES_H
#define JOURNEY_OWN_TABLES_H

#include "access/attnum.h"

typedef enum JourneyOwnTable
{
	JOURNEY_PURPOSE,
	JOURNEY_READER_PURPOSE,
	JOURNEY_SUBJECT,
	JOURNEY_STATE,
	JOURNEY_POLICY,
	JOURNEY_OWN_TABLES
} JourneyOwnTable;

/* The columns that C reads.  The first of a table is the one rows are found by. */
enum
{
	JOURNEY_PURPOSE_NAME = 0,	/* text */
	JOURNEY_PURPOSE_NUMBER,		/* int4 */

	JOURNEY_READER_PURPOSE_PURPOSE = 0, /* int4 */
	JOURNEY_READER_PURPOSE_READER,	/* regrole */
	JOURNEY_READER_PURPOSE_FROM,	/* timestamptz, inclusive */
	JOURNEY_READER_PURPOSE_UNTIL,	/* timestamptz, exclusive */

	JOURNEY_SUBJECT_NAME = 0,	/* text */
	JOURNEY_SUBJECT_NUMBER,		/* int8 */
	JOURNEY_SUBJECT_RESTRICTED, /* bool */
	JOURNEY_SUBJECT_ERASED,		/* bool */

	JOURNEY_STATE_SUBJECT = 0,	/* int8 */
	JOURNEY_STATE_PURPOSE,		/* int4 */
	JOURNEY_STATE_GIVEN,		/* int8, ledger position or 0 */
	JOURNEY_STATE_CLOSED,		/* int8, ledger position or 0 */
	JOURNEY_STATE_COVERS,		/* bool */
	JOURNEY_STATE_FROM,			/* timestamptz, inclusive */
	JOURNEY_STATE_UNTIL,		/* timestamptz, exclusive */

	JOURNEY_POLICY_ID = 0,		/* uuid */
	JOURNEY_POLICY_COLUMN,		/* name */
	JOURNEY_POLICY_TYPE,		/* regtype */
	JOURNEY_POLICY_MASK,		/* text */
	JOURNEY_POLICY_CLASS,		/* text */
	JOURNEY_POLICY_VALUE,		/* text */
	JOURNEY_POLICY_KEEP_FIRST,	/* int4 */
	JOURNEY_POLICY_KEEP_LAST,	/* int4 */
	JOURNEY_POLICY_MIN_HIDDEN,	/* int4 */
	JOURNEY_POLICY_EPOCH,		/* int4 */

	JOURNEY_OWN_COLUMNS = 10	/* the most that a table has */
};

typedef struct JourneyTable
{
	Oid			relid;
	Oid			index;			/* a btree that begins with the first column */
	AttrNumber	column[JOURNEY_OWN_COLUMNS];	/* by the enum above */
} JourneyTable;

/* The extension, its owner and its schema; false if it is not there. */
extern bool journey_find_extension(Oid *extension, Oid *owner, Oid *schema);

/*
 * Finds all tables and copies what was found to tables[JOURNEY_OWN_TABLES].
 * False if one is missing or not as it must be; then the array holds nothing.
 * Remembered between calls until one of them is altered or dropped.
 */
extern bool journey_find_own_tables(JourneyTable *tables);

#endif							/* JOURNEY_OWN_TABLES_H */
