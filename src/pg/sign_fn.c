/*
 * sign_fn.c
 *	  Signing and checking signatures, for receipts and the head of the ledger.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "compat.h"
#include "core/crypto.h"
#include "keyfile.h"

PG_FUNCTION_INFO_V1(journey__sign);
PG_FUNCTION_INFO_V1(journey__verify);

/* _sign(message bytea) */
Datum
journey__sign(PG_FUNCTION_ARGS)
{
	bytea	   *message = PG_GETARG_BYTEA_PP(0);
	bytea	   *result = palloc(VARHDRSZ + JN_SIGNATURE_SIZE);

	journey_sign(VARDATA_ANY(message), VARSIZE_ANY_EXHDR(message), (uint8 *) VARDATA(result));
	SET_VARSIZE(result, VARHDRSZ + JN_SIGNATURE_SIZE);
	PG_RETURN_BYTEA_P(result);
}

/* _verify(message bytea, signature bytea, public_key text) */
Datum
journey__verify(PG_FUNCTION_ARGS)
{
	bytea	   *message = PG_GETARG_BYTEA_PP(0);
	bytea	   *signature = PG_GETARG_BYTEA_PP(1);
	text	   *digits = PG_GETARG_TEXT_PP(2);
	uint8		key[JN_PUBLIC_KEY_SIZE];
	JnError		error;

	/* a public key is written as the key of a key file is */
	if (jn_crypto_init(&error) != JN_OK ||
		jn_key_parse(VARDATA_ANY(digits), VARSIZE_ANY_EXHDR(digits), key, &error) != JN_OK)
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(VARSIZE_ANY_EXHDR(signature) == JN_SIGNATURE_SIZE &&
				   jn_verify((const uint8 *) VARDATA_ANY(signature), key,
							 VARDATA_ANY(message), VARSIZE_ANY_EXHDR(message)));
}
