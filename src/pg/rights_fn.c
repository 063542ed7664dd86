/*
 * rights_fn.c
 *	  Setting the rights on a relation exactly as given.
 *
 * GRANT and REVOKE cannot do what journey.protect() and journey.unprotect()
 * need: take away what other roles granted on, and give it back with the same
 * grantors.  So this writes the list itself, with the same bookkeeping as the
 * server's own commands (dependencies on roles, invalidation).
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "compat.h"

PG_FUNCTION_INFO_V1(journey__set_rights);

/*
 * The list as the server keeps it: one item for each pair of grantee and
 * grantor.  Items of one pair are merged; the argument is not changed.
 */
static Acl *
normal_acl(const Acl *given)
{
	Acl		   *acl = palloc(VARSIZE(given));
	AclItem    *item;
	int			n = 0;

	memcpy(acl, given, VARSIZE(given));
	if (ARR_NDIM(acl) == 0)
		return make_empty_acl();
	if (ARR_NDIM(acl) != 1 || ARR_HASNULL(acl) || ARR_ELEMTYPE(acl) != ACLITEMOID)
		elog(ERROR, "list of rights is not a plain array");

	item = ACL_DAT(acl);
	for (int i = 0; i < ACL_NUM(given); i++)
	{
		int			j = 0;

		while (j < n && !(item[j].ai_grantee == item[i].ai_grantee &&
						  item[j].ai_grantor == item[i].ai_grantor))
			j++;
		if (j == n)
			item[n++] = item[i];
		else
			item[j].ai_privs |= item[i].ai_privs;
	}
	ARR_DIMS(acl)[0] = n;
	SET_VARSIZE(acl, ARR_OVERHEAD_NONULLS(1) + n * sizeof(AclItem));
	return acl;
}

/*
 * _set_rights(relation regclass, attnum int2, rights aclitem[]): attnum 0 is
 * the relation, NULL rights are those of a new relation.
 */
Datum
journey__set_rights(PG_FUNCTION_ARGS)
{
	Oid			relid;
	AttrNumber	attnum;
	Acl		   *acl = NULL;
	Oid			catalog;
	AttrNumber	column;
	Relation	rel;
	HeapTuple	old;
	HeapTuple	new;
	Oid			owner;
	Datum		values[Natts_pg_class > Natts_pg_attribute ? Natts_pg_class : Natts_pg_attribute];
	bool		nulls[lengthof(values)];
	bool		replace[lengthof(values)];
	Datum		old_datum;
	bool		old_null;
	Oid		   *old_members = NULL;
	Oid		   *new_members = NULL;
	int			n_old = 0;
	int			n_new = 0;

	if (!superuser())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be superuser to set rights as a whole")));
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		elog(ERROR, "no relation to set rights of");

	relid = PG_GETARG_OID(0);
	attnum = PG_GETARG_INT16(1);
	if (!PG_ARGISNULL(2))
		acl = normal_acl(PG_GETARG_ACL_P(2));

	/* as for every change of a row of pg_class: VACUUM may not write into it meanwhile */
	LockRelationOid(relid, ShareUpdateExclusiveLock);

	catalog = attnum == 0 ? RelationRelationId : AttributeRelationId;
	column = attnum == 0 ? Anum_pg_class_relacl : Anum_pg_attribute_attacl;

	old = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(old))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	owner = ((Form_pg_class) GETSTRUCT(old))->relowner;
	ReleaseSysCache(old);

	rel = table_open(catalog, RowExclusiveLock);
	old = attnum == 0 ?
		SearchSysCache1(RELOID, ObjectIdGetDatum(relid)) :
		SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attnum));
	if (!HeapTupleIsValid(old))
		elog(ERROR, "cache lookup failed for column %d of relation %u", attnum, relid);

	old_datum = heap_getattr(old, column, RelationGetDescr(rel), &old_null);
	if (!old_null)
		n_old = aclmembers(DatumGetAclP(old_datum), &old_members);
	if (acl != NULL)
		n_new = aclmembers(acl, &new_members);

	memset(nulls, 0, sizeof(nulls));
	memset(replace, 0, sizeof(replace));
	replace[column - 1] = true;
	nulls[column - 1] = acl == NULL;
	values[column - 1] = PointerGetDatum(acl);
	new = heap_modify_tuple(old, RelationGetDescr(rel), values, nulls, replace);
	CatalogTupleUpdate(rel, &new->t_self, new);

	updateAclDependencies(RelationRelationId, relid, attnum, owner,
						  n_old, old_members, n_new, new_members);
	InvokeObjectPostAlterHook(RelationRelationId, relid, attnum);

	ReleaseSysCache(old);
	table_close(rel, RowExclusiveLock);

	/* the next call of the same statement may change the same row again */
	CommandCounterIncrement();
	PG_RETURN_VOID();
}
