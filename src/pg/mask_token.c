/*
 * mask_token.c
 *	  Tokens: equal for equal values of one purpose, class and epoch.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "compat.h"
#include "core/mask.h"
#include "masks.h"

/* The raw value as the bytes that tokens are made of; bytes[8] is room for a number. */
static JnTokenKind
token_data(const JourneyMask *mask, const JourneyCell *cell, uint8_t bytes[8], const void **data, int *size)
{
	*data = NULL;
	*size = 0;
	if (cell->isnull)
		return JN_TOKEN_NULL;
	if (mask->base == UUIDOID)
	{
		*data = DatumGetUUIDP(cell->raw);
		*size = UUID_LEN;
		return JN_TOKEN_UUID;
	}
	if (mask->base == INT8OID)
	{
		uint64		value = (uint64) DatumGetInt64(cell->raw);

		for (int i = 0; i < 8; i++)
			bytes[i] = (uint8_t) (value >> (56 - 8 * i));
		*data = bytes;
		*size = 8;
		return JN_TOKEN_INT64;
	}
	*data = journey_mask_text(cell->raw, mask->base, size);
	return mask->base == BYTEAOID ? JN_TOKEN_BYTES : JN_TOKEN_TEXT;
}

static Datum
show_token(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	const uint8 *key = journey_mask_key(mask->state, mask, cell->purpose);
	uint8_t		token[JN_TOKEN_SIZE];
	uint8_t		bytes[8];
	const void *data;
	int			size;
	JnTokenKind kind = token_data(mask, cell, bytes, &data, &size);
	JnError		error;

	if (key == NULL || jn_token(token, key, kind, data, size, &error) != JN_OK)
	{
		*isnull = true;
		return (Datum) 0;
	}
	if (mask->base == UUIDOID)
	{
		pg_uuid_t  *result = palloc(sizeof(pg_uuid_t));

		jn_token_uuid(token, result->data);
		return UUIDPGetDatum(result);
	}
	if (mask->base == INT8OID)
		return Int64GetDatum(jn_token_int64(token));
	if (mask->base == BYTEAOID)
		return PointerGetDatum(cstring_to_text_with_len((char *) token, JN_TOKEN_SIZE));
	else
	{
		char		text[JN_TOKEN_TEXT_SIZE];

		jn_token_text(token, text);
		return PointerGetDatum(cstring_to_text_with_len(text, JN_TOKEN_TEXT_SIZE));
	}
}

void
journey_mask_open_token(JourneyMask *mask, const JourneyOptions *options)
{
	JourneyMaskKey *key = palloc(sizeof(JourneyMaskKey));

	mask->state = key;
	if ((journey_is_text(mask->base) || mask->base == BYTEAOID || mask->base == UUIDOID || mask->base == INT8OID) &&
		journey_mask_key_open(key, mask, options, JN_KEY_TOKEN, "class"))
		mask->show = show_token;
}
