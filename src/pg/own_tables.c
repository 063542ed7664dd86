/*
 * own_tables.c
 *	  Finding the extension's own tables.
 *
 * Names are looked up in the schema of the extension only, and the answer is
 * checked against pg_extension and pg_depend.  What was found is kept for the
 * session; a relcache invalidation of any of the tables (DROP EXTENSION,
 * ALTER, REINDEX) drops it, and the next statement looks again.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "compat.h"
#include "own_tables.h"

/* A type of the extension, whose OID differs between databases. */
#define OUR_TYPE	InvalidOid

typedef struct TableDescription
{
	const char *name;
	struct
	{
		const char *name;		/* NULL after the last */
		Oid			type;
	}			column[JOURNEY_OWN_COLUMNS + 1];
} TableDescription;

/* In the order of JourneyOwnTable, columns in the order of their enum. */
static const TableDescription descriptions[JOURNEY_OWN_TABLES] = {
	{"purpose", {
			{"name", TEXTOID},
			{"number", INT4OID},
			{"dpv", TEXTOID},
	}},
	{"reader_purpose", {
			{"purpose", INT4OID},
			{"reader", REGROLEOID},
			{"valid_from", TIMESTAMPTZOID},
			{"valid_until", TIMESTAMPTZOID},
	}},
	{"subject", {
			{"name", TEXTOID},
			{"number", INT8OID},
			{"restricted", BOOLOID},
			{"erased", BOOLOID},
			{"kind", OUR_TYPE},
			{"jurisdiction", TEXTOID},
			{"born", DATEOID},
	}},
	{"subject", {
			{"number", INT8OID},
			{"name", TEXTOID},
	}},
	{"subject", {
			{"xid", XID8OID},
			{"number", INT8OID},
	}},
	{"state", {
			{"subject", INT8OID},
			{"purpose", INT4OID},
			{"given", INT8OID},
			{"refused", INT8OID},
			{"withdrawn", INT8OID},
			{"objected", INT8OID},
			{"expired", INT8OID},
			{"covers_descendants", BOOLOID},
			{"explicit", BOOLOID},
			{"parental", BOOLOID},
			{"valid_from", TIMESTAMPTZOID},
			{"valid_until", TIMESTAMPTZOID},
			{"notice", TEXTOID},
	}},
	{"ledger", {
			{"xid", XID8OID},
			{"subject", INT8OID},
	}},
	{"change", {
			{"xid", XID8OID},
	}},
	{"fact_page", {
			{"part", INT4OID},
			{"bytes", BYTEAOID},
	}},
	{"data_class", {
			{"name", TEXTOID},
			{"special", BOOLOID},
	}},
	{"prohibition", {
			{"class", TEXTOID},
			{"purpose", TEXTOID},
			{"number", INT8OID},
	}},
	{"jurisdiction", {
			{"name", TEXTOID},
			{"is_default", BOOLOID},
	}},
	{"rule", {
			{"jurisdiction", TEXTOID},
			{"number", INT8OID},
			{"purpose", TEXTOID},
			{"dpv", TEXTOID},
			{"class", TEXTOID},
			{"special", BOOLOID},
			{"kind", OUR_TYPE},
			{"regime", TEXTOID},
			{"min_age", INT4OID},
			{"retention", INTERVALOID},
			{"valid_from", TIMESTAMPTZOID},
			{"valid_until", TIMESTAMPTZOID},
	}},
	{"lawful_basis", {
			{"purpose", TEXTOID},
			{"number", INT8OID},
			{"class", TEXTOID},
			{"jurisdiction", TEXTOID},
			{"kind", OUR_TYPE},
			{"basis", TEXTOID},
			{"valid_from", TIMESTAMPTZOID},
			{"valid_until", TIMESTAMPTZOID},
	}},
	{"notice", {
			{"purpose", TEXTOID},
			{"version", TEXTOID},
			{"number", INT4OID},
			{"renews", BOOLOID},
	}},
	{"policy", {
			{"id", UUIDOID},
			{"column_name", NAMEOID},
	}},
	{"subject_key", {
			{"subject", TEXTOID},
			{"epoch", INT4OID},
			{"wrapped", BYTEAOID},
	}},
};

static JourneyTable found[JOURNEY_OWN_TABLES];
static bool found_valid = false;

/* Counts invalidations, so that one that comes while we look is not missed. */
static uint64 invalidations = 0;

/* Those that say something about what was read. */
static uint64 generation = 0;

static void
invalidate(Datum arg, Oid relid)
{
	for (int i = 0; i < JOURNEY_OWN_TABLES; i++)
	{
		if (relid == InvalidOid || relid == found[i].relid)
		{
			found_valid = false;
			invalidations++;
			if (relid == InvalidOid || i != JOURNEY_FACT_PAGE)
				generation++;
			return;
		}
	}
}

bool
journey_find_extension(Oid *extension, Oid *owner, Oid *schema)
{
	Relation	rel;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	*extension = get_extension_oid("journey", true);
	if (!OidIsValid(*extension))
		return false;

	rel = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(*extension));
	scan = systable_beginscan(rel, ExtensionOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		Form_pg_extension form = (Form_pg_extension) GETSTRUCT(tuple);

		*owner = form->extowner;
		*schema = form->extnamespace;
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return HeapTupleIsValid(tuple);
}

/* A btree over all rows that begins with this column, or InvalidOid. */
static Oid
find_index(Relation rel, AttrNumber column)
{
	Oid			result = InvalidOid;
	List	   *indexes = RelationGetIndexList(rel);
	ListCell   *lc;

	foreach(lc, indexes)
	{
		Relation	index = index_open(lfirst_oid(lc), AccessShareLock);
		Form_pg_index form = index->rd_index;

		if (index->rd_rel->relam == BTREE_AM_OID &&
			form->indisvalid &&
			form->indkey.values[0] == column &&
			heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL) &&
			(!OidIsValid(index->rd_indcollation[0]) ||
			 index->rd_indcollation[0] == C_COLLATION_OID))
			result = RelationGetRelid(index);

		index_close(index, AccessShareLock);
		if (OidIsValid(result))
			break;
	}
	list_free(indexes);
	return result;
}

/* The column of this name, or 0.  Looked for in what is open: a catalog cache would have to read each one. */
static AttrNumber
find_column(TupleDesc desc, const char *name)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		if (!column->attisdropped && namestrcmp(&column->attname, name) == 0)
			return column->attnum;
	}
	return 0;
}

/* Fills *table if the open relation has the columns and the index we need. */
static bool
describe(Relation rel, Oid extension, const TableDescription *description, JourneyTable *table)
{
	TupleDesc	desc = RelationGetDescr(rel);

	table->relid = RelationGetRelid(rel);
	for (int i = 0; description->column[i].name != NULL; i++)
	{
		AttrNumber	column = find_column(desc, description->column[i].name);
		Oid			type;

		if (column == 0)
			return false;
		type = TupleDescAttr(desc, column - 1)->atttypid;
		if (description->column[i].type == OUR_TYPE ?
			getExtensionOfObject(TypeRelationId, type) != extension :
			type != description->column[i].type)
			return false;
		table->column[i] = column;
	}

	table->index = find_index(rel, table->column[0]);
	return OidIsValid(table->index);
}

static bool
find_table(Oid extension, Oid owner, Oid schema,
		   const TableDescription *description, JourneyTable *table)
{
	Oid			relid = get_relname_relid(description->name, schema);
	Relation	rel;
	bool		ours;

	if (!OidIsValid(relid) ||
		get_rel_relkind(relid) != RELKIND_RELATION ||
		getExtensionOfObject(RelationRelationId, relid) != extension)
		return false;

	rel = try_table_open(relid, AccessShareLock);
	if (rel == NULL)
		return false;

	ours = rel->rd_rel->relowner == owner &&
		rel->rd_rel->relpersistence == RELPERSISTENCE_PERMANENT &&
		describe(rel, extension, description, table);

	table_close(rel, AccessShareLock);
	return ours;
}

bool
journey_find_own_tables(JourneyTable *tables)
{
	static bool registered = false;

	if (!registered)
	{
		CacheRegisterRelcacheCallback(invalidate, (Datum) 0);
		registered = true;
	}

	while (!found_valid)
	{
		uint64		before = invalidations;
		Oid			extension;
		Oid			owner;
		Oid			schema;

		memset(found, 0, sizeof(found));
		if (!journey_find_extension(&extension, &owner, &schema))
			return false;

		for (int i = 0; i < JOURNEY_OWN_TABLES; i++)
		{
			if (!find_table(extension, owner, schema, &descriptions[i], &found[i]))
				return false;
		}

		/* A table changed after we had found it: look again. */
		found_valid = (before == invalidations);
	}

	memcpy(tables, found, sizeof(found));
	return true;
}

uint64
journey_own_tables_generation(void)
{
	return generation;
}

/* Is the trigger there, with a function of the extension, and fires always? */
static bool
fires(Relation rel, Oid extension, const char *name)
{
	for (int i = 0; rel->trigdesc != NULL && i < rel->trigdesc->numtriggers; i++)
	{
		const Trigger *trigger = &rel->trigdesc->triggers[i];

		if (strcmp(trigger->tgname, name) == 0)
			return trigger->tgenabled == TRIGGER_FIRES_ALWAYS &&
				getExtensionOfObject(ProcedureRelationId, trigger->tgfoid) == extension;
	}
	return false;
}

bool
journey_own_triggers_fire(const JourneyTable *tables)
{
	static const struct
	{
		JourneyOwnTable table;
		const char *trigger;
	}			needed[] = {
		{JOURNEY_LEDGER, "stamp"},
		{JOURNEY_LEDGER, "to_state"},
		{JOURNEY_SUBJECT, "stamp"},
		{JOURNEY_SUBJECT, "tell_renamed"},
		{JOURNEY_SUBJECT, "tell_removed"},
		{JOURNEY_STATE, "tell_written"},
		{JOURNEY_STATE, "tell_emptied"}
	};
	Oid			extension = get_extension_oid("journey", true);
	bool		fire = OidIsValid(extension);

	for (int i = 0; i < lengthof(needed) && fire; i++)
	{
		Relation	rel = try_table_open(tables[needed[i].table].relid, AccessShareLock);

		if (rel == NULL)
			return false;
		fire = fires(rel, extension, needed[i].trigger);
		table_close(rel, AccessShareLock);
	}
	return fire;
}
