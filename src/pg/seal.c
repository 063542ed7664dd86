/*
 * seal.c
 *	  The type journey._seal, see seal.h.
 *
 * Text form: the policy's uuid, and after a space the name of the column as it
 * is, without quotes.  A seal for a whole row is the uuid alone.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"

#include "compat.h"
#include "own_tables.h"
#include "seal.h"

#define UUID_TEXT_SIZE	36

PG_FUNCTION_INFO_V1(journey__seal_in);
PG_FUNCTION_INFO_V1(journey__seal_out);
PG_FUNCTION_INFO_V1(journey__seal_recv);
PG_FUNCTION_INFO_V1(journey__seal_send);

/* Raises for everybody who has not the rights of the extension's owner. */
static void
check_may_seal(void)
{
	Oid			extension;
	Oid			owner;
	Oid			schema;

	if (!journey_find_extension(&extension, &owner, &schema) ||
		!has_privs_of_role(GetUserId(), owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to make a seal"),
				 errdetail("Only journey.protect() seals columns of views.")));
}

/* The check comes before the text is looked at: it must not tell who is right. */
Datum
journey__seal_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	size_t		size = strlen(text);
	JourneySeal *seal;
	char	   *uuid;

	check_may_seal();

	if (size < UUID_TEXT_SIZE ||
		(size > UUID_TEXT_SIZE && (text[UUID_TEXT_SIZE] != ' ' ||
								   size == UUID_TEXT_SIZE + 1 ||
								   size > UUID_TEXT_SIZE + NAMEDATALEN)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "journey._seal", text),
				 errdetail("A seal is the identifier of a policy, a space, and the name of a column.")));

	seal = palloc0(sizeof(JourneySeal));
	uuid = pnstrdup(text, UUID_TEXT_SIZE);
	seal->policy = *DatumGetUUIDP(DirectFunctionCall1(uuid_in, CStringGetDatum(uuid)));
	if (size > UUID_TEXT_SIZE)
		namestrcpy(&seal->column, text + UUID_TEXT_SIZE + 1);
	PG_RETURN_POINTER(seal);
}

Datum
journey__seal_out(PG_FUNCTION_ARGS)
{
	const JourneySeal *seal = PG_GETARG_SEAL_P(0);
	char	   *uuid = DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(&seal->policy)));

	if (NameStr(seal->column)[0] == '\0')
		PG_RETURN_CSTRING(uuid);
	PG_RETURN_CSTRING(psprintf("%s %s", uuid, NameStr(seal->column)));
}

/* No bytes from outside become a seal, whoever sends them. */
Datum
journey__seal_recv(PG_FUNCTION_ARGS)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied to make a seal"),
			 errdetail("Values of type %s have no binary input.", "journey._seal")));
	PG_RETURN_NULL();
}

/* The binary form is the text form: it is for people who look. */
Datum
journey__seal_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;
	char	   *text = DatumGetCString(DirectFunctionCall1(journey__seal_out, PG_GETARG_DATUM(0)));

	pq_begintypsend(&buf);
	pq_sendtext(&buf, text, strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}
