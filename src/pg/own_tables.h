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
	JOURNEY_SUBJECT_BY_NUMBER,	/* the same table, found by other columns */
	JOURNEY_SUBJECT_BY_XID,
	JOURNEY_STATE,
	JOURNEY_LEDGER,
	JOURNEY_CHANGE,
	JOURNEY_FACT_PAGE,
	JOURNEY_DATA_CLASS,
	JOURNEY_PROHIBITION,
	JOURNEY_JURISDICTION,
	JOURNEY_RULE,
	JOURNEY_LAWFUL_BASIS,
	JOURNEY_NOTICE,
	JOURNEY_POLICY,
	JOURNEY_SUBJECT_KEY,
	JOURNEY_OWN_TABLES
} JourneyOwnTable;

/* The columns that C reads.  The first of a table is the one rows are found by. */
enum
{
	JOURNEY_PURPOSE_NAME = 0,	/* text */
	JOURNEY_PURPOSE_NUMBER,		/* int4 */
	JOURNEY_PURPOSE_DPV,		/* text, may be NULL */

	JOURNEY_READER_PURPOSE_PURPOSE = 0, /* int4 */
	JOURNEY_READER_PURPOSE_READER,	/* regrole */
	JOURNEY_READER_PURPOSE_FROM,	/* timestamptz, inclusive */
	JOURNEY_READER_PURPOSE_UNTIL,	/* timestamptz, exclusive */

	JOURNEY_SUBJECT_NAME = 0,	/* text */
	JOURNEY_SUBJECT_NUMBER,		/* int8 */
	JOURNEY_SUBJECT_RESTRICTED, /* bool */
	JOURNEY_SUBJECT_ERASED,		/* bool */
	JOURNEY_SUBJECT_KIND,		/* journey.subject_kind */
	JOURNEY_SUBJECT_JURISDICTION,	/* text, may be NULL */
	JOURNEY_SUBJECT_BORN,		/* date, may be NULL */

	JOURNEY_SUBJECT_BY_NUMBER_NUMBER = 0,	/* int8 */
	JOURNEY_SUBJECT_BY_NUMBER_NAME, /* text */

	JOURNEY_SUBJECT_BY_XID_XID = 0, /* xid8 */
	JOURNEY_SUBJECT_BY_XID_NUMBER,	/* int8 */

	JOURNEY_LEDGER_XID = 0,		/* xid8 */
	JOURNEY_LEDGER_SUBJECT,		/* int8 */

	JOURNEY_CHANGE_XID = 0,		/* xid8 */

	JOURNEY_FACT_PAGE_PART = 0, /* int4 */
	JOURNEY_FACT_PAGE_BYTES,	/* bytea */

	JOURNEY_STATE_SUBJECT = 0,	/* int8 */
	JOURNEY_STATE_PURPOSE,		/* int4 */
	JOURNEY_STATE_GIVEN,		/* int8, ledger position or 0 */
	JOURNEY_STATE_REFUSED,		/* the same */
	JOURNEY_STATE_WITHDRAWN,	/* the same */
	JOURNEY_STATE_OBJECTED,		/* the same */
	JOURNEY_STATE_EXPIRED,		/* the same */
	JOURNEY_STATE_COVERS,		/* bool */
	JOURNEY_STATE_EXPLICIT,		/* bool */
	JOURNEY_STATE_PARENTAL,		/* bool */
	JOURNEY_STATE_FROM,			/* timestamptz, inclusive */
	JOURNEY_STATE_UNTIL,		/* timestamptz, exclusive */
	JOURNEY_STATE_NOTICE,		/* text */

	JOURNEY_DATA_CLASS_NAME = 0,	/* text */
	JOURNEY_DATA_CLASS_SPECIAL, /* bool */

	JOURNEY_PROHIBITION_CLASS = 0,	/* text */
	JOURNEY_PROHIBITION_PURPOSE,	/* text */
	JOURNEY_PROHIBITION_NUMBER, /* int8 */

	JOURNEY_JURISDICTION_NAME = 0,	/* text */
	JOURNEY_JURISDICTION_DEFAULT,	/* bool */

	JOURNEY_RULE_JURISDICTION = 0,	/* text */
	JOURNEY_RULE_NUMBER,		/* int8 */
	JOURNEY_RULE_PURPOSE,		/* text, may be NULL */
	JOURNEY_RULE_DPV,			/* text, may be NULL */
	JOURNEY_RULE_CLASS,			/* text, may be NULL */
	JOURNEY_RULE_SPECIAL,		/* bool */
	JOURNEY_RULE_KIND,			/* journey.subject_kind, may be NULL */
	JOURNEY_RULE_REGIME,		/* text, may be NULL */
	JOURNEY_RULE_MIN_AGE,		/* int4, may be NULL */
	JOURNEY_RULE_RETENTION,		/* interval, may be NULL */
	JOURNEY_RULE_FROM,			/* timestamptz, inclusive */
	JOURNEY_RULE_UNTIL,			/* timestamptz, exclusive */

	JOURNEY_LAWFUL_BASIS_PURPOSE = 0,	/* text */
	JOURNEY_LAWFUL_BASIS_NUMBER,	/* int8 */
	JOURNEY_LAWFUL_BASIS_CLASS, /* text, may be NULL */
	JOURNEY_LAWFUL_BASIS_JURISDICTION,	/* text */
	JOURNEY_LAWFUL_BASIS_KIND,	/* journey.subject_kind, may be NULL */
	JOURNEY_LAWFUL_BASIS_BASIS, /* text */
	JOURNEY_LAWFUL_BASIS_FROM,	/* timestamptz, inclusive */
	JOURNEY_LAWFUL_BASIS_UNTIL, /* timestamptz, exclusive */

	JOURNEY_NOTICE_PURPOSE = 0, /* text */
	JOURNEY_NOTICE_VERSION,		/* text */
	JOURNEY_NOTICE_NUMBER,		/* int4 */
	JOURNEY_NOTICE_RENEWS,		/* bool */

	/* the options of its mask are found by their names, see masks.h */
	JOURNEY_POLICY_ID = 0,		/* uuid */
	JOURNEY_POLICY_COLUMN,		/* name */

	JOURNEY_SUBJECT_KEY_SUBJECT = 0,	/* text */
	JOURNEY_SUBJECT_KEY_EPOCH,	/* int4 */
	JOURNEY_SUBJECT_KEY_WRAPPED,	/* bytea */

	JOURNEY_OWN_COLUMNS = 13	/* the most that a table has */
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

/*
 * Grows with every invalidation of one of the tables: DDL, also VACUUM and the
 * like; but for fact_page, which holds nothing that the others do not.  What was read from tables that are locked stays true while it is the
 * same.
 */
extern uint64 journey_own_tables_generation(void);

/*
 * Are the triggers in place that keep the state, and tell of changes (see
 * changes.c)?  False if one is missing, not ours, or disabled.
 */
extern bool journey_own_triggers_fire(const JourneyTable *tables);

#endif							/* JOURNEY_OWN_TABLES_H */
