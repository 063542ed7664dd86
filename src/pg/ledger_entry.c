/*
 * ledger_entry.c
 *	  From the columns of a row to the bytes that are hashed.
 *
 * These bytes must be the same after a dump and a restore, on any machine and
 * any version of the server: numbers and times as 64 bits, little-endian,
 * whatever their column's width; names and texts in UTF-8; jsonb as its text,
 * which the server keeps in one order and spelling.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/bytes.h"
#include "glue.h"
#include "ledger_entry.h"

static const char *const field_name[LEDGER_FIELDS] = {
	"seq", "subject", "purpose", "action", "basis",
	"covers_descendants", "explicit", "parental", "counts",
	"valid_from", "valid_until", "said_at",
	"notice", "source", "event_key", "evidence",
	"recorded_at", "recorded_by",
	"subject_name", "purpose_name"
};

static const Oid field_type[LEDGER_FIELDS] = {
	INT8OID, INT8OID, INT4OID, TEXTOID, TEXTOID,
	BOOLOID, BOOLOID, BOOLOID, BOOLOID,
	TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
	TEXTOID, TEXTOID, TEXTOID, JSONBOID,
	TIMESTAMPTZOID, NAMEOID,
	TEXTOID, TEXTOID
};

StaticAssertDecl(LEDGER_FIELDS <= JN_CHAIN_FIELDS, "a leaf takes all fields");

void
journey_ledger_columns(TupleDesc desc, int n, AttrNumber *columns)
{
	for (int i = 0; i < n; i++)
	{
		columns[i] = SPI_fnumber(desc, field_name[i]);
		if (columns[i] <= 0 || SPI_gettypeid(desc, columns[i]) != field_type[i])
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("the consent ledger is not as the extension made it"),
					 errdetail("The column \"%s\" is missing, or of another type.", field_name[i])));
	}
}

static JnBytes
number_bytes(int64 number, uint8 room[8])
{
	jn_store64(room, number);
	return (JnBytes) {room, 8};
}

static JnBytes
text_bytes(const char *text, int size)
{
	/* gives the text itself if there is nothing to convert */
	const char *utf8 = pg_server_to_any(text, size, PG_UTF8);

	return (JnBytes) {utf8, utf8 == text ? size : strlen(utf8)};
}

static JnBytes
field_bytes(Oid type, Datum value, uint8 room[8])
{
	switch (type)
	{
		case INT8OID:
			return number_bytes(DatumGetInt64(value), room);
		case INT4OID:
			return number_bytes(DatumGetInt32(value), room);
		case BOOLOID:
			return number_bytes(DatumGetBool(value), room);
		case TIMESTAMPTZOID:
			return number_bytes(DatumGetTimestampTz(value), room);
		case NAMEOID:
			return text_bytes(NameStr(*DatumGetName(value)), strlen(NameStr(*DatumGetName(value))));
		case JSONBOID:
			{
				Jsonb	   *json = DatumGetJsonbP(value);
				StringInfoData out;

				initStringInfo(&out);
				JsonbToCString(&out, &json->root, VARSIZE(json));
				return text_bytes(out.data, out.len);
			}
		default:
			{
				const struct varlena *string = DatumGetTextPP(value);

				return text_bytes(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string));
			}
	}
}

void
journey_ledger_leaf(const Datum *values, const bool *nulls, uint8 leaf[JN_CHAIN_HASH])
{
	JnBytes		fields[LEDGER_FIELDS];
	uint8		rooms[LEDGER_FIELDS][8];
	JnError		error;

	for (int i = 0; i < LEDGER_FIELDS; i++)
	{
		if (nulls[i])
			fields[i] = (JnBytes) {NULL, 0};
		else
			fields[i] = field_bytes(field_type[i], values[i], rooms[i]);
	}
	if (jn_crypto_init(&error) != JN_OK ||
		jn_chain_leaf(leaf, fields, LEDGER_FIELDS, &error) != JN_OK)
		journey_report(&error, "entry of the ledger");
}

void
journey_ledger_link(uint8 link[JN_CHAIN_HASH], int64 place, const uint8 *before,
					const uint8 leaf[JN_CHAIN_HASH])
{
	JnError		error;

	if (jn_chain_link(link, place, before, leaf, &error) != JN_OK)
		journey_report(&error, "chain of the ledger");
}
